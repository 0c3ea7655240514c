/* vlive-heap-cache.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "base/vlive-census-private.h"
#include "cache/vlive-cache-task-private.h"
#include "cache/vlive-heap-cache-private.h"

/* The interface over a heap: everything is done when it is asked for, and
 * told later. */

static VliveHeap *
get_heap (VliveCache *cache)
{
  return &((VliveHeapCache *) cache)->heap;
}

static VliveHeapSpace *
get_space (VliveCache *cache, const char *ns)
{
  return _vlive_heap_get_space (get_heap (cache), ns);
}

static gboolean
try_lookup_page (VliveCache *cache,
                 const char *ns,
                 VliveQuery *query,
                 guint64 offset,
                 guint limit,
                 VlivePage **page,
                 VliveStamp *stamp)
{
  VliveHeapSpace *space = get_space (cache, ns);

  *page = _vlive_heap_space_lookup (space, query, offset, limit);
  _vlive_heap_space_get_stamp (space, stamp);

  return TRUE;
}

static void
lookup_page_async (VliveCache *cache,
                   const char *ns,
                   VliveQuery *query,
                   guint64 offset,
                   guint limit,
                   GCancellable *cancellable,
                   GAsyncReadyCallback callback,
                   gpointer user_data)
{
  g_autoptr (GTask) task = _vlive_cache_task_new (cache, cancellable, callback,
                                                  user_data, lookup_page_async, FALSE);
  VlivePage *page = NULL;
  VliveStamp stamp;

  try_lookup_page (cache, ns, query, offset, limit, &page, &stamp);
  _vlive_cache_return_lookup (task, page, &stamp);
}

static void
store_page_async (VliveCache *cache,
                  const char *ns,
                  VliveQuery *query,
                  VlivePage *page,
                  GCancellable *cancellable,
                  GAsyncReadyCallback callback,
                  gpointer user_data)
{
  g_autoptr (GTask) task = _vlive_cache_task_new (cache, cancellable, callback,
                                                  user_data, store_page_async, TRUE);

  if (g_task_return_error_if_cancelled (task))
    return;

  _vlive_cache_return_page (task, _vlive_heap_space_store (get_space (cache, ns), query,
                                                           page));
  _vlive_heap_maintain (get_heap (cache));
}

static void
renew_page_async (VliveCache *cache,
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
  g_autoptr (GTask) task = _vlive_cache_task_new (cache, cancellable, callback,
                                                  user_data, renew_page_async, TRUE);

  if (g_task_return_error_if_cancelled (task))
    return;

  _vlive_cache_return_page (task,
                            _vlive_heap_space_renew (get_space (cache, ns), query,
                                                     offset, limit, validator, answer));
}

static void
return_known (GTask *task, VliveHeapSpace *space, VliveKnownRecord *known)
{
  VliveCachedRecord entry = { 0 };

  if (!space->heap->keeps)
    known->found = known->stale = FALSE;
  _vlive_cached_record_set (&entry, known);
  _vlive_heap_space_get_stamp (space, &entry.stamp);
  _vlive_cache_return_cached_record (task, &entry);
}

static void
lookup_record_async (VliveCache *cache,
                     const char *ns,
                     const char *id,
                     GCancellable *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer user_data)
{
  g_autoptr (GTask) task =
      _vlive_cache_task_new (cache, cancellable, callback, user_data,
                             lookup_record_async, FALSE);
  VliveHeapSpace *space = get_space (cache, ns);
  VliveKnownRecord known;

  _vlive_heap_space_know (space, id, &known);
  return_known (task, space, &known);
}

static void
search_record_async (VliveCache *cache,
                     const char *ns,
                     const char *id,
                     GCancellable *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer user_data)
{
  g_autoptr (GTask) task =
      _vlive_cache_task_new (cache, cancellable, callback, user_data,
                             search_record_async, FALSE);
  VliveHeapSpace *space = get_space (cache, ns);
  VliveKnownRecord known;

  _vlive_heap_space_search (space, id, &known);
  return_known (task, space, &known);
}

static void
store_record_async (VliveCache *cache,
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
  g_autoptr (GTask) task = _vlive_cache_task_new (cache, cancellable, callback,
                                                  user_data, store_record_async, TRUE);
  VliveHeapSpace *space = get_space (cache, ns);
  VliveKnownRecord known;
  VliveVerdict verdict;

  if (g_task_return_error_if_cancelled (task))
    return;

  verdict = _vlive_heap_space_take (space, id, record, stamp, fetched_at, sequence);
  if (verdict == VLIVE_VERDICT_OLDER)
    {
      _vlive_heap_space_know (space, id, &known);
      record = known.record;
    }
  else if (verdict == VLIVE_VERDICT_AGAIN)
    record = NULL;
  _vlive_cache_return_record (task, record != NULL ? vlive_record_ref (record) : NULL,
                              verdict == VLIVE_VERDICT_AGAIN);
  _vlive_heap_maintain (get_heap (cache));
}

