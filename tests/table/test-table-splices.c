/* test-table-splices.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "table-fixture.h"

/* Many changes at once: few signals for them, and never many in one turn. */

#define N_ROWS 10000

typedef struct
{
  VliveClock *clock;
  gint64 turn;
  guint n;    /* in this turn */
  guint most; /* in any */
} Turns;

static void
count_cb (GListModel *model, guint position, guint removed, guint added, gpointer data)
{
  Turns *turns = data;
  gint64 now = _vlive_clock_get_boot_us (turns->clock);

  /* What grows or is cut at the end moves nothing. */
  if (position + added == g_list_model_get_n_items (model)
      && (removed == 0 || added == 0))
    return;

  if (now != turns->turn)
    turns->n = 0;
  turns->turn = now;
  turns->n++;
  turns->most = MAX (turns->most, turns->n);
}

static void
count_turns (TableFixture *f, Turns *turns)
{
  *turns = (Turns){ .clock = f->store.clock };
  g_signal_connect (f->table, "items-changed", G_CALLBACK (count_cb), turns);
  table_watch_reset (f->watch);
}

static void
visit_all (TableFixture *f, guint n_rows, VliveQuery *query)
{
  table_fixture_set_up_empty (f, NULL);
  vlive_array_master_fill (f->master, n_rows);
  f->master->capabilities |= VLIVE_SAME_ORDER;
  vlive_array_master_describe (f->master);
  f->master->events_with_records = TRUE;
  table_fixture_open_table (f, query);
  table_fixture_settle (f);
  for (guint page = 0; page < n_rows / 100; page++)
    {
      vlive_table_set_visible_range (f->table, page * 100, 20);
      table_watch_hold (f->watch, page * 100, 100);
      table_fixture_advance (f, 60);
    }
  vlive_table_set_visible_range (f->table, 0, 20);
  table_fixture_advance (f, 1500);
}

static void
set_up (TableFixture *f, gconstpointer data)
{
  visit_all (f, N_ROWS, NULL);
}

static void
set_up_by_value (TableFixture *f, gconstpointer data)
{
  g_autoptr (VliveQuery) query = table_fixture_by_value ();

  visit_all (f, 1000, query);
}

static void
delete_every (TableFixture *f, guint step, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *id = g_strdup_printf ("%06u", i * step + step / 2);

      vlive_array_master_delete (f->master, id);
    }
}

/* Each by itself, where they are few. */
static void
test_few (TableFixture *f, gconstpointer data)
{
  G_GNUC_UNUSED g_autoptr (VliveManualStream) stream = table_fixture_follow (f);
  Turns turns;

  count_turns (f, &turns);
  delete_every (f, 400, 3);
  table_fixture_settle (f);
  /* What comes then are answers about the rows that the watch asked for. */
  g_assert_true (g_str_has_prefix (f->watch->log->str, "200-1+0;599-1+0;998-1+0;"));
  g_assert_cmpuint (turns.most, <=, 4);
}

/* Joined, and spread over several turns. */
static void
test_deleted_by_others (TableFixture *f, gconstpointer data)
{
  G_GNUC_UNUSED g_autoptr (VliveManualStream) stream = table_fixture_follow (f);
  g_autoptr (VliveRow) kept = g_object_ref (table_watch_get (f->watch, 9998));
  Turns turns;

  count_turns (f, &turns);
  f->master->hold = TRUE;
  delete_every (f, 33, 300);
  table_fixture_advance (f, 40);
  g_assert_cmpuint (turns.most, ==, 4);
  /* As wide as a splice may be. */
  g_assert_cmpstr (f->watch->log->str, ==,
                   "16-1981+1920;1968-1948+1888;3888-1981+1920;5840-1948+1888;"
                   "7760-1882+1824;");
  g_assert_cmpuint (f->watch->rows->len, ==, N_ROWS - 300);
  g_assert_true (table_watch_get (f->watch, 9698) == kept);
  g_assert_cmpstr (vlive_row_get_id (kept), ==, "009998");
  table_fixture_assert_ids (f, 14, 4, "000014 000015 000017 000018");

  /* The answers agree. */
  f->master->hold = FALSE;
  vlive_array_master_release_all (f->master);
  table_fixture_advance (f, 1000);
  g_assert_cmpuint (turns.most, <=, 5);
  g_assert_cmpuint (f->watch->rows->len, ==, N_ROWS - 300);
  table_fixture_assert_ids (f, 14, 4, "000014 000015 000017 000018");
  table_watch_check (f->watch);
}

