/* vantage-settings.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <vlive.h>

G_BEGIN_DECLS

/* NULL where the schema is not installed: the program works without. */
GSettings  *vantage_settings_load           (void);
/* @option: what the command line says (mem, none or a folder); NULL: what the
 * settings say; without them a folder among the user's caches. */
VliveCache *vantage_settings_make_cache     (GSettings  *settings,
                                             const char *option);
/* In ms. */
guint       vantage_settings_get_stale_after (GSettings *settings);

G_END_DECLS
