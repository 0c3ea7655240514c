/* vlive-cache.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "cache/vlive-cache-private.h"

/**
 * VliveCache:
 *
 * The local keeper of pages and records.
 *
 * A program makes one, in memory ([func@MemoryCache.new]), none at all
 * ([func@NullCache.new]) or in a folder ([func@LmdbCache.new]), and gives it
 * to its stores. Several stores may share one; each has its own namespace. A
 * cache belongs to the thread that made it, and completes its calls there.
 *
 * Since: 0.1
 */
G_DEFINE_INTERFACE (VliveCache, vlive_cache, G_TYPE_OBJECT)

static void
vlive_cache_default_init (VliveCacheInterface *iface)
{
}

void
_vlive_cached_record_clear (VliveCachedRecord *self)
{
  g_clear_pointer (&self->record, vlive_record_unref);
}

gboolean
_vlive_cache_try_lookup_page (VliveCache *self,
                              const char *ns,
                              VliveQuery *query,
                              guint64 offset,
                              guint limit,
                              VlivePage **page,
                              VliveStamp *stamp)
{
  return VLIVE_CACHE_GET_IFACE (self)->try_lookup_page (self, ns, query, offset, limit,
                                                        page, stamp);
}

void
_vlive_cache_lookup_page_async (VliveCache *self,
                                const char *ns,
                                VliveQuery *query,
                                guint64 offset,
                                guint limit,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  VLIVE_CACHE_GET_IFACE (self)->lookup_page_async (self, ns, query, offset, limit,
                                                   cancellable, callback, user_data);
}

gboolean
_vlive_cache_lookup_page_finish (VliveCache *self,
                                 GAsyncResult *result,
                                 VlivePage **page,
                                 VliveStamp *stamp,
                                 GError **error)
{
  return VLIVE_CACHE_GET_IFACE (self)->lookup_page_finish (self, result, page, stamp,
                                                           error);
}

void
_vlive_cache_store_page_async (VliveCache *self,
                               const char *ns,
                               VliveQuery *query,
                               VlivePage *page,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  g_assert (!vlive_page_is_not_modified (page));

  VLIVE_CACHE_GET_IFACE (self)->store_page_async (self, ns, query, page, cancellable,
                                                  callback, user_data);
}

VlivePage *
_vlive_cache_store_page_finish (VliveCache *self, GAsyncResult *result, GError **error)
{
  return VLIVE_CACHE_GET_IFACE (self)->store_page_finish (self, result, error);
}

void
_vlive_cache_renew_page_async (VliveCache *self,
                               const char *ns,
                               VliveQuery *query,
                               guint64 offset,
                               guint limit,
                               const char *validator,
                               VlivePage *answer,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  g_assert (validator != NULL);

  VLIVE_CACHE_GET_IFACE (self)->renew_page_async (self, ns, query, offset, limit,
                                                  validator, answer, cancellable,
                                                  callback, user_data);
}

VlivePage *
_vlive_cache_renew_page_finish (VliveCache *self, GAsyncResult *result, GError **error)
{
  return VLIVE_CACHE_GET_IFACE (self)->renew_page_finish (self, result, error);
}

void
_vlive_cache_lookup_record_async (VliveCache *self,
                                  const char *ns,
                                  const char *id,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  VLIVE_CACHE_GET_IFACE (self)->lookup_record_async (self, ns, id, cancellable,
                                                     callback, user_data);
}

void
_vlive_cache_search_record_async (VliveCache *self,
                                  const char *ns,
                                  const char *id,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  VLIVE_CACHE_GET_IFACE (self)->search_record_async (self, ns, id, cancellable,
                                                     callback, user_data);
}

gboolean
_vlive_cache_lookup_record_finish (VliveCache *self,
                                   GAsyncResult *result,
                                   VliveCachedRecord *entry,
                                   GError **error)
{
  return VLIVE_CACHE_GET_IFACE (self)->lookup_record_finish (self, result, entry,
                                                             error);
}

void
_vlive_cache_store_record_async (VliveCache *self,
                                 const char *ns,
                                 const char *id,
                                 VliveRecord *record,
                                 const VliveStamp *stamp,
                                 gint64 fetched_at,
                                 guint64 sequence,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  VLIVE_CACHE_GET_IFACE (self)->store_record_async (self, ns, id, record, stamp,
                                                    fetched_at, sequence, cancellable,
                                                    callback, user_data);
}

gboolean
_vlive_cache_store_record_finish (VliveCache *self,
                                  GAsyncResult *result,
                                  VliveRecord **record,
                                  gboolean *again,
                                  GError **error)
{
  return VLIVE_CACHE_GET_IFACE (self)->store_record_finish (self, result, record, again,
                                                            error);
}

