/* vantage-window.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "vantage-window.h"

#include <glib/gi18n.h>

#include "vantage-text.h"

#define AGE_INTERVAL_S 5
#define NARROW_WIDTH 600

struct _VantageWindow
{
  AdwApplicationWindow parent_instance;

  VliveTableView *table_view; /* template children */
  AdwStatusPage *error_page;
  AdwToastOverlay *toasts;
  AdwWindowTitle *title;
  GtkLabel *notice_label;
  GtkLabel *status;
  GtkListBox *sidebar;
  GtkRevealer *notice;
  GtkButton *refresh_button;
  GtkToggleButton *sidebar_button;

  VliveCache *cache;     /* owned */
  GListModel *sources;   /* owned; of VantageSource */
  VantageSource *source; /* owned, nullable: the one that is open */
  char *wanted;          /* owned, nullable: a key to be opened */
  guint age_id;          /* the source that keeps the age true */
};

G_DEFINE_FINAL_TYPE (VantageWindow, vantage_window, ADW_TYPE_APPLICATION_WINDOW)

static VliveTable *
get_table (VantageWindow *self)
{
  return vlive_table_view_get_table (self->table_view);
}

static void
update_title (VantageWindow *self)
{
  VliveTable *table = get_table (self);
  gint64 fetched_at = table != NULL ? vlive_table_get_fetched_at (table) : 0;
  g_autofree char *age = NULL;
  g_autofree char *subtitle = NULL;

  if (self->source == NULL)
    {
      adw_window_title_set_title (self->title, _ ("Vantage Live"));
      adw_window_title_set_subtitle (self->title, "");
      return;
    }

  if (fetched_at > 0)
    age = vantage_text_age (g_get_real_time () - fetched_at);
  subtitle = g_strdup_printf ("%s%s%s", vantage_source_get_section (self->source),
                              age != NULL ? " · " : "", age != NULL ? age : "");
  adw_window_title_set_title (self->title, vantage_source_get_title (self->source));
  adw_window_title_set_subtitle (self->title, subtitle);
}

static void
update_status (VantageWindow *self)
{
  VliveTable *table = get_table (self);
  g_autofree char *text = NULL;
  VliveLedger ledger;
  VliveTotalKind kind;
  guint64 n_reads;
  guint64 n_cached;
  guint64 total;

  if (table == NULL || vlive_table_get_state (table) == VLIVE_TABLE_ERROR)
    {
      gtk_label_set_text (self->status, "");
      return;
    }

  kind = vlive_table_get_total (table, &total);
  text = vantage_text_total (kind, total);
  vlive_store_get_ledger (vlive_table_get_store (table), &ledger);
  n_reads = ledger.n_hits + ledger.n_stale + ledger.n_misses;
  n_cached = ledger.n_hits + ledger.n_stale;
  if (n_cached > 0)
    {
      int share = (int) (n_cached * 100 / n_reads);
      g_autofree char *cached = g_strdup_printf (_ ("%d %% from cache"), share);
      g_autofree char *both =
          g_strconcat (text, text[0] != '\0' ? " · " : "", cached, NULL);

      gtk_label_set_text (self->status, both);
    }
  else
    gtk_label_set_text (self->status, text);
}

/* A failed refresh leaves the rows: one line says why they grow old. */
static void
update_notice (VantageWindow *self)
{
  VliveTable *table = get_table (self);
  const GError *error = table != NULL ? vlive_table_get_error (table) : NULL;
  gboolean has_rows =
      table != NULL && g_list_model_get_n_items (G_LIST_MODEL (table)) > 0;

  if (error != NULL && has_rows)
    {
      gboolean offline = vlive_error_is_offline (error);

      gtk_label_set_text (self->notice_label,
                          offline ? _ ("Offline. These are the last rows known.")
                                  : error->message);
      gtk_widget_set_tooltip_text (GTK_WIDGET (self->notice_label),
                                   offline ? error->message : NULL);
    }
  gtk_revealer_set_reveal_child (self->notice, error != NULL && has_rows);
}

/* Nothing could be loaded: the page in the place of the rows says why. */
static void
update_error (VantageWindow *self)
{
  VliveTable *table = get_table (self);
  const GError *error = table != NULL ? vlive_table_get_error (table) : NULL;
  g_autofree char *text =
      error != NULL ? g_markup_escape_text (error->message, -1) : NULL;

  adw_status_page_set_description (self->error_page, text);
}

