/* test-table-staged.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "table-fixture.h"

/*
 * What is written is shown at once, and what is shown is the master's record
 * with the pending writes laid over it.
 */

static VliveWrite *
patch (TableFixture *f, const char *id, const char *field, GVariant *value)
{
  g_autoptr (VliveRecord) fields = NULL;
  g_autoptr (GError) error = NULL;
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert_value (&dict, field, value);
  fields = vlive_record_new_from_variant (id, g_variant_dict_end (&dict), &error);
  g_assert_no_error (error);

  return vlive_store_write (f->store.store, VLIVE_WRITE_PATCH, id, fields);
}

static VliveWrite *
patch_value (TableFixture *f, const char *id, gint64 value)
{
  return patch (f, id, "value", g_variant_new_int64 (value));
}

static VliveWrite *
insert (TableFixture *f, const char *id, gint64 value)
{
  g_autoptr (VliveRecord) fields =
      vlive_array_master_make (id != NULL ? id : "none", value);

  return vlive_store_write (f->store.store, VLIVE_WRITE_INSERT, id, fields);
}

static VliveWrite *delete (TableFixture *f, const char *id)
{
  return vlive_store_write (f->store.store, VLIVE_WRITE_DELETE, id, NULL);
}

static void
wait_for (TableFixture *f, VliveWrite *write, VliveWriteState state)
{
  STORE_WAIT (&f->store, vlive_write_get_state (write) >= VLIVE_WRITE_APPLIED);
  g_assert_cmpint (vlive_write_get_state (write), ==, state);
}

static void
assert_state (TableFixture *f, guint position, VliveRowState state)
{
  g_assert_cmpint (vlive_row_get_state (table_watch_get (f->watch, position)), ==,
                   state);
}

static void
test_patch (TableFixture *f, gconstpointer data)
{
  g_autoptr (VliveWrite) write = NULL;
  VliveRow *row = table_watch_get (f->watch, 3);

  f->master->hold = TRUE;
  write = patch_value (f, "000003", 33);
  /* Before the call returned. */
  g_assert_cmpuint (f->watch->n_notifies, ==, 1);
  g_assert_cmpint (table_fixture_value_at (f, 3), ==, 33);
  assert_state (f, 3, VLIVE_ROW_PENDING);
  g_assert_cmpstr (vlive_row_get_pending_fields (row)[0], ==, "value");
  g_assert_null (vlive_row_get_pending_fields (row)[1]);
  table_fixture_settle (f);
  g_assert_cmpint (vlive_write_get_state (write), ==, VLIVE_WRITE_SENDING);
  vlive_array_master_release_all (f->master);
  wait_for (f, write, VLIVE_WRITE_APPLIED);
  g_assert_cmpint (table_fixture_value_at (f, 3), ==, 33);
  assert_state (f, 3, VLIVE_ROW_READY);
  g_assert_null (vlive_row_get_pending_fields (row));
  g_assert_cmpuint (f->watch->n_notifies, ==, 1);
  g_assert_cmpuint (f->watch->n_changes, ==, 0);
  table_fixture_assert_asked (f, "patch 000003;");
}

static void
log_value_cb (VliveRow *row, GParamSpec *pspec, gpointer data)
{
  g_string_append_printf (data, "%" G_GINT64_FORMAT ";",
                          store_fixture_get_value (vlive_row_get_record (row)));
}

/* Two saves of one row while the master is slow. */
static void
test_two_saves (TableFixture *f, gconstpointer data)
{
  g_autoptr (GString) log = g_string_new (NULL);
  g_autoptr (VliveWrite) first = NULL;
  g_autoptr (VliveWrite) second = NULL;
  VliveRow *row = table_watch_get (f->watch, 3);

  g_signal_connect (row, "notify::record", G_CALLBACK (log_value_cb), log);
  f->master->latency_us = 300000;
  first = patch_value (f, "000003", 31);
  table_fixture_advance (f, 50);
  second = patch_value (f, "000003", 32);
  wait_for (f, first, VLIVE_WRITE_APPLIED);
  g_assert_cmpint (vlive_write_get_state (second), ==, VLIVE_WRITE_SENDING);
  assert_state (f, 3, VLIVE_ROW_PENDING);
  wait_for (f, second, VLIVE_WRITE_APPLIED);
  table_fixture_advance (f, 2000);
  g_assert_cmpstr (log->str, ==, "31;32;");
  assert_state (f, 3, VLIVE_ROW_READY);
  table_fixture_assert_asked (f, "patch 000003;patch 000003;");
  g_signal_handlers_disconnect_by_data (row, log);
}

static void
assert_name (TableFixture *f, guint position, const char *name, gint64 value)
{
  VliveRow *row = table_watch_get (f->watch, position);
  g_autofree char *got = vlive_row_dup_field_text (row, "name");

  g_assert_cmpstr (got, ==, name);
  g_assert_cmpint (table_fixture_value_at (f, position), ==, value);
}

