/* vlive-wheel-private.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/*
 * Turns of a wheel over a list, once a frame. A list of GTK 4.8 loses its place
 * when its adjustment changes twice between two layouts (GNOME/gtk #2971), which
 * is what a fast wheel does.
 */
void _vlive_wheel_attach (GtkScrolledWindow *scroller);

G_END_DECLS
