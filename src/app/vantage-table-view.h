/* vantage-table-view.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gtk/gtk.h>
#include <vlive.h>

G_BEGIN_DECLS

/*
 * A column view over a VliveTable, with columns from the schema, and in its
 * place a status page while there is nothing to show.
 *
 * Signals "edited" (const char *id, const char *column, const char *text) and
 * "refused" (const char *reason): what was typed cannot be saved.
 */
#define VANTAGE_TYPE_TABLE_VIEW (vantage_table_view_get_type ())
G_DECLARE_FINAL_TYPE (VantageTableView, vantage_table_view, VANTAGE, TABLE_VIEW, GtkWidget)

GtkWidget   *vantage_table_view_new             (void);
void         vantage_table_view_set_table       (VantageTableView *self,
                                                 VliveTable       *table);
VliveTable  *vantage_table_view_get_table       (VantageTableView *self);
GtkWidget   *vantage_table_view_get_column_view (VantageTableView *self);
/* Opens the editor of a cell with @text in it; FALSE if the list has not made
 * that row, or it cannot be edited. */
gboolean     vantage_table_view_edit            (VantageTableView *self,
                                                 const char       *id,
                                                 const char       *column,
                                                 const char       *text);
/* "rows", "loading", "empty" or "error". */
const char  *vantage_table_view_get_page        (VantageTableView *self);

G_END_DECLS
