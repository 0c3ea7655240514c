/* test-table-place.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "table-fixture.h"

/*
 * Records that others made, at a master whose order is ours: they take their
 * places without a question. R1000 by value, descending: "000999" is first.
 */

static void
set_up (TableFixture *f, gconstpointer data)
{
  g_autoptr (VliveQuery) query = table_fixture_by_value ();
  VliveManualStream *stream = vlive_manual_stream_new ();

  table_fixture_set_up_empty (f, NULL);
  vlive_array_master_fill (f->master, 1000);
  f->master->capabilities |= VLIVE_SAME_ORDER;
  f->master->events_with_records = TRUE;
  vlive_array_master_describe (f->master);
  f->master->stream = stream;
  vlive_store_set_live_stream (f->store.store, VLIVE_LIVE_STREAM (stream));
  table_fixture_open_table (f, query);
  table_fixture_settle (f);
  for (guint page = 0; page < GPOINTER_TO_UINT (data); page++)
    {
      vlive_table_set_visible_range (f->table, page * 100, 10);
      table_fixture_advance (f, 100);
    }
  vlive_table_set_visible_range (f->table, 0, 20);
  table_watch_hold (f->watch, 0, 20);
  table_fixture_advance (f, 2500);
  table_watch_reset (f->watch);
  g_string_truncate (f->master->log, 0);
}

/* What the whole list shows is what the master has, in its order. */
static void
assert_like_master (TableFixture *f, guint first, guint n)
{
  g_autoptr (GPtrArray) rows =
      vlive_array_master_evaluate (f->master, vlive_table_get_query (f->table));

  g_assert_cmpuint (f->watch->rows->len, ==, rows->len);
  for (guint i = first; i < first + n; i++)
    {
      VliveRecord *record = vlive_row_get_record (table_watch_get (f->watch, i));

      if (record != NULL)
        g_assert_cmpstr (vlive_record_get_id (record), ==,
                         vlive_record_get_id (rows->pdata[i]));
    }
}

static void
test_one (TableFixture *f, gconstpointer data)
{
  g_autoptr (VliveRow) next = g_object_ref (table_watch_get (f->watch, 5));
  guint64 total;

  vlive_array_master_insert (f->master, 0, "x", 995);
  table_fixture_settle (f);
  /* Equal values by id: "000995" comes first. */
  g_assert_cmpstr (f->watch->log->str, ==, "5-0+1;");
  table_fixture_assert_ids (f, 4, 1, "000995");
  table_watch_hold (f->watch, 5, 1);
  table_fixture_assert_ids (f, 5, 2, "x 000994");
  g_assert_true (table_watch_get (f->watch, 6) == next);
  vlive_table_get_total (f->table, &total);
  g_assert_cmpuint (total, ==, 1001);
  table_fixture_advance (f, 3000);
  table_fixture_assert_asked (f, "");
  assert_like_master (f, 0, 20);
  /* And it is where the master has it. */
  vlive_table_refresh (f->table);
  table_fixture_settle (f);
  g_assert_cmpstr (f->watch->log->str, ==, "5-0+1;");
}

/* All at once: one change. */
static void
test_many (TableFixture *f, gconstpointer data)
{
  for (guint i = 0; i < 300; i++)
    {
      g_autofree char *id = g_strdup_printf ("x%03u", i);

      vlive_array_master_insert (f->master, 0, id, (gint64) i * 3 + 50);
    }
  table_fixture_settle (f);
  g_assert_cmpuint (f->watch->n_changes, ==, 1);
  g_assert_cmpuint (f->watch->n_lengths, ==, 1);
  g_assert_cmpuint (f->watch->rows->len, ==, 1300);
  table_watch_hold (f->watch, 0, 1300);
  assert_like_master (f, 0, 1300);
  table_watch_drop_all (f->watch);
  table_fixture_advance (f, 3000);
  g_assert_cmpuint (f->master->n_gets, ==, 0);
  /* A page that has come up at the end is not here yet; nothing else is asked. */
  g_assert_cmpuint (f->watch->n_changes, ==, 1);
  for (guint i = 0; i < 13; i++)
    {
      vlive_table_set_visible_range (f->table, i * 100, 10);
      table_fixture_advance (f, 200);
    }
  table_watch_hold (f->watch, 0, 1300);
  assert_like_master (f, 0, 1300);
}

