/* vlive-scripted-read.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "base/vlive-error.h"
#include "base/vlive-meter-private.h"
#include "master/vlive-scripted-master-private.h"
#include "record/vlive-page-private.h"

/* So many results are remembered, until something is written. */
#define MAX_ORDERS 4
/* Of so many queries the ends of former answers are known. */
#define MAX_CURSORS 64
#define SALT_REORDER 103
#define SALT_ESTIMATE 104

/* A window on its way. */
typedef struct
{
  VliveQuery *query; /* owned */
  guint64 offset;
  guint limit;
  char *validator;  /* owned, nullable: the caller's */
  gint64 asked_at;  /* real time */
  guint64 shift;    /* by which rows have moved */
  gboolean counts;  /* the number of rows is all that is wanted */
  gboolean ignores; /* clauses were left out */

  /* Copied from the knobs when it arrived, for whichever thread it is. */
  VliveScriptedOrder *order; /* owned, nullable */
  guint64 max_rows;          /* 0: no bound on an answer */
  guint64 max_everything;
  guint overlap;
  guint nameless_every;
  gboolean conditional;
  gboolean verifies;

  GPtrArray *records; /* owned, nullable */
  guint64 total;
  guint64 sequence;
  char *checksum; /* owned, nullable */
  gboolean too_large;
  gboolean caught;      /* rows that do not match were seen */
  int caught_condition; /* which; < 0: the search */
} Window;

static void
window_free (gpointer data)
{
  Window *window = data;

  vlive_query_unref (window->query);
  g_free (window->validator);
  g_clear_pointer (&window->order, _vlive_scripted_order_unref);
  g_clear_pointer (&window->records, g_ptr_array_unref);
  g_free (window->checksum);
  g_free (window);
}

VliveTotalKind
_vlive_scripted_state_total (VliveScriptedMaster *self,
                             guint64 truth,
                             guint64 seen,
                             guint64 *total,
                             GPtrArray *diagnostics)
{
  const VliveScriptedKnobs *knobs = &self->knobs;

  *total = truth;
  if (knobs->total_kind == VLIVE_TOTAL_UNKNOWN)
    return VLIVE_TOTAL_UNKNOWN;
  if (knobs->claimed_total != NULL)
    {
      /* More rows than an int64 could count are none that a list could have. */
      if (g_ascii_string_to_unsigned (knobs->claimed_total, 10, 0, G_MAXINT64, total,
                                      NULL))
        return knobs->total_kind;
      if (diagnostics != NULL)
        g_ptr_array_add (
            diagnostics,
            g_strdup_printf ("The total “%.40s” is no number of rows, and was ignored",
                             knobs->claimed_total));
      return VLIVE_TOTAL_UNKNOWN;
    }
  if (knobs->total_kind == VLIVE_TOTAL_AT_LEAST)
    *total = MIN (truth, seen + 1);
  else if (knobs->total_kind == VLIVE_TOTAL_ESTIMATED)
    *total =
        truth - truth / 10
        + truth * (_vlive_scripted_mix (self->seed, truth, SALT_ESTIMATE) % 21) / 100;

  return knobs->total_kind;
}

void
_vlive_scripted_forget_orders (VliveScriptedMaster *self)
{
  g_queue_clear_full (&self->orders, (GDestroyNotify) _vlive_scripted_order_unref);
}

static VliveScriptedOrder *
dup_order (VliveScriptedMaster *self, VliveQuery *query)
{
  VliveScriptedOrder *order;

  for (GList *l = self->orders.head; l != NULL; l = l->next)
    {
      order = l->data;
      if (vlive_query_equal (order->query, query))
        {
          g_queue_unlink (&self->orders, l);
          g_queue_push_head_link (&self->orders, l);
          return _vlive_scripted_order_ref (order);
        }
    }
  order = _vlive_scripted_order_new (self->rows, query);
  g_queue_push_head (&self->orders, _vlive_scripted_order_ref (order));
  if (self->orders.length > MAX_ORDERS)
    _vlive_scripted_order_unref (g_queue_pop_tail (&self->orders));

  return order;
}

gboolean
_vlive_scripted_is_nameless (guint every, guint64 serial)
{
  return every > 0 && serial > 0 && serial % every == 0;
}

