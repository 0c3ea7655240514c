/* vlive-record.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "record/vlive-record.h"

#include "base/vlive-census-private.h"
#include "base/vlive-error.h"
#include "record/vlive-block-private.h"

/**
 * VliveRecord:
 *
 * A record of a table: an id and named fields.
 *
 * A record is immutable and may be read, referenced and released on any
 * thread. Its fields are read straight out of one block of bytes, the same
 * that is kept on disk.
 *
 * A field may be null, which is not the same as missing (there is no such
 * field) nor as empty (a text of no characters).
 *
 * Since: 0.1
 */
G_DEFINE_BOXED_TYPE (VliveRecord, vlive_record, vlive_record_ref, vlive_record_unref)

VliveRecord *
_vlive_record_new_trusted (GBytes *owner, gsize offset, VliveLayout *layout)
{
  VliveRecord *self = g_new (VliveRecord, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->block = (const guint8 *) g_bytes_get_data (owner, NULL) + offset;
  self->layout = _vlive_layout_ref (layout);
  self->owner = g_bytes_ref (owner);
  _vlive_census_add (VLIVE_CENSUS_RECORD);

  return self;
}

VliveRecord *
_vlive_record_new_from_block (GBytes *owner,
                              gsize offset,
                              VliveLayout *layout,
                              GError **error)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (owner, &size);

  if (offset > size)
    {
      g_set_error_literal (error, VLIVE_ERROR, VLIVE_ERROR_CORRUPT,
                           "Not a record: it is outside");
      return NULL;
    }
  if (!_vlive_block_check (data + offset, size - offset, layout, error))
    return NULL;

  return _vlive_record_new_trusted (owner, offset, layout);
}

/**
 * vlive_record_ref:
 * @self: a record
 *
 * Takes a reference. May be called on any thread.
 *
 * Returns: (transfer full): @self
 *
 * Since: 0.1
 */
VliveRecord *
vlive_record_ref (VliveRecord *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

/**
 * vlive_record_unref:
 * @self: (transfer full): a record
 *
 * Gives a reference back. May be called on any thread.
 *
 * Since: 0.1
 */
void
vlive_record_unref (VliveRecord *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  _vlive_census_remove (VLIVE_CENSUS_RECORD);
  _vlive_layout_unref (self->layout);
  g_clear_pointer (&self->owner, g_bytes_unref);
  g_free (self);
}

const guint8 *
_vlive_record_get_block (VliveRecord *self, gsize *size)
{
  if (size != NULL)
    *size = _vlive_load_u32 (self->block);

  return self->block;
}

VliveLayout *
_vlive_record_get_layout (VliveRecord *self)
{
  return self->layout;
}

void
_vlive_record_peek (VliveRecord *self, guint index, VliveValue *value)
{
  g_assert (index < _vlive_load_u16 (self->block + 6));

  _vlive_block_peek (self->block, index + 1, value);
}

gboolean
_vlive_record_peek_name (VliveRecord *self, const char *name, VliveValue *value)
{
  int index = _vlive_layout_find (self->layout, name);

  if (index < 0)
    {
      memset (value, 0, sizeof *value);
      return FALSE;
    }
  _vlive_block_peek (self->block, (guint) index + 1, value);

  return value->type != VLIVE_VALUE_MISSING;
}

/**
 * vlive_record_get_id:
 * @self: a record
 *
 * Gets the id: text, whatever type the master's own column has; numbers have
 * one decimal form.
 *
 * Returns: the id, which is empty for a record that was made without one
 *
 * Since: 0.1
 */
const char *
vlive_record_get_id (VliveRecord *self)
{
  VliveValue id;

  g_return_val_if_fail (self != NULL, NULL);

  _vlive_block_peek (self->block, 0, &id);

  return id.text;
}

/**
 * vlive_record_is_addressable:
 * @self: a record
 *
 * Tells whether the master knows the record by its id. A row that came without
 * an id has one that only serves to show it: it cannot be read alone, nor
 * written.
 *
 * Returns: whether the id names the record at the master
 *
 * Since: 0.1
 */
gboolean
vlive_record_is_addressable (VliveRecord *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return (self->block[5] & VLIVE_BLOCK_ADDRESSABLE) != 0;
}

/**
 * vlive_record_get_n_fields:
 * @self: a record
 *
 * Gets the number of fields, those that are missing in this record included.
 *
 * Returns: the number of fields
 *
 * Since: 0.1
 */
guint
vlive_record_get_n_fields (VliveRecord *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return _vlive_layout_get_n_names (self->layout);
}

/**
 * vlive_record_get_field_name:
 * @self: a record
 * @index: less than the number of fields
 *
 * Gets the name of a field, in the order in which the master gave them.
 *
 * Returns: the name
 *
 * Since: 0.1
 */
const char *
vlive_record_get_field_name (VliveRecord *self, guint index)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (index < _vlive_layout_get_n_names (self->layout), NULL);

  return _vlive_layout_get_name (self->layout, index);
}

/**
 * vlive_record_get_field_type:
 * @self: a record
 * @name: a field
 *
 * Gets the type of the value of a field.
 *
 * Returns: the type; %VLIVE_VALUE_MISSING if there is no such field
 *
 * Since: 0.1
 */
