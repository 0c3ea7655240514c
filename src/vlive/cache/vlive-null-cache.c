/* vlive-null-cache.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "cache/vlive-heap-cache-private.h"

/**
 * VliveNullCache:
 *
 * A cache that keeps no page and no record: every read is a miss. What was
 * written or told by events is remembered for as long as an older answer may
 * be under way, so that none overwrites it.
 *
 * Since: 0.1
 */
struct _VliveNullCache
{
  VliveHeapCache base;
};

G_DEFINE_FINAL_TYPE_WITH_CODE (VliveNullCache,
                               vlive_null_cache,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (VLIVE_TYPE_CACHE,
                                                      _vlive_heap_cache_iface_init))

static void
vlive_null_cache_finalize (GObject *object)
{
  _vlive_heap_cache_finalize ((VliveHeapCache *) object);

  G_OBJECT_CLASS (vlive_null_cache_parent_class)->finalize (object);
}

static void
vlive_null_cache_class_init (VliveNullCacheClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = vlive_null_cache_finalize;
}

static void
vlive_null_cache_init (VliveNullCache *self)
{
  _vlive_heap_cache_init (&self->base, FALSE);
}

/**
 * vlive_null_cache_new:
 *
 * Makes a cache that keeps nothing.
 *
 * Returns: (transfer full): a new cache
 *
 * Since: 0.1
 */
VliveCache *
vlive_null_cache_new (void)
{
  return g_object_new (VLIVE_TYPE_NULL_CACHE, NULL);
}
