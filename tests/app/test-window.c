/* test-window.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "app-test.h"
#include "vlive-table-view-private.h"
#include "vantage-window.h"

typedef struct
{
  WidgetTest app;
  GListStore *sources;
  VantageWindow *window;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (VantageSource) products = NULL;

  widget_test_set_up (&fixture->app);
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
  widget_test_tear_down (&fixture->app);
}

static gboolean
has_text (GtkWidget *widget, gpointer data)
{
  return gtk_widget_get_mapped (widget)
         && g_strcmp0 (_vlive_cell_get_text (VLIVE_CELL (widget)), data) == 0;
}

static VliveCell *
find_cell (Fixture *fixture, const char *text)
{
  return (VliveCell *) widget_test_find (GTK_WIDGET (fixture->window), VLIVE_TYPE_CELL,
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
  return widget_test_find (GTK_WIDGET (fixture->window), GTK_TYPE_LABEL, has_label,
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
  /* Everything came from the master, which is nothing to tell. */
  g_assert_false (shows_label (fixture, "from cache"));
  g_assert_true (vantage_window_is_settled (fixture->window));
  g_assert_false (vantage_window_has_notice (fixture->window));
}

/* A table that is known only later is opened when it comes. */
static void
test_opens_later (Fixture *fixture, gconstpointer data)
{
  g_autoptr (VantageSource) more = NULL;

  widget_test_fill (fixture->app.path, "more", 2);
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

static gboolean
is_at_master (Fixture *fixture, const char *id, const char *field, const char *text)
{
  g_autofree char *at_master = widget_test_dup_at_master (&fixture->app, id, field);

  return g_strcmp0 (at_master, text) == 0;
}

/* It is shown at once, and the master has it soon. */
static void
test_edit_writes_through (Fixture *fixture, gconstpointer data)
{
  VliveCell *cell;

  vantage_window_open (fixture->window, "local/products");
  VLIVE_TEST_WAIT ((cell = find_cell (fixture, "Brioche")) != NULL);
  g_assert_true (_vlive_cell_start_edit (cell));
  _vlive_cell_set_draft (cell, "Brioche & Butter");
  _vlive_cell_end_edit (cell, TRUE);
  g_assert_nonnull (find_cell (fixture, "Brioche & Butter"));
  VLIVE_TEST_WAIT (is_at_master (fixture, "b", "name", "Brioche & Butter"));
}

static void
apply (VliveLocalMaster *master, VliveWriteOp op, const char *id, const char *name)
{
  g_autoptr (GVariant) fields = NULL;
  g_autoptr (VliveRecord) record = NULL;
  g_autoptr (VliveWrite) write = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (VliveReply) reply = NULL;
  g_autoptr (GError) error = NULL;

  if (name != NULL)
    {
      fields = g_variant_ref_sink (g_variant_new_parsed ("{'name': <%s>}", name));
      record = vlive_record_new_from_variant (id, fields, &error);
      g_assert_no_error (error);
    }
  write = vlive_write_new (op, id, record);
  vlive_master_apply_async (VLIVE_MASTER (master), write, NULL, vlive_test_result_cb,
                            &result);
  VLIVE_TEST_WAIT (result != NULL);
  reply = vlive_master_apply_finish (VLIVE_MASTER (master), result, &error);
  g_assert_no_error (error);
  g_assert_nonnull (reply);
}

/* What another program does to the file shows by itself; and so does what is
 * done in this window, in another one. */
static void
test_follows_others (Fixture *fixture, gconstpointer data)
{
  g_autoptr (VliveLocalMaster) other =
      vlive_local_master_new (fixture->app.path, "products");
  VliveStore *store;
  VliveLiveStream *stream;

  vantage_window_open (fixture->window, "local/products");
  VLIVE_TEST_WAIT (find_cell (fixture, "Brioche") != NULL);
  store = vantage_source_peek_store (vantage_window_get_source (fixture->window));
  stream = vlive_store_get_live_stream (store);
  g_assert_nonnull (stream);
  VLIVE_TEST_WAIT (vlive_live_stream_get_state (stream) == VLIVE_STREAM_LIVE);

  apply (other, VLIVE_WRITE_PATCH, "b", "Baguette");
  VLIVE_TEST_WAIT (find_cell (fixture, "Baguette") != NULL);
  g_assert_null (find_cell (fixture, "Brioche"));
  apply (other, VLIVE_WRITE_INSERT, "d", "Donut");
  VLIVE_TEST_WAIT (find_cell (fixture, "Donut") != NULL);
  apply (other, VLIVE_WRITE_DELETE, "a", NULL);
  VLIVE_TEST_WAIT (find_cell (fixture, "Apple Pie") == NULL);
  VLIVE_TEST_WAIT (shows_label (fixture, "3 records"));
}

/* What cannot be the column's is said and stays in its entry; nothing is sent. */
static void
test_edit_refused (Fixture *fixture, gconstpointer data)
{
  g_autofree char *at_master = NULL;
  VliveCell *cell;
  VliveLedger ledger;

  vantage_window_open (fixture->window, "local/products");
  VLIVE_TEST_WAIT ((cell = find_cell (fixture, "15")) != NULL);
  g_assert_true (_vlive_cell_start_edit (cell));
  _vlive_cell_set_draft (cell, "a lot");
  g_assert_false (_vlive_cell_end_edit (cell, TRUE));
  VLIVE_TEST_WAIT (shows_label (fixture, "“a lot” is not a whole number"));
  g_assert_true (find_cell (fixture, "a lot") == cell);
  g_assert_true (_vlive_cell_end_edit (cell, FALSE));
  g_assert_true (find_cell (fixture, "15") == cell);
  at_master = widget_test_dup_at_master (&fixture->app, "c", "price");
  g_assert_cmpstr (at_master, ==, "15");
  vlive_store_get_ledger (vantage_source_peek_store (
                              vantage_window_get_source (fixture->window)),
                          &ledger);
  g_assert_cmpuint (ledger.n_writes, ==, 0);
}

static gboolean
has_button_label (GtkWidget *widget, gpointer data)
{
  return g_strcmp0 (gtk_button_get_label (GTK_BUTTON (widget)), data) == 0;
}

/* What the master did not take is not lost: it can be edited again. */
static void
test_edit_fails (Fixture *fixture, gconstpointer data)
{
  VliveCell *cell;
  VliveStore *store;
  GtkWidget *button = NULL;

  vantage_window_open (fixture->window, "local/products");
  VLIVE_TEST_WAIT ((cell = find_cell (fixture, "Brioche")) != NULL);
  store = vantage_source_peek_store (vantage_window_get_source (fixture->window));
  vlive_local_master_set_offline (VLIVE_LOCAL_MASTER (vlive_store_get_master (store)),
                                  TRUE);
  g_assert_true (_vlive_cell_start_edit (cell));
  _vlive_cell_set_draft (cell, "Bread");
  g_assert_true (_vlive_cell_end_edit (cell, TRUE));
  VLIVE_TEST_WAIT (shows_label (fixture, "“name” was not saved: "));
  VLIVE_TEST_WAIT ((cell = find_cell (fixture, "Brioche")) != NULL);
  g_assert_true (gtk_widget_has_css_class (GTK_WIDGET (cell), "failed"));
  button = widget_test_find (GTK_WIDGET (fixture->window), GTK_TYPE_BUTTON,
                             has_button_label, (gpointer) "Edit again");
  g_assert_nonnull (button);
  g_signal_emit_by_name (button, "clicked");
  g_assert_true (_vlive_cell_is_editing (cell));
  g_assert_cmpstr (_vlive_cell_get_text (cell), ==, "Bread");
  vlive_local_master_set_offline (VLIVE_LOCAL_MASTER (vlive_store_get_master (store)),
                                  FALSE);
  g_assert_true (_vlive_cell_end_edit (cell, TRUE));
  VLIVE_TEST_WAIT (find_cell (fixture, "Bread") != NULL);
}

static gboolean
has_focus_in (Fixture *fixture, GType type)
{
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (fixture->window));

  return focus != NULL
         && (g_type_is_a (G_OBJECT_TYPE (focus), type)
             || gtk_widget_get_ancestor (focus, type) != NULL);
}

