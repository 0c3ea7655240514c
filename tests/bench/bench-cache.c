/* bench-cache.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "bench.h"

#include <sqlite3.h>

#include "base/vlive-clock-private.h"
#include "cache/vlive-cache-private.h"
#include "record/vlive-record-private.h"

#define N_PAGES 1000
#define N_FIELDS 9

/* Pages of 100 records of 9 fields; the peer holds the same rows. */
typedef struct
{
  VliveCache *disk;        /* owned */
  VliveCache *memory;      /* owned */
  VliveQuery *query;       /* owned */
  GPtrArray *records;      /* owned; of one page */
  sqlite3 *db;             /* owned */
  sqlite3_stmt *statement; /* owned */
  guint next;
  guint n_waited;
} Data;

static GPtrArray *
make_records (guint first)
{
  const VliveJsonContext context = { .id_field = "id", .id_prefix = "bench" };
  g_autofree char *json = bench_dup_json (100, first);
  g_autoptr (JsonNode) root = json_from_string (json, NULL);
  g_autoptr (GError) error = NULL;
  GPtrArray *records = _vlive_records_from_json (json_node_get_array (root), json,
                                                 strlen (json), &context, NULL, &error);

  g_assert_no_error (error);

  return records;
}

static VliveStamp
get_stamp (VliveCache *cache, VliveQuery *query, const char *ns)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (VlivePage) page = NULL;
  VliveStamp stamp;

  _vlive_cache_lookup_page_async (cache, ns, query, 0, 100, NULL, bench_result_cb,
                                  &result);
  bench_wait (&result);
  g_assert_true (_vlive_cache_lookup_page_finish (cache, result, &page, &stamp, NULL));

  return stamp;
}

static void
store (VliveCache *cache,
       Data *data,
       const char *ns,
       guint number,
       const VliveStamp *stamp)
{
  g_autoptr (VlivePage) page =
      vlive_page_new (number * 100, 100, (VliveRecord *const *) data->records->pdata,
                      100, VLIVE_TOTAL_EXACT, N_PAGES * 1000);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (VlivePage) shown = NULL;

  page->stamp = *stamp;
  _vlive_cache_store_page_async (cache, ns, data->query, page, NULL, bench_result_cb,
                                 &result);
  bench_wait (&result);
  shown = _vlive_cache_store_page_finish (cache, result, NULL);
  g_assert_nonnull (shown);
}

static void
lookup_all (VliveCache *cache, Data *data, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (VlivePage) page = NULL;
      VliveStamp stamp;
      guint number = (data->next++ * 37) % N_PAGES;

      if (!_vlive_cache_try_lookup_page (cache, "t", data->query, number * 100, 100,
                                         &page, &stamp))
        {
          g_autoptr (GAsyncResult) result = NULL;

          data->n_waited++;
          _vlive_cache_lookup_page_async (cache, "t", data->query, number * 100, 100,
                                          NULL, bench_result_cb, &result);
          bench_wait (&result);
          _vlive_cache_lookup_page_finish (cache, result, &page, &stamp, NULL);
        }
      bench_sink += vlive_page_get_n_records (page);
    }
}

static void
ours_lookup (gpointer user_data, guint n)
{
  Data *data = user_data;

  lookup_all (data->disk, data, n);
}

static void
ours_lookup_memory (gpointer user_data, guint n)
{
  Data *data = user_data;

  lookup_all (data->memory, data, n);
}

static void
ours_store (gpointer user_data, guint n)
{
  Data *data = user_data;
  VliveStamp stamp = get_stamp (data->disk, data->query, "s");

  for (guint i = 0; i < n; i++)
    store (data->disk, data, "s", data->next++ % N_PAGES, &stamp);
}

static void
ours_invalidate (gpointer user_data, guint n)
{
  Data *data = user_data;

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GAsyncResult) result = NULL;

      _vlive_cache_invalidate_async (data->disk, "many", NULL, NULL, NULL,
                                     bench_result_cb, &result);
      bench_wait (&result);
      g_assert_true (_vlive_cache_invalidate_finish (data->disk, result, NULL));
    }
}

