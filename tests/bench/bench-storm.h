/* bench-storm.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "bench-table.h"

G_BEGIN_DECLS

/* Events with their records, 100 000 in a second of the clock, spread over rows
 * that were visited. Each row changes with every round of all of them. */
typedef struct
{
  BenchTable table;
  GPtrArray *records;  /* owned, of VliveRecord: two versions of every row */
  guint      n_events; /* to be pushed */
  guint      n_pushed;
  gint64     began;
} BenchStorm;

void     bench_storm_open    (BenchStorm  *self,
                              guint        n_rows);
void     bench_storm_close   (BenchStorm  *self);
/* They come by a source of the main context. @n_events: some whole rounds. */
void     bench_storm_start   (BenchStorm  *self,
                              guint        n_events);
/* All were pushed, and the rows in view show the last of them. */
gboolean bench_storm_is_over (BenchStorm  *self);

G_END_DECLS
