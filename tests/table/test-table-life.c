/* test-table-life.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "table-fixture.h"

#define MINUTE_US (60 * G_USEC_PER_SEC)

/* Reentrance, and what becomes of those who are dropped. */

static void
meddle_cb (GListModel *model,
           guint position,
           guint n_removed,
           guint n_added,
           gpointer data)
{
  VliveTable *table = VLIVE_TABLE (model);
  g_autoptr (VliveQuery) sorted = table_fixture_by_value ();
  G_GNUC_UNUSED g_autoptr (VliveRow) row = g_list_model_get_item (model, 900);

  vlive_table_set_visible_range (table, 300, 10);
  vlive_table_refresh (table);
  vlive_table_set_query (table, sorted);
  vlive_table_set_max_items (table, 990);
}

static void
test_meddling (TableFixture *f, gconstpointer data)
{
  gulong id =
      g_signal_connect (f->table, "items-changed", G_CALLBACK (meddle_cb), NULL);

  vlive_test_expect ("*more rows than can be shown*");
  table_watch_hold (f->watch, 0, 20);
  vlive_array_master_insert (f->master, 0, "x", 2000);
  vlive_table_refresh (f->table);
  table_fixture_advance (f, 1500);
  g_clear_signal_handler (&id, f->table);
  table_watch_hold (f->watch, 0, 2);
  table_fixture_assert_ids (f, 0, 2, "x 000999");
  _vlive_warn_forget ("products");
}

static void
look_at_end_cb (GListModel *model,
                guint position,
                guint n_removed,
                guint n_added,
                gpointer data)
{
  guint n = g_list_model_get_n_items (model);

  if (n > 0)
    g_ptr_array_add (data, g_list_model_get_item (model, n - 1));
}

/* Somebody asks for the last row while the tail is cut, piece by piece. */
static void
test_look_at_end (TableFixture *f, gconstpointer data)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (g_object_unref);
  gulong id;

  table_watch_hold (f->watch, 0, 20);
  table_watch_hold (f->watch, 400, 10);
  table_watch_hold (f->watch, 700, 10);
  table_fixture_settle (f);
  id = g_signal_connect (f->table, "items-changed", G_CALLBACK (look_at_end_cb), rows);
  g_ptr_array_remove_range (f->master->rows, 50, 950);
  vlive_table_set_visible_range (f->table, 0, 20);
  vlive_table_refresh (f->table);
  table_fixture_advance (f, 1500);
  g_assert_cmpuint (f->watch->rows->len, ==, 50);
  table_watch_hold (f->watch, 0, 50);
  table_fixture_settle (f);
  table_fixture_assert_ids (f, 49, 1, "000049");
  g_clear_signal_handler (&id, f->table);
}

static void
drop_cb (GListModel *model,
         guint position,
         guint n_removed,
         guint n_added,
         gpointer data)
{
  g_clear_object ((VliveTable **) data);
}

/* The last reference goes inside its own signal. */
static void
test_dropped_inside (TableFixture *f, gconstpointer data)
{
  VliveTable *other = vlive_table_new (f->store.store, NULL);

  g_signal_connect (other, "items-changed", G_CALLBACK (drop_cb), &other);
  table_fixture_settle (f);
  g_assert_null (other);
}

typedef struct
{
  VliveTable *other;
  gulong handler;
} Pair;

static void
drop_other_cb (GListModel *model,
               guint position,
               guint n_removed,
               guint n_added,
               gpointer data)
{
  Pair *pair = data;

  g_clear_object (&pair->other);
}

/* A table is dropped while another one tells. */
static void
test_dropped_by_other (TableFixture *f, gconstpointer data)
{
  Pair pair = { vlive_table_new (f->store.store, NULL), 0 };

  table_fixture_settle (f);
  pair.handler =
      g_signal_connect (f->table, "items-changed", G_CALLBACK (drop_other_cb), &pair);
  table_watch_hold (f->watch, 0, 10);
  vlive_array_master_insert (f->master, 0, "x", 2000);
  vlive_table_refresh (f->table);
  table_fixture_settle (f);
  g_assert_null (pair.other);
  g_signal_handler_disconnect (f->table, pair.handler);
}

/* Rows outlive the table, and show what they showed. */
static void
test_rows_outlive (TableFixture *f, gconstpointer data)
{
  g_autoptr (VliveRow) row = g_object_ref (table_watch_get (f->watch, 3));
  g_autoptr (VliveRow) loading = g_object_ref (table_watch_get (f->watch, 800));

  table_fixture_close_table (f);
  g_assert_cmpstr (vlive_row_get_id (row), ==, "000003");
  g_assert_cmpint (vlive_row_get_state (loading), ==, VLIVE_ROW_LOADING);
}

