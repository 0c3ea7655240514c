/* bench-local.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

#include "bench.h"

/* The local master with so many rows; the environment variable
 * VLIVE_BENCH_ROWS says otherwise. */
#define N_ROWS 1000000
#define N_IMPORTS 5

typedef struct
{
  VliveLocalMaster *master; /* owned */
  VliveQuery *query;        /* owned, nullable */
  GRand *random;            /* owned */
  int raw;                  /* a file for raw writes */
  guint n_rows;
} Bench;

static guint
get_n_rows (void)
{
  const char *text = g_getenv ("VLIVE_BENCH_ROWS");

  return text != NULL ? (guint) g_ascii_strtoull (text, NULL, 10) : N_ROWS;
}

static void
write_csv (const char *path, guint n_rows)
{
  g_autoptr (GString) csv =
      g_string_new ("id,name,email,city,note,price,stock,active,created\n");
  g_autoptr (GRand) random = g_rand_new_with_seed (1);
  FILE *file = g_fopen (path, "w");

  for (guint i = 1; i <= n_rows; i++)
    {
      guint n = g_rand_int (random);

      g_string_append_printf (csv,
                              "%u,Name %08x,user%u@example.com,City %u,"
                              "\"A note, number %u\",%u.%02u,%u,%s,%u\n",
                              i, n, i, n % 1000, i, n % 10000, n % 100, n % 500,
                              n % 3 == 0 ? "true" : "false", 1700000000 + i);
      if (csv->len > 1024 * 1024 || i == n_rows)
        {
          fwrite (csv->str, 1, csv->len, file);
          g_string_truncate (csv, 0);
        }
    }
  fclose (file);
}

static gint64
import (VliveLocalMaster *master, const char *path)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  gint64 n;

  vlive_local_master_import_async (master, file, VLIVE_IMPORT_CSV, FALSE, NULL, NULL,
                                   NULL, NULL, bench_result_cb, &result);
  bench_wait (&result);
  n = vlive_local_master_import_finish (master, result, &error);
  g_assert_no_error (error);

  return n;
}

static VlivePage *
fetch (VliveLocalMaster *master, VliveQuery *query, guint64 offset)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (VliveQuery) everything = vlive_query_new ();
  g_autoptr (GError) error = NULL;
  VlivePage *page;

  vlive_master_fetch_window_async (VLIVE_MASTER (master),
                                   query != NULL ? query : everything, offset, 100,
                                   NULL, NULL, bench_result_cb, &result);
  bench_wait (&result);
  page = vlive_master_fetch_window_finish (VLIVE_MASTER (master), result, &error);
  g_assert_no_error (error);

  return page;
}

static double
import_sqlite (const char *csv, const char *folder)
{
  g_autofree char *path = g_build_filename (folder, "peer.sqlite", NULL);
  g_autofree char *command = g_strdup_printf (".import --csv '%s' t", csv);
  const char *argv[] = { "sqlite3", path, command, NULL };
  g_autoptr (GError) error = NULL;
  gint64 start = g_get_monotonic_time ();
  int status;

  g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL,
                &status, &error);
  g_assert_no_error (error);
  g_assert_cmpint (status, ==, 0);
  start = g_get_monotonic_time () - start;
  g_unlink (path);

  return (double) start;
}

static double
import_ours (const char *csv, const char *folder, guint round, guint n_rows)
{
  /* The file of the round before may not be closed yet. */
  g_autofree char *base = g_strdup_printf ("ours-%u.vlive", round);
  g_autofree char *path = g_build_filename (folder, base, NULL);
  VliveLocalMaster *master = vlive_local_master_new (path, "t");
  static const char *const suffixes[] = { "", "-lock", "-wake", "-import" };
  gint64 start = g_get_monotonic_time ();

  g_assert_cmpint (import (master, csv), ==, n_rows);
  start = g_get_monotonic_time () - start;
  g_object_unref (master);
  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
    {
      g_autofree char *name = g_strconcat (path, suffixes[i], NULL);

      g_unlink (name);
    }

  return (double) start;
}

static void
window (gpointer data, guint n)
{
  Bench *bench = data;

  for (guint i = 0; i < n; i++)
    {
      guint offset =
          (guint) g_rand_int_range (bench->random, 0, (gint32) bench->n_rows - 100);
      g_autoptr (VlivePage) page = fetch (bench->master, bench->query, offset);

      bench_sink += vlive_page_get_n_records (page);
    }
}

/* A patch that moves a row within the order, and the order's first window. */
static void
write_and_window (gpointer data, guint n)
{
  Bench *bench = data;

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *id =
          g_strdup_printf ("%d",
                           g_rand_int_range (bench->random, 1, (gint32) bench->n_rows));
      g_autofree char *text = g_strdup_printf ("Name %08x", g_rand_int (bench->random));
      g_autoptr (GVariant) fields = g_variant_ref_sink (
          g_variant_new_parsed ("{'name': <%s>, 'price': <%d>}", text,
                                g_rand_int_range (bench->random, 0, 10000)));
      g_autoptr (VliveRecord) record =
          vlive_record_new_from_variant (NULL, fields, NULL);
      g_autoptr (VliveWrite) write = vlive_write_new (VLIVE_WRITE_PATCH, id, record);
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (VliveReply) reply = NULL;
      g_autoptr (GError) error = NULL;
      g_autoptr (VlivePage) page = NULL;

      vlive_master_apply_async (VLIVE_MASTER (bench->master), write, NULL,
                                bench_result_cb, &result);
      bench_wait (&result);
      reply = vlive_master_apply_finish (VLIVE_MASTER (bench->master), result, &error);
      g_assert_no_error (error);
      page = fetch (bench->master, bench->query, 0);
      bench_sink += vlive_page_get_n_records (page);
    }
}

