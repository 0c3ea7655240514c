/* vlive-lmdb-codec.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "cache/vlive-lmdb-bytes-private.h"
#include "cache/vlive-lmdb-codec-private.h"

#define MAX_TEXT (64u * 1024)
#define MAX_DIAGNOSTICS 256

enum
{
  SPACE_SILENT = 1 << 0,
};

enum
{
  HEADER_FOLDED = 1 << 0,
  HEADER_HAS_VALIDATOR = 1 << 1,
};

enum
{
  ENTRY_MARKED = 1 << 0,
};

static void
put_stamp (GByteArray *value, const VliveStamp *stamp)
{
  _vlive_bytes_put_u64 (value, stamp->epoch);
  _vlive_bytes_put_u64 (value, (guint64) stamp->asked_at);
}

static void
take_stamp (VliveBytesReader *reader, guint64 generation, VliveStamp *stamp)
{
  stamp->generation = generation;
  stamp->epoch = _vlive_bytes_take_u64 (reader);
  stamp->asked_at = (gint64) _vlive_bytes_take_u64 (reader);
}

static gboolean
take_total_kind (VliveBytesReader *reader, VliveTotalKind *kind)
{
  guint32 number = _vlive_bytes_take_u32 (reader);

  *kind = (VliveTotalKind) MIN (number, VLIVE_TOTAL_EXACT);

  return number <= VLIVE_TOTAL_EXACT;
}

void
_vlive_lmdb_space_clear (VliveLmdbSpace *self)
{
  _vlive_space_clear (&self->state);
}

void
_vlive_lmdb_space_encode (const VliveLmdbSpace *self, GByteArray *value)
{
  const VliveSpace *state = &self->state;
  guint n_fields = state->fields != NULL ? state->fields->len : 0;

  _vlive_bytes_put_u64 (value, state->generation);
  _vlive_bytes_put_u64 (value, state->epoch);
  _vlive_bytes_put_u64 (value, self->serial);
  _vlive_bytes_put_u64 (value, (guint64) state->latest_at);
  _vlive_bytes_put_u32 (value, state->silent ? SPACE_SILENT : 0);
  _vlive_bytes_put_u32 (value, n_fields);
  _vlive_bytes_put_u64 (value, state->everything);
  _vlive_bytes_put_u64 (value, state->membership);
  _vlive_bytes_put_u64 (value, state->dependents);
  _vlive_bytes_put_u64 (value, state->unlisted);
  _vlive_bytes_put_u64 (value, state->forgotten);
  _vlive_bytes_put_u64 (value, self->first);
  _vlive_bytes_put_u64 (value, self->next);
  _vlive_bytes_put_u64 (value, self->n_entries);
  for (guint i = 0; i < n_fields; i++)
    {
      const VliveFieldMark *field = &g_array_index (state->fields, VliveFieldMark, i);

      _vlive_bytes_put_u64 (value, field->epoch);
      _vlive_bytes_put_text (value, field->name);
    }
}

static guint32
take_space_head (VliveLmdbSpace *self, VliveBytesReader *reader)
{
  self->state.generation = _vlive_bytes_take_u64 (reader);
  self->state.epoch = _vlive_bytes_take_u64 (reader);
  self->serial = _vlive_bytes_take_u64 (reader);
  self->state.latest_at = (gint64) _vlive_bytes_take_u64 (reader);
  self->state.silent = (_vlive_bytes_take_u32 (reader) & SPACE_SILENT) != 0;

  return _vlive_bytes_take_u32 (reader);
}

gboolean
_vlive_lmdb_space_peek (VliveLmdbSpace *self, VliveSpan value)
{
  VliveBytesReader reader = { value };

  take_space_head (self, &reader);

  return !reader.failed && self->state.generation != 0;
}

gboolean
_vlive_lmdb_space_decode (VliveLmdbSpace *self, VliveSpan value)
{
  VliveBytesReader reader = { value };
  guint32 n_fields;

  *self = (VliveLmdbSpace){ 0 };
  n_fields = take_space_head (self, &reader);
  self->state.everything = _vlive_bytes_take_u64 (&reader);
  self->state.membership = _vlive_bytes_take_u64 (&reader);
  self->state.dependents = _vlive_bytes_take_u64 (&reader);
  self->state.unlisted = _vlive_bytes_take_u64 (&reader);
  self->state.forgotten = _vlive_bytes_take_u64 (&reader);
  self->first = _vlive_bytes_take_u64 (&reader);
  self->next = _vlive_bytes_take_u64 (&reader);
  self->n_entries = _vlive_bytes_take_u64 (&reader);
  for (guint32 i = 0; i < n_fields && !reader.failed; i++)
    {
      guint64 epoch = _vlive_bytes_take_u64 (&reader);
      const char *name = _vlive_bytes_take_text (&reader);

      if (name != NULL)
        _vlive_space_mark_field (&self->state, name, epoch);
    }
  if (!reader.failed && reader.rest.size == 0 && n_fields <= VLIVE_SPACE_MAX_FIELDS
      && self->state.generation != 0)
    return TRUE;

  _vlive_lmdb_space_clear (self);

  return FALSE;
}

void
_vlive_lmdb_query_encode (const VliveLmdbQuery *self, GByteArray *value)
{
  _vlive_bytes_put_u64 (value, self->state.mark);
  _vlive_bytes_put_u64 (value, self->state.total);
  put_stamp (value, &self->state.total_stamp);
  _vlive_bytes_put_u64 (value, self->n_pages);
  _vlive_bytes_put_u32 (value, self->state.total_kind);
  _vlive_bytes_put_u32 (value, 0);
}

gboolean
_vlive_lmdb_query_decode (VliveLmdbQuery *self, guint64 generation, VliveSpan value)
{
  VliveBytesReader reader = { value };
  gboolean known;

  self->state.mark = _vlive_bytes_take_u64 (&reader);
  self->state.total = _vlive_bytes_take_u64 (&reader);
  take_stamp (&reader, generation, &self->state.total_stamp);
  self->n_pages = _vlive_bytes_take_u64 (&reader);
  known = take_total_kind (&reader, &self->state.total_kind);
  _vlive_bytes_take_u32 (&reader);

  return known && !reader.failed && reader.rest.size == 0;
}

void
_vlive_lmdb_header_encode (const VliveLmdbHeader *self, GByteArray *value)
{
  put_stamp (value, &self->stamp);
  _vlive_bytes_put_u64 (value, (guint64) self->fetched_at);
  _vlive_bytes_put_u64 (value, self->sequence);
  _vlive_bytes_put_u64 (value, self->total);
  _vlive_bytes_put_u64 (value, self->offset);
  _vlive_bytes_put_u64 (value, self->number);
  _vlive_bytes_put_u64 (value, self->size);
  _vlive_bytes_put_u64 (value, self->age);
  _vlive_bytes_put_u64 (value, self->renewed);
  _vlive_bytes_put_u32 (value, self->total_kind);
  _vlive_bytes_put_u32 (value, self->limit);
  _vlive_bytes_put_u32 (value, self->n_records);
  _vlive_bytes_put_u32 (value, self->n_leaves);
  _vlive_bytes_put_u32 (value,
                        (self->folded ? HEADER_FOLDED : 0)
                            | (self->validator != NULL ? HEADER_HAS_VALIDATOR : 0));
  _vlive_bytes_put_u32 (value, self->n_diagnostics);
  if (self->validator != NULL)
    _vlive_bytes_put_text (value, self->validator);
  if (self->n_diagnostics > 0)
    g_byte_array_append (value, self->diagnostics.data, (guint) self->diagnostics.size);
}

/* What its numbers say of each other must be true. */
static gboolean
is_header_sound (const VliveLmdbHeader *self)
{
  return self->size <= VLIVE_LMDB_MAX_PAGE && self->n_records <= self->size / 8
         && self->n_leaves == (self->size + VLIVE_LEAF_SIZE - 1) / VLIVE_LEAF_SIZE
         && self->n_diagnostics <= MAX_DIAGNOSTICS;
}

