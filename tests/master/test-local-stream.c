/* test-local-stream.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <glib/gstdio.h>

#include "local-fixture.h"
#include "storage/vlive-hub-private.h"
#include "stream-conformance.h"

#define SECOND G_USEC_PER_SEC

/* @writer is another one of the same file; the stream and its master go by a
 * clock of their own. */
typedef struct
{
  char *folder;
  char *path;
  VliveClock *clock;
  VliveLocalMaster *master;
  VliveLocalMaster *writer;
  VliveLiveStream *stream;
  GString *log;
  guint n_events;
  guint n_errors; /* notifications of "error" */
} Fixture;

static void
up_cb (VliveLiveStream *stream, gboolean resumed, gpointer data)
{
  Fixture *f = data;

  g_string_append (f->log, resumed ? "resumed;" : "up;");
}

static void
event_cb (VliveLiveStream *stream, VliveChangeEvent *event, gpointer data)
{
  static const char *const kinds[] = { "changed", "inserted", "updated", "deleted" };
  VliveRecord *record = vlive_change_event_get_record (event);
  const char *id = vlive_change_event_get_id (event);
  Fixture *f = data;

  f->n_events++;
  g_string_append_printf (f->log, "%s", kinds[vlive_change_event_get_kind (event)]);
  if (id != NULL)
    g_string_append_printf (f->log, " %s", id);
  if (record != NULL)
    {
      g_autofree char *price = vlive_record_dup_field_text (record, "price");

      g_assert_cmpstr (vlive_record_get_id (record), ==, id);
      g_string_append_printf (f->log, " %s", price);
    }
  g_string_append_printf (f->log, " @%" G_GUINT64_FORMAT ";",
                          vlive_change_event_get_version (event));
}

static void
error_cb (VliveLiveStream *stream, GParamSpec *pspec, gpointer data)
{
  Fixture *f = data;

  f->n_errors++;
}

static void
open_stream (Fixture *f)
{
  f->master = vlive_local_master_new (f->path, "things");
  _vlive_local_master_set_clock (f->master, f->clock);
  f->stream = vlive_master_create_stream (VLIVE_MASTER (f->master));
  g_assert_true (VLIVE_IS_LOCAL_STREAM (f->stream));
  g_signal_connect (f->stream, "up", G_CALLBACK (up_cb), f);
  g_signal_connect (f->stream, "event", G_CALLBACK (event_cb), f);
  g_signal_connect (f->stream, "notify::error", G_CALLBACK (error_cb), f);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  f->folder = vlive_test_dup_folder ();
  f->path = g_build_filename (f->folder, "test.vlive", NULL);
  f->clock = _vlive_clock_new_manual (100 * SECOND, 1000 * SECOND);
  f->log = g_string_new (NULL);
  f->writer = vlive_local_master_new (f->path, "things");
  open_stream (f);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  if (f->stream != NULL)
    g_assert_finalize_object (f->stream);
  if (f->master != NULL)
    g_assert_finalize_object (f->master);
  g_assert_finalize_object (f->writer);
  g_object_unref (f->clock);
  vlive_test_assert_all_gone ();
  g_assert_cmpuint (_vlive_local_n_files (), ==, 0);
  g_string_free (f->log, TRUE);
  g_free (f->path);
  g_free (f->folder);
}

static VliveStreamState
get_state (Fixture *f)
{
  return vlive_live_stream_get_state (f->stream);
}

static void
wait_log (Fixture *f, const char *expected)
{
  gint64 deadline = g_get_monotonic_time () + vlive_test_patience_us ();

  while (f->log->len < strlen (expected) && g_get_monotonic_time () < deadline)
    vlive_test_turn ();
  g_assert_cmpstr (f->log->str, ==, expected);
  g_string_truncate (f->log, 0);
}

static void
assert_quiet (Fixture *f)
{
  vlive_test_spin (50);
  g_assert_cmpstr (f->log->str, ==, "");
}

