/* vlive-record-change.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "base/vlive-error.h"
#include "record/vlive-block-private.h"
#include "record/vlive-json-private.h"

/* The fields of @from, by name; what is missing there leaves what was set. */
static void
copy_fields (VliveRecordBuilder *builder, VliveLayout *layout, VliveRecord *from)
{
  guint n = _vlive_layout_get_n_names (from->layout);

  for (guint i = 0; i < n; i++)
    {
      const char *name = _vlive_layout_get_name (from->layout, i);
      VliveValue value;

      _vlive_record_peek (from, i, &value);
      if (value.type != VLIVE_VALUE_MISSING)
        _vlive_record_builder_set (builder, (guint) _vlive_layout_find (layout, name),
                                   &value);
    }
}

VliveRecord *
_vlive_record_with_id (VliveRecord *self, const char *id, gboolean addressable)
{
  g_autoptr (VliveRecordBuilder) builder = _vlive_record_builder_new (self->layout);

  _vlive_record_builder_set_id (builder, id, addressable);
  copy_fields (builder, self->layout, self);

  return _vlive_record_builder_end (builder);
}

/* The layout of @base, with the names at its end that only @patch has. */
static VliveLayout *
merge_layouts (VliveLayout *base, VliveLayout *patch)
{
  g_autoptr (GPtrArray) names = NULL;
  guint n_base = _vlive_layout_get_n_names (base);
  guint n_patch = _vlive_layout_get_n_names (patch);

  if (base == patch)
    return _vlive_layout_ref (base);

  names = g_ptr_array_new ();
  for (guint i = 0; i < n_base; i++)
    g_ptr_array_add (names, (char *) _vlive_layout_get_name (base, i));
  for (guint i = 0; i < n_patch; i++)
    {
      const char *name = _vlive_layout_get_name (patch, i);

      if (_vlive_layout_find (base, name) < 0 && names->len < VLIVE_LAYOUT_MAX_NAMES)
        g_ptr_array_add (names, (char *) name);
    }
  if (names->len == n_base)
    return _vlive_layout_ref (base);

  return _vlive_layout_intern ((const char *const *) names->pdata, names->len);
}

/* What @patch says of the field, or else what @base says. */
static void
peek_merged (VliveRecord *base, VliveRecord *patch, const char *name, VliveValue *value)
{
  if (!_vlive_record_peek_name (patch, name, value))
    _vlive_record_peek_name (base, name, value);
}

/**
 * vlive_record_patch:
 * @base: a record
 * @patch: fields that replace those of @base
 *
 * Lays the fields of @patch over those of @base. Fields that only @patch has
 * are appended. The id is that of @base.
 *
 * Returns: (transfer full): a new record
 *
 * Since: 0.1
 */
VliveRecord *
vlive_record_patch (VliveRecord *base, VliveRecord *patch)
{
  g_autoptr (VliveLayout) layout = NULL;
  g_autoptr (VliveRecordBuilder) builder = NULL;

  g_return_val_if_fail (base != NULL, NULL);
  g_return_val_if_fail (patch != NULL, NULL);

  layout = merge_layouts (base->layout, patch->layout);
  builder = _vlive_record_builder_new (layout);
  _vlive_record_builder_set_id (builder, vlive_record_get_id (base),
                                vlive_record_is_addressable (base));
  for (guint i = 0; i < _vlive_layout_get_n_names (layout); i++)
    {
      VliveValue value;

      peek_merged (base, patch, _vlive_layout_get_name (layout, i), &value);
      _vlive_record_builder_set (builder, i, &value);
    }

  return _vlive_record_builder_end (builder);
}

/* The same value of the same type: doubles by their bits. */
static gboolean
same_value (const VliveValue *a, const VliveValue *b)
{
  if (a->type != b->type || a->len != b->len)
    return FALSE;

  switch (a->type)
    {
    case VLIVE_VALUE_BOOLEAN:
      return a->boolean == b->boolean;
    case VLIVE_VALUE_INTEGER:
      return a->integer == b->integer;
    case VLIVE_VALUE_DOUBLE:
      return memcmp (&a->real, &b->real, sizeof a->real) == 0;
    case VLIVE_VALUE_TEXT:
    case VLIVE_VALUE_JSON:
    case VLIVE_VALUE_BYTES:
      return memcmp (a->bytes, b->bytes, a->len) == 0;
    case VLIVE_VALUE_MISSING:
    case VLIVE_VALUE_NULL:
    case VLIVE_VALUE_MIXED:
    default:
      return TRUE;
    }
}

/* Every field that @a has, @b has too, and the same. */
static gboolean
includes (VliveRecord *b, VliveRecord *a)
{
  guint n = _vlive_layout_get_n_names (a->layout);

  for (guint i = 0; i < n; i++)
    {
      VliveValue x;
      VliveValue y;

      _vlive_record_peek (a, i, &x);
      if (a->layout == b->layout)
        _vlive_record_peek (b, i, &y);
      else
        _vlive_record_peek_name (b, _vlive_layout_get_name (a->layout, i), &y);
      if (!same_value (&x, &y))
        return FALSE;
    }

  return TRUE;
}

/**
 * vlive_record_equal:
 * @self: a record
 * @other: another
 *
 * Compares ids and fields. The order of the fields does not matter, the type
 * of each does.
 *
 * Returns: whether both say the same
 *
 * Since: 0.1
 */
