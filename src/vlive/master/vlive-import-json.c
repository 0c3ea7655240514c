/* vlive-import-json.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include "base/vlive-error.h"
#include "base/vlive-log-private.h"
#include "master/vlive-import-source-private.h"
#include "master/vlive-json-splitter-private.h"
#include "master/vlive-local-table-private.h"
#include "record/vlive-json-private.h"

/* Elements that are parsed together. */
#define GROUP_BYTES (256 * 1024)
#define GROUP_SIZE 1000
/* So many different lists of names are kept; beyond that all rows get one. */
#define MAX_LAYOUTS 64
#define MAX_DIAGNOSTICS 3

typedef struct
{
  VliveImportSource source;
  VliveJsonSplitter *splitter; /* owned, nullable */
  gboolean at_end;             /* of the file */
  GString *text;               /* owned; the elements of a group, as an array */
  GArray *starts;              /* owned; gsize: where each begins in @text */
  GArray *lines;               /* owned; guint64: and in the file */
  GPtrArray *records;          /* owned, nullable: the group */
  guint at;                    /* of the record at hand, + 1 */
  VliveRecord *record;         /* of @records, or @widened */
  VliveRecord *widened;        /* owned, nullable */

  GPtrArray *names;       /* owned; char *: of all fields, as they come */
  GHashTable *places;     /* owned; of @names: name → index */
  GArray *seen;           /* owned; guint: of each, bits of the types seen */
  GHashTable *layouts;    /* owned; VliveLayout → gint *: places of its names */
  VliveLayout *wide;      /* owned, nullable: all @names, once there are many layouts */
  GPtrArray *diagnostics; /* owned; char * */
} JsonSource;

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

/* The next element; FALSE at the end, and on error. */
static gboolean
read_element (JsonSource *self,
              const char **text,
              gsize *len,
              guint64 *line,
              GCancellable *cancellable,
              GError **error)
{
  *text = _vlive_json_splitter_next (self->splitter, len, cancellable, error);
  if (*text == NULL)
    return FALSE;
  *line = _vlive_json_splitter_get_line (self->splitter);

  return **text == '{' || fail (*line, error, "an object was expected");
}

static gboolean
json_scan (VliveImportSource *source,
           guint64 max,
           gboolean *done,
           GCancellable *cancellable,
           GError **error)
{
  JsonSource *self = (JsonSource *) source;
  g_autoptr (GError) local = NULL;
  guint64 end = _vlive_json_splitter_get_bytes (self->splitter) + max;

  *done = FALSE;
  while (_vlive_json_splitter_get_bytes (self->splitter) < end)
    {
      const char *text;
      gsize len;

      if (read_element (self, &text, &len, &source->line, cancellable, &local))
        {
          source->row++;
          continue;
        }
      if (local != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return FALSE;
        }
      *done = TRUE;
      source->n_rows = source->row;
      return TRUE;
    }

  return TRUE;
}

/* Reads the texts of the next group. FALSE on error. */
static gboolean
read_group (JsonSource *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (GError) local = NULL;

  g_string_assign (self->text, "[");
  g_array_set_size (self->starts, 0);
  g_array_set_size (self->lines, 0);
  while (self->text->len < GROUP_BYTES && self->starts->len < GROUP_SIZE)
    {
      const char *text;
      gsize start;
      gsize len;
      guint64 line;

      if (!read_element (self, &text, &len, &line, cancellable, &local))
        {
          self->at_end = TRUE;
          break;
        }
      if (self->starts->len > 0)
        g_string_append_c (self->text, ',');
      start = self->text->len;
      g_array_append_val (self->starts, start);
      g_array_append_val (self->lines, line);
      g_string_append_len (self->text, text, (gssize) len);
    }
  g_string_append_c (self->text, ']');
  if (local == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));

  return FALSE;
}

static GPtrArray *
parse (JsonSource *self, const char *text, gsize len, guint64 first, GError **error)
{
  g_autoptr (JsonNode) root = NULL;
  VliveJsonContext context = { "id", "", first, TRUE };

  if (self->diagnostics->len > MAX_DIAGNOSTICS)
    g_ptr_array_set_size (self->diagnostics, MAX_DIAGNOSTICS);
  root = _vlive_json_parse (text, len, self->diagnostics, error);
  if (root == NULL)
    return NULL;

  return _vlive_records_from_json (json_node_get_array (root), NULL, 0, &context,
                                   self->diagnostics, error);
}

