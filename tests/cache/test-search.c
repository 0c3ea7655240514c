/* test-search.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "cache-fixture.h"

#include "cache/vlive-cache-rules-private.h"

/* Conformance: a record is looked for in pages, over every kind of cache. */

static void
search_entry (CacheFixture *fx, const char *id, VliveCachedRecord *entry)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  _vlive_cache_search_record_async (fx->cache, "t", id, NULL, vlive_test_result_cb,
                                    &result);
  VLIVE_TEST_WAIT (result != NULL);
  g_assert_true (_vlive_cache_lookup_record_finish (fx->cache, result, entry, &error));
  g_assert_no_error (error);
}

static void
assert_search (CacheFixture *fx, const char *id, const char *expected)
{
  g_auto (VliveCachedRecord) entry = { 0 };
  g_autofree char *record = NULL;
  g_autofree char *text = NULL;

  search_entry (fx, id, &entry);
  if (entry.record != NULL)
    record = record_to_text (entry.record);
  text = g_strconcat (record != NULL ? record
                      : entry.found  ? "none"
                                     : "miss",
                      entry.stale ? " stale" : "", NULL);
  g_assert_cmpstr (text, ==, fx->keeps ? expected : "miss");
}

static void
keep (CacheFixture *fx,
      const char *ns,
      VliveQuery *query,
      guint64 offset,
      const char *rows,
      const VliveStamp *stamp)
{
  g_autoptr (VlivePage) shown =
      store (fx, ns, query, make_page (offset, 2, rows, -1, NULL), stamp);

  g_assert_nonnull (shown);
}

/* In whatever page it is; what was asked for last is taken. */
static void
test_last_asked (CacheFixture *fx, gconstpointer kind)
{
  g_autoptr (VliveQuery) all = vlive_query_new ();
  g_autoptr (VliveQuery) sorted = make_query (NULL, NULL, "name");
  g_autoptr (VliveQuery) filtered = make_query ("name", "n", NULL);
  VliveStamp first = ask (fx, "t");
  VliveStamp second = ask (fx, "t");
  VliveStamp third = ask (fx, "t");

  assert_search (fx, "a", "miss");
  keep (fx, "t", sorted, 6, "b:1 a:2", &second);
  assert_search (fx, "a", "a:2");
  assert_get (fx, "t", "a", "miss");
  keep (fx, "t", all, 0, "a:1 c:1", &first);
  assert_search (fx, "a", "a:2");
  keep (fx, "t", filtered, 0, "a:3", &third);
  assert_search (fx, "a", "a:3");
  assert_search (fx, "b", "b:1");
  assert_search (fx, "c", "c:1");
  assert_search (fx, "d", "miss");

  /* … of single reads as well. */
  second = ask (fx, "t");
  third = ask (fx, "t");
  assert_store_get (fx, "t", "c", 5, &second, "c:5");
  assert_search (fx, "c", "c:5");
  keep (fx, "t", all, 0, "a:1 c:6", &third);
  assert_search (fx, "c", "c:6");
}

/* When it was fetched, and at which sequence of the master: as its page. */
static void
test_age (CacheFixture *fx, gconstpointer kind)
{
  g_autoptr (VliveQuery) all = vlive_query_new ();
  g_auto (VliveCachedRecord) entry = { 0 };
  VliveStamp stamp = ask (fx, "t");
  VlivePage *page = make_page (0, 2, "a:1 b:1", -1, NULL);
  gint64 then = _vlive_clock_get_real_us (fx->clock);
  g_autoptr (VlivePage) shown = NULL;

  page->sequence = 77;
  shown = store (fx, "t", all, page, &stamp);
  cache_fixture_pass (fx, 3600 * (gint64) G_USEC_PER_SEC);
  search_entry (fx, "b", &entry);
  if (!fx->keeps)
    return;
  g_assert_cmpint (entry.fetched_at, ==, then);
  g_assert_cmpuint (entry.sequence, ==, 77);
  g_assert_cmpint (entry.stamp.asked_at, >, stamp.asked_at);
}

/* What masks a page masks what is found in it, and of a page that is stale it is
 * stale; marks by fields say nothing of the record. */
