/* test-processes.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "cache-fixture.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

/* Several processes on one folder. */

static void
test_both_ways (void)
{
  g_autofree char *folder = vlive_test_dup_folder ();
  g_autoptr (VliveQuery) all = vlive_query_new ();
  g_autoptr (GSubprocess) peer = NULL;
  VliveStamp stamp;
  CacheFixture fx;

  cache_fixture_open_real (&fx, folder);
  peer = peer_spawn (NULL, folder, NULL);
  peer_assert (peer, "lookup t 0 3", "miss");
  peer_assert (peer, "store t 0 3 10:1,9:1,2:1", "10:1 9:1 2:1");
  assert_page (&fx, "t", all, 0, 3, "10:1 9:1 2:1");
  stamp = ask (&fx, "t");
  assert_stored (&fx, "t", all, make_page (3, 3, "7:1 8:1", -1, NULL), &stamp,
                 "7:1 8:1");
  peer_assert (peer, "lookup t 3 3", "7:1 8:1");

  /* Patches, tombstones, single reads, marks. */
  peer_assert (peer, "patch t 9 5", "done");
  assert_page (&fx, "t", all, 0, 3, "10:1 9:5 2:1 patched");
  assert_get (&fx, "t", "9", "9:5");
  patch (&fx, "t", "10", -1, TRUE);
  peer_assert (peer, "lookup t 0 3", "9:5 2:1 stale patched");
  peer_assert (peer, "get t 10", "none");
  peer_assert (peer, "put t 9 6", "9:6");
  assert_get (&fx, "t", "9", "9:6");
  invalidate (&fx, "t", NULL, NULL);
  peer_assert (peer, "lookup t 3 3", "7:1 8:1 stale");
  peer_assert (peer, "warnings", "0");
  peer_end (peer);
  cache_fixture_close_real (&fx);
}

/* Races.md, rule 4: a read that begins after an acknowledgement never gives
 * the older value, long before any wake-up can have come. */
static void
test_write_then_read (void)
{
  g_autofree char *folder = vlive_test_dup_folder ();
  g_autoptr (VliveQuery) all = vlive_query_new ();
  g_autoptr (GSubprocess) peer = NULL;
  guint n_inline = 0;
  CacheFixture fx;

  cache_fixture_open_real (&fx, folder);
  peer = peer_spawn (NULL, folder, NULL);
  peer_assert (peer, "store t 0 3 a:0,b:0,c:0", "a:0 b:0 c:0");
  for (int i = 1; i <= 1000; i++)
    {
      g_autofree char *here = g_strdup_printf ("a:%d b:%d c:0 patched", i, i - 1);
      g_autofree char *there = g_strdup_printf ("a:%d b:%d c:0 patched", i, i);
      g_autofree char *question = g_strdup_printf ("patch t a %d", i);
      g_autofree char *record = g_strdup_printf ("b:%d", i);
      VlivePage *page = NULL;
      VliveStamp stamp;

      peer_assert (peer, question, "done");
      if (i > 1)
        assert_page (&fx, "t", all, 0, 3, here);
      patch (&fx, "t", "b", i, TRUE);
      peer_assert (peer, "lookup t 0 3", there);
      peer_assert (peer, "get t b", record);

      /* The second one finds everything in memory. */
      if (_vlive_cache_try_lookup_page (fx.cache, "t", all, 0, 3, &page, &stamp))
        {
          g_autofree char *text = page_to_text (page);

          g_assert_cmpstr (text, ==, there);
          n_inline++;
        }
      g_clear_pointer (&page, vlive_page_unref);
    }
  g_assert_cmpuint (n_inline, >, 0);
  peer_end (peer);
  cache_fixture_close_real (&fx);
}