static void
insert (Fixture *f, const char *id, int price)
{
  g_autofree char *fields = g_strdup_printf ("{'price': <%d>}", price);

  local_do (f->writer, VLIVE_WRITE_INSERT, id, fields);
}

static void
patch (Fixture *f, const char *id, int price)
{
  g_autofree char *fields = g_strdup_printf ("{'price': <%d>}", price);

  local_do (f->writer, VLIVE_WRITE_PATCH, id, fields);
}

static void
patched_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VliveReply) reply =
      vlive_master_apply_finish (VLIVE_MASTER (source), result, &error);

  g_assert_no_error (error);
  g_assert_nonnull (reply);
  --*(guint *) data;
}

/* In commits of many. */
static void
patch_often (Fixture *f, const char *id, guint n)
{
  g_autoptr (VliveRecord) fields = local_fields (NULL, "{'price': <1>}");
  guint n_left = n;

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (VliveWrite) write = vlive_write_new (VLIVE_WRITE_PATCH, id, fields);

      vlive_master_apply_async (VLIVE_MASTER (f->writer), write, NULL, patched_cb,
                                &n_left);
    }
  VLIVE_TEST_WAIT (n_left == 0);
}

static void
start_up (Fixture *f)
{
  vlive_live_stream_start (f->stream);
  wait_log (f, "up;");
}

/* With its record and version, one by one; from another master of this
 * process and from the stream's own. */
static void
test_events (Fixture *f, gconstpointer data)
{
  insert (f, "a", 1);
  start_up (f);
  insert (f, "b", 2);
  patch (f, "b", 3);
  patch (f, "b", 4);
  local_do (f->master, VLIVE_WRITE_REPLACE, "a", "{'price': <5>}");
  local_do (f->writer, VLIVE_WRITE_DELETE, "b", NULL);
  wait_log (f, "inserted b 2 @2;updated b 3 @3;updated b 4 @4;updated a 5 @5;"
               "deleted b @6;");
  assert_quiet (f);
}

/* What changes everything is told in one word. */
static void
test_changed (Fixture *f, gconstpointer data)
{
  g_autoptr (GPtrArray) records = local_seed ();
  g_autoptr (GString) csv = g_string_new ("id,price\n");
  g_autofree char *path = g_build_filename (f->folder, "rows.csv", NULL);
  g_autoptr (GError) error = NULL;

  insert (f, "1", 1);
  start_up (f);
  g_assert_true (local_replace_all (f->writer, records, &error));
  g_assert_no_error (error);
  wait_log (f, "changed @2;");
  for (guint i = 0; i < 6000; i++)
    g_string_append_printf (csv, "%u,%u\n", i, i);
  g_assert_true (g_file_set_contents (path, csv->str, -1, NULL));
  g_assert_cmpint (local_import (f->writer, path, VLIVE_IMPORT_CSV, TRUE, &error), ==,
                   6000);
  g_assert_no_error (error);
  wait_log (f, "changed @3;");
  local_do (f->writer, VLIVE_WRITE_DELETE_ALL, NULL, NULL);
  wait_log (f, "changed @4;");
  assert_quiet (f);
}

/* Another table of the file is none of its business. */
static void
test_other_table (Fixture *f, gconstpointer data)
{
  g_autoptr (VliveLocalMaster) other = vlive_local_master_new (f->path, "others");

  insert (f, "a", 1);
  start_up (f);
  local_do (other, VLIVE_WRITE_INSERT, "x", "{'price': <9>}");
  assert_quiet (f);
  insert (f, "b", 2);
  wait_log (f, "inserted b 2 @2;");
}

