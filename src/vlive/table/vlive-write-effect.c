/* vlive-write-effect.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "table/vlive-write-effect-private.h"

#include "record/vlive-record-private.h"
#include "table/vlive-diff-private.h"

void
_vlive_write_effect_clear (VliveWriteEffect *self)
{
  g_clear_pointer (&self->id, g_free);
  g_clear_pointer (&self->temporary, g_free);
  g_clear_pointer (&self->record, vlive_record_unref);
  g_clear_pointer (&self->fields, g_ptr_array_unref);
  g_clear_object (&self->store);
  g_clear_object (&self->write);
}

/* Last: the effect may go with it. */
static void
finish (VliveWriteEffect *self)
{
  G_GNUC_UNUSED g_autoptr (VliveStore) store = g_steal_pointer (&self->store);

  g_clear_object (&self->write);
  self->func (self, self->data);
}

static void
finish_changed (VliveWriteEffect *self)
{
  _vlive_store_note_patched (self->store);
  _vlive_store_publish (self->store, &self->change);
  finish (self);
}

static void
patched_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  VliveWriteEffect *self = data;
  VLIVE_METER_SPAN ("write-patched");

  _vlive_cache_patch_finish (VLIVE_CACHE (source), result, NULL, NULL);
  finish_changed (self);
}

static void
invalidated_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  VliveWriteEffect *self = data;
  VLIVE_METER_SPAN ("write-invalidated");

  _vlive_cache_invalidate_finish (VLIVE_CACHE (source), result, NULL);
  if (self->change.kind == VLIVE_STORE_CLEARED)
    _vlive_store_note_cleared (self->store);
  finish_changed (self);
}

/* An epoch is raised; what was cached before is old. */
static void
invalidate (VliveWriteEffect *self, VliveStoreChangeKind kind)
{
  VliveStore *store = self->store;

  self->change = (VliveStoreChange){ .kind = kind, .membership = TRUE };
  _vlive_store_raise_marks (store, &self->change);
  _vlive_cache_invalidate_async (store->cache, store->ns, NULL, NULL,
                                 store->cancellable, invalidated_cb, self);
}

static gboolean
keeps_writes (VliveStore *store)
{
  VliveDescription *description = vlive_master_get_description (store->master);

  return description == NULL
         || (vlive_description_get_capabilities (description) & VLIVE_KEEPS_WRITES)
                != 0;
}

static void
patch (VliveWriteEffect *self, VlivePatchKind kind, gboolean membership)
{
  VliveStore *store = self->store;
  VlivePatch entry = { .kind = kind,
                       .id = self->id,
                       .record = kind == VLIVE_PATCH_RECORD ? self->record : NULL,
                       .membership = membership,
                       .confirmed = keeps_writes (store) && !self->doubtful };

  if (self->fields != NULL)
    entry.fields = (const char *const *) self->fields->pdata;
  self->change = (VliveStoreChange){ .id = self->id,
                                     .temporary = self->temporary,
                                     .record = entry.record,
                                     .membership = membership,
                                     .fields = entry.fields };
  if (kind == VLIVE_PATCH_RECORD)
    self->change.kind = VLIVE_STORE_VALUE;
  else if (kind == VLIVE_PATCH_TOMBSTONE)
    self->change.kind = VLIVE_STORE_GONE;
  else
    self->change.kind = VLIVE_STORE_UNKNOWN;
  _vlive_store_raise_marks (store, &self->change);
  _vlive_cache_patch_async (store->cache, store->ns, &entry, 1, store->cancellable,
                            patched_cb, self);
}

/* Does the answer leave out what the record is known to have? Some servers
 * answer with the fields that were sent. */
static gboolean
is_partial (VliveRecord *record, VliveRecord *base)
{
  for (guint i = 0; base != NULL && i < vlive_record_get_n_fields (base); i++)
    {
      const char *name = vlive_record_get_field_name (base, i);

      if (vlive_record_get_field_type (base, name) != VLIVE_VALUE_MISSING
          && vlive_record_get_field_type (record, name) == VLIVE_VALUE_MISSING)
        return TRUE;
    }

  return FALSE;
}

