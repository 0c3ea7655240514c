/* vlive-cache.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "base/vlive-types.h"

G_BEGIN_DECLS

/*
 * The local keeper of pages and records. Programs make one and give it to
 * stores; several stores may share one, each in its own namespace.
 */
#define VLIVE_TYPE_CACHE (vlive_cache_get_type ())

VLIVE_AVAILABLE_IN_0_1
G_DECLARE_INTERFACE (VliveCache, vlive_cache, VLIVE, CACHE, GObject)

/**
 * VliveCacheStatistics:
 * @n_pages: pages held
 * @n_records: single records held
 * @n_patches: records newer than pages that show them
 * @used_bytes: bytes used
 * @size_limit: the most bytes it may use, 0 for none
 * @n_evicted: pages that had to go, since it was opened here
 * @n_corrupt: values found damaged and taken for misses, since it was opened here
 *
 * What a cache holds, over all namespaces.
 */
typedef struct
{
  guint64 n_pages;
  guint64 n_records;
  guint64 n_patches;
  guint64 used_bytes;
  guint64 size_limit;
  guint64 n_evicted;
  guint64 n_corrupt;
} VliveCacheStatistics;

VLIVE_AVAILABLE_IN_0_1
void        vlive_cache_get_statistics_async  (VliveCache            *self,
                                               GCancellable          *cancellable,
                                               GAsyncReadyCallback    callback,
                                               gpointer               user_data);
VLIVE_AVAILABLE_IN_0_1
gboolean    vlive_cache_get_statistics_finish (VliveCache            *self,
                                               GAsyncResult          *result,
                                               VliveCacheStatistics  *statistics,
                                               GError               **error);
/* Forgets everything, for every process that shares it. */
VLIVE_AVAILABLE_IN_0_1
void        vlive_cache_clear_async           (VliveCache            *self,
                                               GCancellable          *cancellable,
                                               GAsyncReadyCallback    callback,
                                               gpointer               user_data);
VLIVE_AVAILABLE_IN_0_1
gboolean    vlive_cache_clear_finish          (VliveCache            *self,
                                               GAsyncResult          *result,
                                               GError               **error);

/* In memory, gone with the process. "size-limit" in bytes. */
#define VLIVE_TYPE_MEMORY_CACHE (vlive_memory_cache_get_type ())
VLIVE_AVAILABLE_IN_0_1
G_DECLARE_FINAL_TYPE (VliveMemoryCache, vlive_memory_cache, VLIVE, MEMORY_CACHE, GObject)
VLIVE_AVAILABLE_IN_0_1
VliveCache *vlive_memory_cache_new            (void) G_GNUC_WARN_UNUSED_RESULT;

/* Keeps no page and no record: every read is a miss. Epochs and the patch
 * table work, so that no older answer overwrites a newer one. */
#define VLIVE_TYPE_NULL_CACHE (vlive_null_cache_get_type ())
VLIVE_AVAILABLE_IN_0_1
G_DECLARE_FINAL_TYPE (VliveNullCache, vlive_null_cache, VLIVE, NULL_CACHE, GObject)
VLIVE_AVAILABLE_IN_0_1
VliveCache *vlive_null_cache_new              (void) G_GNUC_WARN_UNUSED_RESULT;

/* In a folder, shared by processes. A folder that cannot be used is said once;
 * the cache then works as if empty. "size-limit" in bytes, 256 MiB. */
#define VLIVE_TYPE_LMDB_CACHE (vlive_lmdb_cache_get_type ())
VLIVE_AVAILABLE_IN_0_1
G_DECLARE_FINAL_TYPE (VliveLmdbCache, vlive_lmdb_cache, VLIVE, LMDB_CACHE, GObject)
VLIVE_AVAILABLE_IN_0_1
VliveCache *vlive_lmdb_cache_new              (const char            *folder) G_GNUC_WARN_UNUSED_RESULT;
VLIVE_AVAILABLE_IN_0_1
const char *vlive_lmdb_cache_get_folder       (VliveLmdbCache        *self);

G_END_DECLS
