/* vlive-heap-cache-private.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "cache/vlive-heap-private.h"

G_BEGIN_DECLS

/* The instance of every cache that keeps what it has in a heap. */
typedef struct
{
  GObject   parent_instance;
  VliveHeap heap;
} VliveHeapCache;

void _vlive_heap_cache_iface_init (VliveCacheInterface *iface);
void _vlive_heap_cache_init       (VliveHeapCache      *self,
                                   gboolean             keeps);
void _vlive_heap_cache_finalize   (VliveHeapCache      *self);

G_END_DECLS
