/* vlive-read-private.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "cache/vlive-cache-private.h"
#include "record/vlive-page-private.h"
#include "table/vlive-store.h"

G_BEGIN_DECLS

/*
 * Reading. A VliveRead is one who asks; a VliveFlight is a request to the
 * master, shared by everyone who asks for the same window or record while it
 * is under way (but see _vlive_flight_is_outdated()).
 */
typedef struct _VliveRead   VliveRead;
typedef struct _VliveFlight VliveFlight;

/* What is known: a window or a single record. */
typedef struct
{
  gboolean     known;
  VlivePage   *page;        /* owned; windows */
  VliveRecord *record;      /* owned; single; NULL if it is known not to exist */
  gboolean     stale;
  gboolean     total_is_old;  /* the rows were renewed, the total was not (rule 2) */
  gint64       fetched_at;  /* real time, µs */
  guint64      sequence;
  VliveStamp   stamp;       /* of the asking that found it */
} VliveFinding;

void       _vlive_finding_clear (VliveFinding       *self);
void       _vlive_finding_copy  (VliveFinding       *self,
                                 const VliveFinding *other);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (VliveFinding, _vlive_finding_clear)

/* What is read. */
typedef struct
{
  VliveQuery *query;        /* owned; windows */
  guint64     offset;
  guint       limit;
  char       *id;           /* owned; single records: NULL for windows */
} VliveTarget;

void       _vlive_target_copy   (VliveTarget        *self,
                                 const VliveTarget  *other);
void       _vlive_target_clear  (VliveTarget        *self);
char      *_vlive_target_to_key (const VliveTarget  *self);
/* For the story: the number of the page, or -1. */
gint64     _vlive_target_to_page (const VliveTarget *self);

/*
 * Called once with @last, and before perhaps once without: with what the cache
 * has, while the master is asked. May be called before _vlive_read_start()
 * returns. @finding is borrowed; *reading as well, but for its reason.
 */
typedef void (*VliveReadFunc)   (VliveRead          *self,
                                 const VliveFinding *finding,
                                 const VliveReading *reading,
                                 const GError       *error,
                                 gboolean            last,
                                 gpointer            data);

VliveRead *_vlive_read_new      (VliveStore         *store,
                                 const VliveTarget  *target,
                                 VliveReadFlags      flags,
                                 int                 priority,
                                 gint64              asked_at,
                                 VliveReadFunc       func,
                                 gpointer            data);
VliveRead *_vlive_read_ref      (VliveRead          *self);
void       _vlive_read_unref    (VliveRead          *self);
void       _vlive_read_start    (VliveRead          *self);
/* @func is not called again. A request that was sent goes on for the cache's
 * sake; one that was not is dropped with the last who wants it. */
void       _vlive_read_cancel   (VliveRead          *self);
/* The same, but tells @func. */
void       _vlive_read_fail     (VliveRead          *self,
                                 const GError       *error);
/* Before it is started: the master is not asked before that moment of the boot
 * clock. */
void       _vlive_read_set_not_before (VliveRead    *self,
                                 gint64              not_before);
/* Whether it waits for the master. */
gboolean   _vlive_read_is_boarded (VliveRead        *self);
/* Whether its request is on its way. */
gboolean   _vlive_read_is_sent  (VliveRead          *self);
void       _vlive_read_set_priority (VliveRead      *self,
                                 int                 priority,
                                 gint64              asked_at);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VliveRead, _vlive_read_unref)

/* For flights and local queries. */
void       _vlive_read_landed   (VliveRead          *self,
                                 const VliveFinding *finding,
                                 VliveOutcome        outcome,
                                 const GError       *error,
                                 const VliveStamp   *asked);
void       _vlive_read_again    (VliveRead          *self);
void       _vlive_read_finish   (VliveRead          *self,
                                 const VliveFinding *finding,
                                 VliveOutcome        outcome,
                                 const char         *reason);
VliveStore        *_vlive_read_get_store  (VliveRead *self);
const VliveTarget *_vlive_read_get_target (VliveRead *self);
VliveReadFlags     _vlive_read_get_flags  (VliveRead *self);
int                _vlive_read_get_priority (VliveRead *self);
gint64             _vlive_read_get_asked_at (VliveRead *self);
gint64             _vlive_read_get_not_before (VliveRead *self);
gboolean           _vlive_read_is_finished (VliveRead *self);
void               _vlive_read_left_flight (VliveRead *self);

/* Looked on one thread, changed on another: the change is in the cache, and
 * those who look at the store have taken it. What was found is older. */
gboolean   _vlive_finding_is_overtaken (const VliveFinding *self,
                                    VliveStore         *store);
/* Is what was found as good as the master's answer would be? */
gboolean   _vlive_finding_is_fresh (const VliveFinding *self,
                                    VliveStore         *store);
void       _vlive_finding_take_page (VliveFinding      *self,
                                    VliveStore         *store,
                                    VlivePage          *page,
                                    const VliveStamp   *stamp);

void       _vlive_finding_take_record (VliveFinding    *self,
                                    VliveStore         *store,
                                    const VliveCachedRecord *entry);

/* Joins the request for the same, or makes one. */
VliveFlight *_vlive_flight_board (VliveRead         *read);
void       _vlive_flight_leave  (VliveFlight        *self,
                                 VliveRead          *read);
gboolean   _vlive_flight_is_sent (VliveFlight       *self);
void       _vlive_flight_update_priority (VliveFlight *self);
/* A mark was raised over it. */
void       _vlive_flight_outdate (VliveFlight       *self);
const VliveTarget *_vlive_flight_get_target (VliveFlight *self);
/* The request that is wanted least is given up for something visible; FALSE if
 * all are as much wanted. */
gboolean   _vlive_flight_give_way (VliveStore       *store);
/* The store goes. */
void       _vlive_flight_abandon (gpointer           self);

/* The complete set, where it is cached, filtered and sorted on a worker for a
 * master that cannot; @why is what it said. */
void       _vlive_read_locally  (VliveRead          *self,
                                 const GError       *why);

/* Windows read last, in which single records may be found. */
void       _vlive_store_remember (VliveStore        *self,
                                 const VliveTarget  *target,
                                 VlivePage          *page);
void       _vlive_store_forget_windows (VliveStore  *self);
/* A window that held @id when it was read, or NULL. */
const VliveTarget *_vlive_store_find_window (VliveStore *self,
                                 const char         *id);
VliveRecord *_vlive_page_find   (VlivePage          *self,
                                 const char         *id);

G_END_DECLS
