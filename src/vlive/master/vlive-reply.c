/* vlive-reply.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "master/vlive-master.h"

/**
 * VliveReply:
 *
 * What a master answers to a write: the id of the record, the record as the master
 * has it, and its version, each where the master says so. Immutable.
 *
 * Since: 0.1
 */

struct _VliveReply
{
  gatomicrefcount ref_count;
  char *id;            /* owned, nullable */
  VliveRecord *record; /* owned, nullable */
  guint64 version;
};

G_DEFINE_BOXED_TYPE (VliveReply, vlive_reply, vlive_reply_ref, vlive_reply_unref)

/**
 * vlive_reply_new:
 * @id: (nullable): the id of the record that was written; %NULL if there is
 *   none, or if the master did not say which one it made
 * @record: (nullable): the whole record as the master has it now; %NULL after
 *   a delete, or if the master did not say
 * @version: the version of the record, or 0 if it has none
 *
 * Creates what a master answers to a write.
 *
 * Returns: (transfer full): a new reply
 *
 * Since: 0.1
 */
VliveReply *
vlive_reply_new (const char *id, VliveRecord *record, guint64 version)
{
  VliveReply *self = g_new0 (VliveReply, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->id = g_strdup (id);
  if (record != NULL)
    self->record = vlive_record_ref (record);
  self->version = version;

  return self;
}

/**
 * vlive_reply_ref:
 * @self: a reply
 *
 * Takes a reference.
 *
 * Returns: (transfer full): @self
 *
 * Since: 0.1
 */
VliveReply *
vlive_reply_ref (VliveReply *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

/**
 * vlive_reply_unref:
 * @self: (transfer full): a reply
 *
 * Drops a reference.
 *
 * Since: 0.1
 */
void
vlive_reply_unref (VliveReply *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_clear_pointer (&self->record, vlive_record_unref);
  g_free (self->id);
  g_free (self);
}

/**
 * vlive_reply_get_id:
 * @self: a reply
 *
 * Gets the id of the record that was written: the master's own for an insert.
 *
 * Returns: (transfer none) (nullable): the id
 *
 * Since: 0.1
 */
const char *
vlive_reply_get_id (VliveReply *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->id;
}

/**
 * vlive_reply_get_record:
 * @self: a reply
 *
 * Gets the record as the master has it now.
 *
 * Returns: (transfer none) (nullable): the whole record, or %NULL after a
 *   delete or if the master did not say
 *
 * Since: 0.1
 */
VliveRecord *
vlive_reply_get_record (VliveReply *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->record;
}

/**
 * vlive_reply_get_version:
 * @self: a reply
 *
 * Gets the version of the record.
 *
 * Returns: the version, or 0 if the master has none
 *
 * Since: 0.1
 */
guint64
vlive_reply_get_version (VliveReply *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->version;
}
