/* test-query-plan.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "record/vlive-layout-private.h"
#include "record/vlive-query-private.h"
#include "vlive-test.h"

static VliveRecord *
make (const char *id, const char *fields)
{
  g_autoptr (GError) error = NULL;
  VliveRecord *record =
      vlive_record_new_from_variant (id, g_variant_new_parsed (fields), &error);

  g_assert_no_error (error);

  return record;
}

static void
assert_matches (const char *fields,
                const char *column,
                VliveOperator op,
                const char *value,
                gboolean expected)
{
  g_autoptr (VliveRecord) record = make ("x", fields);
  g_autoptr (VliveQuery) all = vlive_query_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (VliveQuery) query =
      vlive_query_with_condition (all, column, op,
                                  value != NULL ? g_variant_new_parsed (value) : NULL,
                                  &error);
  g_autoptr (VliveQueryPlan) plan = NULL;

  g_assert_no_error (error);
  plan = _vlive_query_plan_new (query);
  if (_vlive_query_plan_matches (plan, record) != expected)
    g_error ("%s: %s %s", fields, vlive_query_get_key (query),
             expected ? "does not match" : "matches");
}

static void
test_query_plan_equal (void)
{
  assert_matches ("{'a': <'x'>}", "a", VLIVE_OPERATOR_EQUAL, "'x'", TRUE);
  assert_matches ("{'a': <'X'>}", "a", VLIVE_OPERATOR_EQUAL, "'x'", FALSE);
  assert_matches ("{'a': <5>}", "a", VLIVE_OPERATOR_EQUAL, "5.0", TRUE);
  assert_matches ("{'a': <5>}", "a", VLIVE_OPERATOR_EQUAL, "'5'", FALSE);
  assert_matches ("{'a': <int64 9007199254740993>}", "a", VLIVE_OPERATOR_EQUAL,
                  "9007199254740992.0", FALSE);
  assert_matches ("{'a': <true>}", "a", VLIVE_OPERATOR_EQUAL, "true", TRUE);
  assert_matches ("{'a': <@ay [1]>}", "a", VLIVE_OPERATOR_EQUAL, "@ay [1]", TRUE);
  assert_matches ("{'a': <5>}", "a", VLIVE_OPERATOR_NOT_EQUAL, "6", TRUE);
  assert_matches ("{'a': <5>}", "a", VLIVE_OPERATOR_NOT_EQUAL, "5", FALSE);
  assert_matches ("{'a': <5>}", "a", VLIVE_OPERATOR_IN, "[1, 5]", TRUE);
  assert_matches ("{'a': <5>}", "a", VLIVE_OPERATOR_IN, "[<'x'>, <5.0>]", TRUE);
  assert_matches ("{'a': <5>}", "a", VLIVE_OPERATOR_IN, "[1, 2]", FALSE);
  assert_matches ("{'a': <5>}", "a", VLIVE_OPERATOR_IN, "@as []", FALSE);
}

/* Null and missing satisfy only "is null" and "not equal". */
static void
test_query_plan_null (void)
{
  static const char *const fields[] = { "{'a': <@mv nothing>}", "{'b': <1>}" };

  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    {
      assert_matches (fields[i], "a", VLIVE_OPERATOR_IS_NULL, NULL, TRUE);
      assert_matches (fields[i], "a", VLIVE_OPERATOR_NOT_EQUAL, "1", TRUE);
      assert_matches (fields[i], "a", VLIVE_OPERATOR_EQUAL, "1", FALSE);
      assert_matches (fields[i], "a", VLIVE_OPERATOR_EQUAL, "''", FALSE);
      assert_matches (fields[i], "a", VLIVE_OPERATOR_LESS, "1", FALSE);
      assert_matches (fields[i], "a", VLIVE_OPERATOR_GREATER, "1", FALSE);
      assert_matches (fields[i], "a", VLIVE_OPERATOR_GREATER_EQUAL, "1", FALSE);
      assert_matches (fields[i], "a", VLIVE_OPERATOR_LESS_EQUAL, "1", FALSE);
      assert_matches (fields[i], "a", VLIVE_OPERATOR_CONTAINS, "''", FALSE);
      assert_matches (fields[i], "a", VLIVE_OPERATOR_IN, "[1]", FALSE);
    }
  assert_matches ("{'a': <0>}", "a", VLIVE_OPERATOR_IS_NULL, NULL, FALSE);
  assert_matches ("{'a': <''>}", "a", VLIVE_OPERATOR_IS_NULL, NULL, FALSE);
}