static guint64
line_of (JsonSource *self, guint i)
{
  return g_array_index (self->lines, guint64, i);
}

/* One by one: which of the group is at fault? */
static gboolean
find_fault (JsonSource *self, GError **error)
{
  g_autoptr (GHashTable) ids =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < self->starts->len; i++)
    {
      gsize start = g_array_index (self->starts, gsize, i);
      gsize end = i + 1 < self->starts->len ? g_array_index (self->starts, gsize, i + 1)
                                            : self->text->len;
      g_autofree char *text =
          g_strdup_printf ("[%.*s]", (int) (end - start - 1), self->text->str + start);
      g_autoptr (GError) local = NULL;
      g_autoptr (GPtrArray) records = parse (self, text, strlen (text), 0, &local);
      const char *id;

      if (records == NULL)
        return fail (line_of (self, i), error, "%s", local->message);
      id = vlive_record_get_id (records->pdata[0]);
      if (vlive_record_is_addressable (records->pdata[0])
          && !g_hash_table_add (ids, g_strdup (id)))
        {
          g_set_error (error, VLIVE_ERROR, VLIVE_ERROR_CONFLICT,
                       "line %" G_GUINT64_FORMAT ": the id %s is there twice",
                       line_of (self, i), id);
          return FALSE;
        }
    }

  return fail (line_of (self, 0), error, "this cannot be read");
}

/* FALSE at the end, and on error. */
static gboolean
next_group (JsonSource *self, GCancellable *cancellable, GError **error)
{
  g_clear_pointer (&self->records, g_ptr_array_unref);
  self->at = 0;
  if (self->at_end || !read_group (self, cancellable, error) || self->starts->len == 0)
    return FALSE;

  self->records =
      parse (self, self->text->str, self->text->len, self->source.row, NULL);
  if (self->records == NULL || self->records->len != self->starts->len)
    return find_fault (self, error);

  return TRUE;
}

static int *
learn_layout (JsonSource *self, VliveLayout *layout)
{
  guint n = _vlive_layout_get_n_names (layout);
  int *places = g_new (int, MAX (n, 1));

  for (guint i = 0; i < n; i++)
    {
      const char *name = _vlive_layout_get_name (layout, i);
      gpointer place;
      guint none = 0;

      if (!g_hash_table_lookup_extended (self->places, name, NULL, &place))
        {
          place = GUINT_TO_POINTER (self->names->len);
          g_ptr_array_add (self->names, g_strdup (name));
          g_hash_table_insert (self->places, self->names->pdata[self->names->len - 1],
                               place);
          g_array_append_val (self->seen, none);
          g_clear_pointer (&self->wide, _vlive_layout_unref);
        }
      places[i] = GPOINTER_TO_INT (place);
    }
  if (g_hash_table_size (self->layouts) < MAX_LAYOUTS)
    g_hash_table_insert (self->layouts, _vlive_layout_ref (layout), places);

  return places;
}

/* Rows of ever other names would make ever more layouts. */
static VliveRecord *
widen (JsonSource *self, VliveRecord *record, const int *places)
{
  g_autoptr (VliveRecordBuilder) builder = NULL;
  guint n = _vlive_layout_get_n_names (_vlive_record_get_layout (record));

  if (self->wide == NULL)
    self->wide = _vlive_layout_intern ((const char *const *) self->names->pdata,
                                       self->names->len);
  builder = _vlive_record_builder_new (self->wide);
  _vlive_record_builder_set_id (builder, vlive_record_get_id (record),
                                vlive_record_is_addressable (record));
  for (guint i = 0; i < n; i++)
    {
      VliveValue value;

      _vlive_record_peek (record, i, &value);
      _vlive_record_builder_set (builder, (guint) places[i], &value);
    }

  return _vlive_record_builder_end (builder);
}

