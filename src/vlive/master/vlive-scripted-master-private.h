/* vlive-scripted-master-private.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "base/vlive-clock-private.h"
#include "base/vlive-worker-private.h"
#include "master/vlive-scripted-master.h"
#include "master/vlive-scripted-order-private.h"

G_BEGIN_DECLS

/* Of all that happens on the owner's context. */
#define VLIVE_SCRIPTED_PRIORITY 100

/* What is set from outside: one property each, which says what it means. */
typedef struct
{
  guint                 latency_min;
  guint                 latency_max;
  double                error_rate;
  VliveError            error_code;
  gboolean              offline;
  GVariant             *offline_windows;  /* owned, nullable: a(uu) */

  VliveScriptedPaging   paging;
  guint                 max_page;
  gboolean              tells_max_page;
  VliveTotalKind        total_kind;
  char                 *claimed_total;    /* owned, nullable */
  gboolean              total_when_not_modified;

  VliveCapabilities     capabilities;
  gboolean              conditional;
  gboolean              tells_sequence;
  guint                 max_evaluated;

  guint                 reorders;
  guint                 overlap;
  guint                 nameless_every;
  gboolean              ignores_filters;
  gboolean              refuses_sort;
  gboolean              verifies;

  VliveScriptedOutcome  write_outcome;
  double                write_outcome_rate;
  guint                 write_latency;
  gboolean              answers_records;
  gboolean              inserts_first;

  gboolean              live;
  gboolean              events_with_records;
  gboolean              tells_writes;
  guint                 event_delay;
  double                change_rate;
  guint                 change_span;
} VliveScriptedKnobs;

/* What was asked of it, for tests. */
typedef struct
{
  guint n_describes;
  guint n_windows;
  guint n_not_modified;
  guint n_gets;
  guint n_counts;
  guint n_writes;
  guint n_applied;
  guint n_failures;
  guint n_in_flight;
  guint max_in_flight;
} VliveScriptedCounts;

/* An applied write that may be sent again. */
typedef struct
{
  char       *uuid;   /* owned */
  VliveReply *reply;  /* owned */
} VliveScriptedApplied;

struct _VliveScriptedMaster
{
  GObject              parent_instance;

  char                *name;        /* owned */
  char                *identity;    /* owned */
  guint64              n_rows;      /* computed ones, at the beginning */
  guint                seed;
  VliveScriptedRows   *rows;        /* owned */
  VliveSchema         *schema;      /* owned */
  VliveDescription    *description; /* owned */
  VliveScriptedKnobs   knobs;
  VliveScriptedCounts  counts;

  VliveClock          *clock;       /* owned */
  gint64               started_at;  /* boot time: offline windows count from here */
  GMainContext        *context;     /* owned */
  VliveWorker         *worker;      /* owned, nullable: made when there is work */
  GRand               *rand;        /* owned: what befalls calls */
  GRand               *change_rand; /* owned: what others change */
  guint                n_to_fail;
  VliveError           fail_code;

  GQueue               orders;      /* of VliveScriptedOrder, owned; newest first */
  GHashTable          *cursors;     /* owned: query key → set of offsets */
  GQueue               cursor_keys; /* the keys of @cursors, oldest first */
  GHashTable          *applied;     /* owned: UUID → VliveScriptedApplied */
  GQueue               applied_log; /* the same, oldest first; not owned */
  guint64              next_id;

  VliveManualStream   *stream;      /* owned */
  GQueue               events;      /* of Event, owned: on their way, oldest first */
  gint64               event_due;   /* boot time: of the newest of these */
  VliveTimer          *window_timer; /* owned, nullable: the next offline edge */
  VliveTimer          *change_timer; /* owned, nullable */
  gint64               changed_at;  /* boot time: up to which changes were made */
  double               change_debt; /* a part of a change that is due */
};

/* Says anew what it can do, after a knob was turned or it was demoted. */
void          _vlive_scripted_master_describe    (VliveScriptedMaster  *self);
/* (transfer full) @description; notifies. */
void          _vlive_scripted_set_description    (VliveScriptedMaster  *self,
                                                  VliveDescription     *description);
/* For tests. */
void          _vlive_scripted_master_set_clock   (VliveScriptedMaster  *self,
                                                  VliveClock           *clock);
const VliveScriptedCounts *
              _vlive_scripted_master_get_counts  (VliveScriptedMaster  *self);
