/* vlive-lmdb-turn.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "cache/vlive-lmdb-upkeep-private.h"

/* Letting patch entries go, within transactions: forget, look, drop. */

VliveLmdbTurn *
_vlive_lmdb_turn_new (VliveClock *clock, const char *path)
{
  VliveLmdbTurn *self = g_new0 (VliveLmdbTurn, 1);

  self->clock = g_object_ref (clock);
  self->path = g_strdup (path);

  return self;
}

static void
clear_out (VliveLmdbTurn *self)
{
  g_clear_pointer (&self->out.resume, g_bytes_unref);
  g_clear_pointer (&self->out.spaces, g_ptr_array_unref);
  memset (&self->out, 0, sizeof self->out);
}

void
_vlive_lmdb_turn_free (VliveLmdbTurn *self)
{
  clear_out (self);
  g_clear_object (&self->clock);
  g_clear_pointer (&self->space_key, g_bytes_unref);
  g_clear_pointer (&self->resume, g_bytes_unref);
  g_free (self->path);
  g_free (self);
}

/* FALSE: there is no such namespace to be looked after. */
static gboolean
open_space (VliveLmdbTurn *self, VliveLmdbStep *step, VliveTxn *txn, gboolean writable)
{
  VliveSpan value;

  clear_out (self);
  _vlive_lmdb_step_init (step, txn, writable, self->clock, self->space_key, self->path);
  if (!_vlive_txn_get (txn, VLIVE_DB_SPACES, VLIVE_SPAN_BYTES (self->space_key),
                       &value))
    return FALSE;

  return _vlive_lmdb_step_open_space (step);
}

static void
stop_behind (VliveLmdbTurn *self, VliveSpan key)
{
  self->out.more = TRUE;
  self->out.resume = g_bytes_new (key.data, key.size);
}

/* The first entry of the generation, or the one behind where it was left. */
static gboolean
seek_first (VliveLmdbTurn *self,
            VliveCursor *cursor,
            guint64 generation,
            VliveSpan *key,
            VliveSpan *value)
{
  guint8 buffer[24];
  VliveSpan from = self->resume != NULL
                       ? VLIVE_SPAN_BYTES (self->resume)
                       : _vlive_lmdb_number_key (buffer, &generation, 1);

  if (!_vlive_cursor_seek (cursor, from, key, value))
    return FALSE;
  if (self->resume != NULL && key->size == from.size
      && memcmp (key->data, from.data, from.size) == 0)
    return _vlive_cursor_next (cursor, key, value);

  return TRUE;
}

gboolean
_vlive_lmdb_turn_survey (VliveTxn *txn, gpointer turn, GError **error)
{
  VliveLmdbTurn *self = turn;
  g_autoptr (VliveCursor) cursor = _vlive_cursor_new (txn, VLIVE_DB_SPACES);
  VliveSpan key, value, payload;

  clear_out (self);
  self->out.spaces = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  while (_vlive_cursor_next (cursor, &key, &value))
    {
      g_auto (VliveLmdbSpace) space = { 0 };

      if (_vlive_span_unseal (value, &payload)
          && _vlive_lmdb_space_decode (&space, payload) && space.n_entries > 0)
        g_ptr_array_add (self->out.spaces, g_bytes_new (key.data, key.size));
    }

  return TRUE;
}

static int
compare_epochs (gconstpointer a, gconstpointer b)
{
  guint64 x = *(const guint64 *) a;
  guint64 y = *(const guint64 *) b;

  return x < y ? -1 : x > y;
}

/* The epochs of the entries that may go: all when folding, else the old. */
static GArray *
list_epochs (VliveLmdbTurn *self, VliveLmdbStep *step)
{
  g_autoptr (VliveCursor) cursor = _vlive_cursor_new (step->txn, VLIVE_DB_ENTRIES);
  GArray *epochs = g_array_new (FALSE, FALSE, sizeof (guint64));
  gint64 boot_now = _vlive_clock_get_boot_us (self->clock);
  guint64 generation = step->space.state.generation;
  VliveSpan key, value, payload;
  gboolean more;

  for (more = seek_first (self, cursor, generation, &key, &value);
       more && _vlive_lmdb_key_get_number (key, 0) == generation;
       more = _vlive_cursor_next (cursor, &key, &value))
    {
      VliveLmdbEntry bytes;
      guint64 epoch;

      if (!_vlive_span_unseal (value, &payload)
          || !_vlive_lmdb_entry_decode (&bytes, payload)
          || (!self->folds && !_vlive_cache_entry_is_old (&bytes.entry, boot_now)))
        continue;
      epoch = _vlive_cache_entry_get_epoch (&bytes.entry);
      g_array_append_val (epochs, epoch);
    }

  return epochs;
}

