/* view-staged.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "view-staged.h"

#include "view-sight.h"

#define N_ROWS 10000
#define N_FEW 60
#define MIDDLE 5050

/* Writing. */

static VliveWrite *
insert (ViewFixture *f, const char *id, gint64 value)
{
  g_autoptr (VliveRecord) fields =
      vlive_array_master_make (id != NULL ? id : "none", value);

  return vlive_store_write (f->store, VLIVE_WRITE_INSERT, id, fields);
}

static VliveWrite *
write_name (ViewFixture *f, const char *id, const char *name)
{
  g_autoptr (VliveRecord) fields = NULL;
  g_autoptr (GError) error = NULL;
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "name", "s", name);
  fields = vlive_record_new_from_variant (id, g_variant_dict_end (&dict), &error);
  g_assert_no_error (error);

  return vlive_store_write (f->store, VLIVE_WRITE_PATCH, id, fields);
}

static VliveWrite *
erase (ViewFixture *f, const char *id)
{
  return vlive_store_write (f->store, VLIVE_WRITE_DELETE, id, NULL);
}

/* Until the list has @n rows, and was drawn. */
static void
wait_for_length (ViewFixture *f, guint n)
{
  VLIVE_TEST_WAIT (view_fixture_n_items (f) == n);
  view_fixture_frame (f);
  view_fixture_frame (f);
}

/* The master answers, and what follows from that is shown. */
static void
answer (ViewFixture *f, VliveWrite *write, VliveWriteState state)
{
  f->master->hold = FALSE;
  vlive_array_master_release_all (f->master);
  VLIVE_TEST_WAIT (vlive_write_get_state (write) >= VLIVE_WRITE_APPLIED);
  g_assert_cmpint (vlive_write_get_state (write), ==, state);
  view_fixture_settle (f);
  view_fixture_load (f);
}

/* Until the master has been asked for what is visible, and has answered. */
static void
refresh (ViewFixture *f)
{
  guint n_windows = f->master->n_windows;

  vlive_table_refresh (f->table);
  VLIVE_TEST_WAIT (f->master->n_windows > n_windows);
  view_fixture_settle (f);
  view_fixture_load (f);
}

/* Rows in the order of their values, which is known to be the master's. */
static void
sort (ViewFixture *f)
{
  g_autoptr (VliveQuery) all = vlive_query_new ();

  f->master->capabilities |= VLIVE_SAME_ORDER;
  vlive_array_master_describe (f->master);
  f->query = vlive_query_with_sort (all, "value", FALSE);
}

static VliveRow *
dup_row (ViewFixture *f, const char *id)
{
  return g_list_model_get_item (G_LIST_MODEL (f->table), view_fixture_find (f, id));
}

/* Rows that come. */

/* Without a known order it comes at the top, far above. */
static void
test_insert (ViewFixture *f, gconstpointer data)
{
  g_auto (ViewSight) before = view_sight_open (f, N_ROWS, MIDDLE);
  double value = gtk_adjustment_get_value (f->adjustment);
  g_autoptr (VliveWrite) write = NULL;

  f->master->hold = TRUE;
  write = insert (f, NULL, 7);
  wait_for_length (f, N_ROWS + 1);
  view_sight_assert (&before, f);
  view_fixture_check (f, 1);
  g_assert_cmpfloat (gtk_adjustment_get_value (f->adjustment), ==,
                     value + view_fixture_get_height (f));

  answer (f, write, VLIVE_WRITE_APPLIED);
  view_sight_assert (&before, f);

  /* The master has it at the end. */
  refresh (f);
  VLIVE_TEST_WAIT (view_fixture_find (f, "005053") == 5053);
  view_fixture_settle (f);
  view_sight_assert (&before, f);
  view_fixture_check (f, 0);
  g_assert_cmpuint (view_fixture_n_items (f), ==, N_ROWS + 1);
}

static void
test_insert_refused (ViewFixture *f, gconstpointer data)
{
  g_auto (ViewSight) before = view_sight_open (f, N_ROWS, MIDDLE);
  double value = gtk_adjustment_get_value (f->adjustment);
  g_autoptr (VliveWrite) write = NULL;

  f->master->hold = TRUE;
  f->master->refusal = "no";
  write = insert (f, NULL, 7);
  wait_for_length (f, N_ROWS + 1);
  answer (f, write, VLIVE_WRITE_REJECTED);
  wait_for_length (f, N_ROWS);
  view_sight_assert (&before, f);
  view_fixture_check (f, 0);
  g_assert_cmpfloat (gtk_adjustment_get_value (f->adjustment), ==, value);
}

