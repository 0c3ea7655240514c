/* test-limits.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "storage-fixture.h"

#include <glib/gstdio.h>
#include <sys/stat.h>

/* Where the machine says no: rights, space on the disk, space for addresses. */

static const char *
get_kind (gconstpointer options)
{
  return options == &test_durable ? "durable" : "disposable";
}

/* Everybody may look for names in it: the helper may be somebody else. */
static void
open_way (const char *folder)
{
  g_autofree char *parent = g_path_get_dirname (folder);

  g_assert_cmpint (g_chmod (parent, 0711), ==, 0);
}

static void
assert_says (GSubprocess *peer, const char *pattern)
{
  g_autofree char *line = test_peer_read_line (peer);

  g_test_message ("%s", line);
  g_assert_nonnull (line);
  g_assert_true (g_pattern_match_simple (pattern, line));
}

static void
test_limits_not_writable (gconstpointer options)
{
  g_autofree char *folder = vlive_test_dup_folder ();
  g_autofree char *path = g_build_filename (folder, "file.mdb", NULL);
  g_autofree char *below = g_build_filename (folder, "more", "file.mdb", NULL);
  g_autoptr (GSubprocess) a = NULL;
  g_autoptr (GSubprocess) b = NULL;
  g_autoptr (GSubprocess) c = NULL;
  VliveStorage *storage;

  open_way (folder);
  g_assert_cmpint (g_chmod (folder, 0555), ==, 0);
  a = test_peer_spawn ("nobody", get_kind (options), path, NULL);
  assert_says (a, "error 12 “*file.mdb” cannot be opened: “*file.mdb-wake” cannot be "
                  "written: Permission denied");
  test_peer_end_well (a);
  b = test_peer_spawn ("nobody", get_kind (options), below, NULL);
  assert_says (b, "error 12 *more* cannot be made: Permission denied");
  test_peer_end_well (b);

  /* A file that may be read, but not written. */
  g_assert_cmpint (g_chmod (folder, 0755), ==, 0);
  storage = _vlive_storage_open (path, options);
  test_put (storage, "a", "apple");
  test_close (storage);
  g_assert_cmpint (g_chmod (path, 0444), ==, 0);
  g_assert_cmpint (g_chmod (folder, 0555), ==, 0);
  c = test_peer_spawn ("nobody", get_kind (options), path, NULL);
  assert_says (c, "error 12 *: Permission denied");
  test_peer_end_well (c);
  g_assert_cmpint (g_chmod (folder, 0700), ==, 0);
  vlive_test_assert_all_gone ();
}

static void
test_limits_modes (gconstpointer options)
{
  g_autofree char *path = test_dup_path ("a/b/file.mdb");
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *lock = g_strconcat (path, "-lock", NULL);
  g_autofree char *wake = g_strconcat (path, "-wake", NULL);
  const char *paths[] = { path, lock, wake, folder };
  VliveStorage *storage = _vlive_storage_open (path, options);

  test_put (storage, "a", "apple");
  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      struct stat info;

      g_assert_cmpint (stat (paths[i], &info), ==, 0);
      g_assert_cmpuint (info.st_mode & 0777, ==, i == 3 ? 0700 : 0600);
    }
  test_close (storage);
  vlive_test_assert_all_gone ();
}

/* A disk of 1 MiB, of which @used KiB are taken, for a helper of our own; @twice:
 * and again, when they no longer are. */
static GSubprocess *
spawn_on_small_disk (gconstpointer options,
                     const char *folder,
                     guint used,
                     gboolean twice)
{
  const char *wrapper[8] = { "unshare", test_is_root () ? "-m" : "-Urm", "sh", "-ec",
                             NULL };
  g_autofree char *path = g_build_filename (folder, "file.mdb", NULL);
  g_autofree char *again =
      g_strdup_printf ("\"$0\" \"$@\" </dev/null; rm '%s/ballast'\n", folder);
  g_autofree char *script = g_strdup_printf ("mount -t tmpfs -o size=1m tmpfs '%s'\n"
                                             "head -c %uK /dev/zero >'%s/ballast'\n"
                                             "%s"
                                             "exec \"$0\" \"$@\"",
                                             folder, used, folder, twice ? again : "");

  wrapper[4] = script;

  return test_peer_spawn_under (wrapper, "talk", get_kind (options), path, NULL);
}

