/* test-values.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "cli-error.h"
#include "cli-values.h"

#include <string.h>

static VliveSchema *
new_schema (gboolean declared)
{
  const struct
  {
    const char *name;
    VliveValueType type;
  } columns[] = {
    { "id", VLIVE_VALUE_INTEGER }, { "i", VLIVE_VALUE_INTEGER },
    { "d", VLIVE_VALUE_DOUBLE },   { "b", VLIVE_VALUE_BOOLEAN },
    { "t", VLIVE_VALUE_TEXT },     { "j", VLIVE_VALUE_JSON },
    { "m", VLIVE_VALUE_MIXED },    { "n", VLIVE_VALUE_NULL },
  };
  VliveColumn *made[G_N_ELEMENTS (columns)];
  VliveSchema *schema;

  for (gsize i = 0; i < G_N_ELEMENTS (columns); i++)
    made[i] = vlive_column_new (columns[i].name, columns[i].type, VLIVE_FORMAT_PLAIN,
                                i == 0 ? VLIVE_COLUMN_ID : VLIVE_COLUMN_NONE);
  schema = vlive_schema_new (made, G_N_ELEMENTS (columns), declared);
  for (gsize i = 0; i < G_N_ELEMENTS (columns); i++)
    vlive_column_unref (made[i]);

  return schema;
}

static VliveRecord *
parse (const char *word, gboolean declared, GError **error)
{
  g_autoptr (VliveSchema) schema = new_schema (declared);
  const char *words[] = { word, NULL };

  return cli_values_dup_fields (words, schema, "id", TRUE, error);
}

static void
assert_field (const char *word, const char *name, VliveValueType type, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VliveRecord) record = parse (word, FALSE, &error);
  g_autofree char *found = NULL;

  g_assert_no_error (error);
  g_assert_cmpuint (vlive_record_get_n_fields (record), ==, 1);
  g_assert_cmpint (vlive_record_get_field_type (record, name), ==, type);
  found = vlive_record_dup_field_text (record, name);
  g_assert_cmpstr (found, ==, text);
}

static void
test_values_typed (void)
{
  assert_field ("t=5", "t", VLIVE_VALUE_TEXT, "5");
  assert_field ("t=", "t", VLIVE_VALUE_TEXT, "");
  assert_field ("t=a=b", "t", VLIVE_VALUE_TEXT, "a=b");
  assert_field ("i=5", "i", VLIVE_VALUE_INTEGER, "5");
  assert_field ("i=-5", "i", VLIVE_VALUE_INTEGER, "-5");
  assert_field ("i=9223372036854775807", "i", VLIVE_VALUE_INTEGER,
                "9223372036854775807");
  assert_field ("i=9007199254740993", "i", VLIVE_VALUE_INTEGER, "9007199254740993");
  assert_field ("d=5", "d", VLIVE_VALUE_DOUBLE, "5");
  assert_field ("d=-0.5e1", "d", VLIVE_VALUE_DOUBLE, "-5");
  assert_field ("b=true", "b", VLIVE_VALUE_BOOLEAN, "true");
  assert_field ("b=false", "b", VLIVE_VALUE_BOOLEAN, "false");
  assert_field ("j=[1, 2]", "j", VLIVE_VALUE_JSON, "[1,2]");
  /* Integers widen to doubles where nobody declared them. */
  assert_field ("i=5.5", "i", VLIVE_VALUE_DOUBLE, "5.5");
}

/* Text where there is no type. */
static void
test_values_untyped (void)
{
  g_autoptr (VliveRecord) record = NULL;
  const char *words[] = { "a=5", "b=true", "c=x", NULL };

  assert_field ("unknown=5", "unknown", VLIVE_VALUE_TEXT, "5");
  assert_field ("m=5", "m", VLIVE_VALUE_TEXT, "5");
  assert_field ("n=5", "n", VLIVE_VALUE_TEXT, "5");

  record = cli_values_dup_fields (words, NULL, "id", TRUE, NULL);
  g_assert_cmpint (vlive_record_get_field_type (record, "a"), ==, VLIVE_VALUE_TEXT);
  g_assert_cmpint (vlive_record_get_field_type (record, "b"), ==, VLIVE_VALUE_TEXT);
  g_assert_cmpint (vlive_record_get_field_type (record, "c"), ==, VLIVE_VALUE_TEXT);
}

