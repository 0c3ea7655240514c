/* test-races.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "store-fixture.h"
#include "table-watch.h"

#include "table/vlive-table-private.h"

/*
 * The rules under races, each with the schedule that broke it: those that are
 * played nowhere else (docs/races.md has the list). S: the request is sent, E:
 * the master evaluates it, L: its answer lands; c0, c1: processes; r: a record.
 * The processes are stores that share nothing but a cache; with "disk", not even
 * what is in memory of that.
 */
typedef struct
{
  StoreFixture c0;
  StoreFixture c1; /* the same master */
  VliveArrayMaster *master;
  VliveManualStream *stream;
} Fixture;

static char *folder; /* of the caches on disk */

static VliveCache *
make_disk_cache (void)
{
  return vlive_lmdb_cache_new (folder);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  folder = vlive_test_dup_folder ();
  store_fixture_set_up (&f->c0, data);
  f->master = f->c0.master;
  for (guint i = 0; i < 6; i++)
    {
      const char *ids[] = { "r0", "r1", "r2", "r3", "r4", "r5" };

      vlive_array_master_insert (f->master, i, ids[i], i);
    }
  f->stream = vlive_manual_stream_new ();
  f->c1 = f->c0;
  f->c1.store = NULL;
  if (data != NULL)
    {
      f->c1.cache = make_disk_cache ();
      _vlive_cache_set_clock (f->c1.cache, f->c1.clock);
    }
  store_fixture_reopen (&f->c1, "products");
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  f->master->hold = FALSE;
  vlive_array_master_release_all (f->master);
  store_fixture_settle (&f->c0);
  store_fixture_close (&f->c1);
  if (f->c1.cache != f->c0.cache)
    g_assert_finalize_object (f->c1.cache);
  store_fixture_close (&f->c0);
  g_clear_object (&f->stream);
  store_fixture_tear_down (&f->c0, data);
  g_clear_pointer (&folder, g_free);
}

static void
pass (Fixture *f, guint seconds)
{
  _vlive_clock_advance (f->c0.clock, seconds * (gint64) G_USEC_PER_SEC);
}

static void
wait_held (Fixture *f, guint n)
{
  STORE_WAIT (&f->c0, vlive_array_master_get_n_held (f->master) == n);
}

static void
list_async (StoreFixture *c, VliveReadFlags flags, GAsyncResult **result)
{
  vlive_store_list_async (c->store, NULL, 0, 3, flags, NULL, vlive_test_result_cb,
                          result);
  store_fixture_settle (c);
}

static gint64
list_finish (StoreFixture *c, GAsyncResult **result, const char *id)
{
  g_autoptr (VlivePage) page = NULL;
  g_autoptr (GError) error = NULL;

  STORE_WAIT (c, *result != NULL);
  page = vlive_store_list_finish (c->store, *result, NULL, &error);
  g_assert_no_error (error);
  g_clear_object (result);

  return store_fixture_get_value (_vlive_page_find (page, id));
}

static gint64
list_value (StoreFixture *c, const char *id)
{
  GAsyncResult *result = NULL;

  list_async (c, VLIVE_READ_NONE, &result);

  return list_finish (c, &result, id);
}

static void
push (Fixture *f, VliveChangeKind kind, const char *id, gint64 value)
{
  g_autoptr (VliveRecord) record =
      value >= 0 ? vlive_array_master_make (id, value) : NULL;
  g_autoptr (VliveChangeEvent) event = vlive_change_event_new (kind, id, record, 0);

  vlive_manual_stream_push (f->stream, event);
}

static void
follow (Fixture *f, StoreFixture *c)
{
  vlive_store_set_live_stream (c->store, VLIVE_LIVE_STREAM (f->stream));
}

/* Whatever the master does is told. */
static void
follow_master (Fixture *f, StoreFixture *c)
{
  f->master->stream = g_object_ref (f->stream);
  follow (f, c);
}

/* Somebody who looks at a table, and writes down what r1 shows. */
typedef struct
{
  VliveTable *table;
  TableWatch *watch;
  VliveRow *row; /* owned */
  GString *log;
} Look;

static void
log_value_cb (VliveRow *row, GParamSpec *pspec, gpointer data)
{
  g_string_append_printf (data, "%" G_GINT64_FORMAT ";",
                          store_fixture_get_value (vlive_row_get_record (row)));
}

static gboolean
has_all (Look *look)
{
  for (guint i = 0; i < look->watch->rows->len; i++)
    if (vlive_row_get_record (look->watch->rows->pdata[i]) == NULL)
      return FALSE;

  return look->watch->rows->len > 0;
}

static void
look_open (Look *look, StoreFixture *c, VliveQuery *query, guint page_size)
{
  look->table = g_object_new (VLIVE_TYPE_TABLE, "store", c->store, "query", query,
                              "page-size", page_size, "prefetch", 0, NULL);
  look->watch = table_watch_new (G_LIST_MODEL (look->table), TRUE);
  STORE_WAIT (c, has_all (look));
  store_fixture_advance (c, 1500);
  vlive_table_set_visible_range (look->table, 0, page_size);
  store_fixture_advance (c, 100);
  look->log = g_string_new (NULL);
  look->row = g_object_ref (look->watch->rows->pdata[1]);
  g_signal_connect (look->row, "notify::record", G_CALLBACK (log_value_cb), look->log);
  table_watch_reset (look->watch);
  g_string_truncate (c->master->log, 0);
  c->master->n_windows = c->master->n_gets = 0;
}

