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
 * of its @url. It gives a window of the rows to who asks with "_start" and
 * "_limit".
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
  guint         n_more;     /* atomic: rows m3, m4, … behind the three */
  const char   *total;      /* atomic: what it says of their number, in a header */
} TableServer;

void         table_server_start    (TableServer *server);
/* At @port, which another one had; 0: at any. */
void         table_server_start_at (TableServer *server,
                                    guint        port);
void         table_server_stop     (TableServer *server);

G_END_DECLS
