/* test-table-visited.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "table-fixture.h"

/* A table of which much has been seen, and little is looked at. */

#define N_ROWS 10000

static void
set_up (TableFixture *f, gconstpointer data)
{
  table_fixture_set_up_empty (f, NULL);
  vlive_array_master_fill (f->master, N_ROWS);
  table_fixture_open_table (f, NULL);
  table_fixture_settle (f);
  for (guint page = 0; page < N_ROWS / 100; page++)
    {
      vlive_table_set_visible_range (f->table, page * 100, 20);
      table_fixture_advance (f, 60);
    }
  g_assert_cmpuint (f->master->n_windows, ==, N_ROWS / 100);
  vlive_table_set_visible_range (f->table, 40, 20);
  table_watch_hold (f->watch, 40, 20);
  table_fixture_advance (f, 100);
  g_assert_cmpuint (f->master->n_windows, ==, N_ROWS / 100);
}

static void
reset (TableFixture *f)
{
  table_watch_reset (f->watch);
  g_string_truncate (f->master->log, 0);
  f->master->n_windows = 0;
  f->master->n_gets = 0;
  f->master->n_counts = 0;
}

static VliveManualStream *
follow (TableFixture *f, gboolean with_records)
{
  VliveManualStream *stream = table_fixture_follow (f);

  f->master->events_with_records = with_records;
  reset (f);

  return stream;
}

static void
test_event_with_record (TableFixture *f, gconstpointer data)
{
  G_GNUC_UNUSED g_autoptr (VliveManualStream) stream = follow (f, TRUE);

  vlive_array_master_set (f->master, "000042", 4242);
  table_fixture_settle (f);
  table_fixture_assert_asked (f, "");
  g_assert_cmpuint (f->watch->n_notifies, ==, 1);
  g_assert_cmpuint (f->watch->n_changes, ==, 0);
  g_assert_cmpint (table_fixture_value_at (f, 42), ==, 4242);
}

static void
test_event_without (TableFixture *f, gconstpointer data)
{
  G_GNUC_UNUSED g_autoptr (VliveManualStream) stream = follow (f, FALSE);

  vlive_array_master_set (f->master, "000042", 4242);
  table_fixture_settle (f);
  table_fixture_assert_asked (f, "get 000042;");
  g_assert_cmpuint (f->watch->n_notifies, ==, 1);
  g_assert_cmpuint (f->watch->n_changes, ==, 0);
}

static void
touch_all (TableFixture *f, guint n, guint ms)
{
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *id = g_strdup_printf ("%06u", i);

      vlive_array_master_set (f->master, id, 100000 + i);
      if (ms > 0 && i % (n / ms) == 0)
        table_fixture_advance (f, 1);
    }
}

/* A hundred records that are here, in a second. */
static void
test_hundred_without (TableFixture *f, gconstpointer data)
{
  G_GNUC_UNUSED g_autoptr (VliveManualStream) stream = follow (f, FALSE);

  touch_all (f, 100, 100);
  table_fixture_advance (f, 3000);
  g_assert_cmpuint (f->master->n_gets, <=, 100);
  g_assert_cmpuint (f->master->n_gets, >=, 20);
  g_assert_cmpuint (f->master->n_windows, ==, 0);
  g_assert_cmpuint (f->master->n_counts, ==, 0);
  for (guint i = 40; i < 60; i++)
    g_assert_cmpint (table_fixture_value_at (f, i), ==, 100000 + i);
}

/* All of them: so many are read again, and then one window. */
static void
test_all_without (TableFixture *f, gconstpointer data)
{
  G_GNUC_UNUSED g_autoptr (VliveManualStream) stream = follow (f, FALSE);

  touch_all (f, N_ROWS, 0);
  table_fixture_advance (f, 5000);
  g_assert_cmpuint (f->master->n_gets, <=, 100);
  g_assert_cmpuint (f->master->n_windows, <=, 1);
  g_assert_cmpuint (f->master->n_counts, ==, 0);
  g_assert_cmpuint (f->watch->n_changes, ==, 0);
  for (guint i = 40; i < 60; i++)
    g_assert_cmpint (table_fixture_value_at (f, i), ==, 100000 + i);
}

