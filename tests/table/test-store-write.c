/* test-store-write.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "store-fixture.h"

/* Writing: the master first, then the cache, then the caller. */

static void
set_up (StoreFixture *f, gconstpointer data)
{
  store_fixture_set_up (f, data);
  vlive_array_master_insert (f->master, 0, "a", 1);
  vlive_array_master_insert (f->master, 1, "b", 2);
  vlive_array_master_insert (f->master, 2, "c", 3);
}

static gint64
read_value (StoreFixture *f, const char *id, VliveOutcome outcome)
{
  g_auto (VliveReading) reading = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (VliveRecord) record =
      store_fixture_get (f, id, VLIVE_READ_NONE, &reading, &error);

  g_assert_no_error (error);
  g_assert_cmpint (reading.outcome, ==, outcome);

  return store_fixture_get_value (record);
}

/* Of the first page. */
static gint64
list_value (StoreFixture *f, const char *id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VlivePage) page =
      store_fixture_list (f, NULL, 0, 100, VLIVE_READ_NONE, NULL, &error);

  g_assert_no_error (error);

  return store_fixture_get_value (_vlive_page_find (page, id));
}

static void
test_patch (StoreFixture *f, gconstpointer data)
{
  store_fixture_assert_list (f, NULL, 0, 100, VLIVE_OUTCOME_MISS, "a b c");
  store_fixture_patch (f, "b", 20);
  g_assert_cmpint (read_value (f, "b", VLIVE_OUTCOME_HIT), ==, 20);
  g_assert_cmpint (list_value (f, "b"), ==, 20);
  store_fixture_assert_list (f, NULL, 0, 100, VLIVE_OUTCOME_HIT, "a b c");
  g_assert_cmpuint (f->master->n_windows, ==, 1);
  g_assert_cmpuint (f->master->n_gets, ==, 0);
}

static void
test_membership (StoreFixture *f, gconstpointer data)
{
  g_autoptr (VliveRecord) fields = vlive_array_master_make ("d", 4);
  g_autoptr (VliveWrite) insert = vlive_write_new (VLIVE_WRITE_INSERT, "d", fields);
  g_autoptr (VliveWrite) delete = vlive_write_new (VLIVE_WRITE_DELETE, "a", NULL);
  G_GNUC_UNUSED g_autoptr (VliveRecord) gone = NULL;
  g_autoptr (GError) error = NULL;

  store_fixture_assert_list (f, NULL, 0, 100, VLIVE_OUTCOME_MISS, "a b c");
  g_assert_true (store_fixture_write (f, insert, &error));
  g_assert_no_error (error);
  store_fixture_assert_list (f, NULL, 0, 100, VLIVE_OUTCOME_MISS, "a b c d");
  g_assert_true (store_fixture_write (f, delete, &error));
  g_assert_no_error (error);
  g_assert_null (store_fixture_get (f, "a", VLIVE_READ_NONE, NULL, &error));
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_NOT_FOUND);
  store_fixture_assert_list (f, NULL, 0, 100, VLIVE_OUTCOME_MISS, "b c d");
}

static void
test_refused (StoreFixture *f, gconstpointer data)
{
  g_autoptr (VliveWrite) write = store_fixture_make_patch ("b", 20);
  g_autoptr (GError) error = NULL;

  store_fixture_assert_list (f, NULL, 0, 100, VLIVE_OUTCOME_MISS, "a b c");
  f->master->refusal = "The price must not change on a Sunday";
  g_assert_false (store_fixture_write (f, write, &error));
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_REJECTED);
  g_assert_cmpstr (error->message, ==, f->master->refusal);
  g_assert_cmpint (vlive_write_get_state (write), ==, VLIVE_WRITE_REJECTED);
  g_assert_cmpstr (vlive_write_get_error (write)->message, ==, f->master->refusal);
  store_fixture_assert_list (f, NULL, 0, 100, VLIVE_OUTCOME_HIT, "a b c");
  g_assert_cmpint (list_value (f, "b"), ==, 2);
}

