/* vlive-row.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "record/vlive-record.h"

G_BEGIN_DECLS

/**
 * VliveRowState:
 * @VLIVE_ROW_LOADING: a placeholder: nothing is known of it yet
 * @VLIVE_ROW_READY: as the master has it
 * @VLIVE_ROW_PENDING: a write of ours is on its way
 * @VLIVE_ROW_FAILED: a write of ours was refused
 * @VLIVE_ROW_GONE: no longer in the table
 *
 * The state of a row.
 */
typedef enum
{
  VLIVE_ROW_LOADING,
  VLIVE_ROW_READY,
  VLIVE_ROW_PENDING,
  VLIVE_ROW_FAILED,
  VLIVE_ROW_GONE,
} VliveRowState;

/*
 * The item of a table. Properties, all read-only and notified: "record"
 * (nullable while it is a placeholder), "state", "id" (nullable),
 * "pending-fields", "failed-fields" (nullable), "changed-at". One row object
 * per (table, id) while anyone holds it.
 */
#define VLIVE_TYPE_ROW (vlive_row_get_type ())

VLIVE_AVAILABLE_IN_0_1
G_DECLARE_FINAL_TYPE (VliveRow, vlive_row, VLIVE, ROW, GObject)

VLIVE_AVAILABLE_IN_0_1
const char    *vlive_row_get_id          (VliveRow    *self);
VLIVE_AVAILABLE_IN_0_1
VliveRecord   *vlive_row_get_record      (VliveRow    *self);
VLIVE_AVAILABLE_IN_0_1
VliveRowState  vlive_row_get_state       (VliveRow    *self);
/* NULL if there are none. */
VLIVE_AVAILABLE_IN_0_1
const char * const *vlive_row_get_pending_fields (VliveRow *self);
VLIVE_AVAILABLE_IN_0_1
const char * const *vlive_row_get_failed_fields (VliveRow *self);
/* When others changed the record under our eyes, in µs since the Unix epoch; 0:
 * never. */
VLIVE_AVAILABLE_IN_0_1
gint64         vlive_row_get_changed_at  (VliveRow    *self);
/* Shortcuts to the record's field; missing for a placeholder. */
VLIVE_AVAILABLE_IN_0_1
VliveValueType vlive_row_get_field_type  (VliveRow    *self,
                                          const char  *name);
VLIVE_AVAILABLE_IN_0_1
gboolean       vlive_row_get_value       (VliveRow    *self,
                                          const char  *name,
                                          GValue      *value);
VLIVE_AVAILABLE_IN_0_1
char          *vlive_row_dup_field_text  (VliveRow    *self,
                                          const char  *name) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
