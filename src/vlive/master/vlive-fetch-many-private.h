/* vlive-fetch-many-private.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "master/vlive-master.h"

G_BEGIN_DECLS

/* Several records through fetch_record, a few at a time. The task, tagged
 * @tag, yields a GPtrArray of those that exist, in the order of @ids. */
void _vlive_fetch_many_async (VliveMaster         *master,
                              const char * const  *ids,
                              GCancellable        *cancellable,
                              GAsyncReadyCallback  callback,
                              gpointer             user_data,
                              gpointer             tag);

G_END_DECLS
