/* test-json.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "record/vlive-json-private.h"
#include "vlive-test.h"

#include <math.h>

static void
test_json_check (void)
{
  static const char *const good[] = {
    "1",
    "-0",
    "0",
    "10.5e+3",
    "1E-9",
    "\"\"",
    "true",
    "false",
    "null",
    "[]",
    "{}",
    " [ 1 , 2 ] ",
    "\"\\u00e9\\n\\\"\"",
    "[[],{}]",
    "{\"a\":{\"b\":[1,{\"c\":null}]},\"d\":2}",
    "\"é\"",
  };
  static const char *const bad[] = {
    "",          " ",       "-",        "01",        "1.",         ".5",
    "+1",        "1e",      "\"",       "\"\\x\"",   "\"\\u12\"",  "\"\n\"",
    "tru",       "nulll",   "[",        "]",         "[1,]",       "[,1]",
    "[1 2]",     "{\"a\"}", "{\"a\":}", "{a:1}",     "{\"a\":1,}", "[1}",
    "{\"a\":1]", "1 2",     "NaN",      "'a'",       "{,}",        "{\"a\":1 \"b\":2}",
    "\"\\",      "\"\\u",   "[1]]",     "{\"a\" 1}", "1,2",        "[\"a\":1]",
  };

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    if (!_vlive_json_check (good[i], strlen (good[i])))
      g_error ("refused: %s", good[i]);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    if (_vlive_json_check (bad[i], strlen (bad[i])))
      g_error ("accepted: %s", bad[i]);
}

/* @n arrays in one another. */
static char *
nest (guint n)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < n; i++)
    g_string_append_c (text, '[');
  for (guint i = 0; i < n; i++)
    g_string_append_c (text, ']');

  return g_string_free (text, FALSE);
}

/* What json-glib reads by recursion must not be as deep as a server likes. */
static void
test_json_deep (void)
{
  g_autofree char *most = nest (VLIVE_JSON_MAX_DEPTH);
  g_autofree char *deep = nest (VLIVE_JSON_MAX_DEPTH + 1);
  g_autofree char *deadly = nest (2000000);
  g_autoptr (JsonNode) root = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (_vlive_json_check (most, strlen (most)));
  g_assert_false (_vlive_json_check (deep, strlen (deep)));
  g_assert_false (_vlive_json_check (deadly, strlen (deadly)));
  root = _vlive_json_parse (most, strlen (most), NULL, &error);
  g_assert_no_error (error);
  g_assert_null (_vlive_json_parse (deep, strlen (deep), NULL, &error));
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_null (_vlive_json_parse (deadly, strlen (deadly), NULL, &error));
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_INVALID);
}

static void
assert_scan (const char *text, VliveJsonScan expected, const char *expected_safe)
{
  GString *safe = NULL;
  VliveJsonScan found = _vlive_json_scan (text, strlen (text), &safe);

  g_assert_cmpint (found, ==, expected);
  g_assert_cmpstr (safe != NULL ? safe->str : NULL, ==, expected_safe);
  g_assert_cmpint (_vlive_json_scan (text, strlen (text), NULL), ==, expected);
  if (safe != NULL)
    g_string_free (safe, TRUE);
}

