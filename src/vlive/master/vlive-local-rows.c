/* vlive-local-rows.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "master/vlive-local-table-private.h"

#include "base/vlive-error.h"
#include "master/vlive-local-order-private.h"

gboolean
_vlive_local_generation_get (VliveTxn *txn,
                             guint32 generation,
                             VliveLocalGeneration *record)
{
  VliveLocalKey key;
  VliveSpan span;

  memset (record, 0, sizeof *record);
  _vlive_local_u32_key (&key, generation);

  return _vlive_txn_get_sealed (txn, VLIVE_LOCAL_GENERATIONS, VLIVE_LOCAL_SPAN (&key),
                                &span)
         && _vlive_local_generation_decode (record, span);
}

void
_vlive_local_generation_put (VliveTxn *txn,
                             guint32 generation,
                             const VliveLocalGeneration *record)
{
  g_autoptr (GBytes) bytes = _vlive_local_generation_encode (record);
  VliveLocalKey key;

  _vlive_local_u32_key (&key, generation);
  _vlive_txn_put_sealed (txn, VLIVE_LOCAL_GENERATIONS, VLIVE_LOCAL_SPAN (&key),
                         VLIVE_SPAN_BYTES (bytes));
}

void
_vlive_local_doom (VliveTxn *txn, char kind, guint32 number)
{
  VliveLocalKey key;

  _vlive_local_doom_key (&key, kind, number);
  _vlive_txn_put (txn, VLIVE_LOCAL_META, VLIVE_LOCAL_SPAN (&key), VLIVE_SPAN ("", 0));
}

GArray *
_vlive_local_list_generations (VliveTxn *txn,
                               VliveLocalState state,
                               const guint32 *table)
{
  GArray *list = g_array_new (FALSE, FALSE, sizeof (guint32));
  g_autoptr (VliveCursor) cursor = _vlive_cursor_new (txn, VLIVE_LOCAL_GENERATIONS);
  VliveSpan key;
  VliveSpan value;
  gboolean found;

  for (found = _vlive_cursor_seek (cursor, VLIVE_SPAN (NULL, 0), &key, &value); found;
       found = _vlive_cursor_next (cursor, &key, &value))
    {
      g_auto (VliveLocalGeneration) generation = { 0 };
      VliveSpan payload;
      guint32 number;

      if (key.size != sizeof (guint32) || !_vlive_span_unseal (value, &payload)
          || !_vlive_local_generation_decode (&generation, payload)
          || generation.state != state || (table != NULL && generation.table != *table))
        continue;
      number = _vlive_local_be32 (key.data);
      g_array_append_val (list, number);
    }

  return list;
}

void
_vlive_local_doom_generation (VliveTxn *txn, guint32 generation)
{
  g_auto (VliveLocalGeneration) record = { 0 };

  if (!_vlive_local_generation_get (txn, generation, &record))
    record.space = 0;
  record.state = VLIVE_LOCAL_DOOMED;
  _vlive_local_generation_put (txn, generation, &record);
  _vlive_local_doom (txn, 'g', generation);
}

gboolean
_vlive_local_row_borrow (VliveLocalTable *self, VliveSpan value, VliveRecord *record)
{
  const guint8 *block;
  VliveSpan payload;
  gsize size;

  if (!_vlive_span_unseal (value, &payload) || payload.size <= VLIVE_LOCAL_ROW_HEADER)
    return FALSE;
  block = payload.data + VLIVE_LOCAL_ROW_HEADER;
  size = payload.size - VLIVE_LOCAL_ROW_HEADER;
  if (_vlive_block_get_size (block, size) != size)
    return FALSE;

  /* The layout of the row before, more often than not. */
  if (record->layout == NULL
      || _vlive_layout_get_hash (record->layout)
             != _vlive_block_get_layout_hash (block))
    record->layout =
        _vlive_local_file_get_layout (self->file, self->txn,
                                      _vlive_block_get_layout_hash (block));
  record->block = block;

  return record->layout != NULL;
}

