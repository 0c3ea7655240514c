/* vlive-selection.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gtk/gtk.h>
#include <vlive.h>

#include "vlive-gtk-version-macros.h"

G_BEGIN_DECLS

/*
 * A GtkSelectionModel over a VliveTable that knows what is selected by id.
 * Properties, notified: "table", "mode" (single at first), and "inverted",
 * "n-selected".
 */
#define VLIVE_TYPE_SELECTION (vlive_selection_get_type ())

VLIVE_GTK_AVAILABLE_IN_0_1
G_DECLARE_FINAL_TYPE (VliveSelection, vlive_selection, VLIVE, SELECTION, GObject)

VLIVE_GTK_AVAILABLE_IN_0_1
VliveSelection  *vlive_selection_new            (VliveTable       *table) G_GNUC_WARN_UNUSED_RESULT;
VLIVE_GTK_AVAILABLE_IN_0_1
VliveTable      *vlive_selection_get_table      (VliveSelection   *self);
VLIVE_GTK_AVAILABLE_IN_0_1
void             vlive_selection_set_table      (VliveSelection   *self,
                                                 VliveTable       *table);
VLIVE_GTK_AVAILABLE_IN_0_1
GtkSelectionMode vlive_selection_get_mode       (VliveSelection   *self);
VLIVE_GTK_AVAILABLE_IN_0_1
void             vlive_selection_set_mode       (VliveSelection   *self,
                                                 GtkSelectionMode  mode);
VLIVE_GTK_AVAILABLE_IN_0_1
gboolean         vlive_selection_is_inverted    (VliveSelection   *self);
VLIVE_GTK_AVAILABLE_IN_0_1
guint64          vlive_selection_get_n_selected (VliveSelection   *self);
VLIVE_GTK_AVAILABLE_IN_0_1
char           **vlive_selection_dup_ids        (VliveSelection   *self) G_GNUC_WARN_UNUSED_RESULT;
VLIVE_GTK_AVAILABLE_IN_0_1
GtkBitset       *vlive_selection_dup_places     (VliveSelection   *self) G_GNUC_WARN_UNUSED_RESULT;
VLIVE_GTK_AVAILABLE_IN_0_1
gboolean         vlive_selection_is_id_selected (VliveSelection   *self,
                                                 const char       *id);
VLIVE_GTK_AVAILABLE_IN_0_1
void             vlive_selection_select_id      (VliveSelection   *self,
                                                 const char       *id,
                                                 gboolean          unselect_rest);
VLIVE_GTK_AVAILABLE_IN_0_1
void             vlive_selection_unselect_id    (VliveSelection   *self,
                                                 const char       *id);

G_END_DECLS
