/* vlive-lmdb-evict.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "cache/vlive-lmdb-upkeep-private.h"

/* Making room, within transactions. */

typedef struct
{
  VliveLmdbTurn *turn;
  VliveTxn *txn;
  VliveLmdbStep step; /* of @generation */
  guint64 generation; /* 0: none is open */
  GBytes *space_key;  /* owned, nullable */
  gboolean is_dirty;
} Evicting;

static void
close_generation (Evicting *self)
{
  if (self->generation != 0 && self->is_dirty)
    _vlive_lmdb_step_keep_space (&self->step);
  if (self->generation != 0)
    _vlive_lmdb_step_clear (&self->step);
  self->generation = 0;
  self->is_dirty = FALSE;
  g_clear_pointer (&self->space_key, g_bytes_unref);
}

static GBytes *
find_space_key (VliveTxn *txn, guint64 generation)
{
  guint8 buffer[24];
  VliveSpan value;

  if (!_vlive_txn_get_sealed (txn, VLIVE_DB_GENERATIONS,
                              _vlive_lmdb_number_key (buffer, &generation, 1), &value))
    return NULL;

  return g_bytes_new (value.data, value.size);
}

/* FALSE: it belongs to no living namespace. */
static gboolean
open_generation (Evicting *self, guint64 generation)
{
  VliveSpan value;

  if (generation == self->generation && generation != 0)
    return TRUE;

  close_generation (self);
  self->space_key = find_space_key (self->txn, generation);
  if (self->space_key == NULL
      || !_vlive_txn_get (self->txn, VLIVE_DB_SPACES,
                          VLIVE_SPAN_BYTES (self->space_key), &value))
    return FALSE;

  _vlive_lmdb_step_init (&self->step, self->txn, TRUE, self->turn->clock,
                         self->space_key, self->turn->path);
  _vlive_lmdb_step_open_space (&self->step);
  if (self->step.space.state.generation == generation)
    {
      self->generation = generation;
      return TRUE;
    }
  _vlive_lmdb_step_clear (&self->step);

  return FALSE;
}

static void
delete_leaves (VliveTxn *txn, guint64 generation, guint64 number)
{
  g_autoptr (VliveCursor) cursor = _vlive_cursor_new (txn, VLIVE_DB_LEAVES);
  guint8 buffer[24];
  VliveSpan from = _vlive_lmdb_leaf_key (buffer, generation, number, 0);
  VliveSpan key, value;
  gboolean more;

  for (more = _vlive_cursor_seek (cursor, from, &key, &value);
       more && _vlive_lmdb_key_get_number (key, 0) == generation
       && _vlive_lmdb_key_get_number (key, 1) == number;
       more = _vlive_cursor_next (cursor, &key, &value))
    _vlive_cursor_delete (cursor);
}

/* The last page of a query takes what is known of the query with it; its mark
 * becomes that of all that are not remembered. */
static void
uncount_page (Evicting *self, VliveSpan query_key)
{
  VliveLmdbQuery query;

  if (!_vlive_lmdb_step_read_query (&self->step, query_key, &query))
    return;
  query.n_pages -= query.n_pages > 0;
  if (query.n_pages > 0)
    {
      _vlive_lmdb_step_keep_query (&self->step, query_key, &query);
      return;
    }

  self->step.space.state.unlisted =
      MAX (self->step.space.state.unlisted, query.state.mark);
  self->is_dirty = TRUE;
  _vlive_txn_delete (self->txn, VLIVE_DB_QUERIES, query_key);
}

/* A page that was renewed since is not as old as it seems. */
static gboolean
grow_younger (Evicting *self,
              VliveSpan page_key,
              VliveLmdbHeader *header,
              VliveSpan age_key)
{
  g_autoptr (VlivePage) page = NULL;
  g_autoptr (GByteArray) texts = NULL;
  guint64 numbers[] = { header->renewed, header->stamp.generation, header->number };
  guint n_records = header->n_records;
  guint8 buffer[24];

  if (header->renewed <= header->age)
    return FALSE;

  page = _vlive_lmdb_header_to_page (header);
  texts = g_byte_array_new ();
  _vlive_lmdb_header_set_page (header, page, texts);
  header->n_records = n_records;
  header->age = header->renewed;
  _vlive_lmdb_step_keep_header (&self->step, page_key, header);
  _vlive_txn_delete (self->txn, VLIVE_DB_AGES, age_key);
  _vlive_txn_put (self->txn, VLIVE_DB_AGES, _vlive_lmdb_number_key (buffer, numbers, 3),
                  page_key);

  return TRUE;
}

static gboolean
get_first (VliveTxn *txn, guint database, GBytes **key, GBytes **value)
{
  g_autoptr (VliveCursor) cursor = _vlive_cursor_new (txn, database);
  VliveSpan found_key, found_value;

  if (!_vlive_cursor_next (cursor, &found_key, &found_value))
    return FALSE;

  *key = g_bytes_new (found_key.data, found_key.size);
  *value = g_bytes_new (found_value.data, found_value.size);

  return TRUE;
}

/* FALSE: there is none. */
static gboolean
evict_page (Evicting *self)
{
  g_autoptr (GBytes) age_bytes = NULL;
  g_autoptr (GBytes) page_bytes = NULL;
  VliveSpan age_key, page_key;
  VliveLmdbHeader header;
  guint64 generation, number;

  if (!get_first (self->txn, VLIVE_DB_AGES, &age_bytes, &page_bytes))
    return FALSE;

  age_key = VLIVE_SPAN_BYTES (age_bytes);
  page_key = VLIVE_SPAN_BYTES (page_bytes);
  generation = _vlive_lmdb_key_get_number (age_key, 1);
  number = _vlive_lmdb_key_get_number (age_key, 2);
  if (open_generation (self, generation)
      && _vlive_lmdb_step_read_header (&self->step, page_key, &header)
      && header.number == number)
    {
      if (grow_younger (self, page_key, &header, age_key))
        return TRUE;
      uncount_page (self, _vlive_lmdb_page_key_query (page_key));
      _vlive_txn_delete (self->txn, VLIVE_DB_PAGES, page_key);
      self->turn->out.n_evicted++;
    }
  delete_leaves (self->txn, generation, number);
  _vlive_txn_delete (self->txn, VLIVE_DB_AGES, age_key);

  return TRUE;
}