/* What the log no longer holds cannot be told: everything may be stale. */
static void
test_gap_while_stopped (Fixture *f, gconstpointer data)
{
  insert (f, "a", 1);
  start_up (f);
  vlive_live_stream_stop (f->stream);
  patch_often (f, "a", VLIVE_LOCAL_MAX_LOG);
  vlive_live_stream_start (f->stream);
  VLIVE_TEST_WAIT (f->n_events == VLIVE_LOCAL_MAX_LOG);
  g_assert_true (g_str_has_prefix (f->log->str, "resumed;updated a 1 @2;"));
  vlive_live_stream_stop (f->stream);
  g_string_truncate (f->log, 0);

  /* One more than it holds. */
  patch_often (f, "a", VLIVE_LOCAL_MAX_LOG + 1);
  vlive_live_stream_start (f->stream);
  wait_log (f, "up;");
  assert_quiet (f);
  patch (f, "a", 7);
  wait_log (f, "updated a 7 @10003;");
}

/* The same to one that is up, and too slow. */
static void
test_gap_while_live (Fixture *f, gconstpointer data)
{
  insert (f, "a", 1);
  start_up (f);
  vlive_local_master_set_latency (f->master, 1000);
  patch_often (f, "a", VLIVE_LOCAL_MAX_LOG + 1);
  assert_quiet (f);
  _vlive_clock_advance (f->clock, SECOND / 2);
  wait_log (f, "changed @5002;");
  g_assert_cmpint (get_state (f), ==, VLIVE_STREAM_LIVE);
  vlive_local_master_set_latency (f->master, 0);
  patch (f, "a", 7);
  _vlive_clock_advance (f->clock, SECOND);
  wait_log (f, "updated a 7 @5003;");
}

/* A page's worth a dispatch, however many there are. */
static void
test_bounded (Fixture *f, gconstpointer data)
{
  guint before;

  insert (f, "a", 1);
  start_up (f);
  vlive_live_stream_stop (f->stream);
  patch_often (f, "a", 1000);
  vlive_live_stream_start (f->stream);
  do
    {
      before = f->n_events;
      vlive_test_turn ();
      g_assert_cmpuint (f->n_events - before, <=, 128);
    }
  while (f->n_events < 1000);
}

/* Nor more than a few large ones. */
static void
test_bounded_bytes (Fixture *f, gconstpointer data)
{
  g_autofree char *text = g_strnfill (100 * 1024, 'x');
  g_autofree char *fields = g_strdup_printf ("{'note': <'%s'>}", text);
  guint before;

  insert (f, "a", 1);
  start_up (f);
  vlive_live_stream_stop (f->stream);
  for (guint i = 0; i < 10; i++)
    local_do (f->writer, VLIVE_WRITE_PATCH, "a", fields);
  vlive_live_stream_start (f->stream);
  do
    {
      before = f->n_events;
      vlive_test_turn ();
      g_assert_cmpuint (f->n_events - before, <=, 3);
    }
  while (f->n_events < 10);
}

/* Another file in the place of the one it knew. */
static void
test_other_file (Fixture *f, gconstpointer data)
{
  insert (f, "a", 1);
  start_up (f);
  vlive_live_stream_stop (f->stream);
  g_assert_finalize_object (f->writer);
  VLIVE_TEST_WAIT (_vlive_storage_n_open () == 0 || f->master != NULL);
  g_assert_finalize_object (g_steal_pointer (&f->master));
  VLIVE_TEST_WAIT (_vlive_storage_n_open () == 0);
  g_assert_cmpint (g_unlink (f->path), ==, 0);

  f->writer = vlive_local_master_new (f->path, "things");
  insert (f, "a", 1);
  insert (f, "b", 1);
  vlive_live_stream_start (f->stream);
  wait_log (f, "up;changed @2;");
  insert (f, "c", 1);
  wait_log (f, "inserted c 1 @3;");
}

static void
unlink_all (const char *path)
{
  static const char *const ends[] = { "", "-lock", "-wake" };

  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      g_autofree char *name = g_strconcat (path, ends[i], NULL);

      g_assert_cmpint (g_unlink (name), ==, 0);
    }
}

