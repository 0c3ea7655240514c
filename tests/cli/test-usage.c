/* test-usage.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include "cli-run.h"

/* Each of these is one line on standard error, exit 2, and no file. */
static void
assert_usage (const char *line, const char *message)
{
  g_autoptr (CliPlace) place = cli_place_new ();
  g_autofree char *err = g_strdup_printf ("vlive: %s\n", message);
  g_autoptr (CliResult) result = cli_place_run (place, line);
  g_autoptr (GDir) dir = NULL;

  g_assert_cmpstr (result->err, ==, err);
  g_assert_cmpstr (result->out, ==, "");
  g_assert_cmpint (result->status, ==, 2);
  dir = g_dir_open (place->folder, 0, NULL);
  g_assert_cmpstr (g_dir_read_name (dir), ==, NULL);
}

static void
test_usage_words (void)
{
  assert_usage (
      "",
      "a command is missing; there are: local, api, demo, cache (see vlive --help)");
  assert_usage (
      "frob",
      "there is no command “frob”; there are: local, api, demo, cache (see vlive "
      "--help)");
  assert_usage ("local",
                "local: a verb is missing; there are: seed, list, get, add, set, "
                "delete, event-then-list, info, import, export, watch");
  assert_usage ("local frob",
                "local: there is no verb “frob”; there are: seed, list, get, "
                "add, set, delete, event-then-list, info, import, export, watch");
  assert_usage ("api", "api: a resource is missing, such as posts");
  assert_usage ("api posts", "api: a verb is missing; there are: list, get, add, set, "
                             "delete, info");
  assert_usage ("api posts seed",
                "api: there is no verb “seed”; there are: list, get, add, "
                "set, delete, info");
  assert_usage ("api '' list", "the resource is empty");
  assert_usage ("cache frob", "cache: there is no verb “frob”; there are: info, clear");
}

/* What comes in a later version is unknown, like anything else. */
static void
test_usage_later (void)
{
  assert_usage ("outbox list", "there is no command “outbox”; there are: local, api, "
                               "demo, cache (see vlive --help)");
  assert_usage ("local --wait delete a",
                "Unknown option --wait (see vlive local delete --help)");
  assert_usage ("local import rows.ndjson",
                "“rows.ndjson”: the name of the file must end in .csv or .json");
}

static void
test_usage_number_of_words (void)
{
  assert_usage ("local get", "something is missing: vlive local get ID");
  assert_usage ("local get a b", "“b” is too much: vlive local get ID");
  assert_usage ("local seed now", "“now” is too much: vlive local seed");
  assert_usage ("local set a", "something is missing: vlive local set ID FIELD=VALUE…");
  assert_usage ("local add d", "something is missing: vlive local add ID "
                               "NAME PRICE | ID FIELD=VALUE…");
  assert_usage ("api posts add",
                "something is missing: vlive api RESOURCE add FIELD=VALUE…");
  assert_usage ("local import", "something is missing: vlive local "
                                "import FILE.{csv,json}");
}

/* An option where it means nothing is not ignored. */
static void
test_usage_options (void)
{
  assert_usage ("local list --frob",
                "Unknown option --frob (see vlive local list --help)");
  assert_usage ("local list -x", "Unknown option -x (see vlive local list --help)");
  assert_usage ("local get a --limit 3",
                "Unknown option --limit (see vlive local get --help)");
  assert_usage ("local list --replace",
                "Unknown option --replace (see vlive local list --help)");
  assert_usage ("local list --url http://127.0.0.1",
                "Unknown option --url (see vlive local list --help)");
  assert_usage ("api posts list --table x",
                "Unknown option --table (see vlive api posts list --help)");
  assert_usage ("cache info --master x",
                "Unknown option --master (see vlive cache info --help)");
  assert_usage ("local list --cache", "Missing argument for --cache (see "
                                      "vlive local list --help)");
  assert_usage ("local list --cache ''", "--cache is empty");
  assert_usage ("local list --master ''", "--master is empty");
  assert_usage ("local list --table ''", "--table is empty");
  assert_usage ("api posts list --url ''", "--url is empty");
  assert_usage ("api posts list --profile ''", "--profile is empty");
  assert_usage (
      "api posts list --url nonsense",
      "--url: The base URL is not an address such as https://example.org/api");
  assert_usage (
      "api posts list --url ftp://user:secret@example.org",
      "--url: The base URL is not an address such as https://example.org/api");
  assert_usage (
      "api posts list --url http://127.0.0.1:99999",
      "--url: The base URL is not an address such as https://example.org/api");
}

