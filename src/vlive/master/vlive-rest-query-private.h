/* vlive-rest-query-private.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "master/vlive-profile-private.h"

G_BEGIN_DECLS

/* @query in the dialect of @profile. FALSE with VLIVE_ERROR_UNSUPPORTED if it
 * has no words for it; nothing is ever left out. */
gboolean _vlive_rest_add_query (VliveProfile  *profile,
                                VliveQuery    *query,
                                GPtrArray     *params,
                                GError       **error);

typedef enum
{
  VLIVE_CLAUSE_NONE,
  VLIVE_CLAUSE_CONDITION,
  VLIVE_CLAUSE_SORT,
  VLIVE_CLAUSE_SEARCH,
} VliveClause;

/* The first clause of @query that @records show to have been ignored by the
 * server, and its index. @schema (nullable): the columns known so far. */
VliveClause _vlive_rest_find_ignored (VliveProfile       *profile,
                                      VliveQuery         *query,
                                      VliveSchema        *schema,
                                      VliveRecord * const *records,
                                      guint               n_records,
                                      guint              *index);

G_END_DECLS
