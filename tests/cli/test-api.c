/* test-api.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <libsoup/soup.h>
#include <string.h>

#include "cli-run.h"

/*
 * The verbs of an API against a small server in this process, which can be
 * told to fail and counts what it is asked. What real servers do is in
 * test-servers.c.
 */
typedef struct
{
  SoupServer *server;      /* owned; NULL: it went away */
  GSocketService *service; /* owned; NULL: it went away */
  char *url;               /* owned */
  GString *log;            /* owned; "GET /posts;" for each request */
} Api;

#define POSTS                                                                          \
  "[{\"id\": 1, \"userId\": 1, \"title\": \"one\"}, {\"id\": 2, \"userId\": 1, "       \
  "\"title\": "                                                                        \
  "\"two\"}, {\"id\": 3, \"userId\": 2, \"title\": \"three\"}]"

static void
respond (SoupServerMessage *message, guint status, const char *type, const char *body)
{
  soup_server_message_set_status (message, status, NULL);
  soup_server_message_set_response (message, type, SOUP_MEMORY_COPY, body,
                                    strlen (body));
}

static void
respond_json (SoupServerMessage *message, guint status, const char *body)
{
  respond (message, status, "application/json", body);
}

static void
read_posts (SoupServerMessage *message, GHashTable *query)
{
  SoupMessageHeaders *request = soup_server_message_get_request_headers (message);
  SoupMessageHeaders *response = soup_server_message_get_response_headers (message);
  const char *user = query != NULL ? g_hash_table_lookup (query, "userId") : NULL;
  const char *match = soup_message_headers_get_one (request, "If-None-Match");

  soup_message_headers_replace (response, "X-Total-Count",
                                g_strcmp0 (user, "2") == 0 ? "1" : "3");
  soup_message_headers_replace (response, "ETag", "W/\"v1\"");
  if (g_strcmp0 (user, "2") == 0)
    respond_json (message, 200, "[{\"id\": 3, \"userId\": 2, \"title\": \"three\"}]");
  else if (g_strcmp0 (match, "W/\"v1\"") == 0)
    soup_server_message_set_status (message, 304, NULL);
  else
    respond_json (message, 200, POSTS);
}

static void
write_post (SoupServerMessage *message, const char *path)
{
  const char *method = soup_server_message_get_method (message);
  SoupMessageBody *body = soup_server_message_get_request_body (message);

  if (strcmp (path, "/posts/9") == 0)
    respond_json (message, 404, "{}");
  else if (body->length > 0
           && g_strstr_len (body->data, body->length, "\"bad\"") != NULL)
    respond_json (message, 422, "{\"error\": \"the title is bad\"}");
  else if (strcmp (method, "POST") == 0)
    respond_json (message, 201, "{\"id\": 4, \"userId\": 1, \"title\": \"four\"}");
  else if (strcmp (method, "DELETE") == 0)
    respond_json (message, 200, "{}");
  else
    respond_json (message, 200, "{\"id\": 1, \"userId\": 1, \"title\": \"changed\"}");
}

