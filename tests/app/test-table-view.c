/* test-table-view.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "app-test.h"
#include "vantage-cell.h"
#include "vantage-table-view.h"

typedef struct
{
  AppTest app;
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
  vantage_table_view_set_table (VANTAGE_TABLE_VIEW (fixture->view), fixture->table);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  app_test_set_up (&fixture->app);
  fixture->view = vantage_table_view_new ();
  fixture->window = app_test_show (fixture->view);
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
  app_test_tear_down (&fixture->app);
}

static const char *
get_page (Fixture *fixture)
{
  return vantage_table_view_get_page (VANTAGE_TABLE_VIEW (fixture->view));
}

static gboolean
has_text (GtkWidget *widget, gpointer data)
{
  return gtk_widget_get_mapped (widget)
         && g_strcmp0 (vantage_cell_get_text (VANTAGE_CELL (widget)), data) == 0;
}

static GtkWidget *
find_cell (Fixture *fixture, const char *text)
{
  return app_test_find (fixture->view, VANTAGE_TYPE_CELL, has_text, (gpointer) text);
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
  view = vantage_table_view_get_column_view (VANTAGE_TABLE_VIEW (fixture->view));
  columns = gtk_column_view_get_columns (GTK_COLUMN_VIEW (view));
  g_assert_cmpuint (g_list_model_get_n_items (columns), ==, 3);
  column = g_list_model_get_item (columns, 1);
  g_assert_cmpstr (gtk_column_view_column_get_title (column), ==, "name");
}

static void
test_empty (Fixture *fixture, gconstpointer data)
{
  app_test_fill (fixture->app.path, "empty", 0);
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
  vantage_table_view_set_table (VANTAGE_TABLE_VIEW (fixture->view), NULL);
  g_assert_cmpstr (get_page (fixture), ==, "blank");
}

/* A jump to the end fetches what is there, and not what lies between. */
static void
test_jump (Fixture *fixture, gconstpointer data)
{
  GtkWidget *scroller = NULL;
  GtkAdjustment *adjustment;
  VliveLedger ledger;

  app_test_fill (fixture->app.path, "long", 5000);
  open_table (fixture, "long");
  VLIVE_TEST_WAIT (find_cell (fixture, "Name 0") != NULL);
  scroller = app_test_find (fixture->view, GTK_TYPE_SCROLLED_WINDOW, NULL, NULL);
  adjustment = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (scroller));
  VLIVE_TEST_WAIT (gtk_adjustment_get_upper (adjustment) > 5000 * 15);
  gtk_adjustment_set_value (adjustment, gtk_adjustment_get_upper (adjustment));
  VLIVE_TEST_WAIT (find_cell (fixture, "Name 4999") != NULL);
  vlive_store_get_ledger (fixture->store, &ledger);
  g_assert_cmpuint (ledger.n_fetches, <=, 12);
}

int
main (int argc, char *argv[])
{
  app_test_init (&argc, &argv);
#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)
  ADD ("/app/table-view/rows", test_rows);
  ADD ("/app/table-view/empty", test_empty);
  ADD ("/app/table-view/error", test_error);
  ADD ("/app/table-view/blank", test_blank);
  ADD ("/app/table-view/jump", test_jump);
#undef ADD

  return vlive_test_run ();
}
