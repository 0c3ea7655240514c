/* test-trust.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "storage-fixture.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "storage/vlive-pages-private.h"

/* Files that are not, or no longer, what they should be when they are opened. */

#define N_VALUES 40
#define VALUE_SIZE 3000

static gboolean
fill_job (VliveTxn *txn, gpointer data, GError **error)
{
  g_autofree char *value = g_strnfill (VALUE_SIZE, 'f');

  for (guint i = 0; i < N_VALUES; i++)
    {
      char key[16];

      g_snprintf (key, sizeof key, "fill-%06u", i);
      /* Some within the tree, some on pages of their own. */
      _vlive_txn_put_sealed (txn, 1, SPAN (key), SPAN (value));
      _vlive_txn_put_sealed (txn, 0, SPAN (key), SPAN (key));
    }

  return TRUE;
}

/* Cleanly closed. Owned. */
static char *
make_file (const VliveStorageOptions *options)
{
  char *path = test_dup_path ("file.mdb");
  VliveStorage *storage = _vlive_storage_open (path, options);
  g_autoptr (GError) error = NULL;

  g_assert_true (test_write (storage, fill_job, NULL, &error));
  /* So that there are free pages too. */
  g_assert_true (test_write (storage, fill_job, NULL, &error));
  g_assert_no_error (error);
  test_close (storage);

  return path;
}

/* As somebody else would write to it, later. */
static void
damage (const char *path, gsize offset, const char *bytes, gsize size)
{
  int fd = open (path, O_RDWR | O_CLOEXEC);
  struct timespec times[2] = { { 0, UTIME_NOW }, { 0, UTIME_NOW } };

  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (pwrite (fd, bytes, size, (off_t) offset), ==, (gssize) size);
  times[0].tv_nsec = times[1].tv_nsec = 0;
  times[0].tv_sec = times[1].tv_sec = g_get_real_time () / G_USEC_PER_SEC + 60;
  g_assert_cmpint (futimens (fd, times), ==, 0);
  close (fd);
}

static gsize
get_size (const char *path)
{
  struct stat info;

  g_assert_cmpint (stat (path, &info), ==, 0);

  return (gsize) info.st_size;
}

/* Not synced: there are many. */
static void
write_file (const char *path, const char *contents, gsize size)
{
  FILE *file = fopen (path, "we");

  g_assert_nonnull (file);
  g_assert_cmpuint (fwrite (contents, 1, size, file), ==, size);
  g_assert_cmpint (fclose (file), ==, 0);
}

static void
copy_file (const char *from, const char *to)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *contents = NULL;
  gsize size;

  g_file_get_contents (from, &contents, &size, &error);
  g_assert_no_error (error);
  write_file (to, contents, size);
}

static void
copy_storage (const char *from, const char *to)
{
  g_autofree char *from_wake = g_strconcat (from, "-wake", NULL);
  g_autofree char *to_wake = g_strconcat (to, "-wake", NULL);

  copy_file (from, to);
  copy_file (from_wake, to_wake);
}

/* A fresh one that works, after one warning. */
static void
assert_begun_anew (const char *path, const char *pattern)
{
  VliveStorage *storage;

  vlive_test_expect (pattern);
  storage = _vlive_storage_open (path, &test_disposable);
  test_assert_get (storage, "fill-000001", NULL);
  vlive_test_assert_expected ();
  test_put (storage, "new", "value");
  test_assert_get (storage, "new", "value");
  test_close (storage);
  storage = _vlive_storage_open (path, &test_disposable);
  test_assert_get (storage, "new", "value");
  test_close (storage);
}

static void
assert_refused (const char *path, const char *pattern)
{
  g_autoptr (GError) error = test_open_error (path, &test_durable);

  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_CORRUPT);
  g_assert_true (g_pattern_match_simple (pattern, error->message));
  g_assert_nonnull (strstr (error->message, "put a good copy in its place"));
  g_assert_nonnull (strstr (error->message, path));
}

static void
test_trust_clean (gconstpointer options)
{
  g_autofree char *path = make_file (options);
  g_autofree char *copy = test_dup_path ("copy.mdb");
  VliveStorage *storage;

  for (guint i = 0; i < 3; i++)
    {
      storage = _vlive_storage_open (path, options);
      test_assert_get (storage, "fill-000001", "fill-000001");
      test_close (storage);
    }
  /* Touched, as a copy is, but whole. */
  copy_storage (path, copy);
  storage = _vlive_storage_open (copy, options);
  test_assert_get (storage, "fill-000001", "fill-000001");
  test_close (storage);
  vlive_test_assert_all_gone ();
}

