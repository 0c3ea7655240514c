/* vlive-located.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "storage/vlive-located-private.h"

/* FNV-1a, 64 bits. */
static guint64
hash_key (guint database, VliveSpan key)
{
  guint64 hash = 0xcbf29ce484222325u ^ database;

  for (gsize i = 0; i < key.size; i++)
    hash = (hash ^ key.data[i]) * 0x100000001b3u;

  return hash != 0 ? hash : 1;
}

static guint64 *
get_set (VliveLocated *self, guint64 hash)
{
  return self->slots[(hash ^ hash >> 32) % VLIVE_LOCATED_SETS];
}

void
_vlive_located_add (VliveLocated *self, guint database, VliveSpan key)
{
  guint64 hash = hash_key (database, key);
  guint64 *set = get_set (self, hash);
  guint64 moved = hash;

  /* The newest first; the oldest falls out behind. */
  for (guint i = 0; i < VLIVE_LOCATED_WAYS; i++)
    {
      guint64 old = __atomic_exchange_n (&set[i], moved, __ATOMIC_RELAXED);

      if (old == hash || old == 0)
        return;
      moved = old;
    }
}

gboolean
_vlive_located_contains (VliveLocated *self, guint database, VliveSpan key)
{
  guint64 hash = hash_key (database, key);
  guint64 *set = get_set (self, hash);

  for (guint i = 0; i < VLIVE_LOCATED_WAYS; i++)
    if (__atomic_load_n (&set[i], __ATOMIC_RELAXED) == hash)
      return TRUE;

  return FALSE;
}

void
_vlive_located_clear (VliveLocated *self)
{
  for (guint i = 0; i < VLIVE_LOCATED_SETS; i++)
    for (guint j = 0; j < VLIVE_LOCATED_WAYS; j++)
      __atomic_store_n (&self->slots[i][j], 0, __ATOMIC_RELAXED);
}