/* Where the order is known it comes between its neighbours: above or below what
 * is seen, or on screen. */
static void
check_insert_in_order (ViewFixture *f, guint after, VliveWriteState state)
{
  g_auto (ViewSight) before = { NULL };
  g_autofree char *neighbour = g_strdup_printf ("%06u", after);
  g_autoptr (VliveWrite) write = NULL;
  g_autoptr (VliveRow) row = NULL;

  sort (f);
  before = view_sight_open (f, N_ROWS, MIDDLE);
  f->master->hold = TRUE;
  f->master->refusal = state == VLIVE_WRITE_APPLIED ? NULL : "no";
  write = insert (f, "x", after);
  wait_for_length (f, N_ROWS + 1);
  view_sight_assert (&before, f);
  view_fixture_check_items (f);
  g_assert_cmpuint (view_fixture_find (f, "x"), ==,
                    view_fixture_find (f, neighbour) + 1);
  row = dup_row (f, "x");

  f->n_changes = 0;
  answer (f, write, state);
  view_sight_assert (&before, f);
  view_fixture_check_items (f);
  if (state != VLIVE_WRITE_APPLIED)
    {
      wait_for_length (f, N_ROWS);
      view_sight_assert (&before, f);
      view_fixture_check (f, 0);
      return;
    }

  refresh (f);
  view_sight_assert (&before, f);
  view_fixture_check_items (f);
  g_assert_cmpuint (view_fixture_n_items (f), ==, N_ROWS + 1);
  g_assert_cmpuint (view_fixture_find (f, "x"), ==,
                    view_fixture_find (f, neighbour) + 1);
  g_assert_true (row == gtk_list_item_get_item (view_fixture_get_item (f, "x")));
}

static void
test_insert_above (ViewFixture *f, gconstpointer data)
{
  check_insert_in_order (f, MIDDLE - 30, VLIVE_WRITE_APPLIED);
}

static void
test_insert_between (ViewFixture *f, gconstpointer data)
{
  check_insert_in_order (f, MIDDLE + 8, VLIVE_WRITE_APPLIED);
}

static void
test_insert_below (ViewFixture *f, gconstpointer data)
{
  check_insert_in_order (f, MIDDLE + 40, VLIVE_WRITE_APPLIED);
}

static void
test_insert_above_refused (ViewFixture *f, gconstpointer data)
{
  check_insert_in_order (f, MIDDLE - 30, VLIVE_WRITE_REJECTED);
}

static void
test_insert_between_refused (ViewFixture *f, gconstpointer data)
{
  check_insert_in_order (f, MIDDLE + 8, VLIVE_WRITE_REJECTED);
}

/* Rows that go. */

/* A row beside those that somebody is at work on: above or below what is seen,
 * or on screen. */
static void
check_delete (ViewFixture *f, guint position, VliveWriteState state)
{
  g_auto (ViewSight) before = view_sight_open (f, N_ROWS, MIDDLE);
  g_autofree char *id = g_strdup_printf ("%06u", position);
  g_autoptr (VliveRow) row = dup_row (f, id);
  g_autoptr (VliveWrite) write = NULL;

  f->master->hold = TRUE;
  f->master->refusal = state == VLIVE_WRITE_APPLIED ? NULL : "no";
  write = erase (f, id);
  wait_for_length (f, N_ROWS - 1);
  view_sight_assert (&before, f);
  view_fixture_check_items (f);
  g_assert_null (view_fixture_get_item (f, id));

  answer (f, write, state);
  if (state == VLIVE_WRITE_APPLIED)
    {
      refresh (f);
      g_assert_cmpuint (view_fixture_n_items (f), ==, N_ROWS - 1);
      g_assert_null (view_fixture_get_item (f, id));
      view_fixture_check_items (f);
    }
  else
    {
      wait_for_length (f, N_ROWS);
      view_fixture_check (f, 0);
      /* The same object, and its cells know what became of it. */
      g_assert_true (gtk_list_item_get_item (view_fixture_get_item (f, id)) == row);
      g_assert_cmpint (vlive_row_get_state (row), ==, VLIVE_ROW_FAILED);
    }
  view_sight_assert (&before, f);
}

