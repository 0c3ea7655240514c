/* vlive-table.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "table/vlive-table.h"

#include "base/vlive-census-private.h"
#include "table/vlive-table-private.h"
#include "vlive-enums.h"

/**
 * VliveTable:
 *
 * A list of [class@Row]: a store under one query.
 *
 * The list is as long as the master says, and only a few pages of it are in
 * memory: those that somebody looks at. A row that is asked for is there at
 * once; if its record is not, it is a placeholder that becomes the record when
 * that arrives. Nothing is ever waited for.
 *
 * The list changes, and its signals are emitted, from the main context of the
 * thread that made it, and never from within a call of somebody who uses it.
 * Values change by a notify on the row; rows that come, go or move by
 * [signal@Gio.ListModel::items-changed]. A record is never at two places.
 *
 * Tell the table what is visible with [method@Table.set_visible_range]: that
 * is fetched first, and kept fresh.
 *
 * Since: 0.1
 */

enum
{
  PROP_0,
  PROP_STORE,
  PROP_QUERY,
  PROP_PAGE_SIZE,
  PROP_N_ITEMS,
  PROP_STATE,
  PROP_STALE,
  PROP_FETCHED_AT,
  PROP_ERROR,
  PROP_TOTAL_KIND,
  PROP_TOTAL,
  PROP_MAX_ITEMS,
  PROP_PREFETCH,
  PROP_REFRESH_INTERVAL,
  PROP_REFRESH_ON_OPEN,
  PROP_HIDDEN,
  PROP_BUSY,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE_WITH_CODE (
    VliveTable,
    vlive_table,
    G_TYPE_OBJECT,
    G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, _vlive_table_list_model_iface_init))

void
_vlive_table_notify_n_items (VliveTable *self)
{
  _vlive_meter_pause ();
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_ITEMS]);
  _vlive_meter_resume ();
}

/* Where a place of the view is in the base; of what has none, or is behind the
 * end, where the next is. */
static guint64
to_base (VliveTable *self, guint64 view)
{
  guint64 base = view;
  VliveInsert *insert = _vlive_mapping_view_to_base (self->mapping, view, &base);

  return insert != NULL ? insert->place : base;
}

void
_vlive_table_tell_pager (VliveTable *self)
{
  guint64 first;
  guint64 last;

  if (!self->has_view)
    return;

  first = to_base (self, self->view_first);
  last = to_base (self, (guint64) self->view_first + MAX (self->view_n, 1) - 1);
  _vlive_pager_set_visible (self->pager, first, last - first + 1);
}

static void
vlive_table_constructed (GObject *object)
{
  VliveTable *self = VLIVE_TABLE (object);
  VliveDescription *description;

  G_OBJECT_CLASS (vlive_table_parent_class)->constructed (object);

  g_assert (self->store != NULL);

  description = vlive_master_get_description (self->store->master);
  if (description != NULL && vlive_description_get_max_page (description) > 0)
    self->page_size =
        MIN (self->page_size, vlive_description_get_max_page (description));
  if (self->query == NULL)
    self->query = vlive_query_new ();
  self->base = _vlive_base_new (self->page_size);
  self->rows = _vlive_rows_new (self->page_size);
  self->pager = _vlive_pager_new (self);
  _vlive_table_init_client (self);
}

static void
vlive_table_dispose (GObject *object)
{
  VliveTable *self = VLIVE_TABLE (object);

  if (self->store != NULL)
    _vlive_store_remove_client (self->store, self);
  g_clear_pointer (&self->pager, _vlive_pager_free);
  g_clear_pointer (&self->rows, _vlive_rows_free);
  g_ptr_array_set_size (self->limbo, 0);
  g_hash_table_remove_all (self->changed);
  _vlive_table_clear_arrivals (self);
  g_clear_object (&self->store);

  G_OBJECT_CLASS (vlive_table_parent_class)->dispose (object);
}

