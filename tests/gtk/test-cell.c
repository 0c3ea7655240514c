/* test-cell.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "widget-test.h"
#include "vlive-cell-private.h"
#include "table/vlive-row-private.h"
#include "vlive-gtk-private.h"

typedef struct
{
  WidgetTest app;
  VliveTable *table;
  VliveRow *row;
  GtkWidget *cell;
  GtkWidget *button;
  GtkWindow *window;
  GString *edits;
} Fixture;

static void
edited_cb (VliveCell *cell,
           const char *id,
           const char *column,
           GVariant *value,
           GString *edits)
{
  g_autofree char *text = g_variant_print (value, FALSE);

  g_string_append_printf (edits, "%s.%s=%s;", id, column, text);
}

static void
refused_cb (VliveCell *cell, const char *reason, GString *edits)
{
  g_string_append_printf (edits, "refused: %s;", reason);
}

static void
move_cb (VliveCell *cell, int columns, int rows, gboolean extend, GString *edits)
{
  g_string_append_printf (edits, "move %d %d;", columns, rows);
}

static VliveColumn *
make_column (const char *name)
{
  VliveValueType type = VLIVE_VALUE_TEXT;

  if (strcmp (name, "price") == 0)
    type = VLIVE_VALUE_INTEGER;
  else if (strcmp (name, "sold") == 0)
    type = VLIVE_VALUE_BOOLEAN;

  return vlive_column_new (name, type, VLIVE_FORMAT_PLAIN,
                           strcmp (name, "id") == 0 ? VLIVE_COLUMN_ID
                                                    : VLIVE_COLUMN_NONE);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  const char *name = data;
  g_autoptr (VliveColumn) column = make_column (name);
  GtkWidget *box;

  widget_test_set_up (&fixture->app);
  fixture->edits = g_string_new (NULL);
  fixture->table = vlive_table_new (fixture->app.store, NULL);
  VLIVE_TEST_WAIT (vlive_table_get_state (fixture->table) == VLIVE_TABLE_COMPLETE);
  fixture->row = g_list_model_get_item (G_LIST_MODEL (fixture->table), 0);
  fixture->cell = _vlive_cell_new (column);
  g_signal_connect (fixture->cell, "edited", G_CALLBACK (edited_cb), fixture->edits);
  g_signal_connect (fixture->cell, "refused", G_CALLBACK (refused_cb), fixture->edits);
  g_signal_connect (fixture->cell, "move", G_CALLBACK (move_cb), fixture->edits);
  box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  fixture->button = gtk_button_new_with_label ("Elsewhere");
  gtk_box_append (GTK_BOX (box), fixture->cell);
  gtk_box_append (GTK_BOX (box), fixture->button);
  fixture->window = widget_test_show (box);
  _vlive_cell_set_row (VLIVE_CELL (fixture->cell), fixture->row);
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
  widget_test_tear_down (&fixture->app);
}

static void
test_shows (Fixture *fixture, gconstpointer data)
{
  VliveCell *cell = VLIVE_CELL (fixture->cell);

  g_assert_cmpstr (_vlive_cell_get_text (cell), ==, "Apple Pie");
  g_assert_false (_vlive_cell_is_editing (cell));
  gtk_test_accessible_assert_property (cell, GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "Apple Pie");
}

static void
test_saves (Fixture *fixture, gconstpointer data)
{
  VliveCell *cell = VLIVE_CELL (fixture->cell);

  g_assert_true (_vlive_cell_start_edit (cell));
  g_assert_true (_vlive_cell_is_editing (cell));
  g_assert_cmpstr (_vlive_cell_get_text (cell), ==, "Apple Pie");
  _vlive_cell_set_draft (cell, "Apple Tart");
  _vlive_cell_end_edit (cell, TRUE);
  g_assert_cmpstr (fixture->edits->str, ==, "a.name='Apple Tart';");
  g_assert_false (_vlive_cell_is_editing (cell));
}

static void
test_gives_up (Fixture *fixture, gconstpointer data)
{
  VliveCell *cell = VLIVE_CELL (fixture->cell);

  _vlive_cell_start_edit (cell);
  _vlive_cell_set_draft (cell, "Apple Tart");
  _vlive_cell_end_edit (cell, FALSE);
  _vlive_cell_start_edit (cell);
  _vlive_cell_end_edit (cell, TRUE);
  g_assert_cmpstr (fixture->edits->str, ==, "");
  g_assert_cmpstr (_vlive_cell_get_text (cell), ==, "Apple Pie");
}

static void
test_id_is_not_edited (Fixture *fixture, gconstpointer data)
{
  g_assert_cmpstr (_vlive_cell_get_text (VLIVE_CELL (fixture->cell)), ==, "a");
  g_assert_false (_vlive_cell_start_edit (VLIVE_CELL (fixture->cell)));
}

static void
test_number (Fixture *fixture, gconstpointer data)
{
  VliveCell *cell = VLIVE_CELL (fixture->cell);
  GtkWidget *label = widget_test_find (fixture->cell, GTK_TYPE_INSCRIPTION, NULL, NULL);

  g_assert_cmpstr (_vlive_cell_get_text (cell), ==, "12");
  g_assert_cmpfloat (gtk_inscription_get_xalign (GTK_INSCRIPTION (label)), ==, 1);
}

/* How many pixels of the cell were drawn. */
static guint
count_pixels (GtkWidget *cell)
{
  int width = gtk_widget_get_width (cell);
  int height = gtk_widget_get_height (cell);
  g_autofree guint32 *pixels = g_new0 (guint32, width * height);
  cairo_surface_t *surface =
      cairo_image_surface_create_for_data ((guchar *) pixels, CAIRO_FORMAT_ARGB32,
                                           width, height, width * 4);
  cairo_t *cr = cairo_create (surface);
  g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (cell);
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  g_autoptr (GskRenderNode) node = NULL;
  guint n = 0;

  gdk_paintable_snapshot (paintable, snapshot, width, height);
  node = gtk_snapshot_free_to_node (snapshot);
  if (node != NULL)
    gsk_render_node_draw (node, cr);
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
  for (int i = 0; i < width * height; i++)
    if (pixels[i] != 0)
      n++;

  return n;
}

