/* vlive-query-key.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "record/vlive-query-parts-private.h"

#include <string.h>

#include "record/vlive-json-private.h"

/* One entry per VliveOperator; none contains a character that an escaped
 * column can contain. */
static const char *const operator_texts[] = { "=",  "!=", "<", "<=", ">",
                                              ">=", "~",  "|", "?" };

/* Letters, digits and what is above ASCII stay as they are; all else, what
 * the key uses itself before all, becomes %XX. */
static void
append_escaped (GString *key, const char *text, gsize len)
{
  for (gsize i = 0; i < len; i++)
    {
      guchar c = (guchar) text[i];

      if (g_ascii_isalnum (c) || c >= 0x80 || c == '_' || c == '-' || c == '.')
        g_string_append_c (key, (char) c);
      else
        g_string_append_printf (key, "%%%02X", c);
    }
}

/* A letter for the type, then the value, escaped: doubles by their bits where
 * their text would not do. */
static void
append_value (GString *key, const VliveValue *value)
{
  char buffer[VLIVE_DOUBLE_TEXT_SIZE];
  const char *text;

  switch (value->type)
    {
    case VLIVE_VALUE_BOOLEAN:
      g_string_append (key, value->boolean ? "b:true" : "b:false");
      break;
    case VLIVE_VALUE_INTEGER:
      g_string_append_printf (key, "i:%" G_GINT64_FORMAT, value->integer);
      break;
    case VLIVE_VALUE_DOUBLE:
      text = _vlive_double_to_text (value->real, buffer);
      g_string_append (key, "d:");
      append_escaped (key, text, strlen (text));
      break;
    case VLIVE_VALUE_BYTES:
      g_string_append (key, "y:");
      for (gsize i = 0; i < value->len; i++)
        g_string_append_printf (key, "%02x", ((const guint8 *) value->bytes)[i]);
      break;
    case VLIVE_VALUE_TEXT:
    case VLIVE_VALUE_JSON:
    case VLIVE_VALUE_MISSING:
    case VLIVE_VALUE_NULL:
    case VLIVE_VALUE_MIXED:
    default:
      g_string_append (key, "s:");
      append_escaped (key, value->text, value->len);
      break;
    }
}

static int
compare_texts (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* The values of IN are a set: their order does not matter, nor how often one
 * of them is named. */
static void
append_set (GString *key, GVariant *set)
{
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func (g_free);
  const char *last = NULL;

  for (gsize i = 0; i < g_variant_n_children (set); i++)
    {
      g_autoptr (GVariant) child = g_variant_get_child_value (set, i);
      GString *part = g_string_new (NULL);
      VliveValue value;

      _vlive_value_from_variant (child, &value);
      append_value (part, &value);
      g_ptr_array_add (parts, g_string_free (part, FALSE));
    }
  g_ptr_array_sort (parts, compare_texts);
  for (guint i = 0; i < parts->len; i++)
    {
      if (last != NULL && strcmp (last, parts->pdata[i]) == 0)
        continue;
      if (last != NULL)
        g_string_append_c (key, ',');
      last = parts->pdata[i];
      g_string_append (key, last);
    }
}

char *
_vlive_condition_make_key (const VliveCondition *condition)
{
  GString *key = g_string_new (NULL);
  VliveValue value;

  append_escaped (key, condition->column, strlen (condition->column));
  g_string_append (key, operator_texts[condition->op]);
  if (condition->op == VLIVE_OPERATOR_IN)
    append_set (key, condition->value);
  else if (condition->value != NULL)
    {
      _vlive_value_from_variant (condition->value, &value);
      append_value (key, &value);
    }

  return g_string_free (key, FALSE);
}

/*
 * The key is made of parts that "&" joins: the conditions in the order of
 * their bytes, then ";" and a column for each ascending and "!" and a column for
 * each descending sort key, then "/" and the text to search for. No escaped
 * text contains one of these, so the parts can be told from one another, and
 * the key says all there is to know.
 */
char *
_vlive_query_make_key (VliveQuery *self)
{
  GString *key = g_string_new (NULL);
  g_autoptr (GPtrArray) parts = g_ptr_array_new ();

  for (guint i = 0; i < self->conditions->len; i++)
    g_ptr_array_add (parts, ((VliveCondition *) self->conditions->pdata[i])->key);
  g_ptr_array_sort (parts, compare_texts);
  for (guint i = 0; i < parts->len; i++)
    {
      if (i > 0)
        g_string_append_c (key, '&');
      g_string_append (key, parts->pdata[i]);
    }
  for (guint i = 0; i < self->sort_keys->len; i++)
    {
      VliveSortKey *sort = self->sort_keys->pdata[i];

      g_string_append (key, sort->descending ? "&!" : "&;");
      append_escaped (key, sort->column, strlen (sort->column));
    }
  if (self->search != NULL)
    {
      g_string_append (key, "&/");
      append_escaped (key, self->search, strlen (self->search));
    }

  return g_string_free (key, FALSE);
}
