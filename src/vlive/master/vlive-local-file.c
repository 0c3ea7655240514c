/* vlive-local-file.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "master/vlive-local-file-private.h"

#include <sys/stat.h>

#include "base/vlive-error.h"
#include "base/vlive-meter-private.h"
#include "base/vlive-worker-private.h"
#include "master/vlive-local-order-private.h"
#include "record/vlive-record-private.h"
#include "storage/vlive-places-private.h"

#define PRIORITY 100

guint _vlive_local_order_threshold = 1024;
guint _vlive_local_max_writes = VLIVE_LOCAL_MAX_WRITES;

static const char *const databases[] = {
  "meta",   "tables",  "rows",   "ids", "generations",
  "orders", "layouts", "writes", "log", NULL,
};

static const VliveStorageOptions options = {
  .kind = VLIVE_STORAGE_DURABLE,
  .magic = VLIVE_LOCAL_MAGIC,
  .version = VLIVE_LOCAL_VERSION,
  .databases = databases,
};

/* The sequence of a table in the transaction @change. */
typedef struct
{
  guint64 change;
  guint64 sequence;
} Peek;

typedef struct
{
  VliveQuery *query;    /* owned */
  VliveQueryPlan *plan; /* owned */
} Plan;

struct _VliveLocalFile
{
  gatomicrefcount ref_count;
  char *path;  /* owned, canonical: its name in the registry */
  char *shown; /* owned */

  GMutex lock;           /* never held during I/O; guards all below */
  VliveStorage *storage; /* owned; NULL until a job found the file */
  VliveWorker *checker;  /* owned; while jobs wait for the file to be looked for */
  guint n_checking;
  GHashTable *peeks;   /* owned; name of a table → Peek */
  GHashTable *layouts; /* owned; hash → VliveLayout */
  GPtrArray *builds;   /* owned; VliveLocalBuild */
  GHashTable *touched; /* owned; order → when it was used, µs */
  gboolean swept;      /* since it was opened */
  gboolean sweeping;
  gboolean sweep_again;
  gboolean moved; /* for good */

  GHashTable *plans; /* owned; order → Plan. The writer's */
};

static GMutex registry_lock;
static GHashTable *registry; /* path → VliveLocalFile, not owned */

static void
plan_free (gpointer data)
{
  Plan *plan = data;

  _vlive_query_plan_free (plan->plan);
  vlive_query_unref (plan->query);
  g_free (plan);
}

static VliveLocalFile *
file_new (const char *path, const char *shown)
{
  VliveLocalFile *self = g_new0 (VliveLocalFile, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->path = g_strdup (path);
  self->shown = g_strdup (shown);
  g_mutex_init (&self->lock);
  self->peeks = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->layouts = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free,
                                         (GDestroyNotify) _vlive_layout_unref);
  self->builds =
      g_ptr_array_new_with_free_func ((GDestroyNotify) _vlive_local_build_unref);
  self->touched = g_hash_table_new_full (g_direct_hash, g_direct_equal, NULL, g_free);
  self->plans = g_hash_table_new_full (g_direct_hash, g_direct_equal, NULL, plan_free);

  return self;
}

VliveLocalFile *
_vlive_local_file_get (const char *path)
{
  g_autofree char *canonical = g_canonicalize_filename (path, NULL);
  VliveLocalFile *self;

  g_mutex_lock (&registry_lock);
  if (registry == NULL)
    registry = g_hash_table_new (g_str_hash, g_str_equal);
  self = g_hash_table_lookup (registry, canonical);
  if (self != NULL)
    g_atomic_ref_count_inc (&self->ref_count);
  else
    {
      self = file_new (canonical, path);
      g_hash_table_insert (registry, self->path, self);
    }
  g_mutex_unlock (&registry_lock);

  return self;
}

