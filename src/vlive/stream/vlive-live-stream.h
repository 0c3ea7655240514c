/* vlive-live-stream.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "record/vlive-change-event.h"

G_BEGIN_DECLS

/**
 * VliveStreamState:
 * @VLIVE_STREAM_STOPPED: not started
 * @VLIVE_STREAM_CONNECTING: on its way
 * @VLIVE_STREAM_LIVE: events arrive
 * @VLIVE_STREAM_WAITING: will try again after a while
 * @VLIVE_STREAM_FAILED: will not try again
 *
 * The state of a live stream.
 */
typedef enum
{
  VLIVE_STREAM_STOPPED,
  VLIVE_STREAM_CONNECTING,
  VLIVE_STREAM_LIVE,
  VLIVE_STREAM_WAITING,
  VLIVE_STREAM_FAILED,
} VliveStreamState;

/*
 * A hint with an order, never the truth. Signals, on the thread that made it:
 *   up (gboolean resumed): events arrive from now on; FALSE: some may be lost
 *   event (VliveChangeEvent *event)
 * and the property "state". start and stop are counted: a stream runs while
 * somebody has started it.
 */
#define VLIVE_TYPE_LIVE_STREAM (vlive_live_stream_get_type ())

VLIVE_AVAILABLE_IN_0_1
G_DECLARE_INTERFACE (VliveLiveStream, vlive_live_stream, VLIVE, LIVE_STREAM, GObject)

struct _VliveLiveStreamInterface
{
  GTypeInterface parent_iface;

  void             (*start)     (VliveLiveStream *self);
  void             (*stop)      (VliveLiveStream *self);
  VliveStreamState (*get_state) (VliveLiveStream *self);

  /*< private >*/
  gpointer padding[6];
};

VLIVE_AVAILABLE_IN_0_1
void             vlive_live_stream_start     (VliveLiveStream  *self);
VLIVE_AVAILABLE_IN_0_1
void             vlive_live_stream_stop      (VliveLiveStream  *self);
VLIVE_AVAILABLE_IN_0_1
VliveStreamState vlive_live_stream_get_state (VliveLiveStream  *self);

/* For implementations. */
VLIVE_AVAILABLE_IN_0_1
void             vlive_live_stream_emit_up    (VliveLiveStream  *self,
                                               gboolean          resumed);
VLIVE_AVAILABLE_IN_0_1
void             vlive_live_stream_emit_event (VliveLiveStream  *self,
                                               VliveChangeEvent *event);

G_END_DECLS
