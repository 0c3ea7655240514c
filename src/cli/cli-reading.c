/* cli-reading.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "cli-reading.h"

#include <glib/gi18n.h>
#include <string.h>

#include "cli-error.h"
#include "cli-text.h"
#include "cli-values.h"

gboolean
cli_reading_parse_number (const char *option,
                          const char *text,
                          guint64 max,
                          guint64 *number,
                          GError **error)
{
  g_autofree char *shown = NULL;

  if (text[0] != '-' && text[0] != '+'
      && g_ascii_string_to_unsigned (text, 10, 1, max, number, NULL))
    return TRUE;

  shown = cli_text_shorten (text, 40);
  g_set_error (error, CLI_ERROR, CLI_ERROR_USAGE,
               _ ("%s: “%s” is not a whole number from 1 to %llu"), option, shown,
               (unsigned long long) max);

  return FALSE;
}

static gboolean
parse_window (CliReading *self, const char *page, const char *limit, GError **error)
{
  guint64 number;

  if (page == NULL && limit == NULL)
    return TRUE;

  self->page = 1;
  self->limit = CLI_READING_LIMIT;
  if (limit != NULL)
    {
      if (!cli_reading_parse_number ("--limit", limit, G_MAXINT32, &number, error))
        return FALSE;
      self->limit = (guint) number;
    }
  /* Pages times rows stays below 2^62. */
  if (page != NULL
      && !cli_reading_parse_number ("--page", page, G_MAXINT32, &self->page, error))
    return FALSE;

  return TRUE;
}

