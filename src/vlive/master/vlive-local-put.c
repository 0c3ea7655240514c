/* vlive-local-put.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "base/vlive-error.h"
#include "master/vlive-local-jobs-private.h"

/* Many records in one transaction: seeds, and small imports. */

/* Ids that are given beside the fields are all integers, or all text. Those of
 * an import are as they stand in it. */
static VliveValueType
choose_id_type (VliveLocalPutJob *self, VliveLocalTable *table)
{
  gint64 integer;

  if (!self->replace && !table->created)
    return _vlive_local_table_get_id_type (table);
  if (self->make_ids || self->schema != NULL)
    return VLIVE_VALUE_MISSING;
  for (guint i = 0; i < self->records->len; i++)
    if (!_vlive_local_id_is_integer (vlive_record_get_id (self->records->pdata[i]),
                                     &integer))
      return VLIVE_VALUE_TEXT;

  return VLIVE_VALUE_MISSING;
}

/* The records as they will be: each with its id, in its field too. */
static GPtrArray *
prepare (VliveLocalPutJob *self, VliveLocalTable *table, GError **error)
{
  g_autoptr (GPtrArray) records =
      g_ptr_array_new_with_free_func ((GDestroyNotify) vlive_record_unref);
  VliveValueType type = choose_id_type (self, table);
  gint64 next = table->record.max_id;

  for (guint i = 0; i < self->records->len; i++)
    {
      VliveRecord *given = self->records->pdata[i];
      g_autofree char *made = NULL;

      if (self->make_ids && next == G_MAXINT64)
        {
          g_set_error (error, VLIVE_ERROR, VLIVE_ERROR_REJECTED,
                       "The table %s has no higher id left", table->name);
          return NULL;
        }
      if (self->make_ids)
        made = g_strdup_printf ("%" G_GINT64_FORMAT, ++next);
      else if (!_vlive_local_id_check (vlive_record_get_id (given), error))
        return NULL;
      g_ptr_array_add (records,
                       _vlive_local_record_with_id (
                           given, made != NULL ? made : vlive_record_get_id (given),
                           type));
    }

  return g_steal_pointer (&records);
}

static void
set_schema (VliveLocalPutJob *self, VliveLocalTable *table, GPtrArray *records)
{
  g_autoptr (VliveSchema) found = NULL;

  if (!self->replace && !table->created)
    return;
  if (self->schema != NULL)
    found = vlive_schema_ref (self->schema);
  else if (records->len > 0)
    found = vlive_schema_discover ((VliveRecord *const *) records->pdata, records->len,
                                   "id");
  if (found != NULL)
    _vlive_local_table_set_schema (table, found);
}

static gboolean
put_record (VliveLocalTable *table, VliveRecord *record, GError **error)
{
  const char *id = vlive_record_get_id (record);
  guint64 row;

  if (_vlive_local_row_find (table, id, &row) == VLIVE_LOCAL_ID_TAKEN)
    {
      g_set_error (error, VLIVE_ERROR, VLIVE_ERROR_CONFLICT,
                   "The id %s would be there twice in the table %s", id, table->name);
      return FALSE;
    }

  return _vlive_local_table_widen (table, record, error)
         && _vlive_local_row_add (table, record, &row, error);
}

static gboolean
put_run (VliveLocalJob *job, VliveTxn *txn, GError **error)
{
  VliveLocalPutJob *self = (VliveLocalPutJob *) job;
  g_auto (VliveLocalTable) table = { 0 };
  g_autoptr (GPtrArray) records = NULL;

  _vlive_local_news_clear (&self->news);
  if (!_vlive_local_table_open_or_make (&table, job->file, txn, self->table, error))
    return FALSE;
  if (!self->replace)
    _vlive_local_orders_drop_all (&table);
  else if (!table.created)
    {
      if (!_vlive_local_table_empty (&table, 0, _vlive_local_table_next_space (&table),
                                     error))
        return FALSE;
      table.record.max_id = 0;
    }

  records = prepare (self, &table, error);
  if (records == NULL)
    return FALSE;
  set_schema (self, &table, records);
  for (guint i = 0; i < records->len; i++)
    if (!put_record (&table, records->pdata[i], error))
      return FALSE;
  _vlive_local_log_add (&table, VLIVE_CHANGE_CHANGED, 0, NULL, NULL);

  return _vlive_local_table_save (&table, error)
         && _vlive_local_news_fill (&self->news, &table, error);
}

static void
put_free (VliveLocalJob *job)
{
  VliveLocalPutJob *self = (VliveLocalPutJob *) job;

  _vlive_local_news_clear (&self->news);
  g_clear_pointer (&self->records, g_ptr_array_unref);
  g_clear_pointer (&self->schema, vlive_schema_unref);
  g_free (self->table);
  g_free (self);
}

VliveLocalPutJob *
_vlive_local_put_job_new (const char *table)
{
  VliveLocalPutJob *self = g_new0 (VliveLocalPutJob, 1);

  self->job.run = put_run;
  self->job.free = put_free;
  self->table = g_strdup (table);
  self->records = g_ptr_array_new_with_free_func ((GDestroyNotify) vlive_record_unref);

  return self;
}
