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

/* One flight: everybody who asks for the same window meanwhile shares it. */

typedef struct
{
  GAsyncResult *results[64];
  guint n;
} Many;

static void
list_many (StoreFixture *f, Many *many, guint n, guint limit, VliveReadFlags flags)
{
  for (guint i = 0; i < n; i++)
    vlive_store_list_async (f->store, NULL, 0, limit, flags, NULL, vlive_test_result_cb,
                            &many->results[many->n++]);
}

static gboolean
all_there (Many *many)
{
  for (guint i = 0; i < many->n; i++)
    if (many->results[i] == NULL)
      return FALSE;

  return TRUE;
}

static void
assert_all (StoreFixture *f, Many *many, VliveOutcome outcome, const char *ids)
{
  for (guint i = 0; i < many->n; i++)
    {
      g_auto (VliveReading) reading = { 0 };
      g_autoptr (GError) error = NULL;
      g_autoptr (VlivePage) page =
          vlive_store_list_finish (f->store, many->results[i], &reading, &error);
      g_autofree char *got = NULL;

      g_assert_no_error (error);
      g_assert_cmpint (reading.outcome, ==, outcome);
      got = store_fixture_ids (page);
      g_assert_cmpstr (got, ==, ids);
      g_clear_object (&many->results[i]);
    }
  many->n = 0;
}

static void
test_single_flight (StoreFixture *f, gconstpointer data)
{
  Many many = { { NULL }, 0 };

  fill_few (f);
  f->master->latency_us = 200000;
  list_many (f, &many, 50, 3, VLIVE_READ_NONE);
  STORE_WAIT (f, all_there (&many));
  assert_all (f, &many, VLIVE_OUTCOME_MISS, "10 9 2");
  g_assert_cmpuint (f->master->n_windows, ==, 1);
  g_assert_cmpuint (store_fixture_ledger (f).n_joined, ==, 49);
  g_assert_cmpuint (store_fixture_ledger (f).n_misses, ==, 50);
}

/* Nobody joins a flight that is older than a mark on its query; whoever comes
 * later shares the next one (races.md, rule 18). */
static void
test_join_rule (StoreFixture *f, gconstpointer data)
{
  Many before = { { NULL }, 0 };
  Many after = { { NULL }, 0 };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  fill_few (f);
  f->master->hold = TRUE;
  list_many (f, &before, 2, 3, VLIVE_READ_NONE);
  store_fixture_settle (f);
  g_assert_cmpuint (f->master->n_windows, ==, 1);

  vlive_store_invalidate_async (f->store, NULL, NULL, NULL, vlive_test_result_cb,
                                &result);
  STORE_WAIT (f, result != NULL);
  g_assert_true (vlive_store_invalidate_finish (f->store, result, &error));
  g_assert_no_error (error);
  vlive_array_master_delete (f->master, "9");
  list_many (f, &after, 3, 3, VLIVE_READ_NONE);
  store_fixture_settle (f);
  /* One flight a page: the second goes when the first has landed. */
  g_assert_cmpuint (f->master->n_windows, ==, 1);
  g_assert_false (all_there (&after));

  vlive_array_master_release (f->master, 0);
  STORE_WAIT (f, all_there (&before));
  assert_all (f, &before, VLIVE_OUTCOME_MISS, "10 9 2");
  g_assert_cmpuint (f->master->n_windows, ==, 2);
  g_assert_false (all_there (&after));
  vlive_array_master_release (f->master, 0);
  STORE_WAIT (f, all_there (&after));
  assert_all (f, &after, VLIVE_OUTCOME_MISS, "10 2 a");
  g_assert_cmpuint (f->master->n_windows, ==, 2);
}

/* A flight that has not been sent is joined whatever was marked: it will be
 * asked from now on. */
static void
test_join_unsent (StoreFixture *f, gconstpointer data)
{
  Many first = { { NULL }, 0 };
  Many second = { { NULL }, 0 };
  g_autoptr (GAsyncResult) result = NULL;

  fill_few (f);
  f->master->hold = TRUE;
  vlive_store_set_max_fetches (f->store, 1);
  list_many (f, &first, 1, 5, VLIVE_READ_NONE);
  list_many (f, &second, 1, 3, VLIVE_READ_NONE);
  store_fixture_settle (f);
  vlive_store_invalidate_async (f->store, NULL, NULL, NULL, vlive_test_result_cb,
                                &result);
  STORE_WAIT (f, result != NULL);
  list_many (f, &second, 1, 3, VLIVE_READ_NONE);
  f->master->hold = FALSE;
  vlive_array_master_release_all (f->master);
  STORE_WAIT (f, all_there (&first) && all_there (&second));
  assert_all (f, &first, VLIVE_OUTCOME_MISS, "10 9 2 a b");
  assert_all (f, &second, VLIVE_OUTCOME_MISS, "10 9 2");
  g_assert_cmpuint (f->master->n_windows, ==, 2);
}

