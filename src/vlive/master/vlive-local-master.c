/* vlive-local-master.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "master/vlive-local-master-private.h"

#include "base/vlive-census-private.h"
#include "base/vlive-error.h"
#include "base/vlive-meter-private.h"
#include "master/vlive-local-stream.h"

#define PRIORITY 100

/**
 * VliveLocalMaster:
 *
 * A table in a file of ours, playing the remote database: it is read, written
 * and watched like one, by several processes at once, keeps a version of each
 * record and the identity of each write it applied, and answers any window of
 * a million rows at once. It can be made slow, flaky or offline on purpose, so
 * that people can see what a cache is for.
 *
 * The file and the table are made by the first write; reading what is not
 * there is %VLIVE_ERROR_NOT_FOUND.
 *
 * Since: 0.1
 */
struct _VliveLocalMaster
{
  GObject parent_instance;

  char *path;                    /* owned; as it was given */
  char *table;                   /* owned */
  VliveLocalFile *file;          /* owned */
  char *identity;                /* owned; NULL until the file was open */
  VliveDescription *description; /* owned, nullable */
  guint32 schema_version;        /* of @description */
  VliveClock *clock;             /* owned */
  GRand *random;                 /* owned */
  guint latency;                 /* ms */
  double error_rate;
  gboolean offline;
};

enum
{
  PROP_0,
  PROP_PATH,
  PROP_TABLE,
  PROP_LATENCY,
  PROP_ERROR_RATE,
  PROP_OFFLINE,
  N_PROPS,
  PROP_DESCRIPTION = N_PROPS,
};

static GParamSpec *properties[N_PROPS];