static void
serve_cb (SoupServer *server,
          SoupServerMessage *message,
          const char *path,
          GHashTable *query,
          gpointer user_data)
{
  Api *api = user_data;
  const char *method = soup_server_message_get_method (message);
  const char *authorization =
      soup_message_headers_get_one (soup_server_message_get_request_headers (message),
                                    "Authorization");

  if (strcmp (method, "GET") == 0
      && soup_message_headers_get_one (
             soup_server_message_get_request_headers (message), "If-None-Match")
             != NULL)
    g_string_append (api->log, "conditional ");
  g_string_append_printf (api->log, "%s %s%s%s%s;", method, path,
                          authorization != NULL ? " (" : "",
                          authorization != NULL ? authorization : "",
                          authorization != NULL ? ")" : "");
  if (strcmp (method, "GET") != 0)
    write_post (message, path);
  else if (strcmp (path, "/posts") == 0)
    read_posts (message, query);
  else if (strcmp (path, "/posts/1") == 0)
    respond_json (message, 200, "{\"id\": 1, \"userId\": 1, \"title\": \"one\"}");
  else if (strcmp (path, "/deaf") == 0)
    respond_json (message, 200, POSTS);
  else if (strcmp (path, "/page") == 0)
    respond (message, 200, "text/html", "<html>\n<body>\033[2J</body>\n</html>");
  else if (strcmp (path, "/cut") == 0)
    respond_json (message, 200, "[{\"id\": 1, \"title\": \"on");
  else if (strcmp (path, "/numbers") == 0)
    respond_json (message, 200, "[1, 2, 3]");
  else if (strcmp (path, "/escape") == 0)
    respond_json (message, 200, "[{\"id\": 1, \"t\": \"\\u001b[2J\\u202e\"}]");
  else if (strcmp (path, "/twice") == 0)
    respond_json (message, 200,
                  "[{\"id\": 1, \"t\": \"old\"}, {\"id\": 1, \"t\": \"new\"}]");
  else if (strcmp (path, "/failing") == 0)
    respond (message, 500, "text/plain", "it hurts");
  else
    respond_json (message, 404, "{}");
}

static void
api_stop (Api *self)
{
  if (self->server == NULL)
    return;
  g_socket_service_stop (self->service);
  g_socket_listener_close (G_SOCKET_LISTENER (self->service));
  g_clear_object (&self->service);
  soup_server_disconnect (self->server);
  g_clear_object (&self->server);
  /* Its connections go with the sources that watch them. */
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static gboolean
incoming_cb (GSocketService *service,
             GSocketConnection *connection,
             GObject *source,
             gpointer user_data)
{
  Api *self = user_data;
  g_autoptr (GSocketAddress) local =
      g_socket_connection_get_local_address (connection, NULL);
  g_autoptr (GSocketAddress) remote =
      g_socket_connection_get_remote_address (connection, NULL);

  return soup_server_accept_iostream (self->server, G_IO_STREAM (connection), local,
                                      remote, NULL);
}

/* libsoup 3.2 leaks what it listens with: it listens to us. */
static Api *
api_new (void)
{
  Api *self = g_new0 (Api, 1);
  g_autoptr (GInetAddress) address = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) place = g_inet_socket_address_new (address, 0);
  g_autoptr (GSocketAddress) taken = NULL;
  g_autoptr (GError) error = NULL;

  self->log = g_string_new (NULL);
  self->server = g_object_new (SOUP_TYPE_SERVER, NULL);
  soup_server_add_handler (self->server, NULL, serve_cb, self, NULL);
  self->service = g_socket_service_new ();
  g_socket_listener_add_address (G_SOCKET_LISTENER (self->service), place,
                                 G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL,
                                 &taken, &error);
  g_assert_no_error (error);
  self->url =
      g_strdup_printf ("http://127.0.0.1:%u",
                       g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (taken)));
  g_signal_connect (self->service, "incoming", G_CALLBACK (incoming_cb), self);

  return self;
}

static void
api_free (Api *self)
{
  api_stop (self);
  g_string_free (self->log, TRUE);
  g_free (self->url);
  g_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Api, api_free)

/* Runs `vlive --url … LINE` and asserts what it does and what it asked for. */
static void
assert_api (Api *api,
            CliPlace *place,
            const char *line,
            int status,
            const char *out,
            const char *err,
            const char *requests)
{
  g_autofree char *full = g_strdup_printf ("--url %s %s", api->url, line);

  g_string_truncate (api->log, 0);
  cli_assert (place, full, status, out, err);
  if (requests != NULL)
    g_assert_cmpstr (api->log->str, ==, requests);
}

