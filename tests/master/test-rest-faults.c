/* test-rest-faults.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "fault-server.h"
#include "master-sync.h"

#include <sys/socket.h>
#include <unistd.h>

#include "master/vlive-rest-master-private.h"

/* What must never be seen in a message. */
#define SECRETS "user:hush@"
#define SECRET_QUERY "?clef=hush&token=hush&lang=en"

static char *
dup_secret_url (const char *url)
{
  const char *host = strstr (url, "://") + 3;

  return g_strdup_printf ("%.*s" SECRETS "%s" SECRET_QUERY, (int) (host - url), url,
                          host);
}

/* Asks for a window and expects an error that says what and where, without
 * what nobody may see. */
static void
assert_fault (VliveRestMaster *master, const char *url, int code, const char *pattern)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *place = url != NULL ? g_strdup_printf ("*%s/things?*", url) : NULL;
  g_autoptr (VlivePage) page =
      sync_fetch_window (VLIVE_MASTER (master), NULL, 0, 10, NULL, NULL, &error);

  g_assert_null (page);
  assert_error_says (error, code, pattern);
  g_assert_null (strstr (error->message, "hush"));
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
  g_assert_cmpuint (strlen (error->message), <, 1200);
  if (place != NULL)
    assert_error_says (error, code, place);
}

static void
assert_fault_of (FaultServer *server, int code, const char *pattern)
{
  g_autofree char *url = dup_secret_url (server->url);
  VliveRestMaster *master = fault_master_new (url, NULL);

  g_object_set (master, "timeout", 20 * 1000, NULL);
  assert_fault (master, server->url, code, pattern);
  vlive_test_turn ();
  g_assert_finalize_object (master);
}

typedef struct
{
  guint status;
  const char *type;
  const char *body;
  const char *location;
} Canned;

static void
canned_cb (FaultServer *server, SoupServerMessage *message, gpointer data)
{
  const Canned *canned = data;

  fault_answer (message, canned->status, canned->type, canned->body);
  if (canned->location != NULL)
    soup_message_headers_replace (soup_server_message_get_response_headers (message),
                                  "Location", canned->location);
}

static void
assert_canned (Canned canned, int code, const char *pattern)
{
  g_autoptr (FaultServer) server = fault_server_new (canned_cb, &canned);

  assert_fault_of (server, code, pattern);
  g_assert_cmpuint (server->requests->len, ==, 1);
}

static guint
get_free_port (void)
{
  g_autoptr (FaultServer) server = fault_server_new_raw ("", FALSE);

  return server->port;
}

static void
test_refused (void)
{
  g_autofree char *plain = g_strdup_printf ("http://127.0.0.1:%u", get_free_port ());
  g_autofree char *url = dup_secret_url (plain);
  VliveRestMaster *master = fault_master_new (url, NULL);
  g_autoptr (GError) error = NULL;

  assert_fault (master, plain, VLIVE_ERROR_OFFLINE, "*refused*");
  /* Nothing was sent, and that is known. */
  g_assert_null (sync_write (VLIVE_MASTER (master), VLIVE_WRITE_INSERT, NULL,
                             g_variant_new_parsed ("{'name': <'x'>}"), &error));
  assert_error_says (error, VLIVE_ERROR_OFFLINE, "*refused*");
  g_assert_finalize_object (master);
}

static void
test_unknown_host (void)
{
  VliveRestMaster *master =
      fault_master_new ("http://user:hush@no-such-host.invalid", NULL);

  assert_fault (master, "http://no-such-host.invalid", VLIVE_ERROR_OFFLINE,
                "*host was not found*");
  g_assert_finalize_object (master);
}

static void
unreached_cb (FaultServer *server, SoupServerMessage *message, gpointer data)
{
  g_assert_not_reached ();
}

static void
test_tls (void)
{
  g_autoptr (FaultServer) nonsense =
      fault_server_new_raw ("this is no TLS at all\r\n", TRUE);
  g_autoptr (FaultServer) unknown = fault_server_new_tls (unreached_cb, NULL);

  g_free (nonsense->url);
  nonsense->url = g_strdup_printf ("https://127.0.0.1:%u", nonsense->port);
  assert_fault_of (nonsense, VLIVE_ERROR_OFFLINE, "*No secure connection*");
  assert_fault_of (unknown, VLIVE_ERROR_OFFLINE,
                   "*No secure connection*nobody known here*");
}

