/* vlive-import-csv.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include "base/vlive-error.h"
#include "master/vlive-csv-private.h"
#include "master/vlive-import-source-private.h"
#include "master/vlive-local-format-private.h"

typedef struct
{
  VliveImportSource source;
  VliveCsvReader *reader;      /* owned, nullable */
  GPtrArray *names;            /* owned; char *: NULL before the header was read */
  guint *seen;                 /* owned; of each column: bits of the types seen */
  VliveValueType *types;       /* owned; of each column, after the scan */
  int id_column;               /* -1: none */
  VliveLayout *layout;         /* owned; an id that is made stands first */
  VliveRecordBuilder *builder; /* owned */
  const VliveCsvField *fields; /* of the row at hand */
  VliveValue *values;          /* owned; of the row at hand */
  gboolean header_read;        /* since the last rewind */
} CsvSource;

static gboolean G_GNUC_PRINTF (3, 4)
    fail (guint64 line, GError **error, const char *format, ...)
{
  g_autofree char *what = NULL;
  va_list args;

  va_start (args, format);
  what = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (error, VLIVE_ERROR, VLIVE_ERROR_INVALID,
               "line %" G_GUINT64_FORMAT ": %s", line, what);

  return FALSE;
}

static gboolean
learn_names (CsvSource *self, guint n_fields, guint64 line, GError **error)
{
  g_autoptr (GHashTable) known = g_hash_table_new (g_str_hash, g_str_equal);

  if (n_fields > VLIVE_LAYOUT_MAX_NAMES - 1)
    return fail (line, error, "%u columns are too many", n_fields);
  self->names = g_ptr_array_new_with_free_func (g_free);
  self->seen = g_new0 (guint, n_fields);
  self->values = g_new0 (VliveValue, n_fields);
  for (guint i = 0; i < n_fields; i++)
    {
      char *name = g_strdup (self->fields[i].text);

      g_ptr_array_add (self->names, name);
      if (name[0] == '\0')
        return fail (line, error, "the header gives column %u no name", i + 1);
      if (!g_hash_table_add (known, name))
        return fail (line, error, "the header names the column “%s” twice", name);
      if (strcmp (name, "id") == 0)
        self->id_column = (int) i;
    }
  self->source.has_ids = self->id_column >= 0;

  return TRUE;
}

/* The second time it must be the same. */
static gboolean
check_names (CsvSource *self, guint n_fields, guint64 line, GError **error)
{
  gboolean same = n_fields == self->names->len;

  for (guint i = 0; i < n_fields && same; i++)
    same = strcmp (self->fields[i].text, self->names->pdata[i]) == 0;

  return same || fail (line, error, "the file was changed while it was read");
}

static gboolean
read_header (CsvSource *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (GError) local = NULL;
  guint64 line;
  guint n_fields;

  if (self->header_read)
    return TRUE;

  self->fields = _vlive_csv_reader_next (self->reader, &n_fields, cancellable, &local);
  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  if (self->fields == NULL)
    {
      g_set_error (error, VLIVE_ERROR, VLIVE_ERROR_INVALID,
                   "line 1: the file is empty, where a line of headers was expected");
      return FALSE;
    }
  self->header_read = TRUE;
  line = _vlive_csv_reader_get_line (self->reader);
  if (self->names == NULL)
    return learn_names (self, n_fields, line, error);

  return check_names (self, n_fields, line, error);
}

/* FALSE at the end, and on error. */
static gboolean
read_row (CsvSource *self, GCancellable *cancellable, GError **error)
{
  guint n_fields;

  if (!read_header (self, cancellable, error))
    return FALSE;
  self->fields = _vlive_csv_reader_next (self->reader, &n_fields, cancellable, error);
  if (self->fields == NULL)
    return FALSE;

  self->source.row++;
  self->source.line = _vlive_csv_reader_get_line (self->reader);
  if (n_fields != self->names->len)
    return fail (self->source.line, error, "%u %s where the header has %u", n_fields,
                 n_fields == 1 ? "field" : "fields", self->names->len);
  if (self->id_column >= 0 && self->fields[self->id_column].len == 0)
    return fail (self->source.line, error, "the id is empty");

  return TRUE;
}

static void
look_at_row (CsvSource *self)
{
  const guint text = 1u << VLIVE_VALUE_TEXT;

  for (guint i = 0; i < self->names->len; i++)
    if ((self->seen[i] & text) == 0)
      self->seen[i] |=
          1u << _vlive_csv_classify (self->fields[i].text, self->fields[i].len);
}

/* An id is an integer, or else text. */
static void
choose_types (CsvSource *self)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();

  self->types = g_new (VliveValueType, self->names->len);
  for (guint i = 0; i < self->names->len; i++)
    self->types[i] = _vlive_csv_column_type (self->seen[i]);
  if (self->id_column >= 0 && self->types[self->id_column] != VLIVE_VALUE_INTEGER)
    self->types[self->id_column] = VLIVE_VALUE_TEXT;

  if (self->id_column < 0)
    g_ptr_array_add (names, (char *) "id");
  for (guint i = 0; i < self->names->len; i++)
    g_ptr_array_add (names, self->names->pdata[i]);
  self->layout = _vlive_layout_intern ((const char *const *) names->pdata, names->len);
  self->source.layout = self->layout;
  self->builder = _vlive_record_builder_new (self->layout);
}