/* What the disk takes for it: a write changes some 24 pages, all over the file,
 * and waits for them once. */
static void
raw_flush (gpointer data, guint n)
{
  Bench *bench = data;
  static const char page[4096];

  for (guint i = 0; i < n; i++)
    {
      for (guint j = 0; j < 24; j++)
        bench_sink +=
            (guint64) pwrite (bench->raw, page, sizeof page,
                              g_rand_int_range (bench->random, 0, 50000) * 4096L);
      fdatasync (bench->raw);
    }
}

static void
bench_query (Bench *bench, const char *name, VliveQuery *query)
{
  g_autofree char *first = g_strdup_printf ("local: %s, first time", name);
  g_autofree char *again = g_strdup_printf ("local: %s, again", name);
  g_autofree char *write = g_strdup_printf ("local: %s, after one write", name);
  gint64 start = g_get_monotonic_time ();
  G_GNUC_UNUSED g_autoptr (VlivePage) page = fetch (bench->master, query, 0);

  start = g_get_monotonic_time () - start;
  bench_figure (first, "ms", (double) start / 1000, 1000);
  bench->query = query;
  /* What is being put into the file meanwhile is no part of it. */
  g_usleep (500 * 1000);
  vlive_page_unref (fetch (bench->master, query, 0));
  bench_single (again, 2000, window, bench, 200);
  bench_single (write, 5000, write_and_window, bench, 50);
  bench_single ("local: of which the disk alone needs", 5000, raw_flush, bench, 50);
  bench->query = NULL;
}

static VliveQuery *
sorted (const char *column, gboolean descending)
{
  g_autoptr (VliveQuery) query = vlive_query_new ();

  return vlive_query_with_sort (query, column, descending);
}

static VliveQuery *
filtered (const char *column, VliveOperator op, GVariant *value)
{
  g_autoptr (VliveQuery) query = vlive_query_new ();

  return vlive_query_with_condition (query, column, op, value, NULL);
}

int
main (int argc, char **argv)
{
  Bench bench = { .n_rows = get_n_rows () };
  g_autofree char *csv = NULL;
  g_autofree char *path = NULL;
  g_autofree char *raw = NULL;
  g_autoptr (VliveQuery) by_number = sorted ("price", FALSE);
  g_autoptr (VliveQuery) by_text = sorted ("name", TRUE);
  g_autoptr (VliveQuery) by_few = sorted ("city", FALSE);
  g_autoptr (VliveQuery) by_bool = sorted ("active", TRUE);
  g_autoptr (VliveQuery) cheap =
      filtered ("price", VLIVE_OPERATOR_LESS, g_variant_new_int64 (5000));
  g_autoptr (VliveQuery) containing =
      filtered ("name", VLIVE_OPERATOR_CONTAINS, g_variant_new_string ("ab"));
  double ours[N_IMPORTS];
  double peer[N_IMPORTS];
  gint64 start;

  bench_init (&argc, &argv, "local");
  csv = g_build_filename (bench_folder (), "rows.csv", NULL);
  path = g_build_filename (bench_folder (), "bench.vlive", NULL);
  write_csv (csv, bench.n_rows);
  for (guint i = 0; i < N_IMPORTS; i++)
    {
      peer[i] = import_sqlite (csv, bench_folder ());
      ours[i] = import_ours (csv, bench_folder (), i, bench.n_rows);
    }
  bench_rounds ("local: import of a CSV file", "sqlite3 .import", 2, ours, peer,
                N_IMPORTS);

  bench.random = g_rand_new_with_seed (2);
  raw = g_build_filename (bench_folder (), "raw", NULL);
  bench.raw = g_open (raw, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  g_assert_cmpint (posix_fallocate (bench.raw, 0, 50001L * 4096), ==, 0);
  bench.master = vlive_local_master_new (path, "rows");
  start = g_get_monotonic_time ();
  import (bench.master, csv);
  start = g_get_monotonic_time () - start;
  bench_figure ("local: rows imported, per second, less is worse", "rows/s (no goal)",
                (double) bench.n_rows / (double) start * 1e6, 1e12);
  bench_single ("local: window of 100 at any offset", 1000, window, &bench, 500);
  bench_query (&bench, "sorted by a number", by_number);
  bench_query (&bench, "sorted by a text, descending", by_text);
  bench_query (&bench, "sorted by one of 1000 texts", by_few);
  bench_query (&bench, "sorted by a boolean", by_bool);
  bench_query (&bench, "filtered by a number", cheap);
  bench_query (&bench, "filtered by a part of a text", containing);
  close (bench.raw);
  g_object_unref (bench.master);
  g_rand_free (bench.random);

  return bench_end ();
}
