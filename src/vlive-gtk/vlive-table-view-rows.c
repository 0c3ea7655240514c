/* vlive-table-view-rows.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "vlive-table-view-private.h"

/* GTK's list of rows in its column view, with a cell of ours in each cell of
 * GTK's. */

GtkWidget *
_vlive_table_view_get_list (VliveTableView *self)
{
  GtkWidget *list = gtk_widget_get_last_child (self->column_view);

  return GTK_IS_LIST_VIEW (list) ? list : NULL;
}

GtkWidget *
_vlive_table_view_get_first_row (VliveTableView *self)
{
  GtkWidget *list = _vlive_table_view_get_list (self);

  return list != NULL ? gtk_widget_get_first_child (list) : NULL;
}

VliveCell *
_vlive_table_view_get_cell (GtkWidget *row, guint column)
{
  GtkWidget *cell = gtk_widget_get_first_child (row);

  for (guint i = 0; i < column && cell != NULL; i++)
    cell = gtk_widget_get_next_sibling (cell);
  if (cell != NULL)
    cell = gtk_widget_get_first_child (cell);

  return VLIVE_IS_CELL (cell) ? VLIVE_CELL (cell) : NULL;
}

GtkListItem *
_vlive_table_view_get_item (VliveCell *cell)
{
  return g_object_get_data (G_OBJECT (cell), "item");
}

VliveCell *
_vlive_table_view_find_cell (VliveTableView *self, guint position, guint column)
{
  for (GtkWidget *row = _vlive_table_view_get_first_row (self); row != NULL;
       row = gtk_widget_get_next_sibling (row))
    {
      VliveCell *cell = _vlive_table_view_get_cell (row, column);
      GtkListItem *item = cell != NULL ? _vlive_table_view_get_item (cell) : NULL;

      if (item != NULL && gtk_list_item_get_item (item) != NULL
          && gtk_list_item_get_position (item) == position)
        return cell;
    }

  return NULL;
}

/* Who selects a row, or moves to it, looks at it. */
void
_vlive_table_view_visit (VliveTableView *self)
{
  for (GtkWidget *row = _vlive_table_view_get_first_row (self); row != NULL;
       row = gtk_widget_get_next_sibling (row))
    {
      VliveCell *cell = _vlive_table_view_get_cell (row, 0);

      if (cell == NULL
          || !gtk_list_item_get_selected (_vlive_table_view_get_item (cell)))
        continue;
      for (guint i = 0; (cell = _vlive_table_view_get_cell (row, i)) != NULL; i++)
        _vlive_cell_visit (cell);
    }
}

/* A list of GTK 4.8 loses count of its rows when it is shortened from rows that it
 * has not made to some that it has, as when the end of a table goes under
 * somebody who looks at it. */
static gboolean
is_confused (VliveTableView *self)
{
  for (GtkWidget *row = _vlive_table_view_get_first_row (self); row != NULL;
       row = gtk_widget_get_next_sibling (row))
    {
      VliveCell *cell = _vlive_table_view_get_cell (row, 0);
      GtkListItem *item = cell != NULL ? _vlive_table_view_get_item (cell) : NULL;
      g_autoptr (GObject) there = NULL;

      if (item == NULL || gtk_list_item_get_item (item) == NULL)
        continue;
      there = g_list_model_get_item (G_LIST_MODEL (self->selection),
                                     gtk_list_item_get_position (item));
      if (there != gtk_list_item_get_item (item))
        return TRUE;
    }

  return FALSE;
}

void
_vlive_table_view_mend (VliveTableView *self, guint position, guint n_removed)
{
  GtkColumnView *view = GTK_COLUMN_VIEW (self->column_view);
  guint n_items = g_list_model_get_n_items (G_LIST_MODEL (self->selection));

  if (n_removed < 2 || !is_confused (self))
    return;

  gtk_column_view_set_model (view, NULL);
  gtk_column_view_set_model (view, GTK_SELECTION_MODEL (self->selection));
  if (n_items > 0)
    gtk_widget_activate_action (_vlive_table_view_get_list (self),
                                "list.scroll-to-item", "u",
                                MIN (position, n_items - 1));
}

/**
 * vlive_table_view_edit:
 * @self: a view
 * @id: the id of a record
 * @column: the name of a field
 * @text: what to type
 *
 * Opens the editor of a cell with @text in it, for somebody to go on with: what
 * could not be saved, for example. A check is changed at once.
 *
 * Returns: %TRUE if it was opened; %FALSE if the row is far from what is visible,
 *   or the field cannot be edited
 *
 * Since: 0.1
 */
gboolean
vlive_table_view_edit (VliveTableView *self,
                       const char *id,
                       const char *column,
                       const char *text)
{
  g_return_val_if_fail (VLIVE_IS_TABLE_VIEW (self), FALSE);
  g_return_val_if_fail (id != NULL && column != NULL && text != NULL, FALSE);

  for (GtkWidget *row = _vlive_table_view_get_first_row (self); row != NULL;
       row = gtk_widget_get_next_sibling (row))
    {
      VliveCell *cell;

      for (guint i = 0; (cell = _vlive_table_view_get_cell (row, i)) != NULL; i++)
        {
          VliveRow *found = _vlive_cell_get_row (cell);
          const char *name = vlive_column_get_name (_vlive_cell_get_column (cell));

          if (found != NULL && g_strcmp0 (vlive_row_get_id (found), id) == 0
              && strcmp (name, column) == 0 && _vlive_cell_edit_text (cell, text))
            return TRUE;
        }
    }

  return FALSE;
}
