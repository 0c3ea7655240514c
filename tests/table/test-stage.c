/* test-stage.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "store-fixture.h"

#include "table/vlive-stage-private.h"

/* Layers over records, one by one. */

static VliveLayer *
push_patch (VliveStage *stage, const char *id, gint64 value)
{
  g_autoptr (VliveWrite) write = store_fixture_make_patch (id, value);

  return _vlive_stage_push (stage, write);
}

static VliveLayer *
push (VliveStage *stage, VliveWriteOp op, const char *id)
{
  g_autoptr (VliveRecord) fields =
      op != VLIVE_WRITE_DELETE ? vlive_array_master_make ("any", 7) : NULL;
  g_autoptr (VliveWrite) write = vlive_write_new (op, id, fields);

  return _vlive_stage_push (stage, write);
}

/* "pending 3 value", of the record "a" whose value is 1 at the master. */
static void
assert_shown (VliveStage *stage, guint64 seen, const char *id, const char *expected)
{
  static const char *const states[] = { "loading", "ready", "pending", "failed",
                                        "gone" };
  g_autoptr (VliveRecord) raw = vlive_array_master_make (id, 1);
  g_auto (VliveShown) shown = { 0 };
  g_autofree char *pending = NULL;
  g_autofree char *failed = NULL;
  g_autofree char *got = NULL;
  VliveStaged staged = _vlive_stage_lay_over (stage, seen, id, raw, &shown);

  pending = shown.pending_fields != NULL ? g_strjoinv (",", shown.pending_fields)
                                         : g_strdup ("-");
  failed = shown.failed_fields != NULL ? g_strjoinv (",", shown.failed_fields)
                                       : g_strdup ("-");
  g_assert_true (shown.raw == raw);
  g_assert_cmpstr (vlive_record_get_id (shown.record), ==, id);
  got = g_strdup_printf ("%s%s %" G_GINT64_FORMAT " %s %s", states[shown.state],
                         staged == VLIVE_STAGED_DELETED ? " deleted" : "",
                         store_fixture_get_value (shown.record), pending, failed);
  g_assert_cmpstr (got, ==, expected);
}

static void
test_patches (void)
{
  VliveStage *stage = _vlive_stage_new ();
  VliveLayer *first;
  VliveLayer *second;

  g_assert_true (_vlive_stage_is_empty (stage));
  assert_shown (stage, 0, "a", "ready 1 - -");
  first = push_patch (stage, "a", 2);
  second = push_patch (stage, "a", 3);
  assert_shown (stage, 0, "a", "pending 3 value -");
  assert_shown (stage, 0, "b", "ready 1 - -");

  /* The second was withdrawn: what the first makes is left. Whoever has not
   * applied the end shows on what it showed. */
  g_assert_cmpuint (_vlive_stage_end (stage, second, FALSE), ==, 1);
  assert_shown (stage, 0, "a", "pending 3 value -");
  assert_shown (stage, 1, "a", "pending 2 value -");
  _vlive_stage_collect (stage, 0);
  assert_shown (stage, 0, "a", "pending 3 value -");
  _vlive_stage_collect (stage, 1);
  assert_shown (stage, 0, "a", "pending 2 value -");
  g_assert_cmpuint (_vlive_stage_end (stage, first, FALSE), ==, 2);
  g_assert_cmpuint (_vlive_stage_get_n_ends (stage), ==, 2);
  _vlive_stage_collect (stage, 2);
  g_assert_true (_vlive_stage_is_empty (stage));
  _vlive_stage_free (stage);
}

/* A refusal takes its own layer away, and leaves a mark until the next try. */
static void
test_failed (void)
{
  VliveStage *stage = _vlive_stage_new ();
  VliveLayer *first = push_patch (stage, "a", 2);
  VliveLayer *second = push_patch (stage, "a", 3);

  _vlive_stage_end (stage, first, TRUE);
  assert_shown (stage, 1, "a", "pending 3 value value");
  _vlive_stage_end (stage, second, FALSE);
  _vlive_stage_collect (stage, 2);
  assert_shown (stage, 2, "a", "failed 1 - value");
  first = push_patch (stage, "a", 4);
  assert_shown (stage, 2, "a", "pending 4 value -");
  _vlive_stage_end (stage, first, FALSE);
  _vlive_stage_collect (stage, 3);
  g_assert_true (_vlive_stage_is_empty (stage));

  /* A record that was never made leaves nothing. */
  first = push (stage, VLIVE_WRITE_INSERT, "b");
  _vlive_stage_end (stage, first, TRUE);
  _vlive_stage_collect (stage, 4);
  g_assert_true (_vlive_stage_is_empty (stage));
  _vlive_stage_free (stage);
}

/* Nobody knows what became of the first; then the second is applied. */
static void
test_doubtful (void)
{
  VliveStage *stage = _vlive_stage_new ();
  VliveLayer *first = push_patch (stage, "a", 2);
  VliveLayer *second = push_patch (stage, "a", 3);

  _vlive_stage_doubt (stage, first);
  assert_shown (stage, 0, "a", "pending 3 value -");
  g_assert_cmpuint (_vlive_stage_end (stage, second, FALSE), ==, 1);
  assert_shown (stage, 1, "a", "ready 1 - -");
  _vlive_stage_collect (stage, 1);
  /* Whoever found out comes late. */
  g_assert_cmpuint (_vlive_stage_end (stage, first, TRUE), ==, 1);
  assert_shown (stage, 1, "a", "ready 1 - -");
  _vlive_stage_collect (stage, 1);
  g_assert_true (_vlive_stage_is_empty (stage));

  /* The second is refused: that says nothing of the first. */
  first = push_patch (stage, "a", 2);
  second = push_patch (stage, "a", 3);
  _vlive_stage_doubt (stage, first);
  _vlive_stage_end (stage, second, TRUE);
  assert_shown (stage, 2, "a", "pending 2 value value");
  _vlive_stage_free (stage);
}

