/* bench.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "vlive.h"

#include <string.h>

G_BEGIN_DECLS

/*
 * Benchmarks: what of ours, against a peer in the same run, interleaved round
 * by round. A row is the median of the rounds' ratios; one ratio of one round
 * says little on a machine that others use too. Nothing is asserted: a goal
 * that was not reached is printed as such.
 *
 * Every program prints its table and writes bench-NAME.json into the folder
 * named by VLIVE_BENCH_DIR (default: the current one).
 */

/* Does @n times what is measured. */
typedef void (*BenchFunc) (gpointer data, guint n);

void     bench_init      (int        *argc,
                          char     ***argv,
                          const char *name);
int      bench_end       (void);

/* ours/peer, to be at most @goal. @n: how often a round does it. */
void     bench_pair      (const char *what,
                          const char *peer_name,
                          double      goal,
                          BenchFunc   ours,
                          BenchFunc   peer,
                          gpointer    data,
                          guint       n);
/* ours alone, to take at most @goal_us each. */
void     bench_single    (const char *what,
                          double      goal_us,
                          BenchFunc   ours,
                          gpointer    data,
                          guint       n);
/* A figure that was measured otherwise, with its unit; to be at most @goal. */
void     bench_figure    (const char *what,
                          const char *unit,
                          double      value,
                          double      goal);
/* The same, of several rounds: the median counts. */
void     bench_figures   (const char *what,
                          const char *unit,
                          double      goal,
                          const double *values,
                          guint       n_rounds);
/* Rounds measured otherwise (as many of ours as of the peer's), in @unit. */
void     bench_ratios    (const char *what,
                          const char *peer_name,
                          const char *unit,
                          double      goal,
                          const double *ours,
                          const double *peer,
                          guint       n_rounds);
/* The same, in µs each. */
void     bench_rounds    (const char *what,
                          const char *peer_name,
                          double      goal,
                          const double *ours_us,
                          const double *peer_us,
                          guint       n_rounds);
guint    bench_n_rounds  (void);
/* A folder for this run, removed by bench_end(). */
const char *bench_folder (void);
/* Runs the default main context until @result is there. */
void     bench_wait      (GAsyncResult **result);
void     bench_result_cb (GObject *source, GAsyncResult *result, gpointer user_data);

/* 100 rows of 9 fields, like the ones every figure speaks of: id, four texts,
 * a double, an integer, a boolean, another integer. */
char    *bench_dup_json  (guint       n_rows,
                          guint       first);

/* So that the compiler keeps what is computed. */
extern volatile guint64 bench_sink;

G_END_DECLS
