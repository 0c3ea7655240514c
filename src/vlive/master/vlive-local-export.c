/* vlive-local-export.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <math.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/vlive-error.h"
#include "base/vlive-meter-private.h"
#include "base/vlive-worker-private.h"
#include "master/vlive-csv-private.h"
#include "master/vlive-local-master-private.h"
#include "record/vlive-json-private.h"

#define PRIORITY 100
#define CHUNK_SIZE (1024 * 1024)
#define PROGRESS_AFTER (G_USEC_PER_SEC / 4)
/* A table that changes meanwhile is begun anew so often; then it is written in
 * one go, for which its other readers wait. */
#define MAX_RESTARTS 2

/* Rows become text. */
typedef struct
{
  VliveLocalTable *table;
  VliveSchema *schema;
  VliveImportFormat format;
  VliveRecord record;  /* borrowed; keeps the last layout */
  VliveLayout *layout; /* not owned; whose @columns these are */
  int *columns;        /* owned; where the schema's columns are */
  GString *text;       /* owned */
  guint64 n_rows;      /* of the whole file so far */
  int fd;              /* where full chunks go; -1: one chunk is enough */
  GCancellable *cancellable;
  GError *error; /* owned */
} Printer;

static void
printer_clear (Printer *self)
{
  g_clear_pointer (&self->columns, g_free);
  if (self->text != NULL)
    g_string_free (g_steal_pointer (&self->text), TRUE);
  g_clear_error (&self->error);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Printer, printer_clear)

static gboolean
write_all (int fd, const char *data, gsize size, GError **error)
{
  while (size > 0)
    {
      gssize n = write (fd, data, size);
      int code = errno;

      if (n < 0 && code != EINTR)
        {
          g_set_error (error, VLIVE_ERROR, VLIVE_ERROR_STORAGE,
                       "it cannot be written: %s", g_strerror (code));
          return FALSE;
        }
      if (n > 0)
        {
          data += n;
          size -= (gsize) n;
        }
    }

  return TRUE;
}

/* A double stays one when it is read back. */
static void
append_double (GString *csv, double value)
{
  char buffer[VLIVE_DOUBLE_TEXT_SIZE];
  const char *text = _vlive_double_to_text (value, buffer);

  g_string_append (csv, text);
  if (isfinite (value) && strpbrk (text, ".e") == NULL)
    g_string_append (csv, ".0");
}

static void
append_value (GString *csv, const VliveValue *value, gboolean alone)
{
  char buffer[VLIVE_DOUBLE_TEXT_SIZE];
  g_autofree char *base64 = NULL;

  switch (value->type)
    {
    case VLIVE_VALUE_BOOLEAN:
      g_string_append (csv, value->boolean ? "true" : "false");
      break;
    case VLIVE_VALUE_INTEGER:
      g_string_append (csv, _vlive_integer_to_text (value->integer, buffer));
      break;
    case VLIVE_VALUE_DOUBLE:
      append_double (csv, value->real);
      break;
    case VLIVE_VALUE_TEXT:
    case VLIVE_VALUE_JSON:
      _vlive_csv_append (csv, value->text, value->len, alone && value->len == 0);
      break;
    case VLIVE_VALUE_BYTES:
      base64 = g_base64_encode (value->bytes, value->len);
      g_string_append (csv, base64);
      break;
    case VLIVE_VALUE_MISSING:
    case VLIVE_VALUE_NULL:
    case VLIVE_VALUE_MIXED:
    default:
      if (alone)
        g_string_append (csv, "\"\"");
      break;
    }
}

static guint
get_n_columns (Printer *self)
{
  return self->schema != NULL ? vlive_schema_get_n_columns (self->schema) : 0;
}

static void
print_header (Printer *self)
{
  guint n = get_n_columns (self);

  if (self->format == VLIVE_IMPORT_JSON)
    {
      g_string_append (self->text, "[\n");
      return;
    }
  for (guint i = 0; i < n; i++)
    {
      const char *name =
          vlive_column_get_name (vlive_schema_get_column (self->schema, i));

      if (i > 0)
        g_string_append_c (self->text, ',');
      _vlive_csv_append (self->text, name, strlen (name), FALSE);
    }
  if (n > 0)
    g_string_append_c (self->text, '\n');
}

