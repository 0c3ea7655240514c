/* vlive-store.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "table/vlive-store.h"

#include "base/vlive-census-private.h"
#include "table/vlive-store-private.h"
#include "vlive-enums.h"

/**
 * VliveStore:
 *
 * One master bound to one namespace of a cache.
 *
 * Everything that looks at the same data shares one store: tables, forms and
 * single reads. A read is answered from the cache while that is fresh, and
 * from the master otherwise; readers of the same window share one request, but
 * nobody joins a request that was sent before something changed. Writes are
 * sent one at a time, in the order they were given, and are in the cache
 * before their callers hear of them.
 *
 * A store belongs to the thread that made it, and emits its signals there. It
 * implements [iface@Master], so that whatever takes a master takes a store.
 *
 * Since: 0.1
 */

enum
{
  PROP_0,
  PROP_MASTER,
  PROP_CACHE,
  PROP_CACHE_KEY,
  PROP_LIVE_STREAM,
  PROP_STALE_AFTER,
  PROP_MAX_FETCHES,
  PROP_LOCAL_LIMIT,
  PROP_SCHEMA,
  PROP_ERROR,
  PROP_ONLINE,
  PROP_LEDGER,
  N_PROPS,
  /* Of VliveMaster. */
  PROP_DESCRIPTION = N_PROPS
};

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE_WITH_CODE (VliveStore,
                               vlive_store,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (VLIVE_TYPE_MASTER,
                                                      _vlive_store_master_iface_init))

static void
notify (VliveStore *self, guint id)
{
  _vlive_meter_pause ();
  g_object_notify_by_pspec (G_OBJECT (self), properties[id]);
  _vlive_meter_resume ();
}

static void
description_cb (VliveMaster *master, GParamSpec *pspec, gpointer data)
{
  VliveStore *self = data;
  VLIVE_METER_SPAN ("store-description");

  _vlive_store_adopt_description (self);
  _vlive_meter_pause ();
  g_object_notify (G_OBJECT (self), "description");
  _vlive_meter_resume ();
}

static void
vlive_store_constructed (GObject *object)
{
  VliveStore *self = VLIVE_STORE (object);

  G_OBJECT_CLASS (vlive_store_parent_class)->constructed (object);

  if (self->cache == NULL)
    self->cache = vlive_memory_cache_new ();
  if (self->cache_key == NULL)
    self->cache_key = g_strdup (vlive_master_get_name (self->master));
  self->description_handler = g_signal_connect (self->master, "notify::description",
                                                G_CALLBACK (description_cb), self);
  _vlive_store_adopt_description (self);
}

static void
vlive_store_dispose (GObject *object)
{
  VliveStore *self = VLIVE_STORE (object);

  if (!self->gone)
    {
      self->gone = TRUE;
      _vlive_store_end_everything (self);
      _vlive_store_end_writes (self);
      g_clear_pointer (&self->close_timer, _vlive_timer_cancel);
    }
  g_clear_signal_handler (&self->description_handler, self->master);

  G_OBJECT_CLASS (vlive_store_parent_class)->dispose (object);
}

static void
vlive_store_finalize (GObject *object)
{
  VliveStore *self = VLIVE_STORE (object);

  _vlive_store_free_writes (self);
  _vlive_store_forget_windows (self);
  _vlive_events_free (self->events);
  g_clear_pointer (&self->worker, _vlive_worker_free);
  g_ptr_array_unref (self->reads);
  g_ptr_array_unref (self->counts);
  g_ptr_array_unref (self->clients);
  g_ptr_array_unref (self->told);
  g_hash_table_unref (self->flights);
  g_hash_table_unref (self->false_claims);
  g_clear_pointer (&self->schema, vlive_schema_unref);
  g_clear_error (&self->error);
  g_object_unref (self->cancellable);
  g_object_unref (self->master);
  g_object_unref (self->cache);
  g_object_unref (self->clock);
  g_free (self->cache_key);
  g_free (self->ns);
  g_main_context_unref (self->context);
  _vlive_census_remove (VLIVE_CENSUS_STORE);

  G_OBJECT_CLASS (vlive_store_parent_class)->finalize (object);
}

