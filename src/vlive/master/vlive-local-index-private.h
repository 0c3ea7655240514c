/* vlive-local-index-private.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "master/vlive-local-format-private.h"

G_BEGIN_DECLS

/*
 * An order: row keys in blocks, under two levels of counts, so that any offset
 * is found in three steps. Belongs to one transaction. A natural order holds
 * no row keys: its blocks are runs of rows as they follow each other in the
 * file.
 *
 * Every function that may meet damage returns FALSE then; the caller decides
 * whether that is an error (natural) or a reason to make the order anew.
 */
#define VLIVE_LOCAL_BLOCK_MAX  504  /* row keys of a block: one overflow page */
#define VLIVE_LOCAL_BLOCK_FILL 384  /* when many are put at once */
#define VLIVE_LOCAL_CHUNK_MAX  252  /* blocks of a chunk */
#define VLIVE_LOCAL_CHUNK_FILL 192
#define VLIVE_LOCAL_RUN_MAX    512  /* rows of a run of a natural order */

typedef struct _VliveLocalIndex VliveLocalIndex;

/* < 0: what is looked for stands before @row, 0: it is @row. */
typedef int      (*VliveLocalPlaceFunc) (guint64    row,
                                         gpointer   data);
/* @value: of the row in the database, sealed; data NULL if it was not read.
 * FALSE: enough. */
typedef gboolean (*VliveLocalRowFunc)   (guint64    row,
                                         VliveSpan  value,
                                         gpointer   data);

VliveLocalIndex *_vlive_local_index_new        (VliveTxn            *txn,
                                                guint32              order,
                                                gboolean             natural);
/* NULL if it is not there, or damaged. */
VliveLocalIndex *_vlive_local_index_load       (VliveTxn            *txn,
                                                guint32              order,
                                                gboolean             natural);
void             _vlive_local_index_free       (VliveLocalIndex     *self);
/* Writes the root, if something was changed. */
void             _vlive_local_index_save       (VliveLocalIndex     *self);
guint64          _vlive_local_index_get_n_rows (VliveLocalIndex     *self);

/* Calls @func for up to @n rows (0: all) from @offset on. */
gboolean         _vlive_local_index_foreach    (VliveLocalIndex     *self,
                                                guint64              offset,
                                                guint64              n,
                                                VliveLocalRowFunc    func,
                                                gpointer             data);
/* At the end. */
gboolean         _vlive_local_index_append     (VliveLocalIndex     *self,
                                                guint64              row);
/* At the end of an order that is no natural one: all of @rows. */
gboolean         _vlive_local_index_fill       (VliveLocalIndex     *self,
                                                const guint64       *rows,
                                                gsize                n_rows);
/* At the end of a natural order: @n rows that begin with @first. */
gboolean         _vlive_local_index_append_run (VliveLocalIndex     *self,
                                                guint64              first,
                                                guint32              n);
gboolean         _vlive_local_index_insert     (VliveLocalIndex     *self,
                                                guint64              row,
                                                VliveLocalPlaceFunc  place,
                                                gpointer             data);
/* FALSE also if @row is not where @place says. @place is not used by natural
 * orders. */
gboolean         _vlive_local_index_remove     (VliveLocalIndex     *self,
                                                guint64              row,
                                                VliveLocalPlaceFunc  place,
                                                gpointer             data);
/* For tests: the counts agree on all levels, and no block is empty. */
gboolean         _vlive_local_index_check      (VliveLocalIndex     *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VliveLocalIndex, _vlive_local_index_free)

G_END_DECLS
