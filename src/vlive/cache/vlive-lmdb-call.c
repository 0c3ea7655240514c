/* vlive-lmdb-call.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "base/vlive-log-private.h"
#include "base/vlive-meter-private.h"
#include "cache/vlive-cache-task-private.h"
#include "cache/vlive-lmdb-cache-private.h"

/* How a call goes to the storage and comes back, and what happens when it
 * cannot. */

#define MAX_MIRRORS 256

VliveLmdbMirror *
_vlive_lmdb_cache_get_mirror (VliveLmdbCache *self, const char *ns)
{
  VliveLmdbMirror *mirror = g_hash_table_lookup (self->mirrors, ns);

  if (mirror != NULL)
    return mirror;

  if (g_hash_table_size (self->mirrors) >= MAX_MIRRORS)
    g_hash_table_remove_all (self->mirrors);
  mirror = _vlive_lmdb_mirror_new (ns);
  g_hash_table_insert (self->mirrors, g_strdup (ns), mirror);

  return mirror;
}

static void
warn (VliveLmdbCache *self, const GError *error)
{
  g_autofree char *name = g_filename_display_name (self->folder);

  _vlive_warn_once (self->folder, "fault", "The cache in “%s” keeps nothing more: %s",
                    name, error->message);
}

/* What has been handed out is of another generation there, and is asked for
 * again. */
static void
fall_back (VliveLmdbCache *self, const GError *error)
{
  if (self->fallback != NULL)
    return;

  warn (self, error);
  self->fallback = vlive_memory_cache_new ();
  _vlive_cache_set_clock (self->fallback, self->clock);
  g_hash_table_remove_all (self->mirrors);
  _vlive_lmdb_upkeep_stop (g_steal_pointer (&self->upkeep));
  g_clear_pointer (&self->storage, _vlive_storage_unref);
}

static void
return_result (GTask *task, VliveLmdbJob *job)
{
  switch (job->op)
    {
    case VLIVE_LMDB_LOOKUP_PAGE:
      _vlive_cache_return_lookup (task, g_steal_pointer (&job->shown), &job->stamp);
      break;
    case VLIVE_LMDB_STORE_PAGE:
    case VLIVE_LMDB_RENEW_PAGE:
      _vlive_cache_return_page (task, g_steal_pointer (&job->shown));
      break;
    case VLIVE_LMDB_LOOKUP_RECORD:
    case VLIVE_LMDB_SEARCH_RECORD:
      _vlive_cache_return_cached_record (task, &job->cached);
      job->cached = (VliveCachedRecord){ 0 };
      break;
    case VLIVE_LMDB_STORE_RECORD:
      _vlive_cache_return_record (task, g_steal_pointer (&job->answer), job->again);
      break;
    case VLIVE_LMDB_GET_STATISTICS:
      _vlive_cache_return_statistics (task, &job->statistics);
      break;
    case VLIVE_LMDB_LOOKUP_SCHEMA:
      _vlive_cache_return_schema (task, g_steal_pointer (&job->schema));
      break;
    case VLIVE_LMDB_PATCH:
      _vlive_cache_return_patched (task, g_steal_pointer (&job->doubted));
      break;
    case VLIVE_LMDB_TOUCH_RECORD:
    case VLIVE_LMDB_INVALIDATE:
    case VLIVE_LMDB_CLEAR:
    case VLIVE_LMDB_STORE_SCHEMA:
    default:
      g_task_return_boolean (task, TRUE);
    }
}

