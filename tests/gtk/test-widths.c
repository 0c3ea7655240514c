/* test-widths.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "vlive-test.h"

#include "vlive-widths-private.h"

static const VliveWidth three[] = {
  { 120, 70, FALSE },
  { 200, 120, TRUE },
  { 90, 90, FALSE },
};

static void
assert_widths (int available, int first, int second, int third)
{
  int widths[3];

  _vlive_widths_fit (three, 3, available, widths);
  g_assert_cmpint (widths[0], ==, first);
  g_assert_cmpint (widths[1], ==, second);
  g_assert_cmpint (widths[2], ==, third);
}

static void
test_fit (void)
{
  /* There is room: the list does the rest. */
  assert_widths (410, 120, 200, 90);
  assert_widths (5000, 120, 200, 90);
  /* All are whole. */
  assert_widths (400, 116, 194, 90);
  assert_widths (280, 70, 120, 90);
  /* The third does not fit: the second ends where the window does. */
  assert_widths (279, 104, 175, 90);
  assert_widths (190, 70, 120, 90);
  /* The first alone. */
  assert_widths (180, 180, 200, 90);
  assert_widths (70, 70, 200, 90);
  /* Not even that. */
  assert_widths (60, 120, 200, 90);
  assert_widths (0, 120, 200, 90);
}

/* No column is ever cut by the edge, whatever there is. */
static void
test_random (void)
{
  for (guint round = 0; round < 2000; round++)
    {
      guint n = (guint) g_test_rand_int_range (1, 12);
      int available = g_test_rand_int_range (60, 1500);
      g_autofree VliveWidth *columns = g_new0 (VliveWidth, n);
      g_autofree int *widths = g_new0 (int, n);
      gboolean at_edge = FALSE;
      int sum = 0;

      for (guint i = 0; i < n; i++)
        {
          columns[i].least = g_test_rand_int_range (40, 160);
          columns[i].usual = columns[i].least + g_test_rand_int_range (0, 150);
          columns[i].expands = g_test_rand_bit ();
        }
      _vlive_widths_fit (columns, n, available, widths);
      for (guint i = 0; i < n; i++)
        {
          g_assert_cmpint (widths[i], >=, columns[i].least);
          sum += widths[i];
          at_edge |= sum == available;
        }
      g_assert_true (at_edge || sum <= available || columns[0].least > available);
    }
}

static VliveWidth
guess (const char *name,
       VliveValueType type,
       VliveFormat format,
       VliveColumnFlags flags)
{
  g_autoptr (VliveColumn) column = vlive_column_new (name, type, format, flags);

  return _vlive_width_guess (column, 1);
}

static void
test_guess (void)
{
  VliveWidth id =
      guess ("id", VLIVE_VALUE_INTEGER, VLIVE_FORMAT_PLAIN, VLIVE_COLUMN_ID);
  VliveWidth text =
      guess ("title", VLIVE_VALUE_TEXT, VLIVE_FORMAT_PLAIN, VLIVE_COLUMN_NONE);
  VliveWidth day =
      guess ("day", VLIVE_VALUE_TEXT, VLIVE_FORMAT_DATE, VLIVE_COLUMN_NONE);
  VliveWidth named = guess ("a long name for a number", VLIVE_VALUE_INTEGER,
                            VLIVE_FORMAT_PLAIN, VLIVE_COLUMN_NONE);
  g_autoptr (VliveColumn) column =
      vlive_column_new ("title", VLIVE_VALUE_TEXT, VLIVE_FORMAT_PLAIN,
                        VLIVE_COLUMN_NONE);

  g_assert_cmpint (id.usual, <, text.usual);
  g_assert_false (id.expands);
  g_assert_true (text.expands);
  g_assert_cmpint (text.least, <, text.usual);
  g_assert_false (day.expands);
  g_assert_cmpint (day.least, ==, day.usual);
  g_assert_cmpint (named.usual, >, 200);
  g_assert_cmpint (named.least, ==, 120);
  g_assert_cmpint (_vlive_width_guess (column, 2).usual, ==, 2 * text.usual);
}

int
main (int argc, char *argv[])
{
  vlive_test_init (&argc, &argv);
  g_test_add_func ("/gtk/widths/fit", test_fit);
  g_test_add_func ("/gtk/widths/random", test_random);
  g_test_add_func ("/gtk/widths/guess", test_guess);

  return vlive_test_run ();
}
