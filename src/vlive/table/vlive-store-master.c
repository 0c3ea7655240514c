/* vlive-store-master.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "table/vlive-store-private.h"

/* A store is a master: what takes a master takes a store, and reads through
 * its cache. */

static const char *
get_identity (VliveMaster *master)
{
  return vlive_master_get_identity (VLIVE_STORE (master)->master);
}

static const char *
get_name (VliveMaster *master)
{
  return vlive_master_get_name (VLIVE_STORE (master)->master);
}

static VliveDescription *
get_description (VliveMaster *master)
{
  return vlive_master_get_description (VLIVE_STORE (master)->master);
}

static gboolean
peek_sequence (VliveMaster *master, guint64 *sequence)
{
  return vlive_master_peek_sequence (VLIVE_STORE (master)->master, sequence);
}

static void
described_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  VliveDescription *description;
  GError *error = NULL;
  VLIVE_METER_SPAN ("store-described");

  description = vlive_master_describe_finish (VLIVE_MASTER (source), result, &error);
  if (description == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, description, (GDestroyNotify) vlive_description_unref);
}

static void
describe_async (VliveMaster *master,
                GCancellable *cancellable,
                GAsyncReadyCallback callback,
                gpointer user_data)
{
  VliveStore *self = VLIVE_STORE (master);
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  GError *error = NULL;

  g_task_set_source_tag (task, describe_async);
  if (_vlive_store_check_open (self, &error))
    vlive_master_describe_async (self->master, cancellable, described_cb, task);
  else
    {
      g_task_return_error (task, error);
      g_object_unref (task);
    }
}

static VliveDescription *
describe_finish (VliveMaster *master, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* @validator is not needed: what has not changed is here already. */
static void
fetch_window_async (VliveMaster *master,
                    VliveQuery *query,
                    guint64 offset,
                    guint limit,
                    const char *validator,
                    GCancellable *cancellable,
                    GAsyncReadyCallback callback,
                    gpointer user_data)
{
  vlive_store_list_async (VLIVE_STORE (master), query, offset, limit, VLIVE_READ_NONE,
                          cancellable, callback, user_data);
}

static VlivePage *
fetch_window_finish (VliveMaster *master, GAsyncResult *result, GError **error)
{
  return vlive_store_list_finish (VLIVE_STORE (master), result, NULL, error);
}

static void
fetch_record_async (VliveMaster *master,
                    const char *id,
                    GCancellable *cancellable,
                    GAsyncReadyCallback callback,
                    gpointer user_data)
{
  vlive_store_get_async (VLIVE_STORE (master), id, VLIVE_READ_NONE, cancellable,
                         callback, user_data);
}

static VliveRecord *
fetch_record_finish (VliveMaster *master, GAsyncResult *result, GError **error)
{
  return vlive_store_get_finish (VLIVE_STORE (master), result, NULL, error);
}

static void
count_async (VliveMaster *master,
             VliveQuery *query,
             GCancellable *cancellable,
             GAsyncReadyCallback callback,
             gpointer user_data)
{
  vlive_store_count_async (VLIVE_STORE (master), query, cancellable, callback,
                           user_data);
}

static VliveTotalKind
count_finish (VliveMaster *master, GAsyncResult *result, guint64 *total, GError **error)
{
  return vlive_store_count_finish (VLIVE_STORE (master), result, total, error);
}

static void
apply_async (VliveMaster *master,
             VliveWrite *write,
             GCancellable *cancellable,
             GAsyncReadyCallback callback,
             gpointer user_data)
{
  vlive_store_write_async (VLIVE_STORE (master), write, cancellable, callback,
                           user_data);
}

static VliveReply *
apply_finish (VliveMaster *master, GAsyncResult *result, GError **error)
{
  return _vlive_store_write_finish (VLIVE_STORE (master), result, error);
}

static VliveLiveStream *
create_stream (VliveMaster *master)
{
  return vlive_master_create_stream (VLIVE_STORE (master)->master);
}

void
_vlive_store_master_iface_init (VliveMasterInterface *iface)
{
  iface->get_identity = get_identity;
  iface->get_name = get_name;
  iface->get_description = get_description;
  iface->peek_sequence = peek_sequence;
  iface->describe_async = describe_async;
  iface->describe_finish = describe_finish;
  iface->fetch_window_async = fetch_window_async;
  iface->fetch_window_finish = fetch_window_finish;
  iface->fetch_record_async = fetch_record_async;
  iface->fetch_record_finish = fetch_record_finish;
  iface->count_async = count_async;
  iface->count_finish = count_finish;
  iface->apply_async = apply_async;
  iface->apply_finish = apply_finish;
  iface->create_stream = create_stream;
}
