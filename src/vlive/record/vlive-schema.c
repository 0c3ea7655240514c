/* vlive-schema.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "record/vlive-schema-private.h"

#include <string.h>

#include "base/vlive-error.h"

/**
 * VliveSchema:
 *
 * The columns of a table. Immutable; may be used on any thread.
 *
 * A schema is declared by the master or a profile, or discovered from the
 * records that were seen.
 *
 * Since: 0.1
 */
struct _VliveSchema
{
  gatomicrefcount ref_count;
  gboolean declared;
  GPtrArray *columns;  /* owned */
  GHashTable *by_name; /* owned; the column's name → its index + 1 */
  VliveColumn *id;     /* in @columns, nullable */
  VliveColumn *title;  /* in @columns, nullable */
};

G_DEFINE_BOXED_TYPE (VliveSchema, vlive_schema, vlive_schema_ref, vlive_schema_unref)

static void
unref_column (gpointer data)
{
  vlive_column_unref (data);
}

/* FALSE if there is such a column already. */
static gboolean
add_column (VliveSchema *self, VliveColumn *column)
{
  char *name = (char *) vlive_column_get_name (column);
  VliveColumnFlags flags = vlive_column_get_flags (column);

  if (g_hash_table_contains (self->by_name, name))
    return FALSE;

  g_ptr_array_add (self->columns, vlive_column_ref (column));
  g_hash_table_insert (self->by_name, name, GUINT_TO_POINTER (self->columns->len));
  if ((flags & VLIVE_COLUMN_ID) != 0 && self->id == NULL)
    self->id = column;
  if ((flags & VLIVE_COLUMN_TITLE) != 0 && self->title == NULL)
    self->title = column;

  return TRUE;
}

VliveSchema *
_vlive_schema_new_empty (gboolean declared)
{
  VliveSchema *self = g_new0 (VliveSchema, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->declared = declared != FALSE;
  self->columns = g_ptr_array_new_with_free_func (unref_column);
  self->by_name = g_hash_table_new (g_str_hash, g_str_equal);

  return self;
}

/* Only while nobody else has @self. */
gboolean
_vlive_schema_add (VliveSchema *self, VliveColumn *column)
{
  return add_column (self, column);
}

/**
 * vlive_schema_new:
 * @columns: (array length=n_columns): the columns, in order, each with a name
 *   of its own
 * @n_columns: how many there are
 * @declared: %TRUE if the master says so, %FALSE if it was found out
 *
 * Makes a schema.
 *
 * Returns: (transfer full): a new schema
 *
 * Since: 0.1
 */
VliveSchema *
vlive_schema_new (VliveColumn *const *columns, gsize n_columns, gboolean declared)
{
  g_autoptr (VliveSchema) self = NULL;

  g_return_val_if_fail (columns != NULL || n_columns == 0, NULL);

  self = _vlive_schema_new_empty (declared);
  for (gsize i = 0; i < n_columns; i++)
    {
      gboolean added = add_column (self, columns[i]);

      g_return_val_if_fail (added, NULL);
    }

  return g_steal_pointer (&self);
}

/**
 * vlive_schema_ref:
 * @self: a schema
 *
 * Takes a reference.
 *
 * Returns: (transfer full): @self
 *
 * Since: 0.1
 */
VliveSchema *
vlive_schema_ref (VliveSchema *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

/**
 * vlive_schema_unref:
 * @self: (transfer full): a schema
 *
 * Gives a reference back.
 *
 * Since: 0.1
 */
void
vlive_schema_unref (VliveSchema *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_hash_table_unref (self->by_name);
  g_ptr_array_unref (self->columns);
  g_free (self);
}

/**
 * vlive_schema_is_declared:
 * @self: a schema
 *
 * Tells whether the master or a profile declared the schema.
 *
 * Returns: %FALSE if it was found out from records
 *
 * Since: 0.1
 */
gboolean
vlive_schema_is_declared (VliveSchema *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->declared;
}

/**
 * vlive_schema_get_n_columns:
 * @self: a schema
 *
 * Gets the number of columns.
 *
 * Returns: the number of columns
 *
 * Since: 0.1
 */
guint
vlive_schema_get_n_columns (VliveSchema *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->columns->len;
}

/**
 * vlive_schema_get_column:
 * @self: a schema
 * @index: less than the number of columns
 *
 * Gets a column by its place.
 *
 * Returns: (transfer none): the column
 *
 * Since: 0.1
 */
VliveColumn *
vlive_schema_get_column (VliveSchema *self, guint index)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (index < self->columns->len, NULL);

  return self->columns->pdata[index];
}

/**
 * vlive_schema_find_column:
 * @self: a schema
 * @name: a name
 *
 * Gets a column by its name.
 *
 * Returns: (transfer none) (nullable): the column, or %NULL if there is none
 *
 * Since: 0.1
 */
VliveColumn *
vlive_schema_find_column (VliveSchema *self, const char *name)
{
  guint place;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (name != NULL, NULL);

  place = GPOINTER_TO_UINT (g_hash_table_lookup (self->by_name, name));

  return place > 0 ? self->columns->pdata[place - 1] : NULL;
}

/**
 * vlive_schema_get_id_column:
 * @self: a schema
 *
 * Gets the column that holds the id.
 *
 * Returns: (transfer none) (nullable): the column, or %NULL if there is none
 *
 * Since: 0.1
 */
VliveColumn *
vlive_schema_get_id_column (VliveSchema *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->id;
}

/**
 * vlive_schema_get_title_column:
 * @self: a schema
 *
 * Gets the column that names a record to a person.
 *
 * Returns: (transfer none) (nullable): the column, or %NULL if there is none
 *
 * Since: 0.1
 */
VliveColumn *
vlive_schema_get_title_column (VliveSchema *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->title;
}

gboolean
_vlive_column_equal (VliveColumn *a, VliveColumn *b)
{
  const char *const *x = vlive_column_get_choices (a);
  const char *const *y = vlive_column_get_choices (b);

  if (a == b)
    return TRUE;

  return strcmp (vlive_column_get_name (a), vlive_column_get_name (b)) == 0
         && vlive_column_get_value_type (a) == vlive_column_get_value_type (b)
         && vlive_column_get_format (a) == vlive_column_get_format (b)
         && vlive_column_get_flags (a) == vlive_column_get_flags (b)
         && g_strcmp0 (vlive_column_get_reference (a), vlive_column_get_reference (b))
                == 0
         && (x != NULL) == (y != NULL) && (x == NULL || g_strv_equal (x, y));
}

/**
 * vlive_schema_equal:
 * @self: a schema
 * @other: another
 *
 * Compares two schemas, the order of their columns included.
 *
 * Returns: whether they say the same
 *
 * Since: 0.1
 */
gboolean
vlive_schema_equal (VliveSchema *self, VliveSchema *other)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (other != NULL, FALSE);

  if (self->declared != other->declared || self->columns->len != other->columns->len)
    return FALSE;
  for (guint i = 0; i < self->columns->len; i++)
    if (!_vlive_column_equal (self->columns->pdata[i], other->columns->pdata[i]))
      return FALSE;

  return TRUE;
}

