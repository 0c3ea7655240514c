/* vlive-memory-cache.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "cache/vlive-heap-cache-private.h"

/**
 * VliveMemoryCache:
 *
 * A cache in memory, gone with the process.
 *
 * Since: 0.1
 */
struct _VliveMemoryCache
{
  VliveHeapCache base;
};

enum
{
  PROP_0,
  PROP_SIZE_LIMIT,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE_WITH_CODE (VliveMemoryCache,
                               vlive_memory_cache,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (VLIVE_TYPE_CACHE,
                                                      _vlive_heap_cache_iface_init))

static void
vlive_memory_cache_get_property (GObject *object,
                                 guint id,
                                 GValue *value,
                                 GParamSpec *pspec)
{
  VliveMemoryCache *self = VLIVE_MEMORY_CACHE (object);

  switch (id)
    {
    case PROP_SIZE_LIMIT:
      g_value_set_uint64 (value, self->base.heap.statistics.size_limit);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
vlive_memory_cache_set_property (GObject *object,
                                 guint id,
                                 const GValue *value,
                                 GParamSpec *pspec)
{
  VliveMemoryCache *self = VLIVE_MEMORY_CACHE (object);

  switch (id)
    {
    case PROP_SIZE_LIMIT:
      if (g_value_get_uint64 (value) == self->base.heap.statistics.size_limit)
        break;
      _vlive_heap_set_size_limit (&self->base.heap, g_value_get_uint64 (value));
      g_object_notify_by_pspec (object, pspec);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
vlive_memory_cache_finalize (GObject *object)
{
  _vlive_heap_cache_finalize ((VliveHeapCache *) object);

  G_OBJECT_CLASS (vlive_memory_cache_parent_class)->finalize (object);
}

static void
vlive_memory_cache_class_init (VliveMemoryCacheClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = vlive_memory_cache_get_property;
  object_class->set_property = vlive_memory_cache_set_property;
  object_class->finalize = vlive_memory_cache_finalize;

  /**
   * VliveMemoryCache:size-limit:
   *
   * The most bytes that pages and records may take; the oldest go first. 0 for
   * no limit.
   *
   * Since: 0.1
   */
  properties[PROP_SIZE_LIMIT] =
      g_param_spec_uint64 ("size-limit", NULL, NULL, 0, G_MAXUINT64,
                           VLIVE_HEAP_SIZE_LIMIT,
                           G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY
                               | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
vlive_memory_cache_init (VliveMemoryCache *self)
{
  _vlive_heap_cache_init (&self->base, TRUE);
}

/**
 * vlive_memory_cache_new:
 *
 * Makes a cache in memory.
 *
 * Returns: (transfer full): a new cache
 *
 * Since: 0.1
 */
VliveCache *
vlive_memory_cache_new (void)
{
  return g_object_new (VLIVE_TYPE_MEMORY_CACHE, NULL);
}
