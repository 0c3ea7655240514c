/* test-rest-calls.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "fault-server.h"
#include "master-sync.h"
#include "vlive-test-server.h"

#include "master/vlive-rest-master-private.h"

#define SECOND G_USEC_PER_SEC
#define NOW_REAL (G_GINT64_CONSTANT (1700000000) * SECOND)

/* The story of what was done, and what to do when a line of it is heard. */
static GPtrArray *story;
static const char *wanted;
static void (*heard) (gpointer data);
static gpointer heard_data;

static void
story_cb (const char *line, gpointer data)
{
  g_ptr_array_add (story, g_strdup (line));
  if (wanted != NULL && strstr (line, wanted) != NULL)
    {
      wanted = NULL;
      heard (heard_data);
    }
}

static void
story_start (void)
{
  story = g_ptr_array_new_with_free_func (g_free);
  vlive_debug_set_story (story_cb, NULL, NULL);
}

static void
story_stop (void)
{
  vlive_debug_set_story (NULL, NULL, NULL);
  g_clear_pointer (&story, g_ptr_array_unref);
}

static guint
story_count (const char *text)
{
  guint n = 0;

  for (guint i = 0; i < story->len; i++)
    n += strstr (story->pdata[i], text) != NULL;

  return n;
}

/* Answers "busy" so often, and rows then. */
typedef struct
{
  guint n_busy;
  guint status;
  const char *retry_after;
} Busy;

static void
busy_cb (FaultServer *server, SoupServerMessage *message, gpointer data)
{
  Busy *busy = data;
  g_autofree char *rows = fault_dup_rows (1, 3);

  if (server->requests->len > busy->n_busy)
    {
      fault_answer (message, 200, "application/json",
                    strcmp (soup_server_message_get_method (message), "GET") == 0
                        ? rows
                        : "{}");
      return;
    }
  fault_answer (message, busy->status, "text/plain", "Slow down");
  if (busy->retry_after != NULL)
    soup_message_headers_replace (soup_server_message_get_response_headers (message),
                                  "Retry-After", busy->retry_after);
}

typedef struct
{
  FaultServer *server;
  VliveClock *clock;
  VliveRestMaster *master;
  GAsyncResult *result;
} Fixture;

static void
set_up (Fixture *fixture, FaultHandler handler, gpointer data)
{
  fixture->server = fault_server_new (handler, data);
  fixture->clock = _vlive_clock_new_manual (1000 * SECOND, NOW_REAL);
  fixture->master = fault_master_new (fixture->server->url, NULL);
  fixture->result = NULL;
  _vlive_rest_master_set_clock (fixture->master, fixture->clock);
  story_start ();
}

static void
tear_down (Fixture *fixture)
{
  story_stop ();
  g_clear_object (&fixture->result);
  fault_server_free (fixture->server);
  /* A worker that reads an answer nobody waits for lets go of it at its end. */
  g_object_add_weak_pointer (G_OBJECT (fixture->master), (gpointer *) &fixture->master);
  g_object_unref (fixture->master);
  VLIVE_TEST_WAIT (fixture->master == NULL);
  g_assert_finalize_object (fixture->clock);
}

static void
start_window (Fixture *fixture, GCancellable *cancellable)
{
  g_autoptr (VliveQuery) everything = vlive_query_new ();

  vlive_master_fetch_window_async (VLIVE_MASTER (fixture->master), everything, 0, 10,
                                   NULL, cancellable, vlive_test_result_cb,
                                   &fixture->result);
}

static void
start_write (Fixture *fixture,
             VliveWriteOp op,
             const char *id,
             GCancellable *cancellable)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VliveRecord) fields =
      vlive_record_new_from_variant ("", g_variant_new_parsed ("{'name': <'x'>}"),
                                     &error);
  g_autoptr (VliveWrite) write =
      vlive_write_new (op, id, op == VLIVE_WRITE_DELETE ? NULL : fields);

  g_assert_no_error (error);
  vlive_master_apply_async (VLIVE_MASTER (fixture->master), write, cancellable,
                            vlive_test_result_cb, &fixture->result);
}

