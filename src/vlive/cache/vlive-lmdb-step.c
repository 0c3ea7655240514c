/* vlive-lmdb-step.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "base/vlive-log-private.h"
#include "cache/vlive-lmdb-step-private.h"

/* So many changes of the patch table are listed for processes that follow. */
#define MAX_CHANGES 512
static const char floor_key[] = "floor";

void
_vlive_lmdb_step_init (VliveLmdbStep *self,
                       VliveTxn *txn,
                       gboolean writable,
                       VliveClock *clock,
                       GBytes *space_key,
                       const char *path)
{
  *self = (VliveLmdbStep){
    .txn = txn,
    .writable = writable,
    .clock = clock,
    .space_key = space_key,
    .path = path,
  };
}

void
_vlive_lmdb_step_clear (VliveLmdbStep *self)
{
  _vlive_lmdb_space_clear (&self->space);
  _vlive_cache_entry_clear (&self->found);
  g_clear_pointer (&self->layouts, g_hash_table_unref);
}

void
_vlive_lmdb_step_note_damage (VliveLmdbStep *self)
{
  self->n_corrupt++;
  if (!self->writable)
    self->needs_write = TRUE;
  _vlive_warn_once (self->path, "sealed",
                    "A value in “%s” makes no sense and was left out", self->path);
}

VliveLmdbFound
_vlive_lmdb_step_read (VliveLmdbStep *self,
                       guint database,
                       VliveSpan key,
                       VliveSpan *value)
{
  guint n_corrupt = _vlive_txn_n_corrupt (self->txn);

  if (_vlive_txn_get_sealed (self->txn, database, key, value))
    return VLIVE_LMDB_FOUND;
  if (_vlive_txn_n_corrupt (self->txn) == n_corrupt)
    return VLIVE_LMDB_ABSENT;

  /* The storage has said so. */
  self->n_corrupt++;
  if (!self->writable)
    self->needs_write = TRUE;

  return VLIVE_LMDB_DAMAGED;
}

void
_vlive_lmdb_step_put (VliveLmdbStep *self,
                      guint database,
                      VliveSpan key,
                      GByteArray *value)
{
  _vlive_txn_put_sealed (self->txn, database, key,
                         VLIVE_SPAN (value->data, value->len));
}

static guint64
read_floor (VliveLmdbStep *self)
{
  VliveSpan value;
  guint64 floor = 0;

  if (_vlive_lmdb_step_read (self, VLIVE_DB_META,
                             VLIVE_SPAN (floor_key, sizeof floor_key), &value)
          == VLIVE_LMDB_FOUND
      && value.size == sizeof floor)
    memcpy (&floor, value.data, sizeof floor);

  return GUINT64_FROM_LE (floor);
}

static void
raise_floor (VliveLmdbStep *self, guint64 epoch)
{
  guint64 floor = GUINT64_TO_LE (MAX (read_floor (self), epoch));

  _vlive_txn_put_sealed (self->txn, VLIVE_DB_META,
                         VLIVE_SPAN (floor_key, sizeof floor_key),
                         VLIVE_SPAN (&floor, sizeof floor));
}

static guint64
find_highest_epoch (VliveLmdbStep *step)
{
  g_autoptr (VliveCursor) cursor = _vlive_cursor_new (step->txn, VLIVE_DB_SPACES);
  guint64 highest = 0;
  VliveSpan key, value, payload;

  while (_vlive_cursor_next (cursor, &key, &value))
    {
      g_auto (VliveLmdbSpace) space = { 0 };

      if (_vlive_span_unseal (value, &payload)
          && _vlive_lmdb_space_decode (&space, payload))
        highest = MAX (highest, space.state.epoch);
    }

  return highest;
}

void
_vlive_lmdb_step_wipe (VliveLmdbStep *self)
{
  guint64 highest = find_highest_epoch (self);

  for (guint i = 0; i < VLIVE_N_LMDB_DBS; i++)
    if (i != VLIVE_DB_META)
      _vlive_txn_clear (self->txn, i);
  raise_floor (self, highest);
}

