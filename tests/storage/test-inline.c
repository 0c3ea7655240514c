/* test-inline.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "storage-fixture.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "storage/vlive-pin-private.h"

/* Reading on the owner's thread: only what needs no waiting. */

#define VALUE_SIZE 15000

typedef struct
{
  guint first;
  guint n;
  guint fill; /* what the values are made of */
  guint n_found;
  guint n_runs;
} Range;

static void
set_key (char *key, guint i)
{
  g_snprintf (key, 16, "key-%08u", i);
}

static gboolean
put_job (VliveTxn *txn, gpointer data, GError **error)
{
  Range *range = data;
  g_autofree char *value = g_strnfill (VALUE_SIZE, (char) ('a' + range->fill));

  for (guint i = range->first; i < range->first + range->n; i++)
    {
      char key[16];

      set_key (key, i);
      _vlive_txn_put_sealed (txn, 0, SPAN (key), SPAN (value));
    }

  return TRUE;
}

/* Whole values, of one kind of letters. */
static gboolean
get_job (VliveTxn *txn, gpointer data, GError **error)
{
  Range *range = data;

  range->n_runs++;
  range->n_found = 0;
  for (guint i = range->first; i < range->first + range->n; i++)
    {
      char key[16];
      VliveSpan value;

      set_key (key, i);
      if (!_vlive_txn_get_sealed (txn, 0, SPAN (key), &value))
        continue;
      g_assert_cmpuint (value.size, ==, VALUE_SIZE);
      g_assert_cmpint (value.data[0], ==, value.data[VALUE_SIZE - 1]);
      range->fill = value.data[0] - 'a';
      range->n_found++;
    }

  return TRUE;
}

static void
put (VliveStorage *storage, guint first, guint n, guint fill)
{
  Range range = { first, n, fill };
  g_autoptr (GError) error = NULL;

  test_write (storage, put_job, &range, &error);
  g_assert_no_error (error);
}