static void
silent_cb (FaultServer *server, SoupServerMessage *message, gpointer data)
{
  soup_server_message_pause (message);
}

static void
test_timeout (void)
{
  g_autoptr (FaultServer) server = fault_server_new (silent_cb, NULL);
  VliveRestMaster *master = fault_master_new (server->url, NULL);

  g_object_set (master, "timeout", 150, NULL);
  assert_fault (master, server->url, VLIVE_ERROR_TIMEOUT, "*No answer within 0.15 s*");
  /* It is not asked again by itself. */
  g_assert_cmpuint (server->requests->len, ==, 1);
  g_assert_finalize_object (master);
}

/* A server that sends a byte now and then is not answering either. */
static gboolean
trickle_tick (gpointer data)
{
  SoupServerMessage *message = data;

  soup_message_body_append (soup_server_message_get_response_body (message),
                            SOUP_MEMORY_STATIC, " ", 1);
  soup_server_message_unpause (message);

  return G_SOURCE_CONTINUE;
}

static void
trickle_end (SoupServerMessage *message, gpointer data)
{
  g_source_remove (GPOINTER_TO_UINT (data));
}

static void
trickle_cb (FaultServer *server, SoupServerMessage *message, gpointer data)
{
  guint id = g_timeout_add (20, trickle_tick, message);

  soup_server_message_set_status (message, 200, NULL);
  soup_message_headers_set_encoding (soup_server_message_get_response_headers (message),
                                     SOUP_ENCODING_CHUNKED);
  g_signal_connect (message, "finished", G_CALLBACK (trickle_end),
                    GUINT_TO_POINTER (id));
}

static void
test_trickle (void)
{
  g_autoptr (FaultServer) server = fault_server_new (trickle_cb, NULL);
  VliveRestMaster *master = fault_master_new (server->url, NULL);

  g_object_set (master, "timeout", 300, NULL);
  assert_fault (master, server->url, VLIVE_ERROR_TIMEOUT, "*No answer within 0.3 s*");
  g_assert_finalize_object (master);
  vlive_test_spin (50);
}

/* A listener whose queue is full: nobody is let in. */
static void
test_connect_timeout (void)
{
  g_autoptr (GSocket) listener = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GInetAddress) address = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new (address, 0);
  g_autoptr (GSocketAddress) place = NULL;
  g_autoptr (GPtrArray) crowd = g_ptr_array_new_with_free_func (g_object_unref);
  g_autofree char *url = NULL;
  VliveRestMaster *master;

  listener = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM,
                           G_SOCKET_PROTOCOL_TCP, &error);
  g_assert_no_error (error);
  g_assert_true (g_socket_bind (listener, any, FALSE, NULL));
  g_assert_cmpint (listen (g_socket_get_fd (listener), 0), ==, 0);
  place = g_socket_get_local_address (listener, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < 8; i++)
    {
      GSocket *guest = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM,
                                     G_SOCKET_PROTOCOL_TCP, NULL);

      g_socket_set_blocking (guest, FALSE);
      g_socket_connect (guest, place, NULL, NULL);
      g_ptr_array_add (crowd, guest);
    }
  url =
      g_strdup_printf ("http://127.0.0.1:%u",
                       g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (place)));
  master = fault_master_new (url, NULL);
  g_object_set (master, "connect-timeout", 120, NULL);
  assert_fault (master, url, VLIVE_ERROR_TIMEOUT, "*No connection within 0.12 s*");
  g_assert_finalize_object (master);
}

