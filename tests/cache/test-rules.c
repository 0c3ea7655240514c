/* test-rules.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "cache-fixture.h"
#include "cache/vlive-cache-rules-private.h"

/* The rules alone, without a cache. */

#define SECOND ((gint64) G_USEC_PER_SEC)

static VliveStamp
at (const VliveSpace *space, guint64 epoch, gint64 asked_at)
{
  return (VliveStamp){ space->generation, epoch, asked_at };
}

static void
test_space (void)
{
  g_auto (VliveSpace) one = { 0 };
  g_auto (VliveSpace) two = { 0 };
  VliveStamp stamp;

  _vlive_space_init (&one, 1000);
  _vlive_space_init (&two, -5);
  g_assert_cmpuint (one.generation, !=, 0);
  g_assert_cmpuint (one.generation, !=, two.generation);
  g_assert_cmpuint (one.epoch, ==, 1000);
  g_assert_cmpuint (two.epoch, ==, 1);
  _vlive_space_raise (&one);
  _vlive_space_get_stamp (&one, 77, &stamp);
  g_assert_cmpuint (stamp.generation, ==, one.generation);
  g_assert_cmpuint (stamp.epoch, ==, 1001);
  g_assert_cmpint (stamp.asked_at, ==, 77);
}

static void
test_boot (void)
{
  g_auto (VliveSpace) space = { 0 };

  _vlive_space_init (&space, 1000);
  g_assert_false (_vlive_space_notice_boot (&space, 500));
  g_assert_false (_vlive_space_notice_boot (&space, 500));
  g_assert_cmpuint (space.epoch, ==, 1000);
  g_assert_true (_vlive_space_boot_went_back (&space, 499));
  g_assert_true (_vlive_space_notice_boot (&space, 499));
  g_assert_cmpuint (space.epoch, ==, 1001);
  g_assert_false (_vlive_space_boot_went_back (&space, 499));
}

static void
test_admit (void)
{
  g_auto (VliveSpace) space = { 0 };
  VliveStamp stored, answer;

  _vlive_space_init (&space, 1000);
  space.epoch = 1010;
  stored = at (&space, 1005, 50);
  answer = at (&space, 1005, 50);
  g_assert_cmpint (_vlive_rules_admit (&space, &answer, NULL), ==, VLIVE_VERDICT_TAKE);
  g_assert_cmpint (_vlive_rules_admit (&space, &answer, &stored), ==,
                   VLIVE_VERDICT_TAKE);
  answer.asked_at = 49;
  g_assert_cmpint (_vlive_rules_admit (&space, &answer, &stored), ==,
                   VLIVE_VERDICT_OLDER);
  answer = at (&space, 1006, 1);
  g_assert_cmpint (_vlive_rules_admit (&space, &answer, &stored), ==,
                   VLIVE_VERDICT_TAKE);
  answer = at (&space, 1004, 99);
  g_assert_cmpint (_vlive_rules_admit (&space, &answer, &stored), ==,
                   VLIVE_VERDICT_OLDER);
  answer.generation++;
  g_assert_cmpint (_vlive_rules_admit (&space, &answer, &stored), ==,
                   VLIVE_VERDICT_AGAIN);

  /* From a future that never was; from before what is forgotten. */
  answer = at (&space, 1011, 99);
  g_assert_cmpint (_vlive_rules_admit (&space, &answer, NULL), ==, VLIVE_VERDICT_AGAIN);
  space.forgotten = 1005;
  answer = at (&space, 1004, 99);
  g_assert_cmpint (_vlive_rules_admit (&space, &answer, NULL), ==, VLIVE_VERDICT_AGAIN);
  answer = at (&space, 1005, 99);
  g_assert_cmpint (_vlive_rules_admit (&space, &answer, NULL), ==, VLIVE_VERDICT_TAKE);
}

