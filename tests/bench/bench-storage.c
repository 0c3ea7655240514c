/* bench-storage.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "bench.h"

#include <fcntl.h>
#include <lmdb.h>
#include <unistd.h>

#include "storage/vlive-storage-private.h"

#define N_PAGES 500
#define PAGE_SIZE 15000
#define ENTRY_SIZE 300
#define GROUP 100

typedef struct
{
  VliveStorage *cache; /* owned; not synced */
  VliveStorage *queue; /* owned; synced */
  MDB_env *env;        /* owned; the same pages as cache, without us */
  MDB_env *synced;     /* owned; the same entries as queue */
  MDB_dbi dbi;
  MDB_txn *reader; /* owned */
  int log;         /* owned; appended to, and synced */
  guint number;    /* of the next page or entry */
  guint8 page[PAGE_SIZE];
} Data;

static const char *const databases[] = { "pages", NULL };

static void
set_key (char *key, guint number)
{
  g_snprintf (key, 16, "page-%08u", number);
}

static gboolean
get_job (VliveTxn *txn, gpointer user_data, GError **error)
{
  Data *data = user_data;
  char key[16];
  VliveSpan value;

  set_key (key, data->number % N_PAGES);
  if (!_vlive_txn_get (txn, 0, VLIVE_SPAN (key, strlen (key)), &value))
    return FALSE;
  memcpy (data->page, value.data, value.size);
  bench_sink += data->page[PAGE_SIZE / 2];

  return TRUE;
}

static void
ours_inline (gpointer user_data, guint n)
{
  Data *data = user_data;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < n; i++)
    {
      data->number += 7;
      _vlive_storage_read_inline (data->cache, get_job, data, &error);
      g_assert_no_error (error);
    }
}

static void
peer_read (gpointer user_data, guint n)
{
  Data *data = user_data;

  for (guint i = 0; i < n; i++)
    {
      char text[16];
      MDB_val key, value;

      data->number += 7;
      set_key (text, data->number % N_PAGES);
      key = (MDB_val){ strlen (text), text };
      g_assert_cmpint (mdb_txn_renew (data->reader), ==, 0);
      g_assert_cmpint (mdb_get (data->reader, data->dbi, &key, &value), ==, 0);
      memcpy (data->page, value.mv_data, value.mv_size);
      mdb_txn_reset (data->reader);
      bench_sink += data->page[PAGE_SIZE / 2];
    }
}

static void
finish (GAsyncResult **result)
{
  g_autoptr (GError) error = NULL;

  bench_wait (result);
  _vlive_storage_finish (*result, NULL, &error);
  g_assert_no_error (error);
  g_clear_object (result);
}

static void
ours_read (gpointer user_data, guint n)
{
  Data *data = user_data;

  for (guint i = 0; i < n; i++)
    {
      GAsyncResult *result = NULL;

      data->number += 7;
      _vlive_storage_read_async (data->cache, get_job, data, NULL, NULL,
                                 bench_result_cb, &result);
      finish (&result);
    }
}

static gboolean
put_page_job (VliveTxn *txn, gpointer user_data, GError **error)
{
  Data *data = user_data;
  char key[16];

  set_key (key, data->number % N_PAGES);
  _vlive_txn_put (txn, 0, VLIVE_SPAN (key, strlen (key)),
                  VLIVE_SPAN (data->page, PAGE_SIZE));

  return TRUE;
}

static void
ours_write (gpointer user_data, guint n)
{
  Data *data = user_data;

  for (guint i = 0; i < n; i++)
    {
      GAsyncResult *result = NULL;

      data->number += 7;
      _vlive_storage_write_async (data->cache, put_page_job, data, NULL, NULL,
                                  bench_result_cb, &result);
      finish (&result);
    }
}

static void
peer_write (gpointer user_data, guint n)
{
  Data *data = user_data;

  for (guint i = 0; i < n; i++)
    {
      char text[16];
      MDB_val key, value = { PAGE_SIZE, data->page };
      MDB_txn *txn;

      data->number += 7;
      set_key (text, data->number % N_PAGES);
      key = (MDB_val){ strlen (text), text };
      g_assert_cmpint (mdb_txn_begin (data->env, NULL, 0, &txn), ==, 0);
      g_assert_cmpint (mdb_put (txn, data->dbi, &key, &value, 0), ==, 0);
      g_assert_cmpint (mdb_txn_commit (txn), ==, 0);
    }
}

/* An entry of the outbox, at the end; the oldest of a thousand goes. */
static gboolean
append_job (VliveTxn *txn, gpointer user_data, GError **error)
{
  Data *data = user_data;
  guint64 last = data->number++;
  guint64 number = GUINT64_TO_BE (last);
  guint64 oldest = GUINT64_TO_BE (last - 1000);

  _vlive_txn_put_sealed (txn, 0, VLIVE_SPAN (&number, 8),
                         VLIVE_SPAN (data->page, ENTRY_SIZE));
  _vlive_txn_delete (txn, 0, VLIVE_SPAN (&oldest, 8));

  return TRUE;
}

static void
append_group (Data *data, guint n)
{
  GAsyncResult *results[GROUP] = { NULL };

  for (guint i = 0; i < n; i++)
    _vlive_storage_write_async (data->queue, append_job, data, NULL, NULL,
                                bench_result_cb, &results[i]);
  for (guint i = 0; i < n; i++)
    finish (&results[i]);
}

