/* vlive-draft-edit.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "base/vlive-error.h"
#include "table/vlive-draft-private.h"

/* Changing. */

/**
 * vlive_draft_may_change:
 * @self: a draft
 * @name: a field
 *
 * Tells whether a field can be changed: not one that its column says is made by
 * the master, and an id only of a new record.
 *
 * Returns: %FALSE if [method@Draft.set_field] would refuse any value
 *
 * Since: 0.1
 */
gboolean
vlive_draft_may_change (VliveDraft *self, const char *name)
{
  g_return_val_if_fail (VLIVE_IS_DRAFT (self), FALSE);
  g_return_val_if_fail (name != NULL, FALSE);

  return _vlive_draft_may_change (vlive_store_get_schema (self->store), name,
                                  self->theirs == NULL);
}

/**
 * vlive_draft_set_field:
 * @self: a draft
 * @name: a field
 * @value: its value; an empty maybe is null; a floating reference is consumed
 * @error: return location for an error
 *
 * Changes a field. A value that its column does not take is refused, and the
 * field stays as it was. To set it to what it was before reverts it.
 *
 * Returns: %TRUE if the field has the value now
 *
 * Since: 0.1
 */
gboolean
vlive_draft_set_field (VliveDraft *self,
                       const char *name,
                       GVariant *value,
                       GError **error)
{
  g_autoptr (GVariant) sunk = NULL;
  g_autoptr (VliveRecord) mine = NULL;
  VliveSchema *schema;
  VliveDraftField *field;

  g_return_val_if_fail (VLIVE_IS_DRAFT (self), FALSE);
  g_return_val_if_fail (name != NULL, FALSE);
  g_return_val_if_fail (value != NULL, FALSE);

  sunk = g_variant_ref_sink (value);
  schema = vlive_store_get_schema (self->store);
  mine = _vlive_draft_make_value (schema, name, sunk, error);
  if (mine == NULL
      || !_vlive_draft_check (schema, name, mine, self->theirs == NULL, error))
    return FALSE;

  field = _vlive_draft_need (self, name);
  g_clear_pointer (&field->mine, vlive_record_unref);
  field->mine = g_steal_pointer (&mine);
  g_clear_pointer (&field->text, g_free);
  g_clear_pointer (&field->message, g_free);
  if (field->sent == NULL && self->theirs != NULL
      && _vlive_draft_is_same (field->mine, self->theirs, name))
    g_ptr_array_remove (self->fields, field);
  _vlive_draft_update_one (self, name);

  return TRUE;
}

/**
 * vlive_draft_set_invalid:
 * @self: a draft
 * @name: a field
 * @text: what was typed
 * @message: why it is no value
 *
 * Keeps for a field what cannot be its value. Nothing can be saved until it has
 * one, or is reverted.
 *
 * Since: 0.1
 */
void
vlive_draft_set_invalid (VliveDraft *self,
                         const char *name,
                         const char *text,
                         const char *message)
{
  g_autofree char *text_copy = NULL;
  g_autofree char *message_copy = NULL;
  VliveDraftField *field;

  g_return_if_fail (VLIVE_IS_DRAFT (self));
  g_return_if_fail (name != NULL);
  g_return_if_fail (text != NULL);
  g_return_if_fail (message != NULL);

  text_copy = g_strdup (text);
  message_copy = g_strdup (message);
  field = _vlive_draft_need (self, name);
  g_clear_pointer (&field->mine, vlive_record_unref);
  g_free (field->text);
  field->text = g_steal_pointer (&text_copy);
  g_free (field->message);
  field->message = g_steal_pointer (&message_copy);
  _vlive_draft_update_one (self, name);
}

/**
 * vlive_draft_revert:
 * @self: a draft
 * @name: (nullable): a field; %NULL: all of them
 *
 * Forgets what was typed: the field is as it is live. What is on its way to the
 * master goes on.
 *
 * Since: 0.1
 */
void
vlive_draft_revert (VliveDraft *self, const char *name)
{
  g_autoptr (GPtrArray) changed = NULL;

  g_return_if_fail (VLIVE_IS_DRAFT (self));

  changed = g_ptr_array_new_with_free_func (g_free);
  for (guint i = self->fields->len; i > 0; i--)
    {
      VliveDraftField *field = self->fields->pdata[i - 1];

      if (name != NULL && strcmp (field->name, name) != 0)
        continue;
      _vlive_draft_add_name (changed, field->name);
      g_ptr_array_remove_index (self->fields, i - 1);
    }
  if (name == NULL)
    _vlive_draft_set_error (self, NULL);
  _vlive_draft_update (self, changed);
}

/**
 * vlive_draft_keep_mine:
 * @self: a draft
 * @name: (nullable): a field; %NULL: all that are in conflict
 *
 * Ends a conflict: what was typed will be saved over what came from elsewhere.
 * [method@Draft.revert] takes that instead.
 *
 * Since: 0.1
 */
void
vlive_draft_keep_mine (VliveDraft *self, const char *name)
{
  g_autoptr (GPtrArray) changed = NULL;

  g_return_if_fail (VLIVE_IS_DRAFT (self));

  changed = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < self->fields->len; i++)
    {
      VliveDraftField *field = self->fields->pdata[i];

      if (!field->conflict || (name != NULL && strcmp (field->name, name) != 0))
        continue;
      field->conflict = FALSE;
      g_clear_pointer (&field->base, vlive_record_unref);
      field->base = vlive_record_ref (self->theirs);
      _vlive_draft_add_name (changed, field->name);
    }
  _vlive_draft_update (self, changed);
}
