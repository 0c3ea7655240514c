/* vlive-rows.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "table/vlive-rows-private.h"

struct _VliveRows
{
  guint page_size;
  GQueue all;          /* of VliveRow, not owned: by the rows' own links */
  GHashTable *by_base; /* owned: the row's own base -> VliveRow, not owned */
  GHashTable *by_id;   /* owned: its id -> VliveRow, not owned */
  GHashTable *loading; /* owned: page, guint64, owned -> number of placeholders */
};

VliveRows *
_vlive_rows_new (guint page_size)
{
  VliveRows *self = g_new0 (VliveRows, 1);

  self->page_size = page_size;
  self->by_base = g_hash_table_new (g_int64_hash, g_int64_equal);
  self->by_id = g_hash_table_new (g_str_hash, g_str_equal);
  self->loading = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);

  return self;
}

void
_vlive_rows_free (VliveRows *self)
{
  for (GList *l = self->all.head; l != NULL; l = l->next)
    _vlive_row_disown (l->data);
  g_hash_table_unref (self->by_base);
  g_hash_table_unref (self->by_id);
  g_hash_table_unref (self->loading);
  g_free (self);
}

VliveRow *
_vlive_rows_get (VliveRows *self, guint64 base)
{
  return g_hash_table_lookup (self->by_base, &base);
}

VliveRow *
_vlive_rows_find (VliveRows *self, const char *id)
{
  return g_hash_table_lookup (self->by_id, id);
}

guint
_vlive_rows_get_n (VliveRows *self)
{
  return self->all.length;
}

static void
count_loading (VliveRows *self, guint64 base, int change)
{
  g_autofree guint64 *page = g_new (guint64, 1);
  guint n;

  *page = base / self->page_size;
  n = GPOINTER_TO_UINT (g_hash_table_lookup (self->loading, page)) + (guint) change;
  if (n == 0)
    g_hash_table_remove (self->loading, page);
  else
    g_hash_table_insert (self->loading, g_steal_pointer (&page), GUINT_TO_POINTER (n));
}

void
_vlive_rows_attach (VliveRows *self, VliveRow *row, guint64 base)
{
  g_assert (_vlive_row_get_base (row) == VLIVE_NO_POSITION);

  _vlive_row_set_base (row, base);
  if (base == VLIVE_OVERLAY_POSITION)
    return;

  g_assert (_vlive_rows_get (self, base) == NULL);

  g_hash_table_insert (self->by_base, (gpointer) _vlive_row_peek_base (row), row);
  if (vlive_row_get_id (row) == NULL)
    count_loading (self, base, 1);
}

void
_vlive_rows_detach (VliveRows *self, VliveRow *row)
{
  guint64 base = _vlive_row_get_base (row);

  if (base != VLIVE_NO_POSITION && base != VLIVE_OVERLAY_POSITION)
    {
      if (vlive_row_get_id (row) == NULL)
        count_loading (self, base, -1);
      g_hash_table_remove (self->by_base, &base);
    }
  _vlive_row_set_base (row, VLIVE_NO_POSITION);
}

static void
gone_cb (gpointer owner, VliveRow *row)
{
  VliveRows *self = owner;
  const char *id = vlive_row_get_id (row);

  _vlive_rows_detach (self, row);
  g_queue_unlink (&self->all, _vlive_row_get_link (row));
  if (id != NULL)
    g_hash_table_remove (self->by_id, id);
}

void
_vlive_rows_forget (VliveRows *self, VliveRow *row)
{
  gone_cb (self, row);
  _vlive_row_disown (row);
}

static void
note_id (VliveRows *self, VliveRow *row)
{
  const char *id = vlive_row_get_id (row);

  if (id == NULL)
    return;

  g_assert (!g_hash_table_contains (self->by_id, id));
  g_hash_table_insert (self->by_id, (gpointer) id, row);
}

void
_vlive_rows_rename (VliveRows *self, VliveRow *row, const char *id)
{
  g_hash_table_remove (self->by_id, vlive_row_get_id (row));
  _vlive_row_rename (row, id);
  note_id (self, row);
}

VliveRow *
_vlive_rows_make (VliveRows *self, guint64 base, const VliveShown *shown)
{
  const VliveShown loading = { .state = VLIVE_ROW_LOADING };
  VliveRow *row = _vlive_row_new (self, gone_cb, VLIVE_NO_POSITION);

  g_queue_push_tail_link (&self->all, _vlive_row_get_link (row));
  _vlive_row_show_quietly (row, shown != NULL ? shown : &loading);
  note_id (self, row);
  _vlive_rows_attach (self, row, base);

  return row;
}

void
_vlive_rows_show (VliveRows *self, VliveRow *row, const VliveShown *shown)
{
  guint64 base = _vlive_row_get_base (row);
  const char *id = shown->record != NULL ? vlive_record_get_id (shown->record) : NULL;

  /* The books first: whoever is notified may ask. */
  if (vlive_row_get_id (row) == NULL && id != NULL)
    {
      g_assert (!g_hash_table_contains (self->by_id, id));
      if (base != VLIVE_NO_POSITION)
        count_loading (self, base, -1);
      _vlive_row_take_id (row, id);
      note_id (self, row);
    }
  _vlive_row_show (row, shown);
}

static int
compare_rows (gconstpointer a, gconstpointer b)
{
  guint64 left = _vlive_row_get_base (*(VliveRow **) a);
  guint64 right = _vlive_row_get_base (*(VliveRow **) b);

  return (left > right) - (left < right);
}

GPtrArray *
_vlive_rows_list_from (VliveRows *self, guint64 from)
{
  GPtrArray *rows = g_ptr_array_new_with_free_func (g_object_unref);
  GHashTableIter iter;
  gpointer base;
  gpointer row;

  g_hash_table_iter_init (&iter, self->by_base);
  while (g_hash_table_iter_next (&iter, &base, &row))
    if (*(guint64 *) base >= from)
      g_ptr_array_add (rows, g_object_ref (row));
  g_ptr_array_sort (rows, compare_rows);

  return rows;
}

static int
compare_pages (gconstpointer a, gconstpointer b)
{
  guint64 left = *(const guint64 *) a;
  guint64 right = *(const guint64 *) b;

  return (left > right) - (left < right);
}

GArray *
_vlive_rows_list_loading (VliveRows *self)
{
  GArray *pages = g_array_new (FALSE, FALSE, sizeof (guint64));
  GHashTableIter iter;
  gpointer page;

  g_hash_table_iter_init (&iter, self->loading);
  while (g_hash_table_iter_next (&iter, &page, NULL))
    g_array_append_val (pages, *(guint64 *) page);
  g_array_sort (pages, compare_pages);

  return pages;
}