static void
test_status (void)
{
  assert_canned ((Canned){ 500, "text/html",
                           "<html><title>Oops</title><body><pre>It is "
                           "broken<br>at line 1</pre></body></html>" },
                 VLIVE_ERROR_SERVER, "*500*It is broken");
  assert_canned ((Canned){ 500, "text/html", "<html><h1>no words" }, VLIVE_ERROR_SERVER,
                 "*500*");
  assert_canned ((Canned){ 502, "text/html", "<head><title>Bad  \n gateway</title>" },
                 VLIVE_ERROR_SERVER, "*502*: Bad*");
  assert_canned ((Canned){ 404, "application/json", "{}" }, VLIVE_ERROR_NOT_FOUND,
                 "*no collection “things”*404*");
  assert_canned ((Canned){ 404, "text/plain", "Not Found" }, VLIVE_ERROR_NOT_FOUND,
                 "*404 Not Found)");
  assert_canned ((Canned){ 400, "application/json",
                           "{\"error\":{\"message\":\"bad range\"}}" },
                 VLIVE_ERROR_INVALID, "*400*: bad range");
  assert_canned ((Canned){ 401, "application/json", "{\"message\":\"who are you?\"}" },
                 VLIVE_ERROR_AUTH, "*401*who are you?*");
  assert_canned ((Canned){ 403, "text/plain", "no" }, VLIVE_ERROR_AUTH, "*403*: no");
  assert_canned ((Canned){ 405, NULL, NULL }, VLIVE_ERROR_UNSUPPORTED, "*405*");
  assert_canned ((Canned){ 408, NULL, NULL }, VLIVE_ERROR_TIMEOUT, "*408*");
  assert_canned ((Canned){ 413, NULL, NULL }, VLIVE_ERROR_TOO_LARGE, "*413*");
  assert_canned ((Canned){ 204, NULL, NULL }, VLIVE_ERROR_INVALID, "*204*");
  assert_canned ((Canned){ 304, NULL, NULL }, VLIVE_ERROR_INVALID, "*304*");
  assert_canned ((Canned){ 302, NULL, NULL }, VLIVE_ERROR_INVALID, "*302*");
}

/* What a server says is shown in one line, valid, and not endless. */
static void
test_reason_is_tidy (void)
{
  g_autofree char *deep = g_strnfill (60000, '[');
  g_autofree char *many = g_strnfill (50000, 'x');
  g_autofree char *endless = g_strnfill (300000, 'x');
  g_autofree char *json =
      g_strdup_printf ("{\"message\":\"first\\nsecond\\u0007%s\"}", many);

  assert_canned ((Canned){ 500, "application/json", json }, VLIVE_ERROR_SERVER,
                 "*: 500 Internal Server Error: first second xx*…");
  assert_canned ((Canned){ 500, "text/plain", endless }, VLIVE_ERROR_SERVER,
                 "*: 500 Internal Server Error: xxx*…");
  assert_canned ((Canned){ 500, "text/plain", "caf\xe9 is shut" }, VLIVE_ERROR_SERVER,
                 "*caf\xef\xbf\xbd is shut");
  assert_canned ((Canned){ 500, "application/json", "{\"message\":" },
                 VLIVE_ERROR_SERVER, "*500 Internal Server Error");
  assert_canned ((Canned){ 500, "application/json",
                           "{\"errors\":[{\"detail\":\"deep\"}]}" },
                 VLIVE_ERROR_SERVER, "*: deep");
  assert_canned ((Canned){ 500, "application/json", "[[[[[[\"too deep\"]]]]]]" },
                 VLIVE_ERROR_SERVER, "*500 Internal Server Error");
  /* It is read by what bounds the depth, and knows what json-glib cannot hold. */
  assert_canned ((Canned){ 500, "application/json", deep }, VLIVE_ERROR_SERVER,
                 "*500 Internal Server Error");
  assert_canned ((Canned){ 500, "application/json", "{\"message\":\"a\\u0000b\"}" },
                 VLIVE_ERROR_SERVER, "*: a\\u0000b");
}

