/* vlive-description.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "master/vlive-description.h"

#include "base/vlive-error.h"
#include "record/vlive-schema.h"

/**
 * VliveDescription:
 *
 * What a master says of itself: its columns, as far as they are known, what it can
 * do, and which conditions and sort keys it takes. Immutable: a master that turns
 * out to refuse what it promised has another description from then on.
 *
 * Since: 0.1
 */

#define N_OPERATORS (VLIVE_OPERATOR_IS_NULL + 1)

struct _VliveDescription
{
  gatomicrefcount ref_count;
  VliveSchema *schema; /* owned, nullable */
  VliveCapabilities capabilities;
  guint operators;
  guint max_page;
  char **denied; /* owned: conditions and sort keys, as denied_name() has them */
};

G_DEFINE_BOXED_TYPE (VliveDescription,
                     vlive_description,
                     vlive_description_ref,
                     vlive_description_unref)

/* As they are written in a filter, for messages. */
static const char *const operator_names[N_OPERATORS] = {
  "=", "!=", "<", "<=", ">", ">=", "~", "one of", "is null",
};

/**
 * vlive_description_new:
 * @schema: (nullable): the columns, or %NULL when nothing has been seen yet
 * @capabilities: what the master can do
 * @operators: a bit (1 << #VliveOperator) for each operator it understands
 * @max_page: the most rows a window may have, or 0 if there is no such bound
 *
 * Creates what a master says of itself.
 *
 * Returns: (transfer full): a new description
 *
 * Since: 0.1
 */
VliveDescription *
vlive_description_new (VliveSchema *schema,
                       VliveCapabilities capabilities,
                       guint operators,
                       guint max_page)
{
  VliveDescription *self = g_new0 (VliveDescription, 1);

  g_atomic_ref_count_init (&self->ref_count);
  if (schema != NULL)
    self->schema = vlive_schema_ref (schema);
  self->capabilities = capabilities;
  self->operators = operators & ((1u << N_OPERATORS) - 1);
  self->max_page = max_page;
  self->denied = g_new0 (char *, 1);

  return self;
}

/**
 * vlive_description_ref:
 * @self: a description
 *
 * Takes a reference.
 *
 * Returns: (transfer full): @self
 *
 * Since: 0.1
 */
VliveDescription *
vlive_description_ref (VliveDescription *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

/**
 * vlive_description_unref:
 * @self: (transfer full): a description
 *
 * Drops a reference.
 *
 * Since: 0.1
 */
void
vlive_description_unref (VliveDescription *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_clear_pointer (&self->schema, vlive_schema_unref);
  g_strfreev (self->denied);
  g_free (self);
}

/**
 * vlive_description_get_schema:
 * @self: a description
 *
 * Gets the columns of the table.
 *
 * Returns: (transfer none) (nullable): the schema, or %NULL when nothing has
 *   been seen yet
 *
 * Since: 0.1
 */
VliveSchema *
vlive_description_get_schema (VliveDescription *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->schema;
}

/**
 * vlive_description_get_capabilities:
 * @self: a description
 *
 * Gets what the master can do.
 *
 * Returns: the capabilities
 *
 * Since: 0.1
 */
VliveCapabilities
vlive_description_get_capabilities (VliveDescription *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->capabilities;
}

/**
 * vlive_description_get_operators:
 * @self: a description
 *
 * Gets the operators that a condition may use.
 *
 * Returns: a bit (1 << #VliveOperator) for each of them
 *
 * Since: 0.1
 */
guint
vlive_description_get_operators (VliveDescription *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->operators;
}

/**
 * vlive_description_get_max_page:
 * @self: a description
 *
 * Gets the most rows that a window may have.
 *
 * Returns: the number, or 0 if there is no such bound
 *
 * Since: 0.1
 */
guint
vlive_description_get_max_page (VliveDescription *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->max_page;
}

/* @op: an operator, or -1 for a sort key. */
static char *
denied_name (const char *column, int op)
{
  return g_strdup_printf ("%d %s", op, column);
}

static gboolean
is_denied (VliveDescription *self, const char *column, int op)
{
  g_autofree char *name = denied_name (column, op);

  return g_strv_contains ((const char *const *) self->denied, name);
}

/* @denied: (transfer full) (nullable): one more. */
static VliveDescription *
copy_without (VliveDescription *self, char *denied)
{
  VliveDescription *copy = vlive_description_new (self->schema, self->capabilities,
                                                  self->operators, self->max_page);
  g_autoptr (GStrvBuilder) all = g_strv_builder_new ();
  g_autofree char *one_more = denied;

  g_strv_builder_addv (all, (const char **) self->denied);
  if (one_more != NULL
      && !g_strv_contains ((const char *const *) self->denied, one_more))
    g_strv_builder_add (all, one_more);
  g_strfreev (copy->denied);
  copy->denied = g_strv_builder_end (all);

  return copy;
}

/**
 * vlive_description_without:
 * @self: a description
 * @capabilities: what the master turned out not to be able to do
 * @operators: the operators that it turned out not to understand
 *
 * The description of a master that has been demoted: one that advertised
 * something and then refused or ignored it.
 *
 * Returns: (transfer full): a new description
 *
 * Since: 0.1
 */
VliveDescription *
vlive_description_without (VliveDescription *self,
                           VliveCapabilities capabilities,
                           guint operators)
{
  VliveDescription *other;

  g_return_val_if_fail (self != NULL, NULL);

  other = copy_without (self, NULL);
  other->capabilities &= ~capabilities;
  other->operators &= ~operators;
  if (other->operators == 0)
    other->capabilities &= ~VLIVE_CAN_FILTER;

  return other;
}

/**
 * vlive_description_without_condition:
 * @self: a description
 * @column: the column
 * @op: the operator
 *
 * The description of a master that turned out to ignore or refuse conditions
 * on one column with one operator.
 *
 * Returns: (transfer full): a new description
 *
 * Since: 0.1
 */
VliveDescription *
vlive_description_without_condition (VliveDescription *self,
                                     const char *column,
                                     VliveOperator op)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (column != NULL, NULL);

  return copy_without (self, denied_name (column, (int) op));
}

