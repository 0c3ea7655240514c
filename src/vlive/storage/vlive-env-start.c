/* vlive-env-start.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "storage/vlive-env-private.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/vlive-error.h"

/* What LMDB makes of its 126 readers: room for 63 processes. */
#define TABLE_SIZE 8192

typedef struct
{
  guint32 magic; /* little endian, as the next one */
  guint32 version;
  guint64 reserved;
} Format;

static gboolean
write_zeros (int fd, gsize from, gsize to)
{
  static const char zeros[TABLE_SIZE];

  return from >= to
         || pwrite (fd, zeros, to - from, (off_t) from) == (gssize) (to - from);
}

/* All of it, before it is mapped: on a full disk, writing to a hole of a map
 * ends the process. Our descriptor stays open as long as LMDB's, for closing
 * it would end LMDB's locks. */
static int
prepare_table (VliveEnv *self)
{
  g_autofree char *path = g_strconcat (self->path, "-lock", NULL);
  off_t size;

  self->lock_fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (self->lock_fd < 0)
    return errno;
  size = lseek (self->lock_fd, 0, SEEK_END);
  if (size < 0)
    return errno;
  if (fallocate (self->lock_fd, 0, 0, MAX (size, TABLE_SIZE)) == 0)
    return 0;
  if (errno != EOPNOTSUPP)
    return errno;

  return write_zeros (self->lock_fd, (gsize) size, TABLE_SIZE) ? 0 : ENOSPC;
}

static int
open_env (VliveEnv *self)
{
  guint flags = MDB_NOSUBDIR | MDB_NOTLS | MDB_NORDAHEAD;
  gsize size = 0;
  int rc;

  if (self->options.kind == VLIVE_STORAGE_DISPOSABLE)
    flags |= MDB_NOSYNC;
  do
    {
      size = _vlive_env_choose_map_size (self, size);
      rc = mdb_env_create (&self->env);
      if (rc != 0)
        return rc;
      mdb_env_set_maxdbs (self->env, MAX (self->n_databases, 1));
      mdb_env_set_mapsize (self->env, size);
      rc = mdb_env_open (self->env, self->path, flags, 0600);
      if (rc != 0)
        g_clear_pointer (&self->env, mdb_env_close);
    }
  while (rc == ENOMEM && size > _vlive_env_choose_map_size (self, size));

  return rc;
}

typedef struct
{
  long pid;
  guint n;
} OwnSlots;

static int
count_own_slot (const char *line, void *data)
{
  OwnSlots *own = data;

  if (strtol (line, NULL, 10) == own->pid)
    own->n++;

  return 0;
}

/* A process that was killed and had our number (in a sandbox it is always the
 * same) left its slots, and LMDB takes them for ours: nobody clears them, and
 * no page is freed while they are there. Closing does. */
static gboolean
has_inherited_slots (VliveEnv *self)
{
  OwnSlots own = { getpid (), 0 };

  mdb_reader_list (self->env, count_own_slot, &own);

  return own.n > 1;
}

/* Our first reading transaction claims our place among the readers. It cannot
 * be had if a process with our number, in another PID namespace, has it. */
static int
begin_first_read (VliveEnv *self, GError **error)
{
  g_autofree char *name = NULL;
  int rc;

  mdb_reader_check (self->env, NULL);
  rc = mdb_txn_begin (self->env, NULL, MDB_RDONLY, &self->reader);
  if (rc == 0 && has_inherited_slots (self))
    {
      g_clear_pointer (&self->reader, mdb_txn_abort);
      g_clear_pointer (&self->env, mdb_env_close);
      rc = open_env (self);
      if (rc == 0)
        rc = mdb_txn_begin (self->env, NULL, MDB_RDONLY, &self->reader);
    }
  if (rc == EAGAIN || rc == EACCES)
    {
      name = g_filename_display_name (self->path);
      g_set_error (
          error, VLIVE_ERROR, VLIVE_ERROR_UNSUPPORTED,
          "“%s” is open in another sandbox, by a program with the same process number "
          "(%ld) as this one, and cannot be shared with it: close it there first",
          name, (long) getpid ());
    }

  return rc;
}

static void
set_foreign_error (VliveEnv *self, const Format *format, GError **error)
{
  g_autofree char *fault = NULL;

  if (format == NULL || GUINT32_FROM_LE (format->magic) != self->options.magic)
    fault = g_strdup ("is not a file of this kind");
  else
    fault = g_strdup_printf ("has format %u, and this program knows format %u",
                             GUINT32_FROM_LE (format->version), self->options.version);
  _vlive_env_set_fault (self, fault, error);
}

/* MDB_NOTFOUND: nobody has written to it yet. */
static int
check_format (VliveEnv *self, GError **error)
{
  MDB_val key = { sizeof VLIVE_FORMAT_KEY - 1, (void *) VLIVE_FORMAT_KEY };
  MDB_val value;
  MDB_dbi main;
  MDB_stat stat;
  Format format;
  int rc = mdb_dbi_open (self->reader, NULL, 0, &main);

  if (rc != 0)
    return rc;
  rc = mdb_get (self->reader, main, &key, &value);
  if (rc == 0 && value.mv_size == sizeof format)
    {
      memcpy (&format, value.mv_data, sizeof format);
      if (GUINT32_FROM_LE (format.magic) == self->options.magic
          && GUINT32_FROM_LE (format.version) == self->options.version)
        return 0;
      set_foreign_error (self, &format, error);
      return MDB_INCOMPATIBLE;
    }
  if (rc == MDB_NOTFOUND)
    {
      rc = mdb_stat (self->reader, main, &stat);
      if (rc == 0 && stat.ms_entries == 0)
        return MDB_NOTFOUND;
    }
  if (rc == 0)
    {
      set_foreign_error (self, NULL, error);
      rc = MDB_INCOMPATIBLE;
    }

  return rc;
}