static void
look_close (Look *look)
{
  g_signal_handlers_disconnect_by_data (look->row, look->log);
  g_clear_object (&look->row);
  g_string_free (look->log, TRUE);
  table_watch_check (look->watch);
  table_watch_free (look->watch);
  g_assert_finalize_object (look->table);
}

static gint64
look_value (Look *look, guint position)
{
  return store_fixture_get_value (
      vlive_row_get_record (table_watch_get (look->watch, position)));
}

static void
assert_ids (Look *look, const char *expected)
{
  g_autofree char *ids = table_watch_ids (look->watch, 0, look->watch->rows->len);

  g_assert_cmpstr (ids, ==, expected);
}

/* Page 0 is stored under v1. r1 changes; c1 S, E (v2). r1 changes back; c0 S with
 * v1, E (304). c1 L: v2 is stored. c0 L: the 304 is about a page that is not there
 * any more. */
static void
test_not_modified_of_another_page (Fixture *f, gconstpointer data)
{
  GAsyncResult *first = NULL;
  GAsyncResult *second = NULL;

  f->master->conditional = TRUE;
  g_assert_cmpint (list_value (&f->c0, "r1"), ==, 1);
  pass (f, 120);
  f->master->hold = TRUE;
  vlive_array_master_set (f->master, "r1", 11);
  list_async (&f->c1, VLIVE_READ_FORCE, &first);
  wait_held (f, 1);
  _vlive_clock_advance (f->c0.clock, 1000);
  vlive_array_master_set (f->master, "r1", 1);
  list_async (&f->c0, VLIVE_READ_FORCE, &second);
  wait_held (f, 2);
  g_assert_cmpuint (f->master->n_not_modified, ==, 1);

  vlive_array_master_release (f->master, 0);
  g_assert_cmpint (list_finish (&f->c1, &first, "r1"), ==, 11);
  vlive_array_master_release (f->master, 0);
  /* Ignored, and asked again, without a validator. */
  wait_held (f, 1);
  g_assert_null (second);
  f->master->hold = FALSE;
  vlive_array_master_release_all (f->master);
  g_assert_cmpint (list_finish (&f->c0, &second, "r1"), ==, 1);
  g_assert_cmpint (list_value (&f->c1, "r1"), ==, 1);
  g_assert_cmpstr (f->master->log->str, ==,
                   "window 0+3;window 0+3?;window 0+3?;window 0+3;");
}

/* The master has lost r3, r4 and r5 when page 1 is S, E: empty, total 3. They are
 * there again; page 0 S, E: total 6. Page 0 L, then page 1 L: an older total, and
 * an old empty last page. */
static void
test_old_total_and_last_page (Fixture *f, gconstpointer data)
{
  const char *ids[] = { "r3", "r4", "r5" };
  guint n_windows;
  Look look;

  look_open (&look, &f->c0, NULL, 3);
  vlive_table_set_visible_range (look.table, 3, 3);
  store_fixture_advance (&f->c0, 100);
  f->master->hold = TRUE;
  g_ptr_array_set_size (f->master->rows, 3);
  vlive_table_refresh (look.table);
  wait_held (f, 1);
  _vlive_clock_advance (f->c0.clock, 1000);
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    vlive_array_master_insert (f->master, 3 + i, ids[i], 3 + i);
  vlive_table_set_visible_range (look.table, 0, 3);
  vlive_table_refresh (look.table);
  wait_held (f, 2);
  g_assert_cmpstr (f->master->log->str, ==, "window 3+3;window 0+3;");

  vlive_array_master_release (f->master, 1);
  store_fixture_advance (&f->c0, 40);
  g_assert_cmpuint (look.watch->rows->len, ==, 6);
  vlive_array_master_release (f->master, 0);
  store_fixture_advance (&f->c0, 40);
  g_assert_cmpuint (look.watch->rows->len, ==, 6);

  /* That page is stale, and asked for again. */
  f->master->hold = FALSE;
  vlive_array_master_release_all (f->master);
  vlive_table_set_visible_range (look.table, 0, 6);
  store_fixture_advance (&f->c0, 3000);
  assert_ids (&look, "r0 r1 r2 r3 r4 r5");
  g_assert_cmpuint (look.watch->n_lengths, ==, 0);
  n_windows = f->master->n_windows;
  store_fixture_advance (&f->c0, 10000);
  g_assert_cmpuint (f->master->n_windows, ==, n_windows);
  look_close (&look);
}

static guint
count_asked (Fixture *f, const char *what)
{
  guint n = 0;

  for (const char *at = f->master->log->str; (at = strstr (at, what)) != NULL; at++)
    n++;

  return n;
}

/* c1: page 0 S, E; c0 patches r1 and is acknowledged; for as long as a request may
 * take, other pages are stored, none of them older; c1: L. */