/* Races.md, rule 6. */
static void
test_cleared_by_another (void)
{
  g_autofree char *folder = vlive_test_dup_folder ();
  g_autoptr (VliveQuery) all = vlive_query_new ();
  g_autoptr (GSubprocess) peer = NULL;
  VliveStamp before, after;
  CacheFixture fx;

  cache_fixture_open_real (&fx, folder);
  before = ask (&fx, "t");
  assert_stored (&fx, "t", all, make_page (0, 3, "a:1", -1, NULL), &before, "a:1");
  patch (&fx, "t", "a", 2, TRUE);
  assert_page (&fx, "t", all, 0, 3, "a:2 patched");
  peer = peer_spawn (NULL, folder, NULL);
  peer_assert (peer, "clear", "done");

  assert_page (&fx, "t", all, 0, 3, "miss");
  assert_get (&fx, "t", "a", "miss");
  after = ask (&fx, "t");
  g_assert_cmpuint (after.generation, !=, before.generation);
  g_assert_cmpuint (after.epoch, >, before.epoch);
  assert_stored (&fx, "t", all, make_page (0, 3, "a:1", -1, NULL), &before, "miss");
  peer_assert (peer, "lookup t 0 3", "miss");
  assert_stored (&fx, "t", all, make_page (0, 3, "a:3", -1, NULL), &after, "a:3");
  peer_assert (peer, "lookup t 0 3", "a:3");
  peer_end (peer);
  cache_fixture_close_real (&fx);
}

/* More changes than are listed: the whole patch table is read. */
static void
test_many_changes (void)
{
  g_autofree char *folder = vlive_test_dup_folder ();
  g_autoptr (GSubprocess) peer = NULL;
  CacheFixture fx;

  cache_fixture_open_real (&fx, folder);
  peer = peer_spawn (NULL, folder, NULL);
  peer_assert (peer, "store t 0 3 r0:0,r1:0,r699:0", "r0:0 r1:0 r699:0");
  patch (&fx, "t", "r0", 1, TRUE);
  peer_assert (peer, "lookup t 0 3", "r0:1 r1:0 r699:0 patched");
  for (int i = 0; i < 700; i++)
    {
      g_autofree char *id = g_strdup_printf ("r%d", i);

      patch (&fx, "t", id, 2, TRUE);
    }
  peer_assert (peer, "lookup t 0 3", "r0:2 r1:2 r699:2 patched");
  patch (&fx, "t", "r1", 3, TRUE);
  peer_assert (peer, "lookup t 0 3", "r0:2 r1:3 r699:2 patched");
  peer_end (peer);
  cache_fixture_close_real (&fx);
}

static guint
read_acknowledged (GSubprocess *peer, guint n_lines, int *patched)
{
  guint n_pages = 0;

  for (guint i = 0; n_lines == 0 || i < n_lines; i++)
    {
      g_autofree char *line = peer_read (peer);

      if (line == NULL)
        break;
      if (g_str_has_prefix (line, "PATCH "))
        *patched = atoi (line + strlen ("PATCH "));
      else
        n_pages++;
    }

  return n_pages;
}

static void
send_hammer (GSubprocess *peer, guint seed)
{
  g_autofree char *line = g_strdup_printf ("hammer %u\n", seed);

  g_assert_true (g_output_stream_write_all (g_subprocess_get_stdin_pipe (peer), line,
                                            strlen (line), NULL, NULL, NULL));
}

/* Every row of a page is of one storing, and its place is right. */
static void
assert_whole (CacheFixture *fx, guint number)
{
  g_autoptr (VliveQuery) all = vlive_query_new ();
  VliveStamp stamp;
  g_autoptr (VlivePage) page = lookup (fx, "hammer", all, number * 100, 100, &stamp);
  gint64 first = -1;

  if (page == NULL)
    return;
  g_assert_cmpuint (vlive_page_get_n_records (page), ==, 100);
  for (guint i = 0; i < 100; i++)
    {
      VliveRecord *record = vlive_page_get_record (page, i);
      g_autofree char *id = g_strdup_printf ("r%u", number * 100 + i);
      gint64 x;

      g_assert_cmpstr (vlive_record_get_id (record), ==, id);
      g_assert_true (vlive_record_get_integer (record, "x", &x));
      if (first < 0)
        first = x;
      g_assert_cmpint (x, ==, first);
      g_assert_cmpint (x % 50, ==, number);
    }
}

/* Killed in the middle of stores, many times: it opens again, nothing is torn,
 * nothing that was acknowledged is lost. */
