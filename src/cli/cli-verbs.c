/* cli-verbs.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "cli-verbs.h"

#include <glib/gi18n.h>
#include <string.h>

#include "cli-commands.h"

static const CliVerb local_verbs[] = {
  { "seed", "", N_ ("Make the table hold exactly three products"), "  vlive local seed",
    0, 0, CLI_MAKES_TABLE, CLI_NAMES_NOTHING, cli_seed },
  { "list", "", N_ ("Show rows"),
    "  vlive local list\n"
    "  vlive local list --page 2 --limit 20 --sort -price\n"
    "  vlive local list --filter price>=10 --filter name~pie",
    0, 0, CLI_TAKES_READING, CLI_NAMES_NOTHING, cli_list },
  { "get", "ID", N_ ("Show one record"), "  vlive local get a", 1, 1, 0,
    CLI_NAMES_RECORD, cli_get },
  { "add", "ID NAME PRICE | ID FIELD=VALUE…", N_ ("Add a record"),
    "  vlive local add d Donut 5\n"
    "  vlive local add e name=Éclair price=4.5 tags:='[\"sweet\"]'",
    2, G_MAXUINT, CLI_MAKES_TABLE, CLI_NAMES_ID, cli_add },
  { "set", "ID FIELD=VALUE…", N_ ("Change fields of a record"),
    "  vlive local set a price=13\n"
    "  vlive local set a note:=null",
    2, G_MAXUINT, 0, CLI_NAMES_RECORD, cli_set },
  { "delete", "ID", N_ ("Delete a record"), "  vlive local delete d", 1, 1, 0,
    CLI_NAMES_RECORD, cli_delete },
  { "event-then-list", "[ID | --id ID]",
    N_ ("Read twice, pretend a change from outside, read twice"),
    "  vlive --cache ./vlive-cache local event-then-list\n"
    "  vlive --cache ./vlive-cache local event-then-list --id a",
    0, 1, CLI_TAKES_ID, CLI_NAMES_ID, cli_event_then_list },
  { "info", "", N_ ("Show what the database is and holds"), "  vlive local info", 0, 0,
    0, CLI_NAMES_NOTHING, cli_local_info },
  { "import", "FILE.{csv,json}", N_ ("Add the rows of a file, all or none"),
    "  vlive local --table books import books.csv\n"
    "  vlive local --table books import --replace books.json",
    1, 1, CLI_TAKES_REPLACE | CLI_MAKES_TABLE, CLI_NAMES_NOTHING, cli_import },
  { "export", "FILE.{csv,json}", N_ ("Write all rows to a file"),
    "  vlive local export products.csv", 1, 1, 0, CLI_NAMES_NOTHING, cli_export },
  { "watch", "", N_ ("Print changes as they come, a line each"),
    "  vlive local watch\n"
    "  vlive --json local watch --count 3",
    0, 0, CLI_TAKES_COUNT, CLI_NAMES_NOTHING, cli_watch },
  { NULL },
};

static const CliVerb api_verbs[] = {
  { "list", "", N_ ("Show rows"),
    "  vlive api posts list --limit 5\n"
    "  vlive api comments list --filter postId=1 --limit 5\n"
    "  vlive api users/1/albums list",
    0, 0, CLI_TAKES_READING, CLI_NAMES_NOTHING, cli_list },
  { "get", "ID", N_ ("Show one record"), "  vlive api users get 1", 1, 1, 0,
    CLI_NAMES_RECORD, cli_get },
  { "add", "FIELD=VALUE…", N_ ("Add a record; the server makes its id"),
    "  vlive --profile json-server --url http://localhost:3000 api posts add "
    "title=Hello userId:=1",
    1, G_MAXUINT, 0, CLI_NAMES_NOTHING, cli_add },
  { "set", "ID FIELD=VALUE…", N_ ("Change fields of a record"),
    "  vlive api posts set 1 title=Changed", 2, G_MAXUINT, 0, CLI_NAMES_RECORD,
    cli_set },
  { "delete", "ID", N_ ("Delete a record"), "  vlive api posts delete 1", 1, 1, 0,
    CLI_NAMES_RECORD, cli_delete },
  { "info", "", N_ ("Show what the API can do"), "  vlive api posts info", 0, 0, 0,
    CLI_NAMES_NOTHING, cli_api_info },
  { NULL },
};

/* Of the demo, each process has a new one. */
static const CliVerb demo_verbs[] = {
  { "list", "", N_ ("Show rows"),
    "  vlive demo list --limit 5\n"
    "  vlive demo list --rows 10000000 --page 1000000 --limit 5\n"
    "  vlive demo list --filter number>=500 --sort -number --limit 5\n"
    "  vlive demo list --limit 5 --latency 100-500 --errors 0.2 --seed 3",
    0, 0, CLI_TAKES_READING, CLI_NAMES_NOTHING, cli_list },
  { "get", "ID", N_ ("Show one record"), "  vlive demo get 7", 1, 1, 0,
    CLI_NAMES_RECORD, cli_get },
  { "add", "FIELD=VALUE…", N_ ("Add a record; it is gone when the command ends"),
    "  vlive demo add name=New price=1.5", 1, G_MAXUINT, 0, CLI_NAMES_NOTHING,
    cli_add },
  { "set", "ID FIELD=VALUE…", N_ ("Change fields of a record; until the command ends"),
    "  vlive demo set 7 name=Changed\n"
    "  vlive demo set 7 name=Changed --writes answer-lost",
    2, G_MAXUINT, 0, CLI_NAMES_RECORD, cli_set },
  { "delete", "ID", N_ ("Delete a record; until the command ends"),
    "  vlive demo delete 7", 1, 1, 0, CLI_NAMES_RECORD, cli_delete },
  { "info", "", N_ ("Show what the master can do"),
    "  vlive demo info\n"
    "  vlive demo info --rows 10000000 --kind cursor --total none",
    0, 0, 0, CLI_NAMES_NOTHING, cli_demo_info },
  { NULL },
};

