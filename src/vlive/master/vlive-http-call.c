/* vlive-http-call.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "master/vlive-http-call-private.h"

#include <string.h>

#include "base/vlive-error.h"
#include "base/vlive-log-private.h"
#include "base/vlive-meter-private.h"
#include "base/vlive-worker-private.h"
#include "master/vlive-rest-uri-private.h"

#define CHUNK (64 * 1024)
#define MAX_ERROR_BODY (64 * 1024)
#define MAX_REDIRECTS 5
#define MAX_TRIES 4

typedef struct
{
  VliveHttp *http;           /* the task's source object */
  GTask *task;               /* the task whose data this is */
  VliveHttpRequest *request; /* owned */
  GUri *uri;                 /* owned; moves with redirects */
  char *url;                 /* owned; the same, for messages */
  SoupMessage *message;      /* owned; of this attempt */
  GInputStream *stream;      /* owned, nullable; of this attempt */
  GByteArray *body;          /* owned; what has been read of it */
  GCancellable *stop;        /* owned; libsoup's */
  GSource *cancelled;        /* owned, nullable; watches the caller's cancellable */
  GSource *ending;           /* owned, nullable; ends a call that waits */
  GError *reason;            /* owned, nullable; why it is being stopped */
  VliveTimer *connect_timer; /* nullable */
  VliveTimer *total_timer;   /* nullable */
  VliveTimer *retry_timer;   /* nullable */
  guint n_tries;
  guint n_redirects;
  gboolean busy; /* libsoup or the loader has a callback under way */
  gboolean sent; /* the first byte may have left */
} Call;

static void call_attempt (Call *call);

static void
clear_source (GSource **source)
{
  if (*source != NULL)
    g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static void
call_clear_timers (Call *call)
{
  g_clear_pointer (&call->connect_timer, _vlive_timer_cancel);
  g_clear_pointer (&call->total_timer, _vlive_timer_cancel);
  g_clear_pointer (&call->retry_timer, _vlive_timer_cancel);
}

static void
call_free (gpointer data)
{
  Call *call = data;

  g_assert (call->connect_timer == NULL && call->total_timer == NULL
            && call->retry_timer == NULL);

  _vlive_http_request_free (call->request);
  g_clear_pointer (&call->uri, g_uri_unref);
  g_free (call->url);
  g_clear_object (&call->message);
  g_clear_object (&call->stream);
  g_byte_array_unref (call->body);
  g_clear_object (&call->stop);
  g_clear_error (&call->reason);
  g_free (call);
}

/* The call is over: nothing of it is left on any loop. Gives its task. */
static GTask *
call_leave (Call *call)
{
  gpointer task = NULL;

  call_clear_timers (call);
  clear_source (&call->cancelled);
  clear_source (&call->ending);
  if (call->message != NULL)
    g_signal_handlers_disconnect_by_data (call->message, call);
  g_hash_table_steal_extended (call->http->calls, call->task, NULL, &task);

  return task;
}

static void
call_fail (Call *call, GError *error)
{
  g_autoptr (GTask) task = call_leave (call);

  VLIVE_STORY (VLIVE_OUTCOME_FAILED, call->request->method, NULL, -1, NULL, "%s",
               error->message);
  g_task_return_error (task, error);
}

/* A write of which the first byte may have left has an outcome that nobody
 * knows, whatever went wrong then. */
static void
call_fail_with (Call *call, GError *error)
{
  if (call->request->write && call->sent)
    {
      g_autoptr (GError) cause = error;

      error = g_error_new (VLIVE_ERROR, VLIVE_ERROR_UNKNOWN_OUTCOME,
                           "It is not known whether this was done: %s", cause->message);
    }
  call_fail (call, error);
}

/* What libsoup reports because we stopped it is ours to explain. */
static void
call_fail_from (Call *call, const GError *cause)
{
  if (call->reason != NULL)
    call_fail_with (call, g_steal_pointer (&call->reason));
  else
    call_fail_with (call, _vlive_http_error_new (cause, call->message, call->url));
}

static gboolean
ending_cb (gpointer data)
{
  Call *call = data;
  VLIVE_METER_SPAN ("http-end");

  call_fail_with (call, g_steal_pointer (&call->reason));

  return G_SOURCE_REMOVE;
}

/* Ends the call soon, and never inside its caller. The first reason counts. */
static void
call_stop (Call *call, GError *reason)
{
  if (call->reason != NULL)
    {
      g_error_free (reason);
      return;
    }
  call->reason = reason;
  call_clear_timers (call);
  if (call->busy)
    {
      g_cancellable_cancel (call->stop);
      return;
    }
  call->ending = g_idle_source_new ();
  g_source_set_static_name (call->ending, "vlive-http-end");
  g_source_set_priority (call->ending, VLIVE_HTTP_PRIORITY);
  g_source_set_callback (call->ending, ending_cb, call, NULL);
  g_source_attach (call->ending, call->http->context);
}

static gboolean
cancelled_cb (GCancellable *cancellable, gpointer data)
{
  VLIVE_METER_SPAN ("http-cancelled");

  call_stop (data, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED,
                                        "Operation was cancelled"));

  return G_SOURCE_REMOVE;
}

