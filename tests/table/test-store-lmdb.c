/* test-store-lmdb.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "store-fixture.h"
#include "table-watch.h"

/* A store and a table over the cache on disk, with its threads, in real time. */

typedef struct
{
  char *folder;
  VliveArrayMaster *master;
  VliveCache *cache;
  VliveStore *store;
} Fixture;

static void
open_store (Fixture *f)
{
  f->cache = vlive_lmdb_cache_new (f->folder);
  f->store = vlive_store_new (VLIVE_MASTER (f->master), f->cache, "products");
}

static void
close_store (Fixture *f)
{
  g_autoptr (GAsyncResult) closed = NULL;

  vlive_store_close_async (f->store, vlive_test_result_cb, &closed);
  VLIVE_TEST_WAIT (closed != NULL);
  g_clear_object (&closed);
  g_assert_finalize_object (f->store);
  g_assert_finalize_object (f->cache);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  f->folder = vlive_test_dup_folder ();
  f->master = vlive_array_master_new ("products");
  f->master->clock = g_object_ref (_vlive_clock_get_default ());
  open_store (f);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  close_store (f);
  VLIVE_TEST_WAIT (f->master->n_in_flight == 0);
  vlive_test_turn ();
  g_assert_finalize_object (f->master);
  vlive_test_assert_all_gone ();
  g_free (f->folder);
}

static VlivePage *
list (VliveStore *store, guint limit, VliveReading *reading)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  VlivePage *page;

  vlive_store_list_async (store, NULL, 0, limit, VLIVE_READ_NONE, NULL,
                          vlive_test_result_cb, &result);
  VLIVE_TEST_WAIT (result != NULL);
  page = vlive_store_list_finish (store, result, reading, &error);
  g_assert_no_error (error);

  return page;
}

static void
assert_list (VliveStore *store, guint limit, VliveOutcome outcome, const char *expected)
{
  g_auto (VliveReading) reading = { 0 };
  g_autoptr (VlivePage) page = list (store, limit, &reading);
  g_autofree char *ids = store_fixture_ids (page);

  g_assert_cmpstr (ids, ==, expected);
  g_assert_cmpint (reading.outcome, ==, outcome);
}

static gint64
list_value (VliveStore *store, const char *id)
{
  g_autoptr (VlivePage) page = list (store, 100, NULL);

  return store_fixture_get_value (_vlive_page_find (page, id));
}

static void
write_and_wait (VliveStore *store, VliveWrite *write)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  vlive_store_write_async (store, write, NULL, vlive_test_result_cb, &result);
  VLIVE_TEST_WAIT (result != NULL);
  vlive_store_write_finish (store, result, &error);
  g_assert_no_error (error);
}

static void
patch (VliveStore *store, const char *id, gint64 value)
{
  g_autoptr (VliveWrite) write = store_fixture_make_patch (id, value);

  write_and_wait (store, write);
}

static void
fill_few (Fixture *f)
{
  const char *ids[] = { "10", "9", "2", "a", "b" };

  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    vlive_array_master_insert (f->master, i, ids[i], i);
}

static void
test_limits (Fixture *f, gconstpointer data)
{
  fill_few (f);
  for (guint i = 0; i < 2; i++)
    {
      VliveOutcome outcome = i == 0 ? VLIVE_OUTCOME_MISS : VLIVE_OUTCOME_HIT;

      assert_list (f->store, 3, outcome, "10 9 2");
      assert_list (f->store, 4, outcome, "10 9 2 a");
      assert_list (f->store, 0, outcome, "10 9 2 a b");
      close_store (f);
      open_store (f);
    }
  g_assert_cmpuint (f->master->n_windows, ==, 3);
}

