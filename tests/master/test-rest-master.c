/* test-rest-master.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "fault-server.h"
#include "master-sync.h"

#include "master/vlive-rest-master-private.h"

static void
rows_cb (FaultServer *server, SoupServerMessage *message, gpointer data)
{
  g_autofree char *rows = fault_dup_rows (1, 3);

  fault_answer (message, 200, "application/json", data != NULL ? data : rows);
}

static void
count_cb (GObject *object, GParamSpec *pspec, guint *n)
{
  ++*n;
}

static void
test_properties (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VliveProfile) profile = vlive_profile_load ("json-server", &error);
  VliveRestMaster *master =
      g_object_new (VLIVE_TYPE_REST_MASTER, "profile", profile, "resource",
                    "/users/1/albums/", "max-fetches", 8, NULL);
  g_autoptr (VliveProfile) same = NULL;
  g_autofree char *resource = NULL;
  g_autoptr (VliveDescription) description = NULL;
  guint max_fetches, connect_timeout, timeout, n_notified = 0;

  g_object_get (master, "profile", &same, "resource", &resource, "max-fetches",
                &max_fetches, "connect-timeout", &connect_timeout, "timeout", &timeout,
                "description", &description, NULL);
  g_assert_true (same == profile);
  g_assert_cmpstr (resource, ==, "users/1/albums");
  g_assert_cmpstr (vlive_master_get_name (VLIVE_MASTER (master)), ==, "users/1/albums");
  g_assert_cmpuint (max_fetches, ==, 8);
  g_assert_cmpuint (connect_timeout, ==, 10000);
  g_assert_cmpuint (timeout, ==, 30000);
  g_assert_true (description == vlive_master_get_description (VLIVE_MASTER (master)));
  /* Set, it is told, and only when it differs. */
  g_signal_connect (master, "notify", G_CALLBACK (count_cb), &n_notified);
  g_object_set (master, "timeout", 5000, "connect-timeout", 1000, NULL);
  g_object_set (master, "timeout", 5000, "connect-timeout", 1000, NULL);
  g_assert_cmpuint (n_notified, ==, 2);
  g_object_get (master, "connect-timeout", &connect_timeout, "timeout", &timeout, NULL);
  g_assert_cmpuint (connect_timeout, ==, 1000);
  g_assert_cmpuint (timeout, ==, 5000);
  g_assert_finalize_object (master);
}

