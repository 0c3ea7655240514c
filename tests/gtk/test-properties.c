/* test-properties.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "view-fixture.h"

/*
 * What a view needs of a table and its rows, it binds: in GtkBuilder's files, too.
 */

#define N_ROWS 1000

static const char table_ui[] =
    "<interface>"
    " <object class='VliveTable' id='table'>"
    "  <property name='store'>store</property>"
    "  <property name='page-size'>50</property>"
    "  <property name='prefetch'>3</property>"
    "  <property name='hidden' bind-source='switch' bind-property='active'/>"
    " </object>"
    " <object class='GtkSwitch' id='switch'/>"
    " <object class='GtkAdjustment' id='pages'>"
    "  <property name='upper'>16</property>"
    "  <property name='value' bind-source='table' bind-property='prefetch'"
    "   bind-flags='sync-create|bidirectional'/>"
    " </object>"
    " <object class='GtkSpinner' id='spinner'>"
    "  <property name='spinning' bind-source='table' bind-property='busy'"
    "   bind-flags='sync-create'/>"
    " </object>"
    " <object class='GtkLabel' id='total'>"
    "  <property name='label' bind-source='table' bind-property='total'"
    "   bind-flags='sync-create'/>"
    "  <property name='tooltip-text' bind-source='table' bind-property='total-kind'"
    "   bind-flags='sync-create'/>"
    " </object>"
    " <object class='GtkLabel' id='state'>"
    "  <property name='label' bind-source='table' bind-property='state'"
    "   bind-flags='sync-create'/>"
    " </object>"
    "</interface>";

static const char row_ui[] = "<interface>"
                             " <template class='GtkListItem'>"
                             "  <property name='child'>"
                             "   <object class='GtkLabel'>"
                             "    <binding name='label'>"
                             "     <lookup name='id' type='VliveRow'>"
                             "      <lookup name='item'>GtkListItem</lookup>"
                             "     </lookup>"
                             "    </binding>"
                             "    <binding name='tooltip-text'>"
                             "     <lookup name='state' type='VliveRow'>"
                             "      <lookup name='item'>GtkListItem</lookup>"
                             "     </lookup>"
                             "    </binding>"
                             "   </object>"
                             "  </property>"
                             " </template>"
                             "</interface>";

static GtkBuilder *
build (ViewFixture *f)
{
  GtkBuilder *builder = gtk_builder_new ();
  g_autoptr (GError) error = NULL;

  g_type_ensure (VLIVE_TYPE_TABLE);
  vlive_array_master_fill (f->master, N_ROWS);
  gtk_builder_expose_object (builder, "store", G_OBJECT (f->store));
  gtk_builder_add_from_string (builder, table_ui, -1, &error);
  g_assert_no_error (error);
  f->table = g_object_ref (VLIVE_TABLE (gtk_builder_get_object (builder, "table")));

  return builder;
}

static const char *
get_label (GtkBuilder *builder, const char *name)
{
  return gtk_label_get_label (GTK_LABEL (gtk_builder_get_object (builder, name)));
}

static void
test_builder (ViewFixture *f, gconstpointer data)
{
  g_autoptr (GtkBuilder) builder = NULL;
  GtkAdjustment *pages;
  GtkSpinner *spinner;
  GObject *total;

  f->master->hold = TRUE;
  builder = build (f);
  pages = GTK_ADJUSTMENT (gtk_builder_get_object (builder, "pages"));
  spinner = GTK_SPINNER (gtk_builder_get_object (builder, "spinner"));
  total = gtk_builder_get_object (builder, "total");
  g_assert_true (vlive_table_get_store (f->table) == f->store);

  /* Both ways. */
  g_assert_cmpfloat (gtk_adjustment_get_value (pages), ==, 3);
  gtk_adjustment_set_value (pages, 5);
  g_assert_cmpuint (vlive_table_get_prefetch (f->table), ==, 5);
  vlive_table_set_prefetch (f->table, 2);
  g_assert_cmpfloat (gtk_adjustment_get_value (pages), ==, 2);

  gtk_switch_set_active (GTK_SWITCH (gtk_builder_get_object (builder, "switch")), TRUE);
  g_assert_true (vlive_table_is_hidden (f->table));
  gtk_switch_set_active (GTK_SWITCH (gtk_builder_get_object (builder, "switch")),
                         FALSE);
  g_assert_false (vlive_table_is_hidden (f->table));

  /* It is asked for, and comes. */
  g_assert_cmpstr (get_label (builder, "state"), ==, "VLIVE_TABLE_LOADING");
  VLIVE_TEST_WAIT (gtk_spinner_get_spinning (spinner));
  f->master->hold = FALSE;
  vlive_array_master_release_all (f->master);
  VLIVE_TEST_WAIT (strcmp (get_label (builder, "total"), "1000") == 0);
  VLIVE_TEST_WAIT (!gtk_spinner_get_spinning (spinner));
  g_assert_cmpstr (gtk_widget_get_tooltip_text (GTK_WIDGET (total)), ==,
                   "VLIVE_TOTAL_EXACT");
  g_assert_cmpstr (get_label (builder, "state"), ==, "VLIVE_TABLE_PARTIAL");
}

