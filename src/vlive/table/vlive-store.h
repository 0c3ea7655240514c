/* vlive-store.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "cache/vlive-cache.h"
#include "master/vlive-master.h"
#include "stream/vlive-live-stream.h"
#include "table/vlive-ledger.h"

G_BEGIN_DECLS

/**
 * VliveReadFlags:
 * @VLIVE_READ_NONE: from the cache while fresh, otherwise from the master, and
 *   from the cache after all if the master does not answer
 * @VLIVE_READ_FORCE: always ask the master (a refresh)
 * @VLIVE_READ_CACHED: never ask the master
 *
 * How to read.
 */
typedef enum /*< flags >*/
{
  VLIVE_READ_NONE   = 0,
  VLIVE_READ_FORCE  = 1 << 0,
  VLIVE_READ_CACHED = 1 << 1,
} VliveReadFlags;

/**
 * VliveReading:
 * @outcome: hit, stale or miss
 * @age_us: how old what was read is, in µs
 * @reason: (nullable): for stale: why the master did not answer; owned
 *
 * What became of a read.
 */
typedef struct
{
  VliveOutcome outcome;
  gint64       age_us;
  char        *reason;
} VliveReading;

VLIVE_AVAILABLE_IN_0_1
void           vlive_reading_clear            (VliveReading         *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (VliveReading, vlive_reading_clear)

/*
 * One master bound to one cache namespace. Belongs to the thread that made it.
 * It implements VliveMaster itself. Properties: "master", "cache",
 * "cache-key", "live-stream", "stale-after" (ms, 60 000), "max-fetches" (4),
 * "local-limit" (100 000), "schema" (notifies when it widens), "error" (GError, the last failed read;
 * NULL after a good one), "online", "ledger".
 * Signal: "changed" (const char *id or NULL): something cached is no longer
 * believed, or was replaced.
 */
#define VLIVE_TYPE_STORE (vlive_store_get_type ())

VLIVE_AVAILABLE_IN_0_1
G_DECLARE_FINAL_TYPE (VliveStore, vlive_store, VLIVE, STORE, GObject)

/* @cache_key: chosen by the caller; names the namespace together with the
 * master's identity. */
VLIVE_AVAILABLE_IN_0_1
VliveStore      *vlive_store_new              (VliveMaster          *master,
                                               VliveCache           *cache,
                                               const char           *cache_key) G_GNUC_WARN_UNUSED_RESULT;
VLIVE_AVAILABLE_IN_0_1
VliveMaster     *vlive_store_get_master       (VliveStore           *self);
VLIVE_AVAILABLE_IN_0_1
VliveCache      *vlive_store_get_cache        (VliveStore           *self);
VLIVE_AVAILABLE_IN_0_1
const char      *vlive_store_get_cache_key    (VliveStore           *self);
VLIVE_AVAILABLE_IN_0_1
guint            vlive_store_get_stale_after  (VliveStore           *self);
VLIVE_AVAILABLE_IN_0_1
void             vlive_store_set_stale_after  (VliveStore           *self,
                                               guint                 milliseconds);
VLIVE_AVAILABLE_IN_0_1
guint            vlive_store_get_max_fetches  (VliveStore           *self);
VLIVE_AVAILABLE_IN_0_1
void             vlive_store_set_max_fetches  (VliveStore           *self,
                                               guint                 max_fetches);
VLIVE_AVAILABLE_IN_0_1
guint            vlive_store_get_local_limit  (VliveStore           *self);
VLIVE_AVAILABLE_IN_0_1
void             vlive_store_set_local_limit  (VliveStore           *self,
                                               guint                 local_limit);
VLIVE_AVAILABLE_IN_0_1
VliveLiveStream *vlive_store_get_live_stream  (VliveStore           *self);
VLIVE_AVAILABLE_IN_0_1
void             vlive_store_set_live_stream  (VliveStore           *self,
                                               VliveLiveStream      *stream);
VLIVE_AVAILABLE_IN_0_1
VliveSchema     *vlive_store_get_schema       (VliveStore           *self);
VLIVE_AVAILABLE_IN_0_1
const GError    *vlive_store_get_error        (VliveStore           *self);
VLIVE_AVAILABLE_IN_0_1
gboolean         vlive_store_is_online        (VliveStore           *self);
VLIVE_AVAILABLE_IN_0_1
void             vlive_store_get_ledger       (VliveStore           *self,
                                               VliveLedger          *ledger);

/* @limit 0: everything. */
VLIVE_AVAILABLE_IN_0_1
void             vlive_store_list_async       (VliveStore           *self,
                                               VliveQuery           *query,
                                               guint64               offset,
                                               guint                 limit,
                                               VliveReadFlags        flags,
                                               GCancellable         *cancellable,
                                               GAsyncReadyCallback   callback,
                                               gpointer              user_data);
/* @reading: (out) (optional) */
VLIVE_AVAILABLE_IN_0_1
VlivePage       *vlive_store_list_finish      (VliveStore           *self,
                                               GAsyncResult         *result,
                                               VliveReading         *reading,
                                               GError              **error) G_GNUC_WARN_UNUSED_RESULT;
VLIVE_AVAILABLE_IN_0_1
void             vlive_store_get_async        (VliveStore           *self,
                                               const char           *id,
                                               VliveReadFlags        flags,
                                               GCancellable         *cancellable,
                                               GAsyncReadyCallback   callback,
                                               gpointer              user_data);
/* VLIVE_ERROR_NOT_FOUND if the master has none. */
VLIVE_AVAILABLE_IN_0_1
VliveRecord     *vlive_store_get_finish       (VliveStore           *self,
                                               GAsyncResult         *result,
                                               VliveReading         *reading,
                                               GError              **error) G_GNUC_WARN_UNUSED_RESULT;
VLIVE_AVAILABLE_IN_0_1
void             vlive_store_count_async      (VliveStore           *self,
                                               VliveQuery           *query,
                                               GCancellable         *cancellable,
                                               GAsyncReadyCallback   callback,
                                               gpointer              user_data);
VLIVE_AVAILABLE_IN_0_1
VliveTotalKind   vlive_store_count_finish     (VliveStore           *self,
                                               GAsyncResult         *result,
                                               guint64              *total,
                                               GError              **error);
/* Resolves when the master has answered; by then every reader of this cache,
 * in any process, reads the new value. Writes are sent one at a time, in the
 * order they were given. */
VLIVE_AVAILABLE_IN_0_1
VliveWrite      *vlive_store_write            (VliveStore           *self,
                                               VliveWriteOp          op,
                                               const char           *id,
                                               VliveRecord          *fields) G_GNUC_WARN_UNUSED_RESULT;
VLIVE_AVAILABLE_IN_0_1
void             vlive_store_write_async      (VliveStore           *self,
                                               VliveWrite           *write,
                                               GCancellable         *cancellable,
                                               GAsyncReadyCallback   callback,
                                               gpointer              user_data);
VLIVE_AVAILABLE_IN_0_1
gboolean         vlive_store_write_finish     (VliveStore           *self,
                                               GAsyncResult         *result,
                                               GError              **error);
/* Everything, one query (with @query), or one record (with @id). */
VLIVE_AVAILABLE_IN_0_1
void             vlive_store_invalidate_async (VliveStore           *self,
                                               VliveQuery           *query,
                                               const char           *id,
                                               GCancellable         *cancellable,
                                               GAsyncReadyCallback   callback,
                                               gpointer              user_data);
VLIVE_AVAILABLE_IN_0_1
gboolean         vlive_store_invalidate_finish (VliveStore          *self,
                                               GAsyncResult         *result,
                                               GError              **error);
/* Ends streams, timers and flights; queued writes are sent first, for at most
 * a few seconds. Further calls fail with VLIVE_ERROR_CLOSED. */
VLIVE_AVAILABLE_IN_0_1
void             vlive_store_close_async      (VliveStore           *self,
                                               GAsyncReadyCallback   callback,
                                               gpointer              user_data);
VLIVE_AVAILABLE_IN_0_1
gboolean         vlive_store_close_finish     (VliveStore           *self,
                                               GAsyncResult         *result,
                                               GError              **error);

G_END_DECLS
