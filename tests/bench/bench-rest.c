/* bench-rest.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "bench.h"

#include <libsoup/soup.h>

#include "master/vlive-rest-answer-private.h"

/*
 * Ours against libsoup as it comes, at a server that does nothing: it answers
 * 304 to what is conditional and a small object to what writes, on as many
 * connections as it is given, and counts them.
 */
typedef struct
{
  GSocket *socket; /* owned */
  char *url;       /* owned */
  char *body;      /* owned: of a page */
  int n_connections;
} Server;

typedef struct
{
  Server *server;
  VliveRestMaster *master;
  VliveQuery *query;
  VliveWrite *write;
  SoupSession *session;
  VliveSchema *schema;
  char *json;
} Bench;

static gboolean
hear (GInputStream *stream, GString *heard)
{
  char buffer[4096];
  const char *end;
  const char *length;
  gsize body = 0;

  g_string_truncate (heard, 0);
  while ((end = strstr (heard->str, "\r\n\r\n")) == NULL
         || heard->len < (gsize) (end + 4 - heard->str) + body)
    {
      gssize n = g_input_stream_read (stream, buffer, sizeof buffer, NULL, NULL);

      if (n <= 0)
        return FALSE;
      g_string_append_len (heard, buffer, n);
      length = strstr (heard->str, "Content-Length: ");
      if (length != NULL)
        body = g_ascii_strtoull (length + strlen ("Content-Length: "), NULL, 10);
    }

  return TRUE;
}

static gpointer
serve_thread (gpointer data)
{
  g_autoptr (GSocketConnection) connection = data;
  GInputStream *input = g_io_stream_get_input_stream (G_IO_STREAM (connection));
  GOutputStream *output = g_io_stream_get_output_stream (G_IO_STREAM (connection));
  g_autoptr (GString) heard = g_string_new (NULL);

  while (hear (input, heard))
    {
      const char *answer = "HTTP/1.1 304 Not Modified\r\nETag: \"a\"\r\n\r\n";

      if (g_str_has_prefix (heard->str, "PATCH"))
        answer = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                 "Content-Length: 8\r\n\r\n{\"id\":1}";
      if (!g_output_stream_write_all (output, answer, strlen (answer), NULL, NULL,
                                      NULL))
        break;
    }

  return NULL;
}

static gpointer
accept_thread (gpointer data)
{
  Server *server = data;
  GSocket *socket;

  while ((socket = g_socket_accept (server->socket, NULL, NULL)) != NULL)
    {
      g_autoptr (GSocket) owned = socket;

      g_atomic_int_inc (&server->n_connections);
      g_thread_unref (
          g_thread_new ("serve", serve_thread,
                        g_socket_connection_factory_create_connection (owned)));
    }

  return NULL;
}

static void
server_start (Server *server)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new (address, 0);
  g_autoptr (GSocketAddress) place = NULL;
  g_autoptr (GError) error = NULL;

  server->socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM,
                                 G_SOCKET_PROTOCOL_TCP, &error);
  g_assert_no_error (error);
  g_assert_true (g_socket_bind (server->socket, any, FALSE, NULL));
  g_assert_true (g_socket_listen (server->socket, NULL));
  place = g_socket_get_local_address (server->socket, NULL);
  server->url =
      g_strdup_printf ("http://127.0.0.1:%u",
                       g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (place)));
  g_thread_unref (g_thread_new ("accept", accept_thread, server));
}

static void
ours_304 (gpointer data, guint n)
{
  Bench *bench = data;

  for (guint i = 0; i < n; i++)
    {
      GAsyncResult *result = NULL;
      g_autoptr (GError) error = NULL;
      g_autoptr (VlivePage) page = NULL;

      vlive_master_fetch_window_async (VLIVE_MASTER (bench->master), bench->query, 0,
                                       100, "\"a\"", NULL, bench_result_cb, &result);
      bench_wait (&result);
      page = vlive_master_fetch_window_finish (VLIVE_MASTER (bench->master), result,
                                               &error);
      g_assert_no_error (error);
      g_assert_true (vlive_page_is_not_modified (page));
      g_object_unref (result);
    }
}

static void
peer_send (Bench *bench, const char *method, const char *path, const char *body)
{
  g_autofree char *url = g_strconcat (bench->server->url, path, NULL);
  g_autoptr (SoupMessage) message = soup_message_new (method, url);
  g_autoptr (GBytes) given =
      body != NULL ? g_bytes_new_static (body, strlen (body)) : NULL;
  g_autoptr (GBytes) answer = NULL;
  g_autoptr (GError) error = NULL;
  GAsyncResult *result = NULL;

  if (given != NULL)
    soup_message_set_request_body_from_bytes (message, "application/json", given);
  else
    soup_message_headers_replace (soup_message_get_request_headers (message),
                                  "If-None-Match", "\"a\"");
  soup_session_send_and_read_async (bench->session, message, G_PRIORITY_DEFAULT, NULL,
                                    bench_result_cb, &result);
  bench_wait (&result);
  answer = soup_session_send_and_read_finish (bench->session, result, &error);
  g_assert_no_error (error);
  g_object_unref (result);
}

