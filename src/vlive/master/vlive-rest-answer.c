/* vlive-rest-answer.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "master/vlive-rest-answer-private.h"

#include <string.h>

#include "base/vlive-error.h"
#include "record/vlive-json-private.h"
#include "record/vlive-record-private.h"
#include "record/vlive-schema-private.h"

typedef struct
{
  VliveRestAnswer *answer; /* owned */
  void (*done) (VliveRestAnswer *answer, gpointer data);
  gpointer data;
} Job;

VliveRestAnswer *
_vlive_rest_answer_new (VliveHttpAnswer *http)
{
  VliveRestAnswer *self = g_new0 (VliveRestAnswer, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->body = g_bytes_ref (http->body);
  self->type = g_strdup (soup_message_headers_get_content_type (http->headers, NULL));
  self->url = g_strdup (http->url);
  self->may_be_cut = http->may_be_cut;
  self->diagnostics = g_ptr_array_new_with_free_func (g_free);

  return self;
}

VliveRestAnswer *
_vlive_rest_answer_ref (VliveRestAnswer *self)
{
  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

void
_vlive_rest_answer_unref (VliveRestAnswer *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_bytes_unref (self->body);
  g_free (self->type);
  g_free (self->url);
  g_free (self->envelope);
  g_free (self->total_path);
  g_free (self->id_field);
  g_free (self->id_prefix);
  g_clear_pointer (&self->known, vlive_schema_unref);
  g_clear_pointer (&self->profile, vlive_profile_unref);
  g_clear_pointer (&self->query, vlive_query_unref);
  g_clear_pointer (&self->schema, vlive_schema_unref);
  g_clear_pointer (&self->records, g_ptr_array_unref);
  g_ptr_array_unref (self->diagnostics);
  g_clear_error (&self->error);
  g_free (self);
}

static void fail (VliveRestAnswer *self, const char *format, ...) G_GNUC_PRINTF (2, 3);

static void
fail (VliveRestAnswer *self, const char *format, ...)
{
  g_autofree char *what = NULL;
  va_list args;

  va_start (args, format);
  what = g_strdup_vprintf (format, args);
  va_end (args);
  self->error =
      g_error_new (VLIVE_ERROR, VLIVE_ERROR_INVALID, "%s: %s", self->url, what);
}

static const char *
describe_node (JsonNode *node)
{
  switch (json_node_get_node_type (node))
    {
    case JSON_NODE_OBJECT:
      return "an object";
    case JSON_NODE_ARRAY:
      return "a list";
    case JSON_NODE_NULL:
      return "null";
    case JSON_NODE_VALUE:
    default:
      return json_node_get_value_type (node) == G_TYPE_STRING ? "a text"
                                                              : "a number or boolean";
    }
}

/* @path: names of members, separated by dots. */
static JsonNode *
find_path (JsonNode *root, const char *path)
{
  g_auto (GStrv) names = g_strsplit (path, ".", -1);
  JsonNode *node = root;

  for (guint i = 0; names[i] != NULL && node != NULL; i++)
    node = JSON_NODE_HOLDS_OBJECT (node)
               ? json_object_get_member (json_node_get_object (node), names[i])
               : NULL;

  return node;
}

VliveTotalKind
_vlive_rest_parse_total (const char *text, guint64 *total, GPtrArray *diagnostics)
{
  /* More rows than an int64 could count are none that a list could have. */
  if (g_ascii_string_to_unsigned (text, 10, 0, G_MAXINT64, total, NULL))
    return VLIVE_TOTAL_EXACT;
  *total = 0;
  g_ptr_array_add (
      diagnostics,
      g_strdup_printf ("The total “%.40s” is no number of rows, and was ignored",
                       text));

  return VLIVE_TOTAL_UNKNOWN;
}

static void
read_total (VliveRestAnswer *self, JsonNode *root)
{
  JsonNode *node = find_path (root, self->total_path);
  g_autofree char *text = NULL;

  if (node == NULL || json_node_is_null (node))
    return;
  if (!JSON_NODE_HOLDS_VALUE (node))
    text = g_strdup (describe_node (node));
  else if (json_node_get_value_type (node) == G_TYPE_INT64)
    text = g_strdup_printf ("%" G_GINT64_FORMAT, json_node_get_int (node));
  else if (json_node_get_value_type (node) == G_TYPE_STRING)
    text = g_strdup (json_node_get_string (node));
  else if (json_node_get_value_type (node) == G_TYPE_DOUBLE)
    text = g_strdup_printf ("%g", json_node_get_double (node));
  else
    text = g_strdup (describe_node (node));
  self->total_kind = _vlive_rest_parse_total (text, &self->total, self->diagnostics);
}

static char *
dup_member_names (JsonNode *root)
{
  g_autoptr (GList) names = json_object_get_members (json_node_get_object (root));
  g_autoptr (GString) text = g_string_new (NULL);

  for (GList *l = names; l != NULL && text->len < 200; l = l->next)
    g_string_append_printf (text, "%s“%.40s”", text->len > 0 ? ", " : "",
                            (char *) l->data);

  return g_string_free (g_steal_pointer (&text), FALSE);
}

static JsonNode *
find_content (VliveRestAnswer *self, JsonNode *root)
{
  const char *wanted = self->single ? "a record" : "a list of records";
  JsonNode *content = self->envelope != NULL ? find_path (root, self->envelope) : root;

  if (content == NULL && JSON_NODE_HOLDS_OBJECT (root))
    {
      g_autofree char *names = dup_member_names (root);

      fail (self, "The answer holds no “%s”, only %s", self->envelope,
            names[0] != '\0' ? names : "nothing");
    }
  else if (content == NULL)
    fail (self, "The answer is %s, and holds no “%s”", describe_node (root),
          self->envelope);
  else if (self->single ? !JSON_NODE_HOLDS_OBJECT (content)
                        : !JSON_NODE_HOLDS_ARRAY (content))
    fail (self, "The answer is %s, not %s", describe_node (content), wanted);
  else
    return content;

  return NULL;
}

static void
learn_schema (VliveRestAnswer *self)
{
  VliveRecord *const *records = (VliveRecord *const *) self->records->pdata;

  if (self->known == NULL)
    {
      if (self->records->len > 0)
        self->schema =
            vlive_schema_discover (records, self->records->len, self->id_field);
      return;
    }
  self->schema = _vlive_schema_widen_all (self->known, records, self->records->len);
}

/* Done here, because it takes its time for thousands of them. */
static void
judge_records (VliveRestAnswer *self)
{
  if (self->query != NULL)
    self->ignored =
        _vlive_rest_find_ignored (self->profile, self->query, self->known,
                                  (VliveRecord *const *) self->records->pdata,
                                  self->records->len, &self->ignored_index);
  learn_schema (self);
}

static void
read_records (VliveRestAnswer *self, JsonNode *root)
{
  VliveJsonContext context = { .id_field = self->id_field,
                               .id_prefix = self->id_prefix,
                               .offset = self->offset,
                               .safe = TRUE };
  JsonNode *content = find_content (self, root);
  g_autoptr (JsonArray) rows = NULL;

  if (content == NULL)
    return;
  if (self->single)
    {
      rows = json_array_new ();
      json_array_add_object_element (rows, json_node_dup_object (content));
    }
  else
    rows = json_array_ref (json_node_get_array (content));
  self->n_rows = json_array_get_length (rows);
  self->records = _vlive_records_from_json (rows, NULL, 0, &context, self->diagnostics,
                                            &self->error);
  if (self->error != NULL)
    g_prefix_error (&self->error, "%s: ", self->url);
  else
    judge_records (self);
}

static gboolean
looks_like_html (VliveRestAnswer *self, const char *data, gsize length)
{
  gsize i = 0;

  while (i < length && g_ascii_isspace (data[i]))
    i++;

  return (i < length && data[i] == '<')
         || (self->type != NULL && strcmp (self->type, "text/html") == 0);
}

/* JSON that ends in the middle, of which nobody said how long it would be: the
 * connection broke off, and the next answer may be whole. */
static void
tell_parse_error (VliveRestAnswer *self, const char *data, gsize length)
{
  if ((_vlive_json_scan (data, length, NULL) & VLIVE_JSON_SCAN_CUT) == 0)
    {
      g_prefix_error (&self->error, "%s: ", self->url);
      return;
    }
  g_clear_error (&self->error);
  if (self->may_be_cut)
    self->error =
        g_error_new (VLIVE_ERROR, VLIVE_ERROR_OFFLINE,
                     "%s: The answer is truncated: the connection broke off in the "
                     "middle of it",
                     self->url);
  else
    fail (self, "The answer is truncated: its JSON ends in the middle");
}

void
_vlive_rest_answer_parse (VliveRestAnswer *self)
{
  gsize length;
  const char *data = g_bytes_get_data (self->body, &length);
  g_autoptr (JsonNode) root = NULL;

  if (length == 0)
    fail (self, "The answer is empty");
  else if (looks_like_html (self, data, length))
    fail (self, "The answer is a web page (HTML), not data (JSON)");
  if (self->error != NULL)
    return;
  root = _vlive_json_parse (data, length, self->diagnostics, &self->error);
  if (root == NULL)
    {
      tell_parse_error (self, data, length);
      return;
    }
  if (self->total_path != NULL)
    read_total (self, root);
  read_records (self, root);
}

static void
job_run (gpointer data)
{
  Job *job = data;

  _vlive_rest_answer_parse (job->answer);
}

static void
job_done (gpointer data)
{
  Job *job = data;

  job->done (job->answer, job->data);
}

static void
job_free (gpointer data)
{
  Job *job = data;

  _vlive_rest_answer_unref (job->answer);
  g_free (job);
}

void
_vlive_rest_answer_parse_async (VliveRestAnswer *self,
                                VliveWorker **worker,
                                GMainContext *context,
                                void (*done) (VliveRestAnswer *self, gpointer data),
                                gpointer data)
{
  Job *job;

  if (g_bytes_get_size (self->body) <= VLIVE_REST_INLINE_MAX)
    {
      _vlive_rest_answer_parse (self);
      done (self, data);
      return;
    }
  if (*worker == NULL)
    *worker = _vlive_worker_new ("vlive-parse");
  job = g_new0 (Job, 1);
  job->answer = _vlive_rest_answer_ref (self);
  job->done = done;
  job->data = data;
  _vlive_worker_push (*worker, job_run, job_done, job, job_free, context,
                      VLIVE_HTTP_PRIORITY);
}
