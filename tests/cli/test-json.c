/* test-json.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "cli-json.h"

#include <math.h>
#include <string.h>

static void
test_json_members (void)
{
  g_autoptr (GString) json = g_string_new ("{");
  const char *const texts[] = { "a", "b\"c", NULL };

  cli_json_append_text (json, "text", "Apfel \"Süß\"\n\t\\");
  cli_json_append_text (json, "none", NULL);
  cli_json_append_integer (json, "integer", G_MININT64);
  cli_json_append_count (json, "count", G_MAXUINT64);
  cli_json_append_boolean (json, "yes", TRUE);
  cli_json_append_boolean (json, "no", FALSE);
  cli_json_append_null (json, "null");
  cli_json_append_texts (json, "texts", texts);
  cli_json_append_texts (json, "empty", NULL);
  g_string_append_c (json, '}');

  g_assert_cmpstr (
      json->str, ==,
      "{\"text\": \"Apfel \\\"Süß\\\"\\n\\t\\\\\", \"none\": null, "
      "\"integer\": -9223372036854775808, \"count\": 18446744073709551615, "
      "\"yes\": true, \"no\": false, \"null\": null, \"texts\": [\"a\", \"b\\\"c\"], "
      "\"empty\": []}");
}

/* Text that ends as an object begins is still followed by a comma. */
static void
test_json_commas (void)
{
  g_autoptr (GString) json = g_string_new ("{");

  cli_json_append_text (json, "a", "{");
  cli_json_append_text (json, "b", "[");
  cli_json_append_text (json, "c", "");
  g_string_append_c (json, '}');

  g_assert_cmpstr (json->str, ==, "{\"a\": \"{\", \"b\": \"[\", \"c\": \"\"}");
}

static void
test_json_controls (void)
{
  g_autoptr (GString) json = g_string_new (NULL);

  cli_json_append_string (json, "\001\033\177\r");
  g_assert_cmpstr (json->str, ==, "\"\\u0001\\u001b\\u007f\\r\"");
}

static void
assert_seconds (gint64 microseconds, const char *expected)
{
  g_autoptr (GString) json = g_string_new ("{");

  cli_json_append_seconds (json, "s", microseconds);
  g_assert_cmpstr (json->str, ==, expected);
}

static void
test_json_seconds (void)
{
  assert_seconds (0, "{\"s\": 0.0");
  assert_seconds (400000, "{\"s\": 0.4");
  assert_seconds (1, "{\"s\": 1e-06");
  assert_seconds (G_GINT64_CONSTANT (3600) * G_USEC_PER_SEC, "{\"s\": 3600.0");
  /* A clock that was set back makes nothing younger than new. */
  assert_seconds (-5, "{\"s\": 0.0");
}

static VliveRecord *
new_record (const char *text, const char *id_field)
{
  g_autoptr (JsonNode) node = json_from_string (text, NULL);
  g_autoptr (GError) error = NULL;
  VliveRecord *record =
      vlive_record_new_from_json (json_node_get_object (node), id_field, &error);

  g_assert_no_error (error);

  return record;
}

static void
assert_record (const char *text, const char *id_field, const char *expected)
{
  g_autoptr (VliveRecord) record = new_record (text, id_field);
  g_autoptr (GString) json = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (cli_json_append_record (json, record, "id", &error));
  g_assert_no_error (error);
  g_assert_cmpstr (json->str, ==, expected);
}

/* Types, order and the id's own type are the master's. */
static void
test_json_record (void)
{
  const char *same =
      "{\"id\": 7, \"t\": \"x\", \"d\": 0.1, \"whole\": 2.0, \"big\": "
      "9007199254740993, \"tiny\": 1e-99, \"huge\": [1e+300, {\"a\": -1e-07}], "
      "\"yes\": true, \"none\": null, \"nested\": {\"a\": [1, {\"b\": []}, \"c\"]}}";

  assert_record (same, "id", same);
  assert_record ("{\"id\": \"7\"}", "id", "{\"id\": \"7\"}");
  /* A row without an id shows none. */
  assert_record ("{\"a\": 1}", "id", "{\"a\": 1}");
}

static void
test_json_record_id_in_front (void)
{
  g_autoptr (VliveRecord) record =
      vlive_record_new_from_variant ("k", g_variant_new_parsed ("{'a': <1>}"), NULL);
  g_autoptr (GString) json = g_string_new (NULL);

  g_assert_true (cli_json_append_record (json, record, "key", NULL));
  g_assert_cmpstr (json->str, ==, "{\"key\": \"k\", \"a\": 1}");
}

static void
test_json_record_refuses (void)
{
  GVariantDict fields;
  g_autoptr (VliveRecord) record = NULL;
  g_autoptr (GString) json = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  g_variant_dict_init (&fields, NULL);
  g_variant_dict_insert (&fields, "x", "d", (double) NAN);
  record = vlive_record_new_from_variant ("k", g_variant_dict_end (&fields), NULL);
  g_assert_nonnull (record);
  g_assert_false (cli_json_append_record (json, record, "id", &error));
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_INVALID);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cli/json/members", test_json_members);
  g_test_add_func ("/cli/json/commas", test_json_commas);
  g_test_add_func ("/cli/json/controls", test_json_controls);
  g_test_add_func ("/cli/json/seconds", test_json_seconds);
  g_test_add_func ("/cli/json/record", test_json_record);
  g_test_add_func ("/cli/json/record-id-in-front", test_json_record_id_in_front);
  g_test_add_func ("/cli/json/record-refuses", test_json_record_refuses);

  return g_test_run ();
}
