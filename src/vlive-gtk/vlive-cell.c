/* vlive-cell.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "vlive-cell-private.h"

#include "vlive-cell-text-private.h"
#include "vlive-gtk-private.h"

/* How long a field that others changed stands out. */
#define FLASH_MS 700

enum
{
  SIGNAL_EDITED,
  SIGNAL_REFUSED,
  SIGNAL_MOVE,
  SIGNAL_JUMP,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (VliveCell, _vlive_cell, GTK_TYPE_WIDGET)

gboolean
_vlive_cell_is_number (VliveCell *self)
{
  VliveValueType type = vlive_column_get_value_type (self->column);

  return type == VLIVE_VALUE_INTEGER || type == VLIVE_VALUE_DOUBLE;
}

static gboolean
is_id (VliveCell *self)
{
  return (vlive_column_get_flags (self->column) & VLIVE_COLUMN_ID) != 0;
}

/* What the master has not answered to, what it did not take, and what others have
 * changed. */

typedef enum
{
  MARK_NONE,
  MARK_PENDING,
  MARK_FAILED,
  MARK_CHANGED,
} Mark;

static gboolean
has_name (const char *const *names, const char *name)
{
  return names != NULL && g_strv_contains (names, name);
}

static GQuark
get_seen_quark (void)
{
  return g_quark_from_static_string ("vlive-gtk-seen-at");
}

/* By others, since somebody looked. */
static gboolean
is_changed (VliveRow *row)
{
  gint64 *seen_at = g_object_get_qdata (G_OBJECT (row), get_seen_quark ());

  return vlive_row_get_changed_at (row) > (seen_at != NULL ? *seen_at : 0);
}

/* Of its own field; what is about the whole row is marked beside the id. */
static Mark
get_mark (VliveCell *self)
{
  const char *name = vlive_column_get_name (self->column);
  const char *const *pending = vlive_row_get_pending_fields (self->row);
  const char *const *failed = vlive_row_get_failed_fields (self->row);
  VliveRowState state = vlive_row_get_state (self->row);
  gboolean whole = is_id (self);

  if (has_name (pending, name)
      || (whole && pending == NULL && state == VLIVE_ROW_PENDING))
    return MARK_PENDING;
  if (has_name (failed, name) || (whole && failed == NULL && state == VLIVE_ROW_FAILED))
    return MARK_FAILED;
  if (whole && is_changed (self->row))
    return MARK_CHANGED;

  return MARK_NONE;
}

static void
show_mark (VliveCell *self, const char *icon, const char *text)
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
hide_mark (VliveCell *self)
{
  if (self->mark == NULL)
    return;

  g_clear_pointer (&self->mark, gtk_widget_unparent);
  gtk_accessible_reset_property (GTK_ACCESSIBLE (self),
                                 GTK_ACCESSIBLE_PROPERTY_DESCRIPTION);
}

/* By a shape, a script and words; never by a colour alone. */
static void
update_mark (VliveCell *self)
{
  Mark mark = get_mark (self);

  _vlive_gtk_set_class (GTK_WIDGET (self), "pending", mark == MARK_PENDING);
  _vlive_gtk_set_class (GTK_WIDGET (self), "failed", mark == MARK_FAILED);
  _vlive_gtk_set_class (GTK_WIDGET (self), "changed", mark == MARK_CHANGED);
  if (mark == MARK_PENDING)
    show_mark (self, "media-record-symbolic", _ ("Being saved"));
  else if (mark == MARK_FAILED)
    show_mark (self, "dialog-warning-symbolic", _ ("A change was not saved"));
  else if (mark == MARK_CHANGED)
    show_mark (self, "media-record-symbolic", _ ("Changed elsewhere"));
  else
    hide_mark (self);
}

void
_vlive_cell_visit (VliveCell *self)
{
  if (self->row == NULL)
    return;

  if (is_changed (self->row))
    {
      gint64 *seen_at = g_new (gint64, 1);

      *seen_at = vlive_row_get_changed_at (self->row);
      g_object_set_qdata_full (G_OBJECT (self->row), get_seen_quark (), seen_at,
                               g_free);
    }
  update_mark (self);
}

/* A short tint. */

static void
end_flash (VliveCell *self)
{
  _vlive_gtk_end_timeout (&self->flash);
  gtk_widget_remove_css_class (GTK_WIDGET (self), "flash");
}

static gboolean
flash_cb (gpointer user_data)
{
  end_flash (VLIVE_CELL (user_data));

  return G_SOURCE_REMOVE;
}

static void
flash (VliveCell *self)
{
  if (self->flash != NULL)
    return;

  gtk_widget_add_css_class (GTK_WIDGET (self), "flash");
  self->flash = _vlive_gtk_add_timeout (FLASH_MS, flash_cb, self);
}

/* What is shown. */

static void
show_check (VliveCell *self, gboolean visible, gboolean on)
{
  if (self->check == NULL)
    return;

  gtk_widget_set_visible (self->check, visible);
  gtk_image_set_from_icon_name (GTK_IMAGE (self->check),
                                on ? "object-select-symbolic" : NULL);
  if (on)
    gtk_widget_set_state_flags (self->check, GTK_STATE_FLAG_CHECKED, FALSE);
  else
    gtk_widget_unset_state_flags (self->check, GTK_STATE_FLAG_CHECKED);
}

static void
end_waiting (VliveCell *self)
{
  if (self->loading_at == 0)
    return;

  self->loading_at = 0;
  gtk_widget_remove_css_class (GTK_WIDGET (self), "placeholder");
}

gboolean
_vlive_cell_show_placeholder (VliveCell *self, gint64 since)
{
  if (self->loading_at == 0)
    return TRUE;
  if (self->loading_at > since)
    return FALSE;

  gtk_widget_add_css_class (GTK_WIDGET (self), "placeholder");

  return TRUE;
}

/* Null is told from empty, and both from a text that says so, by their looks. */
static void
update (VliveCell *self)
{
  VliveCellTextKind kind;
  g_autofree char *text = _vlive_cell_text_dup (self->row, self->column, &kind);
  gboolean is_check = kind == VLIVE_CELL_TEXT_YES || kind == VLIVE_CELL_TEXT_NO;

  gtk_inscription_set_text (GTK_INSCRIPTION (self->label), text);
  gtk_widget_set_opacity (self->label, is_check ? 0 : 1);
  _vlive_gtk_set_class (self->label, "dim", kind == VLIVE_CELL_TEXT_DIM);
  show_check (self, is_check, kind == VLIVE_CELL_TEXT_YES);
  if (vlive_row_get_state (self->row) != VLIVE_ROW_LOADING)
    end_waiting (self);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  text, -1);
}

