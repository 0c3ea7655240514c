/* vlive-scripted-master.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "master/vlive-scripted-properties-private.h"

#include "base/vlive-census-private.h"
#include "base/vlive-error.h"

/**
 * VliveScriptedMaster:
 *
 * Every difficult master, for tests and demonstrations. Its rows are computed
 * when they are asked for, so that there may be ten million of them; what is
 * written to it is really kept, as long as it lives. It can be slow, fail, be
 * out of reach for a while, page in any of the ways there are, lie about how
 * many rows there are, give one row twice or without its id, lose the answer to
 * a write, and be changed by others all the time: each is a property. All that
 * is left to chance comes from a seed, so that what happened happens again.
 *
 * A call takes its way to the rows and back: it is answered with what is there
 * when it arrives, and may be overtaken by another. One that is cancelled ends
 * at once; a write that was done by then fails with
 * %VLIVE_ERROR_UNKNOWN_OUTCOME.
 *
 * Since: 0.1
 */

static void vlive_scripted_master_iface_init (VliveMasterInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (VliveScriptedMaster,
                               vlive_scripted_master,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (VLIVE_TYPE_MASTER,
                                                      vlive_scripted_master_iface_init))

#define PAGING_CAPABILITIES                                                            \
  ((VliveCapabilities) (VLIVE_CAN_WINDOW | VLIVE_CAN_PAGE | VLIVE_CAN_CURSOR))
#define ALL_OPERATORS ((1u << (VLIVE_OPERATOR_IS_NULL + 1)) - 1)
/* Salts, so that what calls and what others do not depend on each other. */
#define SALT_CALLS 101
#define SALT_CHANGES 102

static VliveCapabilities
get_paging (VliveScriptedPaging paging)
{
  switch (paging)
    {
    case VLIVE_SCRIPTED_PAGING_WINDOW:
      return (VliveCapabilities) (VLIVE_CAN_WINDOW | VLIVE_CAN_PAGE);
    case VLIVE_SCRIPTED_PAGING_PAGE:
      return VLIVE_CAN_PAGE;
    case VLIVE_SCRIPTED_PAGING_CURSOR:
      return VLIVE_CAN_CURSOR;
    case VLIVE_SCRIPTED_PAGING_NONE:
    default:
      return (VliveCapabilities) 0;
    }
}

static VliveCapabilities
get_capabilities (VliveScriptedMaster *self)
{
  const VliveScriptedKnobs *knobs = &self->knobs;
  /* A write does not say which version it is for. */
  guint missing = VLIVE_CAN_CHECK_WRITES | PAGING_CAPABILITIES;
  guint64 total;

  if (!knobs->conditional)
    missing |= VLIVE_CAN_READ_CONDITIONALLY;
  if (!knobs->live)
    missing |= VLIVE_CAN_SUBSCRIBE;
  if (knobs->reorders > 0)
    missing |= VLIVE_SAME_ORDER;
  if (_vlive_scripted_state_total (self, 0, 0, &total, NULL) == VLIVE_TOTAL_UNKNOWN)
    missing |= VLIVE_CAN_COUNT;

  return (VliveCapabilities) ((knobs->capabilities & ~missing)
                              | get_paging (knobs->paging));
}

/* Of too many rows only those columns can be asked for whose order is known
 * without looking at them. */
static VliveDescription *
without_other_columns (VliveDescription *description)
{
  VliveSchema *schema = vlive_description_get_schema (description);
  guint operators = vlive_description_get_operators (description);

  for (guint i = 0; i < vlive_schema_get_n_columns (schema); i++)
    {
      const char *column = vlive_column_get_name (vlive_schema_get_column (schema, i));
      VliveDescription *other;

      if (_vlive_scripted_column_grows (column))
        continue;
      other = vlive_description_without_sort (description, column);
      vlive_description_unref (description);
      description = other;
      for (guint op = 0; operators >> op != 0; op++)
        if ((operators & (1u << op)) != 0)
          {
            other = vlive_description_without_condition (description, column,
                                                         (VliveOperator) op);
            vlive_description_unref (description);
            description = other;
          }
    }

  return description;
}

static VliveDescription *
describe_large (VliveScriptedMaster *self,
                VliveCapabilities capabilities,
                guint max_page)
{
  guint operators = 1u << VLIVE_OPERATOR_EQUAL | 1u << VLIVE_OPERATOR_LESS
                    | 1u << VLIVE_OPERATOR_LESS_EQUAL | 1u << VLIVE_OPERATOR_GREATER
                    | 1u << VLIVE_OPERATOR_GREATER_EQUAL;
  guint missing = VLIVE_CAN_SORT_MANY | VLIVE_CAN_SEARCH;

  if (self->rows->n_computed == 0)
    missing |= VLIVE_CAN_SORT | VLIVE_CAN_FILTER;
  capabilities &= ~missing;
  if ((capabilities & VLIVE_CAN_FILTER) == 0)
    operators = 0;

  return without_other_columns (
      vlive_description_new (self->schema, capabilities, operators, max_page));
}

void
_vlive_scripted_set_description (VliveScriptedMaster *self,
                                 VliveDescription *description)
{
  g_clear_pointer (&self->description, vlive_description_unref);
  self->description = description;
  g_object_notify (G_OBJECT (self), "description");
}

void
_vlive_scripted_master_describe (VliveScriptedMaster *self)
{
  VliveCapabilities capabilities = get_capabilities (self);
  guint max_page = self->knobs.tells_max_page ? self->knobs.max_page : 0;
  guint operators = (capabilities & VLIVE_CAN_FILTER) != 0 ? ALL_OPERATORS : 0;

  if (self->rows == NULL)
    return;
  if (_vlive_scripted_rows_count (self->rows) > self->knobs.max_evaluated)
    _vlive_scripted_set_description (self,
                                     describe_large (self, capabilities, max_page));
  else
    _vlive_scripted_set_description (self,
                                     vlive_description_new (self->schema, capabilities,
                                                            operators, max_page));
}

gboolean
_vlive_scripted_is_offline (VliveScriptedMaster *self)
{
  gint64 now = (_vlive_clock_get_boot_us (self->clock) - self->started_at) / 1000;
  GVariant *windows = self->knobs.offline_windows;

  for (gsize i = 0; windows != NULL && i < g_variant_n_children (windows); i++)
    {
      guint from;
      guint to;

      g_variant_get_child (windows, i, "(uu)", &from, &to);
      if (now >= from && now < to)
        return TRUE;
    }

  return self->knobs.offline;
}

GError *
_vlive_scripted_offline_error (VliveScriptedMaster *self)
{
  return g_error_new (VLIVE_ERROR, VLIVE_ERROR_OFFLINE,
                      "“%s” cannot be reached: it is told to be offline", self->name);
}

GError *
_vlive_scripted_not_found_error (VliveScriptedMaster *self, const char *id)
{
  return g_error_new (VLIVE_ERROR, VLIVE_ERROR_NOT_FOUND,
                      "“%s” has no record with the id %s", self->name, id);
}

static const char *
scripted_get_identity (VliveMaster *master)
{
  return VLIVE_SCRIPTED_MASTER (master)->identity;
}

static const char *
scripted_get_name (VliveMaster *master)
{
  return VLIVE_SCRIPTED_MASTER (master)->name;
}

static VliveDescription *
scripted_get_description (VliveMaster *master)
{
  return VLIVE_SCRIPTED_MASTER (master)->description;
}

static gboolean
scripted_peek_sequence (VliveMaster *master, guint64 *sequence)
{
  VliveScriptedMaster *self = VLIVE_SCRIPTED_MASTER (master);

  *sequence = self->rows->sequence;

  return self->knobs.tells_sequence;
}

/* Described anew, a master that was demoted is believed again. */
static void
evaluate_describe (VliveScriptedMaster *self, GTask *task, gpointer data)
{
  _vlive_scripted_master_describe (self);
  _vlive_scripted_call_answer (task, vlive_description_ref (self->description),
                               (GDestroyNotify) vlive_description_unref, NULL);
}

static void
scripted_describe_async (VliveMaster *master,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  VliveScriptedMaster *self = VLIVE_SCRIPTED_MASTER (master);

  self->counts.n_describes++;
  _vlive_scripted_call_begin (self, scripted_describe_async, FALSE, evaluate_describe,
                              NULL, NULL, NULL, cancellable, callback, user_data);
}

static gpointer
finish (VliveMaster *master, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, master), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static VliveDescription *
scripted_describe_finish (VliveMaster *master, GAsyncResult *result, GError **error)
{
  return finish (master, result, error);
}

static void
scripted_fetch_window_async (VliveMaster *master,
                             VliveQuery *query,
                             guint64 offset,
                             guint limit,
                             const char *validator,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  _vlive_scripted_fetch_window (VLIVE_SCRIPTED_MASTER (master), query, offset, limit,
                                validator, cancellable, callback, user_data);
}

static VlivePage *
scripted_fetch_window_finish (VliveMaster *master, GAsyncResult *result, GError **error)
{
  return finish (master, result, error);
}

static void
scripted_fetch_record_async (VliveMaster *master,
                             const char *id,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  _vlive_scripted_fetch_record (VLIVE_SCRIPTED_MASTER (master), id, cancellable,
                                callback, user_data);
}

static VliveRecord *
scripted_fetch_record_finish (VliveMaster *master, GAsyncResult *result, GError **error)
{
  return finish (master, result, error);
}

static void
scripted_fetch_records_async (VliveMaster *master,
                              const char *const *ids,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  _vlive_scripted_fetch_records (VLIVE_SCRIPTED_MASTER (master), ids, cancellable,
                                 callback, user_data);
}

static GPtrArray *
scripted_fetch_records_finish (VliveMaster *master,
                               GAsyncResult *result,
                               GError **error)
{
  return finish (master, result, error);
}

static void
scripted_count_async (VliveMaster *master,
                      VliveQuery *query,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  _vlive_scripted_count (VLIVE_SCRIPTED_MASTER (master), query, cancellable, callback,
                         user_data);
}

/* The answer is a page without rows: a total and what it is worth. */
static VliveTotalKind
scripted_count_finish (VliveMaster *master,
                       GAsyncResult *result,
                       guint64 *total,
                       GError **error)
{
  g_autoptr (VlivePage) page = finish (master, result, error);

  return page != NULL ? vlive_page_get_total (page, total) : VLIVE_TOTAL_UNKNOWN;
}

static void
scripted_apply_async (VliveMaster *master,
                      VliveWrite *write,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  _vlive_scripted_apply (VLIVE_SCRIPTED_MASTER (master), write, cancellable, callback,
                         user_data);
}

static VliveReply *
scripted_apply_finish (VliveMaster *master, GAsyncResult *result, GError **error)
{
  return finish (master, result, error);
}

/* All who listen listen to the one: starting and stopping it are counted. */
static VliveLiveStream *
scripted_create_stream (VliveMaster *master)
{
  VliveScriptedMaster *self = VLIVE_SCRIPTED_MASTER (master);

  return self->knobs.live ? g_object_ref (VLIVE_LIVE_STREAM (self->stream)) : NULL;
}

static void
vlive_scripted_master_iface_init (VliveMasterInterface *iface)
{
  iface->get_identity = scripted_get_identity;
  iface->get_name = scripted_get_name;
  iface->get_description = scripted_get_description;
  iface->peek_sequence = scripted_peek_sequence;
  iface->describe_async = scripted_describe_async;
  iface->describe_finish = scripted_describe_finish;
  iface->fetch_window_async = scripted_fetch_window_async;
  iface->fetch_window_finish = scripted_fetch_window_finish;
  iface->fetch_record_async = scripted_fetch_record_async;
  iface->fetch_record_finish = scripted_fetch_record_finish;
  iface->fetch_records_async = scripted_fetch_records_async;
  iface->fetch_records_finish = scripted_fetch_records_finish;
  iface->count_async = scripted_count_async;
  iface->count_finish = scripted_count_finish;
  iface->apply_async = scripted_apply_async;
  iface->apply_finish = scripted_apply_finish;
  iface->create_stream = scripted_create_stream;
}

static void
vlive_scripted_master_get_property (GObject *object,
                                    guint prop_id,
                                    GValue *value,
                                    GParamSpec *pspec)
{
  VliveScriptedMaster *self = VLIVE_SCRIPTED_MASTER (object);

  if (prop_id == PROP_NAME)
    g_value_set_string (value, self->name);
  else if (prop_id == PROP_N_ROWS)
    g_value_set_uint64 (value, self->n_rows);
  else if (prop_id == PROP_SEED)
    g_value_set_uint (value, self->seed);
  else if (prop_id == PROP_DESCRIPTION)
    g_value_set_boxed (value, self->description);
  else
    _vlive_scripted_get_knob (self, prop_id, value);
}

static void
vlive_scripted_master_set_property (GObject *object,
                                    guint prop_id,
                                    const GValue *value,
                                    GParamSpec *pspec)
{
  VliveScriptedMaster *self = VLIVE_SCRIPTED_MASTER (object);

  if (prop_id == PROP_NAME)
    self->name = g_value_dup_string (value);
  else if (prop_id == PROP_N_ROWS)
    self->n_rows = g_value_get_uint64 (value);
  else if (prop_id == PROP_SEED)
    self->seed = g_value_get_uint (value);
  else
    _vlive_scripted_set_knob (self, prop_id, value);
}

static void
vlive_scripted_master_constructed (GObject *object)
{
  VliveScriptedMaster *self = VLIVE_SCRIPTED_MASTER (object);

  G_OBJECT_CLASS (vlive_scripted_master_parent_class)->constructed (object);

  self->rand =
      g_rand_new_with_seed ((guint32) _vlive_scripted_mix (self->seed, 0, SALT_CALLS));
  self->change_rand = g_rand_new_with_seed (
      (guint32) _vlive_scripted_mix (self->seed, 0, SALT_CHANGES));
  self->rows = _vlive_scripted_rows_new (self->n_rows, self->seed);
  self->schema = _vlive_scripted_schema_new ();
  self->next_id = self->n_rows + 1;
  self->identity = g_strdup_printf ("scripted:rows=%" G_GUINT64_FORMAT ",seed=%u:%s",
                                    self->n_rows, self->seed, self->name);
  _vlive_scripted_master_describe (self);
}

static void
vlive_scripted_master_dispose (GObject *object)
{
  VliveScriptedMaster *self = VLIVE_SCRIPTED_MASTER (object);

  _vlive_scripted_stop_events (self);
  _vlive_scripted_forget_orders (self);
  g_clear_pointer (&self->worker, _vlive_worker_free);

  G_OBJECT_CLASS (vlive_scripted_master_parent_class)->dispose (object);
}

static void
vlive_scripted_master_finalize (GObject *object)
{
  VliveScriptedMaster *self = VLIVE_SCRIPTED_MASTER (object);

  _vlive_scripted_clear_knobs (self);
  g_clear_pointer (&self->rows, _vlive_scripted_rows_unref);
  g_clear_pointer (&self->schema, vlive_schema_unref);
  g_clear_pointer (&self->description, vlive_description_unref);
  g_clear_pointer (&self->rand, g_rand_free);
  g_clear_pointer (&self->change_rand, g_rand_free);
  g_clear_pointer (&self->cursors, g_hash_table_unref);
  g_queue_clear (&self->cursor_keys);
  g_queue_clear (&self->applied_log);
  g_clear_pointer (&self->applied, g_hash_table_unref);
  g_clear_object (&self->stream);
  g_clear_object (&self->clock);
  g_clear_pointer (&self->context, g_main_context_unref);
  g_free (self->identity);
  g_free (self->name);
  _vlive_census_remove (VLIVE_CENSUS_MASTER);

  G_OBJECT_CLASS (vlive_scripted_master_parent_class)->finalize (object);
}

static void
vlive_scripted_master_class_init (VliveScriptedMasterClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->constructed = vlive_scripted_master_constructed;
  object_class->dispose = vlive_scripted_master_dispose;
  object_class->finalize = vlive_scripted_master_finalize;
  object_class->get_property = vlive_scripted_master_get_property;
  object_class->set_property = vlive_scripted_master_set_property;
  _vlive_scripted_install_properties (object_class);
}

static void
vlive_scripted_master_init (VliveScriptedMaster *self)
{
  self->context = g_main_context_ref_thread_default ();
  self->clock = g_object_ref (_vlive_clock_get_default ());
  self->started_at = _vlive_clock_get_boot_us (self->clock);
  self->stream = vlive_manual_stream_new ();
  self->cursors = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                         (GDestroyNotify) g_hash_table_unref);
  self->applied = g_hash_table_new_full (g_str_hash, g_str_equal, NULL,
                                         _vlive_scripted_applied_free);
  g_queue_init (&self->cursor_keys);
  g_queue_init (&self->applied_log);
  g_queue_init (&self->orders);
  g_queue_init (&self->events);
  _vlive_scripted_init_knobs (self);
  _vlive_census_add (VLIVE_CENSUS_MASTER);
}

