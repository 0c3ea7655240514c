/* test-monitor.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "vlive-test.h"

static guint64
get (VliveMonitor *monitor, const char *name)
{
  guint64 figure;

  g_object_get (monitor, name, &figure, NULL);

  return figure;
}

static void
count_cb (GObject *object, GParamSpec *pspec, gpointer data)
{
  ++*(guint *) data;
}

static void
test_census (void)
{
  g_autoptr (VliveMonitor) monitor = vlive_monitor_new ();
  guint n = 0;
  guint64 before;
  VliveCache *cache;

  g_signal_connect (monitor, "notify::n-caches", G_CALLBACK (count_cb), &n);
  vlive_monitor_update (monitor);
  before = get (monitor, "n-caches");
  g_assert_cmpuint (n, ==, before > 0 ? 1 : 0);

  n = 0;
  cache = vlive_memory_cache_new ();
  g_assert_cmpuint (get (monitor, "n-caches"), ==, before);
  vlive_monitor_update (monitor);
  g_assert_cmpuint (get (monitor, "n-caches"), ==, before + 1);
  vlive_monitor_update (monitor);
  g_assert_cmpuint (n, ==, 1);
  g_object_unref (cache);
  vlive_monitor_update (monitor);
  g_assert_cmpuint (get (monitor, "n-caches"), ==, before);
  g_assert_cmpuint (n, ==, 2);
}

/* Every figure has its own place. */
static void
test_kinds (void)
{
  static const struct
  {
    const char *name;
    VliveCensusKind kind;
  } figures[] = {
    { "n-stores", VLIVE_CENSUS_STORE },   { "n-tables", VLIVE_CENSUS_TABLE },
    { "n-rows", VLIVE_CENSUS_ROW },       { "n-writes", VLIVE_CENSUS_WRITE },
    { "n-masters", VLIVE_CENSUS_MASTER }, { "n-caches", VLIVE_CENSUS_CACHE },
    { "n-streams", VLIVE_CENSUS_STREAM }, { "n-storages", VLIVE_CENSUS_STORAGE },
    { "n-threads", VLIVE_CENSUS_THREAD }, { "n-timers", VLIVE_CENSUS_TIMER },
    { "n-pages", VLIVE_CENSUS_PAGE },     { "n-records", VLIVE_CENSUS_RECORD },
    { "n-tasks", VLIVE_CENSUS_TASK },
  };
  g_autoptr (VliveMonitor) monitor = vlive_monitor_new ();

  g_assert_cmpuint (G_N_ELEMENTS (figures), ==, VLIVE_N_CENSUS);
  for (guint i = 0; i < G_N_ELEMENTS (figures); i++)
    {
      guint64 before;

      vlive_monitor_update (monitor);
      before = get (monitor, figures[i].name);
      _vlive_census_add (figures[i].kind);
      vlive_monitor_update (monitor);
      g_assert_cmpuint (get (monitor, figures[i].name), ==, before + 1);
      _vlive_census_remove (figures[i].kind);
    }
}

static void
burn (gint64 us)
{
  gint64 end = g_get_monotonic_time () + us;
  VLIVE_METER_SPAN ("test-burn");

  while (g_get_monotonic_time () < end)
    ;
}

static void
test_metering (void)
{
  gboolean kept_off = g_strcmp0 (g_getenv ("VLIVE_METER"), "off") == 0;
  g_autoptr (VliveMonitor) monitor = vlive_monitor_new ();
  g_autoptr (VliveMonitor) other = vlive_monitor_new ();
  g_autofree char *worst = NULL;
  guint n = 0;

  g_signal_connect (monitor, "notify::metering", G_CALLBACK (count_cb), &n);
  vlive_monitor_set_metering (monitor, TRUE);
  g_assert_true (vlive_monitor_get_metering (monitor) == !kept_off);
  if (kept_off)
    {
      g_assert_cmpuint (n, ==, 0);
      return;
    }

  g_assert_cmpuint (n, ==, 1);
  /* There is one. */
  vlive_monitor_set_metering (other, TRUE);
  g_assert_false (vlive_monitor_get_metering (other));

  burn (3000);
  vlive_monitor_update (monitor);
  g_assert_cmpuint (get (monitor, "n-dispatches"), ==, 1);
  g_assert_cmpuint (get (monitor, "longest-cpu"), >, 0);
  g_object_get (monitor, "worst-dispatch", &worst, NULL);
  g_assert_cmpstr (worst, ==, "test-burn");

  /* Stopped, it keeps what it had. */
  burn (10);
  vlive_monitor_set_metering (monitor, FALSE);
  g_assert_cmpuint (n, ==, 2);
  g_assert_cmpuint (get (monitor, "n-dispatches"), ==, 2);
  burn (10);
  vlive_monitor_update (monitor);
  g_assert_cmpuint (get (monitor, "n-dispatches"), ==, 2);

  /* … until it starts anew; and it is free for another when it goes. */
  vlive_monitor_set_metering (monitor, TRUE);
  g_assert_cmpuint (get (monitor, "n-dispatches"), ==, 0);
  g_clear_object (&monitor);
  vlive_monitor_set_metering (other, TRUE);
  g_assert_true (vlive_monitor_get_metering (other));
}

/* From inside one of our dispatches, as a signal handler would. */
static void
test_stopped_inside (void)
{
  g_autoptr (VliveMonitor) monitor = vlive_monitor_new ();

  vlive_monitor_set_metering (monitor, TRUE);
  {
    VLIVE_METER_SPAN ("test-inside");

    vlive_monitor_set_metering (monitor, FALSE);
  }
  {
    VLIVE_METER_SPAN ("test-inside");

    vlive_monitor_set_metering (monitor, TRUE);
  }
  vlive_monitor_set_metering (monitor, FALSE);
  g_assert_cmpuint (get (monitor, "n-dispatches"), ==, 0);
}

static void
test_interval (void)
{
  VliveMonitor *monitor = vlive_monitor_new ();
  guint n = 0;

  g_signal_connect (monitor, "notify::n-tasks", G_CALLBACK (count_cb), &n);
  vlive_monitor_set_interval (monitor, 5);
  g_assert_cmpuint (vlive_monitor_get_interval (monitor), ==, 5);
  _vlive_census_add (VLIVE_CENSUS_TASK);
  VLIVE_TEST_WAIT (n == 1);
  _vlive_census_remove (VLIVE_CENSUS_TASK);
  VLIVE_TEST_WAIT (n == 2);
  /* A timer keeps nobody alive. */
  g_assert_finalize_object (monitor);
  g_assert_cmpint (_vlive_census_get (VLIVE_CENSUS_TIMER), ==, 0);
}

int
main (int argc, char **argv)
{
  vlive_test_init (&argc, &argv);

  g_test_add_func ("/base/monitor/census", test_census);
  g_test_add_func ("/base/monitor/kinds", test_kinds);
  g_test_add_func ("/base/monitor/metering", test_metering);
  g_test_add_func ("/base/monitor/stopped-inside", test_stopped_inside);
  g_test_add_func ("/base/monitor/interval", test_interval);

  return vlive_test_run ();
}
