/* test-table.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "store-fixture.h"
#include "table-watch.h"

#include "table/vlive-table-private.h"

/* R1000: ids 000000 … 000999, pages of 100. */

#define MINUTE_US (60 * G_USEC_PER_SEC)

typedef struct
{
  StoreFixture store;
  VliveArrayMaster *master; /* of the store */
  VliveTable *table;
  TableWatch *watch;
} Fixture;

static void
settle (Fixture *f)
{
  store_fixture_advance (&f->store, 40);
}

static void
advance (Fixture *f, guint ms)
{
  store_fixture_advance (&f->store, ms);
}

static void
open_table (Fixture *f, VliveQuery *query)
{
  f->table = vlive_table_new (f->store.store, query);
  f->watch = table_watch_new (G_LIST_MODEL (f->table), FALSE);
}

static void
close_table (Fixture *f)
{
  g_clear_pointer (&f->watch, table_watch_free);
  if (f->table != NULL)
    g_assert_finalize_object (f->table);
  f->table = NULL;
}

static void
set_up_empty (Fixture *f, gconstpointer data)
{
  store_fixture_set_up (&f->store, data);
  f->master = f->store.master;
}

static void
set_up (Fixture *f, gconstpointer data)
{
  set_up_empty (f, data);
  vlive_array_master_fill (f->master, 1000);
  open_table (f, NULL);
  settle (f);
  table_watch_reset (f->watch);
  g_string_truncate (f->master->log, 0);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  if (f->watch != NULL)
    table_watch_check (f->watch);
  close_table (f);
  store_fixture_tear_down (&f->store, data);
}

static void
assert_ids (Fixture *f, guint first, guint n, const char *expected)
{
  g_autofree char *ids = table_watch_ids (f->watch, first, n);

  g_assert_cmpstr (ids, ==, expected);
}

static void
assert_asked (Fixture *f, const char *expected)
{
  g_assert_cmpstr (f->master->log->str, ==, expected);
  g_string_truncate (f->master->log, 0);
}

static gint64
value_at (Fixture *f, guint position)
{
  return store_fixture_get_value (
      vlive_row_get_record (table_watch_get (f->watch, position)));
}

/* Opening. */

static void
test_open (Fixture *f, gconstpointer data)
{
  g_autoptr (VliveStore) store = NULL;
  g_autoptr (VliveQuery) query = NULL;
  guint page_size;
  guint n_items;
  guint max_items;

  vlive_array_master_fill (f->master, 250);
  f->master->latency_us = 100000;
  open_table (f, NULL);
  g_assert_true (g_list_model_get_item_type (G_LIST_MODEL (f->table))
                 == VLIVE_TYPE_ROW);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (f->table)), ==, 0);
  g_assert_null (g_list_model_get_item (G_LIST_MODEL (f->table), 0));
  g_assert_cmpint (vlive_table_get_state (f->table), ==, VLIVE_TABLE_LOADING);
  advance (f, 50);
  g_assert_cmpint (vlive_table_get_state (f->table), ==, VLIVE_TABLE_LOADING);
  g_assert_cmpuint (f->watch->n_changes, ==, 0);
  advance (f, 100);
  assert_asked (f, "window 0+100;");
  g_assert_cmpstr (f->watch->log->str, ==, "0-0+250;");
  g_assert_cmpuint (f->watch->n_lengths, ==, 1);
  g_assert_cmpint (vlive_table_get_state (f->table), ==, VLIVE_TABLE_PARTIAL);
  table_watch_hold (f->watch, 0, 3);
  assert_ids (f, 0, 3, "000000 000001 000002");
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
  advance (f, 300);
  g_assert_cmpint (vlive_table_get_state (f->table), ==, VLIVE_TABLE_COMPLETE);
}

static void
test_open_empty (Fixture *f, gconstpointer data)
{
  VliveTotalKind kind;
  guint64 total;

  open_table (f, NULL);
  settle (f);
  g_assert_cmpint (vlive_table_get_state (f->table), ==, VLIVE_TABLE_COMPLETE);
  g_assert_cmpuint (f->watch->n_changes, ==, 0);
  g_object_get (f->table, "total-kind", &kind, "total", &total, NULL);
  g_assert_cmpint (kind, ==, VLIVE_TOTAL_EXACT);
  g_assert_cmpuint (total, ==, 0);
}

