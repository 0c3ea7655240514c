/* test-table-paging.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "table-fixture.h"

/* What is asked for, and when: R1000, pages of 100. */

static void
look (TableFixture *f, guint first, guint n)
{
  vlive_table_set_visible_range (f->table, first, n);
  table_watch_hold (f->watch, first, n);
}

/* Rows that were not known are filled: no place changes. */
static void
test_windows (TableFixture *f, gconstpointer data)
{
  look (f, 500, 21);
  table_fixture_settle (f);
  table_fixture_assert_asked (f, "window 500+100;");
  g_assert_cmpuint (f->watch->n_fills, ==, 21);
  g_assert_cmpuint (f->watch->n_changes, ==, 0);
  look (f, 190, 10);
  table_fixture_advance (f, 100);
  table_fixture_assert_asked (f, "window 100+100;");
  look (f, 190, 21);
  table_fixture_advance (f, 100);
  table_fixture_assert_asked (f, "window 200+100;");
  look (f, 980, 20);
  table_fixture_advance (f, 100);
  table_fixture_assert_asked (f, "window 900+100;");
  for (guint i = 0; i < 50; i++)
    {
      table_watch_drop_all (f->watch);
      table_watch_hold (f->watch, 500, 1);
      table_fixture_advance (f, 20);
    }
  table_fixture_assert_asked (f, "");
  g_assert_cmpuint (f->watch->n_changes, ==, 0);
}

/* What the view passes by is not asked for. */
static void
test_three_jumps (TableFixture *f, gconstpointer data)
{
  f->master->latency_us = 20000;
  vlive_table_set_visible_range (f->table, 300, 20);
  table_fixture_advance (f, 3);
  vlive_table_set_visible_range (f->table, 500, 20);
  table_fixture_advance (f, 3);
  look (f, 800, 20);
  table_fixture_advance (f, 200);
  table_fixture_assert_asked (f, "window 300+100;window 800+100;");
  table_fixture_assert_ids (f, 800, 1, "000800");
}

/* The first need goes out at once, the others at most every 50 ms. */
static void
test_drag (TableFixture *f, gconstpointer data)
{
  guint n_seen = 0;

  g_ptr_array_set_size (f->master->rows, 0);
  vlive_array_master_fill (f->master, 100000);
  vlive_table_refresh (f->table);
  table_fixture_advance (f, 100);
  g_assert_cmpuint (f->watch->rows->len, ==, 100000);
  f->master->n_windows = 0;
  f->master->latency_us = 10000;
  /* A page each 16 ms, for two seconds: nobody could read a row of it. */
  for (guint i = 0; i < 125; i++)
    {
      table_watch_drop_all (f->watch);
      look (f, 1000 + i * 100, 20);
      table_fixture_advance (f, 16);
    }
  g_assert_cmpuint (f->master->n_windows, >=, 30);
  g_assert_cmpuint (f->master->n_windows, <=, 42);

  /* A third of it, for as long: rows are seen while it moves. */
  f->master->n_windows = 0;
  for (guint i = 0; i < 125; i++)
    {
      table_watch_drop_all (f->watch);
      look (f, 50000 + i * 30, 20);
      table_fixture_advance (f, 16);
      if (vlive_row_get_record (table_watch_get (f->watch, 50000 + i * 30)) != NULL)
        n_seen++;
    }
  g_assert_cmpuint (n_seen, >=, 30);
  g_assert_cmpuint (f->master->n_windows, <=, 41);
}

static void
test_prefetch (TableFixture *f, gconstpointer data)
{
  guint prefetch;

  g_object_get (f->table, "prefetch", &prefetch, NULL);
  g_assert_cmpuint (prefetch, ==, 0);
  vlive_table_set_prefetch (f->table, 2);
  look (f, 450, 20);
  table_fixture_advance (f, 100);
  table_fixture_assert_asked (f, "window 400+100;window 500+100;window 600+100;");
  /* It is here when the view comes. */
  look (f, 500, 20);
  table_fixture_advance (f, 100);
  table_fixture_assert_asked (f, "window 700+100;");
  /* Back. */
  look (f, 480, 20);
  table_fixture_advance (f, 100);
  table_fixture_assert_asked (f, "window 300+100;window 200+100;");
  /* Not beyond the ends. */
  look (f, 10, 20);
  table_fixture_advance (f, 100);
  table_fixture_assert_asked (f, "");
  look (f, 990, 10);
  table_fixture_advance (f, 100);
  table_fixture_assert_asked (f, "window 900+100;");
}

