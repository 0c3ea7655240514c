/* vlive-json-splitter.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "master/vlive-json-splitter-private.h"

#include <string.h>

#include "base/vlive-error.h"
#include "master/vlive-import-input-private.h"

typedef enum
{
  MODE_START,
  MODE_ARRAY,
  MODE_LINES,
  MODE_END,
} Mode;

struct _VliveJsonSplitter
{
  VliveImportInput input;
  Mode mode;
  guint64 line;      /* of the input's data */
  gsize element_len; /* of the one given last, still in the input */
  guint64 n_elements;
};

VliveJsonSplitter *
_vlive_json_splitter_new (GInputStream *stream)
{
  VliveJsonSplitter *self = g_new0 (VliveJsonSplitter, 1);

  _vlive_import_input_init (&self->input, stream);
  self->line = 1;

  return self;
}

void
_vlive_json_splitter_free (VliveJsonSplitter *self)
{
  _vlive_import_input_clear (&self->input);
  g_free (self);
}

guint64
_vlive_json_splitter_get_line (VliveJsonSplitter *self)
{
  return self->line;
}

guint64
_vlive_json_splitter_get_bytes (VliveJsonSplitter *self)
{
  return self->input.consumed + self->element_len;
}

static void
fail (VliveJsonSplitter *self, GError **error, const char *what)
{
  g_set_error (error, VLIVE_ERROR, VLIVE_ERROR_INVALID,
               "line %" G_GUINT64_FORMAT ": %s", self->line, what);
}

static void
consume (VliveJsonSplitter *self, gsize len)
{
  for (const char *p = self->input.data; p < self->input.data + len; p++)
    self->line += *p == '\n';
  _vlive_import_input_consume (&self->input, len);
}

/* The next character that is no white space, not consumed: '\0' at the end. */
static gboolean
peek (VliveJsonSplitter *self, char *c, GCancellable *cancellable, GError **error)
{
  VliveImportInput *input = &self->input;

  for (;;)
    {
      gsize n = 0;

      while (n < input->len && strchr (" \t\r\n", input->data[n]) != NULL
             && input->data[n] != '\0')
        n++;
      consume (self, n);
      if (input->len > 0)
        {
          *c = input->data[0];
          if (*c != '\0')
            return TRUE;
          fail (self, error, "a zero byte");
          return FALSE;
        }
      if (input->at_end)
        {
          *c = '\0';
          return TRUE;
        }
      if (!_vlive_import_input_fill (&self->input, self->line, cancellable, error))
        return FALSE;
    }
}

/* Behind the string that begins at @at; 0 if it does not end in the data. */
static gsize
skip_string (const VliveImportInput *input, gsize at)
{
  for (at++; at < input->len; at++)
    {
      if (input->data[at] == '\\')
        at++;
      else if (input->data[at] == '"')
        return at + 1;
    }

  return 0;
}

/* The length of the element at the start of the data; 0 if it does not end
 * there. */
static gsize
find_end (const VliveImportInput *input)
{
  gsize depth = 0;
  gsize at = 0;

  while (at < input->len)
    {
      char c = input->data[at];

      if (c == '"')
        {
          at = skip_string (input, at);
          if (at == 0)
            return 0;
          if (depth == 0)
            return at;
          continue;
        }
      if (depth == 0 && at > 0 && strchr (",]} \t\r\n", c) != NULL)
        return at;
      if (c == '{' || c == '[')
        depth++;
      else if ((c == '}' || c == ']') && --depth == 0)
        return at + 1;
      at++;
    }

  return depth == 0 && input->at_end ? at : 0;
}

static const char *
take_element (VliveJsonSplitter *self,
              gsize *len,
              GCancellable *cancellable,
              GError **error)
{
  VliveImportInput *input = &self->input;
  const char *bad = NULL;

  for (;;)
    {
      gsize n = find_end (input);

      if (n > 0)
        {
          *len = n;
          break;
        }
      if (input->at_end)
        {
          fail (self, error, "the file ends within an element that begins here");
          return NULL;
        }
      if (!_vlive_import_input_fill (&self->input, self->line, cancellable, error))
        return NULL;
    }

  if (!g_utf8_validate_len (input->data, *len, &bad))
    {
      for (const char *p = input->data; p < bad; p++)
        self->line += *p == '\n';
      fail (self, error, *bad == '\0' ? "a zero byte" : "not valid UTF-8");
      return NULL;
    }
  self->element_len = *len;
  self->n_elements++;

  return input->data;
}

static gboolean
expect_end (VliveJsonSplitter *self, GCancellable *cancellable, GError **error)
{
  char c;

  self->mode = MODE_END;
  if (!peek (self, &c, cancellable, error))
    return FALSE;
  if (c != '\0')
    fail (self, error, "something follows the end of the array");

  return c == '\0';
}

/* The array's bracket, or the first of several objects. */
static gboolean
begin (VliveJsonSplitter *self, char c, GError **error)
{
  if (c == '[')
    {
      consume (self, 1);
      self->mode = MODE_ARRAY;
      return TRUE;
    }
  if (c == '{')
    {
      self->mode = MODE_LINES;
      return TRUE;
    }
  fail (self, error,
        c == '\0' ? "the file is empty, where an array of objects was expected"
                  : "an array of objects was expected");

  return FALSE;
}

/* In an array: what stands before the next element. FALSE without an error: it
 * has ended. */
static gboolean
step_array (VliveJsonSplitter *self, char c, GCancellable *cancellable, GError **error)
{
  if (c == ']')
    {
      consume (self, 1);
      expect_end (self, cancellable, error);
      return FALSE;
    }
  if (self->n_elements > 0)
    {
      if (c != ',')
        {
          fail (self, error,
                c == '\0' ? "the file ends before its array does"
                          : "a comma was expected between two elements");
          return FALSE;
        }
      consume (self, 1);
      if (!peek (self, &c, cancellable, error))
        return FALSE;
    }
  if (c != '\0' && c != ',' && c != ']' && c != '}')
    return TRUE;
  fail (self, error,
        c == '\0' ? "the file ends before its array does" : "an element was expected");

  return FALSE;
}

const char *
_vlive_json_splitter_next (VliveJsonSplitter *self,
                           gsize *len,
                           GCancellable *cancellable,
                           GError **error)
{
  char c;

  *len = 0;
  consume (self, self->element_len);
  self->element_len = 0;
  if (self->mode == MODE_END || !peek (self, &c, cancellable, error))
    return NULL;

  if (self->mode == MODE_START)
    if (!begin (self, c, error) || !peek (self, &c, cancellable, error))
      return NULL;
  if (self->mode == MODE_ARRAY)
    {
      if (!step_array (self, c, cancellable, error))
        return NULL;
    }
  else if (c == '\0')
    return NULL;

  return take_element (self, len, cancellable, error);
}
