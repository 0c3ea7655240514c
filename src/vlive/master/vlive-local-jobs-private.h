/* vlive-local-jobs-private.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "base/vlive-clock-private.h"
#include "master/vlive-local-order-private.h"
#include "master/vlive-master.h"

G_BEGIN_DECLS

/* What a job learns of the table besides what it was asked for. */
typedef struct
{
  char        *uuid;            /* owned, nullable: of the file */
  guint32      schema_version;  /* in: the one known; out: the newest */
  VliveSchema *schema;          /* owned; NULL if it is the one known */
  guint64      sequence;
} VliveLocalNews;

void     _vlive_local_news_clear (VliveLocalNews   *self);
gboolean _vlive_local_news_fill  (VliveLocalNews   *self,
                                  VliveLocalTable  *table,
                                  GError          **error);

/* As @since: nothing of what was, only where the log ends now. */
#define VLIVE_LOCAL_FROM_NOW G_MAXUINT64

typedef enum
{
  VLIVE_LOCAL_DESCRIBE,
  VLIVE_LOCAL_WINDOW,
  VLIVE_LOCAL_RECORDS,
  VLIVE_LOCAL_COUNT,
  VLIVE_LOCAL_LOG_SINCE,
} VliveLocalReadKind;

/* A reading job. */
typedef struct
{
  VliveLocalJob       job;
  VliveLocalReadKind  kind;
  char               *table;      /* owned */
  VliveQuery         *query;      /* owned, nullable: of WINDOW and COUNT */
  guint64             offset;
  guint               limit;      /* LOG_SINCE: 0: all of them */
  char               *validator;  /* owned, nullable */
  char              **ids;        /* owned, nullable: of RECORDS */
  gboolean            single;     /* RECORDS: one is asked for */
  guint64             since;      /* of LOG_SINCE */
  VliveClock         *clock;      /* owned */

  VliveLocalNews      news;
  VlivePage          *page;       /* owned; of WINDOW */
  GPtrArray          *records;    /* owned; of RECORDS: those that exist */
  guint64             total;      /* of COUNT */
  GPtrArray          *events;     /* owned; of LOG_SINCE: VliveChangeEvent, whose
                                   * version is the sequence; just a CHANGED if the
                                   * log does not reach back */
  gboolean            lost;       /* LOG_SINCE: it does not */
  VliveLocalBuild    *build;      /* owned, nullable: to be put into the file */
  gboolean            mend;       /* @build takes the place of a damaged one */
  gboolean            tell;       /* the use of an order is to be written down */
} VliveLocalReadJob;

VliveLocalReadJob *_vlive_local_read_job_new (VliveLocalReadKind  kind,
                                              const char         *table);

/* Puts @build into the file, with @replace also in the place of another, or
 * writes down when orders were used (NULL), and tells nobody. */
void     _vlive_local_keep_order (VliveLocalFile   *file,
                                  const char       *table,
                                  VliveLocalBuild  *build,
                                  gboolean          replace);

/* A writing job: one write. */
typedef struct
{
  VliveLocalJob   job;
  char           *table;    /* owned */
  VliveWriteOp    op;
  char           *id;       /* owned, nullable */
  VliveRecord    *fields;   /* owned, nullable */
  char           *uuid;     /* owned */

  VliveLocalNews  news;
  GError         *refusal;  /* owned: the master's no, for which nothing was written */
  char           *reply_id; /* owned, nullable */
  VliveRecord    *record;   /* owned, nullable */
  guint64         version;
} VliveLocalApplyJob;

VliveLocalApplyJob *_vlive_local_apply_job_new (const char *table,
                                                VliveWrite *write);
/* Would it be refused whatever the table holds? */
gboolean _vlive_local_apply_job_check (VliveLocalApplyJob  *self,
                                       GError             **error);

/* A writing job: the table becomes exactly these records, or they are added. */
typedef struct
{
  VliveLocalJob   job;
  char           *table;    /* owned */
  GPtrArray      *records;  /* owned; with ids, unless @make_ids */
  VliveSchema    *schema;   /* owned, nullable: for records of an import */
  gboolean        replace;
  gboolean        make_ids;

  VliveLocalNews  news;
} VliveLocalPutJob;

VliveLocalPutJob *_vlive_local_put_job_new (const char *table);

/* Sweeps what is doomed, in slices, and tells nobody. @again: also if that was
 * done for the file before. */
void     _vlive_local_sweep            (VliveLocalFile *file,
                                        gboolean        again);

G_END_DECLS
