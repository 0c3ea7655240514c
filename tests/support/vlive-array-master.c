/* vlive-array-master.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "vlive-array-master.h"

#include "record/vlive-page-private.h"
#include "record/vlive-query-private.h"

typedef struct
{
  VliveArrayMaster *master; /* owned */
  GTask *task;              /* owned */
  void (*evaluate) (gpointer call);
  gboolean evaluated;
  GError *failure; /* owned, nullable: decided when it was made */
  VliveQuery *query;
  guint64 offset;
  guint limit;
  char *validator;
  char *id;
  VliveWrite *write;
  gpointer result; /* owned by result_free */
  GDestroyNotify result_free;
  GError *error; /* owned */
  gulong cancel_handler;
  gboolean cancelled;
} Call;

static void master_iface_init (VliveMasterInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (VliveArrayMaster,
                               vlive_array_master,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (VLIVE_TYPE_MASTER,
                                                      master_iface_init))

enum
{
  PROP_0,
  PROP_DESCRIPTION
};

static void
call_free (Call *call)
{
  g_clear_pointer (&call->query, vlive_query_unref);
  g_clear_error (&call->failure);
  g_clear_error (&call->error);
  g_free (call->validator);
  g_free (call->id);
  g_clear_object (&call->write);
  if (call->result != NULL)
    call->result_free (call->result);
  g_object_unref (call->task);
  g_object_unref (call->master);
  g_free (call);
}

static void
call_answer (gpointer data)
{
  Call *call = data;
  VliveArrayMaster *self = call->master;

  /* Who is told may cancel what has been answered. */
  if (call->cancel_handler != 0)
    g_cancellable_disconnect (g_task_get_cancellable (call->task),
                              call->cancel_handler);
  if (!call->cancelled)
    self->n_in_flight--;
  if (call->failure != NULL)
    g_task_return_error (call->task, g_steal_pointer (&call->failure));
  else
    {
      if (!call->evaluated)
        call->evaluate (call);
      if (call->error != NULL)
        g_task_return_error (call->task, g_steal_pointer (&call->error));
      else
        g_task_return_pointer (call->task, g_steal_pointer (&call->result),
                               call->result_free);
    }
  call_free (call);
}

static gint64
get_latency (VliveArrayMaster *self)
{
  gint64 spread = self->latency_spread_us;

  if (spread > 0)
    spread = g_rand_int_range (self->rand, 0, (gint32) spread);

  return self->latency_us + spread;
}

/* As a connection that is cut: nobody works on it any more. */
static void
cancelled_cb (GCancellable *cancellable, gpointer data)
{
  Call *call = data;

  call->cancelled = TRUE;
  call->master->n_in_flight--;
}

static void
call_go (Call *call)
{
  VliveArrayMaster *self = call->master;

  self->n_in_flight++;
  self->max_in_flight = MAX (self->max_in_flight, self->n_in_flight);
  if (g_task_get_cancellable (call->task) != NULL)
    call->cancel_handler =
        g_cancellable_connect (g_task_get_cancellable (call->task),
                               G_CALLBACK (cancelled_cb), call, NULL);
  if (self->offline)
    g_set_error (&call->failure, VLIVE_ERROR, VLIVE_ERROR_OFFLINE,
                 "%s cannot be reached", self->name);
  else if (self->n_to_fail > 0)
    {
      self->n_to_fail--;
      g_set_error (&call->failure, VLIVE_ERROR, self->fail_code, "%s failed",
                   self->name);
    }
  else if (g_rand_double (self->rand) < self->error_rate)
    g_set_error (&call->failure, VLIVE_ERROR, VLIVE_ERROR_SERVER, "%s failed by chance",
                 self->name);
  else if (!self->evaluate_late)
    {
      call->evaluate (call);
      call->evaluated = TRUE;
    }

  if (self->hold)
    g_ptr_array_add (self->held, call);
  else if (self->clock != NULL)
    _vlive_clock_add_timer (self->clock, get_latency (self), G_PRIORITY_DEFAULT,
                            call_answer, call, NULL);
  else
    call_answer (call);
}

static Call *
call_new (VliveMaster *master,
          gpointer tag,
          void (*evaluate) (gpointer),
          GDestroyNotify result_free,
          GCancellable *cancellable,
          GAsyncReadyCallback callback,
          gpointer user_data)
{
  Call *call = g_new0 (Call, 1);

  call->master = g_object_ref (VLIVE_ARRAY_MASTER (master));
  call->task = g_task_new (master, cancellable, callback, user_data);
  g_task_set_source_tag (call->task, tag);
  call->evaluate = evaluate;
  call->result_free = result_free;

  return call;
}

static int
compare_cb (gconstpointer a, gconstpointer b, gpointer plan)
{
  return _vlive_query_plan_compare (plan, *(VliveRecord **) a, *(VliveRecord **) b);
}

GPtrArray *
vlive_array_master_evaluate (VliveArrayMaster *self, VliveQuery *query)
{
  g_autoptr (VliveQueryPlan) plan = _vlive_query_plan_new (query);
  GPtrArray *found =
      g_ptr_array_new_with_free_func ((GDestroyNotify) vlive_record_unref);

  for (guint i = 0; i < self->rows->len; i++)
    if (_vlive_query_plan_matches (plan, self->rows->pdata[i]))
      g_ptr_array_add (found, vlive_record_ref (self->rows->pdata[i]));
  if (vlive_query_get_n_sort_keys (query) > 0)
    g_ptr_array_sort_with_data (found, compare_cb, plan);

  return found;
}

static char *
make_validator (GPtrArray *found, guint first, guint n)
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA1);

  for (guint i = first; i < first + n; i++)
    {
      gsize size;
      const guint8 *block = _vlive_record_get_block (found->pdata[i], &size);

      g_checksum_update (sum, block, (gssize) size);
    }

  return g_strdup (g_checksum_get_string (sum));
}

