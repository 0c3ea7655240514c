/* test-pages.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "cache-fixture.h"

/* Conformance: pages, over every kind of cache. */

static void
test_order (CacheFixture *fx, gconstpointer kind)
{
  g_autoptr (VliveQuery) all = vlive_query_new ();
  VliveStamp stamp = ask (fx, "t");

  assert_page (fx, "t", all, 0, 3, "miss");
  assert_stored (fx, "t", all, make_page (0, 3, "10:1 9:1 2:1", 3, "v1"), &stamp,
                 "10:1 9:1 2:1 /3 v1");
  assert_page (fx, "t", all, 0, 3, "10:1 9:1 2:1 /3 v1");
  fx->slow = TRUE;
  assert_page (fx, "t", all, 0, 3, "10:1 9:1 2:1 /3 v1");
}

static void
test_age (CacheFixture *fx, gconstpointer kind)
{
  g_autoptr (VliveQuery) all = vlive_query_new ();
  VliveStamp stamp = ask (fx, "t");
  VlivePage *page = make_page (0, 3, "a:1", 1, NULL);
  gint64 then = _vlive_clock_get_real_us (fx->clock);
  g_autoptr (VlivePage) shown = NULL;
  g_autoptr (VlivePage) again = NULL;

  page->sequence = 77;
  shown = store (fx, "t", all, page, &stamp);
  g_assert_cmpint (vlive_page_get_fetched_at (shown), ==, then);
  g_assert_cmpuint (shown->sequence, ==, 77);
  cache_fixture_pass (fx, G_GINT64_CONSTANT (3600) * G_USEC_PER_SEC);

  /* Whatever its age it is there, and says how old it is. */
  again = lookup (fx, "t", all, 0, 3, &stamp);
  if (!fx->keeps)
    return;
  g_assert_cmpint (vlive_page_get_fetched_at (again), ==, then);
  g_assert_cmpuint (again->sequence, ==, 77);
  g_assert_false (vlive_page_is_stale (again));
}

static void
test_slots (CacheFixture *fx, gconstpointer kind)
{
  g_autoptr (VliveQuery) all = vlive_query_new ();
  VliveStamp stamp = ask (fx, "t");

  assert_stored (fx, "t", all, make_page (0, 3, "a:1 b:1 c:1", 6, NULL), &stamp,
                 "a:1 b:1 c:1 /6");
  assert_page (fx, "t", all, 0, 5, "miss");
  assert_page (fx, "t", all, 0, 0, "miss");
  assert_stored (fx, "t", all, make_page (0, 5, "a:1 b:1 c:1 d:1 e:1", 6, NULL), &stamp,
                 "a:1 b:1 c:1 d:1 e:1 /6");
  assert_stored (fx, "t", all, make_page (0, 0, "a:1 b:1 c:1 d:1 e:1 f:1", 6, NULL),
                 &stamp, "a:1 b:1 c:1 d:1 e:1 f:1 /6");
  assert_page (fx, "t", all, 0, 3, "a:1 b:1 c:1 /6");
  assert_page (fx, "t", all, 0, 5, "a:1 b:1 c:1 d:1 e:1 /6");
  assert_page (fx, "t", all, 0, 0, "a:1 b:1 c:1 d:1 e:1 f:1 /6");
  assert_page (fx, "t", all, 3, 3, "miss");
}

static void
test_empty (CacheFixture *fx, gconstpointer kind)
{
  g_autoptr (VliveQuery) all = vlive_query_new ();
  VliveStamp stamp = ask (fx, "t");
  g_autoptr (VlivePage) empty = vlive_page_new (0, 10, NULL, 0, VLIVE_TOTAL_EXACT, 0);

  assert_stored (fx, "t", all, vlive_page_ref (empty), &stamp, " /0");
  assert_page (fx, "t", all, 0, 10, " /0");
}

static void
test_namespaces (CacheFixture *fx, gconstpointer kind)
{
  g_autoptr (VliveQuery) all = vlive_query_new ();
  g_autofree char *longest = g_strnfill (600, 'k');
  g_autofree char *longer = g_strconcat (longest, "k", NULL);
  const char *names[] = { "users",
                          "users/1/albums",
                          "users/10/albums",
                          "client",
                          "clients",
                          "",
                          longest,
                          longer,
                          "a/b",
                          "a\x1f"
                          "b",
                          "http://one/|users",
                          "http://two/|users",
                          "users\\",
                          "us\xc3\xa9rs" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *row = g_strdup_printf ("r:%u", i);
      g_autofree char *text = g_strdup_printf ("r:%u /1", i);
      VliveStamp stamp = ask (fx, names[i]);

      assert_stored (fx, names[i], all, make_page (0, 5, row, 1, NULL), &stamp, text);
    }
  invalidate (fx, "users", NULL, NULL);
  invalidate (fx, "client", NULL, NULL);
  patch (fx, "users/1/albums", "r", 99, TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *text = g_strdup_printf ("r:%u /1%s", i == 1 ? 99 : i,
                                               i == 0 || i == 3 ? " stale"
                                               : i == 1         ? " patched"
                                                                : "");

      assert_page (fx, names[i], all, 0, 5, text);
    }
}

