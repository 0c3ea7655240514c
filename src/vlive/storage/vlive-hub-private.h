/* vlive-hub-private.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "storage/vlive-env-private.h"

G_BEGIN_DECLS

/*
 * All who watch one storage from one main context: a source with an inotify
 * descriptor, and a slow poll.
 */
typedef struct _VliveHub VliveHub;

/* How slow; tests make it slower. */
extern gint64 _vlive_hub_poll_us;

/* @known: the change that is known of, 0: none, for it is not open yet. */
VliveHub     *_vlive_hub_new         (GMainContext    *context,
                                      guint64          known);
VliveHub     *_vlive_hub_ref         (VliveHub        *self);
void          _vlive_hub_unref       (VliveHub        *self);
GMainContext *_vlive_hub_get_context (VliveHub        *self);

/* On a storage's own thread: begins to watch. Once; @env stays until close. */
void          _vlive_hub_connect     (VliveHub        *self,
                                      VliveEnv        *env);
/* Nothing is called any more. Any thread. */
void          _vlive_hub_close       (VliveHub        *self);

void          _vlive_hub_add         (VliveHub        *self,
                                      guint            id,
                                      GSourceOnceFunc  func,
                                      gpointer         data);
gboolean      _vlive_hub_remove      (VliveHub        *self,
                                      guint            id);
gboolean      _vlive_hub_is_empty    (VliveHub        *self);

G_END_DECLS
