/* vlive-rows-private.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "table/vlive-row-private.h"

G_BEGIN_DECLS

/*
 * The live rows of a table: those that somebody holds. They are found by where
 * they stand, and by id; one that has lost its place is found by id only. No
 * row is kept alive.
 */
typedef struct _VliveRows VliveRows;

VliveRows *_vlive_rows_new         (guint           page_size);
/* Rows that are still held show on what they show. */
void       _vlive_rows_free        (VliveRows      *self);

/* Not owned. */
VliveRow  *_vlive_rows_get         (VliveRows      *self,
                                    guint64         base);
VliveRow  *_vlive_rows_find        (VliveRows      *self,
                                    const char     *id);
guint      _vlive_rows_get_n       (VliveRows      *self);

/* A new row at @base, owned by the caller; without @shown a placeholder.
 * Nobody may stand there, and nobody may have the id. */
VliveRow  *_vlive_rows_make        (VliveRows      *self,
                                    guint64         base,
                                    const VliveShown *shown);
/* At VLIVE_OVERLAY_POSITION many may stand; they are found by id. */
void       _vlive_rows_attach      (VliveRows      *self,
                                    VliveRow       *row,
                                    guint64         base);
/* It is known by another id from now on. Nobody else has it. */
void       _vlive_rows_rename      (VliveRows      *self,
                                    VliveRow       *row,
                                    const char     *id);
/* It shows on what it shows, and is known no more. */
void       _vlive_rows_forget      (VliveRows      *self,
                                    VliveRow       *row);
void       _vlive_rows_detach      (VliveRows      *self,
                                    VliveRow       *row);
/* Notifies. A placeholder becomes the record. */
void       _vlive_rows_show        (VliveRows      *self,
                                    VliveRow       *row,
                                    const VliveShown *shown);

/* Those that stand at @from or behind it, in order: owned. */
GPtrArray *_vlive_rows_list_from   (VliveRows      *self,
                                    guint64         from);
/* The pages in which placeholders stand, in order: guint64. */
GArray    *_vlive_rows_list_loading (VliveRows     *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VliveRows, _vlive_rows_free)

G_END_DECLS
