/* vlive-local-call.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "master/vlive-local-master-private.h"

#include "base/vlive-meter-private.h"

#define PRIORITY 100

/*
 * A call: the data of its task.
 */
typedef struct
{
  VliveLocalStart start;
  VliveLocalJob *job; /* owned until it is run; nullable */
  VliveLocalMode mode;
  VliveTimer *timer;      /* owned, nullable */
  GSource *cancelled;     /* owned, nullable */
  GError *error;          /* owned, nullable: to be returned */
  gpointer result;        /* owned */
  GDestroyNotify destroy; /* of @result */
} Call;

static void
call_free (gpointer data)
{
  Call *call = data;

  if (call->job != NULL)
    call->job->free (call->job);
  if (call->result != NULL)
    call->destroy (call->result);
  g_clear_error (&call->error);
  g_free (call);
}

GTask *
_vlive_local_call_new (VliveLocalMaster *self,
                       VliveLocalJob *job,
                       VliveLocalMode mode,
                       gpointer tag,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  Call *call = g_new0 (Call, 1);

  call->job = job;
  call->mode = mode;
  g_task_set_source_tag (task, tag);
  g_task_set_task_data (task, call, call_free);
  if (mode != VLIVE_LOCAL_READ)
    g_task_set_check_cancellable (task, FALSE);

  return task;
}

static void
stop_waiting (Call *call)
{
  g_clear_pointer (&call->timer, _vlive_timer_cancel);
  if (call->cancelled != NULL)
    {
      g_source_destroy (call->cancelled);
      g_clear_pointer (&call->cancelled, g_source_unref);
    }
}

/* Takes @task. */
static void
return_now (GTask *task)
{
  Call *call = g_task_get_task_data (task);

  stop_waiting (call);
  if (call->error != NULL)
    g_task_return_error (task, g_steal_pointer (&call->error));
  else
    g_task_return_pointer (task, g_steal_pointer (&call->result), call->destroy);
  g_object_unref (task);
}

static gboolean
cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  GTask *task = user_data;
  Call *call = g_task_get_task_data (task);
  VLIVE_METER_SPAN ("local-cancelled");

  g_clear_error (&call->error);
  g_cancellable_set_error_if_cancelled (cancellable, &call->error);
  return_now (task);

  return G_SOURCE_REMOVE;
}

/* Lets @us pass, unless the call is cancelled meanwhile. */
static void
wait_for (GTask *task, gint64 us, GSourceOnceFunc func, gboolean cancellable)
{
  VliveLocalMaster *self = g_task_get_source_object (task);
  Call *call = g_task_get_task_data (task);

  call->timer = _vlive_clock_add_timer (_vlive_local_master_get_clock (self), us,
                                        PRIORITY, func, task, NULL);
  if (!cancellable || g_task_get_cancellable (task) == NULL)
    return;
  call->cancelled = g_cancellable_source_new (g_task_get_cancellable (task));
  g_source_set_priority (call->cancelled, PRIORITY);
  g_source_set_static_name (call->cancelled, "vlive-local");
  g_source_set_callback (call->cancelled, G_SOURCE_FUNC (cancelled_cb), task, NULL);
  g_source_attach (call->cancelled, g_task_get_context (task));
}

static void
start_call (GTask *task)
{
  VliveLocalMaster *self = g_task_get_source_object (task);
  Call *call = g_task_get_task_data (task);

  if (call->error == NULL)
    g_cancellable_set_error_if_cancelled (g_task_get_cancellable (task), &call->error);
  if (call->error != NULL)
    return_now (task);
  else
    call->start (self, task);
}

static void
there_cb (gpointer data)
{
  GTask *task = data;
  Call *call = g_task_get_task_data (task);
  VLIVE_METER_SPAN ("local-there");

  call->timer = NULL;
  stop_waiting (call);
  start_call (task);
}

static void
back_cb (gpointer data)
{
  GTask *task = data;
  Call *call = g_task_get_task_data (task);
  VLIVE_METER_SPAN ("local-back");

  call->timer = NULL;
  return_now (task);
}

void
_vlive_local_master_begin (VliveLocalMaster *self, GTask *task, VliveLocalStart start)
{
  guint latency = _vlive_local_master_get_latency (self);
  Call *call = g_task_get_task_data (task);

  if (call == NULL)
    {
      call = g_new0 (Call, 1);
      g_task_set_task_data (task, call, call_free);
    }
  call->start = start;
  _vlive_local_name_check (_vlive_local_master_get_table (self), &call->error);
  if (call->error == NULL)
    _vlive_local_master_play_failure (self, &call->error);
  if (latency > 0)
    wait_for (task, (gint64) latency * 500, there_cb, TRUE);
  else
    start_call (task);
}

void
_vlive_local_master_end (GTask *task,
                         gpointer result,
                         GDestroyNotify destroy,
                         GError *error)
{
  VliveLocalMaster *self = g_task_get_source_object (task);
  guint latency = _vlive_local_master_get_latency (self);
  Call *call = g_task_get_task_data (task);

  call->result = result;
  call->destroy = destroy;
  call->error = error;
  if (latency > 0)
    wait_for (task, (gint64) latency * 500, back_cb,
              g_task_get_check_cancellable (task));
  else
    return_now (task);
}

VliveLocalJob *
_vlive_local_call_get_job (GTask *task)
{
  Call *call = g_task_get_task_data (task);

  return call->job;
}

void
_vlive_local_call_run_job (VliveLocalMaster *self, GTask *task)
{
  Call *call = g_task_get_task_data (task);
  VliveLocalJob *job = g_steal_pointer (&call->job);

  job->owner = task;
  _vlive_local_file_run (_vlive_local_master_get_file (self), job, call->mode,
                         g_task_get_cancellable (task));
}
