/* bench-scroll.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "bench-table.h"

#include "base/vlive-meter-private.h"
#include "table/vlive-store-private.h"

/* A hand on the scroll bar: what it does to the thread that draws, by the stall
 * meter; and what a table that is scrolled through once asks for. */

#define N_ROUNDS 5
#define N_VISIBLE 22
#define FRAME_MS 16

#define N_DRAGGED 1000000
#define DRAG_MS 4000
#define LATENCY_MS 200

typedef struct
{
  BenchTable table;
  guint n_frames;
} Drag;

static gboolean
frame_cb (gpointer data)
{
  Drag *drag = data;
  guint n_frames = DRAG_MS / FRAME_MS;
  guint64 way = N_DRAGGED - N_VISIBLE;

  bench_table_see (&drag->table, (guint) (way * drag->n_frames / n_frames), N_VISIBLE);

  return ++drag->n_frames <= n_frames;
}

/* From the top to the end; there the rows come. */
static void
drag_through (Drag *drag)
{
  drag->n_frames = 0;
  g_timeout_add (FRAME_MS, frame_cb, drag);
  while (drag->n_frames <= DRAG_MS / FRAME_MS)
    g_main_context_iteration (NULL, TRUE);
  bench_table_wait (&drag->table);
  bench_run_for (2 * LATENCY_MS);
}

static void
bench_drag (void)
{
  double faults[N_ROUNDS];
  double waits[N_ROUNDS];
  double wait_us[N_ROUNDS];
  double cpu_us[N_ROUNDS];
  double fetches[N_ROUNDS];

  for (guint i = 0; i < N_ROUNDS; i++)
    {
      g_autofree char *name = g_strdup_printf ("drag-%u", i);
      g_autofree char *folder = g_build_filename (bench_folder (), name, NULL);
      Drag drag = { { NULL } };
      VliveMeterReading reading;
      VliveLedger ledger;
      gboolean metered;

      bench_table_open (&drag.table, N_DRAGGED, LATENCY_MS, folder);
      metered = _vlive_meter_start ();
      g_assert (metered);
      drag_through (&drag);
      _vlive_meter_stop (&reading);
      vlive_store_get_ledger (drag.table.store, &ledger);
      bench_table_close (&drag.table);
      g_print ("drag: %" G_GUINT64_FORMAT " spans, the longest in %s\n",
               reading.n_spans, reading.worst_span);
      faults[i] = (double) reading.major_faults;
      waits[i] = (double) reading.waits;
      wait_us[i] = (double) reading.longest_wait_us;
      cpu_us[i] = (double) reading.longest_cpu_us;
      fetches[i] = (double) ledger.n_fetches;
    }
  bench_figures ("dragged through 1 000 000 rows at 200 ms: faults", "faults", 0,
                 faults, N_ROUNDS);
  bench_figures ("... longest wait", "µs", 1000, wait_us, N_ROUNDS);
  bench_figures ("... waits", "waits", 100, waits, N_ROUNDS);
  bench_figures ("... CPU of the longest turn", "µs", 8000, cpu_us, N_ROUNDS);
  /* What a drag needs is gathered for 50 ms: at most two pages that are visible
   * and one ahead each time, and what is wanted where it ends. */
  bench_figures ("... windows asked for", "fetches", 3.0 * DRAG_MS / 50 + 4, fetches,
                 N_ROUNDS);
}

/* A table of 400 rows, from the top to the end. */

#define N_SCROLLED 400
#define STEP 5

static void
scroll_through (const char *folder, VliveLedger *ledger)
{
  BenchTable table = { NULL };

  bench_table_open (&table, N_SCROLLED, 20, folder);
  for (guint first = 0; first <= N_SCROLLED - N_VISIBLE; first += STEP)
    {
      bench_table_see (&table, first, N_VISIBLE);
      bench_run_for (FRAME_MS);
    }
  bench_table_see (&table, N_SCROLLED - N_VISIBLE, N_VISIBLE);
  bench_table_wait (&table);
  bench_run_for (100);
  vlive_store_get_ledger (table.store, ledger);
  bench_table_close (&table);
}

static void
bench_scrolled (const char *how, const VliveLedger *ledger, guint n_fetches)
{
  g_autofree char *what = g_strdup_printf ("400 rows scrolled through, %s", how);

  bench_figure (what, "fetches", (double) ledger->n_fetches, n_fetches);
  bench_figure ("... asked again though fresh", "repeats", (double) ledger->n_repeats,
                0);
  bench_figure ("... answered though held", "rows", (double) ledger->n_redundant_rows,
                0);
}

int
main (int argc, char *argv[])
{
  g_autofree char *folder = NULL;
  VliveLedger ledger;

  /* It is what is read here. */
  g_unsetenv ("VLIVE_METER");
  bench_init (&argc, &argv, "scroll");
  bench_drag ();
  folder = g_build_filename (bench_folder (), "scrolled", NULL);
  scroll_through (folder, &ledger);
  bench_scrolled ("cold", &ledger, 4);
  scroll_through (folder, &ledger);
  bench_scrolled ("warm", &ledger, 0);

  return bench_end ();
}
