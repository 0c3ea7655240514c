/* vlive-schema-widen.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "record/vlive-record-private.h"
#include "record/vlive-schema-private.h"

#include <string.h>

/* The type that holds values of both. */
static VliveValueType
join_types (VliveValueType column, VliveValueType value)
{
  if (value == VLIVE_VALUE_MISSING || value == VLIVE_VALUE_NULL || column == value)
    return column;
  if (column == VLIVE_VALUE_MISSING || column == VLIVE_VALUE_NULL)
    return value;
  if ((column == VLIVE_VALUE_DOUBLE && value == VLIVE_VALUE_INTEGER)
      || (column == VLIVE_VALUE_INTEGER && value == VLIVE_VALUE_DOUBLE))
    return VLIVE_VALUE_DOUBLE;

  return VLIVE_VALUE_MIXED;
}

/* What text of the format may not be is plain from then on. */
static VliveColumn *
with_type (VliveColumn *column, VliveValueType type)
{
  const char *name = vlive_column_get_name (column);
  VliveFormat format = vlive_column_get_format (column);
  VliveColumnFlags flags = vlive_column_get_flags (column);

  if (format == VLIVE_FORMAT_REFERENCE)
    return vlive_column_new_reference (name, type, vlive_column_get_reference (column),
                                       flags);
  if (type != VLIVE_VALUE_TEXT)
    format = VLIVE_FORMAT_PLAIN;

  return vlive_column_new (name, type, format, flags);
}

/* The types that the columns of a schema and the fields of records need. */
typedef struct
{
  VliveSchema *schema;
  GArray *types;      /* owned; VliveValueType: the schema's, then of @added */
  GPtrArray *added;   /* owned; const char *: names of layouts in use */
  GHashTable *places; /* owned; of @added: name → index in @types */
  gboolean changed;
} Widener;

static void
widener_init (Widener *self, VliveSchema *schema)
{
  guint n = vlive_schema_get_n_columns (schema);

  self->schema = schema;
  self->changed = FALSE;
  self->types = g_array_sized_new (FALSE, FALSE, sizeof (VliveValueType), n);
  self->added = g_ptr_array_new_with_free_func (g_free);
  self->places = g_hash_table_new (g_str_hash, g_str_equal);
  for (guint i = 0; i < n; i++)
    {
      VliveValueType type =
          vlive_column_get_value_type (vlive_schema_get_column (schema, i));

      g_array_append_val (self->types, type);
    }
}

static void
widener_clear (Widener *self)
{
  g_array_unref (self->types);
  g_ptr_array_unref (self->added);
  g_hash_table_unref (self->places);
}

/* Usually the field stands where its column stands. */
static guint
find_place (Widener *self, const char *name, guint hint)
{
  guint n = vlive_schema_get_n_columns (self->schema);
  gpointer place;

  if (hint < n
      && strcmp (vlive_column_get_name (vlive_schema_get_column (self->schema, hint)),
                 name)
             == 0)
    return hint;
  if (g_hash_table_lookup_extended (self->places, name, NULL, &place))
    return GPOINTER_TO_UINT (place);
  if (vlive_schema_find_column (self->schema, name) != NULL)
    for (guint i = 0; i < n; i++)
      if (strcmp (vlive_column_get_name (vlive_schema_get_column (self->schema, i)),
                  name)
          == 0)
        return i;

  return G_MAXUINT;
}

static guint
add_place (Widener *self, const char *name)
{
  VliveValueType type = VLIVE_VALUE_MISSING;
  guint place = self->types->len;

  g_ptr_array_add (self->added, g_strdup (name));
  g_hash_table_insert (self->places, self->added->pdata[self->added->len - 1],
                       GUINT_TO_POINTER (place));
  g_array_append_val (self->types, type);
  self->changed = TRUE;

  return place;
}

static void
widener_add (Widener *self, VliveRecord *record)
{
  VliveLayout *layout = _vlive_record_get_layout (record);

  for (guint i = 0; i < _vlive_layout_get_n_names (layout); i++)
    {
      const char *name = _vlive_layout_get_name (layout, i);
      guint place = find_place (self, name, i);
      VliveValueType *type;
      VliveValueType joined;
      VliveValue value;

      _vlive_record_peek (record, i, &value);
      if (value.type == VLIVE_VALUE_MISSING)
        continue;
      if (place == G_MAXUINT)
        place = add_place (self, name);
      type = &g_array_index (self->types, VliveValueType, place);
      joined = join_types (*type, value.type);
      self->changed |= joined != *type;
      *type = joined;
    }
}

