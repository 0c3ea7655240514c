/* test-record-form.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "widget-test.h"

#include "vlive-field-editor-private.h"
#include "vlive-record-form.h"

typedef struct
{
  WidgetTest app;
  VliveTable *table;
  VliveDraft *draft; /* of "b" */
  GtkWidget *form;
  GtkWindow *window;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (VliveRow) row = NULL;

  widget_test_set_up (&f->app);
  f->table = vlive_table_new (f->app.store, NULL);
  VLIVE_TEST_WAIT (vlive_table_get_state (f->table) == VLIVE_TABLE_COMPLETE);
  row = g_list_model_get_item (G_LIST_MODEL (f->table), 1);
  VLIVE_TEST_WAIT (vlive_row_get_record (row) != NULL);
  f->draft = vlive_draft_new (f->app.store, row);
  f->form = vlive_record_form_new ();
  vlive_record_form_set_draft (VLIVE_RECORD_FORM (f->form), f->draft);
  f->window = widget_test_show (f->form);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  GtkWidget *form = f->form;

  g_object_add_weak_pointer (G_OBJECT (form), (gpointer *) &form);
  gtk_window_destroy (f->window);
  g_assert_null (form);
  /* It may be asking whether its record is still there. */
  VLIVE_TEST_WAIT (G_OBJECT (f->draft)->ref_count == 1);
  g_assert_finalize_object (f->draft);
  g_assert_finalize_object (f->table);
  widget_test_tear_down (&f->app);
}

static gboolean
is_of_column (GtkWidget *widget, gpointer data)
{
  VliveColumn *column = _vlive_field_editor_get_column (VLIVE_FIELD_EDITOR (widget));

  return strcmp (vlive_column_get_name (column), data) == 0;
}

static VliveFieldEditor *
find_editor (Fixture *f, const char *name)
{
  return VLIVE_FIELD_EDITOR (
      widget_test_find (f->form, VLIVE_TYPE_FIELD_EDITOR, is_of_column, (char *) name));
}

static GtkWidget *
find_input (Fixture *f, const char *name)
{
  return _vlive_field_editor_get_input (find_editor (f, name));
}

static void
type (Fixture *f, const char *name, const char *text)
{
  gtk_editable_set_text (GTK_EDITABLE (find_input (f, name)), text);
}

static const char *
get_text (Fixture *f, const char *name)
{
  return gtk_editable_get_text (GTK_EDITABLE (find_input (f, name)));
}

static gboolean
shows_text (GtkWidget *widget, gpointer data)
{
  return gtk_widget_get_mapped (widget)
         && strstr (gtk_label_get_text (GTK_LABEL (widget)), data) != NULL;
}

static gboolean
shows (GtkWidget *widget, const char *text)
{
  return widget_test_find (widget, GTK_TYPE_LABEL, shows_text, (char *) text) != NULL;
}

static gboolean
has_label (GtkWidget *widget, gpointer data)
{
  return gtk_widget_get_mapped (widget)
         && g_strcmp0 (gtk_button_get_label (GTK_BUTTON (widget)), data) == 0;
}

static GtkWidget *
find_button (Fixture *f, const char *label)
{
  return widget_test_find (f->form, GTK_TYPE_BUTTON, has_label, (char *) label);
}

static void
click (Fixture *f, const char *label)
{
  GtkWidget *button = find_button (f, label);

  g_assert_nonnull (button);
  g_assert_true (gtk_widget_get_sensitive (button));
  g_signal_emit_by_name (button, "clicked");
}

static void
patch_elsewhere (Fixture *f, const char *id, gint64 price)
{
  g_autoptr (VliveRecord) fields = NULL;
  g_autoptr (VliveWrite) write = NULL;
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "price", "x", price);
  fields = vlive_record_new_from_variant (NULL, g_variant_dict_end (&dict), NULL);
  write = vlive_store_write (f->app.store, VLIVE_WRITE_PATCH, id, fields);
  VLIVE_TEST_WAIT (vlive_write_get_state (write) == VLIVE_WRITE_APPLIED);
}