static void
test_entry_outlives_pages (Fixture *f, gconstpointer data)
{
  GAsyncResult *result = NULL;

  /* What may go is looked for every 30 s: the next time 10 s from then. */
  store_fixture_assert_list (&f->c0, NULL, 3, 3, VLIVE_OUTCOME_MISS, "r3 r4 r5");
  pass (f, 20);
  f->master->hold = TRUE;
  list_async (&f->c1, VLIVE_READ_NONE, &result);
  wait_held (f, 1);
  f->master->hold = FALSE;
  store_fixture_patch (&f->c0, "r1", 11);
  for (guint i = 0; i < 29; i++)
    {
      g_autoptr (VlivePage) page = NULL;

      pass (f, 1);
      page = store_fixture_list (&f->c0, NULL, 3, 3, VLIVE_READ_FORCE, NULL, NULL);
      g_assert_nonnull (page);
    }
  vlive_array_master_release_all (f->master);
  g_assert_cmpint (list_finish (&f->c1, &result, "r1"), ==, 11);
  g_assert_cmpint (list_value (&f->c1, "r1"), ==, 11);
  /* It was masked, not asked for again. */
  g_assert_cmpuint (count_asked (f, "window 0+3;"), ==, 1);
}

/* c0, c1: page 0 S, E; c0 patches r1 and is acknowledged; c1 clears the cache; both
 * L. Each shows the new value, and c0 never the old one again. */
static void
test_cleared_under_tables (Fixture *f, gconstpointer data)
{
  g_autoptr (GAsyncResult) cleared = NULL;
  Look first;
  Look second;

  look_open (&first, &f->c0, NULL, 3);
  look_open (&second, &f->c1, NULL, 3);
  f->master->hold = TRUE;
  vlive_table_refresh (first.table);
  vlive_table_refresh (second.table);
  wait_held (f, 2);
  f->master->hold = FALSE;
  store_fixture_patch (&f->c0, "r1", 11);
  vlive_cache_clear_async (f->c1.cache, NULL, vlive_test_result_cb, &cleared);
  STORE_WAIT (&f->c1, cleared != NULL);
  vlive_array_master_release_all (f->master);
  STORE_WAIT (&f->c0, look_value (&second, 1) == 11);
  store_fixture_advance (&f->c0, 3000);
  g_assert_cmpstr (first.log->str, ==, "11;");
  g_assert_cmpstr (second.log->str, ==, "11;");
  g_assert_cmpint (list_value (&f->c0, "r1"), ==, 11);
  g_assert_cmpint (list_value (&f->c1, "r1"), ==, 11);
  look_close (&first);
  look_close (&second);
}

/* c0 has stored page 0. c1 has never seen it, and hears, without the record, that
 * r1 has changed. */
static void
test_unknown_on_disk (Fixture *f, gconstpointer data)
{
  g_assert_cmpint (list_value (&f->c0, "r1"), ==, 1);
  follow (f, &f->c1);
  store_fixture_assert_list (&f->c1, NULL, 3, 3, VLIVE_OUTCOME_MISS, "r3 r4 r5");
  vlive_array_master_set (f->master, "r1", 11);
  push (f, VLIVE_CHANGE_UPDATED, "r1", -1);
  g_assert_cmpint (list_value (&f->c1, "r1"), ==, 11);
  g_assert_cmpint (list_value (&f->c0, "r1"), ==, 11);
  /* Only what holds it was asked for again. */
  store_fixture_assert_list (&f->c1, NULL, 3, 3, VLIVE_OUTCOME_HIT, "r3 r4 r5");
  g_assert_cmpuint (f->master->n_windows, ==, 3);
}

/* … and c1 has not read anything at all yet. */
static void
test_unknown_before_reading (Fixture *f, gconstpointer data)
{
  g_assert_cmpint (list_value (&f->c0, "r1"), ==, 1);
  follow (f, &f->c1);
  vlive_array_master_set (f->master, "r1", 11);
  push (f, VLIVE_CHANGE_UPDATED, "r1", -1);
  store_fixture_advance (&f->c1, 50);
  g_assert_cmpint (list_value (&f->c1, "r1"), ==, 11);
  g_assert_cmpint (list_value (&f->c0, "r1"), ==, 11);
}

/* … and does not even know under which name things are cached, which the master
 * has to be asked for. */
static void
test_unknown_before_name (Fixture *f, gconstpointer data)
{
  VliveArrayMaster *shy = vlive_array_master_new_shy ("products");
  StoreFixture c2 = f->c1;

  g_assert_cmpint (list_value (&f->c0, "r1"), ==, 1);
  vlive_array_master_insert (shy, 0, "r0", 0);
  vlive_array_master_insert (shy, 1, "r1", 11);
  c2.master = shy;
  c2.store = NULL;
  store_fixture_reopen (&c2, "products");
  follow (f, &c2);
  push (f, VLIVE_CHANGE_UPDATED, "r1", -1);
  store_fixture_advance (&c2, 50);
  g_assert_cmpuint (shy->n_describes, ==, 0);
  g_assert_cmpint (list_value (&c2, "r1"), ==, 11);
  g_assert_cmpuint (shy->n_windows, ==, 1);
  store_fixture_close (&c2);
  g_assert_finalize_object (shy);
}

/* c0 has stored what a filter finds. c1 hears of r5 with its record, and does not
 * know what it was: it may have entered the filter. */
