/* bench-table.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "bench-table.h"

#include <stdio.h>

void
bench_turn (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static gboolean
timeout_cb (gpointer data)
{
  *(gboolean *) data = TRUE;

  return G_SOURCE_REMOVE;
}

void
bench_run_for (guint ms)
{
  gboolean done = FALSE;

  g_timeout_add (ms, timeout_cb, &done);
  while (!done)
    g_main_context_iteration (NULL, TRUE);
}

void
bench_table_open (BenchTable *self, guint64 n_rows, guint latency, const char *folder)
{
  self->master = vlive_scripted_master_new ("bench", n_rows, 1);
  vlive_scripted_master_set_latency (self->master, latency, latency);
  self->stream = vlive_manual_stream_new ();
  self->cache =
      folder != NULL ? vlive_lmdb_cache_new (folder) : vlive_memory_cache_new ();
  self->store = vlive_store_new (VLIVE_MASTER (self->master), self->cache, "bench");
  vlive_store_set_stale_after (self->store, BENCH_STALE_AFTER);
  vlive_store_set_live_stream (self->store, VLIVE_LIVE_STREAM (self->stream));
  self->table = vlive_table_new (self->store, NULL);
  self->rows = g_ptr_array_new_with_free_func (g_object_unref);
  vlive_table_set_visible_range (self->table, 0, 22);
  while (g_list_model_get_n_items (G_LIST_MODEL (self->table)) != n_rows)
    g_main_context_iteration (NULL, TRUE);
}

void
bench_table_close (BenchTable *self)
{
  g_autoptr (GAsyncResult) closed = NULL;

  g_clear_pointer (&self->rows, g_ptr_array_unref);
  g_clear_object (&self->table);
  vlive_store_close_async (self->store, bench_result_cb, &closed);
  bench_wait (&closed);
  g_clear_object (&closed);
  g_clear_object (&self->store);
  /* What was on its way to the disk arrives. */
  while (G_OBJECT (self->cache)->ref_count > 1)
    g_main_context_iteration (NULL, TRUE);
  g_clear_object (&self->cache);
  g_clear_object (&self->stream);
  g_clear_object (&self->master);
}

void
bench_table_see (BenchTable *self, guint first, guint n)
{
  G_GNUC_UNUSED g_autoptr (GPtrArray) before = g_steal_pointer (&self->rows);

  self->rows = g_ptr_array_new_with_free_func (g_object_unref);
  self->first = first;
  vlive_table_set_visible_range (self->table, first, n);
  for (guint i = 0; i < n; i++)
    g_ptr_array_add (self->rows,
                     g_list_model_get_item (G_LIST_MODEL (self->table), first + i));
}

gboolean
bench_table_is_seen (BenchTable *self)
{
  for (guint i = 0; i < self->rows->len; i++)
    if (vlive_row_get_record (self->rows->pdata[i]) == NULL)
      return FALSE;

  return TRUE;
}

void
bench_table_wait (BenchTable *self)
{
  while (!bench_table_is_seen (self))
    g_main_context_iteration (NULL, TRUE);
}

VliveRecord *
bench_make_number (VliveRow *row, gint64 number)
{
  VliveRecord *record = vlive_row_get_record (row);
  g_autoptr (VliveRecord) patch = NULL;
  GVariantDict fields;

  g_variant_dict_init (&fields, NULL);
  g_variant_dict_insert (&fields, "number", "x", number);
  patch = vlive_record_new_from_variant (NULL, g_variant_dict_end (&fields), NULL);

  return vlive_record_patch (record, patch);
}

gint64
bench_get_number (VliveRow *row)
{
  gint64 number = 0;
  gboolean found =
      vlive_record_get_integer (vlive_row_get_record (row), "number", &number);

  g_assert (found);

  return number;
}

gint64
bench_get_anonymous (void)
{
  g_autofree char *text = NULL;
  const char *line;
  long kilobytes;

  if (!g_file_get_contents ("/proc/self/smaps_rollup", &text, NULL, NULL))
    g_error ("this kernel does not tell what memory a process has");
  line = strstr (text, "\nAnonymous:");
  g_assert (line != NULL && sscanf (line, "\nAnonymous: %ld kB", &kilobytes) == 1);

  return (gint64) kilobytes * 1024;
}

struct _BenchThinRow
{
  GObject parent_instance;

  guint64 id;
};

G_DEFINE_FINAL_TYPE (BenchThinRow, bench_thin_row, G_TYPE_OBJECT)

static void
bench_thin_row_class_init (BenchThinRowClass *klass)
{
}

static void
bench_thin_row_init (BenchThinRow *self)
{
}

BenchThinRow *
bench_thin_row_new (guint64 id)
{
  BenchThinRow *self = g_object_new (BENCH_TYPE_THIN_ROW, NULL);

  self->id = id;

  return self;
}

GListStore *
bench_thin_store_new (guint n)
{
  GListStore *store = g_list_store_new (BENCH_TYPE_THIN_ROW);
  g_autoptr (GPtrArray) rows = g_ptr_array_new_full (n, g_object_unref);

  for (guint i = 0; i < n; i++)
    g_ptr_array_add (rows, bench_thin_row_new (i));
  g_list_store_splice (store, 0, 0, rows->pdata, n);

  return store;
}
