/* vlive-scripted-order.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "master/vlive-scripted-order-private.h"

/* A written row is placed among the computed ones by looking at so many. */
#define N_LOOKS 10

guint _vlive_scripted_max_inline = 1000;

/* A row that was written, between the computed ones. */
typedef struct
{
  guint64 n_before; /* computed rows of the order that are in front of it */
  guint64 boundary; /* where it stands among all computed rows */
  guint nth;        /* among those with one boundary */
  VliveScriptedSpot spot;
  VliveRecord *record; /* owned while the seats are made */
} Seat;

typedef struct
{
  VliveScriptedSpot spot;
  VliveRecord *record; /* owned */
} Found;

static gboolean
operator_grows (VliveOperator op)
{
  return op == VLIVE_OPERATOR_EQUAL || op == VLIVE_OPERATOR_LESS
         || op == VLIVE_OPERATOR_LESS_EQUAL || op == VLIVE_OPERATOR_GREATER
         || op == VLIVE_OPERATOR_GREATER_EQUAL;
}

gboolean
_vlive_scripted_query_grows (VliveQuery *query)
{
  if (vlive_query_get_search (query) != NULL || vlive_query_get_n_sort_keys (query) > 1)
    return FALSE;
  for (guint i = 0; i < vlive_query_get_n_conditions (query); i++)
    if (!operator_grows (vlive_query_get_condition_operator (query, i))
        || !_vlive_scripted_column_grows (vlive_query_get_condition_column (query, i)))
      return FALSE;

  return vlive_query_get_n_sort_keys (query) == 0
         || _vlive_scripted_column_grows (vlive_query_get_sort_column (query, 0));
}