/* What the profile says of one resource outranks what it says of all. */
static void
test_hints (void)
{
  static const char profile[] =
      "[profile]\nname=x\nbase-url=http://localhost\n"
      "[read]\nrecord={resource}/{id}\nenvelope=data\n"
      "[resource things]\nlist=all/{resource}\nrecord=one/{collection}/{id}\n"
      "envelope=rows\ncolumns=id integer id;name text\ndeclared=false\n";
  static const char body[] = "{\"rows\":[{\"id\":1,\"name\":\"x\",\"more\":true}]}";
  g_autoptr (FaultServer) server = fault_server_new (rows_cb, (gpointer) body);
  VliveRestMaster *master = fault_master_new (server->url, profile);
  g_autoptr (GError) error = NULL;
  g_autoptr (VlivePage) page = NULL;
  g_autoptr (VliveRecord) record = NULL;
  VliveSchema *schema;

  schema = vlive_description_get_schema (
      vlive_master_get_description (VLIVE_MASTER (master)));
  g_assert_cmpuint (vlive_schema_get_n_columns (schema), ==, 2);
  page = sync_fetch_window (VLIVE_MASTER (master), NULL, 0, 10, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (vlive_page_get_n_records (page), ==, 1);
  g_assert_cmpstr (server->requests->pdata[0], ==, "GET /all/things");
  record = sync_fetch_record (VLIVE_MASTER (master), "1", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (vlive_record_get_id (record), ==, "1");
  g_assert_cmpstr (server->requests->pdata[1], ==, "GET /one/things/1");
  /* What was declared is widened by what was seen. */
  schema = vlive_description_get_schema (
      vlive_master_get_description (VLIVE_MASTER (master)));
  g_assert_nonnull (vlive_schema_find_column (schema, "more"));
  g_assert_finalize_object (master);
}

static void
test_envelopes (void)
{
  static const struct
  {
    const char *read;
    const char *body;
  } shapes[] = {
    { "", "[{\"id\":1}]" },
    { "envelope=things\n", "{\"things\":[{\"id\":1}]}" },
    { "envelope={collection}\n", "{\"things\":[{\"id\":1}]}" },
    { "envelope=a.b\n", "{\"a\":{\"b\":[{\"id\":1}]}}" },
    { "id=key\n", "[{\"key\":1,\"id\":9}]" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (shapes); i++)
    {
      g_autofree char *profile =
          g_strconcat ("[profile]\nname=x\nbase-url=http://localhost\n[read]\n",
                       shapes[i].read, NULL);
      g_autoptr (FaultServer) server =
          fault_server_new (rows_cb, (gpointer) shapes[i].body);
      VliveRestMaster *master = fault_master_new (server->url, profile);
      g_autoptr (GError) error = NULL;
      g_autoptr (VlivePage) page =
          sync_fetch_window (VLIVE_MASTER (master), NULL, 0, 10, NULL, NULL, &error);

      g_assert_no_error (error);
      g_assert_cmpuint (vlive_page_get_n_records (page), ==, 1);
      g_assert_cmpstr (vlive_record_get_id (vlive_page_get_record (page, 0)), ==, "1");
      g_assert_finalize_object (master);
    }
}

static void
test_record_envelope (void)
{
  static const char profile[] = "[profile]\nname=x\nbase-url=http://localhost\n[read]\n"
                                "record={resource}/{id}\nrecord-envelope=data\n";
  static const char body[] = "{\"data\":{\"id\":\"b\",\"v\":1}}";
  g_autoptr (FaultServer) server = fault_server_new (rows_cb, (gpointer) body);
  VliveRestMaster *master = fault_master_new (server->url, profile);
  g_autoptr (GError) error = NULL;
  g_autoptr (VliveRecord) record =
      sync_fetch_record (VLIVE_MASTER (master), "b", &error);

  g_assert_no_error (error);
  g_assert_cmpstr (vlive_record_get_id (record), ==, "b");
  g_assert_finalize_object (master);
}

/* Totals as bodies write them. */
static void
test_total_forms (void)
{
  static const char profile[] =
      "[profile]\nname=x\nbase-url=http://localhost\n[read]\n"
      "envelope=r\ntotal-path=t\npaging=skip\noffset-parameter=o\n"
      "limit-parameter=l\n";
  static const struct
  {
    const char *total;
    VliveTotalKind kind;
    guint64 number;
    const char *diagnostic;
  } totals[] = {
    { "7", VLIVE_TOTAL_EXACT, 7, NULL },
    { "\"7\"", VLIVE_TOTAL_EXACT, 7, NULL },
    { "null", VLIVE_TOTAL_AT_LEAST, 1, NULL },
    { "-7", VLIVE_TOTAL_AT_LEAST, 1, "*“-7” is no number of rows*" },
    { "7.5", VLIVE_TOTAL_AT_LEAST, 1, "*“7.5” is no number of rows*" },
    { "{}", VLIVE_TOTAL_AT_LEAST, 1, "*is no number of rows*" },
    { "true", VLIVE_TOTAL_AT_LEAST, 1, "*is no number of rows*" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (totals); i++)
    {
      g_autofree char *body =
          g_strdup_printf ("{\"r\":[{\"id\":1}],\"t\":%s}", totals[i].total);
      g_autoptr (FaultServer) server = fault_server_new (rows_cb, body);
      VliveRestMaster *master = fault_master_new (server->url, profile);
      g_autoptr (GError) error = NULL;
      g_autoptr (VlivePage) page =
          sync_fetch_window (VLIVE_MASTER (master), NULL, 0, 1, NULL, NULL, &error);
      const char *const *diagnostics;
      guint64 number = 0;

      g_assert_no_error (error);
      g_assert_cmpint (vlive_page_get_total (page, &number), ==, totals[i].kind);
      g_assert_cmpuint (number, ==, totals[i].number);
      diagnostics = vlive_page_get_diagnostics (page);
      g_assert_true ((totals[i].diagnostic == NULL)
                     == (diagnostics == NULL || diagnostics[0] == NULL));
      if (totals[i].diagnostic != NULL)
        g_assert_true (g_pattern_match_simple (totals[i].diagnostic, diagnostics[0]));
      g_assert_finalize_object (master);
    }
}

static void
wide_cb (FaultServer *server, SoupServerMessage *message, gpointer data)
{
  g_autofree char *filler = g_strnfill (100 * 1000, 'x');
  g_autofree char *body =
      g_strdup_printf ("[{\"id\":%u,\"c%u\":\"%s\"}]", server->requests->len,
                       server->requests->len, filler);

  fault_answer (message, 200, "application/json", body);
}

/* Two answers that are read on the worker at once teach us both. */
static void
test_learning_together (void)
{
  g_autoptr (FaultServer) server = fault_server_new (wide_cb, NULL);
  VliveRestMaster *master = fault_master_new (server->url, NULL);
  g_autoptr (VliveQuery) everything = vlive_query_new ();
  GAsyncResult *results[4] = { NULL };
  VliveSchema *schema;

  for (guint i = 0; i < 4; i++)
    vlive_master_fetch_window_async (VLIVE_MASTER (master), everything, i, 1, NULL,
                                     NULL, vlive_test_result_cb, &results[i]);
  for (guint i = 0; i < 4; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (VlivePage) page = NULL;

      VLIVE_TEST_WAIT (results[i] != NULL);
      page =
          vlive_master_fetch_window_finish (VLIVE_MASTER (master), results[i], &error);
      g_assert_no_error (error);
      g_assert_cmpuint (vlive_page_get_n_records (page), ==, 1);
      g_object_unref (results[i]);
    }
  schema = vlive_description_get_schema (
      vlive_master_get_description (VLIVE_MASTER (master)));
  g_assert_cmpuint (vlive_schema_get_n_columns (schema), ==, 5);
  vlive_test_turn ();
  g_assert_finalize_object (master);
}

typedef struct
{
  const char *url;
  guint n_rows;
  gboolean right_thread;
} Elsewhere;

static void
elsewhere_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  gpointer *slots = user_data;
  Elsewhere *elsewhere = slots[0];
  g_autoptr (VlivePage) page =
      vlive_master_fetch_window_finish (VLIVE_MASTER (source), result, NULL);

  elsewhere->n_rows = page != NULL ? vlive_page_get_n_records (page) : 0;
  elsewhere->right_thread = g_main_context_get_thread_default () == slots[1];
  g_main_loop_quit (slots[2]);
}

static gpointer
elsewhere_thread (gpointer data)
{
  Elsewhere *elsewhere = data;
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GMainLoop) loop = g_main_loop_new (context, FALSE);
  g_autoptr (VliveQuery) everything = vlive_query_new ();
  gpointer slots[] = { elsewhere, context, loop };
  VliveRestMaster *master;

  g_main_context_push_thread_default (context);
  master = fault_master_new (elsewhere->url, NULL);
  vlive_master_fetch_window_async (VLIVE_MASTER (master), everything, 0, 10, NULL, NULL,
                                   elsewhere_cb, slots);
  g_main_loop_run (loop);
  g_object_unref (master);
  /* What the session left to its context. */
  while (g_main_context_iteration (context, FALSE))
    ;
  g_main_context_pop_thread_default (context);

  return NULL;
}

/* A master belongs to the thread that made it, whichever it is. */
static void
test_other_thread (void)
{
  g_autofree char *rows = fault_dup_rows (1, 3000);
  g_autoptr (FaultServer) server = fault_server_new (rows_cb, rows);
  Elsewhere elsewhere = { server->url, 0, FALSE };
  GThread *thread = g_thread_new ("elsewhere", elsewhere_thread, &elsewhere);

  VLIVE_TEST_WAIT (elsewhere.right_thread);
  g_thread_join (thread);
  g_assert_cmpuint (elsewhere.n_rows, ==, 10);
}

static void
fetch_many_times (VliveRestMaster *near, VliveRestMaster *far, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (VlivePage) page =
          sync_fetch_window (VLIVE_MASTER (i % 10 == 0 ? far : near), NULL, 0, 10, NULL,
                             NULL, &error);

      g_assert_no_error (error);
      g_assert_nonnull (page);
    }
}

/* Our own dispatches neither read files nor wait, but for a moment now and
 * then that another thread has a lock of the allocator. */
static void
test_stalls (void)
{
  g_autofree char *rows = fault_dup_rows (1, 3000);
  g_autoptr (FaultServer) small = fault_server_new (rows_cb, NULL);
  g_autoptr (FaultServer) large = fault_server_new (rows_cb, rows);
  VliveRestMaster *near = fault_master_new (small->url, NULL);
  VliveRestMaster *far = fault_master_new (large->url, NULL);
  VliveMeterReading reading;

  /* The code itself is read from files once. */
  fetch_many_times (near, far, 20);
  if (_vlive_meter_start ())
    {
      fetch_many_times (near, far, 100);
      _vlive_meter_stop (&reading);
      g_assert_cmpuint (reading.n_spans, >=, 300);
      g_assert_cmpuint (reading.major_faults, ==, 0);
      g_assert_cmpuint (reading.waits, <=, 3);
    }
  vlive_test_turn ();
  g_assert_finalize_object (near);
  g_assert_finalize_object (far);
}

int
main (int argc, char **argv)
{
  int result;

  vlive_test_init (&argc, &argv);
  g_test_add_func ("/rest-master/properties", test_properties);
  g_test_add_func ("/rest-master/hints", test_hints);
  g_test_add_func ("/rest-master/envelopes", test_envelopes);
  g_test_add_func ("/rest-master/record-envelope", test_record_envelope);
  g_test_add_func ("/rest-master/total-forms", test_total_forms);
  g_test_add_func ("/rest-master/learning-together", test_learning_together);
  g_test_add_func ("/rest-master/other-thread", test_other_thread);
  g_test_add_func ("/rest-master/stalls", test_stalls);
  result = vlive_test_run ();
  vlive_test_assert_all_gone ();

  return result;
}
