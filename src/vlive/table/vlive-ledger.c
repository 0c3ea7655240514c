/* vlive-ledger.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "record/vlive-record-private.h"
#include "table/vlive-ledger.h"
#include "table/vlive-store-private.h"

/* How often somebody who follows the ledger hears of it. */
#define TELL_US (250 * 1000)

G_DEFINE_BOXED_TYPE (VliveLedger, vlive_ledger, vlive_ledger_copy, vlive_ledger_free)

/**
 * vlive_ledger_copy:
 * @self: a ledger
 *
 * Copies a ledger.
 *
 * Returns: (transfer full): the copy
 *
 * Since: 0.1
 */
VliveLedger *
vlive_ledger_copy (const VliveLedger *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_memdup2 (self, sizeof *self);
}

/**
 * vlive_ledger_free:
 * @self: (transfer full): a ledger
 *
 * Frees a copy of a ledger.
 *
 * Since: 0.1
 */
void
vlive_ledger_free (VliveLedger *self)
{
  g_free (self);
}

/* Of a store. */

VliveLedger *
_vlive_store_get_ledger (VliveStore *self)
{
  return &self->ledger;
}

void
_vlive_store_count_bytes (VliveStore *self, VliveRecord **records, guint n_records)
{
  for (guint i = 0; i < n_records; i++)
    {
      gsize size;

      _vlive_record_get_block (records[i], &size);
      self->ledger.n_bytes += size;
    }
}

static gboolean
has_followers (VliveStore *self)
{
  static guint notify_id;
  static GQuark detail;

  if (notify_id == 0)
    {
      detail = g_quark_from_static_string ("ledger");
      notify_id = g_signal_lookup ("notify", G_TYPE_OBJECT);
    }

  return g_signal_has_handler_pending (self, notify_id, detail, FALSE);
}

static void
timer_cb (gpointer data)
{
  VliveStore *self = data;
  VLIVE_METER_SPAN ("store-ledger");

  self->ledger_timer = NULL;
  _vlive_meter_pause ();
  g_object_notify (G_OBJECT (self), "ledger");
  _vlive_meter_resume ();
}

void
_vlive_store_note_ledger (VliveStore *self)
{
  if (self->ledger_timer != NULL || self->gone || !has_followers (self))
    return;

  self->ledger_timer = _vlive_clock_add_timer (self->clock, TELL_US, G_PRIORITY_DEFAULT,
                                               timer_cb, self, NULL);
}

/**
 * vlive_store_get_ledger:
 * @self: a store
 * @ledger: (out caller-allocates): what the store did
 *
 * Gets the counts of what the store did so far.
 *
 * Since: 0.1
 */
void
vlive_store_get_ledger (VliveStore *self, VliveLedger *ledger)
{
  g_return_if_fail (VLIVE_IS_STORE (self));
  g_return_if_fail (ledger != NULL);

  *ledger = self->ledger;
}
