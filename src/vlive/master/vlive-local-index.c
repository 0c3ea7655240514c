/* vlive-local-index.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "master/vlive-local-index-private.h"

#define ROOT_HEADER 16
#define LINE_SIZE 24
#define ENTRY_SIZE 16

/* A block, as its chunk knows it. */
typedef struct
{
  guint64 first; /* row key; in a natural order a lower bound of it */
  guint32 n_rows;
  guint32 number; /* of the block; 0 in a natural order */
} Entry;

/* A chunk, as the root knows it. */
typedef struct
{
  guint32 number;
  guint32 n_entries;
  guint64 n_rows;
  guint64 first;
} Line;

struct _VliveLocalIndex
{
  VliveTxn *txn; /* not owned */
  GArray *lines; /* owned; Line */
  guint64 n_rows;
  guint32 order;
  guint32 next_number;
  gboolean natural;
  gboolean changed;

  /* The chunk and the block at hand. */
  Entry entries[VLIVE_LOCAL_CHUNK_MAX + 1];
  guint n_entries;
  guint64 rows[VLIVE_LOCAL_BLOCK_MAX + 1];
  guint n_in_block;
};

#define LINE(self, i) (&g_array_index ((self)->lines, Line, (i)))

VliveLocalIndex *
_vlive_local_index_new (VliveTxn *txn, guint32 order, gboolean natural)
{
  VliveLocalIndex *self = g_new0 (VliveLocalIndex, 1);

  self->txn = txn;
  self->order = order;
  self->natural = natural;
  self->lines = g_array_new (FALSE, FALSE, sizeof (Line));
  self->next_number = 1;
  self->changed = TRUE;

  return self;
}

void
_vlive_local_index_free (VliveLocalIndex *self)
{
  g_array_unref (self->lines);
  g_free (self);
}

guint64
_vlive_local_index_get_n_rows (VliveLocalIndex *self)
{
  return self->n_rows;
}

static gboolean
decode_root (VliveLocalIndex *self, VliveSpan span)
{
  guint32 n_lines;
  guint64 total = 0;

  if (span.size < ROOT_HEADER)
    return FALSE;
  n_lines = _vlive_local_get_u32 (span.data);
  self->next_number = _vlive_local_get_u32 (span.data + 4);
  self->n_rows = _vlive_local_get_u64 (span.data + 8);
  if ((span.size - ROOT_HEADER) / LINE_SIZE != n_lines)
    return FALSE;

  g_array_set_size (self->lines, n_lines);
  for (guint i = 0; i < n_lines; i++)
    {
      const guint8 *p = span.data + ROOT_HEADER + (gsize) i * LINE_SIZE;
      Line *line = LINE (self, i);

      line->number = _vlive_local_get_u32 (p);
      line->n_entries = _vlive_local_get_u32 (p + 4);
      line->n_rows = _vlive_local_get_u64 (p + 8);
      line->first = _vlive_local_get_u64 (p + 16);
      total += line->n_rows;
    }

  return total == self->n_rows;
}

VliveLocalIndex *
_vlive_local_index_load (VliveTxn *txn, guint32 order, gboolean natural)
{
  g_autoptr (VliveLocalIndex) self = _vlive_local_index_new (txn, order, natural);
  VliveLocalKey key;
  VliveSpan span;

  self->changed = FALSE;
  _vlive_local_order_key (&key, order, 'r', 0);
  if (!_vlive_txn_get_sealed (txn, VLIVE_LOCAL_ORDERS, VLIVE_LOCAL_SPAN (&key), &span)
      || !decode_root (self, span))
    return NULL;

  return g_steal_pointer (&self);
}

