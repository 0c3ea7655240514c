/* test-list-view-staged.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "view-staged.h"

int
main (int argc, char *argv[])
{
  view_fixture_init (&argc, &argv);
  view_staged_add ("/gtk/list-view-staged", FALSE);

  return vlive_test_run ();
}
