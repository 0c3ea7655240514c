/* vlive-table-view-private.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "vlive-cell-private.h"
#include "vlive-table-view.h"

G_BEGIN_DECLS

/* What stands in the place of the rows, beside "blank" and "rows". */
typedef enum
{
  VLIVE_PAGE_LOADING,
  VLIVE_PAGE_EMPTY,
  VLIVE_PAGE_ERROR,
  VLIVE_N_PAGES
} VlivePageKind;

/* A cell to go to, which the list has still to make. */
typedef struct
{
  guint    position;
  guint    column;
  gboolean extend;    /* the selection, to there */
  guint    n_frames;
  guint    tick_id;   /* 0 while there is none */
} VliveGoal;

struct _VliveTableView
{
  GtkWidget          parent_instance;
  GtkWidget         *stack;       /* owned by the widget tree, like what follows */
  GtkWidget         *scroller;
  GtkWidget         *column_view;
  GtkWidget         *pages[VLIVE_N_PAGES]; /* NULL only after dispose */
  GtkWidget         *error_label; /* owned; of our own page of errors */
  VliveSelection    *selection;   /* owned; NULL only after dispose */
  VliveTable        *table;       /* owned, nullable */
  VliveSchema       *schema;      /* owned, nullable: what the columns show */
  GSource           *loading;     /* owned: shows the page of that name */
  GdkSurface        *surface;     /* not owned; NULL while we are not mapped */
  VliveGoal          goal;
  GSource           *late;        /* owned: shows the bars of what is not there yet */
  guint              late_ms;
  guint              fit_id;      /* a tick that gives the columns their widths */
  gboolean           is_fitting;  /* they get them now */
  gboolean           is_fixed;    /* somebody has given them others */
};

/* Pages. */
void         _vlive_table_view_make_pages     (VliveTableView *self);
/* @child: NULL for our own. */
void         _vlive_table_view_set_page       (VliveTableView *self,
                                               VlivePageKind   kind,
                                               GtkWidget      *child);
/* Shows what is to be shown. */
void         _vlive_table_view_update_page    (VliveTableView *self);
/* "blank", "rows", "loading", "empty" or "error". */
const char  *_vlive_table_view_get_page       (VliveTableView *self);

/* Columns. */
void         _vlive_table_view_update_columns (VliveTableView *self);
/* The first widths, by what they show and what room there is. */
void         _vlive_table_view_fit            (VliveTableView *self);
void         _vlive_table_view_fit_soon       (VliveTableView *self);

/* Rows: those that GTK has made. */
GtkWidget   *_vlive_table_view_get_list       (VliveTableView *self);
GtkWidget   *_vlive_table_view_get_first_row  (VliveTableView *self);
/* NULL behind the last column. */
VliveCell   *_vlive_table_view_get_cell       (GtkWidget      *row,
                                               guint           column);
GtkListItem *_vlive_table_view_get_item       (VliveCell      *cell);
VliveCell   *_vlive_table_view_find_cell      (VliveTableView *self,
                                               guint           position,
                                               guint           column);
/* What others changed in the rows that are selected is known now. */
void         _vlive_table_view_visit          (VliveTableView *self);
/* GTK 4.8 may have lost count of its rows after a change. */
void         _vlive_table_view_mend           (VliveTableView *self,
                                               guint           position,
                                               guint           n_removed);

/* The cursor. */
/* From @cell so many columns and rows on. */
void         _vlive_table_view_move           (VliveTableView *self,
                                               VliveCell      *cell,
                                               int             columns,
                                               int             rows,
                                               gboolean        extend);
void         _vlive_table_view_jump           (VliveTableView *self,
                                               VliveCell      *cell,
                                               VliveCellJump   jump,
                                               gboolean        extend);
void         _vlive_table_view_drop_goal      (VliveTableView *self);
void         _vlive_table_view_watch_input    (VliveTableView *self);

/* What is seen. */
void         _vlive_table_view_update_visible (VliveTableView *self);
void         _vlive_table_view_update_hidden  (VliveTableView *self);
/* How many rows there may be, by their height. */
void         _vlive_table_view_update_limit   (VliveTableView *self);

/* A cell has got a row that is not there yet: a bar is shown in a moment. */
void         _vlive_table_view_wait           (VliveTableView *self);

/* For tests. */
void         _vlive_table_view_set_late       (VliveTableView *self,
                                               guint           milliseconds);
GtkWidget   *_vlive_table_view_get_column_view (VliveTableView *self);

G_END_DECLS
