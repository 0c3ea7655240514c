/* vlive-lmdb-mirror.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "cache/vlive-lmdb-mirror-private.h"

/* So many are remembered; then all are found anew. */
#define MAX_QUERIES 256
#define MAX_PLACES 2048
#define MAX_LAYOUTS 256

typedef struct
{
  guint64 offset;
  guint limit;
  GBytes *key;      /* owned */
  guint64 txn_id;   /* @header is that of this transaction; 0: not known */
  GBytes *header;   /* owned; NULL: no page is there */
  guint64 verified; /* number of the page whose leaves have been verified, + 1 */
} Place;

typedef struct
{
  char *name;     /* owned */
  GBytes *key;    /* owned */
  guint64 txn_id; /* @state is that of this transaction; 0: not known */
  VliveLmdbQuery state;
  guint64 mark;       /* of @state, under the epoch below */
  guint64 mark_epoch; /* 0: to be found anew */
  GHashTable *places; /* owned; Place by itself */
} Query;

struct _VliveLmdbMirror
{
  GBytes *space_key; /* owned */
  guint64 seen_id;   /* the last transaction that told anything */
  guint64 txn_id;    /* all that follows is that of this transaction; 0: not known */
  VliveLmdbSpace space;
  gboolean has_entries;
  GHashTable *entries; /* owned; VliveCacheEntry by id */
  GHashTable *queries; /* owned; Query by name */
  GHashTable *layouts; /* owned; by hash */
};

static guint
place_hash (gconstpointer key)
{
  const Place *place = key;

  return (guint) (place->offset ^ (place->offset >> 32)) * 31 + place->limit;
}

static gboolean
place_equal (gconstpointer a, gconstpointer b)
{
  const Place *x = a;
  const Place *y = b;

  return x->offset == y->offset && x->limit == y->limit;
}

static void
place_free (Place *place)
{
  g_bytes_unref (place->key);
  g_clear_pointer (&place->header, g_bytes_unref);
  g_free (place);
}

static void
query_free (Query *query)
{
  g_hash_table_unref (query->places);
  g_bytes_unref (query->key);
  g_free (query->name);
  g_free (query);
}

VliveLmdbMirror *
_vlive_lmdb_mirror_new (const char *ns)
{
  VliveLmdbMirror *self = g_new0 (VliveLmdbMirror, 1);

  self->space_key = _vlive_lmdb_space_key (ns);
  self->entries = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                         (GDestroyNotify) _vlive_cache_entry_free);
  self->queries = g_hash_table_new_full (g_str_hash, g_str_equal, NULL,
                                         (GDestroyNotify) query_free);
  self->layouts = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free,
                                         (GDestroyNotify) _vlive_layout_unref);

  return self;
}

void
_vlive_lmdb_mirror_free (VliveLmdbMirror *self)
{
  g_bytes_unref (self->space_key);
  _vlive_lmdb_space_clear (&self->space);
  g_hash_table_unref (self->entries);
  g_hash_table_unref (self->queries);
  g_hash_table_unref (self->layouts);
  g_free (self);
}

guint64
_vlive_lmdb_mirror_get_generation (VliveLmdbMirror *self)
{
  return self->has_entries ? self->space.state.generation : 0;
}

guint64
_vlive_lmdb_mirror_get_serial (VliveLmdbMirror *self)
{
  return self->space.serial;
}

static void
take_space (VliveLmdbMirror *self, VliveLmdbNews *news)
{
  _vlive_lmdb_space_clear (&self->space);
  self->space = news->space;
  news->space = (VliveLmdbSpace){ 0 };
}

static void
take_entries (VliveLmdbMirror *self, VliveLmdbNews *news)
{
  if (news->complete)
    g_hash_table_remove_all (self->entries);
  for (guint i = 0; news->ids != NULL && i < news->ids->len; i++)
    {
      if (news->entries->pdata[i] == NULL)
        {
          g_hash_table_remove (self->entries, news->ids->pdata[i]);
          continue;
        }
      g_hash_table_replace (self->entries, news->ids->pdata[i],
                            news->entries->pdata[i]);
      news->ids->pdata[i] = NULL;
      news->entries->pdata[i] = NULL;
    }
  self->has_entries = TRUE;
}

