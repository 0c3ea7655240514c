/* app-test.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "widget-test.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* widget_test_init(), for tests that also need libadwaita. */
static inline void
app_test_init (int *argc, char ***argv)
{
  widget_test_init (argc, argv);
  adw_init ();
}

G_END_DECLS
