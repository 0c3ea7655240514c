/* vlive-selection-model.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "vlive-selection-private.h"

/* The list. */

static GType
get_item_type (GListModel *model)
{
  return VLIVE_TYPE_ROW;
}

guint
_vlive_selection_get_length (VliveSelection *self)
{
  return self->table != NULL ? g_list_model_get_n_items (G_LIST_MODEL (self->table))
                             : 0;
}

static guint
get_n_items (GListModel *model)
{
  return _vlive_selection_get_length (VLIVE_SELECTION (model));
}

static gpointer
get_item (GListModel *model, guint position)
{
  VliveSelection *self = VLIVE_SELECTION (model);
  gpointer row = self->table != NULL
                     ? g_list_model_get_item (G_LIST_MODEL (self->table), position)
                     : NULL;

  if (row != NULL)
    _vlive_marks_seat (self->marks, row, position);

  return row;
}

void
_vlive_selection_list_model_iface_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

/* What may have changed is told. */

void
_vlive_selection_tell (VliveSelection *self, const GtkBitset *positions)
{
  guint n_items = _vlive_selection_get_length (self);

  if (!gtk_bitset_is_empty (positions))
    {
      guint first = gtk_bitset_get_minimum (positions);
      guint last = MIN (gtk_bitset_get_maximum (positions), n_items - 1);

      if (first < n_items)
        gtk_selection_model_selection_changed (GTK_SELECTION_MODEL (self), first,
                                               last - first + 1);
    }
  _vlive_selection_notify_n_selected (self);
}

static void
tell_all (VliveSelection *self)
{
  g_autoptr (GtkBitset) all =
      gtk_bitset_new_range (0, _vlive_selection_get_length (self));

  _vlive_selection_tell (self, all);
}

void
_vlive_selection_marked_cb (gpointer data, guint position)
{
  VliveSelection *self = data;
  g_autoptr (GtkBitset) positions = NULL;

  if (position == G_MAXUINT)
    {
      tell_all (self);
      return;
    }

  positions = gtk_bitset_new_range (position, 1);
  _vlive_selection_tell (self, positions);
}

/* What is selected. */

static void
set (VliveSelection *self, const GtkBitset *positions, gboolean selected)
{
  if (selected != self->is_inverted)
    _vlive_marks_add (self->marks, positions);
  else
    _vlive_marks_remove (self->marks, positions);
}

/* Where something may change when all is unselected. */
GtkBitset *
_vlive_selection_dup_selected (VliveSelection *self)
{
  GtkBitset *marked = _vlive_marks_dup (self->marks);
  GtkBitset *all;

  if (!self->is_inverted)
    return marked;

  all = gtk_bitset_new_range (0, _vlive_selection_get_length (self));
  gtk_bitset_subtract (all, marked);
  gtk_bitset_unref (marked);

  return all;
}

void
_vlive_selection_clear (VliveSelection *self)
{
  _vlive_marks_clear (self->marks);
  _vlive_selection_set_inverted (self, FALSE);
}

static gboolean
covers_all (VliveSelection *self, const GtkBitset *positions)
{
  guint n_items = _vlive_selection_get_length (self);

  return n_items > 0
         && gtk_bitset_get_size_in_range (positions, 0, n_items - 1) == n_items;
}

static gboolean
is_selected (GtkSelectionModel *model, guint position)
{
  VliveSelection *self = VLIVE_SELECTION (model);

  if (position >= _vlive_selection_get_length (self))
    return FALSE;
  if (_vlive_marks_get_n (self->marks) == 0)
    return self->is_inverted;

  return _vlive_marks_has (self->marks, position) != self->is_inverted;
}

static GtkBitset *
get_selection_in_range (GtkSelectionModel *model, guint position, guint n_items)
{
  GtkBitset *selected = _vlive_selection_dup_selected (VLIVE_SELECTION (model));
  g_autoptr (GtkBitset) range = gtk_bitset_new_range (position, n_items);

  gtk_bitset_intersect (selected, range);

  return selected;
}

static gboolean
select_all (GtkSelectionModel *model)
{
  VliveSelection *self = VLIVE_SELECTION (model);

  if (self->mode != GTK_SELECTION_MULTIPLE)
    return FALSE;

  _vlive_marks_clear (self->marks);
  _vlive_selection_set_inverted (self, TRUE);
  tell_all (self);

  return TRUE;
}