static void
assert_window_rows (Fixture *fixture, guint n)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VlivePage) page = NULL;

  VLIVE_TEST_WAIT (fixture->result != NULL);
  page = vlive_master_fetch_window_finish (VLIVE_MASTER (fixture->master),
                                           fixture->result, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (vlive_page_get_n_records (page), ==, n);
  g_clear_object (&fixture->result);
}

static void
assert_window_fails (Fixture *fixture, GQuark domain, int code)
{
  g_autoptr (GError) error = NULL;

  VLIVE_TEST_WAIT (fixture->result != NULL);
  g_assert_null (vlive_master_fetch_window_finish (VLIVE_MASTER (fixture->master),
                                                   fixture->result, &error));
  g_assert_error (error, domain, code);
  g_clear_object (&fixture->result);
}

static void
assert_write_fails (Fixture *fixture, GQuark domain, int code)
{
  g_autoptr (GError) error = NULL;

  VLIVE_TEST_WAIT (fixture->result != NULL);
  g_assert_null (vlive_master_apply_finish (VLIVE_MASTER (fixture->master),
                                            fixture->result, &error));
  g_assert_error (error, domain, code);
  g_clear_object (&fixture->result);
}

/* 429 twice with Retry-After, then 200: three attempts, each at its time. */
static void
test_retry_after (void)
{
  Busy busy = { 2, 429, "2" };
  Fixture fixture;

  set_up (&fixture, busy_cb, &busy);
  start_window (&fixture, NULL);
  for (guint i = 1; i <= 2; i++)
    {
      VLIVE_TEST_WAIT (story_count ("again in 2 s") == i);
      _vlive_clock_advance (fixture.clock, 2 * SECOND - 1);
      vlive_test_turn ();
      g_assert_cmpuint (fixture.server->requests->len, ==, i);
      g_assert_null (fixture.result);
      _vlive_clock_advance (fixture.clock, 1);
    }
  assert_window_rows (&fixture, 3);
  g_assert_cmpuint (fixture.server->requests->len, ==, 3);
  g_assert_cmpuint (fixture.server->n_connections, ==, 1);
  tear_down (&fixture);
}

static void
assert_wait (guint status, const char *retry_after, const char *said, gint64 wait_us)
{
  Busy busy = { 1, status, retry_after };
  Fixture fixture;

  set_up (&fixture, busy_cb, &busy);
  start_window (&fixture, NULL);
  VLIVE_TEST_WAIT (story_count (said) == 1);
  _vlive_clock_advance (fixture.clock, wait_us);
  assert_window_rows (&fixture, 3);
  tear_down (&fixture);
}

static void
test_retry_after_forms (void)
{
  assert_wait (429, "99999", "again in 120 s", 120 * SECOND);
  assert_wait (429, "99999999999999999999999", "again in 120 s", 120 * SECOND);
  assert_wait (503, "0", "again in 0 s", 0);
  assert_wait (503, "5", "again in 5 s", 5 * SECOND);
  /* 1700000000 is 22:13:20. */
  assert_wait (503, "Tue, 14 Nov 2023 22:13:27 GMT", "again in 7 s", 7 * SECOND);
  assert_wait (503, "Tue, 14 Nov 2023 20:00:00 GMT", "again in 0 s", 0);
  assert_wait (503, "Tue, 14 Nov 2033 22:13:27 GMT", "again in 120 s", 120 * SECOND);
  assert_wait (429, "soon", "again in 1 s", SECOND);
  assert_wait (429, "-5", "again in 1 s", SECOND);
  assert_wait (429, NULL, "again in 1 s", SECOND);
}

/* It gives up, and says that the server is busy. */
static void
test_retry_bounded (void)
{
  Busy busy = { G_MAXUINT, 503, NULL };
  Fixture fixture;
  static const char *const said[] = { "again in 1 s", "again in 2 s", "again in 4 s" };

  set_up (&fixture, busy_cb, &busy);
  start_window (&fixture, NULL);
  for (guint i = 0; i < 3; i++)
    {
      VLIVE_TEST_WAIT (story_count (said[i]) == 1);
      _vlive_clock_advance (fixture.clock, SECOND << i);
    }
  assert_window_fails (&fixture, VLIVE_ERROR, VLIVE_ERROR_BUSY);
  g_assert_cmpuint (fixture.server->requests->len, ==, 4);
  g_assert_cmpuint (story_count ("again in"), ==, 3);
  tear_down (&fixture);
}

