/* table-watch.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "vlive-test.h"

G_BEGIN_DECLS

/*
 * Somebody who looks at a list as a view does: it follows items-changed, holds
 * the rows that it wants, and finds fault with everything that a view could
 * not bear.
 */
typedef struct
{
  GListModel *model;      /* owned */
  GPtrArray  *rows;       /* a VliveRow, or NULL where none is held */
  gboolean    hold_all;   /* every row that comes is held at once */
  guint       inside;     /* a call of ours is under way */
  GThread    *thread;     /* the only one that may emit */
  guint       n_changes;  /* items-changed */
  guint       n_fills;    /* rows that became a record */
  guint       n_notifies; /* notify::record */
  guint       n_lengths;  /* notify::n-items */
  guint       longest;    /* splice, but for tails and whole lists */
  GString    *log;        /* "0-0+10;" */
} TableWatch;

TableWatch *table_watch_new        (GListModel *model,
                                    gboolean    hold_all);
void        table_watch_free       (TableWatch *watch);
/* The row at @position, held from now on. */
VliveRow   *table_watch_get        (TableWatch *watch,
                                    guint       position);
void        table_watch_drop       (TableWatch *watch,
                                    guint       position);
void        table_watch_drop_all   (TableWatch *watch);
void        table_watch_hold       (TableWatch *watch,
                                    guint       first,
                                    guint       n);
/* What must hold whenever nobody is at work. */
void        table_watch_check      (TableWatch *watch);
void        table_watch_reset      (TableWatch *watch);
/* "000000 000001 …", "-" for a placeholder, "." where none is held. */
char       *table_watch_ids        (TableWatch *watch,
                                    guint       first,
                                    guint       n);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TableWatch, table_watch_free)

G_END_DECLS
