/* vlive-http-private.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <libsoup/soup.h>

#include "base/vlive-clock-private.h"
#include "base/vlive-types.h"

G_BEGIN_DECLS

/* Of everything that the network brings: before GTK's layout and paint. */
#define VLIVE_HTTP_PRIORITY 100

/*
 * One HTTP exchange after another with one server: timeouts, a cap on bodies,
 * redirects, retries where the server asks for them, and errors in words.
 * Belongs to the thread that made it.
 */
#define VLIVE_TYPE_HTTP (_vlive_http_get_type ())
G_DECLARE_FINAL_TYPE (VliveHttp, _vlive_http, VLIVE, HTTP, GObject)

/* @base: where secrets may be sent to. @secret_parameters is copied. */
VliveHttp *_vlive_http_new                 (GUri                *base,
                                            const char * const  *secret_parameters,
                                            guint                max_connections);
void       _vlive_http_set_clock           (VliveHttp           *self,
                                            VliveClock          *clock);
/* NULL: none. */
void       _vlive_http_set_authorization   (VliveHttp           *self,
                                            const char          *authorization);
void       _vlive_http_set_timeouts        (VliveHttp           *self,
                                            guint                connect_ms,
                                            guint                total_ms);
void       _vlive_http_set_max_body        (VliveHttp           *self,
                                            guint64              bytes);
/* Running exchanges end with VLIVE_ERROR_CLOSED, soon but not in this call. */
void       _vlive_http_close               (VliveHttp           *self);
gboolean   _vlive_http_is_closed           (VliveHttp           *self);

typedef struct
{
  const char         *method;        /* static */
  GUri               *uri;           /* owned */
  GBytes             *body;          /* owned, nullable: JSON */
  GPtrArray          *headers;       /* owned, nullable: name, value, … */
  gboolean            write;         /* a lost answer is an unknown outcome */
  gboolean            repeatable;    /* sent twice, it is as if sent once */
} VliveHttpRequest;

VliveHttpRequest *_vlive_http_request_new  (const char          *method,
                                            GUri                *uri);
void       _vlive_http_request_add_header  (VliveHttpRequest    *self,
                                            const char          *name,
                                            const char          *value);
void       _vlive_http_request_free        (VliveHttpRequest    *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VliveHttpRequest, _vlive_http_request_free)

typedef struct
{
  guint               status;
  SoupMessageHeaders *headers;       /* owned */
  GBytes             *body;          /* owned */
  char               *url;           /* owned: for messages, without secrets */
  gboolean            may_be_cut;    /* nothing but its end says that it is whole */
} VliveHttpAnswer;

void       _vlive_http_answer_free         (VliveHttpAnswer     *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VliveHttpAnswer, _vlive_http_answer_free)

/* Consumes @request. Whatever the server answers is an answer; an error is
 * that it did not. */
void       _vlive_http_send_async          (VliveHttp           *self,
                                            VliveHttpRequest    *request,
                                            GCancellable        *cancellable,
                                            GAsyncReadyCallback  callback,
                                            gpointer             user_data);
VliveHttpAnswer *_vlive_http_send_finish   (VliveHttp           *self,
                                            GAsyncResult        *result,
                                            GError             **error);

/* What libsoup says, as one of ours. */
GError    *_vlive_http_error_new           (const GError        *cause,
                                            SoupMessage         *message,
                                            const char          *url);
/* What the server says in an answer with a status >= 400: from JSON or HTML,
 * one line, not endless. NULL if it says nothing that a person could use. */
char      *_vlive_http_dup_reason          (VliveHttpAnswer     *answer);
/* "404 Not Found: there is no such thing" */
char      *_vlive_http_dup_status          (VliveHttpAnswer     *answer);
/* µs to wait, capped; < 0 if the header is missing or makes no sense. */
gint64     _vlive_http_parse_retry_after   (const char          *value,
                                            gint64               now_us);

G_END_DECLS
