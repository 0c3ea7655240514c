/* vlive-lmdb-upkeep-private.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "cache/vlive-lmdb-step-private.h"

G_BEGIN_DECLS

/*
 * The janitor of the LMDB cache: in short transactions, one after another, it
 * evicts the oldest pages and records, lets go patch entries that mask nothing
 * any more, folds the oldest into pages when there are too many, and removes
 * what belongs to no living namespace. Several processes may do so at once.
 *
 * Belongs to the owner's thread; does not keep the cache.
 */
typedef struct _VliveLmdbUpkeep VliveLmdbUpkeep;

#define VLIVE_LMDB_SIZE_LIMIT      (G_GUINT64_CONSTANT (256) * 1024 * 1024)
/* Less than this cannot hold the tables themselves. */
#define VLIVE_LMDB_MIN_SIZE        (1024u * 1024)
#define VLIVE_LMDB_EXPIRE_US       (G_GINT64_CONSTANT (30) * G_USEC_PER_SEC)
/* What one transaction does at most. */
#define VLIVE_LMDB_MAX_DELETED     256
#define VLIVE_LMDB_MAX_FOLDED      64
#define VLIVE_LMDB_MAX_VISITED     1024

VliveLmdbUpkeep *_vlive_lmdb_upkeep_new           (VliveStorage    *storage,
                                                   const char      *path,
                                                   VliveClock      *clock);
/* What is under way ends by itself. */
void             _vlive_lmdb_upkeep_stop          (VliveLmdbUpkeep *self);
void             _vlive_lmdb_upkeep_set_clock     (VliveLmdbUpkeep *self,
                                                   VliveClock      *clock);
void             _vlive_lmdb_upkeep_set_size_limit (VliveLmdbUpkeep *self,
                                                   guint64          size_limit);
/* After something was stored: perhaps there is too much now. */
void             _vlive_lmdb_upkeep_note_use      (VliveLmdbUpkeep *self,
                                                   guint64          used_bytes,
                                                   guint64          n_records);
void             _vlive_lmdb_upkeep_note_entries  (VliveLmdbUpkeep *self,
                                                   GBytes          *space_key,
                                                   guint64          n_entries);
void             _vlive_lmdb_upkeep_note_damage   (VliveLmdbUpkeep *self);
guint64          _vlive_lmdb_upkeep_get_n_evicted (VliveLmdbUpkeep *self);

/*
 * One transaction of it. What goes in stays as it is while it runs; @out is
 * set anew with every run.
 */
typedef struct
{
  VliveClock *clock;       /* owned */
  char       *path;        /* owned */
  guint64     size_limit;
  /* Of one namespace. */
  GBytes     *space_key;   /* owned, nullable */
  gboolean    folds;
  guint64     until;       /* entries up to this epoch */
  gboolean    has_oldest;
  VliveStamp  oldest;      /* of the pages seen so far */
  GBytes     *resume;      /* owned, nullable: go on behind this key */

  struct
  {
    gboolean    more;
    guint64     n_evicted;
    guint64     until;     /* 0: nothing to do */
    gboolean    has_oldest;
    VliveStamp  oldest;
    GBytes     *resume;    /* owned, nullable */
    GPtrArray  *spaces;    /* owned, nullable; GBytes */
  } out;
} VliveLmdbTurn;

VliveLmdbTurn *_vlive_lmdb_turn_new          (VliveClock *clock,
                                              const char *path);
void           _vlive_lmdb_turn_free         (VliveLmdbTurn *self);

/* VliveTxnFuncs over a turn. The first of each comment says what thread. */
/* Writer: evicts pages and records. */
gboolean       _vlive_lmdb_turn_evict        (VliveTxn *txn, gpointer turn, GError **error);
/* Writer: deletes what belongs to no living generation. */
gboolean       _vlive_lmdb_turn_sweep        (VliveTxn *txn, gpointer turn, GError **error);
/* Reader: the namespaces that have entries. */
gboolean       _vlive_lmdb_turn_survey       (VliveTxn *txn, gpointer turn, GError **error);
/* Reader: up to which epoch entries may go. */
gboolean       _vlive_lmdb_turn_choose       (VliveTxn *txn, gpointer turn, GError **error);
/* Writer: from now on no answer is believed that they would have masked. */
gboolean       _vlive_lmdb_turn_forget       (VliveTxn *txn, gpointer turn, GError **error);
/* Reader: the oldest page. */
gboolean       _vlive_lmdb_turn_scan         (VliveTxn *txn, gpointer turn, GError **error);
/* Writer: lays entries over pages for good. */
gboolean       _vlive_lmdb_turn_fold         (VliveTxn *txn, gpointer turn, GError **error);
/* Writer: deletes entries. */
gboolean       _vlive_lmdb_turn_drop         (VliveTxn *txn, gpointer turn, GError **error);

G_END_DECLS
