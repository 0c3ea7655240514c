/* vlive-draft-check.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <json-glib/json-glib.h>
#include <stdio.h>

#include "base/vlive-error.h"
#include "record/vlive-record-private.h"
#include "table/vlive-draft-private.h"

/* What may stand in a field. */

static VliveColumn *
find_column (VliveSchema *schema, const char *name)
{
  return schema != NULL ? vlive_schema_find_column (schema, name) : NULL;
}

static GVariant *
parse_json (const char *name, const char *text, GError **error)
{
  g_autoptr (JsonNode) node = NULL;
  g_autoptr (GError) local_error = NULL;
  GVariant *value = NULL;

  node = json_from_string (text, &local_error);
  if (node != NULL)
    value = json_gvariant_deserialize (node, NULL, &local_error);
  if (value == NULL)
    g_set_error (error, VLIVE_ERROR, VLIVE_ERROR_INVALID, "%s is no JSON: %s", name,
                 local_error != NULL ? local_error->message : "there is none");

  return value;
}

VliveRecord *
_vlive_draft_make_value (VliveSchema *schema,
                         const char *name,
                         GVariant *value,
                         GError **error)
{
  VliveColumn *column = find_column (schema, name);
  g_autoptr (GVariant) parsed = NULL;
  GVariantDict dict;

  if (column != NULL && vlive_column_get_value_type (column) == VLIVE_VALUE_JSON
      && g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
    {
      parsed = parse_json (name, g_variant_get_string (value, NULL), error);
      if (parsed == NULL)
        return NULL;
      g_variant_ref_sink (parsed);
      value = parsed;
    }

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert_value (&dict, name, value);

  return vlive_record_new_from_variant (NULL, g_variant_dict_end (&dict), error);
}

static gboolean
fits_type (VliveColumn *column, VliveValueType type)
{
  VliveValueType wanted = vlive_column_get_value_type (column);

  return wanted == type || wanted == VLIVE_VALUE_MIXED || wanted == VLIVE_VALUE_NULL
         || wanted == VLIVE_VALUE_MISSING
         || (wanted == VLIVE_VALUE_DOUBLE && type == VLIVE_VALUE_INTEGER)
         /* Whatever JSON is. */
         || wanted == VLIVE_VALUE_JSON;
}

static const char *
describe_type (VliveColumn *column)
{
  switch (vlive_column_get_value_type (column))
    {
    case VLIVE_VALUE_BOOLEAN:
      return "true or false";
    case VLIVE_VALUE_INTEGER:
      return "a whole number";
    case VLIVE_VALUE_DOUBLE:
      return "a number";
    case VLIVE_VALUE_BYTES:
      return "bytes";
    default:
      return "a text";
    }
}

static gboolean
is_date (const char *text)
{
  guint year, month, day;
  int end = 0;

  return sscanf (text, "%4u-%2u-%2u%n", &year, &month, &day, &end) == 3
         && text[end] == '\0' && year <= G_MAXUINT16 && month <= 12 && day <= 31
         && g_date_valid_dmy ((GDateDay) day, (GDateMonth) month, (GDateYear) year);
}

static gboolean
is_date_time (const char *text)
{
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
  g_autoptr (GDateTime) time = g_date_time_new_from_iso8601 (text, utc);

  return time != NULL || is_date (text);
}

static gboolean
is_choice (VliveColumn *column, const char *text)
{
  const char *const *choices = vlive_column_get_choices (column);

  return choices == NULL || g_strv_contains (choices, text);
}

/* NULL: it is right. */
static const char *
check_format (VliveColumn *column, const char *text)
{
  switch (vlive_column_get_format (column))
    {
    case VLIVE_FORMAT_DATE:
      return is_date (text) ? NULL : "a date such as 2026-12-31";
    case VLIVE_FORMAT_DATE_TIME:
      return is_date_time (text) ? NULL
                                 : "a date and time such as 2026-12-31T23:59:00Z";
    case VLIVE_FORMAT_URI:
      return g_uri_is_valid (text, G_URI_FLAGS_NONE, NULL) ? NULL : "an address";
    case VLIVE_FORMAT_CHOICE:
      return is_choice (column, text) ? NULL : "one of the choices";
    default:
      return NULL;
    }
}

/* Where nobody says otherwise, a new record may be given its id. */
gboolean
_vlive_draft_may_change (VliveSchema *schema, const char *name, gboolean is_new)
{
  VliveColumn *column = find_column (schema, name);
  VliveColumnFlags flags = column != NULL ? vlive_column_get_flags (column) : 0;

  if ((flags & VLIVE_COLUMN_ID) != 0)
    return is_new
           && ((flags & VLIVE_COLUMN_READ_ONLY) == 0
               || !vlive_schema_is_declared (schema));

  return (flags & VLIVE_COLUMN_READ_ONLY) == 0;
}

gboolean
_vlive_draft_check (VliveSchema *schema,
                    const char *name,
                    VliveRecord *value,
                    gboolean is_new,
                    GError **error)
{
  VliveColumn *column = find_column (schema, name);
  VliveColumnFlags flags = column != NULL ? vlive_column_get_flags (column) : 0;
  VliveValueType type = vlive_record_get_field_type (value, name);
  const char *wanted = NULL;

  if (column == NULL)
    return TRUE;

  if (!_vlive_draft_may_change (schema, name, is_new))
    {
      g_set_error (error, VLIVE_ERROR, VLIVE_ERROR_INVALID, "%s cannot be changed",
                   name);
      return FALSE;
    }
  /* Columns that were discovered are what was seen so far. */
  if (type == VLIVE_VALUE_NULL)
    {
      if ((flags & VLIVE_COLUMN_NULLABLE) != 0 || !vlive_schema_is_declared (schema))
        return TRUE;
      g_set_error (error, VLIVE_ERROR, VLIVE_ERROR_INVALID, "%s may not be null", name);
      return FALSE;
    }

  if (!fits_type (column, type))
    wanted = describe_type (column);
  else if (type == VLIVE_VALUE_TEXT)
    wanted = check_format (column, vlive_record_get_text (value, name));
  if (wanted != NULL)
    g_set_error (error, VLIVE_ERROR, VLIVE_ERROR_INVALID, "%s must be %s", name,
                 wanted);

  return wanted == NULL;
}
