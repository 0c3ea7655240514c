/* vlive-local-build.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "master/vlive-local-order-private.h"

#include "base/vlive-error.h"
#include "master/vlive-local-sort-private.h"

/* What of a text goes into a sort key; equal beginnings are compared as
 * records. */
#define MAX_KEY 72
#define SLAB_SIZE (256 * 1024)

struct _VliveLocalBuild
{
  gatomicrefcount ref_count;
  VliveQuery *query; /* owned */
  guint64 *rows;     /* owned */
  gsize n_rows;
  guint64 sequence; /* of the table in the snapshot */
  guint64 n_table;  /* rows of the table */
  guint32 table;
  guint8 hash[32];
};

typedef struct
{
  VliveLocalTable *table;
  VliveQuery *query;
  VliveQueryPlan *plan; /* owned */
  GCancellable *cancellable;
  VliveRecord record; /* borrowed; keeps the last layout */
  GArray *items;      /* owned; VliveLocalItem: of a sorted query */
  GArray *rows;       /* owned; guint64: of one that is not */
  GPtrArray *slabs;   /* owned; guint8 */
  gsize slab_len;     /* used of the last one */
  gsize slab_size;
  GByteArray *key;     /* owned; in the making */
  VliveLayout *layout; /* not owned; whose @columns these are */
  int *columns;        /* owned; of the sort keys */
  guint n_seen;
  gboolean damaged;
  gboolean cancelled;
} Builder;

