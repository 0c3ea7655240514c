/* master-conformance.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "master-sync.h"

G_BEGIN_DECLS

/*
 * What every master must do, tested through the interface alone. A clause or
 * an operation that the master does not advertise must be refused; everything
 * that it advertises must work.
 *
 * @make gives a master over a table of its own that holds exactly @records, in
 * this order, however often it is called. It is described before it is used.
 */
typedef VliveMaster *(*MasterConformanceMake) (VliveRecord * const *records,
                                               guint                n_records,
                                               gpointer             data);

/* Adds the tests below "/master/@name/". Before vlive_test_run(). @data stays
 * the caller's. */
void  master_conformance_add      (const char            *name,
                                   MasterConformanceMake  make,
                                   gpointer               data);

/* The records that the tests use, for a maker that must know them first: ids
 * are integers, the fields are id, name, price, weight, active, group, note. */
GPtrArray *master_conformance_dup_records (void);
/* The same as a JSON array. */
char      *master_conformance_dup_json    (void);

G_END_DECLS