static void
test_max_fetches (StoreFixture *f, gconstpointer data)
{
  Many many = { { NULL }, 0 };

  vlive_array_master_fill (f->master, 100);
  f->master->latency_us = 10000;
  for (guint i = 0; i < 20; i++)
    vlive_store_list_async (f->store, NULL, i * 5, 5, VLIVE_READ_NONE, NULL,
                            vlive_test_result_cb, &many.results[many.n++]);
  STORE_WAIT (f, all_there (&many));
  g_assert_cmpuint (f->master->n_windows, ==, 20);
  g_assert_cmpuint (f->master->max_in_flight, ==, 4);
  for (guint i = 0; i < many.n; i++)
    g_object_unref (many.results[i]);
}

/* What waits for a place goes by what is visible, and then by what has not been
 * asked for longest. */
static void
test_places (StoreFixture *f, gconstpointer data)
{
  const struct
  {
    guint64 offset;
    int priority;
    gint64 asked_at;
  } wants[] = { { 10, 2, 0 }, { 20, 1, 9 }, { 30, 0, 7 }, { 40, 0, 5 }, { 50, 1, 0 } };
  g_autoptr (VliveQuery) query = vlive_query_new ();
  VliveRead *reads[G_N_ELEMENTS (wants)];
  Many many = { { NULL }, 0 };

  vlive_array_master_fill (f->master, 100);
  vlive_store_set_max_fetches (f->store, 1);
  f->master->hold = TRUE;
  list_many (f, &many, 1, 5, VLIVE_READ_NONE);
  for (guint i = 0; i < G_N_ELEMENTS (wants); i++)
    {
      VliveTarget target = { .query = query, .offset = wants[i].offset, .limit = 10 };

      reads[i] = _vlive_read_new (f->store, &target, VLIVE_READ_NONE, wants[i].priority,
                                  wants[i].asked_at, NULL, NULL);
      _vlive_read_start (reads[i]);
      g_assert_false (_vlive_read_is_sent (reads[i]));
    }
  _vlive_read_set_priority (reads[0], 0, 6);
  f->master->hold = FALSE;
  vlive_array_master_release_all (f->master);
  STORE_WAIT (f, f->master->n_windows == 6 && f->master->n_in_flight == 0);
  store_fixture_settle (f);
  g_assert_cmpstr (f->master->log->str, ==,
                   "window 0+5;window 40+10;window 10+10;window 30+10;window 50+10;"
                   "window 20+10;");
  for (guint i = 0; i < G_N_ELEMENTS (wants); i++)
    _vlive_read_unref (reads[i]);
  g_clear_object (&many.results[0]);
}

/* A read that was asked for before a mark, and answered after it, is stored as
 * stale: the next one asks again. */
static void
test_stale_population (StoreFixture *f, gconstpointer data)
{
  Many many = { { NULL }, 0 };
  g_autoptr (GAsyncResult) result = NULL;

  fill_few (f);
  f->master->hold = TRUE;
  list_many (f, &many, 1, 3, VLIVE_READ_NONE);
  store_fixture_settle (f);
  vlive_array_master_delete (f->master, "9");
  vlive_store_invalidate_async (f->store, NULL, NULL, NULL, vlive_test_result_cb,
                                &result);
  STORE_WAIT (f, result != NULL);
  f->master->hold = FALSE;
  vlive_array_master_release_all (f->master);
  STORE_WAIT (f, all_there (&many));
  assert_all (f, &many, VLIVE_OUTCOME_MISS, "10 9 2");
  store_fixture_assert_list (f, NULL, 0, 3, VLIVE_OUTCOME_MISS, "10 2 a");
  store_fixture_assert_list (f, NULL, 0, 3, VLIVE_OUTCOME_HIT, "10 2 a");
}

/* Conditional reads. */

