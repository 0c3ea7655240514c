/* vlive-mapping.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "table/vlive-mapping-private.h"

typedef struct
{
  guint64 base;
  gpointer item; /* not owned; NULL: @base is hidden */
  gint64 shift;  /* rows inserted less rows hidden, up to and with this one */
} Entry;

/* Sorted by base; at one base, what is inserted before it comes first, in the
 * order of the view, then whether it is hidden. */
struct _VliveMapping
{
  GArray *entries;   /* owned, of Entry */
  GHashTable *items; /* owned: item -> its base (Entry would move) */
};

static Entry *
entry_at (VliveMapping *self, guint index)
{
  return &g_array_index (self->entries, Entry, index);
}

static gint64
shift_before (VliveMapping *self, guint index)
{
  return index == 0 ? 0 : entry_at (self, index - 1)->shift;
}

/* Where the entry stands in the view; for a hidden row, where the next does. */
static guint64
view_of (VliveMapping *self, guint index)
{
  return entry_at (self, index)->base + (guint64) shift_before (self, index);
}

/* The first entry at @base or behind it. */
static guint
find_base (VliveMapping *self, guint64 base)
{
  guint low = 0;
  guint high = self->entries->len;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (entry_at (self, middle)->base < base)
        low = middle + 1;
      else
        high = middle;
    }

  return low;
}

/* The first entry that stands behind @view. */
static guint
find_behind_view (VliveMapping *self, guint64 view)
{
  guint low = 0;
  guint high = self->entries->len;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (view_of (self, middle) <= view)
        low = middle + 1;
      else
        high = middle;
    }

  return low;
}

static guint
skip_items (VliveMapping *self, guint index, guint64 base)
{
  while (index < self->entries->len && entry_at (self, index)->base == base
         && entry_at (self, index)->item != NULL)
    index++;

  return index;
}

static gboolean
is_hidden_at (VliveMapping *self, guint index, guint64 base)
{
  return index < self->entries->len && entry_at (self, index)->base == base
         && entry_at (self, index)->item == NULL;
}

static void
add_up_from (VliveMapping *self, guint index)
{
  for (; index < self->entries->len; index++)
    entry_at (self, index)->shift =
        shift_before (self, index) + (entry_at (self, index)->item != NULL ? 1 : -1);
}

static void
insert_entry (VliveMapping *self, guint index, guint64 base, gpointer item)
{
  Entry entry = { base, item, 0 };

  g_array_insert_val (self->entries, index, entry);
  add_up_from (self, index);
}

static void
remove_entry (VliveMapping *self, guint index)
{
  g_array_remove_index (self->entries, index);
  add_up_from (self, index);
}

VliveMapping *
_vlive_mapping_new (void)
{
  VliveMapping *self = g_new0 (VliveMapping, 1);

  self->entries = g_array_new (FALSE, FALSE, sizeof (Entry));
  self->items = g_hash_table_new_full (NULL, NULL, NULL, g_free);

  return self;
}

void
_vlive_mapping_free (VliveMapping *self)
{
  g_array_unref (self->entries);
  g_hash_table_unref (self->items);
  g_free (self);
}

void
_vlive_mapping_insert (VliveMapping *self, guint64 base, gpointer item)
{
  g_assert (item != NULL);
  g_assert (!g_hash_table_contains (self->items, item));

  insert_entry (self, skip_items (self, find_base (self, base), base), base, item);
  g_hash_table_insert (self->items, item, g_memdup2 (&base, sizeof base));
}

/* The entry of @item, or the number of entries. */
static guint
find_item (VliveMapping *self, gpointer item)
{
  guint64 *base = g_hash_table_lookup (self->items, item);
  guint index;

  if (base == NULL)
    return self->entries->len;

  index = find_base (self, *base);
  while (entry_at (self, index)->item != item)
    index++;

  return index;
}

gboolean
_vlive_mapping_remove (VliveMapping *self, gpointer item)
{
  guint index = find_item (self, item);

  if (index == self->entries->len)
    return FALSE;

  remove_entry (self, index);
  g_hash_table_remove (self->items, item);

  return TRUE;
}

gboolean
_vlive_mapping_hide (VliveMapping *self, guint64 base)
{
  guint index = skip_items (self, find_base (self, base), base);

  if (is_hidden_at (self, index, base))
    return FALSE;

  insert_entry (self, index, base, NULL);

  return TRUE;
}

gboolean
_vlive_mapping_unhide (VliveMapping *self, guint64 base)
{
  guint index = skip_items (self, find_base (self, base), base);

  if (!is_hidden_at (self, index, base))
    return FALSE;

  remove_entry (self, index);

  return TRUE;
}

gboolean
_vlive_mapping_is_hidden (VliveMapping *self, guint64 base)
{
  return is_hidden_at (self, skip_items (self, find_base (self, base), base), base);
}

void
_vlive_mapping_clear (VliveMapping *self)
{
  g_array_set_size (self->entries, 0);
  g_hash_table_remove_all (self->items);
}

guint
_vlive_mapping_get_n_entries (VliveMapping *self)
{
  return self->entries->len;
}

guint64
_vlive_mapping_get_n_view (VliveMapping *self, guint64 n_base)
{
  /* What is inserted before the end counts, a hidden row behind it does not. */
  guint index = skip_items (self, find_base (self, n_base), n_base);

  return n_base + (guint64) shift_before (self, index);
}

gpointer
_vlive_mapping_view_to_base (VliveMapping *self, guint64 view, guint64 *base)
{
  guint index = find_behind_view (self, view);

  if (index > 0 && entry_at (self, index - 1)->item != NULL
      && view_of (self, index - 1) == view)
    return entry_at (self, index - 1)->item;

  *base = view - (guint64) shift_before (self, index);

  return NULL;
}

gboolean
_vlive_mapping_base_to_view (VliveMapping *self, guint64 base, guint64 *view)
{
  guint index = skip_items (self, find_base (self, base), base);

  *view = base + (guint64) shift_before (self, index);

  return !is_hidden_at (self, index, base);
}

gboolean
_vlive_mapping_item_to_view (VliveMapping *self, gpointer item, guint64 *view)
{
  guint index = find_item (self, item);

  if (index == self->entries->len)
    return FALSE;

  *view = view_of (self, index);

  return TRUE;
}
