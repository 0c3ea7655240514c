/* test-store-processes.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <json-glib/json-glib.h>
#include <libsoup/soup.h>

#include "store-fixture.h"
#include "store-peer.h"

/* Two processes on one cache folder and one master. */

#define N_ROUNDS 500 /* of two writes */

/*
 * A REST server with three rows, on a thread of its own: whoever waits for the
 * other process answers nobody.
 */
typedef struct
{
  GThread *thread;
  GMainContext *context;
  GMainLoop *loop;
  char *url;
  gint64 values[3]; /* of a, b and c */
  guint delay_ms;   /* atomic: so late go the answers to reads off */
  guint n_reads;    /* atomic */
  guint n_writes;   /* atomic */
} Server;

static char *
dup_row (Server *server, guint index)
{
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
delay (Server *server, SoupServerMessage *message)
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
  Server *server = data;
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

static void
list_cb (SoupServer *soup,
         SoupServerMessage *message,
         const char *path,
         GHashTable *query,
         gpointer data)
{
  Server *server = data;
  g_autofree char *a = dup_row (server, 0);
  g_autofree char *b = dup_row (server, 1);
  g_autofree char *c = dup_row (server, 2);
  g_autofree char *rows = g_strdup_printf ("[%s, %s, %s]", a, b, c);

  g_atomic_int_inc (&server->n_reads);
  delay (server, message);
  answer (message, rows);
}

static void
listen_here (Server *server, SoupServer *soup)
{
  g_autoptr (GError) error = NULL;
  GSList *uris;

  soup_server_add_handler (soup, "/products", list_cb, server, NULL);
  soup_server_add_handler (soup, "/products/", row_cb, server, NULL);
  soup_server_listen_local (soup, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, &error);
  g_assert_no_error (error);
  uris = soup_server_get_uris (soup);
  g_atomic_pointer_set (&server->url, g_strdup_printf ("http://127.0.0.1:%d",
                                                       g_uri_get_port (uris->data)));
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
}

static gpointer
serve (gpointer data)
{
  Server *server = data;
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

static void
server_start (Server *server)
{
  *server = (Server){ .values = { 1, 2, 3 } };
  server->context = g_main_context_new ();
  server->loop = g_main_loop_new (server->context, FALSE);
  server->thread = g_thread_new ("server", serve, server);
  VLIVE_TEST_WAIT (g_atomic_pointer_get (&server->url) != NULL);
}

static void
server_stop (Server *server)
{
  g_main_loop_quit (server->loop);
  g_thread_join (server->thread);
  g_main_loop_unref (server->loop);
  g_main_context_unref (server->context);
  g_free (server->url);
}

typedef struct
{
  char *folder; /* of the cache */
  VliveMaster *master;
  VliveCache *cache;
  VliveStore *store;
  Peer peer;
} Fixture;

static void
open_both (Fixture *f, const char *address)
{
  f->folder = vlive_test_dup_folder ();
  f->master = peer_make_master (address);
  f->cache = vlive_lmdb_cache_new (f->folder);
  f->store = vlive_store_new (f->master, f->cache, "products");
  vlive_store_set_stale_after (f->store, G_MAXUINT);
  peer_start (&f->peer, f->folder, address);
}

static void
close_both (Fixture *f)
{
  g_autoptr (GAsyncResult) closed = NULL;

  peer_end (&f->peer);
  vlive_store_close_async (f->store, vlive_test_result_cb, &closed);
  VLIVE_TEST_WAIT (closed != NULL);
  g_clear_object (&closed);
  g_assert_finalize_object (f->store);
  g_assert_finalize_object (f->cache);
  g_assert_finalize_object (f->master);
  vlive_test_assert_all_gone ();
  g_free (f->folder);
}

static void
list_async (Fixture *f, GAsyncResult **result)
{
  vlive_store_list_async (f->store, NULL, 0, 100, VLIVE_READ_NONE, NULL,
                          vlive_test_result_cb, result);
}

static gint64
list_finish (Fixture *f, GAsyncResult **result, const char *id, VliveOutcome *outcome)
{
  g_auto (VliveReading) reading = { 0 };
  g_autoptr (VlivePage) page = NULL;
  g_autoptr (GError) error = NULL;

  VLIVE_TEST_WAIT (*result != NULL);
  page = vlive_store_list_finish (f->store, *result, &reading, &error);
  g_assert_no_error (error);
  g_clear_object (result);
  *outcome = reading.outcome;

  return store_fixture_get_value (_vlive_page_find (page, id));
}

static gint64
list_value (Fixture *f, const char *id, VliveOutcome *outcome)
{
  GAsyncResult *result = NULL;

  list_async (f, &result);

  return list_finish (f, &result, id, outcome);
}

static void
patch (Fixture *f, const char *id, gint64 value)
{
  g_autoptr (VliveWrite) write = store_fixture_make_patch (id, value);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  vlive_store_write_async (f->store, write, NULL, vlive_test_result_cb, &result);
  VLIVE_TEST_WAIT (result != NULL);
  vlive_store_write_finish (f->store, result, &error);
  g_assert_no_error (error);
}

static void
assert_peer (Fixture *f, const char *what, const char *id, const char *expected)
{
  g_autofree char *got = peer_ask (&f->peer, what, id, 0);

  g_assert_cmpstr (got, ==, expected);
}

/* Both write, and both read after each write, whatever they read before: never
 * an older value. How it was read is told by @outcome; NULL: not asserted. */
static void
write_and_read (Fixture *f, const char *outcome)
{
  for (gint64 n = 10; n < 10 + N_ROUNDS; n++)
    {
      const char *what = n % 3 == 0 ? "get" : "read";
      g_autofree char *read = NULL;
      g_autofree char *wrote = NULL;
      g_auto (GStrv) words = NULL;
      VliveOutcome mine;

      patch (f, "a", 2 * n);
      read = peer_ask (&f->peer, what, "a", 0);
      words = g_strsplit (read, " ", 2);
      g_assert_cmpint (g_ascii_strtoll (words[0], NULL, 10), ==, 2 * n);
      if (outcome != NULL)
        g_assert_cmpstr (words[1], ==, outcome);
      g_assert_cmpint (list_value (f, "a", &mine), ==, 2 * n);
      wrote = peer_ask (&f->peer, "write", "a", 2 * n + 1);
      g_assert_cmpstr (wrote, ==, "ok");
      g_assert_cmpint (list_value (f, "a", &mine), ==, 2 * n + 1);
      if (outcome != NULL)
        g_assert_cmpstr (_vlive_outcome_to_text (mine), ==, outcome);
    }
}

static void
seed (const char *path)
{
  VliveLocalMaster *master = vlive_local_master_new (path, "products");
  g_autoptr (VliveRecord) a = vlive_array_master_make ("a", 1);
  g_autoptr (VliveRecord) b = vlive_array_master_make ("b", 2);
  VliveRecord *records[] = { a, b };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  vlive_local_master_replace_all_async (master, records, 2, NULL, vlive_test_result_cb,
                                        &result);
  VLIVE_TEST_WAIT (result != NULL);
  vlive_local_master_replace_all_finish (master, result, &error);
  g_assert_no_error (error);
  g_clear_object (&result);
  g_assert_finalize_object (master);
}

/* A master that tells by a number what has changed. */
static void
test_local (void)
{
  g_autofree char *folder = vlive_test_dup_folder ();
  g_autofree char *path = g_build_filename (folder, "products.vlive", NULL);
  Fixture f;

  seed (path);
  open_both (&f, path);
  write_and_read (&f, NULL);
  close_both (&f);
}

/* One that tells nothing: all that either process knows of the other's writes
 * it knows from the cache. Nobody asks twice. */
static void
test_rest (void)
{
  VliveOutcome outcome;
  Server server;
  Fixture f;

  server_start (&server);
  open_both (&f, server.url);
  g_assert_cmpint (list_value (&f, "a", &outcome), ==, 1);
  g_assert_cmpint (outcome, ==, VLIVE_OUTCOME_MISS);
  write_and_read (&f, "hit");
  g_assert_cmpint (g_atomic_int_get (&server.n_writes), ==, 2 * N_ROUNDS);
  g_assert_cmpint (g_atomic_int_get (&server.n_reads), ==, 1);

  /* … nor does one that has just been started. */
  peer_end (&f.peer);
  peer_start (&f.peer, f.folder, server.url);
  assert_peer (&f, "get", "a", "1019 hit");
  assert_peer (&f, "get", "b", "2 hit");
  assert_peer (&f, "read", "a", "1019 hit");
  g_assert_cmpint (g_atomic_int_get (&server.n_reads), ==, 1);
  close_both (&f);
  server_stop (&server);
}

/* A read of 200 ms that began before the other one's write does not put the old
 * row back, for itself or for anybody. */
static void
test_slow_read (void)
{
  g_autofree char *wrote = NULL;
  GAsyncResult *before = NULL;
  VliveOutcome outcome;
  Server server;
  Fixture f;

  server_start (&server);
  open_both (&f, server.url);
  g_atomic_int_set (&server.delay_ms, 200);
  list_async (&f, &before);
  VLIVE_TEST_WAIT (g_atomic_int_get (&server.n_reads) == 1);
  wrote = peer_ask (&f.peer, "write", "b", 20);
  g_assert_cmpstr (wrote, ==, "ok");
  g_assert_null (before);
  g_assert_cmpint (list_finish (&f, &before, "b", &outcome), ==, 20);
  g_assert_cmpint (outcome, ==, VLIVE_OUTCOME_MISS);
  g_assert_cmpint (list_value (&f, "b", &outcome), ==, 20);
  assert_peer (&f, "read", "b", "20 hit");
  assert_peer (&f, "get", "b", "20 hit");
  g_assert_cmpint (g_atomic_int_get (&server.n_reads), ==, 1);
  close_both (&f);
  server_stop (&server);
}

int
main (int argc, char **argv)
{
  vlive_test_init (&argc, &argv);

  g_test_add_func ("/table/store-processes/local", test_local);
  g_test_add_func ("/table/store-processes/rest", test_rest);
  g_test_add_func ("/table/store-processes/slow-read", test_slow_read);

  return vlive_test_run ();
}
