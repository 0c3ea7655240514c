/* test-table-changes.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "table-fixture.h"

/* Writes of ours. */

static void
test_write (TableFixture *f, gconstpointer data)
{
  g_autoptr (VliveWrite) write = store_fixture_make_patch ("000003", 33);
  g_autoptr (GAsyncResult) result = NULL;
  VliveRow *row;

  table_watch_hold (f->watch, 0, 20);
  row = table_watch_get (f->watch, 3);
  f->master->hold = TRUE;
  vlive_store_write_async (f->store.store, write, NULL, vlive_test_result_cb, &result);
  table_fixture_settle (f);
  g_assert_cmpint (vlive_row_get_state (row), ==, VLIVE_ROW_PENDING);
  g_assert_cmpint (table_fixture_value_at (f, 3), ==, 33);
  vlive_array_master_release_all (f->master);
  STORE_WAIT (&f->store, result != NULL);
  /* When the caller hears, the row shows it. */
  g_assert_cmpint (table_fixture_value_at (f, 3), ==, 33);
  g_assert_cmpint (vlive_row_get_state (row), ==, VLIVE_ROW_READY);
  g_assert_cmpuint (f->watch->n_changes, ==, 0);
  g_assert_cmpuint (f->watch->n_notifies, ==, 1);
  table_fixture_assert_asked (f, "patch 000003;");
}

static void
test_write_refused (TableFixture *f, gconstpointer data)
{
  g_autoptr (VliveWrite) write = store_fixture_make_patch ("000003", 33);
  VliveRow *row;

  table_watch_hold (f->watch, 0, 20);
  row = table_watch_get (f->watch, 3);
  f->master->refusal = "no";
  g_assert_false (store_fixture_write (&f->store, write, NULL));
  table_fixture_settle (f);
  g_assert_cmpint (vlive_row_get_state (row), ==, VLIVE_ROW_FAILED);
  g_assert_cmpint (table_fixture_value_at (f, 3), ==, 3);
  f->master->refusal = NULL;
  store_fixture_patch (&f->store, "000003", 34);
  g_assert_cmpint (vlive_row_get_state (row), ==, VLIVE_ROW_READY);
  g_assert_cmpint (table_fixture_value_at (f, 3), ==, 34);
}

static void
test_write_insert (TableFixture *f, gconstpointer data)
{
  g_autoptr (VliveRecord) fields = vlive_array_master_make ("x", 9);
  g_autoptr (VliveWrite) write = vlive_write_new (VLIVE_WRITE_INSERT, "x", fields);

  table_watch_hold (f->watch, 0, 20);
  f->master->inserts_first = TRUE;
  table_fixture_advance (f, 1000);
  g_assert_true (store_fixture_write (&f->store, write, NULL));
  table_fixture_settle (f);
  table_fixture_assert_asked (f, "insert x;window 0+100;");
  table_watch_hold (f->watch, 0, 2);
  table_fixture_assert_ids (f, 0, 2, "x 000000");
  g_assert_cmpuint (f->watch->rows->len, ==, 1001);
}

/* It goes at once; the window is read again once. */
static void
test_write_delete (TableFixture *f, gconstpointer data)
{
  g_autoptr (VliveWrite) write = vlive_write_new (VLIVE_WRITE_DELETE, "000003", NULL);
  g_autoptr (VliveRow) row = NULL;
  g_autoptr (VliveRow) next = NULL;
  g_autoptr (VliveRow) edge = NULL;
  guint64 total;

  table_watch_hold (f->watch, 0, 20);
  table_watch_hold (f->watch, 90, 10);
  table_fixture_settle (f);
  row = g_object_ref (table_watch_get (f->watch, 3));
  next = g_object_ref (table_watch_get (f->watch, 4));
  edge = g_object_ref (table_watch_get (f->watch, 99));
  table_fixture_advance (f, 1000);
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
  table_fixture_advance (f, 200);
  table_fixture_assert_asked (f, "delete 000003;window 0+100;");
  g_assert_cmpuint (f->watch->rows->len, ==, 999);
  table_fixture_assert_ids (f, 2, 3, "000002 000004 000005");
  g_assert_true (f->watch->rows->pdata[3] == next);
  g_assert_true (f->watch->rows->pdata[98] == edge);
  table_fixture_assert_ids (f, 97, 2, "000098 000099");
}

