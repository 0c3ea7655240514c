/* vlive-store-private.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "base/vlive-clock-private.h"
#include "base/vlive-error.h"
#include "base/vlive-log-private.h"
#include "base/vlive-meter-private.h"
#include "base/vlive-worker-private.h"
#include "cache/vlive-cache-private.h"
#include "table/vlive-read-private.h"
#include "table/vlive-stage-private.h"
#include "table/vlive-store.h"

G_BEGIN_DECLS

/* Before GTK's layout (110) and paint (120). */
#define VLIVE_TICK_PRIORITY 100
#define VLIVE_TICK_US (16 * 1000)
#define VLIVE_NEVER G_MAXINT64
/* Somebody waits for it, or looks at it. What is less may have to give way. */
#define VLIVE_PRIORITY_VISIBLE 0
/* For so long an event may be about a moment before a confirmed write. */
#define VLIVE_CONFIRMED_US (30 * G_USEC_PER_SEC)

/*
 * What changed in a store, for those who look at it. In order with the answers
 * to reads: what comes later is newer.
 */
typedef enum
{
  VLIVE_STORE_VALUE,    /* the record is now this */
  VLIVE_STORE_GONE,     /* there is no such record any more */
  VLIVE_STORE_UNKNOWN,  /* the record changed, content unknown */
  VLIVE_STORE_ALL,      /* everything is stale */
  VLIVE_STORE_CLEARED,  /* there is no record any more */
  VLIVE_STORE_STATE,    /* the state of our writes of the record changed */
  VLIVE_STORE_LOOK,     /* the cache knows something new, of another process */
} VliveStoreChangeKind;

typedef struct
{
  VliveStoreChangeKind kind;
  const char          *id;          /* NULL for ALL and CLEARED */
  VliveRecord         *record;      /* VALUE only */
  gboolean             membership;  /* a record came or went */
  const char * const  *fields;      /* VALUE: those that changed; NULL: not known */
  gboolean             reading_again;  /* UNKNOWN: it will be told in a moment */
  guint64              end;         /* STATE: of a layer of the stage; 0: none */
  const char          *temporary;   /* VALUE: the id by which it was known so far */
  gboolean             by_others;      /* an event, and no write of ours is near */
} VliveStoreChange;

/* Somebody who looks at a store: a table. */
typedef struct
{
  /* Keeps it for announce(). */
  void         (*take)     (gpointer                client,
                            const VliveStoreChange *change);
  /* Applies what was taken and tells the world: no other place emits. Answers
   * when it wants to be called next, on the boot clock, or VLIVE_NEVER. */
  gint64       (*announce) (gpointer                client);
  /* The record of @id as it is held, or NULL. */
  VliveRecord *(*hold)     (gpointer                client,
                            const char             *id);
  /* Something was staged over @id: a notify on its row, and nothing else, is
   * due at once. */
  void         (*stage)    (gpointer                client,
                            const char             *id);
  /* Up to which end of a layer it has applied what was taken. */
  guint64      (*get_seen) (gpointer                client);
} VliveClientFuncs;

/* Waits for one of the places of "max-fetches". */
typedef struct _VliveJob VliveJob;
struct _VliveJob
{
  void   (*start) (VliveJob *job);
  int      priority;  /* lower first; see VLIVE_PRIORITY_VISIBLE */
  gint64   not_before;  /* boot clock; 0: at once */
  gint64   asked_at;  /* then: when it was asked for last; 0: never */
  gboolean waiting;
};

/* What became of writes of ours to a record. */
typedef struct
{
  guint    n_pending;
  gint64   confirmed_at;    /* boot clock; 0: none */
  guint64  version;         /* the master's, of the confirmed one; 0: none */
  gboolean event_seen;      /* since the first attempt of what is pending */
} VliveOwnWrites;

typedef struct _VliveEvents VliveEvents;

struct _VliveStore
{
  GObject          parent_instance;

  GMainContext    *context;     /* owned; the only one that may touch us */
  VliveClock      *clock;       /* owned */
  VliveMaster     *master;      /* owned */
  VliveCache      *cache;       /* owned */
  char            *cache_key;   /* owned */
  char            *ns;          /* owned; NULL until the master says who it is */
  gulong           description_handler;
  GCancellable    *cancellable; /* owned; everything that runs ends with us */

  guint            stale_after; /* ms */
  guint            max_fetches;
  guint            local_limit;
  VliveSchema     *schema;      /* owned, nullable */
  GError          *error;       /* owned, nullable */
  gboolean         offline;
  VliveLedger      ledger;
  VliveTimer      *ledger_timer; /* nullable: somebody is to hear of it */
  gboolean         closed;      /* nothing new is taken */
  gboolean         gone;        /* disposed of */

