/* test-rest-jsonplaceholder.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "master-sync.h"
#include "vlive-test-server.h"

/* The shipped profile against the program that the site runs. */
static VliveTestServer *server;

static VliveMaster *
master_new (const char *resource)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VliveProfile) shipped = vlive_profile_load ("jsonplaceholder", &error);
  g_autoptr (VliveProfile) profile = NULL;

  g_assert_no_error (error);
  profile =
      vlive_profile_with_base_url (shipped, vlive_test_server_get_url (server), &error);
  g_assert_no_error (error);

  return VLIVE_MASTER (vlive_rest_master_new (profile, resource));
}

static void
assert_first (VliveMaster *master, VliveQuery *query, const char *id, guint64 total)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VlivePage) page =
      sync_fetch_window (master, query, 0, 5, NULL, NULL, &error);
  guint64 got = 0;

  g_assert_no_error (error);
  g_assert_cmpint (vlive_page_get_total (page, &got), ==, VLIVE_TOTAL_EXACT);
  g_assert_cmpuint (got, ==, total);
  g_assert_cmpuint (vlive_page_get_n_records (page), ==, MIN (5, total));
  g_assert_cmpstr (vlive_record_get_id (vlive_page_get_record (page, 0)), ==, id);
}

/* Each resource is what the profile declares of it: no column more or less. */
static void
test_resources (void)
{
  static const struct
  {
    const char *resource;
    guint64 total;
    const char *title;
  } resources[] = {
    { "posts", 100, "title" },          { "comments", 500, "name" },
    { "albums", 100, "title" },         { "photos", 5000, "title" },
    { "todos", 200, "title" },          { "users", 10, "name" },
    { "users/3/albums", 10, "title" },  { "users/3/todos", 20, "title" },
    { "users/3/posts", 10, "title" },   { "posts/7/comments", 5, "name" },
    { "albums/2/photos", 50, "title" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (resources); i++)
    {
      VliveMaster *master = master_new (resources[i].resource);
      g_autoptr (VliveSchema) declared = vlive_schema_ref (
          vlive_description_get_schema (vlive_master_get_description (master)));
      g_autoptr (GError) error = NULL;
      g_autoptr (VliveDescription) description = sync_describe (master, &error);
      VliveColumn *title = vlive_schema_get_title_column (declared);
      guint64 total = 0;

      g_assert_no_error (error);
      g_assert_true (vlive_schema_is_declared (declared));
      g_assert_true (
          vlive_schema_equal (vlive_description_get_schema (description), declared));
      g_assert_cmpstr (vlive_column_get_name (title), ==, resources[i].title);
      g_assert_cmpint (sync_count (master, NULL, &total, &error), ==,
                       VLIVE_TOTAL_EXACT);
      g_assert_no_error (error);
      g_assert_cmpuint (total, ==, resources[i].total);
      g_assert_finalize_object (master);
    }
}

static void
test_queries (void)
{
  VliveMaster *master = master_new ("posts");
  g_autoptr (VliveQuery) everything = vlive_query_new ();
  g_autoptr (VliveQuery) down = vlive_query_with_sort (everything, "id", TRUE);
  g_autoptr (GError) error = NULL;
  g_autoptr (VliveQuery) user =
      vlive_query_with_condition (everything, "userId", VLIVE_OPERATOR_EQUAL,
                                  g_variant_new_int64 (3), &error);
  g_autoptr (VliveQuery) user_down = vlive_query_with_sort (user, "id", TRUE);
  g_autoptr (VliveQuery) range =
      vlive_query_with_condition (everything, "id", VLIVE_OPERATOR_GREATER_EQUAL,
                                  g_variant_new_int64 (91), &error);
  g_autoptr (VliveQuery) like =
      vlive_query_with_condition (everything, "title", VLIVE_OPERATOR_CONTAINS,
                                  g_variant_new_string ("QUI EST"), &error);
  g_autoptr (VliveQuery) search = vlive_query_with_search (everything, "Qui est esse");
  g_autoptr (VliveQuery) two = vlive_query_with_sort (down, "title", FALSE);

  g_assert_no_error (error);
  assert_first (master, NULL, "1", 100);
  assert_first (master, down, "100", 100);
  assert_first (master, user, "21", 10);
  assert_first (master, user_down, "30", 10);
  assert_first (master, range, "91", 10);
  assert_first (master, like, "2", 1);
  assert_first (master, search, "2", 1);
  /* It sorts by one column only. */
  g_assert_null (sync_fetch_window (master, two, 0, 5, NULL, NULL, &error));
  assert_error_says (error, VLIVE_ERROR_UNSUPPORTED, "*by one column only*");
  g_assert_finalize_object (master);
}

/* A column that is not declared is refused without a request. */
static void
test_unknown_column (void)
{
  VliveMaster *master = master_new ("posts");
  g_autoptr (VliveQuery) everything = vlive_query_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (VliveQuery) query =
      vlive_query_with_condition (everything, "nope", VLIVE_OPERATOR_EQUAL,
                                  g_variant_new_string ("x"), &error);
  guint n = vlive_test_server_get_n_connections (server);

  g_assert_null (sync_fetch_window (master, query, 0, 5, NULL, NULL, &error));
  assert_error_says (error, VLIVE_ERROR_UNSUPPORTED, "*no column “nope”");
  g_assert_cmpuint (vlive_test_server_get_n_connections (server), ==, n);
  g_assert_finalize_object (master);
}

static void
test_get (void)
{
  VliveMaster *posts = master_new ("posts");
  VliveMaster *users = master_new ("users");
  VliveMaster *albums = master_new ("users/3/albums");
  VliveMaster *none = master_new ("nonsense");
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) none_error = NULL;
  g_autoptr (VliveRecord) post = sync_fetch_record (posts, "7", &error);
  g_autoptr (VliveRecord) user = sync_fetch_record (users, "1", &error);
  g_autoptr (VliveRecord) album = sync_fetch_record (albums, "21", &error);

  g_assert_no_error (error);
  g_assert_cmpstr (vlive_record_get_text (post, "title"), ==, "magnam facilis autem");
  g_assert_cmpint (vlive_record_get_field_type (user, "address"), ==, VLIVE_VALUE_JSON);
  g_assert_cmpstr (vlive_record_get_id (album), ==, "21");
  g_assert_null (sync_fetch_record (posts, "101", &error));
  assert_error_says (error, VLIVE_ERROR_NOT_FOUND, "There is no “101” in “posts”*");
  g_assert_null (sync_fetch_window (none, NULL, 0, 5, NULL, NULL, &none_error));
  assert_error_says (none_error, VLIVE_ERROR_NOT_FOUND, "*no collection “nonsense”*");
  g_assert_finalize_object (posts);
  g_assert_finalize_object (users);
  g_assert_finalize_object (albums);
  g_assert_finalize_object (none);
}