/* With the record as it was known before, if it was. */
static void
apply_patch (VliveWriteEffect *self, VliveRecord *base)
{
  VliveRecord *fields = vlive_write_get_fields (self->write);
  g_autoptr (VliveRecord) answer = g_steal_pointer (&self->record);

  if (answer != NULL && is_partial (answer, base))
    {
      self->read_again = TRUE;
      self->record = vlive_record_patch (base, answer);
    }
  else if (answer != NULL)
    self->record = g_steal_pointer (&answer);
  else if (base != NULL)
    self->record = vlive_record_patch (base, fields);

  /* What a server changes besides is not known without the record of before;
   * then every query that depends on any field may be concerned. */
  if (base != NULL && self->record != NULL)
    {
      self->fields = g_ptr_array_new_with_free_func (g_free);
      _vlive_record_diff (base, self->record, self->fields);
      for (guint i = 0; i < vlive_record_get_n_fields (fields); i++)
        _vlive_diff_add (self->fields, vlive_record_get_field_name (fields, i));
      g_ptr_array_add (self->fields, NULL);
    }
  patch (self, self->record != NULL ? VLIVE_PATCH_RECORD : VLIVE_PATCH_UNKNOWN, FALSE);
}

static void
base_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  VliveWriteEffect *self = data;
  g_auto (VliveCachedRecord) entry = { 0 };
  VliveRecord *base = NULL;
  VLIVE_METER_SPAN ("write-base");

  if (_vlive_cache_lookup_record_finish (VLIVE_CACHE (source), result, &entry, NULL)
      && entry.found)
    base = entry.record;
  else
    base = _vlive_store_hold (self->store, self->id);
  apply_patch (self, base);
}

static void
find_base (VliveWriteEffect *self)
{
  VliveStore *store = self->store;

  _vlive_cache_lookup_record_async (store->cache, store->ns, self->id,
                                    store->cancellable, base_cb, self);
}

/* Whether the master has it is not known: nothing cached of it is believed. */
static void
doubt (VliveWriteEffect *self)
{
  VliveWriteOp op = vlive_write_get_op (self->write);

  self->doubtful = TRUE;
  if (self->id == NULL)
    invalidate (self, VLIVE_STORE_ALL);
  else
    patch (self, VLIVE_PATCH_UNKNOWN, op != VLIVE_WRITE_PATCH);
}

static void
take_reply (VliveWriteEffect *self, VliveReply *reply)
{
  VliveRecord *record = vlive_reply_get_record (reply);
  VliveRecord *fields = vlive_write_get_fields (self->write);
  VliveWriteOp op = vlive_write_get_op (self->write);

  if (self->id == NULL)
    self->id = g_strdup (vlive_reply_get_id (reply));
  if (self->id == NULL && record != NULL)
    self->id = g_strdup (vlive_record_get_id (record));
  if (self->id != NULL && self->temporary != NULL && keeps_writes (self->store))
    _vlive_stage_adopt (self->store->stage, self->temporary, self->id);
  if (record != NULL)
    self->record = vlive_record_ref (record);
  else if (self->id != NULL && (op == VLIVE_WRITE_INSERT || op == VLIVE_WRITE_REPLACE))
    self->record = _vlive_record_with_id (fields, self->id, TRUE);
  self->read_again = keeps_writes (self->store) && op != VLIVE_WRITE_DELETE
                     && op != VLIVE_WRITE_DELETE_ALL
                     && (record == NULL || self->event_seen);
}

static void
apply_reply (VliveWriteEffect *self)
{
  switch (vlive_write_get_op (self->write))
    {
    case VLIVE_WRITE_DELETE_ALL:
      invalidate (self, VLIVE_STORE_CLEARED);
      break;
    case VLIVE_WRITE_DELETE:
      patch (self, VLIVE_PATCH_TOMBSTONE, TRUE);
      break;
    case VLIVE_WRITE_PATCH:
      find_base (self);
      break;
    case VLIVE_WRITE_INSERT:
    case VLIVE_WRITE_REPLACE:
    default:
      if (vlive_write_get_op (self->write) == VLIVE_WRITE_INSERT
          && !keeps_writes (self->store))
        finish (self); /* its id is made up: the next insert gets the same */
      else if (self->id == NULL)
        invalidate (self, VLIVE_STORE_ALL);
      else
        patch (self, VLIVE_PATCH_RECORD, TRUE);
      break;
    }
}

void
_vlive_write_effect_apply (VliveWriteEffect *self,
                           VliveStore *store,
                           VliveWrite *write,
                           VliveReply *reply,
                           VliveWriteEffectFunc func,
                           gpointer data)
{
  self->store = g_object_ref (store);
  self->write = g_object_ref (write);
  self->func = func;
  self->data = data;
  self->id = g_strdup (vlive_write_get_id (write));
  if (reply == NULL)
    {
      doubt (self);
      return;
    }

  take_reply (self, reply);
  apply_reply (self);
}
