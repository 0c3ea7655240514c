/* vantage-screenshot.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* What @window shows, title bar included, as a PNG file at @path. */
gboolean vantage_screenshot_save (GtkWindow   *window,
                                  const char  *path,
                                  GError     **error);

G_END_DECLS
