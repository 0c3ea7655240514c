/* test-field-expression.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <vlive-gtk.h>

#include "table/vlive-row-private.h"
#include "vlive-test.h"

static VliveRecord *
make_record (const char *text)
{
  g_autoptr (GVariant) fields =
      g_variant_ref_sink (g_variant_new_parsed (text != NULL ? text : "@a{sv} {}"));

  g_autoptr (GError) error = NULL;
  VliveRecord *record = vlive_record_new_from_variant ("a", fields, &error);

  g_assert_no_error (error);

  return record;
}

static void
gone_cb (gpointer owner, VliveRow *row)
{
}

static void
show (VliveRow *row, VliveRecord *record, VliveRowState state)
{
  const VliveShown shown = { .record = record, .state = state };

  _vlive_row_show (row, &shown);
}

static VliveRow *
make_row (const char *text)
{
  VliveRow *row = _vlive_row_new (&gone_cb, gone_cb, 0);

  if (text != NULL)
    {
      g_autoptr (VliveRecord) record = make_record (text);

      show (row, record, VLIVE_ROW_READY);
    }

  return row;
}

static char *
evaluate (GtkExpression *expression, VliveRow *row)
{
  GValue value = G_VALUE_INIT;
  char *text;

  g_assert_true (gtk_expression_evaluate (expression, row, &value));
  g_assert_true (G_VALUE_HOLDS_STRING (&value));
  text = g_value_dup_string (&value);
  g_value_unset (&value);

  return text;
}

static void
assert_value (const char *fields, const char *name, const char *expected)
{
  GtkExpression *expression = vlive_gtk_field_expression_new (name);
  VliveRow *row = make_row (fields);
  g_autofree char *text = evaluate (expression, row);

  g_assert_cmpstr (text, ==, expected);
  gtk_expression_unref (expression);
  g_assert_finalize_object (row);
}

/* Null and missing are not the empty text. */
static void
test_values (void)
{
  static const char fields[] =
      "{'name': <'Apple Pie'>, 'price': <int64 12>, 'ok': <true>, "
      "'empty': <''>, 'none': <@mv nothing>}";

  assert_value (fields, "name", "Apple Pie");
  assert_value (fields, "price", "12");
  assert_value (fields, "ok", "true");
  assert_value (fields, "empty", "");
  assert_value (fields, "none", NULL);
  assert_value (fields, "missing", NULL);
  assert_value (NULL, "name", NULL);
}

/* A cell follows its row: a placeholder that becomes a record, and a change. */
static void
test_follows (void)
{
  GtkExpression *expression = vlive_gtk_field_expression_new ("name");
  GtkWidget *label = g_object_ref_sink (gtk_label_new ("before"));
  VliveRow *row = make_row (NULL);
  g_autoptr (VliveRecord) first = make_record ("{'name': <'Apple Pie'>}");
  g_autoptr (VliveRecord) second = make_record ("{'name': <'Brioche'>}");
  GtkExpressionWatch *watch = gtk_expression_bind (expression, label, "label", row);

  g_assert_cmpstr (gtk_label_get_label (GTK_LABEL (label)), ==, "");
  show (row, first, VLIVE_ROW_READY);
  g_assert_cmpstr (gtk_label_get_label (GTK_LABEL (label)), ==, "Apple Pie");
  show (row, second, VLIVE_ROW_READY);
  g_assert_cmpstr (gtk_label_get_label (GTK_LABEL (label)), ==, "Brioche");
  gtk_expression_watch_unwatch (watch);
  show (row, first, VLIVE_ROW_READY);
  g_assert_cmpstr (gtk_label_get_label (GTK_LABEL (label)), ==, "Brioche");
  g_assert_finalize_object (label);
  g_assert_finalize_object (row);
}

static const char list_ui[] =
    "<interface>"
    "<object class='GtkListView' id='list'>"
    "<property name='factory'><object class='GtkBuilderListItemFactory'>"
    "<property name='bytes'><![CDATA["
    "<interface><template class='GtkListItem'><property name='child'>"
    "<object class='GtkLabel'><binding name='label'>"
    "<closure type='gchararray' function='vlive_gtk_field_text'>"
    "<lookup name='record' type='VliveRow'><lookup "
    "name='item'>GtkListItem</lookup></lookup>"
    "<constant type='gchararray'>name</constant>"
    "</closure></binding></object>"
    "</property></template></interface>"
    "]]></property></object></property></object></interface>";

static gboolean
has_label (GtkWidget *widget, const char *text)
{
  if (GTK_IS_LABEL (widget)
      && g_strcmp0 (gtk_label_get_label (GTK_LABEL (widget)), text) == 0)
    return TRUE;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (has_label (child, text))
      return TRUE;

  return FALSE;
}

/* A list that is written down as XML, over rows that come later. */
static void
test_builder (void)
{
  GtkBuilder *builder = gtk_builder_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (VliveRecord) record = make_record ("{'name': <'Apple Pie'>}");
  GListStore *model = g_list_store_new (VLIVE_TYPE_ROW);
  VliveRow *row = make_row (NULL);
  GtkWidget *window = gtk_window_new ();
  GtkListView *list;
  GtkNoSelection *selection;

  g_assert_true (gtk_builder_add_from_string (builder, list_ui, -1, &error));
  g_assert_no_error (error);
  list = GTK_LIST_VIEW (gtk_builder_get_object (builder, "list"));
  g_list_store_append (model, row);
  selection = gtk_no_selection_new (G_LIST_MODEL (model));
  gtk_list_view_set_model (list, GTK_SELECTION_MODEL (selection));
  gtk_window_set_child (GTK_WINDOW (window), GTK_WIDGET (list));
  gtk_window_present (GTK_WINDOW (window));
  VLIVE_TEST_WAIT (has_label (window, ""));
  show (row, record, VLIVE_ROW_READY);
  VLIVE_TEST_WAIT (has_label (window, "Apple Pie"));

  gtk_window_destroy (GTK_WINDOW (window));
  g_object_unref (selection);
  g_object_unref (builder);
  VLIVE_TEST_WAIT (G_OBJECT (row)->ref_count == 1);
  g_assert_finalize_object (row);
}

int
main (int argc, char **argv)
{
  gtk_disable_setlocale ();
  vlive_test_init (&argc, &argv);
  gtk_init ();

  g_test_add_func ("/gtk/field-expression/values", test_values);
  g_test_add_func ("/gtk/field-expression/follows", test_follows);
  g_test_add_func ("/gtk/field-expression/builder", test_builder);

  return vlive_test_run ();
}
