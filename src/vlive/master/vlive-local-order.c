/* vlive-local-order.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "master/vlive-local-order-private.h"

#include "base/vlive-clock-private.h"
#include "base/vlive-log-private.h"

/* Raised when the comparator changes. */
#define COMPARATOR 1

/* The use of an order is written down when that is older than this. */
#define TELL_AFTER (60 * G_USEC_PER_SEC)

guint32
_vlive_local_get_collation (void)
{
  return COMPARATOR << 24 | glib_major_version << 16 | (glib_minor_version & 0xffff);
}

void
_vlive_local_query_hash (VliveQuery *query, guint8 hash[32])
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  gsize len = 32;

  g_checksum_update (checksum, (const guchar *) vlive_query_get_key (query), -1);
  g_checksum_get_digest (checksum, hash, &len);
}

gboolean
_vlive_local_query_is_natural (VliveQuery *query)
{
  return vlive_query_get_n_conditions (query) == 0
         && vlive_query_get_n_sort_keys (query) == 0
         && vlive_query_get_search (query) == NULL;
}

gboolean
_vlive_local_query_is_sorted (VliveQuery *query)
{
  return vlive_query_get_n_sort_keys (query) > 0;
}

/* The table's list of orders, in the order of their making. */
static GArray *
load_lines (VliveLocalTable *table)
{
  GArray *lines = g_array_new (FALSE, TRUE, sizeof (VliveLocalOrderLine));
  VliveLocalKey key;
  VliveSpan span;

  _vlive_local_table_part_key (&key, 'o', table->record.id);
  if (!_vlive_txn_get_sealed (table->txn, VLIVE_LOCAL_TABLES, VLIVE_LOCAL_SPAN (&key),
                              &span))
    return lines;
  for (gsize at = 0; at + VLIVE_LOCAL_ORDER_LINE_SIZE <= span.size;
       at += VLIVE_LOCAL_ORDER_LINE_SIZE)
    {
      VliveLocalOrderLine line;

      _vlive_local_order_line_decode (&line, span.data + at);
      g_array_append_val (lines, line);
    }

  return lines;
}

static void
save_lines (VliveLocalTable *table, GArray *lines)
{
  guint8 data[(VLIVE_LOCAL_MAX_ORDERS + 1) * VLIVE_LOCAL_ORDER_LINE_SIZE];
  VliveLocalKey key;

  g_assert (lines->len <= VLIVE_LOCAL_MAX_ORDERS + 1);

  _vlive_local_table_part_key (&key, 'o', table->record.id);
  if (lines->len == 0)
    {
      _vlive_txn_delete (table->txn, VLIVE_LOCAL_TABLES, VLIVE_LOCAL_SPAN (&key));
      return;
    }
  for (guint i = 0; i < lines->len; i++)
    _vlive_local_order_line_encode (&g_array_index (lines, VliveLocalOrderLine, i),
                                    data + (gsize) i * VLIVE_LOCAL_ORDER_LINE_SIZE);
  _vlive_txn_put_sealed (table->txn, VLIVE_LOCAL_TABLES, VLIVE_LOCAL_SPAN (&key),
                         VLIVE_SPAN (data,
                                     (gsize) lines->len * VLIVE_LOCAL_ORDER_LINE_SIZE));
}

/* Its blocks go later. */
static void
drop_line (VliveLocalTable *table, GArray *lines, guint i)
{
  _vlive_local_doom (table->txn, 'o',
                     g_array_index (lines, VliveLocalOrderLine, i).order);
  g_array_remove_index (lines, i);
}

void
_vlive_local_orders_drop_all (VliveLocalTable *table)
{
  g_autoptr (GArray) lines = load_lines (table);

  if (lines->len == 0)
    return;
  while (lines->len > 0)
    drop_line (table, lines, lines->len - 1);
  save_lines (table, lines);
}

static gint64
now_us (void)
{
  return _vlive_clock_get_real_us (_vlive_clock_get_default ());
}

static gint64
used_last (VliveLocalTable *table, const VliveLocalOrderLine *line)
{
  return MAX (line->last_used,
              _vlive_local_file_get_touched (table->file, line->order));
}

