/* vlive-resident.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "storage/vlive-resident-private.h"

#include <string.h>
#include <time.h>

#include "storage/vlive-pin-private.h"

#define HOLDS_US 4000

/* Of the kernel's tick: a tenth of the cost of the exact time. No timer and
 * nothing that anybody sees hangs on it, so it is not VliveClock's business. */
gint64
_vlive_resident_get_now (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC_COARSE, &now);

  return (gint64) now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

gboolean
_vlive_resident_check (VliveResident *self, gint64 now, const guint8 *data, gsize size)
{
  VliveResidentSlot *slot = &self->slots[((guintptr) data >> 12 ^ (guintptr) data >> 20)
                                         % VLIVE_RESIDENT_SLOTS];
  if (slot->data == data && slot->size >= size && now < slot->until)
    return TRUE;
  if (!_vlive_span_is_resident (data, size))
    return FALSE;
  *slot = (VliveResidentSlot){ data, size, now + HOLDS_US };

  return TRUE;
}

void
_vlive_resident_clear (VliveResident *self)
{
  memset (self, 0, sizeof *self);
}
