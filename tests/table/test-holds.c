/* test-holds.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "table-fixture.h"
#include "table-server.h"

/* What must hold of a table, whatever the master is like, and is asserted nowhere
 * else (docs/races.md has the list). R1000, pages of 100, unless said. */

static char *folder; /* of the cache on disk */

static VliveCache *
make_disk_cache (void)
{
  return vlive_lmdb_cache_new (folder);
}

static void
reset (TableFixture *f)
{
  table_watch_reset (f->watch);
  g_string_truncate (f->master->log, 0);
}

/* @data: a MakeCacheFunc, or NULL. */
static void
set_up (TableFixture *f, gconstpointer data)
{
  folder = vlive_test_dup_folder ();
  table_fixture_set_up_empty (f, data);
  vlive_array_master_fill (f->master, 1000);
  table_fixture_open_table (f, NULL);
  STORE_WAIT (&f->store, f->watch->rows->len == 1000);
  table_fixture_settle (f);
  reset (f);
}

static void
tear_down (TableFixture *f, gconstpointer data)
{
  table_fixture_tear_down (f, data);
  g_clear_pointer (&folder, g_free);
}

static void
look (TableFixture *f, guint first, guint n)
{
  vlive_table_set_visible_range (f->table, first, n);
  table_watch_hold (f->watch, first, n);
}

static gboolean
has_rows (TableWatch *watch, guint first, guint n)
{
  for (guint i = first; i < first + n; i++)
    if (vlive_row_get_record (table_watch_get (watch, i)) == NULL)
      return FALSE;

  return TRUE;
}

/* Sort B asked for 100 ms after a fetch of 300 ms under sort A: no row of A ever
 * stands at a place of B. */
static void
test_no_row_of_another_query (TableFixture *f, gconstpointer data)
{
  g_autoptr (VliveQuery) sorted = table_fixture_by_value ();
  gboolean seen = FALSE;

  f->master->latency_us = 300000;
  look (f, 500, 10);
  table_fixture_advance (f, 100);
  f->master->latency_us = 50000;
  vlive_table_set_query (f->table, sorted);
  for (guint ms = 0; ms < 600; ms++)
    {
      gboolean is_b = vlive_query_equal (f->table->query, sorted);

      for (guint i = 0; i < f->watch->rows->len; i++)
        {
          VliveRow *row = f->watch->rows->pdata[i];
          VliveRecord *record = row != NULL ? vlive_row_get_record (row) : NULL;

          if (record != NULL)
            g_assert_cmpint (store_fixture_get_value (record), ==, is_b ? 999 - i : i);
        }
      if (ms % 20 == 0)
        look (f, 500, 10);
      seen |= is_b;
      table_fixture_advance (f, 1);
    }
  g_assert_true (seen);
  g_assert_true (has_rows (f->watch, 500, 10));
}

static void
open_anew (TableFixture *f)
{
  table_fixture_close_table (f);
  store_fixture_close (&f->store);
  g_assert_finalize_object (f->store.cache);
  f->store.cache = make_disk_cache ();
  _vlive_cache_set_clock (f->store.cache, f->store.clock);
  store_fixture_reopen (&f->store, "products");
  table_fixture_open_table (f, NULL);
  STORE_WAIT (&f->store, f->watch->rows->len == 1000);
  table_fixture_settle (f);
}

/* Visited at the top and at 500, started anew on the disk's cache: it is where it
 * was, before any request; what was not visited is fetched, and nothing else stands
 * there meanwhile. */
static void
test_started_anew (TableFixture *f, gconstpointer data)
{
  look (f, 500, 20);
  STORE_WAIT (&f->store, has_rows (f->watch, 500, 20));
  table_fixture_assert_asked (f, "window 500+100;");
  for (guint round = 0; round < 2; round++)
    {
      /* The second time with no network at all. */
      f->master->offline = round == 1;
      open_anew (f);
      table_watch_hold (f->watch, 0, 2);
      look (f, 500, 20);
      STORE_WAIT (&f->store, has_rows (f->watch, 500, 20));
      table_fixture_assert_ids (f, 0, 2, "000000 000001");
      table_fixture_assert_ids (f, 500, 2, "000500 000501");
      table_fixture_assert_ids (f, 519, 1, "000519");
      table_fixture_assert_asked (f, "");
    }
  f->master->offline = FALSE;
  f->master->hold = TRUE;
  look (f, 100, 20);
  STORE_WAIT (&f->store, vlive_array_master_get_n_held (f->master) == 1);
  table_fixture_assert_ids (f, 100, 2, "- -");
  f->master->hold = FALSE;
  vlive_array_master_release_all (f->master);
  STORE_WAIT (&f->store, has_rows (f->watch, 100, 20));
  table_fixture_assert_ids (f, 100, 2, "000100 000101");
  table_fixture_assert_asked (f, "window 100+100;");
}

