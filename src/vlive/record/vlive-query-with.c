/* vlive-query-with.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "record/vlive-query-parts-private.h"

#include <math.h>
#include <string.h>

#include "base/vlive-error.h"

static gpointer
condition_ref (gconstpointer data, gpointer user_data)
{
  VliveCondition *self = (VliveCondition *) data;

  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

static gpointer
sort_key_ref (gconstpointer data, gpointer user_data)
{
  VliveSortKey *self = (VliveSortKey *) data;

  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

/* A copy without a key, to be changed and then given one. */
static VliveQuery *
query_copy (VliveQuery *self)
{
  VliveQuery *copy = g_new0 (VliveQuery, 1);

  g_atomic_ref_count_init (&copy->ref_count);
  copy->conditions =
      g_ptr_array_copy (self->conditions, (GCopyFunc) condition_ref, NULL);
  copy->sort_keys = g_ptr_array_copy (self->sort_keys, (GCopyFunc) sort_key_ref, NULL);
  copy->search = g_strdup (self->search);

  return copy;
}

static VliveQuery *
query_end (VliveQuery *self)
{
  self->key = _vlive_query_make_key (self);

  return self;
}

static gboolean
invalid (GError **error, const char *column, const char *why)
{
  g_set_error (error, VLIVE_ERROR, VLIVE_ERROR_INVALID, "VliveCondition on “%s”: %s",
               column, why);

  return FALSE;
}

/* One value that a field can have; sets @leaf to it, without boxes. */
static gboolean
check_value (const char *column, GVariant *variant, GVariant **leaf, GError **error)
{
  VliveValue value;

  if (!_vlive_value_from_variant (variant, &value))
    return invalid (error, column, "no field can have such a value");
  if (value.type == VLIVE_VALUE_NULL)
    return invalid (error, column, "null is asked for with its own operator");
  if (value.type == VLIVE_VALUE_DOUBLE && isnan (value.real))
    return invalid (error, column, "not a number");
  *leaf = g_variant_ref_sink (_vlive_value_to_variant (&value));

  return TRUE;
}

static gboolean
check_set (const char *column, GVariant *variant, GVariant **set, GError **error)
{
  GVariantBuilder builder;

  if (!g_variant_is_of_type (variant, G_VARIANT_TYPE_ARRAY)
      || g_variant_is_of_type (variant, G_VARIANT_TYPE_DICTIONARY))
    return invalid (error, column, "a list of values is needed");

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("av"));
  for (gsize i = 0; i < g_variant_n_children (variant); i++)
    {
      g_autoptr (GVariant) child = g_variant_get_child_value (variant, i);
      g_autoptr (GVariant) leaf = NULL;

      if (!check_value (column, child, &leaf, error))
        {
          g_variant_builder_clear (&builder);
          return FALSE;
        }
      g_variant_builder_add (&builder, "v", leaf);
    }
  *set = g_variant_ref_sink (g_variant_builder_end (&builder));

  return TRUE;
}

static gboolean
check_operand (const char *column,
               VliveOperator op,
               GVariant *value,
               GVariant **operand,
               GError **error)
{
  if (op == VLIVE_OPERATOR_IS_NULL)
    return value == NULL || invalid (error, column, "to be null takes no value");
  if (value == NULL)
    return invalid (error, column, "a value is needed");
  if (op == VLIVE_OPERATOR_IN)
    return check_set (column, value, operand, error);

  return check_value (column, value, operand, error);
}

static gboolean
has_equality (VliveQuery *self, const char *column)
{
  for (guint i = 0; i < self->conditions->len; i++)
    {
      VliveCondition *condition = self->conditions->pdata[i];

      if (condition->op == VLIVE_OPERATOR_EQUAL
          && strcmp (condition->column, column) == 0)
        return TRUE;
    }

  return FALSE;
}

static gboolean
has_key (VliveQuery *self, const char *key)
{
  for (guint i = 0; i < self->conditions->len; i++)
    if (strcmp (((VliveCondition *) self->conditions->pdata[i])->key, key) == 0)
      return TRUE;

  return FALSE;
}