static void
test_trust_truncated (gconstpointer options)
{
  g_autofree char *path = make_file (options);
  gsize size = get_size (path);
  const gsize sizes[] = { 0,    1,    100,   4096,     5000,
                          8191, 8192, 12288, size / 2, size - 8192 };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autofree char *copy = test_dup_path ("copy.mdb");

      copy_storage (path, copy);
      g_assert_cmpint (truncate (copy, (off_t) sizes[i]), ==, 0);
      if (options == &test_disposable)
        assert_begun_anew (copy, "*begun anew*");
      else
        {
          assert_refused (copy, "*");
          /* It was left alone. */
          g_assert_cmpuint (get_size (copy), ==, sizes[i]);
        }
    }
  vlive_test_assert_all_gone ();
}

static void
test_trust_foreign (gconstpointer options)
{
  g_autofree char *path = test_dup_path ("foreign.mdb");
  g_autofree char *wake = g_strconcat (path, "-wake", NULL);
  g_autofree char *text = g_strnfill (20000, 'x');

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  if (options == &test_disposable)
    assert_begun_anew (path, "*is not a file of this kind; it was thrown away*");
  else
    {
      assert_refused (path, "*is not a file of this kind*");
      /* Nothing was left beside somebody else's file. */
      g_assert_false (g_file_test (wake, G_FILE_TEST_EXISTS));
    }
  vlive_test_assert_all_gone ();
}

static void
test_trust_other_kind (gconstpointer options)
{
  static const struct
  {
    guint32 magic;
    guint32 version;
  } others[] = { { TEST_MAGIC + 1, TEST_VERSION },
                 { TEST_MAGIC, TEST_VERSION + 1 },
                 { TEST_MAGIC, TEST_VERSION - 1 } };

  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    {
      VliveStorageOptions other = *(const VliveStorageOptions *) options;
      g_autofree char *path = NULL;

      other.magic = others[i].magic;
      other.version = others[i].version;
      path = make_file (&other);
      if (options == &test_disposable)
        assert_begun_anew (path, "*begun anew*");
      else
        assert_refused (path, i == 0
                                  ? "*is not a file of this kind*"
                                  : "*has format ?, and this program knows format 3*");
    }
  vlive_test_assert_all_gone ();
}

/* Every page in turn is zeroed, or filled with noise. What opens is right: a
 * value is as it was, or is missed. */
static void
check_damaged_page (const VliveStorageOptions *options,
                    const char *path,
                    gsize page,
                    const char *bytes)
{
  g_autofree char *copy = test_dup_path ("copy.mdb");
  g_autoptr (GSubprocess) peer = NULL;
  g_autofree char *output = NULL;
  g_autofree char *errors = NULL;
  g_autofree char *first = NULL;
  g_autofree char *verified = NULL;

  copy_storage (path, copy);
  damage (copy, page * 4096, bytes, 4096);
  peer = test_peer_spawn ("talk", options == &test_durable ? "durable" : "disposable",
                          copy, NULL);
  first = test_peer_read_line (peer);
  if (options == &test_durable && g_str_has_prefix (first, "error"))
    g_assert_true (g_pattern_match_simple ("error 13 *", first));
  else
    {
      g_assert_cmpstr (first, ==, "open");
      verified = test_peer_ask (peer, "verify %d %d", N_VALUES, VALUE_SIZE);
      g_assert_cmpint (atoi (verified), <=, N_VALUES);
    }
  test_peer_end (peer, &output, &errors);
  g_assert_true (g_subprocess_get_successful (peer));
  /* Either it was thrown away, and said so, or a value was left out, and said
   * so, or the page was of no use to anybody. */
  if (g_strcmp0 (verified, "0") == 0)
    g_assert_nonnull (strstr (errors, "begun anew"));
  else if (verified != NULL && atoi (verified) < N_VALUES)
    g_assert_nonnull (strstr (errors, "was left out"));
  else
    g_assert_cmpstr (errors, ==, "");
}

static void
test_trust_damaged (gconstpointer options)
{
  g_autofree char *path = make_file (options);
  g_autofree char *zeros = g_malloc0 (4096);
  g_autofree char *noise = g_malloc (4096);

  for (guint i = 0; i < 4096; i++)
    noise[i] = (char) g_test_rand_int ();
  for (gsize page = 0; page < get_size (path) / 4096; page++)
    check_damaged_page (options, path, page, page % 2 == 0 ? zeros : noise);
  vlive_test_assert_all_gone ();
}