static void
test_field_marks (void)
{
  g_autoptr (VliveQuery) sorted = make_query (NULL, NULL, "field-3");
  g_autoptr (VliveQuery) other = make_query (NULL, NULL, "other");
  g_autoptr (VliveQuery) all = vlive_query_new ();
  g_auto (VliveSpace) space = { 0 };
  VliveQueryState state;

  _vlive_space_init (&space, 1000);
  _vlive_query_state_init (&state, &space);
  for (guint i = 0; i < VLIVE_SPACE_MAX_FIELDS; i++)
    {
      g_autofree char *name = g_strdup_printf ("field-%u", i);

      _vlive_space_mark_field (&space, name, 2000 + i);
      _vlive_space_mark_field (&space, name, 1500);
    }
  g_assert_cmpuint (space.fields->len, ==, VLIVE_SPACE_MAX_FIELDS);
  g_assert_cmpuint (_vlive_query_state_get_mark (&state, &space, sorted), ==, 2003);
  g_assert_cmpuint (_vlive_query_state_get_mark (&state, &space, other), ==, 0);
  g_assert_cmpuint (_vlive_query_state_get_mark (&state, &space, all), ==, 0);

  /* One more: they share a mark, and none is lost. */
  _vlive_space_mark_field (&space, "one-more", 3000);
  g_assert_cmpuint (space.fields->len, ==, 1);
  g_assert_cmpuint (_vlive_query_state_get_mark (&state, &space, sorted), ==,
                    2000 + VLIVE_SPACE_MAX_FIELDS - 1);
  g_assert_cmpuint (_vlive_query_state_get_mark (&state, &space, other), ==,
                    2000 + VLIVE_SPACE_MAX_FIELDS - 1);
  g_assert_cmpuint (_vlive_query_state_get_mark (&state, &space, all), ==, 0);

  state.mark = 5000;
  g_assert_cmpuint (_vlive_query_state_get_mark (&state, &space, all), ==, 5000);
  space.membership = 6000;
  g_assert_cmpuint (_vlive_query_state_get_mark (&state, &space, all), ==, 6000);
  space.everything = 7000;
  g_assert_cmpuint (_vlive_query_state_get_mark (&state, &space, all), ==, 7000);
  space.unlisted = 8000;
  _vlive_query_state_init (&state, &space);
  g_assert_cmpuint (_vlive_query_state_get_mark (&state, &space, all), ==, 8000);
}

static void
test_totals (void)
{
  g_auto (VliveSpace) space = { 0 };
  VliveQueryState state;
  VliveStamp early, late;

  _vlive_space_init (&space, 1000);
  _vlive_query_state_init (&state, &space);
  early = at (&space, 1000, 10);
  late = at (&space, 1000, 20);
  g_assert_false (
      _vlive_query_state_take_total (&state, &late, VLIVE_TOTAL_UNKNOWN, 0));
  g_assert_true (_vlive_query_state_take_total (&state, &late, VLIVE_TOTAL_EXACT, 7));
  g_assert_false (_vlive_query_state_take_total (&state, &early, VLIVE_TOTAL_EXACT, 9));
  g_assert_cmpuint (state.total, ==, 7);
  g_assert_true (_vlive_query_state_is_beyond (&state, &early, 7));
  g_assert_false (_vlive_query_state_is_beyond (&state, &early, 6));
  g_assert_false (_vlive_query_state_is_beyond (&state, &late, 7));
  g_assert_false (_vlive_query_state_is_beyond (&state, &early, 0));
  g_assert_true (_vlive_query_state_take_total (&state, &late, VLIVE_TOTAL_EXACT, 0));
  g_assert_false (_vlive_query_state_is_beyond (&state, &early, 0));
  g_assert_true (
      _vlive_query_state_take_total (&state, &late, VLIVE_TOTAL_AT_LEAST, 5));
  g_assert_false (_vlive_query_state_is_beyond (&state, &early, 7));
}

static void
test_entry_orders (void)
{
  g_autoptr (VliveCacheEntry) entry = _vlive_cache_entry_new ();
  g_autoptr (VliveRecord) record = make_record ("a", 1);
  VlivePatch told = { .kind = VLIVE_PATCH_RECORD, .id = "a", .record = record };
  VlivePatch unknown = { .kind = VLIVE_PATCH_UNKNOWN, .id = "a" };
  VliveStamp stamp = { 9, 100, 50 };

  g_assert_false (_vlive_cache_entry_masks (entry, &stamp));
  g_assert_false (_vlive_cache_entry_is_unknown (entry, &stamp));

  /* Content of a change: whatever is asked at its epoch is newer. */
  g_assert_true (_vlive_cache_entry_patch (entry, &told, 100, 10, 10));
  g_assert_false (_vlive_cache_entry_masks (entry, &stamp));
  stamp.epoch = 99;
  g_assert_true (_vlive_cache_entry_masks (entry, &stamp));

  g_assert_true (_vlive_cache_entry_patch (entry, &unknown, 101, 10, 10));
  stamp.epoch = 100;
  g_assert_true (_vlive_cache_entry_is_unknown (entry, &stamp));
  g_assert_false (_vlive_cache_entry_masks (entry, &stamp));
  g_assert_cmpuint (_vlive_cache_entry_get_epoch (entry), ==, 101);

  /* What is known again is not unknown. */
  g_assert_true (_vlive_cache_entry_patch (entry, &told, 102, 10, 10));
  g_assert_false (_vlive_cache_entry_is_unknown (entry, &stamp));
  g_assert_true (_vlive_cache_entry_patch (entry, &unknown, 103, 10, 10));

  /* Content of a read: ordered by its stamp. It ends what was unknown only if
   * it was asked for later. */
  stamp.epoch = 102;
  _vlive_cache_entry_take (entry, NULL, &stamp, 0, 0, 10);
  g_assert_cmpint (entry->kind, ==, VLIVE_PATCH_TOMBSTONE);
  g_assert_true (_vlive_cache_entry_is_unknown (entry, &stamp));
  stamp.epoch = 103;
  stamp.asked_at = 60;
  _vlive_cache_entry_take (entry, record, &stamp, 0, 0, 10);
  g_assert_cmpuint (entry->unknown, ==, 0);
  stamp.asked_at = 59;
  g_assert_true (_vlive_cache_entry_masks (entry, &stamp));
  stamp.asked_at = 60;
  g_assert_false (_vlive_cache_entry_masks (entry, &stamp));
}

