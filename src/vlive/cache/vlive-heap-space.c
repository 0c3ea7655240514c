/* vlive-heap-space.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "cache/vlive-heap-private.h"

/* One namespace in memory. */

static guint
place_hash (gconstpointer key)
{
  const VliveHeapPage *page = key;

  return (guint) (page->offset ^ (page->offset >> 32)) * 31 + page->limit;
}

static gboolean
place_equal (gconstpointer a, gconstpointer b)
{
  const VliveHeapPage *x = a;
  const VliveHeapPage *y = b;

  return x->offset == y->offset && x->limit == y->limit;
}

static gsize
measure_page (VlivePage *page)
{
  gsize bytes = sizeof *page + sizeof (VliveHeapPage);

  for (guint i = 0; i < page->n_records; i++)
    {
      gsize size;

      _vlive_record_get_block (page->records[i], &size);
      bytes += size + sizeof (gpointer);
    }

  return bytes;
}

static gsize
measure_record (const char *id, VliveRecord *record)
{
  gsize size = 0;

  if (record != NULL)
    _vlive_record_get_block (record, &size);

  return size + strlen (id) + 1 + sizeof (VliveHeapRecord);
}

static void
page_set_raw (VliveHeapPage *page, VlivePage *raw)
{
  VliveCacheStatistics *statistics = &page->query->space->heap->statistics;

  if (page->raw != NULL)
    {
      statistics->n_pages--;
      statistics->used_bytes -= page->bytes;
    }
  g_clear_pointer (&page->raw, vlive_page_unref);
  page->raw = raw;
  page->bytes = raw != NULL ? measure_page (raw) : 0;
  if (page->raw != NULL)
    {
      statistics->n_pages++;
      statistics->used_bytes += page->bytes;
    }
}

void
_vlive_heap_page_unref (VliveHeapPage *page)
{
  if (--page->ref_count > 0)
    return;

  g_assert (page->raw == NULL);
  g_free (page);
}

static void
page_drop (VliveHeapPage *page)
{
  page_set_raw (page, NULL);
  g_queue_unlink (&page->query->space->heap->ages, &page->link);
  page->query = NULL;
  _vlive_heap_page_unref (page);
}

void
_vlive_heap_page_remove (VliveHeapPage *page)
{
  g_hash_table_remove (page->query->pages, page);
}

static void
query_free (VliveHeapQuery *query)
{
  g_hash_table_unref (query->pages);
  g_free (query->key);
  g_free (query);
}

static void
record_free (VliveHeapRecord *record)
{
  VliveHeap *heap = record->space->heap;

  heap->statistics.n_records--;
  heap->statistics.used_bytes -= record->bytes;
  g_queue_unlink (&heap->lru, &record->link);
  _vlive_single_clear (&record->single);
  g_free (record->id);
  g_free (record);
}

void
_vlive_heap_record_remove (VliveHeapRecord *record)
{
  g_hash_table_remove (record->space->records, record->id);
}

static VliveHeapSpace *
space_new (VliveHeap *heap, const char *ns)
{
  VliveHeapSpace *self = g_new0 (VliveHeapSpace, 1);

  self->heap = heap;
  self->ns = g_strdup (ns);
  _vlive_space_init (&self->state, MAX (_vlive_clock_get_real_us (heap->clock),
                                        (gint64) heap->floor + 1));
  self->queries = g_hash_table_new_full (g_str_hash, g_str_equal, NULL,
                                         (GDestroyNotify) query_free);
  self->entries = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                         (GDestroyNotify) _vlive_cache_entry_free);
  self->records = g_hash_table_new_full (g_str_hash, g_str_equal, NULL,
                                         (GDestroyNotify) record_free);

  return self;
}

void
_vlive_heap_space_free (VliveHeapSpace *self)
{
  VliveHeap *heap = self->heap;

  heap->floor = MAX (heap->floor, self->state.epoch);
  heap->statistics.n_patches -= g_hash_table_size (self->entries);
  g_clear_pointer (&self->fold, _vlive_heap_fold_free);
  g_hash_table_unref (self->queries);
  g_hash_table_unref (self->entries);
  g_hash_table_unref (self->records);
  g_clear_pointer (&self->schema, vlive_schema_unref);
  _vlive_space_clear (&self->state);
  g_free (self->ns);
  g_free (self);
}