/* A refusal removes exactly its layer. */
static void
test_refused (TableFixture *f, gconstpointer data)
{
  g_autoptr (VliveWrite) first = NULL;
  g_autoptr (VliveWrite) second = NULL;
  VliveRow *row = table_watch_get (f->watch, 3);

  f->master->evaluate_late = TRUE;
  f->master->latency_us = 100000;
  f->master->refusal = "no";
  first = patch (f, "000003", "name", g_variant_new_string ("A"));
  second = patch_value (f, "000003", 33);
  assert_name (f, 3, "A", 33);
  table_fixture_settle (f);
  assert_name (f, 3, "A", 33);
  wait_for (f, first, VLIVE_WRITE_REJECTED);
  assert_name (f, 3, "row 000003", 33);
  assert_state (f, 3, VLIVE_ROW_PENDING);
  g_assert_cmpstr (vlive_row_get_failed_fields (row)[0], ==, "name");
  f->master->refusal = NULL;
  wait_for (f, second, VLIVE_WRITE_APPLIED);
  assert_name (f, 3, "row 000003", 33);
  assert_state (f, 3, VLIVE_ROW_FAILED);

  /* Both. */
  f->master->refusal = "no";
  g_clear_object (&first);
  g_clear_object (&second);
  first = patch (f, "000003", "name", g_variant_new_string ("A"));
  second = patch_value (f, "000003", 34);
  assert_name (f, 3, "A", 34);
  g_assert_null (vlive_row_get_failed_fields (row));
  wait_for (f, second, VLIVE_WRITE_REJECTED);
  g_assert_cmpint (vlive_write_get_state (first), ==, VLIVE_WRITE_REJECTED);
  assert_name (f, 3, "row 000003", 33);
  assert_state (f, 3, VLIVE_ROW_FAILED);
  g_assert_cmpuint (g_strv_length ((char **) vlive_row_get_failed_fields (row)), ==, 2);
  g_assert_cmpuint (f->watch->n_changes, ==, 0);
}

/* Every table of the store shows it. */
static void
test_two_tables (TableFixture *f, gconstpointer data)
{
  g_autoptr (VliveQuery) query = table_fixture_by_value ();
  VliveTable *other = vlive_table_new (f->store.store, query);
  TableWatch *watch = table_watch_new (G_LIST_MODEL (other), FALSE);
  g_autoptr (VliveWrite) write = NULL;
  g_autoptr (VliveWrite) gone = NULL;

  table_fixture_settle (f);
  table_watch_hold (watch, 990, 10);
  table_watch_hold (f->watch, 0, 10);
  table_fixture_advance (f, 100);
  f->master->hold = TRUE;
  write = patch_value (f, "000003", 33);
  g_assert_cmpint (table_fixture_value_at (f, 3), ==, 33);
  /* By value, descending: it stays where it is until the master has answered. */
  g_assert_cmpint (store_fixture_get_value (
                       vlive_row_get_record (table_watch_get (watch, 996))),
                   ==, 33);
  gone = delete (f, "000004");
  table_fixture_settle (f);
  g_assert_cmpuint (watch->rows->len, ==, 999);
  g_assert_cmpuint (f->watch->rows->len, ==, 999);
  f->master->hold = FALSE;
  vlive_array_master_release_all (f->master);
  wait_for (f, gone, VLIVE_WRITE_APPLIED);
  table_fixture_advance (f, 3000);
  g_assert_cmpuint (watch->rows->len, ==, 999);
  table_watch_free (watch);
  g_assert_finalize_object (other);
}

static void
test_delete (TableFixture *f, gconstpointer data)
{
  g_autoptr (VliveWrite) write = NULL;
  g_autoptr (VliveRow) row = g_object_ref (table_watch_get (f->watch, 3));
  guint64 total;

  table_watch_hold (f->watch, 0, 10);
  f->master->hold = TRUE;
  f->master->evaluate_late = TRUE;
  write = delete (f, "000003");
  /* No list may change within a call. */
  g_assert_cmpuint (f->watch->n_changes, ==, 0);
  assert_state (f, 3, VLIVE_ROW_PENDING);
  table_fixture_settle (f);
  g_assert_cmpstr (f->watch->log->str, ==, "3-1+0;");
  table_fixture_assert_ids (f, 2, 2, "000002 000004");
  g_assert_cmpint (vlive_table_get_total (f->table, &total), ==, VLIVE_TOTAL_EXACT);
  g_assert_cmpuint (total, ==, 999);
  /* An answer from before changes nothing of that. */
  vlive_table_refresh (f->table);
  table_fixture_settle (f);
  g_assert_cmpuint (vlive_array_master_get_n_held (f->master), ==, 2);
  vlive_array_master_release (f->master, 1);
  table_fixture_settle (f);
  g_assert_cmpstr (f->watch->log->str, ==, "3-1+0;");
  f->master->hold = FALSE;
  vlive_array_master_release_all (f->master);
  wait_for (f, write, VLIVE_WRITE_APPLIED);
  g_assert_cmpstr (f->watch->log->str, ==, "3-1+0;");
  g_assert_cmpint (vlive_row_get_state (row), ==, VLIVE_ROW_GONE);
  table_fixture_advance (f, 3000);
  table_fixture_assert_ids (f, 2, 2, "000002 000004");
  g_assert_cmpuint (f->watch->rows->len, ==, 999);
}