static void
test_query_plan_ordered (void)
{
  assert_matches ("{'a': <5>}", "a", VLIVE_OPERATOR_LESS, "6.5", TRUE);
  assert_matches ("{'a': <5>}", "a", VLIVE_OPERATOR_LESS, "5", FALSE);
  assert_matches ("{'a': <5>}", "a", VLIVE_OPERATOR_LESS_EQUAL, "5.0", TRUE);
  assert_matches ("{'a': <5>}", "a", VLIVE_OPERATOR_LESS_EQUAL, "4", FALSE);
  assert_matches ("{'a': <657.96>}", "a", VLIVE_OPERATOR_GREATER, "1826.19", FALSE);
  assert_matches ("{'a': <5>}", "a", VLIVE_OPERATOR_GREATER, "4", TRUE);
  assert_matches ("{'a': <5>}", "a", VLIVE_OPERATOR_GREATER_EQUAL, "5", TRUE);
  assert_matches ("{'a': <'b'>}", "a", VLIVE_OPERATOR_GREATER, "'A'", TRUE);
  assert_matches ("{'a': <'b'>}", "a", VLIVE_OPERATOR_LESS, "'C'", TRUE);
  assert_matches ("{'a': <false>}", "a", VLIVE_OPERATOR_LESS, "true", TRUE);
  /* Values of two kinds are neither less nor greater. */
  assert_matches ("{'a': <'5'>}", "a", VLIVE_OPERATOR_GREATER, "4", FALSE);
  assert_matches ("{'a': <5>}", "a", VLIVE_OPERATOR_LESS, "'x'", FALSE);
  assert_matches ("{'a': <true>}", "a", VLIVE_OPERATOR_LESS, "5", FALSE);
  assert_matches ("{'a': <nan>}", "a", VLIVE_OPERATOR_GREATER, "5", FALSE);
  assert_matches ("{'a': <nan>}", "a", VLIVE_OPERATOR_LESS, "5", FALSE);
}

static void
test_query_plan_contains (void)
{
  assert_matches ("{'a': <'Apple Pie'>}", "a", VLIVE_OPERATOR_CONTAINS, "'pIE'", TRUE);
  assert_matches ("{'a': <'Ärger'>}", "a", VLIVE_OPERATOR_CONTAINS, "'ärg'", TRUE);
  assert_matches ("{'a': <1234>}", "a", VLIVE_OPERATOR_CONTAINS, "23", TRUE);
  assert_matches ("{'a': <1234>}", "a", VLIVE_OPERATOR_CONTAINS, "'5'", FALSE);
}

static void
test_query_plan_search (void)
{
  g_autoptr (VliveQuery) all = vlive_query_new ();
  g_autoptr (VliveQuery) query = vlive_query_with_search (all, "ROM");
  g_autoptr (VliveQueryPlan) plan = _vlive_query_plan_new (query);
  g_autoptr (VliveRecord) text = make ("1", "{'a': <1>, 'b': <'aroma'>}");
  g_autoptr (VliveRecord) nested = make ("2", "{'address': <{'city': 'Rome'}>}");
  g_autoptr (VliveRecord) not =
      make ("rom", "{'a': <@ay [0x72, 0x6f, 0x6d]>, 'rom': <1>}");

  g_assert_true (_vlive_query_plan_matches (plan, text));
  g_assert_true (_vlive_query_plan_matches (plan, nested));
  g_assert_false (_vlive_query_plan_matches (plan, not ));
}

/* All conditions must hold, and the search too. */
static void
test_query_plan_all (void)
{
  g_autoptr (VliveQuery) all = vlive_query_new ();
  g_autoptr (VliveQuery) one =
      vlive_query_with_condition (all, "a", VLIVE_OPERATOR_GREATER,
                                  g_variant_new_int64 (1), NULL);
  g_autoptr (VliveQuery) two =
      vlive_query_with_condition (one, "a", VLIVE_OPERATOR_LESS,
                                  g_variant_new_int64 (9), NULL);
  g_autoptr (VliveQuery) query = vlive_query_with_search (two, "x");
  g_autoptr (VliveQueryPlan) plan = _vlive_query_plan_new (query);
  g_autoptr (VliveRecord) yes = make ("1", "{'a': <5>, 'b': <'x'>}");
  g_autoptr (VliveRecord) low = make ("2", "{'a': <1>, 'b': <'x'>}");
  g_autoptr (VliveRecord) high = make ("3", "{'a': <9>, 'b': <'x'>}");
  g_autoptr (VliveRecord) unfound = make ("4", "{'a': <5>, 'b': <'y'>}");

  g_assert_true (_vlive_query_plan_matches (plan, yes));
  g_assert_false (_vlive_query_plan_matches (plan, low));
  g_assert_false (_vlive_query_plan_matches (plan, high));
  g_assert_false (_vlive_query_plan_matches (plan, unfound));
}

