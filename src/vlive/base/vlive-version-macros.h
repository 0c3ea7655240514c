/* vlive-version-macros.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined(VLIVE_INSIDE) && !defined(VLIVE_COMPILATION)
#error "Only <vlive.h> can be included directly."
#endif

#ifdef __GNUC__
#define _VLIVE_EXTERN __attribute__ ((visibility ("default"))) extern
#else
#define _VLIVE_EXTERN extern
#endif

/* Stands above every public prototype: exports it and says since when. */
#define VLIVE_AVAILABLE_IN_0_1 _VLIVE_EXTERN
