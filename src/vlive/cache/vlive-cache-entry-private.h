/* vlive-cache-entry-private.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "cache/vlive-cache-private.h"

G_BEGIN_DECLS

/* How long an answer may be under way: three attempts of 30 s and the two
 * longest times that a master may ask us to wait between them, and the slow
 * poll with which a process notices what its wake-up missed. */
#define VLIVE_CACHE_LONGEST_REQUEST_US (G_GINT64_CONSTANT (330) * G_USEC_PER_SEC)
#define VLIVE_CACHE_SLOW_POLL_US       (G_GINT64_CONSTANT (1) * G_USEC_PER_SEC)
#define VLIVE_CACHE_ENTRY_KEPT_US      (VLIVE_CACHE_LONGEST_REQUEST_US + VLIVE_CACHE_SLOW_POLL_US)

/*
 * An entry of the patch table: what is known of one record that may be newer
 * than the pages that show it. Content (a record, or that it is gone) and
 * "changed since, content unknown" are kept apart: the latter never replaces
 * the former (races.md, rule 8).
 *
 * Content of a change has the epoch the change raised, and 0 for asked_at, so
 * that every answer asked at this epoch is newer. Content of a single read has
 * the stamp of its asking.
 */
typedef struct
{
  VlivePatchKind  kind;          /* UNKNOWN: no content */
  VliveRecord    *record;        /* owned; RECORD only */
  guint64         epoch;
  gint64          asked_at;
  guint64         unknown;       /* epoch of a change since; 0: none */
  gint64          confirmed_at;  /* boot clock, of a write of ours; 0: none */
  gint64          made_at;       /* boot clock */
  gint64          fetched_at;    /* real time */
  guint64         sequence;
  /* The marks of every change up to the content have been raised; not so where
   * the content is all that was ever seen of the record. */
  gboolean        marked;
} VliveCacheEntry;

VliveCacheEntry *_vlive_cache_entry_new        (void);
void             _vlive_cache_entry_free       (VliveCacheEntry       *self);
void             _vlive_cache_entry_clear      (VliveCacheEntry       *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VliveCacheEntry, _vlive_cache_entry_free)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (VliveCacheEntry, _vlive_cache_entry_clear)

/* Its content is newer than an answer with @stamp. */
gboolean         _vlive_cache_entry_masks      (const VliveCacheEntry *self,
                                                const VliveStamp      *stamp);
/* Its record changed after an answer with @stamp was asked for, and nobody
 * knows how. */
gboolean         _vlive_cache_entry_is_unknown (const VliveCacheEntry *self,
                                                const VliveStamp      *stamp);
/* The epoch of the last thing it knows. */
guint64          _vlive_cache_entry_get_epoch  (const VliveCacheEntry *self);
/* Adds @index to @doubted, which is taken and may be NULL. */
GArray          *_vlive_cache_note_doubted     (GArray                *doubted,
                                                guint                  index);
/* Lays a change of @epoch over it. FALSE: its content was not believed, and it
 * counts as a change of unknown content. */
gboolean         _vlive_cache_entry_patch      (VliveCacheEntry       *self,
                                                const VlivePatch      *patch,
                                                guint64                epoch,
                                                gint64                 boot_now,
                                                gint64                 real_now);
/* Takes the answer of a single read; @record NULL: there is none. */
void             _vlive_cache_entry_take       (VliveCacheEntry       *self,
                                                VliveRecord           *record,
                                                const VliveStamp      *stamp,
                                                gint64                 fetched_at,
                                                guint64                sequence,
                                                gint64                 boot_now);
/* No answer can be under way any more that it must mask. */
gboolean         _vlive_cache_entry_is_old     (const VliveCacheEntry *self,
                                                gint64                 boot_now);

G_END_DECLS