static int
compare_cb (gconstpointer a, gconstpointer b, gpointer user_data)
{
  return _vlive_query_plan_compare (user_data, *(VliveRecord *const *) a,
                                    *(VliveRecord *const *) b);
}

/* Sorts records of "id=fields" and tells the ids. */
static char *
sort (VliveQuery *query, const char *const *rows)
{
  g_autoptr (GPtrArray) records =
      g_ptr_array_new_with_free_func ((GDestroyNotify) vlive_record_unref);
  g_autoptr (VliveQueryPlan) plan = _vlive_query_plan_new (query);
  GString *ids = g_string_new (NULL);

  for (guint i = 0; rows[i] != NULL; i++)
    {
      g_auto (GStrv) parts = g_strsplit (rows[i], "=", 2);

      g_ptr_array_add (records, make (parts[0], parts[1]));
    }
  g_ptr_array_sort_with_data (records, compare_cb, plan);
  for (guint i = 0; i < records->len; i++)
    g_string_append_printf (ids, "%s%s", i > 0 ? " " : "",
                            vlive_record_get_id (records->pdata[i]));

  return g_string_free (ids, FALSE);
}

static void
test_query_plan_sort (void)
{
  /* Six layouts: more than a plan remembers. */
  static const char *const rows[] = { "10={'n': <'b'>, 'p': <2>}",
                                      "9={'p': <2.5>, 'n': <'a'>}",
                                      "2={'n': <'B'>, 'p': <2>, 'q': <1>}",
                                      "x={'n': <@mv nothing>}",
                                      "y={'p': <1>}",
                                      "-3={'n': <'b'>, 'p': <@mv nothing>}",
                                      "z={'r': <1>, 'p': <1>, 'n': <'a'>}",
                                      NULL };
  g_autoptr (VliveQuery) all = vlive_query_new ();
  g_autoptr (VliveQuery) up = vlive_query_with_sort (all, "n", FALSE);
  g_autoptr (VliveQuery) down = vlive_query_with_sort (all, "n", TRUE);
  g_autoptr (VliveQuery) both = vlive_query_with_sort (up, "p", TRUE);
  g_autofree char *by_id = sort (all, rows);
  g_autofree char *by_up = sort (up, rows);
  g_autofree char *by_down = sort (down, rows);
  g_autofree char *by_both = sort (both, rows);

  g_assert_cmpstr (by_id, ==, "-3 2 9 10 x y z");
  g_assert_cmpstr (by_up, ==, "9 z 2 -3 10 x y");
  g_assert_cmpstr (by_down, ==, "-3 10 2 9 z x y");
  g_assert_cmpstr (by_both, ==, "9 z 2 10 -3 y x");
}

static void
test_query_plan_ids (void)
{
  static const char *const ordered[] = { "-10",
                                         "-9",
                                         "-1",
                                         "0",
                                         "1",
                                         "9",
                                         "10",
                                         "99999999999999999999",
                                         "100000000000000000000",
                                         "",
                                         "-",
                                         "-0",
                                         "007",
                                         "1.5",
                                         "1a",
                                         "@q#1",
                                         "A",
                                         "a",
                                         "é" };

  for (guint i = 0; i < G_N_ELEMENTS (ordered); i++)
    for (guint j = 0; j < G_N_ELEMENTS (ordered); j++)
      {
        int result = _vlive_id_compare (ordered[i], ordered[j]);

        g_assert_cmpint ((result > 0) - (result < 0), ==, (i > j) - (i < j));
      }
}

int
main (int argc, char *argv[])
{
  int result;

  vlive_test_init (&argc, &argv);
  g_test_add_func ("/query-plan/equal", test_query_plan_equal);
  g_test_add_func ("/query-plan/null", test_query_plan_null);
  g_test_add_func ("/query-plan/ordered", test_query_plan_ordered);
  g_test_add_func ("/query-plan/contains", test_query_plan_contains);
  g_test_add_func ("/query-plan/search", test_query_plan_search);
  g_test_add_func ("/query-plan/all", test_query_plan_all);
  g_test_add_func ("/query-plan/sort", test_query_plan_sort);
  g_test_add_func ("/query-plan/ids", test_query_plan_ids);
  result = vlive_test_run ();
  vlive_test_assert_all_gone ();
  g_assert_cmpuint (_vlive_layout_count (), ==, 0);

  return result;
}
