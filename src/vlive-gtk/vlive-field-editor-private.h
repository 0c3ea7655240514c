/* vlive-field-editor-private.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gtk/gtk.h>
#include <vlive.h>

G_BEGIN_DECLS

/*
 * One field of a draft: its name, an editor by its type, a switch to null where
 * that may be, what is wrong with it, and the choice when it was changed
 * elsewhere as well. What is typed is in the draft at once.
 */
#define VLIVE_TYPE_FIELD_EDITOR (_vlive_field_editor_get_type ())
G_DECLARE_FINAL_TYPE (VliveFieldEditor, _vlive_field_editor, VLIVE, FIELD_EDITOR, GtkWidget)

GtkWidget   *_vlive_field_editor_new         (VliveDraft       *draft,
                                              VliveColumn      *column);
/* As the draft has it. */
void         _vlive_field_editor_update      (VliveFieldEditor *self);
VliveColumn *_vlive_field_editor_get_column  (VliveFieldEditor *self);
/* What takes the keyboard: an entry, a text view, a switch, a drop-down; a label
 * where nothing can be changed. */
GtkWidget   *_vlive_field_editor_get_input   (VliveFieldEditor *self);

G_END_DECLS