/* A cold open on a dead master is an error, and ends by itself. */
static void
test_open_offline (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  vlive_array_master_fill (f->master, 250);
  f->master->offline = TRUE;
  open_table (f, NULL);
  settle (f);
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
test_warm (Fixture *f, gconstpointer data)
{
  table_watch_hold (f->watch, 500, 20);
  settle (f);
  assert_asked (f, "window 500+100;");
  close_table (f);
  store_fixture_reopen (&f->store, "products");
  f->master->offline = TRUE;
  open_table (f, NULL);
  settle (f);
  g_assert_cmpuint (f->watch->rows->len, ==, 1000);
  table_watch_hold (f->watch, 0, 2);
  table_watch_hold (f->watch, 500, 2);
  assert_ids (f, 0, 2, "000000 000001");
  assert_ids (f, 500, 2, "000500 000501");
  assert_asked (f, "");
  g_assert_false (vlive_table_is_stale (f->table));

  table_watch_hold (f->watch, 100, 1);
  settle (f);
  assert_ids (f, 100, 1, "-");
  g_assert_error (vlive_table_get_error (f->table), VLIVE_ERROR, VLIVE_ERROR_OFFLINE);
  f->master->offline = FALSE;
  advance (f, 1500);
  assert_ids (f, 100, 1, "000100");
  g_assert_null (vlive_table_get_error (f->table));
}

static void
test_warm_and_old (Fixture *f, gconstpointer data)
{
  gint64 fetched_at = vlive_table_get_fetched_at (f->table);

  close_table (f);
  store_fixture_reopen (&f->store, "products");
  _vlive_clock_advance (f->store.clock, 2 * MINUTE_US);
  f->master->offline = TRUE;
  open_table (f, NULL);
  settle (f);
  g_assert_cmpuint (f->watch->rows->len, ==, 1000);
  g_assert_true (vlive_table_is_stale (f->table));
  g_assert_cmpint (vlive_table_get_fetched_at (f->table), ==, fetched_at);
  g_assert_error (vlive_table_get_error (f->table), VLIVE_ERROR, VLIVE_ERROR_OFFLINE);
  table_watch_hold (f->watch, 0, 1);
  assert_ids (f, 0, 1, "000000");
  f->master->offline = FALSE;
  advance (f, 1500);
  g_assert_false (vlive_table_is_stale (f->table));
  g_assert_cmpint (vlive_table_get_fetched_at (f->table), >, fetched_at);
}

/* Filling. */

static void
test_fill (Fixture *f, gconstpointer data)
{
  VliveRow *row;

  vlive_table_set_visible_range (f->table, 500, 20);
  table_watch_hold (f->watch, 500, 20);
  assert_ids (f, 500, 2, "- -");
  row = table_watch_get (f->watch, 500);
  assert_asked (f, "");
  settle (f);
  assert_asked (f, "window 500+100;");
  assert_ids (f, 500, 2, "000500 000501");
  g_assert_true (f->watch->rows->pdata[500] == row);
  g_assert_cmpuint (f->watch->n_fills, ==, 20);
  g_assert_cmpuint (f->watch->n_changes, ==, 0);

  /* The next page's edge: one more. */
  vlive_table_set_visible_range (f->table, 590, 20);
  settle (f);
  assert_asked (f, "window 600+100;");
  vlive_table_set_visible_range (f->table, 980, 20);
  settle (f);
  assert_asked (f, "window 900+100;");
}

static void
test_asked_often (Fixture *f, gconstpointer data)
{
  for (guint i = 0; i < 50; i++)
    {
      g_autoptr (VliveRow) row = g_list_model_get_item (G_LIST_MODEL (f->table), 500);

      g_assert_cmpint (vlive_row_get_state (row), ==, VLIVE_ROW_LOADING);
    }
  settle (f);
  assert_asked (f, "window 500+100;");
  for (guint i = 0; i < 50; i++)
    {
      g_autoptr (VliveRow) row = g_list_model_get_item (G_LIST_MODEL (f->table), 500);

      g_assert_cmpstr (vlive_row_get_id (row), ==, "000500");
    }
  settle (f);
  assert_asked (f, "");
}

static void
test_identity (Fixture *f, gconstpointer data)
{
  g_autoptr (VliveRow) one = g_list_model_get_item (G_LIST_MODEL (f->table), 5);
  g_autoptr (VliveRow) two = g_list_model_get_item (G_LIST_MODEL (f->table), 5);
  g_autoptr (VliveRow) three = g_list_model_get_item (G_LIST_MODEL (f->table), 505);
  g_autoptr (VliveRow) four = g_list_model_get_item (G_LIST_MODEL (f->table), 505);

  g_assert_true (one == two);
  g_assert_true (three == four);
  settle (f);
  g_clear_object (&four);
  four = g_list_model_get_item (G_LIST_MODEL (f->table), 505);
  g_assert_true (three == four);
  g_assert_null (g_list_model_get_item (G_LIST_MODEL (f->table), 1000));
  g_assert_null (g_list_model_get_item (G_LIST_MODEL (f->table), G_MAXUINT));
}

/* What is visible goes first, what the list asked for besides does not delay
 * it. */
static void
test_visible_first (Fixture *f, gconstpointer data)
{
  vlive_store_set_max_fetches (f->store.store, 1);
  f->master->latency_us = 10000;
  vlive_table_set_visible_range (f->table, 530, 20);
  table_watch_hold (f->watch, 390, 300);
  advance (f, 100);
  assert_asked (f, "window 500+100;window 300+100;window 400+100;window 600+100;");
}

/* Jumps that follow each other: the first goes out at once, and of the others
 * the last. */
static void
test_jumps (Fixture *f, gconstpointer data)
{
  f->master->latency_us = 200000;
  vlive_table_set_visible_range (f->table, 300, 20);
  advance (f, 3);
  vlive_table_set_visible_range (f->table, 500, 20);
  advance (f, 3);
  vlive_table_set_visible_range (f->table, 700, 20);
  advance (f, 50);
  assert_asked (f, "window 300+100;window 700+100;");
}

/* What has not been sent is dropped when the view is elsewhere. */
static void
test_dropped_wants (Fixture *f, gconstpointer data)
{
  vlive_store_set_max_fetches (f->store.store, 1);
  f->master->latency_us = 100000;
  vlive_table_set_visible_range (f->table, 300, 20);
  advance (f, 20);
  vlive_table_set_visible_range (f->table, 500, 20);
  advance (f, 20);
  vlive_table_set_visible_range (f->table, 700, 20);
  advance (f, 300);
  assert_asked (f, "window 300+100;window 700+100;");
  table_watch_hold (f->watch, 700, 1);
  assert_ids (f, 700, 1, "000700");
}

static void
test_two_tables (Fixture *f, gconstpointer data)
{
  VliveTable *other = vlive_table_new (f->store.store, NULL);
  TableWatch *watch = table_watch_new (G_LIST_MODEL (other), FALSE);

  settle (f);
  assert_asked (f, "");
  table_watch_hold (f->watch, 500, 10);
  table_watch_hold (watch, 500, 10);
  settle (f);
  assert_asked (f, "window 500+100;");
  g_assert_cmpuint (watch->n_fills, ==, 10);
  g_assert_cmpuint (f->watch->n_fills, ==, 10);
  g_assert_true (watch->rows->pdata[500] != f->watch->rows->pdata[500]);
  table_watch_free (watch);
  g_assert_finalize_object (other);
}

/* Pages that were visited come back at once, without a placeholder. */
static void
test_inline (Fixture *f, gconstpointer data)
{
  for (guint i = 0; i < 10; i++)
    {
      table_watch_hold (f->watch, i * 100, 1);
      settle (f);
      table_watch_drop_all (f->watch);
    }
  g_string_truncate (f->master->log, 0);
  close_table (f);
  open_table (f, NULL);
  settle (f);
  table_watch_reset (f->watch);
  for (guint i = 0; i < 10; i++)
    table_watch_hold (f->watch, i * 100, 1);
  assert_ids (f, 700, 1, "000700");
  settle (f);
  g_assert_cmpuint (f->watch->n_fills, ==, 0);
  assert_asked (f, "");
}

/* Memory holds the pages near what is visible. */
static void
test_bounded (Fixture *f, gconstpointer data)
{
  close_table (f);
  f->table =
      g_object_new (VLIVE_TYPE_TABLE, "store", f->store.store, "page-size", 5, NULL);
  f->watch = table_watch_new (G_LIST_MODEL (f->table), FALSE);
  settle (f);
  for (guint i = 0; i < 200; i++)
    {
      vlive_table_set_visible_range (f->table, i * 5, 5);
      table_watch_hold (f->watch, i * 5, 5);
      settle (f);
      g_assert_cmpuint (_vlive_base_get_n_seats (f->table->base), <=, VLIVE_MAX_SEATS);
    }
  /* Rows that are held stay what they are, wherever the view is. */
  assert_ids (f, 0, 2, "000000 000001");
  table_watch_drop_all (f->watch);
  vlive_table_set_visible_range (f->table, 0, 5);
  table_watch_hold (f->watch, 0, 5);
  assert_ids (f, 0, 2, "000000 000001");
}

/* Refreshing. */

static void
test_refresh_same (Fixture *f, gconstpointer data)
{
  table_watch_hold (f->watch, 0, 50);
  vlive_table_refresh (f->table);
  settle (f);
  assert_asked (f, "window 0+100;");
  g_assert_cmpuint (f->watch->n_changes, ==, 0);
  g_assert_cmpuint (f->watch->n_notifies, ==, 0);
}

static void
test_refresh_value (Fixture *f, gconstpointer data)
{
  table_watch_hold (f->watch, 0, 50);
  vlive_array_master_set (f->master, "000007", 77);
  vlive_table_refresh (f->table);
  settle (f);
  g_assert_cmpuint (f->watch->n_changes, ==, 0);
  g_assert_cmpuint (f->watch->n_notifies, ==, 1);
  g_assert_cmpint (value_at (f, 7), ==, 77);
}

static void
test_refresh_failing (Fixture *f, gconstpointer data)
{
  gint64 fetched_at = vlive_table_get_fetched_at (f->table);

  table_watch_hold (f->watch, 0, 50);
  f->master->n_to_fail = 1;
  vlive_table_refresh (f->table);
  settle (f);
  g_assert_error (vlive_table_get_error (f->table), VLIVE_ERROR, VLIVE_ERROR_SERVER);
  g_assert_cmpuint (f->watch->n_changes, ==, 0);
  g_assert_cmpuint (f->watch->n_notifies, ==, 0);
  g_assert_cmpint (vlive_table_get_fetched_at (f->table), ==, fetched_at);
  g_assert_cmpint (vlive_table_get_state (f->table), ==, VLIVE_TABLE_PARTIAL);
  vlive_table_refresh (f->table);
  settle (f);
  g_assert_null (vlive_table_get_error (f->table));
  g_assert_cmpint (vlive_table_get_fetched_at (f->table), >, fetched_at);
}

/* Rows that come and go are splices; who stays is the same object. */
static void
test_refresh_membership (Fixture *f, gconstpointer data)
{
  g_autoptr (VliveRow) second = NULL;
  g_autoptr (VliveRow) third = NULL;

  table_watch_hold (f->watch, 0, 50);
  second = g_object_ref (table_watch_get (f->watch, 1));
  third = g_object_ref (table_watch_get (f->watch, 2));
  vlive_array_master_insert (f->master, 2, "new", 5);
  vlive_table_refresh (f->table);
  settle (f);
  g_assert_cmpuint (f->watch->rows->len, ==, 1001);
  assert_ids (f, 0, 4, "000000 000001 new 000002");
  g_assert_true (f->watch->rows->pdata[1] == second);
  g_assert_true (f->watch->rows->pdata[3] == third);
  g_assert_cmpuint (f->watch->longest, <=, 100);

  vlive_array_master_delete (f->master, "000001");
  vlive_table_refresh (f->table);
  settle (f);
  g_assert_cmpuint (f->watch->rows->len, ==, 1000);
  assert_ids (f, 0, 4, "000000 new 000002 000003");
  g_assert_cmpint (vlive_row_get_state (second), ==, VLIVE_ROW_GONE);
  g_assert_true (f->watch->rows->pdata[2] == third);
}

static void
test_grows (Fixture *f, gconstpointer data)
{
  table_watch_hold (f->watch, 0, 50);
  for (guint i = 0; i < 300; i++)
    {
      g_autofree char *id = g_strdup_printf ("new%u", i);

      vlive_array_master_insert (f->master, G_MAXUINT, id, i);
    }
  vlive_table_refresh (f->table);
  settle (f);
  g_assert_cmpstr (f->watch->log->str, ==, "1000-0+300;");
  g_assert_cmpuint (f->watch->n_lengths, ==, 1);
}

/* A tail that nobody holds goes in one splice; where rows are held, none spans
 * more than 2 000. */
static void
test_shrinks (Fixture *f, gconstpointer data)
{
  close_table (f);
  vlive_array_master_fill (f->master, 0);
  for (guint i = 1000; i < 20000; i++)
    {
      g_autofree char *id = g_strdup_printf ("%06u", i);
      g_autoptr (VliveRecord) record = vlive_array_master_make (id, i);

      g_ptr_array_add (f->master->rows, g_steal_pointer (&record));
    }
  store_fixture_reopen (&f->store, "long");
  open_table (f, NULL);
  settle (f);
  g_assert_cmpuint (f->watch->rows->len, ==, 20000);
  table_watch_reset (f->watch);
  vlive_table_set_visible_range (f->table, 0, 20);
  table_watch_hold (f->watch, 9000, 10);
  settle (f);
  g_ptr_array_remove_range (f->master->rows, 500, 19500);
  vlive_table_refresh (f->table);
  settle (f);
  g_assert_cmpuint (f->watch->rows->len, ==, 500);
  g_assert_cmpuint (f->watch->longest, <=, VLIVE_MAX_SPLICE);
  g_assert_cmpuint (f->watch->longest, >, 0);
  g_assert_cmpuint (f->watch->n_changes, <=, 4);
}

/* An id that moves to another page leaves its old place first. */
static void
test_moves (Fixture *f, gconstpointer data)
{
  g_autoptr (VliveRecord) moved = NULL;
  VliveRow *row;

  table_watch_hold (f->watch, 0, 20);
  table_watch_hold (f->watch, 250, 10);
  settle (f);
  row = table_watch_get (f->watch, 250);
  g_assert_cmpstr (vlive_row_get_id (row), ==, "000250");
  moved = vlive_record_ref (f->master->rows->pdata[250]);
  g_ptr_array_remove_index (f->master->rows, 250);
  g_ptr_array_insert (f->master->rows, 3, g_steal_pointer (&moved));
  vlive_table_set_visible_range (f->table, 0, 20);
  vlive_table_refresh (f->table);
  settle (f);
  assert_ids (f, 2, 3, "000002 000250 000003");
  g_assert_true (f->watch->rows->pdata[3] == row);
  g_assert_cmpint (vlive_row_get_state (row), ==, VLIVE_ROW_READY);
  /* Where it was is asked for again, and what is there now is shown. */
  advance (f, 1200);
  assert_ids (f, 250, 2, "000249 000251");
}

/* Two pages that both claim an id, again and again: one has it, the other
 * shows a row under no id, and it ends there (races.md, rule 7). */
static void
test_double (Fixture *f, gconstpointer data)
{
  guint n_windows;

  g_clear_pointer (&f->master->rows->pdata[150], vlive_record_unref);
  f->master->rows->pdata[150] = vlive_array_master_make ("000050", 50);
  table_watch_hold (f->watch, 0, 200);
  vlive_table_set_visible_range (f->table, 0, 200);
  advance (f, 5000);
  table_watch_hold (f->watch, 0, 200);
  n_windows = f->master->n_windows;
  g_assert_cmpuint (n_windows, <=, 6);
  g_assert_true (vlive_row_get_record (table_watch_get (f->watch, 50)) != NULL);
  g_assert_true (vlive_row_get_record (table_watch_get (f->watch, 150)) != NULL);
  g_assert_cmpint (value_at (f, 50), ==, 50);
  g_assert_cmpint (value_at (f, 150), ==, 50);
  g_assert_cmpint (vlive_record_is_addressable (
                       vlive_row_get_record (table_watch_get (f->watch, 50)))
                       + vlive_record_is_addressable (
                           vlive_row_get_record (table_watch_get (f->watch, 150))),
                   ==, 1);
  advance (f, 10000);
  g_assert_cmpuint (f->master->n_windows, ==, n_windows);
}

/* Totals. */

static void
test_no_total (Fixture *f, gconstpointer data)
{
  guint64 total;

  vlive_array_master_fill (f->master, 133);
  f->master->states_total = FALSE;
  open_table (f, NULL);
  settle (f);
  g_assert_cmpuint (f->watch->rows->len, ==, 200);
  g_assert_cmpint (vlive_table_get_total (f->table, &total), ==, VLIVE_TOTAL_AT_LEAST);
  g_assert_cmpuint (total, ==, 100);
  table_watch_hold (f->watch, 195, 5);
  settle (f);
  g_assert_cmpuint (f->watch->rows->len, ==, 133);
  g_assert_cmpint (vlive_table_get_total (f->table, &total), ==, VLIVE_TOTAL_EXACT);
  g_assert_cmpuint (total, ==, 133);
  g_assert_cmpuint (f->master->n_windows, ==, 2);
}

/* Claims 42, has 35. */
static void
test_false_total (Fixture *f, gconstpointer data)
{
  guint n_windows;

  vlive_array_master_fill (f->master, 35);
  f->master->false_total = 42;
  open_table (f, NULL);
  settle (f);
  table_watch_hold (f->watch, 0, 42);
  vlive_table_set_visible_range (f->table, 0, 42);
  advance (f, 3000);
  g_assert_cmpuint (f->watch->rows->len, ==, 35);
  n_windows = f->master->n_windows;
  g_assert_cmpuint (n_windows, <=, 3);
  advance (f, 10000);
  g_assert_cmpuint (f->master->n_windows, ==, n_windows);
  g_assert_cmpint (vlive_table_get_state (f->table), ==, VLIVE_TABLE_COMPLETE);
  /* It says something else: believed until it fails as well. */
  f->master->false_total = 35;
  vlive_table_refresh (f->table);
  advance (f, 100);
  g_assert_cmpuint (f->watch->rows->len, ==, 35);
}

static void
test_huge_total (Fixture *f, gconstpointer data)
{
  guint64 total;

  vlive_array_master_fill (f->master, 200);
  f->master->false_total = 4294967295;
  vlive_test_expect ("*more rows than can be shown*");
  f->table = vlive_table_new (f->store.store, NULL);
  settle (f);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (f->table)), ==, G_MAXINT);
  g_assert_cmpint (vlive_table_get_total (f->table, &total), ==, VLIVE_TOTAL_EXACT);
  g_assert_cmpuint (total, ==, 4294967295);
  _vlive_warn_forget ("products");
}

