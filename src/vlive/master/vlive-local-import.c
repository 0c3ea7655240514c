/* vlive-local-import.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <unistd.h>

#include "base/vlive-error.h"
#include "base/vlive-meter-private.h"
#include "base/vlive-worker-private.h"
#include "master/vlive-local-import-private.h"
#include "master/vlive-local-master-private.h"
#include "master/vlive-local-sorter-private.h"

#define PRIORITY 100
#define SCAN_BYTES (8 * 1024 * 1024) /* looked through at a time */
#define DIRECT_ROWS 4096             /* so few rows go into one transaction */
#define DIRECT_BYTES (8 * 1024 * 1024)
#define BATCH_ROWS 16384
#define BATCH_BYTES (4 * 1024 * 1024)
#define MAX_WRITING 2 /* batches with the writer */
#define PROGRESS_AFTER (G_USEC_PER_SEC / 4)

gsize _vlive_local_import_sort_memory = 32 * 1024 * 1024;

typedef enum
{
  PHASE_SCAN,  /* the whole file is looked through */
  PHASE_FIRST, /* its first rows are read: perhaps that is all */
  PHASE_WRITE, /* one transaction of the kind of the phase before or behind */
  PHASE_ROWS,  /* batches of rows, and of their ids as long as they ascend */
  PHASE_IDS,   /* batches of ids, sorted */
} Phase;

/* Hangs on its task. The worker has what is its own while it works, and the
 * owner's thread only looks at it when it does not. */
typedef struct
{
  GTask *task;              /* not owned */
  VliveLocalMaster *master; /* not owned; the task keeps it */
  GFile *file;              /* owned */
  VliveImportFormat format;
  VliveProgressFunc progress; /* nullable */
  gpointer progress_data;
  GDestroyNotify progress_destroy;
  gint64 told_at;
  GMainContext *context; /* owned */
  VliveWorker *worker;   /* owned */
  Phase phase;
  gboolean working;
  gboolean phase_done;
  guint n_writing;
  gboolean begun; /* there is a generation */
  GError *error;  /* owned; the first */
  VliveLocalTarget target;
  guint64 bytes; /* for the progress */
  guint64 rows;

  /* The worker's. */
  VliveImportSource *source; /* owned */
  guint64 total_bytes;
  guint64 scanned_bytes;
  GPtrArray *first; /* owned; VliveRecord: the first rows */
  guint first_at;
  gboolean at_end;          /* of the file */
  VliveLocalKey last_id;    /* the highest that went straight to the file */
  VliveLocalSorter *sorter; /* owned; NULL while ids ascend */
  gboolean sorted;
  guint32 last_row; /* of the last id that came sorted */
  guint64 n_encoded;
  guint64 n_text_ids;
  gint64 max_id;
} Import;

/* A turn of the worker. */
typedef struct
{
  Import *import;
  VliveLocalBatch *batch; /* owned, nullable */
  GError *error;          /* owned, nullable */
  gboolean done;          /* the phase is */
} Turn;

static void advance (Import *self);

static void
import_free (gpointer data)
{
  Import *self = data;

  if (self->progress_destroy != NULL)
    self->progress_destroy (self->progress_data);
  g_clear_pointer (&self->worker, _vlive_worker_free);
  g_clear_pointer (&self->source, _vlive_import_source_free);
  g_clear_pointer (&self->sorter, _vlive_local_sorter_free);
  g_clear_pointer (&self->first, g_ptr_array_unref);
  g_clear_pointer (&self->context, g_main_context_unref);
  g_clear_error (&self->error);
  g_clear_object (&self->file);
  if (self->target.lock >= 0)
    close (self->target.lock);
  g_free (self->target.table);
  g_free (self);
}

static GCancellable *
get_cancellable (Import *self)
{
  return g_task_get_cancellable (self->task);
}

/* It is read twice. And whoever opens a pipe waits for somebody to write. */
static gboolean
may_be_opened (GFileInfo *info)
{
  GFileType type = g_file_info_get_file_type (info);

  return type == G_FILE_TYPE_REGULAR || type == G_FILE_TYPE_DIRECTORY;
}

