/* vlive-env-write.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "storage/vlive-txn-private.h"

#include <errno.h>

#include "base/vlive-error.h"

/* How often a fault is mended for one batch. A map may have to double often. */
#define MAX_TRIES 48
/* Readers that were killed are looked for every so many commits: what they
 * held back would never be used again. */
#define COMMITS_A_CHECK 1024

typedef struct
{
  VliveEnv *env;
  VliveJob **jobs;
  guint n_jobs;
  guint n_changes;   /* of the attempt */
  guint incarnation; /* of the attempt */
  VliveJob *last;    /* the job that ran last; NULL: none */
} Batch;

static void
fail_job (VliveEnv *self, VliveJob *job, int rc, const GError *failure)
{
  g_clear_error (&job->error);
  if (failure != NULL)
    job->error = g_error_copy (failure);
  else
    _vlive_env_set_error (self, rc, &job->error);
  job->state = VLIVE_JOB_FAILED;
}

static void
finish_waiting (Batch *batch, int rc)
{
  g_rw_lock_reader_lock (&batch->env->lock);
  for (guint i = 0; i < batch->n_jobs; i++)
    if (batch->jobs[i]->state == VLIVE_JOB_WAITING)
      {
        if (rc != 0)
          fail_job (batch->env, batch->jobs[i], rc, batch->env->failure);
        else
          batch->jobs[i]->state = VLIVE_JOB_DONE;
      }
  g_rw_lock_reader_unlock (&batch->env->lock);
}

static guint
count_waiting (Batch *batch)
{
  guint n = 0;

  for (guint i = 0; i < batch->n_jobs; i++)
    n += batch->jobs[i]->state == VLIVE_JOB_WAITING;

  return n;
}

static int
run_job (Batch *batch, VliveJob *job, MDB_txn *mdb_txn)
{
  VliveTxn txn = { batch->env };
  gboolean done;

  txn.txn = mdb_txn;
  txn.writable = TRUE;
  txn.id = mdb_txn_id (mdb_txn) + batch->env->heads->base;
  batch->last = job;
  g_clear_error (&job->error);
  done = job->func (&txn, job->data, &job->error);
  _vlive_txn_end (&txn);
  if (txn.rc != 0)
    return txn.rc;
  batch->n_changes += txn.n_changes;
  if (done)
    return 0;

  if (job->error == NULL)
    g_set_error (&job->error, VLIVE_ERROR, VLIVE_ERROR_FAILED, "A step on “%s” failed",
                 batch->env->path);
  job->state = VLIVE_JOB_FAILED;

  /* What it wrote must go, and with it what its neighbours wrote. */
  return txn.n_changes > 0 ? VLIVE_RC_AGAIN : 0;
}

static int
run_jobs (Batch *batch, MDB_txn *txn)
{
  int rc = 0;

  for (guint i = 0; i < batch->n_jobs && rc == 0; i++)
    if (batch->jobs[i]->state == VLIVE_JOB_WAITING)
      rc = run_job (batch, batch->jobs[i], txn);
  batch->last = rc == 0 ? NULL : batch->last;
  if (rc == 0 && batch->n_changes > 0)
    return mdb_txn_commit (txn);
  mdb_txn_abort (txn);

  return rc;
}

/* No unsynced change before it is on the disk that there may be such. */
static gboolean
mark_used (VliveEnv *self)
{
  if (self->options.kind == VLIVE_STORAGE_DISPOSABLE && !self->marked_used)
    self->marked_used = _vlive_gate_mark_used (self->gate, NULL);

  return self->options.kind == VLIVE_STORAGE_DURABLE || self->marked_used;
}

static gboolean
is_replaced (VliveEnv *self)
{
  return self->env == NULL
         || _vlive_gate_get_generation (self->gate) != self->generation;
}

static void
announce (VliveEnv *self)
{
  _vlive_gate_wake (self->gate, _vlive_env_get_change (self));
  if (++self->n_commits % COMMITS_A_CHECK == 0)
    mdb_reader_check (self->env, NULL);
}

/* With the lock held for reading. */
static int
run_batch (Batch *batch)
{
  VliveEnv *self = batch->env;
  MDB_txn *txn;
  int rc;

  if (is_replaced (self))
    return VLIVE_RC_REPLACED;
  if (!mark_used (self))
    return errno != 0 ? errno : EIO;
  rc = mdb_txn_begin (self->env, NULL, 0, &txn);
  if (rc == 0)
    rc = run_jobs (batch, txn);
  /* What was committed to a file that others have thrown away meanwhile must
   * be done again. */
  if (rc == 0 && is_replaced (self))
    rc = VLIVE_RC_REPLACED;
  if (rc == 0 && batch->n_changes > 0)
    announce (self);

  return rc;
}

static int
attempt (Batch *batch)
{
  int rc;

  batch->n_changes = 0;
  batch->last = NULL;
  g_rw_lock_reader_lock (&batch->env->lock);
  batch->incarnation = batch->env->incarnation;
  rc = run_batch (batch);
  g_rw_lock_reader_unlock (&batch->env->lock);

  return rc;
}

/* Each alone: the one that is at fault must not take the others with it. */
static void
write_one_by_one (Batch *batch)
{
  for (guint i = 0; i < batch->n_jobs; i++)
    if (batch->jobs[i]->state == VLIVE_JOB_WAITING)
      _vlive_env_write (batch->env, &batch->jobs[i], 1);
}

static gboolean
is_one_jobs_fault (int rc)
{
  return rc == MDB_BAD_VALSIZE || rc == MDB_KEYEXIST;
}

void
_vlive_env_write (VliveEnv *self, VliveJob **jobs, guint n_jobs)
{
  Batch batch = { self, jobs, n_jobs };
  guint tries = 0;
  int rc;

  do
    {
      rc = _vlive_env_explain (self, attempt (&batch));
      if (rc == 0)
        break;
      if (is_one_jobs_fault (rc) && batch.last != NULL)
        {
          fail_job (self, batch.last, rc, NULL);
          rc = VLIVE_RC_AGAIN;
        }
      else if (rc != VLIVE_RC_AGAIN && !_vlive_env_mend (self, rc, batch.incarnation))
        tries = MAX_TRIES;
    }
  while (rc == VLIVE_RC_AGAIN || tries++ < MAX_TRIES);

  if (rc != 0 && !_vlive_env_is_damage (rc) && count_waiting (&batch) > 1)
    write_one_by_one (&batch);
  else
    finish_waiting (&batch, rc);
}
