/* cli-values.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "cli-values.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "cli-error.h"
#include "cli-json.h"
#include "cli-strict.h"
#include "cli-text.h"

static gboolean
fail (GError **error, const char *field, const char *text, const char *why)
{
  g_autofree char *shown_field = cli_text_shorten (field, 60);
  g_autofree char *shown_text = cli_text_shorten (text, 60);

  g_set_error (error, CLI_ERROR, CLI_ERROR_USAGE, "%s: “%s” %s", shown_field,
               shown_text, why);

  return FALSE;
}

gboolean
cli_values_check_name (const char *what, const char *text, GError **error)
{
  if (text[0] == '\0')
    g_set_error (error, CLI_ERROR, CLI_ERROR_USAGE, _ ("%s is empty"), what);
  else if (strlen (text) > CLI_VALUES_MAX_NAME)
    g_set_error (error, CLI_ERROR, CLI_ERROR_USAGE,
                 _ ("%s is %zu bytes long, and at most %d make sense"), what,
                 strlen (text), CLI_VALUES_MAX_NAME);
  else if (!g_utf8_validate (text, -1, NULL))
    g_set_error (error, CLI_ERROR, CLI_ERROR_USAGE, _ ("%s is not UTF-8"), what);
  else
    return TRUE;

  return FALSE;
}

static gboolean
parse_integer (const char *text, gint64 *value)
{
  return text[0] != '+'
         && g_ascii_string_to_signed (text, 10, G_MININT64, G_MAXINT64, value, NULL);
}

/* A finite decimal number; g_ascii_strtod() alone takes "inf" and "0x1p3". */
static gboolean
parse_double (const char *text, double *value)
{
  char *end = NULL;

  if (text[0] == '\0' || strspn (text, "0123456789+-.eE") != strlen (text))
    return FALSE;
  *value = g_ascii_strtod (text, &end);

  return *end == '\0' && isfinite (*value);
}

static JsonNode *
new_number (const char *text, gboolean real)
{
  gint64 integer;
  double number;

  if (!real && parse_integer (text, &integer))
    return json_node_init_int (json_node_alloc (), integer);
  if (parse_double (text, &number))
    return json_node_init_double (json_node_alloc (), number);

  return NULL;
}

static JsonNode *
new_boolean (const char *text)
{
  if (strcmp (text, "true") != 0 && strcmp (text, "false") != 0)
    return NULL;

  return json_node_init_boolean (json_node_alloc (), text[0] == 't');
}

static JsonNode *
new_text (const char *text)
{
  return json_node_init_string (json_node_alloc (), text);
}

static JsonNode *
parse_json (const char *field, const char *text, GError **error)
{
  JsonNode *node = NULL;

  if (!g_utf8_validate (text, -1, NULL))
    fail (error, field, text, _ ("is not UTF-8"));
  else
    switch (cli_strict_check (text))
      {
      case CLI_STRICT_FINE:
        node = json_from_string (text, error);
        break;

      case CLI_STRICT_INEXACT:
        fail (error, field, text,
              _ ("holds a number or text that cannot be kept exactly"));
        break;

      case CLI_STRICT_NOT_JSON:
      default:
        fail (error, field, text, _ ("is not JSON"));
        break;
      }

  return node;
}

static VliveValueType
get_type (VliveSchema *schema, const char *field, gboolean *declared)
{
  VliveColumn *column =
      schema != NULL ? vlive_schema_find_column (schema, field) : NULL;

  *declared = schema != NULL && vlive_schema_is_declared (schema);

  return column != NULL ? vlive_column_get_value_type (column) : VLIVE_VALUE_MISSING;
}

/* NULL with an error; for what no type is known of, NULL without one. */
static JsonNode *
type_text (const char *field, const char *text, VliveSchema *schema, GError **error)
{
  JsonNode *node = NULL;
  gboolean declared;

  if (!g_utf8_validate (text, -1, NULL))
    {
      fail (error, field, text, _ ("is not UTF-8"));
      return NULL;
    }

  switch (get_type (schema, field, &declared))
    {
    case VLIVE_VALUE_BOOLEAN:
      node = new_boolean (text);
      if (node == NULL)
        fail (error, field, text, _ ("is neither true nor false"));
      return node;

    case VLIVE_VALUE_INTEGER:
      /* A discovered column of integers widens to doubles. */
      node = new_number (text, FALSE);
      if (node != NULL && declared && json_node_get_value_type (node) != G_TYPE_INT64)
        g_clear_pointer (&node, json_node_unref);
      if (node == NULL)
        fail (error, field, text,
              declared ? _ ("is not a whole number") : _ ("is not a number"));
      return node;

    case VLIVE_VALUE_DOUBLE:
      node = new_number (text, TRUE);
      if (node == NULL)
        fail (error, field, text, _ ("is not a number"));
      return node;

    case VLIVE_VALUE_JSON:
      return parse_json (field, text, error);

    case VLIVE_VALUE_TEXT:
    case VLIVE_VALUE_BYTES:
      return new_text (text);

    case VLIVE_VALUE_MISSING:
    case VLIVE_VALUE_NULL:
    case VLIVE_VALUE_MIXED:
    default:
      return NULL;
    }
}

