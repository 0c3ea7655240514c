/* vlive-store-close.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "table/vlive-store-private.h"

/* How long close() lets writes that wait be sent. */
#define DRAIN_US (5 * G_USEC_PER_SEC)

/* Reads end at once; writes may still go on. */
static void
end_reading (VliveStore *self, const GError *error)
{
  self->closed = TRUE;
  vlive_store_set_live_stream (self, NULL);
  while (self->reads->len > 0)
    _vlive_read_fail (self->reads->pdata[0], error);
  _vlive_store_end_counts (self, error);
}

void
_vlive_store_end_everything (VliveStore *self)
{
  g_autoptr (GError) error = NULL;

  self->closed = TRUE;
  _vlive_store_check_open (self, &error);
  end_reading (self, error);
  _vlive_store_end_openers (self, error);
  g_cancellable_cancel (self->cancellable);
  g_hash_table_remove_all (self->flights);
  g_queue_clear (&self->jobs);
  g_clear_pointer (&self->places_timer, _vlive_timer_cancel);
  _vlive_store_unwatch_cache (self);
  _vlive_store_end_ticks (self);
}

void
_vlive_store_check_closed (VliveStore *self)
{
  g_autoptr (GTask) task = NULL;

  if (self->closing == NULL || _vlive_store_has_writes (self))
    return;

  task = g_steal_pointer (&self->closing);
  g_clear_pointer (&self->close_timer, _vlive_timer_cancel);
  _vlive_store_end_everything (self);
  g_clear_pointer (&self->worker, _vlive_worker_free);
  g_task_return_boolean (task, TRUE);
}

static void
drained_cb (gpointer data)
{
  VliveStore *self = data;

  self->close_timer = NULL;
  _vlive_store_end_writes (self);
  _vlive_store_tell_writers (self, G_MAXUINT64);
  _vlive_store_check_closed (self);
}

/**
 * vlive_store_close_async:
 * @self: a store
 * @callback: (scope async): called when it is closed
 * @user_data: user data for @callback
 *
 * Ends streams, timers and requests. Writes that wait are sent first, for at
 * most a few seconds; what could not be sent fails. Nothing new is taken from
 * now on: calls fail with %VLIVE_ERROR_CLOSED.
 *
 * Since: 0.1
 */
void
vlive_store_close_async (VliveStore *self,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (GError) error = NULL;

  g_return_if_fail (VLIVE_IS_STORE (self));

  task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (task, vlive_store_close_async);
  if (self->closed)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }

  self->closed = TRUE;
  _vlive_store_check_open (self, &error);
  end_reading (self, error);
  self->closing = g_steal_pointer (&task);
  self->close_timer = _vlive_clock_add_timer (self->clock, DRAIN_US, G_PRIORITY_DEFAULT,
                                              drained_cb, self, NULL);
  _vlive_store_check_closed (self);
}

/**
 * vlive_store_close_finish:
 * @self: a store
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Finishes [method@Store.close_async].
 *
 * Returns: %TRUE
 *
 * Since: 0.1
 */
gboolean
vlive_store_close_finish (VliveStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