/* A refusal of 429 was no attempt; 503 may have been one. */
static void
test_retry_writes (void)
{
  static const struct
  {
    guint status;
    VliveWriteOp op;
    const char *id;
    gboolean repeated;
  } writes[] = {
    { 429, VLIVE_WRITE_INSERT, NULL, TRUE }, { 503, VLIVE_WRITE_INSERT, NULL, FALSE },
    { 503, VLIVE_WRITE_PATCH, "1", TRUE },   { 503, VLIVE_WRITE_REPLACE, "1", TRUE },
    { 503, VLIVE_WRITE_DELETE, "1", TRUE },  { 500, VLIVE_WRITE_PATCH, "1", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (writes); i++)
    {
      Busy busy = { 1, writes[i].status, "3" };
      Fixture fixture;

      set_up (&fixture, busy_cb, &busy);
      start_write (&fixture, writes[i].op, writes[i].id, NULL);
      if (writes[i].repeated)
        {
          g_autoptr (VliveReply) reply = NULL;

          VLIVE_TEST_WAIT (story_count ("again in 3 s") == 1);
          _vlive_clock_advance (fixture.clock, 3 * SECOND);
          VLIVE_TEST_WAIT (fixture.result != NULL);
          reply = vlive_master_apply_finish (VLIVE_MASTER (fixture.master),
                                             fixture.result, NULL);
          g_assert_nonnull (reply);
        }
      else
        assert_write_fails (&fixture, VLIVE_ERROR,
                            writes[i].status == 503 ? VLIVE_ERROR_BUSY
                                                    : VLIVE_ERROR_SERVER);
      g_assert_cmpuint (fixture.server->requests->len, ==, writes[i].repeated ? 2 : 1);
      tear_down (&fixture);
    }
}

static void
silent_cb (FaultServer *server, SoupServerMessage *message, gpointer data)
{
  soup_server_message_pause (message);
}

/* 30 s in all, by the clock. */
static void
test_timeout (void)
{
  Fixture fixture;

  set_up (&fixture, silent_cb, NULL);
  start_window (&fixture, NULL);
  VLIVE_TEST_WAIT (fixture.server->requests->len == 1);
  _vlive_clock_advance (fixture.clock, 30 * SECOND - 1);
  vlive_test_turn ();
  g_assert_null (fixture.result);
  _vlive_clock_advance (fixture.clock, 1);
  assert_window_fails (&fixture, VLIVE_ERROR, VLIVE_ERROR_TIMEOUT);
  /* A write that was sent may have been done. */
  start_write (&fixture, VLIVE_WRITE_PATCH, "1", NULL);
  VLIVE_TEST_WAIT (fixture.server->requests->len == 2);
  _vlive_clock_advance (fixture.clock, 30 * SECOND);
  assert_write_fails (&fixture, VLIVE_ERROR, VLIVE_ERROR_UNKNOWN_OUTCOME);
  tear_down (&fixture);
}

/* Sent, and the connection ends without an answer. */
static void
test_lost_answer (void)
{
  g_autoptr (FaultServer) server = fault_server_new_raw ("", TRUE);
  g_autoptr (FaultServer) cut =
      fault_server_new_raw ("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"id\"",
                            TRUE);
  FaultServer *servers[] = { server, cut };

  for (guint i = 0; i < G_N_ELEMENTS (servers); i++)
    for (int op = VLIVE_WRITE_INSERT; op <= VLIVE_WRITE_PATCH; op++)
      {
        VliveRestMaster *master = fault_master_new (servers[i]->url, NULL);
        g_autoptr (GError) error = NULL;

        g_assert_null (sync_write (VLIVE_MASTER (master), (VliveWriteOp) op,
                                   op == VLIVE_WRITE_INSERT ? NULL : "1",
                                   g_variant_new_parsed ("{'name': <'x'>}"), &error));
        assert_error_says (error, VLIVE_ERROR_UNKNOWN_OUTCOME,
                           "It is not known whether*");
        g_assert_finalize_object (master);
      }
}

/* A connection that was kept and is closed by the server costs nothing. */
static void
test_closed_connection (void)
{
  g_autoptr (FaultServer) server = fault_server_new_raw (
      "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
      "10\r\n\r\n[{\"id\":1}]",
      TRUE);
  VliveRestMaster *master = fault_master_new (server->url, NULL);

  for (guint i = 0; i < 10; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (VlivePage) page =
          sync_fetch_window (VLIVE_MASTER (master), NULL, 0, 10, NULL, NULL, &error);

      g_assert_no_error (error);
      g_assert_cmpuint (vlive_page_get_n_records (page), ==, 1);
    }
  g_assert_finalize_object (master);
}

static void
tagged_cb (FaultServer *server, SoupServerMessage *message, gpointer data)
{
  g_autofree char *rows = fault_dup_rows (1, 3);
  const char *method = soup_server_message_get_method (message);
  const char *tag =
      soup_message_headers_get_one (soup_server_message_get_request_headers (message),
                                    "If-None-Match");

  if (strcmp (method, "GET") != 0)
    fault_answer (message, 200, "application/json", "{}");
  else if (g_strcmp0 (tag, "\"v1\"") == 0)
    fault_answer (message, 304, NULL, NULL);
  else
    fault_answer (message, 200, "application/json", rows);
  soup_message_headers_replace (soup_server_message_get_response_headers (message),
                                "ETag", "\"v1\"");
}

static void
exchange (VliveRestMaster *master, guint turn)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VlivePage) page = NULL;
  g_autoptr (VlivePage) again = NULL;
  g_autoptr (VliveReply) reply = NULL;
  g_autofree char *name = g_strdup_printf ("name %u", turn);

  page = sync_fetch_window (VLIVE_MASTER (master), NULL, 0, 3, NULL, NULL, &error);
  g_assert_no_error (error);
  again = sync_fetch_window (VLIVE_MASTER (master), NULL, 0, 3,
                             vlive_page_get_validator (page), NULL, &error);
  g_assert_no_error (error);
  g_assert_true (vlive_page_is_not_modified (again));
  reply = sync_write (VLIVE_MASTER (master), VLIVE_WRITE_PATCH, "2",
                      g_variant_new_parsed ("{'name': <%s>}", name), &error);
  g_assert_no_error (error);
}