/* What is still to come is a bar; the style sheet draws it. */
static void
test_placeholder (Fixture *fixture, gconstpointer data)
{
  guint bar = 8 * (guint) (gtk_widget_get_width (fixture->cell) - 40);

  _vlive_gtk_add_style (gtk_widget_get_display (fixture->cell));
  g_assert_cmpuint (count_pixels (fixture->cell), <, bar);
  gtk_widget_add_css_class (fixture->cell, "placeholder");
  VLIVE_TEST_WAIT (count_pixels (fixture->cell) > bar);
}

/* What is written, to the row that the cell shows. */
static VliveWrite *
write_name (Fixture *fixture, const char *name)
{
  g_autoptr (VliveRecord) fields = NULL;
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "name", "s", name);
  fields = vlive_record_new_from_variant ("a", g_variant_dict_end (&dict), NULL);

  return vlive_store_write (fixture->app.store, VLIVE_WRITE_PATCH, "a", fields);
}

static void
write_sold (Fixture *fixture, GVariant *value)
{
  g_autoptr (VliveRecord) fields = NULL;
  g_autoptr (VliveWrite) write = NULL;
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert_value (&dict, "sold", value);
  fields = vlive_record_new_from_variant ("a", g_variant_dict_end (&dict), NULL);
  write = vlive_store_write (fixture->app.store, VLIVE_WRITE_PATCH, "a", fields);
  VLIVE_TEST_WAIT (vlive_write_get_state (write) == VLIVE_WRITE_APPLIED);
}

static void
set_offline (Fixture *fixture)
{
  vlive_local_master_set_offline (VLIVE_LOCAL_MASTER (fixture->app.master), TRUE);
}

static const char *
get_mark (Fixture *fixture)
{
  GtkWidget *mark = widget_test_find (fixture->cell, GTK_TYPE_IMAGE, NULL, NULL);

  return mark != NULL ? gtk_image_get_icon_name (GTK_IMAGE (mark)) : NULL;
}

