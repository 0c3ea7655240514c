/* vlive-row.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "table/vlive-row.h"

#include "base/vlive-census-private.h"
#include "base/vlive-meter-private.h"
#include "table/vlive-row-private.h"
#include "vlive-enums.h"

/**
 * VliveRow:
 *
 * The item of a [class@Table]: a record as it is seen there.
 *
 * A row may be a placeholder at first: its place is known, its content is not.
 * It becomes a record later, in place; the properties are then notified. One
 * record has one row object in a table for as long as anybody holds it,
 * wherever it moves to.
 *
 * A row that is kept longer than its place in the table, or than the table,
 * shows what it showed last.
 *
 * Since: 0.1
 */

struct _VliveRow
{
  GObject parent_instance;

  gpointer owner; /* not owned, nullable */
  VliveRowGoneFunc gone;
  guint64 base;       /* or VLIVE_NO_POSITION */
  GList link;         /* the owner's */
  char *id;           /* owned, nullable */
  gboolean id_is_new; /* not notified yet */
  VliveShown shown;
  gint64 changed_at; /* by others, real time; 0: never */
  gint64 others_at;  /* so if the record is another one at the next show; 0: no */
};

enum
{
  PROP_0,
  PROP_ID,
  PROP_RECORD,
  PROP_STATE,
  PROP_PENDING_FIELDS,
  PROP_FAILED_FIELDS,
  PROP_CHANGED_AT,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (VliveRow, vlive_row, G_TYPE_OBJECT)

void
_vlive_shown_clear (VliveShown *self)
{
  g_clear_pointer (&self->raw, vlive_record_unref);
  g_clear_pointer (&self->record, vlive_record_unref);
  g_clear_pointer (&self->pending_fields, g_strfreev);
  g_clear_pointer (&self->failed_fields, g_strfreev);
}

static void
vlive_row_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  VliveRow *self = VLIVE_ROW (object);

