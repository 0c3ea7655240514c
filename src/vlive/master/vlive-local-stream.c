/* vlive-local-stream.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "master/vlive-local-stream.h"

#include "base/vlive-census-private.h"
#include "base/vlive-error.h"
#include "base/vlive-meter-private.h"
#include "master/vlive-local-master-private.h"
#include "storage/vlive-storage-private.h"

#define PRIORITY 100

/* So many changes are read, and told, at once: a page's worth and a bit. */
#define MAX_EVENTS 128
/* The heartbeat. It also finds what no wake-up told of: its writer died between
 * the commit and the wake-up. */
#define POLL_US G_USEC_PER_SEC
/* A reading that takes longer has frozen. */
#define DEADLINE_US (10 * G_USEC_PER_SEC)
#define MIN_BACKOFF_US (G_USEC_PER_SEC / 5)
#define MAX_BACKOFF_US (30 * G_USEC_PER_SEC)

/**
 * VliveLocalStream:
 *
 * The live stream of a [class@LocalMaster]: what this process and others
 * change in its table, in order and one by one.
 *
 * It follows the table's log of changes, which is written in one transaction
 * with the data, and is woken by a file beside the database. Inserts and
 * updates carry the record and its version; a table that is replaced,
 * emptied or imported into is one %VLIVE_CHANGE_CHANGED, and so is what the
 * log does not hold any more. Stopped and started again it goes on where it
 * was, if the log reaches back so far, and says so in
 * [signal@LiveStream::up].
 *
 * A table that is not there, or cannot be read, is looked for again, after
 * 200 ms at first and 30 s at last. Where the master plays a network that is
 * slow, flaky or away, so does the stream.
 *
 * The file is open while the stream is started, and no longer on its account.
 *
 * Since: 0.1
 */
struct _VliveLocalStream
{
  GObject parent_instance;

  VliveLocalMaster *master; /* weak, nullable */
  char *path;               /* owned */
  char *table;              /* owned */
  VliveClock *clock;        /* owned */

  guint n_subscribers;
  VliveStreamState state;
  GError *error; /* owned, nullable */
  guint run;     /* raised when it is started and when it is stopped */

  /* Where it is. Outlives a stop. */
  char *uuid;       /* owned; of the file; NULL: nowhere yet */
  guint64 sequence; /* of the last change that was told */

  /* While it is started. */
  VliveLocalFile *file;       /* owned */
  VliveStorage *storage;      /* owned, nullable: what is watched */
  guint watch;                /* in @storage */
  GCancellable *cancellable;  /* owned */
  VliveLocalReadJob *reading; /* not owned, nullable */
  gint64 reading_since;       /* boot clock */
  gboolean again;             /* read once more behind @reading */
  VliveTimer *timer;          /* the next heartbeat or try */
  VliveTimer *delay;          /* nullable: a slow network is played */
  gint64 backoff;
};

enum
{
  PROP_0,
  PROP_ERROR,
  N_PROPS,
  PROP_STATE = N_PROPS,
};

static GParamSpec *properties[N_PROPS];

static void live_stream_iface_init (VliveLiveStreamInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (VliveLocalStream,
                               vlive_local_stream,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (VLIVE_TYPE_LIVE_STREAM,
                                                      live_stream_iface_init))

static void read_on (VliveLocalStream *self);
static void set_timer (VliveLocalStream *self, gint64 us);

/* Takes @error, nullable. Whoever is told may stop the stream. */
static void
set_state (VliveLocalStream *self, VliveStreamState state, GError *error)
{
  gboolean other = self->state != state;
  gboolean other_error = self->error != NULL || error != NULL;

  g_clear_error (&self->error);
  self->error = error;
  self->state = state;
  if (!other && !other_error)
    return;

  _vlive_meter_pause ();
  g_object_freeze_notify (G_OBJECT (self));
  if (other_error)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ERROR]);
  if (other)
    g_object_notify (G_OBJECT (self), "state");
  g_object_thaw_notify (G_OBJECT (self));
  _vlive_meter_resume ();
}

static void
unwatch (VliveLocalStream *self)
{
  if (self->storage == NULL)
    return;
  _vlive_storage_unwatch (self->storage, self->watch);
  g_clear_pointer (&self->storage, _vlive_storage_unref);
}

/* Nothing comes any more of what was begun. */
static void
drop_reading (VliveLocalStream *self)
{
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->reading = NULL;
  self->again = FALSE;
  g_clear_pointer (&self->delay, _vlive_timer_cancel);
}

