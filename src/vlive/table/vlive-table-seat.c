/* vlive-table-seat.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "record/vlive-record-private.h"
#include "table/vlive-table-private.h"

/*
 * Changing what a table shows. Everything here is one splice after another,
 * each applied before it is told, so that the list is right whenever somebody
 * is told: an id leaves its old place, and then takes the new one.
 */

void
_vlive_table_emit (VliveTable *self,
                   guint64 position,
                   guint64 n_removed,
                   guint64 n_added)
{
  if (n_removed == 0 && n_added == 0)
    return;

  g_assert (position + n_removed <= self->n_items);

  self->n_items = (guint) (self->n_items - n_removed + n_added);
  _vlive_meter_pause ();
  g_list_model_items_changed (G_LIST_MODEL (self), (guint) position, (guint) n_removed,
                              (guint) n_added);
  _vlive_meter_resume ();
  if (n_removed != n_added)
    _vlive_table_notify_n_items (self);
}

static guint64
view_of (VliveTable *self, guint64 base)
{
  guint64 view;

  _vlive_mapping_base_to_view (self->mapping, base, &view);

  return view;
}

/* It loses its place, and may get another one before all is done: until then
 * it is kept. */
static void
take_away (VliveTable *self, VliveRow *row)
{
  _vlive_rows_detach (self->rows, row);
  g_ptr_array_add (self->limbo, g_object_ref (row));
}

static void
show_at (VliveTable *self, VliveRow *row, VliveRecord *record)
{
  if (record != NULL)
    _vlive_rows_show (self->rows, row, record,
                      _vlive_table_get_row_state (self, vlive_record_get_id (record)));
}

static int
compare_numbers (gconstpointer a, gconstpointer b)
{
  guint64 left = *(const guint64 *) a;
  guint64 right = *(const guint64 *) b;

  return (left > right) - (left < right);
}

/* Where @record stands outside of @page: its seat, or a row that is held. */
static gboolean
find_elsewhere (VliveTable *self, VliveRecord *record, guint64 page, guint64 *base)
{
  const char *id = vlive_record_get_id (record);
  VliveRow *row;

  if (_vlive_base_find (self->base, id, base))
    return *base / self->page_size != page;

  row = _vlive_rows_find (self->rows, id);
  *base = row != NULL ? _vlive_row_get_base (row) : VLIVE_NO_POSITION;

  return *base != VLIVE_NO_POSITION && *base / self->page_size != page;
}

/* From one position to the last that stays within one splice. */
static guint
splice_out (VliveTable *self, GArray *places, guint from)
{
  guint64 first = g_array_index (places, guint64, from);
  guint64 low = VLIVE_NO_POSITION;
  guint64 high = 0;
  guint i = from;

  for (;
       i < places->len && g_array_index (places, guint64, i) - first < VLIVE_MAX_SPLICE;
       i++)
    {
      guint64 base = g_array_index (places, guint64, i);
      VliveRow *row = _vlive_rows_get (self->rows, base);

      if (row == NULL)
        continue;
      take_away (self, row);
      low = MIN (low, base);
      high = MAX (high, base);
    }
  if (low <= high)
    {
      guint64 view = view_of (self, low);
      guint64 n = view_of (self, high) + 1 - view;

      _vlive_table_emit (self, view, n, n);
    }

  return i;
}

/* The ids of @records leave every other place. A page that was asked for
 * earlier than the one that has an id does not get it: its slot stays open. */
static void
make_room (VliveTable *self,
           VliveSeat *seat,
           const VliveStamp *stamp,
           VliveRecord **records)
{
  g_autoptr (GArray) places = g_array_new (FALSE, FALSE, sizeof (guint64));

  for (guint i = 0; i < self->page_size; i++)
    {
      g_autoptr (VliveRecord) old = NULL;
      VliveSeat *other;
      guint64 base;

      if (records[i] == NULL || !find_elsewhere (self, records[i], seat->page, &base))
        continue;

      other = _vlive_base_get_seat (self->base, base / self->page_size);
      if (other != NULL && other->stamp.generation == stamp->generation
          && _vlive_stamp_compare (stamp, &other->stamp) < 0)
        {
          old = g_steal_pointer (&records[i]);
          seat->lost = TRUE;
          continue;
        }

      g_array_append_val (places, base);
      old = _vlive_base_get (self->base, base);
      if (old == NULL)
        continue;
      vlive_record_ref (old);
      _vlive_base_put (self->base, base, NULL);
      _vlive_table_lose_id (self, other, base, old, seat->page);
    }

  g_array_sort (places, compare_numbers);
  for (guint i = 0; i < places->len;)
    i = splice_out (self, places, i);
}

