/* vlive-local-sort.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "master/vlive-local-sort-private.h"

#include <string.h>

/* Fewer are compared with each other, whole. */
#define FEW 48
/* More are distributed byte by byte. */
#define MANY 2048

typedef struct
{
  VliveLocalItemCompare compare;
  gpointer data;
  VliveLocalItem *spare; /* owned; as many as there are */
} Sort;

/* A prefix and where its item stands, to be distributed. */
typedef struct
{
  guint64 prefix;
  guint64 index;
} Place;

static int
compare_from (Sort *self,
              const VliveLocalItem *a,
              const VliveLocalItem *b,
              gsize offset)
{
  gsize len = MIN (a->len, b->len);
  int result =
      len > offset ? memcmp (a->key + offset, b->key + offset, len - offset) : 0;

  if (result != 0)
    return result;
  if (a->cut || b->cut)
    return self->compare (a, b, self->data);

  return (a->len > b->len) - (a->len < b->len);
}

/* A merge sort: of those whose keys are equal before @offset. */
static void
sort_few (Sort *self, VliveLocalItem *items, gsize n, gsize offset)
{
  gsize half = n / 2;
  gsize i = 0;
  gsize j = half;
  gsize to = 0;

  if (n <= 8)
    {
      for (i = 1; i < n; i++)
        {
          VliveLocalItem item = items[i];

          for (j = i; j > 0 && compare_from (self, &items[j - 1], &item, offset) > 0;
               j--)
            items[j] = items[j - 1];
          items[j] = item;
        }
      return;
    }

  sort_few (self, items, half, offset);
  sort_few (self, items + half, n - half, offset);
  if (compare_from (self, &items[half - 1], &items[half], offset) <= 0)
    return;
  memcpy (self->spare, items, half * sizeof (VliveLocalItem));
  while (i < half && j < n)
    items[to++] = compare_from (self, &self->spare[i], &items[j], offset) <= 0
                      ? self->spare[i++]
                      : items[j++];
  memcpy (items + to, self->spare + i, (half - i) * sizeof (VliveLocalItem));
}

/* TRUE if they stand in the order of their prefixes already. */
static gboolean
load_prefixes (VliveLocalItem *items, gsize n, gsize offset)
{
  gboolean ordered = TRUE;

  for (gsize i = 0; i < n; i++)
    {
      gsize left = items[i].len > offset ? items[i].len - offset : 0;
      guint64 prefix = 0;

      if (left >= sizeof prefix)
        memcpy (&prefix, items[i].key + offset, sizeof prefix);
      else if (left > 0)
        memcpy (&prefix, items[i].key + offset, left);
      items[i].prefix = GUINT64_FROM_BE (prefix);
      ordered = ordered && (i == 0 || items[i - 1].prefix <= items[i].prefix);
    }

  return ordered;
}

static void
sort_by_prefix (Sort *self, VliveLocalItem *items, gsize n)
{
  gsize half = n / 2;
  gsize i = 0;
  gsize j = half;
  gsize to = 0;

  if (n < 2)
    return;
  sort_by_prefix (self, items, half);
  sort_by_prefix (self, items + half, n - half);
  if (items[half - 1].prefix <= items[half].prefix)
    return;
  memcpy (self->spare, items, half * sizeof (VliveLocalItem));
  while (i < half && j < n)
    items[to++] =
        self->spare[i].prefix <= items[j].prefix ? self->spare[i++] : items[j++];
  memcpy (items + to, self->spare + i, (half - i) * sizeof (VliveLocalItem));
}

/* By one byte of the prefix, from @from to @to. FALSE if it is that of all. */
static gboolean
distribute (const Place *from, Place *to, gsize n, guint shift)
{
  gsize starts[256] = { 0 };
  gsize at = 0;

  for (gsize i = 0; i < n; i++)
    starts[from[i].prefix >> shift & 0xff]++;
  if (starts[from[0].prefix >> shift & 0xff] == n)
    return FALSE;
  for (guint i = 0; i < 256; i++)
    {
      gsize count = starts[i];

      starts[i] = at;
      at += count;
    }
  for (gsize i = 0; i < n; i++)
    to[starts[from[i].prefix >> shift & 0xff]++] = from[i];

  return TRUE;
}

static void
sort_many_by_prefix (Sort *self, VliveLocalItem *items, gsize n)
{
  g_autofree Place *first = g_new (Place, n);
  g_autofree Place *second = g_new (Place, n);
  Place *from = first;
  Place *to = second;

  for (gsize i = 0; i < n; i++)
    from[i] = (Place){ items[i].prefix, i };
  for (guint shift = 0; shift < 64; shift += 8)
    if (distribute (from, to, n, shift))
      {
        Place *swapped = from;

        from = to;
        to = swapped;
      }
  memcpy (self->spare, items, n * sizeof (VliveLocalItem));
  for (gsize i = 0; i < n; i++)
    items[i] = self->spare[from[i].index];
}

/* Their keys are equal before @offset. */
static void
refine (Sort *self, VliveLocalItem *items, gsize n, gsize offset)
{
  gboolean ended = TRUE;

  if (n < FEW)
    {
      sort_few (self, items, n, offset);
      return;
    }
  for (gsize i = 0; i < n && ended; i++)
    ended = items[i].len <= offset;
  if (ended)
    {
      sort_few (self, items, n, offset);
      return;
    }

  if (!load_prefixes (items, n, offset))
    {
      if (n < MANY)
        sort_by_prefix (self, items, n);
      else
        sort_many_by_prefix (self, items, n);
    }
  for (gsize from = 0, to; from < n; from = to)
    {
      for (to = from + 1; to < n && items[to].prefix == items[from].prefix; to++)
        ;
      if (to - from > 1)
        refine (self, items + from, to - from, offset + sizeof (guint64));
    }
}

/* What all keys begin with. */
static gsize
find_common (const VliveLocalItem *items, gsize n)
{
  gsize common = items[0].len;

  for (gsize i = 1; i < n && common > 0; i++)
    {
      common = MIN (common, items[i].len);
      while (memcmp (items[0].key, items[i].key, common) != 0)
        common--;
    }

  return common;
}

void
_vlive_local_sort (VliveLocalItem *items,
                   gsize n_items,
                   VliveLocalItemCompare compare,
                   gpointer data)
{
  Sort self = { .compare = compare, .data = data };

  if (n_items < 2)
    return;
  self.spare = g_new (VliveLocalItem, n_items);
  refine (&self, items, n_items, find_common (items, n_items));
  g_free (self.spare);
}

/* Numbers, by their number of digits and then their digits, negative ones
 * turned; then text. */
void
_vlive_local_sort_append_id (GByteArray *key, const char *id)
{
  gboolean negative = id[0] == '-';
  const char *digits = id + (negative ? 1 : 0);
  gsize n = strspn (digits, "0123456789");
  guint8 head[4];

  if (n == 0 || digits[n] != '\0' || n > G_MAXUINT16
      || (digits[0] == '0' && (n > 1 || negative)))
    {
      head[0] = 3;
      g_byte_array_append (key, head, 1);
      g_byte_array_append (key, (const guint8 *) id, (guint) strlen (id) + 1);
      return;
    }

  head[0] = negative ? 1 : 2;
  head[1] = (guint8) (n >> 8);
  head[2] = (guint8) n;
  g_byte_array_append (key, head, 3);
  g_byte_array_append (key, (const guint8 *) digits, (guint) n);
  for (guint i = 1; i < n + 3 && negative; i++)
    key->data[key->len - n - 3 + i] ^= 0xff;
}
