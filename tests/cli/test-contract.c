/* test-contract.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include "cli-run.h"
#include "vlive-test-server.h"

/*
 * What the command promises, verb by verb: contract.txt. Each line that begins
 * with "$ vlive" is run, and what follows is what it does; the whole is
 * compared with the file. VLIVE_UPDATE_CONTRACT=1 writes the file anew: look at
 * its diff.
 *
 *   [name]       a new section: an empty folder
 *   @ NAME       the lines after it, that begin with "|", are a file's
 *   @ - NAME     that file goes
 *   @ server jsonplaceholder, @ server json-server, @ server stop
 *                a real server, whose address URL stands for from then on;
 *                json-server holds what is in db.json
 *   $ vlive …    a command line
 *   & vlive …    one that goes on beside the others, once it has said a line
 *   & wait       … until it ends
 *   > …          standard output
 *   ! …          standard error
 *   = N          the exit code
 */
typedef struct
{
  CliPlace *place;         /* owned; of this section */
  GString *actual;         /* owned; what the file should be */
  GString *content;        /* owned; of the file being written, NULL: none */
  char *name;              /* owned; its name */
  VliveTestServer *server; /* owned, NULL: none */
  char *url;               /* owned; of the server, also when it has been stopped */
  GSubprocess *beside;     /* owned, NULL: none */
} Contract;

static void
end_file (Contract *self)
{
  if (self->content == NULL)
    return;
  cli_place_write (self->place, self->name, self->content->str);
  g_string_free (g_steal_pointer (&self->content), TRUE);
  g_clear_pointer (&self->name, g_free);
}

static void
stop_server (Contract *self)
{
  g_clear_pointer (&self->server, vlive_test_server_stop);
}

static void
start_server (Contract *self, const char *name)
{
  stop_server (self);
  if (strcmp (name, "stop") == 0)
    return;
  if (strcmp (name, "jsonplaceholder") == 0)
    self->server = vlive_test_server_start_jsonplaceholder ();
  else
    {
      g_autofree char *path = cli_place_dup_path (self->place, "db.json");
      g_autofree char *db = NULL;

      g_assert_cmpstr (name, ==, "json-server");
      g_assert_true (g_file_get_contents (path, &db, NULL, NULL));
      self->server = vlive_test_server_start_json_server (db);
    }
  g_free (self->url);
  self->url = g_strdup (vlive_test_server_get_url (self->server));
}

static void
begin_section (Contract *self)
{
  stop_server (self);
  g_clear_pointer (&self->place, cli_place_free);
  self->place = cli_place_new ();
}

static void
begin_file (Contract *self, const char *name)
{
  if (g_str_has_prefix (name, "- "))
    {
      g_autofree char *path = cli_place_dup_path (self->place, name + 2);
      g_autoptr (GFile) file = g_file_new_for_path (path);

      g_assert_true (g_file_delete (file, NULL, NULL));
      return;
    }
  if (g_str_has_prefix (name, "server "))
    {
      start_server (self, name + strlen ("server "));
      return;
    }
  self->name = g_strdup (name);
  self->content = g_string_new (NULL);
}

/* Each line of @text with @mark before it; what lacks its line feed says so. */
static void
append_marked (Contract *self, char mark, const char *text)
{
  g_autofree char *normal = cli_normalise (self->place, text);
  g_auto (GStrv) lines = g_strsplit (normal, "\n", -1);

  for (gsize i = 0; lines[i] != NULL; i++)
    if (lines[i + 1] != NULL)
      g_string_append_printf (self->actual, "%c%s%s\n", mark,
                              lines[i][0] != '\0' ? " " : "", lines[i]);
    else if (lines[i][0] != '\0')
      g_string_append_printf (self->actual, "%c %s (no line feed)\n", mark, lines[i]);
}

static void
run (Contract *self, const char *line)
{
  g_auto (GStrv) parts = g_strsplit (line, " URL ", 2);
  g_autofree char *joint = g_strdup_printf (" %s ", self->url != NULL ? self->url : "");
  g_autofree char *full = g_strjoinv (joint, parts);
  g_autoptr (CliResult) result = cli_place_run (self->place, full);

  append_marked (self, '>', result->out);
  append_marked (self, '!', result->err);
  g_string_append_printf (self->actual, "= %d\n", result->status);
}

