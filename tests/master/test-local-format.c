/* test-local-format.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "vlive-test.h"

#include "master/vlive-local-format-private.h"
#include "record/vlive-query-private.h"

/* Keys order like numbers among integers, and integers come before text. */
static void
test_id_keys (void)
{
  static const char *const ids[] = {
    "-9223372036854775808",
    "-10",
    "-9",
    "-1",
    "0",
    "1",
    "2",
    "9",
    "10",
    "9223372036854775807",
    "-0",
    "00",
    "007",
    "7.0",
    "9223372036854775808",
    "a",
    "aa",
    "b",
  };

  for (guint i = 0; i + 1 < G_N_ELEMENTS (ids); i++)
    {
      VliveLocalKey a;
      VliveLocalKey b;
      int order;

      _vlive_local_id_key (&a, 7, ids[i]);
      _vlive_local_id_key (&b, 7, ids[i + 1]);
      order = memcmp (a.data, b.data, MIN (a.size, b.size));
      g_assert_true (order < 0 || (order == 0 && a.size < b.size));
    }
}

static void
test_integers (void)
{
  static const char *const not [] = { "",
                                      "-",
                                      "+1",
                                      "01",
                                      "-0",
                                      "1.0",
                                      "1e3",
                                      " 1",
                                      "1 ",
                                      "9223372036854775808",
                                      "-9223372036854775809",
                                      "99999999999999999999",
                                      "x" };
  gint64 value;

  g_assert_true (_vlive_local_id_is_integer ("0", &value));
  g_assert_cmpint (value, ==, 0);
  g_assert_true (_vlive_local_id_is_integer ("9223372036854775807", &value));
  g_assert_cmpint (value, ==, G_MAXINT64);
  g_assert_true (_vlive_local_id_is_integer ("-9223372036854775808", &value));
  g_assert_cmpint (value, ==, G_MININT64);
  g_assert_true (_vlive_local_id_is_integer ("-17", &value));
  g_assert_cmpint (value, ==, -17);
  for (guint i = 0; i < G_N_ELEMENTS (not ); i++)
    g_assert_false (_vlive_local_id_is_integer (not [i], &value));
}

static void
test_records (void)
{
  /* Static, so that what lies between their fields is zero too. */
  static VliveLocalTableRecord table = { 1, 2, 3, 4, 5, 6, 7, 8, 9, -10 };
  static VliveLocalTableRecord table_back = { 0 };
  static VliveLocalCounters counters = { 1, 2, 3, 4, 5 };
  static VliveLocalCounters counters_back = { 0 };
  static VliveLocalOrderLine line = { 1, 2, -3, "0123456789abcdef0123456789abcde" };
  static VliveLocalOrderLine line_back = { 0 };
  guint8 data[VLIVE_LOCAL_TABLE_SIZE];

  _vlive_local_table_record_encode (&table, data);
  g_assert_true (
      _vlive_local_table_record_decode (&table_back, VLIVE_SPAN (data, sizeof data)));
  g_assert_cmpmem (&table, sizeof table, &table_back, sizeof table_back);
  g_assert_false (
      _vlive_local_table_record_decode (&table_back, VLIVE_SPAN (data, 63)));
  memset (data, 0, sizeof data);
  g_assert_false (
      _vlive_local_table_record_decode (&table_back, VLIVE_SPAN (data, 64)));

  _vlive_local_counters_encode (&counters, data);
  g_assert_true (
      _vlive_local_counters_decode (&counters_back,
                                    VLIVE_SPAN (data, VLIVE_LOCAL_COUNTERS_SIZE)));
  g_assert_cmpuint (counters_back.table, ==, 1);
  g_assert_cmpuint (counters_back.generation, ==, 2);
  g_assert_cmpuint (counters_back.order, ==, 3);
  g_assert_cmpuint (counters_back.write, ==, 4);
  g_assert_cmpuint (counters_back.oldest_write, ==, 5);
  g_assert_false (_vlive_local_counters_decode (&counters_back, VLIVE_SPAN (data, 1)));

  _vlive_local_order_line_encode (&line, data);
  _vlive_local_order_line_decode (&line_back, data);
  g_assert_cmpuint (line_back.order, ==, 1);
  g_assert_cmpuint (line_back.collation, ==, 2);
  g_assert_cmpint (line_back.last_used, ==, -3);
  g_assert_cmpmem (line_back.hash, 32, line.hash, 32);
}

static void
test_generations (void)
{
  g_auto (VliveLocalGeneration) generation = { 1, VLIVE_LOCAL_BUILDING, 3, 4, NULL };
  g_auto (VliveLocalGeneration) back = { 0 };
  g_auto (VliveLocalGeneration) disturbed = { 0 };
  g_autoptr (GBytes) plain = _vlive_local_generation_encode (&generation);
  g_autoptr (GBytes) bytes = NULL;

  g_assert_true (_vlive_local_generation_decode (&back, VLIVE_SPAN_BYTES (plain)));
  g_assert_cmpuint (back.table, ==, 1);
  g_assert_cmpint (back.state, ==, VLIVE_LOCAL_BUILDING);
  g_assert_cmpuint (back.space, ==, 3);
  g_assert_cmpuint (back.version, ==, 4);
  g_assert_null (back.disturbed);
  generation.disturbed = g_strdup ("an id");
  bytes = _vlive_local_generation_encode (&generation);
  g_assert_true (_vlive_local_generation_decode (&disturbed, VLIVE_SPAN_BYTES (bytes)));
  g_assert_cmpstr (disturbed.disturbed, ==, "an id");
  g_assert_false (
      _vlive_local_generation_decode (&back,
                                      VLIVE_SPAN (g_bytes_get_data (bytes, NULL),
                                                  g_bytes_get_size (bytes) - 1)));
  g_assert_false (_vlive_local_generation_decode (&back, VLIVE_SPAN ("x", 1)));
}

static void
test_checks (void)
{
  g_autofree char *longest = g_strnfill (VLIVE_LOCAL_MAX_ID, 'x');
  g_autofree char *too_long = g_strnfill (VLIVE_LOCAL_MAX_ID + 1, 'x');
  g_autoptr (GError) error = NULL;
  VliveLocalKey key;

  g_assert_true (_vlive_local_id_check ("a", NULL));
  g_assert_true (_vlive_local_id_check (longest, NULL));
  _vlive_local_id_key (&key, G_MAXUINT32, longest);
  g_assert_cmpuint (key.size, <=, VLIVE_LOCAL_MAX_KEY);
  g_assert_false (_vlive_local_id_check (too_long, &error));
  g_assert_cmpstr (error->message, ==,
                   "The id has 481 bytes, and at most 480 are possible");
  g_clear_error (&error);
  g_assert_false (_vlive_local_id_check ("", &error));
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_false (_vlive_local_id_check ("\xff", &error));
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_true (_vlive_local_name_check ("users/1/albums", NULL));
  g_assert_false (_vlive_local_name_check ("a\x7f", &error));
  g_assert_cmpstr (error->message, ==,
                   "The name of the table holds a control character");
}

int
main (int argc, char *argv[])
{
  vlive_test_init (&argc, &argv);
  g_test_add_func ("/master/local-format/id-keys", test_id_keys);
  g_test_add_func ("/master/local-format/integers", test_integers);
  g_test_add_func ("/master/local-format/records", test_records);
  g_test_add_func ("/master/local-format/generations", test_generations);
  g_test_add_func ("/master/local-format/checks", test_checks);

  return vlive_test_run ();
}