static void
test_killed (void)
{
  g_autofree char *folder = vlive_test_dup_folder ();

  for (guint round = 0; round < 100; round++)
    {
      g_autoptr (GSubprocess) peer = peer_spawn (NULL, folder, NULL);
      guint n_lines = (guint) g_test_rand_int_range (1, 40);
      g_autofree char *text = NULL;
      int patched = -1;
      CacheFixture fx;

      send_hammer (peer, round * 1000);
      read_acknowledged (peer, n_lines, &patched);
      g_usleep ((gulong) g_test_rand_int_range (0, 500));
      peer_kill (peer);
      read_acknowledged (peer, 0, &patched);

      cache_fixture_open_real (&fx, folder);
      text = get (&fx, "hammer", "counter");
      if (patched >= 0)
        {
          g_assert_true (g_str_has_prefix (text, "counter:"));
          g_assert_cmpint (atoi (text + strlen ("counter:")), >=, patched);
        }
      for (guint i = 0; i < 50; i++)
        assert_whole (&fx, i);
      g_assert_cmpuint (get_statistics (&fx).n_corrupt, ==, 0);
      cache_fixture_close_real (&fx);
    }
}

static const char *const *
get_sandbox (void)
{
  static const char *const as_root[] = { "env",     "ASAN_OPTIONS=detect_leaks=0",
                                         "unshare", "--pid",
                                         "--fork",  "--kill-child",
                                         NULL };
  static const char *const as_user[] = { "env",          "ASAN_OPTIONS=detect_leaks=0",
                                         "unshare",      "-Ur",
                                         "--pid",        "--fork",
                                         "--kill-child", NULL };

  return geteuid () == 0 ? as_root : as_user;
}

static void
assert_works_from_memory (GSubprocess *peer)
{
  peer_assert (peer, "lookup t 0 3", "miss");
  peer_assert (peer, "store t 0 3 a:1,b:1", "a:1 b:1");
  peer_assert (peer, "lookup t 0 3", "a:1 b:1");
  peer_assert (peer, "patch t b 2", "done");
  peer_assert (peer, "lookup t 0 3", "a:1 b:2 patched");
  peer_assert (peer, "put t c 3", "c:3");
  peer_assert (peer, "get t c", "c:3");
  peer_assert (peer, "invalidate t", "done");
  peer_assert (peer, "lookup t 0 3", "a:1 b:2 stale patched");
  peer_assert (peer, "clear", "done");
  peer_assert (peer, "lookup t 0 3", "miss");
  peer_assert (peer, "warnings", "1");
}

/* Two sandboxes whose programs have one number cannot share a reader table:
 * the second works from memory, and says so once. */
static void
test_same_pid (void)
{
  g_autofree char *folder = vlive_test_dup_folder ();
  g_autoptr (GSubprocess) first = peer_spawn (get_sandbox (), folder, NULL);
  g_autoptr (GSubprocess) second = NULL;

  peer_assert (first, "store t 0 3 a:9", "a:9");
  second = peer_spawn (get_sandbox (), folder, NULL);
  assert_works_from_memory (second);
  peer_assert (first, "lookup t 0 3", "a:9");
  peer_assert (first, "warnings", "0");
  peer_end (second);
  peer_end (first);
}

/* A folder that may not be written, by somebody who is not root. */
static void
test_forbidden_folder (void)
{
  g_autofree char *folder = vlive_test_dup_folder ();
  g_autofree char *root = g_path_get_dirname (folder);
  g_autofree char *inside = g_build_filename (folder, "cache", NULL);
  g_autoptr (GSubprocess) peer = NULL;

  g_assert_cmpint (g_chmod (root, 0755), ==, 0);
  g_assert_cmpint (g_chmod (folder, 0555), ==, 0);
  peer = peer_spawn (NULL, inside, "nobody", NULL);
  assert_works_from_memory (peer);
  peer_end (peer);
  g_assert_cmpint (g_chmod (folder, 0700), ==, 0);
}

static GSubprocess *
spawn_on_small_disk (const char *folder, guint used)
{
  const char *wrapper[] = { "unshare", geteuid () == 0 ? "-m" : "-Urm",
                            "sh",      "-ec",
                            NULL,      NULL };
  g_autofree char *script = g_strdup_printf ("mount -t tmpfs -o size=1m tmpfs '%s'\n"
                                             "head -c %uK /dev/zero >'%s/ballast'\n"
                                             "exec \"$0\" \"$@\"",
                                             folder, used, folder);

  wrapper[4] = script;

  return peer_spawn (wrapper, folder, NULL);
}