static void
print_footer (Printer *self)
{
  if (self->format == VLIVE_IMPORT_JSON)
    g_string_append (self->text, self->n_rows > 0 ? "\n]\n" : "]\n");
}

static void
find_columns (Printer *self)
{
  guint n = get_n_columns (self);

  if (self->layout == self->record.layout)
    return;
  self->layout = self->record.layout;
  if (self->columns == NULL)
    self->columns = g_new (int, MAX (n, 1));
  for (guint i = 0; i < n; i++)
    self->columns[i] =
        _vlive_layout_find (self->layout,
                            vlive_column_get_name (
                                vlive_schema_get_column (self->schema, i)));
}

static void
print_csv (Printer *self)
{
  guint n = get_n_columns (self);

  find_columns (self);
  for (guint i = 0; i < n; i++)
    {
      VliveValue value = { .type = VLIVE_VALUE_MISSING };

      if (self->columns[i] >= 0)
        _vlive_record_peek (&self->record, (guint) self->columns[i], &value);
      if (i > 0)
        g_string_append_c (self->text, ',');
      append_value (self->text, &value, n == 1);
    }
  g_string_append_c (self->text, '\n');
}

static gboolean
print_json (Printer *self)
{
  if (self->n_rows > 0)
    g_string_append (self->text, ",\n");
  g_string_append_c (self->text, '{');
  if (!_vlive_record_append_json (&self->record, self->text, &self->error))
    return FALSE;
  g_string_append_c (self->text, '}');

  return TRUE;
}

/* FALSE: that is enough, or it failed. */
static gboolean
print_row (guint64 row, VliveSpan value, gpointer data)
{
  Printer *self = data;

  if (!_vlive_local_row_borrow (self->table, value, &self->record))
    {
      _vlive_local_table_set_damaged (self->table, "one of its rows", &self->error);
      return FALSE;
    }
  if (self->format == VLIVE_IMPORT_CSV)
    print_csv (self);
  else if (!print_json (self))
    return FALSE;
  self->n_rows++;
  if (self->text->len < CHUNK_SIZE)
    return TRUE;
  if (self->fd < 0)
    return FALSE;

  if (g_cancellable_set_error_if_cancelled (self->cancellable, &self->error)
      || !write_all (self->fd, self->text->str, self->text->len, &self->error))
    return FALSE;
  g_string_truncate (self->text, 0);

  return TRUE;
}

/* Reads a part of the table as text; or writes all of it, with @fd. */
typedef struct
{
  VliveLocalJob job;
  char *name; /* owned; of the table */
  VliveImportFormat format;
  int fd; /* not owned; -1: one chunk */
  guint64 offset;
  guint64 sequence; /* it must still have; 0: any. Out: the one it has */
  gboolean changed; /* it has another */
  GString *text;    /* owned */
  guint64 n_rows;   /* up to here */
  gboolean at_end;
} ExportJob;

static gboolean
print_table (ExportJob *self, VliveLocalTable *table, GError **error)
{
  VliveLocalIndex *natural = _vlive_local_table_get_natural (table, error);
  g_auto (Printer) printer = { .table = table, .format = self->format, .fd = self->fd };
  gboolean ok = TRUE;

  if (natural == NULL)
    return FALSE;
  printer.schema = _vlive_local_table_get_schema (table, &printer.error);
  printer.text = g_string_sized_new (CHUNK_SIZE + CHUNK_SIZE / 8);
  printer.n_rows = self->offset;
  printer.cancellable = self->job.cancellable;
  if (printer.error == NULL && self->offset == 0)
    print_header (&printer);
  if (printer.error == NULL)
    ok = _vlive_local_index_foreach (natural, self->offset, 0, print_row, &printer);
  if (printer.error == NULL && !ok)
    _vlive_local_table_set_damaged (table, "its order of insertion", &printer.error);
  if (printer.error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&printer.error));
      return FALSE;
    }

  self->n_rows = printer.n_rows;
  self->at_end = printer.n_rows == table->record.n_rows;
  if (self->at_end)
    print_footer (&printer);
  self->text = g_steal_pointer (&printer.text);

  return self->fd < 0 || write_all (self->fd, self->text->str, self->text->len, error);
}

