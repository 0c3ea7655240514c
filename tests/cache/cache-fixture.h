/* cache-fixture.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "vlive-test.h"

#include "cache/vlive-cache-private.h"
#include "record/vlive-query-private.h"

G_BEGIN_DECLS

/*
 * One cache of any kind, under a clock that stands still, and its calls made
 * synchronous.
 */
typedef struct
{
  const char *kind;    /* "memory", "null", "lmdb" */
  gboolean    keeps;   /* pages and records */
  gboolean    slow;    /* never inline, always asynchronous */
  gboolean    real;    /* the system's clock, shared with other processes */
  VliveCache *cache;
  VliveClock *clock;
  char       *folder;  /* lmdb */
} CacheFixture;

void        cache_fixture_set_up     (CacheFixture *fx, gconstpointer kind);
void        cache_fixture_tear_down  (CacheFixture *fx, gconstpointer kind);
/* An LMDB cache in @folder, under the system's clock. */
void        cache_fixture_open_real  (CacheFixture *fx, const char *folder);
void        cache_fixture_close_real (CacheFixture *fx);
/* Closes and opens again; a memory or null cache begins anew. */
void        cache_fixture_reopen     (CacheFixture *fx);
/* Advances the clock. */
void        cache_fixture_pass       (CacheFixture *fx, gint64 us);

/* Adds @func for the LMDB cache alone. */
void        cache_fixture_add_lmdb   (const char *name, void (*func) (CacheFixture *fx, gconstpointer kind));
/* Adds @func under /cache/KIND/@name for every kind of cache. */
void        cache_fixture_add        (const char *name, void (*func) (CacheFixture *fx, gconstpointer kind));

/* Fields: "id", and an integer "x". */
VliveRecord *make_record             (const char *id, gint64 x);
/* A record as text: "a:1". */
char       *record_to_text           (VliveRecord *record);
/* "a:1 b:2"; @total < 0: not stated; @validator may be NULL. */
VlivePage  *make_page                (guint64 offset, guint limit, const char *rows, gint64 total,
                                      const char *validator);
/* "a:1 b:2 /10 v1 stale patched", or "miss" for NULL. */
char       *page_to_text             (VlivePage *page);
VliveQuery *make_query               (const char *filter_column, const char *filter_value,
                                      const char *sort_column);

/* A moment later, so that no two askings are at the same time. */
VliveStamp  ask                      (CacheFixture *fx, const char *ns);
VlivePage  *lookup                   (CacheFixture *fx, const char *ns, VliveQuery *query,
                                      guint64 offset, guint limit, VliveStamp *stamp);
/* Consumes @page. */
VlivePage  *store                    (CacheFixture *fx, const char *ns, VliveQuery *query,
                                      VlivePage *page, const VliveStamp *stamp);
VlivePage  *renew                    (CacheFixture *fx, const char *ns, VliveQuery *query,
                                      guint64 offset, guint limit, const char *validator,
                                      gint64 total, const VliveStamp *stamp);
void        patch_all                (CacheFixture *fx, const char *ns, const VlivePatch *patches,
                                      gsize n_patches);
/* Values only, of field "x"; @x < 0: a tombstone with membership. */
void        patch                    (CacheFixture *fx, const char *ns, const char *id, gint64 x,
                                      gboolean confirmed);
void        patch_unknown            (CacheFixture *fx, const char *ns, const char *id);
void        invalidate               (CacheFixture *fx, const char *ns, VliveQuery *query,
                                      const char *id);
void        clear                    (CacheFixture *fx);
/* "a:1", "a:1 stale", "none" for known not to exist, "miss". */
char       *get                      (CacheFixture *fx, const char *ns, const char *id);
void        get_entry                (CacheFixture *fx, const char *ns, const char *id,
                                      VliveCachedRecord *entry);
/* "a:1", "none", or "again"; @x < 0: the master has none. */
char       *store_get                (CacheFixture *fx, const char *ns, const char *id, gint64 x,
                                      const VliveStamp *stamp);
VliveCacheStatistics get_statistics  (CacheFixture *fx);

/* The rows shown for an answer, and again for a lookup where pages are kept. */
#define assert_stored(fx, ns, query, page, stamp, text)                              \
  G_STMT_START {                                                                     \
    g_autoptr(VlivePage) _shown = store (fx, ns, query, page, stamp);                \
    g_autofree char *_text = page_to_text (_shown);                                  \
    g_assert_cmpstr (_text, ==, text);                                               \
  } G_STMT_END
#define assert_page(fx, ns, query, offset, limit, text)                              \
  G_STMT_START {                                                                     \
    VliveStamp _stamp;                                                               \
    g_autoptr(VlivePage) _shown = lookup (fx, ns, query, offset, limit, &_stamp);    \
    g_autofree char *_text = page_to_text (_shown);                                  \
    g_assert_cmpstr (_text, ==, (fx)->keeps ? (text) : "miss");                      \
  } G_STMT_END
#define assert_renewed(fx, ns, query, offset, limit, validator, total, stamp, text)  \
  G_STMT_START {                                                                     \
    g_autoptr(VlivePage) _shown = renew (fx, ns, query, offset, limit, validator, total, stamp); \
    g_autofree char *_text = page_to_text (_shown);                                  \
    g_assert_cmpstr (_text, ==, (fx)->keeps ? (text) : "miss");                      \
  } G_STMT_END
#define assert_get(fx, ns, id, text)                                                 \
  G_STMT_START {                                                                     \
    g_autofree char *_text = get (fx, ns, id);                                       \
    g_assert_cmpstr (_text, ==, (fx)->keeps ? (text) : "miss");                      \
  } G_STMT_END
#define assert_store_get(fx, ns, id, x, stamp, text)                                 \
  G_STMT_START {                                                                     \
    g_autofree char *_text = store_get (fx, ns, id, x, stamp);                       \
    g_assert_cmpstr (_text, ==, text);                                               \
  } G_STMT_END


/*
 * A program that shares a folder with the test. It answers each line with one.
 */
GSubprocess *peer_spawn              (const char * const *wrapper, const char *folder, ...) G_GNUC_NULL_TERMINATED;
/* NULL at its end. */
char       *peer_read                (GSubprocess *peer);
char       *peer_ask                 (GSubprocess *peer, const char *format, ...) G_GNUC_PRINTF (2, 3);
void        peer_assert              (GSubprocess *peer, const char *question, const char *answer);
void        peer_end                 (GSubprocess *peer);
void        peer_kill                (GSubprocess *peer);

G_END_DECLS
