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

static void
assert_value (VliveValueType type, const char *text, const char *expected_value)
{
  g_autoptr (VliveColumn) column =
      vlive_column_new ("c", type, VLIVE_FORMAT_PLAIN, VLIVE_COLUMN_NONE);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) value = vantage_text_to_value (column, text, &error);
  g_autofree char *printed = NULL;

  if (expected_value == NULL)
    {
      g_assert_null (value);
      g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_INVALID);
      g_assert_nonnull (strstr (error->message, text));
      return;
    }
  g_assert_no_error (error);
  g_variant_ref_sink (value);
  printed = g_variant_print (value, FALSE);
  g_assert_cmpstr (printed, ==, expected_value);
}

static void
test_value (void)
{
  assert_value (VLIVE_VALUE_TEXT, "", "''");
  assert_value (VLIVE_VALUE_TEXT, "a & b", "'a & b'");
  assert_value (VLIVE_VALUE_MIXED, "12", "'12'");
  assert_value (VLIVE_VALUE_INTEGER, "-12", "-12");
  assert_value (VLIVE_VALUE_INTEGER, "9223372036854775807", "9223372036854775807");
  assert_value (VLIVE_VALUE_INTEGER, "9223372036854775808", NULL);
  assert_value (VLIVE_VALUE_INTEGER, "1.5", NULL);
  assert_value (VLIVE_VALUE_INTEGER, "", NULL);
  assert_value (VLIVE_VALUE_DOUBLE, "1.5", "1.5");
  assert_value (VLIVE_VALUE_DOUBLE, "1.5x", NULL);
  assert_value (VLIVE_VALUE_DOUBLE, "nan", NULL);
  assert_value (VLIVE_VALUE_DOUBLE, "1e999", NULL);
  assert_value (VLIVE_VALUE_BOOLEAN, "True", "true");
  assert_value (VLIVE_VALUE_BOOLEAN, "0", "false");
  assert_value (VLIVE_VALUE_BOOLEAN, "maybe", NULL);
  assert_value (VLIVE_VALUE_JSON, "{}", NULL);
}

static void
test_null (void)
{
  g_autoptr (VliveColumn) column =
      vlive_column_new ("c", VLIVE_VALUE_INTEGER, VLIVE_FORMAT_PLAIN,
                        VLIVE_COLUMN_NULLABLE);
  g_autoptr (GVariant) value =
      g_variant_ref_sink (vantage_text_to_value (column, "", NULL));

  g_assert_true (g_variant_is_of_type (value, G_VARIANT_TYPE ("mv")));
  g_assert_null (g_variant_get_maybe (value));
}

int
main (int argc, char *argv[])
{
  vlive_test_init (&argc, &argv);
  g_test_add_func ("/app/text/age", test_age);
  g_test_add_func ("/app/text/total", test_total);
  g_test_add_func ("/app/text/value", test_value);
  g_test_add_func ("/app/text/null", test_null);

  return vlive_test_run ();
}
