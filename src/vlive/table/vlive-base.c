/* vlive-base.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "table/vlive-base-private.h"

struct _VliveBase
{
  guint page_size;
  GHashTable *seats; /* owned: its page -> VliveSeat, owned */
  GHashTable *where; /* owned: id, of the record -> VliveSlot, of its seat */
};

VliveBase *
_vlive_base_new (guint page_size)
{
  VliveBase *self = g_new0 (VliveBase, 1);

  g_assert (page_size > 0);

  self->page_size = page_size;
  self->where = g_hash_table_new (g_str_hash, g_str_equal);
  self->seats = g_hash_table_new (g_int64_hash, g_int64_equal);

  return self;
}

static void
seat_free (VliveBase *self, VliveSeat *seat)
{
  for (guint i = 0; i < self->page_size; i++)
    g_clear_pointer (&seat->slots[i].record, vlive_record_unref);
  g_free (seat->slots);
  g_free (seat);
}

void
_vlive_base_clear (VliveBase *self)
{
  GHashTableIter iter;
  gpointer seat;

  g_hash_table_remove_all (self->where);
  g_hash_table_iter_init (&iter, self->seats);
  while (g_hash_table_iter_next (&iter, NULL, &seat))
    {
      g_hash_table_iter_steal (&iter);
      seat_free (self, seat);
    }
}

void
_vlive_base_free (VliveBase *self)
{
  _vlive_base_clear (self);
  g_hash_table_unref (self->where);
  g_hash_table_unref (self->seats);
  g_free (self);
}

guint
_vlive_base_get_page_size (VliveBase *self)
{
  return self->page_size;
}

VliveSeat *
_vlive_base_get_seat (VliveBase *self, guint64 page)
{
  return g_hash_table_lookup (self->seats, &page);
}

VliveSeat *
_vlive_base_need_seat (VliveBase *self, guint64 page)
{
  VliveSeat *seat = _vlive_base_get_seat (self, page);

  if (seat != NULL)
    return seat;

  seat = g_new0 (VliveSeat, 1);
  seat->page = page;
  seat->slots = g_new0 (VliveSlot, self->page_size);
  for (guint i = 0; i < self->page_size; i++)
    seat->slots[i].seat = seat;
  g_hash_table_insert (self->seats, &seat->page, seat);

  return seat;
}

guint
_vlive_base_get_n_seats (VliveBase *self)
{
  return g_hash_table_size (self->seats);
}

GPtrArray *
_vlive_base_list_seats (VliveBase *self)
{
  GPtrArray *seats = g_ptr_array_sized_new (g_hash_table_size (self->seats));
  GHashTableIter iter;
  gpointer seat;

  g_hash_table_iter_init (&iter, self->seats);
  while (g_hash_table_iter_next (&iter, NULL, &seat))
    g_ptr_array_add (seats, seat);

  return seats;
}

void
_vlive_base_evict (VliveBase *self, guint64 page)
{
  VliveSeat *seat = _vlive_base_get_seat (self, page);

  if (seat == NULL)
    return;

  for (guint i = 0; i < self->page_size; i++)
    if (seat->slots[i].record != NULL)
      g_hash_table_remove (self->where, vlive_record_get_id (seat->slots[i].record));
  g_hash_table_remove (self->seats, &page);
  seat_free (self, seat);
}

VliveRecord *
_vlive_base_get (VliveBase *self, guint64 base)
{
  VliveSeat *seat = _vlive_base_get_seat (self, base / self->page_size);

  return seat != NULL ? seat->slots[base % self->page_size].record : NULL;
}

gboolean
_vlive_base_find (VliveBase *self, const char *id, guint64 *base)
{
  VliveSlot *slot = g_hash_table_lookup (self->where, id);

  if (slot != NULL)
    *base = slot->seat->page * self->page_size + (guint64) (slot - slot->seat->slots);

  return slot != NULL;
}

/* The books name a record by its own id: that of the record which is there. */
void
_vlive_base_put (VliveBase *self, guint64 base, VliveRecord *record)
{
  VliveSeat *seat = _vlive_base_get_seat (self, base / self->page_size);
  VliveSlot *slot = &seat->slots[base % self->page_size];
  g_autoptr (VliveRecord) old = g_steal_pointer (&slot->record);
  const char *old_id = old != NULL ? vlive_record_get_id (old) : NULL;
  const char *id = record != NULL ? vlive_record_get_id (record) : NULL;
  gboolean is_same = g_strcmp0 (id, old_id) == 0;
  gboolean is_new;

  if (old_id != NULL && !is_same)
    g_hash_table_remove (self->where, old_id);
  if (record == NULL)
    return;

  slot->record = vlive_record_ref (record);
  is_new = g_hash_table_replace (self->where, (gpointer) id, slot);

  g_assert (is_new != is_same);
}

guint64
_vlive_base_get_n_filled (VliveBase *self)
{
  return g_hash_table_size (self->where);
}