gboolean
_vlive_lmdb_header_decode (VliveLmdbHeader *self, guint64 generation, VliveSpan value)
{
  VliveBytesReader reader = { value };
  guint32 flags;
  gboolean known;

  *self = (VliveLmdbHeader){ 0 };
  take_stamp (&reader, generation, &self->stamp);
  self->fetched_at = (gint64) _vlive_bytes_take_u64 (&reader);
  self->sequence = _vlive_bytes_take_u64 (&reader);
  self->total = _vlive_bytes_take_u64 (&reader);
  self->offset = _vlive_bytes_take_u64 (&reader);
  self->number = _vlive_bytes_take_u64 (&reader);
  self->size = _vlive_bytes_take_u64 (&reader);
  self->age = _vlive_bytes_take_u64 (&reader);
  self->renewed = _vlive_bytes_take_u64 (&reader);
  known = take_total_kind (&reader, &self->total_kind);
  self->limit = _vlive_bytes_take_u32 (&reader);
  self->n_records = _vlive_bytes_take_u32 (&reader);
  self->n_leaves = _vlive_bytes_take_u32 (&reader);
  flags = _vlive_bytes_take_u32 (&reader);
  self->n_diagnostics = _vlive_bytes_take_u32 (&reader);
  self->folded = (flags & HEADER_FOLDED) != 0;
  if (!known || reader.failed || !is_header_sound (self))
    return FALSE;

  if ((flags & HEADER_HAS_VALIDATOR) != 0)
    self->validator = _vlive_bytes_take_text (&reader);
  self->diagnostics = reader.rest;
  for (guint i = 0; i < self->n_diagnostics; i++)
    _vlive_bytes_take_text (&reader);

  return !reader.failed && reader.rest.size == 0;
}

