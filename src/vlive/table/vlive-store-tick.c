/* vlive-store-tick.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "table/vlive-store-private.h"

/*
 * One place, one moment: whatever arrives is gathered, and applied by one
 * source per store. With somebody who looks, at most once in 16 ms.
 */

/* In an rc box: one that leaves while we tell others is looked at once more. */
typedef struct
{
  gpointer client; /* not owned; NULL: has left */
  const VliveClientFuncs *funcs;
} Client;

static gpointer
client_ref (gconstpointer client, gpointer data)
{
  return g_rc_box_acquire ((gpointer) client);
}

void
_vlive_store_init_clients (VliveStore *self)
{
  self->clients = g_ptr_array_new_with_free_func (g_rc_box_release);
  self->told = g_ptr_array_new_with_free_func (g_free);
}

/* What every client has applied. */
static guint64
get_seen (VliveStore *self)
{
  guint64 seen = G_MAXUINT64;

  for (guint i = 0; i < self->clients->len; i++)
    {
      Client *client = self->clients->pdata[i];

      seen = MIN (seen, client->funcs->get_seen (client->client));
    }

  return seen;
}

static void
tick_cb (gpointer data)
{
  VliveStore *self = data;
  G_GNUC_UNUSED g_autoptr (VliveStore) keep = g_object_ref (self);
  g_autoptr (GPtrArray) clients = g_ptr_array_copy (self->clients, client_ref, NULL);
  g_autoptr (GPtrArray) told = NULL;
  VLIVE_METER_SPAN ("store-tick");

  self->tick = NULL;
  self->last_tick = _vlive_clock_get_boot_us (self->clock);
  for (guint i = 0; i < clients->len; i++)
    {
      Client *client = clients->pdata[i];

      if (client->client != NULL)
        _vlive_store_wake_at (self, client->funcs->announce (client->client));
    }

  _vlive_stage_collect (self->stage, get_seen (self));
  told = g_steal_pointer (&self->told);
  self->told = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < told->len; i++)
    _vlive_store_emit_changed (self, *(char *) told->pdata[i] != '\0' ? told->pdata[i]
                                                                      : NULL);
  _vlive_store_tell_writers (self, get_seen (self));
  _vlive_store_note_ledger (self);
  _vlive_store_check_closed (self);
}

void
_vlive_store_wake_at (VliveStore *self, gint64 at)
{
  gint64 now;

  if (at == VLIVE_NEVER || self->gone)
    return;
  if (self->clients->len > 0 && self->last_tick != 0)
    at = MAX (at, self->last_tick + VLIVE_TICK_US);
  /* Nearly always: then the time is not even asked for. */
  if (self->tick != NULL && self->tick_due <= at)
    return;
  now = _vlive_clock_get_boot_us (self->clock);
  at = MAX (at, now);
  if (self->tick != NULL && self->tick_due <= at)
    return;

  g_clear_pointer (&self->tick, _vlive_timer_cancel);
  self->tick_due = at;
  self->tick = _vlive_clock_add_timer (self->clock, at - now, VLIVE_TICK_PRIORITY,
                                       tick_cb, self, NULL);
}

void
_vlive_store_wake (VliveStore *self)
{
  _vlive_store_wake_at (self, 0);
}

void
_vlive_store_end_ticks (VliveStore *self)
{
  g_clear_pointer (&self->ledger_timer, _vlive_timer_cancel);
  g_clear_pointer (&self->tick, _vlive_timer_cancel);
}

void
_vlive_store_add_client (VliveStore *self,
                         gpointer client,
                         const VliveClientFuncs *funcs)
{
  Client *entry = g_rc_box_new0 (Client);

  entry->client = client;
  entry->funcs = funcs;
  g_ptr_array_add (self->clients, entry);
  _vlive_store_watch_cache (self);
}

void
_vlive_store_remove_client (VliveStore *self, gpointer client)
{
  for (guint i = 0; i < self->clients->len; i++)
    {
      Client *entry = self->clients->pdata[i];

      if (entry->client == client)
        {
          entry->client = NULL;
          g_ptr_array_remove_index (self->clients, i);
          if (self->clients->len == 0)
            _vlive_store_unwatch_cache (self);
          return;
        }
    }
}

VliveRecord *
_vlive_store_hold_at_clients (VliveStore *self, const char *id)
{
  VliveRecord *record = NULL;

  for (guint i = 0; i < self->clients->len && record == NULL; i++)
    {
      Client *client = self->clients->pdata[i];

      record = client->funcs->hold (client->client, id);
    }

  return record;
}

void
_vlive_store_show_staged (VliveStore *self, const char *id)
{
  g_autoptr (GPtrArray) clients = g_ptr_array_copy (self->clients, client_ref, NULL);

  for (guint i = 0; i < clients->len; i++)
    {
      Client *client = clients->pdata[i];

      if (client->client != NULL)
        client->funcs->stage (client->client, id);
    }
  _vlive_store_wake (self);
}

void
_vlive_store_end_layer (VliveStore *self,
                        VliveLayer *layer,
                        const char *id,
                        gboolean failed)
{
  VliveStoreChange change = { .kind = VLIVE_STORE_STATE, .id = id };

  change.end = _vlive_stage_end (self->stage, layer, failed);
  _vlive_store_publish (self, &change);
}

void
_vlive_store_mark_end (VliveStore *self)
{
  VliveStoreChange change = { .kind = VLIVE_STORE_STATE };

  change.end = _vlive_stage_add_end (self->stage);
  _vlive_store_publish (self, &change);
}

void
_vlive_store_publish (VliveStore *self, const VliveStoreChange *change)
{
  if (self->gone)
    return;

  for (guint i = 0; i < self->clients->len; i++)
    {
      Client *client = self->clients->pdata[i];

      client->funcs->take (client->client, change);
    }
  if (change->kind != VLIVE_STORE_STATE && change->kind != VLIVE_STORE_LOOK
      && !change->reading_again && _vlive_store_has_listeners (self))
    g_ptr_array_add (self->told, g_strdup (change->id != NULL ? change->id : ""));
  _vlive_store_wake (self);
}
