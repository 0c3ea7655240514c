/* test-pages.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "storage-fixture.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "storage/vlive-pages-layout-private.h"

#define N_VALUES 300

/* A file with branches, overflow pages, free pages and an empty database. */
static char *
dup_value (guint i)
{
  return g_strnfill (i % 10 == 0 ? 9000 : 20 + i % 60, (char) ('a' + i % 26));
}

static gboolean
fill_job (VliveTxn *txn, gpointer data, GError **error)
{
  for (guint i = 0; i < N_VALUES; i++)
    {
      g_autofree char *key = g_strdup_printf ("key-%05u-%*s", i, (int) (i % 40), "");
      g_autofree char *value = dup_value (i);

      _vlive_txn_put (txn, 0, SPAN (key), SPAN (value));
    }

  return TRUE;
}

static char *
make_file (void)
{
  char *path = test_dup_path ("pages.mdb");
  VliveStorage *storage = _vlive_storage_open (path, &test_durable);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 3; i++)
    g_assert_true (test_write (storage, fill_job, NULL, &error));
  g_assert_no_error (error);
  test_close (storage);

  return path;
}

static const char *
check (const char *path)
{
  int fd = open (path, O_RDONLY | O_CLOEXEC);
  const char *fault;
  VliveHead head;

  g_assert_cmpint (fd, >=, 0);
  fault = _vlive_pages_read_head (fd, &head);
  if (fault == NULL)
    fault = _vlive_pages_check (fd, &head);
  close (fd);

  return fault;
}

static void
test_pages_whole (void)
{
  g_autofree char *path = make_file ();
  VliveStorage *storage;

  g_assert_cmpstr (check (path), ==, NULL);
  storage = _vlive_storage_open (path, &test_durable);
  /* Also while it is open, and after many changes. */
  for (guint i = 0; i < 50; i++)
    {
      g_autofree char *key = g_strdup_printf ("k%u", i * 7 % 11);
      g_autofree char *value = g_strnfill (i * 977 % 20000, 'v');

      test_put (storage, key, i % 5 == 4 ? NULL : value);
      g_assert_cmpstr (check (path), ==, NULL);
    }
  test_close (storage);
  g_assert_cmpstr (check (path), ==, NULL);
  vlive_test_assert_all_gone ();
}

typedef struct
{
  char *path; /* owned */
  guint8 *map;
  gsize size;
} File;

