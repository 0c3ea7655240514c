/* test-table-view.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <math.h>

#include "widget-test.h"
#include "vlive-cell-private.h"
#include "vlive-table-view-private.h"

typedef struct
{
  WidgetTest app;
  VliveStore *store;
  VliveTable *table;
  GtkWidget *view;
  GtkWindow *window;
} Fixture;

static void
open_table (Fixture *fixture, const char *name)
{
  g_autoptr (VliveMaster) master =
      VLIVE_MASTER (vlive_local_master_new (fixture->app.path, name));

  fixture->store = vlive_store_new (master, fixture->app.cache, name);
  fixture->table = vlive_table_new (fixture->store, NULL);
  vlive_table_view_set_table (VLIVE_TABLE_VIEW (fixture->view), fixture->table);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  widget_test_set_up (&fixture->app);
  fixture->view = vlive_table_view_new ();
  fixture->window = widget_test_show (fixture->view);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  GtkWidget *view = fixture->view;

  g_object_add_weak_pointer (G_OBJECT (view), (gpointer *) &view);
  gtk_window_destroy (fixture->window);
  g_assert_null (view);
  if (fixture->store != NULL)
    {
      /* GTK may let go of a model in a later turn. */
      VLIVE_TEST_WAIT (G_OBJECT (fixture->table)->ref_count == 1);
      g_assert_finalize_object (fixture->table);
      vlive_store_close_async (fixture->store, vlive_test_result_cb, &result);
      VLIVE_TEST_WAIT (result != NULL);
      g_assert_true (vlive_store_close_finish (fixture->store, result, NULL));
      g_clear_object (&result);
      g_assert_finalize_object (fixture->store);
    }
  widget_test_tear_down (&fixture->app);
}

static const char *
get_page (Fixture *fixture)
{
  return _vlive_table_view_get_page (VLIVE_TABLE_VIEW (fixture->view));
}

static gboolean
has_text (GtkWidget *widget, gpointer data)
{
  return gtk_widget_get_mapped (widget)
         && g_strcmp0 (_vlive_cell_get_text (VLIVE_CELL (widget)), data) == 0;
}

static GtkWidget *
find_cell (Fixture *fixture, const char *text)
{
  return widget_test_find (fixture->view, VLIVE_TYPE_CELL, has_text, (gpointer) text);
}

static void
test_rows (Fixture *fixture, gconstpointer data)
{
  GtkWidget *view;
  GListModel *columns;
  g_autoptr (GtkColumnViewColumn) column = NULL;

  open_table (fixture, "products");
  VLIVE_TEST_WAIT (find_cell (fixture, "Cinnamon Roll") != NULL);
  g_assert_cmpstr (get_page (fixture), ==, "rows");
  view = _vlive_table_view_get_column_view (VLIVE_TABLE_VIEW (fixture->view));
  columns = gtk_column_view_get_columns (GTK_COLUMN_VIEW (view));
  g_assert_cmpuint (g_list_model_get_n_items (columns), ==, 3);
  column = g_list_model_get_item (columns, 1);
  g_assert_cmpstr (gtk_column_view_column_get_title (column), ==, "name");
}

static void
test_empty (Fixture *fixture, gconstpointer data)
{
  widget_test_fill (fixture->app.path, "empty", 0);
  open_table (fixture, "empty");
  VLIVE_TEST_WAIT (g_strcmp0 (get_page (fixture), "empty") == 0);
}

static void
test_error (Fixture *fixture, gconstpointer data)
{
  open_table (fixture, "no-such-table");
  VLIVE_TEST_WAIT (g_strcmp0 (get_page (fixture), "error") == 0);
}

static void
test_blank (Fixture *fixture, gconstpointer data)
{
  g_assert_cmpstr (get_page (fixture), ==, "blank");
  open_table (fixture, "products");
  vlive_table_view_set_table (VLIVE_TABLE_VIEW (fixture->view), NULL);
  g_assert_cmpstr (get_page (fixture), ==, "blank");
}

/* A jump to the end fetches what is there, and not what lies between. */
static void
test_jump (Fixture *fixture, gconstpointer data)
{
  GtkWidget *scroller = NULL;
  GtkAdjustment *adjustment;
  VliveLedger ledger;

  widget_test_fill (fixture->app.path, "long", 5000);
  open_table (fixture, "long");
  VLIVE_TEST_WAIT (find_cell (fixture, "Name 0") != NULL);
  scroller = widget_test_find (fixture->view, GTK_TYPE_SCROLLED_WINDOW, NULL, NULL);
  adjustment = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (scroller));
  VLIVE_TEST_WAIT (gtk_adjustment_get_upper (adjustment) > 5000 * 15);
  gtk_adjustment_set_value (adjustment, gtk_adjustment_get_upper (adjustment));
  VLIVE_TEST_WAIT (find_cell (fixture, "Name 4999") != NULL);
  vlive_store_get_ledger (fixture->store, &ledger);
  g_assert_cmpuint (ledger.n_fetches, <=, 12);
}

static GtkWidget *
get_column_view (Fixture *fixture)
{
  return _vlive_table_view_get_column_view (VLIVE_TABLE_VIEW (fixture->view));
}

static gboolean
has_label (GtkWidget *widget, gpointer data)
{
  return strcmp (gtk_label_get_text (GTK_LABEL (widget)), data) == 0;
}

