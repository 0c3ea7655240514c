/* vlive-query.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "record/vlive-record.h"

G_BEGIN_DECLS

/**
 * VliveOperator:
 * @VLIVE_OPERATOR_EQUAL: `=`
 * @VLIVE_OPERATOR_NOT_EQUAL: `!=`
 * @VLIVE_OPERATOR_LESS: `<`
 * @VLIVE_OPERATOR_LESS_EQUAL: `<=`
 * @VLIVE_OPERATOR_GREATER: `>`
 * @VLIVE_OPERATOR_GREATER_EQUAL: `>=`
 * @VLIVE_OPERATOR_CONTAINS: `~`: the text form contains the value, ignoring case
 * @VLIVE_OPERATOR_IN: one of several values (an array variant)
 * @VLIVE_OPERATOR_IS_NULL: null or missing; takes no value
 *
 * What a condition asks of a column. A null or missing field satisfies only
 * %VLIVE_OPERATOR_IS_NULL and %VLIVE_OPERATOR_NOT_EQUAL.
 */
typedef enum
{
  VLIVE_OPERATOR_EQUAL,
  VLIVE_OPERATOR_NOT_EQUAL,
  VLIVE_OPERATOR_LESS,
  VLIVE_OPERATOR_LESS_EQUAL,
  VLIVE_OPERATOR_GREATER,
  VLIVE_OPERATOR_GREATER_EQUAL,
  VLIVE_OPERATOR_CONTAINS,
  VLIVE_OPERATOR_IN,
  VLIVE_OPERATOR_IS_NULL,
} VliveOperator;

/*
 * A query is immutable: conditions (all must hold), sort keys in order of
 * weight, search text. The _with_ functions return a new one.
 */
#define VLIVE_TYPE_QUERY (vlive_query_get_type ())

VLIVE_AVAILABLE_IN_0_1
GType          vlive_query_get_type                (void) G_GNUC_CONST;

/* Everything, in the master's own order. */
VLIVE_AVAILABLE_IN_0_1
VliveQuery    *vlive_query_new                     (void) G_GNUC_WARN_UNUSED_RESULT;
VLIVE_AVAILABLE_IN_0_1
VliveQuery    *vlive_query_ref                     (VliveQuery    *self);
VLIVE_AVAILABLE_IN_0_1
void           vlive_query_unref                   (VliveQuery    *self);

/* Consumes a floating @value; NULL for IS_NULL. Refuses an empty column, a
 * value that fits no field, and a second equality on one column. */
VLIVE_AVAILABLE_IN_0_1
VliveQuery    *vlive_query_with_condition          (VliveQuery    *self,
                                                    const char    *column,
                                                    VliveOperator  op,
                                                    GVariant      *value,
                                                    GError       **error) G_GNUC_WARN_UNUSED_RESULT;
VLIVE_AVAILABLE_IN_0_1
VliveQuery    *vlive_query_with_sort               (VliveQuery    *self,
                                                    const char    *column,
                                                    gboolean       descending) G_GNUC_WARN_UNUSED_RESULT;
VLIVE_AVAILABLE_IN_0_1
VliveQuery    *vlive_query_with_search             (VliveQuery    *self,
                                                    const char    *text) G_GNUC_WARN_UNUSED_RESULT;

VLIVE_AVAILABLE_IN_0_1
guint          vlive_query_get_n_conditions        (VliveQuery    *self);
VLIVE_AVAILABLE_IN_0_1
const char    *vlive_query_get_condition_column    (VliveQuery    *self,
                                                    guint          index);
VLIVE_AVAILABLE_IN_0_1
VliveOperator  vlive_query_get_condition_operator  (VliveQuery    *self,
                                                    guint          index);
VLIVE_AVAILABLE_IN_0_1
GVariant      *vlive_query_get_condition_value     (VliveQuery    *self,
                                                    guint          index);
VLIVE_AVAILABLE_IN_0_1
guint          vlive_query_get_n_sort_keys         (VliveQuery    *self);
VLIVE_AVAILABLE_IN_0_1
const char    *vlive_query_get_sort_column         (VliveQuery    *self,
                                                    guint          index);
VLIVE_AVAILABLE_IN_0_1
gboolean       vlive_query_get_sort_descending     (VliveQuery    *self,
                                                    guint          index);
VLIVE_AVAILABLE_IN_0_1
const char    *vlive_query_get_search              (VliveQuery    *self);

/* Injective: equal queries, equal keys; different queries, different keys.
 * "" for the query of everything. The order of conditions does not matter. */
VLIVE_AVAILABLE_IN_0_1
const char    *vlive_query_get_key                 (VliveQuery    *self);
VLIVE_AVAILABLE_IN_0_1
gboolean       vlive_query_equal                   (VliveQuery    *self,
                                                    VliveQuery    *other);
/* Does membership or order depend on @column? Always, under a search. */
VLIVE_AVAILABLE_IN_0_1
gboolean       vlive_query_depends_on              (VliveQuery    *self,
                                                    const char    *column);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VliveQuery, vlive_query_unref)

G_END_DECLS
