/* vlive-local-import-job.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <unistd.h>

#include "base/vlive-error.h"
#include "master/vlive-local-import-private.h"
#include "master/vlive-local-lock-private.h"

/* The transactions of a large import: docs/local-file.md tells the whole. */

VliveLocalBatch *
_vlive_local_batch_new (void)
{
  VliveLocalBatch *self = g_new0 (VliveLocalBatch, 1);

  self->rows = g_byte_array_new ();
  self->ends = g_array_new (FALSE, FALSE, sizeof (gsize));
  self->ids = g_byte_array_new ();
  self->id_ends = g_array_new (FALSE, FALSE, sizeof (gsize));
  self->id_rows = g_array_new (FALSE, FALSE, sizeof (guint32));
  self->layouts = g_ptr_array_new_with_free_func ((GDestroyNotify) _vlive_layout_unref);

  return self;
}

void
_vlive_local_batch_free (VliveLocalBatch *self)
{
  g_byte_array_unref (self->rows);
  g_array_unref (self->ends);
  g_byte_array_unref (self->ids);
  g_array_unref (self->id_ends);
  g_array_unref (self->id_rows);
  g_ptr_array_unref (self->layouts);
  g_free (self);
}

/* The seal, and the version: that of the generation. */
#define ROW_PREFIX (VLIVE_SEAL_SIZE + VLIVE_LOCAL_ROW_HEADER)

void
_vlive_local_batch_begin_row (VliveLocalBatch *self)
{
  g_byte_array_set_size (self->rows, self->rows->len + ROW_PREFIX);
  memset (self->rows->data + self->rows->len - ROW_PREFIX, 0, ROW_PREFIX);
}

void
_vlive_local_batch_end_row (VliveLocalBatch *self, VliveLayout *layout)
{
  gsize start =
      self->ends->len > 0 ? g_array_index (self->ends, gsize, self->ends->len - 1) : 0;
  guint8 *value = self->rows->data + start;
  gsize end = self->rows->len;

  _vlive_span_seal (VLIVE_SPAN (value + VLIVE_SEAL_SIZE, end - start - VLIVE_SEAL_SIZE),
                    value);
  g_array_append_val (self->ends, end);
  if (self->layouts->len == 0 || self->layouts->pdata[self->layouts->len - 1] != layout)
    g_ptr_array_add (self->layouts, _vlive_layout_ref (layout));
}

void
_vlive_local_batch_add_id (VliveLocalBatch *self,
                           const guint8 *key,
                           gsize size,
                           guint32 row)
{
  gsize end;

  g_byte_array_append (self->ids, key, (guint) size);
  end = self->ids->len;
  g_array_append_val (self->id_ends, end);
  g_array_append_val (self->id_rows, row);
}

/* Is there a table already, which an appending import adds to? */
static gboolean
look_at_table (VliveLocalImportJob *self,
               VliveTxn *txn,
               VliveLocalTable *table,
               GError **error)
{
  VliveLocalTarget *target = self->target;
  g_autoptr (GError) local = NULL;

  target->had_table =
      _vlive_local_table_open (table, self->job.file, txn, target->table, &local);
  if (!target->had_table
      && !g_error_matches (local, VLIVE_ERROR, VLIVE_ERROR_NOT_FOUND))
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }

  return TRUE;
}

/* Ids that are made are set aside at once. */
static gboolean
set_ids_aside (VliveLocalTarget *target, VliveLocalTable *table, GError **error)
{
  target->first_id = 1;
  if (!target->make_ids || target->own_space)
    return TRUE;
  if (target->n_rows > (guint64) (G_MAXINT64 - MAX (table->record.max_id, 0)))
    {
      g_set_error (error, VLIVE_ERROR, VLIVE_ERROR_REJECTED,
                   "The table %s has no higher id left", table->name);
      return FALSE;
    }
  target->first_id = table->record.max_id + 1;
  table->record.max_id += (gint64) target->n_rows;

  return _vlive_local_table_save (table, error);
}

