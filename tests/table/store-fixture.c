/* store-fixture.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "store-fixture.h"

void
store_fixture_set_up (StoreFixture *f, gconstpointer data)
{
  MakeCacheFunc make_cache = (MakeCacheFunc) data;

  f->clock = _vlive_clock_new_manual (G_GINT64_CONSTANT (1000000000),
                                      G_GINT64_CONSTANT (1700000000000000));
  f->master = vlive_array_master_new ("products");
  f->master->clock = g_object_ref (f->clock);
  f->cache = make_cache != NULL ? make_cache () : vlive_memory_cache_new ();
  _vlive_cache_set_clock (f->cache, f->clock);
  f->store = vlive_store_new (VLIVE_MASTER (f->master), f->cache, "products");
  _vlive_store_set_clock (f->store, f->clock);
}

void
store_fixture_close (StoreFixture *f)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  vlive_store_close_async (f->store, vlive_test_result_cb, &result);
  STORE_WAIT (f, result != NULL);
  g_assert_true (vlive_store_close_finish (f->store, result, &error));
  g_assert_no_error (error);
  g_clear_object (&result);
  store_fixture_settle (f);
  g_assert_finalize_object (f->store);
  f->store = NULL;
}

void
store_fixture_reopen (StoreFixture *f, const char *cache_key)
{
  if (f->store != NULL)
    store_fixture_close (f);
  f->store = vlive_store_new (VLIVE_MASTER (f->master), f->cache, cache_key);
  _vlive_store_set_clock (f->store, f->clock);
}

void
store_fixture_tear_down (StoreFixture *f, gconstpointer data)
{
  f->master->hold = FALSE;
  if (f->store != NULL)
    store_fixture_close (f);
  vlive_array_master_release_all (f->master);
  store_fixture_advance (f, 1);
  _vlive_clock_advance (f->clock, 3600 * (gint64) G_USEC_PER_SEC);
  store_fixture_settle (f);
  g_assert_finalize_object (f->cache);
  g_assert_finalize_object (f->master);
  g_object_unref (f->clock);
  vlive_test_assert_all_gone ();
}

void
store_fixture_settle (StoreFixture *f)
{
  for (guint i = 0; i < 4; i++)
    {
      while (g_main_context_iteration (NULL, FALSE))
        ;
      _vlive_clock_advance (f->clock, 0);
    }
}

void
store_fixture_advance (StoreFixture *f, guint ms)
{
  store_fixture_settle (f);
  for (guint i = 0; i < ms; i++)
    {
      _vlive_clock_advance (f->clock, 1000);
      store_fixture_settle (f);
    }
}

VlivePage *
store_fixture_list (StoreFixture *f,
                    VliveQuery *query,
                    guint64 offset,
                    guint limit,
                    VliveReadFlags flags,
                    VliveReading *reading,
                    GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  vlive_store_list_async (f->store, query, offset, limit, flags, NULL,
                          vlive_test_result_cb, &result);
  STORE_WAIT (f, result != NULL);

  return vlive_store_list_finish (f->store, result, reading, error);
}

VliveRecord *
store_fixture_get (StoreFixture *f,
                   const char *id,
                   VliveReadFlags flags,
                   VliveReading *reading,
                   GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  vlive_store_get_async (f->store, id, flags, NULL, vlive_test_result_cb, &result);
  STORE_WAIT (f, result != NULL);

  return vlive_store_get_finish (f->store, result, reading, error);
}

gboolean
store_fixture_write (StoreFixture *f, VliveWrite *write, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  vlive_store_write_async (f->store, write, NULL, vlive_test_result_cb, &result);
  STORE_WAIT (f, result != NULL);

  return vlive_store_write_finish (f->store, result, error);
}

VliveWrite *
store_fixture_make_patch (const char *id, gint64 value)
{
  g_autoptr (VliveRecord) fields = NULL;
  g_autoptr (GError) error = NULL;
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "value", "x", value);
  fields = vlive_record_new_from_variant (id, g_variant_dict_end (&dict), &error);
  g_assert_no_error (error);

  return vlive_write_new (VLIVE_WRITE_PATCH, id, fields);
}

void
store_fixture_patch (StoreFixture *f, const char *id, gint64 value)
{
  g_autoptr (VliveWrite) write = store_fixture_make_patch (id, value);
  g_autoptr (GError) error = NULL;

  g_assert_true (store_fixture_write (f, write, &error));
  g_assert_no_error (error);
  g_assert_cmpint (vlive_write_get_state (write), ==, VLIVE_WRITE_APPLIED);
}

gint64
store_fixture_get_value (VliveRecord *record)
{
  gint64 value;

  g_assert_nonnull (record);
  g_assert_true (vlive_record_get_integer (record, "value", &value));

  return value;
}

char *
store_fixture_ids (VlivePage *page)
{
  GString *ids = g_string_new (NULL);

  for (guint i = 0; i < vlive_page_get_n_records (page); i++)
    g_string_append_printf (ids, "%s%s", i > 0 ? " " : "",
                            vlive_record_get_id (vlive_page_get_record (page, i)));

  return g_string_free (ids, FALSE);
}

void
store_fixture_assert_list (StoreFixture *f,
                           VliveQuery *query,
                           guint64 offset,
                           guint limit,
                           VliveOutcome outcome,
                           const char *ids)
{
  g_auto (VliveReading) reading = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (VlivePage) page =
      store_fixture_list (f, query, offset, limit, VLIVE_READ_NONE, &reading, &error);
  g_autofree char *got = NULL;

  g_assert_no_error (error);
  g_assert_cmpint (reading.outcome, ==, outcome);
  g_assert_cmpuint (vlive_page_get_offset (page), ==, offset);
  g_assert_cmpuint (vlive_page_get_limit (page), ==, limit);
  got = store_fixture_ids (page);
  g_assert_cmpstr (got, ==, ids);
}

VliveLedger
store_fixture_ledger (StoreFixture *f)
{
  VliveLedger ledger;

  vlive_store_get_ledger (f->store, &ledger);

  return ledger;
}
