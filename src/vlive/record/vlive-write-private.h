/* vlive-write-private.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "record/vlive-write.h"

G_BEGIN_DECLS

/* Notifies what changed. @error and @record are kept as copies. */
void     _vlive_write_set_state (VliveWrite      *self,
                                 VliveWriteState  state,
                                 const GError    *error,
                                 VliveRecord     *record);
/* A store has it, or had it: it is of no use to another one. */
void     _vlive_write_take      (VliveWrite      *self);
gboolean _vlive_write_is_taken  (VliveWrite      *self);
/* The master's id for a record it made. */
void     _vlive_write_set_id    (VliveWrite      *self,
                                 const char      *id);

G_END_DECLS