static void
test_not_modified (StoreFixture *f, gconstpointer data)
{
  g_auto (VliveReading) reading = { 0 };
  g_autoptr (VlivePage) page = NULL;
  guint64 total;

  fill_few (f);
  f->master->conditional = TRUE;
  store_fixture_assert_list (f, NULL, 0, 3, VLIVE_OUTCOME_MISS, "10 9 2");
  pass (f, 2 * MINUTE_MS);
  page = list (f, 3, VLIVE_READ_NONE, &reading);
  g_assert_cmpint (reading.outcome, ==, VLIVE_OUTCOME_HIT);
  g_assert_cmpint (reading.age_us, ==, 0);
  g_assert_cmpuint (vlive_page_get_n_records (page), ==, 3);
  g_assert_cmpint (vlive_page_get_total (page, &total), ==, VLIVE_TOTAL_EXACT);
  g_assert_cmpuint (total, ==, 7);
  g_assert_cmpuint (f->master->n_not_modified, ==, 1);
  g_assert_cmpuint (store_fixture_ledger (f).n_not_modified, ==, 1);
  store_fixture_assert_list (f, NULL, 0, 3, VLIVE_OUTCOME_HIT, "10 9 2");
  g_assert_cmpuint (f->master->n_windows, ==, 2);

  pass (f, 2 * MINUTE_MS);
  vlive_array_master_set (f->master, "9", 99);
  store_fixture_assert_list (f, NULL, 0, 3, VLIVE_OUTCOME_MISS, "10 9 2");
  g_assert_cmpuint (f->master->n_conditional, ==, 2);
  g_assert_cmpuint (f->master->n_not_modified, ==, 1);
}

/* Rule 2: a "not modified" that states no total says nothing about it. The
 * first page is read whole then, from now on without a validator. */
static void
test_silent_not_modified (StoreFixture *f, gconstpointer data)
{
  g_auto (VliveReading) reading = { 0 };
  g_autoptr (VlivePage) page = NULL;
  guint64 total;

  fill_few (f);
  f->master->conditional = TRUE;
  f->master->states_total_when_not_modified = FALSE;
  store_fixture_assert_list (f, NULL, 0, 3, VLIVE_OUTCOME_MISS, "10 9 2");
  store_fixture_assert_list (f, NULL, 3, 3, VLIVE_OUTCOME_MISS, "a b c");
  vlive_array_master_delete (f->master, "d");
  pass (f, 2 * MINUTE_MS);
  page = list (f, 3, VLIVE_READ_NONE, &reading);
  g_assert_cmpint (vlive_page_get_total (page, &total), ==, VLIVE_TOTAL_EXACT);
  g_assert_cmpuint (total, ==, 6);
  g_assert_cmpuint (f->master->n_conditional, ==, 1);
  g_assert_cmpuint (f->master->n_windows, ==, 4);

  /* Other pages may still be asked for "if modified". */
  store_fixture_assert_list (f, NULL, 3, 3, VLIVE_OUTCOME_HIT, "a b c");
  g_assert_cmpuint (f->master->n_conditional, ==, 2);
  g_assert_cmpuint (f->master->n_not_modified, ==, 2);
  pass (f, 2 * MINUTE_MS);
  store_fixture_assert_list (f, NULL, 0, 3, VLIVE_OUTCOME_MISS, "10 9 2");
  g_assert_cmpuint (f->master->n_conditional, ==, 2);
}

/* A page with a record that is newer than itself is read whole. */
static void
test_patched_is_read_whole (StoreFixture *f, gconstpointer data)
{
  fill_few (f);
  f->master->conditional = TRUE;
  store_fixture_assert_list (f, NULL, 0, 3, VLIVE_OUTCOME_MISS, "10 9 2");
  store_fixture_patch (f, "9", 99);
  store_fixture_assert_list (f, NULL, 0, 3, VLIVE_OUTCOME_HIT, "10 9 2");
  pass (f, 2 * MINUTE_MS);
  store_fixture_assert_list (f, NULL, 0, 3, VLIVE_OUTCOME_MISS, "10 9 2");
  g_assert_cmpuint (f->master->n_conditional, ==, 0);
}

/* At a master that can tell without waiting, a hit means that nothing at all
 * has changed there. */