static void
count_turn_cb (GObject *row, GParamSpec *pspec, gpointer data)
{
  GHashTable *turns = data;
  gint64 now = _vlive_clock_get_boot_us (g_object_get_data (row, "clock"));

  g_hash_table_add (turns, g_memdup2 (&now, sizeof now));
}

/* A hundred thousand events in a second. */
static void
test_storm (TableFixture *f, gconstpointer data)
{
  g_autoptr (VliveManualStream) stream = follow (f, TRUE);
  g_autoptr (GHashTable) turns =
      g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  VliveLedger ledger;

  for (guint i = 40; i < 60; i++)
    {
      VliveRow *row = table_watch_get (f->watch, i);

      g_object_set_data (G_OBJECT (row), "clock", f->store.clock);
      g_signal_connect (row, "notify::record", G_CALLBACK (count_turn_cb), turns);
    }
  for (guint ms = 0; ms < 1000; ms++)
    {
      for (guint i = 0; i < 100; i++)
        {
          g_autofree char *id = g_strdup_printf ("%06u", i);
          g_autoptr (VliveRecord) record = vlive_array_master_make (id, ms + 1);
          g_autoptr (VliveChangeEvent) event =
              vlive_change_event_new (VLIVE_CHANGE_UPDATED, id, record, 0);

          vlive_manual_stream_push (stream, event);
        }
      table_fixture_advance (f, 1);
      /* What waits is merged: nothing piles up. */
      g_assert_cmpuint (f->table->arrivals.length, <=, 1700);
      g_assert_cmpint (_vlive_census_get (VLIVE_CENSUS_RECORD), <, 12000);
    }
  table_fixture_advance (f, 100);
  ledger = store_fixture_ledger (&f->store);
  g_assert_cmpuint (ledger.n_events, >=, 100000);
  g_assert_cmpuint (f->watch->n_changes, ==, 0);
  g_assert_cmpuint (g_hash_table_size (turns), <=, 64);
  g_assert_cmpuint (g_hash_table_size (turns), >=, 50);
  g_assert_cmpint (table_fixture_value_at (f, 42), ==, 1000);
  table_fixture_assert_asked (f, "");
  for (guint i = 40; i < 60; i++)
    g_signal_handlers_disconnect_by_data (table_watch_get (f->watch, i), turns);
}

/* Of all that was visited, only what is visible is asked for again. */
static void
test_refresh (TableFixture *f, gconstpointer data)
{
  reset (f);
  vlive_table_refresh (f->table);
  table_fixture_advance (f, 5000);
  table_fixture_assert_asked (f, "window 0+100;");
  vlive_table_set_visible_range (f->table, 190, 20);
  table_fixture_advance (f, 100);
  vlive_table_refresh (f->table);
  table_fixture_advance (f, 5000);
  g_assert_cmpuint (f->master->n_windows, ==, 3);
  g_assert_cmpuint (f->watch->n_changes, ==, 0);
  g_assert_cmpuint (f->watch->n_notifies, ==, 0);
}

/* A total that grows is one change. */
static void
test_grows (TableFixture *f, gconstpointer data)
{
  for (guint i = 0; i < 300; i++)
    {
      g_autofree char *id = g_strdup_printf ("new%03u", i);

      vlive_array_master_insert (f->master, N_ROWS + i, id, i);
    }
  reset (f);
  vlive_table_refresh (f->table);
  table_fixture_advance (f, 200);
  g_assert_cmpstr (f->watch->log->str, ==, "10000-0+300;");
  g_assert_cmpuint (f->watch->n_lengths, ==, 1);
}

static void
reopen (TableFixture *f)
{
  table_fixture_close_table (f);
  store_fixture_reopen (&f->store, "products");
  table_fixture_open_table (f, NULL);
  table_fixture_settle (f);
  reset (f);
}