/* Tab goes from the list of tables to the table, and opens none on the way. */
static void
test_tab (Fixture *fixture, gconstpointer data)
{
  GtkWidget *window = GTK_WIDGET (fixture->window);
  GtkWidget *sidebar = widget_test_find (window, GTK_TYPE_LIST_BOX, NULL, NULL);
  g_autoptr (VantageSource) more = NULL;

  widget_test_fill (fixture->app.path, "more", 2);
  more = vantage_source_new_local (fixture->app.path, "more");
  g_list_store_append (fixture->sources, more);
  vantage_window_open (fixture->window, "local/products");
  VLIVE_TEST_WAIT (find_cell (fixture, "Brioche") != NULL);
  gtk_widget_grab_focus (
      GTK_WIDGET (gtk_list_box_get_selected_row (GTK_LIST_BOX (sidebar))));
  g_assert_true (gtk_widget_child_focus (window, GTK_DIR_TAB_FORWARD));
  g_assert_true (has_focus_in (fixture, VLIVE_TYPE_TABLE_VIEW));
  g_assert_true (vantage_window_get_source (fixture->window) != more);

  gtk_widget_grab_focus (
      GTK_WIDGET (gtk_list_box_get_selected_row (GTK_LIST_BOX (sidebar))));
  g_assert_true (gtk_widget_child_focus (window, GTK_DIR_TAB_BACKWARD));
  g_assert_true (has_focus_in (fixture, GTK_TYPE_TOGGLE_BUTTON));
}

