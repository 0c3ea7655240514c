/* vlive-cache-single.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "cache/vlive-cache-rules-private.h"

/* The rules for records that are read one by one. */

void
_vlive_single_clear (VliveSingle *self)
{
  g_clear_pointer (&self->record, vlive_record_unref);
}

void
_vlive_cached_record_set (VliveCachedRecord *self, const VliveKnownRecord *known)
{
  self->found = known->found;
  self->record =
      known->found && known->record != NULL ? vlive_record_ref (known->record) : NULL;
  self->stale = known->stale;
  self->confirmed_at = known->confirmed_at;
  self->fetched_at = known->fetched_at;
  self->sequence = known->sequence;
}

static gboolean
has_content (const VliveCacheEntry *entry)
{
  return entry != NULL && entry->kind != VLIVE_PATCH_UNKNOWN;
}

void
_vlive_rules_know_record (const VliveSpace *space,
                          const VliveCacheEntry *entry,
                          const VliveSingle *single,
                          VliveKnownRecord *known)
{
  guint64 epoch;

  *known = (VliveKnownRecord){ 0 };
  if (entry != NULL)
    known->confirmed_at = entry->confirmed_at;
  if (single != NULL
      && (!has_content (entry) || !_vlive_cache_entry_masks (entry, &single->stamp)))
    {
      known->record = single->record;
      known->fetched_at = single->fetched_at;
      known->sequence = single->sequence;
      epoch = single->stamp.epoch;
    }
  else if (has_content (entry))
    {
      known->record = entry->record;
      known->fetched_at = entry->fetched_at;
      known->sequence = entry->sequence;
      epoch = entry->epoch;
    }
  else
    return;

  known->found = TRUE;
  known->stale = epoch < space->everything || (entry != NULL && entry->unknown > epoch);
  /* What is not there is not remembered past a change that may have made it. */
  if (known->record == NULL && known->stale)
    known->found = FALSE;
}

/* Marks what the step from @old to @new changes. */
static void
mark_difference (VliveSpace *space, VliveRecord *old, VliveRecord *new)
{
  VliveRecord *both[] = { old, new };

  for (guint i = 0; i < 2; i++)
    for (guint j = 0; j < vlive_record_get_n_fields (both[i]); j++)
      {
        const char *name = vlive_record_get_field_name (both[i], j);
        VliveValue x, y;

        _vlive_record_peek_name (old, name, &x);
        _vlive_record_peek_name (new, name, &y);
        if (x.type != y.type || !_vlive_value_equal (&x, &y))
          _vlive_space_mark_field (space, name, space->epoch);
      }
}

static gboolean
raise_marks (VliveSpace *space, gboolean marked, VliveRecord *old, VliveRecord *new)
{
  if (old != NULL && new != NULL && vlive_record_equal (old, new))
    return FALSE;
  if (old == NULL && new == NULL)
    return FALSE;

  _vlive_space_raise (space);
  if (old == NULL || new == NULL)
    space->membership = space->epoch;
  else if (marked)
    mark_difference (space, old, new);
  else
    space->dependents = space->epoch;

  return TRUE;
}

/*
 * The patch table takes the answer if it has an entry for the record already,
 * if it tells a change, or if the record is gone. A first sight of a record
 * tells no change: two tables may show two moments of it.
 */
void
_vlive_rules_take_record (VliveSpace *space,
                          VliveCacheEntry *entry,
                          const VliveSingle *single,
                          VliveRecord *record,
                          const VliveStamp *stamp,
                          gint64 fetched_at,
                          guint64 sequence,
                          gint64 boot_now,
                          VliveTaking *taking)
{
  gboolean has_entry = has_content (entry) || entry->unknown != 0;
  gboolean changed = FALSE;

  *taking = (VliveTaking){ 0 };
  taking->verdict =
      _vlive_rules_admit (space, stamp, single != NULL ? &single->stamp : NULL);
  if (taking->verdict == VLIVE_VERDICT_TAKE && _vlive_cache_entry_masks (entry, stamp))
    taking->verdict = VLIVE_VERDICT_OLDER;
  if (taking->verdict != VLIVE_VERDICT_TAKE)
    return;

  if (single != NULL
      && (!has_content (entry) || !_vlive_cache_entry_masks (entry, &single->stamp)))
    changed = raise_marks (space, entry->marked, single->record, record);
  else if (has_content (entry))
    changed = raise_marks (space, entry->marked, entry->record, record);

  taking->space_changed = changed;
  taking->keep_entry = has_entry || changed || record == NULL;
  if (taking->keep_entry)
    {
      _vlive_cache_entry_take (entry, record, stamp, fetched_at, sequence, boot_now);
      entry->marked = entry->marked || changed;
    }
}
