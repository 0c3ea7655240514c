/* vlive-row-private.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "table/vlive-row.h"

G_BEGIN_DECLS

/* What a row calls first thing in its disposal, on its owner. */
typedef void (*VliveRowGoneFunc) (gpointer  owner,
                                  VliveRow *self);

/* Stands nowhere. */
#define VLIVE_NO_POSITION G_MAXUINT64
/* Stands in the overlay: the master has no position for it yet. */
#define VLIVE_OVERLAY_POSITION (G_MAXUINT64 - 1)

/*
 * What a row shows: the master's record with our pending writes laid over it,
 * and what is to be said of that.
 */
typedef struct
{
  VliveRecord   *raw;             /* owned, nullable: as the master has it */
  VliveRecord   *record;          /* owned, nullable: as it is shown */
  VliveRowState  state;
  char         **pending_fields;  /* owned, nullable */
  char         **failed_fields;   /* owned, nullable */
} VliveShown;

void      _vlive_shown_clear      (VliveShown       *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (VliveShown, _vlive_shown_clear)

/* A placeholder. @owner is not owned; it outlives the row or lets go of it. */
VliveRow *_vlive_row_new          (gpointer          owner,
                                   VliveRowGoneFunc  gone,
                                   guint64           base);
/* The owner goes: the row keeps what it shows. */
void      _vlive_row_disown       (VliveRow         *self);

/* The base position, or VLIVE_NO_POSITION. Says nothing to anybody. */
guint64   _vlive_row_get_base     (VliveRow         *self);
void      _vlive_row_set_base     (VliveRow         *self,
                                   guint64           base);
/* Where it is kept: a key for the owner, who does not leave it in his books while
 * it changes. */
const guint64 *_vlive_row_peek_base (VliveRow        *self);
/* In the owner's list of all; its data is the row. */
GList    *_vlive_row_get_link     (VliveRow         *self);

/* The temporary id becomes the master's: notified with the next show. */
void      _vlive_row_rename       (VliveRow         *self,
                                   const char       *id);
/* A placeholder will become the record @id: notified with the next show. */
void      _vlive_row_take_id      (VliveRow         *self,
                                   const char       *id);
/* Notifies once for each property that changed. A row that has an id keeps
 * it. */
void      _vlive_row_show         (VliveRow         *self,
                                   const VliveShown *shown);
/* Others have changed the record, at @when in real time: if the next show has
 * another one than now, that is what "changed-at" tells. */
void      _vlive_row_expect_others (VliveRow        *self,
                                   gint64            when);
/* The same without a notify: for a row that nobody has seen yet. */
void      _vlive_row_show_quietly (VliveRow         *self,
                                   const VliveShown *shown);
/* The master's record, without what is laid over it; nullable, not owned. */
VliveRecord *_vlive_row_get_raw   (VliveRow         *self);

G_END_DECLS