static void
test_max_items (Fixture *f, gconstpointer data)
{
  vlive_test_expect ("*more rows than can be shown*");
  vlive_table_set_max_items (f->table, 150);
  g_assert_cmpuint (f->watch->rows->len, ==, 1000);
  settle (f);
  g_assert_cmpuint (f->watch->rows->len, ==, 150);
  table_watch_hold (f->watch, 140, 10);
  settle (f);
  assert_ids (f, 149, 1, "000149");
  vlive_table_set_max_items (f->table, 2000);
  settle (f);
  g_assert_cmpuint (f->watch->rows->len, ==, 1000);
  _vlive_warn_forget ("products");
}

static void
test_page_size (Fixture *f, gconstpointer data)
{
  VliveTable *table =
      g_object_new (VLIVE_TYPE_TABLE, "store", f->store.store, "page-size", 30, NULL);
  TableWatch *watch = table_watch_new (G_LIST_MODEL (table), FALSE);

  settle (f);
  table_watch_hold (watch, 65, 1);
  settle (f);
  assert_asked (f, "window 0+30;window 60+30;");
  table_watch_free (watch);
  g_assert_finalize_object (table);
}

/* Another query. */

static VliveQuery *
by_value (void)
{
  g_autoptr (VliveQuery) all = vlive_query_new ();

  return vlive_query_with_sort (all, "value", TRUE);
}