/* Claims 42, has 35, and says so again in every answer. */
static void
test_claim_repeated (TableFixture *f, gconstpointer data)
{
  guint n_windows;

  table_fixture_close_table (f);
  g_ptr_array_set_size (f->master->rows, 35);
  f->master->false_total = 42;
  store_fixture_reopen (&f->store, "false");
  table_fixture_open_table (f, NULL);
  table_fixture_settle (f);
  look (f, 0, 42);
  table_fixture_advance (f, 3000);
  g_assert_cmpuint (f->watch->rows->len, ==, 35);
  look (f, 0, 35);
  table_fixture_advance (f, 100);
  reset (f);
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (GAsyncResult) marked = NULL;

      n_windows = f->master->n_windows;
      vlive_store_invalidate_async (f->store.store, NULL, NULL, NULL,
                                    vlive_test_result_cb, &marked);
      table_fixture_advance (f, 2000);
      g_assert_cmpuint (f->master->n_windows, ==, n_windows + 1);
      g_assert_cmpuint (f->watch->rows->len, ==, 35);
    }
  g_assert_cmpuint (f->watch->n_changes, ==, 0);
  n_windows = f->master->n_windows;
  table_fixture_advance (f, 30000);
  g_assert_cmpuint (f->master->n_windows, ==, n_windows);
  g_assert_cmpint (vlive_table_get_state (f->table), ==, VLIVE_TABLE_COMPLETE);
}

/* A window and its answers, 20 % of which fail, over and over, in compressed time:
 * what is visible arrives, and no row that was there disappears. */
static void
test_failing_scroll (TableFixture *f, gconstpointer data)
{
  const guint n_windows = 200;
  guint64 n_failed;

  table_fixture_close_table (f);
  g_ptr_array_set_size (f->master->rows, 0);
  vlive_array_master_fill (f->master, n_windows * 100);
  store_fixture_reopen (&f->store, "long");
  table_fixture_open_table (f, NULL);
  table_fixture_settle (f);
  reset (f);
  f->master->latency_us = 20000;
  f->master->error_rate = 0.2;
  f->master->n_windows = 0;
  for (guint i = 1; i < n_windows; i++)
    {
      look (f, i * 100 + 40, 20);
      for (guint j = 0; j < 400 && !has_rows (f->watch, i * 100 + 40, 20); j++)
        {
          _vlive_clock_advance (f->store.clock, 100000);
          store_fixture_settle (&f->store);
        }
      g_assert_true (has_rows (f->watch, i * 100 + 40, 20));
    }
  n_failed = store_fixture_ledger (&f->store).n_failures;
  g_assert_cmpuint (n_failed, >=, 20);
  g_assert_cmpuint (f->master->n_windows, >=, n_windows - 1 + n_failed);
  g_assert_cmpuint (f->master->n_windows, <=, n_windows - 1 + 2 * n_failed);
  g_assert_cmpuint (f->watch->n_changes, ==, 0);
  for (guint i = 1; i < n_windows; i++)
    for (guint j = i * 100 + 40; j < i * 100 + 60; j++)
      g_assert_cmpint (table_fixture_value_at (f, j), ==, j);
  g_assert_null (vlive_table_get_error (f->table));
}

static void
assert_cached (TableFixture *f)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) none = NULL;
  g_autoptr (VlivePage) page =
      store_fixture_list (&f->store, NULL, 0, 100, VLIVE_READ_CACHED, NULL, &error);
  g_autoptr (VliveRecord) record = NULL;

  g_assert_no_error (error);
  g_assert_cmpint (store_fixture_get_value (_vlive_page_find (page, "000003")), ==, 33);
  g_assert_null (_vlive_page_find (page, "000004"));
  record = store_fixture_get (&f->store, "000003", VLIVE_READ_CACHED, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (store_fixture_get_value (record), ==, 33);
  g_assert_null (
      store_fixture_get (&f->store, "000004", VLIVE_READ_CACHED, NULL, &none));
  g_assert_error (none, VLIVE_ERROR, VLIVE_ERROR_NOT_FOUND);
}

