/* vlive-draft-private.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "table/vlive-draft.h"

G_BEGIN_DECLS

typedef struct
{
  char *name;              /* owned */
  VliveRecord *base;       /* owned, nullable: the record when it was changed */
  VliveRecord *mine;       /* owned, nullable: that field only; NULL: no value yet */
  char *text;              /* owned, nullable: what was typed, and is no value */
  char *message;           /* owned, nullable: what is wrong with it */
  VliveWrite *sent;        /* owned, nullable: it is on its way with this one … */
  VliveRecord *sent_value; /* owned, nullable: … as this */
  gboolean conflict;
} VliveDraftField;

struct _VliveDraft
{
  GObject parent_instance;

  VliveStore *store;   /* owned */
  VliveRow *row;       /* owned, nullable */
  VliveRecord *theirs; /* owned, nullable: as it is live; NULL: a new one */
  VliveRecord *record; /* owned, nullable: with the fields laid over it */
  GPtrArray *fields;   /* owned, of VliveDraftField, owned: those that were changed */
  GPtrArray *writes;   /* owned, of VliveWrite, owned: under way */
  GError *error;       /* owned, nullable */
  gboolean gone;
  GCancellable *cancellable; /* owned, nullable: it is read again */
  gboolean read_again;
  gulong changed_handler; /* of the store: nobody else tells what is live */

  /* As notified. */
  gboolean was_dirty;
  gboolean was_valid;
  gboolean was_in_conflict;
  gboolean was_saving;
  gboolean was_new;
};


/* The fields that were changed: vlive-draft-fields.c. */
void             _vlive_draft_field_free (gpointer data);
VliveDraftField *_vlive_draft_find    (VliveDraft  *self,
                                       const char  *name);
VliveDraftField *_vlive_draft_need    (VliveDraft  *self,
                                       const char  *name);
/* The same value in both, or in neither; both nullable. */
gboolean         _vlive_draft_is_same (VliveRecord *a,
                                       VliveRecord *b,
                                       const char  *name);
/* @name: NULL for any. */
gboolean         _vlive_draft_has     (VliveDraft  *self,
                                       const char  *name,
                                       gboolean   (*is) (VliveDraftField *field));
gboolean         _vlive_draft_field_is_any         (VliveDraftField *field);
gboolean         _vlive_draft_field_is_invalid     (VliveDraftField *field);
gboolean         _vlive_draft_field_is_in_conflict (VliveDraftField *field);
gboolean         _vlive_draft_field_is_sent        (VliveDraftField *field);
/* Forgets what need not be saved any more, and finds the conflicts. */
void             _vlive_draft_weigh   (VliveDraft  *self,
                                       GPtrArray   *changed);
/* Notifies what is no longer as it was told; @changed: names of fields. */
void             _vlive_draft_update  (VliveDraft  *self,
                                       GPtrArray   *changed);
void             _vlive_draft_update_one (VliveDraft *self,
                                       const char  *name);
void             _vlive_draft_make_record (VliveDraft *self);
void             _vlive_draft_set_error (VliveDraft *self,
                                       const GError *error);
void             _vlive_draft_set_gone (VliveDraft *self,
                                       gboolean     gone);
/* If it is not among them. */
void             _vlive_draft_add_name (GPtrArray  *names,
                                       const char  *name);
void             _vlive_draft_emit_changed (VliveDraft *self,
                                       const char  *name);

/* Following what is live: vlive-draft-live.c. */
void             _vlive_draft_take_row (VliveDraft *self,
                                       VliveRow    *row);
void             _vlive_draft_drop_row (VliveDraft *self);
void             _vlive_draft_follow_store (VliveDraft *self);
void             _vlive_draft_unfollow_store (VliveDraft *self);

/* @schema: nullable. @is_new: of a record that is not made yet. */
gboolean _vlive_draft_may_change (VliveSchema *schema,
                                  const char  *name,
                                  gboolean     is_new);
/* Whether @value, which has the one field, may be put into @column of @schema;
 * @is_new: of a record that is not made yet. Both nullable. */
gboolean _vlive_draft_check (VliveSchema  *schema,
                             const char   *name,
                             VliveRecord  *value,
                             gboolean      is_new,
                             GError      **error);
/* A record that has only the field. @value is not consumed. Where the column is
 * of JSON, a text is taken for that. */
VliveRecord *_vlive_draft_make_value (VliveSchema  *schema,
                                      const char   *name,
                                      GVariant     *value,
                                      GError      **error);

G_END_DECLS