/* Its neighbours are not known: nothing is shifted until the window was read. */
static void
test_unknown (TableFixture *f, gconstpointer data)
{
  f->master->latency_us = 100000;
  vlive_array_master_insert (f->master, 0, "x", 400);
  table_fixture_advance (f, 50);
  g_assert_cmpstr (f->watch->log->str, ==, "");
  table_fixture_advance (f, 2000);
  table_fixture_assert_asked (f, "window 0+100;");
  g_assert_cmpuint (f->watch->rows->len, ==, 1001);
  assert_like_master (f, 0, 20);
}

/* At both ends. */
static void
test_ends (TableFixture *f, gconstpointer data)
{
  vlive_array_master_insert (f->master, 0, "top", 5000);
  vlive_array_master_insert (f->master, 0, "bottom", -5);
  table_fixture_settle (f);
  g_assert_cmpuint (f->watch->rows->len, ==, 1002);
  table_watch_hold (f->watch, 0, 2);
  table_fixture_assert_ids (f, 0, 2, "top 000999");
  table_watch_hold (f->watch, 990, 12);
  assert_like_master (f, 990, 12);
  table_fixture_advance (f, 2000);
  table_watch_hold (f->watch, 990, 12);
  table_fixture_assert_ids (f, 1000, 2, "000000 bottom");
}

/* An answer from before knows nothing of it; what it was asked for is asked for
 * again. */
static void
test_slow_answer (TableFixture *f, gconstpointer data)
{
  f->master->latency_us = 300000;
  vlive_table_refresh (f->table);
  table_fixture_advance (f, 50);
  f->master->latency_us = 1000;
  vlive_array_master_insert (f->master, 0, "x", 995);
  table_fixture_advance (f, 100);
  g_assert_cmpstr (f->watch->log->str, ==, "5-0+1;");
  table_fixture_advance (f, 3000);
  g_assert_cmpstr (f->watch->log->str, ==, "5-0+1;");
  table_fixture_assert_asked (f, "window 0+100;window 0+100;");
  assert_like_master (f, 0, 20);
}

/* Beside rows of ours that are to be inserted and deleted. */
static void
test_overlay (TableFixture *f, gconstpointer data)
{
  g_autoptr (VliveRecord) fields = vlive_array_master_make ("ours", 993);
  g_autoptr (VliveWrite) insert = NULL;
  g_autoptr (VliveWrite) gone = NULL;

  f->master->evaluate_late = TRUE;
  f->master->hold = TRUE;
  insert = vlive_store_write (f->store.store, VLIVE_WRITE_INSERT, "ours", fields);
  gone = vlive_store_write (f->store.store, VLIVE_WRITE_DELETE, "000994", NULL);
  table_fixture_settle (f);
  table_watch_hold (f->watch, 0, 20);
  table_fixture_assert_ids (f, 3, 3, "000996 000995 000993");
  vlive_array_master_insert (f->master, 0, "x", 995);
  vlive_array_master_insert (f->master, 0, "y", 991);
  table_fixture_settle (f);
  table_watch_hold (f->watch, 0, 20);
  table_fixture_assert_ids (f, 3, 4, "000996 000995 x 000993");
  table_fixture_assert_ids (f, 8, 4, "000992 000991 y 000990");
  f->master->hold = FALSE;
  vlive_array_master_release_all (f->master);
  STORE_WAIT (&f->store, vlive_write_get_state (gone) == VLIVE_WRITE_APPLIED);
  table_fixture_advance (f, 3000);
  table_watch_hold (f->watch, 0, 20);
  assert_like_master (f, 0, 20);
}

static void
add (const char *path,
     guint n_pages,
     void (*test) (TableFixture *f, gconstpointer data))
{
  g_test_add (path, TableFixture, GUINT_TO_POINTER (n_pages), set_up, test,
              table_fixture_tear_down);
}

int
main (int argc, char **argv)
{
  vlive_test_init (&argc, &argv);
  add ("/table/place/one", 1, test_one);
  add ("/table/place/many", 10, test_many);
  add ("/table/place/unknown", 1, test_unknown);
  add ("/table/place/ends", 10, test_ends);
  add ("/table/place/slow-answer", 1, test_slow_answer);
  add ("/table/place/overlay", 1, test_overlay);

  return vlive_test_run ();
}