/* Full while it runs: that write fails and says why, what was there stays. */
static void
test_limits_full_disk (gconstpointer options)
{
  g_autofree char *folder = vlive_test_dup_folder ();
  g_autoptr (GSubprocess) peer = spawn_on_small_disk (options, folder, 0, FALSE);

  test_peer_assert (peer, NULL, "open");
  test_peer_assert (peer, "put a apple", "done");
  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *answer = test_peer_ask (peer, "fill 200 10000");

      g_assert_true (
          g_pattern_match_simple ("error 12 *there is no space left*", answer));
      test_peer_assert (peer, "get a", "apple");
      test_peer_assert (peer, "verify 200 10000", "0");
    }
  /* A small one still fits. */
  test_peer_assert (peer, "fill 20 1000", "done");
  test_peer_assert (peer, "verify 20 1000", "20");
  test_peer_assert (peer, "put b pear", "done");
  test_peer_assert (peer, "get b", "pear");
  test_peer_end_well (peer);
}

/* Full already when it opens: at every number of pages that are left, it opens
 * or says why not; no signal ends it. */
static void
test_limits_full_at_open (gconstpointer options)
{
  guint n_refused = 0, n_open = 0;

  for (guint left = 0; left <= 48; left += 4)
    {
      g_autofree char *folder = vlive_test_dup_folder ();
      g_autoptr (GSubprocess) peer =
          spawn_on_small_disk (options, folder, 1024 - left, FALSE);
      g_autofree char *line = test_peer_read_line (peer);

      g_assert_nonnull (line);
      if (strcmp (line, "open") == 0)
        {
          g_autofree char *answer = test_peer_ask (peer, "put a apple");

          n_open++;
          if (strcmp (answer, "done") == 0)
            test_peer_assert (peer, "get a", "apple");
          else
            g_assert_true (g_pattern_match_simple ("error 12 *no space left*", answer));
        }
      else
        {
          n_refused++;
          g_test_message ("%u KiB left: %s", left, line);
          g_assert_true (g_pattern_match_simple ("error 12 *o space left*", line));
        }
      test_peer_end_well (peer);
    }
  g_assert_cmpuint (n_refused, >, 0);
  g_assert_cmpuint (n_open, >, 0);
}

/* What was half made on a full disk is not in the way when there is room. */
static void
test_limits_room_again (gconstpointer options)
{
  for (guint left = 0; left <= 20; left += 4)
    {
      g_autofree char *folder = vlive_test_dup_folder ();
      g_autoptr (GSubprocess) peer =
          spawn_on_small_disk (options, folder, 1024 - left, TRUE);

      assert_says (peer, "error 12 *o space left*");
      test_peer_assert (peer, NULL, "open");
      test_peer_assert (peer, "put a apple", "done");
      test_peer_assert (peer, "get a", "apple");
      test_peer_end_well (peer);
    }
}

/* Room for few addresses: a smaller map, and it grows while it can. (Heaps of
 * their own, which threads may or may not come by, would take 64 MiB each.) */
static void
test_limits_address_space (gconstpointer options)
{
  g_autofree char *path = test_dup_path ("file.mdb");
  g_autoptr (GSubprocess) peer = NULL;
  g_autoptr (GSubprocess) large = NULL;
  const char *const wrapper[] = { "env", "MALLOC_ARENA_MAX=1", NULL };

  /* A sanitizer's shadow alone is larger than any such limit. */
  if (g_getenv ("VLIVE_METER") != NULL)
    peer = test_peer_spawn ("talk", get_kind (options), path, NULL);
  else
    peer = test_peer_spawn_under (wrapper, "limited", "268435456", get_kind (options),
                                  path, NULL);
  test_peer_assert (peer, NULL, "open");
  test_peer_assert (peer, "put a apple", "done");
  /* Another process, without the limit, makes it larger than the other's map. */
  large = test_peer_spawn ("talk", get_kind (options), path, NULL);
  test_peer_assert (large, NULL, "open");
  for (guint i = 0; i < 3; i++)
    test_peer_assert (large, "fill 2000 10000", "done");
  test_peer_assert (large, "get a", "apple");
  test_peer_assert (peer, "get a", "apple");
  test_peer_assert (peer, "verify 2000 10000", "2000");
  test_peer_assert (peer, "put b pear", "done");
  test_peer_assert (large, "get b", "pear");
  test_peer_end_well (large);
  test_peer_end_well (peer);
}

static void
add (const char *name, GTestDataFunc func)
{
  g_autofree char *disposable = g_strdup_printf ("/limits/%s/disposable", name);
  g_autofree char *durable = g_strdup_printf ("/limits/%s/durable", name);

  g_test_add_data_func (disposable, &test_disposable, func);
  g_test_add_data_func (durable, &test_durable, func);
}

int
main (int argc, char **argv)
{
  vlive_test_init (&argc, &argv);

  add ("not-writable", test_limits_not_writable);
  add ("modes", test_limits_modes);
  add ("full-disk", test_limits_full_disk);
  add ("full-at-open", test_limits_full_at_open);
  add ("room-again", test_limits_room_again);
  add ("address-space", test_limits_address_space);

  return vlive_test_run ();
}
