/* vlive-store-write.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "record/vlive-record-private.h"
#include "record/vlive-write-private.h"
#include "table/vlive-store-private.h"
#include "table/vlive-write-effect-private.h"

/*
 * Writes go to the master one at a time, in the order they were given. What
 * the master answered is in the cache first, then told to those who look, and
 * then to the caller: a read that begins after a write has been acknowledged
 * never finds the value of before.
 */
typedef struct
{
  guint ref_count;
  VliveStore *store;  /* not owned; NULL once told */
  VliveWrite *write;  /* owned */
  GTask *task;        /* owned; NULL once told. Its source keeps the store */
  GSource *cancelled; /* owned, nullable */
  VliveReply *reply;  /* owned, nullable */
  GError *error;      /* owned, nullable: why it was not applied */
  VliveLayer *layer;  /* not owned, nullable: until it ends */
  guint64 end;        /* of the stage: told when those who look have come so far */
  VliveWriteEffect effect;
} Writing;

/* So many may be remembered without a look for those that need not be. */
#define MIN_OWN_WRITES 256

static void send_next (VliveStore *self);

static Writing *
writing_ref (Writing *self)
{
  self->ref_count++;

  return self;
}

static void
writing_unref (gpointer data)
{
  Writing *self = data;

  if (--self->ref_count > 0)
    return;

  if (self->cancelled != NULL)
    g_source_destroy (self->cancelled);
  g_clear_pointer (&self->cancelled, g_source_unref);
  g_clear_object (&self->task);
  g_clear_pointer (&self->reply, vlive_reply_unref);
  g_clear_error (&self->error);
  _vlive_write_effect_clear (&self->effect);
  g_object_unref (self->write);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Writing, writing_unref)

void
_vlive_store_init_writes (VliveStore *self)
{
  self->own_writes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->n_own_writes_max = MIN_OWN_WRITES;
  self->heard = g_ptr_array_new_with_free_func (writing_unref);
  self->stage = _vlive_stage_new ();
}

void
_vlive_store_free_writes (VliveStore *self)
{
  g_assert (self->writes.length == 0 && self->writing == NULL);

  g_hash_table_unref (self->own_writes);
  g_ptr_array_unref (self->heard);
  _vlive_stage_free (self->stage);
}

gboolean
_vlive_store_has_writes (VliveStore *self)
{
  return self->writes.length > 0 || self->writing != NULL || self->heard->len > 0;
}

gboolean
_vlive_store_is_inserting (VliveStore *self)
{
  Writing *writing = self->writing;

  return writing != NULL && vlive_write_get_op (writing->write) == VLIVE_WRITE_INSERT
         && vlive_write_get_id (writing->write) == NULL
         && vlive_write_get_state (writing->write) == VLIVE_WRITE_SENDING;
}

VliveOwnWrites *
_vlive_store_get_own_writes (VliveStore *self, const char *id)
{
  /* Every event asks, and mostly nothing was written. */
  if (id == NULL || g_hash_table_size (self->own_writes) == 0)
    return NULL;

  return g_hash_table_lookup (self->own_writes, id);
}

/* Confirmations are remembered for as long as an event of before may still
 * come (races.md, rule 12). */
static gboolean
is_forgettable (gpointer key, gpointer value, gpointer data)
{
  VliveOwnWrites *own = value;
  gint64 *limit = data;

  return own->n_pending == 0 && own->confirmed_at < *limit;
}

/* Not again before there are twice as many: all may be waiting. */
static void
forget_own_writes (VliveStore *self)
{
  gint64 limit = _vlive_clock_get_boot_us (self->clock) - VLIVE_CONFIRMED_US;

  g_hash_table_foreach_remove (self->own_writes, is_forgettable, &limit);
  self->n_own_writes_max =
      MAX (2 * g_hash_table_size (self->own_writes), MIN_OWN_WRITES);
}

static VliveOwnWrites *
need_own_writes (VliveStore *self, const char *id)
{
  VliveOwnWrites *own = g_hash_table_lookup (self->own_writes, id);

  if (own != NULL)
    return own;

  if (g_hash_table_size (self->own_writes) >= self->n_own_writes_max)
    forget_own_writes (self);
  own = g_new0 (VliveOwnWrites, 1);
  g_hash_table_insert (self->own_writes, g_strdup (id), own);

  return own;
}