static void
begin_generation (VliveLmdbMirror *self, VliveLmdbNews *news)
{
  g_hash_table_remove_all (self->entries);
  g_hash_table_remove_all (self->queries);
  self->has_entries = FALSE;
  self->txn_id = 0;
  if (news->complete || news->space.n_entries == 0)
    take_entries (self, news);
  take_space (self, news);
}

/* Its entries go on from where this one is, and it is not older. */
static gboolean
follows (VliveLmdbMirror *self, VliveLmdbNews *news)
{
  if (news->space.state.epoch < self->space.state.epoch
      || news->space.serial < self->space.serial)
    return FALSE;

  return news->complete || (self->has_entries && news->base <= self->space.serial);
}

/*
 * Several writing jobs may share a transaction, so what one of them tells is
 * perhaps not all that its number stands for; only what was read in a
 * transaction is known to be.
 */
void
_vlive_lmdb_mirror_take_news (VliveLmdbMirror *self, VliveLmdbNews *news)
{
  if (news->space.state.generation == 0 || news->txn_id < self->seen_id)
    return;

  if (news->space.state.generation != self->space.state.generation)
    begin_generation (self, news);
  else if (follows (self, news))
    {
      take_entries (self, news);
      take_space (self, news);
    }
  else
    return;

  self->seen_id = news->txn_id;
  self->txn_id = news->exact && self->has_entries ? news->txn_id : 0;
}

static void
keep_layout (VliveLmdbMirror *self, VliveLayout *layout)
{
  guint64 hash = _vlive_layout_get_hash (layout);

  if (g_hash_table_contains (self->layouts, &hash))
    return;
  if (g_hash_table_size (self->layouts) >= MAX_LAYOUTS)
    g_hash_table_remove_all (self->layouts);
  g_hash_table_insert (self->layouts, g_memdup2 (&hash, sizeof hash),
                       _vlive_layout_ref (layout));
}

void
_vlive_lmdb_mirror_take_page (VliveLmdbMirror *self, VlivePage *page)
{
  VliveLayout *last = NULL;

  for (guint i = 0; i < page->n_records; i++)
    {
      VliveLayout *layout = _vlive_record_get_layout (page->records[i]);

      if (layout != last)
        keep_layout (self, layout);
      last = layout;
    }
}

static Query *
find_query (VliveLmdbMirror *self, VliveQuery *query)
{
  const char *name = vlive_query_get_key (query);
  Query *found = g_hash_table_lookup (self->queries, name);

  if (found != NULL)
    return found;

  if (g_hash_table_size (self->queries) >= MAX_QUERIES)
    g_hash_table_remove_all (self->queries);
  found = g_new0 (Query, 1);
  found->name = g_strdup (name);
  found->key = _vlive_lmdb_query_key (self->space.state.generation, query);
  found->places = g_hash_table_new_full (place_hash, place_equal, NULL,
                                         (GDestroyNotify) place_free);
  g_hash_table_insert (self->queries, found->name, found);

  return found;
}

static Place *
find_place (Query *query, guint64 offset, guint limit)
{
  Place wanted = { .offset = offset, .limit = limit };
  Place *place = g_hash_table_lookup (query->places, &wanted);

  if (place != NULL)
    return place;

  if (g_hash_table_size (query->places) >= MAX_PLACES)
    g_hash_table_remove_all (query->places);
  place = g_memdup2 (&wanted, sizeof wanted);
  place->key = _vlive_lmdb_page_key (query->key, offset, limit);
  g_hash_table_add (query->places, place);

  return place;
}

typedef struct
{
  VliveLmdbMirror *mirror;
  Query *query;
  Place *place;
  gint64 boot_now;
  gboolean done;
  VliveLmdbSpace head;
  VlivePage *page; /* owned */
} Reading;

static gboolean
read_value (VliveTxn *txn, guint database, VliveSpan key, VliveSpan *payload)
{
  VliveSpan value;

  *payload = VLIVE_SPAN (NULL, 0);

  return _vlive_txn_get (txn, database, key, &value)
         && _vlive_span_unseal (value, payload);
}

static gboolean
read_head (Reading *reading, VliveTxn *txn)
{
  VliveSpan value;

  return read_value (txn, VLIVE_DB_SPACES,
                     VLIVE_SPAN_BYTES (reading->mirror->space_key), &value)
         && _vlive_lmdb_space_peek (&reading->head, value);
}

