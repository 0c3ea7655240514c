/* vlive-master.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "master/vlive-master.h"

#include "base/vlive-error.h"
#include "master/vlive-fetch-many-private.h"

/**
 * VliveMaster:
 *
 * The table that owns the truth: a REST collection, a local table, a store.
 * It says honestly what it can do (#VliveDescription) and refuses the rest.
 * Every call is asynchronous and ends.
 *
 * Since: 0.1
 */

G_DEFINE_INTERFACE (VliveMaster, vlive_master, G_TYPE_OBJECT)

static void
vlive_master_default_init (VliveMasterInterface *iface)
{
  /**
   * VliveMaster:description:
   *
   * What the master says of itself; %NULL before its first answer. A master
   * that turns out not to do what it advertised is demoted by a new one.
   *
   * Since: 0.1
   */
  g_object_interface_install_property (
      iface, g_param_spec_boxed ("description", NULL, NULL, VLIVE_TYPE_DESCRIPTION,
                                 G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY
                                     | G_PARAM_STATIC_STRINGS));
}

/* Reports @error through a task that the _finish function knows by its tag. */
static void
refuse (VliveMaster *self,
        GAsyncReadyCallback callback,
        gpointer user_data,
        gpointer tag,
        GError *error)
{
  g_task_report_error (self, callback, user_data, tag, error);
}

/* What is not advertised is refused here, for every master alike. */
static gboolean
has_capability (VliveMaster *self,
                VliveCapabilities capability,
                const char *what,
                GError **error)
{
  VliveDescription *description = vlive_master_get_description (self);

  if (description == NULL
      || (vlive_description_get_capabilities (description) & capability) != 0)
    return TRUE;
  g_set_error (error, VLIVE_ERROR, VLIVE_ERROR_UNSUPPORTED, "“%s” %s",
               vlive_master_get_name (self), what);

  return FALSE;
}

static gboolean
can_query (VliveMaster *self, VliveQuery *query, GError **error)
{
  VliveDescription *description = vlive_master_get_description (self);

  return description == NULL || vlive_description_can_query (description, query, error);
}

static GError *
no_such_call (VliveMaster *self, const char *what)
{
  return g_error_new (VLIVE_ERROR, VLIVE_ERROR_UNSUPPORTED, "“%s” %s",
                      vlive_master_get_name (self), what);
}

/**
 * vlive_master_get_identity:
 * @self: a master
 *
 * Gets the text that names the master for caches and outboxes. It holds no
 * secrets, and no two masters share it.
 *
 * Returns: (transfer none) (nullable): the identity, or %NULL while it is not
 *   known: describe the master first
 *
 * Since: 0.1
 */
const char *
vlive_master_get_identity (VliveMaster *self)
{
  g_return_val_if_fail (VLIVE_IS_MASTER (self), NULL);

  return VLIVE_MASTER_GET_IFACE (self)->get_identity (self);
}

/**
 * vlive_master_get_name:
 * @self: a master
 *
 * Gets the name of the table, for a person.
 *
 * Returns: (transfer none): the name
 *
 * Since: 0.1
 */
const char *
vlive_master_get_name (VliveMaster *self)
{
  g_return_val_if_fail (VLIVE_IS_MASTER (self), NULL);

  return VLIVE_MASTER_GET_IFACE (self)->get_name (self);
}

/**
 * vlive_master_get_description:
 * @self: a master
 *
 * Gets the newest description of the master.
 *
 * Returns: (transfer none) (nullable): the description, or %NULL before the
 *   master's first answer
 *
 * Since: 0.1
 */
VliveDescription *
vlive_master_get_description (VliveMaster *self)
{
  g_return_val_if_fail (VLIVE_IS_MASTER (self), NULL);

  return VLIVE_MASTER_GET_IFACE (self)->get_description (self);
}

/**
 * vlive_master_peek_sequence:
 * @self: a master
 * @sequence: (out) (optional): return location for the number
 *
 * Gets a number that grows with every change at the master, if the master can
 * tell it without waiting.
 *
 * Returns: %TRUE if it can
 *
 * Since: 0.1
 */
