/* vlive-rest-record.c
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
#include "record/vlive-record-private.h"

/* One record by its id: the task data is the id. */

static VliveRecord *
take_record (VliveRestMaster *self,
             VliveRestAnswer *answer,
             const char *id,
             GError **error)
{
  VliveRecord *record = answer->records->pdata[0];

  if (!vlive_record_is_addressable (record))
    return _vlive_record_with_id (record, id, TRUE);
  if (strcmp (vlive_record_get_id (record), id) == 0)
    return vlive_record_ref (record);
  g_set_error (error, VLIVE_ERROR, VLIVE_ERROR_INVALID,
               "%s: Asked for “%s”, and the server sent “%s”", answer->url, id,
               vlive_record_get_id (record));

  return NULL;
}

static void
parsed_cb (VliveRestAnswer *answer, gpointer data)
{
  g_autoptr (GTask) task = data;
  VliveRestMaster *self = g_task_get_source_object (task);
  VliveRecord *record;
  GError *error = NULL;

  if (!_vlive_rest_check_usable (self, task))
    return;
  if (answer->error != NULL)
    {
      g_task_return_error (task, g_error_copy (answer->error));
      return;
    }
  record = take_record (self, answer, g_task_get_task_data (task), &error);
  if (record == NULL)
    g_task_return_error (task, error);
  else
    {
      _vlive_rest_learn_schema (self, answer);
      g_task_return_pointer (task, record, (GDestroyNotify) vlive_record_unref);
    }
}

static void
answered_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  VliveRestMaster *self = g_task_get_source_object (task);
  GError *error = NULL;
  g_autoptr (VliveHttpAnswer) http = NULL;
  g_autoptr (VliveRestAnswer) answer = NULL;
  VLIVE_METER_SPAN ("rest-record");

  http = _vlive_http_send_finish (VLIVE_HTTP (source), result, &error);
  if (http == NULL)
    g_task_return_error (task, error);
  else if (http->status != SOUP_STATUS_OK)
    g_task_return_error (task,
                         _vlive_rest_read_error_new (self, http,
                                                     g_task_get_task_data (task)));
  else
    {
      answer = _vlive_rest_prepare_answer (self, http, TRUE);
      _vlive_rest_answer_parse_async (answer, &self->worker, self->context, parsed_cb,
                                      g_object_ref (task));
    }
}

void
_vlive_rest_record_async (VliveRestMaster *self,
                          const char *id,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autofree char *path = NULL;
  VliveHttpRequest *request;
  GError *error = NULL;

  g_task_set_source_tag (task, _vlive_rest_record_async);
  g_task_set_task_data (task, g_strdup (id), g_free);
  if (!_vlive_rest_check_usable (self, task))
    return;
  path = _vlive_rest_expand_path (_vlive_rest_get_record_template (self),
                                  self->resource, id, &error);
  if (path == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  request = _vlive_rest_request_new (self, "GET", path, NULL);
  request->repeatable = TRUE;
  _vlive_http_send_async (self->http, request, cancellable, answered_cb,
                          g_object_ref (task));
}

VliveRecord *
_vlive_rest_record_finish (VliveRestMaster *self, GAsyncResult *result, GError **error)
{
  g_assert (g_async_result_is_tagged (result, _vlive_rest_record_async));

  return g_task_propagate_pointer (G_TASK (result), error);
}