static void
assert_unmarked (Fixture *fixture)
{
  g_assert_null (get_mark (fixture));
  g_assert_false (gtk_widget_has_css_class (fixture->cell, "pending"));
  g_assert_false (gtk_widget_has_css_class (fixture->cell, "failed"));
  g_assert_false (gtk_widget_has_css_class (fixture->cell, "changed"));
}

/* A field shows that it is on its way, and that alone, until it has arrived. */
static void
test_pending (Fixture *fixture, gconstpointer data)
{
  g_autoptr (VliveWrite) write = NULL;

  assert_unmarked (fixture);
  write = write_name (fixture, "Apple Tart");
  g_assert_cmpstr (_vlive_cell_get_text (VLIVE_CELL (fixture->cell)), ==, "Apple Tart");
  g_assert_true (gtk_widget_has_css_class (fixture->cell, "pending"));
  g_assert_cmpstr (get_mark (fixture), ==, "media-record-symbolic");
  gtk_test_accessible_assert_property (fixture->cell,
                                       GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                       "Being saved");
  VLIVE_TEST_WAIT (vlive_write_get_state (write) == VLIVE_WRITE_APPLIED);
  assert_unmarked (fixture);
  g_assert_false (
      gtk_test_accessible_has_property (GTK_ACCESSIBLE (fixture->cell),
                                        GTK_ACCESSIBLE_PROPERTY_DESCRIPTION));
}

static void
test_not_pending (Fixture *fixture, gconstpointer data)
{
  g_autoptr (VliveWrite) write = write_name (fixture, "Apple Tart");

  g_assert_cmpint (vlive_row_get_state (fixture->row), ==, VLIVE_ROW_PENDING);
  assert_unmarked (fixture);
  set_offline (fixture);
  VLIVE_TEST_WAIT (vlive_write_get_state (write) >= VLIVE_WRITE_APPLIED);
  assert_unmarked (fixture);
}

/* What was not taken shows the value that is true, and says so until something
 * else is written. */
static void
test_failed (Fixture *fixture, gconstpointer data)
{
  g_autoptr (VliveWrite) write = NULL;
  g_autoptr (VliveWrite) again = NULL;

  set_offline (fixture);
  write = write_name (fixture, "Apple Tart");
  VLIVE_TEST_WAIT (vlive_write_get_error (write) != NULL);
  g_assert_cmpstr (_vlive_cell_get_text (VLIVE_CELL (fixture->cell)), ==, "Apple Pie");
  g_assert_true (gtk_widget_has_css_class (fixture->cell, "failed"));
  g_assert_false (gtk_widget_has_css_class (fixture->cell, "pending"));
  g_assert_cmpstr (get_mark (fixture), ==, "dialog-warning-symbolic");
  gtk_test_accessible_assert_property (fixture->cell,
                                       GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                       "A change was not saved");
  again = write_name (fixture, "Apple Cake");
  g_assert_cmpstr (get_mark (fixture), ==, "media-record-symbolic");
  VLIVE_TEST_WAIT (vlive_write_get_error (again) != NULL);
}

/* A row that could not be deleted is marked beside its id. */
static void
test_failed_row (Fixture *fixture, gconstpointer data)
{
  g_autoptr (VliveWrite) write = NULL;

  assert_unmarked (fixture);
  set_offline (fixture);
  write = vlive_store_write (fixture->app.store, VLIVE_WRITE_DELETE, "a", NULL);
  VLIVE_TEST_WAIT (vlive_row_get_state (fixture->row) == VLIVE_ROW_FAILED);
  g_assert_cmpstr (get_mark (fixture), ==, "dialog-warning-symbolic");
}

static GtkWidget *
get_entry (Fixture *fixture)
{
  return widget_test_find (fixture->cell, GTK_TYPE_TEXT, NULL, NULL);
}

