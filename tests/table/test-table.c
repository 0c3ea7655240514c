/* test-table.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "table-fixture.h"

#define MINUTE_US (60 * G_USEC_PER_SEC)

/* Opening. */

static void
test_open (TableFixture *f, gconstpointer data)
{
  g_autoptr (VliveStore) store = NULL;
  g_autoptr (VliveQuery) query = NULL;
  guint page_size;
  guint n_items;
  guint max_items;

  vlive_array_master_fill (f->master, 250);
  f->master->latency_us = 100000;
  table_fixture_open_table (f, NULL);
  g_assert_true (g_list_model_get_item_type (G_LIST_MODEL (f->table))
                 == VLIVE_TYPE_ROW);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (f->table)), ==, 0);
  g_assert_null (g_list_model_get_item (G_LIST_MODEL (f->table), 0));
  g_assert_cmpint (vlive_table_get_state (f->table), ==, VLIVE_TABLE_LOADING);
  table_fixture_advance (f, 50);
  g_assert_cmpint (vlive_table_get_state (f->table), ==, VLIVE_TABLE_LOADING);
  g_assert_cmpuint (f->watch->n_changes, ==, 0);
  table_fixture_advance (f, 100);
  table_fixture_assert_asked (f, "window 0+100;");
  g_assert_cmpstr (f->watch->log->str, ==, "0-0+250;");
  g_assert_cmpuint (f->watch->n_lengths, ==, 1);
  g_assert_cmpint (vlive_table_get_state (f->table), ==, VLIVE_TABLE_PARTIAL);
  table_watch_hold (f->watch, 0, 3);
  table_fixture_assert_ids (f, 0, 3, "000000 000001 000002");
  g_assert_cmpint (vlive_row_get_state (f->watch->rows->pdata[0]), ==, VLIVE_ROW_READY);

  g_object_get (f->table, "store", &store, "query", &query, "page-size", &page_size,
                "n-items", &n_items, "max-items", &max_items, NULL);
  g_assert_true (store == f->store.store);
  g_assert_true (store == vlive_table_get_store (f->table));
  g_assert_true (query == vlive_table_get_query (f->table));
  g_assert_cmpuint (page_size, ==, 100);
  g_assert_cmpuint (n_items, ==, 250);
  g_assert_cmpuint (max_items, ==, G_MAXINT);

  table_watch_hold (f->watch, 3, 247);
  table_fixture_advance (f, 300);
  g_assert_cmpint (vlive_table_get_state (f->table), ==, VLIVE_TABLE_COMPLETE);
}

static void
test_open_empty (TableFixture *f, gconstpointer data)
{
  VliveTotalKind kind;
  guint64 total;

  table_fixture_open_table (f, NULL);
  table_fixture_settle (f);
  g_assert_cmpint (vlive_table_get_state (f->table), ==, VLIVE_TABLE_COMPLETE);
  g_assert_cmpuint (f->watch->n_changes, ==, 0);
  g_object_get (f->table, "total-kind", &kind, "total", &total, NULL);
  g_assert_cmpint (kind, ==, VLIVE_TOTAL_EXACT);
  g_assert_cmpuint (total, ==, 0);
}

/* A cold open on a dead master is an error, and ends by itself. */
static void
test_open_offline (TableFixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  vlive_array_master_fill (f->master, 250);
  f->master->offline = TRUE;
  table_fixture_open_table (f, NULL);
  table_fixture_settle (f);
  g_assert_cmpint (vlive_table_get_state (f->table), ==, VLIVE_TABLE_ERROR);
  g_object_get (f->table, "error", &error, NULL);
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_OFFLINE);
  for (guint i = 0; i < 20; i++)
    {
      _vlive_clock_advance (f->store.clock, G_USEC_PER_SEC);
      store_fixture_settle (&f->store);
    }
  /* It pauses longer and longer. */
  g_assert_cmpuint (f->master->n_windows, >=, 3);
  g_assert_cmpuint (f->master->n_windows, <=, 8);
  f->master->offline = FALSE;
  for (guint i = 0; i < 31 && f->watch->rows->len == 0; i++)
    {
      _vlive_clock_advance (f->store.clock, G_USEC_PER_SEC);
      store_fixture_settle (&f->store);
    }
  g_assert_cmpuint (f->watch->rows->len, ==, 250);
  g_assert_cmpint (vlive_table_get_state (f->table), ==, VLIVE_TABLE_PARTIAL);
  g_assert_null (vlive_table_get_error (f->table));
}

