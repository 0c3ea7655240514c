/* vlive-json-scan.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "record/vlive-json-private.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "base/vlive-error.h"

#define INT64_DIGITS 19
#define NEAR 24

enum
{
  CLASS_OTHER,
  CLASS_QUOTE,
  CLASS_SINGLE_QUOTE,
  CLASS_OPEN,
  CLASS_CLOSE,
  CLASS_COMMENT,
  CLASS_LETTER,
  CLASS_NUMBER, /* begins one, and goes on; so do those that follow */
  CLASS_FRACTION,
  CLASS_EXPONENT,
};

static const guint8 classes[256] = {
  ['"'] = CLASS_QUOTE,          ['\''] = CLASS_SINGLE_QUOTE,
  ['['] = CLASS_OPEN,           ['{'] = CLASS_OPEN,
  [']'] = CLASS_CLOSE,          ['}'] = CLASS_CLOSE,
  ['/'] = CLASS_COMMENT,        ['-'] = CLASS_NUMBER,
  ['0' ... '9'] = CLASS_NUMBER, ['.'] = CLASS_FRACTION,
  ['+'] = CLASS_FRACTION,       ['A' ... 'D'] = CLASS_LETTER,
  ['F' ... 'Z'] = CLASS_LETTER, ['a' ... 'd'] = CLASS_LETTER,
  ['f' ... 'z'] = CLASS_LETTER, ['e'] = CLASS_EXPONENT,
  ['E'] = CLASS_EXPONENT,
};

typedef struct
{
  const char *p;
  const char *end;
  const char *copied; /* up to here the text is in @safe */
  GString *safe;      /* owned, nullable */
  gboolean rewrite;
  guint depth;
  gboolean begun; /* the one value has */
  VliveJsonScan found;
} Scanner;

/* Copies what stands before @to, then @text. */
static void
rewrite (Scanner *self, const char *to, const char *text)
{
  if (!self->rewrite)
    return;
  if (self->safe == NULL)
    self->safe = g_string_new (NULL);
  g_string_append_len (self->safe, self->copied, to - self->copied);
  g_string_append (self->safe, text);
  self->copied = to;
}

static int
hex4 (const char *p, const char *end)
{
  int code = 0;

  if (end - p < 4)
    return -1;
  for (guint i = 0; i < 4; i++)
    {
      int digit = g_ascii_xdigit_value (p[i]);

      if (digit < 0)
        return -1;
      code = code * 16 + digit;
    }

  return code;
}

/* Of a high surrogate, up to behind the low one that belongs to it. */
static gboolean
skip_pair (Scanner *self, int code)
{
  int low;

  if (code < 0xd800 || code >= 0xdc00 || self->end - self->p < 6
      || memcmp (self->p, "\\u", 2) != 0)
    return FALSE;
  low = hex4 (self->p + 2, self->end);
  if (low < 0xdc00 || low >= 0xe000)
    return FALSE;
  self->p += 6;

  return TRUE;
}

/* At a backslash. \u0000 would end the text for json-glib, half a pair would
 * not be UTF-8, and of what is no escape of JSON (\u12, \200) it makes any
 * byte: these are kept as they are written. */
static void
scan_escape (Scanner *self)
{
  const char *start = self->p;
  char kind = '\0';

  if (start + 1 < self->end)
    kind = start[1];
  self->p = MIN (start + 2, self->end);
  if (kind == 'u')
    {
      int code = hex4 (start + 2, self->end);

      if (code >= 0)
        self->p = start + 6;
      if (code > 0 && (code < 0xd800 || code >= 0xe000 || skip_pair (self, code)))
        return;
    }
  else if (kind == '\0' || strchr ("\"\\/bfnrt", kind) != NULL)
    return;
  rewrite (self, start, "\\");
  self->found |= VLIVE_JSON_SCAN_ESCAPES;
}

/* Behind a quote, up to behind the next. Most texts are too short for memchr()
 * to be worth its call. A text that is cut is leaked by json-glib. */
