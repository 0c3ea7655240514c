/* vantage-cell.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "vantage-cell.h"

#include <glib/gi18n.h>

#include "vantage-text.h"

struct _VantageCell
{
  GtkWidget parent_instance;
  GtkWidget *label;    /* owned by the widget tree; a GtkInscription */
  GtkWidget *entry;    /* owned by the widget tree; only while editing */
  GtkWidget *mark;     /* owned by the widget tree; NULL while there is none */
  VliveColumn *column; /* owned */
  VliveRow *row;       /* owned, nullable */
};

enum
{
  SIGNAL_EDITED,
  SIGNAL_REFUSED,
  SIGNAL_MOVE,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (VantageCell, vantage_cell, GTK_TYPE_WIDGET)

static gboolean
is_number (VantageCell *self)
{
  VliveValueType type = vlive_column_get_value_type (self->column);

  return type == VLIVE_VALUE_INTEGER || type == VLIVE_VALUE_DOUBLE;
}

static void
set_class (GtkWidget *widget, const char *name, gboolean on)
{
  if (on)
    gtk_widget_add_css_class (widget, name);
  else
    gtk_widget_remove_css_class (widget, name);
}

/* What the master has not answered to, or did not take. */

typedef enum
{
  MARK_NONE,
  MARK_PENDING,
  MARK_FAILED,
} Mark;

static gboolean
has_name (const char *const *names, const char *name)
{
  return names != NULL && g_strv_contains (names, name);
}

/* Of its own field; what is about the whole row is marked beside the id. */
static Mark
get_mark (VantageCell *self)
{
  const char *name = vlive_column_get_name (self->column);
  gboolean is_id = (vlive_column_get_flags (self->column) & VLIVE_COLUMN_ID) != 0;
  const char *const *pending = vlive_row_get_pending_fields (self->row);
  const char *const *failed = vlive_row_get_failed_fields (self->row);
  VliveRowState state = vlive_row_get_state (self->row);

  if (has_name (pending, name)
      || (is_id && pending == NULL && state == VLIVE_ROW_PENDING))
    return MARK_PENDING;
  if (has_name (failed, name) || (is_id && failed == NULL && state == VLIVE_ROW_FAILED))
    return MARK_FAILED;

  return MARK_NONE;
}

static void
show_mark (VantageCell *self, const char *icon, const char *text)
{
  if (self->mark == NULL)
    {
      self->mark = g_object_new (GTK_TYPE_IMAGE, "accessible-role",
                                 GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL);
      gtk_widget_add_css_class (self->mark, "mark");
      gtk_widget_insert_after (self->mark, GTK_WIDGET (self), self->label);
    }
  gtk_image_set_from_icon_name (GTK_IMAGE (self->mark), icon);
  gtk_widget_set_tooltip_text (self->mark, text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self),
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text, -1);
}

static void
hide_mark (VantageCell *self)
{
  if (self->mark == NULL)
    return;

  g_clear_pointer (&self->mark, gtk_widget_unparent);
  gtk_accessible_reset_property (GTK_ACCESSIBLE (self),
                                 GTK_ACCESSIBLE_PROPERTY_DESCRIPTION);
}

/* By a shape, a script and words; never by a colour alone. */
static void
update_mark (VantageCell *self)
{
  Mark mark = get_mark (self);

  set_class (GTK_WIDGET (self), "pending", mark == MARK_PENDING);
  set_class (GTK_WIDGET (self), "failed", mark == MARK_FAILED);
  if (mark == MARK_PENDING)
    show_mark (self, "media-record-symbolic", _ ("Being saved"));
  else if (mark == MARK_FAILED)
    show_mark (self, "dialog-warning-symbolic", _ ("A change was not saved"));
  else
    hide_mark (self);
}

/* Null is told from empty, and both from a text that says so, by their looks. */
static void
update (VantageCell *self)
{
  const char *name = vlive_column_get_name (self->column);
  VliveValueType type = vlive_row_get_field_type (self->row, name);
  g_autofree char *text = vlive_row_dup_field_text (self->row, name);
  gboolean is_empty = type == VLIVE_VALUE_TEXT && text[0] == '\0';
  const char *shown;

  if (type == VLIVE_VALUE_NULL)
    shown = _ ("null");
  else if (is_empty)
    shown = _ ("empty");
  else
    shown = g_strdelimit (text, "\n\r\t", ' ');

  gtk_inscription_set_text (GTK_INSCRIPTION (self->label), shown);
  set_class (self->label, "dim-label", type == VLIVE_VALUE_NULL || is_empty);
  set_class (GTK_WIDGET (self), "placeholder",
             vlive_row_get_state (self->row) == VLIVE_ROW_LOADING);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  shown, -1);
}

