/* vlive-manual-stream.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "stream/vlive-manual-stream.h"

#include "base/vlive-census-private.h"

/**
 * VliveManualStream:
 *
 * A live stream into which a program pushes.
 *
 * For programs that learn of changes in their own way, for demonstrations and
 * for tests. Its connection can be taken away and given back by
 * [method@ManualStream.set_connected].
 *
 * Since: 0.1
 */

struct _VliveManualStream
{
  GObject parent_instance;

  guint n_subscribers;
  gboolean connected; /* as the program says; TRUE at first */
};

enum
{
  PROP_0,
  PROP_STATE
};

static void live_stream_iface_init (VliveLiveStreamInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (VliveManualStream,
                               vlive_manual_stream,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (VLIVE_TYPE_LIVE_STREAM,
                                                      live_stream_iface_init))

static VliveStreamState
vlive_manual_stream_get_state (VliveLiveStream *stream)
{
  VliveManualStream *self = VLIVE_MANUAL_STREAM (stream);

  if (self->n_subscribers == 0)
    return VLIVE_STREAM_STOPPED;

  return self->connected ? VLIVE_STREAM_LIVE : VLIVE_STREAM_WAITING;
}

/* A later subscriber finds the stream live: those who listen already lose
 * nothing by it and must not be told that they did. */
static void
vlive_manual_stream_start (VliveLiveStream *stream)
{
  VliveManualStream *self = VLIVE_MANUAL_STREAM (stream);

  if (self->n_subscribers++ > 0)
    return;
  g_object_notify (G_OBJECT (self), "state");
  /* Whoever heard of that may have stopped it again. */
  if (self->connected && self->n_subscribers > 0)
    vlive_live_stream_emit_up (stream, FALSE);
}

static void
vlive_manual_stream_stop (VliveLiveStream *stream)
{
  VliveManualStream *self = VLIVE_MANUAL_STREAM (stream);

  g_return_if_fail (self->n_subscribers > 0);

  if (--self->n_subscribers == 0)
    g_object_notify (G_OBJECT (self), "state");
}

static void
live_stream_iface_init (VliveLiveStreamInterface *iface)
{
  iface->start = vlive_manual_stream_start;
  iface->stop = vlive_manual_stream_stop;
  iface->get_state = vlive_manual_stream_get_state;
}

static void
vlive_manual_stream_get_property (GObject *object,
                                  guint id,
                                  GValue *value,
                                  GParamSpec *pspec)
{
  switch (id)
    {
    case PROP_STATE:
      g_value_set_enum (value,
                        vlive_manual_stream_get_state (VLIVE_LIVE_STREAM (object)));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
vlive_manual_stream_finalize (GObject *object)
{
  _vlive_census_remove (VLIVE_CENSUS_STREAM);

  G_OBJECT_CLASS (vlive_manual_stream_parent_class)->finalize (object);
}

static void
vlive_manual_stream_class_init (VliveManualStreamClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = vlive_manual_stream_get_property;
  object_class->finalize = vlive_manual_stream_finalize;
  g_object_class_override_property (object_class, PROP_STATE, "state");
}

static void
vlive_manual_stream_init (VliveManualStream *self)
{
  self->connected = TRUE;
  _vlive_census_add (VLIVE_CENSUS_STREAM);
}

/**
 * vlive_manual_stream_new:
 *
 * Makes a stream that is connected and has no subscriber.
 *
 * Returns: (transfer full): a stream
 *
 * Since: 0.1
 */
VliveManualStream *
vlive_manual_stream_new (void)
{
  return g_object_new (VLIVE_TYPE_MANUAL_STREAM, NULL);
}

/**
 * vlive_manual_stream_push:
 * @self: a stream
 * @event: what happened
 *
 * Tells the subscribers of a change. Without subscribers, and while it is not
 * connected, nobody hears of it.
 *
 * Returns: the number of subscribers
 *
 * Since: 0.1
 */
guint
vlive_manual_stream_push (VliveManualStream *self, VliveChangeEvent *event)
{
  guint n_subscribers;

  g_return_val_if_fail (VLIVE_IS_MANUAL_STREAM (self), 0);
  g_return_val_if_fail (event != NULL, 0);

  n_subscribers = self->n_subscribers;
  if (self->connected && n_subscribers > 0)
    vlive_live_stream_emit_event (VLIVE_LIVE_STREAM (self), event);

  return n_subscribers;
}

/**
 * vlive_manual_stream_set_connected:
 * @self: a stream
 * @connected: whether events arrive
 * @resumed: with @connected: whether no event was lost meanwhile
 *
 * Plays a connection that is lost, or is back.
 *
 * Since: 0.1
 */
void
vlive_manual_stream_set_connected (VliveManualStream *self,
                                   gboolean connected,
                                   gboolean resumed)
{
  g_return_if_fail (VLIVE_IS_MANUAL_STREAM (self));

  if (self->connected == connected)
    return;

  self->connected = connected;
  if (self->n_subscribers == 0)
    return;
  g_object_notify (G_OBJECT (self), "state");
  if (connected && self->n_subscribers > 0)
    vlive_live_stream_emit_up (VLIVE_LIVE_STREAM (self), resumed);
}

/**
 * vlive_manual_stream_get_n_subscribers:
 * @self: a stream
 *
 * Counts the starts that were not followed by a stop.
 *
 * Returns: the number of subscribers
 *
 * Since: 0.1
 */
guint
vlive_manual_stream_get_n_subscribers (VliveManualStream *self)
{
  g_return_val_if_fail (VLIVE_IS_MANUAL_STREAM (self), 0);

  return self->n_subscribers;
}
