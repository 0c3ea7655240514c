/* test-store-stream.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "store-fixture.h"

/* What a live stream tells, and what becomes of it. */

typedef struct
{
  StoreFixture store;
  VliveManualStream *stream;
  GString *log; /* of "changed" */
} Fixture;

static void
changed_cb (VliveStore *store, const char *id, gpointer data)
{
  Fixture *f = data;

  g_string_append_printf (f->log, "%s;", id != NULL ? id : "-");
}

static void
set_up (Fixture *f, gconstpointer data)
{
  store_fixture_set_up (&f->store, data);
  vlive_array_master_insert (f->store.master, 0, "a", 1);
  vlive_array_master_insert (f->store.master, 1, "b", 2);
  vlive_array_master_insert (f->store.master, 2, "c", 3);
  f->stream = vlive_manual_stream_new ();
  f->log = g_string_new (NULL);
  vlive_store_set_live_stream (f->store.store, VLIVE_LIVE_STREAM (f->stream));
  g_signal_connect (f->store.store, "changed", G_CALLBACK (changed_cb), f);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  store_fixture_close (&f->store);
  g_assert_cmpuint (vlive_manual_stream_get_n_subscribers (f->stream), ==, 0);
  g_assert_finalize_object (f->stream);
  g_string_free (f->log, TRUE);
  store_fixture_tear_down (&f->store, data);
}

static void
push (Fixture *f, VliveChangeKind kind, const char *id, gint64 value, guint64 version)
{
  g_autoptr (VliveRecord) record =
      value != 0 ? vlive_array_master_make (id, value) : NULL;
  g_autoptr (VliveChangeEvent) event =
      vlive_change_event_new (kind, id, record, version);

  g_assert_cmpuint (vlive_manual_stream_push (f->stream, event), ==, 1);
}

static void
assert_list (Fixture *f, VliveOutcome outcome, const char *ids)
{
  store_fixture_assert_list (&f->store, NULL, 0, 100, outcome, ids);
}

static gint64
list_value (Fixture *f, const char *id)
{
  g_autoptr (VlivePage) page =
      store_fixture_list (&f->store, NULL, 0, 100, VLIVE_READ_NONE, NULL, NULL);

  return store_fixture_get_value (_vlive_page_find (page, id));
}

static void
assert_log (Fixture *f, const char *expected)
{
  store_fixture_settle (&f->store);
  g_assert_cmpstr (f->log->str, ==, expected);
  g_string_truncate (f->log, 0);
}

/* With its record an event costs no request. */
static void
test_updated (Fixture *f, gconstpointer data)
{
  assert_list (f, VLIVE_OUTCOME_MISS, "a b c");
  push (f, VLIVE_CHANGE_UPDATED, "b", 20, 0);
  /* A read that begins now finds it. */
  g_assert_cmpint (list_value (f, "b"), ==, 20);
  assert_list (f, VLIVE_OUTCOME_HIT, "a b c");
  g_assert_cmpstr (f->store.master->log->str, ==, "window 0+100;");
  assert_log (f, "b;");
}

/* Without it, what is held is read again, alone; the rest stays fresh. */
static void
test_updated_without_record (Fixture *f, gconstpointer data)
{
  assert_list (f, VLIVE_OUTCOME_MISS, "a b c");
  vlive_array_master_set (f->store.master, "b", 20);
  push (f, VLIVE_CHANGE_UPDATED, "b", 0, 0);
  STORE_WAIT (&f->store, f->log->len > 0);
  assert_log (f, "b;");
  assert_list (f, VLIVE_OUTCOME_HIT, "a b c");
  g_assert_cmpint (list_value (f, "b"), ==, 20);
  g_assert_cmpstr (f->store.master->log->str, ==, "window 0+100;get b;");
}

/* One of which nothing is known costs nothing. */
static void
test_updated_elsewhere (Fixture *f, gconstpointer data)
{
  assert_list (f, VLIVE_OUTCOME_MISS, "a b c");
  push (f, VLIVE_CHANGE_UPDATED, "zz", 0, 0);
  assert_log (f, "zz;");
  assert_list (f, VLIVE_OUTCOME_HIT, "a b c");
  g_assert_cmpuint (f->store.master->n_gets, ==, 0);
}

static void
test_membership (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  assert_list (f, VLIVE_OUTCOME_MISS, "a b c");
  vlive_array_master_insert (f->store.master, 1, "x", 9);
  push (f, VLIVE_CHANGE_INSERTED, "x", 9, 0);
  assert_list (f, VLIVE_OUTCOME_MISS, "a x b c");
  vlive_array_master_delete (f->store.master, "b");
  push (f, VLIVE_CHANGE_DELETED, "b", 0, 0);
  g_assert_null (store_fixture_get (&f->store, "b", VLIVE_READ_NONE, NULL, &error));
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_NOT_FOUND);
  g_assert_cmpuint (f->store.master->n_gets, ==, 0);
  assert_list (f, VLIVE_OUTCOME_MISS, "a x c");
  assert_list (f, VLIVE_OUTCOME_HIT, "a x c");
  assert_log (f, "x;b;");
}