void
_vlive_local_index_save (VliveLocalIndex *self)
{
  gsize size = ROOT_HEADER + (gsize) self->lines->len * LINE_SIZE;
  g_autofree guint8 *data = NULL;
  VliveLocalKey key;

  if (!self->changed)
    return;

  data = g_malloc (size);
  _vlive_local_set_u32 (data, self->lines->len);
  _vlive_local_set_u32 (data + 4, self->next_number);
  _vlive_local_set_u64 (data + 8, self->n_rows);
  for (guint i = 0; i < self->lines->len; i++)
    {
      guint8 *p = data + ROOT_HEADER + (gsize) i * LINE_SIZE;
      const Line *line = LINE (self, i);

      _vlive_local_set_u32 (p, line->number);
      _vlive_local_set_u32 (p + 4, line->n_entries);
      _vlive_local_set_u64 (p + 8, line->n_rows);
      _vlive_local_set_u64 (p + 16, line->first);
    }
  _vlive_local_order_key (&key, self->order, 'r', 0);
  _vlive_txn_put_sealed (self->txn, VLIVE_LOCAL_ORDERS, VLIVE_LOCAL_SPAN (&key),
                         VLIVE_SPAN (data, size));
  self->changed = FALSE;
}

static gboolean
load_chunk (VliveLocalIndex *self, const Line *line)
{
  VliveLocalKey key;
  VliveSpan span;
  guint64 total = 0;

  _vlive_local_order_key (&key, self->order, 'c', line->number);
  if (!_vlive_txn_get_sealed (self->txn, VLIVE_LOCAL_ORDERS, VLIVE_LOCAL_SPAN (&key),
                              &span))
    return FALSE;
  if (span.size != (gsize) line->n_entries * ENTRY_SIZE
      || line->n_entries > VLIVE_LOCAL_CHUNK_MAX || line->n_entries == 0)
    return FALSE;

  self->n_entries = line->n_entries;
  for (guint i = 0; i < self->n_entries; i++)
    {
      const guint8 *p = span.data + (gsize) i * ENTRY_SIZE;

      self->entries[i].first = _vlive_local_get_u64 (p);
      self->entries[i].n_rows = _vlive_local_get_u32 (p + 8);
      self->entries[i].number = _vlive_local_get_u32 (p + 12);
      total += self->entries[i].n_rows;
    }

  return total == line->n_rows;
}

static void
put_entries (VliveLocalIndex *self, guint32 number, const Entry *entries, guint n)
{
  guint8 data[VLIVE_LOCAL_CHUNK_MAX * ENTRY_SIZE];
  VliveLocalKey key;

  g_assert (n <= VLIVE_LOCAL_CHUNK_MAX);

  for (guint i = 0; i < n; i++)
    {
      guint8 *p = data + (gsize) i * ENTRY_SIZE;

      _vlive_local_set_u64 (p, entries[i].first);
      _vlive_local_set_u32 (p + 8, entries[i].n_rows);
      _vlive_local_set_u32 (p + 12, entries[i].number);
    }
  _vlive_local_order_key (&key, self->order, 'c', number);
  _vlive_txn_put_sealed (self->txn, VLIVE_LOCAL_ORDERS, VLIVE_LOCAL_SPAN (&key),
                         VLIVE_SPAN (data, (gsize) n * ENTRY_SIZE));
}

static gboolean
load_block (VliveLocalIndex *self, const Entry *entry)
{
  VliveLocalKey key;
  VliveSpan span;

  _vlive_local_order_key (&key, self->order, 'b', entry->number);
  if (!_vlive_txn_get_sealed (self->txn, VLIVE_LOCAL_ORDERS, VLIVE_LOCAL_SPAN (&key),
                              &span))
    return FALSE;
  if (span.size != (gsize) entry->n_rows * sizeof (guint64)
      || entry->n_rows > VLIVE_LOCAL_BLOCK_MAX || entry->n_rows == 0)
    return FALSE;

  self->n_in_block = entry->n_rows;
  for (guint i = 0; i < self->n_in_block; i++)
    self->rows[i] = _vlive_local_get_u64 (span.data + (gsize) i * sizeof (guint64));

  return TRUE;
}

