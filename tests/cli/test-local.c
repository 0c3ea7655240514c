/* test-local.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <fcntl.h>
#include <glib-unix.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "cli-run.h"

static CliPlace *
new_seeded (void)
{
  CliPlace *place = cli_place_new ();

  cli_assert (place, "local seed", 0, "products now holds 3 records\n", "");

  return place;
}

static const char *
get_outcome (JsonNode *node)
{
  return json_object_get_string_member (json_node_get_object (node), "outcome");
}

static gint64
get_int (JsonNode *node, const char *name)
{
  return json_object_get_int_member (json_node_get_object (node), name);
}

static JsonObject *
get_row (JsonNode *node, guint index)
{
  JsonArray *rows = json_object_get_array_member (json_node_get_object (node), "rows");

  return json_array_get_object_element (rows, index);
}

/* Flags stand anywhere; "--" ends them. */
static void
test_local_flags_anywhere (void)
{
  const char *const lines[] = { "--json --cache none local list --limit 2",
                                "local --json list --cache none --limit 2",
                                "local list --limit=2 --json --cache=none",
                                "--limit 2 --json local --cache none list --" };
  g_autoptr (CliPlace) place = new_seeded ();

  for (gsize i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      g_autoptr (JsonNode) node = cli_place_read_json (place, lines[i], 0);

      g_assert_cmpint (get_int (node, "count"), ==, 2);
      g_assert_cmpint (get_int (node, "total"), ==, 3);
      g_assert_cmpstr (get_outcome (node), ==, "miss");
    }
}

/* Every option does what it says: a knob that is ignored fails here. */
static void
test_local_options (void)
{
  g_autoptr (CliPlace) place = new_seeded ();

  cli_assert (place, "--master other.mdb local add x X 1", 0, "added x\n",
              "applied: *");
  g_assert_true (cli_place_has (place, "vlive-master.mdb"));
  g_assert_true (cli_place_has (place, "other.mdb"));
  cli_assert (place, "--master other.mdb local get x", 0, "*", "miss: *");
  cli_assert (place, "local get x", 3, "", "vlive: *x*\n");
  cli_assert (place, "--table other local add y Y 1", 0, "added y\n", "applied: *");
  cli_assert (place, "--table other local get y", 0, "*", "miss: *");
  cli_assert (place, "local get y", 3, "", "vlive: *y*\n");
  cli_assert (place, "--cache here local list", 0, "*", "miss: *");
  g_assert_true (cli_place_has (place, "here"));
}

/* What is read of a file that is not there makes none. */
static void
test_local_no_file (void)
{
  const char *const lines[] = { "local list",
                                "local get a",
                                "local info",
                                "local set a b=1",
                                "local delete a",
                                "local import missing.csv",
                                "local import books.txt" };

  for (gsize i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      g_autoptr (CliPlace) place = cli_place_new ();
      g_autoptr (CliResult) result = cli_place_run (place, lines[i]);

      g_assert_false (cli_place_has (place, "vlive-master.mdb"));
      g_assert_cmpint (result->status, >=, 0);
      g_assert_cmpint (result->status, <=, 3);
    }
}

/* A warm folder: the second list is a hit, and so is get; whoever changes the
 * table, with whatever cache, is seen. */
static void
test_local_warm_cache (void)
{
  g_autoptr (CliPlace) place = new_seeded ();

  cli_assert (place, "--cache c local list", 0, NULL, "miss: 3 rows, N µs, key *\n");
  cli_assert (place, "--cache c local list", 0, NULL,
              "hit: 3 rows, N s old, N µs, key *\n");
  cli_assert (place, "--cache c local get b", 0, NULL,
              "hit: 1 row, N s old, N µs, key *\n");
  cli_assert (place, "--cache none local set b price=9", 0, "changed b\n", NULL);
  cli_assert (place, "--cache c local get b", 0, "id     b\nname   Brioche\nprice  9\n",
              "miss: 1 row, N µs, key *\n");
  cli_assert (place, "--cache c local list", 0, NULL, "miss: *");
  cli_assert (place, "--cache c local list", 0, NULL, "hit: *");
  cli_assert (place, "--cache mem local seed", 0, NULL, NULL);
  cli_assert (place, "--cache c local list", 0, "*b   Brioche            8\n*",
              "miss: *");
  cli_assert (place, "--cache other local list", 0, NULL, "miss: *");
}

