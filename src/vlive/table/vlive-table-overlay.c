/* vlive-table-overlay.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "record/vlive-query-private.h"
#include "table/vlive-table-private.h"

/*
 * What is staged, as this table shows it: our writes that the master has not
 * answered to, laid over its records, its rows hidden that we delete, and those
 * that we insert put in front of its own.
 */

static void
hidden_clear (gpointer data)
{
  g_clear_pointer (&((VliveHidden *) data)->staged, vlive_record_unref);
}

static void
insert_free (gpointer data)
{
  VliveInsert *insert = data;

  g_clear_pointer (&insert->record, vlive_record_unref);
  g_free (insert->id);
  g_free (insert);
}

void
_vlive_table_init_overlay (VliveTable *self)
{
  self->mapping = _vlive_mapping_new ();
  self->hidden = g_array_new (FALSE, FALSE, sizeof (VliveHidden));
  g_array_set_clear_func (self->hidden, hidden_clear);
  self->inserts = g_ptr_array_new_with_free_func (insert_free);
}

void
_vlive_table_free_overlay (VliveTable *self)
{
  _vlive_mapping_free (self->mapping);
  g_array_unref (self->hidden);
  g_ptr_array_unref (self->inserts);
}

/* Showing. */

void
_vlive_table_lay_over (VliveTable *self,
                       const char *id,
                       VliveRecord *raw,
                       VliveShown *shown)
{
  _vlive_stage_lay_over (self->store->stage, self->ends_seen, id, raw, shown);
}

void
_vlive_table_show (VliveTable *self, VliveRow *row, VliveRecord *raw)
{
  g_auto (VliveShown) shown = { 0 };
  const char *id = raw != NULL ? vlive_record_get_id (raw) : vlive_row_get_id (row);

  if (id == NULL)
    return;

  _vlive_table_lay_over (self, id, raw, &shown);
  if (shown.record != NULL)
    _vlive_rows_show (self->rows, row, &shown);
}

/* The master's record of a row, the newest that is here. */
static VliveRecord *
get_raw (VliveTable *self, VliveRow *row)
{
  guint64 base = _vlive_row_get_base (row);
  VliveRecord *record =
      base != VLIVE_NO_POSITION ? _vlive_base_get (self->base, base) : NULL;

  return record != NULL ? record : _vlive_row_get_raw (row);
}

void
_vlive_table_show_again (VliveTable *self, const char *id)
{
  VliveRow *found = id != NULL ? _vlive_rows_find (self->rows, id) : NULL;
  g_autoptr (VliveRow) row = found != NULL ? g_object_ref (found) : NULL;

  if (row != NULL && _vlive_row_get_base (row) != VLIVE_NO_POSITION)
    _vlive_table_show (self, row, get_raw (self, row));
}

/* Rows to be deleted. */

VliveHidden *
_vlive_table_find_hidden (VliveTable *self, const char *id)
{
  for (guint i = 0; i < self->hidden->len; i++)
    {
      VliveHidden *hidden = &g_array_index (self->hidden, VliveHidden, i);

      if (hidden->staged != NULL
          && strcmp (vlive_record_get_id (hidden->staged), id) == 0)
        return hidden;
    }

  return NULL;
}

static void
unhide (VliveTable *self, guint index)
{
  guint64 base = g_array_index (self->hidden, VliveHidden, index).base;
  guint64 view;

  g_array_remove_index (self->hidden, index);
  _vlive_mapping_unhide (self->mapping, base);
  if (base >= self->n_base)
    return;

  _vlive_mapping_base_to_view (self->mapping, base, &view);
  _vlive_table_emit (self, view, 0, 1);
}

void
_vlive_table_unhide (VliveTable *self, const char *id)
{
  VliveHidden *hidden = _vlive_table_find_hidden (self, id);

  if (hidden != NULL)
    unhide (self, (guint) (hidden - (VliveHidden *) (gpointer) self->hidden->data));
}

static void
add_page (GHashTable *pages, guint64 page)
{
  g_hash_table_add (pages, g_memdup2 (&page, sizeof page));
}

