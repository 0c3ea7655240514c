/* vlive-draft-live.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "base/vlive-error.h"
#include "table/vlive-draft-private.h"

/* Following what is live. */

static void
add_differences (VliveRecord *a, VliveRecord *b, GPtrArray *names)
{
  guint n = a != NULL ? vlive_record_get_n_fields (a) : 0;

  for (guint i = 0; i < n; i++)
    {
      const char *name = vlive_record_get_field_name (a, i);

      if (!_vlive_draft_is_same (a, b, name))
        _vlive_draft_add_name (names, name);
    }
}

static void
take_theirs (VliveDraft *self, VliveRecord *theirs)
{
  g_autoptr (GPtrArray) changed = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (VliveRecord) before = g_steal_pointer (&self->theirs);

  self->theirs = vlive_record_ref (theirs);
  add_differences (before, theirs, changed);
  add_differences (theirs, before, changed);
  _vlive_draft_weigh (self, changed);
  _vlive_draft_update (self, changed);
}

static void read_live (VliveDraft *self);

static void
got_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (VliveDraft) self = data;
  g_autoptr (VliveRecord) record = NULL;
  g_autoptr (GError) error = NULL;

  record = vlive_store_get_finish (VLIVE_STORE (source), result, NULL, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  g_clear_object (&self->cancellable);
  if (record != NULL)
    {
      _vlive_draft_set_gone (self, FALSE);
      take_theirs (self, record);
    }
  else if (g_error_matches (error, VLIVE_ERROR, VLIVE_ERROR_NOT_FOUND))
    _vlive_draft_set_gone (self, TRUE);
  if (self->read_again)
    read_live (self);
}

static void
read_live (VliveDraft *self)
{
  self->read_again = self->cancellable != NULL;
  if (self->read_again || self->theirs == NULL)
    return;

  self->cancellable = g_cancellable_new ();
  vlive_store_get_async (self->store, vlive_record_get_id (self->theirs),
                         VLIVE_READ_NONE, self->cancellable, got_cb,
                         g_object_ref (self));
}

static void
changed_cb (VliveStore *store, const char *id, VliveDraft *self)
{
  if (self->theirs != NULL
      && (id == NULL || strcmp (id, vlive_record_get_id (self->theirs)) == 0))
    read_live (self);
}

/* No row tells it: it left its table, which says nothing of the record. */
void
_vlive_draft_follow_store (VliveDraft *self)
{
  if (self->changed_handler == 0)
    self->changed_handler =
        g_signal_connect (self->store, "changed", G_CALLBACK (changed_cb), self);
  read_live (self);
}

void
_vlive_draft_unfollow_store (VliveDraft *self)
{
  g_clear_signal_handler (&self->changed_handler, self->store);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->read_again = FALSE;
}

static void
row_cb (VliveRow *row, GParamSpec *pspec, VliveDraft *self)
{
  VliveRecord *record = vlive_row_get_record (row);

  if (vlive_row_get_state (row) == VLIVE_ROW_GONE)
    {
      _vlive_draft_follow_store (self);
      return;
    }

  _vlive_draft_unfollow_store (self);
  _vlive_draft_set_gone (self, FALSE);
  if (record != NULL)
    take_theirs (self, record);
}

void
_vlive_draft_take_row (VliveDraft *self, VliveRow *row)
{
  VliveRecord *record = vlive_row_get_record (row);

  self->row = g_object_ref (row);
  if (record != NULL)
    self->theirs = vlive_record_ref (record);
  g_signal_connect (row, "notify::record", G_CALLBACK (row_cb), self);
  g_signal_connect (row, "notify::state", G_CALLBACK (row_cb), self);
}

void
_vlive_draft_drop_row (VliveDraft *self)
{
  if (self->row == NULL)
    return;

  g_signal_handlers_disconnect_by_data (self->row, self);
  g_clear_object (&self->row);
}
