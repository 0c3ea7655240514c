/* vlive-gtk-field-expression.h
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

VLIVE_GTK_AVAILABLE_IN_0_1
GtkExpression *vlive_gtk_field_expression_new (const char  *name);
VLIVE_GTK_AVAILABLE_IN_0_1
char          *vlive_gtk_field_text           (gpointer     this_,
                                               VliveRecord *record,
                                               const char  *name);

G_END_DECLS
