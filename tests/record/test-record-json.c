/* test-record-json.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "record/vlive-json-private.h"
#include "record/vlive-layout-private.h"
#include "record/vlive-record-private.h"
#include "vlive-test.h"

/* Reads the array at @member of @text, or @text itself. */
static GPtrArray *
read_json (const char *text,
           const char *member,
           gboolean with_raw,
           GPtrArray *diagnostics)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;
  VliveJsonContext context = { .id_field = "id", .id_prefix = "q", .offset = 20 };
  JsonNode *root;
  GPtrArray *records;

  json_parser_load_from_data (parser, text, -1, &error);
  g_assert_no_error (error);
  root = json_parser_get_root (parser);
  if (member != NULL)
    root = json_object_get_member (json_node_get_object (root), member);
  records =
      _vlive_records_from_json (json_node_get_array (root), with_raw ? text : NULL,
                                strlen (text), &context, diagnostics, &error);
  g_assert_no_error (error);

  return records;
}

static char *
to_text (GPtrArray *records)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < records->len; i++)
    {
      g_autoptr (GError) error = NULL;

      g_string_append_printf (text, "%s%s%s:{", i > 0 ? " " : "",
                              vlive_record_is_addressable (records->pdata[i]) ? ""
                                                                              : "!",
                              vlive_record_get_id (records->pdata[i]));
      _vlive_record_append_json (records->pdata[i], text, &error);
      g_assert_no_error (error);
      g_string_append_c (text, '}');
    }

  return g_string_free (text, FALSE);
}

static void
assert_reads (const char *text, const char *expected, guint n_diagnostics)
{
  g_autoptr (GPtrArray) diagnostics = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) records = read_json (text, NULL, TRUE, diagnostics);
  g_autofree char *found = to_text (records);

  g_assert_cmpstr (found, ==, expected);
  g_assert_cmpuint (diagnostics->len, ==, n_diagnostics);
}

static void
test_json_rows (void)
{
  assert_reads ("[]", "", 0);
  assert_reads ("[{\"id\":7,\"a\":\"x\"},{\"id\":7.0},{\"id\":\"007\",\"n\":{\"a\":[1,"
                "2.5,null]}}]",
                "7:{\"id\":7.0} 007:{\"id\":\"007\",\"n\":{\"a\":[1,2.5,null]}}", 1);
  assert_reads ("[{\"id\":10},{\"id\":9},{\"id\":2}]",
                "10:{\"id\":10} 9:{\"id\":9} 2:{\"id\":2}", 0);
  assert_reads ("[{\"b\":1},{\"id\":null},{\"id\":\"\"},{\"id\":{\"x\":1}}]",
                "!@q#20:{\"b\":1} !@q#21:{\"id\":null} !@q#22:{\"id\":\"\"} "
                "!@q#23:{\"id\":{\"x\":1}}",
                1);
}

static void
test_json_raw (void)
{
  assert_reads (
      "[{\"id\":1,\"n\":9223372036854775807},{\"id\":2,\"n\":9223372036854775808}]",
      "1:{\"id\":1,\"n\":9223372036854775807} "
      "2:{\"id\":2,\"n\":\"9223372036854775808\"}",
      1);
  assert_reads (
      "[{\"id\":1,\"n\":-9223372036854775809,\"d\":1e400,\"t\":\"a\\u0000b\"}]",
      "1:{\"id\":1,\"n\":\"-9223372036854775809\",\"d\":\"1e400\",\"t\":"
      "\"a\\\\u0000b\"}",
      2);
  assert_reads ("[{\"id\":18446744073709551615}]",
                "18446744073709551615:{\"id\":\"18446744073709551615\"}", 1);
}

/* Values of every kind; the order of the members is kept. */
static void
test_json_values (void)
{
  assert_reads ("[{\"z\":null,\"id\":1,\"a\":true,\"d\":-2.5,\"t\":\"é\\n\",\"e\":\"\","
                "\"l\":[],\"o\":{\"b\":{\"c\":[1,\"x\"]}}}]",
                "1:{\"z\":null,\"id\":1,\"a\":true,\"d\":-2.5,\"t\":\"é\\n\",\"e\":"
                "\"\",\"l\":[],\"o\":{\"b\":{\"c\":[1,\"x\"]}}}",
                0);
  assert_reads ("[{}]", "!@q#20:{}", 1);
}

