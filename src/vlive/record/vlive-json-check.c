/* vlive-json-check.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "record/vlive-json-private.h"

#include <string.h>

/* A checker of strict JSON (RFC 8259) that never recurses: whether the
 * container at each depth is an object is one bit. */
typedef struct
{
  const char *p;
  const char *end;
  guint depth;
  guint8 objects[VLIVE_JSON_MAX_DEPTH / 8 + 1];
} Checker;

static void
skip_space (Checker *self)
{
  while (
      self->p < self->end
      && (*self->p == ' ' || *self->p == '\t' || *self->p == '\n' || *self->p == '\r'))
    self->p++;
}

static gboolean
accept (Checker *self, char c)
{
  if (self->p == self->end || *self->p != c)
    return FALSE;
  self->p++;

  return TRUE;
}

static gboolean
in_object (Checker *self)
{
  return (self->objects[self->depth / 8] & (1 << self->depth % 8)) != 0;
}

static gboolean
push (Checker *self, gboolean object)
{
  if (self->depth == VLIVE_JSON_MAX_DEPTH)
    return FALSE;
  self->depth++;
  self->objects[self->depth / 8] &= (guint8) ~(1 << self->depth % 8);
  if (object)
    self->objects[self->depth / 8] |= (guint8) (1 << self->depth % 8);

  return TRUE;
}

static gboolean
check_escape (Checker *self)
{
  if (self->p == self->end)
    return FALSE;
  if (*self->p != 'u')
    return strchr ("\"\\/bfnrt", *self->p++) != NULL;

  self->p++;
  for (guint i = 0; i < 4; i++)
    if (self->p == self->end || !g_ascii_isxdigit (*self->p++))
      return FALSE;

  return TRUE;
}

static gboolean
check_string (Checker *self)
{
  if (!accept (self, '"'))
    return FALSE;
  while (self->p < self->end)
    {
      guchar c = (guchar) *self->p++;

      if (c == '"')
        return TRUE;
      if (c < 0x20 || (c == '\\' && !check_escape (self)))
        return FALSE;
    }

  return FALSE;
}

static gboolean
check_digits (Checker *self)
{
  const char *from = self->p;

  while (self->p < self->end && g_ascii_isdigit (*self->p))
    self->p++;

  return self->p > from;
}

static gboolean
check_number (Checker *self)
{
  accept (self, '-');
  if (!accept (self, '0') && !check_digits (self))
    return FALSE;
  if (accept (self, '.') && !check_digits (self))
    return FALSE;
  if (accept (self, 'e') || accept (self, 'E'))
    {
      if (!accept (self, '+'))
        accept (self, '-');
      return check_digits (self);
    }

  return TRUE;
}

static gboolean
check_word (Checker *self, const char *word)
{
  gsize len = strlen (word);

  if ((gsize) (self->end - self->p) < len || memcmp (self->p, word, len) != 0)
    return FALSE;
  self->p += len;

  return TRUE;
}

static gboolean
check_scalar (Checker *self)
{
  switch (*self->p)
    {
    case '"':
      return check_string (self);
    case 't':
      return check_word (self, "true");
    case 'f':
      return check_word (self, "false");
    case 'n':
      return check_word (self, "null");
    default:
      return check_number (self);
    }
}

static gboolean
check_name (Checker *self)
{
  skip_space (self);
  if (!check_string (self))
    return FALSE;
  skip_space (self);

  return accept (self, ':');
}

/* After a value: the ends of containers, then a comma before the next value.
 * @more says whether there is one. */
static gboolean
check_after (Checker *self, gboolean *more)
{
  *more = FALSE;
  for (;;)
    {
      skip_space (self);
      if (self->depth == 0)
        return TRUE;
      if (accept (self, ','))
        {
          *more = TRUE;
          return !in_object (self) || check_name (self);
        }
      if (!accept (self, in_object (self) ? '}' : ']'))
        return FALSE;
      self->depth--;
    }
}

/* One value, or the begin of a container: @open says that a value follows. */
static gboolean
check_value (Checker *self, gboolean *open)
{
  gboolean object;

  *open = FALSE;
  skip_space (self);
  if (self->p == self->end)
    return FALSE;
  if (*self->p != '{' && *self->p != '[')
    return check_scalar (self);

  object = *self->p++ == '{';
  if (!push (self, object))
    return FALSE;
  skip_space (self);
  if (accept (self, object ? '}' : ']'))
    {
      self->depth--;
      return TRUE;
    }
  *open = TRUE;

  return !object || check_name (self);
}

gboolean
_vlive_json_check (const char *text, gsize len)
{
  Checker self = { .p = text, .end = text + len };
  gboolean more = TRUE;

  while (more)
    {
      gboolean open = TRUE;

      while (open)
        if (!check_value (&self, &open))
          return FALSE;
      if (!check_after (&self, &more))
        return FALSE;
    }

  return self.p == self.end;
}