/* Write v = n, then read, 1 000 times: never an older value. */
static void
test_write_then_read (StoreFixture *f, gconstpointer data)
{
  store_fixture_assert_list (f, NULL, 0, 100, VLIVE_OUTCOME_MISS, "a b c");
  for (gint64 n = 1; n <= 1000; n++)
    {
      store_fixture_patch (f, "b", n);
      g_assert_cmpint (list_value (f, "b"), ==, n);
    }
}

/* What the master did not say is filled in from what is known, shown at once,
 * and read again once. */
static void
test_no_record_in_reply (StoreFixture *f, gconstpointer data)
{
  f->master->answers_writes = FALSE;
  store_fixture_assert_list (f, NULL, 0, 100, VLIVE_OUTCOME_MISS, "a b c");
  f->master->latency_us = 50000;
  store_fixture_patch (f, "b", 20);
  g_assert_cmpint (list_value (f, "b"), ==, 20);
  STORE_WAIT (f, f->master->n_in_flight == 0);
  store_fixture_settle (f);
  g_assert_cmpstr (f->master->log->str, ==, "window 0+100;patch b;get b;");
  g_assert_cmpint (read_value (f, "b", VLIVE_OUTCOME_HIT), ==, 20);
}

/* … without anything known, nothing is believed until it has been read. */
static void
test_no_record_and_unknown (StoreFixture *f, gconstpointer data)
{
  f->master->answers_writes = FALSE;
  store_fixture_patch (f, "b", 20);
  STORE_WAIT (f, f->master->n_in_flight == 0);
  store_fixture_settle (f);
  g_assert_cmpint (read_value (f, "b", VLIVE_OUTCOME_HIT), ==, 20);
  g_assert_cmpstr (f->master->log->str, ==, "patch b;get b;");
}

/* A server that answers with the fields that were sent has not lost the rest. */
static void
test_partial_reply (StoreFixture *f, gconstpointer data)
{
  g_autoptr (VliveRecord) record = NULL;

  store_fixture_assert_list (f, NULL, 0, 100, VLIVE_OUTCOME_MISS, "a b c");
  f->master->answers_partly = TRUE;
  f->master->latency_us = 50000;
  store_fixture_patch (f, "b", 20);
  record = store_fixture_get (f, "b", VLIVE_READ_CACHED, NULL, NULL);
  g_assert_cmpint (store_fixture_get_value (record), ==, 20);
  g_assert_cmpstr (vlive_record_get_text (record, "name"), ==, "row b");
  STORE_WAIT (f, f->master->n_in_flight == 0);
  g_assert_cmpstr (f->master->log->str, ==, "window 0+100;patch b;get b;");
}

static void
test_replace (StoreFixture *f, gconstpointer data)
{
  g_autoptr (VliveRecord) fields = vlive_array_master_make ("b", 20);
  g_autoptr (VliveWrite) write = vlive_write_new (VLIVE_WRITE_REPLACE, "b", fields);
  g_autoptr (GError) error = NULL;

  store_fixture_assert_list (f, NULL, 0, 100, VLIVE_OUTCOME_MISS, "a b c");
  g_assert_true (store_fixture_write (f, write, &error));
  g_assert_no_error (error);
  g_assert_cmpint (read_value (f, "b", VLIVE_OUTCOME_HIT), ==, 20);
  g_assert_cmpint (store_fixture_get_value (vlive_write_get_record (write)), ==, 20);
}

/* The master makes the id. */
static void
test_insert_without_id (StoreFixture *f, gconstpointer data)
{
  g_autoptr (VliveRecord) fields = vlive_array_master_make ("x", 20);
  g_autoptr (VliveWrite) write = vlive_write_new (VLIVE_WRITE_INSERT, NULL, fields);
  g_autoptr (GError) error = NULL;

  g_assert_true (store_fixture_write (f, write, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (vlive_write_get_id (write), ==, "new1");
  g_assert_cmpstr (vlive_record_get_id (vlive_write_get_record (write)), ==, "new1");
  g_assert_cmpint (read_value (f, "new1", VLIVE_OUTCOME_HIT), ==, 20);
}

static void
test_clear (StoreFixture *f, gconstpointer data)
{
  g_autoptr (VliveWrite) write = vlive_write_new (VLIVE_WRITE_DELETE_ALL, NULL, NULL);
  g_autoptr (GError) error = NULL;

  store_fixture_assert_list (f, NULL, 0, 100, VLIVE_OUTCOME_MISS, "a b c");
  g_assert_cmpint (read_value (f, "b", VLIVE_OUTCOME_HIT), ==, 2);
  g_assert_true (store_fixture_write (f, write, &error));
  g_assert_no_error (error);
  /* Deleted rows do not come back for want of an answer. */
  f->master->offline = TRUE;
  g_assert_null (store_fixture_list (f, NULL, 0, 100, VLIVE_READ_NONE, NULL, &error));
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_OFFLINE);
  g_clear_error (&error);
  g_assert_null (store_fixture_get (f, "b", VLIVE_READ_NONE, NULL, &error));
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_OFFLINE);
  f->master->offline = FALSE;
  store_fixture_assert_list (f, NULL, 0, 100, VLIVE_OUTCOME_MISS, "");
}