static void
put_rows (VliveLocalIndex *self, guint32 number, const guint64 *rows, guint n)
{
  guint8 data[VLIVE_LOCAL_BLOCK_MAX * sizeof (guint64)];
  VliveLocalKey key;

  g_assert (n <= VLIVE_LOCAL_BLOCK_MAX);

  for (guint i = 0; i < n; i++)
    _vlive_local_set_u64 (data + (gsize) i * sizeof (guint64), rows[i]);
  _vlive_local_order_key (&key, self->order, 'b', number);
  _vlive_txn_put_sealed (self->txn, VLIVE_LOCAL_ORDERS, VLIVE_LOCAL_SPAN (&key),
                         VLIVE_SPAN (data, (gsize) n * sizeof (guint64)));
}

static void
delete_part (VliveLocalIndex *self, char part, guint32 number)
{
  VliveLocalKey key;

  _vlive_local_order_key (&key, self->order, part, number);
  _vlive_txn_delete (self->txn, VLIVE_LOCAL_ORDERS, VLIVE_LOCAL_SPAN (&key));
}

/* Puts the chunk at hand back as chunk @i, in two if it has grown too long;
 * goes if it is empty. */
static void
store_chunk (VliveLocalIndex *self, guint i)
{
  Line *line = LINE (self, i);
  guint n = self->n_entries;
  Line right = { 0 };

  self->changed = TRUE;
  if (n == 0)
    {
      delete_part (self, 'c', line->number);
      g_array_remove_index (self->lines, i);
      return;
    }
  if (n > VLIVE_LOCAL_CHUNK_MAX)
    {
      /* At the end of all things follow in order: leave the left one full. */
      n = i + 1 == self->lines->len ? VLIVE_LOCAL_CHUNK_FILL : n / 2;
      right.number = self->next_number++;
      right.n_entries = self->n_entries - n;
      right.first = self->entries[n].first;
      for (guint j = n; j < self->n_entries; j++)
        right.n_rows += self->entries[j].n_rows;
      put_entries (self, right.number, self->entries + n, right.n_entries);
    }
  line->n_entries = n;
  line->first = self->entries[0].first;
  line->n_rows = 0;
  for (guint j = 0; j < n; j++)
    line->n_rows += self->entries[j].n_rows;
  put_entries (self, line->number, self->entries, n);
  if (right.n_entries > 0)
    g_array_insert_val (self->lines, i + 1, right);
}

static void
insert_entry (VliveLocalIndex *self, guint at, Entry entry)
{
  memmove (self->entries + at + 1, self->entries + at,
           (self->n_entries - at) * sizeof (Entry));
  self->entries[at] = entry;
  self->n_entries++;
}

static void
remove_entry (VliveLocalIndex *self, guint at)
{
  self->n_entries--;
  memmove (self->entries + at, self->entries + at + 1,
           (self->n_entries - at) * sizeof (Entry));
}

/* The first chunk of an empty order. */
static void
begin_chunk (VliveLocalIndex *self)
{
  Line line = { .number = self->next_number++ };

  g_array_append_val (self->lines, line);
  self->n_entries = 0;
}

/* Brings the last chunk to hand; makes it if there is none. */
static gboolean
open_last_chunk (VliveLocalIndex *self)
{
  if (self->lines->len > 0)
    return load_chunk (self, LINE (self, self->lines->len - 1));
  begin_chunk (self);

  return TRUE;
}

gboolean
_vlive_local_index_append_run (VliveLocalIndex *self, guint64 first, guint32 n)
{
  Entry *last;

  g_assert (self->natural && n > 0 && n <= VLIVE_LOCAL_RUN_MAX);

  if (!open_last_chunk (self))
    return FALSE;
  last = self->n_entries > 0 ? &self->entries[self->n_entries - 1] : NULL;
  if (last != NULL && last->n_rows + n <= VLIVE_LOCAL_RUN_MAX
      && VLIVE_LOCAL_ROW_GENERATION (last->first) == VLIVE_LOCAL_ROW_GENERATION (first))
    last->n_rows += n;
  else
    insert_entry (self, self->n_entries, (Entry){ .first = first, .n_rows = n });
  self->n_rows += n;
  store_chunk (self, self->lines->len - 1);

  return TRUE;
}

