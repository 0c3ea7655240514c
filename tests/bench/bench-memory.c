/* bench-memory.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "bench-table.h"

#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* What a long table takes of memory that belongs to no file. Each figure comes
 * from a process of its own: an allocator gives back little of what was freed
 * by a measurement before. */

#define N_ROUNDS 5
#define N_PLACES 100
#define N_VISIBLE 22
/* As many as GtkColumnView makes around what it shows. */
#define N_HELD 205

#define MIB (1024.0 * 1024.0)

static guint64
get_place (guint64 n_rows, guint i)
{
  return (n_rows - N_HELD) * i / (N_PLACES - 1);
}

static void
hold (BenchTable *table, guint first)
{
  bench_table_see (table, first, N_HELD);
  vlive_table_set_visible_range (table->table, first, N_VISIBLE);
  bench_table_wait (table);
}

/* The child: tells how many bytes there are more than at its beginning. */
static int
visit_table (guint64 n_rows, const char *folder)
{
  BenchTable table = { NULL };
  gint64 before = bench_get_anonymous ();

  bench_table_open (&table, n_rows, 0, folder);
  for (guint i = 0; i < N_PLACES; i++)
    hold (&table, (guint) get_place (n_rows, i));
  printf ("%" G_GINT64_FORMAT "\n", bench_get_anonymous () - before);
  fflush (stdout);
  bench_table_close (&table);

  return EXIT_SUCCESS;
}

static int
make_store (guint n_rows)
{
  gint64 before = bench_get_anonymous ();
  GListStore *store = bench_thin_store_new (n_rows);

  printf ("%" G_GINT64_FORMAT "\n", bench_get_anonymous () - before);
  fflush (stdout);
  bench_sink += g_list_model_get_n_items (G_LIST_MODEL (store));

  /* Freeing them would only take time. */
  _exit (EXIT_SUCCESS);
}

static double
run_child (const char *program, const char *mode, guint64 n_rows, const char *folder)
{
  g_autofree char *rows = g_strdup_printf ("%" G_GUINT64_FORMAT, n_rows);
  const char *arguments[] = { program, mode, rows, folder, NULL };
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  int status;

  if (!g_spawn_sync (NULL, (char **) arguments, NULL, G_SPAWN_DEFAULT, NULL, NULL,
                     &text, NULL, &status, &error)
      || !g_spawn_check_wait_status (status, &error))
    g_error ("%s %s: %s", program, mode, error->message);

  return g_ascii_strtod (text, NULL) / MIB;
}

int
main (int argc, char *argv[])
{
  double short_mib[N_ROUNDS];
  double long_mib[N_ROUNDS];
  double longer_mib[N_ROUNDS];
  double memory_mib[N_ROUNDS];
  double peer_mib[N_ROUNDS];

  if (argc >= 3 && strcmp (argv[1], "table") == 0)
    return visit_table (g_ascii_strtoull (argv[2], NULL, 10),
                        argc > 3 ? argv[3] : NULL);
  if (argc == 3 && strcmp (argv[1], "store") == 0)
    return make_store ((guint) g_ascii_strtoull (argv[2], NULL, 10));

  bench_init (&argc, &argv, "memory");
  for (guint i = 0; i < N_ROUNDS; i++)
    {
      g_autofree char *name = g_strdup_printf ("cache-%u", i);
      g_autofree char *folder = g_build_filename (bench_folder (), name, NULL);
      g_autofree char *short_folder = g_strconcat (folder, "-short", NULL);
      g_autofree char *long_folder = g_strconcat (folder, "-long", NULL);

      short_mib[i] = run_child (argv[0], "table", 100000, short_folder);
      long_mib[i] = run_child (argv[0], "table", 1000000, long_folder);
      longer_mib[i] = run_child (argv[0], "table", 10000000, folder);
      memory_mib[i] = run_child (argv[0], "table", 10000000, NULL);
      peer_mib[i] = run_child (argv[0], "store", 1000000, NULL);
    }
  bench_figures ("10 000 000 rows visited in 100 places, cache on disk", "MiB", 16,
                 longer_mib, N_ROUNDS);
  bench_ratios ("... not growing with their number", "100 000 rows", "MiB", 1.1,
                longer_mib, short_mib, N_ROUNDS);
  bench_figures ("... cache in memory", "MiB", 16, memory_mib, N_ROUNDS);
  bench_ratios ("1 000 000 rows visited in 100 places", "GListStore of thin rows",
                "MiB", 0.05, long_mib, peer_mib, N_ROUNDS);

  return bench_end ();
}
