/* test-rest-write.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "fault-server.h"
#include "master-sync.h"
#include "vlive-test-server.h"

#include <math.h>

#include "master/vlive-rest-master-private.h"

typedef struct
{
  guint status;
  const char *type;
  const char *body;
  const char *location;
} Canned;

static void
canned_cb (FaultServer *server, SoupServerMessage *message, gpointer data)
{
  const Canned *canned = data;

  fault_answer (message, canned->status, canned->type, canned->body);
  if (canned->location != NULL)
    soup_message_headers_replace (soup_server_message_get_response_headers (message),
                                  "Location", canned->location);
}

typedef struct
{
  Canned canned;
  FaultServer *server;
  VliveRestMaster *master;
} Fixture;

static void
set_up (Fixture *fixture, Canned canned, const char *profile)
{
  fixture->canned = canned;
  fixture->server = fault_server_new (canned_cb, &fixture->canned);
  fixture->master = fault_master_new (fixture->server->url, profile);
}

static void
tear_down (Fixture *fixture)
{
  fault_server_free (fixture->server);
  vlive_test_turn ();
  g_assert_finalize_object (fixture->master);
}

static VliveReply *
write_one (Fixture *fixture, VliveWriteOp op, const char *id, const char *fields)
{
  g_autoptr (GError) error = NULL;
  VliveReply *reply =
      sync_write (VLIVE_MASTER (fixture->master), op, id,
                  fields != NULL ? g_variant_new_parsed (fields) : NULL, &error);

  g_assert_no_error (error);
  g_assert_nonnull (reply);

  return reply;
}

static void
assert_sent (Fixture *fixture, const char *request, const char *body)
{
  guint last = fixture->server->requests->len - 1;

  g_assert_cmpstr (fixture->server->requests->pdata[last], ==, request);
  g_assert_cmpstr (fixture->server->bodies->pdata[last], ==, body);
}

/* What each write looks like on the wire. */
static void
test_requests (void)
{
  Fixture fixture;
  const char *type;

  set_up (&fixture, (Canned){ 200, "application/json", "{\"id\":7,\"a\":1}" }, NULL);
  vlive_reply_unref (
      write_one (&fixture, VLIVE_WRITE_INSERT, NULL, "{'a': <1>, 'b': <'é\\n'>}"));
  assert_sent (&fixture, "POST /things", "{\"a\":1,\"b\":\"é\\n\"}");
  type =
      soup_message_headers_get_content_type (fixture.server->headers->pdata[0], NULL);
  g_assert_cmpstr (type, ==, "application/json");
  vlive_reply_unref (write_one (&fixture, VLIVE_WRITE_INSERT, "7", "{'a': <1>}"));
  assert_sent (&fixture, "POST /things", "{\"id\":7,\"a\":1}");
  vlive_reply_unref (
      write_one (&fixture, VLIVE_WRITE_REPLACE, "7", "{'a': <2.5>, 'id': <int64 7>}"));
  assert_sent (&fixture, "PUT /things/7", "{\"id\":7,\"a\":2.5}");
  /* A patch sends what changed, and nothing else. */
  vlive_reply_unref (
      write_one (&fixture, VLIVE_WRITE_PATCH, "7", "{'id': <int64 7>, 'a': <true>}"));
  assert_sent (&fixture, "PATCH /things/7", "{\"a\":true}");
  vlive_reply_unref (write_one (&fixture, VLIVE_WRITE_DELETE, "7", NULL));
  assert_sent (&fixture, "DELETE /things/7", "");
  vlive_reply_unref (write_one (&fixture, VLIVE_WRITE_DELETE_ALL, NULL, NULL));
  assert_sent (&fixture, "DELETE /things", "");
  tear_down (&fixture);
}

/* The id is what its column says; where nothing is known, a number if it looks
 * like one in its only form. */