static void
test_former_not_known (Fixture *f, gconstpointer data)
{
  g_autoptr (VliveQuery) all = vlive_query_new ();
  g_autoptr (VliveQuery) filter =
      vlive_query_with_condition (all, "value", VLIVE_OPERATOR_GREATER,
                                  g_variant_new_int64 (100), NULL);

  store_fixture_assert_list (&f->c0, filter, 0, 3, VLIVE_OUTCOME_MISS, "");
  g_assert_cmpint (list_value (&f->c0, "r1"), ==, 1);
  follow (f, &f->c1);
  g_assert_cmpint (list_value (&f->c1, "r1"), ==, 1);
  vlive_array_master_set (f->master, "r5", 500);
  push (f, VLIVE_CHANGE_UPDATED, "r5", 500);
  store_fixture_assert_list (&f->c1, filter, 0, 3, VLIVE_OUTCOME_MISS, "r5");
  store_fixture_assert_list (&f->c0, filter, 0, 3, VLIVE_OUTCOME_HIT, "r5");
  store_fixture_assert_list (&f->c1, NULL, 0, 3, VLIVE_OUTCOME_HIT, "r0 r1 r2");
}

/* c0: patch 1 acknowledged, patch 2 acknowledged; then c1 hears of patch 1, with its
 * record: confirmed a moment ago, and not by itself. */
static void
test_old_echo_elsewhere (Fixture *f, gconstpointer data)
{
  Look look;

  follow (f, &f->c1);
  look_open (&look, &f->c1, NULL, 3);
  store_fixture_patch (&f->c0, "r1", 20);
  store_fixture_patch (&f->c0, "r1", 30);
  vlive_table_refresh (look.table);
  STORE_WAIT (&f->c1, look_value (&look, 1) == 30);
  push (f, VLIVE_CHANGE_UPDATED, "r1", 20);
  g_assert_cmpint (list_value (&f->c1, "r1"), ==, 30);
  store_fixture_advance (&f->c1, 50);
  STORE_WAIT (&f->c1, f->master->n_in_flight == 0);
  store_fixture_advance (&f->c1, 2000);
  g_assert_cmpint (list_value (&f->c0, "r1"), ==, 30);
  g_assert_cmpint (look_value (&look, 1), ==, 30);
  /* The first patch may have been seen in a cache that is shared; not again. */
  if (data == NULL || strcmp (look.log->str, "20;30;") != 0)
    g_assert_cmpstr (look.log->str, ==, "30;");
  /* As one without a record: it is read again, alone. */
  g_assert_cmpuint (f->master->n_gets, ==, 1);

  /* The echo of what is known is no news, and much later it cannot be one. */
  push (f, VLIVE_CHANGE_UPDATED, "r1", 30);
  store_fixture_advance (&f->c1, 50);
  pass (f, 40);
  push (f, VLIVE_CHANGE_UPDATED, "r1", 40);
  STORE_WAIT (&f->c1, look_value (&look, 1) == 40);
  g_assert_cmpuint (f->master->n_gets, ==, 1);
  look_close (&look);
}

/* c1 looks at a table, without a stream. c0: patch, ack: c1 takes it from the disk,
 * and asks nobody. */
static void
test_notice (Fixture *f, gconstpointer data)
{
  VliveLedger before;
  Look look;

  look_open (&look, &f->c1, NULL, 3);
  before = store_fixture_ledger (&f->c1);
  store_fixture_patch (&f->c0, "r1", 20);
  STORE_WAIT (&f->c1, look_value (&look, 1) == 20);
  store_fixture_patch (&f->c0, "r1", 30);
  STORE_WAIT (&f->c1, look_value (&look, 1) == 30);
  g_assert_cmpstr (look.log->str, ==, "20;30;");
  g_assert_cmpuint (look.watch->n_changes, ==, 0);
  g_assert_cmpuint (f->master->n_windows + f->master->n_gets, ==, 0);
  g_assert_cmpuint (store_fixture_ledger (&f->c1).n_fetches, ==, before.n_fetches);

  /* What is not on screen, when it is; the page was in memory. */
  store_fixture_patch (&f->c0, "r4", 40);
  store_fixture_advance (&f->c1, 50);
  vlive_table_set_visible_range (look.table, 3, 3);
  STORE_WAIT (&f->c1, look_value (&look, 4) == 40);
  g_assert_cmpuint (f->master->n_windows + f->master->n_gets, ==, 0);
  look_close (&look);
}

/* c0: delete, ack: the row goes at once, and the rest is asked for. */
static void
test_notice_of_deletion (Fixture *f, gconstpointer data)
{
  g_autoptr (VliveWrite) gone = vlive_write_new (VLIVE_WRITE_DELETE, "r1", NULL);
  g_autoptr (GError) error = NULL;
  Look look;

  look_open (&look, &f->c1, NULL, 3);
  g_assert_true (store_fixture_write (&f->c0, gone, &error));
  g_assert_no_error (error);
  STORE_WAIT (&f->c1, look.watch->rows->len == 5);
  store_fixture_advance (&f->c1, 3000);
  vlive_table_set_visible_range (look.table, 3, 2);
  store_fixture_advance (&f->c1, 3000);
  assert_ids (&look, "r0 r2 r3 r4 r5");
  look_close (&look);
}

