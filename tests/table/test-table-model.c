/* test-table-model.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "store-fixture.h"
#include "table-watch.h"

/*
 * One table, driven at random: scrolling, refreshing, sorting and filtering,
 * writes of ours, changes and events of others, answers that are late, out of
 * order or fail. After everything that happens, what a view can see must be
 * right; and once all is quiet, equal to the master.
 *
 * Every value that is written is larger than all before it, so that a value
 * from before an acknowledged write is known by its size.
 */
typedef struct
{
  StoreFixture store;
  VliveTable *table;
  TableWatch *watch;
  VliveQuery *queries[3];
  GHashTable *acknowledged; /* id -> value, gint64 */
  gint64 value;
  guint n_new;
  guint n_writes; /* under way */
} Model;

static int
pick (int n)
{
  return g_test_rand_int_range (0, n);
}

static VliveQuery *
make_filter (void)
{
  g_autoptr (VliveQuery) all = vlive_query_new ();
  g_autoptr (GError) error = NULL;
  VliveQuery *query = vlive_query_with_condition (all, "value", VLIVE_OPERATOR_LESS,
                                                  g_variant_new_int64 (150), &error);

  g_assert_no_error (error);

  return query;
}

static void
model_set_up (Model *m, guint n_rows, gboolean hold_all, gconstpointer cache)
{
  g_autoptr (VliveQuery) all = vlive_query_new ();

  memset (m, 0, sizeof *m);
  store_fixture_set_up (&m->store, cache);
  vlive_array_master_fill (m->store.master, n_rows);
  m->value = 1000;
  m->store.master->latency_us = 20000;
  m->store.master->latency_spread_us = 300000;
  m->store.master->conditional = pick (2);
  vlive_array_master_describe (m->store.master);
  m->store.master->stream = vlive_manual_stream_new ();
  m->queries[0] = vlive_query_ref (all);
  m->queries[1] = vlive_query_with_sort (all, "value", TRUE);
  m->queries[2] = make_filter ();
  m->acknowledged = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  vlive_store_set_live_stream (m->store.store,
                               VLIVE_LIVE_STREAM (m->store.master->stream));
  m->table =
      g_object_new (VLIVE_TYPE_TABLE, "store", m->store.store, "page-size", 10, NULL);
  m->watch = table_watch_new (G_LIST_MODEL (m->table), hold_all);
}

static void
model_tear_down (Model *m)
{
  table_watch_free (m->watch);
  g_assert_finalize_object (m->table);
  g_hash_table_unref (m->acknowledged);
  for (guint i = 0; i < G_N_ELEMENTS (m->queries); i++)
    vlive_query_unref (m->queries[i]);
  store_fixture_tear_down (&m->store, NULL);
}

static const char *
pick_id (Model *m)
{
  GPtrArray *rows = m->store.master->rows;

  return rows->len > 0 ? vlive_record_get_id (rows->pdata[pick ((int) rows->len)])
                       : NULL;
}

typedef struct
{
  Model *model;
  VliveWrite *write; /* owned */
} Written;

static void
acknowledge (Model *m, const char *id, gint64 value)
{
  g_hash_table_replace (m->acknowledged, g_strdup (id),
                        g_memdup2 (&value, sizeof value));
}

static void
wrote_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autofree Written *written = data;
  g_autoptr (VliveWrite) write = written->write;
  Model *m = written->model;
  gint64 value;

  m->n_writes--;
  if (!vlive_store_write_finish (VLIVE_STORE (source), result, NULL))
    return;

  if (vlive_write_get_op (write) == VLIVE_WRITE_DELETE)
    acknowledge (m, vlive_write_get_id (write), G_MAXINT64);
  else
    {
      g_assert_true (
          vlive_record_get_integer (vlive_write_get_fields (write), "value", &value));
      acknowledge (m, vlive_write_get_id (write), value);
    }
}

