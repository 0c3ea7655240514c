/* vlive-page-private.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "record/vlive-page.h"

G_BEGIN_DECLS

/*
 * The moment of asking (races.md, rules 3 and 6): noted before a request is
 * sent, compared when its answer is stored. Answers are ordered by (epoch,
 * asked_at); an answer asked under another generation is dropped.
 */
typedef struct
{
  guint64 generation;  /* of the namespace; 0: none */
  guint64 epoch;       /* of the namespace at asking */
  gint64  asked_at;    /* boot clock, µs */
} VliveStamp;

/* < 0: @a was asked before @b. Generations must be equal. */
int        _vlive_stamp_compare           (const VliveStamp *a,
                                           const VliveStamp *b);

/* The fields of a page, set by whoever makes it and before anybody else sees
 * it. */
struct _VlivePage
{
  gatomicrefcount ref_count;
  guint64         offset;
  guint           limit;           /* 0: the whole set */
  guint           n_records;
  VliveRecord   **records;         /* owned */
  VliveTotalKind  total_kind;
  guint64         total;
  char           *validator;       /* owned, nullable; covers the rows only */
  char          **diagnostics;     /* owned, nullable */
  gint64          fetched_at;      /* real time, µs */
  guint64         sequence;        /* the master's change sequence at asking, or 0 */
  VliveStamp      stamp;
  guint           not_modified : 1;
  guint           stale        : 1;
  guint           patched      : 1;  /* an id has a newer entry: ask without validator */
};

void       _vlive_page_set_validator      (VlivePage        *self,
                                           const char       *validator);
/* (transfer none) @diagnostics: char *, copied. */
void       _vlive_page_set_diagnostics    (VlivePage        *self,
                                           GPtrArray        *diagnostics);
/* Another page with the same records, to be changed by the caller. */
VlivePage *_vlive_page_copy               (VlivePage        *self);

G_END_DECLS
