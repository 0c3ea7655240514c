/* vlive-draft-save.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "base/vlive-error.h"
#include "record/vlive-record-private.h"
#include "table/vlive-draft-private.h"

/* Sending what was changed, and what becomes of it. */

/* What was sent is the master's now. What was typed since is on top of it. */
static void
confirm_field (VliveDraft *self, VliveDraftField *field, GPtrArray *changed)
{
  _vlive_draft_add_name (changed, field->name);
  if (field->mine != NULL
      && _vlive_draft_is_same (field->mine, field->sent_value, field->name))
    {
      g_ptr_array_remove (self->fields, field);
      return;
    }

  g_clear_pointer (&field->base, vlive_record_unref);
  field->base =
      vlive_record_ref (self->theirs != NULL ? self->theirs : field->sent_value);
  g_clear_pointer (&field->sent_value, vlive_record_unref);
  g_clear_object (&field->sent);
}

static void
refuse_field (VliveDraftField *field, const GError *error, GPtrArray *changed)
{
  _vlive_draft_add_name (changed, field->name);
  g_clear_pointer (&field->sent_value, vlive_record_unref);
  g_clear_object (&field->sent);
  g_free (field->message);
  field->message = g_strdup (error != NULL ? error->message : NULL);
}

/* A new record is one from now on, if the master says which. */
static void
take_made (VliveDraft *self, VliveWrite *write)
{
  VliveRecord *made = vlive_write_get_record (write);

  if (self->theirs != NULL || made == NULL || vlive_record_get_id (made) == NULL)
    return;

  self->theirs = vlive_record_ref (made);
  _vlive_draft_follow_store (self);
}

static void
end_write (VliveDraft *self, VliveWrite *write)
{
  gboolean applied = vlive_write_get_state (write) == VLIVE_WRITE_APPLIED;
  const GError *error = vlive_write_get_error (write);
  g_autoptr (GPtrArray) changed = g_ptr_array_new_with_free_func (g_free);

  if (applied)
    take_made (self, write);
  for (guint i = self->fields->len; i > 0; i--)
    {
      VliveDraftField *field = self->fields->pdata[i - 1];

      if (field->sent != write)
        continue;
      if (applied)
        confirm_field (self, field, changed);
      else
        refuse_field (field, error, changed);
    }
  _vlive_draft_weigh (self, changed);
  g_object_freeze_notify (G_OBJECT (self));
  _vlive_draft_set_error (self, applied ? NULL : error);
  if (g_error_matches (error, VLIVE_ERROR, VLIVE_ERROR_NOT_FOUND)
      && self->theirs != NULL)
    _vlive_draft_set_gone (self, TRUE);
  g_object_thaw_notify (G_OBJECT (self));
  _vlive_draft_update (self, changed);
}

static void
write_cb (VliveWrite *write, GParamSpec *pspec, VliveDraft *self)
{
  G_GNUC_UNUSED g_autoptr (VliveDraft) keep = NULL;
  G_GNUC_UNUSED g_autoptr (VliveWrite) keep_write = NULL;

  if (vlive_write_get_state (write) < VLIVE_WRITE_APPLIED)
    return;

  keep = g_object_ref (self);
  keep_write = g_object_ref (write);
  g_signal_handlers_disconnect_by_data (write, self);
  g_ptr_array_remove (self->writes, write);
  end_write (self, write);
}

/* The fields that would be sent: those that are not on their way as they are. */
static gboolean
is_to_be_sent (VliveDraftField *field)
{
  return field->sent == NULL
         || !_vlive_draft_is_same (field->mine, field->sent_value, field->name);
}

static VliveRecord *
collect_fields (VliveDraft *self)
{
  VliveRecord *all = NULL;

  for (guint i = 0; i < self->fields->len; i++)
    {
      VliveDraftField *field = self->fields->pdata[i];
      VliveRecord *before = all;

      if (!is_to_be_sent (field))
        continue;
      all = before != NULL ? vlive_record_patch (before, field->mine)
                           : vlive_record_ref (field->mine);
      g_clear_pointer (&before, vlive_record_unref);
    }

  return all;
}

static gboolean
check_save (VliveDraft *self, GError **error)
{
  for (guint i = 0; i < self->fields->len; i++)
    {
      VliveDraftField *field = self->fields->pdata[i];

      if (field->mine == NULL)
        g_set_error_literal (error, VLIVE_ERROR, VLIVE_ERROR_INVALID, field->message);
      else if (field->conflict)
        g_set_error (error, VLIVE_ERROR, VLIVE_ERROR_CONFLICT,
                     "%s was changed elsewhere as well", field->name);
      else
        continue;

      return FALSE;
    }
  if (self->gone)
    g_set_error (error, VLIVE_ERROR, VLIVE_ERROR_NOT_FOUND,
                 "The record has been deleted meanwhile");
  else if (self->theirs == NULL && self->writes->len > 0)
    g_set_error (error, VLIVE_ERROR, VLIVE_ERROR_BUSY, "The record is being added");
  else
    return TRUE;

  return FALSE;
}

/* The id that somebody gave a new record, if its column is known. */
static char *
dup_new_id (VliveDraft *self, VliveRecord *fields)
{
  VliveSchema *schema = vlive_store_get_schema (self->store);
  VliveColumn *column = schema != NULL ? vlive_schema_get_id_column (schema) : NULL;
  g_autofree char *id = NULL;

  if (column == NULL)
    return NULL;

  id = vlive_record_dup_field_text (fields, vlive_column_get_name (column));

  return *id != '\0' ? g_steal_pointer (&id) : NULL;
}