static gboolean
is_refresh (GtkWidget *widget, gpointer data)
{
  return g_strcmp0 (gtk_button_get_icon_name (GTK_BUTTON (widget)),
                    "view-refresh-symbolic")
         == 0;
}

static gboolean
shows_sidebar (GtkWidget *window)
{
  GtkWidget *button = widget_test_find (window, GTK_TYPE_TOGGLE_BUTTON, NULL, NULL);

  return gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (button));
}

/* A narrow window gives its room to the title and the rows. */
static void
test_narrow (Fixture *fixture, gconstpointer data)
{
  GtkWidget *window = GTK_WIDGET (fixture->window);
  GtkWidget *refresh = widget_test_find (window, GTK_TYPE_BUTTON, is_refresh, NULL);
  GtkListBox *sidebar =
      GTK_LIST_BOX (widget_test_find (window, GTK_TYPE_LIST_BOX, NULL, NULL));

  g_assert_true (gtk_widget_get_visible (refresh));
  g_signal_emit_by_name (sidebar, "row-activated",
                         gtk_list_box_get_row_at_index (sidebar, 0));
  g_assert_true (shows_sidebar (window));
  gtk_window_set_default_size (GTK_WINDOW (window), 400, 600);
  VLIVE_TEST_WAIT (!gtk_widget_get_visible (refresh));
  g_assert_false (shows_sidebar (window));

  /* Who has chosen a table wants to see it. */
  gtk_widget_activate_action (window, "win.toggle-sidebar", NULL);
  g_assert_true (shows_sidebar (window));
  g_signal_emit_by_name (sidebar, "row-activated",
                         gtk_list_box_get_row_at_index (sidebar, 0));
  g_assert_false (shows_sidebar (window));
  gtk_window_set_default_size (GTK_WINDOW (window), 1000, 600);
  VLIVE_TEST_WAIT (gtk_widget_get_visible (refresh));
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
  g_assert_cmpstr (vantage_window_get_notice (fixture->window), ==,
                   "Offline. These are the last rows known.");
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
  VliveTableView *view = vantage_window_get_table_view (fixture->window);

  g_assert_no_error (error);
  dead = vlive_profile_with_base_url (shipped, "http://127.0.0.1:1/", &error);
  g_assert_no_error (error);
  posts = vantage_source_new_rest (dead, "posts");
  g_list_store_append (fixture->sources, posts);
  vantage_window_open (fixture->window, vantage_source_get_key (posts));
  VLIVE_TEST_WAIT (g_strcmp0 (_vlive_table_view_get_page (view), "error") == 0);
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
  ADD ("/app/window/follows-others", test_follows_others);
  ADD ("/app/window/edit-writes-through", test_edit_writes_through);
  ADD ("/app/window/edit-refused", test_edit_refused);
  ADD ("/app/window/edit-fails", test_edit_fails);
  ADD ("/app/window/tab", test_tab);
  ADD ("/app/window/narrow", test_narrow);
  ADD ("/app/window/offline", test_offline);
  ADD ("/app/window/dead-server", test_dead_server);
#undef ADD

  return vlive_test_run ();
}