static void
assert_fails (StoreFixture *f, VliveWrite *write, int code, VliveWriteState state)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (store_fixture_write (f, write, &error));
  g_assert_error (error, VLIVE_ERROR, code);
  g_assert_cmpint (vlive_write_get_state (write), ==, state);
  g_assert_error (vlive_write_get_error (write), VLIVE_ERROR, code);
}

/* Every kind of no leaves every slot as it was. */
static void
test_failures (StoreFixture *f, gconstpointer data)
{
  const struct
  {
    int code;
    VliveWriteState state;
  } cases[] = {
    { VLIVE_ERROR_REJECTED, VLIVE_WRITE_REJECTED },
    { VLIVE_ERROR_NOT_FOUND, VLIVE_WRITE_REJECTED },
    { VLIVE_ERROR_INVALID, VLIVE_WRITE_REJECTED },
    { VLIVE_ERROR_AUTH, VLIVE_WRITE_REJECTED },
    { VLIVE_ERROR_OFFLINE, VLIVE_WRITE_REJECTED },
    { VLIVE_ERROR_CONFLICT, VLIVE_WRITE_IN_CONFLICT },
  };

  store_fixture_assert_list (f, NULL, 0, 100, VLIVE_OUTCOME_MISS, "a b c");
  store_fixture_assert_list (f, NULL, 0, 2, VLIVE_OUTCOME_MISS, "a b");
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (VliveRecord) fields = vlive_array_master_make ("x", 20);
      g_autoptr (VliveWrite) patch = store_fixture_make_patch ("b", 20);
      g_autoptr (VliveWrite) insert = vlive_write_new (VLIVE_WRITE_INSERT, "x", fields);
      g_autoptr (VliveWrite) delete = vlive_write_new (VLIVE_WRITE_DELETE, "b", NULL);
      g_autoptr (VliveWrite) clear =
          vlive_write_new (VLIVE_WRITE_DELETE_ALL, NULL, NULL);

      f->master->n_to_fail = 4;
      f->master->fail_code = cases[i].code;
      assert_fails (f, patch, cases[i].code, cases[i].state);
      assert_fails (f, insert, cases[i].code, cases[i].state);
      assert_fails (f, delete, cases[i].code, cases[i].state);
      assert_fails (f, clear, cases[i].code, cases[i].state);
    }
  store_fixture_assert_list (f, NULL, 0, 100, VLIVE_OUTCOME_HIT, "a b c");
  store_fixture_assert_list (f, NULL, 0, 2, VLIVE_OUTCOME_HIT, "a b");
  g_assert_cmpint (list_value (f, "b"), ==, 2);
  g_assert_cmpuint (f->master->n_windows, ==, 2);
  g_assert_cmpuint (f->master->n_gets, ==, 0);
}

static void
test_unsupported (StoreFixture *f, gconstpointer data)
{
  g_autoptr (VliveWrite) write = store_fixture_make_patch ("b", 20);

  f->master->capabilities &= ~(VLIVE_CAN_PATCH);
  vlive_array_master_describe (f->master);
  assert_fails (f, write, VLIVE_ERROR_UNSUPPORTED, VLIVE_WRITE_REJECTED);
  g_assert_cmpuint (f->master->n_writes, ==, 0);
}

/* Sent, and the answer never came: nothing cached of it is believed, and it is
 * read again. */