static void
test_queries (CacheFixture *fx, gconstpointer kind)
{
  g_autofree char *longest = g_strnfill (2048, 'q');
  g_autofree char *longer = g_strconcat (longest, "r", NULL);
  const char *values[] = {
    "a/b", "a&b", "é", "e\xcc\x81", longest, longer, "a", "b", ""
  };

  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    {
      g_autoptr (VliveQuery) query = make_query ("name", values[i], NULL);
      g_autofree char *row = g_strdup_printf ("r:%u", i);
      g_autofree char *text = g_strdup_printf ("r:%u /%u", i, i + 1);
      VliveStamp stamp = ask (fx, "t");

      assert_stored (fx, "t", query, make_page (0, 5, row, i + 1, NULL), &stamp, text);
    }
  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    {
      g_autoptr (VliveQuery) query = make_query ("name", values[i], NULL);
      g_autofree char *text = g_strdup_printf ("r:%u /%u", i, i + 1);

      assert_page (fx, "t", query, 0, 5, text);
    }
}

static void
test_clear (CacheFixture *fx, gconstpointer kind)
{
  g_autoptr (VliveQuery) all = vlive_query_new ();
  VliveStamp before = ask (fx, "t");
  VliveStamp after;

  assert_stored (fx, "t", all, make_page (0, 5, "a:1", 1, NULL), &before, "a:1 /1");
  clear (fx);
  assert_page (fx, "t", all, 0, 5, "miss");
  after = ask (fx, "t");
  g_assert_cmpuint (after.generation, !=, before.generation);
  g_assert_cmpuint (after.epoch, >, before.epoch);

  /* What was asked for before is not believed any more. */
  assert_stored (fx, "t", all, make_page (0, 5, "a:1", 1, NULL), &before, "miss");
  assert_page (fx, "t", all, 0, 5, "miss");
  assert_store_get (fx, "t", "a", 1, &before, "again");
  assert_stored (fx, "t", all, make_page (0, 5, "a:2", 1, NULL), &after, "a:2 /1");
  assert_page (fx, "t", all, 0, 5, "a:2 /1");
}

static void
test_generation (CacheFixture *fx, gconstpointer kind)
{
  VliveStamp first = ask (fx, "t");
  VliveStamp second = ask (fx, "t");
  VliveStamp other = ask (fx, "u");

  g_assert_cmpuint (first.generation, !=, 0);
  g_assert_cmpuint (first.generation, ==, second.generation);
  g_assert_cmpuint (first.generation, !=, other.generation);
  g_assert_cmpuint (first.epoch, ==, second.epoch);
  g_assert_cmpint (first.asked_at, <, second.asked_at);
  /* Epochs begin at the clock. */
  g_assert_cmpuint (first.epoch, >=, 1700000000u * (guint64) G_USEC_PER_SEC);
}

/* Races.md, rule 3: answers are ordered by (epoch, asked-at), whenever they
 * land. */
static void
test_answers_in_any_order (CacheFixture *fx, gconstpointer kind)
{
  g_autoptr (VliveQuery) all = vlive_query_new ();
  VliveStamp first = ask (fx, "t");
  VliveStamp second = ask (fx, "t");
  VliveStamp third;

  g_assert_cmpuint (first.epoch, ==, second.epoch);
  assert_stored (fx, "t", all, make_page (0, 5, "a:2", 1, "v2"), &second, "a:2 /1 v2");
  assert_stored (fx, "t", all, make_page (0, 5, "a:1", 1, "v1"), &first,
                 fx->keeps ? "a:2 /1 v2" : "miss");
  assert_page (fx, "t", all, 0, 5, "a:2 /1 v2");

  /* Asked under a later epoch: newer, though the boot clock says earlier. */
  invalidate (fx, "t", NULL, NULL);
  third = ask (fx, "t");
  third.asked_at = first.asked_at;
  assert_stored (fx, "t", all, make_page (0, 5, "a:3", 1, "v3"), &third, "a:3 /1 v3");
  assert_stored (fx, "t", all, make_page (0, 5, "a:2", 1, "v2"), &second,
                 fx->keeps ? "a:3 /1 v3" : "miss");
}

/* An answer asked for before the query's mark is shown and stored as stale,
 * unless something later-asked is there. */