static void
end_run (VliveLocalStream *self)
{
  self->run++;
  drop_reading (self);
  g_clear_pointer (&self->timer, _vlive_timer_cancel);
  unwatch (self);
  g_clear_pointer (&self->file, _vlive_local_file_unref);
}

/* The one that is there now. */
static void
renew_file (VliveLocalStream *self)
{
  if (!_vlive_local_file_has_moved (self->file))
    return;
  _vlive_local_file_unref (self->file);
  self->file = _vlive_local_file_get (self->path);
}

/* Takes @error: for a while the stream is down. What is not there yet costs
 * little to look for. */
static void
wait_for_better (VliveLocalStream *self, GError *error)
{
  gboolean missing = g_error_matches (error, VLIVE_ERROR, VLIVE_ERROR_NOT_FOUND);

  drop_reading (self);
  unwatch (self);
  renew_file (self);
  set_timer (self, missing ? MIN (self->backoff, POLL_US) : self->backoff);
  self->backoff = MIN (2 * self->backoff, MAX_BACKOFF_US);
  set_state (self, VLIVE_STREAM_WAITING, error);
}

/* A commit, perhaps to another table. */
static void
woken_cb (gpointer data)
{
  g_autoptr (VliveLocalStream) self = g_object_ref (data);
  guint64 sequence;

  if (_vlive_local_file_peek (self->file, self->table, &sequence)
      && sequence == self->sequence)
    return;
  read_on (self);
}

/* What came between the reading that opened the file and the watch is found by
 * reading once more. */
static void
watch (VliveLocalStream *self)
{
  if (self->storage != NULL)
    return;
  self->storage = _vlive_local_file_dup_storage (self->file);
  if (self->storage == NULL)
    return;
  self->watch = _vlive_storage_watch (self->storage, woken_cb, self);
  self->again = TRUE;
}

static void
emit_up (VliveLocalStream *self, gboolean resumed)
{
  _vlive_meter_pause ();
  vlive_live_stream_emit_up (VLIVE_LIVE_STREAM (self), resumed);
  _vlive_meter_resume ();
}

static void
emit_event (VliveLocalStream *self, VliveChangeEvent *event)
{
  _vlive_meter_pause ();
  vlive_live_stream_emit_event (VLIVE_LIVE_STREAM (self), event);
  _vlive_meter_resume ();
}

static void
emit_changed (VliveLocalStream *self)
{
  g_autoptr (VliveChangeEvent) event =
      vlive_change_event_new (VLIVE_CHANGE_CHANGED, NULL, NULL, self->sequence);

  emit_event (self, event);
}

static void
set_place (VliveLocalStream *self, const VliveLocalNews *news)
{
  g_free (self->uuid);
  self->uuid = g_strdup (news->uuid);
  self->sequence = news->sequence;
}

static void
tell_events (VliveLocalStream *self, GPtrArray *events, guint run)
{
  for (guint i = 0; i < events->len && self->run == run; i++)
    {
      self->sequence = vlive_change_event_get_version (events->pdata[i]);
      emit_event (self, events->pdata[i]);
    }
}

/* Does the log go on from where we are? Another file does not, nor one that was
 * brought back from a copy. */
static gboolean
continues (VliveLocalStream *self, const VliveLocalNews *news)
{
  return self->uuid != NULL && g_strcmp0 (self->uuid, news->uuid) == 0
         && self->sequence <= news->sequence;
}

/* What was read is told. Whoever is told may stop the stream, and start it
 * again: that is another run. */
static void
take (VliveLocalStream *self, VliveLocalReadJob *job)
{
  guint run = self->run;
  gboolean whole = continues (self, &job->news) && !job->lost;
  gboolean was_live = self->state == VLIVE_STREAM_LIVE;
  gboolean other;

  self->backoff = MIN_BACKOFF_US;
  watch (self);
  if (!was_live)
    set_state (self, VLIVE_STREAM_LIVE, NULL);
  if (self->run != run)
    return;
  other = self->uuid != NULL && !continues (self, &job->news);
  if (!whole)
    set_place (self, &job->news);
  if (!was_live)
    emit_up (self, whole);
  /* In another history the same sequence may mean another table: what was read
   * before is not even to be asked for "if it was modified". */
  if ((was_live && !whole) || (other && self->run == run))
    emit_changed (self);
  if (whole)
    tell_events (self, job->events, run);

  if (self->run == run && (self->again || self->sequence < job->news.sequence))
    read_on (self);
}

