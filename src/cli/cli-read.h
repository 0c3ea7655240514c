/* cli-read.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "cli-session.h"

G_BEGIN_DECLS

/* A read and what became of it. */
typedef struct
{
  GPtrArray      *records;     /* owned, of VliveRecord */
  VlivePage      *page;        /* owned; NULL for a single record */
  VliveReading    reading;
  gint64          elapsed_us;  /* from the call to rows in hand */
  char           *cache_key;   /* owned */
} CliRead;

/* Owns @read; NULL: it failed, and the session has been told. */
typedef void (*CliReadFunc) (CliSession *session,
                             CliRead    *read,
                             gpointer    user_data);

void     cli_read_free        (CliRead     *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CliRead, cli_read_free)

/* Lists what the reading options say. */
void     cli_read_list        (CliSession  *session,
                               VliveQuery  *query,
                               CliReadFunc  done,
                               gpointer     user_data);
const char *cli_read_get_outcome (CliRead  *self);
/* The line of talk, and the notes of the page, on standard error. */
void     cli_read_say         (CliRead     *self);
gboolean cli_read_append_json (CliRead     *self,
                               CliSession  *session,
                               GString     *json,
                               GError     **error);

G_END_DECLS