static void
connect_timeout_cb (gpointer data)
{
  Call *call = data;

  call->connect_timer = NULL;
  call_stop (call, g_error_new (VLIVE_ERROR, VLIVE_ERROR_TIMEOUT,
                                "%s: No connection within %g s", call->url,
                                call->http->connect_ms / 1000.0));
}

static void
total_timeout_cb (gpointer data)
{
  Call *call = data;

  call->total_timer = NULL;
  call_stop (call,
             g_error_new (VLIVE_ERROR, VLIVE_ERROR_TIMEOUT, "%s: No answer within %g s",
                          call->url, call->http->total_ms / 1000.0));
}

static VliveTimer *
call_add_timer (Call *call, guint ms, GSourceOnceFunc func)
{
  return _vlive_clock_add_timer (call->http->clock, (gint64) ms * 1000,
                                 VLIVE_HTTP_PRIORITY, func, call, NULL);
}

/* A request that waits for a free connection is not connecting. */
static void
network_event_cb (SoupMessage *message,
                  GSocketClientEvent event,
                  GIOStream *stream,
                  Call *call)
{
  VLIVE_METER_SPAN ("http-network");

  if (event == G_SOCKET_CLIENT_RESOLVING && call->connect_timer == NULL
      && call->reason == NULL)
    call->connect_timer =
        call_add_timer (call, call->http->connect_ms, connect_timeout_cb);
}

static void
starting_cb (SoupMessage *message, Call *call)
{
  VLIVE_METER_SPAN ("http-starting");

  /* The last moment at which nothing of it has left; a stream of HTTP/2 is
   * written by its connection, which does not ask. */
  if (call->reason == NULL
      && g_cancellable_is_cancelled (g_task_get_cancellable (call->task)))
    cancelled_cb (NULL, call);
  call->sent =
      call->reason == NULL || soup_message_get_http_version (message) == SOUP_HTTP_2_0;
  g_clear_pointer (&call->connect_timer, _vlive_timer_cancel);
}

/* libsoup takes an answer without a length for one that the end of the
 * connection ends, and closes it; 204 and 304 have no body at all. */
static void
got_headers_cb (SoupMessage *message, Call *call)
{
  SoupStatus status = soup_message_get_status (message);
  VLIVE_METER_SPAN ("http-headers");

  if (status == SOUP_STATUS_NO_CONTENT || status == SOUP_STATUS_NOT_MODIFIED)
    soup_message_headers_set_encoding (soup_message_get_response_headers (message),
                                       SOUP_ENCODING_NONE);
}

static void
call_set_uri (Call *call, GUri *uri)
{
  g_clear_pointer (&call->uri, g_uri_unref);
  g_free (call->url);
  call->uri = g_uri_ref (uri);
  call->url =
      _vlive_rest_uri_to_display (uri, (const char *const *) call->http->secrets);
}

static void
call_retry_cb (gpointer data)
{
  Call *call = data;

  call->retry_timer = NULL;
  call_attempt (call);
}

/* 429 says that nothing was done; 503 need not mean that. */
static gboolean
call_wants_retry (Call *call, guint status)
{
  if (call->n_tries >= MAX_TRIES)
    return FALSE;
  if (status == SOUP_STATUS_SERVICE_UNAVAILABLE)
    return !call->request->write || call->request->repeatable;

  return status == 429;
}

