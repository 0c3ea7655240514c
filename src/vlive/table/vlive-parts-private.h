/* vlive-parts-private.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "master/vlive-description.h"
#include "record/vlive-page-private.h"
#include "table/vlive-read-private.h"

G_BEGIN_DECLS

/*
 * A window, as a master answers it that has its own ideas: one that gives fewer
 * rows at once than were asked for, though it says that there are more; one that
 * knows only pages; one that answers everything. Who wants the window asks until
 * it is complete.
 */
typedef struct
{
  GPtrArray *records;      /* owned, of VliveRecord: so far, in order */
  gboolean   aligned;      /* offsets are multiples of the limit */
  guint      step;         /* it gives so many at once; 0: what it is asked for */
  guint      n_requests;
  guint64    sequence;     /* the master's, of the first answer */
  gboolean   ignore_total; /* what it claims did not come true before */
  gboolean   claim_failed; /* it said that there is more, and there was not */

  /* The request that is due. */
  guint64    offset;
  guint      limit;
  guint      skip;         /* its first rows belong to the window before */
} VliveParts;

void       _vlive_parts_clear (VliveParts        *self);
/* Begins anew; the first request is planned. @description is nullable. */
void       _vlive_parts_start (VliveParts        *self,
                               const VliveTarget *target,
                               VliveDescription  *description);
/* The window; or NULL, and another request is planned. */
VlivePage *_vlive_parts_take  (VliveParts        *self,
                               const VliveTarget *target,
                               VlivePage         *answer);

G_END_DECLS
