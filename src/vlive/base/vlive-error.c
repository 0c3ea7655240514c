/* vlive-error.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "base/vlive-error.h"

/**
 * vlive_error_quark:
 *
 * The domain of the library's errors.
 *
 * Returns: the quark
 *
 * Since: 0.1
 */
/* Any thread may be the first to fail, and G_DEFINE_QUARK() does not guard its
 * variable. */
GQuark
vlive_error_quark (void)
{
  static gsize quark;

  if (g_once_init_enter (&quark))
    g_once_init_leave (&quark, g_quark_from_static_string ("vlive-error-quark"));

  return (GQuark) quark;
}

/**
 * vlive_error_is_offline:
 * @error: (nullable): an error
 *
 * Tells whether @error means that the master could not be reached or did not
 * answer, so that the same request may well succeed later.
 *
 * Returns: %TRUE for offline, timeout, busy and server failures
 *
 * Since: 0.1
 */
gboolean
vlive_error_is_offline (const GError *error)
{
  if (error == NULL || error->domain != VLIVE_ERROR)
    return FALSE;

  return error->code == VLIVE_ERROR_OFFLINE || error->code == VLIVE_ERROR_TIMEOUT
         || error->code == VLIVE_ERROR_BUSY || error->code == VLIVE_ERROR_SERVER;
}
