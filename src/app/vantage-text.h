/* vantage-text.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <vlive.h>

G_BEGIN_DECLS

/* "just now", "2 min ago", "3 h ago", or a date. */
char     *vantage_text_age         (gint64          age_us);
/* "100 records", "more than 500 records", "about 1 000 records". */
char     *vantage_text_total       (VliveTotalKind  kind,
                                    guint64         total);

G_END_DECLS
