/* vlive-events.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "table/vlive-diff-private.h"
#include "table/vlive-store-private.h"

/*
 * What a live stream tells: gathered, merged per id, laid into the cache in
 * one step, and then told to those who look. A read that begins after an event
 * came finds it in the cache.
 */
struct _VliveEvents
{
  VliveStore *store; /* not owned: it owns us */
  gulong up_handler;
  gulong event_handler;
  gboolean up; /* an "up" came since we follow */

  GQueue pending;    /* of Pending, owned, in order */
  GHashTable *by_id; /* owned: id -> Pending, in pending */
  gboolean all;      /* everything is stale */
  gboolean released; /* what was held back is no more */
  GPtrArray *batch;  /* owned, nullable, of Pending: on its way into the cache */
  gboolean batch_all;
  gboolean said_changed; /* somebody said so: not only that events may be lost */
  gboolean batch_changed;
  guint64 n_in;       /* what came in so far */
  guint64 n_batch;    /* n_in when the batch was made */
  guint64 n_done;     /* how much of it is in the cache */
  GPtrArray *waiters; /* owned, of Waiter */
  VliveTimer *timer;  /* nullable */
  gint64 flushed_at;  /* boot clock; 0: never */
  gint64 budget_from; /* boot clock: when the second began in which */
  guint n_read_again; /* so many records were read again */
};

typedef struct
{
  GList link; /* in pending */
  VliveChangeKind kind;
  char *id;            /* owned */
  VliveRecord *record; /* owned, nullable */
  guint64 version;
  GPtrArray *fields; /* owned, nullable, ends with NULL */
  gboolean membership;
  gboolean ours;    /* a write of ours is near: not believed (rule 12) */
  gboolean doubted; /* one of somebody else on the cache is */
  gboolean newer;   /* than our own: its version says so */
} Pending;

typedef struct
{
  guint64 n;
  VliveOpenFunc func;
  gpointer data;
} Waiter;

/* Beyond a page's worth a second, revalidating is cheaper. */
#define MAX_READ_AGAIN 100

static void flush (VliveEvents *self);

static void
pending_free (gpointer data)
{
  Pending *pending = data;

  g_free (pending->id);
  g_clear_pointer (&pending->record, vlive_record_unref);
  g_clear_pointer (&pending->fields, g_ptr_array_unref);
  g_free (pending);
}

VliveEvents *
_vlive_events_new (VliveStore *store)
{
  VliveEvents *self = g_new0 (VliveEvents, 1);

  self->store = store;
  self->by_id = g_hash_table_new (g_str_hash, g_str_equal);
  self->waiters = g_ptr_array_new_with_free_func (g_free);

  return self;
}

/* Those whose events are in the cache; with @all, everybody. */
static void
release_waiters (VliveEvents *self, gboolean all)
{
  g_autoptr (GPtrArray) waiters = g_steal_pointer (&self->waiters);

  self->waiters = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < waiters->len; i++)
    {
      Waiter *waiter = waiters->pdata[i];

      if (all || waiter->n <= self->n_done)
        waiter->func (NULL, waiter->data);
      else
        g_ptr_array_add (self->waiters, g_memdup2 (waiter, sizeof *waiter));
    }
}

void
_vlive_events_free (VliveEvents *self)
{
  g_clear_pointer (&self->timer, _vlive_timer_cancel);
  release_waiters (self, TRUE);
  while (self->pending.length > 0)
    pending_free (g_queue_pop_head_link (&self->pending)->data);
  g_clear_pointer (&self->batch, g_ptr_array_unref);
  g_hash_table_unref (self->by_id);
  g_ptr_array_unref (self->waiters);
  g_free (self);
}

static void
timer_cb (gpointer data)
{
  VliveEvents *self = data;
  VLIVE_METER_SPAN ("events-flush");

  self->timer = NULL;
  flush (self);
}

static void
schedule (VliveEvents *self)
{
  VliveClock *clock = self->store->clock;
  gint64 wait = 0;

  if (self->timer != NULL || self->batch != NULL)
    return;

  /* No more often than it is told: with each turn, nothing of less priority
   * would ever run under a storm, such as a frame. */
  if (self->flushed_at != 0)
    wait = self->flushed_at + VLIVE_TICK_US - _vlive_clock_get_boot_us (clock);
  self->timer = _vlive_clock_add_timer (clock, MAX (wait, 0), VLIVE_TICK_PRIORITY,
                                        timer_cb, self, NULL);
}