static void
test_id_type (void)
{
  g_autofree char *text_ids =
      g_strconcat (fault_profile, "[resource things]\ncolumns=id text id;a integer\n",
                   NULL);
  Fixture fixture;

  set_up (&fixture, (Canned){ 201, "application/json", "{\"id\":\"x\"}" }, text_ids);
  vlive_reply_unref (write_one (&fixture, VLIVE_WRITE_INSERT, "7", "{'a': <1>}"));
  assert_sent (&fixture, "POST /things", "{\"id\":\"7\",\"a\":1}");
  tear_down (&fixture);
  set_up (&fixture, (Canned){ 201, "application/json", "{\"id\":\"x\"}" }, NULL);
  vlive_reply_unref (write_one (&fixture, VLIVE_WRITE_INSERT, "007", "{'a': <1>}"));
  assert_sent (&fixture, "POST /things", "{\"id\":\"007\",\"a\":1}");
  vlive_reply_unref (write_one (&fixture, VLIVE_WRITE_INSERT, "a \"b\"", "{'a': <1>}"));
  assert_sent (&fixture, "POST /things", "{\"id\":\"a \\\"b\\\"\",\"a\":1}");
  vlive_reply_unref (write_one (&fixture, VLIVE_WRITE_PATCH, "a/b?c", "{'a': <1>}"));
  assert_sent (&fixture, "PATCH /things/a%2Fb%3Fc", "{\"a\":1}");
  tear_down (&fixture);
}

static void
assert_reply (Canned canned,
              const char *profile,
              VliveWriteOp op,
              const char *id,
              const char *reply_id,
              gboolean has_record)
{
  Fixture fixture;
  g_autoptr (VliveReply) reply = NULL;

  set_up (&fixture, canned, profile);
  reply = write_one (&fixture, op, id, op == VLIVE_WRITE_DELETE ? NULL : "{'a': <1>}");
  g_assert_cmpstr (vlive_reply_get_id (reply), ==, reply_id);
  g_assert_true ((vlive_reply_get_record (reply) != NULL) == has_record);
  g_assert_cmpuint (vlive_reply_get_version (reply), ==, 0);
  tear_down (&fixture);
}

/* What was done is done, whatever the answer looks like. */
static void
test_replies (void)
{
  static const char json[] = "application/json";
  g_autofree char *forgets = g_strconcat (fault_profile, "keeps-writes=false\n", NULL);
  g_autofree char *partial =
      g_strconcat (fault_profile, "reply-is-record=false\n", NULL);

  assert_reply ((Canned){ 201, json, "{\"id\":8,\"a\":1}" }, NULL, VLIVE_WRITE_INSERT,
                NULL, "8", TRUE);
  assert_reply ((Canned){ 201, json, "{\"id\":8,\"a\":1}" }, NULL, VLIVE_WRITE_INSERT,
                "5", "8", TRUE);
  assert_reply ((Canned){ 201, NULL, NULL, "/things/9%209" }, NULL, VLIVE_WRITE_INSERT,
                NULL, "9 9", FALSE);
  assert_reply ((Canned){ 201, json, "{\"ok\":true}", "http://h/things/10?x=1" }, NULL,
                VLIVE_WRITE_INSERT, NULL, "10", FALSE);
  assert_reply ((Canned){ 201, NULL, NULL, "nonsense/" }, NULL, VLIVE_WRITE_INSERT,
                NULL, NULL, FALSE);
  assert_reply ((Canned){ 201, NULL, NULL }, NULL, VLIVE_WRITE_INSERT, NULL, NULL,
                FALSE);
  assert_reply ((Canned){ 201, NULL, NULL }, NULL, VLIVE_WRITE_INSERT, "5", "5", FALSE);
  assert_reply ((Canned){ 200, json, "{\"id\":5,\"a\":1}" }, NULL, VLIVE_WRITE_PATCH,
                "5", "5", TRUE);
  assert_reply ((Canned){ 200, json, "{\"id\":6,\"a\":1}" }, NULL, VLIVE_WRITE_PATCH,
                "5", "5", FALSE);
  assert_reply ((Canned){ 200, json, "not json" }, NULL, VLIVE_WRITE_PATCH, "5", "5",
                FALSE);
  assert_reply ((Canned){ 200, "text/html", "<html>fine" }, NULL, VLIVE_WRITE_REPLACE,
                "5", "5", FALSE);
  assert_reply ((Canned){ 204, NULL, NULL }, NULL, VLIVE_WRITE_PATCH, "5", "5", FALSE);
  assert_reply ((Canned){ 202, NULL, NULL }, NULL, VLIVE_WRITE_DELETE, "5", "5", FALSE);
  assert_reply ((Canned){ 200, json, "{\"id\":5}" }, NULL, VLIVE_WRITE_DELETE, "5", "5",
                FALSE);
  /* Where new ids are not to be believed. */
  assert_reply ((Canned){ 201, json, "{\"id\":101,\"a\":1}" }, forgets,
                VLIVE_WRITE_INSERT, NULL, NULL, TRUE);
  assert_reply ((Canned){ 201, json, "{\"id\":8,\"a\":1}" }, partial,
                VLIVE_WRITE_INSERT, NULL, "8", FALSE);
}

