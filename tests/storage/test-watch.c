/* test-watch.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "storage-fixture.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include "storage/vlive-hub-private.h"

static void
count_cb (gpointer data)
{
  ++*(guint *) data;
}

static void
test_watch_wake (gconstpointer options)
{
  g_autofree char *path = test_dup_path ("wake.mdb");
  VliveStorage *storage = _vlive_storage_open (path, options);
  g_autoptr (GSubprocess) peer =
      test_peer_spawn ("talk", options == &test_durable ? "durable" : "disposable",
                       path, NULL);
  const gint64 poll_us = _vlive_hub_poll_us;
  guint n_wakes = 0;
  guint watch;

  /* Whatever is heard of is heard of by inotify. */
  _vlive_hub_poll_us = G_TIME_SPAN_HOUR;
  test_peer_assert (peer, NULL, "open");
  test_wait_open (storage);
  watch = _vlive_storage_watch (storage, count_cb, &n_wakes);
  test_peer_assert (peer, "watch", "done");
  for (guint i = 1; i <= 20; i++)
    {
      g_autofree char *question = g_strdup_printf ("put a %u", i);
      guint before = n_wakes;

      test_peer_assert (peer, question, "done");
      VLIVE_TEST_WAIT (n_wakes > before);
    }
  g_assert_cmpuint (n_wakes, ==, 20);
  /* Its own commits woke the peer too; and so do ours. */
  test_put (storage, "b", "1");
  for (gboolean woken = FALSE; !woken;)
    {
      g_autofree char *answer = test_peer_ask (peer, "wakes");

      woken = atoi (answer) >= 2;
    }
  VLIVE_TEST_WAIT (n_wakes == 21);
  _vlive_storage_unwatch (storage, watch);
  test_peer_assert (peer, "put a end", "done");
  test_assert_get (storage, "a", "end");
  g_assert_cmpuint (n_wakes, ==, 21);
  _vlive_hub_poll_us = poll_us;
  test_peer_end_well (peer);
  test_close (storage);
  vlive_test_assert_all_gone ();
}

/* A commit whose wake-up never comes is found by the slow poll. The peer's goes
 * to another file, for ours has lost its name. */
static void
test_watch_poll (void)
{
  g_autofree char *path = test_dup_path ("poll.mdb");
  g_autofree char *wake = g_strconcat (path, "-wake", NULL);
  VliveStorage *storage = _vlive_storage_open (path, &test_durable);
  g_autoptr (GSubprocess) peer = NULL;
  guint n_wakes = 0;

  test_wait_open (storage);
  _vlive_storage_watch (storage, count_cb, &n_wakes);
  g_assert_cmpint (g_unlink (wake), ==, 0);
  peer = test_peer_spawn ("talk", "durable", path, NULL);
  test_peer_assert (peer, NULL, "open");
  test_peer_assert (peer, "put a apple", "done");
  VLIVE_TEST_WAIT (n_wakes == 1);
  test_peer_end_well (peer);
  test_close (storage);
  vlive_test_assert_all_gone ();
}

/* Without inotify the poll is quicker, and does it alone. */
static void
test_watch_no_inotify (void)
{
  g_autofree char *path = test_dup_path ("poll.mdb");
  VliveStorage *storage = _vlive_storage_open (path, &test_disposable);
  struct rlimit before, limits;
  guint n_wakes = 0;
  int fd;

  test_wait_open (storage);
  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &before), ==, 0);
  fd = open ("/dev/null", O_RDONLY | O_CLOEXEC);
  limits = before;
  limits.rlim_cur = (rlim_t) fd; /* the lowest that is free */
  close (fd);
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &limits), ==, 0);
  _vlive_storage_watch (storage, count_cb, &n_wakes);
  test_put (storage, "a", "apple");
  VLIVE_TEST_WAIT (n_wakes == 1);
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &before), ==, 0);
  test_close (storage);
  vlive_test_assert_all_gone ();
}

/* Who watches may come and go inside a call. */
typedef struct
{
  VliveStorage *storage;
  guint watches[3];
  guint n_calls[3];
} Watchers;

static void
third_cb (gpointer data)
{
  Watchers *watchers = data;

  watchers->n_calls[2]++;
}

static void
second_cb (gpointer data)
{
  Watchers *watchers = data;

  watchers->n_calls[1]++;
}

static void
first_cb (gpointer data)
{
  Watchers *watchers = data;

  if (watchers->n_calls[0]++ > 0)
    return;
  _vlive_storage_unwatch (watchers->storage, watchers->watches[1]);
  watchers->watches[2] = _vlive_storage_watch (watchers->storage, third_cb, watchers);
}

static void
test_watch_inside (void)
{
  g_autofree char *path = test_dup_path ("watch.mdb");
  Watchers watchers = { _vlive_storage_open (path, &test_disposable) };

  /* Before it is open: opening it is no change. */
  watchers.watches[0] = _vlive_storage_watch (watchers.storage, first_cb, &watchers);
  watchers.watches[1] = _vlive_storage_watch (watchers.storage, second_cb, &watchers);
  test_wait_open (watchers.storage);
  vlive_test_spin (30);
  g_assert_cmpuint (watchers.n_calls[0], ==, 0);
  test_put (watchers.storage, "a", "apple");
  VLIVE_TEST_WAIT (watchers.n_calls[0] == 1);
  test_put (watchers.storage, "a", "apricot");
  VLIVE_TEST_WAIT (watchers.n_calls[0] == 2 && watchers.n_calls[2] > 0);
  g_assert_cmpuint (watchers.n_calls[1], ==, 0);
  /* Reading, and writing that changes nothing, wake nobody. */
  watchers.n_calls[0] = 0;
  test_assert_get (watchers.storage, "a", "apricot");
  test_put (watchers.storage, "missing", NULL);
  vlive_test_spin (30);
  g_assert_cmpuint (watchers.n_calls[0], ==, 0);
  _vlive_storage_unwatch (watchers.storage, watchers.watches[0]);
  _vlive_storage_unwatch (watchers.storage, watchers.watches[2]);
  test_put (watchers.storage, "a", "avocado");
  vlive_test_spin (30);
  g_assert_cmpuint (watchers.n_calls[0], ==, 0);
  test_close (watchers.storage);
  vlive_test_assert_all_gone ();
}

int
main (int argc, char **argv)
{
  vlive_test_init (&argc, &argv);

  g_test_add_data_func ("/watch/wake/disposable", &test_disposable, test_watch_wake);
  g_test_add_data_func ("/watch/wake/durable", &test_durable, test_watch_wake);
  g_test_add_func ("/watch/poll", test_watch_poll);
  g_test_add_func ("/watch/no-inotify", test_watch_no_inotify);
  g_test_add_func ("/watch/inside", test_watch_inside);

  return vlive_test_run ();
}