static void
update (VantageWindow *self)
{
  update_title (self);
  update_error (self);
  update_status (self);
  update_notice (self);
}

static gboolean
age_cb (gpointer user_data)
{
  update (VANTAGE_WINDOW (user_data));

  return G_SOURCE_CONTINUE;
}

/* Where it is written to. */
static VliveStore *
get_store (VliveWrite *write)
{
  return g_object_get_data (G_OBJECT (write), "store");
}

static gboolean
shows (VantageWindow *self, VliveStore *store)
{
  return get_table (self) != NULL && vlive_table_get_store (get_table (self)) == store;
}

static void
edit_again_cb (VantageWindow *self, AdwToast *toast)
{
  VliveWrite *write = g_object_get_data (G_OBJECT (toast), "write");
  VliveRecord *fields = vlive_write_get_fields (write);
  const char *column = vlive_record_get_field_name (fields, 0);
  g_autofree char *text = vlive_record_dup_field_text (fields, column);

  if (shows (self, get_store (write)))
    vlive_table_view_edit (self->table_view, vlive_write_get_id (write), column, text);
}

/* @write: nullable: what "Edit again" goes back to. */
static void
show_toast (VantageWindow *self, const char *text, VliveWrite *write)
{
  g_autofree char *markup = g_markup_escape_text (text, -1);
  AdwToast *toast = adw_toast_new (markup);

  adw_toast_set_timeout (toast, 8);
  if (write != NULL)
    {
      adw_toast_set_button_label (toast, _ ("Edit again"));
      g_object_set_data_full (G_OBJECT (toast), "write", g_object_ref (write),
                              g_object_unref);
      g_signal_connect_object (toast, "button-clicked", G_CALLBACK (edit_again_cb),
                               self, G_CONNECT_SWAPPED);
    }
  adw_toast_overlay_add_toast (self->toasts, toast);
}

/* The row itself shows what became of a write; here it is said why. */
static void
write_changed_cb (VantageWindow *self, GParamSpec *pspec, VliveWrite *write)
{
  const GError *error = vlive_write_get_error (write);
  const char *column = vlive_record_get_field_name (vlive_write_get_fields (write), 0);
  g_autofree char *text = NULL;

  if (error == NULL)
    return;

  if (vlive_write_get_state (write) == VLIVE_WRITE_UNKNOWN)
    text = g_strdup_printf (_ ("Whether “%s” was saved is not known: %s"), column,
                            error->message);
  else
    text = g_strdup_printf (_ ("“%s” was not saved: %s"), column, error->message);
  show_toast (self, text, shows (self, get_store (write)) ? write : NULL);
}

static void
refused_cb (VantageWindow *self, const char *reason)
{
  show_toast (self, reason, NULL);
}

static void
written_cb (VantageWindow *self, VliveWrite *write)
{
  VliveStore *store = vlive_table_get_store (get_table (self));

  g_object_set_data_full (G_OBJECT (write), "store", g_object_ref (store),
                          g_object_unref);
  g_signal_connect_object (write, "notify::state", G_CALLBACK (write_changed_cb), self,
                           G_CONNECT_SWAPPED);
  /* One that is refused at once has told it already. */
  write_changed_cb (self, NULL, write);
}

static void
open_source (VantageWindow *self, VantageSource *source)
{
  g_autoptr (VliveTable) table = NULL;

  if (self->source == source)
    return;

  if (get_table (self) != NULL)
    g_signal_handlers_disconnect_by_func (get_table (self), update, self);
  g_set_object (&self->source, source);
  table = vlive_table_new (vantage_source_get_store (source, self->cache), NULL);
  g_signal_connect_swapped (table, "notify", G_CALLBACK (update), self);
  vlive_table_view_set_table (self->table_view, table);
  update (self);
}

static void
row_selected_cb (VantageWindow *self, GtkListBoxRow *row)
{
  if (row != NULL)
    open_source (self, g_object_get_data (G_OBJECT (row), "source"));
}

static gboolean
is_narrow (VantageWindow *self)
{
  int width;
  int height;

  gtk_window_get_default_size (GTK_WINDOW (self), &width, &height);

  return width > 0 && width < NARROW_WIDTH;
}

/* In a narrow window who has chosen a table wants to see it. */
static void
row_activated_cb (VantageWindow *self)
{
  if (is_narrow (self))
    gtk_toggle_button_set_active (self->sidebar_button, FALSE);
}

