/* vlive-diff-private.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "record/vlive-query.h"

G_BEGIN_DECLS

/* Adds to @names (char *, owned, each once) the fields in which the two
 * differ. */
void     _vlive_record_diff        (VliveRecord        *a,
                                    VliveRecord        *b,
                                    GPtrArray          *names);
void     _vlive_diff_add           (GPtrArray          *names,
                                    const char         *name);
/* May a change of these fields change which records the query finds, or their
 * order? NULL: of fields that are not known. */
gboolean _vlive_query_is_concerned (VliveQuery         *query,
                                    const char * const *fields);

G_END_DECLS