/* The row tells that others changed it before it tells the record. */
static void
record_changed_cb (VliveCell *self)
{
  gint64 changed_at = vlive_row_get_changed_at (self->row);
  g_autofree char *before =
      g_strdup (gtk_inscription_get_text (GTK_INSCRIPTION (self->label)));

  update (self);
  if (changed_at != self->changed_at
      && g_strcmp0 (before, gtk_inscription_get_text (GTK_INSCRIPTION (self->label)))
             != 0)
    flash (self);
  self->changed_at = changed_at;
}

static void
row_changed_cb (VliveCell *self)
{
  update (self);
}

static void
mark_changed_cb (VliveCell *self)
{
  update_mark (self);
}

static void
follow (VliveCell *self, VliveRow *row)
{
  g_signal_connect_swapped (row, "notify::record", G_CALLBACK (record_changed_cb),
                            self);
  g_signal_connect_swapped (row, "notify::state", G_CALLBACK (row_changed_cb), self);
  g_signal_connect_swapped (row, "notify::state", G_CALLBACK (mark_changed_cb), self);
  g_signal_connect_swapped (row, "notify::pending-fields", G_CALLBACK (mark_changed_cb),
                            self);
  g_signal_connect_swapped (row, "notify::failed-fields", G_CALLBACK (mark_changed_cb),
                            self);
  if (is_id (self))
    g_signal_connect_swapped (row, "notify::changed-at", G_CALLBACK (mark_changed_cb),
                              self);
}

void
_vlive_cell_set_row (VliveCell *self, VliveRow *row)
{
  if (self->row == row)
    return;

  if (self->row != NULL)
    g_signal_handlers_disconnect_by_data (self->row, self);
  _vlive_cell_end_edit (self, FALSE);
  end_flash (self);
  end_waiting (self);
  g_set_object (&self->row, row);
  if (row == NULL)
    return;

  if (vlive_row_get_state (row) == VLIVE_ROW_LOADING)
    self->loading_at = g_get_monotonic_time ();

  self->changed_at = vlive_row_get_changed_at (row);
  follow (self, row);
  update (self);
  update_mark (self);
}