void
_vlive_cache_patch_async (VliveCache *self,
                          const char *ns,
                          const VlivePatch *patches,
                          gsize n_patches,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  VLIVE_CACHE_GET_IFACE (self)->patch_async (self, ns, patches, n_patches, cancellable,
                                             callback, user_data);
}

gboolean
_vlive_cache_patch_finish (VliveCache *self,
                           GAsyncResult *result,
                           GArray **doubted,
                           GError **error)
{
  return VLIVE_CACHE_GET_IFACE (self)->patch_finish (self, result, doubted, error);
}

void
_vlive_cache_invalidate_async (VliveCache *self,
                               const char *ns,
                               VliveQuery *query,
                               const char *id,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  g_assert (query == NULL || id == NULL);

  VLIVE_CACHE_GET_IFACE (self)->invalidate_async (self, ns, query, id, cancellable,
                                                  callback, user_data);
}

gboolean
_vlive_cache_invalidate_finish (VliveCache *self, GAsyncResult *result, GError **error)
{
  return VLIVE_CACHE_GET_IFACE (self)->invalidate_finish (self, result, error);
}

guint
_vlive_cache_watch (VliveCache *self, GSourceOnceFunc func, gpointer data)
{
  VliveCacheInterface *iface = VLIVE_CACHE_GET_IFACE (self);

  return iface->watch != NULL ? iface->watch (self, func, data) : 0;
}

void
_vlive_cache_unwatch (VliveCache *self, guint watch)
{
  if (watch != 0)
    VLIVE_CACHE_GET_IFACE (self)->unwatch (self, watch);
}

gboolean
_vlive_cache_try_get_stamp (VliveCache *self, const char *ns, VliveStamp *stamp)
{
  return VLIVE_CACHE_GET_IFACE (self)->try_get_stamp (self, ns, stamp);
}

void
_vlive_cache_store_schema (VliveCache *self, const char *ns, VliveSchema *schema)
{
  VLIVE_CACHE_GET_IFACE (self)->store_schema (self, ns, schema);
}

void
_vlive_cache_lookup_schema_async (VliveCache *self,
                                  const char *ns,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  VLIVE_CACHE_GET_IFACE (self)->lookup_schema_async (self, ns, cancellable, callback,
                                                     user_data);
}

VliveSchema *
_vlive_cache_lookup_schema_finish (VliveCache *self,
                                   GAsyncResult *result,
                                   GError **error)
{
  return VLIVE_CACHE_GET_IFACE (self)->lookup_schema_finish (self, result, error);
}

void
_vlive_cache_set_clock (VliveCache *self, VliveClock *clock)
{
  VLIVE_CACHE_GET_IFACE (self)->set_clock (self, clock);
}

/**
 * vlive_cache_get_statistics_async:
 * @self: a cache
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async) (closure user_data): called when it is known
 * @user_data: user data for @callback
 *
 * Asks what the cache holds, over all namespaces.
 *
 * Since: 0.1
 */
void
vlive_cache_get_statistics_async (VliveCache *self,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  g_return_if_fail (VLIVE_IS_CACHE (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  VLIVE_CACHE_GET_IFACE (self)->get_statistics_async (self, cancellable, callback,
                                                      user_data);
}

/**
 * vlive_cache_get_statistics_finish:
 * @self: a cache
 * @result: what the callback was given
 * @statistics: (out caller-allocates): what the cache holds
 * @error: return location for an error
 *
 * Completes [method@Cache.get_statistics_async].
 *
 * Returns: %FALSE with @error set if it was cancelled
 *
 * Since: 0.1
 */
gboolean
vlive_cache_get_statistics_finish (VliveCache *self,
                                   GAsyncResult *result,
                                   VliveCacheStatistics *statistics,
                                   GError **error)
{
  g_return_val_if_fail (VLIVE_IS_CACHE (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (statistics != NULL, FALSE);

  return VLIVE_CACHE_GET_IFACE (self)->get_statistics_finish (self, result, statistics,
                                                              error);
}

/**
 * vlive_cache_clear_async:
 * @self: a cache
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async) (closure user_data): called when it is empty
 * @user_data: user data for @callback
 *
 * Forgets everything, in every namespace, for every process that shares the
 * cache. Answers that were asked for before are dropped when they arrive, and
 * asked for again.
 *
 * Since: 0.1
 */
void
vlive_cache_clear_async (VliveCache *self,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_return_if_fail (VLIVE_IS_CACHE (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  VLIVE_CACHE_GET_IFACE (self)->clear_async (self, cancellable, callback, user_data);
}

/**
 * vlive_cache_clear_finish:
 * @self: a cache
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Completes [method@Cache.clear_async].
 *
 * Returns: %FALSE with @error set if it was cancelled before it began
 *
 * Since: 0.1
 */
gboolean
vlive_cache_clear_finish (VliveCache *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (VLIVE_IS_CACHE (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return VLIVE_CACHE_GET_IFACE (self)->clear_finish (self, result, error);
}