static void
vlive_table_finalize (GObject *object)
{
  VliveTable *self = VLIVE_TABLE (object);

  g_clear_pointer (&self->base, _vlive_base_free);
  _vlive_table_free_overlay (self);
  g_hash_table_unref (self->contested);
  g_ptr_array_unref (self->limbo);
  g_hash_table_unref (self->changed);
  g_clear_pointer (&self->query, vlive_query_unref);
  g_clear_pointer (&self->next_query, vlive_query_unref);
  g_clear_error (&self->error);
  _vlive_census_remove (VLIVE_CENSUS_TABLE);

  G_OBJECT_CLASS (vlive_table_parent_class)->finalize (object);
}

static void
vlive_table_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  VliveTable *self = VLIVE_TABLE (object);

  switch (id)
    {
    case PROP_STORE:
      g_value_set_object (value, self->store);
      break;
    case PROP_QUERY:
      g_value_set_boxed (value, vlive_table_get_query (self));
      break;
    case PROP_PAGE_SIZE:
      g_value_set_uint (value, self->page_size);
      break;
    case PROP_N_ITEMS:
      g_value_set_uint (value, self->n_items);
      break;
    case PROP_STATE:
      g_value_set_enum (value, self->state);
      break;
    case PROP_STALE:
      g_value_set_boolean (value, self->stale);
      break;
    case PROP_FETCHED_AT:
      g_value_set_int64 (value, self->fetched_at);
      break;
    case PROP_ERROR:
      g_value_set_boxed (value, self->error);
      break;
    case PROP_TOTAL_KIND:
      g_value_set_enum (value, self->total_kind);
      break;
    case PROP_TOTAL:
      g_value_set_uint64 (value, self->total);
      break;
    case PROP_MAX_ITEMS:
      g_value_set_uint (value, self->max_items);
      break;
    case PROP_PREFETCH:
      g_value_set_uint (value, self->prefetch);
      break;
    case PROP_REFRESH_INTERVAL:
      g_value_set_uint (value, self->refresh_interval);
      break;
    case PROP_REFRESH_ON_OPEN:
      g_value_set_boolean (value, self->refresh_on_open);
      break;
    case PROP_HIDDEN:
      g_value_set_boolean (value, self->is_hidden);
      break;
    case PROP_BUSY:
      g_value_set_boolean (value, self->busy);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
vlive_table_set_property (GObject *object,
                          guint id,
                          const GValue *value,
                          GParamSpec *pspec)
{
  VliveTable *self = VLIVE_TABLE (object);

  switch (id)
    {
    case PROP_STORE:
      self->store = g_value_dup_object (value);
      break;
    case PROP_QUERY:
      if (self->base == NULL)
        self->query = g_value_dup_boxed (value);
      else
        vlive_table_set_query (self, g_value_get_boxed (value));
      break;
    case PROP_PAGE_SIZE:
      self->page_size = g_value_get_uint (value);
      break;
    case PROP_MAX_ITEMS:
      vlive_table_set_max_items (self, g_value_get_uint (value));
      break;
    case PROP_PREFETCH:
      vlive_table_set_prefetch (self, g_value_get_uint (value));
      break;
    case PROP_REFRESH_INTERVAL:
      vlive_table_set_refresh_interval (self, g_value_get_uint (value));
      break;
    case PROP_REFRESH_ON_OPEN:
      self->refresh_on_open = g_value_get_boolean (value);
      break;
    case PROP_HIDDEN:
      vlive_table_set_hidden (self, g_value_get_boolean (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
install_settings (void)
{
  const GParamFlags writable =
      G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;
  const GParamFlags once =
      G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS;

  /**
   * VliveTable:store: (getter get_store)
   *
   * The store.
   *
   * Since: 0.1
   */
  properties[PROP_STORE] =
      g_param_spec_object ("store", NULL, NULL, VLIVE_TYPE_STORE, once);

  /**
   * VliveTable:query: (getter get_query) (setter set_query)
   *
   * What is listed, and in which order.
   *
   * Since: 0.1
   */
  properties[PROP_QUERY] = g_param_spec_boxed ("query", NULL, NULL, VLIVE_TYPE_QUERY,
                                               writable | G_PARAM_CONSTRUCT);

  /**
   * VliveTable:page-size:
   *
   * How many rows are asked for at once; no more than the master gives.
   *
   * Since: 0.1
   */
  properties[PROP_PAGE_SIZE] =
      g_param_spec_uint ("page-size", NULL, NULL, 1, 1000, 100, once);

  /**
   * VliveTable:max-items:
   *
   * The most rows that the list has: what a view can show.
   *
   * Since: 0.1
   */
  properties[PROP_MAX_ITEMS] =
      g_param_spec_uint ("max-items", NULL, NULL, 0, G_MAXINT, G_MAXINT, writable);
}

static void
install_habits (void)
{
  const GParamFlags writable =
      G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  /**
   * VliveTable:prefetch: (getter get_prefetch) (setter set_prefetch)
   *
   * How many pages beyond what is visible are fetched, in the direction in which
   * the view moves.
   *
   * Since: 0.1
   */
  properties[PROP_PREFETCH] =
      g_param_spec_uint ("prefetch", NULL, NULL, 0, 16, 1, writable);

  /**
   * VliveTable:refresh-interval: (getter get_refresh_interval) (setter set_refresh_interval)
   *
   * The time in milliseconds after which what is visible is asked for again; 0
   * for never. It rests while the table is hidden, and while the master does
   * not answer.
   *
   * Since: 0.1
   */
  properties[PROP_REFRESH_INTERVAL] =
      g_param_spec_uint ("refresh-interval", NULL, NULL, 0, G_MAXUINT, 0, writable);

  /**
   * VliveTable:refresh-on-open:
   *
   * Whether the first rows are asked for however fresh those in the cache are.
   *
   * Since: 0.1
   */
  properties[PROP_REFRESH_ON_OPEN] =
      g_param_spec_boolean ("refresh-on-open", NULL, NULL, FALSE,
                            G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY
                                | G_PARAM_STATIC_STRINGS);

  /**
   * VliveTable:hidden: (getter is_hidden) (setter set_hidden)
   *
   * Whether nobody sees the table: then nothing is asked for that is here.
   *
   * Since: 0.1
   */
  properties[PROP_HIDDEN] =
      g_param_spec_boolean ("hidden", NULL, NULL, FALSE, writable);

  /**
   * VliveTable:busy: (getter is_busy)
   *
   * Whether the master is being asked for something that is visible.
   *
   * Since: 0.1
   */
  properties[PROP_BUSY] =
      g_param_spec_boolean ("busy", NULL, NULL, FALSE,
                            G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
}

static void
install_state (void)
{
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  /**
   * VliveTable:n-items:
   *
   * The number of rows of the list.
   *
   * Since: 0.1
   */
  properties[PROP_N_ITEMS] =
      g_param_spec_uint ("n-items", NULL, NULL, 0, G_MAXUINT, 0, flags);

  /**
   * VliveTable:state: (getter get_state)
   *
   * What is known.
   *
   * Since: 0.1
   */
  properties[PROP_STATE] =
      g_param_spec_enum ("state", NULL, NULL, VLIVE_TYPE_TABLE_STATE,
                         VLIVE_TABLE_LOADING, flags);

  /**
   * VliveTable:stale: (getter is_stale)
   *
   * Whether something that is visible is older than it should be.
   *
   * Since: 0.1
   */
  properties[PROP_STALE] = g_param_spec_boolean ("stale", NULL, NULL, FALSE, flags);

  /**
   * VliveTable:fetched-at: (getter get_fetched_at)
   *
   * When the oldest visible page was asked for, in µs since the Unix epoch; 0
   * for never.
   *
   * Since: 0.1
   */
  properties[PROP_FETCHED_AT] =
      g_param_spec_int64 ("fetched-at", NULL, NULL, 0, G_MAXINT64, 0, flags);

  /**
   * VliveTable:error: (getter get_error)
   *
   * Why asking failed last, or %NULL after a success.
   *
   * Since: 0.1
   */
  properties[PROP_ERROR] =
      g_param_spec_boxed ("error", NULL, NULL, G_TYPE_ERROR, flags);

  /**
   * VliveTable:total-kind:
   *
   * What the total is worth.
   *
   * Since: 0.1
   */
  properties[PROP_TOTAL_KIND] =
      g_param_spec_enum ("total-kind", NULL, NULL, VLIVE_TYPE_TOTAL_KIND,
                         VLIVE_TOTAL_UNKNOWN, flags);

  /**
   * VliveTable:total: (getter get_total)
   *
   * How many rows there are, as far as is known.
   *
   * Since: 0.1
   */
  properties[PROP_TOTAL] =
      g_param_spec_uint64 ("total", NULL, NULL, 0, G_MAXUINT64, 0, flags);
}

static void
vlive_table_class_init (VliveTableClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->constructed = vlive_table_constructed;
  object_class->dispose = vlive_table_dispose;
  object_class->finalize = vlive_table_finalize;
  object_class->get_property = vlive_table_get_property;
  object_class->set_property = vlive_table_set_property;

  install_settings ();
  install_habits ();
  install_state ();
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
vlive_table_init (VliveTable *self)
{
  self->page_size = 100;
  self->max_items = G_MAXINT;
  self->prefetch = 1;
  _vlive_table_init_overlay (self);
  self->contested = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->limbo = g_ptr_array_new_with_free_func (g_object_unref);
  self->changed = g_hash_table_new_full (NULL, NULL, g_object_unref, NULL);
  _vlive_census_add (VLIVE_CENSUS_TABLE);
}

/**
 * vlive_table_new:
 * @store: a store
 * @query: (nullable): what to list, or %NULL for everything
 *
 * Makes a list of the rows of @store that match @query.
 *
 * Returns: (transfer full): a table
 *
 * Since: 0.1
 */
VliveTable *
vlive_table_new (VliveStore *store, VliveQuery *query)
{
  g_return_val_if_fail (VLIVE_IS_STORE (store), NULL);

  return g_object_new (VLIVE_TYPE_TABLE, "store", store, "query", query, NULL);
}

/**
 * vlive_table_get_store:
 * @self: a table
 *
 * Gets the store.
 *
 * Returns: (transfer none): the store
 *
 * Since: 0.1
 */
VliveStore *
vlive_table_get_store (VliveTable *self)
{
  g_return_val_if_fail (VLIVE_IS_TABLE (self), NULL);

  return self->store;
}

/**
 * vlive_table_get_query:
 * @self: a table
 *
 * Gets what is listed, or will be in a moment.
 *
 * Returns: (transfer none): the query
 *
 * Since: 0.1
 */
VliveQuery *
vlive_table_get_query (VliveTable *self)
{
  g_return_val_if_fail (VLIVE_IS_TABLE (self), NULL);

  return self->next_query != NULL ? self->next_query : self->query;
}

/**
 * vlive_table_set_query:
 * @self: a table
 * @query: (nullable): what to list, or %NULL for everything
 *
 * Lists something else. The rows stay, and are stale, until the first rows of
 * @query are there; then the list is emptied and filled anew.
 *
 * Since: 0.1
 */
void
vlive_table_set_query (VliveTable *self, VliveQuery *query)
{
  g_autoptr (VliveQuery) wanted = NULL;

  g_return_if_fail (VLIVE_IS_TABLE (self));

  wanted = query != NULL ? vlive_query_ref (query) : vlive_query_new ();
  if (vlive_query_equal (wanted, vlive_table_get_query (self)))
    return;

  _vlive_pager_restart (self->pager);
  _vlive_table_drop_pages (self);
  g_clear_pointer (&self->next_query, vlive_query_unref);
  if (!vlive_query_equal (wanted, self->query))
    self->next_query = g_steal_pointer (&wanted);
  _vlive_store_wake (self->store);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_QUERY]);
}

/**
 * vlive_table_get_state:
 * @self: a table
 *
 * Gets what is known.
 *
 * Returns: the state
 *
 * Since: 0.1
 */
VliveTableState
vlive_table_get_state (VliveTable *self)
{
  g_return_val_if_fail (VLIVE_IS_TABLE (self), VLIVE_TABLE_LOADING);

  return self->state;
}

/**
 * vlive_table_is_stale: (get-property stale)
 * @self: a table
 *
 * Tells whether something that is visible is older than it should be.
 *
 * Returns: %TRUE if it is
 *
 * Since: 0.1
 */
gboolean
vlive_table_is_stale (VliveTable *self)
{
  g_return_val_if_fail (VLIVE_IS_TABLE (self), FALSE);

  return self->stale;
}

/**
 * vlive_table_get_fetched_at:
 * @self: a table
 *
 * Gets when the oldest visible page was asked for.
 *
 * Returns: µs since the Unix epoch; 0 for never
 *
 * Since: 0.1
 */
gint64
vlive_table_get_fetched_at (VliveTable *self)
{
  g_return_val_if_fail (VLIVE_IS_TABLE (self), 0);

  return self->fetched_at;
}

/**
 * vlive_table_get_error:
 * @self: a table
 *
 * Gets why asking failed last.
 *
 * Returns: (transfer none) (nullable): the error, or %NULL after a success
 *
 * Since: 0.1
 */
const GError *
vlive_table_get_error (VliveTable *self)
{
  g_return_val_if_fail (VLIVE_IS_TABLE (self), NULL);

  return self->error;
}

/**
 * vlive_table_get_total:
 * @self: a table
 * @total: (out) (optional): how many rows there are
 *
 * Gets how many rows there are, as far as is known. The list itself may be
 * shorter, or, while the end is not known, longer.
 *
 * Returns: what @total is worth
 *
 * Since: 0.1
 */
VliveTotalKind
vlive_table_get_total (VliveTable *self, guint64 *total)
{
  g_return_val_if_fail (VLIVE_IS_TABLE (self), VLIVE_TOTAL_UNKNOWN);

  if (total != NULL)
    *total = self->total;

  return self->total_kind;
}

/**
 * vlive_table_set_visible_range:
 * @self: a table
 * @first: the first row that is visible
 * @n_items: how many rows are
 *
 * Tells what is visible. It is fetched before anything else, and kept fresh.
 * Until it is told, the table takes what was asked for last for it.
 *
 * Since: 0.1
 */
void
vlive_table_set_visible_range (VliveTable *self, guint first, guint n_items)
{
  g_return_if_fail (VLIVE_IS_TABLE (self));

  if (self->has_view && self->view_first == first && self->view_n == n_items)
    return;

  self->has_view = TRUE;
  self->view_first = first;
  self->view_n = n_items;
  _vlive_store_wake (self->store);
}

/**
 * vlive_table_refresh:
 * @self: a table
 *
 * Asks the master again for what is visible. Nothing is cleared: what has not
 * changed stays as it is, and a refresh that fails changes nothing but
 * [property@Table:error].
 *
 * Since: 0.1
 */
void
vlive_table_refresh (VliveTable *self)
{
  g_return_if_fail (VLIVE_IS_TABLE (self));

  _vlive_totals_uncap (&self->totals);
  g_hash_table_remove_all (self->store->false_claims);
  _vlive_table_forget_rounds (self);
  _vlive_pager_refresh (self->pager);
  _vlive_store_wake (self->store);
}
