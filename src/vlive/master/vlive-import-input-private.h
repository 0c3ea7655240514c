/* vlive-import-input-private.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "base/vlive-types.h"

G_BEGIN_DECLS

/* No row or element of an import may be larger. */
#define VLIVE_IMPORT_MAX_ROW (64 * 1024 * 1024)

/*
 * A buffered stream for the readers of an import: what was not consumed yet is
 * at @data, and one byte behind it may be written to. Blocks: for workers.
 */
typedef struct
{
  GInputStream *stream;    /* owned */
  char         *buffer;    /* owned */
  gsize         capacity;
  char         *data;      /* in @buffer */
  gsize         len;       /* of what is there */
  guint64       consumed;  /* bytes of the stream before @data */
  gboolean      at_end;    /* nothing follows behind @len */
  gboolean      begun;     /* something was read */
} VliveImportInput;

void     _vlive_import_input_init    (VliveImportInput  *self,
                                      GInputStream      *stream);
void     _vlive_import_input_clear   (VliveImportInput  *self);
/* Reads more; @data moves. At the start it skips a UTF-8 byte order mark, and
 * refuses those of UTF-16. FALSE on error, and when one row, that of @line,
 * fills VLIVE_IMPORT_MAX_ROW. */
gboolean _vlive_import_input_fill    (VliveImportInput  *self,
                                      guint64            line,
                                      GCancellable      *cancellable,
                                      GError           **error);
void     _vlive_import_input_consume (VliveImportInput  *self,
                                      gsize              len);

G_END_DECLS
