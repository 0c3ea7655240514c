/* vlive-table-view-columns.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "vlive-table-view-private.h"
#include "vlive-widths-private.h"

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
is_number (VliveColumn *column)
{
  VliveValueType type = vlive_column_get_value_type (column);

  return type == VLIVE_VALUE_INTEGER || type == VLIVE_VALUE_DOUBLE;
}

/* Of letters, beside the usual size. */
static double
get_scale (VliveTableView *self)
{
  int dpi = 0;

  g_object_get (gtk_widget_get_settings (GTK_WIDGET (self)), "gtk-xft-dpi", &dpi, NULL);

  return dpi > 0 ? dpi / 1024.0 / 96.0 : 1;
}

/* What the columns can fill; before they are shown, what we have. */
static int
get_available (VliveTableView *self)
{
  GtkAdjustment *adjustment =
      gtk_scrolled_window_get_hadjustment (GTK_SCROLLED_WINDOW (self->scroller));
  int page = (int) gtk_adjustment_get_page_size (adjustment);

  return page > 0 ? page : gtk_widget_get_width (GTK_WIDGET (self));
}

/* Somebody has drawn a column's edge: he wants it there, and the others where they
 * are. */
static void
width_changed_cb (VliveTableView *self)
{
  if (!self->is_fitting)
    self->is_fixed = TRUE;
}

static void
set_widths (VliveTableView *self, const int *widths, guint n)
{
  GListModel *columns =
      gtk_column_view_get_columns (GTK_COLUMN_VIEW (self->column_view));

  self->is_fitting = TRUE;
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GtkColumnViewColumn) column = g_list_model_get_item (columns, i);

      gtk_column_view_column_set_fixed_width (column, widths[i]);
    }
  self->is_fitting = FALSE;
}

void
_vlive_table_view_fit (VliveTableView *self)
{
  g_autofree VliveWidth *wanted = NULL;
  g_autofree int *widths = NULL;
  int available = get_available (self);
  guint n;

  if (self->schema == NULL || self->is_fixed || available <= 0)
    return;

  n = vlive_schema_get_n_columns (self->schema);
  wanted = g_new (VliveWidth, n);
  widths = g_new (int, n);
  for (guint i = 0; i < n; i++)
    wanted[i] = _vlive_width_guess (vlive_schema_get_column (self->schema, i),
                                    get_scale (self));
  _vlive_widths_fit (wanted, n, available, widths);
  set_widths (self, widths, n);
}

static gboolean
fit_cb (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  VliveTableView *self = VLIVE_TABLE_VIEW (widget);

  self->fit_id = 0;
  _vlive_table_view_fit (self);

  return G_SOURCE_REMOVE;
}

/* Not while the list is being laid out, which is when its width is known. */
void
_vlive_table_view_fit_soon (VliveTableView *self)
{
  if (self->fit_id == 0)
    self->fit_id = gtk_widget_add_tick_callback (GTK_WIDGET (self), fit_cb, NULL, NULL);
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
  VliveWidth width = _vlive_width_guess (column, get_scale (self));
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
  gtk_column_view_column_set_expand (view_column, width.expands);
  gtk_column_view_column_set_fixed_width (view_column, width.usual);
  g_signal_connect_object (view_column, "notify::fixed-width",
                           G_CALLBACK (width_changed_cb), self, G_CONNECT_SWAPPED);
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
  self->is_fixed = FALSE;
  n_columns = vlive_schema_get_n_columns (schema);
  for (guint i = 0; i < n_columns; i++)
    add_column (self, vlive_schema_get_column (schema, i));
  _vlive_table_view_fit (self);
}
