/* test-store.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "store-fixture.h"

/* Reading: what is answered from where, and who asks the master. */

#define MINUTE_MS 60000

static void
fill_few (StoreFixture *f)
{
  const char *ids[] = { "10", "9", "2", "a", "b", "c", "d" };

  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    vlive_array_master_insert (f->master, i, ids[i], i);
}

static VlivePage *
list (StoreFixture *f, guint limit, VliveReadFlags flags, VliveReading *reading)
{
  g_autoptr (GError) error = NULL;
  VlivePage *page = store_fixture_list (f, NULL, 0, limit, flags, reading, &error);

  g_assert_no_error (error);

  return page;
}

static void
pass (StoreFixture *f, gint64 ms)
{
  _vlive_clock_advance (f->clock, ms * 1000);
  store_fixture_settle (f);
}

static void
test_limits (StoreFixture *f, gconstpointer data)
{
  fill_few (f);
  store_fixture_assert_list (f, NULL, 0, 3, VLIVE_OUTCOME_MISS, "10 9 2");
  store_fixture_assert_list (f, NULL, 0, 5, VLIVE_OUTCOME_MISS, "10 9 2 a b");
  store_fixture_assert_list (f, NULL, 0, 0, VLIVE_OUTCOME_MISS, "10 9 2 a b c d");
  store_fixture_assert_list (f, NULL, 0, 3, VLIVE_OUTCOME_HIT, "10 9 2");
  store_fixture_assert_list (f, NULL, 3, 3, VLIVE_OUTCOME_MISS, "a b c");
  store_fixture_assert_list (f, NULL, 0, 5, VLIVE_OUTCOME_HIT, "10 9 2 a b");
  store_fixture_assert_list (f, NULL, 0, 0, VLIVE_OUTCOME_HIT, "10 9 2 a b c d");
  g_assert_cmpuint (f->master->n_windows, ==, 4);
}

static void
test_no_cache (StoreFixture *f, gconstpointer data)
{
  fill_few (f);
  store_fixture_assert_list (f, NULL, 0, 3, VLIVE_OUTCOME_MISS, "10 9 2");
  store_fixture_assert_list (f, NULL, 0, 3, VLIVE_OUTCOME_MISS, "10 9 2");
  g_assert_cmpuint (f->master->n_windows, ==, 2);
}

static void
test_invalid (StoreFixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (store_fixture_list (f, NULL, 3, 0, VLIVE_READ_NONE, NULL, &error));
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_INVALID);
  g_assert_cmpuint (f->master->n_windows, ==, 0);
}

/* Fresh within "stale-after", and asked for again from then on. */
static void
test_stale_after (StoreFixture *f, gconstpointer data)
{
  g_auto (VliveReading) reading = { 0 };
  g_autoptr (VlivePage) page = NULL;

  fill_few (f);
  store_fixture_assert_list (f, NULL, 0, 3, VLIVE_OUTCOME_MISS, "10 9 2");
  pass (f, MINUTE_MS - 100);
  page = list (f, 3, VLIVE_READ_NONE, &reading);
  g_assert_cmpint (reading.outcome, ==, VLIVE_OUTCOME_HIT);
  g_assert_cmpint (reading.age_us, >=, (MINUTE_MS - 100) * 1000);
  g_assert_null (reading.reason);
  pass (f, 200);
  store_fixture_assert_list (f, NULL, 0, 3, VLIVE_OUTCOME_MISS, "10 9 2");

  vlive_store_set_stale_after (f->store, 0);
  store_fixture_assert_list (f, NULL, 0, 3, VLIVE_OUTCOME_MISS, "10 9 2");
  g_assert_cmpuint (f->master->n_windows, ==, 3);
}

/* A clock that was set back does not make old rows fresh for ever. */
static void
test_clock_set_back (StoreFixture *f, gconstpointer data)
{
  VliveClock *earlier;

  fill_few (f);
  store_fixture_assert_list (f, NULL, 0, 3, VLIVE_OUTCOME_MISS, "10 9 2");
  earlier = _vlive_clock_new_manual (_vlive_clock_get_boot_us (f->clock),
                                     _vlive_clock_get_real_us (f->clock) - 3600000000);
  _vlive_store_set_clock (f->store, earlier);
  g_set_object (&f->clock, earlier);
  g_set_object (&f->master->clock, earlier);
  g_object_unref (earlier);
  store_fixture_assert_list (f, NULL, 0, 3, VLIVE_OUTCOME_MISS, "10 9 2");
}

