/* test-store-master.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "store-fixture.h"

/* A store is a master: whatever takes one takes the other. */

static VliveMaster *
set_up_master (StoreFixture *f)
{
  vlive_array_master_insert (f->master, 0, "a", 1);
  vlive_array_master_insert (f->master, 1, "b", 2);

  return VLIVE_MASTER (f->store);
}

static void
test_names (StoreFixture *f, gconstpointer data)
{
  VliveMaster *master = set_up_master (f);
  guint64 sequence;

  g_assert_cmpstr (vlive_master_get_name (master), ==, "products");
  g_assert_cmpstr (vlive_master_get_identity (master), ==, "array:products");
  g_assert_true (vlive_master_get_description (master)
                 == vlive_master_get_description (VLIVE_MASTER (f->master)));
  g_assert_false (vlive_master_peek_sequence (master, &sequence));
  f->master->tells_sequence = TRUE;
  g_assert_true (vlive_master_peek_sequence (master, &sequence));
  g_assert_cmpuint (sequence, ==, f->master->sequence);
}

static void
description_cb (GObject *object, GParamSpec *pspec, gpointer data)
{
  guint *n = data;
  g_autoptr (VliveDescription) description = NULL;

  g_object_get (object, "description", &description, NULL);
  g_assert_nonnull (description);
  (*n)++;
}

static void
test_describe (StoreFixture *f, gconstpointer data)
{
  VliveMaster *master = set_up_master (f);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GAsyncResult) failed = NULL;
  g_autoptr (VliveDescription) description = NULL;
  g_autoptr (GError) error = NULL;
  guint n = 0;

  g_signal_connect (master, "notify::description", G_CALLBACK (description_cb), &n);
  vlive_master_describe_async (master, NULL, vlive_test_result_cb, &result);
  STORE_WAIT (f, result != NULL);
  description = vlive_master_describe_finish (master, result, &error);
  g_assert_no_error (error);
  g_assert_nonnull (description);
  g_assert_cmpuint (n, ==, 1);
  f->master->offline = TRUE;
  vlive_master_describe_async (master, NULL, vlive_test_result_cb, &failed);
  STORE_WAIT (f, failed != NULL);
  g_assert_null (vlive_master_describe_finish (master, failed, &error));
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_OFFLINE);
}

static void
test_reads (StoreFixture *f, gconstpointer data)
{
  VliveMaster *master = set_up_master (f);
  g_autoptr (VliveQuery) query = vlive_query_new ();

  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GAsyncResult) windowed = NULL;
      g_autoptr (GAsyncResult) got = NULL;
      g_autoptr (GAsyncResult) many = NULL;
      g_autoptr (GAsyncResult) counted = NULL;
      g_autoptr (VlivePage) page = NULL;
      g_autoptr (VliveRecord) record = NULL;
      g_autoptr (GPtrArray) records = NULL;
      const char *ids[] = { "a", "nobody", "b", NULL };
      guint64 total;

      vlive_master_fetch_window_async (master, query, 0, 5, NULL, NULL,
                                       vlive_test_result_cb, &windowed);
      STORE_WAIT (f, windowed != NULL);
      page = vlive_master_fetch_window_finish (master, windowed, NULL);
      g_assert_cmpuint (vlive_page_get_n_records (page), ==, 2);
      vlive_master_fetch_record_async (master, "b", NULL, vlive_test_result_cb, &got);
      vlive_master_fetch_records_async (master, ids, NULL, vlive_test_result_cb, &many);
      vlive_master_count_async (master, query, NULL, vlive_test_result_cb, &counted);
      STORE_WAIT (f, got != NULL && many != NULL && counted != NULL);
      record = vlive_master_fetch_record_finish (master, got, NULL);
      g_assert_cmpint (store_fixture_get_value (record), ==, 2);
      records = vlive_master_fetch_records_finish (master, many, NULL);
      g_assert_cmpuint (records->len, ==, 2);
      g_assert_cmpint (vlive_master_count_finish (master, counted, &total, NULL), ==,
                       VLIVE_TOTAL_EXACT);
      g_assert_cmpuint (total, ==, 2);
    }
  g_assert_cmpuint (f->master->n_windows, ==, 1);
  g_assert_cmpuint (f->master->n_gets, ==, 1);
}