static void
test_unknown_outcome (StoreFixture *f, gconstpointer data)
{
  g_autoptr (VliveWrite) write = store_fixture_make_patch ("b", 20);
  g_autoptr (VliveRecord) fields = vlive_array_master_make ("x", 20);
  g_autoptr (VliveWrite) insert = vlive_write_new (VLIVE_WRITE_INSERT, NULL, fields);

  store_fixture_assert_list (f, NULL, 0, 100, VLIVE_OUTCOME_MISS, "a b c");
  f->master->n_to_fail = 1;
  f->master->fail_code = VLIVE_ERROR_UNKNOWN_OUTCOME;
  vlive_array_master_set (f->master, "b", 20);
  assert_fails (f, write, VLIVE_ERROR_UNKNOWN_OUTCOME, VLIVE_WRITE_UNKNOWN);
  STORE_WAIT (f, f->master->n_gets == 1 && f->master->n_in_flight == 0);
  g_assert_cmpint (read_value (f, "b", VLIVE_OUTCOME_HIT), ==, 20);

  f->master->n_to_fail = 1;
  assert_fails (f, insert, VLIVE_ERROR_UNKNOWN_OUTCOME, VLIVE_WRITE_UNKNOWN);
  store_fixture_assert_list (f, NULL, 0, 100, VLIVE_OUTCOME_MISS, "a b c");
}

