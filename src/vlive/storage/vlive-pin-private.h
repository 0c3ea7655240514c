/* vlive-pin-private.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * A small read-only mapping of the start of a file, kept in memory (mlock), so
 * that the owner's thread can look at it without a fault. Where locking memory
 * is not allowed, mincore() is asked each time.
 */
typedef struct
{
  const guint8 *data; /* owned mapping; NULL: none */
  gsize         size;
  gboolean      locked;
} VlivePin;

gboolean _vlive_pin_map          (VlivePin      *self,
                                  int            fd,
                                  gsize          size);
void     _vlive_pin_unmap        (VlivePin      *self);
gboolean _vlive_pin_is_resident  (const VlivePin *self);

/* All pages of these bytes are in memory, whoever mapped them. */
gboolean _vlive_span_is_resident (const guint8  *data,
                                  gsize          size);

G_END_DECLS
