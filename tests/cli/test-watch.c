/* test-watch.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <signal.h>
#include <string.h>

#include "cli-run.h"

/* `vlive local watch` beside others that write. */
typedef struct
{
  CliPlace *place;
  GSubprocess *process;
  GDataInputStream *out;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  f->place = cli_place_new ();
  cli_assert (f->place, "local seed", 0, NULL, "");
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  if (f->process != NULL)
    g_subprocess_force_exit (f->process);
  g_clear_object (&f->process);
  g_clear_object (&f->out);
  cli_place_free (f->place);
}

/* NULL at the end. */
static char *
read_line (Fixture *f)
{
  g_autoptr (GError) error = NULL;
  char *line = g_data_input_stream_read_line (f->out, NULL, NULL, &error);

  g_assert_no_error (error);

  return line;
}

static void
assert_line (Fixture *f, const char *expected)
{
  g_autofree char *line = read_line (f);

  g_assert_cmpstr (line, ==, expected);
}

static void
start (Fixture *f, const char *options)
{
  g_autoptr (GSubprocessLauncher) launcher =
      cli_place_dup_launcher (f->place, G_SUBPROCESS_FLAGS_STDOUT_PIPE
                                            | G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  g_autofree char *line = g_strdup_printf ("%s %s", cli_get_command (), options);
  g_auto (GStrv) argv = NULL;
  g_autoptr (GError) error = NULL;

  g_shell_parse_argv (line, NULL, &argv, &error);
  g_assert_no_error (error);
  f->process =
      g_subprocess_launcher_spawnv (launcher, (const char *const *) argv, &error);
  g_assert_no_error (error);
  f->out = g_data_input_stream_new (g_subprocess_get_stdout_pipe (f->process));
}

static void
assert_ends (Fixture *f, int status)
{
  g_assert_true (g_subprocess_wait (f->process, NULL, NULL));
  g_assert_true (g_subprocess_get_if_exited (f->process));
  g_assert_cmpint (g_subprocess_get_exit_status (f->process), ==, status);
  g_clear_object (&f->process);
}

static void
run (Fixture *f, const char *line)
{
  cli_assert (f->place, line, 0, NULL, NULL);
}

/* Each line is there when its change is, unmerged. */
static void
test_json (Fixture *f, gconstpointer data)
{
  start (f, "--json local watch");
  assert_line (f, "{\"kind\": \"ready\"}");
  run (f, "local add d Donut 5");
  assert_line (f, "{\"kind\": \"inserted\", \"id\": \"d\", \"record\": {\"id\": \"d\", "
                  "\"name\": \"Donut\", \"price\": 5}}");
  run (f, "local set d price=6");
  run (f, "local set d price=7");
  assert_line (f, "{\"kind\": \"updated\", \"id\": \"d\", \"record\": {\"id\": \"d\", "
                  "\"name\": \"Donut\", \"price\": 6}}");
  assert_line (f, "{\"kind\": \"updated\", \"id\": \"d\", \"record\": {\"id\": \"d\", "
                  "\"name\": \"Donut\", \"price\": 7}}");
  run (f, "local delete d");
  assert_line (f, "{\"kind\": \"deleted\", \"id\": \"d\"}");
  run (f, "local seed");
  assert_line (f, "{\"kind\": \"changed\"}");
  g_subprocess_send_signal (f->process, SIGINT);
  assert_line (f, NULL);
  assert_ends (f, 0);
}

static void
test_text (Fixture *f, gconstpointer data)
{
  start (f, "local watch");
  assert_line (f, "ready");
  run (f, "local add d 'name=A\tb\x1b[1m' price:=null");
  assert_line (f, "inserted d  name=A\\tb\\x1b[1m  price:=null");
  g_subprocess_send_signal (f->process, SIGTERM);
  assert_line (f, NULL);
  assert_ends (f, 0);
}

/* What came before is not told; what comes of an import is one change. */
static void
test_count (Fixture *f, gconstpointer data)
{
  run (f, "local add d Donut 5");
  cli_place_write (f->place, "more.csv", "id,name,price\nx,Xmas,1\ny,Yule,2\n");
  start (f, "local watch --count 2");
  assert_line (f, "ready");
  run (f, "local import more.csv");
  assert_line (f, "changed");
  run (f, "local delete x");
  assert_line (f, "deleted x");
  assert_line (f, NULL);
  assert_ends (f, 0);
}

/* Another table of the file is another matter. */
static void
test_table (Fixture *f, gconstpointer data)
{
  run (f, "--table others local add a An 1");
  start (f, "--table others local watch --count 1");
  assert_line (f, "ready");
  run (f, "local add d Donut 5");
  run (f, "--table others local delete a");
  assert_line (f, "deleted a");
  assert_line (f, NULL);
  assert_ends (f, 0);
}

/* Nobody reads any more: it does not wait for a change to find out. */
static void
test_reader_gone (Fixture *f, gconstpointer data)
{
  start (f, "local watch");
  assert_line (f, "ready");
  g_clear_object (&f->out);
  g_assert_true (
      g_input_stream_close (g_subprocess_get_stdout_pipe (f->process), NULL, NULL));
  g_assert_true (g_subprocess_wait (f->process, NULL, NULL));
  g_clear_object (&f->process);
}

static void
test_missing (Fixture *f, gconstpointer data)
{
  cli_assert (f->place, "--table none local watch", 1, "",
              "vlive: There is no table none in ./vlive-master.mdb; seed or import it "
              "first\n");
  cli_assert (f->place, "--master none.vlive local watch", 1, "",
              "vlive: There is no table products in none.vlive; seed or import it "
              "first\n");
  g_assert_false (cli_place_has (f->place, "none.vlive"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func)                                                                \
  g_test_add ("/cli/watch/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("json", test_json);
  ADD ("text", test_text);
  ADD ("count", test_count);
  ADD ("table", test_table);
  ADD ("reader-gone", test_reader_gone);
  ADD ("missing", test_missing);
#undef ADD

  return g_test_run ();
}
