/* fault-server.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <libsoup/soup.h>

#include "vlive-test.h"

G_BEGIN_DECLS

/*
 * A server in this process, on a free port of 127.0.0.1, that answers what a
 * test wants. What it was asked is kept in @requests, "GET /things?a=b", and
 * how often somebody connected in @n_connections.
 */
typedef struct _FaultServer FaultServer;

typedef void (*FaultHandler) (FaultServer       *self,
                              SoupServerMessage *message,
                              gpointer           data);

struct _FaultServer
{
  SoupServer   *server;         /* NULL: a raw one */
  GSocketService *service;      /* of a raw one, and of one that speaks TLS */
  GTlsCertificate *certificate; /* of one that speaks TLS */
  char         *url;            /* "http://127.0.0.1:12345" */
  guint         port;
  FaultHandler  handler;
  gpointer      data;
  GPtrArray    *requests;       /* of char: method, path and query as they came */
  GPtrArray    *bodies;         /* of char */
  GPtrArray    *headers;        /* of SoupMessageHeaders: of the requests */
  GHashTable   *peers;          /* ports */
  guint         n_connections;
  char         *raw;            /* what a raw one says */
  gboolean      raw_hears;      /* a raw one reads the request first */
  gboolean      raw_keeps;      /* … and then the next one, on the same connection */
  GPtrArray    *connections;    /* of a raw one: kept open */
};

FaultServer *fault_server_new      (FaultHandler       handler,
                                    gpointer           data);
FaultServer *fault_server_new_tls  (FaultHandler       handler,
                                    gpointer           data);
/* Says @raw to whoever connects (and sends a request), then closes; with NULL
 * it accepts and says nothing for ever. */
FaultServer *fault_server_new_raw  (const char        *raw,
                                    gboolean           hears);
void         fault_server_free     (FaultServer       *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FaultServer, fault_server_free)

/* For handlers. */
void         fault_answer          (SoupServerMessage *message,
                                    guint              status,
                                    const char        *type,
                                    const char        *body);
/* "[{"id":1},…]": rows @first to @first + @n - 1, with a name each. */
char        *fault_dup_rows        (guint              first,
                                    guint              n);

/* A master over "things" at @url; the text of a profile, or NULL for one that
 * pages by skip and reads X-Total-Count. */
VliveRestMaster *fault_master_new  (const char        *url,
                                    const char        *profile);

extern const char fault_profile[];

G_END_DECLS
