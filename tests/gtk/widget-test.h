/* widget-test.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "vlive-test.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A local file with the tables "products" (a, b, c) and "empty", and a store
 * over the first. */
typedef struct
{
  char        *folder;  /* owned */
  char        *path;    /* owned */
  VliveCache  *cache;   /* owned */
  VliveMaster *master;  /* owned */
  VliveStore  *store;   /* owned */
} WidgetTest;

void       widget_test_init          (int        *argc,
                                      char     ***argv);
void       widget_test_set_up        (WidgetTest *test);
/* Closes the store and checks that everything has gone. */
void       widget_test_tear_down     (WidgetTest *test);

/* Exactly these rows, @n of them with ids "000", "001", …, replace @table. */
void       widget_test_fill          (const char *path,
                                      const char *table,
                                      guint       n);
/* Presents @widget in a window and waits until it was drawn. */
GtkWindow *widget_test_show          (GtkWidget  *widget);
/* The text of @name of @id at the master, or NULL. Owned. */
char      *widget_test_dup_at_master (WidgetTest *test,
                                      const char *id,
                                      const char *name);
/* The first descendant of @widget that is an instance of @type. */
GtkWidget *widget_test_find          (GtkWidget  *widget,
                                      GType       type,
                                      gboolean  (*func) (GtkWidget *widget, gpointer data),
                                      gpointer    data);

G_END_DECLS
