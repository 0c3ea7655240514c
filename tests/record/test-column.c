/* test-column.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "vlive-test.h"

static void
test_column_plain (void)
{
  g_autoptr (VliveColumn) column =
      vlive_column_new ("due", VLIVE_VALUE_TEXT, VLIVE_FORMAT_DATE,
                        VLIVE_COLUMN_NULLABLE);

  g_assert_cmpstr (vlive_column_get_name (column), ==, "due");
  g_assert_cmpint (vlive_column_get_value_type (column), ==, VLIVE_VALUE_TEXT);
  g_assert_cmpint (vlive_column_get_format (column), ==, VLIVE_FORMAT_DATE);
  g_assert_cmpint (vlive_column_get_flags (column), ==, VLIVE_COLUMN_NULLABLE);
  g_assert_null (vlive_column_get_choices (column));
  g_assert_null (vlive_column_get_reference (column));
}

static void
test_column_choice (void)
{
  const char *choices[] = { "open", "done", NULL };
  g_autoptr (VliveColumn) column =
      vlive_column_new_choice ("state", choices, VLIVE_COLUMN_READ_ONLY);

  g_assert_cmpint (vlive_column_get_format (column), ==, VLIVE_FORMAT_CHOICE);
  g_assert_cmpint (vlive_column_get_value_type (column), ==, VLIVE_VALUE_TEXT);
  g_assert_true (g_strv_equal (vlive_column_get_choices (column), choices));
}

static void
test_column_reference (void)
{
  g_autoptr (VliveColumn) column =
      vlive_column_new_reference ("userId", VLIVE_VALUE_INTEGER, "users",
                                  VLIVE_COLUMN_NONE);
  g_autoptr (VliveColumn) again = vlive_column_ref (column);

  g_assert_true (again == column);
  g_assert_cmpint (vlive_column_get_format (column), ==, VLIVE_FORMAT_REFERENCE);
  g_assert_cmpstr (vlive_column_get_reference (column), ==, "users");
}

static void
test_column_boxed (void)
{
  g_autoptr (VliveColumn) column =
      vlive_column_new ("a", VLIVE_VALUE_MISSING, VLIVE_FORMAT_PLAIN, VLIVE_COLUMN_ID);
  VliveColumn *copy = g_boxed_copy (VLIVE_TYPE_COLUMN, column);

  g_assert_true (copy == column);
  g_boxed_free (VLIVE_TYPE_COLUMN, copy);
}

/* What a choice or a reference is without its list or table. */
static void
test_column_wrong (void)
{
  vlive_test_expect ("*VLIVE_FORMAT_CHOICE*");
  g_assert_null (
      vlive_column_new ("a", VLIVE_VALUE_TEXT, VLIVE_FORMAT_CHOICE, VLIVE_COLUMN_NONE));
  vlive_test_assert_expected ();
}

int
main (int argc, char *argv[])
{
  int result;

  vlive_test_init (&argc, &argv);
  g_test_add_func ("/column/plain", test_column_plain);
  g_test_add_func ("/column/choice", test_column_choice);
  g_test_add_func ("/column/reference", test_column_reference);
  g_test_add_func ("/column/boxed", test_column_boxed);
  g_test_add_func ("/column/wrong", test_column_wrong);
  result = vlive_test_run ();
  vlive_test_assert_all_gone ();

  return result;
}
