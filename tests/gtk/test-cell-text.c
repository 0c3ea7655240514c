/* test-cell-text.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "vlive-test.h"

#include "table/vlive-row-private.h"
#include "vlive-cell-text-private.h"

static void
gone_cb (gpointer owner, VliveRow *row)
{
}

/* A row whose field "c" is @value. */
static VliveRow *
make_row (const char *value)
{
  g_autofree char *fields = g_strdup_printf ("{'c': <%s>}", value);
  g_autoptr (GVariant) variant = g_variant_ref_sink (g_variant_new_parsed (fields));
  g_autoptr (GError) error = NULL;
  g_autoptr (VliveRecord) record = vlive_record_new_from_variant ("a", variant, &error);
  const VliveShown shown = { .record = record, .state = VLIVE_ROW_READY };
  VliveRow *row = _vlive_row_new (&gone_cb, gone_cb, 0);

  g_assert_no_error (error);
  _vlive_row_show (row, &shown);

  return row;
}

static void
assert_shown (VliveValueType type,
              VliveFormat format,
              const char *value,
              VliveCellTextKind expected_kind,
              const char *expected)
{
  g_autoptr (VliveColumn) column =
      vlive_column_new ("c", type, format, VLIVE_COLUMN_NONE);
  g_autoptr (VliveRow) row = make_row (value);
  VliveCellTextKind kind;
  g_autofree char *text = _vlive_cell_text_dup (row, column, &kind);

  g_assert_cmpstr (text, ==, expected);
  g_assert_cmpint (kind, ==, expected_kind);
}

static void
test_plain (void)
{
  assert_shown (VLIVE_VALUE_TEXT, VLIVE_FORMAT_PLAIN, "'Pie'", VLIVE_CELL_TEXT_PLAIN,
                "Pie");
  assert_shown (VLIVE_VALUE_INTEGER, VLIVE_FORMAT_PLAIN, "int64 -12",
                VLIVE_CELL_TEXT_PLAIN, "-12");
  assert_shown (VLIVE_VALUE_DOUBLE, VLIVE_FORMAT_PLAIN, "1.5", VLIVE_CELL_TEXT_PLAIN,
                "1.5");
  assert_shown (VLIVE_VALUE_TEXT, VLIVE_FORMAT_LONG_TEXT, "'a\\nb\\tc'",
                VLIVE_CELL_TEXT_PLAIN, "a b c");
}

/* Null, empty and the words themselves are three things. */
static void
test_none (void)
{
  assert_shown (VLIVE_VALUE_TEXT, VLIVE_FORMAT_PLAIN, "@mv nothing",
                VLIVE_CELL_TEXT_DIM, "null");
  assert_shown (VLIVE_VALUE_TEXT, VLIVE_FORMAT_PLAIN, "''", VLIVE_CELL_TEXT_DIM,
                "empty");
  assert_shown (VLIVE_VALUE_TEXT, VLIVE_FORMAT_PLAIN, "'null'", VLIVE_CELL_TEXT_PLAIN,
                "null");
  assert_shown (VLIVE_VALUE_BOOLEAN, VLIVE_FORMAT_PLAIN, "@mv nothing",
                VLIVE_CELL_TEXT_DIM, "null");
}

static void
test_booleans (void)
{
  assert_shown (VLIVE_VALUE_BOOLEAN, VLIVE_FORMAT_PLAIN, "true", VLIVE_CELL_TEXT_YES,
                "yes");
  assert_shown (VLIVE_VALUE_BOOLEAN, VLIVE_FORMAT_PLAIN, "false", VLIVE_CELL_TEXT_NO,
                "no");
  /* Where other values are, too, it is a text. */
  assert_shown (VLIVE_VALUE_MIXED, VLIVE_FORMAT_PLAIN, "true", VLIVE_CELL_TEXT_PLAIN,
                "true");
}

