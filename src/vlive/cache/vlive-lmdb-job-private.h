/* vlive-lmdb-job-private.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "cache/vlive-lmdb-step-private.h"

G_BEGIN_DECLS

/* What a transaction tells of a namespace, for the mirror that a process
 * keeps of it. */
typedef struct
{
  guint64         txn_id;
  gboolean        exact;     /* nobody else wrote in that transaction */
  VliveLmdbSpace  space;     /* generation 0: nothing is told */
  gboolean        complete;  /* these are all entries; otherwise those changed since @base */
  guint64         base;
  GPtrArray      *ids;       /* owned, nullable; char * */
  GPtrArray      *entries;   /* owned, nullable; VliveCacheEntry, NULL where it has gone */
} VliveLmdbNews;

typedef enum
{
  VLIVE_LMDB_LOOKUP_PAGE,
  VLIVE_LMDB_STORE_PAGE,
  VLIVE_LMDB_RENEW_PAGE,
  VLIVE_LMDB_LOOKUP_RECORD,
  VLIVE_LMDB_SEARCH_RECORD,
  VLIVE_LMDB_STORE_RECORD,
  VLIVE_LMDB_TOUCH_RECORD,
  VLIVE_LMDB_PATCH,
  VLIVE_LMDB_INVALIDATE,
  VLIVE_LMDB_CLEAR,
  VLIVE_LMDB_GET_STATISTICS,
  VLIVE_LMDB_STORE_SCHEMA,
  VLIVE_LMDB_LOOKUP_SCHEMA,
} VliveLmdbOp;

/*
 * One call of the cache, as a transaction. It is made and freed on the owner's
 * thread; a storage's thread runs it, perhaps more than once, and sets the
 * results.
 */
typedef struct
{
  VliveLmdbOp  op;
  gboolean     writing;
  gboolean     broken;      /* the namespace must begin anew */

  /* What was asked. */
  VliveClock  *clock;       /* owned */
  char        *path;        /* owned; for warnings */
  char        *ns;          /* owned, nullable */
  GBytes      *space_key;   /* owned, nullable */
  VliveQuery  *query;       /* owned, nullable */
  guint64      offset;
  guint        limit;
  VlivePage   *page;        /* owned, nullable */
  char        *validator;   /* owned, nullable */
  char        *id;          /* owned, nullable */
  VliveRecord *record;      /* owned, nullable */
  VliveStamp   stamp;
  gint64       fetched_at;
  guint64      sequence;
  VlivePatch  *patches;     /* owned, with what they hold */
  gsize        n_patches;
  VliveSchema *schema;      /* owned, nullable; also the result of a lookup */
  /* What the mirror knows, so that the news can go on from there. */
  guint64      known_generation;
  guint64      known_serial;

  /* What became of it. */
  gboolean          ran;
  gboolean          needs_write;
  gboolean          again;
  gboolean          wants_touch;
  VlivePage        *shown;    /* owned, nullable */
  VliveCachedRecord cached;
  VliveRecord      *answer;   /* owned, nullable */
  GArray           *doubted;  /* owned, nullable, of guint: patches */
  VliveLmdbNews     news;
  guint             n_corrupt;
  VliveCacheStatistics statistics;
} VliveLmdbJob;

VliveLmdbJob *_vlive_lmdb_job_new         (VliveLmdbOp          op,
                                           const char          *ns);
void          _vlive_lmdb_job_free        (VliveLmdbJob        *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VliveLmdbJob, _vlive_lmdb_job_free)

gboolean      _vlive_lmdb_op_writes       (VliveLmdbOp          op);
void          _vlive_lmdb_job_set_patches (VliveLmdbJob        *self,
                                           const VlivePatch    *patches,
                                           gsize                n_patches);
/* A VliveTxnFunc. */
gboolean      _vlive_lmdb_job_run         (VliveTxn            *txn,
                                           gpointer             job,
                                           GError             **error);

void          _vlive_lmdb_news_clear      (VliveLmdbNews       *self);
/* From a reading step: what changed since the mirror's serial. FALSE: an entry
 * is damaged. */
gboolean      _vlive_lmdb_news_read       (VliveLmdbNews       *self,
                                           VliveLmdbStep       *step,
                                           guint64              known_generation,
                                           guint64              known_serial);
void          _vlive_lmdb_news_add        (VliveLmdbNews       *self,
                                           const char          *id,
                                           const VliveCacheEntry *entry);
/* Moves the space out of the step. */
void          _vlive_lmdb_news_take_space (VliveLmdbNews       *self,
                                           VliveLmdbStep       *step);

/* What each operation does. FALSE: needs a writing step. */
gboolean      _vlive_lmdb_work_lookup_page   (VliveLmdbJob     *job,
                                              VliveLmdbStep    *step);
gboolean      _vlive_lmdb_work_store_page    (VliveLmdbJob     *job,
                                              VliveLmdbStep    *step);
gboolean      _vlive_lmdb_work_renew_page    (VliveLmdbJob     *job,
                                              VliveLmdbStep    *step);
gboolean      _vlive_lmdb_work_lookup_record (VliveLmdbJob     *job,
                                              VliveLmdbStep    *step);
gboolean      _vlive_lmdb_work_search_record (VliveLmdbJob     *job,
                                              VliveLmdbStep    *step);
gboolean      _vlive_lmdb_work_store_record  (VliveLmdbJob     *job,
                                              VliveLmdbStep    *step);
gboolean      _vlive_lmdb_work_touch_record  (VliveLmdbJob     *job,
                                              VliveLmdbStep    *step);
gboolean      _vlive_lmdb_work_patch         (VliveLmdbJob     *job,
                                              VliveLmdbStep    *step);
gboolean      _vlive_lmdb_work_invalidate    (VliveLmdbJob     *job,
                                              VliveLmdbStep    *step);
gboolean      _vlive_lmdb_work_store_schema  (VliveLmdbJob     *job,
                                              VliveLmdbStep    *step);
gboolean      _vlive_lmdb_work_lookup_schema (VliveLmdbJob     *job,
                                              VliveLmdbStep    *step);
gboolean      _vlive_lmdb_work_clear         (VliveLmdbJob     *job,
                                              VliveLmdbStep    *step);
gboolean      _vlive_lmdb_work_get_statistics (VliveLmdbJob    *job,
                                              VliveLmdbStep    *step);

G_END_DECLS
