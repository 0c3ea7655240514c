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

/* So many move what is shown in one announcement; the rest waits (races.md, rule
 * 20). */
#define MAX_SPLICES 4

void
_vlive_table_emit (VliveTable *self,
                   guint64 position,
                   guint64 n_removed,
                   guint64 n_added)
{
  gboolean at_end = position + n_removed == self->n_items;

  if (n_removed == 0 && n_added == 0)
    return;

  g_assert (position + n_removed <= self->n_items);

  /* What is appended, or cut off, moves nobody. */
  if (!at_end || (n_removed > 0 && n_added > 0))
    self->n_splices++;
  self->n_items = (guint) (self->n_items - n_removed + n_added);
  _vlive_meter_pause ();
  g_list_model_items_changed (G_LIST_MODEL (self), (guint) position, (guint) n_removed,
                              (guint) n_added);
  _vlive_meter_resume ();
  if (n_removed != n_added)
    _vlive_table_notify_n_items (self);
}

guint
_vlive_table_get_n_splices (VliveTable *self)
{
  return MAX_SPLICES - MIN (self->n_splices, MAX_SPLICES);
}

void
_vlive_table_reserve_splice (VliveTable *self)
{
  self->n_splices = MIN (self->n_splices, MAX_SPLICES - 1);
}

guint64
_vlive_table_view_of (VliveTable *self, guint64 base)
{
  guint64 view;

  _vlive_mapping_base_to_view (self->mapping, base, &view);

  return view;
}

void
_vlive_table_take_away (VliveTable *self, VliveRow *row)
{
  _vlive_rows_detach (self->rows, row);
  g_ptr_array_add (self->limbo, g_object_ref (row));
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

  return *base != VLIVE_NO_POSITION && *base != VLIVE_OVERLAY_POSITION
         && *base / self->page_size != page;
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
      _vlive_table_take_away (self, row);
      low = MIN (low, base);
      high = MAX (high, base);
    }
  if (low <= high)
    {
      guint64 view = _vlive_table_view_of (self, low);
      guint64 n = _vlive_table_view_of (self, high) + 1 - view;

      _vlive_table_emit (self, view, n, n);
    }

  return i;
}

/* The id leaves its place in another page, and FALSE; or that page was asked for
 * later, and keeps it. */
static gboolean
leave_page (VliveTable *self,
            VliveSeat *seat,
            const VliveStamp *stamp,
            const char *id,
            guint64 base)
{
  VliveSeat *other = _vlive_base_get_seat (self->base, base / self->page_size);
  g_autoptr (VliveRecord) old = NULL;

  if (other != NULL && other->stamp.generation == stamp->generation
      && _vlive_stamp_compare (stamp, &other->stamp) < 0)
    return FALSE;

  old = _vlive_base_get (self->base, base);
  if (old == NULL)
    return TRUE;

  vlive_record_ref (old);
  _vlive_base_put (self->base, base, NULL);
  _vlive_table_lose_id (self, other, base, old, seat->page);

  return TRUE;
}

/* It was to be deleted, and hidden where it stood. */
static void
leave_hidden (VliveTable *self, VliveSeat *seat, const char *id)
{
  VliveHidden *hidden = _vlive_table_find_hidden (self, id);

  if (hidden != NULL && hidden->base / self->page_size != seat->page)
    _vlive_table_unhide (self, id);
}

/* Does it stand among the rows of the page, or before or behind them? */
static gboolean
stands_at (VliveTable *self, const VliveInsert *insert, guint64 first)
{
  return insert->place >= first
         && insert->place <= first + _vlive_table_get_extent (self, first);
}

/* It was to be inserted, and stood elsewhere: it goes to the page, if it can, which
 * takes it in. */
static void
leave_overlay (VliveTable *self, VliveSeat *seat, guint index, const char *id)
{
  VliveInsert *insert = _vlive_table_find_insert (self, id);
  guint64 first = seat->page * self->page_size;

  if (insert == NULL || insert->landed || stands_at (self, insert, first))
    return;
  if (first > self->n_base
      || !_vlive_table_move_insert (self, insert, MIN (first + index, self->n_base)))
    _vlive_table_land (self, insert);
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
      const char *id;
      guint64 base;

      if (records[i] == NULL)
        continue;

      id = vlive_record_get_id (records[i]);
      leave_overlay (self, seat, i, id);
      if (!find_elsewhere (self, records[i], seat->page, &base))
        leave_hidden (self, seat, id);
      else if (leave_page (self, seat, stamp, id, base))
        {
          g_array_append_val (places, base);
          leave_hidden (self, seat, id);
        }
      else
        {
          g_clear_pointer (&records[i], vlive_record_unref);
          seat->lost = TRUE;
        }
    }

  g_array_sort (places, compare_numbers);
  for (guint i = 0; i < places->len;)
    i = splice_out (self, places, i);
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
  seat->moved = FALSE;
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
    {
      if (answered && seat->moved)
        _vlive_pager_mark (self->pager, seat);
      return;
    }
  if (seat != NULL && seat->lost && !answered)
    return;
  if (!_vlive_totals_take (&self->totals, page))
    return;

  seat = _vlive_base_need_seat (self->base, number);
  n_before = seat->n_records;
  note_seated (self, seat, page, answered);
  records = copy_records (self, page);
  make_room (self, seat, &page->stamp, records);
  stamps = _vlive_table_list_hidden (self, page->offset, &page->stamp);
  _vlive_table_set_page (self, page->offset, records, stamps);
  free_records (self, records);
  seat->n_records = page->n_records;
  _vlive_table_settle_rounds (self, seat);
  _vlive_table_settle_inserts (self, &page->stamp);
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
      VliveRecord *record = row != NULL ? _vlive_row_get_raw (row) : NULL;

      if (record != NULL)
        _vlive_base_put (self->base, base, record);
    }
  for (guint64 base = first; base < first + self->page_size; base++)
    {
      VliveHidden *hidden = _vlive_hidden_rows_get (self->hidden, base);

      if (hidden != NULL && hidden->staged != NULL)
        _vlive_base_put (self->base, base, hidden->staged);
    }
}