/* A thousand, one after another, of GET, 304 and PATCH. */
static void
test_connections (void)
{
  g_autoptr (FaultServer) server = fault_server_new (tagged_cb, NULL);
  VliveRestMaster *master = fault_master_new (server->url, NULL);

  for (guint i = 0; i < 334; i++)
    exchange (master, i);
  for (guint i = 0; i < 20; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (VliveReply) put =
          sync_write (VLIVE_MASTER (master), VLIVE_WRITE_REPLACE, "1",
                      g_variant_new_parsed ("{'name': <'x'>}"), &error);
      g_autoptr (VliveReply) gone =
          sync_write (VLIVE_MASTER (master), VLIVE_WRITE_DELETE, "1", NULL, &error);

      g_assert_no_error (error);
      g_assert_nonnull (put);
      g_assert_nonnull (gone);
    }
  g_assert_cmpuint (server->requests->len, ==, 334 * 3 + 40);
  g_assert_cmpuint (server->n_connections, <=, 2);
  for (guint i = 0; i < server->headers->len; i++)
    {
      SoupMessageHeaders *headers = server->headers->pdata[i];

      /* It would turn every 304 into a 200. */
      g_assert_null (soup_message_headers_get_one (headers, "Cache-Control"));
      g_assert_null (soup_message_headers_get_one (headers, "Pragma"));
      g_assert_cmpstr (soup_message_headers_get_one (headers, "Accept"), ==,
                       "application/json");
    }
  g_assert_finalize_object (master);
}