static void
keep_write_cb (VliveRecordForm *form, VliveWrite *write, gpointer data)
{
  g_set_object ((VliveWrite **) data, write);
}

/* What is typed is in the draft, and Save sends it. */
static void
test_save (Fixture *f, gconstpointer data)
{
  g_autoptr (VliveWrite) write = NULL;
  g_autofree char *price = NULL;

  g_signal_connect (f->form, "saved", G_CALLBACK (keep_write_cb), &write);
  g_assert_true (GTK_IS_LABEL (find_input (f, "id")));
  g_assert_cmpstr (get_text (f, "name"), ==, "Brioche");
  g_assert_cmpstr (get_text (f, "price"), ==, "8");
  g_assert_false (gtk_widget_get_sensitive (find_button (f, "_Save")));
  type (f, "price", "9");
  g_assert_true (vlive_draft_is_dirty (f->draft, "price"));
  g_assert_false (vlive_draft_is_dirty (f->draft, "name"));
  g_assert_true (
      gtk_widget_has_css_class (GTK_WIDGET (find_editor (f, "price")), "dirty"));
  click (f, "_Save");
  g_assert_nonnull (write);
  VLIVE_TEST_WAIT (vlive_write_get_state (write) == VLIVE_WRITE_APPLIED);
  price = widget_test_dup_at_master (&f->app, "b", "price");
  g_assert_cmpstr (price, ==, "9");
  g_assert_false (vlive_draft_is_dirty (f->draft, NULL));
  g_assert_false (gtk_widget_get_sensitive (find_button (f, "_Save")));
  g_assert_false (
      gtk_widget_has_css_class (GTK_WIDGET (find_editor (f, "price")), "dirty"));
}

/* Enter and Ctrl+S are Save. */
static void
test_keys (Fixture *f, gconstpointer data)
{
  g_autoptr (VliveWrite) write = NULL;

  g_signal_connect (f->form, "saved", G_CALLBACK (keep_write_cb), &write);
  type (f, "name", "Bun");
  g_signal_emit_by_name (find_input (f, "name"), "activate");
  g_assert_nonnull (write);
  VLIVE_TEST_WAIT (vlive_write_get_state (write) == VLIVE_WRITE_APPLIED);
  g_clear_object (&write);
  type (f, "name", "Bap");
  g_assert_true (
      gtk_widget_activate_action (find_input (f, "name"), "form.save", NULL));
  g_assert_nonnull (write);
  VLIVE_TEST_WAIT (vlive_write_get_state (write) == VLIVE_WRITE_APPLIED);
  /* There is nothing to save. */
  g_assert_false (vlive_record_form_save (VLIVE_RECORD_FORM (f->form)));
}

/* What is wrong stands under its field, and what was typed stays. */
static void
test_invalid (Fixture *f, gconstpointer data)
{
  type (f, "price", "9x");
  g_assert_true (shows (GTK_WIDGET (find_editor (f, "price")), "9x"));
  g_assert_false (gtk_widget_get_sensitive (find_button (f, "_Save")));
  type (f, "name", "Bun");
  g_assert_cmpstr (get_text (f, "price"), ==, "9x");
  patch_elsewhere (f, "b", 77);
  g_assert_cmpstr (get_text (f, "price"), ==, "9x");
  g_assert_true (gtk_widget_has_css_class (find_input (f, "price"), "error"));
  click (f, "_Revert");
  g_assert_cmpstr (get_text (f, "price"), ==, "77");
  g_assert_cmpstr (get_text (f, "name"), ==, "Brioche");
  g_assert_false (gtk_widget_has_css_class (find_input (f, "price"), "error"));
}

