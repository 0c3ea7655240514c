/* vlive-cache-entry.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "cache/vlive-cache-entry-private.h"

VliveCacheEntry *
_vlive_cache_entry_new (void)
{
  VliveCacheEntry *self = g_new0 (VliveCacheEntry, 1);

  self->kind = VLIVE_PATCH_UNKNOWN;

  return self;
}

void
_vlive_cache_entry_clear (VliveCacheEntry *self)
{
  g_clear_pointer (&self->record, vlive_record_unref);
}

void
_vlive_cache_entry_free (VliveCacheEntry *self)
{
  _vlive_cache_entry_clear (self);
  g_free (self);
}

gboolean
_vlive_cache_entry_masks (const VliveCacheEntry *self, const VliveStamp *stamp)
{
  if (self->kind == VLIVE_PATCH_UNKNOWN)
    return FALSE;
  if (self->epoch != stamp->epoch)
    return self->epoch > stamp->epoch;

  return self->asked_at > stamp->asked_at;
}

gboolean
_vlive_cache_entry_is_unknown (const VliveCacheEntry *self, const VliveStamp *stamp)
{
  return self->unknown > stamp->epoch;
}

guint64
_vlive_cache_entry_get_epoch (const VliveCacheEntry *self)
{
  return MAX (self->epoch, self->unknown);
}

static void
set_content (VliveCacheEntry *self, VliveRecord *record)
{
  g_clear_pointer (&self->record, vlive_record_unref);
  self->kind = record != NULL ? VLIVE_PATCH_RECORD : VLIVE_PATCH_TOMBSTONE;
  if (record != NULL)
    self->record = vlive_record_ref (record);
}

static gboolean
has_content (const VliveCacheEntry *self, const VlivePatch *patch)
{
  if (self->kind != patch->kind || self->unknown != 0)
    return FALSE;

  return self->kind == VLIVE_PATCH_TOMBSTONE
         || (self->kind == VLIVE_PATCH_RECORD
             && vlive_record_equal (self->record, patch->record));
}

/* An event that comes soon after a write of ours was confirmed may tell of an
 * earlier moment (races.md, rule 12). A boot clock that went back makes the
 * confirmation older than any deadline. */
static gboolean
is_believed (const VliveCacheEntry *self, const VlivePatch *patch, gint64 boot_now)
{
  if (patch->confirmed || patch->deadline_us <= 0 || self->confirmed_at == 0)
    return TRUE;
  if (boot_now < self->confirmed_at
      || boot_now - self->confirmed_at >= patch->deadline_us)
    return TRUE;

  return has_content (self, patch);
}

GArray *
_vlive_cache_note_doubted (GArray *doubted, guint index)
{
  if (doubted == NULL)
    doubted = g_array_new (FALSE, FALSE, sizeof (guint));

  return g_array_append_val (doubted, index);
}

gboolean
_vlive_cache_entry_patch (VliveCacheEntry *self,
                          const VlivePatch *patch,
                          guint64 epoch,
                          gint64 boot_now,
                          gint64 real_now)
{
  gboolean believed =
      patch->kind == VLIVE_PATCH_UNKNOWN || is_believed (self, patch, boot_now);

  g_assert (patch->kind != VLIVE_PATCH_RECORD || patch->record != NULL);

  self->made_at = boot_now;
  self->marked = TRUE;
  if (patch->confirmed)
    self->confirmed_at = MAX (boot_now, 1);
  if (patch->kind == VLIVE_PATCH_UNKNOWN || !believed)
    {
      self->unknown = epoch;
      return believed;
    }

  set_content (self, patch->kind == VLIVE_PATCH_RECORD ? patch->record : NULL);
  self->epoch = epoch;
  self->asked_at = 0;
  self->unknown = 0;
  self->fetched_at = real_now;
  self->sequence = 0;

  return TRUE;
}

void
_vlive_cache_entry_take (VliveCacheEntry *self,
                         VliveRecord *record,
                         const VliveStamp *stamp,
                         gint64 fetched_at,
                         guint64 sequence,
                         gint64 boot_now)
{
  set_content (self, record);
  self->epoch = stamp->epoch;
  self->asked_at = stamp->asked_at;
  self->fetched_at = fetched_at;
  self->sequence = sequence;
  self->made_at = boot_now;
  if (self->unknown <= stamp->epoch)
    self->unknown = 0;
}

gboolean
_vlive_cache_entry_is_old (const VliveCacheEntry *self, gint64 boot_now)
{
  /* Made before the clock began anew: no answer outlives a boot. */
  if (self->made_at > boot_now)
    return TRUE;

  return boot_now - self->made_at > VLIVE_CACHE_ENTRY_KEPT_US;
}
