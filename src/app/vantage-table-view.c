/* vantage-table-view.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "vantage-table-view.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <math.h>

#include "vantage-cell.h"

/* One height for all rows, set by the style sheet: what is visible follows
 * from the scroll position alone. */
#define ROW_HEIGHT 34
/* GTK's list heights end at 2^31 pixels (known of GTK 4.8 to 4.18). */
#define MAX_ROWS ((guint) ((G_MAXINT - 4096) / (ROW_HEIGHT + 1)))
#define LOADING_DELAY_MS 100

struct _VantageTableView
{
  GtkWidget parent_instance;
  GtkWidget *stack; /* owned by the widget tree, like what follows */
  GtkWidget *scroller;
  GtkWidget *column_view;
  GtkWidget *error_page;
  GtkWidget *empty_page;
  GtkWidget *loading_page;
  GtkSelectionModel *selection; /* owned, nullable: what the view shows */
  VliveTable *table;            /* owned, nullable */
  VliveSchema *schema;          /* owned, nullable: what the columns show */
  guint loading_id;             /* the source that shows the loading page */
  GdkSurface *surface;          /* not owned; NULL while we are not mapped */
};

enum
{
  SIGNAL_EDITED,
  SIGNAL_REFUSED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (VantageTableView, vantage_table_view, GTK_TYPE_WIDGET)

static void
cell_edited_cb (VantageTableView *self,
                const char *id,
                const char *column,
                const char *text)
{
  g_signal_emit (self, signals[SIGNAL_EDITED], 0, id, column, text);
}

static void
cell_refused_cb (VantageTableView *self, const char *reason)
{
  g_signal_emit (self, signals[SIGNAL_REFUSED], 0, reason);
}

/* The rows of GTK's list, with a cell of ours in each cell of GTK's. */
static GtkWidget *
get_first_row (VantageTableView *self)
{
  GtkWidget *list = gtk_widget_get_last_child (self->column_view);

  return GTK_IS_LIST_VIEW (list) ? gtk_widget_get_first_child (list) : NULL;
}

static GtkWidget *
get_cell (GtkWidget *row, guint column)
{
  GtkWidget *cell = gtk_widget_get_first_child (row);

  for (guint i = 0; i < column && cell != NULL; i++)
    cell = gtk_widget_get_next_sibling (cell);
  if (cell != NULL)
    cell = gtk_widget_get_first_child (cell);

  return VANTAGE_IS_CELL (cell) ? cell : NULL;
}

static GtkListItem *
get_item (GtkWidget *cell)
{
  return g_object_get_data (G_OBJECT (cell), "item");
}

static guint
get_column_number (GtkWidget *cell)
{
  GtkWidget *before = gtk_widget_get_prev_sibling (gtk_widget_get_parent (cell));
  guint n = 0;

  for (; before != NULL; before = gtk_widget_get_prev_sibling (before))
    n++;

  return n;
}

static GtkWidget *
find_cell (VantageTableView *self, guint position, guint column)
{
  for (GtkWidget *row = get_first_row (self); row != NULL;
       row = gtk_widget_get_next_sibling (row))
    {
      GtkWidget *cell = get_cell (row, column);

      if (cell != NULL && gtk_list_item_get_item (get_item (cell)) != NULL
          && gtk_list_item_get_position (get_item (cell)) == position)
        return cell;
    }

  return NULL;
}

/* GTK's own keys know of rows only, and end in the first cell of the next. */
static void
cell_move_cb (VantageTableView *self, int columns, int rows, GtkWidget *cell)
{
  gint64 position = (gint64) gtk_list_item_get_position (get_item (cell)) + rows;
  gint64 column = (gint64) get_column_number (cell) + columns;
  GtkWidget *target = NULL;

  if (position >= 0 && column >= 0)
    target = find_cell (self, (guint) position, (guint) column);
  if (target == NULL || !gtk_widget_grab_focus (target))
    gtk_widget_error_bell (cell);
  else if (rows != 0)
    gtk_widget_activate_action (target, "listitem.select", "(bb)", FALSE, FALSE);
}

static void
setup_cb (VantageTableView *self, GtkListItem *item, GtkListItemFactory *factory)
{
  VliveColumn *column = g_object_get_data (G_OBJECT (factory), "column");
  GtkWidget *cell = vantage_cell_new (column);

  /* The item holds the cell. */
  g_object_set_data (G_OBJECT (cell), "item", item);
  g_signal_connect_object (cell, "edited", G_CALLBACK (cell_edited_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (cell, "refused", G_CALLBACK (cell_refused_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (cell, "move", G_CALLBACK (cell_move_cb), self,
                           G_CONNECT_SWAPPED);
  gtk_list_item_set_child (item, cell);
}

static void
bind_cb (GtkListItemFactory *factory, GtkListItem *item)
{
  vantage_cell_set_row (VANTAGE_CELL (gtk_list_item_get_child (item)),
                        gtk_list_item_get_item (item));
}

/* GTK 4.8 takes a row out of its cell and puts it back when it moves: nobody has
 * given up editing then. */
static void
unbind_cb (GtkListItemFactory *factory, GtkListItem *item)
{
  VantageCell *cell = VANTAGE_CELL (gtk_list_item_get_child (item));

  if (!vantage_cell_is_editing (cell))
    vantage_cell_set_row (cell, NULL);
}

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

/* Texts share what is left; an id is short. */
static gboolean
expands (VliveColumn *column)
{
  return is_text (column) && (vlive_column_get_flags (column) & VLIVE_COLUMN_ID) == 0;
}

/* A first guess: room for the title, and a usual value. */
static int
get_width (VliveColumn *column)
{
  int title = 28 + 9 * (int) g_utf8_strlen (vlive_column_get_name (column), 24);
  int value = is_text (column) ? 200 : 90;

  if (vlive_column_get_value_type (column) == VLIVE_VALUE_JSON)
    value = 180;
  else if ((vlive_column_get_flags (column) & VLIVE_COLUMN_ID) != 0)
    value = is_text (column) ? 120 : 70;

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
align_title (VantageTableView *self)
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
add_column (VantageTableView *self, VliveColumn *column)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  g_autoptr (GtkColumnViewColumn) view_column = NULL;

  g_object_set_data_full (G_OBJECT (factory), "column", vlive_column_ref (column),
                          (GDestroyNotify) vlive_column_unref);
  g_signal_connect_object (factory, "setup", G_CALLBACK (setup_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_cb), NULL);
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
remove_columns (VantageTableView *self)
{
  GListModel *columns =
      gtk_column_view_get_columns (GTK_COLUMN_VIEW (self->column_view));

  while (g_list_model_get_n_items (columns) > 0)
    {
      g_autoptr (GtkColumnViewColumn) column = g_list_model_get_item (columns, 0);

      gtk_column_view_remove_column (GTK_COLUMN_VIEW (self->column_view), column);
    }
}

static void
update_columns (VantageTableView *self)
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

static void
show_page (VantageTableView *self, const char *name)
{
  g_clear_handle_id (&self->loading_id, g_source_remove);
  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), name);
}

static gboolean
loading_cb (gpointer user_data)
{
  VantageTableView *self = VANTAGE_TABLE_VIEW (user_data);

  self->loading_id = 0;
  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), "loading");

  return G_SOURCE_REMOVE;
}

/* A fast answer never flickers: the page is shown after a moment only. */
static void
show_loading_soon (VantageTableView *self)
{
  if (self->loading_id == 0)
    self->loading_id = g_timeout_add (LOADING_DELAY_MS, loading_cb, self);
}

static void
update_page (VantageTableView *self)
{
  const GError *error;
  guint n_items;

  if (self->table == NULL)
    {
      show_page (self, "blank");
      return;
    }

  n_items = g_list_model_get_n_items (G_LIST_MODEL (self->table));
  error = vlive_table_get_error (self->table);
  if (n_items > 0)
    show_page (self, "rows");
  else if (vlive_table_get_state (self->table) == VLIVE_TABLE_ERROR && error != NULL)
    {
      g_autofree char *text = g_markup_escape_text (error->message, -1);

      adw_status_page_set_description (ADW_STATUS_PAGE (self->error_page), text);
      show_page (self, "error");
    }
  else if (vlive_table_get_state (self->table) == VLIVE_TABLE_COMPLETE)
    show_page (self, "empty");
  else
    show_loading_soon (self);
}

static void
changed_cb (VantageTableView *self)
{
  update_columns (self);
  update_page (self);
}

/* GTK asks for 205 rows wherever it lands; what is seen are some twenty. */
static void
update_visible (VantageTableView *self)
{
  GtkAdjustment *adjustment =
      gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (self->scroller));
  double upper = gtk_adjustment_get_upper (adjustment);
  double page = gtk_adjustment_get_page_size (adjustment);
  double height;
  guint n_items;
  guint first;

  if (self->table == NULL || page <= 0)
    return;
  n_items = g_list_model_get_n_items (G_LIST_MODEL (self->table));
  if (n_items == 0)
    return;

  height = MAX (1, upper / n_items);
  first = (guint) (gtk_adjustment_get_value (adjustment) / height);
  vlive_table_set_visible_range (self->table, MIN (first, n_items - 1),
                                 (guint) ceil (page / height) + 1);
}

/* A list of GTK 4.8 loses count of its rows when it is shortened from rows that it
 * has not made to some that it has, as when the end of a table goes under
 * somebody who looks at it. */
static gboolean
is_confused (VantageTableView *self)
{
  for (GtkWidget *row = get_first_row (self); row != NULL;
       row = gtk_widget_get_next_sibling (row))
    {
      GtkWidget *cell = get_cell (row, 0);
      gpointer item = cell != NULL ? gtk_list_item_get_item (get_item (cell)) : NULL;
      g_autoptr (GObject) there = NULL;

      if (item == NULL)
        continue;
      there = g_list_model_get_item (G_LIST_MODEL (self->selection),
                                     gtk_list_item_get_position (get_item (cell)));
      if (there != item)
        return TRUE;
    }

  return FALSE;
}

static void
items_changed_cb (VantageTableView *self, guint position, guint n_removed)
{
  guint n_items = g_list_model_get_n_items (G_LIST_MODEL (self->selection));

  if (n_removed < 2 || !is_confused (self))
    return;

  gtk_column_view_set_model (GTK_COLUMN_VIEW (self->column_view), NULL);
  gtk_column_view_set_model (GTK_COLUMN_VIEW (self->column_view), self->selection);
  if (n_items > 0)
    gtk_widget_activate_action (gtk_widget_get_last_child (self->column_view),
                                "list.scroll-to-item", "u",
                                MIN (position, n_items - 1));
}

static gboolean
is_minimized (GdkSurface *surface)
{
  return GDK_IS_TOPLEVEL (surface)
         && (gdk_toplevel_get_state (GDK_TOPLEVEL (surface))
             & GDK_TOPLEVEL_STATE_MINIMIZED)
                != 0;
}

/* Nobody is asked for the sake of what nobody sees. */
static void
update_hidden (VantageTableView *self)
{
  if (self->table != NULL)
    vlive_table_set_hidden (self->table,
                            self->surface == NULL || is_minimized (self->surface));
}

static void
map (GtkWidget *widget)
{
  VantageTableView *self = VANTAGE_TABLE_VIEW (widget);

  GTK_WIDGET_CLASS (vantage_table_view_parent_class)->map (widget);
  self->surface = gtk_native_get_surface (gtk_widget_get_native (widget));
  if (GDK_IS_TOPLEVEL (self->surface))
    g_signal_connect_swapped (self->surface, "notify::state",
                              G_CALLBACK (update_hidden), self);
  update_hidden (self);
}

static void
unmap (GtkWidget *widget)
{
  VantageTableView *self = VANTAGE_TABLE_VIEW (widget);

  g_signal_handlers_disconnect_by_func (self->surface, update_hidden, self);
  self->surface = NULL;
  update_hidden (self);
  GTK_WIDGET_CLASS (vantage_table_view_parent_class)->unmap (widget);
}

static void
retry_cb (VantageTableView *self)
{
  if (self->table != NULL)
    vlive_table_refresh (self->table);
}

static void
drop_table (VantageTableView *self)
{
  g_signal_handlers_disconnect_by_func (self->table, changed_cb, self);
  g_signal_handlers_disconnect_by_func (vlive_table_get_store (self->table), changed_cb,
                                        self);
  g_signal_handlers_disconnect_by_func (self->selection, items_changed_cb, self);
  gtk_column_view_set_model (GTK_COLUMN_VIEW (self->column_view), NULL);
  g_clear_object (&self->selection);
  vlive_table_set_hidden (self->table, TRUE);
}

static void
take_table (VantageTableView *self)
{
  GtkSingleSelection *selection =
      gtk_single_selection_new (G_LIST_MODEL (g_object_ref (self->table)));

  vlive_table_set_max_items (self->table, MAX_ROWS);
  update_hidden (self);
  g_signal_connect_swapped (self->table, "notify", G_CALLBACK (changed_cb), self);
  g_signal_connect_swapped (vlive_table_get_store (self->table), "notify::schema",
                            G_CALLBACK (changed_cb), self);
  gtk_single_selection_set_autoselect (selection, FALSE);
  gtk_single_selection_set_can_unselect (selection, TRUE);
  self->selection = GTK_SELECTION_MODEL (selection);
  /* After GTK itself. */
  g_signal_connect_data (selection, "items-changed", G_CALLBACK (items_changed_cb),
                         self, NULL, G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  gtk_column_view_set_model (GTK_COLUMN_VIEW (self->column_view), self->selection);
}

void
vantage_table_view_set_table (VantageTableView *self, VliveTable *table)
{
  g_return_if_fail (VANTAGE_IS_TABLE_VIEW (self));

  if (self->table == table)
    return;

  if (self->table != NULL)
    drop_table (self);
  g_set_object (&self->table, table);
  update_columns (self);
  if (table != NULL)
    take_table (self);
  update_page (self);
  update_visible (self);
}

gboolean
vantage_table_view_edit (VantageTableView *self,
                         const char *id,
                         const char *column,
                         const char *text)
{
  g_return_val_if_fail (VANTAGE_IS_TABLE_VIEW (self), FALSE);

  for (GtkWidget *row = get_first_row (self); row != NULL;
       row = gtk_widget_get_next_sibling (row))
    {
      GtkWidget *cell;

      for (guint i = 0; (cell = get_cell (row, i)) != NULL; i++)
        {
          VliveRow *found = vantage_cell_get_row (VANTAGE_CELL (cell));
          VliveColumn *its = vantage_cell_get_column (VANTAGE_CELL (cell));

          if (found == NULL || g_strcmp0 (vlive_row_get_id (found), id) != 0
              || strcmp (vlive_column_get_name (its), column) != 0
              || !vantage_cell_start_edit (VANTAGE_CELL (cell)))
            continue;
          vantage_cell_set_draft (VANTAGE_CELL (cell), text);
          return TRUE;
        }
    }

  return FALSE;
}

VliveTable *
vantage_table_view_get_table (VantageTableView *self)
{
  return self->table;
}

GtkWidget *
vantage_table_view_get_column_view (VantageTableView *self)
{
  return self->column_view;
}

const char *
vantage_table_view_get_page (VantageTableView *self)
{
  return gtk_stack_get_visible_child_name (GTK_STACK (self->stack));
}

static gboolean
grab_focus (GtkWidget *widget)
{
  VantageTableView *self = VANTAGE_TABLE_VIEW (widget);

  return gtk_widget_grab_focus (self->column_view);
}

/* Inside the table the arrows go from cell to cell; Tab leaves it. */
static gboolean
focus (GtkWidget *widget, GtkDirectionType direction)
{
  VantageTableView *self = VANTAGE_TABLE_VIEW (widget);

  if ((direction == GTK_DIR_TAB_FORWARD || direction == GTK_DIR_TAB_BACKWARD)
      && gtk_widget_get_focus_child (self->column_view) != NULL
      && gtk_widget_get_focus_child (self->scroller) != NULL
      && gtk_widget_get_focus_child (widget) != NULL)
    return FALSE;

  return GTK_WIDGET_CLASS (vantage_table_view_parent_class)->focus (widget, direction);
}

static void
vantage_table_view_dispose (GObject *object)
{
  VantageTableView *self = VANTAGE_TABLE_VIEW (object);

  if (self->stack != NULL)
    vantage_table_view_set_table (self, NULL);
  g_clear_handle_id (&self->loading_id, g_source_remove);
  g_clear_pointer (&self->schema, vlive_schema_unref);
  g_clear_pointer (&self->stack, gtk_widget_unparent);

  G_OBJECT_CLASS (vantage_table_view_parent_class)->dispose (object);
}

static void
vantage_table_view_class_init (VantageTableViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = vantage_table_view_dispose;
  widget_class->grab_focus = grab_focus;
  widget_class->focus = focus;
  widget_class->map = map;
  widget_class->unmap = unmap;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);

  signals[SIGNAL_EDITED] =
      g_signal_new ("edited", VANTAGE_TYPE_TABLE_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                    NULL, G_TYPE_NONE, 3, G_TYPE_STRING, G_TYPE_STRING, G_TYPE_STRING);
  signals[SIGNAL_REFUSED] =
      g_signal_new ("refused", VANTAGE_TYPE_TABLE_VIEW, G_SIGNAL_RUN_LAST, 0, NULL,
                    NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static GtkWidget *
make_rows_page (VantageTableView *self)
{
  GtkAdjustment *adjustment;

  self->column_view = gtk_column_view_new (NULL);
  gtk_column_view_set_show_column_separators (GTK_COLUMN_VIEW (self->column_view),
                                              FALSE);
  gtk_widget_add_css_class (self->column_view, "data-table");
  self->scroller = gtk_scrolled_window_new ();
  gtk_widget_set_vexpand (self->scroller, TRUE);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (self->scroller),
                                 self->column_view);
  adjustment =
      gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (self->scroller));
  g_signal_connect_object (adjustment, "value-changed", G_CALLBACK (update_visible),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (adjustment, "changed", G_CALLBACK (update_visible), self,
                           G_CONNECT_SWAPPED);

  return self->scroller;
}

static GtkWidget *
make_status_page (const char *icon, const char *title, const char *description)
{
  GtkWidget *page = adw_status_page_new ();

  adw_status_page_set_icon_name (ADW_STATUS_PAGE (page), icon);
  adw_status_page_set_title (ADW_STATUS_PAGE (page), title);
  adw_status_page_set_description (ADW_STATUS_PAGE (page), description);

  return page;
}

static GtkWidget *
make_error_page (VantageTableView *self)
{
  GtkWidget *page =
      make_status_page ("network-error-symbolic", _ ("Nothing could be loaded"), NULL);
  GtkWidget *button = gtk_button_new_with_mnemonic (_ ("_Try again"));

  gtk_widget_set_halign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "pill");
  gtk_widget_add_css_class (button, "suggested-action");
  g_signal_connect_object (button, "clicked", G_CALLBACK (retry_cb), self,
                           G_CONNECT_SWAPPED);
  adw_status_page_set_child (ADW_STATUS_PAGE (page), button);

  return page;
}

static GtkWidget *
make_loading_page (void)
{
  GtkWidget *page = make_status_page (NULL, _ ("Loading"), NULL);
  GtkWidget *spinner = gtk_spinner_new ();

  gtk_widget_set_halign (spinner, GTK_ALIGN_CENTER);
  gtk_widget_set_size_request (spinner, 32, 32);
  gtk_spinner_start (GTK_SPINNER (spinner));
  adw_status_page_set_child (ADW_STATUS_PAGE (page), spinner);

  return page;
}

static void
vantage_table_view_init (VantageTableView *self)
{
  GtkStack *stack = GTK_STACK (gtk_stack_new ());

  self->stack = GTK_WIDGET (stack);
  self->error_page = make_error_page (self);
  self->empty_page =
      make_status_page ("x-office-spreadsheet-symbolic", _ ("No records yet"), NULL);
  self->loading_page = make_loading_page ();
  gtk_stack_add_named (stack, gtk_box_new (GTK_ORIENTATION_VERTICAL, 0), "blank");
  gtk_stack_add_named (stack, make_rows_page (self), "rows");
  gtk_stack_add_named (stack, self->loading_page, "loading");
  gtk_stack_add_named (stack, self->empty_page, "empty");
  gtk_stack_add_named (stack, self->error_page, "error");
  gtk_widget_set_parent (self->stack, GTK_WIDGET (self));
}

GtkWidget *
vantage_table_view_new (void)
{
  return g_object_new (VANTAGE_TYPE_TABLE_VIEW, NULL);
}