/* Started anew: what was visited is where it was, and what was not is fetched. */
static void
test_reopened (TableFixture *f, gconstpointer data)
{
  g_autoptr (VliveCache) cache = vlive_memory_cache_new ();

  table_fixture_close_table (f);
  store_fixture_close (&f->store);
  g_assert_finalize_object (f->store.cache);
  f->store.cache = g_steal_pointer (&cache);
  _vlive_cache_set_clock (f->store.cache, f->store.clock);
  store_fixture_reopen (&f->store, "products");
  table_fixture_open_table (f, NULL);
  table_fixture_settle (f);
  vlive_table_set_visible_range (f->table, 500, 20);
  table_fixture_advance (f, 100);

  reopen (f);
  g_assert_cmpuint (f->watch->rows->len, ==, N_ROWS);
  vlive_table_set_visible_range (f->table, 500, 20);
  table_watch_hold (f->watch, 500, 20);
  table_fixture_advance (f, 100);
  table_fixture_assert_ids (f, 500, 1, "000500");
  table_fixture_assert_ids (f, 519, 1, "000519");
  table_fixture_assert_asked (f, "");
  f->master->latency_us = 50000;
  vlive_table_set_visible_range (f->table, 100, 20);
  table_watch_hold (f->watch, 100, 20);
  table_fixture_settle (f);
  table_fixture_assert_ids (f, 100, 1, "-");
  table_fixture_advance (f, 200);
  table_fixture_assert_ids (f, 100, 1, "000100");
  table_fixture_assert_asked (f, "window 100+100;");

  /* With no network at all. */
  f->master->offline = TRUE;
  reopen (f);
  g_assert_cmpuint (f->watch->rows->len, ==, N_ROWS);
  vlive_table_set_visible_range (f->table, 500, 20);
  table_watch_hold (f->watch, 500, 20);
  table_fixture_advance (f, 100);
  table_fixture_assert_ids (f, 519, 1, "000519");
  f->master->offline = FALSE;
}

/* Search while scrolled far down, and back. */
static void
test_search (TableFixture *f, gconstpointer data)
{
  g_autoptr (VliveQuery) all = vlive_query_new ();
  g_autoptr (VliveQuery) query = vlive_query_with_search (all, "0077");

  vlive_table_set_visible_range (f->table, 5000, 20);
  table_fixture_advance (f, 100);
  vlive_table_set_query (f->table, query);
  table_fixture_advance (f, 100);
  vlive_table_set_visible_range (f->table, 0, 20);
  g_assert_cmpuint (f->watch->rows->len, ==, 111);
  table_watch_hold (f->watch, 0, 20);
  table_fixture_advance (f, 100);
  table_fixture_assert_ids (f, 0, 3, "000077 000770 000771");
  vlive_table_set_query (f->table, NULL);
  table_fixture_advance (f, 100);
  g_assert_cmpuint (f->watch->rows->len, ==, N_ROWS);
  table_watch_hold (f->watch, 0, 3);
  table_fixture_assert_ids (f, 0, 3, "000000 000001 000002");
}

static void
add (const char *path, void (*test) (TableFixture *f, gconstpointer data))
{
  g_test_add (path, TableFixture, NULL, set_up, test, table_fixture_tear_down);
}

int
main (int argc, char **argv)
{
  vlive_test_init (&argc, &argv);
  add ("/table/visited/event-with-record", test_event_with_record);
  add ("/table/visited/event-without", test_event_without);
  add ("/table/visited/hundred-without", test_hundred_without);
  add ("/table/visited/all-without", test_all_without);
  add ("/table/visited/storm", test_storm);
  add ("/table/visited/refresh", test_refresh);
  add ("/table/visited/grows", test_grows);
  add ("/table/visited/reopened", test_reopened);
  add ("/table/visited/search", test_search);

  return vlive_test_run ();
}
