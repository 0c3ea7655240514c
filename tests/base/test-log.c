/* test-log.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "vlive-test.h"

static void
story_cb (const char *line, gpointer user_data)
{
  g_string_append_printf (user_data, "%s\n", line);
}

static void
story_free (gpointer user_data)
{
  g_string_append (user_data, "freed\n");
}

static void
test_story (void)
{
  g_autoptr (GString) heard = g_string_new (NULL);

  g_assert_false (_vlive_log_story_enabled);
  VLIVE_STORY (VLIVE_OUTCOME_HIT, "list", NULL, -1, NULL, "nobody listens");

  vlive_debug_set_story (story_cb, heard, story_free);
  VLIVE_STORY (VLIVE_OUTCOME_HIT, "list", "posts", 3, "7", "%d rows", 10);
  VLIVE_STORY (VLIVE_OUTCOME_NONE, "fetch", NULL, -1, NULL, "%s", "");
  vlive_debug_set_story (NULL, NULL, NULL);
  VLIVE_STORY (VLIVE_OUTCOME_HIT, "list", NULL, -1, NULL, "nobody listens");

  g_assert_cmpstr (heard->str, ==,
                   "list outcome=hit key=posts page=3 id=7: 10 rows\n"
                   "fetch\n"
                   "freed\n");
}

static void
test_outcomes (void)
{
  g_assert_cmpstr (_vlive_outcome_to_text (VLIVE_OUTCOME_MISS_AT_MASTER), ==,
                   "miss-at-master");
  for (int i = VLIVE_OUTCOME_NONE; i <= VLIVE_OUTCOME_FAILED; i++)
    g_assert_nonnull (_vlive_outcome_to_text (i));
}

static void
test_warn_once (void)
{
  vlive_test_expect ("the disk of A is full");
  g_assert_true (_vlive_warn_once ("A", "full", "the disk of %s is full", "A"));
  g_assert_false (_vlive_warn_once ("A", "full", "the disk of %s is full", "A"));
  vlive_test_expect ("*torn*");
  g_assert_true (_vlive_warn_once ("A", "torn", "a value is torn"));
  vlive_test_expect ("*of B is full");
  g_assert_true (_vlive_warn_once ("B", "full", "the disk of %s is full", "B"));
  vlive_test_assert_expected ();

  _vlive_warn_forget ("A");
  vlive_test_expect ("the disk of A is full");
  g_assert_true (_vlive_warn_once ("A", "full", "the disk of %s is full", "A"));
  vlive_test_assert_expected ();
  _vlive_warn_forget ("A");
  _vlive_warn_forget ("B");
  _vlive_warn_forget ("C");
}

int
main (int argc, char *argv[])
{
  vlive_test_init (&argc, &argv);
  g_test_add_func ("/base/log/story", test_story);
  g_test_add_func ("/base/log/outcomes", test_outcomes);
  g_test_add_func ("/base/log/warn-once", test_warn_once);

  return vlive_test_run ();
}
