/* vlive-cursor.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "storage/vlive-txn-private.h"

#include <string.h>

/*
 * A cursor stands at an entry, or in the gap that its deletion left, or at
 * either end. In a write transaction it remembers its key: whatever was put or
 * deleted meanwhile, the next entry is the first above that key.
 */
enum
{
  PLACE_START, /* before the first */
  PLACE_ENTRY,
  PLACE_GAP, /* the entry at the key is gone */
  PLACE_END, /* behind the last */
};

static gboolean
check (VliveCursor *cursor, int rc)
{
  if (rc != 0 && cursor->txn->rc == 0)
    cursor->txn->rc = rc;

  return rc == 0;
}

VliveCursor *
_vlive_cursor_new (VliveTxn *txn, guint database)
{
  VliveCursor *self = g_new (VliveCursor, 1);

  g_assert (txn->txn != NULL);
  g_assert (database < txn->env->n_databases);

  self->txn = txn;
  self->cursor = NULL;
  self->database = database;
  self->n_changes = txn->n_changes;
  self->place = PLACE_START;
  self->key_size = 0;
  self->next = txn->cursors;
  txn->cursors = self;
  if (txn->rc == 0)
    check (self,
           mdb_cursor_open (txn->txn, txn->env->databases[database], &self->cursor));

  return self;
}

void
_vlive_cursor_free (VliveCursor *self)
{
  VliveCursor **link = &self->txn->cursors;

  while (*link != self)
    link = &(*link)->next;
  *link = self->next;
  g_clear_pointer (&self->cursor, mdb_cursor_close);
  g_free (self);
}

/* @else_place: where it stands if there is no such entry. */
static gboolean
arrive (VliveCursor *self,
        int rc,
        const MDB_val *key,
        const MDB_val *value,
        int else_place,
        VliveSpan *found_key,
        VliveSpan *found_value)
{
  *found_key = VLIVE_SPAN (NULL, 0);
  *found_value = VLIVE_SPAN (NULL, 0);
  if (rc == MDB_NOTFOUND)
    self->place = else_place;
  if (rc == MDB_NOTFOUND || !check (self, rc))
    return FALSE;

  self->place = PLACE_ENTRY;
  self->n_changes = self->txn->n_changes;
  *found_key = VLIVE_SPAN (key->mv_data, key->mv_size);
  *found_value = VLIVE_SPAN (value->mv_data, value->mv_size);
  if (self->txn->writable)
    {
      self->key_size = MIN (key->mv_size, sizeof self->key);
      memcpy (self->key, key->mv_data, self->key_size);
    }

  return TRUE;
}

static int
move (VliveCursor *self, MDB_val *key, MDB_val *value, MDB_cursor_op op)
{
  return mdb_cursor_get (self->cursor, key, value, op);
}

/* The first entry at or above @key. */
static int
move_to (VliveCursor *self, VliveSpan key, MDB_val *found, MDB_val *value)
{
  *found = (MDB_val){ key.size, (void *) key.data };

  return move (self, found, value, MDB_SET_RANGE);
}

/* The last entry below @key. */
static int
move_before (VliveCursor *self, VliveSpan key, MDB_val *found, MDB_val *value)
{
  int rc = move_to (self, key, found, value);

  if (rc == MDB_NOTFOUND)
    return move (self, found, value, MDB_LAST);

  return rc != 0 ? rc : move (self, found, value, MDB_PREV);
}

static gboolean
is_usable (VliveCursor *self)
{
  return self->txn->rc == 0 && self->cursor != NULL;
}

gboolean
_vlive_cursor_seek (VliveCursor *self,
                    VliveSpan key,
                    VliveSpan *found_key,
                    VliveSpan *value)
{
  MDB_val found, data;
  int rc = MDB_NOTFOUND;

  if (is_usable (self) && (key.data == NULL || key.size == 0))
    rc = move (self, &found, &data, MDB_FIRST);
  else if (is_usable (self))
    rc = move_to (self, key, &found, &data);

  return arrive (self, rc, &found, &data, PLACE_END, found_key, value);
}

