/* test-storage.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "storage-fixture.h"

#include <unistd.h>

static void
test_storage_basics (gconstpointer data)
{
  g_autofree char *path = test_dup_path ("a/b/c.mdb");
  VliveStorage *storage = _vlive_storage_open (path, data);
  guint64 change;

  g_assert_cmpstr (_vlive_storage_get_path (storage), ==, path);
  g_assert_cmpuint (_vlive_storage_n_open (), ==, 1);
  test_assert_get (storage, "a", NULL);
  change = _vlive_storage_get_change (storage);
  g_assert_cmpuint (change, >, 0);
  test_put (storage, "a", "apple");
  g_assert_cmpuint (_vlive_storage_get_change (storage), ==, change + 1);
  test_assert_get (storage, "a", "apple");
  test_put (storage, "a", "apricot");
  test_assert_get (storage, "a", "apricot");
  test_close (storage);
  g_assert_cmpuint (_vlive_storage_n_open (), ==, 0);

  storage = _vlive_storage_open (path, data);
  test_assert_get (storage, "a", "apricot");
  test_put (storage, "a", NULL);
  test_assert_get (storage, "a", NULL);
  test_close (storage);
  vlive_test_assert_all_gone ();
}

/* What the other functions of a transaction say. */
static gboolean
functions_job (VliveTxn *txn, gpointer data, GError **error)
{
  guint64 used = _vlive_txn_used_bytes (txn);
  guint8 *room;
  VliveSpan value;

  _vlive_txn_clear (txn, 0);
  _vlive_txn_clear (txn, 1);
  g_assert_cmpuint (_vlive_txn_count (txn, 0), ==, 0);
  _vlive_txn_put (txn, 0, SPAN ("empty"), VLIVE_SPAN ("", 0));
  g_assert_true (_vlive_txn_get (txn, 0, SPAN ("empty"), &value));
  g_assert_cmpuint (value.size, ==, 0);
  g_assert_nonnull (value.data);
  room = _vlive_txn_reserve (txn, 0, SPAN ("room"), 20000);
  g_assert_nonnull (room);
  memset (room, 'r', 20000);
  g_assert_true (_vlive_txn_get (txn, 0, SPAN ("room"), &value));
  g_assert_cmpuint (value.size, ==, 20000);
  g_assert_cmpint (value.data[19999], ==, 'r');
  g_assert_cmpuint (_vlive_txn_count (txn, 0), ==, 2);
  g_assert_cmpuint (_vlive_txn_count (txn, 1), ==, 0);
  g_assert_cmpuint (_vlive_txn_used_bytes (txn), >=, used + 20000);
  g_assert_false (_vlive_txn_get (txn, 1, SPAN ("room"), &value));
  g_assert_null (value.data);
  g_assert_true (_vlive_txn_delete (txn, 0, SPAN ("room")));
  g_assert_false (_vlive_txn_delete (txn, 0, SPAN ("room")));
  g_assert_false (_vlive_txn_has_failed (txn));

  return TRUE;
}

static void
test_storage_functions (void)
{
  g_autofree char *path = test_dup_path ("functions.mdb");
  VliveStorage *storage = _vlive_storage_open (path, &test_disposable);
  g_autoptr (GError) error = NULL;

  g_assert_true (test_write (storage, functions_job, NULL, &error));
  g_assert_no_error (error);
  test_put (storage, "a", "apple");
  g_assert_true (test_write (storage, functions_job, NULL, &error));
  g_assert_no_error (error);
  test_close (storage);
  vlive_test_assert_all_gone ();
}

static void
count_wake_cb (gpointer data)
{
  ++*(guint *) data;
}

static gboolean
inline_job (VliveTxn *txn, gpointer data, GError **error)
{
  VliveSpan value;

  return _vlive_txn_get (txn, 0, SPAN ("a"), &value);
}

/* One environment a file, whatever it is called. */
static void
test_storage_names (void)
{
  g_autofree char *folder = vlive_test_dup_folder ();
  g_autofree char *path = g_build_filename (folder, "real.mdb", NULL);
  g_autofree char *link_folder = g_strconcat (folder, "-link", NULL);
  g_autofree char *link_file = g_build_filename (folder, "link.mdb", NULL);
  g_autofree char *through_folder = g_build_filename (link_folder, "real.mdb", NULL);
  g_autofree char *dotted = g_strdup_printf ("%s/./x/../real.mdb", folder);
  VliveStorage *a, *b, *c, *d;
  guint n_wakes = 0;
  guint watch;

  g_assert_cmpint (symlink (folder, link_folder), ==, 0);
  g_assert_cmpint (symlink ("real.mdb", link_file), ==, 0);
  a = _vlive_storage_open (path, &test_durable);
  b = _vlive_storage_open (dotted, &test_durable);
  g_assert_true (a == b);
  _vlive_storage_unref (b);
  test_put (a, "a", "apple");

  c = _vlive_storage_open (through_folder, &test_durable);
  d = _vlive_storage_open (link_file, &test_durable);
  g_assert_true (a != c && c != d);
  test_assert_get (c, "a", "apple");
  test_assert_get (d, "a", "apple");
  watch = _vlive_storage_watch (d, count_wake_cb, &n_wakes);
  test_wait_open (d);
  g_assert_cmpuint (_vlive_storage_get_change (c), ==, _vlive_storage_get_change (a));
  test_put (c, "c", "cherry");
  test_assert_get (a, "c", "cherry");
  VLIVE_TEST_WAIT (n_wakes == 1);
  _vlive_storage_unwatch (d, watch);
  g_assert_true (_vlive_storage_read_inline (d, inline_job, NULL, NULL));
  g_assert_cmpuint (_vlive_storage_n_open (), ==, 3);

  /* It is closed when the last of its names is. */
  test_close (a);
  test_assert_get (c, "c", "cherry");
  test_put (d, "d", "date");
  test_close (c);
  test_assert_get (d, "d", "date");
  test_close (d);
  g_assert_cmpuint (_vlive_storage_n_open (), ==, 0);
  vlive_test_assert_all_gone ();
}

