/* vlive-value.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "record/vlive-value-private.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "base/vlive-error.h"
#include "record/vlive-json-private.h"

/* Below this, every integer has a double of its own. */
#define MAX_SURE_DOUBLE 9007199254740992.0

GVariant *
_vlive_value_to_variant (const VliveValue *value)
{
  switch (value->type)
    {
    case VLIVE_VALUE_BOOLEAN:
      return g_variant_new_boolean (value->boolean);
    case VLIVE_VALUE_INTEGER:
      return g_variant_new_int64 (value->integer);
    case VLIVE_VALUE_DOUBLE:
      return g_variant_new_double (value->real);
    case VLIVE_VALUE_TEXT:
    case VLIVE_VALUE_JSON:
      return g_variant_new_string (value->text);
    case VLIVE_VALUE_BYTES:
      return g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, value->bytes, value->len,
                                        1);
    case VLIVE_VALUE_NULL:
      return g_variant_new_maybe (G_VARIANT_TYPE_VARIANT, NULL);
    case VLIVE_VALUE_MISSING:
    case VLIVE_VALUE_MIXED:
    default:
      return NULL;
    }
}

static void
set_integer (VliveValue *value, gint64 integer)
{
  value->type = VLIVE_VALUE_INTEGER;
  value->integer = integer;
}

static gboolean
from_number (GVariant *variant, VliveValue *value)
{
  switch (g_variant_classify (variant))
    {
    case G_VARIANT_CLASS_BYTE:
      set_integer (value, g_variant_get_byte (variant));
      return TRUE;
    case G_VARIANT_CLASS_INT16:
      set_integer (value, g_variant_get_int16 (variant));
      return TRUE;
    case G_VARIANT_CLASS_UINT16:
      set_integer (value, g_variant_get_uint16 (variant));
      return TRUE;
    case G_VARIANT_CLASS_INT32:
      set_integer (value, g_variant_get_int32 (variant));
      return TRUE;
    case G_VARIANT_CLASS_UINT32:
      set_integer (value, g_variant_get_uint32 (variant));
      return TRUE;
    case G_VARIANT_CLASS_INT64:
      set_integer (value, g_variant_get_int64 (variant));
      return TRUE;
    case G_VARIANT_CLASS_UINT64:
      set_integer (value, (gint64) g_variant_get_uint64 (variant));
      return value->integer >= 0;
    case G_VARIANT_CLASS_BOOLEAN:
    case G_VARIANT_CLASS_HANDLE:
    case G_VARIANT_CLASS_DOUBLE:
    case G_VARIANT_CLASS_STRING:
    case G_VARIANT_CLASS_OBJECT_PATH:
    case G_VARIANT_CLASS_SIGNATURE:
    case G_VARIANT_CLASS_VARIANT:
    case G_VARIANT_CLASS_MAYBE:
    case G_VARIANT_CLASS_ARRAY:
    case G_VARIANT_CLASS_TUPLE:
    case G_VARIANT_CLASS_DICT_ENTRY:
    default:
      return FALSE;
    }
}

/* What is boxed; an empty maybe is null. The child's bytes live in @variant. */
static gboolean
from_box (GVariant *variant, VliveValue *value)
{
  g_autoptr (GVariant) child = NULL;

  if (g_variant_n_children (variant) == 0)
    {
      value->type = VLIVE_VALUE_NULL;
      return TRUE;
    }
  child = g_variant_get_child_value (variant, 0);

  return _vlive_value_from_variant (child, value);
}

gboolean
_vlive_value_from_variant (GVariant *variant, VliveValue *value)
{
  memset (value, 0, sizeof *value);
  switch (g_variant_classify (variant))
    {
    case G_VARIANT_CLASS_BOOLEAN:
      value->type = VLIVE_VALUE_BOOLEAN;
      value->boolean = g_variant_get_boolean (variant);
      return TRUE;
    case G_VARIANT_CLASS_DOUBLE:
      value->type = VLIVE_VALUE_DOUBLE;
      value->real = g_variant_get_double (variant);
      return TRUE;
    case G_VARIANT_CLASS_STRING:
    case G_VARIANT_CLASS_OBJECT_PATH:
    case G_VARIANT_CLASS_SIGNATURE:
      value->type = VLIVE_VALUE_TEXT;
      value->text = g_variant_get_string (variant, &value->len);
      return TRUE;
    case G_VARIANT_CLASS_VARIANT:
    case G_VARIANT_CLASS_MAYBE:
      return from_box (variant, value);
    case G_VARIANT_CLASS_ARRAY:
      if (!g_variant_is_of_type (variant, G_VARIANT_TYPE_BYTESTRING))
        return FALSE;
      value->type = VLIVE_VALUE_BYTES;
      value->bytes = g_variant_get_fixed_array (variant, &value->len, 1);
      return TRUE;
    case G_VARIANT_CLASS_BYTE:
    case G_VARIANT_CLASS_INT16:
    case G_VARIANT_CLASS_UINT16:
    case G_VARIANT_CLASS_INT32:
    case G_VARIANT_CLASS_UINT32:
    case G_VARIANT_CLASS_INT64:
    case G_VARIANT_CLASS_UINT64:
    case G_VARIANT_CLASS_HANDLE:
    case G_VARIANT_CLASS_TUPLE:
    case G_VARIANT_CLASS_DICT_ENTRY:
    default:
      return from_number (variant, value);
    }
}