VliveLocalFile *
_vlive_local_file_ref (VliveLocalFile *self)
{
  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

/* With the lock held. Another one may have its path by now. */
static void
leave_registry (VliveLocalFile *self)
{
  if (registry == NULL || g_hash_table_lookup (registry, self->path) != self)
    return;
  g_hash_table_remove (registry, self->path);
  if (g_hash_table_size (registry) == 0)
    g_clear_pointer (&registry, g_hash_table_unref);
}

void
_vlive_local_file_unref (VliveLocalFile *self)
{
  gboolean last;

  /* Under the lock, so that nobody finds it in the registry meanwhile. */
  g_mutex_lock (&registry_lock);
  last = g_atomic_ref_count_dec (&self->ref_count);
  if (last)
    leave_registry (self);
  g_mutex_unlock (&registry_lock);
  if (!last)
    return;

  g_clear_pointer (&self->storage, _vlive_storage_unref);
  g_clear_pointer (&self->checker, _vlive_worker_free);
  g_hash_table_unref (self->peeks);
  g_hash_table_unref (self->layouts);
  g_ptr_array_unref (self->builds);
  g_hash_table_unref (self->touched);
  g_hash_table_unref (self->plans);
  g_mutex_clear (&self->lock);
  g_free (self->path);
  g_free (self->shown);
  g_free (self);
}

VliveStorage *
_vlive_local_file_dup_storage (VliveLocalFile *self)
{
  VliveStorage *storage;

  g_mutex_lock (&self->lock);
  storage = self->storage != NULL ? _vlive_storage_ref (self->storage) : NULL;
  g_mutex_unlock (&self->lock);

  return storage;
}

guint
_vlive_local_n_files (void)
{
  guint n;

  g_mutex_lock (&registry_lock);
  n = registry != NULL ? g_hash_table_size (registry) : 0;
  g_mutex_unlock (&registry_lock);

  return n;
}

gboolean
_vlive_local_file_is_last (VliveLocalFile *self)
{
  return g_atomic_int_get (&self->ref_count) == 1;
}

const char *
_vlive_local_file_get_path (VliveLocalFile *self)
{
  return self->path;
}

const char *
_vlive_local_file_get_shown (VliveLocalFile *self)
{
  return self->shown;
}

void
_vlive_local_file_set_missing (VliveLocalFile *self, const char *table, GError **error)
{
  if (table == NULL)
    g_set_error (error, VLIVE_ERROR, VLIVE_ERROR_NOT_FOUND, "There is no file %s",
                 self->shown);
  else
    g_set_error (error, VLIVE_ERROR, VLIVE_ERROR_NOT_FOUND,
                 "There is no table %s in %s; seed or import it first", table,
                 self->shown);
}

static void
job_end (VliveLocalJob *job)
{
  VliveLocalFile *file = job->file;

  job->done (job, job->error);
  g_clear_error (&job->error);
  g_clear_object (&job->cancellable);
  g_clear_pointer (&job->storage, _vlive_storage_unref);
  g_clear_pointer (&job->context, g_main_context_unref);
  job->free (job);
  _vlive_local_file_unref (file);
}

/* The storage could not be opened: the next job tries again. */
static void
forget_storage (VliveLocalFile *self, VliveStorage *storage)
{
  gboolean same;

  g_mutex_lock (&self->lock);
  same = self->storage == storage;
  if (same)
    self->storage = NULL;
  g_mutex_unlock (&self->lock);
  if (same)
    _vlive_storage_unref (storage);
}

/* What is known of it is of no use for the one that is there now. */
static void
retire (VliveLocalFile *self, VliveStorage *storage)
{
  g_mutex_lock (&registry_lock);
  leave_registry (self);
  g_mutex_unlock (&registry_lock);
  g_mutex_lock (&self->lock);
  self->moved = TRUE;
  g_mutex_unlock (&self->lock);
  forget_storage (self, storage);
}

gboolean
_vlive_local_file_has_moved (VliveLocalFile *self)
{
  gboolean moved;

  g_mutex_lock (&self->lock);
  moved = self->moved;
  g_mutex_unlock (&self->lock);

  return moved;
}

static void
stored_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  VliveLocalJob *job = user_data;
  VLIVE_METER_SPAN ("local-job");

  if (!_vlive_storage_finish (result, NULL, &job->error) && !job->ran
      && !g_error_matches (job->error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    forget_storage (job->file, job->storage);
  if (job->moved)
    retire (job->file, job->storage);
  job_end (job);
}

/* A failed transaction says "nothing there", which is not what went wrong. */
static gboolean
run_in_txn (VliveTxn *txn, gpointer data, GError **error)
{
  VliveLocalJob *job = data;
  g_autoptr (GError) local = NULL;

  job->ran = TRUE;
  if (job->run (job, txn, &local) || _vlive_txn_has_failed (txn))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));

  return FALSE;
}