/* An insert stays one whatever follows but a delete; a later record counts. */
static void
merge (Pending *pending, VliveChangeEvent *event)
{
  VliveChangeKind kind = vlive_change_event_get_kind (event);
  VliveRecord *record = vlive_change_event_get_record (event);

  if (kind != VLIVE_CHANGE_UPDATED)
    pending->membership = TRUE;
  if (kind != VLIVE_CHANGE_UPDATED || pending->kind == VLIVE_CHANGE_DELETED)
    pending->kind = kind;
  g_clear_pointer (&pending->record, vlive_record_unref);
  pending->record = record != NULL ? vlive_record_ref (record) : NULL;
  pending->version = vlive_change_event_get_version (event);
}

static void
add (VliveEvents *self, VliveChangeEvent *event)
{
  const char *id = vlive_change_event_get_id (event);
  Pending *pending = g_hash_table_lookup (self->by_id, id);

  if (pending != NULL)
    {
      self->store->ledger.n_events_merged++;
      g_queue_unlink (&self->pending, &pending->link);
    }
  else
    {
      pending = g_new0 (Pending, 1);
      pending->link.data = pending;
      pending->id = g_strdup (id);
      pending->kind = vlive_change_event_get_kind (event);
      g_hash_table_insert (self->by_id, pending->id, pending);
    }
  merge (pending, event);
  g_queue_push_tail_link (&self->pending, &pending->link);
}

static void
event_cb (VliveLiveStream *stream, VliveChangeEvent *event, gpointer data)
{
  VliveEvents *self = data;
  const char *id = vlive_change_event_get_id (event);
  VliveOwnWrites *own = _vlive_store_get_own_writes (self->store, id);
  VLIVE_METER_SPAN ("events-event");

  self->store->ledger.n_events++;
  if (own != NULL && own->n_pending > 0)
    own->event_seen = TRUE;
  if (vlive_change_event_get_kind (event) == VLIVE_CHANGE_CHANGED)
    self->all = self->said_changed = TRUE;
  else
    add (self, event);
  self->n_in++;
  schedule (self);
}

/* Of what was asked for before, something may have been missed. */
static void
miss (VliveEvents *self)
{
  VliveLedger *ledger = _vlive_store_get_ledger (self->store);

  self->up = TRUE;
  if (self->store->reads->len == 0
      && ledger->n_hits + ledger->n_stale + ledger->n_misses + ledger->n_failures == 0)
    return;

  self->all = TRUE;
  self->n_in++;
  schedule (self);
}

static void
up_cb (VliveLiveStream *stream, gboolean resumed, gpointer data)
{
  VliveEvents *self = data;
  gboolean first = !self->up;
  VLIVE_METER_SPAN ("events-up");

  self->up = TRUE;
  /* What it goes on with was told to others: we were not there. */
  if (first || !resumed)
    miss (self);
}

void
_vlive_events_follow (VliveEvents *self, VliveLiveStream *stream)
{
  self->up = FALSE;
  self->up_handler = g_signal_connect (stream, "up", G_CALLBACK (up_cb), self);
  self->event_handler = g_signal_connect (stream, "event", G_CALLBACK (event_cb), self);
  vlive_live_stream_start (stream);
  if (!self->up && vlive_live_stream_get_state (stream) == VLIVE_STREAM_LIVE)
    miss (self);
}

void
_vlive_events_unfollow (VliveEvents *self, VliveLiveStream *stream)
{
  g_clear_signal_handler (&self->up_handler, stream);
  g_clear_signal_handler (&self->event_handler, stream);
  vlive_live_stream_stop (stream);
}

static gboolean
is_confirmed_lately (VliveStore *store, VliveOwnWrites *own)
{
  return own->confirmed_at != 0
         && _vlive_clock_get_boot_us (store->clock) - own->confirmed_at
                < VLIVE_CONFIRMED_US;
}

/* An event may be about a value from before our own write, and nothing in it
 * says so, unless it and the write have versions (races.md, rule 12). FALSE:
 * it is old news. */
static gboolean
weigh (VliveEvents *self, Pending *pending)
{
  VliveOwnWrites *own = _vlive_store_get_own_writes (self->store, pending->id);

  if (own == NULL || (own->n_pending == 0 && !is_confirmed_lately (self->store, own)))
    return TRUE;

  if (own->n_pending == 0 && own->version != 0 && pending->version != 0)
    {
      pending->newer = pending->version > own->version;
      return pending->newer;
    }

  pending->ours = TRUE;
  g_clear_pointer (&pending->record, vlive_record_unref);

  return TRUE;
}

