/* vlive-change-event.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "record/vlive-record.h"

G_BEGIN_DECLS

/**
 * VliveChangeKind:
 * @VLIVE_CHANGE_CHANGED: something changed; everything is stale
 * @VLIVE_CHANGE_INSERTED: a record was inserted
 * @VLIVE_CHANGE_UPDATED: a record was changed
 * @VLIVE_CHANGE_DELETED: a record was deleted
 *
 * What a live stream tells.
 */
typedef enum
{
  VLIVE_CHANGE_CHANGED,
  VLIVE_CHANGE_INSERTED,
  VLIVE_CHANGE_UPDATED,
  VLIVE_CHANGE_DELETED,
} VliveChangeKind;

#define VLIVE_TYPE_CHANGE_EVENT (vlive_change_event_get_type ())

VLIVE_AVAILABLE_IN_0_1
GType             vlive_change_event_get_type    (void) G_GNUC_CONST;

/* @id is NULL for CHANGED only; @record and @version may be NULL and 0. */
VLIVE_AVAILABLE_IN_0_1
VliveChangeEvent *vlive_change_event_new         (VliveChangeKind   kind,
                                                  const char       *id,
                                                  VliveRecord      *record,
                                                  guint64           version) G_GNUC_WARN_UNUSED_RESULT;
VLIVE_AVAILABLE_IN_0_1
VliveChangeEvent *vlive_change_event_ref         (VliveChangeEvent *self);
VLIVE_AVAILABLE_IN_0_1
void              vlive_change_event_unref       (VliveChangeEvent *self);
VLIVE_AVAILABLE_IN_0_1
VliveChangeKind   vlive_change_event_get_kind    (VliveChangeEvent *self);
VLIVE_AVAILABLE_IN_0_1
const char       *vlive_change_event_get_id      (VliveChangeEvent *self);
VLIVE_AVAILABLE_IN_0_1
VliveRecord      *vlive_change_event_get_record  (VliveChangeEvent *self);
VLIVE_AVAILABLE_IN_0_1
guint64           vlive_change_event_get_version (VliveChangeEvent *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VliveChangeEvent, vlive_change_event_unref)

G_END_DECLS
