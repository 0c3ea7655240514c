/* vlive-local-apply.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "base/vlive-error.h"
#include "master/vlive-local-jobs-private.h"

/* Applied writes: their UUIDs and replies. */
#define WRITE_HEADER 32

static void
write_key (VliveLocalKey *key, guint32 table, const char *uuid)
{
  key->size = 0;
  _vlive_local_key_u8 (key, 'u');
  _vlive_local_key_u32 (key, table);
  _vlive_local_key_bytes (key, uuid, MIN (strlen (uuid), 256));
}

static void
number_key (VliveLocalKey *key, guint64 number)
{
  key->size = 0;
  _vlive_local_key_u8 (key, 'n');
  _vlive_local_key_u64 (key, number);
}

/* A remembered write. Spans live as long as the transaction's next change. */
typedef struct
{
  guint32 table;
  guint64 version;
  VliveSpan uuid;
  VliveSpan id;
  VliveSpan block;
} Remembered;

static gboolean
load_write (VliveTxn *txn, guint64 number, Remembered *write)
{
  VliveLocalKey key;
  VliveSpan span;
  guint32 uuid_len;
  guint32 id_len;
  guint32 block_len;

  number_key (&key, number);
  if (!_vlive_txn_get_sealed (txn, VLIVE_LOCAL_WRITES, VLIVE_LOCAL_SPAN (&key), &span)
      || span.size < WRITE_HEADER)
    return FALSE;
  write->table = _vlive_local_get_u32 (span.data);
  write->version = _vlive_local_get_u64 (span.data + 8);
  uuid_len = _vlive_local_get_u32 (span.data + 16);
  id_len = _vlive_local_get_u32 (span.data + 20);
  block_len = _vlive_local_get_u32 (span.data + 24);
  if ((guint64) WRITE_HEADER + uuid_len + id_len + block_len != span.size)
    return FALSE;

  write->uuid = VLIVE_SPAN (span.data + WRITE_HEADER, uuid_len);
  write->id = VLIVE_SPAN (write->uuid.data + uuid_len, id_len);
  write->block = VLIVE_SPAN (write->id.data + id_len, block_len);

  return TRUE;
}

static void
forget_oldest_write (VliveLocalTable *table)
{
  VliveLocalCounters *counters = _vlive_local_table_count (table);
  VliveLocalKey key;
  Remembered write;

  if (load_write (table->txn, counters->oldest_write, &write))
    {
      g_autofree char *uuid =
          g_strndup ((const char *) write.uuid.data, write.uuid.size);

      write_key (&key, write.table, uuid);
      _vlive_txn_delete (table->txn, VLIVE_LOCAL_WRITES, VLIVE_LOCAL_SPAN (&key));
    }
  number_key (&key, counters->oldest_write);
  _vlive_txn_delete (table->txn, VLIVE_LOCAL_WRITES, VLIVE_LOCAL_SPAN (&key));
  counters->oldest_write++;
}

static void
remember_write (VliveLocalApplyJob *self, VliveLocalTable *table)
{
  VliveLocalCounters *counters = _vlive_local_table_count (table);
  gsize uuid_len = MIN (strlen (self->uuid), 256);
  gsize id_len = self->reply_id != NULL ? strlen (self->reply_id) : 0;
  guint64 number = counters->write++;
  guint64 value = GUINT64_TO_LE (number);
  g_autofree guint8 *data = NULL;
  const guint8 *block = NULL;
  gsize block_len = 0;
  VliveLocalKey key;
  gsize size;

  if (self->record != NULL)
    block = _vlive_record_get_block (self->record, &block_len);
  if (block_len > VLIVE_LOCAL_MAX_REPLY)
    block_len = 0;
  size = WRITE_HEADER + uuid_len + id_len + block_len;
  data = g_malloc0 (size);
  _vlive_local_set_u32 (data, table->record.id);
  _vlive_local_set_u32 (data + 4, self->op);
  _vlive_local_set_u64 (data + 8, self->version);
  _vlive_local_set_u32 (data + 16, (guint32) uuid_len);
  _vlive_local_set_u32 (data + 20, (guint32) id_len);
  _vlive_local_set_u32 (data + 24, (guint32) block_len);
  memcpy (data + WRITE_HEADER, self->uuid, uuid_len);
  if (id_len > 0)
    memcpy (data + WRITE_HEADER + uuid_len, self->reply_id, id_len);
  if (block_len > 0)
    memcpy (data + WRITE_HEADER + uuid_len + id_len, block, block_len);

  number_key (&key, number);
  _vlive_txn_put_sealed (table->txn, VLIVE_LOCAL_WRITES, VLIVE_LOCAL_SPAN (&key),
                         VLIVE_SPAN (data, size));
  write_key (&key, table->record.id, self->uuid);
  _vlive_txn_put (table->txn, VLIVE_LOCAL_WRITES, VLIVE_LOCAL_SPAN (&key),
                  VLIVE_SPAN (&value, sizeof value));
  /* Two at a time, should there be more than are allowed now. */
  for (guint i = 0; i < 2; i++)
    if (counters->write - counters->oldest_write > _vlive_local_max_writes)
      forget_oldest_write (table);
}