static gboolean
export_run (VliveLocalJob *job, VliveTxn *txn, GError **error)
{
  ExportJob *self = (ExportJob *) job;
  g_auto (VliveLocalTable) table = { 0 };

  if (self->text != NULL)
    g_string_free (g_steal_pointer (&self->text), TRUE);
  self->at_end = FALSE;
  if (!_vlive_local_table_open (&table, job->file, txn, self->name, error))
    return FALSE;
  self->changed = self->sequence != 0 && self->sequence != table.record.sequence;
  if (self->changed)
    return TRUE;
  self->sequence = table.record.sequence;
  if (self->fd >= 0
      && (ftruncate (self->fd, 0) != 0 || lseek (self->fd, 0, SEEK_SET) != 0))
    {
      g_set_error (error, VLIVE_ERROR, VLIVE_ERROR_STORAGE, "it cannot be written: %s",
                   g_strerror (errno));
      return FALSE;
    }

  return print_table (self, &table, error);
}

static void
export_free (VliveLocalJob *job)
{
  ExportJob *self = (ExportJob *) job;

  if (self->text != NULL)
    g_string_free (self->text, TRUE);
  g_free (self->name);
  g_free (self);
}

/* Hangs on its task. */
typedef struct
{
  GTask *task;              /* not owned */
  VliveLocalMaster *master; /* not owned; the task keeps it */
  GFile *file;              /* owned */
  char *target;             /* owned; where it goes in the end */
  char *temporary;          /* owned; NULL once it has gone there */
  int fd;                   /* -1: not open */
  VliveImportFormat format;
  VliveProgressFunc progress; /* nullable */
  gpointer progress_data;
  GDestroyNotify progress_destroy;
  gint64 told_at;
  GMainContext *context; /* owned */
  VliveWorker *worker;   /* owned */
  guint n_restarts;
  guint64 sequence;
  guint64 n_rows;
  guint64 bytes;
  gboolean at_end;
} Export;

/* A turn of the worker. */
typedef struct
{
  Export *export;
  GString *text;     /* owned, nullable: to be written */
  gboolean truncate; /* what was written is void */
  gboolean finish;   /* it is complete */
  GError *error;     /* owned */
} Turn;

static void read_chunk (Export *self);

static void
export_data_free (gpointer data)
{
  Export *self = data;

  if (self->progress_destroy != NULL)
    self->progress_destroy (self->progress_data);
  g_clear_pointer (&self->worker, _vlive_worker_free);
  g_clear_pointer (&self->context, g_main_context_unref);
  g_clear_object (&self->file);
  g_free (self->target);
  g_free (self->temporary);
  g_free (self);
}

/* On the worker: a temporary file beside the one it will be, with its rights. */
static gboolean
open_temporary (Export *self, GError **error)
{
  g_autofree char *path = g_file_get_path (self->file);
  g_autofree char *folder = NULL;
  g_autofree char *base = NULL;
  g_autofree char *name = NULL;
  struct stat info;
  char *real;

  if (path == NULL)
    {
      g_set_error (error, VLIVE_ERROR, VLIVE_ERROR_UNSUPPORTED, "it is no local file");
      return FALSE;
    }
  real = realpath (path, NULL);
  self->target = g_strdup (real != NULL ? real : path);
  free (real);
  folder = g_path_get_dirname (self->target);
  base = g_path_get_basename (self->target);
  name = g_strdup_printf (".%s.XXXXXX", base);
  self->temporary = g_build_filename (folder, name, NULL);
  if (g_file_test (self->target, G_FILE_TEST_IS_DIR))
    errno = EISDIR;
  else
    self->fd = g_mkstemp_full (self->temporary, O_RDWR | O_CLOEXEC, 0666);
  if (self->fd < 0)
    {
      g_set_error (error, VLIVE_ERROR, VLIVE_ERROR_STORAGE, "it cannot be written: %s",
                   g_strerror (errno));
      g_clear_pointer (&self->temporary, g_free);
      return FALSE;
    }
  if (stat (self->target, &info) == 0 && fchmod (self->fd, info.st_mode & 0777) != 0)
    g_debug ("The rights of %s cannot be kept: %s", self->target, g_strerror (errno));

  return TRUE;
}

