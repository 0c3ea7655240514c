/* test-key.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "record/vlive-query-private.h"
#include "vlive-test.h"

static GBytes *
key_of (gsize max_len, const char *first, ...)
{
  g_autoptr (GPtrArray) parts = g_ptr_array_new ();
  va_list args;

  va_start (args, first);
  for (const char *part = first; part != NULL; part = va_arg (args, const char *))
    g_ptr_array_add (parts, (char *) part);
  va_end (args);

  return _vlive_key_from_parts (max_len, (const char *const *) parts->pdata,
                                parts->len);
}

static gboolean
is_prefix (GBytes *shorter, GBytes *longer)
{
  gsize n;
  gsize m;
  const void *a = g_bytes_get_data (shorter, &n);
  const void *b = g_bytes_get_data (longer, &m);

  return n <= m && memcmp (a, b, n) == 0;
}

static void
test_key_names (void)
{
  g_autoptr (GBytes) users = key_of (511, "users", NULL);
  g_autoptr (GBytes) page = key_of (511, "users", "1", NULL);
  g_autoptr (GBytes) albums = key_of (511, "users/1/albums", NULL);
  g_autoptr (GBytes) ten = key_of (511, "users/10/albums", NULL);
  g_autoptr (GBytes) client = key_of (511, "client", NULL);
  g_autoptr (GBytes) clients = key_of (511, "clients", NULL);
  g_autoptr (GBytes) none = key_of (511, NULL, NULL);
  g_autoptr (GBytes) empty = key_of (511, "", NULL);
  g_autoptr (GBytes) joined = key_of (511, "ab", "c", NULL);
  g_autoptr (GBytes) split = key_of (511, "a", "bc", NULL);

  g_assert_true (is_prefix (users, page));
  g_assert_false (is_prefix (users, albums));
  g_assert_false (is_prefix (albums, ten));
  g_assert_false (is_prefix (client, clients));
  g_assert_false (g_bytes_equal (none, empty));
  g_assert_false (g_bytes_equal (joined, split));
}

static void
test_key_long (void)
{
  g_autofree char *long_a = g_strnfill (600, 'a');
  g_autofree char *long_b = g_strconcat (long_a, "b", NULL);
  g_autofree char *fits = g_strnfill (510, 'a');
  g_autofree char *over = g_strnfill (511, 'a');
  g_autoptr (GBytes) a = key_of (511, long_a, NULL);
  g_autoptr (GBytes) b = key_of (511, long_b, NULL);
  g_autoptr (GBytes) again = key_of (511, long_a, NULL);
  g_autoptr (GBytes) paged = key_of (511, long_a, "1", NULL);
  g_autoptr (GBytes) whole = key_of (511, fits, NULL);
  g_autoptr (GBytes) cut = key_of (511, over, NULL);

  g_assert_cmpuint (g_bytes_get_size (a), ==, 511);
  g_assert_true (g_bytes_equal (a, again));
  g_assert_false (g_bytes_equal (a, b));
  g_assert_false (g_bytes_equal (a, paged));
  g_assert_cmpuint (g_bytes_get_size (whole), ==, 511);
  g_assert_cmpuint (g_bytes_get_size (cut), ==, 511);
  g_assert_false (g_bytes_equal (whole, cut));
}

/* The bytes of a cut key, given as a part, are not that key. */
static void
test_key_forged (void)
{
  g_autofree char *long_part = g_strnfill (100, 'a');
  g_autoptr (GBytes) cut = key_of (40, long_part, NULL);
  gsize size;
  const char *data = g_bytes_get_data (cut, &size);
  g_autofree char *forged = g_strndup (data, size - 1);
  g_autoptr (GBytes) key = key_of (40, forged, NULL);

  g_assert_false (g_bytes_equal (key, cut));
}

/* Different lists, different keys; whatever is in them. */
static void
test_key_injective (void)
{
  g_autoptr (GHashTable) seen =
      g_hash_table_new_full (g_bytes_hash, g_bytes_equal,
                             (GDestroyNotify) g_bytes_unref, g_free);

  for (guint i = 0; i < 20000; i++)
    {
      guint n = (guint) g_test_rand_int_range (0, 4);
      g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func (g_free);
      g_autoptr (GString) name = g_string_new (NULL);
      GBytes *key;
      const char *known;

      for (guint j = 0; j < n; j++)
        {
          guint len = (guint) g_test_rand_int_range (0, 4);
          GString *part = g_string_new (NULL);

          for (guint k = 0; k < len; k++)
            g_string_append_c (part, "ab/\1\xff"[g_test_rand_int_range (0, 5)]);
          if (g_test_rand_int_range (0, 4) == 0)
            for (guint k = 0; k < 40; k++)
              g_string_append_c (part, 'l');
          g_string_append_printf (name, "%" G_GSIZE_FORMAT ":%s", part->len, part->str);
          g_ptr_array_add (parts, g_string_free (part, FALSE));
        }
      key = _vlive_key_from_parts (33, (const char *const *) parts->pdata, n);
      known = g_hash_table_lookup (seen, key);
      if (known != NULL)
        g_assert_cmpstr (known, ==, name->str);
      g_hash_table_replace (seen, key, g_strdup (name->str));
    }
  g_assert_cmpuint (g_hash_table_size (seen), >, 1000);
}

int
main (int argc, char *argv[])
{
  int result;

  vlive_test_init (&argc, &argv);
  g_test_add_func ("/key/names", test_key_names);
  g_test_add_func ("/key/long", test_key_long);
  g_test_add_func ("/key/forged", test_key_forged);
  g_test_add_func ("/key/injective", test_key_injective);
  result = vlive_test_run ();
  vlive_test_assert_all_gone ();

  return result;
}
