/* vlive-local-sweep.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "base/vlive-error.h"
#include "base/vlive-log-private.h"
#include "master/vlive-local-jobs-private.h"
#include "master/vlive-local-lock-private.h"

/* Entries that one transaction deletes: a writer waits a few milliseconds for
 * it at most. */
#define SLICE 2000

typedef struct
{
  VliveLocalJob job;
  gboolean writing; /* first it is only looked for */
  gboolean more;
} SweepJob;

static void run_sweep (VliveLocalFile *file, gboolean writing);

/* The first that is doomed. */
static gboolean
find_doomed (VliveTxn *txn, char *kind, guint32 *number)
{
  g_autoptr (VliveCursor) cursor = _vlive_cursor_new (txn, VLIVE_LOCAL_META);
  VliveSpan key;
  VliveSpan value;

  if (!_vlive_cursor_seek (cursor, VLIVE_SPAN ("x", 1), &key, &value) || key.size != 6
      || key.data[0] != 'x')
    return FALSE;
  *kind = (char) key.data[1];
  *number = _vlive_local_be32 (key.data + 2);

  return TRUE;
}

/* Those whose import is no more. */
static gboolean
has_abandoned (SweepJob *self, VliveTxn *txn, gboolean doom)
{
  g_autoptr (GArray) building =
      _vlive_local_list_generations (txn, VLIVE_LOCAL_BUILDING, NULL);
  gboolean found = FALSE;

  for (guint i = 0; i < building->len; i++)
    {
      guint32 generation = g_array_index (building, guint32, i);

      if (_vlive_local_lock_held (_vlive_local_file_get_path (self->job.file),
                                  generation))
        continue;
      found = TRUE;
      if (doom)
        _vlive_local_doom_generation (txn, generation);
    }

  return found;
}

/* Deletes up to SLICE entries that begin with @prefix; TRUE if none is left. */
static gboolean
sweep_prefix (VliveTxn *txn, VliveLocalDatabase database, guint32 prefix)
{
  g_autoptr (VliveCursor) cursor = _vlive_cursor_new (txn, database);
  VliveLocalKey first;
  VliveSpan key;
  VliveSpan value;
  gboolean found;

  _vlive_local_u32_key (&first, prefix);
  found = _vlive_cursor_seek (cursor, VLIVE_LOCAL_SPAN (&first), &key, &value);
  for (guint i = 0; found && i < SLICE; i++)
    {
      if (key.size < sizeof (guint32) || _vlive_local_be32 (key.data) != prefix)
        return TRUE;
      _vlive_cursor_delete (cursor);
      found = _vlive_cursor_next (cursor, &key, &value);
    }

  return !found || key.size < sizeof (guint32)
         || _vlive_local_be32 (key.data) != prefix;
}

/* The id of the row goes with it, unless it belongs to another row by now. */
static void
sweep_id (VliveTxn *txn, guint32 space, guint64 row, VliveSpan value)
{
  VliveLocalKey key;
  VliveSpan payload;
  VliveSpan found;
  VliveValue id;

  if (!_vlive_span_unseal (value, &payload)
      || payload.size < VLIVE_LOCAL_ROW_HEADER + VLIVE_BLOCK_HEADER_SIZE)
    return;
  _vlive_block_peek (payload.data + VLIVE_LOCAL_ROW_HEADER, 0, &id);
  if (id.type != VLIVE_VALUE_TEXT)
    return;
  _vlive_local_id_key (&key, space, id.text);
  if (_vlive_txn_get (txn, VLIVE_LOCAL_IDS, VLIVE_LOCAL_SPAN (&key), &found)
      && found.size == sizeof (guint64) && _vlive_local_be64 (found.data) == row)
    _vlive_txn_delete (txn, VLIVE_LOCAL_IDS, VLIVE_LOCAL_SPAN (&key));
}

static gboolean
is_doomed (VliveTxn *txn, char kind, guint32 number)
{
  VliveLocalKey key;
  VliveSpan value;

  _vlive_local_doom_key (&key, kind, number);

  return _vlive_txn_get (txn, VLIVE_LOCAL_META, VLIVE_LOCAL_SPAN (&key), &value);
}

