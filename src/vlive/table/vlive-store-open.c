/* vlive-store-open.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "table/vlive-store-private.h"

/* What a store has to know first: its namespace, and the columns; and who may
 * ask the master at one time. */

typedef struct
{
  VliveOpenFunc func;
  gpointer data;
} Opener;

/* The length before it makes any two pairs differ, whatever bytes they hold. */
static char *
make_namespace (const char *identity, const char *cache_key)
{
  return g_strdup_printf ("%zu:%s/%s", strlen (identity), identity, cache_key);
}

static void
schema_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (VliveStore) self = g_weak_ref_get (data);
  g_autoptr (VliveSchema) schema = NULL;
  VLIVE_METER_SPAN ("store-schema");

  g_weak_ref_clear (data);
  g_free (data);
  if (self == NULL)
    return;

  schema = _vlive_cache_lookup_schema_finish (VLIVE_CACHE (source), result, NULL);
  if (schema == NULL || self->schema != NULL || self->closed)
    return;

  self->schema = g_steal_pointer (&schema);
  _vlive_store_notify_schema (self);
}

/* A warm start shows its columns before anybody has been asked. */
static void
ask_cache_for_schema (VliveStore *self)
{
  GWeakRef *weak;

  if (self->schema_asked)
    return;

  self->schema_asked = TRUE;
  weak = g_new (GWeakRef, 1);
  g_weak_ref_init (weak, self);
  _vlive_cache_lookup_schema_async (self->cache, self->ns, self->cancellable, schema_cb,
                                    weak);
}

gboolean
_vlive_store_find_namespace (VliveStore *self)
{
  const char *identity;

  if (self->ns != NULL)
    return TRUE;
  identity = vlive_master_get_identity (self->master);
  if (identity == NULL)
    return FALSE;

  self->ns = make_namespace (identity, self->cache_key);
  ask_cache_for_schema (self);
  _vlive_store_watch_cache (self);

  return TRUE;
}

void
_vlive_store_end_openers (VliveStore *self, const GError *error)
{
  g_autoptr (GPtrArray) openers = g_steal_pointer (&self->openers);

  for (guint i = 0; openers != NULL && i < openers->len; i++)
    {
      Opener *opener = openers->pdata[i];

      opener->func (error, opener->data);
    }
}

static void
described_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (VliveStore) self = g_weak_ref_get (data);
  g_autoptr (VliveDescription) description = NULL;
  g_autoptr (GError) error = NULL;
  VLIVE_METER_SPAN ("store-described");

  g_weak_ref_clear (data);
  g_free (data);
  description = vlive_master_describe_finish (VLIVE_MASTER (source), result, &error);
  if (self == NULL || self->openers == NULL)
    return;

  if (error == NULL && !_vlive_store_find_namespace (self))
    error = g_error_new (VLIVE_ERROR, VLIVE_ERROR_INVALID, "%s does not say who it is",
                         vlive_master_get_name (self->master));
  if (error != NULL)
    _vlive_store_note_failure (self, error);
  _vlive_store_end_openers (self, error);
}

void
_vlive_store_open (VliveStore *self, VliveOpenFunc func, gpointer data)
{
  Opener *opener;
  GWeakRef *weak;
  gboolean is_first = self->openers == NULL;

  if (_vlive_store_find_namespace (self))
    {
      func (NULL, data);
      return;
    }

  if (is_first)
    self->openers = g_ptr_array_new_with_free_func (g_free);
  opener = g_new (Opener, 1);
  opener->func = func;
  opener->data = data;
  g_ptr_array_add (self->openers, opener);
  if (!is_first)
    return;

  weak = g_new (GWeakRef, 1);
  g_weak_ref_init (weak, self);
  vlive_master_describe_async (self->master, self->cancellable, described_cb, weak);
}

gboolean
_vlive_store_check_open (VliveStore *self, GError **error)
{
  if (!self->closed)
    return TRUE;

  g_set_error (error, VLIVE_ERROR, VLIVE_ERROR_CLOSED,
               "The store of %s has been closed", vlive_master_get_name (self->master));

  return FALSE;
}

static void
take_schema (VliveStore *self, VliveSchema *schema)
{
  if (schema == self->schema
      || (self->schema != NULL && vlive_schema_equal (schema, self->schema)))
    return;

  g_clear_pointer (&self->schema, vlive_schema_unref);
  self->schema = vlive_schema_ref (schema);
  if (self->ns != NULL)
    _vlive_cache_store_schema (self->cache, self->ns, schema);
  _vlive_store_notify_schema (self);
}

/* What the master declares counts; what was seen beyond it is added. */
void
_vlive_store_adopt_description (VliveStore *self)
{
  VliveDescription *description = vlive_master_get_description (self->master);
  VliveSchema *schema;

  schema = description != NULL ? vlive_description_get_schema (description) : NULL;
  if (schema != NULL && (self->schema == NULL || vlive_schema_is_declared (schema)))
    take_schema (self, schema);
}

void
_vlive_store_learn_schema (VliveStore *self,
                           VliveRecord *const *records,
                           guint n_records)
{
  g_autoptr (VliveSchema) schema = NULL;

  if (n_records == 0)
    return;

  if (self->schema == NULL)
    schema = vlive_schema_discover (records, n_records, "id");
  else
    schema = vlive_schema_ref (self->schema);
  for (guint i = 0; self->schema != NULL && i < n_records; i++)
    {
      VliveSchema *wider = vlive_schema_widen (schema, records[i]);

      vlive_schema_unref (schema);
      schema = wider;
    }
  take_schema (self, schema);
}

guint
_vlive_store_next_number (VliveStore *self)
{
  return ++self->n_numbers;
}
