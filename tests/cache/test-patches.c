/* test-patches.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "cache-fixture.h"

#define SECOND ((gint64) G_USEC_PER_SEC)

/* Conformance: what is newer than pages, over every kind of cache. */

static void
test_record_masks (CacheFixture *fx, gconstpointer kind)
{
  g_autoptr (VliveQuery) all = vlive_query_new ();
  VliveStamp before = ask (fx, "t");
  VliveStamp after;

  assert_stored (fx, "t", all, make_page (0, 3, "a:1 b:1 c:1", 3, "v1"), &before,
                 "a:1 b:1 c:1 /3 v1");
  patch (fx, "t", "b", 2, TRUE);
  after = ask (fx, "t");

  /* Read whole next time: no validator. */
  assert_page (fx, "t", all, 0, 3, "a:1 b:2 c:1 /3 patched");
  fx->slow = TRUE;
  assert_page (fx, "t", all, 0, 3, "a:1 b:2 c:1 /3 patched");
  fx->slow = FALSE;

  /* An answer asked for before is masked, one asked for after is not. */
  assert_stored (fx, "t", all, make_page (0, 9, "a:1 b:1 c:1", 3, "v1"), &before,
                 "a:1 b:2 c:1 /3 patched");
  assert_page (fx, "t", all, 0, 9, "a:1 b:2 c:1 /3 patched");
  assert_stored (fx, "t", all, make_page (0, 3, "a:1 b:3 c:1", 3, "v2"), &after,
                 "a:1 b:3 c:1 /3 v2");
  assert_page (fx, "t", all, 0, 3, "a:1 b:3 c:1 /3 v2");
}

static void
test_masked_answers_are_stored_raw (CacheFixture *fx, gconstpointer kind)
{
  g_autoptr (VliveQuery) all = vlive_query_new ();
  VliveStamp before = ask (fx, "t");

  patch (fx, "t", "b", 2, TRUE);
  assert_stored (fx, "t", all, make_page (0, 3, "a:1 b:1", 2, NULL), &before,
                 "a:1 b:2 /2 patched");
  patch (fx, "t", "b", 5, TRUE);
  assert_page (fx, "t", all, 0, 3, "a:1 b:5 /2 patched");
}

static void
test_tombstone (CacheFixture *fx, gconstpointer kind)
{
  g_autoptr (VliveQuery) all = vlive_query_new ();
  VliveStamp before = ask (fx, "t");
  VliveStamp after;

  assert_stored (fx, "t", all, make_page (0, 3, "a:1 b:1 c:1", 3, "v1"), &before,
                 "a:1 b:1 c:1 /3 v1");
  patch (fx, "t", "b", -1, TRUE);
  assert_page (fx, "t", all, 0, 3, "a:1 c:1 /3 stale patched");
  assert_stored (fx, "t", all, make_page (0, 9, "b:1", 1, NULL), &before,
                 " /1 stale patched");
  after = ask (fx, "t");
  assert_stored (fx, "t", all, make_page (0, 3, "a:1 c:1", 2, "v2"), &after,
                 "a:1 c:1 /2 v2");
  assert_page (fx, "t", all, 0, 3, "a:1 c:1 /2 v2");

  /* Made again. */
  patch (fx, "t", "b", 7, TRUE);
  after = ask (fx, "t");
  assert_stored (fx, "t", all, make_page (0, 3, "a:1 c:1 b:7", 3, "v3"), &after,
                 "a:1 c:1 b:7 /3 v3");
}