/* Where rows are hidden that will stay after all. */
static void
add_pages_to_unhide (VliveTable *self, GHashTable *pages)
{
  for (guint i = 0; i < self->hidden->len; i++)
    {
      VliveHidden *hidden = &g_array_index (self->hidden, VliveHidden, i);

      if (hidden->staged != NULL
          && !_vlive_stage_is_deleted (self->store->stage, self->ends_seen,
                                       vlive_record_get_id (hidden->staged)))
        add_page (pages, hidden->base / self->page_size);
    }
}

static void
add_pages_to_hide (VliveTable *self, GHashTable *pages)
{
  g_autoptr (GPtrArray) ids =
      _vlive_stage_list_deleted (self->store->stage, self->ends_seen);

  for (guint i = 0; i < ids->len; i++)
    {
      guint64 base;

      if (_vlive_table_find_hidden (self, ids->pdata[i]) == NULL
          && _vlive_table_find_base (self, ids->pdata[i], &base) && base < self->n_base)
        add_page (pages, base / self->page_size);
    }
}

/* Page by page: one splice each. */
static void
sync_deletes (VliveTable *self)
{
  g_autoptr (GHashTable) pages =
      g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  GHashTableIter iter;
  gpointer page;

  add_pages_to_unhide (self, pages);
  add_pages_to_hide (self, pages);
  g_hash_table_iter_init (&iter, pages);
  while (g_hash_table_iter_next (&iter, &page, NULL))
    _vlive_table_seat_again (self, *(guint64 *) page);
}

/* Rows to be inserted. */

VliveInsert *
_vlive_table_find_insert (VliveTable *self, const char *id)
{
  for (guint i = 0; i < self->inserts->len; i++)
    if (strcmp (((VliveInsert *) self->inserts->pdata[i])->id, id) == 0)
      return self->inserts->pdata[i];

  return NULL;
}

guint
_vlive_table_count_inserts (VliveTable *self)
{
  guint n = 0;

  for (guint i = 0; i < self->inserts->len; i++)
    if (!((VliveInsert *) self->inserts->pdata[i])->landed)
      n++;

  return n;
}

/* Where the row belongs, if the rows around that place are here; otherwise
 * first. */
static guint64
find_place (VliveTable *self, VliveRecord *record)
{
  guint64 place;

  return _vlive_table_find_place (self, record, &place) ? place : 0;
}

static void
place_insert (VliveTable *self, VliveInsert *insert, guint64 place)
{
  guint64 view;

  insert->place = place;
  _vlive_mapping_insert (self->mapping, place, insert);
  _vlive_mapping_item_to_view (self->mapping, insert, &view);
  _vlive_table_emit (self, view, 0, 1);
}

static void
displace_insert (VliveTable *self, VliveInsert *insert)
{
  VliveRow *row = _vlive_rows_find (self->rows, insert->id);
  guint64 view;

  if (!_vlive_mapping_item_to_view (self->mapping, insert, &view))
    return;

  _vlive_mapping_remove (self->mapping, insert);
  if (row != NULL)
    _vlive_table_take_away (self, row);
  _vlive_table_emit (self, view, 1, 0);
}

static gboolean
is_shown (VliveTable *self, const char *id, VliveShown *shown)
{
  g_autoptr (VliveQueryPlan) plan = NULL;

  _vlive_table_lay_over (self, id, NULL, shown);
  if (shown->record == NULL
      || _vlive_stage_is_deleted (self->store->stage, self->ends_seen, id))
    return FALSE;

  plan = _vlive_query_plan_new (self->query);

  return _vlive_query_plan_matches (plan, shown->record);
}

static void
add_insert (VliveTable *self, const char *id)
{
  g_auto (VliveShown) shown = { 0 };
  VliveInsert *insert;
  guint64 base;

  if (_vlive_table_find_insert (self, id) != NULL || !is_shown (self, id, &shown))
    return;

  insert = g_new0 (VliveInsert, 1);
  insert->id = g_strdup (id);
  insert->landed = _vlive_base_find (self->base, id, &base);
  g_ptr_array_add (self->inserts, insert);
  if (!insert->landed)
    place_insert (self, insert, find_place (self, shown.record));
}

static void
drop_insert (VliveTable *self, VliveInsert *insert)
{
  if (!insert->landed)
    displace_insert (self, insert);
  g_ptr_array_remove (self->inserts, insert);
}

/* What the master refused, or does not keep; or what is deleted before it was
 * made. */