/* A snapshot asked for before two writes, and arriving after them, undoes nothing:
 * not on screen, not in the cache, and not for who comes later. */
static void
test_old_snapshot (TableFixture *f, gconstpointer data)
{
  g_autoptr (VliveWrite) delete = vlive_write_new (VLIVE_WRITE_DELETE, "000004", NULL);

  look (f, 0, 20);
  table_fixture_settle (f);
  f->master->hold = TRUE;
  vlive_table_refresh (f->table);
  STORE_WAIT (&f->store, vlive_array_master_get_n_held (f->master) == 1);
  table_fixture_assert_asked (f, "window 0+100;");
  f->master->hold = FALSE;
  store_fixture_patch (&f->store, "000003", 33);
  g_assert_true (store_fixture_write (&f->store, delete, NULL));
  table_fixture_settle (f);
  /* Nothing else may tell the cache. */
  f->master->offline = TRUE;
  table_fixture_assert_ids (f, 2, 3, "000002 000003 000005");
  reset (f);
  vlive_array_master_release_all (f->master);
  table_fixture_settle (f);
  STORE_WAIT (&f->store, f->master->n_in_flight == 0);
  table_fixture_assert_ids (f, 2, 3, "000002 000003 000005");
  g_assert_cmpint (table_fixture_value_at (f, 3), ==, 33);
  g_assert_cmpuint (f->watch->n_notifies, ==, 0);
  g_assert_cmpuint (f->watch->n_changes, ==, 0);
  g_assert_cmpuint (f->watch->rows->len, ==, 999);
  assert_cached (f);

  table_fixture_close_table (f);
  store_fixture_reopen (&f->store, "products");
  assert_cached (f);
  f->master->offline = FALSE;
}

/* Two tables on one query want a page that waits for its place. One is closed: the
 * other gets it. The last one is closed: it is not asked for at all. */
static void
test_last_table_closed (TableFixture *f, gconstpointer data)
{
  VliveTable *other = vlive_table_new (f->store.store, NULL);
  TableWatch *watch = table_watch_new (G_LIST_MODEL (other), FALSE);

  vlive_table_set_prefetch (other, 0);
  table_fixture_settle (f);
  vlive_store_set_max_fetches (f->store.store, 1);
  for (guint round = 0; round < 2; round++)
    {
      guint first = 300 + round * 200;
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (VlivePage) page = NULL;

      /* A read gives its place up to nobody. */
      f->master->hold = TRUE;
      vlive_store_list_async (f->store.store, NULL, 900, 10, VLIVE_READ_FORCE, NULL,
                              vlive_test_result_cb, &result);
      STORE_WAIT (&f->store, vlive_array_master_get_n_held (f->master) == 1);
      if (round == 0)
        look (f, first, 10);
      vlive_table_set_visible_range (other, first, 10);
      table_watch_hold (watch, first, 10);
      table_fixture_advance (f, 200);
      table_fixture_assert_asked (f, "window 900+10;");
      if (round == 0)
        table_fixture_close_table (f);
      else
        {
          table_watch_free (watch);
          g_assert_finalize_object (other);
        }
      f->master->hold = FALSE;
      vlive_array_master_release_all (f->master);
      STORE_WAIT (&f->store, result != NULL);
      page = vlive_store_list_finish (f->store.store, result, NULL, NULL);
      g_assert_nonnull (page);
      g_clear_object (&result);
      table_fixture_advance (f, 1000);
      table_fixture_assert_asked (f, round == 0 ? "window 300+100;" : "");
      g_assert_true (round == 1 || has_rows (watch, first, 10));
    }
  g_assert_cmpint (_vlive_census_get (VLIVE_CENSUS_TASK), ==, 0);
  g_assert_cmpint (_vlive_census_get (VLIVE_CENSUS_TABLE), ==, 0);
  g_assert_cmpint (_vlive_census_get (VLIVE_CENSUS_ROW), ==, 0);
}

/* In real time, over a master that is somewhere else. */
typedef struct
{
  VliveMaster *master;
  VliveStore *store;
  VliveTable *table;
} Remote;

static const char windowed[] =
    "[profile]\nname=windowed\nbase-url=http://localhost\n[read]\n"
    "record={resource}/{id}\npaging=skip\noffset-parameter=_start\n"
    "limit-parameter=_limit\ntotal-header=X-Total-Count\n";