static void
test_sequence (StoreFixture *f, gconstpointer data)
{
  fill_few (f);
  f->master->tells_sequence = TRUE;
  store_fixture_assert_list (f, NULL, 0, 3, VLIVE_OUTCOME_MISS, "10 9 2");
  store_fixture_assert_list (f, NULL, 0, 3, VLIVE_OUTCOME_HIT, "10 9 2");
  vlive_array_master_set (f->master, "d", 99);
  store_fixture_assert_list (f, NULL, 0, 3, VLIVE_OUTCOME_MISS, "10 9 2");
  store_fixture_assert_list (f, NULL, 0, 3, VLIVE_OUTCOME_HIT, "10 9 2");
}

/* Namespaces. */

static void
assert_warm (StoreFixture *f, const char *key, VliveOutcome outcome)
{
  store_fixture_reopen (f, key);
  store_fixture_assert_list (f, NULL, 0, 3, outcome, "10 9 2");
}

/* Invalidating any one of them leaves all others warm. */
static void
test_namespaces (StoreFixture *f, gconstpointer data)
{
  g_autofree char *long_key = g_strnfill (600, 'k');
  g_autofree char *longer_key = g_strconcat (long_key, "k", NULL);
  const char *keys[] = { "users",    "users/1/albums", "users/10/albums", long_key,
                         longer_key, "client",         "clients",         "" };

  fill_few (f);
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    assert_warm (f, keys[i], VLIVE_OUTCOME_MISS);
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      g_autoptr (GAsyncResult) result = NULL;

      store_fixture_reopen (f, keys[i]);
      vlive_store_invalidate_async (f->store, NULL, NULL, NULL, vlive_test_result_cb,
                                    &result);
      STORE_WAIT (f, result != NULL);
      g_clear_object (&result);
      for (guint j = 0; j < G_N_ELEMENTS (keys); j++)
        assert_warm (f, keys[j], i == j ? VLIVE_OUTCOME_MISS : VLIVE_OUTCOME_HIT);
    }
}

/* One cache, one key, two masters: two worlds. */
static void
test_two_masters (StoreFixture *f, gconstpointer data)
{
  g_autoptr (VliveArrayMaster) other = vlive_array_master_new ("products2");
  VliveArrayMaster *mine = f->master;

  fill_few (f);
  store_fixture_assert_list (f, NULL, 0, 3, VLIVE_OUTCOME_MISS, "10 9 2");
  store_fixture_close (f);
  other->clock = g_object_ref (f->clock);
  vlive_array_master_insert (other, 0, "z", 1);
  f->master = other;
  store_fixture_reopen (f, "products");
  store_fixture_assert_list (f, NULL, 0, 3, VLIVE_OUTCOME_MISS, "z");
  store_fixture_close (f);
  f->master = mine;
  store_fixture_reopen (f, "products");
  store_fixture_assert_list (f, NULL, 0, 3, VLIVE_OUTCOME_HIT, "10 9 2");
}

/* Filters that differ in what looks like a separator are different slots. */
static void
test_query_slots (StoreFixture *f, gconstpointer data)
{
  g_autofree char *long_value = g_strnfill (2048, 'v');
  const char *values[] = { "a/b", "a&b", "é", "a", "b", "", long_value };

  for (guint round = 0; round < 2; round++)
    for (guint i = 0; i < G_N_ELEMENTS (values); i++)
      {
        g_autoptr (VliveQuery) all = vlive_query_new ();
        g_autoptr (VliveQuery) query =
            vlive_query_with_condition (all, "name", VLIVE_OPERATOR_EQUAL,
                                        g_variant_new_string (values[i]), NULL);

        store_fixture_assert_list (f, query, 0, 3,
                                   round == 0 ? VLIVE_OUTCOME_MISS : VLIVE_OUTCOME_HIT,
                                   "");
      }
}

/* A master that does not know yet who it is. */

static void
make_shy (StoreFixture *f)
{
  store_fixture_close (f);
  g_clear_object (&f->master);
  f->master = vlive_array_master_new_shy ("shy");
  f->master->clock = g_object_ref (f->clock);
  vlive_array_master_insert (f->master, 0, "a", 1);
  store_fixture_reopen (f, "shy");
}

