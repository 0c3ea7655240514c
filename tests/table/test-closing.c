/* test-closing.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include "store-fixture.h"
#include "store-peer.h"
#include "table-server.h"
#include "table-watch.h"

/*
 * Closing everything leaves no thread, descriptor, source or object, whatever
 * was under way: over every kind of master and cache, on a context of its own.
 */

#define N_ROUNDS 5

typedef struct
{
  VliveMaster *master;
  VliveCache *cache;
  VliveStore *store;
  VliveManualStream *stream;
  VliveTable *table;
  TableWatch *watch;
} World;

static void
open_world (World *w, const char *address, VliveCache *cache)
{
  w->master = peer_make_master (address);
  w->cache = cache;
  w->store = vlive_store_new (w->master, w->cache, "products");
  w->stream = vlive_manual_stream_new ();
  vlive_store_set_live_stream (w->store, VLIVE_LIVE_STREAM (w->stream));
  w->table = vlive_table_new (w->store, NULL);
  w->watch = table_watch_new (G_LIST_MODEL (w->table), TRUE);
}

/* What a session does: reads of all kinds, writes, events, a refresh. */
static void
use_world (World *w, gint64 value)
{
  g_autoptr (VliveWrite) write = store_fixture_make_patch ("a", value);
  g_autoptr (VliveChangeEvent) event =
      vlive_change_event_new (VLIVE_CHANGE_UPDATED, "b", NULL, 0);
  g_autoptr (GAsyncResult) wrote = NULL;
  g_autoptr (GAsyncResult) got = NULL;
  g_autoptr (GAsyncResult) listed = NULL;
  g_autoptr (GAsyncResult) counted = NULL;
  g_autoptr (VliveRecord) record = NULL;
  g_autoptr (VlivePage) page = NULL;
  g_autoptr (GError) error = NULL;

  VLIVE_TEST_WAIT (w->watch->rows->len == 3);
  vlive_store_write_async (w->store, write, NULL, vlive_test_result_cb, &wrote);
  vlive_store_list_async (w->store, NULL, 0, 0, VLIVE_READ_NONE, NULL,
                          vlive_test_result_cb, &listed);
  vlive_store_count_async (w->store, NULL, NULL, vlive_test_result_cb, &counted);
  VLIVE_TEST_WAIT (wrote != NULL && listed != NULL && counted != NULL);
  vlive_store_write_finish (w->store, wrote, &error);
  g_assert_no_error (error);
  page = vlive_store_list_finish (w->store, listed, NULL, &error);
  g_assert_no_error (error);
  vlive_manual_stream_push (w->stream, event);
  vlive_table_refresh (w->table);
  vlive_store_get_async (w->store, "a", VLIVE_READ_NONE, NULL, vlive_test_result_cb,
                         &got);
  VLIVE_TEST_WAIT (got != NULL);
  record = vlive_store_get_finish (w->store, got, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (store_fixture_get_value (record), ==, value);
}

typedef struct
{
  GAsyncResult *list;
  GAsyncResult *get;
  GAsyncResult *count;
  GAsyncResult *write;
  GAsyncResult *invalidate;
} Pending;

/* … and what it has begun when it ends. */
static void
begin_more (World *w, Pending *p)
{
  g_autoptr (VliveWrite) write = store_fixture_make_patch ("c", 77);
  g_autoptr (VliveChangeEvent) event =
      vlive_change_event_new (VLIVE_CHANGE_CHANGED, NULL, NULL, 0);

  vlive_store_list_async (w->store, NULL, 0, 2, VLIVE_READ_FORCE, NULL,
                          vlive_test_result_cb, &p->list);
  vlive_store_get_async (w->store, "c", VLIVE_READ_FORCE, NULL, vlive_test_result_cb,
                         &p->get);
  vlive_store_count_async (w->store, NULL, NULL, vlive_test_result_cb, &p->count);
  vlive_store_write_async (w->store, write, NULL, vlive_test_result_cb, &p->write);
  vlive_store_invalidate_async (w->store, NULL, "a", NULL, vlive_test_result_cb,
                                &p->invalidate);
  vlive_manual_stream_push (w->stream, event);
  vlive_table_refresh (w->table);
}

static void
pending_clear (Pending *p)
{
  g_clear_object (&p->list);
  g_clear_object (&p->get);
  g_clear_object (&p->count);
  g_clear_object (&p->write);
  g_clear_object (&p->invalidate);
}

static void
close_world (World *w, Pending *p)
{
  g_autoptr (GAsyncResult) closed = NULL;

  vlive_store_close_async (w->store, vlive_test_result_cb, &closed);
  VLIVE_TEST_WAIT (closed != NULL && p->list != NULL && p->get != NULL
                   && p->count != NULL && p->write != NULL && p->invalidate != NULL);
  g_clear_object (&closed);
  /* What had been sent is not lost. */
  g_assert_true (vlive_store_write_finish (w->store, p->write, NULL));
  pending_clear (p);
  table_watch_free (w->watch);
  g_assert_finalize_object (w->table);
  VLIVE_TEST_WAIT (G_OBJECT (w->store)->ref_count == 1);
  g_assert_finalize_object (w->store);
  g_assert_finalize_object (w->stream);
  VLIVE_TEST_WAIT (G_OBJECT (w->cache)->ref_count == 1);
  g_assert_finalize_object (w->cache);
  VLIVE_TEST_WAIT (G_OBJECT (w->master)->ref_count == 1);
  g_assert_finalize_object (w->master);
}

/* Nothing that is attached to @context will ever wake it: it has neither a time
 * nor a descriptor to wait for, but for its own. */
static gboolean
is_quiet (gpointer data)
{
  GMainContext *context = data;
  GPollFD fds[8];
  int priority, timeout, n_fds;
  gboolean ready;

  g_assert_true (g_main_context_acquire (context));
  ready = g_main_context_prepare (context, &priority);
  n_fds = g_main_context_query (context, G_MAXINT, &timeout, fds, G_N_ELEMENTS (fds));
  g_main_context_release (context);

  return !ready && timeout == -1 && n_fds == 1;
}

/* Threads of ours; GLib keeps some of its own for later. */
static guint
count_threads (void)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/task", 0, NULL);
  const char *name;
  guint n = 0;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename ("/proc/self/task", name, "comm", NULL);
      g_autofree char *comm = NULL;

      if (g_file_get_contents (path, &comm, NULL, NULL)
          && g_str_has_prefix (comm, "vlive"))
        n++;
    }

  return n;
}