/* One page's rows, as the view has them. */

typedef struct
{
  VliveRow **rows; /* of each row of the page in the view: owned, or NULL */
  guint n;
} Old;

static void
old_clear (Old *old)
{
  for (guint i = 0; i < old->n; i++)
    g_clear_object (&old->rows[i]);
  g_free (old->rows);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Old, old_clear)

/* How many rows of the page the list has, hidden ones included. */
static guint
get_extent (VliveTable *self, guint64 first)
{
  if (first >= self->n_base)
    return 0;

  return (guint) MIN (self->page_size, self->n_base - first);
}

static GArray *
list_visible (VliveTable *self, guint64 first)
{
  GArray *bases = g_array_new (FALSE, FALSE, sizeof (guint64));
  guint extent = get_extent (self, first);

  for (guint64 base = first; base < first + extent; base++)
    if (!_vlive_mapping_is_hidden (self->mapping, base))
      g_array_append_val (bases, base);

  return bases;
}

static void
list_old (VliveTable *self, GArray *bases, Old *old)
{
  old->n = bases->len;
  old->rows = g_new0 (VliveRow *, bases->len + 1);
  for (guint i = 0; i < bases->len; i++)
    {
      VliveRow *row = _vlive_rows_get (self->rows, g_array_index (bases, guint64, i));

      old->rows[i] = row != NULL ? g_object_ref (row) : NULL;
    }
}

/* Would @row, or nobody, do for what @base holds now? */
static gboolean
fits (VliveTable *self, VliveRow *row, guint64 base)
{
  VliveRecord *record = _vlive_base_get (self->base, base);
  VliveRow *target = record != NULL
                         ? _vlive_rows_find (self->rows, vlive_record_get_id (record))
                         : NULL;

  if (target != NULL || row == NULL)
    return row == target;

  return vlive_row_get_id (row) == NULL;
}

static guint
count_same_start (VliveTable *self, const Old *old, GArray *bases)
{
  guint n = 0;

  while (n < old->n && n < bases->len
         && fits (self, old->rows[n], g_array_index (bases, guint64, n)))
    n++;

  return n;
}

static guint
count_same_end (VliveTable *self, const Old *old, GArray *bases, guint start)
{
  guint n = 0;

  while (start + n < old->n && start + n < bases->len
         && fits (self, old->rows[old->n - 1 - n],
                  g_array_index (bases, guint64, bases->len - 1 - n)))
    n++;

  return n;
}

static void
place_row (VliveTable *self, VliveRow *row, guint64 base)
{
  if (row != NULL && _vlive_row_get_base (row) != base)
    {
      _vlive_rows_detach (self->rows, row);
      _vlive_rows_attach (self->rows, row, base);
    }
}

/* Those whose id the page has; they are without a place by now. */
static void
place_targets (VliveTable *self, GArray *bases, guint from, guint to)
{
  for (guint i = from; i < to; i++)
    {
      guint64 base = g_array_index (bases, guint64, i);
      VliveRecord *record = _vlive_base_get (self->base, base);

      if (record != NULL)
        place_row (self, _vlive_rows_find (self->rows, vlive_record_get_id (record)),
                   base);
    }
}

static void
show_rows (VliveTable *self, GArray *bases)
{
  for (guint i = 0; i < bases->len; i++)
    {
      guint64 base = g_array_index (bases, guint64, i);
      g_autoptr (VliveRow) row = NULL;
      VliveRow *found = _vlive_rows_get (self->rows, base);

      /* Somebody who is told of one row may let go of another. */
      if (found == NULL)
        continue;
      row = g_object_ref (found);
      show_at (self, row, _vlive_base_get (self->base, base));
    }
}