/* The master's, once it has made the record. */
static const char *
get_current_id (VliveStore *self, const char *id)
{
  const char *real;

  return _vlive_stage_resolve (self->stage, id, &real) == VLIVE_ID_ADOPTED ? real : id;
}

/* Laid over what is shown, at once. */
static void
stage (Writing *writing)
{
  VliveStore *self = writing->store;
  const char *id = vlive_write_get_id (writing->write);
  VliveOwnWrites *own = id != NULL ? need_own_writes (self, id) : NULL;

  if (own != NULL && own->n_pending++ == 0)
    own->event_seen = FALSE;
  if (vlive_write_get_op (writing->write) == VLIVE_WRITE_DELETE_ALL)
    return;

  writing->layer = _vlive_stage_push (self->stage, writing->write);
  id = _vlive_layer_get_id (writing->layer);
  _vlive_store_show_staged (self, id);
  /* Some tables may not know it by that name yet, others no more. */
  if (get_current_id (self, id) != id)
    _vlive_store_show_staged (self, get_current_id (self, id));
}

/* A layer of a write whose fate is not known stays until the record has been
 * read again. */
static void
unstage (Writing *writing)
{
  VliveStore *self = writing->store;
  VliveLayer *layer = g_steal_pointer (&writing->layer);
  const char *id = layer != NULL ? _vlive_layer_get_id (layer) : NULL;

  if (writing->effect.doubtful && layer != NULL)
    {
      _vlive_stage_doubt (self->stage, layer);
      _vlive_store_read_again (self, writing->effect.id, g_steal_pointer (&layer));
    }
  else if (writing->effect.doubtful || writing->effect.read_again)
    _vlive_store_read_again (self, writing->effect.id, NULL);
  if (layer != NULL)
    _vlive_store_end_layer (self, layer, get_current_id (self, id),
                            writing->error != NULL);
  else if (writing->error == NULL)
    _vlive_store_mark_end (self);
  writing->end = _vlive_stage_get_n_ends (self->stage);
}

static void
note_ended (Writing *writing)
{
  VliveStore *self = writing->store;
  const char *asked_id = vlive_write_get_id (writing->write);
  const char *id = asked_id != NULL ? asked_id : writing->effect.id;
  VliveOwnWrites *own;

  if (id != NULL)
    {
      own = need_own_writes (self, id);
      if (asked_id != NULL)
        own->n_pending--;
      if (writing->error == NULL)
        {
          own->confirmed_at = _vlive_clock_get_boot_us (self->clock);
          own->version =
              writing->reply != NULL ? vlive_reply_get_version (writing->reply) : 0;
        }
    }
  unstage (writing);
}

static VliveWriteState
state_of_error (const GError *error)
{
  if (error->domain != VLIVE_ERROR || error->code == VLIVE_ERROR_CLOSED)
    return VLIVE_WRITE_CANCELLED;
  if (error->code == VLIVE_ERROR_CONFLICT)
    return VLIVE_WRITE_IN_CONFLICT;
  if (error->code == VLIVE_ERROR_UNKNOWN_OUTCOME)
    return VLIVE_WRITE_UNKNOWN;

  return VLIVE_WRITE_REJECTED;
}

/* It was given under the temporary id of a record that has got its own. */
static void
readdress (VliveStore *self, VliveWrite *write, const char *real)
{
  g_autofree char *temporary = g_strdup (vlive_write_get_id (write));
  VliveOwnWrites *own = _vlive_store_get_own_writes (self, temporary);

  if (own != NULL && own->n_pending > 0)
    {
      own->n_pending--;
      need_own_writes (self, real)->n_pending++;
    }
  _vlive_write_set_id (write, real);
}

/* Of a record that was never made. */
static void
fail_void (Writing *writing)
{
  g_set_error (&writing->error, VLIVE_ERROR, VLIVE_ERROR_NOT_FOUND,
               "The record that this would have changed was not added to %s",
               vlive_master_get_name (writing->store->master));
}