static void
test_json_scan (void)
{
  const VliveJsonScan none = (VliveJsonScan) 0;

  assert_scan ("", none, NULL);
  assert_scan ("[9223372036854775807,-9223372036854775808]", none, NULL);
  assert_scan ("[9223372036854775808]", VLIVE_JSON_SCAN_NUMBERS,
               "[\"9223372036854775808\"]");
  assert_scan ("[-9223372036854775809 ,1]", VLIVE_JSON_SCAN_NUMBERS,
               "[\"-9223372036854775809\" ,1]");
  assert_scan ("99999999999999999999", VLIVE_JSON_SCAN_NUMBERS,
               "\"99999999999999999999\"");
  assert_scan ("[1e308,-1.5e308]", none, NULL);
  assert_scan ("[1e309,2,-1e999]", VLIVE_JSON_SCAN_NUMBERS, "[\"1e309\",2,\"-1e999\"]");
  assert_scan ("[9223372036854775808.5]", none, NULL);
  /* In texts, digits are text. */
  assert_scan ("[\"99999999999999999999\",'88888888888888888888']", none, NULL);
  assert_scan ("[\"a\\\"99999999999999999999\"]", none, NULL);
  assert_scan ("[\"\\\\\",99999999999999999999]", VLIVE_JSON_SCAN_NUMBERS,
               "[\"\\\\\",\"99999999999999999999\"]");
  assert_scan ("/* \" 99999999999999999999 */ 1", none, NULL);
  assert_scan ("[\"a\\u0000b\"]", VLIVE_JSON_SCAN_ESCAPES, "[\"a\\\\u0000b\"]");
  assert_scan ("[\"\\\\u0000\"]", none, NULL);
  assert_scan ("[\"\\ud83d\\ude00\"]", none, NULL);
  assert_scan ("[\"\\ud83dx\"]", VLIVE_JSON_SCAN_ESCAPES, "[\"\\\\ud83dx\"]");
  assert_scan ("[\"\\ud83d\\u0041\"]", VLIVE_JSON_SCAN_ESCAPES,
               "[\"\\\\ud83d\\u0041\"]");
  assert_scan ("[\"\\ud83d\\ud83d\\ude00\"]", VLIVE_JSON_SCAN_ESCAPES,
               "[\"\\\\ud83d\\ud83d\\ude00\"]");
  assert_scan ("[\"\\uDE00\"]", VLIVE_JSON_SCAN_ESCAPES, "[\"\\\\uDE00\"]");
  assert_scan ("{\"\\u0000\":1e999}", VLIVE_JSON_SCAN_ESCAPES | VLIVE_JSON_SCAN_NUMBERS,
               "{\"\\\\u0000\":\"1e999\"}");
  assert_scan ("['\\u0000\\',99999999999999999999]", VLIVE_JSON_SCAN_NUMBERS,
               "['\\u0000\\',\"99999999999999999999\"]");
  /* What json-glib would make anything of. */
  assert_scan ("[\"\\u12x\"]", VLIVE_JSON_SCAN_ESCAPES, "[\"\\\\u12x\"]");
  assert_scan ("[\"\\200\\x\\/\\b\"]", VLIVE_JSON_SCAN_ESCAPES,
               "[\"\\\\200\\\\x\\/\\b\"]");
  assert_scan ("[\"\\u12\"]", VLIVE_JSON_SCAN_ESCAPES, "[\"\\\\u12\"]");
  assert_scan ("[\"\\ud83t\\ude00\"]", VLIVE_JSON_SCAN_ESCAPES,
               "[\"\\\\ud83t\\\\ude00\"]");
  /* Cut short, anywhere. */
  assert_scan ("[\"abc", VLIVE_JSON_SCAN_CUT, NULL);
  assert_scan ("[\"abc\\", VLIVE_JSON_SCAN_CUT, NULL);
  assert_scan ("[\"abc\\u00", VLIVE_JSON_SCAN_CUT, NULL);
  assert_scan ("[\"\\ud83d\\u", VLIVE_JSON_SCAN_CUT, NULL);
  assert_scan ("[\"\\ud83d\\u\"", VLIVE_JSON_SCAN_ESCAPES | VLIVE_JSON_SCAN_CUT,
               "[\"\\\\ud83d\\\\u\"");
  assert_scan ("[1,{\"a\":[]}", VLIVE_JSON_SCAN_CUT, NULL);
  assert_scan ("/*", VLIVE_JSON_SCAN_CUT, NULL);
  assert_scan ("['abc", VLIVE_JSON_SCAN_CUT, NULL);
  assert_scan ("/", none, NULL);
  assert_scan ("]]]]}}", none, NULL);
}

static void
assert_parse_fails (const char *text, const char *message)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *pattern = g_strdup_printf ("*%s*", message);

  g_assert_null (_vlive_json_parse (text, strlen (text), NULL, &error));
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_INVALID);
  if (!g_pattern_match_simple (pattern, error->message))
    g_error ("%s: %s", text, error->message);
}