VliveValueType
vlive_record_get_field_type (VliveRecord *self, const char *name)
{
  VliveValue value;

  g_return_val_if_fail (self != NULL, VLIVE_VALUE_MISSING);
  g_return_val_if_fail (name != NULL, VLIVE_VALUE_MISSING);

  _vlive_record_peek_name (self, name, &value);

  return value.type;
}

/**
 * vlive_record_get_boolean:
 * @self: a record
 * @name: a field
 * @value: (out) (optional): return location
 *
 * Gets a field that is true or false.
 *
 * Returns: %FALSE if it is anything else; @value is %FALSE then
 *
 * Since: 0.1
 */
gboolean
vlive_record_get_boolean (VliveRecord *self, const char *name, gboolean *value)
{
  VliveValue field;
  gboolean found;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (name != NULL, FALSE);

  _vlive_record_peek_name (self, name, &field);
  found = field.type == VLIVE_VALUE_BOOLEAN;
  if (value != NULL)
    *value = found && field.boolean;

  return found;
}

/**
 * vlive_record_get_integer:
 * @self: a record
 * @name: a field
 * @value: (out) (optional): return location
 *
 * Gets a field that is an integer.
 *
 * Returns: %FALSE if it is anything else, a double included; @value is 0 then
 *
 * Since: 0.1
 */
gboolean
vlive_record_get_integer (VliveRecord *self, const char *name, gint64 *value)
{
  VliveValue field;
  gboolean found;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (name != NULL, FALSE);

  _vlive_record_peek_name (self, name, &field);
  found = field.type == VLIVE_VALUE_INTEGER;
  if (value != NULL)
    *value = found ? field.integer : 0;

  return found;
}

/**
 * vlive_record_get_double:
 * @self: a record
 * @name: a field
 * @value: (out) (optional): return location
 *
 * Gets a field that is a number. An integer is converted; above 2^53 it may
 * not be exact.
 *
 * Returns: %FALSE if it is anything else; @value is 0 then
 *
 * Since: 0.1
 */
gboolean
vlive_record_get_double (VliveRecord *self, const char *name, double *value)
{
  VliveValue field;
  double number = 0;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (name != NULL, FALSE);

  _vlive_record_peek_name (self, name, &field);
  if (field.type == VLIVE_VALUE_DOUBLE)
    number = field.real;
  else if (field.type == VLIVE_VALUE_INTEGER)
    number = (double) field.integer;
  if (value != NULL)
    *value = number;

  return field.type == VLIVE_VALUE_DOUBLE || field.type == VLIVE_VALUE_INTEGER;
}

/**
 * vlive_record_get_text:
 * @self: a record
 * @name: a field
 *
 * Gets a field that is text, or a nested value as JSON text.
 *
 * Returns: (nullable): the text, or %NULL if it is anything else
 *
 * Since: 0.1
 */
const char *
vlive_record_get_text (VliveRecord *self, const char *name)
{
  VliveValue field;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (name != NULL, NULL);

  _vlive_record_peek_name (self, name, &field);
  if (field.type != VLIVE_VALUE_TEXT && field.type != VLIVE_VALUE_JSON)
    return NULL;

  return field.text;
}

static void
unref_record (gpointer data)
{
  vlive_record_unref (data);
}

/**
 * vlive_record_dup_bytes:
 * @self: a record
 * @name: a field
 *
 * Gets a field that is bytes. They are not copied: the result keeps the
 * record.
 *
 * Returns: (transfer full) (nullable): the bytes, or %NULL if it is anything
 *   else
 *
 * Since: 0.1
 */
GBytes *
vlive_record_dup_bytes (VliveRecord *self, const char *name)
{
  VliveValue field;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (name != NULL, NULL);

  _vlive_record_peek_name (self, name, &field);
  if (field.type != VLIVE_VALUE_BYTES)
    return NULL;

  return g_bytes_new_with_free_func (field.bytes, field.len, unref_record,
                                     vlive_record_ref (self));
}

/**
 * vlive_record_get_value:
 * @self: a record
 * @name: a field
 * @value: (out caller-allocates): a zeroed value
 *
 * Gets a field as a #GValue: a gboolean, gint64, gdouble, text or #GBytes.
 *
 * Returns: %FALSE if the field is null or missing; @value is left zeroed then
 *
 * Since: 0.1
 */
gboolean
vlive_record_get_value (VliveRecord *self, const char *name, GValue *value)
{
  VliveValue field;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (name != NULL, FALSE);
  g_return_val_if_fail (value != NULL && !G_IS_VALUE (value), FALSE);

  _vlive_record_peek_name (self, name, &field);
  _vlive_value_to_gvalue (&field, value);

  return G_IS_VALUE (value);
}

/**
 * vlive_record_dup_field_text:
 * @self: a record
 * @name: a field
 *
 * Gets a field of whatever type as a person would read it.
 *
 * Returns: (transfer full): text, which is empty for null and missing
 *
 * Since: 0.1
 */
char *
vlive_record_dup_field_text (VliveRecord *self, const char *name)
{
  VliveValue field;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (name != NULL, NULL);

  _vlive_record_peek_name (self, name, &field);

  return _vlive_value_to_text (&field);
}