static void
test_body (void)
{
  assert_canned ((Canned){ 200, "text/html", "<!doctype html><p>Log in" },
                 VLIVE_ERROR_INVALID, "*HTML*not data*");
  assert_canned ((Canned){ 200, "application/json", "\n <html>" }, VLIVE_ERROR_INVALID,
                 "*HTML*");
  assert_canned ((Canned){ 200, "application/json", "[{\"id\":1},{\"id\":" },
                 VLIVE_ERROR_INVALID, "*The answer is truncated: its JSON ends*");
  assert_canned ((Canned){ 200, "application/json", "[{\"id\":1},oops]" },
                 VLIVE_ERROR_INVALID, "*Not JSON*");
  assert_canned ((Canned){ 200, "application/json", "" }, VLIVE_ERROR_INVALID,
                 "*empty*");
  assert_canned ((Canned){ 200, "application/json", "{\"data\":[],\"n\":0}" },
                 VLIVE_ERROR_INVALID, "*is an object, not a list of records*");
  assert_canned ((Canned){ 200, "application/json", "\"hello\"" }, VLIVE_ERROR_INVALID,
                 "*is a text, not a list of records*");
  assert_canned ((Canned){ 200, "application/json", "7" }, VLIVE_ERROR_INVALID,
                 "*is a number or boolean, not*");
  assert_canned ((Canned){ 200, "application/json", "null" }, VLIVE_ERROR_INVALID,
                 "*is null, not*");
  assert_canned ((Canned){ 200, "application/json", "[1,2,3]" }, VLIVE_ERROR_INVALID,
                 "*item 1 is*");
}

static void
test_envelope (void)
{
  static const char profile[] =
      "[profile]\nname=wrapped\nbase-url=http://localhost\n"
      "[read]\nenvelope=result.rows\ntotal-path=result.total\n";
  static const struct
  {
    const char *body;
    const char *pattern;
  } wrong[] = {
    { "{\"result\":{\"items\":[]}}", "*no “result.rows”, only “result”" },
    { "{\"result\":{\"rows\":{}}}", "*is an object, not a list*" },
    { "{}", "*no “result.rows”, only nothing" },
    { "[]", "*is a list, and holds no “result.rows”" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      Canned canned = { 200, "application/json", wrong[i].body };
      g_autoptr (FaultServer) server = fault_server_new (canned_cb, &canned);
      VliveRestMaster *master = fault_master_new (server->url, profile);

      assert_fault (master, NULL, VLIVE_ERROR_INVALID, wrong[i].pattern);
      g_assert_finalize_object (master);
    }
}

static void
test_broken_transfer (void)
{
  g_autoptr (FaultServer) cut =
      fault_server_new_raw ("HTTP/1.1 200 OK\r\nContent-Type: "
                            "application/json\r\nContent-Length: 1000\r\n\r\n[{\"id",
                            TRUE);
  static const char *const chunks[] = {
    /* within a chunk, between two, within a text, and without any */
    "Transfer-Encoding: chunked\r\n\r\n9\r\n[{\"id\":1",
    "Transfer-Encoding: chunked\r\n\r\na\r\n[{\"id\":1},\r\n",
    "Transfer-Encoding: chunked\r\n\r\n5\r\n[{\"id",
    "Content-Type: application/json\r\n\r\n[{\"id\":1},",
  };
  g_autoptr (FaultServer) nothing = fault_server_new_raw ("", TRUE);
  g_autoptr (FaultServer) noise = fault_server_new_raw ("nonsense\r\n\r\n", TRUE);

  assert_fault_of (cut, VLIVE_ERROR_OFFLINE,
                   "*The answer is truncated: the connection broke off*");
  /* libsoup takes the end of the connection for the end of the chunks. */
  for (guint i = 0; i < G_N_ELEMENTS (chunks); i++)
    {
      g_autofree char *raw = g_strconcat ("HTTP/1.1 200 OK\r\n", chunks[i], NULL);
      g_autoptr (FaultServer) chunk = fault_server_new_raw (raw, TRUE);

      assert_fault_of (chunk, VLIVE_ERROR_OFFLINE,
                       "*The answer is truncated: the connection broke off*");
    }
  assert_fault_of (nothing, VLIVE_ERROR_OFFLINE, "*");
  assert_fault_of (noise, VLIVE_ERROR_OFFLINE, "*");
}

#define FLOOD (200 * 1024 * 1024)

typedef struct
{
  gsize sent;
  gboolean finished;
  gboolean says_length;
} Flood;

static void
flood_more (SoupServerMessage *message, Flood *flood)
{
  static char block[64 * 1024];
  SoupMessageBody *body = soup_server_message_get_response_body (message);

  memset (block, ' ', sizeof block);
  if (flood->sent < FLOOD)
    {
      soup_message_body_append (body, SOUP_MEMORY_STATIC, block, sizeof block);
      flood->sent += sizeof block;
    }
  else
    soup_message_body_complete (body);
}

static void
flood_end (SoupServerMessage *message, Flood *flood)
{
  flood->finished = TRUE;
}

static void
flood_cb (FaultServer *server, SoupServerMessage *message, gpointer data)
{
  Flood *flood = data;
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);

  soup_server_message_set_status (message, 200, NULL);
  if (flood->says_length)
    soup_message_headers_set_content_length (headers, FLOOD);
  else
    soup_message_headers_set_encoding (headers, SOUP_ENCODING_CHUNKED);
  soup_message_body_set_accumulate (soup_server_message_get_response_body (message),
                                    FALSE);
  g_signal_connect (message, "wrote-chunk", G_CALLBACK (flood_more), flood);
  g_signal_connect (message, "finished", G_CALLBACK (flood_end), flood);
  flood_more (message, flood);
}