static void
submit (VliveLocalJob *job)
{
  if (job->mode == VLIVE_LOCAL_READ)
    _vlive_storage_read_async (job->storage, run_in_txn, job, NULL, job->cancellable,
                               stored_cb, job);
  else
    _vlive_storage_write_async (job->storage, run_in_txn, job, NULL, job->cancellable,
                                stored_cb, job);
}

/* The folder must be there, but for our own. */
static void
check_folder (VliveLocalJob *job)
{
  g_autofree char *folder = g_path_get_dirname (job->file->path);
  g_autofree char *own = _vlive_places_dup_data_folder ();

  if (strcmp (folder, own) == 0)
    {
      _vlive_places_ensure_folder (folder, &job->error);
      return;
    }
  if (!g_file_test (folder, G_FILE_TEST_IS_DIR))
    g_set_error (&job->error, VLIVE_ERROR, VLIVE_ERROR_STORAGE,
                 "%s cannot be made: there is no folder %s", job->file->shown, folder);
}

/* On the checker. */
static void
check_run (gpointer data)
{
  VliveLocalJob *job = data;
  struct stat info;

  if (stat (job->file->path, &info) == 0)
    {
      if (S_ISDIR (info.st_mode))
        g_set_error (&job->error, VLIVE_ERROR, VLIVE_ERROR_STORAGE,
                     "%s is a folder, where a file was expected", job->file->shown);
      return;
    }
  if (job->mode == VLIVE_LOCAL_CREATE)
    check_folder (job);
  else
    _vlive_local_file_set_missing (job->file, NULL, &job->error);
}

static void
check_done (gpointer data)
{
  VliveLocalJob *job = data;
  VliveLocalFile *self = job->file;
  VliveWorker *idle = NULL;

  g_mutex_lock (&self->lock);
  if (job->error == NULL && self->moved)
    _vlive_local_file_set_missing (self, NULL, &job->error);
  if (job->error == NULL)
    {
      if (self->storage == NULL)
        self->storage = _vlive_storage_open (self->path, &options);
      job->storage = _vlive_storage_ref (self->storage);
    }
  if (--self->n_checking == 0)
    idle = g_steal_pointer (&self->checker);
  g_mutex_unlock (&self->lock);
  g_clear_pointer (&idle, _vlive_worker_free);

  if (job->error != NULL)
    job_end (job);
  else
    submit (job);
}

void
_vlive_local_file_run (VliveLocalFile *self,
                       VliveLocalJob *job,
                       VliveLocalMode mode,
                       GCancellable *cancellable)
{
  job->file = _vlive_local_file_ref (self);
  job->mode = mode;
  g_set_object (&job->cancellable, cancellable);
  job->context = g_main_context_ref_thread_default ();

  /* Behind those that wait for the check, not past them. */
  g_mutex_lock (&self->lock);
  if (self->storage != NULL && self->n_checking == 0)
    job->storage = _vlive_storage_ref (self->storage);
  else
    {
      if (self->checker == NULL)
        self->checker = _vlive_worker_new ("vlive-local");
      self->n_checking++;
      _vlive_worker_push (self->checker, check_run, check_done, job, NULL, job->context,
                          PRIORITY);
    }
  g_mutex_unlock (&self->lock);

  if (job->storage != NULL)
    submit (job);
}

/* A reading of the table's record, inline. */
typedef struct
{
  const char *table;
  guint64 change;
  guint64 sequence;
  gboolean found;
} PeekJob;

