/* vlive-local-lock.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "master/vlive-local-lock-private.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/vlive-error.h"

static struct flock
make_lock (guint32 generation)
{
  return (struct flock){
    .l_type = F_WRLCK,
    .l_whence = SEEK_SET,
    .l_start = (off_t) generation,
    .l_len = 1,
  };
}

int
_vlive_local_lock_take (const char *path, guint32 generation, int fd, GError **error)
{
  g_autofree char *name = g_strconcat (path, "-import", NULL);
  struct flock lock = make_lock (generation);

  if (fd < 0)
    fd = open (name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd >= 0 && fcntl (fd, F_OFD_SETLK, &lock) == 0)
    return fd;

  g_set_error (error, VLIVE_ERROR, VLIVE_ERROR_STORAGE, "%s cannot be locked: %s", name,
               g_strerror (errno));
  if (fd >= 0)
    close (fd);

  return -1;
}

gboolean
_vlive_local_lock_held (const char *path, guint32 generation)
{
  g_autofree char *name = g_strconcat (path, "-import", NULL);
  struct flock lock = make_lock (generation);
  int fd = open (name, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
  gboolean held;

  if (fd < 0)
    return FALSE;
  held = fcntl (fd, F_OFD_GETLK, &lock) != 0 || lock.l_type != F_UNLCK;
  close (fd);

  return held;
}