/* Null and missing leave @gvalue as it is. */
void
_vlive_value_to_gvalue (const VliveValue *value, GValue *gvalue)
{
  switch (value->type)
    {
    case VLIVE_VALUE_BOOLEAN:
      g_value_init (gvalue, G_TYPE_BOOLEAN);
      g_value_set_boolean (gvalue, value->boolean);
      break;
    case VLIVE_VALUE_INTEGER:
      g_value_init (gvalue, G_TYPE_INT64);
      g_value_set_int64 (gvalue, value->integer);
      break;
    case VLIVE_VALUE_DOUBLE:
      g_value_init (gvalue, G_TYPE_DOUBLE);
      g_value_set_double (gvalue, value->real);
      break;
    case VLIVE_VALUE_TEXT:
    case VLIVE_VALUE_JSON:
      g_value_init (gvalue, G_TYPE_STRING);
      g_value_take_string (gvalue, g_strndup (value->text, value->len));
      break;
    case VLIVE_VALUE_BYTES:
      g_value_init (gvalue, G_TYPE_BYTES);
      g_value_take_boxed (gvalue, g_bytes_new (value->bytes, value->len));
      break;
    case VLIVE_VALUE_MISSING:
    case VLIVE_VALUE_NULL:
    case VLIVE_VALUE_MIXED:
    default:
      break;
    }
}

char *
_vlive_value_to_text (const VliveValue *value)
{
  char buffer[VLIVE_DOUBLE_TEXT_SIZE];

  switch (value->type)
    {
    case VLIVE_VALUE_BOOLEAN:
      return g_strdup (value->boolean ? "true" : "false");
    case VLIVE_VALUE_INTEGER:
      return g_strdup (_vlive_integer_to_text (value->integer, buffer));
    case VLIVE_VALUE_DOUBLE:
      return g_strdup (_vlive_double_to_text (value->real, buffer));
    case VLIVE_VALUE_TEXT:
    case VLIVE_VALUE_JSON:
      return g_strndup (value->text, value->len);
    case VLIVE_VALUE_BYTES:
      return g_base64_encode (value->bytes, value->len);
    case VLIVE_VALUE_MISSING:
    case VLIVE_VALUE_NULL:
    case VLIVE_VALUE_MIXED:
    default:
      return g_strdup ("");
    }
}

static gboolean
is_number_text (const char *text)
{
  return text[0] != '\0' && strspn (text, "+-.0123456789eE") == strlen (text);
}

static gboolean
parse_integer (const char *text, VliveValue *value)
{
  char *end = NULL;

  if (!is_number_text (text))
    return FALSE;
  errno = 0;
  value->integer = g_ascii_strtoll (text, &end, 10);

  return errno == 0 && end != text && *end == '\0';
}

static gboolean
parse_double (const char *text, VliveValue *value)
{
  char *end = NULL;

  if (!is_number_text (text))
    return FALSE;
  value->real = g_ascii_strtod (text, &end);

  return end != text && *end == '\0' && isfinite (value->real);
}

static gboolean
parse_boolean (const char *text, VliveValue *value)
{
  value->boolean = strcmp (text, "true") == 0;

  return value->boolean || strcmp (text, "false") == 0;
}

static gboolean
not_a (const char *text, const char *what, GError **error)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);

  g_set_error (error, VLIVE_ERROR, VLIVE_ERROR_INVALID, "“%s” is not %s", valid, what);

  return FALSE;
}

static gboolean
borrow_text (const char *text, VliveValueType type, VliveValue *value, GError **error)
{
  value->text = text;
  value->len = strlen (text);
  if (!g_utf8_validate_len (text, value->len, NULL))
    return not_a (text, "valid UTF-8", error);
  if (type == VLIVE_VALUE_JSON && !_vlive_json_check (text, value->len))
    return not_a (text, "JSON", error);

  return TRUE;
}

gboolean
_vlive_value_from_text (const char *text,
                        VliveValueType type,
                        VliveValue *value,
                        GError **error)
{
  memset (value, 0, sizeof *value);
  value->type = type;
  switch (type)
    {
    case VLIVE_VALUE_BOOLEAN:
      return parse_boolean (text, value) || not_a (text, "true or false", error);
    case VLIVE_VALUE_INTEGER:
      return parse_integer (text, value)
             || not_a (text, "an integer of 64 bits", error);
    case VLIVE_VALUE_DOUBLE:
      return parse_double (text, value) || not_a (text, "a number", error);
    case VLIVE_VALUE_BYTES:
      return not_a (text, "bytes, which cannot be given as text", error);
    case VLIVE_VALUE_JSON:
      return borrow_text (text, type, value, error);
    case VLIVE_VALUE_MISSING:
    case VLIVE_VALUE_NULL:
    case VLIVE_VALUE_TEXT:
    case VLIVE_VALUE_MIXED:
    default:
      value->type = VLIVE_VALUE_TEXT;
      return borrow_text (text, VLIVE_VALUE_TEXT, value, error);
    }
}

const char *
_vlive_value_to_id (const VliveValue *value, char buffer[32])
{
  switch (value->type)
    {
    case VLIVE_VALUE_INTEGER:
      return _vlive_integer_to_text (value->integer, buffer);
    case VLIVE_VALUE_DOUBLE:
      if (!(fabs (value->real) <= MAX_SURE_DOUBLE))
        return NULL;
      if (value->real == floor (value->real))
        return _vlive_integer_to_text ((gint64) value->real, buffer);
      return _vlive_double_to_text (value->real, buffer);
    case VLIVE_VALUE_TEXT:
      return value->len > 0 ? value->text : NULL;
    case VLIVE_VALUE_MISSING:
    case VLIVE_VALUE_NULL:
    case VLIVE_VALUE_BOOLEAN:
    case VLIVE_VALUE_BYTES:
    case VLIVE_VALUE_JSON:
    case VLIVE_VALUE_MIXED:
    default:
      return NULL;
    }
}
