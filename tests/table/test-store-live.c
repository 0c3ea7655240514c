/* test-store-live.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <glib/gstdio.h>

#include "store-fixture.h"
#include "store-peer.h"
#include "table-watch.h"

#include "master/vlive-local-master-private.h"

/* Its header and the store's do not go together. */
extern gint64 _vlive_hub_poll_us;

/* Tables over one local file, in this process and another, that follow each
 * other by the live stream of the file. */

/* What one window has of its own. */
typedef struct
{
  VliveLocalMaster *master;
  VliveCache *cache;
  VliveStore *store;
  VliveLiveStream *stream;
  VliveTable *table;
  TableWatch *watch; /* holds every row */
} Window;

typedef struct
{
  char *folder;
  char *path;
  Window one;
  Window two;
  Peer peer;
} Fixture;

static VliveLedger
get_ledger (Window *window)
{
  VliveLedger ledger;

  vlive_store_get_ledger (window->store, &ledger);

  return ledger;
}

static guint
get_n (Window *window)
{
  return g_list_model_get_n_items (G_LIST_MODEL (window->table));
}

static gboolean
is_at_rest (Window *window)
{
  return vlive_table_get_state (window->table) == VLIVE_TABLE_COMPLETE
         && vlive_live_stream_get_state (window->stream) == VLIVE_STREAM_LIVE
         && !vlive_table_is_stale (window->table);
}

static void
window_open (Window *window, const char *path, VliveQuery *query)
{
  window->master = vlive_local_master_new (path, "products");
  window->cache = vlive_memory_cache_new ();
  window->store =
      vlive_store_new (VLIVE_MASTER (window->master), window->cache, "products");
  window->stream = vlive_master_create_stream (VLIVE_MASTER (window->store));
  vlive_store_set_live_stream (window->store, window->stream);
  window->table = vlive_table_new (window->store, query);
  window->watch = table_watch_new (G_LIST_MODEL (window->table), TRUE);
  vlive_table_set_visible_range (window->table, 0, 20);
  VLIVE_TEST_WAIT (is_at_rest (window));
  vlive_test_spin (100);
  table_watch_reset (window->watch);
}

static void
drop_soon (GObject *object)
{
  gpointer weak = object;

  g_object_add_weak_pointer (object, &weak);
  g_object_unref (object);
  VLIVE_TEST_WAIT (weak == NULL);
}

static void
window_close (Window *window)
{
  g_autoptr (GAsyncResult) closed = NULL;

  table_watch_check (window->watch);
  table_watch_free (window->watch);
  g_assert_finalize_object (window->table);
  vlive_store_close_async (window->store, vlive_test_result_cb, &closed);
  VLIVE_TEST_WAIT (closed != NULL);
  g_clear_object (&closed);
  g_assert_cmpint (vlive_live_stream_get_state (window->stream), ==,
                   VLIVE_STREAM_STOPPED);
  g_assert_finalize_object (window->store);
  g_assert_finalize_object (window->stream);
  /* A request that was cancelled lets go of them in its time. */
  drop_soon (G_OBJECT (window->cache));
  drop_soon (G_OBJECT (window->master));
}

static void
set_up (Fixture *f, gconstpointer data)
{
  f->folder = vlive_test_dup_folder ();
  f->path = g_build_filename (f->folder, "products.vlive", NULL);
  peer_seed (f->path);
  peer_start (&f->peer, f->folder, f->path);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  vlive_test_assert_all_gone ();
  g_free (f->path);
  g_free (f->folder);
}

static void
do_there (Fixture *f, const char *what, const char *id, gint64 value)
{
  g_autofree char *answer = peer_ask (&f->peer, what, id, value);

  g_assert_cmpstr (answer, ==, "ok");
}

/* "a=1 b=2 c=3"; "?" for a placeholder. */
static char *
dup_rows (Window *window)
{
  GString *rows = g_string_new (NULL);

  for (guint i = 0; i < get_n (window); i++)
    {
      g_autoptr (VliveRow) row =
          g_list_model_get_item (G_LIST_MODEL (window->table), i);
      VliveRecord *record = vlive_row_get_record (row);

      g_string_append (rows, i > 0 ? " " : "");
      if (record == NULL)
        g_string_append_c (rows, '?');
      else
        g_string_append_printf (rows, "%s=%" G_GINT64_FORMAT,
                                vlive_record_get_id (record),
                                store_fixture_get_value (record));
    }

  return g_string_free (rows, FALSE);
}

