/* test-selection.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <vlive-gtk.h>

#include "vlive-array-master.h"
#include "vlive-marks-private.h"

#define MILLION 1000000

/*
 * A selection over a table, without any window: a test asks for rows as a list
 * would, through the selection.
 */
typedef struct
{
  VliveScriptedMaster *scripted; /* owned; NULL unless the test wants it */
  VliveArrayMaster *array;       /* owned; … or this one */
  VliveManualStream *stream;     /* owned; of the array */
  VliveCache *cache;
  VliveStore *store;
  VliveTable *table;
  VliveSelection *selection;
  GtkSelectionModel *model; /* the same */
  GPtrArray *held;          /* of VliveRow: what a list would hold */
  GString *log;             /* "3+1;" for each selection-changed */
} Fixture;

static void
selection_changed_cb (GtkSelectionModel *model,
                      guint position,
                      guint n_items,
                      GString *log)
{
  g_string_append_printf (log, "%u+%u;", position, n_items);
}

static void
open_store (Fixture *f, VliveMaster *master, VliveLiveStream *stream, guint page_size)
{
  f->cache = vlive_memory_cache_new ();
  f->store = vlive_store_new (master, f->cache, "things");
  vlive_store_set_live_stream (f->store, stream);
  f->table =
      g_object_new (VLIVE_TYPE_TABLE, "store", f->store, "page-size", page_size, NULL);
  f->selection = vlive_selection_new (f->table);
  vlive_selection_set_mode (f->selection, GTK_SELECTION_MULTIPLE);
  f->model = GTK_SELECTION_MODEL (f->selection);
  f->held = g_ptr_array_new_with_free_func (g_object_unref);
  f->log = g_string_new (NULL);
  g_signal_connect (f->selection, "selection-changed",
                    G_CALLBACK (selection_changed_cb), f->log);
}

static guint
n_items (Fixture *f)
{
  return g_list_model_get_n_items (G_LIST_MODEL (f->selection));
}

/* @data: how many rows; of the scripted master, if they are many. */
static void
set_up (Fixture *f, gconstpointer data)
{
  guint n_rows = GPOINTER_TO_UINT (data);

  if (n_rows >= MILLION)
    {
      f->scripted = vlive_scripted_master_new ("things", n_rows, 1);
      vlive_scripted_master_set_live (f->scripted, TRUE);
      open_store (f, VLIVE_MASTER (f->scripted),
                  vlive_scripted_master_get_live_stream (f->scripted), 100);
    }
  else
    {
      f->array = vlive_array_master_new ("things");
      f->stream = vlive_manual_stream_new ();
      f->array->stream = g_object_ref (f->stream);
      vlive_array_master_fill (f->array, n_rows);
      open_store (f, VLIVE_MASTER (f->array), VLIVE_LIVE_STREAM (f->stream), 20);
    }
  VLIVE_TEST_WAIT (n_items (f) == n_rows);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;

  g_ptr_array_unref (f->held);
  g_assert_finalize_object (f->selection);
  g_string_free (f->log, TRUE);
  g_assert_finalize_object (f->table);
  if (f->array != NULL)
    f->array->hold = FALSE;
  vlive_store_close_async (f->store, vlive_test_result_cb, &result);
  VLIVE_TEST_WAIT (result != NULL);
  g_assert_true (vlive_store_close_finish (f->store, result, NULL));
  g_clear_object (&result);
  if (f->array != NULL)
    {
      vlive_array_master_release_all (f->array);
      VLIVE_TEST_WAIT (f->array->n_in_flight == 0);
    }
  g_assert_finalize_object (f->store);
  VLIVE_TEST_WAIT (G_OBJECT (f->cache)->ref_count == 1);
  g_assert_finalize_object (f->cache);
  g_clear_object (&f->array);
  g_clear_object (&f->stream);
  g_clear_object (&f->scripted);
  vlive_test_assert_all_gone ();
}

