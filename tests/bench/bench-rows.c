/* bench-rows.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "bench-rows.h"

static GPtrArray *
make_records (guint n, guint first)
{
  const VliveJsonContext context = { .id_field = "id", .id_prefix = "bench" };
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autofree char *json = bench_dup_json (n, first);
  GPtrArray *records;

  json_parser_load_from_data (parser, json, -1, NULL);
  records =
      _vlive_records_from_json (json_node_get_array (json_parser_get_root (parser)),
                                json, strlen (json), &context, NULL, NULL);
  g_assert (records != NULL && records->len == n);

  return records;
}

static void
get_stamp (VliveCache *cache, guint page_number, VliveStamp *stamp)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (VliveQuery) query = vlive_query_new ();
  g_autoptr (VlivePage) page = NULL;

  if (_vlive_cache_try_get_stamp (cache, BENCH_NS, stamp))
    return;
  _vlive_cache_lookup_page_async (cache, BENCH_NS, query,
                                  (guint64) page_number * BENCH_PAGE, BENCH_PAGE, NULL,
                                  bench_result_cb, &result);
  bench_wait (&result);
  g_assert (_vlive_cache_lookup_page_finish (cache, result, &page, stamp, NULL));
}

VlivePage *
bench_make_page (VliveCache *cache, guint page_number)
{
  g_autoptr (GPtrArray) records =
      make_records (BENCH_PAGE, page_number * BENCH_PAGE + 1);
  VlivePage *page = vlive_page_new ((guint64) page_number * BENCH_PAGE, BENCH_PAGE,
                                    (VliveRecord **) records->pdata, records->len,
                                    VLIVE_TOTAL_EXACT, 1000000);

  get_stamp (cache, page_number, &page->stamp);
  page->fetched_at = g_get_real_time ();

  return page;
}

void
bench_fill_cache (VliveCache *cache, guint n_pages)
{
  g_autoptr (VliveQuery) query = vlive_query_new ();

  for (guint i = 0; i < n_pages; i++)
    {
      g_autoptr (VlivePage) page = bench_make_page (cache, i);
      g_autoptr (VlivePage) shown = NULL;
      g_autoptr (GAsyncResult) result = NULL;

      _vlive_cache_store_page_async (cache, BENCH_NS, query, page, NULL,
                                     bench_result_cb, &result);
      bench_wait (&result);
      shown = _vlive_cache_store_page_finish (cache, result, NULL);
      g_assert (shown != NULL);
    }
}

void
bench_warm (VliveCache *cache, guint page_number)
{
  g_autoptr (VliveQuery) query = vlive_query_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (VlivePage) page = NULL;
  VliveStamp stamp;

  _vlive_cache_lookup_page_async (cache, BENCH_NS, query,
                                  (guint64) page_number * BENCH_PAGE, BENCH_PAGE, NULL,
                                  bench_result_cb, &result);
  bench_wait (&result);
  g_assert (_vlive_cache_lookup_page_finish (cache, result, &page, &stamp, NULL));
  g_assert (page != NULL);
}

static void
run (sqlite3 *database, const char *sql)
{
  int status = sqlite3_exec (database, sql, NULL, NULL, NULL);

  g_assert (status == SQLITE_OK);
}

static void
bind_record (sqlite3_stmt *statement, VliveRecord *record)
{
  for (guint i = 0; i < vlive_record_get_n_fields (record); i++)
    {
      VliveValue value;

      _vlive_record_peek (record, i, &value);
      if (value.type == VLIVE_VALUE_INTEGER)
        sqlite3_bind_int64 (statement, (int) i + 1, value.integer);
      else if (value.type == VLIVE_VALUE_BOOLEAN)
        sqlite3_bind_int (statement, (int) i + 1, value.boolean);
      else if (value.type == VLIVE_VALUE_DOUBLE)
        sqlite3_bind_double (statement, (int) i + 1, value.real);
      else
        sqlite3_bind_text (statement, (int) i + 1, value.text, (int) value.len,
                           SQLITE_TRANSIENT);
    }
}

sqlite3 *
bench_fill_sqlite (const char *path, guint n_rows, gboolean index)
{
  sqlite3 *database = NULL;
  sqlite3_stmt *insert = NULL;

  g_assert (sqlite3_open (path, &database) == SQLITE_OK);
  run (database, "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL");
  run (database,
       "CREATE TABLE rows (id INTEGER PRIMARY KEY, name TEXT, email TEXT, city TEXT, "
       "note TEXT, balance REAL, orders INTEGER, active INTEGER, changed INTEGER)");
  run (database, "BEGIN");
  sqlite3_prepare_v2 (database, "INSERT INTO rows VALUES (?,?,?,?,?,?,?,?,?)", -1,
                      &insert, NULL);
  for (guint i = 0; i < n_rows; i += BENCH_PAGE)
    {
      g_autoptr (GPtrArray) records = make_records (BENCH_PAGE, i + 1);

      for (guint j = 0; j < records->len; j++)
        {
          bind_record (insert, records->pdata[j]);
          g_assert (sqlite3_step (insert) == SQLITE_DONE);
          sqlite3_reset (insert);
        }
    }
  sqlite3_finalize (insert);
  run (database, "COMMIT");
  if (index)
    run (database, "CREATE INDEX by_name ON rows (name)");
  run (database, "PRAGMA wal_checkpoint(TRUNCATE)");

  return database;
}

sqlite3_stmt *
bench_sqlite_prepare (sqlite3 *database)
{
  sqlite3_stmt *statement = NULL;
  int status =
      sqlite3_prepare_v2 (database,
                          "SELECT * FROM rows WHERE id > ? ORDER BY id LIMIT 100", -1,
                          &statement, NULL);

  g_assert (status == SQLITE_OK);

  return statement;
}

static void
column_to_value (sqlite3_stmt *statement, int column, GValue *value)
{
  switch (sqlite3_column_type (statement, column))
    {
    case SQLITE_INTEGER:
      g_value_init (value, G_TYPE_INT64);
      g_value_set_int64 (value, sqlite3_column_int64 (statement, column));
      break;
    case SQLITE_FLOAT:
      g_value_init (value, G_TYPE_DOUBLE);
      g_value_set_double (value, sqlite3_column_double (statement, column));
      break;
    default:
      g_value_init (value, G_TYPE_STRING);
      g_value_set_string (value,
                          (const char *) sqlite3_column_text (statement, column));
      break;
    }
}

guint
bench_sqlite_page (sqlite3_stmt *statement, gint64 id)
{
  guint n_rows = 0;

  sqlite3_bind_int64 (statement, 1, id);
  while (sqlite3_step (statement) == SQLITE_ROW)
    {
      for (int i = 0; i < 9; i++)
        {
          GValue value = G_VALUE_INIT;

          column_to_value (statement, i, &value);
          bench_sink += (guint64) value.data[0].v_int64;
          g_value_unset (&value);
        }
      n_rows++;
    }
  sqlite3_reset (statement);
  g_assert (n_rows == BENCH_PAGE);

  return n_rows;
}
