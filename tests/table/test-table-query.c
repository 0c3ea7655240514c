/* test-table-query.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "table-fixture.h"

static void
test_query (TableFixture *f, gconstpointer data)
{
  g_autoptr (VliveQuery) sorted = table_fixture_by_value ();
  g_autoptr (VliveQuery) same = table_fixture_by_value ();

  table_watch_hold (f->watch, 0, 20);
  f->master->latency_us = 100000;
  vlive_table_set_query (f->table, sorted);
  g_assert_true (vlive_query_equal (vlive_table_get_query (f->table), sorted));
  vlive_table_set_query (f->table, same);
  table_fixture_advance (f, 50);
  /* The old rows stay until the first new ones are there. */
  table_fixture_assert_ids (f, 0, 2, "000000 000001");
  g_assert_true (vlive_table_is_stale (f->table));
  g_assert_cmpuint (f->watch->n_changes, ==, 0);
  table_fixture_advance (f, 100);
  g_assert_cmpstr (f->watch->log->str, ==, "0-1000+0;0-0+1000;");
  table_fixture_assert_asked (f, "window 0+100;");
  table_watch_hold (f->watch, 0, 2);
  table_fixture_assert_ids (f, 0, 2, "000999 000998");
  g_assert_false (vlive_table_is_stale (f->table));
}

/* A slow answer to the query of before never stands at a place of the new
 * one. */
static void
test_query_overtakes (TableFixture *f, gconstpointer data)
{
  g_autoptr (VliveQuery) sorted = table_fixture_by_value ();

  f->master->latency_us = 300000;
  table_watch_hold (f->watch, 500, 10);
  table_fixture_advance (f, 100);
  f->master->latency_us = 50000;
  vlive_table_set_query (f->table, sorted);
  table_fixture_advance (f, 100);
  table_watch_hold (f->watch, 500, 10);
  table_fixture_advance (f, 500);
  table_fixture_assert_ids (f, 500, 2, "000499 000498");
  table_watch_hold (f->watch, 0, 1);
  table_fixture_assert_ids (f, 0, 1, "000999");
}

/* An answer to the query of before that has come, and was not shown yet. */
static void
test_query_drops_answers (TableFixture *f, gconstpointer data)
{
  g_autoptr (VliveQuery) sorted = table_fixture_by_value ();

  f->master->latency_us = 1000;
  vlive_table_set_visible_range (f->table, 300, 10);
  table_fixture_advance (f, 20);
  vlive_table_set_visible_range (f->table, 500, 10);
  f->master->latency_us = 5000;
  STORE_WAIT (&f->store, strstr (f->master->log->str, "window 500") != NULL);
  /* An announcement just before it: the next has to wait. */
  vlive_table_set_visible_range (f->table, 501, 10);
  STORE_WAIT (&f->store, f->table->arrivals.length > 0);
  f->master->latency_us = 50000;
  vlive_table_set_query (f->table, sorted);
  vlive_table_set_visible_range (f->table, 0, 10);
  table_fixture_advance (f, 40);
  g_assert_cmpuint (f->watch->n_changes, ==, 0);
  table_fixture_advance (f, 60);
  table_watch_hold (f->watch, 0, 1);
  table_fixture_assert_ids (f, 0, 1, "000999");
  table_watch_hold (f->watch, 500, 1);
  table_fixture_advance (f, 100);
  table_fixture_assert_ids (f, 500, 1, "000499");
}

static void
test_query_back (TableFixture *f, gconstpointer data)
{
  g_autoptr (VliveQuery) sorted = table_fixture_by_value ();

  table_watch_hold (f->watch, 0, 20);
  f->master->latency_us = 100000;
  vlive_table_set_query (f->table, sorted);
  table_fixture_advance (f, 50);
  vlive_table_set_query (f->table, NULL);
  table_fixture_advance (f, 300);
  g_assert_cmpuint (f->watch->n_changes, ==, 0);
  table_fixture_assert_ids (f, 0, 2, "000000 000001");
  g_assert_false (vlive_table_is_stale (f->table));
}

static void
test_query_fails (TableFixture *f, gconstpointer data)
{
  g_autoptr (VliveQuery) sorted = table_fixture_by_value ();

  table_watch_hold (f->watch, 0, 20);
  f->master->offline = TRUE;
  vlive_table_set_query (f->table, sorted);
  table_fixture_settle (f);
  table_fixture_assert_ids (f, 0, 2, "000000 000001");
  g_assert_true (vlive_table_is_stale (f->table));
  g_assert_error (vlive_table_get_error (f->table), VLIVE_ERROR, VLIVE_ERROR_OFFLINE);
  f->master->offline = FALSE;
  table_fixture_advance (f, 2000);
  table_watch_hold (f->watch, 0, 2);
  table_fixture_assert_ids (f, 0, 2, "000999 000998");
  g_assert_null (vlive_table_get_error (f->table));
}

static void
test_query_property (TableFixture *f, gconstpointer data)
{
  g_autoptr (VliveQuery) sorted = table_fixture_by_value ();

  g_object_set (f->table, "query", sorted, "max-items", 500, NULL);
  vlive_test_expect ("*more rows than can be shown*");
  table_fixture_settle (f);
  g_assert_true (vlive_query_equal (vlive_table_get_query (f->table), sorted));
  g_assert_cmpuint (f->watch->rows->len, ==, 500);
  _vlive_warn_forget ("products");
}

int
main (int argc, char **argv)
{
  vlive_test_init (&argc, &argv);

#define ADD(name, set_up, func)                                                        \
  g_test_add ("/table/query/" name, TableFixture, NULL, table_fixture_##set_up, func,  \
              table_fixture_tear_down)
  ADD ("query", set_up, test_query);
  ADD ("query-overtakes", set_up, test_query_overtakes);
  ADD ("query-drops-answers", set_up, test_query_drops_answers);
  ADD ("query-back", set_up, test_query_back);
  ADD ("query-fails", set_up, test_query_fails);
  ADD ("query-property", set_up, test_query_property);
#undef ADD

  return vlive_test_run ();
}