/* Reads byte by byte: what follows the line is left to who waits. */
static void
start_beside (Contract *self, const char *line)
{
  g_autoptr (GSubprocessLauncher) launcher =
      cli_place_dup_launcher (self->place, G_SUBPROCESS_FLAGS_STDOUT_PIPE
                                               | G_SUBPROCESS_FLAGS_STDERR_PIPE);
  g_autofree char *command = g_strconcat (cli_get_command (), line, NULL);
  g_auto (GStrv) argv = NULL;
  g_autoptr (GString) said = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  char byte = '\0';

  g_assert_null (self->beside);
  g_shell_parse_argv (command, NULL, &argv, &error);
  g_assert_no_error (error);
  self->beside =
      g_subprocess_launcher_spawnv (launcher, (const char *const *) argv, &error);
  g_assert_no_error (error);
  while (byte != '\n'
         && g_input_stream_read (g_subprocess_get_stdout_pipe (self->beside), &byte, 1,
                                 NULL, &error)
                == 1)
    g_string_append_c (said, byte);
  g_assert_no_error (error);
  append_marked (self, '>', said->str);
}

static void
wait_beside (Contract *self)
{
  g_autoptr (GSubprocess) process = g_steal_pointer (&self->beside);
  g_autofree char *out = NULL;
  g_autofree char *err = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (process);
  g_subprocess_communicate_utf8 (process, NULL, NULL, &out, &err, &error);
  g_assert_no_error (error);
  append_marked (self, '>', out);
  append_marked (self, '!', err);
  g_string_append_printf (self->actual, "= %d\n",
                          g_subprocess_get_exit_status (process));
}

static gboolean
is_result (const char *line)
{
  return line[0] != '\0' && strchr (">!=", line[0]) != NULL;
}

static void
step (Contract *self, const char *line)
{
  if (is_result (line))
    return;
  if (line[0] != '|')
    end_file (self);
  g_string_append_printf (self->actual, "%s\n", line);
  if (line[0] == '[')
    begin_section (self);
  else if (g_str_has_prefix (line, "@ "))
    begin_file (self, line + 2);
  else if (line[0] == '|')
    g_string_append_printf (self->content, "%s\n", line[1] != '\0' ? line + 2 : "");
  else if (g_str_has_prefix (line, "$ vlive"))
    run (self, line + strlen ("$ vlive"));
  else if (strcmp (line, "& wait") == 0)
    wait_beside (self);
  else if (g_str_has_prefix (line, "& vlive"))
    start_beside (self, line + strlen ("& vlive"));
  else
    g_assert_true (line[0] == '\0' || line[0] == '#');
}

static char *
dup_actual (const char *expected)
{
  g_auto (GStrv) lines = g_strsplit (expected, "\n", -1);
  Contract self = { .actual = g_string_new (NULL) };

  for (gsize i = 0; lines[i] != NULL; i++)
    if (lines[i][0] != '\0' || lines[i + 1] != NULL)
      step (&self, lines[i]);
  end_file (&self);
  stop_server (&self);
  g_assert_null (self.beside);
  g_free (self.url);
  g_clear_pointer (&self.place, cli_place_free);

  return g_string_free (self.actual, FALSE);
}

/* The lines around the first that differs. */
static void
tell_difference (const char *expected, const char *actual)
{
  g_auto (GStrv) old_lines = g_strsplit (expected, "\n", -1);
  g_auto (GStrv) new_lines = g_strsplit (actual, "\n", -1);
  guint n_old = g_strv_length (old_lines);
  guint n_new = g_strv_length (new_lines);
  guint first = 0;

  while (first < n_old && first < n_new
         && strcmp (old_lines[first], new_lines[first]) == 0)
    first++;
  for (guint i = first > 8 ? first - 8 : 0; i < first; i++)
    g_printerr ("#   %s\n", old_lines[i]);
  for (guint i = first; i < MIN (first + 8, n_old); i++)
    g_printerr ("# - %s\n", old_lines[i]);
  for (guint i = first; i < MIN (first + 8, n_new); i++)
    g_printerr ("# + %s\n", new_lines[i]);
}

static void
test_contract (void)
{
  g_autofree char *path =
      g_test_build_filename (G_TEST_DIST, "cli", "contract.txt", NULL);
  g_autofree char *expected = NULL;
  g_autofree char *actual = NULL;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (path, &expected, NULL, &error);
  g_assert_no_error (error);
  actual = dup_actual (expected);
  if (g_strcmp0 (g_getenv ("VLIVE_UPDATE_CONTRACT"), "1") == 0)
    {
      g_file_set_contents (path, actual, -1, &error);
      g_assert_no_error (error);
      return;
    }
  if (strcmp (expected, actual) != 0)
    {
      tell_difference (expected, actual);
      g_error ("The command does not keep its contract: tests/cli/contract.txt");
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cli/contract", test_contract);

  return g_test_run ();
}