  /* Opening: until the namespace is known. */
  GPtrArray       *openers;     /* owned, of Opener; NULL: not under way */
  gboolean         schema_asked;

  /* Reading. */
  GPtrArray       *reads;       /* owned, of VliveRead: those under way */
  GPtrArray       *counts;      /* owned, of Count: those under way */
  GHashTable      *flights;     /* owned: key -> VliveFlight (owned) */
  GQueue           jobs;        /* of VliveJob, not owned: waiting for a place */
  guint            n_in_flight;
  VliveTimer      *places_timer; /* nullable */
  guint            n_numbers;   /* for the story */
  GHashTable      *false_claims;  /* owned: key of a query -> guint64, owned */
  gboolean         silent_304;  /* its "not modified" states no total (rule 2) */
  GQueue           recent;      /* of Recent, owned: windows read last, newest first */
  guint            n_recent_rows;
  VliveStamp       patched;         /* of the last change of ours that is in the cache */
  guint            watch;           /* of the cache, for those who look; 0: none */
  VliveStamp       noticed;         /* of the cache, when it was looked at for news */
  guint64          cleared_epoch;   /* answers asked before have been deleted since */
  gint64           cleared_at;      /* the same in real time; 0: never */
  guint64          changed_epoch;   /* answers asked before are not asked for "if modified" */
  VliveWorker     *worker;      /* owned, nullable: local queries */

  /* Writing. */
  GQueue           writes;      /* of Writing, owned: waiting */
  gpointer         writing;     /* Writing, owned, nullable: under way */
  gboolean         is_sending;  /* the next one is being looked for */
  GHashTable      *own_writes;  /* owned: id -> VliveOwnWrites */
  guint            n_own_writes_max;  /* with so many, some are forgotten */
  VliveStage      *stage;       /* owned: what is laid over the master's records */
  GPtrArray       *heard;       /* owned, of Writing: done, and not told yet */

  /* Streams. */
  VliveLiveStream *stream;      /* owned, nullable */
  VliveEvents     *events;      /* owned */

  /* One place, one moment. */
  GPtrArray       *clients;     /* of Client, owned */
  VliveTimer      *tick;        /* nullable */
  gint64           tick_due;
  gint64           last_tick;
  GPtrArray       *told;        /* owned, of char *: "changed" to emit; "" for all */

  GTask           *closing;     /* owned, nullable */
  VliveTimer      *close_timer; /* nullable */
};

/* Opening. @func runs at once if the namespace is known. */
typedef void (*VliveOpenFunc) (const GError *error,
                               gpointer      data);
void          _vlive_store_open           (VliveStore             *self,
                                           VliveOpenFunc           func,
                                           gpointer                data);
/* FALSE: the master has to be asked for its name first. */
gboolean      _vlive_store_find_namespace (VliveStore             *self);
gboolean      _vlive_store_check_open     (VliveStore             *self,
                                           GError                **error);
void          _vlive_store_end_openers    (VliveStore             *self,
                                           const GError           *error);

/* A test's clock; right after the store was made. */
void          _vlive_store_set_clock      (VliveStore             *self,
                                           VliveClock             *clock);
VliveLedger  *_vlive_store_get_ledger     (VliveStore             *self);
/* It has changed. */
void          _vlive_store_note_ledger    (VliveStore             *self);
/* Answered by the master. */
void          _vlive_store_count_bytes    (VliveStore             *self,
                                           VliveRecord           **records,
                                           guint                   n_records);

/* VliveMaster. */
void          _vlive_store_master_iface_init (VliveMasterInterface *iface);

/* The outcome of requests: the properties "error" and "online". */
void          _vlive_store_note_success   (VliveStore             *self);
void          _vlive_store_note_failure   (VliveStore             *self,
                                           const GError           *error);
void          _vlive_store_adopt_description (VliveStore          *self);
void          _vlive_store_notify_schema  (VliveStore             *self);
void          _vlive_store_learn_schema   (VliveStore             *self,
                                           VliveRecord * const    *records,
                                           guint                   n_records);

/* Places. */
void          _vlive_store_enqueue        (VliveStore             *self,
                                           VliveJob               *job);
void          _vlive_store_withdraw       (VliveStore             *self,
                                           VliveJob               *job);
void          _vlive_store_leave_place    (VliveStore             *self);
/* A job that waits is wanted more, or sooner. */
void          _vlive_store_fill_places    (VliveStore             *self);
guint         _vlive_store_next_number    (VliveStore             *self);