/* The last known rows and total, in order, before any request; with no network
 * it stays that way. */
static void
test_warm (TableFixture *f, gconstpointer data)
{
  table_watch_hold (f->watch, 500, 20);
  table_fixture_settle (f);
  table_fixture_assert_asked (f, "window 500+100;");
  table_fixture_close_table (f);
  store_fixture_reopen (&f->store, "products");
  f->master->offline = TRUE;
  table_fixture_open_table (f, NULL);
  table_fixture_settle (f);
  g_assert_cmpuint (f->watch->rows->len, ==, 1000);
  table_watch_hold (f->watch, 0, 2);
  table_watch_hold (f->watch, 500, 2);
  table_fixture_assert_ids (f, 0, 2, "000000 000001");
  table_fixture_assert_ids (f, 500, 2, "000500 000501");
  table_fixture_assert_asked (f, "");
  g_assert_false (vlive_table_is_stale (f->table));

  table_watch_hold (f->watch, 100, 1);
  table_fixture_settle (f);
  table_fixture_assert_ids (f, 100, 1, "-");
  g_assert_error (vlive_table_get_error (f->table), VLIVE_ERROR, VLIVE_ERROR_OFFLINE);
  f->master->offline = FALSE;
  table_fixture_advance (f, 1500);
  table_fixture_assert_ids (f, 100, 1, "000100");
  g_assert_null (vlive_table_get_error (f->table));
}

static void
test_warm_and_old (TableFixture *f, gconstpointer data)
{
  gint64 fetched_at = vlive_table_get_fetched_at (f->table);

  table_fixture_close_table (f);
  store_fixture_reopen (&f->store, "products");
  _vlive_clock_advance (f->store.clock, 2 * MINUTE_US);
  f->master->offline = TRUE;
  table_fixture_open_table (f, NULL);
  table_fixture_settle (f);
  g_assert_cmpuint (f->watch->rows->len, ==, 1000);
  g_assert_true (vlive_table_is_stale (f->table));
  g_assert_cmpint (vlive_table_get_fetched_at (f->table), ==, fetched_at);
  g_assert_error (vlive_table_get_error (f->table), VLIVE_ERROR, VLIVE_ERROR_OFFLINE);
  table_watch_hold (f->watch, 0, 1);
  table_fixture_assert_ids (f, 0, 1, "000000");
  f->master->offline = FALSE;
  table_fixture_advance (f, 1500);
  g_assert_false (vlive_table_is_stale (f->table));
  g_assert_cmpint (vlive_table_get_fetched_at (f->table), >, fetched_at);
}

/* Filling. */

static void
test_fill (TableFixture *f, gconstpointer data)
{
  VliveRow *row;

  vlive_table_set_visible_range (f->table, 500, 20);
  table_watch_hold (f->watch, 500, 20);
  table_fixture_assert_ids (f, 500, 2, "- -");
  row = table_watch_get (f->watch, 500);
  table_fixture_assert_asked (f, "");
  table_fixture_settle (f);
  table_fixture_assert_asked (f, "window 500+100;");
  table_fixture_assert_ids (f, 500, 2, "000500 000501");
  g_assert_true (f->watch->rows->pdata[500] == row);
  g_assert_cmpuint (f->watch->n_fills, ==, 20);
  g_assert_cmpuint (f->watch->n_changes, ==, 0);

  /* The next page's edge: one more. */
  vlive_table_set_visible_range (f->table, 590, 20);
  table_fixture_settle (f);
  table_fixture_assert_asked (f, "window 600+100;");
  vlive_table_set_visible_range (f->table, 980, 20);
  table_fixture_settle (f);
  table_fixture_assert_asked (f, "window 900+100;");
}

