/* test-reading.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "cli-error.h"
#include "cli-reading.h"

#include <string.h>

static void
assert_usage (const char *page,
              const char *limit,
              const char *filter,
              const char *sort,
              const char *search,
              const char *message)
{
  CliReading reading;
  char *filters[] = { (char *) filter, NULL };
  char *sorts[] = { (char *) sort, NULL };
  g_autoptr (GError) error = NULL;

  g_assert_false (
      cli_reading_init (&reading, page, limit, filters, sorts, search, &error));
  g_assert_error (error, CLI_ERROR, CLI_ERROR_USAGE);
  g_assert_cmpstr (error->message, ==, message);
  cli_reading_clear (&reading);
}

static void
assert_window (const char *page,
               const char *limit,
               guint64 offset,
               guint n,
               const char *shown)
{
  CliReading reading;
  g_autofree char *window = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (cli_reading_init (&reading, page, limit, NULL, NULL, NULL, &error));
  g_assert_no_error (error);
  window = cli_reading_dup_window (&reading);
  g_assert_cmpuint (cli_reading_get_offset (&reading), ==, offset);
  g_assert_cmpuint (reading.limit, ==, n);
  g_assert_cmpstr (window, ==, shown);
  cli_reading_clear (&reading);
}

/* "all", "page 1 limit 3" and "page 1 limit 5" are three different things. */
static void
test_reading_window (void)
{
  assert_window (NULL, NULL, 0, 0, "");
  assert_window (NULL, "3", 0, 3, "#0+3");
  assert_window ("1", "3", 0, 3, "#0+3");
  assert_window ("1", "5", 0, 5, "#0+5");
  assert_window ("2", "3", 3, 3, "#3+3");
  assert_window ("4", NULL, 30, 10, "#30+10");
  assert_window ("2147483647", "2147483647", 4611686011984936962, 2147483647,
                 "#4611686011984936962+2147483647");
}

static void
test_reading_bad_window (void)
{
  const char *const bad[] = { "0",   "-3",  "abc",        "",
                              "+3",  " 3",  "3 ",         "3.0",
                              "0x3", "1e3", "2147483648", "99999999999999999999" };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autofree char *limit =
          g_strdup_printf ("--limit: “%s” is not a whole number from 1 to 2147483647",
                           bad[i]);
      g_autofree char *page =
          g_strdup_printf ("--page: “%s” is not a whole number from 1 to 2147483647",
                           bad[i]);

      assert_usage (NULL, bad[i], NULL, NULL, NULL, limit);
      assert_usage (bad[i], NULL, NULL, NULL, NULL, page);
      assert_usage (bad[i], "3", NULL, NULL, NULL, page);
    }
}

static void
test_reading_bad_filter (void)
{
  assert_usage (
      NULL, NULL, "nope", NULL, NULL,
      "--filter: “nope” has no sign; write FIELD=VALUE, or !=, <, <=, >, >=, ~");
  assert_usage (NULL, NULL, "", NULL, NULL,
                "--filter: “” has no sign; write FIELD=VALUE, or !=, <, <=, >, >=, ~");
  assert_usage (NULL, NULL, "=x", NULL, NULL, "--filter: “=x” names no field");
  assert_usage (NULL, NULL, "!=x", NULL, NULL, "--filter: “!=x” names no field");
  assert_usage (NULL, NULL, "<x", NULL, NULL, "--filter: “<x” names no field");
}

/* A filter of 2 KiB is one; of 100 KiB it is a mistake. */
static void
test_reading_bad_texts (void)
{
  g_autofree char *fits = g_strnfill (2048, 'x');
  g_autofree char *many = g_strnfill (100 * 1024, 'x');
  g_autofree char *filter = g_strconcat ("a=", fits, NULL);
  char *filters[] = { filter, NULL };
  CliReading reading;
  g_autoptr (GError) error = NULL;

  g_assert_true (cli_reading_init (&reading, NULL, NULL, filters, NULL, fits, &error));
  g_assert_no_error (error);
  cli_reading_clear (&reading);

  assert_usage (NULL, NULL, many, NULL, NULL,
                "--filter is 102400 bytes long, and at most 8192 make sense");
  assert_usage (NULL, NULL, NULL, many, NULL,
                "--sort is 102400 bytes long, and at most 8192 make sense");
  assert_usage (NULL, NULL, NULL, NULL, many,
                "--search is 102400 bytes long, and at most 8192 make sense");
  assert_usage (NULL, NULL, "a=\377", NULL, NULL, "--filter is not UTF-8");
  assert_usage (NULL, NULL, NULL, "\377", NULL, "--sort is not UTF-8");
  assert_usage (NULL, NULL, NULL, NULL, "\377", "--search is not UTF-8");
}

