/* vlive-local-sorter-private.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "base/vlive-types.h"

G_BEGIN_DECLS

/*
 * Sorts pairs of a key (bytes) and a number, in bounded memory: what does not
 * fit goes, sorted, into unlinked temporary files in the folder given, which
 * are merged. Equal keys come in the order of their numbers. Blocks: for
 * workers.
 */
typedef struct _VliveLocalSorter VliveLocalSorter;

VliveLocalSorter *_vlive_local_sorter_new   (const char        *folder,
                                             gsize              max_memory);
void              _vlive_local_sorter_free  (VliveLocalSorter  *self);
/* @key: at most 65535 bytes. */
gboolean          _vlive_local_sorter_add   (VliveLocalSorter  *self,
                                             const guint8      *key,
                                             gsize              key_size,
                                             guint64            number,
                                             GError           **error);
/* After the last one; then _next() gives them. */
gboolean          _vlive_local_sorter_sort  (VliveLocalSorter  *self,
                                             GError           **error);
/* FALSE at the end, and on error. @key is gone with the next. */
gboolean          _vlive_local_sorter_next  (VliveLocalSorter  *self,
                                             const guint8     **key,
                                             gsize             *key_size,
                                             guint64           *number,
                                             GError           **error);
/* Temporary files, for tests. */
guint             _vlive_local_sorter_get_n_runs (VliveLocalSorter *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VliveLocalSorter, _vlive_local_sorter_free)

G_END_DECLS