static void
test_many_tables (TableFixture *f, gconstpointer data)
{
  guint n_windows;

  f->master->latency_us = 20000;
  for (guint i = 0; i < 100; i++)
    {
      VliveTable *table = vlive_table_new (f->store.store, NULL);
      TableWatch *watch = table_watch_new (G_LIST_MODEL (table), FALSE);

      table_fixture_advance (f, i % 5 * 10);
      if (watch->rows->len > 0)
        table_watch_hold (watch, 300 + i, 20);
      table_fixture_advance (f, i % 3 * 10);
      table_watch_free (watch);
      g_assert_finalize_object (table);
    }
  table_fixture_advance (f, 100);
  n_windows = f->master->n_windows;
  table_fixture_advance (f, 1000);
  g_assert_cmpuint (f->master->n_windows, ==, n_windows);
  g_assert_cmpint (_vlive_census_get (VLIVE_CENSUS_TABLE), ==, 1);
  g_assert_cmpint (_vlive_census_get (VLIVE_CENSUS_ROW), ==, 0);
}

/* The store is closed under it: it stays as it is. */
static void
test_store_closed (TableFixture *f, gconstpointer data)
{
  g_autoptr (GAsyncResult) closed = NULL;

  table_watch_hold (f->watch, 0, 20);
  vlive_store_close_async (f->store.store, vlive_test_result_cb, &closed);
  STORE_WAIT (&f->store, closed != NULL);
  g_clear_object (&closed);
  table_watch_hold (f->watch, 700, 10);
  vlive_table_refresh (f->table);
  table_fixture_advance (f, 2000);
  table_fixture_assert_ids (f, 0, 2, "000000 000001");
  table_fixture_assert_ids (f, 700, 1, "-");
  table_fixture_assert_asked (f, "");
}

/* Nothing is asked while nobody looks. */
static void
test_quiet (TableFixture *f, gconstpointer data)
{
  table_watch_hold (f->watch, 0, 20);
  table_fixture_settle (f);
  table_fixture_assert_asked (f, "");
  g_assert_false (vlive_table_is_stale (f->table));
  _vlive_clock_advance (f->store.clock, 2 * MINUTE_US);
  store_fixture_settle (&f->store);
  table_fixture_assert_asked (f, "");
  g_assert_true (vlive_table_is_stale (f->table));
  /* Old pages are asked for again when the view comes back to them. */
  vlive_table_set_visible_range (f->table, 0, 20);
  table_fixture_settle (f);
  table_fixture_assert_asked (f, "window 0+100;");
  g_assert_false (vlive_table_is_stale (f->table));
}

/* 20 % of the answers fail: nothing that is shown goes, and all arrives. */
static void
test_failing_scroll (TableFixture *f, gconstpointer data)
{
  guint n_failed;

  f->master->error_rate = 0.2;
  for (guint i = 0; i < 10; i++)
    {
      vlive_table_set_visible_range (f->table, i * 100, 20);
      table_watch_hold (f->watch, i * 100, 20);
      for (guint j = 0; j < 40; j++)
        {
          _vlive_clock_advance (f->store.clock, 250000);
          store_fixture_settle (&f->store);
        }
      g_assert_cmpint (table_fixture_value_at (f, i * 100 + 19), ==, i * 100 + 19);
    }
  n_failed = (guint) store_fixture_ledger (&f->store).n_failures;
  g_assert_cmpuint (f->master->n_windows, <=, 10 + 2 * n_failed);
  table_fixture_assert_ids (f, 0, 2, "000000 000001");
}

int
main (int argc, char **argv)
{
  vlive_test_init (&argc, &argv);

#define ADD(name, set_up, func)                                                        \
  g_test_add ("/table/life/" name, TableFixture, NULL, table_fixture_##set_up, func,   \
              table_fixture_tear_down)
  ADD ("meddling", set_up, test_meddling);
  ADD ("look-at-end", set_up, test_look_at_end);
  ADD ("dropped-inside", set_up, test_dropped_inside);
  ADD ("dropped-by-other", set_up, test_dropped_by_other);
  ADD ("rows-outlive", set_up, test_rows_outlive);
  ADD ("many-tables", set_up, test_many_tables);
  ADD ("store-closed", set_up, test_store_closed);
  ADD ("quiet", set_up, test_quiet);
  ADD ("failing-scroll", set_up, test_failing_scroll);
#undef ADD

  return vlive_test_run ();
}