static void
test_query (Fixture *f, gconstpointer data)
{
  g_autoptr (VliveQuery) sorted = by_value ();
  g_autoptr (VliveQuery) same = by_value ();

  table_watch_hold (f->watch, 0, 20);
  f->master->latency_us = 100000;
  vlive_table_set_query (f->table, sorted);
  g_assert_true (vlive_query_equal (vlive_table_get_query (f->table), sorted));
  vlive_table_set_query (f->table, same);
  advance (f, 50);
  /* The old rows stay until the first new ones are there. */
  assert_ids (f, 0, 2, "000000 000001");
  g_assert_true (vlive_table_is_stale (f->table));
  g_assert_cmpuint (f->watch->n_changes, ==, 0);
  advance (f, 100);
  g_assert_cmpstr (f->watch->log->str, ==, "0-1000+0;0-0+1000;");
  assert_asked (f, "window 0+100;");
  table_watch_hold (f->watch, 0, 2);
  assert_ids (f, 0, 2, "000999 000998");
  g_assert_false (vlive_table_is_stale (f->table));
}

/* A slow answer to the query of before never stands at a place of the new
 * one. */
static void
test_query_overtakes (Fixture *f, gconstpointer data)
{
  g_autoptr (VliveQuery) sorted = by_value ();

  f->master->latency_us = 300000;
  table_watch_hold (f->watch, 500, 10);
  advance (f, 100);
  f->master->latency_us = 50000;
  vlive_table_set_query (f->table, sorted);
  advance (f, 100);
  table_watch_hold (f->watch, 500, 10);
  advance (f, 500);
  assert_ids (f, 500, 2, "000499 000498");
  table_watch_hold (f->watch, 0, 1);
  assert_ids (f, 0, 1, "000999");
}