static gboolean
is_unknown (Pending *pending)
{
  return pending->ours || pending->doubted
         || (pending->kind != VLIVE_CHANGE_DELETED && pending->record == NULL);
}

static void
note_fields (VliveEvents *self, Pending *pending)
{
  VliveRecord *former = _vlive_store_hold (self->store, pending->id);

  if (former == NULL || pending->record == NULL)
    return;

  pending->fields = g_ptr_array_new_with_free_func (g_free);
  _vlive_record_diff (former, pending->record, pending->fields);
  g_ptr_array_add (pending->fields, NULL);
}

static void
make_patch (Pending *pending, VlivePatch *patch)
{
  *patch = (VlivePatch){ .id = pending->id, .membership = pending->membership };
  if (pending->fields != NULL)
    patch->fields = (const char *const *) pending->fields->pdata;
  if (is_unknown (pending))
    patch->kind = VLIVE_PATCH_UNKNOWN;
  else if (pending->kind == VLIVE_CHANGE_DELETED)
    patch->kind = VLIVE_PATCH_TOMBSTONE;
  else
    {
      patch->kind = VLIVE_PATCH_RECORD;
      patch->record = pending->record;
    }
  if (!pending->newer)
    patch->deadline_us = VLIVE_CONFIRMED_US;
}

static void
make_change (Pending *pending, VliveStoreChange *change)
{
  *change = (VliveStoreChange){ .kind = VLIVE_STORE_VALUE,
                                .id = pending->id,
                                .record = pending->record,
                                .membership = pending->membership,
                                .by_others = !pending->ours };
  if (pending->fields != NULL)
    change->fields = (const char *const *) pending->fields->pdata;
  if (is_unknown (pending))
    change->kind = VLIVE_STORE_UNKNOWN;
  else if (pending->kind == VLIVE_CHANGE_DELETED)
    change->kind = VLIVE_STORE_GONE;
}

/* May this one be read again now, alone? */
static gboolean
may_read_again (VliveEvents *self, Pending *pending)
{
  gint64 now = _vlive_clock_get_boot_us (self->store->clock);

  if (!pending->ours && _vlive_store_hold (self->store, pending->id) == NULL)
    return FALSE;

  if (now - self->budget_from >= G_USEC_PER_SEC)
    {
      self->budget_from = now;
      self->n_read_again = 0;
    }

  return self->n_read_again++ < MAX_READ_AGAIN;
}

static void
tell (VliveEvents *self, Pending *pending)
{
  VliveStoreChange change;

  make_change (pending, &change);
  if (change.kind == VLIVE_STORE_UNKNOWN)
    change.reading_again = may_read_again (self, pending);
  _vlive_store_publish (self->store, &change);
  if (change.reading_again)
    _vlive_store_read_again (self->store, pending->id, NULL);
}

static void
finish_batch (VliveEvents *self)
{
  g_autoptr (GPtrArray) batch = g_steal_pointer (&self->batch);
  VliveStoreChange all = { .kind = VLIVE_STORE_ALL, .membership = TRUE };

  _vlive_store_note_patched (self->store);
  self->n_done = self->n_batch;
  if (self->batch_changed)
    self->store->changed_epoch = self->store->patched.epoch;
  if (self->batch_all)
    _vlive_store_publish (self->store, &all);
  for (guint i = 0; i < batch->len; i++)
    tell (self, batch->pdata[i]);
  release_waiters (self, FALSE);
  /* A read waits for what has come in meanwhile. */
  if (self->waiters->len > 0)
    flush (self);
  else if (self->n_done != self->n_in || self->released)
    schedule (self);
}

static void
invalidated_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (VliveStore) store = data;
  VLIVE_METER_SPAN ("events-invalidated");

  _vlive_cache_invalidate_finish (VLIVE_CACHE (source), result, NULL);
  finish_batch (store->events);
}

static void
finish_patches (VliveEvents *self)
{
  VliveStore *store = self->store;
  VliveStoreChange all = { .kind = VLIVE_STORE_ALL, .membership = TRUE };

  if (!self->batch_all)
    {
      finish_batch (self);
      return;
    }

  _vlive_store_raise_marks (store, &all);
  _vlive_cache_invalidate_async (store->cache, store->ns, NULL, NULL,
                                 store->cancellable, invalidated_cb,
                                 g_object_ref (store));
}

/* Another process has a write confirmed that the event may be older than: all that
 * is known is that something has changed. */
