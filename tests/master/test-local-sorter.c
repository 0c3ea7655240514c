/* test-local-sorter.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "vlive-test.h"

#include <glib/gstdio.h>

#include "master/vlive-local-sorter-private.h"

typedef struct
{
  char key[16];
  guint64 number;
} Pair;

static int
compare_pairs (gconstpointer a, gconstpointer b)
{
  const Pair *x = a;
  const Pair *y = b;
  int result = strcmp (x->key, y->key);

  return result != 0 ? result : (x->number > y->number) - (x->number < y->number);
}

/* The same as sorting an array, however little memory there is. */
static void
sort_random (gsize memory, guint n, gboolean expect_runs)
{
  g_autofree char *folder = vlive_test_dup_folder ();
  g_autoptr (VliveLocalSorter) sorter = _vlive_local_sorter_new (folder, memory);
  g_autofree Pair *pairs = g_new0 (Pair, MAX (n, 1));
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) dir = NULL;
  const guint8 *key;
  gsize size;
  guint64 number;

  for (guint i = 0; i < n; i++)
    {
      g_snprintf (pairs[i].key, sizeof pairs[i].key, "%d",
                  g_test_rand_int_range (0, 5000));
      pairs[i].number = i;
      g_assert_true (_vlive_local_sorter_add (sorter, (const guint8 *) pairs[i].key,
                                              strlen (pairs[i].key), i, &error));
    }
  g_assert_true (_vlive_local_sorter_sort (sorter, &error));
  g_assert_no_error (error);
  g_assert_cmpint (_vlive_local_sorter_get_n_runs (sorter) > 0, ==, expect_runs);
  /* Temporary files have no name that could be left. */
  dir = g_dir_open (folder, 0, NULL);
  g_assert_null (g_dir_read_name (dir));

  qsort (pairs, n, sizeof (Pair), compare_pairs);
  for (guint i = 0; i < n; i++)
    {
      g_assert_true (_vlive_local_sorter_next (sorter, &key, &size, &number, &error));
      g_assert_cmpmem (key, size, pairs[i].key, strlen (pairs[i].key));
      g_assert_cmpuint (number, ==, pairs[i].number);
    }
  g_assert_false (_vlive_local_sorter_next (sorter, &key, &size, &number, &error));
  g_assert_no_error (error);
  g_assert_false (_vlive_local_sorter_next (sorter, &key, &size, &number, &error));
}

static void
test_memory (void)
{
  sort_random (1024 * 1024, 0, FALSE);
  sort_random (1024 * 1024, 1, FALSE);
  sort_random (1024 * 1024, 10000, FALSE);
}

static void
test_runs (void)
{
  sort_random (100, 1000, TRUE);
  sort_random (64 * 1024, 50000, TRUE);
  sort_random (300 * 1024, 50000, TRUE);
}

static void
test_keys (void)
{
  g_autofree char *folder = vlive_test_dup_folder ();
  g_autoptr (VliveLocalSorter) sorter = _vlive_local_sorter_new (folder, 1);
  static const guint8 zeros[] = { 0, 0 };
  g_autofree char *text = g_strnfill (60000, 'x');
  g_autoptr (GError) error = NULL;
  const guint8 *key;
  gsize size;
  guint64 number;

  g_assert_true (_vlive_local_sorter_add (sorter, (guint8 *) text, 60000, 1, &error));
  g_assert_true (_vlive_local_sorter_add (sorter, zeros, 2, 2, &error));
  g_assert_true (_vlive_local_sorter_add (sorter, zeros, 1, 3, &error));
  g_assert_true (_vlive_local_sorter_add (sorter, zeros, 0, 4, &error));
  g_assert_true (_vlive_local_sorter_sort (sorter, &error));
  for (guint i = 4; i > 0; i--)
    {
      g_assert_true (_vlive_local_sorter_next (sorter, &key, &size, &number, &error));
      g_assert_cmpuint (number, ==, i);
    }
}

static void
test_no_folder (void)
{
  g_autoptr (VliveLocalSorter) sorter =
      _vlive_local_sorter_new ("/nonexistent/folder", 1);
  g_autoptr (GError) error = NULL;

  g_assert_true (_vlive_local_sorter_add (sorter, (const guint8 *) "a", 1, 1, &error));
  g_assert_false (_vlive_local_sorter_add (sorter, (const guint8 *) "a", 1, 1, &error));
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_STORAGE);
  g_assert_nonnull (strstr (error->message, "/nonexistent/folder"));
}

int
main (int argc, char *argv[])
{
  vlive_test_init (&argc, &argv);
  g_test_add_func ("/master/local-sorter/memory", test_memory);
  g_test_add_func ("/master/local-sorter/runs", test_runs);
  g_test_add_func ("/master/local-sorter/keys", test_keys);
  g_test_add_func ("/master/local-sorter/no-folder", test_no_folder);

  return vlive_test_run ();
}
