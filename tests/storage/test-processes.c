/* test-processes.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "storage-fixture.h"

#include <fcntl.h>
#include <unistd.h>

/* Several processes with one storage. */

static const char *
get_kind (gconstpointer options)
{
  return options == &test_durable ? "durable" : "disposable";
}

static void
test_processes_share (gconstpointer options)
{
  g_autofree char *path = test_dup_path ("shared.mdb");
  VliveStorage *storage = _vlive_storage_open (path, options);
  g_autoptr (GSubprocess) peer = NULL;
  guint64 change;

  test_put (storage, "a", "apple");
  peer = test_peer_spawn ("talk", get_kind (options), path, NULL);
  test_peer_assert (peer, NULL, "open");
  for (guint i = 0; i < 100; i++)
    {
      g_autofree char *question = g_strdup_printf ("put b %u", i);
      g_autofree char *value = g_strdup_printf ("%u", i);

      change = _vlive_storage_get_change (storage);
      test_peer_assert (peer, question, "done");
      g_assert_cmpuint (_vlive_storage_get_change (storage), ==, change + 1);
      test_assert_get (storage, "b", value);
      test_put (storage, "a", value);
      test_peer_assert (peer, "get a", value);
    }
  test_peer_end_well (peer);
  test_assert_get (storage, "b", "99");
  test_close (storage);
  vlive_test_assert_all_gone ();
}

static void
count_cb (gpointer data)
{
  ++*(guint *) data;
}

/* Another process makes it larger than our map, and we follow. */
static void
test_processes_resized (void)
{
  g_autofree char *path = test_dup_path ("resized.mdb");
  VliveStorageOptions options = test_disposable;
  g_autoptr (GSubprocess) peer = NULL;
  VliveStorage *storage;

  options.map_size = 256 * 1024;
  storage = _vlive_storage_open (path, &options);
  test_put (storage, "a", "apple");
  peer = test_peer_spawn ("talk", "disposable", path, NULL);
  test_peer_assert (peer, NULL, "open");
  for (guint i = 1; i < 6; i++)
    {
      g_autofree char *fill = g_strdup_printf ("fill %u 5000", i * i * 100);

      test_peer_assert (peer, fill, "done");
      test_peer_assert (peer, "put b pear", "done");
      if (i % 2 == 0)
        test_put (storage, "a", "apricot");
      test_assert_get (storage, "b", "pear");
      test_assert_get (storage, "a", i < 2 ? "apple" : "apricot");
    }
  test_peer_end_well (peer);
  test_close (storage);
  vlive_test_assert_all_gone ();
}

typedef struct
{
  guint64 last;
  guint n_wrong;
} Hammered;

/* The last number, and the groups of the forty numbers up to it: whole, or one
 * of them is newer than what was acknowledged. */
static gboolean
hammered_job (VliveTxn *txn, gpointer data, GError **error)
{
  Hammered *hammered = data;
  g_autofree char *text = NULL;
  VliveSpan value;

  hammered->n_wrong = 0;
  hammered->last = 0;
  if (_vlive_txn_get_sealed (txn, 0, SPAN ("last"), &value))
    {
      text = g_strndup ((const char *) value.data, value.size);
      hammered->last = g_ascii_strtoull (text, NULL, 10);
    }
  for (guint64 n = hammered->last; n > 0 && n + 40 > hammered->last; n--)
    for (guint i = 0; i < 4; i++)
      {
        g_autofree char *key =
            g_strdup_printf ("group-%" G_GUINT64_FORMAT "-%u", n % 40, i);

        if (!_vlive_txn_get_sealed (txn, 0, SPAN (key), &value)
            || g_ascii_strtoull ((const char *) value.data, NULL, 10) != n)
          hammered->n_wrong++;
      }

  return _vlive_txn_n_corrupt (txn) == 0;
}