VliveLocalIndex *
_vlive_local_orders_find (VliveLocalTable *table,
                          VliveQuery *query,
                          gboolean *tell,
                          gboolean *damaged)
{
  g_autoptr (GArray) lines = load_lines (table);
  guint8 hash[32];

  *tell = FALSE;
  *damaged = FALSE;
  if (lines->len == 0)
    return NULL;
  _vlive_local_query_hash (query, hash);
  for (guint i = 0; i < lines->len; i++)
    {
      VliveLocalOrderLine *line = &g_array_index (lines, VliveLocalOrderLine, i);
      VliveLocalIndex *index;
      gint64 now;

      if (line->collation != _vlive_local_get_collation ()
          || memcmp (line->hash, hash, sizeof hash) != 0)
        continue;
      now = now_us ();
      *tell = lines->len > 1 && now - line->last_used > TELL_AFTER;
      _vlive_local_file_touch_order (table->file, line->order, now);
      index = _vlive_local_index_load (table->txn, line->order, FALSE);
      *damaged = index == NULL;
      return index;
    }

  return NULL;
}

void
_vlive_local_orders_tell (VliveLocalTable *table)
{
  g_autoptr (GArray) lines = load_lines (table);

  if (lines->len == 0)
    return;
  for (guint i = 0; i < lines->len; i++)
    {
      VliveLocalOrderLine *line = &g_array_index (lines, VliveLocalOrderLine, i);

      line->last_used = used_last (table, line);
    }
  save_lines (table, lines);
}

static void
drop_least_used (VliveLocalTable *table, GArray *lines)
{
  guint least = 0;

  for (guint i = 1; i < lines->len; i++)
    if (used_last (table, &g_array_index (lines, VliveLocalOrderLine, i))
        < used_last (table, &g_array_index (lines, VliveLocalOrderLine, least)))
      least = i;
  drop_line (table, lines, least);
}

static void
write_order (VliveLocalTable *table, VliveLocalBuild *build, guint32 order)
{
  g_autoptr (VliveLocalIndex) index = _vlive_local_index_new (table->txn, order, FALSE);
  g_autoptr (GVariant) query =
      _vlive_query_to_variant (_vlive_local_build_get_query (build));
  VliveLocalKey key;

  _vlive_local_index_fill (index, _vlive_local_build_get_rows (build),
                           _vlive_local_build_get_n_rows (build));
  _vlive_local_index_save (index);
  if (g_variant_is_floating (query))
    g_variant_ref_sink (query);
  _vlive_local_order_key (&key, order, 'q', 0);
  _vlive_local_put_variant (table->txn, VLIVE_LOCAL_ORDERS, VLIVE_LOCAL_SPAN (&key),
                            query);
}

gboolean
_vlive_local_orders_put (VliveLocalTable *table,
                         VliveLocalBuild *build,
                         gboolean replace)
{
  g_autoptr (GArray) lines = load_lines (table);
  g_autoptr (VliveLocalBuild) newest = NULL;
  VliveLocalOrderLine line = { .collation = _vlive_local_get_collation (),
                               .last_used = now_us () };

  _vlive_local_query_hash (_vlive_local_build_get_query (build), line.hash);
  for (guint i = 0; i < lines->len; i++)
    {
      VliveLocalOrderLine *other = &g_array_index (lines, VliveLocalOrderLine, i);

      if (memcmp (other->hash, line.hash, sizeof line.hash) != 0)
        continue;
      if (other->collation == line.collation && !replace)
        return TRUE;
      drop_line (table, lines, i);
      break;
    }
  newest = _vlive_local_build_replay (build, table);
  if (newest == NULL)
    return FALSE;

  while (lines->len >= VLIVE_LOCAL_MAX_ORDERS)
    drop_least_used (table, lines);
  line.order = _vlive_local_table_count (table)->order++;
  write_order (table, newest, line.order);
  g_array_append_val (lines, line);
  save_lines (table, lines);

  return TRUE;
}