/* 200 MB: not read to the end, and the connection goes. */
static void
test_flood (void)
{
  for (guint i = 0; i < 2; i++)
    {
      Flood flood = { .says_length = i == 1 };
      g_autoptr (FaultServer) server = fault_server_new (flood_cb, &flood);

      assert_fault_of (server, VLIVE_ERROR_TOO_LARGE, "*larger than 67108864 bytes*");
      VLIVE_TEST_WAIT (flood.finished);
      if (i == 0)
        g_assert_cmpuint (flood.sent, >=, 64 * 1024 * 1024);
      g_assert_cmpuint (flood.sent, <, i == 1 ? 16 * 1024 * 1024 : 100 * 1024 * 1024);
    }
}

/* What unpacks to more than the cap is stopped as well. */
static void
bomb_cb (FaultServer *server, SoupServerMessage *message, gpointer data)
{
  GBytes *packed = data;

  soup_server_message_set_status (message, 200, NULL);
  soup_message_headers_replace (soup_server_message_get_response_headers (message),
                                "Content-Encoding", "gzip");
  soup_server_message_set_response (message, "application/json", SOUP_MEMORY_COPY,
                                    g_bytes_get_data (packed, NULL),
                                    g_bytes_get_size (packed));
}

static GBytes *
pack_spaces (gsize n)
{
  g_autoptr (GZlibCompressor) gzip =
      g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP, 9);
  g_autoptr (GOutputStream) memory = g_memory_output_stream_new_resizable ();
  g_autoptr (GOutputStream) stream =
      g_converter_output_stream_new (memory, G_CONVERTER (gzip));
  g_autofree char *spaces = g_strnfill (n, ' ');

  g_assert_true (g_output_stream_write_all (stream, spaces, n, NULL, NULL, NULL));
  g_assert_true (g_output_stream_close (stream, NULL, NULL));

  return g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (memory));
}

static void
test_bomb (void)
{
  g_autoptr (GBytes) packed = pack_spaces (4 * 1024 * 1024);
  g_autoptr (FaultServer) server = fault_server_new (bomb_cb, packed);
  VliveRestMaster *master = fault_master_new (server->url, NULL);

  g_assert_cmpuint (g_bytes_get_size (packed), <, 64 * 1024);
  _vlive_rest_master_set_max_body (master, 1024 * 1024);
  assert_fault (master, server->url, VLIVE_ERROR_TOO_LARGE,
                "*larger than 1048576 bytes*");
  vlive_test_turn ();
  g_assert_finalize_object (master);
}

static void
loop_cb (FaultServer *server, SoupServerMessage *message, gpointer data)
{
  g_autofree char *location =
      g_strdup_printf ("/things?turn=%u&_start=0", server->requests->len);

  fault_answer (message, 302, "text/plain", "elsewhere");
  soup_message_headers_replace (soup_server_message_get_response_headers (message),
                                "Location", location);
}