static void
evaluate_window (gpointer data)
{
  Call *call = data;
  VliveArrayMaster *self = call->master;
  g_autoptr (GPtrArray) found = vlive_array_master_evaluate (self, call->query);
  guint first = (guint) MIN (call->offset, found->len);
  guint n =
      call->limit > 0 ? MIN (call->limit, found->len - first) : found->len - first;
  VliveTotalKind kind = self->states_total ? VLIVE_TOTAL_EXACT : VLIVE_TOTAL_UNKNOWN;
  guint64 total = self->false_total >= 0 ? (guint64) self->false_total : found->len;
  g_autofree char *validator =
      self->conditional ? make_validator (found, first, n) : NULL;
  VlivePage *page;

  if (validator != NULL && g_strcmp0 (validator, call->validator) == 0)
    {
      self->n_not_modified++;
      page = vlive_page_new_not_modified (
          self->states_total_when_not_modified ? kind : VLIVE_TOTAL_UNKNOWN, total);
    }
  else
    {
      page = vlive_page_new (call->offset, call->limit,
                             n > 0 ? (VliveRecord **) &found->pdata[first] : NULL, n,
                             kind, total);
      _vlive_page_set_validator (page, validator);
    }
  page->sequence = self->tells_sequence ? self->sequence : 0;
  call->result = page;
}

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
  VliveArrayMaster *self = VLIVE_ARRAY_MASTER (master);
  Call *call =
      call_new (master, fetch_window_async, evaluate_window,
                (GDestroyNotify) vlive_page_unref, cancellable, callback, user_data);

  call->query = vlive_query_ref (query);
  call->offset = offset;
  call->limit = limit;
  call->validator = g_strdup (validator);
  self->n_windows++;
  if (validator != NULL)
    self->n_conditional++;
  g_string_append_printf (self->log, "window %" G_GUINT64_FORMAT "+%u%s;", offset,
                          limit, validator != NULL ? "?" : "");
  call_go (call);
}

