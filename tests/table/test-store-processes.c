/* test-store-processes.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "store-fixture.h"
#include "store-peer.h"
#include "table-server.h"
#include "table/vlive-table.h"

/* Two processes on one cache folder and one master. */

#define N_ROUNDS 500 /* of two writes */

typedef struct
{
  char *folder; /* of the cache */
  VliveMaster *master;
  VliveCache *cache;
  VliveStore *store;
  Peer peer;
} Fixture;

static void
open_both (Fixture *f, const char *address)
{
  f->folder = vlive_test_dup_folder ();
  f->master = peer_make_master (address);
  f->cache = vlive_lmdb_cache_new (f->folder);
  f->store = vlive_store_new (f->master, f->cache, "products");
  vlive_store_set_stale_after (f->store, G_MAXUINT);
  peer_start (&f->peer, f->folder, address);
}

static void
close_both (Fixture *f)
{
  g_autoptr (GAsyncResult) closed = NULL;

  peer_end (&f->peer);
  vlive_store_close_async (f->store, vlive_test_result_cb, &closed);
  VLIVE_TEST_WAIT (closed != NULL);
  g_clear_object (&closed);
  g_assert_finalize_object (f->store);
  g_assert_finalize_object (f->cache);
  g_assert_finalize_object (f->master);
  vlive_test_assert_all_gone ();
  g_free (f->folder);
}

static void
list_async (Fixture *f, GAsyncResult **result)
{
  vlive_store_list_async (f->store, NULL, 0, 100, VLIVE_READ_NONE, NULL,
                          vlive_test_result_cb, result);
}

static gint64
list_finish (Fixture *f, GAsyncResult **result, const char *id, VliveOutcome *outcome)
{
  g_auto (VliveReading) reading = { 0 };
  g_autoptr (VlivePage) page = NULL;
  g_autoptr (GError) error = NULL;

  VLIVE_TEST_WAIT (*result != NULL);
  page = vlive_store_list_finish (f->store, *result, &reading, &error);
  g_assert_no_error (error);
  g_clear_object (result);
  *outcome = reading.outcome;

  return store_fixture_get_value (_vlive_page_find (page, id));
}

static gint64
list_value (Fixture *f, const char *id, VliveOutcome *outcome)
{
  GAsyncResult *result = NULL;

  list_async (f, &result);

  return list_finish (f, &result, id, outcome);
}

static void
patch (Fixture *f, const char *id, gint64 value)
{
  g_autoptr (VliveWrite) write = store_fixture_make_patch (id, value);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  vlive_store_write_async (f->store, write, NULL, vlive_test_result_cb, &result);
  VLIVE_TEST_WAIT (result != NULL);
  vlive_store_write_finish (f->store, result, &error);
  g_assert_no_error (error);
}

static void
assert_peer (Fixture *f, const char *what, const char *id, const char *expected)
{
  g_autofree char *got = peer_ask (&f->peer, what, id, 0);

  g_assert_cmpstr (got, ==, expected);
}

/* Both write, and both read after each write, whatever they read before: never
 * an older value. How it was read is told by @outcome; NULL: not asserted. */
static void
write_and_read (Fixture *f, const char *outcome)
{
  for (gint64 n = 10; n < 10 + N_ROUNDS; n++)
    {
      const char *what = n % 3 == 0 ? "get" : "read";
      g_autofree char *read = NULL;
      g_autofree char *wrote = NULL;
      g_auto (GStrv) words = NULL;
      VliveOutcome mine;

      patch (f, "a", 2 * n);
      read = peer_ask (&f->peer, what, "a", 0);
      words = g_strsplit (read, " ", 2);
      g_assert_cmpint (g_ascii_strtoll (words[0], NULL, 10), ==, 2 * n);
      if (outcome != NULL)
        g_assert_cmpstr (words[1], ==, outcome);
      g_assert_cmpint (list_value (f, "a", &mine), ==, 2 * n);
      wrote = peer_ask (&f->peer, "write", "a", 2 * n + 1);
      g_assert_cmpstr (wrote, ==, "ok");
      g_assert_cmpint (list_value (f, "a", &mine), ==, 2 * n + 1);
      if (outcome != NULL)
        g_assert_cmpstr (_vlive_outcome_to_text (mine), ==, outcome);
    }
}

/* A master that tells by a number what has changed. */
static void
test_local (void)
{
  g_autofree char *folder = vlive_test_dup_folder ();
  g_autofree char *path = g_build_filename (folder, "products.vlive", NULL);
  Fixture f;

  peer_seed (path);
  open_both (&f, path);
  write_and_read (&f, NULL);
  close_both (&f);
}

static gint64
get_value (VliveRow *row)
{
  return vlive_row_get_record (row) != NULL
             ? store_fixture_get_value (vlive_row_get_record (row))
             : -1;
}