gboolean
_vlive_local_row_get (VliveLocalTable *self, guint64 row, VliveRecord *record)
{
  VliveLocalKey key;
  VliveSpan value;

  _vlive_local_row_key (&key, row);

  return _vlive_txn_get (self->txn, VLIVE_LOCAL_ROWS, VLIVE_LOCAL_SPAN (&key), &value)
         && _vlive_local_row_borrow (self, value, record);
}

/* Rows of an import share the version of their generation. */
static guint64
get_version (VliveLocalTable *self, guint64 row, const VliveRecord *record)
{
  g_auto (VliveLocalGeneration) generation = { 0 };
  guint64 version = _vlive_local_get_u64 (record->block - VLIVE_LOCAL_ROW_HEADER);

  if (version == 0
      && _vlive_local_generation_get (self->txn, VLIVE_LOCAL_ROW_GENERATION (row),
                                      &generation))
    version = generation.version;

  return version;
}

VliveRecord *
_vlive_local_row_dup (VliveLocalTable *self, guint64 row, guint64 *version)
{
  g_autoptr (GBytes) bytes = NULL;
  VliveRecord borrowed = { 0 };

  if (!_vlive_local_row_get (self, row, &borrowed))
    return NULL;
  bytes = g_bytes_new (borrowed.block, _vlive_load_u32 (borrowed.block));
  if (version != NULL)
    *version = get_version (self, row, &borrowed);

  return _vlive_record_new_trusted (bytes, 0, borrowed.layout);
}

VliveLocalIdState
_vlive_local_row_find (VliveLocalTable *self, const char *id, guint64 *row)
{
  g_auto (VliveLocalGeneration) generation = { 0 };
  VliveLocalKey key;
  VliveSpan value;

  *row = 0;
  if (!_vlive_local_id_check (id, NULL))
    return VLIVE_LOCAL_ID_FREE;
  _vlive_local_id_key (&key, self->record.space, id);
  if (!_vlive_txn_get (self->txn, VLIVE_LOCAL_IDS, VLIVE_LOCAL_SPAN (&key), &value)
      || value.size != sizeof (guint64))
    return VLIVE_LOCAL_ID_FREE;

  *row = _vlive_local_be64 (value.data);
  if (VLIVE_LOCAL_ROW_GENERATION (*row) == self->record.generation)
    return VLIVE_LOCAL_ID_TAKEN;
  if (!_vlive_local_generation_get (self->txn, VLIVE_LOCAL_ROW_GENERATION (*row),
                                    &generation))
    return VLIVE_LOCAL_ID_FREE;
  if (generation.state == VLIVE_LOCAL_BUILDING)
    return VLIVE_LOCAL_ID_BUILDING;

  return generation.state == VLIVE_LOCAL_VISIBLE ? VLIVE_LOCAL_ID_TAKEN
                                                 : VLIVE_LOCAL_ID_FREE;
}

/* Once for neighbours that share it. */
static gboolean
store_layout (VliveLocalTable *self, VliveLayout *layout, GError **error)
{
  if (self->layout == layout)
    return TRUE;
  if (!_vlive_local_file_put_layout (self->file, self->txn, layout, error))
    return FALSE;
  g_clear_pointer (&self->layout, _vlive_layout_unref);
  self->layout = _vlive_layout_ref (layout);

  return TRUE;
}

void
_vlive_local_row_put (VliveLocalTable *self,
                      guint64 row,
                      VliveRecord *record,
                      guint64 version,
                      GError **error)
{
  gsize size;
  const guint8 *block = _vlive_record_get_block (record, &size);
  g_autofree guint8 *payload = g_malloc (VLIVE_LOCAL_ROW_HEADER + size);
  VliveLocalKey key;

  if (!store_layout (self, _vlive_record_get_layout (record), error))
    return;
  _vlive_local_set_u64 (payload, version);
  memcpy (payload + VLIVE_LOCAL_ROW_HEADER, block, size);
  _vlive_local_row_key (&key, row);
  _vlive_txn_put_sealed (self->txn, VLIVE_LOCAL_ROWS, VLIVE_LOCAL_SPAN (&key),
                         VLIVE_SPAN (payload, VLIVE_LOCAL_ROW_HEADER + size));
}