static void
test_membership (Fixture *f, gconstpointer data)
{
  g_autoptr (VliveWrite) delete = vlive_write_new (VLIVE_WRITE_DELETE, "9", NULL);
  g_autoptr (VliveWrite) clear = vlive_write_new (VLIVE_WRITE_DELETE_ALL, NULL, NULL);

  fill_few (f);
  assert_list (f->store, 3, VLIVE_OUTCOME_MISS, "10 9 2");
  write_and_wait (f->store, delete);
  assert_list (f->store, 3, VLIVE_OUTCOME_MISS, "10 2 a");
  write_and_wait (f->store, clear);
  assert_list (f->store, 3, VLIVE_OUTCOME_MISS, "");
}

/* 1 000 rounds of "write v = n, then read": never an older value. */
static void
test_write_then_read (Fixture *f, gconstpointer data)
{
  fill_few (f);
  list_value (f->store, "9");
  for (gint64 n = 1; n <= 1000; n++)
    {
      patch (f->store, "9", n);
      g_assert_cmpint (list_value (f->store, "9"), ==, n);
    }
}

/* A slow read that began before a write, and one that comes after it. */
static void
test_slow_read (Fixture *f, gconstpointer data)
{
  g_autoptr (GAsyncResult) before = NULL;
  g_autoptr (VlivePage) old = NULL;

  fill_few (f);
  f->master->latency_us = 200000;
  vlive_store_list_async (f->store, NULL, 0, 100, VLIVE_READ_NONE, NULL,
                          vlive_test_result_cb, &before);
  VLIVE_TEST_WAIT (f->master->n_windows == 1);
  f->master->latency_us = 0;
  patch (f->store, "9", 99);
  g_assert_cmpint (list_value (f->store, "9"), ==, 99);
  VLIVE_TEST_WAIT (before != NULL);
  old = vlive_store_list_finish (f->store, before, NULL, NULL);
  g_assert_cmpint (store_fixture_get_value (_vlive_page_find (old, "9")), ==, 99);
  g_assert_cmpint (list_value (f->store, "9"), ==, 99);
}

static void
assert_query (VliveStore *store,
              VliveQuery *query,
              VliveOutcome outcome,
              const char *expected)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_auto (VliveReading) reading = { 0 };
  g_autoptr (VlivePage) page = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *ids = NULL;

  vlive_store_list_async (store, query, 0, 50, VLIVE_READ_NONE, NULL,
                          vlive_test_result_cb, &result);
  VLIVE_TEST_WAIT (result != NULL);
  page = vlive_store_list_finish (store, result, &reading, &error);
  g_assert_no_error (error);
  g_assert_cmpint (reading.outcome, ==, outcome);
  ids = store_fixture_ids (page);
  g_assert_cmpstr (ids, ==, expected);
}

static VliveRecord *
get (VliveStore *store, const char *id, VliveReading *reading, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  vlive_store_get_async (store, id, VLIVE_READ_NONE, NULL, vlive_test_result_cb,
                         &result);
  VLIVE_TEST_WAIT (result != NULL);

  return vlive_store_get_finish (store, result, reading, error);
}

static void
assert_get (VliveStore *store, const char *id, VliveOutcome outcome, gint64 value)
{
  g_auto (VliveReading) reading = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (VliveRecord) record = get (store, id, &reading, &error);

  g_assert_no_error (error);
  g_assert_cmpint (reading.outcome, ==, outcome);
  g_assert_cmpint (store_fixture_get_value (record), ==, value);
}

static void
assert_not_found (VliveStore *store, const char *id)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (get (store, id, NULL, &error));
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_NOT_FOUND);
}

static void
assert_windows (Fixture *f, VliveOutcome outcome)
{
  g_autoptr (VliveQuery) all = vlive_query_new ();
  g_autoptr (VliveQuery) by_value = vlive_query_with_sort (all, "value", TRUE);
  g_autoptr (VliveQuery) small =
      vlive_query_with_condition (all, "value", VLIVE_OPERATOR_LESS,
                                  g_variant_new_int64 (2), NULL);

  assert_list (f->store, 3, outcome, "10 9 2");
  assert_list (f->store, 0, outcome, "10 9 2 a b");
  assert_query (f->store, by_value, outcome, "b a 2 9 10");
  assert_query (f->store, small, outcome, "10 9");
}