/* A master that says yes and keeps nothing. */
static void
test_keeps_nothing (StoreFixture *f, gconstpointer data)
{
  g_autoptr (VliveRecord) fields = vlive_array_master_make ("x", 20);
  g_autoptr (VliveWrite) insert = vlive_write_new (VLIVE_WRITE_INSERT, NULL, fields);
  g_autoptr (GError) error = NULL;

  f->master->capabilities &= ~(VLIVE_KEEPS_WRITES);
  vlive_array_master_describe (f->master);
  store_fixture_assert_list (f, NULL, 0, 100, VLIVE_OUTCOME_MISS, "a b c");
  /* The id that it made is told, and nothing is shown under it. */
  g_assert_true (store_fixture_write (f, insert, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (vlive_record_get_id (vlive_write_get_record (insert)), ==, "new1");
  store_fixture_assert_list (f, NULL, 0, 100, VLIVE_OUTCOME_HIT, "a b c");
  g_assert_null (store_fixture_get (f, "new1", VLIVE_READ_NONE, NULL, &error));
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_NOT_FOUND);

  /* A change is shown until it is read again. */
  store_fixture_patch (f, "b", 20);
  g_assert_cmpint (list_value (f, "b"), ==, 20);
  _vlive_clock_advance (f->clock, 120 * G_USEC_PER_SEC);
  g_assert_cmpint (list_value (f, "b"), ==, 2);
}

/* One at a time, in the order they were given. */
static void
test_order (StoreFixture *f, gconstpointer data)
{
  GAsyncResult *results[6] = { NULL };
  VliveWrite *writes[6];
  const char *ids[] = { "a", "b", "a", "c", "b", "a" };

  f->master->hold = TRUE;
  for (guint i = 0; i < 6; i++)
    {
      writes[i] = store_fixture_make_patch (ids[i], 100 + i);
      vlive_store_write_async (f->store, writes[i], NULL, vlive_test_result_cb,
                               &results[i]);
    }
  for (guint i = 0; i < 6; i++)
    {
      store_fixture_settle (f);
      g_assert_cmpuint (f->master->n_in_flight, ==, 1);
      g_assert_cmpint (vlive_write_get_state (writes[i]), ==, VLIVE_WRITE_SENDING);
      if (i < 5)
        g_assert_cmpint (vlive_write_get_state (writes[i + 1]), ==, VLIVE_WRITE_QUEUED);
      vlive_array_master_release (f->master, 0);
      STORE_WAIT (f, results[i] != NULL);
      g_assert_true (vlive_store_write_finish (f->store, results[i], NULL));
      g_clear_object (&results[i]);
      g_object_unref (writes[i]);
    }
  g_assert_cmpstr (f->master->log->str, ==,
                   "patch a;patch b;patch a;patch c;patch b;patch a;");
  f->master->hold = FALSE;
  g_assert_cmpint (read_value (f, "a", VLIVE_OUTCOME_HIT), ==, 105);
}

/* Withdrawn before it was sent; too late once it was. */
static void
test_cancel (StoreFixture *f, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (VliveWrite) first = store_fixture_make_patch ("a", 10);
  g_autoptr (VliveWrite) second = store_fixture_make_patch ("b", 20);
  g_autoptr (GAsyncResult) one = NULL;
  g_autoptr (GAsyncResult) two = NULL;
  g_autoptr (GError) error = NULL;

  f->master->hold = TRUE;
  vlive_store_write_async (f->store, first, cancellable, vlive_test_result_cb, &one);
  vlive_store_write_async (f->store, second, cancellable, vlive_test_result_cb, &two);
  store_fixture_settle (f);
  g_cancellable_cancel (cancellable);
  STORE_WAIT (f, two != NULL);
  g_assert_false (vlive_store_write_finish (f->store, two, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (vlive_write_get_state (second), ==, VLIVE_WRITE_CANCELLED);
  g_assert_null (one);
  f->master->hold = FALSE;
  vlive_array_master_release_all (f->master);
  STORE_WAIT (f, one != NULL);
  g_clear_error (&error);
  g_assert_true (vlive_store_write_finish (f->store, one, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (f->master->log->str, ==, "patch a;");
}

static void
test_twice (StoreFixture *f, gconstpointer data)
{
  g_autoptr (VliveWrite) write = store_fixture_make_patch ("a", 10);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  vlive_store_write_async (f->store, write, NULL, vlive_test_result_cb, &result);
  g_assert_false (store_fixture_write (f, write, &error));
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_INVALID);
  STORE_WAIT (f, result != NULL);
  g_assert_true (vlive_store_write_finish (f->store, result, NULL));
  g_clear_error (&error);
  g_assert_false (store_fixture_write (f, write, &error));
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_INVALID);
  g_assert_cmpuint (f->master->n_writes, ==, 1);
}

/* Also one that waits behind another, and to another store. */
static void
test_twice_waiting (StoreFixture *f, gconstpointer data)
{
  g_autoptr (VliveWrite) first = store_fixture_make_patch ("b", 10);
  g_autoptr (VliveWrite) write = store_fixture_make_patch ("a", 10);
  g_autoptr (VliveCache) cache = vlive_memory_cache_new ();
  g_autoptr (VliveStore) other =
      vlive_store_new (VLIVE_MASTER (f->master), cache, "other");
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GAsyncResult) refused = NULL;
  g_autoptr (GError) error = NULL;

  f->master->hold = TRUE;
  vlive_store_write_async (f->store, first, NULL, NULL, NULL);
  vlive_store_write_async (f->store, write, NULL, vlive_test_result_cb, &result);
  g_assert_cmpint (vlive_write_get_state (write), ==, VLIVE_WRITE_QUEUED);
  g_assert_false (store_fixture_write (f, write, &error));
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_INVALID);
  g_clear_error (&error);
  vlive_store_write_async (other, write, NULL, vlive_test_result_cb, &refused);
  STORE_WAIT (f, refused != NULL);
  g_assert_false (vlive_store_write_finish (other, refused, &error));
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_INVALID);
  f->master->hold = FALSE;
  vlive_array_master_release_all (f->master);
  STORE_WAIT (f, result != NULL);
  g_assert_true (vlive_store_write_finish (f->store, result, NULL));
  g_assert_cmpuint (f->master->n_writes, ==, 2);
}

/* A read of 200 ms that began before a write does not put the old row back,
 * nor does a reader that comes later join it. */