/* By another process, without a turn of the main loop. It waits for a line before
 * each patch, and for none before an import: it may be gone when one comes. */
static void
write_elsewhere (Fixture *f, const char *verb, const char *id, const char *n)
{
  GSubprocessFlags flags =
      n != NULL ? G_SUBPROCESS_FLAGS_STDIN_PIPE : G_SUBPROCESS_FLAGS_NONE;
  g_autofree char *program =
      g_test_build_filename (G_TEST_BUILT, "master", "local-peer", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) peer =
      g_subprocess_new (flags | G_SUBPROCESS_FLAGS_STDOUT_SILENCE, &error, program,
                        verb, f->path, id, n, NULL);

  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (peer, n != NULL ? "\n" : NULL, NULL, NULL, NULL,
                                 &error);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_get_successful (peer));
}

/* The file is taken away under everybody's eyes: the stream is down. Another one
 * comes, of another process: it is found, by the stream and by who reads. */
static void
test_file_goes (Fixture *f, gconstpointer data)
{
  g_autofree char *csv = g_build_filename (f->folder, "rows.csv", NULL);
  g_autoptr (VliveRecord) record = NULL;
  g_autofree char *ids = NULL;
  g_autoptr (GError) error = NULL;
  guint64 sequence;

  insert (f, "a", 1);
  start_up (f);
  unlink_all (f->path);
  assert_quiet (f);
  _vlive_clock_advance (f->clock, SECOND);
  VLIVE_TEST_WAIT (get_state (f) == VLIVE_STREAM_WAITING);
  g_assert_error (vlive_local_stream_get_error (VLIVE_LOCAL_STREAM (f->stream)),
                  VLIVE_ERROR, VLIVE_ERROR_NOT_FOUND);
  g_assert_false (vlive_master_peek_sequence (VLIVE_MASTER (f->master), &sequence));
  record = local_get (f->master, "a", &error);
  g_assert_null (record);
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_NOT_FOUND);

  g_assert_true (g_file_set_contents (csv, "id,price\n1,7\n2,8\n", -1, NULL));
  write_elsewhere (f, "import", csv, NULL);
  _vlive_clock_advance (f->clock, SECOND);
  wait_log (f, "up;changed @1;");
  ids = local_ids (f->master, NULL, 0, 10);
  g_assert_cmpstr (ids, ==, "1 2");
  insert (f, "3", 9);
  write_elsewhere (f, "patch", "2", "1");
  wait_log (f, "inserted 3 9 @2;updated 2 8 @3;");
}

/* Moved away and back it is the same one. */
static void
test_file_comes_back (Fixture *f, gconstpointer data)
{
  g_autofree char *away = g_strconcat (f->path, ".away", NULL);

  insert (f, "1", 1);
  start_up (f);
  g_assert_cmpint (g_rename (f->path, away), ==, 0);
  _vlive_clock_advance (f->clock, SECOND);
  VLIVE_TEST_WAIT (get_state (f) == VLIVE_STREAM_WAITING);
  g_assert_cmpint (g_rename (away, f->path), ==, 0);
  insert (f, "2", 2);
  _vlive_clock_advance (f->clock, SECOND);
  wait_log (f, "resumed;inserted 2 2 @2;");
}

static char *
read_file (const char *path, gsize *size)
{
  g_autoptr (GError) error = NULL;
  char *contents = NULL;

  g_file_get_contents (path, &contents, size, &error);
  g_assert_no_error (error);

  return contents;
}

static void
close_all (Fixture *f)
{
  g_assert_finalize_object (g_steal_pointer (&f->writer));
  if (f->master != NULL)
    g_assert_finalize_object (g_steal_pointer (&f->master));
  VLIVE_TEST_WAIT (_vlive_storage_n_open () == 0);
  VLIVE_TEST_WAIT (_vlive_census_get (VLIVE_CENSUS_STORAGE) == 0);
}

