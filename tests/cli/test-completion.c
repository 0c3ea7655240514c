/* test-completion.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <gio/gio.h>
#include <string.h>

/* What bash offers for the last of @words, joined by blanks. */
static char *
complete (const char *words)
{
  g_autofree char *file =
      g_test_build_filename (G_TEST_DIST, "..", "data", "completions", "vlive", NULL);
  g_autofree char *script =
      g_strdup_printf ("source \"$0\" && COMP_WORDS=(%s) && "
                       "COMP_CWORD=$((${#COMP_WORDS[@]} - 1)) && _vlive && "
                       "echo \"${COMPREPLY[@]}\"",
                       words);
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *out = NULL;
  g_autofree char *err = NULL;

  process =
      g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE,
                        &error, "bash", "-c", script, file, NULL);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (process, NULL, NULL, &out, &err, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (err, ==, "");
  g_assert_cmpint (g_subprocess_get_exit_status (process), ==, 0);

  return g_strdup (g_strchomp (out));
}

static void
assert_complete (const char *words, const char *expected)
{
  g_autofree char *offered = complete (words);

  g_assert_cmpstr (offered, ==, expected);
}

static void
test_completion_words (void)
{
  assert_complete ("vlive ''", "local api demo cache");
  assert_complete ("vlive lo", "local");
  assert_complete ("vlive local se", "seed set");
  assert_complete ("vlive local e", "event-then-list export");
  assert_complete ("vlive api po", "posts");
  assert_complete ("vlive api posts ''", "list get add set delete info");
  assert_complete ("vlive demo ''", "list get add set delete info");
  assert_complete ("vlive cache ''", "info clear");
  assert_complete ("vlive local wa", "watch");
  assert_complete ("vlive local get ''", "");
  assert_complete ("vlive frob ''", "");
}

/* An option's value is no word. */
static void
test_completion_values (void)
{
  assert_complete ("vlive --cache none local de", "delete");
  assert_complete ("vlive --cache = none local de", "delete");
  assert_complete ("vlive --json local de", "delete");
  assert_complete ("vlive --cache no", "none");
  assert_complete ("vlive --cache = no", "none");
  assert_complete ("vlive api --profile json-", "json-server");
  assert_complete ("vlive local list --limit ''", "");
  assert_complete ("vlive demo --rows 5 de", "delete");
  assert_complete ("vlive demo list --kind c", "capped cursor");
  assert_complete ("vlive demo list --total e", "exact estimated");
  assert_complete ("vlive demo list --odd re", "reorders repeats refuses-sort");
  assert_complete ("vlive demo set --writes a", "applied answer-lost");
  assert_complete ("vlive demo list --latency ''", "");
  assert_complete ("vlive local watch --count ''", "");
}

static void
test_completion_options (void)
{
  assert_complete ("vlive local list --li", "--limit");
  assert_complete ("vlive local get --li", "");
  assert_complete ("vlive local --ma", "--master");
  assert_complete ("vlive api --ma", "");
  assert_complete ("vlive api posts --ur", "--url");
  assert_complete ("vlive local event-then-list --i", "--id");
  assert_complete ("vlive local import --re", "--replace");
  assert_complete ("vlive demo list --l", "--latency --limit");
  assert_complete ("vlive demo get --o", "--offline --odd");
  assert_complete ("vlive local watch --co", "--count");
  assert_complete ("vlive --",
                   "--cache --json --debug --help --version --master --table --url "
                   "--profile");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cli/completion/words", test_completion_words);
  g_test_add_func ("/cli/completion/values", test_completion_values);
  g_test_add_func ("/cli/completion/options", test_completion_options);

  return g_test_run ();
}
