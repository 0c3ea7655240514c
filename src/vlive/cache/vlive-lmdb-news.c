/* vlive-lmdb-news.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "cache/vlive-lmdb-job-private.h"

void
_vlive_lmdb_news_clear (VliveLmdbNews *self)
{
  _vlive_lmdb_space_clear (&self->space);
  g_clear_pointer (&self->ids, g_ptr_array_unref);
  g_clear_pointer (&self->entries, g_ptr_array_unref);
  *self = (VliveLmdbNews){ 0 };
}

static void
entry_free (gpointer data)
{
  if (data != NULL)
    _vlive_cache_entry_free (data);
}

/* @entry NULL: there is none any more. */
void
_vlive_lmdb_news_add (VliveLmdbNews *self, const char *id, const VliveCacheEntry *entry)
{
  VliveCacheEntry *copy = NULL;

  if (self->ids == NULL)
    {
      self->ids = g_ptr_array_new_with_free_func (g_free);
      self->entries = g_ptr_array_new_with_free_func (entry_free);
    }
  if (entry != NULL)
    {
      copy = _vlive_cache_entry_new ();
      *copy = *entry;
      if (copy->record != NULL)
        vlive_record_ref (copy->record);
    }
  g_ptr_array_add (self->ids, g_strdup (id));
  g_ptr_array_add (self->entries, copy);
}

void
_vlive_lmdb_news_take_space (VliveLmdbNews *self, VliveLmdbStep *step)
{
  _vlive_lmdb_space_clear (&self->space);
  self->space = step->space;
  step->space = (VliveLmdbSpace){ 0 };
}

/* FALSE: damaged. */
static gboolean
read_all (VliveLmdbNews *self, VliveLmdbStep *step)
{
  g_autoptr (VliveCursor) cursor = _vlive_cursor_new (step->txn, VLIVE_DB_ENTRIES);
  guint64 generation = step->space.state.generation;
  guint8 buffer[24];
  VliveSpan from = _vlive_lmdb_number_key (buffer, &generation, 1);
  gboolean more;
  VliveSpan key, value, payload;

  self->complete = TRUE;
  for (more = _vlive_cursor_seek (cursor, from, &key, &value);
       more && _vlive_lmdb_key_get_number (key, 0) == generation;
       more = _vlive_cursor_next (cursor, &key, &value))
    {
      g_auto (VliveCacheEntry) entry = { 0 };
      VliveLmdbEntry bytes;

      if (!_vlive_span_unseal (value, &payload)
          || !_vlive_lmdb_entry_decode (&bytes, payload)
          || !_vlive_lmdb_step_build_entry (step, &bytes, &entry))
        return FALSE;
      _vlive_lmdb_news_add (self, bytes.id, &entry);
    }

  return TRUE;
}

/* FALSE: the list is not what it should be. */
static gboolean
read_changes (VliveLmdbNews *self, VliveLmdbStep *step, guint64 base)
{
  g_autoptr (GHashTable) seen =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  self->base = base;
  for (guint64 serial = base + 1; serial <= step->space.serial; serial++)
    {
      guint64 numbers[] = { step->space.state.generation, serial };
      guint8 buffer[24];
      VliveSpan rest;
      const char *id;

      if (_vlive_lmdb_step_read (step, VLIVE_DB_CHANGES,
                                 _vlive_lmdb_number_key (buffer, numbers, 2), &rest)
          != VLIVE_LMDB_FOUND)
        return FALSE;
      while ((id = _vlive_lmdb_ids_next (&rest)) != NULL)
        if (g_hash_table_add (seen, g_strdup (id)))
          _vlive_lmdb_news_add (self, id, _vlive_lmdb_step_find_entry (id, step));
    }

  return !step->broken;
}

gboolean
_vlive_lmdb_news_read (VliveLmdbNews *self,
                       VliveLmdbStep *step,
                       guint64 known_generation,
                       guint64 known_serial)
{
  gboolean follows = known_generation == step->space.state.generation
                     && known_serial <= step->space.serial;

  if (follows && known_serial == step->space.serial)
    {
      self->base = known_serial;
      return TRUE;
    }
  if (follows && step->space.first != 0 && known_serial + 1 >= step->space.first
      && read_changes (self, step, known_serial))
    return TRUE;

  g_clear_pointer (&self->ids, g_ptr_array_unref);
  g_clear_pointer (&self->entries, g_ptr_array_unref);

  return read_all (self, step);
}
