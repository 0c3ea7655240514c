/* view-conformance.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "view-conformance.h"
#include "view-sight.h"

#include <math.h>

#define N_ROWS 10000
#define N_PAGES (N_ROWS / 100)
#define MIDDLE 5050

/* Opening and scrolling. */

/* The list is as long as the table at once; what is not there yet is filled in
 * where it stands. */
static void
test_opens (ViewFixture *f, gconstpointer data)
{
  guint n_binds;

  f->master->hold = TRUE;
  view_fixture_open (f, N_ROWS);
  VLIVE_TEST_WAIT (vlive_array_master_get_n_held (f->master) > 0);
  view_fixture_frame (f);
  g_assert_cmpuint (view_fixture_n_items (f), ==, 0);
  vlive_array_master_release (f->master, 0);
  VLIVE_TEST_WAIT (view_fixture_n_items (f) == N_ROWS);
  view_fixture_frame (f);
  g_assert_cmpuint (f->n_changes, ==, 1);
  g_assert_cmpuint (view_fixture_check (f, 0), >, 10);
  /* GTK makes more rows than it shows; those behind the first page wait. */
  g_assert_cmpuint (f->items->len, >, 100);
  g_assert_cmpuint (view_fixture_n_loading (f), ==, f->items->len - 100);

  n_binds = f->n_binds;
  VLIVE_TEST_WAIT (vlive_array_master_get_n_held (f->master) > 0);
  f->master->hold = FALSE;
  vlive_array_master_release_all (f->master);
  view_fixture_load (f);
  g_assert_cmpuint (f->n_fills, ==, f->items->len - 100);
  g_assert_cmpuint (f->n_changes, ==, 1);
  g_assert_cmpuint (f->n_binds, ==, n_binds);
}

/* Every row of the table is made, and many are seen: each page is fetched once on the way down,
 * and none on the way back. */
static void
test_scrolls_through (ViewFixture *f, gconstpointer data)
{
  double height;
  double page;
  double end;

  view_fixture_open_at (f, N_ROWS, 0, 0);
  f->n_changes = 0;
  height = view_fixture_get_height (f);
  page = floor (gtk_adjustment_get_page_size (f->adjustment) / height) * height;
  end = gtk_adjustment_get_upper (f->adjustment)
        - gtk_adjustment_get_page_size (f->adjustment);
  g_assert_cmpfloat (end, >, 9000 * height);

  for (double value = page; value < end + 5 * page; value += 5 * page)
    {
      view_fixture_scroll (f, MIN (value, end));
      view_fixture_load (f);
      g_assert_cmpfloat (gtk_adjustment_get_value (f->adjustment), ==,
                         MIN (floor (value), floor (end)));
      g_assert_cmpuint (view_fixture_check (f, 0), >=, (guint) (page / height));
    }
  view_fixture_settle (f);
  g_assert_nonnull (strstr (f->master->log->str, "window 9900+100;"));
  g_assert_cmpuint (view_fixture_check_asked (f), >=, N_PAGES - 4);
  g_assert_cmpuint (f->master->n_windows, ==, N_PAGES);

  for (double value = end; value > 0; value -= 8 * page)
    {
      view_fixture_scroll (f, floor (value));
      view_fixture_load (f);
      view_fixture_check (f, 0);
    }
  g_assert_cmpuint (f->master->n_windows, ==, N_PAGES);
  g_assert_cmpuint (f->n_changes, ==, 0);
}

/* Somebody drags the bar and waits for nothing. */
static void
test_drags (ViewFixture *f, gconstpointer data)
{
  double end;

  view_fixture_open_at (f, N_ROWS, 0, 0);
  f->master->latency_us = 30000;
  end = gtk_adjustment_get_upper (f->adjustment)
        - gtk_adjustment_get_page_size (f->adjustment);
  for (guint i = 1; i <= 60; i++)
    view_fixture_scroll (f, floor (end * i / 60));
  view_fixture_load (f);
  view_fixture_settle (f);
  view_fixture_check (f, 0);
  g_assert_cmpuint (view_fixture_find (f, "009999"), ==, N_ROWS - 1);
  view_fixture_check_asked (f);
  g_assert_cmpuint (f->master->n_windows, <=, N_PAGES);
  g_assert_cmpuint (f->master->max_in_flight, <=,
                    vlive_store_get_max_fetches (f->store));
  g_assert_cmpuint (f->n_changes, ==, 0);
}