static void
test_asked_often (TableFixture *f, gconstpointer data)
{
  for (guint i = 0; i < 50; i++)
    {
      g_autoptr (VliveRow) row = g_list_model_get_item (G_LIST_MODEL (f->table), 500);

      g_assert_cmpint (vlive_row_get_state (row), ==, VLIVE_ROW_LOADING);
    }
  table_fixture_settle (f);
  table_fixture_assert_asked (f, "window 500+100;");
  for (guint i = 0; i < 50; i++)
    {
      g_autoptr (VliveRow) row = g_list_model_get_item (G_LIST_MODEL (f->table), 500);

      g_assert_cmpstr (vlive_row_get_id (row), ==, "000500");
    }
  table_fixture_settle (f);
  table_fixture_assert_asked (f, "");
}

static void
test_identity (TableFixture *f, gconstpointer data)
{
  g_autoptr (VliveRow) one = g_list_model_get_item (G_LIST_MODEL (f->table), 5);
  g_autoptr (VliveRow) two = g_list_model_get_item (G_LIST_MODEL (f->table), 5);
  g_autoptr (VliveRow) three = g_list_model_get_item (G_LIST_MODEL (f->table), 505);
  g_autoptr (VliveRow) four = g_list_model_get_item (G_LIST_MODEL (f->table), 505);

  g_assert_true (one == two);
  g_assert_true (three == four);
  table_fixture_settle (f);
  g_clear_object (&four);
  four = g_list_model_get_item (G_LIST_MODEL (f->table), 505);
  g_assert_true (three == four);
  g_assert_null (g_list_model_get_item (G_LIST_MODEL (f->table), 1000));
  g_assert_null (g_list_model_get_item (G_LIST_MODEL (f->table), G_MAXUINT));
}

/* What is visible goes first, what the list asked for besides does not delay
 * it. */
static void
test_visible_first (TableFixture *f, gconstpointer data)
{
  vlive_store_set_max_fetches (f->store.store, 1);
  f->master->latency_us = 10000;
  vlive_table_set_visible_range (f->table, 530, 20);
  table_watch_hold (f->watch, 390, 300);
  table_fixture_advance (f, 100);
  table_fixture_assert_asked (
      f, "window 500+100;window 300+100;window 400+100;window 600+100;");
}

/* Jumps that follow each other: the first goes out at once, and of the others
 * the last. */
static void
test_jumps (TableFixture *f, gconstpointer data)
{
  f->master->latency_us = 200000;
  vlive_table_set_visible_range (f->table, 300, 20);
  table_fixture_advance (f, 3);
  vlive_table_set_visible_range (f->table, 500, 20);
  table_fixture_advance (f, 3);
  vlive_table_set_visible_range (f->table, 700, 20);
  table_fixture_advance (f, 50);
  table_fixture_assert_asked (f, "window 300+100;window 700+100;");
}

/* What has not been sent is dropped when the view is elsewhere. */
static void
test_dropped_wants (TableFixture *f, gconstpointer data)
{
  vlive_store_set_max_fetches (f->store.store, 1);
  f->master->latency_us = 100000;
  vlive_table_set_visible_range (f->table, 300, 20);
  table_fixture_advance (f, 20);
  vlive_table_set_visible_range (f->table, 500, 20);
  table_fixture_advance (f, 20);
  vlive_table_set_visible_range (f->table, 700, 20);
  table_fixture_advance (f, 300);
  table_fixture_assert_asked (f, "window 300+100;window 700+100;");
  table_watch_hold (f->watch, 700, 1);
  table_fixture_assert_ids (f, 700, 1, "000700");
}

static void
test_two_tables (TableFixture *f, gconstpointer data)
{
  VliveTable *other = vlive_table_new (f->store.store, NULL);
  TableWatch *watch = table_watch_new (G_LIST_MODEL (other), FALSE);

  vlive_table_set_prefetch (other, 0);
  table_fixture_settle (f);
  table_fixture_assert_asked (f, "");
  table_watch_hold (f->watch, 500, 10);
  table_watch_hold (watch, 500, 10);
  table_fixture_settle (f);
  table_fixture_assert_asked (f, "window 500+100;");
  g_assert_cmpuint (watch->n_fills, ==, 10);
  g_assert_cmpuint (f->watch->n_fills, ==, 10);
  g_assert_true (watch->rows->pdata[500] != f->watch->rows->pdata[500]);
  table_watch_free (watch);
  g_assert_finalize_object (other);
}