static void
test_describe_first (StoreFixture *f, gconstpointer data)
{
  Many many = { { NULL }, 0 };
  g_autoptr (GError) error = NULL;

  make_shy (f);
  f->master->offline = TRUE;
  g_assert_null (store_fixture_list (f, NULL, 0, 3, VLIVE_READ_NONE, NULL, &error));
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_OFFLINE);
  g_assert_cmpuint (f->master->n_describes, ==, 1);

  f->master->offline = FALSE;
  list_many (f, &many, 5, 3, VLIVE_READ_NONE);
  STORE_WAIT (f, all_there (&many));
  assert_all (f, &many, VLIVE_OUTCOME_MISS, "a");
  g_assert_cmpuint (f->master->n_describes, ==, 2);
  store_fixture_assert_list (f, NULL, 0, 3, VLIVE_OUTCOME_HIT, "a");
  g_assert_cmpuint (f->master->n_describes, ==, 2);
}

/* The cache is cleared while a request is under way: it is asked again. */
static void
test_cleared_cache (StoreFixture *f, gconstpointer data)
{
  Many many = { { NULL }, 0 };
  g_autoptr (GAsyncResult) result = NULL;

  fill_few (f);
  f->master->hold = TRUE;
  list_many (f, &many, 1, 3, VLIVE_READ_NONE);
  store_fixture_settle (f);
  vlive_cache_clear_async (f->cache, NULL, vlive_test_result_cb, &result);
  STORE_WAIT (f, result != NULL);
  vlive_array_master_delete (f->master, "9");
  f->master->hold = FALSE;
  vlive_array_master_release_all (f->master);
  STORE_WAIT (f, all_there (&many));
  assert_all (f, &many, VLIVE_OUTCOME_MISS, "10 2 a");
  g_assert_cmpuint (f->master->n_windows, ==, 2);
}

/* Cancelling: the caller hears at once; the request goes on for the cache. */
static void
test_cancel (StoreFixture *f, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  Many many = { { NULL }, 0 };

  fill_few (f);
  f->master->hold = TRUE;
  vlive_store_list_async (f->store, NULL, 0, 3, VLIVE_READ_NONE, cancellable,
                          vlive_test_result_cb, &result);
  list_many (f, &many, 1, 3, VLIVE_READ_NONE);
  store_fixture_settle (f);
  g_cancellable_cancel (cancellable);
  STORE_WAIT (f, result != NULL);
  g_assert_null (vlive_store_list_finish (f->store, result, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_false (all_there (&many));
  f->master->hold = FALSE;
  vlive_array_master_release_all (f->master);
  STORE_WAIT (f, all_there (&many));
  assert_all (f, &many, VLIVE_OUTCOME_MISS, "10 9 2");
  g_assert_null (vlive_store_get_error (f->store));
}

/* Cancelled before it was called, while it waits for its place, and as the
 * only one who wanted it: nothing is asked that nobody wants. */
static void
test_cancel_unsent (StoreFixture *f, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) waiting = NULL;
  g_autoptr (GAsyncResult) late = NULL;
  g_autoptr (GError) error = NULL;
  Many many = { { NULL }, 0 };

  fill_few (f);
  f->master->hold = TRUE;
  vlive_store_set_max_fetches (f->store, 1);
  list_many (f, &many, 1, 5, VLIVE_READ_NONE);
  vlive_store_list_async (f->store, NULL, 0, 3, VLIVE_READ_NONE, cancellable,
                          vlive_test_result_cb, &waiting);
  store_fixture_settle (f);
  g_cancellable_cancel (cancellable);
  STORE_WAIT (f, waiting != NULL);
  vlive_store_list_async (f->store, NULL, 0, 4, VLIVE_READ_NONE, cancellable,
                          vlive_test_result_cb, &late);
  STORE_WAIT (f, late != NULL);
  g_assert_null (vlive_store_list_finish (f->store, late, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  f->master->hold = FALSE;
  vlive_array_master_release_all (f->master);
  STORE_WAIT (f, all_there (&many));
  assert_all (f, &many, VLIVE_OUTCOME_MISS, "10 9 2 a b");
  store_fixture_settle (f);
  g_assert_cmpuint (f->master->n_windows, ==, 1);
}

/* A clause that the master cannot do. */

static void
test_unsupported (StoreFixture *f, gconstpointer data)
{
  g_autoptr (VliveQuery) all = vlive_query_new ();
  g_autoptr (VliveQuery) query = vlive_query_with_sort (all, "value", TRUE);
  g_autoptr (GError) error = NULL;

  fill_few (f);
  f->master->capabilities &= ~(VLIVE_CAN_SORT | VLIVE_CAN_SORT_MANY);
  vlive_array_master_describe (f->master);
  g_assert_null (store_fixture_list (f, query, 0, 3, VLIVE_READ_NONE, NULL, &error));
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_UNSUPPORTED);
  g_assert_nonnull (strstr (error->message, "the complete table has not been read"));
  g_assert_cmpuint (f->master->n_windows, ==, 0);

  /* A part of it is not enough. */
  store_fixture_assert_list (f, NULL, 0, 5, VLIVE_OUTCOME_MISS, "10 9 2 a b");
  g_clear_error (&error);
  g_assert_null (store_fixture_list (f, query, 0, 3, VLIVE_READ_NONE, NULL, &error));
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_UNSUPPORTED);

  store_fixture_assert_list (f, NULL, 0, 0, VLIVE_OUTCOME_MISS, "10 9 2 a b c d");
  store_fixture_assert_list (f, query, 0, 3, VLIVE_OUTCOME_HIT, "d c b");
  store_fixture_assert_list (f, query, 3, 3, VLIVE_OUTCOME_HIT, "a 2 9");
  store_fixture_assert_list (f, query, 6, 3, VLIVE_OUTCOME_HIT, "10");
  store_fixture_assert_list (f, query, 9, 3, VLIVE_OUTCOME_HIT, "");
  store_fixture_assert_list (f, query, 0, 0, VLIVE_OUTCOME_HIT, "d c b a 2 9 10");
  g_assert_cmpuint (f->master->n_windows, ==, 2);

  g_clear_error (&error);
  vlive_store_set_local_limit (f->store, 6);
  g_assert_null (store_fixture_list (f, query, 0, 3, VLIVE_READ_NONE, NULL, &error));
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_UNSUPPORTED);
  g_assert_nonnull (strstr (error->message, "too many rows"));
}