/* The id keeps the type that the master gave it. */
static void
test_json_id_types (void)
{
  g_autoptr (GPtrArray) records =
      read_json ("[{\"id\":7},{\"id\":\"8\"},{\"id\":9.0},{\"id\":true},{\"id\":7.25}]",
                 NULL, TRUE, NULL);

  g_assert_cmpint (vlive_record_get_field_type (records->pdata[0], "id"), ==,
                   VLIVE_VALUE_INTEGER);
  g_assert_cmpint (vlive_record_get_field_type (records->pdata[1], "id"), ==,
                   VLIVE_VALUE_TEXT);
  g_assert_cmpint (vlive_record_get_field_type (records->pdata[2], "id"), ==,
                   VLIVE_VALUE_DOUBLE);
  g_assert_cmpstr (vlive_record_get_id (records->pdata[2]), ==, "9");
  g_assert_false (vlive_record_is_addressable (records->pdata[3]));
  g_assert_cmpstr (vlive_record_get_id (records->pdata[4]), ==, "7.25");
}

/* Rows of one shape share a layout, also with another shape between them. */
static void
test_json_layouts (void)
{
  g_autoptr (GPtrArray) records =
      read_json ("[{\"id\":1,\"a\":1},{\"id\":2,\"a\":2},{\"id\":3},{\"a\":1,\"id\":4},"
                 "{\"id\":5,\"a\":5},{\"id\":6,\"b\":6}]",
                 NULL, TRUE, NULL);
  VliveLayout *first = _vlive_record_get_layout (records->pdata[0]);

  g_assert_true (_vlive_record_get_layout (records->pdata[1]) == first);
  g_assert_true (_vlive_record_get_layout (records->pdata[2]) != first);
  g_assert_true (_vlive_record_get_layout (records->pdata[3]) != first);
  g_assert_cmpstr (vlive_record_get_field_name (records->pdata[3], 0), ==, "a");
  g_assert_true (_vlive_record_get_layout (records->pdata[4]) == first);
  g_assert_cmpuint (_vlive_layout_count (), ==, 4);
}

/* Of two records with one id, the later value at the first place. */
static void
test_json_doubles (void)
{
  assert_reads ("[{\"id\":1,\"v\":\"a\"},{\"id\":2,\"v\":\"b\"},{\"id\":\"1\",\"v\":"
                "\"c\"},{\"id\":3},{\"id\":1.0,\"v\":\"d\"}]",
                "1:{\"id\":1.0,\"v\":\"d\"} 2:{\"id\":2,\"v\":\"b\"} 3:{\"id\":3}", 1);
}

/* A member named twice: what json-glib keeps, at its place. */
static void
test_json_double_members (void)
{
  assert_reads ("[{\"id\":1,\"a\":1,\"a\":2}]", "1:{\"id\":1,\"a\":2}", 0);
}

static void
assert_invalid (const char *text, const char *why)
{
  g_autoptr (JsonNode) root = json_from_string (text, NULL);
  g_autoptr (GError) error = NULL;
  VliveJsonContext context = { .id_field = "id", .id_prefix = "q" };

  g_assert_null (_vlive_records_from_json (json_node_get_array (root), NULL, 0,
                                           &context, NULL, &error));
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_INVALID);
  if (strstr (error->message, why) == NULL)
    g_error ("%s: %s", text, error->message);
}

static void
test_json_no_records (void)
{
  assert_invalid ("[1,2,3]", "item 1 is Integer");
  assert_invalid ("[{\"id\":1},\"x\"]", "item 2 is String");
  assert_invalid ("[[]]", "item 1 is JsonArray");
  assert_invalid ("[null]", "item 1 is NULL");
  assert_invalid ("[{\"id\":1,\"n\":[1e999]}]", "Infinity");
}

/* A raw answer in which the rows are deep inside is read again at the same
 * place, not at one that looks like it. */
