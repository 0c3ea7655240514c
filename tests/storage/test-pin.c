/* test-pin.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "storage-fixture.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "storage/vlive-pin-private.h"

static int
make_file (void)
{
  g_autofree char *path = test_dup_path ("pinned");
  int fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  g_autofree char *text = g_strnfill (8192, 'x');

  g_assert_cmpint (write (fd, text, 8192), ==, 8192);

  return fd;
}

static void
test_pin_basics (void)
{
  int fd = make_file ();
  VlivePin pin = { NULL };

  g_assert_true (_vlive_pin_map (&pin, fd, 8192));
  g_assert_true (_vlive_pin_is_resident (&pin));
  g_assert_cmpint (pin.data[8191], ==, 'x');
  /* It is the file, not a copy. */
  g_assert_cmpint (pwrite (fd, "y", 1, 5), ==, 1);
  g_assert_cmpint (pin.data[5], ==, 'y');
  _vlive_pin_unmap (&pin);
  g_assert_null (pin.data);
  _vlive_pin_unmap (&pin);
  close (fd);
  g_assert_false (_vlive_pin_map (&pin, fd, 8192));
}

/* Where no memory may be locked, it is asked for each time. */
static void
test_pin_unlocked (void)
{
  int fd = make_file ();
  VlivePin pin = { NULL };

  g_assert_true (_vlive_pin_map (&pin, fd, 8192));
  if (pin.locked)
    munlock (pin.data, pin.size);
  pin.locked = FALSE;
  g_assert_true (_vlive_pin_is_resident (&pin));
  _vlive_pin_unmap (&pin);
  close (fd);
}

static void
test_pin_spans (void)
{
  const gsize page_size = (gsize) sysconf (_SC_PAGESIZE);
  const gsize n_pages = 200;
  guint8 *map = mmap (NULL, n_pages * page_size, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

  g_assert_true (map != MAP_FAILED);
  g_assert_false (_vlive_span_is_resident (map, 1));
  for (gsize i = 0; i < n_pages; i++)
    if (i != 150)
      map[i * page_size] = 1;
  g_assert_true (_vlive_span_is_resident (map, 0));
  g_assert_true (_vlive_span_is_resident (map + 10, 150 * page_size - 10));
  g_assert_false (_vlive_span_is_resident (map + 10, 150 * page_size - 9));
  g_assert_false (_vlive_span_is_resident (map, n_pages * page_size));
  g_assert_false (_vlive_span_is_resident (map + 151 * page_size - 1, 1));
  g_assert_true (_vlive_span_is_resident (map + 151 * page_size, 49 * page_size));
  munmap (map, n_pages * page_size);
  /* What is not mapped at all is not there either. */
  g_assert_false (_vlive_span_is_resident (map, page_size));
}

int
main (int argc, char **argv)
{
  vlive_test_init (&argc, &argv);

  g_test_add_func ("/pin/basics", test_pin_basics);
  g_test_add_func ("/pin/unlocked", test_pin_unlocked);
  g_test_add_func ("/pin/spans", test_pin_spans);

  return vlive_test_run ();
}