static gpointer
finish (VliveMaster *master, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static VlivePage *
fetch_window_finish (VliveMaster *master, GAsyncResult *result, GError **error)
{
  return finish (master, result, error);
}

int
vlive_array_master_find (VliveArrayMaster *self, const char *id)
{
  for (guint i = 0; i < self->rows->len; i++)
    if (strcmp (vlive_record_get_id (self->rows->pdata[i]), id) == 0)
      return (int) i;

  return -1;
}

static void
set_not_found (Call *call)
{
  g_set_error (&call->error, VLIVE_ERROR, VLIVE_ERROR_NOT_FOUND,
               "%s has no record “%s”", call->master->name, call->id);
}

static void
evaluate_record (gpointer data)
{
  Call *call = data;
  int index = vlive_array_master_find (call->master, call->id);

  if (index < 0)
    set_not_found (call);
  else
    call->result = vlive_record_ref (call->master->rows->pdata[index]);
}

static void
fetch_record_async (VliveMaster *master,
                    const char *id,
                    GCancellable *cancellable,
                    GAsyncReadyCallback callback,
                    gpointer user_data)
{
  VliveArrayMaster *self = VLIVE_ARRAY_MASTER (master);
  Call *call =
      call_new (master, fetch_record_async, evaluate_record,
                (GDestroyNotify) vlive_record_unref, cancellable, callback, user_data);

  call->id = g_strdup (id);
  self->n_gets++;
  g_string_append_printf (self->log, "get %s;", id);
  call_go (call);
}

static VliveRecord *
fetch_record_finish (VliveMaster *master, GAsyncResult *result, GError **error)
{
  return finish (master, result, error);
}

static void
evaluate_count (gpointer data)
{
  Call *call = data;
  g_autoptr (GPtrArray) found = vlive_array_master_evaluate (call->master, call->query);
  guint64 total = found->len;

  call->result = g_memdup2 (&total, sizeof total);
}

static void
count_async (VliveMaster *master,
             VliveQuery *query,
             GCancellable *cancellable,
             GAsyncReadyCallback callback,
             gpointer user_data)
{
  VliveArrayMaster *self = VLIVE_ARRAY_MASTER (master);
  Call *call = call_new (master, count_async, evaluate_count, g_free, cancellable,
                         callback, user_data);

  call->query = vlive_query_ref (query);
  self->n_counts++;
  g_string_append (self->log, "count;");
  call_go (call);
}

static VliveTotalKind
count_finish (VliveMaster *master, GAsyncResult *result, guint64 *total, GError **error)
{
  g_autofree guint64 *found = finish (master, result, error);

  if (found == NULL)
    return VLIVE_TOTAL_UNKNOWN;

  *total = *found;

  return VLIVE_TOTAL_EXACT;
}

static void
tell (VliveArrayMaster *self, VliveChangeKind kind, const char *id, VliveRecord *record)
{
  g_autoptr (VliveChangeEvent) event = NULL;

  self->sequence++;
  if (self->stream == NULL)
    return;

  event =
      vlive_change_event_new (kind, id, self->events_with_records ? record : NULL, 0);
  vlive_manual_stream_push (self->stream, event);
}

static void
put (VliveArrayMaster *self, guint index, VliveRecord *record)
{
  vlive_record_unref (self->rows->pdata[index]);
  self->rows->pdata[index] = vlive_record_ref (record);
  tell (self, VLIVE_CHANGE_UPDATED, vlive_record_get_id (record), record);
}

static void
add (VliveArrayMaster *self, guint position, VliveRecord *record)
{
  g_ptr_array_insert (self->rows, (int) MIN (position, self->rows->len),
                      vlive_record_ref (record));
  tell (self, VLIVE_CHANGE_INSERTED, vlive_record_get_id (record), record);
}

static void
reply (Call *call, const char *id, VliveRecord *record)
{
  VliveArrayMaster *self = call->master;

  call->result = vlive_reply_new (id, self->answers_writes ? record : NULL, 0);
}

static void
write_insert (Call *call)
{
  VliveArrayMaster *self = call->master;
  g_autofree char *id = g_strdup (call->id);
  g_autoptr (VliveRecord) record = NULL;

  if (id == NULL)
    id = g_strdup_printf ("new%u", ++self->n_made);
  if (vlive_array_master_find (self, id) >= 0)
    {
      g_set_error (&call->error, VLIVE_ERROR, VLIVE_ERROR_CONFLICT,
                   "The id “%s” is taken", id);
      return;
    }

  record = _vlive_record_with_id (vlive_write_get_fields (call->write), id, TRUE);
  if ((self->capabilities & VLIVE_KEEPS_WRITES) != 0)
    add (self, self->inserts_first ? 0 : self->rows->len, record);
  reply (call, id, record);
}

static void
write_existing (Call *call, int index)
{
  VliveArrayMaster *self = call->master;
  VliveRecord *fields = vlive_write_get_fields (call->write);
  VliveWriteOp op = vlive_write_get_op (call->write);
  gboolean keeps = (self->capabilities & VLIVE_KEEPS_WRITES) != 0;
  g_autoptr (VliveRecord) record = NULL;

  if (op == VLIVE_WRITE_PATCH)
    record = vlive_record_patch (self->rows->pdata[index], fields);
  else if (op == VLIVE_WRITE_REPLACE)
    record = _vlive_record_with_id (fields, call->id, TRUE);

  if (record != NULL && keeps)
    put (self, (guint) index, record);
  else if (keeps)
    {
      g_ptr_array_remove_index (self->rows, (guint) index);
      tell (self, VLIVE_CHANGE_DELETED, call->id, NULL);
    }
  if (self->answers_partly && op == VLIVE_WRITE_PATCH)
    {
      vlive_record_unref (record);
      record = _vlive_record_with_id (fields, call->id, TRUE);
    }
  reply (call, call->id, record);
}

static void
evaluate_write (gpointer data)
{
  Call *call = data;
  VliveArrayMaster *self = call->master;
  VliveWriteOp op = vlive_write_get_op (call->write);
  int index = call->id != NULL ? vlive_array_master_find (self, call->id) : -1;

  if (self->refusal != NULL)
    g_set_error_literal (&call->error, VLIVE_ERROR, VLIVE_ERROR_REJECTED,
                         self->refusal);
  else if (op == VLIVE_WRITE_INSERT)
    write_insert (call);
  else if (op == VLIVE_WRITE_DELETE_ALL)
    {
      g_ptr_array_set_size (self->rows, 0);
      tell (self, VLIVE_CHANGE_CHANGED, NULL, NULL);
      reply (call, NULL, NULL);
    }
  else if (index < 0)
    set_not_found (call);
  else
    write_existing (call, index);
  if (self->n_to_lose > 0)
    {
      self->n_to_lose--;
      g_clear_error (&call->error);
      g_clear_pointer ((VliveReply **) &call->result, vlive_reply_unref);
      g_set_error (&call->error, VLIVE_ERROR, VLIVE_ERROR_UNKNOWN_OUTCOME,
                   "The answer of %s was lost", self->name);
    }
}

static void
apply_async (VliveMaster *master,
             VliveWrite *write,
             GCancellable *cancellable,
             GAsyncReadyCallback callback,
             gpointer user_data)
{
  static const char *const names[] = { "insert", "replace", "patch", "delete",
                                       "clear" };
  VliveArrayMaster *self = VLIVE_ARRAY_MASTER (master);
  Call *call =
      call_new (master, apply_async, evaluate_write, (GDestroyNotify) vlive_reply_unref,
                cancellable, callback, user_data);

  call->write = g_object_ref (write);
  call->id = g_strdup (vlive_write_get_id (write));
  self->n_writes++;
  g_string_append_printf (self->log, "%s %s;", names[vlive_write_get_op (write)],
                          call->id != NULL ? call->id : "-");
  call_go (call);
}

static VliveReply *
apply_finish (VliveMaster *master, GAsyncResult *result, GError **error)
{
  return finish (master, result, error);
}

static void
evaluate_describe (gpointer data)
{
  Call *call = data;
  VliveArrayMaster *self = call->master;

  if (self->identity == NULL)
    self->identity = g_strdup_printf ("array:%s", self->name);
  vlive_array_master_describe (self);
  call->result = vlive_description_ref (self->description);
}

static void
describe_async (VliveMaster *master,
                GCancellable *cancellable,
                GAsyncReadyCallback callback,
                gpointer user_data)
{
  Call *call = call_new (master, describe_async, evaluate_describe,
                         (GDestroyNotify) vlive_description_unref, cancellable,
                         callback, user_data);

  VLIVE_ARRAY_MASTER (master)->n_describes++;
  call_go (call);
}

static VliveDescription *
describe_finish (VliveMaster *master, GAsyncResult *result, GError **error)
{
  return finish (master, result, error);
}

static const char *
get_identity (VliveMaster *master)
{
  return VLIVE_ARRAY_MASTER (master)->identity;
}

static const char *
get_name (VliveMaster *master)
{
  return VLIVE_ARRAY_MASTER (master)->name;
}

static VliveDescription *
get_description (VliveMaster *master)
{
  return VLIVE_ARRAY_MASTER (master)->description;
}

static gboolean
peek_sequence (VliveMaster *master, guint64 *sequence)
{
  VliveArrayMaster *self = VLIVE_ARRAY_MASTER (master);

  if (self->tells_sequence && sequence != NULL)
    *sequence = self->sequence;

  return self->tells_sequence;
}

static void
master_iface_init (VliveMasterInterface *iface)
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
}

