/* vlive-wheel.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "vlive-wheel-private.h"

#include <math.h>

typedef struct
{
  GtkScrolledWindow *scroller; /* not owned: it has the controller that has us */
  double turns;                /* since the last frame */
  guint tick_id;
} Wheel;

static gboolean
tick_cb (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  Wheel *self = data;
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (self->scroller);
  /* As far as GTK itself goes with a turn. */
  double step = pow (gtk_adjustment_get_page_size (adjustment), 2.0 / 3.0);
  double turns = self->turns;

  self->tick_id = 0;
  self->turns = 0;
  gtk_adjustment_set_value (adjustment,
                            gtk_adjustment_get_value (adjustment) + turns * step);

  return G_SOURCE_REMOVE;
}

static gboolean
can_scroll (Wheel *self)
{
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (self->scroller);

  return gtk_adjustment_get_upper (adjustment)
         > gtk_adjustment_get_page_size (adjustment);
}

/* What a touchpad does comes once a frame already; with Shift a wheel goes
 * sideways. */
static gboolean
scroll_cb (GtkEventControllerScroll *controller, double dx, double dy, gpointer data)
{
  Wheel *self = data;
  GdkModifierType state =
      gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (controller));

  if (gtk_event_controller_scroll_get_unit (controller) != GDK_SCROLL_UNIT_WHEEL
      || (state & (GDK_SHIFT_MASK | GDK_CONTROL_MASK | GDK_ALT_MASK)) != 0 || dy == 0
      || !can_scroll (self))
    return GDK_EVENT_PROPAGATE;

  self->turns += dy;
  if (self->tick_id == 0)
    self->tick_id =
        gtk_widget_add_tick_callback (GTK_WIDGET (self->scroller), tick_cb, self, NULL);

  return GDK_EVENT_STOP;
}

static void
wheel_free (gpointer data, GClosure *closure)
{
  Wheel *self = data;

  g_free (self);
}

void
_vlive_wheel_attach (GtkScrolledWindow *scroller)
{
  GtkEventController *controller =
      gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_VERTICAL);
  Wheel *self = g_new0 (Wheel, 1);

  self->scroller = scroller;
  gtk_event_controller_set_propagation_phase (controller, GTK_PHASE_CAPTURE);
  g_signal_connect_data (controller, "scroll", G_CALLBACK (scroll_cb), self, wheel_free,
                         0);
  gtk_widget_add_controller (GTK_WIDGET (scroller), controller);
}
