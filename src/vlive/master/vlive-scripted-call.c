/* vlive-scripted-call.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "base/vlive-census-private.h"
#include "base/vlive-error.h"
#include "base/vlive-meter-private.h"
#include "master/vlive-scripted-master-private.h"

/* The data of a call's task, which holds the master. */
typedef struct
{
  VliveScriptedEvaluate evaluate;
  VliveScriptedEvaluate arrived; /* nullable */
  gpointer data;                 /* owned */
  GDestroyNotify free;
  gboolean writes;
  gboolean evaluated; /* it has been at the master */
  gboolean returned;
  gint64 there_us;
  gint64 back_us;
  VliveTimer *timer;  /* owned, nullable; holds the task */
  GSource *cancelled; /* owned, nullable */
  gpointer result;    /* owned */
  GDestroyNotify destroy;
  GError *error; /* owned, nullable */
} Call;

static void
call_free (gpointer data)
{
  Call *call = data;

  g_assert (call->timer == NULL && call->cancelled == NULL);
  if (call->result != NULL)
    call->destroy (call->result);
  g_clear_error (&call->error);
  if (call->free != NULL)
    call->free (call->data);
  g_free (call);
  _vlive_census_remove (VLIVE_CENSUS_TASK);
}

/* The end of the call: once. */
static void
call_return (GTask *task)
{
  VliveScriptedMaster *self = g_task_get_source_object (task);
  Call *call = g_task_get_task_data (task);

  g_assert (!call->returned);

  call->returned = TRUE;
  self->counts.n_in_flight--;
  g_clear_pointer (&call->timer, _vlive_timer_cancel);
  if (call->cancelled != NULL)
    g_source_destroy (call->cancelled);
  g_clear_pointer (&call->cancelled, g_source_unref);
  if (call->error != NULL)
    {
      self->counts.n_failures++;
      g_task_return_error (task, g_steal_pointer (&call->error));
      return;
    }
  if (call->arrived != NULL)
    call->arrived (self, task, call->data);
  g_task_return_pointer (task, g_steal_pointer (&call->result), call->destroy);
}

/* @error is taken, in the place of whatever there was. */
static void
call_fail (GTask *task, GError *error)
{
  Call *call = g_task_get_task_data (task);

  g_clear_error (&call->error);
  call->error = error;
}

/* What was done and is not heard of: nobody may think that it was not done. */
static GError *
unknown_outcome (GError *cause)
{
  g_autoptr (GError) owned = cause;

  return g_error_new (VLIVE_ERROR, VLIVE_ERROR_UNKNOWN_OUTCOME,
                      "It is not known whether this was done: %s", owned->message);
}

static gboolean
was_applied (Call *call)
{
  return call->writes && call->evaluated && call->error == NULL;
}

static gboolean
cancelled_cb (GCancellable *cancellable, gpointer data)
{
  g_autoptr (GTask) task = g_object_ref (data);
  Call *call = g_task_get_task_data (task);
  GError *error =
      g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "Operation was cancelled");
  VLIVE_METER_SPAN ("scripted-cancelled");

  call_fail (task, was_applied (call) ? unknown_outcome (error) : error);
  call_return (task);

  return G_SOURCE_REMOVE;
}

static void
call_watch (GTask *task)
{
  GCancellable *cancellable = g_task_get_cancellable (task);
  Call *call = g_task_get_task_data (task);

  if (cancellable == NULL)
    return;
  call->cancelled = g_cancellable_source_new (cancellable);
  g_source_set_priority (call->cancelled, VLIVE_SCRIPTED_PRIORITY);
  g_source_set_static_name (call->cancelled, "vlive-scripted-cancelled");
  g_source_set_callback (call->cancelled, G_SOURCE_FUNC (cancelled_cb),
                         g_object_ref (task), g_object_unref);
  g_source_attach (call->cancelled, g_task_get_context (task));
}

static void
call_wait (GTask *task, gint64 us, GSourceOnceFunc func)
{
  VliveScriptedMaster *self = g_task_get_source_object (task);
  Call *call = g_task_get_task_data (task);

  if (us > 0)
    call->timer = _vlive_clock_add_timer (self->clock, us, VLIVE_SCRIPTED_PRIORITY,
                                          func, g_object_ref (task), g_object_unref);
  else
    func (task);
}

