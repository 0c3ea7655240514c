/* vlive-scripted-rows.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "master/vlive-scripted-rows-private.h"

/* A row that was never written. */
#define FIRST_VERSION 1

guint64
_vlive_scripted_rank (GArray *sorted, guint64 number)
{
  guint low = 0;
  guint high = sorted->len;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (g_array_index (sorted, guint64, middle) < number)
        low = middle + 1;
      else
        high = middle;
    }

  return low;
}

guint64
_vlive_scripted_select (GArray *sorted, guint64 first, guint64 nth)
{
  guint start = (guint) _vlive_scripted_rank (sorted, first);
  guint low = start;
  guint high = sorted->len;

  /* Those of @sorted with at most @nth others between @first and them. */
  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (g_array_index (sorted, guint64, middle) - first - (middle - start) <= nth)
        low = middle + 1;
      else
        high = middle;
    }

  return first + nth + (low - start);
}

static void
extra_clear (gpointer data)
{
  VliveScriptedExtra *extra = data;

  g_ref_string_release (extra->id);
}

static void
written_free (gpointer data)
{
  VliveScriptedWritten *written = data;

  vlive_record_unref (written->record);
  g_free (written);
}

static void
make_parts (VliveScriptedRows *self)
{
  self->gone = g_array_new (FALSE, FALSE, sizeof (guint64));
  self->extras = g_array_new (FALSE, FALSE, sizeof (VliveScriptedExtra));
  g_array_set_clear_func (self->extras, extra_clear);
  self->written =
      g_hash_table_new_full (g_str_hash, g_str_equal,
                             (GDestroyNotify) g_ref_string_release, written_free);
}