/* Races.md, rule 8. */
static void
test_unknown (CacheFixture *fx, gconstpointer kind)
{
  g_autoptr (VliveQuery) all = vlive_query_new ();
  g_autoptr (VliveQuery) sorted = make_query (NULL, NULL, "x");
  g_autoptr (VliveQuery) filtered = make_query ("y", "1", NULL);
  VliveStamp before = ask (fx, "t");
  VliveStamp after;

  assert_stored (fx, "t", all, make_page (0, 2, "a:1 b:1", 4, "v1"), &before,
                 "a:1 b:1 /4 v1");
  assert_stored (fx, "t", all, make_page (2, 2, "c:1 d:1", 4, "v2"), &before,
                 "c:1 d:1 /4 v2");
  assert_stored (fx, "t", sorted, make_page (0, 2, "c:1 d:1", 2, "v3"), &before,
                 "c:1 d:1 /2 v3");
  assert_stored (fx, "t", filtered, make_page (0, 2, "c:1", 1, "v4"), &before,
                 "c:1 /1 v4");
  patch_unknown (fx, "t", "b");

  /* It masks nothing, makes any older page that holds the id stale, and every
   * query that sorts or filters. */
  assert_page (fx, "t", all, 0, 2, "a:1 b:1 /4 stale patched");
  assert_page (fx, "t", all, 2, 2, "c:1 d:1 /4 v2");
  assert_page (fx, "t", sorted, 0, 2, "c:1 d:1 /2 v3 stale");
  assert_page (fx, "t", filtered, 0, 2, "c:1 /1 v4 stale");
  after = ask (fx, "t");
  assert_stored (fx, "t", all, make_page (0, 2, "a:1 b:2", 4, "v5"), &after,
                 "a:1 b:2 /4 v5");
}

/* ... and never replaces a known record. */
static void
test_unknown_keeps_what_is_known (CacheFixture *fx, gconstpointer kind)
{
  g_autoptr (VliveQuery) all = vlive_query_new ();
  VliveStamp before = ask (fx, "t");
  VliveStamp between;

  assert_stored (fx, "t", all, make_page (0, 2, "a:1 b:1", 2, "v1"), &before,
                 "a:1 b:1 /2 v1");
  patch (fx, "t", "b", 2, TRUE);
  between = ask (fx, "t");
  patch_unknown (fx, "t", "b");
  assert_page (fx, "t", all, 0, 2, "a:1 b:2 /2 stale patched");
  assert_stored (fx, "t", all, make_page (0, 2, "a:1 b:3", 2, "v2"), &between,
                 "a:1 b:3 /2 stale patched");

  /* Nor does it bring back what is gone. */
  patch (fx, "t", "a", -1, TRUE);
  patch_unknown (fx, "t", "a");
  assert_page (fx, "t", all, 0, 2, "b:3 /2 stale patched");
}

static void
test_marks_by_fields (CacheFixture *fx, gconstpointer kind)
{
  static const char *const x[] = { "x", NULL };
  static const char *const y_and_z[] = { "y", "z", NULL };
  static const char *const none[] = { NULL };
  const char *const *const changed[] = { x, y_and_z, none, NULL };
  static const char *const stale[] = { "-x---*", "--yz-*", "------", "-xyz-*" };
  g_autoptr (VliveRecord) record = make_record ("other", 1);
  VliveQuery *queries[6] = { vlive_query_new (),          make_query (NULL, NULL, "x"),
                             make_query ("y", "1", NULL), make_query (NULL, NULL, "z"),
                             vlive_query_new (),          NULL };
  g_autoptr (VliveQuery) empty = vlive_query_new ();

  queries[5] = vlive_query_with_search (empty, "text");
  for (guint i = 0; i < G_N_ELEMENTS (changed); i++)
    {
      VlivePatch one = { .kind = VLIVE_PATCH_RECORD,
                         .id = "other",
                         .record = record,
                         .fields = changed[i] };
      VliveStamp stamp = ask (fx, "t");

      for (guint j = 0; j < G_N_ELEMENTS (queries); j++)
        assert_stored (fx, "t", queries[j], make_page (j * 10, 1, "a:1", 99, NULL),
                       &stamp, "a:1 /99");
      patch_all (fx, "t", &one, 1);
      for (guint j = 0; j < G_N_ELEMENTS (queries); j++)
        assert_page (fx, "t", queries[j], j * 10, 1,
                     stale[i][j] == '-' ? "a:1 /99" : "a:1 /99 stale");
      stamp = ask (fx, "t");
      for (guint j = 0; j < G_N_ELEMENTS (queries); j++)
        assert_stored (fx, "t", queries[j], make_page (j * 10, 1, "a:1", 99, NULL),
                       &stamp, "a:1 /99");
    }
  for (guint j = 0; j < G_N_ELEMENTS (queries); j++)
    g_clear_pointer (&queries[j], vlive_query_unref);
}