static void vlive_local_master_iface_init (VliveMasterInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (VliveLocalMaster,
                               vlive_local_master,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (VLIVE_TYPE_MASTER,
                                                      vlive_local_master_iface_init))

#define CAPABILITIES                                                                   \
  (VLIVE_CAN_INSERT | VLIVE_CAN_REPLACE | VLIVE_CAN_PATCH | VLIVE_CAN_DELETE           \
   | VLIVE_CAN_CLEAR | VLIVE_CAN_GET | VLIVE_CAN_COUNT | VLIVE_CAN_FILTER              \
   | VLIVE_CAN_SORT | VLIVE_CAN_SORT_MANY | VLIVE_CAN_SEARCH | VLIVE_CAN_WINDOW        \
   | VLIVE_CAN_PAGE | VLIVE_CAN_READ_CONDITIONALLY | VLIVE_CAN_REPEAT_WRITES           \
   | VLIVE_CAN_SUBSCRIBE | VLIVE_SAME_ORDER | VLIVE_KEEPS_WRITES)
#define OPERATORS ((1u << (VLIVE_OPERATOR_IS_NULL + 1)) - 1)

/* The one that is there now. */
VliveLocalFile *
_vlive_local_master_get_file (VliveLocalMaster *self)
{
  if (_vlive_local_file_has_moved (self->file))
    {
      _vlive_local_file_unref (self->file);
      self->file = _vlive_local_file_get (self->path);
    }

  return self->file;
}

VliveClock *
_vlive_local_master_get_clock (VliveLocalMaster *self)
{
  return self->clock;
}

const char *
_vlive_local_master_get_table (VliveLocalMaster *self)
{
  return self->table;
}

guint32
_vlive_local_master_get_schema_version (VliveLocalMaster *self)
{
  return self->description != NULL ? self->schema_version : 0;
}

void
_vlive_local_master_set_clock (VliveLocalMaster *self, VliveClock *clock)
{
  g_set_object (&self->clock, clock);
}

void
_vlive_local_master_set_seed (VliveLocalMaster *self, guint32 seed)
{
  g_rand_set_seed (self->random, seed);
}

guint
_vlive_local_master_get_latency (VliveLocalMaster *self)
{
  return self->latency;
}

/* What is played instead of an answer. */
void
_vlive_local_master_play_failure (VliveLocalMaster *self, GError **error)
{
  if (self->offline)
    g_set_error (error, VLIVE_ERROR, VLIVE_ERROR_OFFLINE,
                 "The table %s cannot be reached: it is told to be offline",
                 self->table);
  else if (self->error_rate > 0 && g_rand_double (self->random) < self->error_rate)
    g_set_error (error, VLIVE_ERROR, VLIVE_ERROR_SERVER,
                 "The table %s failed, as it is told to do now and then", self->table);
}

/* Another file in the place of the one that was there has other columns. */
static void
set_identity (VliveLocalMaster *self, const char *uuid)
{
  g_autofree char *identity = g_strdup_printf ("local:%s:%s", uuid, self->table);

  if (g_strcmp0 (identity, self->identity) == 0)
    return;
  g_free (self->identity);
  self->identity = g_steal_pointer (&identity);
  self->schema_version = 0;
}

void
_vlive_local_master_learn (VliveLocalMaster *self, VliveLocalNews *news)
{
  VliveDescription *old = self->description;

  if (news->uuid != NULL)
    set_identity (self, news->uuid);
  if (news->sequence == 0)
    return;
  if (old != NULL
      && (news->schema == NULL || news->schema_version <= self->schema_version))
    return;

  self->schema_version = news->schema_version;
  self->description = vlive_description_new (news->schema, CAPABILITIES, OPERATORS, 0);
  g_clear_pointer (&old, vlive_description_unref);
  g_object_notify (G_OBJECT (self), "description");
}

/* "There is no file" becomes what a person can do about it. */
static GError *
copy_error (VliveLocalMaster *self, const GError *error)
{
  GError *copy = NULL;

  if (!g_error_matches (error, VLIVE_ERROR, VLIVE_ERROR_NOT_FOUND))
    return g_error_copy (error);
  _vlive_local_file_set_missing (self->file, self->table, &copy);

  return copy;
}

static GError *
no_such_record (VliveLocalMaster *self, const char *id)
{
  return g_error_new (VLIVE_ERROR, VLIVE_ERROR_NOT_FOUND,
                      "The table %s has no record with the id %s", self->table, id);
}

/* What a reading was for. */
static gpointer
take_result (VliveLocalMaster *self,
             VliveLocalReadJob *job,
             GDestroyNotify *destroy,
             GError **error)
{
  switch (job->kind)
    {
    case VLIVE_LOCAL_WINDOW:
      *destroy = (GDestroyNotify) vlive_page_unref;
      return g_steal_pointer (&job->page);
    case VLIVE_LOCAL_RECORDS:
      *destroy = (GDestroyNotify) g_ptr_array_unref;
      if (!job->single)
        return g_steal_pointer (&job->records);
      *destroy = (GDestroyNotify) vlive_record_unref;
      if (job->records->len > 0)
        return vlive_record_ref (job->records->pdata[0]);
      *error = no_such_record (self, job->ids[0]);
      return NULL;
    case VLIVE_LOCAL_COUNT:
      *destroy = g_free;
      return g_memdup2 (&job->total, sizeof job->total);
    case VLIVE_LOCAL_DESCRIBE:
    case VLIVE_LOCAL_LOG_SINCE:
    default:
      *destroy = (GDestroyNotify) vlive_description_unref;
      return vlive_description_ref (self->description);
    }
}

static void
read_done (VliveLocalJob *job, const GError *error)
{
  VliveLocalReadJob *read = (VliveLocalReadJob *) job;
  GTask *task = job->owner;
  VliveLocalMaster *self = g_task_get_source_object (task);
  GDestroyNotify destroy = NULL;
  GError *failure = NULL;
  gpointer result = NULL;

  _vlive_local_master_learn (self, &read->news);
  if (error != NULL)
    failure = copy_error (self, error);
  else
    result = take_result (self, read, &destroy, &failure);
  if (error == NULL)
    _vlive_local_sweep (job->file, FALSE);
  if (error == NULL && (read->build != NULL || read->tell))
    _vlive_local_keep_order (job->file, self->table, read->build, read->mend);
  else if (read->build != NULL)
    _vlive_local_file_drop_build (job->file, read->build);
  _vlive_local_master_end (task, result, destroy, failure);
}

/* Takes @job. */
static GTask *
read_call (VliveLocalMaster *self,
           VliveLocalReadJob *job,
           gpointer tag,
           GCancellable *cancellable,
           GAsyncReadyCallback callback,
           gpointer user_data)
{
  job->job.done = read_done;
  job->clock = g_object_ref (self->clock);
  job->news.schema_version = _vlive_local_master_get_schema_version (self);

  return _vlive_local_call_new (self, &job->job, VLIVE_LOCAL_READ, tag, cancellable,
                                callback, user_data);
}

static const char *
vlive_local_master_get_identity (VliveMaster *master)
{
  return VLIVE_LOCAL_MASTER (master)->identity;
}

static const char *
vlive_local_master_get_name (VliveMaster *master)
{
  return VLIVE_LOCAL_MASTER (master)->table;
}

static VliveDescription *
vlive_local_master_get_description (VliveMaster *master)
{
  return VLIVE_LOCAL_MASTER (master)->description;
}

static gboolean
vlive_local_master_peek_sequence (VliveMaster *master, guint64 *sequence)
{
  VliveLocalMaster *self = VLIVE_LOCAL_MASTER (master);

  return _vlive_local_file_peek (_vlive_local_master_get_file (self), self->table,
                                 sequence);
}

static void
vlive_local_master_describe_async (VliveMaster *master,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data)
{
  VliveLocalMaster *self = VLIVE_LOCAL_MASTER (master);
  VliveLocalReadJob *job =
      _vlive_local_read_job_new (VLIVE_LOCAL_DESCRIBE, self->table);

  _vlive_local_master_begin (self,
                             read_call (self, job, vlive_local_master_describe_async,
                                        cancellable, callback, user_data),
                             _vlive_local_call_run_job);
}

static VliveDescription *
vlive_local_master_describe_finish (VliveMaster *master,
                                    GAsyncResult *result,
                                    GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
vlive_local_master_fetch_window_async (VliveMaster *master,
                                       VliveQuery *query,
                                       guint64 offset,
                                       guint limit,
                                       const char *validator,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data)
{
  VliveLocalMaster *self = VLIVE_LOCAL_MASTER (master);
  VliveLocalReadJob *job = _vlive_local_read_job_new (VLIVE_LOCAL_WINDOW, self->table);

  job->query = vlive_query_ref (query);
  job->offset = offset;
  job->limit = limit;
  job->validator = g_strdup (validator);
  _vlive_local_master_begin (self,
                             read_call (self, job,
                                        vlive_local_master_fetch_window_async,
                                        cancellable, callback, user_data),
                             _vlive_local_call_run_job);
}

static VlivePage *
vlive_local_master_fetch_window_finish (VliveMaster *master,
                                        GAsyncResult *result,
                                        GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
vlive_local_master_fetch_record_async (VliveMaster *master,
                                       const char *id,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data)
{
  VliveLocalMaster *self = VLIVE_LOCAL_MASTER (master);
  VliveLocalReadJob *job = _vlive_local_read_job_new (VLIVE_LOCAL_RECORDS, self->table);

  job->ids = g_new0 (char *, 2);
  job->ids[0] = g_strdup (id);
  job->single = TRUE;
  _vlive_local_master_begin (self,
                             read_call (self, job,
                                        vlive_local_master_fetch_record_async,
                                        cancellable, callback, user_data),
                             _vlive_local_call_run_job);
}

static VliveRecord *
vlive_local_master_fetch_record_finish (VliveMaster *master,
                                        GAsyncResult *result,
                                        GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
vlive_local_master_fetch_records_async (VliveMaster *master,
                                        const char *const *ids,
                                        GCancellable *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer user_data)
{
  VliveLocalMaster *self = VLIVE_LOCAL_MASTER (master);
  VliveLocalReadJob *job = _vlive_local_read_job_new (VLIVE_LOCAL_RECORDS, self->table);

  job->ids = g_strdupv ((char **) ids);
  _vlive_local_master_begin (self,
                             read_call (self, job,
                                        vlive_local_master_fetch_records_async,
                                        cancellable, callback, user_data),
                             _vlive_local_call_run_job);
}

static GPtrArray *
vlive_local_master_fetch_records_finish (VliveMaster *master,
                                         GAsyncResult *result,
                                         GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
vlive_local_master_count_async (VliveMaster *master,
                                VliveQuery *query,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  VliveLocalMaster *self = VLIVE_LOCAL_MASTER (master);
  VliveLocalReadJob *job = _vlive_local_read_job_new (VLIVE_LOCAL_COUNT, self->table);

  job->query = vlive_query_ref (query);
  _vlive_local_master_begin (self,
                             read_call (self, job, vlive_local_master_count_async,
                                        cancellable, callback, user_data),
                             _vlive_local_call_run_job);
}

static VliveTotalKind
vlive_local_master_count_finish (VliveMaster *master,
                                 GAsyncResult *result,
                                 guint64 *total,
                                 GError **error)
{
  g_autofree guint64 *n = g_task_propagate_pointer (G_TASK (result), error);

  if (n == NULL)
    return VLIVE_TOTAL_UNKNOWN;
  if (total != NULL)
    *total = *n;

  return VLIVE_TOTAL_EXACT;
}

static void
apply_done (VliveLocalJob *job, const GError *error)
{
  VliveLocalApplyJob *apply = (VliveLocalApplyJob *) job;
  GTask *task = job->owner;
  VliveLocalMaster *self = g_task_get_source_object (task);
  GError *failure = NULL;
  VliveReply *reply = NULL;

  _vlive_local_master_learn (self, &apply->news);
  if (error != NULL)
    failure = copy_error (self, error);
  else if (apply->refusal != NULL)
    failure = g_steal_pointer (&apply->refusal);
  else
    {
      reply = vlive_reply_new (apply->reply_id, apply->record, apply->version);
      _vlive_local_sweep (job->file, apply->op == VLIVE_WRITE_DELETE_ALL);
    }
  _vlive_local_master_end (task, reply, (GDestroyNotify) vlive_reply_unref, failure);
}

static void
start_apply (VliveLocalMaster *self, GTask *task)
{
  GError *error = NULL;

  if (_vlive_local_apply_job_check (
          (VliveLocalApplyJob *) _vlive_local_call_get_job (task), &error))
    _vlive_local_call_run_job (self, task);
  else
    _vlive_local_master_end (task, NULL, NULL, error);
}

static void
vlive_local_master_apply_async (VliveMaster *master,
                                VliveWrite *write,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  VliveLocalMaster *self = VLIVE_LOCAL_MASTER (master);
  VliveLocalApplyJob *job = _vlive_local_apply_job_new (self->table, write);
  VliveLocalMode mode =
      job->op == VLIVE_WRITE_INSERT ? VLIVE_LOCAL_CREATE : VLIVE_LOCAL_WRITE;

  job->job.done = apply_done;
  job->news.schema_version = _vlive_local_master_get_schema_version (self);
  _vlive_local_master_begin (self,
                             _vlive_local_call_new (self, &job->job, mode,
                                                    vlive_local_master_apply_async,
                                                    cancellable, callback, user_data),
                             start_apply);
}

static VliveReply *
vlive_local_master_apply_finish (VliveMaster *master,
                                 GAsyncResult *result,
                                 GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static VliveLiveStream *
vlive_local_master_create_stream (VliveMaster *master)
{
  return VLIVE_LIVE_STREAM (vlive_local_stream_new (VLIVE_LOCAL_MASTER (master)));
}

static void
vlive_local_master_iface_init (VliveMasterInterface *iface)
{
  iface->get_identity = vlive_local_master_get_identity;
  iface->get_name = vlive_local_master_get_name;
  iface->get_description = vlive_local_master_get_description;
  iface->peek_sequence = vlive_local_master_peek_sequence;
  iface->describe_async = vlive_local_master_describe_async;
  iface->describe_finish = vlive_local_master_describe_finish;
  iface->fetch_window_async = vlive_local_master_fetch_window_async;
  iface->fetch_window_finish = vlive_local_master_fetch_window_finish;
  iface->fetch_record_async = vlive_local_master_fetch_record_async;
  iface->fetch_record_finish = vlive_local_master_fetch_record_finish;
  iface->fetch_records_async = vlive_local_master_fetch_records_async;
  iface->fetch_records_finish = vlive_local_master_fetch_records_finish;
  iface->count_async = vlive_local_master_count_async;
  iface->count_finish = vlive_local_master_count_finish;
  iface->apply_async = vlive_local_master_apply_async;
  iface->apply_finish = vlive_local_master_apply_finish;
  iface->create_stream = vlive_local_master_create_stream;
}

static void
vlive_local_master_constructed (GObject *object)
{
  VliveLocalMaster *self = VLIVE_LOCAL_MASTER (object);

  G_OBJECT_CLASS (vlive_local_master_parent_class)->constructed (object);
  self->file = _vlive_local_file_get (self->path);
}

static void
vlive_local_master_finalize (GObject *object)
{
  VliveLocalMaster *self = VLIVE_LOCAL_MASTER (object);

  g_clear_pointer (&self->file, _vlive_local_file_unref);
  g_clear_pointer (&self->description, vlive_description_unref);
  g_clear_pointer (&self->random, g_rand_free);
  g_clear_object (&self->clock);
  g_free (self->identity);
  g_free (self->table);
  g_free (self->path);
  _vlive_census_remove (VLIVE_CENSUS_MASTER);

  G_OBJECT_CLASS (vlive_local_master_parent_class)->finalize (object);
}

static void
vlive_local_master_get_property (GObject *object,
                                 guint prop_id,
                                 GValue *value,
                                 GParamSpec *pspec)
{
  VliveLocalMaster *self = VLIVE_LOCAL_MASTER (object);

  switch (prop_id)
    {
    case PROP_PATH:
      g_value_set_string (value, self->path);
      break;
    case PROP_TABLE:
      g_value_set_string (value, self->table);
      break;
    case PROP_LATENCY:
      g_value_set_uint (value, self->latency);
      break;
    case PROP_ERROR_RATE:
      g_value_set_double (value, self->error_rate);
      break;
    case PROP_OFFLINE:
      g_value_set_boolean (value, self->offline);
      break;
    case PROP_DESCRIPTION:
      g_value_set_boxed (value, self->description);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
vlive_local_master_set_property (GObject *object,
                                 guint prop_id,
                                 const GValue *value,
                                 GParamSpec *pspec)
{
  VliveLocalMaster *self = VLIVE_LOCAL_MASTER (object);

  switch (prop_id)
    {
    case PROP_PATH:
      self->path = g_value_dup_string (value);
      break;
    case PROP_TABLE:
      self->table = g_value_dup_string (value);
      break;
    case PROP_LATENCY:
      vlive_local_master_set_latency (self, g_value_get_uint (value));
      break;
    case PROP_ERROR_RATE:
      vlive_local_master_set_error_rate (self, g_value_get_double (value));
      break;
    case PROP_OFFLINE:
      vlive_local_master_set_offline (self, g_value_get_boolean (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
vlive_local_master_class_init (VliveLocalMasterClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->constructed = vlive_local_master_constructed;
  object_class->finalize = vlive_local_master_finalize;
  object_class->get_property = vlive_local_master_get_property;
  object_class->set_property = vlive_local_master_set_property;

  /**
   * VliveLocalMaster:path:
   *
   * The file, as it was given.
   *
   * Since: 0.1
   */
  properties[PROP_PATH] =
      g_param_spec_string ("path", NULL, NULL, NULL,
                           G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY
                               | G_PARAM_STATIC_STRINGS);

  /**
   * VliveLocalMaster:table:
   *
   * The name of the table in the file.
   *
   * Since: 0.1
   */
  properties[PROP_TABLE] =
      g_param_spec_string ("table", NULL, NULL, NULL,
                           G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY
                               | G_PARAM_STATIC_STRINGS);

  /**
   * VliveLocalMaster:latency:
   *
   * How long every call takes at least, in ms: half of it before the table is
   * looked at, half of it afterwards.
   *
   * Since: 0.1
   */
  properties[PROP_LATENCY] =
      g_param_spec_uint ("latency", NULL, NULL, 0, 3600 * 1000, 0,
                         G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY
                             | G_PARAM_STATIC_STRINGS);

  /**
   * VliveLocalMaster:error-rate:
   *
   * Which part of all calls fails, with %VLIVE_ERROR_SERVER and without having
   * done anything, from 0 to 1.
   *
   * Since: 0.1
   */
  properties[PROP_ERROR_RATE] =
      g_param_spec_double ("error-rate", NULL, NULL, 0, 1, 0,
                           G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY
                               | G_PARAM_STATIC_STRINGS);

  /**
   * VliveLocalMaster:offline:
   *
   * Whether every call fails with %VLIVE_ERROR_OFFLINE.
   *
   * Since: 0.1
   */
  properties[PROP_OFFLINE] =
      g_param_spec_boolean ("offline", NULL, NULL, FALSE,
                            G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY
                                | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, N_PROPS, properties);
  g_object_class_override_property (object_class, PROP_DESCRIPTION, "description");
}

static void
vlive_local_master_init (VliveLocalMaster *self)
{
  self->clock = g_object_ref (_vlive_clock_get_default ());
  self->random = g_rand_new ();
  _vlive_census_add (VLIVE_CENSUS_MASTER);
}

/**
 * vlive_local_master_new:
 * @path: (type filename): the file
 * @table: the name of the table in it
 *
 * Makes a master for a table of a local database file. Nothing is opened yet.
 *
 * Returns: (transfer full): a new master
 *
 * Since: 0.1
 */
VliveLocalMaster *
vlive_local_master_new (const char *path, const char *table)
{
  g_return_val_if_fail (path != NULL, NULL);
  g_return_val_if_fail (table != NULL, NULL);

  return g_object_new (VLIVE_TYPE_LOCAL_MASTER, "path", path, "table", table, NULL);
}

/**
 * vlive_local_master_get_path:
 * @self: a local master
 *
 * Gets the file, as it was given.
 *
 * Returns: (transfer none) (type filename): the path
 *
 * Since: 0.1
 */
const char *
vlive_local_master_get_path (VliveLocalMaster *self)
{
  g_return_val_if_fail (VLIVE_IS_LOCAL_MASTER (self), NULL);

  return self->path;
}

/**
 * vlive_local_master_set_latency:
 * @self: a local master
 * @milliseconds: how long every call is to take at least
 *
 * Makes the table slow, as if it were far away.
 *
 * Since: 0.1
 */
void
vlive_local_master_set_latency (VliveLocalMaster *self, guint milliseconds)
{
  g_return_if_fail (VLIVE_IS_LOCAL_MASTER (self));

  if (self->latency == milliseconds)
    return;
  self->latency = milliseconds;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LATENCY]);
}

/**
 * vlive_local_master_set_error_rate:
 * @self: a local master
 * @rate: which part of all calls is to fail, from 0 to 1
 *
 * Makes the table flaky. A call that fails has done nothing.
 *
 * Since: 0.1
 */
void
vlive_local_master_set_error_rate (VliveLocalMaster *self, double rate)
{
  g_return_if_fail (VLIVE_IS_LOCAL_MASTER (self));
  g_return_if_fail (rate >= 0 && rate <= 1);
  if (self->error_rate == rate)
    return;
  self->error_rate = rate;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ERROR_RATE]);
}

/**
 * vlive_local_master_set_offline:
 * @self: a local master
 * @offline: whether every call is to fail
 *
 * Plays a network that is not there.
 *
 * Since: 0.1
 */
void
vlive_local_master_set_offline (VliveLocalMaster *self, gboolean offline)
{
  g_return_if_fail (VLIVE_IS_LOCAL_MASTER (self));
  offline = offline != FALSE;
  if (self->offline == offline)
    return;
  self->offline = offline;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_OFFLINE]);
}