static VliveSchema *
widener_end (Widener *self)
{
  guint n = vlive_schema_get_n_columns (self->schema);
  VliveSchema *widened;

  if (!self->changed)
    return vlive_schema_ref (self->schema);

  widened = _vlive_schema_new_empty (vlive_schema_is_declared (self->schema));
  for (guint i = 0; i < self->types->len; i++)
    {
      VliveValueType type = g_array_index (self->types, VliveValueType, i);
      g_autoptr (VliveColumn) column = NULL;

      if (i >= n)
        column = vlive_column_new (self->added->pdata[i - n], type, VLIVE_FORMAT_PLAIN,
                                   VLIVE_COLUMN_NULLABLE);
      else if (type
               == vlive_column_get_value_type (
                   vlive_schema_get_column (self->schema, i)))
        column = vlive_column_ref (vlive_schema_get_column (self->schema, i));
      else
        column = with_type (vlive_schema_get_column (self->schema, i), type);
      _vlive_schema_add (widened, column);
    }

  return widened;
}

VliveSchema *
_vlive_schema_widen_all (VliveSchema *self,
                         VliveRecord *const *records,
                         gsize n_records)
{
  VliveSchema *widened;
  Widener widener;

  widener_init (&widener, self);
  for (gsize i = 0; i < n_records; i++)
    widener_add (&widener, records[i]);
  widened = widener_end (&widener);
  widener_clear (&widener);

  return widened;
}

/**
 * vlive_schema_widen:
 * @self: a schema
 * @record: a record
 *
 * Makes room for @record: a field without a column gets one at the end, an
 * integer among doubles (or the other way round) makes a column of doubles,
 * and any other difference one of mixed values. Null fits every column. A
 * column of text whose type changes loses its format.
 *
 * Returns: (transfer full): a new schema, or @self if the record fits
 *
 * Since: 0.1
 */
VliveSchema *
vlive_schema_widen (VliveSchema *self, VliveRecord *record)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (record != NULL, NULL);

  return _vlive_schema_widen_all (self, &record, 1);
}

/* The column that names a record: one that is called so, or else the first
 * of text. */
static const char *
guess_title (VliveSchema *schema, const char *id_column)
{
  static const char *const usual[] = { "title", "name", "label", "subject",
                                       "username" };
  guint n = vlive_schema_get_n_columns (schema);

  for (guint i = 0; i < G_N_ELEMENTS (usual); i++)
    for (guint j = 0; j < n; j++)
      {
        VliveColumn *column = vlive_schema_get_column (schema, j);

        if (vlive_column_get_value_type (column) == VLIVE_VALUE_TEXT
            && g_ascii_strcasecmp (vlive_column_get_name (column), usual[i]) == 0)
          return vlive_column_get_name (column);
      }
  for (guint j = 0; j < n; j++)
    {
      VliveColumn *column = vlive_schema_get_column (schema, j);

      if (vlive_column_get_value_type (column) == VLIVE_VALUE_TEXT
          && g_strcmp0 (vlive_column_get_name (column), id_column) != 0)
        return vlive_column_get_name (column);
    }

  return NULL;
}

static VliveColumnFlags
guess_flags (const char *name, const char *id_column, const char *title)
{
  VliveColumnFlags flags = VLIVE_COLUMN_NONE;

  if (g_strcmp0 (name, id_column) == 0)
    flags |= VLIVE_COLUMN_ID | VLIVE_COLUMN_READ_ONLY;
  else
    flags |= VLIVE_COLUMN_NULLABLE;
  if (g_strcmp0 (name, title) == 0)
    flags |= VLIVE_COLUMN_TITLE;

  return flags;
}

/**
 * vlive_schema_discover:
 * @records: (array length=n_records): records of one table
 * @n_records: how many there are
 * @id_column: (nullable): the column that holds the id
 *
 * Finds out the columns of a table from records of it.
 *
 * Returns: (transfer full): a new schema, not declared
 *
 * Since: 0.1
 */
VliveSchema *
vlive_schema_discover (VliveRecord *const *records,
                       gsize n_records,
                       const char *id_column)
{
  g_autoptr (VliveSchema) empty = NULL;
  g_autoptr (VliveSchema) bare = NULL;
  VliveSchema *self;
  const char *title;
  Widener widener;

  g_return_val_if_fail (records != NULL || n_records == 0, NULL);

  empty = _vlive_schema_new_empty (FALSE);
  widener_init (&widener, empty);
  for (gsize i = 0; i < n_records; i++)
    widener_add (&widener, records[i]);
  bare = widener_end (&widener);
  widener_clear (&widener);

  title = guess_title (bare, id_column);
  self = _vlive_schema_new_empty (FALSE);
  for (guint i = 0; i < vlive_schema_get_n_columns (bare); i++)
    {
      VliveColumn *found = vlive_schema_get_column (bare, i);
      const char *name = vlive_column_get_name (found);
      g_autoptr (VliveColumn) column =
          vlive_column_new (name, vlive_column_get_value_type (found),
                            VLIVE_FORMAT_PLAIN, guess_flags (name, id_column, title));

      _vlive_schema_add (self, column);
    }

  return self;
}
