/* vlive-table-list.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "table/vlive-table-private.h"

/* A table as a list: who asks for a row gets it at once, whatever is known. */

/* Looking into the cache while somebody waits for a row: no longer than this
 * in one turn of the main loop, and no more often. */
#define INLINE_US 1000
#define MAX_INLINE 32

/* What our own work takes: by the system's clock, whatever the store's says. */
static gint64
get_now (void)
{
  return _vlive_clock_get_boot_us (_vlive_clock_get_default ());
}

static gint64
get_turn (void)
{
  GSource *source = g_main_current_source ();

  return source != NULL ? g_source_get_time (source) : get_now ();
}

/* What the cache has at hand may be taken while somebody waits, as long as
 * nobody looks at its places: rows that were visited before never flash. */
static void
look_inline (VliveTable *self, guint64 page)
{
  VliveStore *store = self->store;
  gint64 turn = get_turn ();
  gint64 began = get_now ();
  g_autoptr (VlivePage) found = NULL;
  VliveStamp stamp;

  if (turn != self->inline_turn)
    {
      self->inline_turn = turn;
      self->inline_us = 0;
      self->n_inline = 0;
    }
  if (store->ns == NULL || store->closed || self->next_query != NULL
      || self->inline_us >= INLINE_US || self->n_inline >= MAX_INLINE)
    return;

  self->n_inline++;
  if (_vlive_cache_try_lookup_page (store->cache, store->ns, self->query,
                                    page * self->page_size, self->page_size, &found,
                                    &stamp)
      && found != NULL && _vlive_table_seat_quietly (self, found))
    _vlive_table_take_page (self, page, found, FALSE, FALSE, FALSE, NULL);
  self->inline_us += get_now () - began;
}

/* A row that had lost its place, and is still held, comes back: it is told
 * about in the next turn. */
static VliveRow *
take_back (VliveTable *self, VliveRow *row, guint64 base)
{
  _vlive_rows_attach (self->rows, row, base);
  g_hash_table_add (self->changed, g_object_ref (row));
  _vlive_store_wake (self->store);

  return g_object_ref (row);
}

static VliveRow *
make_row (VliveTable *self, guint64 base)
{
  VliveRecord *record = _vlive_base_get (self->base, base);
  g_auto (VliveShown) shown = { 0 };
  VliveRow *row;

  if (record == NULL)
    return _vlive_rows_make (self->rows, base, NULL);

  row = _vlive_rows_find (self->rows, vlive_record_get_id (record));
  if (row == NULL)
    {
      _vlive_table_lay_over (self, vlive_record_get_id (record), record, &shown);
      return _vlive_rows_make (self->rows, base, &shown);
    }
  if (_vlive_row_get_base (row) == VLIVE_NO_POSITION)
    return take_back (self, row, base);

  /* It is still shown where it was; this place is told about in a moment. */
  return _vlive_rows_make (self->rows, base, NULL);
}

/* A row that is to be inserted. */
static VliveRow *
get_insert (VliveTable *self, VliveInsert *insert)
{
  VliveRow *row = _vlive_rows_find (self->rows, insert->id);
  g_auto (VliveShown) shown = { 0 };

  if (row != NULL && _vlive_row_get_base (row) == VLIVE_NO_POSITION)
    return take_back (self, row, VLIVE_OVERLAY_POSITION);
  if (row != NULL)
    return g_object_ref (row);

  _vlive_table_lay_over (self, insert->id, insert->record, &shown);

  return _vlive_rows_make (self->rows, VLIVE_OVERLAY_POSITION, &shown);
}

static gpointer
get_item (GListModel *model, guint position)
{
  VliveTable *self = VLIVE_TABLE (model);
  VliveInsert *insert;
  guint64 base = 0;
  guint64 page;
  VliveRow *row;
  VLIVE_METER_SPAN ("table-get-item");

  if (position >= self->n_items)
    return NULL;

  insert = _vlive_mapping_view_to_base (self->mapping, position, &base);
  if (insert != NULL)
    return get_insert (self, insert);

  page = base / self->page_size;
  if (_vlive_pager_note_asked (self->pager, page))
    _vlive_store_wake (self->store);
  row = _vlive_rows_get (self->rows, base);
  if (row != NULL)
    return g_object_ref (row);

  if (_vlive_base_get_seat (self->base, page) == NULL)
    look_inline (self, page);
  row = make_row (self, base);
  if (vlive_row_get_record (row) == NULL)
    _vlive_store_wake (self->store);

  return row;
}

static GType
get_item_type (GListModel *model)
{
  return VLIVE_TYPE_ROW;
}

static guint
get_n_items (GListModel *model)
{
  return VLIVE_TABLE (model)->n_items;
}

void
_vlive_table_list_model_iface_init (GListModelInterface *iface)
{
  iface->get_item = get_item;
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
}
