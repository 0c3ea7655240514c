/* vlive-heap.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "cache/vlive-heap-private.h"

void
_vlive_heap_init (VliveHeap *self, gboolean keeps)
{
  self->clock = g_object_ref (_vlive_clock_get_default ());
  self->keeps = keeps;
  self->spaces = g_hash_table_new_full (g_str_hash, g_str_equal, NULL,
                                        (GDestroyNotify) _vlive_heap_space_free);
  g_queue_init (&self->ages);
  g_queue_init (&self->lru);
  self->statistics.size_limit = keeps ? VLIVE_HEAP_SIZE_LIMIT : 0;
}

void
_vlive_heap_destroy (VliveHeap *self)
{
  g_clear_pointer (&self->spaces, g_hash_table_unref);
  g_clear_object (&self->clock);
}

void
_vlive_heap_set_clock (VliveHeap *self, VliveClock *clock)
{
  if (clock == NULL)
    clock = _vlive_clock_get_default ();
  g_set_object (&self->clock, clock);
}

void
_vlive_heap_set_size_limit (VliveHeap *self, guint64 size_limit)
{
  self->statistics.size_limit = size_limit;
  _vlive_heap_maintain (self);
}

void
_vlive_heap_clear (VliveHeap *self)
{
  g_hash_table_remove_all (self->spaces);
}

/* What a namespace has said is forgotten with it: whoever still has an answer
 * from it must ask again. */
static void
remove_if_empty (VliveHeapSpace *space)
{
  VliveHeap *self = space->heap;
  GHashTableIter iter;
  VliveHeapQuery *query;

  if (g_hash_table_size (self->spaces) <= VLIVE_HEAP_MAX_SPACES
      || g_hash_table_size (space->entries) > 0
      || g_hash_table_size (space->records) > 0)
    return;

  g_hash_table_iter_init (&iter, space->queries);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &query))
    if (g_hash_table_size (query->pages) > 0)
      return;

  g_hash_table_remove (self->spaces, space->ns);
}

static void
evict_page (VliveHeap *self)
{
  VliveHeapPage *page = g_queue_peek_head (&self->ages);
  VliveHeapSpace *space = page->query->space;

  if (page->raw != NULL)
    self->statistics.n_evicted++;
  _vlive_heap_page_remove (page);
  remove_if_empty (space);
}

static gboolean
has_too_many_pages (VliveHeap *self)
{
  if (g_queue_is_empty (&self->ages))
    return FALSE;
  if (!self->keeps)
    return self->ages.length > VLIVE_HEAP_MAX_SLOTS;

  return self->statistics.size_limit > 0
         && self->statistics.used_bytes > self->statistics.size_limit;
}

static gboolean
has_too_many_records (VliveHeap *self)
{
  if (g_queue_is_empty (&self->lru))
    return FALSE;

  return self->lru.length > VLIVE_CACHE_MAX_RECORDS
         || (self->statistics.size_limit > 0
             && self->statistics.used_bytes > self->statistics.size_limit
             && g_queue_is_empty (&self->ages));
}

static const VliveStamp *
find_oldest (VliveHeapSpace *space)
{
  const VliveStamp *oldest = NULL;
  GHashTableIter queries, pages;
  VliveHeapQuery *query;
  VliveHeapPage *page;

  g_hash_table_iter_init (&queries, space->queries);
  while (g_hash_table_iter_next (&queries, NULL, (gpointer *) &query))
    {
      g_hash_table_iter_init (&pages, query->pages);
      while (g_hash_table_iter_next (&pages, (gpointer *) &page, NULL))
        if (page->raw != NULL
            && (oldest == NULL || _vlive_stamp_compare (&page->stamp, oldest) < 0))
          oldest = &page->stamp;
    }

  return oldest;
}

static void
expire_entries (VliveHeapSpace *space, gint64 boot_now)
{
  const VliveStamp *oldest = find_oldest (space);
  g_autoptr (GPtrArray) spent = g_ptr_array_new ();
  GHashTableIter iter;
  VliveCacheEntry *entry;
  char *id;

  g_hash_table_iter_init (&iter, space->entries);
  while (g_hash_table_iter_next (&iter, (gpointer *) &id, (gpointer *) &entry))
    if (_vlive_rules_is_spent (entry, oldest, boot_now))
      g_ptr_array_add (spent, id);
  for (guint i = 0; i < spent->len; i++)
    _vlive_heap_space_forget (space, spent->pdata[i]);
}

static void
expire (VliveHeap *self)
{
  gint64 boot_now = _vlive_clock_get_boot_us (self->clock);
  GHashTableIter iter;
  VliveHeapSpace *space;

  if (boot_now >= self->expired_at
      && boot_now - self->expired_at < VLIVE_HEAP_EXPIRE_US)
    return;

  self->expired_at = boot_now;
  g_hash_table_iter_init (&iter, self->spaces);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &space))
    if (g_hash_table_size (space->entries) > 0 && space->fold == NULL)
      expire_entries (space, boot_now);
}

void
_vlive_heap_maintain (VliveHeap *self)
{
  while (has_too_many_pages (self))
    evict_page (self);
  while (has_too_many_records (self))
    _vlive_heap_record_remove (g_queue_peek_head (&self->lru));
  expire (self);
}
