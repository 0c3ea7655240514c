/* vlive-table-view-cursor.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "vlive-cell-text-private.h"
#include "vlive-table-view-private.h"

/* So many frames a list may take to make a row. */
#define MAX_FRAMES 30

/*
 * GTK's list knows of rows only: its keys end in the first cell of one. Ours go
 * from cell to cell, also to one that the list has still to make.
 */

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

static guint
get_n_columns (VliveTableView *self)
{
  return g_list_model_get_n_items (
      gtk_column_view_get_columns (GTK_COLUMN_VIEW (self->column_view)));
}

static guint
get_n_rows (VliveTableView *self)
{
  return g_list_model_get_n_items (G_LIST_MODEL (self->selection));
}

static void
focus_cell (VliveCell *cell, gboolean select, gboolean extend)
{
  gtk_widget_grab_focus (GTK_WIDGET (cell));
  if (select)
    gtk_widget_activate_action (GTK_WIDGET (cell), "listitem.select", "(bb)", FALSE,
                                extend);
}

/* One that is there, and has been laid out. */
static VliveCell *
find_goal (VliveTableView *self)
{
  VliveCell *cell =
      _vlive_table_view_find_cell (self, self->goal.position, self->goal.column);

  return cell != NULL && gtk_widget_get_mapped (GTK_WIDGET (cell))
                 && gtk_widget_get_height (GTK_WIDGET (cell)) > 0
             ? cell
             : NULL;
}

void
_vlive_table_view_drop_goal (VliveTableView *self)
{
  if (self->goal.tick_id != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->goal.tick_id);
  self->goal.tick_id = 0;
}

static gboolean
goal_cb (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  VliveTableView *self = VLIVE_TABLE_VIEW (widget);
  VliveCell *cell = find_goal (self);

  if (cell == NULL && self->goal.n_frames++ < MAX_FRAMES)
    return G_SOURCE_CONTINUE;

  self->goal.tick_id = 0;
  if (cell != NULL)
    focus_cell (cell, TRUE, self->goal.extend);

  return G_SOURCE_REMOVE;
}

/* The list makes the row now, and lays it out before the next frame is drawn. Until
 * then its adjustment must be left alone. */
static void
go (VliveTableView *self, guint position, guint column, gboolean extend)
{
  VliveCell *cell;

  self->goal.position = position;
  self->goal.column = column;
  self->goal.extend = extend;
  self->goal.n_frames = 0;
  cell = find_goal (self);
  if (cell != NULL && self->goal.tick_id == 0)
    {
      focus_cell (cell, TRUE, extend);
      return;
    }

  gtk_widget_activate_action (_vlive_table_view_get_list (self), "list.scroll-to-item",
                              "u", position);
  if (self->goal.tick_id == 0)
    self->goal.tick_id =
        gtk_widget_add_tick_callback (GTK_WIDGET (self), goal_cb, NULL, NULL);
}

/* Where somebody is, or is on the way to. */
static void
get_cursor (VliveTableView *self, VliveCell *cell, gint64 *position, gint64 *column)
{
  gboolean is_going = self->goal.tick_id != 0;

  *position = is_going ? self->goal.position
                       : gtk_list_item_get_position (_vlive_table_view_get_item (cell));
  *column = is_going ? self->goal.column : get_column_number (cell);
}

void
_vlive_table_view_move (VliveTableView *self,
                        VliveCell *cell,
                        int columns,
                        int rows,
                        gboolean extend)
{
  gint64 position;
  gint64 column;

  get_cursor (self, cell, &position, &column);
  position += rows;
  column += columns;
  if (position < 0 || column < 0 || position >= get_n_rows (self)
      || column >= get_n_columns (self))
    gtk_widget_error_bell (GTK_WIDGET (cell));
  else if (rows != 0)
    go (self, (guint) position, (guint) column, extend);
  else
    focus_cell (_vlive_table_view_find_cell (self, (guint) position, (guint) column),
                FALSE, FALSE);
}

/* One row less than fits, so that one of those before stays in sight. */
static guint
get_page_rows (VliveTableView *self, VliveCell *cell)
{
  GtkAdjustment *adjustment =
      gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (self->scroller));
  int height = MAX (1, gtk_widget_get_height (GTK_WIDGET (cell)));
  int n = (int) gtk_adjustment_get_page_size (adjustment) / height - 1;

  return (guint) MAX (1, n);
}