/* Pages that were visited come back at once, without a placeholder. */
static void
test_inline (TableFixture *f, gconstpointer data)
{
  for (guint i = 0; i < 10; i++)
    {
      table_watch_hold (f->watch, i * 100, 1);
      table_fixture_advance (f, 100);
      table_watch_drop_all (f->watch);
    }
  g_string_truncate (f->master->log, 0);
  table_fixture_close_table (f);
  table_fixture_open_table (f, NULL);
  table_fixture_settle (f);
  table_watch_reset (f->watch);
  for (guint i = 0; i < 10; i++)
    table_watch_hold (f->watch, i * 100, 1);
  table_fixture_assert_ids (f, 700, 1, "000700");
  table_fixture_settle (f);
  g_assert_cmpuint (f->watch->n_fills, ==, 0);
  table_fixture_assert_asked (f, "");
}

/* Memory holds the pages near what is visible. */
static void
test_bounded (TableFixture *f, gconstpointer data)
{
  table_fixture_close_table (f);
  f->table =
      g_object_new (VLIVE_TYPE_TABLE, "store", f->store.store, "page-size", 5, NULL);
  f->watch = table_watch_new (G_LIST_MODEL (f->table), FALSE);
  table_fixture_settle (f);
  for (guint i = 0; i < 200; i++)
    {
      vlive_table_set_visible_range (f->table, i * 5, 5);
      table_watch_hold (f->watch, i * 5, 5);
      table_fixture_settle (f);
      g_assert_cmpuint (_vlive_base_get_n_seats (f->table->base), <=, VLIVE_MAX_SEATS);
    }
  /* Rows that are held stay what they are, wherever the view is. */
  table_fixture_assert_ids (f, 0, 2, "000000 000001");
  table_watch_drop_all (f->watch);
  vlive_table_set_visible_range (f->table, 0, 5);
  table_watch_hold (f->watch, 0, 5);
  table_fixture_assert_ids (f, 0, 2, "000000 000001");
}

/* Refreshing. */

static void
test_refresh_same (TableFixture *f, gconstpointer data)
{
  table_watch_hold (f->watch, 0, 50);
  vlive_table_refresh (f->table);
  table_fixture_settle (f);
  table_fixture_assert_asked (f, "window 0+100;");
  g_assert_cmpuint (f->watch->n_changes, ==, 0);
  g_assert_cmpuint (f->watch->n_notifies, ==, 0);
}

/* Asked for before anything is here, over rows that are cached and fresh: they
 * are shown, and the master is asked all the same. */
static void
test_refresh_at_open (TableFixture *f, gconstpointer data)
{
  table_fixture_close_table (f);
  vlive_array_master_set (f->master, "000007", 77);
  table_fixture_assert_asked (f, "");
  table_fixture_open_table (f, NULL);
  vlive_table_refresh (f->table);
  table_watch_hold (f->watch, 0, MIN (f->watch->rows->len, 50));
  table_fixture_settle (f);
  table_fixture_assert_asked (f, "window 0+100;");
  table_watch_hold (f->watch, 0, 50);
  g_assert_cmpint (table_fixture_value_at (f, 7), ==, 77);
}

static void
test_refresh_value (TableFixture *f, gconstpointer data)
{
  table_watch_hold (f->watch, 0, 50);
  vlive_array_master_set (f->master, "000007", 77);
  vlive_table_refresh (f->table);
  table_fixture_settle (f);
  g_assert_cmpuint (f->watch->n_changes, ==, 0);
  g_assert_cmpuint (f->watch->n_notifies, ==, 1);
  g_assert_cmpint (table_fixture_value_at (f, 7), ==, 77);
}

static void
test_refresh_failing (TableFixture *f, gconstpointer data)
{
  gint64 fetched_at = vlive_table_get_fetched_at (f->table);

  table_watch_hold (f->watch, 0, 50);
  f->master->n_to_fail = 1;
  vlive_table_refresh (f->table);
  table_fixture_settle (f);
  g_assert_error (vlive_table_get_error (f->table), VLIVE_ERROR, VLIVE_ERROR_SERVER);
  g_assert_cmpuint (f->watch->n_changes, ==, 0);
  g_assert_cmpuint (f->watch->n_notifies, ==, 0);
  g_assert_cmpint (vlive_table_get_fetched_at (f->table), ==, fetched_at);
  g_assert_cmpint (vlive_table_get_state (f->table), ==, VLIVE_TABLE_PARTIAL);
  vlive_table_refresh (f->table);
  table_fixture_settle (f);
  g_assert_null (vlive_table_get_error (f->table));
  g_assert_cmpint (vlive_table_get_fetched_at (f->table), >, fetched_at);
}