static void
write_value (ViewFixture *f, const char *id)
{
  g_autoptr (VliveRecord) fields = NULL;
  g_autoptr (VliveWrite) write = NULL;
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "value", "x", (gint64) 7777);
  fields = vlive_record_new_from_variant (id, g_variant_dict_end (&dict), NULL);
  write = vlive_store_write (f->store, VLIVE_WRITE_PATCH, id, fields);
  g_assert_cmpint (vlive_write_get_state (write), <=, VLIVE_WRITE_SENDING);
}

static GtkWidget *
find_label (GtkWidget *widget, const char *label)
{
  GtkWidget *found = NULL;

  if (GTK_IS_LABEL (widget)
      && strcmp (gtk_label_get_label (GTK_LABEL (widget)), label) == 0)
    return widget;

  for (GtkWidget *child = gtk_widget_get_first_child (widget);
       child != NULL && found == NULL; child = gtk_widget_get_next_sibling (child))
    found = find_label (child, label);

  return found;
}

static void
test_builder_rows (ViewFixture *f, gconstpointer data)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static (row_ui, strlen (row_ui));
  G_GNUC_UNUSED g_autoptr (GtkBuilder) builder = build (f);
  g_autoptr (GtkListItemFactory) factory =
      gtk_builder_list_item_factory_new_from_bytes (NULL, bytes);
  GtkNoSelection *selection =
      gtk_no_selection_new (G_LIST_MODEL (g_object_ref (f->table)));
  GtkWidget *label;

  g_type_ensure (VLIVE_TYPE_ROW);
  gtk_list_view_set_factory (GTK_LIST_VIEW (f->view), factory);
  f->selection = GTK_SELECTION_MODEL (selection);
  view_fixture_set_model (f, f->selection);
  VLIVE_TEST_WAIT (find_label (f->view, "000003") != NULL);
  label = find_label (f->view, "000003");
  g_assert_cmpstr (gtk_widget_get_tooltip_text (label), ==, "VLIVE_ROW_READY");
  f->master->refusal = "no";
  write_value (f, "000003");
  g_assert_cmpstr (gtk_widget_get_tooltip_text (label), ==, "VLIVE_ROW_PENDING");
  VLIVE_TEST_WAIT (g_strcmp0 (gtk_widget_get_tooltip_text (label), "VLIVE_ROW_FAILED")
                   == 0);
  g_assert_true (find_label (f->view, "000003") == label);
}

/* Every property tells that it has changed. */

static void
notify_cb (GObject *object, GParamSpec *pspec, gpointer data)
{
  g_hash_table_add (data, (gpointer) pspec->name);
}

static void
assert_all_told (GObject *object, GHashTable *told, const char *but)
{
  guint n;
  g_autofree GParamSpec **pspecs =
      g_object_class_list_properties (G_OBJECT_GET_CLASS (object), &n);

  g_assert_cmpuint (n, >, 4);
  for (guint i = 0; i < n; i++)
    if ((pspecs[i]->flags & G_PARAM_CONSTRUCT_ONLY) == 0
        && g_strcmp0 (pspecs[i]->name, but) != 0
        && !g_hash_table_contains (told, pspecs[i]->name))
      g_error ("“%s” was never told", pspecs[i]->name);
}

