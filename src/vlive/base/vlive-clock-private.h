/* vlive-clock-private.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/*
 * The one place where time is read and timers are made. The default clock is
 * the system's. A test makes a manual one, whose time moves only when told,
 * and gives it to a store or master; timers made through it fire from
 * _vlive_clock_advance(), in order of their due time, on the caller's thread.
 * A clock belongs to the thread that made it; only the two getters may be
 * called from other threads.
 */
#define VLIVE_TYPE_CLOCK (_vlive_clock_get_type ())
G_DECLARE_FINAL_TYPE (VliveClock, _vlive_clock, VLIVE, CLOCK, GObject)

typedef struct _VliveTimer VliveTimer;

VliveClock *_vlive_clock_get_default  (void);                 /* transfer none */
VliveClock *_vlive_clock_new_manual   (gint64 boot_us,
                                       gint64 real_us);       /* transfer full */

/* CLOCK_BOOTTIME in µs: runs on in suspend, the same in every process. */
gint64      _vlive_clock_get_boot_us  (VliveClock *self);
/* Since the Unix epoch, in µs. */
gint64      _vlive_clock_get_real_us  (VliveClock *self);

/* @func runs once after @delay_us on the thread-default context of the
 * caller (for a manual clock: inside _vlive_clock_advance()). The timer is
 * freed when it fired or was cancelled; @destroy runs on @data either way. */
VliveTimer *_vlive_clock_add_timer    (VliveClock     *self,
                                       gint64          delay_us,
                                       int             priority,
                                       GSourceOnceFunc func,
                                       gpointer        data,
                                       GDestroyNotify  destroy);
/* Only before it fired; clear your pointer first thing in @func. */
void        _vlive_timer_cancel       (VliveTimer     *timer);

void        _vlive_clock_advance      (VliveClock     *self,
                                       gint64          delta_us);

G_END_DECLS
