/* vlive-diff.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "table/vlive-diff-private.h"

#include "record/vlive-record-private.h"

static gboolean
is_same (VliveRecord *a, VliveRecord *b, const char *name)
{
  VliveValue left;
  VliveValue right;

  _vlive_record_peek_name (a, name, &left);
  _vlive_record_peek_name (b, name, &right);
  if (left.type != right.type)
    return FALSE;
  if (left.type == VLIVE_VALUE_NULL || left.type == VLIVE_VALUE_MISSING)
    return TRUE;

  return _vlive_value_equal (&left, &right);
}

void
_vlive_diff_add (GPtrArray *names, const char *name)
{
  for (guint i = 0; i < names->len; i++)
    if (strcmp (names->pdata[i], name) == 0)
      return;

  g_ptr_array_add (names, g_strdup (name));
}

static void
add_differences (VliveRecord *a, VliveRecord *b, GPtrArray *names)
{
  for (guint i = 0; i < vlive_record_get_n_fields (a); i++)
    {
      const char *name = vlive_record_get_field_name (a, i);

      if (!is_same (a, b, name))
        _vlive_diff_add (names, name);
    }
}

void
_vlive_record_diff (VliveRecord *a, VliveRecord *b, GPtrArray *names)
{
  if (a == b)
    return;

  add_differences (a, b, names);
  add_differences (b, a, names);
}

gboolean
_vlive_query_is_concerned (VliveQuery *query, const char *const *fields)
{
  if (fields == NULL)
    return vlive_query_get_n_conditions (query) > 0
           || vlive_query_get_n_sort_keys (query) > 0
           || vlive_query_get_search (query) != NULL;

  for (guint i = 0; fields[i] != NULL; i++)
    if (vlive_query_depends_on (query, fields[i]))
      return TRUE;

  return FALSE;
}