static void
row_changed_cb (VantageCell *self)
{
  update (self);
}

static void
mark_changed_cb (VantageCell *self)
{
  update_mark (self);
}

static void
follow (VantageCell *self, VliveRow *row)
{
  g_signal_connect_swapped (row, "notify::record", G_CALLBACK (row_changed_cb), self);
  g_signal_connect_swapped (row, "notify::state", G_CALLBACK (row_changed_cb), self);
  g_signal_connect_swapped (row, "notify::state", G_CALLBACK (mark_changed_cb), self);
  g_signal_connect_swapped (row, "notify::pending-fields", G_CALLBACK (mark_changed_cb),
                            self);
  g_signal_connect_swapped (row, "notify::failed-fields", G_CALLBACK (mark_changed_cb),
                            self);
}

void
vantage_cell_set_row (VantageCell *self, VliveRow *row)
{
  if (self->row == row)
    return;

  if (self->row != NULL)
    g_signal_handlers_disconnect_by_data (self->row, self);
  vantage_cell_end_edit (self, FALSE);
  g_set_object (&self->row, row);
  if (row == NULL)
    return;

  follow (self, row);
  update (self);
  update_mark (self);
}

/* What the entry begins with: the value itself, "" for null. */
static char *
dup_value (VantageCell *self)
{
  return vlive_row_dup_field_text (self->row, vlive_column_get_name (self->column));
}

static gboolean
can_edit (VantageCell *self)
{
  VliveColumnFlags flags = vlive_column_get_flags (self->column);
  VliveRecord *record;
  VliveValueType type;

  if (self->row == NULL || (flags & (VLIVE_COLUMN_ID | VLIVE_COLUMN_READ_ONLY)) != 0)
    return FALSE;
  record = vlive_row_get_record (self->row);
  if (record == NULL || !vlive_record_is_addressable (record))
    return FALSE;
  type = vlive_record_get_field_type (record, vlive_column_get_name (self->column));

  return type != VLIVE_VALUE_JSON && type != VLIVE_VALUE_BYTES;
}

static void
set_invalid (VantageCell *self, const char *reason)
{
  GtkAccessibleInvalidState state =
      reason != NULL ? GTK_ACCESSIBLE_INVALID_TRUE : GTK_ACCESSIBLE_INVALID_FALSE;

  set_class (self->entry, "error", reason != NULL);
  gtk_widget_set_tooltip_text (self->entry, reason);
  gtk_accessible_update_state (GTK_ACCESSIBLE (self->entry),
                               GTK_ACCESSIBLE_STATE_INVALID, state, -1);
}

/* What cannot be the column's value stays in the entry, and it is said why. */
static gboolean
check (VantageCell *self)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->entry));
  g_autofree char *before = dup_value (self);
  g_autoptr (GVariant) value = NULL;
  g_autoptr (GError) error = NULL;

  if (strcmp (before, text) == 0)
    return TRUE;

  value = vantage_text_to_value (self->column, text, &error);
  if (value != NULL)
    {
      g_variant_ref_sink (value);
      return TRUE;
    }

  if (!gtk_widget_has_css_class (self->entry, "error"))
    g_signal_emit (self, signals[SIGNAL_REFUSED], 0, error->message);
  set_invalid (self, error->message);

  return FALSE;
}

static void
entry_changed_cb (VantageCell *self)
{
  set_invalid (self, NULL);
}

static void
end_and_move (VantageCell *self, int columns, int rows)
{
  if (vantage_cell_end_edit (self, TRUE))
    g_signal_emit (self, signals[SIGNAL_MOVE], 0, columns, rows);
}

static void
activate_cb (VantageCell *self)
{
  end_and_move (self, 0, 1);
}

/* Somebody who looks something up in another window comes back to what was being
 * typed. */
