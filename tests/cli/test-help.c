/* test-help.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include "cli-run.h"

static char *
dup_help (const char *line)
{
  g_autoptr (CliPlace) place = cli_place_new ();
  g_autoptr (CliResult) result = cli_place_run (place, line);

  g_assert_cmpint (result->status, ==, 0);
  g_assert_cmpstr (result->err, ==, "");

  return g_steal_pointer (&result->out);
}

static void
assert_has (const char *text, const char *part)
{
  if (strstr (text, part) == NULL)
    g_error ("“%s” is missing in:\n%s", part, text);
}

static void
assert_lacks (const char *text, const char *part)
{
  if (strstr (text, part) != NULL)
    g_error ("“%s” is in:\n%s", part, text);
}

static void
test_help_top (void)
{
  g_autofree char *help = dup_help ("--help");
  g_autofree char *brief = dup_help ("-h");

  g_assert_cmpstr (help, ==, brief);
  assert_has (help, "Usage:\n  vlive [OPTION…] COMMAND …");
  assert_has (help, "\n  local ");
  assert_has (help, "\n  api RESOURCE ");
  assert_has (help, "\n  demo ");
  assert_has (help, "\n  cache ");
  assert_has (help, "--json");
  assert_has (help, "Examples:\n  vlive local seed");
  assert_lacks (help, "--limit=M");
}

static void
test_help_group (void)
{
  g_autofree char *local = dup_help ("local --help");
  g_autofree char *api = dup_help ("api --help");
  g_autofree char *posts = dup_help ("--help api posts");
  g_autofree char *demo = dup_help ("demo --help");
  g_autofree char *cache = dup_help ("cache --help");

  assert_has (local, "Usage:\n  vlive [OPTION…] local VERB …");
  assert_has (local, "\n  event-then-list [ID | --id ID]");
  assert_has (local, "--master=FILE");
  assert_lacks (local, "--url");
  assert_has (api, "Usage:\n  vlive [OPTION…] api RESOURCE VERB …");
  assert_has (api, "--profile=NAME|FILE");
  assert_lacks (api, "--master");
  assert_has (demo, "Usage:\n  vlive [OPTION…] demo VERB …");
  assert_has (demo, "--kind=KIND");
  assert_has (demo, "what is written lasts as long as the command");
  assert_lacks (demo, "--url");
  assert_lacks (local, "--kind");
  g_assert_cmpstr (posts, ==, api);
  assert_has (cache, "\n  clear ");
}

static void
test_help_verb (void)
{
  g_autofree char *list = dup_help ("local list --help");
  g_autofree char *get = dup_help ("api posts get --help");

  assert_has (list, "Usage:\n  vlive [OPTION…] local list\n");
  assert_has (list, "--filter=FIELD=VALUE");
  assert_has (list, "Examples:\n  vlive local list\n");
  assert_has (get, "Usage:\n  vlive [OPTION…] api RESOURCE get ID\n");
  assert_lacks (get, "--filter");
}

static void
test_help_version (void)
{
  const char *const lines[] = { "--version", "local --version", "local list --version",
                                "frob --version" };

  for (gsize i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      g_autofree char *version = dup_help (lines[i]);

      g_assert_cmpstr (version, ==, "vlive " VLIVE_VERSION "\n");
    }
}

/* "\n  name " lines of the help of a group. */
static char **
list_verbs (const char *help)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  const char *start = strstr (help, "Verbs:\n") + strlen ("Verbs:\n");
  g_autofree char *part = g_strndup (start, strstr (start, "\n\n") - start);
  g_auto (GStrv) lines = g_strsplit (part, "\n", -1);

  for (gsize i = 0; lines[i] != NULL; i++)
    g_ptr_array_add (names, g_strndup (lines[i] + 2, strcspn (lines[i] + 2, " ")));
  g_ptr_array_add (names, NULL);

  return (char **) g_ptr_array_steal (names, NULL);
}