static float
get_title_xalign (Fixture *fixture, const char *title)
{
  GtkWidget *label = widget_test_find (get_column_view (fixture), GTK_TYPE_LABEL,
                                       has_label, (gpointer) title);

  g_assert_nonnull (label);

  return gtk_label_get_xalign (GTK_LABEL (label));
}

static gboolean
column_expands (Fixture *fixture, guint number)
{
  g_autoptr (GtkColumnViewColumn) column =
      g_list_model_get_item (gtk_column_view_get_columns (
                                 GTK_COLUMN_VIEW (get_column_view (fixture))),
                             number);

  return gtk_column_view_column_get_expand (column);
}

/* Texts share the width; numbers stay narrow, with their title above them. */
static void
test_columns (Fixture *fixture, gconstpointer data)
{
  open_table (fixture, "products");
  VLIVE_TEST_WAIT (find_cell (fixture, "Brioche") != NULL);
  g_assert_false (column_expands (fixture, 0));
  g_assert_true (column_expands (fixture, 1));
  g_assert_false (column_expands (fixture, 2));
  g_assert_cmpfloat (get_title_xalign (fixture, "price"), ==, 1);
  g_assert_cmpfloat (get_title_xalign (fixture, "name"), <, 1);
  VLIVE_TEST_WAIT (gtk_widget_get_width (find_cell (fixture, "Brioche")) > 400);
}

static int
get_fixed_width (Fixture *fixture, guint number)
{
  g_autoptr (GtkColumnViewColumn) column =
      g_list_model_get_item (gtk_column_view_get_columns (
                                 GTK_COLUMN_VIEW (get_column_view (fixture))),
                             number);

  return gtk_column_view_column_get_fixed_width (column);
}

/* Where the room ends, a column does. */
static gboolean
is_fitted (Fixture *fixture, guint n_whole)
{
  GtkWidget *scroller =
      widget_test_find (fixture->view, GTK_TYPE_SCROLLED_WINDOW, NULL, NULL);
  GtkAdjustment *adjustment =
      gtk_scrolled_window_get_hadjustment (GTK_SCROLLED_WINDOW (scroller));
  int sum = 0;

  for (guint i = 0; i < n_whole; i++)
    sum += get_fixed_width (fixture, i);

  return sum == (int) gtk_adjustment_get_page_size (adjustment);
}

/* A narrow window shows whole columns, and fewer of them. */
static void
test_narrow (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GtkColumnViewColumn) column = NULL;
  int width;

  open_table (fixture, "products");
  VLIVE_TEST_WAIT (find_cell (fixture, "Brioche") != NULL);
  width = get_fixed_width (fixture, 1);
  gtk_window_set_default_size (fixture->window, 350, 400);
  VLIVE_TEST_WAIT (is_fitted (fixture, 3));
  g_assert_cmpint (get_fixed_width (fixture, 1), <, width);
  gtk_window_set_default_size (fixture->window, 250, 400);
  VLIVE_TEST_WAIT (is_fitted (fixture, 2));
  gtk_window_set_default_size (fixture->window, 800, 400);
  VLIVE_TEST_WAIT (get_fixed_width (fixture, 1) == width);

  /* Who draws a column's edge wants it there. */
  column = g_list_model_get_item (gtk_column_view_get_columns (
                                      GTK_COLUMN_VIEW (get_column_view (fixture))),
                                  1);
  gtk_column_view_column_set_fixed_width (column, 333);
  gtk_window_set_default_size (fixture->window, 350, 400);
  VLIVE_TEST_WAIT (gtk_widget_get_width (fixture->view) < 400);
  vlive_test_spin (100);
  g_assert_cmpint (get_fixed_width (fixture, 1), ==, 333);
  g_assert_cmpint (get_fixed_width (fixture, 2), ==, 90);
}

/* Letters of twice the size: columns are twice as wide, and rows higher, of which
 * the list then holds fewer. */
static void
test_large (Fixture *fixture, gconstpointer data)
{
  GtkSettings *settings = gtk_settings_get_default ();
  guint before;
  guint after;
  int height;
  int dpi;

  open_table (fixture, "products");
  VLIVE_TEST_WAIT (find_cell (fixture, "Brioche") != NULL);
  VLIVE_TEST_WAIT ((height = gtk_widget_get_height (find_cell (fixture, "8"))) > 0);
  g_object_get (fixture->table, "max-items", &before, NULL);
  g_object_get (settings, "gtk-xft-dpi", &dpi, NULL);
  g_assert_cmpint (get_fixed_width (fixture, 2), ==, 90 * dpi / 1024 / 96);
  g_object_set (settings, "gtk-xft-dpi", 3 * dpi, NULL);
  VLIVE_TEST_WAIT (get_fixed_width (fixture, 2) == 3 * 90 * dpi / 1024 / 96);
  VLIVE_TEST_WAIT (gtk_widget_get_height (find_cell (fixture, "8")) > height);
  g_object_get (fixture->table, "max-items", &after, NULL);
  g_assert_cmpuint (after, <, before);
  g_assert_cmpint ((gint64) after * gtk_widget_get_height (find_cell (fixture, "8")), <,
                   G_MAXINT);
  g_object_set (settings, "gtk-xft-dpi", dpi, NULL);
  VLIVE_TEST_WAIT (get_fixed_width (fixture, 2) == 90 * dpi / 1024 / 96);
}