static GtkWidget *
make_row (gpointer item, gpointer user_data)
{
  VantageSource *source = VANTAGE_SOURCE (item);
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *label = gtk_label_new (vantage_source_get_title (source));

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), label);
  g_object_set_data_full (G_OBJECT (row), "source", g_object_ref (source),
                          g_object_unref);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  vantage_source_get_title (source), -1);

  return row;
}

static void
header_func (GtkListBoxRow *row, GtkListBoxRow *before, gpointer user_data)
{
  VantageSource *source = g_object_get_data (G_OBJECT (row), "source");
  VantageSource *previous =
      before != NULL ? g_object_get_data (G_OBJECT (before), "source") : NULL;
  GtkWidget *heading;

  if (previous != NULL
      && strcmp (vantage_source_get_section (source),
                 vantage_source_get_section (previous))
             == 0)
    {
      gtk_list_box_row_set_header (row, NULL);
      return;
    }

  heading = gtk_label_new (vantage_source_get_section (source));
  gtk_label_set_xalign (GTK_LABEL (heading), 0);
  gtk_widget_add_css_class (heading, "sidebar-heading");
  gtk_widget_add_css_class (heading, "caption-heading");
  gtk_widget_add_css_class (heading, "dim-label");
  gtk_list_box_row_set_header (row, heading);
}

static void
select_wanted (VantageWindow *self)
{
  guint n_sources = g_list_model_get_n_items (self->sources);

  for (guint i = 0; i < n_sources && self->wanted != NULL; i++)
    {
      g_autoptr (VantageSource) source = g_list_model_get_item (self->sources, i);

      if (strcmp (vantage_source_get_key (source), self->wanted) == 0)
        {
          g_clear_pointer (&self->wanted, g_free);
          gtk_list_box_select_row (self->sidebar,
                                   gtk_list_box_get_row_at_index (self->sidebar,
                                                                  (int) i));
        }
    }
}

void
vantage_window_open (VantageWindow *self, const char *key)
{
  g_return_if_fail (VANTAGE_IS_WINDOW (self));

  g_free (self->wanted);
  self->wanted = g_strdup (key);
  if (key == NULL)
    gtk_list_box_select_row (self->sidebar,
                             gtk_list_box_get_row_at_index (self->sidebar, 0));
  else
    select_wanted (self);
}

VantageSource *
vantage_window_get_source (VantageWindow *self)
{
  return self->source;
}

VliveTableView *
vantage_window_get_table_view (VantageWindow *self)
{
  return self->table_view;
}

gboolean
vantage_window_has_notice (VantageWindow *self)
{
  return gtk_revealer_get_reveal_child (self->notice);
}

const char *
vantage_window_get_notice (VantageWindow *self)
{
  return gtk_label_get_text (self->notice_label);
}

gboolean
vantage_window_is_settled (VantageWindow *self)
{
  VliveTable *table = get_table (self);
  g_autoptr (VliveRow) row = NULL;

  if (table == NULL)
    return FALSE;
  if (vlive_table_get_state (table) == VLIVE_TABLE_ERROR)
    return TRUE;
  row = g_list_model_get_item (G_LIST_MODEL (table), 0);
  if (row == NULL)
    return vlive_table_get_state (table) == VLIVE_TABLE_COMPLETE;

  return vlive_row_get_state (row) != VLIVE_ROW_LOADING;
}

static void
refresh_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  VantageWindow *self = VANTAGE_WINDOW (widget);

  if (get_table (self) != NULL)
    vlive_table_refresh (get_table (self));
}

static void
toggle_sidebar_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  VantageWindow *self = VANTAGE_WINDOW (widget);

  gtk_toggle_button_set_active (self->sidebar_button,
                                !gtk_toggle_button_get_active (self->sidebar_button));
}

/* A narrow window has room for the rows only; the button brings the tables, and
 * the menu what else has gone. */
static void
size_changed_cb (VantageWindow *self)
{
  gboolean narrow = is_narrow (self);

  if (narrow)
    gtk_toggle_button_set_active (self->sidebar_button, FALSE);
  gtk_widget_set_visible (GTK_WIDGET (self->refresh_button), !narrow);
}

/* GTK's list box goes from row to row with Tab, which would open one table after
 * another. */
