/* vlive-lmdb-bytes-private.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <string.h>

#include "storage/vlive-storage-private.h"

G_BEGIN_DECLS

/* Little-endian numbers, one after another, in values. Reading beyond the end
 * gives zeros and is remembered. */
typedef struct
{
  VliveSpan rest;
  gboolean  failed;
} VliveBytesReader;

static inline const guint8 *
_vlive_bytes_take (VliveBytesReader *self,
                   gsize             size)
{
  const guint8 *data = self->rest.data;

  if (self->failed || self->rest.size < size)
    {
      self->failed = TRUE;
      return NULL;
    }
  self->rest.data += size;
  self->rest.size -= size;

  return data;
}

static inline guint32
_vlive_bytes_take_u32 (VliveBytesReader *self)
{
  const guint8 *data = _vlive_bytes_take (self, 4);
  guint32 v = 0;

  if (data != NULL)
    memcpy (&v, data, sizeof v);

  return GUINT32_FROM_LE (v);
}

static inline guint64
_vlive_bytes_take_u64 (VliveBytesReader *self)
{
  const guint8 *data = _vlive_bytes_take (self, 8);
  guint64 v = 0;

  if (data != NULL)
    memcpy (&v, data, sizeof v);

  return GUINT64_FROM_LE (v);
}

/* A text that ends with a NUL, with it. */
static inline const char *
_vlive_bytes_take_text (VliveBytesReader *self)
{
  const guint8 *end;

  if (self->failed || self->rest.size == 0)
    {
      self->failed = TRUE;
      return NULL;
    }
  end = memchr (self->rest.data, 0, self->rest.size);
  if (end == NULL)
    {
      self->failed = TRUE;
      return NULL;
    }

  return (const char *) _vlive_bytes_take (self, (gsize) (end - self->rest.data) + 1);
}

static inline void
_vlive_bytes_put_u32 (GByteArray *value,
                      guint32     v)
{
  v = GUINT32_TO_LE (v);
  g_byte_array_append (value, (const guint8 *) &v, sizeof v);
}

static inline void
_vlive_bytes_put_u64 (GByteArray *value,
                      guint64     v)
{
  v = GUINT64_TO_LE (v);
  g_byte_array_append (value, (const guint8 *) &v, sizeof v);
}

static inline void
_vlive_bytes_put_text (GByteArray *value,
                       const char *text)
{
  g_byte_array_append (value, (const guint8 *) text, (guint) strlen (text) + 1);
}

G_END_DECLS