static void
test_force (StoreFixture *f, gconstpointer data)
{
  g_auto (VliveReading) reading = { 0 };
  g_autoptr (VlivePage) page = NULL;

  fill_few (f);
  store_fixture_assert_list (f, NULL, 0, 3, VLIVE_OUTCOME_MISS, "10 9 2");
  vlive_array_master_delete (f->master, "9");
  page = list (f, 3, VLIVE_READ_FORCE, &reading);
  g_assert_cmpint (reading.outcome, ==, VLIVE_OUTCOME_MISS);
  store_fixture_assert_list (f, NULL, 0, 3, VLIVE_OUTCOME_HIT, "10 2 a");
  g_assert_cmpuint (store_fixture_ledger (f).n_repeats, ==, 1);
  g_assert_cmpuint (store_fixture_ledger (f).n_fetches, ==, 2);
}

static void
test_cached_only (StoreFixture *f, gconstpointer data)
{
  g_auto (VliveReading) reading = { 0 };
  g_autoptr (VlivePage) page = NULL;
  g_autoptr (VlivePage) old = NULL;
  g_autoptr (GError) error = NULL;

  fill_few (f);
  g_assert_null (store_fixture_list (f, NULL, 0, 3, VLIVE_READ_CACHED, NULL, &error));
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_OFFLINE);
  g_assert_cmpuint (f->master->n_windows, ==, 0);

  store_fixture_assert_list (f, NULL, 0, 3, VLIVE_OUTCOME_MISS, "10 9 2");
  page = list (f, 3, VLIVE_READ_CACHED, &reading);
  g_assert_cmpint (reading.outcome, ==, VLIVE_OUTCOME_HIT);
  pass (f, 2 * MINUTE_MS);
  old = list (f, 3, VLIVE_READ_CACHED, &reading);
  g_assert_cmpint (reading.outcome, ==, VLIVE_OUTCOME_STALE);
  g_assert_nonnull (reading.reason);
  g_assert_cmpuint (f->master->n_windows, ==, 1);
}

/* No answer: what is cached, with its age and the reason; else the error. */
static void
test_offline (StoreFixture *f, gconstpointer data)
{
  g_auto (VliveReading) reading = { 0 };
  g_autoptr (VlivePage) page = NULL;
  g_autoptr (GError) error = NULL;
  gboolean online;

  fill_few (f);
  store_fixture_assert_list (f, NULL, 0, 3, VLIVE_OUTCOME_MISS, "10 9 2");
  f->master->offline = TRUE;
  pass (f, 2 * MINUTE_MS);
  page = list (f, 3, VLIVE_READ_NONE, &reading);
  g_assert_cmpint (reading.outcome, ==, VLIVE_OUTCOME_STALE);
  g_assert_cmpint (reading.age_us, >=, 2 * MINUTE_MS * 1000);
  g_assert_cmpstr (reading.reason, ==, "products cannot be reached");
  g_assert_error (vlive_store_get_error (f->store), VLIVE_ERROR, VLIVE_ERROR_OFFLINE);
  g_object_get (f->store, "online", &online, NULL);
  g_assert_false (online);

  g_assert_null (store_fixture_list (f, NULL, 0, 5, VLIVE_READ_NONE, NULL, &error));
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_OFFLINE);
  g_assert_cmpuint (store_fixture_ledger (f).n_failures, ==, 2);

  f->master->offline = FALSE;
  store_fixture_assert_list (f, NULL, 0, 3, VLIVE_OUTCOME_MISS, "10 9 2");
  g_assert_null (vlive_store_get_error (f->store));
  g_assert_true (vlive_store_is_online (f->store));
}

int
main (int argc, char **argv)
{
  vlive_test_init (&argc, &argv);

#define ADD(name, cache, func)                                                         \
  g_test_add ("/table/store/" name, StoreFixture, cache, store_fixture_set_up, func,   \
              store_fixture_tear_down)
  ADD ("limits", NULL, test_limits);
  ADD ("no-cache", vlive_null_cache_new, test_no_cache);
  ADD ("invalid", NULL, test_invalid);
  ADD ("stale-after", NULL, test_stale_after);
  ADD ("clock-set-back", NULL, test_clock_set_back);
  ADD ("force", NULL, test_force);
  ADD ("cached-only", NULL, test_cached_only);
  ADD ("offline", NULL, test_offline);
#undef ADD

  return vlive_test_run ();
}
