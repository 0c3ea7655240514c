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

static guint
get_column_number (VliveCell *cell)
{
  GtkWidget *before =
      gtk_widget_get_prev_sibling (gtk_widget_get_parent (GTK_WIDGET (cell)));
  guint n = 0;

  for (; before != NULL; before = gtk_widget_get_prev_sibling (before))
    n++;

  return n;
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

/* GTK's own keys know of rows only, and end in the first cell of the next. */
void
_vlive_table_view_move (VliveTableView *self, VliveCell *cell, int columns, int rows)
{
  GtkListItem *item = _vlive_table_view_get_item (cell);
  gint64 position = (gint64) gtk_list_item_get_position (item) + rows;
  gint64 column = (gint64) get_column_number (cell) + columns;
  VliveCell *target = NULL;

  if (position >= 0 && column >= 0)
    target = _vlive_table_view_find_cell (self, (guint) position, (guint) column);
  if (target == NULL || !gtk_widget_grab_focus (GTK_WIDGET (target)))
    gtk_widget_error_bell (GTK_WIDGET (cell));
  else if (rows != 0)
    gtk_widget_activate_action (GTK_WIDGET (target), "listitem.select", "(bb)", FALSE,
                                FALSE);
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

/* The cell at a point; NULL if there is none, or it is being edited. */
static VliveCell *
pick_cell (VliveTableView *self, double x, double y)
{
  GtkWidget *picked = gtk_widget_pick (self->column_view, x, y, GTK_PICK_DEFAULT);
  GtkWidget *cell =
      picked != NULL ? gtk_widget_get_ancestor (picked, VLIVE_TYPE_CELL) : NULL;

  return cell != NULL && !_vlive_cell_is_editing (VLIVE_CELL (cell)) ? VLIVE_CELL (cell)
                                                                     : NULL;
}

/* A row of GTK's would take the focus from the entry, which ends editing: we come
 * before it, and the click is ours. */
static void
pressed_before_cb (VliveTableView *self,
                   int n_press,
                   double x,
                   double y,
                   GtkGesture *click)
{
  VliveCell *cell = n_press == 2 ? pick_cell (self, x, y) : NULL;
  GtkWidget *row;

  if (cell == NULL || !_vlive_cell_start_edit (cell))
    return;

  gtk_gesture_set_state (click, GTK_EVENT_SEQUENCE_CLAIMED);
  /* GTK 4.8 leaves the row as if it were still pressed. */
  row = gtk_widget_get_parent (gtk_widget_get_parent (GTK_WIDGET (cell)));
  gtk_widget_unset_state_flags (row, GTK_STATE_FLAG_ACTIVE);
}

/* A row of GTK's gives the focus to its first cell; it belongs to the one that was
 * clicked. We come after the row. */
static void
pressed_after_cb (VliveTableView *self, int n_press, double x, double y)
{
  VliveCell *cell = pick_cell (self, x, y);

  if (cell != NULL)
    gtk_widget_grab_focus (GTK_WIDGET (cell));
}

void
_vlive_table_view_watch_clicks (VliveTableView *self)
{
  GtkGesture *before = gtk_gesture_click_new ();
  GtkGesture *after = gtk_gesture_click_new ();

  gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (before),
                                              GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (before, "pressed", G_CALLBACK (pressed_before_cb), self);
  gtk_widget_add_controller (self->column_view, GTK_EVENT_CONTROLLER (before));
  g_signal_connect_swapped (after, "pressed", G_CALLBACK (pressed_after_cb), self);
  gtk_widget_add_controller (self->column_view, GTK_EVENT_CONTROLLER (after));
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
