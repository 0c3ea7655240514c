/* vlive-local-import-private.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "master/vlive-import-source-private.h"
#include "master/vlive-local-jobs-private.h"

G_BEGIN_DECLS

/* Rows of an import, encoded: what one transaction writes. */
typedef struct
{
  guint64     first;      /* sequence of the first row in the generation */
  GByteArray *rows;       /* owned; values of rows, sealed */
  GArray     *ends;       /* owned; gsize: of each value in @rows */
  GByteArray *ids;        /* owned; keys of ids, without their space */
  GArray     *id_ends;    /* owned; gsize: of each key in @ids */
  GArray     *id_rows;    /* owned; guint32: the row of each key */
  GPtrArray  *layouts;    /* owned; VliveLayout: those of the rows */
} VliveLocalBatch;

VliveLocalBatch *_vlive_local_batch_new  (void);
void             _vlive_local_batch_free (VliveLocalBatch *self);
/* A value of a row begins with this many bytes, to be filled by _end_row(). */
void             _vlive_local_batch_begin_row (VliveLocalBatch *self);
void             _vlive_local_batch_end_row   (VliveLocalBatch *self,
                                               VliveLayout     *layout);
void             _vlive_local_batch_add_id    (VliveLocalBatch *self,
                                               const guint8    *key,
                                               gsize            size,
                                               guint32          row);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VliveLocalBatch, _vlive_local_batch_free)

/* What the transactions of a large import share. Writing jobs only, but for
 * what stands above the line before they begin. */
typedef struct
{
  char    *table;       /* owned */
  gboolean replace;
  guint64  n_rows;      /* of the file */
  gboolean make_ids;

  /* Found by the first. */
  guint32  generation;
  guint32  space;
  gboolean own_space;   /* nobody else has ids in it */
  gboolean had_table;
  gboolean text_ids;    /* the table has such */
  gint64   first_id;    /* the first that is made */
  int      lock;        /* a descriptor; -1: none */
} VliveLocalTarget;

typedef enum
{
  VLIVE_LOCAL_IMPORT_BEGIN,
  VLIVE_LOCAL_IMPORT_BATCH,
  VLIVE_LOCAL_IMPORT_FINISH,
  VLIVE_LOCAL_IMPORT_ABANDON,
} VliveLocalImportStep;

typedef struct
{
  VliveLocalJob         job;
  VliveLocalImportStep  step;
  VliveLocalTarget     *target;      /* not owned */
  VliveLocalBatch      *batch;       /* owned; of BATCH */
  GPtrArray            *samples;     /* owned; of FINISH: VliveRecord */
  guint64               n_text_ids;  /* of FINISH */
  gint64                max_id;
  VliveLocalNews        news;        /* of FINISH */
} VliveLocalImportJob;

/* So much is sorted at once (32 MiB). For tests. */
extern gsize _vlive_local_import_sort_memory;

VliveLocalImportJob *_vlive_local_import_job_new (VliveLocalImportStep  step,
                                                  VliveLocalTarget     *target);

G_END_DECLS