static gboolean
look_at_record (JsonSource *self, GError **error)
{
  VliveLayout *layout = _vlive_record_get_layout (self->record);
  int *places = g_hash_table_lookup (self->layouts, layout);
  g_autofree int *own = NULL;

  if (places == NULL)
    {
      places = learn_layout (self, layout);
      if (self->names->len > VLIVE_LAYOUT_MAX_NAMES - 1)
        return fail (self->source.line, error, "too many different fields");
      if (!g_hash_table_contains (self->layouts, layout))
        own = places;
    }
  for (guint i = 0; i < _vlive_layout_get_n_names (layout); i++)
    {
      VliveValue value;

      _vlive_record_peek (self->record, i, &value);
      g_array_index (self->seen, guint, places[i]) |= 1u << value.type;
    }
  if (own != NULL)
    {
      self->widened = widen (self, self->record, places);
      self->record = self->widened;
    }

  return TRUE;
}

/* Either all bring their id, or none does. */
static gboolean
check_id (JsonSource *self, GError **error)
{
  VliveImportSource *source = &self->source;
  gboolean has_id = vlive_record_is_addressable (self->record);
  VliveValueType type = vlive_record_get_field_type (self->record, "id");

  if (!has_id && type == VLIVE_VALUE_TEXT)
    return fail (source->line, error, "the id is empty");
  if (!has_id && type != VLIVE_VALUE_MISSING && type != VLIVE_VALUE_NULL)
    return fail (source->line, error,
                 "its id can be none: it is no text and no number");
  if (source->row == 1)
    source->has_ids = has_id;
  if (has_id != source->has_ids)
    return fail (source->line, error, "%s",
                 has_id ? "it has an id, and those before have none"
                        : "it has no id, and those before have one");
  source->id = has_id ? vlive_record_get_id (self->record) : NULL;

  return TRUE;
}

static gboolean
json_next (VliveImportSource *source, GCancellable *cancellable, GError **error)
{
  JsonSource *self = (JsonSource *) source;

  g_clear_pointer (&self->widened, vlive_record_unref);
  if ((self->records == NULL || self->at == self->records->len)
      && !next_group (self, cancellable, error))
    return FALSE;

  source->row++;
  source->line = line_of (self, self->at);
  self->record = self->records->pdata[self->at++];
  if (!look_at_record (self, error) || !check_id (self, error))
    return FALSE;
  source->layout = _vlive_record_get_layout (self->record);

  return TRUE;
}

static VliveRecord *
json_dup (VliveImportSource *source, const char *id)
{
  JsonSource *self = (JsonSource *) source;

  if (id == NULL && source->text_ids)
    return _vlive_local_record_with_id (self->record, source->id, VLIVE_VALUE_TEXT);
  if (id == NULL)
    return vlive_record_ref (self->record);

  return _vlive_local_record_with_id (self->record, id, VLIVE_VALUE_INTEGER);
}

static void
json_append (VliveImportSource *source, const char *id, GByteArray *target)
{
  JsonSource *self = (JsonSource *) source;
  const guint8 *block;
  gsize size;

  if (id != NULL || source->text_ids)
    {
      VliveRecord *record = json_dup (source, id);

      g_clear_pointer (&self->widened, vlive_record_unref);
      self->record = self->widened = record;
      source->layout = _vlive_record_get_layout (record);
    }
  block = _vlive_record_get_block (self->record, &size);
  g_byte_array_append (target, block, (guint) size);
}

static const VliveValue sample_values[] = {
  VLIVE_VALUE_INIT_NULL,
  VLIVE_VALUE_INIT_INTEGER (1),
  VLIVE_VALUE_INIT_DOUBLE (0.5),
  VLIVE_VALUE_INIT_BOOLEAN (TRUE),
  { .type = VLIVE_VALUE_TEXT, .text = "" },
  { .type = VLIVE_VALUE_JSON, .text = "[]", .len = 2 },
};