static void
test_json_raw_nested (void)
{
  const char *text =
      "{\"before\":[{\"id\":1,\"n\":5}],\"meta\":{\"n\":99999999999999999999},"
      "\"pages\":[{\"items\":[{\"id\":2,\"n\":5}]},{\"items\":[{\"id\":3,\"n\":"
      "99999999999999999999}]}]}";
  g_autoptr (JsonNode) root = json_from_string (text, NULL);
  JsonArray *pages =
      json_object_get_array_member (json_node_get_object (root), "pages");
  JsonArray *items =
      json_object_get_array_member (json_array_get_object_element (pages, 1), "items");
  g_autoptr (GPtrArray) diagnostics = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;
  VliveJsonContext context = { .id_field = "id", .id_prefix = "q" };
  g_autoptr (GPtrArray) records =
      _vlive_records_from_json (items, text, strlen (text), &context, diagnostics,
                                &error);
  g_autofree char *found = NULL;

  g_assert_no_error (error);
  found = to_text (records);
  g_assert_cmpstr (found, ==, "3:{\"id\":3,\"n\":\"99999999999999999999\"}");
  g_assert_cmpuint (diagnostics->len, ==, 1);
}

/* Numbers beyond int64 inside nested values are kept too. */
static void
test_json_raw_inside (void)
{
  assert_reads ("[{\"id\":1,\"o\":{\"n\":[18446744073709551616,1e999]}}]",
                "1:{\"id\":1,\"o\":{\"n\":[\"18446744073709551616\",\"1e999\"]}}", 1);
  assert_reads ("[{\"id\":1,\"t\":\"half \\ud83d pair\"}]",
                "1:{\"id\":1,\"t\":\"half \\\\ud83d pair\"}", 1);
  assert_reads ("[{\"id\":1,\"a\\u0000b\":2}]", "1:{\"id\":1,\"a\\\\u0000b\":2}", 1);
}

/* A raw text that is not where the nodes came from: said, and no crash. */
static void
test_json_raw_foreign (void)
{
  static const char *const foreign[] = { "[99999999999999999999]",
                                         "{\"x\":99999999999999999999}",
                                         "99999999999999999999",
                                         "[{},{},99999999999999999999]" };

  for (guint i = 0; i < G_N_ELEMENTS (foreign); i++)
    {
      g_autoptr (JsonNode) root =
          json_from_string ("{\"a\":[{\"id\":1},{\"id\":2}]}", NULL);
      g_autoptr (GPtrArray) diagnostics = g_ptr_array_new_with_free_func (g_free);
      g_autoptr (GError) error = NULL;
      VliveJsonContext context = { .id_field = "id", .id_prefix = "q" };
      g_autoptr (GPtrArray) records = _vlive_records_from_json (
          json_object_get_array_member (json_node_get_object (root), "a"), foreign[i],
          strlen (foreign[i]), &context, diagnostics, &error);

      g_assert_no_error (error);
      g_assert_cmpuint (records->len, ==, 2);
      g_assert_cmpuint (diagnostics->len, ==, 2);
    }
  {
    g_autoptr (JsonNode) root = json_from_string ("[{\"id\":1}]", NULL);
    g_autoptr (GError) error = NULL;
    VliveJsonContext context = { .id_field = "id", .id_prefix = "q" };

    g_assert_null (_vlive_records_from_json (json_node_get_array (root),
                                             "99999999999999999999 {", 22, &context,
                                             NULL, &error));
    g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_INVALID);
  }
}

/* Without the raw text there is less to know, but what is stored is valid. */
static void
test_json_without_raw (void)
{
  g_autoptr (GPtrArray) records =
      read_json ("[{\"id\":\"\\ude00x\",\"d\":1e999,\"a\\udc00 \":1,\"a\\udc01 \":2}]",
                 NULL, FALSE, NULL);
  VliveRecord *record = records->pdata[0];
  double d;

  g_assert_true (g_utf8_validate (vlive_record_get_id (record), -1, NULL));
  g_assert_true (vlive_record_get_double (record, "d", &d));
  g_assert_true (d > G_MAXDOUBLE);
  /* Both names became one. */
  g_assert_cmpuint (vlive_record_get_n_fields (record), ==, 3);
  g_assert_true (g_utf8_validate (vlive_record_get_field_name (record, 2), -1, NULL));
}

/* A name that was mended, and one that was so from the start. */
static void
test_json_mended_twice (void)
{
  g_autoptr (GPtrArray) records = read_json (
      "[{\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\":1,\"\\udc01 \":2,\"id\":5}]", NULL,
      FALSE, NULL);
  VliveRecord *record = records->pdata[0];

  g_assert_cmpuint (vlive_record_get_n_fields (record), ==, 2);
  g_assert_cmpstr (vlive_record_get_id (record), ==, "5");
  g_assert_true (vlive_record_is_addressable (record));
}