/* A list holds this row, and it is loaded. */
static VliveRow *
hold (Fixture *f, guint position)
{
  VliveRow *row = g_list_model_get_item (G_LIST_MODEL (f->selection), position);

  g_assert_nonnull (row);
  g_ptr_array_add (f->held, row);
  vlive_table_set_visible_range (f->table, position, 20);
  VLIVE_TEST_WAIT (vlive_row_get_state (row) != VLIVE_ROW_LOADING);

  return row;
}

static void
let_go (Fixture *f)
{
  g_ptr_array_set_size (f->held, 0);
}

static gboolean
is_at (Fixture *f, guint position, const char *id)
{
  g_autoptr (VliveRow) row =
      g_list_model_get_item (G_LIST_MODEL (f->selection), position);

  return row != NULL && g_strcmp0 (vlive_row_get_id (row), id) == 0;
}

/* A list looks there, until the page that was shown first has been checked. */
static void
wait_for (Fixture *f, guint position, const char *id)
{
  hold (f, position);
  VLIVE_TEST_WAIT (is_at (f, position, id));
}

static guint
find (Fixture *f, const char *id)
{
  for (guint i = 0; i < n_items (f); i++)
    {
      g_autoptr (VliveRow) row = g_list_model_get_item (G_LIST_MODEL (f->selection), i);

      if (g_strcmp0 (vlive_row_get_id (row), id) == 0)
        return i;
    }

  return G_MAXUINT;
}

static char *
dup_ids (Fixture *f)
{
  g_auto (GStrv) ids = vlive_selection_dup_ids (f->selection);

  return g_strjoinv (" ", ids);
}

static void
assert_ids (Fixture *f, const char *expected)
{
  g_autofree char *ids = dup_ids (f);

  g_assert_cmpstr (ids, ==, expected);
}

static guint64
n_places (Fixture *f)
{
  g_autoptr (GtkBitset) places = vlive_selection_dup_places (f->selection);

  return gtk_bitset_get_size (places);
}

static guint64
n_selected_places (Fixture *f)
{
  g_autoptr (GtkBitset) selected = gtk_selection_model_get_selection (f->model);

  return gtk_bitset_get_size (selected);
}

static void
insert_on_top (Fixture *f, guint n)
{
  guint before = n_items (f);

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GVariant) fields =
          g_variant_ref_sink (g_variant_new_parsed ("{'name': <'New'>}"));
      g_autoptr (VliveRecord) record = NULL;
      g_autofree char *id = g_strdup_printf ("%u", 5 * MILLION + i);
      g_autofree char *made = NULL;
      g_autoptr (GError) error = NULL;

      record = vlive_record_new_from_variant (id, fields, &error);
      g_assert_no_error (error);
      made = vlive_scripted_master_insert_elsewhere (f->scripted, 0, record, &error);
      g_assert_no_error (error);
    }
  vlive_table_refresh (f->table);
  VLIVE_TEST_WAIT (n_items (f) == before + n);
}

/* A million rows, none of which is made or asked for. */
static void
test_all (Fixture *f, gconstpointer data)
{
  int n_rows = _vlive_census_get (VLIVE_CENSUS_ROW);
  VliveLedger before;
  VliveLedger after;

  vlive_store_get_ledger (f->store, &before);
  g_assert_true (gtk_selection_model_select_all (f->model));
  g_assert_true (vlive_selection_is_inverted (f->selection));
  g_assert_cmpuint (vlive_selection_get_n_selected (f->selection), ==, MILLION);
  g_assert_cmpuint (n_selected_places (f), ==, MILLION);
  g_assert_cmpstr (f->log->str, ==, "0+1000000;");
  g_assert_true (gtk_selection_model_is_selected (f->model, 0));
  g_assert_true (gtk_selection_model_is_selected (f->model, MILLION - 1));
  g_assert_false (gtk_selection_model_is_selected (f->model, MILLION));
  g_assert_cmpint (_vlive_census_get (VLIVE_CENSUS_ROW), ==, n_rows);
  vlive_test_spin (100);
  vlive_store_get_ledger (f->store, &after);
  g_assert_cmpuint (after.n_fetches, ==, before.n_fetches);
  assert_ids (f, "");
}

