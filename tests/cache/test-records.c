/* test-records.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "cache-fixture.h"

/* Conformance: single records, over every kind of cache. */

static void
test_kept (CacheFixture *fx, gconstpointer kind)
{
  g_auto (VliveCachedRecord) entry = { 0 };
  g_autoptr (VliveRecord) record = make_record ("a", 3);
  g_autoptr (GAsyncResult) result = NULL;
  VliveStamp stamp = ask (fx, "t");
  VliveRecord *shown = NULL;
  gboolean again;

  assert_get (fx, "t", "a", "miss");
  _vlive_cache_store_record_async (fx->cache, "t", "a", record, &stamp, 1234, 77, NULL,
                                   vlive_test_result_cb, &result);
  VLIVE_TEST_WAIT (result != NULL);
  g_assert_true (
      _vlive_cache_store_record_finish (fx->cache, result, &shown, &again, NULL));
  g_assert_true (vlive_record_equal (shown, record));
  vlive_record_unref (shown);
  g_assert_false (again);

  assert_get (fx, "t", "a", "a:3");
  assert_get (fx, "u", "a", "miss");
  get_entry (fx, "t", "a", &entry);
  g_assert_cmpuint (entry.stamp.generation, ==, stamp.generation);
  g_assert_cmpuint (entry.stamp.epoch, ==, stamp.epoch);
  g_assert_cmpint (entry.confirmed_at, ==, 0);
  if (!fx->keeps)
    return;
  g_assert_cmpint (entry.fetched_at, ==, 1234);
  g_assert_cmpuint (entry.sequence, ==, 77);
}

static void
test_ids (CacheFixture *fx, gconstpointer kind)
{
  g_autofree char *longest = g_strnfill (3000, 'i');
  g_autofree char *longer = g_strconcat (longest, "j", NULL);
  const char *ids[] = { "1", "10", "é", "a/b", "a", longest, longer, " ", "1 " };
  VliveStamp stamp = ask (fx, "t");

  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      g_autofree char *text = g_strdup_printf ("%s:%u", ids[i], i);

      assert_store_get (fx, "t", ids[i], i, &stamp, text);
    }
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      g_autofree char *text = g_strdup_printf ("%s:%u", ids[i], i);

      assert_get (fx, "t", ids[i], text);
    }
}

static void
test_order_of_askings (CacheFixture *fx, gconstpointer kind)
{
  VliveStamp first = ask (fx, "t");
  VliveStamp second = ask (fx, "t");

  assert_store_get (fx, "t", "a", 2, &second, "a:2");
  assert_store_get (fx, "t", "a", 1, &first, fx->keeps ? "a:2" : "a:1");
  assert_get (fx, "t", "a", "a:2");
}

/* A read that was asked for before a write never puts the old record back. */
static void
test_older_than_a_write (CacheFixture *fx, gconstpointer kind)
{
  VliveStamp before = ask (fx, "t");
  VliveStamp after;

  assert_store_get (fx, "t", "a", 1, &before, "a:1");
  patch (fx, "t", "a", 2, TRUE);
  assert_get (fx, "t", "a", "a:2");
  assert_store_get (fx, "t", "a", 1, &before, "a:2");
  assert_get (fx, "t", "a", "a:2");
  after = ask (fx, "t");
  assert_store_get (fx, "t", "a", 3, &after, "a:3");
  assert_get (fx, "t", "a", "a:3");

  patch (fx, "t", "a", -1, TRUE);
  assert_get (fx, "t", "a", "none");
  assert_store_get (fx, "t", "a", 3, &after, "none");
}

static void
test_not_found (CacheFixture *fx, gconstpointer kind)
{
  g_autoptr (VliveRecord) record = make_record ("a", 5);
  VlivePatch inserted = {
    .kind = VLIVE_PATCH_RECORD, .id = "a", .record = record, .membership = TRUE
  };
  VlivePatch told = { .kind = VLIVE_PATCH_UNKNOWN, .id = "b", .membership = TRUE };
  VliveStamp stamp = ask (fx, "t");

  /* Remembered, never served as a row ... */
  assert_store_get (fx, "t", "a", -1, &stamp, "none");
  assert_store_get (fx, "t", "b", -1, &stamp, "none");
  assert_store_get (fx, "t", "c", -1, &stamp, "none");
  assert_get (fx, "t", "a", "none");

  /* ... but not past an insert, with its record or without. */
  patch_all (fx, "t", &inserted, 1);
  assert_get (fx, "t", "a", "a:5");
  patch_all (fx, "t", &told, 1);
  assert_get (fx, "t", "b", "miss");
  assert_get (fx, "t", "c", "none");
  stamp = ask (fx, "t");
  assert_store_get (fx, "t", "b", 6, &stamp, "b:6");
  assert_get (fx, "t", "b", "b:6");

  /* Nor past an invalidation. */
  invalidate (fx, "t", NULL, NULL);
  assert_get (fx, "t", "c", "miss");
}