/* One that was brought back from a copy is behind where we were. */
static void
test_restored_file (Fixture *f, gconstpointer data)
{
  g_autofree char *copy = NULL;
  gsize size;

  insert (f, "a", 1);
  close_all (f);
  copy = read_file (f->path, &size);
  f->writer = vlive_local_master_new (f->path, "things");
  insert (f, "b", 2);
  insert (f, "c", 2);
  start_up (f);
  vlive_live_stream_stop (f->stream);
  close_all (f);
  g_assert_true (g_file_set_contents (f->path, copy, (gssize) size, NULL));

  f->writer = vlive_local_master_new (f->path, "things");
  vlive_live_stream_start (f->stream);
  wait_log (f, "up;changed @1;");
  patch (f, "a", 3);
  wait_log (f, "updated a 3 @2;");
}

/* Nothing there yet: it is looked for, and found. */
static void
test_missing (Fixture *f, gconstpointer data)
{
  const GError *error;

  vlive_live_stream_start (f->stream);
  VLIVE_TEST_WAIT (get_state (f) == VLIVE_STREAM_WAITING);
  error = vlive_local_stream_get_error (VLIVE_LOCAL_STREAM (f->stream));
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (error->message, "seed or import it first"));
  insert (f, "a", 1);
  assert_quiet (f);
  _vlive_clock_advance (f->clock, SECOND);
  wait_log (f, "up;");
  g_assert_null (vlive_local_stream_get_error (VLIVE_LOCAL_STREAM (f->stream)));
  insert (f, "b", 2);
  wait_log (f, "inserted b 2 @2;");
}

/* It is looked for once a second and no oftener than that. */
static void
test_missing_long (Fixture *f, gconstpointer data)
{
  vlive_live_stream_start (f->stream);
  VLIVE_TEST_WAIT (f->n_errors == 1);
  for (guint i = 0; i < 10; i++)
    {
      guint before = f->n_errors;

      _vlive_clock_advance (f->clock, SECOND);
      VLIVE_TEST_WAIT (f->n_errors == before + 1);
    }
}

/* A try that fails doubles the time until the next, from 200 ms to 30 s; one
 * that does not begins anew. */
static void
test_backoff (Fixture *f, gconstpointer data)
{
  static const guint tenths[] = { 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300 };

  insert (f, "a", 1);
  vlive_local_master_set_error_rate (f->master, 1);
  vlive_live_stream_start (f->stream);
  g_assert_cmpint (get_state (f), ==, VLIVE_STREAM_WAITING);
  g_assert_cmpuint (f->n_errors, ==, 1);
  for (guint i = 0; i < G_N_ELEMENTS (tenths); i++)
    {
      _vlive_clock_advance (f->clock, tenths[i] * SECOND / 10 - 1);
      g_assert_cmpuint (f->n_errors, ==, i + 1);
      _vlive_clock_advance (f->clock, 1);
      g_assert_cmpuint (f->n_errors, ==, i + 2);
      g_assert_error (vlive_local_stream_get_error (VLIVE_LOCAL_STREAM (f->stream)),
                      VLIVE_ERROR, VLIVE_ERROR_SERVER);
    }
  vlive_local_master_set_error_rate (f->master, 0);
  _vlive_clock_advance (f->clock, 30 * SECOND);
  wait_log (f, "up;");

  vlive_local_master_set_error_rate (f->master, 1);
  f->n_errors = 0;
  patch (f, "a", 2);
  VLIVE_TEST_WAIT (f->n_errors == 1);
  _vlive_clock_advance (f->clock, SECOND / 5);
  g_assert_cmpuint (f->n_errors, ==, 2);
  vlive_local_master_set_error_rate (f->master, 0);
  _vlive_clock_advance (f->clock, SECOND);
  wait_log (f, "resumed;updated a 2 @2;");
}