static VliveMaster *
make_rest_master (const char *url)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VliveProfile) given = vlive_profile_new_from_data (windowed, -1, &error);
  g_autoptr (VliveProfile) profile = NULL;

  g_assert_no_error (error);
  profile = vlive_profile_with_base_url (given, url, &error);
  g_assert_no_error (error);

  return VLIVE_MASTER (vlive_rest_master_new (profile, "products"));
}

static void
remote_open (Remote *r, VliveMaster *master)
{
  g_autoptr (VliveCache) cache = vlive_memory_cache_new ();

  r->master = master;
  r->store = vlive_store_new (master, cache, "products");
  r->table = vlive_table_new (r->store, NULL);
  vlive_table_set_visible_range (r->table, 0, 20);
}

static void
remote_close (Remote *r)
{
  g_autoptr (GAsyncResult) closed = NULL;

  vlive_store_close_async (r->store, vlive_test_result_cb, &closed);
  VLIVE_TEST_WAIT (closed != NULL);
  g_clear_object (&closed);
  g_assert_finalize_object (r->table);
  VLIVE_TEST_WAIT (G_OBJECT (r->store)->ref_count == 1);
  g_assert_finalize_object (r->store);
  VLIVE_TEST_WAIT (G_OBJECT (r->master)->ref_count == 1);
  g_assert_finalize_object (r->master);
  vlive_test_assert_all_gone ();
}

static guint
get_n (Remote *r)
{
  return g_list_model_get_n_items (G_LIST_MODEL (r->table));
}

static gboolean
has_row (Remote *r, guint position)
{
  g_autoptr (VliveRow) row = g_list_model_get_item (G_LIST_MODEL (r->table), position);

  return row != NULL && vlive_row_get_record (row) != NULL;
}

/* Says 9, gives 3 at a time, and no word of that. */
static void
test_nine_by_three (void)
{
  VliveScriptedMaster *master = vlive_scripted_master_new ("nine", 9, 1);
  Remote r;

  vlive_scripted_master_set_max_page (master, 3);
  vlive_scripted_master_set_tells_max_page (master, FALSE);
  remote_open (&r, VLIVE_MASTER (master));
  VLIVE_TEST_WAIT (vlive_table_get_state (r.table) == VLIVE_TABLE_COMPLETE);
  g_assert_cmpuint (get_n (&r), ==, 9);
  for (guint i = 0; i < 9; i++)
    g_assert_true (has_row (&r, i));
  g_assert_null (vlive_table_get_error (r.table));
  remote_close (&r);
}

/* What a server says of the number of its 150 rows. */
static void
play_total (const char *said, VliveTotalKind kind, guint64 expected, guint n_items)
{
  TableServer server;
  guint64 total;
  Remote r;

  table_server_start (&server);
  g_atomic_int_set (&server.n_more, 147);
  g_atomic_pointer_set (&server.total, said);
  remote_open (&r, make_rest_master (server.url));
  VLIVE_TEST_WAIT (get_n (&r) > 0 && has_row (&r, 0));
  g_assert_cmpuint (get_n (&r), ==, n_items);
  g_assert_cmpint (vlive_table_get_total (r.table, &total), ==, kind);
  g_assert_cmpuint (total, ==, expected);
  /* The rows that are there are found, whatever it says. */
  vlive_table_set_visible_range (r.table, 140, 10);
  VLIVE_TEST_WAIT (has_row (&r, 149));
  if (kind == VLIVE_TOTAL_EXACT)
    vlive_table_set_visible_range (r.table, get_n (&r) - 10, 10);
  else
    VLIVE_TEST_WAIT (get_n (&r) == 150);
  VLIVE_TEST_WAIT (!vlive_table_is_busy (r.table));
  vlive_test_spin (100);
  g_assert_null (vlive_table_get_error (r.table));
  remote_close (&r);
  table_server_stop (&server);
}

/* Clamped, or unknown, and said. */
static void
test_odd_totals (void)
{
  vlive_test_expect ("*more rows than can be shown*");
  play_total ("4294967295", VLIVE_TOTAL_EXACT, 4294967295, G_MAXINT);
  vlive_test_assert_expected ();
  play_total ("-1", VLIVE_TOTAL_AT_LEAST, 100, 200);
  play_total ("many", VLIVE_TOTAL_AT_LEAST, 100, 200);
  _vlive_warn_forget ("products");
}