static void
test_marks (CacheFixture *fx, gconstpointer kind)
{
  g_autoptr (VliveQuery) all = vlive_query_new ();
  g_autoptr (VliveQuery) other = make_query ("name", "n", NULL);
  VliveStamp stamp = ask (fx, "t");

  keep (fx, "t", all, 0, "a:1 b:1", &stamp);
  keep (fx, "t", all, 2, "c:1 d:1", &stamp);
  keep (fx, "t", other, 0, "e:1", &stamp);
  patch (fx, "t", "a", 2, TRUE);
  assert_search (fx, "a", "a:2");
  assert_search (fx, "c", "c:1");
  patch_unknown (fx, "t", "c");
  assert_search (fx, "c", "c:1 stale");
  assert_search (fx, "d", "d:1");
  assert_search (fx, "e", "e:1");
  invalidate (fx, "t", other, NULL);
  assert_search (fx, "d", "d:1");
  assert_search (fx, "e", "e:1 stale");
  patch (fx, "t", "b", -1, TRUE);
  assert_search (fx, "b", "none");
  assert_search (fx, "d", "d:1 stale");
  stamp = ask (fx, "t");
  keep (fx, "t", all, 2, "c:1 d:1", &stamp);
  assert_search (fx, "d", "d:1");
  invalidate (fx, "t", NULL, NULL);
  assert_search (fx, "d", "d:1 stale");
  clear (fx);
  assert_search (fx, "d", "miss");
}

/* Another namespace is another world, however much is stored there; and the
 * search ends. */
static void
test_bounds (CacheFixture *fx, gconstpointer kind)
{
  g_autoptr (VliveQuery) all = vlive_query_new ();
  VliveStamp here = ask (fx, "t");
  VliveStamp there = ask (fx, "u");

  keep (fx, "t", all, 0, "a:1", &here);
  for (guint i = 0; i < 100; i++)
    {
      g_autofree char *row = g_strdup_printf ("u%u:1", i);

      keep (fx, "u", all, 2 * i, row, &there);
    }
  assert_search (fx, "a", "a:1");
  assert_search (fx, "u5", "miss");
  for (guint i = 1; i < VLIVE_CACHE_SEARCH_PAGES; i++)
    {
      g_autofree char *row = g_strdup_printf ("t%u:1", i);

      keep (fx, "t", all, 2 * i, row, &here);
    }
  assert_search (fx, "a", "a:1");
  keep (fx, "t", all, 1000, "last:1", &here);
  assert_search (fx, "last", "last:1");
  assert_search (fx, "a", "miss");
}

/* What another process has stored is found as well. */
static void
test_restart (CacheFixture *fx, gconstpointer kind)
{
  g_autoptr (VliveQuery) all = vlive_query_new ();
  VliveStamp stamp = ask (fx, "t");

  keep (fx, "t", all, 4, "a:1 b:1", &stamp);
  patch (fx, "t", "b", 2, TRUE);
  cache_fixture_reopen (fx);
  assert_search (fx, "a", "a:1");
  assert_search (fx, "b", "b:2");
}

/* A page that is too large for the search leaves room for others. */
static void
test_rules (void)
{
  g_auto (VliveSearch) search = { 0 };
  g_autoptr (VlivePage) page = make_page (0, 2, "a:1 b:1", -1, NULL);
  VliveStamp stamp = { .generation = 1, .epoch = 5, .asked_at = 10 };
  VliveQueryState state = { .mark = 5 };
  VliveSpace space = { .membership = 5, .dependents = 9 };

  _vlive_search_init (&search, NULL);
  g_assert_true (_vlive_search_wants (&search, &stamp, VLIVE_CACHE_SEARCH_ROWS));
  g_assert_false (_vlive_search_wants (&search, &stamp, VLIVE_CACHE_SEARCH_ROWS + 1));
  page->stamp = stamp;
  _vlive_search_page (&search, page, "a", &space, &state);
  g_assert_false (search.stale);
  g_assert_false (_vlive_search_wants (&search, &stamp, 1));
  stamp.asked_at++;
  g_assert_true (_vlive_search_wants (&search, &stamp, VLIVE_CACHE_SEARCH_ROWS - 2));
  g_assert_false (_vlive_search_wants (&search, &stamp, VLIVE_CACHE_SEARCH_ROWS - 1));
  stamp.generation++;
  g_assert_false (_vlive_search_wants (&search, &stamp, 1));
}

/* Entries that were laid over a page for good leave it stale. */
static void
test_folded (void)
{
  g_auto (VliveSearch) search = { 0 };
  g_autoptr (VlivePage) page = make_page (0, 2, "a:1 b:1", -1, NULL);
  VliveQueryState state = { 0 };
  VliveKnownRecord known;
  VliveSpace space = { 0 };

  page->stale = TRUE;
  _vlive_search_init (&search, NULL);
  _vlive_search_page (&search, page, "a", &space, &state);
  _vlive_search_know (&search, &space, NULL, &known);
  g_assert_true (known.found);
  g_assert_true (known.stale);
}

int
main (int argc, char **argv)
{
  vlive_test_init (&argc, &argv);

  cache_fixture_add ("search/last-asked", test_last_asked);
  cache_fixture_add ("search/age", test_age);
  cache_fixture_add ("search/marks", test_marks);
  cache_fixture_add ("search/bounds", test_bounds);
  cache_fixture_add_lmdb ("search/restart", test_restart);
  g_test_add_func ("/cache/search/rules", test_rules);
  g_test_add_func ("/cache/search/folded", test_folded);

  return vlive_test_run ();
}