static int
open_databases (VliveEnv *self, MDB_txn *txn, guint flags)
{
  int rc = 0;

  for (guint i = 0; i < self->n_databases && rc == 0; i++)
    rc = mdb_dbi_open (txn, self->options.databases[i], flags, &self->databases[i]);

  return rc;
}

static int
create_databases (VliveEnv *self, GError **error)
{
  MDB_val key = { sizeof VLIVE_FORMAT_KEY - 1, (void *) VLIVE_FORMAT_KEY };
  Format format = { GUINT32_TO_LE (self->options.magic),
                    GUINT32_TO_LE (self->options.version), 0 };
  MDB_val value = { sizeof format, &format };
  MDB_dbi main;
  MDB_txn *txn;
  int rc;

  if (self->options.kind == VLIVE_STORAGE_DISPOSABLE
      && !_vlive_gate_mark_used (self->gate, error))
    return EIO;
  rc = mdb_txn_begin (self->env, NULL, 0, &txn);
  if (rc != 0)
    return rc;
  rc = mdb_dbi_open (txn, NULL, 0, &main);
  if (rc == 0)
    rc = mdb_put (txn, main, &key, &value, 0);
  if (rc == 0)
    rc = open_databases (self, txn, MDB_CREATE);
  if (rc == 0)
    return mdb_txn_commit (txn);
  mdb_txn_abort (txn);

  return rc;
}

static int
open_contents (VliveEnv *self, GError **error)
{
  int rc = check_format (self, error);

  if (rc == 0)
    rc = open_databases (self, self->reader, 0);
  /* Committed, or its handles would go with it. */
  if (rc == 0)
    rc = mdb_txn_commit (self->reader);
  else
    mdb_txn_abort (self->reader);
  self->reader = NULL;
  if (rc == MDB_NOTFOUND)
    rc = create_databases (self, error);

  return rc;
}

static int
begin_dormant (VliveEnv *self, MDB_txn **txn)
{
  int rc = mdb_txn_begin (self->env, NULL, MDB_RDONLY, txn);

  if (rc == 0)
    mdb_txn_reset (*txn);

  return rc;
}

/* What any thread may look at: new ones beside the old, which somebody may be
 * looking at just now. */
static int
pin_heads (VliveEnv *self)
{
  VliveHeads *heads;
  MDB_stat stat;
  int fd;

  mdb_env_stat (self->env, &stat);
  mdb_env_get_fd (self->env, &fd);
  fcntl (fd, F_SETFD, FD_CLOEXEC); /* the only one LMDB leaves open */
  heads = _vlive_heads_new (fd, self->lock_fd, stat.ms_psize, self->heads);
  if (heads == NULL)
    return ENOMEM;
  heads->generation = self->generation;
  /* Others may commit between the two looks. */
  for (guint i = 0; i < 100; i++)
    {
      int rc = mdb_txn_renew (self->reader);
      gboolean verified =
          rc == 0 && _vlive_heads_verify (heads, mdb_txn_id (self->reader));

      mdb_txn_reset (self->reader);
      if (verified || rc != 0)
        break;
    }
  if (self->heads != NULL)
    g_ptr_array_add (self->old_heads, self->heads);
  g_atomic_pointer_set (&self->heads, heads);

  return 0;
}

static int
start (VliveEnv *self, GError **error)
{
  int rc = prepare_table (self);

  if (rc == 0)
    rc = open_env (self);
  if (rc == 0)
    rc = begin_first_read (self, error);
  if (rc == 0)
    rc = open_contents (self, error);
  if (rc == 0)
    rc = begin_dormant (self, &self->reader);
  if (rc == 0)
    rc = begin_dormant (self, &self->inliner);
  if (rc == 0)
    rc = pin_heads (self);
  if (rc == 0)
    rc = _vlive_env_find_map (self);

  return rc;
}

/* In our turn, with the lock held for writing. Its error is set unless it is
 * 0; nothing is left open then. */
int
_vlive_env_start (VliveEnv *self, GError **error)
{
  GError *local = NULL;
  int rc = MDB_MAP_RESIZED;

  self->generation = _vlive_gate_get_generation (self->gate);
  self->incarnation++;
  self->marked_used = FALSE;
  /* Others may make it outgrow our map while we look. */
  for (guint i = 0; i < 3 && rc == MDB_MAP_RESIZED; i++)
    {
      rc = start (self, &local);
      if (rc == 0)
        return 0;
      _vlive_env_stop (self);
    }

  if (local == NULL)
    _vlive_env_set_error (self, rc, &local);
  g_propagate_error (error, local);

  return rc;
}

void
_vlive_env_stop (VliveEnv *self)
{
  self->map = NULL;
  g_clear_pointer (&self->reader, mdb_txn_abort);
  g_clear_pointer (&self->inliner, mdb_txn_abort);
  g_clear_pointer (&self->env, mdb_env_close);
  if (self->lock_fd >= 0)
    close (self->lock_fd);
  self->lock_fd = -1;
}
