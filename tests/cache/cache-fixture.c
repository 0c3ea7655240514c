/* cache-fixture.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "cache-fixture.h"

#define BOOT_US (1000 * G_USEC_PER_SEC)
#define REAL_US (G_GINT64_CONSTANT (1700000000) * G_USEC_PER_SEC)

static const char *const kinds[] = { "memory", "null", "lmdb" };

static void
open_cache (CacheFixture *fx)
{
  if (strcmp (fx->kind, "memory") == 0)
    fx->cache = vlive_memory_cache_new ();
  else if (strcmp (fx->kind, "null") == 0)
    fx->cache = vlive_null_cache_new ();
  else
    fx->cache = vlive_lmdb_cache_new (fx->folder);
  _vlive_cache_set_clock (fx->cache, fx->clock);
}

void
cache_fixture_set_up (CacheFixture *fx, gconstpointer kind)
{
  fx->kind = kind;
  fx->keeps = strcmp (kind, "null") != 0;
  fx->slow = FALSE;
  fx->real = FALSE;
  fx->clock = _vlive_clock_new_manual (BOOT_US, REAL_US);
  fx->folder = vlive_test_dup_folder ();
  open_cache (fx);
}

void
cache_fixture_tear_down (CacheFixture *fx, gconstpointer kind)
{
  g_assert_finalize_object (fx->cache);
  vlive_test_assert_all_gone ();
  g_assert_finalize_object (fx->clock);
  g_free (fx->folder);
}

void
cache_fixture_reopen (CacheFixture *fx)
{
  g_assert_finalize_object (fx->cache);
  open_cache (fx);
}

void
cache_fixture_open_real (CacheFixture *fx, const char *folder)
{
  *fx = (CacheFixture){ .kind = "lmdb", .keeps = TRUE, .real = TRUE };
  fx->clock = g_object_ref (_vlive_clock_get_default ());
  fx->folder = g_strdup (folder);
  open_cache (fx);
}

void
cache_fixture_close_real (CacheFixture *fx)
{
  g_assert_finalize_object (fx->cache);
  vlive_test_assert_all_gone ();
  g_object_unref (fx->clock);
  g_free (fx->folder);
}

void
cache_fixture_pass (CacheFixture *fx, gint64 us)
{
  if (!fx->real)
    _vlive_clock_advance (fx->clock, us);
}

void
cache_fixture_add (const char *name,
                   void (*func) (CacheFixture *fx, gconstpointer kind))
{
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autofree char *path = g_strdup_printf ("/cache/%s/%s", kinds[i], name);

      g_test_add (path, CacheFixture, kinds[i], cache_fixture_set_up, func,
                  cache_fixture_tear_down);
    }
}

void
cache_fixture_add_lmdb (const char *name,
                        void (*func) (CacheFixture *fx, gconstpointer kind))
{
  g_autofree char *path = g_strdup_printf ("/cache/lmdb/%s", name);

  g_test_add (path, CacheFixture, kinds[2], cache_fixture_set_up, func,
              cache_fixture_tear_down);
}

VliveRecord *
make_record (const char *id, gint64 x)
{
  g_autoptr (GError) error = NULL;
  GVariantBuilder builder;
  VliveRecord *record;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&builder, "{sv}", "id", g_variant_new_string (id));
  g_variant_builder_add (&builder, "{sv}", "x", g_variant_new_int64 (x));
  record = vlive_record_new_from_variant (id, g_variant_builder_end (&builder), &error);
  g_assert_no_error (error);

  return record;
}

char *
record_to_text (VliveRecord *record)
{
  gint64 x = -1;

  g_assert_true (vlive_record_get_integer (record, "x", &x));

  return g_strdup_printf ("%s:%" G_GINT64_FORMAT, vlive_record_get_id (record), x);
}

VlivePage *
make_page (guint64 offset,
           guint limit,
           const char *rows,
           gint64 total,
           const char *validator)
{
  g_auto (GStrv) words = g_strsplit (rows, " ", -1);
  g_autoptr (GPtrArray) records =
      g_ptr_array_new_with_free_func ((GDestroyNotify) vlive_record_unref);
  VlivePage *page;

  for (guint i = 0; words[i] != NULL; i++)
    {
      char *colon = strrchr (words[i], ':');

      *colon = '\0';
      g_ptr_array_add (records,
                       make_record (words[i], g_ascii_strtoll (colon + 1, NULL, 10)));
    }
  page =
      vlive_page_new (offset, limit, (VliveRecord *const *) records->pdata,
                      records->len, total < 0 ? VLIVE_TOTAL_UNKNOWN : VLIVE_TOTAL_EXACT,
                      total < 0 ? 0 : (guint64) total);
  _vlive_page_set_validator (page, validator);

  return page;
}

char *
page_to_text (VlivePage *page)
{
  g_autoptr (GString) text = g_string_new (NULL);
  guint64 total;

  if (page == NULL)
    return g_strdup ("miss");

  for (guint i = 0; i < vlive_page_get_n_records (page); i++)
    {
      g_autofree char *record = record_to_text (vlive_page_get_record (page, i));

      g_string_append_printf (text, "%s%s", i > 0 ? " " : "", record);
    }
  if (vlive_page_get_total (page, &total) != VLIVE_TOTAL_UNKNOWN)
    g_string_append_printf (text, " /%" G_GUINT64_FORMAT, total);
  if (vlive_page_get_validator (page) != NULL)
    g_string_append_printf (text, " %s", vlive_page_get_validator (page));
  if (vlive_page_is_stale (page))
    g_string_append (text, " stale");
  if (page->patched)
    g_string_append (text, " patched");

  return g_string_free (g_steal_pointer (&text), FALSE);
}

VliveQuery *
make_query (const char *filter_column,
            const char *filter_value,
            const char *sort_column)
{
  g_autoptr (GError) error = NULL;
  VliveQuery *query = vlive_query_new ();
  VliveQuery *next;

  if (filter_column != NULL)
    {
      next = vlive_query_with_condition (query, filter_column, VLIVE_OPERATOR_EQUAL,
                                         g_variant_new_string (filter_value), &error);
      g_assert_no_error (error);
      vlive_query_unref (query);
      query = next;
    }
  if (sort_column != NULL)
    {
      next = vlive_query_with_sort (query, sort_column, FALSE);
      vlive_query_unref (query);
      query = next;
    }

  return query;
}

VliveStamp
ask (CacheFixture *fx, const char *ns)
{
  g_autoptr (VliveQuery) query = vlive_query_new ();
  g_autoptr (VlivePage) page = NULL;
  VliveStamp stamp;

  cache_fixture_pass (fx, 1);
  if (!fx->slow && _vlive_cache_try_get_stamp (fx->cache, ns, &stamp))
    return stamp;

  page = lookup (fx, ns, query, 0, 1, &stamp);

  return stamp;
}

VlivePage *
lookup (CacheFixture *fx,
        const char *ns,
        VliveQuery *query,
        guint64 offset,
        guint limit,
        VliveStamp *stamp)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  VlivePage *page = NULL;

  if (!fx->slow
      && _vlive_cache_try_lookup_page (fx->cache, ns, query, offset, limit, &page,
                                       stamp))
    return page;

  _vlive_cache_lookup_page_async (fx->cache, ns, query, offset, limit, NULL,
                                  vlive_test_result_cb, &result);
  VLIVE_TEST_WAIT (result != NULL);
  g_assert_true (
      _vlive_cache_lookup_page_finish (fx->cache, result, &page, stamp, &error));
  g_assert_no_error (error);

  return page;
}

VlivePage *
store (CacheFixture *fx,
       const char *ns,
       VliveQuery *query,
       VlivePage *page,
       const VliveStamp *stamp)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  VlivePage *shown;

  page->stamp = *stamp;
  page->fetched_at = _vlive_clock_get_real_us (fx->clock);
  _vlive_cache_store_page_async (fx->cache, ns, query, page, NULL, vlive_test_result_cb,
                                 &result);
  vlive_page_unref (page);
  VLIVE_TEST_WAIT (result != NULL);
  shown = _vlive_cache_store_page_finish (fx->cache, result, &error);
  g_assert_no_error (error);

  return shown;
}

VlivePage *
renew (CacheFixture *fx,
       const char *ns,
       VliveQuery *query,
       guint64 offset,
       guint limit,
       const char *validator,
       gint64 total,
       const VliveStamp *stamp)
{
  g_autoptr (VlivePage) answer =
      vlive_page_new_not_modified (total < 0 ? VLIVE_TOTAL_UNKNOWN : VLIVE_TOTAL_EXACT,
                                   total < 0 ? 0 : (guint64) total);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  VlivePage *shown;

  answer->stamp = *stamp;
  answer->fetched_at = _vlive_clock_get_real_us (fx->clock);
  _vlive_cache_renew_page_async (fx->cache, ns, query, offset, limit, validator, answer,
                                 NULL, vlive_test_result_cb, &result);
  VLIVE_TEST_WAIT (result != NULL);
  shown = _vlive_cache_renew_page_finish (fx->cache, result, &error);
  g_assert_no_error (error);

  return shown;
}

void
patch_all (CacheFixture *fx, const char *ns, const VlivePatch *patches, gsize n_patches)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  _vlive_cache_patch_async (fx->cache, ns, patches, n_patches, NULL,
                            vlive_test_result_cb, &result);
  VLIVE_TEST_WAIT (result != NULL);
  g_assert_true (_vlive_cache_patch_finish (fx->cache, result, NULL, &error));
  g_assert_no_error (error);
}

void
patch (CacheFixture *fx, const char *ns, const char *id, gint64 x, gboolean confirmed)
{
  static const char *const fields[] = { "x", NULL };
  g_autoptr (VliveRecord) record = x >= 0 ? make_record (id, x) : NULL;
  VlivePatch one = {
    .kind = x >= 0 ? VLIVE_PATCH_RECORD : VLIVE_PATCH_TOMBSTONE,
    .id = id,
    .record = record,
    .membership = x < 0,
    .fields = fields,
    .confirmed = confirmed,
  };

  patch_all (fx, ns, &one, 1);
}

void
patch_unknown (CacheFixture *fx, const char *ns, const char *id)
{
  VlivePatch one = { .kind = VLIVE_PATCH_UNKNOWN, .id = id };

  patch_all (fx, ns, &one, 1);
}

void
invalidate (CacheFixture *fx, const char *ns, VliveQuery *query, const char *id)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  _vlive_cache_invalidate_async (fx->cache, ns, query, id, NULL, vlive_test_result_cb,
                                 &result);
  VLIVE_TEST_WAIT (result != NULL);
  g_assert_true (_vlive_cache_invalidate_finish (fx->cache, result, &error));
  g_assert_no_error (error);
}

void
clear (CacheFixture *fx)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  vlive_cache_clear_async (fx->cache, NULL, vlive_test_result_cb, &result);
  VLIVE_TEST_WAIT (result != NULL);
  g_assert_true (vlive_cache_clear_finish (fx->cache, result, &error));
  g_assert_no_error (error);
}

void
get_entry (CacheFixture *fx, const char *ns, const char *id, VliveCachedRecord *entry)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  _vlive_cache_lookup_record_async (fx->cache, ns, id, NULL, vlive_test_result_cb,
                                    &result);
  VLIVE_TEST_WAIT (result != NULL);
  g_assert_true (_vlive_cache_lookup_record_finish (fx->cache, result, entry, &error));
  g_assert_no_error (error);
}

char *
get (CacheFixture *fx, const char *ns, const char *id)
{
  g_auto (VliveCachedRecord) entry = { 0 };
  g_autofree char *record = NULL;

  get_entry (fx, ns, id, &entry);
  if (!entry.found)
    return g_strdup ("miss");
  if (entry.record == NULL)
    return g_strdup ("none");

  record = record_to_text (entry.record);

  return g_strconcat (record, entry.stale ? " stale" : "", NULL);
}

char *
store_get (CacheFixture *fx,
           const char *ns,
           const char *id,
           gint64 x,
           const VliveStamp *stamp)
{
  g_autoptr (VliveRecord) record = x >= 0 ? make_record (id, x) : NULL;
  g_autoptr (VliveRecord) shown = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  gboolean again;

  _vlive_cache_store_record_async (fx->cache, ns, id, record, stamp,
                                   _vlive_clock_get_real_us (fx->clock), 0, NULL,
                                   vlive_test_result_cb, &result);
  VLIVE_TEST_WAIT (result != NULL);
  g_assert_true (
      _vlive_cache_store_record_finish (fx->cache, result, &shown, &again, &error));
  g_assert_no_error (error);
  if (again)
    return g_strdup ("again");

  return shown != NULL ? record_to_text (shown) : g_strdup ("none");
}

VliveCacheStatistics
get_statistics (CacheFixture *fx)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  VliveCacheStatistics statistics;

  vlive_cache_get_statistics_async (fx->cache, NULL, vlive_test_result_cb, &result);
  VLIVE_TEST_WAIT (result != NULL);
  g_assert_true (
      vlive_cache_get_statistics_finish (fx->cache, result, &statistics, &error));
  g_assert_no_error (error);

  return statistics;
}