static char *
read_source (const char *name)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "..", name, NULL);
  char *content = NULL;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (path, &content, NULL, &error);
  g_assert_no_error (error);

  return content;
}

/* "--name" without its dashes, for every option of @help. */
static void
collect_options (const char *help, GHashTable *names)
{
  g_autoptr (GRegex) regex =
      g_regex_new ("^ +(?:-h, )?--([a-z]+)", G_REGEX_MULTILINE, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;

  for (g_regex_match (regex, help, 0, &match); g_match_info_matches (match);
       g_match_info_next (match, NULL))
    g_hash_table_add (names, g_match_info_fetch (match, 1));
}

/* The man page and the completion know every verb and every option. */
static void
test_help_documented (void)
{
  const char *const groups[] = { "local", "api", "cache" };
  g_autofree char *man = read_source ("docs/man/vlive.1");
  g_autofree char *completion = read_source ("data/completions/vlive");
  g_autoptr (GHashTable) options =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GHashTableIter iter;
  gpointer option;

  for (gsize i = 0; i < G_N_ELEMENTS (groups); i++)
    {
      g_autofree char *line = g_strconcat (groups[i], " --help", NULL);
      g_autofree char *help = dup_help (line);
      g_auto (GStrv) verbs = list_verbs (help);

      assert_has (man, groups[i]);
      assert_has (completion, groups[i]);
      collect_options (help, options);
      for (gsize j = 0; verbs[j] != NULL; j++)
        {
          g_autofree char *verb_line =
              g_strdup_printf ("%s %s%s --help", groups[i], i == 1 ? "posts " : "",
                               verbs[j]);
          g_autofree char *verb_help = dup_help (verb_line);

          assert_has (man, verbs[j]);
          assert_has (completion, verbs[j]);
          assert_has (verb_help, "Examples:\n");
          collect_options (verb_help, options);
        }
    }

  g_assert_cmpuint (g_hash_table_size (options), ==, 17);
  g_hash_table_iter_init (&iter, options);
  while (g_hash_table_iter_next (&iter, &option, NULL))
    {
      g_autofree char *in_completion = g_strconcat ("--", option, NULL);
      g_autofree char *in_man = g_strconcat ("\\-\\-", option, NULL);

      assert_has (man, in_man);
      assert_has (completion, in_completion);
    }
}

/* Help is text for people, whatever the encoding of the terminal. */
static void
test_help_plain_locale (void)
{
  g_autoptr (CliPlace) place = cli_place_new ();
  g_autoptr (GSubprocessLauncher) launcher =
      cli_place_dup_launcher (place, G_SUBPROCESS_FLAGS_STDOUT_PIPE
                                         | G_SUBPROCESS_FLAGS_STDERR_PIPE);
  g_autoptr (GSubprocess) process = NULL;
  g_autofree char *err = NULL;

  g_subprocess_launcher_setenv (launcher, "LC_ALL", "C", TRUE);
  process =
      g_subprocess_launcher_spawn (launcher, NULL, cli_get_command (), "frob", NULL);
  g_assert_true (g_subprocess_communicate_utf8 (process, NULL, NULL, NULL, &err, NULL));
  g_assert_cmpint (g_subprocess_get_exit_status (process), ==, 2);
  assert_has (err, "there is no command ");
  assert_has (err, "frob");
  for (const char *p = err; *p != '\0'; p++)
    g_assert_cmpint ((guchar) *p, <, 0x80);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cli/help/top", test_help_top);
  g_test_add_func ("/cli/help/group", test_help_group);
  g_test_add_func ("/cli/help/verb", test_help_verb);
  g_test_add_func ("/cli/help/version", test_help_version);
  g_test_add_func ("/cli/help/documented", test_help_documented);
  g_test_add_func ("/cli/help/plain-locale", test_help_plain_locale);

  return g_test_run ();
}
