/* test-store-races.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "store-fixture.h"
#include "table-watch.h"

/*
 * The schedules of races.md that a store can meet without an outbox. Two
 * stores on one cache and in one namespace know as little of each other as two
 * processes do: only the cache is common to them.
 */
typedef struct
{
  StoreFixture a;
  StoreFixture b; /* the same but for its store */
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  store_fixture_set_up (&f->a, data);
  for (guint i = 0; i < 6; i++)
    {
      const char *ids[] = { "r0", "r1", "r2", "r3", "r4", "r5" };

      vlive_array_master_insert (f->a.master, i, ids[i], i);
    }
  f->b = f->a;
  f->b.store = NULL;
  store_fixture_reopen (&f->b, "products");
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  f->a.master->hold = FALSE;
  vlive_array_master_release_all (f->a.master);
  store_fixture_settle (&f->a);
  store_fixture_close (&f->b);
  store_fixture_tear_down (&f->a, data);
}

static void
list_async (StoreFixture *f, VliveReadFlags flags, GAsyncResult **result)
{
  vlive_store_list_async (f->store, NULL, 0, 3, flags, NULL, vlive_test_result_cb,
                          result);
  store_fixture_settle (f);
}

static gint64
finish (StoreFixture *f, GAsyncResult **result, const char *id)
{
  g_autoptr (VlivePage) page = NULL;
  g_autoptr (GError) error = NULL;
  VliveRecord *record;

  STORE_WAIT (f, *result != NULL);
  page = vlive_store_list_finish (f->store, *result, NULL, &error);
  g_assert_no_error (error);
  g_clear_object (result);
  record = _vlive_page_find (page, id);

  return record != NULL ? store_fixture_get_value (record) : -1;
}

static gint64
list_value (StoreFixture *f, const char *id)
{
  GAsyncResult *result = NULL;

  list_async (f, VLIVE_READ_NONE, &result);

  return finish (f, &result, id);
}

/* Rule 1: a mark, and "not modified" from then on: asked again once. */
static void
test_renewed (Fixture *f, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  VliveTable *table;
  TableWatch *watch;

  f->a.master->conditional = TRUE;
  table = vlive_table_new (f->a.store, NULL);
  watch = table_watch_new (G_LIST_MODEL (table), TRUE);
  store_fixture_advance (&f->a, 1500);
  g_assert_cmpuint (f->a.master->n_windows, ==, 1);
  vlive_store_invalidate_async (f->a.store, NULL, NULL, NULL, vlive_test_result_cb,
                                &result);
  store_fixture_advance (&f->a, 10000);
  g_assert_cmpuint (f->a.master->n_windows, ==, 2);
  g_assert_cmpuint (f->a.master->n_not_modified, ==, 1);
  g_assert_false (vlive_table_is_stale (table));
  table_watch_free (watch);
  g_assert_finalize_object (table);
}

/* Rule 3: two answers land in the wrong order: the one asked for later stays,
 * and is what the other asker gets. */
static void
test_out_of_order (Fixture *f, gconstpointer data)
{
  GAsyncResult *first = NULL;
  GAsyncResult *second = NULL;

  f->a.master->hold = TRUE;
  list_async (&f->a, VLIVE_READ_NONE, &first);
  _vlive_clock_advance (f->a.clock, 1000);
  vlive_array_master_set (f->a.master, "r1", 11);
  list_async (&f->b, VLIVE_READ_NONE, &second);
  vlive_array_master_release (f->a.master, 1);
  g_assert_cmpint (finish (&f->b, &second, "r1"), ==, 11);
  vlive_array_master_release (f->a.master, 0);
  g_assert_cmpint (finish (&f->a, &first, "r1"), ==, 11);
  f->a.master->hold = FALSE;
  g_assert_cmpint (list_value (&f->a, "r1"), ==, 11);
  g_assert_cmpint (list_value (&f->b, "r1"), ==, 11);
  g_assert_cmpuint (f->a.master->n_windows, ==, 2);
}

/* Rule 4: the other one's patch is acknowledged: the next read has it, whether
 * or not anybody was woken. */