/* What is visible does not wait for what is not. */
static void
test_give_way (TableFixture *f, gconstpointer data)
{
  VliveLedger ledger;

  vlive_store_set_max_fetches (f->store.store, 1);
  f->master->latency_us = 5000000;
  look (f, 300, 20);
  table_fixture_advance (f, 100);
  table_fixture_assert_asked (f, "window 300+100;");
  f->master->latency_us = 100000;
  table_watch_drop_all (f->watch);
  look (f, 700, 20);
  table_fixture_advance (f, 300);
  table_fixture_assert_asked (f, "window 700+100;");
  table_fixture_assert_ids (f, 700, 1, "000700");
  ledger = store_fixture_ledger (&f->store);
  g_assert_cmpuint (ledger.n_given_up, ==, 1);
  g_assert_cmpuint (ledger.n_failures, ==, 0);
  g_assert_null (vlive_table_get_error (f->table));
  /* The late answer disturbs nobody; and it can be asked for again. */
  table_fixture_advance (f, 6000);
  look (f, 300, 20);
  table_fixture_advance (f, 300);
  table_fixture_assert_asked (f, "window 300+100;");
  table_fixture_assert_ids (f, 300, 1, "000300");
}

/* One that is asked for ahead gives way as well, and is asked for afterwards. */
static void
test_give_way_ahead (TableFixture *f, gconstpointer data)
{
  vlive_store_set_max_fetches (f->store.store, 1);
  vlive_table_set_prefetch (f->table, 1);
  f->master->latency_us = 100000;
  vlive_table_set_visible_range (f->table, 300, 20);
  table_fixture_advance (f, 150);
  table_fixture_assert_asked (f, "window 300+100;window 400+100;");
  vlive_table_set_visible_range (f->table, 290, 20);
  table_fixture_advance (f, 90);
  table_fixture_assert_asked (f, "window 200+100;");
  g_assert_cmpuint (store_fixture_ledger (&f->store).n_given_up, ==, 1);
  table_fixture_advance (f, 400);
  table_fixture_assert_asked (f, "window 100+100;");
  g_assert_null (vlive_table_get_error (f->table));
}