static void
test_table_tells (ViewFixture *f, gconstpointer data)
{
  g_autoptr (GHashTable) told = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (VliveQuery) all = vlive_query_new ();
  g_autoptr (VliveQuery) sorted = vlive_query_with_sort (all, "value", TRUE);

  view_fixture_open (f, N_ROWS);
  g_signal_connect (f->table, "notify", G_CALLBACK (notify_cb), told);
  VLIVE_TEST_WAIT (view_fixture_n_items (f) == N_ROWS);
  view_fixture_load (f);
  VLIVE_TEST_WAIT (g_hash_table_contains (told, "fetched-at"));
  vlive_table_set_max_items (f->table, 2 * N_ROWS);
  vlive_table_set_prefetch (f->table, 4);
  vlive_table_set_refresh_interval (f->table, 600000);
  vlive_table_set_hidden (f->table, TRUE);
  vlive_table_set_hidden (f->table, FALSE);
  vlive_table_set_query (f->table, sorted);
  view_fixture_load (f);
  vlive_store_set_stale_after (f->store, 1);
  f->master->offline = TRUE;
  vlive_table_refresh (f->table);
  VLIVE_TEST_WAIT (vlive_table_get_error (f->table) != NULL);
  VLIVE_TEST_WAIT (vlive_table_is_stale (f->table));
  assert_all_told (G_OBJECT (f->table), told, NULL);

  /* … and no other. */
  g_hash_table_remove_all (told);
  vlive_table_set_prefetch (f->table, 4);
  vlive_table_set_refresh_interval (f->table, 600000);
  vlive_table_set_hidden (f->table, FALSE);
  vlive_table_set_max_items (f->table, 2 * N_ROWS);
  vlive_table_set_query (f->table, sorted);
  g_assert_cmpuint (g_hash_table_size (told), ==, 0);
  g_signal_handlers_disconnect_by_data (f->table, told);
}

static void
test_row_tells (ViewFixture *f, gconstpointer data)
{
  g_autoptr (GHashTable) told = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (VliveRow) row = NULL;

  view_fixture_open (f, N_ROWS);
  VLIVE_TEST_WAIT (view_fixture_n_items (f) == N_ROWS);
  view_fixture_load (f);
  row = g_list_model_get_item (G_LIST_MODEL (f->table), 700);
  g_assert_cmpint (vlive_row_get_state (row), ==, VLIVE_ROW_LOADING);
  g_signal_connect (row, "notify", G_CALLBACK (notify_cb), told);
  VLIVE_TEST_WAIT (vlive_row_get_state (row) == VLIVE_ROW_READY);
  g_assert_true (g_hash_table_contains (told, "id"));
  g_assert_true (g_hash_table_contains (told, "record"));
  g_assert_true (g_hash_table_contains (told, "state"));
  g_assert_false (g_hash_table_contains (told, "pending-fields"));
  f->master->refusal = "no";
  write_value (f, "000700");
  g_assert_true (g_hash_table_contains (told, "pending-fields"));
  g_assert_false (g_hash_table_contains (told, "failed-fields"));
  VLIVE_TEST_WAIT (vlive_row_get_state (row) == VLIVE_ROW_FAILED);
  /* What others do is told by a stream: tests/table/test-row-mark.c. */
  assert_all_told (G_OBJECT (row), told, "changed-at");
  g_signal_handlers_disconnect_by_data (row, told);
}

int
main (int argc, char *argv[])
{
  const ViewKind *kind = view_kind_get (FALSE, FALSE, FALSE);

  view_fixture_init (&argc, &argv);
  view_fixture_add ("/gtk/properties", "builder", kind, test_builder);
  view_fixture_add ("/gtk/properties", "builder-rows", kind, test_builder_rows);
  view_fixture_add ("/gtk/properties", "table-tells", kind, test_table_tells);
  view_fixture_add ("/gtk/properties", "row-tells", kind, test_row_tells);

  return vlive_test_run ();
}
