/* vlive-worker-private.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * A thread of our own: a queue in, a GSource out. (Measured: 0.6 of the cost
 * of GTask's pool.) Jobs run one after another in the order they were pushed.
 */
typedef struct _VliveWorker VliveWorker;

/* Runs on the worker. */
typedef void (*VliveWorkFunc) (gpointer data);

VliveWorker *_vlive_worker_new     (const char *name);
/* Jobs already pushed still run; afterwards the thread ends by itself. Nobody
 * waits for it; the census tells when it has gone. */
void         _vlive_worker_free    (VliveWorker *self);

/*
 * @run runs on the worker, then @done and @destroy on @context, in one source
 * of priority @priority. @done may be NULL; without @context, @destroy runs on
 * the worker. @data must be safe to free where @destroy runs.
 */
void         _vlive_worker_push    (VliveWorker    *self,
                                    VliveWorkFunc   run,
                                    VliveWorkFunc   done,
                                    gpointer        data,
                                    GDestroyNotify  destroy,
                                    GMainContext   *context,
                                    int             priority);
gboolean     _vlive_worker_is_self (VliveWorker *self);
/* For tests: waits, bounded, until no worker thread is left. */
gboolean     _vlive_worker_wait_all_gone (gint64 timeout_us);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VliveWorker, _vlive_worker_free)

G_END_DECLS
