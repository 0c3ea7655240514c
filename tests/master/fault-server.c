/* fault-server.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "fault-server.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define CHECKS_LEAKS
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#define CHECKS_LEAKS
#endif
#ifdef CHECKS_LEAKS
#include <sanitizer/lsan_interface.h>
#endif

/* Signed by nobody, for nobody else: made for these tests only. */
static const char certificate[] =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIBkDCCATagAwIBAgIUeN6rW61BuVkAM8qZgWZqHld2BcowCgYIKoZIzj0EAwIw\n"
    "FDESMBAGA1UEAwwJMTI3LjAuMC4xMCAXDTI2MTEyNDE2MjE1MFoYDzIxMjYxMDMx\n"
    "MTYyMTUwWjAUMRIwEAYDVQQDDAkxMjcuMC4wLjEwWTATBgcqhkjOPQIBBggqhkjO\n"
    "PQMBBwNCAATbpduVugtLzed8XOAIbqg64YaI/9KhVNp4HHH3Qv2CGdbsLAkg3XIl\n"
    "CdQrVJMezYITvs/TrxHK0nV9nb08JgHpo2QwYjAdBgNVHQ4EFgQUYmzFPQiVRKap\n"
    "i6HzHMg9G0lrGN4wHwYDVR0jBBgwFoAUYmzFPQiVRKapi6HzHMg9G0lrGN4wDwYD\n"
    "VR0TAQH/BAUwAwEB/zAPBgNVHREECDAGhwR/AAABMAoGCCqGSM49BAMCA0gAMEUC\n"
    "IH2zaU7mgLqxAOeF2qIKsBxL/cDjAk9Y56jDSr9R8MFMAiEAlSqSqQf5FhY7uJZM\n"
    "/S36hxTNiWPEHvZKeos4GvVej7o=\n"
    "-----END CERTIFICATE-----\n"
    "-----BEGIN PRIVATE KEY-----\n"
    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg4t+Lr/TmXMEJXd+T\n"
    "SpiI0XWJ1BzLILtGILL5FOihUhGhRANCAATbpduVugtLzed8XOAIbqg64YaI/9Kh\n"
    "VNp4HHH3Qv2CGdbsLAkg3XIlCdQrVJMezYITvs/TrxHK0nV9nb08JgHp\n"
    "-----END PRIVATE KEY-----\n";

const char fault_profile[] =
    "[profile]\nname=faulty\nbase-url=http://localhost\nsecret-parameters=clef\n"
    "[read]\nrecord={resource}/{id}\npaging=skip\noffset-parameter=_start\n"
    "limit-parameter=_limit\ntotal-header=X-Total-Count\n"
    "[filter]\nequal={field}\nnot-equal={field}_ne\nless-equal={field}_lte\n"
    "greater-equal={field}_gte\ncontains={field}_like\nin={field}\n"
    "[sort]\nparameter=_sort\norder-parameter=_order\nmany=true\n"
    "[search]\nparameter=q\nverified=true\n"
    "[write]\ninsert=POST {resource}\nreplace=PUT {resource}/{id}\n"
    "patch=PATCH {resource}/{id}\ndelete=DELETE {resource}/{id}\n"
    "clear=DELETE {resource}\n";

static FaultServer *
server_new (FaultHandler handler, gpointer data)
{
  FaultServer *self = g_new0 (FaultServer, 1);

  self->handler = handler;
  self->data = data;
  self->requests = g_ptr_array_new_with_free_func (g_free);
  self->bodies = g_ptr_array_new_with_free_func (g_free);
  self->headers =
      g_ptr_array_new_with_free_func ((GDestroyNotify) soup_message_headers_unref);
  self->peers = g_hash_table_new (NULL, NULL);
  self->connections = g_ptr_array_new_with_free_func (g_object_unref);

  return self;
}

/* libsoup 3.2 loses a reference of each socket that its listener accepts: that
 * one object is not ours to be found. */
static void
count_peer (FaultServer *self, SoupServerMessage *message)
{
  GSocketAddress *peer = soup_server_message_get_remote_address (message);
  guint port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (peer));

  if (!g_hash_table_add (self->peers, GUINT_TO_POINTER (port)))
    return;
  self->n_connections++;
