/* cli-story.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "vlive.h"

G_BEGIN_DECLS

/* What --debug tells, all on standard error. */
void cli_story_begin       (void);
void cli_story_tell_ledger (VliveStore *store);
/* The library's warnings, as lines of the command. */
void cli_story_take_warnings (void);

G_END_DECLS