static void
vlive_array_master_get_property (GObject *object,
                                 guint id,
                                 GValue *value,
                                 GParamSpec *pspec)
{
  if (id == PROP_DESCRIPTION)
    g_value_set_boxed (value, VLIVE_ARRAY_MASTER (object)->description);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
vlive_array_master_finalize (GObject *object)
{
  VliveArrayMaster *self = VLIVE_ARRAY_MASTER (object);

  g_ptr_array_unref (self->rows);
  g_ptr_array_unref (self->held);
  g_string_free (self->log, TRUE);
  g_rand_free (self->rand);
  g_clear_object (&self->clock);
  g_clear_object (&self->stream);
  g_clear_pointer (&self->description, vlive_description_unref);
  g_free (self->name);
  g_free (self->identity);
  _vlive_census_remove (VLIVE_CENSUS_MASTER);

  G_OBJECT_CLASS (vlive_array_master_parent_class)->finalize (object);
}

static void
vlive_array_master_class_init (VliveArrayMasterClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = vlive_array_master_get_property;
  object_class->finalize = vlive_array_master_finalize;
  g_object_class_override_property (object_class, PROP_DESCRIPTION, "description");
}

static void
vlive_array_master_init (VliveArrayMaster *self)
{
  self->rows = g_ptr_array_new_with_free_func ((GDestroyNotify) vlive_record_unref);
  self->held = g_ptr_array_new ();
  self->log = g_string_new (NULL);
  self->rand = g_rand_new_with_seed (1);
  self->sequence = 1;
  self->capabilities = VLIVE_CAN_INSERT | VLIVE_CAN_REPLACE | VLIVE_CAN_PATCH
                       | VLIVE_CAN_DELETE | VLIVE_CAN_CLEAR | VLIVE_CAN_GET
                       | VLIVE_CAN_COUNT | VLIVE_CAN_FILTER | VLIVE_CAN_SORT
                       | VLIVE_CAN_SORT_MANY | VLIVE_CAN_SEARCH | VLIVE_CAN_WINDOW
                       | VLIVE_KEEPS_WRITES;
  self->operators = G_MAXUINT;
  self->states_total = TRUE;
  self->states_total_when_not_modified = TRUE;
  self->false_total = -1;
  self->answers_writes = TRUE;
  self->events_with_records = TRUE;
  self->fail_code = VLIVE_ERROR_SERVER;
  _vlive_census_add (VLIVE_CENSUS_MASTER);
}

VliveArrayMaster *
vlive_array_master_new_shy (const char *name)
{
  VliveArrayMaster *self = g_object_new (VLIVE_TYPE_ARRAY_MASTER, NULL);

  self->name = g_strdup (name);

  return self;
}

VliveArrayMaster *
vlive_array_master_new (const char *name)
{
  VliveArrayMaster *self = vlive_array_master_new_shy (name);

  self->identity = g_strdup_printf ("array:%s", name);
  vlive_array_master_describe (self);

  return self;
}

void
vlive_array_master_describe (VliveArrayMaster *self)
{
  VliveCapabilities capabilities = self->capabilities;

  if (self->conditional)
    capabilities |= VLIVE_CAN_READ_CONDITIONALLY;
  g_clear_pointer (&self->description, vlive_description_unref);
  self->description = vlive_description_new (NULL, capabilities, self->operators, 0);
  g_object_notify (G_OBJECT (self), "description");
}

VliveRecord *
vlive_array_master_make (const char *id, gint64 value)
{
  g_autoptr (GError) error = NULL;
  GVariantDict dict;
  VliveRecord *record;
  g_autofree char *name = g_strdup_printf ("row %s", id);

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "id", "s", id);
  g_variant_dict_insert (&dict, "name", "s", name);
  g_variant_dict_insert (&dict, "value", "x", value);
  record = vlive_record_new_from_variant (id, g_variant_dict_end (&dict), &error);
  g_assert_no_error (error);

  return record;
}