/* A field that was not changed follows, and one that was tells both. */
static void
test_conflict (Fixture *f, gconstpointer data)
{
  g_autoptr (VliveWrite) write = NULL;
  g_autofree char *price = NULL;

  type (f, "name", "Bun");
  patch_elsewhere (f, "b", 77);
  VLIVE_TEST_WAIT (strcmp (get_text (f, "price"), "77") == 0);
  type (f, "price", "9");
  patch_elsewhere (f, "b", 78);
  VLIVE_TEST_WAIT (vlive_draft_is_in_conflict (f->draft, "price"));
  VLIVE_TEST_WAIT (
      shows (GTK_WIDGET (find_editor (f, "price")), "Changed elsewhere to “78”"));
  g_assert_cmpstr (get_text (f, "price"), ==, "9");
  g_assert_false (gtk_widget_get_sensitive (find_button (f, "_Save")));
  click (f, "Take theirs");
  g_assert_cmpstr (get_text (f, "price"), ==, "78");
  g_assert_cmpstr (get_text (f, "name"), ==, "Bun");

  type (f, "price", "9");
  patch_elsewhere (f, "b", 79);
  VLIVE_TEST_WAIT (find_button (f, "Keep mine") != NULL);
  click (f, "Keep mine");
  g_signal_connect (f->form, "saved", G_CALLBACK (keep_write_cb), &write);
  click (f, "_Save");
  VLIVE_TEST_WAIT (vlive_write_get_state (write) == VLIVE_WRITE_APPLIED);
  price = widget_test_dup_at_master (&f->app, "b", "price");
  g_assert_cmpstr (price, ==, "9");
}

/* Deleted meanwhile: it says so, and makes it anew when asked. */
static void
test_gone (Fixture *f, gconstpointer data)
{
  g_autoptr (VliveWrite) gone = NULL;
  g_autoptr (VliveWrite) write = NULL;

  type (f, "price", "9");
  gone = vlive_store_write (f->app.store, VLIVE_WRITE_DELETE, "b", NULL);
  VLIVE_TEST_WAIT (vlive_draft_is_gone (f->draft));
  VLIVE_TEST_WAIT (shows (f->form, "has been deleted"));
  g_assert_false (gtk_widget_get_sensitive (find_button (f, "_Save")));
  click (f, "Restore as _new");
  g_assert_false (shows (f->form, "has been deleted"));
  g_assert_cmpstr (get_text (f, "name"), ==, "Brioche");
  g_assert_cmpstr (get_text (f, "price"), ==, "9");
  /* The id may be given now. */
  type (f, "id", "bb");
  g_signal_connect (f->form, "saved", G_CALLBACK (keep_write_cb), &write);
  click (f, "_Save");
  VLIVE_TEST_WAIT (vlive_write_get_state (write) == VLIVE_WRITE_APPLIED);
  VLIVE_TEST_WAIT (g_list_model_get_n_items (G_LIST_MODEL (f->table)) == 3);
  g_assert_true (GTK_IS_LABEL (find_input (f, "id")));
}

/* Another draft; and none. */
static void
test_drafts (Fixture *f, gconstpointer data)
{
  g_autoptr (VliveRow) row = g_list_model_get_item (G_LIST_MODEL (f->table), 2);
  VliveDraft *other;

  VLIVE_TEST_WAIT (vlive_row_get_record (row) != NULL);
  other = vlive_draft_new (f->app.store, row);
  type (f, "name", "Bun");
  vlive_record_form_set_draft (VLIVE_RECORD_FORM (f->form), other);
  g_assert_cmpstr (get_text (f, "name"), ==, "Cinnamon Roll");
  g_assert_true (vlive_draft_is_dirty (f->draft, "name"));
  vlive_record_form_set_draft (VLIVE_RECORD_FORM (f->form), f->draft);
  g_assert_cmpstr (get_text (f, "name"), ==, "Bun");
  vlive_record_form_set_draft (VLIVE_RECORD_FORM (f->form), NULL);
  g_assert_null (widget_test_find (f->form, VLIVE_TYPE_FIELD_EDITOR, NULL, NULL));
  g_assert_false (vlive_record_form_save (VLIVE_RECORD_FORM (f->form)));
  g_assert_finalize_object (other);
}

/* The editors, one by one. */

typedef struct
{
  WidgetTest app;
  VliveDraft *draft; /* of a new record */
} EditorFixture;

static void
set_up_editor (EditorFixture *f, gconstpointer data)
{
  widget_test_set_up (&f->app);
  f->draft = vlive_draft_new (f->app.store, NULL);
}