const char *
_vlive_cell_get_text (VliveCell *self)
{
  if (self->entry != NULL)
    return gtk_editable_get_text (GTK_EDITABLE (self->entry));

  return gtk_inscription_get_text (GTK_INSCRIPTION (self->label));
}

gboolean
_vlive_cell_has_check (VliveCell *self)
{
  return self->check != NULL;
}

GtkWidget *
_vlive_cell_get_entry (VliveCell *self)
{
  return self->entry;
}

VliveRow *
_vlive_cell_get_row (VliveCell *self)
{
  return self->row;
}

VliveColumn *
_vlive_cell_get_column (VliveCell *self)
{
  return self->column;
}

void
_vlive_cell_emit_edited (VliveCell *self, GVariant *value)
{
  g_signal_emit (self, signals[SIGNAL_EDITED], 0, vlive_row_get_id (self->row),
                 vlive_column_get_name (self->column), value);
}

void
_vlive_cell_emit_refused (VliveCell *self, const char *reason)
{
  g_signal_emit (self, signals[SIGNAL_REFUSED], 0, reason);
}

void
_vlive_cell_emit_move (VliveCell *self, int columns, int rows)
{
  g_signal_emit (self, signals[SIGNAL_MOVE], 0, columns, rows, FALSE);
}

/* Keys. */

static gboolean
edit_shortcut_cb (GtkWidget *widget, GVariant *args, gpointer user_data)
{
  VliveCell *self = VLIVE_CELL (widget);

  return self->entry == NULL && _vlive_cell_start_edit (self);
}

static gboolean
toggle_shortcut_cb (GtkWidget *widget, GVariant *args, gpointer user_data)
{
  VliveCell *self = VLIVE_CELL (widget);

  return self->check != NULL && _vlive_cell_start_edit (self);
}

static gboolean
move_shortcut_cb (GtkWidget *widget, GVariant *args, gpointer user_data)
{
  VliveCell *self = VLIVE_CELL (widget);
  gboolean extend;
  int columns;
  int rows;

  if (self->entry != NULL)
    return FALSE;

  g_variant_get (args, "(iib)", &columns, &rows, &extend);
  if (gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL)
    columns = -columns;
  g_signal_emit (self, signals[SIGNAL_MOVE], 0, columns, rows, extend);

  return TRUE;
}

static gboolean
jump_shortcut_cb (GtkWidget *widget, GVariant *args, gpointer user_data)
{
  VliveCell *self = VLIVE_CELL (widget);
  gboolean extend;
  guint jump;

  if (self->entry != NULL)
    return FALSE;

  g_variant_get (args, "(ub)", &jump, &extend);
  g_signal_emit (self, signals[SIGNAL_JUMP], 0, jump, extend);

  return TRUE;
}

static void
_vlive_cell_dispose (GObject *object)
{
  VliveCell *self = VLIVE_CELL (object);

  _vlive_cell_set_row (self, NULL);
  _vlive_gtk_end_timeout (&self->flash);
  _vlive_gtk_end_timeout (&self->leaving);
  g_clear_pointer (&self->check, gtk_widget_unparent);
  g_clear_pointer (&self->label, gtk_widget_unparent);
  g_clear_pointer (&self->mark, gtk_widget_unparent);
  g_clear_pointer (&self->column, vlive_column_unref);

  G_OBJECT_CLASS (_vlive_cell_parent_class)->dispose (object);
}

static void
add_move_binding (GtkWidgetClass *widget_class, guint keyval, int columns, int rows)
{
  gtk_widget_class_add_binding (widget_class, keyval, 0, move_shortcut_cb, "(iib)",
                                columns, rows, FALSE);
  if (rows != 0)
    gtk_widget_class_add_binding (widget_class, keyval, GDK_SHIFT_MASK,
                                  move_shortcut_cb, "(iib)", columns, rows, TRUE);
}

/* With Shift the selection goes along. */
static void
add_jump_binding (GtkWidgetClass *widget_class,
                  guint keyval,
                  GdkModifierType state,
                  VliveCellJump jump)
{
  gtk_widget_class_add_binding (widget_class, keyval, state, jump_shortcut_cb, "(ub)",
                                jump, FALSE);
  gtk_widget_class_add_binding (widget_class, keyval, state | GDK_SHIFT_MASK,
                                jump_shortcut_cb, "(ub)", jump, TRUE);
}