static void
put_id (VliveLocalTable *self, const char *id, guint64 row)
{
  VliveLocalKey key;
  guint64 value = GUINT64_TO_BE (row);

  _vlive_local_id_key (&key, self->record.space, id);
  _vlive_txn_put (self->txn, VLIVE_LOCAL_IDS, VLIVE_LOCAL_SPAN (&key),
                  VLIVE_SPAN (&value, sizeof value));
}

/* The import whose row had @id fails with it. */
static void
disturb (VliveLocalTable *self, guint64 row, const char *id)
{
  g_auto (VliveLocalGeneration) generation = { 0 };

  if (!_vlive_local_generation_get (self->txn, VLIVE_LOCAL_ROW_GENERATION (row),
                                    &generation)
      || generation.disturbed != NULL)
    return;
  generation.disturbed = g_strdup (id);
  _vlive_local_generation_put (self->txn, VLIVE_LOCAL_ROW_GENERATION (row),
                               &generation);
}

/* A generation of the table, for the rows to come. */
static void
begin_generation (VliveLocalTable *self)
{
  VliveLocalCounters *counters = _vlive_local_table_count (self);
  VliveLocalGeneration generation = { .state = VLIVE_LOCAL_VISIBLE,
                                      .table = self->record.id,
                                      .space = self->record.space };

  self->record.generation = counters->generation++;
  self->record.next = 0;
  _vlive_local_generation_put (self->txn, self->record.generation, &generation);
}

gboolean
_vlive_local_row_add (VliveLocalTable *self,
                      VliveRecord *record,
                      guint64 *row,
                      GError **error)
{
  VliveLocalIndex *natural = _vlive_local_table_get_natural (self, error);
  const char *id = vlive_record_get_id (record);
  g_autoptr (GError) local = NULL;
  guint64 other;
  gint64 integer;

  if (natural == NULL)
    return FALSE;
  if (_vlive_local_row_find (self, id, &other) == VLIVE_LOCAL_ID_BUILDING)
    disturb (self, other, id);
  if (self->record.next > G_MAXUINT32)
    begin_generation (self);

  *row = VLIVE_LOCAL_ROW (self->record.generation, self->record.next++);
  _vlive_local_row_put (self, *row, record, self->record.sequence + 1, &local);
  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  put_id (self, id, *row);
  if (!_vlive_local_index_append (natural, *row))
    {
      _vlive_local_table_set_damaged (self, "its order of insertion", error);
      return FALSE;
    }
  self->record.n_rows++;
  if (!_vlive_local_id_is_integer (id, &integer))
    self->record.n_text_ids++;
  else
    self->record.max_id = MAX (self->record.max_id, integer);

  return TRUE;
}

gboolean
_vlive_local_row_remove (VliveLocalTable *self,
                         guint64 row,
                         const char *id,
                         GError **error)
{
  VliveLocalIndex *natural = _vlive_local_table_get_natural (self, error);
  VliveLocalKey key;
  gint64 integer;

  if (natural == NULL)
    return FALSE;
  if (!_vlive_local_index_remove (natural, row, NULL, NULL))
    {
      _vlive_local_table_set_damaged (self, "its order of insertion", error);
      return FALSE;
    }
  _vlive_local_row_key (&key, row);
  _vlive_txn_delete (self->txn, VLIVE_LOCAL_ROWS, VLIVE_LOCAL_SPAN (&key));
  _vlive_local_id_key (&key, self->record.space, id);
  _vlive_txn_delete (self->txn, VLIVE_LOCAL_IDS, VLIVE_LOCAL_SPAN (&key));
  self->record.n_rows--;
  if (!_vlive_local_id_is_integer (id, &integer))
    self->record.n_text_ids--;

  return TRUE;
}

