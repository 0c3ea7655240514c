/* test-error.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "vlive-test.h"

static void
test_offline (void)
{
  const int offline[] = { VLIVE_ERROR_OFFLINE, VLIVE_ERROR_TIMEOUT, VLIVE_ERROR_BUSY,
                          VLIVE_ERROR_SERVER };
  g_autoptr (GError) foreign = g_error_new (G_IO_ERROR, VLIVE_ERROR_OFFLINE, "foreign");
  guint n_offline = 0;

  for (int code = VLIVE_ERROR_FAILED; code <= VLIVE_ERROR_UNKNOWN_OUTCOME; code++)
    {
      g_autoptr (GError) error = g_error_new (VLIVE_ERROR, code, "code %d", code);

      n_offline += vlive_error_is_offline (error) ? 1 : 0;
    }
  g_assert_cmpuint (n_offline, ==, G_N_ELEMENTS (offline));
  for (guint i = 0; i < G_N_ELEMENTS (offline); i++)
    {
      g_autoptr (GError) error = g_error_new (VLIVE_ERROR, offline[i], "offline");

      g_assert_true (vlive_error_is_offline (error));
    }
  g_assert_false (vlive_error_is_offline (foreign));
  g_assert_false (vlive_error_is_offline (NULL));
}

static void
test_enum_types (void)
{
  GEnumClass *klass = g_type_class_ref (VLIVE_TYPE_ERROR);

  g_assert_cmpstr (g_enum_get_value (klass, VLIVE_ERROR_NOT_FOUND)->value_nick, ==,
                   "not-found");
  g_type_class_unref (klass);
}

int
main (int argc, char *argv[])
{
  vlive_test_init (&argc, &argv);
  g_test_add_func ("/base/error/offline", test_offline);
  g_test_add_func ("/base/error/enum-types", test_enum_types);

  return vlive_test_run ();
}