static void
test_delete_above (ViewFixture *f, gconstpointer data)
{
  check_delete (f, MIDDLE - 30, VLIVE_WRITE_APPLIED);
}

static void
test_delete_between (ViewFixture *f, gconstpointer data)
{
  check_delete (f, MIDDLE + 8, VLIVE_WRITE_APPLIED);
}

static void
test_delete_below (ViewFixture *f, gconstpointer data)
{
  check_delete (f, MIDDLE + 40, VLIVE_WRITE_APPLIED);
}

static void
test_delete_above_refused (ViewFixture *f, gconstpointer data)
{
  check_delete (f, MIDDLE - 30, VLIVE_WRITE_REJECTED);
}

static void
test_delete_between_refused (ViewFixture *f, gconstpointer data)
{
  check_delete (f, MIDDLE + 8, VLIVE_WRITE_REJECTED);
}

/* A row that is selected, refused: it comes back where it was. Nothing else is
 * selected meanwhile, and what has the focus stays where it is. */
static void
test_delete_selected (ViewFixture *f, gconstpointer data)
{
  g_auto (ViewSight) before = view_sight_open (f, N_ROWS, MIDDLE);
  g_autoptr (VliveRow) row = dup_row (f, "005053");
  g_autoptr (VliveWrite) write = NULL;
  const char *left = f->kind.multi ? "005055 " : "";
  g_autofree char *meanwhile = NULL;
  g_autofree char *afterwards = NULL;

  f->master->hold = TRUE;
  f->master->refusal = "no";
  write = erase (f, "005053");
  wait_for_length (f, N_ROWS - 1);
  meanwhile = view_fixture_dup_selected (f);
  g_assert_cmpstr (meanwhile, ==, left);
  answer (f, write, VLIVE_WRITE_REJECTED);
  wait_for_length (f, N_ROWS);
  g_assert_true (gtk_list_item_get_item (view_fixture_get_item (f, "005053")) == row);
  afterwards = view_fixture_dup_selected (f);
  g_assert_cmpstr (afterwards, ==, left);
  g_assert_cmpstr (view_fixture_get_focus (f), ==, before.focus);
  view_fixture_check (f, 0);
}

/* The row that has the focus, or is being edited, goes: no draft ends in another
 * row. */
static void
test_delete_focused (ViewFixture *f, gconstpointer data)
{
  g_auto (ViewSight) before = view_sight_open (f, N_ROWS, MIDDLE);
  g_autoptr (VliveWrite) write = NULL;
  g_auto (ViewSight) now = { NULL };

  f->master->hold = TRUE;
  f->master->refusal = "no";
  write = erase (f, "005054");
  wait_for_length (f, N_ROWS - 1);
  now = view_sight_take (f);
  g_assert_cmpstr (now.selected, ==, before.selected);
  g_assert_null (now.draft);
  view_fixture_check_items (f);
  answer (f, write, VLIVE_WRITE_REJECTED);
  wait_for_length (f, N_ROWS);
  view_sight_clear (&now);
  now = view_sight_take (f);
  g_assert_cmpstr (now.selected, ==, before.selected);
  g_assert_null (now.draft);
  view_fixture_check (f, 0);
}

/* Values. */

/* Of the row that somebody is at work on: shown before the call returns, and
 * taken back, while he goes on. */
static void
check_rename (ViewFixture *f, VliveWriteState state)
{
  g_auto (ViewSight) before = view_sight_open (f, N_ROWS, MIDDLE);
  g_autoptr (VliveRow) row = dup_row (f, "005054");
  g_autoptr (VliveWrite) write = NULL;
  gboolean applied = state == VLIVE_WRITE_APPLIED;

  f->master->hold = TRUE;
  f->master->refusal = applied ? NULL : "no";
  write = write_name (f, "005054", "Mine");
  g_assert_cmpstr (view_fixture_get_text (f, "005054"), ==, "Mine");
  g_assert_cmpint (vlive_row_get_state (row), ==, VLIVE_ROW_PENDING);
  view_fixture_settle (f);
  view_sight_assert (&before, f);
  answer (f, write, state);
  refresh (f);
  g_assert_cmpstr (view_fixture_get_text (f, "005054"), ==,
                   applied ? "Mine" : "row 005054");
  g_assert_cmpint (vlive_row_get_state (row), ==,
                   applied ? VLIVE_ROW_READY : VLIVE_ROW_FAILED);
  view_sight_assert (&before, f);
  g_assert_cmpuint (f->n_changes, ==, 0);
  g_assert_cmpuint (f->n_binds, ==, 0);
}

