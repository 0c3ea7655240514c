/* vlive-cell-text.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "vlive-cell-text-private.h"

#include "vlive-gtk-private.h"

/* What no cell has room for is not looked at. */
#define MAX_TEXT 1000
#define MAX_JSON 16384
/* What most columns have room for, and what is read at a glance. */
#define MAX_SEEN 24
#define MAX_WHOLE 600

/* "2026-11-24": a day, wherever one is. */
static GDateTime *
parse_day (const char *text)
{
  int year;
  int month;
  int day;
  int end = 0;

  if (sscanf (text, "%4d-%2d-%2d%n", &year, &month, &day, &end) != 3
      || text[end] != '\0')
    return NULL;

  return g_date_time_new_local (year, month, day, 12, 0, 0);
}

static char *
dup_day (const char *text)
{
  g_autoptr (GDateTime) day = parse_day (text);

  return day != NULL ? g_date_time_format (day, "%x") : NULL;
}

static char *
dup_moment (const char *text)
{
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
  g_autoptr (GDateTime) moment = g_date_time_new_from_iso8601 (text, utc);
  g_autoptr (GDateTime) local = NULL;

  if (moment == NULL)
    return dup_day (text);
  local = g_date_time_to_local (moment);

  return g_date_time_format (local, "%x %H:%M");
}

/* Where the string that begins at @p ends; NULL if it does not. */
static const char *
skip_string (const char *p)
{
  for (p++; *p != '\0'; p++)
    {
      if (*p == '"')
        return p;
      if (*p == '\\' && p[1] != '\0')
        p++;
    }

  return NULL;
}

/* How many members @json has; -1 if that is too much to count. */
static int
count_members (const char *json)
{
  const char *end = json + MAX_JSON;
  gboolean is_empty = TRUE;
  int depth = 0;
  int n = 0;

  for (const char *p = json; p != NULL && *p != '\0'; p++)
    {
      if (p >= end)
        return -1;
      if (depth == 1 && !g_ascii_isspace (*p) && *p != ']' && *p != '}')
        is_empty = FALSE;
      if (*p == '"')
        p = skip_string (p);
      else if (*p == '{' || *p == '[')
        depth++;
      else if (*p == '}' || *p == ']')
        depth--;
      else if (*p == ',' && depth == 1)
        n++;
      if (p == NULL)
        break;
    }

  return is_empty ? 0 : n + 1;
}

static char *
dup_json (const char *json)
{
  int n = count_members (json);
  g_autofree char *count = n >= 0 ? g_strdup_printf ("%d", n) : g_strdup ("…");

  return json[0] == '[' ? g_strconcat ("[", count, "]", NULL)
                        : g_strconcat ("{", count, "}", NULL);
}

/* One line, of a length that a cell may have. */
static char *
dup_line (const char *text)
{
  g_autofree char *start = NULL;

  if (g_utf8_strlen (text, MAX_TEXT * 6) > MAX_TEXT)
    start = g_utf8_substring (text, 0, MAX_TEXT);

  return g_strdelimit (start != NULL ? g_steal_pointer (&start) : g_strdup (text),
                       "\n\r\t", ' ');
}

/* NULL if it says nothing that the text itself does not. */
static char *
dup_formatted (VliveColumn *column, VliveValueType type, const char *text)
{
  if (type == VLIVE_VALUE_JSON)
    return dup_json (text);
  if (type != VLIVE_VALUE_TEXT)
    return NULL;

  switch (vlive_column_get_format (column))
    {
    case VLIVE_FORMAT_DATE:
      return dup_day (text);
    case VLIVE_FORMAT_DATE_TIME:
      return dup_moment (text);
    case VLIVE_FORMAT_PLAIN:
    case VLIVE_FORMAT_CHOICE:
    case VLIVE_FORMAT_URI:
    case VLIVE_FORMAT_REFERENCE:
    case VLIVE_FORMAT_LONG_TEXT:
    default:
      return NULL;
    }
}

char *
_vlive_cell_text_dup (VliveRow *row, VliveColumn *column, VliveCellTextKind *kind)
{
  const char *name = vlive_column_get_name (column);
  VliveValueType type = vlive_row_get_field_type (row, name);
  g_autofree char *text = vlive_row_dup_field_text (row, name);
  char *formatted;

  *kind = VLIVE_CELL_TEXT_DIM;
  if (type == VLIVE_VALUE_NULL)
    return g_strdup (_ ("null"));
  if (type == VLIVE_VALUE_TEXT && text[0] == '\0')
    return g_strdup (_ ("empty"));

  if (type == VLIVE_VALUE_BOOLEAN
      && vlive_column_get_value_type (column) == VLIVE_VALUE_BOOLEAN)
    {
      gboolean on = strcmp (text, "true") == 0;

      *kind = on ? VLIVE_CELL_TEXT_YES : VLIVE_CELL_TEXT_NO;
      return g_strdup (on ? _ ("yes") : _ ("no"));
    }

  *kind = VLIVE_CELL_TEXT_PLAIN;
  formatted = dup_formatted (column, type, text);

  return formatted != NULL ? formatted : dup_line (text);
}

char *
_vlive_cell_text_dup_whole (VliveRow *row, VliveColumn *column)
{
  const char *name = vlive_column_get_name (column);
  VliveValueType type = vlive_row_get_field_type (row, name);
  g_autofree char *text = vlive_row_dup_field_text (row, name);
  g_autofree char *start = NULL;
  glong length = g_utf8_strlen (text, -1);

  if (type != VLIVE_VALUE_JSON && (type != VLIVE_VALUE_TEXT || length <= MAX_SEEN))
    return NULL;
  if (length <= MAX_WHOLE)
    return g_steal_pointer (&text);

  start = g_utf8_substring (text, 0, MAX_WHOLE);

  return g_strconcat (start, "…", NULL);
}