/* What comes must not move what is there. */

/* A page that arrives fills the rows where they stand, whatever is selected or
 * has the focus. */
static void
test_page_arrives (ViewFixture *f, gconstpointer data)
{
  g_auto (ViewSight) before = { NULL };
  double height;
  double value;
  guint n_loading;

  view_fixture_open_at (f, N_ROWS, MIDDLE, 7);
  height = view_fixture_get_height (f);
  f->master->hold = TRUE;
  view_fixture_scroll (f, 8000 * height + 7);
  VLIVE_TEST_WAIT (vlive_array_master_get_n_held (f->master) > 0);
  n_loading = view_fixture_n_loading (f);
  g_assert_cmpuint (n_loading, >, 100);
  value = gtk_adjustment_get_value (f->adjustment);
  gtk_selection_model_select_item (f->selection, 8003, TRUE);
  gtk_widget_activate_action (f->view, "list.scroll-to-item", "u", 8004);
  g_assert_cmpuint (f->n_changes, ==, 0);
  f->n_binds = 0;
  f->n_fills = 0;

  f->master->hold = FALSE;
  vlive_array_master_release_all (f->master);
  view_fixture_load (f);
  g_assert_cmpuint (f->n_fills, ==, n_loading);
  g_assert_cmpuint (f->n_changes, ==, 0);
  g_assert_cmpuint (f->n_binds, ==, 0);
  g_assert_cmpfloat (gtk_adjustment_get_value (f->adjustment), ==, value);
  view_fixture_check (f, 0);
  before = view_sight_take (f);
  g_assert_cmpstr (before.top, ==, "008000@-7");
  g_assert_cmpstr (before.selected, ==, "008003 ");
}

/* Somebody is at work on what is here while the pages beside it are to come. */
static void
test_page_arrives_beside (ViewFixture *f, gconstpointer data)
{
  g_auto (ViewSight) before = { NULL };

  view_fixture_open_at (f, N_ROWS, MIDDLE, 7);
  f->master->hold = TRUE;
  view_fixture_scroll (f, 8050 * view_fixture_get_height (f) + 7);
  VLIVE_TEST_WAIT (vlive_array_master_get_n_held (f->master) > 1);
  vlive_array_master_release (f->master, 0);
  VLIVE_TEST_WAIT (view_fixture_n_blank (f) == 0);
  g_assert_cmpuint (view_fixture_n_loading (f), >, 50);
  before = view_sight_set (f, 8050);

  f->master->hold = FALSE;
  vlive_array_master_release_all (f->master);
  view_fixture_load (f);
  view_fixture_settle (f);
  view_sight_assert (&before, f);
  view_fixture_check (f, 0);
  g_assert_cmpuint (f->n_changes, ==, 0);
}

static void
refresh (ViewFixture *f)
{
  guint n_windows = f->master->n_windows;

  vlive_table_refresh (f->table);
  VLIVE_TEST_WAIT (f->master->n_windows > n_windows);
  view_fixture_settle (f);
}

static void
test_refresh_same (ViewFixture *f, gconstpointer data)
{
  g_auto (ViewSight) before = view_sight_open (f, N_ROWS, MIDDLE);
  double value = gtk_adjustment_get_value (f->adjustment);

  refresh (f);
  g_assert_cmpuint (f->n_changes, ==, 0);
  g_assert_cmpuint (f->n_binds, ==, 0);
  g_assert_cmpfloat (gtk_adjustment_get_value (f->adjustment), ==, value);
  view_sight_assert (&before, f);
}

/* The master's row @id is called otherwise now, and nobody was told. */
static void
rename_silently (ViewFixture *f, const char *id, const char *name)
{
  int index = vlive_array_master_find (f->master, id);
  VliveRecord *old = f->master->rows->pdata[index];
  g_autoptr (VliveRecord) fields = NULL;
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "name", "s", name);
  fields = vlive_record_new_from_variant (id, g_variant_dict_end (&dict), NULL);
  f->master->rows->pdata[index] = vlive_record_patch (old, fields);
  f->master->sequence++;
  vlive_record_unref (old);
}

