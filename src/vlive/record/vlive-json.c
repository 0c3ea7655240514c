/* vlive-json.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "record/vlive-json-private.h"

#include <math.h>
#include <string.h>

#include "base/vlive-error.h"

static gboolean
append_node (GString *json, JsonNode *node, guint depth, GError **error);

const char *
_vlive_double_to_text (double value, char buffer[VLIVE_DOUBLE_TEXT_SIZE])
{
  static const char *const formats[] = { "%.15g", "%.16g", "%.17g" };

  if (isnan (value))
    return "NaN";
  if (isinf (value))
    return value < 0 ? "-Infinity" : "Infinity";

  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    {
      g_ascii_formatd (buffer, VLIVE_DOUBLE_TEXT_SIZE, formats[i], value);
      if (g_ascii_strtod (buffer, NULL) == value)
        break;
    }

  return buffer;
}

const char *
_vlive_integer_to_text (gint64 value, char buffer[VLIVE_DOUBLE_TEXT_SIZE])
{
  char *p = buffer + VLIVE_DOUBLE_TEXT_SIZE - 1;
  guint64 rest = value < 0 ? -(guint64) value : (guint64) value;

  *p = '\0';
  do
    {
      *--p = (char) ('0' + rest % 10);
      rest /= 10;
    }
  while (rest != 0);
  if (value < 0)
    *--p = '-';

  return p;
}

static void
append_escape (GString *json, guchar c)
{
  static const char short_form[] = "btnvfr";

  g_string_append_c (json, '\\');
  if (c == '"' || c == '\\')
    g_string_append_c (json, (char) c);
  else if (c >= '\b' && c <= '\r' && c != '\v')
    g_string_append_c (json, short_form[c - '\b']);
  else
    g_string_append_printf (json, "u%04x", c);
}

void
_vlive_json_append_string (GString *json, const char *text, gsize len)
{
  const char *end = text + len;
  const char *from = text;

  g_string_append_c (json, '"');
  for (const char *p = text; p < end; p++)
    if ((guchar) *p < 0x20 || *p == '"' || *p == '\\')
      {
        g_string_append_len (json, from, p - from);
        append_escape (json, (guchar) *p);
        from = p + 1;
      }
  g_string_append_len (json, from, end - from);
  g_string_append_c (json, '"');
}

/* A double stays a double when it is read back: 12 is written 12.0. */
static gboolean
append_double (GString *json, double value, const char *what, GError **error)
{
  char buffer[VLIVE_DOUBLE_TEXT_SIZE];

  if (!isfinite (value))
    {
      g_set_error (error, VLIVE_ERROR, VLIVE_ERROR_INVALID, "JSON cannot hold %s (%s)",
                   _vlive_double_to_text (value, buffer), what);
      return FALSE;
    }
  g_string_append (json, _vlive_double_to_text (value, buffer));
  if (strpbrk (buffer, ".e") == NULL)
    g_string_append (json, ".0");

  return TRUE;
}

static void
append_base64 (GString *json, const void *bytes, gsize len)
{
  g_autofree char *text = g_base64_encode (bytes, len);

  _vlive_json_append_string (json, text, strlen (text));
}

gboolean
_vlive_json_append_value (GString *json,
                          const VliveValue *value,
                          const char *what,
                          GError **error)
{
  char buffer[VLIVE_DOUBLE_TEXT_SIZE];

  switch (value->type)
    {
    case VLIVE_VALUE_BOOLEAN:
      g_string_append (json, value->boolean ? "true" : "false");
      break;
    case VLIVE_VALUE_INTEGER:
      g_string_append (json, _vlive_integer_to_text (value->integer, buffer));
      break;
    case VLIVE_VALUE_DOUBLE:
      return append_double (json, value->real, what, error);
    case VLIVE_VALUE_TEXT:
      _vlive_json_append_string (json, value->text, value->len);
      break;
    case VLIVE_VALUE_BYTES:
      append_base64 (json, value->bytes, value->len);
      break;
    case VLIVE_VALUE_JSON:
      g_string_append_len (json, value->text, (gssize) value->len);
      break;
    case VLIVE_VALUE_MISSING:
    case VLIVE_VALUE_NULL:
    case VLIVE_VALUE_MIXED:
    default:
      g_string_append (json, "null");
      break;
    }

  return TRUE;
}

/* Text that came through json-glib, which lets half a surrogate pair pass. */
static void
append_foreign_string (GString *json, const char *text)
{
  g_autofree char *valid = NULL;

  if (!g_utf8_validate (text, -1, NULL))
    text = valid = g_utf8_make_valid (text, -1);
  _vlive_json_append_string (json, text, strlen (text));
}

