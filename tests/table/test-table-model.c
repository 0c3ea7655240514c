/* test-table-model.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "store-fixture.h"
#include "table-watch.h"

#include "table/vlive-table-private.h"

/*
 * Tables, driven at random: scrolling, refreshing, sorting and filtering,
 * writes of ours that are applied, refused or never answered, changes, moves
 * and events of others, answers that are late, out of order or fail, another
 * process on the same cache, and being started anew. After everything that
 * happens, what a view can see must be right: the master's records with our
 * pending writes laid over them. Once all is quiet it must be equal to the
 * master.
 *
 * Every value that is written is larger than all before it, so that a value
 * from before an acknowledged write is known by its size.
 */
typedef struct
{
  VliveTable *table;
  TableWatch *watch;
  GHashTable *objects; /* id -> VliveRow: the one object for it; nullable */
} View;

#define N_VIEWS 2

typedef struct
{
  StoreFixture store;
  StoreFixture peer; /* the same but for its store: another process */
  gboolean has_peer;
  gboolean hold_all;
  View views[N_VIEWS]; /* of the store */
  View peer_view;
  VliveQuery *queries[3];
  GHashTable *acknowledged;      /* id -> value, gint64: by the store */
  GHashTable *peer_acknowledged; /* by the other one */
  GQueue pending;                /* of Written: of the store, in order */
  gint64 value;
  guint n_new;
  guint n_writes; /* under way, of both */
  guint n_reads;  /* the same */
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
open_view (Model *m, View *view, VliveStore *store, gboolean hold_all)
{
  view->table = g_object_new (VLIVE_TYPE_TABLE, "store", store, "page-size", 10,
                              "query", m->queries[pick (3)], NULL);
  view->watch = table_watch_new (G_LIST_MODEL (view->table), hold_all);
  if (hold_all)
    view->objects =
        g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
}

static void
close_view (View *view)
{
  table_watch_free (view->watch);
  g_clear_pointer (&view->objects, g_hash_table_unref);
  g_assert_finalize_object (view->table);
}

static void
open_store (Model *m)
{
  vlive_store_set_live_stream (m->store.store,
                               VLIVE_LIVE_STREAM (m->store.master->stream));
  for (guint i = 0; i < N_VIEWS; i++)
    open_view (m, &m->views[i], m->store.store, m->hold_all && i == 0);
}

static void
model_set_up (Model *m, guint n_rows, gboolean hold_all, gconstpointer cache)
{
  g_autoptr (VliveQuery) all = vlive_query_new ();

  memset (m, 0, sizeof *m);
  store_fixture_set_up (&m->store, cache);
  vlive_array_master_fill (m->store.master, n_rows);
  m->hold_all = hold_all;
  m->value = 1000;
  m->store.master->latency_us = 20000;
  m->store.master->latency_spread_us = 300000;
  m->store.master->conditional = pick (2);
  if (pick (2))
    m->store.master->capabilities |= VLIVE_SAME_ORDER;
  vlive_array_master_describe (m->store.master);
  m->store.master->stream = vlive_manual_stream_new ();
  m->queries[0] = vlive_query_ref (all);
  m->queries[1] = vlive_query_with_sort (all, "value", TRUE);
  m->queries[2] = make_filter ();
  m->acknowledged = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  m->peer_acknowledged =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  open_store (m);
}

static void
model_add_peer (Model *m)
{
  m->has_peer = TRUE;
  m->peer = m->store;
  m->peer.store = NULL;
  store_fixture_reopen (&m->peer, "products");
  vlive_store_set_live_stream (m->peer.store,
                               VLIVE_LIVE_STREAM (m->store.master->stream));
  open_view (m, &m->peer_view, m->peer.store, FALSE);
}

static void
model_tear_down (Model *m)
{
  for (guint i = 0; i < N_VIEWS; i++)
    close_view (&m->views[i]);
  if (m->has_peer)
    {
      close_view (&m->peer_view);
      store_fixture_close (&m->peer);
    }
  g_hash_table_unref (m->acknowledged);
  g_hash_table_unref (m->peer_acknowledged);
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
  gboolean by_peer;
  VliveWrite *write; /* owned */
  char *id;          /* owned: where it is shown first */
  gint64 value;
  gint64 right_at[N_VIEWS]; /* the last time that nothing was wrong with it there */
} Written;

static void
acknowledge (GHashTable *acknowledged, const char *id, gint64 value)
{
  gint64 *known = g_hash_table_lookup (acknowledged, id);

  if (known == NULL || *known < value)
    g_hash_table_replace (acknowledged, g_strdup (id),
                          g_memdup2 (&value, sizeof value));
}

static void
wrote_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autofree Written *written = data;
  g_autoptr (VliveWrite) write = written->write;
  G_GNUC_UNUSED g_autofree char *first_id = written->id;
  Model *m = written->model;

  m->n_writes--;
  g_queue_remove (&m->pending, written);
  if (!vlive_store_write_finish (VLIVE_STORE (source), result, NULL))
    return;

  acknowledge (written->by_peer ? m->peer_acknowledged : m->acknowledged,
               vlive_write_get_id (write),
               vlive_write_get_op (write) == VLIVE_WRITE_DELETE ? G_MAXINT64
                                                                : written->value);
}