static void
test_older_than_the_mark (CacheFixture *fx, gconstpointer kind)
{
  g_autoptr (VliveQuery) all = vlive_query_new ();
  VliveStamp before = ask (fx, "t");
  VliveStamp after;

  invalidate (fx, "t", NULL, NULL);
  assert_stored (fx, "t", all, make_page (0, 5, "a:1", 1, NULL), &before,
                 "a:1 /1 stale");
  assert_page (fx, "t", all, 0, 5, "a:1 /1 stale");
  after = ask (fx, "t");
  assert_stored (fx, "t", all, make_page (0, 5, "a:2", 1, NULL), &after, "a:2 /1");
  assert_stored (fx, "t", all, make_page (0, 5, "a:1", 1, NULL), &before,
                 fx->keeps ? "a:2 /1" : "miss");
  assert_page (fx, "t", all, 0, 5, "a:2 /1");
}

static void
test_invalidate_query (CacheFixture *fx, gconstpointer kind)
{
  g_autoptr (VliveQuery) all = vlive_query_new ();
  g_autoptr (VliveQuery) sorted = make_query (NULL, NULL, "x");
  VliveStamp stamp = ask (fx, "t");

  assert_stored (fx, "t", all, make_page (0, 5, "a:1", 1, NULL), &stamp, "a:1 /1");
  assert_stored (fx, "t", sorted, make_page (0, 5, "a:1", 1, NULL), &stamp, "a:1 /1");
  invalidate (fx, "t", sorted, NULL);
  assert_page (fx, "t", all, 0, 5, "a:1 /1");
  assert_page (fx, "t", sorted, 0, 5, "a:1 /1 stale");

  /* Also for an answer that is still under way. */
  assert_stored (fx, "t", sorted, make_page (0, 9, "z:1", -1, NULL), &stamp,
                 "z:1 /1 stale");
}

/* More queries than are remembered one by one: what was said of the first is
 * not forgotten. */
static void
test_many_queries (CacheFixture *fx, gconstpointer kind)
{
  g_autoptr (VliveQuery) first = make_query ("name", "first", NULL);
  VliveStamp stamp = ask (fx, "t");

  invalidate (fx, "t", first, NULL);
  for (guint i = 0; i < 1200; i++)
    {
      g_autofree char *name = g_strdup_printf ("%u", i);
      g_autoptr (VliveQuery) query = make_query ("name", name, NULL);

      invalidate (fx, "t", query, NULL);
    }
  assert_stored (fx, "t", first, make_page (0, 5, "a:1", 1, NULL), &stamp,
                 "a:1 /1 stale");
  stamp = ask (fx, "t");
  assert_stored (fx, "t", first, make_page (0, 5, "a:1", 1, NULL), &stamp, "a:1 /1");
}

static void
test_renew (CacheFixture *fx, gconstpointer kind)
{
  g_autoptr (VliveQuery) all = vlive_query_new ();
  VliveStamp first = ask (fx, "t");
  VliveStamp second, third;
  gint64 then;

  assert_stored (fx, "t", all, make_page (5, 5, "a:1 b:1", 7, "v1"), &first,
                 "a:1 b:1 /7 v1");
  invalidate (fx, "t", NULL, NULL);
  assert_page (fx, "t", all, 5, 5, "a:1 b:1 /7 v1 stale");
  second = ask (fx, "t");
  cache_fixture_pass (fx, 5 * G_USEC_PER_SEC);
  then = _vlive_clock_get_real_us (fx->clock);

  /* It gives the page the epoch and time of its own asking. */
  assert_renewed (fx, "t", all, 5, 5, "v1", 7, &second, "a:1 b:1 /7 v1");
  if (fx->keeps)
    {
      g_autoptr (VlivePage) page = lookup (fx, "t", all, 5, 5, &third);

      g_assert_cmpint (vlive_page_get_fetched_at (page), ==, then);
      g_assert_cmpuint (page->stamp.epoch, ==, second.epoch);
      g_assert_cmpint (page->stamp.asked_at, ==, second.asked_at);
    }
  assert_page (fx, "t", all, 5, 5, "a:1 b:1 /7 v1");
}

static void
test_renew_counts_only_for_its_validator (CacheFixture *fx, gconstpointer kind)
{
  g_autoptr (VliveQuery) all = vlive_query_new ();
  VliveStamp first = ask (fx, "t");
  VliveStamp second = ask (fx, "t");
  VliveStamp third = ask (fx, "t");

  assert_renewed (fx, "t", all, 5, 5, "v1", 7, &first, "miss");
  assert_stored (fx, "t", all, make_page (5, 5, "a:1 b:1", 7, "v2"), &second,
                 "a:1 b:1 /7 v2");
  assert_renewed (fx, "t", all, 5, 5, "v1", 7, &third, "miss");
  assert_page (fx, "t", all, 5, 5, "a:1 b:1 /7 v2");

  /* Asked for before the page was: says nothing about it. */
  assert_renewed (fx, "t", all, 5, 5, "v2", 9, &first, "a:1 b:1 /7 v2");
  clear (fx);
  assert_renewed (fx, "t", all, 5, 5, "v2", 7, &third, "miss");
}