/* The C locale's dates; what is none stays as it is. */
static void
test_dates (void)
{
  assert_shown (VLIVE_VALUE_TEXT, VLIVE_FORMAT_DATE, "'2026-11-24'",
                VLIVE_CELL_TEXT_PLAIN, "11/24/26");
  assert_shown (VLIVE_VALUE_TEXT, VLIVE_FORMAT_DATE, "'2026-11-24x'",
                VLIVE_CELL_TEXT_PLAIN, "2026-11-24x");
  assert_shown (VLIVE_VALUE_TEXT, VLIVE_FORMAT_DATE, "'2026-13-24'",
                VLIVE_CELL_TEXT_PLAIN, "2026-13-24");
  assert_shown (VLIVE_VALUE_TEXT, VLIVE_FORMAT_DATE_TIME, "'2026-11-24T16:05:09Z'",
                VLIVE_CELL_TEXT_PLAIN, "11/24/26 16:05");
  assert_shown (VLIVE_VALUE_TEXT, VLIVE_FORMAT_DATE_TIME, "'2026-11-24T16:05:09+02:00'",
                VLIVE_CELL_TEXT_PLAIN, "11/24/26 14:05");
  assert_shown (VLIVE_VALUE_TEXT, VLIVE_FORMAT_DATE_TIME, "'soon'",
                VLIVE_CELL_TEXT_PLAIN, "soon");
}

static void
assert_json (const char *json, const char *expected)
{
  g_autoptr (VliveColumn) column =
      vlive_column_new ("c", VLIVE_VALUE_JSON, VLIVE_FORMAT_PLAIN, VLIVE_COLUMN_NONE);
  g_autoptr (VliveRow) row = NULL;
  VliveCellTextKind kind;
  g_autofree char *text = NULL;

  row = make_row (json);
  text = _vlive_cell_text_dup (row, column, &kind);
  g_assert_cmpstr (text, ==, expected);
}

static void
test_json (void)
{
  assert_json ("@av []", "[0]");
  assert_json ("[<1>, <'a,b'>, <[<2>, <3>]>]", "[3]");
  assert_json ("@a{sv} {}", "{0}");
  assert_json ("{'a': <1>, 'b\\\"': <{'c': <1>, 'd': <2>}>}", "{2}");
}

static void
assert_whole (VliveValueType type, const char *value, const char *expected)
{
  g_autoptr (VliveColumn) column =
      vlive_column_new ("c", type, VLIVE_FORMAT_PLAIN, VLIVE_COLUMN_NONE);
  g_autoptr (VliveRow) row = make_row (value);
  g_autofree char *text = _vlive_cell_text_dup_whole (row, column);

  g_assert_cmpstr (text, ==, expected);
}

/* What is longer than a cell, and what JSON holds. */
static void
test_whole (void)
{
  g_autofree char *as = g_strnfill (700, 'a');
  g_autofree char *quoted = g_strdup_printf ("'%s'", as);
  g_autofree char *start = g_strdup_printf ("%.600s…", as);

  assert_whole (VLIVE_VALUE_TEXT, "'Pie'", NULL);
  assert_whole (VLIVE_VALUE_INTEGER, "int64 1234567890123456789", NULL);
  assert_whole (VLIVE_VALUE_TEXT, "'sint suscipit perspiciatis\nvelit'",
                "sint suscipit perspiciatis\nvelit");
  assert_whole (VLIVE_VALUE_TEXT, quoted, start);
  assert_whole (VLIVE_VALUE_JSON, "[<1>, <2>]", "[1,2]");
}

int
main (int argc, char *argv[])
{
  g_setenv ("TZ", "UTC", TRUE);
  vlive_test_init (&argc, &argv);
  g_test_add_func ("/gtk/cell-text/plain", test_plain);
  g_test_add_func ("/gtk/cell-text/none", test_none);
  g_test_add_func ("/gtk/cell-text/booleans", test_booleans);
  g_test_add_func ("/gtk/cell-text/dates", test_dates);
  g_test_add_func ("/gtk/cell-text/json", test_json);
  g_test_add_func ("/gtk/cell-text/whole", test_whole);

  return vlive_test_run ();
}