gboolean
_vlive_lmdb_turn_choose (VliveTxn *txn, gpointer turn, GError **error)
{
  VliveLmdbTurn *self = turn;
  g_autoptr (GArray) epochs = NULL;
  VliveLmdbStep step;

  if (open_space (self, &step, txn, FALSE)
      && (!self->folds || step.space.n_entries > VLIVE_CACHE_MAX_ENTRIES))
    {
      epochs = list_epochs (self, &step);
      g_array_sort (epochs, compare_epochs);
      if (epochs->len > 0)
        self->out.until =
            g_array_index (epochs, guint64,
                           (self->folds ? MIN (epochs->len, VLIVE_CACHE_FOLD_ENTRIES)
                                        : epochs->len)
                               - 1);
    }
  _vlive_lmdb_step_clear (&step);

  return TRUE;
}

gboolean
_vlive_lmdb_turn_forget (VliveTxn *txn, gpointer turn, GError **error)
{
  VliveLmdbTurn *self = turn;
  VliveLmdbStep step;

  if (open_space (self, &step, txn, TRUE))
    {
      VliveSpace *state = &step.space.state;
      guint64 forgotten = self->until + (self->folds ? 1 : 0);

      if (forgotten > state->epoch)
        _vlive_space_raise (state);
      state->forgotten = MAX (state->forgotten, MIN (forgotten, state->epoch));
      _vlive_lmdb_step_keep_space (&step);
    }
  _vlive_lmdb_step_clear (&step);

  return TRUE;
}

gboolean
_vlive_lmdb_turn_scan (VliveTxn *txn, gpointer turn, GError **error)
{
  VliveLmdbTurn *self = turn;
  VliveLmdbStep step;

  if (open_space (self, &step, txn, FALSE))
    {
      g_autoptr (VliveCursor) cursor = _vlive_cursor_new (txn, VLIVE_DB_PAGES);
      guint64 generation = step.space.state.generation;
      VliveSpan key, value, payload;
      guint n = 0;
      gboolean more;

      self->out.has_oldest = self->has_oldest;
      self->out.oldest = self->oldest;
      for (more = seek_first (self, cursor, generation, &key, &value);
           more && _vlive_lmdb_key_get_number (key, 0) == generation;
           more = _vlive_cursor_next (cursor, &key, &value))
        {
          VliveLmdbHeader header;

          if (_vlive_span_unseal (value, &payload)
              && _vlive_lmdb_header_decode (&header, generation, payload)
              && (!self->out.has_oldest || self->out.oldest.generation != generation
                  || _vlive_stamp_compare (&header.stamp, &self->out.oldest) < 0))
            {
              self->out.oldest = header.stamp;
              self->out.has_oldest = TRUE;
            }
          if (++n >= VLIVE_LMDB_MAX_VISITED)
            {
              stop_behind (self, key);
              break;
            }
        }
    }
  _vlive_lmdb_step_clear (&step);

  return TRUE;
}

typedef struct
{
  VliveLmdbStep *step;
  guint64 until;
} Folding;

static const VliveCacheEntry *
find_old_entry (const char *id, gpointer data)
{
  Folding *folding = data;
  const VliveCacheEntry *entry = _vlive_lmdb_step_find_entry (id, folding->step);

  return entry != NULL && _vlive_cache_entry_get_epoch (entry) <= folding->until ? entry
                                                                                 : NULL;
}

static void
fold_page (VliveLmdbTurn *self, VliveLmdbStep *step, VliveSpan key)
{
  Folding folding = { step, self->until };
  g_autoptr (VlivePage) page = NULL;
  VliveLmdbQuery query = { 0 };
  VliveLmdbHeader header;

  if (!_vlive_lmdb_step_read_header (step, key, &header)
      || header.stamp.epoch > self->until)
    return;
  page = _vlive_lmdb_step_load_page (step, key, &header);
  if (page != NULL && _vlive_rules_fold (page, find_old_entry, &folding)
      && !step->broken)
    _vlive_lmdb_step_save_page (step, key, &header, page, &query);
}

