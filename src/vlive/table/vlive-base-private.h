/* vlive-base-private.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "record/vlive-page-private.h"

G_BEGIN_DECLS

/*
 * The base order: sparse pages of records in the master's own positions, under
 * one query. An id is seated at one position only. Positions here are base
 * positions; what the view sees is nobody's business here.
 */
typedef struct _VliveBase VliveBase;

typedef struct _VliveSeat VliveSeat;

typedef struct
{
  VliveRecord *record;  /* owned; NULL: not known */
  VliveSeat   *seat;    /* whose slot it is */
} VliveSlot;

struct _VliveSeat
{
  guint64       page;        /* its number */
  VliveSlot    *slots;       /* owned, of the page size */
  VliveStamp    stamp;       /* of the answer that filled it */
  gint64        fetched_at;  /* real time, µs */
  guint64       sequence;    /* the master's, at asking */
  gint64        asked_at;    /* boot clock: when it was asked for last; 0: never */
  gint64        stale_since; /* boot clock: when a mark was raised; 0: none was */
  guint         n_records;   /* that the answer had */
  gboolean      lost;        /* an id went to another page (races.md, rule 7) */
  gboolean      must_ask;    /* the cache says it is fresh, and we know better */
  gboolean      retry;       /* asking for it failed */
  gboolean      look;        /* the cache may have something newer */
  gboolean      moved;       /* the stamp is not of an answer: rows came between */
};

VliveBase   *_vlive_base_new          (guint         page_size);
void         _vlive_base_free         (VliveBase    *self);
guint        _vlive_base_get_page_size (VliveBase   *self);
void         _vlive_base_clear        (VliveBase    *self);

/* NULL if the page is not in memory. */
VliveSeat   *_vlive_base_get_seat     (VliveBase    *self,
                                       guint64       page);
VliveSeat   *_vlive_base_need_seat    (VliveBase    *self,
                                       guint64       page);
guint        _vlive_base_get_n_seats  (VliveBase    *self);
/* Those in memory, in no order: VliveSeat *, not owned. */
GPtrArray   *_vlive_base_list_seats   (VliveBase    *self);
/* Forgets a page; what it held is not known any more. */
void         _vlive_base_evict        (VliveBase    *self,
                                       guint64       page);

/* The record at @base, or NULL. */
VliveRecord *_vlive_base_get          (VliveBase    *self,
                                       guint64       base);
/* Where @id is seated; FALSE if it is not. */
gboolean     _vlive_base_find         (VliveBase    *self,
                                       const char   *id,
                                       guint64      *base);
/* @record may be NULL: not known. Its id must not be seated elsewhere. The
 * page must be in memory. */
void         _vlive_base_put          (VliveBase    *self,
                                       guint64       base,
                                       VliveRecord  *record);
/* How many records are seated. */
guint64      _vlive_base_get_n_filled (VliveBase    *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VliveBase, _vlive_base_free)

G_END_DECLS
