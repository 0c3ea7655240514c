/* table-server.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "vlive-test.h"

G_BEGIN_DECLS

/*
 * A REST server with three rows, a, b and c, on a thread of its own: whoever
 * waits for another process answers nobody. peer_make_master() makes a master
 * of its @url.
 */
typedef struct
{
  GThread      *thread;
  GMainContext *context;
  GMainLoop    *loop;
  char         *url;
  guint         port;
  gint64        values[3];  /* of a, b and c */
  guint         delay_ms;   /* atomic: so late go the answers to reads off */
  guint         n_reads;    /* atomic */
  guint         n_writes;   /* atomic */
} TableServer;

void         table_server_start (TableServer *server);
void         table_server_stop  (TableServer *server);

G_END_DECLS
