/* vlive-array-master.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "vlive-test.h"

G_BEGIN_DECLS

/*
 * A real master whose rows are an array, and whose answers come when a test
 * wants them: late, in any order, failed, or not at all. A call is evaluated
 * when it is made, unless it is evaluated late: when its answer goes off.
 */
#define VLIVE_TYPE_ARRAY_MASTER (vlive_array_master_get_type ())
G_DECLARE_FINAL_TYPE (VliveArrayMaster, vlive_array_master, VLIVE, ARRAY_MASTER, GObject)

struct _VliveArrayMaster
{
  GObject            parent_instance;

  /* What it holds; a test changes it as others would. */
  GPtrArray         *rows;          /* owned, of VliveRecord */
  guint64            sequence;      /* grows with every change */

  /* Knobs. */
  VliveClock        *clock;         /* owned; NULL: answers come at once */
  gint64             latency_us;
  gint64             latency_spread_us; /* at random, on top */
  gboolean           hold;          /* answers wait for release() */
  gboolean           evaluate_late;
  gboolean           offline;       /* fails with VLIVE_ERROR_OFFLINE */
  guint              n_to_fail;     /* so many calls fail with … */
  int                fail_code;     /* … this code */
  double             error_rate;
  GRand             *rand;          /* owned */
  VliveCapabilities  capabilities;
  guint              operators;
  gboolean           states_total;
  gboolean           states_total_when_not_modified;
  gint64             false_total;   /* what it claims instead; < 0: the truth */
  gboolean           tells_sequence;
  gboolean           conditional;   /* gives validators */
  gboolean           answers_writes;  /* with the record; otherwise like a 204 */
  gboolean           answers_partly;  /* with the fields that were sent only */
  gboolean           inserts_first;
  const char        *refusal;       /* why it refuses writes; NULL: it does not */
  guint              n_to_lose;     /* answers to writes that never come */
  VliveManualStream *stream;        /* owned, nullable: writes are told there */
  gboolean           events_with_records;

  /* What it did. */
  guint              n_describes;
  guint              n_windows;
  guint              n_conditional;
  guint              n_not_modified;
  guint              n_gets;
  guint              n_counts;
  guint              n_writes;
  guint              n_in_flight;
  guint              max_in_flight;
  GString           *log;           /* "window 0+100;get a;patch a;" */

  /*< private >*/
  char              *name;
  char              *identity;      /* NULL: known once it was described */
  VliveDescription  *description;
  GPtrArray         *held;          /* of Call */
  guint              n_made;
};

VliveArrayMaster *vlive_array_master_new        (const char       *name);
/* Its identity is known only once it has been described. */
VliveArrayMaster *vlive_array_master_new_shy    (const char       *name);
/* Says again what it can do, after the knobs were turned. */
void              vlive_array_master_describe   (VliveArrayMaster *self);

/* Rows "000000" … with {name: "row 000000", value: 0 …}. */
void              vlive_array_master_fill       (VliveArrayMaster *self,
                                                 guint             n_rows);
VliveRecord      *vlive_array_master_make       (const char       *id,
                                                 gint64            value);
int               vlive_array_master_find       (VliveArrayMaster *self,
                                                 const char       *id);
/* What others do: told by the stream, if there is one. */
void              vlive_array_master_set        (VliveArrayMaster *self,
                                                 const char       *id,
                                                 gint64            value);
void              vlive_array_master_insert     (VliveArrayMaster *self,
                                                 guint             position,
                                                 const char       *id,
                                                 gint64            value);
void              vlive_array_master_delete     (VliveArrayMaster *self,
                                                 const char       *id);
/* The records that match @query, in order. */
GPtrArray        *vlive_array_master_evaluate   (VliveArrayMaster *self,
                                                 VliveQuery       *query);

/* The answers that are held, oldest first. */
guint             vlive_array_master_get_n_held (VliveArrayMaster *self);
void              vlive_array_master_release    (VliveArrayMaster *self,
                                                 guint             index);
void              vlive_array_master_release_all (VliveArrayMaster *self);

G_END_DECLS
