/* test-memory-cache.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "cache-fixture.h"
#include "cache/vlive-heap-private.h"

/* What only the memory and the null cache do. */

static VlivePage *
make_large_page (guint offset)
{
  g_autoptr (GString) rows = g_string_new (NULL);

  for (guint i = 0; i < 300; i++)
    g_string_append_printf (rows, "%srow-%u:%u", i > 0 ? " " : "", offset + i, i);

  return make_page (offset, 300, rows->str, 1000000, "v");
}

static gboolean
has_page (CacheFixture *fx, guint offset)
{
  g_autoptr (VliveQuery) all = vlive_query_new ();
  VliveStamp stamp;
  g_autoptr (VlivePage) page = lookup (fx, "t", all, offset, 300, &stamp);

  return page != NULL;
}

static void
notify_cb (GObject *object, GParamSpec *pspec, gpointer data)
{
  (*(guint *) data)++;
}

static void
test_size_limit (void)
{
  g_autoptr (VliveQuery) all = vlive_query_new ();
  VliveCacheStatistics statistics;
  guint64 one, limit;
  guint n_notified = 0;
  VliveStamp stamp;
  CacheFixture fx;

  cache_fixture_set_up (&fx, "memory");
  g_object_get (fx.cache, "size-limit", &limit, NULL);
  g_assert_cmpuint (limit, ==, VLIVE_HEAP_SIZE_LIMIT);
  stamp = ask (&fx, "t");
  vlive_page_unref (store (&fx, "t", all, make_large_page (0), &stamp));
  one = get_statistics (&fx).used_bytes;
  g_assert_cmpuint (one, >, 300 * 32);

  g_signal_connect (fx.cache, "notify::size-limit", G_CALLBACK (notify_cb),
                    &n_notified);
  g_object_set (fx.cache, "size-limit", one * 10, NULL);
  g_object_set (fx.cache, "size-limit", one * 10, NULL);
  g_assert_cmpuint (n_notified, ==, 1);
  for (guint i = 1; i < 8; i++)
    vlive_page_unref (store (&fx, "t", all, make_large_page (i * 300), &stamp));
  stamp = ask (&fx, "t");
  vlive_page_unref (renew (&fx, "t", all, 0, 300, "v", 1000000, &stamp));
  for (guint i = 8; i < 15; i++)
    vlive_page_unref (store (&fx, "t", all, make_large_page (i * 300), &stamp));

  /* The oldest went; the renewed one was young again. */
  statistics = get_statistics (&fx);
  g_assert_cmpuint (statistics.size_limit, ==, one * 10);
  g_assert_cmpuint (statistics.used_bytes, <=, one * 10);
  g_assert_cmpuint (statistics.n_evicted, >=, 5);
  g_assert_cmpuint (statistics.n_pages, ==, 15 - statistics.n_evicted);
  g_assert_true (has_page (&fx, 0));
  for (guint i = 1; i < 15; i++)
    g_assert_cmpint (has_page (&fx, i * 300), ==, i > statistics.n_evicted);

  /* At once when the limit is lowered. */
  g_object_set (fx.cache, "size-limit", one * 2 + one / 2, NULL);
  g_assert_cmpuint (get_statistics (&fx).n_pages, <=, 2);
  g_object_set (fx.cache, "size-limit", G_GUINT64_CONSTANT (1), NULL);
  g_assert_cmpuint (get_statistics (&fx).n_pages, ==, 0);
  g_assert_cmpuint (get_statistics (&fx).used_bytes, ==, 0);
  cache_fixture_tear_down (&fx, NULL);
}

/* Single records go when no page is left that could. */
static void
test_records_over_the_limit (void)
{
  VliveStamp stamp;
  CacheFixture fx;

  cache_fixture_set_up (&fx, "memory");
  stamp = ask (&fx, "t");
  for (guint i = 0; i < 100; i++)
    {
      g_autofree char *id = g_strdup_printf ("r%u", i);

      g_free (store_get (&fx, "t", id, 1, &stamp));
    }
  g_object_set (fx.cache, "size-limit", get_statistics (&fx).used_bytes / 2, NULL);
  g_assert_cmpuint (get_statistics (&fx).n_records, <=, 50);
  g_assert_cmpuint (get_statistics (&fx).n_records, >, 40);
  assert_get (&fx, "t", "r0", "miss");
  assert_get (&fx, "t", "r99", "r99:1");
  cache_fixture_tear_down (&fx, NULL);
}