static void
scan_string (Scanner *self)
{
  const char *p = self->p;
  const char *near = self->end - p > NEAR ? p + NEAR : self->end;
  const char *close = NULL;

  while (p < near && *p != '"' && *p != '\\')
    p++;
  if (p < near && *p == '"')
    {
      self->p = p + 1;
      return;
    }

  self->p = p;
  while (self->p < self->end)
    {
      const char *escape;

      if (close == NULL || close < self->p)
        close = memchr (self->p, '"', (gsize) (self->end - self->p));
      if (close == NULL)
        break;
      escape = memchr (self->p, '\\', (gsize) (close - self->p));
      if (escape == NULL)
        {
          self->p = close + 1;
          return;
        }
      self->p = escape;
      scan_escape (self);
    }
  self->p = self->end;
  self->found |= VLIVE_JSON_SCAN_CUT;
}

/* json-glib takes single quotes too, without escapes between them. */
static void
skip_quoted (Scanner *self)
{
  const char *close;

  self->p++;
  close = memchr (self->p, '\'', (gsize) (self->end - self->p));
  if (close == NULL)
    self->found |= VLIVE_JSON_SCAN_CUT;
  self->p = close != NULL ? close + 1 : self->end;
}

/* Only a large exponent, or very many digits, can be too much for a double. */
static gboolean
overflows (const char *number, gsize len, gboolean has_exponent)
{
  g_autofree char *text = NULL;

  if (!has_exponent && len <= DBL_MAX_10_EXP)
    return FALSE;
  text = g_strndup (number, len);

  return isinf (g_ascii_strtod (text, NULL)) != 0;
}

static gboolean
beyond_int64 (const char *digits, gsize n, gboolean negative)
{
  if (n != INT64_DIGITS)
    return n > INT64_DIGITS;

  return memcmp (digits, negative ? "9223372036854775808" : "9223372036854775807", n)
         > 0;
}

static void
scan_number (Scanner *self)
{
  const char *start = self->p;
  const char *digits = start + (*start == '-');
  const char *p = digits;
  gboolean has_exponent = FALSE;
  gboolean too_large;

  while (p < self->end && classes[(guint8) *p] == CLASS_NUMBER)
    p++;
  if (p == self->end || classes[(guint8) *p] < CLASS_FRACTION)
    too_large = p - digits >= INT64_DIGITS
                && beyond_int64 (digits, (gsize) (p - digits), digits != start);
  else
    {
      for (; p < self->end && classes[(guint8) *p] >= CLASS_NUMBER; p++)
        has_exponent |= classes[(guint8) *p] == CLASS_EXPONENT;
      too_large = overflows (start, (gsize) (p - start), has_exponent);
    }
  self->p = p;
  if (!too_large)
    return;

  rewrite (self, start, "\"");
  rewrite (self, p, "\"");
  self->found |= VLIVE_JSON_SCAN_NUMBERS;
}

static void
scan_comment (Scanner *self)
{
  const char *close = NULL;

  self->p++;
  if (self->p == self->end || *self->p != '*')
    return;
  self->p++;
  close = memmem (self->p, (gsize) (self->end - self->p), "*/", 2);
  if (close == NULL)
    self->found |= VLIVE_JSON_SCAN_CUT;
  self->p = close != NULL ? close + 2 : self->end;
}

/* Of several values json-glib keeps the last, and leaks the others. */
static inline void
begin_value (Scanner *self)
{
  if (self->depth > 0)
    return;
  if (self->begun)
    self->found |= VLIVE_JSON_SCAN_SEVERAL;
  self->begun = TRUE;
}

static void
scan_word (Scanner *self)
{
  while (self->p < self->end && g_ascii_isalpha (*self->p))
    self->p++;
}

/* What stands between the tokens that matter. */
static inline void
skip_others (Scanner *self)
{
  const char *p = self->p;
  const char *end = self->end;

  while (p < end && classes[(guint8) *p] == CLASS_OTHER)
    p++;
  self->p = p;
}

static void
scan_open (Scanner *self)
{
  begin_value (self);
  if (++self->depth > VLIVE_JSON_MAX_DEPTH)
    self->found |= VLIVE_JSON_SCAN_DEEP;
  self->p++;
}