static void
give_write (Model *m, VliveWriteOp op, const char *id)
{
  g_autoptr (VliveRecord) fields = NULL;
  Written *written = g_new0 (Written, 1);

  if (op != VLIVE_WRITE_DELETE)
    fields = vlive_array_master_make (id, ++m->value);
  written->model = m;
  written->write = vlive_write_new (op, id, fields);
  m->n_writes++;
  vlive_store_write_async (m->store.store, written->write, NULL, wrote_cb, written);
}

static void
step_write (Model *m)
{
  g_autofree char *id = g_strdup (pick_id (m));
  g_autofree char *new_id = NULL;

  switch (pick (4))
    {
    case 0:
      new_id = g_strdup_printf ("ours%u", ++m->n_new);
      m->store.master->inserts_first = pick (2);
      give_write (m, VLIVE_WRITE_INSERT, new_id);
      break;
    case 1:
      if (id != NULL)
        give_write (m, VLIVE_WRITE_DELETE, id);
      break;
    default:
      if (id != NULL)
        give_write (m, VLIVE_WRITE_PATCH, id);
      break;
    }
}

/* What others do, with or without a word about it. */
static void
step_others (Model *m)
{
  VliveArrayMaster *master = m->store.master;
  VliveManualStream *stream = g_steal_pointer (&master->stream);
  g_autofree char *id = g_strdup (pick_id (m));
  g_autofree char *new_id = NULL;

  if (pick (4) > 0)
    master->stream = g_object_ref (stream);
  master->events_with_records = pick (2);
  switch (pick (4))
    {
    case 0:
      new_id = g_strdup_printf ("theirs%u", ++m->n_new);
      vlive_array_master_insert (master, (guint) pick ((int) master->rows->len + 1),
                                 new_id, ++m->value);
      break;
    case 1:
      if (id != NULL)
        vlive_array_master_delete (master, id);
      break;
    default:
      if (id != NULL)
        vlive_array_master_set (master, id, ++m->value);
      break;
    }
  g_clear_object (&master->stream);
  master->stream = stream;
}

static void
step_look (Model *m)
{
  guint n = m->watch->rows->len;
  guint first = n > 0 ? (guint) pick ((int) n) : 0;

  if (pick (2))
    vlive_table_set_visible_range (m->table, first, (guint) pick (25));
  if (!m->watch->hold_all && pick (3) == 0)
    table_watch_drop_all (m->watch);
  table_watch_hold (m->watch, first, (guint) pick (25));
}

static void
step_trouble (Model *m)
{
  VliveArrayMaster *master = m->store.master;

  switch (pick (5))
    {
    case 0:
      master->n_to_fail = (guint) pick (3);
      break;
    case 1:
      master->hold = !master->hold;
      break;
    case 2:
      master->evaluate_late = pick (2);
      break;
    case 3:
      master->refusal = pick (2) ? "not today" : NULL;
      break;
    default:
      vlive_manual_stream_set_connected (master->stream, FALSE, FALSE);
      vlive_manual_stream_set_connected (master->stream, TRUE, pick (2));
      break;
    }
}

static void
step (Model *m)
{
  VliveArrayMaster *master = m->store.master;

  switch (pick (16))
    {
    case 0:
    case 1:
    case 2:
    case 3:
      step_look (m);
      break;
    case 4:
    case 5:
      step_write (m);
      break;
    case 6:
    case 7:
    case 8:
      step_others (m);
      break;
    case 9:
      vlive_table_refresh (m->table);
      break;
    case 10:
      if (pick (4) == 0)
        vlive_table_set_query (m->table, m->queries[pick (3)]);
      break;
    case 11:
      step_trouble (m);
      break;
    case 12:
      if (vlive_array_master_get_n_held (master) > 0)
        vlive_array_master_release (master,
                                    (guint) pick (
                                        (int) vlive_array_master_get_n_held (master)));
      break;
    default:
      break;
    }
}

/* No row shows a value from before a write that has been acknowledged. */
static void
check_values (Model *m)
{
  for (guint i = 0; i < m->watch->rows->len; i++)
    {
      VliveRow *row = m->watch->rows->pdata[i];
      VliveRecord *record = row != NULL ? vlive_row_get_record (row) : NULL;
      gint64 *least = NULL;

      if (record != NULL && vlive_record_is_addressable (record))
        least = g_hash_table_lookup (m->acknowledged, vlive_record_get_id (record));
      if (least != NULL)
        g_assert_cmpint (store_fixture_get_value (record), >=, *least);
    }
}

