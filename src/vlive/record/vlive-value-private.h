/* vlive-value-private.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "record/vlive-column.h"

G_BEGIN_DECLS

/*
 * One value, borrowed: text and bytes belong to whoever gave it. Text is
 * NUL-terminated; @len does not count the NUL.
 */
typedef struct
{
  VliveValueType type;
  gsize          len;
  union
  {
    gboolean    boolean;
    gint64      integer;
    double      real;
    const char *text;      /* TEXT and JSON */
    const void *bytes;
  };
} VliveValue;

#define VLIVE_VALUE_INIT_NULL        { .type = VLIVE_VALUE_NULL }
#define VLIVE_VALUE_INIT_BOOLEAN(v)  { .type = VLIVE_VALUE_BOOLEAN, .boolean = (v) }
#define VLIVE_VALUE_INIT_INTEGER(v)  { .type = VLIVE_VALUE_INTEGER, .integer = (v) }
#define VLIVE_VALUE_INIT_DOUBLE(v)   { .type = VLIVE_VALUE_DOUBLE, .real = (v) }
#define VLIVE_VALUE_INIT_TEXT(v)     { .type = VLIVE_VALUE_TEXT, .text = (v), .len = strlen (v) }
#define VLIVE_VALUE_INIT_JSON(v)     { .type = VLIVE_VALUE_JSON, .text = (v), .len = strlen (v) }

/*
 * The one order of values (design section 3): typed; integers and doubles
 * compare as exact numbers; NaN after every number; null and missing last;
 * text by casefolded code points, then by bytes. Between types: boolean,
 * number, text, bytes, JSON, NaN, null and missing (which are equal).
 * @descending turns everything round but NaN, null and missing, which stay
 * last. The same on every machine and in every locale; code points that are
 * newer than its GLib's Unicode fold to themselves.
 */
int       _vlive_value_compare        (const VliveValue *a,
                                       const VliveValue *b,
                                       gboolean          descending);
/* Equal for a condition `=`: the order says 0, so a text is the same to the
 * byte, an integer equals its double, and NaN equals NaN. */
gboolean  _vlive_value_equal          (const VliveValue *a,
                                       const VliveValue *b);
/*
 * A sort key in bytes: memcmp of two keys gives _vlive_value_compare() of the
 * values (before the tie-break by bytes of equal casefolded text), ascending
 * or descending. No key is the beginning of another, so that keys can follow
 * one another. At most @max_len bytes are appended; FALSE if the key was cut:
 * it still sorts right, but equal cut keys must be compared by value.
 */
gboolean  _vlive_value_append_sort_key (const VliveValue *value,
                                        gboolean          descending,
                                        gsize             max_len,
                                        GByteArray       *key);
/* Does the casefolded @needle occur in the value's text form? */
gboolean  _vlive_value_contains       (const VliveValue *value,
                                       const char       *folded_needle);
char     *_vlive_text_casefold        (const char       *text,
                                       gssize            len);

/* NULL for missing; null is an empty maybe of type "mv", JSON is its text.
 * Floating. */
GVariant *_vlive_value_to_variant     (const VliveValue *value);
/* Borrows from @variant. Unboxes variants and maybes; FALSE for containers
 * (_vlive_json_append_variant() makes JSON of them) and for what fits no
 * int64. */
gboolean  _vlive_value_from_variant   (GVariant         *variant,
                                       VliveValue       *value);
/* Initializes @gvalue, but leaves it for null and missing. */
void      _vlive_value_to_gvalue      (const VliveValue *value,
                                       GValue           *gvalue);
/* As a person would read it; bytes are base64, null and missing "". */
char     *_vlive_value_to_text        (const VliveValue *value);
/* Text to a value of @type (MISSING, NULL, MIXED: text): "true", "12", "1.5".
 * FALSE with a message a person can read; bytes cannot be given as text. The
 * value borrows from @text. */
gboolean  _vlive_value_from_text      (const char       *text,
                                       VliveValueType    type,
                                       VliveValue       *value,
                                       GError          **error);

/* Numeric ids have one decimal form: "007" stays text, but a number 7 or 7.0
 * is "7". The result is the value's text or somewhere in @buffer. NULL if
 * @value can be no id: null, boolean, bytes, JSON, an empty text, a double
 * above 2^53 or not finite. */
const char *_vlive_value_to_id        (const VliveValue *value,
                                       char              buffer[32]);

G_END_DECLS
