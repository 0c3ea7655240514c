/* store-peer-fixture.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "store-peer.h"

#include "vlive-array-master.h"

static const char profile_text[] = "[profile]\nname=shared\nbase-url=http://localhost\n"
                                   "[read]\nrecord={resource}/{id}\npaging=none\n"
                                   "total-header=X-Total-Count\n"
                                   "[write]\npatch=PATCH {resource}/{id}\n";

VliveMaster *
peer_make_master (const char *address)
{
  g_autoptr (VliveProfile) given = NULL;
  g_autoptr (VliveProfile) profile = NULL;
  g_autoptr (GError) error = NULL;

  if (!g_str_has_prefix (address, "http:"))
    return VLIVE_MASTER (vlive_local_master_new (address, "products"));

  given = vlive_profile_new_from_data (profile_text, -1, &error);
  g_assert_no_error (error);
  profile = vlive_profile_with_base_url (given, address, &error);
  g_assert_no_error (error);

  return VLIVE_MASTER (vlive_rest_master_new (profile, "products"));
}

void
peer_seed (const char *path)
{
  VliveLocalMaster *master = vlive_local_master_new (path, "products");
  g_autoptr (VliveRecord) a = vlive_array_master_make ("a", 1);
  g_autoptr (VliveRecord) b = vlive_array_master_make ("b", 2);
  g_autoptr (VliveRecord) c = vlive_array_master_make ("c", 3);
  VliveRecord *records[] = { a, b, c };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  vlive_local_master_replace_all_async (master, records, 3, NULL, vlive_test_result_cb,
                                        &result);
  VLIVE_TEST_WAIT (result != NULL);
  vlive_local_master_replace_all_finish (master, result, &error);
  g_assert_no_error (error);
  g_clear_object (&result);
  g_assert_finalize_object (master);
}

void
peer_start (Peer *peer, const char *cache, const char *master)
{
  g_autofree char *program =
      g_test_build_filename (G_TEST_BUILT, "table", "store-peer", NULL);
  g_autoptr (GError) error = NULL;

  peer->process =
      g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE,
                        &error, program, cache, master, NULL);
  g_assert_no_error (error);
  peer->from = g_data_input_stream_new (g_subprocess_get_stdout_pipe (peer->process));
  peer->to = g_subprocess_get_stdin_pipe (peer->process);
}

char *
peer_ask (Peer *peer, const char *what, const char *id, gint64 value)
{
  g_autofree char *line =
      g_strdup_printf ("%s %s %" G_GINT64_FORMAT "\n", what, id, value);
  g_autoptr (GError) error = NULL;
  char *answer;

  g_output_stream_write_all (peer->to, line, strlen (line), NULL, NULL, &error);
  g_assert_no_error (error);
  answer = g_data_input_stream_read_line (peer->from, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (answer);

  return answer;
}

void
peer_end (Peer *peer)
{
  g_autoptr (GError) error = NULL;

  g_output_stream_close (peer->to, NULL, &error);
  g_assert_no_error (error);
  g_subprocess_wait_check (peer->process, NULL, &error);
  g_assert_no_error (error);
  g_object_unref (peer->from);
  g_object_unref (peer->process);
}

void
peer_kill (Peer *peer)
{
  g_subprocess_force_exit (peer->process);
  g_subprocess_wait (peer->process, NULL, NULL);
  g_object_unref (peer->from);
  g_object_unref (peer->process);
}
