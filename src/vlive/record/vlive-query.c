/* vlive-query.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "record/vlive-query-parts-private.h"

#include <string.h>

/**
 * VliveQuery:
 *
 * What to see of a table: conditions, all of which must hold, sort keys in
 * order of their weight, and a text to search for. Immutable; may be used on
 * any thread.
 *
 * Since: 0.1
 */
G_DEFINE_BOXED_TYPE (VliveQuery, vlive_query, vlive_query_ref, vlive_query_unref)

void
_vlive_condition_unref (gpointer data)
{
  VliveCondition *self = data;

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_free (self->column);
  g_clear_pointer (&self->value, g_variant_unref);
  g_free (self->key);
  g_free (self);
}

void
_vlive_sort_key_unref (gpointer data)
{
  VliveSortKey *self = data;

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_free (self->column);
  g_free (self);
}

/**
 * vlive_query_new:
 *
 * Makes the query of everything, in the order in which the master gives it.
 *
 * Returns: (transfer full): a new query
 *
 * Since: 0.1
 */
VliveQuery *
vlive_query_new (void)
{
  VliveQuery *self = g_new0 (VliveQuery, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->conditions = g_ptr_array_new_with_free_func (_vlive_condition_unref);
  self->sort_keys = g_ptr_array_new_with_free_func (_vlive_sort_key_unref);

  self->key = _vlive_query_make_key (self);

  return self;
}

/**
 * vlive_query_ref:
 * @self: a query
 *
 * Takes a reference.
 *
 * Returns: (transfer full): @self
 *
 * Since: 0.1
 */
VliveQuery *
vlive_query_ref (VliveQuery *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

/**
 * vlive_query_unref:
 * @self: (transfer full): a query
 *
 * Gives a reference back.
 *
 * Since: 0.1
 */
void
vlive_query_unref (VliveQuery *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_ptr_array_unref (self->conditions);
  g_ptr_array_unref (self->sort_keys);
  g_free (self->search);
  g_free (self->key);
  g_free (self);
}

/**
 * vlive_query_get_n_conditions:
 * @self: a query
 *
 * Gets the number of conditions.
 *
 * Returns: the number of conditions
 *
 * Since: 0.1
 */
guint
vlive_query_get_n_conditions (VliveQuery *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->conditions->len;
}

/**
 * vlive_query_get_condition_column:
 * @self: a query
 * @index: less than the number of conditions
 *
 * Gets the column that a condition asks.
 *
 * Returns: the column
 *
 * Since: 0.1
 */
const char *
vlive_query_get_condition_column (VliveQuery *self, guint index)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (index < self->conditions->len, NULL);

  return ((VliveCondition *) self->conditions->pdata[index])->column;
}

/**
 * vlive_query_get_condition_operator:
 * @self: a query
 * @index: less than the number of conditions
 *
 * Gets what a condition asks.
 *
 * Returns: the operator
 *
 * Since: 0.1
 */
VliveOperator
vlive_query_get_condition_operator (VliveQuery *self, guint index)
{
  g_return_val_if_fail (self != NULL, VLIVE_OPERATOR_EQUAL);
  g_return_val_if_fail (index < self->conditions->len, VLIVE_OPERATOR_EQUAL);

  return ((VliveCondition *) self->conditions->pdata[index])->op;
}

/**
 * vlive_query_get_condition_value:
 * @self: a query
 * @index: less than the number of conditions
 *
 * Gets the value that a condition compares with: `b`, `x`, `d`, `s` or `ay`,
 * or an array of type `av` of these for %VLIVE_OPERATOR_IN.
 *
 * Returns: (transfer none) (nullable): the value, or %NULL if the operator
 *   takes none
 *
 * Since: 0.1
 */
GVariant *
vlive_query_get_condition_value (VliveQuery *self, guint index)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (index < self->conditions->len, NULL);

  return ((VliveCondition *) self->conditions->pdata[index])->value;
}

/**
 * vlive_query_get_n_sort_keys:
 * @self: a query
 *
 * Gets the number of sort keys.
 *
 * Returns: the number of sort keys; 0 for the master's own order
 *
 * Since: 0.1
 */
guint
vlive_query_get_n_sort_keys (VliveQuery *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->sort_keys->len;
}

/**
 * vlive_query_get_sort_column:
 * @self: a query
 * @index: less than the number of sort keys
 *
 * Gets the column of a sort key.
 *
 * Returns: the column
 *
 * Since: 0.1
 */
const char *
vlive_query_get_sort_column (VliveQuery *self, guint index)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (index < self->sort_keys->len, NULL);

  return ((VliveSortKey *) self->sort_keys->pdata[index])->column;
}

/**
 * vlive_query_get_sort_descending:
 * @self: a query
 * @index: less than the number of sort keys
 *
 * Gets the direction of a sort key.
 *
 * Returns: whether it goes from the greatest to the least
 *
 * Since: 0.1
 */
gboolean
vlive_query_get_sort_descending (VliveQuery *self, guint index)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (index < self->sort_keys->len, FALSE);

  return ((VliveSortKey *) self->sort_keys->pdata[index])->descending;
}

/**
 * vlive_query_get_search:
 * @self: a query
 *
 * Gets the text that is searched for.
 *
 * Returns: (nullable): the text, or %NULL for none
 *
 * Since: 0.1
 */
const char *
vlive_query_get_search (VliveQuery *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->search;
}

/**
 * vlive_query_get_key:
 * @self: a query
 *
 * Gets a text that names the query: equal queries have equal keys, different
 * ones different keys. The order of the conditions does not matter.
 *
 * Returns: the key; "" for the query of everything
 *
 * Since: 0.1
 */
const char *
vlive_query_get_key (VliveQuery *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->key;
}

/**
 * vlive_query_equal:
 * @self: a query
 * @other: another
 *
 * Compares two queries.
 *
 * Returns: whether they ask for the same
 *
 * Since: 0.1
 */
gboolean
vlive_query_equal (VliveQuery *self, VliveQuery *other)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (other != NULL, FALSE);

  return strcmp (self->key, other->key) == 0;
}

/**
 * vlive_query_depends_on:
 * @self: a query
 * @column: a column
 *
 * Tells whether a change in @column can change which records the query finds
 * or their order. Under a search any column can.
 *
 * Returns: whether it can
 *
 * Since: 0.1
 */
gboolean
vlive_query_depends_on (VliveQuery *self, const char *column)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (column != NULL, FALSE);

  if (self->search != NULL)
    return TRUE;
  for (guint i = 0; i < self->conditions->len; i++)
    if (strcmp (((VliveCondition *) self->conditions->pdata[i])->column, column) == 0)
      return TRUE;
  for (guint i = 0; i < self->sort_keys->len; i++)
    if (strcmp (((VliveSortKey *) self->sort_keys->pdata[i])->column, column) == 0)
      return TRUE;

  return FALSE;
}
