/* vlive-ledger.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib-object.h>

#include "base/vlive-version-macros.h"

G_BEGIN_DECLS

/**
 * VliveLedger:
 * @n_fetches: windows asked of the master
 * @n_gets: single records asked of the master
 * @n_counts: counts asked of the master
 * @n_repeats: windows asked again though fresh
 * @n_not_modified: conditional reads answered "not modified"
 * @n_redundant_rows: rows answered that were held, unchanged
 * @n_hits: reads answered from the cache, fresh
 * @n_stale: reads answered from the cache because the master did not answer
 * @n_misses: reads answered by the master
 * @n_joined: reads that joined a flight
 * @n_given_up: requests given up for something visible
 * @n_failures: requests that failed
 * @n_writes: writes sent
 * @n_events: events that came in
 * @n_events_merged: events that a later one replaced
 * @n_bytes: size of the records answered, as they are kept
 * @wait_us: time requests took, in all
 *
 * What a store did.
 *
 * Since: 0.1
 */
typedef struct
{
  guint64 n_fetches;
  guint64 n_gets;
  guint64 n_counts;
  guint64 n_repeats;
  guint64 n_not_modified;
  guint64 n_redundant_rows;
  guint64 n_hits;
  guint64 n_stale;
  guint64 n_misses;
  guint64 n_joined;
  guint64 n_given_up;
  guint64 n_failures;
  guint64 n_writes;
  guint64 n_events;
  guint64 n_events_merged;
  guint64 n_bytes;
  guint64 wait_us;
} VliveLedger;

#define VLIVE_TYPE_LEDGER (vlive_ledger_get_type ())

VLIVE_AVAILABLE_IN_0_1
GType        vlive_ledger_get_type (void) G_GNUC_CONST;
VLIVE_AVAILABLE_IN_0_1
VliveLedger *vlive_ledger_copy     (const VliveLedger *self) G_GNUC_WARN_UNUSED_RESULT;
VLIVE_AVAILABLE_IN_0_1
void         vlive_ledger_free     (VliveLedger       *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VliveLedger, vlive_ledger_free)

G_END_DECLS
