/* vantage-source.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <vlive.h>

G_BEGIN_DECLS

/*
 * One line of the sidebar: a table somewhere. Its store is made when it is
 * first opened, and kept while the source lives, so that going back to a table
 * shows what was there.
 */
#define VANTAGE_TYPE_SOURCE (vantage_source_get_type ())
G_DECLARE_FINAL_TYPE (VantageSource, vantage_source, VANTAGE, SOURCE, GObject)

VantageSource *vantage_source_new_local   (const char    *path,
                                           const char    *table);
VantageSource *vantage_source_new_rest    (VliveProfile  *profile,
                                           const char    *resource);

/* In ms; before the store is made. */
void           vantage_source_set_stale_after (VantageSource *self,
                                               guint          milliseconds);
/* "Local" or the title of the profile. */
const char    *vantage_source_get_section (VantageSource *self);
const char    *vantage_source_get_title   (VantageSource *self);
/* "local/products", "jsonplaceholder/posts": what the settings remember. */
const char    *vantage_source_get_key     (VantageSource *self);
VliveStore    *vantage_source_get_store   (VantageSource *self,
                                           VliveCache    *cache);
/* NULL while it was never opened. */
VliveStore    *vantage_source_peek_store  (VantageSource *self);

G_END_DECLS
