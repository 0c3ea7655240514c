/* cli-options.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "cli-demo.h"
#include "cli-reading.h"

G_BEGIN_DECLS

typedef struct _CliGroup CliGroup;
typedef struct _CliVerb  CliVerb;

/*
 * The command line, understood. Options stand anywhere before "--"; what is
 * left are the words: group, resource, verb, and the verb's own.
 */
typedef struct
{
  /* Raw, as GOptionContext left them; owned, NULL: not given. */
  char            *cache;     /* any bytes: a path */
  char            *master;    /* any bytes: a path */
  char            *profile;   /* any bytes: a path, or a name */
  char            *table;
  char            *url;
  char            *id;
  char            *page;
  char            *limit;
  char            *count;
  char            *search;
  char           **filters;
  char           **sorts;
  gboolean         replace;
  gboolean         json;
  gboolean         debug;
  gboolean         help;
  gboolean         version;
  CliDemo          demo;

  const CliGroup  *group;     /* NULL with --help or --version only */
  const CliVerb   *verb;      /* NULL with --help or --version only */
  const char      *resource;  /* in @words */
  char           **words;     /* owned; all of them */
  guint            n_before;  /* words up to the verb */

  CliReading       reading;
  guint            n_changes; /* --count; 0: not given */
} CliOptions;

/* @argv without the program's name; borrowed. Never NULL: a command line that
 * makes no sense sets @error and still says whether --json was among it. */
CliOptions  *cli_options_parse        (const char * const  *argv,
                                       GError             **error);
void         cli_options_free         (CliOptions          *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CliOptions, cli_options_free)

/* The verb's own words. */
const char * const *cli_options_get_words   (CliOptions *self);
guint               cli_options_get_n_words (CliOptions *self);
/* What --help prints at this level. Owned. */
char               *cli_options_dup_help    (CliOptions *self);

G_END_DECLS