static void
test_rename (ViewFixture *f, gconstpointer data)
{
  check_rename (f, VLIVE_WRITE_APPLIED);
}

static void
test_rename_refused (ViewFixture *f, gconstpointer data)
{
  check_rename (f, VLIVE_WRITE_REJECTED);
}

/* The row that was added. */

/* Scrolled to the top, where it is, somebody is at work on it. */
static VliveWrite *
open_new (ViewFixture *f, guint n_rows, ViewSight *before)
{
  g_autoptr (VliveRow) row = NULL;
  g_autoptr (VliveWrite) write = NULL;
  const char *id;

  view_fixture_open_at (f, n_rows, 0, 0);
  f->master->hold = TRUE;
  write = insert (f, NULL, 7);
  wait_for_length (f, n_rows + 1);
  view_fixture_scroll (f, 0);
  row = g_list_model_get_item (G_LIST_MODEL (f->table), 0);
  id = vlive_row_get_id (row);
  g_assert_true (g_str_has_suffix (id, vlive_write_get_uuid (write)));
  view_fixture_select (f, id);
  view_fixture_focus (f, id);
  if (f->kind.edits)
    view_fixture_edit (f, id, "Draft");
  *before = view_sight_take (f);
  g_assert_cmpstr (before->focus, ==, id);

  return g_steal_pointer (&write);
}

/* The row is called otherwise now, and everything else is as before. */
static void
assert_renamed (ViewFixture *f, const ViewSight *before, const char *id)
{
  g_autofree char *top = g_strdup_printf ("%s@0", id);
  g_autofree char *selected = g_strdup_printf ("%s ", id);
  g_autofree char *draft = g_strdup_printf ("%s=Draft", id);
  ViewSight expected = { top, selected, (char *) id,
                         before->draft != NULL ? draft : NULL };

  view_sight_assert (&expected, f);
}

/* Its temporary id becomes the master's, which has it first, too. */
static void
test_new_row_stays (ViewFixture *f, gconstpointer data)
{
  g_auto (ViewSight) before = { NULL };
  g_autoptr (VliveWrite) write = NULL;
  g_autoptr (VliveRow) row = NULL;

  f->master->inserts_first = TRUE;
  write = open_new (f, N_ROWS, &before);
  row = g_list_model_get_item (G_LIST_MODEL (f->table), 0);
  f->n_changes = 0;
  answer (f, write, VLIVE_WRITE_APPLIED);
  assert_renamed (f, &before, "new1");
  refresh (f);
  assert_renamed (f, &before, "new1");
  view_fixture_check_items (f);
  g_assert_true (gtk_list_item_get_item (view_fixture_get_item (f, "new1")) == row);
  g_assert_cmpuint (view_fixture_n_items (f), ==, N_ROWS + 1);
}

/* The page that shows it comes before the answer. */
static void
test_new_row_seen_first (ViewFixture *f, gconstpointer data)
{
  g_auto (ViewSight) before = { NULL };
  g_autoptr (VliveWrite) write = NULL;
  g_autoptr (VliveRow) row = NULL;
  guint n;

  f->master->inserts_first = TRUE;
  write = open_new (f, N_ROWS, &before);
  row = g_list_model_get_item (G_LIST_MODEL (f->table), 0);
  n = vlive_array_master_get_n_held (f->master);
  vlive_table_refresh (f->table);
  VLIVE_TEST_WAIT (vlive_array_master_get_n_held (f->master) > n);
  while (vlive_array_master_get_n_held (f->master) > n)
    vlive_array_master_release (f->master, n);
  view_fixture_settle (f);
  view_sight_assert (&before, f);
  answer (f, write, VLIVE_WRITE_APPLIED);
  assert_renamed (f, &before, "new1");
  refresh (f);
  assert_renamed (f, &before, "new1");
  g_assert_true (gtk_list_item_get_item (view_fixture_get_item (f, "new1")) == row);
}

/* The master has it last, in sight of where it was shown first: the selection
 * and the focus go with it. */