static GtkWidget *
get_focus (Fixture *fixture)
{
  return gtk_window_get_focus (fixture->window);
}

static gboolean
is_focused (Fixture *fixture, const char *text)
{
  GtkWidget *focus = get_focus (fixture);

  return VLIVE_IS_CELL (focus)
         && g_strcmp0 (_vlive_cell_get_text (VLIVE_CELL (focus)), text) == 0;
}

static gboolean
is_focused_in (Fixture *fixture, const char *column, const char *text)
{
  return is_focused (fixture, text)
         && strcmp (vlive_column_get_name (
                        _vlive_cell_get_column (VLIVE_CELL (get_focus (fixture)))),
                    column)
                == 0;
}

static void
move (Fixture *fixture, const char *from, int columns, int rows)
{
  g_signal_emit_by_name (find_cell (fixture, from), "move", columns, rows, FALSE);
}

/* The arrows keep to the column, and the selection follows. */
static void
test_moves (Fixture *fixture, gconstpointer data)
{
  GtkSelectionModel *selection;

  open_table (fixture, "products");
  VLIVE_TEST_WAIT (find_cell (fixture, "Brioche") != NULL);
  selection = gtk_column_view_get_model (GTK_COLUMN_VIEW (get_column_view (fixture)));
  gtk_widget_grab_focus (find_cell (fixture, "Apple Pie"));
  move (fixture, "Apple Pie", 0, 1);
  VLIVE_TEST_WAIT (is_focused (fixture, "Brioche"));
  g_assert_true (gtk_selection_model_is_selected (selection, 1));
  move (fixture, "Brioche", 1, 0);
  VLIVE_TEST_WAIT (is_focused (fixture, "8"));
  move (fixture, "8", 1, 0);
  VLIVE_TEST_WAIT (is_focused (fixture, "8"));
  move (fixture, "8", 0, 1);
  move (fixture, "15", 0, 1);
  VLIVE_TEST_WAIT (is_focused (fixture, "15"));
  g_assert_true (gtk_selection_model_is_selected (selection, 2));
  move (fixture, "a", -1, 0);
  VLIVE_TEST_WAIT (is_focused (fixture, "15"));
}

/* Thousands of rows, the first and the last of which are there. */
static void
open_long (Fixture *fixture)
{
  widget_test_fill (fixture->app.path, "long", 5000);
  open_table (fixture, "long");
  VLIVE_TEST_WAIT (find_cell (fixture, "Name 3") != NULL);
  VLIVE_TEST_WAIT (gtk_widget_get_height (find_cell (fixture, "Name 3")) > 0);
}

static GtkAdjustment *
get_adjustment (Fixture *fixture)
{
  GtkWidget *scroller =
      widget_test_find (fixture->view, GTK_TYPE_SCROLLED_WINDOW, NULL, NULL);

  return gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (scroller));
}

static void
jump (Fixture *fixture, VliveCellJump where, gboolean extend)
{
  g_assert_true (VLIVE_IS_CELL (get_focus (fixture)));
  g_signal_emit_by_name (get_focus (fixture), "jump", where, extend);
}

static guint
get_row_height (Fixture *fixture)
{
  GtkAdjustment *adjustment = get_adjustment (fixture);

  return (guint) gtk_adjustment_get_upper (adjustment) / 5000;
}

/* Pages, and both ends: to rows that the list has still to make. */
static void
test_jumps (Fixture *fixture, gconstpointer data)
{
  VliveSelection *selection =
      vlive_table_view_get_selection (VLIVE_TABLE_VIEW (fixture->view));
  g_autofree char *page_on = NULL;
  g_auto (GStrv) ids = NULL;
  guint n_page;

  open_long (fixture);
  gtk_widget_grab_focus (find_cell (fixture, "Name 3"));
  n_page = (guint) gtk_adjustment_get_page_size (get_adjustment (fixture))
               / get_row_height (fixture)
           - 1;
  page_on = g_strdup_printf ("Name %u", 3 + n_page);
  jump (fixture, VLIVE_CELL_JUMP_PAGE_DOWN, FALSE);
  VLIVE_TEST_WAIT (is_focused (fixture, page_on));
  jump (fixture, VLIVE_CELL_JUMP_PAGE_UP, FALSE);
  VLIVE_TEST_WAIT (is_focused (fixture, "Name 3"));
  jump (fixture, VLIVE_CELL_JUMP_PAGE_UP, FALSE);
  VLIVE_TEST_WAIT (is_focused (fixture, "Name 0"));

  jump (fixture, VLIVE_CELL_JUMP_ROW_END, FALSE);
  VLIVE_TEST_WAIT (is_focused (fixture, "0"));
  jump (fixture, VLIVE_CELL_JUMP_END, FALSE);
  VLIVE_TEST_WAIT (is_focused (fixture, "4999"));
  g_assert_true (
      gtk_selection_model_is_selected (GTK_SELECTION_MODEL (selection), 4999));
  jump (fixture, VLIVE_CELL_JUMP_PAGE_DOWN, FALSE);
  VLIVE_TEST_WAIT (is_focused_in (fixture, "price", "4999"));
  jump (fixture, VLIVE_CELL_JUMP_ROW_START, FALSE);
  VLIVE_TEST_WAIT (is_focused_in (fixture, "id", "4999"));
  jump (fixture, VLIVE_CELL_JUMP_START, FALSE);
  VLIVE_TEST_WAIT (is_focused (fixture, "000"));
  g_assert_cmpfloat (gtk_adjustment_get_value (get_adjustment (fixture)), ==, 0);

  /* With Shift the selection goes along. */
  g_signal_emit_by_name (get_focus (fixture), "move", 0, 1, FALSE);
  VLIVE_TEST_WAIT (is_focused (fixture, "001"));
  g_signal_emit_by_name (get_focus (fixture), "move", 0, 1, TRUE);
  VLIVE_TEST_WAIT (is_focused (fixture, "002"));
  ids = vlive_selection_dup_ids (selection);
  g_assert_cmpuint (g_strv_length (ids), ==, 2);
  g_assert_cmpstr (ids[0], ==, "001");
  g_assert_cmpstr (ids[1], ==, "002");
}

