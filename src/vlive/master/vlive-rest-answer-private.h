/* vlive-rest-answer-private.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "base/vlive-worker-private.h"
#include "master/vlive-http-private.h"
#include "master/vlive-rest-query-private.h"
#include "record/vlive-page.h"

G_BEGIN_DECLS

/* Answers above this are parsed on a worker. */
#define VLIVE_REST_INLINE_MAX (64 * 1024)

/*
 * The body of an answer, on its way to records. Plain data, so that it may be
 * read and freed on any thread.
 */
typedef struct
{
  gatomicrefcount  ref_count;
  /* given */
  GBytes          *body;        /* owned */
  char            *type;        /* owned, nullable: the Content-Type */
  char            *url;         /* owned: for messages */
  gboolean         may_be_cut;  /* nothing but its end says that it is whole */
  char            *envelope;    /* owned, nullable: the path to the list, or to the record */
  char            *total_path;  /* owned, nullable */
  char            *id_field;    /* owned */
  char            *id_prefix;   /* owned */
  guint64          offset;      /* of the first row */
  gboolean         single;      /* one record, not a list */
  VliveSchema     *known;       /* owned, nullable: the columns so far */
  VliveProfile    *profile;     /* owned, nullable: with @query, what to check for */
  VliveQuery      *query;       /* owned, nullable: what was asked for */
  /* found */
  GPtrArray       *records;     /* owned, of VliveRecord */
  guint            n_rows;      /* of the list, before doubles were dropped */
  VliveSchema     *schema;      /* owned, nullable: with what these records have */
  VliveClause      ignored;     /* of @query, as the records show */
  guint            ignored_index;
  VliveTotalKind   total_kind;  /* as the body says */
  guint64          total;
  GPtrArray       *diagnostics; /* owned, of char */
  GError          *error;       /* owned, nullable */
} VliveRestAnswer;

VliveRestAnswer *_vlive_rest_answer_new   (VliveHttpAnswer     *http);
VliveRestAnswer *_vlive_rest_answer_ref   (VliveRestAnswer     *self);
void             _vlive_rest_answer_unref (VliveRestAnswer     *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VliveRestAnswer, _vlive_rest_answer_unref)

/* Here and now. */
void             _vlive_rest_answer_parse (VliveRestAnswer     *self);
/* On @worker if the body is large, which is made when it is first needed;
 * otherwise before this returns. Then @done on @context. */
void             _vlive_rest_answer_parse_async (VliveRestAnswer  *self,
                                           VliveWorker        **worker,
                                           GMainContext        *context,
                                           void               (*done) (VliveRestAnswer *self,
                                                                       gpointer         data),
                                           gpointer             data);

/* "12", as servers write totals. What makes no sense is told, and unknown. */
VliveTotalKind   _vlive_rest_parse_total  (const char          *text,
                                           guint64             *total,
                                           GPtrArray           *diagnostics);

G_END_DECLS
