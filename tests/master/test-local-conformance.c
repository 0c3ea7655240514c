/* test-local-conformance.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "local-fixture.h"
#include "master-conformance.h"

/* In a file of its own, whose folder goes with the others. @data: whether all
 * orders are put into the file. */
static VliveMaster *
make (VliveRecord *const *records, guint n_records, gpointer data)
{
  g_autofree char *folder = vlive_test_dup_folder ();
  g_autofree char *path = g_build_filename (folder, "test.vlive", NULL);
  g_autoptr (GPtrArray) array = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;
  VliveLocalMaster *master = vlive_local_master_new (path, "things");

  _vlive_local_order_threshold = data != NULL ? 0 : 1024;
  for (guint i = 0; i < n_records; i++)
    g_ptr_array_add (array, records[i]);
  g_assert_true (local_replace_all (master, array, &error));
  g_assert_no_error (error);

  return VLIVE_MASTER (master);
}

int
main (int argc, char *argv[])
{
  vlive_test_init (&argc, &argv);
  master_conformance_add ("local", make, NULL);
  master_conformance_add ("local-kept", make, make);

  return vlive_test_run ();
}
