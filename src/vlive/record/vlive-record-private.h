/* vlive-record-private.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "record/vlive-record.h"
#include "record/vlive-value-private.h"

G_BEGIN_DECLS

/*
 * Layouts: an ordered list of field names, interned for the process and named
 * by a 64-bit hash of it. Blocks name their layout by this hash; whoever
 * stores blocks stores the layouts they name beside them (the serialized form)
 * and gives them back to _vlive_layout_intern_serialized() before blocks are
 * read. A stored layout whose hash is taken by other names must not be replaced
 * nor relied on: compare the serialized bytes. A layout has at most
 * VLIVE_LAYOUT_MAX_NAMES names, all different.
 */
typedef struct _VliveLayout VliveLayout;

#define VLIVE_LAYOUT_MAX_NAMES 65534

VliveLayout *_vlive_layout_intern            (const char * const *names,
                                              gsize               n_names);   /* transfer full */
VliveLayout *_vlive_layout_lookup            (guint64             hash);      /* transfer full, nullable */
VliveLayout *_vlive_layout_intern_serialized (const guint8       *data,
                                              gsize               size,
                                              GError            **error);     /* transfer full */
GBytes      *_vlive_layout_serialize         (VliveLayout        *self);
VliveLayout *_vlive_layout_ref               (VliveLayout        *self);
void         _vlive_layout_unref             (VliveLayout        *self);
guint64      _vlive_layout_get_hash          (VliveLayout        *self);
guint        _vlive_layout_get_n_names       (VliveLayout        *self);
const char  *_vlive_layout_get_name          (VliveLayout        *self,
                                              guint               index);
/* -1 if there is none. */
int          _vlive_layout_find              (VliveLayout        *self,
                                              const char         *name);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VliveLayout, _vlive_layout_unref)

/*
 * Builds blocks, one after another, into memory of its own or of @target.
 * Fields are set by index of the layout, in any order; what is not set is
 * missing. A builder belongs to one thread.
 */
typedef struct _VliveRecordBuilder VliveRecordBuilder;

VliveRecordBuilder *_vlive_record_builder_new          (VliveLayout        *layout);
void                _vlive_record_builder_free         (VliveRecordBuilder *self);
void                _vlive_record_builder_set_layout   (VliveRecordBuilder *self,
                                                        VliveLayout        *layout);
void                _vlive_record_builder_set_id       (VliveRecordBuilder *self,
                                                        const char         *id,
                                                        gboolean            addressable);
void                _vlive_record_builder_set          (VliveRecordBuilder *self,
                                                        guint               index,
                                                        const VliveValue   *value);
/* Ends the record and starts the next of the same layout. */
VliveRecord        *_vlive_record_builder_end          (VliveRecordBuilder *self);
/* Ends the record by appending its block to @target, 8-byte aligned. */
void                _vlive_record_builder_end_into     (VliveRecordBuilder *self,
                                                        GByteArray         *target);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VliveRecordBuilder, _vlive_record_builder_free)

/* The block: little-endian, self-contained but for the names of its fields. */
const guint8  *_vlive_record_get_block         (VliveRecord   *self,
                                                gsize         *size);
VliveLayout   *_vlive_record_get_layout        (VliveRecord   *self);   /* transfer none */
/* The size of the block at @data from its header, or 0 if it is none. */
gsize          _vlive_block_get_size           (const guint8  *data,
                                                gsize          available);
guint64        _vlive_block_get_layout_hash    (const guint8  *data);
/* Checks every offset, length, tag and NUL of the block, so that reading it
 * later needs no check. @owner is kept alive by the record. */
VliveRecord   *_vlive_record_new_from_block    (GBytes        *owner,
                                                gsize          offset,
                                                VliveLayout   *layout,
                                                GError       **error);
/* The same without the checks: for bytes whose checksum has been verified. */
VliveRecord   *_vlive_record_new_trusted       (GBytes        *owner,
                                                gsize          offset,
                                                VliveLayout   *layout);

/* By index of its layout: an offset, not a parse. */
void           _vlive_record_peek              (VliveRecord   *self,
                                                guint          index,
                                                VliveValue    *value);
/* FALSE and a missing value if there is no such field. */
gboolean       _vlive_record_peek_name         (VliveRecord   *self,
                                                const char    *name,
                                                VliveValue    *value);
/* The same record under another id (a temporary id that becomes real). */
VliveRecord   *_vlive_record_with_id           (VliveRecord   *self,
                                                const char    *id,
                                                gboolean       addressable);

/*
 * A JSON answer to records. The raw text is scanned for what json-glib cannot
 * hold (integers beyond int64, doubles that overflow, \u0000): such values are
 * kept as text, with one diagnostic. Rows without an id that can be one get
 * "@<id_prefix>#<offset>" and are not addressable. Of two records with one id
 * the later value keeps the first place, with one diagnostic.
 */
typedef struct
{
  const char *id_field;       /* "id" */
  const char *id_prefix;      /* names the query, for rows without an id */
  guint64     offset;         /* of the first row, for rows without an id */
  gboolean    safe;           /* the nodes come from _vlive_json_parse() */
} VliveJsonContext;

/* @nodes is an array of objects; @raw is the text it came from, or NULL.
 * Diagnostics are appended to @diagnostics (char *), which may be NULL. */
GPtrArray     *_vlive_records_from_json        (JsonArray              *nodes,
                                                const char             *raw,
                                                gsize                   raw_len,
                                                const VliveJsonContext *context,
                                                GPtrArray              *diagnostics,
                                                GError                **error);
/* Appends `"name":value` pairs in JSON; for streaming exports and --json. */
gboolean       _vlive_record_append_json       (VliveRecord            *self,
                                                GString                *json,
                                                GError                **error);

G_END_DECLS