gboolean
_vlive_local_index_append (VliveLocalIndex *self, guint64 row)
{
  Entry *last = NULL;

  if (self->natural)
    return _vlive_local_index_append_run (self, row, 1);

  if (!open_last_chunk (self))
    return FALSE;
  if (self->n_entries > 0)
    {
      last = &self->entries[self->n_entries - 1];
      if (!load_block (self, last))
        return FALSE;
    }
  if (last == NULL || last->n_rows == VLIVE_LOCAL_BLOCK_MAX)
    {
      insert_entry (self, self->n_entries,
                    (Entry){ .first = row, .number = self->next_number++ });
      last = &self->entries[self->n_entries - 1];
      self->n_in_block = 0;
    }
  self->rows[self->n_in_block++] = row;
  last->n_rows++;
  put_rows (self, last->number, self->rows, self->n_in_block);
  self->n_rows++;
  store_chunk (self, self->lines->len - 1);

  return TRUE;
}

gboolean
_vlive_local_index_fill (VliveLocalIndex *self, const guint64 *rows, gsize n_rows)
{
  gsize at = 0;

  g_assert (!self->natural && self->n_rows == 0 && self->lines->len == 0);

  while (at < n_rows)
    {
      begin_chunk (self);
      while (at < n_rows && self->n_entries < VLIVE_LOCAL_CHUNK_FILL)
        {
          guint n = (guint) MIN (n_rows - at, VLIVE_LOCAL_BLOCK_FILL);
          Entry entry = { .first = rows[at],
                          .n_rows = n,
                          .number = self->next_number++ };

          put_rows (self, entry.number, rows + at, n);
          insert_entry (self, self->n_entries, entry);
          at += n;
        }
      store_chunk (self, self->lines->len - 1);
    }
  self->n_rows = n_rows;
  self->changed = TRUE;

  return !_vlive_txn_has_failed (self->txn);
}

static int
place_by_row (guint64 row, gpointer data)
{
  guint64 wanted = *(const guint64 *) data;

  return (wanted > row) - (wanted < row);
}

/* The last chunk, entry or row that does not stand behind what is looked for:
 * @get gives the row key of each. 0 if all do. */
static guint
bisect_lines (VliveLocalIndex *self, VliveLocalPlaceFunc place, gpointer data)
{
  guint low = 0;
  guint high = self->lines->len;

  while (high - low > 1)
    {
      guint middle = low + (high - low) / 2;

      if (place (LINE (self, middle)->first, data) < 0)
        high = middle;
      else
        low = middle;
    }

  return low;
}

static guint
bisect_entries (VliveLocalIndex *self, VliveLocalPlaceFunc place, gpointer data)
{
  guint low = 0;
  guint high = self->n_entries;

  while (high - low > 1)
    {
      guint middle = low + (high - low) / 2;

      if (place (self->entries[middle].first, data) < 0)
        high = middle;
      else
        low = middle;
    }

  return low;
}

/* The first row that stands at or behind what is looked for. */
static guint
bisect_rows (VliveLocalIndex *self, VliveLocalPlaceFunc place, gpointer data)
{
  guint low = 0;
  guint high = self->n_in_block;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (place (self->rows[middle], data) > 0)
        low = middle + 1;
      else
        high = middle;
    }

  return low;
}

/* The block at hand, entry @at of the chunk at hand, has one row too many. */
static void
split_block (VliveLocalIndex *self, guint at)
{
  guint n = self->n_in_block / 2;
  Entry right = { .first = self->rows[n],
                  .n_rows = self->n_in_block - n,
                  .number = self->next_number++ };

  put_rows (self, right.number, self->rows + n, right.n_rows);
  insert_entry (self, at + 1, right);
  self->n_in_block = n;
  self->entries[at].n_rows = n;
}

