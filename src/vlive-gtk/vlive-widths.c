/* vlive-widths.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "vlive-widths-private.h"

#define TITLE_PADDING 28
#define LETTER 9
#define MAX_LETTERS 24

static gboolean
is_text (VliveColumn *column)
{
  VliveValueType type = vlive_column_get_value_type (column);

  return type == VLIVE_VALUE_TEXT || type == VLIVE_VALUE_MIXED;
}

/* Pixels of letters of the usual size. A date and an id are short, and all of them
 * counts; a text may be cut. */
static void
guess_value (VliveColumn *column, int *usual, int *least)
{
  *usual = *least = 90;

  if (vlive_column_get_format (column) == VLIVE_FORMAT_DATE_TIME)
    *usual = *least = 150;
  else if (vlive_column_get_format (column) == VLIVE_FORMAT_DATE)
    *usual = *least = 100;
  else if ((vlive_column_get_flags (column) & VLIVE_COLUMN_ID) != 0)
    {
      *usual = is_text (column) ? 120 : 70;
      *least = 70;
    }
  else if (is_text (column))
    {
      *usual = 200;
      *least = 120;
    }
}

VliveWidth
_vlive_width_guess (VliveColumn *column, double scale)
{
  VliveFormat format = vlive_column_get_format (column);
  int letters = (int) g_utf8_strlen (vlive_column_get_name (column), -1);
  int title = TITLE_PADDING + LETTER * MIN (letters, MAX_LETTERS);
  VliveWidth width;
  int usual;
  int least;

  guess_value (column, &usual, &least);
  width.usual = (int) (MAX (title, usual) * scale);
  width.least = (int) (MAX (MIN (title, 120), least) * scale);
  width.expands = is_text (column)
                  && (vlive_column_get_flags (column) & VLIVE_COLUMN_ID) == 0
                  && format != VLIVE_FORMAT_DATE && format != VLIVE_FORMAT_DATE_TIME;

  return width;
}

/* How many of the first columns fit if need be. */
static guint
count_whole (const VliveWidth *columns, guint n, int available)
{
  gint64 sum = 0;

  for (guint i = 0; i < n; i++)
    {
      sum += columns[i].least;
      if (sum > available)
        return i;
    }

  return n;
}

/* What is left beyond the usual: to a column that expands, or the last. */
static void
give (const VliveWidth *columns, guint n, int rest, int *widths)
{
  guint taker = n - 1;

  for (guint i = 0; i < n; i++)
    if (columns[i].expands)
      {
        taker = i;
        break;
      }
  widths[taker] += rest;
}

/* From the least to the usual, each by as much of what it lacks. */
static void
share (const VliveWidth *columns, guint n, int available, int *widths)
{
  gint64 wanted = 0;
  gint64 rest = available;
  gint64 given = 0;

  for (guint i = 0; i < n; i++)
    {
      wanted += columns[i].usual - columns[i].least;
      rest -= columns[i].least;
    }
  for (guint i = 0; i < n; i++)
    {
      gint64 lacks = columns[i].usual - columns[i].least;
      gint64 more = wanted > 0 ? MIN (lacks, rest * lacks / wanted) : 0;

      widths[i] = columns[i].least + (int) more;
      given += more;
    }
  give (columns, n, (int) (rest - given), widths);
}

void
_vlive_widths_fit (const VliveWidth *columns, guint n, int available, int *widths)
{
  guint n_whole = count_whole (columns, n, available);
  gint64 sum = 0;

  for (guint i = 0; i < n; i++)
    {
      widths[i] = columns[i].usual;
      sum += columns[i].usual;
    }
  /* The list itself gives away what is left. */
  if (sum <= available)
    return;

  if (n_whole > 0)
    share (columns, n_whole, available, widths);
}
