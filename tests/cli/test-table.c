/* test-table.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "cli-table.h"

#include <string.h>

#include "cli-text.h"

static const CliStyle plain;

static GPtrArray *
new_records (const char *text)
{
  g_autoptr (JsonNode) node = json_from_string (text, NULL);
  JsonArray *array = json_node_get_array (node);
  GPtrArray *records =
      g_ptr_array_new_with_free_func ((GDestroyNotify) vlive_record_unref);

  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      g_autoptr (GError) error = NULL;

      g_ptr_array_add (records,
                       vlive_record_new_from_json (json_array_get_object_element (array,
                                                                                  i),
                                                   "id", &error));
      g_assert_no_error (error);
    }

  return records;
}

static void
assert_rows (const char *records,
             VliveSchema *schema,
             const CliStyle *style,
             const char *expected)
{
  g_autoptr (GPtrArray) rows = new_records (records);
  g_autofree char *text = cli_table_dup_rows ((VliveRecord *const *) rows->pdata,
                                              rows->len, schema, "id", style);

  g_assert_cmpstr (text, ==, expected);
}

static void
test_table_aligned (void)
{
  assert_rows ("[{\"id\": \"a\", \"name\": \"Apple Pie\", \"price\": 12},"
               " {\"id\": \"b\", \"name\": \"Brioche\", \"price\": 8},"
               " {\"id\": \"cc\", \"name\": \"菓子\", \"price\": 1.5}]",
               NULL, &plain,
               "id  name       price\n"
               "a   Apple Pie     12\n"
               "b   Brioche        8\n"
               "cc  菓子         1.5");
}

static void
test_table_empty (void)
{
  assert_rows ("[]", NULL, &plain, "");
}

/* The id first; then as the schema has it; then what it does not know. */
static void
test_table_order (void)
{
  g_autoptr (VliveColumn) b =
      vlive_column_new ("b", VLIVE_VALUE_TEXT, VLIVE_FORMAT_PLAIN, VLIVE_COLUMN_NONE);
  g_autoptr (VliveColumn) a =
      vlive_column_new ("a", VLIVE_VALUE_TEXT, VLIVE_FORMAT_PLAIN, VLIVE_COLUMN_NONE);
  g_autoptr (VliveColumn) unseen =
      vlive_column_new ("u", VLIVE_VALUE_TEXT, VLIVE_FORMAT_PLAIN, VLIVE_COLUMN_NONE);
  VliveColumn *columns[] = { unseen, b, a };
  g_autoptr (VliveSchema) schema = vlive_schema_new (columns, 3, FALSE);

  assert_rows ("[{\"a\": \"1\", \"b\": \"2\", \"id\": \"x\"},"
               " {\"c\": \"3\", \"a\": \"4\", \"id\": \"y\"}]",
               schema, &plain,
               "id  b  a  c\n"
               "x   2  1\n"
               "y      4  3");
}

/* Null says so, missing and empty say nothing; nested values are JSON. */
static void
test_table_values (void)
{
  assert_rows ("[{\"id\": 1, \"n\": null, \"e\": \"\", \"j\": [1, \"x\"], \"b\": "
               "true}, {\"id\": 2}]",
               NULL, &plain,
               "id     n  e  j        b\n"
               " 1  null     [1,\"x\"]  true\n"
               " 2");
  assert_rows ("[{\"id\": 1, \"t\": \"one\\ntwo\\u001b[31m\"}]", NULL, &plain,
               "id  t\n"
               " 1  one\\ntwo\\x1b[31m");
}

/* Without a terminal nothing is cut, and one long value does not make every
 * line as long. */
static void
test_table_long_value (void)
{
  g_autofree char *many = g_strnfill (1000, 'x');
  g_autofree char *pad = g_strnfill (199, ' ');
  g_autofree char *json = g_strdup_printf (
      "[{\"id\": 1, \"t\": \"%s\", \"u\": 5}, {\"id\": 2, \"t\": \"y\", \"u\": 6}]",
      many);
  g_autofree char *expected =
      g_strdup_printf ("id  t%s  u\n 1  %s  5\n 2  y%s  6", pad, many, pad);

  assert_rows (json, NULL, &plain, expected);
}

