/* vlive-change-event.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "record/vlive-change-event.h"

/**
 * VliveChangeEvent:
 *
 * What a live stream tells: that a record was inserted, updated or deleted, or
 * that something changed. Immutable; may be used on any thread.
 *
 * Since: 0.1
 */
struct _VliveChangeEvent
{
  gatomicrefcount ref_count;
  VliveChangeKind kind;
  char *id;            /* owned; NULL for CHANGED only */
  VliveRecord *record; /* owned, nullable */
  guint64 version;     /* 0: not known */
};

G_DEFINE_BOXED_TYPE (VliveChangeEvent,
                     vlive_change_event,
                     vlive_change_event_ref,
                     vlive_change_event_unref)

/**
 * vlive_change_event_new:
 * @kind: what happened
 * @id: (nullable): the record's id; %NULL for %VLIVE_CHANGE_CHANGED only
 * @record: (nullable): the record as it is now, if that is known
 * @version: its version at the master, or 0
 *
 * Makes an event.
 *
 * Returns: (transfer full): a new event
 *
 * Since: 0.1
 */
VliveChangeEvent *
vlive_change_event_new (VliveChangeKind kind,
                        const char *id,
                        VliveRecord *record,
                        guint64 version)
{
  VliveChangeEvent *self;

  g_return_val_if_fail (kind >= VLIVE_CHANGE_CHANGED && kind <= VLIVE_CHANGE_DELETED,
                        NULL);
  g_return_val_if_fail ((id == NULL) == (kind == VLIVE_CHANGE_CHANGED), NULL);

  self = g_new0 (VliveChangeEvent, 1);
  g_atomic_ref_count_init (&self->ref_count);
  self->kind = kind;
  self->id = g_strdup (id);
  self->record = record != NULL ? vlive_record_ref (record) : NULL;
  self->version = version;

  return self;
}

/**
 * vlive_change_event_ref:
 * @self: an event
 *
 * Takes a reference.
 *
 * Returns: (transfer full): @self
 *
 * Since: 0.1
 */
VliveChangeEvent *
vlive_change_event_ref (VliveChangeEvent *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

/**
 * vlive_change_event_unref:
 * @self: (transfer full): an event
 *
 * Gives a reference back.
 *
 * Since: 0.1
 */
void
vlive_change_event_unref (VliveChangeEvent *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_free (self->id);
  g_clear_pointer (&self->record, vlive_record_unref);
  g_free (self);
}

/**
 * vlive_change_event_get_kind:
 * @self: an event
 *
 * Gets what happened.
 *
 * Returns: the kind
 *
 * Since: 0.1
 */
VliveChangeKind
vlive_change_event_get_kind (VliveChangeEvent *self)
{
  g_return_val_if_fail (self != NULL, VLIVE_CHANGE_CHANGED);

  return self->kind;
}

/**
 * vlive_change_event_get_id:
 * @self: an event
 *
 * Gets the id of the record.
 *
 * Returns: (nullable): the id, or %NULL for %VLIVE_CHANGE_CHANGED
 *
 * Since: 0.1
 */
const char *
vlive_change_event_get_id (VliveChangeEvent *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->id;
}

/**
 * vlive_change_event_get_record:
 * @self: an event
 *
 * Gets the record as it is after the change.
 *
 * Returns: (transfer none) (nullable): the record, or %NULL if it is not known
 *
 * Since: 0.1
 */
VliveRecord *
vlive_change_event_get_record (VliveChangeEvent *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->record;
}

/**
 * vlive_change_event_get_version:
 * @self: an event
 *
 * Gets the version of the record at the master.
 *
 * Returns: the version, or 0 if it is not known
 *
 * Since: 0.1
 */
guint64
vlive_change_event_get_version (VliveChangeEvent *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->version;
}
