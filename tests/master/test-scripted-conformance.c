/* test-scripted-conformance.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "master-conformance.h"

#include "master/vlive-scripted-master-private.h"

static VliveScriptedMaster *
make (VliveRecord *const *records, guint n_records)
{
  static guint n_made;
  g_autofree char *name = g_strdup_printf ("things%u", n_made++);

  _vlive_scripted_max_inline = 1000;

  return vlive_scripted_master_new_with_records (name, records, n_records, 1);
}

static VliveMaster *
make_plain (VliveRecord *const *records, guint n_records, gpointer data)
{
  return VLIVE_MASTER (make (records, n_records));
}

/* All that can be done elsewhere is done there. */
static VliveMaster *
make_worker (VliveRecord *const *records, guint n_records, gpointer data)
{
  VliveScriptedMaster *master = make (records, n_records);

  _vlive_scripted_max_inline = 0;

  return VLIVE_MASTER (master);
}

static VliveMaster *
make_page (VliveRecord *const *records, guint n_records, gpointer data)
{
  VliveScriptedMaster *master = make (records, n_records);

  vlive_scripted_master_set_paging (master, VLIVE_SCRIPTED_PAGING_PAGE);
  vlive_scripted_master_set_conditional (master, FALSE);

  return VLIVE_MASTER (master);
}

static VliveMaster *
make_cursor (VliveRecord *const *records, guint n_records, gpointer data)
{
  VliveScriptedMaster *master = make (records, n_records);

  vlive_scripted_master_set_paging (master, VLIVE_SCRIPTED_PAGING_CURSOR);

  return VLIVE_MASTER (master);
}

static VliveMaster *
make_slow (VliveRecord *const *records, guint n_records, gpointer data)
{
  VliveScriptedMaster *master = make (records, n_records);

  vlive_scripted_master_set_latency (master, 0, 3);
  vlive_scripted_master_set_answers_records (master, FALSE);
  vlive_scripted_master_set_inserts_first (master, TRUE);

  return VLIVE_MASTER (master);
}

/* Whatever can be refused is. */
static VliveMaster *
make_poor (VliveRecord *const *records, guint n_records, gpointer data)
{
  VliveScriptedMaster *master = make (records, n_records);

  vlive_scripted_master_set_capabilities (master, (VliveCapabilities) 0);
  vlive_scripted_master_set_live (master, FALSE);

  return VLIVE_MASTER (master);
}

int
main (int argc, char **argv)
{
  int result;

  vlive_test_init (&argc, &argv);
  master_conformance_add ("scripted", make_plain, NULL);
  master_conformance_add ("scripted-worker", make_worker, NULL);
  master_conformance_add ("scripted-page", make_page, NULL);
  master_conformance_add ("scripted-cursor", make_cursor, NULL);
  master_conformance_add ("scripted-slow", make_slow, NULL);
  master_conformance_add ("scripted-poor", make_poor, NULL);
  result = vlive_test_run ();
  vlive_test_assert_all_gone ();

  return result;
}