static void
ours_patch (gpointer user_data, guint n)
{
  static const char *const fields[] = { "price", NULL };
  Data *data = user_data;
  VlivePatch patch = { .kind = VLIVE_PATCH_RECORD,
                       .fields = fields,
                       .record = data->records->pdata[5] };

  patch.id = vlive_record_get_id (patch.record);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GAsyncResult) result = NULL;

      _vlive_cache_patch_async (data->disk, "many", &patch, 1, NULL, bench_result_cb,
                                &result);
      bench_wait (&result);
      g_assert_true (_vlive_cache_patch_finish (data->disk, result, NULL, NULL));
    }
}

/* As a stream tells them, a thousand at a time. */
static void
ours_events (gpointer user_data, guint n)
{
  static const char *const fields[] = { "price", NULL };
  g_autofree VlivePatch *patches = g_new0 (VlivePatch, 1000);
  Data *data = user_data;

  for (guint i = 0; i < 1000; i++)
    {
      patches[i].kind = VLIVE_PATCH_RECORD;
      patches[i].record = data->records->pdata[i % 100];
      patches[i].id = vlive_record_get_id (patches[i].record);
      patches[i].fields = fields;
    }
  for (guint i = 0; i < n; i += 1000)
    {
      g_autoptr (GAsyncResult) result = NULL;

      _vlive_cache_patch_async (data->disk, "many", patches, 1000, NULL,
                                bench_result_cb, &result);
      bench_wait (&result);
      g_assert_true (_vlive_cache_patch_finish (data->disk, result, NULL, NULL));
    }
}

static void
exec (Data *data, const char *sql)
{
  g_assert_cmpint (sqlite3_exec (data->db, sql, NULL, NULL, NULL), ==, SQLITE_OK);
}

static void
bind_record (sqlite3_stmt *statement, VliveRecord *record, gint64 id)
{
  sqlite3_reset (statement);
  sqlite3_bind_int64 (statement, 1, id);
  for (int i = 1; i < N_FIELDS; i++)
    {
      VliveValue value;

      _vlive_record_peek (record, (guint) i, &value);
      if (value.type == VLIVE_VALUE_TEXT)
        sqlite3_bind_text (statement, i + 1, value.text, (int) value.len,
                           SQLITE_TRANSIENT);
      else if (value.type == VLIVE_VALUE_DOUBLE)
        sqlite3_bind_double (statement, i + 1, value.real);
      else
        sqlite3_bind_int64 (statement, i + 1, value.integer);
    }
  g_assert_cmpint (sqlite3_step (statement), ==, SQLITE_DONE);
}