/* A page is known by its rows too: 3, then 5, then all. */
static void
test_local_pages (void)
{
  const struct
  {
    const char *line;
    gint64 count;
    const char *outcome;
  } reads[] = {
    { "--cache c local list --page 1 --limit 1 --json", 1, "miss" },
    { "--cache c local list --page 1 --limit 2 --json", 2, "miss" },
    { "--cache c local list --json", 3, "miss" },
    { "--cache c local list --limit 1 --json", 1, "hit" },
    { "--cache c local list --limit 2 --json", 2, "hit" },
    { "--cache c local list --json", 3, "hit" },
    { "--cache c local list --page 2 --limit 2 --json", 1, "miss" },
    { "--cache c local list --page 1 --json", 3, "miss" },
    { "--cache c local list --limit 10 --json", 3, "hit" },
  };
  g_autoptr (CliPlace) place = new_seeded ();
  g_autoptr (GHashTable) keys =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (reads); i++)
    {
      g_autoptr (JsonNode) node = cli_place_read_json (place, reads[i].line, 0);

      g_assert_cmpint (get_int (node, "count"), ==, reads[i].count);
      g_assert_cmpint (get_int (node, "total"), ==, 3);
      g_assert_cmpstr (get_outcome (node), ==, reads[i].outcome);
      g_hash_table_add (keys, g_strdup (json_object_get_string_member (
                                  json_node_get_object (node), "cache_key")));
    }
  g_assert_cmpuint (g_hash_table_size (keys), ==, 5);
}

/* One record is found in whatever was listed, by a command that knows of it
 * from the folder alone. */
static void
test_local_get_from_any_list (void)
{
  g_autoptr (CliPlace) place = new_seeded ();

  cli_assert (place, "--cache c local list --sort -price --page 2 --limit 1", 0, NULL,
              "miss: *");
  cli_assert (place, "--cache c local get a", 0,
              "id     a\nname   Apple Pie\nprice  12\n", "hit: 1 row, *");
  cli_assert (place, "--cache c local get b", 0, NULL, "miss: 1 row, *");
  cli_assert (place, "--cache c local set a price=13", 0, NULL, NULL);
  cli_assert (place, "--cache c local get a", 0,
              "id     a\nname   Apple Pie\nprice  13\n", "*: 1 row, *");
}

/* Filters with what keys and addresses are made of have slots of their own. */
static void
test_local_filters_apart (void)
{
  g_autofree char *longest = g_strnfill (2048, 'x');
  const char *const names[] = { "a/b", "a&b", "a", "é", "a%2Fb", "", "a=b", longest };
  g_autoptr (CliPlace) place = new_seeded ();

  for (guint round = 0; round < 2; round++)
    for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
      {
        g_autofree char *line =
            g_strdup_printf ("--json --cache c local list '--filter=name=%s'",
                             names[i]);
        g_autoptr (JsonNode) node = cli_place_read_json (place, line, 0);

        g_assert_cmpint (get_int (node, "count"), ==, 0);
        g_assert_cmpstr (get_outcome (node), ==, round == 0 ? "miss" : "hit");
      }
}

/* Write n, then read: never an older one, whichever way the read goes. */
static void
test_local_write_then_read (void)
{
  g_autoptr (CliPlace) place = new_seeded ();

  for (guint i = 100; i < 120; i++)
    {
      g_autofree char *set = g_strdup_printf ("--cache c local set a price=%u", i);
      g_autoptr (JsonNode) record = NULL;
      g_autoptr (JsonNode) list = NULL;

      cli_assert (place, set, 0, "changed a\n", "applied: *");
      record = cli_place_read_json (place, "--cache c local get a --json", 0);
      list = cli_place_read_json (place, "--cache c local list --json", 0);
      g_assert_cmpint (json_object_get_int_member (get_row (record, 0), "price"), ==,
                       i);
      g_assert_cmpint (json_object_get_int_member (get_row (list, 0), "price"), ==, i);
    }
}

/* The order is the master's: of insertion, in and out of any cache. */
static void
test_local_order (void)
{
  const char *const caches[] = { "mem", "none", "c", "c" };
  const char *const ids[] = { "10", "9", "2" };
  g_autoptr (CliPlace) place = cli_place_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      g_autofree char *line = g_strdup_printf ("local add %s Row %s", ids[i], ids[i]);

      cli_assert (place, line, 0, NULL, NULL);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (caches); i++)
    {
      g_autofree char *line =
          g_strdup_printf ("--json --cache %s local list", caches[i]);
      g_autoptr (JsonNode) node = cli_place_read_json (place, line, 0);

      for (guint j = 0; j < G_N_ELEMENTS (ids); j++)
        {
          g_autofree char *id =
              json_to_string (json_object_get_member (get_row (node, j), "id"), FALSE);

          g_assert_cmpstr (id, ==, ids[j]);
        }
    }
}