gboolean
_vlive_local_index_insert (VliveLocalIndex *self,
                           guint64 row,
                           VliveLocalPlaceFunc place,
                           gpointer data)
{
  guint chunk;
  guint entry;
  guint at;

  g_assert (!self->natural);

  if (self->n_rows == 0)
    return _vlive_local_index_append (self, row);

  chunk = bisect_lines (self, place, data);
  if (!load_chunk (self, LINE (self, chunk)))
    return FALSE;
  entry = bisect_entries (self, place, data);
  if (!load_block (self, &self->entries[entry]))
    return FALSE;

  at = bisect_rows (self, place, data);
  memmove (self->rows + at + 1, self->rows + at,
           (self->n_in_block - at) * sizeof (guint64));
  self->rows[at] = row;
  self->n_in_block++;
  self->entries[entry].first = self->rows[0];
  self->entries[entry].n_rows++;
  if (self->n_in_block > VLIVE_LOCAL_BLOCK_MAX)
    split_block (self, entry);
  put_rows (self, self->entries[entry].number, self->rows, self->n_in_block);
  self->n_rows++;
  store_chunk (self, chunk);

  return TRUE;
}

/* A block that has become small takes in the one behind it. */
static gboolean
join_block (VliveLocalIndex *self, guint at)
{
  Entry *entry = &self->entries[at];
  guint64 rows[VLIVE_LOCAL_BLOCK_MAX];
  guint n = self->n_in_block;

  if (n >= VLIVE_LOCAL_BLOCK_MAX / 8 || at + 1 >= self->n_entries
      || n + entry[1].n_rows > VLIVE_LOCAL_BLOCK_FILL)
    return TRUE;

  memcpy (rows, self->rows, n * sizeof (guint64));
  if (!load_block (self, entry + 1))
    return FALSE;
  memmove (self->rows + n, self->rows, self->n_in_block * sizeof (guint64));
  memcpy (self->rows, rows, n * sizeof (guint64));
  self->n_in_block += n;
  delete_part (self, 'b', entry[1].number);
  remove_entry (self, at + 1);

  return TRUE;
}

static gboolean
remove_from_run (VliveLocalIndex *self, guint64 row, guint chunk)
{
  guint at = bisect_entries (self, place_by_row, &row);
  Entry *entry = &self->entries[at];

  if (entry->first > row
      || VLIVE_LOCAL_ROW_GENERATION (entry->first) != VLIVE_LOCAL_ROW_GENERATION (row))
    return FALSE;

  entry->n_rows--;
  if (entry->n_rows == 0)
    remove_entry (self, at);
  else if (at + 1 < self->n_entries
           && entry->n_rows + entry[1].n_rows <= VLIVE_LOCAL_RUN_MAX / 2
           && VLIVE_LOCAL_ROW_GENERATION (entry[1].first)
                  == VLIVE_LOCAL_ROW_GENERATION (row))
    {
      entry->n_rows += entry[1].n_rows;
      remove_entry (self, at + 1);
    }
  self->n_rows--;
  store_chunk (self, chunk);

  return TRUE;
}

gboolean
_vlive_local_index_remove (VliveLocalIndex *self,
                           guint64 row,
                           VliveLocalPlaceFunc place,
                           gpointer data)
{
  guint chunk;
  guint at;
  guint in_block;

  if (self->natural)
    {
      place = place_by_row;
      data = &row;
    }
  if (self->n_rows == 0)
    return FALSE;

  chunk = bisect_lines (self, place, data);
  if (!load_chunk (self, LINE (self, chunk)))
    return FALSE;
  if (self->natural)
    return remove_from_run (self, row, chunk);
  at = bisect_entries (self, place, data);
  if (!load_block (self, &self->entries[at]))
    return FALSE;
  in_block = bisect_rows (self, place, data);
  if (in_block == self->n_in_block || self->rows[in_block] != row)
    return FALSE;

  self->n_in_block--;
  memmove (self->rows + in_block, self->rows + in_block + 1,
           (self->n_in_block - in_block) * sizeof (guint64));
  self->n_rows--;
  if (self->n_in_block == 0)
    {
      delete_part (self, 'b', self->entries[at].number);
      remove_entry (self, at);
    }
  else
    {
      if (!join_block (self, at))
        return FALSE;
      self->entries[at].first = self->rows[0];
      self->entries[at].n_rows = self->n_in_block;
      put_rows (self, self->entries[at].number, self->rows, self->n_in_block);
    }
  store_chunk (self, chunk);

  return TRUE;
}

