/* vlive-gtk-private.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

/* Before the header that looks at it. */
#define GETTEXT_PACKAGE VLIVE_GETTEXT_DOMAIN

#include <glib/gi18n-lib.h>
#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Before the first text of ours is shown: where its translations are. */
void     _vlive_gtk_init         (void);
/* The style sheet of our widgets, below that of the application. */
void     _vlive_gtk_add_style    (GdkDisplay  *display);
/* Once, on GTK's own context. Destroy and unref it, or _vlive_gtk_end_timeout()
 * it; it is not to be used after it has gone off. */
GSource *_vlive_gtk_add_timeout  (guint        milliseconds,
                                  GSourceFunc  func,
                                  gpointer     user_data);
/* @source: where it is kept; nothing if that is NULL. */
void     _vlive_gtk_end_timeout  (GSource    **source);

static inline void
_vlive_gtk_set_class (GtkWidget *widget, const char *name, gboolean on)
{
  if (on)
    gtk_widget_add_css_class (widget, name);
  else
    gtk_widget_remove_css_class (widget, name);
}

G_END_DECLS
