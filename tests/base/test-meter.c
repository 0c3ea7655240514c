/* test-meter.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "vlive-test.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

static void
burn (gint64 us)
{
  gint64 end = g_get_monotonic_time () + us;

  while (g_get_monotonic_time () < end)
    ;
}

/* Under a sanitizer the meter is kept off, and says so. */
static gboolean
meter_start (void)
{
  gboolean off = g_strcmp0 (g_getenv ("VLIVE_METER"), "off") == 0;
  gboolean started = _vlive_meter_start ();

  g_assert_true (started == !off);

  return started;
}

static void
test_off (void)
{
  VliveMeterSpan span = _vlive_meter_enter ("nothing");

  g_assert_null (span.name);
  _vlive_meter_leave (&span);
}

static void
test_kept_off (void)
{
  g_autofree char *before = g_strdup (g_getenv ("VLIVE_METER"));

  g_setenv ("VLIVE_METER", "off", TRUE);
  g_assert_false (_vlive_meter_start ());
  if (before == NULL)
    g_unsetenv ("VLIVE_METER");
}

static void
test_cpu (void)
{
  VliveMeterReading reading;

  if (!meter_start ())
    return;
  {
    VLIVE_METER_SPAN ("outer");
    {
      VLIVE_METER_SPAN ("inner");
      burn (3000);
    }
    _vlive_meter_pause ();
    _vlive_meter_pause ();
    burn (50000);
    _vlive_meter_resume ();
    _vlive_meter_resume ();
  }
  _vlive_meter_stop (&reading);
  g_assert_cmpuint (reading.n_spans, ==, 1);
  g_assert_cmpstr (reading.worst_span, ==, "outer");
  g_assert_cmpint (reading.longest_cpu_us, >, 0);
  g_assert_cmpint (reading.longest_cpu_us, <, 45000);
}

static void
test_wait (void)
{
  VliveMeterReading reading;

  if (!meter_start ())
    return;
  {
    VLIVE_METER_SPAN ("sleeper");
    g_usleep (5000);
  }
  _vlive_meter_stop (&reading);
  g_assert_cmpuint (reading.waits, >=, 1);
  g_assert_cmpint (reading.longest_wait_us, >=, 4000);
}

static void
test_wait_of_others (void)
{
  VliveMeterReading reading;

  if (!meter_start ())
    return;
  {
    VLIVE_METER_SPAN ("emitter");
    _vlive_meter_pause ();
    g_usleep (5000);
    _vlive_meter_resume ();
  }
  _vlive_meter_stop (&reading);
  g_assert_cmpuint (reading.waits, ==, 0);
}

static gpointer
other_thread (gpointer data)
{
  VLIVE_METER_SPAN ("other thread");
  g_usleep (1000);

  return NULL;
}

static void
test_other_thread (void)
{
  VliveMeterReading reading;

  if (!meter_start ())
    return;
  g_thread_join (g_thread_new ("other", other_thread, NULL));
  _vlive_meter_stop (&reading);
  g_assert_cmpuint (reading.n_spans, ==, 0);
}

/* A page that has to come from the disk is a major fault, and is seen. */
static void
test_fault (void)
{
  g_autofree char *folder = vlive_test_dup_folder ();
  g_autofree char *path = g_build_filename (folder, "cold", NULL);
  g_autofree char *zeros = g_malloc0 (1 << 20);
  VliveMeterReading reading;
  volatile char *map;
  unsigned char resident[256];
  int fd;

  if (!meter_start ())
    return;
  fd = open (path, O_RDWR | O_CREAT, 0600);
  g_assert_cmpint (write (fd, zeros, 1 << 20), ==, 1 << 20);
  g_assert_cmpint (fsync (fd), ==, 0);
  posix_fadvise (fd, 0, 0, POSIX_FADV_DONTNEED);
  map = mmap (NULL, 1 << 20, PROT_READ, MAP_SHARED, fd, 0);
  g_assert_true (map != MAP_FAILED);
  g_assert_cmpint (madvise ((void *) map, 1 << 20, MADV_RANDOM), ==, 0);
  g_assert_cmpint (mincore ((void *) map, 1 << 20, resident), ==, 0);
  {
    VLIVE_METER_SPAN ("cold");
    g_assert_cmpint (map[0], ==, 0);
  }
  _vlive_meter_stop (&reading);
  /* On a file system in memory nothing is ever cold. */
  if ((resident[0] & 1) == 0)
    g_assert_cmpuint (reading.major_faults, >=, 1);
  else
    g_assert_cmpuint (reading.major_faults, ==, 0);
  munmap ((void *) map, 1 << 20);
  close (fd);
}

int
main (int argc, char *argv[])
{
  vlive_test_init (&argc, &argv);
  g_test_add_func ("/base/meter/off", test_off);
  g_test_add_func ("/base/meter/kept-off", test_kept_off);
  g_test_add_func ("/base/meter/cpu", test_cpu);
  g_test_add_func ("/base/meter/wait", test_wait);
  g_test_add_func ("/base/meter/wait-of-others", test_wait_of_others);
  g_test_add_func ("/base/meter/other-thread", test_other_thread);
  g_test_add_func ("/base/meter/fault", test_fault);

  return vlive_test_run ();
}