static void
test_delete (void)
{
  VliveStage *stage = _vlive_stage_new ();
  VliveLayer *delete = push (stage, VLIVE_WRITE_DELETE, "a");
  g_autoptr (GPtrArray) ids = _vlive_stage_list_deleted (stage, 0);

  g_assert_cmpuint (ids->len, ==, 1);
  g_assert_cmpstr (ids->pdata[0], ==, "a");
  g_assert_true (_vlive_stage_is_deleted (stage, 0, "a"));
  g_assert_false (_vlive_stage_is_deleted (stage, 0, "b"));
  /* As long as it stands it shows what there was. */
  assert_shown (stage, 0, "a", "pending deleted 1 - -");
  _vlive_stage_end (stage, delete, TRUE);
  g_assert_true (_vlive_stage_is_deleted (stage, 0, "a"));
  g_assert_false (_vlive_stage_is_deleted (stage, 1, "a"));
  assert_shown (stage, 1, "a", "failed 1 - -");

  /* Deleted, and written anew. */
  push (stage, VLIVE_WRITE_DELETE, "c");
  push (stage, VLIVE_WRITE_REPLACE, "c");
  g_assert_false (_vlive_stage_is_deleted (stage, 1, "c"));
  assert_shown (stage, 1, "c", "pending 7 id,name,value -");
  _vlive_stage_free (stage);
}

static char *
list_inserted (VliveStage *stage, guint64 seen)
{
  g_autoptr (GPtrArray) ids = _vlive_stage_list_inserted (stage, seen);

  g_ptr_array_add (ids, NULL);

  return g_strjoinv (" ", (char **) ids->pdata);
}

static void
test_insert (void)
{
  VliveStage *stage = _vlive_stage_new ();
  VliveLayer *insert = push (stage, VLIVE_WRITE_INSERT, NULL);
  g_autofree char *id = g_strdup (_vlive_layer_get_id (insert));
  g_autofree char *list = list_inserted (stage, 0);
  const char *real = NULL;
  g_auto (VliveShown) shown = { 0 };
  VliveLayer *patch;

  g_assert_cmpstr (list, ==, id);
  g_assert_true (_vlive_stage_is_inserted (stage, 0, id));
  g_assert_cmpint (_vlive_stage_resolve (stage, id, &real), ==, VLIVE_ID_PENDING);
  g_assert_cmpint (_vlive_stage_resolve (stage, "a", &real), ==, VLIVE_ID_REAL);
  _vlive_stage_lay_over (stage, 0, id, NULL, &shown);
  g_assert_null (shown.raw);
  g_assert_cmpstr (vlive_record_get_id (shown.record), ==, id);
  g_assert_cmpint (store_fixture_get_value (shown.record), ==, 7);

  /* What is written to either lies over both: a page may have shown the real
   * one before the answer came. */
  patch = push_patch (stage, id, 5);
  _vlive_stage_end (stage, patch, FALSE);
  _vlive_stage_collect (stage, 1);
  patch = push_patch (stage, "r7", 8);
  _vlive_stage_adopt (stage, id, "r7");
  g_assert_cmpint (_vlive_stage_resolve (stage, id, &real), ==, VLIVE_ID_ADOPTED);
  g_assert_cmpstr (real, ==, "r7");
  _vlive_stage_end (stage, insert, FALSE);
  assert_shown (stage, 2, "r7", "pending 8 value -");
  assert_shown (stage, 2, id, "pending 8 value -");
  g_assert_false (_vlive_stage_is_inserted (stage, 2, "r7"));
  g_assert_true (_vlive_stage_is_inserted (stage, 1, "r7"));
  push_patch (stage, "r7", 9);
  assert_shown (stage, 2, "r7", "pending 9 value -");
  _vlive_stage_end (stage, patch, FALSE);
  _vlive_stage_collect (stage, 3);
  assert_shown (stage, 3, "r7", "pending 9 value -");
  g_assert_cmpint (_vlive_stage_resolve (stage, id, &real), ==, VLIVE_ID_ADOPTED);
  _vlive_stage_free (stage);
}

static void
test_void (void)
{
  VliveStage *stage = _vlive_stage_new ();
  VliveLayer *insert = push (stage, VLIVE_WRITE_INSERT, NULL);
  g_autofree char *id = g_strdup (_vlive_layer_get_id (insert));
  const char *real = NULL;

  _vlive_stage_end (stage, insert, TRUE);
  g_assert_cmpint (_vlive_stage_resolve (stage, id, &real), ==, VLIVE_ID_VOID);
  _vlive_stage_collect (stage, 1);
  g_assert_cmpint (_vlive_stage_resolve (stage, id, &real), ==, VLIVE_ID_VOID);
  _vlive_stage_free (stage);
}

int
main (int argc, char **argv)
{
  vlive_test_init (&argc, &argv);
  g_test_add_func ("/table/stage/patches", test_patches);
  g_test_add_func ("/table/stage/failed", test_failed);
  g_test_add_func ("/table/stage/doubtful", test_doubtful);
  g_test_add_func ("/table/stage/delete", test_delete);
  g_test_add_func ("/table/stage/insert", test_insert);
  g_test_add_func ("/table/stage/void", test_void);

  return vlive_test_run ();
}
