/* test-store-get.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "store-fixture.h"

/* Single records: from whatever is fresh and holds them. */

#define MINUTE_US (60 * G_USEC_PER_SEC)

static void
set_up (StoreFixture *f, gconstpointer data)
{
  store_fixture_set_up (f, data);
  vlive_array_master_insert (f->master, 0, "a", 1);
  vlive_array_master_insert (f->master, 1, "b", 2);
  vlive_array_master_insert (f->master, 2, "c", 3);
}

static void
assert_get (StoreFixture *f, const char *id, VliveOutcome outcome, gint64 value)
{
  g_auto (VliveReading) reading = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (VliveRecord) record =
      store_fixture_get (f, id, VLIVE_READ_NONE, &reading, &error);

  g_assert_no_error (error);
  g_assert_cmpint (reading.outcome, ==, outcome);
  g_assert_cmpstr (vlive_record_get_id (record), ==, id);
  g_assert_cmpint (store_fixture_get_value (record), ==, value);
}

static void
assert_none (StoreFixture *f, const char *id)
{
  g_auto (VliveReading) reading = { 0 };
  g_autoptr (GError) error = NULL;

  g_assert_null (store_fixture_get (f, id, VLIVE_READ_NONE, &reading, &error));
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_NOT_FOUND);
}

static void
test_alone (StoreFixture *f, gconstpointer data)
{
  assert_get (f, "b", VLIVE_OUTCOME_MISS, 2);
  assert_get (f, "b", VLIVE_OUTCOME_HIT, 2);
  g_assert_cmpstr (f->master->log->str, ==, "get b;");
  _vlive_clock_advance (f->clock, 2 * MINUTE_US);
  assert_get (f, "b", VLIVE_OUTCOME_MISS, 2);
  g_assert_cmpstr (f->master->log->str, ==, "get b;get b;");
}

static void
test_alone_uncached (StoreFixture *f, gconstpointer data)
{
  assert_get (f, "b", VLIVE_OUTCOME_MISS, 2);
  assert_get (f, "b", VLIVE_OUTCOME_MISS, 2);
}

/* From a page that has been read, as long as that is fresh. */
static void
test_from_page (StoreFixture *f, gconstpointer data)
{
  store_fixture_assert_list (f, NULL, 0, 2, VLIVE_OUTCOME_MISS, "a b");
  assert_get (f, "b", VLIVE_OUTCOME_HIT, 2);
  assert_get (f, "c", VLIVE_OUTCOME_MISS, 3);
  g_assert_cmpstr (f->master->log->str, ==, "window 0+2;get c;");

  vlive_array_master_set (f->master, "b", 20);
  _vlive_clock_advance (f->clock, 2 * MINUTE_US);
  assert_get (f, "b", VLIVE_OUTCOME_MISS, 20);
}

/* The complete set is looked into even if somebody else read it. */
static void
test_from_complete_set (StoreFixture *f, gconstpointer data)
{
  store_fixture_assert_list (f, NULL, 0, 0, VLIVE_OUTCOME_MISS, "a b c");
  store_fixture_reopen (f, "products");
  assert_get (f, "b", VLIVE_OUTCOME_HIT, 2);
  g_assert_cmpuint (f->master->n_gets, ==, 0);
}

/* So is every other window, whoever read it: the last-asked is taken, and
 * what is no longer fresh is shown when nobody can be asked. */
static void
test_from_any_window (StoreFixture *f, gconstpointer data)
{
  g_autoptr (VliveQuery) all = vlive_query_new ();
  g_autoptr (VliveQuery) by_value = vlive_query_with_sort (all, "value", TRUE);
  g_auto (VliveReading) reading = { 0 };
  g_autoptr (VliveRecord) old = NULL;

  store_fixture_assert_list (f, NULL, 0, 2, VLIVE_OUTCOME_MISS, "a b");
  _vlive_clock_advance (f->clock, G_USEC_PER_SEC);
  vlive_array_master_set (f->master, "b", 20);
  store_fixture_assert_list (f, by_value, 0, 2, VLIVE_OUTCOME_MISS, "b c");
  store_fixture_reopen (f, "products");
  assert_get (f, "b", VLIVE_OUTCOME_HIT, 20);
  assert_get (f, "a", VLIVE_OUTCOME_HIT, 1);
  g_assert_cmpuint (f->master->n_gets, ==, 0);

  store_fixture_reopen (f, "products");
  f->master->offline = TRUE;
  _vlive_clock_advance (f->clock, 2 * MINUTE_US);
  old = store_fixture_get (f, "c", VLIVE_READ_NONE, &reading, NULL);
  g_assert_cmpint (reading.outcome, ==, VLIVE_OUTCOME_STALE);
  g_assert_cmpint (store_fixture_get_value (old), ==, 3);
  g_assert_cmpint (reading.age_us, >=, 2 * MINUTE_US);
  f->master->offline = FALSE;
  assert_get (f, "c", VLIVE_OUTCOME_MISS, 3);
}

