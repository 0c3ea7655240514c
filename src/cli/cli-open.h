/* cli-open.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "cli-options.h"

G_BEGIN_DECLS

/* The cache that --cache names. */
VliveCache  *cli_open_cache  (CliOptions  *options);
/* The file that it is in; NULL if it is in no file. Owned. */
char        *cli_open_dup_cache_file (CliOptions *options);
/* The master that the command line names: a local table, a resource, or one that
 * is made up. */
VliveMaster *cli_open_master (CliOptions  *options,
                              GError     **error);

G_END_DECLS