static void
tear_down_editor (EditorFixture *f, gconstpointer data)
{
  g_assert_finalize_object (f->draft);
  widget_test_tear_down (&f->app);
}

static GtkWidget *
make_editor (EditorFixture *f, VliveColumn *column)
{
  GtkWidget *editor = _vlive_field_editor_new (f->draft, column);

  vlive_column_unref (column);

  return g_object_ref_sink (editor);
}

/* "'x'", "-" for none. */
static void
assert_mine (EditorFixture *f, const char *name, const char *expected)
{
  g_autoptr (GVariant) value = vlive_draft_dup_mine (f->draft, name);
  g_autofree char *text = value != NULL ? g_variant_print (value, FALSE) : NULL;

  g_assert_cmpstr (text != NULL ? text : "-", ==, expected);
}

static void
drop_editor (GtkWidget *editor)
{
  g_assert_finalize_object (editor);
}

static void
set_null (GtkWidget *editor, gboolean null)
{
  GtkWidget *toggle = widget_test_find (editor, GTK_TYPE_TOGGLE_BUTTON, NULL, NULL);

  g_assert_nonnull (toggle);
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (toggle), null);
}

static void
test_switch (EditorFixture *f, gconstpointer data)
{
  GtkWidget *editor =
      make_editor (f, vlive_column_new ("b", VLIVE_VALUE_BOOLEAN, VLIVE_FORMAT_PLAIN,
                                        VLIVE_COLUMN_NULLABLE));
  GtkWidget *input = _vlive_field_editor_get_input (VLIVE_FIELD_EDITOR (editor));

  assert_mine (f, "b", "-");
  gtk_switch_set_active (GTK_SWITCH (input), TRUE);
  assert_mine (f, "b", "true");
  set_null (editor, TRUE);
  assert_mine (f, "b", "nothing");
  set_null (editor, FALSE);
  assert_mine (f, "b", "false");
  vlive_draft_set_field (f->draft, "b", g_variant_new_boolean (TRUE), NULL);
  _vlive_field_editor_update (VLIVE_FIELD_EDITOR (editor));
  g_assert_true (gtk_switch_get_active (GTK_SWITCH (input)));
  drop_editor (editor);
}

static void
test_number (EditorFixture *f, gconstpointer data)
{
  GtkWidget *editor =
      make_editor (f, vlive_column_new ("x", VLIVE_VALUE_DOUBLE, VLIVE_FORMAT_PLAIN,
                                        VLIVE_COLUMN_NULLABLE));
  GtkWidget *input = _vlive_field_editor_get_input (VLIVE_FIELD_EDITOR (editor));

  gtk_editable_set_text (GTK_EDITABLE (input), "1.50");
  assert_mine (f, "x", "1.5");
  /* It is not written over while somebody types. */
  _vlive_field_editor_update (VLIVE_FIELD_EDITOR (editor));
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (input)), ==, "1.50");
  gtk_editable_set_text (GTK_EDITABLE (input), "");
  assert_mine (f, "x", "nothing");
  gtk_editable_set_text (GTK_EDITABLE (input), "1e");
  g_assert_nonnull (vlive_draft_get_message (f->draft, "x"));
  drop_editor (editor);
}

/* Null is told from empty. */
static void
test_text (EditorFixture *f, gconstpointer data)
{
  GtkWidget *editor =
      make_editor (f, vlive_column_new ("t", VLIVE_VALUE_TEXT, VLIVE_FORMAT_PLAIN,
                                        VLIVE_COLUMN_NULLABLE));
  GtkWidget *input = _vlive_field_editor_get_input (VLIVE_FIELD_EDITOR (editor));

  gtk_editable_set_text (GTK_EDITABLE (input), "x");
  gtk_editable_set_text (GTK_EDITABLE (input), "");
  assert_mine (f, "t", "''");
  set_null (editor, TRUE);
  _vlive_field_editor_update (VLIVE_FIELD_EDITOR (editor));
  assert_mine (f, "t", "nothing");
  g_assert_cmpstr (gtk_entry_get_placeholder_text (GTK_ENTRY (input)), ==, "null");
  set_null (editor, FALSE);
  assert_mine (f, "t", "''");
  drop_editor (editor);
}