static GPtrArray *
write_each (TableFixture *f, VliveWriteOp op, guint n, char *(*name) (guint i))
{
  GPtrArray *writes = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *id = name (i);
      g_autoptr (VliveRecord) fields = NULL;

      if (op == VLIVE_WRITE_INSERT)
        fields = vlive_array_master_make (id, (gint64) i * 7 + 4);
      g_ptr_array_add (writes, vlive_store_write (f->store.store, op,
                                                  fields == NULL ? id : NULL, fields));
    }

  return writes;
}

static char *
name_every_fifty (guint i)
{
  return g_strdup_printf ("%06u", i * 50 + 7);
}

static void
test_deleted_by_us (TableFixture *f, gconstpointer data)
{
  g_autoptr (VliveRow) gone = g_object_ref (table_watch_get (f->watch, 57));
  g_autoptr (GPtrArray) writes = NULL;
  Turns turns;

  count_turns (f, &turns);
  f->master->hold = TRUE;
  f->master->refusal = "no";
  writes = write_each (f, VLIVE_WRITE_DELETE, 200, name_every_fifty);
  g_assert_cmpuint (f->watch->n_changes, ==, 0);
  table_fixture_advance (f, 400);
  g_assert_cmpuint (turns.most, <=, 4);
  g_assert_cmpuint (f->watch->longest, <=, VLIVE_MAX_SPLICE);
  g_assert_cmpuint (f->watch->rows->len, ==, N_ROWS - 200);
  g_assert_cmpint (vlive_row_get_state (gone), ==, VLIVE_ROW_GONE);
  table_fixture_assert_ids (f, 5, 4, "000005 000006 000008 000009");

  /* None of it is so. */
  turns.most = 0;
  f->master->hold = FALSE;
  vlive_array_master_release_all (f->master);
  table_fixture_advance (f, 3000);
  for (guint i = 0; i < writes->len; i++)
    g_assert_cmpint (vlive_write_get_state (writes->pdata[i]), ==,
                     VLIVE_WRITE_REJECTED);
  g_assert_cmpuint (turns.most, <=, 6);
  g_assert_cmpuint (f->watch->rows->len, ==, N_ROWS);
  table_fixture_assert_ids (f, 5, 4, "000005 000006 000007 000008");
  table_watch_check (f->watch);
}

static char *
name_none (guint i)
{
  return g_strdup ("none");
}

/* At their places among rows that are here. */
static void
test_inserted (TableFixture *f, gconstpointer data)
{
  g_autoptr (GPtrArray) writes = NULL;
  g_autoptr (VliveRow) last = g_object_ref (table_watch_get (f->watch, 999));
  Turns turns;

  count_turns (f, &turns);
  f->master->hold = TRUE;
  f->master->refusal = "no";
  writes = write_each (f, VLIVE_WRITE_INSERT, 100, name_none);
  table_fixture_settle (f);
  g_assert_cmpuint (turns.most, ==, 1);
  g_assert_cmpuint (f->watch->n_changes, ==, 1);
  g_assert_cmpuint (f->watch->rows->len, ==, 1100);
  g_assert_true (table_watch_get (f->watch, 1099) == last);
  table_watch_hold (f->watch, 0, 1100);
  /* By value, descending. */
  for (guint i = 1; i < 1100; i++)
    g_assert_cmpint (table_fixture_value_at (f, i - 1), >=,
                     table_fixture_value_at (f, i));
  table_watch_check (f->watch);

  /* All of them are refused: they go as they came. */
  table_watch_reset (f->watch);
  f->master->hold = FALSE;
  vlive_array_master_release_all (f->master);
  table_fixture_advance (f, 3000);
  g_assert_cmpuint (f->watch->rows->len, ==, 1000);
  g_assert_cmpuint (turns.most, <=, 6);
}

/* More than one splice may have, and no place is known: in the order in which they
 * were given. */
static void
test_inserted_first (TableFixture *f, gconstpointer data)
{
  g_autoptr (GPtrArray) writes = NULL;
  Turns turns;

  count_turns (f, &turns);
  f->master->hold = TRUE;
  f->master->refusal = "no";
  writes = write_each (f, VLIVE_WRITE_INSERT, 5000, name_none);
  table_fixture_advance (f, 100);
  g_assert_cmpstr (f->watch->log->str, ==, "0-0+2000;2000-0+2000;4000-0+1000;");
  g_assert_cmpuint (f->watch->rows->len, ==, N_ROWS + 5000);
  table_watch_hold (f->watch, 0, 5001);
  for (guint i = 0; i < 5000; i += 999)
    g_assert_cmpint (table_fixture_value_at (f, i), ==, (gint64) i * 7 + 4);
  table_fixture_assert_ids (f, 5000, 1, "000000");
}

