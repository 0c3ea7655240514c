/* vantage-text.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "vantage-text.h"

#include <glib/gi18n.h>

#define MINUTE_US (60 * G_TIME_SPAN_SECOND)
#define HOUR_US (60 * MINUTE_US)

char *
vantage_text_age (gint64 age_us)
{
  g_autoptr (GDateTime) now = NULL;
  g_autoptr (GDateTime) then = NULL;

  if (age_us < 10 * G_TIME_SPAN_SECOND)
    return g_strdup (_ ("just now"));
  if (age_us < MINUTE_US)
    return g_strdup_printf (_ ("%d s ago"), (int) (age_us / G_TIME_SPAN_SECOND));
  if (age_us < HOUR_US)
    return g_strdup_printf (_ ("%d min ago"), (int) (age_us / MINUTE_US));
  if (age_us < G_TIME_SPAN_DAY)
    return g_strdup_printf (_ ("%d h ago"), (int) (age_us / HOUR_US));

  now = g_date_time_new_now_local ();
  then = g_date_time_add (now, -age_us);

  return g_date_time_format (then, "%x");
}

char *
vantage_text_total (VliveTotalKind kind, guint64 total)
{
  gulong n = (gulong) total;

  switch (kind)
    {
    case VLIVE_TOTAL_EXACT:
      return g_strdup_printf (ngettext ("%'lu record", "%'lu records", n), n);
    case VLIVE_TOTAL_ESTIMATED:
      return g_strdup_printf (ngettext ("about %'lu record", "about %'lu records", n),
                              n);
    case VLIVE_TOTAL_AT_LEAST:
      return g_strdup_printf (ngettext ("at least %'lu record", "at least %'lu records",
                                        n),
                              n);
    case VLIVE_TOTAL_UNKNOWN:
    default:
      return g_strdup ("");
    }
}
