/* vlive-widths-private.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <vlive.h>

G_BEGIN_DECLS

/* How wide a column wants to be. */
typedef struct
{
  int      usual;   /* shows most of its values */
  int      least;   /* shows enough of them */
  gboolean expands; /* takes what is left */
} VliveWidth;

/* At first, by what is known of a column; @scale: of the letters. */
VliveWidth _vlive_width_guess (VliveColumn      *column,
                               double            scale);
/* The widths of @n columns, so that as many as can are whole in @available
 * pixels, and none is cut at their edge. */
void       _vlive_widths_fit  (const VliveWidth *columns,
                               guint             n,
                               int               available,
                               int              *widths);

G_END_DECLS