static void
log_group (Data *data, guint n)
{
  for (guint i = 0; i < n; i++)
    g_assert_cmpint (write (data->log, data->page, ENTRY_SIZE), ==, ENTRY_SIZE);
  g_assert_cmpint (fdatasync (data->log), ==, 0);
}

static void
ours_durable (gpointer user_data, guint n)
{
  for (guint i = 0; i < n; i++)
    append_group (user_data, 1);
}

static void
peer_durable (gpointer user_data, guint n)
{
  for (guint i = 0; i < n; i++)
    log_group (user_data, 1);
}

/* What of that is LMDB's: it syncs its pages, then its head. */
static void
peer_synced (gpointer user_data, guint n)
{
  Data *data = user_data;

  for (guint i = 0; i < n; i++)
    {
      guint64 last = data->number++;
      guint64 number = GUINT64_TO_BE (last);
      guint64 oldest = GUINT64_TO_BE (last - 1000);
      MDB_val key = { 8, &number }, old_key = { 8, &oldest };
      MDB_val value = { ENTRY_SIZE, data->page };
      MDB_txn *txn;

      g_assert_cmpint (mdb_txn_begin (data->synced, NULL, 0, &txn), ==, 0);
      g_assert_cmpint (mdb_put (txn, 1, &key, &value, 0), ==, 0);
      mdb_del (txn, 1, &old_key, NULL);
      g_assert_cmpint (mdb_txn_commit (txn), ==, 0);
    }
}

static void
ours_group (gpointer user_data, guint n)
{
  for (guint i = 0; i < n; i += GROUP)
    append_group (user_data, GROUP);
}

static void
peer_group (gpointer user_data, guint n)
{
  for (guint i = 0; i < n; i += GROUP)
    log_group (user_data, GROUP);
}

static void
open_ours (Data *data)
{
  VliveStorageOptions options = { VLIVE_STORAGE_DISPOSABLE, 0x48434e42, 1, databases };
  g_autofree char *cache = g_build_filename (bench_folder (), "cache.mdb", NULL);
  g_autofree char *queue = g_build_filename (bench_folder (), "queue.mdb", NULL);

  data->cache = _vlive_storage_open (cache, &options);
  options.kind = VLIVE_STORAGE_DURABLE;
  data->queue = _vlive_storage_open (queue, &options);
}

static MDB_env *
open_peer (const char *name, guint flags, const char *database, MDB_dbi *dbi)
{
  g_autofree char *path = g_build_filename (bench_folder (), name, NULL);
  MDB_env *env;
  MDB_txn *txn;

  g_assert_cmpint (mdb_env_create (&env), ==, 0);
  mdb_env_set_mapsize (env, (gsize) 1 << 34);
  mdb_env_set_maxdbs (env, 1);
  flags |= MDB_NOSUBDIR | MDB_NOTLS | MDB_NORDAHEAD;
  g_assert_cmpint (mdb_env_open (env, path, flags, 0600), ==, 0);
  g_assert_cmpint (mdb_txn_begin (env, NULL, 0, &txn), ==, 0);
  g_assert_cmpint (mdb_dbi_open (txn, database, MDB_CREATE, dbi), ==, 0);
  g_assert_cmpint (mdb_txn_commit (txn), ==, 0);

  return env;
}

static void
open_peers (Data *data)
{
  g_autofree char *log = g_build_filename (bench_folder (), "log", NULL);
  MDB_dbi main;

  data->env = open_peer ("peer.mdb", MDB_NOSYNC, "pages", &data->dbi);
  data->synced = open_peer ("synced.mdb", 0, NULL, &main);
  g_assert_cmpuint (main, ==, 1);
  g_assert_cmpint (mdb_txn_begin (data->env, NULL, MDB_RDONLY, &data->reader), ==, 0);
  mdb_txn_reset (data->reader);
  data->log = open (log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  g_assert_cmpint (data->log, >=, 0);
}

static void
closed_cb (gpointer user_data)
{
  --*(guint *) user_data;
}

static void
close_all (Data *data)
{
  guint n_open = 2;

  _vlive_storage_close (data->cache, closed_cb, &n_open);
  _vlive_storage_close (data->queue, closed_cb, &n_open);
  while (n_open > 0)
    g_main_context_iteration (NULL, TRUE);
  mdb_txn_abort (data->reader);
  mdb_env_close (data->env);
  mdb_env_close (data->synced);
  close (data->log);
}

int
main (int argc, char *argv[])
{
  g_autofree Data *data = g_new0 (Data, 1);

  bench_init (&argc, &argv, "storage");
  open_ours (data);
  open_peers (data);
  /* 7 and 500 have no common factor: every page once. */
  ours_write (data, N_PAGES);
  peer_write (data, N_PAGES);

  bench_pair ("a located page of 15 kB, read inline and copied",
              "raw LMDB: renew, get, copy", 2.0, ours_inline, peer_read, data, 20000);
  bench_single ("... through the reader thread", 25, ours_read, data, 2000);
  bench_pair ("a page written without a sync, until its caller knows",
              "raw LMDB: put, commit", 3, ours_write, peer_write, data, 2000);
  bench_pair ("a write made durable, one by one", "append, fdatasync", 1 / 0.6,
              ours_durable, peer_durable, data, 200);
  bench_pair ("a write made durable, 100 waiting", "append 100, fdatasync", 1 / 0.5,
              ours_group, peer_group, data, 100 * GROUP);
  bench_pair ("a write made durable, one by one", "raw LMDB: put, synced commit", 1.2,
              ours_durable, peer_synced, data, 200);
  close_all (data);

  return bench_end ();
}