/**
 * vlive_draft_save:
 * @self: a draft
 * @error: return location for an error
 *
 * Sends what was changed: a patch of these fields, or a new record. They stay
 * changed until the master has taken them; what it refuses stays for good, with
 * its reason as the [method@Draft.get_message] of the fields.
 *
 * Fails with %VLIVE_ERROR_INVALID if nothing was changed or a field is not valid,
 * with %VLIVE_ERROR_CONFLICT if one is in conflict, with %VLIVE_ERROR_NOT_FOUND
 * if the record is gone, and with %VLIVE_ERROR_BUSY while a new one is being
 * added.
 *
 * Returns: (transfer full): the write, or %NULL with @error set
 *
 * Since: 0.1
 */
VliveWrite *
vlive_draft_save (VliveDraft *self, GError **error)
{
  g_autoptr (VliveRecord) fields = NULL;
  g_autoptr (GPtrArray) changed = NULL;
  g_autofree char *id = NULL;
  VliveWrite *write;

  g_return_val_if_fail (VLIVE_IS_DRAFT (self), NULL);

  if (!check_save (self, error))
    return NULL;

  fields = collect_fields (self);
  if (fields == NULL)
    {
      g_set_error_literal (error, VLIVE_ERROR, VLIVE_ERROR_INVALID,
                           "Nothing has been changed");
      return NULL;
    }

  if (self->theirs != NULL)
    write =
        vlive_write_new (VLIVE_WRITE_PATCH, vlive_record_get_id (self->theirs), fields);
  else
    {
      id = dup_new_id (self, fields);
      write = vlive_write_new (VLIVE_WRITE_INSERT, id, fields);
    }
  changed = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < self->fields->len; i++)
    {
      VliveDraftField *field = self->fields->pdata[i];

      if (!is_to_be_sent (field))
        continue;
      g_set_object (&field->sent, write);
      g_clear_pointer (&field->sent_value, vlive_record_unref);
      field->sent_value = vlive_record_ref (field->mine);
      g_clear_pointer (&field->message, g_free);
      _vlive_draft_add_name (changed, field->name);
    }
  g_ptr_array_add (self->writes, g_object_ref (write));
  g_signal_connect (write, "notify::state", G_CALLBACK (write_cb), self);
  _vlive_draft_set_error (self, NULL);
  vlive_store_write_async (self->store, write, NULL, NULL, NULL);
  _vlive_draft_update (self, changed);

  return write;
}

static VliveRecord *
pick_field (VliveRecord *record, guint index)
{
  const char *name = vlive_record_get_field_name (record, index);
  VliveRecordBuilder *builder =
      _vlive_record_builder_new (_vlive_layout_intern (&name, 1));
  VliveRecord *picked;
  VliveValue value;

  _vlive_record_peek (record, index, &value);
  _vlive_record_builder_set (builder, 0, &value);
  picked = _vlive_record_builder_end (builder);
  _vlive_record_builder_free (builder);

  return picked;
}

/* What the master makes is not ours to give. */
static gboolean
is_restored (VliveSchema *schema, const char *name)
{
  VliveColumn *column = schema != NULL ? vlive_schema_find_column (schema, name) : NULL;

  return column == NULL
         || (vlive_column_get_flags (column)
             & (VLIVE_COLUMN_ID | VLIVE_COLUMN_READ_ONLY))
                == 0;
}

/**
 * vlive_draft_restore:
 * @self: a draft whose record is gone
 *
 * Makes it the draft of a new record with the same values, under an id that the
 * master will make.
 *
 * Since: 0.1
 */
void
vlive_draft_restore (VliveDraft *self)
{
  g_autoptr (VliveRecord) last = NULL;
  g_autoptr (GPtrArray) changed = NULL;
  VliveSchema *schema;

  g_return_if_fail (VLIVE_IS_DRAFT (self));
  g_return_if_fail (self->gone);

  _vlive_draft_unfollow_store (self);
  _vlive_draft_drop_row (self);
  last = g_steal_pointer (&self->theirs);
  changed = g_ptr_array_new_with_free_func (g_free);
  schema = vlive_store_get_schema (self->store);
  for (guint i = 0; i < self->fields->len; i++)
    {
      VliveDraftField *field = self->fields->pdata[i];

      field->conflict = FALSE;
      g_clear_pointer (&field->base, vlive_record_unref);
      _vlive_draft_add_name (changed, field->name);
    }
  for (guint i = 0; i < vlive_record_get_n_fields (last); i++)
    {
      const char *name = vlive_record_get_field_name (last, i);

      if (_vlive_draft_find (self, name) != NULL || !is_restored (schema, name))
        continue;
      _vlive_draft_need (self, name)->mine = pick_field (last, i);
      _vlive_draft_add_name (changed, name);
    }
  g_object_freeze_notify (G_OBJECT (self));
  _vlive_draft_set_gone (self, FALSE);
  _vlive_draft_set_error (self, NULL);
  g_object_notify (G_OBJECT (self), "row");
  g_object_thaw_notify (G_OBJECT (self));
  _vlive_draft_update (self, changed);
}