static VliveOperator
parse_operator (const char *text, gsize *length)
{
  static const struct
  {
    const char *sign;
    VliveOperator op;
  } operators[] = {
    { "!=", VLIVE_OPERATOR_NOT_EQUAL },     { "<=", VLIVE_OPERATOR_LESS_EQUAL },
    { ">=", VLIVE_OPERATOR_GREATER_EQUAL }, { "<", VLIVE_OPERATOR_LESS },
    { ">", VLIVE_OPERATOR_GREATER },        { "~", VLIVE_OPERATOR_CONTAINS },
    { "=", VLIVE_OPERATOR_EQUAL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (operators); i++)
    if (g_str_has_prefix (text, operators[i].sign))
      {
        *length = strlen (operators[i].sign);
        return operators[i].op;
      }
  *length = 0;

  return VLIVE_OPERATOR_EQUAL;
}

static void
clear_filter (gpointer data)
{
  CliFilter *filter = data;

  g_free (filter->column);
  g_free (filter->text);
}

static gboolean
has_equality (CliReading *self, const char *column)
{
  for (guint i = 0; i < self->filters->len; i++)
    {
      CliFilter *filter = &g_array_index (self->filters, CliFilter, i);

      if (filter->op == VLIVE_OPERATOR_EQUAL && strcmp (filter->column, column) == 0)
        return TRUE;
    }

  return FALSE;
}

static gboolean
parse_filter (CliReading *self, const char *text, GError **error)
{
  g_autofree char *shown = cli_text_shorten (text, 60);
  CliFilter filter = { 0 };
  const char *sign = text;
  gsize length = 0;

  while (*sign != '\0' && length == 0)
    {
      filter.op = parse_operator (sign, &length);
      if (length == 0)
        sign++;
    }
  if (length == 0)
    {
      g_set_error (
          error, CLI_ERROR, CLI_ERROR_USAGE,
          _ ("--filter: “%s” has no sign; write FIELD=VALUE, or !=, <, <=, >, >=, ~"),
          shown);
      return FALSE;
    }
  if (sign == text)
    {
      g_set_error (error, CLI_ERROR, CLI_ERROR_USAGE,
                   _ ("--filter: “%s” names no field"), shown);
      return FALSE;
    }

  filter.column = g_strndup (text, sign - text);
  filter.text = g_strdup (sign + length);
  if (filter.op == VLIVE_OPERATOR_EQUAL && has_equality (self, filter.column))
    {
      g_autofree char *column = cli_text_shorten (filter.column, 60);

      clear_filter (&filter);
      g_set_error (error, CLI_ERROR, CLI_ERROR_USAGE,
                   _ ("--filter: the field “%s” cannot equal two values at once"),
                   column);
      return FALSE;
    }
  g_array_append_val (self->filters, filter);

  return TRUE;
}

static gboolean
check_sorts (char **sorts, GError **error)
{
  for (gsize i = 0; sorts != NULL && sorts[i] != NULL; i++)
    if (sorts[i][0] == '\0' || strcmp (sorts[i], "-") == 0)
      {
        g_set_error (error, CLI_ERROR, CLI_ERROR_USAGE,
                     _ ("--sort: “%s” names no field"), sorts[i]);
        return FALSE;
      }

  return TRUE;
}

static gboolean
check_texts (const char *option, char **texts, GError **error)
{
  for (gsize i = 0; texts != NULL && texts[i] != NULL; i++)
    if (texts[i][0] != '\0' && !cli_values_check_name (option, texts[i], error))
      return FALSE;

  return TRUE;
}

gboolean
cli_reading_init (CliReading *self,
                  const char *page,
                  const char *limit,
                  char **filters,
                  char **sorts,
                  const char *search,
                  GError **error)
{
  *self = (CliReading){ .sorts = sorts, .search = search };

  if (!parse_window (self, page, limit, error)
      || !check_texts ("--filter", filters, error)
      || !check_texts ("--sort", sorts, error) || !check_sorts (sorts, error))
    return FALSE;
  if (search != NULL && search[0] == '\0')
    {
      g_set_error (error, CLI_ERROR, CLI_ERROR_USAGE,
                   _ ("--search: there is nothing to look for"));
      return FALSE;
    }

  if (search != NULL && !cli_values_check_name ("--search", search, error))
    return FALSE;

  self->filters = g_array_new (FALSE, FALSE, sizeof (CliFilter));
  g_array_set_clear_func (self->filters, clear_filter);
  for (gsize i = 0; filters != NULL && filters[i] != NULL; i++)
    if (!parse_filter (self, filters[i], error))
      return FALSE;

  return TRUE;
}

void
cli_reading_clear (CliReading *self)
{
  g_clear_pointer (&self->filters, g_array_unref);
}

guint64
cli_reading_get_offset (CliReading *self)
{
  return self->limit == 0 ? 0 : (self->page - 1) * self->limit;
}

char *
cli_reading_dup_window (CliReading *self)
{
  if (self->limit == 0)
    return g_strdup ("");

  return g_strdup_printf ("#%" G_GUINT64_FORMAT "+%u", cli_reading_get_offset (self),
                          self->limit);
}

/* Takes what @next holds, which may be nothing, in place of @query. */
static gboolean
replace_query (VliveQuery **query, VliveQuery *next)
{
  if (next == NULL)
    return FALSE;
  vlive_query_unref (*query);
  *query = next;

  return TRUE;
}

static gboolean
add_filter (VliveQuery **query, CliFilter *filter, VliveSchema *schema, GError **error)
{
  GVariant *value = cli_values_type_condition (filter->column, filter->op, filter->text,
                                               schema, error);

  return value != NULL
         && replace_query (query,
                           vlive_query_with_condition (*query, filter->column,
                                                       filter->op, value, error));
}

VliveQuery *
cli_reading_dup_query (CliReading *self, VliveSchema *schema, GError **error)
{
  g_autoptr (VliveQuery) query = vlive_query_new ();

  for (guint i = 0; i < self->filters->len; i++)
    if (!add_filter (&query, &g_array_index (self->filters, CliFilter, i), schema,
                     error))
      return NULL;
  for (gsize i = 0; self->sorts != NULL && self->sorts[i] != NULL; i++)
    {
      gboolean descending = self->sorts[i][0] == '-';

      replace_query (&query,
                     vlive_query_with_sort (query,
                                            self->sorts[i] + (descending ? 1 : 0),
                                            descending));
    }
  if (self->search != NULL)
    replace_query (&query, vlive_query_with_search (query, self->search));

  return g_steal_pointer (&query);
}