static void
test_usage_reading (void)
{
  assert_usage ("local list --limit -3",
                "--limit: “-3” is not a whole number from 1 to 2147483647");
  assert_usage ("local list --limit 0",
                "--limit: “0” is not a whole number from 1 to 2147483647");
  assert_usage ("local list --limit abc",
                "--limit: “abc” is not a whole number from 1 to 2147483647");
  assert_usage ("local list --limit=",
                "--limit: “” is not a whole number from 1 to 2147483647");
  assert_usage ("local watch --count 0",
                "--count: “0” is not a whole number from 1 to 2147483647");
  assert_usage ("local watch --count -1",
                "--count: “-1” is not a whole number from 1 to 2147483647");
  assert_usage ("local list --count 1",
                "Unknown option --count (see vlive local list --help)");
  assert_usage ("local list --page 0",
                "--page: “0” is not a whole number from 1 to 2147483647");
  assert_usage ("local list --filter nope", "--filter: “nope” has no sign; write "
                                            "FIELD=VALUE, or !=, <, <=, >, >=, ~");
  assert_usage ("local list --filter =x", "--filter: “=x” names no field");
  assert_usage ("local list --filter a=1 --filter a=2",
                "--filter: the field “a” cannot equal two values at once");
  assert_usage ("local list --sort -", "--sort: “-” names no field");
  assert_usage ("local list --search ''", "--search: there is nothing to look for");
  assert_usage ("api posts list --limit 0",
                "--limit: “0” is not a whole number from 1 to 2147483647");
}

static void
test_usage_ids (void)
{
  assert_usage ("local get ''", "the id is empty");
  assert_usage ("local set '' a=1", "the id is empty");
  assert_usage ("local delete ''", "the id is empty");
  assert_usage ("local add '' Donut 5", "the id is empty");
  assert_usage ("local event-then-list ''", "the id is empty");
  assert_usage ("local event-then-list --id ''", "--id is empty");
  assert_usage ("local event-then-list a --id b", "the id is given twice");
  assert_usage ("api posts get ''", "the id is empty");
}

static void
test_usage_fields (void)
{
  assert_usage ("local set a price", "“price” is not FIELD=VALUE nor FIELD:=JSON");
  assert_usage ("local set a =5", "“=5” names no field");
  assert_usage ("local set a x:=oops", "x: “oops” is not JSON");
  assert_usage ("local set a x=1 x=2", "x: “2” comes second: each field is given once");
  assert_usage ("local set a id=b", "id: “b” cannot be set: it is the id");
  assert_usage ("local add d Donut much", "PRICE: “much” is not a number");
  assert_usage ("local add d Donut", "“Donut” is not FIELD=VALUE nor FIELD:=JSON");
  assert_usage ("local add d Donut 5 6", "“Donut” is not FIELD=VALUE nor FIELD:=JSON");
  assert_usage ("api posts add title", "“title” is not FIELD=VALUE nor FIELD:=JSON");
}

/* GOption would take it for options of one letter. */
static void
test_usage_negative (void)
{
  assert_usage ("local add d Donut -5",
                "“-5” is no option; a negative value stands after --, or "
                "in FIELD=VALUE");
}

static void
test_usage_long (void)
{
  g_autofree char *many = g_strnfill (100 * 1024, 'x');
  g_autofree char *get = g_strdup_printf ("local get %s", many);
  g_autofree char *filter = g_strdup_printf ("local list --filter %s", many);
  g_autofree char *value = g_strdup_printf ("local list --filter a=%s", many);
  g_autofree char *resource = g_strdup_printf ("api %s list", many);
  g_autofree char *table = g_strdup_printf ("local list --table %s", many);
  g_autofree char *verb = g_strdup_printf ("local %s", many);
  g_autofree char *command = g_strdup_printf ("%s", many);
  g_autofree char *option = g_strdup_printf ("local list --%s", many);
  g_autofree char *limit = g_strdup_printf ("local list --limit %s", many);
  const char *lines[] = { get,  filter,  value,  resource, table,
                          verb, command, option, limit };

  for (gsize i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      g_autoptr (CliPlace) place = cli_place_new ();
      g_autoptr (CliResult) result = cli_place_run (place, lines[i]);
      g_autoptr (GDir) dir = g_dir_open (place->folder, 0, NULL);

      g_assert_cmpint (result->status, ==, 2);
      g_assert_cmpstr (result->out, ==, "");
      g_assert_true (g_str_has_prefix (result->err, "vlive: "));
      g_assert_true (strchr (result->err, '\n')
                     == result->err + strlen (result->err) - 1);
      g_assert_cmpuint (strlen (result->err), <, 1000);
      g_assert_cmpstr (g_dir_read_name (dir), ==, NULL);
    }
}