gboolean      _vlive_scripted_is_offline         (VliveScriptedMaster  *self);
GError       *_vlive_scripted_offline_error      (VliveScriptedMaster  *self);
GError       *_vlive_scripted_not_found_error    (VliveScriptedMaster  *self,
                                                  const char           *id);

/*
 * A call: half of its latency, then @evaluate, which answers at once or later,
 * then the other half. When a successful answer is handed over, @arrived is
 * called (nullable). @data is freed by @free with the call.
 */
typedef void (*VliveScriptedEvaluate) (VliveScriptedMaster *self,
                                       GTask               *task,
                                       gpointer             data);

void          _vlive_scripted_call_begin         (VliveScriptedMaster  *self,
                                                  gpointer              tag,
                                                  gboolean              writes,
                                                  VliveScriptedEvaluate evaluate,
                                                  VliveScriptedEvaluate arrived,
                                                  gpointer              data,
                                                  GDestroyNotify        free,
                                                  GCancellable         *cancellable,
                                                  GAsyncReadyCallback   callback,
                                                  gpointer              user_data);
/* Takes @result or @error. */
void          _vlive_scripted_call_answer        (GTask                *task,
                                                  gpointer              result,
                                                  GDestroyNotify        destroy,
                                                  GError               *error);
gpointer      _vlive_scripted_call_get_data      (GTask                *task);

/* Reads, of which more is said in vlive-scripted-read.c. */
void          _vlive_scripted_fetch_window       (VliveScriptedMaster  *self,
                                                  VliveQuery           *query,
                                                  guint64               offset,
                                                  guint                 limit,
                                                  const char           *validator,
                                                  GCancellable         *cancellable,
                                                  GAsyncReadyCallback   callback,
                                                  gpointer              user_data);
void          _vlive_scripted_fetch_record       (VliveScriptedMaster  *self,
                                                  const char           *id,
                                                  GCancellable         *cancellable,
                                                  GAsyncReadyCallback   callback,
                                                  gpointer              user_data);
void          _vlive_scripted_fetch_records      (VliveScriptedMaster  *self,
                                                  const char * const   *ids,
                                                  GCancellable         *cancellable,
                                                  GAsyncReadyCallback   callback,
                                                  gpointer              user_data);
void          _vlive_scripted_count              (VliveScriptedMaster  *self,
                                                  VliveQuery           *query,
                                                  GCancellable         *cancellable,
                                                  GAsyncReadyCallback   callback,
                                                  gpointer              user_data);
/* What it says of a total of @truth, of which @seen were seen. Adds to
 * @diagnostics, which may be NULL, what is odd about it. */
VliveTotalKind _vlive_scripted_state_total       (VliveScriptedMaster  *self,
                                                  guint64               truth,
                                                  guint64               seen,
                                                  guint64              *total,
                                                  GPtrArray            *diagnostics);
/* The rows changed: what was found of them is old. */
void          _vlive_scripted_forget_orders      (VliveScriptedMaster  *self);
gboolean      _vlive_scripted_is_nameless        (guint                 every,
                                                  guint64               serial);

/* Writes. */
void          _vlive_scripted_apply              (VliveScriptedMaster  *self,
                                                  VliveWrite           *write,
                                                  GCancellable         *cancellable,
                                                  GAsyncReadyCallback   callback,
                                                  gpointer              user_data);
/* Does it now. (transfer full): the reply; NULL and @error: the master's no.
 * @position: where a new row goes. */
VliveReply   *_vlive_scripted_change             (VliveScriptedMaster  *self,
                                                  VliveWriteOp          op,
                                                  const char           *id,
                                                  VliveRecord          *fields,
                                                  guint64               position,
                                                  gboolean              tell,
                                                  GError              **error);
void          _vlive_scripted_applied_free       (gpointer              data);

/* Events. */
void          _vlive_scripted_tell               (VliveScriptedMaster  *self,
                                                  VliveChangeKind       kind,
                                                  const char           *id,
                                                  VliveRecord          *record,
                                                  guint64               version);
/* After the rate, or the clock, is another one. */
void          _vlive_scripted_restart_changes    (VliveScriptedMaster  *self);
/* After it went offline or came back, or will at other times. */
void          _vlive_scripted_follow_windows     (VliveScriptedMaster  *self);
/* Ends all that is on its way by itself: events, changes, offline edges. */
void          _vlive_scripted_stop_events        (VliveScriptedMaster  *self);

G_END_DECLS
