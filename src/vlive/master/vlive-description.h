/* vlive-description.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "record/vlive-query.h"

G_BEGIN_DECLS

/**
 * VliveCapabilities:
 * @VLIVE_CAN_INSERT: takes new records
 * @VLIVE_CAN_REPLACE: takes whole records
 * @VLIVE_CAN_PATCH: takes single fields
 * @VLIVE_CAN_DELETE: deletes a record
 * @VLIVE_CAN_CLEAR: deletes all records at once
 * @VLIVE_CAN_GET: answers one record by its id
 * @VLIVE_CAN_COUNT: counts without reading
 * @VLIVE_CAN_FILTER: some conditions; ask vlive_description_can_query()
 * @VLIVE_CAN_SORT: some sort keys; ask vlive_description_can_query()
 * @VLIVE_CAN_SORT_MANY: several sort keys at once
 * @VLIVE_CAN_SEARCH: full-text search
 * @VLIVE_CAN_WINDOW: any offset and limit
 * @VLIVE_CAN_PAGE: offsets that are multiples of the limit
 * @VLIVE_CAN_CURSOR: only the next page after one that was answered
 * @VLIVE_CAN_READ_CONDITIONALLY: validators; may answer "not modified"
 * @VLIVE_CAN_CHECK_WRITES: versions; refuses a write to a changed record
 * @VLIVE_CAN_REPEAT_WRITES: honours the UUID of a write
 * @VLIVE_SAME_ORDER: its sort is ours, byte for byte
 * @VLIVE_CAN_SUBSCRIBE: has a live stream
 * @VLIVE_KEEPS_WRITES: what it acknowledged it keeps
 *
 * What a master can do. It must refuse what it does not advertise.
 */
typedef enum /*< flags >*/
{
  VLIVE_CAN_INSERT             = 1 << 0,
  VLIVE_CAN_REPLACE            = 1 << 1,
  VLIVE_CAN_PATCH              = 1 << 2,
  VLIVE_CAN_DELETE             = 1 << 3,
  VLIVE_CAN_CLEAR              = 1 << 4,
  VLIVE_CAN_GET                = 1 << 5,
  VLIVE_CAN_COUNT              = 1 << 6,
  VLIVE_CAN_FILTER             = 1 << 7,
  VLIVE_CAN_SORT               = 1 << 8,
  VLIVE_CAN_SORT_MANY          = 1 << 9,
  VLIVE_CAN_SEARCH             = 1 << 10,
  VLIVE_CAN_WINDOW             = 1 << 11,
  VLIVE_CAN_PAGE               = 1 << 12,
  VLIVE_CAN_CURSOR             = 1 << 13,
  VLIVE_CAN_READ_CONDITIONALLY = 1 << 14,
  VLIVE_CAN_CHECK_WRITES       = 1 << 15,
  VLIVE_CAN_REPEAT_WRITES      = 1 << 16,
  VLIVE_SAME_ORDER             = 1 << 17,
  VLIVE_CAN_SUBSCRIBE          = 1 << 18,
  VLIVE_KEEPS_WRITES           = 1 << 19,
} VliveCapabilities;

/*
 * What a master says of itself: immutable. A master that advertises and then
 * refuses is demoted by a new description.
 */
#define VLIVE_TYPE_DESCRIPTION (vlive_description_get_type ())

VLIVE_AVAILABLE_IN_0_1
GType             vlive_description_get_type         (void) G_GNUC_CONST;

/* @schema: nullable, when nothing has been seen yet. @operators: a bit
 * (1 << VliveOperator) for each that can be pushed. @max_page: the most rows a
 * window may have, 0 if there is no such bound. */
VLIVE_AVAILABLE_IN_0_1
VliveDescription *vlive_description_new              (VliveSchema        *schema,
                                                      VliveCapabilities   capabilities,
                                                      guint               operators,
                                                      guint               max_page) G_GNUC_WARN_UNUSED_RESULT;
VLIVE_AVAILABLE_IN_0_1
VliveDescription *vlive_description_ref              (VliveDescription   *self);
VLIVE_AVAILABLE_IN_0_1
void              vlive_description_unref            (VliveDescription   *self);
VLIVE_AVAILABLE_IN_0_1
VliveSchema      *vlive_description_get_schema       (VliveDescription   *self);
VLIVE_AVAILABLE_IN_0_1
VliveCapabilities vlive_description_get_capabilities (VliveDescription   *self);
VLIVE_AVAILABLE_IN_0_1
guint             vlive_description_get_operators    (VliveDescription   *self);
VLIVE_AVAILABLE_IN_0_1
guint             vlive_description_get_max_page     (VliveDescription   *self);
VLIVE_AVAILABLE_IN_0_1
VliveDescription *vlive_description_without          (VliveDescription   *self,
                                                      VliveCapabilities   capabilities,
                                                      guint               operators) G_GNUC_WARN_UNUSED_RESULT;
/* The server ignores or refuses this one condition, or this one sort key. */
VLIVE_AVAILABLE_IN_0_1
VliveDescription *vlive_description_without_condition (VliveDescription *self,
                                                      const char         *column,
                                                      VliveOperator       op) G_GNUC_WARN_UNUSED_RESULT;
VLIVE_AVAILABLE_IN_0_1
VliveDescription *vlive_description_without_sort     (VliveDescription   *self,
                                                      const char         *column) G_GNUC_WARN_UNUSED_RESULT;
/* The same with other columns, when more has been seen. */
VLIVE_AVAILABLE_IN_0_1
VliveDescription *vlive_description_with_schema      (VliveDescription   *self,
                                                      VliveSchema        *schema) G_GNUC_WARN_UNUSED_RESULT;
/* The same with another bound on windows, when one has been met. */
VLIVE_AVAILABLE_IN_0_1
VliveDescription *vlive_description_with_max_page    (VliveDescription   *self,
                                                      guint               max_page) G_GNUC_WARN_UNUSED_RESULT;
/* Every clause of @query; FALSE with a reason a person can read. */
VLIVE_AVAILABLE_IN_0_1
gboolean          vlive_description_can_query        (VliveDescription   *self,
                                                      VliveQuery         *query,
                                                      GError            **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VliveDescription, vlive_description_unref)

G_END_DECLS
