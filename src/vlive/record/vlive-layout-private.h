/* vlive-layout-private.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "record/vlive-record-private.h"

G_BEGIN_DECLS

/* For tests: how many layouts live, and hashes that collide (bits that are
 * not in @mask are cleared). */
guint _vlive_layout_count         (void);
void  _vlive_layout_set_hash_mask (guint64 mask);

G_END_DECLS