/* The reply of a write that has been applied before. */
static void
repeat_reply (VliveLocalApplyJob *self, VliveLocalTable *table, const Remembered *write)
{
  guint64 version;
  guint64 row;

  self->version = write->version;
  if (write->id.size > 0)
    self->reply_id = g_strndup ((const char *) write->id.data, write->id.size);
  if (write->block.size > 0)
    {
      g_autoptr (GBytes) bytes = g_bytes_new (write->block.data, write->block.size);
      VliveLayout *layout = _vlive_local_file_get_layout (table->file, table->txn,
                                                          _vlive_block_get_layout_hash (
                                                              write->block.data));

      if (layout != NULL)
        self->record = _vlive_record_new_trusted (bytes, 0, layout);
    }
  else if (self->reply_id != NULL && self->op != VLIVE_WRITE_DELETE
           && _vlive_local_row_find (table, self->reply_id, &row)
                  == VLIVE_LOCAL_ID_TAKEN)
    {
      /* It was too large to be kept: as it is, if that is as it was. */
      self->record = _vlive_local_row_dup (table, row, &version);
      if (self->record != NULL && version != write->version)
        g_clear_pointer (&self->record, vlive_record_unref);
    }
}

static gboolean
was_applied (VliveLocalApplyJob *self, VliveLocalTable *table)
{
  VliveLocalKey key;
  VliveSpan span;
  Remembered write;

  write_key (&key, table->record.id, self->uuid);
  if (!_vlive_txn_get (table->txn, VLIVE_LOCAL_WRITES, VLIVE_LOCAL_SPAN (&key), &span)
      || span.size != sizeof (guint64)
      || !load_write (table->txn, _vlive_local_get_u64 (span.data), &write))
    return FALSE;
  repeat_reply (self, table, &write);

  return TRUE;
}

static void G_GNUC_PRINTF (3, 4)
    refuse (VliveLocalApplyJob *self, VliveError code, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  self->refusal = g_error_new_valist (VLIVE_ERROR, code, format, args);
  va_end (args);
}

/* The id that the write or its field "id" gives, or a new one. */
static char *
choose_id (VliveLocalApplyJob *self, VliveLocalTable *table)
{
  VliveValue value;
  char buffer[32];
  const char *said = NULL;

  if (self->id != NULL)
    return g_strdup (self->id);
  if (_vlive_record_peek_name (self->fields, "id", &value)
      && value.type != VLIVE_VALUE_NULL && value.type != VLIVE_VALUE_MISSING)
    {
      said = _vlive_value_to_id (&value, buffer);
      if (said != NULL)
        return g_strdup (said);
      refuse (self, VLIVE_ERROR_INVALID,
              "The field “id” holds nothing that can be an id");
      return NULL;
    }

  return _vlive_local_make_id (table, &self->refusal);
}