static void
begin_space (VliveLmdbStep *self, guint64 above)
{
  gint64 real_now = _vlive_clock_get_real_us (self->clock);
  guint8 buffer[24];
  VliveSpan key;

  _vlive_lmdb_space_clear (&self->space);
  self->space = (VliveLmdbSpace){ 0 };
  _vlive_space_init (&self->space.state, MAX (real_now, (gint64) above + 1));
  self->space.state.latest_at = _vlive_clock_get_boot_us (self->clock);
  key = _vlive_lmdb_number_key (buffer, &self->space.state.generation, 1);
  _vlive_txn_put_sealed (self->txn, VLIVE_DB_GENERATIONS, key,
                         VLIVE_SPAN_BYTES (self->space_key));
  _vlive_lmdb_step_keep_space (self);
}

gboolean
_vlive_lmdb_step_open_space (VliveLmdbStep *self)
{
  gint64 boot_now;
  VliveSpan value;

  _vlive_lmdb_space_clear (&self->space);
  if (_vlive_lmdb_step_read (self, VLIVE_DB_SPACES, VLIVE_SPAN_BYTES (self->space_key),
                             &value)
          != VLIVE_LMDB_FOUND
      || !_vlive_lmdb_space_decode (&self->space, value))
    {
      if (value.data != NULL)
        _vlive_lmdb_step_note_damage (self);
      if (self->writable)
        begin_space (self, read_floor (self));
      else
        self->needs_write = TRUE;
      return self->writable;
    }

  /* Read after the transaction began: never before what others have noted. */
  boot_now = _vlive_clock_get_boot_us (self->clock);
  if (self->writable)
    {
      if (_vlive_space_notice_boot (&self->space.state, boot_now))
        _vlive_lmdb_step_keep_space (self);
      return TRUE;
    }
  self->needs_write = _vlive_space_boot_went_back (&self->space.state, boot_now);

  return !self->needs_write;
}

void
_vlive_lmdb_step_keep_space (VliveLmdbStep *self)
{
  g_autoptr (GByteArray) value = g_byte_array_new ();

  _vlive_lmdb_space_encode (&self->space, value);
  _vlive_lmdb_step_put (self, VLIVE_DB_SPACES, VLIVE_SPAN_BYTES (self->space_key),
                        value);
}

void
_vlive_lmdb_step_reset_space (VliveLmdbStep *self)
{
  guint64 generation = self->space.state.generation;
  guint8 buffer[24];

  _vlive_txn_delete (self->txn, VLIVE_DB_GENERATIONS,
                     _vlive_lmdb_number_key (buffer, &generation, 1));
  begin_space (self, self->space.state.epoch);
}

void
_vlive_lmdb_step_get_stamp (VliveLmdbStep *self, VliveStamp *stamp)
{
  _vlive_space_get_stamp (&self->space.state, _vlive_clock_get_boot_us (self->clock),
                          stamp);
}

gboolean
_vlive_lmdb_step_read_query (VliveLmdbStep *self, VliveSpan key, VliveLmdbQuery *query)
{
  VliveSpan value;
  VliveLmdbFound found = _vlive_lmdb_step_read (self, VLIVE_DB_QUERIES, key, &value);

  *query = (VliveLmdbQuery){ 0 };
  _vlive_query_state_init (&query->state, &self->space.state);
  if (found == VLIVE_LMDB_ABSENT)
    return FALSE;
  if (found == VLIVE_LMDB_FOUND
      && _vlive_lmdb_query_decode (query, self->space.state.generation, value))
    return TRUE;

  /* Its mark may have been any. */
  if (found == VLIVE_LMDB_FOUND)
    _vlive_lmdb_step_note_damage (self);
  *query = (VliveLmdbQuery){ .state = { .mark = self->space.state.epoch + 1 } };
  if (self->writable)
    {
      _vlive_space_raise (&self->space.state);
      _vlive_lmdb_step_keep_space (self);
      _vlive_lmdb_step_keep_query (self, key, query);
    }

  return TRUE;
}

