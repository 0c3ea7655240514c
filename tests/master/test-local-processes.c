/* test-local-processes.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <signal.h>

#include "local-fixture.h"
#include "record/vlive-page-private.h"

typedef struct
{
  char *folder;
  char *path;
  VliveLocalMaster *master;
} Fixture;

/* More than anybody writes before the signal reaches him. */
#define ROUND 1000000

static void
setup (Fixture *fixture, gconstpointer data)
{
  fixture->folder = vlive_test_dup_folder ();
  fixture->path = g_build_filename (fixture->folder, "test.vlive", NULL);
  fixture->master = vlive_local_master_new (fixture->path, "things");
  _vlive_local_order_threshold = 0;
}

static void
teardown (Fixture *fixture, gconstpointer data)
{
  g_assert_finalize_object (fixture->master);
  vlive_test_assert_all_gone ();
  g_free (fixture->path);
  g_free (fixture->folder);
}

static void
reopen (Fixture *fixture)
{
  g_assert_finalize_object (fixture->master);
  VLIVE_TEST_WAIT (_vlive_storage_n_open () == 0);
  fixture->master = vlive_local_master_new (fixture->path, "things");
}

/* The other process, and what it says. */
typedef struct
{
  GSubprocess *process;
  GDataInputStream *output;
} Peer;

static void
peer_start (Peer *peer, const char *const *argv)
{
  g_autofree char *program =
      g_test_build_filename (G_TEST_BUILT, "master", "local-peer", NULL);
  g_autoptr (GPtrArray) args = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;

  g_ptr_array_add (args, program);
  for (guint i = 0; argv[i] != NULL; i++)
    g_ptr_array_add (args, (char *) argv[i]);
  g_ptr_array_add (args, NULL);
  peer->process =
      g_subprocess_newv ((const char *const *) args->pdata,
                         G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDIN_PIPE,
                         &error);
  g_assert_no_error (error);
  peer->output = g_data_input_stream_new (g_subprocess_get_stdout_pipe (peer->process));
}

/* G_MAXUINT64 when there is no more. */
static guint64
peer_read (Peer *peer)
{
  g_autofree char *line =
      g_data_input_stream_read_line (peer->output, NULL, NULL, NULL);

  return line != NULL ? g_ascii_strtoull (line, NULL, 10) : G_MAXUINT64;
}

static void
peer_kill (Peer *peer)
{
  g_subprocess_force_exit (peer->process);
  g_subprocess_wait (peer->process, NULL, NULL);
}

static void
peer_clear (Peer *peer)
{
  g_subprocess_wait (peer->process, NULL, NULL);
  g_clear_object (&peer->output);
  g_clear_object (&peer->process);
}

static void
assert_whole (VliveRecord *record)
{
  g_autofree char *text = NULL;
  gint64 number = -1;

  g_assert_true (vlive_record_get_integer (record, "a", &number));
  text = g_strdup_printf ("%" G_GINT64_FORMAT, number);
  g_assert_cmpstr (vlive_record_get_text (record, "b"), ==, text);
}

/* Killed in the middle of its commits, a hundred times: what it said was
 * written is there, and nothing is torn. */