/**
 * vlive_query_with_condition:
 * @self: a query
 * @column: the column that is asked
 * @op: what it is asked
 * @value: (nullable): the value to compare with: a boolean, number, text or
 *   bytes; an array of them for %VLIVE_OPERATOR_IN; %NULL for
 *   %VLIVE_OPERATOR_IS_NULL. A floating reference is consumed
 * @error: return location
 *
 * Adds a condition. A condition that is there already changes nothing. Two
 * equalities on one column are refused, since servers take them for “or”.
 *
 * Returns: (transfer full): a new query, or %NULL with @error set
 *
 * Since: 0.1
 */
VliveQuery *
vlive_query_with_condition (VliveQuery *self,
                            const char *column,
                            VliveOperator op,
                            GVariant *value,
                            GError **error)
{
  g_autoptr (GVariant) sunk = NULL;
  g_autoptr (GVariant) operand = NULL;
  VliveCondition *condition;
  VliveQuery *copy;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (column != NULL, NULL);
  g_return_val_if_fail (op >= VLIVE_OPERATOR_EQUAL && op <= VLIVE_OPERATOR_IS_NULL,
                        NULL);

  if (value != NULL)
    sunk = g_variant_ref_sink (value);
  if (column[0] == '\0' || !g_utf8_validate (column, -1, NULL))
    {
      g_set_error_literal (error, VLIVE_ERROR, VLIVE_ERROR_INVALID,
                           "A condition needs a column");
      return NULL;
    }
  if (!check_operand (column, op, sunk, &operand, error))
    return NULL;

  condition = g_new0 (VliveCondition, 1);
  g_atomic_ref_count_init (&condition->ref_count);
  condition->column = g_strdup (column);
  condition->op = op;
  condition->value = g_steal_pointer (&operand);
  condition->key = _vlive_condition_make_key (condition);
  if (has_key (self, condition->key))
    {
      _vlive_condition_unref (condition);
      return vlive_query_ref (self);
    }
  if (op == VLIVE_OPERATOR_EQUAL && has_equality (self, column))
    {
      _vlive_condition_unref (condition);
      invalid (error, column, "two equalities on one column");
      return NULL;
    }
  copy = query_copy (self);
  g_ptr_array_add (copy->conditions, condition);

  return query_end (copy);
}

/**
 * vlive_query_with_sort:
 * @self: a query
 * @column: the column to sort by
 * @descending: from the greatest to the least
 *
 * Adds a sort key, which decides where those before it find no difference. A
 * column that is sorted by already changes nothing.
 *
 * Returns: (transfer full): a new query
 *
 * Since: 0.1
 */
VliveQuery *
vlive_query_with_sort (VliveQuery *self, const char *column, gboolean descending)
{
  VliveSortKey *sort;
  VliveQuery *copy;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (column != NULL && column[0] != '\0', NULL);

  for (guint i = 0; i < self->sort_keys->len; i++)
    if (strcmp (((VliveSortKey *) self->sort_keys->pdata[i])->column, column) == 0)
      return vlive_query_ref (self);

  sort = g_new0 (VliveSortKey, 1);
  g_atomic_ref_count_init (&sort->ref_count);
  sort->column = g_strdup (column);
  sort->descending = descending != FALSE;
  copy = query_copy (self);
  g_ptr_array_add (copy->sort_keys, sort);

  return query_end (copy);
}

/**
 * vlive_query_with_search:
 * @self: a query
 * @text: (nullable): the text to search for; %NULL and "" for none
 *
 * Replaces the text that is searched for in all fields.
 *
 * Returns: (transfer full): a new query
 *
 * Since: 0.1
 */
VliveQuery *
vlive_query_with_search (VliveQuery *self, const char *text)
{
  VliveQuery *copy;

  g_return_val_if_fail (self != NULL, NULL);

  copy = query_copy (self);
  g_clear_pointer (&copy->search, g_free);
  if (text != NULL && text[0] != '\0')
    copy->search = g_strdup (text);

  return query_end (copy);
}