void
_vlive_lmdb_step_keep_query (VliveLmdbStep *self,
                             VliveSpan key,
                             const VliveLmdbQuery *query)
{
  g_autoptr (GByteArray) value = g_byte_array_new ();

  _vlive_lmdb_query_encode (query, value);
  _vlive_lmdb_step_put (self, VLIVE_DB_QUERIES, key, value);
}

static VliveLayout *
load_layout (VliveLmdbStep *self, guint64 hash)
{
  guint64 numbers[] = { self->space.state.generation, hash };
  VliveLayout *layout = _vlive_layout_lookup (hash);
  guint8 buffer[24];
  VliveSpan value;

  if (layout != NULL)
    return layout;
  if (_vlive_lmdb_step_read (self, VLIVE_DB_LAYOUTS,
                             _vlive_lmdb_number_key (buffer, numbers, 2), &value)
      != VLIVE_LMDB_FOUND)
    return NULL;

  layout = _vlive_layout_intern_serialized (value.data, value.size, NULL);
  if (layout != NULL && _vlive_layout_get_hash (layout) != hash)
    g_clear_pointer (&layout, _vlive_layout_unref);

  return layout;
}

VliveLayout *
_vlive_lmdb_step_get_layout (guint64 hash, gpointer data)
{
  VliveLmdbStep *self = data;
  VliveLayout *layout;

  if (self->layouts == NULL)
    self->layouts = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free,
                                           (GDestroyNotify) _vlive_layout_unref);
  layout = g_hash_table_lookup (self->layouts, &hash);
  if (layout != NULL)
    return layout;

  layout = load_layout (self, hash);
  if (layout != NULL)
    g_hash_table_insert (self->layouts, g_memdup2 (&hash, sizeof hash), layout);

  return layout;
}

void
_vlive_lmdb_step_keep_layout (VliveLmdbStep *self, VliveRecord *record)
{
  VliveLayout *layout = _vlive_record_get_layout (record);
  guint64 numbers[] = { self->space.state.generation, _vlive_layout_get_hash (layout) };
  g_autoptr (GBytes) bytes = NULL;
  guint8 buffer[24];
  VliveSpan key, value, wanted;

  if (numbers[0] == self->kept_generation && numbers[1] == self->kept_layout)
    return;

  bytes = _vlive_layout_serialize (layout);
  wanted = VLIVE_SPAN_BYTES (bytes);
  key = _vlive_lmdb_number_key (buffer, numbers, 2);
  if (_vlive_lmdb_step_read (self, VLIVE_DB_LAYOUTS, key, &value) != VLIVE_LMDB_FOUND
      || value.size != wanted.size
      || memcmp (value.data, wanted.data, wanted.size) != 0)
    _vlive_txn_put_sealed (self->txn, VLIVE_DB_LAYOUTS, key, wanted);
  self->kept_generation = numbers[0];
  self->kept_layout = numbers[1];
}

VliveRecord *
_vlive_lmdb_step_make_record (VliveLmdbStep *self, VliveSpan block)
{
  g_autoptr (GBytes) bytes = NULL;
  VliveLayout *layout;

  if (_vlive_block_get_size (block.data, block.size) != block.size)
    return NULL;
  layout =
      _vlive_lmdb_step_get_layout (_vlive_block_get_layout_hash (block.data), self);
  if (layout == NULL)
    return NULL;

  bytes = g_bytes_new (block.data, block.size);

  return _vlive_record_new_trusted (bytes, 0, layout);
}

