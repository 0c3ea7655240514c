/* vlive-storage.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "storage/vlive-storage-private.h"

#include <stdlib.h>
#include <string.h>

#include "base/vlive-census-private.h"
#include "base/vlive-log-private.h"
#include "base/vlive-meter-private.h"
#include "base/vlive-worker-private.h"
#include "storage/vlive-env-private.h"
#include "storage/vlive-hub-private.h"

#define PRIORITY 100
/* So many waiting jobs share a commit. */
#define MAX_GROUP 256

/* A task, and what the worker needs of it. Its task is dropped where it was
 * made. */
typedef struct
{
  VliveJob job;
  GTask *task;        /* owned */
  gboolean cancelled; /* before it began */
} StorageJob;

typedef struct
{
  GMainContext *context; /* owned */
  GSourceOnceFunc func;
  gpointer data;
} Closed;

struct _VliveStorage
{
  guint refs;                  /* under registry_lock */
  char *path;                  /* owned; as it was given, made absolute */
  VliveStorageOptions options; /* databases: owned copy */
  VliveWorker *writer;         /* owned */
  VliveWorker *reader;         /* owned */
  Closed *closed;              /* owned; NULL: nobody wants to know */

  GMutex lock;
  GCond opened_cond;
  gboolean opened;  /* under lock: the outcome is known */
  GQueue writes;    /* under lock; of StorageJob, owned */
  GQueue reads;     /* under lock; of StorageJob, owned */
  GPtrArray *hubs;  /* under lock; owned */
  guint last_watch; /* under lock */
  GError *failure;  /* owned; set before it is opened, then constant */
  guint64 device;   /* what is in the table of cores */
  guint64 inode;
  gboolean is_core;
  /* The same file was open under another name: all is done there. Atomic, as
   * the next one; both are set once. */
  VliveStorage *target; /* owned reference */
  VliveEnv *env;        /* owned; NULL until it is known which file it is */
};

/* Those that have references, by path; and those whose file is open, or being
 * closed: one an inode, or LMDB's locks would break. */
static GMutex registry_lock;
static GCond registry_cond;
static GHashTable *registry; /* owned: path (owned by it) -> VliveStorage */
static GPtrArray *cores;     /* owned: VliveStorage */

static void
add_to_registry (VliveStorage *self)
{
  if (registry == NULL)
    registry = g_hash_table_new (g_str_hash, g_str_equal);
  g_hash_table_insert (registry, self->path, self);
}

static void
shrink_registry (void)
{
  if (registry != NULL && g_hash_table_size (registry) == 0)
    g_clear_pointer (&registry, g_hash_table_unref);
  if (cores != NULL && cores->len == 0)
    g_clear_pointer (&cores, g_ptr_array_unref);
}

static VliveStorage *
find_core (guint64 device, guint64 inode)
{
  for (guint i = 0; cores != NULL && i < cores->len; i++)
    {
      VliveStorage *core = cores->pdata[i];

      if (core->device == device && core->inode == inode)
        return core;
    }

  return NULL;
}

/* Where the jobs of this one are done. */
static VliveStorage *
resolve (VliveStorage *self)
{
  VliveStorage *target = g_atomic_pointer_get (&self->target);

  return target != NULL ? target : self;
}

static void
job_free (StorageJob *self)
{
  g_clear_error (&self->job.error);
  g_object_unref (self->task);
  g_free (self);
}

static void
jobs_free (gpointer data)
{
  g_ptr_array_unref (data);
}

static gboolean
complete_cb (gpointer data)
{
  GPtrArray *jobs = data;
  VLIVE_METER_SPAN ("storage-done");

  for (guint i = 0; i < jobs->len; i++)
    {
      StorageJob *job = jobs->pdata[i];

      if (job->cancelled)
        g_task_return_new_error (job->task, G_IO_ERROR, G_IO_ERROR_CANCELLED,
                                 "Cancelled");
      else if (job->job.error != NULL)
        g_task_return_error (job->task, g_steal_pointer (&job->job.error));
      else
        g_task_return_boolean (job->task, TRUE);
    }

  return G_SOURCE_REMOVE;
}

