/* test-resident.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "storage-fixture.h"

#include <sys/mman.h>
#include <unistd.h>

#include "storage/vlive-resident-private.h"

/* What was in memory counts as such for 4 ms, and not longer. */
static void
test_resident_holds (void)
{
  const gsize page_size = (gsize) sysconf (_SC_PAGESIZE);
  guint8 *map = mmap (NULL, 8 * page_size, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  g_autofree VliveResident *resident = g_new0 (VliveResident, 1);
  const gint64 now = 1000000;

  g_assert_true (map != MAP_FAILED);
  g_assert_false (_vlive_resident_check (resident, now, map, page_size));
  map[0] = map[page_size] = 1;
  g_assert_true (_vlive_resident_check (resident, now, map, 2 * page_size));
  g_assert_false (_vlive_resident_check (resident, now, map, 3 * page_size));

  g_assert_cmpint (madvise (map, 8 * page_size, MADV_DONTNEED), ==, 0);
  g_assert_true (_vlive_resident_check (resident, now + 3999, map, 2 * page_size));
  g_assert_true (_vlive_resident_check (resident, now + 3999, map, page_size));
  g_assert_false (_vlive_resident_check (resident, now + 3999, map, 2 * page_size + 1));
  g_assert_false (_vlive_resident_check (resident, now + 3999, map + 16, page_size));
  g_assert_false (_vlive_resident_check (resident, now + 4000, map, page_size));

  /* What is found to have gone is not remembered, what is there again is. */
  map[0] = 1;
  g_assert_true (_vlive_resident_check (resident, now + 5000, map, page_size));
  g_assert_cmpint (madvise (map, 8 * page_size, MADV_DONTNEED), ==, 0);
  g_assert_true (_vlive_resident_check (resident, now + 6000, map, page_size));
  _vlive_resident_clear (resident);
  g_assert_false (_vlive_resident_check (resident, now + 6000, map, page_size));
  munmap (map, 8 * page_size);
}

/* More spans than there is room for push one another out, and nothing else. */
static void
test_resident_bounded (void)
{
  const gsize page_size = (gsize) sysconf (_SC_PAGESIZE);
  const gsize n_pages = 4 * VLIVE_RESIDENT_SLOTS;
  guint8 *map = mmap (NULL, n_pages * page_size, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  g_autofree VliveResident *resident = g_new0 (VliveResident, 1);

  g_assert_true (map != MAP_FAILED);
  for (gsize i = 0; i < n_pages; i += 2)
    map[i * page_size] = 1;
  for (guint round = 0; round < 2; round++)
    for (gsize i = 0; i < n_pages; i++)
      g_assert_cmpint (_vlive_resident_check (resident, 1, map + i * page_size,
                                              page_size),
                       ==, i % 2 == 0);
  munmap (map, n_pages * page_size);
}

static void
test_resident_now (void)
{
  gint64 now = _vlive_resident_get_now ();

  g_assert_cmpint (now, >, 0);
  g_assert_cmpint (now, <=, g_get_monotonic_time ());
  while (_vlive_resident_get_now () == now)
    ;
  g_assert_cmpint (_vlive_resident_get_now (), >, now);
}

int
main (int argc, char **argv)
{
  vlive_test_init (&argc, &argv);

  g_test_add_func ("/resident/holds", test_resident_holds);
  g_test_add_func ("/resident/bounded", test_resident_bounded);
  g_test_add_func ("/resident/now", test_resident_now);

  return vlive_test_run ();
}
