/* vlive-local-read.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "base/vlive-error.h"
#include "base/vlive-log-private.h"
#include "base/vlive-meter-private.h"
#include "master/vlive-local-jobs-private.h"
#include "record/vlive-page-private.h"

/* Records share the bytes of their neighbours, up to this many. */
#define CHUNK_SIZE (128 * 1024)
#define MAX_LOG_BYTES (256 * 1024)

void
_vlive_local_news_clear (VliveLocalNews *self)
{
  g_clear_pointer (&self->uuid, g_free);
  g_clear_pointer (&self->schema, vlive_schema_unref);
}

gboolean
_vlive_local_news_fill (VliveLocalNews *self, VliveLocalTable *table, GError **error)
{
  VliveSchema *schema;
  g_autoptr (GError) local = NULL;

  _vlive_local_news_clear (self);
  self->uuid = _vlive_local_dup_uuid (table->txn);
  self->sequence = table->record.sequence;
  if (self->schema_version == table->record.schema_version)
    return TRUE;

  schema = _vlive_local_table_get_schema (table, &local);
  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  self->schema_version = table->record.schema_version;
  self->schema = schema != NULL ? vlive_schema_ref (schema) : NULL;

  return TRUE;
}

/* Rows become records. */
typedef struct
{
  VliveLocalTable *table;
  VliveRecord record; /* borrowed; keeps the last layout */
  GPtrArray *records; /* not owned; VliveRecord */
  GByteArray *chunk;  /* owned */
  GArray *blocks;     /* owned; Block: those in @chunk */
  gboolean damaged;
} Collector;

typedef struct
{
  guint offset;
  VliveLayout *layout; /* the file keeps it */
} Block;

static void
collector_init (Collector *self, VliveLocalTable *table, GPtrArray *records)
{
  memset (self, 0, sizeof *self);
  self->table = table;
  self->records = records;
  self->chunk = g_byte_array_new ();
  self->blocks = g_array_new (FALSE, FALSE, sizeof (Block));
}

