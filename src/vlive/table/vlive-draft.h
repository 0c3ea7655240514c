/* vlive-draft.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "table/vlive-row.h"
#include "table/vlive-store.h"

G_BEGIN_DECLS

/*
 * An edit in progress on one record, or a new one. Belongs to the thread that
 * made it. Properties: "store", "row" (nullable), "record" (what it would
 * become), "new", "dirty", "valid", "in-conflict", "saving", "gone", "error"
 * (GError, why the last save failed). Signal: "field-changed" (name), detailed
 * by the name.
 */
#define VLIVE_TYPE_DRAFT (vlive_draft_get_type ())

VLIVE_AVAILABLE_IN_0_1
G_DECLARE_FINAL_TYPE (VliveDraft, vlive_draft, VLIVE, DRAFT, GObject)

/* @row: NULL for a new record. */
VLIVE_AVAILABLE_IN_0_1
VliveDraft    *vlive_draft_new            (VliveStore   *store,
                                           VliveRow     *row) G_GNUC_WARN_UNUSED_RESULT;
VLIVE_AVAILABLE_IN_0_1
VliveStore    *vlive_draft_get_store      (VliveDraft   *self);
VLIVE_AVAILABLE_IN_0_1
VliveRow      *vlive_draft_get_row        (VliveDraft   *self);
VLIVE_AVAILABLE_IN_0_1
VliveRecord   *vlive_draft_get_record     (VliveDraft   *self);
VLIVE_AVAILABLE_IN_0_1
gboolean       vlive_draft_is_new         (VliveDraft   *self);
/* @name: NULL for any. */
VLIVE_AVAILABLE_IN_0_1
gboolean       vlive_draft_is_dirty       (VliveDraft   *self,
                                           const char   *name);
VLIVE_AVAILABLE_IN_0_1
gboolean       vlive_draft_is_valid       (VliveDraft   *self,
                                           const char   *name);
VLIVE_AVAILABLE_IN_0_1
gboolean       vlive_draft_is_in_conflict (VliveDraft   *self,
                                           const char   *name);
VLIVE_AVAILABLE_IN_0_1
gboolean       vlive_draft_is_saving      (VliveDraft   *self,
                                           const char   *name);
VLIVE_AVAILABLE_IN_0_1
gboolean       vlive_draft_is_gone        (VliveDraft   *self);
VLIVE_AVAILABLE_IN_0_1
const GError  *vlive_draft_get_error      (VliveDraft   *self);
VLIVE_AVAILABLE_IN_0_1
char         **vlive_draft_list_dirty     (VliveDraft   *self) G_GNUC_WARN_UNUSED_RESULT;

/* NULL: a missing field. */
VLIVE_AVAILABLE_IN_0_1
GVariant      *vlive_draft_dup_base       (VliveDraft   *self,
                                           const char   *name) G_GNUC_WARN_UNUSED_RESULT;
VLIVE_AVAILABLE_IN_0_1
GVariant      *vlive_draft_dup_mine       (VliveDraft   *self,
                                           const char   *name) G_GNUC_WARN_UNUSED_RESULT;
VLIVE_AVAILABLE_IN_0_1
GVariant      *vlive_draft_dup_theirs     (VliveDraft   *self,
                                           const char   *name) G_GNUC_WARN_UNUSED_RESULT;
VLIVE_AVAILABLE_IN_0_1
const char    *vlive_draft_get_text       (VliveDraft   *self,
                                           const char   *name);
VLIVE_AVAILABLE_IN_0_1
const char    *vlive_draft_get_message    (VliveDraft   *self,
                                           const char   *name);

VLIVE_AVAILABLE_IN_0_1
gboolean       vlive_draft_may_change     (VliveDraft   *self,
                                           const char   *name);
VLIVE_AVAILABLE_IN_0_1
gboolean       vlive_draft_set_field      (VliveDraft   *self,
                                           const char   *name,
                                           GVariant     *value,
                                           GError      **error);
VLIVE_AVAILABLE_IN_0_1
void           vlive_draft_set_invalid    (VliveDraft   *self,
                                           const char   *name,
                                           const char   *text,
                                           const char   *message);
VLIVE_AVAILABLE_IN_0_1
void           vlive_draft_revert         (VliveDraft   *self,
                                           const char   *name);
VLIVE_AVAILABLE_IN_0_1
void           vlive_draft_keep_mine      (VliveDraft   *self,
                                           const char   *name);
VLIVE_AVAILABLE_IN_0_1
void           vlive_draft_restore        (VliveDraft   *self);
VLIVE_AVAILABLE_IN_0_1
VliveWrite    *vlive_draft_save           (VliveDraft   *self,
                                           GError      **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
