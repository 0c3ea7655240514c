/* vlive-panes-layout.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "vlive-gtk-private.h"
#include "vlive-panes-private.h"

/* Which panes there are. */

gboolean
_vlive_panes_has (VlivePanes *self, guint pane)
{
  return self->children[pane] != NULL && gtk_widget_get_visible (self->children[pane]);
}

/* The one that is shown when it is folded: @pane, or else the content. */
guint
_vlive_panes_find_only (VlivePanes *self)
{
  if (_vlive_panes_has (self, self->pane))
    return self->pane;

  return VLIVE_PANE_CONTENT;
}

static gboolean
is_shown (VlivePanes *self, gboolean folded, guint pane)
{
  if (!_vlive_panes_has (self, pane))
    return FALSE;

  return folded ? pane == _vlive_panes_find_only (self) : self->show[pane];
}

void
_vlive_panes_update_children (VlivePanes *self)
{
  gboolean start = is_shown (self, self->folded, VLIVE_PANE_START);
  gboolean end = is_shown (self, self->folded, VLIVE_PANE_END);

  for (guint i = 0; i < VLIVE_N_PANES; i++)
    if (self->children[i] != NULL)
      gtk_widget_set_child_visible (self->children[i],
                                    is_shown (self, self->folded, i));
  gtk_widget_set_child_visible (self->separators[0], start && !self->folded);
  gtk_widget_set_child_visible (self->separators[1], end && !self->folded);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "panes.back",
                                 self->folded
                                     && _vlive_panes_find_only (self)
                                            > VLIVE_PANE_START);
}

/* Whoever is told may change what is being laid out: later. */
static void
fold (VlivePanes *self, gboolean folded)
{
  if (!self->folded == !folded)
    return;

  self->folded = folded;
  _vlive_panes_update_children (self);
  _vlive_panes_tell_folded (self);
}

/* Room. */

static void
measure_pane (VlivePanes *self,
              guint pane,
              GtkOrientation orientation,
              int for_size,
              int *minimum,
              int *natural)
{
  *minimum = 0;
  *natural = 0;
  if (_vlive_panes_has (self, pane))
    gtk_widget_measure (self->children[pane], orientation, for_size, minimum, natural,
                        NULL, NULL);
}

/* As narrow as the widest of them is when it is folded. */
static void
measure_width (VlivePanes *self, int for_size, int *minimum, int *natural)
{
  for (guint i = 0; i < VLIVE_N_PANES; i++)
    {
      int pane_minimum;
      int pane_natural;

      measure_pane (self, i, GTK_ORIENTATION_HORIZONTAL, for_size, &pane_minimum,
                    &pane_natural);
      *minimum = MAX (*minimum, pane_minimum);
      if (is_shown (self, FALSE, i))
        *natural += MAX (pane_natural, pane_minimum);
    }
  *natural = MAX (*natural, *minimum);
}

typedef struct
{
  int x[VLIVE_N_PANES];
  int width[VLIVE_N_PANES];
  int separator;
} Places;

static int
get_separator_width (VlivePanes *self)
{
  int width;

  gtk_widget_measure (self->separators[0], GTK_ORIENTATION_HORIZONTAL, -1, NULL, &width,
                      NULL, NULL);

  return width;
}

/* Who does not fit gets less, but never less than he needs; @width is enough for
 * that, or it is folded. */
static void
find_places (VlivePanes *self, int width, gboolean folded, Places *places)
{
  int minimum[VLIVE_N_PANES];
  int natural[VLIVE_N_PANES];
  int rest = width;
  int x = 0;

  *places = (Places){ .separator = get_separator_width (self) };
  for (guint i = 0; i < VLIVE_N_PANES; i++)
    {
      measure_pane (self, i, GTK_ORIENTATION_HORIZONTAL, -1, &minimum[i], &natural[i]);
      if (!is_shown (self, folded, i))
        continue;
      if (i != VLIVE_PANE_CONTENT && !folded)
        rest -= MAX (natural[i], minimum[i]) + places->separator;
    }
  for (guint i = 0; i < VLIVE_N_PANES; i++)
    {
      if (!is_shown (self, folded, i))
        continue;
      if (folded)
        places->width[i] = width;
      else if (i == VLIVE_PANE_CONTENT)
        places->width[i] = MAX (rest, minimum[i]);
      else
        places->width[i] = MAX (natural[i], minimum[i]);
      places->x[i] = x;
      x += places->width[i] + (folded ? 0 : places->separator);
    }
}

static int
get_needed_width (VlivePanes *self)
{
  int separator = get_separator_width (self);
  int needed = 0;

  for (guint i = 0; i < VLIVE_N_PANES; i++)
    {
      int minimum;
      int natural;

      if (!is_shown (self, FALSE, i))
        continue;
      measure_pane (self, i, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, &natural);
      needed += i == VLIVE_PANE_CONTENT ? minimum : MAX (natural, minimum) + separator;
    }

  return needed;
}

static gboolean
must_fold (VlivePanes *self, int width)
{
  return width < (int) self->fold_width || width < get_needed_width (self);
}

static void
measure_height (VlivePanes *self, int for_size, int *minimum, int *natural)
{
  gboolean folded = for_size >= 0 ? must_fold (self, for_size) : self->folded;
  Places places = { { 0 } };

  if (for_size >= 0)
    find_places (self, for_size, folded, &places);
  for (guint i = 0; i < VLIVE_N_PANES; i++)
    {
      int pane_minimum;
      int pane_natural;

      if (!is_shown (self, folded, i))
        continue;
      measure_pane (self, i, GTK_ORIENTATION_VERTICAL,
                    for_size >= 0 ? places.width[i] : -1, &pane_minimum, &pane_natural);
      *minimum = MAX (*minimum, pane_minimum);
      *natural = MAX (*natural, pane_natural);
    }
}

static void
measure (GtkWidget *widget,
         GtkOrientation orientation,
         int for_size,
         int *minimum,
         int *natural,
         int *minimum_baseline,
         int *natural_baseline)
{
  VlivePanes *self = VLIVE_PANES (widget);

  *minimum = 0;
  *natural = 0;
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    measure_width (self, -1, minimum, natural);
  else
    measure_height (self, for_size, minimum, natural);
}

static GtkSizeRequestMode
get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
put (GtkWidget *widget, GtkWidget *child, int x, int width, int height)
{
  GtkAllocation allocation = { x, 0, width, height };

  if (gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL)
    allocation.x = gtk_widget_get_width (widget) - x - width;
  gtk_widget_size_allocate (child, &allocation, -1);
}

static void
size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  VlivePanes *self = VLIVE_PANES (widget);
  Places places;

  fold (self, must_fold (self, width));
  find_places (self, width, self->folded, &places);
  for (guint i = 0; i < VLIVE_N_PANES; i++)
    if (is_shown (self, self->folded, i))
      put (widget, self->children[i], places.x[i], places.width[i], height);
  if (self->folded)
    return;

  if (is_shown (self, FALSE, VLIVE_PANE_START))
    put (widget, self->separators[0], places.width[VLIVE_PANE_START], places.separator,
         height);
  if (is_shown (self, FALSE, VLIVE_PANE_END))
    put (widget, self->separators[1], places.x[VLIVE_PANE_END] - places.separator,
         places.separator, height);
}

void
_vlive_panes_install_layout (GtkWidgetClass *widget_class)
{
  widget_class->measure = measure;
  widget_class->get_request_mode = get_request_mode;
  widget_class->size_allocate = size_allocate;
}
