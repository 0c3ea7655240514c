/* view-fixture.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "view-fixture.h"

#include <math.h>

#define LATENCY_US 3000
#define CELL_HEIGHT 24

const ViewKind *
view_kind_get (gboolean columns, gboolean multi, gboolean edits)
{
  static const ViewKind kinds[] = {
    { FALSE, FALSE, FALSE }, { FALSE, FALSE, TRUE }, { FALSE, TRUE, FALSE },
    { FALSE, TRUE, TRUE },   { TRUE, FALSE, FALSE }, { TRUE, FALSE, TRUE },
    { TRUE, TRUE, FALSE },   { TRUE, TRUE, TRUE },
  };

  return &kinds[(columns ? 4 : 0) + (multi ? 2 : 0) + (edits ? 1 : 0)];
}

void
view_fixture_add (const char *prefix,
                  const char *name,
                  const ViewKind *kind,
                  ViewTest test)
{
  g_autofree char *path = g_strconcat (prefix, kind->multi ? "/multi" : "/single",
                                       kind->edits ? "-editing/" : "/", name, NULL);

  g_test_add (path, ViewFixture, kind, view_fixture_set_up, test,
              view_fixture_tear_down);
}

void
view_fixture_init (int *argc, char ***argv)
{
  vlive_test_init (argc, argv);
  g_assert_true (gtk_init_check ());
}

/* Cells. */

static const char *
get_field (GtkListItem *item)
{
  return g_object_get_data (G_OBJECT (item), "field");
}

/* A cell is a box with what is shown, and behind it the editor, if there is
 * one. */
static GtkInscription *
get_label (GtkListItem *item)
{
  return GTK_INSCRIPTION (gtk_widget_get_first_child (gtk_list_item_get_child (item)));
}

static GtkWidget *
get_editor (GtkListItem *item)
{
  GtkWidget *last = gtk_widget_get_last_child (gtk_list_item_get_child (item));

  return GTK_IS_TEXT (last) ? last : NULL;
}

static void
show (GtkListItem *item)
{
  g_autofree char *text =
      vlive_row_dup_field_text (gtk_list_item_get_item (item), get_field (item));

  gtk_inscription_set_text (get_label (item), text);
}

/* GTK 4.8 takes a row out of its cell and puts it back when it moves: nobody
 * has given up editing then. */
static void
keep_editor (GtkListItem *item, VliveRow *row)
{
  GtkWidget *editor = get_editor (item);

  if (editor == NULL || g_object_get_data (G_OBJECT (editor), "row") == row)
    return;

  gtk_box_remove (GTK_BOX (gtk_list_item_get_child (item)), editor);
}

static void
filled_cb (GtkListItem *item)
{
  ViewFixture *f = g_object_get_data (G_OBJECT (item), "fixture");

  f->n_fills++;
}

static void
setup_cb (ViewFixture *f, GtkListItem *item, GtkListItemFactory *factory)
{
  const char *field = g_object_get_data (G_OBJECT (factory), "field");
  GtkWidget *cell = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  GtkWidget *label = gtk_inscription_new (NULL);

  gtk_widget_set_hexpand (label, TRUE);
  gtk_box_append (GTK_BOX (cell), label);
  gtk_widget_set_size_request (cell, 60, CELL_HEIGHT);
  gtk_list_item_set_child (item, cell);
  g_object_set_data (G_OBJECT (item), "field", (gpointer) field);
  g_object_set_data (G_OBJECT (item), "fixture", f);
  if (strcmp (field, "name") == 0)
    g_ptr_array_add (f->items, item);
}

static void
teardown_cb (ViewFixture *f, GtkListItem *item)
{
  if (strcmp (get_field (item), "name") == 0)
    g_assert_true (g_ptr_array_remove_fast (f->items, item));
}

static void
bind_cb (ViewFixture *f, GtkListItem *item)
{
  VliveRow *row = gtk_list_item_get_item (item);

  f->n_binds++;
  keep_editor (item, row);
  g_signal_connect_swapped (row, "notify::record", G_CALLBACK (show), item);
  if (strcmp (get_field (item), "name") == 0)
    g_signal_connect_swapped (row, "notify::id", G_CALLBACK (filled_cb), item);
  show (item);
}

static void
unbind_cb (ViewFixture *f, GtkListItem *item)
{
  g_signal_handlers_disconnect_by_data (gtk_list_item_get_item (item), item);
  gtk_inscription_set_text (get_label (item), NULL);
}