static void
test_membership (CacheFixture *fx, gconstpointer kind)
{
  g_autoptr (VliveRecord) record = make_record ("new", 1);
  VlivePatch insert = {
    .kind = VLIVE_PATCH_RECORD, .id = "new", .record = record, .membership = TRUE
  };
  g_autoptr (VliveQuery) all = vlive_query_new ();
  g_autoptr (VliveQuery) sorted = make_query (NULL, NULL, "y");
  VliveStamp before = ask (fx, "t");
  VliveStamp after;

  assert_stored (fx, "t", all, make_page (0, 2, "a:1", 1, "v"), &before, "a:1 /1 v");
  assert_stored (fx, "t", sorted, make_page (0, 2, "a:1", 1, "v"), &before, "a:1 /1 v");
  assert_stored (fx, "u", all, make_page (0, 2, "a:1", 1, "v"), &(VliveStamp){ 0 },
                 "miss");
  patch_all (fx, "t", &insert, 1);
  assert_page (fx, "t", all, 0, 2, "a:1 /1 v stale");
  assert_page (fx, "t", sorted, 0, 2, "a:1 /1 v stale");
  after = ask (fx, "t");
  assert_stored (fx, "t", all, make_page (0, 2, "a:1 new:1", 2, "w"), &after,
                 "a:1 new:1 /2 w");
}

/* One epoch for all that is told at once, and entries in their order. */
static void
test_several_at_once (CacheFixture *fx, gconstpointer kind)
{
  static const char *const x[] = { "x", NULL };
  g_autoptr (VliveRecord) first = make_record ("a", 5);
  g_autoptr (VliveRecord) second = make_record ("a", 6);
  g_autoptr (VliveRecord) other = make_record ("b", 7);
  VlivePatch patches[] = {
    { .kind = VLIVE_PATCH_RECORD, .id = "a", .record = first, .fields = x },
    { .kind = VLIVE_PATCH_RECORD, .id = "b", .record = other, .fields = x },
    { .kind = VLIVE_PATCH_RECORD, .id = "a", .record = second, .fields = x },
  };
  g_autoptr (VliveQuery) all = vlive_query_new ();
  VliveStamp before = ask (fx, "t");

  assert_stored (fx, "t", all, make_page (0, 3, "a:1 b:1 c:1", 3, NULL), &before,
                 "a:1 b:1 c:1 /3");
  patch_all (fx, "t", patches, G_N_ELEMENTS (patches));
  assert_page (fx, "t", all, 0, 3, "a:6 b:7 c:1 /3 patched");
  g_assert_cmpuint (ask (fx, "t").epoch, ==, before.epoch + 1);
  g_assert_cmpuint (get_statistics (fx).n_patches, ==, 2);
  patch_all (fx, "t", NULL, 0);
  g_assert_cmpuint (ask (fx, "t").epoch, ==, before.epoch + 1);
}

/* 20 events a second on other rows do not keep a page from becoming fresh. */
static void
test_steady_events_on_other_rows (CacheFixture *fx, gconstpointer kind)
{
  g_autoptr (VliveQuery) all = vlive_query_new ();
  g_autoptr (VliveQuery) sorted = make_query (NULL, NULL, "name");
  VliveStamp stamp = ask (fx, "t");

  for (guint i = 0; i < 40; i++)
    {
      g_autofree char *id = g_strdup_printf ("other-%u", i % 7);

      patch (fx, "t", id, i, FALSE);
      cache_fixture_pass (fx, 50 * 1000);
    }
  assert_stored (fx, "t", all, make_page (0, 2, "a:1 b:1", 2, "v"), &stamp,
                 "a:1 b:1 /2 v");
  assert_stored (fx, "t", sorted, make_page (0, 2, "a:1 b:1", 2, "v"), &stamp,
                 "a:1 b:1 /2 v");
  patch (fx, "t", "other-1", 99, FALSE);
  assert_page (fx, "t", all, 0, 2, "a:1 b:1 /2 v");
  assert_page (fx, "t", sorted, 0, 2, "a:1 b:1 /2 v");
}