VliveHeapSpace *
_vlive_heap_get_space (VliveHeap *heap, const char *ns)
{
  VliveHeapSpace *self = g_hash_table_lookup (heap->spaces, ns);

  if (self == NULL)
    {
      self = space_new (heap, ns);
      g_hash_table_insert (heap->spaces, self->ns, self);
    }
  _vlive_space_notice_boot (&self->state, _vlive_clock_get_boot_us (heap->clock));

  return self;
}

/* Queries without pages are remembered for their marks alone, and not all. */
static void
trim_queries (VliveHeapSpace *self)
{
  GHashTableIter iter;
  VliveHeapQuery *query;

  if (g_hash_table_size (self->queries) < VLIVE_HEAP_MAX_QUERIES)
    return;

  g_hash_table_iter_init (&iter, self->queries);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &query))
    if (g_hash_table_size (query->pages) == 0)
      {
        self->state.unlisted = MAX (self->state.unlisted, query->state.mark);
        g_hash_table_iter_remove (&iter);
      }
}

static VliveHeapQuery *
ensure_query (VliveHeapSpace *self, VliveQuery *query)
{
  VliveHeapQuery *found =
      g_hash_table_lookup (self->queries, vlive_query_get_key (query));

  if (found != NULL)
    return found;

  trim_queries (self);
  found = g_new0 (VliveHeapQuery, 1);
  found->space = self;
  found->key = g_strdup (vlive_query_get_key (query));
  found->pages =
      g_hash_table_new_full (place_hash, place_equal, NULL, (GDestroyNotify) page_drop);
  _vlive_query_state_init (&found->state, &self->state);
  g_hash_table_insert (self->queries, found->key, found);

  return found;
}

static VliveHeapPage *
find_page (VliveHeapQuery *query, guint64 offset, guint limit)
{
  VliveHeapPage place = { .offset = offset, .limit = limit };

  return query != NULL ? g_hash_table_lookup (query->pages, &place) : NULL;
}

static VliveHeapPage *
ensure_page (VliveHeapQuery *query, guint64 offset, guint limit)
{
  VliveHeapPage *page = find_page (query, offset, limit);

  if (page != NULL)
    return page;

  page = g_new0 (VliveHeapPage, 1);
  page->ref_count = 1;
  page->query = query;
  page->offset = offset;
  page->limit = limit;
  page->link.data = page;
  g_queue_push_tail_link (&query->space->heap->ages, &page->link);
  g_hash_table_add (query->pages, page);

  return page;
}

static void
page_touch (VliveHeapPage *page)
{
  GQueue *ages = &page->query->space->heap->ages;

  g_queue_unlink (ages, &page->link);
  g_queue_push_tail_link (ages, &page->link);
}

static const VliveCacheEntry *
find_entry (const char *id, gpointer data)
{
  VliveHeapSpace *self = data;

  return g_hash_table_lookup (self->entries, id);
}

static void
view_init (VliveView *view,
           VliveHeapSpace *self,
           VliveHeapQuery *state,
           VliveQuery *query)
{
  *view = (VliveView){
    .space = &self->state,
    .state = &state->state,
    .query = query,
    .mark = _vlive_query_state_get_mark (&state->state, &self->state, query),
    .lookup = g_hash_table_size (self->entries) > 0 ? find_entry : NULL,
    .data = self,
  };
}

static VlivePage *
show_page (const VliveView *view, VliveHeapPage *page)
{
  g_autoptr (VlivePage) shown = NULL;

  if (page == NULL || page->raw == NULL)
    return NULL;

  shown = _vlive_page_copy (page->raw);

  return _vlive_view_show (view, shown) ? g_steal_pointer (&shown) : NULL;
}

void
_vlive_heap_space_get_stamp (VliveHeapSpace *self, VliveStamp *stamp)
{
  _vlive_space_get_stamp (&self->state, _vlive_clock_get_boot_us (self->heap->clock),
                          stamp);
}

VlivePage *
_vlive_heap_space_lookup (VliveHeapSpace *self,
                          VliveQuery *query,
                          guint64 offset,
                          guint limit)
{
  VliveHeapQuery *state =
      g_hash_table_lookup (self->queries, vlive_query_get_key (query));
  VliveView view;

  if (state == NULL)
    return NULL;

  view_init (&view, self, state, query);

  return show_page (&view, find_page (state, offset, limit));
}

/* What was answered, without what only a cache says. */
static VlivePage *
make_raw (VlivePage *page)
{
  VlivePage *raw = _vlive_page_copy (page);

  raw->stale = FALSE;
  raw->patched = FALSE;

  return raw;
}

