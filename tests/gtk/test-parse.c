/* test-parse.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "vlive-test.h"

#include "vlive-parse-private.h"

static void
assert_value (VliveValueType type, const char *text, const char *expected_value)
{
  g_autoptr (VliveColumn) column =
      vlive_column_new ("c", type, VLIVE_FORMAT_PLAIN, VLIVE_COLUMN_NONE);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) value = _vlive_parse (column, text, &error);
  g_autofree char *printed = NULL;

  if (expected_value == NULL)
    {
      g_assert_null (value);
      g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_INVALID);
      g_assert_nonnull (strstr (error->message, text));
      return;
    }
  g_assert_no_error (error);
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
  g_autoptr (GVariant) value = _vlive_parse (column, "", NULL);

  g_assert_true (g_variant_is_of_type (value, G_VARIANT_TYPE ("mv")));
  g_assert_null (g_variant_get_maybe (value));
}

int
main (int argc, char *argv[])
{
  vlive_test_init (&argc, &argv);
  g_test_add_func ("/gtk/parse/value", test_value);
  g_test_add_func ("/gtk/parse/null", test_null);

  return vlive_test_run ();
}