static void
assert_read (VliveStorage *storage, guint first, guint n, guint n_found)
{
  Range range = { first, n };
  g_autoptr (GError) error = NULL;

  test_read (storage, get_job, &range, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (range.n_found, ==, n_found);
}

static void
assert_inline (VliveStorage *storage, guint first, guint n, guint n_found)
{
  Range range = { first, n };
  g_autoptr (GError) error = NULL;

  g_assert_true (_vlive_storage_read_inline (storage, get_job, &range, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (range.n_found, ==, n_found);
}

static void
assert_refused (VliveStorage *storage, guint first, guint n)
{
  Range range = { first, n };
  g_autoptr (GError) error = NULL;

  g_assert_false (_vlive_storage_read_inline (storage, get_job, &range, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
}

static void
test_inline_located (gconstpointer options)
{
  g_autofree char *path = test_dup_path ("inline.mdb");
  VliveStorage *storage = _vlive_storage_open (path, options);

  /* Not open yet, or if it is, nothing was located. */
  assert_refused (storage, 0, 1);
  put (storage, 0, 10, 0);
  test_close (storage);

  storage = _vlive_storage_open (path, options);
  test_wait_open (storage);
  assert_refused (storage, 0, 1);
  assert_read (storage, 0, 5, 5);
  assert_inline (storage, 0, 5, 5);
  assert_inline (storage, 3, 1, 1);
  assert_refused (storage, 5, 1);
  assert_refused (storage, 4, 2);
  /* What we wrote ourselves we have located, wherever it went. */
  put (storage, 7, 1, 1);
  assert_inline (storage, 7, 1, 1);
  put (storage, 3, 1, 2);
  assert_inline (storage, 3, 1, 1);
  /* So we have what was looked for and is not there. */
  assert_refused (storage, 100, 1);
  assert_read (storage, 100, 1, 0);
  assert_inline (storage, 100, 1, 0);
  put (storage, 100, 1, 0);
  assert_inline (storage, 100, 1, 1);
  test_close (storage);
  vlive_test_assert_all_gone ();
}

static gboolean
failing_job (VliveTxn *txn, gpointer data, GError **error)
{
  if (data != NULL)
    g_set_error_literal (error, VLIVE_ERROR, VLIVE_ERROR_INVALID, "on purpose");

  return FALSE;
}

static gboolean
id_job (VliveTxn *txn, gpointer data, GError **error)
{
  *(guint64 *) data = _vlive_txn_get_id (txn);

  return TRUE;
}

static void
test_inline_results (void)
{
  g_autofree char *path = test_dup_path ("inline.mdb");
  VliveStorage *storage = _vlive_storage_open (path, &test_disposable);
  g_autoptr (GError) error = NULL;
  guint64 id = 0;

  put (storage, 0, 1, 0);
  g_assert_false (_vlive_storage_read_inline (storage, failing_job, storage, &error));
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_false (_vlive_storage_read_inline (storage, failing_job, NULL, &error));
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_FAILED);
  g_clear_error (&error);
  g_assert_true (_vlive_storage_read_inline (storage, id_job, &id, &error));
  g_assert_cmpuint (id, ==, _vlive_storage_get_change (storage));
  test_close (storage);
  vlive_test_assert_all_gone ();
}

/* Where this process has mapped the file, but for the little that is held in
 * memory: out of our tables, so that it can be dropped. */
static void
forget_map (const char *path)
{
  FILE *maps = fopen ("/proc/self/maps", "re");
  char line[4096];
  guint n = 0;

  while (fgets (line, sizeof line, maps) != NULL)
    {
      guintptr from, to;

      if (strstr (line, path) == NULL || !g_str_has_suffix (g_strchomp (line), path)
          || sscanf (line, "%" G_GINTPTR_MODIFIER "x-%" G_GINTPTR_MODIFIER "x", &from,
                     &to)
                 != 2
          || to - from < 1 << 20)
        continue;
      g_assert_cmpint (madvise ((void *) from, to - from, MADV_DONTNEED), ==, 0);
      n++;
    }
  fclose (maps);
  g_assert_cmpuint (n, ==, 1);
}

/* Drops the file from memory. On some file systems (tmpfs) there is nothing
 * else it could be in; TRUE if it has gone. */
static gboolean
evict (const char *path)
{
  int fd = open (path, O_RDONLY | O_CLOEXEC);
  gsize size = (gsize) lseek (fd, 0, SEEK_END);
  gboolean resident;
  void *map;

  fsync (fd);
  forget_map (path);
  posix_fadvise (fd, 0, 0, POSIX_FADV_DONTNEED);
  map = mmap (NULL, size, PROT_READ, MAP_SHARED, fd, 0);
  resident = _vlive_span_is_resident ((guint8 *) map + size / 2, size / 4);
  munmap (map, size);
  close (fd);

  return !resident;
}

static glong
get_major_faults (void)
{
  struct rusage usage;

  getrusage (RUSAGE_THREAD, &usage);

  return usage.ru_majflt;
}

/* What was located and has gone from memory is refused, and not touched. */
static void
test_inline_evicted (void)
{
  g_autofree char *folder =
      g_strdup_printf ("%s/inline-XXXXXX", g_test_get_dir (G_TEST_BUILT));
  g_autofree char *path = NULL;
  VliveStorage *storage;
  glong faults;
  gboolean gone;

  g_assert_nonnull (g_mkdtemp (folder));
  path = g_build_filename (folder, "inline.mdb", NULL);
  storage = _vlive_storage_open (path, &test_durable);
  put (storage, 0, 300, 0);
  assert_read (storage, 0, 300, 300);
  assert_inline (storage, 0, 300, 300);

  gone = evict (path);
  /* What was in memory counts as such for 4 ms. */
  vlive_test_spin (20);
  faults = get_major_faults ();
  for (guint i = 0; i < 300; i++)
    {
      if (gone)
        assert_refused (storage, i, 1);
      else
        assert_inline (storage, i, 1, 1);
    }
  g_assert_cmpuint (_vlive_storage_get_change (storage), >, 0);
  g_assert_cmpint (get_major_faults (), ==, faults);
  assert_read (storage, 10, 5, 5);
  assert_inline (storage, 10, 5, 5);
  if (gone)
    assert_refused (storage, 200, 1);
  g_assert_cmpint (get_major_faults (), ==, faults);
  test_close (storage);
  vlive_test_remove_tree (folder);
  vlive_test_assert_all_gone ();
}

/* While another process writes flat out: each read is of one moment, none is
 * older than the one before, none faults, and next to none waits. */
static void
test_inline_busy (void)
{
  g_autofree char *path = test_dup_path ("inline.mdb");
  VliveStorage *storage = _vlive_storage_open (path, &test_disposable);
  g_autoptr (GSubprocess) peer = NULL;
  VliveMeterReading reading;
  gboolean metering;
  guint64 last = 0;
  guint n_read = 0;

  put (storage, 0, 20, 0);
  peer = test_peer_spawn ("hammer", "disposable", path, NULL);
  test_peer_assert (peer, NULL, "open");
  metering = _vlive_meter_start ();
  for (guint i = 0; i < 5000; i++)
    {
      VLIVE_METER_SPAN ("inline");
      guint64 id = 0;
      Range range = { 0, 20 };

      if (_vlive_storage_read_inline (storage, id_job, &id, NULL))
        {
          g_assert_cmpuint (id, >=, last);
          last = id;
        }
      if (_vlive_storage_read_inline (storage, get_job, &range, NULL))
        {
          g_assert_cmpuint (range.n_found, ==, 20);
          n_read++;
        }
    }
  if (metering)
    {
      _vlive_meter_stop (&reading);
      g_assert_cmpuint (reading.n_spans, ==, 5000);
      g_assert_cmpuint (reading.major_faults, ==, 0);
      g_assert_cmpuint (reading.waits, <, 100);
    }
  test_peer_kill (peer);
  g_assert_cmpuint (n_read, >, 2500);
  test_close (storage);
  vlive_test_assert_all_gone ();
}

/* Neither a transaction that writes nor one that reads, nor a map that waits to
 * grow, keeps the owner's thread. */
static void
test_inline_beside_others (void)
{
  g_autofree char *path = test_dup_path ("inline.mdb");
  VliveStorageOptions options = test_disposable;
  GAsyncResult *results[3] = { NULL };
  TestLatch reading = { 0 };
  TestLatch writing = { 0 };
  Range range = { 0, 100, 3 };
  VliveStorage *storage;

  options.map_size = 512 * 1024;
  storage = _vlive_storage_open (path, &options);
  put (storage, 0, 10, 0);
  _vlive_storage_read_async (storage, test_latch_job, &reading, NULL, NULL,
                             vlive_test_result_cb, &results[0]);
  _vlive_storage_write_async (storage, test_latch_job, &writing, NULL, NULL,
                              vlive_test_result_cb, &results[1]);
  test_latch_wait (&reading);
  test_latch_wait (&writing);
  assert_inline (storage, 0, 10, 10);
  test_latch_open (&writing);
  /* This one fills the map, which cannot grow before the reader has ended. */
  _vlive_storage_write_async (storage, put_job, &range, NULL, NULL,
                              vlive_test_result_cb, &results[2]);
  for (guint i = 0; i < 20; i++)
    {
      Range seen = { 0, 10 };

      if (_vlive_storage_read_inline (storage, get_job, &seen, NULL))
        g_assert_cmpuint (seen.fill, ==, 0);
      vlive_test_turn ();
    }
  g_assert_null (results[2]);
  test_latch_open (&reading);
  for (guint i = 0; i < 3; i++)
    {
      VLIVE_TEST_WAIT (results[i] != NULL);
      g_assert_true (_vlive_storage_finish (results[i], NULL, NULL));
      g_clear_object (&results[i]);
    }
  assert_read (storage, 0, 100, 100);
  assert_inline (storage, 0, 100, 100);
  test_close (storage);
  vlive_test_assert_all_gone ();
}

typedef struct
{
  VliveStorage *storage;
  gint stop;
  gint n_read;
} Reader;

static gpointer
reader_thread (gpointer data)
{
  Reader *reader = data;

  while (!g_atomic_int_get (&reader->stop))
    {
      Range range = { 0, 20 };

      if (_vlive_storage_read_inline (reader->storage, get_job, &range, NULL))
        {
          g_assert_cmpuint (range.n_found, ==, 20);
          g_atomic_int_inc (&reader->n_read);
        }
    }

  return NULL;
}

/* From several threads, while the map grows again and again. */
static void
test_inline_threads (void)
{
  g_autofree char *path = test_dup_path ("inline.mdb");
  VliveStorageOptions options = test_disposable;
  Reader reader = { NULL };
  GThread *threads[3];

  options.map_size = 512 * 1024;
  reader.storage = _vlive_storage_open (path, &options);
  put (reader.storage, 0, 20, 0);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("test-reader", reader_thread, &reader);
  for (guint i = 1; i < 60; i++)
    put (reader.storage, i % 2 == 0 ? 0 : 20 * i, 20, i % 26);
  VLIVE_TEST_WAIT (g_atomic_int_get (&reader.n_read) > 100);
  g_atomic_int_set (&reader.stop, TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  test_close (reader.storage);
  vlive_test_assert_all_gone ();
}

int
main (int argc, char **argv)
{
  vlive_test_init (&argc, &argv);

  g_test_add_data_func ("/inline/located/disposable", &test_disposable,
                        test_inline_located);
  g_test_add_data_func ("/inline/located/durable", &test_durable, test_inline_located);
  g_test_add_func ("/inline/results", test_inline_results);
  g_test_add_func ("/inline/evicted", test_inline_evicted);
  g_test_add_func ("/inline/busy", test_inline_busy);
  g_test_add_func ("/inline/beside-others", test_inline_beside_others);
  g_test_add_func ("/inline/threads", test_inline_threads);

  return vlive_test_run ();
}