gboolean
_vlive_lmdb_turn_fold (VliveTxn *txn, gpointer turn, GError **error)
{
  VliveLmdbTurn *self = turn;
  VliveLmdbStep step;

  if (open_space (self, &step, txn, TRUE))
    {
      g_autoptr (VliveCursor) cursor = _vlive_cursor_new (txn, VLIVE_DB_PAGES);
      guint64 generation = step.space.state.generation;
      VliveSpan key, value;
      guint n = 0;
      gboolean more;

      for (more = seek_first (self, cursor, generation, &key, &value);
           more && !step.broken && _vlive_lmdb_key_get_number (key, 0) == generation;
           more = _vlive_cursor_next (cursor, &key, &value))
        {
          g_autoptr (GBytes) copy = g_bytes_new (key.data, key.size);

          fold_page (self, &step, VLIVE_SPAN_BYTES (copy));
          if (++n >= VLIVE_LMDB_MAX_FOLDED)
            {
              stop_behind (self, VLIVE_SPAN_BYTES (copy));
              break;
            }
        }
      if (step.broken)
        _vlive_lmdb_step_reset_space (&step);
      else
        _vlive_lmdb_step_keep_space (&step);
    }
  _vlive_lmdb_step_clear (&step);

  return TRUE;
}

static gboolean
may_go (VliveLmdbTurn *self, const VliveCacheEntry *entry, guint64 generation)
{
  gint64 boot_now = _vlive_clock_get_boot_us (self->clock);
  gboolean has_oldest = self->has_oldest && self->oldest.generation == generation;

  if (_vlive_cache_entry_get_epoch (entry) > self->until)
    return FALSE;

  return self->folds
         || _vlive_rules_is_spent (entry, has_oldest ? &self->oldest : NULL, boot_now);
}

/* A single record that it would have masked goes with it. */
static void
drop_entry (VliveLmdbStep *step, VliveSpan key, const VliveLmdbEntry *bytes)
{
  g_auto (VliveSingle) single = { 0 };
  guint64 number;

  if (_vlive_lmdb_step_read_single (step, bytes->id, &single, &number)
      && (_vlive_cache_entry_masks (&bytes->entry, &single.stamp)
          || _vlive_cache_entry_is_unknown (&bytes->entry, &single.stamp)))
    _vlive_lmdb_step_delete_single (step, key);
  _vlive_txn_delete (step->txn, VLIVE_DB_ENTRIES, key);
  step->space.n_entries -= step->space.n_entries > 0;
}

static guint
drop_entries (VliveLmdbTurn *self, VliveLmdbStep *step)
{
  g_autoptr (VliveCursor) cursor = _vlive_cursor_new (step->txn, VLIVE_DB_ENTRIES);
  guint64 generation = step->space.state.generation;
  VliveSpan key, value, payload;
  guint n_deleted = 0;
  guint n_visited = 0;
  gboolean more;

  for (more = seek_first (self, cursor, generation, &key, &value);
       more && _vlive_lmdb_key_get_number (key, 0) == generation;
       more = _vlive_cursor_next (cursor, &key, &value))
    {
      /* Both have the same key; nothing borrowed outlives a change. */
      g_autoptr (GBytes) copy = g_bytes_new (key.data, key.size);
      g_autoptr (GBytes) data = g_bytes_new (value.data, value.size);
      VliveLmdbEntry bytes;

      if (_vlive_span_unseal (VLIVE_SPAN_BYTES (data), &payload)
          && _vlive_lmdb_entry_decode (&bytes, payload)
          && may_go (self, &bytes.entry, generation))
        {
          drop_entry (step, VLIVE_SPAN_BYTES (copy), &bytes);
          n_deleted++;
        }
      if (++n_visited >= VLIVE_LMDB_MAX_VISITED || n_deleted >= VLIVE_LMDB_MAX_DELETED)
        {
          stop_behind (self, VLIVE_SPAN_BYTES (copy));
          break;
        }
    }

  return n_deleted;
}

gboolean
_vlive_lmdb_turn_drop (VliveTxn *txn, gpointer turn, GError **error)
{
  VliveLmdbTurn *self = turn;
  VliveLmdbStep step;

  if (open_space (self, &step, txn, TRUE) && drop_entries (self, &step) > 0)
    {
      _vlive_lmdb_step_list_changes (&step, NULL, 0);
      _vlive_lmdb_step_keep_space (&step);
    }
  _vlive_lmdb_step_clear (&step);

  return TRUE;
}
