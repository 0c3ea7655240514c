/* table-fixture.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "table-fixture.h"

void
table_fixture_settle (TableFixture *f)
{
  store_fixture_advance (&f->store, 40);
}

void
table_fixture_advance (TableFixture *f, guint ms)
{
  store_fixture_advance (&f->store, ms);
}

void
table_fixture_open_table (TableFixture *f, VliveQuery *query)
{
  f->table = vlive_table_new (f->store.store, query);
  vlive_table_set_prefetch (f->table, 0);
  f->watch = table_watch_new (G_LIST_MODEL (f->table), FALSE);
}

void
table_fixture_close_table (TableFixture *f)
{
  g_clear_pointer (&f->watch, table_watch_free);
  if (f->table != NULL)
    g_assert_finalize_object (f->table);
  f->table = NULL;
}

void
table_fixture_set_up_empty (TableFixture *f, gconstpointer data)
{
  store_fixture_set_up (&f->store, data);
  f->master = f->store.master;
}

void
table_fixture_set_up (TableFixture *f, gconstpointer data)
{
  table_fixture_set_up_empty (f, data);
  vlive_array_master_fill (f->master, 1000);
  table_fixture_open_table (f, NULL);
  table_fixture_settle (f);
  table_watch_reset (f->watch);
  g_string_truncate (f->master->log, 0);
}

void
table_fixture_tear_down (TableFixture *f, gconstpointer data)
{
  if (f->watch != NULL)
    table_watch_check (f->watch);
  table_fixture_close_table (f);
  store_fixture_tear_down (&f->store, data);
}

void
table_fixture_assert_ids (TableFixture *f, guint first, guint n, const char *expected)
{
  g_autofree char *ids = table_watch_ids (f->watch, first, n);

  g_assert_cmpstr (ids, ==, expected);
}

void
table_fixture_assert_asked (TableFixture *f, const char *expected)
{
  g_assert_cmpstr (f->master->log->str, ==, expected);
  g_string_truncate (f->master->log, 0);
}

gint64
table_fixture_value_at (TableFixture *f, guint position)
{
  return store_fixture_get_value (
      vlive_row_get_record (table_watch_get (f->watch, position)));
}

VliveQuery *
table_fixture_by_value (void)
{
  g_autoptr (VliveQuery) all = vlive_query_new ();

  return vlive_query_with_sort (all, "value", TRUE);
}

VliveManualStream *
table_fixture_follow (TableFixture *f)
{
  VliveManualStream *stream = vlive_manual_stream_new ();

  f->master->stream = g_object_ref (stream);
  vlive_store_set_live_stream (f->store.store, VLIVE_LIVE_STREAM (stream));
  table_fixture_advance (f, 2500);
  g_string_truncate (f->master->log, 0);
  table_watch_reset (f->watch);

  return stream;
}