/* FALSE: refused, or failed with an error. */
static gboolean
insert (VliveLocalApplyJob *self, VliveLocalTable *table, GError **error)
{
  g_autofree char *id = choose_id (self, table);
  guint64 row;

  if (id == NULL || !_vlive_local_id_check (id, &self->refusal))
    return FALSE;
  if (_vlive_local_row_find (table, id, &row) == VLIVE_LOCAL_ID_TAKEN)
    {
      refuse (self, VLIVE_ERROR_CONFLICT,
              "The table %s has a record with the id %s already", table->name, id);
      return FALSE;
    }

  self->record = _vlive_local_record_with_id (self->fields, id,
                                              _vlive_local_table_get_id_type (table));
  if (!_vlive_local_table_widen (table, self->record, error)
      || !_vlive_local_row_add (table, self->record, &row, error))
    return FALSE;
  _vlive_local_orders_follow (table, row, NULL, self->record);
  _vlive_local_log_add (table, VLIVE_CHANGE_INSERTED, row, id, self->record);

  return TRUE;
}

/* The row that a write is for; FALSE: refused. */
static gboolean
find_row (VliveLocalApplyJob *self, VliveLocalTable *table, guint64 *row)
{
  if (_vlive_local_row_find (table, self->id, row) == VLIVE_LOCAL_ID_TAKEN)
    return TRUE;
  refuse (self, VLIVE_ERROR_NOT_FOUND, "The table %s has no record with the id %s",
          table->name, self->id);

  return FALSE;
}

static gboolean
names_another_id (VliveLocalApplyJob *self)
{
  VliveValue value;
  char buffer[32];
  const char *said;

  if (!_vlive_record_peek_name (self->fields, "id", &value)
      || value.type == VLIVE_VALUE_MISSING)
    return FALSE;
  said = _vlive_value_to_id (&value, buffer);

  return said == NULL || strcmp (said, self->id) != 0;
}

/* Its id keeps the type that it has. */
static VliveRecord *
patched (VliveLocalApplyJob *self, VliveLocalTable *table, VliveRecord *before)
{
  g_autoptr (VliveRecord) after = NULL;

  if (self->op == VLIVE_WRITE_REPLACE)
    after = vlive_record_ref (self->fields);
  else
    after = vlive_record_patch (before, self->fields);

  return _vlive_local_record_with_id (after, self->id,
                                      _vlive_local_table_get_id_type (table));
}

static gboolean
change (VliveLocalApplyJob *self, VliveLocalTable *table, GError **error)
{
  g_autoptr (VliveRecord) before = NULL;
  g_autoptr (GError) local = NULL;
  guint64 row;

  if (!find_row (self, table, &row))
    return FALSE;
  if (names_another_id (self))
    {
      refuse (self, VLIVE_ERROR_REJECTED,
              "The id of a record cannot be changed (%s): insert a new one", self->id);
      return FALSE;
    }
  before = _vlive_local_row_dup (table, row, NULL);
  if (before == NULL)
    {
      _vlive_local_table_set_damaged (table, "one of its rows", error);
      return FALSE;
    }

  self->record = patched (self, table, before);
  if (!_vlive_local_table_widen (table, self->record, error))
    return FALSE;
  _vlive_local_orders_follow (table, row, before, self->record);
  _vlive_local_row_put (table, row, self->record, table->record.sequence + 1, &local);
  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  _vlive_local_log_add (table, VLIVE_CHANGE_UPDATED, row, self->id, self->record);

  return TRUE;
}

static gboolean delete (VliveLocalApplyJob *self,
                        VliveLocalTable *table,
                        GError **error)
{
  g_autoptr (VliveRecord) before = NULL;
  guint64 row;

  if (!find_row (self, table, &row))
    return FALSE;
  before = _vlive_local_row_dup (table, row, NULL);
  if (before == NULL)
    _vlive_local_orders_drop_all (table);
  else
    _vlive_local_orders_follow (table, row, before, NULL);
  if (!_vlive_local_row_remove (table, row, self->id, error))
    return FALSE;
  _vlive_local_log_add (table, VLIVE_CHANGE_DELETED, row, self->id, NULL);

  return TRUE;
}

static gboolean
delete_all (VliveLocalTable *table, GError **error)
{
  if (!_vlive_local_table_empty (table, 0, table->record.space, error))
    return FALSE;
  _vlive_local_log_add (table, VLIVE_CHANGE_CHANGED, 0, NULL, NULL);

  return TRUE;
}