/* What cannot be a price stays where it was typed, and it is said why, once. */
static void
test_refuses (Fixture *fixture, gconstpointer data)
{
  VliveCell *cell = VLIVE_CELL (fixture->cell);

  _vlive_cell_start_edit (cell);
  _vlive_cell_set_draft (cell, "a lot");
  g_assert_false (_vlive_cell_end_edit (cell, TRUE));
  g_assert_false (_vlive_cell_end_edit (cell, TRUE));
  g_assert_true (_vlive_cell_is_editing (cell));
  g_assert_cmpstr (_vlive_cell_get_text (cell), ==, "a lot");
  g_assert_true (gtk_widget_has_css_class (get_entry (fixture), "error"));
  g_assert_cmpstr (gtk_widget_get_tooltip_text (get_entry (fixture)), ==,
                   "“a lot” is not a whole number");
  gtk_test_accessible_assert_state (get_entry (fixture), GTK_ACCESSIBLE_STATE_INVALID,
                                    GTK_ACCESSIBLE_INVALID_TRUE);
  g_assert_cmpstr (fixture->edits->str, ==, "refused: “a lot” is not a whole number;");

  _vlive_cell_set_draft (cell, "13");
  g_assert_false (gtk_widget_has_css_class (get_entry (fixture), "error"));
  g_string_truncate (fixture->edits, 0);
  g_assert_true (_vlive_cell_end_edit (cell, TRUE));
  g_assert_cmpstr (fixture->edits->str, ==, "a.price=13;");
}

static void
test_gives_up_refused (Fixture *fixture, gconstpointer data)
{
  VliveCell *cell = VLIVE_CELL (fixture->cell);

  _vlive_cell_start_edit (cell);
  _vlive_cell_set_draft (cell, "a lot");
  g_assert_false (_vlive_cell_end_edit (cell, TRUE));
  g_assert_true (_vlive_cell_end_edit (cell, FALSE));
  g_assert_cmpstr (_vlive_cell_get_text (cell), ==, "12");
}

/* Enter saves and goes down; not with what is refused. */
static void
test_enter (Fixture *fixture, gconstpointer data)
{
  VliveCell *cell = VLIVE_CELL (fixture->cell);

  _vlive_cell_start_edit (cell);
  _vlive_cell_set_draft (cell, "13");
  g_signal_emit_by_name (get_entry (fixture), "activate");
  g_assert_cmpstr (fixture->edits->str, ==, "a.price=13;move 0 1;");

  g_string_truncate (fixture->edits, 0);
  _vlive_cell_start_edit (cell);
  _vlive_cell_set_draft (cell, "x");
  g_signal_emit_by_name (get_entry (fixture), "activate");
  g_assert_cmpstr (fixture->edits->str, ==, "refused: “x” is not a whole number;");
}

/* The keys of the entry. */
static gboolean
press (Fixture *fixture, guint keyval)
{
  g_autoptr (GListModel) controllers =
      gtk_widget_observe_controllers (get_entry (fixture));
  guint n_controllers = g_list_model_get_n_items (controllers);

  for (guint i = 0; i < n_controllers; i++)
    {
      g_autoptr (GtkEventController) controller =
          g_list_model_get_item (controllers, i);
      gboolean handled = FALSE;

      if (!GTK_IS_EVENT_CONTROLLER_KEY (controller)
          || gtk_event_controller_get_propagation_phase (controller)
                 != GTK_PHASE_CAPTURE)
        continue;
      g_signal_emit_by_name (controller, "key-pressed", keyval, 0, 0, &handled);
      return handled;
    }

  return FALSE;
}

static void
test_keys (Fixture *fixture, gconstpointer data)
{
  VliveCell *cell = VLIVE_CELL (fixture->cell);

  _vlive_cell_start_edit (cell);
  g_assert_false (press (fixture, GDK_KEY_a));
  _vlive_cell_set_draft (cell, "Tart");
  g_assert_true (press (fixture, GDK_KEY_Tab));
  g_assert_cmpstr (fixture->edits->str, ==, "a.name='Tart';move 1 0;");
  g_assert_false (_vlive_cell_is_editing (cell));

  g_string_truncate (fixture->edits, 0);
  _vlive_cell_start_edit (cell);
  g_assert_true (press (fixture, GDK_KEY_ISO_Left_Tab));
  g_assert_cmpstr (fixture->edits->str, ==, "move -1 0;");

  g_string_truncate (fixture->edits, 0);
  _vlive_cell_start_edit (cell);
  _vlive_cell_set_draft (cell, "Pie");
  g_assert_true (press (fixture, GDK_KEY_Escape));
  g_assert_false (_vlive_cell_is_editing (cell));
  g_assert_cmpstr (fixture->edits->str, ==, "");
}