static void
test_changed (Fixture *f, gconstpointer data)
{
  assert_list (f, VLIVE_OUTCOME_MISS, "a b c");
  push (f, VLIVE_CHANGE_CHANGED, NULL, 0, 0);
  assert_list (f, VLIVE_OUTCOME_MISS, "a b c");
  assert_list (f, VLIVE_OUTCOME_HIT, "a b c");
  assert_log (f, "-;");
}

/* Nothing is known of what happened while it was away; what is asked for from
 * then on is fresh. */
static void
test_gap (Fixture *f, gconstpointer data)
{
  assert_list (f, VLIVE_OUTCOME_MISS, "a b c");
  vlive_manual_stream_set_connected (f->stream, FALSE, FALSE);
  assert_list (f, VLIVE_OUTCOME_HIT, "a b c");
  vlive_manual_stream_set_connected (f->stream, TRUE, FALSE);
  assert_list (f, VLIVE_OUTCOME_MISS, "a b c");
  assert_list (f, VLIVE_OUTCOME_HIT, "a b c");
  vlive_manual_stream_set_connected (f->stream, FALSE, FALSE);
  vlive_manual_stream_set_connected (f->stream, TRUE, TRUE);
  assert_list (f, VLIVE_OUTCOME_HIT, "a b c");
}

/* The gap before a stream is followed is one as well, for what was asked. */
static void
test_followed_late (Fixture *f, gconstpointer data)
{
  g_autoptr (VliveManualStream) live = vlive_manual_stream_new ();

  assert_list (f, VLIVE_OUTCOME_MISS, "a b c");
  vlive_live_stream_start (VLIVE_LIVE_STREAM (live));
  vlive_store_set_live_stream (f->store.store, VLIVE_LIVE_STREAM (live));
  g_assert_cmpuint (vlive_manual_stream_get_n_subscribers (f->stream), ==, 0);
  g_assert_cmpuint (vlive_manual_stream_get_n_subscribers (live), ==, 2);
  assert_list (f, VLIVE_OUTCOME_MISS, "a b c");
  vlive_store_set_live_stream (f->store.store, NULL);
  vlive_live_stream_stop (VLIVE_LIVE_STREAM (live));
  assert_list (f, VLIVE_OUTCOME_HIT, "a b c");
}

/* One that others have followed goes on for them: we were not there. */
static void
test_followed_and_resumed (Fixture *f, gconstpointer data)
{
  g_autoptr (VliveManualStream) away = vlive_manual_stream_new ();

  assert_list (f, VLIVE_OUTCOME_MISS, "a b c");
  vlive_manual_stream_set_connected (away, FALSE, FALSE);
  vlive_store_set_live_stream (f->store.store, VLIVE_LIVE_STREAM (away));
  assert_list (f, VLIVE_OUTCOME_HIT, "a b c");
  vlive_manual_stream_set_connected (away, TRUE, TRUE);
  assert_list (f, VLIVE_OUTCOME_MISS, "a b c");
  vlive_manual_stream_set_connected (away, FALSE, FALSE);
  vlive_manual_stream_set_connected (away, TRUE, TRUE);
  assert_list (f, VLIVE_OUTCOME_HIT, "a b c");
  vlive_store_set_live_stream (f->store.store, NULL);
}

/* A warm cache is not doubted because a stream is followed from the start. */
static void
test_followed_from_the_start (Fixture *f, gconstpointer data)
{
  assert_list (f, VLIVE_OUTCOME_MISS, "a b c");
  store_fixture_reopen (&f->store, "products");
  vlive_store_set_live_stream (f->store.store, VLIVE_LIVE_STREAM (f->stream));
  assert_list (f, VLIVE_OUTCOME_HIT, "a b c");
}

/* 20 events a second on other rows do not keep a page from becoming fresh. */
static void
test_busy (Fixture *f, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_auto (VliveReading) reading = { 0 };
  g_autoptr (VlivePage) page = NULL;

  f->store.master->latency_us = 300000;
  vlive_store_list_async (f->store.store, NULL, 0, 100, VLIVE_READ_NONE, NULL,
                          vlive_test_result_cb, &result);
  for (guint i = 0; i < 20; i++)
    {
      g_autofree char *id = g_strdup_printf ("other%u", i);

      push (f, VLIVE_CHANGE_UPDATED, id, 1 + i, 0);
      store_fixture_advance (&f->store, 50);
    }
  STORE_WAIT (&f->store, result != NULL);
  page = vlive_store_list_finish (f->store.store, result, &reading, NULL);
  g_assert_cmpint (reading.outcome, ==, VLIVE_OUTCOME_MISS);
  g_assert_false (vlive_page_is_stale (page));
  assert_list (f, VLIVE_OUTCOME_HIT, "a b c");
  g_assert_cmpuint (f->store.master->n_windows, ==, 1);
}