/* Races.md, rule 2. */
static void
test_silent_not_modified (CacheFixture *fx, gconstpointer kind)
{
  g_autoptr (VliveQuery) all = vlive_query_new ();
  VliveStamp first = ask (fx, "t");
  VliveStamp second;

  assert_stored (fx, "t", all, make_page (0, 2, "a:1 b:1", 4, "v0"), &first,
                 "a:1 b:1 /4 v0");
  assert_stored (fx, "t", all, make_page (2, 2, "c:1 d:1", 4, "v1"), &first,
                 "c:1 d:1 /4 v1");

  /* The first "not modified" without a total tells what master this is: page
   * 0 is asked for whole, from then on always. */
  second = ask (fx, "t");
  assert_renewed (fx, "t", all, 0, 2, "v0", -1, &second, "miss");
  assert_page (fx, "t", all, 0, 2, "a:1 b:1 /4");
  assert_page (fx, "t", all, 2, 2, "c:1 d:1 /4 v1");
  assert_renewed (fx, "t", all, 2, 2, "v1", -1, &second, "c:1 d:1 /4 v1");

  /* And any page while the total is older than the query's mark. */
  invalidate (fx, "t", NULL, NULL);
  assert_page (fx, "t", all, 2, 2, "c:1 d:1 /4 stale");
  second = ask (fx, "t");
  assert_renewed (fx, "t", all, 2, 2, "v1", -1, &second, "miss");
  assert_stored (fx, "t", all, make_page (0, 2, "a:1 b:1", 4, "v0"), &second,
                 fx->keeps ? "a:1 b:1 /4" : "a:1 b:1 /4 v0");
}

static void
test_renewal_carries_the_total (CacheFixture *fx, gconstpointer kind)
{
  g_autoptr (VliveQuery) all = vlive_query_new ();
  VliveStamp first = ask (fx, "t");
  VliveStamp second;

  assert_stored (fx, "t", all, make_page (0, 2, "a:1 b:1", 8, "v0"), &first,
                 "a:1 b:1 /8 v0");
  second = ask (fx, "t");
  assert_renewed (fx, "t", all, 0, 2, "v0", 7, &second, "a:1 b:1 /7 v0");
  assert_page (fx, "t", all, 0, 2, "a:1 b:1 /7 v0");

  /* A master that states it in 304s may be asked with a validator whatever
   * the marks say. */
  invalidate (fx, "t", NULL, NULL);
  assert_page (fx, "t", all, 0, 2, "a:1 b:1 /7 v0 stale");
  second = ask (fx, "t");
  assert_renewed (fx, "t", all, 0, 2, "v0", 6, &second, "a:1 b:1 /6 v0");
}

/* The whole set is its own total. */
static void
test_whole_set_renewed (CacheFixture *fx, gconstpointer kind)
{
  g_autoptr (VliveQuery) all = vlive_query_new ();
  VliveStamp first = ask (fx, "t");
  VliveStamp between, second;

  assert_stored (fx, "t", all, make_page (0, 0, "a:1 b:1", 2, "v0"), &first,
                 "a:1 b:1 /2 v0");
  invalidate (fx, "t", NULL, NULL);
  between = ask (fx, "t");
  second = ask (fx, "t");
  assert_renewed (fx, "t", all, 0, 0, "v0", -1, &second, "a:1 b:1 /2 v0");
  assert_page (fx, "t", all, 0, 0, "a:1 b:1 /2 v0");
  if (fx->keeps)
    assert_stored (fx, "t", all, make_page (0, 1, "a:1", 9, NULL), &between, "a:1 /2");
}

/* A master that never states a total has none that could be wrong. */
static void
test_renewal_without_totals (CacheFixture *fx, gconstpointer kind)
{
  g_autoptr (VliveQuery) all = vlive_query_new ();
  VliveStamp first = ask (fx, "t");
  VliveStamp second;

  assert_stored (fx, "t", all, make_page (0, 2, "a:1 b:1", -1, "v0"), &first,
                 "a:1 b:1 v0");
  second = ask (fx, "t");
  assert_renewed (fx, "t", all, 0, 2, "v0", -1, &second, "a:1 b:1 v0");
  assert_page (fx, "t", all, 0, 2, "a:1 b:1 v0");
}

