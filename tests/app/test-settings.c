/* test-settings.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "app-test.h"
#include "vantage-settings.h"
#include "vantage-source.h"

static GSettings *
load (void)
{
  GSettings *settings = vantage_settings_load ();

  g_assert_nonnull (settings);
  g_settings_reset (settings, "cache-backend");
  g_settings_reset (settings, "cache-folder");
  g_settings_reset (settings, "cache-size-limit");
  g_settings_reset (settings, "stale-after");

  return settings;
}

static void
assert_folder (VliveCache *cache, const char *folder)
{
  g_assert_true (VLIVE_IS_LMDB_CACHE (cache));
  g_assert_cmpstr (vlive_lmdb_cache_get_folder (VLIVE_LMDB_CACHE (cache)), ==, folder);
}

static void
test_backend (void)
{
  g_autoptr (GSettings) settings = load ();
  g_autofree char *usual = g_build_filename (g_get_user_cache_dir (), "vlive", NULL);
  g_autofree char *chosen = vlive_test_dup_folder ();
  g_autoptr (VliveCache) memory = NULL;
  g_autoptr (VliveCache) none = NULL;
  g_autoptr (VliveCache) folder = vantage_settings_make_cache (settings, NULL);
  g_autoptr (VliveCache) elsewhere = NULL;

  assert_folder (folder, usual);
  g_settings_set_string (settings, "cache-folder", chosen);
  elsewhere = vantage_settings_make_cache (settings, NULL);
  assert_folder (elsewhere, chosen);
  g_settings_set_string (settings, "cache-backend", "memory");
  memory = vantage_settings_make_cache (settings, NULL);
  g_assert_true (VLIVE_IS_MEMORY_CACHE (memory));
  g_settings_set_string (settings, "cache-backend", "none");
  none = vantage_settings_make_cache (settings, NULL);
  g_assert_true (VLIVE_IS_NULL_CACHE (none));
}

static void
test_option (void)
{
  g_autoptr (GSettings) settings = load ();
  g_autofree char *chosen = vlive_test_dup_folder ();
  g_autoptr (VliveCache) memory = vantage_settings_make_cache (settings, "mem");
  g_autoptr (VliveCache) none = vantage_settings_make_cache (settings, "none");
  g_autoptr (VliveCache) folder = vantage_settings_make_cache (settings, chosen);
  g_autoptr (VliveCache) without = vantage_settings_make_cache (NULL, NULL);

  g_assert_true (VLIVE_IS_MEMORY_CACHE (memory));
  g_assert_true (VLIVE_IS_NULL_CACHE (none));
  assert_folder (folder, chosen);
  g_assert_true (VLIVE_IS_LMDB_CACHE (without));
}

static void
test_size_limit (void)
{
  g_autoptr (GSettings) settings = load ();
  g_autoptr (VliveCache) cache = NULL;
  guint64 limit;

  g_settings_set_uint (settings, "cache-size-limit", 7);
  cache = vantage_settings_make_cache (settings, NULL);
  g_object_get (cache, "size-limit", &limit, NULL);
  g_assert_cmpuint (limit, ==, 7 << 20);
}

static void
test_stale_after (void)
{
  g_autoptr (GSettings) settings = load ();
  g_autoptr (VantageSource) source = vantage_source_new_local ("nowhere.vlive", "t");
  g_autoptr (VliveCache) cache = vlive_null_cache_new ();

  g_assert_cmpuint (vantage_settings_get_stale_after (NULL), ==, 60000);
  g_settings_set_uint (settings, "stale-after", 5);
  g_assert_cmpuint (vantage_settings_get_stale_after (settings), ==, 5000);
  vantage_source_set_stale_after (source, vantage_settings_get_stale_after (settings));
  g_assert_cmpuint (vlive_store_get_stale_after (
                        vantage_source_get_store (source, cache)),
                    ==, 5000);
}

int
main (int argc, char *argv[])
{
  app_test_init (&argc, &argv);
  g_test_add_func ("/app/settings/backend", test_backend);
  g_test_add_func ("/app/settings/option", test_option);
  g_test_add_func ("/app/settings/size-limit", test_size_limit);
  g_test_add_func ("/app/settings/stale-after", test_stale_after);

  return vlive_test_run ();
}