/* A page patched by a write is read whole next time: no "not modified" on a
 * value that the master may never have taken. */
static void
test_patched_page_is_not_renewed (CacheFixture *fx, gconstpointer kind)
{
  g_autoptr (VliveQuery) all = vlive_query_new ();
  VliveStamp before = ask (fx, "t");
  VliveStamp early = ask (fx, "t");
  VliveStamp late;

  assert_stored (fx, "t", all, make_page (0, 2, "a:1 b:1", 2, "v"), &before,
                 "a:1 b:1 /2 v");
  patch (fx, "t", "a", 2, TRUE);
  late = ask (fx, "t");
  assert_renewed (fx, "t", all, 0, 2, "v", 2, &late, "miss");
  assert_page (fx, "t", all, 0, 2, "a:2 b:1 /2 patched");

  /* One that was asked for before the write is still masked. */
  assert_renewed (fx, "t", all, 0, 2, "v", 2, &early, "a:2 b:1 /2 patched");
}

/* The place of a row under a query changed by what a single read told. */
static void
test_mask_that_moves_a_row (CacheFixture *fx, gconstpointer kind)
{
  static const char *const none[] = { NULL };
  g_autoptr (VliveQuery) sorted = make_query (NULL, NULL, "x");
  g_autoptr (VliveQuery) by_name = make_query (NULL, NULL, "name");
  g_autoptr (VliveRecord) record = make_record ("a", 5);
  VlivePatch one = {
    .kind = VLIVE_PATCH_RECORD, .id = "a", .record = record, .fields = none
  };
  VliveStamp stamp = ask (fx, "t");

  assert_stored (fx, "t", sorted, make_page (0, 2, "a:1 b:2", 2, "v"), &stamp,
                 "a:1 b:2 /2 v");
  assert_stored (fx, "t", by_name, make_page (0, 2, "a:1 b:2", 2, "v"), &stamp,
                 "a:1 b:2 /2 v");
  patch_all (fx, "t", &one, 1);
  assert_page (fx, "t", sorted, 0, 2, "a:5 b:2 /2 stale patched");
  assert_page (fx, "t", by_name, 0, 2, "a:5 b:2 /2 patched");
}

/* Races.md, rule 5: c1 asks page 0; c0 patches and is acknowledged; no older
 * page is stored; c1's answer lands. */
static void
test_entry_outlives_the_pages (CacheFixture *fx, gconstpointer kind)
{
  g_autoptr (VliveQuery) all = vlive_query_new ();
  VliveStamp asked = ask (fx, "t");

  patch (fx, "t", "a", 2, TRUE);
  cache_fixture_pass (fx, 300 * SECOND);
  patch (fx, "u", "a", 2, TRUE);
  assert_stored (fx, "t", all, make_page (0, 2, "a:1", 1, NULL), &asked,
                 "a:2 /1 patched");
  assert_page (fx, "t", all, 0, 2, "a:2 /1 patched");
}

static void
wait_for_patches (CacheFixture *fx, guint64 n_patches)
{
  /* Upkeep follows what is stored. */
  g_autoptr (VliveQuery) all = vlive_query_new ();
  VliveStamp stamp = ask (fx, "upkeep");
  g_autoptr (VlivePage) shown = NULL;
  gint64 deadline = g_get_monotonic_time () + vlive_test_patience_us ();

  shown = store (fx, "upkeep", all, make_page (0, 1, "z:1", 1, NULL), &stamp);
  g_assert_nonnull (shown);
  while (get_statistics (fx).n_patches != n_patches
         && g_get_monotonic_time () < deadline)
    vlive_test_turn ();
  g_assert_cmpuint (get_statistics (fx).n_patches, ==, n_patches);
}

