/* vlive-hidden.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "table/vlive-hidden-private.h"

struct _VliveHiddenRows
{
  GHashTable *by_base; /* owned: its base -> VliveHidden, owned */
  GHashTable *by_id;   /* owned: id, of "staged" -> VliveHidden, not owned */
};

static void
hidden_free (gpointer data)
{
  VliveHidden *hidden = data;

  g_clear_pointer (&hidden->staged, vlive_record_unref);
  g_free (hidden);
}

VliveHiddenRows *
_vlive_hidden_rows_new (void)
{
  VliveHiddenRows *self = g_new0 (VliveHiddenRows, 1);

  self->by_base =
      g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, hidden_free);
  self->by_id = g_hash_table_new (g_str_hash, g_str_equal);

  return self;
}

void
_vlive_hidden_rows_free (VliveHiddenRows *self)
{
  g_hash_table_unref (self->by_id);
  g_hash_table_unref (self->by_base);
  g_free (self);
}

guint
_vlive_hidden_rows_get_n (VliveHiddenRows *self)
{
  return g_hash_table_size (self->by_base);
}

VliveHidden *
_vlive_hidden_rows_get (VliveHiddenRows *self, guint64 base)
{
  return g_hash_table_lookup (self->by_base, &base);
}

VliveHidden *
_vlive_hidden_rows_find (VliveHiddenRows *self, const char *id)
{
  return g_hash_table_lookup (self->by_id, id);
}

static void
put (VliveHiddenRows *self, VliveHidden *hidden)
{
  g_assert (!g_hash_table_contains (self->by_base, &hidden->base));

  g_hash_table_insert (self->by_base, &hidden->base, hidden);
}

void
_vlive_hidden_rows_add (VliveHiddenRows *self,
                        guint64 base,
                        const VliveStamp *stamp,
                        VliveRecord *staged)
{
  VliveHidden *hidden = g_new0 (VliveHidden, 1);

  hidden->base = base;
  if (stamp != NULL)
    hidden->stamp = *stamp;
  put (self, hidden);
  if (staged == NULL)
    return;

  hidden->staged = vlive_record_ref (staged);
  g_hash_table_insert (self->by_id, (gpointer) vlive_record_get_id (staged), hidden);
}

gboolean
_vlive_hidden_rows_remove (VliveHiddenRows *self, guint64 base)
{
  VliveHidden *hidden = _vlive_hidden_rows_get (self, base);

  if (hidden == NULL)
    return FALSE;

  if (hidden->staged != NULL)
    g_hash_table_remove (self->by_id, vlive_record_get_id (hidden->staged));
  g_hash_table_remove (self->by_base, &base);

  return TRUE;
}

void
_vlive_hidden_rows_clear (VliveHiddenRows *self)
{
  g_hash_table_remove_all (self->by_id);
  g_hash_table_remove_all (self->by_base);
}

static int
compare_bases (gconstpointer a, gconstpointer b)
{
  guint64 left = (*(VliveHidden *const *) a)->base;
  guint64 right = (*(VliveHidden *const *) b)->base;

  return (left > right) - (left < right);
}

GPtrArray *
_vlive_hidden_rows_list (VliveHiddenRows *self)
{
  GPtrArray *list = g_ptr_array_sized_new (_vlive_hidden_rows_get_n (self));
  GHashTableIter iter;
  gpointer hidden;

  g_hash_table_iter_init (&iter, self->by_base);
  while (g_hash_table_iter_next (&iter, NULL, &hidden))
    g_ptr_array_add (list, hidden);
  g_ptr_array_sort (list, compare_bases);

  return list;
}

void
_vlive_hidden_rows_move (VliveHiddenRows *self, VliveHiddenMove func, gpointer data)
{
  g_autoptr (GPtrArray) list = _vlive_hidden_rows_list (self);

  g_hash_table_steal_all (self->by_base);
  for (guint i = 0; i < list->len; i++)
    {
      VliveHidden *hidden = list->pdata[i];

      hidden->base = func (hidden->base, data);
      put (self, hidden);
    }
}
