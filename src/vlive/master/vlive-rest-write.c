/* vlive-rest-write.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "master/vlive-rest-master-private.h"

#include <string.h>

#include "base/vlive-error.h"
#include "base/vlive-meter-private.h"
#include "master/vlive-rest-uri-private.h"
#include "record/vlive-json-private.h"
#include "record/vlive-record-private.h"

typedef struct
{
  VliveWriteOp op;
  char *id;       /* owned, nullable */
  char *location; /* owned, nullable: of the answer */
} Apply;

static void
apply_free (gpointer data)
{
  Apply *apply = data;

  g_free (apply->id);
  g_free (apply->location);
  g_free (apply);
}

/* The id as the master has it: a number where its column says so, or where
 * nothing is known and it looks like one. */
static void
append_id (VliveRestMaster *self, GString *json, const char *id)
{
  VliveSchema *schema = vlive_description_get_schema (self->description);
  VliveColumn *column = schema != NULL ? vlive_schema_get_id_column (schema) : NULL;
  VliveValueType type =
      column != NULL ? vlive_column_get_value_type (column) : VLIVE_VALUE_MISSING;
  VliveValue value = VLIVE_VALUE_INIT_TEXT (id);
  char buffer[VLIVE_DOUBLE_TEXT_SIZE];
  gint64 number;

  if ((type == VLIVE_VALUE_INTEGER || type == VLIVE_VALUE_MISSING)
      && g_ascii_string_to_signed (id, 10, G_MININT64, G_MAXINT64, &number, NULL)
      && strcmp (_vlive_integer_to_text (number, buffer), id) == 0)
    value = (VliveValue) VLIVE_VALUE_INIT_INTEGER (number);
  _vlive_json_append_value (json, &value, "id", NULL);
}

static void
append_name (GString *json, const char *name)
{
  if (json->len > 1)
    g_string_append_c (json, ',');
  _vlive_json_append_string (json, name, strlen (name));
  g_string_append_c (json, ':');
}

/* @id: put in the place of the field that holds the id; NULL leaves that field
 * as it is in @fields. A patch never holds it. */
static GBytes *
dup_body (VliveRestMaster *self,
          VliveWriteOp op,
          const char *id,
          VliveRecord *fields,
          GError **error)
{
  const char *id_field = self->profile->id_field;
  g_autoptr (GString) json = g_string_new ("{");
  gsize length;

  if (id != NULL && op != VLIVE_WRITE_PATCH)
    {
      append_name (json, id_field);
      append_id (self, json, id);
    }
  for (guint i = 0; i < vlive_record_get_n_fields (fields); i++)
    {
      const char *name = vlive_record_get_field_name (fields, i);
      VliveValue value;

      _vlive_record_peek (fields, i, &value);
      if (value.type == VLIVE_VALUE_MISSING
          || (strcmp (name, id_field) == 0 && (id != NULL || op == VLIVE_WRITE_PATCH)))
        continue;
      append_name (json, name);
      if (!_vlive_json_append_value (json, &value, name, error))
        return NULL;
    }
  g_string_append_c (json, '}');
  length = json->len;

  return g_bytes_new_take (g_string_free (g_steal_pointer (&json), FALSE), length);
}

/* The last segment of a Location, decoded. */
static char *
dup_location_id (const char *location)
{
  g_autofree char *path = NULL;
  const char *end;
  const char *slash;

  if (location == NULL)
    return NULL;
  end = location + strcspn (location, "?#");
  path = g_strndup (location, (gsize) (end - location));
  slash = strrchr (path, '/');
  if (slash == NULL || slash[1] == '\0')
    return NULL;

  return g_uri_unescape_string (slash + 1, NULL);
}

/* @record: (nullable): what the answer held. A reply never fails for its
 * body: the master has done what it was asked for. */
static VliveReply *
reply_new (VliveRestMaster *self, Apply *apply, VliveRecord *record)
{
  g_autofree char *made = NULL;
  const char *id = apply->id;

  if (record != NULL && !vlive_record_is_addressable (record))
    record = NULL;
  if (apply->op == VLIVE_WRITE_DELETE || apply->op == VLIVE_WRITE_DELETE_ALL)
    return vlive_reply_new (id, NULL, 0);
  if (apply->op == VLIVE_WRITE_INSERT)
    {
      made = record != NULL ? g_strdup (vlive_record_get_id (record))
                            : dup_location_id (apply->location);
      if (made != NULL)
        id = made;
      /* It gives the same id to everything, and will not know it. */
      if (!self->profile->keeps_writes)
        id = apply->id;
    }
  else if (record != NULL && strcmp (vlive_record_get_id (record), id) != 0)
    record = NULL;

  return vlive_reply_new (id, self->profile->reply_is_record ? record : NULL, 0);
}

static void
apply_return (GTask *task, VliveRecord *record)
{
  VliveRestMaster *self = g_task_get_source_object (task);

  g_task_return_pointer (task, reply_new (self, g_task_get_task_data (task), record),
                         (GDestroyNotify) vlive_reply_unref);
}