static GtkListItemFactory *
make_factory (ViewFixture *f, const char *field)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();

  g_object_set_data (G_OBJECT (factory), "field", (gpointer) field);
  g_signal_connect_swapped (factory, "setup", G_CALLBACK (setup_cb), f);
  g_signal_connect_swapped (factory, "bind", G_CALLBACK (bind_cb), f);
  g_signal_connect_swapped (factory, "unbind", G_CALLBACK (unbind_cb), f);
  g_signal_connect_swapped (factory, "teardown", G_CALLBACK (teardown_cb), f);

  return factory;
}

static void
add_column (ViewFixture *f, const char *field)
{
  g_autoptr (GtkColumnViewColumn) column =
      gtk_column_view_column_new (field, make_factory (f, field));

  gtk_column_view_append_column (GTK_COLUMN_VIEW (f->view), column);
}

/* The window. */

static void
make_view (ViewFixture *f)
{
  if (!f->kind.columns)
    {
      f->view = gtk_list_view_new (NULL, make_factory (f, "name"));
      return;
    }

  f->view = gtk_column_view_new (NULL);
  add_column (f, "name");
  add_column (f, "value");
}

static void
make_window (ViewFixture *f)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *button = gtk_button_new_with_label ("Elsewhere");
  GtkWidget *scroller = gtk_scrolled_window_new ();

  make_view (f);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), f->view);
  f->adjustment = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (scroller));
  gtk_widget_set_vexpand (scroller, TRUE);
  gtk_box_append (GTK_BOX (box), button);
  gtk_box_append (GTK_BOX (box), scroller);
  f->window = GTK_WINDOW (gtk_window_new ());
  gtk_window_set_default_size (f->window, 500, 600);
  gtk_window_set_child (f->window, box);
  /* A list whose first row has the focus from the start loses its place in GTK
   * 4.8: something else has it. */
  gtk_window_set_focus (f->window, button);
  gtk_window_present (f->window);
  view_fixture_frame (f);
}

void
view_fixture_set_up (ViewFixture *f, gconstpointer data)
{
  f->kind = *(const ViewKind *) data;
  f->master = vlive_array_master_new ("things");
  f->master->clock = g_object_ref (_vlive_clock_get_default ());
  f->master->latency_us = LATENCY_US;
  f->stream = vlive_manual_stream_new ();
  f->master->stream = g_object_ref (f->stream);
  f->cache = vlive_memory_cache_new ();
  f->store = vlive_store_new (VLIVE_MASTER (f->master), f->cache, "things");
  vlive_store_set_live_stream (f->store, VLIVE_LIVE_STREAM (f->stream));
  f->items = g_ptr_array_new ();
  make_window (f);
}

void
view_fixture_close_window (ViewFixture *f)
{
  GtkWindow *window = f->window;

  if (window == NULL)
    return;

  f->window = NULL;
  f->view = NULL;
  f->adjustment = NULL;
  g_object_add_weak_pointer (G_OBJECT (window), (gpointer *) &window);
  gtk_window_destroy (window);
  VLIVE_TEST_WAIT (window == NULL);
  g_assert_cmpuint (f->items->len, ==, 0);
}

void
view_fixture_tear_down (ViewFixture *f, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  view_fixture_close_window (f);
  if (f->selection != NULL)
    g_assert_finalize_object (f->selection);
  if (f->table != NULL)
    g_assert_finalize_object (f->table);
  f->master->hold = FALSE;
  vlive_store_close_async (f->store, vlive_test_result_cb, &result);
  VLIVE_TEST_WAIT (result != NULL);
  g_assert_true (vlive_store_close_finish (f->store, result, &error));
  g_assert_no_error (error);
  g_clear_object (&result);
  vlive_array_master_release_all (f->master);
  VLIVE_TEST_WAIT (f->master->n_in_flight == 0);
  g_assert_finalize_object (f->store);
  /* What was given up ends in a later turn. */
  VLIVE_TEST_WAIT (G_OBJECT (f->cache)->ref_count == 1);
  g_assert_finalize_object (f->cache);
  VLIVE_TEST_WAIT (G_OBJECT (f->master)->ref_count == 1);
  g_assert_finalize_object (f->master);
  g_assert_finalize_object (f->stream);
  g_ptr_array_unref (f->items);
  g_clear_pointer (&f->query, vlive_query_unref);
  vlive_test_assert_all_gone ();
}

void
view_fixture_set_model (ViewFixture *f, GtkSelectionModel *model)
{
  if (f->kind.columns)
    gtk_column_view_set_model (GTK_COLUMN_VIEW (f->view), model);
  else
    gtk_list_view_set_model (GTK_LIST_VIEW (f->view), model);
}