/* Opens the file, from its start. */
static gboolean
open_source (Import *self, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (GFileInputStream) stream = NULL;
  g_autoptr (GFileInfo) info =
      g_file_query_info (self->file,
                         G_FILE_ATTRIBUTE_STANDARD_SIZE
                         "," G_FILE_ATTRIBUTE_STANDARD_TYPE,
                         G_FILE_QUERY_INFO_NONE, get_cancellable (self), NULL);

  if (info != NULL && !may_be_opened (info))
    {
      g_set_error (error, VLIVE_ERROR, VLIVE_ERROR_UNSUPPORTED,
                   "it is no regular file: save it as one first");
      return FALSE;
    }
  stream = g_file_read (self->file, get_cancellable (self), &local);
  if (stream == NULL)
    {
      if (g_error_matches (local, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        g_propagate_error (error, g_steal_pointer (&local));
      else
        g_set_error (error, VLIVE_ERROR, VLIVE_ERROR_STORAGE, "it cannot be read: %s",
                     local->message);
      return FALSE;
    }
  self->total_bytes = info != NULL ? (guint64) g_file_info_get_size (info) : 0;
  self->source->klass->rewind (self->source, G_INPUT_STREAM (stream));

  return TRUE;
}

static gboolean
scan (Import *self, Turn *turn)
{
  if (self->scanned_bytes == 0 && !open_source (self, &turn->error))
    return FALSE;
  if (!self->source->klass->scan (self->source, SCAN_BYTES, &turn->done,
                                  get_cancellable (self), &turn->error))
    return FALSE;
  self->scanned_bytes = MAX (self->source->klass->bytes (self->source), 1);
  if (turn->done && self->source->n_rows > G_MAXUINT32)
    g_set_error (&turn->error, VLIVE_ERROR, VLIVE_ERROR_TOO_LARGE,
                 "it has more than 4294967295 rows");

  return turn->error == NULL;
}

/* The next row is at hand. FALSE at the end, and on error. */
static gboolean
next_row (Import *self, GError **error)
{
  g_autoptr (GError) local = NULL;

  if (!self->source->klass->next (self->source, get_cancellable (self), &local))
    {
      self->at_end = local == NULL;
      if (local == NULL && self->source->row != self->source->n_rows)
        g_set_error (&local, VLIVE_ERROR, VLIVE_ERROR_INVALID,
                     "it was changed while it was read");
      if (local != NULL)
        g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  if (self->source->has_ids && !_vlive_local_id_check (self->source->id, &local))
    {
      g_set_error (error, VLIVE_ERROR, VLIVE_ERROR_INVALID,
                   "line %" G_GUINT64_FORMAT ": %s", self->source->line,
                   local->message);
      return FALSE;
    }

  return TRUE;
}

static gboolean
read_first (Import *self, Turn *turn)
{
  gsize bytes = 0;

  turn->done = TRUE;
  if (!open_source (self, &turn->error))
    return FALSE;
  self->first = g_ptr_array_new_with_free_func ((GDestroyNotify) vlive_record_unref);
  while (self->first->len < DIRECT_ROWS && bytes < DIRECT_BYTES
         && next_row (self, &turn->error))
    {
      VliveRecord *record =
          self->source->klass->dup (self->source, self->source->has_ids ? NULL : "0");
      gsize size;

      _vlive_record_get_block (record, &size);
      bytes += size;
      g_ptr_array_add (self->first, record);
    }

  /* A row more, or the end? */
  if (turn->error == NULL && self->first->len == self->source->n_rows && !self->at_end)
    next_row (self, &turn->error);

  return turn->error == NULL;
}

/* Straight to the file while they ascend; from then on through the sorter. */
static gboolean
add_id (Import *self,
        VliveLocalBatch *batch,
        const char *id,
        guint32 row,
        GError **error)
{
  VliveLocalKey key = { .size = 0 };
  gint64 integer;
  int order;

  if (_vlive_local_id_is_integer (id, &integer))
    self->max_id = MAX (self->max_id, integer);
  else
    self->n_text_ids++;
  _vlive_local_id_append (&key, id);
  if (self->sorter != NULL)
    return _vlive_local_sorter_add (self->sorter, key.data, key.size, row, error);

  order = memcmp (key.data, self->last_id.data, MIN (key.size, self->last_id.size));
  if (order > 0 || (order == 0 && key.size > self->last_id.size))
    {
      self->last_id = key;
      _vlive_local_batch_add_id (batch, key.data, key.size, row);
      return TRUE;
    }
  else
    {
      g_autofree char *folder = g_path_get_dirname (
          _vlive_local_file_get_path (_vlive_local_master_get_file (self->master)));

      self->sorter = _vlive_local_sorter_new (folder, _vlive_local_import_sort_memory);
    }

  return _vlive_local_sorter_add (self->sorter, key.data, key.size, row, error);
}

static const char *
get_row_id (Import *self, const char *given, char buffer[32])
{
  if (self->source->has_ids)
    return given;
  g_snprintf (buffer, 32, "%" G_GINT64_FORMAT,
              self->target.first_id + (gint64) self->n_encoded);

  return buffer;
}

/* One of the first rows, which are records. */
static gboolean
encode_first (Import *self, VliveLocalBatch *batch, GError **error)
{
  VliveRecord *given = self->first->pdata[self->first_at++];
  g_autoptr (VliveRecord) record = NULL;
  char buffer[32];
  const char *id = get_row_id (self, vlive_record_get_id (given), buffer);
  const guint8 *block;
  gsize size;

  if (self->source->has_ids && !self->source->text_ids)
    record = vlive_record_ref (given);
  else
    record = _vlive_local_record_with_id (given, id,
                                          self->source->has_ids ? VLIVE_VALUE_TEXT
                                                                : VLIVE_VALUE_INTEGER);
  block = _vlive_record_get_block (record, &size);
  _vlive_local_batch_begin_row (batch);
  g_byte_array_append (batch->rows, block, (guint) size);
  _vlive_local_batch_end_row (batch, _vlive_record_get_layout (record));

  return add_id (self, batch, id, (guint32) self->n_encoded++, error);
}

static gboolean
encode_row (Import *self, VliveLocalBatch *batch, GError **error)
{
  char buffer[32];
  const char *id = get_row_id (self, self->source->id, buffer);

  _vlive_local_batch_begin_row (batch);
  self->source->klass->append (self->source, self->source->has_ids ? NULL : id,
                               batch->rows);
  _vlive_local_batch_end_row (batch, self->source->layout);

  return add_id (self, batch, id, (guint32) self->n_encoded++, error);
}

static gboolean
read_rows (Import *self, Turn *turn)
{
  VliveLocalBatch *batch = turn->batch = _vlive_local_batch_new ();

  batch->first = self->n_encoded;
  while (turn->error == NULL && batch->ends->len < BATCH_ROWS
         && batch->rows->len < BATCH_BYTES)
    {
      if (self->first_at < self->first->len)
        encode_first (self, batch, &turn->error);
      else if (!self->at_end && next_row (self, &turn->error))
        encode_row (self, batch, &turn->error);
      else
        break;
    }
  if (self->first_at == self->first->len && self->first->len > 0)
    {
      g_ptr_array_set_size (self->first, 0);
      self->first_at = 0;
    }
  turn->done = self->at_end && self->first->len == 0;

  return turn->error == NULL;
}

static void
set_twice (Import *self, guint32 row, GError **error)
{
  g_set_error (error, VLIVE_ERROR, VLIVE_ERROR_CONFLICT,
               "row %u: its id is that of row %u", row + 1, self->last_row + 1);
}

static gboolean
read_ids (Import *self, Turn *turn)
{
  VliveLocalBatch *batch = turn->batch = _vlive_local_batch_new ();
  const guint8 *key;
  gsize size;
  guint64 row;

  if (!self->sorted && !_vlive_local_sorter_sort (self->sorter, &turn->error))
    return FALSE;
  if (!self->sorted)
    self->last_id.size = 0;
  self->sorted = TRUE;
  while (turn->error == NULL && batch->id_ends->len < BATCH_ROWS)
    {
      if (!_vlive_local_sorter_next (self->sorter, &key, &size, &row, &turn->error))
        {
          turn->done = TRUE;
          break;
        }
      if (size == self->last_id.size && memcmp (key, self->last_id.data, size) == 0)
        set_twice (self, (guint32) row, &turn->error);
      self->last_row = (guint32) row;
      self->last_id.size = 0;
      _vlive_local_key_bytes (&self->last_id, key, size);
      _vlive_local_batch_add_id (batch, key, size, (guint32) row);
    }

  return turn->error == NULL;
}

/* On the worker. */
static void
turn_run (gpointer data)
{
  Turn *turn = data;
  Import *self = turn->import;

  switch (self->phase)
    {
    case PHASE_SCAN:
      scan (self, turn);
      break;
    case PHASE_FIRST:
      read_first (self, turn);
      break;
    case PHASE_ROWS:
      read_rows (self, turn);
      break;
    case PHASE_IDS:
      read_ids (self, turn);
      break;
    case PHASE_WRITE:
    default:
      g_assert_not_reached ();
    }
}

static void
turn_free (gpointer data)
{
  Turn *turn = data;

  g_clear_pointer (&turn->batch, _vlive_local_batch_free);
  g_clear_error (&turn->error);
  g_free (turn);
}

static void
fail (Import *self, GError *error)
{
  if (self->error == NULL)
    self->error = error;
  else
    g_error_free (error);
}

/* Half of the way is looking through it. */
static void
tell_progress (Import *self, gboolean at_once)
{
  gint64 now = _vlive_clock_get_boot_us (_vlive_local_master_get_clock (self->master));

  if (self->progress == NULL || (!at_once && now - self->told_at < PROGRESS_AFTER))
    return;
  self->told_at = now;
  _vlive_meter_pause ();
  self->progress (self->bytes, self->total_bytes, self->rows, self->progress_data);
  _vlive_meter_resume ();
}

static void
batch_done (VliveLocalJob *job, const GError *error)
{
  Import *self = job->owner;

  self->n_writing--;
  if (error != NULL)
    fail (self, g_error_copy (error));
  advance (self);
}

static void
write_batch (Import *self, VliveLocalBatch *batch)
{
  VliveLocalImportJob *job =
      _vlive_local_import_job_new (VLIVE_LOCAL_IMPORT_BATCH, &self->target);

  job->batch = batch;
  job->job.owner = self;
  job->job.done = batch_done;
  self->n_writing++;
  _vlive_local_file_run (_vlive_local_master_get_file (self->master), &job->job,
                         VLIVE_LOCAL_WRITE, get_cancellable (self));
}

static void
turn_done (gpointer data)
{
  Turn *turn = data;
  Import *self = turn->import;
  guint64 at = self->source->klass->bytes (self->source);

  self->working = FALSE;
  self->phase_done = turn->done;
  self->bytes = self->phase == PHASE_SCAN ? at / 2 : (self->scanned_bytes + at) / 2;
  self->bytes = MIN (self->bytes, self->total_bytes);
  self->rows = self->n_encoded;
  if (turn->error != NULL)
    fail (self, g_steal_pointer (&turn->error));
  else if (turn->batch != NULL)
    write_batch (self, g_steal_pointer (&turn->batch));
  tell_progress (self, FALSE);
  advance (self);
}

static void
start_turn (Import *self)
{
  Turn *turn = g_new0 (Turn, 1);

  turn->import = self;
  self->working = TRUE;
  _vlive_worker_push (self->worker, turn_run, turn_done, turn, turn_free, self->context,
                      PRIORITY);
}

/* The task takes the import with it: behind this nothing is left. */
static void
end (Import *self)
{
  GError *error = g_steal_pointer (&self->error);
  g_autofree char *name = NULL;
  gint64 rows = (gint64) self->source->n_rows;

  if (error == NULL)
    {
      self->bytes = self->total_bytes;
      self->rows = self->source->n_rows;
      tell_progress (self, TRUE);
    }
  else if (error->domain == VLIVE_ERROR)
    {
      name = g_file_get_parse_name (self->file);
      g_prefix_error (&error, "%s: ", name);
    }
  _vlive_local_master_end (self->task, g_memdup2 (&rows, sizeof rows), g_free, error);
}

static void
abandoned (VliveLocalJob *job, const GError *error)
{
  Import *self = job->owner;

  /* What cannot be marked now is found when the file is opened next. */
  _vlive_local_sweep (job->file, TRUE);
  end (self);
}

static void
finished (VliveLocalJob *job, const GError *error)
{
  VliveLocalImportJob *finish = (VliveLocalImportJob *) job;
  Import *self = job->owner;

  self->n_writing--;
  if (error != NULL)
    {
      fail (self, g_error_copy (error));
      advance (self);
      return;
    }
  g_clear_error (&self->error);
  _vlive_local_master_learn (self->master, &finish->news);
  _vlive_local_sweep (job->file, TRUE);
  end (self);
}

static void
begun (VliveLocalJob *job, const GError *error)
{
  Import *self = job->owner;

  self->n_writing--;
  if (error != NULL)
    fail (self, g_error_copy (error));
  else
    self->begun = TRUE;
  self->source->text_ids = self->source->has_ids && self->target.text_ids;
  self->phase = PHASE_ROWS;
  self->phase_done = FALSE;
  advance (self);
}

static void
put_directly (VliveLocalJob *job, const GError *error)
{
  VliveLocalPutJob *put = (VliveLocalPutJob *) job;
  Import *self = job->owner;

  if (error != NULL)
    fail (self, g_error_copy (error));
  else
    {
      _vlive_local_master_learn (self->master, &put->news);
      _vlive_local_sweep (job->file, TRUE);
    }
  end (self);
}

/* All of it in one transaction. */
static void
put_first (Import *self)
{
  VliveLocalPutJob *job = _vlive_local_put_job_new (self->target.table);
  g_autoptr (GPtrArray) samples = self->source->klass->samples (self->source);

  g_clear_pointer (&job->records, g_ptr_array_unref);
  job->records = g_steal_pointer (&self->first);
  job->schema =
      vlive_schema_discover ((VliveRecord *const *) samples->pdata, samples->len, "id");
  job->replace = self->target.replace;
  job->make_ids = !self->source->has_ids;
  job->news.schema_version = _vlive_local_master_get_schema_version (self->master);
  job->job.owner = self;
  job->job.done = put_directly;
  _vlive_local_file_run (_vlive_local_master_get_file (self->master), &job->job,
                         VLIVE_LOCAL_CREATE, get_cancellable (self));
}

static void
run_step (Import *self,
          VliveLocalImportStep step,
          void (*done) (VliveLocalJob *job, const GError *error))
{
  VliveLocalImportJob *job = _vlive_local_import_job_new (step, &self->target);
  gboolean abandoning = step == VLIVE_LOCAL_IMPORT_ABANDON;

  if (step == VLIVE_LOCAL_IMPORT_FINISH)
    {
      job->samples = self->source->klass->samples (self->source);
      job->n_text_ids = self->n_text_ids;
      job->max_id = self->max_id;
      job->news.schema_version = _vlive_local_master_get_schema_version (self->master);
    }
  job->job.owner = self;
  job->job.done = done;
  self->phase = PHASE_WRITE;
  self->n_writing++;
  _vlive_local_file_run (_vlive_local_master_get_file (self->master), &job->job,
                         VLIVE_LOCAL_CREATE,
                         abandoning ? NULL : get_cancellable (self));
}

static void
end_phase (Import *self)
{
  self->phase_done = FALSE;
  switch (self->phase)
    {
    case PHASE_SCAN:
      self->phase = PHASE_FIRST;
      start_turn (self);
      break;
    case PHASE_FIRST:
      self->target.n_rows = self->source->n_rows;
      self->target.make_ids = !self->source->has_ids;
      if (self->at_end)
        put_first (self);
      else
        run_step (self, VLIVE_LOCAL_IMPORT_BEGIN, begun);
      break;
    case PHASE_ROWS:
      if (self->sorter != NULL)
        {
          self->phase = PHASE_IDS;
          start_turn (self);
          break;
        }
      run_step (self, VLIVE_LOCAL_IMPORT_FINISH, finished);
      break;
    case PHASE_IDS:
      run_step (self, VLIVE_LOCAL_IMPORT_FINISH, finished);
      break;
    case PHASE_WRITE:
    default:
      g_assert_not_reached ();
    }
}

/* On the owner's thread, when the worker or the writer has done something. */
static void
advance (Import *self)
{
  if (self->error == NULL)
    g_cancellable_set_error_if_cancelled (get_cancellable (self), &self->error);
  if (self->error != NULL)
    {
      if (self->working || self->n_writing > 0)
        return;
      if (self->begun)
        run_step (self, VLIVE_LOCAL_IMPORT_ABANDON, abandoned);
      else
        end (self);
      return;
    }

  if (!self->phase_done)
    {
      if (!self->working && self->n_writing < MAX_WRITING)
        start_turn (self);
    }
  else if (self->n_writing == 0)
    end_phase (self);
}

#define IMPORT_KEY "vlive-local-import"

static void
start (VliveLocalMaster *master, GTask *task)
{
  Import *self = g_object_get_data (G_OBJECT (task), IMPORT_KEY);

  self->worker = _vlive_worker_new ("vlive-import");
  self->source = self->format == VLIVE_IMPORT_CSV ? _vlive_import_csv_new ()
                                                  : _vlive_import_json_new ();
  advance (self);
}

/**
 * vlive_local_master_import_async:
 * @self: a local master
 * @file: what to read; it is read twice
 * @format: how it is written
 * @replace: whether what is in the table goes; otherwise the rows are appended
 * @progress: (scope notified) (closure progress_data) (destroy progress_destroy)
 *   (nullable): told how far it is, a few times a second
 * @progress_data: user data for @progress
 * @progress_destroy: frees @progress_data
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async): called when it is done
 * @user_data: user data
 *
 * Imports a file, all of it or nothing, in bounded memory. The table is made
 * if there is none. A column named “id” is the id; without one, ids are made.
 * An id that is there twice, or in the table already, fails it.
 *
 * The types of CSV columns are found out from all their values: whole numbers,
 * numbers, true and false, or else text; a number with zeros before it is
 * text. What is empty is null, but empty text in a column of text. JSON is an
 * array of objects, or one object after another.
 *
 * Since: 0.1
 */
void
vlive_local_master_import_async (VliveLocalMaster *self,
                                 GFile *file,
                                 VliveImportFormat format,
                                 gboolean replace,
                                 VliveProgressFunc progress,
                                 gpointer progress_data,
                                 GDestroyNotify progress_destroy,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  Import *import;
  GTask *task;

  g_return_if_fail (VLIVE_IS_LOCAL_MASTER (self));
  g_return_if_fail (G_IS_FILE (file));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = _vlive_local_call_new (self, NULL, VLIVE_LOCAL_CREATE,
                                vlive_local_master_import_async, cancellable, callback,
                                user_data);
  import = g_new0 (Import, 1);
  import->task = task;
  import->master = self;
  import->file = g_object_ref (file);
  import->format = format;
  import->progress = progress;
  import->progress_data = progress_data;
  import->progress_destroy = progress_destroy;
  import->context = g_main_context_ref_thread_default ();
  import->target.table = g_strdup (_vlive_local_master_get_table (self));
  import->target.replace = replace != FALSE;
  import->target.lock = -1;
  g_object_set_data_full (G_OBJECT (task), IMPORT_KEY, import, import_free);
  _vlive_local_master_begin (self, task, start);
}

/**
 * vlive_local_master_import_finish:
 * @self: a local master
 * @result: the result
 * @error: return location for an error
 *
 * Ends vlive_local_master_import_async().
 *
 * Returns: the number of rows that were imported, or -1 if nothing was
 *
 * Since: 0.1
 */
gint64
vlive_local_master_import_finish (VliveLocalMaster *self,
                                  GAsyncResult *result,
                                  GError **error)
{
  g_autofree gint64 *rows = NULL;

  g_return_val_if_fail (g_task_is_valid (result, self), -1);

  rows = g_task_propagate_pointer (G_TASK (result), error);

  return rows != NULL ? *rows : -1;
}
