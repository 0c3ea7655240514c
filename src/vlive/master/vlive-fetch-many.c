/* vlive-fetch-many.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "master/vlive-fetch-many-private.h"

#include "base/vlive-error.h"
#include "base/vlive-meter-private.h"

/* A list of ids must not take every connection there is. */
#define N_AT_ONCE 4

typedef struct
{
  char **ids;            /* owned */
  VliveRecord **records; /* owned; by the place of the id */
  guint n_ids;
  guint n_sent;
  guint n_flying;
  GError *error; /* owned, nullable: the first that is not "not found" */
} Many;

typedef struct
{
  GTask *task; /* owned */
  guint index;
} Flight;

static void send_more (GTask *task);

static void
many_free (gpointer data)
{
  Many *many = data;

  for (guint i = 0; i < many->n_ids; i++)
    g_clear_pointer (&many->records[i], vlive_record_unref);
  g_free (many->records);
  g_strfreev (many->ids);
  g_clear_error (&many->error);
  g_free (many);
}

static void
many_end (GTask *task)
{
  Many *many = g_task_get_task_data (task);
  GPtrArray *found;

  if (many->error != NULL)
    {
      g_task_return_error (task, g_steal_pointer (&many->error));
      return;
    }
  found = g_ptr_array_new_with_free_func ((GDestroyNotify) vlive_record_unref);
  for (guint i = 0; i < many->n_ids; i++)
    if (many->records[i] != NULL)
      g_ptr_array_add (found, g_steal_pointer (&many->records[i]));
  g_task_return_pointer (task, found, (GDestroyNotify) g_ptr_array_unref);
}

static void
record_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Flight *flight = user_data;
  g_autoptr (GTask) task = flight->task;
  Many *many = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  VLIVE_METER_SPAN ("fetch-many");

  many->records[flight->index] =
      vlive_master_fetch_record_finish (VLIVE_MASTER (source), result, &error);
  g_free (flight);
  if (error != NULL && many->error == NULL
      && !g_error_matches (error, VLIVE_ERROR, VLIVE_ERROR_NOT_FOUND))
    many->error = g_steal_pointer (&error);
  many->n_flying--;
  send_more (task);
}

static void
send_more (GTask *task)
{
  Many *many = g_task_get_task_data (task);

  while (many->error == NULL && many->n_sent < many->n_ids
         && many->n_flying < N_AT_ONCE)
    {
      Flight *flight = g_new0 (Flight, 1);

      flight->task = g_object_ref (task);
      flight->index = many->n_sent++;
      many->n_flying++;
      vlive_master_fetch_record_async (g_task_get_source_object (task),
                                       many->ids[flight->index],
                                       g_task_get_cancellable (task), record_cb,
                                       flight);
    }
  if (many->n_flying == 0)
    many_end (task);
}

void
_vlive_fetch_many_async (VliveMaster *master,
                         const char *const *ids,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data,
                         gpointer tag)
{
  g_autoptr (GTask) task = g_task_new (master, cancellable, callback, user_data);
  Many *many = g_new0 (Many, 1);

  g_task_set_source_tag (task, tag);
  many->ids = g_strdupv ((char **) ids);
  many->n_ids = g_strv_length (many->ids);
  many->records = g_new0 (VliveRecord *, many->n_ids);
  g_task_set_task_data (task, many, many_free);
  send_more (task);
}
