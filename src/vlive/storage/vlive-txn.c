/* vlive-txn.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "storage/vlive-txn-private.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "base/vlive-log-private.h"

/* Before a sealed value: its checksum, then its length, little endian. */
typedef struct
{
  guint32 crc; /* of all that follows */
  guint32 size;
} Seal;

static MDB_val
to_val (VliveSpan span)
{
  return (MDB_val){ span.size, (void *) span.data };
}

static gboolean
check (VliveTxn *txn, int rc)
{
  if (rc != 0 && txn->rc == 0)
    txn->rc = rc;

  return rc == 0;
}

void
_vlive_txn_end (VliveTxn *txn)
{
  while (txn->cursors != NULL)
    _vlive_cursor_free (txn->cursors);
}

gboolean
_vlive_txn_has_failed (VliveTxn *txn)
{
  return txn->rc != 0;
}

guint64
_vlive_txn_get_id (VliveTxn *txn)
{
  return txn->id;
}

/* All of it in one request, rather than a page at each fault. */
static void
want_span (VliveSpan span)
{
  const gsize page_size = (gsize) sysconf (_SC_PAGESIZE);
  guintptr from = (guintptr) span.data & ~(page_size - 1);
  guintptr to = (guintptr) span.data + span.size;

  if (to - from > page_size && !_vlive_span_is_resident (span.data, span.size))
    madvise ((void *) from, to - from, MADV_WILLNEED);
}

static gboolean
get_inline (VliveTxn *txn, guint database, VliveSpan key, VliveSpan *value)
{
  VliveFind found = VLIVE_FIND_UNSURE;

  if (_vlive_located_contains (&txn->env->located, database, key))
    found = _vlive_pages_find (txn->view, txn->env->options.databases[database], key,
                               value);
  if (found == VLIVE_FIND_UNSURE)
    txn->rc = VLIVE_RC_WOULD_BLOCK;

  return found == VLIVE_FIND_FOUND;
}

gboolean
_vlive_txn_get (VliveTxn *txn, guint database, VliveSpan key, VliveSpan *value)
{
  MDB_val mdb_key = to_val (key);
  MDB_val mdb_value;
  int rc;

  g_assert (database < txn->env->n_databases);

  *value = VLIVE_SPAN (NULL, 0);
  if (txn->rc != 0)
    return FALSE;
  if (txn->txn == NULL)
    {
      if (get_inline (txn, database, key, value))
        return TRUE;
      *value = VLIVE_SPAN (NULL, 0);
      return FALSE;
    }

  rc = mdb_get (txn->txn, txn->env->databases[database], &mdb_key, &mdb_value);
  if (rc == 0 || rc == MDB_NOTFOUND)
    _vlive_located_add (&txn->env->located, database, key);
  if (rc == MDB_NOTFOUND || !check (txn, rc))
    return FALSE;
  *value = VLIVE_SPAN (mdb_value.mv_data, mdb_value.mv_size);
  want_span (*value);

  return TRUE;
}

static gboolean
put (VliveTxn *txn, guint database, VliveSpan key, MDB_val *value, guint flags)
{
  MDB_val mdb_key = to_val (key);

  g_assert (txn->writable);
  g_assert (database < txn->env->n_databases);

  if (txn->rc != 0)
    return FALSE;
  txn->n_changes++;
  if (!check (txn, mdb_put (txn->txn, txn->env->databases[database], &mdb_key, value,
                            flags)))
    return FALSE;
  _vlive_located_add (&txn->env->located, database, key);

  return TRUE;
}

void
_vlive_txn_put (VliveTxn *txn, guint database, VliveSpan key, VliveSpan value)
{
  MDB_val mdb_value = to_val (value);

  put (txn, database, key, &mdb_value, 0);
}

guint8 *
_vlive_txn_reserve (VliveTxn *txn, guint database, VliveSpan key, gsize size)
{
  MDB_val value = { size, NULL };

  return put (txn, database, key, &value, MDB_RESERVE) ? value.mv_data : NULL;
}

gboolean
_vlive_txn_delete (VliveTxn *txn, guint database, VliveSpan key)
{
  MDB_val mdb_key = to_val (key);
  int rc;

  g_assert (txn->writable);
  g_assert (database < txn->env->n_databases);

  if (txn->rc != 0)
    return FALSE;
  txn->n_changes++;
  rc = mdb_del (txn->txn, txn->env->databases[database], &mdb_key, NULL);
  if (rc == MDB_NOTFOUND)
    txn->n_changes--;

  return rc != MDB_NOTFOUND && check (txn, rc);
}

static gboolean
get_stat (VliveTxn *txn, MDB_dbi database, MDB_stat *stat)
{
  g_assert (txn->txn != NULL);

  return txn->rc == 0 && check (txn, mdb_stat (txn->txn, database, stat));
}