static void
test_query_back (Fixture *f, gconstpointer data)
{
  g_autoptr (VliveQuery) sorted = by_value ();

  table_watch_hold (f->watch, 0, 20);
  f->master->latency_us = 100000;
  vlive_table_set_query (f->table, sorted);
  advance (f, 50);
  vlive_table_set_query (f->table, NULL);
  advance (f, 300);
  g_assert_cmpuint (f->watch->n_changes, ==, 0);
  assert_ids (f, 0, 2, "000000 000001");
  g_assert_false (vlive_table_is_stale (f->table));
}

static void
test_query_fails (Fixture *f, gconstpointer data)
{
  g_autoptr (VliveQuery) sorted = by_value ();

  table_watch_hold (f->watch, 0, 20);
  f->master->offline = TRUE;
  vlive_table_set_query (f->table, sorted);
  settle (f);
  assert_ids (f, 0, 2, "000000 000001");
  g_assert_true (vlive_table_is_stale (f->table));
  g_assert_error (vlive_table_get_error (f->table), VLIVE_ERROR, VLIVE_ERROR_OFFLINE);
  f->master->offline = FALSE;
  advance (f, 2000);
  table_watch_hold (f->watch, 0, 2);
  assert_ids (f, 0, 2, "000999 000998");
  g_assert_null (vlive_table_get_error (f->table));
}

static void
test_query_property (Fixture *f, gconstpointer data)
{
  g_autoptr (VliveQuery) sorted = by_value ();

  g_object_set (f->table, "query", sorted, "max-items", 500, NULL);
  vlive_test_expect ("*more rows than can be shown*");
  settle (f);
  g_assert_true (vlive_query_equal (vlive_table_get_query (f->table), sorted));
  g_assert_cmpuint (f->watch->rows->len, ==, 500);
  _vlive_warn_forget ("products");
}

/* Writes of ours. */