gboolean
_vlive_local_table_empty (VliveLocalTable *self,
                          guint32 generation,
                          guint32 space,
                          GError **error)
{
  g_autoptr (GArray) generations =
      _vlive_local_list_generations (self->txn, VLIVE_LOCAL_VISIBLE, &self->record.id);
  VliveLocalCounters *counters = _vlive_local_table_count (self);

  _vlive_local_orders_drop_all (self);
  for (guint i = 0; i < generations->len; i++)
    _vlive_local_doom_generation (self->txn, g_array_index (generations, guint32, i));
  _vlive_local_doom (self->txn, 'o', self->record.natural);
  if (space != self->record.space)
    _vlive_local_doom (self->txn, 's', self->record.space);
  self->record.natural = counters->order++;
  g_clear_pointer (&self->natural, _vlive_local_index_free);
  self->natural = _vlive_local_index_new (self->txn, self->record.natural, TRUE);
  self->record.n_rows = 0;
  self->record.n_text_ids = 0;
  self->record.space = space;
  self->record.generation = generation;
  self->record.next = 0;
  if (generation == 0)
    begin_generation (self);

  return TRUE;
}

guint32
_vlive_local_table_next_space (VliveLocalTable *self)
{
  return _vlive_local_table_count (self)->generation;
}

char *
_vlive_local_make_id (VliveLocalTable *self, GError **error)
{
  if (self->record.n_text_ids > 0)
    return g_uuid_string_random ();
  if (self->record.max_id == G_MAXINT64)
    {
      g_set_error (error, VLIVE_ERROR, VLIVE_ERROR_REJECTED,
                   "The table %s has no higher id left: give one", self->name);
      return NULL;
    }

  return g_strdup_printf ("%" G_GINT64_FORMAT, self->record.max_id + 1);
}

VliveValueType
_vlive_local_table_get_id_type (VliveLocalTable *self)
{
  VliveSchema *schema = _vlive_local_table_get_schema (self, NULL);
  VliveColumn *column = schema != NULL ? vlive_schema_find_column (schema, "id") : NULL;

  return column != NULL ? vlive_column_get_value_type (column) : VLIVE_VALUE_MISSING;
}

/* Does the field say that id already, in the type of the others? */
static gboolean
says_id (VliveRecord *fields, const char *id, VliveValueType type)
{
  VliveValue value;
  char buffer[32];
  const char *said;

  if (!_vlive_record_peek_name (fields, "id", &value))
    return FALSE;
  said = _vlive_value_to_id (&value, buffer);
  if (said == NULL || strcmp (said, id) != 0)
    return FALSE;

  return value.type == type
         || (type != VLIVE_VALUE_INTEGER && type != VLIVE_VALUE_TEXT);
}

/* An id that looks like an integer is one, unless the others are text. */
static void
make_id_value (const char *id, VliveValueType type, VliveValue *value)
{
  gint64 integer;

  if (type != VLIVE_VALUE_TEXT && _vlive_local_id_is_integer (id, &integer))
    *value = (VliveValue) VLIVE_VALUE_INIT_INTEGER (integer);
  else
    *value = (VliveValue) VLIVE_VALUE_INIT_TEXT (id);
}

VliveRecord *
_vlive_local_record_with_id (VliveRecord *fields, const char *id, VliveValueType type)
{
  g_autoptr (VliveRecordBuilder) builder = NULL;
  g_autoptr (VliveLayout) layout = NULL;
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  VliveLayout *old = _vlive_record_get_layout (fields);
  VliveValue value;

  if (says_id (fields, id, type))
    return _vlive_record_with_id (fields, id, TRUE);

  if (_vlive_layout_find (old, "id") < 0)
    g_ptr_array_add (names, (char *) "id");
  for (guint i = 0; i < _vlive_layout_get_n_names (old); i++)
    g_ptr_array_add (names, (char *) _vlive_layout_get_name (old, i));
  layout = _vlive_layout_intern ((const char *const *) names->pdata, names->len);
  builder = _vlive_record_builder_new (layout);
  _vlive_record_builder_set_id (builder, id, TRUE);
  for (guint i = 0; i < _vlive_layout_get_n_names (old); i++)
    {
      VliveValue field;

      _vlive_record_peek (fields, i, &field);
      _vlive_record_builder_set (
          builder, (guint) _vlive_layout_find (layout, _vlive_layout_get_name (old, i)),
          &field);
    }
  make_id_value (id, type, &value);
  _vlive_record_builder_set (builder, (guint) _vlive_layout_find (layout, "id"),
                             &value);

  return _vlive_record_builder_end (builder);
}