static void
call_retry (Call *call)
{
  SoupMessageHeaders *headers = soup_message_get_response_headers (call->message);
  gint64 wait_us =
      _vlive_http_parse_retry_after (soup_message_headers_get_one (headers,
                                                                   "Retry-After"),
                                     _vlive_clock_get_real_us (call->http->clock));

  if (wait_us < 0)
    wait_us = G_USEC_PER_SEC << (call->n_tries - 1);
  VLIVE_STORY (VLIVE_OUTCOME_NONE, "retry", NULL, -1, NULL,
               "%s answered %u, again in %g s", call->url,
               soup_message_get_status (call->message),
               (double) wait_us / G_USEC_PER_SEC);
  call->sent = FALSE;
  call->retry_timer =
      _vlive_clock_add_timer (call->http->clock, wait_us, VLIVE_HTTP_PRIORITY,
                              call_retry_cb, call, NULL);
}

static gboolean
is_redirect (guint status)
{
  return status == SOUP_STATUS_MOVED_PERMANENTLY || status == SOUP_STATUS_FOUND
         || status == SOUP_STATUS_SEE_OTHER || status == SOUP_STATUS_TEMPORARY_REDIRECT
         || status == 308;
}

/* A write that would become a read, or be sent to somebody else, is not
 * followed. */
static GError *
call_check_redirect (Call *call, guint status, GUri *target)
{
  if (target == NULL || g_uri_get_host (target) == NULL
      || g_uri_get_host (target)[0] == '\0'
      || (strcmp (g_uri_get_scheme (target), "http") != 0
          && strcmp (g_uri_get_scheme (target), "https") != 0))
    return g_error_new (VLIVE_ERROR, VLIVE_ERROR_INVALID,
                        "%s: Redirected to a place that is none", call->url);
  if (call->n_redirects >= MAX_REDIRECTS)
    return g_error_new (VLIVE_ERROR, VLIVE_ERROR_INVALID,
                        "%s: Redirected more than %d times", call->url, MAX_REDIRECTS);
  if (call->request->write
      && ((status != SOUP_STATUS_TEMPORARY_REDIRECT && status != 308)
          || !_vlive_rest_same_origin (call->uri, target)))
    return g_error_new (VLIVE_ERROR, VLIVE_ERROR_REJECTED,
                        "%s: A write was redirected, and is not followed", call->url);

  return NULL;
}

static void
call_redirect (Call *call, guint status, const char *location)
{
  g_autoptr (GUri) target =
      g_uri_parse_relative (call->uri, location,
                            G_URI_FLAGS_ENCODED | G_URI_FLAGS_HAS_PASSWORD, NULL);
  g_autoptr (GUri) bare = NULL;
  GError *error = call_check_redirect (call, status, target);

  if (error != NULL)
    {
      call_fail (call, error);
      return;
    }
  bare = g_uri_build (G_URI_FLAGS_ENCODED, g_uri_get_scheme (target), NULL,
                      g_uri_get_host (target), g_uri_get_port (target),
                      g_uri_get_path (target), g_uri_get_query (target), NULL);
  call->n_redirects++;
  call->n_tries = 0;
  call->sent = FALSE;
  call_set_uri (call, bare);
  call_attempt (call);
}

/* libsoup takes the end of a connection for the end of the chunks too. */
static gboolean
may_be_cut (SoupMessage *message)
{
  SoupEncoding encoding =
      soup_message_headers_get_encoding (soup_message_get_response_headers (message));

  return soup_message_get_http_version (message) != SOUP_HTTP_2_0
         && (encoding == SOUP_ENCODING_CHUNKED || encoding == SOUP_ENCODING_EOF);
}

static void
call_answer (Call *call)
{
  SoupMessageHeaders *headers = soup_message_get_response_headers (call->message);
  VliveHttpAnswer *answer = g_new0 (VliveHttpAnswer, 1);
  g_autoptr (GTask) task = call_leave (call);

  answer->status = soup_message_get_status (call->message);
  answer->headers = soup_message_headers_ref (headers);
  answer->body = g_byte_array_free_to_bytes (g_steal_pointer (&call->body));
  call->body = g_byte_array_new ();
  answer->url = g_strdup (call->url);
  answer->may_be_cut = may_be_cut (call->message);
  VLIVE_STORY (VLIVE_OUTCOME_NONE, call->request->method, NULL, -1, NULL,
               "%s answered %u, %" G_GSIZE_FORMAT " bytes", call->url, answer->status,
               g_bytes_get_size (answer->body));
  g_task_return_pointer (task, answer, (GDestroyNotify) _vlive_http_answer_free);
}