/* … in a diagnostic of the answer. */
static void
test_odd_total_is_said (void)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (VlivePage) page = NULL;
  g_autoptr (GError) error = NULL;
  TableServer server;
  Remote r;

  table_server_start (&server);
  g_atomic_pointer_set (&server.total, "many");
  remote_open (&r, make_rest_master (server.url));
  vlive_store_list_async (r.store, NULL, 0, 2, VLIVE_READ_NONE, NULL,
                          vlive_test_result_cb, &result);
  VLIVE_TEST_WAIT (result != NULL);
  page = vlive_store_list_finish (r.store, result, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_strv_length ((char **) vlive_page_get_diagnostics (page)), ==, 1);
  g_assert_nonnull (strstr (vlive_page_get_diagnostics (page)[0], "“many”"));
  g_clear_object (&result);
  g_clear_pointer (&page, vlive_page_unref);
  remote_close (&r);
  table_server_stop (&server);
}

static void
assert_recovers (Remote *r)
{
  VLIVE_TEST_WAIT (get_n (r) == 3 && has_row (r, 2));
  VLIVE_TEST_WAIT (vlive_table_get_error (r->table) == NULL);
  g_assert_cmpint (vlive_table_get_state (r->table), ==, VLIVE_TABLE_COMPLETE);
  g_assert_true (vlive_store_is_online (r->store));
}

/* Nobody is there when a table is opened for the first time, and then somebody
 * is. */
static void
test_refused_and_back (void)
{
  TableServer server;
  guint port;
  Remote r;

  table_server_start (&server);
  port = server.port;
  remote_open (&r, make_rest_master (server.url));
  table_server_stop (&server);
  VLIVE_TEST_WAIT (vlive_table_get_state (r.table) == VLIVE_TABLE_ERROR);
  g_assert_error (vlive_table_get_error (r.table), VLIVE_ERROR, VLIVE_ERROR_OFFLINE);
  g_assert_cmpuint (get_n (&r), ==, 0);
  table_server_start_at (&server, port);
  assert_recovers (&r);
  remote_close (&r);
  table_server_stop (&server);
}

/* Somebody is there, and does not answer: an error within the time that the master
 * is given. */
static void
test_silent_and_back (void)
{
  TableServer server;
  VliveMaster *master;
  Remote r;

  table_server_start (&server);
  g_atomic_int_set (&server.delay_ms, 3600 * 1000);
  master = make_rest_master (server.url);
  g_object_set (master, "timeout", 300, NULL);
  remote_open (&r, master);
  VLIVE_TEST_WAIT (vlive_table_get_state (r.table) == VLIVE_TABLE_ERROR);
  g_assert_nonnull (vlive_table_get_error (r.table));
  g_assert_cmpuint (g_atomic_int_get (&server.n_reads), >=, 1);
  g_assert_cmpuint (get_n (&r), ==, 0);
  g_atomic_int_set (&server.delay_ms, 0);
  assert_recovers (&r);
  remote_close (&r);
  table_server_stop (&server);
}

static void
add (const char *name,
     MakeCacheFunc cache,
     void (*func) (TableFixture *f, gconstpointer data))
{
  g_autofree char *path =
      g_strconcat ("/table/holds/", name, cache != NULL ? "/disk" : "", NULL);

  g_test_add (path, TableFixture, cache, set_up, func, tear_down);
}

int
main (int argc, char **argv)
{
  vlive_test_init (&argc, &argv);

  add ("no-row-of-another-query", NULL, test_no_row_of_another_query);
  add ("started-anew", make_disk_cache, test_started_anew);
  add ("claim-repeated", NULL, test_claim_repeated);
  add ("failing-scroll", NULL, test_failing_scroll);
  add ("old-snapshot", NULL, test_old_snapshot);
  add ("old-snapshot", make_disk_cache, test_old_snapshot);
  add ("last-table-closed", NULL, test_last_table_closed);
  g_test_add_func ("/table/holds/nine-by-three", test_nine_by_three);
  g_test_add_func ("/table/holds/odd-totals", test_odd_totals);
  g_test_add_func ("/table/holds/odd-total-is-said", test_odd_total_is_said);
  g_test_add_func ("/table/holds/refused-and-back", test_refused_and_back);
  g_test_add_func ("/table/holds/silent-and-back", test_silent_and_back);

  return vlive_test_run ();
}
