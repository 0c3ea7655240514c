/* vlive-lmdb-cache.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "base/vlive-census-private.h"
#include "base/vlive-log-private.h"
#include "cache/vlive-cache-task-private.h"
#include "cache/vlive-lmdb-cache-private.h"
#include "storage/vlive-places-private.h"

enum
{
  PROP_0,
  PROP_FOLDER,
  PROP_SIZE_LIMIT,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static void vlive_lmdb_cache_iface_init (VliveCacheInterface *iface);

/**
 * VliveLmdbCache:
 *
 * A cache in a folder, which several processes may share.
 *
 * Nothing that is asked of it waits for the disk. If the folder cannot be
 * used (it may not be written, it is on a network, the disk is full), this is
 * said once, and the cache works from memory as if it were empty.
 *
 * Since: 0.1
 */
G_DEFINE_FINAL_TYPE_WITH_CODE (VliveLmdbCache,
                               vlive_lmdb_cache,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (VLIVE_TYPE_CACHE,
                                                      vlive_lmdb_cache_iface_init))

static GTask *
task_new (VliveCache *cache,
          VliveLmdbOp op,
          const char *ns,
          GCancellable *cancellable,
          GAsyncReadyCallback callback,
          gpointer user_data,
          gpointer tag,
          VliveLmdbJob **job)
{
  GTask *task = _vlive_cache_task_new (cache, cancellable, callback, user_data, tag,
                                       _vlive_lmdb_op_writes (op));

  *job = _vlive_lmdb_job_new (op, ns);
  g_task_set_task_data (task, *job, (GDestroyNotify) _vlive_lmdb_job_free);

  return task;
}

static gboolean
try_lookup_page (VliveCache *cache,
                 const char *ns,
                 VliveQuery *query,
                 guint64 offset,
                 guint limit,
                 VlivePage **page,
                 VliveStamp *stamp)
{
  VliveLmdbCache *self = VLIVE_LMDB_CACHE (cache);

  if (self->fallback != NULL)
    return _vlive_cache_try_lookup_page (self->fallback, ns, query, offset, limit, page,
                                         stamp);

  return _vlive_lmdb_mirror_lookup (_vlive_lmdb_cache_get_mirror (self, ns),
                                    self->storage, self->clock, query, offset, limit,
                                    page, stamp);
}

static void
lookup_page_async (VliveCache *cache,
                   const char *ns,
                   VliveQuery *query,
                   guint64 offset,
                   guint limit,
                   GCancellable *cancellable,
                   GAsyncReadyCallback callback,
                   gpointer user_data)
{
  VliveLmdbJob *job;
  GTask *task = task_new (cache, VLIVE_LMDB_LOOKUP_PAGE, ns, cancellable, callback,
                          user_data, lookup_page_async, &job);

  job->query = vlive_query_ref (query);
  job->offset = offset;
  job->limit = limit;
  _vlive_lmdb_cache_submit (VLIVE_LMDB_CACHE (cache), task);
}

static void
store_page_async (VliveCache *cache,
                  const char *ns,
                  VliveQuery *query,
                  VlivePage *page,
                  GCancellable *cancellable,
                  GAsyncReadyCallback callback,
                  gpointer user_data)
{
  VliveLmdbJob *job;
  GTask *task = task_new (cache, VLIVE_LMDB_STORE_PAGE, ns, cancellable, callback,
                          user_data, store_page_async, &job);

  job->query = vlive_query_ref (query);
  job->offset = page->offset;
  job->limit = page->limit;
  job->page = vlive_page_ref (page);
  _vlive_lmdb_cache_submit (VLIVE_LMDB_CACHE (cache), task);
}

static void
renew_page_async (VliveCache *cache,
                  const char *ns,
                  VliveQuery *query,
                  guint64 offset,
                  guint limit,
                  const char *validator,
                  VlivePage *answer,
                  GCancellable *cancellable,
                  GAsyncReadyCallback callback,
                  gpointer user_data)
{
  VliveLmdbJob *job;
  GTask *task = task_new (cache, VLIVE_LMDB_RENEW_PAGE, ns, cancellable, callback,
                          user_data, renew_page_async, &job);

  job->query = vlive_query_ref (query);
  job->offset = offset;
  job->limit = limit;
  job->validator = g_strdup (validator);
  job->page = vlive_page_ref (answer);
  _vlive_lmdb_cache_submit (VLIVE_LMDB_CACHE (cache), task);
}

