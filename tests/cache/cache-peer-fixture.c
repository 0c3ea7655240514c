/* cache-peer-fixture.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "cache-fixture.h"

GSubprocess *
peer_spawn (const char *const *wrapper, const char *folder, ...)
{
  g_autoptr (GPtrArray) line = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;
  GSubprocess *peer;
  const char *word;
  va_list arguments;

  for (guint i = 0; wrapper != NULL && wrapper[i] != NULL; i++)
    g_ptr_array_add (line, g_strdup (wrapper[i]));
  g_ptr_array_add (line,
                   g_test_build_filename (G_TEST_BUILT, "cache", "cache-peer", NULL));
  g_ptr_array_add (line, g_strdup (folder));
  va_start (arguments, folder);
  while ((word = va_arg (arguments, const char *)) != NULL)
    g_ptr_array_add (line, g_strdup (word));
  va_end (arguments);
  g_ptr_array_add (line, NULL);
  peer =
      g_subprocess_newv ((const char *const *) line->pdata,
                         G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE,
                         &error);
  g_assert_no_error (error);

  return peer;
}

char *
peer_read (GSubprocess *peer)
{
  GInputStream *stream = g_subprocess_get_stdout_pipe (peer);
  g_autoptr (GString) line = g_string_new (NULL);
  char c;

  while (g_input_stream_read (stream, &c, 1, NULL, NULL) == 1)
    {
      if (c == '\n')
        return g_string_free (g_steal_pointer (&line), FALSE);
      g_string_append_c (line, c);
    }

  return NULL;
}

char *
peer_ask (GSubprocess *peer, const char *format, ...)
{
  g_autofree char *text = NULL;
  g_autofree char *line = NULL;
  g_autoptr (GError) error = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  line = g_strconcat (text, "\n", NULL);
  g_output_stream_write_all (g_subprocess_get_stdin_pipe (peer), line, strlen (line),
                             NULL, NULL, &error);
  g_assert_no_error (error);

  return peer_read (peer);
}

void
peer_assert (GSubprocess *peer, const char *question, const char *answer)
{
  g_autofree char *got = peer_ask (peer, "%s", question);

  g_assert_cmpstr (got, ==, answer);
}

void
peer_end (GSubprocess *peer)
{
  g_autoptr (GError) error = NULL;

  g_output_stream_close (g_subprocess_get_stdin_pipe (peer), NULL, NULL);
  g_subprocess_wait (peer, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_get_successful (peer));
}

void
peer_kill (GSubprocess *peer)
{
  g_subprocess_force_exit (peer);
  g_subprocess_wait (peer, NULL, NULL);
}