/* The write is over: it waits to be told, and the next one goes. */
static void
end_writing (Writing *writing)
{
  VliveStore *self = writing->store;

  g_assert (self->writing == writing);

  self->writing = NULL;
  note_ended (writing);
  VLIVE_STORY (writing->error == NULL ? VLIVE_OUTCOME_NONE : VLIVE_OUTCOME_FAILED,
               "queue", self->cache_key, -1, vlive_write_get_id (writing->write),
               "%s %s", vlive_write_get_uuid (writing->write),
               writing->error == NULL ? "applied" : writing->error->message);
  g_ptr_array_add (self->heard, writing);
  _vlive_events_release (self->events);
  _vlive_store_wake (self);
  send_next (self);
}

static void
tell_writer (Writing *writing)
{
  VliveWriteState state =
      writing->error != NULL ? state_of_error (writing->error) : VLIVE_WRITE_APPLIED;
  g_autoptr (GTask) task = g_steal_pointer (&writing->task);

  writing->store = NULL;
  _vlive_meter_pause ();
  if (writing->error == NULL && writing->effect.id != NULL)
    _vlive_write_set_id (writing->write, writing->effect.id);
  _vlive_write_set_state (writing->write, state, writing->error,
                          writing->effect.record);
  if (writing->error != NULL)
    g_task_return_error (task, g_error_copy (writing->error));
  else
    {
      g_task_set_task_data (task, vlive_reply_ref (writing->reply),
                            (GDestroyNotify) vlive_reply_unref);
      g_task_return_boolean (task, TRUE);
    }
  _vlive_meter_resume ();
}

/* In order: what is too much for one announcement is shown, and told, later. */
void
_vlive_store_tell_writers (VliveStore *self, guint64 seen)
{
  g_autoptr (GPtrArray) shown = NULL;
  guint n = 0;

  while (n < self->heard->len && ((Writing *) self->heard->pdata[n])->end <= seen)
    n++;
  if (n == 0)
    return;

  shown = g_ptr_array_new_with_free_func (writing_unref);
  for (guint i = 0; i < n; i++)
    g_ptr_array_add (shown, writing_ref (self->heard->pdata[i]));
  g_ptr_array_remove_range (self->heard, 0, n);
  for (guint i = 0; i < n; i++)
    tell_writer (shown->pdata[i]);
}

static void
effect_cb (VliveWriteEffect *effect, gpointer data)
{
  g_autoptr (Writing) writing = data;

  if (writing->store == NULL || writing->store->writing != writing)
    return;

  end_writing (writing);
}

/* What the write made is known now, and under which name to keep it. Where it
 * is not, nothing can have been kept under it either. */
static void
reopened_cb (const GError *error, gpointer data)
{
  g_autoptr (Writing) writing = data;

  if (writing->store == NULL || writing->store->writing != writing)
    return;

  if (error == NULL)
    _vlive_write_effect_apply (&writing->effect, writing->store, writing->write,
                               writing->reply, effect_cb, writing_ref (writing));
  else
    end_writing (writing);
}

static void
applied_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Writing) writing = data;
  VliveStore *self;
  VliveOwnWrites *own;
  VLIVE_METER_SPAN ("store-applied");

  writing->reply =
      vlive_master_apply_finish (VLIVE_MASTER (source), result,
                                 writing->error == NULL ? &writing->error : NULL);
  self = writing->store;
  if (self == NULL || self->writing != writing)
    return;

  own = _vlive_store_get_own_writes (self, vlive_write_get_id (writing->write));
  writing->effect.event_seen = own != NULL && own->event_seen;
  if (vlive_write_get_id (writing->write) == NULL && writing->layer != NULL)
    writing->effect.temporary = g_strdup (_vlive_layer_get_id (writing->layer));
  if (writing->error == NULL
      || g_error_matches (writing->error, VLIVE_ERROR, VLIVE_ERROR_UNKNOWN_OUTCOME))
    _vlive_store_open (self, reopened_cb, writing_ref (writing));
  else
    end_writing (writing);
}

/* A table that is not there yet is made by the first record put into it. */
static gboolean
makes_table (Writing *writing, const GError *error)
{
  return vlive_write_get_op (writing->write) == VLIVE_WRITE_INSERT
         && g_error_matches (error, VLIVE_ERROR, VLIVE_ERROR_NOT_FOUND);
}