VlivePage *
_vlive_lmdb_header_to_page (const VliveLmdbHeader *self)
{
  VlivePage *page = vlive_page_new (self->offset, self->limit, NULL, 0,
                                    self->total_kind, self->total);
  VliveBytesReader texts = { self->diagnostics };

  page->stamp = self->stamp;
  page->fetched_at = self->fetched_at;
  page->sequence = self->sequence;
  page->stale = self->folded;
  page->validator = g_strdup (self->validator);
  if (self->n_diagnostics > 0)
    page->diagnostics = g_new0 (char *, self->n_diagnostics + 1);
  for (guint i = 0; i < self->n_diagnostics; i++)
    page->diagnostics[i] = g_strdup (_vlive_bytes_take_text (&texts));

  return page;
}

/* Texts that are too long, or too many, are not kept. */
void
_vlive_lmdb_header_set_page (VliveLmdbHeader *self, VlivePage *page, GByteArray *texts)
{
  self->n_diagnostics = 0;
  for (guint i = 0; page->diagnostics != NULL && page->diagnostics[i] != NULL; i++)
    if (self->n_diagnostics < MAX_DIAGNOSTICS
        && strlen (page->diagnostics[i]) < MAX_TEXT)
      {
        _vlive_bytes_put_text (texts, page->diagnostics[i]);
        self->n_diagnostics++;
      }
  self->diagnostics = VLIVE_SPAN (texts->data, texts->len);
  self->stamp = page->stamp;
  self->fetched_at = page->fetched_at;
  self->sequence = page->sequence;
  self->total_kind = page->total_kind;
  self->total = page->total;
  self->offset = page->offset;
  self->limit = page->limit;
  self->n_records = page->n_records;
  self->validator = page->validator != NULL && strlen (page->validator) < MAX_TEXT
                        ? page->validator
                        : NULL;
}

void
_vlive_lmdb_entry_encode (const VliveCacheEntry *entry,
                          const char *id,
                          GByteArray *value)
{
  gsize size = 0;
  const guint8 *block =
      entry->record != NULL ? _vlive_record_get_block (entry->record, &size) : NULL;

  _vlive_bytes_put_u64 (value, entry->epoch);
  _vlive_bytes_put_u64 (value, (guint64) entry->asked_at);
  _vlive_bytes_put_u64 (value, entry->unknown);
  _vlive_bytes_put_u64 (value, (guint64) entry->confirmed_at);
  _vlive_bytes_put_u64 (value, (guint64) entry->made_at);
  _vlive_bytes_put_u64 (value, (guint64) entry->fetched_at);
  _vlive_bytes_put_u64 (value, entry->sequence);
  _vlive_bytes_put_u32 (value, entry->kind);
  _vlive_bytes_put_u32 (value, entry->marked ? ENTRY_MARKED : 0);
  _vlive_bytes_put_text (value, id);
  if (block != NULL)
    g_byte_array_append (value, block, (guint) size);
}