/* In the fallback: the same finish functions took its result apart. */
static void
forwarded_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  VliveLmdbJob *job = g_task_get_task_data (task);
  VliveCache *cache = VLIVE_CACHE (source);
  GError *error = NULL;

  VLIVE_METER_SPAN ("cache-forwarded");

  switch (job->op)
    {
    case VLIVE_LMDB_LOOKUP_PAGE:
      _vlive_cache_lookup_page_finish (cache, result, &job->shown, &job->stamp, &error);
      break;
    case VLIVE_LMDB_STORE_PAGE:
      job->shown = _vlive_cache_store_page_finish (cache, result, &error);
      break;
    case VLIVE_LMDB_RENEW_PAGE:
      job->shown = _vlive_cache_renew_page_finish (cache, result, &error);
      break;
    case VLIVE_LMDB_LOOKUP_RECORD:
    case VLIVE_LMDB_SEARCH_RECORD:
      _vlive_cache_lookup_record_finish (cache, result, &job->cached, &error);
      break;
    case VLIVE_LMDB_STORE_RECORD:
      _vlive_cache_store_record_finish (cache, result, &job->answer, &job->again,
                                        &error);
      break;
    case VLIVE_LMDB_GET_STATISTICS:
      vlive_cache_get_statistics_finish (cache, result, &job->statistics, &error);
      break;
    case VLIVE_LMDB_LOOKUP_SCHEMA:
      job->schema = _vlive_cache_lookup_schema_finish (cache, result, &error);
      break;
    case VLIVE_LMDB_PATCH:
      _vlive_cache_patch_finish (cache, result, &job->doubted, &error);
      break;
    case VLIVE_LMDB_INVALIDATE:
      _vlive_cache_invalidate_finish (cache, result, &error);
      break;
    case VLIVE_LMDB_CLEAR:
      vlive_cache_clear_finish (cache, result, &error);
      break;
    case VLIVE_LMDB_TOUCH_RECORD:
    case VLIVE_LMDB_STORE_SCHEMA:
    default:
      g_assert_not_reached ();
    }
  if (error != NULL)
    g_task_return_error (task, error);
  else
    return_result (task, job);
}

static void
clear_shown (VliveLmdbJob *job)
{
  g_clear_pointer (&job->shown, vlive_page_unref);
  g_clear_pointer (&job->answer, vlive_record_unref);
  g_clear_pointer (&job->doubted, g_array_unref);
  if (job->op == VLIVE_LMDB_LOOKUP_SCHEMA)
    g_clear_pointer (&job->schema, vlive_schema_unref);
  _vlive_cached_record_clear (&job->cached);
}

/* Takes @task. */
static void
forward (VliveLmdbCache *self, GTask *task)
{
  VliveLmdbJob *job = g_task_get_task_data (task);
  GCancellable *cancellable = g_task_get_cancellable (task);
  VliveCache *to = self->fallback;

  clear_shown (job);
  switch (job->op)
    {
    case VLIVE_LMDB_LOOKUP_PAGE:
      _vlive_cache_lookup_page_async (to, job->ns, job->query, job->offset, job->limit,
                                      cancellable, forwarded_cb, task);
      break;
    case VLIVE_LMDB_STORE_PAGE:
      _vlive_cache_store_page_async (to, job->ns, job->query, job->page, cancellable,
                                     forwarded_cb, task);
      break;
    case VLIVE_LMDB_RENEW_PAGE:
      _vlive_cache_renew_page_async (to, job->ns, job->query, job->offset, job->limit,
                                     job->validator, job->page, cancellable,
                                     forwarded_cb, task);
      break;
    case VLIVE_LMDB_LOOKUP_RECORD:
      _vlive_cache_lookup_record_async (to, job->ns, job->id, cancellable, forwarded_cb,
                                        task);
      break;
    case VLIVE_LMDB_SEARCH_RECORD:
      _vlive_cache_search_record_async (to, job->ns, job->id, cancellable, forwarded_cb,
                                        task);
      break;
    case VLIVE_LMDB_STORE_RECORD:
      _vlive_cache_store_record_async (to, job->ns, job->id, job->record, &job->stamp,
                                       job->fetched_at, job->sequence, cancellable,
                                       forwarded_cb, task);
      break;
    case VLIVE_LMDB_PATCH:
      _vlive_cache_patch_async (to, job->ns, job->patches, job->n_patches, cancellable,
                                forwarded_cb, task);
      break;
    case VLIVE_LMDB_INVALIDATE:
      _vlive_cache_invalidate_async (to, job->ns, job->query, job->id, cancellable,
                                     forwarded_cb, task);
      break;
    case VLIVE_LMDB_CLEAR:
      vlive_cache_clear_async (to, cancellable, forwarded_cb, task);
      break;
    case VLIVE_LMDB_GET_STATISTICS:
      vlive_cache_get_statistics_async (to, cancellable, forwarded_cb, task);
      break;
    case VLIVE_LMDB_LOOKUP_SCHEMA:
      _vlive_cache_lookup_schema_async (to, job->ns, cancellable, forwarded_cb, task);
      break;
    case VLIVE_LMDB_STORE_SCHEMA:
    case VLIVE_LMDB_TOUCH_RECORD:
    default:
      g_assert_not_reached ();
    }
}