/* Races.md, rule 3: the total is the last-asked one. */
static void
test_total_is_the_last_asked (CacheFixture *fx, gconstpointer kind)
{
  g_autoptr (VliveQuery) all = vlive_query_new ();
  g_autoptr (VliveQuery) other = make_query ("name", "n", NULL);
  VliveStamp first = ask (fx, "t");
  VliveStamp second = ask (fx, "t");

  assert_stored (fx, "t", all, make_page (0, 2, "a:1 b:1", 4, NULL), &second,
                 "a:1 b:1 /4");
  assert_stored (fx, "t", all, make_page (2, 2, "c:1 d:1", 9, NULL), &first,
                 "c:1 d:1 /4");
  assert_page (fx, "t", all, 0, 2, "a:1 b:1 /4");
  assert_page (fx, "t", all, 2, 2, "c:1 d:1 /4");

  /* It belongs to one query; an answer that states none leaves it. */
  assert_stored (fx, "t", other, make_page (0, 2, "a:1", 1, NULL), &second, "a:1 /1");
  second = ask (fx, "t");
  assert_stored (fx, "t", all, make_page (0, 2, "a:1 b:1", -1, NULL), &second,
                 "a:1 b:1 /4");
  assert_page (fx, "t", all, 2, 2, "c:1 d:1 /4");
}

static void
test_old_last_page (CacheFixture *fx, gconstpointer kind)
{
  g_autoptr (VliveQuery) all = vlive_query_new ();
  VliveStamp first = ask (fx, "t");
  VliveStamp second = ask (fx, "t");
  VliveStamp third;

  /* Shorter than the total implies: stale. */
  assert_stored (fx, "t", all, make_page (0, 2, "a:1 b:1", 4, NULL), &second,
                 "a:1 b:1 /4");
  {
    g_autoptr (VlivePage) empty = vlive_page_new (2, 2, NULL, 0, VLIVE_TOTAL_EXACT, 2);

    assert_stored (fx, "t", all, vlive_page_ref (empty), &first, " /4 stale");
  }
  assert_page (fx, "t", all, 2, 2, " /4 stale");

  /* Beyond the total: dropped, and nothing is there. */
  third = ask (fx, "t");
  assert_stored (fx, "t", all, make_page (2, 2, "c:1 d:1", 4, NULL), &second,
                 "c:1 d:1 /4");
  assert_stored (fx, "t", all, make_page (0, 2, "a:1 b:1", 2, NULL), &third,
                 "a:1 b:1 /2");
  assert_page (fx, "t", all, 2, 2, "miss");
  assert_stored (fx, "t", all, make_page (2, 2, "c:1 d:1", 4, NULL), &second, " /2");
  assert_page (fx, "t", all, 2, 2, "miss");

  /* Nor does an older answer for a place that holds one come back. */
  assert_stored (fx, "t", all, make_page (0, 2, "a:1 b:1", 4, NULL), &second,
                 fx->keeps ? "a:1 b:1 /2" : "miss");

  /* Page 0 is never beyond. */
  {
    VliveStamp fourth = ask (fx, "t");
    g_autoptr (VlivePage) empty = vlive_page_new (0, 1, NULL, 0, VLIVE_TOTAL_EXACT, 0);

    assert_stored (fx, "t", all, vlive_page_ref (empty), &fourth, " /0");
    assert_page (fx, "t", all, 0, 2, "a:1 b:1 /0 stale");
  }
}

/* A master that gives fewer rows than it owes does so for ever: nothing is
 * gained by asking again. */
static void
test_short_pages_converge (CacheFixture *fx, gconstpointer kind)
{
  g_autoptr (VliveQuery) all = vlive_query_new ();
  VliveStamp first = ask (fx, "t");
  VliveStamp second = ask (fx, "t");

  assert_stored (fx, "t", all, make_page (0, 4, "a:1 b:1", 8, NULL), &first,
                 "a:1 b:1 /8");
  assert_stored (fx, "t", all, make_page (4, 4, "c:1 d:1", 8, NULL), &second,
                 "c:1 d:1 /8");
  assert_page (fx, "t", all, 0, 4, "a:1 b:1 /8");
  assert_page (fx, "t", all, 4, 4, "c:1 d:1 /8");
}

static void
test_diagnostics (CacheFixture *fx, gconstpointer kind)
{
  g_autoptr (VliveQuery) all = vlive_query_new ();
  g_autoptr (GPtrArray) texts = g_ptr_array_new ();
  g_autoptr (VlivePage) shown = NULL;
  VlivePage *page = make_page (0, 2, "a:1", 1, NULL);
  VliveStamp stamp = ask (fx, "t");

  g_ptr_array_add (texts, (char *) "two records with the id “a”");
  g_ptr_array_add (texts, (char *) "");
  _vlive_page_set_diagnostics (page, texts);
  shown = store (fx, "t", all, page, &stamp);
  if (fx->keeps)
    {
      vlive_page_unref (shown);
      shown = lookup (fx, "t", all, 0, 2, &stamp);
    }
  g_assert_cmpuint (g_strv_length ((char **) vlive_page_get_diagnostics (shown)), ==,
                    2);
  g_assert_cmpstr (vlive_page_get_diagnostics (shown)[0], ==,
                   "two records with the id “a”");
}