/* c0 clears the cache: what c1 shows stays, and is asked for anew. */
static void
test_notice_of_clearing (Fixture *f, gconstpointer data)
{
  GAsyncResult *cleared = NULL;
  Look look;

  look_open (&look, &f->c1, NULL, 3);
  vlive_array_master_set (f->master, "r1", 11);
  vlive_cache_clear_async (f->c0.cache, NULL, vlive_test_result_cb, &cleared);
  STORE_WAIT (&f->c0, cleared != NULL);
  g_assert_true (vlive_cache_clear_finish (f->c0.cache, cleared, NULL));
  g_object_unref (cleared);
  /* A namespace is there again when somebody reads. */
  g_assert_cmpint (list_value (&f->c0, "r1"), ==, 11);
  STORE_WAIT (&f->c1, look_value (&look, 1) == 11);
  g_assert_cmpstr (look.log->str, ==, "11;");
  g_assert_cmpuint (look.watch->n_changes, ==, 0);
  look_close (&look);
}

/* The write S, E (r1 = 11); another writes 22; both events L; then our answer, 11,
 * L. */
static void
play_both_events (Fixture *f, gboolean with_records)
{
  g_autoptr (VliveWrite) write = store_fixture_make_patch ("r1", 11);
  g_autoptr (GAsyncResult) result = NULL;
  guint n_gets;
  Look look;

  follow_master (f, &f->c0);
  f->master->events_with_records = with_records;
  look_open (&look, &f->c0, NULL, 3);
  f->master->hold = TRUE;
  vlive_store_write_async (f->c0.store, write, NULL, vlive_test_result_cb, &result);
  wait_held (f, 1);
  f->master->hold = FALSE;
  vlive_array_master_set (f->master, "r1", 22);
  g_assert_cmpuint (store_fixture_ledger (&f->c0).n_events, ==, 2);
  store_fixture_advance (&f->c0, 50);
  vlive_array_master_release_all (f->master);
  STORE_WAIT (&f->c0, result != NULL);
  g_assert_true (vlive_store_write_finish (f->c0.store, result, NULL));
  store_fixture_advance (&f->c0, 50);
  g_assert_cmpint (look_value (&look, 1), ==, 22);
  g_assert_cmpint (list_value (&f->c0, "r1"), ==, 22);
  n_gets = f->master->n_gets;
  g_assert_cmpuint (n_gets, <=, 2);
  store_fixture_advance (&f->c0, 10000);
  g_assert_cmpuint (f->master->n_gets, ==, n_gets);
  look_close (&look);
}

static void
test_both_events (Fixture *f, gconstpointer data)
{
  play_both_events (f, TRUE);
}

static void
test_both_events_without_records (Fixture *f, gconstpointer data)
{
  play_both_events (f, FALSE);
}

/* An insert S, E; what the master has made of it does not match the filter; L. The
 * first answer that was asked for after that ends it. */
static void
test_insert_leaves_filter (Fixture *f, gconstpointer data)
{
  g_autoptr (VliveQuery) all = vlive_query_new ();
  g_autoptr (VliveQuery) filter =
      vlive_query_with_condition (all, "value", VLIVE_OPERATOR_LESS,
                                  g_variant_new_int64 (10), NULL);
  g_autoptr (VliveRecord) fields = vlive_array_master_make ("none", 7);
  g_autoptr (VliveWrite) write = NULL;
  guint64 total;
  Look look;

  look_open (&look, &f->c0, filter, 3);
  f->master->hold = TRUE;
  write = vlive_store_write (f->c0.store, VLIVE_WRITE_INSERT, NULL, fields);
  wait_held (f, 1);
  store_fixture_advance (&f->c0, 40);
  g_assert_cmpuint (look.watch->rows->len, ==, 7);
  vlive_array_master_set (f->master, "new1", 997);
  f->master->latency_us = 200000;
  f->master->hold = FALSE;
  vlive_array_master_release_all (f->master);
  STORE_WAIT (&f->c0, vlive_write_get_state (write) == VLIVE_WRITE_APPLIED);
  /* Until then it stays where it is. */
  store_fixture_advance (&f->c0, 40);
  g_assert_cmpuint (look.watch->rows->len, ==, 7);
  store_fixture_advance (&f->c0, 3000);
  assert_ids (&look, "r0 r1 r2 r3 r4 r5");
  vlive_table_get_total (look.table, &total);
  g_assert_cmpuint (total, ==, 6);
  look_close (&look);
}

#define N_VISIBLE 3

/* Pages that were asked for, in order. */
static GArray *
list_asked (Fixture *f, guint page_size)
{
  g_auto (GStrv) calls = g_strsplit (f->master->log->str, ";", -1);
  GArray *pages = g_array_new (FALSE, FALSE, sizeof (guint));

  for (guint i = 0; calls[i] != NULL; i++)
    if (g_str_has_prefix (calls[i], "window "))
      {
        guint64 offset = g_ascii_strtoull (calls[i] + strlen ("window "), NULL, 10);
        guint page = (guint) (offset / page_size);

        g_array_append_val (pages, page);
      }

  return pages;
}

static void
assert_not_older (Fixture *f, Look *look, gint64 us)
{
  gint64 fetched_at = vlive_table_get_fetched_at (look->table);

  g_assert_cmpint (_vlive_clock_get_real_us (f->c0.clock) - fetched_at, <=, us);
  g_assert_false (vlive_table_is_stale (look->table));
}

