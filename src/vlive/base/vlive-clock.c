/* vlive-clock.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "base/vlive-clock-private.h"

#include <time.h>

#include "base/vlive-census-private.h"
#include "base/vlive-meter-private.h"

struct _VliveClock
{
  GObject parent_instance;
  gboolean manual;
  GMutex lock;    /* guards the two times of a manual clock */
  gint64 boot_us; /* manual only */
  gint64 real_us; /* manual only */
  GList *timers;  /* manual only: owned, by due time; the owner's thread */
};

struct _VliveTimer
{
  VliveClock *clock; /* owned */
  GSource *source;   /* owned; NULL with a manual clock */
  gint64 due_us;     /* manual only */
  GSourceOnceFunc func;
  gpointer data;
  GDestroyNotify destroy; /* nullable */
};

G_DEFINE_FINAL_TYPE (VliveClock, _vlive_clock, G_TYPE_OBJECT)

static void
timer_free (VliveTimer *timer)
{
  g_clear_object (&timer->clock);
  g_clear_pointer (&timer->source, g_source_unref);
  if (timer->destroy != NULL)
    timer->destroy (timer->data);
  g_free (timer);
  _vlive_census_remove (VLIVE_CENSUS_TIMER);
}

static void
_vlive_clock_finalize (GObject *object)
{
  VliveClock *self = (VliveClock *) object;

  g_assert (self->timers == NULL); /* each holds a reference */
  g_mutex_clear (&self->lock);

  G_OBJECT_CLASS (_vlive_clock_parent_class)->finalize (object);
}

static void
_vlive_clock_class_init (VliveClockClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = _vlive_clock_finalize;
}

static void
_vlive_clock_init (VliveClock *self)
{
  g_mutex_init (&self->lock);
}

VliveClock *
_vlive_clock_get_default (void)
{
  static gsize clock;

  if (g_once_init_enter (&clock))
    g_once_init_leave (&clock, (gsize) g_object_new (VLIVE_TYPE_CLOCK, NULL));

  return (VliveClock *) clock;
}

VliveClock *
_vlive_clock_new_manual (gint64 boot_us, gint64 real_us)
{
  VliveClock *self = g_object_new (VLIVE_TYPE_CLOCK, NULL);

  self->manual = TRUE;
  self->boot_us = boot_us;
  self->real_us = real_us;

  return self;
}

gint64
_vlive_clock_get_boot_us (VliveClock *self)
{
  struct timespec now;
  gint64 boot_us;

  if (!self->manual)
    {
      clock_gettime (CLOCK_BOOTTIME, &now);
      return (gint64) now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
    }
  g_mutex_lock (&self->lock);
  boot_us = self->boot_us;
  g_mutex_unlock (&self->lock);

  return boot_us;
}

gint64
_vlive_clock_get_real_us (VliveClock *self)
{
  gint64 real_us;

  if (!self->manual)
    return g_get_real_time ();
  g_mutex_lock (&self->lock);
  real_us = self->real_us;
  g_mutex_unlock (&self->lock);

  return real_us;
}

static gboolean
timer_dispatch (GSource *source, GSourceFunc callback, gpointer data)
{
  return callback (data);
}

static gboolean
timer_cb (gpointer data)
{
  VliveTimer *timer = data;
  VLIVE_METER_SPAN ("timer");

  timer->func (timer->data);
  timer_free (timer);

  return G_SOURCE_REMOVE;
}

static int
timer_compare (gconstpointer a, gconstpointer b)
{
  const VliveTimer *left = a;
  const VliveTimer *right = b;

  /* >= keeps the order of making among timers due at once. */
  return left->due_us >= right->due_us ? 1 : -1;
}

static void
timer_attach (VliveTimer *timer, gint64 delay_us, int priority)
{
  static GSourceFuncs funcs = { .dispatch = timer_dispatch };

  timer->source = g_source_new (&funcs, sizeof (GSource));
  g_source_set_static_name (timer->source, "vlive-timer");
  g_source_set_priority (timer->source, priority);
  g_source_set_ready_time (timer->source, g_get_monotonic_time () + MAX (delay_us, 0));
  g_source_set_callback (timer->source, timer_cb, timer, NULL);
  g_source_attach (timer->source, g_main_context_get_thread_default ());
}

VliveTimer *
_vlive_clock_add_timer (VliveClock *self,
                        gint64 delay_us,
                        int priority,
                        GSourceOnceFunc func,
                        gpointer data,
                        GDestroyNotify destroy)
{
  VliveTimer *timer = g_new0 (VliveTimer, 1);

  timer->clock = g_object_ref (self);
  timer->func = func;
  timer->data = data;
  timer->destroy = destroy;
  _vlive_census_add (VLIVE_CENSUS_TIMER);
  if (self->manual)
    {
      timer->due_us = self->boot_us + MAX (delay_us, 0);
      self->timers = g_list_insert_sorted (self->timers, timer, timer_compare);
    }
  else
    timer_attach (timer, delay_us, priority);

  return timer;
}

void
_vlive_timer_cancel (VliveTimer *timer)
{
  if (timer->source != NULL)
    g_source_destroy (timer->source);
  else
    timer->clock->timers = g_list_remove (timer->clock->timers, timer);
  timer_free (timer);
}

static void
move_to (VliveClock *self, gint64 boot_us)
{
  g_mutex_lock (&self->lock);
  self->real_us += boot_us - self->boot_us;
  self->boot_us = boot_us;
  g_mutex_unlock (&self->lock);
}

void
_vlive_clock_advance (VliveClock *self, gint64 delta_us)
{
  gint64 end = self->boot_us + delta_us;

  g_assert (self->manual);
  g_assert (delta_us >= 0);

  g_object_ref (self);
  while (self->timers != NULL && ((VliveTimer *) self->timers->data)->due_us <= end)
    {
      VliveTimer *timer = self->timers->data;

      self->timers = g_list_delete_link (self->timers, self->timers);
      if (timer->due_us > self->boot_us)
        move_to (self, timer->due_us);
      timer_cb (timer);
    }
  move_to (self, end);
  g_object_unref (self);
}