static void
scan_token (Scanner *self, guint8 class)
{
  switch (class)
    {
    case CLASS_QUOTE:
      begin_value (self);
      self->p++;
      scan_string (self);
      break;
    case CLASS_SINGLE_QUOTE:
      begin_value (self);
      skip_quoted (self);
      break;
    case CLASS_OPEN:
      scan_open (self);
      break;
    case CLASS_COMMENT:
      scan_comment (self);
      break;
    case CLASS_NUMBER:
      begin_value (self);
      scan_number (self);
      break;
    case CLASS_LETTER:
    case CLASS_EXPONENT:
      begin_value (self);
      scan_word (self);
      break;
    case CLASS_CLOSE:
      if (self->depth > 0)
        self->depth--;
      self->p++;
      break;
    default:
      self->p++;
      break;
    }
}

static void
scan (Scanner *self)
{
  for (skip_others (self); self->p < self->end; skip_others (self))
    scan_token (self, classes[(guint8) *self->p]);
  if (self->depth > 0)
    self->found |= VLIVE_JSON_SCAN_CUT;
}

VliveJsonScan
_vlive_json_scan (const char *raw, gsize len, GString **safe)
{
  Scanner self = { .p = raw, .end = raw + len, .copied = raw, .rewrite = safe != NULL };

  scan (&self);
  if (safe != NULL)
    {
      if (self.safe != NULL)
        rewrite (&self, self.end, "");
      *safe = self.safe;
    }

  return self.found;
}

void
_vlive_json_scan_tell (VliveJsonScan scan, GPtrArray *diagnostics)
{
  if (diagnostics == NULL)
    return;
  if ((scan & VLIVE_JSON_SCAN_NUMBERS) != 0)
    g_ptr_array_add (diagnostics,
                     g_strdup ("Numbers beyond 64 bits were kept as text"));
  if ((scan & VLIVE_JSON_SCAN_ESCAPES) != 0)
    g_ptr_array_add (diagnostics,
                     g_strdup ("Escapes that stand for no character (\\u0000, half "
                               "a surrogate pair) were kept as they are written"));
}

static JsonNode *
parse (const char *text, gsize len, GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) local_error = NULL;
  JsonNode *root;

  if (len > G_MAXSSIZE
      || !json_parser_load_from_data (parser, text, (gssize) len, &local_error))
    {
      g_set_error (error, VLIVE_ERROR, VLIVE_ERROR_INVALID, "Not JSON: %s",
                   local_error != NULL ? local_error->message : "too long");
      return NULL;
    }
  root = json_parser_steal_root (parser);
  if (root == NULL)
    g_set_error_literal (error, VLIVE_ERROR, VLIVE_ERROR_INVALID,
                         "Not JSON: there is nothing");

  return root;
}

static gboolean
refuse (VliveJsonScan found, GError **error)
{
  if ((found & VLIVE_JSON_SCAN_DEEP) != 0)
    g_set_error (error, VLIVE_ERROR, VLIVE_ERROR_INVALID,
                 "JSON is nested deeper than %d", VLIVE_JSON_MAX_DEPTH);
  else if ((found & VLIVE_JSON_SCAN_CUT) != 0)
    g_set_error_literal (error, VLIVE_ERROR, VLIVE_ERROR_INVALID,
                         "Not JSON: it ends in the middle");
  else if ((found & VLIVE_JSON_SCAN_SEVERAL) != 0)
    g_set_error_literal (error, VLIVE_ERROR, VLIVE_ERROR_INVALID,
                         "Not JSON: there is more than one value");
  else
    return FALSE;

  return TRUE;
}

JsonNode *
_vlive_json_parse (const char *raw, gsize len, GPtrArray *diagnostics, GError **error)
{
  GString *safe = NULL;
  VliveJsonScan found;
  JsonNode *root;

  if (len >= 3 && memcmp (raw, "\xef\xbb\xbf", 3) == 0)
    {
      raw += 3;
      len -= 3;
    }
  found = _vlive_json_scan (raw, len, &safe);
  if (refuse (found, error))
    root = NULL;
  else if (safe != NULL)
    root = parse (safe->str, safe->len, error);
  else
    root = parse (raw, len, error);
  if (root != NULL)
    _vlive_json_scan_tell (found, diagnostics);
  if (safe != NULL)
    g_string_free (safe, TRUE);

  return root;
}