static void
test_entries_go (CacheFixture *fx, gconstpointer kind)
{
  g_autoptr (VliveQuery) all = vlive_query_new ();
  VliveStamp before = ask (fx, "t");
  VliveStamp after;

  assert_stored (fx, "t", all, make_page (0, 2, "a:1 b:1", 2, NULL), &before,
                 "a:1 b:1 /2");
  patch (fx, "t", "a", 2, TRUE);
  patch (fx, "t", "elsewhere", 3, TRUE);

  /* Old enough, but an older page is there. */
  cache_fixture_pass (fx, 400 * SECOND);
  wait_for_patches (fx, fx->keeps ? 2 : 0);
  assert_page (fx, "t", all, 0, 2, "a:2 b:1 /2 patched");

  /* No older page is left, but one of them is young. */
  after = ask (fx, "t");
  assert_stored (fx, "t", all, make_page (0, 2, "a:2 b:1", 2, NULL), &after,
                 "a:2 b:1 /2");
  patch (fx, "t", "young", 1, TRUE);
  cache_fixture_pass (fx, 100 * SECOND);
  wait_for_patches (fx, 1);
  assert_page (fx, "t", all, 0, 2, "a:2 b:1 /2");

  /* An answer from before cannot be masked any more: it is asked again. */
  assert_stored (fx, "t", all, make_page (0, 9, "a:1 b:1", 2, NULL), &before, "miss");
  assert_store_get (fx, "t", "a", 1, &before, "again");
  after = ask (fx, "t");
  assert_stored (fx, "t", all, make_page (0, 9, "a:2 b:1", 2, NULL), &after,
                 "a:2 b:1 /2");
}

static void
patch_many (CacheFixture *fx, const char *ns, guint first, guint n)
{
  static const char *const fields[] = { "x", NULL };
  g_autofree VlivePatch *patches = g_new0 (VlivePatch, n);
  g_autoptr (GPtrArray) records =
      g_ptr_array_new_with_free_func ((GDestroyNotify) vlive_record_unref);

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *id = g_strdup_printf ("m%u", first + i);

      g_ptr_array_add (records, make_record (id, first + i));
      patches[i].kind = VLIVE_PATCH_RECORD;
      patches[i].record = records->pdata[i];
      patches[i].id = vlive_record_get_id (patches[i].record);
      patches[i].fields = fields;
    }
  patch_all (fx, ns, patches, n);
}

/* Over 10 000 entries the oldest are folded into the pages concerned, which
 * lose their validator and become stale. */