static void
test_redirect_loop (void)
{
  g_autoptr (FaultServer) server = fault_server_new (loop_cb, NULL);

  assert_fault_of (server, VLIVE_ERROR_INVALID, "*Redirected more than 5 times");
  g_assert_cmpuint (server->requests->len, ==, 6);
  /* Within one host the secrets go along, and one connection does for all. */
  for (guint i = 0; i < server->headers->len; i++)
    g_assert_nonnull (
        soup_message_headers_get_one (server->headers->pdata[i], "Authorization"));
  g_assert_cmpuint (server->n_connections, ==, 1);
}

static void
test_redirect_nowhere (void)
{
  static const char *const places[] = { "file:///etc/passwd", "http://", "javascript:1",
                                        "gopher://a" };

  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    assert_canned ((Canned){ 302, "text/plain", "", places[i] }, VLIVE_ERROR_INVALID,
                   "*Redirected to a place that is none");
}

static void
rows_cb (FaultServer *server, SoupServerMessage *message, gpointer data)
{
  g_autofree char *rows = fault_dup_rows (1, 3);

  fault_answer (message, 200, "application/json", rows);
}

/* To another host, or another port of it, without what is not for it. */
static void
test_redirect_elsewhere (void)
{
  g_autoptr (FaultServer) other = fault_server_new (rows_cb, NULL);
  g_autofree char *target = g_strconcat (other->url, "/things?moved=1", NULL);
  Canned canned = { 307, "text/plain", "", target };
  g_autoptr (FaultServer) server = fault_server_new (canned_cb, &canned);
  g_autofree char *url = dup_secret_url (server->url);
  VliveRestMaster *master = fault_master_new (url, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (VlivePage) page =
      sync_fetch_window (VLIVE_MASTER (master), NULL, 0, 3, NULL, NULL, &error);
  const char *sent;

  g_assert_no_error (error);
  g_assert_cmpuint (vlive_page_get_n_records (page), ==, 3);
  sent = soup_message_headers_get_one (server->headers->pdata[0], "Authorization");
  g_assert_cmpstr (sent, ==, "Basic dXNlcjpodXNo");
  g_assert_cmpstr (other->requests->pdata[0], ==, "GET /things?moved=1");
  g_assert_null (
      soup_message_headers_get_one (other->headers->pdata[0], "Authorization"));
  g_assert_null (soup_message_headers_get_one (other->headers->pdata[0], "Cookie"));
  g_assert_finalize_object (master);
}

static void
odd_rows_cb (FaultServer *server, SoupServerMessage *message, gpointer data)
{
  fault_answer (message, 200, "application/json", data);
}

static void
assert_diagnosed (const char *body,
                  const char *pattern,
                  const char *ids,
                  guint n_addressable)
{
  g_autoptr (FaultServer) server = fault_server_new (odd_rows_cb, (gpointer) body);
  g_autofree char *url = dup_secret_url (server->url);
  g_autofree char *told = g_strdup_printf ("%s/things?*: %s", server->url, pattern);
  VliveRestMaster *master = fault_master_new (url, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (VlivePage) page =
      sync_fetch_window (VLIVE_MASTER (master), NULL, 0, 10, NULL, NULL, &error);
  g_autofree char *got = NULL;
  guint n = 0;

  g_assert_no_error (error);
  g_assert_nonnull (vlive_page_get_diagnostics (page));
  if (!g_pattern_match_simple (told, vlive_page_get_diagnostics (page)[0]))
    g_error ("Diagnosed “%s”", vlive_page_get_diagnostics (page)[0]);
  g_assert_null (strstr (vlive_page_get_diagnostics (page)[0], "hush"));
  got = page_to_ids (page);
  g_assert_cmpstr (got, ==, ids);
  for (guint i = 0; i < vlive_page_get_n_records (page); i++)
    n += vlive_record_is_addressable (vlive_page_get_record (page, i));
  g_assert_cmpuint (n, ==, n_addressable);
  g_assert_finalize_object (master);
}

static void
test_odd_rows (void)
{
  assert_diagnosed ("[{\"id\":{\"a\":1}},{\"id\":2}]", "1 row without an id*", "@#0,2",
                    1);
  assert_diagnosed ("[{\"name\":\"x\"},{\"id\":null},{\"id\":2}]",
                    "2 rows without an id*", "@#0,@#1,2", 1);
  assert_diagnosed ("[{\"id\":1,\"v\":1},{\"id\":2},{\"id\":1,\"v\":2}]",
                    "1 row with the id of an earlier one*", "1,2", 2);
  assert_diagnosed ("[{\"id\":1,\"v\":123456789012345678901234567890}]",
                    "Numbers beyond 64 bits*", "1", 1);
}

static void
test_total (void)
{
  static const struct
  {
    const char *header;
    VliveTotalKind kind;
    guint64 total;
    const char *diagnostic;
  } totals[] = {
    { "25", VLIVE_TOTAL_EXACT, 25, NULL },
    { "4294967295", VLIVE_TOTAL_EXACT, 4294967295, NULL },
    { "9223372036854775807", VLIVE_TOTAL_EXACT, G_MAXINT64, NULL },
    { "9223372036854775808", VLIVE_TOTAL_AT_LEAST, 10, "*no number of rows*" },
    { "-1", VLIVE_TOTAL_AT_LEAST, 10, "*“-1” is no number of rows*" },
    { "many", VLIVE_TOTAL_AT_LEAST, 10, "*“many” is no number of rows*" },
    { "", VLIVE_TOTAL_AT_LEAST, 10, "*" },
    { "1e3", VLIVE_TOTAL_AT_LEAST, 10, "*" },
    { "7", VLIVE_TOTAL_AT_LEAST, 10, "*says that there are 7 rows, and sent more*" },
    { NULL, VLIVE_TOTAL_AT_LEAST, 10, NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (totals); i++)
    {
      g_autofree char *rows = fault_dup_rows (1, 10);
      g_autofree char *raw = g_strdup_printf (
          "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n%s%s%sContent-Length: "
          "%" G_GSIZE_FORMAT "\r\n\r\n%s",
          totals[i].header != NULL ? "X-Total-Count: " : "",
          totals[i].header != NULL ? totals[i].header : "",
          totals[i].header != NULL ? "\r\n" : "", strlen (rows), rows);
      g_autoptr (FaultServer) server = fault_server_new_raw (raw, TRUE);
      VliveRestMaster *master = fault_master_new (server->url, NULL);
      g_autoptr (GError) error = NULL;
      g_autoptr (VlivePage) page =
          sync_fetch_window (VLIVE_MASTER (master), NULL, 0, 10, NULL, NULL, &error);
      const char *const *diagnostics;
      guint64 total = 0;

      g_assert_no_error (error);
      g_assert_cmpint (vlive_page_get_total (page, &total), ==, totals[i].kind);
      g_assert_cmpuint (total, ==, totals[i].total);
      diagnostics = vlive_page_get_diagnostics (page);
      if (totals[i].diagnostic == NULL)
        g_assert_true (diagnostics == NULL || diagnostics[0] == NULL);
      else
        g_assert_true (g_pattern_match_simple (totals[i].diagnostic, diagnostics[0]));
      g_assert_finalize_object (master);
    }
}

static void
test_bad_resource (void)
{
  static const char *const bad[] = { "",       "/",    "..",
                                     "a/../b", "a//b", "users/{userId}/albums",
                                     "." };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GError) write_error = NULL;
      g_autoptr (VliveProfile) profile = vlive_profile_load ("json-server", &error);
      VliveRestMaster *master = vlive_rest_master_new (profile, bad[i]);

      g_assert_null (sync_fetch_record (VLIVE_MASTER (master), "1", &error));
      assert_error_says (error, VLIVE_ERROR_INVALID, "*is no path of a resource*");
      g_assert_null (sync_write (VLIVE_MASTER (master), VLIVE_WRITE_DELETE, "1", NULL,
                                 &write_error));
      assert_error_says (write_error, VLIVE_ERROR_INVALID,
                         "*is no path of a resource*");
      assert_fault (master, NULL, VLIVE_ERROR_INVALID, "*is no path of a resource*");
      g_assert_finalize_object (master);
    }
}

/* One record: as many ways to be wrong. */
static void
test_record (void)
{
  static const struct
  {
    guint status;
    const char *body;
    int code;
    const char *pattern;
  } answers[] = {
    { 404, "{}", VLIVE_ERROR_NOT_FOUND, "There is no “5” in “things”*404*" },
    { 410, "{}", VLIVE_ERROR_NOT_FOUND, "*410*" },
    { 200, "[]", VLIVE_ERROR_INVALID, "*is a list, not a record*" },
    { 200, "{\"id\":6}", VLIVE_ERROR_INVALID,
      "*Asked for “5”, and the server sent “6”" },
    { 200, "<html>", VLIVE_ERROR_INVALID, "*HTML*" },
    { 500, "{\"message\":\"oh\"}", VLIVE_ERROR_SERVER, "*oh" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      Canned canned = { answers[i].status, "application/json", answers[i].body };
      g_autoptr (FaultServer) server = fault_server_new (canned_cb, &canned);
      g_autofree char *url = dup_secret_url (server->url);
      g_autofree char *place = g_strconcat (server->url, "/things/5", NULL);
      VliveRestMaster *master = fault_master_new (url, NULL);
      g_autoptr (GError) error = NULL;

      g_assert_null (sync_fetch_record (VLIVE_MASTER (master), "5", &error));
      assert_error_says (error, answers[i].code, answers[i].pattern);
      g_assert_nonnull (strstr (error->message, place));
      g_assert_null (strstr (error->message, "hush"));
      /* It asked for one record, not for a list. */
      g_assert_cmpuint (server->requests->len, ==, 1);
      g_assert_true (g_str_has_prefix (server->requests->pdata[0], "GET /things/5?"));
      g_assert_finalize_object (master);
    }
}

static void
test_record_without_id (void)
{
  Canned canned = { 200, "application/json", "{\"name\":\"bare\"}" };
  g_autoptr (FaultServer) server = fault_server_new (canned_cb, &canned);
  VliveRestMaster *master = fault_master_new (server->url, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (VliveRecord) record =
      sync_fetch_record (VLIVE_MASTER (master), "a/b c", &error);

  g_assert_no_error (error);
  g_assert_cmpstr (vlive_record_get_id (record), ==, "a/b c");
  g_assert_true (vlive_record_is_addressable (record));
  g_assert_cmpstr (server->requests->pdata[0], ==, "GET /things/a%2Fb%20c");
  g_assert_finalize_object (master);
}

int
main (int argc, char **argv)
{
  int result;

  vlive_test_init (&argc, &argv);
  g_test_add_func ("/rest-faults/refused", test_refused);
  g_test_add_func ("/rest-faults/unknown-host", test_unknown_host);
  g_test_add_func ("/rest-faults/tls", test_tls);
  g_test_add_func ("/rest-faults/timeout", test_timeout);
  g_test_add_func ("/rest-faults/trickle", test_trickle);
  g_test_add_func ("/rest-faults/connect-timeout", test_connect_timeout);
  g_test_add_func ("/rest-faults/status", test_status);
  g_test_add_func ("/rest-faults/reason-is-tidy", test_reason_is_tidy);
  g_test_add_func ("/rest-faults/body", test_body);
  g_test_add_func ("/rest-faults/envelope", test_envelope);
  g_test_add_func ("/rest-faults/broken-transfer", test_broken_transfer);
  g_test_add_func ("/rest-faults/flood", test_flood);
  g_test_add_func ("/rest-faults/bomb", test_bomb);
  g_test_add_func ("/rest-faults/redirect-loop", test_redirect_loop);
  g_test_add_func ("/rest-faults/redirect-nowhere", test_redirect_nowhere);
  g_test_add_func ("/rest-faults/redirect-elsewhere", test_redirect_elsewhere);
  g_test_add_func ("/rest-faults/odd-rows", test_odd_rows);
  g_test_add_func ("/rest-faults/total", test_total);
  g_test_add_func ("/rest-faults/bad-resource", test_bad_resource);
  g_test_add_func ("/rest-faults/record", test_record);
  g_test_add_func ("/rest-faults/record-without-id", test_record_without_id);
  result = vlive_test_run ();
  vlive_test_assert_all_gone ();

  return result;
}
