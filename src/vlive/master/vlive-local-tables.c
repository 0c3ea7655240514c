/* vlive-local-tables.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "master/vlive-local-master-private.h"

#include <string.h>

#include "base/vlive-error.h"

/* The names of the tables of a file. */
typedef struct
{
  VliveLocalJob job;
  GPtrArray *names; /* owned; char * */
} ListJob;

static gboolean
list_run (VliveLocalJob *job, VliveTxn *txn, GError **error)
{
  ListJob *self = (ListJob *) job;
  g_autoptr (VliveCursor) cursor = _vlive_cursor_new (txn, VLIVE_LOCAL_TABLES);
  VliveSpan key;
  VliveSpan value;
  gboolean found;

  g_ptr_array_set_size (self->names, 0);
  for (found = _vlive_cursor_seek (cursor, VLIVE_SPAN ("t", 1), &key, &value);
       found && key.data[0] == 't'; found = _vlive_cursor_next (cursor, &key, &value))
    g_ptr_array_add (self->names,
                     g_strndup ((const char *) key.data + 1, key.size - 1));

  return TRUE;
}

static void
list_done (VliveLocalJob *job, const GError *error)
{
  ListJob *self = (ListJob *) job;
  g_autoptr (GTask) task = job->owner;
  GPtrArray *names;

  if (error != NULL)
    {
      g_task_return_error (task, g_error_copy (error));
      return;
    }
  names = g_steal_pointer (&self->names);
  g_ptr_array_add (names, NULL);
  g_task_return_pointer (task, g_ptr_array_free (names, FALSE),
                         (GDestroyNotify) g_strfreev);
}

static void
list_free (VliveLocalJob *job)
{
  ListJob *self = (ListJob *) job;

  g_clear_pointer (&self->names, g_ptr_array_unref);
  g_free (self);
}

/**
 * vlive_local_master_list_tables_async:
 * @path: (type filename): a local database file
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async): called when it is done
 * @user_data: user data
 *
 * Finds out which tables a file has.
 *
 * Since: 0.1
 */
void
vlive_local_master_list_tables_async (const char *path,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data)
{
  g_autoptr (VliveLocalFile) file = NULL;
  ListJob *self;
  GTask *task;

  g_return_if_fail (path != NULL);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, vlive_local_master_list_tables_async);
  file = _vlive_local_file_get (path);
  self = g_new0 (ListJob, 1);
  self->names = g_ptr_array_new_with_free_func (g_free);
  self->job.run = list_run;
  self->job.done = list_done;
  self->job.free = list_free;
  self->job.owner = task;
  _vlive_local_file_run (file, &self->job, VLIVE_LOCAL_READ, cancellable);
}

/**
 * vlive_local_master_list_tables_finish:
 * @result: the result
 * @error: return location for an error
 *
 * Ends vlive_local_master_list_tables_async(). It is %VLIVE_ERROR_NOT_FOUND if
 * there is no such file.
 *
 * Returns: (transfer full) (array zero-terminated=1): the names, sorted
 *
 * Since: 0.1
 */
char **
vlive_local_master_list_tables_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
put_done (VliveLocalJob *job, const GError *error)
{
  VliveLocalPutJob *put = (VliveLocalPutJob *) job;
  GTask *task = job->owner;
  VliveLocalMaster *self = g_task_get_source_object (task);

  _vlive_local_master_learn (self, &put->news);
  if (error == NULL)
    _vlive_local_sweep (_vlive_local_master_get_file (self), TRUE);
  _vlive_local_master_end (task, NULL, NULL,
                           error != NULL ? g_error_copy (error) : NULL);
}

/**
 * vlive_local_master_replace_all_async:
 * @self: a local master
 * @records: (array length=n_records): the records
 * @n_records: how many there are
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async): called when it is done
 * @user_data: user data
 *
 * Makes the table consist of exactly @records, in their order, in one commit.
 * It is made if there is none. Two equal ids fail it.
 *
 * Since: 0.1
 */
void
vlive_local_master_replace_all_async (VliveLocalMaster *self,
                                      VliveRecord *const *records,
                                      gsize n_records,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data)
{
  VliveLocalPutJob *job;

  g_return_if_fail (VLIVE_IS_LOCAL_MASTER (self));
  g_return_if_fail (records != NULL || n_records == 0);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  job = _vlive_local_put_job_new (_vlive_local_master_get_table (self));
  for (gsize i = 0; i < n_records; i++)
    g_ptr_array_add (job->records, vlive_record_ref (records[i]));
  job->replace = TRUE;
  job->job.done = put_done;
  job->news.schema_version = _vlive_local_master_get_schema_version (self);
  _vlive_local_master_begin (
      self,
      _vlive_local_call_new (self, &job->job, VLIVE_LOCAL_CREATE,
                             vlive_local_master_replace_all_async, cancellable,
                             callback, user_data),
      _vlive_local_call_run_job);
}

/**
 * vlive_local_master_replace_all_finish:
 * @self: a local master
 * @result: the result
 * @error: return location for an error
 *
 * Ends vlive_local_master_replace_all_async().
 *
 * Returns: %TRUE if the table is as it was asked for
 *
 * Since: 0.1
 */
gboolean
vlive_local_master_replace_all_finish (VliveLocalMaster *self,
                                       GAsyncResult *result,
                                       GError **error)
{
  g_autoptr (GError) local = NULL;

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  g_task_propagate_pointer (G_TASK (result), &local);
  if (local == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));

  return FALSE;
}