static void
opened_cb (const GError *error, gpointer data)
{
  g_autoptr (Writing) writing = data;
  VliveStore *self = writing->store;

  if (self == NULL || self->writing != writing)
    return;

  if (error != NULL && !makes_table (writing, error))
    {
      writing->error = g_error_copy (error);
      end_writing (writing);
      return;
    }

  self->ledger.n_writes++;
  VLIVE_STORY (VLIVE_OUTCOME_NONE, "queue", self->cache_key, -1,
               vlive_write_get_id (writing->write), "%s sent",
               vlive_write_get_uuid (writing->write));
  _vlive_write_set_state (writing->write, VLIVE_WRITE_SENDING, NULL, NULL);
  vlive_master_apply_async (self->master, writing->write, self->cancellable, applied_cb,
                            writing_ref (writing));
}

/* Whatever was asked for before has been answered: so is what it is about. */
static void
send (VliveStore *self, Writing *writing)
{
  const char *id = vlive_write_get_id (writing->write);
  const char *real;

  self->writing = writing;
  switch (id != NULL ? _vlive_stage_resolve (self->stage, id, &real) : VLIVE_ID_REAL)
    {
    case VLIVE_ID_VOID:
    case VLIVE_ID_PENDING:
      fail_void (writing);
      end_writing (writing);
      break;
    case VLIVE_ID_ADOPTED:
      readdress (self, writing->write, real);
      _vlive_store_open (self, opened_cb, writing_ref (writing));
      break;
    case VLIVE_ID_REAL:
    default:
      _vlive_store_open (self, opened_cb, writing_ref (writing));
      break;
    }
}

/* Thousands may fail at once, each as the next one goes. */
static void
send_next (VliveStore *self)
{
  if (self->is_sending)
    return;

  self->is_sending = TRUE;
  while (self->writing == NULL && self->writes.length > 0)
    send (self, g_queue_pop_head (&self->writes));
  self->is_sending = FALSE;
}

static gboolean
cancelled_cb (GCancellable *cancellable, gpointer data)
{
  g_autoptr (Writing) writing = writing_ref (data);
  VliveStore *self = writing->store;
  VLIVE_METER_SPAN ("store-write-cancelled");

  /* What has been sent cannot be taken back. */
  if (self == NULL || !g_queue_remove (&self->writes, writing))
    return G_SOURCE_REMOVE;

  g_set_error (&writing->error, G_IO_ERROR, G_IO_ERROR_CANCELLED,
               "The write was withdrawn before it was sent");
  note_ended (writing);
  g_ptr_array_add (self->heard, writing);
  _vlive_store_wake (self);

  return G_SOURCE_REMOVE;
}

static void
follow_cancellable (Writing *writing, GCancellable *cancellable)
{
  if (cancellable == NULL)
    return;

  writing->cancelled = g_cancellable_source_new (cancellable);
  g_source_set_static_name (writing->cancelled, "vlive-write-cancelled");
  g_source_set_callback (writing->cancelled, G_SOURCE_FUNC (cancelled_cb), writing,
                         NULL);
  g_source_attach (writing->cancelled, writing->store->context);
}

static gboolean
check_write (VliveStore *self, VliveWrite *write, GError **error)
{
  if (!_vlive_store_check_open (self, error))
    return FALSE;
  if (vlive_write_get_state (write) == VLIVE_WRITE_QUEUED
      && !_vlive_write_is_taken (write))
    return TRUE;

  g_set_error_literal (error, VLIVE_ERROR, VLIVE_ERROR_INVALID,
                       "The write has been given to a store before");

  return FALSE;
}

/**
 * vlive_store_write_async:
 * @self: a store
 * @write: a write that was not given to a store before
 * @cancellable: (nullable): withdraws the write, as long as it has not been
 *   sent
 * @callback: (scope async): called when the master has answered
 * @user_data: user data for @callback
 *
 * Sends @write to the master, behind those that were given before.
 *
 * What the write will make is shown at once, in every table of the store:
 * values before this returns, rows that come or go in a moment. A record that
 * is added without an id has a temporary one until the master has answered;
 * what is written to that is sent under the master's.
 *
 * When @callback is called with success, the cache has the new value: whoever
 * reads from then on, in this process or in another one on the same cache,
 * reads it. A write that failed leaves everything as it was; its
 * [property@Write:error] says why. One that could not be delivered fails as
 * well: it is not tried again by itself.
 *
 * At a master that acknowledges writes and does not keep them (one without
 * %VLIVE_KEEPS_WRITES), what it answered is shown until it is read again; the
 * ids it makes for new records are not believed, and not shown at all.
 *
 * Since: 0.1
 */
