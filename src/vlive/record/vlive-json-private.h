/* vlive-json-private.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "record/vlive-value-private.h"

G_BEGIN_DECLS

/* Deeper nesting is refused: json-glib's parser is recursive. */
#define VLIVE_JSON_MAX_DEPTH 256

/*
 * A JSON answer to nodes, without the surprises of json-glib: integers beyond
 * int64, doubles that overflow, and escapes that json-glib cannot hold (\u0000,
 * half a surrogate pair) arrive as text, with one diagnostic (char *) each
 * kind; nesting deeper than VLIVE_JSON_MAX_DEPTH is VLIVE_ERROR_INVALID, as is
 * whatever is no JSON. Masters read what a server sends with this, and give
 * _vlive_records_from_json() no raw text then.
 */
JsonNode *_vlive_json_parse         (const char  *raw,
                                     gsize        len,
                                     GPtrArray   *diagnostics,
                                     GError     **error);

typedef enum
{
  VLIVE_JSON_SCAN_NUMBERS = 1 << 0,  /* numbers were made text */
  VLIVE_JSON_SCAN_ESCAPES = 1 << 1,  /* escapes were made text */
  VLIVE_JSON_SCAN_DEEP    = 1 << 2,  /* nested deeper than VLIVE_JSON_MAX_DEPTH */
  VLIVE_JSON_SCAN_SEVERAL = 1 << 3,  /* more than one value, one after another */
  VLIVE_JSON_SCAN_CUT     = 1 << 4,  /* ends before what it began does */
} VliveJsonScan;

/* Looks for what json-glib cannot hold. If @safe is not NULL, it is given the
 * text with such values quoted, or NULL when there are none. */
VliveJsonScan _vlive_json_scan      (const char  *raw,
                                     gsize        len,
                                     GString    **safe);
void      _vlive_json_scan_tell     (VliveJsonScan scan,
                                     GPtrArray    *diagnostics);

/* Is it one strict JSON value, not nested too deep? */
gboolean  _vlive_json_check         (const char  *text,
                                     gsize        len);
/* Compact. FALSE with an error for NaN, infinity and nesting too deep. */
gboolean  _vlive_json_append_node   (GString     *json,
                                     JsonNode    *node,
                                     GError     **error);
/* The containers of GVariant as JSON: dictionaries of text are objects, other
 * containers arrays; bytes are base64. */
gboolean  _vlive_json_append_variant (GString    *json,
                                      GVariant   *variant,
                                      GError    **error);
/* With quotes. @text is UTF-8. */
void      _vlive_json_append_string (GString     *json,
                                     const char  *text,
                                     gsize        len);
/* FALSE with an error for NaN and infinity; @what names the value there. */
gboolean  _vlive_json_append_value  (GString          *json,
                                     const VliveValue *value,
                                     const char       *what,
                                     GError          **error);

/* The shortest text that reads back as the same double; "NaN", "Infinity". */
#define VLIVE_DOUBLE_TEXT_SIZE 32
const char *_vlive_double_to_text   (double       value,
                                     char         buffer[VLIVE_DOUBLE_TEXT_SIZE]);
/* Somewhere in @buffer. */
const char *_vlive_integer_to_text  (gint64       value,
                                     char         buffer[VLIVE_DOUBLE_TEXT_SIZE]);

G_END_DECLS