static gboolean
has_no_threads (gpointer data)
{
  return count_threads () == 0;
}

/* The server's end of a connection is not ours: it notices late, if at all,
 * that the other end was closed in the middle of a request. */
static gboolean
is_of_server (int fd, guint port)
{
  struct sockaddr_in address = { 0 };
  socklen_t size = sizeof address;

  return port != 0 && getsockname (fd, (struct sockaddr *) &address, &size) == 0
         && address.sin_family == AF_INET && ntohs (address.sin_port) == port;
}

static guint
count_descriptors (guint port)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/fd", 0, NULL);
  const char *name;
  guint n = 0;

  while ((name = g_dir_read_name (dir)) != NULL)
    if (!is_of_server (atoi (name), port))
      n++;

  return n;
}

typedef struct
{
  GMainContext *context;
  guint port; /* of the server; 0: none */
  guint n_descriptors;
} Place;

static gboolean
has_closed_all (gpointer data)
{
  Place *place = data;

  return count_descriptors (place->port) == place->n_descriptors;
}

static void
assert_nothing_left (Place *place)
{
  vlive_test_assert_all_gone ();
  g_assert_true (vlive_test_wait (has_no_threads, NULL));
  g_assert_true (vlive_test_wait (is_quiet, place->context));
  g_assert_true (vlive_test_wait (has_closed_all, place));
}

static void
live_and_close (const char *address, VliveCache *cache, gint64 value)
{
  Pending pending = { NULL };
  World world;

  open_world (&world, address, cache);
  use_world (&world, value);
  begin_more (&world, &pending);
  close_world (&world, &pending);
}

static VliveCache *
make_cache (const char *folder, guint kind)
{
  if (kind == 0)
    return vlive_lmdb_cache_new (folder);

  return kind == 1 ? vlive_memory_cache_new () : vlive_null_cache_new ();
}

static void
run_rounds (const char *address, guint port)
{
  g_autofree char *folder = vlive_test_dup_folder ();
  g_autoptr (GMainContext) context = g_main_context_new ();
  Place place = { context, port, 0 };

  g_main_context_push_thread_default (context);
  /* The first time GLib opens what it keeps. */
  live_and_close (address, make_cache (folder, 0), 1);
  vlive_test_assert_all_gone ();
  g_assert_true (vlive_test_wait (is_quiet, context));
  place.n_descriptors = count_descriptors (port);
  for (guint i = 0; i < 3 * N_ROUNDS; i++)
    {
      live_and_close (address, make_cache (folder, i % 3), 10 + i);
      assert_nothing_left (&place);
    }
  g_main_context_pop_thread_default (context);
}

static void
test_local (void)
{
  g_autofree char *folder = vlive_test_dup_folder ();
  g_autofree char *path = g_build_filename (folder, "products.vlive", NULL);

  peer_seed (path);
  vlive_test_assert_all_gone ();
  run_rounds (path, 0);
}

static void
test_rest (void)
{
  TableServer server;

  table_server_start (&server);
  run_rounds (server.url, server.port);
  table_server_stop (&server);
}

int
main (int argc, char **argv)
{
  vlive_test_init (&argc, &argv);

  g_test_add_func ("/table/closing/local", test_local);
  g_test_add_func ("/table/closing/rest", test_rest);

  return vlive_test_run ();
}
