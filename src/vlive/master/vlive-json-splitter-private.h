/* vlive-json-splitter-private.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "base/vlive-types.h"

G_BEGIN_DECLS

/*
 * Cuts a JSON array into its elements, or lines of JSON (one object after
 * another) into objects, without parsing them: brackets and strings are all it
 * knows. UTF-8 only. Blocks: for workers. Error messages begin with the number
 * of the line ("line 17: …").
 */
typedef struct _VliveJsonSplitter VliveJsonSplitter;

VliveJsonSplitter *_vlive_json_splitter_new      (GInputStream       *stream);
void               _vlive_json_splitter_free     (VliveJsonSplitter  *self);
/* The text of the next element, gone with the one after it; NULL at the end,
 * and on error. */
const char        *_vlive_json_splitter_next     (VliveJsonSplitter  *self,
                                                  gsize              *len,
                                                  GCancellable       *cancellable,
                                                  GError            **error);
/* Where the element begins, from 1. */
guint64            _vlive_json_splitter_get_line (VliveJsonSplitter  *self);
guint64            _vlive_json_splitter_get_bytes (VliveJsonSplitter *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VliveJsonSplitter, _vlive_json_splitter_free)

G_END_DECLS