/* First the ids of a slice of rows, then these rows. */
static gboolean
sweep_generation (VliveTxn *txn, guint32 number)
{
  g_auto (VliveLocalGeneration) generation = { 0 };
  VliveLocalKey wanted;

  if (_vlive_local_generation_get (txn, number, &generation)
      && !is_doomed (txn, 's', generation.space))
    {
      guint64 at = VLIVE_LOCAL_ROW (number, 0);

      for (guint i = 0; i < SLICE; i++)
        {
          g_autoptr (VliveCursor) cursor = _vlive_cursor_new (txn, VLIVE_LOCAL_ROWS);
          VliveSpan key;
          VliveSpan value;

          _vlive_local_row_key (&wanted, at);
          if (!_vlive_cursor_seek (cursor, VLIVE_LOCAL_SPAN (&wanted), &key, &value)
              || key.size != sizeof (guint64))
            break;
          at = _vlive_local_be64 (key.data);
          if (VLIVE_LOCAL_ROW_GENERATION (at) != number)
            break;
          sweep_id (txn, generation.space, at, value);
          at++;
        }
    }
  if (!sweep_prefix (txn, VLIVE_LOCAL_ROWS, number))
    return FALSE;
  _vlive_local_u32_key (&wanted, number);
  _vlive_txn_delete (txn, VLIVE_LOCAL_GENERATIONS, VLIVE_LOCAL_SPAN (&wanted));

  return TRUE;
}

static gboolean
sweep_doomed (VliveTxn *txn, char kind, guint32 number)
{
  switch (kind)
    {
    case 'g':
      return sweep_generation (txn, number);
    case 's':
      return sweep_prefix (txn, VLIVE_LOCAL_IDS, number);
    case 'o':
      return sweep_prefix (txn, VLIVE_LOCAL_ORDERS, number);
    default:
      return TRUE;
    }
}

static gboolean
sweep_run (VliveLocalJob *job, VliveTxn *txn, GError **error)
{
  SweepJob *self = (SweepJob *) job;
  guint32 number;
  char kind;

  if (!self->writing)
    {
      self->more =
          find_doomed (txn, &kind, &number) || has_abandoned (self, txn, FALSE);
      return TRUE;
    }

  has_abandoned (self, txn, TRUE);
  self->more = find_doomed (txn, &kind, &number);
  if (self->more && sweep_doomed (txn, kind, number))
    {
      VliveLocalKey key;

      _vlive_local_doom_key (&key, kind, number);
      _vlive_txn_delete (txn, VLIVE_LOCAL_META, VLIVE_LOCAL_SPAN (&key));
    }

  return TRUE;
}

static void
sweep_done (VliveLocalJob *job, const GError *error)
{
  SweepJob *self = (SweepJob *) job;

  if (error != NULL && !g_error_matches (error, VLIVE_ERROR, VLIVE_ERROR_NOT_FOUND))
    _vlive_warn_once (_vlive_local_file_get_path (job->file), "sweep",
                      "What is no longer needed in %s cannot be removed: %s",
                      _vlive_local_file_get_shown (job->file), error->message);

  /* The rest is left to who opens it next, when it is being closed. */
  if (error == NULL && self->more && !_vlive_local_file_is_last (job->file))
    run_sweep (job->file, TRUE);
  else if (_vlive_local_file_end_sweep (job->file))
    run_sweep (job->file, FALSE);
}

static void
sweep_free (VliveLocalJob *job)
{
  g_free (job);
}

static void
run_sweep (VliveLocalFile *file, gboolean writing)
{
  SweepJob *self = g_new0 (SweepJob, 1);

  self->job.run = sweep_run;
  self->job.done = sweep_done;
  self->job.free = sweep_free;
  self->writing = writing;
  _vlive_local_file_run (file, &self->job,
                         writing ? VLIVE_LOCAL_WRITE : VLIVE_LOCAL_READ, NULL);
}

void
_vlive_local_sweep (VliveLocalFile *file, gboolean again)
{
  if (_vlive_local_file_begin_sweep (file, again))
    run_sweep (file, FALSE);
}
