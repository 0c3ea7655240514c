/* vlive-table-page.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "table/vlive-table-private.h"

/* The rows of pages that follow each other, as the view has them: those of the
 * master, and in front of and behind them those that are to be inserted. */

typedef struct
{
  guint64 base;
  VliveInsert *insert; /* not owned; NULL: the row at @base */
  VliveRow *row;       /* owned, nullable: who stands there */
} Place;

static void
place_clear (gpointer data)
{
  g_clear_object (&((Place *) data)->row);
}

static Place *
get_place (GArray *places, guint index)
{
  return &g_array_index (places, Place, index);
}

/* How many of @n rows from @first the list has, hidden ones included. */
static guint64
get_extent (VliveTable *self, guint64 first, guint64 n)
{
  return first < self->n_base ? MIN (n, self->n_base - first) : 0;
}

guint
_vlive_table_get_extent (VliveTable *self, guint64 first)
{
  return (guint) get_extent (self, first, self->page_size);
}

static VliveRow *
find_row (VliveTable *self, const Place *place)
{
  if (place->insert != NULL)
    return _vlive_rows_find (self->rows, place->insert->id);

  return _vlive_rows_get (self->rows, place->base);
}

/* Where the rows from @first on begin in the view. */
static guint64
get_front (VliveTable *self, guint64 first)
{
  guint64 view = _vlive_table_view_of (self, first);
  VliveInsert *before;
  guint64 base;

  while (view > 0
         && (before = _vlive_mapping_view_to_base (self->mapping, view - 1, &base))
                != NULL
         && before->place == first)
    view--;

  return view;
}

static GArray *
list_places (VliveTable *self, guint64 first, guint64 n)
{
  GArray *places = g_array_new (FALSE, FALSE, sizeof (Place));
  guint64 end = first + get_extent (self, first, n);
  guint64 n_view = _vlive_mapping_get_n_view (self->mapping, end);

  g_array_set_clear_func (places, place_clear);
  for (guint64 view = get_front (self, first); view < n_view; view++)
    {
      Place place = { .base = end };

      place.insert = _vlive_mapping_view_to_base (self->mapping, view, &place.base);
      place.row = find_row (self, &place);
      if (place.row != NULL)
        g_object_ref (place.row);
      g_array_append_val (places, place);
    }

  return places;
}

/* Would who stood at @old do for @place? */
static gboolean
fits (VliveTable *self, const Place *old, const Place *place)
{
  VliveRecord *record;
  VliveRow *target;

  if (place->insert != NULL || (old->insert != NULL && !old->insert->landed))
    return old->insert == place->insert;

  record = _vlive_base_get (self->base, place->base);
  target = record != NULL ? _vlive_rows_find (self->rows, vlive_record_get_id (record))
                          : NULL;
  if (target != NULL || old->row == NULL)
    return old->row == target;

  return vlive_row_get_id (old->row) == NULL;
}

static guint
count_same_start (VliveTable *self, GArray *old, GArray *places)
{
  guint n = 0;

  while (n < old->len && n < places->len
         && fits (self, get_place (old, n), get_place (places, n)))
    n++;

  return n;
}

static guint
count_same_end (VliveTable *self, GArray *old, GArray *places, guint start)
{
  guint n = 0;

  while (start + n < old->len && start + n < places->len
         && fits (self, get_place (old, old->len - 1 - n),
                  get_place (places, places->len - 1 - n)))
    n++;

  return n;
}

static void
put_row (VliveTable *self, VliveRow *row, guint64 base)
{
  if (row != NULL && _vlive_row_get_base (row) != base)
    {
      _vlive_rows_detach (self->rows, row);
      _vlive_rows_attach (self->rows, row, base);
    }
}

/* Those whose id the page has; they are without a place by now. */
static void
put_targets (VliveTable *self, GArray *places, guint from, guint to)
{
  for (guint i = from; i < to; i++)
    {
      Place *place = get_place (places, i);
      VliveRecord *record = _vlive_base_get (self->base, place->base);

      if (place->insert != NULL)
        put_row (self, find_row (self, place), VLIVE_OVERLAY_POSITION);
      else if (record != NULL)
        put_row (self, _vlive_rows_find (self->rows, vlive_record_get_id (record)),
                 place->base);
    }
}