/* Another program on the display may have the keyboard: then nobody leaves. */
static gboolean
leaves (Fixture *fixture)
{
  VliveCell *cell = VLIVE_CELL (fixture->cell);

  if (!_vlive_cell_is_editing (cell))
    return TRUE;
  if (!gtk_window_is_active (fixture->window))
    {
      gtk_window_present (fixture->window);
      return FALSE;
    }
  gtk_widget_grab_focus (get_entry (fixture));
  gtk_widget_grab_focus (fixture->button);

  return FALSE;
}

/* Who goes elsewhere has finished. */
static void
test_leaves (Fixture *fixture, gconstpointer data)
{
  VliveCell *cell = VLIVE_CELL (fixture->cell);

  _vlive_cell_start_edit (cell);
  _vlive_cell_set_draft (cell, "Tart");
  VLIVE_TEST_WAIT (leaves (fixture));
  g_assert_cmpstr (fixture->edits->str, ==, "a.name='Tart';");
  g_assert_true (gtk_window_get_focus (fixture->window) == fixture->button);
}

/* Unbinding in the middle of an edit drops the draft without saving it to the
 * row that comes next. */
static void
test_unbound_while_editing (Fixture *fixture, gconstpointer data)
{
  VliveCell *cell = VLIVE_CELL (fixture->cell);
  g_autoptr (VliveRow) other = g_list_model_get_item (G_LIST_MODEL (fixture->table), 1);

  _vlive_cell_start_edit (cell);
  _vlive_cell_set_draft (cell, "Apple Tart");
  _vlive_cell_set_row (cell, other);
  g_assert_false (_vlive_cell_is_editing (cell));
  g_assert_cmpstr (_vlive_cell_get_text (cell), ==, "Brioche");
  g_assert_cmpstr (fixture->edits->str, ==, "");
  _vlive_cell_set_row (cell, NULL);
}

/* A check, which is changed at once; null is neither. */
static void
test_check (Fixture *fixture, gconstpointer data)
{
  VliveCell *cell = VLIVE_CELL (fixture->cell);
  GtkWidget *check = widget_test_find (fixture->cell, GTK_TYPE_IMAGE, NULL, NULL);

  g_assert_false (gtk_widget_get_visible (check));
  write_sold (fixture, g_variant_new_boolean (TRUE));
  g_assert_true (gtk_widget_get_visible (check));
  g_assert_true ((gtk_widget_get_state_flags (check) & GTK_STATE_FLAG_CHECKED) != 0);
  gtk_test_accessible_assert_property (cell, GTK_ACCESSIBLE_PROPERTY_LABEL, "yes");
  g_assert_true (_vlive_cell_start_edit (cell));
  g_assert_false (_vlive_cell_is_editing (cell));
  g_assert_cmpstr (fixture->edits->str, ==, "a.sold=false;");
  g_string_truncate (fixture->edits, 0);
  write_sold (fixture, g_variant_new_boolean (FALSE));
  g_assert_false ((gtk_widget_get_state_flags (check) & GTK_STATE_FLAG_CHECKED) != 0);
  gtk_test_accessible_assert_property (cell, GTK_ACCESSIBLE_PROPERTY_LABEL, "no");
  g_assert_true (_vlive_cell_edit_text (cell, "true"));
  g_assert_false (_vlive_cell_edit_text (cell, "perhaps"));
  g_assert_cmpstr (fixture->edits->str, ==, "a.sold=true;");
  write_sold (fixture, g_variant_new_maybe (G_VARIANT_TYPE_VARIANT, NULL));
  g_assert_false (gtk_widget_get_visible (check));
  g_assert_cmpstr (_vlive_cell_get_text (cell), ==, "null");
  VLIVE_TEST_WAIT (vlive_row_get_state (fixture->row) == VLIVE_ROW_READY);
}

/* Others have changed the row: as a live stream would tell. */
static void
change_elsewhere (Fixture *fixture, const char *name, gint64 when)
{
  g_autoptr (GVariant) fields =
      g_variant_ref_sink (g_variant_new_parsed ("{'name': <%s>, 'id': <'a'>}", name));
  g_autoptr (VliveRecord) record = vlive_record_new_from_variant ("a", fields, NULL);
  const VliveShown shown = { .record = record, .state = VLIVE_ROW_READY };

  _vlive_row_expect_others (fixture->row, when);
  _vlive_row_show (fixture->row, &shown);
}

