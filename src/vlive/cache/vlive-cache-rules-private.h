/* vlive-cache-rules-private.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "cache/vlive-cache-entry-private.h"
#include "record/vlive-query-private.h"

G_BEGIN_DECLS

/*
 * What becomes of an answer (design 4.2.4, races.md 1 to 8): one set of rules
 * for every cache. They decide over plain state and touch nothing else; a
 * cache keeps the state, in memory or in a transaction.
 */

/* More fields than these with a mark of their own share one. */
#define VLIVE_SPACE_MAX_FIELDS    64
#define VLIVE_CACHE_MAX_ENTRIES   10000
/* How many of them are folded into pages at once. */
#define VLIVE_CACHE_FOLD_ENTRIES  1000
#define VLIVE_CACHE_MAX_RECORDS   4096
/* A record is searched for in so many pages, with so many rows, and past so
 * many that belong to other namespaces. */
#define VLIVE_CACHE_SEARCH_PAGES  64
#define VLIVE_CACHE_SEARCH_ROWS   12800
#define VLIVE_CACHE_SEARCH_STEPS  1024

typedef struct
{
  char    *name;   /* owned */
  guint64  epoch;
} VliveFieldMark;

/*
 * A namespace. Marks are epochs: what was asked for at a lower one is stale.
 */
typedef struct
{
  guint64  generation;  /* random; 0: none */
  guint64  epoch;
  guint64  everything;  /* all queries and single records */
  guint64  membership;  /* all queries */
  guint64  dependents;  /* queries that sort, filter or search */
  guint64  unlisted;    /* queries that are not remembered one by one */
  /* Entries up to this epoch may have gone: older answers are not believed. */
  guint64  forgotten;
  gint64   latest_at;   /* boot clock, of the last thing stored */
  gboolean silent;      /* the master's "not modified" does not state the total */
  GArray  *fields;      /* owned, nullable; VliveFieldMark */
} VliveSpace;

/* A query of a namespace. The total belongs to it, not to a page. */
typedef struct
{
  guint64        mark;
  VliveTotalKind total_kind;
  guint64        total;
  VliveStamp     total_stamp;
} VliveQueryState;

typedef enum
{
  VLIVE_VERDICT_TAKE,   /* it is the newest */
  VLIVE_VERDICT_OLDER,  /* something asked for later is there */
  VLIVE_VERDICT_AGAIN,  /* what it may have missed is not known any more */
} VliveVerdict;

/* Starts a namespace above every epoch there was. */
void         _vlive_space_init            (VliveSpace       *self,
                                           gint64            real_now);