/**
 * vlive_scripted_master_new:
 * @name: the name of the table
 * @n_rows: how many rows it has
 * @seed: what they hold, and all that is left to chance, comes from this
 *
 * Makes a master over computed rows of nine fields: `id`, `name`, `number`,
 * `price`, `date`, `seen`, `active`, `colour` and `note`. They take no memory,
 * however many there are. `id` (from 1) and `number` grow with every row.
 *
 * Returns: (transfer full): a new master
 *
 * Since: 0.1
 */
VliveScriptedMaster *
vlive_scripted_master_new (const char *name, guint64 n_rows, guint seed)
{
  g_return_val_if_fail (name != NULL, NULL);
  g_return_val_if_fail (n_rows <= VLIVE_SCRIPTED_MAX_ROWS, NULL);

  return g_object_new (VLIVE_TYPE_SCRIPTED_MASTER, "name", name, "n-rows", n_rows,
                       "seed", seed, NULL);
}

/* New rows get ids above those that are numbers. */
static void
skip_id (VliveScriptedMaster *self, const char *id)
{
  gint64 number;

  if (_vlive_scripted_parse_id (id, &number) && number >= 0
      && (guint64) number >= self->next_id)
    self->next_id = (guint64) number + 1;
}

/**
 * vlive_scripted_master_new_with_records:
 * @name: the name of the table; no two such masters of one process, or on one
 *   cache, may share it
 * @records: (array length=n_records): the rows, in the order of the table
 * @n_records: how many there are
 * @seed: all that is left to chance comes from this
 *
 * Makes a master over rows of the caller's own, which it holds. Of two with one
 * id, the later one stands in the place of the first.
 *
 * Returns: (transfer full): a new master
 *
 * Since: 0.1
 */