static VlivePage *
show_older (const VliveView *view, VliveHeapPage *page, VlivePage *answer)
{
  if (_vlive_query_state_is_beyond (view->state, &answer->stamp, answer->offset))
    return _vlive_view_make_empty (view, answer);

  return show_page (view, page);
}

VlivePage *
_vlive_heap_space_store (VliveHeapSpace *self, VliveQuery *query, VlivePage *answer)
{
  VliveVerdict verdict = _vlive_rules_admit (&self->state, &answer->stamp, NULL);
  g_autoptr (VlivePage) shown = NULL;
  VliveHeapQuery *state;
  VliveHeapPage *page;
  VliveView view;

  if (verdict == VLIVE_VERDICT_AGAIN)
    return NULL;

  state = ensure_query (self, query);
  page = find_page (state, answer->offset, answer->limit);
  _vlive_query_state_take_total (&state->state, &answer->stamp, answer->total_kind,
                                 answer->total);
  view_init (&view, self, state, query);
  if (page != NULL)
    verdict = _vlive_rules_admit (&self->state, &answer->stamp, &page->stamp);
  if (verdict == VLIVE_VERDICT_OLDER)
    return show_older (&view, page, answer);

  shown = make_raw (answer);
  if (!_vlive_view_show (&view, shown))
    {
      if (page != NULL)
        _vlive_heap_page_remove (page);
      return _vlive_view_make_empty (&view, answer);
    }

  page = ensure_page (state, answer->offset, answer->limit);
  page->stamp = answer->stamp;
  if (self->heap->keeps)
    page_set_raw (page, make_raw (answer));
  page_touch (page);

  return g_steal_pointer (&shown);
}

VlivePage *
_vlive_heap_space_renew (VliveHeapSpace *self,
                         VliveQuery *query,
                         guint64 offset,
                         guint limit,
                         const char *validator,
                         VlivePage *answer)
{
  VliveHeapQuery *state =
      g_hash_table_lookup (self->queries, vlive_query_get_key (query));
  VliveHeapPage *page = find_page (state, offset, limit);
  gboolean changed = FALSE;
  VliveView view;

  if (page == NULL || page->raw == NULL)
    return NULL;

  view_init (&view, self, state, query);
  switch (_vlive_view_renew (&view, &self->state, &state->state, page->raw, validator,
                             answer, &changed))
    {
    case VLIVE_VERDICT_TAKE:
      page->stamp = page->raw->stamp;
      page_touch (page);
      return show_page (&view, page);
    case VLIVE_VERDICT_OLDER:
      return show_page (&view, page);
    case VLIVE_VERDICT_AGAIN:
    default:
      return NULL;
    }
}

void
_vlive_heap_space_know (VliveHeapSpace *self, const char *id, VliveKnownRecord *known)
{
  VliveHeapRecord *record = g_hash_table_lookup (self->records, id);

  if (record != NULL)
    {
      g_queue_unlink (&self->heap->lru, &record->link);
      g_queue_push_tail_link (&self->heap->lru, &record->link);
    }
  _vlive_rules_know_record (&self->state, g_hash_table_lookup (self->entries, id),
                            record != NULL ? &record->single : NULL, known);
}

void
_vlive_heap_space_search (VliveHeapSpace *self, const char *id, VliveKnownRecord *known)
{
  VliveHeapRecord *record = g_hash_table_lookup (self->records, id);
  g_auto (VliveSearch) search = { 0 };
  guint n_steps = 0;

  _vlive_search_init (&search, record != NULL ? &record->single : NULL);
  for (GList *l = self->heap->ages.tail; l != NULL; l = l->prev)
    {
      VliveHeapPage *page = l->data;

      if (n_steps++ == VLIVE_CACHE_SEARCH_STEPS)
        break;
      if (page->query->space == self && page->raw != NULL
          && _vlive_search_wants (&search, &page->stamp, page->raw->n_records))
        _vlive_search_page (&search, page->raw, id, &self->state, &page->query->state);
    }
  _vlive_search_know (&search, &self->state, g_hash_table_lookup (self->entries, id),
                      known);
}

static void
keep_single (VliveHeapSpace *self, const char *id, const VliveSingle *single)
{
  VliveHeapRecord *record = g_new0 (VliveHeapRecord, 1);

  record->space = self;
  record->id = g_strdup (id);
  record->single = *single;
  vlive_record_ref (single->record);
  record->bytes = measure_record (id, single->record);
  record->link.data = record;
  self->heap->statistics.n_records++;
  self->heap->statistics.used_bytes += record->bytes;
  g_queue_push_tail_link (&self->heap->lru, &record->link);
  /* The key belongs to the value: both must be new. */
  g_hash_table_replace (self->records, record->id, record);
}

