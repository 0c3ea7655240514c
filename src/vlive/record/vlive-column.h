/* vlive-column.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "base/vlive-types.h"

G_BEGIN_DECLS

/**
 * VliveValueType:
 * @VLIVE_VALUE_MISSING: there is no such field (as a column's type: not known yet)
 * @VLIVE_VALUE_NULL: null
 * @VLIVE_VALUE_BOOLEAN: true or false
 * @VLIVE_VALUE_INTEGER: a 64-bit signed integer
 * @VLIVE_VALUE_DOUBLE: a finite or non-finite double
 * @VLIVE_VALUE_TEXT: UTF-8 text
 * @VLIVE_VALUE_BYTES: bytes
 * @VLIVE_VALUE_JSON: a nested array or object, as JSON text
 * @VLIVE_VALUE_MIXED: only as a column's type: values of several types were seen
 *
 * The type of a value, or of the values of a column. Missing, null and empty
 * are three different things.
 */
typedef enum
{
  VLIVE_VALUE_MISSING,
  VLIVE_VALUE_NULL,
  VLIVE_VALUE_BOOLEAN,
  VLIVE_VALUE_INTEGER,
  VLIVE_VALUE_DOUBLE,
  VLIVE_VALUE_TEXT,
  VLIVE_VALUE_BYTES,
  VLIVE_VALUE_JSON,
  VLIVE_VALUE_MIXED,
} VliveValueType;

/**
 * VliveFormat:
 * @VLIVE_FORMAT_PLAIN: as it is
 * @VLIVE_FORMAT_DATE: text, an ISO 8601 date
 * @VLIVE_FORMAT_DATE_TIME: text, an ISO 8601 date and time
 * @VLIVE_FORMAT_CHOICE: one of a list of texts
 * @VLIVE_FORMAT_URI: text, a URI
 * @VLIVE_FORMAT_REFERENCE: the id of a record of another table
 * @VLIVE_FORMAT_LONG_TEXT: text of several lines
 *
 * What the values of a column mean to a person.
 */
typedef enum
{
  VLIVE_FORMAT_PLAIN,
  VLIVE_FORMAT_DATE,
  VLIVE_FORMAT_DATE_TIME,
  VLIVE_FORMAT_CHOICE,
  VLIVE_FORMAT_URI,
  VLIVE_FORMAT_REFERENCE,
  VLIVE_FORMAT_LONG_TEXT,
} VliveFormat;

/**
 * VliveColumnFlags:
 * @VLIVE_COLUMN_NONE: nothing
 * @VLIVE_COLUMN_ID: the column that holds the id
 * @VLIVE_COLUMN_TITLE: the column that names a record to a person
 * @VLIVE_COLUMN_READ_ONLY: cannot be edited
 * @VLIVE_COLUMN_NULLABLE: may be null
 *
 * Properties of a column.
 */
typedef enum /*< flags >*/
{
  VLIVE_COLUMN_NONE      = 0,
  VLIVE_COLUMN_ID        = 1 << 0,
  VLIVE_COLUMN_TITLE     = 1 << 1,
  VLIVE_COLUMN_READ_ONLY = 1 << 2,
  VLIVE_COLUMN_NULLABLE  = 1 << 3,
} VliveColumnFlags;

#define VLIVE_TYPE_COLUMN (vlive_column_get_type ())

VLIVE_AVAILABLE_IN_0_1
GType               vlive_column_get_type      (void) G_GNUC_CONST;

VLIVE_AVAILABLE_IN_0_1
VliveColumn        *vlive_column_new           (const char         *name,
                                                VliveValueType      type,
                                                VliveFormat         format,
                                                VliveColumnFlags    flags) G_GNUC_WARN_UNUSED_RESULT;
VLIVE_AVAILABLE_IN_0_1
VliveColumn        *vlive_column_new_choice    (const char         *name,
                                                const char * const *choices,
                                                VliveColumnFlags    flags) G_GNUC_WARN_UNUSED_RESULT;
VLIVE_AVAILABLE_IN_0_1
VliveColumn        *vlive_column_new_reference (const char         *name,
                                                VliveValueType      type,
                                                const char         *table,
                                                VliveColumnFlags    flags) G_GNUC_WARN_UNUSED_RESULT;
VLIVE_AVAILABLE_IN_0_1
VliveColumn        *vlive_column_ref           (VliveColumn        *self);
VLIVE_AVAILABLE_IN_0_1
void                vlive_column_unref         (VliveColumn        *self);

VLIVE_AVAILABLE_IN_0_1
const char         *vlive_column_get_name      (VliveColumn        *self);
VLIVE_AVAILABLE_IN_0_1
VliveValueType      vlive_column_get_value_type (VliveColumn       *self);
VLIVE_AVAILABLE_IN_0_1
VliveFormat         vlive_column_get_format    (VliveColumn        *self);
VLIVE_AVAILABLE_IN_0_1
VliveColumnFlags    vlive_column_get_flags     (VliveColumn        *self);
VLIVE_AVAILABLE_IN_0_1
const char * const *vlive_column_get_choices   (VliveColumn        *self);
VLIVE_AVAILABLE_IN_0_1
const char         *vlive_column_get_reference (VliveColumn        *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VliveColumn, vlive_column_unref)

G_END_DECLS