/* The row is held, and its page no longer in memory. */
static void
test_write_delete_far_away (TableFixture *f, gconstpointer data)
{
  g_autoptr (VliveWrite) write = vlive_write_new (VLIVE_WRITE_DELETE, "000003", NULL);
  g_autoptr (VliveRow) next = NULL;

  table_fixture_close_table (f);
  f->table =
      g_object_new (VLIVE_TYPE_TABLE, "store", f->store.store, "page-size", 10, NULL);
  f->watch = table_watch_new (G_LIST_MODEL (f->table), FALSE);
  table_fixture_settle (f);
  table_watch_hold (f->watch, 0, 12);
  table_fixture_settle (f);
  next = g_object_ref (table_watch_get (f->watch, 4));
  for (guint i = 2; i < 80; i++)
    {
      vlive_table_set_visible_range (f->table, i * 10, 5);
      table_fixture_settle (f);
    }
  g_assert_null (_vlive_base_get_seat (f->table->base, 0));
  table_watch_reset (f->watch);
  g_assert_true (store_fixture_write (&f->store, write, NULL));
  g_assert_cmpstr (f->watch->log->str, ==, "3-1+0;");
  g_assert_true (f->watch->rows->pdata[3] == next);
  table_fixture_assert_ids (f, 8, 3, "000009 000010 000011");
  vlive_table_set_visible_range (f->table, 0, 10);
  table_fixture_advance (f, 1500);
  table_fixture_assert_ids (f, 2, 3, "000002 000004 000005");
  g_assert_cmpuint (f->watch->rows->len, ==, 999);
}

static void
test_write_clear (TableFixture *f, gconstpointer data)
{
  g_autoptr (VliveWrite) write = vlive_write_new (VLIVE_WRITE_DELETE_ALL, NULL, NULL);

  table_watch_hold (f->watch, 0, 20);
  g_assert_true (store_fixture_write (&f->store, write, NULL));
  g_assert_cmpuint (f->watch->rows->len, ==, 0);
  g_assert_cmpint (vlive_table_get_state (f->table), ==, VLIVE_TABLE_COMPLETE);
  table_fixture_advance (f, 1200);
  g_assert_cmpuint (f->watch->rows->len, ==, 0);
}

/* An answer from before a write, arriving after it, undoes nothing. */
static void
test_write_and_slow_answer (TableFixture *f, gconstpointer data)
{
  table_watch_hold (f->watch, 0, 20);
  f->master->latency_us = 200000;
  vlive_table_refresh (f->table);
  table_fixture_advance (f, 20);
  f->master->latency_us = 1000;
  store_fixture_patch (&f->store, "000003", 33);
  table_watch_reset (f->watch);
  table_fixture_advance (f, 400);
  g_assert_cmpint (table_fixture_value_at (f, 3), ==, 33);
  g_assert_cmpuint (f->watch->n_notifies, ==, 0);
}

/* Streams. */

static void
test_event_update (TableFixture *f, gconstpointer data)
{
  G_GNUC_UNUSED g_autoptr (VliveManualStream) stream = table_fixture_follow (f);

  table_watch_hold (f->watch, 0, 50);
  vlive_array_master_set (f->master, "000042", 4242);
  table_fixture_settle (f);
  g_assert_cmpint (table_fixture_value_at (f, 42), ==, 4242);
  g_assert_cmpuint (f->watch->n_notifies, ==, 1);
  g_assert_cmpuint (f->watch->n_changes, ==, 0);
  table_fixture_assert_asked (f, "");

  f->master->events_with_records = FALSE;
  vlive_array_master_set (f->master, "000042", 4243);
  table_fixture_settle (f);
  table_fixture_assert_asked (f, "get 000042;");
  g_assert_cmpint (table_fixture_value_at (f, 42), ==, 4243);
  /* Of a row that nobody has nothing is asked. */
  vlive_array_master_set (f->master, "000742", 1);
  table_fixture_settle (f);
  table_fixture_assert_asked (f, "");
}