/* Another value is shown in the row that is there. */
static void
test_refresh_changed (ViewFixture *f, gconstpointer data)
{
  g_auto (ViewSight) before = view_sight_open (f, N_ROWS, MIDDLE);

  rename_silently (f, "005053", "Renamed");
  refresh (f);
  g_assert_cmpstr (view_fixture_get_text (f, "005053"), ==, "Renamed");
  g_assert_cmpuint (f->n_changes, ==, 0);
  g_assert_cmpuint (f->n_binds, ==, 0);
  view_sight_assert (&before, f);
}

/* Somebody inserts above or below what is seen; it is told as an event. */
static void
insert (ViewFixture *f, guint position, const char *id)
{
  guint n_rows = f->master->rows->len;

  vlive_array_master_insert (f->master, position, id, 1);
  VLIVE_TEST_WAIT (view_fixture_n_items (f) == n_rows + 1);
  view_fixture_settle (f);
  view_fixture_load (f);
}

static void
test_insert_above (ViewFixture *f, gconstpointer data)
{
  g_auto (ViewSight) before = view_sight_open (f, N_ROWS, MIDDLE);
  double value = gtk_adjustment_get_value (f->adjustment);

  insert (f, 10, "above");
  VLIVE_TEST_WAIT (view_fixture_find (f, "005053") == 5054);
  view_fixture_settle (f);
  view_sight_assert (&before, f);
  view_fixture_check (f, 1);
  g_assert_cmpfloat (gtk_adjustment_get_value (f->adjustment), ==,
                     value + view_fixture_get_height (f));
}

static void
test_insert_below (ViewFixture *f, gconstpointer data)
{
  g_auto (ViewSight) before = view_sight_open (f, N_ROWS, MIDDLE);
  double value = gtk_adjustment_get_value (f->adjustment);

  insert (f, 9000, "below");
  view_sight_assert (&before, f);
  view_fixture_check (f, 0);
  g_assert_cmpfloat (gtk_adjustment_get_value (f->adjustment), ==, value);
}

static void
test_insert_at_top (ViewFixture *f, gconstpointer data)
{
  g_auto (ViewSight) before = view_sight_open (f, N_ROWS, MIDDLE);

  insert (f, 0, "top");
  VLIVE_TEST_WAIT (view_fixture_find (f, "005053") == 5054);
  view_fixture_settle (f);
  view_sight_assert (&before, f);
  view_fixture_check (f, 1);
}

/* On screen: what is above it stays, the rest makes room. */
static void
test_insert_between (ViewFixture *f, gconstpointer data)
{
  g_auto (ViewSight) before = view_sight_open (f, N_ROWS, MIDDLE);

  insert (f, 5058, "between");
  VLIVE_TEST_WAIT (view_fixture_find (f, "005058") == 5059);
  view_fixture_settle (f);
  view_sight_assert (&before, f);
  view_fixture_check_items (f);
  g_assert_cmpuint (view_fixture_find (f, "between"), ==, 5058);
}

static void
test_delete_above (ViewFixture *f, gconstpointer data)
{
  g_auto (ViewSight) before = view_sight_open (f, N_ROWS, MIDDLE);

  vlive_array_master_delete (f->master, "000010");
  VLIVE_TEST_WAIT (view_fixture_n_items (f) == N_ROWS - 1
                   && view_fixture_find (f, "005053") == 5052);
  view_fixture_settle (f);
  view_fixture_load (f);
  view_sight_assert (&before, f);
  view_fixture_check (f, -1);
}

/* A record that is selected goes: nothing else is selected instead, and the row
 * with the focus, which GTK holds on to, stays where it is. */
static void
test_delete_selected (ViewFixture *f, gconstpointer data)
{
  g_auto (ViewSight) before = view_sight_open (f, N_ROWS, MIDDLE);
  g_autofree char *selected = NULL;
  int y = view_fixture_get_y (f, "005054");

  g_assert_nonnull (strstr (before.selected, "005053 "));
  vlive_array_master_delete (f->master, "005053");
  VLIVE_TEST_WAIT (view_fixture_n_items (f) == N_ROWS - 1);
  view_fixture_settle (f);
  view_fixture_load (f);
  selected = view_fixture_dup_selected (f);
  g_assert_cmpstr (selected, ==, f->kind.multi ? "005055 " : "");
  g_assert_cmpint (view_fixture_get_y (f, "005054"), ==, y);
  g_assert_cmpstr (view_fixture_get_focus (f), ==, "005054");
  g_assert_cmpuint (view_fixture_find (f, "005054"), ==, 5053);
}

