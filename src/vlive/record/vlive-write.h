/* vlive-write.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "record/vlive-record.h"

G_BEGIN_DECLS

/**
 * VliveWriteOp:
 * @VLIVE_WRITE_INSERT: a new record
 * @VLIVE_WRITE_REPLACE: all fields of a record
 * @VLIVE_WRITE_PATCH: some fields of a record
 * @VLIVE_WRITE_DELETE: no such record any more
 * @VLIVE_WRITE_DELETE_ALL: no records any more
 *
 * What a write does.
 */
typedef enum
{
  VLIVE_WRITE_INSERT,
  VLIVE_WRITE_REPLACE,
  VLIVE_WRITE_PATCH,
  VLIVE_WRITE_DELETE,
  VLIVE_WRITE_DELETE_ALL,
} VliveWriteOp;

/**
 * VliveWriteState:
 * @VLIVE_WRITE_QUEUED: in memory, waiting
 * @VLIVE_WRITE_DURABLE: kept on disk, waiting
 * @VLIVE_WRITE_SENDING: the master has been asked
 * @VLIVE_WRITE_APPLIED: the master said yes
 * @VLIVE_WRITE_REJECTED: the master said no; see #VliveWrite:error
 * @VLIVE_WRITE_IN_CONFLICT: a checked write met a newer version
 * @VLIVE_WRITE_UNKNOWN: sent, and the answer never came
 * @VLIVE_WRITE_CANCELLED: withdrawn before it was sent
 * @VLIVE_WRITE_MERGED: part of an earlier write, and resolves with it
 *
 * The state of a write.
 */
typedef enum
{
  VLIVE_WRITE_QUEUED,
  VLIVE_WRITE_DURABLE,
  VLIVE_WRITE_SENDING,
  VLIVE_WRITE_APPLIED,
  VLIVE_WRITE_REJECTED,
  VLIVE_WRITE_IN_CONFLICT,
  VLIVE_WRITE_UNKNOWN,
  VLIVE_WRITE_CANCELLED,
  VLIVE_WRITE_MERGED,
} VliveWriteState;

#define VLIVE_TYPE_WRITE (vlive_write_get_type ())

/* Belongs to the thread that made it, which also emits its notifies. */
VLIVE_AVAILABLE_IN_0_1
G_DECLARE_FINAL_TYPE (VliveWrite, vlive_write, VLIVE, WRITE, GObject)

/* @id: NULL for DELETE_ALL, and for an INSERT whose id the master makes.
 * @fields: NULL for deletes. Its own id is ignored. */
VLIVE_AVAILABLE_IN_0_1
VliveWrite     *vlive_write_new        (VliveWriteOp  op,
                                        const char   *id,
                                        VliveRecord  *fields) G_GNUC_WARN_UNUSED_RESULT;
VLIVE_AVAILABLE_IN_0_1
VliveWriteOp    vlive_write_get_op     (VliveWrite   *self);
VLIVE_AVAILABLE_IN_0_1
const char     *vlive_write_get_id     (VliveWrite   *self);
VLIVE_AVAILABLE_IN_0_1
VliveRecord    *vlive_write_get_fields (VliveWrite   *self);
/* Names the write for ever, also at masters that honour it. */
VLIVE_AVAILABLE_IN_0_1
const char     *vlive_write_get_uuid   (VliveWrite   *self);
VLIVE_AVAILABLE_IN_0_1
VliveWriteState vlive_write_get_state  (VliveWrite   *self);
VLIVE_AVAILABLE_IN_0_1
const GError   *vlive_write_get_error  (VliveWrite   *self);
/* What the master answered, once applied. */
VLIVE_AVAILABLE_IN_0_1
VliveRecord    *vlive_write_get_record (VliveWrite   *self);

G_END_DECLS