gboolean
_vlive_lmdb_step_build_entry (VliveLmdbStep *self,
                              const VliveLmdbEntry *bytes,
                              VliveCacheEntry *entry)
{
  *entry = bytes->entry;
  if (entry->kind != VLIVE_PATCH_RECORD)
    return TRUE;

  entry->record = _vlive_lmdb_step_make_record (self, bytes->block);

  return entry->record != NULL;
}

/* What it masked cannot be known: the namespace begins anew. */
static const VliveCacheEntry *
note_broken (VliveLmdbStep *self)
{
  self->broken = TRUE;
  self->needs_write = !self->writable;

  return NULL;
}

const VliveCacheEntry *
_vlive_lmdb_step_find_entry (const char *id, gpointer step)
{
  VliveLmdbStep *self = step;
  g_autoptr (GBytes) key = NULL;
  VliveLmdbEntry bytes;
  VliveSpan value;

  if (self->space.n_entries == 0)
    return NULL;

  key = _vlive_lmdb_id_key (self->space.state.generation, id);
  _vlive_cache_entry_clear (&self->found);
  switch (
      _vlive_lmdb_step_read (self, VLIVE_DB_ENTRIES, VLIVE_SPAN_BYTES (key), &value))
    {
    case VLIVE_LMDB_FOUND:
      break;
    case VLIVE_LMDB_DAMAGED:
      return note_broken (self);
    case VLIVE_LMDB_ABSENT:
    default:
      return NULL;
    }
  if (_vlive_lmdb_entry_decode (&bytes, value)
      && _vlive_lmdb_step_build_entry (self, &bytes, &self->found))
    return &self->found;

  _vlive_lmdb_step_note_damage (self);

  return note_broken (self);
}

gboolean
_vlive_lmdb_step_keep_entry (VliveLmdbStep *self,
                             const char *id,
                             const VliveCacheEntry *entry)
{
  g_autoptr (GBytes) key = _vlive_lmdb_id_key (self->space.state.generation, id);
  g_autoptr (GByteArray) value = g_byte_array_new ();
  gboolean is_new;
  VliveSpan old;

  is_new = !_vlive_txn_get (self->txn, VLIVE_DB_ENTRIES, VLIVE_SPAN_BYTES (key), &old);
  if (is_new)
    self->space.n_entries++;
  if (entry->record != NULL)
    _vlive_lmdb_step_keep_layout (self, entry->record);
  _vlive_lmdb_entry_encode (entry, id, value);
  _vlive_lmdb_step_put (self, VLIVE_DB_ENTRIES, VLIVE_SPAN_BYTES (key), value);

  return is_new;
}

/* Processes that follow read the list; one that is too long is none, and they
 * read the whole table. */
void
_vlive_lmdb_step_list_changes (VliveLmdbStep *self, const char *const *ids, gsize n_ids)
{
  guint64 numbers[2] = { self->space.state.generation };
  g_autoptr (GByteArray) value = g_byte_array_new ();
  guint8 buffer[24];

  self->space.serial++;
  _vlive_lmdb_ids_encode (ids, n_ids, value);
  if (n_ids == 0 || value->len > VLIVE_LEAF_SIZE)
    {
      for (; self->space.first < self->space.serial; self->space.first++)
        {
          numbers[1] = self->space.first;
          _vlive_txn_delete (self->txn, VLIVE_DB_CHANGES,
                             _vlive_lmdb_number_key (buffer, numbers, 2));
        }
      self->space.first = self->space.serial + 1;
      return;
    }

  if (self->space.first == 0)
    self->space.first = self->space.serial;
  numbers[1] = self->space.serial;
  _vlive_lmdb_step_put (self, VLIVE_DB_CHANGES,
                        _vlive_lmdb_number_key (buffer, numbers, 2), value);
  while (self->space.serial - self->space.first >= MAX_CHANGES)
    {
      numbers[1] = self->space.first++;
      _vlive_txn_delete (self->txn, VLIVE_DB_CHANGES,
                         _vlive_lmdb_number_key (buffer, numbers, 2));
    }
}