VliveLocalBuild *
_vlive_local_build_ref (VliveLocalBuild *self)
{
  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

void
_vlive_local_build_unref (VliveLocalBuild *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  vlive_query_unref (self->query);
  g_free (self->rows);
  g_free (self);
}

gboolean
_vlive_local_build_is_for (VliveLocalBuild *self, guint32 table, const guint8 hash[32])
{
  return self->table == table && memcmp (self->hash, hash, sizeof self->hash) == 0;
}

gsize
_vlive_local_build_get_n_rows (VliveLocalBuild *self)
{
  return self->n_rows;
}

const guint64 *
_vlive_local_build_get_rows (VliveLocalBuild *self)
{
  return self->rows;
}

gboolean
_vlive_local_build_is_large (VliveLocalBuild *self)
{
  return self->n_table > _vlive_local_order_threshold;
}

VliveQuery *
_vlive_local_build_get_query (VliveLocalBuild *self)
{
  return self->query;
}

/* Takes @rows. */
static VliveLocalBuild *
build_new_take (VliveLocalTable *table, VliveQuery *query, guint64 *rows, gsize n_rows)
{
  VliveLocalBuild *self = g_new0 (VliveLocalBuild, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->query = vlive_query_ref (query);
  self->rows = rows;
  self->n_rows = n_rows;
  self->sequence = table->record.sequence;
  self->n_table = table->record.n_rows;
  self->table = table->record.id;
  _vlive_local_query_hash (query, self->hash);

  return self;
}

static void
builder_init (Builder *self, VliveLocalTable *table, VliveQuery *query)
{
  memset (self, 0, sizeof *self);
  self->table = table;
  self->query = query;
  self->plan = _vlive_query_plan_new (query);
  self->items = g_array_new (FALSE, FALSE, sizeof (VliveLocalItem));
  self->rows = g_array_new (FALSE, FALSE, sizeof (guint64));
  self->slabs = g_ptr_array_new_with_free_func (g_free);
  self->key = g_byte_array_new ();
  self->columns = g_new (int, MAX (vlive_query_get_n_sort_keys (query), 1));
}

static void
builder_clear (Builder *self)
{
  g_clear_pointer (&self->plan, _vlive_query_plan_free);
  g_clear_pointer (&self->items, g_array_unref);
  g_clear_pointer (&self->rows, g_array_unref);
  g_clear_pointer (&self->slabs, g_ptr_array_unref);
  g_clear_pointer (&self->key, g_byte_array_unref);
  g_clear_pointer (&self->columns, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Builder, builder_clear)

static void
find_columns (Builder *self)
{
  guint n = vlive_query_get_n_sort_keys (self->query);

  if (self->layout == self->record.layout)
    return;
  self->layout = self->record.layout;
  for (guint i = 0; i < n; i++)
    self->columns[i] =
        _vlive_layout_find (self->layout, vlive_query_get_sort_column (self->query, i));
}

/* Equal folded texts stand in the order of their bytes. */
static void
append_raw (GByteArray *key, const VliveValue *value, gboolean descending)
{
  guint at = key->len;
  guint8 invert = descending ? 0xff : 0;

  g_byte_array_append (key, (const guint8 *) value->text, (guint) value->len + 1);
  for (guint i = at; i < key->len; i++)
    key->data[i] ^= invert;
}

/* TRUE if all of it fitted. */
static gboolean
make_key (Builder *self)
{
  guint n = vlive_query_get_n_sort_keys (self->query);

  find_columns (self);
  g_byte_array_set_size (self->key, 0);
  for (guint i = 0; i < n; i++)
    {
      VliveValue value = { .type = VLIVE_VALUE_MISSING };
      gboolean descending = vlive_query_get_sort_descending (self->query, i);

      if (self->columns[i] >= 0)
        _vlive_record_peek (&self->record, (guint) self->columns[i], &value);
      if (!_vlive_value_append_sort_key (&value, descending, MAX_KEY, self->key))
        return FALSE;
      if (value.type == VLIVE_VALUE_TEXT)
        append_raw (self->key, &value, descending);
    }

  return TRUE;
}

static guint8 *
slab_take (Builder *self, gsize size)
{
  guint8 *p;

  if (self->slab_len + size > self->slab_size)
    {
      self->slab_size = MAX (SLAB_SIZE, size);
      self->slab_len = 0;
      g_ptr_array_add (self->slabs, g_malloc (self->slab_size));
    }
  p = (guint8 *) self->slabs->pdata[self->slabs->len - 1] + self->slab_len;
  self->slab_len += size;

  return p;
}

/* No two keys are equal: they end with the id. */
static void
add_item (Builder *self, guint64 row)
{
  VliveLocalItem item = { .row = row, .cut = !make_key (self) };
  guint8 *p;

  if (!item.cut)
    _vlive_local_sort_append_id (self->key, vlive_record_get_id (&self->record));
  item.len = self->key->len;
  p = slab_take (self, item.len);
  memcpy (p, self->key->data, item.len);
  item.key = p;
  g_array_append_val (self->items, item);
}

static gboolean
scan_row (guint64 row, VliveSpan value, gpointer data)
{
  Builder *self = data;

  if ((++self->n_seen & 1023) == 0 && g_cancellable_is_cancelled (self->cancellable))
    {
      self->cancelled = TRUE;
      return FALSE;
    }
  if (!_vlive_local_row_borrow (self->table, value, &self->record))
    {
      self->damaged = TRUE;
      return FALSE;
    }
  if (!_vlive_query_plan_matches (self->plan, &self->record))
    return TRUE;
  if (_vlive_local_query_is_sorted (self->query))
    add_item (self, row);
  else
    g_array_append_val (self->rows, row);

  return TRUE;
}

/* Keys that were cut: the records themselves. */
static int
compare_records (const VliveLocalItem *a, const VliveLocalItem *b, gpointer data)
{
  Builder *self = data;
  VliveRecord x = { 0 };
  VliveRecord y = { 0 };

  if (!_vlive_local_row_get (self->table, a->row, &x)
      || !_vlive_local_row_get (self->table, b->row, &y))
    {
      self->damaged = TRUE;
      return 0;
    }

  return _vlive_query_plan_compare (self->plan, &x, &y);
}

static VliveLocalBuild *
finish (Builder *self)
{
  guint n = self->items->len;
  guint64 *rows;

  if (!_vlive_local_query_is_sorted (self->query))
    {
      n = self->rows->len;
      return build_new_take (
          self->table, self->query,
          (guint64 *) (void *) g_array_free (g_steal_pointer (&self->rows), FALSE), n);
    }

  _vlive_local_sort ((VliveLocalItem *) (void *) self->items->data, n, compare_records,
                     self);
  rows = g_new (guint64, MAX (n, 1));
  for (guint i = 0; i < n; i++)
    rows[i] = g_array_index (self->items, VliveLocalItem, i).row;

  return build_new_take (self->table, self->query, rows, n);
}

VliveLocalBuild *
_vlive_local_build_new (VliveLocalTable *table,
                        VliveQuery *query,
                        GCancellable *cancellable,
                        GError **error)
{
  VliveLocalIndex *natural = _vlive_local_table_get_natural (table, error);
  g_autoptr (VliveLocalBuild) build = NULL;
  g_auto (Builder) self = { 0 };
  gboolean ok;

  if (natural == NULL)
    return NULL;
  builder_init (&self, table, query);
  self.cancellable = cancellable;
  ok = _vlive_local_index_foreach (natural, 0, 0, scan_row, &self);
  if (ok && !self.damaged && !self.cancelled)
    build = finish (&self);
  if (self.cancelled)
    g_cancellable_set_error_if_cancelled (cancellable, error);
  else if (!ok || self.damaged)
    {
      _vlive_local_table_set_damaged (table, "one of its rows", error);
      g_clear_pointer (&build, _vlive_local_build_unref);
    }

  return g_steal_pointer (&build);
}

/* What a replay has at hand. */
typedef struct
{
  VliveLocalTable *table;
  VliveQueryPlan *plan; /* owned */
  gboolean sorted;
  GHashTable *changed; /* owned; guint64 row key, as key and value */
  GArray *added;       /* owned; guint64: changed rows that match now */
} Replay;

static void
replay_clear (Replay *self)
{
  g_clear_pointer (&self->plan, _vlive_query_plan_free);
  g_clear_pointer (&self->changed, g_hash_table_unref);
  g_clear_pointer (&self->added, g_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Replay, replay_clear)

/* The rows that changed since; FALSE if the log does not say. */
static gboolean
collect_changes (Replay *self, guint64 since)
{
  for (guint64 i = since + 1; i <= self->table->record.sequence; i++)
    {
      VliveLocalLogEntry entry;

      if (!_vlive_local_log_get (self->table, i, &entry)
          || entry.kind == VLIVE_CHANGE_CHANGED)
        return FALSE;
      g_hash_table_add (self->changed, g_memdup2 (&entry.row, sizeof entry.row));
    }

  return TRUE;
}

static int
compare_rows (gconstpointer a, gconstpointer b, gpointer data)
{
  Replay *self = data;
  guint64 x = *(const guint64 *) a;
  guint64 y = *(const guint64 *) b;
  VliveRecord in_x = { 0 };
  VliveRecord in_y = { 0 };

  if (x == y)
    return 0;
  if (self->sorted && _vlive_local_row_get (self->table, x, &in_x)
      && _vlive_local_row_get (self->table, y, &in_y))
    return _vlive_query_plan_compare (self->plan, &in_x, &in_y);

  return x < y ? -1 : 1;
}

static void
collect_added (Replay *self)
{
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, self->changed);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    {
      VliveRecord record = { 0 };
      guint64 row = *(guint64 *) key;

      if (_vlive_local_row_get (self->table, row, &record)
          && _vlive_query_plan_matches (self->plan, &record))
        g_array_append_val (self->added, row);
    }
  g_array_sort_with_data (self->added, compare_rows, self);
}

/* Where @row goes among @rows. */
static gsize
bisect (Replay *self, const guint64 *rows, gsize from, gsize n_rows, guint64 row)
{
  while (from < n_rows)
    {
      gsize middle = from + (n_rows - from) / 2;

      if (compare_rows (&row, &rows[middle], self) > 0)
        from = middle + 1;
      else
        n_rows = middle;
    }

  return from;
}

VliveLocalBuild *
_vlive_local_build_replay (VliveLocalBuild *self, VliveLocalTable *table)
{
  g_auto (Replay) replay = { .table = table };
  g_autofree guint64 *kept = NULL;
  guint64 *rows;
  gsize n_kept = 0;
  gsize from = 0;
  gsize n = 0;

  if (self->sequence == table->record.sequence)
    return _vlive_local_build_ref (self);
  if (self->sequence > table->record.sequence)
    return NULL;

  replay.sorted = _vlive_local_query_is_sorted (self->query);
  replay.plan = _vlive_query_plan_new (self->query);
  replay.changed = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  replay.added = g_array_new (FALSE, FALSE, sizeof (guint64));
  if (!collect_changes (&replay, self->sequence))
    return NULL;
  collect_added (&replay);

  kept = g_new (guint64, MAX (self->n_rows, 1));
  for (gsize i = 0; i < self->n_rows; i++)
    if (!g_hash_table_contains (replay.changed, &self->rows[i]))
      kept[n_kept++] = self->rows[i];
  rows = g_new (guint64, MAX (n_kept + replay.added->len, 1));
  for (guint i = 0; i < replay.added->len; i++)
    {
      guint64 row = g_array_index (replay.added, guint64, i);
      gsize to = bisect (&replay, kept, from, n_kept, row);

      memcpy (rows + n, kept + from, (to - from) * sizeof (guint64));
      n += to - from;
      rows[n++] = row;
      from = to;
    }
  memcpy (rows + n, kept + from, (n_kept - from) * sizeof (guint64));
  n += n_kept - from;

  return build_new_take (table, self->query, rows, n);
}