/* @jobs are all of one context. */
static void
complete (GPtrArray *jobs, GMainContext *context)
{
  GSource *source = g_idle_source_new ();

  g_source_set_static_name (source, "vlive-storage");
  g_source_set_priority (source, PRIORITY);
  g_source_set_callback (source, complete_cb, jobs, jobs_free);
  g_source_attach (source, context);
  g_source_unref (source);
}

/* Takes the jobs. One source for neighbours of one context. */
static void
complete_all (StorageJob **jobs, guint n_jobs)
{
  guint i = 0;

  while (i < n_jobs)
    {
      GPtrArray *group = g_ptr_array_new_with_free_func ((GDestroyNotify) job_free);
      GMainContext *context = g_main_context_ref (g_task_get_context (jobs[i]->task));

      while (i < n_jobs && g_task_get_context (jobs[i]->task) == context)
        g_ptr_array_add (group, jobs[i++]);
      complete (group, context);
      g_main_context_unref (context);
    }
}

static gboolean
is_cancelled (StorageJob *job)
{
  job->cancelled = g_cancellable_is_cancelled (g_task_get_cancellable (job->task));

  return job->cancelled;
}

static void
push (VliveStorage *self, VliveWorker *worker, VliveWorkFunc run)
{
  _vlive_worker_push (worker, run, NULL, self, NULL, NULL, 0);
}

static void write_cb (gpointer data);
static void read_cb (gpointer data);

static void
enqueue (VliveStorage *self, GQueue *queue, StorageJob *job)
{
  g_mutex_lock (&self->lock);
  g_queue_push_tail (queue, job);
  g_mutex_unlock (&self->lock);
}

static void
push_write (VliveStorage *self, StorageJob *job)
{
  enqueue (self, &self->writes, job);
  push (self, self->writer, write_cb);
}

static void
push_read (VliveStorage *self, StorageJob *job)
{
  enqueue (self, &self->reads, job);
  push (self, self->reader, read_cb);
}

static guint
take_writes (VliveStorage *self, StorageJob **jobs)
{
  guint n = 0;

  g_mutex_lock (&self->lock);
  while (n < MAX_GROUP && !g_queue_is_empty (&self->writes))
    jobs[n++] = g_queue_pop_head (&self->writes);
  g_mutex_unlock (&self->lock);

  return n;
}

static void
run_writes (VliveStorage *self, StorageJob **jobs, guint n_jobs)
{
  VliveJob *waiting[MAX_GROUP];
  guint n = 0;

  for (guint i = 0; i < n_jobs; i++)
    {
      if (is_cancelled (jobs[i]))
        continue;
      if (self->failure != NULL)
        jobs[i]->job.error = g_error_copy (self->failure);
      else
        waiting[n++] = &jobs[i]->job;
    }
  if (n > 0)
    _vlive_env_write (self->env, waiting, n);
  complete_all (jobs, n_jobs);
}

static void
write_cb (gpointer data)
{
  VliveStorage *self = data;
  StorageJob *jobs[MAX_GROUP];
  guint n = take_writes (self, jobs);

  if (self->target == NULL && n > 0)
    run_writes (self, jobs, n);
  else
    for (guint i = 0; i < n; i++)
      push_write (self->target, jobs[i]);
}

static void
wait_until_opened (VliveStorage *self)
{
  g_mutex_lock (&self->lock);
  while (!self->opened)
    g_cond_wait (&self->opened_cond, &self->lock);
  g_mutex_unlock (&self->lock);
}

static void
run_read (VliveStorage *self, StorageJob *job)
{
  if (!is_cancelled (job))
    {
      if (self->failure != NULL)
        job->job.error = g_error_copy (self->failure);
      else
        _vlive_env_read (self->env, job->job.func, job->job.data, &job->job.error);
    }
  complete_all (&job, 1);
}

static void
read_cb (gpointer data)
{
  VliveStorage *self = data;
  StorageJob *job;

  wait_until_opened (self);
  g_mutex_lock (&self->lock);
  job = g_queue_pop_head (&self->reads);
  g_mutex_unlock (&self->lock);
  if (self->target != NULL)
    push_read (self->target, job);
  else
    run_read (self, job);
}