static void
assert_refused (Canned canned,
                VliveWriteOp op,
                const char *id,
                int code,
                const char *pattern)
{
  Fixture fixture;
  g_autoptr (GError) error = NULL;

  set_up (&fixture, canned, NULL);
  g_assert_null (
      sync_write (VLIVE_MASTER (fixture.master), op, id,
                  op == VLIVE_WRITE_DELETE ? NULL : g_variant_new_parsed ("{'a': <1>}"),
                  &error));
  assert_error_says (error, code, pattern);
  g_assert_cmpuint (fixture.server->requests->len, ==, 1);
  tear_down (&fixture);
}

/* The master's no, in its words. */
static void
test_refusals (void)
{
  static const char json[] = "application/json";

  assert_refused ((Canned){ 400, json, "{\"error\":\"price must be a number\"}" },
                  VLIVE_WRITE_PATCH, "5", VLIVE_ERROR_REJECTED,
                  "*400*price must be a number");
  assert_refused ((Canned){ 422, json, "{\"errors\":[{\"message\":\"too long\"}]}" },
                  VLIVE_WRITE_INSERT, NULL, VLIVE_ERROR_REJECTED, "*422*too long");
  assert_refused ((Canned){ 413, NULL, NULL }, VLIVE_WRITE_INSERT, NULL,
                  VLIVE_ERROR_REJECTED, "*413*");
  assert_refused ((Canned){ 409, json, "{\"message\":\"taken\"}" }, VLIVE_WRITE_INSERT,
                  "5", VLIVE_ERROR_CONFLICT, "*409*taken");
  assert_refused ((Canned){ 412, NULL, NULL }, VLIVE_WRITE_REPLACE, "5",
                  VLIVE_ERROR_CONFLICT, "*412*");
  assert_refused ((Canned){ 404, json, "{}" }, VLIVE_WRITE_PATCH, "5",
                  VLIVE_ERROR_NOT_FOUND, "There is no “5” in “things”*");
  assert_refused ((Canned){ 404, json, "{}" }, VLIVE_WRITE_DELETE, "5",
                  VLIVE_ERROR_NOT_FOUND, "There is no “5” in “things”*");
  assert_refused ((Canned){ 404, json, "{}" }, VLIVE_WRITE_INSERT, "5",
                  VLIVE_ERROR_NOT_FOUND, "*404*");
  assert_refused ((Canned){ 401, NULL, NULL }, VLIVE_WRITE_PATCH, "5", VLIVE_ERROR_AUTH,
                  "*401*");
  assert_refused ((Canned){ 403, NULL, NULL }, VLIVE_WRITE_PATCH, "5", VLIVE_ERROR_AUTH,
                  "*403*");
  assert_refused ((Canned){ 500, "text/plain", "oops\n at line 1" }, VLIVE_WRITE_PATCH,
                  "5", VLIVE_ERROR_SERVER, "*500*: oops");
  /* A gateway that does not know; a record may have been made. */
  assert_refused ((Canned){ 504, NULL, NULL }, VLIVE_WRITE_INSERT, NULL,
                  VLIVE_ERROR_UNKNOWN_OUTCOME, "It is not known*504*");
  assert_refused ((Canned){ 502, NULL, NULL }, VLIVE_WRITE_PATCH, "5",
                  VLIVE_ERROR_SERVER, "*502*");
  /* A write that became a read, or was sent to another, would be none. */
  assert_refused ((Canned){ 302, NULL, NULL, "/elsewhere" }, VLIVE_WRITE_PATCH, "5",
                  VLIVE_ERROR_REJECTED, "*redirected*");
  assert_refused ((Canned){ 303, NULL, NULL, "/elsewhere" }, VLIVE_WRITE_INSERT, NULL,
                  VLIVE_ERROR_REJECTED, "*redirected*");
  assert_refused ((Canned){ 307, NULL, NULL, "http://other.invalid/" },
                  VLIVE_WRITE_PATCH, "5", VLIVE_ERROR_REJECTED, "*redirected*");
}

