/* vlive-record-form.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "vlive-record-form.h"

#include "vlive-field-editor-private.h"
#include "vlive-gtk-private.h"

/**
 * VliveRecordForm:
 *
 * A form made from the schema, over a [class@Vlive.Draft].
 *
 * Each column has an editor by its type: a switch, a number, a date with a
 * calendar, a choice, a long text, JSON; a toggle where it may be null; a label
 * where it cannot be changed. What is typed is in the draft at once; what the
 * draft says of a field stands under it: what is wrong with what was typed, why
 * the master refused it, and the choice when it was changed elsewhere as well.
 * Fields that were not changed follow what is live.
 *
 * # Actions
 *
 * `form.save` (Ctrl+S) sends what was changed, `form.revert` forgets it,
 * `form.restore` makes a record that was deleted meanwhile a new one. Each is
 * enabled while it makes sense.
 *
 * # CSS nodes
 *
 * ```
 * vliverecordform
 * ├── box.gone
 * ├── box.fields
 * │   ╰── vlivefieldeditor[.dirty][.null][.error][.conflict]
 * │       ├── box: label.title
 * │       ├── box: the editor, [button.toggle]
 * │       ├── label.message
 * │       ╰── box.conflict
 * ├── label.message
 * ╰── box.buttons
 * ```
 *
 * Main thread only.
 *
 * Since: 0.1
 */

struct _VliveRecordForm
{
  GtkWidget parent_instance;

  VliveDraft *draft;   /* owned, nullable */
  GHashTable *editors; /* owned: name, owned -> VliveFieldEditor, of the tree */

  /* Owned by the widget tree. */
  GtkWidget *gone;
  GtkWidget *fields;
  GtkWidget *message;
  GtkWidget *buttons;
};

enum
{
  PROP_0,
  PROP_DRAFT,
  N_PROPS
};

enum
{
  SIGNAL_SAVED,
  N_SIGNALS
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (VliveRecordForm, vlive_record_form, GTK_TYPE_WIDGET)

/* The fields. */

static void
field_cb (VliveRecordForm *self, const char *name)
{
  VliveFieldEditor *editor = g_hash_table_lookup (self->editors, name);

  if (editor != NULL)
    _vlive_field_editor_update (editor);
}

static void
add_editor (VliveRecordForm *self, VliveColumn *column)
{
  const char *name = vlive_column_get_name (column);
  GtkWidget *editor;

  if (g_hash_table_contains (self->editors, name))
    return;

  editor = _vlive_field_editor_new (self->draft, column);
  g_hash_table_insert (self->editors, g_strdup (name), editor);
  gtk_box_append (GTK_BOX (self->fields), editor);
}

/* Columns that are found later come last. */
static void
add_editors (VliveRecordForm *self)
{
  VliveSchema *schema =
      self->draft != NULL ? vlive_store_get_schema (vlive_draft_get_store (self->draft))
                          : NULL;

  for (guint i = 0; schema != NULL && i < vlive_schema_get_n_columns (schema); i++)
    add_editor (self, vlive_schema_get_column (schema, i));
}

static void
drop_editors (VliveRecordForm *self)
{
  GtkWidget *child;

  g_hash_table_remove_all (self->editors);
  while ((child = gtk_widget_get_first_child (self->fields)) != NULL)
    gtk_box_remove (GTK_BOX (self->fields), child);
}

/* What cannot be changed of a record that is there, can be of a new one. */
static void
new_cb (VliveRecordForm *self)
{
  drop_editors (self);
  add_editors (self);
}

/* The whole. */

static void
update (VliveRecordForm *self)
{
  VliveDraft *draft = self->draft;
  gboolean dirty = draft != NULL && vlive_draft_is_dirty (draft, NULL);
  gboolean gone = draft != NULL && vlive_draft_is_gone (draft);
  const GError *error = draft != NULL ? vlive_draft_get_error (draft) : NULL;
  gboolean can_save = dirty && !gone && vlive_draft_is_valid (draft, NULL)
                      && !vlive_draft_is_in_conflict (draft, NULL);

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "form.save", can_save);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "form.revert", dirty);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "form.restore", gone);
  gtk_widget_set_visible (self->gone, gone);
  gtk_widget_set_sensitive (self->fields, !gone);
  gtk_widget_set_visible (self->buttons, draft != NULL);
  gtk_label_set_text (GTK_LABEL (self->message), error != NULL ? error->message : "");
  gtk_widget_set_visible (self->message, error != NULL);
}

static void
draft_cb (VliveRecordForm *self)
{
  update (self);
}