gboolean
_vlive_cursor_seek_before (VliveCursor *self,
                           VliveSpan key,
                           VliveSpan *found_key,
                           VliveSpan *value)
{
  MDB_val found, data;
  int rc = MDB_NOTFOUND;

  if (is_usable (self) && key.data == NULL)
    rc = move (self, &found, &data, MDB_LAST);
  else if (is_usable (self) && key.size > 0)
    rc = move_before (self, key, &found, &data);

  return arrive (self, rc, &found, &data, PLACE_START, found_key, value);
}

/* LMDB's own cursor stands where we think it does. */
static gboolean
is_in_place (VliveCursor *self)
{
  return self->place == PLACE_ENTRY
         && (!self->txn->writable || self->n_changes == self->txn->n_changes);
}

static int
move_on (VliveCursor *self, MDB_val *found, MDB_val *value)
{
  VliveSpan key = VLIVE_SPAN (self->key, self->key_size);
  int rc;

  if (self->place == PLACE_END)
    return MDB_NOTFOUND;
  if (self->place == PLACE_START)
    return move (self, found, value, MDB_FIRST);
  if (is_in_place (self))
    return move (self, found, value, MDB_NEXT);

  rc = move_to (self, key, found, value);
  if (rc == 0 && found->mv_size == key.size
      && memcmp (found->mv_data, key.data, key.size) == 0)
    rc = move (self, found, value, MDB_NEXT);

  return rc;
}

static int
move_back (VliveCursor *self, MDB_val *found, MDB_val *value)
{
  if (self->place == PLACE_START)
    return MDB_NOTFOUND;
  if (self->place == PLACE_END)
    return move (self, found, value, MDB_LAST);
  if (is_in_place (self))
    return move (self, found, value, MDB_PREV);

  return move_before (self, VLIVE_SPAN (self->key, self->key_size), found, value);
}

gboolean
_vlive_cursor_next (VliveCursor *self, VliveSpan *key, VliveSpan *value)
{
  MDB_val found, data;
  int rc = is_usable (self) ? move_on (self, &found, &data) : MDB_NOTFOUND;

  return arrive (self, rc, &found, &data, PLACE_END, key, value);
}

gboolean
_vlive_cursor_previous (VliveCursor *self, VliveSpan *key, VliveSpan *value)
{
  MDB_val found, data;
  int rc = is_usable (self) ? move_back (self, &found, &data) : MDB_NOTFOUND;

  return arrive (self, rc, &found, &data, PLACE_START, key, value);
}

void
_vlive_cursor_delete (VliveCursor *self)
{
  g_assert (self->txn->writable);

  if (!is_usable (self) || self->place != PLACE_ENTRY)
    return;
  /* It may stand elsewhere, or the entry be gone, by what others did. */
  if (!is_in_place (self))
    _vlive_txn_delete (self->txn, self->database,
                       VLIVE_SPAN (self->key, self->key_size));
  else
    {
      self->txn->n_changes++;
      check (self, mdb_cursor_del (self->cursor, 0));
    }
  self->place = PLACE_GAP;
}

void
_vlive_cursor_append (VliveCursor *self, VliveSpan key, VliveSpan value)
{
  MDB_val mdb_key = { key.size, (void *) key.data };
  MDB_val mdb_value = { value.size, (void *) value.data };
  VliveSpan ignored_key, ignored_value;

  g_assert (self->txn->writable);

  if (!is_usable (self))
    return;
  self->txn->n_changes++;
  arrive (self, mdb_cursor_put (self->cursor, &mdb_key, &mdb_value, MDB_APPEND),
          &mdb_key, &mdb_value, PLACE_END, &ignored_key, &ignored_value);
}