/* "There is no file" becomes what a person can do about it. */
static GError *
copy_error (VliveLocalStream *self, const GError *error)
{
  GError *copy = NULL;

  if (!g_error_matches (error, VLIVE_ERROR, VLIVE_ERROR_NOT_FOUND))
    return g_error_copy (error);
  _vlive_local_file_set_missing (self->file, self->table, &copy);

  return copy;
}

static void
read_done (VliveLocalJob *job, const GError *error)
{
  VliveLocalReadJob *read = (VliveLocalReadJob *) job;
  g_autoptr (VliveLocalStream) self = job->owner;
  guint run;

  if (self == NULL)
    return;
  g_object_ref (self);
  g_object_remove_weak_pointer (G_OBJECT (self), &job->owner);
  /* Of an earlier run, or given up. */
  if (self->reading != read)
    return;

  self->reading = NULL;
  run = self->run;
  if (self->master != NULL)
    _vlive_local_master_learn (self->master, &read->news);
  /* Whoever heard of new columns may have stopped us. */
  if (self->run != run)
    return;
  if (error != NULL)
    wait_for_better (self, copy_error (self, error));
  else
    take (self, read);
}

static void
start_reading (VliveLocalStream *self)
{
  VliveLocalReadJob *job;
  GError *error = NULL;

  if (self->master != NULL)
    _vlive_local_master_play_failure (self->master, &error);
  if (error != NULL)
    {
      wait_for_better (self, error);
      return;
    }

  job = _vlive_local_read_job_new (VLIVE_LOCAL_LOG_SINCE, self->table);
  job->since = self->uuid != NULL ? self->sequence : VLIVE_LOCAL_FROM_NOW;
  job->limit = MAX_EVENTS;
  job->clock = g_object_ref (self->clock);
  if (self->master != NULL)
    job->news.schema_version = _vlive_local_master_get_schema_version (self->master);
  job->job.done = read_done;
  job->job.owner = self;
  g_object_add_weak_pointer (G_OBJECT (self), &job->job.owner);
  self->again = FALSE;
  self->reading = job;
  self->reading_since = _vlive_clock_get_boot_us (self->clock);
  _vlive_local_file_run (self->file, &job->job, VLIVE_LOCAL_READ, self->cancellable);
}

static void
delay_cb (gpointer data)
{
  g_autoptr (VliveLocalStream) self = g_object_ref (data);
  VLIVE_METER_SPAN ("local-stream-delay");

  self->delay = NULL;
  start_reading (self);
}

/* One reading at a time. */
static void
read_on (VliveLocalStream *self)
{
  guint latency =
      self->master != NULL ? _vlive_local_master_get_latency (self->master) : 0;

  if (self->reading != NULL || self->delay != NULL)
    self->again = TRUE;
  else if (latency > 0)
    self->delay = _vlive_clock_add_timer (self->clock, (gint64) latency * 500, PRIORITY,
                                          delay_cb, self, NULL);
  else
    start_reading (self);
}

static gboolean
is_frozen (VliveLocalStream *self)
{
  return self->reading != NULL
         && _vlive_clock_get_boot_us (self->clock) - self->reading_since >= DEADLINE_US;
}

static void
timer_cb (gpointer data)
{
  g_autoptr (VliveLocalStream) self = g_object_ref (data);
  VLIVE_METER_SPAN ("local-stream-timer");

  self->timer = NULL;
  if (is_frozen (self))
    {
      wait_for_better (self,
                       g_error_new (VLIVE_ERROR, VLIVE_ERROR_TIMEOUT,
                                    "The table %s has not been read for %d s",
                                    self->table, (int) (DEADLINE_US / G_USEC_PER_SEC)));
      return;
    }
  if (self->cancellable == NULL)
    self->cancellable = g_cancellable_new ();
  set_timer (self, POLL_US);
  read_on (self);
}

static void
set_timer (VliveLocalStream *self, gint64 us)
{
  g_clear_pointer (&self->timer, _vlive_timer_cancel);
  self->timer =
      _vlive_clock_add_timer (self->clock, us, PRIORITY, timer_cb, self, NULL);
}

/* Nobody waits for the next try when the network that is played is back. */
static void
offline_cb (VliveLocalStream *self)
{
  if (self->file == NULL)
    return;
  self->backoff = MIN_BACKOFF_US;
  set_timer (self, 0);
}

static VliveStreamState
vlive_local_stream_get_state (VliveLiveStream *stream)
{
  return VLIVE_LOCAL_STREAM (stream)->state;
}