static void
moving_cb (FaultServer *server, SoupServerMessage *message, gpointer data)
{
  if (server->requests->len == 1)
    {
      fault_answer (message, 308, NULL, NULL);
      soup_message_headers_replace (soup_server_message_get_response_headers (message),
                                    "Location", "/v2/things/5");
    }
  else
    fault_answer (message, 200, "application/json", "{\"id\":5}");
}

/* The same write, at another place of the same server. */
static void
test_moved (void)
{
  g_autoptr (FaultServer) server = fault_server_new (moving_cb, NULL);
  VliveRestMaster *master = fault_master_new (server->url, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (VliveReply) reply =
      sync_write (VLIVE_MASTER (master), VLIVE_WRITE_PATCH, "5",
                  g_variant_new_parsed ("{'a': <1>}"), &error);

  g_assert_no_error (error);
  g_assert_nonnull (reply);
  g_assert_cmpstr (server->requests->pdata[1], ==, "PATCH /v2/things/5");
  g_assert_cmpstr (server->bodies->pdata[1], ==, "{\"a\":1}");
  g_assert_finalize_object (master);
}

/* An operation that is refused is given up until it is described anew. */
static void
test_demoted (void)
{
  static const struct
  {
    VliveWriteOp op;
    VliveCapabilities capability;
  } ops[] = {
    { VLIVE_WRITE_REPLACE, VLIVE_CAN_REPLACE },
    { VLIVE_WRITE_PATCH, VLIVE_CAN_PATCH },
    { VLIVE_WRITE_DELETE, VLIVE_CAN_DELETE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (ops); i++)
    {
      Fixture fixture;
      g_autoptr (GError) error = NULL;
      VliveMaster *master;
      VliveDescription *description;

      set_up (&fixture, (Canned){ i == 0 ? 501 : 405, NULL, NULL }, NULL);
      master = VLIVE_MASTER (fixture.master);
      for (guint k = 0; k < 2; k++)
        {
          g_assert_null (sync_write (master, ops[i].op, "5",
                                     ops[i].op == VLIVE_WRITE_DELETE
                                         ? NULL
                                         : g_variant_new_parsed ("{'a': <1>}"),
                                     &error));
          g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_UNSUPPORTED);
          g_clear_error (&error);
        }
      g_assert_cmpuint (fixture.server->requests->len, ==, 1);
      description = vlive_master_get_description (master);
      g_assert_cmpuint (vlive_description_get_capabilities (description)
                            & ops[i].capability,
                        ==, 0);
      /* … and nothing else. */
      g_assert_true (
          (vlive_description_get_capabilities (description) & VLIVE_CAN_INSERT) != 0);
      fixture.canned = (Canned){ 200, "application/json", "[]" };
      description = sync_describe (master, &error);
      g_assert_true (
          (vlive_description_get_capabilities (description) & ops[i].capability) != 0);
      vlive_description_unref (description);
      tear_down (&fixture);
    }
}

/* What cannot be sent is not sent. */
static void
test_not_sendable (void)
{
  Fixture fixture;
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) dot_error = NULL;

  set_up (&fixture, (Canned){ 200, "application/json", "{}" }, NULL);
  g_assert_null (sync_write (VLIVE_MASTER (fixture.master), VLIVE_WRITE_PATCH, "5",
                             g_variant_new_parsed ("{'a': <%d>}", (double) NAN),
                             &error));
  assert_error_says (error, VLIVE_ERROR_INVALID, "JSON cannot hold NaN (a)");
  g_assert_null (sync_write (VLIVE_MASTER (fixture.master), VLIVE_WRITE_DELETE, "..",
                             NULL, &dot_error));
  assert_error_says (dot_error, VLIVE_ERROR_NOT_FOUND, "*URL cannot name it");
  g_assert_cmpuint (fixture.server->requests->len, ==, 0);
  tear_down (&fixture);
}