/* The same fields but for the id, under a name that says where it stood. */
static VliveRecord *
without_id (VliveRecord *record, const char *query_key, guint64 position)
{
  VliveLayout *layout = _vlive_record_get_layout (record);
  g_autoptr (VliveRecordBuilder) builder = _vlive_record_builder_new (layout);
  g_autofree char *name =
      g_strdup_printf ("@%s#%" G_GUINT64_FORMAT, query_key, position);

  _vlive_record_builder_set_id (builder, name, FALSE);
  for (guint i = 0; i < _vlive_layout_get_n_names (layout); i++)
    {
      VliveValue value;

      _vlive_record_peek (record, i, &value);
      if (strcmp (_vlive_layout_get_name (layout, i), "id") != 0)
        _vlive_record_builder_set (builder, i, &value);
    }

  return _vlive_record_builder_end (builder);
}

/* Where the row is that is shown at @position of the answer to a window from
 * @first on. */
static guint64
find_position (Window *window, guint64 first, guint64 position)
{
  guint64 n_again = MIN (window->overlap, first);

  if (position - first < n_again)
    position -= n_again;
  if (window->shift > 0 && vlive_query_get_n_sort_keys (window->query) == 0)
    position = (position + window->shift) % window->total;

  return position;
}

static VliveRecord *
dup_row (Window *window, VliveRecordBuilder *builder, guint64 first, guint64 position)
{
  VliveScriptedRows *rows = window->order->rows;
  VliveScriptedSpot spot =
      _vlive_scripted_order_at (window->order, find_position (window, first, position));
  g_autoptr (VliveRecord) record =
      _vlive_scripted_rows_dup (rows, spot, builder, VLIVE_SCRIPTED_ALL_COLUMNS);

  if (_vlive_scripted_is_nameless (window->nameless_every,
                                   _vlive_scripted_rows_get_serial (rows, spot)))
    return without_id (record, vlive_query_get_key (window->query), position);

  return g_steal_pointer (&record);
}

static char *
make_checksum (GPtrArray *records)
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA1);

  for (guint i = 0; i < records->len; i++)
    {
      gsize size;
      const guint8 *block = _vlive_record_get_block (records->pdata[i], &size);

      g_checksum_update (sum, block, (gssize) size);
    }

  return g_strdup (g_checksum_get_string (sum));
}

static gboolean
some_do_not_match (GPtrArray *records, VliveQuery *query)
{
  g_autoptr (VliveQueryPlan) plan = _vlive_query_plan_new (query);

  for (guint i = 0; i < records->len; i++)
    if (!_vlive_query_plan_matches (plan, records->pdata[i]))
      return TRUE;

  return FALSE;
}

/* Which clause was ignored, if the rows show one. */
static void
verify (Window *window)
{
  window->caught_condition = -1;
  window->caught = some_do_not_match (window->records, window->query);
  if (!window->caught)
    return;
  for (guint i = 0; i < vlive_query_get_n_conditions (window->query); i++)
    {
      g_autoptr (VliveQuery) everything = vlive_query_new ();
      g_autoptr (VliveQuery) one = vlive_query_with_condition (
          everything, vlive_query_get_condition_column (window->query, i),
          vlive_query_get_condition_operator (window->query, i),
          vlive_query_get_condition_value (window->query, i), NULL);

      if (one != NULL && some_do_not_match (window->records, one))
        {
          window->caught_condition = (int) i;
          return;
        }
    }
}

/* On whichever thread. */
static void
window_run (gpointer data)
{
  Window *window = data;
  g_autoptr (VliveRecordBuilder) builder = NULL;
  guint64 first;
  guint64 n;

  _vlive_scripted_order_build (window->order);
  window->total = _vlive_scripted_order_count (window->order);
  if (window->counts)
    return;
  first = MIN (window->offset, window->total);
  n = window->total - first;
  if (window->limit > 0)
    n = MIN (n, window->limit);
  if (window->max_rows > 0)
    n = MIN (n, window->max_rows);
  window->too_large = window->limit == 0 && n > window->max_everything;
  if (window->too_large)
    return;

  builder = _vlive_record_builder_new (window->order->rows->layout);
  window->records =
      g_ptr_array_new_full ((guint) n, (GDestroyNotify) vlive_record_unref);
  for (guint64 i = 0; i < n; i++)
    g_ptr_array_add (window->records, dup_row (window, builder, first, first + i));
  if (window->conditional)
    window->checksum = make_checksum (window->records);
  if (window->ignores && window->verifies)
    verify (window);
}