/* The whole body is there. */
static void
call_decide (Call *call)
{
  guint status = soup_message_get_status (call->message);
  const char *location =
      soup_message_headers_get_one (soup_message_get_response_headers (call->message),
                                    "Location");

  g_clear_object (&call->stream);
  call_clear_timers (call);
  call->busy = FALSE;
  if (call->reason != NULL)
    call_fail_with (call, g_steal_pointer (&call->reason));
  else if (is_redirect (status) && location != NULL)
    call_redirect (call, status, location);
  else if (call_wants_retry (call, status))
    call_retry (call);
  else
    call_answer (call);
}

static void
call_refuse_body (Call *call)
{
  call_stop (call,
             g_error_new (VLIVE_ERROR, VLIVE_ERROR_TOO_LARGE,
                          "%s: The answer is larger than %" G_GUINT64_FORMAT " bytes",
                          call->url, call->http->max_body));
}

static void call_read (Call *call);

static void
closed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Call *call = g_task_get_task_data (task);
  VLIVE_METER_SPAN ("http-closed");

  /* Whether closing went well changes nothing: the body is not wanted. */
  g_input_stream_close_finish (G_INPUT_STREAM (source), result, NULL);
  g_clear_object (&call->stream);
  if (call->reason != NULL)
    call_fail_with (call, g_steal_pointer (&call->reason));
  else
    call_decide (call);
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Call *call = g_task_get_task_data (task);
  guint status = soup_message_get_status (call->message);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;
  gsize size;
  VLIVE_METER_SPAN ("http-read");

  bytes = g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), result, &error);
  if (bytes == NULL)
    {
      call_fail_from (call, error);
      return;
    }
  size = g_bytes_get_size (bytes);
  if (size == 0)
    {
      call_decide (call);
      return;
    }
  g_byte_array_append (call->body, g_bytes_get_data (bytes, NULL), (guint) size);
  if (call->body->len > call->http->max_body && call->reason == NULL)
    call_refuse_body (call);
  /* Of a page of errors the beginning is enough. */
  if (call->reason != NULL || (status >= 400 && call->body->len > MAX_ERROR_BODY))
    g_input_stream_close_async (call->stream, VLIVE_HTTP_PRIORITY, NULL, closed_cb,
                                g_object_ref (task));
  else
    call_read (call);
}

static void
call_read (Call *call)
{
  g_input_stream_read_bytes_async (call->stream, CHUNK, VLIVE_HTTP_PRIORITY, call->stop,
                                   read_cb, g_object_ref (call->task));
}

static void
sent_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Call *call = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  VLIVE_METER_SPAN ("http-sent");

  call->stream = soup_session_send_finish (SOUP_SESSION (source), result, &error);
  if (call->stream == NULL)
    {
      call_fail_from (call, error);
      return;
    }
  if (call->reason == NULL
      && soup_message_headers_get_encoding (
             soup_message_get_response_headers (call->message))
             == SOUP_ENCODING_CONTENT_LENGTH
      && (guint64) soup_message_headers_get_content_length (
             soup_message_get_response_headers (call->message))
             > call->http->max_body)
    call_refuse_body (call);
  if (call->reason != NULL)
    g_input_stream_close_async (call->stream, VLIVE_HTTP_PRIORITY, NULL, closed_cb,
                                g_object_ref (task));
  else
    call_read (call);
}

static void
call_set_headers (Call *call)
{
  SoupMessageHeaders *headers = soup_message_get_request_headers (call->message);
  GPtrArray *given = call->request->headers;

  soup_message_headers_replace (headers, "Accept", "application/json");
  for (guint i = 0; given != NULL && i + 1 < given->len; i += 2)
    soup_message_headers_replace (headers, given->pdata[i], given->pdata[i + 1]);
  if (_vlive_rest_same_origin (call->http->base, call->uri)
      && call->http->authorization != NULL)
    soup_message_headers_replace (headers, "Authorization", call->http->authorization);
  if (call->request->body != NULL)
    soup_message_set_request_body_from_bytes (call->message, "application/json",
                                              call->request->body);
}

