/* vlive-record-json.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "base/vlive-error.h"
#include "record/vlive-block-private.h"
#include "record/vlive-json-private.h"

/* Records share the bytes of their neighbours, up to this many: a record that
 * is held keeps no more than that. */
#define CHUNK_SIZE (128 * 1024)

typedef struct
{
  guint offset;        /* in the chunk */
  VliveLayout *layout; /* owned */
} Block;

typedef struct
{
  const char *id_field;
  gboolean check;              /* texts may not be UTF-8 */
  GPtrArray *records;          /* owned */
  VliveRecordBuilder *builder; /* owned, nullable */
  VliveLayout *layout;         /* of the last row; owned, nullable */
  int id_index;                /* of the id's field in @layout, or -1 */
  gboolean has_id;             /* of this row */
  GByteArray *chunk;           /* owned */
  GArray *blocks;              /* owned; those in @chunk */
  GString *scratch;            /* owned; JSON of a nested value */
  GPtrArray *names;            /* owned; of a new layout */
  gboolean mended;             /* one of them was not UTF-8 */
} Reader;

static void
clear_block (gpointer data)
{
  Block *block = data;

  _vlive_layout_unref (block->layout);
}

static void
reader_init (Reader *self, const char *id_field, guint n)
{
  memset (self, 0, sizeof *self);
  self->id_field = id_field;
  self->check = TRUE;
  self->records = g_ptr_array_new_full (n, (GDestroyNotify) vlive_record_unref);
  self->chunk = g_byte_array_new ();
  self->blocks = g_array_new (FALSE, FALSE, sizeof (Block));
  g_array_set_clear_func (self->blocks, clear_block);
  self->scratch = g_string_new (NULL);
  self->names = g_ptr_array_new_with_free_func (g_free);
}