static void
assert_hammered (VliveStorage *storage, guint64 acknowledged)
{
  Hammered hammered;
  g_autoptr (GError) error = NULL;

  test_read (storage, hammered_job, &hammered, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (hammered.n_wrong, ==, 0);
  g_assert_cmpuint (hammered.last, >=, acknowledged);
}

/* Lets it write for a while, kills it, and gives the last it acknowledged. */
static guint64
hammer_and_kill (gconstpointer options, const char *path)
{
  g_autoptr (GSubprocess) peer =
      test_peer_spawn ("hammer", get_kind (options), path, NULL);
  guint n_lines = (guint) g_test_rand_int_range (1, 25);
  guint64 last = 0;
  char *line;

  test_peer_assert (peer, NULL, "open");
  for (guint i = 0; i < n_lines; i++)
    {
      line = test_peer_read_line (peer);
      g_assert_nonnull (line);
      last = g_ascii_strtoull (line, NULL, 10);
      g_free (line);
    }
  g_usleep ((gulong) g_test_rand_int_range (0, 300));
  test_peer_kill (peer);
  while ((line = test_peer_read_line (peer)) != NULL)
    {
      last = g_ascii_strtoull (line, NULL, 10);
      g_free (line);
    }

  return last;
}

/* kill -9 in the middle of it, fifty times while nobody else has it open and
 * fifty while we do: all that was acknowledged is there, and nothing is torn. */
static void
test_processes_kill (gconstpointer options)
{
  g_autofree char *path = test_dup_path ("killed.mdb");
  VliveStorage *storage;

  for (guint i = 0; i < 50; i++)
    {
      guint64 last = hammer_and_kill (options, path);

      storage = _vlive_storage_open (path, options);
      assert_hammered (storage, last);
      test_close (storage);
    }
  storage = _vlive_storage_open (path, options);
  for (guint i = 0; i < 50; i++)
    {
      assert_hammered (storage, hammer_and_kill (options, path));
      test_put (storage, "ours", "value");
    }
  test_close (storage);
  vlive_test_assert_all_gone ();
}

/* What a process that runs has not closed is not thrown away by one that
 * comes or goes; nor what one has left that was killed in this boot. */
static void
test_processes_open_elsewhere (void)
{
  g_autofree char *path = test_dup_path ("shared.mdb");
  g_autoptr (GSubprocess) first = test_peer_spawn ("talk", "disposable", path, NULL);
  g_autoptr (GSubprocess) second = NULL;
  VliveStorage *storage;

  test_peer_assert (first, NULL, "open");
  test_peer_assert (first, "put a apple", "done");
  for (guint i = 0; i < 3; i++)
    {
      storage = _vlive_storage_open (path, &test_disposable);
      test_assert_get (storage, "a", "apple");
      test_put (storage, "b", "pear");
      test_close (storage);
    }
  second = test_peer_spawn ("talk", "disposable", path, NULL);
  test_peer_assert (second, NULL, "open");
  test_peer_kill (first);
  test_peer_assert (second, "get a", "apple");
  test_peer_assert (second, "put a apricot", "done");
  storage = _vlive_storage_open (path, &test_disposable);
  test_assert_get (storage, "a", "apricot");
  test_peer_kill (second);
  test_put (storage, "c", "plum");
  test_close (storage);
  storage = _vlive_storage_open (path, &test_disposable);
  test_assert_get (storage, "a", "apricot");
  test_assert_get (storage, "c", "plum");
  test_close (storage);
  vlive_test_assert_all_gone ();
}

/* Another format is not thrown away under the program that uses it. */
static void
test_processes_other_format (void)
{
  g_autofree char *path = test_dup_path ("shared.mdb");
  g_autoptr (GSubprocess) peer = test_peer_spawn ("talk", "disposable", path, NULL);
  VliveStorageOptions options = test_disposable;
  g_autoptr (GError) error = NULL;
  VliveStorage *storage;

  test_peer_assert (peer, NULL, "open");
  test_peer_assert (peer, "put a apple", "done");
  options.version++;
  error = test_open_error (path, &options);
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_STORAGE);
  g_assert_nonnull (strstr (error->message, "another one has it open"));
  test_peer_assert (peer, "get a", "apple");
  test_peer_end_well (peer);

  vlive_test_expect ("*begun anew*");
  storage = _vlive_storage_open (path, &options);
  test_assert_get (storage, "a", NULL);
  test_close (storage);
  vlive_test_assert_all_gone ();
}

static void
damage_trees (const char *path)
{
  int fd = open (path, O_RDWR | O_CLOEXEC);
  gsize size = (gsize) lseek (fd, 0, SEEK_END);
  g_autofree char *zeros = g_malloc0 (4096);

  for (gsize offset = 8192; offset < size; offset += 4096)
    g_assert_cmpint (pwrite (fd, zeros, 4096, (off_t) offset), ==, 4096);
  close (fd);
}

