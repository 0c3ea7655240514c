/* vlive-heads.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "storage/vlive-heads-private.h"

#include <pthread.h>

#define TABLE_SIZE 4096

/* How LMDB's table begins, in its first cache line. */
typedef struct
{
  guint32 magic;
  guint32 format;
  pthread_mutex_t mutex;
  gsize txn;
} Table;

VliveHeads *
_vlive_heads_new (int file_fd, int table_fd, gsize page_size, VliveHeads *before)
{
  VliveHeads *self = g_new0 (VliveHeads, 1);

  self->page_size = page_size;
  if (before != NULL)
    self->base = before->base + _vlive_heads_get_txn (before) + 1;
  if (_vlive_pin_map (&self->file, file_fd, 2 * page_size)
      && _vlive_pin_map (&self->table, table_fd, TABLE_SIZE))
    return self;
  _vlive_heads_free (self);

  return NULL;
}

void
_vlive_heads_free (VliveHeads *self)
{
  _vlive_pin_unmap (&self->file);
  _vlive_pin_unmap (&self->table);
  g_free (self);
}

static guint64
get_word (VliveHeads *self)
{
  const Table *table = (const Table *) self->table.data;

  return __atomic_load_n (&table->txn, __ATOMIC_ACQUIRE);
}

gboolean
_vlive_heads_verify (VliveHeads *self, guint64 txn)
{
  self->is_verified = get_word (self) == txn;

  return self->is_verified;
}

guint64
_vlive_heads_get_txn (VliveHeads *self)
{
  return self->is_verified ? get_word (self)
                           : _vlive_pages_get_change (self->file.data, self->page_size);
}

gboolean
_vlive_heads_is_resident (VliveHeads *self)
{
  return _vlive_pin_is_resident (&self->file) && _vlive_pin_is_resident (&self->table);
}