static void
test_new_row_moves (ViewFixture *f, gconstpointer data)
{
  g_auto (ViewSight) before = { NULL };
  g_auto (ViewSight) now = { NULL };
  g_autoptr (VliveWrite) write = NULL;
  g_autoptr (VliveRow) row = NULL;

  write = open_new (f, N_FEW, &before);
  row = g_list_model_get_item (G_LIST_MODEL (f->table), 0);
  answer (f, write, VLIVE_WRITE_APPLIED);
  refresh (f);
  VLIVE_TEST_WAIT (view_fixture_find (f, "new1") == N_FEW);
  view_fixture_settle (f);
  view_fixture_check_items (f);
  g_assert_true (gtk_list_item_get_item (view_fixture_get_item (f, "new1")) == row);
  now = view_sight_take (f);
  g_assert_cmpstr (now.selected, ==, "new1 ");
  g_assert_cmpstr (now.focus, ==, "new1");
  g_assert_cmpstr (now.draft, ==, f->kind.edits ? "new1=Draft" : NULL);
}

/* … thousands of rows away: no list of GTK follows there, but nothing else is
 * selected or edited instead. */
static void
test_new_row_moves_far (ViewFixture *f, gconstpointer data)
{
  g_auto (ViewSight) before = { NULL };
  g_auto (ViewSight) now = { NULL };
  g_autoptr (VliveWrite) write = NULL;

  write = open_new (f, N_ROWS, &before);
  answer (f, write, VLIVE_WRITE_APPLIED);
  refresh (f);
  VLIVE_TEST_WAIT (view_fixture_find (f, "000000") == 0);
  view_fixture_settle (f);
  view_fixture_check (f, 0);
  now = view_sight_take (f);
  g_assert_cmpstr (now.selected, ==, "");
  g_assert_null (now.draft);
  g_assert_cmpuint (view_fixture_n_items (f), ==, N_ROWS + 1);
}

/* It was never made: nothing else is selected or edited instead. */
static void
test_new_row_refused (ViewFixture *f, gconstpointer data)
{
  g_auto (ViewSight) before = { NULL };
  g_auto (ViewSight) now = { NULL };
  g_autoptr (VliveWrite) write = NULL;

  f->master->refusal = "no";
  write = open_new (f, N_ROWS, &before);
  answer (f, write, VLIVE_WRITE_REJECTED);
  wait_for_length (f, N_ROWS);
  view_fixture_check (f, 0);
  now = view_sight_take (f);
  g_assert_cmpstr (now.selected, ==, "");
  g_assert_null (now.draft);
}

static void
add (const char *prefix, const ViewKind *kind)
{
  view_fixture_add (prefix, "insert", kind, test_insert);
  view_fixture_add (prefix, "insert-refused", kind, test_insert_refused);
  view_fixture_add (prefix, "insert-above", kind, test_insert_above);
  view_fixture_add (prefix, "insert-between", kind, test_insert_between);
  view_fixture_add (prefix, "insert-below", kind, test_insert_below);
  view_fixture_add (prefix, "insert-above-refused", kind, test_insert_above_refused);
  view_fixture_add (prefix, "insert-between-refused", kind,
                    test_insert_between_refused);
  view_fixture_add (prefix, "delete-above", kind, test_delete_above);
  view_fixture_add (prefix, "delete-between", kind, test_delete_between);
  view_fixture_add (prefix, "delete-below", kind, test_delete_below);
  view_fixture_add (prefix, "delete-above-refused", kind, test_delete_above_refused);
  view_fixture_add (prefix, "delete-between-refused", kind,
                    test_delete_between_refused);
  view_fixture_add (prefix, "delete-selected", kind, test_delete_selected);
  view_fixture_add (prefix, "delete-focused", kind, test_delete_focused);
  view_fixture_add (prefix, "rename", kind, test_rename);
  view_fixture_add (prefix, "rename-refused", kind, test_rename_refused);
  view_fixture_add (prefix, "new-row-stays", kind, test_new_row_stays);
  view_fixture_add (prefix, "new-row-seen-first", kind, test_new_row_seen_first);
  view_fixture_add (prefix, "new-row-moves", kind, test_new_row_moves);
  view_fixture_add (prefix, "new-row-moves-far", kind, test_new_row_moves_far);
  view_fixture_add (prefix, "new-row-refused", kind, test_new_row_refused);
}

void
view_staged_add (const char *prefix, gboolean columns)
{
  add (prefix, view_kind_get (columns, FALSE, FALSE));
  add (prefix, view_kind_get (columns, FALSE, TRUE));
  add (prefix, view_kind_get (columns, TRUE, FALSE));
  add (prefix, view_kind_get (columns, TRUE, TRUE));
}
