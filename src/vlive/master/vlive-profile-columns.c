/* vlive-profile-columns.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "master/vlive-profile-private.h"

#include <string.h>

#include "base/vlive-error.h"

typedef struct
{
  VliveValueType type;
  VliveFormat format;
  VliveColumnFlags flags;
  const char *reference;
  const char *choices;
} Spec;

static const struct
{
  const char *word;
  VliveValueType type;
} types[] = {
  { "any", VLIVE_VALUE_MISSING },     { "boolean", VLIVE_VALUE_BOOLEAN },
  { "integer", VLIVE_VALUE_INTEGER }, { "double", VLIVE_VALUE_DOUBLE },
  { "text", VLIVE_VALUE_TEXT },       { "json", VLIVE_VALUE_JSON },
  { "mixed", VLIVE_VALUE_MIXED },
};

static const struct
{
  const char *word;
  VliveFormat format;
  VliveColumnFlags flags;
} marks[] = {
  { "date", VLIVE_FORMAT_DATE, 0 },
  { "date-time", VLIVE_FORMAT_DATE_TIME, 0 },
  { "uri", VLIVE_FORMAT_URI, 0 },
  { "long-text", VLIVE_FORMAT_LONG_TEXT, 0 },
  { "id", VLIVE_FORMAT_PLAIN, VLIVE_COLUMN_ID },
  { "title", VLIVE_FORMAT_PLAIN, VLIVE_COLUMN_TITLE },
  { "read-only", VLIVE_FORMAT_PLAIN, VLIVE_COLUMN_READ_ONLY },
  { "nullable", VLIVE_FORMAT_PLAIN, VLIVE_COLUMN_NULLABLE },
};

static gboolean
parse_type (const char *word, Spec *spec)
{
  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    if (strcmp (word, types[i].word) == 0)
      {
        spec->type = types[i].type;
        return TRUE;
      }

  return FALSE;
}

static gboolean
parse_mark (const char *word, Spec *spec)
{
  if (g_str_has_prefix (word, "reference=") && word[strlen ("reference=")] != '\0')
    {
      spec->reference = word + strlen ("reference=");
      return TRUE;
    }
  if (g_str_has_prefix (word, "choice=") && word[strlen ("choice=")] != '\0')
    {
      spec->choices = word + strlen ("choice=");
      return TRUE;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (marks); i++)
    if (strcmp (word, marks[i].word) == 0)
      {
        spec->flags |= marks[i].flags;
        if (marks[i].format != VLIVE_FORMAT_PLAIN)
          spec->format = marks[i].format;
        return TRUE;
      }

  return FALSE;
}

static VliveColumn *
column_new (const char *name, const Spec *spec)
{
  g_auto (GStrv) choices = NULL;

  if (spec->reference != NULL)
    return vlive_column_new_reference (name, spec->type, spec->reference, spec->flags);
  if (spec->choices == NULL)
    return vlive_column_new (name, spec->type, spec->format, spec->flags);
  choices = g_strsplit (spec->choices, "|", -1);

  return vlive_column_new_choice (name, (const char *const *) choices, spec->flags);
}

static VliveColumn *
parse_column (const char *text, GError **error)
{
  g_auto (GStrv) words = g_strsplit_set (text, " \t", -1);
  const char *name = NULL;
  Spec spec = { 0 };
  guint n_words = 0;

  for (guint i = 0; words[i] != NULL; i++)
    {
      gboolean good = TRUE;

      if (words[i][0] == '\0')
        continue;
      if (n_words == 0)
        name = words[i];
      else if (n_words == 1)
        good = parse_type (words[i], &spec);
      else
        good = parse_mark (words[i], &spec);
      if (!good)
        {
          g_set_error (error, VLIVE_ERROR, VLIVE_ERROR_INVALID,
                       "“%s” makes no sense in the column “%s”", words[i], text);
          return NULL;
        }
      n_words++;
    }
  if (n_words < 2)
    {
      g_set_error (error, VLIVE_ERROR, VLIVE_ERROR_INVALID,
                   "The column “%s” has no type (“name type …”)", text);
      return NULL;
    }

  return column_new (name, &spec);
}

VliveSchema *
_vlive_profile_parse_columns (const char *const *specs,
                              gboolean declared,
                              GError **error)
{
  g_autoptr (GPtrArray) columns =
      g_ptr_array_new_with_free_func ((GDestroyNotify) vlive_column_unref);

  for (guint i = 0; specs[i] != NULL; i++)
    {
      VliveColumn *column = parse_column (specs[i], error);

      if (column == NULL)
        return NULL;
      g_ptr_array_add (columns, column);
      for (guint j = 0; j < i; j++)
        if (strcmp (vlive_column_get_name (columns->pdata[j]),
                    vlive_column_get_name (column))
            == 0)
          {
            g_set_error (error, VLIVE_ERROR, VLIVE_ERROR_INVALID,
                         "The column “%s” stands there twice",
                         vlive_column_get_name (column));
            return NULL;
          }
    }

  return vlive_schema_new ((VliveColumn *const *) columns->pdata, columns->len,
                           declared);
}