/* The base has changed; the rows follow, in the smallest splice. */
static void
move_rows (VliveTable *self, guint64 first, const Old *old)
{
  g_autoptr (GArray) bases = list_visible (self, first);
  guint start = count_same_start (self, old, bases);
  guint end = count_same_end (self, old, bases, start);
  guint n_removed = old->n - start - end;
  guint n_added = bases->len - start - end;

  for (guint i = 0; i < old->n; i++)
    if (old->rows[i] != NULL && i >= start && i < old->n - end)
      take_away (self, old->rows[i]);
    else if (old->rows[i] != NULL)
      _vlive_rows_detach (self->rows, old->rows[i]);
  for (guint i = 0; i < start; i++)
    place_row (self, old->rows[i], g_array_index (bases, guint64, i));
  for (guint i = 0; i < end; i++)
    place_row (self, old->rows[old->n - 1 - i],
               g_array_index (bases, guint64, bases->len - 1 - i));
  place_targets (self, bases, start, bases->len - end);
  if (n_removed > 0 || n_added > 0)
    _vlive_table_emit (self, view_of (self, first) + start, n_removed, n_added);
  show_rows (self, bases);
}

/* The last @n of the page's rows, as far as they are not known, are hidden
 * instead of those that were. */
static void
hide_at_end (VliveTable *self, guint64 first, GArray *stamps)
{
  guint64 base = first + get_extent (self, first);

  for (guint i = 0; i < stamps->len && base > first; i++)
    {
      VliveHidden hidden = { --base, g_array_index (stamps, VliveStamp, i) };

      if (_vlive_base_get (self->base, base) != NULL)
        break;
      _vlive_mapping_hide (self->mapping, base);
      g_array_append_val (self->hidden, hidden);
    }
}

static gboolean
is_in_page (VliveTable *self, const VliveHidden *hidden, guint64 first)
{
  return hidden->base >= first && hidden->base < first + self->page_size;
}

static void
unhide_page (VliveTable *self, guint64 first)
{
  for (guint i = self->hidden->len; i > 0; i--)
    {
      VliveHidden *hidden = &g_array_index (self->hidden, VliveHidden, i - 1);

      if (!is_in_page (self, hidden, first))
        continue;
      _vlive_mapping_unhide (self->mapping, hidden->base);
      g_array_remove_index (self->hidden, i - 1);
    }
}

/* Of the page's hidden rows, those that were deleted after @stamp: an answer
 * from before still counts them. Without it, all of them. */
static GArray *
list_hidden (VliveTable *self, guint64 first, const VliveStamp *stamp)
{
  GArray *stamps = g_array_new (FALSE, FALSE, sizeof (VliveStamp));

  for (guint i = 0; i < self->hidden->len; i++)
    {
      VliveHidden *hidden = &g_array_index (self->hidden, VliveHidden, i);

      if (is_in_page (self, hidden, first)
          && (stamp == NULL
              || (hidden->stamp.generation == stamp->generation
                  && hidden->stamp.epoch > stamp->epoch)))
        g_array_append_val (stamps, hidden->stamp);
    }

  return stamps;
}

static void
put_records (VliveTable *self, guint64 first, VliveRecord **records)
{
  for (guint i = 0; i < self->page_size; i++)
    _vlive_base_put (self->base, first + i, NULL);
  for (guint i = 0; i < self->page_size; i++)
    if (records[i] != NULL)
      _vlive_base_put (self->base, first + i, records[i]);
}

/* @records: one for each slot, or NULL. */
static void
set_page (VliveTable *self, guint64 first, VliveRecord **records, GArray *hidden_stamps)
{
  g_autoptr (GArray) bases = list_visible (self, first);
  g_auto (Old) old = { NULL, 0 };

  list_old (self, bases, &old);
  unhide_page (self, first);
  put_records (self, first, records);
  hide_at_end (self, first, hidden_stamps);
  move_rows (self, first, &old);
}

/* A row that shares its id with one before it in the page is shown under no
 * id. */
static VliveRecord **
copy_records (VliveTable *self, VlivePage *page)
{
  VliveRecord **records = g_new0 (VliveRecord *, self->page_size);
  g_autoptr (GHashTable) ids = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < MIN (page->n_records, self->page_size); i++)
    if (g_hash_table_add (ids, (gpointer) vlive_record_get_id (page->records[i])))
      records[i] = vlive_record_ref (page->records[i]);
    else
      records[i] = _vlive_table_make_double (page->records[i], page->offset + i);

  return records;
}

static void
free_records (VliveTable *self, VliveRecord **records)
{
  for (guint i = 0; i < self->page_size; i++)
    g_clear_pointer (&records[i], vlive_record_unref);
  g_free (records);
}