/* In every view. */
static void
note_right (Model *m, Written *written)
{
  for (guint i = 0; i < N_VIEWS; i++)
    written->right_at[i] = _vlive_clock_get_boot_us (m->store.clock);
}

/* @id: NULL for a record whose id the master makes. */
static Written *
give_write (Model *m, gboolean by_peer, VliveWriteOp op, const char *id)
{
  g_autoptr (VliveRecord) fields = NULL;
  Written *written = g_new0 (Written, 1);

  written->value = ++m->value;
  if (op != VLIVE_WRITE_DELETE)
    fields = vlive_array_master_make (id != NULL ? id : "none", written->value);
  written->model = m;
  written->by_peer = by_peer;
  written->write = vlive_write_new (op, id, fields);
  written->id = id != NULL
                    ? g_strdup (id)
                    : g_strconcat ("~", vlive_write_get_uuid (written->write), NULL);
  note_right (m, written);
  m->n_writes++;
  if (!by_peer)
    g_queue_push_tail (&m->pending, written);
  vlive_store_write_async (by_peer ? m->peer.store : m->store.store, written->write,
                           NULL, wrote_cb, written);

  return written;
}

static void
step_insert (Model *m, gboolean by_peer)
{
  g_autofree char *new_id =
      g_strdup_printf ("%s%u", by_peer ? "peer" : "ours", ++m->n_new);
  gboolean masters = !by_peer && pick (2);
  Written *written;
  g_autofree char *id = NULL;

  m->store.master->inserts_first = pick (2);
  written = give_write (m, by_peer, VLIVE_WRITE_INSERT, masters ? NULL : new_id);
  id = g_strdup (written->id);
  if (pick (3) == 0)
    give_write (m, by_peer, pick (3) == 0 ? VLIVE_WRITE_DELETE : VLIVE_WRITE_PATCH, id);
}

/* Each writes to records of its own: nobody knows in which order the master gets
 * what two processes write to one. */
static gboolean
is_of_peer (const char *id)
{
  return g_str_has_prefix (id, "peer")
         || (g_ascii_isdigit (*id) && (id[strlen (id) - 1] - '0') % 2 == 1);
}

static void
step_write (Model *m)
{
  g_autofree char *id = g_strdup (pick_id (m));
  gboolean by_peer = m->has_peer && (id != NULL ? is_of_peer (id) : pick (2));

  switch (pick (5))
    {
    case 0:
      step_insert (m, by_peer);
      break;
    case 1:
      if (id != NULL)
        give_write (m, by_peer, VLIVE_WRITE_DELETE, id);
      break;
    case 2:
      if (id != NULL)
        give_write (m, by_peer, VLIVE_WRITE_REPLACE, id);
      break;
    default:
      if (id != NULL)
        give_write (m, by_peer, VLIVE_WRITE_PATCH, id);
      break;
    }
}