static void
test_write (Fixture *f, gconstpointer data)
{
  g_autoptr (VliveWrite) write = store_fixture_make_patch ("000003", 33);
  g_autoptr (GAsyncResult) result = NULL;
  VliveRow *row;

  table_watch_hold (f->watch, 0, 20);
  row = table_watch_get (f->watch, 3);
  f->master->hold = TRUE;
  vlive_store_write_async (f->store.store, write, NULL, vlive_test_result_cb, &result);
  settle (f);
  g_assert_cmpint (vlive_row_get_state (row), ==, VLIVE_ROW_PENDING);
  g_assert_cmpint (value_at (f, 3), ==, 3);
  vlive_array_master_release_all (f->master);
  STORE_WAIT (&f->store, result != NULL);
  /* When the caller hears, the row shows it. */
  g_assert_cmpint (value_at (f, 3), ==, 33);
  g_assert_cmpint (vlive_row_get_state (row), ==, VLIVE_ROW_READY);
  g_assert_cmpuint (f->watch->n_changes, ==, 0);
  g_assert_cmpuint (f->watch->n_notifies, ==, 1);
  assert_asked (f, "patch 000003;");
}

static void
test_write_refused (Fixture *f, gconstpointer data)
{
  g_autoptr (VliveWrite) write = store_fixture_make_patch ("000003", 33);
  VliveRow *row;

  table_watch_hold (f->watch, 0, 20);
  row = table_watch_get (f->watch, 3);
  f->master->refusal = "no";
  g_assert_false (store_fixture_write (&f->store, write, NULL));
  settle (f);
  g_assert_cmpint (vlive_row_get_state (row), ==, VLIVE_ROW_FAILED);
  g_assert_cmpint (value_at (f, 3), ==, 3);
  f->master->refusal = NULL;
  store_fixture_patch (&f->store, "000003", 34);
  g_assert_cmpint (vlive_row_get_state (row), ==, VLIVE_ROW_READY);
  g_assert_cmpint (value_at (f, 3), ==, 34);
}

static void
test_write_insert (Fixture *f, gconstpointer data)
{
  g_autoptr (VliveRecord) fields = vlive_array_master_make ("x", 9);
  g_autoptr (VliveWrite) write = vlive_write_new (VLIVE_WRITE_INSERT, "x", fields);

  table_watch_hold (f->watch, 0, 20);
  f->master->inserts_first = TRUE;
  advance (f, 1000);
  g_assert_true (store_fixture_write (&f->store, write, NULL));
  settle (f);
  assert_asked (f, "insert x;window 0+100;");
  assert_ids (f, 0, 2, "x 000000");
  g_assert_cmpuint (f->watch->rows->len, ==, 1001);
}

/* It goes at once; the window is read again once. */
static void
test_write_delete (Fixture *f, gconstpointer data)
{
  g_autoptr (VliveWrite) write = vlive_write_new (VLIVE_WRITE_DELETE, "000003", NULL);
  g_autoptr (VliveRow) row = NULL;
  g_autoptr (VliveRow) next = NULL;
  g_autoptr (VliveRow) edge = NULL;
  guint64 total;

  table_watch_hold (f->watch, 0, 20);
  table_watch_hold (f->watch, 90, 10);
  settle (f);
  row = g_object_ref (table_watch_get (f->watch, 3));
  next = g_object_ref (table_watch_get (f->watch, 4));
  edge = g_object_ref (table_watch_get (f->watch, 99));
  advance (f, 1000);
  f->master->latency_us = 100000;
  vlive_table_set_visible_range (f->table, 0, 20);
  g_assert_true (store_fixture_write (&f->store, write, NULL));
  g_assert_cmpstr (f->watch->log->str, ==, "3-1+0;");
  g_assert_cmpuint (f->watch->n_lengths, ==, 1);
  g_assert_cmpuint (f->watch->rows->len, ==, 999);
  g_assert_cmpint (vlive_row_get_state (row), ==, VLIVE_ROW_GONE);
  g_assert_true (f->watch->rows->pdata[3] == next);
  g_assert_true (f->watch->rows->pdata[98] == edge);
  g_assert_cmpint (vlive_table_get_total (f->table, &total), ==, VLIVE_TOTAL_EXACT);
  g_assert_cmpuint (total, ==, 999);
  advance (f, 200);
  assert_asked (f, "delete 000003;window 0+100;");
  g_assert_cmpuint (f->watch->rows->len, ==, 999);
  assert_ids (f, 2, 3, "000002 000004 000005");
  g_assert_true (f->watch->rows->pdata[3] == next);
  g_assert_true (f->watch->rows->pdata[98] == edge);
  assert_ids (f, 97, 2, "000098 000099");
}

static void
test_write_clear (Fixture *f, gconstpointer data)
{
  g_autoptr (VliveWrite) write = vlive_write_new (VLIVE_WRITE_DELETE_ALL, NULL, NULL);

  table_watch_hold (f->watch, 0, 20);
  g_assert_true (store_fixture_write (&f->store, write, NULL));
  g_assert_cmpuint (f->watch->rows->len, ==, 0);
  g_assert_cmpint (vlive_table_get_state (f->table), ==, VLIVE_TABLE_COMPLETE);
  advance (f, 1200);
  g_assert_cmpuint (f->watch->rows->len, ==, 0);
}

/* An answer from before a write, arriving after it, undoes nothing. */
static void
test_write_and_slow_answer (Fixture *f, gconstpointer data)
{
  table_watch_hold (f->watch, 0, 20);
  f->master->latency_us = 200000;
  vlive_table_refresh (f->table);
  advance (f, 20);
  f->master->latency_us = 1000;
  store_fixture_patch (&f->store, "000003", 33);
  table_watch_reset (f->watch);
  advance (f, 400);
  g_assert_cmpint (value_at (f, 3), ==, 33);
  g_assert_cmpuint (f->watch->n_notifies, ==, 0);
}

/* Streams. */