static void
test_kill (Fixture *fixture, gconstpointer data)
{
  g_autoptr (VliveQuery) sorted = local_query ("sort=-b");
  g_autoptr (GHashTable) said =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  guint64 next = 1;

  for (guint round = 0; round < 100; round++)
    {
      g_autofree char *first = g_strdup_printf ("%" G_GUINT64_FORMAT, next);
      const char *argv[] = { "write", fixture->path, first, NULL };
      g_autoptr (VlivePage) page = NULL;
      g_autoptr (VlivePage) page_sorted = NULL;
      g_autoptr (GHashTable) there = g_hash_table_new (g_str_hash, g_str_equal);
      g_autoptr (GError) error = NULL;
      GHashTableIter iter;
      gpointer id;
      guint n_wanted = (guint) g_test_rand_int_range (1, 12);
      guint64 number = 0;
      Peer peer;

      peer_start (&peer, argv);
      for (guint i = 0; i < n_wanted && number != G_MAXUINT64; i++)
        {
          number = peer_read (&peer);
          g_assert_cmpuint (number, !=, G_MAXUINT64);
          g_hash_table_add (said, g_strdup_printf ("%" G_GUINT64_FORMAT, number));
        }
      /* What it has not said may be there all the same, and be seen only once
       * somebody else has written. */
      next += ROUND;
      g_usleep ((gulong) g_test_rand_int_range (0, 3000));
      peer_kill (&peer);
      while ((number = peer_read (&peer)) != G_MAXUINT64)
        g_hash_table_add (said, g_strdup_printf ("%" G_GUINT64_FORMAT, number));
      peer_clear (&peer);

      page = local_fetch (fixture->master, NULL, 0, 0, NULL, &error);
      g_assert_no_error (error);
      for (guint i = 0; i < vlive_page_get_n_records (page); i++)
        {
          VliveRecord *record = vlive_page_get_record (page, i);

          assert_whole (record);
          g_assert_true (
              g_hash_table_add (there, (char *) vlive_record_get_id (record)));
        }
      g_hash_table_iter_init (&iter, said);
      while (g_hash_table_iter_next (&iter, &id, NULL))
        g_assert_true (g_hash_table_contains (there, id));
      page_sorted = local_fetch (fixture->master, sorted, 0, 0, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (vlive_page_get_n_records (page_sorted), ==,
                        vlive_page_get_n_records (page));
      local_check (fixture->master, NULL);
      if (round % 10 == 9)
        reopen (fixture);
    }
}

static char *
write_csv (Fixture *fixture, guint n)
{
  g_autoptr (GString) csv = g_string_new ("id,a,b\n");
  char *path = g_build_filename (fixture->folder, "rows.csv", NULL);

  for (guint i = n; i > 0; i--)
    g_string_append_printf (csv, "%u,%u,x%u\n", i + 1000000, i, i);
  g_assert_true (g_file_set_contents (path, csv->str, -1, NULL));

  return path;
}

static gboolean
is_swept (gpointer data)
{
  Fixture *fixture = data;
  LocalStats stats;

  local_stats (fixture->master, &stats);

  return stats.rows == local_count (fixture->master, NULL) && stats.ids == stats.rows
         && stats.doomed == 0;
}

/* Killed in the middle of an import: all of it or nothing, and what is left is
 * swept by who opens the file next. */
static void
test_kill_import (Fixture *fixture, gconstpointer data)
{
  const guint n = 30000;
  g_autofree char *csv = write_csv (fixture, n);
  const char *argv[] = { "import", fixture->path, csv, NULL };
  guint n_killed = 0;

  local_do (fixture->master, VLIVE_WRITE_INSERT, "1", "{'a': <1>, 'b': <'1'>}");
  for (guint round = 0; round < 12; round++)
    {
      guint64 count;
      Peer peer;

      peer_start (&peer, argv);
      g_usleep ((gulong) g_test_rand_int_range (5000, 20000 * (gint32) (round + 1)));
      peer_kill (&peer);
      peer_clear (&peer);
      reopen (fixture);
      count = local_count (fixture->master, NULL);
      g_assert_true (count == 1 || count == n + 1);
      g_assert_true (vlive_test_wait (is_swept, fixture));
      local_check (fixture->master, NULL);
      n_killed += count == 1;
      if (count > 1)
        {
          local_do (fixture->master, VLIVE_WRITE_DELETE_ALL, NULL, NULL);
          local_do (fixture->master, VLIVE_WRITE_INSERT, "1", "{'a': <1>, 'b': <'1'>}");
        }
    }
  g_assert_cmpuint (n_killed, >, 0);
}

/* Each reads what the other wrote, at once. */
static void
test_two_processes (Fixture *fixture, gconstpointer data)
{
  const char *argv[] = { "patch", fixture->path, "1", "300", NULL };
  g_autoptr (VliveQuery) sorted = local_query ("sort=-a");
  Peer peer;

  local_do (fixture->master, VLIVE_WRITE_INSERT, "1", "{'a': <0>, 'b': <'0'>}");
  local_do (fixture->master, VLIVE_WRITE_INSERT, "2", "{'a': <0>, 'b': <'0'>}");
  peer_start (&peer, argv);
  for (gint64 i = 1; i <= 300; i++)
    {
      g_autoptr (VliveRecord) record = NULL;
      g_autoptr (GError) error = NULL;
      g_autofree char *fields =
          g_strdup_printf ("{'a': <%d>, 'b': <'%d'>}", (int) i, (int) i);
      g_autofree char *ids = NULL;
      guint64 before = 0;
      guint64 after = 0;
      gint64 value = 0;
      gboolean knew =
          vlive_master_peek_sequence (VLIVE_MASTER (fixture->master), &before);

      g_output_stream_write_all (g_subprocess_get_stdin_pipe (peer.process), "\n", 1,
                                 NULL, NULL, NULL);
      g_assert_cmpuint (peer_read (&peer), ==, (guint64) i);
      /* What is known without waiting is known to be old, or is new. */
      if (knew && vlive_master_peek_sequence (VLIVE_MASTER (fixture->master), &after))
        g_assert_cmpuint (after, >, before);
      record = local_get (fixture->master, "1", &error);
      g_assert_no_error (error);
      g_assert_true (vlive_record_get_integer (record, "a", &value));
      g_assert_cmpint (value, ==, i);
      assert_whole (record);
      /* The order that this process has put into the file was followed. */
      ids = local_ids (fixture->master, sorted, 0, 1);
      g_assert_cmpstr (ids, ==, "1");
      if (i % 3 == 0)
        local_do (fixture->master, VLIVE_WRITE_PATCH, "2", fields);
    }
  peer_clear (&peer);
  local_check (fixture->master, NULL);
}

/* What is known of a table from its stream alone: ids and their version. */
typedef struct
{
  GHashTable *versions;
  guint64 sequence; /* of the last event */
  guint n_events;
  guint n_resyncs; /* everything may have changed */
} Mirror;

static void
mirror_up_cb (VliveLiveStream *stream, gboolean resumed, gpointer data)
{
  Mirror *mirror = data;

  mirror->n_resyncs += !resumed;
}

/* Each once, and in order. */
static void
mirror_event_cb (VliveLiveStream *stream, VliveChangeEvent *event, gpointer data)
{
  guint64 version = vlive_change_event_get_version (event);
  const char *id = vlive_change_event_get_id (event);
  Mirror *mirror = data;

  g_assert_cmpuint (version, ==, mirror->sequence + 1);
  g_assert_cmpint (vlive_change_event_get_kind (event), ==, VLIVE_CHANGE_INSERTED);
  assert_whole (vlive_change_event_get_record (event));
  g_assert_true (g_hash_table_insert (mirror->versions, g_strdup (id),
                                      g_memdup2 (&version, sizeof version)));
  mirror->sequence = version;
  mirror->n_events++;
}

static void
assert_mirrors (Mirror *mirror, VliveLocalMaster *master)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VlivePage) page = local_fetch (master, NULL, 0, 0, NULL, &error);

  g_assert_no_error (error);
  VLIVE_TEST_WAIT (mirror->sequence == page->sequence);
  g_assert_cmpuint (vlive_page_get_n_records (page), ==,
                    g_hash_table_size (mirror->versions));
  for (guint i = 0; i < vlive_page_get_n_records (page); i++)
    {
      const char *id = vlive_record_get_id (vlive_page_get_record (page, i));

      g_assert_true (g_hash_table_contains (mirror->versions, id));
    }
}

