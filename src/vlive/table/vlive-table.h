/* vlive-table.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "table/vlive-row.h"
#include "table/vlive-store.h"

G_BEGIN_DECLS

/**
 * VliveTableState:
 * @VLIVE_TABLE_LOADING: nothing is known yet
 * @VLIVE_TABLE_PARTIAL: some is known
 * @VLIVE_TABLE_COMPLETE: everything is known; "no rows" means it
 * @VLIVE_TABLE_ERROR: nothing is known, and asking failed
 *
 * What a table knows.
 */
typedef enum
{
  VLIVE_TABLE_LOADING,
  VLIVE_TABLE_PARTIAL,
  VLIVE_TABLE_COMPLETE,
  VLIVE_TABLE_ERROR,
} VliveTableState;

/*
 * A GListModel of VliveRow: a store under one query. Properties, notified:
 * "store", "query" (writable), "page-size" (100, at construction), "n-items",
 * "state", "stale", "fetched-at" (real time of the oldest visible page, µs),
 * "error" (GError, nullable), "total-kind", "total", "busy"; and writable:
 * "max-items", "prefetch" (1 page), "refresh-interval" (ms; 0: never),
 * "refresh-on-open" (at construction), "hidden".
 *
 * get_item never waits and emits nothing; what is missing is scheduled.
 */
#define VLIVE_TYPE_TABLE (vlive_table_get_type ())

VLIVE_AVAILABLE_IN_0_1
G_DECLARE_FINAL_TYPE (VliveTable, vlive_table, VLIVE, TABLE, GObject)

/* @query: nullable, for everything. */
VLIVE_AVAILABLE_IN_0_1
VliveTable     *vlive_table_new               (VliveStore     *store,
                                               VliveQuery     *query) G_GNUC_WARN_UNUSED_RESULT;
VLIVE_AVAILABLE_IN_0_1
VliveStore     *vlive_table_get_store         (VliveTable     *self);
VLIVE_AVAILABLE_IN_0_1
VliveQuery     *vlive_table_get_query         (VliveTable     *self);
VLIVE_AVAILABLE_IN_0_1
void            vlive_table_set_query         (VliveTable     *self,
                                               VliveQuery     *query);
VLIVE_AVAILABLE_IN_0_1
VliveTableState vlive_table_get_state         (VliveTable     *self);
VLIVE_AVAILABLE_IN_0_1
gboolean        vlive_table_is_stale          (VliveTable     *self);
VLIVE_AVAILABLE_IN_0_1
gint64          vlive_table_get_fetched_at    (VliveTable     *self);
VLIVE_AVAILABLE_IN_0_1
const GError   *vlive_table_get_error         (VliveTable     *self);
VLIVE_AVAILABLE_IN_0_1
VliveTotalKind  vlive_table_get_total         (VliveTable     *self,
                                               guint64        *total);
VLIVE_AVAILABLE_IN_0_1
void            vlive_table_set_max_items     (VliveTable     *self,
                                               guint           max_items);
VLIVE_AVAILABLE_IN_0_1
guint           vlive_table_get_prefetch      (VliveTable     *self);
VLIVE_AVAILABLE_IN_0_1
void            vlive_table_set_prefetch      (VliveTable     *self,
                                               guint           n_pages);
VLIVE_AVAILABLE_IN_0_1
guint           vlive_table_get_refresh_interval (VliveTable  *self);
VLIVE_AVAILABLE_IN_0_1
void            vlive_table_set_refresh_interval (VliveTable  *self,
                                               guint           milliseconds);
VLIVE_AVAILABLE_IN_0_1
gboolean        vlive_table_is_hidden         (VliveTable     *self);
VLIVE_AVAILABLE_IN_0_1
void            vlive_table_set_hidden        (VliveTable     *self,
                                               gboolean        hidden);
VLIVE_AVAILABLE_IN_0_1
gboolean        vlive_table_is_busy           (VliveTable     *self);
/* What the view shows: @n_items from @first on. */
VLIVE_AVAILABLE_IN_0_1
void            vlive_table_set_visible_range (VliveTable     *self,
                                               guint           first,
                                               guint           n_items);
/* Asks the master again for what is visible; nothing is cleared. */
VLIVE_AVAILABLE_IN_0_1
void            vlive_table_refresh           (VliveTable     *self);

G_END_DECLS
