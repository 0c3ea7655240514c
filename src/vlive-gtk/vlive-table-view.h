/* vlive-table-view.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gtk/gtk.h>
#include <vlive.h>

#include "vlive-gtk-version-macros.h"
#include "vlive-selection.h"

G_BEGIN_DECLS

/*
 * A table with columns from its schema, and in its place a page that says why
 * while there is nothing to show. Properties: "table", "selection" (read-only),
 * and the pages "placeholder", "error-child", "empty-child".
 *
 * Signals "edit" (const char *id, const char *column, GVariant *value), to be
 * written by the view unless a handler returns TRUE; "written" (VliveWrite
 * *write); "refused" (const char *reason): what was typed is no such value.
 */
#define VLIVE_TYPE_TABLE_VIEW (vlive_table_view_get_type ())

VLIVE_GTK_AVAILABLE_IN_0_1
G_DECLARE_FINAL_TYPE (VliveTableView, vlive_table_view, VLIVE, TABLE_VIEW, GtkWidget)

VLIVE_GTK_AVAILABLE_IN_0_1
GtkWidget  *vlive_table_view_new             (void) G_GNUC_WARN_UNUSED_RESULT;
VLIVE_GTK_AVAILABLE_IN_0_1
VliveTable *vlive_table_view_get_table       (VliveTableView *self);
VLIVE_GTK_AVAILABLE_IN_0_1
void        vlive_table_view_set_table       (VliveTableView *self,
                                              VliveTable     *table);
VLIVE_GTK_AVAILABLE_IN_0_1
VliveSelection *vlive_table_view_get_selection (VliveTableView *self);
VLIVE_GTK_AVAILABLE_IN_0_1
GtkWidget  *vlive_table_view_get_placeholder (VliveTableView *self);
VLIVE_GTK_AVAILABLE_IN_0_1
void        vlive_table_view_set_placeholder (VliveTableView *self,
                                              GtkWidget      *child);
VLIVE_GTK_AVAILABLE_IN_0_1
GtkWidget  *vlive_table_view_get_error_child (VliveTableView *self);
VLIVE_GTK_AVAILABLE_IN_0_1
void        vlive_table_view_set_error_child (VliveTableView *self,
                                              GtkWidget      *child);
VLIVE_GTK_AVAILABLE_IN_0_1
GtkWidget  *vlive_table_view_get_empty_child (VliveTableView *self);
VLIVE_GTK_AVAILABLE_IN_0_1
void        vlive_table_view_set_empty_child (VliveTableView *self,
                                              GtkWidget      *child);
VLIVE_GTK_AVAILABLE_IN_0_1
gboolean    vlive_table_view_edit            (VliveTableView *self,
                                              const char     *id,
                                              const char     *column,
                                              const char     *text);

G_END_DECLS
