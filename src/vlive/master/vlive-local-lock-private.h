/* vlive-local-lock-private.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * PATH-import: byte G of it is locked while generation G is being written, by
 * an open-file-description lock, which goes with its process. Blocks a little:
 * not for the owner's thread.
 */

/* A descriptor that holds the lock, to be closed; -1 on error. @fd: one that
 * was opened before, or -1. */
int      _vlive_local_lock_take  (const char  *path,
                                  guint32      generation,
                                  int          fd,
                                  GError     **error);
gboolean _vlive_local_lock_held  (const char  *path,
                                  guint32      generation);

G_END_DECLS