static void
test_fold (CacheFixture *fx, gconstpointer kind)
{
  g_autoptr (VliveQuery) all = vlive_query_new ();
  VliveStamp asked = ask (fx, "t");
  VliveStamp late;
  gint64 deadline;

  assert_stored (fx, "t", all, make_page (0, 3, "m1:0 gone:0 kept:0", 9, "v0"), &asked,
                 "m1:0 gone:0 kept:0 /9 v0");
  assert_stored (fx, "t", all, make_page (3, 3, "d:0 e:0 f:0", 9, "v1"), &asked,
                 "d:0 e:0 f:0 /9 v1");
  assert_stored (fx, "t", all, make_page (6, 3, "m9999:0 h:0 i:0", 9, "v2"), &asked,
                 "m9999:0 h:0 i:0 /9 v2");
  patch_many (fx, "t", 0, 500);
  {
    static const char *const none[] = { NULL };
    VlivePatch gone = { .kind = VLIVE_PATCH_TOMBSTONE, .id = "gone", .fields = none };

    patch_all (fx, "t", &gone, 1);
  }
  late = ask (fx, "t");
  for (guint i = 500; i < 10500; i += 500)
    patch_many (fx, "t", i, 500);

  /* In memory it is a matter of several dispatches; a late answer is refused
   * from the first on. */
  if (strcmp (fx->kind, "lmdb") != 0)
    assert_stored (fx, "t", all, make_page (0, 9, "m1:0", 9, "v0"), &asked, "miss");
  deadline = g_get_monotonic_time () + vlive_test_patience_us ();
  while (get_statistics (fx).n_patches > 10000 && g_get_monotonic_time () < deadline)
    {
      cache_fixture_pass (fx, 1);
      vlive_test_turn ();
    }
  g_assert_cmpuint (get_statistics (fx).n_patches, <=, 10000);
  /* It stops at the oldest. */
  vlive_test_spin (200);
  g_assert_cmpuint (get_statistics (fx).n_patches, >=, 8000);

  assert_page (fx, "t", all, 0, 3, "m1:1 kept:0 /9 stale");
  assert_page (fx, "t", all, 3, 3, "d:0 e:0 f:0 /9 v1");
  assert_page (fx, "t", all, 6, 3, "m9999:9999 h:0 i:0 /9 patched");

  /* A late answer from before cannot slip in behind. */
  assert_stored (fx, "t", all, make_page (0, 3, "m1:0 gone:0 kept:0", 9, "v0"), &asked,
                 "miss");
  assert_stored (fx, "t", all, make_page (0, 3, "m1:1 gone:0 kept:0", 9, "v0"), &late,
                 "miss");
  late = ask (fx, "t");
  assert_stored (fx, "t", all, make_page (0, 3, "m1:1 kept:0 j:0", 8, "v3"), &late,
                 "m1:1 kept:0 j:0 /8 v3");
  assert_page (fx, "t", all, 0, 3, "m1:1 kept:0 j:0 /8 v3");
}

/* Races.md, rule 12. */
static void
test_late_event_of_our_own_write (CacheFixture *fx, gconstpointer kind)
{
  static const char *const x[] = { "x", NULL };
  g_autoptr (VliveRecord) first = make_record ("a", 1);
  g_autoptr (VliveRecord) second = make_record ("a", 2);
  g_autoptr (VliveRecord) third = make_record ("a", 3);
  VlivePatch event = {
    .kind = VLIVE_PATCH_RECORD, .id = "a", .fields = x, .deadline_us = 30 * SECOND
  };
  g_autoptr (VliveQuery) by_name = make_query (NULL, NULL, "name");
  g_autoptr (VliveQuery) all = vlive_query_new ();
  VliveStamp stamp = ask (fx, "t");

  assert_stored (fx, "t", all, make_page (0, 2, "a:0 b:0", 2, "v"), &stamp,
                 "a:0 b:0 /2 v");
  assert_stored (fx, "t", by_name, make_page (0, 1, "b:0", 2, "v"), &stamp, "b:0 /2 v");
  patch (fx, "t", "a", 1, TRUE);
  patch (fx, "t", "a", 2, TRUE);
  cache_fixture_pass (fx, 10 * SECOND);

  /* The event of the first write, with its record, comes after the second was
   * acknowledged: it counts as one without a record. */
  event.record = first;
  assert_page (fx, "t", by_name, 0, 1, "b:0 /2 v");
  patch_all (fx, "t", &event, 1);
  assert_page (fx, "t", by_name, 0, 1, "b:0 /2 v stale");
  assert_page (fx, "t", all, 0, 2, "a:2 b:0 /2 stale patched");
  assert_get (fx, "t", "a", "a:2 stale");

  /* The record is read again; the confirmation is still remembered. */
  stamp = ask (fx, "t");
  assert_store_get (fx, "t", "a", 2, &stamp, "a:2");
  assert_get (fx, "t", "a", "a:2");
  patch_all (fx, "t", &event, 1);
  assert_get (fx, "t", "a", "a:2 stale");
  {
    g_auto (VliveCachedRecord) entry = { 0 };

    get_entry (fx, "t", "a", &entry);
    g_assert_cmpint (entry.confirmed_at, >, 0);
  }

  /* An echo of what is known says nothing new. */
  stamp = ask (fx, "t");
  assert_store_get (fx, "t", "a", 2, &stamp, "a:2");
  event.record = second;
  patch_all (fx, "t", &event, 1);
  assert_get (fx, "t", "a", "a:2");

  /* Later than the deadline it is believed. */
  cache_fixture_pass (fx, 30 * SECOND);
  event.record = third;
  patch_all (fx, "t", &event, 1);
  assert_get (fx, "t", "a", "a:3");
  assert_page (fx, "t", all, 0, 2, "a:3 b:0 /2 patched");
}

