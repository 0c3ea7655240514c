/* vlive-lmdb-step-private.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "cache/vlive-lmdb-codec-private.h"

G_BEGIN_DECLS

/*
 * What happens in one namespace within one transaction, on a storage's thread.
 * A reading step that meets something that must be put right (no namespace
 * yet, a new boot, a damaged value) says needs_write, and is taken again as a
 * writing one.
 */
typedef struct
{
  VliveTxn       *txn;
  gboolean        writable;
  VliveClock     *clock;      /* its getters only */
  GBytes         *space_key;
  const char     *path;       /* for warnings */
  VliveLmdbSpace  space;      /* once it is open */
  gboolean        needs_write;
  gboolean        broken;     /* what masks is damaged: nothing here may be believed */
  guint           n_corrupt;
  GHashTable     *layouts;    /* owned; those that were needed, by hash */
  /* The last layout that was kept, in this transaction. */
  guint64         kept_generation;
  guint64         kept_layout;
  VliveCacheEntry found;      /* what _vlive_lmdb_step_find_entry() gave last */
} VliveLmdbStep;

typedef enum
{
  VLIVE_LMDB_ABSENT,
  VLIVE_LMDB_FOUND,
  VLIVE_LMDB_DAMAGED,
} VliveLmdbFound;

void            _vlive_lmdb_step_init         (VliveLmdbStep         *self,
                                               VliveTxn              *txn,
                                               gboolean               writable,
                                               VliveClock            *clock,
                                               GBytes                *space_key,
                                               const char            *path);
void            _vlive_lmdb_step_clear        (VliveLmdbStep         *self);

/* FALSE: only a writing step can. */
gboolean        _vlive_lmdb_step_open_space   (VliveLmdbStep         *self);
void            _vlive_lmdb_step_keep_space   (VliveLmdbStep         *self);
/* Begins a new generation: nothing of the old one is found any more. */
void            _vlive_lmdb_step_reset_space  (VliveLmdbStep         *self);
void            _vlive_lmdb_step_get_stamp    (VliveLmdbStep         *self,
                                               VliveStamp            *stamp);

VliveLmdbFound _vlive_lmdb_step_read         (VliveLmdbStep         *self,
                                               guint                  database,
                                               VliveSpan              key,
                                               VliveSpan             *value);
/* What was read does not make sense. */
void            _vlive_lmdb_step_note_damage  (VliveLmdbStep         *self);
void            _vlive_lmdb_step_put          (VliveLmdbStep         *self,
                                               guint                  database,
                                               VliveSpan              key,
                                               GByteArray            *value);

/* Forgets everything. Namespaces begin anew when they are next asked for,
 * above every epoch there was. */
void            _vlive_lmdb_step_wipe         (VliveLmdbStep         *self);

/* A VliveLayoutFunc. */
VliveLayout    *_vlive_lmdb_step_get_layout   (guint64                hash,
                                               gpointer               step);
/* What the block of @record needs to be read. */
void            _vlive_lmdb_step_keep_layout  (VliveLmdbStep         *self,
                                               VliveRecord           *record);
/* A record of its own copy of @block. NULL: it cannot be one. */
VliveRecord    *_vlive_lmdb_step_make_record  (VliveLmdbStep         *self,
                                               VliveSpan              block);

/* TRUE if it is kept; otherwise @query is as new. A damaged one is stale. */
gboolean        _vlive_lmdb_step_read_query   (VliveLmdbStep         *self,
                                               VliveSpan              key,
                                               VliveLmdbQuery        *query);
void            _vlive_lmdb_step_keep_query   (VliveLmdbStep         *self,
                                               VliveSpan              key,
                                               const VliveLmdbQuery  *query);

/* The header borrows from the transaction. FALSE: there is none, or it was
 * damaged. */
gboolean        _vlive_lmdb_step_read_header  (VliveLmdbStep         *self,
                                               VliveSpan              key,
                                               VliveLmdbHeader       *header);
void            _vlive_lmdb_step_keep_header  (VliveLmdbStep         *self,
                                               VliveSpan              key,
                                               const VliveLmdbHeader *header);
/* The raw page. NULL: it was damaged, and a writing step has deleted it. */
VlivePage      *_vlive_lmdb_step_load_page    (VliveLmdbStep         *self,
                                               VliveSpan              key,
                                               const VliveLmdbHeader *header);
/* @old: what it replaces, or NULL. @query counts it. */
void            _vlive_lmdb_step_save_page    (VliveLmdbStep         *self,
                                               VliveSpan              key,
                                               const VliveLmdbHeader *old,
                                               VlivePage             *page,
                                               VliveLmdbQuery        *query);
void            _vlive_lmdb_step_delete_page  (VliveLmdbStep         *self,
                                               VliveSpan              key,
                                               const VliveLmdbHeader *header);

/* NULL: there is none. Valid until the next call. */
const VliveCacheEntry *_vlive_lmdb_step_find_entry (const char        *id,
                                               gpointer               step);
/* The entry as bytes to one with its record. FALSE: damaged. */
gboolean        _vlive_lmdb_step_build_entry  (VliveLmdbStep         *self,
                                               const VliveLmdbEntry  *bytes,
                                               VliveCacheEntry       *entry);
/* TRUE if it is new. The space counts it. */
gboolean        _vlive_lmdb_step_keep_entry   (VliveLmdbStep         *self,
                                               const char            *id,
                                               const VliveCacheEntry *entry);
/* The space's serial has been raised for @ids. */
void            _vlive_lmdb_step_list_changes (VliveLmdbStep         *self,
                                               const char * const    *ids,
                                               gsize                  n_ids);

/* FALSE: there is none, or it was damaged. @single owns its record. */
gboolean        _vlive_lmdb_step_read_single  (VliveLmdbStep         *self,
                                               const char            *id,
                                               VliveSingle           *single,
                                               guint64               *use_number);
void            _vlive_lmdb_step_keep_single  (VliveLmdbStep         *self,
                                               const char            *id,
                                               const VliveSingle     *single);
void            _vlive_lmdb_step_delete_single (VliveLmdbStep        *self,
                                               VliveSpan              key);

G_END_DECLS
