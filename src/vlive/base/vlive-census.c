/* vlive-census.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "base/vlive-census-private.h"

#include "base/vlive-debug.h"

static int counts[VLIVE_N_CENSUS];

static const char *const names[VLIVE_N_CENSUS] = {
  [VLIVE_CENSUS_STORE] = "store",   [VLIVE_CENSUS_TABLE] = "table",
  [VLIVE_CENSUS_ROW] = "row",       [VLIVE_CENSUS_WRITE] = "write",
  [VLIVE_CENSUS_MASTER] = "master", [VLIVE_CENSUS_CACHE] = "cache",
  [VLIVE_CENSUS_STREAM] = "stream", [VLIVE_CENSUS_STORAGE] = "storage",
  [VLIVE_CENSUS_THREAD] = "thread", [VLIVE_CENSUS_TIMER] = "timer",
  [VLIVE_CENSUS_PAGE] = "page",     [VLIVE_CENSUS_RECORD] = "record",
  [VLIVE_CENSUS_TASK] = "task",
};

void
_vlive_census_add (VliveCensusKind kind)
{
  g_atomic_int_inc (&counts[kind]);
}

void
_vlive_census_remove (VliveCensusKind kind)
{
  int before = g_atomic_int_add (&counts[kind], -1);

  g_assert (before > 0);
}

int
_vlive_census_get (VliveCensusKind kind)
{
  return g_atomic_int_get (&counts[kind]);
}

const char *
_vlive_census_get_name (VliveCensusKind kind)
{
  return names[kind];
}

char *
_vlive_census_to_text (void)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < VLIVE_N_CENSUS; i++)
    if (_vlive_census_get (i) != 0)
      g_string_append_printf (text, "%s%s %d", text->len > 0 ? ", " : "", names[i],
                              _vlive_census_get (i));

  return g_string_free (text, FALSE);
}

/**
 * vlive_debug_census:
 *
 * Counts what lives of the library's objects and threads, in this process.
 * May be called on any thread.
 *
 * Returns: (transfer full): "store 1, thread 2", or "" when nothing lives
 *
 * Since: 0.1
 */
char *
vlive_debug_census (void)
{
  return _vlive_census_to_text ();
}