/* A file that cannot be read is tried again until it can. */
static void
test_damaged (Fixture *f, gconstpointer data)
{
  g_autofree char *good = NULL;
  gsize size;

  insert (f, "a", 1);
  close_all (f);
  good = read_file (f->path, &size);
  g_assert_true (g_file_set_contents (f->path, "This is not a database.", -1, NULL));
  f->writer = vlive_local_master_new (f->path, "things");
  vlive_live_stream_start (f->stream);
  VLIVE_TEST_WAIT (get_state (f) == VLIVE_STREAM_WAITING);
  g_assert_error (vlive_local_stream_get_error (VLIVE_LOCAL_STREAM (f->stream)),
                  VLIVE_ERROR, VLIVE_ERROR_CORRUPT);
  VLIVE_TEST_WAIT (_vlive_storage_n_open () == 0);
  g_assert_true (g_file_set_contents (f->path, good, (gssize) size, NULL));
  _vlive_clock_advance (f->clock, SECOND / 5);
  wait_log (f, "up;");
  insert (f, "b", 2);
  wait_log (f, "inserted b 2 @2;");
}

/* Commits whose wake-up never came are found by the heartbeat. */
static void
test_no_wake_up (Fixture *f, gconstpointer data)
{
  const gint64 poll_us = _vlive_hub_poll_us;
  g_autofree char *wake = g_strconcat (f->path, "-wake", NULL);

  _vlive_hub_poll_us = G_TIME_SPAN_HOUR;
  insert (f, "1", 1);
  start_up (f);
  assert_quiet (f);
  /* The peer's go to another file, for ours has lost its name. */
  g_assert_cmpint (g_unlink (wake), ==, 0);
  write_elsewhere (f, "patch", "1", "1");
  assert_quiet (f);
  _vlive_clock_advance (f->clock, SECOND);
  wait_log (f, "updated 1 1 @2;");
  _vlive_hub_poll_us = poll_us;
}

/* What comes between the first look and the watch is found at once. */
static void
test_before_the_watch (Fixture *f, gconstpointer data)
{
  const gint64 poll_us = _vlive_hub_poll_us;

  _vlive_hub_poll_us = G_TIME_SPAN_HOUR;
  insert (f, "1", 1);
  vlive_live_stream_start (f->stream);
  g_usleep (G_USEC_PER_SEC / 10); /* the reader has looked by then */
  write_elsewhere (f, "patch", "1", "1");
  wait_log (f, "up;updated 1 1 @2;");
  _vlive_hub_poll_us = poll_us;
}

typedef struct
{
  GMutex lock;
  GCond cond;
  gboolean frozen;
} Freezer;

static gboolean
freeze_in_txn (VliveTxn *txn, gpointer data, GError **error)
{
  Freezer *freezer = data;

  g_mutex_lock (&freezer->lock);
  while (freezer->frozen)
    g_cond_wait (&freezer->cond, &freezer->lock);
  g_mutex_unlock (&freezer->lock);

  return TRUE;
}

/* A reading that does not come back is not waited for. */
static void
test_frozen (Fixture *f, gconstpointer data)
{
  g_autoptr (VliveStorage) storage = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  Freezer freezer = { .frozen = TRUE };

  insert (f, "a", 1);
  start_up (f);
  assert_quiet (f);
  storage = _vlive_local_file_dup_storage (_vlive_local_master_get_file (f->master));
  _vlive_storage_read_async (storage, freeze_in_txn, &freezer, NULL, NULL,
                             vlive_test_result_cb, &result);
  patch (f, "a", 2);
  for (guint i = 0; i < 10; i++)
    {
      assert_quiet (f);
      g_assert_cmpint (get_state (f), ==, VLIVE_STREAM_LIVE);
      _vlive_clock_advance (f->clock, SECOND);
    }
  VLIVE_TEST_WAIT (get_state (f) == VLIVE_STREAM_WAITING);
  g_assert_error (vlive_local_stream_get_error (VLIVE_LOCAL_STREAM (f->stream)),
                  VLIVE_ERROR, VLIVE_ERROR_TIMEOUT);

  g_mutex_lock (&freezer.lock);
  freezer.frozen = FALSE;
  g_cond_signal (&freezer.cond);
  g_mutex_unlock (&freezer.lock);
  VLIVE_TEST_WAIT (result != NULL);
  assert_quiet (f);
  _vlive_clock_advance (f->clock, SECOND / 5);
  wait_log (f, "resumed;updated a 2 @2;");
}

