/* vlive-draft-fields.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "record/vlive-record-private.h"
#include "table/vlive-draft-private.h"

/* The fields that were changed, and what a draft says of itself. */

void
_vlive_draft_field_free (gpointer data)
{
  VliveDraftField *field = data;

  g_free (field->name);
  g_free (field->text);
  g_free (field->message);
  g_clear_pointer (&field->base, vlive_record_unref);
  g_clear_pointer (&field->mine, vlive_record_unref);
  g_clear_pointer (&field->sent_value, vlive_record_unref);
  g_clear_object (&field->sent);
  g_free (field);
}

VliveDraftField *
_vlive_draft_find (VliveDraft *self, const char *name)
{
  for (guint i = 0; i < self->fields->len; i++)
    if (strcmp (((VliveDraftField *) self->fields->pdata[i])->name, name) == 0)
      return self->fields->pdata[i];

  return NULL;
}

VliveDraftField *
_vlive_draft_need (VliveDraft *self, const char *name)
{
  VliveDraftField *field = _vlive_draft_find (self, name);

  if (field != NULL)
    return field;

  field = g_new0 (VliveDraftField, 1);
  field->name = g_strdup (name);
  field->base = self->theirs != NULL ? vlive_record_ref (self->theirs) : NULL;
  g_ptr_array_add (self->fields, field);

  return field;
}

/* The same value in both, or in neither. */
gboolean
_vlive_draft_is_same (VliveRecord *a, VliveRecord *b, const char *name)
{
  VliveValue left = { .type = VLIVE_VALUE_MISSING };
  VliveValue right = { .type = VLIVE_VALUE_MISSING };

  if (a != NULL)
    _vlive_record_peek_name (a, name, &left);
  if (b != NULL)
    _vlive_record_peek_name (b, name, &right);

  return left.type == right.type
         && (left.type == VLIVE_VALUE_MISSING || left.type == VLIVE_VALUE_NULL
             || _vlive_value_equal (&left, &right));
}

gboolean
_vlive_draft_has (VliveDraft *self,
                  const char *name,
                  gboolean (*is) (VliveDraftField *field))
{
  for (guint i = 0; i < self->fields->len; i++)
    {
      VliveDraftField *field = self->fields->pdata[i];

      if ((name == NULL || strcmp (field->name, name) == 0) && is (field))
        return TRUE;
    }

  return FALSE;
}

gboolean
_vlive_draft_field_is_any (VliveDraftField *field)
{
  return TRUE;
}

gboolean
_vlive_draft_field_is_invalid (VliveDraftField *field)
{
  return field->mine == NULL;
}

gboolean
_vlive_draft_field_is_in_conflict (VliveDraftField *field)
{
  return field->conflict;
}

gboolean
_vlive_draft_field_is_sent (VliveDraftField *field)
{
  return field->sent != NULL;
}

void
_vlive_draft_make_record (VliveDraft *self)
{
  g_autoptr (VliveRecord) before = g_steal_pointer (&self->record);

  if (self->theirs != NULL)
    self->record = vlive_record_ref (self->theirs);
  for (guint i = 0; i < self->fields->len; i++)
    {
      VliveDraftField *field = self->fields->pdata[i];
      VliveRecord *base = self->record;

      if (field->mine == NULL)
        continue;
      self->record = base != NULL ? vlive_record_patch (base, field->mine)
                                  : vlive_record_ref (field->mine);
      g_clear_pointer (&base, vlive_record_unref);
    }
  if (before == NULL || self->record == NULL
      || !vlive_record_equal (before, self->record))
    g_object_notify (G_OBJECT (self), "record");
}

static void
update_flag (VliveDraft *self, gboolean *was, gboolean is, const char *property)
{
  if (!*was == !is)
    return;

  *was = is;
  g_object_notify (G_OBJECT (self), property);
}

/* Whoever is told of one thing may do another. */
void
_vlive_draft_update (VliveDraft *self, GPtrArray *changed)
{
  G_GNUC_UNUSED g_autoptr (VliveDraft) keep = g_object_ref (self);

  g_object_freeze_notify (G_OBJECT (self));
  _vlive_draft_make_record (self);
  update_flag (self, &self->was_dirty, self->fields->len > 0, "dirty");
  update_flag (self, &self->was_valid,
               !_vlive_draft_has (self, NULL, _vlive_draft_field_is_invalid), "valid");
  update_flag (self, &self->was_in_conflict,
               _vlive_draft_has (self, NULL, _vlive_draft_field_is_in_conflict),
               "in-conflict");
  update_flag (self, &self->was_saving, self->writes->len > 0, "saving");
  update_flag (self, &self->was_new, self->theirs == NULL, "new");
  g_object_thaw_notify (G_OBJECT (self));
  for (guint i = 0; i < changed->len; i++)
    _vlive_draft_emit_changed (self, changed->pdata[i]);
}

void
_vlive_draft_update_one (VliveDraft *self, const char *name)
{
  g_autoptr (GPtrArray) changed = g_ptr_array_new_with_free_func (g_free);

  g_ptr_array_add (changed, g_strdup (name));
  _vlive_draft_update (self, changed);
}

void
_vlive_draft_set_error (VliveDraft *self, const GError *error)
{
  if (error == NULL && self->error == NULL)
    return;

  g_clear_error (&self->error);
  self->error = error != NULL ? g_error_copy (error) : NULL;
  g_object_notify (G_OBJECT (self), "error");
}

void
_vlive_draft_set_gone (VliveDraft *self, gboolean gone)
{
  if (!self->gone == !gone)
    return;

  self->gone = gone;
  g_object_notify (G_OBJECT (self), "gone");
}

void
_vlive_draft_add_name (GPtrArray *names, const char *name)
{
  if (!g_ptr_array_find_with_equal_func (names, name, g_str_equal, NULL))
    g_ptr_array_add (names, g_strdup (name));
}

/* TRUE if there is nothing left to save in it. */
static gboolean
weigh_field (VliveDraft *self, VliveDraftField *field, GPtrArray *changed)
{
  gboolean conflict;

  /* What is shown meanwhile is ours. */
  if (field->sent != NULL)
    return FALSE;
  if (field->mine != NULL
      && _vlive_draft_is_same (self->theirs, field->mine, field->name))
    return TRUE;

  conflict = !_vlive_draft_is_same (self->theirs, field->base, field->name);
  if (conflict != field->conflict)
    _vlive_draft_add_name (changed, field->name);
  field->conflict = conflict;

  return FALSE;
}

void
_vlive_draft_weigh (VliveDraft *self, GPtrArray *changed)
{
  for (guint i = self->fields->len; self->theirs != NULL && i > 0; i--)
    {
      VliveDraftField *field = self->fields->pdata[i - 1];

      if (!weigh_field (self, field, changed))
        continue;
      _vlive_draft_add_name (changed, field->name);
      g_ptr_array_remove_index (self->fields, i - 1);
    }
}
