/* vlive-cache-private.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "base/vlive-clock-private.h"
#include "cache/vlive-cache.h"
#include "record/vlive-page-private.h"

G_BEGIN_DECLS

/*
 * What a store asks of a cache (design section 8; races.md 1 to 8). @ns names
 * a namespace: two namespaces never share anything. Everything runs on the
 * thread that made the cache and completes there.
 *
 * Stamps. A read that may lead to a request hands out the stamp of the asking,
 * taken in the same read transaction. The answer comes back with it, and the
 * transaction that stores it decides: another generation, or ordered before
 * what is stored: dropped. Older than the query's mark: stored as stale. Ids
 * with a patch entry newer than the stamp: masked when read, stored raw.
 *
 * Validators. A page that is handed out has its validator only if that may be
 * sent: not if an id has a newer entry ("patched"), nor where a "not modified"
 * would leave a total unsaid that may be wrong (rule 2). Its total is that of
 * its query, the last-asked one.
 *
 * Faults. A damaged value, a full disk, a folder that cannot be used: a miss
 * or a store that keeps nothing, one warning, never an error to the caller.
 * Errors are for cancellation and a closed cache only.
 */

typedef enum
{
  VLIVE_PATCH_RECORD,     /* the record as it now is */
  VLIVE_PATCH_TOMBSTONE,  /* it is gone */
  VLIVE_PATCH_UNKNOWN,    /* it changed, content unknown: masks nothing */
} VlivePatchKind;

typedef struct
{
  VlivePatchKind      kind;
  const char         *id;
  VliveRecord        *record;      /* RECORD only */
  /* A record came or went: every query is stale. */
  gboolean            membership;
  /* The fields that changed, NULL-terminated: queries that depend on one are
   * stale. NULL: not known, so every query that sorts, filters or searches. */
  const char * const *fields;
  /* An acknowledged write of ours: its mark outlives a single read (rule 12). */
  gboolean            confirmed;
  /* An event: if a write of ours to this id was confirmed less than this ago,
   * by any process on the cache, its content is not laid in and it counts as
   * UNKNOWN: a single read settles it (rule 12). 0: it is believed. */
  gint64              deadline_us;
} VlivePatch;

typedef struct
{
  gboolean     found;
  VliveRecord *record;      /* owned; NULL with found: known not to exist */
  gboolean     stale;       /* changed since, content unknown */
  gint64       confirmed_at; /* boot clock, of the last write of ours; 0: none */
  gint64       fetched_at;  /* real time, µs */
  guint64      sequence;    /* the master's change sequence at asking, or 0 */
  VliveStamp   stamp;       /* of this asking, for the request that may follow */
} VliveCachedRecord;

