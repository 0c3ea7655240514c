/* test-text.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "vlive-test.h"

#include "vantage-text.h"

static void
assert_age (gint64 age_us, const char *expected_text)
{
  g_autofree char *text = vantage_text_age (age_us);

  g_assert_cmpstr (text, ==, expected_text);
}

static void
test_age (void)
{
  g_autofree char *old = vantage_text_age (40 * G_TIME_SPAN_DAY);

  assert_age (-5, "just now");
  assert_age (9 * G_TIME_SPAN_SECOND, "just now");
  assert_age (10 * G_TIME_SPAN_SECOND, "10 s ago");
  assert_age (G_TIME_SPAN_MINUTE, "1 min ago");
  assert_age (G_TIME_SPAN_HOUR - 1, "59 min ago");
  assert_age (5 * G_TIME_SPAN_HOUR, "5 h ago");
  g_assert_null (strstr (old, "ago"));
}

static void
assert_total (VliveTotalKind kind, guint64 total, const char *expected_text)
{
  g_autofree char *text = vantage_text_total (kind, total);

  g_assert_cmpstr (text, ==, expected_text);
}

static void
test_total (void)
{
  assert_total (VLIVE_TOTAL_EXACT, 1, "1 record");
  assert_total (VLIVE_TOTAL_EXACT, 100, "100 records");
  assert_total (VLIVE_TOTAL_ESTIMATED, 20, "about 20 records");
  assert_total (VLIVE_TOTAL_AT_LEAST, 20, "at least 20 records");
  assert_total (VLIVE_TOTAL_UNKNOWN, 0, "");
}

int
main (int argc, char *argv[])
{
  vlive_test_init (&argc, &argv);
  g_test_add_func ("/app/text/age", test_age);
  g_test_add_func ("/app/text/total", test_total);

  return vlive_test_run ();
}