/* Damage that is met while it runs: begun anew, with one warning, and the
 * other process goes along. */
static void
test_processes_heal (gconstpointer data)
{
  g_autofree char *path = test_dup_path ("healed.mdb");
  VliveStorage *storage = _vlive_storage_open (path, &test_disposable);
  g_autoptr (GSubprocess) peer = test_peer_spawn ("talk", "disposable", path, NULL);
  gboolean by_writing = GPOINTER_TO_INT (data);
  guint n_wakes = 0;
  guint64 change;

  test_peer_assert (peer, NULL, "open");
  test_put (storage, "a", "apple");
  test_peer_assert (peer, "get a", "apple");
  change = _vlive_storage_get_change (storage);
  _vlive_storage_watch (storage, count_cb, &n_wakes);

  damage_trees (path);
  vlive_test_expect ("*is damaged; it was thrown away and begun anew*");
  if (by_writing)
    test_put (storage, "b", "pear");
  test_assert_get (storage, "a", NULL);
  vlive_test_assert_expected ();
  g_assert_cmpuint (_vlive_storage_get_change (storage), >, change);
  VLIVE_TEST_WAIT (n_wakes > 0);

  test_peer_assert (peer, "get a", "done");
  test_peer_assert (peer, "put a apricot", "done");
  test_assert_get (storage, "a", "apricot");
  test_put (storage, "b", "plum");
  test_peer_assert (peer, "get b", "plum");
  test_peer_end_well (peer);
  test_close (storage);
  storage = _vlive_storage_open (path, &test_disposable);
  test_assert_get (storage, "b", "plum");
  test_close (storage);
  vlive_test_assert_all_gone ();
}

static gboolean
get_job (VliveTxn *txn, gpointer data, GError **error)
{
  VliveSpan value;

  _vlive_txn_get (txn, 0, SPAN ("a"), &value);

  return TRUE;
}

static gboolean
put_job (VliveTxn *txn, gpointer data, GError **error)
{
  _vlive_txn_put (txn, 0, SPAN ("b"), SPAN ("pear"));

  return TRUE;
}

static void
test_processes_damaged_database (void)
{
  g_autofree char *path = test_dup_path ("damaged.mdb");
  VliveStorage *storage = _vlive_storage_open (path, &test_durable);
  g_autoptr (GError) error = NULL;

  test_put (storage, "a", "apple");
  damage_trees (path);
  g_assert_false (test_read (storage, get_job, NULL, &error));
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_CORRUPT);
  g_clear_error (&error);
  g_assert_false (test_write (storage, put_job, NULL, &error));
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_CORRUPT);
  g_clear_error (&error);
  test_close (storage);
  error = test_open_error (path, &test_durable);
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_CORRUPT);
  vlive_test_assert_all_gone ();
}

/* A PID namespace of its own, in which the program is number 1. The leak
 * sanitizer would not find its threads in the /proc of another. */
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

  return test_is_root () ? as_root : as_user;
}

static void
test_processes_same_pid (gconstpointer options)
{
  g_autofree char *path = test_dup_path ("shared.mdb");
  g_autofree char *refusal = NULL;
  g_autoptr (GSubprocess) first = NULL;
  g_autoptr (GSubprocess) second = NULL;
  VliveStorage *storage;

  first =
      test_peer_spawn_under (get_sandbox (), "talk", get_kind (options), path, NULL);
  test_peer_assert (first, NULL, "open");
  test_peer_assert (first, "put a apple", "done");
  second =
      test_peer_spawn_under (get_sandbox (), "talk", get_kind (options), path, NULL);
  refusal = test_peer_read_line (second);
  g_assert_true (g_str_has_prefix (refusal, "error 9 "));
  g_assert_nonnull (strstr (refusal, "is open in another sandbox"));
  g_assert_nonnull (strstr (refusal, "close it there first"));
  test_peer_end_well (second);

  /* The first is none the worse, nor is one with another number. */
  test_peer_assert (first, "put b pear", "done");
  storage = _vlive_storage_open (path, options);
  test_assert_get (storage, "b", "pear");
  test_put (storage, "a", "apricot");
  test_peer_assert (first, "get a", "apricot");
  test_close (storage);
  test_peer_end_well (first);
  vlive_test_assert_all_gone ();
}

/* Of the table of readers: how many slots are of process @pid. Another process
 * looks: were we to close the file, all our locks on it would go. */
