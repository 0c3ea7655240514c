/* vlive-value-order.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "record/vlive-value-private.h"

#include <math.h>
#include <string.h>

/* The order between types. What stands from RANK_NAN on stays last in both
 * directions. */
typedef enum
{
  RANK_BOOLEAN = 1,
  RANK_NUMBER,
  RANK_TEXT,
  RANK_BYTES,
  RANK_JSON,
  RANK_NAN,
  RANK_NULL,
} Rank;

#define TWO_TO_63 9223372036854775808.0

static Rank
get_rank (const VliveValue *value)
{
  switch (value->type)
    {
    case VLIVE_VALUE_BOOLEAN:
      return RANK_BOOLEAN;
    case VLIVE_VALUE_INTEGER:
      return RANK_NUMBER;
    case VLIVE_VALUE_DOUBLE:
      return isnan (value->real) ? RANK_NAN : RANK_NUMBER;
    case VLIVE_VALUE_TEXT:
      return RANK_TEXT;
    case VLIVE_VALUE_BYTES:
      return RANK_BYTES;
    case VLIVE_VALUE_JSON:
      return RANK_JSON;
    case VLIVE_VALUE_MISSING:
    case VLIVE_VALUE_NULL:
    case VLIVE_VALUE_MIXED:
    default:
      return RANK_NULL;
    }
}

/* The largest double that is not above @integer, and what is left of it: the
 * pair orders like the exact number, also among doubles, which leave 0. */
static double
split_number (const VliveValue *value, guint16 *rest)
{
  double floor_of;

  *rest = 0;
  if (value->type == VLIVE_VALUE_DOUBLE)
    return value->real == 0 ? 0.0 : value->real;

  floor_of = (double) value->integer;
  if (floor_of >= TWO_TO_63 || (gint64) floor_of > value->integer)
    floor_of = nextafter (floor_of, -INFINITY);
  *rest = (guint16) (value->integer - (gint64) floor_of);

  return floor_of;
}

static int
compare_numbers (const VliveValue *a, const VliveValue *b)
{
  guint16 rest_a;
  guint16 rest_b;
  double x;
  double y;

  if (a->type == VLIVE_VALUE_INTEGER && b->type == VLIVE_VALUE_INTEGER)
    return (a->integer > b->integer) - (a->integer < b->integer);

  x = split_number (a, &rest_a);
  y = split_number (b, &rest_b);
  if (x != y)
    return x < y ? -1 : 1;

  return (int) rest_a - (int) rest_b;
}

static int
compare_bytes (const void *a, gsize a_len, const void *b, gsize b_len)
{
  gsize len = MIN (a_len, b_len);
  int result = len > 0 ? memcmp (a, b, len) : 0;

  if (result != 0)
    return result;

  return (a_len > b_len) - (a_len < b_len);
}

/*
 * g_utf8_casefold() maps each code point by itself and asks no locale
 * (g_utf8_strdown() does), and UTF-8 orders like its code points. So the
 * common ASCII start of two texts can be folded and compared byte by byte.
 */
static int
compare_folded (const VliveValue *a, const VliveValue *b)
{
  gsize len = MIN (a->len, b->len);
  gsize i = 0;
  g_autofree char *x = NULL;
  g_autofree char *y = NULL;

  for (; i < len; i++)
    {
      guchar c = (guchar) a->text[i];
      guchar d = (guchar) b->text[i];

      if ((c | d) >= 0x80)
        break;
      if (c != d)
        {
          int result =
              (guchar) g_ascii_tolower ((char) c) - (guchar) g_ascii_tolower ((char) d);

          if (result != 0)
            return result;
        }
    }
  if (i == len)
    return (a->len > b->len) - (a->len < b->len);

  x = g_utf8_casefold (a->text + i, (gssize) (a->len - i));
  y = g_utf8_casefold (b->text + i, (gssize) (b->len - i));

  return strcmp (x, y);
}

static int
compare_same_rank (Rank rank, const VliveValue *a, const VliveValue *b)
{
  int result;

  switch (rank)
    {
    case RANK_BOOLEAN:
      return (a->boolean != FALSE) - (b->boolean != FALSE);
    case RANK_NUMBER:
      return compare_numbers (a, b);
    case RANK_TEXT:
      result = compare_folded (a, b);
      return result != 0 ? result : compare_bytes (a->text, a->len, b->text, b->len);
    case RANK_BYTES:
    case RANK_JSON:
      return compare_bytes (a->bytes, a->len, b->bytes, b->len);
    case RANK_NAN:
    case RANK_NULL:
    default:
      return 0;
    }
}

int
_vlive_value_compare (const VliveValue *a, const VliveValue *b, gboolean descending)
{
  Rank x = get_rank (a);
  Rank y = get_rank (b);
  int result = x == y ? compare_same_rank (x, a, b) : (int) x - (int) y;

  if (x != y && MAX (x, y) >= RANK_NAN)
    return result;

  return descending ? -result : result;
}

gboolean
_vlive_value_equal (const VliveValue *a, const VliveValue *b)
{
  return _vlive_value_compare (a, b, FALSE) == 0;
}

/* A key in the making: what is beyond @left is cut off. */
typedef struct
{
  GByteArray *key;
  gsize left;
  guint8 invert; /* 0xff: descending */
  gboolean cut;
} KeyWriter;