/**
 * vlive_record_form_save:
 * @self: a form
 *
 * Sends what was changed, as its Save button does.
 *
 * Returns: %FALSE if nothing can be sent
 *
 * Since: 0.1
 */
gboolean
vlive_record_form_save (VliveRecordForm *self)
{
  g_autoptr (VliveWrite) write = NULL;

  g_return_val_if_fail (VLIVE_IS_RECORD_FORM (self), FALSE);

  if (self->draft != NULL)
    write = vlive_draft_save (self->draft, NULL);
  if (write == NULL)
    {
      gtk_widget_error_bell (GTK_WIDGET (self));
      return FALSE;
    }

  g_signal_emit (self, signals[SIGNAL_SAVED], 0, write);

  return TRUE;
}

static void
save_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  vlive_record_form_save (VLIVE_RECORD_FORM (widget));
}

static void
revert_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  vlive_draft_revert (VLIVE_RECORD_FORM (widget)->draft, NULL);
}

static void
restore_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  vlive_draft_restore (VLIVE_RECORD_FORM (widget)->draft);
}

/**
 * vlive_record_form_get_draft: (get-property draft)
 * @self: a form
 *
 * Gets the draft that is edited.
 *
 * Returns: (transfer none) (nullable): the draft
 *
 * Since: 0.1
 */
VliveDraft *
vlive_record_form_get_draft (VliveRecordForm *self)
{
  g_return_val_if_fail (VLIVE_IS_RECORD_FORM (self), NULL);

  return self->draft;
}

static void
let_go (VliveRecordForm *self)
{
  if (self->draft == NULL)
    return;

  g_signal_handlers_disconnect_by_data (self->draft, self);
  g_signal_handlers_disconnect_by_data (vlive_draft_get_store (self->draft), self);
  g_clear_object (&self->draft);
}

static void
follow (VliveRecordForm *self)
{
  static const char *const names[] = {
    "notify::dirty", "notify::valid", "notify::in-conflict",
    "notify::gone",  "notify::error", NULL,
  };

  g_signal_connect_swapped (self->draft, "field-changed", G_CALLBACK (field_cb), self);
  g_signal_connect_swapped (self->draft, "notify::new", G_CALLBACK (new_cb), self);
  for (guint i = 0; names[i] != NULL; i++)
    g_signal_connect_swapped (self->draft, names[i], G_CALLBACK (draft_cb), self);
  g_signal_connect_swapped (vlive_draft_get_store (self->draft), "notify::schema",
                            G_CALLBACK (add_editors), self);
}

/**
 * vlive_record_form_set_draft: (set-property draft)
 * @self: a form
 * @draft: (nullable): a draft
 *
 * Sets the draft that is edited. The one before keeps what was typed.
 *
 * Since: 0.1
 */
void
vlive_record_form_set_draft (VliveRecordForm *self, VliveDraft *draft)
{
  g_return_if_fail (VLIVE_IS_RECORD_FORM (self));
  g_return_if_fail (draft == NULL || VLIVE_IS_DRAFT (draft));

  if (self->draft == draft)
    return;

  drop_editors (self);
  let_go (self);
  if (draft != NULL)
    {
      self->draft = g_object_ref (draft);
      follow (self);
      add_editors (self);
    }
  update (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_DRAFT]);
}

/* Making it. */

static GtkWidget *
make_button (const char *label, const char *action)
{
  GtkWidget *button = gtk_button_new_with_mnemonic (label);

  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action);

  return button;
}

static GtkWidget *
make_gone (VliveRecordForm *self)
{
  GtkWidget *label = gtk_label_new (_ ("This record has been deleted meanwhile."));

  self->gone = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_widget_add_css_class (self->gone, "gone");
  gtk_box_append (GTK_BOX (self->gone), label);
  gtk_box_append (GTK_BOX (self->gone),
                  make_button (_ ("Restore as _new"), "form.restore"));

  return self->gone;
}

static GtkWidget *
make_fields (VliveRecordForm *self)
{
  self->fields = gtk_box_new (GTK_ORIENTATION_VERTICAL, 18);
  gtk_widget_add_css_class (self->fields, "fields");

  return self->fields;
}

static GtkWidget *
make_message (VliveRecordForm *self)
{
  self->message = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (self->message), 0);
  gtk_label_set_wrap (GTK_LABEL (self->message), TRUE);
  gtk_widget_add_css_class (self->message, "message");

  return self->message;
}