static gboolean
begin (VliveLocalImportJob *self, VliveTxn *txn, GError **error)
{
  VliveLocalTarget *target = self->target;
  VliveLocalGeneration generation = { .state = VLIVE_LOCAL_BUILDING };
  VliveLocalCounters counters;
  g_auto (VliveLocalTable) table = { 0 };

  if (!look_at_table (self, txn, &table, error))
    return FALSE;
  _vlive_local_ensure_uuid (txn);
  _vlive_local_load_counters (txn, &counters);
  target->generation = counters.generation++;
  _vlive_local_save_counters (txn, &counters);
  target->own_space = target->replace || !target->had_table;
  target->text_ids =
      !target->own_space && _vlive_local_table_get_id_type (&table) == VLIVE_VALUE_TEXT;
  target->space = target->own_space ? target->generation : table.record.space;
  if (!set_ids_aside (target, &table, error))
    return FALSE;

  /* A run before may have locked the byte of another generation. */
  if (target->lock >= 0)
    close (target->lock);
  target->lock = _vlive_local_lock_take (_vlive_local_file_get_path (self->job.file),
                                         target->generation, -1, error);
  if (target->lock < 0)
    return FALSE;
  generation.space = target->space;
  _vlive_local_generation_put (txn, target->generation, &generation);

  return TRUE;
}

/* Nothing stands above the generation: its rows can be appended. */
static gboolean
is_last_generation (VliveTxn *txn, guint32 generation)
{
  g_autoptr (VliveCursor) cursor = _vlive_cursor_new (txn, VLIVE_LOCAL_ROWS);
  VliveLocalKey wanted;
  VliveSpan key;
  VliveSpan value;

  _vlive_local_u32_key (&wanted, generation + 1);

  return !_vlive_cursor_seek (cursor, VLIVE_LOCAL_SPAN (&wanted), &key, &value);
}

static void
write_rows (VliveLocalImportJob *self, VliveTxn *txn)
{
  VliveLocalBatch *batch = self->batch;
  gboolean append = is_last_generation (txn, self->target->generation);
  g_autoptr (VliveCursor) cursor = _vlive_cursor_new (txn, VLIVE_LOCAL_ROWS);
  gsize start = 0;

  for (guint i = 0; i < batch->ends->len; i++)
    {
      gsize end = g_array_index (batch->ends, gsize, i);
      VliveSpan value = VLIVE_SPAN (batch->rows->data + start, end - start);
      VliveLocalKey key;

      _vlive_local_row_key (&key, VLIVE_LOCAL_ROW (self->target->generation,
                                                   batch->first + i));
      if (append)
        _vlive_cursor_append (cursor, VLIVE_LOCAL_SPAN (&key), value);
      else
        _vlive_txn_put (txn, VLIVE_LOCAL_ROWS, VLIVE_LOCAL_SPAN (&key), value);
      start = end;
    }
}

/* The id as a person knows it. */
static char *
describe_id (const VliveLocalKey *key)
{
  const guint8 *id = key->data + sizeof (guint32);
  gsize size = key->size - sizeof (guint32);

  if (id[0] == 1)
    return g_strdup_printf ("%" G_GINT64_FORMAT,
                            (gint64) (_vlive_local_be64 (id + 1)
                                      ^ G_GUINT64_CONSTANT (1) << 63));

  return g_strndup ((const char *) id + 1, size - 1);
}

/* What stands at @key: another row of this import, one of the table, one of
 * another import (which fails), or what is to be swept. */
static gboolean
resolve_id (VliveLocalImportJob *self,
            VliveTxn *txn,
            const VliveLocalKey *key,
            guint64 other,
            guint32 row,
            GError **error)
{
  g_auto (VliveLocalGeneration) generation = { 0 };
  guint32 number = VLIVE_LOCAL_ROW_GENERATION (other);
  g_autofree char *id = describe_id (key);

  if (number == self->target->generation)
    {
      g_set_error (error, VLIVE_ERROR, VLIVE_ERROR_CONFLICT,
                   "row %u: the id %s is there twice, first in row %u", row + 1, id,
                   (guint32) other + 1);
      return FALSE;
    }
  if (!_vlive_local_generation_get (txn, number, &generation))
    return TRUE;
  if (generation.state == VLIVE_LOCAL_VISIBLE)
    {
      g_set_error (error, VLIVE_ERROR, VLIVE_ERROR_CONFLICT,
                   "row %u: the table has a record with the id %s already", row + 1,
                   id);
      return FALSE;
    }
  if (generation.state == VLIVE_LOCAL_BUILDING && generation.disturbed == NULL)
    {
      generation.disturbed = g_steal_pointer (&id);
      _vlive_local_generation_put (txn, number, &generation);
    }

  return TRUE;
}

/* The first id at or above @from, so that those below need not be looked for. */
static void
find_next (VliveTxn *txn, const VliveLocalKey *from, VliveLocalKey *next, guint64 *row)
{
  g_autoptr (VliveCursor) cursor = _vlive_cursor_new (txn, VLIVE_LOCAL_IDS);
  VliveSpan key;
  VliveSpan value;

  next->size = 0;
  *row = 0;
  if (!_vlive_cursor_seek (cursor, VLIVE_LOCAL_SPAN (from), &key, &value)
      || key.size > VLIVE_LOCAL_MAX_KEY || value.size != sizeof (guint64))
    return;
  _vlive_local_key_bytes (next, key.data, key.size);
  *row = _vlive_local_be64 (value.data);
}