static void
test_json_parse (void)
{
  const char *text = "\xef\xbb\xbf{\"a\":[18446744073709551615,\"\\ud800\\u0041\"]}";
  g_autoptr (GPtrArray) diagnostics = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) root =
      _vlive_json_parse (text, strlen (text), diagnostics, &error);
  JsonArray *array;

  g_assert_no_error (error);
  array = json_object_get_array_member (json_node_get_object (root), "a");
  g_assert_cmpstr (json_array_get_string_element (array, 0), ==,
                   "18446744073709551615");
  g_assert_cmpstr (json_array_get_string_element (array, 1), ==, "\\ud800A");
  g_assert_cmpuint (diagnostics->len, ==, 2);

  assert_parse_fails ("", "there is nothing");
  assert_parse_fails ("<html>", "Not JSON");
  assert_parse_fails ("[\"abc", "ends in the middle");
  assert_parse_fails ("[1] {\"a\":[]}", "more than one value");
  assert_parse_fails ("{\"a\":1}\n{\"a\":2}\n", "more than one value");
  assert_parse_fails ("1 \"x\"", "more than one value");
  assert_parse_fails ("var x = [1]", "more than one value");
  assert_parse_fails ("[1,2", "ends in the middle");
  assert_parse_fails ("{\"a\":[1]", "ends in the middle");
  assert_parse_fails ("[{\"a\":", "ends in the middle");
  assert_parse_fails ("[1,2}}", "Not JSON");
  assert_parse_fails ("[\"\xff\"]", "UTF-8");
}

static void
assert_string (const char *text, const char *expected)
{
  g_autoptr (GString) json = g_string_new (NULL);

  _vlive_json_append_string (json, text, strlen (text));
  g_assert_cmpstr (json->str, ==, expected);
  g_assert_true (_vlive_json_check (json->str, json->len));
}

static void
test_json_string (void)
{
  assert_string ("", "\"\"");
  assert_string ("a\"b\\c/d", "\"a\\\"b\\\\c/d\"");
  assert_string ("\b\t\n\v\f\r\x01\x1f\x7f",
                 "\"\\b\\t\\n\\u000b\\f\\r\\u0001\\u001f\x7f\"");
  assert_string ("é😀", "\"é😀\"");
}

static void
assert_value (VliveValue value, const char *expected)
{
  g_autoptr (GString) json = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  if (_vlive_json_append_value (json, &value, "price", &error))
    {
      g_assert_cmpstr (json->str, ==, expected);
      return;
    }
  g_assert_null (expected);
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "price"));
}

static void
test_json_value (void)
{
  assert_value ((VliveValue) VLIVE_VALUE_INIT_DOUBLE (12), "12.0");
  assert_value ((VliveValue) VLIVE_VALUE_INIT_DOUBLE (-0.0), "-0.0");
  assert_value ((VliveValue) VLIVE_VALUE_INIT_DOUBLE (0.1), "0.1");
  assert_value ((VliveValue) VLIVE_VALUE_INIT_DOUBLE (1e22), "1e+22");
  assert_value ((VliveValue) VLIVE_VALUE_INIT_DOUBLE (5e-324), "4.94065645841247e-324");
  assert_value ((VliveValue) VLIVE_VALUE_INIT_DOUBLE (NAN), NULL);
  assert_value ((VliveValue) VLIVE_VALUE_INIT_DOUBLE (INFINITY), NULL);
  assert_value ((VliveValue) VLIVE_VALUE_INIT_DOUBLE (-INFINITY), NULL);
  assert_value ((VliveValue) VLIVE_VALUE_INIT_INTEGER (G_MININT64),
                "-9223372036854775808");
  assert_value ((VliveValue) VLIVE_VALUE_INIT_BOOLEAN (TRUE), "true");
  assert_value ((VliveValue) VLIVE_VALUE_INIT_NULL, "null");
  assert_value ((VliveValue) VLIVE_VALUE_INIT_JSON ("[1]"), "[1]");
  assert_value ((VliveValue){ .type = VLIVE_VALUE_BYTES, .bytes = "ab", .len = 2 },
                "\"YWI=\"");
}

