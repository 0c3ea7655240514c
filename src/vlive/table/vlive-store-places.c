/* vlive-store-places.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "table/vlive-store-private.h"

/*
 * Places: at most "max-fetches" ask at one time. The visible goes first, and of
 * the visible what has not been asked for longest (races.md, rule 18). What is
 * visible and finds no place takes that of something that is not.
 */

static gboolean
goes_before (const VliveJob *a, const VliveJob *b)
{
  if (a->priority != b->priority)
    return a->priority < b->priority;

  return a->asked_at < b->asked_at;
}

/* NULL if none may go now. */
static GList *
find_best (VliveStore *self)
{
  gint64 now = _vlive_clock_get_boot_us (self->clock);
  GList *best = NULL;

  for (GList *l = self->jobs.head; l != NULL; l = l->next)
    {
      VliveJob *job = l->data;

      if (job->not_before <= now && (best == NULL || goes_before (job, best->data)))
        best = l;
    }

  return best;
}

static void
timer_cb (gpointer data)
{
  VliveStore *self = data;
  VLIVE_METER_SPAN ("store-places");

  self->places_timer = NULL;
  _vlive_store_fill_places (self);
}

static void
wait_for_next (VliveStore *self)
{
  gint64 now = _vlive_clock_get_boot_us (self->clock);
  gint64 next = VLIVE_NEVER;

  for (GList *l = self->jobs.head; l != NULL; l = l->next)
    if (((VliveJob *) l->data)->not_before > now)
      next = MIN (next, ((VliveJob *) l->data)->not_before);

  g_clear_pointer (&self->places_timer, _vlive_timer_cancel);
  if (next != VLIVE_NEVER && !self->gone)
    self->places_timer =
        _vlive_clock_add_timer (self->clock, next - now, VLIVE_TICK_PRIORITY, timer_cb,
                                self, NULL);
}

void
_vlive_store_fill_places (VliveStore *self)
{
  G_GNUC_UNUSED g_autoptr (VliveStore) keep = g_object_ref (self);
  GList *best;

  while (!self->closed && (best = find_best (self)) != NULL)
    {
      VliveJob *job = best->data;

      if (self->n_in_flight >= self->max_fetches)
        {
          /* Whoever gives way leaves a place, which is taken at once. */
          if (job->priority > VLIVE_PRIORITY_VISIBLE || !_vlive_flight_give_way (self))
            break;
          continue;
        }

      g_queue_delete_link (&self->jobs, best);
      self->n_in_flight++;
      job->start (job);
    }
  wait_for_next (self);
}

void
_vlive_store_enqueue (VliveStore *self, VliveJob *job)
{
  g_queue_push_tail (&self->jobs, job);
  _vlive_store_fill_places (self);
}

void
_vlive_store_withdraw (VliveStore *self, VliveJob *job)
{
  g_queue_remove (&self->jobs, job);
}

void
_vlive_store_leave_place (VliveStore *self)
{
  g_assert (self->n_in_flight > 0);

  self->n_in_flight--;
  _vlive_store_fill_places (self);
}