static File
map_file (const char *path)
{
  File file = { g_strdup (path) };
  int fd = open (path, O_RDWR | O_CLOEXEC);

  g_assert_cmpint (fd, >=, 0);
  file.size = (gsize) lseek (fd, 0, SEEK_END);
  file.map = mmap (NULL, file.size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  g_assert_true (file.map != MAP_FAILED);
  close (fd);

  return file;
}

static void
unmap_file (File *file)
{
  munmap (file->map, file->size);
  g_free (file->path);
}

static VlivePageMeta *
newest_meta (File *file)
{
  VlivePageMeta *metas[2];

  for (guint i = 0; i < 2; i++)
    metas[i] = (VlivePageMeta *) (file->map + i * 4096 + sizeof (VlivePageHeader));

  return metas[metas[1]->txn > metas[0]->txn];
}

static VlivePageHeader *
root_of (File *file, guint tree)
{
  return (VlivePageHeader *) (file->map + newest_meta (file)->trees[tree].root * 4096);
}

/* Each is a sort of damage. */
static void
break_magic (File *file)
{
  newest_meta (file)->magic++;
}

static void
break_version (File *file)
{
  newest_meta (file)->version++;
}

static void
break_page_size (File *file)
{
  newest_meta (file)->trees[0].pad = 0;
}

static void
break_page_sizes (File *file)
{
  newest_meta (file)->trees[0].pad = 8192;
}

static void
break_last_page (File *file)
{
  newest_meta (file)->last_page = G_MAXSIZE;
}

static void
break_last_page_low (File *file)
{
  newest_meta (file)->last_page = 3;
}

static void
break_root (File *file)
{
  newest_meta (file)->trees[1].root = 1;
}

static void
break_root_high (File *file)
{
  newest_meta (file)->trees[1].root = 1 << 20;
}

static void
break_root_none (File *file)
{
  newest_meta (file)->trees[1].root = VLIVE_PAGES_NO_ROOT;
}

static void
break_depth (File *file)
{
  newest_meta (file)->trees[1].depth++;
}

static void
break_entries (File *file)
{
  newest_meta (file)->trees[1].n_entries++;
}

static void
break_tree_flags (File *file)
{
  newest_meta (file)->trees[1].flags = 4;
}

static void
break_free_root (File *file)
{
  newest_meta (file)->trees[0].root = newest_meta (file)->trees[1].root;
}

static void
break_page_number (File *file)
{
  root_of (file, 1)->number++;
}

static void
break_page_flags (File *file)
{
  root_of (file, 1)->flags = VLIVE_PAGE_BRANCH;
}

static void
break_lower (File *file)
{
  root_of (file, 1)->u.room.lower = 4094;
}

static void
break_lower_odd (File *file)
{
  root_of (file, 1)->u.room.lower++;
}

static void
break_upper (File *file)
{
  root_of (file, 1)->u.room.upper = 65535;
}

static void
break_no_nodes (File *file)
{
  root_of (file, 1)->u.room.lower = sizeof (VlivePageHeader);
}

static guint16 *
offsets (VlivePageHeader *page)
{
  return (guint16 *) (page + 1);
}

static void
break_offset (File *file)
{
  offsets (root_of (file, 1))[0] = 65535;
}

static void
break_offset_low (File *file)
{
  offsets (root_of (file, 1))[0] = 16;
}

static void
break_order (File *file)
{
  guint16 *list = offsets (root_of (file, 1));
  guint16 first = list[0];

  list[0] = list[1];
  list[1] = first;
}

static guint8 *
node_of (VlivePageHeader *page, guint index)
{
  return (guint8 *) page + offsets (page)[index];
}

static void
break_key_size (File *file)
{
  node_of (root_of (file, 1), 0)[7] = 255;
}

static void
break_empty_key (File *file)
{
  node_of (root_of (file, 1), 0)[6] = 0;
}

static void
break_value_size (File *file)
{
  node_of (root_of (file, 1), 0)[2] = 255;
}

static void
break_node_flags (File *file)
{
  node_of (root_of (file, 1), 0)[4] = 4;
}

/* The record of a database: "one" is the first. */
static VlivePageTree *
tree_of_one (File *file)
{
  guint8 *node = node_of (root_of (file, 1), 0);

  return (VlivePageTree *) (node + 8 + 3);
}

static void
break_subtree_flags (File *file)
{
  VlivePageTree tree;

  memcpy (&tree, tree_of_one (file), sizeof tree);
  tree.flags = 4;
  memcpy (tree_of_one (file), &tree, sizeof tree);
}

static void
break_subtree_root (File *file)
{
  VlivePageTree tree;

  memcpy (&tree, tree_of_one (file), sizeof tree);
  tree.root = newest_meta (file)->trees[1].root;
  memcpy (tree_of_one (file), &tree, sizeof tree);
}

static VlivePageHeader *
branch_of_one (File *file)
{
  VlivePageTree tree;

  memcpy (&tree, tree_of_one (file), sizeof tree);

  return (VlivePageHeader *) (file->map + tree.root * 4096);
}

static void
break_branch_child (File *file)
{
  node_of (branch_of_one (file), 1)[0] = node_of (branch_of_one (file), 0)[0];
}

static void
break_branch_key (File *file)
{
  node_of (branch_of_one (file), 1)[8] = 'z';
}

static void
break_branch_key_low (File *file)
{
  node_of (branch_of_one (file), 1)[8] = 'a';
}

static void
break_branch_alone (File *file)
{
  branch_of_one (file)->u.room.lower = sizeof (VlivePageHeader) + 2;
}

/* In use or not: what follows an overflow page's first has no header. */
static void
break_overflow (File *file, guint by_number, guint by_count)
{
  for (gsize i = 2; i < file->size / 4096; i++)
    {
      VlivePageHeader *page = (VlivePageHeader *) (file->map + i * 4096);

      if (page->number != i || page->flags != VLIVE_PAGE_OVERFLOW)
        continue;
      page->number += by_number;
      page->u.n_pages += by_count;
    }
}

static void
break_overflow_number (File *file)
{
  break_overflow (file, 1, 0);
}

static void
break_overflow_count (File *file)
{
  break_overflow (file, 0, 1);
}

/* A page that is in use is said to be free. */
static void
break_free_page (File *file)
{
  VlivePageHeader *page = root_of (file, 0);
  guint8 *node = node_of (page, 0);
  gsize n, used = newest_meta (file)->trees[1].root;

  memcpy (&n, node + 16, sizeof n);
  g_assert_cmpuint (n, >, 0);
  memcpy (node + 16 + 8 * n, &used, sizeof used);
}

static void
break_free_count (File *file)
{
  node_of (root_of (file, 0), 0)[16 + 7] = 1;
}

static void
break_free_txn (File *file)
{
  node_of (root_of (file, 0), 0)[8 + 7] = 1;
}

static void
test_pages_broken (void)
{
  static const struct
  {
    const char *name;
    void (*func) (File *file);
  } breakages[] = {
    { "magic", break_magic },
    { "version", break_version },
    { "page-size", break_page_size },
    { "page-sizes", break_page_sizes },
    { "last-page", break_last_page },
    { "last-page-low", break_last_page_low },
    { "root", break_root },
    { "root-high", break_root_high },
    { "root-none", break_root_none },
    { "depth", break_depth },
    { "entries", break_entries },
    { "tree-flags", break_tree_flags },
    { "free-root", break_free_root },
    { "page-number", break_page_number },
    { "page-flags", break_page_flags },
    { "lower", break_lower },
    { "lower-odd", break_lower_odd },
    { "upper", break_upper },
    { "no-nodes", break_no_nodes },
    { "offset", break_offset },
    { "offset-low", break_offset_low },
    { "order", break_order },
    { "key-size", break_key_size },
    { "empty-key", break_empty_key },
    { "value-size", break_value_size },
    { "node-flags", break_node_flags },
    { "subtree-flags", break_subtree_flags },
    { "subtree-root", break_subtree_root },
    { "branch-child", break_branch_child },
    { "branch-key", break_branch_key },
    { "branch-key-low", break_branch_key_low },
    { "branch-alone", break_branch_alone },
    { "overflow-number", break_overflow_number },
    { "overflow-count", break_overflow_count },
    { "free-page", break_free_page },
    { "free-count", break_free_count },
    { "free-txn", break_free_txn },
  };
  g_autofree char *path = make_file ();
  g_autofree char *contents = NULL;
  File file = map_file (path);
  gsize size;

  g_assert_true (g_file_get_contents (path, &contents, &size, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (breakages); i++)
    {
      memcpy (file.map, contents, size);
      g_assert_cmpstr (check (path), ==, NULL);
      breakages[i].func (&file);
      g_test_message ("%s", breakages[i].name);
      g_assert_nonnull (check (path));
    }
  unmap_file (&file);
  vlive_test_assert_all_gone ();
}

/* Whatever a few bytes are changed to, looking does no harm; and what looks
 * whole can be opened and read by LMDB. */
static void
test_pages_noise (void)
{
  g_autofree char *path = make_file ();
  g_autofree char *contents = NULL;
  File file = map_file (path);
  guint n_whole = 0;
  gsize size;

  g_assert_true (g_file_get_contents (path, &contents, &size, NULL));
  for (guint i = 0; i < 3000; i++)
    {
      guint n = (guint) g_test_rand_int_range (1, 6);

      memcpy (file.map, contents, size);
      for (guint j = 0; j < n; j++)
        {
          /* Mostly where pages begin, and where nodes are. */
          gsize page = (gsize) g_test_rand_int_range (0, (gint32) (size / 4096));
          gsize range = g_test_rand_bit () ? 48 : 4096;

          file.map[page * 4096 + (gsize) g_test_rand_int_range (0, (gint32) range)] =
              (guint8) g_test_rand_int ();
        }
      if (check (path) == NULL && n_whole++ % 40 == 0)
        {
          g_autoptr (GSubprocess) peer =
              test_peer_spawn ("talk", "durable", path, NULL);

          test_peer_assert (peer, NULL, "open");
          test_peer_assert (peer, "walk", "done");
          test_peer_end_well (peer);
        }
    }
  unmap_file (&file);
  g_assert_cmpuint (n_whole, >, 0);
  g_assert_cmpuint (n_whole, <, 3000);
  vlive_test_assert_all_gone ();
}

static void
test_pages_find (void)
{
  g_autofree char *path = make_file ();
  File file = map_file (path);
  VliveResident resident = { 0 };
  VlivePagesView view = { file.map, .resident = &resident };
  guint64 change = _vlive_pages_get_change (file.map, 4096);
  VliveSpan span;

  g_assert_cmpuint (change, ==, newest_meta (&file)->txn);
  g_assert_true (_vlive_pages_view_txn (&view, file.map, 4096, change));
  for (guint i = 0; i < N_VALUES; i++)
    {
      g_autofree char *key = g_strdup_printf ("key-%05u-%*s", i, (int) (i % 40), "");
      g_autofree char *beside = g_strconcat (key, "!", NULL);
      g_autofree char *value = dup_value (i);

      g_assert_cmpint (_vlive_pages_find (&view, "one", SPAN (key), &span), ==,
                       VLIVE_FIND_FOUND);
      g_assert_cmpmem (span.data, span.size, value, strlen (value));
      g_assert_true (_vlive_pages_get_map (span.data, 4096) == file.map || i % 10 == 0);
      g_assert_cmpint (_vlive_pages_find (&view, "one", SPAN (beside), &span), ==,
                       VLIVE_FIND_ABSENT);
    }
  g_assert_cmpint (_vlive_pages_find (&view, "one", SPAN ("a"), &span), ==,
                   VLIVE_FIND_ABSENT);
  g_assert_cmpint (_vlive_pages_find (&view, "one", SPAN ("z"), &span), ==,
                   VLIVE_FIND_ABSENT);
  g_assert_cmpint (_vlive_pages_find (&view, "two", SPAN ("a"), &span), ==,
                   VLIVE_FIND_ABSENT);
  g_assert_cmpint (_vlive_pages_find (&view, "six", SPAN ("a"), &span), ==,
                   VLIVE_FIND_UNSURE);
  /* The head of an older transaction has been written over. */
  g_assert_true (_vlive_pages_view_txn (&view, file.map, 4096, change - 1));
  g_assert_false (_vlive_pages_view_txn (&view, file.map, 4096, change - 2));
  unmap_file (&file);
  vlive_test_assert_all_gone ();
}

/* On a damaged file it is unsure, or finds what it may; it never leaves it. */
static void
test_pages_find_noise (void)
{
  g_autofree char *path = make_file ();
  g_autofree char *contents = NULL;
  gsize size;

  g_assert_true (g_file_get_contents (path, &contents, &size, NULL));
  for (guint i = 0; i < 300; i++)
    {
      File file = map_file (path);
      VliveResident resident = { 0 };
      VlivePagesView view = { file.map, .resident = &resident };

      memcpy (file.map, contents, size);
      g_assert_true (_vlive_pages_view_txn (&view, file.map, 4096,
                                            _vlive_pages_get_change (file.map, 4096)));
      view.n_pages = MIN (view.n_pages, size / 4096);
      for (gsize j = 8192; j < size; j += 4096)
        for (guint k = 0; k < 6; k++)
          file.map[j + (gsize) g_test_rand_int_range (0, k < 4 ? 64 : 4096)] =
              (guint8) g_test_rand_int ();
      for (guint j = 0; j < N_VALUES; j++)
        {
          g_autofree char *key =
              g_strdup_printf ("key-%05u-%*s", j, (int) (j % 40), "");
          VliveSpan span = { NULL, 0 };

          if (_vlive_pages_find (&view, "one", SPAN (key), &span) == VLIVE_FIND_FOUND)
            {
              g_assert_true (span.data >= file.map);
              g_assert_true (span.data + span.size <= file.map + size);
            }
        }
      unmap_file (&file);
    }
  vlive_test_assert_all_gone ();
}

int
main (int argc, char **argv)
{
  vlive_test_init (&argc, &argv);

  g_test_add_func ("/pages/whole", test_pages_whole);
  g_test_add_func ("/pages/broken", test_pages_broken);
  g_test_add_func ("/pages/noise", test_pages_noise);
  g_test_add_func ("/pages/find", test_pages_find);
  g_test_add_func ("/pages/find-noise", test_pages_find_noise);

  return vlive_test_run ();
}
