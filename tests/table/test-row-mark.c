/* test-row-mark.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "table-fixture.h"

/* Rows that others changed tell since when. */

typedef struct
{
  TableFixture table;
  VliveManualStream *stream;
  VliveRow *row; /* owned: 000003 */
  guint n_marks; /* notifications of its "changed-at" */
} Fixture;

static void
mark_cb (VliveRow *row, GParamSpec *pspec, gpointer data)
{
  Fixture *f = data;
  gint64 changed_at = 0;

  g_object_get (row, "changed-at", &changed_at, NULL);
  g_assert_cmpint (changed_at, ==, vlive_row_get_changed_at (row));
  g_assert_cmpint (changed_at, !=, 0);
  f->n_marks++;
}

static void
set_up (Fixture *f, gconstpointer data)
{
  table_fixture_set_up (&f->table, data);
  f->stream = table_fixture_follow (&f->table);
  /* It tells only what is pushed here. */
  g_clear_object (&f->table.master->stream);
  f->row = g_object_ref (table_watch_get (f->table.watch, 3));
  table_fixture_settle (&f->table);
  g_signal_connect (f->row, "notify::changed-at", G_CALLBACK (mark_cb), f);
  g_assert_cmpint (vlive_row_get_changed_at (f->row), ==, 0);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_signal_handlers_disconnect_by_data (f->row, f);
  g_object_unref (f->row);
  g_object_unref (f->stream);
  table_fixture_tear_down (&f->table, data);
}

static gint64
now (Fixture *f)
{
  return _vlive_clock_get_real_us (f->table.store.clock);
}

/* @value 0: without the record. */
static void
push (Fixture *f, const char *id, gint64 value)
{
  g_autoptr (VliveRecord) record =
      value != 0 ? vlive_array_master_make (id, value) : NULL;
  g_autoptr (VliveChangeEvent) event =
      vlive_change_event_new (VLIVE_CHANGE_UPDATED, id, record, 0);

  vlive_manual_stream_push (f->stream, event);
}

static void
assert_value (Fixture *f, gint64 value)
{
  g_assert_cmpint (store_fixture_get_value (vlive_row_get_record (f->row)), ==, value);
}

static void
test_event (Fixture *f, gconstpointer data)
{
  gint64 before = now (f);
  gint64 first;

  push (f, "000003", 77);
  table_fixture_settle (&f->table);
  assert_value (f, 77);
  first = vlive_row_get_changed_at (f->row);
  g_assert_cmpint (first, >=, before);
  g_assert_cmpint (first, <=, now (f));
  g_assert_cmpuint (f->n_marks, ==, 1);
  g_assert_cmpint (vlive_row_get_changed_at (table_watch_get (f->table.watch, 4)), ==,
                   0);

  /* The same once more is no change. */
  push (f, "000003", 77);
  table_fixture_settle (&f->table);
  g_assert_cmpint (vlive_row_get_changed_at (f->row), ==, first);
  push (f, "000003", 78);
  table_fixture_settle (&f->table);
  g_assert_cmpint (vlive_row_get_changed_at (f->row), >, first);
  g_assert_cmpuint (f->n_marks, ==, 2);
}

/* Its record is read again, and is another one. */
static void
test_event_without_record (Fixture *f, gconstpointer data)
{
  gint64 before = now (f);

  vlive_array_master_set (f->table.master, "000003", 77);
  push (f, "000003", 0);
  table_fixture_settle (&f->table);
  assert_value (f, 77);
  g_assert_cmpint (vlive_row_get_changed_at (f->row), >=, before);
  g_assert_cmpuint (f->n_marks, ==, 1);
}

/* What we wrote ourselves, and its echo. */
static void
test_own_write (Fixture *f, gconstpointer data)
{
  store_fixture_patch (&f->table.store, "000003", 77);
  push (f, "000003", 77);
  table_fixture_settle (&f->table);
  assert_value (f, 77);
  g_assert_cmpint (vlive_row_get_changed_at (f->row), ==, 0);
  g_assert_cmpuint (f->n_marks, ==, 0);
}

/* … also when that comes before the answer. */
static void
test_own_write_overtaken (Fixture *f, gconstpointer data)
{
  StoreFixture *store = &f->table.store;
  g_autoptr (VliveWrite) write = store_fixture_make_patch ("000003", 77);
  g_autoptr (GAsyncResult) result = NULL;

  store->master->hold = TRUE;
  vlive_store_write_async (store->store, write, NULL, vlive_test_result_cb, &result);
  store_fixture_settle (store);
  push (f, "000003", 77);
  table_fixture_settle (&f->table);
  store->master->hold = FALSE;
  vlive_array_master_release_all (store->master);
  STORE_WAIT (store, result != NULL);
  table_fixture_settle (&f->table);
  assert_value (f, 77);
  g_assert_cmpuint (f->n_marks, ==, 0);
}

/* A refresh finds what it finds: nobody said that it was changed just now. */
static void
test_refresh (Fixture *f, gconstpointer data)
{
  vlive_array_master_set (f->table.master, "000003", 77);
  vlive_table_refresh (f->table.table);
  table_fixture_advance (&f->table, 2000);
  assert_value (f, 77);
  g_assert_cmpint (vlive_row_get_changed_at (f->row), ==, 0);

  /* Nor is an event that changed nothing to blame for it. */
  push (f, "000003", 77);
  table_fixture_settle (&f->table);
  vlive_array_master_set (f->table.master, "000003", 78);
  vlive_table_refresh (f->table.table);
  table_fixture_advance (&f->table, 2000);
  assert_value (f, 78);
  g_assert_cmpuint (f->n_marks, ==, 0);
}

int
main (int argc, char **argv)
{
  vlive_test_init (&argc, &argv);

#define ADD(name, func)                                                                \
  g_test_add ("/table/row-mark/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("event", test_event);
  ADD ("event-without-record", test_event_without_record);
  ADD ("own-write", test_own_write);
  ADD ("own-write-overtaken", test_own_write_overtaken);
  ADD ("refresh", test_refresh);
#undef ADD

  return vlive_test_run ();
}
