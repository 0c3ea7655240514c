/* vlive-import-source-private.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "record/vlive-record-private.h"

G_BEGIN_DECLS

/*
 * The rows of a file, one after another. It is read twice: first it is looked
 * through in slices (types, number of rows, most faults), then row by row.
 * Belongs to one thread at a time, and blocks: for workers. Error messages say
 * where ("line 17: …") but do not name the file.
 */
typedef struct _VliveImportSource VliveImportSource;

typedef struct
{
  void         (*free)    (VliveImportSource  *self);
  /* Begins from the start of @stream. */
  void         (*rewind)  (VliveImportSource  *self,
                           GInputStream       *stream);
  /* Looks through about @max bytes more; @done: that was the end. */
  gboolean     (*scan)    (VliveImportSource  *self,
                           guint64             max,
                           gboolean           *done,
                           GCancellable       *cancellable,
                           GError            **error);
  /* FALSE at the end, and on error. */
  gboolean     (*next)    (VliveImportSource  *self,
                           GCancellable       *cancellable,
                           GError            **error);
  /* The row as a record, or its block at the end of @target. @id: the one it
   * is to have, an integer, if the rows bring none. */
  VliveRecord *(*dup)     (VliveImportSource  *self,
                           const char         *id);
  void         (*append)  (VliveImportSource  *self,
                           const char         *id,
                           GByteArray         *target);
  /* Records that have every column with every type that was seen. */
  GPtrArray   *(*samples) (VliveImportSource  *self);
  guint64      (*bytes)   (VliveImportSource  *self);
} VliveImportClass;

struct _VliveImportSource
{
  const VliveImportClass *klass;
  gboolean                has_ids;  /* the rows bring their ids; after the first of them */
  gboolean                text_ids; /* set by who knows that the others are text */
  guint64                 n_rows;   /* of the whole file, after the scan */

  /* The row at hand. */
  guint64                 row;      /* from 1 */
  guint64                 line;     /* where it begins, from 1 */
  const char             *id;       /* if @has_ids */
  VliveLayout            *layout;   /* of the record that dup and append make */
};

VliveImportSource *_vlive_import_csv_new  (void);
VliveImportSource *_vlive_import_json_new (void);

static inline void
_vlive_import_source_free (VliveImportSource *self)
{
  self->klass->free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VliveImportSource, _vlive_import_source_free)

G_END_DECLS