/* libsoup re-sends an idempotent request by itself when a connection that was
 * kept turns out to be closed, and opens a new one for any other. */
static void
call_attempt (Call *call)
{
  SoupMessageFlags flags = SOUP_MESSAGE_NO_REDIRECT;

  if (call->message != NULL)
    g_signal_handlers_disconnect_by_data (call->message, call);
  g_clear_object (&call->message);
  g_byte_array_set_size (call->body, 0);
  call->message = soup_message_new_from_uri (call->request->method, call->uri);
  if (call->request->repeatable)
    flags |= SOUP_MESSAGE_IDEMPOTENT;
  soup_message_add_flags (call->message, flags);
  call_set_headers (call);
  g_signal_connect (call->message, "network-event", G_CALLBACK (network_event_cb),
                    call);
  g_signal_connect (call->message, "starting", G_CALLBACK (starting_cb), call);
  g_signal_connect (call->message, "got-headers", G_CALLBACK (got_headers_cb), call);
  call->n_tries++;
  call->busy = TRUE;
  call->total_timer = call_add_timer (call, call->http->total_ms, total_timeout_cb);
  soup_session_send_async (call->http->session, call->message, VLIVE_HTTP_PRIORITY,
                           call->stop, sent_cb, g_object_ref (call->task));
}

/* What reads files the first time it is used: modules of GIO, and for https
 * the certificates of the system. */
static void
load_work (gpointer data)
{
  GTlsBackend *backend = g_tls_backend_get_default ();
  g_autoptr (GTlsDatabase) database = NULL;

  g_proxy_resolver_get_default ();
  if (g_tls_backend_supports_tls (backend))
    database = g_tls_backend_get_default_database (backend);
}

static int loaded;

static void
load_done (gpointer data)
{
  GTask *task = data;
  Call *call = g_task_get_task_data (task);

  g_atomic_int_set (&loaded, 1);
  call->busy = FALSE;
  if (call->reason != NULL)
    call_fail_with (call, g_steal_pointer (&call->reason));
  else
    call_attempt (call);
}

static void
call_load (Call *call)
{
  g_autoptr (VliveWorker) worker = _vlive_worker_new ("vlive-net");

  call->busy = TRUE;
  _vlive_worker_push (worker, load_work, load_done, g_object_ref (call->task),
                      g_object_unref, call->http->context, VLIVE_HTTP_PRIORITY);
}

static void
call_watch (Call *call, GCancellable *cancellable)
{
  if (cancellable == NULL)
    return;
  call->cancelled = g_cancellable_source_new (cancellable);
  g_source_set_static_name (call->cancelled, "vlive-http-cancelled");
  g_source_set_callback (call->cancelled, G_SOURCE_FUNC (cancelled_cb), call, NULL);
  g_source_attach (call->cancelled, call->http->context);
}

void
_vlive_http_send_async (VliveHttp *self,
                        VliveHttpRequest *request,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  Call *call = g_new0 (Call, 1);

  g_assert (g_main_context_is_owner (self->context)
            || g_main_context_get_thread_default () == NULL);

  g_task_set_source_tag (task, _vlive_http_send_async);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, call, call_free);
  call->http = self;
  call->task = task;
  call->request = request;
  call->body = g_byte_array_new ();
  call->stop = g_cancellable_new ();
  call_set_uri (call, request->uri);
  g_hash_table_add (self->calls, g_object_ref (task));
  if (self->closed)
    call_stop (call,
               g_error_new (VLIVE_ERROR, VLIVE_ERROR_CLOSED, "%s: Closed", call->url));
  else if (g_cancellable_is_cancelled (cancellable))
    cancelled_cb (cancellable, call);
  else
    {
      call_watch (call, cancellable);
      if (g_atomic_int_get (&loaded))
        call_attempt (call);
      else
        call_load (call);
    }
}

VliveHttpAnswer *
_vlive_http_send_finish (VliveHttp *self, GAsyncResult *result, GError **error)
{
  g_assert (g_async_result_is_tagged (result, _vlive_http_send_async));

  return g_task_propagate_pointer (G_TASK (result), error);
}

void
_vlive_http_call_stop (GTask *task, GError *reason)
{
  call_stop (g_task_get_task_data (task), reason);
}