static void
test_api_list (void)
{
  g_autoptr (CliPlace) place = cli_place_new ();
  g_autoptr (Api) api = api_new ();

  assert_api (
      api, place, "--cache c api posts list", 0,
      "id  userId  title\n 1       1  one\n 2       1  two\n 3       2  three\n",
      "miss: 3 rows, N µs, key *\n", "GET /posts;");
  assert_api (
      api, place, "--cache c api posts list", 0,
      "id  userId  title\n 1       1  one\n 2       1  two\n 3       2  three\n",
      "hit: 3 rows, N s old, N µs, key *\n", "");
  assert_api (api, place, "--cache none api posts list", 0, NULL, "miss: *",
              "GET /posts;");
}

static void
test_api_get (void)
{
  g_autoptr (CliPlace) place = cli_place_new ();
  g_autoptr (Api) api = api_new ();

  assert_api (api, place, "--cache c api posts get 1", 0,
              "id      1\nuserId  1\ntitle   one\n", "miss: 1 row, N µs, key *\n",
              "GET /posts/1;");
  assert_api (api, place, "--cache c api posts get 1", 0, NULL, "hit: 1 row, *", "");
  assert_api (api, place, "--cache c api posts get 77", 3, "", "vlive: *77*\n",
              "GET /posts/77;");
  assert_api (api, place, "--json api posts get 77", 3,
              "{\"error\": {\"code\": \"not-found\", \"message\": \"*77*\"}}\n",
              "vlive: *77*\n", "GET /posts/77;");
  /* A list that was read holds it. */
  assert_api (api, place, "--cache c api posts list", 0, NULL, "miss: *",
              "GET /posts;");
  assert_api (api, place, "--cache c api posts get 2", 0, NULL, "hit: 1 row, *", "");
}

/* Each wrong answer is one line, exit 1, and nothing on standard output. */
static void
test_api_wrong_answers (void)
{
  const char *const resources[] = { "nope", "page", "cut", "numbers", "failing" };
  g_autoptr (CliPlace) place = cli_place_new ();
  g_autoptr (Api) api = api_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (resources); i++)
    {
      g_autofree char *line =
          g_strdup_printf ("--url %s api %s list", api->url, resources[i]);
      g_autoptr (CliResult) result = cli_place_run (place, line);

      g_assert_cmpint (result->status, ==, 1);
      g_assert_cmpstr (result->out, ==, "");
      g_assert_true (g_str_has_prefix (result->err, "vlive: "));
      g_assert_true (strchr (result->err, '\n')
                     == result->err + strlen (result->err) - 1);
      g_assert_nonnull (strstr (result->err, resources[i]));
      g_assert_null (strchr (result->err, '\033'));
    }
}

/* A filter that the server does not know is not answered with all rows. */
static void
test_api_ignored_filter (void)
{
  g_autoptr (CliPlace) place = cli_place_new ();
  g_autoptr (Api) api = api_new ();

  assert_api (api, place, "api posts list --filter userId=2", 0,
              "id  userId  title\n 3       2  three\n", "miss: 1 row*", "GET /posts;");
  assert_api (api, place, "api deaf list --filter userId=2", 1, "", "vlive: *userId*\n",
              NULL);
  assert_api (api, place, "--json api deaf list --filter userId=2", 1,
              "{\"error\": {\"code\": \"unsupported\", \"message\": \"*userId*\"}}\n",
              "vlive: *userId*\n", NULL);
}

static void
test_api_offline (void)
{
  g_autoptr (CliPlace) place = cli_place_new ();
  g_autoptr (Api) api = api_new ();

  assert_api (api, place, "--cache c api posts list", 0, NULL, "miss: *", NULL);
  /* What is cached is doubted from here on. */
  assert_api (api, place, "--cache c api posts add title=four", 0, "added 4\n",
              "applied: *", NULL);
  api_stop (api);

  assert_api (api, place, "--cache c api posts list", 0, "id  userId  title\n*",
              "stale: * rows, N s old, N µs, key * (*127.0.0.1:PORT*)\n", "");
  assert_api (api, place, "--cache c --json api posts list", 0,
              "*\"outcome\": \"stale\"*", "stale: *", "");
  assert_api (api, place, "--cache c api posts list --limit 2", 1, "",
              "vlive: *127.0.0.1:PORT*\n", "");
  assert_api (api, place, "--json api posts list", 1,
              "{\"error\": {\"code\": \"offline\", \"message\": \"*\"}}\n",
              "vlive: *127.0.0.1:PORT*\n", "");
  assert_api (api, place, "api posts set 1 title=x", 1, "", "vlive: *127.0.0.1:PORT*\n",
              "");
}