/* A record of all columns for each type that some have. */
static GPtrArray *
json_samples (VliveImportSource *source)
{
  JsonSource *self = (JsonSource *) source;
  GPtrArray *samples =
      g_ptr_array_new_with_free_func ((GDestroyNotify) vlive_record_unref);
  g_autoptr (VliveRecordBuilder) builder = NULL;
  g_autoptr (VliveLayout) layout = NULL;
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  guint first = 0;

  /* An id that is made stands first, whatever was there before. */
  if (!source->has_ids && source->n_rows > 0)
    {
      first = 1;
      g_ptr_array_add (names, (char *) "id");
    }
  for (guint i = 0; i < self->names->len; i++)
    if (first == 0 || strcmp (self->names->pdata[i], "id") != 0)
      g_ptr_array_add (names, self->names->pdata[i]);
  layout = _vlive_layout_intern ((const char *const *) names->pdata, names->len);
  builder = _vlive_record_builder_new (layout);
  for (guint t = 0; t < G_N_ELEMENTS (sample_values); t++)
    {
      _vlive_record_builder_set_id (builder, "1", TRUE);
      for (guint i = 0; i < names->len; i++)
        {
          gpointer place = g_hash_table_lookup (self->places, names->pdata[i]);
          guint seen = 1u << VLIVE_VALUE_INTEGER;

          if (i >= first)
            seen = g_array_index (self->seen, guint, GPOINTER_TO_UINT (place));
          if ((seen & 1u << sample_values[t].type) != 0)
            _vlive_record_builder_set (builder, i, &sample_values[t]);
          else
            _vlive_record_builder_set (builder, i, &sample_values[0]);
        }
      g_ptr_array_add (samples, _vlive_record_builder_end (builder));
    }

  return samples;
}

static guint64
json_bytes (VliveImportSource *source)
{
  JsonSource *self = (JsonSource *) source;

  return self->splitter != NULL ? _vlive_json_splitter_get_bytes (self->splitter) : 0;
}

static void
json_rewind (VliveImportSource *source, GInputStream *stream)
{
  JsonSource *self = (JsonSource *) source;

  g_clear_pointer (&self->splitter, _vlive_json_splitter_free);
  self->splitter = _vlive_json_splitter_new (stream);
  source->row = 0;
}

static void
json_free (VliveImportSource *source)
{
  JsonSource *self = (JsonSource *) source;

  for (guint i = 0; i < self->diagnostics->len && i < MAX_DIAGNOSTICS; i++)
    VLIVE_STORY (VLIVE_OUTCOME_NONE, "import", NULL, -1, NULL, "%s",
                 (char *) self->diagnostics->pdata[i]);
  g_clear_pointer (&self->splitter, _vlive_json_splitter_free);
  g_clear_pointer (&self->records, g_ptr_array_unref);
  g_clear_pointer (&self->widened, vlive_record_unref);
  g_clear_pointer (&self->wide, _vlive_layout_unref);
  g_string_free (self->text, TRUE);
  g_array_unref (self->starts);
  g_array_unref (self->lines);
  g_hash_table_unref (self->layouts);
  g_hash_table_unref (self->places);
  g_array_unref (self->seen);
  g_ptr_array_unref (self->names);
  g_ptr_array_unref (self->diagnostics);
  g_free (self);
}

static const VliveImportClass json_class = {
  .free = json_free,
  .rewind = json_rewind,
  .scan = json_scan,
  .next = json_next,
  .dup = json_dup,
  .append = json_append,
  .samples = json_samples,
  .bytes = json_bytes,
};

VliveImportSource *
_vlive_import_json_new (void)
{
  JsonSource *self = g_new0 (JsonSource, 1);

  self->source.klass = &json_class;
  self->text = g_string_new (NULL);
  self->starts = g_array_new (FALSE, FALSE, sizeof (gsize));
  self->lines = g_array_new (FALSE, FALSE, sizeof (guint64));
  self->names = g_ptr_array_new_with_free_func (g_free);
  self->places = g_hash_table_new (g_str_hash, g_str_equal);
  self->seen = g_array_new (FALSE, TRUE, sizeof (guint));
  self->layouts = g_hash_table_new_full (g_direct_hash, g_direct_equal,
                                         (GDestroyNotify) _vlive_layout_unref, g_free);
  self->diagnostics = g_ptr_array_new_with_free_func (g_free);

  return &self->source;
}