/* Stopped it holds nothing open, whoever still has it. */
static void
test_lets_go (Fixture *f, gconstpointer data)
{
  insert (f, "a", 1);
  start_up (f);
  g_assert_finalize_object (g_steal_pointer (&f->master));
  g_assert_finalize_object (f->writer);

  /* It does not need its master … */
  f->writer = vlive_local_master_new (f->path, "things");
  insert (f, "b", 2);
  wait_log (f, "inserted b 2 @2;");
  g_assert_finalize_object (f->writer);
  assert_quiet (f);
  g_assert_cmpuint (_vlive_storage_n_open (), ==, 1);

  /* … and keeps no file. */
  vlive_live_stream_stop (f->stream);
  VLIVE_TEST_WAIT (_vlive_storage_n_open () == 0);
  VLIVE_TEST_WAIT (_vlive_local_n_files () == 0);
  VLIVE_TEST_WAIT (_vlive_census_get (VLIVE_CENSUS_THREAD) == 0);
  g_assert_cmpint (_vlive_census_get (VLIVE_CENSUS_TIMER), ==, 0);
  f->writer = vlive_local_master_new (f->path, "things");
  insert (f, "c", 3);
  vlive_live_stream_start (f->stream);
  wait_log (f, "resumed;inserted c 3 @3;");
}

static void
described_cb (VliveMaster *master, GParamSpec *pspec, gpointer data)
{
  ++*(guint *) data;
}

/* A column that another brought is known before the row that has it is told. */
static void
test_new_column (Fixture *f, gconstpointer data)
{
  VliveMaster *master = VLIVE_MASTER (f->master);
  VliveSchema *schema;
  guint n_described = 0;

  insert (f, "a", 1);
  start_up (f);
  g_signal_connect (f->master, "notify::description", G_CALLBACK (described_cb),
                    &n_described);
  local_do (f->writer, VLIVE_WRITE_INSERT, "b", "{'price': <2>, 'colour': <'red'>}");
  wait_log (f, "inserted b 2 @2;");
  g_assert_cmpuint (n_described, ==, 1);
  schema = vlive_description_get_schema (vlive_master_get_description (master));
  g_assert_nonnull (vlive_schema_find_column (schema, "colour"));
}

static void
stop_cb (VliveMaster *master, GParamSpec *pspec, gpointer data)
{
  Fixture *f = data;

  vlive_live_stream_stop (f->stream);
}

static void
test_stopped_by_new_column (Fixture *f, gconstpointer data)
{
  gulong handler;

  insert (f, "a", 1);
  start_up (f);
  handler =
      g_signal_connect (f->master, "notify::description", G_CALLBACK (stop_cb), f);
  local_do (f->writer, VLIVE_WRITE_INSERT, "b", "{'price': <2>, 'colour': <'red'>}");
  VLIVE_TEST_WAIT (get_state (f) == VLIVE_STREAM_STOPPED);
  assert_quiet (f);
  g_clear_signal_handler (&handler, f->master);
  vlive_live_stream_start (f->stream);
  wait_log (f, "resumed;inserted b 2 @2;");
}

/* A table that cannot be: there is no use in trying again. */
static void
test_bad_name (Fixture *f, gconstpointer data)
{
  g_autoptr (VliveLocalMaster) master = vlive_local_master_new (f->path, "");
  g_autoptr (VliveLiveStream) stream =
      vlive_master_create_stream (VLIVE_MASTER (master));

  vlive_live_stream_start (stream);
  g_assert_cmpint (vlive_live_stream_get_state (stream), ==, VLIVE_STREAM_FAILED);
  g_assert_error (vlive_local_stream_get_error (VLIVE_LOCAL_STREAM (stream)),
                  VLIVE_ERROR, VLIVE_ERROR_INVALID);
  vlive_live_stream_stop (stream);
  g_assert_cmpint (vlive_live_stream_get_state (stream), ==, VLIVE_STREAM_STOPPED);
}