static void
test_reading_bad_sort (void)
{
  assert_usage (NULL, NULL, NULL, "", NULL, "--sort: “” names no field");
  assert_usage (NULL, NULL, NULL, "-", NULL, "--sort: “-” names no field");
}

static void
test_reading_bad_search (void)
{
  assert_usage (NULL, NULL, NULL, NULL, "", "--search: there is nothing to look for");
}

static char *
dup_key (char **filters, char **sorts, const char *search, VliveSchema *schema)
{
  CliReading reading;
  g_autoptr (VliveQuery) query = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (
      cli_reading_init (&reading, NULL, NULL, filters, sorts, search, &error));
  g_assert_no_error (error);
  query = cli_reading_dup_query (&reading, schema, &error);
  g_assert_no_error (error);
  cli_reading_clear (&reading);

  return g_strdup (vlive_query_get_key (query));
}

static VliveSchema *
new_schema (void)
{
  const struct
  {
    const char *name;
    VliveValueType type;
  } columns[] = {
    { "i", VLIVE_VALUE_INTEGER }, { "d", VLIVE_VALUE_DOUBLE },
    { "b", VLIVE_VALUE_BOOLEAN }, { "t", VLIVE_VALUE_TEXT },
    { "m", VLIVE_VALUE_MIXED },
  };
  VliveColumn *made[G_N_ELEMENTS (columns)];
  VliveSchema *schema;

  for (gsize i = 0; i < G_N_ELEMENTS (columns); i++)
    made[i] = vlive_column_new (columns[i].name, columns[i].type, VLIVE_FORMAT_PLAIN,
                                VLIVE_COLUMN_NONE);
  schema = vlive_schema_new (made, G_N_ELEMENTS (columns), FALSE);
  for (gsize i = 0; i < G_N_ELEMENTS (columns); i++)
    vlive_column_unref (made[i]);

  return schema;
}

static void
assert_filter (const char *filter, const char *key)
{
  g_autoptr (VliveSchema) schema = new_schema ();
  char *filters[] = { (char *) filter, NULL };
  g_autofree char *made = dup_key (filters, NULL, NULL, schema);

  g_assert_cmpstr (made, ==, key);
}

static void
test_reading_filter (void)
{
  assert_filter ("t=x", "t=s:x");
  assert_filter ("t!=x", "t!=s:x");
  assert_filter ("i<3", "i<i:3");
  assert_filter ("i<=3", "i<=i:3");
  assert_filter ("i>3", "i>i:3");
  assert_filter ("i>=-3", "i>=i:-3");
  assert_filter ("t~3", "t~s:3");
  /* The first sign counts; the rest is the value. */
  assert_filter ("t=a=b", "t=s:a%3Db");
  assert_filter ("t==b", "t=s:%3Db");
  assert_filter ("t=a/b", "t=s:a%2Fb");
  assert_filter ("t=a&b", "t=s:a%26b");
  assert_filter ("t=", "t=s:");
}

/* The schema decides what a text is; without one it is what it looks like. */
static void
test_reading_filter_types (void)
{
  assert_filter ("t=5", "t=s:5");
  assert_filter ("t=true", "t=s:true");
  assert_filter ("i=5", "i=i:5");
  assert_filter ("i=5.5", "i=d:5.5");
  assert_filter ("d=5", "d=d:5");
  assert_filter ("b=true", "b=b:true");
  assert_filter ("m=5", "m=i:5");
  assert_filter ("unknown=5", "unknown=i:5");
  assert_filter ("unknown=-5", "unknown=i:-5");
  assert_filter ("unknown=5.5", "unknown=d:5.5");
  assert_filter ("unknown=0.1", "unknown=d:0.1");
  assert_filter ("unknown=1e-99", "unknown=d:1e-99");
  assert_filter ("unknown=007", "unknown=s:007");
  assert_filter ("unknown=5.50", "unknown=s:5.50");
  assert_filter ("unknown=1e3", "unknown=s:1e3");
  assert_filter ("unknown=99999999999999999999", "unknown=s:99999999999999999999");
  assert_filter ("unknown=5x", "unknown=s:5x");
  assert_filter ("unknown=true", "unknown=b:true");
  assert_filter ("unknown=inf", "unknown=s:inf");
  assert_filter ("unknown=0x10", "unknown=s:0x10");
}