/* Something that only keeps could not be kept: the answer is shown all the
 * same, and is a miss the next time. Nothing that was there has become
 * wrong. */
static gboolean
may_fail (VliveLmdbOp op)
{
  switch (op)
    {
    case VLIVE_LMDB_STORE_PAGE:
    case VLIVE_LMDB_RENEW_PAGE:
    case VLIVE_LMDB_STORE_RECORD:
    case VLIVE_LMDB_TOUCH_RECORD:
    case VLIVE_LMDB_STORE_SCHEMA:
      return TRUE;
    case VLIVE_LMDB_LOOKUP_PAGE:
    case VLIVE_LMDB_LOOKUP_RECORD:
    case VLIVE_LMDB_SEARCH_RECORD:
    case VLIVE_LMDB_PATCH:
    case VLIVE_LMDB_INVALIDATE:
    case VLIVE_LMDB_CLEAR:
    case VLIVE_LMDB_GET_STATISTICS:
    case VLIVE_LMDB_LOOKUP_SCHEMA:
    default:
      return FALSE;
    }
}

/*
 * A change that cannot be kept would let what is kept be shown as it was: then
 * nothing of the folder may be believed here any more, and others should find
 * it empty if that can be had at all.
 */
static void
empty_folder (VliveLmdbCache *self)
{
  VliveLmdbJob *job = _vlive_lmdb_job_new (VLIVE_LMDB_CLEAR, NULL);

  job->clock = g_object_ref (self->clock);
  job->path = g_strdup (self->folder);
  _vlive_storage_write_async (self->storage, _vlive_lmdb_job_run, job,
                              (GDestroyNotify) _vlive_lmdb_job_free, NULL, NULL, NULL);
}

/* Takes @task. */
static void
handle_failure (VliveLmdbCache *self, GTask *task, GError *error)
{
  g_autoptr (GError) owned = error;
  VliveLmdbJob *job = g_task_get_task_data (task);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_task_return_error (task, g_steal_pointer (&owned));
      g_object_unref (task);
      return;
    }
  if (self->works && may_fail (job->op) && job->ran)
    {
      warn (self, error);
      return_result (task, job);
      g_object_unref (task);
      return;
    }

  if (self->works && self->fallback == NULL && _vlive_lmdb_op_writes (job->op))
    empty_folder (self);
  fall_back (self, error);
  forward (self, task);
}

static void
touch (VliveLmdbCache *self, VliveLmdbJob *looked_up)
{
  VliveLmdbJob *job = _vlive_lmdb_job_new (VLIVE_LMDB_TOUCH_RECORD, looked_up->ns);

  job->id = g_strdup (looked_up->id);
  _vlive_lmdb_cache_submit_quietly (self, job);
}

