/* vlive-cache-space.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "cache/vlive-cache-rules-private.h"

static guint64
random_generation (void)
{
  guint64 generation;

  do
    generation = ((guint64) g_random_int () << 32) | g_random_int ();
  while (generation == 0);

  return generation;
}

void
_vlive_space_init (VliveSpace *self, gint64 real_now)
{
  *self = (VliveSpace){
    .generation = random_generation (),
    .epoch = (guint64) MAX (real_now, 1),
  };
}

static void
clear_fields (VliveSpace *self)
{
  for (guint i = 0; self->fields != NULL && i < self->fields->len; i++)
    g_free (g_array_index (self->fields, VliveFieldMark, i).name);
  g_clear_pointer (&self->fields, g_array_unref);
}

void
_vlive_space_clear (VliveSpace *self)
{
  clear_fields (self);
}

gboolean
_vlive_space_boot_went_back (const VliveSpace *self, gint64 boot_now)
{
  return boot_now < self->latest_at;
}

gboolean
_vlive_space_notice_boot (VliveSpace *self, gint64 boot_now)
{
  gboolean went_back = _vlive_space_boot_went_back (self, boot_now);

  if (went_back)
    _vlive_space_raise (self);
  self->latest_at = boot_now;

  return went_back;
}

void
_vlive_space_get_stamp (const VliveSpace *self, gint64 boot_now, VliveStamp *stamp)
{
  *stamp = (VliveStamp){
    .generation = self->generation,
    .epoch = self->epoch,
    .asked_at = boot_now,
  };
}

void
_vlive_space_raise (VliveSpace *self)
{
  self->epoch++;
}

/* Too many fields: they share the mark of all that depends on any. */
static void
merge_fields (VliveSpace *self)
{
  for (guint i = 0; i < self->fields->len; i++)
    self->dependents =
        MAX (self->dependents, g_array_index (self->fields, VliveFieldMark, i).epoch);
  clear_fields (self);
}

void
_vlive_space_mark_field (VliveSpace *self, const char *name, guint64 epoch)
{
  VliveFieldMark mark;

  for (guint i = 0; self->fields != NULL && i < self->fields->len; i++)
    {
      VliveFieldMark *old = &g_array_index (self->fields, VliveFieldMark, i);

      if (strcmp (old->name, name) == 0)
        {
          old->epoch = MAX (old->epoch, epoch);
          return;
        }
    }

  if (self->fields != NULL && self->fields->len >= VLIVE_SPACE_MAX_FIELDS)
    merge_fields (self);
  if (self->fields == NULL)
    self->fields = g_array_new (FALSE, FALSE, sizeof (VliveFieldMark));
  mark.name = g_strdup (name);
  mark.epoch = epoch;
  g_array_append_val (self->fields, mark);
}

void
_vlive_space_mark_patch (VliveSpace *self, const VlivePatch *patch, gboolean believed)
{
  if (patch->membership)
    self->membership = self->epoch;
  else if (patch->fields == NULL || !believed)
    self->dependents = self->epoch;
  else
    for (guint i = 0; patch->fields[i] != NULL; i++)
      _vlive_space_mark_field (self, patch->fields[i], self->epoch);
}

void
_vlive_query_state_init (VliveQueryState *self, const VliveSpace *space)
{
  *self = (VliveQueryState){ .mark = space->unlisted };
}

static gboolean
depends_on_values (VliveQuery *query)
{
  return vlive_query_get_n_conditions (query) > 0
         || vlive_query_get_n_sort_keys (query) > 0
         || vlive_query_get_search (query) != NULL;
}

guint64
_vlive_query_state_get_mark (const VliveQueryState *self,
                             const VliveSpace *space,
                             VliveQuery *query)
{
  guint64 mark = MAX (MAX (space->everything, space->membership), self->mark);

  if (!depends_on_values (query))
    return mark;

  mark = MAX (mark, space->dependents);
  for (guint i = 0; space->fields != NULL && i < space->fields->len; i++)
    {
      const VliveFieldMark *field = &g_array_index (space->fields, VliveFieldMark, i);

      if (field->epoch > mark && vlive_query_depends_on (query, field->name))
        mark = field->epoch;
    }

  return mark;
}

gboolean
_vlive_query_state_take_total (VliveQueryState *self,
                               const VliveStamp *stamp,
                               VliveTotalKind kind,
                               guint64 total)
{
  if (kind == VLIVE_TOTAL_UNKNOWN)
    return FALSE;
  if (self->total_kind != VLIVE_TOTAL_UNKNOWN
      && _vlive_stamp_compare (stamp, &self->total_stamp) < 0)
    return FALSE;

  self->total_kind = kind;
  self->total = total;
  self->total_stamp = *stamp;

  return TRUE;
}

gboolean
_vlive_query_state_is_beyond (const VliveQueryState *self,
                              const VliveStamp *stamp,
                              guint64 offset)
{
  return self->total_kind == VLIVE_TOTAL_EXACT && offset > 0 && offset >= self->total
         && _vlive_stamp_compare (&self->total_stamp, stamp) > 0;
}