gboolean
vlive_record_equal (VliveRecord *self, VliveRecord *other)
{
  gsize size;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (other != NULL, FALSE);

  if (self == other)
    return TRUE;
  size = _vlive_load_u32 (self->block);
  if (_vlive_load_u32 (other->block) == size
      && memcmp (self->block, other->block, size) == 0)
    return TRUE;
  if (strcmp (vlive_record_get_id (self), vlive_record_get_id (other)) != 0
      || vlive_record_is_addressable (self) != vlive_record_is_addressable (other))
    return FALSE;

  return includes (other, self)
         && (self->layout == other->layout || includes (self, other));
}

/* A dictionary may name a field twice: the later value counts, at the first
 * place. */
static VliveLayout *
layout_of_variant (GVariant *fields, GError **error)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  GVariantIter iter;
  const char *name;

  g_variant_iter_init (&iter, fields);
  while (g_variant_iter_next (&iter, "{&sv}", &name, NULL))
    if (!g_hash_table_contains (seen, name))
      {
        g_ptr_array_add (names, g_strdup (name));
        g_hash_table_add (seen, names->pdata[names->len - 1]);
      }
  if (names->len > VLIVE_LAYOUT_MAX_NAMES)
    {
      g_set_error (error, VLIVE_ERROR, VLIVE_ERROR_TOO_LARGE,
                   "A record of %u fields is too wide", names->len);
      return NULL;
    }

  return _vlive_layout_intern ((const char *const *) names->pdata, names->len);
}

static gboolean
set_from_variant (VliveRecordBuilder *builder,
                  guint index,
                  const char *name,
                  GVariant *variant,
                  GError **error)
{
  g_autoptr (GString) json = NULL;
  VliveValue value;

  if (!_vlive_value_from_variant (variant, &value))
    {
      json = g_string_new (NULL);
      if (!_vlive_json_append_variant (json, variant, error))
        {
          g_prefix_error (error, "Field “%s”: ", name);
          return FALSE;
        }
      value.type = VLIVE_VALUE_JSON;
      value.text = json->str;
      value.len = json->len;
    }
  _vlive_record_builder_set (builder, index, &value);

  return TRUE;
}

/**
 * vlive_record_new_from_variant:
 * @id: (nullable): the id, or %NULL for fields without one
 * @fields: a dictionary of type `a{sv}`; a floating reference is consumed
 * @error: return location
 *
 * Makes a record of a dictionary. Integers must fit 64 bits with a sign; an
 * empty maybe is null; `ay` is bytes; nested dictionaries and arrays are kept
 * as JSON text.
 *
 * Returns: (transfer full): a new record, or %NULL with @error set
 *
 * Since: 0.1
 */
VliveRecord *
vlive_record_new_from_variant (const char *id, GVariant *fields, GError **error)
{
  g_autoptr (GVariant) sunk = NULL;
  g_autoptr (VliveLayout) layout = NULL;
  g_autoptr (VliveRecordBuilder) builder = NULL;
  GVariantIter iter;
  const char *name;
  GVariant *value;

  g_return_val_if_fail (fields != NULL, NULL);
  g_return_val_if_fail (g_variant_is_of_type (fields, G_VARIANT_TYPE_VARDICT), NULL);

  sunk = g_variant_ref_sink (fields);
  if (id != NULL && !g_utf8_validate (id, -1, NULL))
    {
      g_set_error_literal (error, VLIVE_ERROR, VLIVE_ERROR_INVALID,
                           "The id is not valid UTF-8");
      return NULL;
    }
  if (g_variant_get_size (sunk) >= VLIVE_BLOCK_MAX_VALUES / 2)
    {
      g_set_error_literal (error, VLIVE_ERROR, VLIVE_ERROR_TOO_LARGE,
                           "A record is too large");
      return NULL;
    }
  layout = layout_of_variant (sunk, error);
  if (layout == NULL)
    return NULL;

  builder = _vlive_record_builder_new (layout);
  _vlive_record_builder_set_id (builder, id != NULL ? id : "", TRUE);
  g_variant_iter_init (&iter, sunk);
  while (g_variant_iter_next (&iter, "{&sv}", &name, &value))
    {
      g_autoptr (GVariant) held = value;

      if (!set_from_variant (builder, (guint) _vlive_layout_find (layout, name), name,
                             held, error))
        return NULL;
    }

  return _vlive_record_builder_end (builder);
}

/**
 * vlive_record_to_variant:
 * @self: a record
 *
 * Converts the fields to a dictionary. Null is an empty maybe of type `mv`,
 * bytes are `ay`, nested values are their JSON text. The id is not part of it,
 * but for the column that holds it.
 *
 * Returns: (transfer full): a dictionary of type `a{sv}`, not floating
 *
 * Since: 0.1
 */
GVariant *
vlive_record_to_variant (VliveRecord *self)
{
  GVariantBuilder builder;
  guint n;

  g_return_val_if_fail (self != NULL, NULL);

  n = _vlive_layout_get_n_names (self->layout);
  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  for (guint i = 0; i < n; i++)
    {
      VliveValue value;

      _vlive_record_peek (self, i, &value);
      if (value.type != VLIVE_VALUE_MISSING)
        g_variant_builder_add (&builder, "{sv}",
                               _vlive_layout_get_name (self->layout, i),
                               _vlive_value_to_variant (&value));
    }

  return g_variant_ref_sink (g_variant_builder_end (&builder));
}