/* What this store itself did to the cache is in there now: whoever looked
 * before, looks again. */
void          _vlive_store_note_patched   (VliveStore             *self);
/* Nobody joins a flight older than this. */
void          _vlive_store_raise_marks    (VliveStore             *self,
                                           const VliveStoreChange *change);
/* A total that the master states for @query, and that did not come true. */
gboolean      _vlive_store_is_false_claim (VliveStore             *self,
                                           VliveQuery             *query,
                                           guint64                 total);
void          _vlive_store_note_false_claim (VliveStore           *self,
                                           VliveQuery             *query,
                                           guint64                 total);
void          _vlive_store_note_cleared   (VliveStore             *self);
/* The record alone, of the master; told to those who look. Then @layer, if
 * there is one, ends as failed. */
void          _vlive_store_read_again     (VliveStore             *self,
                                           const char             *id,
                                           VliveLayer             *layer);
/* The newest record of @id that is held in memory, or NULL. */
VliveRecord  *_vlive_store_hold           (VliveStore             *self,
                                           const char             *id);

/* Those who look. @client is not owned. */
void          _vlive_store_init_clients   (VliveStore             *self);
void          _vlive_store_add_client     (VliveStore             *self,
                                           gpointer                client,
                                           const VliveClientFuncs *funcs);
void          _vlive_store_remove_client  (VliveStore             *self,
                                           gpointer                client);
VliveRecord  *_vlive_store_hold_at_clients (VliveStore            *self,
                                           const char             *id);
/* Shows what was staged over @id. */
void          _vlive_store_show_staged    (VliveStore             *self,
                                           const char             *id);
/* A layer has ended; those who look hear of it behind what it changed. */
void          _vlive_store_end_layer      (VliveStore             *self,
                                           VliveLayer             *layer,
                                           const char             *id,
                                           gboolean                failed);
/* The same, of a write that has no layer. */
void          _vlive_store_mark_end       (VliveStore             *self);
/* What others put into the cache is shown to those who look, from now on. */
void          _vlive_store_watch_cache    (VliveStore             *self);
void          _vlive_store_unwatch_cache  (VliveStore             *self);
/* Hands @change to every client, and lets "changed" be emitted. */
void          _vlive_store_publish        (VliveStore             *self,
                                           const VliveStoreChange *change);
/* The tick comes at @at of the boot clock, or when it may. */
void          _vlive_store_wake_at        (VliveStore             *self,
                                           gint64                  at);
void          _vlive_store_wake           (VliveStore             *self);
void          _vlive_store_end_ticks      (VliveStore             *self);
gboolean      _vlive_store_has_listeners  (VliveStore             *self);
void          _vlive_store_emit_changed   (VliveStore             *self,
                                           const char             *id);

/* Writing. */
void          _vlive_store_init_writes    (VliveStore             *self);
VliveOwnWrites *_vlive_store_get_own_writes (VliveStore           *self,
                                             const char           *id);
gboolean      _vlive_store_has_writes     (VliveStore             *self);
/* A record whose id the master makes is on its way to it. */
gboolean      _vlive_store_is_inserting   (VliveStore             *self);
/* Those whose writes those who look have shown: up to the end @seen. */
void          _vlive_store_tell_writers   (VliveStore             *self,
                                           guint64                 seen);
void          _vlive_store_end_writes     (VliveStore             *self);
void          _vlive_store_free_writes    (VliveStore             *self);
VliveReply   *_vlive_store_write_finish   (VliveStore             *self,
                                           GAsyncResult           *result,
                                           GError                **error);

/* Streams. */
VliveEvents  *_vlive_events_new           (VliveStore             *store);
void          _vlive_events_free          (VliveEvents            *self);
void          _vlive_events_follow        (VliveEvents            *self,
                                           VliveLiveStream        *stream);
void          _vlive_events_unfollow      (VliveEvents            *self,
                                           VliveLiveStream        *stream);
/* An answer to an insert is in: events that may have been about it go on. */
void          _vlive_events_release       (VliveEvents            *self);
/* TRUE if what came in so far is in the cache; otherwise @func runs when it
 * is. */
gboolean      _vlive_events_settle        (VliveEvents            *self,
                                           VliveOpenFunc           func,
                                           gpointer                data);

/* Counting. */
void          _vlive_store_init_counts    (VliveStore             *self);
void          _vlive_store_end_counts     (VliveStore             *self,
                                           const GError           *error);

/* Closing: called whenever something that is waited for has ended. */
void          _vlive_store_check_closed   (VliveStore             *self);
void          _vlive_store_end_everything (VliveStore             *self);

G_END_DECLS