static gboolean
peek_in_txn (VliveTxn *txn, gpointer data, GError **error)
{
  PeekJob *job = data;
  VliveLocalTableRecord record;
  VliveLocalKey key;
  VliveSpan span;

  _vlive_local_table_key (&key, job->table);
  job->change = _vlive_txn_get_id (txn);
  job->found =
      _vlive_txn_get_sealed (txn, VLIVE_LOCAL_TABLES, VLIVE_LOCAL_SPAN (&key), &span)
      && _vlive_local_table_record_decode (&record, span);
  if (job->found)
    job->sequence = record.sequence;

  return TRUE;
}

static void
remember (VliveLocalFile *self, const char *table, guint64 change, guint64 sequence)
{
  Peek *peek;

  g_mutex_lock (&self->lock);
  peek = g_hash_table_lookup (self->peeks, table);
  if (peek == NULL)
    {
      peek = g_new0 (Peek, 1);
      g_hash_table_insert (self->peeks, g_strdup (table), peek);
    }
  if (change >= peek->change)
    *peek = (Peek){ change, sequence };
  g_mutex_unlock (&self->lock);
}

gboolean
_vlive_local_file_peek (VliveLocalFile *self, const char *table, guint64 *sequence)
{
  g_autoptr (VliveStorage) storage = NULL;
  PeekJob job = { .table = table };
  Peek known = { 0 };
  Peek *peek;

  g_mutex_lock (&self->lock);
  if (self->storage != NULL)
    storage = _vlive_storage_ref (self->storage);
  peek = g_hash_table_lookup (self->peeks, table);
  if (peek != NULL)
    known = *peek;
  g_mutex_unlock (&self->lock);
  if (storage == NULL || known.change == 0)
    return FALSE;

  if (_vlive_storage_get_change (storage) == known.change)
    {
      *sequence = known.sequence;
      return TRUE;
    }
  if (!_vlive_storage_read_inline (storage, peek_in_txn, &job, NULL) || !job.found)
    return FALSE;
  remember (self, table, job.change, job.sequence);
  *sequence = job.sequence;

  return TRUE;
}

void
_vlive_local_file_note (VliveLocalFile *self,
                        VliveTxn *txn,
                        const char *table,
                        guint64 sequence)
{
  remember (self, table, _vlive_txn_get_id (txn), sequence);
}

VliveLayout *
_vlive_local_file_get_layout (VliveLocalFile *self, VliveTxn *txn, guint64 hash)
{
  VliveLayout *layout;
  VliveLayout *known;
  VliveLocalKey key;
  VliveSpan span;

  g_mutex_lock (&self->lock);
  layout = g_hash_table_lookup (self->layouts, &hash);
  g_mutex_unlock (&self->lock);
  if (layout != NULL)
    return layout;

  _vlive_local_u64_key (&key, hash);
  if (!_vlive_txn_get (txn, VLIVE_LOCAL_LAYOUTS, VLIVE_LOCAL_SPAN (&key), &span))
    return NULL;
  layout = _vlive_layout_intern_serialized (span.data, span.size, NULL);
  if (layout == NULL)
    return NULL;
  if (_vlive_layout_get_hash (layout) != hash)
    {
      _vlive_layout_unref (layout);
      return NULL;
    }

  /* The other thread may have been here meanwhile, and its layout is in use. */
  g_mutex_lock (&self->lock);
  known = g_hash_table_lookup (self->layouts, &hash);
  if (known == NULL)
    g_hash_table_insert (self->layouts, g_memdup2 (&hash, sizeof hash),
                         _vlive_layout_ref (layout));
  g_mutex_unlock (&self->lock);
  if (known == NULL)
    known = layout;
  _vlive_layout_unref (layout);

  return known;
}