static gboolean
csv_scan (VliveImportSource *source,
          guint64 max,
          gboolean *done,
          GCancellable *cancellable,
          GError **error)
{
  CsvSource *self = (CsvSource *) source;
  g_autoptr (GError) local = NULL;
  guint64 end = _vlive_csv_reader_get_bytes (self->reader) + max;

  *done = FALSE;
  while (_vlive_csv_reader_get_bytes (self->reader) < end)
    {
      if (read_row (self, cancellable, &local))
        {
          look_at_row (self);
          continue;
        }
      if (local != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return FALSE;
        }
      *done = TRUE;
      source->n_rows = source->row;
      choose_types (self);
      return TRUE;
    }

  return TRUE;
}

static gboolean
csv_next (VliveImportSource *source, GCancellable *cancellable, GError **error)
{
  CsvSource *self = (CsvSource *) source;

  if (!read_row (self, cancellable, error))
    return FALSE;
  if (source->text_ids && self->id_column >= 0)
    self->types[self->id_column] = VLIVE_VALUE_TEXT;
  for (guint i = 0; i < self->names->len; i++)
    if (!_vlive_csv_to_value (&self->fields[i], self->types[i], &self->values[i]))
      return fail (source->line, error, "the file was changed while it was read");
  if (self->id_column >= 0)
    source->id = self->fields[self->id_column].text;

  return TRUE;
}

static void
build (CsvSource *self, const char *id)
{
  guint at = 0;

  _vlive_record_builder_set_id (self->builder, id != NULL ? id : self->source.id, TRUE);
  if (self->id_column < 0)
    {
      VliveValue value = VLIVE_VALUE_INIT_INTEGER (g_ascii_strtoll (id, NULL, 10));

      _vlive_record_builder_set (self->builder, at++, &value);
    }
  for (guint i = 0; i < self->names->len; i++)
    _vlive_record_builder_set (self->builder, at++, &self->values[i]);
}

static VliveRecord *
csv_dup (VliveImportSource *source, const char *id)
{
  CsvSource *self = (CsvSource *) source;

  build (self, id);

  return _vlive_record_builder_end (self->builder);
}

static void
csv_append (VliveImportSource *source, const char *id, GByteArray *target)
{
  CsvSource *self = (CsvSource *) source;

  build (self, id);
  _vlive_record_builder_end_into (self->builder, target);
}

static GPtrArray *
csv_samples (VliveImportSource *source)
{
  CsvSource *self = (CsvSource *) source;
  GPtrArray *samples =
      g_ptr_array_new_with_free_func ((GDestroyNotify) vlive_record_unref);

  for (guint i = 0; i < self->names->len; i++)
    switch (self->types[i])
      {
      case VLIVE_VALUE_INTEGER:
        self->values[i] = (VliveValue) VLIVE_VALUE_INIT_INTEGER (1);
        break;
      case VLIVE_VALUE_DOUBLE:
        self->values[i] = (VliveValue) VLIVE_VALUE_INIT_DOUBLE (0.5);
        break;
      case VLIVE_VALUE_BOOLEAN:
        self->values[i] = (VliveValue) VLIVE_VALUE_INIT_BOOLEAN (TRUE);
        break;
      default:
        self->values[i] = (VliveValue) VLIVE_VALUE_INIT_TEXT ("");
      }
  g_ptr_array_add (samples, csv_dup (source, "1"));

  return samples;
}

static guint64
csv_bytes (VliveImportSource *source)
{
  CsvSource *self = (CsvSource *) source;

  return self->reader != NULL ? _vlive_csv_reader_get_bytes (self->reader) : 0;
}

static void
csv_rewind (VliveImportSource *source, GInputStream *stream)
{
  CsvSource *self = (CsvSource *) source;

  g_clear_pointer (&self->reader, _vlive_csv_reader_free);
  self->reader = _vlive_csv_reader_new (stream);
  self->header_read = FALSE;
  source->row = 0;
}

static void
csv_free (VliveImportSource *source)
{
  CsvSource *self = (CsvSource *) source;

  g_clear_pointer (&self->reader, _vlive_csv_reader_free);
  g_clear_pointer (&self->builder, _vlive_record_builder_free);
  g_clear_pointer (&self->layout, _vlive_layout_unref);
  g_clear_pointer (&self->names, g_ptr_array_unref);
  g_free (self->seen);
  g_free (self->types);
  g_free (self->values);
  g_free (self);
}

static const VliveImportClass csv_class = {
  .free = csv_free,
  .rewind = csv_rewind,
  .scan = csv_scan,
  .next = csv_next,
  .dup = csv_dup,
  .append = csv_append,
  .samples = csv_samples,
  .bytes = csv_bytes,
};

VliveImportSource *
_vlive_import_csv_new (void)
{
  CsvSource *self = g_new0 (CsvSource, 1);

  self->source.klass = &csv_class;
  self->id_column = -1;

  return &self->source;
}
