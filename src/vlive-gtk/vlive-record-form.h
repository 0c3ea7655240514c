/* vlive-record-form.h
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
 * A form made from the schema, over a draft. Property: "draft". Signal: "saved"
 * (VliveWrite *write), when it was sent. Actions: "form.save" (Ctrl+S),
 * "form.revert", "form.restore".
 */
#define VLIVE_TYPE_RECORD_FORM (vlive_record_form_get_type ())

VLIVE_GTK_AVAILABLE_IN_0_1
G_DECLARE_FINAL_TYPE (VliveRecordForm, vlive_record_form, VLIVE, RECORD_FORM, GtkWidget)

VLIVE_GTK_AVAILABLE_IN_0_1
GtkWidget  *vlive_record_form_new       (void) G_GNUC_WARN_UNUSED_RESULT;
VLIVE_GTK_AVAILABLE_IN_0_1
VliveDraft *vlive_record_form_get_draft (VliveRecordForm *self);
VLIVE_GTK_AVAILABLE_IN_0_1
void        vlive_record_form_set_draft (VliveRecordForm *self,
                                         VliveDraft      *draft);
VLIVE_GTK_AVAILABLE_IN_0_1
gboolean    vlive_record_form_save      (VliveRecordForm *self);

G_END_DECLS