static void
doubt (VliveEvents *self, Pending *pending)
{
  VliveStoreChange change;

  pending->doubted = TRUE;
  g_clear_pointer (&pending->record, vlive_record_unref);
  g_clear_pointer (&pending->fields, g_ptr_array_unref);
  make_change (pending, &change);
  _vlive_store_raise_marks (self->store, &change);
}

static void
patched_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (VliveStore) store = data;
  g_autoptr (GArray) doubted = NULL;
  VLIVE_METER_SPAN ("events-patched");

  _vlive_cache_patch_finish (VLIVE_CACHE (source), result, &doubted, NULL);
  for (guint i = 0; doubted != NULL && i < doubted->len; i++)
    doubt (store->events,
           store->events->batch->pdata[g_array_index (doubted, guint, i)]);
  finish_patches (store->events);
}

/* While a record of ours is being made, one that nobody knows may be that: the
 * answer will tell, and until then it would stand twice. What comes of it later
 * waits behind it. */
static gboolean
is_held_back (VliveEvents *self, Pending *pending)
{
  return pending->kind == VLIVE_CHANGE_INSERTED
         && _vlive_store_is_inserting (self->store)
         && _vlive_store_hold (self->store, pending->id) == NULL;
}

static void
hold_back (VliveEvents *self, Pending *pending)
{
  g_queue_push_tail_link (&self->pending, &pending->link);
  g_hash_table_insert (self->by_id, pending->id, pending);
}

/* Takes what is pending for the next batch. */
static void
make_batch (VliveEvents *self)
{
  guint n = self->pending.length;

  self->batch = g_ptr_array_new_with_free_func (pending_free);
  self->batch_all = self->all;
  self->batch_changed = self->said_changed;
  self->n_batch = self->n_in;
  self->all = FALSE;
  self->said_changed = FALSE;
  self->released = FALSE;
  g_hash_table_remove_all (self->by_id);
  while (n-- > 0)
    {
      Pending *pending = g_queue_pop_head_link (&self->pending)->data;

      if (is_held_back (self, pending))
        hold_back (self, pending);
      else if (weigh (self, pending))
        {
          note_fields (self, pending);
          g_ptr_array_add (self->batch, pending);
        }
      else
        pending_free (pending);
    }
}

void
_vlive_events_release (VliveEvents *self)
{
  if (self->pending.length == 0)
    return;

  self->released = TRUE;
  schedule (self);
}

static void
send_batch (VliveEvents *self)
{
  VliveStore *store = self->store;
  g_autofree VlivePatch *patches = g_new0 (VlivePatch, MAX (self->batch->len, 1));

  for (guint i = 0; i < self->batch->len; i++)
    {
      VliveStoreChange change;

      make_patch (self->batch->pdata[i], &patches[i]);
      make_change (self->batch->pdata[i], &change);
      _vlive_store_raise_marks (store, &change);
    }
  _vlive_cache_patch_async (store->cache, store->ns, patches, self->batch->len,
                            store->cancellable, patched_cb, g_object_ref (store));
}

/* Nothing has been read yet; but what is cached, under a name that is not known
 * yet, is not what it was: the first read has it marked. */
static void
finish_unnamed (VliveEvents *self)
{
  gboolean said_changed = self->batch_changed;

  finish_batch (self);
  self->all = TRUE;
  self->said_changed |= said_changed;
  self->n_in++;
}

static void
flush (VliveEvents *self)
{
  G_GNUC_UNUSED g_autoptr (VliveStore) keep = NULL;

  /* One step at a time; what comes in meanwhile goes with the next. */
  if (self->batch != NULL || self->store->gone
      || (self->n_done == self->n_in && !self->released))
    return;

  keep = g_object_ref (self->store);
  self->flushed_at = _vlive_clock_get_boot_us (self->store->clock);
  make_batch (self);
  if (!_vlive_store_find_namespace (self->store))
    finish_unnamed (self);
  else if (self->batch->len > 0)
    send_batch (self);
  else
    finish_patches (self);
}

gboolean
_vlive_events_settle (VliveEvents *self, VliveOpenFunc func, gpointer data)
{
  Waiter *waiter;

  if (self->n_done == self->n_in)
    return TRUE;

  flush (self);
  if (self->n_done == self->n_in)
    return TRUE;

  waiter = g_new (Waiter, 1);
  waiter->n = self->n_in;
  waiter->func = func;
  waiter->data = data;
  g_ptr_array_add (self->waiters, waiter);

  return FALSE;
}
