/* vlive-csv-reader.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "master/vlive-csv-private.h"

#include <string.h>

#include "base/vlive-error.h"
#include "master/vlive-import-input-private.h"

/* A field as it stands in the input. */
typedef struct
{
  gsize from;
  gsize to;
  gboolean quotes; /* it holds doubled quotes */
} RawField;

struct _VliveCsvReader
{
  VliveImportInput input;
  GArray *raw;     /* owned; RawField */
  GArray *fields;  /* owned; VliveCsvField */
  guint64 line;    /* of the row */
  guint64 n_lines; /* line ends before the input's data */
  gsize row_len;   /* of the row given last, still in the input */
  guint64 row_lines;
};

/* One row being looked for. */
typedef struct
{
  const char *data;
  gsize len;
  gsize at;
  guint64 lines;   /* line ends passed */
  guint8 bits;     /* all bytes or-ed */
  gboolean at_end; /* nothing follows the data */
} Scan;

typedef enum
{
  SCAN_ROW,
  SCAN_MORE, /* the row goes on behind the data */
  SCAN_ERROR,
} ScanResult;

VliveCsvReader *
_vlive_csv_reader_new (GInputStream *stream)
{
  VliveCsvReader *self = g_new0 (VliveCsvReader, 1);

  _vlive_import_input_init (&self->input, stream);
  self->raw = g_array_new (FALSE, FALSE, sizeof (RawField));
  self->fields = g_array_new (FALSE, FALSE, sizeof (VliveCsvField));

  return self;
}

void
_vlive_csv_reader_free (VliveCsvReader *self)
{
  _vlive_import_input_clear (&self->input);
  g_array_unref (self->raw);
  g_array_unref (self->fields);
  g_free (self);
}

guint64
_vlive_csv_reader_get_line (VliveCsvReader *self)
{
  return self->line;
}

guint64
_vlive_csv_reader_get_bytes (VliveCsvReader *self)
{
  return self->input.consumed + self->row_len;
}

static ScanResult
fail (VliveCsvReader *self, guint64 line, GError **error, const char *what)
{
  g_set_error (error, VLIVE_ERROR, VLIVE_ERROR_INVALID,
               "line %" G_GUINT64_FORMAT ": %s", line, what);

  return SCAN_ERROR;
}

/* Up to the closing quote; @scan stands behind the opening one. */
static ScanResult
scan_quoted (VliveCsvReader *self, Scan *scan, GError **error)
{
  guint64 line = self->line + scan->lines;
  RawField field = { .from = scan->at };

  for (; scan->at < scan->len; scan->at++)
    {
      char c = scan->data[scan->at];

      scan->bits |= (guint8) c;
      if (c == '\n')
        scan->lines++;
      if (c != '"')
        continue;
      if (scan->at + 1 == scan->len && !scan->at_end)
        return SCAN_MORE;
      if (scan->at + 1 == scan->len || scan->data[scan->at + 1] != '"')
        {
          field.to = scan->at++;
          g_array_append_val (self->raw, field);
          return SCAN_ROW;
        }
      field.quotes = TRUE;
      scan->at++;
    }
  if (!scan->at_end)
    return SCAN_MORE;

  return fail (self, line, error, "a quote that is opened here is never closed");
}

static ScanResult
scan_plain (VliveCsvReader *self, Scan *scan)
{
  RawField field = { .from = scan->at };
  const char *p = scan->data + scan->at;
  const char *end = scan->data + scan->len;
  guint8 bits = scan->bits;

  for (; p < end && *p != ',' && *p != '\n' && *p != '\r'; p++)
    bits |= (guint8) *p;
  scan->bits = bits;
  scan->at = (gsize) (p - scan->data);
  if (p == end && !scan->at_end)
    return SCAN_MORE;
  field.to = scan->at;
  g_array_append_val (self->raw, field);

  return SCAN_ROW;
}

/* Behind a field: TRUE in @more if another follows in the row. */
static ScanResult
scan_end_of_field (VliveCsvReader *self, Scan *scan, gboolean *more, GError **error)
{
  char c;

  *more = FALSE;
  if (scan->at == scan->len)
    return scan->at_end ? SCAN_ROW : SCAN_MORE;
  c = scan->data[scan->at];
  if (c == '\r' && scan->at + 1 == scan->len && !scan->at_end)
    return SCAN_MORE;
  if (c != ',' && c != '\n' && c != '\r')
    return fail (
        self, self->line + scan->lines, error,
        "something follows a closing quote (quotes within quotes must be doubled)");

  scan->at++;
  *more = c == ',';
  if (c == '\r' && scan->at < scan->len && scan->data[scan->at] == '\n')
    scan->at++;
  if (!*more)
    scan->lines++;

  return SCAN_ROW;
}

