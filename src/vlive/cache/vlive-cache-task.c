/* vlive-cache-task.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "cache/vlive-cache-task-private.h"

typedef struct
{
  VlivePage *page; /* owned, nullable */
  VliveStamp stamp;
} Lookup;

typedef struct
{
  VliveRecord *record; /* owned, nullable */
  gboolean again;
} Reading;

static void
lookup_free (Lookup *lookup)
{
  g_clear_pointer (&lookup->page, vlive_page_unref);
  g_free (lookup);
}

static void
reading_free (Reading *reading)
{
  g_clear_pointer (&reading->record, vlive_record_unref);
  g_free (reading);
}

static void
cached_record_free (VliveCachedRecord *entry)
{
  _vlive_cached_record_clear (entry);
  g_free (entry);
}

GTask *
_vlive_cache_task_new (VliveCache *self,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data,
                       gpointer tag,
                       gboolean writes)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, tag);
  g_task_set_priority (task, VLIVE_CACHE_PRIORITY);
  if (writes)
    g_task_set_check_cancellable (task, FALSE);

  return task;
}

void
_vlive_cache_return_lookup (GTask *task, VlivePage *page, const VliveStamp *stamp)
{
  Lookup *lookup = g_new0 (Lookup, 1);

  lookup->page = page;
  lookup->stamp = *stamp;
  g_task_return_pointer (task, lookup, (GDestroyNotify) lookup_free);
}

void
_vlive_cache_return_page (GTask *task, VlivePage *page)
{
  g_task_return_pointer (task, page, (GDestroyNotify) vlive_page_unref);
}

void
_vlive_cache_return_cached_record (GTask *task, const VliveCachedRecord *entry)
{
  g_task_return_pointer (task, g_memdup2 (entry, sizeof *entry),
                         (GDestroyNotify) cached_record_free);
}

void
_vlive_cache_return_record (GTask *task, VliveRecord *record, gboolean again)
{
  Reading *reading = g_new0 (Reading, 1);

  reading->record = record;
  reading->again = again;
  g_task_return_pointer (task, reading, (GDestroyNotify) reading_free);
}

void
_vlive_cache_return_patched (GTask *task, GArray *doubted)
{
  g_task_return_pointer (task, doubted, (GDestroyNotify) g_array_unref);
}

void
_vlive_cache_return_statistics (GTask *task, const VliveCacheStatistics *statistics)
{
  g_task_return_pointer (task, g_memdup2 (statistics, sizeof *statistics), g_free);
}

void
_vlive_cache_return_schema (GTask *task, VliveSchema *schema)
{
  g_task_return_pointer (task, schema, (GDestroyNotify) vlive_schema_unref);
}

static gboolean
lookup_page_finish (VliveCache *self,
                    GAsyncResult *result,
                    VlivePage **page,
                    VliveStamp *stamp,
                    GError **error)
{
  Lookup *lookup = g_task_propagate_pointer (G_TASK (result), error);

  if (lookup == NULL)
    return FALSE;

  *page = g_steal_pointer (&lookup->page);
  *stamp = lookup->stamp;
  lookup_free (lookup);

  return TRUE;
}

static VlivePage *
page_finish (VliveCache *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static gboolean
lookup_record_finish (VliveCache *self,
                      GAsyncResult *result,
                      VliveCachedRecord *entry,
                      GError **error)
{
  g_autofree VliveCachedRecord *found =
      g_task_propagate_pointer (G_TASK (result), error);

  if (found == NULL)
    return FALSE;

  *entry = *found;

  return TRUE;
}

static gboolean
store_record_finish (VliveCache *self,
                     GAsyncResult *result,
                     VliveRecord **record,
                     gboolean *again,
                     GError **error)
{
  Reading *reading = g_task_propagate_pointer (G_TASK (result), error);

  if (reading == NULL)
    return FALSE;

  *record = g_steal_pointer (&reading->record);
  *again = reading->again;
  reading_free (reading);

  return TRUE;
}

static gboolean
patch_finish (VliveCache *self, GAsyncResult *result, GArray **doubted, GError **error)
{
  g_autoptr (GError) failure = NULL;
  g_autoptr (GArray) found = g_task_propagate_pointer (G_TASK (result), &failure);

  if (doubted != NULL)
    *doubted = g_steal_pointer (&found);
  if (failure == NULL)
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&failure));

  return FALSE;
}

static gboolean
boolean_finish (VliveCache *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static gboolean
get_statistics_finish (VliveCache *self,
                       GAsyncResult *result,
                       VliveCacheStatistics *statistics,
                       GError **error)
{
  g_autofree VliveCacheStatistics *found =
      g_task_propagate_pointer (G_TASK (result), error);

  if (found == NULL)
    return FALSE;

  *statistics = *found;

  return TRUE;
}

static VliveSchema *
lookup_schema_finish (VliveCache *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
_vlive_cache_iface_set_finishers (VliveCacheInterface *iface)
{
  iface->lookup_page_finish = lookup_page_finish;
  iface->store_page_finish = page_finish;
  iface->renew_page_finish = page_finish;
  iface->lookup_record_finish = lookup_record_finish;
  iface->store_record_finish = store_record_finish;
  iface->patch_finish = patch_finish;
  iface->invalidate_finish = boolean_finish;
  iface->clear_finish = boolean_finish;
  iface->get_statistics_finish = get_statistics_finish;
  iface->lookup_schema_finish = lookup_schema_finish;
}
