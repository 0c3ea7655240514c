/* vlive-table-overlay.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "table/vlive-table-private.h"

/*
 * What is staged, as this table shows it: our writes that the master has not
 * answered to, laid over its records, its rows hidden that we delete, and those
 * that we insert put in front of its own.
 */

void
_vlive_table_init_overlay (VliveTable *self)
{
  self->mapping = _vlive_mapping_new ();
  self->hidden = _vlive_hidden_rows_new ();
  self->inserts = _vlive_inserts_new ();
}

void
_vlive_table_free_overlay (VliveTable *self)
{
  _vlive_mapping_free (self->mapping);
  _vlive_hidden_rows_free (self->hidden);
  _vlive_inserts_free (self->inserts);
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
  return _vlive_hidden_rows_get_n (self->hidden) > 0
             ? _vlive_hidden_rows_find (self->hidden, id)
             : NULL;
}

void
_vlive_table_hide (VliveTable *self,
                   guint64 base,
                   const VliveStamp *stamp,
                   VliveRecord *staged)
{
  _vlive_mapping_hide (self->mapping, base);
  _vlive_hidden_rows_add (self->hidden, base, stamp, staged);
}

gboolean
_vlive_table_unhide_at (VliveTable *self, guint64 base)
{
  return _vlive_hidden_rows_remove (self->hidden, base)
         && _vlive_mapping_unhide (self->mapping, base);
}

void
_vlive_table_unhide (VliveTable *self, const char *id)
{
  VliveHidden *hidden = _vlive_table_find_hidden (self, id);
  guint64 base = hidden != NULL ? hidden->base : VLIVE_NO_POSITION;

  if (hidden == NULL || !_vlive_table_unhide_at (self, base) || base >= self->n_base)
    return;

  _vlive_table_emit (self, _vlive_table_view_of (self, base), 0, 1);
}

/* Where rows are hidden that will stay after all. */
static void
add_pages_to_unhide (VliveTable *self, GArray *pages)
{
  g_autoptr (GPtrArray) list = _vlive_hidden_rows_list (self->hidden);

  for (guint i = 0; i < list->len; i++)
    {
      VliveHidden *hidden = list->pdata[i];

      if (hidden->staged != NULL
          && !_vlive_stage_is_deleted (self->store->stage, self->ends_seen,
                                       vlive_record_get_id (hidden->staged)))
        _vlive_table_add_page (self, pages, hidden->base);
    }
}

static void
add_pages_to_hide (VliveTable *self, GArray *pages)
{
  g_autoptr (GPtrArray) ids =
      _vlive_stage_list_deleted (self->store->stage, self->ends_seen);

  for (guint i = 0; i < ids->len; i++)
    {
      guint64 base;

      if (_vlive_table_find_hidden (self, ids->pdata[i]) == NULL
          && _vlive_table_find_base (self, ids->pdata[i], &base) && base < self->n_base)
        _vlive_table_add_page (self, pages, base);
    }
}

static void
show_page_again (VliveTable *self, guint64 first, gpointer data)
{
  _vlive_table_change_page_again (self, first);
}

static gboolean
sync_deletes (VliveTable *self)
{
  g_autoptr (GArray) pages = g_array_new (FALSE, FALSE, sizeof (guint64));

  add_pages_to_unhide (self, pages);
  add_pages_to_hide (self, pages);

  return _vlive_table_splice_pages (self, pages, show_page_again, NULL);
}

gboolean
_vlive_table_sync_overlay (VliveTable *self)
{
  gboolean more;

  if (_vlive_stage_is_empty (self->store->stage)
      && _vlive_inserts_get_n (self->inserts) == 0
      && _vlive_hidden_rows_get_n (self->hidden) == 0)
    return FALSE;

  /* What arrives all the time does not keep what we did from being shown. */
  _vlive_table_reserve_splice (self);
  more = sync_deletes (self);
  _vlive_table_reserve_splice (self);
  more = _vlive_table_sync_inserts (self) || more;
  _vlive_table_update_length (self);

  return more;
}

void
_vlive_table_drop_overlay (VliveTable *self)
{
  g_autoptr (GPtrArray) inserts = _vlive_inserts_list (self->inserts);

  for (guint i = 0; i < inserts->len; i++)
    {
      VliveInsert *insert = inserts->pdata[i];
      VliveRow *row = _vlive_rows_find (self->rows, insert->id);

      if (row != NULL && _vlive_row_get_base (row) == VLIVE_OVERLAY_POSITION)
        _vlive_table_take_away (self, row);
    }
  _vlive_mapping_clear (self->mapping);
  _vlive_hidden_rows_clear (self->hidden);
  _vlive_inserts_clear (self->inserts);
}