/* Others insert a row, 20 times a second. */
static void
insert_one (Fixture *f, guint i)
{
  g_autofree char *id = g_strdup_printf ("storm%u", i);

  vlive_array_master_insert (f->master, 0, id, i);
  store_fixture_advance (&f->c0, 50);
}

static void
open_three_pages (Fixture *f, Look *look, gint64 latency_us)
{
  vlive_array_master_fill (f->master, 294);
  follow_master (f, &f->c0);
  look_open (look, &f->c0, NULL, 100);
  /* What comes up behind them is nobody's concern. */
  look->watch->hold_all = FALSE;
  vlive_table_set_visible_range (look->table, 0, N_VISIBLE * 100);
  f->master->latency_us = latency_us;
  /* So long a request takes. */
  for (guint i = 0; i < 3; i++)
    {
      vlive_table_refresh (look->table);
      store_fixture_advance (&f->c0, (guint) (latency_us / 1000) + 1100);
    }
  g_string_truncate (f->master->log, 0);
  f->master->max_in_flight = 0;
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (VlivePage) page =
      vlive_store_list_finish (VLIVE_STORE (source), result, NULL, NULL);

  g_assert_nonnull (page);
  (*(guint *) data)--;
}

/* Latency 2.5 s, 20 membership events a second, 3 visible pages (rules 18 and 19);
 * and others want the first of them as well. */
static void
test_storm (Fixture *f, gconstpointer data)
{
  const gint64 latency_us = 2500000;
  guint counts[N_VISIBLE] = { 0 };
  guint n_reads = 0;
  g_autoptr (GArray) pages = NULL;
  Look look;

  open_three_pages (f, &look, latency_us);
  for (guint i = 0; i < 40 * 20; i++)
    {
      insert_one (f, i);
      if (i % 10 == 0)
        {
          n_reads++;
          vlive_store_list_async (f->c0.store, NULL, 0, 100, VLIVE_READ_NONE, NULL,
                                  read_cb, &n_reads);
        }
      /* A second and two request times, and a few ticks. */
      assert_not_older (f, &look, G_USEC_PER_SEC + 2 * latency_us + 100000);
    }
  /* One flight a page, one after another. */
  g_assert_cmpuint (f->master->max_in_flight, ==, N_VISIBLE);
  pages = list_asked (f, 100);
  for (guint i = 0; i < pages->len; i++)
    {
      guint page = g_array_index (pages, guint, i);

      g_assert_cmpuint (page, <, N_VISIBLE);
      counts[page]++;
    }
  for (guint i = 0; i < N_VISIBLE; i++)
    {
      g_assert_cmpuint (counts[i], >=, 12);
      g_assert_cmpuint (counts[i], <=, 17);
    }
  STORE_WAIT (&f->c0, n_reads == 0);
  look_close (&look);
}

/* One place for three visible pages: the one longest un-asked goes first. */
static void
test_longest_unasked (Fixture *f, gconstpointer data)
{
  const gint64 latency_us = 1500000;
  g_autoptr (GArray) pages = NULL;
  Look look;

  vlive_store_set_max_fetches (f->c0.store, 1);
  open_three_pages (f, &look, latency_us);
  for (guint i = 0; i < 60 * 20; i++)
    insert_one (f, i);
  pages = list_asked (f, 100);
  g_assert_cmpuint (pages->len, >=, 30);
  for (guint i = N_VISIBLE; i < pages->len; i++)
    g_assert_cmpuint (g_array_index (pages, guint, i), ==,
                      g_array_index (pages, guint, i - N_VISIBLE));
  look_close (&look);
}

static void
log_changed_cb (VliveStore *store, const char *id, gpointer data)
{
  g_string_append_printf (data, "%s;", id != NULL ? id : "-");
}

/* An insert S, E; its event L, and one of a later change: both wait for the answer.
 * That is lost: they wait no longer. */
static void
test_unknown_insert (Fixture *f, gconstpointer data)
{
  g_autoptr (VliveRecord) fields = vlive_array_master_make ("none", 7);
  g_autoptr (VliveWrite) write = NULL;
  g_autoptr (GString) told = g_string_new (NULL);
  Look look;

  follow_master (f, &f->c0);
  look_open (&look, &f->c0, NULL, 10);
  g_signal_connect (f->c0.store, "changed", G_CALLBACK (log_changed_cb), told);
  f->master->latency_us = 500000;
  f->master->n_to_lose = 1;
  write = vlive_store_write (f->c0.store, VLIVE_WRITE_INSERT, NULL, fields);
  store_fixture_advance (&f->c0, 100);
  vlive_array_master_set (f->master, "new1", 8);
  store_fixture_advance (&f->c0, 200);
  g_assert_cmpint (vlive_write_get_state (write), ==, VLIVE_WRITE_SENDING);
  g_assert_cmpuint (store_fixture_ledger (&f->c0).n_events, ==, 2);
  g_assert_cmpuint (look.watch->rows->len, ==, 7);
  g_assert_cmpint (look_value (&look, 0), ==, 7);
  g_assert_cmpstr (f->master->log->str, ==, "insert -;");
  g_assert_cmpstr (told->str, ==, "");
  STORE_WAIT (&f->c0, vlive_write_get_state (write) == VLIVE_WRITE_UNKNOWN);
  store_fixture_advance (&f->c0, 100);
  g_assert_nonnull (strstr (told->str, "new1;"));
  store_fixture_advance (&f->c0, 3000);
  assert_ids (&look, "r0 r1 r2 r3 r4 r5 new1");
  g_assert_cmpint (look_value (&look, 6), ==, 8);
  g_signal_handlers_disconnect_by_data (f->c0.store, told);
  look_close (&look);
}