/* 50 reads at once, of a page and of a record, with nothing in the cache, whose
 * thread answers each of them: one request each, 50 answers. */
static void
test_many_at_once (Fixture *f, gconstpointer data)
{
  GAsyncResult *lists[50] = { NULL };
  GAsyncResult *gets[50] = { NULL };

  fill_few (f);
  f->master->latency_us = 100000;
  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    {
      vlive_store_list_async (f->store, NULL, 0, 3, VLIVE_READ_NONE, NULL,
                              vlive_test_result_cb, &lists[i]);
      vlive_store_get_async (f->store, "b", VLIVE_READ_NONE, NULL, vlive_test_result_cb,
                             &gets[i]);
    }
  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    {
      g_autoptr (VlivePage) page = NULL;
      g_autoptr (VliveRecord) record = NULL;
      g_autofree char *ids = NULL;

      VLIVE_TEST_WAIT (lists[i] != NULL && gets[i] != NULL);
      page = vlive_store_list_finish (f->store, lists[i], NULL, NULL);
      ids = store_fixture_ids (page);
      g_assert_cmpstr (ids, ==, "10 9 2");
      record = vlive_store_get_finish (f->store, gets[i], NULL, NULL);
      g_assert_cmpint (store_fixture_get_value (record), ==, 4);
      g_clear_object (&lists[i]);
      g_clear_object (&gets[i]);
    }
  g_assert_cmpuint (f->master->n_windows, ==, 1);
  g_assert_cmpuint (f->master->n_gets, ==, 1);
}

/* Everything that is cached of the few, by every way of reading it: as it is, and
 * nobody is asked. */
static void
assert_every_slot (Fixture *f)
{
  assert_windows (f, VLIVE_OUTCOME_HIT);
  assert_get (f->store, "9", VLIVE_OUTCOME_HIT, 1);
  assert_get (f->store, "b", VLIVE_OUTCOME_HIT, 4);
  assert_not_found (f->store, "x");
}

static void
fail_each (Fixture *f, int code)
{
  g_autoptr (VliveRecord) fields = vlive_array_master_make ("x", 20);
  g_autoptr (VliveWrite) patch = store_fixture_make_patch ("9", 20);
  g_autoptr (VliveWrite) insert = vlive_write_new (VLIVE_WRITE_INSERT, "x", fields);
  g_autoptr (VliveWrite) delete = vlive_write_new (VLIVE_WRITE_DELETE, "b", NULL);
  g_autoptr (VliveWrite) clear = vlive_write_new (VLIVE_WRITE_DELETE_ALL, NULL, NULL);
  VliveWrite *writes[] = { patch, insert, delete, clear };

  f->master->n_to_fail = G_N_ELEMENTS (writes);
  f->master->fail_code = code;
  for (guint i = 0; i < G_N_ELEMENTS (writes); i++)
    {
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (GError) error = NULL;

      vlive_store_write_async (f->store, writes[i], NULL, vlive_test_result_cb,
                               &result);
      VLIVE_TEST_WAIT (result != NULL);
      g_assert_false (vlive_store_write_finish (f->store, result, &error));
      g_assert_error (error, VLIVE_ERROR, code);
    }
}

/* A failed write leaves every slot as it was, on the disk as well. */
static void
test_failed_writes (Fixture *f, gconstpointer data)
{
  const int codes[] = { VLIVE_ERROR_REJECTED, VLIVE_ERROR_OFFLINE, VLIVE_ERROR_AUTH,
                        VLIVE_ERROR_CONFLICT, VLIVE_ERROR_NOT_FOUND };
  guint n_windows, n_gets;

  fill_few (f);
  vlive_store_set_stale_after (f->store, G_MAXUINT);
  assert_not_found (f->store, "x");
  assert_get (f->store, "9", VLIVE_OUTCOME_MISS, 1);
  assert_get (f->store, "b", VLIVE_OUTCOME_MISS, 4);
  assert_windows (f, VLIVE_OUTCOME_MISS);
  assert_every_slot (f);
  n_windows = f->master->n_windows;
  n_gets = f->master->n_gets;
  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    {
      fail_each (f, codes[i]);
      assert_every_slot (f);
    }
  close_store (f);
  open_store (f);
  vlive_store_set_stale_after (f->store, G_MAXUINT);
  assert_every_slot (f);
  g_assert_cmpuint (f->master->n_windows, ==, n_windows);
  g_assert_cmpuint (f->master->n_gets, ==, n_gets);
}