/* Ids keep the master's own type, whether they were imported or added. */
static void
test_local_id_types (void)
{
  g_autoptr (CliPlace) place = cli_place_new ();
  g_autoptr (JsonNode) node = NULL;

  cli_place_write (place, "t.csv", "id,name\n7,seven\n");
  cli_assert (place, "local --table t import t.csv", 0, "1 row imported\n", NULL);
  cli_assert (place, "local --table t add 8 name=eight", 0, "added 8\n", NULL);
  node = cli_place_read_json (place, "--json local --table t list", 0);
  for (guint i = 0; i < 2; i++)
    {
      JsonNode *id = json_object_get_member (get_row (node, i), "id");

      g_assert_true (json_node_get_value_type (id) == G_TYPE_INT64);
      g_assert_cmpint (json_node_get_int (id), ==, 7 + i);
    }
  cli_assert (place, "local --table t get 7", 0, "*seven\n", NULL);
}

static char *
run_debug (CliPlace *place, const char *line, char **err)
{
  g_autoptr (CliResult) result = cli_place_run (place, line);

  g_assert_cmpint (result->status, ==, 0);
  if (err != NULL)
    *err = g_steal_pointer (&result->err);

  return cli_normalise (place, result->out);
}

/* The story goes to standard error, with the ledger at its end. */
static void
test_local_debug (void)
{
  g_autoptr (CliPlace) place = new_seeded ();
  g_autofree char *plain = run_debug (place, "--cache none local list --json", NULL);
  g_autofree char *err = NULL;
  g_autofree char *story =
      run_debug (place, "--cache none local list --json --debug", &err);
  g_auto (GStrv) lines = g_strsplit (err, "\n", -1);

  g_assert_cmpstr (story, ==, plain);
  g_assert_nonnull (strstr (err, "debug: ledger: 1 fetches, "));
  g_assert_nonnull (strstr (err, " 1 misses, "));
  for (gsize i = 0; lines[i] != NULL; i++)
    g_assert_true (lines[i][0] == '\0' || g_str_has_prefix (lines[i], "debug: ")
                   || g_str_has_prefix (lines[i], "miss: "));
}

/* A result that could not be written is no success. */
static void
test_local_full_output (void)
{
  g_autoptr (CliPlace) place = new_seeded ();
  g_autoptr (GSubprocessLauncher) launcher =
      cli_place_dup_launcher (place, G_SUBPROCESS_FLAGS_STDERR_PIPE);
  g_autoptr (GSubprocess) process = NULL;
  g_autofree char *err = NULL;
  int fd = open ("/dev/full", O_WRONLY | O_CLOEXEC);

  g_assert_cmpint (fd, >=, 0);
  g_subprocess_launcher_take_stdout_fd (launcher, fd);
  process = g_subprocess_launcher_spawn (launcher, NULL, cli_get_command (), "local",
                                         "list", NULL);
  g_assert_true (g_subprocess_communicate_utf8 (process, NULL, NULL, NULL, &err, NULL));
  g_assert_cmpint (g_subprocess_get_exit_status (process), ==, 1);
  g_assert_nonnull (
      strstr (err, "vlive: cannot write the output: No space left on device\n"));
}

static GSubprocess *
spawn_into_broken_pipe (CliPlace *place, const char *script)
{
  g_autoptr (GSubprocessLauncher) launcher =
      cli_place_dup_launcher (place, G_SUBPROCESS_FLAGS_STDERR_PIPE);
  g_autoptr (GError) error = NULL;
  GSubprocess *process;
  int ends[2];

  g_assert_true (g_unix_open_pipe (ends, FD_CLOEXEC, &error));
  close (ends[0]);
  g_subprocess_launcher_take_stdout_fd (launcher, ends[1]);
  process = g_subprocess_launcher_spawn (launcher, &error, "sh", "-c", script,
                                         cli_get_command (), NULL);
  g_assert_no_error (error);

  return process;
}

/* Who reads the output has had enough: the command ends like any other, without
 * a word, once its files are closed; also where sockets have turned the signal
 * off. Where whoever started it ignores that, it is told. */