static void
test_choice (EditorFixture *f, gconstpointer data)
{
  const char *choices[] = { "red", "green", NULL };
  GtkWidget *editor =
      make_editor (f, vlive_column_new_choice ("c", choices, VLIVE_COLUMN_NONE));
  GtkWidget *input = _vlive_field_editor_get_input (VLIVE_FIELD_EDITOR (editor));

  /* Nothing is chosen by itself. */
  assert_mine (f, "c", "-");
  g_assert_cmpuint (gtk_drop_down_get_selected (GTK_DROP_DOWN (input)), ==,
                    GTK_INVALID_LIST_POSITION);
  gtk_drop_down_set_selected (GTK_DROP_DOWN (input), 1);
  assert_mine (f, "c", "'green'");
  vlive_draft_set_field (f->draft, "c", g_variant_new_string ("red"), NULL);
  _vlive_field_editor_update (VLIVE_FIELD_EDITOR (editor));
  g_assert_cmpuint (gtk_drop_down_get_selected (GTK_DROP_DOWN (input)), ==, 0);
  drop_editor (editor);
}

static void
test_json (EditorFixture *f, gconstpointer data)
{
  GtkWidget *editor =
      make_editor (f, vlive_column_new ("j", VLIVE_VALUE_JSON, VLIVE_FORMAT_PLAIN,
                                        VLIVE_COLUMN_NONE));
  GtkWidget *input = _vlive_field_editor_get_input (VLIVE_FIELD_EDITOR (editor));
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (input));

  gtk_text_buffer_set_text (buffer, "[1, 2", -1);
  /* Its column is not the store's: it is a text as far as that knows. */
  assert_mine (f, "j", "'[1, 2'");
  gtk_text_buffer_set_text (buffer, "[1, 2]\n", -1);
  assert_mine (f, "j", "'[1, 2]\\n'");
  drop_editor (editor);
}

static void
test_date (EditorFixture *f, gconstpointer data)
{
  GtkWidget *editor =
      make_editor (f, vlive_column_new ("d", VLIVE_VALUE_TEXT, VLIVE_FORMAT_DATE,
                                        VLIVE_COLUMN_NONE));
  GtkWidget *button = widget_test_find (editor, GTK_TYPE_MENU_BUTTON, NULL, NULL);
  GtkPopover *popover = gtk_menu_button_get_popover (GTK_MENU_BUTTON (button));
  g_autoptr (GDateTime) day = g_date_time_new_utc (2026, 2, 28, 0, 0, 0);

  gtk_calendar_select_day (GTK_CALENDAR (gtk_popover_get_child (popover)), day);
  assert_mine (f, "d", "'2026-02-28'");
  drop_editor (editor);
}

static void
add (const char *path, void (*test) (Fixture *, gconstpointer))
{
  g_test_add (path, Fixture, NULL, set_up, test, tear_down);
}

static void
add_editor (const char *path, void (*test) (EditorFixture *, gconstpointer))
{
  g_test_add (path, EditorFixture, NULL, set_up_editor, test, tear_down_editor);
}

int
main (int argc, char **argv)
{
  widget_test_init (&argc, &argv);

  add ("/gtk/record-form/save", test_save);
  add ("/gtk/record-form/keys", test_keys);
  add ("/gtk/record-form/invalid", test_invalid);
  add ("/gtk/record-form/conflict", test_conflict);
  add ("/gtk/record-form/gone", test_gone);
  add ("/gtk/record-form/drafts", test_drafts);
  add_editor ("/gtk/record-form/switch", test_switch);
  add_editor ("/gtk/record-form/number", test_number);
  add_editor ("/gtk/record-form/text", test_text);
  add_editor ("/gtk/record-form/choice", test_choice);
  add_editor ("/gtk/record-form/json", test_json);
  add_editor ("/gtk/record-form/date", test_date);

  return vlive_test_run ();
}