static void
test_json_no_diagnostics (void)
{
  g_autoptr (GPtrArray) records =
      read_json ("[{\"n\":99999999999999999999},{\"id\":1},{\"id\":1}]", NULL, TRUE,
                 NULL);

  g_assert_cmpuint (records->len, ==, 2);
}

/* An answer of many rows: in order, and no record keeps all of them. */
static void
test_json_many (void)
{
  g_autoptr (GString) text = g_string_new ("[");
  g_autoptr (GPtrArray) records = NULL;
  g_autoptr (VliveRecord) one = NULL;

  for (guint i = 0; i < 5000; i++)
    g_string_append_printf (text, "%s{\"id\":%u,\"t\":\"%0100u\"}", i > 0 ? "," : "",
                            i * 3, i);
  g_string_append_c (text, ']');
  records = read_json (text->str, NULL, TRUE, NULL);
  g_assert_cmpuint (records->len, ==, 5000);
  for (guint i = 0; i < 5000; i++)
    {
      gint64 id;

      g_assert_true (vlive_record_get_integer (records->pdata[i], "id", &id));
      g_assert_cmpint (id, ==, i * 3);
    }
  one = vlive_record_ref (records->pdata[4000]);
  g_clear_pointer (&records, g_ptr_array_unref);
  g_assert_cmpint (_vlive_census_get (VLIVE_CENSUS_RECORD), ==, 1);
  g_assert_cmpstr (vlive_record_get_id (one), ==, "12000");
}

static void
test_json_safe (void)
{
  const char *text = "[{\"id\":\"a\",\"n\":99999999999999999999}]";
  g_autoptr (GPtrArray) diagnostics = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) root =
      _vlive_json_parse (text, strlen (text), diagnostics, &error);
  VliveJsonContext context = { .id_field = "id", .id_prefix = "q", .safe = TRUE };
  g_autoptr (GPtrArray) records = NULL;

  g_assert_no_error (error);
  records = _vlive_records_from_json (json_node_get_array (root), NULL, 0, &context,
                                      diagnostics, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (vlive_record_get_text (records->pdata[0], "n"), ==,
                   "99999999999999999999");
  g_assert_cmpuint (diagnostics->len, ==, 1);
}

static void
test_json_one (void)
{
  g_autoptr (JsonNode) root = json_from_string ("{\"key\":7,\"o\":{\"a\":1}}", NULL);
  JsonObject *object = json_node_get_object (root);
  g_autoptr (GError) error = NULL;
  g_autoptr (VliveRecord) record = vlive_record_new_from_json (object, "key", &error);
  g_autoptr (VliveRecord) no_id = vlive_record_new_from_json (object, "id", &error);
  g_autoptr (VliveRecord) none = vlive_record_new_from_json (object, NULL, &error);
  g_autoptr (JsonNode) bad = json_from_string ("{\"o\":[1e999]}", NULL);

  g_assert_no_error (error);
  g_assert_cmpstr (vlive_record_get_id (record), ==, "7");
  g_assert_true (vlive_record_is_addressable (record));
  g_assert_cmpstr (vlive_record_get_id (no_id), ==, "");
  g_assert_false (vlive_record_is_addressable (no_id));
  g_assert_cmpstr (vlive_record_get_id (none), ==, "");
  g_assert_cmpstr (vlive_record_get_text (none, "o"), ==, "{\"a\":1}");
  g_assert_null (vlive_record_new_from_json (json_node_get_object (bad), "id", &error));
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_INVALID);
}

