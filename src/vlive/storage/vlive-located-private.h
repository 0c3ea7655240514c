/* vlive-located-private.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "storage/vlive-storage-private.h"

G_BEGIN_DECLS

/*
 * The keys this process has found its way to before: a bounded set without a
 * lock. It forgets when it is full, and may rarely take one key for another;
 * both cost a little time and nothing else.
 */
#define VLIVE_LOCATED_SETS 8192
#define VLIVE_LOCATED_WAYS 4

typedef struct
{
  guint64 slots[VLIVE_LOCATED_SETS][VLIVE_LOCATED_WAYS]; /* atomic; 0: free */
} VliveLocated;

void     _vlive_located_add      (VliveLocated *self,
                                  guint         database,
                                  VliveSpan     key);
gboolean _vlive_located_contains (VliveLocated *self,
                                  guint         database,
                                  VliveSpan     key);
void     _vlive_located_clear    (VliveLocated *self);

G_END_DECLS