static int
compare_keys (const VliveLocalKey *a, const VliveLocalKey *b)
{
  int result = memcmp (a->data, b->data, MIN (a->size, b->size));

  if (result == 0)
    result = (a->size > b->size) - (a->size < b->size);

  return result;
}

/* They ascend. */
static gboolean
write_ids (VliveLocalImportJob *self, VliveTxn *txn, GError **error)
{
  VliveLocalBatch *batch = self->batch;
  VliveLocalKey next = { .size = 0 };
  guint64 next_row = 0;
  gboolean looked = FALSE;
  gsize start = 0;

  for (guint i = 0; i < batch->id_ends->len; i++)
    {
      gsize end = g_array_index (batch->id_ends, gsize, i);
      guint32 row = g_array_index (batch->id_rows, guint32, i);
      guint64 value = GUINT64_TO_BE (VLIVE_LOCAL_ROW (self->target->generation, row));
      VliveLocalKey key;

      _vlive_local_u32_key (&key, self->target->space);
      _vlive_local_key_bytes (&key, batch->ids->data + start, end - start);
      start = end;
      if (!looked || (next.size > 0 && compare_keys (&next, &key) < 0))
        {
          find_next (txn, &key, &next, &next_row);
          looked = TRUE;
        }
      if (next.size > 0 && compare_keys (&next, &key) == 0
          && !resolve_id (self, txn, &key, next_row, row, error))
        return FALSE;
      _vlive_txn_put (txn, VLIVE_LOCAL_IDS, VLIVE_LOCAL_SPAN (&key),
                      VLIVE_SPAN (&value, sizeof value));
    }

  return TRUE;
}

/* Nobody has given it up meanwhile. */
static gboolean
is_building (VliveLocalImportJob *self,
             VliveTxn *txn,
             VliveLocalGeneration *generation,
             GError **error)
{
  if (_vlive_local_generation_get (txn, self->target->generation, generation)
      && generation->state == VLIVE_LOCAL_BUILDING)
    return TRUE;
  g_set_error (error, VLIVE_ERROR, VLIVE_ERROR_FAILED,
               "the import was given up by another process");

  return FALSE;
}

static gboolean
write_batch (VliveLocalImportJob *self, VliveTxn *txn, GError **error)
{
  g_auto (VliveLocalGeneration) generation = { 0 };

  if (!is_building (self, txn, &generation, error))
    return FALSE;
  for (guint i = 0; i < self->batch->layouts->len; i++)
    if (!_vlive_local_file_put_layout (self->job.file, txn,
                                       self->batch->layouts->pdata[i], error))
      return FALSE;
  write_rows (self, txn);

  return write_ids (self, txn, error);
}

/* Does the table stand as it was when the import began? */
static gboolean
check_table (VliveLocalImportJob *self,
             VliveLocalTable *table,
             const VliveLocalGeneration *generation,
             GError **error)
{
  const char *what = NULL;

  if (generation->disturbed != NULL)
    {
      g_set_error (error, VLIVE_ERROR, VLIVE_ERROR_CONFLICT,
                   "a record with the id %s was inserted while the import ran",
                   generation->disturbed);
      return FALSE;
    }
  if (self->target->replace)
    return TRUE;
  if (!self->target->had_table && !table->created)
    what = "was made";
  else if (self->target->had_table
           && (table->created || table->record.space != self->target->space
               || table->record.generation > self->target->generation))
    what = "was emptied, replaced or imported into";
  if (what == NULL)
    return TRUE;
  g_set_error (error, VLIVE_ERROR, VLIVE_ERROR_CONFLICT,
               "the table %s %s while the import ran: import again", table->name, what);

  return FALSE;
}

static gboolean
add_rows (VliveLocalImportJob *self, VliveLocalTable *table, GError **error)
{
  VliveLocalIndex *natural = _vlive_local_table_get_natural (table, error);
  guint64 n = self->target->n_rows;

  if (natural == NULL)
    return FALSE;
  for (guint64 at = 0; at < n; at += VLIVE_LOCAL_RUN_MAX)
    if (!_vlive_local_index_append_run (natural,
                                        VLIVE_LOCAL_ROW (self->target->generation, at),
                                        (guint32) MIN (n - at, VLIVE_LOCAL_RUN_MAX)))
      {
        _vlive_local_table_set_damaged (table, "its order of insertion", error);
        return FALSE;
      }
  table->record.n_rows += n;
  table->record.n_text_ids += self->n_text_ids;
  table->record.max_id = MAX (table->record.max_id, self->max_id);
  table->record.generation = self->target->generation;
  table->record.next = n;

  return TRUE;
}