static gboolean
drop_one_insert (VliveTable *self)
{
  for (guint i = 0; i < self->inserts->len; i++)
    {
      VliveInsert *insert = self->inserts->pdata[i];
      gboolean pending =
          _vlive_stage_is_inserted (self->store->stage, self->ends_seen, insert->id);

      if (_vlive_stage_is_deleted (self->store->stage, self->ends_seen, insert->id)
          || (insert->landed && !pending) || (insert->record == NULL && !pending))
        {
          drop_insert (self, insert);
          return TRUE;
        }
    }

  return FALSE;
}

gboolean
_vlive_table_move_insert (VliveTable *self, VliveInsert *insert, guint64 place)
{
  guint64 from;
  guint64 to;
  guint64 n;

  if (_vlive_rows_find (self->rows, insert->id) == NULL)
    return FALSE;

  _vlive_mapping_item_to_view (self->mapping, insert, &from);
  _vlive_mapping_remove (self->mapping, insert);
  _vlive_mapping_insert (self->mapping, place, insert);
  _vlive_mapping_item_to_view (self->mapping, insert, &to);
  n = MAX (from, to) - MIN (from, to) + 1;
  if (n > VLIVE_MAX_SPLICE)
    {
      _vlive_mapping_remove (self->mapping, insert);
      _vlive_mapping_insert (self->mapping, insert->place, insert);
      return FALSE;
    }

  insert->place = place;
  if (n > 1)
    _vlive_table_emit (self, MIN (from, to), n, n);

  return TRUE;
}

/* Its neighbours have moved, or were not known before. */
static void
move_inserts (VliveTable *self)
{
  for (guint i = 0; i < self->inserts->len; i++)
    {
      VliveInsert *insert = self->inserts->pdata[i];
      g_auto (VliveShown) shown = { 0 };
      guint64 place;

      if (insert->landed)
        continue;
      _vlive_table_lay_over (self, insert->id, insert->record, &shown);
      if (shown.record == NULL)
        continue;
      place = find_place (self, shown.record);
      if (place == insert->place || _vlive_table_move_insert (self, insert, place))
        continue;
      displace_insert (self, insert);
      place_insert (self, insert, place);
    }
}

static void
sync_inserts (VliveTable *self)
{
  g_autoptr (GPtrArray) ids =
      _vlive_stage_list_inserted (self->store->stage, self->ends_seen);
  g_auto (GStrv) copies = g_new0 (char *, ids->len + 1);

  for (guint i = 0; i < ids->len; i++)
    copies[i] = g_strdup (ids->pdata[i]);
  while (drop_one_insert (self))
    ;
  for (guint i = 0; copies[i] != NULL; i++)
    add_insert (self, copies[i]);
  if (self->inserts->len > 0 && _vlive_table_has_our_order (self))
    move_inserts (self);
}

void
_vlive_table_sync_overlay (VliveTable *self)
{
  if (_vlive_stage_is_empty (self->store->stage) && self->inserts->len == 0
      && self->hidden->len == 0)
    return;

  sync_deletes (self);
  sync_inserts (self);
  _vlive_table_update_length (self);
}

void
_vlive_table_drop_insert (VliveTable *self, const char *id)
{
  VliveInsert *insert = _vlive_table_find_insert (self, id);

  if (insert != NULL && !insert->landed)
    drop_insert (self, insert);
}

void
_vlive_table_pull_inserts (VliveTable *self, guint64 n_base)
{
  for (guint i = 0; i < self->inserts->len; i++)
    {
      VliveInsert *insert = self->inserts->pdata[i];

      if (insert->landed || insert->place <= n_base)
        continue;
      displace_insert (self, insert);
      place_insert (self, insert, 0);
    }
}

void
_vlive_table_land (VliveTable *self, VliveInsert *insert)
{
  if (insert->landed)
    return;

  displace_insert (self, insert);
  insert->landed = TRUE;
}

static void
land_quietly (VliveTable *self, VliveInsert *insert)
{
  _vlive_mapping_remove (self->mapping, insert);
  insert->landed = TRUE;
}

gboolean
_vlive_table_land_quietly (VliveTable *self, const char *id)
{
  VliveInsert *insert = _vlive_table_find_insert (self, id);

  if (insert == NULL || insert->landed)
    return FALSE;

  land_quietly (self, insert);

  return TRUE;
}