VliveScriptedMaster *
vlive_scripted_master_new_with_records (const char *name,
                                        VliveRecord *const *records,
                                        gsize n_records,
                                        guint seed)
{
  VliveScriptedMaster *self;

  g_return_val_if_fail (name != NULL, NULL);
  g_return_val_if_fail (records != NULL || n_records == 0, NULL);

  self = vlive_scripted_master_new (name, 0, seed);
  for (gsize i = 0; i < n_records; i++)
    {
      const char *id = vlive_record_get_id (records[i]);

      if (_vlive_scripted_rows_has (self->rows, id))
        _vlive_scripted_rows_put (self->rows, records[i]);
      else
        _vlive_scripted_rows_insert (self->rows, G_MAXUINT64, records[i], i + 1);
      skip_id (self, id);
    }
  vlive_schema_unref (self->schema);
  self->schema = vlive_schema_discover (records, n_records, "id");
  g_free (self->identity);
  self->identity = g_strdup_printf ("scripted:records:%s", name);
  _vlive_scripted_master_describe (self);

  return self;
}

/**
 * vlive_scripted_master_get_n_rows:
 * @self: a scripted master
 *
 * Counts the rows as they are now, whatever the master says of them.
 *
 * Returns: the number of rows
 *
 * Since: 0.1
 */
