/* test-terminal.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <fcntl.h>
#include <pty.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli-run.h"

/* Runs the command in a shell's words with its standard output, and with
 * @talk its standard error too, on a terminal of @columns; what it printed,
 * without the carriage returns that the terminal adds. */
static char *
run_on_terminal (CliPlace *place,
                 guint columns,
                 gboolean talk,
                 const char *environment,
                 const char *line)
{
  struct winsize size = { .ws_row = 24, .ws_col = (unsigned short) columns };
  g_autoptr (GSubprocessLauncher) launcher = NULL;
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GString) printed = g_string_new (NULL);
  g_auto (GStrv) argv = NULL;
  g_auto (GStrv) lines = NULL;
  g_autofree char *words = g_strconcat (cli_get_command (), " ", line, NULL);
  g_autoptr (GError) error = NULL;
  char buffer[4096];
  int master;
  int slave;
  gssize n;

  g_assert_cmpint (openpty (&master, &slave, NULL, NULL, &size), ==, 0);
  g_assert_true (fcntl (master, F_SETFD, FD_CLOEXEC) == 0);
  launcher = cli_place_dup_launcher (place, talk ? G_SUBPROCESS_FLAGS_NONE
                                                 : G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  g_subprocess_launcher_setenv (launcher, "TERM", "xterm", TRUE);
  if (environment != NULL)
    g_subprocess_launcher_setenv (launcher, environment, "1", TRUE);
  if (talk)
    g_subprocess_launcher_take_stderr_fd (launcher, dup (slave));
  g_subprocess_launcher_take_stdout_fd (launcher, slave);
  g_assert_true (g_shell_parse_argv (words, NULL, &argv, &error));
  process = g_subprocess_launcher_spawnv (launcher, (const char *const *) argv, &error);
  g_assert_no_error (error);
  g_clear_object (&launcher);

  /* A terminal whose other end is closed answers with an error. */
  while ((n = read (master, buffer, sizeof buffer)) > 0)
    g_string_append_len (printed, buffer, n);
  close (master);
  g_assert_true (g_subprocess_wait_check (process, NULL, &error));
  g_assert_no_error (error);
  lines = g_strsplit (printed->str, "\r\n", -1);

  return g_strjoinv ("\n", lines);
}

static CliPlace *
new_seeded (void)
{
  CliPlace *place = cli_place_new ();

  cli_assert (place, "local seed", 0, NULL, "");

  return place;
}

static void
test_terminal_colours (void)
{
  g_autoptr (CliPlace) place = new_seeded ();
  g_autofree char *list = run_on_terminal (place, 80, FALSE, NULL, "local list");
  g_autofree char *plain = run_on_terminal (place, 80, FALSE, "NO_COLOR", "local list");
  g_autofree char *talk = run_on_terminal (place, 80, TRUE, NULL, "local get a");

  g_assert_true (g_str_has_prefix (list, "\033[1mid\033[0m  \033[1mname\033[0m"));
  g_assert_cmpstr (plain, ==,
                   "id  name           price\n"
                   "a   Apple Pie         12\n"
                   "b   Brioche            8\n"
                   "c   Cinnamon Roll     15\n");
  g_assert_true (g_str_has_prefix (talk, "\033[34mmiss\033[0m: 1 row, "));
}

/* JSON is for programs: neither coloured nor cut, wherever it goes. */
static void
test_terminal_json (void)
{
  g_autoptr (CliPlace) place = new_seeded ();
  g_autofree char *list = run_on_terminal (place, 20, FALSE, NULL, "local list --json");

  g_assert_null (strchr (list, '\033'));
  g_assert_nonnull (
      strstr (list, "{\"id\": \"c\", \"name\": \"Cinnamon Roll\", \"price\": 15}]"));
}

static void
test_terminal_width (void)
{
  g_autoptr (CliPlace) place = new_seeded ();
  g_autofree char *narrow =
      run_on_terminal (place, 20, FALSE, "NO_COLOR", "local list");

  g_assert_cmpstr (narrow, ==,
                   "id  name       price\n"
                   "a   Apple Pie     12\n"
                   "b   Brioche        8\n"
                   "c   Cinnamon…     15\n");
}

/* How far an import is, and nothing of it left at the end. */
static void
test_terminal_progress (void)
{
  g_autoptr (CliPlace) place = cli_place_new ();
  g_autoptr (GString) csv = g_string_new ("id,name\n");
  g_autofree char *printed = NULL;
  const char *last;

  for (guint i = 0; i < 200000; i++)
    g_string_append_printf (csv, "%u,name of number %u\n", i, i);
  cli_place_write (place, "many.csv", csv->str);
  printed =
      run_on_terminal (place, 80, TRUE, NULL, "local --table many import many.csv");
  g_assert_nonnull (strstr (printed, " %\033[K"));
  last = g_strrstr (printed, "\033[K");
  g_assert_cmpstr (last, ==, "\033[K200000 rows imported\n");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cli/terminal/colours", test_terminal_colours);
  g_test_add_func ("/cli/terminal/json", test_terminal_json);
  g_test_add_func ("/cli/terminal/width", test_terminal_width);
  g_test_add_func ("/cli/terminal/progress", test_terminal_progress);

  return g_test_run ();
}
