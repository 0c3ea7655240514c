/* vlive-schema-private.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "record/vlive-schema.h"

G_BEGIN_DECLS

VliveSchema *_vlive_schema_new_empty (gboolean      declared);
/* FALSE if a column of that name is there; only while nobody else has @self. */
gboolean     _vlive_schema_add       (VliveSchema  *self,
                                      VliveColumn  *column);
/* vlive_schema_widen() for many at once. */
VliveSchema *_vlive_schema_widen_all (VliveSchema          *self,
                                      VliveRecord * const  *records,
                                      gsize                 n_records);
gboolean     _vlive_column_equal     (VliveColumn  *a,
                                      VliveColumn  *b);

G_END_DECLS