static void
keep_entry (VliveHeapSpace *self, const char *id, VliveCacheEntry *entry)
{
  if (g_hash_table_insert (self->entries, g_strdup (id), entry))
    self->heap->statistics.n_patches++;
}

/* A copy that may be changed and put back. */
static VliveCacheEntry *
borrow_entry (VliveHeapSpace *self, const char *id)
{
  const VliveCacheEntry *old = g_hash_table_lookup (self->entries, id);
  VliveCacheEntry *entry = _vlive_cache_entry_new ();

  if (old != NULL)
    {
      *entry = *old;
      if (entry->record != NULL)
        vlive_record_ref (entry->record);
    }

  return entry;
}

VliveVerdict
_vlive_heap_space_take (VliveHeapSpace *self,
                        const char *id,
                        VliveRecord *record,
                        const VliveStamp *stamp,
                        gint64 fetched_at,
                        guint64 sequence)
{
  VliveHeapRecord *old = g_hash_table_lookup (self->records, id);
  g_autoptr (VliveCacheEntry) entry = borrow_entry (self, id);
  VliveSingle single = { record, *stamp, fetched_at, sequence };
  VliveTaking taking;

  _vlive_rules_take_record (&self->state, entry, old != NULL ? &old->single : NULL,
                            record, stamp, fetched_at, sequence,
                            _vlive_clock_get_boot_us (self->heap->clock), &taking);
  if (taking.verdict != VLIVE_VERDICT_TAKE)
    return taking.verdict;

  if (taking.keep_entry)
    keep_entry (self, id, g_steal_pointer (&entry));
  if (record != NULL && self->heap->keeps)
    keep_single (self, id, &single);
  else
    g_hash_table_remove (self->records, id);

  return VLIVE_VERDICT_TAKE;
}

/* One that is kept already is changed where it is. */
static VliveCacheEntry *
need_entry (VliveHeapSpace *self, const char *id)
{
  VliveCacheEntry *entry = g_hash_table_lookup (self->entries, id);

  if (entry == NULL)
    {
      entry = _vlive_cache_entry_new ();
      keep_entry (self, id, entry);
    }

  return entry;
}

GArray *
_vlive_heap_space_patch (VliveHeapSpace *self,
                         const VlivePatch *patches,
                         gsize n_patches)
{
  gint64 boot_now = _vlive_clock_get_boot_us (self->heap->clock);
  gint64 real_now = _vlive_clock_get_real_us (self->heap->clock);
  GArray *doubted = NULL;

  if (n_patches == 0)
    return NULL;

  _vlive_space_raise (&self->state);
  for (guint i = 0; i < n_patches; i++)
    {
      VliveCacheEntry *entry = need_entry (self, patches[i].id);
      gboolean believed =
          _vlive_cache_entry_patch (entry, &patches[i], self->state.epoch, boot_now,
                                    real_now);

      _vlive_space_mark_patch (&self->state, &patches[i], believed);
      if (!believed)
        doubted = _vlive_cache_note_doubted (doubted, i);
    }
  if (g_hash_table_size (self->entries) > VLIVE_CACHE_MAX_ENTRIES)
    _vlive_heap_fold_start (self);

  return doubted;
}

void
_vlive_heap_space_invalidate (VliveHeapSpace *self, VliveQuery *query, const char *id)
{
  static const char *const no_fields[] = { NULL };
  VlivePatch patch = { .kind = VLIVE_PATCH_UNKNOWN, .id = id, .fields = no_fields };

  if (id != NULL)
    {
      _vlive_heap_space_patch (self, &patch, 1);
      return;
    }

  _vlive_space_raise (&self->state);
  if (query != NULL)
    ensure_query (self, query)->state.mark = self->state.epoch;
  else
    self->state.everything = self->state.epoch;
}

void
_vlive_heap_space_forget (VliveHeapSpace *self, const char *id)
{
  VliveCacheEntry *entry = g_hash_table_lookup (self->entries, id);
  VliveHeapRecord *record = g_hash_table_lookup (self->records, id);

  if (record != NULL
      && (_vlive_cache_entry_masks (entry, &record->single.stamp)
          || _vlive_cache_entry_is_unknown (entry, &record->single.stamp)))
    _vlive_heap_record_remove (record);
  self->state.forgotten =
      MAX (self->state.forgotten, _vlive_cache_entry_get_epoch (entry));
  self->heap->statistics.n_patches--;
  g_hash_table_remove (self->entries, id);
}