static void
peer_304 (gpointer data, guint n)
{
  for (guint i = 0; i < n; i++)
    peer_send (data, "GET", "/things?_start=0&_limit=100", NULL);
}

static void
ours_patch (gpointer data, guint n)
{
  Bench *bench = data;

  for (guint i = 0; i < n; i++)
    {
      GAsyncResult *result = NULL;
      g_autoptr (GError) error = NULL;
      g_autoptr (VliveReply) reply = NULL;

      vlive_master_apply_async (VLIVE_MASTER (bench->master), bench->write, NULL,
                                bench_result_cb, &result);
      bench_wait (&result);
      reply = vlive_master_apply_finish (VLIVE_MASTER (bench->master), result, &error);
      g_assert_no_error (error);
      g_object_unref (result);
    }
}

static void
peer_patch (gpointer data, guint n)
{
  for (guint i = 0; i < n; i++)
    peer_send (data, "PATCH", "/things/1", "{\"name\":\"x\"}");
}

/* All that is done to an answer, the columns learnt from it included. */
static void
ours_answer (gpointer data, guint n)
{
  Bench *bench = data;

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (SoupMessageHeaders) headers =
          soup_message_headers_new (SOUP_MESSAGE_HEADERS_RESPONSE);
      g_autoptr (GBytes) body = g_bytes_new_static (bench->json, strlen (bench->json));
      char url[] = "";
      VliveHttpAnswer http = {
        .status = 200, .headers = headers, .body = body, .url = url
      };
      g_autoptr (VliveRestAnswer) answer = _vlive_rest_answer_new (&http);

      answer->id_field = g_strdup ("id");
      answer->id_prefix = g_strdup ("");
      if (bench->schema != NULL)
        answer->known = vlive_schema_ref (bench->schema);
      _vlive_rest_answer_parse (answer);
      g_assert_no_error (answer->error);
      bench_sink += answer->records->len;
      if (bench->schema == NULL)
        bench->schema = vlive_schema_ref (answer->schema);
    }
}

static void
peer_answer (gpointer data, guint n)
{
  Bench *bench = data;

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (JsonParser) parser = json_parser_new ();

      g_assert_true (json_parser_load_from_data (parser, bench->json, -1, NULL));
      bench_sink +=
          json_array_get_length (json_node_get_array (json_parser_get_root (parser)));
    }
}

static void
bench_set_up (Bench *bench, Server *server)
{
  static const char profile_text[] =
      "[profile]\nname=bench\nbase-url=http://localhost\n[read]\npaging=skip\n"
      "offset-parameter=_start\nlimit-parameter=_limit\n"
      "[write]\npatch=PATCH {resource}/{id}\n";
  g_autoptr (GError) error = NULL;
  g_autoptr (VliveProfile) given =
      vlive_profile_new_from_data (profile_text, -1, &error);
  g_autoptr (VliveProfile) profile =
      vlive_profile_with_base_url (given, server->url, &error);
  g_autoptr (VliveRecord) fields =
      vlive_record_new_from_variant ("1", g_variant_new_parsed ("{'name': <'x'>}"),
                                     &error);

  g_assert_no_error (error);
  bench->server = server;
  bench->master = vlive_rest_master_new (profile, "things");
  bench->query = vlive_query_new ();
  bench->write = vlive_write_new (VLIVE_WRITE_PATCH, "1", fields);
  bench->session = soup_session_new ();
  bench->json = bench_dup_json (100, 1);
}

int
main (int argc, char **argv)
{
  Server server = { NULL };
  Bench bench = { NULL };
  int before;

  bench_init (&argc, &argv, "rest");
  server_start (&server);
  bench_set_up (&bench, &server);
  bench_pair ("an answer of 100 rows to records and columns", "json-glib's parse of it",
              1.3, ours_answer, peer_answer, &bench, 200);
  bench_pair ("a page revalidated: 304", "stock libsoup", 0.5, ours_304, peer_304,
              &bench, 200);
  bench_pair ("a PATCH", "stock libsoup", 0.5, ours_patch, peer_patch, &bench, 200);
  before = g_atomic_int_get (&server.n_connections);
  ours_304 (&bench, 1000);
  ours_patch (&bench, 1000);
  bench_figure ("connections for 1000 304 and 1000 PATCH", "more than one master's",
                g_atomic_int_get (&server.n_connections) - before, 2);
  g_clear_object (&bench.master);
  g_clear_object (&bench.session);
  g_clear_object (&bench.write);
  g_clear_pointer (&bench.query, vlive_query_unref);
  g_clear_pointer (&bench.schema, vlive_schema_unref);
  g_free (bench.json);

  return bench_end ();
}