/* An edit of one's own shows at once, and again when the master has it. */
static void
test_write (ViewFixture *f, gconstpointer data)
{
  g_auto (ViewSight) before = view_sight_open (f, N_ROWS, MIDDLE);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (VliveRecord) fields = NULL;
  g_autoptr (VliveWrite) write = NULL;
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "name", "s", "Mine");
  fields = vlive_record_new_from_variant ("005053", g_variant_dict_end (&dict), &error);
  g_assert_no_error (error);
  write = vlive_write_new (VLIVE_WRITE_PATCH, "005053", fields);
  vlive_store_write_async (f->store, write, NULL, vlive_test_result_cb, &result);
  VLIVE_TEST_WAIT (result != NULL);
  g_assert_true (vlive_store_write_finish (f->store, result, &error));
  view_fixture_settle (f);
  g_assert_cmpstr (view_fixture_get_text (f, "005053"), ==, "Mine");
  g_assert_cmpuint (f->n_changes, ==, 0);
  g_assert_cmpuint (f->n_binds, ==, 0);
  view_sight_assert (&before, f);
}

/* All sorts of changes by others, some told and some found out, while somebody
 * looks at one place after another: what GTK has made is right each time, on
 * screen or off it. */
static void
change_something (ViewFixture *f, GRand *rand, guint round)
{
  guint n_rows = f->master->rows->len;
  guint position = (guint) g_rand_int_range (rand, 0, (gint32) n_rows);
  VliveRecord *record = f->master->rows->pdata[position];
  g_autofree char *id = g_strdup (vlive_record_get_id (record));
  g_autofree char *new_id = g_strdup_printf ("new-%u", round);

  switch (g_rand_int_range (rand, 0, 4))
    {
    case 0:
      vlive_array_master_insert (f->master, position, new_id, round);
      break;
    case 1:
      vlive_array_master_delete (f->master, id);
      break;
    case 2:
      vlive_array_master_set (f->master, id, round);
      break;
    case 3:
    default:
      /* It moves, and nobody is told. */
      g_ptr_array_insert (f->master->rows, g_rand_int_range (rand, 0, (gint32) n_rows),
                          vlive_record_ref (record));
      g_ptr_array_remove_index (f->master->rows,
                                f->master->rows->pdata[position] == record
                                    ? position
                                    : position + 1);
      f->master->sequence++;
    }
}

static void
test_storm (ViewFixture *f, gconstpointer data)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);

  view_fixture_open_at (f, 1000, 500, 3);
  for (guint round = 0; round < 15; round++)
    {
      if (round % 3 == 0)
        view_fixture_scroll (f, g_rand_int_range (rand, 0, 20000));
      for (guint i = 0; i < 1 + round % 5; i++)
        change_something (f, rand, round * 10 + i);
      refresh (f);
      view_fixture_load (f);
      view_fixture_settle (f);
      view_fixture_check_items (f);
    }
}

/* A page moves by one whose first rows GTK has not made: wherever those begin. */
static void
test_page_half_made (ViewFixture *f, gconstpointer data)
{
  view_fixture_open_at (f, 1000, 0, 0);
  for (guint position = 570; position < 600; position += 8)
    {
      view_fixture_scroll (f, position * view_fixture_get_height (f));
      view_fixture_load (f);
      g_ptr_array_remove_index (f->master->rows, 10);
      f->master->sequence++;
      refresh (f);
      view_fixture_load (f);
      view_fixture_check_items (f);
    }
}

/* The length. */

/* The table shrinks under somebody who stands at its end, and grows again. GTK
 * 4.8 loses count of its rows when a list is shortened from rows that it has not
 * made to some that it has (with any model): blank, or old rows for new ones.
 * Who shows such a list gives it its model again. */