/* Rows that come and go are splices; who stays is the same object. */
static void
test_refresh_membership (TableFixture *f, gconstpointer data)
{
  g_autoptr (VliveRow) second = NULL;
  g_autoptr (VliveRow) third = NULL;

  table_watch_hold (f->watch, 0, 50);
  second = g_object_ref (table_watch_get (f->watch, 1));
  third = g_object_ref (table_watch_get (f->watch, 2));
  vlive_array_master_insert (f->master, 2, "new", 5);
  vlive_table_refresh (f->table);
  table_fixture_settle (f);
  g_assert_cmpuint (f->watch->rows->len, ==, 1001);
  table_fixture_assert_ids (f, 0, 4, "000000 000001 new 000002");
  g_assert_true (f->watch->rows->pdata[1] == second);
  g_assert_true (f->watch->rows->pdata[3] == third);
  g_assert_cmpuint (f->watch->longest, <=, 100);

  vlive_array_master_delete (f->master, "000001");
  vlive_table_refresh (f->table);
  table_fixture_settle (f);
  g_assert_cmpuint (f->watch->rows->len, ==, 1000);
  table_fixture_assert_ids (f, 0, 4, "000000 new 000002 000003");
  g_assert_cmpint (vlive_row_get_state (second), ==, VLIVE_ROW_GONE);
  g_assert_true (f->watch->rows->pdata[2] == third);
}

static void
test_grows (TableFixture *f, gconstpointer data)
{
  table_watch_hold (f->watch, 0, 50);
  for (guint i = 0; i < 300; i++)
    {
      g_autofree char *id = g_strdup_printf ("new%u", i);

      vlive_array_master_insert (f->master, G_MAXUINT, id, i);
    }
  vlive_table_refresh (f->table);
  table_fixture_settle (f);
  g_assert_cmpstr (f->watch->log->str, ==, "1000-0+300;");
  g_assert_cmpuint (f->watch->n_lengths, ==, 1);
}

/* A tail that nobody holds goes in one splice; where rows are held, none spans
 * more than 2 000. */
static void
test_shrinks (TableFixture *f, gconstpointer data)
{
  table_fixture_close_table (f);
  vlive_array_master_fill (f->master, 0);
  for (guint i = 1000; i < 20000; i++)
    {
      g_autofree char *id = g_strdup_printf ("%06u", i);
      g_autoptr (VliveRecord) record = vlive_array_master_make (id, i);

      g_ptr_array_add (f->master->rows, g_steal_pointer (&record));
    }
  store_fixture_reopen (&f->store, "long");
  table_fixture_open_table (f, NULL);
  table_fixture_settle (f);
  g_assert_cmpuint (f->watch->rows->len, ==, 20000);
  table_watch_reset (f->watch);
  vlive_table_set_visible_range (f->table, 0, 20);
  table_watch_hold (f->watch, 9000, 10);
  table_fixture_settle (f);
  g_ptr_array_remove_range (f->master->rows, 500, 19500);
  vlive_table_refresh (f->table);
  table_fixture_settle (f);
  g_assert_cmpuint (f->watch->rows->len, ==, 500);
  g_assert_cmpuint (f->watch->longest, <=, VLIVE_MAX_SPLICE);
  g_assert_cmpuint (f->watch->longest, >, 0);
  g_assert_cmpuint (f->watch->n_changes, <=, 4);
}