static gboolean
set_boot_id (const char *path, const char *id)
{
  g_autofree char *wake = g_strconcat (path, "-wake", NULL);
  g_autofree char *contents = NULL;
  gsize size;
  char *place;

  if (!g_file_get_contents (wake, &contents, &size, NULL))
    return FALSE;
  place = memmem (contents, size, "-", 1);
  g_assert_nonnull (place);
  memcpy (place - 8, id, 8);

  return g_file_set_contents (wake, contents, (gssize) size, NULL);
}

/* Killed: trusted in the same boot, for the machine has all that was written;
 * not in another one. */
static void
test_trust_unclean (gconstpointer options)
{
  g_autofree char *path = test_dup_path ("file.mdb");
  const char *kind = options == &test_durable ? "durable" : "disposable";
  VliveStorage *storage;

  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GSubprocess) peer = test_peer_spawn ("talk", kind, path, NULL);

      test_peer_assert (peer, NULL, "open");
      test_peer_assert (peer, "put a apple", "done");
      test_peer_kill (peer);
      if (i == 0)
        {
          storage = _vlive_storage_open (path, options);
          test_assert_get (storage, "a", "apple");
          test_close (storage);
        }
    }
  if (options == &test_disposable)
    {
      g_assert_true (set_boot_id (path, "00000000"));
      assert_begun_anew (path,
                         "*was open when the machine stopped; it was thrown away*");
    }
  else
    {
      /* What is synced needs no such mark. */
      storage = _vlive_storage_open (path, options);
      test_assert_get (storage, "a", "apple");
      test_close (storage);
    }
  vlive_test_assert_all_gone ();
}

/* Without the file beside it nothing is known of an unsynced one. */
static void
test_trust_unknown (gconstpointer options)
{
  g_autofree char *path = make_file (options);
  g_autofree char *wake = g_strconcat (path, "-wake", NULL);
  VliveStorage *storage;

  g_assert_cmpint (g_unlink (wake), ==, 0);
  if (options == &test_disposable)
    assert_begun_anew (path, "*was left nobody knows how; it was thrown away*");
  else
    {
      storage = _vlive_storage_open (path, options);
      test_assert_get (storage, "fill-000001", "fill-000001");
      test_close (storage);
    }
  /* And garbage in it is nothing known. */
  g_assert_true (g_file_set_contents (wake, "garbage", -1, NULL));
  if (options == &test_disposable)
    assert_begun_anew (path, "*was left nobody knows how; it was thrown away*");
  else
    {
      storage = _vlive_storage_open (path, options);
      test_assert_get (storage, "fill-000001", "fill-000001");
      test_close (storage);
    }
  vlive_test_assert_all_gone ();
}

static void
test_trust_not_ours (gconstpointer options)
{
  g_autofree char *path = make_file (options);
  g_autofree char *link_path = g_strconcat (path, "-link", NULL);
  g_autofree char *folder = test_dup_path ("folder");
  g_autofree char *missing = test_dup_path ("missing.mdb");
  VliveStorageOptions must_exist = *(const VliveStorageOptions *) options;
  g_autoptr (GError) error = NULL;

  /* Under another name it would have other locks. */
  g_assert_cmpint (link (path, link_path), ==, 0);
  error = test_open_error (path, options);
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_UNSUPPORTED);
  g_clear_error (&error);
  g_unlink (link_path);

  g_mkdir (folder, 0700);
  error = test_open_error (folder, options);
  if (options == &test_durable)
    g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_CORRUPT);
  else
    g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_STORAGE);
  g_clear_error (&error);

  must_exist.must_exist = TRUE;
  error = test_open_error (missing, &must_exist);
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_NOT_FOUND);
  g_assert_false (g_file_test (missing, G_FILE_TEST_EXISTS));
  vlive_test_assert_all_gone ();
}

static void
add (const char *name, GTestDataFunc func)
{
  g_autofree char *disposable = g_strdup_printf ("/trust/%s/disposable", name);
  g_autofree char *durable = g_strdup_printf ("/trust/%s/durable", name);

  g_test_add_data_func (disposable, &test_disposable, func);
  g_test_add_data_func (durable, &test_durable, func);
}

int
main (int argc, char **argv)
{
  vlive_test_init (&argc, &argv);

  add ("clean", test_trust_clean);
  add ("truncated", test_trust_truncated);
  add ("foreign", test_trust_foreign);
  add ("other-kind", test_trust_other_kind);
  add ("damaged", test_trust_damaged);
  add ("unclean", test_trust_unclean);
  add ("unknown", test_trust_unknown);
  add ("not-ours", test_trust_not_ours);

  return vlive_test_run ();
}