/* "Not modified" is a hit of no age. */
static void
test_api_not_modified (void)
{
  g_autoptr (CliPlace) place = cli_place_new ();
  g_autoptr (Api) api = api_new ();

  assert_api (api, place, "--cache c api posts list", 0, NULL, "miss: *", NULL);
  assert_api (api, place, "--cache c api posts delete 9", 3, "", "vlive: *9*\n",
              "DELETE /posts/9;");
  /* A failed write leaves the cache as it was. */
  assert_api (api, place, "--cache c api posts list", 0, NULL, "hit: *", "");
  /* After one that may have changed the list it is doubted, and asked for. */
  assert_api (api, place, "--cache c api posts add title=four", 0, "added 4\n",
              "applied: *", NULL);
  assert_api (api, place, "--cache c api posts list", 0,
              "id  userId  title\n 1       1  one\n*",
              "hit: 3 rows, N s old, N µs, key *", "conditional GET /posts;");
  assert_api (api, place, "--cache c api posts list", 0, NULL, "hit: 3 rows, *", "");
}

static void
test_api_writes (void)
{
  g_autoptr (CliPlace) place = cli_place_new ();
  g_autoptr (Api) api = api_new ();

  assert_api (api, place, "api posts add title=four userId:=1", 0, "added 4\n",
              "applied: N µs, write UUID, key *", NULL);
  g_assert_nonnull (strstr (api->log->str, "POST /posts;"));
  assert_api (api, place, "--json api posts set 1 title=changed", 0,
              "{\"id\": \"1\", \"uuid\": \"UUID\", \"state\": \"applied\", \"record\": "
              "{\"id\": 1, "
              "\"userId\": 1, \"title\": \"changed\"}, \"error\": null}\n",
              "applied: *", NULL);
  g_assert_nonnull (strstr (api->log->str, "PATCH /posts/1;"));
  assert_api (api, place, "api posts delete 1", 0, "deleted 1\n", "applied: *", NULL);
  g_assert_nonnull (strstr (api->log->str, "DELETE /posts/1;"));
}

/* The server's own words reach whoever asked. */
static void
test_api_rejected (void)
{
  g_autoptr (CliPlace) place = cli_place_new ();
  g_autoptr (Api) api = api_new ();

  assert_api (api, place, "api posts set 1 title=bad", 1, "",
              "vlive: *the title is bad*\n", NULL);
  assert_api (
      api, place, "--json api posts set 1 title=bad", 1,
      "{\"id\": \"1\", \"uuid\": \"UUID\", \"state\": \"rejected\", \"record\": null, "
      "\"error\": \"*the title is bad*\"}\n",
      "vlive: *the title is bad*\n", NULL);
  assert_api (api, place, "api posts set 9 title=x", 3, "", "vlive: *9*\n", NULL);
}

/* A secret in the address is used, and shown nowhere. */
static void
test_api_secrets (void)
{
  const struct
  {
    const char *line;
    int status;
  } runs[] = {
    { "posts list", 0 },
    { "nope list", 1 },
    { "posts get 1", 0 },
    { "posts info", 0 },
    { "posts set 1 title=x", 0 },
    { "posts set 1 title=bad", 1 },
    { "posts list --filter x=1", 1 },
  };
  g_autoptr (CliPlace) place = cli_place_new ();
  g_autoptr (Api) api = api_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (runs); i++)
    {
      g_autofree char *line =
          g_strdup_printf ("--debug --json --url http://me:hidden@%s api %s",
                           api->url + strlen ("http://"), runs[i].line);
      g_autoptr (CliResult) result = cli_place_run (place, line);

      g_assert_cmpint (result->status, ==, runs[i].status);
      g_assert_null (strstr (result->out, "hidden"));
      g_assert_null (strstr (result->err, "hidden"));
    }
  g_assert_nonnull (strstr (api->log->str, "GET /posts (Basic bWU6aGlkZGVu);"));
}