/* The widest give way first; numbers and short columns stay whole. */
static void
test_table_narrow (void)
{
  const CliStyle narrow = { .width = 30 };

  assert_rows (
      "[{\"id\": 1, \"title\": \"a very long title indeed\", \"body\": \"and an even "
      "longer body of text\", \"n\": 12345}]",
      NULL, &narrow,
      "id  title     body          n\n"
      " 1  a very …  and an …  12345");
}

/* Columns for which there is no room at all are left out whole. */
static void
test_table_too_narrow (void)
{
  const CliStyle narrow = { .width = 12 };

  assert_rows ("[{\"id\": 1, \"a\": \"aaaaaaaaaa\", \"b\": \"bbbbbbbbbb\"}]", NULL,
               &narrow,
               "id  a\n"
               " 1  aaaa…");
}

static void
test_table_colour (void)
{
  const CliStyle colour = { .colour = TRUE };

  assert_rows ("[{\"id\": 1, \"n\": null}]", NULL, &colour,
               "\033[1mid\033[0m     \033[1mn\033[0m\n"
               " 1  \033[2mnull\033[0m");
}

/* No line on a terminal is wider than it, whatever the text. */
static void
test_table_never_too_wide (void)
{
  g_autoptr (GPtrArray) rows =
      new_records ("[{\"id\": 1, \"a\": \"菓子パン菓子パン菓子パン\", \"b\": \"éèêë\", "
                   "\"c\": \"x\"},"
                   " {\"id\": 22, \"a\": \"e\\u0301e\\u0301\", \"b\": \"a long text "
                   "with many words\"}]");

  for (guint width = 5; width < 70; width++)
    {
      const CliStyle style = { .width = width };
      g_autofree char *text = cli_table_dup_rows ((VliveRecord *const *) rows->pdata,
                                                  rows->len, NULL, "id", &style);
      g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

      for (guint i = 0; lines[i] != NULL; i++)
        g_assert_cmpuint (cli_text_get_width (lines[i]), <=, width);
    }
}

static void
test_table_record (void)
{
  g_autoptr (GPtrArray) rows =
      new_records ("[{\"name\": \"Apple Pie\", \"id\": \"a\", \"price\": 12, \"note\": "
                   "null, \"e\": \"\"}]");
  const CliStyle narrow = { .width = 11 };
  g_autofree char *text = cli_table_dup_record (rows->pdata[0], "id", &plain);
  g_autofree char *cut = cli_table_dup_record (rows->pdata[0], "id", &narrow);

  g_assert_cmpstr (text, ==,
                   "id     a\n"
                   "name   Apple Pie\n"
                   "price  12\n"
                   "note   null\n"
                   "e");
  g_assert_true (g_str_has_prefix (cut, "id     a\nname   App…\n"));
}

static void
test_table_without_id (void)
{
  g_autoptr (VliveRecord) record =
      vlive_record_new_from_variant ("k", g_variant_new_parsed ("{'a': <'x'>}"), NULL);
  g_autofree char *text = cli_table_dup_rows (&record, 1, NULL, "id", &plain);

  g_assert_cmpstr (text, ==, "id  a\nk   x");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cli/table/aligned", test_table_aligned);
  g_test_add_func ("/cli/table/empty", test_table_empty);
  g_test_add_func ("/cli/table/order", test_table_order);
  g_test_add_func ("/cli/table/values", test_table_values);
  g_test_add_func ("/cli/table/long-value", test_table_long_value);
  g_test_add_func ("/cli/table/narrow", test_table_narrow);
  g_test_add_func ("/cli/table/too-narrow", test_table_too_narrow);
  g_test_add_func ("/cli/table/colour", test_table_colour);
  g_test_add_func ("/cli/table/never-too-wide", test_table_never_too_wide);
  g_test_add_func ("/cli/table/record", test_table_record);
  g_test_add_func ("/cli/table/without-id", test_table_without_id);

  return g_test_run ();
}
