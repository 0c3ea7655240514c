/* test-store-changed.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "stream/vlive-manual-stream.h"

#include "store-fixture.h"

/* What a stream says of everything, at a master with validators. */

static VliveManualStream *
set_up_stream (StoreFixture *f)
{
  VliveManualStream *stream = vlive_manual_stream_new ();

  vlive_array_master_insert (f->master, 0, "a", 1);
  vlive_array_master_insert (f->master, 1, "b", 2);
  f->master->conditional = TRUE;
  vlive_store_set_live_stream (f->store, VLIVE_LIVE_STREAM (stream));
  store_fixture_assert_list (f, NULL, 0, 0, VLIVE_OUTCOME_MISS, "a b");
  store_fixture_assert_list (f, NULL, 0, 0, VLIVE_OUTCOME_HIT, "a b");
  g_assert_cmpuint (f->master->n_windows, ==, 1);

  return stream;
}

/* Somebody says that something has changed: it is read whole, once. */
static void
test_changed (StoreFixture *f, gconstpointer data)
{
  g_autoptr (VliveManualStream) stream = set_up_stream (f);
  g_autoptr (VliveChangeEvent) event =
      vlive_change_event_new (VLIVE_CHANGE_CHANGED, NULL, NULL, 0);

  vlive_manual_stream_push (stream, event);
  store_fixture_assert_list (f, NULL, 0, 0, VLIVE_OUTCOME_MISS, "a b");
  store_fixture_assert_list (f, NULL, 0, 0, VLIVE_OUTCOME_HIT, "a b");
  g_assert_cmpuint (f->master->n_windows, ==, 2);
  g_assert_cmpuint (f->master->n_conditional, ==, 0);

  /* What was read since has a validator that is as good as any. */
  _vlive_clock_advance (f->clock, 120 * G_USEC_PER_SEC);
  store_fixture_assert_list (f, NULL, 0, 0, VLIVE_OUTCOME_HIT, "a b");
  g_assert_cmpuint (f->master->n_windows, ==, 3);
  g_assert_cmpuint (f->master->n_conditional, ==, 1);
}

/* Events may have been lost: to ask whether anything has changed is enough. */
static void
test_gap (StoreFixture *f, gconstpointer data)
{
  g_autoptr (VliveManualStream) stream = set_up_stream (f);

  vlive_manual_stream_set_connected (stream, FALSE, FALSE);
  vlive_manual_stream_set_connected (stream, TRUE, FALSE);
  store_fixture_assert_list (f, NULL, 0, 0, VLIVE_OUTCOME_HIT, "a b");
  g_assert_cmpuint (f->master->n_windows, ==, 2);
  g_assert_cmpuint (f->master->n_conditional, ==, 1);
}

int
main (int argc, char **argv)
{
  vlive_test_init (&argc, &argv);
  g_test_add ("/table/store/changed", StoreFixture, NULL, store_fixture_set_up,
              test_changed, store_fixture_tear_down);
  g_test_add ("/table/store/gap", StoreFixture, NULL, store_fixture_set_up, test_gap,
              store_fixture_tear_down);

  return vlive_test_run ();
}
