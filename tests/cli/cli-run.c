/* cli-run.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "cli-run.h"

#include <glib/gstdio.h>
#include <string.h>

#define PATIENCE_S 60

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = NULL;
  const char *name;

  if (!g_file_test (path, G_FILE_TEST_IS_SYMLINK))
    dir = g_dir_open (path, 0, NULL);
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      remove_tree (child);
    }
  g_remove (path);
}

CliPlace *
cli_place_new (void)
{
  CliPlace *self = g_new0 (CliPlace, 1);
  g_autoptr (GError) error = NULL;

  self->folder = g_dir_make_tmp ("vlive-cli-XXXXXX", &error);
  g_assert_no_error (error);

  return self;
}

void
cli_place_free (CliPlace *self)
{
  remove_tree (self->folder);
  g_free (self->folder);
  g_free (self);
}

char *
cli_place_dup_path (CliPlace *self, const char *name)
{
  return g_build_filename (self->folder, name, NULL);
}

void
cli_place_write (CliPlace *self, const char *name, const char *content)
{
  g_autofree char *path = cli_place_dup_path (self, name);
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, content, -1, &error);
  g_assert_no_error (error);
}

gboolean
cli_place_has (CliPlace *self, const char *name)
{
  g_autofree char *path = cli_place_dup_path (self, name);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

const char *
cli_get_command (void)
{
  const char *command = g_getenv ("VLIVE_COMMAND");

  if (command == NULL)
    g_error ("VLIVE_COMMAND names no command; run this test by meson");

  return command;
}

static void
set_folder (CliPlace *self,
            GSubprocessLauncher *launcher,
            const char *variable,
            const char *name)
{
  g_autofree char *path = cli_place_dup_path (self, name);

  g_subprocess_launcher_setenv (launcher, variable, path, TRUE);
}

GSubprocessLauncher *
cli_place_dup_launcher (CliPlace *self, GSubprocessFlags flags)
{
  GSubprocessLauncher *launcher = g_subprocess_launcher_new (flags);

  g_subprocess_launcher_set_cwd (launcher, self->folder);
  set_folder (self, launcher, "HOME", "home");
  set_folder (self, launcher, "XDG_CACHE_HOME", "home/cache");
  set_folder (self, launcher, "XDG_STATE_HOME", "home/state");
  set_folder (self, launcher, "XDG_DATA_HOME", "home/data");
  set_folder (self, launcher, "XDG_CONFIG_HOME", "home/config");
  g_subprocess_launcher_setenv (launcher, "LC_ALL", "C.UTF-8", TRUE);
  g_subprocess_launcher_unsetenv (launcher, "NO_COLOR");
  g_subprocess_launcher_unsetenv (launcher, "G_MESSAGES_DEBUG");
  g_subprocess_launcher_unsetenv (launcher, "LANGUAGE");
  /* Loopback is reached without one. */
  g_subprocess_launcher_unsetenv (launcher, "http_proxy");
  g_subprocess_launcher_unsetenv (launcher, "https_proxy");
  g_subprocess_launcher_unsetenv (launcher, "all_proxy");

  return launcher;
}

typedef struct
{
  GSubprocess *process; /* borrowed */
  char *out;            /* owned */
  char *err;            /* owned */
  gboolean done;
  gboolean late;
} Run;

/* The data of empty bytes is NULL. */
static char *
dup_bytes (GBytes *bytes)
{
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size);

  return size > 0 ? g_strndup (data, size) : g_strdup ("");
}

static void
communicated_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Run *run = user_data;
  g_autoptr (GBytes) out = NULL;
  g_autoptr (GBytes) err = NULL;
  g_autoptr (GError) error = NULL;

  g_subprocess_communicate_finish (run->process, result, &out, &err, &error);
  g_assert_no_error (error);
  run->out = dup_bytes (out);
  run->err = dup_bytes (err);
  run->done = TRUE;
}

static gboolean
late_cb (gpointer user_data)
{
  Run *run = user_data;

  run->late = TRUE;
  g_subprocess_force_exit (run->process);

  return G_SOURCE_REMOVE;
}

static CliResult *
collect (GSubprocess *process)
{
  CliResult *result = g_new0 (CliResult, 1);
  Run run = { .process = process };
  guint timeout = g_timeout_add_seconds (PATIENCE_S, late_cb, &run);

  g_subprocess_communicate_async (process, NULL, NULL, communicated_cb, &run);
  while (!run.done)
    g_main_context_iteration (NULL, TRUE);
  g_assert_false (run.late);
  g_source_remove (timeout);

  g_subprocess_wait (process, NULL, NULL);
  result->out = run.out;
  result->err = run.err;
  result->status = g_subprocess_get_if_exited (process)
                       ? g_subprocess_get_exit_status (process)
                       : -g_subprocess_get_term_sig (process);

  return result;
}

