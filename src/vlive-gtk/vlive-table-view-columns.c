/* vlive-table-view-columns.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "vlive-table-view-private.h"

/* Cells. */

static void
cell_edited_cb (VliveTableView *self,
                const char *id,
                const char *column,
                GVariant *value)
{
  gboolean handled = FALSE;

  g_signal_emit_by_name (self, "edit", id, column, value, &handled);
}

static void
cell_refused_cb (VliveTableView *self, const char *reason)
{
  g_signal_emit_by_name (self, "refused", reason);
}

static void
cell_move_cb (VliveTableView *self,
              int columns,
              int rows,
              gboolean extend,
              VliveCell *cell)
{
  _vlive_table_view_move (self, cell, columns, rows, extend);
}

static void
cell_jump_cb (VliveTableView *self, guint jump, gboolean extend, VliveCell *cell)
{
  _vlive_table_view_jump (self, cell, jump, extend);
}

static void
setup_cb (VliveTableView *self, GtkListItem *item, GtkListItemFactory *factory)
{
  VliveColumn *column = g_object_get_data (G_OBJECT (factory), "column");
  GtkWidget *cell = _vlive_cell_new (column);

  /* The item holds the cell. */
  g_object_set_data (G_OBJECT (cell), "item", item);
  g_signal_connect_object (cell, "edited", G_CALLBACK (cell_edited_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (cell, "refused", G_CALLBACK (cell_refused_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (cell, "move", G_CALLBACK (cell_move_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (cell, "jump", G_CALLBACK (cell_jump_cb), self,
                           G_CONNECT_SWAPPED);
  gtk_list_item_set_child (item, cell);
}

static void
bind_cb (VliveTableView *self, GtkListItem *item)
{
  VliveRow *row = gtk_list_item_get_item (item);

  _vlive_cell_set_row (VLIVE_CELL (gtk_list_item_get_child (item)), row);
  if (vlive_row_get_state (row) == VLIVE_ROW_LOADING)
    _vlive_table_view_wait (self);
}

/* GTK 4.8 takes a row out of its cell and puts it back when it moves: nobody has
 * given up editing then. */
static void
unbind_cb (GtkListItemFactory *factory, GtkListItem *item)
{
  VliveCell *cell = VLIVE_CELL (gtk_list_item_get_child (item));

  if (!_vlive_cell_is_editing (cell))
    _vlive_cell_set_row (cell, NULL);
}

/* Columns. */

static gboolean
is_text (VliveColumn *column)
{
  VliveValueType type = vlive_column_get_value_type (column);

  return type == VLIVE_VALUE_TEXT || type == VLIVE_VALUE_MIXED;
}

static gboolean
is_number (VliveColumn *column)
{
  VliveValueType type = vlive_column_get_value_type (column);

  return type == VLIVE_VALUE_INTEGER || type == VLIVE_VALUE_DOUBLE;
}

/* Texts share what is left; an id is short, and so is a date. */
static gboolean
expands (VliveColumn *column)
{
  VliveFormat format = vlive_column_get_format (column);

  return is_text (column) && (vlive_column_get_flags (column) & VLIVE_COLUMN_ID) == 0
         && format != VLIVE_FORMAT_DATE && format != VLIVE_FORMAT_DATE_TIME;
}

/* A first guess: room for the title, and a usual value. */
static int
get_width (VliveColumn *column)
{
  int title = 28 + 9 * (int) g_utf8_strlen (vlive_column_get_name (column), 24);
  int value = 90;

  if (vlive_column_get_format (column) == VLIVE_FORMAT_DATE_TIME)
    value = 150;
  else if (vlive_column_get_format (column) == VLIVE_FORMAT_DATE)
    value = 110;
  else if ((vlive_column_get_flags (column) & VLIVE_COLUMN_ID) != 0)
    value = is_text (column) ? 120 : 70;
  else if (is_text (column))
    value = 200;

  return MAX (title, value);
}

static GtkWidget *
find_label (GtkWidget *widget)
{
  GtkWidget *label = GTK_IS_LABEL (widget) ? widget : NULL;

  for (GtkWidget *child = gtk_widget_get_first_child (widget);
       child != NULL && label == NULL; child = gtk_widget_get_next_sibling (child))
    label = find_label (child);

  return label;
}

/* A number stands at the end of its cell, and its title above it. GTK has no
 * way to say so. */
static void
align_title (VliveTableView *self)
{
  GtkWidget *header = gtk_widget_get_first_child (self->column_view);
  GtkWidget *title = header != NULL ? gtk_widget_get_last_child (header) : NULL;
  GtkWidget *label = title != NULL ? find_label (title) : NULL;

  if (label == NULL)
    return;

  gtk_label_set_xalign (GTK_LABEL (label), 1);
  gtk_widget_set_hexpand (label, TRUE);
}

static void
add_column (VliveTableView *self, VliveColumn *column)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  g_autoptr (GtkColumnViewColumn) view_column = NULL;

  g_object_set_data_full (G_OBJECT (factory), "column", vlive_column_ref (column),
                          (GDestroyNotify) vlive_column_unref);
  g_signal_connect_object (factory, "setup", G_CALLBACK (setup_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (factory, "bind", G_CALLBACK (bind_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect (factory, "unbind", G_CALLBACK (unbind_cb), NULL);
  view_column = gtk_column_view_column_new (vlive_column_get_name (column), factory);
  gtk_column_view_column_set_resizable (view_column, TRUE);
  gtk_column_view_column_set_expand (view_column, expands (column));
  gtk_column_view_column_set_fixed_width (view_column, get_width (column));
  gtk_column_view_append_column (GTK_COLUMN_VIEW (self->column_view), view_column);
  if (is_number (column))
    align_title (self);
}

static void
remove_columns (VliveTableView *self)
{
  GListModel *columns =
      gtk_column_view_get_columns (GTK_COLUMN_VIEW (self->column_view));

  while (g_list_model_get_n_items (columns) > 0)
    {
      g_autoptr (GtkColumnViewColumn) column = g_list_model_get_item (columns, 0);

      gtk_column_view_remove_column (GTK_COLUMN_VIEW (self->column_view), column);
    }
}

void
_vlive_table_view_update_columns (VliveTableView *self)
{
  VliveSchema *schema = NULL;
  guint n_columns;

  if (self->table != NULL)
    schema = vlive_store_get_schema (vlive_table_get_store (self->table));
  if (schema == self->schema
      || (schema != NULL && self->schema != NULL
          && vlive_schema_equal (schema, self->schema)))
    return;

  remove_columns (self);
  g_clear_pointer (&self->schema, vlive_schema_unref);
  if (schema == NULL)
    return;

  self->schema = vlive_schema_ref (schema);
  n_columns = vlive_schema_get_n_columns (schema);
  for (guint i = 0; i < n_columns; i++)
    add_column (self, vlive_schema_get_column (schema, i));
}