/* Symbolic links have another name, and would have other locks. */
static char *
find_real_path (const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *name = g_path_get_basename (path);
  char *real = realpath (path, NULL);
  char *result;

  if (real != NULL)
    result = g_strdup (real);
  else
    {
      real = realpath (folder, NULL);
      result = g_build_filename (real != NULL ? real : folder, name, NULL);
    }
  free (real);

  return result;
}

/* Waits until nobody in this process has the file; or finds who has. */
static void
become_core (VliveStorage *self)
{
  VliveStorage *core;

  _vlive_gate_get_inode (self->env->gate, &self->device, &self->inode);
  g_mutex_lock (&registry_lock);
  while ((core = find_core (self->device, self->inode)) != NULL && core->refs == 0)
    g_cond_wait (&registry_cond, &registry_lock);
  if (core != NULL)
    {
      core->refs++;
      g_atomic_pointer_set (&self->target, core);
    }
  else
    {
      /* One that was dropped at once may come here when all others have gone. */
      if (cores == NULL)
        cores = g_ptr_array_new ();
      g_ptr_array_add (cores, self);
      self->is_core = TRUE;
    }
  g_mutex_unlock (&registry_lock);
}

static void
open_env (VliveStorage *self)
{
  g_autofree char *path = find_real_path (self->path);
  VliveEnv *env = _vlive_env_new (path, &self->options);

  g_atomic_pointer_set (&self->env, env);
  if (!_vlive_env_prepare (env, &self->failure))
    return;
  become_core (self);
  if (self->is_core)
    _vlive_env_open (env, &self->failure);
}

static void
open_cb (gpointer data)
{
  VliveStorage *self = data;

  open_env (self);
  g_mutex_lock (&self->lock);
  self->opened = TRUE;
  g_cond_broadcast (&self->opened_cond);
  g_mutex_unlock (&self->lock);
}

static void
copy_options (VliveStorageOptions *to, const VliveStorageOptions *from)
{
  *to = *from;
  to->databases = (const char *const *) g_strdupv ((char **) from->databases);
}

static gboolean
have_equal_options (const VliveStorageOptions *a, const VliveStorageOptions *b)
{
  return a->kind == b->kind && a->magic == b->magic && a->version == b->version
         && g_strv_equal (a->databases, b->databases);
}

static VliveStorage *
storage_new (char *path, const VliveStorageOptions *options)
{
  VliveStorage *self = g_new0 (VliveStorage, 1);

  self->refs = 1;
  self->path = path;
  copy_options (&self->options, options);
  self->hubs = g_ptr_array_new_with_free_func ((GDestroyNotify) _vlive_hub_unref);
  g_mutex_init (&self->lock);
  g_cond_init (&self->opened_cond);
  self->writer = _vlive_worker_new ("vlive-writer");
  self->reader = _vlive_worker_new ("vlive-reader");
  _vlive_census_add (VLIVE_CENSUS_STORAGE);
  push (self, self->writer, open_cb);

  return self;
}

VliveStorage *
_vlive_storage_open (const char *path, const VliveStorageOptions *options)
{
  VliveStorage *self;
  char *absolute;

  g_assert (path != NULL);
  g_assert (options != NULL && options->databases != NULL);

  absolute = g_canonicalize_filename (path, NULL);
  g_mutex_lock (&registry_lock);
  self = registry != NULL ? g_hash_table_lookup (registry, absolute) : NULL;
  if (self != NULL)
    {
      g_assert (have_equal_options (&self->options, options));
      self->refs++;
      g_free (absolute);
    }
  else
    {
      self = storage_new (absolute, options);
      add_to_registry (self);
    }
  g_mutex_unlock (&registry_lock);

  return self;
}

VliveStorage *
_vlive_storage_ref (VliveStorage *self)
{
  g_mutex_lock (&registry_lock);
  g_assert (self->refs > 0);
  self->refs++;
  g_mutex_unlock (&registry_lock);

  return self;
}