void _vlive_cached_record_clear (VliveCachedRecord *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (VliveCachedRecord, _vlive_cached_record_clear)

struct _VliveCacheInterface
{
  GTypeInterface parent_iface;

  /* FALSE: would wait; use the asynchronous one. A miss is TRUE with NULL. */
  gboolean   (*try_lookup_page)     (VliveCache           *self,
                                     const char           *ns,
                                     VliveQuery           *query,
                                     guint64               offset,
                                     guint                 limit,
                                     VlivePage           **page,
                                     VliveStamp           *stamp);
  void       (*lookup_page_async)   (VliveCache           *self,
                                     const char           *ns,
                                     VliveQuery           *query,
                                     guint64               offset,
                                     guint                 limit,
                                     GCancellable         *cancellable,
                                     GAsyncReadyCallback   callback,
                                     gpointer              user_data);
  /* FALSE only with an error. */
  gboolean   (*lookup_page_finish)  (VliveCache           *self,
                                     GAsyncResult         *result,
                                     VlivePage           **page,
                                     VliveStamp           *stamp,
                                     GError              **error);
  /* @page carries its stamp, fetched_at, sequence, validator. Answers the page
   * to show instead: patched, perhaps stale, perhaps a newer one that was
   * stored meanwhile. NULL without an error: asked under another generation, or
   * older than what is still known to mask it, ask again. */
  void       (*store_page_async)    (VliveCache           *self,
                                     const char           *ns,
                                     VliveQuery           *query,
                                     VlivePage            *page,
                                     GCancellable         *cancellable,
                                     GAsyncReadyCallback   callback,
                                     gpointer              user_data);
  VlivePage *(*store_page_finish)   (VliveCache           *self,
                                     GAsyncResult         *result,
                                     GError              **error);
  /* "Not modified": @answer carries stamp, fetched_at, sequence and perhaps a
   * total; @validator is the one that was sent. Rewrites the header only. NULL
   * without an error: it does not count (the stored page has another validator
   * or a newer entry now, or the total is left unsaid): ask again without one. */
  void       (*renew_page_async)    (VliveCache           *self,
                                     const char           *ns,
                                     VliveQuery           *query,
                                     guint64               offset,
                                     guint                 limit,
                                     const char           *validator,
                                     VlivePage            *answer,
                                     GCancellable         *cancellable,
                                     GAsyncReadyCallback   callback,
                                     gpointer              user_data);
  VlivePage *(*renew_page_finish)   (VliveCache           *self,
                                     GAsyncResult         *result,
                                     GError              **error);

  /* From the patch table and the record table: pages are not searched. */
  void       (*lookup_record_async) (VliveCache           *self,
                                     const char           *ns,
                                     const char           *id,
                                     GCancellable         *cancellable,
                                     GAsyncReadyCallback   callback,
                                     gpointer              user_data);
  gboolean   (*lookup_record_finish)(VliveCache           *self,
                                     GAsyncResult         *result,
                                     VliveCachedRecord    *entry,
                                     GError              **error);
  /* The same, and from the pages that were stored last: what was asked for last
   * of all that holds the record. Costs a look into each of them, so it is for
   * who would otherwise ask the master. Finished by lookup_record_finish(). */
  void       (*search_record_async) (VliveCache           *self,
                                     const char           *ns,
                                     const char           *id,
                                     GCancellable         *cancellable,
                                     GAsyncReadyCallback   callback,
                                     gpointer              user_data);
  /* The answer of a single read; @record NULL: the master has none (not
   * remembered past an insert). Answers what to show: perhaps newer, NULL for
   * none; *again: asked under another generation. */
  void       (*store_record_async)  (VliveCache           *self,
                                     const char           *ns,
                                     const char           *id,
                                     VliveRecord          *record,
                                     const VliveStamp     *stamp,
                                     gint64                fetched_at,
                                     guint64               sequence,
                                     GCancellable         *cancellable,
                                     GAsyncReadyCallback   callback,
                                     gpointer              user_data);
  gboolean   (*store_record_finish) (VliveCache           *self,
                                     GAsyncResult         *result,
                                     VliveRecord         **record,
                                     gboolean             *again,
                                     GError              **error);
  /* Confirmed writes and events, in order: raises the epoch once, the marks
   * as said, and keeps the entries. Copied before it returns. *doubted, if wanted:
   * owned, of guint: those whose content was not laid in, by their "deadline_us";
   * NULL: none. */
  void       (*patch_async)         (VliveCache           *self,
                                     const char           *ns,
                                     const VlivePatch     *patches,
                                     gsize                 n_patches,
                                     GCancellable         *cancellable,
                                     GAsyncReadyCallback   callback,
                                     gpointer              user_data);
  gboolean   (*patch_finish)        (VliveCache           *self,
                                     GAsyncResult         *result,
                                     GArray              **doubted,
                                     GError              **error);
  /* Everything of @ns (@query and @id NULL), one query, or one record. An
   * epoch is raised; nothing is deleted. */
  void       (*invalidate_async)    (VliveCache           *self,
                                     const char           *ns,
                                     VliveQuery           *query,
                                     const char           *id,
                                     GCancellable         *cancellable,
                                     GAsyncReadyCallback   callback,
                                     gpointer              user_data);
  gboolean   (*invalidate_finish)   (VliveCache           *self,
                                     GAsyncResult         *result,
                                     GError              **error);
  void       (*clear_async)         (VliveCache           *self,
                                     GCancellable         *cancellable,
                                     GAsyncReadyCallback   callback,
                                     gpointer              user_data);
  gboolean   (*clear_finish)        (VliveCache           *self,
                                     GAsyncResult         *result,
                                     GError              **error);
  void       (*get_statistics_async) (VliveCache          *self,
                                     GCancellable         *cancellable,
                                     GAsyncReadyCallback   callback,
                                     gpointer              user_data);
  gboolean   (*get_statistics_finish) (VliveCache         *self,
                                     GAsyncResult         *result,
                                     VliveCacheStatistics *statistics,
                                     GError              **error);
  /* FALSE: would wait. The stamp that an asking has now. */
  gboolean   (*try_get_stamp)       (VliveCache           *self,
                                     const char           *ns,
                                     VliveStamp           *stamp);
  /* One more schema for @ns, beside the data: what a warm start shows its
   * columns from. Lookup may answer NULL. */
  void       (*store_schema)        (VliveCache           *self,
                                     const char           *ns,
                                     VliveSchema          *schema);
  void       (*lookup_schema_async) (VliveCache           *self,
                                     const char           *ns,
                                     GCancellable         *cancellable,
                                     GAsyncReadyCallback   callback,
                                     gpointer              user_data);
  VliveSchema *(*lookup_schema_finish) (VliveCache        *self,
                                     GAsyncResult         *result,
                                     GError              **error);
  void       (*set_clock)           (VliveCache           *self,
                                     VliveClock           *clock);
  /* @func runs on the caller's context for whatever is committed to the cache, by
   * any process, this one included; much may come to one call. NULL: nobody else
   * can change it. */
  guint      (*watch)               (VliveCache           *self,
                                     GSourceOnceFunc       func,
                                     gpointer              data);
  void       (*unwatch)             (VliveCache           *self,
                                     guint                 watch);
  gpointer padding[4];
};

/* _vlive_cache_try_lookup_page() and so on: one thin wrapper for each of the
 * above, with the same arguments. */
gboolean     _vlive_cache_try_lookup_page      (VliveCache *self, const char *ns, VliveQuery *query, guint64 offset, guint limit, VlivePage **page, VliveStamp *stamp);
void         _vlive_cache_lookup_page_async    (VliveCache *self, const char *ns, VliveQuery *query, guint64 offset, guint limit, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean     _vlive_cache_lookup_page_finish   (VliveCache *self, GAsyncResult *result, VlivePage **page, VliveStamp *stamp, GError **error);
void         _vlive_cache_store_page_async     (VliveCache *self, const char *ns, VliveQuery *query, VlivePage *page, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
VlivePage   *_vlive_cache_store_page_finish    (VliveCache *self, GAsyncResult *result, GError **error);
void         _vlive_cache_renew_page_async     (VliveCache *self, const char *ns, VliveQuery *query, guint64 offset, guint limit, const char *validator, VlivePage *answer, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
VlivePage   *_vlive_cache_renew_page_finish    (VliveCache *self, GAsyncResult *result, GError **error);
void         _vlive_cache_lookup_record_async  (VliveCache *self, const char *ns, const char *id, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean     _vlive_cache_lookup_record_finish (VliveCache *self, GAsyncResult *result, VliveCachedRecord *entry, GError **error);
void         _vlive_cache_search_record_async  (VliveCache *self, const char *ns, const char *id, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
void         _vlive_cache_store_record_async   (VliveCache *self, const char *ns, const char *id, VliveRecord *record, const VliveStamp *stamp, gint64 fetched_at, guint64 sequence, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean     _vlive_cache_store_record_finish  (VliveCache *self, GAsyncResult *result, VliveRecord **record, gboolean *again, GError **error);
void         _vlive_cache_patch_async          (VliveCache *self, const char *ns, const VlivePatch *patches, gsize n_patches, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean     _vlive_cache_patch_finish         (VliveCache *self, GAsyncResult *result, GArray **doubted, GError **error);
void         _vlive_cache_invalidate_async     (VliveCache *self, const char *ns, VliveQuery *query, const char *id, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean     _vlive_cache_invalidate_finish    (VliveCache *self, GAsyncResult *result, GError **error);
gboolean     _vlive_cache_try_get_stamp        (VliveCache *self, const char *ns, VliveStamp *stamp);
/* 0: nobody else can change it. */
guint        _vlive_cache_watch                (VliveCache *self, GSourceOnceFunc func, gpointer data);
void         _vlive_cache_unwatch              (VliveCache *self, guint watch);
void         _vlive_cache_store_schema         (VliveCache *self, const char *ns, VliveSchema *schema);
void         _vlive_cache_lookup_schema_async  (VliveCache *self, const char *ns, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
VliveSchema *_vlive_cache_lookup_schema_finish (VliveCache *self, GAsyncResult *result, GError **error);

/* A test's clock; NULL: the system's. Before anything else is asked. */
void         _vlive_cache_set_clock            (VliveCache *self, VliveClock *clock);

G_END_DECLS