static void
focus_leave_cb (VantageCell *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  if (GTK_IS_WINDOW (root) && !gtk_window_is_active (GTK_WINDOW (root)))
    return;

  vantage_cell_end_edit (self, TRUE);
}

static gboolean
entry_key_cb (VantageCell *self, guint keyval, guint keycode, GdkModifierType state)
{
  if (keyval == GDK_KEY_Escape)
    vantage_cell_end_edit (self, FALSE);
  else if (keyval == GDK_KEY_Tab && (state & GDK_CONTROL_MASK) == 0)
    end_and_move (self, 1, 0);
  else if (keyval == GDK_KEY_ISO_Left_Tab)
    end_and_move (self, -1, 0);
  else
    return GDK_EVENT_PROPAGATE;

  return GDK_EVENT_STOP;
}

static void
make_entry (VantageCell *self)
{
  g_autofree char *text = dup_value (self);
  GtkEventController *focus = gtk_event_controller_focus_new ();
  GtkEventController *keys = gtk_event_controller_key_new ();

  self->entry = gtk_text_new ();
  gtk_editable_set_text (GTK_EDITABLE (self->entry), text);
  gtk_editable_set_alignment (GTK_EDITABLE (self->entry), is_number (self) ? 1 : 0);
  gtk_widget_add_css_class (self->entry, "cell-editor");
  gtk_widget_set_hexpand (self->entry, TRUE);
  g_signal_connect_swapped (self->entry, "activate", G_CALLBACK (activate_cb), self);
  g_signal_connect_swapped (self->entry, "changed", G_CALLBACK (entry_changed_cb),
                            self);
  g_signal_connect_swapped (focus, "leave", G_CALLBACK (focus_leave_cb), self);
  gtk_widget_add_controller (self->entry, focus);
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (entry_key_cb), self);
  gtk_widget_add_controller (self->entry, keys);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->entry),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  vlive_column_get_name (self->column), -1);
  gtk_widget_insert_after (self->entry, GTK_WIDGET (self), self->label);
}

gboolean
vantage_cell_start_edit (VantageCell *self)
{
  g_return_val_if_fail (VANTAGE_IS_CELL (self), FALSE);

  if (self->entry != NULL)
    return TRUE;
  if (!can_edit (self))
    return FALSE;

  make_entry (self);
  gtk_widget_set_visible (self->label, FALSE);
  gtk_widget_grab_focus (self->entry);

  return TRUE;
}

gboolean
vantage_cell_is_editing (VantageCell *self)
{
  return self->entry != NULL;
}

const char *
vantage_cell_get_text (VantageCell *self)
{
  if (self->entry != NULL)
    return gtk_editable_get_text (GTK_EDITABLE (self->entry));

  return gtk_inscription_get_text (GTK_INSCRIPTION (self->label));
}

void
vantage_cell_set_draft (VantageCell *self, const char *text)
{
  g_return_if_fail (self->entry != NULL);

  gtk_editable_set_text (GTK_EDITABLE (self->entry), text);
}

gboolean
vantage_cell_end_edit (VantageCell *self, gboolean save)
{
  GtkWidget *entry;
  g_autofree char *before = NULL;
  g_autofree char *text = NULL;
  gboolean had_focus;

  g_return_val_if_fail (VANTAGE_IS_CELL (self), FALSE);

  if (self->entry == NULL)
    return TRUE;
  if (save && !check (self))
    return FALSE;

  /* Taking the entry away makes it lose the focus, which ends editing. */
  entry = g_steal_pointer (&self->entry);
  before = dup_value (self);
  text = g_strdup (gtk_editable_get_text (GTK_EDITABLE (entry)));
  had_focus = gtk_widget_has_focus (entry);
  gtk_widget_unparent (entry);
  gtk_widget_set_visible (self->label, TRUE);
  if (had_focus)
    gtk_widget_grab_focus (GTK_WIDGET (self));
  if (save && strcmp (before, text) != 0)
    g_signal_emit (self, signals[SIGNAL_EDITED], 0, vlive_row_get_id (self->row),
                   vlive_column_get_name (self->column), text);

  return TRUE;
}

VliveRow *
vantage_cell_get_row (VantageCell *self)
{
  return self->row;
}

VliveColumn *
vantage_cell_get_column (VantageCell *self)
{
  return self->column;
}