static VliveQueryPlan *
get_plan (VliveLocalTable *table, guint32 order, VliveQuery **query)
{
  VliveQueryPlan *plan = _vlive_local_file_get_plan (table->file, order, query);
  g_autoptr (GVariant) variant = NULL;
  g_autoptr (VliveQuery) stored = NULL;
  VliveLocalKey key;

  if (plan != NULL)
    return plan;

  _vlive_local_order_key (&key, order, 'q', 0);
  variant = _vlive_local_get_variant (table->txn, VLIVE_LOCAL_ORDERS,
                                      VLIVE_LOCAL_SPAN (&key));
  if (variant != NULL)
    stored = _vlive_query_from_variant (variant, NULL);
  if (stored == NULL)
    return NULL;
  plan = _vlive_local_file_add_plan (table->file, order, stored);
  *query = stored; /* the plan keeps it */

  return plan;
}

/* A record that is looked for in an order. */
typedef struct
{
  VliveLocalTable *table;
  VliveQueryPlan *plan;
  VliveRecord *record;
  VliveRecord other; /* borrowed; keeps the last layout */
  guint64 row;
  gboolean sorted;
  gboolean damaged;
} Place;

static int
place_record (guint64 row, gpointer data)
{
  Place *self = data;

  if (!self->sorted || row == self->row)
    return (self->row > row) - (self->row < row);
  if (!_vlive_local_row_get (self->table, row, &self->other))
    {
      self->damaged = TRUE;
      return 1;
    }

  return _vlive_query_plan_compare (self->plan, self->record, &self->other);
}

static gboolean
move_row (VliveLocalTable *table,
          guint32 order,
          VliveQueryPlan *plan,
          gboolean sorted,
          guint64 row,
          VliveRecord *from,
          VliveRecord *to)
{
  g_autoptr (VliveLocalIndex) index =
      _vlive_local_index_load (table->txn, order, FALSE);
  Place place = { .table = table, .plan = plan, .row = row, .sorted = sorted };
  gboolean ok = index != NULL;

  if (ok && from != NULL)
    {
      place.record = from;
      ok = _vlive_local_index_remove (index, row, place_record, &place)
           && !place.damaged;
    }
  if (ok && to != NULL)
    {
      place.record = to;
      ok = _vlive_local_index_insert (index, row, place_record, &place)
           && !place.damaged;
    }
  if (ok)
    _vlive_local_index_save (index);

  return ok;
}

/* FALSE if the order could not follow. */
static gboolean
follow_one (VliveLocalTable *table,
            const VliveLocalOrderLine *line,
            guint64 row,
            VliveRecord *before,
            VliveRecord *after)
{
  VliveQuery *query;
  VliveQueryPlan *plan;
  gboolean sorted;

  if (line->collation != _vlive_local_get_collation ())
    return FALSE;
  plan = get_plan (table, line->order, &query);
  if (plan == NULL)
    return FALSE;

  sorted = _vlive_local_query_is_sorted (query);
  if (before != NULL && !_vlive_query_plan_matches (plan, before))
    before = NULL;
  if (after != NULL && !_vlive_query_plan_matches (plan, after))
    after = NULL;
  if (before == NULL && after == NULL)
    return TRUE;
  if (before != NULL && after != NULL
      && (!sorted || _vlive_query_plan_compare (plan, before, after) == 0))
    return TRUE;

  return move_row (table, line->order, plan, sorted, row, before, after);
}

void
_vlive_local_orders_follow (VliveLocalTable *table,
                            guint64 row,
                            VliveRecord *before,
                            VliveRecord *after)
{
  g_autoptr (GArray) lines = load_lines (table);
  gboolean changed = FALSE;

  for (guint i = 0; i < lines->len;)
    {
      const VliveLocalOrderLine *line = &g_array_index (lines, VliveLocalOrderLine, i);

      if (follow_one (table, line, row, before, after))
        {
          i++;
          continue;
        }
      if (line->collation == _vlive_local_get_collation ()
          && !_vlive_txn_has_failed (table->txn))
        _vlive_warn_once (
            _vlive_local_file_get_path (table->file), "order",
            "An order of the table %s in %s did not fit its rows: it is made anew",
            table->name, _vlive_local_file_get_shown (table->file));
      drop_line (table, lines, i);
      changed = TRUE;
    }
  if (changed)
    save_lines (table, lines);
}
