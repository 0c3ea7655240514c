/* vlive-query-parts-private.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "record/vlive-query-private.h"

G_BEGIN_DECLS

/* Conditions and sort keys are immutable and shared by the queries that were
 * made of one another. */
typedef struct
{
  gatomicrefcount ref_count;
  char *column; /* owned */
  VliveOperator op;
  GVariant *value; /* owned, nullable; unboxed */
  char *key;       /* owned; its part of the query's key */
} VliveCondition;

typedef struct
{
  gatomicrefcount ref_count;
  char *column; /* owned */
  gboolean descending;
} VliveSortKey;

struct _VliveQuery
{
  gatomicrefcount ref_count;
  GPtrArray *conditions; /* owned; VliveCondition, in the order they were made */
  GPtrArray *sort_keys;  /* owned; VliveSortKey */
  char *search;          /* owned, nullable; not empty */
  char *key;             /* owned */
};

void  _vlive_condition_unref    (gpointer              condition);
void  _vlive_sort_key_unref     (gpointer              sort_key);
/* Owned. Of the column, operator and value; the others' key is made of it. */
char *_vlive_condition_make_key (const VliveCondition *self);
char *_vlive_query_make_key     (VliveQuery           *self);

G_END_DECLS
