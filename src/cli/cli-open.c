/* cli-open.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "cli-open.h"

#include <string.h>

#include "cli-error.h"
#include "cli-verbs.h"

#define DEFAULT_MASTER "./vlive-master.mdb"
#define DEFAULT_TABLE "products"
#define DEFAULT_PROFILE "jsonplaceholder"

VliveCache *
cli_open_cache (CliOptions *options)
{
  if (options->cache == NULL || strcmp (options->cache, "mem") == 0)
    return vlive_memory_cache_new ();
  if (strcmp (options->cache, "none") == 0)
    return vlive_null_cache_new ();

  return vlive_lmdb_cache_new (options->cache);
}

char *
cli_open_dup_cache_file (CliOptions *options)
{
  if (options->cache == NULL || strcmp (options->cache, "mem") == 0
      || strcmp (options->cache, "none") == 0)
    return NULL;

  return g_build_filename (options->cache, "cache.mdb", NULL);
}

/* Without their trailing slashes. */
static gboolean
same_base_url (const char *a, const char *b)
{
  gsize n_a = strlen (a);
  gsize n_b = strlen (b);

  while (n_a > 0 && a[n_a - 1] == '/')
    n_a--;
  while (n_b > 0 && b[n_b - 1] == '/')
    n_b--;

  return n_a == n_b && strncmp (a, b, n_a) == 0;
}

/* An address alone says how to speak only where it is a known one. Elsewhere
 * json-server's way is the most common, and promises the least. */
static VliveProfile *
guess_profile (const char *url, GError **error)
{
  static const char *const known[] = { "jsonplaceholder", "dummyjson" };

  for (gsize i = 0; i < G_N_ELEMENTS (known); i++)
    {
      g_autoptr (VliveProfile) profile = vlive_profile_load (known[i], error);

      if (profile == NULL)
        return NULL;
      if (same_base_url (vlive_profile_get_base_url (profile), url))
        return g_steal_pointer (&profile);
    }

  return vlive_profile_load ("json-server", error);
}

static VliveProfile *
load_profile (CliOptions *options, GError **error)
{
  g_autoptr (VliveProfile) profile = NULL;
  g_autoptr (GError) reason = NULL;
  VliveProfile *moved;

  if (options->profile != NULL)
    profile = vlive_profile_load (options->profile, error);
  else if (options->url != NULL)
    profile = guess_profile (options->url, error);
  else
    profile = vlive_profile_load (DEFAULT_PROFILE, error);
  if (profile == NULL || options->url == NULL)
    return g_steal_pointer (&profile);

  moved = vlive_profile_with_base_url (profile, options->url, &reason);
  if (moved == NULL)
    g_set_error (error, CLI_ERROR, CLI_ERROR_USAGE, "--url: %s", reason->message);

  return moved;
}

VliveMaster *
cli_open_master (CliOptions *options, GError **error)
{
  g_autoptr (VliveProfile) profile = NULL;

  if ((options->group->takes & CLI_TAKES_FILE) != 0)
    return VLIVE_MASTER (vlive_local_master_new (
        options->master != NULL ? options->master : DEFAULT_MASTER,
        options->table != NULL ? options->table : DEFAULT_TABLE));

  if ((options->group->takes & CLI_TAKES_DEMO) != 0)
    return cli_demo_open (&options->demo);

  profile = load_profile (options, error);
  if (profile == NULL)
    return NULL;

  return VLIVE_MASTER (vlive_rest_master_new (profile, options->resource));
}