/* Up to @n rows of a run, without its first @skip. FALSE in @more: enough. */
static gboolean
read_run (VliveLocalIndex *self,
          const Entry *entry,
          guint skip,
          guint n,
          VliveLocalRowFunc func,
          gpointer data,
          gboolean *more)
{
  g_autoptr (VliveCursor) cursor = _vlive_cursor_new (self->txn, VLIVE_LOCAL_ROWS);
  VliveLocalKey wanted;
  VliveSpan key;
  VliveSpan value;
  gboolean found;

  _vlive_local_row_key (&wanted, entry->first);
  found = _vlive_cursor_seek (cursor, VLIVE_LOCAL_SPAN (&wanted), &key, &value);
  for (guint i = 0; i < skip && found; i++)
    found = _vlive_cursor_next (cursor, &key, &value);
  for (guint i = 0; i < n && found && *more; i++)
    {
      guint64 row = key.size == sizeof (guint64) ? _vlive_local_be64 (key.data) : 0;

      if (VLIVE_LOCAL_ROW_GENERATION (row) != VLIVE_LOCAL_ROW_GENERATION (entry->first))
        return FALSE;
      *more = func (row, value, data);
      if (i + 1 < n && *more)
        found = _vlive_cursor_next (cursor, &key, &value);
    }

  return found;
}

static gboolean
read_block (VliveLocalIndex *self,
            const Entry *entry,
            guint skip,
            guint n,
            VliveLocalRowFunc func,
            gpointer data,
            gboolean *more)
{
  if (self->natural)
    return read_run (self, entry, skip, n, func, data, more);
  if (!load_block (self, entry))
    return FALSE;
  for (guint i = skip; i < skip + n && *more; i++)
    *more = func (self->rows[i], VLIVE_SPAN (NULL, 0), data);

  return TRUE;
}

gboolean
_vlive_local_index_foreach (VliveLocalIndex *self,
                            guint64 offset,
                            guint64 n,
                            VliveLocalRowFunc func,
                            gpointer data)
{
  gboolean more = TRUE;

  if (offset >= self->n_rows)
    return TRUE;
  n = n == 0 ? self->n_rows - offset : MIN (n, self->n_rows - offset);

  for (guint i = 0; i < self->lines->len && n > 0 && more; i++)
    {
      if (offset >= LINE (self, i)->n_rows)
        {
          offset -= LINE (self, i)->n_rows;
          continue;
        }
      if (!load_chunk (self, LINE (self, i)))
        return FALSE;
      for (guint j = 0; j < self->n_entries && n > 0 && more; j++)
        {
          guint here;

          if (offset >= self->entries[j].n_rows)
            {
              offset -= self->entries[j].n_rows;
              continue;
            }
          here = (guint) MIN (n, self->entries[j].n_rows - offset);
          if (!read_block (self, &self->entries[j], (guint) offset, here, func, data,
                           &more))
            return FALSE;
          n -= here;
          offset = 0;
        }
    }

  return TRUE;
}

static gboolean
count_row (guint64 row, VliveSpan value, gpointer data)
{
  guint64 *n = data;

  (*n)++;

  return TRUE;
}

gboolean
_vlive_local_index_check (VliveLocalIndex *self)
{
  guint64 n = 0;
  guint64 total = 0;

  for (guint i = 0; i < self->lines->len; i++)
    {
      if (!load_chunk (self, LINE (self, i))
          || LINE (self, i)->first != self->entries[0].first)
        return FALSE;
      for (guint j = 0; j < self->n_entries; j++)
        {
          if (self->entries[j].n_rows == 0)
            return FALSE;
          if (!self->natural
              && (!load_block (self, &self->entries[j])
                  || self->rows[0] != self->entries[j].first))
            return FALSE;
        }
      total += LINE (self, i)->n_rows;
    }

  return total == self->n_rows && _vlive_local_index_foreach (self, 0, 0, count_row, &n)
         && n == self->n_rows;
}
