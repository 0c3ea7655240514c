/* stream-conformance.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "stream-conformance.h"

typedef struct
{
  const StreamConformance *conformance;
  gpointer source; /* the implementation's fixture */
  VliveLiveStream *stream;
  GString *log; /* "up;", "resumed;", and the ids of events: "a;" */
  guint n_ups;
  guint n_events;
  guint n_states;  /* notifications of "state" */
  GThread *thread; /* the only one that may emit */
} Fixture;

static void
up_cb (VliveLiveStream *stream, gboolean resumed, gpointer data)
{
  Fixture *f = data;

  g_assert_true (g_thread_self () == f->thread);
  g_assert_cmpint (vlive_live_stream_get_state (stream), ==, VLIVE_STREAM_LIVE);
  f->n_ups++;
  g_string_append (f->log, resumed ? "resumed;" : "up;");
}

static void
event_cb (VliveLiveStream *stream, VliveChangeEvent *event, gpointer data)
{
  Fixture *f = data;
  const char *id = vlive_change_event_get_id (event);

  g_assert_true (g_thread_self () == f->thread);
  g_assert_cmpint (vlive_live_stream_get_state (stream), ==, VLIVE_STREAM_LIVE);
  g_assert_cmpuint (f->n_ups, >, 0);
  f->n_events++;
  g_string_append_printf (f->log, "%s;", id != NULL ? id : "-");
}

static void
state_cb (VliveLiveStream *stream, GParamSpec *pspec, gpointer data)
{
  Fixture *f = data;
  VliveStreamState state;

  g_assert_true (g_thread_self () == f->thread);
  g_object_get (stream, "state", &state, NULL);
  g_assert_cmpint (state, ==, vlive_live_stream_get_state (stream));
  f->n_states++;
}

static void
set_up (Fixture *f, gconstpointer data)
{
  f->conformance = data;
  f->log = g_string_new (NULL);
  f->thread = g_thread_self ();
  f->stream = f->conformance->make (&f->source);
  g_signal_connect (f->stream, "up", G_CALLBACK (up_cb), f);
  g_signal_connect (f->stream, "event", G_CALLBACK (event_cb), f);
  g_signal_connect (f->stream, "notify::state", G_CALLBACK (state_cb), f);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  if (f->stream != NULL)
    g_assert_finalize_object (f->stream);
  f->conformance->clear (f->source);
  vlive_test_assert_all_gone ();
  g_string_free (f->log, TRUE);
}

static VliveStreamState
get_state (Fixture *f)
{
  return vlive_live_stream_get_state (f->stream);
}

static void
change (Fixture *f, const char *id)
{
  f->conformance->change (f->source, id);
}

static void
wait_log (Fixture *f, const char *expected)
{
  gint64 deadline = g_get_monotonic_time () + vlive_test_patience_us ();

  while (f->log->len < strlen (expected) && g_get_monotonic_time () < deadline)
    vlive_test_turn ();
  g_assert_cmpstr (f->log->str, ==, expected);
  g_string_truncate (f->log, 0);
}

/* Nothing more comes. */
static void
assert_quiet (Fixture *f)
{
  vlive_test_spin (50);
  g_assert_cmpstr (f->log->str, ==, "");
}

static void
start_up (Fixture *f)
{
  vlive_live_stream_start (f->stream);
  wait_log (f, "up;");
  g_assert_cmpint (get_state (f), ==, VLIVE_STREAM_LIVE);
}

static void
test_states (Fixture *f, gconstpointer data)
{
  g_assert_cmpint (get_state (f), ==, VLIVE_STREAM_STOPPED);
  assert_quiet (f);
  start_up (f);
  g_assert_cmpuint (f->n_states, >=, 1);
  assert_quiet (f);
  vlive_live_stream_stop (f->stream);
  g_assert_cmpint (get_state (f), ==, VLIVE_STREAM_STOPPED);
  g_assert_cmpuint (f->n_states, >=, 2);
  assert_quiet (f);
}