static void
test_local_broken_pipe (void)
{
  g_autoptr (CliPlace) place = new_seeded ();
  static const char *const scripts[] = {
    "exec \"$0\" --cache c local list",
    "exec \"$0\" --json --cache c local list",
    "trap '' PIPE; exec \"$0\" --cache c local list",
  };

  for (guint i = 0; i < G_N_ELEMENTS (scripts); i++)
    {
      g_autoptr (GSubprocess) process = spawn_into_broken_pipe (place, scripts[i]);
      g_autofree char *err = NULL;

      g_assert_true (
          g_subprocess_communicate_utf8 (process, NULL, NULL, NULL, &err, NULL));
      g_assert_cmpint (g_subprocess_get_if_signaled (process), ==, i < 2);
      if (i < 2)
        {
          g_assert_cmpint (g_subprocess_get_term_sig (process), ==, SIGPIPE);
          g_assert_null (strstr (err, "vlive:"));
        }
      else
        {
          g_assert_cmpint (g_subprocess_get_exit_status (process), ==, 1);
          g_assert_nonnull (
              strstr (err, "vlive: cannot write the output: Broken pipe\n"));
        }
    }
  cli_assert (place, "--cache c local list", 0, "*Apple Pie*", "hit: 3 rows, *");
}

/* Started without a standard output, the command does not open the database in
 * its place and print into it. */
static void
test_local_closed_output (void)
{
  g_autoptr (CliPlace) place = new_seeded ();
  g_autoptr (GSubprocessLauncher) launcher =
      cli_place_dup_launcher (place, G_SUBPROCESS_FLAGS_STDERR_PIPE);
  g_autoptr (GSubprocess) process = NULL;
  g_autofree char *script =
      g_strdup_printf ("exec '%s' local list <&- >&-", cli_get_command ());
  g_autofree char *err = NULL;

  process = g_subprocess_launcher_spawn (launcher, NULL, "sh", "-c", script, NULL);
  g_assert_true (g_subprocess_communicate_utf8 (process, NULL, NULL, NULL, &err, NULL));
  g_assert_cmpint (g_subprocess_get_exit_status (process), ==, 1);
  g_assert_nonnull (
      strstr (err, "vlive: cannot write the output: Bad file descriptor\n"));
  cli_assert (place, "local list", 0, "*Apple Pie*", "miss: 3 rows, *");
}

static void
write_many (CliPlace *place, const char *name, guint n)
{
  g_autoptr (GString) csv = g_string_new ("id,name,price\n");

  for (guint i = 0; i < n; i++)
    g_string_append_printf (csv, "%u,the name of number %u,%u\n", i, i, i % 1000);
  cli_place_write (place, name, csv->str);
}

/* Before that, an interrupt would end the process like any other. */
static gboolean
catches_interrupts (GSubprocess *process)
{
  g_autofree char *path =
      g_strdup_printf ("/proc/%s/status", g_subprocess_get_identifier (process));
  g_autofree char *status = NULL;
  const char *caught;

  if (!g_file_get_contents (path, &status, NULL, NULL))
    return FALSE;
  caught = strstr (status, "SigCgt:");
  g_assert_nonnull (caught);

  return (g_ascii_strtoull (caught + strlen ("SigCgt:\t"), NULL, 16)
          & (1u << (SIGINT - 1)))
         != 0;
}

static gboolean
interrupt_cb (gpointer user_data)
{
  if (!catches_interrupts (user_data))
    return G_SOURCE_CONTINUE;
  g_subprocess_send_signal (user_data, SIGINT);

  return G_SOURCE_REMOVE;
}

static void
waited_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_subprocess_wait_finish (G_SUBPROCESS (source), result, NULL);
  g_main_loop_quit (user_data);
}

/* An interrupt ends an import; what was there is there, and nothing else. */
static void
test_local_interrupt (void)
{
  g_autoptr (CliPlace) place = new_seeded ();
  g_autoptr (GSubprocessLauncher) launcher =
      cli_place_dup_launcher (place, G_SUBPROCESS_FLAGS_STDERR_PIPE);
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GError) error = NULL;
  char err[1024] = { 0 };

  write_many (place, "many.csv", 1500000);
  process = g_subprocess_launcher_spawn (launcher, &error, cli_get_command (), "local",
                                         "import", "--replace", "many.csv", NULL);
  g_assert_no_error (error);
  g_timeout_add (100, interrupt_cb, process);
  g_subprocess_wait_async (process, NULL, waited_cb, loop);
  g_main_loop_run (loop);

  g_input_stream_read_all (g_subprocess_get_stderr_pipe (process), err, sizeof err - 1,
                           NULL, NULL, NULL);
  g_assert_cmpstr (err, ==, "vlive: interrupted\n");
  g_assert_true (g_subprocess_get_if_exited (process));
  g_assert_cmpint (g_subprocess_get_exit_status (process), ==, 1);
  cli_assert (place, "local list", 0, "*Apple Pie*Brioche*Cinnamon Roll*",
              "miss: 3 rows, *");
}