#ifdef CHECKS_LEAKS
  __lsan_ignore_object (soup_server_message_get_socket (message));
#endif
}

static void
soup_cb (SoupServer *server,
         SoupServerMessage *message,
         const char *path,
         GHashTable *query,
         gpointer data)
{
  FaultServer *self = data;
  GUri *uri = soup_server_message_get_uri (message);
  SoupMessageBody *body = soup_server_message_get_request_body (message);
  g_autoptr (GBytes) bytes = soup_message_body_flatten (body);

  g_ptr_array_add (
      self->requests,
      g_strdup_printf ("%s %s%s%s", soup_server_message_get_method (message),
                       g_uri_get_path (uri), g_uri_get_query (uri) != NULL ? "?" : "",
                       g_uri_get_query (uri) != NULL ? g_uri_get_query (uri) : ""));
  g_ptr_array_add (self->bodies, g_strndup (g_bytes_get_data (bytes, NULL),
                                            g_bytes_get_size (bytes)));
  g_ptr_array_add (self->headers,
                   soup_message_headers_ref (
                       soup_server_message_get_request_headers (message)));
  if (self->certificate == NULL)
    count_peer (self, message);
  self->handler (self, message, self->data);
}

static void
closed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_io_stream_close_finish (G_IO_STREAM (source), result, NULL);
}

static void heard_cb (GObject *source, GAsyncResult *result, gpointer data);

static void
hear (GIOStream *connection)
{
  g_input_stream_read_bytes_async (g_io_stream_get_input_stream (connection), 4096,
                                   G_PRIORITY_DEFAULT, NULL, heard_cb,
                                   g_object_ref (connection));
}

static void
said_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GIOStream) connection = data;
  FaultServer *self = g_object_get_data (G_OBJECT (connection), "server");

  g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, NULL);
  if (self->raw_keeps)
    hear (connection);
  else
    g_io_stream_close_async (connection, G_PRIORITY_DEFAULT, NULL, closed_cb, NULL);
}

static void
say (FaultServer *self, GIOStream *connection)
{
  g_output_stream_write_all_async (g_io_stream_get_output_stream (connection),
                                   self->raw, strlen (self->raw), G_PRIORITY_DEFAULT,
                                   NULL, said_cb, g_object_ref (connection));
}

static void
heard_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  GIOStream *connection = data;
  FaultServer *self = g_object_get_data (G_OBJECT (connection), "server");
  g_autoptr (GBytes) bytes =
      g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), result, NULL);

  if (bytes != NULL && g_bytes_get_size (bytes) > 0 && self->raw != NULL)
    say (self, connection);
  g_object_unref (connection);
}

static gboolean
incoming_cb (GSocketService *service,
             GSocketConnection *connection,
             GObject *source,
             gpointer data)
{
  FaultServer *self = data;

  self->n_connections++;
  g_object_set_data (G_OBJECT (connection), "server", self);
  g_ptr_array_add (self->connections, g_object_ref (connection));
  if (self->raw_hears)
    hear (G_IO_STREAM (connection));
  else if (self->raw != NULL)
    say (self, G_IO_STREAM (connection));

  return TRUE;
}

static void
listen_at (FaultServer *self, const char *scheme, GCallback incoming)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GInetAddress) address = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) place = g_inet_socket_address_new (address, 0);
  g_autoptr (GSocketAddress) taken = NULL;

  self->service = g_socket_service_new ();
  g_socket_listener_add_address (G_SOCKET_LISTENER (self->service), place,
                                 G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL,
                                 &taken, &error);
  g_assert_no_error (error);
  self->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (taken));
  self->url = g_strdup_printf ("%s://127.0.0.1:%u", scheme, self->port);
  g_signal_connect (self->service, "incoming", incoming, self);
}

FaultServer *
fault_server_new_raw (const char *raw, gboolean hears)
{
  FaultServer *self = server_new (NULL, NULL);

  self->raw = g_strdup (raw);
  self->raw_hears = hears;
  listen_at (self, "http", G_CALLBACK (incoming_cb));

  return self;
}