static void
vlive_local_stream_start (VliveLiveStream *stream)
{
  VliveLocalStream *self = VLIVE_LOCAL_STREAM (stream);
  GError *error = NULL;
  guint run;

  if (self->n_subscribers++ > 0)
    return;

  run = ++self->run;
  if (!_vlive_local_name_check (self->table, &error))
    {
      set_state (self, VLIVE_STREAM_FAILED, error);
      return;
    }
  self->file = _vlive_local_file_get (self->path);
  self->cancellable = g_cancellable_new ();
  self->backoff = MIN_BACKOFF_US;
  set_timer (self, POLL_US);
  set_state (self, VLIVE_STREAM_CONNECTING, NULL);
  if (self->run == run)
    read_on (self);
}

static void
vlive_local_stream_stop (VliveLiveStream *stream)
{
  VliveLocalStream *self = VLIVE_LOCAL_STREAM (stream);

  g_return_if_fail (self->n_subscribers > 0);

  if (--self->n_subscribers > 0)
    return;
  end_run (self);
  set_state (self, VLIVE_STREAM_STOPPED, NULL);
}

static void
live_stream_iface_init (VliveLiveStreamInterface *iface)
{
  iface->start = vlive_local_stream_start;
  iface->stop = vlive_local_stream_stop;
  iface->get_state = vlive_local_stream_get_state;
}

static void
vlive_local_stream_get_property (GObject *object,
                                 guint id,
                                 GValue *value,
                                 GParamSpec *pspec)
{
  VliveLocalStream *self = VLIVE_LOCAL_STREAM (object);

  switch (id)
    {
    case PROP_ERROR:
      g_value_set_boxed (value, self->error);
      break;
    case PROP_STATE:
      g_value_set_enum (value, self->state);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
vlive_local_stream_dispose (GObject *object)
{
  VliveLocalStream *self = VLIVE_LOCAL_STREAM (object);

  end_run (self);
  g_clear_weak_pointer (&self->master);

  G_OBJECT_CLASS (vlive_local_stream_parent_class)->dispose (object);
}

static void
vlive_local_stream_finalize (GObject *object)
{
  VliveLocalStream *self = VLIVE_LOCAL_STREAM (object);

  g_clear_error (&self->error);
  g_clear_object (&self->clock);
  g_free (self->uuid);
  g_free (self->table);
  g_free (self->path);
  _vlive_census_remove (VLIVE_CENSUS_STREAM);

  G_OBJECT_CLASS (vlive_local_stream_parent_class)->finalize (object);
}

static void
vlive_local_stream_class_init (VliveLocalStreamClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = vlive_local_stream_dispose;
  object_class->finalize = vlive_local_stream_finalize;
  object_class->get_property = vlive_local_stream_get_property;

  /**
   * VliveLocalStream:error: (getter get_error)
   *
   * Why the stream is waiting, or has failed.
   *
   * Since: 0.1
   */
  properties[PROP_ERROR] =
      g_param_spec_boxed ("error", NULL, NULL, G_TYPE_ERROR,
                          G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, N_PROPS, properties);
  g_object_class_override_property (object_class, PROP_STATE, "state");
}

static void
vlive_local_stream_init (VliveLocalStream *self)
{
  _vlive_census_add (VLIVE_CENSUS_STREAM);
}

/**
 * vlive_local_stream_new:
 * @master: a local master
 *
 * Makes a stream of the changes of the master's table, whoever makes them. It
 * does not keep @master alive. [method@Master.create_stream] makes one too.
 *
 * Returns: (transfer full): a new stream, which belongs to the thread of
 *   @master
 *
 * Since: 0.1
 */
VliveLocalStream *
vlive_local_stream_new (VliveLocalMaster *master)
{
  VliveLocalStream *self;

  g_return_val_if_fail (VLIVE_IS_LOCAL_MASTER (master), NULL);

  self = g_object_new (VLIVE_TYPE_LOCAL_STREAM, NULL);
  g_set_weak_pointer (&self->master, master);
  self->path = g_strdup (vlive_local_master_get_path (master));
  self->table = g_strdup (_vlive_local_master_get_table (master));
  self->clock = g_object_ref (_vlive_local_master_get_clock (master));
  g_signal_connect_object (master, "notify::offline", G_CALLBACK (offline_cb), self,
                           G_CONNECT_SWAPPED);

  return self;
}

/**
 * vlive_local_stream_get_error:
 * @self: a stream
 *
 * Gets why the stream is waiting, or has failed.
 *
 * Returns: (transfer none) (nullable): the reason, or %NULL
 *
 * Since: 0.1
 */
const GError *
vlive_local_stream_get_error (VliveLocalStream *self)
{
  g_return_val_if_fail (VLIVE_IS_LOCAL_STREAM (self), NULL);

  return self->error;
}
