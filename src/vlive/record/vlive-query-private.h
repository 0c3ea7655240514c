/* vlive-query-private.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "record/vlive-query.h"
#include "record/vlive-record-private.h"

G_BEGIN_DECLS

/* The one predicate and the one comparator of every local filter and sort.
 * Less and greater hold only between values of one kind (two numbers, two
 * texts, ...); a search finds its casefolded text in the text form of any
 * field but bytes, nested JSON included.
 * A query is compiled once (column indexes per layout are remembered in the
 * plan) and belongs to one thread. */
typedef struct _VliveQueryPlan VliveQueryPlan;

VliveQueryPlan *_vlive_query_plan_new        (VliveQuery     *query);
void            _vlive_query_plan_free       (VliveQueryPlan *self);
gboolean        _vlive_query_plan_matches    (VliveQueryPlan *self,
                                              VliveRecord    *record);
/* By the sort keys, then by id. */
int             _vlive_query_plan_compare    (VliveQueryPlan *self,
                                              VliveRecord    *a,
                                              VliveRecord    *b);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VliveQueryPlan, _vlive_query_plan_free)

/* Decimal numbers first, as numbers of any length; then texts by bytes. */
int             _vlive_id_compare            (const char     *a,
                                              const char     *b);

/*
 * An LMDB key from parts: each part is ended by a zero, so that no two lists
 * of parts give one key and a shorter list is a prefix of the longer. Keys
 * over @max_len bytes (33 at least) are cut to exactly so many and completed
 * with a SHA-256 of the whole; they are no key of other parts either.
 */
GBytes         *_vlive_key_from_parts        (gsize               max_len,
                                              const char * const *parts,
                                              gsize               n_parts);

/* Not floating. VLIVE_ERROR_CORRUPT or INVALID for what makes no sense. */
GVariant       *_vlive_query_to_variant      (VliveQuery     *self);
VliveQuery     *_vlive_query_from_variant    (GVariant       *variant,
                                              GError        **error);

G_END_DECLS
