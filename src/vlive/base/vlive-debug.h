/* vlive-debug.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "vlive-types.h"

G_BEGIN_DECLS

/**
 * VliveStoryFunc:
 * @line: one line, without a line feed
 * @user_data: user data
 *
 * Receives one line of the story of what the library does: hits, misses,
 * requests, answers, invalidations. May be called on any thread.
 *
 * Since: 0.1
 */
typedef void (*VliveStoryFunc) (const char *line,
                                gpointer    user_data);

VLIVE_AVAILABLE_IN_0_1
void  vlive_debug_set_story (VliveStoryFunc func,
                             gpointer       user_data,
                             GDestroyNotify destroy);

VLIVE_AVAILABLE_IN_0_1
char *vlive_debug_census    (void) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
