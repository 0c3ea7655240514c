/* vlive-table-view-visible.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "vlive-gtk-private.h"
#include "vlive-table-view-private.h"

#include <math.h>

/* Of the style sheet; large letters make them higher. */
#define MIN_ROW_HEIGHT 34
/* What a theme may add to a row. */
#define ROW_MARGIN 8

static guint
get_row_height (VliveTableView *self)
{
  PangoContext *context = gtk_widget_get_pango_context (GTK_WIDGET (self));
  PangoFontMetrics *metrics = pango_context_get_metrics (context, NULL, NULL);
  int height = pango_font_metrics_get_height (metrics);

  pango_font_metrics_unref (metrics);

  return MAX (MIN_ROW_HEIGHT, (guint) PANGO_PIXELS_CEIL (height)) + ROW_MARGIN;
}

/* GTK's list heights end at 2^31 pixels (known of GTK 4.8 to 4.18). */
void
_vlive_table_view_update_limit (VliveTableView *self)
{
  if (self->table != NULL)
    vlive_table_set_max_items (self->table, (G_MAXINT - 4096u) / get_row_height (self));
}

/* GTK asks for 205 rows wherever it lands; what is seen are some twenty. */
void
_vlive_table_view_update_visible (VliveTableView *self)
{
  GtkAdjustment *adjustment =
      gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (self->scroller));
  double upper = gtk_adjustment_get_upper (adjustment);
  double page = gtk_adjustment_get_page_size (adjustment);
  double height;
  guint n_items;
  guint first;

  if (self->table == NULL || page <= 0)
    return;
  n_items = g_list_model_get_n_items (G_LIST_MODEL (self->table));
  if (n_items == 0)
    return;

  height = MAX (1, upper / n_items);
  first = (guint) (gtk_adjustment_get_value (adjustment) / height);
  vlive_table_set_visible_range (self->table, MIN (first, n_items - 1),
                                 (guint) ceil (page / height) + 1);
}

/* A fast answer never flickers: what is not there yet is blank for a moment, and a
 * bar only then. One timer for all cells: a list that jumps makes hundreds. */

static gboolean
show_late (VliveTableView *self, gint64 since)
{
  gboolean is_done = TRUE;

  for (GtkWidget *row = _vlive_table_view_get_first_row (self); row != NULL;
       row = gtk_widget_get_next_sibling (row))
    {
      VliveCell *cell;

      for (guint i = 0; (cell = _vlive_table_view_get_cell (row, i)) != NULL; i++)
        is_done &= _vlive_cell_show_placeholder (cell, since);
    }

  return is_done;
}

static gboolean
late_cb (gpointer user_data)
{
  VliveTableView *self = VLIVE_TABLE_VIEW (user_data);

  _vlive_gtk_end_timeout (&self->late);
  if (!show_late (self, g_get_monotonic_time () - (gint64) self->late_ms * 1000))
    _vlive_table_view_wait (self);

  return G_SOURCE_REMOVE;
}

void
_vlive_table_view_wait (VliveTableView *self)
{
  if (self->late == NULL)
    self->late = _vlive_gtk_add_timeout (self->late_ms, late_cb, self);
}

void
_vlive_table_view_set_late (VliveTableView *self, guint milliseconds)
{
  self->late_ms = milliseconds;
}

static gboolean
is_minimized (GdkSurface *surface)
{
  return GDK_IS_TOPLEVEL (surface)
         && (gdk_toplevel_get_state (GDK_TOPLEVEL (surface))
             & GDK_TOPLEVEL_STATE_MINIMIZED)
                != 0;
}

/* Nobody is asked for the sake of what nobody sees. */
void
_vlive_table_view_update_hidden (VliveTableView *self)
{
  if (self->table != NULL)
    vlive_table_set_hidden (self->table,
                            self->surface == NULL || is_minimized (self->surface));
}