static void
items_changed_cb (ViewFixture *f)
{
  f->n_changes++;
}

static GtkSelectionModel *
make_selection (ViewFixture *f)
{
  GListModel *model = G_LIST_MODEL (g_object_ref (f->table));
  GtkSingleSelection *single;

  if (f->kind.multi)
    return GTK_SELECTION_MODEL (gtk_multi_selection_new (model));

  single = gtk_single_selection_new (model);
  gtk_single_selection_set_autoselect (single, FALSE);
  gtk_single_selection_set_can_unselect (single, TRUE);

  return GTK_SELECTION_MODEL (single);
}

void
view_fixture_open (ViewFixture *f, guint n_rows)
{
  vlive_array_master_fill (f->master, n_rows);
  f->table = vlive_table_new (f->store, f->query);
  g_signal_connect_data (f->table, "items-changed", G_CALLBACK (items_changed_cb), f,
                         NULL, G_CONNECT_SWAPPED);
  f->selection = make_selection (f);
  view_fixture_set_model (f, f->selection);
}

void
view_fixture_open_at (ViewFixture *f, guint n_rows, guint position, int offset)
{
  view_fixture_open (f, n_rows);
  VLIVE_TEST_WAIT (view_fixture_n_items (f) == n_rows);
  view_fixture_load (f);
  view_fixture_scroll (f, position * view_fixture_get_height (f) + offset);
  view_fixture_load (f);
  view_fixture_settle (f);
  g_string_truncate (f->master->log, 0);
  f->n_changes = 0;
  f->n_binds = 0;
  f->n_fills = 0;
}

/* Time. */

static void
after_paint_cb (GdkFrameClock *clock, guint *n_frames)
{
  (*n_frames)++;
}

void
view_fixture_frame (ViewFixture *f)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (GTK_WIDGET (f->window));
  guint n_frames = 0;
  gulong id =
      g_signal_connect (clock, "after-paint", G_CALLBACK (after_paint_cb), &n_frames);

  gdk_frame_clock_request_phase (clock, GDK_FRAME_CLOCK_PHASE_PAINT);
  VLIVE_TEST_WAIT (n_frames > 0);
  g_signal_handler_disconnect (clock, id);
}

/* What is visible, as a view of ours would tell it. */
static void
tell_visible (ViewFixture *f)
{
  double height = view_fixture_get_height (f);
  double value = gtk_adjustment_get_value (f->adjustment);
  double page = gtk_adjustment_get_page_size (f->adjustment);

  vlive_table_set_visible_range (f->table, (guint) (value / height),
                                 (guint) ceil (page / height) + 1);
}

void
view_fixture_scroll (ViewFixture *f, double value)
{
  gtk_adjustment_set_value (f->adjustment, value);
  tell_visible (f);
  view_fixture_frame (f);
}

double
view_fixture_get_height (ViewFixture *f)
{
  guint n_items = view_fixture_n_items (f);
  double height;

  g_assert_cmpuint (n_items, >, 0);
  height = gtk_adjustment_get_upper (f->adjustment) / n_items;
  g_assert_cmpfloat (height, >=, CELL_HEIGHT);
  g_assert_cmpfloat (height, ==, floor (height));

  return height;
}

guint
view_fixture_n_items (ViewFixture *f)
{
  return g_list_model_get_n_items (G_LIST_MODEL (f->table));
}

/* The widget of the list itself that holds @item, and where it is. */
static GtkWidget *
get_line (GtkListItem *item, graphene_rect_t *bounds)
{
  GtkWidget *line = gtk_list_item_get_child (item);
  GtkWidget *list = gtk_widget_get_ancestor (line, GTK_TYPE_LIST_VIEW);

  /* The list of a column view is a list view, too. */
  if (list == NULL)
    return NULL;
  while (gtk_widget_get_parent (line) != list)
    line = gtk_widget_get_parent (line);
  if (!gtk_widget_get_mapped (line) || !gtk_widget_compute_bounds (line, list, bounds))
    return NULL;

  return line;
}

static gboolean
is_on_screen (ViewFixture *f, GtkListItem *item, graphene_rect_t *bounds)
{
  return get_line (item, bounds) != NULL && bounds->origin.y + bounds->size.height > 0
         && bounds->origin.y < gtk_adjustment_get_page_size (f->adjustment);
}

