/* vlive-panes.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gtk/gtk.h>

#include "vlive-gtk-version-macros.h"

G_BEGIN_DECLS

/**
 * VlivePane:
 * @VLIVE_PANE_START: the one at the start: where to choose from
 * @VLIVE_PANE_CONTENT: the one in the middle
 * @VLIVE_PANE_END: the one at the end: more about what is chosen
 *
 * A pane of [class@Panes].
 *
 * Since: 0.1
 */
typedef enum
{
  VLIVE_PANE_START,
  VLIVE_PANE_CONTENT,
  VLIVE_PANE_END,
} VlivePane;

/*
 * Up to three panes side by side; one at a time where there is no room.
 * Properties: "start", "content", "end" (GtkWidget, nullable), "show-start",
 * "show-end", "fold-width" (px), "folded" (read-only), "pane". Action:
 * "panes.back" (Alt+Left).
 */
#define VLIVE_TYPE_PANES (vlive_panes_get_type ())

VLIVE_GTK_AVAILABLE_IN_0_1
G_DECLARE_FINAL_TYPE (VlivePanes, vlive_panes, VLIVE, PANES, GtkWidget)

VLIVE_GTK_AVAILABLE_IN_0_1
GtkWidget *vlive_panes_new            (void) G_GNUC_WARN_UNUSED_RESULT;
VLIVE_GTK_AVAILABLE_IN_0_1
GtkWidget *vlive_panes_get_start      (VlivePanes *self);
VLIVE_GTK_AVAILABLE_IN_0_1
void       vlive_panes_set_start      (VlivePanes *self,
                                       GtkWidget  *child);
VLIVE_GTK_AVAILABLE_IN_0_1
GtkWidget *vlive_panes_get_content    (VlivePanes *self);
VLIVE_GTK_AVAILABLE_IN_0_1
void       vlive_panes_set_content    (VlivePanes *self,
                                       GtkWidget  *child);
VLIVE_GTK_AVAILABLE_IN_0_1
GtkWidget *vlive_panes_get_end        (VlivePanes *self);
VLIVE_GTK_AVAILABLE_IN_0_1
void       vlive_panes_set_end        (VlivePanes *self,
                                       GtkWidget  *child);
VLIVE_GTK_AVAILABLE_IN_0_1
gboolean   vlive_panes_get_show_start (VlivePanes *self);
VLIVE_GTK_AVAILABLE_IN_0_1
void       vlive_panes_set_show_start (VlivePanes *self,
                                       gboolean    show);
VLIVE_GTK_AVAILABLE_IN_0_1
gboolean   vlive_panes_get_show_end   (VlivePanes *self);
VLIVE_GTK_AVAILABLE_IN_0_1
void       vlive_panes_set_show_end   (VlivePanes *self,
                                       gboolean    show);
VLIVE_GTK_AVAILABLE_IN_0_1
guint      vlive_panes_get_fold_width (VlivePanes *self);
VLIVE_GTK_AVAILABLE_IN_0_1
void       vlive_panes_set_fold_width (VlivePanes *self,
                                       guint       width);
VLIVE_GTK_AVAILABLE_IN_0_1
VlivePane  vlive_panes_get_pane       (VlivePanes *self);
VLIVE_GTK_AVAILABLE_IN_0_1
void       vlive_panes_set_pane       (VlivePanes *self,
                                       VlivePane   pane);
VLIVE_GTK_AVAILABLE_IN_0_1
gboolean   vlive_panes_is_folded      (VlivePanes *self);

G_END_DECLS