void
_vlive_table_view_jump (VliveTableView *self,
                        VliveCell *cell,
                        VliveCellJump jump,
                        gboolean extend)
{
  guint last_column = get_n_columns (self) - 1;
  guint last_row = get_n_rows (self) - 1;
  guint page = get_page_rows (self, cell);
  gint64 position;
  gint64 column;

  get_cursor (self, cell, &position, &column);
  if (jump == VLIVE_CELL_JUMP_ROW_START || jump == VLIVE_CELL_JUMP_START)
    column = 0;
  if (jump == VLIVE_CELL_JUMP_ROW_END || jump == VLIVE_CELL_JUMP_END)
    column = last_column;
  if (jump == VLIVE_CELL_JUMP_START)
    position = 0;
  if (jump == VLIVE_CELL_JUMP_END)
    position = last_row;
  if (jump == VLIVE_CELL_JUMP_PAGE_UP)
    position = MAX (0, position - page);
  if (jump == VLIVE_CELL_JUMP_PAGE_DOWN)
    position = MIN (last_row, position + page);

  go (self, (guint) position, (guint) column, extend);
}

/* Clicks. */

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

  _vlive_table_view_drop_goal (self);
  if (cell != NULL)
    gtk_widget_grab_focus (GTK_WIDGET (cell));
}

static VliveCell *
get_focused_cell (VliveTableView *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;

  return VLIVE_IS_CELL (focus) ? VLIVE_CELL (focus) : NULL;
}

/* What a cell has no room for. */
static gboolean
query_tooltip_cb (VliveTableView *self,
                  int x,
                  int y,
                  gboolean by_keyboard,
                  GtkTooltip *tooltip)
{
  VliveCell *cell = by_keyboard ? get_focused_cell (self) : pick_cell (self, x, y);
  VliveRow *row = cell != NULL ? _vlive_cell_get_row (cell) : NULL;
  g_autofree char *text = NULL;

  if (row != NULL)
    text = _vlive_cell_text_dup_whole (row, _vlive_cell_get_column (cell));
  gtk_tooltip_set_text (tooltip, text);

  return text != NULL;
}

/* Typing. */

/* What is typed into a cell replaces what is there. The entry gets the key itself,
 * so that input methods work; there is none when a program plays. */
static gboolean
key_pressed_cb (VliveTableView *self,
                guint keyval,
                guint keycode,
                GdkModifierType state,
                GtkEventControllerKey *controller)
{
  VliveCell *cell = get_focused_cell (self);
  gunichar letter = gdk_keyval_to_unicode (keyval);
  char text[8] = { 0 };

  if (cell == NULL || letter <= ' ' || !g_unichar_isprint (letter)
      || (state & (GDK_CONTROL_MASK | GDK_ALT_MASK | GDK_SUPER_MASK)) != 0
      || _vlive_cell_has_check (cell) || !_vlive_cell_start_edit (cell))
    return GDK_EVENT_PROPAGATE;

  _vlive_cell_set_draft (cell, "");
  if (gtk_event_controller_get_current_event (GTK_EVENT_CONTROLLER (controller)) != NULL
      && gtk_event_controller_key_forward (controller, _vlive_cell_get_entry (cell)))
    return GDK_EVENT_STOP;
  g_unichar_to_utf8 (letter, text);
  _vlive_cell_set_draft (cell, text);

  return GDK_EVENT_STOP;
}

void
_vlive_table_view_watch_input (VliveTableView *self)
{
  GtkGesture *before = gtk_gesture_click_new ();
  GtkGesture *after = gtk_gesture_click_new ();
  GtkEventController *keys = gtk_event_controller_key_new ();

  gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (before),
                                              GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (before, "pressed", G_CALLBACK (pressed_before_cb), self);
  gtk_widget_add_controller (self->column_view, GTK_EVENT_CONTROLLER (before));
  g_signal_connect_swapped (after, "pressed", G_CALLBACK (pressed_after_cb), self);
  gtk_widget_add_controller (self->column_view, GTK_EVENT_CONTROLLER (after));
  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (key_pressed_cb), self);
  gtk_widget_add_controller (self->column_view, keys);
  gtk_widget_set_has_tooltip (self->column_view, TRUE);
  g_signal_connect_swapped (self->column_view, "query-tooltip",
                            G_CALLBACK (query_tooltip_cb), self);
}
