/* vlive-cache-task-private.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "cache/vlive-cache-private.h"

G_BEGIN_DECLS

/* The results of all caches are GTasks of one form, so that they share their
 * finish functions. They complete at the priority of everything that comes
 * from elsewhere. */
#define VLIVE_CACHE_PRIORITY G_PRIORITY_HIGH_IDLE

void   _vlive_cache_iface_set_finishers  (VliveCacheInterface     *iface);

/* @writes: it is never reported as cancelled once it has begun. */
GTask *_vlive_cache_task_new             (VliveCache              *self,
                                          GCancellable            *cancellable,
                                          GAsyncReadyCallback      callback,
                                          gpointer                 user_data,
                                          gpointer                 tag,
                                          gboolean                 writes);

/* The result is taken over. */
void   _vlive_cache_return_lookup        (GTask                   *task,
                                          VlivePage               *page,
                                          const VliveStamp        *stamp);
void   _vlive_cache_return_page          (GTask                   *task,
                                          VlivePage               *page);
void   _vlive_cache_return_cached_record (GTask                   *task,
                                          const VliveCachedRecord *entry);
void   _vlive_cache_return_record        (GTask                   *task,
                                          VliveRecord             *record,
                                          gboolean                 again);
/* @doubted: nullable. */
void   _vlive_cache_return_patched       (GTask                   *task,
                                          GArray                  *doubted);
void   _vlive_cache_return_statistics    (GTask                   *task,
                                          const VliveCacheStatistics *statistics);
void   _vlive_cache_return_schema        (GTask                   *task,
                                          VliveSchema             *schema);

G_END_DECLS
