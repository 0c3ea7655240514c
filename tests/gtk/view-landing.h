/* view-landing.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "view-fixture.h"

G_BEGIN_DECLS

/* Adds PREFIX/single/landing-NAME, …: what is asked for where a list lands. */
void view_landing_add (const char *prefix,
                       gboolean    columns);

G_END_DECLS