static gboolean
closed_cb (gpointer data)
{
  Closed *closed = data;
  VLIVE_METER_SPAN ("storage-closed");

  closed->func (closed->data);

  return G_SOURCE_REMOVE;
}

static void
closed_free (gpointer data)
{
  Closed *closed = data;

  g_main_context_unref (closed->context);
  g_free (closed);
}

/* Takes it. */
static void
tell_closed (Closed *closed)
{
  GSource *source = g_idle_source_new ();

  g_source_set_static_name (source, "vlive-storage-closed");
  g_source_set_priority (source, PRIORITY);
  g_source_set_callback (source, closed_cb, closed, closed_free);
  g_source_attach (source, closed->context);
  g_source_unref (source);
}

static void
leave_cores (VliveStorage *self)
{
  g_mutex_lock (&registry_lock);
  if (self->is_core)
    g_ptr_array_remove (cores, self);
  shrink_registry ();
  g_cond_broadcast (&registry_cond);
  g_mutex_unlock (&registry_lock);
}

static void
storage_free (VliveStorage *self)
{
  g_clear_pointer (&self->target, _vlive_storage_unref);
  g_clear_error (&self->failure);
  g_ptr_array_unref (self->hubs);
  g_strfreev ((char **) self->options.databases);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->opened_cond);
  g_free (self->path);
  g_free (self);
}

/* On the writer, behind all jobs. */
static void
close_cb (gpointer data)
{
  VliveStorage *self = data;
  Closed *closed = self->closed;

  if (self->is_core)
    _vlive_env_close (self->env);
  /* Its descriptors and locks go before the next one may open it. */
  _vlive_env_free (self->env);
  _vlive_warn_forget (self->path);
  leave_cores (self);
  storage_free (self);
  _vlive_census_remove (VLIVE_CENSUS_STORAGE);
  if (closed != NULL)
    tell_closed (closed);
}

/* On the reader, behind all its jobs. */
static void
end_reading_cb (gpointer data)
{
  VliveStorage *self = data;
  VliveWorker *writer = self->writer;

  push (self, writer, close_cb);
  _vlive_worker_free (writer);
}

static void
close_hubs (VliveStorage *self)
{
  for (guint i = 0; i < self->hubs->len; i++)
    _vlive_hub_close (self->hubs->pdata[i]);
}

/* @closed, if any, is taken. */
static void
unref (VliveStorage *self, Closed *closed)
{
  VliveWorker *reader = self->reader;
  gboolean is_last;

  g_mutex_lock (&registry_lock);
  g_assert (self->refs > 0);
  is_last = --self->refs == 0;
  if (is_last)
    {
      self->closed = closed;
      g_hash_table_remove (registry, self->path);
    }
  g_mutex_unlock (&registry_lock);

  if (is_last)
    {
      close_hubs (self);
      push (self, reader, end_reading_cb);
      _vlive_worker_free (reader);
    }
  else if (closed != NULL)
    tell_closed (closed);
}

void
_vlive_storage_unref (VliveStorage *self)
{
  unref (self, NULL);
}

void
_vlive_storage_close (VliveStorage *self, GSourceOnceFunc func, gpointer data)
{
  Closed *closed = g_new (Closed, 1);

  closed->context = g_main_context_ref_thread_default ();
  closed->func = func;
  closed->data = data;
  unref (self, closed);
}

const char *
_vlive_storage_get_path (VliveStorage *self)
{
  return self->path;
}

static StorageJob *
job_new (VliveTxnFunc func,
         gpointer data,
         GDestroyNotify destroy,
         GCancellable *cancellable,
         GAsyncReadyCallback callback,
         gpointer user_data)
{
  StorageJob *job = g_new0 (StorageJob, 1);

  job->job.func = func;
  job->job.data = data;
  job->task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_priority (job->task, PRIORITY);
  g_task_set_task_data (job->task, data, destroy);

  return job;
}

void
_vlive_storage_read_async (VliveStorage *self,
                           VliveTxnFunc func,
                           gpointer data,
                           GDestroyNotify destroy,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  StorageJob *job = job_new (func, data, destroy, cancellable, callback, user_data);

  g_task_set_source_tag (job->task, _vlive_storage_read_async);
  push_read (self, job);
}

