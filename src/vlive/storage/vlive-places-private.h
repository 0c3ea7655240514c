/* vlive-places-private.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* $XDG_CACHE_HOME/vlive, $XDG_STATE_HOME/vlive, $XDG_DATA_HOME/vlive. */
char     *_vlive_places_dup_cache_folder (void);
char     *_vlive_places_dup_state_folder (void);
char     *_vlive_places_dup_data_folder  (void);

/* Makes @folder and what is missing above it, 0700. */
gboolean  _vlive_places_ensure_folder    (const char  *folder,
                                          GError     **error);
/* Network and FUSE file systems cannot hold LMDB files (statfs). May block. */
gboolean  _vlive_places_can_hold_storage (const char  *path,
                                          GError     **error);
/* What kind of file system of those that cannot, by statfs's f_type; NULL: it
 * can. */
const char *_vlive_places_get_foreign_kind (guint64   type);

G_END_DECLS