/* The same, and the answer comes: one row, with the later value. */
static void
test_held_events (Fixture *f, gconstpointer data)
{
  g_autoptr (VliveRecord) fields = vlive_array_master_make ("none", 7);
  g_autoptr (VliveWrite) write = NULL;
  Look look;

  follow_master (f, &f->c0);
  look_open (&look, &f->c0, NULL, 10);
  f->master->latency_us = 500000;
  write = vlive_store_write (f->c0.store, VLIVE_WRITE_INSERT, NULL, fields);
  store_fixture_advance (&f->c0, 100);
  vlive_array_master_set (f->master, "new1", 8);
  store_fixture_advance (&f->c0, 200);
  g_assert_cmpuint (look.watch->rows->len, ==, 7);
  g_assert_cmpstr (f->master->log->str, ==, "insert -;");
  STORE_WAIT (&f->c0, vlive_write_get_state (write) == VLIVE_WRITE_APPLIED);
  g_assert_cmpuint (look.watch->rows->len, ==, 7);
  store_fixture_advance (&f->c0, 3000);
  assert_ids (&look, "r0 r1 r2 r3 r4 r5 new1");
  g_assert_cmpint (look_value (&look, 6), ==, 8);
  g_assert_cmpint (list_value (&f->c0, "r1"), ==, 1);
  look_close (&look);
}

/* r4 and r5, of which no page is here, are deleted, by us and by others: the list is
 * as long as the last total says until there is another one. */
static void
test_delete_of_unseated (Fixture *f, gconstpointer data)
{
  VliveTable *table = g_object_new (VLIVE_TYPE_TABLE, "store", f->c0.store, "page-size",
                                    3, "prefetch", 0, NULL);
  TableWatch *watch = table_watch_new (G_LIST_MODEL (table), FALSE);
  g_autoptr (VliveWrite) write = NULL;

  follow_master (f, &f->c0);
  vlive_table_set_visible_range (table, 0, 3);
  store_fixture_advance (&f->c0, 2500);
  g_assert_cmpuint (watch->rows->len, ==, 6);
  f->master->latency_us = 200000;
  f->master->evaluate_late = TRUE;
  write = vlive_store_write (f->c0.store, VLIVE_WRITE_DELETE, "r5", NULL);
  store_fixture_advance (&f->c0, 100);
  g_assert_cmpuint (watch->rows->len, ==, 6);
  STORE_WAIT (&f->c0, vlive_write_get_state (write) == VLIVE_WRITE_APPLIED);
  g_assert_cmpuint (watch->rows->len, ==, 6);
  store_fixture_advance (&f->c0, 3000);
  g_assert_cmpuint (watch->rows->len, ==, 5);

  vlive_array_master_delete (f->master, "r4");
  store_fixture_advance (&f->c0, 100);
  g_assert_cmpuint (watch->rows->len, ==, 5);
  store_fixture_advance (&f->c0, 3000);
  g_assert_cmpuint (watch->rows->len, ==, 4);
  g_assert_cmpuint (watch->n_lengths, ==, 3);
  table_watch_free (watch);
  g_assert_finalize_object (table);
}

/* A patch of r1 S; others delete r1, and its event L; the patch E: there is no such
 * record. The row goes once, and does not come back. */
static void
test_patch_of_deleted (Fixture *f, gconstpointer data)
{
  g_autoptr (VliveWrite) write = store_fixture_make_patch ("r1", 11);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  Look look;

  follow_master (f, &f->c0);
  look_open (&look, &f->c0, NULL, 10);
  f->master->evaluate_late = TRUE;
  f->master->hold = TRUE;
  vlive_store_write_async (f->c0.store, write, NULL, vlive_test_result_cb, &result);
  wait_held (f, 1);
  f->master->hold = FALSE;
  vlive_array_master_delete (f->master, "r1");
  store_fixture_advance (&f->c0, 2000);
  assert_ids (&look, "r0 r2 r3 r4 r5");
  g_assert_cmpint (vlive_row_get_state (look.row), ==, VLIVE_ROW_GONE);
  vlive_array_master_release_all (f->master);
  STORE_WAIT (&f->c0, result != NULL);
  g_assert_false (vlive_store_write_finish (f->c0.store, result, &error));
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_NOT_FOUND);
  g_assert_cmpint (vlive_write_get_state (write), ==, VLIVE_WRITE_REJECTED);
  store_fixture_advance (&f->c0, 3000);
  assert_ids (&look, "r0 r2 r3 r4 r5");
  g_assert_cmpstr (look.watch->log->str, ==, "1-1+0;");
  look_close (&look);
}

/* An insert S, E; others delete what it has made, and that event L; then the answer.
 * What is to be inserted is shown until then, and goes then. */
