/* vlive-table-view.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "vlive-table-view.h"

#include "vlive-gtk-private.h"
#include "vlive-table-view-private.h"
#include "vlive-wheel-private.h"

/* After which what is not there yet is shown as such. */
#define LATE_MS 100

/**
 * VliveTableView:
 *
 * A [class@Vlive.Table] to look at and to edit: columns from its schema, a
 * scrollbar over all of its rows, however many, and in their place a page that
 * says why while there are none.
 *
 * Cells show what they hold by its type: numbers at the end, booleans as checks,
 * dates in the locale, JSON as the number of what it holds; null is told from an
 * empty text. A field that is on its way to the master, one that was refused, and
 * a record that others have changed are marked, by more than a colour. What a cell
 * has no room for is its tooltip.
 *
 * What is selected is known by id, and stays through whatever happens to the table:
 * [property@TableView:selection].
 *
 * The arrow keys go from cell to cell, Page Up and Page Down a page on, Home and End
 * to the ends of the row, and with Ctrl to those of the table; with Shift the
 * selection goes along. F2, Enter, a double click or typing opens the editor of a
 * cell: Enter saves and goes down, Tab saves and goes right, Escape
 * gives up. What was edited is written to the table's store, and
 * [signal@TableView::written] gives the write; a handler of
 * [signal@TableView::edit] may do something else with it.
 *
 * The view tells the table what is visible, how many rows can be shown, and
 * whether anybody sees it at all.
 *
 * It can be put into a GtkBuilder file, where children of the types
 * `placeholder`, `error` and `empty` take the place of its own pages:
 *
 * ```xml
 * <object class="VliveTableView" id="view">
 *   <child type="empty">
 *     <object class="GtkLabel">
 *       <property name="label">No posts yet</property>
 *     </object>
 *   </child>
 * </object>
 * ```
 *
 * # CSS nodes
 *
 * ```
 * vlivetableview
 * ╰── columnview
 *     ╰── … vlivecell[.placeholder][.pending][.failed][.changed][.flash]
 *         ├── [check]
 *         ├── label[.dim][.numeric]
 *         ├── [text.editor[.error]]
 *         ╰── [image.mark]
 * ```
 *
 * `VliveTableView` has a main node `vlivetableview`. Each cell is a node
 * `vlivecell` with the class `.placeholder` while its record is still to come,
 * `.pending` and `.failed` for what the master has not answered to and what it
 * did not take, `.changed` beside the id of a record that others have changed
 * since somebody looked, and `.flash` for a moment when that has just happened.
 * Words for null and empty have the class `.dim`.
 *
 * # Accessibility
 *
 * Cells have the role %GTK_ACCESSIBLE_ROLE_GRID_CELL, what they show as their
 * label, and their marks as their description.
 *
 * Main thread only.
 *
 * Since: 0.1
 */