void
vlive_store_write_async (VliveStore *self,
                         VliveWrite *write,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  GError *error = NULL;
  Writing *writing;

  g_return_if_fail (VLIVE_IS_STORE (self));
  g_return_if_fail (VLIVE_IS_WRITE (write));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  /* A write that has landed is never reported as cancelled. */
  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, vlive_store_write_async);
  g_task_set_check_cancellable (task, FALSE);
  if (!check_write (self, write, &error))
    {
      g_task_return_error (task, error);
      return;
    }

  _vlive_write_take (write);
  writing = g_new0 (Writing, 1);
  writing->ref_count = 1;
  writing->store = self;
  writing->write = g_object_ref (write);
  writing->task = g_steal_pointer (&task);
  VLIVE_STORY (VLIVE_OUTCOME_NONE, "queue", self->cache_key, -1,
               vlive_write_get_id (write), "%s asked for",
               vlive_write_get_uuid (write));
  g_queue_push_tail (&self->writes, writing);
  follow_cancellable (writing, cancellable);
  stage (writing);
  send_next (self);
}

static void
refuse (VliveStore *self, VliveWrite *write)
{
  g_autoptr (GError) error = NULL;

  if (!check_write (self, write, &error))
    _vlive_write_set_state (write, VLIVE_WRITE_CANCELLED, error, NULL);
}

/**
 * vlive_store_write:
 * @self: a store
 * @op: what is to be done
 * @id: (nullable): to which record; %NULL for %VLIVE_WRITE_DELETE_ALL, and for a
 *   %VLIVE_WRITE_INSERT whose id the master makes
 * @fields: (nullable): the fields; %NULL to delete
 *
 * Makes a write and sends it, as [method@Store.write_async] does, for somebody
 * who follows its [property@Write:state].
 *
 * Returns: (transfer full): the write
 *
 * Since: 0.1
 */
VliveWrite *
vlive_store_write (VliveStore *self,
                   VliveWriteOp op,
                   const char *id,
                   VliveRecord *fields)
{
  g_autoptr (VliveWrite) write = NULL;

  g_return_val_if_fail (VLIVE_IS_STORE (self), NULL);

  write = vlive_write_new (op, id, fields);
  refuse (self, write);
  if (vlive_write_get_state (write) == VLIVE_WRITE_QUEUED)
    vlive_store_write_async (self, write, NULL, NULL, NULL);

  return g_steal_pointer (&write);
}

/**
 * vlive_store_write_finish:
 * @self: a store
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Finishes [method@Store.write_async].
 *
 * Returns: %TRUE if the master applied the write
 *
 * Since: 0.1
 */
gboolean
vlive_store_write_finish (VliveStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

VliveReply *
_vlive_store_write_finish (VliveStore *self, GAsyncResult *result, GError **error)
{
  if (!g_task_propagate_boolean (G_TASK (result), error))
    return NULL;

  return vlive_reply_ref (g_task_get_task_data (G_TASK (result)));
}

static void
give_up (Writing *writing)
{
  VliveStore *self = writing->store;
  gboolean sent = vlive_write_get_state (writing->write) == VLIVE_WRITE_SENDING;

  g_clear_error (&writing->error);
  if (sent)
    g_set_error (&writing->error, VLIVE_ERROR, VLIVE_ERROR_UNKNOWN_OUTCOME,
                 "The store of %s was closed before the answer to the write came",
                 vlive_master_get_name (self->master));
  else
    g_set_error (&writing->error, VLIVE_ERROR, VLIVE_ERROR_CLOSED,
                 "The store of %s was closed before the write could be sent",
                 vlive_master_get_name (self->master));
  note_ended (writing);
  g_ptr_array_add (self->heard, writing);
}

void
_vlive_store_end_writes (VliveStore *self)
{
  Writing *writing = g_steal_pointer (&self->writing);

  if (writing != NULL)
    give_up (writing);
  while ((writing = g_queue_pop_head (&self->writes)) != NULL)
    give_up (writing);
}