static void
test_event_membership (TableFixture *f, gconstpointer data)
{
  G_GNUC_UNUSED g_autoptr (VliveManualStream) stream = table_fixture_follow (f);

  table_watch_hold (f->watch, 0, 20);
  f->master->latency_us = 50000;
  vlive_array_master_delete (f->master, "000002");
  table_fixture_advance (f, 20);
  /* The row goes before anything has been asked. */
  table_fixture_assert_ids (f, 0, 4, "000000 000001 000003 000004");
  table_fixture_advance (f, 100);
  table_fixture_assert_asked (f, "window 0+100;");
  g_assert_cmpuint (f->watch->rows->len, ==, 999);
  table_fixture_advance (f, 1000);
  vlive_array_master_insert (f->master, 1, "x", 7);
  table_fixture_advance (f, 20);
  /* Where it belongs is not known: nothing is shifted. */
  table_fixture_assert_ids (f, 0, 4, "000000 000001 000003 000004");
  table_fixture_advance (f, 100);
  table_fixture_assert_ids (f, 0, 4, "000000 x 000001 000003");
  g_assert_cmpuint (f->watch->rows->len, ==, 1000);
  table_fixture_assert_asked (f, "window 0+100;");
}

/* All that go in one turn are one change a page. */
static void
test_event_deletes (TableFixture *f, gconstpointer data)
{
  G_GNUC_UNUSED g_autoptr (VliveManualStream) stream = table_fixture_follow (f);

  table_watch_hold (f->watch, 0, 100);
  table_watch_reset (f->watch);
  f->master->latency_us = 500000;
  for (guint i = 1; i < 100; i += 3)
    {
      g_autofree char *id = g_strdup_printf ("%06u", i);

      vlive_array_master_delete (f->master, id);
    }
  table_fixture_settle (f);
  g_assert_cmpuint (f->watch->n_changes, ==, 1);
  g_assert_cmpuint (f->watch->rows->len, ==, 967);
  table_fixture_assert_ids (f, 0, 4, "000000 000002 000003 000005");
  table_fixture_advance (f, 3000);
  g_assert_cmpuint (f->watch->rows->len, ==, 967);
  table_fixture_assert_ids (f, 0, 4, "000000 000002 000003 000005");
}

/* Under a steady stream of rows that come, a visible page is asked for once a
 * second; and it is told to be stale only if it lags behind that. */
static void
test_event_storm (TableFixture *f, gconstpointer data)
{
  G_GNUC_UNUSED g_autoptr (VliveManualStream) stream = table_fixture_follow (f);

  table_watch_hold (f->watch, 0, 20);
  f->master->latency_us = 100000;
  for (guint i = 0; i < 200; i++)
    {
      g_autofree char *id = g_strdup_printf ("storm%u", i);

      vlive_array_master_insert (f->master, 0, id, i);
      table_fixture_advance (f, 50);
      g_assert_false (vlive_table_is_stale (f->table));
    }
  g_assert_cmpuint (f->master->n_windows, <=, 13);
  g_assert_cmpuint (f->master->n_windows, >=, 9);
  table_fixture_advance (f, 1500);
  g_assert_cmpuint (f->watch->rows->len, ==, 1200);
  table_fixture_assert_ids (f, 0, 1, "storm199");
}

/* Behind a mark there are a second and two requests before anybody is told. */
static void
test_patience (TableFixture *f, gconstpointer data)
{
  G_GNUC_UNUSED g_autoptr (VliveManualStream) stream = table_fixture_follow (f);

  table_watch_hold (f->watch, 0, 20);
  f->master->latency_us = 2000000;
  for (guint i = 0; i < 3; i++)
    {
      vlive_table_refresh (f->table);
      table_fixture_advance (f, 2500);
    }
  vlive_array_master_insert (f->master, 0, "x", 7);
  for (guint i = 0; i < 30; i++)
    {
      table_fixture_advance (f, 100);
      g_assert_false (vlive_table_is_stale (f->table));
    }
  table_fixture_assert_ids (f, 0, 2, "x 000000");
  f->master->offline = TRUE;
  vlive_array_master_insert (f->master, 0, "y", 8);
  table_fixture_advance (f, 8000);
  g_assert_true (vlive_table_is_stale (f->table));
}