guint64
vlive_scripted_master_get_n_rows (VliveScriptedMaster *self)
{
  g_return_val_if_fail (VLIVE_IS_SCRIPTED_MASTER (self), 0);

  return _vlive_scripted_rows_count (self->rows);
}

/**
 * vlive_scripted_master_get_live_stream:
 * @self: a scripted master
 *
 * Gets the stream on which changes are told.
 *
 * Returns: (transfer none) (nullable): the stream, or %NULL if the master is
 *   told to have none
 *
 * Since: 0.1
 */
VliveLiveStream *
vlive_scripted_master_get_live_stream (VliveScriptedMaster *self)
{
  g_return_val_if_fail (VLIVE_IS_SCRIPTED_MASTER (self), NULL);

  return self->knobs.live ? VLIVE_LIVE_STREAM (self->stream) : NULL;
}

void
_vlive_scripted_master_set_clock (VliveScriptedMaster *self, VliveClock *clock)
{
  g_set_object (&self->clock, clock);
  self->started_at = _vlive_clock_get_boot_us (clock);
  _vlive_scripted_follow_windows (self);
  _vlive_scripted_restart_changes (self);
}

const VliveScriptedCounts *
_vlive_scripted_master_get_counts (VliveScriptedMaster *self)
{
  return &self->counts;
}
