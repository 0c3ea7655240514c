/* vantage-cell.h
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
 * One field of one row: text that becomes an entry while it is edited (double
 * click, F2 or Enter). The entry exists only while it is used.
 *
 * Signal "edited" (const char *id, const char *column, const char *text): the
 * user has finished with something else than there was. "refused" (const char
 * *reason): it cannot be the column's value; the entry stays with what was
 * typed. "move" (int columns, int rows): the user wants to go to another cell.
 */
#define VANTAGE_TYPE_CELL (vantage_cell_get_type ())
G_DECLARE_FINAL_TYPE (VantageCell, vantage_cell, VANTAGE, CELL, GtkWidget)

GtkWidget *vantage_cell_new        (VliveColumn *column);
/* @row: nullable, to let go. */
void       vantage_cell_set_row    (VantageCell *self,
                                    VliveRow    *row);
gboolean   vantage_cell_start_edit (VantageCell *self);
gboolean   vantage_cell_is_editing (VantageCell *self);
/* The text shown: what is displayed, or what is being typed. */
const char *vantage_cell_get_text  (VantageCell *self);
/* Ends editing; with @save, "edited" is emitted if the text differs. FALSE if
 * it cannot be saved: then the entry stays. */
gboolean   vantage_cell_end_edit   (VantageCell *self,
                                    gboolean     save);
/* NULL while it has none. */
VliveRow  *vantage_cell_get_row    (VantageCell *self);
VliveColumn *vantage_cell_get_column (VantageCell *self);
/* Types over what is in the entry. */
void       vantage_cell_set_draft  (VantageCell *self,
                                    const char  *text);

G_END_DECLS