static VlivePage *
make_wide_page (guint n_records, guint n_fields, gsize text_size)
{
  g_autofree char *text = g_strnfill (text_size, 't');
  g_autoptr (GPtrArray) records =
      g_ptr_array_new_with_free_func ((GDestroyNotify) vlive_record_unref);

  for (guint i = 0; i < n_records; i++)
    {
      g_autofree char *id = g_strdup_printf ("id-%u", i);
      GVariantBuilder builder;

      g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
      g_variant_builder_add (&builder, "{sv}", "x", g_variant_new_int64 (i));
      for (guint j = 0; j < n_fields; j++)
        {
          g_autofree char *name = g_strdup_printf ("f%u-%u", i % 3, j);

          g_variant_builder_add (&builder, "{sv}", name, g_variant_new_string (text));
        }
      g_ptr_array_add (records, vlive_record_new_from_variant (
                                    id, g_variant_builder_end (&builder), NULL));
    }

  return vlive_page_new (0, n_records, (VliveRecord *const *) records->pdata,
                         records->len, VLIVE_TOTAL_EXACT, n_records);
}

/* Several layouts in a page; a record larger than a leaf; many leaves. */
static void
test_sizes (CacheFixture *fx, gconstpointer kind)
{
  static const gsize sizes[] = { 0, 10, 150, 163, 5000, 16000, 16384, 100000 };
  g_autoptr (VliveQuery) all = vlive_query_new ();

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (VlivePage) page = make_wide_page (20, 3, sizes[i]);
      g_autoptr (VlivePage) shown = NULL;
      VliveStamp stamp = ask (fx, "t");

      shown = store (fx, "t", all, vlive_page_ref (page), &stamp);
      if (fx->keeps)
        {
          vlive_page_unref (shown);
          shown = lookup (fx, "t", all, 0, 20, &stamp);
        }
      g_assert_nonnull (shown);
      g_assert_cmpuint (vlive_page_get_n_records (shown), ==, 20);
      for (guint j = 0; j < 20; j++)
        g_assert_true (vlive_record_equal (vlive_page_get_record (shown, j),
                                           vlive_page_get_record (page, j)));
    }
}

static void
test_kinds_of_totals (CacheFixture *fx, gconstpointer kind)
{
  static const VliveTotalKind kinds[] = { VLIVE_TOTAL_AT_LEAST, VLIVE_TOTAL_ESTIMATED,
                                          VLIVE_TOTAL_EXACT };
  g_autoptr (VliveQuery) all = vlive_query_new ();

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autoptr (VlivePage) page = make_page (0, 5, "a:1", -1, NULL);
      g_autoptr (VlivePage) shown = NULL;
      VliveStamp stamp = ask (fx, "t");
      guint64 total;

      page->total_kind = kinds[i];
      page->total = G_MAXUINT64 - i;
      shown = store (fx, "t", all, vlive_page_ref (page), &stamp);
      if (fx->keeps)
        {
          vlive_page_unref (shown);
          shown = lookup (fx, "t", all, 0, 5, &stamp);
        }
      g_assert_cmpint (vlive_page_get_total (shown, &total), ==, kinds[i]);
      g_assert_cmpuint (total, ==, G_MAXUINT64 - i);
    }
}

/* An estimate or a lower bound does not tell that a page is not there. */
static void
test_only_exact_totals_drop_pages (CacheFixture *fx, gconstpointer kind)
{
  g_autoptr (VliveQuery) all = vlive_query_new ();
  VliveStamp first = ask (fx, "t");
  VliveStamp second = ask (fx, "t");
  VlivePage *page = make_page (0, 2, "a:1 b:1", 2, NULL);

  assert_stored (fx, "t", all, make_page (2, 2, "c:1", 3, NULL), &first, "c:1 /3");
  page->total_kind = VLIVE_TOTAL_ESTIMATED;
  assert_stored (fx, "t", all, page, &second, "a:1 b:1 /2");
  assert_page (fx, "t", all, 2, 2, "c:1 /2");
}

static void
test_unaddressable_rows (CacheFixture *fx, gconstpointer kind)
{
  g_autoptr (VliveQuery) all = vlive_query_new ();
  g_autoptr (VliveRecord) plain = make_record ("@q#0", 1);
  g_autoptr (VliveRecord) row = _vlive_record_with_id (plain, "@q#0", FALSE);
  VlivePage *page = vlive_page_new (0, 2, &row, 1, VLIVE_TOTAL_EXACT, 1);
  g_autoptr (VlivePage) shown = NULL;
  VliveStamp stamp = ask (fx, "t");

  shown = store (fx, "t", all, page, &stamp);
  if (fx->keeps)
    {
      vlive_page_unref (shown);
      shown = lookup (fx, "t", all, 0, 2, &stamp);
    }
  g_assert_false (vlive_record_is_addressable (vlive_page_get_record (shown, 0)));
}

