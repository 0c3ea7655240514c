/* vlive-env-error.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "storage/vlive-env-private.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/vlive-error.h"

/* So much room a disk has that is not full. */
#define PROBE_SIZE (256 * 1024)

gboolean
_vlive_env_is_damage (int rc)
{
  switch (rc)
    {
    case MDB_CORRUPTED:
    case MDB_PAGE_NOTFOUND:
    case MDB_PANIC:
    case MDB_INVALID:
    case MDB_VERSION_MISMATCH:
    case MDB_INCOMPATIBLE:
    case MDB_BAD_TXN:
    case MDB_BAD_DBI:
    case MDB_CURSOR_FULL:
    case MDB_PAGE_FULL:
      return TRUE;
    default:
      return FALSE;
    }
}

gboolean
_vlive_env_is_full (int rc)
{
  return rc == ENOSPC || rc == EDQUOT || rc == EFBIG;
}

/*
 * LMDB calls it an input/output error when less was written than it asked for,
 * and does not look why. Is there room beside the file?
 */
int
_vlive_env_explain (VliveEnv *self, int rc)
{
  g_autofree char *folder = NULL;
  int fd;

  if (rc != EIO)
    return rc;
  folder = g_path_get_dirname (self->path);
  fd = open (folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (fd < 0)
    return _vlive_env_is_full (errno) ? errno : rc;
  if (fallocate (fd, 0, 0, PROBE_SIZE) != 0 && _vlive_env_is_full (errno))
    rc = errno;
  close (fd);

  return rc;
}

static VliveError
get_code (int rc)
{
  switch (rc)
    {
    case MDB_BAD_VALSIZE:
    case MDB_KEYEXIST:
      return VLIVE_ERROR_INVALID;
    case MDB_TXN_FULL:
      return VLIVE_ERROR_TOO_LARGE;
    default:
      return _vlive_env_is_damage (rc) ? VLIVE_ERROR_CORRUPT : VLIVE_ERROR_STORAGE;
    }
}

static const char *
get_words (int rc)
{
  if (_vlive_env_is_full (rc))
    return "there is no space left for it";
  switch (rc)
    {
    case MDB_BAD_VALSIZE:
      return "a key or value is empty or too long";
    case MDB_KEYEXIST:
      return "a key was appended that is not behind all others";
    case MDB_TXN_FULL:
      return "too much was written at once";
    case MDB_READERS_FULL:
      return "too many programs have it open";
    case VLIVE_RC_WOULD_BLOCK:
      return "others write to it too often";
    case VLIVE_RC_NO_MAP:
    case MDB_MAP_FULL:
    case MDB_MAP_RESIZED:
      return "it has outgrown the memory this program may use";
    default:
      return mdb_strerror (rc);
    }
}

void
_vlive_env_set_error (VliveEnv *self, int rc, GError **error)
{
  g_autofree char *name = NULL;

  if (_vlive_env_is_damage (rc))
    {
      _vlive_env_set_fault (self, "is damaged", error);
      return;
    }
  name = g_filename_display_name (self->path);
  g_set_error (error, VLIVE_ERROR, (gint) get_code (rc), "“%s” cannot be used: %s",
               name, get_words (rc));
}

void
_vlive_env_set_fault (VliveEnv *self, const char *fault, GError **error)
{
  g_autofree char *name = g_filename_display_name (self->path);

  g_set_error (error, VLIVE_ERROR, VLIVE_ERROR_CORRUPT,
               "“%s” %s: put a good copy in its place, or move it away to begin anew",
               name, fault);
}