VliveScriptedOrder *
_vlive_scripted_order_new (VliveScriptedRows *rows, VliveQuery *query)
{
  VliveScriptedOrder *self = g_new0 (VliveScriptedOrder, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->rows = _vlive_scripted_rows_ref (rows);
  self->query = vlive_query_ref (query);
  self->natural = vlive_query_get_key (query)[0] == '\0';
  self->grows = rows->n_computed > 0 && _vlive_scripted_query_grows (query);
  self->built = self->natural;
  self->skipped = g_array_new (FALSE, FALSE, sizeof (guint64));
  self->seats = g_array_new (FALSE, FALSE, sizeof (Seat));
  self->spots = g_array_new (FALSE, FALSE, sizeof (VliveScriptedSpot));

  return self;
}

VliveScriptedOrder *
_vlive_scripted_order_ref (VliveScriptedOrder *self)
{
  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

void
_vlive_scripted_order_unref (VliveScriptedOrder *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  _vlive_scripted_rows_unref (self->rows);
  vlive_query_unref (self->query);
  g_array_unref (self->skipped);
  g_array_unref (self->seats);
  g_array_unref (self->spots);
  g_free (self);
}

gboolean
_vlive_scripted_order_is_work (VliveScriptedOrder *self)
{
  if (self->natural)
    return FALSE;
  if (self->grows)
    return g_hash_table_size (self->rows->written)
           > _vlive_scripted_max_inline / N_LOOKS;

  return _vlive_scripted_rows_count (self->rows) > _vlive_scripted_max_inline;
}

/* The first index, in what has been made so far, at which @test changes. */
static guint64
find_edge (VliveScriptedOrder *self,
           gboolean (*test) (VliveQueryPlan *plan, VliveRecord *record, gpointer data),
           VliveQueryPlan *plan,
           gpointer data)
{
  g_autoptr (VliveRecordBuilder) builder =
      _vlive_record_builder_new (self->rows->layout);
  guint columns = 1u << VLIVE_SCRIPTED_ID | 1u << VLIVE_SCRIPTED_NUMBER;
  guint64 low = self->low;
  guint64 high = self->high;

  while (low < high)
    {
      guint64 middle = low + (high - low) / 2;
      g_autoptr (VliveRecord) record =
          _vlive_scripted_make (builder, self->rows->seed, middle, columns);

      if (test (plan, record, data))
        low = middle + 1;
      else
        high = middle;
    }

  return low;
}

static gboolean
matches (VliveQueryPlan *plan, VliveRecord *record, gpointer data)
{
  return _vlive_query_plan_matches (plan, record);
}

static gboolean
does_not_match (VliveQueryPlan *plan, VliveRecord *record, gpointer data)
{
  return !_vlive_query_plan_matches (plan, record);
}

static gboolean
is_before (VliveQueryPlan *plan, VliveRecord *record, gpointer data)
{
  return _vlive_query_plan_compare (plan, record, data) < 0;
}

static gboolean
is_behind (VliveQueryPlan *plan, VliveRecord *record, gpointer data)
{
  return _vlive_query_plan_compare (plan, record, data) > 0;
}

/* The query with one condition alone, and perhaps another operator. */
static VliveQueryPlan *
plan_condition (VliveQuery *query, guint index, VliveOperator op)
{
  g_autoptr (VliveQuery) everything = vlive_query_new ();
  g_autoptr (VliveQuery) one = NULL;

  one =
      vlive_query_with_condition (everything,
                                  vlive_query_get_condition_column (query, index), op,
                                  vlive_query_get_condition_value (query, index), NULL);
  g_assert (one != NULL);

  return _vlive_query_plan_new (one);
}

/* Of an ordered column a comparison holds for the first rows or for the last;
 * which, and for which, the one predicate says. */
static void
narrow (VliveScriptedOrder *self, guint index)
{
  VliveOperator op = vlive_query_get_condition_operator (self->query, index);
  g_autoptr (VliveQueryPlan) plan = plan_condition (self->query, index, op);

  switch (op)
    {
    case VLIVE_OPERATOR_LESS:
    case VLIVE_OPERATOR_LESS_EQUAL:
      self->high = find_edge (self, matches, plan, NULL);
      break;
    case VLIVE_OPERATOR_GREATER:
    case VLIVE_OPERATOR_GREATER_EQUAL:
      self->low = find_edge (self, does_not_match, plan, NULL);
      break;
    case VLIVE_OPERATOR_EQUAL:
      {
        g_autoptr (VliveQueryPlan) less =
            plan_condition (self->query, index, VLIVE_OPERATOR_LESS);

        self->low = find_edge (self, matches, less, NULL);
        self->high = MIN (self->high, self->low + 1);
        self->high = find_edge (self, matches, plan, NULL);
        break;
      }
    case VLIVE_OPERATOR_NOT_EQUAL:
    case VLIVE_OPERATOR_CONTAINS:
    case VLIVE_OPERATOR_IN:
    case VLIVE_OPERATOR_IS_NULL:
    default:
      g_assert_not_reached ();
    }
}

static int
compare_numbers (gconstpointer a, gconstpointer b)
{
  guint64 x = *(const guint64 *) a;
  guint64 y = *(const guint64 *) b;

  return (x > y) - (x < y);
}

/* The computed rows that are not what they were computed to be. */
static void
collect_skipped (VliveScriptedOrder *self)
{
  GHashTableIter iter;
  gpointer value;

  g_array_append_vals (self->skipped, self->rows->gone->data, self->rows->gone->len);
  g_hash_table_iter_init (&iter, self->rows->written);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (!((VliveScriptedWritten *) value)->extra)
      g_array_append_val (self->skipped, ((VliveScriptedWritten *) value)->index);
  g_array_sort (self->skipped, compare_numbers);
}

/* The computed rows of the order from @from up to @to. */
static guint64
count_between (VliveScriptedOrder *self, guint64 from, guint64 to)
{
  if (to <= from)
    return 0;

  return to - from
         - (_vlive_scripted_rank (self->skipped, to)
            - _vlive_scripted_rank (self->skipped, from));
}

static void
add_seat (VliveScriptedOrder *self,
          VliveQueryPlan *plan,
          VliveScriptedWritten *written,
          const Seat *like)
{
  Seat seat = *like;
  guint64 edge;

  if (!_vlive_query_plan_matches (plan, written->record))
    return;
  seat.record = vlive_record_ref (written->record);
  if (vlive_query_get_n_sort_keys (self->query) == 0)
    seat.n_before =
        count_between (self, self->low, CLAMP (seat.boundary, self->low, self->high));
  else if (!self->descending)
    {
      edge = find_edge (self, is_before, plan, written->record);
      seat.n_before = count_between (self, self->low, edge);
    }
  else
    {
      edge = find_edge (self, is_behind, plan, written->record);
      seat.n_before = count_between (self, edge, self->high);
    }
  g_array_append_val (self->seats, seat);
}

static int
compare_seats (gconstpointer a, gconstpointer b, gpointer plan)
{
  const Seat *x = a;
  const Seat *y = b;

  if (plan != NULL)
    return _vlive_query_plan_compare (plan, x->record, y->record);
  if (x->boundary != y->boundary)
    return x->boundary < y->boundary ? -1 : 1;

  return (x->nth > y->nth) - (x->nth < y->nth);
}

static void
collect_seats (VliveScriptedOrder *self, VliveQueryPlan *plan)
{
  VliveScriptedRows *rows = self->rows;
  GHashTableIter iter;
  gpointer value;

  for (guint i = 0; i < rows->extras->len; i++)
    {
      VliveScriptedExtra *extra = &g_array_index (rows->extras, VliveScriptedExtra, i);
      Seat seat = { .boundary = extra->boundary, .nth = i };

      seat.spot = VLIVE_SCRIPTED_EXTRA | i;
      add_seat (self, plan, g_hash_table_lookup (rows->written, extra->id), &seat);
    }
  g_hash_table_iter_init (&iter, rows->written);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      VliveScriptedWritten *written = value;
      /* Behind the extra rows with the same boundary. */
      Seat seat = { .boundary = written->index, .nth = G_MAXUINT };

      seat.spot = written->index;
      if (!written->extra)
        add_seat (self, plan, written, &seat);
    }
}

static void
build_by_arithmetic (VliveScriptedOrder *self)
{
  g_autoptr (VliveQueryPlan) plan = _vlive_query_plan_new (self->query);
  gboolean sorts = vlive_query_get_n_sort_keys (self->query) > 0;

  self->high = self->rows->n_computed;
  self->descending = sorts && vlive_query_get_sort_descending (self->query, 0);
  for (guint i = 0; i < vlive_query_get_n_conditions (self->query); i++)
    narrow (self, i);
  collect_skipped (self);
  collect_seats (self, plan);
  g_array_sort_with_data (self->seats, compare_seats, sorts ? plan : NULL);
  for (guint i = 0; i < self->seats->len; i++)
    g_clear_pointer (&g_array_index (self->seats, Seat, i).record, vlive_record_unref);
}

static guint
add_column (guint columns, const char *name)
{
  int column = _vlive_scripted_find_column (name);

  return column >= 0 ? columns | 1u << column : columns;
}

/* What has to be computed of a row to filter and sort it. */
static guint
needed_columns (VliveQuery *query)
{
  guint columns = 0;

  if (vlive_query_get_search (query) != NULL)
    return VLIVE_SCRIPTED_ALL_COLUMNS;
  for (guint i = 0; i < vlive_query_get_n_conditions (query); i++)
    columns = add_column (columns, vlive_query_get_condition_column (query, i));
  for (guint i = 0; i < vlive_query_get_n_sort_keys (query); i++)
    columns = add_column (columns, vlive_query_get_sort_column (query, i));

  return columns;
}

static void
found_clear (gpointer data)
{
  vlive_record_unref (((Found *) data)->record);
}

static int
compare_found (gconstpointer a, gconstpointer b, gpointer plan)
{
  return _vlive_query_plan_compare (plan, ((const Found *) a)->record,
                                    ((const Found *) b)->record);
}

static void
build_by_looking (VliveScriptedOrder *self)
{
  g_autoptr (VliveQueryPlan) plan = _vlive_query_plan_new (self->query);
  g_autoptr (VliveRecordBuilder) builder =
      _vlive_record_builder_new (self->rows->layout);
  g_autoptr (GArray) all = g_array_new (FALSE, FALSE, sizeof (Found));
  gboolean sorts = vlive_query_get_n_sort_keys (self->query) > 0;
  guint64 count = _vlive_scripted_rows_count (self->rows);
  guint columns = needed_columns (self->query);

  g_array_set_clear_func (all, found_clear);
  for (guint64 i = 0; i < count; i++)
    {
      Found found = { .spot = _vlive_scripted_rows_at (self->rows, i) };
      g_autoptr (VliveRecord) record =
          _vlive_scripted_rows_dup (self->rows, found.spot, builder, columns);

      if (!_vlive_query_plan_matches (plan, record))
        continue;
      if (sorts)
        {
          found.record = g_steal_pointer (&record);
          g_array_append_val (all, found);
        }
      else
        g_array_append_val (self->spots, found.spot);
    }
  if (sorts)
    g_array_sort_with_data (all, compare_found, plan);
  for (guint i = 0; i < all->len; i++)
    g_array_append_val (self->spots, g_array_index (all, Found, i).spot);
}

void
_vlive_scripted_order_build (VliveScriptedOrder *self)
{
  if (self->built)
    return;
  if (self->grows)
    build_by_arithmetic (self);
  else
    build_by_looking (self);
  self->built = TRUE;
}

guint64
_vlive_scripted_order_count (VliveScriptedOrder *self)
{
  if (self->natural)
    return _vlive_scripted_rows_count (self->rows);
  if (self->grows)
    return count_between (self, self->low, self->high) + self->seats->len;

  return self->spots->len;
}

static VliveScriptedSpot
at_by_arithmetic (VliveScriptedOrder *self, guint64 position)
{
  guint low = 0;
  guint high = self->seats->len;
  guint64 nth;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (g_array_index (self->seats, Seat, middle).n_before + middle < position)
        low = middle + 1;
      else
        high = middle;
    }
  if (low < self->seats->len
      && g_array_index (self->seats, Seat, low).n_before + low == position)
    return g_array_index (self->seats, Seat, low).spot;
  nth = position - low;
  if (self->descending)
    nth = count_between (self, self->low, self->high) - 1 - nth;

  return _vlive_scripted_select (self->skipped, self->low, nth);
}

VliveScriptedSpot
_vlive_scripted_order_at (VliveScriptedOrder *self, guint64 position)
{
  g_assert (position < _vlive_scripted_order_count (self));

  if (self->natural)
    return _vlive_scripted_rows_at (self->rows, position);
  if (self->grows)
    return at_by_arithmetic (self, position);

  return g_array_index (self->spots, VliveScriptedSpot, position);
}
