/* vlive-inserts.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "table/vlive-inserts-private.h"

struct _VliveInserts
{
  GQueue all;        /* of VliveInsert, owned */
  GHashTable *by_id; /* owned: its id -> VliveInsert, not owned */
};

static void
insert_free (VliveInsert *insert)
{
  g_clear_pointer (&insert->record, vlive_record_unref);
  g_free (insert->id);
  g_free (insert);
}

VliveInserts *
_vlive_inserts_new (void)
{
  VliveInserts *self = g_new0 (VliveInserts, 1);

  self->by_id = g_hash_table_new (g_str_hash, g_str_equal);

  return self;
}

void
_vlive_inserts_free (VliveInserts *self)
{
  _vlive_inserts_clear (self);
  g_hash_table_unref (self->by_id);
  g_free (self);
}

guint
_vlive_inserts_get_n (VliveInserts *self)
{
  return self->all.length;
}

guint
_vlive_inserts_count (VliveInserts *self)
{
  guint n = 0;

  for (GList *l = self->all.head; l != NULL; l = l->next)
    if (!((VliveInsert *) l->data)->landed)
      n++;

  return n;
}

VliveInsert *
_vlive_inserts_find (VliveInserts *self, const char *id)
{
  return self->all.length > 0 ? g_hash_table_lookup (self->by_id, id) : NULL;
}

VliveInsert *
_vlive_inserts_add (VliveInserts *self, const char *id)
{
  VliveInsert *insert = g_new0 (VliveInsert, 1);

  g_assert (_vlive_inserts_find (self, id) == NULL);

  insert->link.data = insert;
  insert->id = g_strdup (id);
  g_queue_push_tail_link (&self->all, &insert->link);
  g_hash_table_insert (self->by_id, insert->id, insert);

  return insert;
}

void
_vlive_inserts_rename (VliveInserts *self, VliveInsert *insert, const char *id)
{
  g_hash_table_remove (self->by_id, insert->id);
  g_free (insert->id);
  insert->id = g_strdup (id);
  g_hash_table_insert (self->by_id, insert->id, insert);
}

void
_vlive_inserts_remove (VliveInserts *self, VliveInsert *insert)
{
  g_hash_table_remove (self->by_id, insert->id);
  g_queue_unlink (&self->all, &insert->link);
  insert_free (insert);
}

void
_vlive_inserts_clear (VliveInserts *self)
{
  g_hash_table_remove_all (self->by_id);
  while (self->all.length > 0)
    insert_free (g_queue_pop_head_link (&self->all)->data);
}

GPtrArray *
_vlive_inserts_list (VliveInserts *self)
{
  GPtrArray *list = g_ptr_array_sized_new (self->all.length);

  for (GList *l = self->all.head; l != NULL; l = l->next)
    g_ptr_array_add (list, l->data);

  return list;
}