static gboolean
apply_op (VliveLocalApplyJob *self, VliveLocalTable *table, GError **error)
{
  switch (self->op)
    {
    case VLIVE_WRITE_INSERT:
      return insert (self, table, error);
    case VLIVE_WRITE_REPLACE:
    case VLIVE_WRITE_PATCH:
      return change (self, table, error);
    case VLIVE_WRITE_DELETE:
      return delete (self, table, error);
    case VLIVE_WRITE_DELETE_ALL:
    default:
      return delete_all (table, error);
    }
}

static void
forget_results (VliveLocalApplyJob *self)
{
  _vlive_local_news_clear (&self->news);
  g_clear_error (&self->refusal);
  g_clear_pointer (&self->reply_id, g_free);
  g_clear_pointer (&self->record, vlive_record_unref);
  self->version = 0;
}

/* A refusal is found before anything is written, and leaves the transaction to
 * its neighbours. */
static gboolean
apply_run (VliveLocalJob *job, VliveTxn *txn, GError **error)
{
  VliveLocalApplyJob *self = (VliveLocalApplyJob *) job;
  g_auto (VliveLocalTable) table = { 0 };
  gboolean ok;

  forget_results (self);
  if (self->op == VLIVE_WRITE_INSERT)
    ok = _vlive_local_table_open_or_make (&table, job->file, txn, self->table, error);
  else
    ok = _vlive_local_table_open (&table, job->file, txn, self->table, error);
  if (!ok)
    return FALSE;

  if (!table.created && was_applied (self, &table))
    return _vlive_local_news_fill (&self->news, &table, error);
  if (!apply_op (self, &table, error))
    {
      g_clear_pointer (&self->record, vlive_record_unref);
      if (self->refusal != NULL && table.created)
        g_propagate_error (error, g_steal_pointer (&self->refusal));
      return self->refusal != NULL;
    }

  self->version = table.record.sequence;
  if (self->record != NULL)
    self->reply_id = g_strdup (vlive_record_get_id (self->record));
  else
    self->reply_id = g_strdup (self->id);
  remember_write (self, &table);

  return _vlive_local_table_save (&table, error)
         && _vlive_local_news_fill (&self->news, &table, error);
}

static void
apply_free (VliveLocalJob *job)
{
  VliveLocalApplyJob *self = (VliveLocalApplyJob *) job;

  forget_results (self);
  g_clear_pointer (&self->fields, vlive_record_unref);
  g_free (self->id);
  g_free (self->uuid);
  g_free (self->table);
  g_free (self);
}

VliveLocalApplyJob *
_vlive_local_apply_job_new (const char *table, VliveWrite *write)
{
  VliveLocalApplyJob *self = g_new0 (VliveLocalApplyJob, 1);
  VliveRecord *fields = vlive_write_get_fields (write);

  self->job.run = apply_run;
  self->job.free = apply_free;
  self->table = g_strdup (table);
  self->op = vlive_write_get_op (write);
  self->id = g_strdup (vlive_write_get_id (write));
  self->uuid = g_strdup (vlive_write_get_uuid (write));
  self->fields = fields != NULL ? vlive_record_ref (fields) : NULL;

  return self;
}

gboolean
_vlive_local_apply_job_check (VliveLocalApplyJob *self, GError **error)
{
  gboolean needs_id =
      self->op != VLIVE_WRITE_INSERT && self->op != VLIVE_WRITE_DELETE_ALL;
  gboolean needs_fields = self->op == VLIVE_WRITE_INSERT
                          || self->op == VLIVE_WRITE_PATCH
                          || self->op == VLIVE_WRITE_REPLACE;

  if (self->id != NULL && self->op != VLIVE_WRITE_DELETE_ALL
      && !_vlive_local_id_check (self->id, error))
    return FALSE;
  if (needs_id && self->id == NULL)
    {
      g_set_error (error, VLIVE_ERROR, VLIVE_ERROR_INVALID,
                   "The write names no record");
      return FALSE;
    }
  if (needs_fields && self->fields == NULL)
    {
      g_set_error (error, VLIVE_ERROR, VLIVE_ERROR_INVALID, "The write has no fields");
      return FALSE;
    }

  return TRUE;
}
