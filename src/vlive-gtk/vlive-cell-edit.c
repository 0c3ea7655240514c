/* vlive-cell-edit.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "vlive-cell-private.h"
#include "vlive-gtk-private.h"
#include "vlive-parse-private.h"

/* What the entry begins with: the value itself, "" for null. */
static char *
dup_value (VliveCell *self)
{
  return vlive_row_dup_field_text (self->row, vlive_column_get_name (self->column));
}

static gboolean
can_edit (VliveCell *self)
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
set_invalid (VliveCell *self, const char *reason)
{
  GtkAccessibleInvalidState state =
      reason != NULL ? GTK_ACCESSIBLE_INVALID_TRUE : GTK_ACCESSIBLE_INVALID_FALSE;

  _vlive_gtk_set_class (self->entry, "error", reason != NULL);
  gtk_widget_set_tooltip_text (self->entry, reason);
  gtk_accessible_update_state (GTK_ACCESSIBLE (self->entry),
                               GTK_ACCESSIBLE_STATE_INVALID, state, -1);
}

/* What cannot be the column's value stays in the entry, and it is said why. */
static gboolean
check (VliveCell *self, const char *text, GVariant **value)
{
  g_autoptr (GError) error = NULL;

  *value = _vlive_parse (self->column, text, &error);
  if (*value != NULL)
    return TRUE;

  if (!gtk_widget_has_css_class (self->entry, "error"))
    _vlive_cell_emit_refused (self, error->message);
  set_invalid (self, error->message);

  return FALSE;
}

static void
entry_changed_cb (VliveCell *self)
{
  set_invalid (self, NULL);
}

static void
end_and_move (VliveCell *self, int columns, int rows)
{
  if (_vlive_cell_end_edit (self, TRUE))
    _vlive_cell_emit_move (self, columns, rows);
}

static void
activate_cb (VliveCell *self)
{
  end_and_move (self, 0, 1);
}

static gboolean
left_cb (gpointer user_data)
{
  VliveCell *self = VLIVE_CELL (user_data);

  _vlive_gtk_end_timeout (&self->leaving);
  if (self->entry != NULL && !gtk_widget_is_focus (self->entry))
    _vlive_cell_end_edit (self, TRUE);

  return G_SOURCE_REMOVE;
}

/* Somebody who looks something up in another window comes back to what was being
 * typed. GTK must have done with the entry before it goes: it walks from there to
 * what gets the focus. */
static void
focus_leave_cb (VliveCell *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  if (GTK_IS_WINDOW (root) && !gtk_window_is_active (GTK_WINDOW (root)))
    return;

  if (self->leaving == NULL)
    self->leaving = _vlive_gtk_add_timeout (0, left_cb, self);
}

static gboolean
entry_key_cb (VliveCell *self, guint keyval, guint keycode, GdkModifierType state)
{
  if (keyval == GDK_KEY_Escape)
    _vlive_cell_end_edit (self, FALSE);
  else if (keyval == GDK_KEY_Tab && (state & GDK_CONTROL_MASK) == 0)
    end_and_move (self, 1, 0);
  else if (keyval == GDK_KEY_ISO_Left_Tab)
    end_and_move (self, -1, 0);
  else
    return GDK_EVENT_PROPAGATE;

  return GDK_EVENT_STOP;
}

static void
watch_entry (VliveCell *self)
{
  GtkEventController *focus = gtk_event_controller_focus_new ();
  GtkEventController *keys = gtk_event_controller_key_new ();

  g_signal_connect_swapped (self->entry, "activate", G_CALLBACK (activate_cb), self);
  g_signal_connect_swapped (self->entry, "changed", G_CALLBACK (entry_changed_cb),
                            self);
  g_signal_connect_swapped (focus, "leave", G_CALLBACK (focus_leave_cb), self);
  gtk_widget_add_controller (self->entry, focus);
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (entry_key_cb), self);
  gtk_widget_add_controller (self->entry, keys);
}

static void
make_entry (VliveCell *self)
{
  g_autofree char *text = dup_value (self);

  self->entry = gtk_text_new ();
  gtk_editable_set_text (GTK_EDITABLE (self->entry), text);
  gtk_editable_set_alignment (GTK_EDITABLE (self->entry),
                              _vlive_cell_is_number (self) ? 1 : 0);
  gtk_widget_add_css_class (self->entry, "editor");
  gtk_widget_set_hexpand (self->entry, TRUE);
  watch_entry (self);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->entry),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  vlive_column_get_name (self->column), -1);
  gtk_widget_insert_after (self->entry, GTK_WIDGET (self), self->label);
}

/* There is nothing to type: a check is changed at once. */
static void
toggle (VliveCell *self)
{
  g_autofree char *before = dup_value (self);
  g_autoptr (GVariant) value =
      g_variant_ref_sink (g_variant_new_boolean (strcmp (before, "true") != 0));

  _vlive_cell_emit_edited (self, value);
}

gboolean
_vlive_cell_start_edit (VliveCell *self)
{
  g_return_val_if_fail (VLIVE_IS_CELL (self), FALSE);

  if (self->entry != NULL)
    return TRUE;
  if (!can_edit (self))
    return FALSE;
  if (self->check != NULL)
    {
      toggle (self);
      return TRUE;
    }

  make_entry (self);
  gtk_widget_set_visible (self->label, FALSE);
  gtk_widget_grab_focus (self->entry);

  return TRUE;
}

gboolean
_vlive_cell_edit_text (VliveCell *self, const char *text)
{
  g_return_val_if_fail (VLIVE_IS_CELL (self), FALSE);

  if (self->check != NULL)
    {
      g_autoptr (GVariant) value =
          can_edit (self) ? _vlive_parse (self->column, text, NULL) : NULL;

      if (value != NULL)
        _vlive_cell_emit_edited (self, value);
      return value != NULL;
    }

  if (!_vlive_cell_start_edit (self))
    return FALSE;
  _vlive_cell_set_draft (self, text);

  return TRUE;
}

gboolean
_vlive_cell_is_editing (VliveCell *self)
{
  return self->entry != NULL;
}

void
_vlive_cell_set_draft (VliveCell *self, const char *text)
{
  g_return_if_fail (self->entry != NULL);

  gtk_editable_set_text (GTK_EDITABLE (self->entry), text);
}

/* Taking the entry away makes it lose the focus; the cell has it then. */
static void
take_entry (VliveCell *self)
{
  GtkWidget *entry = g_steal_pointer (&self->entry);
  gboolean had_focus = gtk_widget_is_focus (entry);

  gtk_widget_unparent (entry);
  _vlive_gtk_end_timeout (&self->leaving);
  gtk_widget_set_visible (self->label, TRUE);
  if (had_focus)
    gtk_widget_grab_focus (GTK_WIDGET (self));
}

gboolean
_vlive_cell_end_edit (VliveCell *self, gboolean save)
{
  g_autoptr (GVariant) value = NULL;
  g_autofree char *before = NULL;
  const char *text;

  g_return_val_if_fail (VLIVE_IS_CELL (self), FALSE);

  if (self->entry == NULL)
    return TRUE;

  before = dup_value (self);
  text = gtk_editable_get_text (GTK_EDITABLE (self->entry));
  if (save && strcmp (before, text) != 0 && !check (self, text, &value))
    return FALSE;

  take_entry (self);
  if (value != NULL)
    _vlive_cell_emit_edited (self, value);

  return TRUE;
}