/* All but some: what comes is selected, what was taken out stays out. */
static void
test_all_but (Fixture *f, gconstpointer data)
{
  g_autofree char *id = g_strdup (vlive_row_get_id (hold (f, 500000)));

  gtk_selection_model_select_all (f->model);
  g_assert_true (gtk_selection_model_unselect_item (f->model, 500000));
  assert_ids (f, id);
  g_assert_cmpuint (n_places (f), ==, 0);
  g_assert_cmpuint (vlive_selection_get_n_selected (f->selection), ==, MILLION - 1);
  g_assert_cmpuint (n_selected_places (f), ==, MILLION - 1);
  g_assert_false (gtk_selection_model_is_selected (f->model, 500000));
  g_assert_true (gtk_selection_model_is_selected (f->model, 500001));
  g_assert_false (vlive_selection_is_id_selected (f->selection, id));

  insert_on_top (f, 3);
  g_assert_true (gtk_selection_model_is_selected (f->model, 0));
  g_assert_true (gtk_selection_model_is_selected (f->model, 500000));
  g_assert_false (gtk_selection_model_is_selected (f->model, 500003));
  g_assert_cmpuint (vlive_selection_get_n_selected (f->selection), ==, MILLION + 2);
  gtk_selection_model_select_item (f->model, 500003, FALSE);
  assert_ids (f, "");
  g_assert_true (vlive_selection_is_inverted (f->selection));
  gtk_selection_model_select_item (f->model, 500003, TRUE);
  assert_ids (f, id);
  g_assert_false (vlive_selection_is_inverted (f->selection));
  g_assert_cmpuint (vlive_selection_get_n_selected (f->selection), ==, 1);
}

/* Everything is what the query lists: with another one, it would be something
 * else. What was selected by id stays. */
static void
test_query (Fixture *f, gconstpointer data)
{
  g_autoptr (VliveQuery) all = vlive_query_new ();
  g_autoptr (VliveQuery) sorted = vlive_query_with_sort (all, "number", TRUE);
  g_autofree char *id = g_strdup (vlive_row_get_id (hold (f, 3)));

  gtk_selection_model_select_all (f->model);
  vlive_table_set_query (f->table, sorted);
  g_assert_cmpuint (vlive_selection_get_n_selected (f->selection), ==, 0);

  vlive_table_set_query (f->table, all);
  wait_for (f, 3, id);
  gtk_selection_model_select_item (f->model, 3, TRUE);
  let_go (f);
  vlive_table_set_query (f->table, sorted);
  wait_for (f, MILLION - 4, id);
  g_assert_true (gtk_selection_model_is_selected (f->model, MILLION - 4));
  g_assert_false (gtk_selection_model_is_selected (f->model, 3));
  assert_ids (f, id);
}

/* A range of which nobody has seen the rows: nothing is asked for, and each
 * becomes an id when somebody looks. */
