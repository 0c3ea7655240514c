/* test-local-sort.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "vlive-test.h"

#include "master/vlive-local-sort-private.h"
#include "record/vlive-query-private.h"

/* So much of a key is there; the rest must be asked for. */
typedef struct
{
  GPtrArray *full; /* char * */
  guint n_compared;
} Model;

static int
compare_full (const VliveLocalItem *a, const VliveLocalItem *b, gpointer data)
{
  Model *model = data;

  model->n_compared++;

  return strcmp (model->full->pdata[a->row], model->full->pdata[b->row]);
}

static int
compare_texts (gconstpointer a, gconstpointer b, gpointer data)
{
  return strcmp (*(char *const *) a, *(char *const *) b);
}

/* Texts of @n_letters different letters, @shared of them in common, keys of at
 * most @max bytes. */
static void
sort_texts (guint n, guint n_letters, guint shared, guint len, guint max)
{
  g_autoptr (GPtrArray) full = g_ptr_array_new_with_free_func (g_free);
  g_autofree VliveLocalItem *items = g_new0 (VliveLocalItem, MAX (n, 1));
  g_autofree char **sorted = g_new0 (char *, MAX (n, 1));
  Model model = { full, 0 };

  for (guint i = 0; i < n; i++)
    {
      guint length = shared + (guint) g_test_rand_int_range (0, (gint32) len);
      GString *text = g_string_new (NULL);

      for (guint j = 0; j < length; j++)
        g_string_append_c (
            text, j < shared
                      ? 's'
                      : (char) ('a' + g_test_rand_int_range (0, (gint32) n_letters)));
      g_ptr_array_add (full, g_string_free (text, FALSE));
      sorted[i] = full->pdata[i];
    }
  for (guint i = 0; i < n; i++)
    {
      gsize size = strlen (full->pdata[i]) + 1;

      items[i].row = i;
      items[i].key = full->pdata[i];
      items[i].cut = size > max;
      items[i].len = (guint32) MIN (size, max);
    }
  _vlive_local_sort (items, n, compare_full, &model);
  g_qsort_with_data (sorted, (gint) n, sizeof (char *), compare_texts, NULL);
  for (guint i = 0; i < n; i++)
    {
      g_assert_cmpstr (full->pdata[items[i].row], ==, sorted[i]);
      /* Stable. */
      if (i > 0 && strcmp (sorted[i - 1], sorted[i]) == 0)
        g_assert_cmpuint (items[i - 1].row, <, items[i].row);
    }
  g_assert_true (max < G_MAXUINT || model.n_compared == 0);
}

static void
test_texts (void)
{
  static const guint sizes[] = { 0, 1, 2, 7, 8, 9, 47, 48, 200, 3000, 20000 };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      sort_texts (sizes[i], 26, 0, 20, G_MAXUINT);
      sort_texts (sizes[i], 2, 0, 6, G_MAXUINT);
      sort_texts (sizes[i], 2, 30, 40, G_MAXUINT);
      sort_texts (sizes[i], 1, 0, 3, G_MAXUINT);
      sort_texts (sizes[i], 26, 12, 20, 14);
      sort_texts (sizes[i], 2, 3, 30, 9);
      sort_texts (sizes[i], 1, 5, 30, 3);
    }
}

static void
test_ids (void)
{
  static const char *const ids[] = {
    "0",
    "1",
    "9",
    "10",
    "-1",
    "-9",
    "-10",
    "99999999999999999999",
    "100000000000000000000",
    "-99999999999999999999",
    "007",
    "-0",
    "00",
    "a",
    "A",
    "aa",
    "",
    "1.5",
    "é",
    "-",
    "--1",
    "x1",
  };

  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    for (guint j = 0; j < G_N_ELEMENTS (ids); j++)
      {
        g_autoptr (GByteArray) a = g_byte_array_new ();
        g_autoptr (GByteArray) b = g_byte_array_new ();
        int expected = _vlive_id_compare (ids[i], ids[j]);
        int order;

        _vlive_local_sort_append_id (a, ids[i]);
        _vlive_local_sort_append_id (b, ids[j]);
        order = memcmp (a->data, b->data, MIN (a->len, b->len));
        g_assert_true (i != j || (order == 0 && a->len == b->len));
        g_assert_true (i == j || order != 0);
        g_assert_cmpint ((order > 0) - (order < 0), ==,
                         (expected > 0) - (expected < 0));
      }
}

int
main (int argc, char *argv[])
{
  vlive_test_init (&argc, &argv);
  g_test_add_func ("/master/local-sort/texts", test_texts);
  g_test_add_func ("/master/local-sort/ids", test_ids);

  return vlive_test_run ();
}
