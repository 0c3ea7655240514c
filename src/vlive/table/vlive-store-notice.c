/* vlive-store-notice.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "table/vlive-store-private.h"

/*
 * News of other processes that share the cache: what they wrote and heard is in it,
 * and laid over what is read from then on. Reads see that by themselves; those who
 * look hear of it here (races.md, rules 5 and 6).
 */

static gboolean
is_news (VliveStore *self, const VliveStamp *stamp)
{
  return stamp->generation != self->noticed.generation
         || stamp->epoch != self->noticed.epoch;
}

/* What our own process put there, they have been told. */
static gboolean
is_ours (VliveStore *self, const VliveStamp *stamp)
{
  return stamp->generation == self->patched.generation
         && stamp->epoch == self->patched.epoch;
}

static void
notice_cb (gpointer data)
{
  VliveStore *self = data;
  VliveStoreChange change = { .kind = VLIVE_STORE_LOOK };
  gboolean cleared;
  VliveStamp stamp;
  VLIVE_METER_SPAN ("store-notice");

  /* Not without waiting: the slow poll comes back to it. */
  if (self->gone || !_vlive_cache_try_get_stamp (self->cache, self->ns, &stamp)
      || !is_news (self, &stamp))
    return;

  cleared =
      self->noticed.generation != 0 && stamp.generation != self->noticed.generation;
  self->noticed = stamp;
  if (is_ours (self, &stamp))
    return;

  if (cleared)
    {
      change.kind = VLIVE_STORE_ALL;
      change.membership = TRUE;
    }
  _vlive_store_publish (self, &change);
}

void
_vlive_store_watch_cache (VliveStore *self)
{
  if (self->watch != 0 || self->ns == NULL || self->clients->len == 0 || self->closed)
    return;

  _vlive_cache_try_get_stamp (self->cache, self->ns, &self->noticed);
  self->watch = _vlive_cache_watch (self->cache, notice_cb, self);
}

void
_vlive_store_unwatch_cache (VliveStore *self)
{
  if (self->watch != 0)
    _vlive_cache_unwatch (self->cache, self->watch);
  self->watch = 0;
}
