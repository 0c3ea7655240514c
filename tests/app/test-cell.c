/* test-cell.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "app-test.h"
#include "vantage-cell.h"

typedef struct
{
  AppTest app;
  VliveTable *table;
  VliveRow *row;
  GtkWidget *cell;
  GtkWindow *window;
  GString *edits;
} Fixture;

static void
edited_cb (VantageCell *cell,
           const char *id,
           const char *column,
           const char *text,
           GString *edits)
{
  g_string_append_printf (edits, "%s.%s=%s;", id, column, text);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  const char *name = data;
  g_autoptr (VliveColumn) column =
      vlive_column_new (name,
                        strcmp (name, "price") == 0 ? VLIVE_VALUE_INTEGER
                                                    : VLIVE_VALUE_TEXT,
                        VLIVE_FORMAT_PLAIN,
                        strcmp (name, "id") == 0 ? VLIVE_COLUMN_ID : VLIVE_COLUMN_NONE);

  app_test_set_up (&fixture->app);
  fixture->edits = g_string_new (NULL);
  fixture->table = vlive_table_new (fixture->app.store, NULL);
  VLIVE_TEST_WAIT (vlive_table_get_state (fixture->table) == VLIVE_TABLE_COMPLETE);
  fixture->row = g_list_model_get_item (G_LIST_MODEL (fixture->table), 0);
  fixture->cell = vantage_cell_new (column);
  g_signal_connect (fixture->cell, "edited", G_CALLBACK (edited_cb), fixture->edits);
  fixture->window = app_test_show (fixture->cell);
  vantage_cell_set_row (VANTAGE_CELL (fixture->cell), fixture->row);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  GtkWidget *cell = fixture->cell;

  g_object_add_weak_pointer (G_OBJECT (cell), (gpointer *) &cell);
  gtk_window_destroy (fixture->window);
  g_assert_null (cell);
  g_assert_finalize_object (fixture->row);
  g_assert_finalize_object (fixture->table);
  g_string_free (fixture->edits, TRUE);
  app_test_tear_down (&fixture->app);
}

static void
test_shows (Fixture *fixture, gconstpointer data)
{
  VantageCell *cell = VANTAGE_CELL (fixture->cell);

  g_assert_cmpstr (vantage_cell_get_text (cell), ==, "Apple Pie");
  g_assert_false (vantage_cell_is_editing (cell));
  gtk_test_accessible_assert_property (cell, GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "Apple Pie");
}

static void
test_saves (Fixture *fixture, gconstpointer data)
{
  VantageCell *cell = VANTAGE_CELL (fixture->cell);

  g_assert_true (vantage_cell_start_edit (cell));
  g_assert_true (vantage_cell_is_editing (cell));
  g_assert_cmpstr (vantage_cell_get_text (cell), ==, "Apple Pie");
  vantage_cell_set_draft (cell, "Apple Tart");
  vantage_cell_end_edit (cell, TRUE);
  g_assert_cmpstr (fixture->edits->str, ==, "a.name=Apple Tart;");
  g_assert_false (vantage_cell_is_editing (cell));
}

static void
test_gives_up (Fixture *fixture, gconstpointer data)
{
  VantageCell *cell = VANTAGE_CELL (fixture->cell);

  vantage_cell_start_edit (cell);
  vantage_cell_set_draft (cell, "Apple Tart");
  vantage_cell_end_edit (cell, FALSE);
  vantage_cell_start_edit (cell);
  vantage_cell_end_edit (cell, TRUE);
  g_assert_cmpstr (fixture->edits->str, ==, "");
  g_assert_cmpstr (vantage_cell_get_text (cell), ==, "Apple Pie");
}

static void
test_id_is_not_edited (Fixture *fixture, gconstpointer data)
{
  g_assert_cmpstr (vantage_cell_get_text (VANTAGE_CELL (fixture->cell)), ==, "a");
  g_assert_false (vantage_cell_start_edit (VANTAGE_CELL (fixture->cell)));
}

static void
test_number (Fixture *fixture, gconstpointer data)
{
  VantageCell *cell = VANTAGE_CELL (fixture->cell);
  GtkWidget *label = app_test_find (fixture->cell, GTK_TYPE_INSCRIPTION, NULL, NULL);

  g_assert_cmpstr (vantage_cell_get_text (cell), ==, "12");
  g_assert_cmpfloat (gtk_inscription_get_xalign (GTK_INSCRIPTION (label)), ==, 1);
}

/* Unbinding in the middle of an edit drops the draft without saving it to the
 * row that comes next. */
static void
test_unbound_while_editing (Fixture *fixture, gconstpointer data)
{
  VantageCell *cell = VANTAGE_CELL (fixture->cell);
  g_autoptr (VliveRow) other = g_list_model_get_item (G_LIST_MODEL (fixture->table), 1);

  vantage_cell_start_edit (cell);
  vantage_cell_set_draft (cell, "Apple Tart");
  vantage_cell_set_row (cell, other);
  g_assert_false (vantage_cell_is_editing (cell));
  g_assert_cmpstr (vantage_cell_get_text (cell), ==, "Brioche");
  g_assert_cmpstr (fixture->edits->str, ==, "");
  vantage_cell_set_row (cell, NULL);
}

int
main (int argc, char *argv[])
{
  app_test_init (&argc, &argv);
#define ADD(path, column, func)                                                        \
  g_test_add (path, Fixture, column, set_up, func, tear_down)
  ADD ("/app/cell/shows", "name", test_shows);
  ADD ("/app/cell/saves", "name", test_saves);
  ADD ("/app/cell/gives-up", "name", test_gives_up);
  ADD ("/app/cell/id-is-not-edited", "id", test_id_is_not_edited);
  ADD ("/app/cell/number", "price", test_number);
  ADD ("/app/cell/unbound-while-editing", "name", test_unbound_while_editing);
#undef ADD

  return vlive_test_run ();
}
