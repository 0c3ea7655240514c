/* bench-rows.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "bench.h"

#include <sqlite3.h>

#include "cache/vlive-cache-private.h"
#include "record/vlive-record-private.h"

G_BEGIN_DECLS

#define BENCH_NS "bench"
#define BENCH_PAGE 100

/* The records of bench_dup_json(), as a page asked now. */
VlivePage *bench_make_page   (VliveCache *cache,
                              guint       page_number);
/* Pages 0 to @n_pages - 1, stored one after another. */
void       bench_fill_cache  (VliveCache *cache,
                              guint       n_pages);
/* Until the cache has opened its file, and one page was read. */
void       bench_warm        (VliveCache *cache,
                              guint       page_number);
/* The same rows in SQLite, with @index: a second index on the name. */
sqlite3   *bench_fill_sqlite (const char *path,
                              guint       n_rows,
                              gboolean    index);
/* The keyset page after row @id, as values; what an eager program does. */
guint      bench_sqlite_page (sqlite3_stmt *statement,
                              gint64        id);
sqlite3_stmt *bench_sqlite_prepare (sqlite3 *database);

G_END_DECLS