  switch (id)
    {
    case PROP_RECORD:
      g_value_set_boxed (value, self->shown.record);
      break;
    case PROP_STATE:
      g_value_set_enum (value, self->shown.state);
      break;
    case PROP_ID:
      g_value_set_string (value, self->id);
      break;
    case PROP_PENDING_FIELDS:
      g_value_set_boxed (value, self->shown.pending_fields);
      break;
    case PROP_FAILED_FIELDS:
      g_value_set_boxed (value, self->shown.failed_fields);
      break;
    case PROP_CHANGED_AT:
      g_value_set_int64 (value, self->changed_at);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
vlive_row_dispose (GObject *object)
{
  VliveRow *self = VLIVE_ROW (object);
  gpointer owner = g_steal_pointer (&self->owner);

  if (owner != NULL)
    self->gone (owner, self);

  G_OBJECT_CLASS (vlive_row_parent_class)->dispose (object);
}

static void
vlive_row_finalize (GObject *object)
{
  VliveRow *self = VLIVE_ROW (object);

  g_free (self->id);
  _vlive_shown_clear (&self->shown);
  _vlive_census_remove (VLIVE_CENSUS_ROW);

  G_OBJECT_CLASS (vlive_row_parent_class)->finalize (object);
}

static void
vlive_row_class_init (VliveRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = vlive_row_get_property;
  object_class->dispose = vlive_row_dispose;
  object_class->finalize = vlive_row_finalize;

  /**
   * VliveRow:record: (getter get_record)
   *
   * The record, or %NULL while the row is a placeholder.
   *
   * Since: 0.1
   */
  properties[PROP_RECORD] =
      g_param_spec_boxed ("record", NULL, NULL, VLIVE_TYPE_RECORD,
                          G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * VliveRow:state: (getter get_state)
   *
   * What is known of the row.
   *
   * Since: 0.1
   */
  properties[PROP_STATE] =
      g_param_spec_enum ("state", NULL, NULL, VLIVE_TYPE_ROW_STATE, VLIVE_ROW_LOADING,
                         G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * VliveRow:id: (getter get_id)
   *
   * The id of the record, or %NULL while the row is a placeholder.
   *
   * Since: 0.1
   */
  properties[PROP_ID] = g_param_spec_string ("id", NULL, NULL, NULL,
                                             G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * VliveRow:pending-fields: (getter get_pending_fields)
   *
   * The fields that show what the master has not answered to yet.
   *
   * Since: 0.1
   */
  properties[PROP_PENDING_FIELDS] =
      g_param_spec_boxed ("pending-fields", NULL, NULL, G_TYPE_STRV,
                          G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * VliveRow:failed-fields: (getter get_failed_fields)
   *
   * The fields that a write of ours would have changed which was refused.
   *
   * Since: 0.1
   */
  properties[PROP_FAILED_FIELDS] =
      g_param_spec_boxed ("failed-fields", NULL, NULL, G_TYPE_STRV,
                          G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * VliveRow:changed-at: (getter get_changed_at)
   *
   * When somebody else changed the record while the row was held, as a live
   * stream told it: in µs since the Unix epoch, or 0 for never.
   *
   * Since: 0.1
   */
  properties[PROP_CHANGED_AT] =
      g_param_spec_int64 ("changed-at", NULL, NULL, 0, G_MAXINT64, 0,
                          G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
vlive_row_init (VliveRow *self)
{
  self->base = VLIVE_NO_POSITION;
  self->link.data = self;
  _vlive_census_add (VLIVE_CENSUS_ROW);
}

VliveRow *
_vlive_row_new (gpointer owner, VliveRowGoneFunc gone, guint64 base)
{
  VliveRow *self = g_object_new (VLIVE_TYPE_ROW, NULL);

  self->owner = owner;
  self->gone = gone;
  self->base = base;

  return self;
}

void
_vlive_row_disown (VliveRow *self)
{
  self->owner = NULL;
}

guint64
_vlive_row_get_base (VliveRow *self)
{
  return self->base;
}

void
_vlive_row_set_base (VliveRow *self, guint64 base)
{
  self->base = base;
}

const guint64 *
_vlive_row_peek_base (VliveRow *self)
{
  return &self->base;
}

GList *
_vlive_row_get_link (VliveRow *self)
{
  return &self->link;
}

static gboolean
set_record (VliveRecord **place, VliveRecord *record)
{
  if (record == *place)
    return FALSE;
  if (record != NULL && *place != NULL && vlive_record_equal (record, *place))
    return FALSE;

  g_clear_pointer (place, vlive_record_unref);
  *place = record != NULL ? vlive_record_ref (record) : NULL;

  return TRUE;
}

static gboolean
set_fields (char ***place, char **fields)
{
  if (fields == *place)
    return FALSE;
  if (fields != NULL && *place != NULL
      && g_strv_equal ((const char *const *) fields, (const char *const *) *place))
    return FALSE;

  g_strfreev (*place);
  *place = g_strdupv (fields);

  return TRUE;
}

/* Which properties changed: a bit each. */
static guint
take_shown (VliveRow *self, const VliveShown *shown)
{
  guint changed = 0;

  if (shown->raw != NULL)
    vlive_record_ref (shown->raw);
  g_clear_pointer (&self->shown.raw, vlive_record_unref);
  self->shown.raw = shown->raw;
  if (set_record (&self->shown.record, shown->record))
    changed |= 1u << PROP_RECORD;
  if (shown->state != self->shown.state)
    changed |= 1u << PROP_STATE;
  self->shown.state = shown->state;
  if (set_fields (&self->shown.pending_fields, shown->pending_fields))
    changed |= 1u << PROP_PENDING_FIELDS;
  if (set_fields (&self->shown.failed_fields, shown->failed_fields))
    changed |= 1u << PROP_FAILED_FIELDS;
  if (shown->record != NULL)
    _vlive_row_take_id (self, vlive_record_get_id (shown->record));
  if (self->id_is_new)
    changed |= 1u << PROP_ID;
  self->id_is_new = FALSE;

  return changed;
}

void
_vlive_row_rename (VliveRow *self, const char *id)
{
  g_free (self->id);
  self->id = g_strdup (id);
  self->id_is_new = TRUE;
}

void
_vlive_row_expect_others (VliveRow *self, gint64 when)
{
  self->others_at = when;
}

/* A record was shown, another one or not. */
static gboolean
take_others (VliveRow *self, gboolean record_changed)
{
  gint64 when = self->others_at;

  self->others_at = 0;
  if (when == 0 || !record_changed || when == self->changed_at)
    return FALSE;
  self->changed_at = when;

  return TRUE;
}

void
_vlive_row_take_id (VliveRow *self, const char *id)
{
  if (self->id != NULL)
    return;

  self->id = g_strdup (id);
  self->id_is_new = TRUE;
}

void
_vlive_row_show_quietly (VliveRow *self, const VliveShown *shown)
{
  take_shown (self, shown);
}

void
_vlive_row_show (VliveRow *self, const VliveShown *shown)
{
  guint changed = take_shown (self, shown);

  if (take_others (self, (changed & (1u << PROP_RECORD)) != 0))
    changed |= 1u << PROP_CHANGED_AT;

  if (changed == 0)
    return;

  _vlive_meter_pause ();
  g_object_ref (self);
  /* All is set by now, and each comes once: there is nothing to gather. */
  for (guint id = N_PROPS - 1; id > PROP_0; id--)
    if ((changed & (1u << id)) != 0)
      g_object_notify_by_pspec (G_OBJECT (self), properties[id]);
  g_object_unref (self);
  _vlive_meter_resume ();
}

VliveRecord *
_vlive_row_get_raw (VliveRow *self)
{
  return self->shown.raw;
}

/**
 * vlive_row_get_id:
 * @self: a row
 *
 * Gets the id of the record.
 *
 * Returns: (nullable): the id, or %NULL for a placeholder
 *
 * Since: 0.1
 */
const char *
vlive_row_get_id (VliveRow *self)
{
  g_return_val_if_fail (VLIVE_IS_ROW (self), NULL);

  return self->id;
}

/**
 * vlive_row_get_record:
 * @self: a row
 *
 * Gets the record.
 *
 * Returns: (transfer none) (nullable): the record, or %NULL for a placeholder
 *
 * Since: 0.1
 */
VliveRecord *
vlive_row_get_record (VliveRow *self)
{
  g_return_val_if_fail (VLIVE_IS_ROW (self), NULL);

  return self->shown.record;
}

/**
 * vlive_row_get_state:
 * @self: a row
 *
 * Gets the state.
 *
 * Returns: what is known of the row
 *
 * Since: 0.1
 */
VliveRowState
vlive_row_get_state (VliveRow *self)
{
  g_return_val_if_fail (VLIVE_IS_ROW (self), VLIVE_ROW_LOADING);

  return self->shown.state;
}

/**
 * vlive_row_get_pending_fields:
 * @self: a row
 *
 * Gets the fields that show what the master has not answered to yet.
 *
 * Returns: (transfer none) (nullable) (array zero-terminated=1): their names,
 *   or %NULL if there are none
 *
 * Since: 0.1
 */
const char *const *
vlive_row_get_pending_fields (VliveRow *self)
{
  g_return_val_if_fail (VLIVE_IS_ROW (self), NULL);

  return (const char *const *) self->shown.pending_fields;
}

/**
 * vlive_row_get_failed_fields:
 * @self: a row
 *
 * Gets the fields that a write of ours would have changed which was refused.
 * They are forgotten with the next write to the record.
 *
 * Returns: (transfer none) (nullable) (array zero-terminated=1): their names,
 *   or %NULL if there are none
 *
 * Since: 0.1
 */
const char *const *
vlive_row_get_failed_fields (VliveRow *self)
{
  g_return_val_if_fail (VLIVE_IS_ROW (self), NULL);

  return (const char *const *) self->shown.failed_fields;
}

/**
 * vlive_row_get_changed_at:
 * @self: a row
 *
 * Gets when somebody else changed the record while the row was held, as a live
 * stream told it. What we wrote ourselves, and what a refresh brings, is no
 * such change.
 *
 * Returns: µs since the Unix epoch, or 0 for never
 *
 * Since: 0.1
 */
gint64
vlive_row_get_changed_at (VliveRow *self)
{
  g_return_val_if_fail (VLIVE_IS_ROW (self), 0);

  return self->changed_at;
}

/**
 * vlive_row_get_field_type:
 * @self: a row
 * @name: the name of a field
 *
 * Gets the type of a field's value.
 *
 * Returns: the type; %VLIVE_VALUE_MISSING for a placeholder
 *
 * Since: 0.1
 */
VliveValueType
vlive_row_get_field_type (VliveRow *self, const char *name)
{
  g_return_val_if_fail (VLIVE_IS_ROW (self), VLIVE_VALUE_MISSING);
  g_return_val_if_fail (name != NULL, VLIVE_VALUE_MISSING);

  if (self->shown.record == NULL)
    return VLIVE_VALUE_MISSING;

  return vlive_record_get_field_type (self->shown.record, name);
}

/**
 * vlive_row_get_value:
 * @self: a row
 * @name: the name of a field
 * @value: (out caller-allocates): a zeroed value
 *
 * Gets the value of a field. @value is left zeroed where there is none.
 *
 * Returns: %TRUE if there is a value; %FALSE for a null or missing field, and
 *   for a placeholder
 *
 * Since: 0.1
 */
gboolean
vlive_row_get_value (VliveRow *self, const char *name, GValue *value)
{
  g_return_val_if_fail (VLIVE_IS_ROW (self), FALSE);
  g_return_val_if_fail (name != NULL, FALSE);
  g_return_val_if_fail (value != NULL, FALSE);

  if (self->shown.record == NULL)
    return FALSE;

  return vlive_record_get_value (self->shown.record, name, value);
}

/**
 * vlive_row_dup_field_text:
 * @self: a row
 * @name: the name of a field
 *
 * Gets the value of a field as a person would read it.
 *
 * Returns: (transfer full): a text, empty for a null or missing field, and for
 *   a placeholder
 *
 * Since: 0.1
 */
char *
vlive_row_dup_field_text (VliveRow *self, const char *name)
{
  g_return_val_if_fail (VLIVE_IS_ROW (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  if (self->shown.record == NULL)
    return g_strdup ("");

  return vlive_record_dup_field_text (self->shown.record, name);
}
