/* test-layout.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "record/vlive-block-private.h"
#include "record/vlive-layout-private.h"
#include "vlive-test.h"

static VliveLayout *
intern (const char *first, ...)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  va_list args;

  va_start (args, first);
  for (const char *name = first; name != NULL; name = va_arg (args, const char *))
    g_ptr_array_add (names, (char *) name);
  va_end (args);

  return _vlive_layout_intern ((const char *const *) names->pdata, names->len);
}

static void
test_layout_intern (void)
{
  g_autoptr (VliveLayout) a = intern ("id", "name", NULL);
  g_autoptr (VliveLayout) again = intern ("id", "name", NULL);
  g_autoptr (VliveLayout) turned = intern ("name", "id", NULL);
  g_autoptr (VliveLayout) empty = intern (NULL, NULL);
  g_autoptr (VliveLayout) found = _vlive_layout_lookup (_vlive_layout_get_hash (a));

  g_assert_true (a == again);
  g_assert_true (a == found);
  g_assert_true (a != turned);
  g_assert_cmpuint (_vlive_layout_get_hash (a), !=, _vlive_layout_get_hash (turned));
  g_assert_cmpuint (_vlive_layout_get_n_names (a), ==, 2);
  g_assert_cmpstr (_vlive_layout_get_name (a, 1), ==, "name");
  g_assert_cmpuint (_vlive_layout_get_n_names (empty), ==, 0);
  g_assert_cmpint (_vlive_layout_find (empty, ""), ==, -1);
  g_assert_cmpuint (_vlive_layout_count (), ==, 3);
  g_assert_null (_vlive_layout_lookup (1));
}

/* The names cannot be confused by where one ends and the next begins. */
static void
test_layout_borders (void)
{
  g_autoptr (VliveLayout) a = intern ("ab", "c", NULL);
  g_autoptr (VliveLayout) b = intern ("a", "bc", NULL);
  g_autoptr (VliveLayout) c = intern ("a", "bc", "", NULL);

  g_assert_cmpuint (_vlive_layout_get_hash (a), !=, _vlive_layout_get_hash (b));
  g_assert_cmpuint (_vlive_layout_get_hash (b), !=, _vlive_layout_get_hash (c));
}

/* Blocks on disk name their layout by this: it must never change. */
static void
test_layout_hash_is_frozen (void)
{
  g_autoptr (VliveLayout) a = intern ("id", "name", "price", NULL);

  g_assert_cmphex (_vlive_layout_get_hash (a), ==,
                   G_GUINT64_CONSTANT (0x4a0bb6446e711b66));
}

static void
test_layout_find (void)
{
  const guint counts[] = { 1, 3, 16, 17, 200, 5000 };

  for (guint c = 0; c < G_N_ELEMENTS (counts); c++)
    {
      g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
      g_autoptr (VliveLayout) layout = NULL;

      for (guint i = 0; i < counts[c]; i++)
        g_ptr_array_add (names, g_strdup_printf ("field-%u", i));
      layout = _vlive_layout_intern ((const char *const *) names->pdata, names->len);
      for (guint i = 0; i < counts[c]; i++)
        {
          g_assert_cmpint (_vlive_layout_find (layout, names->pdata[i]), ==, (int) i);
          g_assert_cmpint (_vlive_layout_find (layout,
                                               _vlive_layout_get_name (layout, i)),
                           ==, (int) i);
        }
      g_assert_cmpint (_vlive_layout_find (layout, "field"), ==, -1);
      g_assert_cmpint (_vlive_layout_find (layout, ""), ==, -1);
    }
}

static void
test_layout_serialize (void)
{
  g_autoptr (VliveLayout) layout = intern ("id", "größe", "", NULL);
  g_autoptr (GBytes) bytes = _vlive_layout_serialize (layout);
  g_autoptr (GError) error = NULL;
  guint64 hash = _vlive_layout_get_hash (layout);
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  VliveLayout *again = _vlive_layout_intern_serialized (data, size, &error);

  g_assert_no_error (error);
  g_assert_true (again == layout);
  _vlive_layout_unref (again);

  /* And when nobody has it any more, as after a restart. */
  g_clear_pointer (&layout, _vlive_layout_unref);
  g_assert_cmpuint (_vlive_layout_count (), ==, 0);
  layout = _vlive_layout_intern_serialized (data, size, &error);
  g_assert_no_error (error);
  g_assert_cmphex (_vlive_layout_get_hash (layout), ==, hash);
  g_assert_cmpstr (_vlive_layout_get_name (layout, 1), ==, "größe");
}

static void
assert_refused (const guint8 *data, gsize size)
{
  g_autofree guint8 *copy = g_memdup2 (data, size);
  g_autoptr (GError) error = NULL;

  g_assert_null (_vlive_layout_intern_serialized (copy, size, &error));
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_CORRUPT);
}

static void
test_layout_hostile (void)
{
  g_autoptr (VliveLayout) layout = intern ("id", "name", NULL);
  g_autoptr (GBytes) bytes = _vlive_layout_serialize (layout);
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  g_autofree guint8 *bad = g_memdup2 (data, size + 0);

  for (gsize i = 0; i < size; i++)
    assert_refused (data, i);
  g_clear_pointer (&layout, _vlive_layout_unref);

  /* Any bit that is wrong makes the names belong to another hash. */
  for (gsize i = 0; i < size * 8; i++)
    {
      bad[i / 8] ^= (guint8) (1 << i % 8);
      assert_refused (bad, size);
      bad[i / 8] ^= (guint8) (1 << i % 8);
    }
  g_assert_cmpuint (_vlive_layout_count (), ==, 0);
}