/* Namespaces that hold nothing do not pile up. */
static void
test_namespaces_go (void)
{
  g_autoptr (VliveQuery) all = vlive_query_new ();
  VliveStamp first = { 0 };
  VliveStamp again;
  CacheFixture fx;

  cache_fixture_set_up (&fx, "memory");
  g_object_set (fx.cache, "size-limit", G_GUINT64_CONSTANT (100000), NULL);
  for (guint i = 0; i < 2000; i++)
    {
      g_autofree char *ns = g_strdup_printf ("n%u", i);
      VliveStamp stamp = ask (&fx, ns);
      VlivePage *page = make_page (0, 3, "a:1 b:1 c:1", 3, NULL);

      if (i == 1200)
        first = stamp;
      vlive_page_unref (store (&fx, ns, all, page, &stamp));
    }
  again = ask (&fx, "n1200");
  g_assert_cmpuint (again.generation, !=, first.generation);
  g_assert_cmpuint (again.epoch, >, first.epoch);
  assert_stored (&fx, "n1200", all, make_page (0, 3, "a:1", 3, NULL), &first, "miss");
  cache_fixture_tear_down (&fx, NULL);
}

/* The null cache holds nothing, however much passes through it. */
static void
test_null_is_bounded (void)
{
  g_autoptr (VliveQuery) all = vlive_query_new ();
  VliveCacheStatistics statistics;
  VliveStamp stamp;
  CacheFixture fx;

  cache_fixture_set_up (&fx, "null");
  stamp = ask (&fx, "t");
  for (guint i = 0; i < 10000; i++)
    vlive_page_unref (
        store (&fx, "t", all, make_page (i, 1, "a:1", 10000, NULL), &stamp));
  g_free (store_get (&fx, "t", "a", 1, &stamp));
  statistics = get_statistics (&fx);
  g_assert_cmpuint (statistics.n_pages, ==, 0);
  g_assert_cmpuint (statistics.n_records, ==, 0);
  g_assert_cmpuint (statistics.used_bytes, ==, 0);
  g_assert_cmpuint (statistics.n_evicted, ==, 0);
  cache_fixture_tear_down (&fx, NULL);
}

/* Cleared, or gone, in the middle of a fold. */
static void
test_fold_interrupted (void)
{
  static const char *const fields[] = { "x", NULL };
  g_autoptr (VliveQuery) all = vlive_query_new ();

  for (guint round = 0; round < 3; round++)
    {
      VliveRecord *record = make_record ("m", 1);
      VliveStamp stamp;
      CacheFixture fx;

      cache_fixture_set_up (&fx, "memory");
      stamp = ask (&fx, "t");
      for (guint i = 0; i < 200; i++)
        vlive_page_unref (
            store (&fx, "t", all, make_page (i, 1, "m1:0", 200, NULL), &stamp));
      for (guint i = 0; i <= 10000; i++)
        {
          g_autofree char *id = g_strdup_printf ("m%u", i);
          VlivePatch one = {
            .kind = VLIVE_PATCH_RECORD, .id = id, .record = record, .fields = fields
          };

          patch_all (&fx, "t", &one, 1);
        }
      cache_fixture_pass (&fx, round);
      if (round == 1)
        clear (&fx);
      if (round == 2)
        g_object_set (fx.cache, "size-limit", G_GUINT64_CONSTANT (1), NULL);
      for (guint i = 0; round > 0 && i < 10; i++)
        cache_fixture_pass (&fx, 1);
      g_assert_cmpuint (get_statistics (&fx).n_patches, <=, 10001);
      vlive_record_unref (record);
      cache_fixture_tear_down (&fx, NULL);
    }
}

int
main (int argc, char **argv)
{
  vlive_test_init (&argc, &argv);

  g_test_add_func ("/memory-cache/size-limit", test_size_limit);
  g_test_add_func ("/memory-cache/records-over-the-limit", test_records_over_the_limit);
  g_test_add_func ("/memory-cache/namespaces-go", test_namespaces_go);
  g_test_add_func ("/memory-cache/null-is-bounded", test_null_is_bounded);
  g_test_add_func ("/memory-cache/fold-interrupted", test_fold_interrupted);

  return vlive_test_run ();
}