static GError *
demote_condition (VliveScriptedMaster *self, Window *window)
{
  const char *column = NULL;
  VliveDescription *other;

  if (window->caught_condition < 0)
    {
      other = vlive_description_without (self->description, VLIVE_CAN_SEARCH, 0);
      _vlive_scripted_set_description (self, other);
      return g_error_new (VLIVE_ERROR, VLIVE_ERROR_UNSUPPORTED,
                          "“%s” cannot be searched: the server ignored the text",
                          self->name);
    }
  column = vlive_query_get_condition_column (window->query,
                                             (guint) window->caught_condition);
  other = vlive_description_without_condition (
      self->description, column,
      vlive_query_get_condition_operator (window->query,
                                          (guint) window->caught_condition));
  _vlive_scripted_set_description (self, other);

  return g_error_new (
      VLIVE_ERROR, VLIVE_ERROR_UNSUPPORTED,
      "“%s” cannot be filtered by “%s”: the server ignored the condition and sent "
      "rows that do not match",
      self->name, column);
}

static VlivePage *
make_page (VliveScriptedMaster *self, Window *window)
{
  g_autoptr (GPtrArray) diagnostics = g_ptr_array_new_with_free_func (g_free);
  guint n = window->records->len;
  gboolean same =
      window->checksum != NULL && g_strcmp0 (window->checksum, window->validator) == 0;
  guint64 total;
  VliveTotalKind kind =
      _vlive_scripted_state_total (self, window->total, window->offset + n, &total,
                                   diagnostics);
  VlivePage *page;

  if (same && !self->knobs.total_when_not_modified)
    kind = VLIVE_TOTAL_UNKNOWN;
  if (same)
    {
      self->counts.n_not_modified++;
      page = vlive_page_new_not_modified (kind, total);
      page->offset = window->offset;
      page->limit = window->limit;
    }
  else
    page =
        vlive_page_new (window->offset, window->limit,
                        (VliveRecord *const *) window->records->pdata, n, kind, total);
  _vlive_page_set_validator (page, window->checksum);
  _vlive_page_set_diagnostics (page, diagnostics);
  page->fetched_at = window->asked_at;
  page->sequence = self->knobs.tells_sequence ? window->sequence : 0;

  return page;
}

/* On the owner's thread again. */
static void
window_done (gpointer data)
{
  GTask *task = data;
  VliveScriptedMaster *self = g_task_get_source_object (task);
  Window *window = _vlive_scripted_call_get_data (task);
  GError *error = NULL;
  VlivePage *page = NULL;

  /* Or a write meanwhile would copy what nobody looks at any more. */
  g_clear_pointer (&window->order, _vlive_scripted_order_unref);
  if (window->counts)
    {
      guint64 total;
      VliveTotalKind kind =
          _vlive_scripted_state_total (self, window->total, 0, &total, NULL);

      page = vlive_page_new (0, 0, NULL, 0, kind, total);
    }
  else if (window->too_large)
    error = g_error_new (VLIVE_ERROR, VLIVE_ERROR_TOO_LARGE,
                         "“%s” has %" G_GUINT64_FORMAT
                         " rows, which are too many to be sent at once",
                         self->name, window->total);
  else if (window->caught)
    error = demote_condition (self, window);
  else
    page = make_page (self, window);
  _vlive_scripted_call_answer (task, page, (GDestroyNotify) vlive_page_unref, error);
}

static void
work_run (gpointer data)
{
  window_run (_vlive_scripted_call_get_data (data));
}

static void
work_done (gpointer data)
{
  VLIVE_METER_SPAN ("scripted-window");

  window_done (data);
}

/* What an answer must be put together from elsewhere. */
static gboolean
is_work (VliveScriptedMaster *self, Window *window)
{
  guint64 n = _vlive_scripted_rows_count (self->rows);

  if (_vlive_scripted_order_is_work (window->order))
    return TRUE;
  if (window->limit > 0)
    n = MIN (n, window->limit);
  if (window->max_rows > 0)
    n = MIN (n, window->max_rows);

  return !window->counts && n > _vlive_scripted_max_inline
         && n <= window->max_everything;
}

static void
window_start (VliveScriptedMaster *self, GTask *task, Window *window)
{
  if (!is_work (self, window))
    {
      window_run (window);
      window_done (task);
      return;
    }
  /* Small orders are built here, also for a large window of them. */
  if (!_vlive_scripted_order_is_work (window->order))
    _vlive_scripted_order_build (window->order);
  if (self->worker == NULL)
    self->worker = _vlive_worker_new ("vlive-scripted");
  _vlive_worker_push (self->worker, work_run, work_done, g_object_ref (task),
                      g_object_unref, self->context, VLIVE_SCRIPTED_PRIORITY);
}

