/* bench-storm.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "bench-storm.h"

#define N_VISITED 10000
/* Of one event. */
#define EVENT_US 10
/* How often a stream wakes up, in ms. */
#define WAKE_MS 5

static void
visit (BenchStorm *self)
{
  for (guint first = 0; first < N_VISITED; first += 100)
    {
      bench_table_see (&self->table, first, 100);
      bench_table_wait (&self->table);
      for (guint i = 0; i < 100; i++)
        for (gint64 version = 0; version < 2; version++)
          g_ptr_array_add (self->records,
                           bench_make_number (self->table.rows->pdata[i], version));
    }
}

void
bench_storm_open (BenchStorm *self, guint n_rows)
{
  self->records = g_ptr_array_new_with_free_func ((GDestroyNotify) vlive_record_unref);
  bench_table_open (&self->table, n_rows, 0, NULL);
  visit (self);
}

void
bench_storm_close (BenchStorm *self)
{
  bench_table_close (&self->table);
  g_ptr_array_unref (self->records);
}

static void
push_next (BenchStorm *self)
{
  guint round = self->n_pushed / N_VISITED;
  guint index = (guint) ((guint64) self->n_pushed * 3767 % N_VISITED);
  VliveRecord *record = self->records->pdata[2 * index + round % 2];
  g_autoptr (VliveChangeEvent) event =
      vlive_change_event_new (VLIVE_CHANGE_UPDATED, vlive_record_get_id (record),
                              record, 0);

  vlive_manual_stream_push (self->table.stream, event);
  self->n_pushed++;
}

/* As many as are due by now. */
static gboolean
wake_cb (gpointer data)
{
  BenchStorm *self = data;
  gint64 n_due = (g_get_monotonic_time () - self->began) / EVENT_US;

  while (self->n_pushed < n_due && self->n_pushed < self->n_events)
    push_next (self);

  return self->n_pushed < self->n_events;
}

void
bench_storm_start (BenchStorm *self, guint n_events)
{
  g_assert (n_events % N_VISITED == 0);

  self->n_events = n_events;
  self->n_pushed = 0;
  self->began = g_get_monotonic_time ();
  g_timeout_add (WAKE_MS, wake_cb, self);
}

gboolean
bench_storm_is_over (BenchStorm *self)
{
  gint64 version = (self->n_events / N_VISITED - 1) % 2;

  if (self->n_pushed < self->n_events)
    return FALSE;
  for (guint i = 0; i < self->table.rows->len; i++)
    if (bench_get_number (self->table.rows->pdata[i]) != version)
      return FALSE;

  return TRUE;
}