static gboolean
guest_cb (GSocketService *service,
          GSocketConnection *connection,
          GObject *source,
          gpointer data)
{
  FaultServer *self = data;
  g_autoptr (GSocketAddress) local =
      g_socket_connection_get_local_address (connection, NULL);
  g_autoptr (GSocketAddress) remote =
      g_socket_connection_get_remote_address (connection, NULL);
  g_autoptr (GIOStream) stream = NULL;
  g_autoptr (GError) error = NULL;

  self->n_connections++;
  stream =
      g_tls_server_connection_new (G_IO_STREAM (connection), self->certificate, &error);
  g_assert_no_error (error);
  soup_server_accept_iostream (self->server, stream, local, remote, &error);
  g_assert_no_error (error);

  return TRUE;
}

static FaultServer *
soup_new (FaultHandler handler, gpointer data)
{
  FaultServer *self = server_new (handler, data);

  self->server = soup_server_new ("raw-paths", TRUE, NULL);
  soup_server_add_handler (self->server, NULL, soup_cb, self, NULL);

  return self;
}

/* libsoup's own listener: only of that does it keep connections. It loses the
 * address that it listens at, once a server. */
FaultServer *
fault_server_new (FaultHandler handler, gpointer data)
{
  FaultServer *self = soup_new (handler, data);
  g_autoptr (GError) error = NULL;
  GSList *uris;

#ifdef CHECKS_LEAKS
  __lsan_disable ();
#endif
  soup_server_listen_local (self->server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, &error);
#ifdef CHECKS_LEAKS
  __lsan_enable ();
#endif
  g_assert_no_error (error);
  uris = soup_server_get_uris (self->server);
  self->port = (guint) g_uri_get_port (uris->data);
  self->url = g_strdup_printf ("http://127.0.0.1:%u", self->port);
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);

  return self;
}

FaultServer *
fault_server_new_tls (FaultHandler handler, gpointer data)
{
  FaultServer *self = soup_new (handler, data);
  g_autoptr (GError) error = NULL;

  self->certificate = g_tls_certificate_new_from_pem (certificate, -1, &error);
  g_assert_no_error (error);
  listen_at (self, "https", G_CALLBACK (guest_cb));

  return self;
}

void
fault_server_free (FaultServer *self)
{
  if (self->server != NULL)
    soup_server_disconnect (self->server);
  g_clear_object (&self->server);
  g_clear_object (&self->certificate);
  if (self->service != NULL)
    {
      g_socket_service_stop (self->service);
      g_socket_listener_close (G_SOCKET_LISTENER (self->service));
      g_signal_handlers_disconnect_by_data (self->service, self);
    }
  for (guint i = 0; i < self->connections->len; i++)
    g_io_stream_close (self->connections->pdata[i], NULL, NULL);
  g_clear_object (&self->service);
  /* What is under way of a raw connection ends before its server goes. */
  vlive_test_turn ();
  g_ptr_array_unref (self->connections);
  g_hash_table_unref (self->peers);
  g_ptr_array_unref (self->requests);
  g_ptr_array_unref (self->bodies);
  g_ptr_array_unref (self->headers);
  g_free (self->raw);
  g_free (self->url);
  g_free (self);
}

void
fault_answer (SoupServerMessage *message,
              guint status,
              const char *type,
              const char *body)
{
  soup_server_message_set_status (message, status, NULL);
  if (body != NULL)
    soup_server_message_set_response (message, type, SOUP_MEMORY_COPY, body,
                                      strlen (body));
}

char *
fault_dup_rows (guint first, guint n)
{
  g_autoptr (GString) json = g_string_new ("[");

  for (guint i = 0; i < n; i++)
    g_string_append_printf (json, "%s{\"id\":%u,\"name\":\"row %u\",\"price\":%u}",
                            i > 0 ? "," : "", first + i, first + i, (first + i) % 7);
  g_string_append_c (json, ']');

  return g_string_free (g_steal_pointer (&json), FALSE);
}

VliveRestMaster *
fault_master_new (const char *url, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VliveProfile) given =
      vlive_profile_new_from_data (text != NULL ? text : fault_profile, -1, &error);
  g_autoptr (VliveProfile) profile = NULL;

  g_assert_no_error (error);
  profile = vlive_profile_with_base_url (given, url, &error);
  g_assert_no_error (error);

  return vlive_rest_master_new (profile, "things");
}