static void
test_not_found (StoreFixture *f, gconstpointer data)
{
  g_autoptr (VliveRecord) fields = vlive_array_master_make ("x", 9);
  g_autoptr (VliveWrite) insert = vlive_write_new (VLIVE_WRITE_INSERT, "x", fields);
  g_autoptr (GError) error = NULL;

  assert_none (f, "x");
  assert_none (f, "x");
  g_assert_cmpuint (f->master->n_gets, ==, 1);
  /* It is not remembered past an insert, ours … */
  g_assert_true (store_fixture_write (f, insert, &error));
  g_assert_no_error (error);
  assert_get (f, "x", VLIVE_OUTCOME_HIT, 9);
}

/* … or that of somebody else. */
static void
test_not_found_and_event (StoreFixture *f, gconstpointer data)
{
  g_autoptr (VliveManualStream) stream = vlive_manual_stream_new ();

  f->master->stream = g_object_ref (stream);
  f->master->events_with_records = FALSE;
  vlive_store_set_live_stream (f->store, VLIVE_LIVE_STREAM (stream));
  assert_none (f, "x");
  vlive_array_master_insert (f->master, 0, "x", 9);
  assert_get (f, "x", VLIVE_OUTCOME_MISS, 9);
}

static void
test_deleted (StoreFixture *f, gconstpointer data)
{
  g_autoptr (VliveWrite) delete = vlive_write_new (VLIVE_WRITE_DELETE, "b", NULL);
  g_autoptr (GError) error = NULL;

  store_fixture_assert_list (f, NULL, 0, 2, VLIVE_OUTCOME_MISS, "a b");
  g_assert_true (store_fixture_write (f, delete, &error));
  g_assert_no_error (error);
  assert_none (f, "b");
  /* Not even while nobody can be asked. */
  f->master->offline = TRUE;
  _vlive_clock_advance (f->clock, 2 * MINUTE_US);
  g_assert_null (store_fixture_get (f, "b", VLIVE_READ_NONE, NULL, &error));
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_OFFLINE);
}

static void
test_offline (StoreFixture *f, gconstpointer data)
{
  g_auto (VliveReading) reading = { 0 };
  g_auto (VliveReading) of_page = { 0 };
  g_autoptr (VliveRecord) record = NULL;
  g_autoptr (VliveRecord) from_page = NULL;
  g_autoptr (GError) error = NULL;

  assert_get (f, "b", VLIVE_OUTCOME_MISS, 2);
  store_fixture_assert_list (f, NULL, 0, 1, VLIVE_OUTCOME_MISS, "a");
  f->master->offline = TRUE;
  _vlive_clock_advance (f->clock, 2 * MINUTE_US);
  record = store_fixture_get (f, "b", VLIVE_READ_NONE, &reading, &error);
  g_assert_no_error (error);
  g_assert_cmpint (reading.outcome, ==, VLIVE_OUTCOME_STALE);
  g_assert_cmpint (store_fixture_get_value (record), ==, 2);
  from_page = store_fixture_get (f, "a", VLIVE_READ_NONE, &of_page, &error);
  g_assert_no_error (error);
  g_assert_cmpint (of_page.outcome, ==, VLIVE_OUTCOME_STALE);
  g_assert_cmpint (store_fixture_get_value (from_page), ==, 1);
  g_assert_null (store_fixture_get (f, "c", VLIVE_READ_NONE, NULL, &error));
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_OFFLINE);
}

