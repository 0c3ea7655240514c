/* master-sync.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "vlive-test.h"

G_BEGIN_DECLS

/* The calls of a master, each made and waited for. */
VliveDescription *sync_describe      (VliveMaster         *master,
                                      GError             **error);
VlivePage        *sync_fetch_window  (VliveMaster         *master,
                                      VliveQuery          *query,
                                      guint64              offset,
                                      guint                limit,
                                      const char          *validator,
                                      GCancellable        *cancellable,
                                      GError             **error);
VliveRecord      *sync_fetch_record  (VliveMaster         *master,
                                      const char          *id,
                                      GError             **error);
GPtrArray        *sync_fetch_records (VliveMaster         *master,
                                      const char * const  *ids,
                                      GError             **error);
VliveTotalKind    sync_count         (VliveMaster         *master,
                                      VliveQuery          *query,
                                      guint64             *total,
                                      GError             **error);
VliveReply       *sync_apply         (VliveMaster         *master,
                                      VliveWrite          *write,
                                      GError             **error);
/* The same, for a write made here. @fields: a floating a{sv}, or NULL. */
VliveReply       *sync_write         (VliveMaster         *master,
                                      VliveWriteOp         op,
                                      const char          *id,
                                      GVariant            *fields,
                                      GError             **error);
/* "1,2,3" */
char             *page_to_ids        (VlivePage           *page);
void              assert_error_says  (GError              *error,
                                      int                  code,
                                      const char          *pattern);

G_END_DECLS
