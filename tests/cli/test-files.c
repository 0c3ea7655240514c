/* test-files.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli-run.h"

/* The command among files and folders that are not as they should be: the
 * cache costs one warning and never a row. */

#define ROWS                                                                           \
  "id  name           price\na   Apple Pie         12\nb   Brioche            8\nc   " \
  "Cinnamon Roll     15\n"
#define CACHE "c/cache.mdb"

static CliPlace *
new_seeded (void)
{
  CliPlace *place = cli_place_new ();

  cli_assert (place, "local seed", 0, "products now holds 3 records\n", "");

  return place;
}

static void
damage (CliPlace *place, gsize offset, const char *bytes, gsize size)
{
  g_autofree char *path = cli_place_dup_path (place, CACHE);
  int fd = open (path, O_RDWR | O_CLOEXEC);

  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (pwrite (fd, bytes, size, (off_t) offset), ==, (gssize) size);
  close (fd);
}

static gsize
get_size (CliPlace *place)
{
  g_autofree char *path = cli_place_dup_path (place, CACHE);
  struct stat info;

  g_assert_cmpint (stat (path, &info), ==, 0);

  return (gsize) info.st_size;
}

static void
cut (CliPlace *place, gsize size)
{
  g_autofree char *path = cli_place_dup_path (place, CACHE);

  g_assert_cmpint (truncate (path, (off_t) size), ==, 0);
}

/* The number under which the format stands in the file, wherever that is. */
static guint
change_format (CliPlace *place)
{
  static const char magic[] = { 'V', 'L', 'C', 'A' };
  g_autofree char *path = cli_place_dup_path (place, CACHE);
  g_autofree char *content = NULL;
  gsize size;
  guint n = 0;

  g_assert_true (g_file_get_contents (path, &content, &size, NULL));
  for (gsize i = 0; i + 8 <= size; i++)
    if (memcmp (content + i, magic, sizeof magic) == 0 && content[i + 4] == 1)
      {
        damage (place, i + 4, "\x63", 1);
        n++;
      }

  return n;
}

typedef enum
{
  CUT_SHORT,
  CUT_TO_NOTHING,
  NO_HEAD,
  ZEROS,
  ALL_ZEROS,
  FOREIGN,
  OTHER_FORMAT,
  N_FAULTS
} Fault;

static void
inflict (CliPlace *place, Fault fault)
{
  g_autofree char *zeros = g_malloc0 (get_size (place));

  switch (fault)
    {
    case CUT_SHORT:
      cut (place, get_size (place) / 2);
      break;
    case CUT_TO_NOTHING:
      cut (place, 0);
      break;
    case NO_HEAD:
      damage (place, 0, zeros, 8192);
      break;
    case ZEROS:
      damage (place, 8192, zeros, get_size (place) - 8192);
      break;
    case ALL_ZEROS:
      damage (place, 0, zeros, get_size (place));
      break;
    case FOREIGN:
      cli_place_write (place, CACHE, "This is a letter, and no cache.");
      break;
    case OTHER_FORMAT:
      g_assert_cmpuint (change_format (place), >, 0);
      break;
    case N_FAULTS:
    default:
      g_assert_not_reached ();
    }
}

static guint
count (const char *text, const char *word)
{
  guint n = 0;

  for (const char *p = strstr (text, word); p != NULL; p = strstr (p + 1, word))
    n++;

  return n;
}

static void
test_files_damaged (void)
{
  for (int fault = 0; fault < N_FAULTS; fault++)
    {
      g_autoptr (CliPlace) place = new_seeded ();
      g_autoptr (CliResult) result = NULL;

      cli_assert (place, "--cache c local list", 0, ROWS, "miss: 3 rows, *");
      cli_assert (place, "--cache c local list", 0, ROWS, "hit: 3 rows, *");
      inflict (place, (Fault) fault);
      g_test_message ("fault %d", fault);
      result = cli_place_run (place, "--cache c local list");
      g_assert_cmpint (result->status, ==, 0);
      g_assert_cmpstr (result->out, ==, ROWS);
      g_assert_cmpuint (count (result->err, "vlive: warning: "), ==, 1);
      g_assert_cmpuint (count (result->err, "miss: 3 rows, "), ==, 1);
      g_assert_cmpuint (count (result->err, "\n"), ==, 2);
      /* It is whole again, and says no more. */
      cli_assert (place, "--cache c local list", 0, ROWS, "hit: 3 rows, *");
    }
}

