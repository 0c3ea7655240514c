/* bench-write.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "bench-table.h"

#include <sqlite3.h>
#include <stdlib.h>

/* Asking for a write until its row shows it: both happen within the call. What
 * carries the write to the master comes later, and is not in the figure. */

#define N_HELD 1000
/* Other threads are done by then. */
#define SETTLE_MS 100

typedef struct
{
  BenchTable table;
  sqlite3 *database;    /* owned */
  sqlite3_stmt *insert; /* owned */
  guint n_shown;
  gint64 number;   /* the last one written */
  GArray *samples; /* owned, of double: µs of every single write */
} Data;

static void
record_cb (VliveRow *row, GParamSpec *pspec, Data *data)
{
  data->n_shown++;
}

static void
write_one (Data *data, VliveRow *row, gint64 number)
{
  guint n_shown = data->n_shown;
  gint64 start = g_get_monotonic_time ();
  g_autoptr (VliveRecord) fields = NULL;
  g_autoptr (VliveWrite) write = NULL;
  GVariantDict dict;
  double took;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "number", "x", number);
  fields = vlive_record_new_from_variant (NULL, g_variant_dict_end (&dict), NULL);
  write = vlive_store_write (data->table.store, VLIVE_WRITE_PATCH,
                             vlive_row_get_id (row), fields);
  took = (double) (g_get_monotonic_time () - start);
  g_assert (data->n_shown == n_shown + 1 && bench_get_number (row) == number);
  g_array_append_val (data->samples, took);
}

static gboolean
is_settled (Data *data)
{
  for (guint i = 0; i < N_HELD; i++)
    if (vlive_row_get_state (data->table.rows->pdata[i]) != VLIVE_ROW_READY)
      return FALSE;

  return TRUE;
}

/* Of all that was written in this round, each row once. */
static double
ours (Data *data)
{
  double total = 0;

  data->number++;
  for (guint i = 0; i < N_HELD; i++)
    {
      write_one (data, data->table.rows->pdata[i], data->number);
      total += g_array_index (data->samples, double, data->samples->len - 1);
    }
  while (!is_settled (data))
    g_main_context_iteration (NULL, TRUE);
  bench_run_for (SETTLE_MS);

  return total / N_HELD;
}

static double
peer (Data *data)
{
  gint64 start = g_get_monotonic_time ();

  for (guint i = 0; i < N_HELD; i++)
    {
      g_autofree char *uuid = g_uuid_string_random ();
      const char *id = vlive_row_get_id (data->table.rows->pdata[i]);
      g_autofree char *fields =
          g_strdup_printf ("{\"number\":%" G_GINT64_FORMAT "}", data->number);

      sqlite3_bind_text (data->insert, 1, uuid, -1, SQLITE_TRANSIENT);
      sqlite3_bind_text (data->insert, 2, id, -1, SQLITE_TRANSIENT);
      sqlite3_bind_text (data->insert, 3, fields, -1, SQLITE_TRANSIENT);
      g_assert (sqlite3_step (data->insert) == SQLITE_DONE);
      sqlite3_reset (data->insert);
    }

  return (double) (g_get_monotonic_time () - start) / N_HELD;
}

static void
open_peer (Data *data)
{
  g_autofree char *path = g_build_filename (bench_folder (), "peer.sqlite", NULL);
  int status;

  g_assert (sqlite3_open (path, &data->database) == SQLITE_OK);
  status =
      sqlite3_exec (data->database,
                    "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; "
                    "CREATE TABLE writes (sequence INTEGER PRIMARY KEY, uuid TEXT, "
                    "id TEXT, fields TEXT)",
                    NULL, NULL, NULL);
  g_assert (status == SQLITE_OK);
  status = sqlite3_prepare_v2 (data->database,
                               "INSERT INTO writes (uuid, id, fields) VALUES (?,?,?)",
                               -1, &data->insert, NULL);
  g_assert (status == SQLITE_OK);
}

static int
compare_doubles (const void *a, const void *b)
{
  double left = *(const double *) a;
  double right = *(const double *) b;

  return (left > right) - (left < right);
}

static double
get_percentile (GArray *samples, guint percent)
{
  g_array_sort (samples, compare_doubles);

  return g_array_index (samples, double, samples->len *percent / 100);
}

static void
bench_where (Data *data, const char *what, const char *folder)
{
  guint n_rounds = bench_n_rounds ();
  g_autofree double *ours_us = g_new (double, n_rounds);
  g_autofree double *peer_us = g_new (double, n_rounds);
  g_autofree char *slowest = g_strdup_printf ("... at the 99th percentile (%s)", what);
  g_autofree char *name = g_strdup_printf ("write asked for until shown (%s)", what);

  bench_table_open (&data->table, 100000, 0, folder);
  bench_table_see (&data->table, 0, N_HELD);
  bench_table_wait (&data->table);
  for (guint i = 0; i < N_HELD; i++)
    g_signal_connect (data->table.rows->pdata[i], "notify::record",
                      G_CALLBACK (record_cb), data);
  ours (data);
  peer (data);
  data->samples = g_array_set_size (data->samples, 0);
  for (guint i = 0; i < n_rounds; i++)
    {
      ours_us[i] = ours (data);
      peer_us[i] = peer (data);
    }
  bench_rounds (name, "SQLite WAL/NORMAL insert", 1.0, ours_us, peer_us, n_rounds);
  bench_figure (slowest, "µs", get_percentile (data->samples, 99), 500);
  bench_table_close (&data->table);
}

int
main (int argc, char *argv[])
{
  Data data = { { NULL } };
  g_autofree char *folder = NULL;

  bench_init (&argc, &argv, "write");
  folder = g_build_filename (bench_folder (), "cache", NULL);
  data.samples = g_array_new (FALSE, FALSE, sizeof (double));
  open_peer (&data);

  bench_where (&data, "cache in memory", NULL);
  bench_where (&data, "cache on disk", folder);

  sqlite3_finalize (data.insert);
  sqlite3_close (data.database);
  g_array_unref (data.samples);

  return bench_end ();
}