static ScanResult
scan_row (VliveCsvReader *self, Scan *scan, GError **error)
{
  gboolean more = TRUE;
  ScanResult result = SCAN_ROW;

  g_array_set_size (self->raw, 0);
  while (more && result == SCAN_ROW)
    {
      if (scan->at == scan->len && !scan->at_end)
        return SCAN_MORE;
      if (scan->at < scan->len && scan->data[scan->at] == '"')
        {
          scan->at++;
          result = scan_quoted (self, scan, error);
        }
      else
        result = scan_plain (self, scan);
      if (result == SCAN_ROW)
        result = scan_end_of_field (self, scan, &more, error);
    }

  return result;
}

/* Line ends at the beginning are empty lines. */
static void
skip_empty_lines (VliveCsvReader *self)
{
  VliveImportInput *input = &self->input;
  gsize n = 0;

  for (; n < input->len && (input->data[n] == '\n' || input->data[n] == '\r'); n++)
    {
      if (input->data[n] == '\r' && n + 1 == input->len && !input->at_end)
        break;
      if (input->data[n] == '\n' || n + 1 == input->len || input->data[n + 1] != '\n')
        self->n_lines++;
    }
  _vlive_import_input_consume (input, n);
  self->line = self->n_lines + 1;
}

/* Which line of the row is not UTF-8? */
static gboolean
check_text (VliveCsvReader *self, const Scan *scan, GError **error)
{
  guint64 line = self->line;
  const char *bad = NULL;
  gboolean zero = memchr (scan->data, '\0', scan->at) != NULL;

  if (!zero && (scan->bits & 0x80) == 0)
    return TRUE;
  if (g_utf8_validate_len (scan->data, scan->at, &bad))
    return TRUE;

  for (const char *p = scan->data; p < bad; p++)
    line += *p == '\n' || (*p == '\r' && p[1] != '\n');
  fail (self, line, error, *bad == '\0' ? "a zero byte" : "not valid UTF-8");

  return FALSE;
}

/* In the input itself: what is behind each field has been read. */
static void
unquote (VliveCsvReader *self)
{
  char *data = self->input.data;

  g_array_set_size (self->fields, self->raw->len);
  for (guint i = 0; i < self->raw->len; i++)
    {
      RawField *raw = &g_array_index (self->raw, RawField, i);
      VliveCsvField *field = &g_array_index (self->fields, VliveCsvField, i);
      gsize to = raw->to;

      if (raw->quotes)
        {
          to = raw->from;
          for (gsize from = raw->from; from < raw->to; from++)
            {
              data[to++] = data[from];
              from += data[from] == '"';
            }
        }
      field->text = data + raw->from;
      field->len = to - raw->from;
    }
  for (guint i = 0; i < self->fields->len; i++)
    {
      VliveCsvField *field = &g_array_index (self->fields, VliveCsvField, i);

      data[field->text + field->len - data] = '\0';
    }
}

/* What the last row was made of goes. */
static void
leave_row (VliveCsvReader *self)
{
  _vlive_import_input_consume (&self->input, self->row_len);
  self->n_lines += self->row_lines;
  self->row_len = 0;
  self->row_lines = 0;
}

const VliveCsvField *
_vlive_csv_reader_next (VliveCsvReader *self,
                        guint *n_fields,
                        GCancellable *cancellable,
                        GError **error)
{
  *n_fields = 0;
  leave_row (self);
  for (;;)
    {
      Scan scan;
      ScanResult result;

      skip_empty_lines (self);
      scan = (Scan){ self->input.data, self->input.len, 0, 0, 0, self->input.at_end };
      if (scan.len == 0 && scan.at_end)
        return NULL;
      result = scan_row (self, &scan, error);
      if (result == SCAN_MORE
          && _vlive_import_input_fill (&self->input, self->line, cancellable, error))
        continue;
      if (result != SCAN_ROW || !check_text (self, &scan, error))
        return NULL;

      self->row_len = scan.at;
      self->row_lines = scan.lines;
      unquote (self);
      *n_fields = self->fields->len;
      return (const VliveCsvField *) self->fields->data;
    }
}
