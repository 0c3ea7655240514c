/* vlive-query-variant.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "record/vlive-query-private.h"

#include "base/vlive-error.h"

#define QUERY_TYPE "(a(sumv)a(sb)s)"

/* Conditions, sort keys, search text. Not floating. */
GVariant *
_vlive_query_to_variant (VliveQuery *self)
{
  const char *search = vlive_query_get_search (self);
  GVariantBuilder conditions;
  GVariantBuilder sorts;

  g_variant_builder_init (&conditions, G_VARIANT_TYPE ("a(sumv)"));
  for (guint i = 0; i < vlive_query_get_n_conditions (self); i++)
    g_variant_builder_add (&conditions, "(sumv)",
                           vlive_query_get_condition_column (self, i),
                           (guint32) vlive_query_get_condition_operator (self, i),
                           vlive_query_get_condition_value (self, i));
  g_variant_builder_init (&sorts, G_VARIANT_TYPE ("a(sb)"));
  for (guint i = 0; i < vlive_query_get_n_sort_keys (self); i++)
    g_variant_builder_add (&sorts, "(sb)", vlive_query_get_sort_column (self, i),
                           vlive_query_get_sort_descending (self, i));

  return g_variant_ref_sink (
      g_variant_new (QUERY_TYPE, &conditions, &sorts, search != NULL ? search : ""));
}

/* Takes @query over. */
static VliveQuery *
add_conditions (VliveQuery *query, GVariant *conditions, GError **error)
{
  for (gsize i = 0; query != NULL && i < g_variant_n_children (conditions); i++)
    {
      g_autoptr (GVariant) value = NULL;
      g_autoptr (VliveQuery) before = query;
      const char *column;
      guint32 op;

      g_variant_get_child (conditions, i, "(&sumv)", &column, &op, &value);
      if (op > VLIVE_OPERATOR_IS_NULL)
        {
          g_set_error (error, VLIVE_ERROR, VLIVE_ERROR_CORRUPT,
                       "Not a query: operator %u", op);
          return NULL;
        }
      query =
          vlive_query_with_condition (before, column, (VliveOperator) op, value, error);
    }

  return query;
}

/* Takes @query over. */
static VliveQuery *
add_sorts (VliveQuery *query, GVariant *sorts, GError **error)
{
  for (gsize i = 0; i < g_variant_n_children (sorts); i++)
    {
      g_autoptr (VliveQuery) before = query;
      const char *column;
      gboolean descending;

      g_variant_get_child (sorts, i, "(&sb)", &column, &descending);
      if (column[0] == '\0')
        {
          g_set_error_literal (error, VLIVE_ERROR, VLIVE_ERROR_CORRUPT,
                               "Not a query: a sort key without a column");
          return NULL;
        }
      query = vlive_query_with_sort (before, column, descending);
    }

  return query;
}

VliveQuery *
_vlive_query_from_variant (GVariant *variant, GError **error)
{
  g_autoptr (GVariant) conditions = NULL;
  g_autoptr (GVariant) sorts = NULL;
  g_autoptr (VliveQuery) query = NULL;
  const char *search;

  if (!g_variant_is_of_type (variant, G_VARIANT_TYPE (QUERY_TYPE))
      || !g_variant_is_normal_form (variant))
    {
      g_set_error_literal (error, VLIVE_ERROR, VLIVE_ERROR_CORRUPT, "Not a query");
      return NULL;
    }
  g_variant_get (variant, "(@a(sumv)@a(sb)&s)", &conditions, &sorts, &search);
  query = add_conditions (vlive_query_new (), conditions, error);
  if (query != NULL)
    query = add_sorts (g_steal_pointer (&query), sorts, error);
  if (query == NULL)
    return NULL;

  return vlive_query_with_search (query, search);
}