static void
test_entry_belief (void)
{
  g_autoptr (VliveCacheEntry) entry = _vlive_cache_entry_new ();
  g_autoptr (VliveRecord) mine = make_record ("a", 2);
  g_autoptr (VliveRecord) old = make_record ("a", 1);
  VlivePatch write = {
    .kind = VLIVE_PATCH_RECORD, .id = "a", .record = mine, .confirmed = TRUE
  };
  VlivePatch event = {
    .kind = VLIVE_PATCH_RECORD, .id = "a", .record = old, .deadline_us = 30 * SECOND
  };
  VlivePatch deleted = { .kind = VLIVE_PATCH_TOMBSTONE,
                         .id = "a",
                         .deadline_us = 30 * SECOND };
  VliveStamp stamp = { 1, 104, 0 };

  g_assert_true (_vlive_cache_entry_patch (entry, &write, 100, 100 * SECOND, 0));
  g_assert_false (_vlive_cache_entry_patch (entry, &event, 101, 101 * SECOND, 0));
  g_assert_true (entry->record == mine);
  g_assert_cmpuint (entry->unknown, ==, 101);
  g_assert_false (_vlive_cache_entry_patch (entry, &deleted, 102, 101 * SECOND, 0));
  g_assert_cmpint (entry->kind, ==, VLIVE_PATCH_RECORD);

  /* A write of ours is always believed; no deadline, no doubt. */
  g_assert_true (_vlive_cache_entry_patch (entry, &write, 103, 102 * SECOND, 0));
  event.deadline_us = 0;
  g_assert_true (_vlive_cache_entry_patch (entry, &event, 104, 103 * SECOND, 0));

  /* The mark survives a single read, and ends with the deadline or a boot. */
  _vlive_cache_entry_take (entry, mine, &stamp, 0, 0, 104 * SECOND);
  event.deadline_us = 30 * SECOND;
  g_assert_false (_vlive_cache_entry_patch (entry, &event, 105, 132 * SECOND - 1, 0));
  g_assert_true (_vlive_cache_entry_patch (entry, &event, 106, 132 * SECOND, 0));
  g_assert_true (_vlive_cache_entry_patch (entry, &write, 107, 132 * SECOND, 0));
  g_assert_true (_vlive_cache_entry_patch (entry, &event, 108, 5 * SECOND, 0));
}

static void
test_entry_is_spent (void)
{
  g_autoptr (VliveCacheEntry) entry = _vlive_cache_entry_new ();
  VlivePatch gone = { .kind = VLIVE_PATCH_TOMBSTONE, .id = "a" };
  gint64 later = VLIVE_CACHE_ENTRY_KEPT_US + 101;
  VliveStamp older = { 1, 99, 50 };
  VliveStamp newer = { 1, 100, 50 };

  g_assert_cmpint (VLIVE_CACHE_ENTRY_KEPT_US, >=, 31 * SECOND);
  _vlive_cache_entry_patch (entry, &gone, 100, 100, 0);
  g_assert_false (_vlive_rules_is_spent (entry, NULL, later - 1));
  g_assert_true (_vlive_rules_is_spent (entry, NULL, later));
  g_assert_true (_vlive_rules_is_spent (entry, &newer, later));
  g_assert_false (_vlive_rules_is_spent (entry, &older, later));
  g_assert_true (_vlive_rules_is_spent (entry, NULL, 99));

  gone.kind = VLIVE_PATCH_UNKNOWN;
  _vlive_cache_entry_patch (entry, &gone, 101, 100, 0);
  g_assert_false (_vlive_rules_is_spent (entry, &newer, later));
}

static const VliveCacheEntry *
find_one (const char *id, gpointer data)
{
  return strcmp (id, "b") == 0 ? data : NULL;
}