/* The marks and the patch table in memory are those of this transaction. */
static gboolean
is_up_to_date (Reading *reading, VliveTxn *txn)
{
  VliveLmdbMirror *self = reading->mirror;
  guint64 txn_id = _vlive_txn_get_id (txn);

  if (txn_id == self->txn_id)
    return TRUE;
  if (!read_head (reading, txn)
      || reading->head.state.generation != self->space.state.generation
      || reading->head.state.epoch != self->space.state.epoch
      || reading->head.serial != self->space.serial
      || reading->head.state.silent != self->space.state.silent)
    return FALSE;

  self->space.state.latest_at = reading->head.state.latest_at;
  self->txn_id = self->seen_id = txn_id;

  return TRUE;
}

static gboolean
read_query (Reading *reading, VliveTxn *txn)
{
  Query *query = reading->query;
  guint64 txn_id = _vlive_txn_get_id (txn);
  VliveSpan value;

  if (query->txn_id == txn_id)
    return TRUE;

  query->mark_epoch = 0;
  if (!read_value (txn, VLIVE_DB_QUERIES, VLIVE_SPAN_BYTES (query->key), &value))
    {
      query->txn_id = 0;
      if (value.data != NULL || _vlive_txn_has_failed (txn))
        return FALSE;
      query->state = (VliveLmdbQuery){ 0 };
      _vlive_query_state_init (&query->state.state, &reading->mirror->space.state);
    }
  else if (!_vlive_lmdb_query_decode (&query->state,
                                      reading->mirror->space.state.generation, value))
    return FALSE;
  query->txn_id = txn_id;

  return TRUE;
}

static VliveLayout *
find_layout (guint64 hash, gpointer data)
{
  VliveLmdbMirror *self = data;

  return g_hash_table_lookup (self->layouts, &hash);
}

/* Leaves never change under their key: the checksum is computed once. */
static gboolean
read_leaf (Reading *reading,
           VliveTxn *txn,
           VliveSpan key,
           gboolean verified,
           VliveSpan *leaf)
{
  VliveSpan value;

  if (!_vlive_txn_get (txn, VLIVE_DB_LEAVES, key, &value))
    return FALSE;

  return verified ? _vlive_span_open (value, leaf) : _vlive_span_unseal (value, leaf);
}

static GBytes *
copy_blocks (Reading *reading, VliveTxn *txn, const VliveLmdbHeader *header)
{
  g_autofree guint8 *blocks = g_malloc (MAX (header->size, 1));
  gboolean verified = reading->place->verified == header->number + 1;
  gsize at = 0;

  for (guint i = 0; i < header->n_leaves; i++)
    {
      gsize size = MIN (VLIVE_LEAF_SIZE, header->size - at);
      guint8 buffer[24];
      VliveSpan key =
          _vlive_lmdb_leaf_key (buffer, header->stamp.generation, header->number, i);
      VliveSpan leaf;

      if (!read_leaf (reading, txn, key, verified, &leaf) || leaf.size != size)
        return NULL;
      memcpy (blocks + at, leaf.data, size);
      at += size;
    }
  reading->place->verified = header->number + 1;

  return g_bytes_new_take (g_steal_pointer (&blocks), at);
}

/* FALSE: not without waiting, or damaged. */
static gboolean
read_header (Reading *reading, VliveTxn *txn)
{
  Place *place = reading->place;
  VliveSpan value, payload;

  if (place->txn_id == _vlive_txn_get_id (txn))
    return TRUE;

  place->txn_id = 0;
  g_clear_pointer (&place->header, g_bytes_unref);
  if (_vlive_txn_get (txn, VLIVE_DB_PAGES, VLIVE_SPAN_BYTES (place->key), &value))
    {
      if (!_vlive_span_unseal (value, &payload))
        return FALSE;
      place->header = g_bytes_new (payload.data, payload.size);
    }
  else if (_vlive_txn_has_failed (txn))
    return FALSE;
  place->txn_id = _vlive_txn_get_id (txn);

  return TRUE;
}

