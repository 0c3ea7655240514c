/* vlive-meter.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "base/vlive-meter-private.h"

#include <string.h>
#include <sys/resource.h>
#include <time.h>

typedef struct
{
  gint64 wall_us;
  gint64 cpu_us;
  long major_faults;
  long waits;
} Sample;

/* Only the thread that started the meter reads or writes what follows. */
static int metering; /* atomic */
static GThread *owner;
static guint depth;
static guint paused;
static const char *outermost;
static Sample begin;
static Sample pause_begin;
static Sample others; /* what went by while paused, in this span */
static VliveMeterReading total;

static void
take_sample (Sample *sample)
{
  struct rusage usage;
  struct timespec cpu;

  getrusage (RUSAGE_THREAD, &usage);
  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &cpu);
  sample->wall_us = g_get_monotonic_time ();
  sample->cpu_us = (gint64) cpu.tv_sec * G_USEC_PER_SEC + cpu.tv_nsec / 1000;
  sample->major_faults = usage.ru_majflt;
  sample->waits = usage.ru_nvcsw;
}

static gboolean
is_mine (void)
{
  return g_atomic_int_get (&metering) && owner == g_thread_self ();
}

gboolean
_vlive_meter_start (void)
{
  if (g_strcmp0 (g_getenv ("VLIVE_METER"), "off") == 0)
    return FALSE;

  g_assert (!g_atomic_int_get (&metering));
  memset (&total, 0, sizeof total);
  depth = 0;
  paused = 0;
  owner = g_thread_self ();
  g_atomic_int_set (&metering, TRUE);

  return TRUE;
}

void
_vlive_meter_stop (VliveMeterReading *reading)
{
  g_assert (is_mine ());

  depth = 0;
  g_atomic_int_set (&metering, FALSE);
  *reading = total;
}

void
_vlive_meter_read (VliveMeterReading *reading)
{
  g_assert (is_mine ());

  *reading = total;
}

gboolean
_vlive_meter_is_on (void)
{
  return g_atomic_int_get (&metering);
}

VliveMeterSpan
_vlive_meter_enter (const char *name)
{
  VliveMeterSpan span = { NULL };

  if (!is_mine ())
    return span;

  span.name = name;
  if (depth++ == 0)
    {
      outermost = name;
      memset (&others, 0, sizeof others);
      take_sample (&begin);
    }

  return span;
}

static void
add_up (void)
{
  Sample end;
  gint64 cpu_us;
  long waits;

  take_sample (&end);
  cpu_us = end.cpu_us - begin.cpu_us - others.cpu_us;
  waits = end.waits - begin.waits - others.waits;
  total.n_spans++;
  total.major_faults +=
      (guint64) (end.major_faults - begin.major_faults - others.major_faults);
  total.waits += (guint64) waits;
  if (waits > 0)
    total.longest_wait_us = MAX (total.longest_wait_us,
                                 end.wall_us - begin.wall_us - others.wall_us - cpu_us);
  if (cpu_us > total.longest_cpu_us)
    {
      total.longest_cpu_us = cpu_us;
      g_strlcpy (total.worst_span, outermost, sizeof total.worst_span);
    }
}

void
_vlive_meter_leave (VliveMeterSpan *span)
{
  /* A meter that was stopped inside a span takes no reading of it. */
  if (span->name == NULL || !is_mine () || depth == 0)
    return;

  span->name = NULL;
  if (--depth == 0)
    add_up ();
}

void
_vlive_meter_pause (void)
{
  if (is_mine () && depth > 0 && paused++ == 0)
    take_sample (&pause_begin);
}

void
_vlive_meter_resume (void)
{
  Sample now;

  if (!is_mine () || paused == 0 || --paused > 0)
    return;

  take_sample (&now);
  others.wall_us += now.wall_us - pause_begin.wall_us;
  others.cpu_us += now.cpu_us - pause_begin.cpu_us;
  others.major_faults += now.major_faults - pause_begin.major_faults;
  others.waits += now.waits - pause_begin.waits;
}