/* A field that others change stands out for a moment … */
static void
test_flash (Fixture *fixture, gconstpointer data)
{
  g_assert_false (gtk_widget_has_css_class (fixture->cell, "flash"));
  change_elsewhere (fixture, "Apple Tart", 1000);
  g_assert_cmpstr (_vlive_cell_get_text (VLIVE_CELL (fixture->cell)), ==, "Apple Tart");
  g_assert_true (gtk_widget_has_css_class (fixture->cell, "flash"));
  VLIVE_TEST_WAIT (!gtk_widget_has_css_class (fixture->cell, "flash"));
  assert_unmarked (fixture);
}

/* … and one that we change does not. */
static void
test_no_flash (Fixture *fixture, gconstpointer data)
{
  g_autoptr (VliveWrite) write = write_name (fixture, "Apple Tart");

  g_assert_false (gtk_widget_has_css_class (fixture->cell, "flash"));
  VLIVE_TEST_WAIT (vlive_write_get_state (write) == VLIVE_WRITE_APPLIED);
  g_assert_false (gtk_widget_has_css_class (fixture->cell, "flash"));
}

/* A dot beside the id, until somebody looks. */
static void
test_changed (Fixture *fixture, gconstpointer data)
{
  assert_unmarked (fixture);
  change_elsewhere (fixture, "Apple Tart", 1000);
  g_assert_cmpstr (get_mark (fixture), ==, "media-record-symbolic");
  g_assert_true (gtk_widget_has_css_class (fixture->cell, "changed"));
  gtk_test_accessible_assert_property (fixture->cell,
                                       GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                       "Changed elsewhere");
  /* The cell does not know; the row does. */
  _vlive_cell_set_row (VLIVE_CELL (fixture->cell), NULL);
  _vlive_cell_set_row (VLIVE_CELL (fixture->cell), fixture->row);
  g_assert_true (gtk_widget_has_css_class (fixture->cell, "changed"));
  _vlive_cell_visit (VLIVE_CELL (fixture->cell));
  assert_unmarked (fixture);
  change_elsewhere (fixture, "Apple Cake", 2000);
  g_assert_true (gtk_widget_has_css_class (fixture->cell, "changed"));
}

int
main (int argc, char *argv[])
{
  widget_test_init (&argc, &argv);
#define ADD(path, column, func)                                                        \
  g_test_add (path, Fixture, column, set_up, func, tear_down)
  ADD ("/gtk/cell/shows", "name", test_shows);
  ADD ("/gtk/cell/saves", "name", test_saves);
  ADD ("/gtk/cell/gives-up", "name", test_gives_up);
  ADD ("/gtk/cell/id-is-not-edited", "id", test_id_is_not_edited);
  ADD ("/gtk/cell/number", "price", test_number);
  ADD ("/gtk/cell/placeholder", "name", test_placeholder);
  ADD ("/gtk/cell/pending", "name", test_pending);
  ADD ("/gtk/cell/not-pending", "price", test_not_pending);
  ADD ("/gtk/cell/failed", "name", test_failed);
  ADD ("/gtk/cell/failed-row", "id", test_failed_row);
  ADD ("/gtk/cell/refuses", "price", test_refuses);
  ADD ("/gtk/cell/gives-up-refused", "price", test_gives_up_refused);
  ADD ("/gtk/cell/enter", "price", test_enter);
  ADD ("/gtk/cell/keys", "name", test_keys);
  ADD ("/gtk/cell/leaves", "name", test_leaves);
  ADD ("/gtk/cell/check", "sold", test_check);
  ADD ("/gtk/cell/flash", "name", test_flash);
  ADD ("/gtk/cell/no-flash", "name", test_no_flash);
  ADD ("/gtk/cell/changed", "id", test_changed);
  ADD ("/gtk/cell/unbound-while-editing", "name", test_unbound_while_editing);
#undef ADD

  return vlive_test_run ();
}