static void
test_range (Fixture *f, gconstpointer data)
{
  g_autofree char *id = NULL;
  VliveLedger before;
  VliveLedger after;

  vlive_store_get_ledger (f->store, &before);
  g_assert_true (gtk_selection_model_select_range (f->model, 500000, 100000, TRUE));
  g_assert_cmpuint (n_places (f), ==, 100000);
  g_assert_cmpuint (vlive_selection_get_n_selected (f->selection), ==, 100000);
  g_assert_cmpstr (f->log->str, ==, "500000+100000;");
  vlive_test_spin (100);
  vlive_store_get_ledger (f->store, &after);
  g_assert_cmpuint (after.n_fetches, ==, before.n_fetches);

  id = g_strdup (vlive_row_get_id (hold (f, 500050)));
  g_assert_true (gtk_selection_model_is_selected (f->model, 500050));
  assert_ids (f, id);
  g_assert_cmpuint (n_places (f), ==, 99999);
  g_assert_cmpuint (vlive_selection_get_n_selected (f->selection), ==, 100000);

  insert_on_top (f, 2);
  let_go (f);
  wait_for (f, 500052, id);
  g_assert_true (vlive_selection_is_id_selected (f->selection, id));
  g_assert_true (gtk_selection_model_is_selected (f->model, 500052));
  g_assert_true (gtk_selection_model_is_selected (f->model, 550000));
  g_assert_true (gtk_selection_model_unselect_range (f->model, 500010, 80000));
  g_assert_false (vlive_selection_is_id_selected (f->selection, id));
  g_assert_false (gtk_selection_model_is_selected (f->model, 500052));
  g_assert_false (gtk_selection_model_is_selected (f->model, 550000));
  g_assert_true (gtk_selection_model_is_selected (f->model, 595000));
}

/* The whole range is all. */
static void
test_whole_range (Fixture *f, gconstpointer data)
{
  gtk_selection_model_select_range (f->model, 0, n_items (f), FALSE);
  g_assert_true (vlive_selection_is_inverted (f->selection));
  gtk_selection_model_unselect_range (f->model, 0, n_items (f));
  g_assert_false (vlive_selection_is_inverted (f->selection));
  g_assert_cmpuint (vlive_selection_get_n_selected (f->selection), ==, 0);
}

/* Selected rows whose pages leave memory, with rows added at the top meanwhile. */
static void
test_added_on_top (Fixture *f, gconstpointer data)
{
  g_autofree char *id = g_strdup (vlive_row_get_id (hold (f, 700000)));

  gtk_selection_model_select_item (f->model, 700000, TRUE);
  let_go (f);
  hold (f, 0);
  insert_on_top (f, 5);
  let_go (f);
  g_string_truncate (f->log, 0);
  wait_for (f, 700005, id);
  g_assert_true (gtk_selection_model_is_selected (f->model, 700005));
  g_assert_false (gtk_selection_model_is_selected (f->model, 700000));
  g_assert_cmpuint (n_selected_places (f), ==, 1);
}

static void
test_single (Fixture *f, gconstpointer data)
{
  hold (f, 2);
  gtk_selection_model_select_range (f->model, 1, 3, TRUE);
  vlive_selection_set_mode (f->selection, GTK_SELECTION_SINGLE);
  g_assert_cmpuint (vlive_selection_get_n_selected (f->selection), ==, 0);
  g_assert_false (gtk_selection_model_select_all (f->model));
  g_assert_false (gtk_selection_model_select_range (f->model, 1, 3, TRUE));
  g_assert_true (gtk_selection_model_select_item (f->model, 2, FALSE));
  g_assert_true (gtk_selection_model_select_item (f->model, 5, FALSE));
  assert_ids (f, "000005");
  g_string_truncate (f->log, 0);
  vlive_selection_select_id (f->selection, "000007", FALSE);
  assert_ids (f, "000007");
  g_assert_true (gtk_selection_model_unselect_item (f->model, 7));
  assert_ids (f, "");
  vlive_selection_set_mode (f->selection, GTK_SELECTION_NONE);
  g_assert_false (gtk_selection_model_select_item (f->model, 2, FALSE));
}

/* A list holds all of them, and they are loaded. */
static gboolean
is_all_held (Fixture *f)
{
  gboolean is_loaded = TRUE;

  let_go (f);
  vlive_table_set_visible_range (f->table, 0, n_items (f));
  for (guint i = 0; i < n_items (f); i++)
    {
      VliveRow *row = g_list_model_get_item (G_LIST_MODEL (f->selection), i);

      g_ptr_array_add (f->held, row);
      is_loaded &= vlive_row_get_state (row) != VLIVE_ROW_LOADING;
    }

  return is_loaded;
}