/* The row of a record that is gone leaves older pages, which are stale. */
static void
test_not_found_leaves_pages (CacheFixture *fx, gconstpointer kind)
{
  g_autoptr (VliveQuery) all = vlive_query_new ();
  VliveStamp stamp = ask (fx, "t");

  assert_stored (fx, "t", all, make_page (0, 2, "a:1 b:1", 2, "v"), &stamp,
                 "a:1 b:1 /2 v");
  stamp = ask (fx, "t");
  assert_store_get (fx, "t", "a", -1, &stamp, "none");
  assert_page (fx, "t", all, 0, 2, "b:1 /2 stale patched");
}

/* A first sight of a record tells no change. */
static void
test_first_sight (CacheFixture *fx, gconstpointer kind)
{
  g_autoptr (VliveQuery) sorted = make_query (NULL, NULL, "x");
  VliveStamp stamp = ask (fx, "t");

  assert_stored (fx, "t", sorted, make_page (0, 2, "a:1 b:1", 2, "v"), &stamp,
                 "a:1 b:1 /2 v");
  stamp = ask (fx, "t");
  assert_store_get (fx, "t", "c", 1, &stamp, "c:1");
  assert_store_get (fx, "t", "a", 1, &stamp, "a:1");
  assert_page (fx, "t", sorted, 0, 2, "a:1 b:1 /2 v");
  g_assert_cmpuint (get_statistics (fx).n_patches, ==, 0);
  g_assert_cmpuint (ask (fx, "t").epoch, ==, stamp.epoch);
}

/* A single read that tells a change raises the marks of it anew; its entry has
 * the epoch of its asking. */
static void
test_change_told_by_a_read (CacheFixture *fx, gconstpointer kind)
{
  g_autoptr (VliveQuery) all = vlive_query_new ();
  g_autoptr (VliveQuery) sorted = make_query (NULL, NULL, "x");
  g_autoptr (VliveQuery) by_name = make_query (NULL, NULL, "name");
  VliveStamp stamp = ask (fx, "t");
  VliveStamp late;

  patch (fx, "t", "a", 1, FALSE);
  stamp = ask (fx, "t");
  assert_stored (fx, "t", all, make_page (0, 2, "a:1 b:1", 2, "v"), &stamp,
                 "a:1 b:1 /2 v");
  assert_stored (fx, "t", sorted, make_page (0, 1, "b:1", 2, "v"), &stamp, "b:1 /2 v");
  assert_stored (fx, "t", by_name, make_page (0, 1, "b:1", 2, "v"), &stamp, "b:1 /2 v");
  stamp = ask (fx, "t");
  late = ask (fx, "t");
  assert_store_get (fx, "t", "a", 2, &stamp, "a:2");
  g_assert_cmpuint (ask (fx, "t").epoch, ==, stamp.epoch + 1);
  assert_page (fx, "t", all, 0, 2, "a:2 b:1 /2 patched");
  assert_page (fx, "t", sorted, 0, 1, "b:1 /2 v stale");
  assert_page (fx, "t", by_name, 0, 1, "b:1 /2 v");

  /* Asked for later than the read, at the same epoch: not masked. */
  assert_stored (fx, "t", all, make_page (0, 2, "a:3 b:1", 2, "v"), &late,
                 "a:3 b:1 /2 v");
}

/* Where the step into what was known raised no marks, no field is trusted to
 * be unchanged. */
static void
test_change_after_first_sight (CacheFixture *fx, gconstpointer kind)
{
  g_autoptr (VliveQuery) all = vlive_query_new ();
  g_autoptr (VliveQuery) by_name = make_query (NULL, NULL, "name");
  VliveStamp stamp = ask (fx, "t");

  assert_store_get (fx, "t", "a", 1, &stamp, "a:1");
  assert_stored (fx, "t", by_name, make_page (0, 1, "b:1", 2, "v"), &stamp, "b:1 /2 v");
  assert_stored (fx, "t", all, make_page (0, 1, "b:1", 2, "v"), &stamp, "b:1 /2 v");
  stamp = ask (fx, "t");
  assert_store_get (fx, "t", "a", 2, &stamp, "a:2");
  assert_page (fx, "t", by_name, 0, 1, "b:1 /2 v stale");
  assert_page (fx, "t", all, 0, 1, "b:1 /2 v");

  /* And one that is gone changes every query's membership. */
  stamp = ask (fx, "t");
  assert_store_get (fx, "t", "a", -1, &stamp, "none");
  assert_page (fx, "t", all, 0, 1, "b:1 /2 v stale");
}

