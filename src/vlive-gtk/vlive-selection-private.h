/* vlive-selection-private.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "vlive-marks-private.h"
#include "vlive-selection.h"

G_BEGIN_DECLS

struct _VliveSelection
{
  GObject          parent_instance;
  VliveTable      *table;       /* owned, nullable */
  GtkSelectionMode mode;
  gboolean         is_inverted;
  VliveMarks      *marks;       /* owned: what is selected; what is not, when inverted */
  guint64          n_selected;  /* as it was told last */
};

/* The interfaces: vlive-selection-model.c. */
void       _vlive_selection_list_model_iface_init (GListModelInterface *iface);
void       _vlive_selection_model_iface_init (GtkSelectionModelInterface *iface);

guint      _vlive_selection_get_length   (VliveSelection  *self);
/* A VliveMarksFunc. */
void       _vlive_selection_marked_cb    (gpointer         data,
                                          guint            position);
/* @positions: those that may have changed. */
void       _vlive_selection_tell         (VliveSelection  *self,
                                          const GtkBitset *positions);
/* Where something is selected, as far as that is known. Owned. */
GtkBitset *_vlive_selection_dup_selected (VliveSelection  *self);
/* Nothing is selected; it is not told. */
void       _vlive_selection_clear        (VliveSelection  *self);

/* Properties. */
void       _vlive_selection_set_inverted (VliveSelection  *self,
                                          gboolean         inverted);
void       _vlive_selection_notify_n_selected (VliveSelection *self);

G_END_DECLS
