/* vlive-csv-private.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "record/vlive-value-private.h"

G_BEGIN_DECLS

/*
 * Reads CSV (RFC 4180): fields in quotes may hold commas, line ends and doubled
 * quotes; lines end with CRLF, LF or CR; a byte order mark and empty lines are
 * skipped. UTF-8 only. Blocks: for workers. Error messages begin with the
 * number of the line ("line 17: …").
 */
typedef struct _VliveCsvReader VliveCsvReader;

/* NUL-terminated, and gone with the next row. */
typedef struct
{
  const char *text;
  gsize       len;
} VliveCsvField;

VliveCsvReader      *_vlive_csv_reader_new      (GInputStream    *stream);
void                 _vlive_csv_reader_free     (VliveCsvReader  *self);
/* The next row; NULL at the end, and on error. */
const VliveCsvField *_vlive_csv_reader_next     (VliveCsvReader  *self,
                                                 guint           *n_fields,
                                                 GCancellable    *cancellable,
                                                 GError         **error);
/* Where the row begins, from 1. */
guint64              _vlive_csv_reader_get_line (VliveCsvReader  *self);
guint64              _vlive_csv_reader_get_bytes (VliveCsvReader *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VliveCsvReader, _vlive_csv_reader_free)

/*
 * What a field looks like: NULL (empty), INTEGER (in its one decimal form,
 * within 64 bits), DOUBLE (as JSON writes numbers, finite), BOOLEAN (true and
 * false in any case), or TEXT.
 */
VliveValueType       _vlive_csv_classify        (const char      *text,
                                                 gsize            len);

/* The type of a column, from the types of all its fields (bits 1 << type). */
VliveValueType       _vlive_csv_column_type     (guint            seen);

/* A field of a column of @type as a value, borrowed. FALSE if it is of another
 * type after all. An integer in a column of doubles stays one: it is exact. */
gboolean             _vlive_csv_to_value        (const VliveCsvField *field,
                                                 VliveValueType       type,
                                                 VliveValue          *value);

/* Appends a field, in quotes where it needs them, or always with @quote. */
void                 _vlive_csv_append          (GString         *csv,
                                                 const char      *text,
                                                 gsize            len,
                                                 gboolean         quote);

G_END_DECLS
