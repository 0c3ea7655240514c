/* vlive-table-settings.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "table/vlive-table-private.h"

/* What a program may ask of a table. */

/**
 * vlive_table_set_max_items: (set-property max-items)
 * @self: a table
 * @max_items: the number of rows
 *
 * Sets the most rows that the list has. A view sets what it can show.
 *
 * Since: 0.1
 */
void
vlive_table_set_max_items (VliveTable *self, guint max_items)
{
  g_return_if_fail (VLIVE_IS_TABLE (self));
  g_return_if_fail (max_items <= G_MAXINT);

  if (self->max_items == max_items)
    return;

  self->max_items = max_items;
  self->length_changed = TRUE;
  _vlive_store_wake (self->store);
  g_object_notify (G_OBJECT (self), "max-items");
}

/**
 * vlive_table_get_prefetch:
 * @self: a table
 *
 * Gets how many pages beyond what is visible are fetched.
 *
 * Returns: a number of pages
 *
 * Since: 0.1
 */
guint
vlive_table_get_prefetch (VliveTable *self)
{
  g_return_val_if_fail (VLIVE_IS_TABLE (self), 0);

  return self->prefetch;
}

/**
 * vlive_table_set_prefetch:
 * @self: a table
 * @n_pages: a number of pages, at most 16
 *
 * Sets how many pages beyond what is visible are fetched, in the direction in
 * which the view moves.
 *
 * Since: 0.1
 */
void
vlive_table_set_prefetch (VliveTable *self, guint n_pages)
{
  g_return_if_fail (VLIVE_IS_TABLE (self));
  g_return_if_fail (n_pages <= 16);

  if (self->prefetch == n_pages)
    return;

  self->prefetch = n_pages;
  _vlive_store_wake (self->store);
  g_object_notify (G_OBJECT (self), "prefetch");
}

/**
 * vlive_table_get_refresh_interval:
 * @self: a table
 *
 * Gets the time after which what is visible is asked for again.
 *
 * Returns: the time in milliseconds; 0 for never
 *
 * Since: 0.1
 */
guint
vlive_table_get_refresh_interval (VliveTable *self)
{
  g_return_val_if_fail (VLIVE_IS_TABLE (self), 0);

  return self->refresh_interval;
}

/**
 * vlive_table_set_refresh_interval:
 * @self: a table
 * @milliseconds: a time, or 0 for never
 *
 * Sets the time after which what is visible is asked for again, for a master
 * without a live stream. It rests while the table is hidden, and while the
 * master does not answer.
 *
 * Since: 0.1
 */
void
vlive_table_set_refresh_interval (VliveTable *self, guint milliseconds)
{
  g_return_if_fail (VLIVE_IS_TABLE (self));

  if (self->refresh_interval == milliseconds)
    return;

  self->refresh_interval = milliseconds;
  _vlive_store_wake (self->store);
  g_object_notify (G_OBJECT (self), "refresh-interval");
}

/**
 * vlive_table_is_hidden: (get-property hidden)
 * @self: a table
 *
 * Tells whether nobody sees the table.
 *
 * Returns: %TRUE if it is hidden
 *
 * Since: 0.1
 */
gboolean
vlive_table_is_hidden (VliveTable *self)
{
  g_return_val_if_fail (VLIVE_IS_TABLE (self), FALSE);

  return self->is_hidden;
}

/**
 * vlive_table_set_hidden: (set-property hidden)
 * @self: a table
 * @hidden: %TRUE if nobody sees it
 *
 * Tells that nobody sees the table, or somebody does again. What is here is not
 * asked for again while it is hidden, and where it has become too old, once it
 * is not.
 *
 * Since: 0.1
 */
void
vlive_table_set_hidden (VliveTable *self, gboolean hidden)
{
  g_return_if_fail (VLIVE_IS_TABLE (self));

  if (self->is_hidden == hidden)
    return;

  self->is_hidden = hidden;
  if (!hidden)
    _vlive_pager_note_seen (self->pager);
  _vlive_store_wake (self->store);
  g_object_notify (G_OBJECT (self), "hidden");
}

/**
 * vlive_table_is_busy: (get-property busy)
 * @self: a table
 *
 * Tells whether the master is being asked for something that is visible.
 *
 * Returns: %TRUE if it is
 *
 * Since: 0.1
 */
gboolean
vlive_table_is_busy (VliveTable *self)
{
  g_return_val_if_fail (VLIVE_IS_TABLE (self), FALSE);

  return self->busy;
}
