/* vlive-write.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "record/vlive-write-private.h"

#include "base/vlive-census-private.h"
#include "vlive-enums.h"

/**
 * VliveWrite:
 *
 * One change that was asked for, from then until the master has applied or
 * refused it.
 *
 * A write belongs to the thread that made it, which also emits its notifies.
 *
 * Since: 0.1
 */
struct _VliveWrite
{
  GObject parent_instance;
  VliveWriteOp op;
  char *id;            /* owned, nullable */
  VliveRecord *fields; /* owned, nullable */
  char *uuid;          /* owned */
  gboolean taken;      /* a store has it, or had it */
  VliveWriteState state;
  GError *error;       /* owned, nullable */
  VliveRecord *record; /* owned, nullable: the master's answer */
};

enum
{
  PROP_0,
  PROP_OP,
  PROP_ID,
  PROP_FIELDS,
  PROP_UUID,
  PROP_STATE,
  PROP_ERROR,
  PROP_RECORD,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (VliveWrite, vlive_write, G_TYPE_OBJECT)

static void
vlive_write_get_property (GObject *object,
                          guint prop_id,
                          GValue *value,
                          GParamSpec *pspec)
{
  VliveWrite *self = VLIVE_WRITE (object);

  switch (prop_id)
    {
    case PROP_OP:
      g_value_set_enum (value, self->op);
      break;
    case PROP_ID:
      g_value_set_string (value, self->id);
      break;
    case PROP_FIELDS:
      g_value_set_boxed (value, self->fields);
      break;
    case PROP_UUID:
      g_value_set_string (value, self->uuid);
      break;
    case PROP_STATE:
      g_value_set_enum (value, self->state);
      break;
    case PROP_ERROR:
      g_value_set_boxed (value, self->error);
      break;
    case PROP_RECORD:
      g_value_set_boxed (value, self->record);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
      break;
    }
}

static void
vlive_write_finalize (GObject *object)
{
  VliveWrite *self = VLIVE_WRITE (object);

  g_free (self->id);
  g_free (self->uuid);
  g_clear_pointer (&self->fields, vlive_record_unref);
  g_clear_pointer (&self->record, vlive_record_unref);
  g_clear_error (&self->error);
  _vlive_census_remove (VLIVE_CENSUS_WRITE);

  G_OBJECT_CLASS (vlive_write_parent_class)->finalize (object);
}

static void
vlive_write_class_init (VliveWriteClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = vlive_write_get_property;
  object_class->finalize = vlive_write_finalize;

  /**
   * VliveWrite:op:
   *
   * What the write does.
   *
   * Since: 0.1
   */
  properties[PROP_OP] = g_param_spec_enum ("op", NULL, NULL, VLIVE_TYPE_WRITE_OP,
                                           VLIVE_WRITE_INSERT, flags);
  /**
   * VliveWrite:id:
   *
   * The id of the record; %NULL until the master has made it.
   *
   * Since: 0.1
   */
  properties[PROP_ID] = g_param_spec_string ("id", NULL, NULL, NULL, flags);
  /**
   * VliveWrite:fields:
   *
   * The fields that are written.
   *
   * Since: 0.1
   */
  properties[PROP_FIELDS] =
      g_param_spec_boxed ("fields", NULL, NULL, VLIVE_TYPE_RECORD, flags);
  /**
   * VliveWrite:uuid:
   *
   * The name of the write.
   *
   * Since: 0.1
   */
  properties[PROP_UUID] = g_param_spec_string ("uuid", NULL, NULL, NULL, flags);
  /**
   * VliveWrite:state:
   *
   * What became of the write so far.
   *
   * Since: 0.1
   */
  properties[PROP_STATE] =
      g_param_spec_enum ("state", NULL, NULL, VLIVE_TYPE_WRITE_STATE,
                         VLIVE_WRITE_QUEUED, flags);
  /**
   * VliveWrite:error:
   *
   * Why the write was refused, or could not be delivered so far.
   *
   * Since: 0.1
   */
  properties[PROP_ERROR] =
      g_param_spec_boxed ("error", NULL, NULL, G_TYPE_ERROR, flags);
  /**
   * VliveWrite:record:
   *
   * The record as the master answered.
   *
   * Since: 0.1
   */
  properties[PROP_RECORD] =
      g_param_spec_boxed ("record", NULL, NULL, VLIVE_TYPE_RECORD, flags);

  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
vlive_write_init (VliveWrite *self)
{
  self->uuid = g_uuid_string_random ();
  _vlive_census_add (VLIVE_CENSUS_WRITE);
}

/**
 * vlive_write_new:
 * @op: what to do
 * @id: (nullable): the record's id; %NULL for %VLIVE_WRITE_DELETE_ALL, and for
 *   a %VLIVE_WRITE_INSERT whose id the master makes
 * @fields: (nullable): the fields to write; %NULL for deletes. The id of this
 *   record does not matter
 *
 * Makes a write, with a UUID of its own. Nothing happens until it is given to
 * a store or a master.
 *
 * Returns: (transfer full): a new write
 *
 * Since: 0.1
 */
VliveWrite *
vlive_write_new (VliveWriteOp op, const char *id, VliveRecord *fields)
{
  gboolean deletes = op == VLIVE_WRITE_DELETE || op == VLIVE_WRITE_DELETE_ALL;
  VliveWrite *self;

  g_return_val_if_fail (op >= VLIVE_WRITE_INSERT && op <= VLIVE_WRITE_DELETE_ALL, NULL);
  g_return_val_if_fail (id != NULL || op == VLIVE_WRITE_INSERT
                            || op == VLIVE_WRITE_DELETE_ALL,
                        NULL);
  g_return_val_if_fail (id == NULL || op != VLIVE_WRITE_DELETE_ALL, NULL);
  g_return_val_if_fail ((fields == NULL) == deletes, NULL);

  self = g_object_new (VLIVE_TYPE_WRITE, NULL);
  self->op = op;
  self->id = g_strdup (id);
  self->fields = fields != NULL ? vlive_record_ref (fields) : NULL;

  return self;
}

/**
 * vlive_write_get_op:
 * @self: a write
 *
 * Gets what the write does.
 *
 * Returns: the operation
 *
 * Since: 0.1
 */
VliveWriteOp
vlive_write_get_op (VliveWrite *self)
{
  g_return_val_if_fail (VLIVE_IS_WRITE (self), VLIVE_WRITE_INSERT);

  return self->op;
}

/**
 * vlive_write_get_id:
 * @self: a write
 *
 * Gets the id of the record.
 *
 * Returns: (nullable): the id, or %NULL if the master has not made it yet or
 *   all records are meant
 *
 * Since: 0.1
 */
const char *
vlive_write_get_id (VliveWrite *self)
{
  g_return_val_if_fail (VLIVE_IS_WRITE (self), NULL);

  return self->id;
}

/**
 * vlive_write_get_fields:
 * @self: a write
 *
 * Gets the fields that are written.
 *
 * Returns: (transfer none) (nullable): the fields, or %NULL for deletes
 *
 * Since: 0.1
 */
VliveRecord *
vlive_write_get_fields (VliveWrite *self)
{
  g_return_val_if_fail (VLIVE_IS_WRITE (self), NULL);

  return self->fields;
}

/**
 * vlive_write_get_uuid:
 * @self: a write
 *
 * Gets the UUID that names the write for ever, also at masters that can tell a
 * write that is sent twice.
 *
 * Returns: the UUID
 *
 * Since: 0.1
 */
const char *
vlive_write_get_uuid (VliveWrite *self)
{
  g_return_val_if_fail (VLIVE_IS_WRITE (self), NULL);

  return self->uuid;
}

/**
 * vlive_write_get_state:
 * @self: a write
 *
 * Gets what became of the write so far.
 *
 * Returns: the state
 *
 * Since: 0.1
 */
VliveWriteState
vlive_write_get_state (VliveWrite *self)
{
  g_return_val_if_fail (VLIVE_IS_WRITE (self), VLIVE_WRITE_QUEUED);

  return self->state;
}

/**
 * vlive_write_get_error:
 * @self: a write
 *
 * Gets why the write was refused, or could not be delivered so far.
 *
 * Returns: (transfer none) (nullable): an error, or %NULL
 *
 * Since: 0.1
 */
const GError *
vlive_write_get_error (VliveWrite *self)
{
  g_return_val_if_fail (VLIVE_IS_WRITE (self), NULL);

  return self->error;
}

/**
 * vlive_write_get_record:
 * @self: a write
 *
 * Gets the record as the master answered.
 *
 * Returns: (transfer none) (nullable): the record, or %NULL before the write
 *   was applied and for deletes
 *
 * Since: 0.1
 */
VliveRecord *
vlive_write_get_record (VliveWrite *self)
{
  g_return_val_if_fail (VLIVE_IS_WRITE (self), NULL);

  return self->record;
}

static gboolean
same_error (const GError *a, const GError *b)
{
  if (a == NULL || b == NULL)
    return a == b;

  return g_error_matches (a, b->domain, b->code)
         && g_strcmp0 (a->message, b->message) == 0;
}

void
_vlive_write_set_state (VliveWrite *self,
                        VliveWriteState state,
                        const GError *error,
                        VliveRecord *record)
{
  g_assert (VLIVE_IS_WRITE (self));

  g_object_freeze_notify (G_OBJECT (self));
  if (self->state != state)
    {
      self->state = state;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
    }
  if (!same_error (self->error, error))
    {
      GError *copy = error != NULL ? g_error_copy (error) : NULL;

      g_clear_error (&self->error);
      self->error = copy;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ERROR]);
    }
  if (self->record != record)
    {
      VliveRecord *old = self->record;

      self->record = record != NULL ? vlive_record_ref (record) : NULL;
      g_clear_pointer (&old, vlive_record_unref);
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_RECORD]);
    }
  g_object_thaw_notify (G_OBJECT (self));
}

void
_vlive_write_take (VliveWrite *self)
{
  g_assert (VLIVE_IS_WRITE (self) && !self->taken);

  self->taken = TRUE;
}

gboolean
_vlive_write_is_taken (VliveWrite *self)
{
  g_assert (VLIVE_IS_WRITE (self));

  return self->taken;
}

void
_vlive_write_set_id (VliveWrite *self, const char *id)
{
  char *copy;

  g_assert (VLIVE_IS_WRITE (self));

  if (g_strcmp0 (self->id, id) == 0)
    return;
  copy = g_strdup (id);
  g_free (self->id);
  self->id = copy;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ID]);
}
