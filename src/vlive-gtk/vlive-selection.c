/* vlive-selection.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "vlive-selection.h"

#include "vlive-selection-private.h"

/**
 * VliveSelection:
 *
 * A selection model over a [class@Vlive.Table] that knows what is selected by id.
 *
 * A record that is selected stays so wherever it moves to: through a refresh, when
 * its page leaves memory and comes again, when the master gives a new record its
 * id, and when it goes and comes back. [method@Gtk.SelectionModel.select_all] over
 * a million rows touches none of them: what is kept is that everything is selected
 * but a few, and what comes later is selected, too. A range that is selected over
 * rows that are not in memory is kept as places until their records are known.
 *
 * In [enum@Gtk.SelectionMode.SINGLE], which it has at first, one record at most is
 * selected, and may be unselected.
 *
 * An inverted selection means everything that the table's query matches: it is
 * given up when the table is given another query.
 *
 * Main thread only.
 *
 * Since: 0.1
 */

enum
{
  PROP_0,
  PROP_TABLE,
  PROP_MODE,
  PROP_INVERTED,
  PROP_N_SELECTED,
  PROP_N_ITEMS,
  PROP_ITEM_TYPE,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE_WITH_CODE (
    VliveSelection,
    vlive_selection,
    G_TYPE_OBJECT,
    G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, _vlive_selection_list_model_iface_init)
        G_IMPLEMENT_INTERFACE (GTK_TYPE_SELECTION_MODEL,
                               _vlive_selection_model_iface_init))

/* What is told. */

void
_vlive_selection_notify_n_selected (VliveSelection *self)
{
  guint64 n_selected = vlive_selection_get_n_selected (self);

  if (n_selected == self->n_selected)
    return;

  self->n_selected = n_selected;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_SELECTED]);
}

void
_vlive_selection_set_inverted (VliveSelection *self, gboolean inverted)
{
  if (self->is_inverted == inverted)
    return;

  self->is_inverted = inverted;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_INVERTED]);
}

/* The table. */

static void
items_changed_cb (VliveSelection *self, guint position, guint n_removed, guint n_added)
{
  _vlive_marks_splice (self->marks, position, n_removed, n_added);
  g_list_model_items_changed (G_LIST_MODEL (self), position, n_removed, n_added);
  if (n_removed != n_added)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_ITEMS]);
  _vlive_selection_notify_n_selected (self);
}

/* "All" was all of what was listed. */
static void
query_changed_cb (VliveSelection *self)
{
  if (self->is_inverted)
    gtk_selection_model_unselect_all (GTK_SELECTION_MODEL (self));
}

static void
drop_table (VliveSelection *self)
{
  guint n_items = _vlive_selection_get_length (self);

  g_signal_handlers_disconnect_by_data (self->table, self);
  _vlive_marks_set_model (self->marks, NULL);
  _vlive_selection_set_inverted (self, FALSE);
  g_clear_object (&self->table);
  if (n_items > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), 0, n_items, 0);
}

static void
take_table (VliveSelection *self, VliveTable *table)
{
  guint n_items;

  self->table = g_object_ref (table);
  _vlive_marks_set_model (self->marks, G_LIST_MODEL (table));
  g_signal_connect_swapped (table, "items-changed", G_CALLBACK (items_changed_cb),
                            self);
  g_signal_connect_swapped (table, "notify::query", G_CALLBACK (query_changed_cb),
                            self);
  n_items = _vlive_selection_get_length (self);
  if (n_items > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), 0, 0, n_items);
}