static void
test_patch_of_other (Fixture *f, gconstpointer data)
{
  g_autoptr (VliveRecord) record = NULL;

  g_assert_cmpint (list_value (&f->b, "r1"), ==, 1);
  store_fixture_patch (&f->a, "r1", 11);
  g_assert_cmpint (list_value (&f->b, "r1"), ==, 11);
  record = store_fixture_get (&f->b, "r1", VLIVE_READ_NONE, NULL, NULL);
  g_assert_cmpint (store_fixture_get_value (record), ==, 11);
  g_assert_cmpuint (f->a.master->n_gets, ==, 0);
}

/* Rule 5: asked, evaluated; the other one's patch is acknowledged; the answer
 * lands. */
static void
test_patch_overtakes_answer (Fixture *f, gconstpointer data)
{
  GAsyncResult *result = NULL;

  f->a.master->hold = TRUE;
  list_async (&f->b, VLIVE_READ_NONE, &result);
  f->a.master->hold = FALSE;
  store_fixture_patch (&f->a, "r1", 11);
  vlive_array_master_release_all (f->a.master);
  g_assert_cmpint (finish (&f->b, &result, "r1"), ==, 11);
  g_assert_cmpint (list_value (&f->b, "r1"), ==, 11);
}

/* … the same for one that was deleted, and for a table that looks. */
static void
test_delete_overtakes_answer (Fixture *f, gconstpointer data)
{
  g_autoptr (VliveWrite) delete = vlive_write_new (VLIVE_WRITE_DELETE, "r1", NULL);
  GAsyncResult *result = NULL;

  f->a.master->hold = TRUE;
  list_async (&f->b, VLIVE_READ_NONE, &result);
  f->a.master->hold = FALSE;
  g_assert_true (store_fixture_write (&f->a, delete, NULL));
  vlive_array_master_release_all (f->a.master);
  g_assert_cmpint (finish (&f->b, &result, "r1"), ==, -1);
  g_assert_cmpint (list_value (&f->b, "r1"), ==, -1);
  g_assert_cmpint (list_value (&f->b, "r3"), ==, 3);
}

/* Rule 6: the cache is cleared between an acknowledgement and an answer that
 * was asked for before it. */
static void
test_cleared (Fixture *f, gconstpointer data)
{
  GAsyncResult *result = NULL;
  g_autoptr (GAsyncResult) cleared = NULL;

  f->a.master->hold = TRUE;
  list_async (&f->b, VLIVE_READ_NONE, &result);
  f->a.master->hold = FALSE;
  store_fixture_patch (&f->a, "r1", 11);
  vlive_cache_clear_async (f->a.cache, NULL, vlive_test_result_cb, &cleared);
  STORE_WAIT (&f->a, cleared != NULL);
  vlive_array_master_release_all (f->a.master);
  g_assert_cmpint (finish (&f->b, &result, "r1"), ==, 11);
}

/* Rule 18, with a mark that another one raised: whoever comes after it gets no
 * answer from before it, and those that come share one. */
static void
test_mark_of_other (Fixture *f, gconstpointer data)
{
  g_autoptr (VliveRecord) fields = vlive_array_master_make ("r9", 9);
  g_autoptr (VliveWrite) insert = vlive_write_new (VLIVE_WRITE_INSERT, "r9", fields);
  GAsyncResult *before = NULL;
  GAsyncResult *after[3] = { NULL };

  f->a.master->inserts_first = TRUE;
  f->a.master->hold = TRUE;
  list_async (&f->b, VLIVE_READ_NONE, &before);
  f->a.master->hold = FALSE;
  g_assert_true (store_fixture_write (&f->a, insert, NULL));
  for (guint i = 0; i < 3; i++)
    list_async (&f->b, VLIVE_READ_NONE, &after[i]);
  vlive_array_master_release_all (f->a.master);
  g_assert_cmpint (finish (&f->b, &before, "r9"), ==, -1);
  for (guint i = 0; i < 3; i++)
    g_assert_cmpint (finish (&f->b, &after[i], "r9"), ==, 9);
  g_assert_cmpuint (f->a.master->n_windows, ==, 2);
}

