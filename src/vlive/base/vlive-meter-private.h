/* vlive-meter-private.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * The stall meter: what our own dispatches do to the owner's thread. Every
 * callback of ours that runs on an owner's thread opens a span first thing:
 *
 *   VLIVE_METER_SPAN ("table-apply");
 *
 * Spans nest; only the outermost counts. Off (a load and a branch) until
 * _vlive_meter_start(); the environment variable VLIVE_METER=off keeps it off
 * (valgrind, sanitizers).
 *
 * While other people's signal handlers run inside a span, bracket the
 * emission with _vlive_meter_pause() and _vlive_meter_resume(): their CPU time
 * is not ours.
 */
typedef struct
{
  guint64 n_spans;
  guint64 major_faults;       /* must stay 0 */
  guint64 waits;              /* voluntary context switches */
  gint64  longest_wait_us;    /* wall time less CPU time of the worst span that waited */
  gint64  longest_cpu_us;     /* CPU of the worst span */
  char    worst_span[32];     /* its name */
} VliveMeterReading;

typedef struct _VliveMeterSpan VliveMeterSpan;
struct _VliveMeterSpan
{
  const char *name;  /* NULL: not metering */
};

gboolean       _vlive_meter_start  (void);   /* resets; FALSE if kept off */
void           _vlive_meter_stop   (VliveMeterReading *reading);
/* So far, on the thread that started it. */
void           _vlive_meter_read   (VliveMeterReading *reading);
/* For anybody in this process. */
gboolean       _vlive_meter_is_on  (void);

VliveMeterSpan _vlive_meter_enter  (const char *name);
void           _vlive_meter_leave  (VliveMeterSpan *span);
void           _vlive_meter_pause  (void);
void           _vlive_meter_resume (void);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (VliveMeterSpan, _vlive_meter_leave)

#define VLIVE_METER_SPAN(name) \
  G_GNUC_UNUSED g_auto(VliveMeterSpan) G_PASTE (_meter_span_, __LINE__) = _vlive_meter_enter (name)

G_END_DECLS
