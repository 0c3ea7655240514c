/* vlive-cell-private.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gtk/gtk.h>
#include <vlive.h>

G_BEGIN_DECLS

/* Where keys go, beside one cell or row on. */
typedef enum
{
  VLIVE_CELL_JUMP_PAGE_UP,
  VLIVE_CELL_JUMP_PAGE_DOWN,
  VLIVE_CELL_JUMP_ROW_START,
  VLIVE_CELL_JUMP_ROW_END,
  VLIVE_CELL_JUMP_START,
  VLIVE_CELL_JUMP_END,
} VliveCellJump;

/*
 * One field of one row: text that becomes an entry while it is edited (double
 * click, F2 or Enter), or a check that changes then. The entry exists only
 * while it is used.
 *
 * Signal "edited" (const char *id, const char *column, GVariant *value): the
 * user has finished with something else than there was. "refused" (const char
 * *reason): it cannot be the column's value; the entry stays with what was
 * typed. "move" (int columns, int rows, gboolean extend) and "jump"
 * (VliveCellJump, gboolean extend): the user wants to go to another cell.
 */
#define VLIVE_TYPE_CELL (_vlive_cell_get_type ())
G_DECLARE_FINAL_TYPE (VliveCell, _vlive_cell, VLIVE, CELL, GtkWidget)

struct _VliveCell
{
  GtkWidget    parent_instance;
  GtkWidget   *label;      /* owned by the widget tree; a GtkInscription */
  GtkWidget   *check;      /* … NULL but in a column of booleans */
  GtkWidget   *entry;      /* … only while editing */
  GtkWidget   *mark;       /* … NULL while there is none */
  VliveColumn *column;     /* owned */
  VliveRow    *row;        /* owned, nullable */
  gint64       loading_at; /* since when its row is waited for; 0: it is not */
  gint64       changed_at; /* by others, as far as it was shown */
  GSource     *flash;      /* owned; ends what shows that it changed */
  GSource     *leaving;    /* owned; ends editing when the focus has gone */
};

GtkWidget   *_vlive_cell_new        (VliveColumn *column);
/* @row: nullable, to let go. */
void         _vlive_cell_set_row    (VliveCell   *self,
                                     VliveRow    *row);
/* NULL while it has none. */
VliveRow    *_vlive_cell_get_row    (VliveCell   *self);
VliveColumn *_vlive_cell_get_column (VliveCell   *self);
/* The text shown: what is displayed, or what is being typed. */
const char  *_vlive_cell_get_text   (VliveCell   *self);
/* A bar where the value will be: if it has been waited for since @since; FALSE if
 * it is to be asked again later. */
gboolean     _vlive_cell_show_placeholder (VliveCell *self,
                                     gint64       since);
/* Whether it is a check, and what is typed into; NULL while nothing is. */
gboolean     _vlive_cell_has_check  (VliveCell   *self);
GtkWidget   *_vlive_cell_get_entry  (VliveCell   *self);
/* Somebody has looked at the row of @self: what others changed is known. */
void         _vlive_cell_visit      (VliveCell   *self);

/* Opens the entry; or changes a check, which is all of it. FALSE if the field
 * cannot be edited. */
gboolean     _vlive_cell_start_edit (VliveCell   *self);
gboolean     _vlive_cell_is_editing (VliveCell   *self);
/* … with @text in it. */
gboolean     _vlive_cell_edit_text  (VliveCell   *self,
                                     const char  *text);
/* Types over what is in the entry. */
void         _vlive_cell_set_draft  (VliveCell   *self,
                                     const char  *text);
/* Ends editing; with @save, "edited" is emitted if the text differs. FALSE if
 * it cannot be saved: then the entry stays. */
gboolean     _vlive_cell_end_edit   (VliveCell   *self,
                                     gboolean     save);

/* What vlive-cell.c and vlive-cell-edit.c share. */
gboolean     _vlive_cell_is_number  (VliveCell   *self);
void         _vlive_cell_emit_edited (VliveCell  *self,
                                     GVariant    *value);
void         _vlive_cell_emit_refused (VliveCell *self,
                                     const char  *reason);
void         _vlive_cell_emit_move  (VliveCell   *self,
                                     int          columns,
                                     int          rows);

G_END_DECLS