static gboolean
unselect_all (GtkSelectionModel *model)
{
  VliveSelection *self = VLIVE_SELECTION (model);
  g_autoptr (GtkBitset) changed = _vlive_selection_dup_selected (self);

  _vlive_selection_clear (self);
  _vlive_selection_tell (self, changed);

  return TRUE;
}

static gboolean
select_positions (VliveSelection *self,
                  const GtkBitset *positions,
                  gboolean unselect_rest)
{
  g_autoptr (GtkBitset) changed = NULL;

  if (self->mode == GTK_SELECTION_MULTIPLE && covers_all (self, positions))
    return select_all (GTK_SELECTION_MODEL (self));

  changed = gtk_bitset_copy (positions);
  if (unselect_rest || self->mode == GTK_SELECTION_SINGLE)
    {
      g_autoptr (GtkBitset) before = _vlive_selection_dup_selected (self);

      gtk_bitset_union (changed, before);
      _vlive_selection_clear (self);
    }
  set (self, positions, TRUE);
  _vlive_selection_tell (self, changed);

  return TRUE;
}

static gboolean
select_range (GtkSelectionModel *model,
              guint position,
              guint n_items,
              gboolean unselect_rest)
{
  VliveSelection *self = VLIVE_SELECTION (model);
  guint length = _vlive_selection_get_length (self);
  g_autoptr (GtkBitset) positions = NULL;

  if (self->mode == GTK_SELECTION_NONE
      || (self->mode == GTK_SELECTION_SINGLE && n_items > 1) || position >= length)
    return FALSE;

  positions = gtk_bitset_new_range (position, MIN (n_items, length - position));

  return select_positions (self, positions, unselect_rest);
}

static gboolean
select_item (GtkSelectionModel *model, guint position, gboolean unselect_rest)
{
  return select_range (model, position, 1, unselect_rest);
}

static gboolean
unselect_range (GtkSelectionModel *model, guint position, guint n_items)
{
  VliveSelection *self = VLIVE_SELECTION (model);
  g_autoptr (GtkBitset) positions = gtk_bitset_new_range (position, n_items);

  if (covers_all (self, positions))
    return unselect_all (model);

  set (self, positions, FALSE);
  _vlive_selection_tell (self, positions);

  return TRUE;
}

static gboolean
unselect_item (GtkSelectionModel *model, guint position)
{
  return unselect_range (model, position, 1);
}

/* @selected of @mask: one of them, if there can be no more. */
static gboolean
set_single (VliveSelection *self, const GtkBitset *selected, const GtkBitset *mask)
{
  g_autoptr (GtkBitset) chosen = gtk_bitset_copy (selected);

  gtk_bitset_intersect (chosen, mask);
  if (!gtk_bitset_is_empty (chosen))
    return select_item (GTK_SELECTION_MODEL (self), gtk_bitset_get_minimum (chosen),
                        TRUE);

  set (self, mask, FALSE);
  _vlive_selection_tell (self, mask);

  return TRUE;
}

static gboolean
set_selection (GtkSelectionModel *model, GtkBitset *selected, GtkBitset *mask)
{
  VliveSelection *self = VLIVE_SELECTION (model);
  g_autoptr (GtkBitset) chosen = NULL;
  g_autoptr (GtkBitset) others = NULL;

  if (self->mode == GTK_SELECTION_NONE)
    return FALSE;
  if (self->mode == GTK_SELECTION_SINGLE)
    return set_single (self, selected, mask);

  chosen = gtk_bitset_copy (selected);
  gtk_bitset_intersect (chosen, mask);
  if (covers_all (self, mask))
    return select_positions (self, chosen, TRUE);

  others = gtk_bitset_copy (mask);
  gtk_bitset_subtract (others, selected);
  set (self, chosen, TRUE);
  set (self, others, FALSE);
  _vlive_selection_tell (self, mask);

  return TRUE;
}

void
_vlive_selection_model_iface_init (GtkSelectionModelInterface *iface)
{
  iface->is_selected = is_selected;
  iface->get_selection_in_range = get_selection_in_range;
  iface->select_item = select_item;
  iface->unselect_item = unselect_item;
  iface->select_range = select_range;
  iface->unselect_range = unselect_range;
  iface->select_all = select_all;
  iface->unselect_all = unselect_all;
  iface->set_selection = set_selection;
}
