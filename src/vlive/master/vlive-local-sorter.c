/* vlive-local-sorter.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "master/vlive-local-sorter-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/vlive-error.h"

/* An entry in memory and in a run: u16 size of the key, u64 number, the key. */
#define ENTRY_HEADER 10
#define RUN_BUFFER (128 * 1024)

/* A sorted temporary file, being read. */
typedef struct
{
  int fd;         /* owned */
  guint8 *buffer; /* owned */
  gsize at;
  gsize len;
} Run;

struct _VliveLocalSorter
{
  char *folder; /* owned */
  gsize max_memory;
  guint8 *entries; /* owned */
  gsize len;
  gsize capacity;
  GArray *offsets;  /* owned; gsize into @entries */
  guint at;         /* of @offsets, while they are given */
  GArray *runs;     /* owned; Run */
  GArray *heap;     /* owned; guint: runs that have more, least entry first */
  gboolean started; /* the heap's top has been given */
};

VliveLocalSorter *
_vlive_local_sorter_new (const char *folder, gsize max_memory)
{
  VliveLocalSorter *self = g_new0 (VliveLocalSorter, 1);

  self->folder = g_strdup (folder);
  self->max_memory = max_memory;
  self->offsets = g_array_new (FALSE, FALSE, sizeof (gsize));
  self->runs = g_array_new (FALSE, FALSE, sizeof (Run));
  self->heap = g_array_new (FALSE, FALSE, sizeof (guint));

  return self;
}

void
_vlive_local_sorter_free (VliveLocalSorter *self)
{
  for (guint i = 0; i < self->runs->len; i++)
    {
      Run *run = &g_array_index (self->runs, Run, i);

      close (run->fd);
      g_free (run->buffer);
    }
  g_array_unref (self->runs);
  g_array_unref (self->heap);
  g_array_unref (self->offsets);
  g_free (self->entries);
  g_free (self->folder);
  g_free (self);
}

guint
_vlive_local_sorter_get_n_runs (VliveLocalSorter *self)
{
  return self->runs->len;
}

static gsize
entry_key_size (const guint8 *entry)
{
  guint16 size;

  memcpy (&size, entry, sizeof size);

  return size;
}

static guint64
entry_number (const guint8 *entry)
{
  guint64 number;

  memcpy (&number, entry + 2, sizeof number);

  return number;
}

static int
compare_entries (const guint8 *a, const guint8 *b)
{
  gsize a_size = entry_key_size (a);
  gsize b_size = entry_key_size (b);
  int result = memcmp (a + ENTRY_HEADER, b + ENTRY_HEADER, MIN (a_size, b_size));

  if (result == 0 && a_size != b_size)
    result = a_size < b_size ? -1 : 1;
  if (result == 0)
    result =
        (entry_number (a) > entry_number (b)) - (entry_number (a) < entry_number (b));

  return result;
}

static int
compare_offsets (const void *a, const void *b, void *data)
{
  const guint8 *entries = data;

  return compare_entries (entries + *(const gsize *) a, entries + *(const gsize *) b);
}

static gboolean
fail (VliveLocalSorter *self, GError **error)
{
  int code = errno;

  g_set_error (error, VLIVE_ERROR, VLIVE_ERROR_STORAGE, "A temporary file in %s: %s",
               self->folder, g_strerror (code));

  return FALSE;
}

static gboolean
write_all (int fd, const guint8 *data, gsize size)
{
  while (size > 0)
    {
      gssize n = write (fd, data, size);

      if (n < 0 && errno != EINTR)
        return FALSE;
      if (n > 0)
        {
          data += n;
          size -= (gsize) n;
        }
    }

  return TRUE;
}

static int
open_run (VliveLocalSorter *self)
{
  g_autofree char *path = g_build_filename (self->folder, ".vlive-sort-XXXXXX", NULL);
  int fd = g_mkstemp_full (path, O_RDWR | O_CLOEXEC, 0600);

  if (fd >= 0)
    g_unlink (path);

  return fd;
}

static gboolean
write_run (VliveLocalSorter *self, GError **error)
{
  Run run = { .fd = open_run (self) };
  g_autoptr (GByteArray) buffer = g_byte_array_sized_new (RUN_BUFFER + 1024);
  gboolean ok = run.fd >= 0;

  if (!ok)
    return fail (self, error);
  run.buffer = g_malloc (RUN_BUFFER);
  g_array_append_val (self->runs, run);
  for (guint i = 0; i < self->offsets->len && ok; i++)
    {
      const guint8 *entry = self->entries + g_array_index (self->offsets, gsize, i);

      g_byte_array_append (buffer, entry,
                           (guint) (ENTRY_HEADER + entry_key_size (entry)));
      if (buffer->len >= RUN_BUFFER || i + 1 == self->offsets->len)
        {
          ok = write_all (run.fd, buffer->data, buffer->len);
          g_byte_array_set_size (buffer, 0);
        }
    }
  if (!ok || lseek (run.fd, 0, SEEK_SET) < 0)
    return fail (self, error);

  self->len = 0;
  g_array_set_size (self->offsets, 0);

  return TRUE;
}