/* Keys come faster than the list makes rows: each goes on from where the last one
 * goes to. */
static void
test_jumps_fast (Fixture *fixture, gconstpointer data)
{
  g_autofree char *expected = NULL;
  guint n_page;

  open_long (fixture);
  gtk_widget_grab_focus (find_cell (fixture, "Name 0"));
  n_page = (guint) gtk_adjustment_get_page_size (get_adjustment (fixture))
               / get_row_height (fixture)
           - 1;
  expected = g_strdup_printf ("Name %u", 30 * n_page);
  for (guint i = 0; i < 30; i++)
    {
      jump (fixture, VLIVE_CELL_JUMP_PAGE_DOWN, FALSE);
      vlive_test_spin (5);
    }
  VLIVE_TEST_WAIT (is_focused (fixture, expected));
}

/* The rows on screen stand where the scroll position says. */
static gboolean
is_in_place (Fixture *fixture)
{
  double value = gtk_adjustment_get_value (get_adjustment (fixture));
  guint height = get_row_height (fixture);
  guint first = (guint) value / height + 1;
  g_autofree char *name = g_strdup_printf ("Name %u", first);
  GtkWidget *cell = find_cell (fixture, name);
  graphene_rect_t bounds;

  return cell != NULL
         && gtk_widget_compute_bounds (
             cell, gtk_widget_get_ancestor (cell, GTK_TYPE_LIST_VIEW), &bounds)
         && (guint) (value + bounds.origin.y) / height == first;
}

static void
check_place (Fixture *fixture)
{
  VLIVE_TEST_WAIT (is_in_place (fixture));
}

static GtkEventController *
get_wheel (Fixture *fixture)
{
  GtkWidget *scroller =
      widget_test_find (fixture->view, GTK_TYPE_SCROLLED_WINDOW, NULL, NULL);
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (scroller);

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GtkEventController) controller =
          g_list_model_get_item (controllers, i);

      if (GTK_IS_EVENT_CONTROLLER_SCROLL (controller)
          && gtk_event_controller_get_propagation_phase (controller)
                 == GTK_PHASE_CAPTURE)
        return controller;
    }

  return NULL;
}

static void
turn_wheel (Fixture *fixture, guint n_clicks, double dy)
{
  GtkEventController *wheel = get_wheel (fixture);

  g_assert_nonnull (wheel);
  for (guint i = 0; i < n_clicks; i++)
    {
      gboolean handled = FALSE;

      g_signal_emit_by_name (wheel, "scroll", 0.0, dy, &handled);
      g_assert_true (handled);
      vlive_test_spin (5);
    }
}

/* A fast wheel: several turns a frame. */
static void
test_wheel (Fixture *fixture, gconstpointer data)
{
  GtkAdjustment *adjustment;
  double step;

  open_long (fixture);
  adjustment = get_adjustment (fixture);
  step = pow (gtk_adjustment_get_page_size (adjustment), 2.0 / 3.0);
  turn_wheel (fixture, 60, 1);
  VLIVE_TEST_WAIT (fabs (gtk_adjustment_get_value (adjustment) - 60 * step) <= 60);
  check_place (fixture);
  turn_wheel (fixture, 30, -1);
  VLIVE_TEST_WAIT (fabs (gtk_adjustment_get_value (adjustment) - 30 * step) <= 60);
  check_place (fixture);
  turn_wheel (fixture, 60, -1);
  VLIVE_TEST_WAIT (gtk_adjustment_get_value (adjustment) == 0);
  check_place (fixture);
}

static void
count_cb (GtkWidget *widget, guint *n)
{
  if (VLIVE_IS_CELL (widget) && gtk_widget_has_css_class (widget, "placeholder"))
    (*n)++;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    count_cb (child, n);
}

static guint
n_placeholders (Fixture *fixture)
{
  guint n = 0;

  count_cb (fixture->view, &n);

  return n;
}

static guint
n_loading (Fixture *fixture)
{
  guint n = 0;

  for (GtkWidget *row =
           _vlive_table_view_get_first_row (VLIVE_TABLE_VIEW (fixture->view));
       row != NULL; row = gtk_widget_get_next_sibling (row))
    {
      VliveRow *its = _vlive_cell_get_row (_vlive_table_view_get_cell (row, 0));

      if (its != NULL && vlive_row_get_state (its) == VLIVE_ROW_LOADING)
        n++;
    }

  return n;
}