static void
lookup_record_async (VliveCache *cache,
                     const char *ns,
                     const char *id,
                     GCancellable *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer user_data)
{
  VliveLmdbJob *job;
  GTask *task = task_new (cache, VLIVE_LMDB_LOOKUP_RECORD, ns, cancellable, callback,
                          user_data, lookup_record_async, &job);

  job->id = g_strdup (id);
  _vlive_lmdb_cache_submit (VLIVE_LMDB_CACHE (cache), task);
}

static void
search_record_async (VliveCache *cache,
                     const char *ns,
                     const char *id,
                     GCancellable *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer user_data)
{
  VliveLmdbJob *job;
  GTask *task = task_new (cache, VLIVE_LMDB_SEARCH_RECORD, ns, cancellable, callback,
                          user_data, search_record_async, &job);

  job->id = g_strdup (id);
  _vlive_lmdb_cache_submit (VLIVE_LMDB_CACHE (cache), task);
}

static void
store_record_async (VliveCache *cache,
                    const char *ns,
                    const char *id,
                    VliveRecord *record,
                    const VliveStamp *stamp,
                    gint64 fetched_at,
                    guint64 sequence,
                    GCancellable *cancellable,
                    GAsyncReadyCallback callback,
                    gpointer user_data)
{
  VliveLmdbJob *job;
  GTask *task = task_new (cache, VLIVE_LMDB_STORE_RECORD, ns, cancellable, callback,
                          user_data, store_record_async, &job);

  job->id = g_strdup (id);
  job->record = record != NULL ? vlive_record_ref (record) : NULL;
  job->stamp = *stamp;
  job->fetched_at = fetched_at;
  job->sequence = sequence;
  _vlive_lmdb_cache_submit (VLIVE_LMDB_CACHE (cache), task);
}

static void
patch_async (VliveCache *cache,
             const char *ns,
             const VlivePatch *patches,
             gsize n_patches,
             GCancellable *cancellable,
             GAsyncReadyCallback callback,
             gpointer user_data)
{
  VliveLmdbJob *job;
  GTask *task = task_new (cache, VLIVE_LMDB_PATCH, ns, cancellable, callback, user_data,
                          patch_async, &job);

  _vlive_lmdb_job_set_patches (job, patches, n_patches);
  _vlive_lmdb_cache_submit (VLIVE_LMDB_CACHE (cache), task);
}

static void
invalidate_async (VliveCache *cache,
                  const char *ns,
                  VliveQuery *query,
                  const char *id,
                  GCancellable *cancellable,
                  GAsyncReadyCallback callback,
                  gpointer user_data)
{
  VliveLmdbJob *job;
  GTask *task = task_new (cache, VLIVE_LMDB_INVALIDATE, ns, cancellable, callback,
                          user_data, invalidate_async, &job);

  job->query = query != NULL ? vlive_query_ref (query) : NULL;
  job->id = g_strdup (id);
  _vlive_lmdb_cache_submit (VLIVE_LMDB_CACHE (cache), task);
}

static void
clear_async (VliveCache *cache,
             GCancellable *cancellable,
             GAsyncReadyCallback callback,
             gpointer user_data)
{
  VliveLmdbJob *job;

  _vlive_lmdb_cache_submit (VLIVE_LMDB_CACHE (cache),
                            task_new (cache, VLIVE_LMDB_CLEAR, NULL, cancellable,
                                      callback, user_data, clear_async, &job));
}

static void
get_statistics_async (VliveCache *cache,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  VliveLmdbJob *job;

  _vlive_lmdb_cache_submit (VLIVE_LMDB_CACHE (cache),
                            task_new (cache, VLIVE_LMDB_GET_STATISTICS, NULL,
                                      cancellable, callback, user_data,
                                      get_statistics_async, &job));
}

static gboolean
try_get_stamp (VliveCache *cache, const char *ns, VliveStamp *stamp)
{
  VliveLmdbCache *self = VLIVE_LMDB_CACHE (cache);

  if (self->fallback != NULL)
    return _vlive_cache_try_get_stamp (self->fallback, ns, stamp);

  return _vlive_lmdb_mirror_get_stamp (_vlive_lmdb_cache_get_mirror (self, ns),
                                       self->storage, self->clock, stamp);
}