/* A slow network makes it slow. */
static void
test_latency (Fixture *f, gconstpointer data)
{
  insert (f, "a", 1);
  vlive_local_master_set_latency (f->master, 400);
  vlive_live_stream_start (f->stream);
  assert_quiet (f);
  g_assert_cmpint (get_state (f), ==, VLIVE_STREAM_CONNECTING);
  _vlive_clock_advance (f->clock, SECOND / 5);
  wait_log (f, "up;");
  _vlive_clock_advance (f->clock, SECOND / 5);
  assert_quiet (f);
  patch (f, "a", 2);
  assert_quiet (f);
  _vlive_clock_advance (f->clock, SECOND / 5);
  wait_log (f, "updated a 2 @2;");
}

/* For the conformance: the clock is the system's. */
static VliveLiveStream *
make (gpointer *fixture)
{
  Fixture *f = g_new0 (Fixture, 1);
  VliveLiveStream *stream;

  f->folder = vlive_test_dup_folder ();
  f->path = g_build_filename (f->folder, "test.vlive", NULL);
  f->writer = vlive_local_master_new (f->path, "things");
  f->master = vlive_local_master_new (f->path, "things");
  for (char c = 'a'; c <= 'z'; c++)
    insert (f, (char[]){ c, '\0' }, 0);
  stream = vlive_master_create_stream (VLIVE_MASTER (f->master));
  *fixture = f;

  return stream;
}

static void
clear (gpointer fixture)
{
  Fixture *f = fixture;

  g_assert_finalize_object (f->master);
  g_assert_finalize_object (f->writer);
  g_free (f->path);
  g_free (f->folder);
  g_free (f);
}

static void
change (gpointer fixture, const char *id)
{
  Fixture *f = fixture;

  patch (f, id, (int) ++f->n_events);
}

static void
set_connected (gpointer fixture, gboolean connected)
{
  vlive_local_master_set_offline (((Fixture *) fixture)->master, !connected);
}

static const StreamConformance conformance = {
  .make = make,
  .clear = clear,
  .change = change,
  .set_connected = set_connected,
  .resumes = TRUE,
};

int
main (int argc, char *argv[])
{
  vlive_test_init (&argc, &argv);

#define ADD(name, func)                                                                \
  g_test_add ("/master/local-stream/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("events", test_events);
  ADD ("changed", test_changed);
  ADD ("other-table", test_other_table);
  ADD ("gap-while-stopped", test_gap_while_stopped);
  ADD ("gap-while-live", test_gap_while_live);
  ADD ("bounded", test_bounded);
  ADD ("bounded-bytes", test_bounded_bytes);
  ADD ("other-file", test_other_file);
  ADD ("restored-file", test_restored_file);
  ADD ("file-goes", test_file_goes);
  ADD ("file-comes-back", test_file_comes_back);
  ADD ("missing", test_missing);
  ADD ("missing-long", test_missing_long);
  ADD ("backoff", test_backoff);
  ADD ("damaged", test_damaged);
  ADD ("no-wake-up", test_no_wake_up);
  ADD ("before-the-watch", test_before_the_watch);
  ADD ("frozen", test_frozen);
  ADD ("lets-go", test_lets_go);
  ADD ("new-column", test_new_column);
  ADD ("stopped-by-new-column", test_stopped_by_new_column);
  ADD ("bad-name", test_bad_name);
  ADD ("latency", test_latency);
#undef ADD
  stream_conformance_add ("local", &conformance);

  return vlive_test_run ();
}
