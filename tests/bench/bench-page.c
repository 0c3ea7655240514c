/* bench-page.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "bench-rows.h"

#include <fcntl.h>
#include <unistd.h>

#include "table/vlive-row-private.h"

#define N_PAGES 1000
#define N_COLD 40
#define N_WARM 2000
#define N_ROUNDS 7

typedef struct
{
  VliveCache *cache;       /* owned */
  VliveQuery *query;       /* owned */
  sqlite3 *database;       /* owned */
  sqlite3_stmt *statement; /* owned */
  char *path;              /* owned: the cache's file */
  char *copy;              /* owned: its bytes, mapped by nobody */
  guint next;
  guint n_waited;
} Data;

static VlivePage *
look_up_waiting (Data *data)
{
  g_autoptr (GAsyncResult) result = NULL;
  VlivePage *page = NULL;
  VliveStamp stamp;
  gboolean done;

  data->n_waited++;
  _vlive_cache_lookup_page_async (data->cache, BENCH_NS, data->query,
                                  (guint64) data->next * BENCH_PAGE, BENCH_PAGE, NULL,
                                  bench_result_cb, &result);
  bench_wait (&result);
  done = _vlive_cache_lookup_page_finish (data->cache, result, &page, &stamp, NULL);
  g_assert (done && page != NULL);

  return page;
}

/* Inline; what cannot be had without waiting comes through the reader. */
static VlivePage *
look_up (Data *data)
{
  VlivePage *page = NULL;
  VliveStamp stamp;

  data->next = (data->next + 379) % N_PAGES;
  if (!_vlive_cache_try_lookup_page (data->cache, BENCH_NS, data->query,
                                     (guint64) data->next * BENCH_PAGE, BENCH_PAGE,
                                     &page, &stamp))
    return look_up_waiting (data);
  g_assert (page != NULL);

  return page;
}

static void
gone_cb (gpointer owner, VliveRow *row)
{
}

/* To 100 row objects, as get_item hands them to a list. What frees them later,
 * when they have scrolled away, is not in the figure. */
static double
ours_rows (Data *data)
{
  VliveRow *rows[BENCH_PAGE];
  gint64 total = 0;

  for (guint i = 0; i < N_WARM; i++)
    {
      gint64 start = g_get_monotonic_time ();
      g_autoptr (VlivePage) page = look_up (data);

      for (guint j = 0; j < BENCH_PAGE; j++)
        {
          VliveRecord *record = vlive_page_get_record (page, j);
          const VliveShown shown = { .raw = record,
                                     .record = record,
                                     .state = VLIVE_ROW_READY };

          rows[j] = _vlive_row_new (data, gone_cb, j);
          _vlive_row_show_quietly (rows[j], &shown);
        }
      total += g_get_monotonic_time () - start;
      for (guint j = 0; j < BENCH_PAGE; j++)
        g_object_unref (rows[j]);
    }

  return (double) total / N_WARM;
}

static void
ours_cells (gpointer user_data, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (VlivePage) page = look_up (user_data);

      for (guint j = 0; j < BENCH_PAGE; j++)
        {
          VliveRecord *record = vlive_page_get_record (page, j);

          for (guint k = 0; k < vlive_record_get_n_fields (record); k++)
            {
              VliveValue field;
              GValue value = G_VALUE_INIT;

              _vlive_record_peek (record, k, &field);
              _vlive_value_to_gvalue (&field, &value);
              bench_sink += (guint64) value.data[0].v_int64;
              g_value_unset (&value);
            }
        }
    }
}

static void
peer_cells (gpointer user_data, guint n)
{
  Data *data = user_data;

  for (guint i = 0; i < n; i++)
    {
      data->next = (data->next + 379) % N_PAGES;
      bench_sink +=
          bench_sqlite_page (data->statement, (gint64) data->next * BENCH_PAGE);
    }
}

static void
bench_warm_rows (Data *data)
{
  double ours_us[N_ROUNDS];
  double peer_us[N_ROUNDS];

  ours_rows (data);
  for (guint i = 0; i < N_ROUNDS; i++)
    {
      gint64 start;

      ours_us[i] = ours_rows (data);
      start = g_get_monotonic_time ();
      peer_cells (data, N_WARM);
      peer_us[i] = (double) (g_get_monotonic_time () - start) / N_WARM;
    }
  bench_rounds ("cached page of 100 to rows in the model, warm", "SQLite keyset page",
                0.2, ours_us, peer_us, N_ROUNDS);
}