/* … and whoever told them hears of those. */
static void
test_doubted_are_named (CacheFixture *fx, gconstpointer kind)
{
  g_autoptr (VliveRecord) older = make_record ("a", 1);
  g_autoptr (VliveRecord) same = make_record ("b", 2);
  g_autoptr (VliveRecord) other = make_record ("c", 3);
  VlivePatch events[] = {
    { .kind = VLIVE_PATCH_RECORD, .id = "c", .record = other },
    { .kind = VLIVE_PATCH_RECORD, .id = "a", .record = older },
    { .kind = VLIVE_PATCH_RECORD, .id = "b", .record = same },
    { .kind = VLIVE_PATCH_TOMBSTONE, .id = "b" },
  };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GAsyncResult) again = NULL;
  g_autoptr (GArray) doubted = NULL;
  GArray *none = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (events); i++)
    events[i].deadline_us = 30 * SECOND;
  patch (fx, "t", "a", 2, TRUE);
  patch (fx, "t", "b", 2, TRUE);
  _vlive_cache_patch_async (fx->cache, "t", events, G_N_ELEMENTS (events), NULL,
                            vlive_test_result_cb, &result);
  VLIVE_TEST_WAIT (result != NULL);
  g_assert_true (_vlive_cache_patch_finish (fx->cache, result, &doubted, NULL));
  g_assert_cmpuint (doubted->len, ==, 2);
  g_assert_cmpuint (g_array_index (doubted, guint, 0), ==, 1);
  g_assert_cmpuint (g_array_index (doubted, guint, 1), ==, 3);
  _vlive_cache_patch_async (fx->cache, "t", events, 1, NULL, vlive_test_result_cb,
                            &again);
  VLIVE_TEST_WAIT (again != NULL);
  g_assert_true (_vlive_cache_patch_finish (fx->cache, again, &none, NULL));
  g_assert_null (none);
}

int
main (int argc, char **argv)
{
  vlive_test_init (&argc, &argv);

  cache_fixture_add ("record-masks", test_record_masks);
  cache_fixture_add ("masked-answers-are-stored-raw",
                     test_masked_answers_are_stored_raw);
  cache_fixture_add ("tombstone", test_tombstone);
  cache_fixture_add ("unknown", test_unknown);
  cache_fixture_add ("unknown-keeps-what-is-known", test_unknown_keeps_what_is_known);
  cache_fixture_add ("marks-by-fields", test_marks_by_fields);
  cache_fixture_add ("membership", test_membership);
  cache_fixture_add ("several-at-once", test_several_at_once);
  cache_fixture_add ("steady-events-on-other-rows", test_steady_events_on_other_rows);
  cache_fixture_add ("patched-page-is-not-renewed", test_patched_page_is_not_renewed);
  cache_fixture_add ("mask-that-moves-a-row", test_mask_that_moves_a_row);
  cache_fixture_add ("entry-outlives-the-pages", test_entry_outlives_the_pages);
  cache_fixture_add ("entries-go", test_entries_go);
  cache_fixture_add ("fold", test_fold);
  cache_fixture_add ("late-event-of-our-own-write", test_late_event_of_our_own_write);
  cache_fixture_add ("doubted-are-named", test_doubted_are_named);

  return vlive_test_run ();
}