static void
test_slow_read (StoreFixture *f, gconstpointer data)
{
  g_autoptr (GAsyncResult) before = NULL;
  g_autoptr (GAsyncResult) after = NULL;
  g_autoptr (VlivePage) old = NULL;
  g_autoptr (VlivePage) new = NULL;

  f->master->latency_us = 200000;
  vlive_store_list_async (f->store, NULL, 0, 100, VLIVE_READ_NONE, NULL,
                          vlive_test_result_cb, &before);
  store_fixture_advance (f, 10);
  f->master->latency_us = 1000;
  store_fixture_patch (f, "b", 20);
  g_assert_null (before);
  vlive_store_list_async (f->store, NULL, 0, 100, VLIVE_READ_NONE, NULL,
                          vlive_test_result_cb, &after);
  STORE_WAIT (f, before != NULL && after != NULL);
  old = vlive_store_list_finish (f->store, before, NULL, NULL);
  new = vlive_store_list_finish (f->store, after, NULL, NULL);
  /* The first is given the new row as well: it is laid over the old answer. */
  g_assert_cmpint (store_fixture_get_value (_vlive_page_find (old, "b")), ==, 20);
  g_assert_cmpint (store_fixture_get_value (_vlive_page_find (new, "b")), ==, 20);
  g_assert_cmpint (list_value (f, "b"), ==, 20);
}

/* … the same for rows that come and go. */
static void
test_slow_read_and_membership (StoreFixture *f, gconstpointer data)
{
  g_autoptr (VliveWrite) delete = vlive_write_new (VLIVE_WRITE_DELETE, "b", NULL);
  g_autoptr (GAsyncResult) before = NULL;
  g_autoptr (GAsyncResult) after = NULL;
  g_autoptr (VlivePage) old = NULL;
  g_autoptr (VlivePage) new = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *ids = NULL;

  f->master->latency_us = 200000;
  vlive_store_list_async (f->store, NULL, 0, 100, VLIVE_READ_NONE, NULL,
                          vlive_test_result_cb, &before);
  store_fixture_advance (f, 10);
  f->master->latency_us = 1000;
  g_assert_true (store_fixture_write (f, delete, &error));
  g_assert_no_error (error);
  vlive_store_list_async (f->store, NULL, 0, 100, VLIVE_READ_NONE, NULL,
                          vlive_test_result_cb, &after);
  STORE_WAIT (f, before != NULL && after != NULL);
  old = vlive_store_list_finish (f->store, before, NULL, NULL);
  new = vlive_store_list_finish (f->store, after, NULL, NULL);
  g_assert_null (_vlive_page_find (old, "b"));
  ids = store_fixture_ids (new);
  g_assert_cmpstr (ids, ==, "a c");
  g_assert_cmpuint (f->master->n_windows, ==, 2);
}

/* A request fails after a write was acknowledged: what is shown instead is not
 * what was cached when the request was sent. */
static void
test_failing_read (StoreFixture *f, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_auto (VliveReading) reading = { 0 };
  g_autoptr (VlivePage) page = NULL;

  store_fixture_assert_list (f, NULL, 0, 100, VLIVE_OUTCOME_MISS, "a b c");
  f->master->latency_us = 100000;
  f->master->n_to_fail = 1;
  vlive_store_list_async (f->store, NULL, 0, 100, VLIVE_READ_FORCE, NULL,
                          vlive_test_result_cb, &result);
  store_fixture_advance (f, 1);
  f->master->latency_us = 1000;
  store_fixture_patch (f, "b", 20);
  STORE_WAIT (f, result != NULL);
  page = vlive_store_list_finish (f->store, result, &reading, NULL);
  g_assert_cmpint (reading.outcome, ==, VLIVE_OUTCOME_STALE);
  g_assert_cmpint (store_fixture_get_value (_vlive_page_find (page, "b")), ==, 20);
}

/* Only queries that depend on a field that changed are asked again. */
static void
test_concerned_queries (StoreFixture *f, gconstpointer data)
{
  g_autoptr (VliveQuery) all = vlive_query_new ();
  g_autoptr (VliveQuery) by_value = vlive_query_with_sort (all, "value", TRUE);
  g_autoptr (VliveQuery) by_name = vlive_query_with_sort (all, "name", TRUE);

  store_fixture_assert_list (f, NULL, 0, 100, VLIVE_OUTCOME_MISS, "a b c");
  store_fixture_assert_list (f, by_value, 0, 100, VLIVE_OUTCOME_MISS, "c b a");
  store_fixture_assert_list (f, by_name, 0, 100, VLIVE_OUTCOME_MISS, "c b a");
  store_fixture_patch (f, "b", 20);
  store_fixture_assert_list (f, NULL, 0, 100, VLIVE_OUTCOME_HIT, "a b c");
  store_fixture_assert_list (f, by_name, 0, 100, VLIVE_OUTCOME_HIT, "c b a");
  store_fixture_assert_list (f, by_value, 0, 100, VLIVE_OUTCOME_MISS, "b c a");
}

