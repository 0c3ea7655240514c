/* vlive-pin.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "storage/vlive-pin-private.h"

#include <sys/mman.h>
#include <unistd.h>

#define MAX_PAGES_A_CALL 64

gboolean
_vlive_pin_map (VlivePin *self, int fd, gsize size)
{
  void *data = mmap (NULL, size, PROT_READ, MAP_SHARED, fd, 0);

  if (data == MAP_FAILED)
    return FALSE;
  self->data = data;
  self->size = size;
  self->locked = mlock (data, size) == 0;

  return TRUE;
}

void
_vlive_pin_unmap (VlivePin *self)
{
  if (self->data != NULL)
    munmap ((void *) self->data, self->size);
  self->data = NULL;
}

gboolean
_vlive_pin_is_resident (const VlivePin *self)
{
  return self->locked || _vlive_span_is_resident (self->data, self->size);
}

gboolean
_vlive_span_is_resident (const guint8 *data, gsize size)
{
  const gsize page_size = (gsize) sysconf (_SC_PAGESIZE);
  unsigned char pages[MAX_PAGES_A_CALL];
  guintptr from, to;

  from = (guintptr) data & ~(page_size - 1);
  to = ((guintptr) data + MAX (size, 1) + page_size - 1) & ~(page_size - 1);

  while (from < to)
    {
      gsize n = MIN ((to - from) / page_size, MAX_PAGES_A_CALL);

      if (mincore ((void *) from, n * page_size, pages) != 0)
        return FALSE;
      for (gsize i = 0; i < n; i++)
        if ((pages[i] & 1) == 0)
          return FALSE;
      from += n * page_size;
    }

  return TRUE;
}