/* The complete set is old: it is asked for again first. */
static void
test_unsupported_and_old (StoreFixture *f, gconstpointer data)
{
  g_autoptr (VliveQuery) all = vlive_query_new ();
  g_autoptr (VliveQuery) query =
      vlive_query_with_condition (all, "value", VLIVE_OPERATOR_GREATER,
                                  g_variant_new_int64 (3), NULL);
  g_auto (VliveReading) reading = { 0 };
  g_autoptr (VlivePage) page = NULL;
  g_autoptr (GError) error = NULL;
  guint64 total;

  fill_few (f);
  f->master->capabilities &= ~(VLIVE_CAN_FILTER);
  vlive_array_master_describe (f->master);
  store_fixture_assert_list (f, NULL, 0, 0, VLIVE_OUTCOME_MISS, "10 9 2 a b c d");
  pass (f, 2 * MINUTE_MS);
  vlive_array_master_delete (f->master, "c");
  store_fixture_assert_list (f, query, 0, 3, VLIVE_OUTCOME_MISS, "b d");
  pass (f, 2 * MINUTE_MS);
  f->master->offline = TRUE;
  page = store_fixture_list (f, query, 0, 3, VLIVE_READ_NONE, &reading, &error);
  g_assert_no_error (error);
  g_assert_cmpint (reading.outcome, ==, VLIVE_OUTCOME_STALE);
  g_assert_nonnull (reading.reason);
  g_assert_cmpint (vlive_page_get_total (page, &total), ==, VLIVE_TOTAL_EXACT);
  g_assert_cmpuint (total, ==, 2);
}

/* The master says so itself, though it advertised the clause. */
static void
test_refused_clause (StoreFixture *f, gconstpointer data)
{
  g_autoptr (VliveQuery) all = vlive_query_new ();
  g_autoptr (VliveQuery) query = vlive_query_with_sort (all, "value", TRUE);
  G_GNUC_UNUSED g_autoptr (GError) error = NULL;

  fill_few (f);
  store_fixture_assert_list (f, NULL, 0, 0, VLIVE_OUTCOME_MISS, "10 9 2 a b c d");
  f->master->n_to_fail = 1;
  f->master->fail_code = VLIVE_ERROR_UNSUPPORTED;
  store_fixture_assert_list (f, query, 0, 3, VLIVE_OUTCOME_HIT, "d c b");
}

/* Counting. */

static VliveTotalKind
count (StoreFixture *f, VliveQuery *query, guint64 *total, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  vlive_store_count_async (f->store, query, NULL, vlive_test_result_cb, &result);
  STORE_WAIT (f, result != NULL);

  return vlive_store_count_finish (f->store, result, total, error);
}