enum
{
  PROP_0,
  PROP_TABLE,
  PROP_SELECTION,
  PROP_PLACEHOLDER,
  PROP_ERROR_CHILD,
  PROP_EMPTY_CHILD,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

enum
{
  SIGNAL_EDIT,
  SIGNAL_WRITTEN,
  SIGNAL_REFUSED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void buildable_iface_init (GtkBuildableIface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (VliveTableView,
                               vlive_table_view,
                               GTK_TYPE_WIDGET,
                               G_IMPLEMENT_INTERFACE (GTK_TYPE_BUILDABLE,
                                                      buildable_iface_init))

static GtkBuildableIface *parent_buildable;

/* The table. */

static void
changed_cb (VliveTableView *self)
{
  _vlive_table_view_update_columns (self);
  _vlive_table_view_update_page (self);
}

static void
items_changed_cb (VliveTableView *self, guint position, guint n_removed)
{
  if (gtk_column_view_get_model (GTK_COLUMN_VIEW (self->column_view)) == NULL)
    return;

  _vlive_table_view_mend (self, position, n_removed);
}

static void
drop_table (VliveTableView *self)
{
  _vlive_table_view_drop_goal (self);
  g_signal_handlers_disconnect_by_func (self->table, changed_cb, self);
  g_signal_handlers_disconnect_by_func (vlive_table_get_store (self->table), changed_cb,
                                        self);
  gtk_column_view_set_model (GTK_COLUMN_VIEW (self->column_view), NULL);
  vlive_selection_set_table (self->selection, NULL);
  vlive_table_set_hidden (self->table, TRUE);
}

static void
take_table (VliveTableView *self)
{
  _vlive_table_view_update_limit (self);
  _vlive_table_view_update_hidden (self);
  g_signal_connect_swapped (self->table, "notify", G_CALLBACK (changed_cb), self);
  g_signal_connect_swapped (vlive_table_get_store (self->table), "notify::schema",
                            G_CALLBACK (changed_cb), self);
  vlive_selection_set_table (self->selection, self->table);
  gtk_column_view_set_model (GTK_COLUMN_VIEW (self->column_view),
                             GTK_SELECTION_MODEL (self->selection));
}

static gboolean
set_table (VliveTableView *self, VliveTable *table)
{
  if (self->table == table)
    return FALSE;

  if (self->table != NULL)
    drop_table (self);
  g_set_object (&self->table, table);
  _vlive_table_view_update_columns (self);
  if (table != NULL)
    take_table (self);
  _vlive_table_view_update_page (self);
  _vlive_table_view_update_visible (self);

  return TRUE;
}

/* Where a write goes that nobody else has taken. */
static gboolean
real_edit (VliveTableView *self, const char *id, const char *column, GVariant *value)
{
  g_autoptr (VliveRecord) fields = NULL;
  g_autoptr (VliveWrite) write = NULL;
  g_autoptr (GError) error = NULL;
  GVariantDict dict;

  if (self->table == NULL)
    return FALSE;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert_value (&dict, column, value);
  fields = vlive_record_new_from_variant (id, g_variant_dict_end (&dict), &error);
  if (fields == NULL)
    {
      g_signal_emit (self, signals[SIGNAL_REFUSED], 0, error->message);
      return FALSE;
    }

  write = vlive_store_write (vlive_table_get_store (self->table), VLIVE_WRITE_PATCH, id,
                             fields);
  g_signal_emit (self, signals[SIGNAL_WRITTEN], 0, write);

  return TRUE;
}

/* The widget. */

static void
map (GtkWidget *widget)
{
  VliveTableView *self = VLIVE_TABLE_VIEW (widget);

  GTK_WIDGET_CLASS (vlive_table_view_parent_class)->map (widget);
  self->surface = gtk_native_get_surface (gtk_widget_get_native (widget));
  if (GDK_IS_TOPLEVEL (self->surface))
    g_signal_connect_swapped (self->surface, "notify::state",
                              G_CALLBACK (_vlive_table_view_update_hidden), self);
  _vlive_table_view_update_hidden (self);
}

static void
unmap (GtkWidget *widget)
{
  VliveTableView *self = VLIVE_TABLE_VIEW (widget);

  g_signal_handlers_disconnect_by_func (self->surface, _vlive_table_view_update_hidden,
                                        self);
  self->surface = NULL;
  _vlive_table_view_update_hidden (self);
  GTK_WIDGET_CLASS (vlive_table_view_parent_class)->unmap (widget);
}

static void
root (GtkWidget *widget)
{
  _vlive_gtk_add_style (gtk_widget_get_display (widget));
  GTK_WIDGET_CLASS (vlive_table_view_parent_class)->root (widget);
}

/* Larger letters make higher rows, of which fewer fit. */
static void
system_setting_changed (GtkWidget *widget, GtkSystemSetting setting)
{
  GTK_WIDGET_CLASS (vlive_table_view_parent_class)
      ->system_setting_changed (widget, setting);
  _vlive_table_view_update_limit (VLIVE_TABLE_VIEW (widget));
  _vlive_table_view_fit_soon (VLIVE_TABLE_VIEW (widget));
}

static gboolean
grab_focus (GtkWidget *widget)
{
  VliveTableView *self = VLIVE_TABLE_VIEW (widget);

  return gtk_widget_grab_focus (self->column_view);
}

/* Inside the table the arrows go from cell to cell; Tab leaves it. */
static gboolean
focus (GtkWidget *widget, GtkDirectionType direction)
{
  VliveTableView *self = VLIVE_TABLE_VIEW (widget);

  if ((direction == GTK_DIR_TAB_FORWARD || direction == GTK_DIR_TAB_BACKWARD)
      && gtk_widget_get_focus_child (self->column_view) != NULL
      && gtk_widget_get_focus_child (self->scroller) != NULL
      && gtk_widget_get_focus_child (widget) != NULL)
    return FALSE;

  return GTK_WIDGET_CLASS (vlive_table_view_parent_class)->focus (widget, direction);
}

static void
add_child (GtkBuildable *buildable,
           GtkBuilder *builder,
           GObject *child,
           const char *type)
{
  VliveTableView *self = VLIVE_TABLE_VIEW (buildable);

  if (!GTK_IS_WIDGET (child))
    parent_buildable->add_child (buildable, builder, child, type);
  else if (g_strcmp0 (type, "placeholder") == 0)
    vlive_table_view_set_placeholder (self, GTK_WIDGET (child));
  else if (g_strcmp0 (type, "error") == 0)
    vlive_table_view_set_error_child (self, GTK_WIDGET (child));
  else if (g_strcmp0 (type, "empty") == 0)
    vlive_table_view_set_empty_child (self, GTK_WIDGET (child));
  else
    parent_buildable->add_child (buildable, builder, child, type);
}

static void
buildable_iface_init (GtkBuildableIface *iface)
{
  parent_buildable = g_type_interface_peek_parent (iface);
  iface->add_child = add_child;
}

static void
vlive_table_view_get_property (GObject *object,
                               guint id,
                               GValue *value,
                               GParamSpec *pspec)
{
  VliveTableView *self = VLIVE_TABLE_VIEW (object);

  switch (id)
    {
    case PROP_TABLE:
      g_value_set_object (value, self->table);
      break;
    case PROP_SELECTION:
      g_value_set_object (value, self->selection);
      break;
    case PROP_PLACEHOLDER:
      g_value_set_object (value, self->pages[VLIVE_PAGE_LOADING]);
      break;
    case PROP_ERROR_CHILD:
      g_value_set_object (value, self->pages[VLIVE_PAGE_ERROR]);
      break;
    case PROP_EMPTY_CHILD:
      g_value_set_object (value, self->pages[VLIVE_PAGE_EMPTY]);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
vlive_table_view_set_property (GObject *object,
                               guint id,
                               const GValue *value,
                               GParamSpec *pspec)
{
  VliveTableView *self = VLIVE_TABLE_VIEW (object);

  switch (id)
    {
    case PROP_TABLE:
      vlive_table_view_set_table (self, g_value_get_object (value));
      break;
    case PROP_PLACEHOLDER:
      vlive_table_view_set_placeholder (self, g_value_get_object (value));
      break;
    case PROP_ERROR_CHILD:
      vlive_table_view_set_error_child (self, g_value_get_object (value));
      break;
    case PROP_EMPTY_CHILD:
      vlive_table_view_set_empty_child (self, g_value_get_object (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
vlive_table_view_dispose (GObject *object)
{
  VliveTableView *self = VLIVE_TABLE_VIEW (object);

  if (self->stack != NULL)
    set_table (self, NULL);
  if (self->fit_id != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->fit_id);
  self->fit_id = 0;
  if (self->selection != NULL)
    g_signal_handlers_disconnect_by_data (self->selection, self);
  g_clear_object (&self->selection);
  _vlive_gtk_end_timeout (&self->loading);
  _vlive_gtk_end_timeout (&self->late);
  g_clear_pointer (&self->schema, vlive_schema_unref);
  g_clear_pointer (&self->stack, gtk_widget_unparent);
  for (guint i = 0; i < VLIVE_N_PAGES; i++)
    self->pages[i] = NULL;
  g_clear_object (&self->error_label);

  G_OBJECT_CLASS (vlive_table_view_parent_class)->dispose (object);
}

static void
install_properties (GObjectClass *object_class)
{
  const GParamFlags flags =
      G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  /**
   * VliveTableView:table: (getter get_table) (setter set_table)
   *
   * What is shown.
   *
   * Since: 0.1
   */
  properties[PROP_TABLE] =
      g_param_spec_object ("table", NULL, NULL, VLIVE_TYPE_TABLE, flags);

  /**
   * VliveTableView:selection: (getter get_selection)
   *
   * What is selected: several records, unless its mode is set to another one.
   *
   * Since: 0.1
   */
  properties[PROP_SELECTION] =
      g_param_spec_object ("selection", NULL, NULL, VLIVE_TYPE_SELECTION,
                           G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * VliveTableView:placeholder: (getter get_placeholder) (setter set_placeholder)
   *
   * What is shown in the place of the rows while nothing is known of them.
   *
   * Since: 0.1
   */
  properties[PROP_PLACEHOLDER] =
      g_param_spec_object ("placeholder", NULL, NULL, GTK_TYPE_WIDGET, flags);

  /**
   * VliveTableView:error-child: (getter get_error_child) (setter set_error_child)
   *
   * What is shown when nothing could be loaded: see [property@Vlive.Table:error].
   *
   * Since: 0.1
   */
  properties[PROP_ERROR_CHILD] =
      g_param_spec_object ("error-child", NULL, NULL, GTK_TYPE_WIDGET, flags);

  /**
   * VliveTableView:empty-child: (getter get_empty_child) (setter set_empty_child)
   *
   * What is shown when there are no rows.
   *
   * Since: 0.1
   */
  properties[PROP_EMPTY_CHILD] =
      g_param_spec_object ("empty-child", NULL, NULL, GTK_TYPE_WIDGET, flags);

  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
install_signals (void)
{
  /**
   * VliveTableView::edit:
   * @self: the view
   * @id: the id of the record
   * @column: the name of the field
   * @value: what it is to be: null is a maybe of variant that is nothing
   *
   * Somebody has given a field another value. Unless a handler returns %TRUE it is
   * written to the table's store.
   *
   * Returns: %TRUE to keep the view from writing it
   *
   * Since: 0.1
   */
  signals[SIGNAL_EDIT] =
      g_signal_new_class_handler ("edit", VLIVE_TYPE_TABLE_VIEW, G_SIGNAL_RUN_LAST,
                                  G_CALLBACK (real_edit),
                                  g_signal_accumulator_true_handled, NULL, NULL,
                                  G_TYPE_BOOLEAN, 3, G_TYPE_STRING, G_TYPE_STRING,
                                  G_TYPE_VARIANT);

  /**
   * VliveTableView::written:
   * @self: the view
   * @write: the write
   *
   * What somebody has edited is on its way to the master.
   *
   * Since: 0.1
   */
  signals[SIGNAL_WRITTEN] =
      g_signal_new ("written", VLIVE_TYPE_TABLE_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                    NULL, G_TYPE_NONE, 1, VLIVE_TYPE_WRITE);

  /**
   * VliveTableView::refused:
   * @self: the view
   * @reason: why, for a person
   *
   * What somebody has typed cannot be a value of its field. It stays in its editor,
   * which shows the reason, too.
   *
   * Since: 0.1
   */
  signals[SIGNAL_REFUSED] =
      g_signal_new ("refused", VLIVE_TYPE_TABLE_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                    NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
vlive_table_view_class_init (VliveTableViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  _vlive_gtk_init ();
  object_class->dispose = vlive_table_view_dispose;
  object_class->get_property = vlive_table_view_get_property;
  object_class->set_property = vlive_table_view_set_property;
  widget_class->grab_focus = grab_focus;
  widget_class->focus = focus;
  widget_class->map = map;
  widget_class->unmap = unmap;
  widget_class->root = root;
  widget_class->system_setting_changed = system_setting_changed;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "vlivetableview");
  install_properties (object_class);
  install_signals ();
}

static GtkWidget *
make_rows_page (VliveTableView *self)
{
  GtkAdjustment *adjustment;

  self->column_view = gtk_column_view_new (NULL);
  gtk_widget_add_css_class (self->column_view, "data-table");
  self->scroller = gtk_scrolled_window_new ();
  gtk_widget_set_vexpand (self->scroller, TRUE);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (self->scroller),
                                 self->column_view);
  adjustment =
      gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (self->scroller));
  g_signal_connect_object (adjustment, "value-changed",
                           G_CALLBACK (_vlive_table_view_update_visible), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (adjustment, "changed",
                           G_CALLBACK (_vlive_table_view_update_visible), self,
                           G_CONNECT_SWAPPED);
  adjustment =
      gtk_scrolled_window_get_hadjustment (GTK_SCROLLED_WINDOW (self->scroller));
  g_signal_connect_object (adjustment, "notify::page-size",
                           G_CALLBACK (_vlive_table_view_fit_soon), self,
                           G_CONNECT_SWAPPED);
  _vlive_wheel_attach (GTK_SCROLLED_WINDOW (self->scroller));
  _vlive_table_view_watch_input (self);

  return self->scroller;
}

static void
make_selection (VliveTableView *self)
{
  self->selection = vlive_selection_new (NULL);
  vlive_selection_set_mode (self->selection, GTK_SELECTION_MULTIPLE);
  /* After GTK itself. */
  g_signal_connect_data (self->selection, "selection-changed",
                         G_CALLBACK (_vlive_table_view_visit), self, NULL,
                         G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  g_signal_connect_data (self->selection, "items-changed",
                         G_CALLBACK (items_changed_cb), self, NULL,
                         G_CONNECT_SWAPPED | G_CONNECT_AFTER);
}

static void
vlive_table_view_init (VliveTableView *self)
{
  GtkStack *stack = GTK_STACK (gtk_stack_new ());

  self->late_ms = LATE_MS;
  make_selection (self);
  self->stack = GTK_WIDGET (stack);
  gtk_stack_add_named (stack, gtk_box_new (GTK_ORIENTATION_VERTICAL, 0), "blank");
  gtk_stack_add_named (stack, make_rows_page (self), "rows");
  _vlive_table_view_make_pages (self);
  gtk_widget_set_parent (self->stack, GTK_WIDGET (self));
}

/**
 * vlive_table_view_new:
 *
 * Makes a view that shows nothing yet.
 *
 * Returns: (transfer floating): a new view
 *
 * Since: 0.1
 */
GtkWidget *
vlive_table_view_new (void)
{
  return g_object_new (VLIVE_TYPE_TABLE_VIEW, NULL);
}

/**
 * vlive_table_view_get_table:
 * @self: a view
 *
 * Gets what is shown.
 *
 * Returns: (transfer none) (nullable): the table, or %NULL if there is none
 *
 * Since: 0.1
 */
VliveTable *
vlive_table_view_get_table (VliveTableView *self)
{
  g_return_val_if_fail (VLIVE_IS_TABLE_VIEW (self), NULL);

  return self->table;
}

/**
 * vlive_table_view_set_table:
 * @self: a view
 * @table: (nullable): what to show, or %NULL for nothing
 *
 * Shows a table. A table is shown in one view at a time, which tells it what is
 * visible; while none shows it, it is hidden.
 *
 * Since: 0.1
 */
void
vlive_table_view_set_table (VliveTableView *self, VliveTable *table)
{
  g_return_if_fail (VLIVE_IS_TABLE_VIEW (self));
  g_return_if_fail (table == NULL || VLIVE_IS_TABLE (table));

  if (set_table (self, table))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TABLE]);
}

/**
 * vlive_table_view_get_selection:
 * @self: a view
 *
 * Gets the selection, which the view keeps for as long as it lives. It is of
 * several records at first; see [property@Selection:mode].
 *
 * Returns: (transfer none): the selection
 *
 * Since: 0.1
 */
VliveSelection *
vlive_table_view_get_selection (VliveTableView *self)
{
  g_return_val_if_fail (VLIVE_IS_TABLE_VIEW (self), NULL);

  return self->selection;
}

static void
set_page (VliveTableView *self, VlivePageKind kind, GtkWidget *child, GParamSpec *pspec)
{
  g_return_if_fail (VLIVE_IS_TABLE_VIEW (self));
  g_return_if_fail (child == NULL || GTK_IS_WIDGET (child));

  if (child != NULL && child == self->pages[kind])
    return;

  _vlive_table_view_set_page (self, kind, child);
  g_object_notify_by_pspec (G_OBJECT (self), pspec);
}

/**
 * vlive_table_view_get_placeholder:
 * @self: a view
 *
 * Gets what is shown in the place of the rows while nothing is known of them.
 *
 * Returns: (transfer none): a widget
 *
 * Since: 0.1
 */
GtkWidget *
vlive_table_view_get_placeholder (VliveTableView *self)
{
  g_return_val_if_fail (VLIVE_IS_TABLE_VIEW (self), NULL);

  return self->pages[VLIVE_PAGE_LOADING];
}

/**
 * vlive_table_view_set_placeholder:
 * @self: a view
 * @child: (nullable): a widget, or %NULL for the view's own
 *
 * Sets what is shown in the place of the rows while nothing is known of them. It
 * is shown after a moment only, so that fast answers do not flicker.
 *
 * Since: 0.1
 */
void
vlive_table_view_set_placeholder (VliveTableView *self, GtkWidget *child)
{
  set_page (self, VLIVE_PAGE_LOADING, child, properties[PROP_PLACEHOLDER]);
}

/**
 * vlive_table_view_get_error_child:
 * @self: a view
 *
 * Gets what is shown when nothing could be loaded.
 *
 * Returns: (transfer none): a widget
 *
 * Since: 0.1
 */
GtkWidget *
vlive_table_view_get_error_child (VliveTableView *self)
{
  g_return_val_if_fail (VLIVE_IS_TABLE_VIEW (self), NULL);

  return self->pages[VLIVE_PAGE_ERROR];
}

/**
 * vlive_table_view_set_error_child:
 * @self: a view
 * @child: (nullable): a widget, or %NULL for the view's own
 *
 * Sets what is shown when nothing could be loaded; [property@Vlive.Table:error]
 * says why.
 *
 * Since: 0.1
 */
void
vlive_table_view_set_error_child (VliveTableView *self, GtkWidget *child)
{
  set_page (self, VLIVE_PAGE_ERROR, child, properties[PROP_ERROR_CHILD]);
}

/**
 * vlive_table_view_get_empty_child:
 * @self: a view
 *
 * Gets what is shown when there are no rows.
 *
 * Returns: (transfer none): a widget
 *
 * Since: 0.1
 */
GtkWidget *
vlive_table_view_get_empty_child (VliveTableView *self)
{
  g_return_val_if_fail (VLIVE_IS_TABLE_VIEW (self), NULL);

  return self->pages[VLIVE_PAGE_EMPTY];
}

/**
 * vlive_table_view_set_empty_child:
 * @self: a view
 * @child: (nullable): a widget, or %NULL for the view's own
 *
 * Sets what is shown when there are no rows.
 *
 * Since: 0.1
 */
void
vlive_table_view_set_empty_child (VliveTableView *self, GtkWidget *child)
{
  set_page (self, VLIVE_PAGE_EMPTY, child, properties[PROP_EMPTY_CHILD]);
}

GtkWidget *
_vlive_table_view_get_column_view (VliveTableView *self)
{
  return self->column_view;
}