/* What comes for one id in one go is one change: the last value, and that a
 * row came is not forgotten. */
static void
test_merged (Fixture *f, gconstpointer data)
{
  assert_list (f, VLIVE_OUTCOME_MISS, "a b c");
  for (guint i = 0; i < 1000; i++)
    push (f, VLIVE_CHANGE_UPDATED, "b", 100 + i, 0);
  g_assert_cmpint (list_value (f, "b"), ==, 1099);
  g_assert_cmpuint (store_fixture_ledger (&f->store).n_events, ==, 1000);
  g_assert_cmpuint (store_fixture_ledger (&f->store).n_events_merged, ==, 999);
  assert_list (f, VLIVE_OUTCOME_HIT, "a b c");
  assert_log (f, "b;");

  vlive_array_master_insert (f->store.master, 0, "x", 5);
  push (f, VLIVE_CHANGE_INSERTED, "x", 4, 0);
  push (f, VLIVE_CHANGE_UPDATED, "x", 5, 0);
  assert_list (f, VLIVE_OUTCOME_MISS, "x a b c");
  push (f, VLIVE_CHANGE_DELETED, "x", 0, 0);
  push (f, VLIVE_CHANGE_INSERTED, "x", 6, 0);
  g_assert_cmpint (list_value (f, "x"), ==, 5);
}

/* Many at once of which nothing is told: a page's worth is read again, alone,
 * and for the rest the page is. */
static void
test_many_without_record (Fixture *f, gconstpointer data)
{
  g_autoptr (VlivePage) page = NULL;

  vlive_array_master_fill (f->store.master, 300);
  page = store_fixture_list (&f->store, NULL, 0, 0, VLIVE_READ_NONE, NULL, NULL);
  g_assert_cmpuint (vlive_page_get_n_records (page), ==, 303);
  for (guint i = 0; i < 300; i++)
    {
      g_autofree char *id = g_strdup_printf ("%06u", i);

      push (f, VLIVE_CHANGE_UPDATED, id, 0, 0);
    }
  store_fixture_advance (&f->store, 500);
  g_assert_cmpuint (f->store.master->n_gets, ==, 100);
}

/* The echo of a write of ours may be about a moment before it (rule 12). */
static void
test_old_echo (Fixture *f, gconstpointer data)
{
  assert_list (f, VLIVE_OUTCOME_MISS, "a b c");
  store_fixture_patch (&f->store, "b", 20);
  store_fixture_patch (&f->store, "b", 30);
  push (f, VLIVE_CHANGE_UPDATED, "b", 20, 0);
  g_assert_cmpint (list_value (f, "b"), ==, 30);
  store_fixture_advance (&f->store, 20);
  g_assert_cmpint (list_value (f, "b"), ==, 30);
  g_assert_cmpuint (f->store.master->n_gets, ==, 1);

  /* Much later it cannot be. */
  _vlive_clock_advance (f->store.clock, 40 * G_USEC_PER_SEC);
  push (f, VLIVE_CHANGE_UPDATED, "b", 40, 0);
  g_assert_cmpint (list_value (f, "b"), ==, 40);
  g_assert_cmpuint (f->store.master->n_gets, ==, 1);
}

/* An event while our own write is under way: the record is read again when the
 * answer is there, for either may be the later one (rule 13). */
static void
test_event_while_writing (Fixture *f, gconstpointer data)
{
  g_autoptr (VliveWrite) write = store_fixture_make_patch ("b", 20);
  g_autoptr (GAsyncResult) result = NULL;

  assert_list (f, VLIVE_OUTCOME_MISS, "a b c");
  f->store.master->hold = TRUE;
  vlive_store_write_async (f->store.store, write, NULL, vlive_test_result_cb, &result);
  store_fixture_settle (&f->store);
  f->store.master->hold = FALSE;
  vlive_array_master_set (f->store.master, "b", 77);
  push (f, VLIVE_CHANGE_UPDATED, "b", 77, 0);
  store_fixture_advance (&f->store, 50);
  vlive_array_master_release_all (f->store.master);
  STORE_WAIT (&f->store, result != NULL);
  g_assert_true (vlive_store_write_finish (f->store.store, result, NULL));
  store_fixture_advance (&f->store, 50);
  g_assert_cmpint (list_value (f, "b"), ==, 77);
}