/* One folder, two addresses: two worlds. */
static void
test_api_two_addresses (void)
{
  g_autoptr (CliPlace) place = cli_place_new ();
  g_autoptr (Api) one = api_new ();
  g_autoptr (Api) two = api_new ();

  assert_api (one, place, "--cache c api posts list", 0, NULL, "miss: *",
              "GET /posts;");
  assert_api (two, place, "--cache c api posts list", 0, NULL, "miss: *",
              "GET /posts;");
  assert_api (one, place, "--cache c api posts list", 0, NULL, "hit: *", "");
  assert_api (two, place, "--cache c api posts list", 0, NULL, "hit: *", "");
  cli_assert (place, "--cache c cache clear", 0, "cleared c\n", "");
  assert_api (one, place, "--cache c api posts list", 0, NULL, "miss: *",
              "GET /posts;");
}

static void
test_api_escapes (void)
{
  g_autoptr (CliPlace) place = cli_place_new ();
  g_autoptr (Api) api = api_new ();

  assert_api (api, place, "api escape list", 0, "id  t\n 1  \\x1b[2J\\u202e\n",
              "miss: *", NULL);
}

/* What is odd about an answer is said; the rows are shown all the same. */
static void
test_api_notes (void)
{
  g_autoptr (CliPlace) place = cli_place_new ();
  g_autoptr (Api) api = api_new ();

  assert_api (api, place, "api twice list", 0, "id  t\n 1  new\n",
              "miss: 1 row, *\nnote: *\n", NULL);
}

static void
test_api_info (void)
{
  g_autoptr (CliPlace) place = cli_place_new ();
  g_autoptr (Api) api = api_new ();

  assert_api (api, place, "api posts info", 0,
              "resource *posts\n*capabilities *insert*", "", NULL);
  assert_api (api, place, "--json api posts info", 0,
              "{\"resource\": \"posts\", *\"capabilities\": [\"insert\"*]}\n", "",
              NULL);
}

static void
test_api_bad_profile (void)
{
  g_autoptr (CliPlace) place = cli_place_new ();

  cli_assert (place, "--profile ./missing.ini api posts list", 1, "",
              "vlive: *missing.ini*\n");
  cli_place_write (place, "broken.ini", "nothing of use\n");
  cli_assert (place, "--profile ./broken.ini api posts list", 1, "",
              "vlive: *broken.ini*\n");
  cli_assert (place, "--url nonsense api posts list", 2, "",
              "vlive: --url: The base URL *\n");
  cli_assert (place, "--url ftp://127.0.0.1 api posts list", 2, "",
              "vlive: --url: The base URL *\n");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cli/api/list", test_api_list);
  g_test_add_func ("/cli/api/get", test_api_get);
  g_test_add_func ("/cli/api/wrong-answers", test_api_wrong_answers);
  g_test_add_func ("/cli/api/ignored-filter", test_api_ignored_filter);
  g_test_add_func ("/cli/api/offline", test_api_offline);
  g_test_add_func ("/cli/api/not-modified", test_api_not_modified);
  g_test_add_func ("/cli/api/writes", test_api_writes);
  g_test_add_func ("/cli/api/rejected", test_api_rejected);
  g_test_add_func ("/cli/api/secrets", test_api_secrets);
  g_test_add_func ("/cli/api/two-addresses", test_api_two_addresses);
  g_test_add_func ("/cli/api/escapes", test_api_escapes);
  g_test_add_func ("/cli/api/notes", test_api_notes);
  g_test_add_func ("/cli/api/info", test_api_info);
  g_test_add_func ("/cli/api/bad-profile", test_api_bad_profile);

  return g_test_run ();
}