/* Answers that have no length and no body. (SoupServer closes after them.) */
static void
test_connections_without_length (void)
{
  static const char *const answers[] = {
    "HTTP/1.1 204 No Content\r\n\r\n",
    "HTTP/1.1 304 Not Modified\r\nETag: \"v1\"\r\n\r\n"
  };

  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (FaultServer) server = fault_server_new_raw (answers[i], TRUE);
      VliveRestMaster *master = fault_master_new (server->url, NULL);

      server->raw_keeps = TRUE;
      for (guint k = 0; k < 50; k++)
        {
          g_autoptr (GError) error = NULL;
          g_autoptr (VliveReply) reply = NULL;
          g_autoptr (VlivePage) page = NULL;

          if (i == 0)
            reply = sync_write (VLIVE_MASTER (master), VLIVE_WRITE_DELETE, "1", NULL,
                                &error);
          else
            page = sync_fetch_window (VLIVE_MASTER (master), NULL, 0, 3, "\"v1\"", NULL,
                                      &error);
          g_assert_no_error (error);
        }
      g_assert_cmpuint (server->n_connections, ==, 1);
      g_assert_finalize_object (master);
    }
}

static void
test_connections_of_json_server (void)
{
  g_autoptr (VliveTestServer) server = vlive_test_server_start_json_server (
      "{\"things\":[{\"id\":1},{\"id\":2},{\"id\":3}]}");
  g_autoptr (GError) error = NULL;
  g_autoptr (VliveProfile) shipped = vlive_profile_load ("json-server", &error);
  g_autoptr (VliveProfile) profile =
      vlive_profile_with_base_url (shipped, vlive_test_server_get_url (server), &error);
  VliveRestMaster *master = vlive_rest_master_new (profile, "things");

  for (guint i = 0; i < 334; i++)
    exchange (master, i);
  g_assert_cmpuint (vlive_test_server_get_n_connections (server), >=, 1);
  g_assert_cmpuint (vlive_test_server_get_n_connections (server), <=, 2);
  g_assert_finalize_object (master);
}

/* An insert that could be made twice is never sent twice by itself. */
static void
test_insert_connections (void)
{
  g_autoptr (FaultServer) server = fault_server_new (tagged_cb, NULL);
  g_autofree char *profile =
      g_strconcat (fault_profile, "idempotency-header=Idempotency-Key\n", NULL);
  VliveRestMaster *master = fault_master_new (server->url, profile);
  const char *first;
  const char *second;

  for (guint i = 0; i < 10; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (VliveReply) reply =
          sync_write (VLIVE_MASTER (master), VLIVE_WRITE_INSERT, NULL,
                      g_variant_new_parsed ("{'name': <'x'>}"), &error);

      g_assert_no_error (error);
      g_assert_nonnull (reply);
    }
  /* With a key of its own it may be, and keeps its connection. */
  g_assert_cmpuint (server->n_connections, ==, 1);
  first = soup_message_headers_get_one (server->headers->pdata[0], "Idempotency-Key");
  second = soup_message_headers_get_one (server->headers->pdata[1], "Idempotency-Key");
  g_assert_true (g_uuid_string_is_valid (first));
  g_assert_cmpstr (first, !=, second);
  g_assert_true ((vlive_description_get_capabilities (
                      vlive_master_get_description (VLIVE_MASTER (master)))
                  & VLIVE_CAN_REPEAT_WRITES)
                 != 0);
  g_assert_finalize_object (master);
}

