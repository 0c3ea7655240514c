/* test-places.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "vlive-test.h"

#include <glib/gstdio.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "storage/vlive-places-private.h"

static void
assert_below (char *folder, const char *variable)
{
  g_autofree char *expected = g_build_filename (g_getenv (variable), "vlive", NULL);

  g_assert_cmpstr (folder, ==, expected);
  g_free (folder);
}

static void
test_places_folders (void)
{
  assert_below (_vlive_places_dup_cache_folder (), "XDG_CACHE_HOME");
  assert_below (_vlive_places_dup_state_folder (), "XDG_STATE_HOME");
  assert_below (_vlive_places_dup_data_folder (), "XDG_DATA_HOME");
}

static guint
get_mode (const char *path)
{
  struct stat info;

  g_assert_cmpint (stat (path, &info), ==, 0);

  return info.st_mode & 0777;
}

static void
test_places_ensure (void)
{
  g_autofree char *root = vlive_test_dup_folder ();
  g_autofree char *middle = g_build_filename (root, "a", NULL);
  g_autofree char *folder = g_build_filename (middle, "b", "c", NULL);
  g_autofree char *file = g_build_filename (folder, "file", NULL);
  g_autofree char *below_file = g_build_filename (file, "d", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (_vlive_places_ensure_folder (folder, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (get_mode (middle), ==, 0700);
  g_assert_cmpuint (get_mode (folder), ==, 0700);
  /* What is there stays as it is. */
  g_chmod (folder, 0750);
  g_assert_true (_vlive_places_ensure_folder (folder, &error));
  g_assert_cmpuint (get_mode (folder), ==, 0750);

  g_assert_true (g_file_set_contents (file, "", 0, NULL));
  g_assert_false (_vlive_places_ensure_folder (below_file, &error));
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_STORAGE);
  g_assert_nonnull (strstr (error->message, below_file));
}

static void
test_places_kinds (void)
{
  static const struct
  {
    guint64 type;
    const char *name;
  } kinds[] = {
    { NFS_SUPER_MAGIC, "NFS" },   { SMB_SUPER_MAGIC, "SMB" },
    { CIFS_SUPER_MAGIC, "CIFS" }, { SMB2_SUPER_MAGIC, "SMB" },
    { FUSE_SUPER_MAGIC, "FUSE" }, { V9FS_MAGIC, "9P" },
    { CEPH_SUPER_MAGIC, "Ceph" }, { AFS_SUPER_MAGIC, "AFS" },
    { AFS_FS_MAGIC, "AFS" },      { CODA_SUPER_MAGIC, "Coda" },
    { NCP_SUPER_MAGIC, "NCP" },   { OCFS2_SUPER_MAGIC, "OCFS2" },
    { EXT4_SUPER_MAGIC, NULL },   { BTRFS_SUPER_MAGIC, NULL },
    { XFS_SUPER_MAGIC, NULL },    { F2FS_SUPER_MAGIC, NULL },
    { TMPFS_MAGIC, NULL },        { OVERLAYFS_SUPER_MAGIC, NULL },
    { MSDOS_SUPER_MAGIC, NULL },  { 0, NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    g_assert_cmpstr (_vlive_places_get_foreign_kind (kinds[i].type), ==, kinds[i].name);
  /* On some machines f_type is signed, and so is what comes of it. */
  g_assert_cmpstr (_vlive_places_get_foreign_kind ((guint64) (gint32) 0xff534d42), ==,
                   "CIFS");
}

/* Whatever the machine's file systems are, the answer is that of their kind:
 * the nearest folder that exists is asked about what does not exist yet. */
static void
test_places_can_hold (void)
{
  g_autofree char *folder = vlive_test_dup_folder ();
  g_autofree char *missing = g_build_filename (folder, "not", "there", "yet.mdb", NULL);
  const char *paths[] = { folder, missing, "/", "/proc/self/fd", "/dev/shm" };

  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autoptr (GError) error = NULL;
      struct statfs info;
      gboolean can;

      if (statfs (paths[i] == missing ? folder : paths[i], &info) != 0)
        continue;
      can = _vlive_places_can_hold_storage (paths[i], &error);
      g_assert_cmpint (can, ==,
                       _vlive_places_get_foreign_kind ((guint64) info.f_type) == NULL);
      if (can)
        g_assert_no_error (error);
      else
        g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_UNSUPPORTED);
    }
}

static void
test_places_too_long (void)
{
  g_autofree char *name = g_strnfill (300, 'x');
  g_autofree char *folder = vlive_test_dup_folder ();
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_false (_vlive_places_can_hold_storage (path, &error));
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_STORAGE);
}

int
main (int argc, char **argv)
{
  vlive_test_init (&argc, &argv);

  g_test_add_func ("/places/folders", test_places_folders);
  g_test_add_func ("/places/ensure", test_places_ensure);
  g_test_add_func ("/places/kinds", test_places_kinds);
  g_test_add_func ("/places/can-hold", test_places_can_hold);
  g_test_add_func ("/places/too-long", test_places_too_long);

  return vlive_test_run ();
}