static void
assert_bad_type (const char *filter, const char *message)
{
  g_autoptr (VliveSchema) schema = new_schema ();
  g_autoptr (VliveQuery) query = NULL;
  char *filters[] = { (char *) filter, NULL };
  CliReading reading;
  g_autoptr (GError) error = NULL;

  g_assert_true (cli_reading_init (&reading, NULL, NULL, filters, NULL, NULL, &error));
  query = cli_reading_dup_query (&reading, schema, &error);
  g_assert_null (query);
  g_assert_error (error, CLI_ERROR, CLI_ERROR_USAGE);
  g_assert_cmpstr (error->message, ==, message);
  cli_reading_clear (&reading);
}

static void
test_reading_filter_bad_types (void)
{
  assert_bad_type ("i=x", "i: “x” is not a number");
  assert_bad_type ("d=", "d: “” is not a number");
  assert_bad_type ("d=nan", "d: “nan” is not a number");
  assert_bad_type ("d=1e999", "d: “1e999” is not a number");
  assert_bad_type ("b=yes", "b: “yes” is neither true nor false");
}

/* Servers take two for "or"; a range is two that are no equalities. */
static void
test_reading_two_equalities (void)
{
  CliReading reading;
  char *twice[] = { (char *) "a=1", (char *) "b=1", (char *) "a=2", NULL };
  char *range[] = { (char *) "a>=1", (char *) "a<=2", (char *) "a=1", NULL };
  g_autoptr (GError) error = NULL;

  g_assert_false (cli_reading_init (&reading, NULL, NULL, twice, NULL, NULL, &error));
  g_assert_error (error, CLI_ERROR, CLI_ERROR_USAGE);
  g_assert_cmpstr (error->message, ==,
                   "--filter: the field “a” cannot equal two values at once");
  cli_reading_clear (&reading);
  g_clear_error (&error);

  g_assert_true (cli_reading_init (&reading, NULL, NULL, range, NULL, NULL, &error));
  g_assert_no_error (error);
  cli_reading_clear (&reading);
}

static void
test_reading_everything (void)
{
  char *filters[] = { (char *) "i>=1", (char *) "i<9", NULL };
  char *sorts[] = { (char *) "t", (char *) "-i", NULL };
  g_autoptr (VliveSchema) schema = new_schema ();
  g_autofree char *key = dup_key (filters, sorts, "pie", schema);
  g_autofree char *none = dup_key (NULL, NULL, NULL, NULL);

  g_assert_cmpstr (key, ==, "i<i:9&i>=i:1&;t&!i&/pie");
  g_assert_cmpstr (none, ==, "");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cli/reading/window", test_reading_window);
  g_test_add_func ("/cli/reading/bad-window", test_reading_bad_window);
  g_test_add_func ("/cli/reading/bad-filter", test_reading_bad_filter);
  g_test_add_func ("/cli/reading/bad-texts", test_reading_bad_texts);
  g_test_add_func ("/cli/reading/bad-sort", test_reading_bad_sort);
  g_test_add_func ("/cli/reading/bad-search", test_reading_bad_search);
  g_test_add_func ("/cli/reading/filter", test_reading_filter);
  g_test_add_func ("/cli/reading/filter-types", test_reading_filter_types);
  g_test_add_func ("/cli/reading/filter-bad-types", test_reading_filter_bad_types);
  g_test_add_func ("/cli/reading/two-equalities", test_reading_two_equalities);
  g_test_add_func ("/cli/reading/everything", test_reading_everything);

  return g_test_run ();
}