static void
test_writes (StoreFixture *f, gconstpointer data)
{
  VliveMaster *master = set_up_master (f);
  g_autoptr (VliveWrite) write = store_fixture_make_patch ("b", 20);
  g_autoptr (VliveWrite) refused = store_fixture_make_patch ("b", 30);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GAsyncResult) failed = NULL;
  g_autoptr (VliveReply) reply = NULL;
  g_autoptr (GError) error = NULL;

  vlive_master_apply_async (master, write, NULL, vlive_test_result_cb, &result);
  STORE_WAIT (f, result != NULL);
  reply = vlive_master_apply_finish (master, result, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (vlive_reply_get_id (reply), ==, "b");
  g_assert_cmpint (store_fixture_get_value (vlive_reply_get_record (reply)), ==, 20);
  f->master->refusal = "no";
  vlive_master_apply_async (master, refused, NULL, vlive_test_result_cb, &failed);
  STORE_WAIT (f, failed != NULL);
  g_assert_null (vlive_master_apply_finish (master, failed, &error));
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_REJECTED);
}

/* A store over a store. */
static void
test_over_store (StoreFixture *f, gconstpointer data)
{
  VliveMaster *master = set_up_master (f);
  g_autoptr (VliveStore) outer = vlive_store_new (master, NULL, NULL);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GAsyncResult) closed = NULL;
  g_autoptr (VlivePage) page = NULL;
  g_auto (VliveReading) reading = { 0 };

  _vlive_store_set_clock (outer, f->clock);
  g_assert_cmpstr (vlive_store_get_cache_key (outer), ==, "products");
  g_assert_true (VLIVE_IS_MEMORY_CACHE (vlive_store_get_cache (outer)));
  vlive_store_list_async (outer, NULL, 0, 5, VLIVE_READ_NONE, NULL,
                          vlive_test_result_cb, &result);
  STORE_WAIT (f, result != NULL);
  page = vlive_store_list_finish (outer, result, &reading, NULL);
  g_assert_cmpuint (vlive_page_get_n_records (page), ==, 2);
  g_assert_cmpint (reading.outcome, ==, VLIVE_OUTCOME_MISS);
  vlive_store_close_async (outer, vlive_test_result_cb, &closed);
  STORE_WAIT (f, closed != NULL);
}

