/* vlive-store-marks.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "table/vlive-diff-private.h"
#include "table/vlive-store-private.h"

/* What is believed, and what no longer is. */

void
_vlive_store_note_patched (VliveStore *self)
{
  VliveStamp stamp;

  if (self->ns != NULL && _vlive_cache_try_get_stamp (self->cache, self->ns, &stamp))
    self->patched = stamp;
}

void
_vlive_store_note_cleared (VliveStore *self)
{
  VliveStamp stamp;

  self->cleared_at = _vlive_clock_get_real_us (self->clock);
  if (_vlive_cache_try_get_stamp (self->cache, self->ns, &stamp))
    self->cleared_epoch = stamp.epoch;
  _vlive_store_forget_windows (self);
}

gboolean
_vlive_store_is_false_claim (VliveStore *self, VliveQuery *query, guint64 total)
{
  const guint64 *claim =
      g_hash_table_lookup (self->false_claims, vlive_query_get_key (query));

  return claim != NULL && *claim == total;
}

#define MAX_FALSE_CLAIMS 256

void
_vlive_store_note_false_claim (VliveStore *self, VliveQuery *query, guint64 total)
{
  if (g_hash_table_size (self->false_claims) >= MAX_FALSE_CLAIMS)
    g_hash_table_remove_all (self->false_claims);
  g_hash_table_replace (self->false_claims, g_strdup (vlive_query_get_key (query)),
                        g_memdup2 (&total, sizeof total));
}

static gboolean
is_concerned (const VliveTarget *target, const VliveStoreChange *change)
{
  if (change->kind == VLIVE_STORE_ALL || change->kind == VLIVE_STORE_CLEARED)
    return TRUE;
  if (target->id != NULL)
    return g_strcmp0 (target->id, change->id) == 0;

  /* A mark of a single record only masks: the answer is of use all the same. */
  return change->membership
         || _vlive_query_is_concerned (target->query, change->fields);
}

void
_vlive_store_raise_marks (VliveStore *self, const VliveStoreChange *change)
{
  GHashTableIter iter;
  gpointer flight;

  VLIVE_STORY (VLIVE_OUTCOME_INVALIDATED, "cache", self->cache_key, -1, change->id,
               "%s", change->membership ? "what it is a row of" : "");
  g_hash_table_iter_init (&iter, self->flights);
  while (g_hash_table_iter_next (&iter, NULL, &flight))
    if (is_concerned (_vlive_flight_get_target (flight), change))
      _vlive_flight_outdate (flight);
}

static void
publish_value (VliveStore *self, const char *id, VliveRecord *record)
{
  VliveStoreChange change = { .kind = VLIVE_STORE_VALUE, .id = id, .record = record };
  VliveRecord *former = _vlive_store_hold (self, id);
  g_autoptr (GPtrArray) fields = NULL;

  if (former != NULL)
    {
      fields = g_ptr_array_new_with_free_func (g_free);
      _vlive_record_diff (former, record, fields);
      g_ptr_array_add (fields, NULL);
      change.fields = (const char *const *) fields->pdata;
    }
  _vlive_store_publish (self, &change);
}

typedef struct
{
  VliveStore *store; /* not owned: the read ends with it */
  VliveLayer *layer; /* not owned, nullable */
} Again;

static void
read_again_cb (VliveRead *read,
               const VliveFinding *finding,
               const VliveReading *reading,
               const GError *error,
               gboolean last,
               gpointer data)
{
  Again *again = data;
  VliveStore *self = again->store;
  VliveLayer *layer = again->layer;
  const char *id = _vlive_read_get_target (read)->id;
  VliveStoreChange change = { .id = id, .membership = TRUE };

  if (!last)
    return;

  g_free (again);

  /* One that comes from the cache, for want of an answer, is no news. */
  if (error == NULL && reading->outcome != VLIVE_OUTCOME_STALE)
    publish_value (self, id, finding->record);
  else
    {
      change.kind = reading->outcome == VLIVE_OUTCOME_MISS_AT_MASTER
                        ? VLIVE_STORE_GONE
                        : VLIVE_STORE_UNKNOWN;
      change.membership = change.kind == VLIVE_STORE_GONE;
      _vlive_store_publish (self, &change);
    }
  if (layer != NULL)
    _vlive_store_end_layer (self, layer, id, TRUE);
}

void
_vlive_store_read_again (VliveStore *self, const char *id, VliveLayer *layer)
{
  VliveTarget target = { .id = (char *) id };
  g_autoptr (VliveRead) read = NULL;
  Again *again;

  if (id == NULL || self->closed)
    {
      if (layer != NULL)
        _vlive_store_end_layer (self, layer, id, TRUE);
      return;
    }

  again = g_new0 (Again, 1);
  again->store = self;
  again->layer = layer;
  read = _vlive_read_new (self, &target, VLIVE_READ_FORCE, 0, 0, read_again_cb, again);
  _vlive_read_start (read);
}
