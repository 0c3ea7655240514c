/* vlive-store-ask.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "table/vlive-store-private.h"

/* The public asynchronous reads of a store: a task around a read. */

typedef struct
{
  GTask *task;        /* owned; its source keeps the store */
  VliveRead *read;    /* owned */
  GSource *cancelled; /* owned, nullable */
} Ask;

typedef struct
{
  VliveFinding finding;
  VliveReading reading;
} Answer;

/**
 * vlive_reading_clear:
 * @self: a reading
 *
 * Frees what @self holds, and zeroes it.
 *
 * Since: 0.1
 */
void
vlive_reading_clear (VliveReading *self)
{
  g_return_if_fail (self != NULL);

  g_free (self->reason);
  *self = (VliveReading){ VLIVE_OUTCOME_NONE, 0, NULL };
}

static void
answer_free (gpointer data)
{
  Answer *answer = data;

  _vlive_finding_clear (&answer->finding);
  vlive_reading_clear (&answer->reading);
  g_free (answer);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Answer, answer_free)

static void
ask_free (Ask *ask)
{
  if (ask->cancelled != NULL)
    g_source_destroy (ask->cancelled);
  g_clear_pointer (&ask->cancelled, g_source_unref);
  _vlive_read_unref (ask->read);
  g_object_unref (ask->task);
  g_free (ask);
}

static void
read_cb (VliveRead *read,
         const VliveFinding *finding,
         const VliveReading *reading,
         const GError *error,
         gboolean last,
         gpointer data)
{
  Ask *ask = data;
  Answer *answer;

  if (!last)
    return;

  if (error != NULL)
    g_task_return_error (ask->task, g_error_copy (error));
  else
    {
      answer = g_new0 (Answer, 1);
      _vlive_finding_copy (&answer->finding, finding);
      answer->reading = *reading;
      answer->reading.reason = g_strdup (reading->reason);
      g_task_return_pointer (ask->task, answer, answer_free);
    }
  ask_free (ask);
}

static gboolean
cancelled_cb (GCancellable *cancellable, gpointer data)
{
  Ask *ask = data;
  g_autoptr (GError) error = NULL;
  VLIVE_METER_SPAN ("store-cancelled");

  if (g_cancellable_set_error_if_cancelled (cancellable, &error))
    _vlive_read_fail (ask->read, error);

  return G_SOURCE_REMOVE;
}

static void
ask (VliveStore *self, const VliveTarget *target, VliveReadFlags flags, GTask *task)
{
  GCancellable *cancellable = g_task_get_cancellable (task);
  GError *error = NULL;
  Ask *data;

  if (!_vlive_store_check_open (self, &error))
    {
      g_task_return_error (task, error);
      return;
    }

  data = g_new0 (Ask, 1);
  data->task = g_object_ref (task);
  data->read = _vlive_read_new (self, target, flags, 0, 0, read_cb, data);
  if (cancellable != NULL)
    {
      data->cancelled = g_cancellable_source_new (cancellable);
      g_source_set_static_name (data->cancelled, "vlive-read-cancelled");
      g_source_set_callback (data->cancelled, G_SOURCE_FUNC (cancelled_cb), data, NULL);
      g_source_attach (data->cancelled, self->context);
    }
  _vlive_read_start (data->read);
}

static Answer *
take_answer (GTask *task, VliveReading *reading, GError **error)
{
  Answer *answer = g_task_propagate_pointer (task, error);

  if (reading == NULL)
    return answer;
  *reading = (VliveReading){ VLIVE_OUTCOME_FAILED, 0, NULL };
  if (answer == NULL)
    return NULL;
  *reading = answer->reading;
  answer->reading.reason = NULL;

  return answer;
}

/**
 * vlive_store_list_async:
 * @self: a store
 * @query: (nullable): what to list, or %NULL for everything
 * @offset: the first row, a multiple of @limit unless the master can begin
 *   anywhere
 * @limit: the most rows, or 0 for all of them
 * @flags: how to read
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async): called when the rows are there
 * @user_data: user data for @callback
 *
 * Reads a window of the rows that match @query.
 *
 * Since: 0.1
 */