static gboolean
append_object (GString *json, JsonObject *object, guint depth, GError **error)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *member;
  gboolean first = TRUE;

  g_string_append_c (json, '{');
  json_object_iter_init_ordered (&iter, object);
  while (json_object_iter_next_ordered (&iter, &name, &member))
    {
      if (!first)
        g_string_append_c (json, ',');
      first = FALSE;
      append_foreign_string (json, name);
      g_string_append_c (json, ':');
      if (!append_node (json, member, depth + 1, error))
        return FALSE;
    }
  g_string_append_c (json, '}');

  return TRUE;
}

static gboolean
append_array (GString *json, JsonArray *array, guint depth, GError **error)
{
  guint n = json_array_get_length (array);

  g_string_append_c (json, '[');
  for (guint i = 0; i < n; i++)
    {
      if (i > 0)
        g_string_append_c (json, ',');
      if (!append_node (json, json_array_get_element (array, i), depth + 1, error))
        return FALSE;
    }
  g_string_append_c (json, ']');

  return TRUE;
}

static gboolean
append_scalar (GString *json, JsonNode *node, GError **error)
{
  char buffer[VLIVE_DOUBLE_TEXT_SIZE];
  GType type = json_node_get_value_type (node);

  if (type == G_TYPE_STRING)
    append_foreign_string (json, json_node_get_string (node));
  else if (type == G_TYPE_INT64)
    g_string_append (json, _vlive_integer_to_text (json_node_get_int (node), buffer));
  else if (type == G_TYPE_BOOLEAN)
    g_string_append (json, json_node_get_boolean (node) ? "true" : "false");
  else
    return append_double (json, json_node_get_double (node), "in a nested value",
                          error);

  return TRUE;
}

static gboolean
append_node (GString *json, JsonNode *node, guint depth, GError **error)
{
  if (depth > VLIVE_JSON_MAX_DEPTH)
    {
      g_set_error (error, VLIVE_ERROR, VLIVE_ERROR_INVALID,
                   "JSON is nested deeper than %d", VLIVE_JSON_MAX_DEPTH);
      return FALSE;
    }

  switch (json_node_get_node_type (node))
    {
    case JSON_NODE_OBJECT:
      return append_object (json, json_node_get_object (node), depth, error);
    case JSON_NODE_ARRAY:
      return append_array (json, json_node_get_array (node), depth, error);
    case JSON_NODE_VALUE:
      return append_scalar (json, node, error);
    case JSON_NODE_NULL:
    default:
      g_string_append (json, "null");
      return TRUE;
    }
}

gboolean
_vlive_json_append_node (GString *json, JsonNode *node, GError **error)
{
  return append_node (json, node, 0, error);
}

static gboolean
append_container (GString *json, GVariant *variant, GError **error)
{
  gboolean dictionary = g_variant_is_of_type (variant, G_VARIANT_TYPE ("a{s*}"));
  gsize n = g_variant_n_children (variant);

  g_string_append_c (json, dictionary ? '{' : '[');
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) child = g_variant_get_child_value (variant, i);

      if (i > 0)
        g_string_append_c (json, ',');
      if (dictionary)
        {
          g_autoptr (GVariant) name = g_variant_get_child_value (child, 0);
          g_autoptr (GVariant) value = g_variant_get_child_value (child, 1);
          gsize len;
          const char *text = g_variant_get_string (name, &len);

          _vlive_json_append_string (json, text, len);
          g_string_append_c (json, ':');
          if (!_vlive_json_append_variant (json, value, error))
            return FALSE;
        }
      else if (!_vlive_json_append_variant (json, child, error))
        return FALSE;
    }
  g_string_append_c (json, dictionary ? '}' : ']');

  return TRUE;
}

/* The depth of a GVariant is bounded by GLib. */
gboolean
_vlive_json_append_variant (GString *json, GVariant *variant, GError **error)
{
  VliveValue value;

  if (_vlive_value_from_variant (variant, &value))
    return _vlive_json_append_value (json, &value, "in a nested value", error);

  if (g_variant_is_of_type (variant, G_VARIANT_TYPE_VARIANT)
      || g_variant_is_of_type (variant, G_VARIANT_TYPE_MAYBE))
    {
      g_autoptr (GVariant) child = g_variant_get_child_value (variant, 0);

      return _vlive_json_append_variant (json, child, error);
    }
  if (g_variant_is_container (variant))
    return append_container (json, variant, error);

  g_set_error (error, VLIVE_ERROR, VLIVE_ERROR_INVALID,
               "JSON cannot hold a value of type “%s”",
               g_variant_get_type_string (variant));
  return FALSE;
}
