/* cli-strict.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "cli-strict.h"

#include <math.h>
#include <string.h>

/* Nobody types more on a command line. */
#define MAX_DEPTH 100

typedef struct
{
  const char *p;
  guint depth;
  gboolean inexact;
} Scan;

static gboolean value (Scan *scan);

static void
skip_space (Scan *scan)
{
  scan->p += strspn (scan->p, " \t\n\r");
}

static gboolean
take (Scan *scan, char c)
{
  if (*scan->p != c)
    return FALSE;
  scan->p++;

  return TRUE;
}

static gboolean
word (Scan *scan, const char *text)
{
  if (!g_str_has_prefix (scan->p, text))
    return FALSE;
  scan->p += strlen (text);

  return TRUE;
}

static gboolean
escape (Scan *scan)
{
  if (*scan->p != 'u')
    return *scan->p != '\0' && strchr ("\"\\/bfnrt", *scan->p++) != NULL;

  scan->inexact |= g_str_has_prefix (scan->p, "u0000");
  scan->p++;
  for (guint i = 0; i < 4; i++)
    if (!g_ascii_isxdigit (*scan->p++))
      return FALSE;

  return TRUE;
}

static gboolean
string (Scan *scan)
{
  if (!take (scan, '"'))
    return FALSE;
  while (*scan->p != '"')
    {
      guchar c = (guchar) *scan->p++;

      if (c < 0x20 || (c == '\\' && !escape (scan)))
        return FALSE;
    }

  return take (scan, '"');
}

static gboolean
digits (Scan *scan)
{
  gsize n = strspn (scan->p, "0123456789");

  scan->p += n;

  return n > 0;
}

static gboolean
number (Scan *scan)
{
  const char *start = scan->p;
  g_autofree char *text = NULL;
  gboolean whole = TRUE;

  take (scan, '-');
  if (!take (scan, '0') && !digits (scan))
    return FALSE;
  if (take (scan, '.'))
    {
      whole = FALSE;
      if (!digits (scan))
        return FALSE;
    }
  if (take (scan, 'e') || take (scan, 'E'))
    {
      whole = FALSE;
      if (!take (scan, '+'))
        take (scan, '-');
      if (!digits (scan))
        return FALSE;
    }

  text = g_strndup (start, scan->p - start);
  if (whole)
    scan->inexact |=
        !g_ascii_string_to_signed (text, 10, G_MININT64, G_MAXINT64, NULL, NULL);
  else
    scan->inexact |= !isfinite (g_ascii_strtod (text, NULL));

  return TRUE;
}

static gboolean
member (Scan *scan)
{
  skip_space (scan);
  if (!string (scan))
    return FALSE;
  skip_space (scan);

  return take (scan, ':') && value (scan);
}

/* Behind the opening bracket. */
static gboolean
items (Scan *scan, char end, gboolean (*item) (Scan *scan))
{
  if (++scan->depth > MAX_DEPTH)
    return FALSE;
  skip_space (scan);
  if (!take (scan, end))
    {
      do
        if (!item (scan))
          return FALSE;
      while (take (scan, ','));
      if (!take (scan, end))
        return FALSE;
    }
  scan->depth--;

  return TRUE;
}

static gboolean
scalar (Scan *scan)
{
  switch (*scan->p)
    {
    case '"':
      return string (scan);

    case 't':
      return word (scan, "true");

    case 'f':
      return word (scan, "false");

    case 'n':
      return word (scan, "null");

    default:
      return number (scan);
    }
}

static gboolean
value (Scan *scan)
{
  gboolean valid;

  skip_space (scan);
  if (take (scan, '{'))
    valid = items (scan, '}', member);
  else if (take (scan, '['))
    valid = items (scan, ']', value);
  else
    valid = scalar (scan);
  if (valid) /* else it may stand behind the end */
    skip_space (scan);

  return valid;
}

CliStrict
cli_strict_check (const char *text)
{
  Scan scan = { .p = text };

  if (!value (&scan) || *scan.p != '\0')
    return CLI_STRICT_NOT_JSON;

  return scan.inexact ? CLI_STRICT_INEXACT : CLI_STRICT_FINE;
}
