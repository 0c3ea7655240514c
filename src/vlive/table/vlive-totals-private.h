/* vlive-totals-private.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "record/vlive-page-private.h"

G_BEGIN_DECLS

/*
 * How long a result is, as far as its answers tell. What the master states
 * outranks a short page; what was asked later outranks what was asked earlier;
 * a claim that does not come true is cut where it fails.
 */
typedef struct
{
  gboolean       stated;    /* by the master */
  VliveTotalKind kind;
  guint64        total;
  VliveStamp     stamp;     /* of the answer that told the length */
  guint64        known;     /* the first position behind all rows seen */
  gboolean       forward;   /* rows are reached one page after another only */
  gboolean       ended;     /* a short page was seen: the end is at known */
  gboolean       capped;    /* a claim failed … */
  guint64        cap;       /* … here, … */
  guint64        claim;     /* … and it was this */
} VliveTotals;

void           _vlive_totals_clear       (VliveTotals *self);
/* FALSE: the page lies behind the end that a later answer told, and is to be
 * dropped. */
gboolean       _vlive_totals_take        (VliveTotals *self,
                                          VlivePage   *page);
/* The rows at @first were asked for, and the answer ends before @hole; it
 * brought no row that the answer before it did not. */
void           _vlive_totals_cap         (VliveTotals *self,
                                          VlivePage   *page);
/* The user wants to know it anew. */
void           _vlive_totals_uncap       (VliveTotals *self);
/* So many more rows are known than the answers told. */
void           _vlive_totals_grow        (VliveTotals *self,
                                          guint        n_rows,
                                          const VliveStamp *stamp);
/* Everything was deleted. */
void           _vlive_totals_set_empty   (VliveTotals *self,
                                          const VliveStamp *stamp);
/* How many rows a list shows: while the end is not known, a page more than is
 * known. */
guint64        _vlive_totals_get_n_rows  (const VliveTotals *self,
                                          guint        page_size);
VliveTotalKind _vlive_totals_get         (const VliveTotals *self,
                                          guint64     *total);
/* Whether @stamp is from before the answer that told the length. */
gboolean       _vlive_totals_is_newer    (const VliveTotals *self,
                                          const VliveStamp *stamp);

G_END_DECLS