static void
test_delete_refused (TableFixture *f, gconstpointer data)
{
  g_autoptr (VliveWrite) write = NULL;
  g_autoptr (VliveRow) row = g_object_ref (table_watch_get (f->watch, 3));

  table_watch_hold (f->watch, 0, 10);
  f->master->refusal = "no";
  f->master->latency_us = 100000;
  write = delete (f, "000003");
  table_fixture_settle (f);
  g_assert_cmpint (vlive_row_get_state (row), ==, VLIVE_ROW_GONE);
  wait_for (f, write, VLIVE_WRITE_REJECTED);
  table_fixture_settle (f);
  g_assert_cmpstr (f->watch->log->str, ==, "3-1+0;3-0+1;");
  g_assert_true (table_watch_get (f->watch, 3) == row);
  table_fixture_settle (f);
  assert_state (f, 3, VLIVE_ROW_FAILED);
  table_fixture_assert_ids (f, 2, 3, "000002 000003 000004");
}

/* Hidden, and its page no longer in memory when the answer comes. */
static void
test_delete_far_away (TableFixture *f, gconstpointer data)
{
  g_autoptr (VliveWrite) first = NULL;
  g_autoptr (VliveWrite) second = NULL;

  table_fixture_close_table (f);
  f->table =
      g_object_new (VLIVE_TYPE_TABLE, "store", f->store.store, "page-size", 10, NULL);
  f->watch = table_watch_new (G_LIST_MODEL (f->table), FALSE);
  table_fixture_settle (f);
  table_watch_hold (f->watch, 0, 5);
  table_fixture_settle (f);
  f->master->evaluate_late = TRUE;
  f->master->latency_us = 60000000;
  first = delete (f, "000003");
  second = delete (f, "000001");
  table_fixture_settle (f);
  f->master->latency_us = 0;
  table_watch_drop_all (f->watch);
  for (guint i = 2; i < 80; i++)
    {
      vlive_table_set_visible_range (f->table, i * 10, 5);
      table_fixture_settle (f);
    }
  g_assert_null (_vlive_base_get_seat (f->table->base, 0));
  g_assert_cmpuint (f->watch->rows->len, ==, 998);
  f->master->refusal = "no";
  _vlive_clock_advance (f->store.clock, 61 * (gint64) G_USEC_PER_SEC);
  wait_for (f, second, VLIVE_WRITE_REJECTED);
  table_fixture_settle (f);
  g_assert_cmpuint (f->watch->rows->len, ==, 1000);
  vlive_table_set_visible_range (f->table, 0, 5);
  table_watch_hold (f->watch, 0, 5);
  table_fixture_advance (f, 1500);
  table_fixture_assert_ids (f, 0, 5, "000000 000001 000002 000003 000004");
}

static void
test_insert (TableFixture *f, gconstpointer data)
{
  g_autoptr (VliveWrite) write = NULL;
  g_autoptr (VliveRow) row = NULL;
  guint64 total;

  table_watch_hold (f->watch, 0, 5);
  f->master->hold = TRUE;
  write = insert (f, NULL, 7);
  g_assert_cmpuint (f->watch->n_changes, ==, 0);
  table_fixture_settle (f);
  g_assert_cmpstr (f->watch->log->str, ==, "0-0+1;");
  vlive_table_get_total (f->table, &total);
  g_assert_cmpuint (total, ==, 1001);
  row = g_object_ref (table_watch_get (f->watch, 0));
  g_assert_true (
      g_str_has_suffix (vlive_row_get_id (row), vlive_write_get_uuid (write)));
  assert_state (f, 0, VLIVE_ROW_PENDING);
  g_assert_cmpint (table_fixture_value_at (f, 0), ==, 7);

  /* The master's id, on the same object, at the same place. */
  f->master->latency_us = 200000;
  vlive_array_master_release_all (f->master);
  f->master->hold = FALSE;
  wait_for (f, write, VLIVE_WRITE_APPLIED);
  g_assert_cmpstr (vlive_write_get_id (write), ==, "new1");
  g_assert_cmpstr (vlive_row_get_id (row), ==, "new1");
  assert_state (f, 0, VLIVE_ROW_READY);
  g_assert_true (table_watch_get (f->watch, 0) == row);
  g_assert_cmpstr (f->watch->log->str, ==, "0-0+1;");
  g_assert_cmpuint (f->watch->rows->len, ==, 1001);

  /* The first answer that counts it: it is where the master has it, the last
   * one, and not twice in the total. */
  table_fixture_advance (f, 1500);
  g_assert_cmpuint (f->watch->rows->len, ==, 1001);
  table_fixture_assert_ids (f, 0, 2, "000000 000001");
  vlive_table_get_total (f->table, &total);
  g_assert_cmpuint (total, ==, 1001);
  vlive_table_set_visible_range (f->table, 990, 11);
  table_watch_hold (f->watch, 990, 11);
  table_fixture_advance (f, 1500);
  table_fixture_assert_ids (f, 999, 2, "000999 new1");
  g_assert_true (table_watch_get (f->watch, 1000) == row);
}

