/* vlive-finding.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "table/vlive-read-private.h"
#include "table/vlive-store-private.h"

/* What is read, and what is known of it. */

void
_vlive_target_copy (VliveTarget *self, const VliveTarget *other)
{
  self->query = other->query != NULL ? vlive_query_ref (other->query) : NULL;
  self->offset = other->offset;
  self->limit = other->limit;
  self->id = g_strdup (other->id);
}

void
_vlive_target_clear (VliveTarget *self)
{
  g_clear_pointer (&self->query, vlive_query_unref);
  g_clear_pointer (&self->id, g_free);
}

char *
_vlive_target_to_key (const VliveTarget *self)
{
  if (self->id != NULL)
    return g_strconcat ("record ", self->id, NULL);

  return g_strdup_printf ("window %" G_GUINT64_FORMAT " %u %s", self->offset,
                          self->limit, vlive_query_get_key (self->query));
}

gint64
_vlive_target_to_page (const VliveTarget *self)
{
  if (self->id != NULL || self->limit == 0)
    return -1;

  return (gint64) (self->offset / self->limit);
}

void
_vlive_finding_clear (VliveFinding *self)
{
  g_clear_pointer (&self->page, vlive_page_unref);
  g_clear_pointer (&self->record, vlive_record_unref);
  self->known = FALSE;
  self->total_is_old = FALSE;
}

void
_vlive_finding_copy (VliveFinding *self, const VliveFinding *other)
{
  _vlive_finding_clear (self);
  *self = *other;
  if (self->page != NULL)
    vlive_page_ref (self->page);
  if (self->record != NULL)
    vlive_record_ref (self->record);
}

/* What was deleted with everything else is not shown again, not even while
 * nobody can be asked. */
static gboolean
is_cleared (VliveStore *store, VlivePage *page)
{
  return store->cleared_at != 0 && page->stamp.epoch < store->cleared_epoch
         && page->fetched_at <= store->cleared_at;
}

void
_vlive_finding_take_page (VliveFinding *self,
                          VliveStore *store,
                          VlivePage *page,
                          const VliveStamp *stamp)
{
  _vlive_finding_clear (self);
  self->stamp = *stamp;
  if (page == NULL || is_cleared (store, page))
    return;

  self->known = TRUE;
  self->page = vlive_page_ref (page);
  self->stale = page->stale;
  self->fetched_at = page->fetched_at;
  self->sequence = page->sequence;
}

void
_vlive_finding_take_record (VliveFinding *self,
                            VliveStore *store,
                            const VliveCachedRecord *entry)
{
  _vlive_finding_clear (self);
  self->stamp = entry->stamp;
  if (!entry->found
      || (store->cleared_at != 0 && entry->fetched_at <= store->cleared_at))
    return;

  self->known = TRUE;
  self->record = entry->record != NULL ? vlive_record_ref (entry->record) : NULL;
  self->stale = entry->stale;
  self->fetched_at = entry->fetched_at;
  self->sequence = entry->sequence;
}

gboolean
_vlive_finding_is_overtaken (const VliveFinding *self, VliveStore *store)
{
  return self->stamp.generation == store->patched.generation
         && self->stamp.epoch < store->patched.epoch;
}

gboolean
_vlive_finding_is_fresh (const VliveFinding *self, VliveStore *store)
{
  gint64 age = _vlive_clock_get_real_us (store->clock) - self->fetched_at;
  guint64 sequence;

  if (!self->known || self->stale || self->fetched_at == 0)
    return FALSE;
  /* A clock that was set back tells nothing about the age. */
  if (age < 0 || age >= (gint64) store->stale_after * 1000)
    return FALSE;

  return !vlive_master_peek_sequence (store->master, &sequence)
         || sequence == self->sequence;
}

VliveRecord *
_vlive_page_find (VlivePage *self, const char *id)
{
  for (guint i = 0; i < self->n_records; i++)
    if (strcmp (vlive_record_get_id (self->records[i]), id) == 0)
      return self->records[i];

  return NULL;
}

typedef struct
{
  VliveTarget target;
  char *key;       /* owned */
  VlivePage *page; /* owned */
  GHashTable *ids; /* owned, nullable: a set; the page's records own the keys */
} Recent;

#define MAX_RECENT 64
#define MAX_RECENT_ROWS 12800

static void
recent_free (gpointer data)
{
  Recent *recent = data;

  _vlive_target_clear (&recent->target);
  g_free (recent->key);
  g_clear_pointer (&recent->ids, g_hash_table_unref);
  vlive_page_unref (recent->page);
  g_free (recent);
}

static void
drop_recent (VliveStore *store, GList *link)
{
  Recent *recent = link->data;

  store->n_recent_rows -= recent->page->n_records;
  recent_free (recent);
  g_queue_delete_link (&store->recent, link);
}

void
_vlive_store_remember (VliveStore *self, const VliveTarget *target, VlivePage *page)
{
  Recent *recent = g_new0 (Recent, 1);

  recent->key = _vlive_target_to_key (target);
  for (GList *l = self->recent.head; l != NULL; l = l->next)
    if (strcmp (((Recent *) l->data)->key, recent->key) == 0)
      {
        drop_recent (self, l);
        break;
      }
  _vlive_target_copy (&recent->target, target);
  recent->page = vlive_page_ref (page);
  g_queue_push_head (&self->recent, recent);
  self->n_recent_rows += page->n_records;
  while (self->recent.length > MAX_RECENT
         || (self->n_recent_rows > MAX_RECENT_ROWS && self->recent.length > 1))
    drop_recent (self, self->recent.tail);
}

void
_vlive_store_forget_windows (VliveStore *self)
{
  g_queue_clear_full (&self->recent, recent_free);
  self->n_recent_rows = 0;
}

static gboolean
recent_has (Recent *recent, const char *id)
{
  if (recent->ids == NULL)
    {
      recent->ids = g_hash_table_new (g_str_hash, g_str_equal);
      for (guint i = 0; i < recent->page->n_records; i++)
        g_hash_table_add (recent->ids,
                          (gpointer) vlive_record_get_id (recent->page->records[i]));
    }

  return g_hash_table_contains (recent->ids, id);
}

const VliveTarget *
_vlive_store_find_window (VliveStore *self, const char *id)
{
  for (GList *l = self->recent.head; l != NULL; l = l->next)
    if (recent_has (l->data, id))
      return &((Recent *) l->data)->target;

  return NULL;
}

VliveRecord *
_vlive_store_hold (VliveStore *self, const char *id)
{
  VliveRecord *record = _vlive_store_hold_at_clients (self, id);

  if (record != NULL)
    return record;

  for (GList *l = self->recent.head; l != NULL; l = l->next)
    if (recent_has (l->data, id))
      return _vlive_page_find (((Recent *) l->data)->page, id);

  return NULL;
}