static gboolean
evict_record (Evicting *self)
{
  g_autoptr (GBytes) use_bytes = NULL;
  g_autoptr (GBytes) record_bytes = NULL;
  VliveSpan use_key, record_key, value;
  VliveLmdbSingle single;

  if (!get_first (self->txn, VLIVE_DB_USES, &use_bytes, &record_bytes))
    return FALSE;

  use_key = VLIVE_SPAN_BYTES (use_bytes);
  record_key = VLIVE_SPAN_BYTES (record_bytes);
  if (!_vlive_txn_get_sealed (self->txn, VLIVE_DB_RECORDS, record_key, &value)
      || !_vlive_lmdb_single_decode (&single, 0, value)
      || (single.use == _vlive_lmdb_key_get_number (use_key, 0)
          && single.number == _vlive_lmdb_key_get_number (use_key, 2)))
    _vlive_txn_delete (self->txn, VLIVE_DB_RECORDS, record_key);
  _vlive_txn_delete (self->txn, VLIVE_DB_USES, use_key);

  return TRUE;
}

/* What is neither page nor record has outgrown the limit: all begins anew. */
static void
begin_anew (Evicting *self)
{
  close_generation (self);
  _vlive_lmdb_step_init (&self->step, self->txn, TRUE, self->turn->clock, NULL,
                         self->turn->path);
  _vlive_lmdb_step_wipe (&self->step);
  _vlive_lmdb_step_clear (&self->step);
}

/* FALSE: there is room enough. */
static gboolean
evict_one (Evicting *self, guint64 target)
{
  if (_vlive_txn_count (self->txn, VLIVE_DB_USES) > VLIVE_CACHE_MAX_RECORDS)
    return evict_record (self);
  if (target == 0 || _vlive_txn_used_bytes (self->txn) <= target)
    return FALSE;
  if (evict_page (self) || evict_record (self))
    return TRUE;
  if (_vlive_txn_used_bytes (self->txn) > self->turn->size_limit)
    begin_anew (self);

  return FALSE;
}

/* A sixteenth more than what is too much, so that not every page to come needs
 * room to be made. */
gboolean
_vlive_lmdb_turn_evict (VliveTxn *txn, gpointer turn, GError **error)
{
  Evicting self = { turn, txn };
  guint64 limit = self.turn->size_limit;
  gboolean is_full = limit > 0 && _vlive_txn_used_bytes (txn) > limit;
  guint64 target = is_full ? limit - limit / 16 : limit;
  guint n = 0;

  memset (&self.turn->out, 0, sizeof self.turn->out);
  while (n < VLIVE_LMDB_MAX_DELETED && !_vlive_txn_has_failed (txn)
         && evict_one (&self, target))
    n++;
  close_generation (&self);
  self.turn->out.more = n == VLIVE_LMDB_MAX_DELETED;

  return TRUE;
}

static gboolean
is_living (VliveTxn *txn, guint64 generation)
{
  g_autoptr (GBytes) space_key = find_space_key (txn, generation);
  g_auto (VliveLmdbSpace) space = { 0 };
  VliveSpan value;

  return space_key != NULL
         && _vlive_txn_get_sealed (txn, VLIVE_DB_SPACES, VLIVE_SPAN_BYTES (space_key),
                                   &value)
         && _vlive_lmdb_space_decode (&space, value)
         && space.state.generation == generation;
}

/* Visits each generation of a database once; deletes what is dead. */
static guint
sweep_database (VliveTxn *txn, guint database, guint room)
{
  g_autoptr (VliveCursor) cursor = _vlive_cursor_new (txn, database);
  VliveSpan key, value;
  gboolean more = _vlive_cursor_next (cursor, &key, &value);
  guint64 living = 0;
  guint n = 0;

  while (more && n < room)
    {
      guint64 generation = _vlive_lmdb_key_get_number (key, 0);
      guint64 next = generation + 1;
      guint8 buffer[24];

      if (generation != living && !is_living (txn, generation))
        {
          _vlive_cursor_delete (cursor);
          more = _vlive_cursor_next (cursor, &key, &value);
          n++;
          continue;
        }
      living = generation;
      if (next == 0)
        break;
      more = _vlive_cursor_seek (cursor, _vlive_lmdb_number_key (buffer, &next, 1),
                                 &key, &value);
    }

  return n;
}

gboolean
_vlive_lmdb_turn_sweep (VliveTxn *txn, gpointer turn, GError **error)
{
  static const guint databases[] = { VLIVE_DB_QUERIES, VLIVE_DB_PAGES,
                                     VLIVE_DB_LEAVES,  VLIVE_DB_LAYOUTS,
                                     VLIVE_DB_ENTRIES, VLIVE_DB_CHANGES,
                                     VLIVE_DB_RECORDS, VLIVE_DB_SCHEMAS };
  VliveLmdbTurn *self = turn;
  guint room = VLIVE_LMDB_MAX_DELETED;

  memset (&self->out, 0, sizeof self->out);
  for (guint i = 0; i < G_N_ELEMENTS (databases) && room > 0; i++)
    room -= sweep_database (txn, databases[i], room);
  self->out.more = room == 0;

  return TRUE;
}