static void
wait_rows (Window *window, const char *expected)
{
  gint64 deadline = g_get_monotonic_time () + vlive_test_patience_us ();
  g_autofree char *rows = dup_rows (window);

  while (strcmp (rows, expected) != 0 && g_get_monotonic_time () < deadline)
    {
      vlive_test_turn ();
      g_free (rows);
      rows = dup_rows (window);
    }
  g_assert_cmpstr (rows, ==, expected);
}

static void
apply (Window *window, VliveWriteOp op, const char *id, gint64 value)
{
  g_autoptr (VliveRecord) fields =
      op != VLIVE_WRITE_DELETE ? vlive_array_master_make (id, value) : NULL;
  g_autoptr (VliveWrite) write = vlive_write_new (op, id, fields);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  vlive_store_write_async (window->store, write, NULL, vlive_test_result_cb, &result);
  VLIVE_TEST_WAIT (result != NULL);
  vlive_store_write_finish (window->store, result, &error);
  g_assert_no_error (error);
}

/* What another process changes shows by itself; a value costs no request and
 * moves nothing, a row that comes or goes costs a splice. */
static void
test_other_process (Fixture *f, gconstpointer data)
{
  const gint64 poll_us = _vlive_hub_poll_us;
  VliveLedger before;

  _vlive_hub_poll_us = G_TIME_SPAN_HOUR;
  window_open (&f->one, f->path, NULL);
  before = get_ledger (&f->one);
  do_there (f, "write", "b", 20);
  wait_rows (&f->one, "a=1 b=20 c=3");
  vlive_test_spin (100);
  g_assert_cmpuint (f->one.watch->n_changes, ==, 0);
  g_assert_cmpuint (f->one.watch->n_notifies, ==, 1);
  g_assert_cmpuint (get_ledger (&f->one).n_fetches, ==, before.n_fetches);
  g_assert_cmpuint (get_ledger (&f->one).n_gets, ==, before.n_gets);
  g_assert_cmpuint (get_ledger (&f->one).n_events, ==, 1);

  do_there (f, "insert", "d", 4);
  wait_rows (&f->one, "a=1 b=20 c=3 d=4");
  do_there (f, "delete", "a", 0);
  wait_rows (&f->one, "b=20 c=3 d=4");
  g_assert_cmpuint (f->one.watch->n_changes, ==, 2);
  vlive_test_spin (1500);
  g_assert_cmpuint (get_ledger (&f->one).n_gets, ==, before.n_gets);
  g_assert_cmpuint (get_ledger (&f->one).n_fetches, <=, before.n_fetches + 4);
  _vlive_hub_poll_us = poll_us;
  peer_end (&f->peer);
  window_close (&f->one);
}

/* A busy writer is no storm of requests. */
static void
test_busy (Fixture *f, gconstpointer data)
{
  VliveLedger before;

  window_open (&f->one, f->path, NULL);
  before = get_ledger (&f->one);
  do_there (f, "rewrite", "b", 500);
  wait_rows (&f->one, "a=1 b=500 c=3");
  VLIVE_TEST_WAIT (get_ledger (&f->one).n_events == 500);
  vlive_test_spin (100);
  g_assert_cmpuint (f->one.watch->n_changes, ==, 0);
  g_assert_cmpuint (f->one.watch->n_notifies, <=, 500);
  g_assert_cmpuint (get_ledger (&f->one).n_fetches, ==, before.n_fetches);
  g_assert_cmpuint (get_ledger (&f->one).n_gets, ==, before.n_gets);
  peer_end (&f->peer);
  window_close (&f->one);
}