/* "up" comes first, once, and what happened before is not told. */
static void
test_up_before_events (Fixture *f, gconstpointer data)
{
  change (f, "a");
  start_up (f);
  change (f, "b");
  change (f, "c");
  wait_log (f, "b;c;");
  assert_quiet (f);
  g_assert_cmpuint (f->n_ups, ==, 1);
}

/* Each one, in order, also of one record. */
static void
test_order (Fixture *f, gconstpointer data)
{
  g_autoptr (GString) expected = g_string_new (NULL);

  start_up (f);
  for (guint i = 0; i < 300; i++)
    {
      char id[] = { (char) ('a' + i * 7 % 26), '\0' };

      change (f, id);
      g_string_append_printf (expected, "%s;", id);
    }
  wait_log (f, expected->str);
  assert_quiet (f);
}

/* A second subscriber does not make the first believe that it lost events. */
static void
test_counted (Fixture *f, gconstpointer data)
{
  start_up (f);
  vlive_live_stream_start (f->stream);
  assert_quiet (f);
  change (f, "a");
  wait_log (f, "a;");
  vlive_live_stream_stop (f->stream);
  g_assert_cmpint (get_state (f), ==, VLIVE_STREAM_LIVE);
  change (f, "b");
  wait_log (f, "b;");
  vlive_live_stream_stop (f->stream);
  g_assert_cmpint (get_state (f), ==, VLIVE_STREAM_STOPPED);
  change (f, "c");
  assert_quiet (f);
}

static void
test_stopped_at_once (Fixture *f, gconstpointer data)
{
  for (guint i = 0; i < 3; i++)
    {
      vlive_live_stream_start (f->stream);
      vlive_live_stream_stop (f->stream);
      g_string_truncate (f->log, 0);
      assert_quiet (f);
    }
  g_assert_cmpint (get_state (f), ==, VLIVE_STREAM_STOPPED);
}

/* What happened while it was stopped: told, or said to be lost. */
static void
test_restart (Fixture *f, gconstpointer data)
{
  start_up (f);
  change (f, "a");
  wait_log (f, "a;");
  vlive_live_stream_stop (f->stream);
  change (f, "b");
  change (f, "c");
  assert_quiet (f);
  vlive_live_stream_start (f->stream);
  wait_log (f, f->conformance->resumes ? "resumed;b;c;" : "up;");
  change (f, "d");
  wait_log (f, "d;");
  g_assert_cmpuint (f->n_ups, ==, 2);
}

static void
test_connection (Fixture *f, gconstpointer data)
{
  start_up (f);
  f->conformance->set_connected (f->source, FALSE);
  VLIVE_TEST_WAIT (get_state (f) == VLIVE_STREAM_WAITING);
  change (f, "a");
  assert_quiet (f);
  f->conformance->set_connected (f->source, TRUE);
  wait_log (f, f->conformance->resumes ? "resumed;a;" : "up;");
  change (f, "b");
  wait_log (f, "b;");
}

static void
test_started_without (Fixture *f, gconstpointer data)
{
  f->conformance->set_connected (f->source, FALSE);
  vlive_live_stream_start (f->stream);
  VLIVE_TEST_WAIT (get_state (f) == VLIVE_STREAM_WAITING);
  assert_quiet (f);
  vlive_live_stream_start (f->stream);
  assert_quiet (f);
  f->conformance->set_connected (f->source, TRUE);
  wait_log (f, "up;");
  f->conformance->set_connected (f->source, FALSE);
  VLIVE_TEST_WAIT (get_state (f) == VLIVE_STREAM_WAITING);
  vlive_live_stream_stop (f->stream);
  vlive_live_stream_stop (f->stream);
  g_assert_cmpint (get_state (f), ==, VLIVE_STREAM_STOPPED);
  f->conformance->set_connected (f->source, TRUE);
  assert_quiet (f);
}

static void
stop_at_event_cb (VliveLiveStream *stream, VliveChangeEvent *event, gpointer data)
{
  vlive_live_stream_stop (stream);
}

