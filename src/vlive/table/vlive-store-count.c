/* vlive-store-count.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "base/vlive-census-private.h"
#include "table/vlive-store-private.h"

/* How many rows there are. A master that cannot count may still say so beside
 * a row: then one row is read. */
typedef struct
{
  VliveJob job; /* first */
  guint ref_count;
  VliveStore *store; /* not owned; NULL once told */
  VliveQuery *query; /* owned */
  GTask *task;       /* owned; its source keeps the store. NULL once told */
  VliveRead *read;   /* owned, nullable */
  gboolean started;
} Count;

typedef struct
{
  VliveTotalKind kind;
  guint64 total;
} Total;

static void
count_unref (gpointer data)
{
  Count *self = data;

  if (--self->ref_count > 0)
    return;

  g_clear_pointer (&self->read, _vlive_read_unref);
  vlive_query_unref (self->query);
  g_clear_object (&self->task);
  g_free (self);
  _vlive_census_remove (VLIVE_CENSUS_TASK);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Count, count_unref)

static Count *
count_ref (Count *self)
{
  self->ref_count++;

  return self;
}

void
_vlive_store_init_counts (VliveStore *self)
{
  self->counts = g_ptr_array_new_with_free_func (count_unref);
}

static void
end (Count *self, VliveTotalKind kind, guint64 total, const GError *error)
{
  G_GNUC_UNUSED g_autoptr (Count) keep = count_ref (self);
  VliveStore *store = g_steal_pointer (&self->store);
  g_autoptr (GTask) task = g_steal_pointer (&self->task);
  Total *result;

  if (!self->started)
    _vlive_store_withdraw (store, &self->job);
  g_ptr_array_remove_fast (store->counts, self);
  if (error != NULL)
    {
      g_task_return_error (task, g_error_copy (error));
      return;
    }

  result = g_new (Total, 1);
  result->kind = kind;
  result->total = total;
  g_task_return_pointer (task, result, g_free);
}

void
_vlive_store_end_counts (VliveStore *self, const GError *error)
{
  /* Their tasks keep the store: there are none when it is disposed of. */
  while (self->counts->len > 0)
    end (self->counts->pdata[0], VLIVE_TOTAL_UNKNOWN, 0, error);
}

static void
read_cb (VliveRead *read,
         const VliveFinding *finding,
         const VliveReading *reading,
         const GError *error,
         gboolean last,
         gpointer data)
{
  g_autoptr (Count) self = data;

  if (!last)
    {
      g_steal_pointer (&self);
      return;
    }

  if (self->store == NULL)
    return;
  if (error != NULL)
    end (self, VLIVE_TOTAL_UNKNOWN, 0, error);
  else
    end (self, finding->page->total_kind, finding->page->total, NULL);
}

static void
read_one_row (Count *self)
{
  VliveTarget target = { .query = self->query, .limit = 1 };

  self->read = _vlive_read_new (self->store, &target, VLIVE_READ_FORCE, 0, 0, read_cb,
                                count_ref (self));
  _vlive_read_start (self->read);
}

static void
counted_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Count) self = data;
  g_autoptr (VliveStore) store =
      self->store != NULL ? g_object_ref (self->store) : NULL;
  g_autoptr (GError) error = NULL;
  guint64 total = 0;
  VliveTotalKind kind;
  VLIVE_METER_SPAN ("store-counted");

  kind = vlive_master_count_finish (VLIVE_MASTER (source), result, &total, &error);
  if (store == NULL)
    return;

  _vlive_store_leave_place (store);
  if (g_error_matches (error, VLIVE_ERROR, VLIVE_ERROR_UNSUPPORTED))
    {
      read_one_row (self);
      return;
    }

  if (error != NULL)
    _vlive_store_note_failure (store, error);
  else
    _vlive_store_note_success (store);
  end (self, kind, total, error);
}

static void
count_start (VliveJob *job)
{
  Count *self = (Count *) job;
  VliveStore *store = self->store;

  self->started = TRUE;
  store->ledger.n_counts++;
  vlive_master_count_async (store->master, self->query, store->cancellable, counted_cb,
                            count_ref (self));
}

static gboolean
can_count (Count *self)
{
  VliveDescription *description = vlive_master_get_description (self->store->master);

  return description == NULL
         || (vlive_description_get_capabilities (description) & VLIVE_CAN_COUNT) != 0;
}

static void
opened_cb (const GError *error, gpointer data)
{
  g_autoptr (Count) self = data;

  if (self->store == NULL)
    return;

  if (error != NULL)
    {
      self->started = TRUE;
      end (self, VLIVE_TOTAL_UNKNOWN, 0, error);
    }
  else if (can_count (self))
    _vlive_store_enqueue (self->store, &self->job);
  else
    {
      self->started = TRUE;
      read_one_row (self);
    }
}

/**
 * vlive_store_count_async:
 * @self: a store
 * @query: (nullable): what to count, or %NULL for everything
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async): called when the master has answered
 * @user_data: user data for @callback
 *
 * Asks the master how many rows match @query.
 *
 * Since: 0.1
 */
void
vlive_store_count_async (VliveStore *self,
                         VliveQuery *query,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  GError *error = NULL;
  Count *count;

  g_return_if_fail (VLIVE_IS_STORE (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, vlive_store_count_async);
  if (!_vlive_store_check_open (self, &error))
    {
      g_task_return_error (task, error);
      return;
    }

  count = g_new0 (Count, 1);
  count->job.start = count_start;
  count->ref_count = 1;
  count->store = self;
  count->query = query != NULL ? vlive_query_ref (query) : vlive_query_new ();
  count->task = g_steal_pointer (&task);
  _vlive_census_add (VLIVE_CENSUS_TASK);
  g_ptr_array_add (self->counts, count);
  _vlive_store_open (self, opened_cb, count_ref (count));
}

/**
 * vlive_store_count_finish:
 * @self: a store
 * @result: what the callback was given
 * @total: (out) (optional): the number of rows
 * @error: return location for an error
 *
 * Finishes [method@Store.count_async].
 *
 * Returns: what @total is worth; %VLIVE_TOTAL_UNKNOWN with an error, and where
 *   the master does not say
 *
 * Since: 0.1
 */
VliveTotalKind
vlive_store_count_finish (VliveStore *self,
                          GAsyncResult *result,
                          guint64 *total,
                          GError **error)
{
  g_autofree Total *found = NULL;

  g_return_val_if_fail (g_task_is_valid (result, self), VLIVE_TOTAL_UNKNOWN);

  found = g_task_propagate_pointer (G_TASK (result), error);
  if (total != NULL)
    *total = found != NULL ? found->total : 0;

  return found != NULL ? found->kind : VLIVE_TOTAL_UNKNOWN;
}