static void
move_time (Model *m, guint ms)
{
  for (guint i = 0; i < ms; i += 4)
    {
      _vlive_clock_advance (m->store.clock, 4000);
      store_fixture_settle (&m->store);
      table_watch_check (m->watch);
      check_values (m);
    }
}

static gboolean
is_equal (Model *m)
{
  VliveQuery *query = vlive_table_get_query (m->table);
  g_autoptr (GPtrArray) rows = vlive_array_master_evaluate (m->store.master, query);

  if (m->watch->rows->len != rows->len)
    return FALSE;

  for (guint i = 0; i < rows->len; i++)
    {
      VliveRow *row = m->watch->rows->pdata[i];
      VliveRecord *record = row != NULL ? vlive_row_get_record (row) : NULL;

      if (record == NULL || !vlive_record_equal (record, rows->pdata[i]))
        return FALSE;
    }

  return TRUE;
}

static void
print_difference (Model *m)
{
  VliveQuery *query = vlive_table_get_query (m->table);
  g_autoptr (GPtrArray) rows = vlive_array_master_evaluate (m->store.master, query);
  g_autofree char *ids = table_watch_ids (m->watch, 0, m->watch->rows->len);

  g_test_message ("query “%s”, shown %u: %s", vlive_query_get_key (query),
                  m->watch->rows->len, ids);
  for (guint i = 0; i < rows->len; i++)
    g_test_message ("master %u: %s %" G_GINT64_FORMAT, i,
                    vlive_record_get_id (rows->pdata[i]),
                    store_fixture_get_value (rows->pdata[i]));
}

/* All is quiet, and everything has been looked at once more: equal. */
static void
settle (Model *m)
{
  VliveArrayMaster *master = m->store.master;

  master->hold = FALSE;
  master->n_to_fail = 0;
  master->refusal = NULL;
  vlive_array_master_release_all (master);
  for (guint i = 0; i < 100 && m->n_writes > 0; i++)
    move_time (m, 100);
  g_assert_cmpuint (m->n_writes, ==, 0);
  for (guint i = 0; i < 100 && !is_equal (m); i++)
    {
      vlive_table_set_visible_range (m->table, 0, MAX (m->watch->rows->len, 1));
      table_watch_hold (m->watch, 0, m->watch->rows->len);
      if (i % 5 == 0)
        vlive_table_refresh (m->table);
      move_time (m, 400);
    }
  if (!is_equal (m))
    print_difference (m);
  g_assert_true (is_equal (m));
  g_assert_cmpint (vlive_table_get_state (m->table), ==, VLIVE_TABLE_COMPLETE);
}

static void
run (guint n_rows, gboolean hold_all, gconstpointer cache, guint n_steps)
{
  Model m;

  /* Suite slow. */
  if (g_test_slow ())
    n_steps *= 30;
  model_set_up (&m, n_rows, hold_all, cache);
  for (guint i = 1; i <= n_steps; i++)
    {
      step (&m);
      move_time (&m, pick (10) == 0 ? 400 : 20);
      if (i % 250 == 0)
        settle (&m);
    }
  settle (&m);
  model_tear_down (&m);
}

static void
test_hold_all (void)
{
  run (60, TRUE, NULL, 1500);
}

static void
test_hold_some (void)
{
  run (200, FALSE, NULL, 1500);
}

static void
test_no_cache (void)
{
  run (60, FALSE, vlive_null_cache_new, 1000);
}

int
main (int argc, char **argv)
{
  vlive_test_init (&argc, &argv);
  g_test_add_func ("/table/table-model/hold-all", test_hold_all);
  g_test_add_func ("/table/table-model/hold-some", test_hold_some);
  g_test_add_func ("/table/table-model/no-cache", test_no_cache);

  return vlive_test_run ();
}