/* A slip of the finger is not taken for a table without such rows. */
static void
test_local_unknown_column (void)
{
  g_autoptr (CliPlace) place = new_seeded ();

  cli_assert (place, "local list --filter prize=12", 0, "",
              "miss: 0 rows, *\nnote: products has no column “prize”\n");
  cli_assert (place, "local list --sort -prize --limit 1", 0, "*Apple Pie*",
              "miss: 1 row of 3, *\nnote: products has no column “prize”\n");
  cli_assert (place, "--json local list --filter prize=12 --sort id", 0,
              "{\"rows\": [], \"count\": 0, *}\n",
              "miss: 0 rows, *\nnote: products has no column “prize”\n");
  cli_assert (place, "local list --filter price=12 --sort name", 0, "*Apple Pie*",
              "miss: 1 row, N µs, key *name\n");
}

/* A write asks for one write; a hit asks for nothing. */
static void
test_local_ledger (void)
{
  g_autoptr (CliPlace) place = new_seeded ();

  cli_assert (place, "--debug --cache c local list", 0, NULL,
              "*ledger: 1 fetches, 0 gets, *");
  cli_assert (place, "--debug --cache c local list", 0, NULL,
              "*ledger: 0 fetches, 0 gets, *1 hits*");
  cli_assert (place, "--debug --cache c local get a", 0, NULL,
              "*ledger: 0 fetches, 0 gets, *1 hits*");
  cli_assert (place, "--debug --cache none local get a", 0, NULL,
              "*ledger: 0 fetches, 1 gets, *");
  cli_assert (place, "--debug --cache c local set a price=1", 0, NULL,
              "*ledger: 0 fetches, *1 writes*");
  /* The record that an event names is read again, alone. */
  cli_assert (place, "--debug --cache d local event-then-list a", 0, NULL,
              "*ledger: 1 fetches, 1 gets, *3 hits*");
}

/* A damaged database is said in one line. */
static void
test_local_foreign_file (void)
{
  g_autoptr (CliPlace) place = cli_place_new ();
  g_autofree char *many = g_strnfill (65536, 'x');

  cli_place_write (place, "vlive-master.mdb", many);
  cli_assert (place, "local list", 1, "", "vlive: *vlive-master.mdb*\n");
  cli_assert (place, "--json local seed", 1,
              "{\"error\": {\"code\": \"*\", \"message\": \"*\"}}\n",
              "vlive: *vlive-master.mdb*\n");
}

/* A cache that cannot be used costs a warning, and nothing else. */
static void
test_local_unusable_cache (void)
{
  g_autoptr (CliPlace) place = new_seeded ();

  cli_place_write (place, "file", "not a folder");
  cli_assert (place, "--cache ./file local list", 0, "*Apple Pie*",
              "vlive: warning: *file*\nmiss: 3 rows, *\n");
  cli_assert (place, "--cache ./file local set a price=1", 0, "changed a\n",
              "vlive: warning: *file*\napplied: *\n");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cli/local/flags-anywhere", test_local_flags_anywhere);
  g_test_add_func ("/cli/local/options", test_local_options);
  g_test_add_func ("/cli/local/no-file", test_local_no_file);
  g_test_add_func ("/cli/local/warm-cache", test_local_warm_cache);
  g_test_add_func ("/cli/local/pages", test_local_pages);
  g_test_add_func ("/cli/local/get-from-any-list", test_local_get_from_any_list);
  g_test_add_func ("/cli/local/filters-apart", test_local_filters_apart);
  g_test_add_func ("/cli/local/write-then-read", test_local_write_then_read);
  g_test_add_func ("/cli/local/order", test_local_order);
  g_test_add_func ("/cli/local/id-types", test_local_id_types);
  g_test_add_func ("/cli/local/debug", test_local_debug);
  g_test_add_func ("/cli/local/full-output", test_local_full_output);
  g_test_add_func ("/cli/local/broken-pipe", test_local_broken_pipe);
  g_test_add_func ("/cli/local/closed-output", test_local_closed_output);
  g_test_add_func ("/cli/local/interrupt", test_local_interrupt);
  g_test_add_func ("/cli/local/unknown-column", test_local_unknown_column);
  g_test_add_func ("/cli/local/ledger", test_local_ledger);
  g_test_add_func ("/cli/local/unusable-cache", test_local_unusable_cache);
  g_test_add_func ("/cli/local/foreign-file", test_local_foreign_file);

  return g_test_run ();
}
