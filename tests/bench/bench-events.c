/* bench-events.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "bench-table.h"

#include "table/vlive-store-private.h"

/* Events with their records, from a stream, until the rows of a table show
 * them. A turn of the main loop brings so many; no two of them merge but where
 * it is said. */

#define N_HELD 1000
#define N_EVENTS 100000
#define N_A_TURN 1000
/* The peer's list: as long as the table. */
#define N_ROWS 1000000
#define N_SPLICES 20000

typedef struct
{
  BenchTable table;
  GPtrArray *records[2]; /* owned, of VliveRecord: two versions of every row */
  guint n_turns;         /* so far; each brings the other version */
  GListStore *store;     /* owned */
  guint n_changes;       /* heard by the peer's view */
} Data;

static void
make_records (Data *data)
{
  for (guint version = 0; version < 2; version++)
    {
      data->records[version] =
          g_ptr_array_new_with_free_func ((GDestroyNotify) vlive_record_unref);
      for (guint i = 0; i < N_HELD; i++)
        g_ptr_array_add (data->records[version],
                         bench_make_number (data->table.rows->pdata[i], version));
    }
}

static void
push (Data *data, VliveRecord *record)
{
  g_autoptr (VliveChangeEvent) event =
      vlive_change_event_new (VLIVE_CHANGE_UPDATED, vlive_record_get_id (record),
                              record, 0);

  vlive_manual_stream_push (data->table.stream, event);
}

static void
wait_until_shown (Data *data, guint n_rows)
{
  gint64 number = data->n_turns % 2;

  for (guint i = 0; i < n_rows; i++)
    while (bench_get_number (data->table.rows->pdata[i]) != number)
      g_main_context_iteration (NULL, TRUE);
}

/* Of rows that lie apart from each other, one event each in a round of them. */
static void
fold (Data *data, guint n_events, guint n_rows)
{
  for (guint i = 0; i < n_events; i += N_A_TURN)
    {
      data->n_turns++;
      for (guint j = 0; j < N_A_TURN; j++)
        push (data, data->records[data->n_turns % 2]->pdata[j * 379 % n_rows]);
      bench_turn ();
    }
  wait_until_shown (data, n_rows);
}

static void
fold_apart (gpointer data, guint n)
{
  fold (data, n, N_HELD);
}

/* The same hundred rows, ten times a turn. */
static void
fold_together (gpointer data, guint n)
{
  fold (data, n, 100);
}

static void
splice (gpointer user_data, guint n)
{
  Data *data = user_data;

  for (guint i = 0; i < n; i++)
    {
      guint position = (guint) ((guint64) i * 104729 % N_ROWS);
      gpointer row = bench_thin_row_new (position);

      g_list_store_splice (data->store, position, 1, &row, 1);
      g_object_unref (row);
    }
}

static void
items_changed_cb (GListModel *model,
                  guint position,
                  guint n_removed,
                  guint n_added,
                  guint *n_changes)
{
  (*n_changes)++;
}

static void
open_held (Data *data, const char *folder)
{
  bench_table_open (&data->table, N_ROWS, 0, folder);
  bench_table_see (&data->table, 0, N_HELD);
  bench_table_wait (&data->table);
  make_records (data);
}

static void
close_held (Data *data)
{
  for (guint version = 0; version < 2; version++)
    g_clear_pointer (&data->records[version], g_ptr_array_unref);
  bench_table_close (&data->table);
}

static double
measure (BenchFunc func, Data *data, guint n)
{
  gint64 start = g_get_monotonic_time ();

  func (data, n);

  return (double) (g_get_monotonic_time () - start) / n;
}

static void
bench_fold_in_memory (void)
{
  guint n_rounds = bench_n_rounds ();
  g_autofree double *ours_us = g_new (double, n_rounds);
  g_autofree double *merged_us = g_new (double, n_rounds);
  g_autofree double *peer_us = g_new (double, n_rounds);
  Data data = { { NULL } };

  open_held (&data, NULL);
  data.store = bench_thin_store_new (N_ROWS);
  g_signal_connect (data.store, "items-changed", G_CALLBACK (items_changed_cb),
                    &data.n_changes);
  fold_apart (&data, N_EVENTS);
  for (guint i = 0; i < n_rounds; i++)
    {
      ours_us[i] = measure (fold_apart, &data, N_EVENTS);
      peer_us[i] = measure (splice, &data, N_SPLICES);
      merged_us[i] = measure (fold_together, &data, N_EVENTS);
    }
  g_assert (data.n_changes == n_rounds * N_SPLICES);
  bench_rounds ("event folded into held rows, in memory", "GListStore splice", 0.2,
                ours_us, peer_us, n_rounds);
  bench_figures ("... so that there are 500 000 in a second", "µs", 2, ours_us,
                 n_rounds);
  bench_figures ("... ten for one row in a turn: merged", "µs", 2, merged_us, n_rounds);
  g_object_unref (data.store);
  close_held (&data);
}

