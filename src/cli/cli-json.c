/* cli-json.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "cli-json.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void
append_comma (GString *json)
{
  if (json->len > 0 && strchr ("{[", json->str[json->len - 1]) == NULL)
    g_string_append (json, ", ");
}

void
cli_json_append_string (GString *json, const char *text)
{
  g_string_append_c (json, '"');
  for (const char *p = text; *p != '\0'; p++)
    {
      guchar c = (guchar) *p;

      if (c == '"' || c == '\\')
        g_string_append_printf (json, "\\%c", c);
      else if (c == '\n')
        g_string_append (json, "\\n");
      else if (c == '\t')
        g_string_append (json, "\\t");
      else if (c == '\r')
        g_string_append (json, "\\r");
      else if (c < 0x20 || c == 0x7f)
        g_string_append_printf (json, "\\u%04x", c);
      else
        g_string_append_c (json, *p);
    }
  g_string_append_c (json, '"');
}

void
cli_json_append_name (GString *json, const char *name)
{
  append_comma (json);
  cli_json_append_string (json, name);
  g_string_append (json, ": ");
}

void
cli_json_append_text (GString *json, const char *name, const char *text)
{
  cli_json_append_name (json, name);
  if (text != NULL)
    cli_json_append_string (json, text);
  else
    g_string_append (json, "null");
}

void
cli_json_append_integer (GString *json, const char *name, gint64 value)
{
  cli_json_append_name (json, name);
  g_string_append_printf (json, "%" G_GINT64_FORMAT, value);
}

void
cli_json_append_count (GString *json, const char *name, guint64 value)
{
  cli_json_append_name (json, name);
  g_string_append_printf (json, "%" G_GUINT64_FORMAT, value);
}

void
cli_json_append_boolean (GString *json, const char *name, gboolean value)
{
  cli_json_append_name (json, name);
  g_string_append (json, value ? "true" : "false");
}

void
cli_json_append_null (GString *json, const char *name)
{
  cli_json_append_name (json, name);
  g_string_append (json, "null");
}

/* "87" and "0.4" and "1e-05" become JSON numbers that say they are doubles. */
static void
append_double (GString *json, double value)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];
  static const char *const formats[] = { "%.15g", "%.16g", "%.17g" };

  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    {
      g_ascii_formatd (buffer, sizeof buffer, formats[i], value);
      if (g_ascii_strtod (buffer, NULL) == value)
        break;
    }
  g_string_append (json, buffer);
  if (strpbrk (buffer, ".e") == NULL)
    g_string_append (json, ".0");
}

void
cli_json_append_seconds (GString *json, const char *name, gint64 microseconds)
{
  cli_json_append_name (json, name);
  append_double (json, (double) MAX (microseconds, 0) / G_USEC_PER_SEC);
}

void
cli_json_append_texts (GString *json, const char *name, const char *const *texts)
{
  cli_json_append_name (json, name);
  g_string_append_c (json, '[');
  for (gsize i = 0; texts != NULL && texts[i] != NULL; i++)
    {
      append_comma (json);
      cli_json_append_string (json, texts[i]);
    }
  g_string_append_c (json, ']');
}

static void
append_scalar (GString *json, JsonNode *node)
{
  GType type = json_node_get_value_type (node);

  if (type == G_TYPE_STRING)
    cli_json_append_string (json, json_node_get_string (node));
  else if (type == G_TYPE_BOOLEAN)
    g_string_append (json, json_node_get_boolean (node) ? "true" : "false");
  else if (type == G_TYPE_DOUBLE)
    append_double (json, json_node_get_double (node));
  else
    g_string_append_printf (json, "%" G_GINT64_FORMAT, json_node_get_int (node));
}

static void
append_object (GString *json, JsonObject *object)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *member;

  g_string_append_c (json, '{');
  json_object_iter_init_ordered (&iter, object);
  while (json_object_iter_next_ordered (&iter, &name, &member))
    {
      cli_json_append_name (json, name);
      cli_json_append_node (json, member);
    }
  g_string_append_c (json, '}');
}

static void
append_array (GString *json, JsonArray *array)
{
  g_string_append_c (json, '[');
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      append_comma (json);
      cli_json_append_node (json, json_array_get_element (array, i));
    }
  g_string_append_c (json, ']');
}

void
cli_json_append_node (GString *json, JsonNode *node)
{
  switch (json_node_get_node_type (node))
    {
    case JSON_NODE_OBJECT:
      append_object (json, json_node_get_object (node));
      break;

    case JSON_NODE_ARRAY:
      append_array (json, json_node_get_array (node));
      break;

    case JSON_NODE_VALUE:
      append_scalar (json, node);
      break;

    case JSON_NODE_NULL:
    default:
      g_string_append (json, "null");
      break;
    }
}

gboolean
cli_json_append_record (GString *json,
                        VliveRecord *record,
                        const char *id_column,
                        GError **error)
{
  g_autoptr (JsonNode) node = vlive_record_to_json (record, error);
  JsonObjectIter iter;
  const char *name;
  JsonNode *member;

  if (node == NULL)
    return FALSE;

  g_string_append_c (json, '{');
  if (vlive_record_is_addressable (record)
      && !json_object_has_member (json_node_get_object (node), id_column))
    cli_json_append_text (json, id_column, vlive_record_get_id (record));
  json_object_iter_init_ordered (&iter, json_node_get_object (node));
  while (json_object_iter_next_ordered (&iter, &name, &member))
    {
      cli_json_append_name (json, name);
      cli_json_append_node (json, member);
    }
  g_string_append_c (json, '}');

  return TRUE;
}
