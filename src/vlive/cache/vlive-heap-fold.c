/* vlive-heap-fold.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "base/vlive-meter-private.h"
#include "cache/vlive-heap-private.h"

/*
 * Lays the oldest entries of a namespace over its pages for good, a slice of
 * pages at a time. Answers that the entries would have masked are not believed
 * from the beginning on, so that no page can come that misses them.
 */
struct _VliveHeapFold
{
  VliveHeapSpace *space;
  guint64 until;    /* entries up to this epoch go */
  GPtrArray *pages; /* owned; VliveHeapPage */
  guint next;
  VliveTimer *timer; /* owned */
};

static int
compare_epochs (gconstpointer a, gconstpointer b)
{
  guint64 x = *(const guint64 *) a;
  guint64 y = *(const guint64 *) b;

  return x < y ? -1 : x > y;
}

static guint64
choose_until (VliveHeapSpace *space)
{
  g_autoptr (GArray) epochs = g_array_new (FALSE, FALSE, sizeof (guint64));
  GHashTableIter iter;
  VliveCacheEntry *entry;

  g_hash_table_iter_init (&iter, space->entries);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &entry))
    {
      guint64 epoch = _vlive_cache_entry_get_epoch (entry);

      g_array_append_val (epochs, epoch);
    }
  g_array_sort (epochs, compare_epochs);

  return g_array_index (epochs, guint64,
                        MIN (epochs->len, VLIVE_CACHE_FOLD_ENTRIES) - 1);
}

static GPtrArray *
list_pages (VliveHeapSpace *space)
{
  GPtrArray *all =
      g_ptr_array_new_with_free_func ((GDestroyNotify) _vlive_heap_page_unref);
  GHashTableIter queries, pages;
  VliveHeapQuery *query;
  VliveHeapPage *page;

  g_hash_table_iter_init (&queries, space->queries);
  while (g_hash_table_iter_next (&queries, NULL, (gpointer *) &query))
    {
      g_hash_table_iter_init (&pages, query->pages);
      while (g_hash_table_iter_next (&pages, (gpointer *) &page, NULL))
        {
          page->ref_count++;
          g_ptr_array_add (all, page);
        }
    }

  return all;
}

static const VliveCacheEntry *
find_old_entry (const char *id, gpointer data)
{
  VliveHeapFold *self = data;
  const VliveCacheEntry *entry = g_hash_table_lookup (self->space->entries, id);

  return entry != NULL && _vlive_cache_entry_get_epoch (entry) <= self->until ? entry
                                                                              : NULL;
}

static void
forget_old_entries (VliveHeapFold *self)
{
  g_autoptr (GPtrArray) old = g_ptr_array_new ();
  GHashTableIter iter;
  char *id;

  g_hash_table_iter_init (&iter, self->space->entries);
  while (g_hash_table_iter_next (&iter, (gpointer *) &id, NULL))
    if (find_old_entry (id, self) != NULL)
      g_ptr_array_add (old, id);
  for (guint i = 0; i < old->len; i++)
    _vlive_heap_space_forget (self->space, old->pdata[i]);
}

static void fold_slice_cb (gpointer data);

static void
schedule (VliveHeapFold *self)
{
  self->timer =
      _vlive_clock_add_timer (self->space->heap->clock, 0, G_PRIORITY_HIGH_IDLE,
                              fold_slice_cb, self, NULL);
}

static void
fold_slice_cb (gpointer data)
{
  VliveHeapFold *self = data;
  VliveHeapSpace *space = self->space;
  guint end = MIN (self->next + VLIVE_HEAP_FOLD_SLICE, self->pages->len);

  VLIVE_METER_SPAN ("cache-fold");

  self->timer = NULL;
  for (; self->next < end; self->next++)
    {
      VliveHeapPage *page = self->pages->pdata[self->next];

      if (page->query != NULL && page->raw != NULL)
        _vlive_rules_fold (page->raw, find_old_entry, self);
    }
  if (self->next < self->pages->len)
    {
      schedule (self);
      return;
    }

  forget_old_entries (self);
  space->fold = NULL;
  _vlive_heap_fold_free (self);
  if (g_hash_table_size (space->entries) > VLIVE_CACHE_MAX_ENTRIES)
    _vlive_heap_fold_start (space);
}

void
_vlive_heap_fold_start (VliveHeapSpace *space)
{
  VliveHeapFold *self;

  if (space->fold != NULL)
    return;

  self = g_new0 (VliveHeapFold, 1);
  self->space = space;
  self->until = choose_until (space);
  if (self->until >= space->state.epoch)
    _vlive_space_raise (&space->state);
  space->state.forgotten = MAX (space->state.forgotten, self->until + 1);
  self->pages = list_pages (space);
  space->fold = self;
  schedule (self);
}

void
_vlive_heap_fold_free (VliveHeapFold *self)
{
  g_clear_pointer (&self->timer, _vlive_timer_cancel);
  g_ptr_array_unref (self->pages);
  g_free (self);
}