/* FALSE: not here and now. */
static gboolean
read_page (Reading *reading, VliveTxn *txn)
{
  guint64 generation = reading->mirror->space.state.generation;
  g_autoptr (GBytes) blocks = NULL;
  VliveLmdbHeader header;

  if (!read_header (reading, txn))
    return FALSE;
  if (reading->place->header == NULL)
    return TRUE;
  if (!_vlive_lmdb_header_decode (&header, generation,
                                  VLIVE_SPAN_BYTES (reading->place->header))
      || header.size > VLIVE_LMDB_MAX_INLINE)
    return FALSE;

  blocks = copy_blocks (reading, txn, &header);
  if (blocks == NULL)
    return FALSE;
  reading->page = _vlive_lmdb_header_to_page (&header);

  return _vlive_lmdb_blocks_to_records (blocks, header.n_records, find_layout,
                                        reading->mirror, FALSE, reading->page);
}

/* What cannot be done here, damage included, is left to the reader thread. */
static gboolean
lookup_txn (VliveTxn *txn, gpointer data, GError **error)
{
  Reading *reading = data;

  g_clear_pointer (&reading->page, vlive_page_unref);
  reading->done = is_up_to_date (reading, txn) && read_query (reading, txn)
                  && read_page (reading, txn);

  return TRUE;
}

static const VliveCacheEntry *
find_entry (const char *id, gpointer data)
{
  VliveLmdbMirror *self = data;

  return g_hash_table_lookup (self->entries, id);
}

static guint64
get_mark (VliveLmdbMirror *self, Query *state, VliveQuery *query)
{
  if (state->mark_epoch != self->space.state.epoch)
    {
      state->mark =
          _vlive_query_state_get_mark (&state->state.state, &self->space.state, query);
      state->mark_epoch = self->space.state.epoch;
    }

  return state->mark;
}

static gboolean
show_page (VliveLmdbMirror *self, Query *state, VliveQuery *query, VlivePage *page)
{
  VliveView view = {
    .space = &self->space.state,
    .state = &state->state.state,
    .query = query,
    .mark = get_mark (self, state, query),
    .lookup = g_hash_table_size (self->entries) > 0 ? find_entry : NULL,
    .data = self,
  };

  return _vlive_view_show (&view, page);
}

gboolean
_vlive_lmdb_mirror_lookup (VliveLmdbMirror *self,
                           VliveStorage *storage,
                           VliveClock *clock,
                           VliveQuery *query,
                           guint64 offset,
                           guint limit,
                           VlivePage **page,
                           VliveStamp *stamp)
{
  Reading reading = { self };
  g_autoptr (VlivePage) found = NULL;
  gint64 boot_now;

  if (!self->has_entries)
    return FALSE;

  reading.query = find_query (self, query);
  reading.place = find_place (reading.query, offset, limit);
  reading.done =
      _vlive_storage_read_inline (storage, lookup_txn, &reading, NULL) && reading.done;
  found = g_steal_pointer (&reading.page);
  boot_now = _vlive_clock_get_boot_us (clock);
  if (!reading.done || _vlive_space_boot_went_back (&self->space.state, boot_now))
    return FALSE;

  if (found != NULL && !show_page (self, reading.query, query, found))
    g_clear_pointer (&found, vlive_page_unref);
  _vlive_space_get_stamp (&self->space.state, boot_now, stamp);
  *page = g_steal_pointer (&found);

  return TRUE;
}

static gboolean
stamp_txn (VliveTxn *txn, gpointer data, GError **error)
{
  Reading *reading = data;

  reading->done = read_head (reading, txn);

  return TRUE;
}

gboolean
_vlive_lmdb_mirror_get_stamp (VliveLmdbMirror *self,
                              VliveStorage *storage,
                              VliveClock *clock,
                              VliveStamp *stamp)
{
  Reading reading = { self };
  gint64 boot_now;

  if (self->txn_id != 0 && self->txn_id == _vlive_storage_get_change (storage))
    reading.head.state = self->space.state;
  else if (!_vlive_storage_read_inline (storage, stamp_txn, &reading, NULL)
           || !reading.done)
    return FALSE;

  boot_now = _vlive_clock_get_boot_us (clock);
  if (_vlive_space_boot_went_back (&reading.head.state, boot_now))
    return FALSE;
  _vlive_space_get_stamp (&reading.head.state, boot_now, stamp);

  return TRUE;
}
