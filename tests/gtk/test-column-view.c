/* test-column-view.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "view-conformance.h"
#include "view-landing.h"

int
main (int argc, char *argv[])
{
  view_fixture_init (&argc, &argv);
  view_conformance_add ("/gtk/column-view", TRUE);
  view_landing_add ("/gtk/column-view", TRUE);

  return vlive_test_run ();
}