static gboolean
put_pair_job (VliveTxn *txn, gpointer data, GError **error)
{
  const char **pair = data;

  _vlive_txn_put_sealed (txn, 0, SPAN (pair[0]), SPAN (pair[1]));

  return TRUE;
}

/* Opened again while it is being closed: it waits on its own thread, and sees
 * what was written last. */
static void
test_storage_reopen (gconstpointer options)
{
  g_autofree char *path = test_dup_path ("reopen.mdb");
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 30; i++)
    {
      VliveStorage *storage = _vlive_storage_open (path, options);
      g_autofree char *value = g_strdup_printf ("%u", i);
      const char *pair[] = { "a", value };
      GAsyncResult *result = NULL;

      if (i > 0)
        {
          g_autofree char *before = g_strdup_printf ("%u", i - 1);

          test_assert_get (storage, "a", before);
        }
      /* Given and let go: what was asked for is done before it closes. */
      _vlive_storage_write_async (storage, put_pair_job, pair, NULL, NULL,
                                  vlive_test_result_cb, &result);
      _vlive_storage_unref (storage);
      VLIVE_TEST_WAIT (result != NULL);
      g_assert_true (_vlive_storage_finish (result, NULL, &error));
      g_assert_no_error (error);
      g_clear_object (&result);
    }
  vlive_test_assert_all_gone ();
}

static void
closed_cb (gpointer data)
{
  ++*(guint *) data;
}

static void
test_storage_close (void)
{
  g_autofree char *path = test_dup_path ("close.mdb");
  VliveStorage *storage = _vlive_storage_open (path, &test_disposable);
  guint n_closed = 0;

  /* Not the last: told at once, and it stays open. */
  _vlive_storage_ref (storage);
  _vlive_storage_close (storage, closed_cb, &n_closed);
  g_assert_cmpuint (n_closed, ==, 0);
  VLIVE_TEST_WAIT (n_closed == 1);
  test_put (storage, "a", "apple");
  /* Before it was even open. */
  test_close (storage);
  storage = _vlive_storage_open (path, &test_disposable);
  _vlive_storage_close (storage, closed_cb, &n_closed);
  VLIVE_TEST_WAIT (n_closed == 2);
  g_assert_cmpint (_vlive_census_get (VLIVE_CENSUS_STORAGE), ==, 0);
  vlive_test_assert_all_gone ();
}

/* Nothing is left: no descriptor, no thread, no mapping. */
static guint
count_maps (const char *path)
{
  g_autofree char *maps = NULL;
  guint n = 0;

  g_assert_true (g_file_get_contents ("/proc/self/maps", &maps, NULL, NULL));
  for (const char *at = maps; (at = strstr (at, path)) != NULL; at++)
    n++;

  return n;
}

/* Dropped before it was opened, while others come and go. */
static void
test_storage_dropped_at_once (void)
{
  for (guint i = 0; i < 200; i++)
    {
      g_autofree char *path = test_dup_path ("file.mdb");
      g_autofree char *inside = g_build_filename (path, "file.mdb", NULL);

      _vlive_storage_unref (_vlive_storage_open (path, &test_disposable));
      _vlive_storage_unref (_vlive_storage_open (inside, &test_disposable));
      _vlive_storage_unref (_vlive_storage_open (path, &test_disposable));
    }
  vlive_test_assert_all_gone ();
  g_assert_cmpuint (_vlive_storage_n_open (), ==, 0);
}

static void
test_storage_nothing_left (gconstpointer options)
{
  g_autofree char *path = test_dup_path ("left.mdb");
  guint n_descriptors = 0;

  for (guint i = 0; i < 5; i++)
    {
      VliveStorage *storage = _vlive_storage_open (path, options);
      guint n_wakes = 0;

      _vlive_storage_watch (storage, count_wake_cb, &n_wakes);
      test_put (storage, "a", "apple");
      VLIVE_TEST_WAIT (n_wakes > 0);
      g_assert_cmpuint (count_maps (path), >, 0);
      /* Still watched. */
      test_close (storage);
      vlive_test_assert_all_gone ();
      g_assert_cmpuint (count_maps (path), ==, 0);
      if (i == 0)
        n_descriptors = vlive_test_n_descriptors ();
      g_assert_cmpuint (vlive_test_n_descriptors (), ==, n_descriptors);
    }
}

int
main (int argc, char **argv)
{
  vlive_test_init (&argc, &argv);

  g_test_add_data_func ("/storage/basics/disposable", &test_disposable,
                        test_storage_basics);
  g_test_add_data_func ("/storage/basics/durable", &test_durable, test_storage_basics);
  g_test_add_func ("/storage/functions", test_storage_functions);
  g_test_add_func ("/storage/names", test_storage_names);
  g_test_add_data_func ("/storage/reopen/disposable", &test_disposable,
                        test_storage_reopen);
  g_test_add_data_func ("/storage/reopen/durable", &test_durable, test_storage_reopen);
  g_test_add_func ("/storage/close", test_storage_close);
  g_test_add_func ("/storage/dropped-at-once", test_storage_dropped_at_once);
  g_test_add_data_func ("/storage/nothing-left/disposable", &test_disposable,
                        test_storage_nothing_left);
  g_test_add_data_func ("/storage/nothing-left/durable", &test_durable,
                        test_storage_nothing_left);

  return vlive_test_run ();
}