/* That there is none is remembered, also by who comes after us, and not past an
 * insert, whoever made it. It is never a row. */
static void
test_not_found (Fixture *f, gconstpointer data)
{
  g_autoptr (VliveRecord) fields = vlive_array_master_make ("x", 20);
  g_autoptr (VliveWrite) insert = vlive_write_new (VLIVE_WRITE_INSERT, "x", fields);
  VliveCache *cache = vlive_lmdb_cache_new (f->folder);
  VliveStore *other = vlive_store_new (VLIVE_MASTER (f->master), cache, "products");
  g_autoptr (GAsyncResult) closed = NULL;

  fill_few (f);
  assert_not_found (f->store, "x");
  assert_not_found (other, "x");
  assert_not_found (f->store, "x");
  g_assert_cmpuint (f->master->n_gets, ==, 1);
  assert_list (other, 0, VLIVE_OUTCOME_MISS, "10 9 2 a b");
  f->master->offline = TRUE;
  assert_not_found (f->store, "x");
  f->master->offline = FALSE;

  write_and_wait (other, insert);
  assert_get (f->store, "x", VLIVE_OUTCOME_HIT, 20);
  assert_list (f->store, 0, VLIVE_OUTCOME_MISS, "10 9 2 a b x");
  vlive_store_close_async (other, vlive_test_result_cb, &closed);
  VLIVE_TEST_WAIT (closed != NULL);
  g_clear_object (&closed);
  g_assert_finalize_object (other);
  g_assert_finalize_object (cache);
}

/* A page that a write has patched is read whole next time, also by who knows of
 * the write from the folder alone: the master may have kept nothing. */
static void
test_patched_is_read_whole (Fixture *f, gconstpointer data)
{
  fill_few (f);
  f->master->conditional = TRUE;
  f->master->capabilities &= ~(VLIVE_KEEPS_WRITES);
  vlive_array_master_describe (f->master);
  assert_list (f->store, 3, VLIVE_OUTCOME_MISS, "10 9 2");
  assert_list (f->store, 5, VLIVE_OUTCOME_MISS, "10 9 2 a b");
  patch (f->store, "a", 77);
  close_store (f);
  open_store (f);
  vlive_store_set_stale_after (f->store, 0);
  /* This one has no row that was patched. */
  assert_list (f->store, 3, VLIVE_OUTCOME_HIT, "10 9 2");
  g_assert_cmpuint (f->master->n_conditional, ==, 1);
  assert_list (f->store, 5, VLIVE_OUTCOME_MISS, "10 9 2 a b");
  g_assert_cmpuint (f->master->n_conditional, ==, 1);
  g_assert_cmpuint (f->master->n_not_modified, ==, 1);
  /* … and then it may be asked for "if modified" again. */
  assert_list (f->store, 5, VLIVE_OUTCOME_HIT, "10 9 2 a b");
  g_assert_cmpuint (f->master->n_not_modified, ==, 2);
  g_assert_cmpint (list_value (f->store, "a"), ==, 3);
}

/* What one store on the folder has written, the other one reads. */
static void
test_two_stores (Fixture *f, gconstpointer data)
{
  VliveCache *cache = vlive_lmdb_cache_new (f->folder);
  VliveStore *other = vlive_store_new (VLIVE_MASTER (f->master), cache, "products");
  g_autoptr (GAsyncResult) closed = NULL;

  fill_few (f);
  g_assert_cmpint (list_value (other, "9"), ==, 1);
  for (gint64 n = 1; n <= 200; n++)
    {
      patch (f->store, "9", 2 * n);
      g_assert_cmpint (list_value (other, "9"), ==, 2 * n);
      patch (other, "9", 2 * n + 1);
      g_assert_cmpint (list_value (f->store, "9"), ==, 2 * n + 1);
    }
  vlive_store_close_async (other, vlive_test_result_cb, &closed);
  VLIVE_TEST_WAIT (closed != NULL);
  g_clear_object (&closed);
  g_assert_finalize_object (other);
  g_assert_finalize_object (cache);
}