static CliResult *
run_under (CliPlace *place, const char *const *wrapper, const char *line)
{
  g_autoptr (GSubprocessLauncher) launcher =
      cli_place_dup_launcher (place, G_SUBPROCESS_FLAGS_STDOUT_PIPE
                                         | G_SUBPROCESS_FLAGS_STDERR_PIPE);
  g_autoptr (GPtrArray) words = g_ptr_array_new ();
  g_auto (GStrv) argv = NULL;
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GError) error = NULL;
  CliResult *result = g_new0 (CliResult, 1);

  for (guint i = 0; wrapper[i] != NULL; i++)
    g_ptr_array_add (words, (gpointer) wrapper[i]);
  g_ptr_array_add (words, (gpointer) cli_get_command ());
  g_assert_true (g_shell_parse_argv (line, NULL, &argv, NULL));
  for (guint i = 0; argv[i] != NULL; i++)
    g_ptr_array_add (words, argv[i]);
  g_ptr_array_add (words, NULL);
  process = g_subprocess_launcher_spawnv (launcher, (const char *const *) words->pdata,
                                          &error);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (process, NULL, NULL, &result->out, &result->err,
                                 &error);
  g_assert_no_error (error);
  result->status = g_subprocess_get_if_exited (process)
                       ? g_subprocess_get_exit_status (process)
                       : -g_subprocess_get_term_sig (process);

  return result;
}

/* Rows, one warning that names the cache, and nothing else but the outcome. */
static void
assert_warned (CliResult *result, const char *pattern)
{
  g_test_message ("%s", result->err);
  g_assert_cmpstr (result->out, ==, ROWS);
  g_assert_cmpint (result->status, ==, 0);
  g_assert_cmpuint (count (result->err, "vlive: warning: "), ==, 1);
  g_assert_cmpuint (count (result->err, "\n"), ==, 2);
  g_assert_true (g_pattern_match_simple (pattern, result->err));
}

/* As somebody whom permissions bind: root without what makes it root. */
static void
test_files_forbidden_folder (void)
{
  static const char *const as_root[] = { "setpriv", "--bounding-set",
                                         "-dac_override,-dac_read_search", NULL };
  static const char *const as_user[] = { NULL };
  const char *const *wrapper = geteuid () == 0 ? as_root : as_user;
  g_autoptr (CliPlace) place = new_seeded ();
  g_autofree char *shut = cli_place_dup_path (place, "shut");
  g_autoptr (CliResult) below = NULL;
  g_autoptr (CliResult) inside = NULL;
  g_autoptr (CliResult) master = NULL;
  g_autoptr (CliResult) export = NULL;

  g_assert_cmpint (g_mkdir (shut, 0555), ==, 0);
  below = run_under (place, wrapper, "--cache shut/c local list");
  assert_warned (below, "*The cache in “*shut/c” keeps nothing more: *shut/c*: "
                        "Permission denied*");
  inside = run_under (place, wrapper, "--cache shut local list");
  assert_warned (inside, "*The cache in “*shut” keeps nothing more: *cache.mdb*: "
                         "Permission denied*");

  /* Where there is nothing to fall back to, it is an error. */
  master = run_under (place, wrapper, "--master shut/m.mdb local seed");
  g_assert_cmpint (master->status, ==, 1);
  g_assert_cmpstr (master->out, ==, "");
  g_assert_true (g_pattern_match_simple (
      "vlive: *shut/m.mdb* cannot be opened: *: Permission denied\n", master->err));
  g_assert_cmpuint (count (master->err, "\n"), ==, 1);
  export = run_under (place, wrapper, "local export shut/rows.csv");
  g_assert_cmpint (export->status, ==, 1);
  g_assert_true (g_pattern_match_simple ("vlive: *shut/rows.csv*Permission denied\n",
                                         export->err));
  g_assert_cmpint (g_chmod (shut, 0700), ==, 0);
  g_assert_cmpint (g_rmdir (shut), ==, 0);
}