/* An id that moves to another page leaves its old place first. */
static void
test_moves (TableFixture *f, gconstpointer data)
{
  g_autoptr (VliveRecord) moved = NULL;
  VliveRow *row;

  table_watch_hold (f->watch, 0, 20);
  table_watch_hold (f->watch, 250, 10);
  table_fixture_settle (f);
  row = table_watch_get (f->watch, 250);
  g_assert_cmpstr (vlive_row_get_id (row), ==, "000250");
  moved = vlive_record_ref (f->master->rows->pdata[250]);
  g_ptr_array_remove_index (f->master->rows, 250);
  g_ptr_array_insert (f->master->rows, 3, g_steal_pointer (&moved));
  vlive_table_set_visible_range (f->table, 0, 20);
  vlive_table_refresh (f->table);
  table_fixture_settle (f);
  table_fixture_assert_ids (f, 2, 3, "000002 000250 000003");
  g_assert_true (f->watch->rows->pdata[3] == row);
  g_assert_cmpint (vlive_row_get_state (row), ==, VLIVE_ROW_READY);
  /* Where it was is asked for again, and what is there now is shown. */
  table_fixture_advance (f, 1200);
  table_fixture_assert_ids (f, 250, 2, "000249 000251");
}

/* Two pages that both claim an id, again and again: one has it, the other
 * shows a row under no id, and it ends there (races.md, rule 7). */
static void
test_double (TableFixture *f, gconstpointer data)
{
  guint n_windows;

  g_clear_pointer (&f->master->rows->pdata[150], vlive_record_unref);
  f->master->rows->pdata[150] = vlive_array_master_make ("000050", 50);
  table_watch_hold (f->watch, 0, 200);
  vlive_table_set_visible_range (f->table, 0, 200);
  table_fixture_advance (f, 5000);
  table_watch_hold (f->watch, 0, 200);
  n_windows = f->master->n_windows;
  g_assert_cmpuint (n_windows, <=, 6);
  g_assert_true (vlive_row_get_record (table_watch_get (f->watch, 50)) != NULL);
  g_assert_true (vlive_row_get_record (table_watch_get (f->watch, 150)) != NULL);
  g_assert_cmpint (table_fixture_value_at (f, 50), ==, 50);
  g_assert_cmpint (table_fixture_value_at (f, 150), ==, 50);
  g_assert_cmpint (vlive_record_is_addressable (
                       vlive_row_get_record (table_watch_get (f->watch, 50)))
                       + vlive_record_is_addressable (
                           vlive_row_get_record (table_watch_get (f->watch, 150))),
                   ==, 1);
  table_fixture_advance (f, 10000);
  g_assert_cmpuint (f->master->n_windows, ==, n_windows);
}

/* Totals. */

static void
test_no_total (TableFixture *f, gconstpointer data)
{
  guint64 total;

  vlive_array_master_fill (f->master, 133);
  f->master->states_total = FALSE;
  table_fixture_open_table (f, NULL);
  table_fixture_settle (f);
  g_assert_cmpuint (f->watch->rows->len, ==, 200);
  g_assert_cmpint (vlive_table_get_total (f->table, &total), ==, VLIVE_TOTAL_AT_LEAST);
  g_assert_cmpuint (total, ==, 100);
  table_watch_hold (f->watch, 195, 5);
  table_fixture_settle (f);
  g_assert_cmpuint (f->watch->rows->len, ==, 133);
  g_assert_cmpint (vlive_table_get_total (f->table, &total), ==, VLIVE_TOTAL_EXACT);
  g_assert_cmpuint (total, ==, 133);
  g_assert_cmpuint (f->master->n_windows, ==, 2);
}

/* Claims 42, has 35. */
static void
test_false_total (TableFixture *f, gconstpointer data)
{
  guint n_windows;

  vlive_array_master_fill (f->master, 35);
  f->master->false_total = 42;
  table_fixture_open_table (f, NULL);
  table_fixture_settle (f);
  table_watch_hold (f->watch, 0, 42);
  vlive_table_set_visible_range (f->table, 0, 42);
  /* A short page alone is no reason to doubt what the master says. */
  g_assert_cmpuint (f->watch->rows->len, ==, 42);
  table_fixture_advance (f, 3000);
  g_assert_cmpuint (f->watch->rows->len, ==, 35);
  n_windows = f->master->n_windows;
  g_assert_cmpuint (n_windows, <=, 3);
  table_fixture_advance (f, 10000);
  g_assert_cmpuint (f->master->n_windows, ==, n_windows);
  g_assert_cmpint (vlive_table_get_state (f->table), ==, VLIVE_TABLE_COMPLETE);
  /* It says something else: believed until it fails as well. */
  f->master->false_total = 35;
  vlive_table_refresh (f->table);
  table_fixture_advance (f, 100);
  g_assert_cmpuint (f->watch->rows->len, ==, 35);
}