gboolean
vlive_master_peek_sequence (VliveMaster *self, guint64 *sequence)
{
  VliveMasterInterface *iface;
  guint64 number = 0;
  gboolean known;

  g_return_val_if_fail (VLIVE_IS_MASTER (self), FALSE);

  iface = VLIVE_MASTER_GET_IFACE (self);
  known = iface->peek_sequence != NULL && iface->peek_sequence (self, &number);
  if (sequence != NULL)
    *sequence = known ? number : 0;

  return known;
}

/**
 * vlive_master_describe_async:
 * @self: a master
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async) (closure user_data): called with the result
 * @user_data: data for @callback
 *
 * Asks the master what it is and what it can do.
 *
 * Since: 0.1
 */
void
vlive_master_describe_async (VliveMaster *self,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  g_return_if_fail (VLIVE_IS_MASTER (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  VLIVE_MASTER_GET_IFACE (self)->describe_async (self, cancellable, callback,
                                                 user_data);
}

/**
 * vlive_master_describe_finish:
 * @self: a master
 * @result: the result
 * @error: return location for an error
 *
 * Ends vlive_master_describe_async().
 *
 * Returns: (transfer full): the description, or %NULL on error
 *
 * Since: 0.1
 */
VliveDescription *
vlive_master_describe_finish (VliveMaster *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (VLIVE_IS_MASTER (self), NULL);
  g_return_val_if_fail (G_IS_ASYNC_RESULT (result), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  return VLIVE_MASTER_GET_IFACE (self)->describe_finish (self, result, error);
}

/**
 * vlive_master_fetch_window_async:
 * @self: a master
 * @query: the query
 * @offset: the position of the first row
 * @limit: how many rows, or 0 for all of them (then @offset must be 0)
 * @validator: (nullable): the validator of the page that is held; the answer
 *   may then be a page that is "not modified"
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async) (closure user_data): called with the result
 * @user_data: data for @callback
 *
 * Asks for a window of the result of @query.
 *
 * Since: 0.1
 */
void
vlive_master_fetch_window_async (VliveMaster *self,
                                 VliveQuery *query,
                                 guint64 offset,
                                 guint limit,
                                 const char *validator,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  GError *error = NULL;

  g_return_if_fail (VLIVE_IS_MASTER (self));
  g_return_if_fail (query != NULL);
  g_return_if_fail (limit > 0 || offset == 0);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  if (!can_query (self, query, &error))
    {
      refuse (self, callback, user_data, vlive_master_fetch_window_async, error);
      return;
    }
  VLIVE_MASTER_GET_IFACE (self)->fetch_window_async (self, query, offset, limit,
                                                     validator, cancellable, callback,
                                                     user_data);
}

/**
 * vlive_master_fetch_window_finish:
 * @self: a master
 * @result: the result
 * @error: return location for an error
 *
 * Ends vlive_master_fetch_window_async().
 *
 * Returns: (transfer full): the page, or %NULL on error
 *
 * Since: 0.1
 */
VlivePage *
vlive_master_fetch_window_finish (VliveMaster *self,
                                  GAsyncResult *result,
                                  GError **error)
{
  g_return_val_if_fail (VLIVE_IS_MASTER (self), NULL);
  g_return_val_if_fail (G_IS_ASYNC_RESULT (result), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (g_async_result_is_tagged (result, vlive_master_fetch_window_async))
    return g_task_propagate_pointer (G_TASK (result), error);

  return VLIVE_MASTER_GET_IFACE (self)->fetch_window_finish (self, result, error);
}

/**
 * vlive_master_fetch_record_async:
 * @self: a master
 * @id: the id of a record
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async) (closure user_data): called with the result
 * @user_data: data for @callback
 *
 * Asks for one record.
 *
 * Since: 0.1
 */
void
vlive_master_fetch_record_async (VliveMaster *self,
                                 const char *id,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  GError *error = NULL;

  g_return_if_fail (VLIVE_IS_MASTER (self));
  g_return_if_fail (id != NULL && id[0] != '\0');
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  if (!has_capability (self, VLIVE_CAN_GET, "does not answer for single records",
                       &error))
    {
      refuse (self, callback, user_data, vlive_master_fetch_record_async, error);
      return;
    }
  VLIVE_MASTER_GET_IFACE (self)->fetch_record_async (self, id, cancellable, callback,
                                                     user_data);
}

/**
 * vlive_master_fetch_record_finish:
 * @self: a master
 * @result: the result
 * @error: return location for an error
 *
 * Ends vlive_master_fetch_record_async().
 *
 * Returns: (transfer full): the record, or %NULL on error;
 *   %VLIVE_ERROR_NOT_FOUND if the master says that there is none
 *
 * Since: 0.1
 */
VliveRecord *
vlive_master_fetch_record_finish (VliveMaster *self,
                                  GAsyncResult *result,
                                  GError **error)
{
  g_return_val_if_fail (VLIVE_IS_MASTER (self), NULL);
  g_return_val_if_fail (G_IS_ASYNC_RESULT (result), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (g_async_result_is_tagged (result, vlive_master_fetch_record_async))
    return g_task_propagate_pointer (G_TASK (result), error);

  return VLIVE_MASTER_GET_IFACE (self)->fetch_record_finish (self, result, error);
}

/**
 * vlive_master_fetch_records_async:
 * @self: a master
 * @ids: (array zero-terminated=1): the ids of records
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async) (closure user_data): called with the result
 * @user_data: data for @callback
 *
 * Asks for several records. A master that has no call for this is asked for
 * one after another.
 *
 * Since: 0.1
 */
void
vlive_master_fetch_records_async (VliveMaster *self,
                                  const char *const *ids,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  VliveMasterInterface *iface;
  GError *error = NULL;

  g_return_if_fail (VLIVE_IS_MASTER (self));
  g_return_if_fail (ids != NULL);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  iface = VLIVE_MASTER_GET_IFACE (self);
  if (!has_capability (self, VLIVE_CAN_GET, "does not answer for single records",
                       &error))
    refuse (self, callback, user_data, vlive_master_fetch_records_async, error);
  else if (iface->fetch_records_async != NULL)
    iface->fetch_records_async (self, ids, cancellable, callback, user_data);
  else
    _vlive_fetch_many_async (self, ids, cancellable, callback, user_data,
                             vlive_master_fetch_records_async);
}

/**
 * vlive_master_fetch_records_finish:
 * @self: a master
 * @result: the result
 * @error: return location for an error
 *
 * Ends vlive_master_fetch_records_async().
 *
 * Returns: (transfer container) (element-type VliveRecord): those records
 *   that exist, or %NULL on error
 *
 * Since: 0.1
 */
GPtrArray *
vlive_master_fetch_records_finish (VliveMaster *self,
                                   GAsyncResult *result,
                                   GError **error)
{
  g_return_val_if_fail (VLIVE_IS_MASTER (self), NULL);
  g_return_val_if_fail (G_IS_ASYNC_RESULT (result), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (g_async_result_is_tagged (result, vlive_master_fetch_records_async))
    return g_task_propagate_pointer (G_TASK (result), error);

  return VLIVE_MASTER_GET_IFACE (self)->fetch_records_finish (self, result, error);
}

/**
 * vlive_master_count_async:
 * @self: a master
 * @query: the query
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async) (closure user_data): called with the result
 * @user_data: data for @callback
 *
 * Asks how many rows @query has.
 *
 * Since: 0.1
 */
void
vlive_master_count_async (VliveMaster *self,
                          VliveQuery *query,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  VliveMasterInterface *iface;
  GError *error = NULL;

  g_return_if_fail (VLIVE_IS_MASTER (self));
  g_return_if_fail (query != NULL);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  iface = VLIVE_MASTER_GET_IFACE (self);
  if (iface->count_async == NULL)
    refuse (self, callback, user_data, vlive_master_count_async,
            no_such_call (self, "cannot be counted"));
  else if (!has_capability (self, VLIVE_CAN_COUNT, "cannot be counted", &error)
           || !can_query (self, query, &error))
    refuse (self, callback, user_data, vlive_master_count_async, error);
  else
    iface->count_async (self, query, cancellable, callback, user_data);
}

/**
 * vlive_master_count_finish:
 * @self: a master
 * @result: the result
 * @total: (out) (optional): return location for the number
 * @error: return location for an error
 *
 * Ends vlive_master_count_async().
 *
 * Returns: what the number is worth; %VLIVE_TOTAL_UNKNOWN with @error set if
 *   the master could not be asked
 *
 * Since: 0.1
 */
VliveTotalKind
vlive_master_count_finish (VliveMaster *self,
                           GAsyncResult *result,
                           guint64 *total,
                           GError **error)
{
  VliveTotalKind kind = VLIVE_TOTAL_UNKNOWN;
  guint64 number = 0;

  g_return_val_if_fail (VLIVE_IS_MASTER (self), kind);
  g_return_val_if_fail (G_IS_ASYNC_RESULT (result), kind);
  g_return_val_if_fail (error == NULL || *error == NULL, kind);

  if (g_async_result_is_tagged (result, vlive_master_count_async))
    g_task_propagate_pointer (G_TASK (result), error);
  else
    kind = VLIVE_MASTER_GET_IFACE (self)->count_finish (self, result, &number, error);
  if (total != NULL)
    *total = number;

  return kind;
}

static gboolean
can_apply (VliveMaster *self, VliveWriteOp op, GError **error)
{
  static const struct
  {
    VliveCapabilities capability;
    const char *what;
  } needs[] = {
    [VLIVE_WRITE_INSERT] = { VLIVE_CAN_INSERT, "does not take new records" },
    [VLIVE_WRITE_REPLACE] = { VLIVE_CAN_REPLACE, "does not take whole records" },
    [VLIVE_WRITE_PATCH] = { VLIVE_CAN_PATCH, "does not take changes of single fields" },
    [VLIVE_WRITE_DELETE] = { VLIVE_CAN_DELETE, "does not delete records" },
    [VLIVE_WRITE_DELETE_ALL] = { VLIVE_CAN_CLEAR, "cannot be emptied in one step" },
  };

  return has_capability (self, needs[op].capability, needs[op].what, error);
}

/**
 * vlive_master_apply_async:
 * @self: a master
 * @write: the write
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async) (closure user_data): called with the result
 * @user_data: data for @callback
 *
 * Carries @write to the master. Its state is the caller's: a master reads the
 * write and changes nothing of it.
 *
 * Since: 0.1
 */
void
vlive_master_apply_async (VliveMaster *self,
                          VliveWrite *write,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  VliveMasterInterface *iface;
  GError *error = NULL;

  g_return_if_fail (VLIVE_IS_MASTER (self));
  g_return_if_fail (VLIVE_IS_WRITE (write));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  iface = VLIVE_MASTER_GET_IFACE (self);
  if (iface->apply_async == NULL)
    refuse (self, callback, user_data, vlive_master_apply_async,
            no_such_call (self, "cannot be written to"));
  else if (!can_apply (self, vlive_write_get_op (write), &error))
    refuse (self, callback, user_data, vlive_master_apply_async, error);
  else
    iface->apply_async (self, write, cancellable, callback, user_data);
}

/**
 * vlive_master_apply_finish:
 * @self: a master
 * @result: the result
 * @error: return location for an error
 *
 * Ends vlive_master_apply_async(). %VLIVE_ERROR_REJECTED,
 * %VLIVE_ERROR_CONFLICT and %VLIVE_ERROR_NOT_FOUND are the master's no; any
 * offline error means that nothing was sent; %VLIVE_ERROR_UNKNOWN_OUTCOME
 * that it was sent and the answer never came.
 *
 * Returns: (transfer full): the reply, or %NULL on error
 *
 * Since: 0.1
 */
VliveReply *
vlive_master_apply_finish (VliveMaster *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (VLIVE_IS_MASTER (self), NULL);
  g_return_val_if_fail (G_IS_ASYNC_RESULT (result), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (g_async_result_is_tagged (result, vlive_master_apply_async))
    return g_task_propagate_pointer (G_TASK (result), error);

  return VLIVE_MASTER_GET_IFACE (self)->apply_finish (self, result, error);
}

/**
 * vlive_master_create_stream:
 * @self: a master
 *
 * Gets a live stream of what changes at the master, whoever changes it. Give
 * it to vlive_store_set_live_stream(), or start it yourself. It does not keep
 * the master alive.
 *
 * Returns: (transfer full) (nullable): a stream, which belongs to the
 *   master's thread, or %NULL for a master that tells of no changes (one
 *   without %VLIVE_CAN_SUBSCRIBE)
 *
 * Since: 0.1
 */
VliveLiveStream *
vlive_master_create_stream (VliveMaster *self)
{
  VliveMasterInterface *iface;

  g_return_val_if_fail (VLIVE_IS_MASTER (self), NULL);

  iface = VLIVE_MASTER_GET_IFACE (self);

  return iface->create_stream != NULL ? iface->create_stream (self) : NULL;
}
