/* cli-verbs.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "cli-session.h"

G_BEGIN_DECLS

/* Which options a verb takes, beside those that all take. */
typedef enum
{
  CLI_TAKES_CACHE   = 1 << 0,  /* --cache */
  CLI_TAKES_FILE    = 1 << 1,  /* --master, --table */
  CLI_TAKES_URL     = 1 << 2,  /* --url, --profile */
  CLI_TAKES_READING = 1 << 3,  /* --page, --limit, --filter, --sort, --search */
  CLI_TAKES_ID      = 1 << 4,  /* --id */
  CLI_TAKES_REPLACE = 1 << 5,  /* --replace */
  CLI_TAKES_COUNT   = 1 << 6,  /* --count */
  CLI_MAKES_TABLE   = 1 << 7,  /* no option: a table that is not there is made */
  CLI_TAKES_DEMO    = 1 << 8,  /* --rows and all else that says how the demo is */
} CliTakes;

/* What the first word of a verb is. */
typedef enum
{
  CLI_NAMES_NOTHING,
  CLI_NAMES_ID,      /* an id */
  CLI_NAMES_RECORD,  /* an id of a record whose absence has an exit code */
} CliNames;

struct _CliVerb
{
  const char    *name;
  const char    *words;      /* what follows the name, for --help */
  const char    *summary;    /* to be translated */
  const char    *examples;   /* nullable; what --help shows below the options */
  guint          min_words;
  guint          max_words;  /* G_MAXUINT: any number */
  CliTakes       takes;
  CliNames       names;
  CliRunFunc     run;
};

struct _CliGroup
{
  const char    *name;
  const char    *words;      /* between the group's name and the verb, or "" */
  const char    *summary;
  const char    *examples;
  CliTakes       takes;
  const CliVerb *verbs;      /* ends with a name that is NULL */
  const char    *implied;    /* the verb when none is given, or NULL */
};

/* Ends with a name that is NULL. */
extern const CliGroup cli_groups[];

const CliGroup *cli_groups_find (const char     *name);
const CliVerb  *cli_group_find  (const CliGroup *self,
                                 const char     *name);
/* "seed, list, get". Owned. */
char           *cli_group_dup_names (const CliGroup *self);
char           *cli_groups_dup_names (void);

G_END_DECLS
