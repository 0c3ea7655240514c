/* vlive-gtk-version-macros.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined(VLIVE_GTK_INSIDE) && !defined(VLIVE_GTK_COMPILATION)
#error "Only <vlive-gtk.h> can be included directly."
#endif

#ifdef __GNUC__
#define _VLIVE_GTK_EXTERN __attribute__ ((visibility ("default"))) extern
#else
#define _VLIVE_GTK_EXTERN extern
#endif

/* Stands above every public prototype: exports it and says since when. */
#define VLIVE_GTK_AVAILABLE_IN_0_1 _VLIVE_GTK_EXTERN