static VliveManualStream *
follow (Fixture *f)
{
  VliveManualStream *stream = vlive_manual_stream_new ();

  f->master->stream = g_object_ref (stream);
  vlive_store_set_live_stream (f->store.store, VLIVE_LIVE_STREAM (stream));
  advance (f, 2500);
  g_string_truncate (f->master->log, 0);
  table_watch_reset (f->watch);

  return stream;
}

static void
test_event_update (Fixture *f, gconstpointer data)
{
  G_GNUC_UNUSED g_autoptr (VliveManualStream) stream = follow (f);

  table_watch_hold (f->watch, 0, 50);
  vlive_array_master_set (f->master, "000042", 4242);
  settle (f);
  g_assert_cmpint (value_at (f, 42), ==, 4242);
  g_assert_cmpuint (f->watch->n_notifies, ==, 1);
  g_assert_cmpuint (f->watch->n_changes, ==, 0);
  assert_asked (f, "");

  f->master->events_with_records = FALSE;
  vlive_array_master_set (f->master, "000042", 4243);
  settle (f);
  assert_asked (f, "get 000042;");
  g_assert_cmpint (value_at (f, 42), ==, 4243);
  /* Of a row that nobody has nothing is asked. */
  vlive_array_master_set (f->master, "000742", 1);
  settle (f);
  assert_asked (f, "");
}

static void
test_event_membership (Fixture *f, gconstpointer data)
{
  G_GNUC_UNUSED g_autoptr (VliveManualStream) stream = follow (f);

  table_watch_hold (f->watch, 0, 20);
  f->master->latency_us = 50000;
  vlive_array_master_delete (f->master, "000002");
  advance (f, 20);
  /* The row goes before anything has been asked. */
  assert_ids (f, 0, 4, "000000 000001 000003 000004");
  advance (f, 100);
  assert_asked (f, "window 0+100;");
  g_assert_cmpuint (f->watch->rows->len, ==, 999);
  advance (f, 1000);
  vlive_array_master_insert (f->master, 1, "x", 7);
  advance (f, 20);
  /* Where it belongs is not known: nothing is shifted. */
  assert_ids (f, 0, 4, "000000 000001 000003 000004");
  advance (f, 100);
  assert_ids (f, 0, 4, "000000 x 000001 000003");
  g_assert_cmpuint (f->watch->rows->len, ==, 1000);
  assert_asked (f, "window 0+100;");
}

/* Under a steady stream of rows that come, a visible page is asked for once a
 * second; and it is told to be stale only if it lags behind that. */
static void
test_event_storm (Fixture *f, gconstpointer data)
{
  G_GNUC_UNUSED g_autoptr (VliveManualStream) stream = follow (f);

  table_watch_hold (f->watch, 0, 20);
  f->master->latency_us = 100000;
  for (guint i = 0; i < 200; i++)
    {
      g_autofree char *id = g_strdup_printf ("storm%u", i);

      vlive_array_master_insert (f->master, 0, id, i);
      advance (f, 50);
      g_assert_false (vlive_table_is_stale (f->table));
    }
  g_assert_cmpuint (f->master->n_windows, <=, 13);
  g_assert_cmpuint (f->master->n_windows, >=, 9);
  advance (f, 1500);
  g_assert_cmpuint (f->watch->rows->len, ==, 1200);
  assert_ids (f, 0, 1, "storm199");
}

/* 100 000 updates: no items-changed, and an announcement a frame. */
static void
test_event_flood (Fixture *f, gconstpointer data)
{
  g_autoptr (VliveManualStream) stream = follow (f);

  table_watch_hold (f->watch, 0, 20);
  for (guint i = 0; i < 100; i++)
    {
      for (guint j = 0; j < 1000; j++)
        {
          g_autofree char *id = g_strdup_printf ("%06u", j % 20);
          g_autoptr (VliveRecord) record = vlive_array_master_make (id, i * 1000 + j);
          g_autoptr (VliveChangeEvent) event =
              vlive_change_event_new (VLIVE_CHANGE_UPDATED, id, record, 0);

          vlive_manual_stream_push (stream, event);
        }
      advance (f, 10);
    }
  advance (f, 50);
  g_assert_cmpuint (f->watch->n_changes, ==, 0);
  g_assert_cmpuint (f->watch->n_notifies, <=, 20 * 64);
  g_assert_cmpuint (f->watch->n_notifies, >=, 20 * 50);
  g_assert_cmpint (value_at (f, 19), ==, 99999);
  assert_asked (f, "");
}

static void
test_event_query (Fixture *f, gconstpointer data)
{
  g_autoptr (VliveQuery) sorted = by_value ();
  G_GNUC_UNUSED g_autoptr (VliveManualStream) stream = follow (f);

  vlive_table_set_query (f->table, sorted);
  advance (f, 1200);
  table_watch_hold (f->watch, 0, 20);
  g_string_truncate (f->master->log, 0);
  vlive_array_master_set (f->master, "000500", 5000);
  settle (f);
  assert_asked (f, "window 0+100;");
  assert_ids (f, 0, 2, "000500 000999");
}

/* Reentrance, and what becomes of those who are dropped. */

static void
meddle_cb (GListModel *model,
           guint position,
           guint n_removed,
           guint n_added,
           gpointer data)
{
  VliveTable *table = VLIVE_TABLE (model);
  g_autoptr (VliveQuery) sorted = by_value ();
  G_GNUC_UNUSED g_autoptr (VliveRow) row = g_list_model_get_item (model, 900);

  vlive_table_set_visible_range (table, 300, 10);
  vlive_table_refresh (table);
  vlive_table_set_query (table, sorted);
  vlive_table_set_max_items (table, 990);
}

