/* vlive-local-order-private.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "master/vlive-local-table-private.h"

G_BEGIN_DECLS

/*
 * A build: the rows of a query in order, made from one snapshot and held in
 * memory. Immutable, for any thread.
 */
VliveLocalBuild *_vlive_local_build_ref          (VliveLocalBuild  *self);
void             _vlive_local_build_unref        (VliveLocalBuild  *self);
gboolean         _vlive_local_build_is_for       (VliveLocalBuild  *self,
                                                  guint32           table,
                                                  const guint8      hash[32]);
gsize            _vlive_local_build_get_n_rows   (VliveLocalBuild  *self);
const guint64   *_vlive_local_build_get_rows     (VliveLocalBuild  *self);
VliveQuery      *_vlive_local_build_get_query    (VliveLocalBuild  *self);
/* Worth keeping in the file. */
gboolean         _vlive_local_build_is_large     (VliveLocalBuild  *self);
/* CANCELLED, or CORRUPT. */
VliveLocalBuild *_vlive_local_build_new          (VliveLocalTable  *table,
                                                  VliveQuery       *query,
                                                  GCancellable     *cancellable,
                                                  GError          **error);
/* The same query in the transaction of @table: @self if nothing changed, or
 * what it has become; NULL if the log does not tell. */
VliveLocalBuild *_vlive_local_build_replay       (VliveLocalBuild  *self,
                                                  VliveLocalTable  *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VliveLocalBuild, _vlive_local_build_unref)

/* Names a query in the list of a table's orders. */
void             _vlive_local_query_hash         (VliveQuery       *query,
                                                  guint8            hash[32]);
/* Sorted, filtered or searched? Otherwise the natural order answers. */
gboolean         _vlive_local_query_is_natural   (VliveQuery       *query);
gboolean         _vlive_local_query_is_sorted    (VliveQuery       *query);

/* The kept order of @query, NULL if there is none that can be used: @damaged
 * says whether there is one. Notes that it was used: TRUE in @tell if that
 * should be written down. */
VliveLocalIndex *_vlive_local_orders_find        (VliveLocalTable  *table,
                                                  VliveQuery       *query,
                                                  gboolean         *tell,
                                                  gboolean         *damaged);
/* Keeps @build as an order; the one used longest ago may go. One of the same
 * query stays, unless @replace. FALSE if it came too late to be of use. */
gboolean         _vlive_local_orders_put         (VliveLocalTable  *table,
                                                  VliveLocalBuild  *build,
                                                  gboolean          replace);
/* Writes down when orders were used. */
void             _vlive_local_orders_tell        (VliveLocalTable  *table);
/* A row was inserted (@before NULL), changed or deleted (@after NULL). Before
 * the row itself is written. One that cannot follow goes. */
void             _vlive_local_orders_follow      (VliveLocalTable  *table,
                                                  guint64           row,
                                                  VliveRecord      *before,
                                                  VliveRecord      *after);
void             _vlive_local_orders_drop_all    (VliveLocalTable  *table);

/* What an order's comparator was: our own, and GLib's Unicode tables. */
guint32          _vlive_local_get_collation      (void);

G_END_DECLS
