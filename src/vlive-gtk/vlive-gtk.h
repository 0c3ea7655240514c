/* vlive-gtk.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gtk/gtk.h>
#include <vlive.h>

#define VLIVE_GTK_INSIDE
#include "vlive-gtk-enums.h"
#include "vlive-gtk-field-expression.h"
#include "vlive-gtk-version-macros.h"
#include "vlive-panes.h"
#include "vlive-record-form.h"
#include "vlive-selection.h"
#include "vlive-table-view.h"
#undef VLIVE_GTK_INSIDE