/* Somebody looks at a table here, and writes there: it follows, and asks nobody. */
static void
test_notice (void)
{
  TableServer server;
  VliveTable *table;
  VliveRow *row;
  VliveLedger ledger;
  guint64 n_fetches;
  Fixture f;

  table_server_start (&server);
  open_both (&f, server.url);
  table = vlive_table_new (f.store, NULL);
  VLIVE_TEST_WAIT (vlive_table_get_state (table) == VLIVE_TABLE_COMPLETE);
  row = g_list_model_get_item (G_LIST_MODEL (table), 0);
  VLIVE_TEST_WAIT (get_value (row) >= 0);
  vlive_store_get_ledger (f.store, &ledger);
  n_fetches = ledger.n_fetches + ledger.n_gets;
  for (gint64 n = 1000; n < 1050; n++)
    {
      g_autofree char *wrote = peer_ask (&f.peer, "write", vlive_row_get_id (row), n);

      g_assert_cmpstr (wrote, ==, "ok");
      VLIVE_TEST_WAIT (get_value (row) == n);
    }
  vlive_store_get_ledger (f.store, &ledger);
  g_assert_cmpuint (ledger.n_fetches + ledger.n_gets, ==, n_fetches);
  g_object_unref (row);
  g_assert_finalize_object (table);
  close_both (&f);
  table_server_stop (&server);
}

/* One that tells nothing: all that either process knows of the other's writes
 * it knows from the cache. Nobody asks twice. */
static void
test_rest (void)
{
  VliveOutcome outcome;
  TableServer server;
  Fixture f;

  table_server_start (&server);
  open_both (&f, server.url);
  g_assert_cmpint (list_value (&f, "a", &outcome), ==, 1);
  g_assert_cmpint (outcome, ==, VLIVE_OUTCOME_MISS);
  write_and_read (&f, "hit");
  g_assert_cmpint (g_atomic_int_get (&server.n_writes), ==, 2 * N_ROUNDS);
  g_assert_cmpint (g_atomic_int_get (&server.n_reads), ==, 1);

  /* … nor does one that has just been started. */
  peer_end (&f.peer);
  peer_start (&f.peer, f.folder, server.url);
  assert_peer (&f, "get", "a", "1019 hit");
  assert_peer (&f, "get", "b", "2 hit");
  assert_peer (&f, "read", "a", "1019 hit");
  g_assert_cmpint (g_atomic_int_get (&server.n_reads), ==, 1);
  close_both (&f);
  table_server_stop (&server);
}

/* A read of 200 ms that began before the other one's write does not put the old
 * row back, for itself or for anybody. */
static void
test_slow_read (void)
{
  g_autofree char *wrote = NULL;
  GAsyncResult *before = NULL;
  VliveOutcome outcome;
  TableServer server;
  Fixture f;

  table_server_start (&server);
  open_both (&f, server.url);
  g_atomic_int_set (&server.delay_ms, 200);
  list_async (&f, &before);
  VLIVE_TEST_WAIT (g_atomic_int_get (&server.n_reads) == 1);
  wrote = peer_ask (&f.peer, "write", "b", 20);
  g_assert_cmpstr (wrote, ==, "ok");
  g_assert_null (before);
  g_assert_cmpint (list_finish (&f, &before, "b", &outcome), ==, 20);
  g_assert_cmpint (outcome, ==, VLIVE_OUTCOME_MISS);
  g_assert_cmpint (list_value (&f, "b", &outcome), ==, 20);
  assert_peer (&f, "read", "b", "20 hit");
  assert_peer (&f, "get", "b", "20 hit");
  g_assert_cmpint (g_atomic_int_get (&server.n_reads), ==, 1);
  close_both (&f);
  table_server_stop (&server);
}

/* One folder, the same table at two addresses: neither knows of the other. */
static void
test_two_addresses (void)
{
  g_autofree char *wrote = NULL;
  VliveOutcome outcome;
  TableServer one, two;
  Fixture f;

  table_server_start (&one);
  table_server_start (&two);
  two.values[0] = 101;
  open_both (&f, one.url);
  peer_end (&f.peer);
  peer_start (&f.peer, f.folder, two.url);
  g_assert_cmpint (list_value (&f, "a", &outcome), ==, 1);
  assert_peer (&f, "read", "a", "101 miss");
  patch (&f, "a", 7);
  assert_peer (&f, "read", "a", "101 hit");
  assert_peer (&f, "get", "a", "101 hit");
  wrote = peer_ask (&f.peer, "write", "a", 109);
  g_assert_cmpstr (wrote, ==, "ok");
  g_assert_cmpint (list_value (&f, "a", &outcome), ==, 7);
  g_assert_cmpint (outcome, ==, VLIVE_OUTCOME_HIT);
  close_both (&f);
  table_server_stop (&one);
  table_server_stop (&two);
}

int
main (int argc, char **argv)
{
  vlive_test_init (&argc, &argv);

  g_test_add_func ("/table/store-processes/local", test_local);
  g_test_add_func ("/table/store-processes/rest", test_rest);
  g_test_add_func ("/table/store-processes/notice", test_notice);
  g_test_add_func ("/table/store-processes/slow-read", test_slow_read);
  g_test_add_func ("/table/store-processes/two-addresses", test_two_addresses);

  return vlive_test_run ();
}