/* The boot clock begins anew with every boot: what is asked for then is newer
 * than all that was stored before. */
static void
test_boot (CacheFixture *fx, gconstpointer kind)
{
  g_autoptr (VliveQuery) all = vlive_query_new ();
  VliveStamp before = ask (fx, "t");
  VliveStamp after;

  assert_stored (fx, "t", all, make_page (0, 2, "a:1", 1, NULL), &before, "a:1 /1");
  g_clear_object (&fx->clock);
  fx->clock =
      _vlive_clock_new_manual (5, G_GINT64_CONSTANT (1700000500) * G_USEC_PER_SEC);
  _vlive_cache_set_clock (fx->cache, fx->clock);
  assert_page (fx, "t", all, 0, 2, "a:1 /1");
  after = ask (fx, "t");
  g_assert_cmpint (after.asked_at, <, before.asked_at);
  g_assert_cmpint (_vlive_stamp_compare (&before, &after), <, 0);
  assert_stored (fx, "t", all, make_page (0, 2, "a:2", 1, NULL), &after, "a:2 /1");
  assert_page (fx, "t", all, 0, 2, "a:2 /1");
}

static void
test_cancelled (CacheFixture *fx, gconstpointer kind)
{
  g_autoptr (VliveQuery) all = vlive_query_new ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (VlivePage) page = make_page (0, 2, "a:1", 1, NULL);
  g_autoptr (VliveRecord) record = make_record ("a", 1);
  VlivePatch one = { .kind = VLIVE_PATCH_UNKNOWN, .id = "a" };
  VliveStamp stamp = ask (fx, "t");
  GAsyncResult *results[8] = { NULL };
  g_auto (VliveCachedRecord) entry = { 0 };
  VliveCacheStatistics statistics;
  GError *errors[8] = { NULL };
  VlivePage *found = NULL;
  VliveRecord *shown = NULL;
  gboolean again;

  page->stamp = stamp;
  g_cancellable_cancel (cancellable);
  _vlive_cache_lookup_page_async (fx->cache, "t", all, 0, 2, cancellable,
                                  vlive_test_result_cb, &results[0]);
  _vlive_cache_store_page_async (fx->cache, "t", all, page, cancellable,
                                 vlive_test_result_cb, &results[1]);
  _vlive_cache_renew_page_async (fx->cache, "t", all, 0, 2, "v", page, cancellable,
                                 vlive_test_result_cb, &results[2]);
  _vlive_cache_lookup_record_async (fx->cache, "t", "a", cancellable,
                                    vlive_test_result_cb, &results[3]);
  _vlive_cache_store_record_async (fx->cache, "t", "a", record, &stamp, 0, 0,
                                   cancellable, vlive_test_result_cb, &results[4]);
  _vlive_cache_patch_async (fx->cache, "t", &one, 1, cancellable, vlive_test_result_cb,
                            &results[5]);
  _vlive_cache_invalidate_async (fx->cache, "t", NULL, NULL, cancellable,
                                 vlive_test_result_cb, &results[6]);
  vlive_cache_get_statistics_async (fx->cache, cancellable, vlive_test_result_cb,
                                    &results[7]);
  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    VLIVE_TEST_WAIT (results[i] != NULL);

  g_assert_false (_vlive_cache_lookup_page_finish (fx->cache, results[0], &found,
                                                   &stamp, &errors[0]));
  g_assert_null (_vlive_cache_store_page_finish (fx->cache, results[1], &errors[1]));
  g_assert_null (_vlive_cache_renew_page_finish (fx->cache, results[2], &errors[2]));
  g_assert_false (
      _vlive_cache_lookup_record_finish (fx->cache, results[3], &entry, &errors[3]));
  g_assert_false (_vlive_cache_store_record_finish (fx->cache, results[4], &shown,
                                                    &again, &errors[4]));
  g_assert_false (_vlive_cache_patch_finish (fx->cache, results[5], NULL, &errors[5]));
  g_assert_false (_vlive_cache_invalidate_finish (fx->cache, results[6], &errors[6]));
  g_assert_false (vlive_cache_get_statistics_finish (fx->cache, results[7], &statistics,
                                                     &errors[7]));
  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    {
      g_assert_error (errors[i], G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_clear_error (&errors[i]);
      g_clear_object (&results[i]);
    }

  /* Nothing of it happened. */
  assert_page (fx, "t", all, 0, 2, "miss");
  g_assert_cmpuint (ask (fx, "t").epoch, ==, page->stamp.epoch);
  assert_get (fx, "t", "a", "miss");
}

static void
done_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  guint *n_done = data;

  g_assert_true (VLIVE_IS_CACHE (source));
  (*n_done)++;
}

