/* vlive-field-editor.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "vlive-field-editor-private.h"

#include "vlive-gtk-private.h"
#include "vlive-parse-private.h"

struct _VliveFieldEditor
{
  GtkWidget parent_instance;

  VliveDraft *draft;   /* owned */
  VliveColumn *column; /* owned */
  gboolean updating;   /* what changes is not the user's */

  /* Owned by the widget tree. */
  GtkWidget *title;
  GtkWidget *spinner;  /* it is on its way */
  GtkWidget *input;    /* what takes the keyboard */
  GtkWidget *null;     /* nullable: a toggle */
  GtkWidget *message;  /* what is wrong */
  GtkWidget *conflict; /* the choice … */
  GtkWidget *theirs;   /* … and what it is elsewhere */
};

G_DEFINE_FINAL_TYPE (VliveFieldEditor, _vlive_field_editor, GTK_TYPE_WIDGET)

static const char *
get_name (VliveFieldEditor *self)
{
  return vlive_column_get_name (self->column);
}

static gboolean
is_null (GVariant *value)
{
  return value != NULL && g_variant_is_of_type (value, G_VARIANT_TYPE_MAYBE);
}

/* As a person would type it. Owned. */
static char *
dup_text (GVariant *value)
{
  if (value == NULL || is_null (value))
    return g_strdup ("");
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
    return g_variant_dup_string (value, NULL);
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_BOOLEAN))
    return g_strdup (g_variant_get_boolean (value) ? "true" : "false");
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_DOUBLE))
    {
      char buffer[G_ASCII_DTOSTR_BUF_SIZE];

      return g_strdup (
          g_ascii_dtostr (buffer, sizeof buffer, g_variant_get_double (value)));
    }

  return g_variant_print (value, FALSE);
}

/* What the user does. */

static GVariant *
parse (VliveFieldEditor *self, const char *text, GError **error)
{
  if (vlive_column_get_value_type (self->column) == VLIVE_VALUE_JSON)
    return g_variant_ref_sink (g_variant_new_string (text));

  return _vlive_parse (self->column, text, error);
}

static void
take_value (VliveFieldEditor *self, GVariant *value, const char *text)
{
  g_autoptr (GError) error = NULL;

  if (!vlive_draft_set_field (self->draft, get_name (self), value, &error))
    vlive_draft_set_invalid (self->draft, get_name (self), text, error->message);
}

static void
take_text (VliveFieldEditor *self, const char *text)
{
  g_autoptr (GVariant) value = NULL;
  g_autoptr (GError) error = NULL;

  if (self->updating)
    return;

  value = parse (self, text, &error);
  if (value != NULL)
    take_value (self, value, text);
  else
    vlive_draft_set_invalid (self->draft, get_name (self), text, error->message);
}

static void
entry_cb (GtkEditable *entry, VliveFieldEditor *self)
{
  take_text (self, gtk_editable_get_text (entry));
}

static void
activate_cb (GtkEntry *entry, VliveFieldEditor *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "form.save", NULL);
}

static void
buffer_cb (GtkTextBuffer *buffer, VliveFieldEditor *self)
{
  g_autofree char *text = NULL;
  GtkTextIter start;
  GtkTextIter end;

  gtk_text_buffer_get_bounds (buffer, &start, &end);
  text = gtk_text_buffer_get_text (buffer, &start, &end, FALSE);
  take_text (self, text);
}

static void
switch_cb (GtkSwitch *input, GParamSpec *pspec, VliveFieldEditor *self)
{
  if (!self->updating)
    take_value (self, g_variant_new_boolean (gtk_switch_get_active (input)), "");
}

static void
choice_cb (GtkDropDown *input, GParamSpec *pspec, VliveFieldEditor *self)
{
  GtkStringObject *choice = gtk_drop_down_get_selected_item (input);

  if (!self->updating && choice != NULL)
    take_value (self, g_variant_new_string (gtk_string_object_get_string (choice)), "");
}

static void
calendar_cb (GtkCalendar *calendar, VliveFieldEditor *self)
{
  g_autoptr (GDateTime) day = gtk_calendar_get_date (calendar);
  g_autofree char *text = g_date_time_format (day, "%Y-%m-%d");

  gtk_editable_set_text (GTK_EDITABLE (self->input), text);
}

