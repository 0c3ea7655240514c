/* vlive-record.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "record/vlive-schema.h"

G_BEGIN_DECLS

/*
 * A record is immutable: an id and its fields, in one block of bytes. It may
 * be read and unreffed on any thread.
 */
#define VLIVE_TYPE_RECORD (vlive_record_get_type ())

VLIVE_AVAILABLE_IN_0_1
GType          vlive_record_get_type         (void) G_GNUC_CONST;

VLIVE_AVAILABLE_IN_0_1
VliveRecord   *vlive_record_new_from_variant (const char   *id,
                                              GVariant     *fields,
                                              GError      **error) G_GNUC_WARN_UNUSED_RESULT;
VLIVE_AVAILABLE_IN_0_1
VliveRecord   *vlive_record_new_from_json    (JsonObject   *object,
                                              const char   *id_field,
                                              GError      **error) G_GNUC_WARN_UNUSED_RESULT;
VLIVE_AVAILABLE_IN_0_1
VliveRecord   *vlive_record_ref              (VliveRecord  *self);
VLIVE_AVAILABLE_IN_0_1
void           vlive_record_unref            (VliveRecord  *self);

VLIVE_AVAILABLE_IN_0_1
const char    *vlive_record_get_id           (VliveRecord  *self);
VLIVE_AVAILABLE_IN_0_1
gboolean       vlive_record_is_addressable   (VliveRecord  *self);

VLIVE_AVAILABLE_IN_0_1
guint          vlive_record_get_n_fields     (VliveRecord  *self);
VLIVE_AVAILABLE_IN_0_1
const char    *vlive_record_get_field_name   (VliveRecord  *self,
                                              guint         index);
VLIVE_AVAILABLE_IN_0_1
VliveValueType vlive_record_get_field_type   (VliveRecord  *self,
                                              const char   *name);
VLIVE_AVAILABLE_IN_0_1
gboolean       vlive_record_get_boolean      (VliveRecord  *self,
                                              const char   *name,
                                              gboolean     *value);
VLIVE_AVAILABLE_IN_0_1
gboolean       vlive_record_get_integer      (VliveRecord  *self,
                                              const char   *name,
                                              gint64       *value);
VLIVE_AVAILABLE_IN_0_1
gboolean       vlive_record_get_double       (VliveRecord  *self,
                                              const char   *name,
                                              double       *value);
/* Text or JSON text, owned by the record; NULL for anything else. */
VLIVE_AVAILABLE_IN_0_1
const char    *vlive_record_get_text         (VliveRecord  *self,
                                              const char   *name);
VLIVE_AVAILABLE_IN_0_1
GBytes        *vlive_record_dup_bytes        (VliveRecord  *self,
                                              const char   *name) G_GNUC_WARN_UNUSED_RESULT;
/* @value must be zeroed; it is left so for a missing or null field. */
VLIVE_AVAILABLE_IN_0_1
gboolean       vlive_record_get_value        (VliveRecord  *self,
                                              const char   *name,
                                              GValue       *value);
/* Whatever it is, as a person would read it; "" for null and missing. */
VLIVE_AVAILABLE_IN_0_1
char          *vlive_record_dup_field_text   (VliveRecord  *self,
                                              const char   *name) G_GNUC_WARN_UNUSED_RESULT;

/* @base with the fields of @patch laid over it; keeps the id of @base. */
VLIVE_AVAILABLE_IN_0_1
VliveRecord   *vlive_record_patch            (VliveRecord  *base,
                                              VliveRecord  *patch) G_GNUC_WARN_UNUSED_RESULT;
VLIVE_AVAILABLE_IN_0_1
gboolean       vlive_record_equal            (VliveRecord  *self,
                                              VliveRecord  *other);
VLIVE_AVAILABLE_IN_0_1
GVariant      *vlive_record_to_variant       (VliveRecord  *self) G_GNUC_WARN_UNUSED_RESULT;
/* An object node; nested values are parsed back; refuses NaN and infinity. */
VLIVE_AVAILABLE_IN_0_1
JsonNode      *vlive_record_to_json          (VliveRecord  *self,
                                              GError      **error) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VliveRecord, vlive_record_unref)

G_END_DECLS