typedef struct
{
  StoreFixture *f;
  GString *log;
} Order;

static void
changed_cb (VliveStore *store, const char *id, gpointer data)
{
  Order *order = data;

  g_string_append_printf (order->log, "changed %s;", id != NULL ? id : "-");
}

static void
wrote_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Order *order = data;

  g_assert_true (vlive_store_write_finish (VLIVE_STORE (source), result, NULL));
  g_string_append (order->log, "told;");
}

static void
state_cb (VliveWrite *write, GParamSpec *pspec, gpointer data)
{
  Order *order = data;

  g_string_append_printf (order->log, "state %d;", vlive_write_get_state (write));
}

/* The change is announced before the caller hears of it. */
static void
test_announced_first (StoreFixture *f, gconstpointer data)
{
  g_autoptr (VliveWrite) write = store_fixture_make_patch ("a", 10);
  Order order = { f, g_string_new (NULL) };

  g_signal_connect (f->store, "changed", G_CALLBACK (changed_cb), &order);
  g_signal_connect (write, "notify::state", G_CALLBACK (state_cb), &order);
  vlive_store_write_async (f->store, write, NULL, wrote_cb, &order);
  STORE_WAIT (f, g_str_has_suffix (order.log->str, "told;"));
  g_assert_cmpstr (order.log->str, ==, "state 2;changed a;state 3;told;");
  g_string_free (order.log, TRUE);
}

/* Closing sends what waits; nothing new is taken. */
static void
test_close_drains (StoreFixture *f, gconstpointer data)
{
  g_autoptr (VliveWrite) first = store_fixture_make_patch ("a", 10);
  g_autoptr (VliveWrite) second = store_fixture_make_patch ("b", 20);
  g_autoptr (VliveWrite) late = store_fixture_make_patch ("c", 30);
  g_autoptr (GAsyncResult) one = NULL;
  g_autoptr (GAsyncResult) two = NULL;
  g_autoptr (GAsyncResult) closed = NULL;
  g_autoptr (GAsyncResult) again = NULL;
  g_autoptr (GError) error = NULL;

  f->master->latency_us = 100000;
  vlive_store_write_async (f->store, first, NULL, vlive_test_result_cb, &one);
  vlive_store_write_async (f->store, second, NULL, vlive_test_result_cb, &two);
  vlive_store_close_async (f->store, vlive_test_result_cb, &closed);
  g_assert_false (store_fixture_write (f, late, &error));
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_CLOSED);
  STORE_WAIT (f, closed != NULL);
  g_assert_true (vlive_store_close_finish (f->store, closed, NULL));
  STORE_WAIT (f, one != NULL && two != NULL);
  g_assert_true (vlive_store_write_finish (f->store, one, NULL));
  g_assert_true (vlive_store_write_finish (f->store, two, NULL));
  g_assert_cmpstr (f->master->log->str, ==, "patch a;patch b;");
  vlive_store_close_async (f->store, vlive_test_result_cb, &again);
  STORE_WAIT (f, again != NULL);
  g_clear_object (&one);
  g_clear_object (&two);
  g_clear_object (&closed);
  g_clear_object (&again);
  g_assert_finalize_object (f->store);
  f->store = NULL;
}

