/* vlive-csv.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "master/vlive-csv-private.h"

#include <math.h>
#include <string.h>

#include "master/vlive-local-format-private.h"

/* A number as JSON writes it, with a fraction or an exponent or both. */
static gboolean
looks_like_double (const char *text, gsize len)
{
  const char *p = text + (text[0] == '-');
  gboolean has_exponent = FALSE;

  if (!g_ascii_isdigit (*p) || (*p == '0' && g_ascii_isdigit (p[1])))
    return FALSE;
  while (g_ascii_isdigit (*p))
    p++;
  if (*p != '.' && *p != 'e' && *p != 'E')
    return FALSE;
  if (*p == '.')
    {
      if (!g_ascii_isdigit (*++p))
        return FALSE;
      while (g_ascii_isdigit (*p))
        p++;
    }
  if (*p == 'e' || *p == 'E')
    {
      has_exponent = TRUE;
      p++;
      p += *p == '+' || *p == '-';
      if (!g_ascii_isdigit (*p))
        return FALSE;
      while (g_ascii_isdigit (*p))
        p++;
    }
  if (p != text + len)
    return FALSE;

  return (!has_exponent && len < 300) || isfinite (g_ascii_strtod (text, NULL));
}

VliveValueType
_vlive_csv_classify (const char *text, gsize len)
{
  gint64 integer;

  if (len == 0)
    return VLIVE_VALUE_NULL;
  if (g_ascii_isdigit (text[0]) || text[0] == '-')
    {
      if (_vlive_local_id_is_integer (text, &integer))
        return VLIVE_VALUE_INTEGER;
      if (looks_like_double (text, len))
        return VLIVE_VALUE_DOUBLE;
    }
  else if ((len == 4 && g_ascii_strcasecmp (text, "true") == 0)
           || (len == 5 && g_ascii_strcasecmp (text, "false") == 0))
    return VLIVE_VALUE_BOOLEAN;

  return VLIVE_VALUE_TEXT;
}

VliveValueType
_vlive_csv_column_type (guint seen)
{
  seen &= ~(1u << VLIVE_VALUE_NULL);
  if (seen == 1u << VLIVE_VALUE_INTEGER)
    return VLIVE_VALUE_INTEGER;
  if (seen == 1u << VLIVE_VALUE_BOOLEAN)
    return VLIVE_VALUE_BOOLEAN;
  if (seen != 0
      && (seen & ~(1u << VLIVE_VALUE_INTEGER | 1u << VLIVE_VALUE_DOUBLE)) == 0)
    return VLIVE_VALUE_DOUBLE;

  return VLIVE_VALUE_TEXT;
}

static gboolean
to_number (const VliveCsvField *field, VliveValue *value)
{
  if (_vlive_local_id_is_integer (field->text, &value->integer))
    {
      value->type = VLIVE_VALUE_INTEGER;
      return TRUE;
    }
  if (!looks_like_double (field->text, field->len))
    return FALSE;
  value->type = VLIVE_VALUE_DOUBLE;
  value->real = g_ascii_strtod (field->text, NULL);

  return TRUE;
}

gboolean
_vlive_csv_to_value (const VliveCsvField *field, VliveValueType type, VliveValue *value)
{
  memset (value, 0, sizeof *value);
  if (type == VLIVE_VALUE_TEXT)
    {
      value->type = VLIVE_VALUE_TEXT;
      value->text = field->text;
      value->len = field->len;
      return TRUE;
    }
  if (field->len == 0)
    {
      value->type = VLIVE_VALUE_NULL;
      return TRUE;
    }
  if (type == VLIVE_VALUE_BOOLEAN)
    {
      value->type = VLIVE_VALUE_BOOLEAN;
      value->boolean = g_ascii_tolower (field->text[0]) == 't';
      return _vlive_csv_classify (field->text, field->len) == VLIVE_VALUE_BOOLEAN;
    }

  return to_number (field, value)
         && (value->type == VLIVE_VALUE_INTEGER || type == VLIVE_VALUE_DOUBLE);
}

void
_vlive_csv_append (GString *csv, const char *text, gsize len, gboolean quote)
{
  for (gsize i = 0; i < len && !quote; i++)
    quote = text[i] == ',' || text[i] == '"' || text[i] == '\n' || text[i] == '\r';
  if (!quote)
    {
      g_string_append_len (csv, text, (gssize) len);
      return;
    }

  g_string_append_c (csv, '"');
  for (gsize i = 0; i < len; i++)
    {
      if (text[i] == '"')
        g_string_append_c (csv, '"');
      g_string_append_c (csv, text[i]);
    }
  g_string_append_c (csv, '"');
}
