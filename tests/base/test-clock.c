/* test-clock.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "vlive-test.h"

static void
append_cb (gpointer data)
{
  gpointer *pair = data;

  g_string_append (pair[0], pair[1]);
}

static void
test_system (void)
{
  VliveClock *clock = _vlive_clock_get_default ();
  gint64 boot_us = _vlive_clock_get_boot_us (clock);
  GString *log = g_string_new (NULL);
  gpointer a[] = { log, (gpointer) "a" };
  gpointer b[] = { log, (gpointer) "b" };
  gpointer never[] = { log, (gpointer) "never" };
  VliveTimer *timer;

  g_assert_cmpint (boot_us, >, 0);
  g_assert_cmpint (_vlive_clock_get_boot_us (clock), >=, boot_us);
  g_assert_cmpint (ABS (_vlive_clock_get_real_us (clock) - g_get_real_time ()), <,
                   10 * G_USEC_PER_SEC);

  _vlive_clock_add_timer (clock, 0, G_PRIORITY_DEFAULT, append_cb, a, NULL);
  _vlive_clock_add_timer (clock, 20000, G_PRIORITY_DEFAULT, append_cb, b, NULL);
  timer =
      _vlive_clock_add_timer (clock, 1000, G_PRIORITY_DEFAULT, append_cb, never, NULL);
  g_assert_cmpint (_vlive_census_get (VLIVE_CENSUS_TIMER), ==, 3);
  _vlive_timer_cancel (timer);
  VLIVE_TEST_WAIT (log->len == 2);
  g_assert_cmpstr (log->str, ==, "ab");
  g_assert_cmpint (_vlive_census_get (VLIVE_CENSUS_TIMER), ==, 0);
  g_string_free (log, TRUE);
}

static void
test_manual (void)
{
  VliveClock *clock = _vlive_clock_new_manual (1000, 5000);
  GString *log = g_string_new (NULL);
  gpointer a[] = { log, (gpointer) "a" };
  gpointer b[] = { log, (gpointer) "b" };
  gpointer c[] = { log, (gpointer) "c" };

  _vlive_clock_add_timer (clock, 300, 0, append_cb, c, NULL);
  _vlive_clock_add_timer (clock, 100, 0, append_cb, a, NULL);
  _vlive_clock_add_timer (clock, 100, 0, append_cb, b, NULL);
  _vlive_clock_advance (clock, 99);
  g_assert_cmpstr (log->str, ==, "");
  _vlive_clock_advance (clock, 1);
  g_assert_cmpstr (log->str, ==, "ab");
  g_assert_cmpint (_vlive_clock_get_boot_us (clock), ==, 1100);
  g_assert_cmpint (_vlive_clock_get_real_us (clock), ==, 5100);
  _vlive_clock_advance (clock, 1000);
  g_assert_cmpstr (log->str, ==, "abc");
  g_assert_cmpint (_vlive_clock_get_boot_us (clock), ==, 2100);
  g_string_free (log, TRUE);
  g_assert_finalize_object (clock);
}

typedef struct
{
  VliveClock *clock;
  VliveTimer *victim;
  gint64 now;
  guint n_freed;
} Chain;

static void
freed_cb (gpointer data)
{
  ((Chain *) data)->n_freed++;
}

static void
second_cb (gpointer data)
{
  Chain *chain = data;

  chain->now = _vlive_clock_get_boot_us (chain->clock);
}

static void
first_cb (gpointer data)
{
  Chain *chain = data;

  _vlive_timer_cancel (g_steal_pointer (&chain->victim));
  _vlive_clock_add_timer (chain->clock, 50, 0, second_cb, chain, freed_cb);
}

/* A timer may make and cancel others; time stands at each one's due moment. */
static void
test_manual_chain (void)
{
  Chain chain = { _vlive_clock_new_manual (0, 0) };

  _vlive_clock_add_timer (chain.clock, 100, 0, first_cb, &chain, freed_cb);
  chain.victim =
      _vlive_clock_add_timer (chain.clock, 120, 0, first_cb, &chain, freed_cb);
  _vlive_clock_advance (chain.clock, 1000);
  g_assert_cmpint (chain.now, ==, 150);
  g_assert_cmpuint (chain.n_freed, ==, 3);
  g_assert_finalize_object (chain.clock);
}

int
main (int argc, char *argv[])
{
  vlive_test_init (&argc, &argv);
  g_test_add_func ("/base/clock/system", test_system);
  g_test_add_func ("/base/clock/manual", test_manual);
  g_test_add_func ("/base/clock/manual-chain", test_manual_chain);

  return vlive_test_run ();
}
