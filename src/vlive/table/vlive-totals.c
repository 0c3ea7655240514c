/* vlive-totals.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "table/vlive-totals-private.h"

void
_vlive_totals_clear (VliveTotals *self)
{
  *self = (VliveTotals){ .kind = VLIVE_TOTAL_UNKNOWN, .forward = self->forward };
}

gboolean
_vlive_totals_is_newer (const VliveTotals *self, const VliveStamp *stamp)
{
  return self->stamp.generation != 0 && self->stamp.generation == stamp->generation
         && _vlive_stamp_compare (stamp, &self->stamp) < 0;
}

static void
take_stated (VliveTotals *self, VlivePage *page)
{
  if (self->capped && page->total != self->claim)
    self->capped = FALSE;
  self->stated = TRUE;
  self->kind = page->total_kind;
  self->total = page->total;
  self->stamp = page->stamp;
  if (page->total_kind == VLIVE_TOTAL_EXACT)
    self->known = MIN (self->known, page->total);
  self->ended = FALSE;
}

/* A page that is full tells that there are so many; a short one, where they
 * end, if it has rows or begins where the known ones end. */
static void
take_page_length (VliveTotals *self, VlivePage *page)
{
  guint64 end = page->offset + page->n_records;
  gboolean is_short = page->limit == 0 || page->n_records < page->limit;

  self->stamp = page->stamp;
  if (is_short && (page->n_records > 0 || page->offset <= self->known))
    {
      self->ended = TRUE;
      self->known = end;
    }
  else if (end > self->known)
    {
      self->ended = FALSE;
      self->known = end;
    }
}

gboolean
_vlive_totals_take (VliveTotals *self, VlivePage *page)
{
  gboolean is_old = _vlive_totals_is_newer (self, &page->stamp);
  guint64 end = page->offset + page->n_records;
  gboolean states_end = page->total_kind == VLIVE_TOTAL_EXACT
                        || page->total_kind == VLIVE_TOTAL_ESTIMATED;

  if (is_old && page->offset > 0 && (self->stated || self->ended)
      && page->offset >= _vlive_totals_get_n_rows (self, 0))
    return FALSE;

  if (states_end && !is_old)
    take_stated (self, page);
  else if (!self->stated && !is_old)
    take_page_length (self, page);
  if (self->stated || !self->ended)
    self->known = MAX (self->known, end);
  if (page->total_kind == VLIVE_TOTAL_AT_LEAST && !self->ended)
    self->known = MAX (self->known, page->total);

  return TRUE;
}

void
_vlive_totals_cap (VliveTotals *self, VlivePage *page)
{
  if (!self->stated || _vlive_totals_is_newer (self, &page->stamp))
    return;

  self->capped = TRUE;
  self->cap = page->offset + page->n_records;
  self->claim = self->total;
}

void
_vlive_totals_uncap (VliveTotals *self)
{
  self->capped = FALSE;
}

void
_vlive_totals_grow (VliveTotals *self, guint n_rows, const VliveStamp *stamp)
{
  self->total += n_rows;
  self->known += n_rows;
  self->cap += n_rows;
  self->stamp = *stamp;
}

void
_vlive_totals_set_empty (VliveTotals *self, const VliveStamp *stamp)
{
  *self = (VliveTotals){
    .stated = TRUE, .kind = VLIVE_TOTAL_EXACT, .stamp = *stamp, .forward = self->forward
  };
}

static guint64
get_n_rows (const VliveTotals *self, guint page_size)
{
  if (self->stated && self->capped)
    return MIN (self->total, self->cap);
  if (self->stated && self->kind == VLIVE_TOTAL_EXACT)
    return self->total;
  if (self->stated)
    return MAX (self->total, self->known);
  if (self->ended || self->known == 0)
    return self->known;

  return self->known + page_size;
}

guint64
_vlive_totals_get_n_rows (const VliveTotals *self, guint page_size)
{
  guint64 n_rows = get_n_rows (self, page_size);

  /* A place that cannot be jumped to is not in the list. */
  if (self->forward && page_size > 0)
    return MIN (n_rows, self->known + page_size);

  return n_rows;
}

VliveTotalKind
_vlive_totals_get (const VliveTotals *self, guint64 *total)
{
  *total = _vlive_totals_get_n_rows (self, 0);
  if (self->stated)
    return self->capped ? VLIVE_TOTAL_EXACT : self->kind;
  if (self->ended)
    return VLIVE_TOTAL_EXACT;

  return self->known > 0 ? VLIVE_TOTAL_AT_LEAST : VLIVE_TOTAL_UNKNOWN;
}
