/* store-peer.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "vlive-test.h"

G_BEGIN_DECLS

/*
 * The other process of a test, which shares a cache folder with it: see
 * store-peer.c for what it can be asked.
 */
typedef struct
{
  GSubprocess      *process;
  GDataInputStream *from;
  GOutputStream    *to;
} Peer;

/* @master: the path of a local database, or the address of a REST server. */
void         peer_start   (Peer       *peer,
                           const char *cache,
                           const char *master);
/* Its answer; takes as long as it takes. */
char        *peer_ask     (Peer       *peer,
                           const char *what,
                           const char *id,
                           gint64      value);
void         peer_end     (Peer       *peer);
/* With SIGKILL, whatever it is doing. */
void         peer_kill    (Peer       *peer);

/* The master at @address, as both processes make it. */
VliveMaster *peer_make_master (const char *address);
/* A local database with rows a, b and c, whose values are 1, 2 and 3. */
void         peer_seed    (const char *path);

G_END_DECLS