static void
test_huge_total (TableFixture *f, gconstpointer data)
{
  guint64 total;

  vlive_array_master_fill (f->master, 200);
  f->master->false_total = 4294967295;
  vlive_test_expect ("*more rows than can be shown*");
  f->table = vlive_table_new (f->store.store, NULL);
  table_fixture_settle (f);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (f->table)), ==, G_MAXINT);
  g_assert_cmpint (vlive_table_get_total (f->table, &total), ==, VLIVE_TOTAL_EXACT);
  g_assert_cmpuint (total, ==, 4294967295);
  _vlive_warn_forget ("products");
}

static void
test_max_items (TableFixture *f, gconstpointer data)
{
  vlive_test_expect ("*more rows than can be shown*");
  vlive_table_set_max_items (f->table, 150);
  g_assert_cmpuint (f->watch->rows->len, ==, 1000);
  table_fixture_settle (f);
  g_assert_cmpuint (f->watch->rows->len, ==, 150);
  table_watch_hold (f->watch, 140, 10);
  table_fixture_settle (f);
  table_fixture_assert_ids (f, 149, 1, "000149");
  vlive_table_set_max_items (f->table, 2000);
  table_fixture_settle (f);
  g_assert_cmpuint (f->watch->rows->len, ==, 1000);
  _vlive_warn_forget ("products");
}

static void
test_page_size (TableFixture *f, gconstpointer data)
{
  VliveTable *table = g_object_new (VLIVE_TYPE_TABLE, "store", f->store.store,
                                    "page-size", 30, "prefetch", 0, NULL);
  TableWatch *watch = table_watch_new (G_LIST_MODEL (table), FALSE);

  table_fixture_settle (f);
  table_watch_hold (watch, 65, 1);
  table_fixture_settle (f);
  table_fixture_assert_asked (f, "window 0+30;window 60+30;");
  table_watch_free (watch);
  g_assert_finalize_object (table);
}

int
main (int argc, char **argv)
{
  vlive_test_init (&argc, &argv);

#define ADD(name, set_up, func)                                                        \
  g_test_add ("/table/table/" name, TableFixture, NULL, table_fixture_##set_up, func,  \
              table_fixture_tear_down)
  ADD ("open", set_up_empty, test_open);
  ADD ("open-empty", set_up_empty, test_open_empty);
  ADD ("open-offline", set_up_empty, test_open_offline);
  ADD ("warm", set_up, test_warm);
  ADD ("warm-and-old", set_up, test_warm_and_old);
  ADD ("fill", set_up, test_fill);
  ADD ("asked-often", set_up, test_asked_often);
  ADD ("identity", set_up, test_identity);
  ADD ("visible-first", set_up, test_visible_first);
  ADD ("jumps", set_up, test_jumps);
  ADD ("dropped-wants", set_up, test_dropped_wants);
  ADD ("two-tables", set_up, test_two_tables);
  ADD ("inline", set_up, test_inline);
  ADD ("bounded", set_up, test_bounded);
  ADD ("refresh-same", set_up, test_refresh_same);
  ADD ("refresh-at-open", set_up, test_refresh_at_open);
  ADD ("refresh-value", set_up, test_refresh_value);
  ADD ("refresh-failing", set_up, test_refresh_failing);
  ADD ("refresh-membership", set_up, test_refresh_membership);
  ADD ("grows", set_up, test_grows);
  ADD ("shrinks", set_up, test_shrinks);
  ADD ("moves", set_up, test_moves);
  ADD ("double", set_up, test_double);
  ADD ("no-total", set_up_empty, test_no_total);
  ADD ("false-total", set_up_empty, test_false_total);
  ADD ("huge-total", set_up_empty, test_huge_total);
  ADD ("max-items", set_up, test_max_items);
  ADD ("page-size", set_up, test_page_size);
#undef ADD

  return vlive_test_run ();
}
