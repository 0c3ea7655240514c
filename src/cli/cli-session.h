/* cli-session.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "cli-error.h"
#include "cli-options.h"

G_BEGIN_DECLS

typedef struct _CliSession CliSession;
typedef void (*CliRunFunc) (CliSession *session);

/* One run of one verb. */
struct _CliSession
{
  CliOptions   *options;      /* borrowed */
  GMainLoop    *loop;         /* owned; the only one */
  GCancellable *cancellable;  /* owned; an interrupt cancels it */
  VliveCache   *cache;        /* owned, NULL until it is opened */
  VliveMaster  *master;       /* owned, NULL until it is opened */
  VliveStore   *store;        /* owned, NULL until it is opened */
  CliRunFunc    opened;       /* what follows the opening */
  gboolean      absent;       /* the table is not there yet; the verb makes it */
  CliExit       exit;
  guint         signals[2];   /* sources, 0 when gone */
  void        (*on_pipe) (int signal); /* what a broken pipe did before us */
  guint         settling;     /* source, 0: none */
  gint64        deadline;     /* of the settling, monotonic µs */
};

CliExit  cli_session_run         (CliOptions *options);

/* Makes the cache, the master and the store that the options name, opens their
 * files, so that no read pays for it, and calls @opened. */
void     cli_session_open        (CliSession *self,
                                  CliRunFunc  opened);
/* The master or the cache alone. */
void     cli_session_open_master (CliSession *self,
                                  CliRunFunc  opened);
void     cli_session_open_cache  (CliSession *self,
                                  CliRunFunc  opened);

/* The end of the verb: exactly one of these, once. */
void     cli_session_done        (CliSession *self,
                                  CliExit     exit);
/* Reports @error, which it takes, and ends with the exit code that fits. */
void     cli_session_fail        (CliSession *self,
                                  GError     *error);
/* The same for what is no matter of a record: a table that is not there. */
void     cli_session_fail_to_open (CliSession *self,
                                  GError      *error);
/* The exit code that fits. */
CliExit  cli_session_get_exit    (CliSession   *self,
                                  const GError *error);
/* Prints the document with --json, else the text, both nullable; ends well. */
void     cli_session_print       (CliSession *self,
                                  const char *text,
                                  GString    *document);

/* What is known of the columns; nullable. */
VliveSchema *cli_session_get_schema    (CliSession *self);
/* The name of the column that holds the id. */
const char  *cli_session_get_id_column (CliSession *self);

G_END_DECLS
