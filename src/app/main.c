/* main.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <glib/gi18n.h>
#include <locale.h>

#include "vantage-application.h"

int
main (int argc, char *argv[])
{
  g_autoptr (VantageApplication) application = NULL;

  setlocale (LC_ALL, "");
  bindtextdomain (VLIVE_GETTEXT_DOMAIN, VLIVE_LOCALEDIR);
  bind_textdomain_codeset (VLIVE_GETTEXT_DOMAIN, "UTF-8");
  textdomain (VLIVE_GETTEXT_DOMAIN);

  g_set_prgname ("vantage-live");
  application = vantage_application_new ();

  return g_application_run (G_APPLICATION (application), argc, argv);
}