CliResult *
cli_place_runv (CliPlace *self, const char *const *argv)
{
  g_autoptr (GSubprocessLauncher) launcher =
      cli_place_dup_launcher (self, G_SUBPROCESS_FLAGS_STDOUT_PIPE
                                        | G_SUBPROCESS_FLAGS_STDERR_PIPE);
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GPtrArray) words = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;

  g_ptr_array_add (words, (gpointer) cli_get_command ());
  for (gsize i = 0; argv[i] != NULL; i++)
    g_ptr_array_add (words, (gpointer) argv[i]);
  g_ptr_array_add (words, NULL);
  process = g_subprocess_launcher_spawnv (launcher, (const char *const *) words->pdata,
                                          &error);
  g_assert_no_error (error);

  return collect (process);
}

CliResult *
cli_place_run (CliPlace *self, const char *line)
{
  g_auto (GStrv) argv = NULL;
  g_autoptr (GError) error = NULL;

  if (line[0] == '\0')
    argv = g_new0 (char *, 1);
  else
    g_shell_parse_argv (line, NULL, &argv, &error);
  g_assert_no_error (error);

  return cli_place_runv (self, (const char *const *) argv);
}

void
cli_result_free (CliResult *self)
{
  g_free (self->out);
  g_free (self->err);
  g_free (self);
}

static char *
replace_all (char *text, const char *pattern, const char *replacement)
{
  g_autoptr (GRegex) regex = NULL;
  G_GNUC_UNUSED g_autofree char *owned = text;
  g_autoptr (GError) error = NULL;
  char *replaced;

  regex = g_regex_new (pattern, 0, 0, &error);
  g_assert_no_error (error);
  replaced = g_regex_replace (regex, text, -1, 0, replacement, 0, &error);
  g_assert_no_error (error);

  return replaced;
}

char *
cli_normalise (CliPlace *self, const char *text)
{
  g_autofree char *folder = g_regex_escape_string (self->folder, -1);
  char *normal = g_strdup (text);

  normal = replace_all (normal, folder, "FOLDER");
  normal = replace_all (normal,
                        "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
                        "UUID");
  normal = replace_all (normal, "(127\\.0\\.0\\.1|localhost):[0-9]+", "\\1:PORT");
  normal = replace_all (normal, "[0-9]+ µs", "N µs");
  normal = replace_all (normal, "[0-9.]+ (s|min|h|days) old", "N s old");
  normal = replace_all (normal, "\"elapsed_us\": [0-9]+", "\"elapsed_us\": N");
  normal = replace_all (normal, "\"age_s\": [0-9.e-]+", "\"age_s\": N");

  return normal;
}

static void
assert_text (const char *line, const char *what, const char *text, const char *pattern)
{
  if (pattern == NULL || g_pattern_match_simple (pattern, text))
    return;
  g_printerr ("# vlive %s\n# %s is\n%s\n# and should be\n%s\n", line, what, text,
              pattern);
  g_test_fail ();
}

void
cli_assert (CliPlace *self,
            const char *line,
            int status,
            const char *out,
            const char *err)
{
  g_autoptr (CliResult) result = cli_place_run (self, line);
  g_autofree char *normal_out = cli_normalise (self, result->out);
  g_autofree char *normal_err = cli_normalise (self, result->err);

  assert_text (line, "standard output", normal_out, out);
  assert_text (line, "standard error", normal_err, err);
  if (result->status != status)
    g_printerr ("# vlive %s: %s\n", line, result->err);
  g_assert_cmpint (result->status, ==, status);
}

JsonNode *
cli_place_read_json (CliPlace *self, const char *line, int status)
{
  g_autoptr (CliResult) result = cli_place_run (self, line);
  g_autoptr (GError) error = NULL;
  JsonNode *node;

  if (result->status != status)
    g_printerr ("# vlive %s: %s\n", line, result->err);
  g_assert_cmpint (result->status, ==, status);
  /* One document, and it is a line. */
  g_assert_true (strchr (result->out, '\n') == result->out + strlen (result->out) - 1);
  node = json_from_string (result->out, &error);
  g_assert_no_error (error);
  g_assert_nonnull (node);

  return node;
}
