/* vlive-test-server.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "vlive-test-server.h"

#include <glib/gstdio.h>
#include <string.h>

/* A machine under load takes its time to start node. */
#define PATIENCE_US (60 * G_USEC_PER_SEC)

struct _VliveTestServer
{
  GSubprocess *process; /* owned */
  GInputStream *output; /* of @process */
  GString *line;        /* owned: not ended yet */
  char *url;            /* owned */
  char *db;             /* owned, nullable: a file */
  guint n_connections;
};

static void
take_line (VliveTestServer *self)
{
  if (g_str_has_prefix (self->line->str, "port "))
    self->url =
        g_strconcat ("http://127.0.0.1:", self->line->str + strlen ("port "), NULL);
  else if (strcmp (self->line->str, "connection") == 0)
    self->n_connections++;
  g_string_truncate (self->line, 0);
}

/* FALSE at the end. */
static gboolean
read_output (VliveTestServer *self)
{
  GPollableInputStream *stream = G_POLLABLE_INPUT_STREAM (self->output);
  g_autoptr (GError) error = NULL;
  char buffer[256];
  gssize n;

  while ((n = g_pollable_input_stream_read_nonblocking (stream, buffer, sizeof buffer,
                                                        NULL, &error))
         > 0)
    for (gssize i = 0; i < n; i++)
      {
        if (buffer[i] == '\n')
          take_line (self);
        else
          g_string_append_c (self->line, buffer[i]);
      }

  return n < 0 && g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
}

static VliveTestServer *
start (const char *kind, char *db)
{
  VliveTestServer *self = g_new0 (VliveTestServer, 1);
  const char *folder = g_getenv ("VLIVE_TEST_SERVERS");
  g_autofree char *modules = NULL;
  g_autoptr (GError) error = NULL;
  gint64 deadline = g_get_monotonic_time () + PATIENCE_US;
  gboolean running = TRUE;

  if (folder == NULL)
    folder = VLIVE_TEST_SERVERS;
  modules = g_build_filename (folder, "node_modules", NULL);
  if (!g_file_test (modules, G_FILE_TEST_IS_DIR))
    g_error ("The servers to test against are not installed: run tests/servers/setup");
  self->line = g_string_new (NULL);
  self->db = db;
  self->process =
      g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE,
                        &error, "node", VLIVE_TEST_LAUNCH, folder, kind, db, NULL);
  g_assert_no_error (error);
  self->output = g_subprocess_get_stdout_pipe (self->process);
  while (self->url == NULL && running && g_get_monotonic_time () < deadline)
    {
      running = read_output (self);
      g_usleep (5000);
    }
  if (self->url == NULL)
    g_error ("%s did not start", kind);

  return self;
}

VliveTestServer *
vlive_test_server_start_jsonplaceholder (void)
{
  return start ("jsonplaceholder", NULL);
}

VliveTestServer *
vlive_test_server_start_json_server (const char *db)
{
  g_autoptr (GError) error = NULL;
  char *path = NULL;
  int fd = g_file_open_tmp ("vlive-db-XXXXXX.json", &path, &error);

  g_assert_no_error (error);
  g_close (fd, NULL);
  g_file_set_contents (path, db, -1, &error);
  g_assert_no_error (error);

  return start ("json-server", path);
}

const char *
vlive_test_server_get_url (VliveTestServer *self)
{
  return self->url;
}

guint
vlive_test_server_get_n_connections (VliveTestServer *self)
{
  read_output (self);

  return self->n_connections;
}

char *
vlive_test_server_dup_db (VliveTestServer *self)
{
  g_autoptr (GError) error = NULL;
  char *text = NULL;

  g_file_get_contents (self->db, &text, NULL, &error);
  g_assert_no_error (error);

  return text;
}

/* It ends with its standard input, as it would if we died. */
void
vlive_test_server_stop (VliveTestServer *self)
{
  g_autoptr (GError) error = NULL;

  g_output_stream_close (g_subprocess_get_stdin_pipe (self->process), NULL, &error);
  g_assert_no_error (error);
  g_subprocess_wait (self->process, NULL, &error);
  g_assert_no_error (error);
  g_clear_object (&self->process);
  if (self->db != NULL)
    g_remove (self->db);
  g_string_free (self->line, TRUE);
  g_free (self->db);
  g_free (self->url);
  g_free (self);
}