/* Two windows and a command on one file. */
static void
test_two_windows (Fixture *f, gconstpointer data)
{
  const gint64 poll_us = _vlive_hub_poll_us;
  VliveLedger one, two;

  _vlive_hub_poll_us = G_TIME_SPAN_HOUR;
  window_open (&f->one, f->path, NULL);
  window_open (&f->two, f->path, NULL);
  one = get_ledger (&f->one);
  two = get_ledger (&f->two);
  for (gint64 i = 1; i <= 50; i++)
    {
      g_autofree char *rows =
          g_strdup_printf ("a=%d b=%d c=%d", (int) i, (int) i * 2, (int) i * 3);

      apply (&f->one, VLIVE_WRITE_PATCH, "a", i);
      do_there (f, "write", "b", i * 2);
      apply (&f->two, VLIVE_WRITE_PATCH, "c", i * 3);
      wait_rows (&f->one, rows);
      wait_rows (&f->two, rows);
    }
  /* Each hears its own as well. */
  VLIVE_TEST_WAIT (get_ledger (&f->one).n_events == 150);
  VLIVE_TEST_WAIT (get_ledger (&f->two).n_events == 150);
  vlive_test_spin (100);
  g_assert_cmpuint (get_ledger (&f->one).n_fetches, ==, one.n_fetches);
  g_assert_cmpuint (get_ledger (&f->two).n_fetches, ==, two.n_fetches);
  /* One that overtakes the answer to its write is a reason to ask again. */
  g_assert_cmpuint (get_ledger (&f->one).n_gets, <=, one.n_gets + 2 * 50);
  g_assert_cmpuint (get_ledger (&f->two).n_gets, <=, two.n_gets + 2 * 50);
  g_assert_cmpuint (f->one.watch->n_changes + f->two.watch->n_changes, ==, 0);

  apply (&f->one, VLIVE_WRITE_INSERT, "d", 4);
  wait_rows (&f->two, "a=50 b=100 c=150 d=4");
  wait_rows (&f->one, "a=50 b=100 c=150 d=4");
  apply (&f->two, VLIVE_WRITE_DELETE, "a", 0);
  wait_rows (&f->one, "b=100 c=150 d=4");
  wait_rows (&f->two, "b=100 c=150 d=4");
  _vlive_hub_poll_us = poll_us;
  peer_end (&f->peer);
  window_close (&f->one);
  window_close (&f->two);
}

/* Both write one record, now this one and now the other: the last one stands in
 * both, and no older value comes back over it. */
static void
test_one_record (Fixture *f, gconstpointer data)
{
  window_open (&f->one, f->path, NULL);
  window_open (&f->two, f->path, NULL);
  for (gint64 i = 0; i < 100; i++)
    {
      Window *writer = i % 3 == 0 ? &f->one : &f->two;
      g_autofree char *rows = g_strdup_printf ("a=%d b=2 c=3", (int) (10 + i));

      if (i % 5 == 0)
        do_there (f, "write", "a", 10 + i);
      else
        apply (writer, VLIVE_WRITE_PATCH, "a", 10 + i);
      if (i % 7 == 0)
        {
          wait_rows (&f->one, rows);
          wait_rows (&f->two, rows);
        }
    }
  wait_rows (&f->one, "a=109 b=2 c=3");
  wait_rows (&f->two, "a=109 b=2 c=3");
  vlive_test_spin (200);
  wait_rows (&f->one, "a=109 b=2 c=3");
  wait_rows (&f->two, "a=109 b=2 c=3");
  peer_end (&f->peer);
  window_close (&f->one);
  window_close (&f->two);
}

/* A table under a sort and a filter follows too. */
static void
test_sorted (Fixture *f, gconstpointer data)
{
  g_autoptr (VliveQuery) all = vlive_query_new ();
  g_autoptr (VliveQuery) sorted = vlive_query_with_sort (all, "value", TRUE);

  window_open (&f->one, f->path, sorted);
  wait_rows (&f->one, "c=3 b=2 a=1");
  do_there (f, "write", "a", 10);
  wait_rows (&f->one, "a=10 c=3 b=2");
  do_there (f, "insert", "d", 5);
  wait_rows (&f->one, "a=10 d=5 c=3 b=2");
  do_there (f, "delete", "c", 0);
  wait_rows (&f->one, "a=10 d=5 b=2");
  peer_end (&f->peer);
  window_close (&f->one);
}

/* A table that is replaced is another one in the window, at once. */
static void
test_replaced (Fixture *f, gconstpointer data)
{
  g_autoptr (VliveLocalMaster) master = vlive_local_master_new (f->path, "products");
  g_autoptr (VliveRecord) x = vlive_array_master_make ("x", 7);
  VliveRecord *records[] = { x };
  g_autoptr (GAsyncResult) result = NULL;

  window_open (&f->one, f->path, NULL);
  vlive_local_master_replace_all_async (master, records, 1, NULL, vlive_test_result_cb,
                                        &result);
  VLIVE_TEST_WAIT (result != NULL);
  g_assert_true (vlive_local_master_replace_all_finish (master, result, NULL));
  wait_rows (&f->one, "x=7");
  g_assert_cmpuint (get_ledger (&f->one).n_events, ==, 1);
  peer_end (&f->peer);
  window_close (&f->one);
}