/* … but not for ever. */
static void
test_close_gives_up (StoreFixture *f, gconstpointer data)
{
  g_autoptr (VliveWrite) first = store_fixture_make_patch ("a", 10);
  g_autoptr (VliveWrite) second = store_fixture_make_patch ("b", 20);
  g_autoptr (GAsyncResult) one = NULL;
  g_autoptr (GAsyncResult) two = NULL;
  g_autoptr (GAsyncResult) closed = NULL;
  g_autoptr (GError) error = NULL;

  f->master->hold = TRUE;
  vlive_store_write_async (f->store, first, NULL, vlive_test_result_cb, &one);
  vlive_store_write_async (f->store, second, NULL, vlive_test_result_cb, &two);
  vlive_store_close_async (f->store, vlive_test_result_cb, &closed);
  store_fixture_advance (f, 100);
  g_assert_null (closed);
  _vlive_clock_advance (f->clock, 10 * G_USEC_PER_SEC);
  STORE_WAIT (f, closed != NULL && one != NULL && two != NULL);
  g_assert_false (vlive_store_write_finish (f->store, one, &error));
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_UNKNOWN_OUTCOME);
  g_assert_cmpint (vlive_write_get_state (first), ==, VLIVE_WRITE_UNKNOWN);
  g_clear_error (&error);
  g_assert_false (vlive_store_write_finish (f->store, two, &error));
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_CLOSED);
  g_assert_cmpint (vlive_write_get_state (second), ==, VLIVE_WRITE_CANCELLED);
  g_clear_object (&one);
  g_clear_object (&two);
  g_clear_object (&closed);
  g_assert_finalize_object (f->store);
  f->store = NULL;
}

/* Somebody whose name is known only once it has been asked. */
static void
test_describe_first (StoreFixture *f, gconstpointer data)
{
  g_autoptr (VliveWrite) write = store_fixture_make_patch ("a", 10);
  g_autoptr (VliveWrite) again = store_fixture_make_patch ("a", 10);

  store_fixture_close (f);
  g_clear_object (&f->master);
  f->master = vlive_array_master_new_shy ("shy");
  f->master->clock = g_object_ref (f->clock);
  vlive_array_master_insert (f->master, 0, "a", 1);
  store_fixture_reopen (f, "shy");
  f->master->offline = TRUE;
  assert_fails (f, write, VLIVE_ERROR_OFFLINE, VLIVE_WRITE_REJECTED);
  g_assert_cmpuint (f->master->n_writes, ==, 0);
  f->master->offline = FALSE;
  g_assert_true (store_fixture_write (f, again, NULL));
  g_assert_cmpint (read_value (f, "a", VLIVE_OUTCOME_HIT), ==, 10);
}

int
main (int argc, char **argv)
{
  vlive_test_init (&argc, &argv);

#define ADD(name, cache, func)                                                         \
  g_test_add ("/table/store-write/" name, StoreFixture, cache, set_up, func,           \
              store_fixture_tear_down)
  ADD ("patch", NULL, test_patch);
  ADD ("membership", NULL, test_membership);
  ADD ("refused", NULL, test_refused);
  ADD ("no-record-in-reply", NULL, test_no_record_in_reply);
  ADD ("no-record-and-unknown", NULL, test_no_record_and_unknown);
  ADD ("partial-reply", NULL, test_partial_reply);
  ADD ("replace", NULL, test_replace);
  ADD ("insert-without-id", NULL, test_insert_without_id);
  ADD ("clear", NULL, test_clear);
  ADD ("failures", NULL, test_failures);
  ADD ("unsupported", NULL, test_unsupported);
  ADD ("unknown-outcome", NULL, test_unknown_outcome);
  ADD ("keeps-nothing", NULL, test_keeps_nothing);
  ADD ("order", NULL, test_order);
  ADD ("cancel", NULL, test_cancel);
  ADD ("twice", NULL, test_twice);
  ADD ("twice-waiting", NULL, test_twice_waiting);
  ADD ("slow-read", NULL, test_slow_read);
  ADD ("slow-read-and-membership", NULL, test_slow_read_and_membership);
  ADD ("failing-read", NULL, test_failing_read);
  ADD ("concerned-queries", NULL, test_concerned_queries);
  ADD ("announced-first", NULL, test_announced_first);
  ADD ("close-drains", NULL, test_close_drains);
  ADD ("close-gives-up", NULL, test_close_gives_up);
  ADD ("describe-first", NULL, test_describe_first);
  ADD ("slow-read/none", vlive_null_cache_new, test_slow_read);
  ADD ("slow-read-and-membership/none", vlive_null_cache_new,
       test_slow_read_and_membership);
  ADD ("write-then-read/memory", NULL, test_write_then_read);
  ADD ("write-then-read/none", vlive_null_cache_new, test_write_then_read);
#undef ADD

  return vlive_test_run ();
}
