/* test-census.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "vlive-test.h"

static void
test_counts (void)
{
  g_autofree char *text = NULL;
  g_autofree char *census = NULL;

  _vlive_census_add (VLIVE_CENSUS_STORE);
  _vlive_census_add (VLIVE_CENSUS_ROW);
  _vlive_census_add (VLIVE_CENSUS_ROW);
  text = _vlive_census_to_text ();
  g_assert_cmpstr (text, ==, "store 1, row 2");
  census = vlive_debug_census ();
  g_assert_cmpstr (census, ==, text);
  g_assert_cmpint (_vlive_census_get (VLIVE_CENSUS_ROW), ==, 2);

  _vlive_census_remove (VLIVE_CENSUS_STORE);
  _vlive_census_remove (VLIVE_CENSUS_ROW);
  _vlive_census_remove (VLIVE_CENSUS_ROW);
  vlive_test_assert_all_gone ();
}

static void
test_names (void)
{
  for (guint i = 0; i < VLIVE_N_CENSUS; i++)
    for (guint j = 0; j < i; j++)
      g_assert_cmpstr (_vlive_census_get_name (i), !=, _vlive_census_get_name (j));
}

int
main (int argc, char *argv[])
{
  vlive_test_init (&argc, &argv);
  g_test_add_func ("/base/census/counts", test_counts);
  g_test_add_func ("/base/census/names", test_names);

  return vlive_test_run ();
}