static gboolean
set_schema (VliveLocalImportJob *self, VliveLocalTable *table, GError **error)
{
  g_autoptr (VliveSchema) schema = NULL;

  if (!self->target->own_space)
    {
      for (guint i = 0; i < self->samples->len; i++)
        if (!_vlive_local_table_widen (table, self->samples->pdata[i], error))
          return FALSE;
      return TRUE;
    }
  schema = vlive_schema_discover ((VliveRecord *const *) self->samples->pdata,
                                  self->samples->len, "id");
  _vlive_local_table_set_schema (table, schema);

  return TRUE;
}

static gboolean
finish (VliveLocalImportJob *self, VliveTxn *txn, GError **error)
{
  g_auto (VliveLocalGeneration) generation = { 0 };
  g_auto (VliveLocalTable) table = { 0 };

  _vlive_local_news_clear (&self->news);
  if (!is_building (self, txn, &generation, error)
      || !_vlive_local_table_open_or_make (&table, self->job.file, txn,
                                           self->target->table, error)
      || !check_table (self, &table, &generation, error))
    return FALSE;

  if (self->target->own_space)
    {
      if (!_vlive_local_table_empty (&table, self->target->generation,
                                     self->target->space, error))
        return FALSE;
      table.record.max_id = 0;
    }
  _vlive_local_orders_drop_all (&table);
  if (!add_rows (self, &table, error) || !set_schema (self, &table, error))
    return FALSE;
  generation.table = table.record.id;
  generation.state = VLIVE_LOCAL_VISIBLE;
  generation.version = table.record.sequence + 1;
  _vlive_local_generation_put (txn, self->target->generation, &generation);
  _vlive_local_log_add (&table, VLIVE_CHANGE_CHANGED, 0, NULL, NULL);

  return _vlive_local_table_save (&table, error)
         && _vlive_local_news_fill (&self->news, &table, error);
}

/* Ids that were set aside can be given again, if none was given since. */
static void
give_ids_back (VliveLocalImportJob *self, VliveTxn *txn)
{
  VliveLocalTarget *target = self->target;
  g_auto (VliveLocalTable) table = { 0 };

  if (!target->make_ids || target->own_space
      || !_vlive_local_table_open (&table, self->job.file, txn, target->table, NULL)
      || table.record.max_id != target->first_id - 1 + (gint64) target->n_rows)
    return;
  table.record.max_id = target->first_id - 1;
  _vlive_local_table_save (&table, NULL);
}

static gboolean
abandon (VliveLocalImportJob *self, VliveTxn *txn, GError **error)
{
  g_auto (VliveLocalGeneration) generation = { 0 };

  if (!is_building (self, txn, &generation, NULL))
    return TRUE;
  _vlive_local_doom_generation (txn, self->target->generation);
  if (self->target->own_space)
    _vlive_local_doom (txn, 's', self->target->space);
  give_ids_back (self, txn);

  return TRUE;
}

static gboolean
import_run (VliveLocalJob *job, VliveTxn *txn, GError **error)
{
  VliveLocalImportJob *self = (VliveLocalImportJob *) job;

  switch (self->step)
    {
    case VLIVE_LOCAL_IMPORT_BEGIN:
      return begin (self, txn, error);
    case VLIVE_LOCAL_IMPORT_BATCH:
      return write_batch (self, txn, error);
    case VLIVE_LOCAL_IMPORT_FINISH:
      return finish (self, txn, error);
    case VLIVE_LOCAL_IMPORT_ABANDON:
    default:
      return abandon (self, txn, error);
    }
}

static void
import_free (VliveLocalJob *job)
{
  VliveLocalImportJob *self = (VliveLocalImportJob *) job;

  _vlive_local_news_clear (&self->news);
  g_clear_pointer (&self->batch, _vlive_local_batch_free);
  g_clear_pointer (&self->samples, g_ptr_array_unref);
  g_free (self);
}

VliveLocalImportJob *
_vlive_local_import_job_new (VliveLocalImportStep step, VliveLocalTarget *target)
{
  VliveLocalImportJob *self = g_new0 (VliveLocalImportJob, 1);

  self->job.run = import_run;
  self->job.free = import_free;
  self->step = step;
  self->target = target;

  return self;
}
