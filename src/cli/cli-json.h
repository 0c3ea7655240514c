/* cli-json.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "vlive.h"

G_BEGIN_DECLS

/*
 * Writes JSON documents: one line, ", " and ": " between, members in the order
 * in which they are appended, doubles in the shortest form that reads back as
 * the same. Each cli_json_append_… adds one member to an object that is open
 * in @json, after a comma if it is not the first.
 */
void     cli_json_append_name    (GString       *json,
                                  const char    *name);
/* @text NULL: null. */
void     cli_json_append_text    (GString       *json,
                                  const char    *name,
                                  const char    *text);
void     cli_json_append_integer (GString       *json,
                                  const char    *name,
                                  gint64         value);
void     cli_json_append_count   (GString       *json,
                                  const char    *name,
                                  guint64        value);
void     cli_json_append_boolean (GString       *json,
                                  const char    *name,
                                  gboolean       value);
/* With at most six digits behind the point. */
void     cli_json_append_seconds (GString       *json,
                                  const char    *name,
                                  gint64         microseconds);
void     cli_json_append_texts   (GString             *json,
                                  const char          *name,
                                  const char * const  *texts);
void     cli_json_append_null    (GString       *json,
                                  const char    *name);

/* Values alone, without a name or comma. */
void     cli_json_append_string  (GString       *json,
                                  const char    *text);
void     cli_json_append_node    (GString       *json,
                                  JsonNode      *node);
/* The record as an object. Its id goes in front, under @id_column, when no
 * field holds it; FALSE for what JSON cannot say (NaN). */
gboolean cli_json_append_record  (GString       *json,
                                  VliveRecord   *record,
                                  const char    *id_column,
                                  GError       **error);

G_END_DECLS