void         _vlive_space_clear           (VliveSpace       *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (VliveSpace, _vlive_space_clear)

/* A boot clock that went back (a new boot) would order new answers before old
 * ones: this raises the epoch. TRUE if it did. */
gboolean     _vlive_space_notice_boot     (VliveSpace       *self,
                                           gint64            boot_now);
gboolean     _vlive_space_boot_went_back  (const VliveSpace *self,
                                           gint64            boot_now);
void         _vlive_space_get_stamp       (const VliveSpace *self,
                                           gint64            boot_now,
                                           VliveStamp       *stamp);
void         _vlive_space_raise           (VliveSpace       *self);
void         _vlive_space_mark_field      (VliveSpace       *self,
                                           const char       *name,
                                           guint64           epoch);
/* At the epoch raised. @believed: what _vlive_cache_entry_patch() said. */
void         _vlive_space_mark_patch      (VliveSpace       *self,
                                           const VlivePatch *patch,
                                           gboolean          believed);

void         _vlive_query_state_init      (VliveQueryState  *self,
                                           const VliveSpace *space);
guint64      _vlive_query_state_get_mark  (const VliveQueryState *self,
                                           const VliveSpace *space,
                                           VliveQuery       *query);
/* TRUE if it was the last-asked and states one. */
gboolean     _vlive_query_state_take_total (VliveQueryState *self,
                                           const VliveStamp *stamp,
                                           VliveTotalKind    kind,
                                           guint64           total);
/* An exact total that was asked for after @stamp ends before @offset. */
gboolean     _vlive_query_state_is_beyond (const VliveQueryState *self,
                                           const VliveStamp *stamp,
                                           guint64           offset);

/* @stored: of what it would replace, or NULL. */
VliveVerdict _vlive_rules_admit           (const VliveSpace *space,
                                           const VliveStamp *answer,
                                           const VliveStamp *stored);

/* What the patch table has for @id, or NULL; valid until the next call. */
typedef const VliveCacheEntry *(*VliveEntryFunc) (const char *id,
                                                  gpointer    data);

typedef struct
{
  const VliveSpace      *space;
  const VliveQueryState *state;
  VliveQuery            *query;
  guint64                mark;    /* _vlive_query_state_get_mark() */
  VliveEntryFunc         lookup;  /* NULL: no entries */
  gpointer               data;
} VliveView;

/* Turns the raw @page, which nobody else has seen, into the one to show:
 * patched, with the total of its query, stale or not, with its validator only
 * if that may be sent. FALSE: it shows nothing that still exists. */
gboolean     _vlive_view_show             (const VliveView  *self,
                                           VlivePage        *page);
/* Whether @page, raw, has an id whose newer entry an answer with @stamp would
 * not be masked by. */
gboolean     _vlive_view_would_unmask     (const VliveView  *self,
                                           VlivePage        *page,
                                           const VliveStamp *stamp);
/* What a page beyond the total is shown as. */
VlivePage   *_vlive_view_make_empty       (const VliveView  *self,
                                           VlivePage        *page);

/*
 * "Not modified" for the raw page @stored, asked for with @validator. OLDER:
 * leave it as it is. TAKE: its stamp, time, sequence and the total have been
 * renewed. *space_changed: @space must be kept.
 */
VliveVerdict _vlive_view_renew            (const VliveView  *self,
                                           VliveSpace       *space,
                                           VliveQueryState  *state,
                                           VlivePage        *stored,
                                           const char       *validator,
                                           VlivePage        *answer,
                                           gboolean         *space_changed);

/* The newest that is known of a single record. Borrowed. */
typedef struct
{
  gboolean     found;
  VliveRecord *record;
  gboolean     stale;
  gint64       fetched_at;
  gint64       confirmed_at;
  guint64      sequence;
} VliveKnownRecord;

/* Takes references; the stamp stays as it is. */
void         _vlive_cached_record_set     (VliveCachedRecord      *self,
                                           const VliveKnownRecord *known);

/* A record of the record table. */
typedef struct
{
  VliveRecord *record;      /* owned */
  VliveStamp   stamp;
  gint64       fetched_at;
  guint64      sequence;
} VliveSingle;

void         _vlive_single_clear          (VliveSingle           *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (VliveSingle, _vlive_single_clear)

/* Looking for a record in pages: the last-asked wins (races.md, "get"). */
typedef struct
{
  VliveSingle single;   /* record NULL: nothing was found */
  gboolean    stale;
  guint       n_pages;
  guint       n_rows;
} VliveSearch;

/* @single: of the record table, or NULL. */
void         _vlive_search_init           (VliveSearch           *self,
                                           const VliveSingle     *single);
void         _vlive_search_clear          (VliveSearch           *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (VliveSearch, _vlive_search_clear)
/* Whether a page asked for at @stamp may have something newer, and is not too
 * much. */
gboolean     _vlive_search_wants          (const VliveSearch     *self,
                                           const VliveStamp      *stamp,
                                           guint                  n_rows);
/* Into the raw @page, which was wanted. Marks by fields are no business of a
 * record, which has moved in its query, but not changed. */
void         _vlive_search_page           (VliveSearch           *self,
                                           VlivePage             *page,
                                           const char            *id,
                                           const VliveSpace      *space,
                                           const VliveQueryState *state);
void         _vlive_search_know           (const VliveSearch     *self,
                                           const VliveSpace      *space,
                                           const VliveCacheEntry *entry,
                                           VliveKnownRecord      *known);

/* Either may be NULL. */
void         _vlive_rules_know_record     (const VliveSpace      *space,
                                           const VliveCacheEntry *entry,
                                           const VliveSingle     *single,
                                           VliveKnownRecord      *known);

typedef struct
{
  VliveVerdict verdict;
  gboolean     keep_entry;     /* @entry was changed */
  gboolean     space_changed;  /* marks were raised */
} VliveTaking;

/* The answer of a single read. TAKE: @entry is updated if the patch table must
 * hold it; the record table must hold it, or nothing if @record is NULL. */
void         _vlive_rules_take_record     (VliveSpace            *space,
                                           VliveCacheEntry       *entry,
                                           const VliveSingle     *single,
                                           VliveRecord           *record,
                                           const VliveStamp      *stamp,
                                           gint64                 fetched_at,
                                           guint64                sequence,
                                           gint64                 boot_now,
                                           VliveTaking           *taking);

/* @oldest: of the pages of the namespace, or NULL if there are none. */
gboolean     _vlive_rules_is_spent        (const VliveCacheEntry *entry,
                                           const VliveStamp      *oldest,
                                           gint64                 boot_now);
/* Lays the entries of @lookup over the raw @page for good: it loses its
 * validator and becomes stale. FALSE: it has none of their ids. */
gboolean     _vlive_rules_fold            (VlivePage             *page,
                                           VliveEntryFunc         lookup,
                                           gpointer               data);

G_END_DECLS