static void
test_max_connections (void)
{
  g_autoptr (FaultServer) server = fault_server_new (silent_cb, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (VliveProfile) given =
      vlive_profile_new_from_data (fault_profile, -1, &error);
  g_autoptr (VliveProfile) profile =
      vlive_profile_with_base_url (given, server->url, &error);
  VliveRestMaster *master = g_object_new (VLIVE_TYPE_REST_MASTER, "profile", profile,
                                          "resource", "things", "max-fetches", 2, NULL);
  GAsyncResult *results[20] = { NULL };
  g_autoptr (VliveQuery) everything = vlive_query_new ();

  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    vlive_master_fetch_window_async (VLIVE_MASTER (master), everything, i, 1, NULL,
                                     NULL, vlive_test_result_cb, &results[i]);
  VLIVE_TEST_WAIT (server->requests->len == 4);
  vlive_test_spin (50);
  g_assert_cmpuint (server->requests->len, ==, 4);
  vlive_rest_master_close (master);
  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    {
      g_autoptr (GError) closed = NULL;

      VLIVE_TEST_WAIT (results[i] != NULL);
      g_assert_null (vlive_master_fetch_window_finish (VLIVE_MASTER (master),
                                                       results[i], &closed));
      g_assert_error (closed, VLIVE_ERROR, VLIVE_ERROR_CLOSED);
      g_object_unref (results[i]);
    }
  g_assert_finalize_object (master);
}

/* Half of a body, and then nothing. */
static void
half_cb (FaultServer *server, SoupServerMessage *message, gpointer data)
{
  SoupMessageBody *body = soup_server_message_get_response_body (message);

  soup_server_message_set_status (message, 200, NULL);
  soup_message_headers_set_encoding (soup_server_message_get_response_headers (message),
                                     SOUP_ENCODING_CHUNKED);
  soup_message_body_append (body, SOUP_MEMORY_STATIC, "[{\"id\":1},", 10);
}

static void
large_cb (FaultServer *server, SoupServerMessage *message, gpointer data)
{
  g_autofree char *rows = fault_dup_rows (1, 50000);

  fault_answer (message, 200, "application/json", rows);
}

/* The places at which a call can be ended from outside. */
typedef enum
{
  STAGE_BEFORE,  /* before it was made */
  STAGE_AT_ONCE, /* before anything of it was done */
  STAGE_HEADERS, /* waiting for the answer */
  STAGE_BODY,    /* in the middle of it */
  STAGE_PARSE,   /* it is there, and a worker reads it */
  STAGE_RETRY,   /* waiting for the time of the next attempt */
  N_STAGES
} Stage;

typedef struct
{
  Fixture *fixture;
  GCancellable *cancellable; /* NULL: close */
  gboolean done;
} Ending;

static void
end_it (gpointer data)
{
  Ending *ending = data;

  if (ending->cancellable != NULL)
    g_cancellable_cancel (ending->cancellable);
  else
    vlive_rest_master_close (ending->fixture->master);
  ending->done = TRUE;
  /* Not inside of our call. */
  g_assert_null (ending->fixture->result);
}

static void
reach (Fixture *fixture, Stage stage, Ending *ending)
{
  switch (stage)
    {
    case STAGE_BEFORE:
    case STAGE_AT_ONCE:
      break;
    case STAGE_HEADERS:
      VLIVE_TEST_WAIT (fixture->server->requests->len == 1);
      break;
    case STAGE_BODY:
      VLIVE_TEST_WAIT (fixture->server->requests->len == 1);
      vlive_test_spin (30);
      break;
    case STAGE_PARSE:
      wanted = "answered 200";
      heard = end_it;
      heard_data = ending;
      VLIVE_TEST_WAIT (ending->done);
      break;
    case STAGE_RETRY:
      VLIVE_TEST_WAIT (story_count ("again in 5 s") == 1);
      break;
    case N_STAGES:
    default:
      g_assert_not_reached ();
    }
}

static void
run_stage (Stage stage, gboolean closes)
{
  static Busy busy = { 1, 429, "5" };
  static const FaultHandler handlers[N_STAGES] = { tagged_cb, tagged_cb, silent_cb,
                                                   half_cb,   large_cb,  busy_cb };
  Fixture fixture;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Ending ending = { &fixture, closes ? NULL : cancellable, FALSE };
  guint n_descriptors = vlive_test_n_descriptors ();

  set_up (&fixture, handlers[stage], &busy);
  if (stage == STAGE_BEFORE)
    end_it (&ending);
  start_window (&fixture, cancellable);
  reach (&fixture, stage, &ending);
  if (!ending.done)
    end_it (&ending);
  if (closes)
    assert_window_fails (&fixture, VLIVE_ERROR, VLIVE_ERROR_CLOSED);
  else
    assert_window_fails (&fixture, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  if (stage <= STAGE_AT_ONCE)
    g_assert_cmpuint (fixture.server->requests->len, ==, 0);
  /* What was cancelled harms nothing else. */
  if (!closes && stage == STAGE_RETRY)
    {
      start_window (&fixture, NULL);
      assert_window_rows (&fixture, 3);
    }
  tear_down (&fixture);
  VLIVE_TEST_WAIT (_vlive_census_get (VLIVE_CENSUS_THREAD) == 0);
  VLIVE_TEST_WAIT (vlive_test_n_descriptors () <= n_descriptors);
}

/* GLib opens some things once. */
static void
warm_up (void)
{
  Fixture fixture;

  set_up (&fixture, tagged_cb, NULL);
  start_window (&fixture, NULL);
  assert_window_rows (&fixture, 3);
  tear_down (&fixture);
}

static void
test_cancel (void)
{
  warm_up ();
  for (int stage = 0; stage < N_STAGES; stage++)
    run_stage ((Stage) stage, FALSE);
}

static void
test_close (void)
{
  warm_up ();
  for (int stage = 0; stage < N_STAGES; stage++)
    run_stage ((Stage) stage, TRUE);
}

static void
run_write_stage (Stage stage, gboolean closes)
{
  static Busy busy = { 1, 429, "5" };
  static const FaultHandler handlers[N_STAGES] = { tagged_cb, tagged_cb, silent_cb,
                                                   half_cb,   NULL,      busy_cb };
  Fixture fixture;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Ending ending = { &fixture, closes ? NULL : cancellable, FALSE };
  gboolean sent = stage == STAGE_HEADERS || stage == STAGE_BODY;

  set_up (&fixture, handlers[stage], &busy);
  if (stage == STAGE_BEFORE)
    end_it (&ending);
  start_write (&fixture, VLIVE_WRITE_PATCH, "1", cancellable);
  reach (&fixture, stage, &ending);
  if (!ending.done)
    end_it (&ending);
  if (sent)
    assert_write_fails (&fixture, VLIVE_ERROR, VLIVE_ERROR_UNKNOWN_OUTCOME);
  else if (closes)
    assert_write_fails (&fixture, VLIVE_ERROR, VLIVE_ERROR_CLOSED);
  else
    assert_write_fails (&fixture, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (fixture.server->requests->len, ==, stage <= STAGE_AT_ONCE ? 0 : 1);
  tear_down (&fixture);
}

/* Of a write it must be known whether it can have been done. */
static void
test_end_of_writes (void)
{
  for (int stage = 0; stage < N_STAGES; stage++)
    for (guint closes = 0; closes < 2; closes++)
      if (stage != STAGE_PARSE)
        run_write_stage ((Stage) stage, closes == 1);
}

static void
test_close_twice (void)
{
  g_autoptr (FaultServer) server = fault_server_new (tagged_cb, NULL);
  VliveRestMaster *master = fault_master_new (server->url, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) get_error = NULL;
  g_autoptr (GError) write_error = NULL;
  g_autoptr (GError) describe_error = NULL;
  g_autoptr (VlivePage) page =
      sync_fetch_window (VLIVE_MASTER (master), NULL, 0, 10, NULL, NULL, &error);

  g_assert_no_error (error);
  g_assert_nonnull (page);
  vlive_rest_master_close (master);
  vlive_rest_master_close (master);
  g_assert_null (sync_fetch_record (VLIVE_MASTER (master), "1", &get_error));
  g_assert_error (get_error, VLIVE_ERROR, VLIVE_ERROR_CLOSED);
  g_assert_null (
      sync_write (VLIVE_MASTER (master), VLIVE_WRITE_DELETE, "1", NULL, &write_error));
  g_assert_error (write_error, VLIVE_ERROR, VLIVE_ERROR_CLOSED);
  g_assert_null (sync_describe (VLIVE_MASTER (master), &describe_error));
  g_assert_error (describe_error, VLIVE_ERROR, VLIVE_ERROR_CLOSED);
  g_object_run_dispose (G_OBJECT (master));
  g_assert_finalize_object (master);
}

/* Large answers are parsed elsewhere; small ones at once. */
static void
test_parse_thread (void)
{
  g_autoptr (FaultServer) small = fault_server_new (tagged_cb, NULL);
  g_autoptr (FaultServer) large = fault_server_new (large_cb, NULL);
  VliveRestMaster *near = fault_master_new (small->url, NULL);
  VliveRestMaster *far = fault_master_new (large->url, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (VlivePage) page =
      sync_fetch_window (VLIVE_MASTER (near), NULL, 0, 10, NULL, NULL, &error);
  g_autoptr (VlivePage) whole =
      sync_fetch_window (VLIVE_MASTER (far), NULL, 0, 0, NULL, NULL, &error);

  g_assert_no_error (error);
  g_assert_nonnull (page);
  g_assert_null (near->worker);
  g_assert_nonnull (far->worker);
  g_assert_cmpuint (vlive_page_get_n_records (whole), ==, 50000);
  g_assert_cmpstr (vlive_record_get_text (vlive_page_get_record (whole, 49999), "name"),
                   ==, "row 50000");
  vlive_test_turn ();
  g_assert_finalize_object (near);
  g_assert_finalize_object (far);
}

static void
test_headers (void)
{
  g_autoptr (FaultServer) server = fault_server_new (tagged_cb, NULL);
  g_autofree char *profile =
      g_strconcat (fault_profile, "[headers]\nX-Api=v 2\n[parameters]\nfor mat=js&on\n",
                   NULL);
  VliveRestMaster *master = fault_master_new (server->url, profile);
  g_autoptr (GError) error = NULL;
  g_autoptr (VlivePage) page = NULL;
  SoupMessageHeaders *headers;

  vlive_rest_master_set_authorization (master, "Bearer hush");
  page = sync_fetch_window (VLIVE_MASTER (master), NULL, 5, 10, NULL, NULL, &error);
  g_assert_no_error (error);
  headers = server->headers->pdata[0];
  g_assert_cmpstr (soup_message_headers_get_one (headers, "Authorization"), ==,
                   "Bearer hush");
  g_assert_cmpstr (soup_message_headers_get_one (headers, "X-Api"), ==, "v 2");
  g_assert_true (g_str_has_prefix (soup_message_headers_get_one (headers, "User-Agent"),
                                   "vlive/"));
  g_assert_cmpstr (server->requests->pdata[0], ==,
                   "GET /things?for%20mat=js%26on&_start=5&_limit=10");
  vlive_rest_master_set_authorization (master, NULL);
  g_clear_pointer (&page, vlive_page_unref);
  page = sync_fetch_window (VLIVE_MASTER (master), NULL, 5, 10, "\"v0\"", NULL, &error);
  g_assert_no_error (error);
  headers = server->headers->pdata[1];
  g_assert_null (soup_message_headers_get_one (headers, "Authorization"));
  g_assert_cmpstr (soup_message_headers_get_one (headers, "If-None-Match"), ==,
                   "\"v0\"");
  g_assert_finalize_object (master);
}

int
main (int argc, char **argv)
{
  int result;

  vlive_test_init (&argc, &argv);
  g_test_add_func ("/rest-calls/retry-after", test_retry_after);
  g_test_add_func ("/rest-calls/retry-after-forms", test_retry_after_forms);
  g_test_add_func ("/rest-calls/retry-bounded", test_retry_bounded);
  g_test_add_func ("/rest-calls/retry-writes", test_retry_writes);
  g_test_add_func ("/rest-calls/timeout", test_timeout);
  g_test_add_func ("/rest-calls/lost-answer", test_lost_answer);
  g_test_add_func ("/rest-calls/closed-connection", test_closed_connection);
  g_test_add_func ("/rest-calls/connections", test_connections);
  g_test_add_func ("/rest-calls/connections-without-length",
                   test_connections_without_length);
  g_test_add_func ("/rest-calls/connections-of-json-server",
                   test_connections_of_json_server);
  g_test_add_func ("/rest-calls/insert-connections", test_insert_connections);
  g_test_add_func ("/rest-calls/max-connections", test_max_connections);
  g_test_add_func ("/rest-calls/cancel", test_cancel);
  g_test_add_func ("/rest-calls/close", test_close);
  g_test_add_func ("/rest-calls/end-of-writes", test_end_of_writes);
  g_test_add_func ("/rest-calls/close-twice", test_close_twice);
  g_test_add_func ("/rest-calls/parse-thread", test_parse_thread);
  g_test_add_func ("/rest-calls/headers", test_headers);
  result = vlive_test_run ();
  vlive_test_assert_all_gone ();

  return result;
}
