/* vlive-heap-private.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "cache/vlive-cache-rules-private.h"

G_BEGIN_DECLS

/*
 * What the memory and the null cache keep: namespaces, their queries, pages,
 * patch entries and single records. Belongs to one thread. The null cache
 * keeps no page and no record, but remembers when what it handed out was asked
 * for, so that an older answer does not follow a newer one.
 */
typedef struct _VliveHeap      VliveHeap;
typedef struct _VliveHeapSpace VliveHeapSpace;
typedef struct _VliveHeapQuery VliveHeapQuery;
typedef struct _VliveHeapFold  VliveHeapFold;

#define VLIVE_HEAP_SIZE_LIMIT   (64u * 1024 * 1024)
#define VLIVE_HEAP_MAX_SLOTS    4096   /* of a heap that keeps no pages */
#define VLIVE_HEAP_MAX_QUERIES  1024   /* of a namespace, without pages */
#define VLIVE_HEAP_MAX_SPACES   1024   /* more go when they are empty */
#define VLIVE_HEAP_FOLD_SLICE   64     /* pages folded in one dispatch */
#define VLIVE_HEAP_EXPIRE_US    (30 * G_USEC_PER_SEC)

typedef struct
{
  VliveHeapQuery *query;   /* NULL: it has gone */
  guint64         offset;
  guint           limit;
  guint           ref_count;
  VliveStamp      stamp;
  VlivePage      *raw;     /* owned; as the master answered it; NULL: not kept */
  gsize           bytes;
  GList           link;    /* in the heap's ages */
} VliveHeapPage;

typedef struct
{
  VliveHeapSpace *space;
  char           *id;      /* owned */
  VliveSingle     single;
  gsize           bytes;
  GList           link;    /* in the heap's records */
} VliveHeapRecord;

struct _VliveHeapQuery
{
  VliveHeapSpace  *space;
  char            *key;    /* owned */
  VliveQueryState  state;
  GHashTable      *pages;  /* owned; VliveHeapPage by its place */
};

struct _VliveHeapSpace
{
  VliveHeap     *heap;
  char          *ns;       /* owned */
  VliveSpace     state;
  GHashTable    *queries;  /* owned; by key */
  GHashTable    *entries;  /* owned; VliveCacheEntry by id */
  GHashTable    *records;  /* owned; VliveHeapRecord by id */
  VliveSchema   *schema;   /* owned, nullable */
  VliveHeapFold *fold;     /* owned, nullable */
};

struct _VliveHeap
{
  VliveClock *clock;       /* owned */
  gboolean    keeps;       /* pages and records */
  GHashTable *spaces;      /* owned; VliveHeapSpace by ns */
  GQueue      ages;        /* VliveHeapPage, oldest first */
  GQueue      lru;         /* VliveHeapRecord, least recently used first */
  guint64     floor;       /* epochs of new namespaces are above it */
  gint64      expired_at;  /* boot clock */
  VliveCacheStatistics statistics;
};

void            _vlive_heap_init           (VliveHeap         *self,
                                            gboolean           keeps);
void            _vlive_heap_destroy        (VliveHeap         *self);
void            _vlive_heap_set_clock      (VliveHeap         *self,
                                            VliveClock        *clock);
void            _vlive_heap_set_size_limit (VliveHeap         *self,
                                            guint64            size_limit);
/* Forgets everything. */
void            _vlive_heap_clear          (VliveHeap         *self);
/* Evicts what is too much, and lets go entries that mask nothing any more. */
void            _vlive_heap_maintain       (VliveHeap         *self);

/* The namespace @ns, new if there is none, at the boot of now. */
VliveHeapSpace *_vlive_heap_get_space      (VliveHeap         *self,
                                            const char        *ns);
void            _vlive_heap_space_free     (VliveHeapSpace    *self);
void            _vlive_heap_space_get_stamp (VliveHeapSpace   *self,
                                            VliveStamp        *stamp);
VlivePage      *_vlive_heap_space_lookup   (VliveHeapSpace    *self,
                                            VliveQuery        *query,
                                            guint64            offset,
                                            guint              limit);
VlivePage      *_vlive_heap_space_store    (VliveHeapSpace    *self,
                                            VliveQuery        *query,
                                            VlivePage         *page);
VlivePage      *_vlive_heap_space_renew    (VliveHeapSpace    *self,
                                            VliveQuery        *query,
                                            guint64            offset,
                                            guint              limit,
                                            const char        *validator,
                                            VlivePage         *answer);
void            _vlive_heap_space_know     (VliveHeapSpace    *self,
                                            const char        *id,
                                            VliveKnownRecord  *known);
/* The same, and from the pages stored last. */
void            _vlive_heap_space_search   (VliveHeapSpace    *self,
                                            const char        *id,
                                            VliveKnownRecord  *known);
VliveVerdict    _vlive_heap_space_take     (VliveHeapSpace    *self,
                                            const char        *id,
                                            VliveRecord       *record,
                                            const VliveStamp  *stamp,
                                            gint64             fetched_at,
                                            guint64            sequence);
/* Of guint, or NULL: those that were not believed. */
GArray         *_vlive_heap_space_patch    (VliveHeapSpace    *self,
                                            const VlivePatch  *patches,
                                            gsize              n_patches);
void            _vlive_heap_space_invalidate (VliveHeapSpace  *self,
                                            VliveQuery        *query,
                                            const char        *id);

/* Between the two halves of this. */
void            _vlive_heap_page_remove    (VliveHeapPage     *page);
void            _vlive_heap_page_unref     (VliveHeapPage     *page);
void            _vlive_heap_record_remove  (VliveHeapRecord   *record);
/* Lets go the entry and the older single record. */
void            _vlive_heap_space_forget   (VliveHeapSpace    *self,
                                            const char        *id);

/* Begins when there are too many entries; goes on in dispatches of its own. */
void            _vlive_heap_fold_start     (VliveHeapSpace    *space);
void            _vlive_heap_fold_free      (VliveHeapFold     *self);

G_END_DECLS