/* "Refresh" while the cache is still being looked into is not lost: what is found
 * there, fresh as it is, is not what was asked for. */
static void
test_refresh_while_looking (Fixture *f, gconstpointer data)
{
  VliveTable *table;
  TableWatch *watch;

  fill_few (f);
  assert_list (f->store, 100, VLIVE_OUTCOME_MISS, "10 9 2 a b");
  close_store (f);
  open_store (f);
  vlive_array_master_set (f->master, "9", 77);
  table = vlive_table_new (f->store, NULL);
  watch = table_watch_new (G_LIST_MODEL (table), TRUE);
  VLIVE_TEST_WAIT (f->store->reads->len > 0);
  vlive_table_refresh (table);
  VLIVE_TEST_WAIT (
      watch->rows->len == 5 && vlive_row_get_record (watch->rows->pdata[1]) != NULL
      && store_fixture_get_value (vlive_row_get_record (watch->rows->pdata[1])) == 77);
  g_assert_cmpuint (f->master->n_windows, ==, 2);
  table_watch_free (watch);
  g_assert_finalize_object (table);
}

/* All that is left is the fixture's master and its rows. */
static void
assert_closed (void)
{
  const VliveCensusKind kinds[] = {
    VLIVE_CENSUS_STORE, VLIVE_CENSUS_TABLE,  VLIVE_CENSUS_ROW,     VLIVE_CENSUS_WRITE,
    VLIVE_CENSUS_CACHE, VLIVE_CENSUS_STREAM, VLIVE_CENSUS_STORAGE, VLIVE_CENSUS_TIMER,
    VLIVE_CENSUS_PAGE,  VLIVE_CENSUS_TASK,   VLIVE_CENSUS_THREAD
  };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    VLIVE_TEST_WAIT (_vlive_census_get (kinds[i]) == 0);
}

/* Closing leaves no thread, descriptor, source or object. */
static void
test_nothing_left (Fixture *f, gconstpointer data)
{
  guint n_descriptors;

  fill_few (f);
  assert_list (f->store, 3, VLIVE_OUTCOME_MISS, "10 9 2");
  close_store (f);
  assert_closed ();
  n_descriptors = vlive_test_n_descriptors ();
  for (guint i = 0; i < 20; i++)
    {
      VliveTable *table;
      TableWatch *watch;

      open_store (f);
      table = vlive_table_new (f->store, NULL);
      watch = table_watch_new (G_LIST_MODEL (table), TRUE);
      VLIVE_TEST_WAIT (watch->rows->len == 5);
      patch (f->store, "9", 100 + i);
      table_watch_free (watch);
      g_assert_finalize_object (table);
      close_store (f);
    }
  assert_closed ();
  g_assert_cmpuint (vlive_test_n_descriptors (), ==, n_descriptors);
  open_store (f);
}

int
main (int argc, char **argv)
{
  vlive_test_init (&argc, &argv);

#define ADD(name, func)                                                                \
  g_test_add ("/table/store-lmdb/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("limits", test_limits);
  ADD ("membership", test_membership);
  ADD ("write-then-read", test_write_then_read);
  ADD ("slow-read", test_slow_read);
  ADD ("many-at-once", test_many_at_once);
  ADD ("failed-writes", test_failed_writes);
  ADD ("not-found", test_not_found);
  ADD ("patched-is-read-whole", test_patched_is_read_whole);
  ADD ("two-stores", test_two_stores);
  ADD ("refresh-while-looking", test_refresh_while_looking);
  ADD ("nothing-left", test_nothing_left);
#undef ADD

  return vlive_test_run ();
}