static void
test_insert_of_deleted (Fixture *f, gconstpointer data)
{
  g_autoptr (VliveRecord) fields = vlive_array_master_make ("x", 7);
  g_autoptr (VliveWrite) write = NULL;
  Look look;

  follow_master (f, &f->c0);
  look_open (&look, &f->c0, NULL, 10);
  f->master->hold = TRUE;
  write = vlive_store_write (f->c0.store, VLIVE_WRITE_INSERT, "x", fields);
  wait_held (f, 1);
  f->master->hold = FALSE;
  vlive_array_master_delete (f->master, "x");
  store_fixture_advance (&f->c0, 2000);
  assert_ids (&look, "x r0 r1 r2 r3 r4 r5");
  g_assert_cmpstr (look.watch->log->str, ==, "0-0+1;");
  g_assert_cmpuint (f->master->n_gets, >, 0);
  vlive_array_master_release_all (f->master);
  STORE_WAIT (&f->c0, vlive_write_get_state (write) == VLIVE_WRITE_APPLIED);
  store_fixture_advance (&f->c0, 3000);
  assert_ids (&look, "r0 r1 r2 r3 r4 r5");
  look_close (&look);
}

/* An insert S, E; its event L, so that the record is read, and a page that does not
 * hold it, both before the answer: the row stays where it is until then. */
static void
test_insert_known_early (Fixture *f, gconstpointer data)
{
  g_autoptr (VliveRecord) fields = vlive_array_master_make ("x", 7);
  g_autoptr (VliveWrite) write = NULL;
  g_autoptr (VliveRow) row = NULL;
  Look look;

  follow_master (f, &f->c0);
  look_open (&look, &f->c0, NULL, 3);
  look.watch->hold_all = FALSE;
  f->master->hold = TRUE;
  write = vlive_store_write (f->c0.store, VLIVE_WRITE_INSERT, "x", fields);
  wait_held (f, 1);
  f->master->hold = FALSE;
  STORE_WAIT (&f->c0, look.watch->rows->len > 6);
  row = g_object_ref (table_watch_get (look.watch, 0));
  store_fixture_advance (&f->c0, 3000);
  g_assert_nonnull (strstr (f->master->log->str, "get x;"));
  g_assert_nonnull (strstr (f->master->log->str, "window 0+3;"));
  g_assert_true (table_watch_get (look.watch, 0) == row);
  g_assert_cmpint (vlive_row_get_state (row), ==, VLIVE_ROW_PENDING);
  g_assert_null (strstr (look.watch->log->str, ";0-"));
  vlive_array_master_release_all (f->master);
  STORE_WAIT (&f->c0, vlive_write_get_state (write) == VLIVE_WRITE_APPLIED);
  store_fixture_advance (&f->c0, 3000);
  g_assert_cmpuint (look.watch->rows->len, ==, 7);
  g_assert_cmpstr (vlive_row_get_id (table_watch_get (look.watch, 0)), ==, "r0");
  look_close (&look);
}

static void
add (const char *name,
     MakeCacheFunc cache,
     void (*func) (Fixture *f, gconstpointer data))
{
  g_autofree char *path =
      g_strconcat ("/table/races/", name, cache != NULL ? "/disk" : "", NULL);

  g_test_add (path, Fixture, cache, set_up, func, tear_down);
}

int
main (int argc, char **argv)
{
  vlive_test_init (&argc, &argv);

  for (guint i = 0; i < 2; i++)
    {
      MakeCacheFunc cache = i == 0 ? NULL : make_disk_cache;

      add ("01-not-modified-of-another-page", cache, test_not_modified_of_another_page);
      add ("05-entry-outlives-pages", cache, test_entry_outlives_pages);
      add ("06-cleared-under-tables", cache, test_cleared_under_tables);
      add ("08-unknown-on-disk", cache, test_unknown_on_disk);
      add ("08-unknown-before-reading", cache, test_unknown_before_reading);
      add ("08-unknown-before-name", cache, test_unknown_before_name);
      add ("08-former-not-known", cache, test_former_not_known);
      add ("12-old-echo-elsewhere", cache, test_old_echo_elsewhere);
    }
  add ("05-notice", make_disk_cache, test_notice);
  add ("05-notice-of-deletion", make_disk_cache, test_notice_of_deletion);
  add ("06-notice-of-clearing", make_disk_cache, test_notice_of_clearing);
  add ("03-old-total-and-last-page", NULL, test_old_total_and_last_page);
  add ("13-both-events", NULL, test_both_events);
  add ("13-both-events-without-records", NULL, test_both_events_without_records);
  add ("15-insert-leaves-filter", NULL, test_insert_leaves_filter);
  add ("18-storm", NULL, test_storm);
  add ("18-longest-unasked", NULL, test_longest_unasked);
  add ("silent/unknown-insert", NULL, test_unknown_insert);
  add ("silent/held-events", NULL, test_held_events);
  add ("silent/delete-of-unseated", NULL, test_delete_of_unseated);
  add ("silent/patch-of-deleted", NULL, test_patch_of_deleted);
  add ("silent/insert-of-deleted", NULL, test_insert_of_deleted);
  add ("silent/insert-known-early", NULL, test_insert_known_early);

  return vlive_test_run ();
}