static void
hold_all (Fixture *f)
{
  VLIVE_TEST_WAIT (is_all_held (f));
}

static void
test_mask (Fixture *f, gconstpointer data)
{
  g_autoptr (GtkBitset) selected = gtk_bitset_new_range (2, 3);
  g_autoptr (GtkBitset) mask = gtk_bitset_new_range (4, 4);
  g_autoptr (GtkBitset) all = gtk_bitset_new_range (0, 10);

  hold_all (f);
  gtk_selection_model_select_range (f->model, 6, 3, TRUE);
  assert_ids (f, "000006 000007 000008");
  g_string_truncate (f->log, 0);
  g_assert_true (gtk_selection_model_set_selection (f->model, selected, mask));
  assert_ids (f, "000004 000008");
  g_assert_cmpstr (f->log->str, ==, "4+4;");
  g_assert_true (gtk_selection_model_set_selection (f->model, selected, all));
  assert_ids (f, "000002 000003 000004");
  g_assert_true (gtk_selection_model_set_selection (f->model, all, all));
  g_assert_true (vlive_selection_is_inverted (f->selection));
  assert_ids (f, "");
}

/* By id, and it is told where. */
static void
test_ids (Fixture *f, gconstpointer data)
{
  hold_all (f);
  vlive_selection_select_id (f->selection, "000003", FALSE);
  vlive_selection_select_id (f->selection, "not here", FALSE);
  g_assert_cmpstr (f->log->str, ==, "3+1;");
  g_assert_true (gtk_selection_model_is_selected (f->model, 3));
  g_assert_true (vlive_selection_is_id_selected (f->selection, "not here"));
  vlive_selection_unselect_id (f->selection, "000003");
  g_assert_cmpstr (f->log->str, ==, "3+1;3+1;");
  assert_ids (f, "not here");
  gtk_selection_model_select_all (f->model);
  g_string_truncate (f->log, 0);
  vlive_selection_unselect_id (f->selection, "000004");
  g_assert_cmpstr (f->log->str, ==, "4+1;");
  g_assert_false (gtk_selection_model_is_selected (f->model, 4));
  vlive_selection_select_id (f->selection, "000004", FALSE);
  g_assert_cmpstr (f->log->str, ==, "4+1;4+1;");
  g_assert_true (gtk_selection_model_is_selected (f->model, 4));
}

/* A record goes, and comes back: it is selected again. */
static void
test_comes_back (Fixture *f, gconstpointer data)
{
  hold_all (f);
  gtk_selection_model_select_item (f->model, 4, TRUE);
  vlive_array_master_delete (f->array, "000004");
  let_go (f);
  VLIVE_TEST_WAIT (n_items (f) == 9);
  VLIVE_TEST_WAIT (find (f, "000004") == G_MAXUINT);
  g_assert_cmpuint (n_selected_places (f), ==, 0);
  assert_ids (f, "000004");
  vlive_array_master_insert (f->array, 8, "000004", 4);
  vlive_table_refresh (f->table);
  VLIVE_TEST_WAIT (n_items (f) == 10);
  VLIVE_TEST_WAIT (find (f, "000004") == 8);
  g_assert_true (gtk_selection_model_is_selected (f->model, 8));
  g_assert_cmpuint (n_selected_places (f), ==, 1);
}

static VliveWrite *
insert (Fixture *f)
{
  g_autoptr (VliveRecord) fields = vlive_array_master_make ("none", 7);

  return vlive_store_write (f->store, VLIVE_WRITE_INSERT, NULL, fields);
}

/* A row that was added at the top, and is selected, gets its id from the master and
 * goes to the end of the table, to a page that is not in memory; whether a list
 * holds it meanwhile or not. */