static void
add_bindings (GtkWidgetClass *widget_class)
{
  static const guint edit_keys[] = { GDK_KEY_F2, GDK_KEY_Return, GDK_KEY_KP_Enter };
  static const struct
  {
    guint keyval;
    guint keypad;
    GdkModifierType state;
    VliveCellJump jump;
  } jumps[] = {
    { GDK_KEY_Page_Up, GDK_KEY_KP_Page_Up, 0, VLIVE_CELL_JUMP_PAGE_UP },
    { GDK_KEY_Page_Down, GDK_KEY_KP_Page_Down, 0, VLIVE_CELL_JUMP_PAGE_DOWN },
    { GDK_KEY_Home, GDK_KEY_KP_Home, 0, VLIVE_CELL_JUMP_ROW_START },
    { GDK_KEY_End, GDK_KEY_KP_End, 0, VLIVE_CELL_JUMP_ROW_END },
    { GDK_KEY_Home, GDK_KEY_KP_Home, GDK_CONTROL_MASK, VLIVE_CELL_JUMP_START },
    { GDK_KEY_End, GDK_KEY_KP_End, GDK_CONTROL_MASK, VLIVE_CELL_JUMP_END },
  };

  for (guint i = 0; i < G_N_ELEMENTS (edit_keys); i++)
    gtk_widget_class_add_binding (widget_class, edit_keys[i], 0, edit_shortcut_cb,
                                  NULL);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_space, 0, toggle_shortcut_cb,
                                NULL);
  add_move_binding (widget_class, GDK_KEY_Left, -1, 0);
  add_move_binding (widget_class, GDK_KEY_Right, 1, 0);
  add_move_binding (widget_class, GDK_KEY_Up, 0, -1);
  add_move_binding (widget_class, GDK_KEY_Down, 0, 1);
  add_move_binding (widget_class, GDK_KEY_KP_Left, -1, 0);
  add_move_binding (widget_class, GDK_KEY_KP_Right, 1, 0);
  add_move_binding (widget_class, GDK_KEY_KP_Up, 0, -1);
  add_move_binding (widget_class, GDK_KEY_KP_Down, 0, 1);
  for (guint i = 0; i < G_N_ELEMENTS (jumps); i++)
    {
      add_jump_binding (widget_class, jumps[i].keyval, jumps[i].state, jumps[i].jump);
      add_jump_binding (widget_class, jumps[i].keypad, jumps[i].state, jumps[i].jump);
    }
}

static void
_vlive_cell_class_init (VliveCellClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = _vlive_cell_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "vlivecell");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GRID_CELL);
  add_bindings (widget_class);

  signals[SIGNAL_EDITED] =
      g_signal_new ("edited", VLIVE_TYPE_CELL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 3, G_TYPE_STRING, G_TYPE_STRING, G_TYPE_VARIANT);
  signals[SIGNAL_REFUSED] =
      g_signal_new ("refused", VLIVE_TYPE_CELL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SIGNAL_MOVE] =
      g_signal_new ("move", VLIVE_TYPE_CELL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 3, G_TYPE_INT, G_TYPE_INT, G_TYPE_BOOLEAN);
  signals[SIGNAL_JUMP] =
      g_signal_new ("jump", VLIVE_TYPE_CELL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 2, G_TYPE_UINT, G_TYPE_BOOLEAN);
}

static void
_vlive_cell_init (VliveCell *self)
{
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
}

/* It looks as a check of GTK's does, and is a picture: what it says is said by the
 * cell. */
static void
make_check (VliveCell *self)
{
  self->check =
      g_object_new (GTK_TYPE_IMAGE, "css-name", "check", "accessible-role",
                    GTK_ACCESSIBLE_ROLE_PRESENTATION, "valign", GTK_ALIGN_CENTER, NULL);
  gtk_widget_insert_before (self->check, GTK_WIDGET (self), self->label);
}

GtkWidget *
_vlive_cell_new (VliveColumn *column)
{
  VliveCell *self = g_object_new (VLIVE_TYPE_CELL, NULL);

  self->column = vlive_column_ref (column);
  if (_vlive_cell_is_number (self))
    {
      gtk_inscription_set_xalign (GTK_INSCRIPTION (self->label), 1);
      gtk_widget_add_css_class (self->label, "numeric");
    }
  else if (vlive_column_get_value_type (column) == VLIVE_VALUE_BOOLEAN)
    make_check (self);

  return GTK_WIDGET (self);
}
