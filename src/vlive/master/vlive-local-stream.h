/* vlive-local-stream.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "master/vlive-local-master.h"
#include "stream/vlive-live-stream.h"

G_BEGIN_DECLS

/*
 * The changes of a table of a local database file, whoever makes them.
 * Properties: "state", and "error": why it is waiting, or failed.
 */
#define VLIVE_TYPE_LOCAL_STREAM (vlive_local_stream_get_type ())

VLIVE_AVAILABLE_IN_0_1
G_DECLARE_FINAL_TYPE (VliveLocalStream, vlive_local_stream, VLIVE, LOCAL_STREAM, GObject)

VLIVE_AVAILABLE_IN_0_1
VliveLocalStream *vlive_local_stream_new       (VliveLocalMaster *master) G_GNUC_WARN_UNUSED_RESULT;
VLIVE_AVAILABLE_IN_0_1
const GError     *vlive_local_stream_get_error (VliveLocalStream *self);

G_END_DECLS
