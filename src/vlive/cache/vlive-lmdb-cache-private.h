/* vlive-lmdb-cache-private.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "cache/vlive-lmdb-job-private.h"
#include "cache/vlive-lmdb-mirror-private.h"
#include "cache/vlive-lmdb-upkeep-private.h"

G_BEGIN_DECLS

struct _VliveLmdbCache
{
  GObject parent_instance;
  char *folder; /* owned */
  guint64 size_limit;
  VliveClock *clock;       /* owned */
  VliveStorage *storage;   /* owned; NULL once @fallback is there */
  VliveLmdbUpkeep *upkeep; /* owned; as above */
  GHashTable *mirrors;     /* owned; VliveLmdbMirror by namespace */
  VliveCache *fallback;    /* owned; NULL while the folder can be used */
  gboolean works;          /* it has been opened */
  guint64 n_corrupt;
};

VliveLmdbMirror *_vlive_lmdb_cache_get_mirror     (VliveLmdbCache *self,
                                                   const char     *ns);
/* Takes @task, whose data is the job. */
void             _vlive_lmdb_cache_submit         (VliveLmdbCache *self,
                                                   GTask          *task);
/* Nobody waits for it, so it does not keep the cache. Takes @job. */
void             _vlive_lmdb_cache_submit_quietly (VliveLmdbCache *self,
                                                   VliveLmdbJob   *job);

G_END_DECLS