static void
check_moves_far (Fixture *f, gboolean held)
{
  g_autoptr (VliveWrite) write = NULL;
  g_autofree char *temporary = NULL;
  guint end = n_items (f);

  f->array->hold = TRUE;
  write = insert (f);
  VLIVE_TEST_WAIT (n_items (f) == end + 1);
  temporary = g_strdup (vlive_row_get_id (hold (f, 0)));
  g_assert_true (gtk_selection_model_select_item (f->model, 0, TRUE));
  assert_ids (f, temporary);
  if (!held)
    let_go (f);
  f->array->hold = FALSE;
  vlive_array_master_release_all (f->array);
  VLIVE_TEST_WAIT (vlive_write_get_state (write) == VLIVE_WRITE_APPLIED);
  vlive_table_refresh (f->table);
  let_go (f);
  wait_for (f, 0, "000000");
  assert_ids (f, "new1");
  g_assert_false (gtk_selection_model_is_selected (f->model, 0));
  let_go (f);
  wait_for (f, end, "new1");
  g_assert_true (gtk_selection_model_is_selected (f->model, end));
  g_assert_cmpuint (n_selected_places (f), ==, 1);
}

static void
test_moves_far (Fixture *f, gconstpointer data)
{
  check_moves_far (f, TRUE);
}

static void
test_moves_far_unseen (Fixture *f, gconstpointer data)
{
  check_moves_far (f, FALSE);
}

/* A place that is selected becomes a record that is not, and the other way: it is
 * told. */
static void
test_tells_when_known (Fixture *f, gconstpointer data)
{
  g_autoptr (VliveRow) row = NULL;

  vlive_selection_select_id (f->selection, "000900", TRUE);
  g_assert_cmpstr (f->log->str, ==, "");
  row = g_list_model_get_item (G_LIST_MODEL (f->selection), 900);
  g_assert_cmpint (vlive_row_get_state (row), ==, VLIVE_ROW_LOADING);
  g_assert_false (gtk_selection_model_is_selected (f->model, 900));
  VLIVE_TEST_WAIT (vlive_row_get_state (row) != VLIVE_ROW_LOADING);
  g_assert_cmpstr (f->log->str, ==, "900+1;");
  g_assert_true (gtk_selection_model_is_selected (f->model, 900));
}

/* Another table: nothing is selected. */
static void
test_table (Fixture *f, gconstpointer data)
{
  VliveTable *other = vlive_table_new (f->store, NULL);

  gtk_selection_model_select_all (f->model);
  vlive_selection_set_table (f->selection, other);
  g_assert_true (vlive_selection_get_table (f->selection) == other);
  g_assert_cmpuint (vlive_selection_get_n_selected (f->selection), ==, 0);
  vlive_selection_set_table (f->selection, NULL);
  g_assert_cmpuint (n_items (f), ==, 0);
  g_assert_finalize_object (other);
}

static void
never_cb (gpointer data, guint position)
{
  g_assert_not_reached ();
}

/* Of rows that nobody has seen, places are all that is known: they move along. */
static void
test_places (void)
{
  VliveMarks *marks = _vlive_marks_new (never_cb, NULL);
  g_autoptr (GtkBitset) range = gtk_bitset_new_range (100, 100);
  GtkBitset *places;

  _vlive_marks_add (marks, range);
  _vlive_marks_splice (marks, 0, 1, 3);
  _vlive_marks_splice (marks, 150, 10, 0);
  places = _vlive_marks_get_places (marks);
  g_assert_cmpuint (gtk_bitset_get_minimum (places), ==, 102);
  g_assert_cmpuint (gtk_bitset_get_maximum (places), ==, 191);
  g_assert_cmpuint (gtk_bitset_get_size (places), ==, 90);
  g_assert_cmpuint (_vlive_marks_get_n (marks), ==, 90);
  _vlive_marks_free (marks);
}

/* At random, compared with a set of ids. */

static void
toggle (GHashTable *expected, const char *id, gboolean selected)
{
  if (selected)
    g_hash_table_add (expected, g_strdup (id));
  else
    g_hash_table_remove (expected, id);
}