static void
test_count (StoreFixture *f, gconstpointer data)
{
  g_autoptr (VliveQuery) all = vlive_query_new ();
  g_autoptr (VliveQuery) query =
      vlive_query_with_condition (all, "value", VLIVE_OPERATOR_GREATER,
                                  g_variant_new_int64 (3), NULL);
  g_autoptr (GError) error = NULL;
  guint64 total = 0;

  fill_few (f);
  g_assert_cmpint (count (f, NULL, &total, &error), ==, VLIVE_TOTAL_EXACT);
  g_assert_cmpuint (total, ==, 7);
  g_assert_cmpint (count (f, query, &total, &error), ==, VLIVE_TOTAL_EXACT);
  g_assert_cmpuint (total, ==, 3);
  g_assert_cmpuint (f->master->n_windows, ==, 0);
  g_assert_cmpuint (store_fixture_ledger (f).n_counts, ==, 2);

  /* It cannot count, but says so beside a row. */
  f->master->capabilities &= ~(VLIVE_CAN_COUNT);
  vlive_array_master_describe (f->master);
  g_assert_cmpint (count (f, query, &total, &error), ==, VLIVE_TOTAL_EXACT);
  g_assert_cmpuint (total, ==, 3);
  g_assert_cmpuint (f->master->n_windows, ==, 1);
  g_assert_cmpuint (f->master->n_counts, ==, 2);

  f->master->capabilities |= VLIVE_CAN_COUNT;
  vlive_array_master_describe (f->master);
  f->master->offline = TRUE;
  g_assert_cmpint (count (f, NULL, &total, &error), ==, VLIVE_TOTAL_UNKNOWN);
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_OFFLINE);
}

/* What is known of the columns grows with what is seen, and comes back with
 * the cache. */
static void
schema_cb (VliveStore *store, GParamSpec *pspec, gpointer data)
{
  guint *n = data;

  (*n)++;
}

static void
test_schema (StoreFixture *f, gconstpointer data)
{
  guint n = 0;
  VliveColumn *column;

  fill_few (f);
  g_assert_null (vlive_store_get_schema (f->store));
  g_signal_connect (f->store, "notify::schema", G_CALLBACK (schema_cb), &n);
  store_fixture_assert_list (f, NULL, 0, 3, VLIVE_OUTCOME_MISS, "10 9 2");
  g_assert_cmpuint (n, ==, 1);
  column = vlive_schema_find_column (vlive_store_get_schema (f->store), "value");
  g_assert_cmpint (vlive_column_get_value_type (column), ==, VLIVE_VALUE_INTEGER);
  column = vlive_schema_get_id_column (vlive_store_get_schema (f->store));
  g_assert_cmpstr (vlive_column_get_name (column), ==, "id");
  store_fixture_assert_list (f, NULL, 0, 5, VLIVE_OUTCOME_MISS, "10 9 2 a b");
  g_assert_cmpuint (n, ==, 1);

  f->master->offline = TRUE;
  store_fixture_reopen (f, "products");
  store_fixture_assert_list (f, NULL, 0, 3, VLIVE_OUTCOME_HIT, "10 9 2");
  STORE_WAIT (f, vlive_store_get_schema (f->store) != NULL);
  g_assert_nonnull (
      vlive_schema_find_column (vlive_store_get_schema (f->store), "name"));
}

static void
story_cb (const char *line, gpointer data)
{
  g_string_append_printf (data, "%s\n", line);
}

static void
notify_cb (GObject *object, GParamSpec *pspec, gpointer data)
{
  g_string_append_printf (data, "%s;", pspec->name);
}

