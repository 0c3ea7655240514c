/* vlive-parse.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "vlive-parse-private.h"

#include <math.h>

#include "vlive-gtk-private.h"

static GVariant *
parse_boolean (const char *text, GError **error)
{
  if (g_ascii_strcasecmp (text, "true") == 0 || g_strcmp0 (text, "1") == 0)
    return g_variant_new_boolean (TRUE);
  if (g_ascii_strcasecmp (text, "false") == 0 || g_strcmp0 (text, "0") == 0)
    return g_variant_new_boolean (FALSE);

  g_set_error (error, VLIVE_ERROR, VLIVE_ERROR_INVALID,
               _ ("“%s” is neither true nor false"), text);

  return NULL;
}

static GVariant *
parse_integer (const char *text, GError **error)
{
  gint64 value;

  if (!g_ascii_string_to_signed (text, 10, G_MININT64, G_MAXINT64, &value, NULL))
    {
      g_set_error (error, VLIVE_ERROR, VLIVE_ERROR_INVALID,
                   _ ("“%s” is not a whole number"), text);
      return NULL;
    }

  return g_variant_new_int64 (value);
}

static GVariant *
parse_double (const char *text, GError **error)
{
  char *end = NULL;
  double value = g_ascii_strtod (text, &end);

  if (end == text || *end != '\0' || !isfinite (value))
    {
      g_set_error (error, VLIVE_ERROR, VLIVE_ERROR_INVALID, _ ("“%s” is not a number"),
                   text);
      return NULL;
    }

  return g_variant_new_double (value);
}

static GVariant *
parse (VliveColumn *column, const char *text, GError **error)
{
  VliveValueType type = vlive_column_get_value_type (column);
  gboolean is_text = type == VLIVE_VALUE_TEXT || type == VLIVE_VALUE_MIXED
                     || type == VLIVE_VALUE_MISSING || type == VLIVE_VALUE_NULL;

  if (is_text)
    return g_variant_new_string (text);
  if (text[0] == '\0' && (vlive_column_get_flags (column) & VLIVE_COLUMN_NULLABLE) != 0)
    return g_variant_new_maybe (G_VARIANT_TYPE_VARIANT, NULL);
  if (type == VLIVE_VALUE_BOOLEAN)
    return parse_boolean (text, error);
  if (type == VLIVE_VALUE_INTEGER)
    return parse_integer (text, error);
  if (type == VLIVE_VALUE_DOUBLE)
    return parse_double (text, error);

  g_set_error (error, VLIVE_ERROR, VLIVE_ERROR_INVALID,
               _ ("“%s” cannot be edited here"), text);

  return NULL;
}

GVariant *
_vlive_parse (VliveColumn *column, const char *text, GError **error)
{
  GVariant *value = parse (column, text, error);

  return value != NULL ? g_variant_ref_sink (value) : NULL;
}
