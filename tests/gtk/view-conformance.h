/* view-conformance.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "view-fixture.h"

G_BEGIN_DECLS

/* What holds for every one of GTK's list views: the tests /PREFIX/…, once with
 * a GtkSingleSelection and once with a GtkMultiSelection. */
void view_conformance_add (const char *prefix,
                           gboolean    columns);

G_END_DECLS