static void
sort_memory (VliveLocalSorter *self)
{
  if (self->offsets->len > 1)
    qsort_r (self->offsets->data, self->offsets->len, sizeof (gsize), compare_offsets,
             self->entries);
}

gboolean
_vlive_local_sorter_add (VliveLocalSorter *self,
                         const guint8 *key,
                         gsize key_size,
                         guint64 number,
                         GError **error)
{
  guint16 size = (guint16) key_size;
  gsize needed = ENTRY_HEADER + key_size;

  g_assert (key_size <= G_MAXUINT16);

  if (self->len > 0
      && self->len + needed + (self->offsets->len + 1) * sizeof (gsize)
             > self->max_memory)
    {
      sort_memory (self);
      if (!write_run (self, error))
        return FALSE;
    }
  if (self->len + needed > self->capacity)
    {
      self->capacity = MAX (self->capacity * 2, self->len + needed + 4096);
      self->entries = g_realloc (self->entries, self->capacity);
    }
  memcpy (self->entries + self->len, &size, sizeof size);
  memcpy (self->entries + self->len + 2, &number, sizeof number);
  memcpy (self->entries + self->len + ENTRY_HEADER, key, key_size);
  g_array_append_val (self->offsets, self->len);
  self->len += needed;

  return TRUE;
}

/* The entry that @run stands at is read whole; FALSE at the end, and on error. */
static gboolean
fill_run (VliveLocalSorter *self, Run *run, GError **error)
{
  gsize left = run->len - run->at;

  if (left >= ENTRY_HEADER
      && left >= ENTRY_HEADER + entry_key_size (run->buffer + run->at))
    return TRUE;

  memmove (run->buffer, run->buffer + run->at, left);
  run->at = 0;
  run->len = left;
  while (run->len < RUN_BUFFER)
    {
      gssize n = read (run->fd, run->buffer + run->len, RUN_BUFFER - run->len);

      if (n < 0 && errno != EINTR)
        return fail (self, error);
      if (n == 0)
        break;
      run->len += (gsize) MAX (n, 0);
    }

  return run->len >= ENTRY_HEADER;
}

static const guint8 *
run_entry (VliveLocalSorter *self, guint i)
{
  Run *run = &g_array_index (self->runs, Run, g_array_index (self->heap, guint, i));

  return run->buffer + run->at;
}

static void
sift_down (VliveLocalSorter *self, guint i)
{
  guint *heap = (guint *) (void *) self->heap->data;

  for (;;)
    {
      guint least = 2 * i + 1;
      guint swapped = heap[i];

      if (least >= self->heap->len)
        return;
      if (least + 1 < self->heap->len
          && compare_entries (run_entry (self, least + 1), run_entry (self, least)) < 0)
        least++;
      if (compare_entries (run_entry (self, i), run_entry (self, least)) <= 0)
        return;
      heap[i] = heap[least];
      heap[least] = swapped;
      i = least;
    }
}

gboolean
_vlive_local_sorter_sort (VliveLocalSorter *self, GError **error)
{
  sort_memory (self);
  if (self->runs->len == 0)
    return TRUE;
  if (self->offsets->len > 0 && !write_run (self, error))
    return FALSE;

  g_clear_pointer (&self->entries, g_free);
  self->capacity = 0;
  for (guint i = 0; i < self->runs->len; i++)
    {
      if (!fill_run (self, &g_array_index (self->runs, Run, i), error))
        return FALSE;
      g_array_append_val (self->heap, i);
    }
  for (guint i = self->heap->len / 2; i > 0; i--)
    sift_down (self, i - 1);

  return TRUE;
}

/* The run whose entry was given moves on. */
static gboolean
advance_heap (VliveLocalSorter *self, GError **error)
{
  Run *run = &g_array_index (self->runs, Run, g_array_index (self->heap, guint, 0));
  g_autoptr (GError) local = NULL;

  run->at += ENTRY_HEADER + entry_key_size (run->buffer + run->at);
  if (!fill_run (self, run, &local))
    {
      if (local != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return FALSE;
        }
      g_array_remove_index_fast (self->heap, 0);
    }
  if (self->heap->len > 0)
    sift_down (self, 0);

  return TRUE;
}

gboolean
_vlive_local_sorter_next (VliveLocalSorter *self,
                          const guint8 **key,
                          gsize *key_size,
                          guint64 *number,
                          GError **error)
{
  const guint8 *entry;

  if (self->runs->len == 0)
    {
      if (self->at == self->offsets->len)
        return FALSE;
      entry = self->entries + g_array_index (self->offsets, gsize, self->at++);
    }
  else
    {
      if (self->started && self->heap->len > 0 && !advance_heap (self, error))
        return FALSE;
      self->started = TRUE;
      if (self->heap->len == 0)
        return FALSE;
      entry = run_entry (self, 0);
    }

  *key = entry + ENTRY_HEADER;
  *key_size = entry_key_size (entry);
  *number = entry_number (entry);

  return TRUE;
}