static void
test_length (ViewFixture *f, gconstpointer data)
{
  double height;

  view_fixture_open_at (f, 1000, 999, 0);
  height = view_fixture_get_height (f);
  view_fixture_check (f, 0);

  g_ptr_array_set_size (f->master->rows, 400);
  refresh (f);
  VLIVE_TEST_WAIT (view_fixture_n_items (f) == 400);
  view_fixture_frame (f);
  g_assert_cmpfloat (gtk_adjustment_get_upper (f->adjustment), ==, 400 * height);
  view_fixture_set_model (f, NULL);
  view_fixture_set_model (f, f->selection);
  view_fixture_frame (f);
  view_fixture_scroll (f, 400 * height);
  view_fixture_load (f);
  view_fixture_check (f, 0);
  g_assert_cmpuint (view_fixture_find (f, "000399"), ==, 399);

  for (guint i = 400; i < 700; i++)
    {
      g_autofree char *id = g_strdup_printf ("%06u", i);

      g_ptr_array_add (f->master->rows, vlive_array_master_make (id, i));
    }
  refresh (f);
  VLIVE_TEST_WAIT (view_fixture_n_items (f) == 700);
  view_fixture_load (f);
  view_fixture_frame (f);
  g_assert_cmpfloat (gtk_adjustment_get_upper (f->adjustment), ==, 700 * height);
  view_fixture_check (f, 0);
}

/* All rows go, and others come. */
static void
test_emptied (ViewFixture *f, gconstpointer data)
{
  g_autoptr (GPtrArray) rows = NULL;

  view_fixture_open_at (f, 300, 0, 0);
  rows = g_steal_pointer (&f->master->rows);
  f->master->rows =
      g_ptr_array_new_with_free_func ((GDestroyNotify) vlive_record_unref);
  refresh (f);
  VLIVE_TEST_WAIT (view_fixture_n_items (f) == 0);
  view_fixture_frame (f);
  g_assert_cmpuint (view_fixture_n_loading (f), ==, 0);
  g_assert_cmpint (vlive_table_get_state (f->table), ==, VLIVE_TABLE_COMPLETE);

  g_ptr_array_unref (f->master->rows);
  f->master->rows = g_steal_pointer (&rows);
  refresh (f);
  VLIVE_TEST_WAIT (view_fixture_n_items (f) == 300);
  view_fixture_load (f);
  view_fixture_frame (f);
  view_fixture_check (f, 0);
}

/* Another query: another list, from its first row on. */
static void
test_query (ViewFixture *f, gconstpointer data)
{
  g_autoptr (VliveQuery) all = vlive_query_new ();
  g_autoptr (VliveQuery) last_first = vlive_query_with_sort (all, "value", TRUE);
  g_autofree char *top = NULL;

  view_fixture_open_at (f, N_ROWS, 20, 0);
  vlive_table_set_query (f->table, last_first);
  VLIVE_TEST_WAIT (f->n_changes >= 2);
  gtk_widget_activate_action (f->view, "list.scroll-to-item", "u", 0);
  view_fixture_frame (f);
  view_fixture_scroll (f, 0);
  view_fixture_load (f);
  top = view_fixture_dup_top (f);
  g_assert_cmpstr (top, ==, "009999@0");
  g_assert_cmpuint (view_fixture_find (f, "009990"), ==, 9);
}

/* The end. */

/* Our own hold on the table is nothing to the list: it goes on, and the table
 * goes with it. */
static void
test_dropped (ViewFixture *f, gconstpointer data)
{
  gpointer table;
  gpointer selection;

  view_fixture_open_at (f, N_ROWS, MIDDLE, 7);
  table = f->table;
  selection = f->selection;
  g_object_add_weak_pointer (table, &table);
  g_object_add_weak_pointer (selection, &selection);
  g_clear_object (&f->table);
  g_clear_object (&f->selection);
  g_assert_nonnull (table);

  gtk_adjustment_set_value (f->adjustment, 0);
  view_fixture_frame (f);
  VLIVE_TEST_WAIT (view_fixture_n_loading (f) == 0);
  f->master->hold = TRUE;
  gtk_adjustment_set_value (f->adjustment,
                            gtk_adjustment_get_upper (f->adjustment) / 4);
  view_fixture_frame (f);
  VLIVE_TEST_WAIT (vlive_array_master_get_n_held (f->master) > 0);
  g_assert_cmpuint (view_fixture_n_loading (f), >, 0);

  /* In the middle of an answer. */
  view_fixture_set_model (f, NULL);
  VLIVE_TEST_WAIT (selection == NULL && table == NULL);
  f->master->hold = FALSE;
  vlive_array_master_release_all (f->master);
  view_fixture_settle (f);
  g_assert_cmpuint (f->items->len, ==, 0);
}