static void
collector_clear (Collector *self)
{
  g_clear_pointer (&self->chunk, g_byte_array_unref);
  g_clear_pointer (&self->blocks, g_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Collector, collector_clear)

static void
collector_flush (Collector *self)
{
  g_autoptr (GBytes) bytes = g_bytes_new (self->chunk->data, self->chunk->len);

  for (guint i = 0; i < self->blocks->len; i++)
    {
      Block *block = &g_array_index (self->blocks, Block, i);

      g_ptr_array_add (self->records,
                       _vlive_record_new_trusted (bytes, block->offset, block->layout));
    }
  g_byte_array_set_size (self->chunk, 0);
  g_array_set_size (self->blocks, 0);
}

/* Blocks are multiples of eight bytes. */
static void
collect_borrowed (Collector *self)
{
  Block block = { .offset = self->chunk->len, .layout = self->record.layout };

  g_byte_array_append (self->chunk, self->record.block,
                       _vlive_load_u32 (self->record.block));
  g_array_append_val (self->blocks, block);
  if (self->chunk->len >= CHUNK_SIZE)
    collector_flush (self);
}

static gboolean
collect_row (guint64 row, VliveSpan value, gpointer data)
{
  Collector *self = data;
  gboolean ok;

  if (value.data != NULL)
    ok = _vlive_local_row_borrow (self->table, value, &self->record);
  else
    ok = _vlive_local_row_get (self->table, row, &self->record);
  if (ok)
    collect_borrowed (self);
  else
    self->damaged = TRUE;

  return ok;
}

/* Where the rows of a query come from: one of the two. */
typedef struct
{
  VliveLocalIndex *index; /* owned, unless it is the natural order */
  VliveLocalIndex *owned;
  VliveLocalBuild *build; /* owned */
} Source;

static void
source_clear (Source *self)
{
  g_clear_pointer (&self->owned, _vlive_local_index_free);
  g_clear_pointer (&self->build, _vlive_local_build_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Source, source_clear)

static guint64
source_get_n_rows (const Source *self)
{
  return self->build != NULL ? _vlive_local_build_get_n_rows (self->build)
                             : _vlive_local_index_get_n_rows (self->index);
}

/* An order that was made by this process and has not reached the file. */
static VliveLocalBuild *
find_build (VliveLocalReadJob *self, VliveLocalTable *table, VliveQuery *query)
{
  g_autoptr (VliveLocalBuild) build = NULL;
  guint8 hash[32];

  _vlive_local_query_hash (query, hash);
  build = _vlive_local_file_find_build (self->job.file, table->record.id, hash);

  return build != NULL ? _vlive_local_build_replay (build, table) : NULL;
}

/* Makes the order from what the transaction sees. */
static gboolean
make_source (VliveLocalReadJob *self,
             VliveLocalTable *table,
             VliveQuery *query,
             Source *source,
             GError **error)
{
  source->build = _vlive_local_build_new (table, query, self->job.cancellable, error);
  if (source->build == NULL)
    return FALSE;
  if (_vlive_local_build_is_large (source->build) && self->build == NULL)
    {
      self->build = _vlive_local_build_ref (source->build);
      _vlive_local_file_add_build (self->job.file, self->build);
    }

  return TRUE;
}

/* FALSE with an error; FALSE without one if nothing is at hand and @make is
 * FALSE. */
static gboolean
find_source (VliveLocalReadJob *self,
             VliveLocalTable *table,
             VliveQuery *query,
             gboolean make,
             Source *source,
             GError **error)
{
  if (_vlive_local_query_is_natural (query))
    {
      source->index = _vlive_local_table_get_natural (table, error);
      return source->index != NULL;
    }

  source->index = source->owned =
      _vlive_local_orders_find (table, query, &self->tell, &self->mend);
  if (source->index != NULL)
    return TRUE;
  source->build = find_build (self, table, query);
  if (source->build != NULL)
    return TRUE;

  return make && make_source (self, table, query, source, error);
}

static gboolean
collect_window (VliveLocalReadJob *self, const Source *source, Collector *collector)
{
  const guint64 *rows;
  guint64 n;

  if (source->build == NULL)
    return _vlive_local_index_foreach (source->index, self->offset, self->limit,
                                       collect_row, collector)
           && !collector->damaged;

  rows = _vlive_local_build_get_rows (source->build);
  n = _vlive_local_build_get_n_rows (source->build);
  if (self->limit != 0 && self->offset < n)
    n = MIN (n, self->offset + self->limit);
  for (guint64 i = self->offset; i < n && !collector->damaged; i++)
    collect_row (rows[i], VLIVE_SPAN (NULL, 0), collector);

  return !collector->damaged;
}

static void
finish_page (VliveLocalReadJob *self, VliveLocalTable *table)
{
  g_autofree char *validator =
      g_strdup_printf ("seq:%" G_GUINT64_FORMAT, table->record.sequence);

  _vlive_page_set_validator (self->page, validator);
  self->page->sequence = table->record.sequence;
  self->page->fetched_at = _vlive_clock_get_real_us (self->clock);
}

static gboolean
is_same_sequence (VliveLocalReadJob *self, VliveLocalTable *table)
{
  guint64 sequence;

  return self->validator != NULL && g_str_has_prefix (self->validator, "seq:")
         && g_ascii_string_to_unsigned (self->validator + 4, 10, 0, G_MAXUINT64,
                                        &sequence, NULL)
         && sequence == table->record.sequence;
}

/* The total is told where that costs nothing: it is in the order, or the table
 * is small. */
static gboolean
answer_not_modified (VliveLocalReadJob *self, VliveLocalTable *table, GError **error)
{
  gboolean small = table->record.n_rows <= _vlive_local_order_threshold;
  g_auto (Source) source = { 0 };
  g_autoptr (GError) local = NULL;

  if (find_source (self, table, self->query, small, &source, &local))
    self->page =
        vlive_page_new_not_modified (VLIVE_TOTAL_EXACT, source_get_n_rows (&source));
  else if (local == NULL)
    self->page = vlive_page_new_not_modified (VLIVE_TOTAL_UNKNOWN, 0);
  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  finish_page (self, table);

  return TRUE;
}

/* The rows of the window; FALSE with an error. A kept order that is damaged is
 * made anew. */
static gboolean
collect (VliveLocalReadJob *self,
         VliveLocalTable *table,
         Source *source,
         GPtrArray *records,
         GError **error)
{
  g_auto (Collector) collector = { 0 };

  collector_init (&collector, table, records);
  if (!collect_window (self, source, &collector))
    {
      if (source->owned == NULL)
        {
          _vlive_local_table_set_damaged (table, "one of its rows", error);
          return FALSE;
        }
      _vlive_warn_once (_vlive_local_file_get_path (self->job.file), "order",
                        "An order of the table %s in %s is damaged: it is made anew",
                        table->name, _vlive_local_file_get_shown (self->job.file));
      source_clear (source);
      source->index = NULL;
      self->mend = TRUE;
      g_ptr_array_set_size (records, 0);
      return make_source (self, table, self->query, source, error)
             && collect (self, table, source, records, error);
    }
  collector_flush (&collector);

  return TRUE;
}

static gboolean
read_window (VliveLocalReadJob *self, VliveLocalTable *table, GError **error)
{
  g_autoptr (GPtrArray) records = NULL;
  g_auto (Source) source = { 0 };

  if (is_same_sequence (self, table))
    return answer_not_modified (self, table, error);
  if (!find_source (self, table, self->query, TRUE, &source, error))
    return FALSE;

  records = g_ptr_array_new_with_free_func ((GDestroyNotify) vlive_record_unref);
  if (!collect (self, table, &source, records, error))
    return FALSE;
  self->page =
      vlive_page_new (self->offset, self->limit, (VliveRecord *const *) records->pdata,
                      records->len, VLIVE_TOTAL_EXACT, source_get_n_rows (&source));
  finish_page (self, table);

  return TRUE;
}

static gboolean
read_records (VliveLocalReadJob *self, VliveLocalTable *table, GError **error)
{
  self->records = g_ptr_array_new_with_free_func ((GDestroyNotify) vlive_record_unref);
  for (guint i = 0; self->ids[i] != NULL; i++)
    {
      VliveRecord *record;
      guint64 row;

      if (_vlive_local_row_find (table, self->ids[i], &row) != VLIVE_LOCAL_ID_TAKEN)
        continue;
      record = _vlive_local_row_dup (table, row, NULL);
      if (record == NULL)
        {
          _vlive_local_table_set_damaged (table, "one of its rows", error);
          return FALSE;
        }
      g_ptr_array_add (self->records, record);
    }

  return TRUE;
}

/* The same conditions, in no order: any order of them would count. */
static VliveQuery *
without_sort (VliveQuery *query)
{
  VliveQuery *plain = vlive_query_new ();

  for (guint i = 0; i < vlive_query_get_n_conditions (query); i++)
    {
      VliveQuery *next =
          vlive_query_with_condition (plain,
                                      vlive_query_get_condition_column (query, i),
                                      vlive_query_get_condition_operator (query, i),
                                      vlive_query_get_condition_value (query, i), NULL);

      if (next == NULL)
        {
          vlive_query_unref (plain);
          return vlive_query_ref (query);
        }
      vlive_query_unref (plain);
      plain = next;
    }
  if (vlive_query_get_search (query) != NULL)
    {
      VliveQuery *next =
          vlive_query_with_search (plain, vlive_query_get_search (query));

      vlive_query_unref (plain);
      plain = next;
    }

  return plain;
}

static gboolean
read_count (VliveLocalReadJob *self, VliveLocalTable *table, GError **error)
{
  g_autoptr (VliveQuery) plain = without_sort (self->query);
  g_auto (Source) source = { 0 };
  g_autoptr (GError) local = NULL;

  if (_vlive_local_query_is_natural (plain))
    {
      self->total = table->record.n_rows;
      return TRUE;
    }
  if (!find_source (self, table, self->query, FALSE, &source, &local))
    {
      if (local != NULL || !find_source (self, table, plain, TRUE, &source, &local))
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return FALSE;
        }
    }
  self->total = source_get_n_rows (&source);

  return TRUE;
}

static VliveChangeEvent *
make_event (VliveLocalReadJob *self, VliveTxn *txn, const VliveLocalLogEntry *entry)
{
  g_autoptr (VliveRecord) record = NULL;
  g_autofree char *id = NULL;

  if (entry->block.data != NULL)
    {
      g_autoptr (GBytes) bytes = g_bytes_new (entry->block.data, entry->block.size);
      VliveLayout *layout = _vlive_local_file_get_layout (self->job.file, txn,
                                                          _vlive_block_get_layout_hash (
                                                              entry->block.data));

      if (layout == NULL)
        return NULL;
      record = _vlive_record_new_trusted (bytes, 0, layout);
      id = g_strdup (vlive_record_get_id (record));
    }
  else if (entry->kind != VLIVE_CHANGE_CHANGED)
    id = g_strndup (entry->id, entry->id_len);

  return vlive_change_event_new (entry->kind, id, record, entry->version);
}

/* The first @limit of them, and no more than MAX_LOG_BYTES of records. FALSE if
 * one is missing. */
static gboolean
read_events (VliveLocalReadJob *self, VliveLocalTable *table)
{
  gsize n_bytes = 0;

  if (self->since > table->record.sequence)
    return FALSE;
  for (guint64 i = self->since + 1; i <= table->record.sequence; i++)
    {
      VliveLocalLogEntry entry;
      VliveChangeEvent *event = NULL;

      if (self->limit != 0
          && (self->events->len >= self->limit || n_bytes >= MAX_LOG_BYTES))
        break;
      if (_vlive_local_log_get (table, i, &entry))
        event = make_event (self, table->txn, &entry);
      if (event == NULL)
        return FALSE;
      g_ptr_array_add (self->events, event);
      n_bytes += entry.block.size;
    }

  return TRUE;
}

static gboolean
read_log (VliveLocalReadJob *self, VliveLocalTable *table, GError **error)
{
  self->events =
      g_ptr_array_new_with_free_func ((GDestroyNotify) vlive_change_event_unref);
  /* A stream reads now and then if nothing happens, too: who else would see? */
  if (!_vlive_txn_is_in_place (table->txn))
    {
      self->job.moved = TRUE;
      _vlive_local_file_set_missing (self->job.file, NULL, error);
      return FALSE;
    }
  if (self->since == VLIVE_LOCAL_FROM_NOW)
    return TRUE;
  if (!read_events (self, table))
    {
      self->lost = TRUE;
      g_ptr_array_set_size (self->events, 0);
      g_ptr_array_add (self->events,
                       vlive_change_event_new (VLIVE_CHANGE_CHANGED, NULL, NULL,
                                               table->record.sequence));
    }

  return TRUE;
}

/* What an earlier run has left. */
static void
forget_results (VliveLocalReadJob *self)
{
  if (self->build != NULL)
    _vlive_local_file_drop_build (self->job.file, self->build);
  g_clear_pointer (&self->build, _vlive_local_build_unref);
  g_clear_pointer (&self->page, vlive_page_unref);
  g_clear_pointer (&self->records, g_ptr_array_unref);
  g_clear_pointer (&self->events, g_ptr_array_unref);
  self->tell = FALSE;
  self->mend = FALSE;
  self->lost = FALSE;
}

static gboolean
read_table (VliveLocalReadJob *self, VliveLocalTable *table, GError **error)
{
  switch (self->kind)
    {
    case VLIVE_LOCAL_WINDOW:
      return read_window (self, table, error);
    case VLIVE_LOCAL_RECORDS:
      return read_records (self, table, error);
    case VLIVE_LOCAL_COUNT:
      return read_count (self, table, error);
    case VLIVE_LOCAL_LOG_SINCE:
      return read_log (self, table, error);
    case VLIVE_LOCAL_DESCRIBE:
    default:
      return TRUE;
    }
}

static gboolean
read_run (VliveLocalJob *job, VliveTxn *txn, GError **error)
{
  VliveLocalReadJob *self = (VliveLocalReadJob *) job;
  g_auto (VliveLocalTable) table = { 0 };

  forget_results (self);
  self->job.moved = FALSE;
  _vlive_local_news_clear (&self->news);
  if (!_vlive_local_table_open (&table, job->file, txn, self->table, error))
    {
      self->news.uuid = _vlive_local_dup_uuid (txn);
      return FALSE;
    }
  _vlive_local_file_note (job->file, txn, self->table, table.record.sequence);

  return _vlive_local_news_fill (&self->news, &table, error)
         && read_table (self, &table, error);
}

static void
read_free (VliveLocalJob *job)
{
  VliveLocalReadJob *self = (VliveLocalReadJob *) job;

  _vlive_local_news_clear (&self->news);
  g_clear_pointer (&self->build, _vlive_local_build_unref);
  g_clear_pointer (&self->page, vlive_page_unref);
  g_clear_pointer (&self->records, g_ptr_array_unref);
  g_clear_pointer (&self->events, g_ptr_array_unref);
  g_clear_pointer (&self->query, vlive_query_unref);
  g_clear_object (&self->clock);
  g_strfreev (self->ids);
  g_free (self->validator);
  g_free (self->table);
  g_free (self);
}

VliveLocalReadJob *
_vlive_local_read_job_new (VliveLocalReadKind kind, const char *table)
{
  VliveLocalReadJob *self = g_new0 (VliveLocalReadJob, 1);

  self->job.run = read_run;
  self->job.free = read_free;
  self->kind = kind;
  self->table = g_strdup (table);

  return self;
}

/* Keeps an order, or the news of when some were used. */
typedef struct
{
  VliveLocalJob job;
  char *table;            /* owned */
  VliveLocalBuild *build; /* owned, nullable */
  gboolean replace;
} KeepJob;

static gboolean
keep_run (VliveLocalJob *job, VliveTxn *txn, GError **error)
{
  KeepJob *self = (KeepJob *) job;
  g_auto (VliveLocalTable) table = { 0 };

  if (!_vlive_local_table_open (&table, job->file, txn, self->table, error))
    return FALSE;
  if (self->build == NULL)
    {
      _vlive_local_orders_tell (&table);
      return TRUE;
    }

  return !_vlive_local_orders_put (&table, self->build, self->replace)
         || _vlive_local_table_save (&table, error);
}

/* The reader has answered without it: a failure costs time only. */
static void
keep_done (VliveLocalJob *job, const GError *error)
{
  KeepJob *self = (KeepJob *) job;

  if (self->build != NULL)
    _vlive_local_file_drop_build (job->file, self->build);
  if (error != NULL)
    _vlive_warn_once (_vlive_local_file_get_path (job->file), "keep",
                      "An order of the table %s cannot be kept in %s: %s", self->table,
                      _vlive_local_file_get_shown (job->file), error->message);
  else
    _vlive_local_sweep (job->file, TRUE);
}

static void
keep_free (VliveLocalJob *job)
{
  KeepJob *self = (KeepJob *) job;

  g_clear_pointer (&self->build, _vlive_local_build_unref);
  g_free (self->table);
  g_free (self);
}

void
_vlive_local_keep_order (VliveLocalFile *file,
                         const char *table,
                         VliveLocalBuild *build,
                         gboolean replace)
{
  KeepJob *self = g_new0 (KeepJob, 1);

  self->job.run = keep_run;
  self->job.done = keep_done;
  self->job.free = keep_free;
  self->table = g_strdup (table);
  self->build = build != NULL ? _vlive_local_build_ref (build) : NULL;
  self->replace = replace;
  _vlive_local_file_run (file, &self->job, VLIVE_LOCAL_WRITE, NULL);
}