static char *
make_rows (guint n, guint x)
{
  g_autoptr (GString) rows = g_string_new (NULL);

  for (guint i = 0; i < n; i++)
    g_string_append_printf (rows, "%sr%u:%u", i > 0 ? "," : "", i, x);

  return g_string_free (g_steal_pointer (&rows), FALSE);
}

/* Full while it runs: answers are shown and not kept, what was there stays, a
 * write is never forgotten; one warning. */
static void
test_full_disk (void)
{
  g_autofree char *folder = vlive_test_dup_folder ();
  g_autoptr (GSubprocess) peer = spawn_on_small_disk (folder, 0);
  g_autofree char *rows = make_rows (300, 1);
  guint n_misses = 0;

  peer_assert (peer, "store t 0 3 a:1,b:1", "a:1 b:1");
  for (guint i = 1; i <= 200; i++)
    {
      g_autofree char *shown = peer_ask (peer, "store t %u 300 %s", i * 300, rows);
      g_autofree char *found = peer_ask (peer, "lookup t %u 300", i * 300);

      g_assert_true (g_str_has_prefix (shown, "r0:1 r1:1 "));
      g_assert_true (g_str_equal (found, "miss") || g_str_equal (found, shown));
      n_misses += g_str_equal (found, "miss");
    }
  g_assert_cmpuint (n_misses, >, 0);
  peer_assert (peer, "warnings", "1");

  /* A write may cost what is kept, but is never shown as if it was not. */
  for (guint i = 2; i < 60; i++)
    {
      g_autofree char *question = g_strdup_printf ("patch t a %u", i);
      g_autofree char *masked = g_strdup_printf ("a:%u b:1 patched", i);
      g_autofree char *record = g_strdup_printf ("a:%u", i);
      g_autofree char *found = NULL;

      peer_assert (peer, question, "done");
      found = peer_ask (peer, "lookup t 0 3");
      g_assert_true (g_str_equal (found, "miss") || g_str_equal (found, masked));
      peer_assert (peer, "get t a", record);
    }
  peer_assert (peer, "warnings", "1");
  peer_end (peer);
}

/* Full already when it opens, with any number of pages left. */
static void
test_full_at_open (void)
{
  for (guint left = 0; left <= 96; left += 8)
    {
      g_autofree char *folder = vlive_test_dup_folder ();
      g_autoptr (GSubprocess) peer = spawn_on_small_disk (folder, 1024 - left);
      g_autofree char *rows = make_rows (100, 1);
      g_autofree char *miss = peer_ask (peer, "lookup t 0 100");
      g_autofree char *shown = peer_ask (peer, "store t 0 100 %s", rows);
      g_autofree char *done = peer_ask (peer, "patch t r0 5");
      g_autofree char *found = NULL;

      g_assert_cmpstr (miss, ==, "miss");
      /* Where the disk gave up in between it is asked for again. */
      g_assert_true (g_str_has_prefix (shown, "r0:1 r1:1 ")
                     || g_str_equal (shown, "miss"));
      g_assert_cmpstr (done, ==, "done");
      peer_assert (peer, "get t r0", "r0:5");
      found = peer_ask (peer, "lookup t 0 100");
      g_assert_true (g_str_equal (found, "miss")
                     || g_str_has_prefix (found, "r0:5 r1:1 "));
      peer_end (peer);
    }
}

int
main (int argc, char **argv)
{
  vlive_test_init (&argc, &argv);
  signal (SIGPIPE, SIG_IGN);

  g_test_add_func ("/cache/processes/both-ways", test_both_ways);
  g_test_add_func ("/cache/processes/write-then-read", test_write_then_read);
  g_test_add_func ("/cache/processes/cleared-by-another", test_cleared_by_another);
  g_test_add_func ("/cache/processes/many-changes", test_many_changes);
  g_test_add_func ("/cache/processes/killed", test_killed);
  g_test_add_func ("/cache/processes/same-pid", test_same_pid);
  g_test_add_func ("/cache/processes/forbidden-folder", test_forbidden_folder);
  g_test_add_func ("/cache/processes/full-disk", test_full_disk);
  g_test_add_func ("/cache/processes/full-at-open", test_full_at_open);

  return vlive_test_run ();
}
