/* bench-frames.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "bench-storm.h"

#include <gtk/gtk.h>
#include <stdlib.h>
#include <time.h>

/* A GtkColumnView over a table, drawn all the time: while nothing happens, and
 * while 100 000 events come in a second. Needs a display. */

#define N_ROUNDS 5
#define N_ROWS 1000000
#define N_EVENTS 100000
#define ROUND_MS 1000

typedef struct
{
  BenchStorm storm;
  GtkWindow *window;    /* owned by GTK */
  GtkWidget *view;      /* of the window */
  GdkFrameClock *clock; /* of the window */
  gint64 cpu_before;
  gint64 cpu_us; /* of all frames of this round */
  guint n_frames;
} Screen;

typedef struct
{
  double interval_us;
  double cpu_us;
} Frames;

static const char *const fields[] = { "id", "name", "number", "price" };

static void
show (GtkListItem *item)
{
  const char *field = g_object_get_data (G_OBJECT (item), "field");
  g_autofree char *text =
      vlive_row_dup_field_text (gtk_list_item_get_item (item), field);

  gtk_inscription_set_text (GTK_INSCRIPTION (gtk_list_item_get_child (item)), text);
}

static void
setup_cb (const char *field, GtkListItem *item)
{
  GtkWidget *cell = gtk_inscription_new (NULL);

  gtk_widget_set_size_request (cell, 120, 24);
  gtk_list_item_set_child (item, cell);
  g_object_set_data (G_OBJECT (item), "field", (gpointer) field);
}

static void
bind_cb (const char *field, GtkListItem *item)
{
  g_signal_connect_swapped (gtk_list_item_get_item (item), "notify::record",
                            G_CALLBACK (show), item);
  show (item);
}

static void
unbind_cb (const char *field, GtkListItem *item)
{
  g_signal_handlers_disconnect_by_data (gtk_list_item_get_item (item), item);
}

static void
add_column (Screen *screen, const char *field)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  g_autoptr (GtkColumnViewColumn) column = gtk_column_view_column_new (field, factory);

  g_signal_connect_swapped (factory, "setup", G_CALLBACK (setup_cb), (gpointer) field);
  g_signal_connect_swapped (factory, "bind", G_CALLBACK (bind_cb), (gpointer) field);
  g_signal_connect_swapped (factory, "unbind", G_CALLBACK (unbind_cb),
                            (gpointer) field);
  gtk_column_view_append_column (GTK_COLUMN_VIEW (screen->view), column);
}

static gint64
get_cpu (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);

  return (gint64) now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

static void
before_cb (Screen *screen)
{
  screen->cpu_before = get_cpu ();
}

static void
after_cb (Screen *screen)
{
  screen->cpu_us += get_cpu () - screen->cpu_before;
  screen->n_frames++;
}

/* The next frame is asked for, whatever has changed. */
static gboolean
draw_cb (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  gtk_widget_queue_draw (widget);

  return G_SOURCE_CONTINUE;
}

static void
open_window (Screen *screen)
{
  GtkWidget *scroller = gtk_scrolled_window_new ();
  GtkNoSelection *model =
      gtk_no_selection_new (g_object_ref (G_LIST_MODEL (screen->storm.table.table)));

  screen->view = gtk_column_view_new (GTK_SELECTION_MODEL (model));
  for (gsize i = 0; i < G_N_ELEMENTS (fields); i++)
    add_column (screen, fields[i]);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), screen->view);
  screen->window = GTK_WINDOW (gtk_window_new ());
  gtk_window_set_default_size (screen->window, 600, 600);
  gtk_window_set_child (screen->window, scroller);
  gtk_window_present (screen->window);
  bench_table_see (&screen->storm.table, 0, 22);
  bench_table_wait (&screen->storm.table);
  bench_run_for (ROUND_MS);
  screen->clock = gtk_widget_get_frame_clock (GTK_WIDGET (screen->window));
  g_signal_connect_swapped (screen->clock, "before-paint", G_CALLBACK (before_cb),
                            screen);
  g_signal_connect_swapped (screen->clock, "after-paint", G_CALLBACK (after_cb),
                            screen);
  gtk_widget_add_tick_callback (screen->view, draw_cb, NULL, NULL);
}

static void
close_window (Screen *screen)
{
  g_signal_handlers_disconnect_by_data (screen->clock, screen);
  gtk_window_destroy (screen->window);
  bench_turn ();
}

/* Frames of one round: while nothing happens, or during a storm. */
static Frames
draw (Screen *screen, gboolean is_storm)
{
  gint64 start = g_get_monotonic_time ();
  Frames frames;

  screen->n_frames = 0;
  screen->cpu_us = 0;
  if (is_storm)
    bench_storm_start (&screen->storm, N_EVENTS);
  bench_run_for (ROUND_MS);
  g_assert (screen->n_frames > 0);
  frames.interval_us = (double) (g_get_monotonic_time () - start) / screen->n_frames;
  frames.cpu_us = (double) screen->cpu_us / screen->n_frames;
  while (is_storm && !bench_storm_is_over (&screen->storm))
    g_main_context_iteration (NULL, TRUE);

  return frames;
}

int
main (int argc, char *argv[])
{
  double ours_interval[N_ROUNDS];
  double idle_interval[N_ROUNDS];
  double ours_cpu[N_ROUNDS];
  double idle_cpu[N_ROUNDS];
  Screen screen = { 0 };

  bench_init (&argc, &argv, "frames");
  if (!gtk_init_check ())
    {
      g_printerr ("There is no display\n");
      return bench_end ();
    }

  bench_storm_open (&screen.storm, N_ROWS);
  open_window (&screen);
  draw (&screen, TRUE);
  for (guint i = 0; i < N_ROUNDS; i++)
    {
      Frames idle = draw (&screen, FALSE);
      Frames storm = draw (&screen, TRUE);

      idle_interval[i] = idle.interval_us;
      idle_cpu[i] = idle.cpu_us;
      ours_interval[i] = storm.interval_us;
      ours_cpu[i] = storm.cpu_us;
    }
  bench_rounds ("a frame with 100 000 events in a second, interval", "idle table", 1.5,
                ours_interval, idle_interval, N_ROUNDS);
  bench_rounds ("... CPU", "idle table", 1.5, ours_cpu, idle_cpu, N_ROUNDS);
  close_window (&screen);
  bench_storm_close (&screen.storm);

  return bench_end ();
}