static void
select_at_random (Fixture *f, GHashTable *expected)
{
  guint position = (guint) g_test_rand_int_range (0, (int) n_items (f));
  guint wanted = (guint) g_test_rand_int_range (1, 8);
  guint n = MIN (wanted, n_items (f) - position);
  gboolean selected = g_test_rand_bit ();
  gboolean rest = selected && g_test_rand_bit ();

  if (rest)
    g_hash_table_remove_all (expected);
  for (guint i = position; i < position + n; i++)
    {
      g_autoptr (VliveRow) row = g_list_model_get_item (G_LIST_MODEL (f->selection), i);

      toggle (expected, vlive_row_get_id (row), selected);
    }
  if (selected)
    gtk_selection_model_select_range (f->model, position, n, rest);
  else
    gtk_selection_model_unselect_range (f->model, position, n);
}

static void
change_at_random (Fixture *f, guint *n_made)
{
  guint n = f->array->rows->len;
  g_autofree char *id = g_strdup_printf ("x%03u", (*n_made)++);
  guint place = (guint) g_test_rand_int_range (0, (int) n);
  guint expected_n = n;

  if (n > 20 && g_test_rand_bit ())
    {
      vlive_array_master_delete (f->array,
                                 vlive_record_get_id (f->array->rows->pdata[place]));
      expected_n--;
    }
  else
    {
      vlive_array_master_insert (f->array, place, id, place);
      expected_n++;
    }
  vlive_table_refresh (f->table);
  VLIVE_TEST_WAIT (n_items (f) == expected_n);
  VLIVE_TEST_WAIT (!vlive_table_is_busy (f->table));
}

static void
compare (Fixture *f, GHashTable *expected)
{
  g_autoptr (GtkBitset) selected = gtk_selection_model_get_selection (f->model);

  for (guint i = 0; i < n_items (f); i++)
    {
      g_autoptr (VliveRow) row = g_list_model_get_item (G_LIST_MODEL (f->selection), i);
      gboolean is_expected = g_hash_table_contains (expected, vlive_row_get_id (row));

      g_assert_cmpint (gtk_selection_model_is_selected (f->model, i), ==, is_expected);
      g_assert_cmpint (gtk_bitset_contains (selected, i), ==, is_expected);
    }
  g_assert_cmpuint (vlive_selection_get_n_selected (f->selection), ==,
                    g_hash_table_size (expected));
}

static void
test_random (Fixture *f, gconstpointer data)
{
  g_autoptr (GHashTable) expected =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  guint n_made = 0;

  for (guint i = 0; i < 100; i++)
    {
      hold_all (f);
      if (g_test_rand_int_range (0, 3) == 0)
        change_at_random (f, &n_made);
      else
        select_at_random (f, expected);
      hold_all (f);
      compare (f, expected);
    }
}

int
main (int argc, char **argv)
{
  vlive_test_init (&argc, &argv);
#define ADD(path, n_rows, func)                                                        \
  g_test_add ("/gtk/selection/" path, Fixture, GUINT_TO_POINTER (n_rows), set_up,      \
              func, tear_down)
  ADD ("all", MILLION, test_all);
  ADD ("all-but", MILLION, test_all_but);
  ADD ("query", MILLION, test_query);
  ADD ("range", MILLION, test_range);
  ADD ("whole-range", MILLION, test_whole_range);
  ADD ("added-on-top", MILLION, test_added_on_top);
  ADD ("single", 10, test_single);
  ADD ("mask", 10, test_mask);
  ADD ("ids", 10, test_ids);
  ADD ("comes-back", 10, test_comes_back);
  ADD ("moves-far", 5000, test_moves_far);
  ADD ("moves-far-unseen", 5000, test_moves_far_unseen);
  ADD ("tells-when-known", 1000, test_tells_when_known);
  ADD ("table", 10, test_table);
  ADD ("random", 30, test_random);
#undef ADD
  g_test_add_func ("/gtk/selection/places", test_places);

  return vlive_test_run ();
}
