/* bench-table.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "bench.h"

G_BEGIN_DECLS

/* Beyond what a program runs, so that nothing is asked for only by its age. */
#define BENCH_STALE_AFTER (24 * 3600 * 1000)

/* A table over a master of so many computed rows, and what its view holds. */
typedef struct
{
  VliveScriptedMaster *master; /* owned */
  VliveManualStream   *stream; /* owned: the store's */
  VliveCache          *cache;  /* owned */
  VliveStore          *store;  /* owned */
  VliveTable          *table;  /* owned */
  GPtrArray           *rows;   /* owned, of VliveRow, owned: those in view */
  guint                first;  /* the place of the first of them */
} BenchTable;

/* @folder: of a cache on the disk; NULL: in memory. Returns when the length of
 * the table is known. */
void     bench_table_open        (BenchTable  *self,
                                  guint64      n_rows,
                                  guint        latency,
                                  const char  *folder);
/* Writes that wait are sent first. */
void     bench_table_close       (BenchTable  *self);

/* As a view does that shows @n rows from @first on: it lets go of what it had. */
void     bench_table_see         (BenchTable  *self,
                                  guint        first,
                                  guint        n);
gboolean bench_table_is_seen     (BenchTable  *self);
/* Runs the main context until there are records in all of them. */
void     bench_table_wait        (BenchTable  *self);
/* What is due by now is done. */
void     bench_turn              (void);
/* Runs the main context for so long. */
void     bench_run_for           (guint        ms);

/* The record of @row with @number in its column "number". */
VliveRecord *bench_make_number   (VliveRow    *row,
                                  gint64       number);
gint64   bench_get_number        (VliveRow    *row);

/* Bytes that are in memory and belong to no file. */
gint64   bench_get_anonymous     (void);

/* A GObject with an id and nothing else: the row of a GListStore. */
#define BENCH_TYPE_THIN_ROW (bench_thin_row_get_type ())
G_DECLARE_FINAL_TYPE (BenchThinRow, bench_thin_row, BENCH, THIN_ROW, GObject)

BenchThinRow *bench_thin_row_new (guint64      id);
/* @n of them, put in by one splice. */
GListStore   *bench_thin_store_new (guint      n);

G_END_DECLS
