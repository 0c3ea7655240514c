/* vlive-parse-private.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <vlive.h>

G_BEGIN_DECLS

/* What was typed into a cell, as a value of its column. Owned; NULL with a
 * message for the user. Nothing typed means null where it may be null. */
GVariant *_vlive_parse (VliveColumn  *column,
                        const char   *text,
                        GError      **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