/* The writer is killed in the middle of its commits, and comes back, four
 * times: what the stream tells is what is in the file, each change once and in
 * order, also while it is stopped now and then itself. */
static void
test_kill_and_stream (Fixture *fixture, gconstpointer data)
{
  g_autoptr (VliveLiveStream) stream =
      vlive_master_create_stream (VLIVE_MASTER (fixture->master));
  Mirror mirror = { g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free) };

  local_do (fixture->master, VLIVE_WRITE_INSERT, "first", "{'a': <0>, 'b': <'0'>}");
  local_do (fixture->master, VLIVE_WRITE_DELETE, "first", NULL);
  mirror.sequence = 2;
  g_signal_connect (stream, "up", G_CALLBACK (mirror_up_cb), &mirror);
  g_signal_connect (stream, "event", G_CALLBACK (mirror_event_cb), &mirror);
  vlive_live_stream_start (stream);
  VLIVE_TEST_WAIT (mirror.n_resyncs == 1);
  for (guint round = 0; round < 5; round++)
    {
      g_autofree char *first = g_strdup_printf ("%u", 1 + round * 1000000);
      const char *argv[] = { "write", fixture->path, first, NULL };
      guint wanted = mirror.n_events + 100;
      Peer peer;

      peer_start (&peer, argv);
      VLIVE_TEST_WAIT (mirror.n_events >= wanted);
      vlive_live_stream_stop (stream);
      for (guint i = 0; i < 50; i++)
        g_assert_cmpuint (peer_read (&peer), !=, G_MAXUINT64);
      vlive_live_stream_start (stream);
      VLIVE_TEST_WAIT (mirror.n_events >= wanted + 100);
      peer_kill (&peer);
      peer_clear (&peer);
    }
  assert_mirrors (&mirror, fixture->master);
  g_assert_cmpuint (mirror.n_resyncs, ==, 1);
  vlive_live_stream_stop (stream);
  g_hash_table_unref (mirror.versions);
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, setup, func, teardown)

int
main (int argc, char *argv[])
{
  vlive_test_init (&argc, &argv);
  ADD ("/master/local-processes/kill", test_kill);
  ADD ("/master/local-processes/kill-import", test_kill_import);
  ADD ("/master/local-processes/two-processes", test_two_processes);
  ADD ("/master/local-processes/kill-and-stream", test_kill_and_stream);

  return vlive_test_run ();
}
