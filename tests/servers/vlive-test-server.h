/* vlive-test-server.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * The real servers, each on a free port of 127.0.0.1. They are installed by
 * tests/servers/setup; without them the tests fail and say so.
 */
typedef struct _VliveTestServer VliveTestServer;

/* jsonplaceholder 0.3.3: reads; it keeps no write. */
VliveTestServer *vlive_test_server_start_jsonplaceholder (void);
/* json-server 0.17.4 over the JSON text @db, which it changes in a file of its
 * own. */
VliveTestServer *vlive_test_server_start_json_server     (const char      *db);
/* "http://127.0.0.1:12345" */
const char      *vlive_test_server_get_url               (VliveTestServer *self);
/* How many connections it has accepted so far. */
guint            vlive_test_server_get_n_connections     (VliveTestServer *self);
/* What is in the file of json-server now. */
char            *vlive_test_server_dup_db                (VliveTestServer *self);
/* Ends it, and waits until it has. */
void             vlive_test_server_stop                  (VliveTestServer *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VliveTestServer, vlive_test_server_stop)

G_END_DECLS
