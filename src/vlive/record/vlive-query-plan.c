/* vlive-query-plan.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "record/vlive-query-private.h"

#include <math.h>
#include <string.h>

/* So many layouts are remembered; a set of records rarely has more. */
#define N_LAYOUTS 4

typedef struct
{
  const char *column; /* of the query */
  VliveOperator op;
  GVariant *operand;  /* of the query, nullable: what @values borrows from */
  VliveValue *values; /* owned; one, or several for IN */
  gsize n_values;
  char *needle; /* owned, nullable: casefolded, for CONTAINS */
} Test;

/* Where the columns of the conditions and sort keys are in one layout. */
typedef struct
{
  VliveLayout *layout; /* owned, nullable */
  int *indexes;        /* owned: the conditions', then the sort keys' */
} Places;

struct _VliveQueryPlan
{
  VliveQuery *query; /* owned */
  Test *tests;       /* owned */
  guint n_tests;
  guint n_sorts;
  char *needle; /* owned, nullable: casefolded, of the search */
  Places places[N_LAYOUTS];
  guint next_place;
};

static void
test_init (Test *self, VliveQuery *query, guint index)
{
  self->column = vlive_query_get_condition_column (query, index);
  self->op = vlive_query_get_condition_operator (query, index);
  self->operand = vlive_query_get_condition_value (query, index);
  if (self->operand == NULL)
    return;

  self->n_values =
      self->op == VLIVE_OPERATOR_IN ? g_variant_n_children (self->operand) : 1;
  self->values = g_new0 (VliveValue, MAX (self->n_values, 1));
  if (self->op == VLIVE_OPERATOR_IN)
    for (gsize i = 0; i < self->n_values; i++)
      {
        g_autoptr (GVariant) child = g_variant_get_child_value (self->operand, i);

        _vlive_value_from_variant (child, &self->values[i]);
      }
  else
    _vlive_value_from_variant (self->operand, &self->values[0]);
  if (self->op == VLIVE_OPERATOR_CONTAINS)
    {
      g_autofree char *text = _vlive_value_to_text (&self->values[0]);

      self->needle = _vlive_text_casefold (text, -1);
    }
}

VliveQueryPlan *
_vlive_query_plan_new (VliveQuery *query)
{
  VliveQueryPlan *self = g_new0 (VliveQueryPlan, 1);
  const char *search = vlive_query_get_search (query);

  self->query = vlive_query_ref (query);
  self->n_tests = vlive_query_get_n_conditions (query);
  self->n_sorts = vlive_query_get_n_sort_keys (query);
  self->tests = g_new0 (Test, MAX (self->n_tests, 1));
  for (guint i = 0; i < self->n_tests; i++)
    test_init (&self->tests[i], query, i);
  if (search != NULL)
    self->needle = _vlive_text_casefold (search, -1);

  return self;
}

void
_vlive_query_plan_free (VliveQueryPlan *self)
{
  for (guint i = 0; i < self->n_tests; i++)
    {
      g_free (self->tests[i].values);
      g_free (self->tests[i].needle);
    }
  for (guint i = 0; i < N_LAYOUTS; i++)
    {
      g_clear_pointer (&self->places[i].layout, _vlive_layout_unref);
      g_free (self->places[i].indexes);
    }
  g_free (self->tests);
  g_free (self->needle);
  vlive_query_unref (self->query);
  g_free (self);
}

static const int *
learn_places (VliveQueryPlan *self, VliveLayout *layout)
{
  Places *places = &self->places[self->next_place];

  self->next_place = (self->next_place + 1) % N_LAYOUTS;
  g_clear_pointer (&places->layout, _vlive_layout_unref);
  places->layout = _vlive_layout_ref (layout);
  if (places->indexes == NULL)
    places->indexes = g_new (int, MAX (self->n_tests + self->n_sorts, 1));
  for (guint i = 0; i < self->n_tests; i++)
    places->indexes[i] = _vlive_layout_find (layout, self->tests[i].column);
  for (guint i = 0; i < self->n_sorts; i++)
    places->indexes[self->n_tests + i] =
        _vlive_layout_find (layout, vlive_query_get_sort_column (self->query, i));

  return places->indexes;
}

static const int *
find_places (VliveQueryPlan *self, VliveRecord *record)
{
  VliveLayout *layout = _vlive_record_get_layout (record);

  for (guint i = 0; i < N_LAYOUTS; i++)
    if (self->places[i].layout == layout)
      return self->places[i].indexes;

  return learn_places (self, layout);
}

static void
peek (VliveRecord *record, int index, VliveValue *value)
{
  if (index >= 0)
    _vlive_record_peek (record, (guint) index, value);
  else
    memset (value, 0, sizeof *value);
}

static gboolean
is_null (const VliveValue *value)
{
  return value->type == VLIVE_VALUE_NULL || value->type == VLIVE_VALUE_MISSING;
}

static gboolean
is_number (const VliveValue *value)
{
  return value->type == VLIVE_VALUE_INTEGER
         || (value->type == VLIVE_VALUE_DOUBLE && !isnan (value->real));
}