/* It says yes to everything and keeps nothing; its new ids are all the same. */
static void
test_writes (void)
{
  VliveMaster *master = master_new ("posts");
  g_autoptr (GError) error = NULL;
  g_autoptr (VliveReply) made = NULL;
  g_autoptr (VliveReply) patched = NULL;
  g_autoptr (VliveReply) gone = NULL;
  VliveCapabilities capabilities =
      vlive_description_get_capabilities (vlive_master_get_description (master));

  g_assert_cmpint (capabilities & VLIVE_KEEPS_WRITES, ==, 0);
  made = sync_write (master, VLIVE_WRITE_INSERT, NULL,
                     g_variant_new_parsed ("{'title': <'x'>}"), &error);
  g_assert_no_error (error);
  g_assert_null (vlive_reply_get_id (made));
  g_assert_cmpstr (vlive_record_get_id (vlive_reply_get_record (made)), ==, "101");
  patched = sync_write (master, VLIVE_WRITE_PATCH, "1",
                        g_variant_new_parsed ("{'title': <'x'>}"), &error);
  g_assert_no_error (error);
  g_assert_cmpstr (vlive_record_get_text (vlive_reply_get_record (patched), "title"),
                   ==, "x");
  gone = sync_write (master, VLIVE_WRITE_DELETE, "1", NULL, &error);
  g_assert_no_error (error);
  assert_first (master, NULL, "1", 100);
  g_assert_finalize_object (master);
}

static void
test_conditional (void)
{
  VliveMaster *master = master_new ("posts");
  g_autoptr (GError) error = NULL;
  g_autoptr (VlivePage) page =
      sync_fetch_window (master, NULL, 0, 5, NULL, NULL, &error);
  g_autoptr (VlivePage) same = NULL;
  guint64 total = 0;

  g_assert_no_error (error);
  same = sync_fetch_window (master, NULL, 0, 5, vlive_page_get_validator (page), NULL,
                            &error);
  g_assert_no_error (error);
  g_assert_true (vlive_page_is_not_modified (same));
  /* The total comes with the 304. */
  g_assert_cmpint (vlive_page_get_total (same, &total), ==, VLIVE_TOTAL_EXACT);
  g_assert_cmpuint (total, ==, 100);
  g_assert_finalize_object (master);
}

/* Everything at once: 1 MB, parsed on a worker. */
static void
test_whole (void)
{
  VliveMaster *master = master_new ("photos");
  g_autoptr (GError) error = NULL;
  g_autoptr (VlivePage) page =
      sync_fetch_window (master, NULL, 0, 0, NULL, NULL, &error);
  guint64 total = 0;

  g_assert_no_error (error);
  g_assert_cmpuint (vlive_page_get_n_records (page), ==, 5000);
  g_assert_cmpint (vlive_page_get_total (page, &total), ==, VLIVE_TOTAL_EXACT);
  g_assert_cmpuint (total, ==, 5000);
  vlive_test_turn ();
  g_assert_finalize_object (master);
}

int
main (int argc, char **argv)
{
  int result;

  vlive_test_init (&argc, &argv);
  server = vlive_test_server_start_jsonplaceholder ();
  g_test_add_func ("/rest-jsonplaceholder/resources", test_resources);
  g_test_add_func ("/rest-jsonplaceholder/queries", test_queries);
  g_test_add_func ("/rest-jsonplaceholder/unknown-column", test_unknown_column);
  g_test_add_func ("/rest-jsonplaceholder/get", test_get);
  g_test_add_func ("/rest-jsonplaceholder/writes", test_writes);
  g_test_add_func ("/rest-jsonplaceholder/conditional", test_conditional);
  g_test_add_func ("/rest-jsonplaceholder/whole", test_whole);
  result = vlive_test_run ();
  vlive_test_server_stop (server);
  vlive_test_assert_all_gone ();

  return result;
}