static void
show_rows (VliveTable *self, GArray *places)
{
  for (guint i = 0; i < places->len; i++)
    {
      Place *place = get_place (places, i);
      VliveRow *found = _vlive_rows_get (self->rows, place->base);
      g_autoptr (VliveRow) row = NULL;

      /* Somebody who is told of one row may let go of another. */
      if (place->insert != NULL || found == NULL)
        continue;
      row = g_object_ref (found);
      if (_vlive_base_get (self->base, place->base) != NULL)
        _vlive_table_show (self, row, _vlive_base_get (self->base, place->base));
    }
}

/* Who stood there stands nowhere: but those to be inserted, if they stay. */
static void
clear_places (VliveTable *self, GArray *old, guint start, guint end)
{
  for (guint i = 0; i < old->len; i++)
    {
      Place *place = get_place (old, i);

      if (place->row == NULL)
        continue;
      if (i >= start && i < old->len - end)
        _vlive_table_take_away (self, place->row);
      else if (place->insert == NULL)
        _vlive_rows_detach (self->rows, place->row);
    }
}

/* The base has changed; the rows follow, in the smallest splice. */
static void
move_rows (VliveTable *self, guint64 first, guint64 n, GArray *old)
{
  g_autoptr (GArray) places = list_places (self, first, n);
  guint start = count_same_start (self, old, places);
  guint end = count_same_end (self, old, places, start);
  guint n_removed = old->len - start - end;
  guint n_added = places->len - start - end;

  clear_places (self, old, start, end);
  for (guint i = 0; i < start; i++)
    if (get_place (places, i)->insert == NULL)
      put_row (self, get_place (old, i)->row, get_place (places, i)->base);
  for (guint i = 1; i <= end; i++)
    if (get_place (places, places->len - i)->insert == NULL)
      put_row (self, get_place (old, old->len - i)->row,
               get_place (places, places->len - i)->base);
  put_targets (self, places, start, places->len - end);
  if (n_removed > 0 || n_added > 0)
    _vlive_table_emit (self, get_front (self, first) + start, n_removed, n_added);
  show_rows (self, places);
}

/* The last @n of the page's rows, as far as they are not known, are hidden
 * instead of those that were. */
static void
hide_at_end (VliveTable *self, guint64 first, GArray *stamps)
{
  guint64 base = first + _vlive_table_get_extent (self, first);

  for (guint i = 0; i < stamps->len && base > first; i++)
    {
      if (_vlive_base_get (self->base, --base) != NULL)
        break;
      _vlive_table_hide (self, base, &g_array_index (stamps, VliveStamp, i), NULL);
    }
}

/* Those that are to be deleted. */
static void
hide_staged (VliveTable *self, guint64 first)
{
  if (_vlive_stage_is_empty (self->store->stage))
    return;

  for (guint i = 0; i < self->page_size; i++)
    {
      VliveRecord *record = _vlive_base_get (self->base, first + i);

      if (record != NULL
          && _vlive_stage_is_deleted (self->store->stage, self->ends_seen,
                                      vlive_record_get_id (record)))
        _vlive_table_hide (self, first + i, NULL, record);
    }
}

static void
unhide_page (VliveTable *self, guint64 first)
{
  if (_vlive_hidden_rows_get_n (self->hidden) == 0)
    return;

  for (guint i = 0; i < self->page_size; i++)
    _vlive_table_unhide_at (self, first + i);
}

/* From the end, as they were hidden. */
GArray *
_vlive_table_list_hidden (VliveTable *self, guint64 first, const VliveStamp *stamp)
{
  GArray *stamps = g_array_new (FALSE, FALSE, sizeof (VliveStamp));

  if (_vlive_hidden_rows_get_n (self->hidden) == 0)
    return stamps;

  for (guint i = self->page_size; i > 0; i--)
    {
      VliveHidden *hidden = _vlive_hidden_rows_get (self->hidden, first + i - 1);

      if (hidden != NULL && hidden->staged == NULL
          && (stamp == NULL
              || (hidden->stamp.generation == stamp->generation
                  && hidden->stamp.epoch > stamp->epoch)))
        g_array_append_val (stamps, hidden->stamp);
    }

  return stamps;
}

void
_vlive_table_put_records (VliveTable *self, guint64 first, VliveRecord **records)
{
  for (guint i = 0; i < self->page_size; i++)
    _vlive_base_put (self->base, first + i, NULL);
  for (guint i = 0; i < self->page_size; i++)
    if (records[i] != NULL)
      _vlive_base_put (self->base, first + i, records[i]);
}