gboolean
_vlive_table_find_base (VliveTable *self, const char *id, guint64 *base)
{
  VliveRow *row = _vlive_rows_find (self->rows, id);
  VliveHidden *hidden = _vlive_table_find_hidden (self, id);

  if (_vlive_base_find (self->base, id, base))
    return TRUE;
  if (hidden != NULL)
    *base = hidden->base;
  else
    *base = row != NULL ? _vlive_row_get_base (row) : VLIVE_NO_POSITION;

  return *base != VLIVE_NO_POSITION && *base != VLIVE_OVERLAY_POSITION;
}

void
_vlive_table_change_page_again (VliveTable *self, guint64 first)
{
  VliveRecord **records = g_new0 (VliveRecord *, self->page_size);
  g_autoptr (GArray) stamps = NULL;

  recall_page (self, first / self->page_size);
  for (guint i = 0; i < self->page_size; i++)
    {
      VliveRecord *record = _vlive_base_get (self->base, first + i);

      records[i] = record != NULL ? vlive_record_ref (record) : NULL;
    }
  stamps = _vlive_table_list_hidden (self, first, NULL);
  _vlive_table_change_page (self, first, records, stamps);
  free_records (self, records);
}

/* The rows behind those that go, whose ids are in @data, move up within the page;
 * the last places are hidden until an answer comes that does not count the rows. */
static void
delete_from_page (VliveTable *self, guint64 first, gpointer data)
{
  GHashTable *ids = data;
  VliveRecord **records = g_new0 (VliveRecord *, self->page_size);
  g_autoptr (GArray) stamps = NULL;
  guint n = 0;

  recall_page (self, first / self->page_size);
  stamps = _vlive_table_list_hidden (self, first, NULL);
  for (guint64 from = first; from < first + self->page_size; from++)
    {
      VliveRecord *record = _vlive_base_get (self->base, from);

      if (record != NULL && g_hash_table_remove (ids, vlive_record_get_id (record)))
        {
          if (from < self->n_base)
            g_array_append_val (stamps, self->store->patched);
        }
      else if (record != NULL || !_vlive_mapping_is_hidden (self->mapping, from))
        records[n++] = record != NULL ? vlive_record_ref (record) : NULL;
    }
  _vlive_table_change_page (self, first, records, stamps);
  free_records (self, records);
}

gboolean
_vlive_table_delete (VliveTable *self, GHashTable *ids)
{
  g_autoptr (GArray) pages = g_array_new (FALSE, FALSE, sizeof (guint64));
  GHashTableIter iter;
  gpointer id;

  _vlive_table_drop_inserts (self, ids);
  g_hash_table_iter_init (&iter, ids);
  while (g_hash_table_iter_next (&iter, &id, NULL))
    {
      guint64 base;

      if (_vlive_table_find_base (self, id, &base))
        _vlive_table_add_page (self, pages, base);
      else
        g_hash_table_iter_remove (&iter);
    }

  return _vlive_table_splice_pages (self, pages, delete_from_page, ids);
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

      _vlive_table_show (self, keep, record);
      return;
    }
  if (row != NULL)
    g_hash_table_add (self->changed, g_object_ref (row));
}

void
_vlive_table_empty (VliveTable *self)
{
  g_autoptr (GPtrArray) rows = _vlive_rows_list_from (self->rows, 0);

  for (guint i = 0; i < rows->len; i++)
    _vlive_table_take_away (self, rows->pdata[i]);
  _vlive_base_clear (self->base);
  _vlive_table_drop_overlay (self);
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
    {
      const char *id = vlive_record_get_id (page->records[i]);

      if (_vlive_rows_find (self->rows, id) != NULL
          || _vlive_base_find (self->base, id, &base)
          || _vlive_stage_is_deleted (self->store->stage, self->ends_seen, id)
          || _vlive_stage_is_inserted (self->store->stage, self->ends_seen, id)
          || _vlive_table_find_insert (self, id) != NULL)
        return TRUE;
    }

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
  _vlive_table_put_records (self, page->offset, records);
  free_records (self, records);
  note_seated (self, seat, page, FALSE);
  seat->n_records = page->n_records;

  return TRUE;
}