/* After close everything says so, at once; what was under way as well. */
static void
test_closed (StoreFixture *f, gconstpointer data)
{
  VliveMaster *master = set_up_master (f);
  g_autoptr (VliveQuery) query = vlive_query_new ();
  GAsyncResult *before[3] = { NULL };
  GAsyncResult *after[6] = { NULL };
  g_autoptr (GAsyncResult) closed = NULL;
  g_autoptr (VliveWrite) write = store_fixture_make_patch ("b", 20);
  guint64 total;

  f->master->hold = TRUE;
  vlive_store_list_async (f->store, NULL, 0, 5, VLIVE_READ_NONE, NULL,
                          vlive_test_result_cb, &before[0]);
  vlive_store_get_async (f->store, "a", VLIVE_READ_NONE, NULL, vlive_test_result_cb,
                         &before[1]);
  vlive_store_count_async (f->store, NULL, NULL, vlive_test_result_cb, &before[2]);
  store_fixture_settle (f);
  vlive_store_close_async (f->store, vlive_test_result_cb, &closed);
  STORE_WAIT (f, closed != NULL && before[0] != NULL && before[1] != NULL
                     && before[2] != NULL);
  vlive_master_describe_async (master, NULL, vlive_test_result_cb, &after[0]);
  vlive_master_fetch_window_async (master, query, 0, 5, NULL, NULL,
                                   vlive_test_result_cb, &after[1]);
  vlive_master_fetch_record_async (master, "a", NULL, vlive_test_result_cb, &after[2]);
  vlive_master_count_async (master, query, NULL, vlive_test_result_cb, &after[3]);
  vlive_master_apply_async (master, write, NULL, vlive_test_result_cb, &after[4]);
  vlive_store_invalidate_async (f->store, NULL, NULL, NULL, vlive_test_result_cb,
                                &after[5]);
  STORE_WAIT (f, after[0] != NULL && after[1] != NULL && after[2] != NULL
                     && after[3] != NULL && after[4] != NULL && after[5] != NULL);

#define ASSERT_CLOSED(call)                                                            \
  G_STMT_START                                                                         \
  {                                                                                    \
    g_autoptr (GError) error = NULL;                                                   \
    call;                                                                              \
    g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_CLOSED);                           \
  }                                                                                    \
  G_STMT_END
  ASSERT_CLOSED (
      g_assert_null (vlive_store_list_finish (f->store, before[0], NULL, &error)));
  ASSERT_CLOSED (
      g_assert_null (vlive_store_get_finish (f->store, before[1], NULL, &error)));
  ASSERT_CLOSED (vlive_store_count_finish (f->store, before[2], &total, &error));
  ASSERT_CLOSED (
      g_assert_null (vlive_master_describe_finish (master, after[0], &error)));
  ASSERT_CLOSED (
      g_assert_null (vlive_master_fetch_window_finish (master, after[1], &error)));
  ASSERT_CLOSED (
      g_assert_null (vlive_master_fetch_record_finish (master, after[2], &error)));
  ASSERT_CLOSED (vlive_master_count_finish (master, after[3], &total, &error));
  ASSERT_CLOSED (g_assert_null (vlive_master_apply_finish (master, after[4], &error)));
  ASSERT_CLOSED (
      g_assert_false (vlive_store_invalidate_finish (f->store, after[5], &error)));
#undef ASSERT_CLOSED
  for (guint i = 0; i < G_N_ELEMENTS (before); i++)
    g_clear_object (&before[i]);
  for (guint i = 0; i < G_N_ELEMENTS (after); i++)
    g_clear_object (&after[i]);
  g_clear_object (&closed);
  g_assert_finalize_object (f->store);
  f->store = NULL;
}

/* Dropped with a request under way, nothing is waited for. */
static void
test_dropped (StoreFixture *f, gconstpointer data)
{
  guint n_descriptors = vlive_test_n_descriptors ();

  set_up_master (f);
  f->master->hold = TRUE;
  for (guint i = 0; i < 100; i++)
    {
      VliveStore *store = vlive_store_new (VLIVE_MASTER (f->master), f->cache, "other");

      _vlive_store_set_clock (store, f->clock);
      _vlive_store_read_again (store, "a", NULL);
      store_fixture_settle (f);
      g_assert_finalize_object (store);
    }
  g_assert_cmpuint (vlive_array_master_get_n_held (f->master), ==, 100);
  vlive_array_master_release_all (f->master);
  store_fixture_settle (f);
  g_assert_cmpuint (vlive_test_n_descriptors (), ==, n_descriptors);
}

int
main (int argc, char **argv)
{
  vlive_test_init (&argc, &argv);

#define ADD(name, func)                                                                \
  g_test_add ("/table/store-master/" name, StoreFixture, NULL, store_fixture_set_up,   \
              func, store_fixture_tear_down)
  ADD ("names", test_names);
  ADD ("describe", test_describe);
  ADD ("reads", test_reads);
  ADD ("writes", test_writes);
  ADD ("over-store", test_over_store);
  ADD ("closed", test_closed);
  ADD ("dropped", test_dropped);
#undef ADD

  return vlive_test_run ();
}