static VliveLocalMaster *
get_master (Fixture *fixture)
{
  return VLIVE_LOCAL_MASTER (vlive_store_get_master (fixture->store));
}

/* Bars come after a moment … */
static void
test_late (Fixture *fixture, gconstpointer data)
{
  gint64 began_at;

  open_long (fixture);
  vlive_local_master_set_latency (get_master (fixture), 2000);
  began_at = g_get_monotonic_time ();
  gtk_adjustment_set_value (get_adjustment (fixture), 60000);
  VLIVE_TEST_WAIT (n_loading (fixture) > 0);
  VLIVE_TEST_WAIT (n_placeholders (fixture) > 0);
  g_assert_cmpint (g_get_monotonic_time () - began_at, >=, 100000);
  g_assert_cmpuint (n_placeholders (fixture), <=, 3 * n_loading (fixture));
  VLIVE_TEST_WAIT (n_loading (fixture) == 0);
  g_assert_cmpuint (n_placeholders (fixture), ==, 0);
}

/* … and not where the answer comes before. */
static void
test_not_late (Fixture *fixture, gconstpointer data)
{
  gint64 deadline = g_get_monotonic_time () + vlive_test_patience_us ();

  _vlive_table_view_set_late (VLIVE_TABLE_VIEW (fixture->view), 600000);
  open_long (fixture);
  vlive_local_master_set_latency (get_master (fixture), 300);
  gtk_adjustment_set_value (get_adjustment (fixture), 60000);
  VLIVE_TEST_WAIT (n_loading (fixture) > 0);
  while (n_loading (fixture) > 0 && g_get_monotonic_time () < deadline)
    {
      g_assert_cmpuint (n_placeholders (fixture), ==, 0);
      vlive_test_turn ();
    }
  g_assert_cmpuint (n_loading (fixture), ==, 0);
  check_place (fixture);
}

/* The view is what gets the first focus, and has its rows by then: the first jump
 * is not blank. */
static void
test_first_focus (Fixture *fixture, gconstpointer data)
{
  GtkWidget *view = vlive_table_view_new ();
  GtkWidget *before = fixture->view;
  GtkWindow *window;

  open_long (fixture);
  vlive_table_view_set_table (VLIVE_TABLE_VIEW (before), NULL);
  vlive_table_view_set_table (VLIVE_TABLE_VIEW (view), fixture->table);
  window = GTK_WINDOW (gtk_window_new ());
  gtk_window_set_default_size (window, 800, 600);
  gtk_window_set_child (window, view);
  gtk_window_present (window);
  gtk_widget_child_focus (GTK_WIDGET (window), GTK_DIR_TAB_FORWARD);
  fixture->view = view;
  VLIVE_TEST_WAIT (find_cell (fixture, "Name 3") != NULL);
  VLIVE_TEST_WAIT (gtk_adjustment_get_upper (get_adjustment (fixture)) > 5000 * 15);
  gtk_adjustment_set_value (get_adjustment (fixture), 60000);
  vlive_test_spin (200);
  check_place (fixture);
  g_assert_cmpfloat (gtk_adjustment_get_value (get_adjustment (fixture)), ==, 60000);
  fixture->view = before;
  gtk_window_destroy (window);
}

static void
press (Fixture *fixture, guint keyval)
{
  g_autoptr (GListModel) controllers =
      gtk_widget_observe_controllers (get_column_view (fixture));

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GtkEventController) controller =
          g_list_model_get_item (controllers, i);
      gboolean handled = FALSE;

      if (GTK_IS_EVENT_CONTROLLER_KEY (controller))
        g_signal_emit_by_name (controller, "key-pressed", keyval, 0, 0, &handled);
    }
}

/* What is typed into a cell replaces what is there. */
static void
test_typing (Fixture *fixture, gconstpointer data)
{
  VliveCell *cell;

  open_table (fixture, "products");
  VLIVE_TEST_WAIT (find_cell (fixture, "Brioche") != NULL);
  cell = VLIVE_CELL (find_cell (fixture, "Brioche"));
  gtk_widget_grab_focus (GTK_WIDGET (cell));
  press (fixture, GDK_KEY_Shift_L);
  press (fixture, GDK_KEY_space);
  g_assert_false (_vlive_cell_is_editing (cell));
  press (fixture, GDK_KEY_D);
  g_assert_true (_vlive_cell_is_editing (cell));
  g_assert_cmpstr (_vlive_cell_get_text (cell), ==, "D");
  gtk_widget_grab_focus (find_cell (fixture, "b"));
  press (fixture, GDK_KEY_D);
  g_assert_false (_vlive_cell_is_editing (VLIVE_CELL (find_cell (fixture, "b"))));
}

/* Tab enters the table, and leaves it. */
static void
test_tab (Fixture *fixture, gconstpointer data)
{
  open_table (fixture, "products");
  VLIVE_TEST_WAIT (find_cell (fixture, "Brioche") != NULL);
  gtk_window_set_focus (fixture->window, NULL);
  g_assert_true (gtk_widget_child_focus (fixture->view, GTK_DIR_TAB_FORWARD));
  gtk_widget_grab_focus (find_cell (fixture, "Brioche"));
  g_assert_false (gtk_widget_child_focus (fixture->view, GTK_DIR_TAB_FORWARD));
  g_assert_false (gtk_widget_child_focus (fixture->view, GTK_DIR_TAB_BACKWARD));
}

