/* vlive-lmdb-pages.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "cache/vlive-lmdb-step-private.h"

/* Pages and single records within a step. */

gboolean
_vlive_lmdb_step_read_header (VliveLmdbStep *self,
                              VliveSpan key,
                              VliveLmdbHeader *header)
{
  VliveSpan value;
  VliveLmdbFound found = _vlive_lmdb_step_read (self, VLIVE_DB_PAGES, key, &value);

  if (found == VLIVE_LMDB_FOUND
      && _vlive_lmdb_header_decode (header, self->space.state.generation, value))
    return TRUE;
  if (found == VLIVE_LMDB_ABSENT)
    return FALSE;

  if (found == VLIVE_LMDB_FOUND)
    _vlive_lmdb_step_note_damage (self);
  /* Its leaves go when its age comes. */
  if (self->writable)
    _vlive_txn_delete (self->txn, VLIVE_DB_PAGES, key);

  return FALSE;
}

void
_vlive_lmdb_step_keep_header (VliveLmdbStep *self,
                              VliveSpan key,
                              const VliveLmdbHeader *header)
{
  g_autoptr (GByteArray) value = g_byte_array_new ();

  _vlive_lmdb_header_encode (header, value);
  _vlive_lmdb_step_put (self, VLIVE_DB_PAGES, key, value);
}

static GBytes *
load_blocks (VliveLmdbStep *self, const VliveLmdbHeader *header)
{
  g_autofree guint8 *blocks = g_malloc (MAX (header->size, 1));
  gsize at = 0;

  for (guint i = 0; i < header->n_leaves; i++)
    {
      gsize size = MIN (VLIVE_LEAF_SIZE, header->size - at);
      guint8 buffer[24];
      VliveSpan key = _vlive_lmdb_leaf_key (buffer, self->space.state.generation,
                                            header->number, i);
      VliveSpan leaf;

      if (_vlive_lmdb_step_read (self, VLIVE_DB_LEAVES, key, &leaf) != VLIVE_LMDB_FOUND
          || leaf.size != size)
        return NULL;
      memcpy (blocks + at, leaf.data, size);
      at += size;
    }

  return g_bytes_new_take (g_steal_pointer (&blocks), at);
}

VlivePage *
_vlive_lmdb_step_load_page (VliveLmdbStep *self,
                            VliveSpan key,
                            const VliveLmdbHeader *header)
{
  g_autoptr (VlivePage) page = _vlive_lmdb_header_to_page (header);
  guint n_corrupt = self->n_corrupt;
  g_autoptr (GBytes) blocks = load_blocks (self, header);

  if (blocks != NULL
      && _vlive_lmdb_blocks_to_records (blocks, header->n_records,
                                        _vlive_lmdb_step_get_layout, self, FALSE, page))
    return g_steal_pointer (&page);

  if (self->n_corrupt == n_corrupt)
    _vlive_lmdb_step_note_damage (self);
  if (self->writable)
    _vlive_lmdb_step_delete_page (self, key, header);

  return NULL;
}

static void
delete_leaves (VliveLmdbStep *self, const VliveLmdbHeader *header)
{
  guint64 age[] = { header->age, self->space.state.generation, header->number };
  guint8 buffer[24];

  for (guint i = 0; i < header->n_leaves; i++)
    _vlive_txn_delete (self->txn, VLIVE_DB_LEAVES,
                       _vlive_lmdb_leaf_key (buffer, self->space.state.generation,
                                             header->number, i));
  _vlive_txn_delete (self->txn, VLIVE_DB_AGES, _vlive_lmdb_number_key (buffer, age, 3));
}

void
_vlive_lmdb_step_delete_page (VliveLmdbStep *self,
                              VliveSpan key,
                              const VliveLmdbHeader *header)
{
  delete_leaves (self, header);
  _vlive_txn_delete (self->txn, VLIVE_DB_PAGES, key);
}

static void
save_leaves (VliveLmdbStep *self, const VliveLmdbHeader *header, GByteArray *blocks)
{
  for (guint i = 0; i < header->n_leaves; i++)
    {
      gsize at = i * (gsize) VLIVE_LEAF_SIZE;
      guint8 buffer[24];

      _vlive_txn_put_sealed (self->txn, VLIVE_DB_LEAVES,
                             _vlive_lmdb_leaf_key (buffer, self->space.state.generation,
                                                   header->number, i),
                             VLIVE_SPAN (blocks->data + at,
                                         MIN (VLIVE_LEAF_SIZE, blocks->len - at)));
    }
}

static GByteArray *
collect_blocks (VliveLmdbStep *self, VlivePage *page)
{
  g_autoptr (GByteArray) blocks = g_byte_array_sized_new (VLIVE_LEAF_SIZE);
  VliveLayout *last = NULL;

  for (guint i = 0; i < page->n_records; i++)
    {
      VliveLayout *layout = _vlive_record_get_layout (page->records[i]);
      gsize size;
      const guint8 *block = _vlive_record_get_block (page->records[i], &size);

      if (blocks->len + size > VLIVE_LMDB_MAX_PAGE)
        return NULL;
      if (layout != last)
        _vlive_lmdb_step_keep_layout (self, page->records[i]);
      last = layout;
      g_byte_array_append (blocks, block, (guint) size);
    }

  return g_steal_pointer (&blocks);
}