/* A list that follows its rows keeps hold of a row only if it goes and comes
 * within one splice. */

/* The master has it where it is shown: nobody is told anything of it. */
static void
test_insert_lands_there (TableFixture *f, gconstpointer data)
{
  g_autoptr (VliveWrite) write = NULL;
  g_autoptr (VliveRow) row = NULL;

  table_watch_hold (f->watch, 0, 5);
  f->master->inserts_first = TRUE;
  write = insert (f, NULL, 7);
  wait_for (f, write, VLIVE_WRITE_APPLIED);
  row = g_object_ref (table_watch_get (f->watch, 0));
  table_fixture_advance (f, 1500);
  table_fixture_assert_ids (f, 0, 2, "new1 000000");
  g_assert_true (table_watch_get (f->watch, 0) == row);
  g_assert_cmpint (vlive_row_get_state (row), ==, VLIVE_ROW_READY);
  /* The page's last row goes to the next page, and the list grows. */
  g_assert_cmpstr (f->watch->log->str, ==, "0-0+1;100-1+0;1000-0+1;");
}

static void
open_less_than (TableFixture *f, gint64 value)
{
  g_autoptr (VliveQuery) all = vlive_query_new ();
  g_autoptr (VliveQuery) query =
      vlive_query_with_condition (all, "value", VLIVE_OPERATOR_LESS,
                                  g_variant_new_int64 (value), NULL);

  table_fixture_close_table (f);
  table_fixture_open_table (f, query);
  table_fixture_settle (f);
}

/* … last, in the same page. */
static void
test_insert_lands_last (TableFixture *f, gconstpointer data)
{
  g_autoptr (VliveWrite) write = NULL;
  g_autoptr (VliveRow) row = NULL;

  open_less_than (f, 10);
  table_watch_hold (f->watch, 0, 10);
  table_watch_reset (f->watch);
  f->master->hold = TRUE;
  write = insert (f, NULL, 3);
  table_fixture_settle (f);
  row = g_object_ref (table_watch_get (f->watch, 0));
  f->master->hold = FALSE;
  vlive_array_master_release_all (f->master);
  wait_for (f, write, VLIVE_WRITE_APPLIED);
  table_fixture_advance (f, 2500);
  g_assert_cmpstr (f->watch->log->str, ==, "0-0+1;0-11+11;");
  table_fixture_assert_ids (f, 9, 2, "000009 new1");
  g_assert_true (table_watch_get (f->watch, 10) == row);
}

/* … in another page: it goes there first, and is taken in. */
static void
test_insert_lands_in_sight (TableFixture *f, gconstpointer data)
{
  g_autoptr (VliveWrite) write = NULL;
  g_autoptr (VliveRow) row = NULL;

  open_less_than (f, 150);
  table_watch_hold (f->watch, 0, 5);
  vlive_table_set_visible_range (f->table, 140, 10);
  table_watch_hold (f->watch, 140, 10);
  table_fixture_settle (f);
  table_watch_reset (f->watch);
  f->master->hold = TRUE;
  write = insert (f, NULL, 3);
  table_fixture_settle (f);
  row = g_object_ref (table_watch_get (f->watch, 0));
  f->master->hold = FALSE;
  vlive_array_master_release_all (f->master);
  wait_for (f, write, VLIVE_WRITE_APPLIED);
  table_fixture_advance (f, 2500);
  g_assert_cmpstr (f->watch->log->str, ==, "0-0+1;0-151+151;");
  g_assert_true (table_watch_get (f->watch, 150) == row);
  table_fixture_assert_ids (f, 149, 2, "000149 new1");
}

/* … the only one. */
static void
test_insert_lands_alone (TableFixture *f, gconstpointer data)
{
  g_autoptr (VliveWrite) write = NULL;
  g_autoptr (VliveRow) row = NULL;

  table_fixture_close_table (f);
  g_ptr_array_set_size (f->master->rows, 0);
  table_fixture_open_table (f, NULL);
  vlive_table_refresh (f->table);
  table_fixture_settle (f);
  g_assert_cmpuint (f->watch->rows->len, ==, 0);
  table_watch_reset (f->watch);
  write = insert (f, NULL, 3);
  wait_for (f, write, VLIVE_WRITE_APPLIED);
  row = g_object_ref (table_watch_get (f->watch, 0));
  table_fixture_advance (f, 2500);
  vlive_table_refresh (f->table);
  table_fixture_advance (f, 2500);
  g_assert_cmpstr (f->watch->log->str, ==, "0-0+1;");
  g_assert_true (table_watch_get (f->watch, 0) == row);
  table_fixture_assert_ids (f, 0, 1, "new1");
}

