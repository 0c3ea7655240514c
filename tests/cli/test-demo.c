/* test-demo.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include "cli-run.h"

/* The first row of what a list says. */
static JsonObject *
get_row (JsonNode *document, guint index)
{
  JsonArray *rows =
      json_object_get_array_member (json_node_get_object (document), "rows");

  return json_array_get_object_element (rows, index);
}

/* Each knob that a list shows, and the same without it. */
static void
test_demo_seed (void)
{
  g_autoptr (CliPlace) place = cli_place_new ();
  g_autoptr (JsonNode) one =
      cli_place_read_json (place, "--json demo list --limit 5", 0);
  g_autoptr (JsonNode) same =
      cli_place_read_json (place, "--json demo list --limit 5 --seed 1", 0);
  g_autoptr (JsonNode) other =
      cli_place_read_json (place, "--json demo list --limit 5 --seed 2", 0);

  for (guint i = 0; i < 5; i++)
    {
      const char *name = json_object_get_string_member (get_row (one, i), "name");

      g_assert_cmpstr (name, ==,
                       json_object_get_string_member (get_row (same, i), "name"));
      g_assert_cmpint (json_object_get_int_member (get_row (other, i), "id"), ==,
                       i + 1);
    }
  g_assert_cmpfloat (json_object_get_double_member (get_row (one, 0), "price"), !=,
                     json_object_get_double_member (get_row (other, 0), "price"));
}

static void
test_demo_rows (void)
{
  g_autoptr (CliPlace) place = cli_place_new ();
  g_autoptr (JsonNode) few =
      cli_place_read_json (place, "--json demo list --rows 3", 0);
  g_autoptr (JsonNode) none =
      cli_place_read_json (place, "--json demo list --rows 0", 0);
  g_autoptr (JsonNode) last = cli_place_read_json (
      place, "--json demo list --rows 10000000 --filter id>=9999999 --sort -id", 0);

  g_assert_cmpint (json_object_get_int_member (json_node_get_object (few), "count"), ==,
                   3);
  g_assert_cmpint (json_object_get_int_member (json_node_get_object (none), "count"),
                   ==, 0);
  g_assert_cmpint (json_object_get_int_member (json_node_get_object (last), "total"),
                   ==, 2);
  g_assert_cmpint (json_object_get_int_member (get_row (last, 0), "id"), ==, 10000000);
  cli_assert (place, "demo list --rows 10000000 --limit 1 --sort price", 1, "",
              "vlive: *price*\n");
  cli_assert (place, "demo list --rows 10000000 --limit 1 --search amber", 1, "",
              "vlive: *search*\n");
}

/* At least so long: it may be that nobody looked. */
static void
test_demo_latency (void)
{
  g_autoptr (CliPlace) place = cli_place_new ();
  g_autoptr (JsonNode) slow =
      cli_place_read_json (place, "--json demo list --limit 1 --latency 60-80", 0);

  g_assert_cmpint (json_object_get_int_member (json_node_get_object (slow),
                                               "elapsed_us"),
                   >=, 60 * 1000);
}

/* Some fail, and the same ones again. */
static void
test_demo_errors (void)
{
  g_autoptr (CliPlace) place = cli_place_new ();
  guint n_failed = 0;

  for (guint seed = 0; seed < 12; seed++)
    {
      g_autofree char *line =
          g_strdup_printf ("demo get 1 --errors 0.5 --seed %u", seed);
      g_autoptr (CliResult) first = cli_place_run (place, line);
      g_autoptr (CliResult) again = cli_place_run (place, line);

      g_assert_cmpint (first->status, ==, again->status);
      g_assert_true (first->status == 0 || first->status == 1);
      n_failed += (guint) first->status;
    }
  g_assert_cmpuint (n_failed, >, 0);
  g_assert_cmpuint (n_failed, <, 12);
}

/* What the cache has is shown when the master cannot be reached, and what one
 * command wrote the next one's master never heard of. */
static void
test_demo_cache (void)
{
  g_autoptr (CliPlace) place = cli_place_new ();

  cli_assert (place, "--cache c demo get 7", 0, NULL, "miss: 1 row, *");
  cli_assert (place, "--cache c demo get 7 --offline", 0, NULL, "hit: 1 row, *");
  cli_assert (place, "--cache c demo get 7 --rows 6", 3, "", "vlive: *no record “7”*");
  cli_assert (place, "demo add name=New", 0, "added 1001\n", "applied: *");
  cli_assert (place, "demo get 1001", 3, "", "vlive: *no record “1001”*");
  cli_assert (place, "demo delete 7", 0, "deleted 7\n", "applied: *");
  cli_assert (place, "demo get 7", 0, NULL, "miss: 1 row, *");
}

/* Numbers and booleans are what the columns say. */
static void
test_demo_types (void)
{
  g_autoptr (CliPlace) place = cli_place_new ();
  g_autoptr (JsonNode) made = cli_place_read_json (
      place, "--json demo add name=5 price=5 active=false number=-3 note:=null", 0);
  JsonObject *record =
      json_object_get_object_member (json_node_get_object (made), "record");

  g_assert_cmpstr (json_object_get_string_member (record, "name"), ==, "5");
  g_assert_cmpfloat (json_object_get_double_member (record, "price"), ==, 5);
  g_assert_false (json_object_get_boolean_member (record, "active"));
  g_assert_cmpint (json_object_get_int_member (record, "number"), ==, -3);
  g_assert_true (json_object_get_null_member (record, "note"));
  cli_assert (place, "demo add name:=null", 1, "", "vlive: *“name”\n");
  cli_assert (place, "demo set 7 price=much", 2, "", "vlive: *much*\n");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cli/demo/seed", test_demo_seed);
  g_test_add_func ("/cli/demo/rows", test_demo_rows);
  g_test_add_func ("/cli/demo/latency", test_demo_latency);
  g_test_add_func ("/cli/demo/errors", test_demo_errors);
  g_test_add_func ("/cli/demo/cache", test_demo_cache);
  g_test_add_func ("/cli/demo/types", test_demo_types);

  return g_test_run ();
}