/* A disk of 1 MiB with so many KiB left. */
static CliResult *
run_on_small_disk (CliPlace *place, guint left, const char *line)
{
  g_autofree char *script =
      g_strdup_printf ("mkdir -p d; mount -t tmpfs -o size=1m tmpfs d\n"
                       "head -c %uK /dev/zero >d/ballast\n"
                       "exec \"$0\" \"$@\"",
                       1024 - left);
  const char *wrapper[] = { "unshare", geteuid () == 0 ? "-m" : "-Urm",
                            "sh",      "-ec",
                            script,    NULL };

  return run_under (place, wrapper, line);
}

static void
test_files_full_disk (void)
{
  g_autoptr (CliPlace) place = new_seeded ();
  g_autoptr (CliResult) seed = NULL;

  for (guint left = 0; left <= 256; left += left < 64 ? 4 : 64)
    {
      g_autoptr (CliResult) list =
          run_on_small_disk (place, left, "--cache d/c local list");

      g_test_message ("%u KiB left: %s", left, list->err);
      g_assert_cmpint (list->status, ==, 0);
      g_assert_cmpstr (list->out, ==, ROWS);
      g_assert_cmpuint (count (list->err, "vlive: warning: "), <=, 1);
      g_assert_cmpuint (count (list->err, "\n"), ==,
                        1 + count (list->err, "vlive: warning: "));
      if (left == 0)
        assert_warned (list,
                       "*The cache in “*d/c” keeps nothing more: *No space left*");
      if (left == 256)
        g_assert_cmpuint (count (list->err, "warning"), ==, 0);
    }
  seed = run_on_small_disk (place, 8, "--master d/m.mdb local seed");
  g_assert_cmpint (seed->status, ==, 1);
  g_assert_cmpstr (seed->out, ==, "");
  g_assert_true (
      g_pattern_match_simple ("vlive: *d/m.mdb*no space left*\n", seed->err));
  g_assert_cmpuint (count (seed->err, "\n"), ==, 1);
}

#define N_AT_ONCE 8

/* Several at once, on one file and one cache: each write that was said to be
 * done is there, and whoever reads afterwards sees all of them. */
static void
test_files_at_once (void)
{
  g_autoptr (CliPlace) place = new_seeded ();
  GSubprocess *processes[N_AT_ONCE];

  cli_assert (place, "--cache c local list", 0, ROWS, "miss: 3 rows, *");
  for (guint round = 0; round < 5; round++)
    {
      g_autofree char *rows =
          g_strdup_printf ("*%u rows, *", 3 + N_AT_ONCE * (round + 1));

      for (guint i = 0; i < N_AT_ONCE; i++)
        {
          g_autoptr (GSubprocessLauncher) launcher =
              cli_place_dup_launcher (place, G_SUBPROCESS_FLAGS_STDOUT_SILENCE
                                                 | G_SUBPROCESS_FLAGS_STDERR_PIPE);
          g_autoptr (GError) error = NULL;
          g_autofree char *id = g_strdup_printf ("r%u-%u", round, i);

          processes[i] =
              g_subprocess_launcher_spawn (launcher, &error, cli_get_command (),
                                           "--cache", "c", "local", "add", id, "Row",
                                           "1", NULL);
          g_assert_no_error (error);
        }
      for (guint i = 0; i < N_AT_ONCE; i++)
        {
          g_autofree char *err = NULL;

          g_subprocess_communicate_utf8 (processes[i], NULL, NULL, NULL, &err, NULL);
          g_assert_cmpint (g_subprocess_get_exit_status (processes[i]), ==, 0);
          g_assert_true (g_str_has_prefix (err, "applied: "));
          g_assert_cmpuint (count (err, "\n"), ==, 1);
          g_object_unref (processes[i]);
        }
      cli_assert (place, "--cache c local list", 0, "*Apple Pie*", rows);
      cli_assert (place, "--cache c local list", 0, "*Apple Pie*", "hit: *");
    }
}