static gboolean
is_next (VliveScriptedMaster *self, Window *window)
{
  GHashTable *ends =
      g_hash_table_lookup (self->cursors, vlive_query_get_key (window->query));

  return window->offset == 0
         || (ends != NULL && g_hash_table_contains (ends, &window->offset));
}

/* The windows that there are. */
static GError *
check_window (VliveScriptedMaster *self, Window *window)
{
  const VliveScriptedKnobs *knobs = &self->knobs;

  if (knobs->paging == VLIVE_SCRIPTED_PAGING_PAGE && window->limit > 0
      && window->offset % window->limit != 0)
    return g_error_new (VLIVE_ERROR, VLIVE_ERROR_UNSUPPORTED,
                        "“%s” gives whole pages only: no page of %u rows begins at "
                        "%" G_GUINT64_FORMAT,
                        self->name, window->limit, window->offset);
  if (knobs->paging == VLIVE_SCRIPTED_PAGING_CURSOR && !is_next (self, window))
    return g_error_new (VLIVE_ERROR, VLIVE_ERROR_UNSUPPORTED,
                        "“%s” gives only the next page after one that was answered: "
                        "none of those ended at %" G_GUINT64_FORMAT,
                        self->name, window->offset);
  if (window->limit == 0 && knobs->max_page > 0 && knobs->tells_max_page)
    return g_error_new (VLIVE_ERROR, VLIVE_ERROR_UNSUPPORTED,
                        "“%s” gives at most %u rows at once, not everything",
                        self->name, knobs->max_page);

  return NULL;
}

static GError *
refuse_sort (VliveScriptedMaster *self, Window *window)
{
  const char *column = vlive_query_get_sort_column (window->query, 0);

  _vlive_scripted_set_description (self,
                                   vlive_description_without_sort (self->description,
                                                                   column));

  return g_error_new (VLIVE_ERROR, VLIVE_ERROR_UNSUPPORTED,
                      "“%s” cannot be sorted by “%s”: the server refused it",
                      self->name, column);
}

/* Without what is ignored. */
static VliveQuery *
dup_query (VliveScriptedMaster *self, Window *window)
{
  VliveQuery *query = window->query;
  g_autoptr (VliveQuery) other = NULL;

  if (!self->knobs.ignores_filters
      || (vlive_query_get_n_conditions (query) == 0
          && vlive_query_get_search (query) == NULL))
    return vlive_query_ref (query);
  window->ignores = TRUE;
  other = vlive_query_new ();
  for (guint i = 0; i < vlive_query_get_n_sort_keys (query); i++)
    {
      VliveQuery *more =
          vlive_query_with_sort (other, vlive_query_get_sort_column (query, i),
                                 vlive_query_get_sort_descending (query, i));

      vlive_query_unref (other);
      other = more;
    }

  return g_steal_pointer (&other);
}

static void
evaluate_window (VliveScriptedMaster *self, GTask *task, gpointer data)
{
  Window *window = data;
  const VliveScriptedKnobs *knobs = &self->knobs;
  g_autoptr (VliveQuery) query = NULL;
  GError *error = window->counts ? NULL : check_window (self, window);

  if (error == NULL && knobs->refuses_sort
      && vlive_query_get_n_sort_keys (window->query) > 0)
    error = refuse_sort (self, window);
  if (error != NULL)
    {
      _vlive_scripted_call_answer (task, NULL, NULL, error);
      return;
    }
  if (knobs->paging == VLIVE_SCRIPTED_PAGING_NONE)
    window->offset = window->limit = 0;
  window->max_rows = knobs->max_page;
  window->max_everything = knobs->max_evaluated;
  window->overlap = knobs->overlap;
  window->nameless_every = knobs->nameless_every;
  window->conditional = knobs->conditional;
  window->verifies = knobs->verifies;
  window->sequence = self->rows->sequence;
  query = dup_query (self, window);
  window->order = dup_order (self, query);
  window_start (self, task, window);
}

