/* vlive-scripted-order-private.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "master/vlive-scripted-rows-private.h"

G_BEGIN_DECLS

/*
 * The rows of a query, in order. What grows with the index of the computed
 * rows is found by arithmetic, and costs what was written; anything else is
 * found by looking at every row. Made by one thread, then built and read by
 * one thread at a time, which may be another.
 */
typedef struct
{
  gatomicrefcount    ref_count;
  VliveScriptedRows *rows;       /* owned */
  VliveQuery        *query;      /* owned */
  gboolean           natural;    /* everything, as it comes */
  gboolean           grows;      /* by arithmetic */
  gboolean           built;

  /* By arithmetic: the computed rows from @low up to @high, but for @skipped,
   * and between them @seats. */
  gboolean           descending;
  guint64            low;
  guint64            high;
  GArray            *skipped;    /* owned, of guint64, sorted */
  GArray            *seats;      /* owned, of Seat */
  /* By looking. */
  GArray            *spots;      /* owned, of VliveScriptedSpot */
} VliveScriptedOrder;

VliveScriptedOrder *_vlive_scripted_order_new     (VliveScriptedRows  *rows,
                                                   VliveQuery         *query);
VliveScriptedOrder *_vlive_scripted_order_ref     (VliveScriptedOrder *self);
void                _vlive_scripted_order_unref   (VliveScriptedOrder *self);
/* Can this be asked of any number of rows? */
gboolean            _vlive_scripted_query_grows   (VliveQuery         *query);
/* More rows than this are looked at, and put together, on a worker. Tests
 * change it. */
extern guint        _vlive_scripted_max_inline;
/* Is there so much to do that the owner's thread must not? */
gboolean            _vlive_scripted_order_is_work (VliveScriptedOrder *self);
/* Before anything below. */
void                _vlive_scripted_order_build   (VliveScriptedOrder *self);
guint64             _vlive_scripted_order_count   (VliveScriptedOrder *self);
VliveScriptedSpot   _vlive_scripted_order_at      (VliveScriptedOrder *self,
                                                   guint64             position);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VliveScriptedOrder, _vlive_scripted_order_unref)

G_END_DECLS
