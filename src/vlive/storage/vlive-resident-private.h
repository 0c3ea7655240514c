/* vlive-resident-private.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * Which spans of a map were in memory a moment ago. To ask the kernel costs
 * more than the reading, and its answer is as old when it is used: what it said
 * holds for a few ms, in which nothing that was just looked at is evicted.
 */
#define VLIVE_RESIDENT_SLOTS 1024

typedef struct
{
  const guint8 *data;
  gsize         size;
  gint64        until;
} VliveResidentSlot;

typedef struct
{
  VliveResidentSlot slots[VLIVE_RESIDENT_SLOTS];
} VliveResident;

/* For a row of questions. */
gint64   _vlive_resident_get_now (void);
gboolean _vlive_resident_check   (VliveResident *self,
                                  gint64         now,
                                  const guint8  *data,
                                  gsize          size);
/* The map is another one. */
void     _vlive_resident_clear   (VliveResident *self);

G_END_DECLS
