/* view-fixture.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "vlive-array-master.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef struct
{
  gboolean columns; /* a GtkColumnView, otherwise a GtkListView */
  gboolean multi;   /* a GtkMultiSelection, otherwise a GtkSingleSelection */
  gboolean edits;   /* the row with the focus has an open editor */
} ViewKind;

/*
 * GTK's own list over a table of ids 000000, 000001, …, in a window that is
 * really drawn. The master is far away: each answer takes 3 ms, or waits until
 * it is released (master->hold).
 */
typedef struct
{
  ViewKind           kind;
  VliveArrayMaster  *master;
  VliveManualStream *stream;     /* the master tells its changes there */
  VliveCache        *cache;
  VliveStore        *store;
  VliveQuery        *query;      /* owned, nullable: what the table will list */
  VliveTable        *table;      /* owned; NULL once it was dropped */
  GtkSelectionModel *selection;  /* owned; NULL once it was dropped */
  GtkWindow         *window;     /* NULL once it was closed */
  GtkWidget         *view;       /* of the window */
  GtkAdjustment     *adjustment; /* of the view */
  GPtrArray         *items;      /* of GtkListItem, of the first column */
  guint              n_changes;  /* items-changed */
  guint              n_binds;
  guint              n_fills;    /* rows on screen that became a record */
} ViewFixture;

typedef void (*ViewTest) (ViewFixture *f, gconstpointer kind);

/* One that lasts. */
const ViewKind *view_kind_get          (gboolean        columns,
                                        gboolean        multi,
                                        gboolean        edits);
/* As PREFIX/single/NAME, PREFIX/multi-editing/NAME, …. */
void         view_fixture_add          (const char     *prefix,
                                        const char     *name,
                                        const ViewKind *kind,
                                        ViewTest        test);

void         view_fixture_init         (int            *argc,
                                        char         ***argv);
/* @data: a ViewKind. Nothing is shown yet. */
void         view_fixture_set_up       (ViewFixture    *f,
                                        gconstpointer   data);
void         view_fixture_tear_down    (ViewFixture    *f,
                                        gconstpointer   data);
/* Shows a table of @n_rows; with an array that is held, its first answers
 * still have to be released. */
void         view_fixture_open         (ViewFixture    *f,
                                        guint           n_rows);
/* … scrolled to row @position and @offset pixels, everything loaded. */
void         view_fixture_open_at      (ViewFixture    *f,
                                        guint           n_rows,
                                        guint           position,
                                        int             offset);
void         view_fixture_set_model    (ViewFixture    *f,
                                        GtkSelectionModel *model);
void         view_fixture_close_window (ViewFixture    *f);

/* Until the next frame was drawn. */
void         view_fixture_frame        (ViewFixture    *f);
/* One change of the adjustment, and the frame that follows: GTK 4.8 loses its
 * place when there are two in one frame. */
void         view_fixture_scroll       (ViewFixture    *f,
                                        double          value);
double       view_fixture_get_height   (ViewFixture    *f);
guint        view_fixture_n_items      (ViewFixture    *f);
/* How many of the rows that the list has made are placeholders. */
guint        view_fixture_n_loading    (ViewFixture    *f);
/* … and how many of those on screen. */
guint        view_fixture_n_blank      (ViewFixture    *f);
/* Until every row that the list has made is a record, and was drawn. */
void         view_fixture_load         (ViewFixture    *f);
/* So long that what is under way has come. */
void         view_fixture_settle       (ViewFixture    *f);

/* The rows on screen stand without a gap where the scroll position says, each
 * shows the record of its place, and the place's number is its name's, plus
 * @shift. Returns how many were on screen. */
guint        view_fixture_check        (ViewFixture    *f,
                                        int             shift);
/* Every row that the list has made is the table's row of its place. */
void         view_fixture_check_items  (ViewFixture    *f);
/* "005000@-7": the id of the first row on screen, and at which pixel it is.
 * Owned. */
char        *view_fixture_dup_top      (ViewFixture    *f);

/* The ids that are selected, "005001 005003 ". Owned. */
char        *view_fixture_dup_selected (ViewFixture    *f);
void         view_fixture_select       (ViewFixture    *f,
                                        const char     *id);
void         view_fixture_focus        (ViewFixture    *f,
                                        const char     *id);
/* Opens an editor in the row, with @draft in it; it has the focus then. It is
 * closed when its cell goes, or gets another row. */
void         view_fixture_edit         (ViewFixture    *f,
                                        const char     *id,
                                        const char     *draft);
/* "005054=Draft", or NULL while nothing is edited. Owned. */
char        *view_fixture_dup_draft    (ViewFixture    *f);
/* What the row shows beside its editor. */
const char  *view_fixture_get_text     (ViewFixture    *f,
                                        const char     *id);
/* The id of the row that has the focus, or NULL. */
const char  *view_fixture_get_focus    (ViewFixture    *f);
/* What shows @id, if the list has made it. */
GtkListItem *view_fixture_get_item     (ViewFixture    *f,
                                        const char     *id);
/* The place of @id among the rows that the list has made. */
guint        view_fixture_find         (ViewFixture    *f,
                                        const char     *id);
/* At which pixel of the screen @id is. */
int          view_fixture_get_y        (ViewFixture    *f,
                                        const char     *id);
/* No page was asked for twice; returns how many were asked for. */
guint        view_fixture_check_asked  (ViewFixture    *f);

G_END_DECLS