static void
remember_end (VliveScriptedMaster *self, Window *window)
{
  const char *key = vlive_query_get_key (window->query);
  GHashTable *ends = g_hash_table_lookup (self->cursors, key);
  guint64 end = window->offset + window->records->len;

  if (ends == NULL)
    {
      char *copy = g_strdup (key);

      ends = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
      g_hash_table_insert (self->cursors, copy, ends);
      g_queue_push_tail (&self->cursor_keys, copy);
      if (self->cursor_keys.length > MAX_CURSORS)
        g_hash_table_remove (self->cursors, g_queue_pop_head (&self->cursor_keys));
    }
  g_hash_table_add (ends, g_memdup2 (&end, sizeof end));
}

/* Whoever asks next has the cursor that came with this answer. */
static void
window_arrived (VliveScriptedMaster *self, GTask *task, gpointer data)
{
  if (self->knobs.paging == VLIVE_SCRIPTED_PAGING_CURSOR)
    remember_end (self, data);
}

static Window *
window_new (VliveScriptedMaster *self, VliveQuery *query)
{
  Window *window = g_new0 (Window, 1);

  window->query = vlive_query_ref (query);
  window->asked_at = _vlive_clock_get_real_us (self->clock);

  return window;
}

void
_vlive_scripted_fetch_window (VliveScriptedMaster *self,
                              VliveQuery *query,
                              guint64 offset,
                              guint limit,
                              const char *validator,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  Window *window = window_new (self, query);
  guint64 chance =
      _vlive_scripted_mix (self->seed, self->counts.n_windows++, SALT_REORDER);

  window->offset = offset;
  window->limit = limit;
  window->validator = g_strdup (validator);
  window->shift = chance % ((guint64) self->knobs.reorders + 1);
  _vlive_scripted_call_begin (self, _vlive_scripted_fetch_window, FALSE,
                              evaluate_window, window_arrived, window, window_free,
                              cancellable, callback, user_data);
}

void
_vlive_scripted_count (VliveScriptedMaster *self,
                       VliveQuery *query,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  Window *window = window_new (self, query);

  window->counts = TRUE;
  self->counts.n_counts++;
  _vlive_scripted_call_begin (self, _vlive_scripted_count, FALSE, evaluate_window, NULL,
                              window, window_free, cancellable, callback, user_data);
}

/* NULL: there is none that could be addressed. */
static VliveRecord *
dup_record (VliveScriptedMaster *self, const char *id)
{
  guint every = self->knobs.nameless_every;
  guint64 version;

  if (every > 0)
    {
      VliveScriptedSpot spot = _vlive_scripted_rows_find (self->rows, id);

      if (spot == VLIVE_SCRIPTED_NO_SPOT
          || _vlive_scripted_is_nameless (every,
                                          _vlive_scripted_rows_get_serial (self->rows,
                                                                           spot)))
        return NULL;
    }

  return _vlive_scripted_rows_dup_by_id (self->rows, id, &version);
}

static void
evaluate_record (VliveScriptedMaster *self, GTask *task, gpointer data)
{
  VliveRecord *record = dup_record (self, data);

  _vlive_scripted_call_answer (task, record, (GDestroyNotify) vlive_record_unref,
                               record == NULL
                                   ? _vlive_scripted_not_found_error (self, data)
                                   : NULL);
}

void
_vlive_scripted_fetch_record (VliveScriptedMaster *self,
                              const char *id,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  self->counts.n_gets++;
  _vlive_scripted_call_begin (self, _vlive_scripted_fetch_record, FALSE,
                              evaluate_record, NULL, g_strdup (id), g_free, cancellable,
                              callback, user_data);
}

static void
evaluate_records (VliveScriptedMaster *self, GTask *task, gpointer data)
{
  char **ids = data;
  GPtrArray *records =
      g_ptr_array_new_with_free_func ((GDestroyNotify) vlive_record_unref);

  for (guint i = 0; ids[i] != NULL; i++)
    {
      VliveRecord *record = dup_record (self, ids[i]);

      if (record != NULL)
        g_ptr_array_add (records, record);
    }
  _vlive_scripted_call_answer (task, records, (GDestroyNotify) g_ptr_array_unref, NULL);
}

void
_vlive_scripted_fetch_records (VliveScriptedMaster *self,
                               const char *const *ids,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  self->counts.n_gets++;
  _vlive_scripted_call_begin (self, _vlive_scripted_fetch_records, FALSE,
                              evaluate_records, NULL, g_strdupv ((char **) ids),
                              (GDestroyNotify) g_strfreev, cancellable, callback,
                              user_data);
}
