/* vlive-parts.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "table/vlive-parts-private.h"

/* A master that gives one row at a time does not get more requests for one
 * window than this. */
#define MAX_REQUESTS 512

void
_vlive_parts_clear (VliveParts *self)
{
  g_clear_pointer (&self->records, g_ptr_array_unref);
}

static guint
get_n (VliveParts *self)
{
  return self->records->len;
}

static void
plan (VliveParts *self, const VliveTarget *target)
{
  self->n_requests++;
  self->offset = target->offset + get_n (self);
  self->limit = target->limit - MIN (get_n (self), target->limit);
  self->skip = 0;
  if (!self->aligned || target->limit == 0)
    return;

  self->limit = self->step > 0 ? self->step : target->limit;
  self->skip = (guint) (self->offset % self->limit);
  self->offset -= self->skip;
}

void
_vlive_parts_start (VliveParts *self,
                    const VliveTarget *target,
                    VliveDescription *description)
{
  VliveCapabilities capabilities =
      description != NULL ? vlive_description_get_capabilities (description) : 0;

  _vlive_parts_clear (self);
  *self = (VliveParts){ 0 };
  self->records = g_ptr_array_new_with_free_func ((GDestroyNotify) vlive_record_unref);
  self->aligned =
      (capabilities & (VLIVE_CAN_WINDOW | VLIVE_CAN_PAGE)) == VLIVE_CAN_PAGE;
  plan (self, target);
}

/* Does the master say that there are rows behind those that are here? */
static gboolean
claims_more (VliveParts *self, const VliveTarget *target, VlivePage *answer)
{
  return !self->ignore_total && answer->total_kind != VLIVE_TOTAL_UNKNOWN
         && answer->total > target->offset + get_n (self);
}

static gboolean
is_over (VliveParts *self, const VliveTarget *target, VlivePage *answer)
{
  return answer->total_kind == VLIVE_TOTAL_EXACT
         && answer->total <= target->offset + get_n (self);
}

static guint
gain (VliveParts *self, const VliveTarget *target, VlivePage *answer)
{
  guint n_before = get_n (self);

  for (guint i = self->skip; i < answer->n_records && get_n (self) < target->limit; i++)
    g_ptr_array_add (self->records, vlive_record_ref (answer->records[i]));

  return get_n (self) - n_before;
}

static gboolean
needs_more (VliveParts *self, const VliveTarget *target, VlivePage *answer)
{
  guint n_gained = gain (self, target, answer);
  gboolean is_full = answer->n_records >= self->limit;
  gboolean more = claims_more (self, target, answer);
  gboolean learns_step =
      self->aligned && self->step == 0 && !is_full && more && answer->n_records > 0;

  if (learns_step)
    self->step = answer->n_records;
  self->claim_failed = more && n_gained == 0 && self->n_requests > 1;
  if (get_n (self) >= target->limit || self->n_requests >= MAX_REQUESTS
      || is_over (self, target, answer))
    return FALSE;

  /* One that keeps to pages answers the rest of a window with the next one. */
  return learns_step || (n_gained > 0 && (more || (self->aligned && is_full)));
}

/* Of a master that answers everything, whatever was asked for, those rows are
 * taken that were. */
static VlivePage *
cut_out (const VliveTarget *target, VlivePage *answer)
{
  VlivePage *page = _vlive_page_copy (answer);
  guint n_skipped = (guint) MIN (target->offset, page->n_records);

  for (guint i = 0; i < n_skipped; i++)
    vlive_record_unref (page->records[i]);
  page->n_records -= n_skipped;
  memmove (page->records, page->records + n_skipped,
           page->n_records * sizeof *page->records);

  return page;
}

/* The total is that of the last answer. A validator is of one answer only. */
static VlivePage *
put_together (VliveParts *self, const VliveTarget *target, VlivePage *answer)
{
  VlivePage *page = vlive_page_new (target->offset, target->limit,
                                    (VliveRecord **) self->records->pdata, get_n (self),
                                    answer->total_kind, answer->total);

  page->sequence = self->sequence;

  return page;
}

/* One that answers more than was asked for has no say beyond it. */
static void
cut_to_limit (VlivePage *page, guint limit)
{
  while (limit > 0 && page->n_records > limit)
    g_clear_pointer (&page->records[--page->n_records], vlive_record_unref);
}

VlivePage *
_vlive_parts_take (VliveParts *self, const VliveTarget *target, VlivePage *answer)
{
  VlivePage *page;

  if (self->n_requests == 1)
    self->sequence = answer->sequence;
  if (answer->limit == 0 && answer->offset == 0)
    page = cut_out (target, answer);
  else if (target->limit == 0)
    page = _vlive_page_copy (answer);
  else if (needs_more (self, target, answer))
    {
      plan (self, target);
      return NULL;
    }
  else if (self->n_requests == 1 && self->skip == 0)
    page = _vlive_page_copy (answer);
  else
    page = put_together (self, target, answer);
  cut_to_limit (page, target->limit);

  return page;
}