static const CliVerb cache_verbs[] = {
  { "info", "", N_ ("Show what the cache holds"),
    "  vlive --cache ./vlive-cache cache info", 0, 0, 0, CLI_NAMES_NOTHING,
    cli_cache_info },
  { "clear", "", N_ ("Forget everything the cache holds"),
    "  vlive --cache ./vlive-cache cache clear", 0, 0, 0, CLI_NAMES_NOTHING,
    cli_cache_clear },
  { NULL },
};

const CliGroup cli_groups[] = {
  { "local", "", N_ ("A table in a file that plays the remote database"),
    "  vlive local seed\n"
    "  vlive --cache ./vlive-cache local list\n"
    "  vlive --cache ./vlive-cache local add d Donut 5",
    CLI_TAKES_CACHE | CLI_TAKES_FILE, local_verbs, NULL },
  { "api", "RESOURCE", N_ ("A collection of a REST API"),
    "  vlive --cache ./vlive-cache api users list\n"
    "  vlive --cache ./vlive-cache api todos list --filter completed=true --limit 10\n"
    "  vlive --profile dummyjson api products list --limit 5",
    CLI_TAKES_CACHE | CLI_TAKES_URL, api_verbs, NULL },
  { "demo", "",
    N_ ("A made-up table that can play any difficult master; what is written lasts as "
        "long as the command"),
    "  vlive demo list --limit 5\n"
    "  vlive demo list --rows 10000000 --page 1000000 --limit 5\n"
    "  vlive --cache ./vlive-cache demo list --limit 5 --latency 500",
    CLI_TAKES_CACHE | CLI_TAKES_DEMO, demo_verbs, NULL },
  { "cache", "", N_ ("What is kept of all that was read"),
    "  vlive --cache ./vlive-cache cache info", CLI_TAKES_CACHE, cache_verbs, "info" },
  { NULL },
};

const CliGroup *
cli_groups_find (const char *name)
{
  for (const CliGroup *group = cli_groups; group->name != NULL; group++)
    if (strcmp (group->name, name) == 0)
      return group;

  return NULL;
}

const CliVerb *
cli_group_find (const CliGroup *self, const char *name)
{
  for (const CliVerb *verb = self->verbs; verb->name != NULL; verb++)
    if (strcmp (verb->name, name) == 0)
      return verb;

  return NULL;
}

char *
cli_group_dup_names (const CliGroup *self)
{
  GString *names = g_string_new (NULL);

  for (const CliVerb *verb = self->verbs; verb->name != NULL; verb++)
    g_string_append_printf (names, "%s%s", names->len > 0 ? ", " : "", verb->name);

  return g_string_free (names, FALSE);
}

char *
cli_groups_dup_names (void)
{
  GString *names = g_string_new (NULL);

  for (const CliGroup *group = cli_groups; group->name != NULL; group++)
    g_string_append_printf (names, "%s%s", names->len > 0 ? ", " : "", group->name);

  return g_string_free (names, FALSE);
}