/* Every double that is written reads back as itself. */
static void
test_json_doubles (void)
{
  for (guint i = 0; i < 20000; i++)
    {
      g_autoptr (GString) json = g_string_new (NULL);
      VliveValue value = { .type = VLIVE_VALUE_DOUBLE };
      guint64 bits =
          (guint64) (guint32) g_test_rand_int () << 32 | (guint32) g_test_rand_int ();

      memcpy (&value.real, &bits, sizeof bits);
      if (!isfinite (value.real))
        continue;
      g_assert_true (_vlive_json_append_value (json, &value, "x", NULL));
      g_assert_true (_vlive_json_check (json->str, json->len));
      g_assert_true (g_ascii_strtod (json->str, NULL) == value.real);
    }
}

static void
assert_node (const char *text, const char *expected)
{
  g_autoptr (JsonNode) node = json_from_string (text, NULL);
  g_autoptr (GString) json = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (node);
  if (!_vlive_json_append_node (json, node, &error))
    {
      g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_INVALID);
      g_assert_null (expected);
      return;
    }
  g_assert_cmpstr (json->str, ==, expected);
}

static void
test_json_node (void)
{
  g_autofree char *deep = nest (VLIVE_JSON_MAX_DEPTH + 2);

  assert_node (
      " { \"b\" : [ 1 , 2.50 , \"x\\n\" , null , true , { } , [ ] ] , \"a\" : false } ",
      "{\"b\":[1,2.5,\"x\\n\",null,true,{},[]],\"a\":false}");
  assert_node ("[\"\\ud800 \"]", "[\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"]");
  assert_node ("[1e999]", NULL);
  assert_node ("{\"a\":[1e999]}", NULL);
  assert_node (deep, NULL);
}

static void
assert_variant (const char *text, const char *expected)
{
  g_autoptr (GVariant) variant = g_variant_ref_sink (g_variant_new_parsed (text));
  g_autoptr (GString) json = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  if (!_vlive_json_append_variant (json, variant, &error))
    {
      g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_INVALID);
      g_assert_null (expected);
      return;
    }
  g_assert_cmpstr (json->str, ==, expected);
  g_assert_true (_vlive_json_check (json->str, json->len));
}

static void
test_json_variant (void)
{
  assert_variant ("{'a': <1>, 'b': <['x', 'y']>}", "{\"a\":1,\"b\":[\"x\",\"y\"]}");
  assert_variant ("@a{sv} {}", "{}");
  assert_variant ("(1, true, @mv nothing, @ms 'x')", "[1,true,null,\"x\"]");
  assert_variant ("{1: 'x'}", "[[1,\"x\"]]");
  assert_variant ("[<@ay [1, 2]>]", "[\"AQI=\"]");
  assert_variant ("<{'n': <@as []>}>", "{\"n\":[]}");
  assert_variant ("@mas ['x']", "[\"x\"]");
  assert_variant ("[uint64 18446744073709551615]", NULL);
  assert_variant ("{'x': <[handle 1]>}", NULL);
}

int
main (int argc, char *argv[])
{
  int result;

  vlive_test_init (&argc, &argv);
  g_test_add_func ("/json/check", test_json_check);
  g_test_add_func ("/json/deep", test_json_deep);
  g_test_add_func ("/json/scan", test_json_scan);
  g_test_add_func ("/json/parse", test_json_parse);
  g_test_add_func ("/json/string", test_json_string);
  g_test_add_func ("/json/value", test_json_value);
  g_test_add_func ("/json/doubles", test_json_doubles);
  g_test_add_func ("/json/node", test_json_node);
  g_test_add_func ("/json/variant", test_json_variant);
  result = vlive_test_run ();
  vlive_test_assert_all_gone ();

  return result;
}