/* An editor is opened from outside, where it can be. */
static void
test_edit (Fixture *fixture, gconstpointer data)
{
  VliveTableView *view = VLIVE_TABLE_VIEW (fixture->view);

  open_table (fixture, "products");
  VLIVE_TEST_WAIT (find_cell (fixture, "Brioche") != NULL);
  g_assert_false (vlive_table_view_edit (view, "b", "id", "x"));
  g_assert_false (vlive_table_view_edit (view, "x", "name", "x"));
  g_assert_true (vlive_table_view_edit (view, "b", "name", "Bread"));
  g_assert_true (_vlive_cell_is_editing (VLIVE_CELL (find_cell (fixture, "Bread"))));
}

/* A row comes above somebody who is typing, and goes again. */
static void
test_editor_stays (Fixture *fixture, gconstpointer data)
{
  g_autoptr (VliveRecord) fields = NULL;
  g_autoptr (VliveWrite) write = NULL;
  GListModel *model;
  VliveCell *cell;
  GVariantDict dict;

  open_table (fixture, "products");
  VLIVE_TEST_WAIT (find_cell (fixture, "Brioche") != NULL);
  model = G_LIST_MODEL (fixture->table);
  g_assert_true (
      vlive_table_view_edit (VLIVE_TABLE_VIEW (fixture->view), "b", "name", "Bread"));
  cell = VLIVE_CELL (find_cell (fixture, "Bread"));
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "name", "s", "Donut");
  fields = vlive_record_new_from_variant ("d", g_variant_dict_end (&dict), NULL);
  write = vlive_store_write (fixture->store, VLIVE_WRITE_INSERT, "d", fields);
  VLIVE_TEST_WAIT (g_list_model_get_n_items (model) == 4);
  VLIVE_TEST_WAIT (find_cell (fixture, "Donut") != NULL);
  g_assert_true (find_cell (fixture, "Bread") == GTK_WIDGET (cell));
  g_assert_true (_vlive_cell_is_editing (cell));
  VLIVE_TEST_WAIT (vlive_write_get_state (write) == VLIVE_WRITE_APPLIED);
  vlive_table_refresh (fixture->table);
  VLIVE_TEST_WAIT (vlive_table_get_state (fixture->table) == VLIVE_TABLE_COMPLETE);
  g_clear_object (&write);
  write = vlive_store_write (fixture->store, VLIVE_WRITE_DELETE, "a", NULL);
  VLIVE_TEST_WAIT (g_list_model_get_n_items (model) == 3);
  VLIVE_TEST_WAIT (vlive_write_get_state (write) == VLIVE_WRITE_APPLIED);
  g_assert_true (_vlive_cell_is_editing (cell));
  g_assert_cmpstr (_vlive_cell_get_text (cell), ==, "Bread");
  g_assert_cmpstr (vlive_row_get_id (_vlive_cell_get_row (cell)), ==, "b");
}

/* What nobody sees is not kept fresh. */
static void
test_hidden (Fixture *fixture, gconstpointer data)
{
  open_table (fixture, "products");
  VLIVE_TEST_WAIT (find_cell (fixture, "Brioche") != NULL);
  g_assert_false (vlive_table_is_hidden (fixture->table));
  gtk_widget_set_visible (GTK_WIDGET (fixture->window), FALSE);
  g_assert_true (vlive_table_is_hidden (fixture->table));
  gtk_window_present (fixture->window);
  VLIVE_TEST_WAIT (!vlive_table_is_hidden (fixture->table));

  /* Another one, or none, is shown. */
  vlive_table_view_set_table (VLIVE_TABLE_VIEW (fixture->view), NULL);
  g_assert_true (vlive_table_is_hidden (fixture->table));
}

/* The end of the table goes under somebody who looks at it. */
static void
test_shrinks (Fixture *fixture, gconstpointer data)
{
  GtkWidget *scroller;
  GtkAdjustment *adjustment;

  widget_test_fill (fixture->app.path, "long", 1000);
  open_table (fixture, "long");
  VLIVE_TEST_WAIT (find_cell (fixture, "Name 0") != NULL);
  scroller = widget_test_find (fixture->view, GTK_TYPE_SCROLLED_WINDOW, NULL, NULL);
  adjustment = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (scroller));
  VLIVE_TEST_WAIT (gtk_adjustment_get_upper (adjustment) > 1000 * 15);
  gtk_adjustment_set_value (adjustment, gtk_adjustment_get_upper (adjustment));
  VLIVE_TEST_WAIT (find_cell (fixture, "Name 999") != NULL);
  widget_test_fill (fixture->app.path, "long", 400);
  vlive_table_refresh (fixture->table);
  VLIVE_TEST_WAIT (g_list_model_get_n_items (G_LIST_MODEL (fixture->table)) == 400);
  VLIVE_TEST_WAIT (find_cell (fixture, "Name 399") != NULL);
  g_assert_null (find_cell (fixture, "Name 999"));
  g_assert_cmpstr (get_page (fixture), ==, "rows");
}

static gboolean
is_selected (Fixture *fixture, const char *text)
{
  VliveCell *cell = VLIVE_CELL (find_cell (fixture, text));

  return gtk_list_item_get_selected (_vlive_table_view_get_item (cell));
}

