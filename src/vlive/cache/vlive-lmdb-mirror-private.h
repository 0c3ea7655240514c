/* vlive-lmdb-mirror-private.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "cache/vlive-lmdb-job-private.h"

G_BEGIN_DECLS

/*
 * What a process keeps in memory of a namespace on disk: its marks and its
 * patch table, so that a page can be read on the owner's thread. Every such
 * read compares the generation, the epoch and the serial in its own
 * transaction first, and leaves it to the reader thread if they have moved
 * (races.md, rule 4); what the reader finds is brought home as news. Belongs
 * to one thread.
 */
typedef struct _VliveLmdbMirror VliveLmdbMirror;

/* Pages above this are never copied on the owner's thread. */
#define VLIVE_LMDB_MAX_INLINE (128u * 1024)

VliveLmdbMirror *_vlive_lmdb_mirror_new         (const char      *ns);
void             _vlive_lmdb_mirror_free        (VliveLmdbMirror *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VliveLmdbMirror, _vlive_lmdb_mirror_free)

/* Moves what it needs out of @news. */
void             _vlive_lmdb_mirror_take_news   (VliveLmdbMirror *self,
                                                 VliveLmdbNews   *news);
/* Layouts that pages here are made of, for the next inline read. */
void             _vlive_lmdb_mirror_take_page   (VliveLmdbMirror *self,
                                                 VlivePage       *page);
guint64          _vlive_lmdb_mirror_get_generation (VliveLmdbMirror *self);
guint64          _vlive_lmdb_mirror_get_serial  (VliveLmdbMirror *self);

/* FALSE: not without waiting. */
gboolean         _vlive_lmdb_mirror_lookup      (VliveLmdbMirror *self,
                                                 VliveStorage    *storage,
                                                 VliveClock      *clock,
                                                 VliveQuery      *query,
                                                 guint64          offset,
                                                 guint            limit,
                                                 VlivePage      **page,
                                                 VliveStamp      *stamp);
gboolean         _vlive_lmdb_mirror_get_stamp   (VliveLmdbMirror *self,
                                                 VliveStorage    *storage,
                                                 VliveClock      *clock,
                                                 VliveStamp      *stamp);

G_END_DECLS