/* The object may go while its calls are under way. */
static void
test_dropped_while_busy (CacheFixture *fx, gconstpointer kind)
{
  g_autoptr (VliveQuery) all = vlive_query_new ();
  VlivePatch one = { .kind = VLIVE_PATCH_UNKNOWN, .id = "a" };
  guint n_done = 0;

  _vlive_cache_lookup_page_async (fx->cache, "t", all, 0, 2, NULL, done_cb, &n_done);
  _vlive_cache_patch_async (fx->cache, "t", &one, 1, NULL, done_cb, &n_done);
  vlive_cache_get_statistics_async (fx->cache, NULL, done_cb, &n_done);
  g_clear_object (&fx->cache);
  g_assert_cmpuint (n_done, ==, 0);
  VLIVE_TEST_WAIT (n_done == 3);
  VLIVE_TEST_WAIT (_vlive_census_get (VLIVE_CENSUS_CACHE) == 0);
  fx->cache = vlive_null_cache_new ();
}

static void
test_schema (CacheFixture *fx, gconstpointer kind)
{
  VliveColumn *columns[] = {
    vlive_column_new ("id", VLIVE_VALUE_INTEGER, VLIVE_FORMAT_PLAIN, VLIVE_COLUMN_ID),
    vlive_column_new ("when", VLIVE_VALUE_TEXT, VLIVE_FORMAT_DATE,
                      VLIVE_COLUMN_NULLABLE)
  };
  g_autoptr (VliveSchema) schema = vlive_schema_new (columns, 2, TRUE);
  g_autoptr (VliveSchema) narrow = vlive_schema_new (columns, 1, FALSE);
  VliveSchema *wanted[] = { NULL, narrow, schema };

  for (guint i = 0; i < G_N_ELEMENTS (wanted); i++)
    {
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (VliveSchema) found = NULL;
      g_autoptr (GError) error = NULL;
      VliveStamp stamp;

      if (wanted[i] != NULL)
        _vlive_cache_store_schema (fx->cache, "t", wanted[i]);
      /* Whatever is stored after it is stored after it. */
      invalidate (fx, "t", NULL, NULL);
      stamp = ask (fx, "t");
      g_assert_cmpuint (stamp.generation, !=, 0);
      _vlive_cache_lookup_schema_async (fx->cache, "t", NULL, vlive_test_result_cb,
                                        &result);
      VLIVE_TEST_WAIT (result != NULL);
      found = _vlive_cache_lookup_schema_finish (fx->cache, result, &error);
      g_assert_no_error (error);
      g_assert_true (found == NULL ? wanted[i] == NULL
                                   : vlive_schema_equal (found, wanted[i]));
    }
  for (guint i = 0; i < G_N_ELEMENTS (columns); i++)
    vlive_column_unref (columns[i]);
}

int
main (int argc, char **argv)
{
  vlive_test_init (&argc, &argv);

  cache_fixture_add ("order", test_order);
  cache_fixture_add ("age", test_age);
  cache_fixture_add ("slots", test_slots);
  cache_fixture_add ("empty", test_empty);
  cache_fixture_add ("namespaces", test_namespaces);
  cache_fixture_add ("queries", test_queries);
  cache_fixture_add ("clear", test_clear);
  cache_fixture_add ("generation", test_generation);
  cache_fixture_add ("answers-in-any-order", test_answers_in_any_order);
  cache_fixture_add ("older-than-the-mark", test_older_than_the_mark);
  cache_fixture_add ("invalidate-query", test_invalidate_query);
  cache_fixture_add ("many-queries", test_many_queries);
  cache_fixture_add ("renew", test_renew);
  cache_fixture_add ("renew-counts-only-for-its-validator",
                     test_renew_counts_only_for_its_validator);
  cache_fixture_add ("silent-not-modified", test_silent_not_modified);
  cache_fixture_add ("renewal-carries-the-total", test_renewal_carries_the_total);
  cache_fixture_add ("whole-set-renewed", test_whole_set_renewed);
  cache_fixture_add ("renewal-without-totals", test_renewal_without_totals);
  cache_fixture_add ("total-is-the-last-asked", test_total_is_the_last_asked);
  cache_fixture_add ("old-last-page", test_old_last_page);
  cache_fixture_add ("short-pages-converge", test_short_pages_converge);
  cache_fixture_add ("diagnostics", test_diagnostics);
  cache_fixture_add ("sizes", test_sizes);
  cache_fixture_add ("kinds-of-totals", test_kinds_of_totals);
  cache_fixture_add ("only-exact-totals-drop-pages", test_only_exact_totals_drop_pages);
  cache_fixture_add ("unaddressable-rows", test_unaddressable_rows);
  cache_fixture_add ("boot", test_boot);
  cache_fixture_add ("cancelled", test_cancelled);
  cache_fixture_add ("dropped-while-busy", test_dropped_while_busy);
  cache_fixture_add ("schema", test_schema);

  return vlive_test_run ();
}
