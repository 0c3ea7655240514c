/* vlive-env-run.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "storage/vlive-txn-private.h"

#include "base/vlive-error.h"

/* How often a fault is mended for one job before it is given up. */
#define MAX_TRIES 8
/* How often a head that changes under our eyes is looked at again. */
#define READER_TRIES 1000
#define INLINE_TRIES 3

/*
 * LMDB reads the number of the last commit, then copies the head of that
 * commit. Should two more commits come in between, it copies what is being
 * written. If the number is still the same afterwards, no such thing has
 * happened: the second of them would have begun after it was raised.
 */
int
_vlive_env_begin_read (VliveEnv *self, MDB_txn *txn, guint tries)
{
  for (guint i = 0; i < tries; i++)
    {
      int rc = mdb_txn_renew (txn);

      if (rc != 0)
        return rc;
      if (!self->heads->is_verified
          || _vlive_heads_get_txn (self->heads) == mdb_txn_id (txn))
        return 0;
      mdb_txn_reset (txn);
    }

  return VLIVE_RC_WOULD_BLOCK;
}

static gboolean
finish_job (VliveTxn *txn, gboolean done, GError **local, GError **error)
{
  if (done)
    return TRUE;
  if (*local == NULL)
    g_set_error (local, VLIVE_ERROR, VLIVE_ERROR_FAILED, "A step on “%s” failed",
                 txn->env->path);
  g_propagate_error (error, g_steal_pointer (local));

  return FALSE;
}

/* Without the lock. Returns what went wrong with the storage, or 0. */
static int
try_read (VliveEnv *self,
          VliveTxnFunc func,
          gpointer data,
          guint *incarnation,
          gboolean *done,
          GError **error)
{
  VliveTxn txn = { self };
  g_autoptr (GError) local = NULL;
  int rc;

  g_rw_lock_reader_lock (&self->lock);
  *incarnation = self->incarnation;
  if (self->env == NULL || _vlive_gate_get_generation (self->gate) != self->generation)
    rc = VLIVE_RC_REPLACED;
  else
    rc = _vlive_env_begin_read (self, self->reader, READER_TRIES);
  if (rc == 0)
    {
      txn.txn = self->reader;
      txn.id = mdb_txn_id (txn.txn) + self->heads->base;
      *done = func (&txn, data, &local);
      _vlive_txn_end (&txn);
      mdb_txn_reset (self->reader);
      rc = txn.rc;
    }
  g_rw_lock_reader_unlock (&self->lock);
  if (rc == 0)
    *done = finish_job (&txn, *done, &local, error);

  return rc;
}

gboolean
_vlive_env_mend (VliveEnv *self, int rc, guint incarnation)
{
  int result = 0;

  if (rc == VLIVE_RC_WOULD_BLOCK)
    return TRUE;
  /* After a panic LMDB wants it opened again; what is on the disk is whole. */
  if (rc == VLIVE_RC_REPLACED || rc == MDB_PANIC)
    return _vlive_env_reopen (self, incarnation, NULL);
  if (_vlive_env_is_damage (rc) && self->options.kind == VLIVE_STORAGE_DISPOSABLE)
    return _vlive_env_reopen (self, incarnation, "is damaged");
  if (rc != MDB_MAP_RESIZED && rc != MDB_MAP_FULL)
    return FALSE;

  g_rw_lock_writer_lock (&self->lock);
  if (self->env != NULL && self->incarnation == incarnation)
    result = rc == MDB_MAP_FULL ? _vlive_env_grow (self) : _vlive_env_fit (self);
  g_rw_lock_writer_unlock (&self->lock);

  return result == 0;
}

static void
set_failure (VliveEnv *self, int rc, GError **error)
{
  g_rw_lock_reader_lock (&self->lock);
  if (self->failure != NULL)
    g_propagate_error (error, g_error_copy (self->failure));
  else
    _vlive_env_set_error (self, rc, error);
  g_rw_lock_reader_unlock (&self->lock);
}

gboolean
_vlive_env_read (VliveEnv *self, VliveTxnFunc func, gpointer data, GError **error)
{
  gboolean done = FALSE;
  guint incarnation;
  int rc;

  for (guint i = 0; i < MAX_TRIES; i++)
    {
      rc = try_read (self, func, data, &incarnation, &done, error);
      if (rc == 0)
        return done;
      /* Damage is believed when it is seen twice. */
      if (!(i == 0 && _vlive_env_is_damage (rc))
          && !_vlive_env_mend (self, rc, incarnation))
        break;
    }
  set_failure (self, rc, error);

  return FALSE;
}

/* Everything LMDB looks at to begin is in memory. */
static gboolean
can_begin_inline (VliveEnv *self)
{
  return self->map != NULL && _vlive_gate_is_resident (self->gate)
         && self->heads->is_verified && _vlive_heads_is_resident (self->heads)
         && _vlive_gate_get_generation (self->gate) == self->generation;
}

static int
run_inline (VliveEnv *self,
            VliveTxn *txn,
            VliveTxnFunc func,
            gpointer data,
            gboolean *done,
            GError **error)
{
  VlivePagesView view = { self->map, .resident = &self->resident };
  guint64 id;
  int rc = _vlive_env_begin_read (self, self->inliner, INLINE_TRIES);

  if (rc != 0)
    return rc;
  id = mdb_txn_id (self->inliner);
  if (_vlive_pages_view_txn (&view, self->heads->file.data, self->heads->page_size, id)
      && _vlive_heads_get_txn (self->heads) == id)
    {
      view.now = _vlive_resident_get_now ();
      txn->view = &view;
      txn->id = id + self->heads->base;
      *done = func (txn, data, error);
      rc = txn->rc;
    }
  else
    rc = VLIVE_RC_WOULD_BLOCK;
  mdb_txn_reset (self->inliner);

  return rc;
}

gboolean
_vlive_env_read_inline (VliveEnv *self,
                        VliveTxnFunc func,
                        gpointer data,
                        GError **error)
{
  VliveTxn txn = { self };
  g_autoptr (GError) local = NULL;
  gboolean done = FALSE;
  int rc = VLIVE_RC_WOULD_BLOCK;

  if (g_rw_lock_reader_trylock (&self->lock))
    {
      if (self->env != NULL && g_mutex_trylock (&self->inline_lock))
        {
          if (can_begin_inline (self))
            rc = run_inline (self, &txn, func, data, &done, &local);
          g_mutex_unlock (&self->inline_lock);
        }
      g_rw_lock_reader_unlock (&self->lock);
    }
  if (rc == 0)
    return finish_job (&txn, done, &local, error);
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK,
                       "Not known to be in memory");

  return FALSE;
}

guint64
_vlive_env_get_change (VliveEnv *self)
{
  VliveHeads *heads = g_atomic_pointer_get (&self->heads);
  guint64 change;

  if (heads == NULL)
    return 0;
  if (!_vlive_heads_is_resident (heads) || !_vlive_gate_is_resident (self->gate))
    return __atomic_load_n (&self->last_change, __ATOMIC_RELAXED);
  change = heads->base + _vlive_heads_get_txn (heads);
  /* Begun anew by others: whatever was known of it no longer holds. */
  if (heads->generation != _vlive_gate_get_generation (self->gate))
    change++;
  __atomic_store_n (&self->last_change, change, __ATOMIC_RELAXED);

  return change;
}