static void
test_properties (StoreFixture *f, gconstpointer data)
{
  g_autoptr (VliveMaster) master = NULL;
  g_autoptr (VliveCache) cache = NULL;
  g_autoptr (VliveManualStream) stream = vlive_manual_stream_new ();
  g_autoptr (VliveLiveStream) got = NULL;
  g_autoptr (VliveSchema) schema = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) log = g_string_new (NULL);
  g_autofree char *key = NULL;
  guint stale_after, max_fetches, local_limit;

  g_signal_connect (f->store, "notify", G_CALLBACK (notify_cb), log);
  g_object_set (f->store, "stale-after", 5, "max-fetches", 6, "local-limit", 7,
                "live-stream", stream, NULL);
  g_object_set (f->store, "stale-after", 5, "max-fetches", 6, "local-limit", 7,
                "live-stream", stream, NULL);
  g_assert_cmpstr (log->str, ==, "live-stream;local-limit;max-fetches;stale-after;");
  g_object_get (f->store, "master", &master, "cache", &cache, "cache-key", &key,
                "live-stream", &got, "stale-after", &stale_after, "max-fetches",
                &max_fetches, "local-limit", &local_limit, "schema", &schema, "error",
                &error, NULL);
  g_assert_true (master == VLIVE_MASTER (f->master)
                 && master == vlive_store_get_master (f->store));
  g_assert_true (cache == f->cache && cache == vlive_store_get_cache (f->store));
  g_assert_cmpstr (key, ==, "products");
  g_assert_true (got == VLIVE_LIVE_STREAM (stream)
                 && got == vlive_store_get_live_stream (f->store));
  g_assert_cmpuint (stale_after, ==, vlive_store_get_stale_after (f->store));
  g_assert_cmpuint (max_fetches, ==, vlive_store_get_max_fetches (f->store));
  g_assert_cmpuint (local_limit, ==, vlive_store_get_local_limit (f->store));
  g_assert_cmpuint (stale_after + max_fetches + local_limit, ==, 18);
  g_assert_null (schema);
  g_assert_no_error (error);
  g_object_set (f->store, "live-stream", NULL, NULL);
}

/* Who listens hears of requests and answers, by one number, and of what became
 * of reads. */
static void
test_told (StoreFixture *f, gconstpointer data)
{
  g_autoptr (GString) story = g_string_new (NULL);

  vlive_debug_set_story (story_cb, story, NULL);
  fill_few (f);
  store_fixture_assert_list (f, NULL, 0, 3, VLIVE_OUTCOME_MISS, "10 9 2");
  store_fixture_assert_list (f, NULL, 0, 3, VLIVE_OUTCOME_HIT, "10 9 2");
  store_fixture_patch (f, "9", 5);
  vlive_debug_set_story (NULL, NULL, NULL);
  g_assert_nonnull (strstr (story->str, "request key=products page=0: #1 rows 0 + 3"));
  g_assert_nonnull (strstr (story->str, "answer key=products page=0: #1 after"));
  g_assert_nonnull (strstr (story->str, "cache outcome=populated key=products page=0"));
  g_assert_nonnull (
      strstr (story->str, "read outcome=miss key=products page=0: 3 rows"));
  g_assert_nonnull (
      strstr (story->str, "read outcome=hit key=products page=0: 3 rows"));
  g_assert_nonnull (strstr (story->str, "cache outcome=invalidated key=products id=9"));
  g_assert_nonnull (strstr (story->str, "queue key=products id=9"));
  g_assert_null (strstr (story->str, "row 9"));
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
  ADD ("single-flight/memory", NULL, test_single_flight);
  ADD ("single-flight/none", vlive_null_cache_new, test_single_flight);
  ADD ("join-rule/memory", NULL, test_join_rule);
  ADD ("join-rule/none", vlive_null_cache_new, test_join_rule);
  ADD ("join-unsent", NULL, test_join_unsent);
  ADD ("max-fetches", NULL, test_max_fetches);
  ADD ("places", NULL, test_places);
  ADD ("properties", NULL, test_properties);
  ADD ("stale-population", NULL, test_stale_population);
  ADD ("not-modified", NULL, test_not_modified);
  ADD ("silent-not-modified", NULL, test_silent_not_modified);
  ADD ("patched-is-read-whole", NULL, test_patched_is_read_whole);
  ADD ("sequence", NULL, test_sequence);
  ADD ("namespaces", NULL, test_namespaces);
  ADD ("two-masters", NULL, test_two_masters);
  ADD ("query-slots", NULL, test_query_slots);
  ADD ("describe-first", NULL, test_describe_first);
  ADD ("cleared-cache", NULL, test_cleared_cache);
  ADD ("cancel", NULL, test_cancel);
  ADD ("cancel-unsent", NULL, test_cancel_unsent);
  ADD ("unsupported", NULL, test_unsupported);
  ADD ("unsupported-and-old", NULL, test_unsupported_and_old);
  ADD ("refused-clause", NULL, test_refused_clause);
  ADD ("count", NULL, test_count);
  ADD ("schema", NULL, test_schema);
  ADD ("told", NULL, test_told);
#undef ADD

  return vlive_test_run ();
}
