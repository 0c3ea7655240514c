/* vlive-diff.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "table/vlive-diff-private.h"

#include <string.h>

#include "record/vlive-record-private.h"

static gboolean
is_same (const VliveValue *a, const VliveValue *b)
{
  if (a->type != b->type)
    return FALSE;
  if (a->type == VLIVE_VALUE_NULL || a->type == VLIVE_VALUE_MISSING)
    return TRUE;
  /* Texts are equal if their bytes are: nothing need be folded. */
  if (a->type == VLIVE_VALUE_TEXT)
    return a->len == b->len && memcmp (a->bytes, b->bytes, a->len) == 0;

  return _vlive_value_equal (a, b);
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
  VliveLayout *layout = _vlive_record_get_layout (a);
  gboolean is_one_layout = layout == _vlive_record_get_layout (b);
  guint n_fields = _vlive_layout_get_n_names (layout);

  for (guint i = 0; i < n_fields; i++)
    {
      VliveValue left;
      VliveValue right;

      _vlive_record_peek (a, i, &left);
      if (is_one_layout)
        _vlive_record_peek (b, i, &right);
      else
        _vlive_record_peek_name (b, _vlive_layout_get_name (layout, i), &right);
      if (!is_same (&left, &right))
        _vlive_diff_add (names, _vlive_layout_get_name (layout, i));
    }
}

void
_vlive_record_diff (VliveRecord *a, VliveRecord *b, GPtrArray *names)
{
  if (a == b)
    return;

  add_differences (a, b, names);
  if (_vlive_record_get_layout (a) != _vlive_record_get_layout (b))
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