/* Complete on the disk before it takes the other's place. */
static gboolean
put_in_place (Export *self, GError **error)
{
  gboolean ok = fsync (self->fd) == 0;

  ok = close (self->fd) == 0 && ok;
  self->fd = -1;
  if (ok && g_rename (self->temporary, self->target) == 0)
    {
      g_clear_pointer (&self->temporary, g_free);
      return TRUE;
    }
  g_set_error (error, VLIVE_ERROR, VLIVE_ERROR_STORAGE, "it cannot be written: %s",
               g_strerror (errno));

  return FALSE;
}

static void
turn_run (gpointer data)
{
  Turn *turn = data;
  Export *self = turn->export;

  if (self->fd < 0 && !open_temporary (self, &turn->error))
    return;
  if (turn->truncate
      && (ftruncate (self->fd, 0) != 0 || lseek (self->fd, 0, SEEK_SET) != 0))
    {
      g_set_error (&turn->error, VLIVE_ERROR, VLIVE_ERROR_STORAGE,
                   "it cannot be written: %s", g_strerror (errno));
      return;
    }
  if (turn->text != NULL
      && !write_all (self->fd, turn->text->str, turn->text->len, &turn->error))
    return;
  if (turn->finish)
    put_in_place (self, &turn->error);
}

static void
turn_free (gpointer data)
{
  Turn *turn = data;

  if (turn->text != NULL)
    g_string_free (turn->text, TRUE);
  g_clear_error (&turn->error);
  g_free (turn);
}

/* On the worker: what is left when it failed. */
static void
clean_up (gpointer data)
{
  Turn *turn = data;
  Export *self = turn->export;

  if (self->fd >= 0)
    close (self->fd);
  self->fd = -1;
  if (self->temporary != NULL)
    g_unlink (self->temporary);
}

static void
tell_progress (Export *self, gboolean at_once)
{
  gint64 now = _vlive_clock_get_boot_us (_vlive_local_master_get_clock (self->master));

  if (self->progress == NULL || (!at_once && now - self->told_at < PROGRESS_AFTER))
    return;
  self->told_at = now;
  _vlive_meter_pause ();
  self->progress (self->bytes, 0, self->n_rows, self->progress_data);
  _vlive_meter_resume ();
}

static void
end (Export *self)
{
  gint64 rows = (gint64) self->n_rows;

  tell_progress (self, TRUE);
  _vlive_local_master_end (self->task, g_memdup2 (&rows, sizeof rows), g_free, NULL);
}

static void
cleaned_up (gpointer data)
{
  Turn *turn = data;
  Export *self = turn->export;
  GError *error = g_steal_pointer (&turn->error);

  if (error->domain == VLIVE_ERROR && error->code != VLIVE_ERROR_NOT_FOUND)
    {
      g_autofree char *name = g_file_get_parse_name (self->file);

      g_prefix_error (&error, "%s: ", name);
    }
  _vlive_local_master_end (self->task, NULL, NULL, error);
}

/* Takes @error. */
static void
fail (Export *self, GError *error)
{
  Turn *turn = g_new0 (Turn, 1);

  turn->export = self;
  turn->error = error;
  _vlive_worker_push (self->worker, clean_up, cleaned_up, turn, turn_free,
                      self->context, PRIORITY);
}

static void
turn_done (gpointer data)
{
  Turn *turn = data;
  Export *self = turn->export;
  GError *error = g_steal_pointer (&turn->error);

  if (error == NULL && !turn->finish)
    g_cancellable_set_error_if_cancelled (g_task_get_cancellable (self->task), &error);
  if (error != NULL)
    {
      fail (self, error);
      return;
    }
  if (turn->finish)
    {
      end (self);
      return;
    }
  tell_progress (self, FALSE);
  read_chunk (self);
}

/* Takes @text. */
static void
start_turn (Export *self, GString *text, gboolean truncate, gboolean finish)
{
  Turn *turn = g_new0 (Turn, 1);

  turn->export = self;
  turn->text = text;
  turn->truncate = truncate;
  turn->finish = finish;
  _vlive_worker_push (self->worker, turn_run, turn_done, turn, turn_free, self->context,
                      PRIORITY);
}

