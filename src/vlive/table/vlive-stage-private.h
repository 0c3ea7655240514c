/* vlive-stage-private.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "record/vlive-write.h"
#include "table/vlive-row-private.h"

G_BEGIN_DECLS

/*
 * What is staged: our writes that the master has not answered to, each a layer
 * over its record. What is shown is the master's record with the layers laid
 * over it, in the order in which they were given.
 *
 * A layer ends with its write; it goes for each table when that table has
 * applied what the answer changed, which comes in order with the end: so no
 * table ever falls back to the value of before for a moment. The ends are
 * numbered from 1; @seen is the number up to which somebody has applied them.
 */
typedef struct _VliveStage VliveStage;
typedef struct _VliveLayer VliveLayer;

/* What an id given by a program is. */
typedef enum
{
  VLIVE_ID_REAL,     /* the master's */
  VLIVE_ID_PENDING,  /* a temporary one of a record that is being made */
  VLIVE_ID_ADOPTED,  /* a temporary one of a record that has been made */
  VLIVE_ID_VOID,     /* a temporary one of a record that was never made */
} VliveIdKind;

/* What the layers make of one record. */
typedef enum
{
  VLIVE_STAGED_NOT,      /* nothing */
  VLIVE_STAGED_VALUES,   /* values change */
  VLIVE_STAGED_DELETED,  /* there will be none */
} VliveStaged;

VliveStage *_vlive_stage_new         (void);
void        _vlive_stage_free        (VliveStage       *self);

/* Another layer. An insert whose id the master makes gets a temporary id until
 * then. Not owned: it lives until it has ended and was collected. What failed
 * before is forgotten. */
VliveLayer *_vlive_stage_push        (VliveStage       *self,
                                      VliveWrite       *write);
/* The id under which it is shown first. */
const char *_vlive_layer_get_id      (VliveLayer       *layer);
/* Whether the master has applied it is not known; it will end later. It ends
 * before that when something else is known that came behind it. */
void        _vlive_stage_doubt       (VliveStage       *self,
                                      VliveLayer       *layer);
/* Answers the number of the end. */
guint64     _vlive_stage_end         (VliveStage       *self,
                                      VliveLayer       *layer,
                                      gboolean          failed);
/* An end of no layer: one more. */
guint64     _vlive_stage_add_end     (VliveStage       *self);
guint64     _vlive_stage_get_n_ends  (VliveStage       *self);
/* Forgets layers that ended no later than @seen, but for what failed. */
void        _vlive_stage_collect     (VliveStage       *self,
                                      guint64           seen);
gboolean    _vlive_stage_is_empty    (VliveStage       *self);

/* The master made the record under @real: what is known by the temporary id is
 * laid over that. */
void        _vlive_stage_adopt       (VliveStage       *self,
                                      const char       *temporary,
                                      const char       *real);
/* *real, not owned, is set for VLIVE_ID_ADOPTED. */
VliveIdKind _vlive_stage_resolve     (VliveStage       *self,
                                      const char       *id,
                                      const char      **real);

/* @shown is zeroed; its raw record is set, and what is made of it. */
VliveStaged _vlive_stage_lay_over    (VliveStage       *self,
                                      guint64           seen,
                                      const char       *id,
                                      VliveRecord      *raw,
                                      VliveShown       *shown);
/* The ids that will be deleted: of char *, owned by the stage. */
GPtrArray  *_vlive_stage_list_deleted (VliveStage      *self,
                                      guint64           seen);
gboolean    _vlive_stage_is_deleted  (VliveStage       *self,
                                      guint64           seen,
                                      const char       *id);
/* The records that are being made, in order; by the ids under which they are
 * shown first: of char *, owned by the stage. */
GPtrArray  *_vlive_stage_list_inserted (VliveStage     *self,
                                      guint64           seen);
gboolean    _vlive_stage_is_inserted (VliveStage       *self,
                                      guint64           seen,
                                      const char       *id);

G_END_DECLS
