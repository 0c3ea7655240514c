/* vlive-worker.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "base/vlive-worker-private.h"

#include "base/vlive-census-private.h"
#include "base/vlive-meter-private.h"

/* Outlives the handle: the thread holds the other reference. */
struct _VliveWorker
{
  GAsyncQueue *jobs; /* owned */
  GThread *thread;   /* owned */
};

typedef struct
{
  VliveWorkFunc run;  /* NULL: the end */
  VliveWorkFunc done; /* nullable */
  gpointer data;
  GDestroyNotify destroy; /* nullable */
  GMainContext *context;  /* owned, nullable */
  int priority;
} Job;

static GMutex gone_lock;
static GCond gone_cond;
static guint n_threads; /* guarded by gone_lock */

static void
job_free (gpointer data)
{
  Job *job = data;

  if (job->destroy != NULL)
    job->destroy (job->data);
  g_clear_pointer (&job->context, g_main_context_unref);
  g_free (job);
}

static gboolean
job_done_cb (gpointer data)
{
  Job *job = data;
  VLIVE_METER_SPAN ("worker-done");

  if (job->done != NULL)
    job->done (job->data);

  return G_SOURCE_REMOVE;
}

static void
job_deliver (Job *job)
{
  GSource *source = g_idle_source_new ();

  g_source_set_static_name (source, "vlive-worker");
  g_source_set_priority (source, job->priority);
  g_source_set_callback (source, job_done_cb, job, job_free);
  g_source_attach (source, job->context);
  g_source_unref (source);
}

static void
thread_gone (void)
{
  _vlive_census_remove (VLIVE_CENSUS_THREAD);
  g_mutex_lock (&gone_lock);
  n_threads--;
  g_cond_broadcast (&gone_cond);
  g_mutex_unlock (&gone_lock);
}

static gpointer
worker_thread (gpointer data)
{
  GAsyncQueue *jobs = data;
  gboolean ended = FALSE;

  while (!ended)
    {
      Job *job = g_async_queue_pop (jobs);

      ended = job->run == NULL;
      if (!ended)
        job->run (job->data);
      if (job->context != NULL)
        job_deliver (job);
      else
        job_free (job);
    }
  g_async_queue_unref (jobs);
  thread_gone ();

  return NULL;
}

VliveWorker *
_vlive_worker_new (const char *name)
{
  VliveWorker *self = g_new0 (VliveWorker, 1);

  g_mutex_lock (&gone_lock);
  n_threads++;
  g_mutex_unlock (&gone_lock);
  _vlive_census_add (VLIVE_CENSUS_THREAD);
  self->jobs = g_async_queue_new ();
  self->thread = g_thread_new (name, worker_thread, g_async_queue_ref (self->jobs));

  return self;
}

void
_vlive_worker_free (VliveWorker *self)
{
  _vlive_worker_push (self, NULL, NULL, NULL, NULL, NULL, 0);
  g_async_queue_unref (self->jobs);
  g_thread_unref (self->thread);
  g_free (self);
}

void
_vlive_worker_push (VliveWorker *self,
                    VliveWorkFunc run,
                    VliveWorkFunc done,
                    gpointer data,
                    GDestroyNotify destroy,
                    GMainContext *context,
                    int priority)
{
  Job *job = g_new0 (Job, 1);

  g_assert (done == NULL || context != NULL);

  job->run = run;
  job->done = done;
  job->data = data;
  job->destroy = destroy;
  job->context = context != NULL ? g_main_context_ref (context) : NULL;
  job->priority = priority;
  g_async_queue_push (self->jobs, job);
}

gboolean
_vlive_worker_is_self (VliveWorker *self)
{
  return g_thread_self () == self->thread;
}

gboolean
_vlive_worker_wait_all_gone (gint64 timeout_us)
{
  gint64 deadline = g_get_monotonic_time () + timeout_us;
  gboolean gone = TRUE;

  g_mutex_lock (&gone_lock);
  while (n_threads > 0 && gone)
    gone = g_cond_wait_until (&gone_cond, &gone_lock, deadline);
  gone = n_threads == 0;
  g_mutex_unlock (&gone_lock);

  return gone;
}