static void
test_meddling (Fixture *f, gconstpointer data)
{
  gulong id =
      g_signal_connect (f->table, "items-changed", G_CALLBACK (meddle_cb), NULL);

  vlive_test_expect ("*more rows than can be shown*");
  table_watch_hold (f->watch, 0, 20);
  vlive_array_master_insert (f->master, 0, "x", 2000);
  vlive_table_refresh (f->table);
  advance (f, 1500);
  g_clear_signal_handler (&id, f->table);
  table_watch_hold (f->watch, 0, 2);
  assert_ids (f, 0, 2, "x 000999");
  _vlive_warn_forget ("products");
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
test_dropped_inside (Fixture *f, gconstpointer data)
{
  VliveTable *other = vlive_table_new (f->store.store, NULL);

  g_signal_connect (other, "items-changed", G_CALLBACK (drop_cb), &other);
  settle (f);
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
test_dropped_by_other (Fixture *f, gconstpointer data)
{
  Pair pair = { vlive_table_new (f->store.store, NULL), 0 };

  settle (f);
  pair.handler =
      g_signal_connect (f->table, "items-changed", G_CALLBACK (drop_other_cb), &pair);
  table_watch_hold (f->watch, 0, 10);
  vlive_array_master_insert (f->master, 0, "x", 2000);
  vlive_table_refresh (f->table);
  settle (f);
  g_assert_null (pair.other);
  g_signal_handler_disconnect (f->table, pair.handler);
}

/* Rows outlive the table, and show what they showed. */
static void
test_rows_outlive (Fixture *f, gconstpointer data)
{
  g_autoptr (VliveRow) row = g_object_ref (table_watch_get (f->watch, 3));
  g_autoptr (VliveRow) loading = g_object_ref (table_watch_get (f->watch, 800));

  close_table (f);
  g_assert_cmpstr (vlive_row_get_id (row), ==, "000003");
  g_assert_cmpint (vlive_row_get_state (loading), ==, VLIVE_ROW_LOADING);
}

static void
test_many_tables (Fixture *f, gconstpointer data)
{
  guint n_windows;

  f->master->latency_us = 20000;
  for (guint i = 0; i < 100; i++)
    {
      VliveTable *table = vlive_table_new (f->store.store, NULL);
      TableWatch *watch = table_watch_new (G_LIST_MODEL (table), FALSE);

      advance (f, i % 5 * 10);
      if (watch->rows->len > 0)
        table_watch_hold (watch, 300 + i, 20);
      advance (f, i % 3 * 10);
      table_watch_free (watch);
      g_assert_finalize_object (table);
    }
  advance (f, 100);
  n_windows = f->master->n_windows;
  advance (f, 1000);
  g_assert_cmpuint (f->master->n_windows, ==, n_windows);
  g_assert_cmpint (_vlive_census_get (VLIVE_CENSUS_TABLE), ==, 1);
  g_assert_cmpint (_vlive_census_get (VLIVE_CENSUS_ROW), ==, 0);
}

/* The store is closed under it: it stays as it is. */
static void
test_store_closed (Fixture *f, gconstpointer data)
{
  g_autoptr (GAsyncResult) closed = NULL;

  table_watch_hold (f->watch, 0, 20);
  vlive_store_close_async (f->store.store, vlive_test_result_cb, &closed);
  STORE_WAIT (&f->store, closed != NULL);
  g_clear_object (&closed);
  table_watch_hold (f->watch, 700, 10);
  vlive_table_refresh (f->table);
  advance (f, 2000);
  assert_ids (f, 0, 2, "000000 000001");
  assert_ids (f, 700, 1, "-");
  assert_asked (f, "");
}

/* Nothing is asked while nobody looks. */
static void
test_quiet (Fixture *f, gconstpointer data)
{
  table_watch_hold (f->watch, 0, 20);
  settle (f);
  assert_asked (f, "");
  g_assert_false (vlive_table_is_stale (f->table));
  _vlive_clock_advance (f->store.clock, 2 * MINUTE_US);
  store_fixture_settle (&f->store);
  assert_asked (f, "");
  g_assert_true (vlive_table_is_stale (f->table));
  /* Old pages are asked for again when the view comes back to them. */
  vlive_table_set_visible_range (f->table, 0, 20);
  settle (f);
  assert_asked (f, "window 0+100;");
  g_assert_false (vlive_table_is_stale (f->table));
}

/* 20 % of the answers fail: nothing that is shown goes, and all arrives. */
static void
test_failing_scroll (Fixture *f, gconstpointer data)
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
      g_assert_cmpint (value_at (f, i * 100 + 19), ==, i * 100 + 19);
    }
  n_failed = (guint) store_fixture_ledger (&f->store).n_failures;
  g_assert_cmpuint (f->master->n_windows, <=, 10 + 2 * n_failed);
  assert_ids (f, 0, 2, "000000 000001");
}

int
main (int argc, char **argv)
{
  vlive_test_init (&argc, &argv);

#define ADD(name, set_up_func, func)                                                   \
  g_test_add ("/table/table/" name, Fixture, NULL, set_up_func, func, tear_down)
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
  ADD ("query", set_up, test_query);
  ADD ("query-overtakes", set_up, test_query_overtakes);
  ADD ("query-back", set_up, test_query_back);
  ADD ("query-fails", set_up, test_query_fails);
  ADD ("query-property", set_up, test_query_property);
  ADD ("write", set_up, test_write);
  ADD ("write-refused", set_up, test_write_refused);
  ADD ("write-insert", set_up, test_write_insert);
  ADD ("write-delete", set_up, test_write_delete);
  ADD ("write-clear", set_up, test_write_clear);
  ADD ("write-and-slow-answer", set_up, test_write_and_slow_answer);
  ADD ("event-update", set_up, test_event_update);
  ADD ("event-membership", set_up, test_event_membership);
  ADD ("event-storm", set_up, test_event_storm);
  ADD ("event-flood", set_up, test_event_flood);
  ADD ("event-query", set_up, test_event_query);
  ADD ("meddling", set_up, test_meddling);
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