static void
test_values_json (void)
{
  assert_field ("x:=5", "x", VLIVE_VALUE_INTEGER, "5");
  assert_field ("x:=-5.5", "x", VLIVE_VALUE_DOUBLE, "-5.5");
  assert_field ("x:=true", "x", VLIVE_VALUE_BOOLEAN, "true");
  assert_field ("x:=null", "x", VLIVE_VALUE_NULL, "");
  assert_field ("x:=\"5\"", "x", VLIVE_VALUE_TEXT, "5");
  assert_field ("x:={\"a\":[1,\"é\"]}", "x", VLIVE_VALUE_JSON, "{\"a\":[1,\"é\"]}");
  /* JSON says the type itself, whatever the schema says. */
  assert_field ("t:=5", "t", VLIVE_VALUE_INTEGER, "5");
}

static void
assert_bad (const char *word, gboolean declared, const char *message)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VliveRecord) record = parse (word, declared, &error);

  g_assert_null (record);
  g_assert_error (error, CLI_ERROR, CLI_ERROR_USAGE);
  g_assert_cmpstr (error->message, ==, message);
}

static void
test_values_bad (void)
{
  assert_bad ("nope", FALSE, "“nope” is not FIELD=VALUE nor FIELD:=JSON");
  assert_bad ("", FALSE, "“” is not FIELD=VALUE nor FIELD:=JSON");
  assert_bad ("=x", FALSE, "“=x” names no field");
  assert_bad (":=1", FALSE, "“:=1” names no field");
  assert_bad ("i=x", FALSE, "i: “x” is not a number");
  assert_bad ("i=", FALSE, "i: “” is not a number");
  assert_bad ("i=5.5", TRUE, "i: “5.5” is not a whole number");
  assert_bad ("i=9223372036854775808", TRUE,
              "i: “9223372036854775808” is not a whole number");
  assert_bad ("d=inf", FALSE, "d: “inf” is not a number");
  assert_bad ("d=1e999", FALSE, "d: “1e999” is not a number");
  assert_bad ("b=TRUE", FALSE, "b: “TRUE” is neither true nor false");
  assert_bad ("j=x", FALSE, "j: “x” is not JSON");
  assert_bad ("t=\377", FALSE, "t: “�” is not UTF-8");
}

static void
test_values_bad_json (void)
{
  const char *const bad[] = {
    "",      " ",     "x",   "{",   "[1,", "{\"a\"}", "[1 2]", "[1,]",    "{\"a\":1,}",
    "{a:1}", "+1",    ".5",  "1.",  "1e",  "-",       "tru",   "\"\\x\"", "\"\\u12g4\"",
    "[}",    "/**/1", "nul", "'x'", "1 2", "\"a",     "NaN",   "01x"
  };
  const char *const inexact[] = {
    "9223372036854775808",       "-9223372036854775809", "1e999",
    "[1, 99999999999999999999]", "{\"a\": 1e400}",       "\"a\\u0000b\""
  };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autofree char *word = g_strconcat ("x:=", bad[i], NULL);
      g_autofree char *message = g_strdup_printf ("x: “%s” is not JSON", bad[i]);

      assert_bad (word, FALSE, message);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (inexact); i++)
    {
      g_autofree char *word = g_strconcat ("x:=", inexact[i], NULL);
      g_autofree char *message =
          g_strdup_printf ("x: “%s” holds a number or text that cannot be kept exactly",
                           inexact[i]);

      assert_bad (word, FALSE, message);
    }
  assert_bad ("x:=\"\t\"", FALSE, "x: “\"\\t\"” is not JSON");
  /* In a text, digits are only digits. */
  assert_field ("x:=\"99999999999999999999 1e999 \\\\u0000\"", "x", VLIVE_VALUE_TEXT,
                "99999999999999999999 1e999 \\u0000");
}

