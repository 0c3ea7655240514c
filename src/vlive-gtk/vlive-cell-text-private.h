/* vlive-cell-text-private.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <vlive.h>

G_BEGIN_DECLS

typedef enum
{
  VLIVE_CELL_TEXT_PLAIN,
  VLIVE_CELL_TEXT_DIM,      /* a word for what has none: null, empty */
  VLIVE_CELL_TEXT_YES,      /* of a column of booleans */
  VLIVE_CELL_TEXT_NO,
} VliveCellTextKind;

/* What a cell says of a field, on one line: dates in the locale, JSON as the
 * number of what it holds, a word for null and for empty. Owned. */
char *_vlive_cell_text_dup (VliveRow          *row,
                            VliveColumn       *column,
                            VliveCellTextKind *kind) G_GNUC_WARN_UNUSED_RESULT;

/* What a cell has no room for; NULL if it shows all there is, as far as can be
 * told without measuring it. Owned. */
char *_vlive_cell_text_dup_whole (VliveRow    *row,
                                  VliveColumn *column) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
