/* vlive-http-call-private.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "master/vlive-http-private.h"

G_BEGIN_DECLS

struct _VliveHttp
{
  GObject        parent_instance;
  GMainContext  *context;        /* owned; the owner's */
  SoupSession   *session;        /* owned; NULL once disposed */
  VliveClock    *clock;          /* owned */
  GUri          *base;           /* owned */
  char         **secrets;        /* owned */
  char          *authorization;  /* owned, nullable */
  guint          connect_ms;
  guint          total_ms;
  guint64        max_body;
  GHashTable    *calls;          /* owned; of GTask, each owned: those that run */
  gboolean       closed;
};

/* Ends the exchange of @task soon, and never in this call. Consumes @reason;
 * the first one counts. */
void _vlive_http_call_stop (GTask  *task,
                            GError *reason);

G_END_DECLS
