/* test-worker.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "vlive-test.h"

typedef struct
{
  VliveWorker *worker;
  GThread *owner;
  GString *log;
  int n_run;   /* atomic */
  int n_freed; /* atomic */
} Fixture;

static void
run_cb (gpointer data)
{
  Fixture *fixture = data;

  g_assert_true (_vlive_worker_is_self (fixture->worker));
  g_assert_true (g_thread_self () != fixture->owner);
  g_atomic_int_inc (&fixture->n_run);
}

static void
done_cb (gpointer data)
{
  Fixture *fixture = data;

  g_assert_true (g_thread_self () == fixture->owner);
  g_string_append_c (fixture->log, 'd');
}

static void
freed_cb (gpointer data)
{
  g_atomic_int_inc (&((Fixture *) data)->n_freed);
}

static void
test_round_trip (void)
{
  Fixture fixture = { _vlive_worker_new ("test"), g_thread_self (),
                      g_string_new (NULL) };

  g_assert_false (_vlive_worker_is_self (fixture.worker));
  for (guint i = 0; i < 10; i++)
    _vlive_worker_push (fixture.worker, run_cb, done_cb, &fixture, freed_cb,
                        g_main_context_default (), 100);
  _vlive_worker_push (fixture.worker, run_cb, NULL, &fixture, freed_cb, NULL, 0);
  VLIVE_TEST_WAIT (g_atomic_int_get (&fixture.n_freed) == 11);
  g_assert_cmpstr (fixture.log->str, ==, "dddddddddd");
  g_assert_cmpint (g_atomic_int_get (&fixture.n_run), ==, 11);

  _vlive_worker_free (fixture.worker);
  vlive_test_assert_all_gone ();
  g_string_free (fixture.log, TRUE);
}

static void
slow_cb (gpointer data)
{
  g_usleep (20000);
  g_atomic_int_inc (&((Fixture *) data)->n_run);
}

/* What was pushed still runs after the handle has gone. */
static void
test_free_drains (void)
{
  Fixture fixture = { _vlive_worker_new ("test"), g_thread_self (),
                      g_string_new (NULL) };

  for (guint i = 0; i < 3; i++)
    _vlive_worker_push (fixture.worker, slow_cb, NULL, &fixture, freed_cb, NULL, 0);
  _vlive_worker_free (fixture.worker);
  vlive_test_assert_all_gone ();
  g_assert_cmpint (fixture.n_run, ==, 3);
  g_assert_cmpint (fixture.n_freed, ==, 3);
  g_string_free (fixture.log, TRUE);
}

int
main (int argc, char *argv[])
{
  vlive_test_init (&argc, &argv);
  g_test_add_func ("/base/worker/round-trip", test_round_trip);
  g_test_add_func ("/base/worker/free-drains", test_free_drains);

  return vlive_test_run ();
}