/* Its neighbours, which give it its place, become known. */
static void
test_insert_finds_place (TableFixture *f, gconstpointer data)
{
  g_autoptr (VliveQuery) query = table_fixture_by_value ();
  g_autoptr (VliveWrite) write = NULL;
  g_autoptr (VliveRow) row = NULL;

  f->master->capabilities |= VLIVE_SAME_ORDER;
  vlive_array_master_describe (f->master);
  table_fixture_close_table (f);
  table_fixture_open_table (f, query);
  table_fixture_settle (f);
  table_watch_hold (f->watch, 0, 10);
  table_watch_reset (f->watch);
  f->master->hold = TRUE;
  f->master->evaluate_late = TRUE;
  write = insert (f, "x", 500);
  table_fixture_settle (f);
  row = g_object_ref (table_watch_get (f->watch, 0));
  g_assert_cmpstr (vlive_row_get_id (row), ==, "x");
  /* 499 is behind it, and 500, which goes first. */
  vlive_table_set_visible_range (f->table, 490, 20);
  table_watch_hold (f->watch, 490, 20);
  table_fixture_settle (f);
  while (vlive_array_master_get_n_held (f->master) > 1)
    vlive_array_master_release (f->master, 1);
  table_fixture_settle (f);
  g_assert_cmpstr (f->watch->log->str, ==, "0-0+1;0-501+501;");
  table_fixture_assert_ids (f, 499, 3, "000500 x 000499");
  g_assert_true (table_watch_get (f->watch, 500) == row);
  f->master->hold = FALSE;
  vlive_array_master_release_all (f->master);
  wait_for (f, write, VLIVE_WRITE_APPLIED);
}

/* races.md, rule 14: a page shows it before the answer comes. */
static void
test_insert_seen_first (TableFixture *f, gconstpointer data)
{
  g_autoptr (VliveWrite) write = NULL;
  g_autoptr (VliveRow) row = NULL;

  table_watch_hold (f->watch, 0, 5);
  f->master->inserts_first = TRUE;
  f->master->hold = TRUE;
  write = insert (f, NULL, 7);
  table_fixture_settle (f);
  row = g_object_ref (table_watch_get (f->watch, 0));
  vlive_table_refresh (f->table);
  table_fixture_advance (f, 1100);
  g_assert_cmpuint (vlive_array_master_get_n_held (f->master), ==, 2);
  vlive_array_master_release (f->master, 1);
  table_fixture_settle (f);
  /* Nobody can know yet that they are one. */
  table_watch_hold (f->watch, 0, 3);
  g_assert_cmpstr (vlive_row_get_id (table_watch_get (f->watch, 1)), ==, "new1");
  f->master->hold = FALSE;
  vlive_array_master_release_all (f->master);
  wait_for (f, write, VLIVE_WRITE_APPLIED);
  table_fixture_assert_ids (f, 0, 2, "new1 000000");
  g_assert_true (table_watch_get (f->watch, 0) == row);
  assert_state (f, 0, VLIVE_ROW_READY);
  /* One of the two goes. */
  g_assert_true (g_str_has_suffix (f->watch->log->str, ";0-2+1;"));
  table_fixture_advance (f, 2000);
  table_fixture_assert_ids (f, 0, 2, "new1 000000");
  g_assert_true (table_watch_get (f->watch, 0) == row);
  g_assert_cmpuint (f->watch->rows->len, ==, 1001);
}

/* … and what the page shows is deleted before the answer comes. The row that was to
 * be inserted has no seat to take: its own is hidden. */
static void
test_insert_seen_and_deleted (TableFixture *f, gconstpointer data)
{
  g_autoptr (VliveWrite) write = NULL;
  g_autoptr (VliveWrite) gone = NULL;
  g_autoptr (VliveRow) row = NULL;

  table_watch_hold (f->watch, 0, 5);
  f->master->inserts_first = TRUE;
  f->master->hold = TRUE;
  write = insert (f, NULL, 7);
  table_fixture_settle (f);
  row = g_object_ref (table_watch_get (f->watch, 0));
  vlive_table_refresh (f->table);
  table_fixture_advance (f, 1100);
  vlive_array_master_release (f->master, 1);
  table_fixture_settle (f);
  table_watch_hold (f->watch, 0, 3);
  g_assert_cmpstr (vlive_row_get_id (table_watch_get (f->watch, 1)), ==, "new1");
  f->master->refusal = "no";
  gone = delete (f, "new1");
  table_fixture_advance (f, 40);
  g_assert_cmpstr (vlive_row_get_id (table_watch_get (f->watch, 1)), ==, "000000");

  vlive_array_master_release_all (f->master);
  wait_for (f, write, VLIVE_WRITE_APPLIED);
  table_fixture_advance (f, 40);
  table_fixture_assert_ids (f, 0, 2, "000000 000001");
  g_assert_cmpint (vlive_row_get_state (row), ==, VLIVE_ROW_GONE);
  g_assert_cmpstr (vlive_row_get_id (row), ==, "new1");
  table_watch_check (f->watch);

  /* It may not be deleted: it is the same row. */
  f->master->hold = FALSE;
  vlive_array_master_release_all (f->master);
  wait_for (f, gone, VLIVE_WRITE_REJECTED);
  table_fixture_advance (f, 2000);
  table_watch_hold (f->watch, 0, 3);
  table_fixture_assert_ids (f, 0, 2, "new1 000000");
  g_assert_true (table_watch_get (f->watch, 0) == row);
  g_assert_cmpuint (f->watch->rows->len, ==, 1001);
}