/**
 * vlive_description_without_sort:
 * @self: a description
 * @column: the column
 *
 * The description of a master that turned out to ignore or refuse one column
 * as a sort key.
 *
 * Returns: (transfer full): a new description
 *
 * Since: 0.1
 */
VliveDescription *
vlive_description_without_sort (VliveDescription *self, const char *column)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (column != NULL, NULL);

  return copy_without (self, denied_name (column, -1));
}

/**
 * vlive_description_with_schema:
 * @self: a description
 * @schema: (nullable): the columns
 *
 * The same description with other columns.
 *
 * Returns: (transfer full): a new description
 *
 * Since: 0.1
 */
VliveDescription *
vlive_description_with_schema (VliveDescription *self, VliveSchema *schema)
{
  VliveDescription *other;

  g_return_val_if_fail (self != NULL, NULL);

  other = copy_without (self, NULL);
  g_clear_pointer (&other->schema, vlive_schema_unref);
  if (schema != NULL)
    other->schema = vlive_schema_ref (schema);

  return other;
}

/**
 * vlive_description_with_max_page:
 * @self: a description
 * @max_page: the most rows that a window may have, or 0
 *
 * The same description with another bound on windows.
 *
 * Returns: (transfer full): a new description
 *
 * Since: 0.1
 */
VliveDescription *
vlive_description_with_max_page (VliveDescription *self, guint max_page)
{
  VliveDescription *other;

  g_return_val_if_fail (self != NULL, NULL);

  other = copy_without (self, NULL);
  other->max_page = max_page;

  return other;
}

/* A discovered schema grows with what is seen, so that only a declared one can
 * say that there is no such column. */
static gboolean
has_column (VliveDescription *self, const char *name, GError **error)
{
  if (self->schema == NULL || !vlive_schema_is_declared (self->schema)
      || vlive_schema_find_column (self->schema, name) != NULL)
    return TRUE;
  g_set_error (error, VLIVE_ERROR, VLIVE_ERROR_UNSUPPORTED,
               "This table has no column “%s”", name);

  return FALSE;
}

static gboolean
can_filter (VliveDescription *self, VliveQuery *query, GError **error)
{
  for (guint i = 0; i < vlive_query_get_n_conditions (query); i++)
    {
      const char *column = vlive_query_get_condition_column (query, i);
      VliveOperator op = vlive_query_get_condition_operator (query, i);

      if ((self->capabilities & VLIVE_CAN_FILTER) == 0)
        {
          g_set_error (error, VLIVE_ERROR, VLIVE_ERROR_UNSUPPORTED,
                       "This table cannot be filtered (by “%s”)", column);
          return FALSE;
        }
      if ((self->operators & (1u << op)) == 0)
        {
          g_set_error (error, VLIVE_ERROR, VLIVE_ERROR_UNSUPPORTED,
                       "This table cannot be filtered with “%s” (by “%s”)",
                       operator_names[op], column);
          return FALSE;
        }
      if (!has_column (self, column, error))
        return FALSE;
      if (is_denied (self, column, (int) op))
        {
          g_set_error (error, VLIVE_ERROR, VLIVE_ERROR_UNSUPPORTED,
                       "The server ignores the filter “%s” on “%s”", operator_names[op],
                       column);
          return FALSE;
        }
    }

  return TRUE;
}

static gboolean
can_sort (VliveDescription *self, VliveQuery *query, GError **error)
{
  guint n = vlive_query_get_n_sort_keys (query);

  if (n > 0 && (self->capabilities & VLIVE_CAN_SORT) == 0)
    {
      g_set_error (error, VLIVE_ERROR, VLIVE_ERROR_UNSUPPORTED,
                   "This table cannot be sorted (by “%s”)",
                   vlive_query_get_sort_column (query, 0));
      return FALSE;
    }
  if (n > 1 && (self->capabilities & VLIVE_CAN_SORT_MANY) == 0)
    {
      g_set_error (error, VLIVE_ERROR, VLIVE_ERROR_UNSUPPORTED,
                   "This table can be sorted by one column only, not by %u", n);
      return FALSE;
    }
  for (guint i = 0; i < n; i++)
    {
      const char *column = vlive_query_get_sort_column (query, i);

      if (!has_column (self, column, error))
        return FALSE;
      if (is_denied (self, column, -1))
        {
          g_set_error (error, VLIVE_ERROR, VLIVE_ERROR_UNSUPPORTED,
                       "The server does not sort by “%s”", column);
          return FALSE;
        }
    }

  return TRUE;
}

/**
 * vlive_description_can_query:
 * @self: a description
 * @query: a query
 * @error: return location for a reason that a person can read
 *
 * Tells whether the master can answer every clause of @query.
 *
 * Returns: %TRUE if it can; otherwise @error is %VLIVE_ERROR_UNSUPPORTED
 *
 * Since: 0.1
 */
gboolean
vlive_description_can_query (VliveDescription *self, VliveQuery *query, GError **error)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (query != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (!can_filter (self, query, error) || !can_sort (self, query, error))
    return FALSE;
  if (vlive_query_get_search (query) != NULL
      && (self->capabilities & VLIVE_CAN_SEARCH) == 0)
    {
      g_set_error_literal (error, VLIVE_ERROR, VLIVE_ERROR_UNSUPPORTED,
                           "This table cannot be searched");
      return FALSE;
    }

  return TRUE;
}