gboolean
_vlive_local_file_put_layout (VliveLocalFile *self,
                              VliveTxn *txn,
                              VliveLayout *layout,
                              GError **error)
{
  g_autoptr (GBytes) bytes = _vlive_layout_serialize (layout);
  VliveLocalKey key;
  VliveSpan span;

  _vlive_local_u64_key (&key, _vlive_layout_get_hash (layout));
  if (!_vlive_txn_get (txn, VLIVE_LOCAL_LAYOUTS, VLIVE_LOCAL_SPAN (&key), &span))
    {
      _vlive_txn_put (txn, VLIVE_LOCAL_LAYOUTS, VLIVE_LOCAL_SPAN (&key),
                      VLIVE_SPAN_BYTES (bytes));
      return TRUE;
    }
  if (span.size == g_bytes_get_size (bytes)
      && memcmp (span.data, g_bytes_get_data (bytes, NULL), span.size) == 0)
    return TRUE;

  g_set_error (error, VLIVE_ERROR, VLIVE_ERROR_CORRUPT,
               "%s holds other field names in the place of these: it is damaged",
               self->shown);
  return FALSE;
}

VliveLocalBuild *
_vlive_local_file_find_build (VliveLocalFile *self,
                              guint32 table,
                              const guint8 hash[32])
{
  VliveLocalBuild *found = NULL;

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->builds->len && found == NULL; i++)
    if (_vlive_local_build_is_for (self->builds->pdata[i], table, hash))
      found = _vlive_local_build_ref (self->builds->pdata[i]);
  g_mutex_unlock (&self->lock);

  return found;
}

void
_vlive_local_file_add_build (VliveLocalFile *self, VliveLocalBuild *build)
{
  g_mutex_lock (&self->lock);
  g_ptr_array_add (self->builds, _vlive_local_build_ref (build));
  g_mutex_unlock (&self->lock);
}

void
_vlive_local_file_drop_build (VliveLocalFile *self, VliveLocalBuild *build)
{
  g_mutex_lock (&self->lock);
  g_ptr_array_remove (self->builds, build);
  g_mutex_unlock (&self->lock);
}

void
_vlive_local_file_touch_order (VliveLocalFile *self, guint32 order, gint64 now)
{
  g_mutex_lock (&self->lock);
  g_hash_table_insert (self->touched, GUINT_TO_POINTER (order),
                       g_memdup2 (&now, sizeof now));
  g_mutex_unlock (&self->lock);
}

gint64
_vlive_local_file_get_touched (VliveLocalFile *self, guint32 order)
{
  gint64 when = 0;
  gint64 *found;

  g_mutex_lock (&self->lock);
  found = g_hash_table_lookup (self->touched, GUINT_TO_POINTER (order));
  if (found != NULL)
    when = *found;
  g_mutex_unlock (&self->lock);

  return when;
}

VliveQueryPlan *
_vlive_local_file_get_plan (VliveLocalFile *self, guint32 order, VliveQuery **query)
{
  Plan *plan = g_hash_table_lookup (self->plans, GUINT_TO_POINTER (order));

  if (plan == NULL)
    return NULL;
  *query = plan->query;

  return plan->plan;
}

/* Order numbers are never used again; old ones are few. */
VliveQueryPlan *
_vlive_local_file_add_plan (VliveLocalFile *self, guint32 order, VliveQuery *query)
{
  Plan *plan = g_new0 (Plan, 1);

  if (g_hash_table_size (self->plans) >= 256)
    g_hash_table_remove_all (self->plans);
  plan->query = vlive_query_ref (query);
  plan->plan = _vlive_query_plan_new (query);
  g_hash_table_insert (self->plans, GUINT_TO_POINTER (order), plan);

  return plan->plan;
}

gboolean
_vlive_local_file_begin_sweep (VliveLocalFile *self, gboolean again)
{
  gboolean begin;

  g_mutex_lock (&self->lock);
  begin = !self->sweeping && (again || !self->swept);
  if (begin)
    self->sweeping = self->swept = TRUE;
  else if (again)
    self->sweep_again = TRUE;
  g_mutex_unlock (&self->lock);

  return begin;
}

gboolean
_vlive_local_file_end_sweep (VliveLocalFile *self)
{
  gboolean again;

  g_mutex_lock (&self->lock);
  again = self->sweep_again;
  self->sweep_again = FALSE;
  self->sweeping = again;
  g_mutex_unlock (&self->lock);

  return again;
}