/* Nobody joins a request for a record that is older than an event about it. */
static void
test_event_and_flight (Fixture *f, gconstpointer data)
{
  g_autoptr (GAsyncResult) before = NULL;
  g_autoptr (GAsyncResult) after = NULL;
  g_autoptr (VliveRecord) old = NULL;
  g_autoptr (VliveRecord) new = NULL;

  f->store.master->hold = TRUE;
  vlive_store_get_async (f->store.store, "b", VLIVE_READ_NONE, NULL,
                         vlive_test_result_cb, &before);
  store_fixture_settle (&f->store);
  vlive_array_master_set (f->store.master, "b", 20);
  push (f, VLIVE_CHANGE_UPDATED, "b", 0, 0);
  vlive_store_get_async (f->store.store, "b", VLIVE_READ_NONE, NULL,
                         vlive_test_result_cb, &after);
  store_fixture_settle (&f->store);
  g_assert_cmpuint (f->store.master->n_gets, ==, 1);
  f->store.master->hold = FALSE;
  vlive_array_master_release_all (f->store.master);
  STORE_WAIT (&f->store, before != NULL && after != NULL);
  old = vlive_store_get_finish (f->store.store, before, NULL, NULL);
  new = vlive_store_get_finish (f->store.store, after, NULL, NULL);
  g_assert_cmpint (store_fixture_get_value (old), ==, 2);
  g_assert_cmpint (store_fixture_get_value (new), ==, 20);
  g_assert_cmpuint (f->store.master->n_gets, ==, 2);
}

/* Versions tell the echo of our own write from news. */
static void
test_versions (Fixture *f, gconstpointer data)
{
  VliveOwnWrites *own;

  assert_list (f, VLIVE_OUTCOME_MISS, "a b c");
  store_fixture_patch (&f->store, "b", 20);
  own = _vlive_store_get_own_writes (f->store.store, "b");
  g_assert_nonnull (own);
  own->version = 7;
  push (f, VLIVE_CHANGE_UPDATED, "b", 19, 6);
  g_assert_cmpint (list_value (f, "b"), ==, 20);
  push (f, VLIVE_CHANGE_UPDATED, "b", 21, 8);
  g_assert_cmpint (list_value (f, "b"), ==, 21);
  g_assert_cmpuint (f->store.master->n_gets, ==, 0);
}

/* A stream never keeps a store alive, nor a store that has gone a stream. */
static void
test_lifetime (Fixture *f, gconstpointer data)
{
  VliveStore *store =
      vlive_store_new (VLIVE_MASTER (f->store.master), f->store.cache, "other");

  _vlive_store_set_clock (store, f->store.clock);
  vlive_store_set_live_stream (store, VLIVE_LIVE_STREAM (f->stream));
  g_assert_cmpuint (vlive_manual_stream_get_n_subscribers (f->stream), ==, 2);
  g_assert_finalize_object (store);
  g_assert_cmpuint (vlive_manual_stream_get_n_subscribers (f->stream), ==, 1);
}

/* Events that came, and were not laid in when the store goes. */
static void
test_dropped_with_events (Fixture *f, gconstpointer data)
{
  VliveStore *store =
      vlive_store_new (VLIVE_MASTER (f->store.master), f->store.cache, "other");
  g_autoptr (VliveChangeEvent) event =
      vlive_change_event_new (VLIVE_CHANGE_UPDATED, "b", NULL, 0);

  _vlive_store_set_clock (store, f->store.clock);
  vlive_store_set_live_stream (store, VLIVE_LIVE_STREAM (f->stream));
  vlive_manual_stream_push (f->stream, event);
  g_assert_finalize_object (store);
  store_fixture_settle (&f->store);
}

int
main (int argc, char **argv)
{
  vlive_test_init (&argc, &argv);

#define ADD(name, func)                                                                \
  g_test_add ("/table/store-stream/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("updated", test_updated);
  ADD ("updated-without-record", test_updated_without_record);
  ADD ("updated-elsewhere", test_updated_elsewhere);
  ADD ("membership", test_membership);
  ADD ("changed", test_changed);
  ADD ("gap", test_gap);
  ADD ("followed-late", test_followed_late);
  ADD ("followed-and-resumed", test_followed_and_resumed);
  ADD ("followed-from-the-start", test_followed_from_the_start);
  ADD ("busy", test_busy);
  ADD ("merged", test_merged);
  ADD ("many-without-record", test_many_without_record);
  ADD ("old-echo", test_old_echo);
  ADD ("event-while-writing", test_event_while_writing);
  ADD ("event-and-flight", test_event_and_flight);
  ADD ("versions", test_versions);
  ADD ("lifetime", test_lifetime);
  ADD ("dropped-with-events", test_dropped_with_events);
#undef ADD

  return vlive_test_run ();
}