static GtkWidget *
make_buttons (VliveRecordForm *self)
{
  GtkWidget *save = make_button (_ ("_Save"), "form.save");

  self->buttons = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  gtk_widget_set_halign (self->buttons, GTK_ALIGN_END);
  gtk_widget_add_css_class (self->buttons, "buttons");
  gtk_widget_add_css_class (save, "suggested-action");
  gtk_widget_set_tooltip_text (save, _ ("Save (Ctrl+S)"));
  gtk_box_append (GTK_BOX (self->buttons), make_button (_ ("_Revert"), "form.revert"));
  gtk_box_append (GTK_BOX (self->buttons), save);

  return self->buttons;
}

static gboolean
grab_focus (GtkWidget *widget)
{
  return gtk_widget_child_focus (VLIVE_RECORD_FORM (widget)->fields,
                                 GTK_DIR_TAB_FORWARD);
}

static void
root (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (vlive_record_form_parent_class)->root (widget);

  _vlive_gtk_add_style (gtk_widget_get_display (widget));
}

static void
vlive_record_form_dispose (GObject *object)
{
  VliveRecordForm *self = VLIVE_RECORD_FORM (object);
  GtkWidget *child;

  let_go (self);
  g_hash_table_remove_all (self->editors);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);

  G_OBJECT_CLASS (vlive_record_form_parent_class)->dispose (object);
}

static void
vlive_record_form_finalize (GObject *object)
{
  g_hash_table_unref (VLIVE_RECORD_FORM (object)->editors);

  G_OBJECT_CLASS (vlive_record_form_parent_class)->finalize (object);
}

static void
vlive_record_form_get_property (GObject *object,
                                guint prop_id,
                                GValue *value,
                                GParamSpec *pspec)
{
  if (prop_id == PROP_DRAFT)
    g_value_set_object (value, VLIVE_RECORD_FORM (object)->draft);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
}

static void
vlive_record_form_set_property (GObject *object,
                                guint prop_id,
                                const GValue *value,
                                GParamSpec *pspec)
{
  if (prop_id == PROP_DRAFT)
    vlive_record_form_set_draft (VLIVE_RECORD_FORM (object),
                                 g_value_get_object (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
}

static void
install_api (GObjectClass *object_class)
{
  /**
   * VliveRecordForm:draft: (getter get_draft) (setter set_draft)
   *
   * The draft that is edited.
   *
   * Since: 0.1
   */
  properties[PROP_DRAFT] =
      g_param_spec_object ("draft", NULL, NULL, VLIVE_TYPE_DRAFT,
                           G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY
                               | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  /**
   * VliveRecordForm::saved:
   * @self: the form
   * @write: what was sent
   *
   * What was changed is on its way to the master.
   *
   * Since: 0.1
   */
  signals[SIGNAL_SAVED] =
      g_signal_new ("saved", VLIVE_TYPE_RECORD_FORM, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                    NULL, G_TYPE_NONE, 1, VLIVE_TYPE_WRITE);
}

static void
vlive_record_form_class_init (VliveRecordFormClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  _vlive_gtk_init ();
  object_class->dispose = vlive_record_form_dispose;
  object_class->finalize = vlive_record_form_finalize;
  object_class->get_property = vlive_record_form_get_property;
  object_class->set_property = vlive_record_form_set_property;
  widget_class->grab_focus = grab_focus;
  widget_class->root = root;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "vliverecordform");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_FORM);
  gtk_widget_class_install_action (widget_class, "form.save", NULL, save_cb);
  gtk_widget_class_install_action (widget_class, "form.revert", NULL, revert_cb);
  gtk_widget_class_install_action (widget_class, "form.restore", NULL, restore_cb);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_s, GDK_CONTROL_MASK,
                                       "form.save", NULL);
  install_api (object_class);
}

static void
vlive_record_form_init (VliveRecordForm *self)
{
  GtkLayoutManager *layout = gtk_widget_get_layout_manager (GTK_WIDGET (self));

  self->editors = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  gtk_orientable_set_orientation (GTK_ORIENTABLE (layout), GTK_ORIENTATION_VERTICAL);
  gtk_box_layout_set_spacing (GTK_BOX_LAYOUT (layout), 18);
  gtk_widget_set_parent (make_gone (self), GTK_WIDGET (self));
  gtk_widget_set_parent (make_fields (self), GTK_WIDGET (self));
  gtk_widget_set_parent (make_message (self), GTK_WIDGET (self));
  gtk_widget_set_parent (make_buttons (self), GTK_WIDGET (self));
  update (self);
}

/**
 * vlive_record_form_new:
 *
 * Makes an empty form.
 *
 * Returns: (transfer floating): the form
 *
 * Since: 0.1
 */
GtkWidget *
vlive_record_form_new (void)
{
  return g_object_new (VLIVE_TYPE_RECORD_FORM, NULL);
}