/* Set back, it is what it was; and if that was null, empty. */
static void
null_cb (GtkToggleButton *button, VliveFieldEditor *self)
{
  g_autoptr (GVariant) base = NULL;

  if (self->updating)
    return;

  if (gtk_toggle_button_get_active (button))
    {
      take_value (self, g_variant_new_maybe (G_VARIANT_TYPE_VARIANT, NULL), "");
      return;
    }

  base = vlive_draft_dup_base (self->draft, get_name (self));
  if (base != NULL && !is_null (base))
    vlive_draft_revert (self->draft, get_name (self));
  else if (GTK_IS_SWITCH (self->input))
    take_value (self, g_variant_new_boolean (FALSE), "");
  else
    take_text (self, "");
  _vlive_field_editor_update (self);
  gtk_widget_grab_focus (self->input);
}

static void
mine_cb (VliveFieldEditor *self)
{
  vlive_draft_keep_mine (self->draft, get_name (self));
}

static void
theirs_cb (VliveFieldEditor *self)
{
  vlive_draft_revert (self->draft, get_name (self));
}

/* What it shows. */

static void
show_choice (VliveFieldEditor *self, const char *text)
{
  GListModel *choices = gtk_drop_down_get_model (GTK_DROP_DOWN (self->input));
  guint position = GTK_INVALID_LIST_POSITION;

  for (guint i = 0; i < g_list_model_get_n_items (choices); i++)
    if (strcmp (gtk_string_list_get_string (GTK_STRING_LIST (choices), i), text) == 0)
      position = i;
  gtk_drop_down_set_selected (GTK_DROP_DOWN (self->input), position);
}

static void
show_buffer (VliveFieldEditor *self, const char *text)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (self->input));
  g_autofree char *before = NULL;
  GtkTextIter start;
  GtkTextIter end;

  gtk_text_buffer_get_bounds (buffer, &start, &end);
  before = gtk_text_buffer_get_text (buffer, &start, &end, FALSE);
  if (strcmp (before, text) != 0)
    gtk_text_buffer_set_text (buffer, text, -1);
}

/* "3." is 3, and is left as it was typed. */
static gboolean
shows_already (VliveFieldEditor *self, const char *shown, GVariant *value)
{
  g_autoptr (GVariant) parsed = parse (self, shown, NULL);

  return parsed != NULL && value != NULL && g_variant_equal (parsed, value);
}

static void
show_value (VliveFieldEditor *self, GVariant *value, const char *text)
{
  if (GTK_IS_SWITCH (self->input))
    gtk_switch_set_active (GTK_SWITCH (self->input),
                           value != NULL
                               && g_variant_is_of_type (value, G_VARIANT_TYPE_BOOLEAN)
                               && g_variant_get_boolean (value));
  else if (GTK_IS_DROP_DOWN (self->input))
    show_choice (self, text);
  else if (GTK_IS_TEXT_VIEW (self->input))
    show_buffer (self, text);
  else if (GTK_IS_LABEL (self->input))
    gtk_label_set_text (GTK_LABEL (self->input), text);
  else if (strcmp (gtk_editable_get_text (GTK_EDITABLE (self->input)), text) != 0
           && !shows_already (self, gtk_editable_get_text (GTK_EDITABLE (self->input)),
                              value))
    gtk_editable_set_text (GTK_EDITABLE (self->input), text);
}

static void
show_null (VliveFieldEditor *self, gboolean null)
{
  if (self->null != NULL)
    gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->null), null);
  if (GTK_IS_ENTRY (self->input))
    gtk_entry_set_placeholder_text (GTK_ENTRY (self->input), null ? _ ("null") : NULL);
  _vlive_gtk_set_class (GTK_WIDGET (self), "null", null);
}