void
_vlive_storage_write_async (VliveStorage *self,
                            VliveTxnFunc func,
                            gpointer data,
                            GDestroyNotify destroy,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  StorageJob *job = job_new (func, data, destroy, cancellable, callback, user_data);

  g_task_set_source_tag (job->task, _vlive_storage_write_async);
  g_task_set_check_cancellable (job->task, FALSE);
  push_write (self, job);
}

gboolean
_vlive_storage_finish (GAsyncResult *result, gpointer *data, GError **error)
{
  g_assert (g_async_result_is_tagged (result, _vlive_storage_read_async)
            || g_async_result_is_tagged (result, _vlive_storage_write_async));

  if (data != NULL)
    *data = g_task_get_task_data (G_TASK (result));

  return g_task_propagate_boolean (G_TASK (result), error);
}

gboolean
_vlive_storage_read_inline (VliveStorage *self,
                            VliveTxnFunc func,
                            gpointer data,
                            GError **error)
{
  VliveEnv *env = g_atomic_pointer_get (&resolve (self)->env);

  if (env != NULL)
    return _vlive_env_read_inline (env, func, data, error);
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK, "Not open yet");

  return FALSE;
}

guint64
_vlive_storage_get_change (VliveStorage *self)
{
  VliveEnv *env = g_atomic_pointer_get (&resolve (self)->env);

  return env != NULL ? _vlive_env_get_change (env) : 0;
}

static void
connect_cb (gpointer data)
{
  VliveStorage *self = data;
  g_autoptr (GPtrArray) hubs =
      g_ptr_array_new_with_free_func ((GDestroyNotify) _vlive_hub_unref);

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->hubs->len; i++)
    g_ptr_array_add (hubs, _vlive_hub_ref (self->hubs->pdata[i]));
  g_mutex_unlock (&self->lock);

  /* Its own thread opens the target; what is asked of it then waits there. */
  if (self->target != NULL)
    wait_until_opened (self->target);
  for (guint i = 0; i < hubs->len; i++)
    _vlive_hub_connect (hubs->pdata[i], resolve (self)->env);
}

/* With the lock held. */
static VliveHub *
find_hub (VliveStorage *self, GMainContext *context)
{
  for (guint i = 0; i < self->hubs->len; i++)
    if (_vlive_hub_get_context (self->hubs->pdata[i]) == context)
      return self->hubs->pdata[i];

  return NULL;
}

guint
_vlive_storage_watch (VliveStorage *self, GSourceOnceFunc func, gpointer data)
{
  g_autoptr (GMainContext) context = g_main_context_ref_thread_default ();
  guint64 known = _vlive_storage_get_change (self);
  VliveHub *hub;
  gboolean is_new;
  guint id;

  g_mutex_lock (&self->lock);
  id = ++self->last_watch;
  hub = find_hub (self, context);
  is_new = hub == NULL;
  if (is_new)
    {
      hub = _vlive_hub_new (context, known);
      g_ptr_array_add (self->hubs, hub);
    }
  _vlive_hub_add (hub, id, func, data);
  g_mutex_unlock (&self->lock);
  /* Paths are looked up on our own thread. */
  if (is_new)
    push (self, self->writer, connect_cb);

  return id;
}

void
_vlive_storage_unwatch (VliveStorage *self, guint watch)
{
  VliveHub *hub = NULL;

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->hubs->len && hub == NULL; i++)
    if (_vlive_hub_remove (self->hubs->pdata[i], watch))
      hub = _vlive_hub_ref (self->hubs->pdata[i]);
  g_assert (hub != NULL);
  if (_vlive_hub_is_empty (hub))
    {
      _vlive_hub_close (hub);
      g_ptr_array_remove (self->hubs, hub);
    }
  g_mutex_unlock (&self->lock);
  _vlive_hub_unref (hub);
}

guint
_vlive_storage_n_open (void)
{
  guint n;

  g_mutex_lock (&registry_lock);
  n = registry != NULL ? g_hash_table_size (registry) : 0;
  g_mutex_unlock (&registry_lock);

  return n;
}