/* An id of our own making: known before the answer. */
static void
test_insert_with_id (TableFixture *f, gconstpointer data)
{
  g_autoptr (VliveWrite) write = NULL;
  g_autoptr (VliveRow) row = NULL;

  table_watch_hold (f->watch, 0, 5);
  f->master->inserts_first = TRUE;
  f->master->hold = TRUE;
  write = insert (f, "x", 7);
  table_fixture_settle (f);
  row = g_object_ref (table_watch_get (f->watch, 0));
  g_assert_cmpstr (vlive_row_get_id (row), ==, "x");
  vlive_table_refresh (f->table);
  table_fixture_advance (f, 1100);
  vlive_array_master_release (f->master, 1);
  table_fixture_settle (f);
  table_watch_hold (f->watch, 0, 3);
  table_fixture_assert_ids (f, 0, 3, "x 000000 000001");
  g_assert_true (table_watch_get (f->watch, 0) == row);
  assert_state (f, 0, VLIVE_ROW_PENDING);
  f->master->hold = FALSE;
  vlive_array_master_release_all (f->master);
  wait_for (f, write, VLIVE_WRITE_APPLIED);
  table_fixture_advance (f, 2000);
  table_fixture_assert_ids (f, 0, 3, "x 000000 000001");
  g_assert_cmpuint (f->watch->rows->len, ==, 1001);
  assert_state (f, 0, VLIVE_ROW_READY);
}

/* It was never made: the row goes, and what was written to it is not sent. */
static void
test_insert_refused (TableFixture *f, gconstpointer data)
{
  g_autoptr (VliveWrite) write = NULL;
  g_autoptr (VliveWrite) later = NULL;
  g_autofree char *id = NULL;

  table_watch_hold (f->watch, 0, 5);
  f->master->refusal = "no";
  f->master->latency_us = 100000;
  write = insert (f, NULL, 7);
  table_fixture_settle (f);
  id = g_strdup (vlive_row_get_id (table_watch_get (f->watch, 0)));
  later = patch_value (f, id, 8);
  g_assert_cmpint (table_fixture_value_at (f, 0), ==, 8);
  wait_for (f, later, VLIVE_WRITE_REJECTED);
  g_assert_cmpint (vlive_write_get_state (write), ==, VLIVE_WRITE_REJECTED);
  g_assert_error (vlive_write_get_error (later), VLIVE_ERROR, VLIVE_ERROR_NOT_FOUND);
  table_fixture_settle (f);
  table_fixture_assert_ids (f, 0, 2, "000000 000001");
  g_assert_cmpuint (f->watch->rows->len, ==, 1000);
  table_fixture_assert_asked (f, "insert -;");
}

/* What is written to the temporary id goes to the real one. */
static void
test_insert_and_patch (TableFixture *f, gconstpointer data)
{
  g_autoptr (VliveWrite) write = NULL;
  g_autoptr (VliveWrite) second = NULL;
  g_autoptr (VliveWrite) third = NULL;
  g_autofree char *id = NULL;
  VliveRow *row;

  table_watch_hold (f->watch, 0, 5);
  f->master->inserts_first = TRUE;
  f->master->latency_us = 300000;
  write = insert (f, NULL, 7);
  table_fixture_settle (f);
  row = table_watch_get (f->watch, 0);
  id = g_strdup (vlive_row_get_id (row));
  second = patch_value (f, id, 8);
  g_assert_cmpint (table_fixture_value_at (f, 0), ==, 8);
  wait_for (f, write, VLIVE_WRITE_APPLIED);
  g_assert_cmpstr (vlive_row_get_id (row), ==, "new1");
  g_assert_cmpint (table_fixture_value_at (f, 0), ==, 8);
  assert_state (f, 0, VLIVE_ROW_PENDING);
  /* Somebody still holds the temporary id. */
  third = patch_value (f, id, 9);
  g_assert_cmpint (table_fixture_value_at (f, 0), ==, 9);
  wait_for (f, third, VLIVE_WRITE_APPLIED);
  g_assert_cmpint (vlive_write_get_state (second), ==, VLIVE_WRITE_APPLIED);
  table_fixture_advance (f, 3000);
  g_assert_true (table_watch_get (f->watch, 0) == row);
  g_assert_cmpint (table_fixture_value_at (f, 0), ==, 9);
  assert_state (f, 0, VLIVE_ROW_READY);
  g_assert_nonnull (strstr (f->master->log->str, "insert -;"));
  g_assert_nonnull (strstr (f->master->log->str, "patch new1;"));
}