/* 100 000 updates: no items-changed, and an announcement a frame. */
static void
test_event_flood (TableFixture *f, gconstpointer data)
{
  G_GNUC_UNUSED g_autoptr (VliveManualStream) stream = table_fixture_follow (f);

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
      table_fixture_advance (f, 10);
    }
  table_fixture_advance (f, 50);
  g_assert_cmpuint (f->watch->n_changes, ==, 0);
  g_assert_cmpuint (f->watch->n_notifies, <=, 20 * 64);
  g_assert_cmpuint (f->watch->n_notifies, >=, 20 * 50);
  g_assert_cmpint (table_fixture_value_at (f, 19), ==, 99999);
  table_fixture_assert_asked (f, "");
}

static void
test_event_query (TableFixture *f, gconstpointer data)
{
  g_autoptr (VliveQuery) sorted = table_fixture_by_value ();
  G_GNUC_UNUSED g_autoptr (VliveManualStream) stream = table_fixture_follow (f);

  vlive_table_set_query (f->table, sorted);
  table_fixture_advance (f, 1200);
  table_watch_hold (f->watch, 0, 20);
  g_string_truncate (f->master->log, 0);
  vlive_array_master_set (f->master, "000500", 5000);
  table_fixture_settle (f);
  table_fixture_assert_asked (f, "window 0+100;");
  table_fixture_assert_ids (f, 0, 2, "000500 000999");
}

/* It comes in the same turn as the first page of a query, asked for before, that
 * sorts by what it changed. */
static void
test_event_next_query (TableFixture *f, gconstpointer data)
{
  g_autoptr (VliveQuery) sorted = table_fixture_by_value ();
  G_GNUC_UNUSED g_autoptr (VliveManualStream) stream = table_fixture_follow (f);

  f->master->hold = TRUE;
  vlive_table_set_query (f->table, sorted);
  table_fixture_settle (f);
  table_fixture_assert_asked (f, "window 0+100;");
  f->master->hold = FALSE;
  vlive_array_master_release_all (f->master);
  vlive_array_master_set (f->master, "000500", 5000);
  table_fixture_advance (f, 1200);
  table_fixture_assert_asked (f, "window 0+100;");
  table_watch_hold (f->watch, 0, 20);
  table_fixture_assert_ids (f, 0, 2, "000500 000999");
}

int
main (int argc, char **argv)
{
  vlive_test_init (&argc, &argv);

#define ADD(name, set_up, func)                                                        \
  g_test_add ("/table/changes/" name, TableFixture, NULL, table_fixture_##set_up,      \
              func, table_fixture_tear_down)
  ADD ("write", set_up, test_write);
  ADD ("write-refused", set_up, test_write_refused);
  ADD ("write-insert", set_up, test_write_insert);
  ADD ("write-delete", set_up, test_write_delete);
  ADD ("write-delete-far-away", set_up, test_write_delete_far_away);
  ADD ("write-clear", set_up, test_write_clear);
  ADD ("write-and-slow-answer", set_up, test_write_and_slow_answer);
  ADD ("event-update", set_up, test_event_update);
  ADD ("event-membership", set_up, test_event_membership);
  ADD ("event-deletes", set_up, test_event_deletes);
  ADD ("event-storm", set_up, test_event_storm);
  ADD ("event-next-query", set_up, test_event_next_query);
  ADD ("patience", set_up, test_patience);
  ADD ("event-flood", set_up, test_event_flood);
  ADD ("event-query", set_up, test_event_query);
#undef ADD

  return vlive_test_run ();
}