/* The file goes, and another one comes in its place, with as many changes: the
 * window shows that one. */
static void
test_other_file (Fixture *f, gconstpointer data)
{
  static const char *const ends[] = { "", "-lock", "-wake" };

  window_open (&f->one, f->path, NULL);
  peer_end (&f->peer);
  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      g_autofree char *name = g_strconcat (f->path, ends[i], NULL);

      g_assert_cmpint (g_unlink (name), ==, 0);
    }
  peer_start (&f->peer, f->folder, f->path);
  do_there (f, "insert", "x", 7);
  wait_rows (&f->one, "x=7");
  do_there (f, "write", "x", 8);
  wait_rows (&f->one, "x=8");
  peer_end (&f->peer);
  window_close (&f->one);
}

static char *
dup_truth (const char *path)
{
  VliveLocalMaster *master = vlive_local_master_new (path, "products");
  g_autoptr (VliveQuery) all = vlive_query_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (VlivePage) page = NULL;
  g_autoptr (GError) error = NULL;
  GString *rows = g_string_new (NULL);

  vlive_master_fetch_window_async (VLIVE_MASTER (master), all, 0, 0, NULL, NULL,
                                   vlive_test_result_cb, &result);
  VLIVE_TEST_WAIT (result != NULL);
  page = vlive_master_fetch_window_finish (VLIVE_MASTER (master), result, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < vlive_page_get_n_records (page); i++)
    {
      VliveRecord *record = vlive_page_get_record (page, i);

      g_string_append_printf (rows, "%s%s=%" G_GINT64_FORMAT, i > 0 ? " " : "",
                              vlive_record_get_id (record),
                              store_fixture_get_value (record));
    }
  g_clear_object (&result);
  g_assert_finalize_object (master);

  return g_string_free (rows, FALSE);
}

/* The other process is killed in the middle of its writes, and comes back, four
 * times, and this one writes too: at the end the table equals the file. */
static void
test_killed (Fixture *f, gconstpointer data)
{
  gint64 next = 0;

  window_open (&f->one, f->path, NULL);
  for (guint round = 0; round < 5; round++)
    {
      g_autofree char *truth = NULL;
      g_autofree char *line = g_strdup_printf ("churn r %d\n", g_test_rand_int ());

      if (round > 0)
        peer_start (&f->peer, f->folder, f->path);
      g_output_stream_write_all (f->peer.to, line, strlen (line), NULL, NULL, NULL);
      for (guint i = 0; i < 100; i++)
        {
          g_autofree char *said =
              g_data_input_stream_read_line (f->peer.from, NULL, NULL, NULL);

          g_assert_cmpstr (said, ==, "ok");
          if (i % 10 == 0)
            apply (&f->one, VLIVE_WRITE_PATCH, i % 20 == 0 ? "a" : "b", next++);
        }
      peer_kill (&f->peer);
      truth = dup_truth (f->path);
      wait_rows (&f->one, truth);
    }
  vlive_test_spin (200);
  {
    g_autofree char *truth = dup_truth (f->path);

    wait_rows (&f->one, truth);
  }
  window_close (&f->one);
}

/* A stream that is away for a second while a row is deleted. */
static void
test_dropped (Fixture *f, gconstpointer data)
{
  window_open (&f->one, f->path, NULL);
  vlive_local_master_set_offline (f->one.master, TRUE);
  VLIVE_TEST_WAIT (vlive_live_stream_get_state (f->one.stream) == VLIVE_STREAM_WAITING);
  do_there (f, "delete", "b", 0);
  vlive_test_spin (1000);
  wait_rows (&f->one, "a=1 b=2 c=3");
  vlive_local_master_set_offline (f->one.master, FALSE);
  wait_rows (&f->one, "a=1 c=3");
  peer_end (&f->peer);
  window_close (&f->one);
}