/* Rule 8: an event without its record for a row that is on no page we know may
 * have entered a filter: such queries are asked again; plain ones are not. */
static void
test_event_enters_filter (Fixture *f, gconstpointer data)
{
  g_autoptr (VliveManualStream) stream = vlive_manual_stream_new ();
  g_autoptr (VliveChangeEvent) event =
      vlive_change_event_new (VLIVE_CHANGE_UPDATED, "r5", NULL, 0);
  g_autoptr (VliveQuery) all = vlive_query_new ();
  g_autoptr (VliveQuery) filter =
      vlive_query_with_condition (all, "value", VLIVE_OPERATOR_GREATER,
                                  g_variant_new_int64 (100), NULL);

  vlive_store_set_live_stream (f->a.store, VLIVE_LIVE_STREAM (stream));
  store_fixture_assert_list (&f->a, NULL, 0, 3, VLIVE_OUTCOME_MISS, "r0 r1 r2");
  store_fixture_assert_list (&f->a, filter, 0, 3, VLIVE_OUTCOME_MISS, "");
  vlive_array_master_set (f->a.master, "r5", 500);
  vlive_manual_stream_push (stream, event);
  store_fixture_assert_list (&f->a, filter, 0, 3, VLIVE_OUTCOME_MISS, "r5");
  store_fixture_assert_list (&f->a, NULL, 0, 3, VLIVE_OUTCOME_HIT, "r0 r1 r2");
}

/* Rule 7: [r0 r1 r2][r3 …]; somebody inserts in front; page 1 is read, and has
 * r2. Page 0, fresh in the cache, must not take r2 back. */
static void
test_page_loses_row (Fixture *f, gconstpointer data)
{
  VliveTable *table =
      g_object_new (VLIVE_TYPE_TABLE, "store", f->a.store, "page-size", 3, NULL);
  TableWatch *watch = table_watch_new (G_LIST_MODEL (table), TRUE);
  VliveRow *row;
  g_autofree char *ids = NULL;

  store_fixture_advance (&f->a, 1500);
  row = watch->rows->pdata[2];
  g_assert_cmpstr (vlive_row_get_id (row), ==, "r2");
  g_string_truncate (f->a.master->log, 0);
  vlive_array_master_insert (f->a.master, 0, "new", 7);
  vlive_table_set_visible_range (table, 3, 3);
  vlive_table_refresh (table);
  store_fixture_advance (&f->a, 100);
  g_assert_true (watch->rows->pdata[3] == row);

  vlive_table_set_visible_range (table, 0, 3);
  store_fixture_advance (&f->a, 3000);
  ids = table_watch_ids (watch, 0, 4);
  g_assert_cmpstr (ids, ==, "new r0 r1 r2");
  g_assert_cmpuint (f->a.master->log->len, ==,
                    strlen ("window 3+3;window 0+3;window 6+3;"));
  table_watch_free (watch);
  g_assert_finalize_object (table);
}

int
main (int argc, char **argv)
{
  vlive_test_init (&argc, &argv);

#define ADD(name, cache, func)                                                         \
  g_test_add ("/table/store-races/" name, Fixture, cache, set_up, func, tear_down)
  ADD ("renewed", NULL, test_renewed);
  ADD ("out-of-order", NULL, test_out_of_order);
  ADD ("patch-of-other", NULL, test_patch_of_other);
  ADD ("patch-overtakes-answer", NULL, test_patch_overtakes_answer);
  ADD ("patch-overtakes-answer/none", vlive_null_cache_new,
       test_patch_overtakes_answer);
  ADD ("delete-overtakes-answer", NULL, test_delete_overtakes_answer);
  ADD ("cleared", NULL, test_cleared);
  ADD ("mark-of-other", NULL, test_mark_of_other);
  ADD ("event-enters-filter", NULL, test_event_enters_filter);
  ADD ("page-loses-row", NULL, test_page_loses_row);
#undef ADD

  return vlive_test_run ();
}
