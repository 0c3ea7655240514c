/* vlive-manual-stream.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "stream/vlive-live-stream.h"

G_BEGIN_DECLS

/* A stream into which a program pushes. */
#define VLIVE_TYPE_MANUAL_STREAM (vlive_manual_stream_get_type ())

VLIVE_AVAILABLE_IN_0_1
G_DECLARE_FINAL_TYPE (VliveManualStream, vlive_manual_stream, VLIVE, MANUAL_STREAM, GObject)

VLIVE_AVAILABLE_IN_0_1
VliveManualStream *vlive_manual_stream_new             (void) G_GNUC_WARN_UNUSED_RESULT;
/* Returns: the number of subscribers, that is of starts without a stop. */
VLIVE_AVAILABLE_IN_0_1
guint              vlive_manual_stream_push            (VliveManualStream *self,
                                                        VliveChangeEvent  *event);
/* As if the connection was lost, or is back. */
VLIVE_AVAILABLE_IN_0_1
void               vlive_manual_stream_set_connected   (VliveManualStream *self,
                                                        gboolean           connected,
                                                        gboolean           resumed);
VLIVE_AVAILABLE_IN_0_1
guint              vlive_manual_stream_get_n_subscribers (VliveManualStream *self);

G_END_DECLS
