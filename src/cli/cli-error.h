/* cli-error.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "vlive.h"

G_BEGIN_DECLS

/* What went wrong on the command's own side: bad words, an interrupt. */
#define CLI_ERROR (cli_error_quark ())

typedef enum
{
  CLI_ERROR_USAGE,
  CLI_ERROR_INTERRUPTED,
  CLI_ERROR_OUTPUT,
} CliError;

typedef enum
{
  CLI_EXIT_DONE      = 0,
  CLI_EXIT_FAILED    = 1,
  CLI_EXIT_USAGE     = 2,
  CLI_EXIT_NO_RECORD = 3,
} CliExit;

GQuark      cli_error_quark    (void);
/* @names_record: the verb names a record, whose absence has its own code. */
CliExit     cli_error_get_exit (const GError *error,
                                gboolean      names_record);
/* "not-found", "offline", "usage": what --json calls it. */
const char *cli_error_get_code (const GError *error);
/* One line on standard error; with @json also a document on standard output. */
void        cli_error_report   (const GError *error,
                                gboolean      json);

G_END_DECLS
