/* local-fixture.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "vlive-test.h"

#include "master/vlive-local-master-private.h"

G_BEGIN_DECLS

/* The asynchronous calls of a local master made synchronous. */
VlivePage   *local_fetch        (VliveLocalMaster  *master,
                                 VliveQuery        *query,      /* NULL: everything */
                                 guint64            offset,
                                 guint              limit,
                                 const char        *validator,
                                 GError           **error);
/* The ids of a window, with spaces between. */
char        *local_ids          (VliveLocalMaster  *master,
                                 VliveQuery        *query,
                                 guint64            offset,
                                 guint              limit);
char        *local_page_ids     (VlivePage         *page);
VliveRecord *local_get          (VliveLocalMaster  *master,
                                 const char        *id,
                                 GError           **error);
guint64      local_count        (VliveLocalMaster  *master,
                                 VliveQuery        *query);
VliveReply  *local_write        (VliveLocalMaster  *master,
                                 VliveWrite        *write,
                                 GError           **error);
VliveReply  *local_apply        (VliveLocalMaster  *master,
                                 VliveWriteOp       op,
                                 const char        *id,
                                 VliveRecord       *fields,
                                 GError           **error);
/* The same with fields as text, which must succeed. */
void         local_do           (VliveLocalMaster  *master,
                                 VliveWriteOp       op,
                                 const char        *id,
                                 const char        *fields);
gboolean     local_replace_all  (VliveLocalMaster  *master,
                                 GPtrArray         *records,
                                 GError           **error);
VliveDescription *local_describe (VliveLocalMaster *master,
                                  GError          **error);
GPtrArray   *local_read_log     (VliveLocalMaster  *master,
                                 guint64            since);
gint64       local_import       (VliveLocalMaster  *master,
                                 const char        *path,
                                 VliveImportFormat  format,
                                 gboolean           replace,
                                 GError           **error);
gint64       local_export       (VliveLocalMaster  *master,
                                 const char        *path,
                                 VliveImportFormat  format,
                                 GError           **error);

/* Fields from GVariant's text form: "{'name': <'Apple'>, 'price': <12>}". */
VliveRecord *local_fields       (const char        *id,
                                 const char        *text);
/* a=Apple Pie 12, b=Brioche 8, c=Cinnamon Roll 15. */
GPtrArray   *local_seed         (void);
/* A query from text: "price>=10 name~pie sort=-price,name search=a". Values
 * that look like numbers or booleans are such. */
VliveQuery  *local_query        (const char        *text);

/* What is in the file: entries of its databases, and what is doomed. */
typedef struct
{
  guint64 rows;
  guint64 ids;
  guint64 generations;
  guint64 orders;
  guint64 layouts;
  guint64 writes;
  guint64 log;
  guint64 doomed;
} LocalStats;

void         local_stats        (VliveLocalMaster  *master,
                                 LocalStats        *stats);
/* Waits until nothing in the file is doomed. */
void         local_wait_swept   (VliveLocalMaster  *master);
/* Every order of the table is sound, and its counts agree. */
void         local_check        (VliveLocalMaster  *master,
                                 guint             *n_orders);

G_END_DECLS