/* What is selected is known by id, through all that happens to the table. */
static void
test_selection (Fixture *fixture, gconstpointer data)
{
  VliveSelection *selection =
      vlive_table_view_get_selection (VLIVE_TABLE_VIEW (fixture->view));
  g_autoptr (VliveWrite) write = NULL;
  g_auto (GStrv) ids = NULL;

  open_table (fixture, "products");
  VLIVE_TEST_WAIT (find_cell (fixture, "Brioche") != NULL);
  g_assert_cmpint (vlive_selection_get_mode (selection), ==, GTK_SELECTION_MULTIPLE);
  gtk_widget_activate_action (find_cell (fixture, "Brioche"), "listitem.select", "(bb)",
                              FALSE, FALSE);
  gtk_widget_activate_action (find_cell (fixture, "Cinnamon Roll"), "listitem.select",
                              "(bb)", TRUE, FALSE);
  write = vlive_store_write (fixture->store, VLIVE_WRITE_DELETE, "a", NULL);
  VLIVE_TEST_WAIT (vlive_write_get_state (write) == VLIVE_WRITE_APPLIED);
  vlive_table_refresh (fixture->table);
  VLIVE_TEST_WAIT (find_cell (fixture, "Apple Pie") == NULL);
  g_assert_true (is_selected (fixture, "Brioche"));
  g_assert_true (is_selected (fixture, "Cinnamon Roll"));
  ids = vlive_selection_dup_ids (selection);
  g_assert_cmpuint (g_strv_length (ids), ==, 2);
  g_assert_cmpstr (ids[0], ==, "b");
  g_assert_cmpstr (ids[1], ==, "c");

  /* By a program: the list shows it. */
  vlive_selection_select_id (selection, "c", TRUE);
  g_assert_false (is_selected (fixture, "Brioche"));
  g_assert_true (is_selected (fixture, "Cinnamon Roll"));
}

/* Another program does it. */
static void
rename_elsewhere (Fixture *fixture, const char *id, const char *name)
{
  g_autoptr (VliveLocalMaster) master =
      vlive_local_master_new (fixture->app.path, "products");
  g_autoptr (GVariant) fields =
      g_variant_ref_sink (g_variant_new_parsed ("{'name': <%s>}", name));
  g_autoptr (VliveRecord) record = vlive_record_new_from_variant (id, fields, NULL);
  g_autoptr (VliveWrite) write = vlive_write_new (VLIVE_WRITE_PATCH, id, record);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (VliveReply) reply = NULL;

  vlive_master_apply_async (VLIVE_MASTER (master), write, NULL, vlive_test_result_cb,
                            &result);
  VLIVE_TEST_WAIT (result != NULL);
  reply = vlive_master_apply_finish (VLIVE_MASTER (master), result, NULL);
  g_assert_nonnull (reply);
}

/* What others change stands out for a moment, and its record until somebody has
 * been there. */
static void
test_changed (Fixture *fixture, gconstpointer data)
{
  g_autoptr (VliveLiveStream) stream = NULL;

  open_table (fixture, "products");
  VLIVE_TEST_WAIT (find_cell (fixture, "Brioche") != NULL);
  stream = vlive_master_create_stream (vlive_store_get_master (fixture->store));
  vlive_store_set_live_stream (fixture->store, stream);
  VLIVE_TEST_WAIT (vlive_live_stream_get_state (stream) == VLIVE_STREAM_LIVE);
  rename_elsewhere (fixture, "b", "Baguette");
  VLIVE_TEST_WAIT (find_cell (fixture, "Baguette") != NULL);
  g_assert_true (gtk_widget_has_css_class (find_cell (fixture, "b"), "changed"));
  g_assert_false (gtk_widget_has_css_class (find_cell (fixture, "a"), "changed"));
  VLIVE_TEST_WAIT (
      !gtk_widget_has_css_class (find_cell (fixture, "Baguette"), "flash"));
  g_assert_true (gtk_widget_has_css_class (find_cell (fixture, "b"), "changed"));
  gtk_widget_activate_action (find_cell (fixture, "Baguette"), "listitem.select",
                              "(bb)", FALSE, FALSE);
  g_assert_false (gtk_widget_has_css_class (find_cell (fixture, "b"), "changed"));
}

static gboolean
edit_cb (VliveTableView *view,
         const char *id,
         const char *column,
         GVariant *value,
         GString *log)
{
  g_autofree char *text = g_variant_print (value, FALSE);

  g_string_append_printf (log, "%s.%s=%s;", id, column, text);

  return TRUE;
}

static void
written_cb (VliveTableView *view, VliveWrite *write, VliveWrite **slot)
{
  g_assert_null (*slot);
  *slot = g_object_ref (write);
}

static void
edit (Fixture *fixture, const char *text)
{
  g_assert_true (
      vlive_table_view_edit (VLIVE_TABLE_VIEW (fixture->view), "b", "name", text));
  _vlive_cell_end_edit (VLIVE_CELL (find_cell (fixture, text)), TRUE);
}