static void
told_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  VliveRow *row = data;

  g_assert_true (vlive_store_write_finish (VLIVE_STORE (source), result, NULL));
  g_assert_cmpint (vlive_row_get_state (row), ==, VLIVE_ROW_READY);
  g_assert_null (vlive_row_get_pending_fields (row));
  g_object_set_data (G_OBJECT (row), "told", row);
}

/* The answer to a write comes behind more than one announcement may have: whoever
 * wrote hears of it when it is shown. */
static void
test_told_when_shown (TableFixture *f, gconstpointer data)
{
  G_GNUC_UNUSED g_autoptr (VliveManualStream) stream = table_fixture_follow (f);
  g_autoptr (VliveWrite) write = store_fixture_make_patch ("009998", 5);
  g_autoptr (VliveRow) row = g_object_ref (table_watch_get (f->watch, 9998));

  f->master->hold = TRUE;
  vlive_store_write_async (f->store.store, write, NULL, told_cb, row);
  table_fixture_settle (f);
  g_assert_cmpint (vlive_row_get_state (row), ==, VLIVE_ROW_PENDING);
  /* An announcement just before it: all that comes now is in the next one. */
  vlive_table_set_visible_range (f->table, 0, 21);
  store_fixture_settle (&f->store);
  delete_every (f, 33, 300);
  store_fixture_settle (&f->store);
  vlive_array_master_release (f->master, 0);
  store_fixture_settle (&f->store);
  g_assert_cmpuint (f->watch->n_changes, ==, 0);
  table_fixture_advance (f, 200);
  g_assert_cmpuint (f->watch->n_changes, ==, 5);
  g_assert_nonnull (g_object_get_data (G_OBJECT (row), "told"));
  g_assert_cmpint (vlive_row_get_state (row), ==, VLIVE_ROW_READY);
}

/* So many writes to records that are refused: none of them is sent, and none is
 * left. */
static void
test_void (TableFixture *f, gconstpointer data)
{
  g_autoptr (VliveRecord) fields = vlive_array_master_make ("none", 5);
  g_autoptr (GPtrArray) inserts = NULL;
  g_autoptr (GPtrArray) writes = g_ptr_array_new_with_free_func (g_object_unref);

  f->master->hold = TRUE;
  f->master->refusal = "no";
  inserts = write_each (f, VLIVE_WRITE_INSERT, 20, name_none);
  table_fixture_settle (f);
  for (guint i = 0; i < 20000; i++)
    {
      VliveRow *row = table_watch_get (f->watch, i % inserts->len);

      g_ptr_array_add (writes, vlive_store_write (f->store.store, VLIVE_WRITE_PATCH,
                                                  vlive_row_get_id (row), fields));
    }
  g_string_truncate (f->master->log, 0);
  f->master->hold = FALSE;
  vlive_array_master_release_all (f->master);
  table_fixture_advance (f, 400);
  g_ptr_array_extend_and_steal (writes, g_steal_pointer (&inserts));
  for (guint i = 0; i < writes->len; i++)
    g_assert_cmpint (vlive_write_get_state (writes->pdata[i]), ==,
                     VLIVE_WRITE_REJECTED);
  g_assert_null (strstr (f->master->log->str, "patch"));
  g_assert_cmpuint (f->watch->rows->len, ==, N_ROWS);
}

static void
add (const char *path,
     void (*begin) (TableFixture *, gconstpointer),
     void (*test) (TableFixture *, gconstpointer))
{
  g_test_add (path, TableFixture, NULL, begin, test, table_fixture_tear_down);
}

int
main (int argc, char **argv)
{
  vlive_test_init (&argc, &argv);

  add ("/table/splices/few", set_up, test_few);
  add ("/table/splices/deleted-by-others", set_up, test_deleted_by_others);
  add ("/table/splices/deleted-by-us", set_up, test_deleted_by_us);
  add ("/table/splices/inserted", set_up_by_value, test_inserted);
  add ("/table/splices/inserted-first", set_up, test_inserted_first);
  add ("/table/splices/told-when-shown", set_up, test_told_when_shown);
  add ("/table/splices/void", set_up, test_void);

  return vlive_test_run ();
}
