/* table-server.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "table-server.h"

#include <json-glib/json-glib.h>
#include <libsoup/soup.h>

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

static char *
dup_row (TableServer *server, guint index)
{
  if (index >= G_N_ELEMENTS (server->values))
    return g_strdup_printf ("{\"id\": \"m%u\", \"value\": %u}", index, index);

  return g_strdup_printf ("{\"id\": \"%c\", \"value\": %" G_GINT64_FORMAT "}",
                          'a' + index, server->values[index]);
}

static gboolean
answer_late_cb (gpointer data)
{
  soup_server_message_unpause (data);

  return G_SOURCE_REMOVE;
}

/* What it says is what is true now; it is said later. */
static void
delay (TableServer *server, SoupServerMessage *message)
{
  guint ms = (guint) g_atomic_int_get (&server->delay_ms);
  GSource *source;

  if (ms == 0)
    return;

  soup_server_message_pause (message);
  source = g_timeout_source_new (ms);
  g_source_set_callback (source, answer_late_cb, g_object_ref (message),
                         g_object_unref);
  g_source_attach (source, server->context);
  g_source_unref (source);
}

static void
answer (SoupServerMessage *message, const char *body)
{
#ifdef CHECKS_LEAKS
  /* … and the socket of a connection that the other end closed. */
  __lsan_ignore_object (soup_server_message_get_socket (message));
#endif
  soup_server_message_set_status (message, 200, NULL);
  soup_server_message_set_response (message, "application/json", SOUP_MEMORY_COPY, body,
                                    strlen (body));
}

static void
take_value (SoupServerMessage *message, gint64 *value)
{
  SoupMessageBody *body = soup_server_message_get_request_body (message);
  g_autoptr (JsonNode) node = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = g_strndup (body->data, (gsize) body->length);

  node = json_from_string (text, &error);
  g_assert_no_error (error);
  *value = json_object_get_int_member (json_node_get_object (node), "value");
}

static void
row_cb (SoupServer *soup,
        SoupServerMessage *message,
        const char *path,
        GHashTable *query,
        gpointer data)
{
  TableServer *server = data;
  guint index = (guint) (path[strlen ("/products/")] - 'a');
  g_autofree char *row = NULL;

  g_assert_cmpuint (index, <, 3);
  if (strcmp (soup_server_message_get_method (message), "PATCH") == 0)
    {
      g_atomic_int_inc (&server->n_writes);
      take_value (message, &server->values[index]);
    }
  else
    {
      g_atomic_int_inc (&server->n_reads);
      delay (server, message);
    }
  row = dup_row (server, index);
  answer (message, row);
}

static guint64
get_number (GHashTable *query, const char *name, guint64 otherwise)
{
  const char *text = query != NULL ? g_hash_table_lookup (query, name) : NULL;

  return text != NULL ? g_ascii_strtoull (text, NULL, 10) : otherwise;
}

static void
list_cb (SoupServer *soup,
         SoupServerMessage *message,
         const char *path,
         GHashTable *query,
         gpointer data)
{
  TableServer *server = data;
  guint64 n_rows =
      G_N_ELEMENTS (server->values) + (guint) g_atomic_int_get (&server->n_more);
  guint64 first = MIN (get_number (query, "_start", 0), n_rows);
  guint64 end = first + MIN (get_number (query, "_limit", n_rows), n_rows - first);
  const char *total = g_atomic_pointer_get (&server->total);
  g_autoptr (GString) rows = g_string_new ("[");

  for (guint64 i = first; i < end; i++)
    {
      g_autofree char *row = dup_row (server, (guint) i);

      g_string_append_printf (rows, "%s%s", i > first ? ", " : "", row);
    }
  g_string_append_c (rows, ']');
  if (total != NULL)
    soup_message_headers_replace (soup_server_message_get_response_headers (message),
                                  "X-Total-Count", total);
  g_atomic_int_inc (&server->n_reads);
  delay (server, message);
  answer (message, rows->str);
}

static void
listen_here (TableServer *server, SoupServer *soup)
{
  g_autoptr (GError) error = NULL;
  GSList *uris;

  soup_server_add_handler (soup, "/products", list_cb, server, NULL);
  soup_server_add_handler (soup, "/products/", row_cb, server, NULL);
  /* libsoup loses the address that it listens at, once a server. */
#ifdef CHECKS_LEAKS
  __lsan_disable ();
#endif
  soup_server_listen_local (soup, server->port, SOUP_SERVER_LISTEN_IPV4_ONLY, &error);
#ifdef CHECKS_LEAKS
  __lsan_enable ();
#endif
  g_assert_no_error (error);
  uris = soup_server_get_uris (soup);
  server->port = (guint) g_uri_get_port (uris->data);
  g_atomic_pointer_set (&server->url, g_strdup_printf ("http://127.0.0.1:%d",
                                                       g_uri_get_port (uris->data)));
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
}

static gpointer
serve (gpointer data)
{
  TableServer *server = data;
  SoupServer *soup;

  g_main_context_push_thread_default (server->context);
  soup = soup_server_new (NULL, NULL);
  listen_here (server, soup);
  g_main_loop_run (server->loop);
  soup_server_disconnect (soup);
  g_object_unref (soup);
  while (g_main_context_iteration (server->context, FALSE))
    ;
  g_main_context_pop_thread_default (server->context);

  return NULL;
}

void
table_server_start (TableServer *server)
{
  table_server_start_at (server, 0);
}

void
table_server_start_at (TableServer *server, guint port)
{
  *server = (TableServer){ .values = { 1, 2, 3 }, .port = port };
  server->context = g_main_context_new ();
  server->loop = g_main_loop_new (server->context, FALSE);
  server->thread = g_thread_new ("server", serve, server);
  VLIVE_TEST_WAIT (g_atomic_pointer_get (&server->url) != NULL);
}

void
table_server_stop (TableServer *server)
{
  g_main_loop_quit (server->loop);
  g_thread_join (server->thread);
  g_main_loop_unref (server->loop);
  g_main_context_unref (server->context);
  g_free (server->url);
}
