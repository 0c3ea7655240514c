/* vlive-hidden-private.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "record/vlive-page-private.h"

G_BEGIN_DECLS

/* A base position that is deleted, and not yet for the answers we have. */
typedef struct
{
  guint64      base;
  VliveStamp   stamp;   /* of the deletion */
  VliveRecord *staged;  /* owned, nullable: the master does not know of it yet */
} VliveHidden;

/* Those of a table, by position and by id. */
typedef struct _VliveHiddenRows VliveHiddenRows;

VliveHiddenRows *_vlive_hidden_rows_new   (void);
void             _vlive_hidden_rows_free  (VliveHiddenRows  *self);
guint            _vlive_hidden_rows_get_n (VliveHiddenRows  *self);
VliveHidden     *_vlive_hidden_rows_get   (VliveHiddenRows  *self,
                                           guint64           base);
/* One that is staged. */
VliveHidden     *_vlive_hidden_rows_find  (VliveHiddenRows  *self,
                                           const char       *id);
/* @stamp: nullable. None is hidden there yet. */
void             _vlive_hidden_rows_add   (VliveHiddenRows  *self,
                                           guint64           base,
                                           const VliveStamp *stamp,
                                           VliveRecord      *staged);
gboolean         _vlive_hidden_rows_remove (VliveHiddenRows *self,
                                           guint64           base);
void             _vlive_hidden_rows_clear (VliveHiddenRows  *self);
/* In the order of their positions: of VliveHidden, not owned. */
GPtrArray       *_vlive_hidden_rows_list  (VliveHiddenRows  *self);
/* Where each of them stands now: @func answers it, and keeps their order. */
typedef guint64 (*VliveHiddenMove)        (guint64           base,
                                           gpointer          data);
void             _vlive_hidden_rows_move  (VliveHiddenRows  *self,
                                           VliveHiddenMove   func,
                                           gpointer          data);

G_END_DECLS