/* To ask about a cache makes none. */
static void
test_files_no_cache (void)
{
  static const char *const lines[] = { "--cache c cache", "--cache c cache info",
                                       "--cache c cache clear" };
  g_autoptr (CliPlace) place = cli_place_new ();

  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    cli_assert (place, lines[i], 1, "", "vlive: There is no cache in c\n");
  g_assert_false (cli_place_has (place, "c"));
  cli_assert (place, "--cache . cache clear", 1, "", "vlive: There is no cache in .\n");
  g_assert_false (cli_place_has (place, "cache.mdb"));
}

/* Holds the file open for as long as nobody reads what it prints. */
static GSubprocess *
spawn_blocked (CliPlace *place, const char *const *wrapper)
{
  g_autoptr (GSubprocessLauncher) launcher =
      cli_place_dup_launcher (place, G_SUBPROCESS_FLAGS_STDOUT_PIPE
                                         | G_SUBPROCESS_FLAGS_STDERR_PIPE);
  g_autoptr (GPtrArray) words = g_ptr_array_new ();
  g_autoptr (GDataInputStream) errors = NULL;
  g_autofree char *said = NULL;
  g_autoptr (GError) error = NULL;
  GSubprocess *process;

  for (guint i = 0; wrapper[i] != NULL; i++)
    g_ptr_array_add (words, (gpointer) wrapper[i]);
  g_ptr_array_add (words, (gpointer) cli_get_command ());
  g_ptr_array_add (words, (gpointer) "local");
  g_ptr_array_add (words, (gpointer) "list");
  g_ptr_array_add (words, NULL);
  process = g_subprocess_launcher_spawnv (launcher, (const char *const *) words->pdata,
                                          &error);
  g_assert_no_error (error);
  errors = g_data_input_stream_new (g_subprocess_get_stderr_pipe (process));
  said = g_data_input_stream_read_line (errors, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_pattern_match_simple ("miss: 4 rows, *", said));

  return process;
}

/* Two sandboxes in which the command has one process number cannot share the
 * file: the second is told what to do, and nothing is changed. */
static void
test_files_same_pid (void)
{
  static const char *const as_root[] = { "env",     "ASAN_OPTIONS=detect_leaks=0",
                                         "unshare", "--pid",
                                         "--fork",  "--kill-child",
                                         NULL };
  static const char *const as_user[] = { "env",          "ASAN_OPTIONS=detect_leaks=0",
                                         "unshare",      "-Ur",
                                         "--pid",        "--fork",
                                         "--kill-child", NULL };
  const char *const *sandbox = geteuid () == 0 ? as_root : as_user;
  g_autoptr (CliPlace) place = new_seeded ();
  g_autofree char *many = g_strnfill (100 * 1000, 'x');
  g_autofree char *line = g_strconcat ("local add big ", many, " 1", NULL);
  g_autoptr (GSubprocess) first = NULL;
  g_autoptr (CliResult) second = NULL;
  g_autoptr (CliResult) third = NULL;

  cli_assert (place, line, 0, "added big\n", "applied: *");
  first = spawn_blocked (place, sandbox);
  second = run_under (place, sandbox, "local delete a");
  g_assert_cmpint (second->status, ==, 1);
  g_assert_cmpstr (second->out, ==, "");
  g_assert_true (g_pattern_match_simple (
      "vlive: *vlive-master.mdb* is open in another sandbox, by a program with the "
      "same "
      "process number (1) as this one, and cannot be shared with it: close it there "
      "first\n",
      second->err));
  /* Who has a number of his own may. */
  cli_assert (place, "local get a", 0, "*Apple Pie*", "miss: *");
  g_subprocess_force_exit (first);
  g_subprocess_wait (first, NULL, NULL);
  third = run_under (place, sandbox, "local get a");
  g_assert_cmpint (third->status, ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cli/files/damaged", test_files_damaged);
  g_test_add_func ("/cli/files/forbidden-folder", test_files_forbidden_folder);
  g_test_add_func ("/cli/files/no-cache", test_files_no_cache);
  g_test_add_func ("/cli/files/at-once", test_files_at_once);
  g_test_add_func ("/cli/files/same-pid", test_files_same_pid);
  g_test_add_func ("/cli/files/full-disk", test_files_full_disk);

  return g_test_run ();
}