static void
note_seated (VliveTable *self, VliveSeat *seat, VlivePage *page, gboolean answered)
{
  gboolean is_same = seat->stamp.generation == page->stamp.generation
                     && _vlive_stamp_compare (&seat->stamp, &page->stamp) == 0;

  if (answered)
    {
      seat->lost = FALSE;
      seat->must_ask = FALSE;
      seat->asked_at = page->stamp.asked_at;
    }
  /* The cache's answer to a mark of ours is the page we have, and it is content
   * with it. */
  else if (is_same && seat->stale_since != 0 && !page->stale)
    seat->must_ask = TRUE;
  seat->stamp = page->stamp;
  seat->fetched_at = page->fetched_at;
  seat->sequence = page->sequence;
  /* Seeing once more in the cache what was stale makes it no younger. */
  if (!seat->must_ask && (answered || !page->stale))
    seat->stale_since = 0;
  if (page->stale && seat->stale_since == 0)
    _vlive_pager_mark (self->pager, seat);
}

void
_vlive_table_seat (VliveTable *self, VlivePage *page, gboolean answered)
{
  guint64 number = page->offset / self->page_size;
  VliveSeat *seat = _vlive_base_get_seat (self->base, number);
  VliveRecord **records;
  g_autoptr (GArray) stamps = NULL;
  guint n_before;

  /* Ordered before what is seated; or from the cache, which does not know that
   * an id has gone elsewhere. */
  if (seat != NULL && seat->stamp.generation == page->stamp.generation
      && _vlive_stamp_compare (&page->stamp, &seat->stamp) < 0)
    return;
  if (seat != NULL && seat->lost && !answered)
    return;
  if (!_vlive_totals_take (&self->totals, page))
    return;

  seat = _vlive_base_need_seat (self->base, number);
  n_before = seat->n_records;
  note_seated (self, seat, page, answered);
  records = copy_records (self, page);
  make_room (self, seat, &page->stamp, records);
  stamps = list_hidden (self, page->offset, &page->stamp);
  set_page (self, page->offset, records, stamps);
  free_records (self, records);
  seat->n_records = page->n_records;
  _vlive_table_settle_rounds (self, seat);
  if (answered && !page->stale && page->n_records <= n_before
      && _vlive_table_count_holes (self, seat) > 0)
    _vlive_totals_cap (&self->totals, page);
}

/* The records of a page that is not in memory, as far as somebody holds their
 * rows. */
static void
recall_page (VliveTable *self, guint64 number)
{
  guint64 first = number * self->page_size;

  if (_vlive_base_get_seat (self->base, number) != NULL)
    return;

  _vlive_pager_mark (self->pager, _vlive_base_need_seat (self->base, number));
  for (guint64 base = first; base < first + self->page_size; base++)
    {
      VliveRow *row = _vlive_rows_get (self->rows, base);
      VliveRecord *record = row != NULL ? vlive_row_get_record (row) : NULL;

      if (record != NULL)
        _vlive_base_put (self->base, base, record);
    }
}

/* The rows behind it move up within the page; the last place is hidden until
 * an answer comes that does not count the row. */
void
_vlive_table_delete (VliveTable *self, const char *id)
{
  VliveRow *row = _vlive_rows_find (self->rows, id);
  VliveRecord **records;
  g_autoptr (GArray) stamps = NULL;
  guint64 base;
  guint64 first;
  guint n = 0;

  if (!_vlive_base_find (self->base, id, &base))
    base = row != NULL ? _vlive_row_get_base (row) : VLIVE_NO_POSITION;
  if (base == VLIVE_NO_POSITION)
    return;

  recall_page (self, base / self->page_size);
  first = base - base % self->page_size;
  records = g_new0 (VliveRecord *, self->page_size);
  for (guint64 from = first; from < first + self->page_size; from++)
    if (from != base && !_vlive_mapping_is_hidden (self->mapping, from))
      {
        VliveRecord *record = _vlive_base_get (self->base, from);

        records[n++] = record != NULL ? vlive_record_ref (record) : NULL;
      }
  stamps = list_hidden (self, first, NULL);
  if (base < self->n_base)
    g_array_append_val (stamps, self->store->patched);
  set_page (self, first, records, stamps);
  free_records (self, records);
}

/* Told at the end of the turn: several values of one row are one change. */
void
_vlive_table_replace (VliveTable *self, VliveRecord *record)
{
  const char *id = vlive_record_get_id (record);
  VliveRow *row = _vlive_rows_find (self->rows, id);
  guint64 base;

  if (_vlive_base_find (self->base, id, &base))
    _vlive_base_put (self->base, base, record);
  else if (row != NULL && _vlive_row_get_base (row) != VLIVE_NO_POSITION)
    {
      g_autoptr (VliveRow) keep = g_object_ref (row);

      show_at (self, keep, record);
      return;
    }
  if (row != NULL)
    g_hash_table_add (self->changed, g_object_ref (row));
}

