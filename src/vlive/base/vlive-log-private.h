/* vlive-log-private.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "base/vlive-types.h"

G_BEGIN_DECLS

/*
 * Structured logging, domain "vlive". _vlive_log_story() is what `--debug`
 * prints; it costs a load and a branch while nobody listens. Never pass
 * credentials or record bodies.
 *
 * Warnings go through _vlive_warn_once(): each @key of each subject is said
 * once, until _vlive_warn_forget() (a test, or the fault has been healed).
 */
const char *_vlive_outcome_to_text (VliveOutcome outcome);

/* @page < 0: none. Any text may be NULL. */
void _vlive_log_story  (VliveOutcome  outcome,
                        const char   *op,
                        const char   *cache_key,
                        gint64        page,
                        const char   *id,
                        const char   *format,
                        ...) G_GNUC_PRINTF (6, 7);
extern gboolean _vlive_log_story_enabled;
#define VLIVE_STORY(...) \
  G_STMT_START { if G_UNLIKELY (_vlive_log_story_enabled) _vlive_log_story (__VA_ARGS__); } G_STMT_END

/* TRUE if it was said now. */
gboolean _vlive_warn_once   (const char *subject,
                             const char *key,
                             const char *format,
                             ...) G_GNUC_PRINTF (3, 4);
void     _vlive_warn_forget (const char *subject);

G_END_DECLS