static void
show_message (VliveFieldEditor *self)
{
  const char *message = vlive_draft_get_message (self->draft, get_name (self));
  GtkAccessibleInvalidState invalid =
      message != NULL ? GTK_ACCESSIBLE_INVALID_TRUE : GTK_ACCESSIBLE_INVALID_FALSE;

  gtk_label_set_text (GTK_LABEL (self->message), message != NULL ? message : "");
  gtk_widget_set_visible (self->message, message != NULL);
  _vlive_gtk_set_class (GTK_WIDGET (self), "error", message != NULL);
  _vlive_gtk_set_class (self->input, "error", message != NULL);
  gtk_accessible_update_state (GTK_ACCESSIBLE (self->input),
                               GTK_ACCESSIBLE_STATE_INVALID, invalid, -1);
}

static void
show_conflict (VliveFieldEditor *self)
{
  gboolean conflict = vlive_draft_is_in_conflict (self->draft, get_name (self));

  if (conflict)
    {
      g_autoptr (GVariant) theirs =
          vlive_draft_dup_theirs (self->draft, get_name (self));
      g_autofree char *value =
          is_null (theirs) ? g_strdup (_ ("null")) : dup_text (theirs);
      g_autofree char *text = g_strdup_printf (_ ("Changed elsewhere to “%s”"), value);

      gtk_label_set_text (GTK_LABEL (self->theirs), text);
    }
  gtk_widget_set_visible (self->conflict, conflict);
  _vlive_gtk_set_class (GTK_WIDGET (self), "conflict", conflict);
}

void
_vlive_field_editor_update (VliveFieldEditor *self)
{
  const char *name = get_name (self);
  const char *typed = vlive_draft_get_text (self->draft, name);
  g_autoptr (GVariant) value = vlive_draft_dup_mine (self->draft, name);
  g_autofree char *text = typed != NULL ? g_strdup (typed) : dup_text (value);
  gboolean saving = vlive_draft_is_saving (self->draft, name);

  self->updating = TRUE;
  show_value (self, value, text);
  show_null (self, typed == NULL && is_null (value));
  self->updating = FALSE;
  show_message (self);
  show_conflict (self);
  gtk_widget_set_visible (self->spinner, saving);
  gtk_spinner_set_spinning (GTK_SPINNER (self->spinner), saving);
  _vlive_gtk_set_class (GTK_WIDGET (self), "dirty",
                        vlive_draft_is_dirty (self->draft, name));
}

/* Making it. */

static gboolean
is_fixed (VliveFieldEditor *self)
{
  return vlive_column_get_value_type (self->column) == VLIVE_VALUE_BYTES
         || !vlive_draft_may_change (self->draft, get_name (self));
}

static GtkWidget *
make_label (VliveFieldEditor *self)
{
  self->input = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (self->input), 0);
  gtk_label_set_wrap (GTK_LABEL (self->input), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (self->input), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_selectable (GTK_LABEL (self->input), TRUE);
  gtk_widget_set_focusable (self->input, FALSE);

  return self->input;
}

static GtkWidget *
make_switch (VliveFieldEditor *self)
{
  self->input = gtk_switch_new ();
  gtk_widget_set_halign (self->input, GTK_ALIGN_START);
  g_signal_connect (self->input, "notify::active", G_CALLBACK (switch_cb), self);

  return self->input;
}

static GtkWidget *
make_drop_down (VliveFieldEditor *self)
{
  self->input =
      gtk_drop_down_new_from_strings (vlive_column_get_choices (self->column));
  g_signal_connect (self->input, "notify::selected", G_CALLBACK (choice_cb), self);

  return self->input;
}

static GtkWidget *
make_text_view (VliveFieldEditor *self)
{
  GtkWidget *window = gtk_scrolled_window_new ();

  self->input = gtk_text_view_new ();
  gtk_text_view_set_wrap_mode (GTK_TEXT_VIEW (self->input), GTK_WRAP_WORD_CHAR);
  gtk_text_view_set_top_margin (GTK_TEXT_VIEW (self->input), 6);
  gtk_text_view_set_bottom_margin (GTK_TEXT_VIEW (self->input), 6);
  gtk_text_view_set_left_margin (GTK_TEXT_VIEW (self->input), 8);
  gtk_text_view_set_right_margin (GTK_TEXT_VIEW (self->input), 8);
  gtk_text_view_set_accepts_tab (GTK_TEXT_VIEW (self->input), FALSE);
  gtk_text_view_set_monospace (GTK_TEXT_VIEW (self->input),
                               vlive_column_get_value_type (self->column)
                                   == VLIVE_VALUE_JSON);
  g_signal_connect (gtk_text_view_get_buffer (GTK_TEXT_VIEW (self->input)), "changed",
                    G_CALLBACK (buffer_cb), self);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (window), self->input);
  gtk_scrolled_window_set_has_frame (GTK_SCROLLED_WINDOW (window), TRUE);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (window), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_min_content_height (GTK_SCROLLED_WINDOW (window), 72);
  gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (window), 200);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (window), TRUE);

  return window;
}

