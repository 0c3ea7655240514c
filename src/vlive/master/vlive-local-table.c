/* vlive-local-table.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "master/vlive-local-table-private.h"

#include "base/vlive-error.h"

#define UUID_KEY VLIVE_SPAN ("uuid", 4)
#define COUNTERS_KEY VLIVE_SPAN ("next", 4)

char *
_vlive_local_dup_uuid (VliveTxn *txn)
{
  VliveSpan span;

  if (!_vlive_txn_get (txn, VLIVE_LOCAL_META, UUID_KEY, &span))
    return NULL;

  return g_strndup ((const char *) span.data, span.size);
}

void
_vlive_local_ensure_uuid (VliveTxn *txn)
{
  g_autofree char *uuid = NULL;
  VliveSpan span;

  if (_vlive_txn_get (txn, VLIVE_LOCAL_META, UUID_KEY, &span))
    return;
  uuid = g_uuid_string_random ();
  _vlive_txn_put (txn, VLIVE_LOCAL_META, UUID_KEY, VLIVE_SPAN (uuid, strlen (uuid)));
}

void
_vlive_local_load_counters (VliveTxn *txn, VliveLocalCounters *counters)
{
  VliveSpan span;

  if (!_vlive_txn_get (txn, VLIVE_LOCAL_META, COUNTERS_KEY, &span)
      || !_vlive_local_counters_decode (counters, span))
    *counters = (VliveLocalCounters){ 1, 1, 1, 1, 1 };
}

void
_vlive_local_save_counters (VliveTxn *txn, const VliveLocalCounters *counters)
{
  guint8 data[VLIVE_LOCAL_COUNTERS_SIZE];

  _vlive_local_counters_encode (counters, data);
  _vlive_txn_put (txn, VLIVE_LOCAL_META, COUNTERS_KEY, VLIVE_SPAN (data, sizeof data));
}

VliveLocalCounters *
_vlive_local_table_count (VliveLocalTable *self)
{
  if (!self->counting)
    _vlive_local_load_counters (self->txn, &self->counters);
  self->counting = TRUE;

  return &self->counters;
}

void
_vlive_local_put_variant (VliveTxn *txn,
                          VliveLocalDatabase database,
                          VliveSpan key,
                          GVariant *variant)
{
  g_autoptr (GVariant) boxed = g_variant_ref_sink (g_variant_new_variant (variant));
  g_autoptr (GVariant) little = NULL;

  if (G_BYTE_ORDER == G_BIG_ENDIAN)
    little = g_variant_byteswap (boxed);
  else
    little = g_variant_ref (boxed);
  _vlive_txn_put_sealed (txn, database, key,
                         VLIVE_SPAN (g_variant_get_data (little),
                                     g_variant_get_size (little)));
}

GVariant *
_vlive_local_get_variant (VliveTxn *txn, VliveLocalDatabase database, VliveSpan key)
{
  g_autoptr (GVariant) boxed = NULL;
  g_autoptr (GVariant) native = NULL;
  g_autoptr (GBytes) bytes = NULL;
  VliveSpan span;

  if (!_vlive_txn_get_sealed (txn, database, key, &span))
    return NULL;
  bytes = g_bytes_new (span.data, span.size);
  boxed = g_variant_ref_sink (
      g_variant_new_from_bytes (G_VARIANT_TYPE_VARIANT, bytes, FALSE));
  if (G_BYTE_ORDER == G_BIG_ENDIAN)
    native = g_variant_byteswap (boxed);
  else
    native = g_variant_get_normal_form (boxed);

  return g_variant_get_variant (native);
}

void
_vlive_local_table_set_damaged (VliveLocalTable *self, const char *what, GError **error)
{
  g_set_error (error, VLIVE_ERROR, VLIVE_ERROR_CORRUPT,
               "The table %s in %s is damaged (%s): restore the file from a copy",
               self->name, _vlive_local_file_get_shown (self->file), what);
}

static gboolean
load (VliveLocalTable *self,
      VliveLocalFile *file,
      VliveTxn *txn,
      const char *name,
      gboolean *found,
      GError **error)
{
  VliveLocalKey key;
  VliveSpan span;

  memset (self, 0, sizeof *self);
  self->file = file;
  self->txn = txn;
  self->name = name;
  _vlive_local_table_key (&key, name);
  *found = _vlive_txn_get (txn, VLIVE_LOCAL_TABLES, VLIVE_LOCAL_SPAN (&key), &span);
  if (!*found)
    return TRUE;
  if (_vlive_txn_get_sealed (txn, VLIVE_LOCAL_TABLES, VLIVE_LOCAL_SPAN (&key), &span)
      && _vlive_local_table_record_decode (&self->record, span))
    return TRUE;
  _vlive_local_table_set_damaged (self, "its record", error);

  return FALSE;
}

gboolean
_vlive_local_table_open (VliveLocalTable *self,
                         VliveLocalFile *file,
                         VliveTxn *txn,
                         const char *name,
                         GError **error)
{
  gboolean found;

  if (!load (self, file, txn, name, &found, error))
    return FALSE;
  if (!found)
    _vlive_local_file_set_missing (file, name, error);

  return found;
}

gboolean
_vlive_local_table_open_or_make (VliveLocalTable *self,
                                 VliveLocalFile *file,
                                 VliveTxn *txn,
                                 const char *name,
                                 GError **error)
{
  VliveLocalCounters *counters;
  VliveLocalGeneration generation = { .state = VLIVE_LOCAL_VISIBLE };
  gboolean found;

  if (!load (self, file, txn, name, &found, error))
    return FALSE;
  if (found)
    return TRUE;

  _vlive_local_ensure_uuid (txn);
  counters = _vlive_local_table_count (self);
  self->created = TRUE;
  self->record.id = counters->table++;
  self->record.generation = counters->generation++;
  self->record.space = self->record.generation;
  self->record.natural = counters->order++;
  self->natural = _vlive_local_index_new (txn, self->record.natural, TRUE);
  generation.table = self->record.id;
  generation.space = self->record.space;
  _vlive_local_generation_put (txn, self->record.generation, &generation);

  return TRUE;
}

void
_vlive_local_table_clear (VliveLocalTable *self)
{
  g_clear_pointer (&self->natural, _vlive_local_index_free);
  g_clear_pointer (&self->schema, vlive_schema_unref);
  g_clear_pointer (&self->layout, _vlive_layout_unref);
}

gboolean
_vlive_local_table_save (VliveLocalTable *self, GError **error)
{
  guint8 data[VLIVE_LOCAL_TABLE_SIZE];
  VliveLocalKey key;

  if (self->counting)
    _vlive_local_save_counters (self->txn, &self->counters);
  if (self->natural != NULL)
    {
      if (_vlive_local_index_get_n_rows (self->natural) != self->record.n_rows)
        {
          _vlive_local_table_set_damaged (self, "its counts differ", error);
          return FALSE;
        }
      _vlive_local_index_save (self->natural);
    }
  _vlive_local_table_record_encode (&self->record, data);
  _vlive_local_table_key (&key, self->name);
  _vlive_txn_put_sealed (self->txn, VLIVE_LOCAL_TABLES, VLIVE_LOCAL_SPAN (&key),
                         VLIVE_SPAN (data, sizeof data));

  return TRUE;
}

VliveLocalIndex *
_vlive_local_table_get_natural (VliveLocalTable *self, GError **error)
{
  if (self->natural == NULL)
    self->natural = _vlive_local_index_load (self->txn, self->record.natural, TRUE);
  if (self->natural == NULL)
    _vlive_local_table_set_damaged (self, "its order of insertion", error);

  return self->natural;
}

#define SCHEMA_TYPE "(uv)"

VliveSchema *
_vlive_local_table_get_schema (VliveLocalTable *self, GError **error)
{
  g_autoptr (GVariant) stored = NULL;
  g_autoptr (GVariant) variant = NULL;
  g_autoptr (GError) local = NULL;
  VliveLocalKey key;

  if (self->schema != NULL || self->record.schema_version == 0)
    return self->schema;

  _vlive_local_table_part_key (&key, 's', self->record.id);
  stored =
      _vlive_local_get_variant (self->txn, VLIVE_LOCAL_TABLES, VLIVE_LOCAL_SPAN (&key));
  if (stored != NULL && g_variant_is_of_type (stored, G_VARIANT_TYPE (SCHEMA_TYPE)))
    {
      g_variant_get (stored, SCHEMA_TYPE, NULL, &variant);
      self->schema = vlive_schema_new_from_variant (variant, &local);
    }
  if (self->schema == NULL)
    _vlive_local_table_set_damaged (self,
                                    local != NULL ? local->message : "its columns",
                                    error);

  return self->schema;
}

void
_vlive_local_table_set_schema (VliveLocalTable *self, VliveSchema *schema)
{
  g_autoptr (GVariant) variant = vlive_schema_to_variant (schema);
  g_autoptr (GVariant) stored = NULL;
  VliveSchema *old = self->schema;
  VliveLocalKey key;

  self->schema = vlive_schema_ref (schema);
  g_clear_pointer (&old, vlive_schema_unref);
  self->record.schema_version++;
  if (g_variant_is_floating (variant))
    g_variant_ref_sink (variant);
  stored = g_variant_ref_sink (
      g_variant_new (SCHEMA_TYPE, self->record.schema_version, variant));
  _vlive_local_table_part_key (&key, 's', self->record.id);
  _vlive_local_put_variant (self->txn, VLIVE_LOCAL_TABLES, VLIVE_LOCAL_SPAN (&key),
                            stored);
}

gboolean
_vlive_local_table_widen (VliveLocalTable *self, VliveRecord *record, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (VliveSchema) widened = NULL;
  VliveSchema *schema = _vlive_local_table_get_schema (self, &local);

  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  if (schema == NULL)
    widened = vlive_schema_discover (&record, 1, "id");
  else
    widened = vlive_schema_widen (schema, record);
  if (widened != schema)
    _vlive_local_table_set_schema (self, widened);

  return TRUE;
}