/* Whoever listens may stop from within, and hears nothing more. */
static void
test_stop_inside_event (Fixture *f, gconstpointer data)
{
  gulong handler;

  start_up (f);
  handler = g_signal_connect (f->stream, "event", G_CALLBACK (stop_at_event_cb), NULL);
  change (f, "a");
  change (f, "b");
  change (f, "c");
  wait_log (f, "a;");
  assert_quiet (f);
  g_assert_cmpint (get_state (f), ==, VLIVE_STREAM_STOPPED);
  g_clear_signal_handler (&handler, f->stream);
  vlive_live_stream_start (f->stream);
  wait_log (f, f->conformance->resumes ? "resumed;b;c;" : "up;");
}

static void
stop_at_up_cb (VliveLiveStream *stream, gboolean resumed, gpointer data)
{
  vlive_live_stream_stop (stream);
}

static void
test_stop_inside_up (Fixture *f, gconstpointer data)
{
  gulong handler = g_signal_connect (f->stream, "up", G_CALLBACK (stop_at_up_cb), NULL);

  vlive_live_stream_start (f->stream);
  wait_log (f, "up;");
  change (f, "a");
  assert_quiet (f);
  g_clear_signal_handler (&handler, f->stream);
  vlive_live_stream_start (f->stream);
  wait_log (f, f->conformance->resumes ? "resumed;a;" : "up;");
}

static void
stop_at_state_cb (VliveLiveStream *stream, GParamSpec *pspec, gpointer data)
{
  if (vlive_live_stream_get_state (stream) == (VliveStreamState) GPOINTER_TO_INT (data))
    vlive_live_stream_stop (stream);
}

/* Also from within what tells of a state on the way. */
static void
test_stop_inside_state (Fixture *f, gconstpointer data)
{
  static const VliveStreamState states[] = { VLIVE_STREAM_CONNECTING,
                                             VLIVE_STREAM_LIVE };

  for (guint i = 0; i < G_N_ELEMENTS (states); i++)
    {
      gulong handler =
          g_signal_connect (f->stream, "notify::state", G_CALLBACK (stop_at_state_cb),
                            GINT_TO_POINTER (states[i]));

      vlive_live_stream_start (f->stream);
      VLIVE_TEST_WAIT (get_state (f) != VLIVE_STREAM_CONNECTING);
      g_clear_signal_handler (&handler, f->stream);
      /* A stream that never tells of that state is up. */
      if (get_state (f) == VLIVE_STREAM_LIVE)
        {
          wait_log (f, "up;");
          vlive_live_stream_stop (f->stream);
        }
      assert_quiet (f);
      g_assert_cmpint (get_state (f), ==, VLIVE_STREAM_STOPPED);
    }
}

static void
restart_cb (VliveLiveStream *stream, VliveChangeEvent *event, gpointer data)
{
  vlive_live_stream_stop (stream);
  vlive_live_stream_start (stream);
}

/* Stopped and started from within: that is the end of what was there, and
 * nothing is told twice. */
static void
test_restart_inside_event (Fixture *f, gconstpointer data)
{
  gulong handler;

  start_up (f);
  handler = g_signal_connect (f->stream, "event", G_CALLBACK (restart_cb), NULL);
  change (f, "a");
  wait_log (f, f->conformance->resumes ? "a;resumed;" : "a;up;");
  change (f, "b");
  wait_log (f, f->conformance->resumes ? "b;resumed;" : "b;up;");
  g_clear_signal_handler (&handler, f->stream);
  assert_quiet (f);
}