VliveScriptedRows *
_vlive_scripted_rows_new (guint64 n_computed, guint64 seed)
{
  VliveScriptedRows *self = g_new0 (VliveScriptedRows, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->n_computed = n_computed;
  self->seed = seed;
  self->layout = _vlive_scripted_layout_new ();
  self->sequence = FIRST_VERSION;
  make_parts (self);

  return self;
}

VliveScriptedRows *
_vlive_scripted_rows_ref (VliveScriptedRows *self)
{
  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

void
_vlive_scripted_rows_unref (VliveScriptedRows *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  _vlive_layout_unref (self->layout);
  g_array_unref (self->gone);
  g_array_unref (self->extras);
  g_hash_table_unref (self->written);
  g_free (self);
}

/* @key: a ref string. */
static void
set_written (VliveScriptedRows *self,
             char *key,
             VliveRecord *record,
             const VliveScriptedWritten *like)
{
  VliveScriptedWritten *written = g_memdup2 (like, sizeof *like);

  written->record = vlive_record_ref (record);
  g_hash_table_replace (self->written, g_ref_string_acquire (key), written);
}

static VliveScriptedRows *
copy (VliveScriptedRows *self)
{
  VliveScriptedRows *other = _vlive_scripted_rows_new (self->n_computed, self->seed);
  GHashTableIter iter;
  gpointer key;
  gpointer value;

  other->sequence = self->sequence;
  g_array_append_vals (other->gone, self->gone->data, self->gone->len);
  g_array_append_vals (other->extras, self->extras->data, self->extras->len);
  for (guint i = 0; i < other->extras->len; i++)
    g_ref_string_acquire (g_array_index (other->extras, VliveScriptedExtra, i).id);
  g_hash_table_iter_init (&iter, self->written);
  while (g_hash_table_iter_next (&iter, &key, &value))
    set_written (other, key, ((VliveScriptedWritten *) value)->record, value);

  return other;
}

void
_vlive_scripted_rows_own (VliveScriptedRows **self)
{
  VliveScriptedRows *old = *self;

  if (g_atomic_ref_count_compare (&old->ref_count, 1))
    return;
  *self = copy (old);
  _vlive_scripted_rows_unref (old);
}

guint64
_vlive_scripted_rows_count (VliveScriptedRows *self)
{
  return self->n_computed - self->gone->len + self->extras->len;
}

static guint64
extra_position (VliveScriptedRows *self, guint index)
{
  guint64 boundary = g_array_index (self->extras, VliveScriptedExtra, index).boundary;

  return boundary - _vlive_scripted_rank (self->gone, boundary) + index;
}

/* How many extra rows stand before @position. */
static guint
n_extras_before (VliveScriptedRows *self, guint64 position)
{
  guint low = 0;
  guint high = self->extras->len;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (extra_position (self, middle) < position)
        low = middle + 1;
      else
        high = middle;
    }

  return low;
}

VliveScriptedSpot
_vlive_scripted_rows_at (VliveScriptedRows *self, guint64 position)
{
  guint before = n_extras_before (self, position);

  g_assert (position < _vlive_scripted_rows_count (self));

  if (before < self->extras->len && extra_position (self, before) == position)
    return VLIVE_SCRIPTED_EXTRA | before;

  return _vlive_scripted_select (self->gone, 0, position - before);
}

static gboolean
is_gone (VliveScriptedRows *self, guint64 index)
{
  guint64 rank = _vlive_scripted_rank (self->gone, index);

  return rank < self->gone->len && g_array_index (self->gone, guint64, rank) == index;
}

/* The computed row that has, or had, the id. */
static gboolean
find_computed (VliveScriptedRows *self, const char *id, guint64 *index)
{
  gint64 number;

  if (!_vlive_scripted_parse_id (id, &number) || number < 1
      || (guint64) number > self->n_computed)
    return FALSE;
  *index = (guint64) number - 1;

  return TRUE;
}

VliveScriptedSpot
_vlive_scripted_rows_find (VliveScriptedRows *self, const char *id)
{
  gpointer key;
  gpointer value;
  guint64 index;

  if (g_hash_table_lookup_extended (self->written, id, &key, &value)
      && ((VliveScriptedWritten *) value)->extra)
    {
      for (guint i = 0; i < self->extras->len; i++)
        if (g_array_index (self->extras, VliveScriptedExtra, i).id == key)
          return VLIVE_SCRIPTED_EXTRA | i;
      g_assert_not_reached ();
    }
  if (!find_computed (self, id, &index) || is_gone (self, index))
    return VLIVE_SCRIPTED_NO_SPOT;

  return index;
}

gboolean
_vlive_scripted_rows_has (VliveScriptedRows *self, const char *id)
{
  guint64 index;

  return g_hash_table_contains (self->written, id)
         || (find_computed (self, id, &index) && !is_gone (self, index));
}

guint64
_vlive_scripted_rows_get_serial (VliveScriptedRows *self, VliveScriptedSpot spot)
{
  if ((spot & VLIVE_SCRIPTED_EXTRA) == 0)
    return spot + 1;

  return g_array_index (self->extras, VliveScriptedExtra, spot & ~VLIVE_SCRIPTED_EXTRA)
      .serial;
}

VliveRecord *
_vlive_scripted_rows_dup (VliveScriptedRows *self,
                          VliveScriptedSpot spot,
                          VliveRecordBuilder *builder,
                          guint columns)
{
  VliveScriptedWritten *written = NULL;
  char id[24];
  const char *key = id;

  if ((spot & VLIVE_SCRIPTED_EXTRA) != 0)
    key = g_array_index (self->extras, VliveScriptedExtra, spot & ~VLIVE_SCRIPTED_EXTRA)
              .id;
  else
    g_snprintf (id, sizeof id, "%" G_GUINT64_FORMAT, spot + 1);
  if (g_hash_table_size (self->written) > 0)
    written = g_hash_table_lookup (self->written, key);
  if (written != NULL)
    return vlive_record_ref (written->record);

  return _vlive_scripted_make (builder, self->seed, spot, columns);
}

VliveRecord *
_vlive_scripted_rows_dup_by_id (VliveScriptedRows *self,
                                const char *id,
                                guint64 *version)
{
  VliveScriptedWritten *written = g_hash_table_lookup (self->written, id);
  guint64 index;

  *version = FIRST_VERSION;
  if (written != NULL)
    {
      *version = written->version;
      return vlive_record_ref (written->record);
    }
  if (!find_computed (self, id, &index) || is_gone (self, index))
    return NULL;

  return _vlive_scripted_make_from (self->seed, index, NULL);
}

void
_vlive_scripted_rows_insert (VliveScriptedRows *self,
                             guint64 position,
                             VliveRecord *record,
                             guint64 serial)
{
  guint64 count = _vlive_scripted_rows_count (self);
  guint before = n_extras_before (self, MIN (position, count));
  VliveScriptedExtra extra = { .serial = serial };
  VliveScriptedWritten written = { .extra = TRUE, .version = ++self->sequence };

  extra.id = g_ref_string_new (vlive_record_get_id (record));
  if (position >= count)
    extra.boundary = self->n_computed;
  else if (before < self->extras->len && extra_position (self, before) == position)
    extra.boundary = g_array_index (self->extras, VliveScriptedExtra, before).boundary;
  else
    extra.boundary = _vlive_scripted_select (self->gone, 0, position - before);
  g_array_insert_val (self->extras, before, extra);
  set_written (self, extra.id, record, &written);
}

void
_vlive_scripted_rows_put (VliveScriptedRows *self, VliveRecord *record)
{
  const char *id = vlive_record_get_id (record);
  VliveScriptedWritten *old = g_hash_table_lookup (self->written, id);
  VliveScriptedWritten written = { .version = ++self->sequence };
  char *key;

  if (old != NULL)
    {
      vlive_record_unref (old->record);
      old->record = vlive_record_ref (record);
      old->version = written.version;
      return;
    }
  if (!find_computed (self, id, &written.index))
    g_assert_not_reached ();
  key = g_ref_string_new (id);
  set_written (self, key, record, &written);
  g_ref_string_release (key);
}

void
_vlive_scripted_rows_remove (VliveScriptedRows *self, const char *id)
{
  VliveScriptedSpot spot = _vlive_scripted_rows_find (self, id);

  g_assert (spot != VLIVE_SCRIPTED_NO_SPOT);

  self->sequence++;
  if ((spot & VLIVE_SCRIPTED_EXTRA) != 0)
    {
      g_array_remove_index (self->extras, (guint) (spot & ~VLIVE_SCRIPTED_EXTRA));
      g_hash_table_remove (self->written, id);
      return;
    }
  g_hash_table_remove (self->written, id);
  g_array_insert_val (self->gone, (guint) _vlive_scripted_rank (self->gone, spot),
                      spot);
}

/* Of the computed rows none is left, and none needs to be remembered. */
void
_vlive_scripted_rows_clear (VliveScriptedRows *self)
{
  self->sequence++;
  self->n_computed = 0;
  g_array_set_size (self->gone, 0);
  g_array_set_size (self->extras, 0);
  g_hash_table_remove_all (self->written);
}