static void
chunk_done (VliveLocalJob *job, const GError *error)
{
  ExportJob *chunk = (ExportJob *) job;
  Export *self = job->owner;

  if (error != NULL)
    {
      GError *copy = NULL;

      if (g_error_matches (error, VLIVE_ERROR, VLIVE_ERROR_NOT_FOUND))
        _vlive_local_file_set_missing (job->file, chunk->name, &copy);
      else
        copy = g_error_copy (error);
      fail (self, copy);
      return;
    }
  if (chunk->changed)
    {
      self->n_restarts++;
      self->sequence = 0;
      self->n_rows = 0;
      self->bytes = 0;
      start_turn (self, NULL, TRUE, FALSE);
      return;
    }
  self->sequence = chunk->sequence;
  self->n_rows = chunk->n_rows;
  self->bytes += chunk->text->len;
  start_turn (self, chunk->fd < 0 ? g_steal_pointer (&chunk->text) : NULL, FALSE,
              chunk->at_end);
}

static void
read_chunk (Export *self)
{
  ExportJob *job = g_new0 (ExportJob, 1);

  job->name = g_strdup (_vlive_local_master_get_table (self->master));
  job->format = self->format;
  job->fd = self->n_restarts > MAX_RESTARTS ? self->fd : -1;
  job->offset = self->n_rows;
  job->sequence = self->sequence;
  job->job.run = export_run;
  job->job.done = chunk_done;
  job->job.free = export_free;
  job->job.owner = self;
  _vlive_local_file_run (_vlive_local_master_get_file (self->master), &job->job,
                         VLIVE_LOCAL_READ, g_task_get_cancellable (self->task));
}

#define EXPORT_KEY "vlive-local-export"

static void
start (VliveLocalMaster *master, GTask *task)
{
  Export *self = g_object_get_data (G_OBJECT (task), EXPORT_KEY);

  self->worker = _vlive_worker_new ("vlive-export");
  read_chunk (self);
}

/**
 * vlive_local_master_export_async:
 * @self: a local master
 * @file: where to write; a local file
 * @format: how it is written
 * @progress: (scope notified) (closure progress_data) (destroy progress_destroy)
 *   (nullable): told how far it is, a few times a second
 * @progress_data: user data for @progress
 * @progress_destroy: frees @progress_data
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async): called when it is done
 * @user_data: user data
 *
 * Writes the table as it is at one moment, in the order of insertion. It is
 * written to a temporary file, which then takes the place of @file.
 *
 * Since: 0.1
 */
void
vlive_local_master_export_async (VliveLocalMaster *self,
                                 GFile *file,
                                 VliveImportFormat format,
                                 VliveProgressFunc progress,
                                 gpointer progress_data,
                                 GDestroyNotify progress_destroy,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  Export *export;
  GTask *task;

  g_return_if_fail (VLIVE_IS_LOCAL_MASTER (self));
  g_return_if_fail (G_IS_FILE (file));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  /* A file that was written is never reported as cancelled. */
  task = _vlive_local_call_new (self, NULL, VLIVE_LOCAL_WRITE,
                                vlive_local_master_export_async, cancellable, callback,
                                user_data);
  export = g_new0 (Export, 1);
  export->task = task;
  export->master = self;
  export->file = g_object_ref (file);
  export->fd = -1;
  export->format = format;
  export->progress = progress;
  export->progress_data = progress_data;
  export->progress_destroy = progress_destroy;
  export->context = g_main_context_ref_thread_default ();
  g_object_set_data_full (G_OBJECT (task), EXPORT_KEY, export, export_data_free);
  _vlive_local_master_begin (self, task, start);
}

/**
 * vlive_local_master_export_finish:
 * @self: a local master
 * @result: the result
 * @error: return location for an error
 *
 * Ends vlive_local_master_export_async().
 *
 * Returns: the number of rows that were written, or -1 if nothing was
 *
 * Since: 0.1
 */
gint64
vlive_local_master_export_finish (VliveLocalMaster *self,
                                  GAsyncResult *result,
                                  GError **error)
{
  g_autofree gint64 *rows = NULL;

  g_return_val_if_fail (g_task_is_valid (result, self), -1);

  rows = g_task_propagate_pointer (G_TASK (result), error);

  return rows != NULL ? *rows : -1;
}