static void
reader_clear (Reader *self)
{
  g_clear_pointer (&self->records, g_ptr_array_unref);
  g_clear_pointer (&self->builder, _vlive_record_builder_free);
  g_clear_pointer (&self->layout, _vlive_layout_unref);
  g_clear_pointer (&self->chunk, g_byte_array_unref);
  g_clear_pointer (&self->blocks, g_array_unref);
  if (self->scratch != NULL)
    g_string_free (g_steal_pointer (&self->scratch), TRUE);
  g_clear_pointer (&self->names, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Reader, reader_clear)

static void
use_layout (Reader *self, VliveLayout *layout)
{
  g_clear_pointer (&self->layout, _vlive_layout_unref);
  self->layout = layout;
  self->id_index =
      self->id_field != NULL ? _vlive_layout_find (layout, self->id_field) : -1;
  if (self->builder == NULL)
    self->builder = _vlive_record_builder_new (layout);
  else
    _vlive_record_builder_set_layout (self->builder, layout);
}

/* A name that is not UTF-8 is mended, which might make two equal: then they
 * are one field. */
static void
learn_name (Reader *self, const char *name)
{
  g_autofree char *mended = NULL;

  if (!g_utf8_validate (name, -1, NULL))
    {
      mended = g_utf8_make_valid (name, -1);
      self->mended = TRUE;
    }
  if (mended != NULL)
    name = mended;
  for (guint i = 0; self->mended && i < self->names->len; i++)
    if (strcmp (self->names->pdata[i], name) == 0)
      return;
  g_ptr_array_add (self->names, g_strdup (name));
}

/* The names of @object, in its order. */
static gboolean
learn_layout (Reader *self, JsonObject *object, GError **error)
{
  JsonObjectIter iter;
  const char *name;

  if (json_object_get_size (object) > VLIVE_LAYOUT_MAX_NAMES)
    {
      g_set_error (error, VLIVE_ERROR, VLIVE_ERROR_TOO_LARGE,
                   "A row of %u fields is too wide", json_object_get_size (object));
      return FALSE;
    }
  g_ptr_array_set_size (self->names, 0);
  self->mended = FALSE;
  json_object_iter_init_ordered (&iter, object);
  while (json_object_iter_next_ordered (&iter, &name, NULL))
    learn_name (self, name);
  use_layout (self, _vlive_layout_intern ((const char *const *) self->names->pdata,
                                          self->names->len));

  return TRUE;
}

static void
borrow_text (Reader *self, const char *text, VliveValue *value)
{
  value->type = VLIVE_VALUE_TEXT;
  value->text = text;
  value->len = strlen (text);
  if (self->check && !g_utf8_validate_len (text, value->len, NULL))
    {
      g_autofree char *valid = g_utf8_make_valid (text, -1);

      g_string_assign (self->scratch, valid);
      value->text = self->scratch->str;
      value->len = self->scratch->len;
    }
}

static void
borrow_scalar (Reader *self, JsonNode *node, VliveValue *value)
{
  GType type = json_node_get_value_type (node);

  if (type == G_TYPE_STRING)
    borrow_text (self, json_node_get_string (node), value);
  else if (type == G_TYPE_INT64)
    {
      value->type = VLIVE_VALUE_INTEGER;
      value->integer = json_node_get_int (node);
    }
  else if (type == G_TYPE_BOOLEAN)
    {
      value->type = VLIVE_VALUE_BOOLEAN;
      value->boolean = json_node_get_boolean (node);
    }
  else
    {
      value->type = VLIVE_VALUE_DOUBLE;
      value->real = json_node_get_double (node);
    }
}

/* @value borrows from @node, or from @scratch until the next call. */
static gboolean
borrow_node (Reader *self, JsonNode *node, VliveValue *value, GError **error)
{
  JsonNodeType type = json_node_get_node_type (node);

  if (type == JSON_NODE_VALUE)
    {
      borrow_scalar (self, node, value);
      return TRUE;
    }
  if (type == JSON_NODE_NULL)
    {
      value->type = VLIVE_VALUE_NULL;
      return TRUE;
    }

  g_string_truncate (self->scratch, 0);
  value->type = VLIVE_VALUE_JSON;
  if (!_vlive_json_append_node (self->scratch, node, error))
    return FALSE;
  value->text = self->scratch->str;
  value->len = self->scratch->len;

  return TRUE;
}

static gboolean
read_field (Reader *self, guint index, JsonNode *node, GError **error)
{
  VliveValue value = { .type = VLIVE_VALUE_MISSING };

  if (!borrow_node (self, node, &value, error))
    return FALSE;
  if ((int) index == self->id_index)
    {
      char buffer[VLIVE_DOUBLE_TEXT_SIZE];
      const char *id = _vlive_value_to_id (&value, buffer);

      self->has_id = id != NULL;
      if (id != NULL)
        _vlive_record_builder_set_id (self->builder, id, TRUE);
    }
  _vlive_record_builder_set (self->builder, index, &value);

  return TRUE;
}

/* The members of @object as fields of the layout of the row before, as long
 * as they have the same names in the same order: @same says whether they had. */
static gboolean
read_same (Reader *self, JsonObject *object, gboolean *same, GError **error)
{
  guint n = _vlive_layout_get_n_names (self->layout);
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;
  guint i = 0;

  self->has_id = FALSE;
  *same = FALSE;
  json_object_iter_init_ordered (&iter, object);
  while (json_object_iter_next_ordered (&iter, &name, &node))
    {
      if (i == n || strcmp (name, _vlive_layout_get_name (self->layout, i)) != 0)
        return TRUE;
      if (!read_field (self, i, node, error))
        return FALSE;
      i++;
    }
  *same = TRUE;

  return TRUE;
}

/* When a name was mended, members are found by the name they have now. */
static gboolean
read_mended (Reader *self, JsonObject *object, GError **error)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  self->has_id = FALSE;
  _vlive_record_builder_set_layout (self->builder, self->layout);
  json_object_iter_init_ordered (&iter, object);
  while (json_object_iter_next_ordered (&iter, &name, &node))
    {
      g_autofree char *valid = g_utf8_make_valid (name, -1);

      if (!read_field (self, (guint) _vlive_layout_find (self->layout, valid), node,
                       error))
        return FALSE;
    }

  return TRUE;
}

static gboolean
read_object (Reader *self, JsonObject *object, GError **error)
{
  gboolean same = FALSE;

  if (self->layout != NULL
      && json_object_get_size (object) == _vlive_layout_get_n_names (self->layout)
      && !read_same (self, object, &same, error))
    return FALSE;
  if (same)
    return TRUE;

  if (!learn_layout (self, object, error) || !read_same (self, object, &same, error))
    return FALSE;

  return same || read_mended (self, object, error);
}