static void
patch_async (VliveCache *cache,
             const char *ns,
             const VlivePatch *patches,
             gsize n_patches,
             GCancellable *cancellable,
             GAsyncReadyCallback callback,
             gpointer user_data)
{
  g_autoptr (GTask) task = _vlive_cache_task_new (cache, cancellable, callback,
                                                  user_data, patch_async, TRUE);

  if (g_task_return_error_if_cancelled (task))
    return;

  _vlive_cache_return_patched (task, _vlive_heap_space_patch (get_space (cache, ns),
                                                              patches, n_patches));
  _vlive_heap_maintain (get_heap (cache));
}

static void
invalidate_async (VliveCache *cache,
                  const char *ns,
                  VliveQuery *query,
                  const char *id,
                  GCancellable *cancellable,
                  GAsyncReadyCallback callback,
                  gpointer user_data)
{
  g_autoptr (GTask) task = _vlive_cache_task_new (cache, cancellable, callback,
                                                  user_data, invalidate_async, TRUE);

  if (g_task_return_error_if_cancelled (task))
    return;

  _vlive_heap_space_invalidate (get_space (cache, ns), query, id);
  g_task_return_boolean (task, TRUE);
}

static void
clear_async (VliveCache *cache,
             GCancellable *cancellable,
             GAsyncReadyCallback callback,
             gpointer user_data)
{
  g_autoptr (GTask) task = _vlive_cache_task_new (cache, cancellable, callback,
                                                  user_data, clear_async, TRUE);

  if (g_task_return_error_if_cancelled (task))
    return;

  _vlive_heap_clear (get_heap (cache));
  g_task_return_boolean (task, TRUE);
}

static void
get_statistics_async (VliveCache *cache,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  g_autoptr (GTask) task =
      _vlive_cache_task_new (cache, cancellable, callback, user_data,
                             get_statistics_async, FALSE);

  _vlive_cache_return_statistics (task, &get_heap (cache)->statistics);
}

static gboolean
try_get_stamp (VliveCache *cache, const char *ns, VliveStamp *stamp)
{
  _vlive_heap_space_get_stamp (get_space (cache, ns), stamp);

  return TRUE;
}

static void
store_schema (VliveCache *cache, const char *ns, VliveSchema *schema)
{
  VliveHeapSpace *space = get_space (cache, ns);

  vlive_schema_ref (schema);
  g_clear_pointer (&space->schema, vlive_schema_unref);
  space->schema = schema;
}

static void
lookup_schema_async (VliveCache *cache,
                     const char *ns,
                     GCancellable *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer user_data)
{
  g_autoptr (GTask) task =
      _vlive_cache_task_new (cache, cancellable, callback, user_data,
                             lookup_schema_async, FALSE);
  VliveSchema *schema = get_space (cache, ns)->schema;

  _vlive_cache_return_schema (task, schema != NULL ? vlive_schema_ref (schema) : NULL);
}

static void
set_clock (VliveCache *cache, VliveClock *clock)
{
  _vlive_heap_set_clock (get_heap (cache), clock);
}

void
_vlive_heap_cache_iface_init (VliveCacheInterface *iface)
{
  iface->try_lookup_page = try_lookup_page;
  iface->lookup_page_async = lookup_page_async;
  iface->store_page_async = store_page_async;
  iface->renew_page_async = renew_page_async;
  iface->lookup_record_async = lookup_record_async;
  iface->search_record_async = search_record_async;
  iface->store_record_async = store_record_async;
  iface->patch_async = patch_async;
  iface->invalidate_async = invalidate_async;
  iface->clear_async = clear_async;
  iface->get_statistics_async = get_statistics_async;
  iface->try_get_stamp = try_get_stamp;
  iface->store_schema = store_schema;
  iface->lookup_schema_async = lookup_schema_async;
  iface->set_clock = set_clock;
  _vlive_cache_iface_set_finishers (iface);
}

void
_vlive_heap_cache_init (VliveHeapCache *self, gboolean keeps)
{
  _vlive_heap_init (&self->heap, keeps);
  _vlive_census_add (VLIVE_CENSUS_CACHE);
}

void
_vlive_heap_cache_finalize (VliveHeapCache *self)
{
  _vlive_heap_destroy (&self->heap);
  _vlive_census_remove (VLIVE_CENSUS_CACHE);
}