static void
vlive_store_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  VliveStore *self = VLIVE_STORE (object);

  switch (id)
    {
    case PROP_MASTER:
      g_value_set_object (value, self->master);
      break;
    case PROP_CACHE:
      g_value_set_object (value, self->cache);
      break;
    case PROP_CACHE_KEY:
      g_value_set_string (value, self->cache_key);
      break;
    case PROP_LIVE_STREAM:
      g_value_set_object (value, self->stream);
      break;
    case PROP_STALE_AFTER:
      g_value_set_uint (value, self->stale_after);
      break;
    case PROP_MAX_FETCHES:
      g_value_set_uint (value, self->max_fetches);
      break;
    case PROP_LOCAL_LIMIT:
      g_value_set_uint (value, self->local_limit);
      break;
    case PROP_SCHEMA:
      g_value_set_boxed (value, self->schema);
      break;
    case PROP_ERROR:
      g_value_set_boxed (value, self->error);
      break;
    case PROP_LEDGER:
      g_value_set_boxed (value, &self->ledger);
      break;
    case PROP_ONLINE:
      g_value_set_boolean (value, !self->offline);
      break;
    case PROP_DESCRIPTION:
      g_value_set_boxed (value, vlive_master_get_description (self->master));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
vlive_store_set_property (GObject *object,
                          guint id,
                          const GValue *value,
                          GParamSpec *pspec)
{
  VliveStore *self = VLIVE_STORE (object);

  switch (id)
    {
    case PROP_MASTER:
      self->master = g_value_dup_object (value);
      break;
    case PROP_CACHE:
      self->cache = g_value_dup_object (value);
      break;
    case PROP_CACHE_KEY:
      self->cache_key = g_value_dup_string (value);
      break;
    case PROP_LIVE_STREAM:
      vlive_store_set_live_stream (self, g_value_get_object (value));
      break;
    case PROP_STALE_AFTER:
      vlive_store_set_stale_after (self, g_value_get_uint (value));
      break;
    case PROP_MAX_FETCHES:
      vlive_store_set_max_fetches (self, g_value_get_uint (value));
      break;
    case PROP_LOCAL_LIMIT:
      vlive_store_set_local_limit (self, g_value_get_uint (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
install_parts (void)
{
  /**
   * VliveStore:master: (getter get_master)
   *
   * The master.
   *
   * Since: 0.1
   */
  properties[PROP_MASTER] =
      g_param_spec_object ("master", NULL, NULL, VLIVE_TYPE_MASTER,
                           G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY
                               | G_PARAM_STATIC_STRINGS);

  /**
   * VliveStore:cache: (getter get_cache)
   *
   * The cache. If none is given, a memory cache is made.
   *
   * Since: 0.1
   */
  properties[PROP_CACHE] =
      g_param_spec_object ("cache", NULL, NULL, VLIVE_TYPE_CACHE,
                           G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY
                               | G_PARAM_STATIC_STRINGS);

  /**
   * VliveStore:cache-key: (getter get_cache_key)
   *
   * Names the namespace together with the master's identity. If none is given,
   * the name of the master.
   *
   * Since: 0.1
   */
  properties[PROP_CACHE_KEY] =
      g_param_spec_string ("cache-key", NULL, NULL, NULL,
                           G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY
                               | G_PARAM_STATIC_STRINGS);

  /**
   * VliveStore:live-stream: (getter get_live_stream) (setter set_live_stream)
   *
   * Where changes made by others are heard of.
   *
   * Since: 0.1
   */
  properties[PROP_LIVE_STREAM] =
      g_param_spec_object ("live-stream", NULL, NULL, VLIVE_TYPE_LIVE_STREAM,
                           G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY
                               | G_PARAM_STATIC_STRINGS);
}

static void
install_settings (void)
{
  /**
   * VliveStore:stale-after: (getter get_stale_after) (setter set_stale_after)
   *
   * The age in milliseconds from which what is cached is asked for again.
   *
   * Since: 0.1
   */
  properties[PROP_STALE_AFTER] =
      g_param_spec_uint ("stale-after", NULL, NULL, 0, G_MAXUINT, 60000,
                         G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY
                             | G_PARAM_STATIC_STRINGS);

  /**
   * VliveStore:max-fetches: (getter get_max_fetches) (setter set_max_fetches)
   *
   * The most requests for data that are under way at once.
   *
   * Since: 0.1
   */
  properties[PROP_MAX_FETCHES] =
      g_param_spec_uint ("max-fetches", NULL, NULL, 1, 64, 4,
                         G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY
                             | G_PARAM_STATIC_STRINGS);

  /**
   * VliveStore:local-limit: (getter get_local_limit) (setter set_local_limit)
   *
   * The most rows that are filtered and sorted here when the master cannot.
   *
   * Since: 0.1
   */
  properties[PROP_LOCAL_LIMIT] =
      g_param_spec_uint ("local-limit", NULL, NULL, 0, G_MAXUINT, 100000,
                         G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY
                             | G_PARAM_STATIC_STRINGS);
}

static void
install_state (void)
{
  /**
   * VliveStore:schema: (getter get_schema)
   *
   * The columns, as far as they are known.
   *
   * Since: 0.1
   */
  properties[PROP_SCHEMA] =
      g_param_spec_boxed ("schema", NULL, NULL, VLIVE_TYPE_SCHEMA,
                          G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * VliveStore:error: (getter get_error)
   *
   * Why the last read failed, or %NULL after a good one.
   *
   * Since: 0.1
   */
  properties[PROP_ERROR] =
      g_param_spec_boxed ("error", NULL, NULL, G_TYPE_ERROR,
                          G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * VliveStore:online: (getter is_online)
   *
   * Whether the master answered when it was asked last.
   *
   * Since: 0.1
   */
  properties[PROP_ONLINE] =
      g_param_spec_boolean ("online", NULL, NULL, TRUE,
                            G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * VliveStore:ledger:
   *
   * What the store did so far. Notified four times a second at most, while it
   * changes.
   *
   * Since: 0.1
   */
  properties[PROP_LEDGER] =
      g_param_spec_boxed ("ledger", NULL, NULL, VLIVE_TYPE_LEDGER,
                          G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
}

static void
vlive_store_class_init (VliveStoreClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->constructed = vlive_store_constructed;
  object_class->dispose = vlive_store_dispose;
  object_class->finalize = vlive_store_finalize;
  object_class->get_property = vlive_store_get_property;
  object_class->set_property = vlive_store_set_property;

  install_parts ();
  install_settings ();
  install_state ();
  g_object_class_install_properties (object_class, N_PROPS, properties);
  g_object_class_override_property (object_class, PROP_DESCRIPTION, "description");

  /**
   * VliveStore::changed:
   * @self: the store
   * @id: (nullable): of which record, or %NULL for everything
   *
   * Something that is cached is no longer believed, or was replaced.
   *
   * Since: 0.1
   */
  signals[SIGNAL_CHANGED] =
      g_signal_new ("changed", VLIVE_TYPE_STORE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
vlive_store_init (VliveStore *self)
{
  self->context = g_main_context_ref_thread_default ();
  self->clock = g_object_ref (_vlive_clock_get_default ());
  self->cancellable = g_cancellable_new ();
  self->stale_after = 60000;
  self->max_fetches = 4;
  self->local_limit = 100000;
  self->reads = g_ptr_array_new_with_free_func ((GDestroyNotify) _vlive_read_unref);
  self->flights =
      g_hash_table_new_full (g_str_hash, g_str_equal, NULL, _vlive_flight_abandon);
  self->false_claims = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->events = _vlive_events_new (self);
  _vlive_store_init_clients (self);
  _vlive_store_init_counts (self);
  _vlive_store_init_writes (self);
  _vlive_census_add (VLIVE_CENSUS_STORE);
}

void
_vlive_store_set_clock (VliveStore *self, VliveClock *clock)
{
  g_set_object (&self->clock, clock);
}

gboolean
_vlive_store_has_listeners (VliveStore *self)
{
  return g_signal_has_handler_pending (self, signals[SIGNAL_CHANGED], 0, FALSE);
}

void
_vlive_store_emit_changed (VliveStore *self, const char *id)
{
  _vlive_meter_pause ();
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0, id);
  _vlive_meter_resume ();
}

void
_vlive_store_notify_schema (VliveStore *self)
{
  notify (self, PROP_SCHEMA);
}

static void
set_offline (VliveStore *self, gboolean offline)
{
  if (self->offline == offline)
    return;

  self->offline = offline;
  notify (self, PROP_ONLINE);
}

void
_vlive_store_note_success (VliveStore *self)
{
  set_offline (self, FALSE);
  if (self->error == NULL)
    return;

  g_clear_error (&self->error);
  notify (self, PROP_ERROR);
}

void
_vlive_store_note_failure (VliveStore *self, const GError *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  self->ledger.n_failures++;
  g_clear_error (&self->error);
  self->error = g_error_copy (error);
  notify (self, PROP_ERROR);
  set_offline (self, vlive_error_is_offline (error));
}

/**
 * vlive_store_new:
 * @master: a master
 * @cache: (nullable): a cache, or %NULL for one in memory
 * @cache_key: (nullable): names the namespace in @cache, together with the
 *   master's identity, or %NULL for the master's name
 *
 * Binds @master to a namespace of @cache.
 *
 * Returns: (transfer full): a store
 *
 * Since: 0.1
 */
VliveStore *
vlive_store_new (VliveMaster *master, VliveCache *cache, const char *cache_key)
{
  g_return_val_if_fail (VLIVE_IS_MASTER (master), NULL);
  g_return_val_if_fail (cache == NULL || VLIVE_IS_CACHE (cache), NULL);

  return g_object_new (VLIVE_TYPE_STORE, "master", master, "cache", cache, "cache-key",
                       cache_key, NULL);
}

/**
 * vlive_store_get_master:
 * @self: a store
 *
 * Gets the master.
 *
 * Returns: (transfer none): the master
 *
 * Since: 0.1
 */
VliveMaster *
vlive_store_get_master (VliveStore *self)
{
  g_return_val_if_fail (VLIVE_IS_STORE (self), NULL);

  return self->master;
}

/**
 * vlive_store_get_cache:
 * @self: a store
 *
 * Gets the cache.
 *
 * Returns: (transfer none): the cache
 *
 * Since: 0.1
 */
VliveCache *
vlive_store_get_cache (VliveStore *self)
{
  g_return_val_if_fail (VLIVE_IS_STORE (self), NULL);

  return self->cache;
}

/**
 * vlive_store_get_cache_key:
 * @self: a store
 *
 * Gets the key that the caller chose.
 *
 * Returns: the key
 *
 * Since: 0.1
 */
const char *
vlive_store_get_cache_key (VliveStore *self)
{
  g_return_val_if_fail (VLIVE_IS_STORE (self), NULL);

  return self->cache_key;
}

/**
 * vlive_store_get_stale_after:
 * @self: a store
 *
 * Gets the age from which what is cached is asked for again.
 *
 * Returns: the age in milliseconds
 *
 * Since: 0.1
 */
guint
vlive_store_get_stale_after (VliveStore *self)
{
  g_return_val_if_fail (VLIVE_IS_STORE (self), 0);

  return self->stale_after;
}

/**
 * vlive_store_set_stale_after:
 * @self: a store
 * @milliseconds: an age
 *
 * Sets the age from which what is cached is asked for again. With 0 every read
 * asks the master.
 *
 * Since: 0.1
 */
void
vlive_store_set_stale_after (VliveStore *self, guint milliseconds)
{
  g_return_if_fail (VLIVE_IS_STORE (self));

  if (self->stale_after == milliseconds)
    return;

  self->stale_after = milliseconds;
  notify (self, PROP_STALE_AFTER);
  _vlive_store_wake (self);
}

/**
 * vlive_store_get_max_fetches:
 * @self: a store
 *
 * Gets the most requests for data that are under way at once.
 *
 * Returns: the number of requests
 *
 * Since: 0.1
 */
guint
vlive_store_get_max_fetches (VliveStore *self)
{
  g_return_val_if_fail (VLIVE_IS_STORE (self), 0);

  return self->max_fetches;
}

/**
 * vlive_store_set_max_fetches:
 * @self: a store
 * @max_fetches: the number of requests, at least 1
 *
 * Sets the most requests for data that are under way at once.
 *
 * Since: 0.1
 */
void
vlive_store_set_max_fetches (VliveStore *self, guint max_fetches)
{
  g_return_if_fail (VLIVE_IS_STORE (self));
  g_return_if_fail (max_fetches > 0);

  if (self->max_fetches == max_fetches)
    return;

  self->max_fetches = max_fetches;
  notify (self, PROP_MAX_FETCHES);
}

/**
 * vlive_store_get_local_limit:
 * @self: a store
 *
 * Gets the most rows that are filtered and sorted here when the master cannot.
 *
 * Returns: the number of rows
 *
 * Since: 0.1
 */
guint
vlive_store_get_local_limit (VliveStore *self)
{
  g_return_val_if_fail (VLIVE_IS_STORE (self), 0);

  return self->local_limit;
}

/**
 * vlive_store_set_local_limit:
 * @self: a store
 * @local_limit: the number of rows
 *
 * Sets the most rows that are filtered and sorted here when the master cannot.
 *
 * Since: 0.1
 */
void
vlive_store_set_local_limit (VliveStore *self, guint local_limit)
{
  g_return_if_fail (VLIVE_IS_STORE (self));

  if (self->local_limit == local_limit)
    return;

  self->local_limit = local_limit;
  notify (self, PROP_LOCAL_LIMIT);
}

/**
 * vlive_store_get_live_stream:
 * @self: a store
 *
 * Gets the stream from which changes made by others are heard of.
 *
 * Returns: (transfer none) (nullable): the stream
 *
 * Since: 0.1
 */
VliveLiveStream *
vlive_store_get_live_stream (VliveStore *self)
{
  g_return_val_if_fail (VLIVE_IS_STORE (self), NULL);

  return self->stream;
}

/**
 * vlive_store_set_live_stream:
 * @self: a store
 * @stream: (nullable): a stream
 *
 * Follows @stream until another is set or the store is closed. A stream does
 * not keep the store alive.
 *
 * Since: 0.1
 */
void
vlive_store_set_live_stream (VliveStore *self, VliveLiveStream *stream)
{
  g_return_if_fail (VLIVE_IS_STORE (self));
  g_return_if_fail (stream == NULL || VLIVE_IS_LIVE_STREAM (stream));

  if (self->stream == stream || (self->closed && stream != NULL))
    return;

  if (self->stream != NULL)
    _vlive_events_unfollow (self->events, self->stream);
  g_set_object (&self->stream, stream);
  if (stream != NULL)
    _vlive_events_follow (self->events, stream);
  if (!self->gone)
    notify (self, PROP_LIVE_STREAM);
}

/**
 * vlive_store_get_schema:
 * @self: a store
 *
 * Gets the columns, as far as they are known.
 *
 * Returns: (transfer none) (nullable): the schema, or %NULL before anything
 *   has been seen
 *
 * Since: 0.1
 */
VliveSchema *
vlive_store_get_schema (VliveStore *self)
{
  g_return_val_if_fail (VLIVE_IS_STORE (self), NULL);

  return self->schema;
}

/**
 * vlive_store_get_error:
 * @self: a store
 *
 * Gets why the last read failed.
 *
 * Returns: (transfer none) (nullable): the error, or %NULL after a good read
 *
 * Since: 0.1
 */
const GError *
vlive_store_get_error (VliveStore *self)
{
  g_return_val_if_fail (VLIVE_IS_STORE (self), NULL);

  return self->error;
}

/**
 * vlive_store_is_online: (get-property online)
 * @self: a store
 *
 * Tells whether the master answered when it was asked last.
 *
 * Returns: %FALSE after a request that had no answer
 *
 * Since: 0.1
 */
gboolean
vlive_store_is_online (VliveStore *self)
{
  g_return_val_if_fail (VLIVE_IS_STORE (self), FALSE);

  return !self->offline;
}
