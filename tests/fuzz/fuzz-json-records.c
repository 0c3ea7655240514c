/* fuzz-json-records.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "record/vlive-block-private.h"
#include "record/vlive-json-private.h"
#include "record/vlive-layout-private.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* What was read is a valid block, and survives the way to JSON and back. */
static void
check_record (VliveRecord *record)
{
  gsize size;
  const guint8 *block = _vlive_record_get_block (record, &size);
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = NULL;
  g_autoptr (VliveRecord) back = NULL;

  _vlive_block_check (block, size, _vlive_record_get_layout (record), &error);
  g_assert_no_error (error);
  node = vlive_record_to_json (record, NULL);
  if (node == NULL)
    return;
  back = vlive_record_new_from_json (json_node_get_object (node), "id", &error);
  g_assert_no_error (error);
  if (vlive_record_is_addressable (record))
    g_assert_cmpstr (vlive_record_get_id (back), ==, vlive_record_get_id (record));
}

static void
check_records (GPtrArray *records, JsonArray *array)
{
  g_autoptr (GHashTable) ids = g_hash_table_new (g_str_hash, g_str_equal);

  g_assert (records->len <= json_array_get_length (array));
  for (guint i = 0; i < records->len; i++)
    {
      check_record (records->pdata[i]);
      g_assert (
          g_hash_table_add (ids, (char *) vlive_record_get_id (records->pdata[i])));
    }
}

static JsonArray *
find_array (JsonNode *root)
{
  if (JSON_NODE_HOLDS_ARRAY (root))
    return json_node_get_array (root);
  if (JSON_NODE_HOLDS_OBJECT (root))
    {
      g_autoptr (GList) members = json_object_get_values (json_node_get_object (root));

      for (GList *l = members; l != NULL; l = l->next)
        if (JSON_NODE_HOLDS_ARRAY (l->data))
          return json_node_get_array (l->data);
    }

  return NULL;
}

/* json-glib 1.6 leaks a buffer when what follows a high surrogate is not a low
 * one. _vlive_json_parse() does not let it see that. */
static gboolean
leaks (const char *text)
{
  for (const char *p = strstr (text, "\\u"); p != NULL; p = strstr (p + 1, "\\u"))
    if (p[2] == 'd' || p[2] == 'D')
      return TRUE;

  return FALSE;
}

/* As one does it who parses by himself, but not what json-glib leaks or falls
 * over. */
static void
try_raw (const char *text, gsize size)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  const VliveJsonScan refused =
      VLIVE_JSON_SCAN_DEEP | VLIVE_JSON_SCAN_SEVERAL | VLIVE_JSON_SCAN_CUT;
  VliveJsonContext context = { .id_field = "id", .id_prefix = "q" };
  g_autoptr (GPtrArray) records = NULL;
  g_autoptr (GPtrArray) bare = NULL;
  JsonNode *root;
  JsonArray *array;

  if (leaks (text) || (_vlive_json_scan (text, size, NULL) & refused) != 0
      || !json_parser_load_from_data (parser, text, (gssize) size, NULL))
    return;
  root = json_parser_get_root (parser);
  array = root != NULL ? find_array (root) : NULL;
  if (array == NULL)
    return;
  records = _vlive_records_from_json (array, text, size, &context, NULL, NULL);
  if (records != NULL)
    check_records (records, array);
  bare = _vlive_records_from_json (array, NULL, 0, &context, NULL, NULL);
  if (bare != NULL)
    check_records (bare, array);
}

static void
try_parse (const char *text, gsize size)
{
  g_autoptr (GPtrArray) diagnostics = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (JsonNode) root = _vlive_json_parse (text, size, diagnostics, NULL);
  VliveJsonContext context = { .id_field = "id", .id_prefix = "q", .safe = TRUE };
  g_autoptr (GPtrArray) records = NULL;
  g_autoptr (GString) json = g_string_new (NULL);
  JsonArray *array = root != NULL ? find_array (root) : NULL;

  if (root != NULL && _vlive_json_append_node (json, root, NULL))
    g_assert (_vlive_json_check (json->str, json->len));
  if (array == NULL)
    return;
  records = _vlive_records_from_json (array, NULL, 0, &context, diagnostics, NULL);
  if (records != NULL)
    check_records (records, array);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);

  size = strlen (text);
  _vlive_json_check (text, size);
  try_raw (text, size);
  try_parse (text, size);
  g_assert (_vlive_layout_count () == 0);

  return 0;
}