static GVariant *
node_to_variant (JsonNode *node, const char *text)
{
  GType type =
      JSON_NODE_HOLDS_VALUE (node) ? json_node_get_value_type (node) : G_TYPE_NONE;

  if (type == G_TYPE_BOOLEAN)
    return g_variant_new_boolean (json_node_get_boolean (node));
  if (type == G_TYPE_INT64)
    return g_variant_new_int64 (json_node_get_int (node));
  if (type == G_TYPE_DOUBLE)
    return g_variant_new_double (json_node_get_double (node));

  return g_variant_new_string (text);
}

/* What @text looks like, if it is written as we would write it: "007" and
 * "1.50" are texts, and a server is asked for them as they are. */
static JsonNode *
guess (const char *text)
{
  g_autoptr (JsonNode) node = new_number (text, FALSE);
  g_autoptr (GString) back = g_string_new (NULL);

  if (node != NULL)
    cli_json_append_node (back, node);
  if (node != NULL && strcmp (back->str, text) == 0)
    return g_steal_pointer (&node);

  return new_boolean (text);
}

GVariant *
cli_values_type_condition (const char *column,
                           VliveOperator op,
                           const char *text,
                           VliveSchema *schema,
                           GError **error)
{
  g_autoptr (GError) reason = NULL;
  g_autoptr (JsonNode) node = NULL;

  if (op == VLIVE_OPERATOR_CONTAINS)
    return g_variant_new_string (text);

  node = type_text (column, text, schema, &reason);
  if (reason != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&reason));
      return NULL;
    }
  if (node == NULL)
    node = guess (text);
  if (node == NULL)
    node = new_text (text);

  return node_to_variant (node, text);
}

/* FIELD=VALUE or FIELD:=JSON; @value stays in @word. */
static gboolean
split (const char *word,
       char **field,
       const char **value,
       gboolean *json,
       GError **error)
{
  g_autofree char *shown = cli_text_shorten (word, 60);
  const char *sign = strchr (word, '=');
  gsize length;

  if (sign == NULL)
    {
      g_set_error (error, CLI_ERROR, CLI_ERROR_USAGE,
                   _ ("“%s” is not FIELD=VALUE nor FIELD:=JSON"), shown);
      return FALSE;
    }
  *json = sign > word && sign[-1] == ':';
  length = sign - word - (*json ? 1 : 0);
  if (length == 0)
    {
      g_set_error (error, CLI_ERROR, CLI_ERROR_USAGE, _ ("“%s” names no field"), shown);
      return FALSE;
    }
  *field = g_strndup (word, length);
  *value = sign + 1;

  return cli_values_check_name (_ ("a field's name"), *field, error);
}

static gboolean
add_field (JsonObject *object,
           const char *word,
           VliveSchema *schema,
           const char *id_column,
           gboolean with_id,
           GError **error)
{
  g_autoptr (GError) reason = NULL;
  g_autofree char *field = NULL;
  const char *value;
  JsonNode *node;
  gboolean json;

  if (!split (word, &field, &value, &json, error))
    return FALSE;
  if (json_object_has_member (object, field))
    return fail (error, field, value, _ ("comes second: each field is given once"));
  if (strcmp (field, id_column) == 0 && !with_id)
    return fail (error, field, value, _ ("cannot be set: it is the id"));

  node = json ? parse_json (field, value, &reason)
              : type_text (field, value, schema, &reason);
  if (reason != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&reason));
      return FALSE;
    }
  json_object_set_member (object, field, node != NULL ? node : new_text (value));

  return TRUE;
}

VliveRecord *
cli_values_dup_fields (const char *const *words,
                       VliveSchema *schema,
                       const char *id_column,
                       gboolean with_id,
                       GError **error)
{
  g_autoptr (JsonObject) object = json_object_new ();

  for (gsize i = 0; words[i] != NULL; i++)
    if (!add_field (object, words[i], schema, id_column, with_id, error))
      return NULL;

  return vlive_record_new_from_json (object, id_column, error);
}

VliveRecord *
cli_values_dup_product (const char *name, const char *price, GError **error)
{
  g_autoptr (JsonObject) object = json_object_new ();
  JsonNode *number = new_number (price, FALSE);

  if (!g_utf8_validate (name, -1, NULL))
    fail (error, "NAME", name, _ ("is not UTF-8"));
  else if (number == NULL)
    fail (error, "PRICE", price, _ ("is not a number"));
  if (number == NULL || !g_utf8_validate (name, -1, NULL))
    {
      g_clear_pointer (&number, json_node_unref);
      return NULL;
    }
  json_object_set_string_member (object, "name", name);
  json_object_set_member (object, "price", number);

  return vlive_record_new_from_json (object, "id", error);
}
