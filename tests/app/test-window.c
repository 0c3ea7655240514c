/* test-window.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "app-test.h"
#include "vantage-cell.h"
#include "vantage-window.h"

typedef struct
{
  AppTest app;
  GListStore *sources;
  VantageWindow *window;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (VantageSource) products = NULL;

  app_test_set_up (&fixture->app);
  products = vantage_source_new_local (fixture->app.path, "products");
  fixture->sources = g_list_store_new (VANTAGE_TYPE_SOURCE);
  g_list_store_append (fixture->sources, products);
  fixture->window =
      vantage_window_new (NULL, fixture->app.cache, G_LIST_MODEL (fixture->sources));
  gtk_window_present (GTK_WINDOW (fixture->window));
}

static void
close_stores (Fixture *fixture)
{
  guint n_sources = g_list_model_get_n_items (G_LIST_MODEL (fixture->sources));

  for (guint i = 0; i < n_sources; i++)
    {
      g_autoptr (VantageSource) source =
          g_list_model_get_item (G_LIST_MODEL (fixture->sources), i);
      g_autoptr (GAsyncResult) result = NULL;
      VliveStore *store = vantage_source_peek_store (source);

      if (store == NULL)
        continue;
      vlive_store_close_async (store, vlive_test_result_cb, &result);
      VLIVE_TEST_WAIT (result != NULL);
      g_assert_true (vlive_store_close_finish (store, result, NULL));
    }
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  VantageWindow *window = fixture->window;

  g_object_add_weak_pointer (G_OBJECT (window), (gpointer *) &window);
  gtk_window_destroy (GTK_WINDOW (window));
  g_assert_null (window);
  close_stores (fixture);
  g_assert_finalize_object (fixture->sources);
  app_test_tear_down (&fixture->app);
}

static gboolean
has_text (GtkWidget *widget, gpointer data)
{
  return gtk_widget_get_mapped (widget)
         && g_strcmp0 (vantage_cell_get_text (VANTAGE_CELL (widget)), data) == 0;
}

static VantageCell *
find_cell (Fixture *fixture, const char *text)
{
  return (VantageCell *) app_test_find (GTK_WIDGET (fixture->window), VANTAGE_TYPE_CELL,
                                        has_text, (gpointer) text);
}

static gboolean
has_label (GtkWidget *widget, gpointer data)
{
  return strstr (gtk_label_get_text (GTK_LABEL (widget)), data) != NULL;
}

static gboolean
shows_label (Fixture *fixture, const char *text)
{
  return app_test_find (GTK_WIDGET (fixture->window), GTK_TYPE_LABEL, has_label,
                        (gpointer) text)
         != NULL;
}

static void
test_opens (Fixture *fixture, gconstpointer data)
{
  vantage_window_open (fixture->window, "local/products");
  VLIVE_TEST_WAIT (find_cell (fixture, "Brioche") != NULL);
  g_assert_cmpstr (vantage_source_get_title (
                       vantage_window_get_source (fixture->window)),
                   ==, "products");
  VLIVE_TEST_WAIT (shows_label (fixture, "3 records"));
  g_assert_true (shows_label (fixture, "just now"));
  g_assert_true (vantage_window_is_settled (fixture->window));
  g_assert_false (vantage_window_has_notice (fixture->window));
}

/* A table that is known only later is opened when it comes. */
static void
test_opens_later (Fixture *fixture, gconstpointer data)
{
  g_autoptr (VantageSource) more = NULL;

  app_test_fill (fixture->app.path, "more", 2);
  vantage_window_open (fixture->window, "local/more");
  g_assert_true (
      vantage_window_get_source (fixture->window) == NULL
      || strcmp (vantage_source_get_title (vantage_window_get_source (fixture->window)),
                 "more")
             != 0);
  more = vantage_source_new_local (fixture->app.path, "more");
  g_list_store_append (fixture->sources, more);
  VLIVE_TEST_WAIT (find_cell (fixture, "Name 1") != NULL);
  g_assert_true (vantage_window_get_source (fixture->window) == more);
}