static void
vlive_selection_get_property (GObject *object,
                              guint id,
                              GValue *value,
                              GParamSpec *pspec)
{
  VliveSelection *self = VLIVE_SELECTION (object);

  switch (id)
    {
    case PROP_TABLE:
      g_value_set_object (value, self->table);
      break;
    case PROP_MODE:
      g_value_set_enum (value, self->mode);
      break;
    case PROP_INVERTED:
      g_value_set_boolean (value, self->is_inverted);
      break;
    case PROP_N_SELECTED:
      g_value_set_uint64 (value, vlive_selection_get_n_selected (self));
      break;
    case PROP_N_ITEMS:
      g_value_set_uint (value, _vlive_selection_get_length (self));
      break;
    case PROP_ITEM_TYPE:
      g_value_set_gtype (value, VLIVE_TYPE_ROW);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
vlive_selection_set_property (GObject *object,
                              guint id,
                              const GValue *value,
                              GParamSpec *pspec)
{
  VliveSelection *self = VLIVE_SELECTION (object);

  switch (id)
    {
    case PROP_TABLE:
      vlive_selection_set_table (self, g_value_get_object (value));
      break;
    case PROP_MODE:
      vlive_selection_set_mode (self, g_value_get_enum (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
vlive_selection_dispose (GObject *object)
{
  VliveSelection *self = VLIVE_SELECTION (object);

  _vlive_marks_set_model (self->marks, NULL);
  if (self->table != NULL)
    g_signal_handlers_disconnect_by_data (self->table, self);
  g_clear_object (&self->table);

  G_OBJECT_CLASS (vlive_selection_parent_class)->dispose (object);
}

static void
vlive_selection_finalize (GObject *object)
{
  VliveSelection *self = VLIVE_SELECTION (object);

  _vlive_marks_free (self->marks);

  G_OBJECT_CLASS (vlive_selection_parent_class)->finalize (object);
}

static void
install_properties (GObjectClass *object_class)
{
  const GParamFlags writable =
      G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;
  const GParamFlags readable = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  /**
   * VliveSelection:table: (getter get_table) (setter set_table)
   *
   * What is selected from.
   *
   * Since: 0.1
   */
  properties[PROP_TABLE] =
      g_param_spec_object ("table", NULL, NULL, VLIVE_TYPE_TABLE, writable);

  /**
   * VliveSelection:mode: (getter get_mode) (setter set_mode)
   *
   * How many records may be selected: none, a single one, or several.
   *
   * Since: 0.1
   */
  properties[PROP_MODE] =
      g_param_spec_enum ("mode", NULL, NULL, GTK_TYPE_SELECTION_MODE,
                         GTK_SELECTION_SINGLE, writable);

  /**
   * VliveSelection:inverted: (getter is_inverted)
   *
   * Whether everything is selected but a few.
   *
   * Since: 0.1
   */
  properties[PROP_INVERTED] =
      g_param_spec_boolean ("inverted", NULL, NULL, FALSE, readable);

  /**
   * VliveSelection:n-selected: (getter get_n_selected)
   *
   * How many records are selected.
   *
   * Since: 0.1
   */
  properties[PROP_N_SELECTED] =
      g_param_spec_uint64 ("n-selected", NULL, NULL, 0, G_MAXUINT64, 0, readable);

  /**
   * VliveSelection:n-items:
   *
   * The number of rows of the list.
   *
   * Since: 0.1
   */
  properties[PROP_N_ITEMS] =
      g_param_spec_uint ("n-items", NULL, NULL, 0, G_MAXUINT, 0, readable);

  /**
   * VliveSelection:item-type:
   *
   * The type of the items: [class@Vlive.Row].
   *
   * Since: 0.1
   */
  properties[PROP_ITEM_TYPE] =
      g_param_spec_gtype ("item-type", NULL, NULL, G_TYPE_OBJECT, readable);

  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
vlive_selection_class_init (VliveSelectionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = vlive_selection_get_property;
  object_class->set_property = vlive_selection_set_property;
  object_class->dispose = vlive_selection_dispose;
  object_class->finalize = vlive_selection_finalize;
  install_properties (object_class);
}

static void
vlive_selection_init (VliveSelection *self)
{
  self->mode = GTK_SELECTION_SINGLE;
  self->marks = _vlive_marks_new (_vlive_selection_marked_cb, self);
}

/**
 * vlive_selection_new:
 * @table: (nullable): what to select from
 *
 * Makes a selection in which nothing is selected.
 *
 * Returns: (transfer full): a new selection
 *
 * Since: 0.1
 */
VliveSelection *
vlive_selection_new (VliveTable *table)
{
  g_return_val_if_fail (table == NULL || VLIVE_IS_TABLE (table), NULL);

  return g_object_new (VLIVE_TYPE_SELECTION, "table", table, NULL);
}

/**
 * vlive_selection_get_table:
 * @self: a selection
 *
 * Gets what is selected from.
 *
 * Returns: (transfer none) (nullable): the table, or %NULL if there is none
 *
 * Since: 0.1
 */
VliveTable *
vlive_selection_get_table (VliveSelection *self)
{
  g_return_val_if_fail (VLIVE_IS_SELECTION (self), NULL);

  return self->table;
}

/**
 * vlive_selection_set_table:
 * @self: a selection
 * @table: (nullable): what to select from
 *
 * Selects from another table, nothing at first.
 *
 * Since: 0.1
 */
void
vlive_selection_set_table (VliveSelection *self, VliveTable *table)
{
  guint n_before;

  g_return_if_fail (VLIVE_IS_SELECTION (self));
  g_return_if_fail (table == NULL || VLIVE_IS_TABLE (table));

  if (self->table == table)
    return;

  n_before = _vlive_selection_get_length (self);
  if (self->table != NULL)
    drop_table (self);
  if (table != NULL)
    take_table (self, table);
  if (n_before != _vlive_selection_get_length (self))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_ITEMS]);
  _vlive_selection_notify_n_selected (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TABLE]);
}

/**
 * vlive_selection_get_mode:
 * @self: a selection
 *
 * Gets how many records may be selected.
 *
 * Returns: the mode
 *
 * Since: 0.1
 */
GtkSelectionMode
vlive_selection_get_mode (VliveSelection *self)
{
  g_return_val_if_fail (VLIVE_IS_SELECTION (self), GTK_SELECTION_NONE);

  return self->mode;
}

/**
 * vlive_selection_set_mode:
 * @self: a selection
 * @mode: %GTK_SELECTION_NONE, %GTK_SELECTION_SINGLE or %GTK_SELECTION_MULTIPLE
 *
 * Sets how many records may be selected. What is selected stays if it may.
 *
 * Since: 0.1
 */
void
vlive_selection_set_mode (VliveSelection *self, GtkSelectionMode mode)
{
  guint64 n_selected;

  g_return_if_fail (VLIVE_IS_SELECTION (self));
  g_return_if_fail (mode != GTK_SELECTION_BROWSE);

  if (self->mode == mode)
    return;

  n_selected = vlive_selection_get_n_selected (self);
  if (n_selected > 1 || (n_selected > 0 && mode == GTK_SELECTION_NONE)
      || self->is_inverted)
    gtk_selection_model_unselect_all (GTK_SELECTION_MODEL (self));
  self->mode = mode;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MODE]);
}

/**
 * vlive_selection_is_inverted: (get-property inverted)
 * @self: a selection
 *
 * Tells whether everything is selected but a few: the ids and the places that the
 * selection knows are then those that are not selected.
 *
 * Returns: %TRUE if it is so
 *
 * Since: 0.1
 */
gboolean
vlive_selection_is_inverted (VliveSelection *self)
{
  g_return_val_if_fail (VLIVE_IS_SELECTION (self), FALSE);

  return self->is_inverted;
}

/**
 * vlive_selection_get_n_selected:
 * @self: a selection
 *
 * Gets how many records are selected: those too that are no longer in the table,
 * and may come back.
 *
 * Returns: a number
 *
 * Since: 0.1
 */
guint64
vlive_selection_get_n_selected (VliveSelection *self)
{
  guint64 n_marks;
  guint64 n_items;

  g_return_val_if_fail (VLIVE_IS_SELECTION (self), 0);

  n_marks = _vlive_marks_get_n (self->marks);
  if (!self->is_inverted)
    return n_marks;

  n_items = _vlive_selection_get_length (self);

  return n_items > n_marks ? n_items - n_marks : 0;
}

/**
 * vlive_selection_dup_ids:
 * @self: a selection
 *
 * Gets the ids of what is selected, sorted; of what is not selected, if the
 * selection is inverted. Beside them there may be places of which the records are
 * not known: vlive_selection_dup_places().
 *
 * Returns: (transfer full) (array zero-terminated=1): ids
 *
 * Since: 0.1
 */
char **
vlive_selection_dup_ids (VliveSelection *self)
{
  g_return_val_if_fail (VLIVE_IS_SELECTION (self), NULL);

  return _vlive_marks_dup_ids (self->marks);
}

/**
 * vlive_selection_dup_places:
 * @self: a selection
 *
 * Gets the places that are selected, or not selected if the selection is inverted,
 * without anybody having looked which records are there. Each becomes an id when
 * its row is asked for and loaded.
 *
 * Returns: (transfer full): positions
 *
 * Since: 0.1
 */
GtkBitset *
vlive_selection_dup_places (VliveSelection *self)
{
  g_return_val_if_fail (VLIVE_IS_SELECTION (self), NULL);

  return gtk_bitset_copy (_vlive_marks_get_places (self->marks));
}

/**
 * vlive_selection_is_id_selected:
 * @self: a selection
 * @id: the id of a record
 *
 * Tells whether a record is selected, wherever it is.
 *
 * Returns: %TRUE if it is
 *
 * Since: 0.1
 */
gboolean
vlive_selection_is_id_selected (VliveSelection *self, const char *id)
{
  g_return_val_if_fail (VLIVE_IS_SELECTION (self), FALSE);
  g_return_val_if_fail (id != NULL, FALSE);

  return _vlive_marks_has_id (self->marks, id) != self->is_inverted;
}

static void
set_id (VliveSelection *self, const char *id, gboolean selected)
{
  if (selected != self->is_inverted)
    _vlive_marks_add_id (self->marks, id);
  else
    _vlive_marks_remove_id (self->marks, id);
}

/**
 * vlive_selection_select_id:
 * @self: a selection
 * @id: the id of a record
 * @unselect_rest: whether nothing else is to be selected
 *
 * Selects a record, wherever it is, and whether it is in the table or not.
 *
 * Since: 0.1
 */
void
vlive_selection_select_id (VliveSelection *self, const char *id, gboolean unselect_rest)
{
  g_autoptr (GtkBitset) changed = NULL;
  guint position;

  g_return_if_fail (VLIVE_IS_SELECTION (self));
  g_return_if_fail (id != NULL);

  if (self->mode == GTK_SELECTION_NONE)
    return;

  changed = gtk_bitset_new_empty ();
  if (unselect_rest || self->mode == GTK_SELECTION_SINGLE)
    {
      gtk_bitset_unref (changed);
      changed = _vlive_selection_dup_selected (self);
      _vlive_selection_clear (self);
    }
  /* Where it is one of those that are not selected. */
  position = _vlive_marks_find (self->marks, id);
  set_id (self, id, TRUE);
  if (position == G_MAXUINT)
    position = _vlive_marks_find (self->marks, id);
  if (position != G_MAXUINT)
    gtk_bitset_add (changed, position);
  _vlive_selection_tell (self, changed);
}

/**
 * vlive_selection_unselect_id:
 * @self: a selection
 * @id: the id of a record
 *
 * Unselects a record, wherever it is.
 *
 * Since: 0.1
 */
void
vlive_selection_unselect_id (VliveSelection *self, const char *id)
{
  g_autoptr (GtkBitset) changed = NULL;
  guint position;

  g_return_if_fail (VLIVE_IS_SELECTION (self));
  g_return_if_fail (id != NULL);

  changed = gtk_bitset_new_empty ();
  position = _vlive_marks_find (self->marks, id);
  set_id (self, id, FALSE);
  if (position == G_MAXUINT)
    position = _vlive_marks_find (self->marks, id);
  if (position != G_MAXUINT)
    gtk_bitset_add (changed, position);
  _vlive_selection_tell (self, changed);
}