static guint
count_slots (const char *path, guint32 pid)
{
  g_autofree char *lock = g_strconcat (path, "-lock", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) cat =
      g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, "cat", lock, NULL);
  g_autoptr (GBytes) bytes = NULL;
  const guint8 *data;
  gsize size;
  guint n = 0;

  g_assert_no_error (error);
  g_assert_true (g_subprocess_communicate (cat, NULL, NULL, &bytes, NULL, &error));
  data = g_bytes_get_data (bytes, &size);
  g_assert_cmpuint (size, >=, 8192);
  for (gsize offset = 128; offset + 64 <= size; offset += 64)
    {
      guint32 slot;

      memcpy (&slot, data + offset + 8, sizeof slot);
      n += slot == pid;
    }

  return n;
}

/* A program in a sandbox that was killed comes again with the same number; what
 * it left in the table of readers does not hold back anything. */
static void
test_processes_inherited_slots (void)
{
  g_autofree char *path = test_dup_path ("shared.mdb");
  VliveStorage *storage = _vlive_storage_open (path, &test_disposable);
  g_autoptr (GSubprocess) first = NULL;
  g_autoptr (GSubprocess) second = NULL;

  test_put (storage, "a", "apple");
  first = test_peer_spawn_under (get_sandbox (), "talk", "disposable", path, NULL);
  test_peer_assert (first, NULL, "open");
  g_assert_cmpuint (count_slots (path, 1), ==, 2);
  test_peer_kill (first);
  test_peer_assert (first, NULL, NULL); /* and what is in the sandbox has gone */
  g_assert_cmpuint (count_slots (path, 1), ==, 2);
  second = test_peer_spawn_under (get_sandbox (), "talk", "disposable", path, NULL);
  test_peer_assert (second, NULL, "open");
  test_peer_assert (second, "get a", "apple");
  g_assert_cmpuint (count_slots (path, 1), ==, 2);
  test_peer_end_well (second);
  g_assert_cmpuint (count_slots (path, 1), ==, 0);
  test_close (storage);
  vlive_test_assert_all_gone ();
}

/* Readers that were killed are cleared when somebody opens it. */
static void
test_processes_stale_readers (void)
{
  g_autofree char *path = test_dup_path ("shared.mdb");
  VliveStorage *storage = _vlive_storage_open (path, &test_disposable);
  g_autoptr (GSubprocess) first = test_peer_spawn ("talk", "disposable", path, NULL);
  g_autoptr (GSubprocess) second = NULL;
  guint32 pid = (guint32) atoi (g_subprocess_get_identifier (first));

  test_peer_assert (first, NULL, "open");
  g_assert_cmpuint (count_slots (path, pid), ==, 2);
  test_peer_kill (first);
  g_assert_cmpuint (count_slots (path, pid), ==, 2);
  second = test_peer_spawn ("talk", "disposable", path, NULL);
  test_peer_assert (second, NULL, "open");
  g_assert_cmpuint (count_slots (path, pid), ==, 0);
  test_peer_end_well (second);
  test_close (storage);
  vlive_test_assert_all_gone ();
}

static void
add (const char *name, GTestDataFunc func)
{
  g_autofree char *disposable = g_strdup_printf ("/processes/%s/disposable", name);
  g_autofree char *durable = g_strdup_printf ("/processes/%s/durable", name);

  g_test_add_data_func (disposable, &test_disposable, func);
  g_test_add_data_func (durable, &test_durable, func);
}

int
main (int argc, char **argv)
{
  vlive_test_init (&argc, &argv);

  add ("share", test_processes_share);
  add ("kill", test_processes_kill);
  add ("same-pid", test_processes_same_pid);
  g_test_add_func ("/processes/resized", test_processes_resized);
  g_test_add_func ("/processes/open-elsewhere", test_processes_open_elsewhere);
  g_test_add_func ("/processes/other-format", test_processes_other_format);
  g_test_add_data_func ("/processes/heal/reading", GINT_TO_POINTER (FALSE),
                        test_processes_heal);
  g_test_add_data_func ("/processes/heal/writing", GINT_TO_POINTER (TRUE),
                        test_processes_heal);
  g_test_add_func ("/processes/damaged-database", test_processes_damaged_database);
  g_test_add_func ("/processes/inherited-slots", test_processes_inherited_slots);
  g_test_add_func ("/processes/stale-readers", test_processes_stale_readers);

  return vlive_test_run ();
}