static void
store_schema (VliveCache *cache, const char *ns, VliveSchema *schema)
{
  VliveLmdbCache *self = VLIVE_LMDB_CACHE (cache);
  VliveLmdbJob *job;

  if (self->fallback != NULL)
    {
      _vlive_cache_store_schema (self->fallback, ns, schema);
      return;
    }
  job = _vlive_lmdb_job_new (VLIVE_LMDB_STORE_SCHEMA, ns);
  job->schema = vlive_schema_ref (schema);
  _vlive_lmdb_cache_submit_quietly (self, job);
}

static void
lookup_schema_async (VliveCache *cache,
                     const char *ns,
                     GCancellable *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer user_data)
{
  VliveLmdbJob *job;

  _vlive_lmdb_cache_submit (VLIVE_LMDB_CACHE (cache),
                            task_new (cache, VLIVE_LMDB_LOOKUP_SCHEMA, ns, cancellable,
                                      callback, user_data, lookup_schema_async, &job));
}

static void
set_clock (VliveCache *cache, VliveClock *clock)
{
  VliveLmdbCache *self = VLIVE_LMDB_CACHE (cache);

  if (clock == NULL)
    clock = _vlive_clock_get_default ();
  g_set_object (&self->clock, clock);
  if (self->fallback != NULL)
    _vlive_cache_set_clock (self->fallback, clock);
  else
    _vlive_lmdb_upkeep_set_clock (self->upkeep, clock);
}

static guint
watch (VliveCache *cache, GSourceOnceFunc func, gpointer data)
{
  return _vlive_storage_watch (VLIVE_LMDB_CACHE (cache)->storage, func, data);
}

static void
unwatch (VliveCache *cache, guint id)
{
  if (VLIVE_LMDB_CACHE (cache)->storage != NULL)
    _vlive_storage_unwatch (VLIVE_LMDB_CACHE (cache)->storage, id);
}

static void
vlive_lmdb_cache_iface_init (VliveCacheInterface *iface)
{
  iface->try_lookup_page = try_lookup_page;
  iface->lookup_page_async = lookup_page_async;
  iface->store_page_async = store_page_async;
  iface->renew_page_async = renew_page_async;
  iface->lookup_record_async = lookup_record_async;
  iface->search_record_async = search_record_async;
  iface->store_record_async = store_record_async;
  iface->patch_async = patch_async;
  iface->invalidate_async = invalidate_async;
  iface->clear_async = clear_async;
  iface->get_statistics_async = get_statistics_async;
  iface->try_get_stamp = try_get_stamp;
  iface->store_schema = store_schema;
  iface->lookup_schema_async = lookup_schema_async;
  iface->set_clock = set_clock;
  iface->watch = watch;
  iface->unwatch = unwatch;
  _vlive_cache_iface_set_finishers (iface);
}