static void
parsed_cb (VliveRestAnswer *answer, gpointer data)
{
  g_autoptr (GTask) task = data;

  apply_return (task, answer->error == NULL ? answer->records->pdata[0] : NULL);
}

static void
demote (VliveRestMaster *self, VliveWriteOp op)
{
  static const VliveCapabilities capabilities[VLIVE_N_WRITE_OPS] = {
    [VLIVE_WRITE_INSERT] = VLIVE_CAN_INSERT,
    [VLIVE_WRITE_REPLACE] = VLIVE_CAN_REPLACE,
    [VLIVE_WRITE_PATCH] = VLIVE_CAN_PATCH,
    [VLIVE_WRITE_DELETE] = VLIVE_CAN_DELETE,
    [VLIVE_WRITE_DELETE_ALL] = VLIVE_CAN_CLEAR,
  };

  _vlive_rest_set_description (self, vlive_description_without (self->description,
                                                                capabilities[op], 0));
}

static void
answered_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  VliveRestMaster *self = g_task_get_source_object (task);
  Apply *apply = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (VliveHttpAnswer) http = NULL;
  g_autoptr (VliveRestAnswer) answer = NULL;
  VLIVE_METER_SPAN ("rest-write");

  http = _vlive_http_send_finish (VLIVE_HTTP (source), result, &error);
  if (http == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  g_clear_pointer (&self->held, _vlive_held_set_free);
  if (http->status < 200 || http->status >= 300)
    {
      error = _vlive_rest_write_error_new (self, http, apply->op, apply->id);
      if (g_error_matches (error, VLIVE_ERROR, VLIVE_ERROR_UNSUPPORTED))
        demote (self, apply->op);
      g_task_return_error (task, error);
      return;
    }
  apply->location = g_strdup (soup_message_headers_get_one (http->headers, "Location"));
  if (g_bytes_get_size (http->body) == 0 || apply->op == VLIVE_WRITE_DELETE
      || apply->op == VLIVE_WRITE_DELETE_ALL)
    {
      apply_return (task, NULL);
      return;
    }
  answer = _vlive_rest_prepare_answer (self, http, TRUE);
  _vlive_rest_answer_parse_async (answer, &self->worker, self->context, parsed_cb,
                                  g_object_ref (task));
}

/* PUT, DELETE and a PATCH of absolute values may be sent twice; a POST only
 * where the server knows it again. */
static VliveHttpRequest *
request_new (VliveRestMaster *self, VliveWrite *write, GError **error)
{
  VliveWriteOp op = vlive_write_get_op (write);
  VliveRoute *route = &self->profile->routes[op];
  const char *id = vlive_write_get_id (write);
  VliveRecord *fields = vlive_write_get_fields (write);
  g_autofree char *path =
      _vlive_rest_expand_path (route->path, self->resource, id, error);
  g_autoptr (VliveHttpRequest) request = NULL;

  if (path == NULL)
    return NULL;
  request = _vlive_rest_request_new (self, route->method, path, NULL);
  request->write = TRUE;
  request->repeatable = op != VLIVE_WRITE_INSERT;
  if (self->profile->idempotency_header != NULL)
    {
      _vlive_http_request_add_header (request, self->profile->idempotency_header,
                                      vlive_write_get_uuid (write));
      request->repeatable = TRUE;
    }
  if (fields != NULL && op != VLIVE_WRITE_DELETE && op != VLIVE_WRITE_DELETE_ALL)
    {
      request->body = dup_body (self, op, id, fields, error);
      if (request->body == NULL)
        return NULL;
    }

  return g_steal_pointer (&request);
}

void
_vlive_rest_apply_async (VliveRestMaster *self,
                         VliveWrite *write,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  Apply *apply = g_new0 (Apply, 1);
  VliveHttpRequest *request;
  GError *error = NULL;

  /* A write that was done is never reported as cancelled. */
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_source_tag (task, _vlive_rest_apply_async);
  g_task_set_task_data (task, apply, apply_free);
  apply->op = vlive_write_get_op (write);
  apply->id = g_strdup (vlive_write_get_id (write));
  if (!_vlive_rest_check_usable (self, task))
    return;
  if (self->profile->routes[apply->op].path == NULL)
    {
      g_task_return_new_error (task, VLIVE_ERROR, VLIVE_ERROR_UNSUPPORTED,
                               "The profile “%s” has no such write",
                               self->profile->name);
      return;
    }
  request = request_new (self, write, &error);
  if (request == NULL)
    g_task_return_error (task, error);
  else
    _vlive_http_send_async (self->http, request, cancellable, answered_cb,
                            g_object_ref (task));
}

VliveReply *
_vlive_rest_apply_finish (VliveRestMaster *self, GAsyncResult *result, GError **error)
{
  g_assert (g_async_result_is_tagged (result, _vlive_rest_apply_async));

  return g_task_propagate_pointer (G_TASK (result), error);
}