/* The answer has come back, if there is still a way for it. */
static void
back_cb (gpointer data)
{
  GTask *task = data;
  VliveScriptedMaster *self = g_task_get_source_object (task);
  Call *call = g_task_get_task_data (task);

  call->timer = NULL;
  if (call->evaluated && _vlive_scripted_is_offline (self))
    {
      GError *error = _vlive_scripted_offline_error (self);

      call_fail (task, was_applied (call) ? unknown_outcome (error) : error);
    }
  call_return (task);
}

void
_vlive_scripted_call_answer (GTask *task,
                             gpointer result,
                             GDestroyNotify destroy,
                             GError *error)
{
  Call *call = g_task_get_task_data (task);

  call->result = result;
  call->destroy = destroy;
  if (error != NULL)
    call_fail (task, error);
  if (!call->returned)
    call_wait (task, call->back_us, back_cb);
}

/* The call is at the master. */
static void
there_cb (gpointer data)
{
  GTask *task = data;
  VliveScriptedMaster *self = g_task_get_source_object (task);
  Call *call = g_task_get_task_data (task);

  call->timer = NULL;
  if (call->error == NULL && _vlive_scripted_is_offline (self))
    call_fail (task, _vlive_scripted_offline_error (self));
  if (call->error != NULL)
    {
      call_wait (task, call->back_us, back_cb);
      return;
    }
  call->evaluated = TRUE;
  call->evaluate (self, task, call->data);
}

/* Every call draws as many numbers, whatever the knobs say: so that turning one
 * leaves the rest of a run as it was. */
static void
draw (VliveScriptedMaster *self, Call *call, GError **error)
{
  const VliveScriptedKnobs *knobs = &self->knobs;
  double spread = g_rand_double (self->rand);
  double chance = g_rand_double (self->rand);
  gint64 latency = (gint64) knobs->latency_min * 1000;

  if (knobs->latency_max > knobs->latency_min)
    latency +=
        (gint64) (spread * 1000 * (double) (knobs->latency_max - knobs->latency_min));
  if (call->writes)
    latency += (gint64) knobs->write_latency * 1000;
  call->there_us = latency / 2;
  call->back_us = latency - call->there_us;

  if (_vlive_scripted_is_offline (self))
    *error = _vlive_scripted_offline_error (self);
  else if (self->n_to_fail > 0)
    {
      self->n_to_fail--;
      g_set_error (error, VLIVE_ERROR, (int) self->fail_code,
                   "“%s” failed, as it is told to do", self->name);
    }
  else if (chance < knobs->error_rate)
    g_set_error (error, VLIVE_ERROR, (int) knobs->error_code,
                 "“%s” failed, as it is told to do now and then", self->name);
}

void
_vlive_scripted_call_begin (VliveScriptedMaster *self,
                            gpointer tag,
                            gboolean writes,
                            VliveScriptedEvaluate evaluate,
                            VliveScriptedEvaluate arrived,
                            gpointer data,
                            GDestroyNotify free,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  Call *call = g_new0 (Call, 1);

  call->writes = writes;
  call->evaluate = evaluate;
  call->arrived = arrived;
  call->data = data;
  call->free = free;
  g_task_set_source_tag (task, tag);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, call, call_free);
  _vlive_census_add (VLIVE_CENSUS_TASK);
  self->counts.n_in_flight++;
  self->counts.max_in_flight =
      MAX (self->counts.max_in_flight, self->counts.n_in_flight);
  draw (self, call, &call->error);
  if (g_cancellable_is_cancelled (cancellable))
    {
      call_fail (task, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED,
                                            "Operation was cancelled"));
      call_return (task);
      return;
    }
  call_watch (task);
  call_wait (task, call->there_us, there_cb);
}

gpointer
_vlive_scripted_call_get_data (GTask *task)
{
  Call *call = g_task_get_task_data (task);

  return call->data;
}