/* An answer for the last page ends the list where it says, in the splice that
 * shows it: what it does not count any more does not come back for a moment. */
static void
move_end (VliveTable *self, guint64 first)
{
  guint64 behind = first + self->page_size;
  guint64 n_base = _vlive_table_find_end (self);

  if (self->n_base >= first && self->n_base <= behind && n_base >= first
      && n_base <= behind && _vlive_inserts_get_n (self->inserts) == 0)
    self->n_base = n_base;
}

/* Who was to be inserted takes its seat: with the page's other rows, so that a
 * list that follows its rows keeps hold of it. If it is the last one, the list
 * grows with it. */
static void
land_here (VliveTable *self, guint64 first, VliveRecord **records)
{
  gboolean landed = FALSE;

  if (_vlive_inserts_get_n (self->inserts) == 0)
    return;

  for (guint i = 0; i < self->page_size; i++)
    if (records[i] != NULL
        && _vlive_table_land_quietly (self, vlive_record_get_id (records[i])))
      landed = TRUE;
  if (landed)
    _vlive_table_grow_page (self, first);
}

void
_vlive_table_change_page (VliveTable *self,
                          guint64 first,
                          VliveRecord **records,
                          GArray *hidden_stamps)
{
  unhide_page (self, first);
  _vlive_table_put_records (self, first, records);
  hide_staged (self, first);
  hide_at_end (self, first, hidden_stamps);
  land_here (self, first, records);
  move_end (self, first);
}

void
_vlive_table_set_page (VliveTable *self,
                       guint64 first,
                       VliveRecord **records,
                       GArray *hidden_stamps)
{
  g_autoptr (GArray) old = list_places (self, first, self->page_size);

  _vlive_table_change_page (self, first, records, hidden_stamps);
  move_rows (self, first, self->page_size, old);
}

/* Several pages in one splice. */

void
_vlive_table_add_page (VliveTable *self, GArray *pages, guint64 base)
{
  guint64 page = base / self->page_size;

  g_array_append_val (pages, page);
}

static int
compare_pages (gconstpointer a, gconstpointer b)
{
  guint64 left = *(const guint64 *) a;
  guint64 right = *(const guint64 *) b;

  return (left > right) - (left < right);
}

/* Sorted, and each once. */
static void
sort_pages (GArray *pages)
{
  guint n = 0;

  g_array_sort (pages, compare_pages);
  for (guint i = 0; i < pages->len; i++)
    {
      guint64 page = g_array_index (pages, guint64, i);

      if (n == 0 || g_array_index (pages, guint64, n - 1) != page)
        g_array_index (pages, guint64, n++) = page;
    }
  g_array_set_size (pages, n);
}

/* The rows of a page that is not in memory would lose their places. */
static gboolean
are_here (VliveTable *self, guint64 first, guint64 end)
{
  guint64 page;

  for (page = first; page < end && _vlive_base_get_seat (self->base, page) != NULL;
       page++)
    ;

  return page == end;
}

/* Of the pages from index @from on, how many one splice may span. */
static guint
count_joined (VliveTable *self, GArray *pages, guint from)
{
  guint64 first = g_array_index (pages, guint64, from);
  guint n = 1;

  while (from + n < pages->len)
    {
      guint64 last = g_array_index (pages, guint64, from + n - 1);
      guint64 page = g_array_index (pages, guint64, from + n);

      if ((page + 1 - first) * self->page_size > VLIVE_MAX_SPLICE
          || !are_here (self, last + 1, page))
        break;
      n++;
    }

  return n;
}

gboolean
_vlive_table_splice_pages (VliveTable *self,
                           GArray *pages,
                           VlivePageFunc func,
                           gpointer data)
{
  gboolean joined;
  guint i = 0;

  sort_pages (pages);
  joined = pages->len > _vlive_table_get_n_splices (self);
  while (i < pages->len && _vlive_table_get_n_splices (self) > 0)
    {
      guint n = joined ? count_joined (self, pages, i) : 1;
      guint64 first = g_array_index (pages, guint64, i) * self->page_size;
      guint64 last = g_array_index (pages, guint64, i + n - 1) * self->page_size;
      guint64 n_rows = last + self->page_size - first;
      g_autoptr (GArray) old = list_places (self, first, n_rows);

      for (guint j = i; j < i + n; j++)
        func (self, g_array_index (pages, guint64, j) * self->page_size, data);
      move_rows (self, first, n_rows, old);
      i += n;
    }

  return i < pages->len;
}
