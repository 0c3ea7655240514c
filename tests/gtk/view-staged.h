/* view-staged.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "view-fixture.h"

G_BEGIN_DECLS

/* Adds PREFIX/single/NAME, …: what a list shows of writes that the master
 * has not answered to, and of those that it has. */
void view_staged_add (const char *prefix,
                      gboolean    columns);

G_END_DECLS
