/* vlive-local-query.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "record/vlive-query-private.h"
#include "table/vlive-read-private.h"
#include "table/vlive-store-private.h"

/*
 * A clause that the master cannot do is applied here, on a worker, over the
 * complete set; never over a part of it, and never not at all.
 */
typedef struct
{
  VliveRead *read;  /* owned */
  GError *why;      /* owned: what the master said */
  VliveRead *inner; /* owned, nullable: of the complete set */
  VliveOutcome outcome;
  char *reason; /* owned, nullable */

  /* For the worker. */
  VliveQuery *query; /* owned */
  VlivePage *base;   /* owned: the complete set */
  guint64 offset;
  guint limit;
  VlivePage *result; /* owned, nullable */
} Local;

static void
local_free (gpointer data)
{
  Local *local = data;

  g_clear_pointer (&local->inner, _vlive_read_unref);
  g_clear_pointer (&local->base, vlive_page_unref);
  g_clear_pointer (&local->result, vlive_page_unref);
  vlive_query_unref (local->query);
  g_error_free (local->why);
  g_free (local->reason);
  _vlive_read_unref (local->read);
  g_free (local);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Local, local_free)

static void
refuse (Local *local, const char *why_not)
{
  g_autoptr (GError) error =
      g_error_new (VLIVE_ERROR, VLIVE_ERROR_UNSUPPORTED,
                   "%s; it cannot be done here, for %s", local->why->message, why_not);

  _vlive_read_fail (local->read, error);
}

static int
compare_cb (gconstpointer a, gconstpointer b, gpointer plan)
{
  return _vlive_query_plan_compare (plan, *(VliveRecord **) a, *(VliveRecord **) b);
}

/* On the worker. */
static void
filter_and_sort (gpointer data)
{
  Local *local = data;
  g_autoptr (VliveQueryPlan) plan = _vlive_query_plan_new (local->query);
  g_autoptr (GPtrArray) found = g_ptr_array_new ();
  guint64 first;
  guint64 n;

  for (guint i = 0; i < local->base->n_records; i++)
    if (_vlive_query_plan_matches (plan, local->base->records[i]))
      g_ptr_array_add (found, local->base->records[i]);
  if (vlive_query_get_n_sort_keys (local->query) > 0)
    g_ptr_array_sort_with_data (found, compare_cb, plan);

  first = MIN (local->offset, found->len);
  n = local->limit > 0 ? MIN (local->limit, found->len - first) : found->len - first;
  local->result = vlive_page_new (local->offset, local->limit,
                                  (VliveRecord **) found->pdata + first, n,
                                  VLIVE_TOTAL_EXACT, found->len);
}

static void
done (gpointer data)
{
  Local *local = data;
  VlivePage *page = local->result;
  g_auto (VliveFinding) finding = { 0 };

  if (_vlive_read_is_finished (local->read))
    return;

  page->stamp = local->base->stamp;
  page->fetched_at = local->base->fetched_at;
  page->sequence = local->base->sequence;
  page->stale = local->base->stale;
  page->patched = local->base->patched;
  _vlive_finding_take_page (&finding, _vlive_read_get_store (local->read), page,
                            &page->stamp);
  if (finding.known)
    _vlive_read_finish (local->read, &finding, local->outcome, local->reason);
  else
    refuse (local, "everything has just been deleted");
}

static void
read_cb (VliveRead *inner,
         const VliveFinding *finding,
         const VliveReading *reading,
         const GError *error,
         gboolean last,
         gpointer data)
{
  g_autoptr (Local) local = data;
  VliveStore *store = _vlive_read_get_store (local->read);

  if (!last)
    {
      g_steal_pointer (&local);
      return;
    }

  if (store == NULL)
    return;
  if (error != NULL)
    {
      _vlive_read_fail (local->read, error);
      return;
    }

  local->outcome = reading->outcome;
  local->reason = g_strdup (reading->reason);
  local->base = vlive_page_ref (finding->page);
  if (store->worker == NULL)
    store->worker = _vlive_worker_new ("vlive-local-query");
  _vlive_worker_push (store->worker, filter_and_sort, done, local, local_free,
                      store->context, VLIVE_TICK_PRIORITY);
  g_steal_pointer (&local);
}

static void
found_cb (VliveRead *inner,
          const VliveFinding *finding,
          const VliveReading *reading,
          const GError *error,
          gboolean last,
          gpointer data)
{
  g_autoptr (Local) local = data;
  VliveStore *store = _vlive_read_get_store (local->read);
  VliveTarget target = { .limit = 0 };

  if (store == NULL)
    return;

  if (error != NULL)
    refuse (local, "the complete table has not been read");
  else if (finding->page->n_records > store->local_limit)
    refuse (local, "the table has too many rows");
  else
    {
      g_autoptr (VliveQuery) everything = vlive_query_new ();

      g_clear_pointer (&local->inner, _vlive_read_unref);
      target.query = everything;
      local->inner =
          _vlive_read_new (store, &target, _vlive_read_get_flags (local->read),
                           _vlive_read_get_priority (local->read),
                           _vlive_read_get_asked_at (local->read), read_cb, local);
      _vlive_read_start (g_steal_pointer (&local)->inner);
    }
}

void
_vlive_read_locally (VliveRead *self, const GError *why)
{
  VliveStore *store = _vlive_read_get_store (self);
  const VliveTarget *wanted = _vlive_read_get_target (self);
  g_autoptr (VliveQuery) everything = vlive_query_new ();
  VliveTarget target = { .query = everything };
  Local *local = g_new0 (Local, 1);

  local->read = _vlive_read_ref (self);
  local->why = g_error_copy (why);
  local->query = vlive_query_ref (wanted->query);
  local->offset = wanted->offset;
  local->limit = wanted->limit;
  local->inner =
      _vlive_read_new (store, &target, VLIVE_READ_CACHED, 0, 0, found_cb, local);
  _vlive_read_start (local->inner);
}