/* The same where several come at once, as after a while without. */
static void
test_inside_many (Fixture *f, gconstpointer data)
{
  gulong handler;

  if (!f->conformance->resumes)
    return;

  start_up (f);
  vlive_live_stream_stop (f->stream);
  for (char c = 'a'; c <= 'e'; c++)
    change (f, (char[]){ c, '\0' });
  handler = g_signal_connect (f->stream, "event", G_CALLBACK (stop_at_event_cb), NULL);
  vlive_live_stream_start (f->stream);
  wait_log (f, "resumed;a;");
  assert_quiet (f);
  g_clear_signal_handler (&handler, f->stream);
  handler = g_signal_connect (f->stream, "event", G_CALLBACK (restart_cb), NULL);
  vlive_live_stream_start (f->stream);
  wait_log (f, "resumed;b;resumed;c;resumed;d;resumed;e;resumed;");
  g_clear_signal_handler (&handler, f->stream);
  assert_quiet (f);
}

static void
start_cb (VliveLiveStream *stream, VliveChangeEvent *event, gpointer data)
{
  vlive_live_stream_start (stream);
}

static void
test_start_inside_event (Fixture *f, gconstpointer data)
{
  gulong handler;

  start_up (f);
  handler = g_signal_connect (f->stream, "event", G_CALLBACK (start_cb), NULL);
  change (f, "a");
  change (f, "b");
  wait_log (f, "a;b;");
  g_clear_signal_handler (&handler, f->stream);
  for (guint i = 0; i < 3; i++)
    vlive_live_stream_stop (f->stream);
  g_assert_cmpint (get_state (f), ==, VLIVE_STREAM_STOPPED);
}

/* Whoever drops it need not stop it, nor wait for it. */
static void
test_finalize (Fixture *f, gconstpointer data)
{
  vlive_live_stream_start (f->stream);
  g_assert_finalize_object (g_steal_pointer (&f->stream));
  g_assert_cmpint (_vlive_census_get (VLIVE_CENSUS_STREAM), ==, 0);
  g_string_truncate (f->log, 0);
  change (f, "a");
  assert_quiet (f);
}

static void
test_finalize_live (Fixture *f, gconstpointer data)
{
  start_up (f);
  change (f, "a");
  g_string_truncate (f->log, 0);
  g_assert_finalize_object (g_steal_pointer (&f->stream));
  g_assert_cmpint (_vlive_census_get (VLIVE_CENSUS_STREAM), ==, 0);
  change (f, "b");
  assert_quiet (f);
}

static void
drop_cb (VliveLiveStream *stream, VliveChangeEvent *event, gpointer data)
{
  Fixture *f = data;

  g_clear_object (&f->stream);
}

static void
test_drop_inside_event (Fixture *f, gconstpointer data)
{
  start_up (f);
  g_signal_connect (f->stream, "event", G_CALLBACK (drop_cb), f);
  change (f, "a");
  wait_log (f, "a;");
  VLIVE_TEST_WAIT (_vlive_census_get (VLIVE_CENSUS_STREAM) == 0);
  g_assert_null (f->stream);
  change (f, "b");
  assert_quiet (f);
}

static void
add (const char *name,
     const char *test,
     const StreamConformance *conformance,
     void (*func) (Fixture *f, gconstpointer data))
{
  g_autofree char *path = g_strdup_printf ("/stream/%s/conformance/%s", name, test);

  g_test_add (path, Fixture, conformance, set_up, func, tear_down);
}

void
stream_conformance_add (const char *name, const StreamConformance *conformance)
{
  static const struct
  {
    const char *test;
    void (*func) (Fixture *f, gconstpointer data);
  } tests[] = {
    { "states", test_states },
    { "up-before-events", test_up_before_events },
    { "order", test_order },
    { "counted", test_counted },
    { "stopped-at-once", test_stopped_at_once },
    { "restart", test_restart },
    { "connection", test_connection },
    { "started-without", test_started_without },
    { "stop-inside-event", test_stop_inside_event },
    { "stop-inside-up", test_stop_inside_up },
    { "stop-inside-state", test_stop_inside_state },
    { "restart-inside-event", test_restart_inside_event },
    { "inside-many", test_inside_many },
    { "start-inside-event", test_start_inside_event },
    { "finalize", test_finalize },
    { "finalize-live", test_finalize_live },
    { "drop-inside-event", test_drop_inside_event },
  };

  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    add (name, tests[i].test, conformance, tests[i].func);
}