/* The blocks written so far become records over one GBytes. */
static void
flush (Reader *self)
{
  g_autoptr (GBytes) bytes = g_bytes_new (self->chunk->data, self->chunk->len);

  for (guint i = 0; i < self->blocks->len; i++)
    {
      Block *block = &g_array_index (self->blocks, Block, i);

      g_ptr_array_add (self->records,
                       _vlive_record_new_trusted (bytes, block->offset, block->layout));
    }
  g_byte_array_set_size (self->chunk, 0);
  g_array_set_size (self->blocks, 0);
}

static void
end_row (Reader *self)
{
  Block block = { .offset = (self->chunk->len + 7) & ~7u,
                  .layout = _vlive_layout_ref (self->layout) };

  _vlive_record_builder_end_into (self->builder, self->chunk);
  g_array_append_val (self->blocks, block);
  if (self->chunk->len >= CHUNK_SIZE)
    flush (self);
}

static gboolean
read_rows (Reader *self,
           JsonArray *nodes,
           const VliveJsonContext *context,
           guint *n_no_id,
           GError **error)
{
  guint n = json_array_get_length (nodes);

  for (guint i = 0; i < n; i++)
    {
      JsonNode *node = json_array_get_element (nodes, i);

      if (!JSON_NODE_HOLDS_OBJECT (node))
        {
          g_set_error (error, VLIVE_ERROR, VLIVE_ERROR_INVALID,
                       "Not a list of records: item %u is %s", i + 1,
                       json_node_type_name (node));
          return FALSE;
        }
      if (!read_object (self, json_node_get_object (node), error))
        return FALSE;
      if (!self->has_id)
        {
          g_autofree char *id =
              g_strdup_printf ("@%s#%" G_GUINT64_FORMAT, context->id_prefix,
                               context->offset + i);

          _vlive_record_builder_set_id (self->builder, id, FALSE);
          ++*n_no_id;
        }
      end_row (self);
    }
  flush (self);

  return TRUE;
}

/* Of two records with one id, the later value at the first place. */
static guint
drop_doubles (GPtrArray *records)
{
  g_autoptr (GHashTable) places = g_hash_table_new (g_str_hash, g_str_equal);
  guint n = records->len;
  guint end = 0;

  for (guint i = 0; i < n; i++)
    {
      VliveRecord *record = records->pdata[i];
      const char *id = vlive_record_get_id (record);
      gpointer place;

      if (!g_hash_table_lookup_extended (places, id, NULL, &place))
        {
          g_hash_table_insert (places, (char *) id, GUINT_TO_POINTER (end));
          records->pdata[end++] = record;
          continue;
        }
      g_hash_table_replace (places, (char *) id, place);
      vlive_record_unref (records->pdata[GPOINTER_TO_UINT (place)]);
      records->pdata[GPOINTER_TO_UINT (place)] = record;
    }
  for (guint i = end; i < n; i++)
    records->pdata[i] = NULL;
  g_ptr_array_set_free_func (records, NULL);
  g_ptr_array_set_size (records, (int) end);
  g_ptr_array_set_free_func (records, (GDestroyNotify) vlive_record_unref);

  return n - end;
}

static void
tell (GPtrArray *diagnostics, guint n, const char *what)
{
  if (diagnostics != NULL && n > 0)
    g_ptr_array_add (diagnostics,
                     g_strdup_printf ("%u %s %s", n, n == 1 ? "row" : "rows", what));
}

static GPtrArray *
read_array (JsonArray *nodes,
            const VliveJsonContext *context,
            gboolean check,
            GPtrArray *diagnostics,
            GError **error)
{
  g_auto (Reader) reader = { 0 };
  guint n_no_id = 0;

  reader_init (&reader, context->id_field, json_array_get_length (nodes));
  reader.check = check;
  if (!read_rows (&reader, nodes, context, &n_no_id, error))
    return NULL;

  tell (diagnostics, n_no_id,
        "without an id that can be one: shown, and never written");
  tell (diagnostics, drop_doubles (reader.records),
        "with the id of an earlier one: taken for it");

  return g_steal_pointer (&reader.records);
}