/* GTK's row would take the focus from the entry, which ends editing: the click is
 * ours then. */
static void
pressed_cb (VantageCell *self, int n_press, double x, double y, GtkGesture *click)
{
  if (n_press == 2 && self->entry == NULL && vantage_cell_start_edit (self))
    gtk_gesture_set_state (click, GTK_EVENT_SEQUENCE_CLAIMED);
}

static gboolean
edit_shortcut_cb (GtkWidget *widget, GVariant *args, gpointer user_data)
{
  VantageCell *self = VANTAGE_CELL (widget);

  return self->entry == NULL && vantage_cell_start_edit (self);
}

static gboolean
move_shortcut_cb (GtkWidget *widget, GVariant *args, gpointer user_data)
{
  VantageCell *self = VANTAGE_CELL (widget);
  int columns;
  int rows;

  if (self->entry != NULL)
    return FALSE;

  g_variant_get (args, "(ii)", &columns, &rows);
  if (gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL)
    columns = -columns;
  g_signal_emit (self, signals[SIGNAL_MOVE], 0, columns, rows);

  return TRUE;
}

static void
vantage_cell_dispose (GObject *object)
{
  VantageCell *self = VANTAGE_CELL (object);

  vantage_cell_set_row (self, NULL);
  g_clear_pointer (&self->label, gtk_widget_unparent);
  g_clear_pointer (&self->mark, gtk_widget_unparent);
  g_clear_pointer (&self->column, vlive_column_unref);

  G_OBJECT_CLASS (vantage_cell_parent_class)->dispose (object);
}

static void
add_move_binding (GtkWidgetClass *widget_class, guint keyval, int columns, int rows)
{
  gtk_widget_class_add_binding (widget_class, keyval, 0, move_shortcut_cb, "(ii)",
                                columns, rows);
}

static void
vantage_cell_class_init (VantageCellClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = vantage_cell_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "vantagecell");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GRID_CELL);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_F2, 0, edit_shortcut_cb, NULL);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Return, 0, edit_shortcut_cb,
                                NULL);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_KP_Enter, 0, edit_shortcut_cb,
                                NULL);
  add_move_binding (widget_class, GDK_KEY_Left, -1, 0);
  add_move_binding (widget_class, GDK_KEY_Right, 1, 0);
  add_move_binding (widget_class, GDK_KEY_Up, 0, -1);
  add_move_binding (widget_class, GDK_KEY_Down, 0, 1);

  signals[SIGNAL_EDITED] =
      g_signal_new ("edited", VANTAGE_TYPE_CELL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 3, G_TYPE_STRING, G_TYPE_STRING, G_TYPE_STRING);
  signals[SIGNAL_REFUSED] =
      g_signal_new ("refused", VANTAGE_TYPE_CELL, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                    NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SIGNAL_MOVE] =
      g_signal_new ("move", VANTAGE_TYPE_CELL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 2, G_TYPE_INT, G_TYPE_INT);
}

static void
vantage_cell_init (VantageCell *self)
{
  GtkGesture *click = gtk_gesture_click_new ();

  self->label = gtk_inscription_new (NULL);
  gtk_inscription_set_text_overflow (GTK_INSCRIPTION (self->label),
                                     GTK_INSCRIPTION_OVERFLOW_ELLIPSIZE_END);
  gtk_inscription_set_nat_lines (GTK_INSCRIPTION (self->label), 1);
  gtk_inscription_set_min_lines (GTK_INSCRIPTION (self->label), 1);
  /* An inscription fills the lines it is given room for: one, here. */
  gtk_widget_set_valign (self->label, GTK_ALIGN_CENTER);
  gtk_widget_set_hexpand (self->label, TRUE);
  gtk_widget_set_parent (self->label, GTK_WIDGET (self));
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  g_signal_connect_swapped (click, "pressed", G_CALLBACK (pressed_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
}

GtkWidget *
vantage_cell_new (VliveColumn *column)
{
  VantageCell *self = g_object_new (VANTAGE_TYPE_CELL, NULL);

  self->column = vlive_column_ref (column);
  if (is_number (self))
    {
      gtk_inscription_set_xalign (GTK_INSCRIPTION (self->label), 1);
      gtk_widget_add_css_class (self->label, "numeric");
    }

  return GTK_WIDGET (self);
}