static void
open_peer (Data *data)
{
  g_autofree char *path = g_build_filename (bench_folder (), "peer.db", NULL);
  sqlite3_stmt *insert;

  g_assert_cmpint (sqlite3_open (path, &data->db), ==, SQLITE_OK);
  exec (data,
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; PRAGMA mmap_size=1073741824");
  exec (data, "CREATE TABLE t (a INTEGER PRIMARY KEY, b, c, d, e, f, g, h, i)");
  sqlite3_prepare_v2 (data->db, "INSERT INTO t VALUES (?,?,?,?,?,?,?,?,?)", -1, &insert,
                      NULL);
  exec (data, "BEGIN");
  for (guint i = 0; i < N_PAGES; i++)
    for (guint j = 0; j < 100; j++)
      bind_record (insert, data->records->pdata[j], i * 100 + j);
  exec (data, "COMMIT");
  sqlite3_finalize (insert);
  sqlite3_prepare_v2 (data->db, "SELECT * FROM t WHERE a >= ? ORDER BY a LIMIT 100", -1,
                      &data->statement, NULL);
}

static void
column_to_value (sqlite3_stmt *statement, int column)
{
  GValue value = G_VALUE_INIT;

  switch (sqlite3_column_type (statement, column))
    {
    case SQLITE_INTEGER:
      g_value_init (&value, G_TYPE_INT64);
      g_value_set_int64 (&value, sqlite3_column_int64 (statement, column));
      break;
    case SQLITE_FLOAT:
      g_value_init (&value, G_TYPE_DOUBLE);
      g_value_set_double (&value, sqlite3_column_double (statement, column));
      break;
    default:
      g_value_init (&value, G_TYPE_STRING);
      g_value_set_string (&value,
                          (const char *) sqlite3_column_text (statement, column));
    }
  bench_sink += (guint64) G_VALUE_TYPE (&value);
  g_value_unset (&value);
}

/* SQLite's prepared keyset page, to GValues. */
static void
peer_lookup (gpointer user_data, guint n)
{
  Data *data = user_data;

  for (guint i = 0; i < n; i++)
    {
      guint number = (data->next++ * 37) % N_PAGES;

      sqlite3_reset (data->statement);
      sqlite3_bind_int64 (data->statement, 1, number * 100);
      while (sqlite3_step (data->statement) == SQLITE_ROW)
        for (int column = 0; column < N_FIELDS; column++)
          column_to_value (data->statement, column);
    }
}

static void
fill (VliveCache *cache, Data *data, const char *ns, guint n)
{
  VliveStamp stamp = get_stamp (cache, data->query, ns);

  for (guint i = 0; i < n; i++)
    store (cache, data, ns, i, &stamp);
}

static guint64
get_used_bytes (VliveCache *cache)
{
  g_autoptr (GAsyncResult) result = NULL;
  VliveCacheStatistics statistics;

  vlive_cache_get_statistics_async (cache, NULL, bench_result_cb, &result);
  bench_wait (&result);
  g_assert_true (vlive_cache_get_statistics_finish (cache, result, &statistics, NULL));

  return statistics.used_bytes;
}

static guint64
get_pragma (Data *data, const char *sql)
{
  sqlite3_stmt *statement;
  guint64 value;

  sqlite3_prepare_v2 (data->db, sql, -1, &statement, NULL);
  g_assert_cmpint (sqlite3_step (statement), ==, SQLITE_ROW);
  value = (guint64) sqlite3_column_int64 (statement, 0);
  sqlite3_finalize (statement);

  return value;
}

/* A hundred thousand rows, and SQLite's table of them with one index. */
static void
compare_sizes (Data *data)
{
  double ours = (double) get_used_bytes (data->disk);
  double peer;

  exec (data, "CREATE INDEX by_b ON t (b)");
  peer = (double) (get_pragma (data, "PRAGMA page_count")
                   * get_pragma (data, "PRAGMA page_size"));
  bench_figure ("disk for the same rows, cache / SQLite with an index", "times",
                ours / peer, 1.2);
}

static void
free_data (Data *data)
{
  sqlite3_finalize (data->statement);
  sqlite3_close (data->db);
  g_object_unref (data->disk);
  g_object_unref (data->memory);
  vlive_query_unref (data->query);
  g_ptr_array_unref (data->records);
}

int
main (int argc, char *argv[])
{
  Data data = { NULL };

  bench_init (&argc, &argv, "cache");
  data.query = vlive_query_new ();
  data.records = make_records (1);
  data.disk = vlive_lmdb_cache_new (bench_folder ());
  data.memory = vlive_memory_cache_new ();
  g_object_set (data.disk, "size-limit", G_GUINT64_CONSTANT (0), NULL);
  fill (data.disk, &data, "t", N_PAGES);
  fill (data.memory, &data, "t", N_PAGES);
  open_peer (&data);
  compare_sizes (&data);
  fill (data.disk, &data, "many", 10000);

  lookup_all (data.disk, &data, N_PAGES);
  data.n_waited = 0;
  bench_pair ("page of 100 records from the disk cache, inline",
              "SQLite keyset page to GValues", 0.2, ours_lookup, peer_lookup, &data,
              1000);
  bench_figure ("... of them left to the reader thread", "pages", data.n_waited, 100);
  bench_single ("page of 100 records from the memory cache", 6.4, ours_lookup_memory,
                &data, 2000);
  bench_single ("store a page of 100 records, from call to answer", 250, ours_store,
                &data, 500);
  bench_single ("invalidate a namespace of 10 000 pages", 50, ours_invalidate, &data,
                500);
  bench_single ("patch one record of it, from call to answer", 250, ours_patch, &data,
                500);
  bench_single ("keep an event, a thousand at a time", 5, ours_events, &data, 20000);
  free_data (&data);

  return bench_end ();
}
