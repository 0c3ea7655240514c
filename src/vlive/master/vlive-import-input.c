/* vlive-import-input.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "master/vlive-import-input-private.h"

#include <string.h>

#include "base/vlive-error.h"

#define FIRST_CAPACITY (256 * 1024)

void
_vlive_import_input_init (VliveImportInput *self, GInputStream *stream)
{
  memset (self, 0, sizeof *self);
  self->stream = g_object_ref (stream);
  self->capacity = FIRST_CAPACITY;
  self->buffer = g_malloc (self->capacity + 1);
  self->data = self->buffer;
}

void
_vlive_import_input_clear (VliveImportInput *self)
{
  g_clear_object (&self->stream);
  g_clear_pointer (&self->buffer, g_free);
}

/* The buffer doubles, so that a long row is looked at log n times. */
static gboolean
make_room (VliveImportInput *self, GError **error)
{
  char *old = self->buffer;

  if (self->len >= VLIVE_IMPORT_MAX_ROW)
    {
      g_set_error (error, VLIVE_ERROR, VLIVE_ERROR_TOO_LARGE,
                   "longer than 64 MiB; perhaps a quote is not closed");
      return FALSE;
    }
  if (self->len <= self->capacity / 2)
    {
      memmove (self->buffer, self->data, self->len);
      self->data = self->buffer;
      return TRUE;
    }

  self->capacity *= 2;
  self->buffer = g_malloc (self->capacity + 1);
  memcpy (self->buffer, self->data, self->len);
  self->data = self->buffer;
  g_free (old);

  return TRUE;
}

static gboolean
read_more (VliveImportInput *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (GError) local = NULL;
  gsize n_read = 0;

  if (self->at_end)
    return TRUE;
  if (!make_room (self, error))
    return FALSE;

  if (!g_input_stream_read_all (self->stream, self->data + self->len,
                                self->capacity - self->len, &n_read, cancellable,
                                &local))
    {
      if (g_error_matches (local, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        g_propagate_error (error, g_steal_pointer (&local));
      else
        g_set_error (error, VLIVE_ERROR, VLIVE_ERROR_STORAGE, "cannot be read: %s",
                     local->message);
      return FALSE;
    }
  self->at_end = n_read < self->capacity - self->len;
  self->len += n_read;

  return TRUE;
}

void
_vlive_import_input_consume (VliveImportInput *self, gsize len)
{
  g_assert (len <= self->len);

  self->data += len;
  self->len -= len;
  self->consumed += len;
}

/* Skips a UTF-8 byte order mark; refuses those of UTF-16. */
static gboolean
check_mark (VliveImportInput *self, GError **error)
{
  if (self->len >= 3 && memcmp (self->data, "\xef\xbb\xbf", 3) == 0)
    _vlive_import_input_consume (self, 3);
  else if (self->len >= 2
           && (memcmp (self->data, "\xff\xfe", 2) == 0
               || memcmp (self->data, "\xfe\xff", 2) == 0))
    {
      g_set_error (error, VLIVE_ERROR, VLIVE_ERROR_INVALID,
                   "line 1: not valid UTF-8 (it begins like UTF-16: save it as UTF-8)");
      return FALSE;
    }

  return TRUE;
}

gboolean
_vlive_import_input_fill (VliveImportInput *self,
                          guint64 line,
                          GCancellable *cancellable,
                          GError **error)
{
  if (!read_more (self, cancellable, error))
    {
      if (error != NULL && g_error_matches (*error, VLIVE_ERROR, VLIVE_ERROR_TOO_LARGE))
        g_prefix_error (error, "line %" G_GUINT64_FORMAT ": ", line);
      return FALSE;
    }
  if (self->begun)
    return TRUE;
  self->begun = TRUE;

  return check_mark (self, error);
}