static void
test_edit_writes_through (Fixture *fixture, gconstpointer data)
{
  g_autofree char *at_master = NULL;
  VantageCell *cell;

  vantage_window_open (fixture->window, "local/products");
  VLIVE_TEST_WAIT ((cell = find_cell (fixture, "Brioche")) != NULL);
  g_assert_true (vantage_cell_start_edit (cell));
  vantage_cell_set_draft (cell, "Brioche & Butter");
  vantage_cell_end_edit (cell, TRUE);
  VLIVE_TEST_WAIT (find_cell (fixture, "Brioche & Butter") != NULL);
  at_master = app_test_dup_at_master (&fixture->app, "b", "name");
  g_assert_cmpstr (at_master, ==, "Brioche & Butter");
}

/* What cannot be the column's is said, and nothing is sent. */
static void
test_edit_refused (Fixture *fixture, gconstpointer data)
{
  g_autofree char *at_master = NULL;
  VantageCell *cell;
  VliveLedger ledger;

  vantage_window_open (fixture->window, "local/products");
  VLIVE_TEST_WAIT ((cell = find_cell (fixture, "15")) != NULL);
  g_assert_true (vantage_cell_start_edit (cell));
  vantage_cell_set_draft (cell, "a lot");
  vantage_cell_end_edit (cell, TRUE);
  VLIVE_TEST_WAIT (shows_label (fixture, "“a lot” is not a whole number"));
  g_assert_nonnull (find_cell (fixture, "15"));
  at_master = app_test_dup_at_master (&fixture->app, "c", "price");
  g_assert_cmpstr (at_master, ==, "15");
  vlive_store_get_ledger (vantage_source_peek_store (
                              vantage_window_get_source (fixture->window)),
                          &ledger);
  g_assert_cmpuint (ledger.n_writes, ==, 0);
}

/* Offline: the rows stay, one line says why they grow old, and goes again. */
static void
test_offline (Fixture *fixture, gconstpointer data)
{
  VliveLocalMaster *master;

  vantage_window_open (fixture->window, "local/products");
  VLIVE_TEST_WAIT (find_cell (fixture, "Brioche") != NULL);
  master = VLIVE_LOCAL_MASTER (vlive_store_get_master (
      vantage_source_peek_store (vantage_window_get_source (fixture->window))));
  vlive_local_master_set_offline (master, TRUE);
  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.refresh", NULL);
  VLIVE_TEST_WAIT (vantage_window_has_notice (fixture->window));
  g_assert_nonnull (find_cell (fixture, "Brioche"));
  g_assert_true (
      g_str_has_prefix (vantage_window_get_notice (fixture->window), "Offline."));
  vlive_local_master_set_offline (master, FALSE);
  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.refresh", NULL);
  VLIVE_TEST_WAIT (!vantage_window_has_notice (fixture->window));
}

/* A server that is not there: a page says so, and another table still opens. */
static void
test_dead_server (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VliveProfile) shipped = vlive_profile_load ("jsonplaceholder", &error);
  g_autoptr (VliveProfile) dead = NULL;
  g_autoptr (VantageSource) posts = NULL;
  VantageTableView *view = vantage_window_get_table_view (fixture->window);

  g_assert_no_error (error);
  dead = vlive_profile_with_base_url (shipped, "http://127.0.0.1:1/", &error);
  g_assert_no_error (error);
  posts = vantage_source_new_rest (dead, "posts");
  g_list_store_append (fixture->sources, posts);
  vantage_window_open (fixture->window, vantage_source_get_key (posts));
  VLIVE_TEST_WAIT (g_strcmp0 (vantage_table_view_get_page (view), "error") == 0);
  g_assert_true (vantage_window_is_settled (fixture->window));
  vantage_window_open (fixture->window, "local/products");
  VLIVE_TEST_WAIT (find_cell (fixture, "Brioche") != NULL);
}

int
main (int argc, char *argv[])
{
  app_test_init (&argc, &argv);
#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)
  ADD ("/app/window/opens", test_opens);
  ADD ("/app/window/opens-later", test_opens_later);
  ADD ("/app/window/edit-writes-through", test_edit_writes_through);
  ADD ("/app/window/edit-refused", test_edit_refused);
  ADD ("/app/window/offline", test_offline);
  ADD ("/app/window/dead-server", test_dead_server);
#undef ADD

  return vlive_test_run ();
}