/* A read that somebody waits for gives way to nobody. */
static void
test_no_way (TableFixture *f, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (VlivePage) page = NULL;
  g_autoptr (GError) error = NULL;

  vlive_store_set_max_fetches (f->store.store, 1);
  f->master->latency_us = 300000;
  vlive_store_list_async (f->store.store, NULL, 900, 100, VLIVE_READ_NONE, NULL,
                          vlive_test_result_cb, &result);
  table_fixture_settle (f);
  look (f, 300, 20);
  STORE_WAIT (&f->store, result != NULL);
  page = vlive_store_list_finish (f->store.store, result, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (vlive_page_get_n_records (page), ==, 100);
  table_fixture_advance (f, 400);
  table_fixture_assert_asked (f, "window 900+100;window 300+100;");
}

static void
test_refresh_interval (TableFixture *f, gconstpointer data)
{
  guint interval;

  look (f, 0, 20);
  table_fixture_settle (f);
  vlive_table_set_refresh_interval (f->table, 5000);
  g_object_get (f->table, "refresh-interval", &interval, NULL);
  g_assert_cmpuint (interval, ==, 5000);
  table_fixture_advance (f, 5000);
  table_fixture_assert_asked (f, "window 0+100;");
  table_fixture_advance (f, 10000);
  table_fixture_assert_asked (f, "window 0+100;window 0+100;");

  /* Nobody sees it. */
  vlive_table_set_hidden (f->table, TRUE);
  g_assert_true (vlive_table_is_hidden (f->table));
  table_fixture_advance (f, 20000);
  table_fixture_assert_asked (f, "");
  vlive_table_set_hidden (f->table, FALSE);
  table_fixture_advance (f, 100);
  table_fixture_assert_asked (f, "window 0+100;");

  /* Nobody answers: only what is visible is tried again, ever more rarely. */
  f->master->offline = TRUE;
  table_fixture_advance (f, 60000);
  g_assert_false (vlive_store_is_online (f->store.store));
  g_assert_nonnull (vlive_table_get_error (f->table));
  g_assert_cmpuint (strlen (f->master->log->str), >=, 4 * strlen ("window 0+100;"));
  g_assert_cmpuint (strlen (f->master->log->str), <=, 9 * strlen ("window 0+100;"));
  f->master->offline = FALSE;
  table_fixture_advance (f, 31000);
  g_assert_true (vlive_store_is_online (f->store.store));
  g_assert_null (vlive_table_get_error (f->table));
  vlive_table_set_refresh_interval (f->table, 0);
  table_fixture_settle (f);
  g_string_truncate (f->master->log, 0);
  table_fixture_advance (f, 30000);
  table_fixture_assert_asked (f, "");
}

static void
test_refresh_on_open (TableFixture *f, gconstpointer data)
{
  gboolean refresh;

  table_fixture_close_table (f);
  vlive_array_master_set (f->master, "000003", 33);
  f->table = g_object_new (VLIVE_TYPE_TABLE, "store", f->store.store, "refresh-on-open",
                           TRUE, "prefetch", 0, NULL);
  f->watch = table_watch_new (G_LIST_MODEL (f->table), FALSE);
  g_object_get (f->table, "refresh-on-open", &refresh, NULL);
  g_assert_true (refresh);
  f->master->latency_us = 100000;
  table_fixture_settle (f);
  /* What is cached is there first, whatever its age. */
  g_assert_cmpuint (f->watch->rows->len, ==, 1000);
  g_assert_cmpint (table_fixture_value_at (f, 3), ==, 3);
  table_fixture_advance (f, 200);
  g_assert_cmpint (table_fixture_value_at (f, 3), ==, 33);
  table_fixture_assert_asked (f, "window 0+100;");
}

static void
count_cb (GObject *object, GParamSpec *pspec, gpointer data)
{
  (*(guint *) data)++;
}

static void
test_busy (TableFixture *f, gconstpointer data)
{
  guint n_notifies = 0;
  gboolean busy;

  g_signal_connect (f->table, "notify::busy", G_CALLBACK (count_cb), &n_notifies);
  g_assert_false (vlive_table_is_busy (f->table));
  f->master->latency_us = 100000;
  look (f, 300, 20);
  table_fixture_settle (f);
  g_object_get (f->table, "busy", &busy, NULL);
  g_assert_true (busy);
  table_fixture_advance (f, 200);
  g_assert_false (vlive_table_is_busy (f->table));
  g_assert_cmpuint (n_notifies, ==, 2);
  /* What is cached is no work. */
  look (f, 0, 20);
  table_fixture_advance (f, 100);
  g_assert_cmpuint (n_notifies, ==, 2);
  g_signal_handlers_disconnect_by_data (f->table, &n_notifies);
}

static void
add (const char *path, void (*test) (TableFixture *, gconstpointer))
{
  g_test_add (path, TableFixture, NULL, table_fixture_set_up, test,
              table_fixture_tear_down);
}

int
main (int argc, char **argv)
{
  vlive_test_init (&argc, &argv);
  add ("/table/paging/windows", test_windows);
  add ("/table/paging/three-jumps", test_three_jumps);
  add ("/table/paging/drag", test_drag);
  add ("/table/paging/prefetch", test_prefetch);
  add ("/table/paging/give-way", test_give_way);
  add ("/table/paging/give-way-ahead", test_give_way_ahead);
  add ("/table/paging/no-way", test_no_way);
  add ("/table/paging/refresh-interval", test_refresh_interval);
  add ("/table/paging/refresh-on-open", test_refresh_on_open);
  add ("/table/paging/busy", test_busy);

  return vlive_test_run ();
}