/* What a job that has succeeded means for the rest of us. */
static void
take_note (VliveLmdbCache *self, VliveLmdbJob *job)
{
  guint64 n_entries = job->news.space.n_entries;

  self->works = TRUE;
  self->n_corrupt += job->n_corrupt;
  if (job->op == VLIVE_LMDB_CLEAR)
    g_hash_table_remove_all (self->mirrors);
  if (job->n_corrupt > 0)
    _vlive_lmdb_upkeep_note_damage (self->upkeep);
  if (job->writing)
    _vlive_lmdb_upkeep_note_use (self->upkeep, job->statistics.used_bytes,
                                 job->statistics.n_records);
  if (job->ns == NULL)
    return;

  _vlive_lmdb_mirror_take_news (_vlive_lmdb_cache_get_mirror (self, job->ns),
                                &job->news);
  if (job->shown != NULL)
    _vlive_lmdb_mirror_take_page (_vlive_lmdb_cache_get_mirror (self, job->ns),
                                  job->shown);
  _vlive_lmdb_upkeep_note_entries (self->upkeep, job->space_key, n_entries);
  if (job->wants_touch)
    touch (self, job);
}

static void
job_done_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  GTask *task = data;
  VliveLmdbCache *self = g_task_get_source_object (task);
  VliveLmdbJob *job = g_task_get_task_data (task);
  GError *error = NULL;

  VLIVE_METER_SPAN ("cache-done");

  if (!_vlive_storage_finish (result, NULL, &error))
    {
      handle_failure (self, task, error);
      return;
    }
  if (self->fallback != NULL)
    {
      forward (self, task);
      return;
    }
  if (job->needs_write)
    {
      self->n_corrupt += job->n_corrupt;
      job->writing = TRUE;
      _vlive_lmdb_cache_submit (self, task);
      return;
    }

  take_note (self, job);
  if (job->op == VLIVE_LMDB_GET_STATISTICS)
    {
      job->statistics.size_limit = self->size_limit;
      job->statistics.n_evicted = _vlive_lmdb_upkeep_get_n_evicted (self->upkeep);
      job->statistics.n_corrupt = self->n_corrupt;
    }
  return_result (task, job);
  g_object_unref (task);
}

static void
prepare (VliveLmdbCache *self, VliveLmdbJob *job)
{
  g_set_object (&job->clock, self->clock);
  if (job->path == NULL)
    job->path = g_strdup (_vlive_storage_get_path (self->storage));
  if (job->ns != NULL)
    {
      VliveLmdbMirror *mirror = _vlive_lmdb_cache_get_mirror (self, job->ns);

      job->known_generation = _vlive_lmdb_mirror_get_generation (mirror);
      job->known_serial = _vlive_lmdb_mirror_get_serial (mirror);
    }
}

void
_vlive_lmdb_cache_submit (VliveLmdbCache *self, GTask *task)
{
  VliveLmdbJob *job = g_task_get_task_data (task);

  if (self->fallback != NULL)
    {
      forward (self, task);
      return;
    }
  prepare (self, job);
  if (job->writing)
    _vlive_storage_write_async (self->storage, _vlive_lmdb_job_run, job, NULL,
                                g_task_get_cancellable (task), job_done_cb, task);
  else
    _vlive_storage_read_async (self->storage, _vlive_lmdb_job_run, job, NULL,
                               g_task_get_cancellable (task), job_done_cb, task);
}

static void
quiet_done_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autofree GWeakRef *weak = data;
  g_autoptr (VliveLmdbCache) self = g_weak_ref_get (weak);
  g_autoptr (GError) error = NULL;
  gpointer job;

  VLIVE_METER_SPAN ("cache-quiet");

  g_weak_ref_clear (weak);
  if (!_vlive_storage_finish (result, &job, &error))
    {
      if (self != NULL && self->fallback == NULL && self->works)
        warn (self, error);
    }
  else if (self != NULL && self->fallback == NULL)
    take_note (self, job);
}

/* What is meant to be kept only, and is not, is a miss. */
void
_vlive_lmdb_cache_submit_quietly (VliveLmdbCache *self, VliveLmdbJob *job)
{
  GWeakRef *weak = g_new0 (GWeakRef, 1);

  g_weak_ref_init (weak, self);
  prepare (self, job);
  _vlive_storage_write_async (self->storage, _vlive_lmdb_job_run, job,
                              (GDestroyNotify) _vlive_lmdb_job_free, NULL,
                              quiet_done_cb, weak);
}