/* What is less or greater, only values of one kind can say. */
static gboolean
is_ordered (const VliveValue *a, const VliveValue *b)
{
  return (is_number (a) && is_number (b))
         || (a->type == b->type && a->type != VLIVE_VALUE_DOUBLE);
}

static gboolean
is_one_of (const Test *test, const VliveValue *value)
{
  for (gsize i = 0; i < test->n_values; i++)
    if (_vlive_value_equal (value, &test->values[i]))
      return TRUE;

  return FALSE;
}

static gboolean
test_order (const Test *test, const VliveValue *value)
{
  int order;

  if (!is_ordered (value, test->values))
    return FALSE;

  order = _vlive_value_compare (value, test->values, FALSE);
  switch (test->op)
    {
    case VLIVE_OPERATOR_LESS:
      return order < 0;
    case VLIVE_OPERATOR_LESS_EQUAL:
      return order <= 0;
    case VLIVE_OPERATOR_GREATER:
      return order > 0;
    case VLIVE_OPERATOR_GREATER_EQUAL:
      return order >= 0;
    case VLIVE_OPERATOR_EQUAL:
    case VLIVE_OPERATOR_NOT_EQUAL:
    case VLIVE_OPERATOR_CONTAINS:
    case VLIVE_OPERATOR_IN:
    case VLIVE_OPERATOR_IS_NULL:
    default:
      g_return_val_if_reached (FALSE);
    }
}

static gboolean
test_holds (const Test *test, const VliveValue *value)
{
  if (is_null (value))
    return test->op == VLIVE_OPERATOR_IS_NULL || test->op == VLIVE_OPERATOR_NOT_EQUAL;

  switch (test->op)
    {
    case VLIVE_OPERATOR_EQUAL:
    case VLIVE_OPERATOR_IN:
      return is_one_of (test, value);
    case VLIVE_OPERATOR_NOT_EQUAL:
      return !is_one_of (test, value);
    case VLIVE_OPERATOR_CONTAINS:
      return _vlive_value_contains (value, test->needle);
    case VLIVE_OPERATOR_IS_NULL:
      return FALSE;
    case VLIVE_OPERATOR_LESS:
    case VLIVE_OPERATOR_LESS_EQUAL:
    case VLIVE_OPERATOR_GREATER:
    case VLIVE_OPERATOR_GREATER_EQUAL:
    default:
      return test_order (test, value);
    }
}

static gboolean
search_finds (VliveQueryPlan *self, VliveRecord *record)
{
  guint n = _vlive_layout_get_n_names (_vlive_record_get_layout (record));

  for (guint i = 0; i < n; i++)
    {
      VliveValue value;

      _vlive_record_peek (record, i, &value);
      if (_vlive_value_contains (&value, self->needle))
        return TRUE;
    }

  return FALSE;
}

gboolean
_vlive_query_plan_matches (VliveQueryPlan *self, VliveRecord *record)
{
  const int *indexes = find_places (self, record);

  for (guint i = 0; i < self->n_tests; i++)
    {
      VliveValue value;

      peek (record, indexes[i], &value);
      if (!test_holds (&self->tests[i], &value))
        return FALSE;
    }

  return self->needle == NULL || search_finds (self, record);
}

int
_vlive_query_plan_compare (VliveQueryPlan *self, VliveRecord *a, VliveRecord *b)
{
  const int *in_a = find_places (self, a);
  const int *in_b = find_places (self, b);

  /* Learning the places of the second may have dropped those of the first. */
  if (self->n_sorts > 0 && find_places (self, a) != in_a)
    in_a = find_places (self, a);

  for (guint i = 0; i < self->n_sorts; i++)
    {
      VliveValue x;
      VliveValue y;
      int result;

      peek (a, in_a[self->n_tests + i], &x);
      peek (b, in_b[self->n_tests + i], &y);
      result = _vlive_value_compare (&x, &y,
                                     vlive_query_get_sort_descending (self->query, i));
      if (result != 0)
        return result;
    }

  return _vlive_id_compare (vlive_record_get_id (a), vlive_record_get_id (b));
}

/* The one decimal form that a number has as an id: no sign but "-", no zeros
 * in front. */
static gboolean
is_decimal (const char *id, gsize *n_digits)
{
  const char *digits = id + (id[0] == '-');

  *n_digits = strspn (digits, "0123456789");

  return *n_digits > 0 && digits[*n_digits] == '\0'
         && (digits[0] != '0' || strcmp (id, "0") == 0);
}

int
_vlive_id_compare (const char *a, const char *b)
{
  gboolean negative = a[0] == '-';
  gsize a_digits;
  gsize b_digits;
  gboolean a_number = is_decimal (a, &a_digits);
  gboolean b_number = is_decimal (b, &b_digits);
  int result;

  if (a_number != b_number)
    return a_number ? -1 : 1;
  if (!a_number)
    return strcmp (a, b);
  if (negative != (b[0] == '-'))
    return negative ? -1 : 1;

  if (a_digits != b_digits)
    result = a_digits < b_digits ? -1 : 1;
  else
    result = strcmp (a, b);

  return negative ? -result : result;
}