static gboolean
vantage_window_focus (GtkWidget *widget, GtkDirectionType direction)
{
  VantageWindow *self = VANTAGE_WINDOW (widget);
  GtkWidget *current = gtk_window_get_focus (GTK_WINDOW (self));
  gboolean in_sidebar =
      current != NULL
      && (current == GTK_WIDGET (self->sidebar)
          || gtk_widget_is_ancestor (current, GTK_WIDGET (self->sidebar)));

  if (in_sidebar && direction == GTK_DIR_TAB_FORWARD
      && gtk_widget_child_focus (GTK_WIDGET (self->table_view), direction))
    return TRUE;
  if (in_sidebar && direction == GTK_DIR_TAB_BACKWARD)
    return gtk_widget_grab_focus (GTK_WIDGET (self->sidebar_button));

  return GTK_WIDGET_CLASS (vantage_window_parent_class)->focus (widget, direction);
}

static void
vantage_window_dispose (GObject *object)
{
  VantageWindow *self = VANTAGE_WINDOW (object);

  g_clear_handle_id (&self->age_id, g_source_remove);
  if (self->table_view != NULL)
    {
      if (get_table (self) != NULL)
        g_signal_handlers_disconnect_by_func (get_table (self), update, self);
      vlive_table_view_set_table (self->table_view, NULL);
    }
  if (self->sources != NULL)
    g_signal_handlers_disconnect_by_func (self->sources, select_wanted, self);
  gtk_widget_dispose_template (GTK_WIDGET (self), VANTAGE_TYPE_WINDOW);
  g_clear_object (&self->source);
  g_clear_object (&self->sources);
  g_clear_object (&self->cache);
  g_clear_pointer (&self->wanted, g_free);

  G_OBJECT_CLASS (vantage_window_parent_class)->dispose (object);
}

static void
vantage_window_class_init (VantageWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = vantage_window_dispose;
  widget_class->focus = vantage_window_focus;
  g_type_ensure (VLIVE_TYPE_TABLE_VIEW);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/vlive/VantageLive/vantage-window.ui");
  gtk_widget_class_bind_template_child (widget_class, VantageWindow, error_page);
  gtk_widget_class_bind_template_child (widget_class, VantageWindow, notice);
  gtk_widget_class_bind_template_child (widget_class, VantageWindow, notice_label);
  gtk_widget_class_bind_template_child (widget_class, VantageWindow, refresh_button);
  gtk_widget_class_bind_template_child (widget_class, VantageWindow, sidebar);
  gtk_widget_class_bind_template_child (widget_class, VantageWindow, sidebar_button);
  gtk_widget_class_bind_template_child (widget_class, VantageWindow, status);
  gtk_widget_class_bind_template_child (widget_class, VantageWindow, table_view);
  gtk_widget_class_bind_template_child (widget_class, VantageWindow, title);
  gtk_widget_class_bind_template_child (widget_class, VantageWindow, toasts);
  gtk_widget_class_install_action (widget_class, "win.refresh", NULL, refresh_action);
  gtk_widget_class_install_action (widget_class, "win.toggle-sidebar", NULL,
                                   toggle_sidebar_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_F5, 0, "win.refresh",
                                       NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_r, GDK_CONTROL_MASK,
                                       "win.refresh", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_F9, 0,
                                       "win.toggle-sidebar", NULL);
}

static void
vantage_window_init (VantageWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_list_box_set_header_func (self->sidebar, header_func, NULL, NULL);
  g_signal_connect_object (self->sidebar, "row-selected", G_CALLBACK (row_selected_cb),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->sidebar, "row-activated",
                           G_CALLBACK (row_activated_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->table_view, "written", G_CALLBACK (written_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->table_view, "refused", G_CALLBACK (refused_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect (self, "notify::default-width", G_CALLBACK (size_changed_cb), NULL);
  self->age_id = g_timeout_add_seconds (AGE_INTERVAL_S, age_cb, self);
}

VantageWindow *
vantage_window_new (GtkApplication *application, VliveCache *cache, GListModel *sources)
{
  VantageWindow *self =
      g_object_new (VANTAGE_TYPE_WINDOW, "application", application, NULL);

  self->cache = g_object_ref (cache);
  self->sources = g_object_ref (sources);
  gtk_list_box_bind_model (self->sidebar, sources, make_row, NULL, NULL);
  g_signal_connect_object (sources, "items-changed", G_CALLBACK (select_wanted), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  /* The rows must not take the first focus: GTK 4.8 loses its place in a list
   * whose first row had it when the window was shown. */
  gtk_window_set_focus (GTK_WINDOW (self), GTK_WIDGET (self->sidebar));
  update (self);

  return self;
}