guint
view_fixture_n_loading (ViewFixture *f)
{
  guint n = 0;

  for (guint i = 0; i < f->items->len; i++)
    {
      VliveRow *row = gtk_list_item_get_item (f->items->pdata[i]);

      if (row != NULL && vlive_row_get_state (row) == VLIVE_ROW_LOADING)
        n++;
    }

  return n;
}

guint
view_fixture_n_blank (ViewFixture *f)
{
  guint n = 0;

  for (guint i = 0; i < f->items->len; i++)
    {
      VliveRow *row = gtk_list_item_get_item (f->items->pdata[i]);
      graphene_rect_t bounds;

      if (row != NULL && is_on_screen (f, f->items->pdata[i], &bounds)
          && vlive_row_get_state (row) == VLIVE_ROW_LOADING)
        n++;
    }

  return n;
}

void
view_fixture_load (ViewFixture *f)
{
  VLIVE_TEST_WAIT (view_fixture_n_loading (f) == 0);
  view_fixture_frame (f);
  /* The frame may have made more rows. */
  VLIVE_TEST_WAIT (view_fixture_n_loading (f) == 0);
}

void
view_fixture_settle (ViewFixture *f)
{
  VLIVE_TEST_WAIT (f->master->n_in_flight == vlive_array_master_get_n_held (f->master));
  view_fixture_frame (f);
  view_fixture_frame (f);
}

/* What is on screen. */

static void
check_line (ViewFixture *f, GtkListItem *item, const graphene_rect_t *bounds, int shift)
{
  guint position = gtk_list_item_get_position (item);
  double height = view_fixture_get_height (f);
  double value = gtk_adjustment_get_value (f->adjustment);
  g_autofree char *name = g_strdup_printf ("row %06u", position - (guint) shift);
  g_autoptr (VliveRow) row = g_list_model_get_item (G_LIST_MODEL (f->table), position);

  g_assert_cmpfloat (bounds->size.height, ==, (float) height);
  g_assert_cmpint ((int) round (value + bounds->origin.y), ==,
                   (int) (position * height));
  g_assert_true (gtk_list_item_get_item (item) == row);
  g_assert_cmpstr (gtk_inscription_get_text (get_label (item)), ==, name);
}

/* Those that are not on screen, too: they are the next to be. */
static void
check_item (ViewFixture *f, GtkListItem *item)
{
  guint position = gtk_list_item_get_position (item);
  gpointer row = gtk_list_item_get_item (item);
  g_autoptr (VliveRow) expected = NULL;

  if (row == NULL)
    return;

  expected = g_list_model_get_item (G_LIST_MODEL (f->table), position);
  if (expected != row)
    g_error ("at %u is “%s”, but “%s” is shown", position,
             expected != NULL ? vlive_row_get_id (expected) : "nothing",
             vlive_row_get_id (row));
}

void
view_fixture_check_items (ViewFixture *f)
{
  for (guint i = 0; i < f->items->len; i++)
    check_item (f, f->items->pdata[i]);
}

guint
view_fixture_check (ViewFixture *f, int shift)
{
  double page = gtk_adjustment_get_page_size (f->adjustment);
  double covered = 0;
  guint n = 0;

  view_fixture_check_items (f);
  for (guint i = 0; i < f->items->len; i++)
    {
      graphene_rect_t bounds;

      if (!is_on_screen (f, f->items->pdata[i], &bounds))
        continue;
      check_line (f, f->items->pdata[i], &bounds, shift);
      covered +=
          MIN (page, bounds.origin.y + bounds.size.height) - MAX (0, bounds.origin.y);
      n++;
    }
  g_assert_cmpint ((int) covered, ==,
                   (int) MIN (page, gtk_adjustment_get_upper (f->adjustment)));

  return n;
}

char *
view_fixture_dup_top (ViewFixture *f)
{
  float top = G_MAXFLOAT;
  const char *id = NULL;

  for (guint i = 0; i < f->items->len; i++)
    {
      graphene_rect_t bounds;
      VliveRow *row = gtk_list_item_get_item (f->items->pdata[i]);

      if (row == NULL || !is_on_screen (f, f->items->pdata[i], &bounds)
          || bounds.origin.y >= top)
        continue;
      top = bounds.origin.y;
      id = vlive_row_get_id (row);
    }

  return g_strdup_printf ("%s@%d", id != NULL ? id : "-", (int) round (top));
}