static gboolean
settle_one (VliveTable *self, const VliveStamp *stamp)
{
  for (guint i = 0; i < self->inserts->len; i++)
    {
      VliveInsert *insert = self->inserts->pdata[i];

      if (insert->record == NULL || insert->landed
          || insert->stamp.generation != stamp->generation
          || insert->stamp.epoch > stamp->epoch)
        continue;
      drop_insert (self, insert);
      return TRUE;
    }

  return FALSE;
}

void
_vlive_table_settle_inserts (VliveTable *self, const VliveStamp *stamp)
{
  while (settle_one (self, stamp))
    ;
}

void
_vlive_table_drop_overlay (VliveTable *self)
{
  for (guint i = 0; i < self->inserts->len; i++)
    {
      VliveRow *row =
          _vlive_rows_find (self->rows, ((VliveInsert *) self->inserts->pdata[i])->id);

      if (row != NULL && _vlive_row_get_base (row) == VLIVE_OVERLAY_POSITION)
        _vlive_table_take_away (self, row);
    }
  _vlive_mapping_clear (self->mapping);
  g_array_set_size (self->hidden, 0);
  g_ptr_array_set_size (self->inserts, 0);
}

/* Another object for the record is of no use: it goes. */
static void
dismiss (VliveTable *self, const char *id)
{
  VliveRow *row = _vlive_rows_find (self->rows, id);
  VliveShown shown = { .state = VLIVE_ROW_GONE };

  if (row == NULL)
    return;

  g_object_ref (row);
  _vlive_rows_forget (self->rows, row);
  shown.raw = _vlive_row_get_raw (row);
  shown.record = vlive_row_get_record (row);
  _vlive_row_show (row, &shown);
  g_object_unref (row);
}

/* Where the seat is in the view, if somebody sees it. */
static gboolean
find_seat (VliveTable *self, guint64 base, guint64 *view)
{
  return _vlive_mapping_base_to_view (self->mapping, base, view) && base < self->n_base;
}

/* The page that shows it came first: the row that was to be inserted takes the
 * seat (races.md, rule 14). In one splice, unless that is far away. */
static void
take_seat (VliveTable *self,
           VliveInsert *insert,
           VliveRow *row,
           VliveRecord *record,
           guint64 base)
{
  guint64 from = 0;
  guint64 view = 0;
  guint64 n = VLIVE_MAX_SPLICE;

  if (row != NULL && find_seat (self, base, &view)
      && _vlive_mapping_item_to_view (self->mapping, insert, &from))
    n = MAX (from, view) - MIN (from, view);
  if (n < VLIVE_MAX_SPLICE)
    land_quietly (self, insert);
  else
    _vlive_table_land (self, insert);
  if (row == NULL)
    return;

  dismiss (self, vlive_record_get_id (record));
  _vlive_rows_rename (self->rows, row, vlive_record_get_id (record));
  _vlive_rows_detach (self->rows, row);
  _vlive_rows_attach (self->rows, row, base);
  _vlive_table_show (self, row, record);
  if (n < VLIVE_MAX_SPLICE)
    _vlive_table_emit (self, MIN (from, view), n + 1, n);
  else if (find_seat (self, base, &view))
    _vlive_table_emit (self, view, 1, 1);
}

void
_vlive_table_adopt (VliveTable *self, const char *temporary, VliveRecord *record)
{
  const char *id = vlive_record_get_id (record);
  VliveInsert *insert =
      _vlive_table_find_insert (self, temporary != NULL ? temporary : id);
  VliveRow *row = _vlive_rows_find (self->rows, temporary != NULL ? temporary : id);
  G_GNUC_UNUSED g_autoptr (VliveRow) keep = row != NULL ? g_object_ref (row) : NULL;
  guint64 base;

  if (insert == NULL)
    return;

  g_clear_pointer (&insert->record, vlive_record_unref);
  insert->record = vlive_record_ref (record);
  insert->stamp = self->store->patched;
  if (temporary == NULL)
    return;

  if (_vlive_base_find (self->base, id, &base))
    take_seat (self, insert, row, record, base);
  else if (row != NULL)
    {
      dismiss (self, id);
      _vlive_rows_rename (self->rows, row, id);
    }
  g_free (insert->id);
  insert->id = g_strdup (id);
  if (row != NULL && _vlive_row_get_base (row) == VLIVE_OVERLAY_POSITION)
    _vlive_table_show (self, row, record);
}