static void
vlive_lmdb_cache_get_property (GObject *object,
                               guint id,
                               GValue *value,
                               GParamSpec *pspec)
{
  VliveLmdbCache *self = VLIVE_LMDB_CACHE (object);

  switch (id)
    {
    case PROP_FOLDER:
      g_value_set_string (value, self->folder);
      break;
    case PROP_SIZE_LIMIT:
      g_value_set_uint64 (value, self->size_limit);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
vlive_lmdb_cache_set_property (GObject *object,
                               guint id,
                               const GValue *value,
                               GParamSpec *pspec)
{
  VliveLmdbCache *self = VLIVE_LMDB_CACHE (object);

  switch (id)
    {
    case PROP_FOLDER:
      self->folder = g_value_dup_string (value);
      break;
    case PROP_SIZE_LIMIT:
      if (g_value_get_uint64 (value) == self->size_limit)
        break;
      self->size_limit = g_value_get_uint64 (value);
      if (self->upkeep != NULL)
        _vlive_lmdb_upkeep_set_size_limit (self->upkeep, self->size_limit);
      g_object_notify_by_pspec (object, pspec);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
vlive_lmdb_cache_constructed (GObject *object)
{
  VliveLmdbCache *self = VLIVE_LMDB_CACHE (object);
  VliveStorageOptions options = {
    .kind = VLIVE_STORAGE_DISPOSABLE,
    .magic = VLIVE_LMDB_MAGIC,
    .version = VLIVE_LMDB_VERSION,
    .databases = _vlive_lmdb_databases,
  };
  g_autofree char *path = NULL;

  G_OBJECT_CLASS (vlive_lmdb_cache_parent_class)->constructed (object);

  if (self->folder == NULL)
    self->folder = _vlive_places_dup_cache_folder ();
  path = g_build_filename (self->folder, "cache.mdb", NULL);
  self->storage = _vlive_storage_open (path, &options);
  self->upkeep = _vlive_lmdb_upkeep_new (self->storage, path, self->clock);
}

static void
vlive_lmdb_cache_dispose (GObject *object)
{
  VliveLmdbCache *self = VLIVE_LMDB_CACHE (object);

  g_clear_pointer (&self->upkeep, _vlive_lmdb_upkeep_stop);
  g_clear_pointer (&self->storage, _vlive_storage_unref);
  g_clear_object (&self->fallback);

  G_OBJECT_CLASS (vlive_lmdb_cache_parent_class)->dispose (object);
}

static void
vlive_lmdb_cache_finalize (GObject *object)
{
  VliveLmdbCache *self = VLIVE_LMDB_CACHE (object);

  g_hash_table_unref (self->mirrors);
  g_clear_object (&self->clock);
  _vlive_warn_forget (self->folder);
  g_free (self->folder);
  _vlive_census_remove (VLIVE_CENSUS_CACHE);

  G_OBJECT_CLASS (vlive_lmdb_cache_parent_class)->finalize (object);
}

static void
vlive_lmdb_cache_class_init (VliveLmdbCacheClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = vlive_lmdb_cache_get_property;
  object_class->set_property = vlive_lmdb_cache_set_property;
  object_class->constructed = vlive_lmdb_cache_constructed;
  object_class->dispose = vlive_lmdb_cache_dispose;
  object_class->finalize = vlive_lmdb_cache_finalize;

  /**
   * VliveLmdbCache:folder:
   *
   * The folder it is in.
   *
   * Since: 0.1
   */
  properties[PROP_FOLDER] =
      g_param_spec_string ("folder", NULL, NULL, NULL,
                           G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY
                               | G_PARAM_STATIC_STRINGS);

  /**
   * VliveLmdbCache:size-limit:
   *
   * The most bytes that may be used of the file; the oldest pages go first. 0
   * for no limit; less than 1 MiB counts as that.
   *
   * Since: 0.1
   */
  properties[PROP_SIZE_LIMIT] =
      g_param_spec_uint64 ("size-limit", NULL, NULL, 0, G_MAXUINT64,
                           VLIVE_LMDB_SIZE_LIMIT,
                           G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY
                               | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
vlive_lmdb_cache_init (VliveLmdbCache *self)
{
  self->size_limit = VLIVE_LMDB_SIZE_LIMIT;
  self->clock = g_object_ref (_vlive_clock_get_default ());
  self->mirrors = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                         (GDestroyNotify) _vlive_lmdb_mirror_free);
  _vlive_census_add (VLIVE_CENSUS_CACHE);
}

/**
 * vlive_lmdb_cache_new:
 * @folder: (type filename) (nullable): the folder, made if it is not there;
 *   %NULL for the user's
 *
 * Makes a cache in a folder.
 *
 * Returns: (transfer full): a new cache
 *
 * Since: 0.1
 */
VliveCache *
vlive_lmdb_cache_new (const char *folder)
{
  return g_object_new (VLIVE_TYPE_LMDB_CACHE, "folder", folder, NULL);
}

/**
 * vlive_lmdb_cache_get_folder:
 * @self: a cache in a folder
 *
 * Gets the folder it is in.
 *
 * Returns: (type filename) (transfer none): the folder
 *
 * Since: 0.1
 */
const char *
vlive_lmdb_cache_get_folder (VliveLmdbCache *self)
{
  g_return_val_if_fail (VLIVE_IS_LMDB_CACHE (self), NULL);

  return self->folder;
}