static void
test_flags (StoreFixture *f, gconstpointer data)
{
  g_auto (VliveReading) reading = { 0 };
  g_autoptr (VliveRecord) cached = NULL;
  g_autoptr (VliveRecord) forced = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_null (store_fixture_get (f, "b", VLIVE_READ_CACHED, NULL, &error));
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_OFFLINE);
  g_clear_error (&error);
  assert_get (f, "b", VLIVE_OUTCOME_MISS, 2);
  vlive_array_master_set (f->master, "b", 20);
  cached = store_fixture_get (f, "b", VLIVE_READ_CACHED, &reading, &error);
  g_assert_cmpint (store_fixture_get_value (cached), ==, 2);
  forced = store_fixture_get (f, "b", VLIVE_READ_FORCE, &reading, &error);
  g_assert_no_error (error);
  g_assert_cmpint (reading.outcome, ==, VLIVE_OUTCOME_MISS);
  g_assert_cmpint (store_fixture_get_value (forced), ==, 20);
  assert_get (f, "b", VLIVE_OUTCOME_HIT, 20);
}

static void
test_single_flight (StoreFixture *f, gconstpointer data)
{
  GAsyncResult *results[20] = { NULL };

  f->master->latency_us = 100000;
  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    vlive_store_get_async (f->store, "b", VLIVE_READ_NONE, NULL, vlive_test_result_cb,
                           &results[i]);
  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    {
      g_autoptr (VliveRecord) record = NULL;

      STORE_WAIT (f, results[i] != NULL);
      record = vlive_store_get_finish (f->store, results[i], NULL, NULL);
      g_assert_cmpint (store_fixture_get_value (record), ==, 2);
      g_object_unref (results[i]);
    }
  g_assert_cmpuint (f->master->n_gets, ==, 1);
}

/* A read that began before a write does not put the old value back, and who
 * comes after the write does not join it. */
static void
test_join_rule (StoreFixture *f, gconstpointer data)
{
  g_autoptr (GAsyncResult) before = NULL;
  g_autoptr (GAsyncResult) after = NULL;
  g_autoptr (VliveRecord) old = NULL;
  g_autoptr (VliveRecord) new = NULL;

  f->master->hold = TRUE;
  vlive_store_get_async (f->store, "b", VLIVE_READ_NONE, NULL, vlive_test_result_cb,
                         &before);
  store_fixture_settle (f);
  f->master->hold = FALSE;
  store_fixture_patch (f, "b", 20);
  vlive_store_get_async (f->store, "b", VLIVE_READ_NONE, NULL, vlive_test_result_cb,
                         &after);
  store_fixture_settle (f);
  vlive_array_master_release_all (f->master);
  STORE_WAIT (f, before != NULL && after != NULL);
  old = vlive_store_get_finish (f->store, before, NULL, NULL);
  new = vlive_store_get_finish (f->store, after, NULL, NULL);
  g_assert_cmpint (store_fixture_get_value (old), ==, 20);
  g_assert_cmpint (store_fixture_get_value (new), ==, 20);
}

static void
test_cancel (StoreFixture *f, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  f->master->hold = TRUE;
  vlive_store_get_async (f->store, "b", VLIVE_READ_NONE, cancellable,
                         vlive_test_result_cb, &result);
  store_fixture_settle (f);
  g_cancellable_cancel (cancellable);
  STORE_WAIT (f, result != NULL);
  g_assert_null (vlive_store_get_finish (f->store, result, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main (int argc, char **argv)
{
  vlive_test_init (&argc, &argv);

#define ADD(name, cache, func)                                                         \
  g_test_add ("/table/store-get/" name, StoreFixture, cache, set_up, func,             \
              store_fixture_tear_down)
  ADD ("alone", NULL, test_alone);
  ADD ("alone-uncached", vlive_null_cache_new, test_alone_uncached);
  ADD ("from-page", NULL, test_from_page);
  ADD ("from-complete-set", NULL, test_from_complete_set);
  ADD ("from-any-window", NULL, test_from_any_window);
  ADD ("not-found", NULL, test_not_found);
  ADD ("not-found-and-event", NULL, test_not_found_and_event);
  ADD ("deleted", NULL, test_deleted);
  ADD ("offline", NULL, test_offline);
  ADD ("flags", NULL, test_flags);
  ADD ("single-flight", NULL, test_single_flight);
  ADD ("join-rule/memory", NULL, test_join_rule);
  ADD ("join-rule/none", vlive_null_cache_new, test_join_rule);
  ADD ("cancel", NULL, test_cancel);
#undef ADD

  return vlive_test_run ();
}
