/* test-manual-stream.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "stream-conformance.h"

typedef struct
{
  VliveManualStream *stream;
  GString *log;
  GThread *thread; /* the only one that may emit */
} Fixture;

static void
up_cb (VliveLiveStream *stream, gboolean resumed, gpointer data)
{
  Fixture *f = data;

  g_assert_true (g_thread_self () == f->thread);
  g_string_append (f->log, resumed ? "resumed;" : "up;");
}

static void
event_cb (VliveLiveStream *stream, VliveChangeEvent *event, gpointer data)
{
  Fixture *f = data;
  const char *id = vlive_change_event_get_id (event);

  g_assert_true (g_thread_self () == f->thread);
  g_string_append_printf (f->log, "%d:%s;", vlive_change_event_get_kind (event),
                          id != NULL ? id : "-");
}

static void
state_cb (VliveLiveStream *stream, GParamSpec *pspec, gpointer data)
{
  Fixture *f = data;
  VliveStreamState state;

  g_object_get (stream, "state", &state, NULL);
  g_assert_cmpint (state, ==, vlive_live_stream_get_state (stream));
  g_string_append_printf (f->log, "state %d;", state);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  f->stream = vlive_manual_stream_new ();
  f->log = g_string_new (NULL);
  f->thread = g_thread_self ();
  g_signal_connect (f->stream, "up", G_CALLBACK (up_cb), f);
  g_signal_connect (f->stream, "event", G_CALLBACK (event_cb), f);
  g_signal_connect (f->stream, "notify::state", G_CALLBACK (state_cb), f);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_string_free (f->log, TRUE);
  g_assert_finalize_object (f->stream);
}

static void
assert_log (Fixture *f, const char *expected)
{
  g_assert_cmpstr (f->log->str, ==, expected);
  g_string_truncate (f->log, 0);
}

static guint
push (Fixture *f, VliveChangeKind kind, const char *id)
{
  g_autoptr (VliveChangeEvent) event = vlive_change_event_new (kind, id, NULL, 0);

  return vlive_manual_stream_push (f->stream, event);
}

static void
test_push (Fixture *f, gconstpointer data)
{
  VliveLiveStream *stream = VLIVE_LIVE_STREAM (f->stream);

  g_assert_cmpint (vlive_live_stream_get_state (stream), ==, VLIVE_STREAM_STOPPED);
  g_assert_cmpuint (push (f, VLIVE_CHANGE_UPDATED, "a"), ==, 0);
  assert_log (f, "");

  vlive_live_stream_start (stream);
  assert_log (f, "state 2;up;");
  g_assert_cmpuint (push (f, VLIVE_CHANGE_UPDATED, "a"), ==, 1);
  g_assert_cmpuint (push (f, VLIVE_CHANGE_INSERTED, "b"), ==, 1);
  g_assert_cmpuint (push (f, VLIVE_CHANGE_DELETED, "a"), ==, 1);
  g_assert_cmpuint (push (f, VLIVE_CHANGE_CHANGED, NULL), ==, 1);
  assert_log (f, "2:a;1:b;3:a;0:-;");

  vlive_live_stream_stop (stream);
  assert_log (f, "state 0;");
  g_assert_cmpuint (push (f, VLIVE_CHANGE_UPDATED, "a"), ==, 0);
  assert_log (f, "");
}

/* A second subscriber does not make the first believe that it lost events. */
static void
test_counted (Fixture *f, gconstpointer data)
{
  VliveLiveStream *stream = VLIVE_LIVE_STREAM (f->stream);

  vlive_live_stream_start (stream);
  vlive_live_stream_start (stream);
  assert_log (f, "state 2;up;");
  g_assert_cmpuint (vlive_manual_stream_get_n_subscribers (f->stream), ==, 2);
  g_assert_cmpuint (push (f, VLIVE_CHANGE_UPDATED, "a"), ==, 2);
  vlive_live_stream_stop (stream);
  assert_log (f, "2:a;");
  g_assert_cmpuint (push (f, VLIVE_CHANGE_UPDATED, "a"), ==, 1);
  vlive_live_stream_stop (stream);
  assert_log (f, "2:a;state 0;");
}

static void
test_connection (Fixture *f, gconstpointer data)
{
  VliveLiveStream *stream = VLIVE_LIVE_STREAM (f->stream);

  vlive_manual_stream_set_connected (f->stream, FALSE, FALSE);
  assert_log (f, "");
  vlive_live_stream_start (stream);
  assert_log (f, "state 3;");
  g_assert_cmpuint (push (f, VLIVE_CHANGE_UPDATED, "lost"), ==, 1);
  assert_log (f, "");

  vlive_manual_stream_set_connected (f->stream, TRUE, FALSE);
  assert_log (f, "state 2;up;");
  vlive_manual_stream_set_connected (f->stream, TRUE, FALSE);
  assert_log (f, "");
  vlive_manual_stream_set_connected (f->stream, FALSE, FALSE);
  vlive_manual_stream_set_connected (f->stream, TRUE, TRUE);
  assert_log (f, "state 3;state 2;resumed;");
  vlive_live_stream_stop (stream);
}

static void
stop_cb (VliveLiveStream *stream, VliveChangeEvent *event, gpointer data)
{
  vlive_live_stream_stop (stream);
}

/* Whoever listens may stop from within. */
static void
test_stop_inside (Fixture *f, gconstpointer data)
{
  VliveLiveStream *stream = VLIVE_LIVE_STREAM (f->stream);

  g_signal_connect (stream, "event", G_CALLBACK (stop_cb), NULL);
  vlive_live_stream_start (stream);
  g_assert_cmpuint (push (f, VLIVE_CHANGE_UPDATED, "a"), ==, 1);
  assert_log (f, "state 2;up;2:a;state 0;");
  g_assert_cmpuint (push (f, VLIVE_CHANGE_UPDATED, "a"), ==, 0);
  assert_log (f, "");
}

static VliveLiveStream *
make (gpointer *fixture)
{
  VliveManualStream *stream = vlive_manual_stream_new ();
  gpointer *weak = g_new0 (gpointer, 1);

  g_set_weak_pointer (weak, stream);
  *fixture = weak;

  return VLIVE_LIVE_STREAM (stream);
}

static void
clear (gpointer fixture)
{
  g_assert_null (*(gpointer *) fixture);
  g_free (fixture);
}

static void
change (gpointer fixture, const char *id)
{
  g_autoptr (VliveChangeEvent) event =
      vlive_change_event_new (VLIVE_CHANGE_UPDATED, id, NULL, 0);
  VliveManualStream *stream = *(gpointer *) fixture;

  if (stream != NULL)
    vlive_manual_stream_push (stream, event);
}

static void
set_connected (gpointer fixture, gboolean connected)
{
  vlive_manual_stream_set_connected (*(gpointer *) fixture, connected, FALSE);
}

static const StreamConformance conformance = {
  .make = make,
  .clear = clear,
  .change = change,
  .set_connected = set_connected,
};

int
main (int argc, char **argv)
{
  vlive_test_init (&argc, &argv);

#define ADD(name, func)                                                                \
  g_test_add ("/stream/manual/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("push", test_push);
  ADD ("counted", test_counted);
  ADD ("connection", test_connection);
  ADD ("stop-inside", test_stop_inside);
#undef ADD
  stream_conformance_add ("manual", &conformance);

  return vlive_test_run ();
}