static void
bench_fold_persisted (void)
{
  guint n_rounds = bench_n_rounds ();
  g_autofree char *folder = g_build_filename (bench_folder (), "folded", NULL);
  g_autofree double *ours_us = g_new (double, n_rounds);
  Data data = { { NULL } };

  open_held (&data, folder);
  fold_apart (&data, N_EVENTS);
  for (guint i = 0; i < n_rounds; i++)
    ours_us[i] = measure (fold_apart, &data, N_EVENTS);
  bench_figures ("event folded into held rows, persisted in groups", "µs", 5, ours_us,
                 n_rounds);
  close_held (&data);
}

/* A table on screen, and 100 000 events in a second of the clock. */

#define N_VISITED 10000
#define N_ON_SCREEN 205
#define N_STORMS 5

typedef struct
{
  BenchTable table;
  GPtrArray *records; /* owned, of VliveRecord: one for every row visited, in turn
                       * of one version and the other */
  guint n_pushed;
  gint64 began;
  gint64 last_tick; /* in which a row was last heard of */
  guint n_announced;
  guint n_notified;
  guint n_changes;
} Storm;

static void
storm_record_cb (VliveRow *row, GParamSpec *pspec, Storm *storm)
{
  storm->n_notified++;
  if (storm->table.store->last_tick == storm->last_tick)
    return;

  storm->last_tick = storm->table.store->last_tick;
  storm->n_announced++;
}

static void
visit (Storm *storm)
{
  storm->records = g_ptr_array_new_with_free_func ((GDestroyNotify) vlive_record_unref);
  for (guint first = 0; first < N_VISITED; first += 100)
    {
      bench_table_see (&storm->table, first, 100);
      bench_table_wait (&storm->table);
      for (guint i = 0; i < 100; i++)
        for (gint64 version = 0; version < 2; version++)
          g_ptr_array_add (storm->records,
                           bench_make_number (storm->table.rows->pdata[i], version));
    }
}

/* As many as are due by now. */
static gboolean
storm_cb (gpointer data)
{
  Storm *storm = data;
  guint n_due = (guint) MIN ((g_get_monotonic_time () - storm->began) / 10, N_EVENTS);

  for (; storm->n_pushed < n_due; storm->n_pushed++)
    {
      /* Those on screen change with every round of all rows. */
      guint round = storm->n_pushed / N_VISITED;
      guint index = (guint) ((guint64) storm->n_pushed * 3767 % N_VISITED);
      VliveRecord *record = storm->records->pdata[2 * index + round % 2];
      g_autoptr (VliveChangeEvent) event =
          vlive_change_event_new (VLIVE_CHANGE_UPDATED, vlive_record_get_id (record),
                                  record, 0);

      vlive_manual_stream_push (storm->table.stream, event);
    }

  return storm->n_pushed < N_EVENTS;
}

static gboolean
is_over (Storm *storm)
{
  gint64 number = (N_EVENTS / N_VISITED - 1) % 2;

  if (storm->n_pushed < N_EVENTS)
    return FALSE;
  for (guint i = 0; i < storm->table.rows->len; i++)
    if (bench_get_number (storm->table.rows->pdata[i]) != number)
      return FALSE;

  return TRUE;
}

static void
run_storm (Storm *storm, double *seconds)
{
  storm->n_pushed = storm->n_announced = storm->n_notified = storm->n_changes = 0;
  storm->began = g_get_monotonic_time ();
  g_timeout_add (5, storm_cb, storm);
  while (!is_over (storm))
    g_main_context_iteration (NULL, TRUE);
  *seconds = (double) (g_get_monotonic_time () - storm->began) / G_USEC_PER_SEC;
  g_assert (storm->n_notified > 0);
}

static void
bench_storm (void)
{
  double changes[N_STORMS];
  double announced[N_STORMS];
  double seconds[N_STORMS];
  double growth[N_STORMS];
  Storm storm = { { NULL } };

  bench_table_open (&storm.table, N_ROWS, 0, NULL);
  visit (&storm);
  bench_table_see (&storm.table, 0, N_ON_SCREEN);
  bench_table_wait (&storm.table);
  g_signal_connect (storm.table.table, "items-changed", G_CALLBACK (items_changed_cb),
                    &storm.n_changes);
  for (guint i = 0; i < N_ON_SCREEN; i++)
    g_signal_connect (storm.table.rows->pdata[i], "notify::record",
                      G_CALLBACK (storm_record_cb), &storm);
  for (guint i = 0; i < N_STORMS; i++)
    {
      gint64 before = bench_get_anonymous ();

      run_storm (&storm, &seconds[i]);
      changes[i] = storm.n_changes;
      announced[i] = storm.n_announced / seconds[i];
      growth[i] = (double) (bench_get_anonymous () - before) / (1024 * 1024);
    }
  bench_figures ("100 000 events in a second: items-changed", "times", 0, changes,
                 N_STORMS);
  bench_figures ("... announcements", "a second", 60, announced, N_STORMS);
  bench_figures ("... until the rows on screen show the last one", "s", 1.1, seconds,
                 N_STORMS);
  bench_figures ("... growth of memory", "MiB", 16, growth, N_STORMS);
  bench_table_close (&storm.table);
  g_ptr_array_unref (storm.records);
}

int
main (int argc, char *argv[])
{
  bench_init (&argc, &argv, "events");
  bench_fold_in_memory ();
  bench_fold_persisted ();
  bench_storm ();

  return bench_end ();
}
