/* vlive-table-length.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "table/vlive-table-private.h"

/* How long the list is, and making it so. */

/* Does the total not count the row any more, as the answers that we have still
 * do? */
static gboolean
is_settled (VliveTable *self, const VliveHidden *hidden)
{
  return hidden->staged == NULL
         && hidden->stamp.generation == self->totals.stamp.generation
         && hidden->stamp.epoch <= self->totals.stamp.epoch;
}

static guint64
count_settled (VliveTable *self, guint64 before)
{
  g_autoptr (GPtrArray) hidden = NULL;
  guint64 n = 0;

  if (_vlive_hidden_rows_get_n (self->hidden) == 0)
    return 0;

  hidden = _vlive_hidden_rows_list (self->hidden);
  for (guint i = 0; i < hidden->len; i++)
    if (((VliveHidden *) hidden->pdata[i])->base < before
        && is_settled (self, hidden->pdata[i]))
      n++;

  return n;
}

/* The rows of the list in the positions of the answers that we have. */
static guint64
find_n_base (VliveTable *self)
{
  guint64 n_rows = _vlive_totals_get_n_rows (&self->totals, self->page_size);
  guint64 n_base = VLIVE_NO_POSITION;
  guint64 fewer = n_rows + count_settled (self, n_base);

  while (fewer < n_base)
    {
      n_base = fewer;
      fewer = n_rows + count_settled (self, n_base);
    }

  return n_base;
}

/* What was deleted behind the end is over. */
static void
forget_hidden_behind_end (VliveTable *self)
{
  g_autoptr (GPtrArray) hidden = NULL;

  if (_vlive_hidden_rows_get_n (self->hidden) == 0)
    return;

  hidden = _vlive_hidden_rows_list (self->hidden);
  for (guint i = 0; i < hidden->len; i++)
    {
      VliveHidden *one = hidden->pdata[i];

      if (one->base >= self->n_base && is_settled (self, one))
        _vlive_table_unhide_at (self, one->base);
    }
}

guint64
_vlive_table_count_deleted (VliveTable *self)
{
  return _vlive_hidden_rows_get_n (self->hidden)
         - count_settled (self, VLIVE_NO_POSITION);
}

/* So many base rows make no more than "max-items" rows of the view. */
static guint64
clamp_base (VliveTable *self, guint64 n_base)
{
  guint64 base = n_base;

  if (_vlive_mapping_get_n_view (self->mapping, n_base) <= self->max_items)
    return n_base;

  _vlive_warn_once (self->store->cache_key, "max-items",
                    "%s has more rows than can be shown; the list ends after %u",
                    vlive_master_get_name (self->store->master), self->max_items);
  _vlive_mapping_view_to_base (self->mapping, self->max_items, &base);

  return base;
}

/* Rows that were asked for while the tail was cut have been cut as well. */
static void
take_tail_away (VliveTable *self)
{
  g_autoptr (GPtrArray) rows = _vlive_rows_list_from (self->rows, self->n_base);

  for (guint i = 0; i < rows->len; i++)
    _vlive_table_take_away (self, rows->pdata[i]);
}

/* From the end: first the tail in which nobody holds a row, then piece by
 * piece. */
static void
cut_tail (VliveTable *self, guint64 n_base, guint n_items)
{
  g_autoptr (GPtrArray) rows = _vlive_rows_list_from (self->rows, n_base);
  guint i = rows->len;

  self->n_base = n_base;
  while (self->n_items > n_items)
    {
      guint64 last =
          i > 0 ? _vlive_table_view_of (self, _vlive_row_get_base (rows->pdata[i - 1]))
                : n_items;
      guint64 from = i > 0 ? MAX (last + 1, n_items) : n_items;

      if (from >= self->n_items)
        from = MAX (n_items, self->n_items > VLIVE_MAX_SPLICE
                                 ? self->n_items - VLIVE_MAX_SPLICE
                                 : 0);
      while (i > 0
             && _vlive_table_view_of (self, _vlive_row_get_base (rows->pdata[i - 1]))
                    >= from)
        _vlive_table_take_away (self, rows->pdata[--i]);
      _vlive_table_emit (self, from, self->n_items - from, 0);
    }
  take_tail_away (self);
}

gboolean
_vlive_table_is_forward (VliveTable *self)
{
  VliveDescription *description = vlive_master_get_description (self->store->master);
  VliveCapabilities capabilities =
      description != NULL ? vlive_description_get_capabilities (description) : 0;

  return (capabilities & (VLIVE_CAN_WINDOW | VLIVE_CAN_PAGE | VLIVE_CAN_CURSOR))
         == VLIVE_CAN_CURSOR;
}

guint64
_vlive_table_find_end (VliveTable *self)
{
  self->totals.forward = _vlive_table_is_forward (self);

  return clamp_base (self, find_n_base (self));
}

void
_vlive_table_grow_page (VliveTable *self, guint64 first)
{
  guint64 n_base = clamp_base (self, find_n_base (self));

  n_base = MIN (n_base, first + self->page_size);
  if (self->n_base >= first && self->n_base < n_base)
    self->n_base = n_base;
}

void
_vlive_table_update_length (VliveTable *self)
{
  guint64 n_base = _vlive_table_find_end (self);
  guint n_items;

  _vlive_table_pull_inserts (self, n_base);
  n_items = (guint) _vlive_mapping_get_n_view (self->mapping, n_base);
  if (n_items < self->n_items)
    cut_tail (self, n_base, n_items);
  self->n_base = n_base;
  forget_hidden_behind_end (self);
  if (n_items > self->n_items)
    _vlive_table_emit (self, self->n_items, 0, n_items - self->n_items);
}
