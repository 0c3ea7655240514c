/* vlive-draft.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "table/vlive-draft.h"

#include "table/vlive-draft-private.h"

/**
 * VliveDraft:
 *
 * An edit in progress on one record, or on a new one.
 *
 * It holds what somebody has typed; the other fields follow what is live. When
 * a field is changed elsewhere that has been changed here as well, it is in
 * conflict, and he chooses: [method@Draft.keep_mine] or [method@Draft.revert].
 * [method@Draft.save] sends the changed fields, and nothing is forgotten until
 * the master has taken them: what it refuses stays, with its reason.
 *
 * A record that is deleted meanwhile is told of by [property@Draft:gone], and
 * not made anew unless [method@Draft.restore] is called.
 *
 * A draft belongs to the thread that made it, and emits its signals there.
 *
 * Since: 0.1
 */

enum
{
  PROP_0,
  PROP_STORE,
  PROP_ROW,
  PROP_RECORD,
  PROP_NEW,
  PROP_DIRTY,
  PROP_VALID,
  PROP_IN_CONFLICT,
  PROP_SAVING,
  PROP_GONE,
  PROP_ERROR,
  N_PROPS
};

enum
{
  SIGNAL_FIELD_CHANGED,
  N_SIGNALS
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (VliveDraft, vlive_draft, G_TYPE_OBJECT)

/* Looking. */

static GVariant *
dup_value (VliveRecord *record, const char *name)
{
  g_autoptr (GVariant) fields =
      record != NULL ? vlive_record_to_variant (record) : NULL;

  return fields != NULL ? g_variant_lookup_value (fields, name, NULL) : NULL;
}

/**
 * vlive_draft_dup_base:
 * @self: a draft
 * @name: a field
 *
 * Gets what the field was when it was changed here; what it is, if it was not.
 *
 * Returns: (transfer full) (nullable): the value, or %NULL if there was none
 *
 * Since: 0.1
 */
GVariant *
vlive_draft_dup_base (VliveDraft *self, const char *name)
{
  VliveDraftField *field;

  g_return_val_if_fail (VLIVE_IS_DRAFT (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  field = _vlive_draft_find (self, name);

  return dup_value (field != NULL ? field->base : self->theirs, name);
}

/**
 * vlive_draft_dup_mine:
 * @self: a draft
 * @name: a field
 *
 * Gets what the field would become.
 *
 * Returns: (transfer full) (nullable): the value, or %NULL if it has none, or what
 *   was typed is none
 *
 * Since: 0.1
 */
GVariant *
vlive_draft_dup_mine (VliveDraft *self, const char *name)
{
  VliveDraftField *field;

  g_return_val_if_fail (VLIVE_IS_DRAFT (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  field = _vlive_draft_find (self, name);

  return dup_value (field != NULL ? field->mine : self->theirs, name);
}

/**
 * vlive_draft_dup_theirs:
 * @self: a draft
 * @name: a field
 *
 * Gets what the field is, without what was typed.
 *
 * Returns: (transfer full) (nullable): the value, or %NULL if there is none
 *
 * Since: 0.1
 */
GVariant *
vlive_draft_dup_theirs (VliveDraft *self, const char *name)
{
  g_return_val_if_fail (VLIVE_IS_DRAFT (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  return dup_value (self->theirs, name);
}

/**
 * vlive_draft_get_text:
 * @self: a draft
 * @name: a field
 *
 * Gets what was typed for a field, if it is no value.
 *
 * Returns: (nullable): the text, or %NULL if the field has a value
 *
 * Since: 0.1
 */
const char *
vlive_draft_get_text (VliveDraft *self, const char *name)
{
  VliveDraftField *field;

  g_return_val_if_fail (VLIVE_IS_DRAFT (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  field = _vlive_draft_find (self, name);

  return field != NULL ? field->text : NULL;
}

/**
 * vlive_draft_get_message:
 * @self: a draft
 * @name: a field
 *
 * Gets what is wrong with a field: why what was typed is no value, or why the
 * master refused it.
 *
 * Returns: (nullable): the reason, or %NULL if nothing is wrong
 *
 * Since: 0.1
 */
const char *
vlive_draft_get_message (VliveDraft *self, const char *name)
{
  VliveDraftField *field;

  g_return_val_if_fail (VLIVE_IS_DRAFT (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  field = _vlive_draft_find (self, name);

  return field != NULL ? field->message : NULL;
}

/**
 * vlive_draft_list_dirty:
 * @self: a draft
 *
 * Lists the fields that were changed, in the order in which they were.
 *
 * Returns: (transfer full) (array zero-terminated=1): their names
 *
 * Since: 0.1
 */
char **
vlive_draft_list_dirty (VliveDraft *self)
{
  char **names;

  g_return_val_if_fail (VLIVE_IS_DRAFT (self), NULL);

  names = g_new0 (char *, self->fields->len + 1);
  for (guint i = 0; i < self->fields->len; i++)
    names[i] = g_strdup (((VliveDraftField *) self->fields->pdata[i])->name);

  return names;
}

/**
 * vlive_draft_is_dirty:
 * @self: a draft
 * @name: (nullable): a field; %NULL: any
 *
 * Tells whether a field was changed and not saved.
 *
 * Returns: %TRUE if it was
 *
 * Since: 0.1
 */
gboolean
vlive_draft_is_dirty (VliveDraft *self, const char *name)
{
  g_return_val_if_fail (VLIVE_IS_DRAFT (self), FALSE);

  return _vlive_draft_has (self, name, _vlive_draft_field_is_any);
}

/**
 * vlive_draft_is_valid:
 * @self: a draft
 * @name: (nullable): a field; %NULL: all
 *
 * Tells whether a field has a value that can be saved.
 *
 * Returns: %FALSE if what was typed is no value
 *
 * Since: 0.1
 */
gboolean
vlive_draft_is_valid (VliveDraft *self, const char *name)
{
  g_return_val_if_fail (VLIVE_IS_DRAFT (self), FALSE);

  return !_vlive_draft_has (self, name, _vlive_draft_field_is_invalid);
}

/**
 * vlive_draft_is_in_conflict:
 * @self: a draft
 * @name: (nullable): a field; %NULL: any
 *
 * Tells whether a field that was changed here was changed elsewhere as well.
 *
 * Returns: %TRUE if it was
 *
 * Since: 0.1
 */
gboolean
vlive_draft_is_in_conflict (VliveDraft *self, const char *name)
{
  g_return_val_if_fail (VLIVE_IS_DRAFT (self), FALSE);

  return _vlive_draft_has (self, name, _vlive_draft_field_is_in_conflict);
}

/**
 * vlive_draft_is_saving:
 * @self: a draft
 * @name: (nullable): a field; %NULL: any
 *
 * Tells whether a field is on its way to the master.
 *
 * Returns: %TRUE if it is
 *
 * Since: 0.1
 */
gboolean
vlive_draft_is_saving (VliveDraft *self, const char *name)
{
  g_return_val_if_fail (VLIVE_IS_DRAFT (self), FALSE);

  return _vlive_draft_has (self, name, _vlive_draft_field_is_sent);
}

/**
 * vlive_draft_get_store: (get-property store)
 * @self: a draft
 *
 * Gets the store of the record.
 *
 * Returns: (transfer none): the store
 *
 * Since: 0.1
 */
VliveStore *
vlive_draft_get_store (VliveDraft *self)
{
  g_return_val_if_fail (VLIVE_IS_DRAFT (self), NULL);

  return self->store;
}

/**
 * vlive_draft_get_row: (get-property row)
 * @self: a draft
 *
 * Gets the row that is edited.
 *
 * Returns: (transfer none) (nullable): the row, or %NULL for a new record
 *
 * Since: 0.1
 */
VliveRow *
vlive_draft_get_row (VliveDraft *self)
{
  g_return_val_if_fail (VLIVE_IS_DRAFT (self), NULL);

  return self->row;
}

/**
 * vlive_draft_get_record: (get-property record)
 * @self: a draft
 *
 * Gets what the record would become: what is live, with the changed fields.
 *
 * Returns: (transfer none) (nullable): the record, or %NULL for a new one without a
 *   field
 *
 * Since: 0.1
 */
VliveRecord *
vlive_draft_get_record (VliveDraft *self)
{
  g_return_val_if_fail (VLIVE_IS_DRAFT (self), NULL);

  return self->record;
}

/**
 * vlive_draft_is_new: (get-property new)
 * @self: a draft
 *
 * Tells whether the record is to be added.
 *
 * Returns: %TRUE for a new one
 *
 * Since: 0.1
 */
gboolean
vlive_draft_is_new (VliveDraft *self)
{
  g_return_val_if_fail (VLIVE_IS_DRAFT (self), FALSE);

  return self->theirs == NULL;
}

/**
 * vlive_draft_is_gone: (get-property gone)
 * @self: a draft
 *
 * Tells whether the record was deleted meanwhile.
 *
 * Returns: %TRUE if it was
 *
 * Since: 0.1
 */
gboolean
vlive_draft_is_gone (VliveDraft *self)
{
  g_return_val_if_fail (VLIVE_IS_DRAFT (self), FALSE);

  return self->gone;
}

/**
 * vlive_draft_get_error: (get-property error)
 * @self: a draft
 *
 * Gets why the last save failed.
 *
 * Returns: (transfer none) (nullable): the reason, or %NULL
 *
 * Since: 0.1
 */
const GError *
vlive_draft_get_error (VliveDraft *self)
{
  g_return_val_if_fail (VLIVE_IS_DRAFT (self), NULL);

  return self->error;
}

void
_vlive_draft_emit_changed (VliveDraft *self, const char *name)
{
  g_signal_emit (self, signals[SIGNAL_FIELD_CHANGED], g_quark_from_string (name), name);
}

static void
vlive_draft_constructed (GObject *object)
{
  VliveDraft *self = VLIVE_DRAFT (object);

  G_OBJECT_CLASS (vlive_draft_parent_class)->constructed (object);

  self->was_new = self->theirs == NULL;
  _vlive_draft_make_record (self);
  if (self->row != NULL && vlive_row_get_state (self->row) == VLIVE_ROW_GONE)
    _vlive_draft_follow_store (self);
}

static void
vlive_draft_dispose (GObject *object)
{
  VliveDraft *self = VLIVE_DRAFT (object);

  _vlive_draft_drop_row (self);
  if (self->store != NULL)
    _vlive_draft_unfollow_store (self);
  for (guint i = 0; i < self->writes->len; i++)
    g_signal_handlers_disconnect_by_data (self->writes->pdata[i], self);
  g_ptr_array_set_size (self->writes, 0);

  G_OBJECT_CLASS (vlive_draft_parent_class)->dispose (object);
}

static void
vlive_draft_finalize (GObject *object)
{
  VliveDraft *self = VLIVE_DRAFT (object);

  g_clear_pointer (&self->theirs, vlive_record_unref);
  g_clear_pointer (&self->record, vlive_record_unref);
  g_clear_error (&self->error);
  g_ptr_array_unref (self->fields);
  g_ptr_array_unref (self->writes);
  g_clear_object (&self->store);

  G_OBJECT_CLASS (vlive_draft_parent_class)->finalize (object);
}

static void
vlive_draft_get_property (GObject *object,
                          guint prop_id,
                          GValue *value,
                          GParamSpec *pspec)
{
  VliveDraft *self = VLIVE_DRAFT (object);

  switch (prop_id)
    {
    case PROP_STORE:
      g_value_set_object (value, self->store);
      break;
    case PROP_ROW:
      g_value_set_object (value, self->row);
      break;
    case PROP_RECORD:
      g_value_set_boxed (value, self->record);
      break;
    case PROP_NEW:
      g_value_set_boolean (value, self->theirs == NULL);
      break;
    case PROP_DIRTY:
      g_value_set_boolean (value, self->fields->len > 0);
      break;
    case PROP_VALID:
      g_value_set_boolean (value, vlive_draft_is_valid (self, NULL));
      break;
    case PROP_IN_CONFLICT:
      g_value_set_boolean (value, vlive_draft_is_in_conflict (self, NULL));
      break;
    case PROP_SAVING:
      g_value_set_boolean (value, self->writes->len > 0);
      break;
    case PROP_GONE:
      g_value_set_boolean (value, self->gone);
      break;
    case PROP_ERROR:
      g_value_set_boxed (value, self->error);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
vlive_draft_set_property (GObject *object,
                          guint prop_id,
                          const GValue *value,
                          GParamSpec *pspec)
{
  VliveDraft *self = VLIVE_DRAFT (object);

  switch (prop_id)
    {
    case PROP_STORE:
      self->store = g_value_dup_object (value);
      break;
    case PROP_ROW:
      if (g_value_get_object (value) != NULL)
        _vlive_draft_take_row (self, g_value_get_object (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static GParamSpec *
flag (const char *name, gboolean value)
{
  return g_param_spec_boolean (name, NULL, NULL, value,
                               G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
}

static void
install_parts (void)
{
  /**
   * VliveDraft:store: (getter get_store)
   *
   * The store of the record.
   *
   * Since: 0.1
   */
  properties[PROP_STORE] =
      g_param_spec_object ("store", NULL, NULL, VLIVE_TYPE_STORE,
                           G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY
                               | G_PARAM_STATIC_STRINGS);

  /**
   * VliveDraft:row: (getter get_row)
   *
   * The row that is edited, or %NULL for a new record.
   *
   * Since: 0.1
   */
  properties[PROP_ROW] = g_param_spec_object ("row", NULL, NULL, VLIVE_TYPE_ROW,
                                              G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY
                                                  | G_PARAM_STATIC_STRINGS);

  /**
   * VliveDraft:record: (getter get_record)
   *
   * What the record would become.
   *
   * Since: 0.1
   */
  properties[PROP_RECORD] =
      g_param_spec_boxed ("record", NULL, NULL, VLIVE_TYPE_RECORD,
                          G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
}

static void
install_flags (void)
{
  /**
   * VliveDraft:new: (getter is_new)
   *
   * Whether the record is to be added.
   *
   * Since: 0.1
   */
  properties[PROP_NEW] = flag ("new", FALSE);

  /**
   * VliveDraft:dirty:
   *
   * Whether a field was changed and not saved.
   *
   * Since: 0.1
   */
  properties[PROP_DIRTY] = flag ("dirty", FALSE);

  /**
   * VliveDraft:valid:
   *
   * Whether every field has a value that can be saved.
   *
   * Since: 0.1
   */
  properties[PROP_VALID] = flag ("valid", TRUE);

  /**
   * VliveDraft:in-conflict:
   *
   * Whether a field that was changed here was changed elsewhere as well.
   *
   * Since: 0.1
   */
  properties[PROP_IN_CONFLICT] = flag ("in-conflict", FALSE);

  /**
   * VliveDraft:saving:
   *
   * Whether something is on its way to the master.
   *
   * Since: 0.1
   */
  properties[PROP_SAVING] = flag ("saving", FALSE);

  /**
   * VliveDraft:gone: (getter is_gone)
   *
   * Whether the record was deleted meanwhile.
   *
   * Since: 0.1
   */
  properties[PROP_GONE] = flag ("gone", FALSE);

  /**
   * VliveDraft:error: (getter get_error)
   *
   * Why the last save failed, or %NULL.
   *
   * Since: 0.1
   */
  properties[PROP_ERROR] =
      g_param_spec_boxed ("error", NULL, NULL, G_TYPE_ERROR,
                          G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
}

static void
vlive_draft_class_init (VliveDraftClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->constructed = vlive_draft_constructed;
  object_class->dispose = vlive_draft_dispose;
  object_class->finalize = vlive_draft_finalize;
  object_class->get_property = vlive_draft_get_property;
  object_class->set_property = vlive_draft_set_property;

  install_parts ();
  install_flags ();
  g_object_class_install_properties (object_class, N_PROPS, properties);

  /**
   * VliveDraft::field-changed:
   * @self: the draft
   * @name: of which field
   *
   * What a field is, or what is to be said of it, has changed: its value here or
   * elsewhere, its conflict, its message, whether it is being saved. The name is
   * the detail of the signal as well.
   *
   * Since: 0.1
   */
  signals[SIGNAL_FIELD_CHANGED] =
      g_signal_new ("field-changed", VLIVE_TYPE_DRAFT,
                    G_SIGNAL_RUN_LAST | G_SIGNAL_DETAILED, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
vlive_draft_init (VliveDraft *self)
{
  self->fields = g_ptr_array_new_with_free_func (_vlive_draft_field_free);
  self->writes = g_ptr_array_new_with_free_func (g_object_unref);
  self->was_valid = TRUE;
}

/**
 * vlive_draft_new:
 * @store: a store
 * @row: (nullable): a row of a table of @store that has a record, or %NULL for a
 *   new record
 *
 * Begins an edit.
 *
 * Returns: (transfer full): the draft
 *
 * Since: 0.1
 */
VliveDraft *
vlive_draft_new (VliveStore *store, VliveRow *row)
{
  g_return_val_if_fail (VLIVE_IS_STORE (store), NULL);
  g_return_val_if_fail (row == NULL || vlive_row_get_record (row) != NULL, NULL);

  return g_object_new (VLIVE_TYPE_DRAFT, "store", store, "row", row, NULL);
}
