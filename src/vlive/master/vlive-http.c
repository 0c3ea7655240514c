/* vlive-http.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "master/vlive-http-call-private.h"

#include "base/vlive-error.h"

G_DEFINE_FINAL_TYPE (VliveHttp, _vlive_http, G_TYPE_OBJECT)

VliveHttpRequest *
_vlive_http_request_new (const char *method, GUri *uri)
{
  VliveHttpRequest *self = g_new0 (VliveHttpRequest, 1);

  self->method = method;
  self->uri = g_uri_ref (uri);

  return self;
}

void
_vlive_http_request_add_header (VliveHttpRequest *self,
                                const char *name,
                                const char *value)
{
  if (self->headers == NULL)
    self->headers = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (self->headers, g_strdup (name));
  g_ptr_array_add (self->headers, g_strdup (value));
}

void
_vlive_http_request_free (VliveHttpRequest *self)
{
  g_clear_pointer (&self->uri, g_uri_unref);
  g_clear_pointer (&self->body, g_bytes_unref);
  g_clear_pointer (&self->headers, g_ptr_array_unref);
  g_free (self);
}

void
_vlive_http_answer_free (VliveHttpAnswer *self)
{
  g_clear_pointer (&self->headers, soup_message_headers_unref);
  g_clear_pointer (&self->body, g_bytes_unref);
  g_free (self->url);
  g_free (self);
}

void
_vlive_http_close (VliveHttp *self)
{
  GList *tasks;

  if (self->closed)
    return;
  self->closed = TRUE;
  tasks = g_hash_table_get_keys (self->calls);
  g_list_foreach (tasks, (GFunc) (void (*) (void)) g_object_ref, NULL);
  for (GList *l = tasks; l != NULL; l = l->next)
    _vlive_http_call_stop (l->data,
                           g_error_new (VLIVE_ERROR, VLIVE_ERROR_CLOSED,
                                        "Closed while a request was under way"));
  soup_session_abort (self->session);
  g_list_free_full (tasks, g_object_unref);
}

gboolean
_vlive_http_is_closed (VliveHttp *self)
{
  return self->closed;
}

static void
_vlive_http_dispose (GObject *object)
{
  VliveHttp *self = (VliveHttp *) object;

  if (self->session != NULL)
    _vlive_http_close (self);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (_vlive_http_parent_class)->dispose (object);
}

static void
_vlive_http_finalize (GObject *object)
{
  VliveHttp *self = (VliveHttp *) object;

  g_assert (g_hash_table_size (self->calls) == 0); /* each holds a reference */
  g_hash_table_unref (self->calls);
  g_clear_object (&self->clock);
  g_clear_pointer (&self->base, g_uri_unref);
  g_strfreev (self->secrets);
  g_free (self->authorization);
  g_main_context_unref (self->context);

  G_OBJECT_CLASS (_vlive_http_parent_class)->finalize (object);
}

static void
_vlive_http_class_init (VliveHttpClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = _vlive_http_dispose;
  object_class->finalize = _vlive_http_finalize;
}

static void
_vlive_http_init (VliveHttp *self)
{
  self->context = g_main_context_ref_thread_default ();
  self->clock = g_object_ref (_vlive_clock_get_default ());
  self->calls = g_hash_table_new_full (NULL, NULL, g_object_unref, NULL);
  self->connect_ms = 10 * 1000;
  self->total_ms = 30 * 1000;
  self->max_body = 64 * 1024 * 1024;
}

VliveHttp *
_vlive_http_new (GUri *base,
                 const char *const *secret_parameters,
                 guint max_connections)
{
  VliveHttp *self = g_object_new (VLIVE_TYPE_HTTP, NULL);

  self->base = g_uri_ref (base);
  self->secrets = g_strdupv ((char **) secret_parameters);
  /* The timeouts are ours: libsoup's are whole seconds of silence. */
  self->session =
      soup_session_new_with_options ("max-conns-per-host", (int) max_connections,
                                     "max-conns", (int) MAX (max_connections, 10),
                                     "timeout", 0, "user-agent", "vlive/" VLIVE_VERSION,
                                     NULL);
  /* Credentials are ours to give; it would keep what it is given. */
  soup_session_remove_feature_by_type (self->session, SOUP_TYPE_AUTH_MANAGER);

  return self;
}

void
_vlive_http_set_clock (VliveHttp *self, VliveClock *clock)
{
  g_set_object (&self->clock, clock);
}

void
_vlive_http_set_authorization (VliveHttp *self, const char *authorization)
{
  g_free (self->authorization);
  self->authorization = g_strdup (authorization);
}

void
_vlive_http_set_timeouts (VliveHttp *self, guint connect_ms, guint total_ms)
{
  self->connect_ms = connect_ms;
  self->total_ms = total_ms;
}

void
_vlive_http_set_max_body (VliveHttp *self, guint64 bytes)
{
  self->max_body = bytes;
}
