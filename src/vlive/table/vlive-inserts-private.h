/* vlive-inserts-private.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "record/vlive-page-private.h"

G_BEGIN_DECLS

/* A row that is to be inserted, and has no base position yet. */
typedef struct
{
  GList        link;    /* in the list of all */
  char        *id;      /* owned: temporary, or the master's */
  VliveRecord *record;  /* owned, nullable: the master's, once it has answered */
  VliveStamp   stamp;   /* of that answer */
  guint64      place;   /* in front of this base position */
  gboolean     landed;  /* a page shows it: it stands nowhere else */
} VliveInsert;

/* Those of a table, in the order in which they were asked for, and by id. */
typedef struct _VliveInserts VliveInserts;

VliveInserts *_vlive_inserts_new    (void);
void          _vlive_inserts_free   (VliveInserts *self);
guint         _vlive_inserts_get_n  (VliveInserts *self);
/* Those that no page shows. */
guint         _vlive_inserts_count  (VliveInserts *self);
VliveInsert  *_vlive_inserts_find   (VliveInserts *self,
                                     const char   *id);
VliveInsert  *_vlive_inserts_add    (VliveInserts *self,
                                     const char   *id);
void          _vlive_inserts_rename (VliveInserts *self,
                                     VliveInsert  *insert,
                                     const char   *id);
void          _vlive_inserts_remove (VliveInserts *self,
                                     VliveInsert  *insert);
void          _vlive_inserts_clear  (VliveInserts *self);
/* Of VliveInsert, not owned. */
GPtrArray    *_vlive_inserts_list   (VliveInserts *self);

G_END_DECLS