char *
view_fixture_dup_selected (ViewFixture *f)
{
  g_autoptr (GtkBitset) selected = gtk_selection_model_get_selection (f->selection);
  GString *ids = g_string_new (NULL);

  for (guint i = 0; i < gtk_bitset_get_size (selected); i++)
    {
      g_autoptr (VliveRow) row =
          g_list_model_get_item (G_LIST_MODEL (f->selection),
                                 gtk_bitset_get_nth (selected, i));
      const char *id = row != NULL ? vlive_row_get_id (row) : NULL;

      g_string_append_printf (ids, "%s ", id != NULL ? id : "-");
    }

  return g_string_free (ids, FALSE);
}

GtkListItem *
view_fixture_get_item (ViewFixture *f, const char *id)
{
  for (guint i = 0; i < f->items->len; i++)
    {
      VliveRow *row = gtk_list_item_get_item (f->items->pdata[i]);

      if (row != NULL && g_strcmp0 (vlive_row_get_id (row), id) == 0)
        return f->items->pdata[i];
    }

  return NULL;
}

guint
view_fixture_find (ViewFixture *f, const char *id)
{
  GtkListItem *item = view_fixture_get_item (f, id);

  g_assert_nonnull (item);

  return gtk_list_item_get_position (item);
}

void
view_fixture_select (ViewFixture *f, const char *id)
{
  g_assert_true (
      gtk_selection_model_select_item (f->selection, view_fixture_find (f, id), FALSE));
}

void
view_fixture_focus (ViewFixture *f, const char *id)
{
  graphene_rect_t bounds;
  GtkListItem *item = view_fixture_get_item (f, id);
  GtkWidget *line;

  g_assert_nonnull (item);
  line = get_line (item, &bounds);
  g_assert_nonnull (line);
  g_assert_true (gtk_widget_grab_focus (line));
  view_fixture_frame (f);
}

const char *
view_fixture_get_text (ViewFixture *f, const char *id)
{
  GtkListItem *item = view_fixture_get_item (f, id);

  g_assert_nonnull (item);

  return gtk_inscription_get_text (get_label (item));
}

void
view_fixture_edit (ViewFixture *f, const char *id, const char *draft)
{
  GtkListItem *item = view_fixture_get_item (f, id);
  GtkWidget *editor = gtk_text_new ();

  g_assert_nonnull (item);
  gtk_editable_set_text (GTK_EDITABLE (editor), draft);
  g_object_set_data_full (G_OBJECT (editor), "row",
                          g_object_ref (gtk_list_item_get_item (item)), g_object_unref);
  gtk_box_append (GTK_BOX (gtk_list_item_get_child (item)), editor);
  g_assert_true (gtk_widget_grab_focus (editor));
  view_fixture_frame (f);
}

char *
view_fixture_dup_draft (ViewFixture *f)
{
  for (guint i = 0; i < f->items->len; i++)
    {
      GtkWidget *editor = get_editor (f->items->pdata[i]);
      VliveRow *row = gtk_list_item_get_item (f->items->pdata[i]);

      /* Of the window: another program on the display may have the keyboard. */
      if (editor != NULL && row != NULL && gtk_widget_is_focus (editor))
        return g_strdup_printf ("%s=%s", vlive_row_get_id (row),
                                gtk_editable_get_text (GTK_EDITABLE (editor)));
    }

  return NULL;
}

int
view_fixture_get_y (ViewFixture *f, const char *id)
{
  graphene_rect_t bounds;
  GtkListItem *item = view_fixture_get_item (f, id);

  g_assert_nonnull (item);
  g_assert_true (is_on_screen (f, item, &bounds));

  return (int) round (bounds.origin.y);
}

const char *
view_fixture_get_focus (ViewFixture *f)
{
  GtkWidget *focus = gtk_window_get_focus (f->window);

  for (guint i = 0; focus != NULL && i < f->items->len; i++)
    {
      VliveRow *row = gtk_list_item_get_item (f->items->pdata[i]);
      graphene_rect_t bounds;
      GtkWidget *line;

      line = get_line (f->items->pdata[i], &bounds);
      if (row != NULL && line != NULL
          && (focus == line || gtk_widget_is_ancestor (focus, line)))
        return vlive_row_get_id (row);
    }

  return NULL;
}

guint
view_fixture_check_asked (ViewFixture *f)
{
  g_auto (GStrv) asked = g_strsplit (f->master->log->str, ";", -1);
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; asked[i] != NULL; i++)
    if (g_str_has_prefix (asked[i], "window ") && !g_hash_table_add (seen, asked[i]))
      g_error ("%s was asked for twice", asked[i]);

  return g_hash_table_size (seen);
}