/* How the demo is to be. */
static void
test_usage_demo (void)
{
  assert_usage ("demo", "demo: a verb is missing; there are: list, get, add, set, "
                        "delete, info");
  assert_usage ("demo seed",
                "demo: there is no verb “seed”; there are: list, get, add, "
                "set, delete, info");
  assert_usage ("demo list --rows -1",
                "--rows: “-1” is not a whole number from 0 to 72057594037927936");
  assert_usage ("demo list --rows many",
                "--rows: “many” is not a whole number from 0 to 72057594037927936");
  assert_usage ("demo list --seed 4294967296",
                "--seed: “4294967296” is not a whole number from 0 to 4294967295");
  assert_usage (
      "demo list --latency 500-100",
      "--latency: “500-100” is neither milliseconds (up to 3600000) nor two of "
      "them, as 100-500");
  assert_usage ("demo list --latency ''",
                "--latency: “” is neither milliseconds (up to 3600000) nor two of "
                "them, as 100-500");
  assert_usage (
      "demo list --latency 3600001",
      "--latency: “3600001” is neither milliseconds (up to 3600000) nor two of "
      "them, as 100-500");
  assert_usage ("demo list --errors 1.1",
                "--errors: “1.1” is not a number from 0 to 1");
  assert_usage ("demo list --errors 0,5",
                "--errors: “0,5” is not a number from 0 to 1");
  assert_usage ("demo list --errors nan",
                "--errors: “nan” is not a number from 0 to 1");
  assert_usage ("demo list --kind pages", "--kind: there is no “pages”; there are: "
                                          "window, page, capped, cursor, none");
  assert_usage ("demo info --total 42", "--total: there is no “42”; there are: exact, "
                                        "at-least, estimated, none, wrong");
  assert_usage ("demo set 1 price=1 --writes lost",
                "--writes: there is no “lost”; there are: applied, refused, "
                "answer-lost, request-lost");
  assert_usage ("demo list --odd nameless --odd number",
                "--odd: there is no “number”; there are: reorders, repeats, nameless, "
                "ignores-filters, refuses-sort, no-validators");
  assert_usage ("local list --rows 5",
                "Unknown option --rows (see vlive local list --help)");
  assert_usage ("demo list --master x",
                "Unknown option --master (see vlive demo list --help)");
}

/* What is no text, or would move the cursor, is shown as escapes. */
static void
test_usage_bytes (void)
{
  const char *const not_text[] = { "local", "get", "\377", NULL };
  const char *const escape[] = { "local", "\033[2Jx\ny", NULL };
  g_autoptr (CliPlace) place = cli_place_new ();
  g_autoptr (CliResult) first = cli_place_runv (place, not_text);
  g_autoptr (CliResult) second = cli_place_runv (place, escape);

  g_assert_cmpstr (first->err, ==, "vlive: the id is not UTF-8\n");
  g_assert_cmpint (first->status, ==, 2);
  g_assert_true (g_str_has_prefix (second->err,
                                   "vlive: local: there is no verb “\\x1b[2Jx\\ny”;"));
  g_assert_cmpint (second->status, ==, 2);
}

/* With --json the failure is a document too; the line stays. */
static void
test_usage_json (void)
{
  g_autoptr (CliPlace) place = cli_place_new ();

  cli_assert (
      place, "local list --limit 0 --json", 2,
      "{\"error\": {\"code\": \"usage\", \"message\": \"--limit: “0” is not a whole "
      "number from 1 to 2147483647\"}}\n",
      "vlive: --limit: “0” is not a whole number from 1 to 2147483647\n");
  cli_assert (place, "--json frob", 2, "{\"error\": {\"code\": \"usage\", *}}\n",
              "vlive: *\n");
  cli_assert (place, "--json", 2, "{\"error\": {\"code\": \"usage\", *}}\n",
              "vlive: *\n");
  /* As the value of an option it is none. */
  cli_assert (place, "local frob --cache --json", 2, "", "vlive: *\n");
}

/* "--" ends the options, wherever it stands; a lone "-" is a word. */
static void
test_usage_end_of_options (void)
{
  assert_usage ("-- --help",
                "there is no command “--help”; there are: local, api, demo, "
                "cache (see vlive --help)");
  assert_usage ("local get -- --json extra", "“extra” is too much: vlive local get ID");
  assert_usage ("local -",
                "local: there is no verb “-”; there are: seed, list, get, "
                "add, set, delete, event-then-list, info, import, export, watch");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cli/usage/words", test_usage_words);
  g_test_add_func ("/cli/usage/later", test_usage_later);
  g_test_add_func ("/cli/usage/number-of-words", test_usage_number_of_words);
  g_test_add_func ("/cli/usage/options", test_usage_options);
  g_test_add_func ("/cli/usage/reading", test_usage_reading);
  g_test_add_func ("/cli/usage/ids", test_usage_ids);
  g_test_add_func ("/cli/usage/fields", test_usage_fields);
  g_test_add_func ("/cli/usage/negative", test_usage_negative);
  g_test_add_func ("/cli/usage/long", test_usage_long);
  g_test_add_func ("/cli/usage/demo", test_usage_demo);
  g_test_add_func ("/cli/usage/bytes", test_usage_bytes);
  g_test_add_func ("/cli/usage/json", test_usage_json);
  g_test_add_func ("/cli/usage/end-of-options", test_usage_end_of_options);

  return g_test_run ();
}
