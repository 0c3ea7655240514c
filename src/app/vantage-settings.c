/* vantage-settings.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "vantage-settings.h"

#define SCHEMA_ID "io.github.vlive.VantageLive"
#define STALE_AFTER_S 60

GSettings *
vantage_settings_load (void)
{
  GSettingsSchemaSource *source = g_settings_schema_source_get_default ();
  g_autoptr (GSettingsSchema) schema = NULL;

  if (source != NULL)
    schema = g_settings_schema_source_lookup (source, SCHEMA_ID, TRUE);

  return schema != NULL ? g_settings_new (SCHEMA_ID) : NULL;
}

static VliveCache *
make_folder_cache (GSettings *settings, const char *folder)
{
  g_autofree char *usual = g_build_filename (g_get_user_cache_dir (), "vlive", NULL);
  VliveCache *cache = vlive_lmdb_cache_new (folder[0] != '\0' ? folder : usual);

  if (settings != NULL)
    g_object_set (cache, "size-limit",
                  (guint64) g_settings_get_uint (settings, "cache-size-limit") << 20,
                  NULL);

  return cache;
}

static VliveCache *
make_cache (GSettings *settings, const char *backend, const char *folder)
{
  if (g_strcmp0 (backend, "none") == 0)
    return vlive_null_cache_new ();
  if (g_strcmp0 (backend, "memory") == 0)
    return vlive_memory_cache_new ();

  return make_folder_cache (settings, folder);
}

VliveCache *
vantage_settings_make_cache (GSettings *settings, const char *option)
{
  g_autofree char *backend = NULL;
  g_autofree char *folder = NULL;

  if (g_strcmp0 (option, "mem") == 0)
    return make_cache (settings, "memory", "");
  if (g_strcmp0 (option, "none") == 0 || option != NULL)
    return make_cache (settings, option, option);
  if (settings == NULL)
    return make_cache (NULL, "folder", "");

  backend = g_settings_get_string (settings, "cache-backend");
  folder = g_settings_get_string (settings, "cache-folder");

  return make_cache (settings, backend, folder);
}

guint
vantage_settings_get_stale_after (GSettings *settings)
{
  return (settings != NULL ? g_settings_get_uint (settings, "stale-after")
                           : STALE_AFTER_S)
         * 1000;
}
