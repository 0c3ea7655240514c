/* table-fixture.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "store-fixture.h"
#include "table-watch.h"

#include "table/vlive-table-private.h"

G_BEGIN_DECLS

/* R1000: ids 000000 … 000999, pages of 100. */
typedef struct
{
  StoreFixture      store;
  VliveArrayMaster *master; /* of the store */
  VliveTable       *table;
  TableWatch       *watch;
} TableFixture;

/* Without a table. */
void               table_fixture_set_up_empty (TableFixture *f, gconstpointer data);
/* With a table that has its first page. */
void               table_fixture_set_up       (TableFixture *f, gconstpointer data);
void               table_fixture_tear_down    (TableFixture *f, gconstpointer data);
void               table_fixture_open_table   (TableFixture *f, VliveQuery *query);
void               table_fixture_close_table  (TableFixture *f);
/* So long that all that is under way has come. */
void               table_fixture_settle       (TableFixture *f);
void               table_fixture_advance      (TableFixture *f, guint ms);
/* Gives the store a stream on which the master tells its writes. */
VliveManualStream *table_fixture_follow       (TableFixture *f);
VliveQuery        *table_fixture_by_value     (void);
gint64             table_fixture_value_at     (TableFixture *f, guint position);
void               table_fixture_assert_ids   (TableFixture *f,
                                               guint first,
                                               guint n,
                                               const char *expected);
/* What the master was asked since the last time. */
void               table_fixture_assert_asked (TableFixture *f, const char *expected);

G_END_DECLS