static void
copy_file (const char *from, const char *to)
{
  g_autoptr (GFile) source = g_file_new_for_path (from);
  g_autoptr (GFile) copy = g_file_new_for_path (to);

  g_assert (g_file_copy (source, copy, G_FILE_COPY_OVERWRITE, NULL, NULL, NULL, NULL));
}

static void
drop_from_page_cache (const char *path)
{
  int fd = open (path, O_RDONLY | O_CLOEXEC);

  g_assert (fd >= 0);
  fdatasync (fd);
  posix_fadvise (fd, 0, 0, POSIX_FADV_DONTNEED);
  close (fd);
}

/* A page that somebody has mapped stays in memory whatever is advised: so the
 * cache is one that has just been opened, and each turn reads another page. */
static void
reopen (Data *data)
{
  g_autofree char *folder = g_path_get_dirname (data->path);

  g_assert_finalize_object (data->cache);
  data->cache = vlive_lmdb_cache_new (folder);
  bench_warm (data->cache, data->next);
}

/* Through the reader thread, from a file that has left memory. */
static double
ours_cold (Data *data)
{
  gint64 total = 0;

  for (guint i = 0; i < N_COLD; i++)
    {
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (VlivePage) page = NULL;
      VliveStamp stamp;
      gint64 start;

      drop_from_page_cache (data->path);
      data->next = (data->next + 379) % N_PAGES;
      start = g_get_monotonic_time ();
      _vlive_cache_lookup_page_async (data->cache, BENCH_NS, data->query,
                                      (guint64) data->next * BENCH_PAGE, BENCH_PAGE,
                                      NULL, bench_result_cb, &result);
      bench_wait (&result);
      total += g_get_monotonic_time () - start;
      g_assert (
          _vlive_cache_lookup_page_finish (data->cache, result, &page, &stamp, NULL));
      g_assert (page != NULL);
    }

  return (double) total / N_COLD;
}

static double
peer_cold (Data *data)
{
  g_autofree char *buffer = g_malloc (16384);
  gint64 total = 0;

  for (guint i = 0; i < N_COLD; i++)
    {
      int fd;
      gint64 start;

      drop_from_page_cache (data->copy);
      fd = open (data->copy, O_RDONLY | O_CLOEXEC);
      posix_fadvise (fd, 0, 0, POSIX_FADV_RANDOM);
      data->next = (data->next + 379) % N_PAGES;
      start = g_get_monotonic_time ();
      g_assert (pread (fd, buffer, 16384, (off_t) data->next * 16384) > 0);
      total += g_get_monotonic_time () - start;
      bench_sink += (guint64) buffer[100];
      close (fd);
    }

  return (double) total / N_COLD;
}

static void
bench_cold (Data *data)
{
  double ours_us[N_ROUNDS];
  double peer_us[N_ROUNDS];

  copy_file (data->path, data->copy);
  for (guint i = 0; i < N_ROUNDS; i++)
    {
      reopen (data);
      ours_us[i] = ours_cold (data);
      peer_us[i] = peer_cold (data);
    }
  bench_rounds ("a page not in the page cache", "cold pread of 16 kB", 2.5, ours_us,
                peer_us, N_ROUNDS);
}

int
main (int argc, char *argv[])
{
  Data data = { NULL };
  g_autofree char *folder = NULL;
  g_autofree char *sqlite = NULL;

  bench_init (&argc, &argv, "page");
  folder = g_build_filename (bench_folder (), "cache", NULL);
  sqlite = g_build_filename (bench_folder (), "peer.sqlite", NULL);
  data.path = g_build_filename (folder, "cache.mdb", NULL);
  data.copy = g_strconcat (data.path, "-copy", NULL);
  data.cache = vlive_lmdb_cache_new (folder);
  data.query = vlive_query_new ();
  bench_fill_cache (data.cache, N_PAGES);
  for (guint i = 0; i < N_PAGES; i++)
    bench_warm (data.cache, i);
  data.database = bench_fill_sqlite (sqlite, N_PAGES * BENCH_PAGE, FALSE);
  data.statement = bench_sqlite_prepare (data.database);

  bench_warm_rows (&data);
  bench_pair ("... and all 900 cells as GValues", "SQLite keyset page", 0.6, ours_cells,
              peer_cells, &data, N_WARM);
  bench_figure ("... of all those pages left to the reader thread", "pages",
                data.n_waited, 400);
  bench_cold (&data);

  sqlite3_finalize (data.statement);
  sqlite3_close (data.database);
  vlive_query_unref (data.query);
  g_object_unref (data.cache);
  g_free (data.path);
  g_free (data.copy);

  return bench_end ();
}
