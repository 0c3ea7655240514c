/* vantage-window.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <adwaita.h>
#include <vlive-gtk.h>

#include "vantage-source.h"

G_BEGIN_DECLS

#define VANTAGE_TYPE_WINDOW (vantage_window_get_type ())
G_DECLARE_FINAL_TYPE (VantageWindow, vantage_window, VANTAGE, WINDOW, AdwApplicationWindow)

VantageWindow  *vantage_window_new            (GtkApplication *application,
                                               VliveCache     *cache,
                                               GListModel     *sources);
/* A source's key; NULL for the first one. Remembered until it is there: local
 * tables are known only when their file has been read. */
void            vantage_window_open           (VantageWindow  *self,
                                               const char     *key);
/* NULL while nothing is open. */
VantageSource  *vantage_window_get_source     (VantageWindow  *self);
VliveTableView *vantage_window_get_table_view (VantageWindow  *self);
gboolean        vantage_window_has_notice     (VantageWindow  *self);
const char     *vantage_window_get_notice     (VantageWindow  *self);
/* Something final is on screen: rows, no rows, or why there are none. */
gboolean        vantage_window_is_settled     (VantageWindow  *self);

G_END_DECLS