static GVariant *
column_to_variant (VliveColumn *column)
{
  static const char *const none[] = { NULL };
  const char *const *choices = vlive_column_get_choices (column);

  return g_variant_new ("(suuu^asms)", vlive_column_get_name (column),
                        (guint32) vlive_column_get_value_type (column),
                        (guint32) vlive_column_get_format (column),
                        (guint32) vlive_column_get_flags (column),
                        choices != NULL ? choices : none,
                        vlive_column_get_reference (column));
}

/**
 * vlive_schema_to_variant:
 * @self: a schema
 *
 * Converts a schema to a form in which it can be kept.
 *
 * Returns: (transfer full): a variant, not floating
 *
 * Since: 0.1
 */
GVariant *
vlive_schema_to_variant (VliveSchema *self)
{
  GVariantBuilder builder;

  g_return_val_if_fail (self != NULL, NULL);

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(suuuasms)"));
  for (guint i = 0; i < self->columns->len; i++)
    g_variant_builder_add_value (&builder, column_to_variant (self->columns->pdata[i]));

  return g_variant_ref_sink (
      g_variant_new ("(ba(suuuasms))", self->declared, &builder));
}

#define ALL_COLUMN_FLAGS                                                               \
  (VLIVE_COLUMN_ID | VLIVE_COLUMN_TITLE | VLIVE_COLUMN_READ_ONLY                       \
   | VLIVE_COLUMN_NULLABLE)

static VliveColumn *
column_from_variant (GVariant *variant)
{
  const char *name;
  const char *reference;
  guint32 type;
  guint32 format;
  guint32 flags;
  g_autofree const char **choices = NULL;
  VliveColumnFlags column_flags;

  g_variant_get (variant, "(&suuu^a&sm&s)", &name, &type, &format, &flags, &choices,
                 &reference);
  if (type > VLIVE_VALUE_MIXED || format > VLIVE_FORMAT_LONG_TEXT
      || (flags & ~(guint32) ALL_COLUMN_FLAGS) != 0
      || (reference != NULL) != (format == VLIVE_FORMAT_REFERENCE))
    return NULL;

  column_flags = (VliveColumnFlags) flags;
  if (format == VLIVE_FORMAT_CHOICE)
    return type == VLIVE_VALUE_TEXT
               ? vlive_column_new_choice (name, choices, column_flags)
               : NULL;
  if (format == VLIVE_FORMAT_REFERENCE)
    return vlive_column_new_reference (name, (VliveValueType) type, reference,
                                       column_flags);

  return vlive_column_new (name, (VliveValueType) type, (VliveFormat) format,
                           column_flags);
}

/**
 * vlive_schema_new_from_variant:
 * @variant: what vlive_schema_to_variant() made
 * @error: return location
 *
 * Makes a schema of the form in which it was kept. A variant that is damaged
 * or of another type is refused.
 *
 * Returns: (transfer full): a new schema, or %NULL with @error set
 *
 * Since: 0.1
 */
VliveSchema *
vlive_schema_new_from_variant (GVariant *variant, GError **error)
{
  g_autoptr (GVariant) columns = NULL;
  g_autoptr (VliveSchema) self = NULL;
  gboolean declared;

  g_return_val_if_fail (variant != NULL, NULL);

  if (!g_variant_is_of_type (variant, G_VARIANT_TYPE ("(ba(suuuasms))"))
      || !g_variant_is_normal_form (variant))
    {
      g_set_error_literal (error, VLIVE_ERROR, VLIVE_ERROR_CORRUPT, "Not a schema");
      return NULL;
    }
  g_variant_get (variant, "(b@a(suuuasms))", &declared, &columns);
  self = _vlive_schema_new_empty (declared);
  for (gsize i = 0; i < g_variant_n_children (columns); i++)
    {
      g_autoptr (GVariant) child = g_variant_get_child_value (columns, i);
      g_autoptr (VliveColumn) column = column_from_variant (child);

      if (column == NULL || !add_column (self, column))
        {
          g_set_error (error, VLIVE_ERROR, VLIVE_ERROR_CORRUPT,
                       "Not a schema: column %" G_GSIZE_FORMAT " makes no sense",
                       i + 1);
          return NULL;
        }
    }

  return g_steal_pointer (&self);
}
