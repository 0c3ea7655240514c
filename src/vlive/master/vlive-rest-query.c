/* vlive-rest-query.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "master/vlive-rest-query-private.h"

#include <string.h>

#include "base/vlive-error.h"
#include "master/vlive-rest-uri-private.h"
#include "record/vlive-value-private.h"

static gboolean
unsupported (GError **error, const char *column, const char *why)
{
  g_set_error (error, VLIVE_ERROR, VLIVE_ERROR_UNSUPPORTED,
               "This table cannot be filtered by “%s”: %s", column, why);

  return FALSE;
}

static char *
dup_parameter_name (const char *template, const char *column)
{
  const char *field = strstr (template, "{field}");

  g_assert (field != NULL); /* the profile has been checked */

  return g_strdup_printf ("%.*s%s%s", (int) (field - template), template, column,
                          field + strlen ("{field}"));
}

static gboolean
has_parameter (GPtrArray *params, const char *name)
{
  for (guint i = 0; i + 1 < params->len; i += 2)
    if (strcmp (params->pdata[i], name) == 0)
      return TRUE;

  return FALSE;
}

/* A column named like a parameter of the server, or like another column with
 * the suffix of an operator, would say something else. */
static gboolean
is_ambiguous (VliveProfile *profile, VliveOperator op, const char *name)
{
  if (g_strv_contains ((const char *const *) profile->reserved, name))
    return TRUE;
  for (guint i = 0; i < VLIVE_N_OPERATORS; i++)
    {
      const char *suffix =
          profile->filters[i] != NULL
              ? strstr (profile->filters[i], "{field}") + strlen ("{field}")
              : "";

      if (suffix[0] != '\0' && g_str_has_suffix (name, suffix)
          && (profile->filters[op] == NULL
              || !g_str_has_suffix (profile->filters[op], suffix)))
        return TRUE;
    }

  return FALSE;
}

static gboolean
begins_like_a_number (const char *text)
{
  return g_ascii_isdigit (text[0]) || (text[0] == '-' && g_ascii_isdigit (text[1]));
}

static gboolean
is_order (VliveOperator op)
{
  return op == VLIVE_OPERATOR_LESS || op == VLIVE_OPERATOR_LESS_EQUAL
         || op == VLIVE_OPERATOR_GREATER || op == VLIVE_OPERATOR_GREATER_EQUAL;
}

static char *
dup_value (VliveProfile *profile, VliveOperator op, GVariant *variant)
{
  g_autofree char *text = NULL;
  VliveValue value;

  if (!_vlive_value_from_variant (variant, &value))
    return NULL;
  text = _vlive_value_to_text (&value);
  if (op == VLIVE_OPERATOR_CONTAINS && profile->contains_regexp)
    return g_regex_escape_string (text, -1);

  return g_steal_pointer (&text);
}

static gboolean
add_condition (VliveProfile *profile,
               VliveQuery *query,
               guint index,
               GPtrArray *params,
               GError **error)
{
  const char *column = vlive_query_get_condition_column (query, index);
  VliveOperator op = vlive_query_get_condition_operator (query, index);
  GVariant *variant = vlive_query_get_condition_value (query, index);
  g_autofree char *name = NULL;
  guint n_values;

  if (profile->filters[op] == NULL || variant == NULL)
    return unsupported (error, column, "the server has no such filter");
  name = dup_parameter_name (profile->filters[op], column);
  if (is_ambiguous (profile, op, name))
    return unsupported (error, column, "the name means something else to the server");
  if (has_parameter (params, name) && (profile->repeatable & (1u << op)) == 0)
    return unsupported (error, column, "the server takes one such condition only");
  n_values = op == VLIVE_OPERATOR_IN ? (guint) g_variant_n_children (variant) : 1;
  if (n_values == 0)
    return unsupported (error, column, "there is no value to filter for");
  for (guint i = 0; i < n_values; i++)
    {
      g_autoptr (GVariant) child = op == VLIVE_OPERATOR_IN
                                       ? g_variant_get_child_value (variant, i)
                                       : g_variant_ref (variant);
      g_autofree char *value = dup_value (profile, op, child);

      if (value == NULL)
        return unsupported (error, column, "the value has no text form");
      if (is_order (op) && profile->order_numbers_only && !begins_like_a_number (value))
        return unsupported (error, column,
                            "the server compares numbers and dates only");
      _vlive_rest_params_add (params, name, value);
    }

  return TRUE;
}

static gboolean
add_sort (VliveProfile *profile, VliveQuery *query, GPtrArray *params, GError **error)
{
  guint n = vlive_query_get_n_sort_keys (query);
  g_autoptr (GString) columns = g_string_new (NULL);
  g_autoptr (GString) orders = g_string_new (NULL);

  for (guint i = 0; i < n; i++)
    {
      const char *column = vlive_query_get_sort_column (query, i);
      gboolean descending = vlive_query_get_sort_descending (query, i);

      if (profile->sort_parameter == NULL
          || strstr (column, profile->sort_separator) != NULL
          || (i > 0 && !profile->sort_many)
          || (descending && profile->order_parameter == NULL
              && profile->descending_prefix == NULL))
        {
          g_set_error (error, VLIVE_ERROR, VLIVE_ERROR_UNSUPPORTED,
                       "This table cannot be sorted by “%s”%s", column,
                       descending ? ", descending" : "");
          return FALSE;
        }
      if (i > 0)
        {
          g_string_append (columns, profile->sort_separator);
          g_string_append (orders, profile->sort_separator);
        }
      if (descending && profile->descending_prefix != NULL)
        g_string_append (columns, profile->descending_prefix);
      g_string_append (columns, column);
      g_string_append (orders, descending ? profile->descending : profile->ascending);
    }
  if (n > 0)
    _vlive_rest_params_add (params, profile->sort_parameter, columns->str);
  if (n > 0 && profile->order_parameter != NULL)
    _vlive_rest_params_add (params, profile->order_parameter, orders->str);

  return TRUE;
}

gboolean
_vlive_rest_add_query (VliveProfile *profile,
                       VliveQuery *query,
                       GPtrArray *params,
                       GError **error)
{
  const char *search = vlive_query_get_search (query);

  for (guint i = 0; i < vlive_query_get_n_conditions (query); i++)
    if (!add_condition (profile, query, i, params, error))
      return FALSE;
  if (!add_sort (profile, query, params, error))
    return FALSE;
  if (search == NULL)
    return TRUE;
  if (profile->search_parameter == NULL)
    {
      g_set_error_literal (error, VLIVE_ERROR, VLIVE_ERROR_UNSUPPORTED,
                           "This table cannot be searched");
      return FALSE;
    }
  _vlive_rest_params_add (params, profile->search_parameter, search);

  return TRUE;
}