static GtkWidget *
make_calendar_button (VliveFieldEditor *self)
{
  GtkWidget *button = gtk_menu_button_new ();
  GtkWidget *popover = gtk_popover_new ();
  GtkWidget *calendar = gtk_calendar_new ();

  gtk_popover_set_child (GTK_POPOVER (popover), calendar);
  gtk_menu_button_set_popover (GTK_MENU_BUTTON (button), popover);
  gtk_menu_button_set_icon_name (GTK_MENU_BUTTON (button),
                                 "x-office-calendar-symbolic");
  gtk_widget_set_tooltip_text (button, _ ("Choose a day"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (button),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Choose a day"),
                                  -1);
  g_signal_connect (calendar, "day-selected", G_CALLBACK (calendar_cb), self);

  return button;
}

static GtkWidget *
make_entry (VliveFieldEditor *self)
{
  VliveValueType type = vlive_column_get_value_type (self->column);
  GtkWidget *box;

  self->input = gtk_entry_new ();
  if (type == VLIVE_VALUE_INTEGER || type == VLIVE_VALUE_DOUBLE)
    gtk_entry_set_input_purpose (GTK_ENTRY (self->input), GTK_INPUT_PURPOSE_NUMBER);
  g_signal_connect (self->input, "activate", G_CALLBACK (activate_cb), self);
  g_signal_connect (self->input, "changed", G_CALLBACK (entry_cb), self);
  if (vlive_column_get_format (self->column) != VLIVE_FORMAT_DATE)
    return self->input;

  box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  gtk_widget_set_hexpand (self->input, TRUE);
  gtk_box_append (GTK_BOX (box), self->input);
  gtk_box_append (GTK_BOX (box), make_calendar_button (self));

  return box;
}

static GtkWidget *
make_input (VliveFieldEditor *self)
{
  VliveFormat format = vlive_column_get_format (self->column);
  VliveValueType type = vlive_column_get_value_type (self->column);

  if (is_fixed (self))
    return make_label (self);
  if (type == VLIVE_VALUE_BOOLEAN)
    return make_switch (self);
  if (format == VLIVE_FORMAT_CHOICE && vlive_column_get_choices (self->column) != NULL)
    return make_drop_down (self);
  if (format == VLIVE_FORMAT_LONG_TEXT || type == VLIVE_VALUE_JSON)
    return make_text_view (self);

  return make_entry (self);
}

static GtkWidget *
make_title (VliveFieldEditor *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  self->title = gtk_label_new (get_name (self));
  gtk_label_set_xalign (GTK_LABEL (self->title), 0);
  gtk_label_set_ellipsize (GTK_LABEL (self->title), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (self->title, "title");
  gtk_box_append (GTK_BOX (box), self->title);
  if (is_fixed (self))
    {
      GtkWidget *lock = gtk_image_new_from_icon_name ("changes-prevent-symbolic");

      gtk_widget_set_tooltip_text (lock, _ ("Cannot be changed"));
      gtk_box_append (GTK_BOX (box), lock);
    }
  self->spinner = gtk_spinner_new ();
  gtk_widget_set_tooltip_text (self->spinner, _ ("Being saved"));
  gtk_box_append (GTK_BOX (box), self->spinner);

  return box;
}

static GtkWidget *
make_line (VliveFieldEditor *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *input = make_input (self);

  gtk_widget_set_hexpand (input, TRUE);
  gtk_box_append (GTK_BOX (box), input);
  if (is_fixed (self)
      || (vlive_column_get_flags (self->column) & VLIVE_COLUMN_NULLABLE) == 0)
    return box;

  self->null = gtk_toggle_button_new_with_label (_ ("null"));
  gtk_widget_set_valign (self->null, GTK_ALIGN_START);
  gtk_widget_add_css_class (self->null, "flat");
  gtk_widget_set_tooltip_text (self->null, _ ("No value at all"));
  g_signal_connect (self->null, "toggled", G_CALLBACK (null_cb), self);
  gtk_box_append (GTK_BOX (box), self->null);

  return box;
}

static GtkWidget *
make_message (VliveFieldEditor *self)
{
  self->message = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (self->message), 0);
  gtk_label_set_wrap (GTK_LABEL (self->message), TRUE);
  gtk_widget_add_css_class (self->message, "message");

  return self->message;
}

static GtkWidget *
make_choice_button (VliveFieldEditor *self, const char *label, GCallback callback)
{
  GtkWidget *button = gtk_button_new_with_label (label);

  g_signal_connect_swapped (button, "clicked", callback, self);

  return button;
}

static GtkWidget *
make_conflict (VliveFieldEditor *self)
{
  GtkWidget *buttons = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  self->conflict = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  self->theirs = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (self->theirs), 0);
  gtk_label_set_wrap (GTK_LABEL (self->theirs), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (self->theirs), PANGO_WRAP_WORD_CHAR);
  gtk_widget_add_css_class (self->conflict, "conflict");
  gtk_box_append (GTK_BOX (self->conflict), self->theirs);
  gtk_box_append (GTK_BOX (buttons),
                  make_choice_button (self, _ ("Keep mine"), G_CALLBACK (mine_cb)));
  gtk_box_append (GTK_BOX (buttons),
                  make_choice_button (self, _ ("Take theirs"), G_CALLBACK (theirs_cb)));
  gtk_box_append (GTK_BOX (self->conflict), buttons);

  return self->conflict;
}

