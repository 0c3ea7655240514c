/* vlive-rest-verify.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "master/vlive-rest-query-private.h"

#include <string.h>

#include "record/vlive-record-private.h"

/*
 * A server that does not know a parameter answers as if it were not there:
 * more rows, or in another order, with a 200. What its rows show is believed
 * more than the profile. A row is taken for a proof only where no reading of
 * the condition could have let it pass: servers compare texts with numbers,
 * and know no types of ours.
 */

static gboolean
is_null (const VliveValue *value)
{
  return value->type == VLIVE_VALUE_NULL || value->type == VLIVE_VALUE_MISSING;
}

static gboolean
is_number (const VliveValue *value)
{
  return value->type == VLIVE_VALUE_INTEGER || value->type == VLIVE_VALUE_DOUBLE;
}

static gboolean
equals (const VliveValue *field, const VliveValue *wanted)
{
  g_autofree char *field_text = NULL;
  g_autofree char *wanted_text = NULL;

  if (_vlive_value_equal (field, wanted))
    return TRUE;
  field_text = _vlive_value_to_text (field);
  wanted_text = _vlive_value_to_text (wanted);

  return g_ascii_strcasecmp (field_text, wanted_text) == 0;
}

/* < 0, 0 or > 0; 0 if the two cannot be compared here. */
static int
compare (const VliveValue *field, const VliveValue *wanted)
{
  VliveValue number;

  if (is_number (field) && wanted->type == VLIVE_VALUE_TEXT)
    {
      if (!_vlive_value_from_text (wanted->text, VLIVE_VALUE_DOUBLE, &number, NULL))
        return 0;
      return _vlive_value_compare (field, &number, FALSE);
    }
  if (is_number (field) != is_number (wanted) || field->type == VLIVE_VALUE_BOOLEAN)
    return 0;

  return _vlive_value_compare (field, wanted, FALSE);
}

static gboolean
is_one_of (const VliveValue *field, GVariant *values)
{
  for (gsize i = 0; i < g_variant_n_children (values); i++)
    {
      g_autoptr (GVariant) child = g_variant_get_child_value (values, i);
      VliveValue wanted;

      if (!_vlive_value_from_variant (child, &wanted) || equals (field, &wanted))
        return TRUE;
    }

  return FALSE;
}

static gboolean
contains (const VliveValue *field, const VliveValue *wanted)
{
  g_autofree char *text = _vlive_value_to_text (wanted);
  g_autofree char *folded = _vlive_text_casefold (text, -1);

  return _vlive_value_contains (field, folded);
}

static gboolean
could_match (const VliveValue *field, VliveOperator op, GVariant *variant)
{
  VliveValue wanted = VLIVE_VALUE_INIT_NULL;

  if (op == VLIVE_OPERATOR_IS_NULL)
    return is_null (field);
  if (op == VLIVE_OPERATOR_IN)
    return !is_null (field) && is_one_of (field, variant);
  if (!_vlive_value_from_variant (variant, &wanted))
    return TRUE;
  if (op == VLIVE_OPERATOR_NOT_EQUAL)
    return is_null (field) || !_vlive_value_equal (field, &wanted);
  if (is_null (field))
    return FALSE;

  switch (op)
    {
    case VLIVE_OPERATOR_LESS:
    case VLIVE_OPERATOR_LESS_EQUAL:
      return compare (field, &wanted) <= 0;
    case VLIVE_OPERATOR_GREATER:
    case VLIVE_OPERATOR_GREATER_EQUAL:
      return compare (field, &wanted) >= 0;
    case VLIVE_OPERATOR_CONTAINS:
      return contains (field, &wanted);
    case VLIVE_OPERATOR_EQUAL:
    case VLIVE_OPERATOR_NOT_EQUAL:
    case VLIVE_OPERATOR_IN:
    case VLIVE_OPERATOR_IS_NULL:
    default:
      return equals (field, &wanted);
    }
}

static gboolean
is_condition_ignored (VliveQuery *query,
                      guint index,
                      VliveRecord *const *records,
                      guint n)
{
  const char *column = vlive_query_get_condition_column (query, index);
  VliveOperator op = vlive_query_get_condition_operator (query, index);
  GVariant *variant = vlive_query_get_condition_value (query, index);

  for (guint i = 0; i < n; i++)
    {
      VliveValue field;

      _vlive_record_peek_name (records[i], column, &field);
      if (!could_match (&field, op, variant))
        return TRUE;
    }

  return FALSE;
}

static gboolean
has_column (VliveSchema *schema,
            const char *column,
            VliveRecord *const *records,
            guint n)
{
  VliveValue field;

  if (schema != NULL && vlive_schema_find_column (schema, column) != NULL)
    return TRUE;
  for (guint i = 0; i < n; i++)
    if (_vlive_record_peek_name (records[i], column, &field))
      return TRUE;

  return FALSE;
}

/* Of numbers the order is the same everywhere; texts are left alone. */
static gboolean
is_sort_ignored (VliveQuery *query,
                 VliveSchema *schema,
                 VliveRecord *const *records,
                 guint n)
{
  const char *column = vlive_query_get_sort_column (query, 0);
  gboolean descending = vlive_query_get_sort_descending (query, 0);
  VliveValue last = VLIVE_VALUE_INIT_NULL;

  if (n > 0 && !has_column (schema, column, records, n))
    return TRUE;
  for (guint i = 0; i < n; i++)
    {
      VliveValue field;

      _vlive_record_peek_name (records[i], column, &field);
      if (is_number (&field) && is_number (&last)
          && _vlive_value_compare (&last, &field, descending) > 0)
        return TRUE;
      last = field;
    }

  return FALSE;
}

static gboolean
is_search_ignored (VliveQuery *query, VliveRecord *const *records, guint n)
{
  g_autofree char *needle = _vlive_text_casefold (vlive_query_get_search (query), -1);

  for (guint i = 0; i < n; i++)
    for (guint j = 0; j < vlive_record_get_n_fields (records[i]); j++)
      {
        VliveValue field;

        _vlive_record_peek (records[i], j, &field);
        if (_vlive_value_contains (&field, needle))
          return FALSE;
      }

  return n > 0;
}

VliveClause
_vlive_rest_find_ignored (VliveProfile *profile,
                          VliveQuery *query,
                          VliveSchema *schema,
                          VliveRecord *const *records,
                          guint n_records,
                          guint *index)
{
  for (guint i = 0; i < vlive_query_get_n_conditions (query); i++)
    if (is_condition_ignored (query, i, records, n_records))
      {
        *index = i;
        return VLIVE_CLAUSE_CONDITION;
      }
  *index = 0;
  if (vlive_query_get_n_sort_keys (query) > 0
      && is_sort_ignored (query, schema, records, n_records))
    return VLIVE_CLAUSE_SORT;
  if (vlive_query_get_search (query) != NULL && profile->search_verified
      && is_search_ignored (query, records, n_records))
    return VLIVE_CLAUSE_SEARCH;

  return VLIVE_CLAUSE_NONE;
}