static void
test_values_twice (void)
{
  const char *words[] = { "a=1", "a:=2", NULL };
  g_autoptr (GError) error = NULL;

  g_assert_null (cli_values_dup_fields (words, NULL, "id", TRUE, &error));
  g_assert_error (error, CLI_ERROR, CLI_ERROR_USAGE);
  g_assert_cmpstr (error->message, ==, "a: “2” comes second: each field is given once");
}

static void
test_values_id (void)
{
  g_autoptr (VliveSchema) schema = new_schema (FALSE);
  const char *words[] = { "id=7", "t=x", NULL };
  g_autoptr (VliveRecord) record =
      cli_values_dup_fields (words, schema, "id", TRUE, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (vlive_record_is_addressable (record));
  g_assert_cmpstr (vlive_record_get_id (record), ==, "7");
  g_assert_cmpint (vlive_record_get_field_type (record, "id"), ==, VLIVE_VALUE_INTEGER);

  g_assert_null (cli_values_dup_fields (words, schema, "id", FALSE, &error));
  g_assert_error (error, CLI_ERROR, CLI_ERROR_USAGE);
  g_assert_cmpstr (error->message, ==, "id: “7” cannot be set: it is the id");
}

static void
test_values_product (void)
{
  g_autoptr (VliveRecord) record = cli_values_dup_product ("Donut", "5", NULL);
  g_autoptr (VliveRecord) half = cli_values_dup_product ("", "-4.5", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpstr (vlive_record_get_text (record, "name"), ==, "Donut");
  g_assert_cmpint (vlive_record_get_field_type (record, "price"), ==,
                   VLIVE_VALUE_INTEGER);
  g_assert_cmpint (vlive_record_get_field_type (half, "price"), ==, VLIVE_VALUE_DOUBLE);

  g_assert_null (cli_values_dup_product ("Donut", "much", &error));
  g_assert_error (error, CLI_ERROR, CLI_ERROR_USAGE);
  g_assert_cmpstr (error->message, ==, "PRICE: “much” is not a number");
  g_clear_error (&error);
  g_assert_null (cli_values_dup_product ("\377", "5", &error));
  g_assert_error (error, CLI_ERROR, CLI_ERROR_USAGE);
}

static void
test_values_names (void)
{
  g_autofree char *long_name = g_strnfill (100 * 1024, 'x');
  g_autofree char *fits = g_strnfill (CLI_VALUES_MAX_NAME, 'x');
  g_autoptr (GError) error = NULL;

  g_assert_true (cli_values_check_name ("the id", fits, &error));
  g_assert_no_error (error);
  g_assert_false (cli_values_check_name ("the id", long_name, &error));
  g_assert_error (error, CLI_ERROR, CLI_ERROR_USAGE);
  g_assert_cmpstr (error->message, ==,
                   "the id is 102400 bytes long, and at most 8192 make sense");
  g_clear_error (&error);
  g_assert_false (cli_values_check_name ("the id", "", &error));
  g_assert_cmpstr (error->message, ==, "the id is empty");
  g_clear_error (&error);
  g_assert_false (cli_values_check_name ("the id", "\377", &error));
  g_assert_cmpstr (error->message, ==, "the id is not UTF-8");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cli/values/typed", test_values_typed);
  g_test_add_func ("/cli/values/untyped", test_values_untyped);
  g_test_add_func ("/cli/values/json", test_values_json);
  g_test_add_func ("/cli/values/bad", test_values_bad);
  g_test_add_func ("/cli/values/bad-json", test_values_bad_json);
  g_test_add_func ("/cli/values/twice", test_values_twice);
  g_test_add_func ("/cli/values/id", test_values_id);
  g_test_add_func ("/cli/values/product", test_values_product);
  g_test_add_func ("/cli/values/names", test_values_names);

  return g_test_run ();
}