static void
make_children (VliveFieldEditor *self)
{
  gtk_widget_set_parent (make_title (self), GTK_WIDGET (self));
  gtk_widget_set_parent (make_line (self), GTK_WIDGET (self));
  gtk_widget_set_parent (make_message (self), GTK_WIDGET (self));
  gtk_widget_set_parent (make_conflict (self), GTK_WIDGET (self));
  gtk_accessible_update_relation (GTK_ACCESSIBLE (self->input),
                                  GTK_ACCESSIBLE_RELATION_LABELLED_BY, self->title,
                                  NULL, GTK_ACCESSIBLE_RELATION_DESCRIBED_BY,
                                  self->message, NULL, -1);
}

static gboolean
grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (VLIVE_FIELD_EDITOR (widget)->input);
}

static void
_vlive_field_editor_dispose (GObject *object)
{
  VliveFieldEditor *self = VLIVE_FIELD_EDITOR (object);
  GtkWidget *child;

  /* Widgets that go say that they change. */
  self->updating = TRUE;
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->draft);
  g_clear_pointer (&self->column, vlive_column_unref);

  G_OBJECT_CLASS (_vlive_field_editor_parent_class)->dispose (object);
}

static void
_vlive_field_editor_class_init (VliveFieldEditorClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = _vlive_field_editor_dispose;
  widget_class->grab_focus = grab_focus;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "vlivefieldeditor");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
_vlive_field_editor_init (VliveFieldEditor *self)
{
  GtkLayoutManager *layout = gtk_widget_get_layout_manager (GTK_WIDGET (self));

  gtk_orientable_set_orientation (GTK_ORIENTABLE (layout), GTK_ORIENTATION_VERTICAL);
  gtk_box_layout_set_spacing (GTK_BOX_LAYOUT (layout), 6);
}

GtkWidget *
_vlive_field_editor_new (VliveDraft *draft, VliveColumn *column)
{
  VliveFieldEditor *self = g_object_new (VLIVE_TYPE_FIELD_EDITOR, NULL);

  self->draft = g_object_ref (draft);
  self->column = vlive_column_ref (column);
  make_children (self);
  _vlive_field_editor_update (self);

  return GTK_WIDGET (self);
}

VliveColumn *
_vlive_field_editor_get_column (VliveFieldEditor *self)
{
  return self->column;
}

GtkWidget *
_vlive_field_editor_get_input (VliveFieldEditor *self)
{
  return self->input;
}