gboolean
_vlive_lmdb_entry_decode (VliveLmdbEntry *self, VliveSpan value)
{
  VliveBytesReader reader = { value };
  VliveCacheEntry *entry = &self->entry;
  guint32 kind;

  *self = (VliveLmdbEntry){ 0 };
  entry->epoch = _vlive_bytes_take_u64 (&reader);
  entry->asked_at = (gint64) _vlive_bytes_take_u64 (&reader);
  entry->unknown = _vlive_bytes_take_u64 (&reader);
  entry->confirmed_at = (gint64) _vlive_bytes_take_u64 (&reader);
  entry->made_at = (gint64) _vlive_bytes_take_u64 (&reader);
  entry->fetched_at = (gint64) _vlive_bytes_take_u64 (&reader);
  entry->sequence = _vlive_bytes_take_u64 (&reader);
  kind = _vlive_bytes_take_u32 (&reader);
  entry->marked = (_vlive_bytes_take_u32 (&reader) & ENTRY_MARKED) != 0;
  self->id = _vlive_bytes_take_text (&reader);
  self->block = reader.rest;
  if (reader.failed || kind > VLIVE_PATCH_UNKNOWN)
    return FALSE;

  entry->kind = (VlivePatchKind) kind;

  return (entry->kind == VLIVE_PATCH_RECORD) == (self->block.size > 0);
}

void
_vlive_lmdb_single_encode (const VliveLmdbSingle *self, GByteArray *value)
{
  put_stamp (value, &self->stamp);
  _vlive_bytes_put_u64 (value, (guint64) self->fetched_at);
  _vlive_bytes_put_u64 (value, self->sequence);
  _vlive_bytes_put_u64 (value, self->use);
  _vlive_bytes_put_u64 (value, self->number);
  g_byte_array_append (value, self->block.data, (guint) self->block.size);
}

gboolean
_vlive_lmdb_single_decode (VliveLmdbSingle *self, guint64 generation, VliveSpan value)
{
  VliveBytesReader reader = { value };

  take_stamp (&reader, generation, &self->stamp);
  self->fetched_at = (gint64) _vlive_bytes_take_u64 (&reader);
  self->sequence = _vlive_bytes_take_u64 (&reader);
  self->use = _vlive_bytes_take_u64 (&reader);
  self->number = _vlive_bytes_take_u64 (&reader);
  self->block = reader.rest;

  return !reader.failed && self->block.size > 0;
}

void
_vlive_lmdb_ids_encode (const char *const *ids, gsize n_ids, GByteArray *value)
{
  for (gsize i = 0; i < n_ids; i++)
    _vlive_bytes_put_text (value, ids[i]);
}

const char *
_vlive_lmdb_ids_next (VliveSpan *rest)
{
  VliveBytesReader reader = { *rest };
  const char *id = _vlive_bytes_take_text (&reader);

  *rest = reader.failed ? VLIVE_SPAN (NULL, 0) : reader.rest;

  return id;
}

VliveSchema *
_vlive_lmdb_schema_decode (VliveSpan value)
{
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GVariant) boxed = NULL;
  g_autoptr (GVariant) variant = NULL;

  if (value.size > VLIVE_LMDB_MAX_SCHEMA)
    return NULL;

  bytes = g_bytes_new (value.data, value.size);
  boxed = g_variant_ref_sink (
      g_variant_new_from_bytes (G_VARIANT_TYPE_VARIANT, bytes, FALSE));
  if (!g_variant_is_normal_form (boxed))
    return NULL;
  variant = g_variant_get_variant (boxed);

  return vlive_schema_new_from_variant (variant, NULL);
}

gboolean
_vlive_lmdb_blocks_to_records (GBytes *blocks,
                               guint n_records,
                               VliveLayoutFunc lookup,
                               gpointer data,
                               gboolean checked,
                               VlivePage *page)
{
  gsize size;
  const guint8 *bytes = g_bytes_get_data (blocks, &size);
  VliveLayout *layout = NULL;
  gsize at = 0;

  page->records = g_renew (VliveRecord *, page->records, MAX (n_records, 1));
  for (guint i = 0; i < n_records; i++)
    {
      gsize block_size = _vlive_block_get_size (bytes + at, size - at);
      guint64 hash;

      if (block_size == 0)
        return FALSE;
      hash = _vlive_block_get_layout_hash (bytes + at);
      if (layout == NULL || _vlive_layout_get_hash (layout) != hash)
        layout = lookup (hash, data);
      if (layout == NULL)
        return FALSE;
      page->records[i] = checked
                             ? _vlive_record_new_from_block (blocks, at, layout, NULL)
                             : _vlive_record_new_trusted (blocks, at, layout);
      if (page->records[i] == NULL)
        return FALSE;
      page->n_records = i + 1;
      at += block_size;
    }

  return at == size;
}