static void
test_json_out (void)
{
  g_autoptr (VliveRecord) record = vlive_record_new_from_variant (
      "x",
      g_variant_new_parsed (
          "{'i': <int64 9223372036854775807>, 'd': <12.0>, 'n': <@mv nothing>, 'b': "
          "<true>,"
          " 't': <'a\"b'>, 'y': <@ay [1, 2]>, 'o': <{'k': <[1, 2]>}>}"),
      NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = vlive_record_to_json (record, &error);
  g_autoptr (VliveRecord) back = NULL;
  g_autoptr (GString) appended = g_string_new ("{");
  g_autofree char *text = NULL;

  g_assert_no_error (error);
  text = json_to_string (node, FALSE);
  g_assert_cmpstr (
      text, ==,
      "{\"i\":9223372036854775807,\"d\":12.0,\"n\":null,\"b\":true,\"t\":\"a\\\"b\","
      "\"y\":\"AQI=\",\"o\":{\"k\":[1,2]}}");
  g_assert_true (_vlive_record_append_json (record, appended, &error));
  g_string_append_c (appended, '}');
  g_assert_cmpstr (appended->str, ==, text);
  back = vlive_record_new_from_json (json_node_get_object (node), NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (vlive_record_get_field_type (back, "d"), ==, VLIVE_VALUE_DOUBLE);
  g_assert_cmpint (vlive_record_get_field_type (back, "o"), ==, VLIVE_VALUE_JSON);
}

static void
test_json_out_refuses (void)
{
  static const char *const fields[] = { "{'good': <1>, 'bad': <nan>}", "{'bad': <inf>}",
                                        "{'bad': <-inf>}" };

  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    {
      g_autoptr (VliveRecord) record =
          vlive_record_new_from_variant ("x", g_variant_new_parsed (fields[i]), NULL);
      g_autoptr (GString) json = g_string_new (NULL);
      g_autoptr (GError) error = NULL;

      g_assert_null (vlive_record_to_json (record, &error));
      g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_INVALID);
      g_assert_nonnull (strstr (error->message, "bad"));
      g_clear_error (&error);
      g_assert_false (_vlive_record_append_json (record, json, &error));
      g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_INVALID);
      g_assert_nonnull (strstr (error->message, "bad"));
    }
}

/* What is missing is not written as null. */
static void
test_json_out_missing (void)
{
  static const char *const names[] = { "a", "b", "c" };
  g_autoptr (VliveLayout) layout = _vlive_layout_intern (names, 3);
  g_autoptr (VliveRecordBuilder) builder = _vlive_record_builder_new (layout);
  g_autoptr (VliveRecord) record = NULL;
  g_autoptr (JsonNode) node = NULL;
  g_autoptr (GString) json = g_string_new (NULL);
  g_autofree char *text = NULL;
  VliveValue value = VLIVE_VALUE_INIT_BOOLEAN (FALSE);

  _vlive_record_builder_set (builder, 1, &value);
  record = _vlive_record_builder_end (builder);
  node = vlive_record_to_json (record, NULL);
  text = json_to_string (node, FALSE);
  g_assert_cmpstr (text, ==, "{\"b\":false}");
  g_assert_true (_vlive_record_append_json (record, json, NULL));
  g_assert_cmpstr (json->str, ==, "\"b\":false");
}

int
main (int argc, char *argv[])
{
  int result;

  vlive_test_init (&argc, &argv);
  g_test_add_func ("/record-json/rows", test_json_rows);
  g_test_add_func ("/record-json/raw", test_json_raw);
  g_test_add_func ("/record-json/values", test_json_values);
  g_test_add_func ("/record-json/id-types", test_json_id_types);
  g_test_add_func ("/record-json/layouts", test_json_layouts);
  g_test_add_func ("/record-json/doubles", test_json_doubles);
  g_test_add_func ("/record-json/double-members", test_json_double_members);
  g_test_add_func ("/record-json/no-records", test_json_no_records);
  g_test_add_func ("/record-json/raw-nested", test_json_raw_nested);
  g_test_add_func ("/record-json/raw-inside", test_json_raw_inside);
  g_test_add_func ("/record-json/raw-foreign", test_json_raw_foreign);
  g_test_add_func ("/record-json/without-raw", test_json_without_raw);
  g_test_add_func ("/record-json/mended-twice", test_json_mended_twice);
  g_test_add_func ("/record-json/no-diagnostics", test_json_no_diagnostics);
  g_test_add_func ("/record-json/many", test_json_many);
  g_test_add_func ("/record-json/safe", test_json_safe);
  g_test_add_func ("/record-json/one", test_json_one);
  g_test_add_func ("/record-json/out", test_json_out);
  g_test_add_func ("/record-json/out-refuses", test_json_out_refuses);
  g_test_add_func ("/record-json/out-missing", test_json_out_missing);
  result = vlive_test_run ();
  vlive_test_assert_all_gone ();
  g_assert_cmpuint (_vlive_layout_count (), ==, 0);

  return result;
}