void
vlive_array_master_fill (VliveArrayMaster *self, guint n_rows)
{
  for (guint i = 0; i < n_rows; i++)
    {
      g_autofree char *id = g_strdup_printf ("%06u", i);

      g_ptr_array_add (self->rows, vlive_array_master_make (id, i));
    }
  self->sequence++;
}

void
vlive_array_master_set (VliveArrayMaster *self, const char *id, gint64 value)
{
  g_autoptr (VliveRecord) record = vlive_array_master_make (id, value);
  int index = vlive_array_master_find (self, id);

  g_assert_cmpint (index, >=, 0);
  put (self, (guint) index, record);
}

void
vlive_array_master_insert (VliveArrayMaster *self,
                           guint position,
                           const char *id,
                           gint64 value)
{
  g_autoptr (VliveRecord) record = vlive_array_master_make (id, value);

  add (self, position, record);
}

void
vlive_array_master_delete (VliveArrayMaster *self, const char *id)
{
  int index = vlive_array_master_find (self, id);

  g_assert_cmpint (index, >=, 0);
  g_ptr_array_remove_index (self->rows, (guint) index);
  tell (self, VLIVE_CHANGE_DELETED, id, NULL);
}

guint
vlive_array_master_get_n_held (VliveArrayMaster *self)
{
  return self->held->len;
}

void
vlive_array_master_release (VliveArrayMaster *self, guint index)
{
  call_answer (g_ptr_array_remove_index (self->held, index));
}

void
vlive_array_master_release_all (VliveArrayMaster *self)
{
  while (self->held->len > 0)
    vlive_array_master_release (self, 0);
}