/* The window goes while rows are still to come. */
static void
test_closed_while_loading (ViewFixture *f, gconstpointer data)
{
  f->master->hold = TRUE;
  view_fixture_open (f, N_ROWS);
  VLIVE_TEST_WAIT (vlive_array_master_get_n_held (f->master) > 0);
  vlive_array_master_release (f->master, 0);
  VLIVE_TEST_WAIT (view_fixture_n_loading (f) > 0);
  VLIVE_TEST_WAIT (vlive_array_master_get_n_held (f->master) > 0);
  view_fixture_close_window (f);
  g_assert_finalize_object (g_steal_pointer (&f->selection));
  g_assert_finalize_object (g_steal_pointer (&f->table));
  f->master->hold = FALSE;
  vlive_array_master_release_all (f->master);
}

/* Two views of one table share the rows, and what is fetched for them. */
static void
test_two_tables (ViewFixture *f, gconstpointer data)
{
  g_autoptr (VliveTable) other = NULL;
  guint n_windows;

  view_fixture_open_at (f, N_ROWS, MIDDLE, 0);
  n_windows = f->master->n_windows;
  other = g_steal_pointer (&f->table);
  view_fixture_set_model (f, NULL);
  g_clear_object (&f->selection);
  g_signal_handlers_disconnect_by_data (other, f);
  view_fixture_open (f, 0);
  VLIVE_TEST_WAIT (view_fixture_n_items (f) == N_ROWS);
  view_fixture_load (f);
  view_fixture_scroll (f, MIDDLE * view_fixture_get_height (f));
  view_fixture_load (f);
  view_fixture_check (f, 0);
  g_assert_cmpuint (f->master->n_windows, ==, n_windows);
  g_assert_finalize_object (g_steal_pointer (&other));
}

/* What must leave alone what somebody is doing. */
static void
add_quiet (const char *prefix, const ViewKind *kind)
{
  view_fixture_add (prefix, "page-arrives-beside", kind, test_page_arrives_beside);
  view_fixture_add (prefix, "refresh-same", kind, test_refresh_same);
  view_fixture_add (prefix, "refresh-changed", kind, test_refresh_changed);
  view_fixture_add (prefix, "insert-above", kind, test_insert_above);
  view_fixture_add (prefix, "insert-below", kind, test_insert_below);
  view_fixture_add (prefix, "insert-at-top", kind, test_insert_at_top);
  view_fixture_add (prefix, "insert-between", kind, test_insert_between);
  view_fixture_add (prefix, "delete-above", kind, test_delete_above);
  view_fixture_add (prefix, "delete-selected", kind, test_delete_selected);
  view_fixture_add (prefix, "write", kind, test_write);
}

void
view_conformance_add (const char *prefix, gboolean columns)
{
  for (guint i = 0; i < 2; i++)
    {
      const ViewKind *kind = view_kind_get (columns, i == 1, FALSE);

      view_fixture_add (prefix, "opens", kind, test_opens);
      view_fixture_add (prefix, "page-arrives", kind, test_page_arrives);
      add_quiet (prefix, kind);
      view_fixture_add (prefix, "length", kind, test_length);
      view_fixture_add (prefix, "emptied", kind, test_emptied);
      view_fixture_add (prefix, "query", kind, test_query);
      view_fixture_add (prefix, "dropped", kind, test_dropped);
      view_fixture_add (prefix, "closed-while-loading", kind,
                        test_closed_while_loading);
      view_fixture_add (prefix, "two-tables", kind, test_two_tables);
      view_fixture_add (prefix, "drags", kind, test_drags);
    }
  add_quiet (prefix, view_kind_get (columns, TRUE, TRUE));
  view_fixture_add (prefix, "page-half-made", view_kind_get (columns, FALSE, FALSE),
                    test_page_half_made);
  view_fixture_add (prefix, "storm", view_kind_get (columns, TRUE, FALSE), test_storm);
  view_fixture_add (prefix, "scrolls-through", view_kind_get (columns, FALSE, FALSE),
                    test_scrolls_through);
}