/* What was edited is written, unless somebody else does. */
static void
test_writes (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GString) log = g_string_new (NULL);
  g_autoptr (VliveWrite) write = NULL;
  gulong id;

  open_table (fixture, "products");
  VLIVE_TEST_WAIT (find_cell (fixture, "Brioche") != NULL);
  g_signal_connect (fixture->view, "written", G_CALLBACK (written_cb), &write);
  id = g_signal_connect (fixture->view, "edit", G_CALLBACK (edit_cb), log);
  edit (fixture, "Bread");
  g_assert_cmpstr (log->str, ==, "b.name='Bread';");
  g_assert_null (write);
  g_assert_nonnull (find_cell (fixture, "Brioche"));
  g_signal_handler_disconnect (fixture->view, id);
  edit (fixture, "Bread");
  g_assert_nonnull (write);
  g_assert_cmpstr (vlive_write_get_id (write), ==, "b");
  g_assert_nonnull (find_cell (fixture, "Bread"));
  VLIVE_TEST_WAIT (vlive_write_get_state (write) == VLIVE_WRITE_APPLIED);
}

static gboolean
is_text (GtkWidget *widget, gpointer data)
{
  return gtk_widget_get_mapped (widget)
         && strcmp (gtk_label_get_text (GTK_LABEL (widget)), data) == 0;
}

static gboolean
shows (Fixture *fixture, const char *text)
{
  return widget_test_find (fixture->view, GTK_TYPE_LABEL, is_text, (gpointer) text)
         != NULL;
}

/* Its own pages may be replaced, and come back. */
static void
test_pages (Fixture *fixture, gconstpointer data)
{
  VliveTableView *view = VLIVE_TABLE_VIEW (fixture->view);
  GtkWidget *label = gtk_label_new ("Sold out");

  widget_test_fill (fixture->app.path, "empty", 0);
  open_table (fixture, "empty");
  VLIVE_TEST_WAIT (shows (fixture, "No records yet"));
  vlive_table_view_set_empty_child (view, label);
  g_assert_true (vlive_table_view_get_empty_child (view) == label);
  VLIVE_TEST_WAIT (shows (fixture, "Sold out"));
  g_assert_false (shows (fixture, "No records yet"));
  vlive_table_view_set_empty_child (view, NULL);
  VLIVE_TEST_WAIT (shows (fixture, "No records yet"));
}

static const char view_ui[] = "<interface>"
                              " <object class='VliveTableView' id='view'>"
                              "  <property name='table'>table</property>"
                              "  <child type='empty'>"
                              "   <object class='GtkLabel' id='empty'/>"
                              "  </child>"
                              "  <child type='error'>"
                              "   <object class='GtkLabel' id='error'/>"
                              "  </child>"
                              "  <child type='placeholder'>"
                              "   <object class='GtkLabel' id='placeholder'/>"
                              "  </child>"
                              " </object>"
                              "</interface>";

static void
test_builder (Fixture *fixture, gconstpointer data)
{
  GtkBuilder *builder = gtk_builder_new ();
  g_autoptr (GError) error = NULL;
  VliveTableView *view;

  open_table (fixture, "products");
  gtk_builder_expose_object (builder, "table", G_OBJECT (fixture->table));
  gtk_builder_add_from_string (builder, view_ui, -1, &error);
  g_assert_no_error (error);
  view = VLIVE_TABLE_VIEW (gtk_builder_get_object (builder, "view"));
  g_assert_true (vlive_table_view_get_table (view) == fixture->table);
  g_assert_true (G_OBJECT (vlive_table_view_get_empty_child (view))
                 == gtk_builder_get_object (builder, "empty"));
  g_assert_true (G_OBJECT (vlive_table_view_get_error_child (view))
                 == gtk_builder_get_object (builder, "error"));
  g_assert_true (G_OBJECT (vlive_table_view_get_placeholder (view))
                 == gtk_builder_get_object (builder, "placeholder"));
  g_object_ref_sink (view);
  g_object_unref (builder);
  g_assert_finalize_object (view);
}

int
main (int argc, char *argv[])
{
  widget_test_init (&argc, &argv);
#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)
  ADD ("/gtk/table-view/rows", test_rows);
  ADD ("/gtk/table-view/empty", test_empty);
  ADD ("/gtk/table-view/error", test_error);
  ADD ("/gtk/table-view/blank", test_blank);
  ADD ("/gtk/table-view/jump", test_jump);
  ADD ("/gtk/table-view/columns", test_columns);
  ADD ("/gtk/table-view/narrow", test_narrow);
  ADD ("/gtk/table-view/large", test_large);
  ADD ("/gtk/table-view/moves", test_moves);
  ADD ("/gtk/table-view/jumps", test_jumps);
  ADD ("/gtk/table-view/jumps-fast", test_jumps_fast);
  ADD ("/gtk/table-view/wheel", test_wheel);
  ADD ("/gtk/table-view/late", test_late);
  ADD ("/gtk/table-view/not-late", test_not_late);
  ADD ("/gtk/table-view/first-focus", test_first_focus);
  ADD ("/gtk/table-view/typing", test_typing);
  ADD ("/gtk/table-view/tab", test_tab);
  ADD ("/gtk/table-view/edit", test_edit);
  ADD ("/gtk/table-view/editor-stays", test_editor_stays);
  ADD ("/gtk/table-view/hidden", test_hidden);
  ADD ("/gtk/table-view/shrinks", test_shrinks);
  ADD ("/gtk/table-view/selection", test_selection);
  ADD ("/gtk/table-view/changed", test_changed);
  ADD ("/gtk/table-view/writes", test_writes);
  ADD ("/gtk/table-view/pages", test_pages);
  ADD ("/gtk/table-view/builder", test_builder);
#undef ADD

  return vlive_test_run ();
}
