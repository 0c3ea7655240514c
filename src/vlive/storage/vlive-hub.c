/* vlive-hub.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "storage/vlive-hub-private.h"

#include <unistd.h>

#include "base/vlive-meter-private.h"

#define PRIORITY 100
/* Where no inotify descriptor is to be had. */
#define QUICK_POLL_US (G_USEC_PER_SEC / 10)

gint64 _vlive_hub_poll_us = G_USEC_PER_SEC;

typedef struct
{
  guint id;
  GSourceOnceFunc func;
  gpointer data;
} Watcher;

typedef struct
{
  GSource source;
  VliveHub *hub; /* owned */
} HubSource;

struct _VliveHub
{
  gint refs;             /* atomic */
  GMainContext *context; /* owned */
  GMutex lock;           /* guards what follows */
  VliveEnv *env;         /* NULL: not yet connected, or closed */
  gboolean closed;
  GSource *source;  /* owned; NULL: not yet connected, or closed */
  int fd;           /* owned; -1: none */
  GArray *watchers; /* owned */
  guint64 known;    /* the last change that was told */
};

VliveHub *
_vlive_hub_new (GMainContext *context, guint64 known)
{
  VliveHub *self = g_new0 (VliveHub, 1);

  self->refs = 1;
  self->context = g_main_context_ref (context);
  g_mutex_init (&self->lock);
  self->fd = -1;
  self->watchers = g_array_new (FALSE, FALSE, sizeof (Watcher));
  self->known = known;

  return self;
}

VliveHub *
_vlive_hub_ref (VliveHub *self)
{
  g_atomic_int_inc (&self->refs);

  return self;
}

void
_vlive_hub_unref (VliveHub *self)
{
  if (!g_atomic_int_dec_and_test (&self->refs))
    return;
  g_assert (self->source == NULL);
  if (self->fd >= 0)
    close (self->fd);
  g_array_unref (self->watchers);
  g_main_context_unref (self->context);
  g_mutex_clear (&self->lock);
  g_free (self);
}

GMainContext *
_vlive_hub_get_context (VliveHub *self)
{
  return self->context;
}

/* TRUE if there is something to tell. */
static gboolean
look (VliveHub *self)
{
  guint64 change;
  gboolean is_new = FALSE;

  g_mutex_lock (&self->lock);
  if (self->env != NULL)
    {
      change = _vlive_env_get_change (self->env);
      is_new = change != self->known;
      self->known = change;
    }
  g_mutex_unlock (&self->lock);

  return is_new;
}

/* One after another by their numbers: each may add or remove others. */
static gboolean
get_next (VliveHub *self, guint *id, Watcher *watcher)
{
  gboolean found = FALSE;

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->watchers->len && !found; i++)
    {
      *watcher = g_array_index (self->watchers, Watcher, i);
      found = watcher->id > *id;
    }
  g_mutex_unlock (&self->lock);
  *id = watcher->id;

  return found;
}

static void
tell (VliveHub *self)
{
  Watcher watcher = { 0 };
  guint id = 0;

  while (get_next (self, &id, &watcher))
    watcher.func (watcher.data);
}

static void
drain (int fd)
{
  guint8 buffer[4096];

  while (fd >= 0 && read (fd, buffer, sizeof buffer) == sizeof buffer)
    ;
}

static gboolean
hub_source_dispatch (GSource *source, GSourceFunc callback, gpointer data)
{
  VliveHub *hub = _vlive_hub_ref (((HubSource *) source)->hub);
  VLIVE_METER_SPAN ("storage-wake");

  drain (hub->fd);
  g_source_set_ready_time (source,
                           g_source_get_time (source)
                               + (hub->fd >= 0 ? _vlive_hub_poll_us : QUICK_POLL_US));
  if (look (hub))
    tell (hub);
  _vlive_hub_unref (hub);

  return G_SOURCE_CONTINUE;
}

static void
hub_source_finalize (GSource *source)
{
  _vlive_hub_unref (((HubSource *) source)->hub);
}

static GSource *
new_source (VliveHub *self)
{
  static GSourceFuncs funcs = {
    .dispatch = hub_source_dispatch,
    .finalize = hub_source_finalize,
  };
  GSource *source = g_source_new (&funcs, sizeof (HubSource));

  ((HubSource *) source)->hub = _vlive_hub_ref (self);
  if (self->fd >= 0)
    g_source_add_unix_fd (source, self->fd, G_IO_IN);
  g_source_set_static_name (source, "vlive-storage-watch");
  g_source_set_priority (source, PRIORITY);
  /* At once, for what came before we watched. */
  g_source_set_ready_time (source, 0);

  return source;
}

void
_vlive_hub_connect (VliveHub *self, VliveEnv *env)
{
  g_mutex_lock (&self->lock);
  if (!self->closed && self->source == NULL && _vlive_env_get_change (env) != 0)
    {
      self->env = env;
      self->fd = _vlive_gate_new_inotify (env->gate);
      self->source = new_source (self);
      /* Asked for before it was open: nothing was known, nothing is new. */
      if (self->known == 0)
        self->known = _vlive_env_get_change (self->env);
      g_source_attach (self->source, self->context);
    }
  g_mutex_unlock (&self->lock);
}

void
_vlive_hub_close (VliveHub *self)
{
  GSource *source;

  g_mutex_lock (&self->lock);
  self->env = NULL;
  self->closed = TRUE;
  source = g_steal_pointer (&self->source);
  g_mutex_unlock (&self->lock);

  if (source != NULL)
    {
      g_source_destroy (source);
      g_source_unref (source);
    }
}

void
_vlive_hub_add (VliveHub *self, guint id, GSourceOnceFunc func, gpointer data)
{
  Watcher watcher = { id, func, data };

  g_mutex_lock (&self->lock);
  g_array_append_val (self->watchers, watcher);
  g_mutex_unlock (&self->lock);
}

gboolean
_vlive_hub_remove (VliveHub *self, guint id)
{
  gboolean found = FALSE;

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->watchers->len && !found; i++)
    if (g_array_index (self->watchers, Watcher, i).id == id)
      {
        g_array_remove_index (self->watchers, i);
        found = TRUE;
      }
  g_mutex_unlock (&self->lock);

  return found;
}

gboolean
_vlive_hub_is_empty (VliveHub *self)
{
  gboolean is_empty;

  g_mutex_lock (&self->lock);
  is_empty = self->watchers->len == 0;
  g_mutex_unlock (&self->lock);

  return is_empty;
}
