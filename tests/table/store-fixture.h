/* store-fixture.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "vlive-array-master.h"

#include "table/vlive-store-private.h"

G_BEGIN_DECLS

/* A store over an array, in a time that stands still unless it is moved. */
typedef struct
{
  VliveClock       *clock;
  VliveArrayMaster *master;
  VliveCache       *cache;
  VliveStore       *store;
} StoreFixture;

typedef VliveCache *(*MakeCacheFunc) (void);

/* @data: a MakeCacheFunc; NULL: a memory cache. */
void         store_fixture_set_up    (StoreFixture      *f,
                                      gconstpointer      data);
void         store_fixture_tear_down (StoreFixture      *f,
                                      gconstpointer      data);
/* Closes the store; nothing is left of it. */
void         store_fixture_close     (StoreFixture      *f);
void         store_fixture_reopen    (StoreFixture      *f,
                                      const char        *cache_key);

/* Whatever can happen now happens. Time does not move. */
void         store_fixture_settle    (StoreFixture      *f);
/* Time moves, a millisecond after another. */
void         store_fixture_advance   (StoreFixture      *f,
                                      guint              ms);

#define STORE_WAIT(f, condition)                                            \
  G_STMT_START {                                                            \
    gint64 _deadline = g_get_monotonic_time () + vlive_test_patience_us (); \
    while (!(condition) && g_get_monotonic_time () < _deadline)             \
      store_fixture_advance (f, 1);                                         \
    g_assert_true (condition);                                              \
  } G_STMT_END

/* One read, until its answer has come. */
VlivePage   *store_fixture_list      (StoreFixture      *f,
                                      VliveQuery        *query,
                                      guint64            offset,
                                      guint              limit,
                                      VliveReadFlags     flags,
                                      VliveReading      *reading,
                                      GError           **error);
VliveRecord *store_fixture_get       (StoreFixture      *f,
                                      const char        *id,
                                      VliveReadFlags     flags,
                                      VliveReading      *reading,
                                      GError           **error);
gboolean     store_fixture_write     (StoreFixture      *f,
                                      VliveWrite        *write,
                                      GError           **error);
/* Writes {value: @value}, and asserts that it was applied. */
void         store_fixture_patch     (StoreFixture      *f,
                                      const char        *id,
                                      gint64             value);
VliveWrite  *store_fixture_make_patch (const char       *id,
                                      gint64             value);
gint64       store_fixture_get_value (VliveRecord       *record);
/* "hit 3: a b c" */
void         store_fixture_assert_list (StoreFixture    *f,
                                      VliveQuery        *query,
                                      guint64            offset,
                                      guint              limit,
                                      VliveOutcome       outcome,
                                      const char        *ids);
char        *store_fixture_ids       (VlivePage         *page);
VliveLedger  store_fixture_ledger    (StoreFixture      *f);

G_END_DECLS