guint64
_vlive_txn_count (VliveTxn *txn, guint database)
{
  MDB_stat stat;

  g_assert (database < txn->env->n_databases);

  return get_stat (txn, txn->env->databases[database], &stat) ? stat.ms_entries : 0;
}

static guint64
count_bytes (VliveTxn *txn, MDB_dbi database)
{
  MDB_stat stat;

  if (!get_stat (txn, database, &stat))
    return 0;

  return (guint64) stat.ms_psize
         * (stat.ms_branch_pages + stat.ms_leaf_pages + stat.ms_overflow_pages);
}

guint64
_vlive_txn_used_bytes (VliveTxn *txn)
{
  guint64 n = count_bytes (txn, VLIVE_MAIN_DATABASE);

  for (guint i = 0; i < txn->env->n_databases; i++)
    n += count_bytes (txn, txn->env->databases[i]);

  return n;
}

void
_vlive_txn_clear (VliveTxn *txn, guint database)
{
  g_assert (txn->writable);
  g_assert (database < txn->env->n_databases);

  if (txn->rc != 0)
    return;
  txn->n_changes++;
  check (txn, mdb_drop (txn->txn, txn->env->databases[database], 0));
}

static guint32
compute_crc (const guint8 *size, VliveSpan payload)
{
  gulong crc = crc32_z (0, size, sizeof (guint32));

  return (guint32) crc32_z (crc, payload.data, payload.size);
}

void
_vlive_span_seal (VliveSpan payload, guint8 seal[VLIVE_SEAL_SIZE])
{
  Seal made = { .size = GUINT32_TO_LE ((guint32) payload.size) };

  G_STATIC_ASSERT (sizeof made == VLIVE_SEAL_SIZE);
  made.crc = GUINT32_TO_LE (compute_crc ((const guint8 *) &made.size, payload));
  memcpy (seal, &made, sizeof made);
}

static gboolean
open_seal (VliveSpan value, VliveSpan *payload, Seal *seal)
{
  *payload = VLIVE_SPAN (NULL, 0);
  if (value.size < sizeof *seal)
    return FALSE;
  memcpy (seal, value.data, sizeof *seal);
  if (GUINT32_FROM_LE (seal->size) != value.size - sizeof *seal)
    return FALSE;
  *payload = VLIVE_SPAN (value.data + sizeof *seal, value.size - sizeof *seal);

  return TRUE;
}

gboolean
_vlive_span_open (VliveSpan value, VliveSpan *payload)
{
  Seal seal;

  return open_seal (value, payload, &seal);
}

gboolean
_vlive_span_unseal (VliveSpan value, VliveSpan *payload)
{
  Seal seal;

  if (!open_seal (value, payload, &seal))
    return FALSE;
  if (compute_crc ((const guint8 *) &seal.size, *payload) == GUINT32_FROM_LE (seal.crc))
    return TRUE;
  *payload = VLIVE_SPAN (NULL, 0);

  return FALSE;
}

static void
warn_corrupt (VliveTxn *txn)
{
  g_autofree char *name = g_filename_display_name (txn->env->path);

  _vlive_warn_once (txn->env->path, "sealed",
                    "A value in “%s” is damaged and was left out", name);
}

gboolean
_vlive_txn_get_sealed (VliveTxn *txn, guint database, VliveSpan key, VliveSpan *payload)
{
  VliveSpan value;

  *payload = VLIVE_SPAN (NULL, 0);
  if (!_vlive_txn_get (txn, database, key, &value))
    return FALSE;
  if (_vlive_span_unseal (value, payload))
    return TRUE;
  txn->n_corrupt++;
  warn_corrupt (txn);

  return FALSE;
}

void
_vlive_txn_put_sealed (VliveTxn *txn, guint database, VliveSpan key, VliveSpan payload)
{
  guint8 *room;

  if (payload.size > G_MAXUINT32 - VLIVE_SEAL_SIZE)
    {
      check (txn, MDB_BAD_VALSIZE);
      return;
    }
  room = _vlive_txn_reserve (txn, database, key, VLIVE_SEAL_SIZE + payload.size);
  if (room == NULL)
    return;
  _vlive_span_seal (payload, room);
  if (payload.size > 0)
    memcpy (room + VLIVE_SEAL_SIZE, payload.data, payload.size);
}

guint
_vlive_txn_n_corrupt (VliveTxn *txn)
{
  return txn->n_corrupt;
}

gboolean
_vlive_txn_is_in_place (VliveTxn *txn)
{
  struct stat here;
  struct stat there;
  mdb_filehandle_t fd;

  if (mdb_env_get_fd (txn->env->env, &fd) != 0 || fstat (fd, &here) != 0)
    return TRUE;
  if (stat (txn->env->path, &there) != 0)
    return errno != ENOENT && errno != ENOTDIR;

  return here.st_dev == there.st_dev && here.st_ino == there.st_ino;
}
