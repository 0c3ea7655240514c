/* vlive-env-map.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "storage/vlive-env-private.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/stat.h>

#if defined(__SANITIZE_THREAD__)
#define THREADS_ARE_WATCHED 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define THREADS_ARE_WATCHED 1
#endif
#endif

#ifdef THREADS_ARE_WATCHED
/* The sanitizer keeps most of the address space for itself, and ends a program
 * that is given room in one of the holes between. */
#define FIRST_SIZE ((gsize) 1 << 32)
#else
/* What costs nothing where the address space allows it, and never has to grow. */
#define FIRST_SIZE (sizeof (gsize) > 4 ? (gsize) 1 << 40 : (gsize) 1 << 29)
#endif
#define LEAST_SIZE ((gsize) 1 << 24)
/* Of growing; of whole pages, whatever their size. */
#define STEP ((gsize) 1 << 16)

/* LMDB is left without a map when it cannot have the one it is told to make:
 * so that is tried first. */
static gboolean
has_room_for (gsize size)
{
  void *room =
      mmap (NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

  if (room == MAP_FAILED)
    return FALSE;
  munmap (room, size);

  return TRUE;
}

static gsize
get_file_size (VliveEnv *self)
{
  struct stat info;

  return stat (self->path, &info) == 0 ? (gsize) info.st_size : 0;
}

/* @limit: what was tried before and failed, or 0. */
gsize
_vlive_env_choose_map_size (VliveEnv *self, gsize limit)
{
  gsize least = MAX (LEAST_SIZE, get_file_size (self));
  gsize size = limit > 0 ? limit / 2 : FIRST_SIZE;

  if (self->options.map_size > 0 && limit == 0)
    return self->options.map_size;
  /* Twice: as much is left to the rest of the program. */
  while (size > least && !has_room_for (2 * size))
    size /= 2;

  return MAX (size, least);
}

static int
set_map_size (VliveEnv *self, gsize size)
{
  int rc;

  self->map = NULL;
  rc = mdb_env_set_mapsize (self->env, size);
  if (rc == 0)
    return _vlive_env_find_map (self);
  /* It has no map at all now, and must be opened again. */
  _vlive_env_stop (self);

  return rc;
}

/* By as much again, or by less where there is not so much room. */
static int
enlarge (VliveEnv *self, gsize size, gsize least)
{
  for (gsize extra = size; extra >= STEP; extra = extra / 2 / STEP * STEP)
    if (size + extra >= least && has_room_for (extra))
      return set_map_size (self, size + extra);

  return VLIVE_RC_NO_MAP;
}

int
_vlive_env_grow (VliveEnv *self)
{
  MDB_envinfo info;

  mdb_env_info (self->env, &info);

  return enlarge (self, info.me_mapsize, info.me_mapsize);
}

/* Others have made it larger than our map. */
int
_vlive_env_fit (VliveEnv *self)
{
  MDB_envinfo info;
  gsize needed;

  mdb_env_info (self->env, &info);
  needed = (info.me_last_pgno + 1) * self->heads->page_size;
  if (needed <= info.me_mapsize)
    return 0;

  return enlarge (self, MAX (info.me_mapsize, needed / 2 / STEP * STEP + STEP), needed);
}

/* Our own record in the tree of trees lies on a page that knows its number. */
int
_vlive_env_find_map (VliveEnv *self)
{
  MDB_val key = { sizeof VLIVE_FORMAT_KEY - 1, (void *) VLIVE_FORMAT_KEY };
  MDB_val value;
  int rc = _vlive_env_begin_read (self, self->inliner, G_MAXUINT);

  if (rc != 0)
    return rc;
  rc = mdb_get (self->inliner, VLIVE_MAIN_DATABASE, &key, &value);
  if (rc == 0)
    {
      self->map = _vlive_pages_get_map (value.mv_data, self->heads->page_size);
      _vlive_resident_clear (&self->resident);
    }
  mdb_txn_reset (self->inliner);

  return rc;
}