static void
test_fold (void)
{
  g_autoptr (VliveCacheEntry) entry = _vlive_cache_entry_new ();
  g_autoptr (VliveRecord) record = make_record ("b", 5);
  VlivePatch told = { .kind = VLIVE_PATCH_RECORD, .id = "b", .record = record };
  g_autoptr (VlivePage) page = make_page (0, 3, "a:1 b:1 c:1", 3, "v");
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;

  page->stamp = (VliveStamp){ 1, 100, 50 };
  _vlive_cache_entry_patch (entry, &told, 100, 0, 0);
  g_assert_false (_vlive_rules_fold (page, find_one, entry));
  before = page_to_text (page);
  g_assert_cmpstr (before, ==, "a:1 b:1 c:1 /3 v");
  _vlive_cache_entry_patch (entry, &told, 101, 0, 0);
  g_assert_true (_vlive_rules_fold (page, find_one, entry));
  after = page_to_text (page);
  g_assert_cmpstr (after, ==, "a:1 b:5 c:1 /3 stale");
}

/* A newer record stands in the place of the older: whether that is its place
 * depends on the fields that the query looks at. */
static void
test_places (void)
{
  g_autoptr (VliveQuery) all = vlive_query_new ();
  VliveQuery *queries[] = { all,
                            make_query (NULL, NULL, "x"),
                            make_query (NULL, NULL, "y"),
                            make_query ("x", "1", NULL),
                            make_query ("y", "1", NULL),
                            vlive_query_with_search (all, "text") };
  static const gboolean moves[] = { FALSE, TRUE, FALSE, TRUE, FALSE, TRUE };
  g_autoptr (VliveCacheEntry) entry = _vlive_cache_entry_new ();
  VliveQueryState state = { 0 };
  VliveSpace space = { 0 };

  for (guint same = 0; same < 2; same++)
    {
      g_autoptr (VliveRecord) record = make_record ("b", same != 0 ? 1 : 5);
      VlivePatch told = { .kind = VLIVE_PATCH_RECORD, .id = "b", .record = record };

      _vlive_cache_entry_patch (entry, &told, 101, 0, 0);
      for (guint i = 0; i < G_N_ELEMENTS (queries); i++)
        {
          g_autoptr (VlivePage) page = make_page (0, 3, "a:1 b:1", 2, "v");
          VliveView view = { &space, &state, queries[i], 0, find_one, entry };

          page->stamp = (VliveStamp){ 1, 100, 50 };
          g_assert_true (_vlive_view_show (&view, page));
          g_assert_true (page->patched);
          g_assert_cmpint (vlive_page_is_stale (page), ==, moves[i] && same == 0);
        }
    }
  for (guint i = 1; i < G_N_ELEMENTS (queries); i++)
    vlive_query_unref (queries[i]);
}

static void
test_know (void)
{
  g_auto (VliveSpace) space = { 0 };
  g_autoptr (VliveCacheEntry) entry = _vlive_cache_entry_new ();
  g_autoptr (VliveRecord) told = make_record ("a", 1);
  VliveSingle single = { make_record ("a", 2), { 1, 100, 50 }, 11, 12 };
  VlivePatch change = { .kind = VLIVE_PATCH_RECORD, .id = "a", .record = told };
  VliveKnownRecord known;

  _vlive_rules_know_record (&space, NULL, NULL, &known);
  g_assert_false (known.found);
  _vlive_rules_know_record (&space, entry, NULL, &known);
  g_assert_false (known.found);
  _vlive_rules_know_record (&space, NULL, &single, &known);
  g_assert_true (known.found && !known.stale && known.record == single.record);

  /* The last-asked of the two. */
  _vlive_cache_entry_patch (entry, &change, 100, 0, 0);
  _vlive_rules_know_record (&space, entry, &single, &known);
  g_assert_true (known.record == single.record && !known.stale);
  _vlive_cache_entry_patch (entry, &change, 101, 0, 33);
  _vlive_rules_know_record (&space, entry, &single, &known);
  g_assert_true (known.record == told && !known.stale && known.fetched_at == 33);
  space.everything = 102;
  _vlive_rules_know_record (&space, entry, &single, &known);
  g_assert_true (known.found && known.stale);
  _vlive_single_clear (&single);
}

int
main (int argc, char **argv)
{
  vlive_test_init (&argc, &argv);

  g_test_add_func ("/rules/space", test_space);
  g_test_add_func ("/rules/boot", test_boot);
  g_test_add_func ("/rules/admit", test_admit);
  g_test_add_func ("/rules/field-marks", test_field_marks);
  g_test_add_func ("/rules/totals", test_totals);
  g_test_add_func ("/rules/entry/orders", test_entry_orders);
  g_test_add_func ("/rules/entry/belief", test_entry_belief);
  g_test_add_func ("/rules/entry/is-spent", test_entry_is_spent);
  g_test_add_func ("/rules/fold", test_fold);
  g_test_add_func ("/rules/places", test_places);
  g_test_add_func ("/rules/know", test_know);

  return vlive_test_run ();
}
