/* bench-events.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "bench-storm.h"

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

#define N_ON_SCREEN 205
#define N_STORMS 5

typedef struct
{
  BenchStorm storm;
  gint64 last_tick; /* in which a row was last heard of */
  guint n_announced;
  guint n_notified;
  guint n_changes;
} Screen;

static void
record_cb (VliveRow *row, GParamSpec *pspec, Screen *screen)
{
  screen->n_notified++;
  if (screen->storm.table.store->last_tick == screen->last_tick)
    return;

  screen->last_tick = screen->storm.table.store->last_tick;
  screen->n_announced++;
}

/* The last row on screen to show its last value is the end. */
static double
run_storm (Screen *screen)
{
  gint64 start = g_get_monotonic_time ();

  screen->n_announced = screen->n_notified = screen->n_changes = 0;
  bench_storm_start (&screen->storm, N_EVENTS);
  while (!bench_storm_is_over (&screen->storm))
    g_main_context_iteration (NULL, TRUE);
  g_assert (screen->n_notified > 0);

  return (double) (g_get_monotonic_time () - start) / G_USEC_PER_SEC;
}

static void
bench_screen (void)
{
  double changes[N_STORMS];
  double announced[N_STORMS];
  double seconds[N_STORMS];
  double growth[N_STORMS];
  Screen screen = { 0 };
  BenchTable *table = &screen.storm.table;

  bench_storm_open (&screen.storm, N_ROWS);
  bench_table_see (table, 0, N_ON_SCREEN);
  bench_table_wait (table);
  g_signal_connect (table->table, "items-changed", G_CALLBACK (items_changed_cb),
                    &screen.n_changes);
  for (guint i = 0; i < N_ON_SCREEN; i++)
    g_signal_connect (table->rows->pdata[i], "notify::record", G_CALLBACK (record_cb),
                      &screen);
  for (guint i = 0; i < N_STORMS; i++)
    {
      gint64 before = bench_get_anonymous ();

      seconds[i] = run_storm (&screen);
      changes[i] = screen.n_changes;
      announced[i] = screen.n_announced / seconds[i];
      growth[i] = (double) (bench_get_anonymous () - before) / (1024 * 1024);
    }
  bench_figures ("100 000 events in a second: items-changed", "times", 0, changes,
                 N_STORMS);
  bench_figures ("... announcements", "a second", 60, announced, N_STORMS);
  bench_figures ("... until the rows on screen show the last one", "s", 1.1, seconds,
                 N_STORMS);
  bench_figures ("... growth of memory", "MiB", 16, growth, N_STORMS);
  bench_storm_close (&screen.storm);
}

int
main (int argc, char *argv[])
{
  bench_init (&argc, &argv, "events");
  bench_fold_in_memory ();
  bench_fold_persisted ();
  bench_screen ();

  return bench_end ();
}
