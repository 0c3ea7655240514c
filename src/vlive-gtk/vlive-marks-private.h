/* vlive-marks-private.h
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
 * Which records of a table are marked: by their ids, wherever they are, and by
 * their places as long as nobody knows which records are there. Few rows are made
 * or asked for here: those that are marked one by one, or looked for.
 *
 * It knows the places of the rows that somebody holds, from _vlive_marks_seat()
 * on, for as long as they live.
 */
typedef struct _VliveMarks VliveMarks;

/* A row at @position, or G_MAXUINT for anywhere, has become a record that is
 * marked otherwise than its place was. */
typedef void (*VliveMarksFunc) (gpointer data, guint position);

VliveMarks *_vlive_marks_new       (VliveMarksFunc   func,
                                    gpointer         data);
void        _vlive_marks_free      (VliveMarks      *self);
/* @model: not owned, nullable. Nothing is marked, and no row known, then. */
void        _vlive_marks_set_model (VliveMarks      *self,
                                    GListModel      *model);

/* @row is at @position. */
void        _vlive_marks_seat      (VliveMarks      *self,
                                    VliveRow        *row,
                                    guint            position);
/* The model has changed. */
void        _vlive_marks_splice    (VliveMarks      *self,
                                    guint            position,
                                    guint            n_removed,
                                    guint            n_added);

gboolean    _vlive_marks_has       (VliveMarks      *self,
                                    guint            position);
gboolean    _vlive_marks_has_id    (VliveMarks      *self,
                                    const char      *id);
void        _vlive_marks_add       (VliveMarks      *self,
                                    const GtkBitset *positions);
void        _vlive_marks_remove    (VliveMarks      *self,
                                    const GtkBitset *positions);
void        _vlive_marks_add_id    (VliveMarks      *self,
                                    const char      *id);
void        _vlive_marks_remove_id (VliveMarks      *self,
                                    const char      *id);
void        _vlive_marks_clear     (VliveMarks      *self);

/* Where they are, as far as that is known. Owned. */
GtkBitset  *_vlive_marks_dup       (VliveMarks      *self);
/* The ids, sorted. Owned, NULL-terminated. */
char      **_vlive_marks_dup_ids   (VliveMarks      *self);
/* The places of which nobody knows the records. */
GtkBitset  *_vlive_marks_get_places (VliveMarks     *self);
guint64     _vlive_marks_get_n     (VliveMarks      *self);
/* Where @id is, or G_MAXUINT. */
guint       _vlive_marks_find      (VliveMarks      *self,
                                    const char      *id);

G_END_DECLS