/* A reply that is large is read elsewhere. */
static void
test_large_reply (void)
{
  g_autofree char *text = g_strnfill (200 * 1000, 'x');
  g_autofree char *body = g_strdup_printf ("{\"id\":5,\"a\":\"%s\"}", text);
  Fixture fixture;
  g_autoptr (VliveReply) reply = NULL;

  set_up (&fixture, (Canned){ 200, "application/json", body }, NULL);
  reply = write_one (&fixture, VLIVE_WRITE_PATCH, "5", "{'a': <1>}");
  g_assert_cmpstr (vlive_record_get_text (vlive_reply_get_record (reply), "a"), ==,
                   text);
  g_assert_nonnull (fixture.master->worker);
  tear_down (&fixture);
}

/* json-server itself: what it answers, and what it has kept. */
static void
test_json_server (void)
{
  g_autoptr (VliveTestServer) server = vlive_test_server_start_json_server (
      "{\"things\":[{\"id\":1,\"name\":\"one\"}]}");
  g_autoptr (GError) error = NULL;
  g_autoptr (VliveProfile) shipped = vlive_profile_load ("json-server", &error);
  g_autoptr (VliveProfile) profile =
      vlive_profile_with_base_url (shipped, vlive_test_server_get_url (server), &error);
  VliveRestMaster *rest = vlive_rest_master_new (profile, "things");
  VliveMaster *master = VLIVE_MASTER (rest);
  g_autoptr (VliveReply) made = NULL;
  g_autoptr (VliveReply) patched = NULL;
  g_autoptr (VliveReply) gone = NULL;
  g_autofree char *db = NULL;

  made = sync_write (master, VLIVE_WRITE_INSERT, NULL,
                     g_variant_new_parsed ("{'name': <'é'>}"), &error);
  g_assert_no_error (error);
  g_assert_cmpstr (vlive_reply_get_id (made), ==, "2");
  patched = sync_write (master, VLIVE_WRITE_PATCH, "2",
                        g_variant_new_parsed ("{'more': <[1, 2]>}"), &error);
  g_assert_no_error (error);
  g_assert_cmpstr (vlive_record_get_text (vlive_reply_get_record (patched), "name"), ==,
                   "é");
  gone = sync_write (master, VLIVE_WRITE_DELETE, "1", NULL, &error);
  g_assert_no_error (error);
  db = vlive_test_server_dup_db (server);
  g_assert_null (strstr (db, "\"one\""));
  g_assert_nonnull (strstr (db, "\"é\""));
  /* Ids are taken once only. */
  g_assert_null (sync_write (master, VLIVE_WRITE_INSERT, "2",
                             g_variant_new_parsed ("{'a': <1>}"), &error));
  assert_error_says (error, VLIVE_ERROR_CONFLICT, "*duplicate id*");
  g_assert_finalize_object (rest);
}

int
main (int argc, char **argv)
{
  int result;

  vlive_test_init (&argc, &argv);
  g_test_add_func ("/rest-write/requests", test_requests);
  g_test_add_func ("/rest-write/id-type", test_id_type);
  g_test_add_func ("/rest-write/replies", test_replies);
  g_test_add_func ("/rest-write/refusals", test_refusals);
  g_test_add_func ("/rest-write/moved", test_moved);
  g_test_add_func ("/rest-write/demoted", test_demoted);
  g_test_add_func ("/rest-write/not-sendable", test_not_sendable);
  g_test_add_func ("/rest-write/large-reply", test_large_reply);
  g_test_add_func ("/rest-write/json-server", test_json_server);
  result = vlive_test_run ();
  vlive_test_assert_all_gone ();

  return result;
}