/* Where the order is ours, and the neighbours are here, it has its place. */
static void
test_insert_in_order (TableFixture *f, gconstpointer data)
{
  g_autoptr (VliveQuery) query = table_fixture_by_value ();
  g_autoptr (VliveWrite) write = NULL;
  g_autoptr (VliveWrite) far = NULL;

  f->master->capabilities |= VLIVE_SAME_ORDER;
  vlive_array_master_describe (f->master);
  table_fixture_close_table (f);
  table_fixture_open_table (f, query);
  table_fixture_settle (f);
  table_watch_hold (f->watch, 0, 10);
  table_watch_reset (f->watch);
  f->master->latency_us = 100000;
  write = insert (f, "x", 997);
  /* Its neighbours are not known. */
  far = insert (f, "y", 3);
  table_fixture_settle (f);
  table_watch_hold (f->watch, 0, 10);
  table_fixture_assert_ids (f, 0, 6, "y 000999 000998 000997 x 000996");
  wait_for (f, far, VLIVE_WRITE_APPLIED);
  table_fixture_advance (f, 2500);
  table_watch_hold (f->watch, 0, 10);
  table_fixture_assert_ids (f, 0, 5, "000999 000998 000997 x 000996");
  g_assert_cmpuint (f->watch->rows->len, ==, 1002);
}

/* One that does not match is not shown. */
static void
test_insert_filtered (TableFixture *f, gconstpointer data)
{
  g_autoptr (VliveQuery) all = vlive_query_new ();
  g_autoptr (VliveQuery) query =
      vlive_query_with_condition (all, "value", VLIVE_OPERATOR_LESS,
                                  g_variant_new_int64 (10), NULL);
  g_autoptr (VliveWrite) no = NULL;
  g_autoptr (VliveWrite) yes = NULL;

  table_fixture_close_table (f);
  table_fixture_open_table (f, query);
  table_fixture_settle (f);
  table_watch_hold (f->watch, 0, 10);
  f->master->hold = TRUE;
  no = insert (f, "x", 997);
  yes = insert (f, "y", 3);
  table_fixture_settle (f);
  table_watch_hold (f->watch, 0, 11);
  table_fixture_assert_ids (f, 0, 2, "y 000000");
  g_assert_cmpuint (f->watch->rows->len, ==, 11);

  /* Another query: there they both are. */
  f->master->hold = FALSE;
  f->master->latency_us = 500000;
  vlive_table_set_query (f->table, NULL);
  table_fixture_advance (f, 600);
  table_watch_hold (f->watch, 0, 3);
  table_fixture_assert_ids (f, 0, 3, "x y 000000");
  vlive_array_master_release_all (f->master);
  wait_for (f, yes, VLIVE_WRITE_APPLIED);
}

/* Many at once are one change a page; and so are those that come back. */
static void
test_delete_many (TableFixture *f, gconstpointer data)
{
  g_autoptr (GPtrArray) writes = g_ptr_array_new_with_free_func (g_object_unref);

  vlive_table_set_visible_range (f->table, 90, 20);
  table_fixture_advance (f, 100);
  table_watch_hold (f->watch, 0, 200);
  table_fixture_advance (f, 1100);
  table_watch_reset (f->watch);
  f->master->evaluate_late = TRUE;
  f->master->refusal = "no";
  f->master->hold = TRUE;
  for (guint i = 0; i < 200; i += 4)
    {
      g_autofree char *id = g_strdup_printf ("%06u", i);

      g_ptr_array_add (writes, delete (f, id));
    }
  table_fixture_settle (f);
  g_assert_cmpuint (f->watch->n_changes, ==, 2);
  g_assert_cmpuint (f->watch->rows->len, ==, 950);
  table_watch_hold (f->watch, 0, 150);
  table_fixture_assert_ids (f, 0, 4, "000001 000002 000003 000005");
  table_fixture_assert_ids (f, 148, 2, "000198 000199");
  table_watch_reset (f->watch);
  f->master->hold = FALSE;
  vlive_array_master_release_all (f->master);
  wait_for (f, writes->pdata[49], VLIVE_WRITE_REJECTED);
  table_fixture_settle (f);
  g_assert_cmpuint (f->watch->rows->len, ==, 1000);
  table_watch_hold (f->watch, 0, 200);
  table_fixture_assert_ids (f, 0, 4, "000000 000001 000002 000003");
}