void
vlive_store_list_async (VliveStore *self,
                        VliveQuery *query,
                        guint64 offset,
                        guint limit,
                        VliveReadFlags flags,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (VliveQuery) everything = NULL;
  VliveTarget target = { .query = query, .offset = offset, .limit = limit };

  g_return_if_fail (VLIVE_IS_STORE (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, vlive_store_list_async);
  if (limit == 0 && offset != 0)
    {
      g_task_return_new_error (task, VLIVE_ERROR, VLIVE_ERROR_INVALID,
                               "All rows can be listed from the first one only");
      return;
    }

  if (query == NULL)
    target.query = everything = vlive_query_new ();
  ask (self, &target, flags, task);
}

/**
 * vlive_store_list_finish:
 * @self: a store
 * @result: what the callback was given
 * @reading: (out caller-allocates) (optional): what became of the read
 * @error: return location for an error
 *
 * Finishes [method@Store.list_async].
 *
 * Returns: (transfer full): the rows
 *
 * Since: 0.1
 */
VlivePage *
vlive_store_list_finish (VliveStore *self,
                         GAsyncResult *result,
                         VliveReading *reading,
                         GError **error)
{
  g_autoptr (Answer) answer = NULL;

  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  answer = take_answer (G_TASK (result), reading, error);
  if (answer == NULL)
    return NULL;

  return g_steal_pointer (&answer->finding.page);
}

/**
 * vlive_store_get_async:
 * @self: a store
 * @id: the id of a record
 * @flags: how to read
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async): called when the record is there
 * @user_data: user data for @callback
 *
 * Reads a single record. It is taken from whatever is fresh and holds it;
 * otherwise the master is asked for this one record.
 *
 * Since: 0.1
 */
void
vlive_store_get_async (VliveStore *self,
                       const char *id,
                       VliveReadFlags flags,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  VliveTarget target = { .id = (char *) id };

  g_return_if_fail (VLIVE_IS_STORE (self));
  g_return_if_fail (id != NULL);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, vlive_store_get_async);
  ask (self, &target, flags, task);
}

/**
 * vlive_store_get_finish:
 * @self: a store
 * @result: what the callback was given
 * @reading: (out caller-allocates) (optional): what became of the read
 * @error: return location for an error
 *
 * Finishes [method@Store.get_async]. The error is %VLIVE_ERROR_NOT_FOUND if
 * the master has no such record.
 *
 * Returns: (transfer full): the record
 *
 * Since: 0.1
 */
VliveRecord *
vlive_store_get_finish (VliveStore *self,
                        GAsyncResult *result,
                        VliveReading *reading,
                        GError **error)
{
  g_autoptr (Answer) answer = NULL;

  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  answer = take_answer (G_TASK (result), reading, error);
  if (answer == NULL)
    return NULL;

  return g_steal_pointer (&answer->finding.record);
}

typedef struct
{
  GTask *task; /* owned */
  VliveTarget target;
} Invalidation;

static void
invalidation_free (Invalidation *data)
{
  _vlive_target_clear (&data->target);
  g_object_unref (data->task);
  g_free (data);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Invalidation, invalidation_free)

static void
make_change (Invalidation *data, VliveStoreChange *change)
{
  *change = (VliveStoreChange){ .kind = VLIVE_STORE_ALL, .membership = TRUE };
  if (data->target.id != NULL)
    *change = (VliveStoreChange){ .kind = VLIVE_STORE_UNKNOWN, .id = data->target.id };
}

static void
invalidated_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Invalidation) data = user_data;
  VliveStore *self = g_task_get_source_object (data->task);
  VliveStoreChange change;
  GError *error = NULL;
  VLIVE_METER_SPAN ("store-invalidated");

  if (!_vlive_cache_invalidate_finish (VLIVE_CACHE (source), result, &error))
    {
      g_task_return_error (data->task, error);
      return;
    }

  make_change (data, &change);
  _vlive_store_note_patched (self);
  _vlive_store_publish (self, &change);
  g_task_return_boolean (data->task, TRUE);
}

static void
opened_cb (const GError *error, gpointer user_data)
{
  g_autoptr (Invalidation) data = user_data;
  VliveStore *self = g_task_get_source_object (data->task);
  VliveTarget *target = &data->target;
  VliveStoreChange change;

  if (error != NULL)
    {
      g_task_return_error (data->task, g_error_copy (error));
      return;
    }

  make_change (data, &change);
  _vlive_store_raise_marks (self, &change);
  _vlive_cache_invalidate_async (self->cache, self->ns, target->query, target->id,
                                 self->cancellable, invalidated_cb, data);
  g_steal_pointer (&data);
}

/**
 * vlive_store_invalidate_async:
 * @self: a store
 * @query: (nullable): a query, or %NULL
 * @id: (nullable): the id of a record, or %NULL
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async): called when it is done
 * @user_data: user data for @callback
 *
 * Believes nothing of what is cached any more: of the record @id, of @query,
 * or, without either, of the whole namespace. Nothing is deleted: it is shown
 * as stale until the master has been asked again.
 *
 * Since: 0.1
 */
void
vlive_store_invalidate_async (VliveStore *self,
                              VliveQuery *query,
                              const char *id,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  GError *error = NULL;
  Invalidation *data;

  g_return_if_fail (VLIVE_IS_STORE (self));
  g_return_if_fail (query == NULL || id == NULL);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, vlive_store_invalidate_async);
  if (!_vlive_store_check_open (self, &error))
    {
      g_task_return_error (task, error);
      return;
    }

  data = g_new0 (Invalidation, 1);
  data->task = g_steal_pointer (&task);
  data->target.query = query != NULL ? vlive_query_ref (query) : NULL;
  data->target.id = g_strdup (id);
  _vlive_store_open (self, opened_cb, data);
}

/**
 * vlive_store_invalidate_finish:
 * @self: a store
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Finishes [method@Store.invalidate_async].
 *
 * Returns: %TRUE if it was done
 *
 * Since: 0.1
 */
gboolean
vlive_store_invalidate_finish (VliveStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