static void
put_name (GByteArray *data, const char *name, gsize len)
{
  guint8 prefix[4];

  _vlive_store_u32 (prefix, (guint32) len);
  g_byte_array_append (data, prefix, 4);
  g_byte_array_append (data, (const guint8 *) name, (guint) len);
}

static void
test_layout_bad_names (void)
{
  const struct
  {
    const char *name;
    gsize len;
  } bad[] = { { "\xff", 1 }, { "a\0b", 3 }, { "id", 2 } };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GByteArray) data = g_byte_array_new ();

      g_byte_array_append (data, (const guint8 *) "VL\1\0\2\0\0\0\0\0\0\0\0\0\0\0", 16);
      put_name (data, "id", 2);
      put_name (data, bad[i].name, bad[i].len);
      assert_refused (data->data, data->len);
    }
  assert_refused ((const guint8 *) "VL\1\0\377\377\377\377\0\0\0\0\0\0\0\0", 16);
  assert_refused ((const guint8 *) "VL\2\0\0\0\0\0\0\0\0\0\0\0\0\0", 16);
}

/* Two living layouts of one hash: the first keeps it, the second is salted, and
 * a serialized one whose hash is taken is refused. */
static void
test_layout_collision (void)
{
  g_autoptr (VliveLayout) a = NULL;
  g_autoptr (VliveLayout) b = NULL;
  g_autoptr (VliveLayout) c = NULL;
  g_autoptr (VliveLayout) back = NULL;
  g_autoptr (GBytes) kept = NULL;
  g_autoptr (GError) error = NULL;
  guint64 hash_a;

  _vlive_layout_set_hash_mask (1); /* 0 is never used: there is one hash */
  a = intern ("a", NULL);
  hash_a = _vlive_layout_get_hash (a);
  kept = _vlive_layout_serialize (a);
  g_assert_cmphex (hash_a, ==, 1);
  _vlive_layout_set_hash_mask (3);
  b = intern ("b", NULL);
  c = intern ("c", NULL);
  g_assert_cmphex (_vlive_layout_get_hash (b), !=, hash_a);
  g_assert_cmphex (_vlive_layout_get_hash (c), !=, hash_a);
  g_assert_cmphex (_vlive_layout_get_hash (c), !=, _vlive_layout_get_hash (b));

  /* What was salted says so, and comes back as it was. */
  {
    g_autoptr (GBytes) bytes = _vlive_layout_serialize (c);
    guint64 hash_c = _vlive_layout_get_hash (c);

    g_clear_pointer (&c, _vlive_layout_unref);
    c = _vlive_layout_intern_serialized (g_bytes_get_data (bytes, NULL),
                                         g_bytes_get_size (bytes), &error);
    g_assert_no_error (error);
    g_assert_cmphex (_vlive_layout_get_hash (c), ==, hash_c);
  }

  /* The hash of "a" taken by other names. */
  g_clear_pointer (&a, _vlive_layout_unref);
  _vlive_layout_set_hash_mask (1);
  a = intern ("z", NULL);
  g_assert_cmphex (_vlive_layout_get_hash (a), ==, hash_a);
  back = _vlive_layout_intern_serialized (g_bytes_get_data (kept, NULL),
                                          g_bytes_get_size (kept), &error);
  g_assert_null (back);
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_CORRUPT);
  _vlive_layout_set_hash_mask (G_MAXUINT64);
}

static gpointer
churn (gpointer data)
{
  guint seed = GPOINTER_TO_UINT (data);

  for (guint i = 0; i < 20000; i++)
    {
      g_autofree char *name = g_strdup_printf ("n%u", (i * 7 + seed) % 5);
      g_autoptr (VliveLayout) layout = intern ("id", name, NULL);
      g_autoptr (VliveLayout) found =
          _vlive_layout_lookup (_vlive_layout_get_hash (layout));

      g_assert_true (found == layout);
      g_assert_cmpstr (_vlive_layout_get_name (layout, 1), ==, name);
    }

  return NULL;
}

static void
test_layout_threads (void)
{
  GThread *threads[4];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("churn", churn, GUINT_TO_POINTER (i));
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  g_assert_cmpuint (_vlive_layout_count (), ==, 0);
}

int
main (int argc, char *argv[])
{
  int result;

  vlive_test_init (&argc, &argv);
  g_test_add_func ("/layout/intern", test_layout_intern);
  g_test_add_func ("/layout/borders", test_layout_borders);
  g_test_add_func ("/layout/hash-is-frozen", test_layout_hash_is_frozen);
  g_test_add_func ("/layout/find", test_layout_find);
  g_test_add_func ("/layout/serialize", test_layout_serialize);
  g_test_add_func ("/layout/hostile", test_layout_hostile);
  g_test_add_func ("/layout/bad-names", test_layout_bad_names);
  g_test_add_func ("/layout/collision", test_layout_collision);
  g_test_add_func ("/layout/threads", test_layout_threads);
  result = vlive_test_run ();
  vlive_test_assert_all_gone ();
  g_assert_cmpuint (_vlive_layout_count (), ==, 0);

  return result;
}
