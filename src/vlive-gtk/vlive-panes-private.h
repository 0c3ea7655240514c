/* vlive-panes-private.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "vlive-panes.h"

G_BEGIN_DECLS

#define VLIVE_N_PANES 3

struct _VlivePanes
{
  GtkWidget parent_instance;

  GtkWidget *children[VLIVE_N_PANES]; /* owned by the widget tree, nullable */
  GtkWidget *separators[2];     /* … behind the start, in front of the end */
  gboolean show[VLIVE_N_PANES];
  guint fold_width;
  gboolean folded;
  VlivePane pane;
  GSource *telling; /* owned, nullable: that it folded is told behind the layout */
};

/* The layout: vlive-panes-layout.c. */
void     _vlive_panes_install_layout  (GtkWidgetClass *widget_class);
/* The one that is shown when it is folded. */
guint    _vlive_panes_find_only       (VlivePanes     *self);
gboolean _vlive_panes_has             (VlivePanes     *self,
                                       guint           pane);
/* What is to be seen has changed. */
void     _vlive_panes_update_children (VlivePanes     *self);
/* It is folded, or is no more: told behind the layout. */
void     _vlive_panes_tell_folded     (VlivePanes     *self);

G_END_DECLS