static VlivePage *
list (VliveStore *store, VliveOutcome *outcome)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_auto (VliveReading) reading = { 0 };
  g_autoptr (GError) error = NULL;
  VlivePage *page;

  vlive_store_list_async (store, NULL, 0, 100, VLIVE_READ_NONE, NULL,
                          vlive_test_result_cb, &result);
  VLIVE_TEST_WAIT (result != NULL);
  page = vlive_store_list_finish (store, result, &reading, &error);
  g_assert_no_error (error);
  *outcome = reading.outcome;

  return page;
}

/* A stream that is in back-off delays no read: its clock stands still. */
static void
test_backoff (Fixture *f, gconstpointer data)
{
  VliveLocalMaster *away = vlive_local_master_new (f->path, "products");
  VliveClock *clock = _vlive_clock_new_manual (1, 1);
  VliveLocalMaster *master = vlive_local_master_new (f->path, "products");
  VliveCache *cache = vlive_memory_cache_new ();
  VliveStore *store = vlive_store_new (VLIVE_MASTER (master), cache, "products");
  g_autoptr (VliveLiveStream) stream = NULL;
  VliveOutcome outcome;

  vlive_local_master_set_offline (away, TRUE);
  _vlive_local_master_set_clock (away, clock);
  stream = vlive_master_create_stream (VLIVE_MASTER (away));
  vlive_store_set_live_stream (store, stream);
  g_assert_cmpint (vlive_live_stream_get_state (stream), ==, VLIVE_STREAM_WAITING);
  for (gint64 i = 0; i < 5; i++)
    {
      g_autoptr (VlivePage) page = NULL;

      do_there (f, "write", "a", 100 + i);
      page = list (store, &outcome);
      g_assert_cmpint (outcome, ==, VLIVE_OUTCOME_MISS);
      g_assert_cmpint (store_fixture_get_value (_vlive_page_find (page, "a")), ==,
                       100 + i);
    }
  g_assert_cmpint (vlive_live_stream_get_state (stream), ==, VLIVE_STREAM_WAITING);

  /* Nor does it keep the store alive, or the store it when it has gone. */
  g_assert_finalize_object (store);
  g_assert_cmpint (vlive_live_stream_get_state (stream), ==, VLIVE_STREAM_STOPPED);
  g_assert_cmpint (_vlive_census_get (VLIVE_CENSUS_STREAM), ==, 1);
  g_assert_finalize_object (g_steal_pointer (&stream));
  g_assert_finalize_object (cache);
  g_assert_finalize_object (master);
  g_assert_finalize_object (away);
  g_object_unref (clock);
  peer_end (&f->peer);
}

/* A store that is dropped, and not closed, while its stream is live. */
static void
test_lifetime (Fixture *f, gconstpointer data)
{
  VliveLocalMaster *master = vlive_local_master_new (f->path, "products");
  VliveCache *cache = vlive_memory_cache_new ();
  VliveStore *store = vlive_store_new (VLIVE_MASTER (master), cache, "products");
  VliveLiveStream *stream = vlive_master_create_stream (VLIVE_MASTER (master));

  vlive_store_set_live_stream (store, stream);
  VLIVE_TEST_WAIT (vlive_live_stream_get_state (stream) == VLIVE_STREAM_LIVE);
  do_there (f, "write", "a", 5);
  g_assert_finalize_object (store);
  g_assert_cmpint (vlive_live_stream_get_state (stream), ==, VLIVE_STREAM_STOPPED);
  g_assert_finalize_object (cache);
  g_assert_finalize_object (master);
  do_there (f, "write", "a", 6);
  /* It is kept by nobody but us, and keeps nothing. */
  VLIVE_TEST_WAIT (_vlive_storage_n_open () == 0);
  g_assert_finalize_object (stream);
  peer_end (&f->peer);
}

int
main (int argc, char **argv)
{
  vlive_test_init (&argc, &argv);

#define ADD(name, func)                                                                \
  g_test_add ("/table/store-live/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("other-process", test_other_process);
  ADD ("busy", test_busy);
  ADD ("two-windows", test_two_windows);
  ADD ("one-record", test_one_record);
  ADD ("sorted", test_sorted);
  ADD ("replaced", test_replaced);
  ADD ("other-file", test_other_file);
  ADD ("killed", test_killed);
  ADD ("dropped", test_dropped);
  ADD ("backoff", test_backoff);
  ADD ("lifetime", test_lifetime);
#undef ADD

  return vlive_test_run ();
}