/* Where @child is in @parent, found again in @other. */
static JsonNode *
find_child (JsonNode *parent, JsonNode *child, JsonNode *other)
{
  if (JSON_NODE_HOLDS_ARRAY (parent) && JSON_NODE_HOLDS_ARRAY (other))
    {
      JsonArray *array = json_node_get_array (parent);

      for (guint i = 0; i < json_array_get_length (array); i++)
        if (json_array_get_element (array, i) == child
            && i < json_array_get_length (json_node_get_array (other)))
          return json_array_get_element (json_node_get_array (other), i);
    }
  if (JSON_NODE_HOLDS_OBJECT (parent) && JSON_NODE_HOLDS_OBJECT (other))
    {
      JsonObjectIter iter;
      const char *name;
      JsonNode *node;

      json_object_iter_init (&iter, json_node_get_object (parent));
      while (json_object_iter_next (&iter, &name, &node))
        if (node == child)
          return json_object_get_member (json_node_get_object (other), name);
    }

  return NULL;
}

/* The node of the tree of @root that stands where @node stands in its own. */
static JsonNode *
find_counterpart (JsonNode *node, JsonNode *root)
{
  JsonNode *parent = node != NULL ? json_node_get_parent (node) : NULL;
  JsonNode *other;

  if (parent == NULL)
    return root;
  other = find_counterpart (parent, root);

  return other != NULL ? find_child (parent, node, other) : NULL;
}

/* The array of @root that is @nodes, read exactly; NULL if it cannot be told. */
static JsonArray *
find_array (JsonArray *nodes, JsonNode *root)
{
  JsonNode *found;

  found =
      find_counterpart (json_node_get_parent (json_array_get_element (nodes, 0)), root);
  if (found == NULL || !JSON_NODE_HOLDS_ARRAY (found)
      || json_array_get_length (json_node_get_array (found))
             != json_array_get_length (nodes))
    return NULL;

  return json_node_get_array (found);
}

static GPtrArray *
read_again (JsonArray *nodes,
            const char *raw,
            gsize raw_len,
            const VliveJsonContext *context,
            GPtrArray *diagnostics,
            GError **error)
{
  g_autoptr (JsonNode) root = _vlive_json_parse (raw, raw_len, diagnostics, error);
  JsonArray *exact;

  if (root == NULL)
    return NULL;
  exact = find_array (nodes, root);
  if (exact != NULL)
    return read_array (exact, context, FALSE, diagnostics, error);

  if (diagnostics != NULL)
    g_ptr_array_add (diagnostics,
                     g_strdup ("Some values may differ from what was sent"));

  return read_array (nodes, context, TRUE, diagnostics, error);
}

GPtrArray *
_vlive_records_from_json (JsonArray *nodes,
                          const char *raw,
                          gsize raw_len,
                          const VliveJsonContext *context,
                          GPtrArray *diagnostics,
                          GError **error)
{
  if (raw != NULL && !context->safe && json_array_get_length (nodes) > 0
      && _vlive_json_scan (raw, raw_len, NULL) != 0)
    return read_again (nodes, raw, raw_len, context, diagnostics, error);

  return read_array (nodes, context, raw == NULL && !context->safe, diagnostics, error);
}

/**
 * vlive_record_new_from_json:
 * @object: a JSON object
 * @id_field: (nullable): the member that holds the id
 * @error: return location
 *
 * Makes a record of a JSON object. The order of its members is kept; nested
 * arrays and objects are kept as JSON text. Without a member that can be an
 * id, the record has an empty one and is not addressable.
 *
 * Returns: (transfer full): a new record, or %NULL with @error set
 *
 * Since: 0.1
 */
VliveRecord *
vlive_record_new_from_json (JsonObject *object, const char *id_field, GError **error)
{
  g_auto (Reader) reader = { 0 };

  g_return_val_if_fail (object != NULL, NULL);

  reader_init (&reader, id_field, 1);
  if (!read_object (&reader, object, error))
    return NULL;

  return _vlive_record_builder_end (reader.builder);
}