/* A page too large for this is not kept: a miss. */
void
_vlive_lmdb_step_save_page (VliveLmdbStep *self,
                            VliveSpan key,
                            const VliveLmdbHeader *old,
                            VlivePage *page,
                            VliveLmdbQuery *query)
{
  g_autoptr (GByteArray) blocks = collect_blocks (self, page);
  g_autoptr (GByteArray) texts = g_byte_array_new ();
  VliveLmdbHeader header = { .folded = page->stale };
  guint8 buffer[24];

  if (old != NULL)
    {
      _vlive_lmdb_step_delete_page (self, key, old);
      query->n_pages -= query->n_pages > 0;
    }
  if (blocks == NULL)
    return;

  query->n_pages++;
  _vlive_lmdb_header_set_page (&header, page, texts);
  header.size = blocks->len;
  header.n_leaves = (guint) ((header.size + VLIVE_LEAF_SIZE - 1) / VLIVE_LEAF_SIZE);
  header.number = self->space.next++;
  header.age = _vlive_txn_get_id (self->txn);
  header.renewed = header.age;
  save_leaves (self, &header, blocks);
  _vlive_lmdb_step_keep_header (self, key, &header);
  _vlive_txn_put (self->txn, VLIVE_DB_AGES,
                  _vlive_lmdb_number_key (buffer,
                                          (guint64[]){ header.age,
                                                       self->space.state.generation,
                                                       header.number },
                                          3),
                  key);
}

gboolean
_vlive_lmdb_step_read_single (VliveLmdbStep *self,
                              const char *id,
                              VliveSingle *single,
                              guint64 *use_number)
{
  g_autoptr (GBytes) key = _vlive_lmdb_id_key (self->space.state.generation, id);
  VliveLmdbSingle bytes;
  VliveSpan value;
  VliveLmdbFound found =
      _vlive_lmdb_step_read (self, VLIVE_DB_RECORDS, VLIVE_SPAN_BYTES (key), &value);

  *single = (VliveSingle){ 0 };
  if (found == VLIVE_LMDB_ABSENT)
    return FALSE;
  if (found == VLIVE_LMDB_FOUND
      && _vlive_lmdb_single_decode (&bytes, self->space.state.generation, value))
    single->record = _vlive_lmdb_step_make_record (self, bytes.block);
  if (single->record == NULL)
    {
      if (found == VLIVE_LMDB_FOUND)
        _vlive_lmdb_step_note_damage (self);
      if (self->writable)
        _vlive_txn_delete (self->txn, VLIVE_DB_RECORDS, VLIVE_SPAN_BYTES (key));
      return FALSE;
    }

  single->stamp = bytes.stamp;
  single->fetched_at = bytes.fetched_at;
  single->sequence = bytes.sequence;
  *use_number = bytes.number;

  return TRUE;
}

void
_vlive_lmdb_step_delete_single (VliveLmdbStep *self, VliveSpan key)
{
  VliveLmdbSingle bytes;
  guint8 buffer[24];
  VliveSpan value;

  if (_vlive_lmdb_step_read (self, VLIVE_DB_RECORDS, key, &value) == VLIVE_LMDB_FOUND
      && _vlive_lmdb_single_decode (&bytes, self->space.state.generation, value))
    _vlive_txn_delete (
        self->txn, VLIVE_DB_USES,
        _vlive_lmdb_number_key (buffer,
                                (guint64[]){ bytes.use, self->space.state.generation,
                                             bytes.number },
                                3));
  _vlive_txn_delete (self->txn, VLIVE_DB_RECORDS, key);
}

void
_vlive_lmdb_step_keep_single (VliveLmdbStep *self,
                              const char *id,
                              const VliveSingle *single)
{
  g_autoptr (GBytes) key = _vlive_lmdb_id_key (self->space.state.generation, id);
  g_autoptr (GByteArray) value = g_byte_array_new ();
  VliveLmdbSingle bytes = {
    .stamp = single->stamp,
    .fetched_at = single->fetched_at,
    .sequence = single->sequence,
    .use = _vlive_txn_get_id (self->txn),
    .number = self->space.next++,
  };
  guint8 buffer[24];

  _vlive_lmdb_step_delete_single (self, VLIVE_SPAN_BYTES (key));
  _vlive_lmdb_step_keep_layout (self, single->record);
  bytes.block.data = _vlive_record_get_block (single->record, &bytes.block.size);
  _vlive_lmdb_single_encode (&bytes, value);
  _vlive_lmdb_step_put (self, VLIVE_DB_RECORDS, VLIVE_SPAN_BYTES (key), value);
  _vlive_txn_put (self->txn, VLIVE_DB_USES,
                  _vlive_lmdb_number_key (buffer,
                                          (guint64[]){ bytes.use,
                                                       self->space.state.generation,
                                                       bytes.number },
                                          3),
                  VLIVE_SPAN_BYTES (key));
}