/* Does the total not count the row any more, as the answers that we have still
 * do? */
static gboolean
is_settled (VliveTable *self, const VliveHidden *hidden)
{
  return hidden->stamp.generation == self->totals.stamp.generation
         && hidden->stamp.epoch <= self->totals.stamp.epoch;
}

static guint64
count_settled (VliveTable *self, guint64 before)
{
  guint64 n = 0;

  for (guint i = 0; i < self->hidden->len; i++)
    {
      VliveHidden *hidden = &g_array_index (self->hidden, VliveHidden, i);

      if (hidden->base < before && is_settled (self, hidden))
        n++;
    }

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
  for (guint i = self->hidden->len; i > 0; i--)
    {
      VliveHidden *hidden = &g_array_index (self->hidden, VliveHidden, i - 1);

      if (hidden->base < self->n_base || !is_settled (self, hidden))
        continue;
      _vlive_mapping_unhide (self->mapping, hidden->base);
      g_array_remove_index (self->hidden, i - 1);
    }
}

guint64
_vlive_table_count_deleted (VliveTable *self)
{
  return self->hidden->len - count_settled (self, VLIVE_NO_POSITION);
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
    take_away (self, rows->pdata[i]);
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
          i > 0 ? view_of (self, _vlive_row_get_base (rows->pdata[i - 1])) : n_items;
      guint64 from = i > 0 ? MAX (last + 1, n_items) : n_items;

      if (from >= self->n_items)
        from = MAX (n_items, self->n_items > VLIVE_MAX_SPLICE
                                 ? self->n_items - VLIVE_MAX_SPLICE
                                 : 0);
      while (i > 0 && view_of (self, _vlive_row_get_base (rows->pdata[i - 1])) >= from)
        take_away (self, rows->pdata[--i]);
      _vlive_table_emit (self, from, self->n_items - from, 0);
    }
  take_tail_away (self);
}

void
_vlive_table_update_length (VliveTable *self)
{
  guint64 n_base = clamp_base (self, find_n_base (self));
  guint n_items;

  n_items = (guint) _vlive_mapping_get_n_view (self->mapping, n_base);
  if (n_items < self->n_items)
    cut_tail (self, n_base, n_items);
  self->n_base = n_base;
  forget_hidden_behind_end (self);
  if (n_items > self->n_items)
    _vlive_table_emit (self, self->n_items, 0, n_items - self->n_items);
}

void
_vlive_table_empty (VliveTable *self)
{
  g_autoptr (GPtrArray) rows = _vlive_rows_list_from (self->rows, 0);

  for (guint i = 0; i < rows->len; i++)
    take_away (self, rows->pdata[i]);
  _vlive_base_clear (self->base);
  _vlive_mapping_clear (self->mapping);
  g_array_set_size (self->hidden, 0);
  _vlive_table_forget_rounds (self);
  _vlive_totals_clear (&self->totals);
  self->n_base = 0;
  _vlive_table_emit (self, 0, self->n_items, 0);
}

static gboolean
is_looked_at (VliveTable *self, VlivePage *page)
{
  guint64 base;

  for (guint64 i = page->offset; i < page->offset + self->page_size; i++)
    if (_vlive_rows_get (self->rows, i) != NULL
        || _vlive_mapping_is_hidden (self->mapping, i))
      return TRUE;
  for (guint i = 0; i < page->n_records; i++)
    if (_vlive_rows_find (self->rows, vlive_record_get_id (page->records[i])) != NULL
        || _vlive_base_find (self->base, vlive_record_get_id (page->records[i]), &base))
      return TRUE;

  return FALSE;
}

gboolean
_vlive_table_seat_quietly (VliveTable *self, VlivePage *page)
{
  VliveSeat *seat;
  VliveRecord **records;

  if (page->offset >= self->n_base || is_looked_at (self, page))
    return FALSE;

  seat = _vlive_base_need_seat (self->base, page->offset / self->page_size);
  records = copy_records (self, page);
  put_records (self, page->offset, records);
  free_records (self, records);
  note_seated (self, seat, page, FALSE);
  seat->n_records = page->n_records;

  return TRUE;
}
