/* vlive-cache-search.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "cache/vlive-cache-rules-private.h"

#include <string.h>

/*
 * The rules for a record that is looked for in pages. One that is found there
 * is as good as if it had been read by itself when its page was.
 */

static void
set_single (VliveSearch *self, const VliveSingle *single)
{
  VliveRecord *record = vlive_record_ref (single->record);

  _vlive_single_clear (&self->single);
  self->single = *single;
  self->single.record = record;
}

void
_vlive_search_init (VliveSearch *self, const VliveSingle *single)
{
  *self = (VliveSearch){ 0 };
  if (single != NULL && single->record != NULL)
    set_single (self, single);
}

void
_vlive_search_clear (VliveSearch *self)
{
  _vlive_single_clear (&self->single);
}

gboolean
_vlive_search_wants (const VliveSearch *self, const VliveStamp *stamp, guint n_rows)
{
  const VliveStamp *best = &self->single.stamp;

  if (self->n_pages >= VLIVE_CACHE_SEARCH_PAGES
      || n_rows > VLIVE_CACHE_SEARCH_ROWS - self->n_rows)
    return FALSE;

  return self->single.record == NULL
         || (best->generation == stamp->generation
             && _vlive_stamp_compare (stamp, best) > 0);
}

static VliveRecord *
find (VlivePage *page, const char *id)
{
  for (guint i = 0; i < page->n_records; i++)
    if (strcmp (vlive_record_get_id (page->records[i]), id) == 0)
      return page->records[i];

  return NULL;
}

void
_vlive_search_page (VliveSearch *self,
                    VlivePage *page,
                    const char *id,
                    const VliveSpace *space,
                    const VliveQueryState *state)
{
  VliveSingle single = {
    .record = find (page, id),
    .stamp = page->stamp,
    .fetched_at = page->fetched_at,
    .sequence = page->sequence,
  };

  self->n_pages++;
  self->n_rows += page->n_records;
  if (single.record == NULL)
    return;

  set_single (self, &single);
  self->stale = page->stale || page->stamp.epoch < MAX (state->mark, space->membership);
}

void
_vlive_search_know (const VliveSearch *self,
                    const VliveSpace *space,
                    const VliveCacheEntry *entry,
                    VliveKnownRecord *known)
{
  const VliveSingle *single = self->single.record != NULL ? &self->single : NULL;

  _vlive_rules_know_record (space, entry, single, known);
  if (single != NULL && known->record == single->record && self->stale)
    known->stale = TRUE;
}
