/* test-query.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "record/vlive-layout-private.h"
#include "record/vlive-query-private.h"
#include "vlive-test.h"

static VliveQuery *
with (VliveQuery *query, const char *column, VliveOperator op, GVariant *value)
{
  g_autoptr (GError) error = NULL;
  VliveQuery *next = vlive_query_with_condition (query, column, op, value, &error);

  g_assert_no_error (error);
  vlive_query_unref (query);

  return next;
}

static void
test_query_key (void)
{
  g_autoptr (VliveQuery) all = vlive_query_new ();
  g_autoptr (VliveQuery) a = NULL;
  g_autoptr (VliveQuery) b = NULL;

  g_assert_cmpstr (vlive_query_get_key (all), ==, "");
  a = with (vlive_query_ref (all), "x", VLIVE_OPERATOR_EQUAL,
            g_variant_new_string ("a/b"));
  a = with (g_steal_pointer (&a), "y", VLIVE_OPERATOR_LESS, g_variant_new_int32 (5));
  b = with (vlive_query_ref (all), "y", VLIVE_OPERATOR_LESS, g_variant_new_int64 (5));
  b = with (g_steal_pointer (&b), "x", VLIVE_OPERATOR_EQUAL,
            g_variant_new_string ("a/b"));
  g_assert_cmpstr (vlive_query_get_key (a), ==, "x=s:a%2Fb&y<i:5");
  g_assert_true (vlive_query_equal (a, b));
  g_assert_false (vlive_query_equal (a, all));
}

static void
test_query_variant (void)
{
  g_autoptr (VliveQuery) query = vlive_query_new ();
  g_autoptr (VliveQuery) sorted = NULL;
  g_autoptr (VliveQuery) searched = NULL;
  g_autoptr (VliveQuery) back = NULL;
  g_autoptr (GVariant) variant = NULL;
  g_autoptr (GError) error = NULL;

  query = with (g_steal_pointer (&query), "x", VLIVE_OPERATOR_IS_NULL, NULL);
  query = with (g_steal_pointer (&query), "y", VLIVE_OPERATOR_IN,
                g_variant_new_parsed ("[<3>, <'z'>]"));
  sorted = vlive_query_with_sort (query, "name", TRUE);
  searched = vlive_query_with_search (sorted, "é &");
  variant = _vlive_query_to_variant (searched);
  back = _vlive_query_from_variant (variant, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (vlive_query_get_key (back), ==, vlive_query_get_key (searched));
  g_assert_cmpstr (vlive_query_get_key (back), ==, "x?&y|i:3,s:z&!name&/é%20%26");
}

int
main (int argc, char *argv[])
{
  int result;

  vlive_test_init (&argc, &argv);
  g_test_add_func ("/query/key", test_query_key);
  g_test_add_func ("/query/variant", test_query_variant);
  result = vlive_test_run ();
  vlive_test_assert_all_gone ();
  g_assert_cmpuint (_vlive_layout_count (), ==, 0);

  return result;
}
