/* vlive-gtk-init.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "vlive-gtk-private.h"

#define STYLE "/io/github/vlive/VliveGtk/style.css"
/* Above the theme and its settings, below the application. */
#define STYLE_PRIORITY (GTK_STYLE_PROVIDER_PRIORITY_SETTINGS + 1)

void
_vlive_gtk_init (void)
{
  static gsize done;

  if (!g_once_init_enter (&done))
    return;

  bindtextdomain (GETTEXT_PACKAGE, VLIVE_LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  g_once_init_leave (&done, 1);
}

void
_vlive_gtk_add_style (GdkDisplay *display)
{
  static const char key[] = "vlive-gtk-style";
  GtkCssProvider *provider;

  if (g_object_get_data (G_OBJECT (display), key) != NULL)
    return;

  provider = gtk_css_provider_new ();
  gtk_css_provider_load_from_resource (provider, STYLE);
  gtk_style_context_add_provider_for_display (display, GTK_STYLE_PROVIDER (provider),
                                              STYLE_PRIORITY);
  g_object_set_data_full (G_OBJECT (display), key, provider, g_object_unref);
}

GSource *
_vlive_gtk_add_timeout (guint milliseconds, GSourceFunc func, gpointer user_data)
{
  GSource *source = g_timeout_source_new (milliseconds);

  g_source_set_callback (source, func, user_data, NULL);
  g_source_attach (source, NULL);

  return source;
}

void
_vlive_gtk_end_timeout (GSource **source)
{
  if (*source == NULL)
    return;

  g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}