/* A row takes another place, and nobody is told. */
static void
move_row (Model *m)
{
  GPtrArray *rows = m->store.master->rows;
  VliveRecord *record;

  if (rows->len == 0)
    return;

  record = g_ptr_array_steal_index (rows, (guint) pick ((int) rows->len));
  g_ptr_array_insert (rows, pick ((int) rows->len + 1), record);
  m->store.master->sequence++;
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
  switch (pick (5))
    {
    case 4:
      move_row (m);
      break;
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

static View *
pick_view (Model *m)
{
  if (m->has_peer && pick (3) == 0)
    return &m->peer_view;

  return &m->views[pick (N_VIEWS)];
}

static void
step_look (Model *m)
{
  View *view = pick_view (m);
  guint n = view->watch->rows->len;
  guint first = n > 0 ? (guint) pick ((int) n) : 0;

  if (pick (2))
    vlive_table_set_visible_range (view->table, first, (guint) pick (25));
  if (!view->watch->hold_all && pick (3) == 0)
    table_watch_drop_all (view->watch);
  table_watch_hold (view->watch, first, (guint) pick (25));
}

/* A single read, of whoever: what was acknowledged before it began is the least
 * that it finds. */
typedef struct
{
  Model *model;
  GHashTable *least; /* owned: id -> value */
} Reading;

static void
copy_entry (gpointer key, gpointer value, gpointer data)
{
  acknowledge (data, key, *(gint64 *) value);
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autofree Reading *reading = data;
  g_autoptr (GHashTable) least = reading->least;
  g_autoptr (VlivePage) page =
      vlive_store_list_finish (VLIVE_STORE (source), result, NULL, NULL);

  reading->model->n_reads--;
  for (guint i = 0; page != NULL && i < vlive_page_get_n_records (page); i++)
    {
      VliveRecord *record = vlive_page_get_record (page, i);
      gint64 *value = g_hash_table_lookup (least, vlive_record_get_id (record));

      if (value != NULL)
        g_assert_cmpint (store_fixture_get_value (record), >=, *value);
    }
}

static void
step_read (Model *m)
{
  Reading *reading = g_new0 (Reading, 1);
  gboolean by_peer = m->has_peer && pick (2);

  reading->model = m;
  reading->least = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_hash_table_foreach (m->acknowledged, copy_entry, reading->least);
  g_hash_table_foreach (m->peer_acknowledged, copy_entry, reading->least);
  m->n_reads++;
  vlive_store_list_async (by_peer ? m->peer.store : m->store.store,
                          m->queries[pick (3)], (guint64) pick (10) * 10, 10,
                          VLIVE_READ_NONE, NULL, read_cb, reading);
}

/* Everything is closed and opened again, on the same cache. */
static void
step_restart (Model *m)
{
  g_autofree char *key = g_strdup (vlive_store_get_cache_key (m->store.store));

  m->store.master->hold = FALSE;
  vlive_array_master_release_all (m->store.master);
  for (guint i = 0; i < N_VIEWS; i++)
    close_view (&m->views[i]);
  store_fixture_reopen (&m->store, key);
  open_store (m);
}

static void
step_trouble (Model *m)
{
  VliveArrayMaster *master = m->store.master;

  switch (pick (6))
    {
    case 0:
      master->n_to_fail = (guint) pick (3);
      break;
    case 5:
      master->n_to_lose = (guint) pick (2);
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
      vlive_table_refresh (pick_view (m)->table);
      break;
    case 10:
      if (pick (4) == 0)
        vlive_table_set_query (pick_view (m)->table, m->queries[pick (3)]);
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
    case 13:
      step_read (m);
      break;
    case 14:
      if (pick (40) == 0)
        step_restart (m);
      break;
    default:
      break;
    }
}

/* No row shows a value from before a write that has been acknowledged. */
static void
check_values (View *view, GHashTable *acknowledged)
{
  for (guint i = 0; i < view->watch->rows->len; i++)
    {
      VliveRow *row = view->watch->rows->pdata[i];
      VliveRecord *record = row != NULL ? vlive_row_get_record (row) : NULL;
      gint64 *least = NULL;

      if (record != NULL && vlive_record_is_addressable (record))
        least = g_hash_table_lookup (acknowledged, vlive_record_get_id (record));
      if (least != NULL)
        g_assert_cmpint (store_fixture_get_value (record), >=, *least);
    }
}

/* As long as anybody holds the row of an id, no other is made for it. */
static void
check_objects (View *view)
{
  for (guint i = 0; view->objects != NULL && i < view->watch->rows->len; i++)
    {
      VliveRow *row = view->watch->rows->pdata[i];
      const char *id = vlive_row_get_id (row);
      VliveRow *known = id != NULL ? g_hash_table_lookup (view->objects, id) : NULL;

      if (known != NULL && vlive_row_get_state (known) != VLIVE_ROW_GONE)
        g_assert_true (row == known);
      else if (id != NULL)
        g_hash_table_replace (view->objects, g_strdup (id), g_object_ref (row));
    }
}

static VliveRow *
find_row (View *view, const char *id)
{
  for (guint i = 0; i < view->watch->rows->len; i++)
    {
      VliveRow *row = view->watch->rows->pdata[i];

      if (row != NULL && g_strcmp0 (vlive_row_get_id (row), id) == 0)
        return row;
    }

  return NULL;
}

/* A page has shown it: others may have deleted it since. */
static gboolean
has_landed (View *view, const char *id)
{
  VliveInsert *insert = _vlive_table_find_insert (view->table, id);

  return insert != NULL && insert->landed;
}

/* A row comes or goes with one of the next announcements: when that is given, and
 * when the list changes so much that it has to wait. */
static void
check_in_time (Model *m, View *view, Written *written, gboolean is_right)
{
  gint64 now = _vlive_clock_get_boot_us (m->store.clock);
  gint64 *right_at = &written->right_at[view - m->views];

  if (is_right)
    *right_at = now;
  g_assert_cmpint (now - *right_at, <=, 60000);
}

/* The last thing that we want of a record is what is shown of it. */
static void
check_pending (Model *m, View *view)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  /* Some of it is over: shown here, and told once another table shows it. */
  if (m->store.store->heard->len > 0)
    {
      for (GList *l = m->pending.head; l != NULL; l = l->next)
        note_right (m, l->data);
      return;
    }

  for (GList *l = m->pending.tail; l != NULL; l = l->prev)
    {
      Written *written = l->data;
      VliveWriteOp op = vlive_write_get_op (written->write);
      VliveRow *row = find_row (view, written->id);

      if (!g_hash_table_add (seen, written->id))
        continue;
      /* Values at once, rows with the next announcement. */
      if (op == VLIVE_WRITE_DELETE)
        check_in_time (m, view, written, row == NULL);
      if (op == VLIVE_WRITE_INSERT && view->objects != NULL)
        check_in_time (m, view, written,
                       row != NULL || has_landed (view, written->id)
                           || !vlive_query_equal (view->table->query, m->queries[0]));
      if (row == NULL || op == VLIVE_WRITE_DELETE || op == VLIVE_WRITE_INSERT)
        continue;
      g_assert_cmpint (store_fixture_get_value (vlive_row_get_record (row)), ==,
                       written->value);
      g_assert_cmpint (vlive_row_get_state (row), ==, VLIVE_ROW_PENDING);
    }
}

static void
move_time (Model *m, guint ms)
{
  for (guint i = 0; i < ms; i += 4)
    {
      _vlive_clock_advance (m->store.clock, 4000);
      store_fixture_settle (&m->store);
      for (guint j = 0; j < N_VIEWS; j++)
        {
          table_watch_check (m->views[j].watch);
          check_values (&m->views[j], m->acknowledged);
          check_objects (&m->views[j]);
          check_pending (m, &m->views[j]);
        }
      if (!m->has_peer)
        continue;
      table_watch_check (m->peer_view.watch);
      check_values (&m->peer_view, m->peer_acknowledged);
    }
}

static gboolean
is_equal (Model *m, View *view)
{
  VliveQuery *query = vlive_table_get_query (view->table);
  g_autoptr (GPtrArray) rows = vlive_array_master_evaluate (m->store.master, query);

  if (view->watch->rows->len != rows->len)
    return FALSE;

  for (guint i = 0; i < rows->len; i++)
    {
      VliveRow *row = view->watch->rows->pdata[i];
      VliveRecord *record = row != NULL ? vlive_row_get_record (row) : NULL;

      if (record == NULL || !vlive_record_equal (record, rows->pdata[i]))
        return FALSE;
    }

  return TRUE;
}

/* An empty list may not have been read yet. */
static gboolean
is_settled (Model *m, View *view)
{
  return is_equal (m, view)
         && vlive_table_get_state (view->table) == VLIVE_TABLE_COMPLETE;
}

static void
print_difference (Model *m, View *view)
{
  VliveQuery *query = vlive_table_get_query (view->table);
  g_autoptr (GPtrArray) rows = vlive_array_master_evaluate (m->store.master, query);
  g_autofree char *ids = table_watch_ids (view->watch, 0, view->watch->rows->len);

  g_test_message ("query “%s”, shown %u: %s", vlive_query_get_key (query),
                  view->watch->rows->len, ids);
  for (guint i = 0; i < rows->len; i++)
    g_test_message ("master %u: %s %" G_GINT64_FORMAT, i,
                    vlive_record_get_id (rows->pdata[i]),
                    store_fixture_get_value (rows->pdata[i]));
}

static void
settle_view (Model *m, View *view)
{
  for (guint i = 0; i < 100 && !is_settled (m, view); i++)
    {
      vlive_table_set_visible_range (view->table, 0, MAX (view->watch->rows->len, 1));
      table_watch_hold (view->watch, 0, view->watch->rows->len);
      if (i % 5 == 0)
        vlive_table_refresh (view->table);
      move_time (m, 400);
    }
  if (!is_equal (m, view))
    print_difference (m, view);
  g_assert_true (is_equal (m, view));
  g_assert_cmpint (vlive_table_get_state (view->table), ==, VLIVE_TABLE_COMPLETE);
}

/* All is quiet, and everything has been looked at once more: equal. */
static void
settle (Model *m)
{
  VliveArrayMaster *master = m->store.master;

  master->hold = FALSE;
  master->n_to_fail = 0;
  master->n_to_lose = 0;
  master->refusal = NULL;
  vlive_array_master_release_all (master);
  for (guint i = 0; i < 400 && m->n_writes + m->n_reads > 0; i++)
    move_time (m, 100);
  g_assert_cmpuint (m->n_writes, ==, 0);
  g_assert_cmpuint (m->n_reads, ==, 0);
  for (guint i = 0; i < N_VIEWS; i++)
    settle_view (m, &m->views[i]);
  if (m->has_peer)
    settle_view (m, &m->peer_view);
  /* Nothing of ours is left over. */
  vlive_table_set_visible_range (m->views[0].table, 0,
                                 MAX (m->views[0].watch->rows->len, 1));
  for (guint i = 0; i < 10 && _vlive_inserts_count (m->views[0].table->inserts) > 0;
       i++)
    move_time (m, 400);
  g_assert_cmpuint (_vlive_inserts_count (m->views[0].table->inserts), ==, 0);
}

static void
run (guint n_rows,
     gboolean hold_all,
     gconstpointer cache,
     gboolean with_peer,
     guint n_steps)
{
  Model m;

  /* Suite slow: a million. */
  if (g_test_slow ())
    n_steps *= 50;
  model_set_up (&m, n_rows, hold_all, cache);
  if (with_peer)
    model_add_peer (&m);
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
  run (60, TRUE, NULL, FALSE, 6000);
}

static void
test_hold_some (void)
{
  run (200, FALSE, NULL, FALSE, 6000);
}

static void
test_no_cache (void)
{
  run (60, FALSE, vlive_null_cache_new, FALSE, 3000);
}

static void
test_peer (void)
{
  run (60, TRUE, NULL, TRUE, 5000);
}

int
main (int argc, char **argv)
{
  vlive_test_init (&argc, &argv);
  g_test_add_func ("/table/table-model/hold-all", test_hold_all);
  g_test_add_func ("/table/table-model/hold-some", test_hold_some);
  g_test_add_func ("/table/table-model/no-cache", test_no_cache);
  g_test_add_func ("/table/table-model/peer", test_peer);

  return vlive_test_run ();
}