/* In a table of one page, nothing comes back for a moment. */
static void
test_delete_last_page (TableFixture *f, gconstpointer data)
{
  g_autoptr (VliveWrite) write = NULL;

  table_fixture_close_table (f);
  g_ptr_array_set_size (f->master->rows, 0);
  vlive_array_master_fill (f->master, 5);
  vlive_store_set_stale_after (f->store.store, 0);
  table_fixture_open_table (f, NULL);
  table_fixture_settle (f);
  table_watch_hold (f->watch, 0, 5);
  table_fixture_settle (f);
  table_watch_reset (f->watch);
  write = delete (f, "000003");
  wait_for (f, write, VLIVE_WRITE_APPLIED);
  table_fixture_advance (f, 2000);
  g_assert_cmpstr (f->watch->log->str, ==, "3-1+0;");
  table_fixture_assert_ids (f, 0, 4, "000000 000001 000002 000004");
}

/* The answer never came: what was written stays until the record was read. */
static void
test_unknown (TableFixture *f, gconstpointer data)
{
  g_autoptr (GString) log = g_string_new (NULL);
  g_autoptr (VliveWrite) write = NULL;
  VliveRow *row = table_watch_get (f->watch, 3);

  g_signal_connect (row, "notify::record", G_CALLBACK (log_value_cb), log);
  f->master->latency_us = 100000;
  f->master->n_to_lose = 1;
  write = patch_value (f, "000003", 33);
  wait_for (f, write, VLIVE_WRITE_UNKNOWN);
  assert_state (f, 3, VLIVE_ROW_PENDING);
  table_fixture_advance (f, 2000);
  g_assert_cmpstr (log->str, ==, "33;");
  assert_state (f, 3, VLIVE_ROW_FAILED);
  g_signal_handlers_disconnect_by_data (row, log);
}

/* The event of our own insert comes before the answer. */
static void
test_insert_and_event (TableFixture *f, gconstpointer data)
{
  G_GNUC_UNUSED g_autoptr (VliveManualStream) stream = table_fixture_follow (f);
  g_autoptr (VliveWrite) write = NULL;
  VliveRow *row;

  table_watch_hold (f->watch, 0, 5);
  f->master->inserts_first = TRUE;
  f->master->latency_us = 500000;
  write = insert (f, NULL, 7);
  table_fixture_advance (f, 200);
  row = table_watch_get (f->watch, 0);
  /* The master has told it, and nobody has asked for anything. */
  g_assert_cmpuint (store_fixture_ledger (&f->store).n_events, ==, 1);
  table_fixture_assert_asked (f, "insert -;");
  table_fixture_assert_ids (f, 1, 1, "000000");
  wait_for (f, write, VLIVE_WRITE_APPLIED);
  g_assert_cmpstr (vlive_row_get_id (row), ==, "new1");
  table_fixture_advance (f, 3000);
  g_assert_true (table_watch_get (f->watch, 0) == row);
  table_fixture_assert_ids (f, 0, 2, "new1 000000");
  g_assert_cmpuint (f->watch->rows->len, ==, 1001);
}

static void
test_closed (TableFixture *f, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (VliveWrite) write = NULL;

  vlive_store_close_async (f->store.store, vlive_test_result_cb, &result);
  write = patch_value (f, "000003", 33);
  g_assert_cmpint (vlive_write_get_state (write), ==, VLIVE_WRITE_CANCELLED);
  g_assert_error (vlive_write_get_error (write), VLIVE_ERROR, VLIVE_ERROR_CLOSED);
  STORE_WAIT (&f->store, result != NULL);
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
  add ("/table/staged/patch", test_patch);
  add ("/table/staged/two-saves", test_two_saves);
  add ("/table/staged/refused", test_refused);
  add ("/table/staged/two-tables", test_two_tables);
  add ("/table/staged/delete", test_delete);
  add ("/table/staged/delete-refused", test_delete_refused);
  add ("/table/staged/delete-far-away", test_delete_far_away);
  add ("/table/staged/delete-many", test_delete_many);
  add ("/table/staged/delete-last-page", test_delete_last_page);
  add ("/table/staged/insert", test_insert);
  add ("/table/staged/insert-lands-there", test_insert_lands_there);
  add ("/table/staged/insert-lands-last", test_insert_lands_last);
  add ("/table/staged/insert-lands-in-sight", test_insert_lands_in_sight);
  add ("/table/staged/insert-lands-alone", test_insert_lands_alone);
  add ("/table/staged/insert-finds-place", test_insert_finds_place);
  add ("/table/staged/insert-seen-first", test_insert_seen_first);
  add ("/table/staged/insert-seen-and-deleted", test_insert_seen_and_deleted);
  add ("/table/staged/insert-with-id", test_insert_with_id);
  add ("/table/staged/insert-refused", test_insert_refused);
  add ("/table/staged/insert-and-patch", test_insert_and_patch);
  add ("/table/staged/insert-in-order", test_insert_in_order);
  add ("/table/staged/insert-filtered", test_insert_filtered);
  add ("/table/staged/insert-and-event", test_insert_and_event);
  add ("/table/staged/unknown", test_unknown);
  add ("/table/staged/closed", test_closed);

  return vlive_test_run ();
}
