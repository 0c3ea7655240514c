/* cli-run.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/*
 * Runs the command as it was built, in a folder of its own that is also where
 * all XDG folders are. Everything goes with the place.
 */
typedef struct
{
  char *folder;   /* owned; the working directory */
} CliPlace;

typedef struct
{
  char *out;      /* owned; standard output */
  char *err;      /* owned; standard error */
  int   status;   /* exit code, or minus the signal that ended it */
} CliResult;

CliPlace   *cli_place_new         (void);
void        cli_place_free        (CliPlace           *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CliPlace, cli_place_free)

char       *cli_place_dup_path    (CliPlace           *self,
                                   const char         *name);
void        cli_place_write       (CliPlace           *self,
                                   const char         *name,
                                   const char         *content);
gboolean    cli_place_has         (CliPlace           *self,
                                   const char         *name);
/* In the environment described above; also for what is not run to its end. */
GSubprocessLauncher *cli_place_dup_launcher (CliPlace *self,
                                             GSubprocessFlags flags);
/* The path of the command. */
const char *cli_get_command       (void);

/* @argv without the command; fails the test after a minute. */
CliResult  *cli_place_runv        (CliPlace           *self,
                                   const char * const *argv);
/* One line, split as a shell would. */
CliResult  *cli_place_run         (CliPlace           *self,
                                   const char         *line);
void        cli_result_free       (CliResult          *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CliResult, cli_result_free)

/* What differs from run to run becomes a word: N for times and ages, PORT,
 * UUID, FOLDER. Owned. */
char       *cli_normalise         (CliPlace           *self,
                                   const char         *text);

/* Runs @line and asserts what it does; NULL: whatever. Standard error is
 * compared by cli_normalise(), as a glob pattern. */
void        cli_assert            (CliPlace           *self,
                                   const char         *line,
                                   int                 status,
                                   const char         *out,
                                   const char         *err);
/* Runs @line, which ends with @status, and parses its only document. */
JsonNode   *cli_place_read_json   (CliPlace           *self,
                                   const char         *line,
                                   int                 status);

G_END_DECLS