static void
put (KeyWriter *self, const void *data, gsize len)
{
  const guint8 *p = data;
  guint at = self->key->len;

  if (len > self->left)
    {
      len = self->left;
      self->cut = TRUE;
    }
  g_byte_array_set_size (self->key, at + (guint) len);
  for (gsize i = 0; i < len; i++)
    self->key->data[at + i] = p[i] ^ self->invert;
  self->left -= len;
}

/* The bits of a double, turned so that they order as unsigned big-endian. */
static void
put_number (KeyWriter *self, const VliveValue *value)
{
  guint16 rest;
  double real = split_number (value, &rest);
  guint64 bits;

  memcpy (&bits, &real, sizeof bits);
  bits = (bits >> 63) != 0 ? ~bits : bits | G_GUINT64_CONSTANT (1) << 63;
  bits = GUINT64_TO_BE (bits);
  rest = GUINT16_TO_BE (rest);
  put (self, &bits, sizeof bits);
  put (self, &rest, sizeof rest);
}

/* The ASCII start of a text, by far the most often all of it, folded in place.
 * Returns how long it is; more than fits is not looked at. */
static gsize
put_ascii (KeyWriter *self, const char *text, gsize len)
{
  guint at = self->key->len;
  gsize n = 0;

  len = MIN (len, self->left);
  g_byte_array_set_size (self->key, at + (guint) len);
  for (; n < len && (guchar) text[n] < 0x80; n++)
    self->key->data[at + n] = (guint8) g_ascii_tolower (text[n]) ^ self->invert;
  g_byte_array_set_size (self->key, at + (guint) n);
  self->left -= n;

  return n;
}

/* No more than is left: each code point folds to at least one byte. */
static void
put_text (KeyWriter *self, const VliveValue *value)
{
  gsize len = put_ascii (self, value->text, value->len);
  const char *rest = value->text + len;
  gsize rest_len = value->len - len;
  gsize n = 0;
  g_autofree char *folded = NULL;

  if (rest_len == 0)
    {
      put (self, "", 1);
      return;
    }
  for (len = 0; len < rest_len && n <= self->left; n++)
    len = (gsize) (g_utf8_next_char (rest + len) - rest);
  folded = g_utf8_casefold (rest, (gssize) len);
  put (self, folded, strlen (folded) + 1);
}

/* A zero is escaped, so that the end, two zeros, comes before all else. */
static void
put_bytes (KeyWriter *self, const VliveValue *value)
{
  const guint8 *p = value->bytes;

  for (gsize i = 0; i < value->len && !self->cut; i++)
    {
      put (self, p + i, 1);
      if (p[i] == 0)
        put (self, "\xff", 1);
    }
  put (self, "\0\0", 2);
}

gboolean
_vlive_value_append_sort_key (const VliveValue *value,
                              gboolean descending,
                              gsize max_len,
                              GByteArray *key)
{
  Rank rank = get_rank (value);
  gboolean turned = descending && rank < RANK_NAN;
  KeyWriter writer = { .key = key, .left = max_len, .invert = turned ? 0xff : 0 };
  guint8 first = (guint8) rank;
  guint8 truth = value->boolean != FALSE;

  /* Descending, the ranks become 0xf8 (JSON) to 0xfc (boolean): what stays last
   * goes above. */
  if (descending)
    first = (guint8) (turned ? rank + 2 : 0xff - RANK_NULL + rank);
  put (&writer, &first, 1);
  switch (rank)
    {
    case RANK_BOOLEAN:
      put (&writer, &truth, 1);
      break;
    case RANK_NUMBER:
      put_number (&writer, value);
      break;
    case RANK_TEXT:
      put_text (&writer, value);
      break;
    case RANK_BYTES:
    case RANK_JSON:
      put_bytes (&writer, value);
      break;
    case RANK_NAN:
    case RANK_NULL:
    default:
      break;
    }

  return !writer.cut;
}

char *
_vlive_text_casefold (const char *text, gssize len)
{
  return g_utf8_casefold (text, len);
}

/* ASCII needles, by far the most, need no folded copy of an ASCII text. */
static gboolean
text_contains (const char *text, gsize len, const char *folded_needle)
{
  gsize n = strlen (folded_needle);
  g_autofree char *folded = NULL;

  for (gsize i = 0; i < len; i++)
    if ((guchar) text[i] >= 0x80)
      {
        folded = g_utf8_casefold (text, (gssize) len);
        return strstr (folded, folded_needle) != NULL;
      }

  for (gsize i = 0; i + n <= len; i++)
    if (g_ascii_tolower (text[i]) == folded_needle[0] || n == 0)
      {
        gsize j = 0;

        while (j < n && g_ascii_tolower (text[i + j]) == folded_needle[j])
          j++;
        if (j == n)
          return TRUE;
      }

  return FALSE;
}

gboolean
_vlive_value_contains (const VliveValue *value, const char *folded_needle)
{
  g_autofree char *text = NULL;

  switch (value->type)
    {
    case VLIVE_VALUE_TEXT:
    case VLIVE_VALUE_JSON:
      return text_contains (value->text, value->len, folded_needle);
    case VLIVE_VALUE_BOOLEAN:
    case VLIVE_VALUE_INTEGER:
    case VLIVE_VALUE_DOUBLE:
      text = _vlive_value_to_text (value);
      return text_contains (text, strlen (text), folded_needle);
    case VLIVE_VALUE_BYTES:
    case VLIVE_VALUE_MISSING:
    case VLIVE_VALUE_NULL:
    case VLIVE_VALUE_MIXED:
    default:
      return FALSE;
    }
}
