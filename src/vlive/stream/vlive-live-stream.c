/* vlive-live-stream.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "stream/vlive-live-stream.h"

#include "vlive-enums.h"

/**
 * VliveLiveStream:
 *
 * A source of change events from outside.
 *
 * A stream is a hint with an order, never the truth: whoever listens may lose
 * events when the connection breaks, and is told so by
 * [signal@LiveStream::up] with %FALSE, after which everything that was asked
 * for before has to be asked for again. Reading never waits for a stream.
 *
 * A stream belongs to the thread that made it. It does not keep those who
 * listen alive.
 *
 * Since: 0.1
 */

enum
{
  SIGNAL_UP,
  SIGNAL_EVENT,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_INTERFACE (VliveLiveStream, vlive_live_stream, G_TYPE_OBJECT)

static void
vlive_live_stream_default_init (VliveLiveStreamInterface *iface)
{
  /**
   * VliveLiveStream:state:
   *
   * The state of the stream.
   *
   * Since: 0.1
   */
  g_object_interface_install_property (
      iface, g_param_spec_enum ("state", NULL, NULL, VLIVE_TYPE_STREAM_STATE,
                                VLIVE_STREAM_STOPPED,
                                G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));

  /**
   * VliveLiveStream::up:
   * @self: the stream
   * @resumed: %TRUE if no event was lost since the stream was up before
   *
   * From now on events arrive.
   *
   * Since: 0.1
   */
  signals[SIGNAL_UP] = g_signal_new ("up", VLIVE_TYPE_LIVE_STREAM, G_SIGNAL_RUN_LAST, 0,
                                     NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_BOOLEAN);

  /**
   * VliveLiveStream::event:
   * @self: the stream
   * @event: what happened
   *
   * Something changed at the master.
   *
   * Since: 0.1
   */
  signals[SIGNAL_EVENT] =
      g_signal_new ("event", VLIVE_TYPE_LIVE_STREAM, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                    NULL, G_TYPE_NONE, 1,
                    VLIVE_TYPE_CHANGE_EVENT | G_SIGNAL_TYPE_STATIC_SCOPE);
}

/**
 * vlive_live_stream_start:
 * @self: a stream
 *
 * Subscribes. Starts are counted: each needs its [method@LiveStream.stop].
 * [signal@LiveStream::up] follows when events arrive; if the stream is live
 * already, they do so at once and the signal is not repeated.
 *
 * Since: 0.1
 */
void
vlive_live_stream_start (VliveLiveStream *self)
{
  VliveLiveStreamInterface *iface;

  g_return_if_fail (VLIVE_IS_LIVE_STREAM (self));

  iface = VLIVE_LIVE_STREAM_GET_IFACE (self);
  iface->start (self);
}

/**
 * vlive_live_stream_stop:
 * @self: a stream
 *
 * Takes back one [method@LiveStream.start]. With the last one the stream ends
 * and holds nothing open.
 *
 * Since: 0.1
 */
void
vlive_live_stream_stop (VliveLiveStream *self)
{
  VliveLiveStreamInterface *iface;

  g_return_if_fail (VLIVE_IS_LIVE_STREAM (self));

  iface = VLIVE_LIVE_STREAM_GET_IFACE (self);
  iface->stop (self);
}

/**
 * vlive_live_stream_get_state:
 * @self: a stream
 *
 * Gets the state of the stream.
 *
 * Returns: the state
 *
 * Since: 0.1
 */
VliveStreamState
vlive_live_stream_get_state (VliveLiveStream *self)
{
  VliveLiveStreamInterface *iface;

  g_return_val_if_fail (VLIVE_IS_LIVE_STREAM (self), VLIVE_STREAM_STOPPED);

  iface = VLIVE_LIVE_STREAM_GET_IFACE (self);

  return iface->get_state (self);
}

/**
 * vlive_live_stream_emit_up:
 * @self: a stream
 * @resumed: %TRUE if no event was lost since the stream was up before
 *
 * Emits [signal@LiveStream::up]. For implementations, on the thread that made
 * the stream.
 *
 * Since: 0.1
 */
void
vlive_live_stream_emit_up (VliveLiveStream *self, gboolean resumed)
{
  g_return_if_fail (VLIVE_IS_LIVE_STREAM (self));

  g_signal_emit (self, signals[SIGNAL_UP], 0, resumed);
}

/**
 * vlive_live_stream_emit_event:
 * @self: a stream
 * @event: what happened
 *
 * Emits [signal@LiveStream::event]. For implementations, on the thread that
 * made the stream.
 *
 * Since: 0.1
 */
void
vlive_live_stream_emit_event (VliveLiveStream *self, VliveChangeEvent *event)
{
  g_return_if_fail (VLIVE_IS_LIVE_STREAM (self));
  g_return_if_fail (event != NULL);

  g_signal_emit (self, signals[SIGNAL_EVENT], 0, event);
}