static void
test_invalidate_record (CacheFixture *fx, gconstpointer kind)
{
  g_autoptr (VliveQuery) all = vlive_query_new ();
  g_autoptr (VliveQuery) sorted = make_query (NULL, NULL, "x");
  VliveStamp stamp = ask (fx, "t");

  assert_store_get (fx, "t", "a", 1, &stamp, "a:1");
  assert_store_get (fx, "t", "b", 1, &stamp, "b:1");
  assert_stored (fx, "t", all, make_page (0, 2, "a:1 b:1", 4, "v"), &stamp,
                 "a:1 b:1 /4 v");
  assert_stored (fx, "t", all, make_page (2, 2, "c:1 d:1", 4, "w"), &stamp,
                 "c:1 d:1 /4 w");
  assert_stored (fx, "t", sorted, make_page (0, 2, "c:1 d:1", 4, "w"), &stamp,
                 "c:1 d:1 /4 w");
  invalidate (fx, "t", NULL, "a");
  assert_get (fx, "t", "a", "a:1 stale");
  assert_get (fx, "t", "b", "b:1");
  assert_page (fx, "t", all, 0, 2, "a:1 b:1 /4 stale patched");
  assert_page (fx, "t", all, 2, 2, "c:1 d:1 /4 w");
  assert_page (fx, "t", sorted, 0, 2, "c:1 d:1 /4 w");

  /* An answer asked for before does not make it fresh; one asked later does. */
  assert_store_get (fx, "t", "a", 1, &stamp, "a:1");
  assert_get (fx, "t", "a", "a:1 stale");
  stamp = ask (fx, "t");
  assert_store_get (fx, "t", "a", 1, &stamp, "a:1");
  assert_get (fx, "t", "a", "a:1");

  invalidate (fx, "t", NULL, NULL);
  assert_get (fx, "t", "a", "a:1 stale");
  assert_get (fx, "t", "b", "b:1 stale");
}

/* An entry that goes takes an older single record with it. */
static void
test_older_single_goes_with_the_entry (CacheFixture *fx, gconstpointer kind)
{
  g_autoptr (VliveQuery) all = vlive_query_new ();
  g_autoptr (VlivePage) shown = NULL;
  VliveStamp stamp = ask (fx, "t");
  gint64 deadline = g_get_monotonic_time () + vlive_test_patience_us ();

  assert_store_get (fx, "t", "a", 1, &stamp, "a:1");
  assert_store_get (fx, "t", "b", 1, &stamp, "b:1");
  assert_store_get (fx, "t", "c", 1, &stamp, "c:1");
  patch (fx, "t", "a", 2, TRUE);
  patch_unknown (fx, "t", "b");
  cache_fixture_pass (fx, 400 * G_USEC_PER_SEC);
  stamp = ask (fx, "upkeep");
  shown = store (fx, "upkeep", all, make_page (0, 1, "z:1", 1, NULL), &stamp);
  while (get_statistics (fx).n_patches != 0 && g_get_monotonic_time () < deadline)
    vlive_test_turn ();
  g_assert_cmpuint (get_statistics (fx).n_patches, ==, 0);
  assert_get (fx, "t", "a", "miss");
  assert_get (fx, "t", "b", "miss");
  assert_get (fx, "t", "c", "c:1");
}

/* Its own bound: the least recently used goes. */
static void
test_bound (CacheFixture *fx, gconstpointer kind)
{
  VliveStamp stamp = ask (fx, "t");
  gint64 deadline;

  for (guint i = 0; i < 4000; i++)
    {
      g_autofree char *id = g_strdup_printf ("r%u", i);

      g_free (store_get (fx, "t", id, i, &stamp));
    }
  /* Used again before it is too late. */
  assert_get (fx, "t", "r0", "r0:0");
  for (guint i = 4000; i < 4700; i++)
    {
      g_autofree char *id = g_strdup_printf ("r%u", i);

      g_free (store_get (fx, "t", id, i, &stamp));
    }
  deadline = g_get_monotonic_time () + vlive_test_patience_us ();
  while (get_statistics (fx).n_records > 4096 && g_get_monotonic_time () < deadline)
    vlive_test_turn ();
  g_assert_cmpuint (get_statistics (fx).n_records, <=, 4096);
  g_assert_cmpuint (get_statistics (fx).n_records, >=, fx->keeps ? 3000 : 0);
  assert_get (fx, "t", "r0", "r0:0");
  assert_get (fx, "t", "r1", "miss");
  assert_get (fx, "t", "r4699", "r4699:4699");
}

int
main (int argc, char **argv)
{
  vlive_test_init (&argc, &argv);

  cache_fixture_add ("records/kept", test_kept);
  cache_fixture_add ("records/ids", test_ids);
  cache_fixture_add ("records/order-of-askings", test_order_of_askings);
  cache_fixture_add ("records/older-than-a-write", test_older_than_a_write);
  cache_fixture_add ("records/not-found", test_not_found);
  cache_fixture_add ("records/not-found-leaves-pages", test_not_found_leaves_pages);
  cache_fixture_add ("records/first-sight", test_first_sight);
  cache_fixture_add ("records/change-told-by-a-read", test_change_told_by_a_read);
  cache_fixture_add ("records/change-after-first-sight", test_change_after_first_sight);
  cache_fixture_add ("records/invalidate-record", test_invalidate_record);
  cache_fixture_add ("records/older-single-goes-with-the-entry",
                     test_older_single_goes_with_the_entry);
  cache_fixture_add ("records/bound", test_bound);

  return vlive_test_run ();
}
