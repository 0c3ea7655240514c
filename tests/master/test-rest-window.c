/* test-rest-window.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "fault-server.h"
#include "master-sync.h"

#include "master/vlive-rest-master-private.h"

/* A table on a server, in a dialect that a test chooses. */
typedef struct
{
  guint n_rows;     /* there are */
  guint said;       /* what it says of the total; 0: nothing */
  guint cap;        /* the most it gives at once; 0: any */
  gboolean ignores; /* every parameter */
  gboolean extra;   /* one row more than was asked for */
  const char *key;  /* wraps the rows */
  const char *etag;
  guint shift;  /* so many rows are put in front after each request */
  guint status; /* instead of an answer, to whoever filters or sorts */
} Table;

static guint
get_number (GHashTable *query, const char *name, guint otherwise)
{
  const char *text = query != NULL ? g_hash_table_lookup (query, name) : NULL;

  return text != NULL ? (guint) g_ascii_strtoull (text, NULL, 10) : otherwise;
}

static void
get_span (Table *table, GHashTable *query, guint *start, guint *n)
{
  guint limit = get_number (query, "_limit", 0);
  guint page = get_number (query, "_page", 0);
  guint size = limit > 0 ? limit : table->n_rows;

  if (table->cap > 0)
    size = MIN (size, table->cap);
  *start = page > 0 ? (page - 1) * size : get_number (query, "_start", 0);
  if (table->ignores)
    {
      *start = 0;
      size = table->n_rows;
    }
  *n = *start < table->n_rows ? MIN (size, table->n_rows - *start) : 0;
  if (table->extra && *n > 0)
    ++*n;
}

static void
table_cb (FaultServer *server, SoupServerMessage *message, gpointer data)
{
  Table *table = data;
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);
  const char *text = g_uri_get_query (soup_server_message_get_uri (message));
  g_autoptr (GHashTable) query = text != NULL ? soup_form_decode (text) : NULL;
  const char *tag =
      soup_message_headers_get_one (soup_server_message_get_request_headers (message),
                                    "If-None-Match");
  g_autofree char *rows = NULL;
  g_autofree char *body = NULL;
  g_autofree char *total = g_strdup_printf ("%u", table->said);
  guint start, n;

  if (table->status != 0 && text != NULL
      && (strstr (text, "_sort=") != NULL || strstr (text, "q=") != NULL
          || strstr (text, "price=") != NULL))
    {
      fault_answer (message, table->status, "application/json",
                    "{\"message\":\"not here\"}");
      return;
    }
  if (table->etag != NULL)
    soup_message_headers_replace (headers, "ETag", table->etag);
  if (table->etag != NULL && g_strcmp0 (tag, table->etag) == 0)
    {
      fault_answer (message, 304, NULL, NULL);
      return;
    }
  get_span (table, query, &start, &n);
  rows = fault_dup_rows (start + 1
                             - MIN (start, table->shift * (server->requests->len - 1)),
                         n);
  if (table->key != NULL)
    body = g_strdup_printf ("{\"%s\":%s,\"total\":%u}", table->key, rows, table->said);
  fault_answer (message, 200, "application/json", body != NULL ? body : rows);
  if (table->said > 0 && table->key == NULL)
    soup_message_headers_replace (headers, "X-Total-Count", total);
}

static const char page_profile[] = "[profile]\nname=by-page\nbase-url=http://"
                                   "localhost\n[read]\nrecord={resource}/{id}\n"
                                   "paging=page\npage-parameter=_page\nlimit-parameter="
                                   "_limit\ntotal-header=X-Total-Count\n";
static const char plain_profile[] =
    "[profile]\nname=plain\nbase-url=http://localhost\n[read]\npaging=none\n";

typedef struct
{
  Table table;
  FaultServer *server;
  VliveRestMaster *master;
} Fixture;

static void
set_up (Fixture *fixture, Table table, const char *profile)
{
  fixture->table = table;
  fixture->server = fault_server_new (table_cb, &fixture->table);
  fixture->master = fault_master_new (fixture->server->url, profile);
}

static void
tear_down (Fixture *fixture)
{
  fault_server_free (fixture->server);
  vlive_test_turn ();
  g_assert_finalize_object (fixture->master);
}

static VlivePage *
fetch (Fixture *fixture, guint64 offset, guint limit)
{
  g_autoptr (GError) error = NULL;
  VlivePage *page = sync_fetch_window (VLIVE_MASTER (fixture->master), NULL, offset,
                                       limit, NULL, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (vlive_page_get_offset (page), ==, offset);
  g_assert_cmpuint (vlive_page_get_limit (page), ==, limit);

  return page;
}

/* Rows @first to @last (ids), and a total. */
static void
assert_page (VlivePage *page, guint first, guint n, VliveTotalKind kind, guint64 total)
{
  guint64 got = 0;

  g_assert_cmpuint (vlive_page_get_n_records (page), ==, n);
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *id = g_strdup_printf ("%u", first + i);

      g_assert_cmpstr (vlive_record_get_id (vlive_page_get_record (page, i)), ==, id);
    }
  g_assert_cmpint (vlive_page_get_total (page, &got), ==, kind);
  g_assert_cmpuint (got, ==, total);
}

static void
assert_requests (Fixture *fixture, const char *wanted)
{
  g_autofree char *got = NULL;

  g_ptr_array_add (fixture->server->requests, NULL);
  got = g_strjoinv (";", (char **) fixture->server->requests->pdata);
  g_ptr_array_set_size (fixture->server->requests, 0);
  g_assert_cmpstr (got, ==, wanted);
}

static void
test_skip (void)
{
  Fixture fixture;
  g_autoptr (VlivePage) first = NULL;
  g_autoptr (VlivePage) odd = NULL;
  g_autoptr (VlivePage) beyond = NULL;
  g_autoptr (VlivePage) whole = NULL;

  set_up (&fixture, (Table){ .n_rows = 25, .said = 25 }, NULL);
  first = fetch (&fixture, 0, 10);
  assert_page (first, 1, 10, VLIVE_TOTAL_EXACT, 25);
  assert_requests (&fixture, "GET /things?_start=0&_limit=10");
  odd = fetch (&fixture, 17, 10);
  assert_page (odd, 18, 8, VLIVE_TOTAL_EXACT, 25);
  assert_requests (&fixture, "GET /things?_start=17&_limit=10");
  beyond = fetch (&fixture, 4000000000, 10);
  assert_page (beyond, 1, 0, VLIVE_TOTAL_EXACT, 25);
  assert_requests (&fixture, "GET /things?_start=4000000000&_limit=10");
  whole = fetch (&fixture, 0, 0);
  assert_page (whole, 1, 25, VLIVE_TOTAL_EXACT, 25);
  assert_requests (&fixture, "GET /things");
  tear_down (&fixture);
}

/* Without a total a short page is the last one, and a full one is not. */
static void
test_no_total (void)
{
  Fixture fixture;
  g_autoptr (VlivePage) first = NULL;
  g_autoptr (VlivePage) last = NULL;
  g_autoptr (VlivePage) beyond = NULL;
  g_autoptr (VlivePage) none = NULL;

  set_up (&fixture, (Table){ .n_rows = 20 }, NULL);
  first = fetch (&fixture, 0, 10);
  assert_page (first, 1, 10, VLIVE_TOTAL_AT_LEAST, 10);
  last = fetch (&fixture, 15, 10);
  assert_page (last, 16, 5, VLIVE_TOTAL_EXACT, 20);
  beyond = fetch (&fixture, 20, 10);
  assert_page (beyond, 1, 0, VLIVE_TOTAL_UNKNOWN, 0);
  fixture.table.n_rows = 0;
  none = fetch (&fixture, 0, 10);
  assert_page (none, 1, 0, VLIVE_TOTAL_EXACT, 0);
  tear_down (&fixture);
}

/* Aligned pages are fetched and cut. */
static void
test_page (void)
{
  Fixture fixture;
  g_autoptr (VlivePage) aligned = NULL;
  g_autoptr (VlivePage) odd = NULL;
  g_autoptr (VlivePage) end = NULL;
  g_autoptr (VlivePage) beyond = NULL;

  set_up (&fixture, (Table){ .n_rows = 25, .said = 25 }, page_profile);
  aligned = fetch (&fixture, 10, 10);
  assert_page (aligned, 11, 10, VLIVE_TOTAL_EXACT, 25);
  assert_requests (&fixture, "GET /things?_page=2&_limit=10");
  odd = fetch (&fixture, 7, 10);
  assert_page (odd, 8, 10, VLIVE_TOTAL_EXACT, 25);
  assert_requests (&fixture,
                   "GET /things?_page=1&_limit=10;GET /things?_page=2&_limit=10");
  end = fetch (&fixture, 17, 10);
  assert_page (end, 18, 8, VLIVE_TOTAL_EXACT, 25);
  assert_requests (&fixture,
                   "GET /things?_page=2&_limit=10;GET /things?_page=3&_limit=10");
  beyond = fetch (&fixture, 27, 10);
  assert_page (beyond, 1, 0, VLIVE_TOTAL_EXACT, 25);
  assert_requests (&fixture, "GET /things?_page=3&_limit=10");
  tear_down (&fixture);
}

static void
test_page_from_zero (void)
{
  Fixture fixture;
  g_autoptr (VlivePage) page = NULL;
  g_autofree char *profile = g_strconcat (page_profile, "first-page=0\n", NULL);

  set_up (&fixture, (Table){ .n_rows = 25, .ignores = TRUE }, profile);
  page = fetch (&fixture, 0, 30);
  assert_requests (&fixture, "GET /things?_page=0&_limit=30");
  tear_down (&fixture);
}

static void
test_page_no_total (void)
{
  Fixture fixture;
  g_autoptr (VlivePage) odd = NULL;
  g_autoptr (VlivePage) short_page = NULL;

  set_up (&fixture, (Table){ .n_rows = 25 }, page_profile);
  odd = fetch (&fixture, 7, 10);
  assert_page (odd, 8, 10, VLIVE_TOTAL_AT_LEAST, 17);
  /* The row that was asked for is not there, but the end was seen. */
  short_page = fetch (&fixture, 26, 10);
  assert_page (short_page, 1, 0, VLIVE_TOTAL_EXACT, 25);
  tear_down (&fixture);
}

/* Rows that moved between the two requests: no id twice. */
static void
test_rows_moved (void)
{
  Fixture fixture;
  g_autoptr (VlivePage) page = NULL;
  g_autofree char *ids = NULL;

  set_up (&fixture, (Table){ .n_rows = 25, .said = 25, .shift = 1 }, page_profile);
  page = fetch (&fixture, 7, 10);
  ids = page_to_ids (page);
  g_assert_cmpstr (ids, ==, "8,9,10,11,12,13,14,15,16");
  g_assert_nonnull (vlive_page_get_diagnostics (page));
  g_assert_nonnull (strstr (vlive_page_get_diagnostics (page)[0], "moved"));
  g_assert_null (vlive_page_get_validator (page));
  tear_down (&fixture);
}

/* Each answer that tells the columns is a description; what is new of it is
 * notified. */
static void
count_cb (GObject *object, GParamSpec *pspec, guint *n)
{
  ++*n;
}

/* A server that gives fewer at once than were asked for, and says so in its
 * total: the rest is fetched, and the bound remembered. */
static void
test_cap (void)
{
  static const char *const profiles[] = { NULL, page_profile };

  for (guint i = 0; i < 2; i++)
    {
      Fixture fixture;
      g_autoptr (VlivePage) first = NULL;
      g_autoptr (VlivePage) later = NULL;
      g_autoptr (VlivePage) again = NULL;

      set_up (&fixture, (Table){ .n_rows = 25, .said = 25, .cap = 7 }, profiles[i]);
      first = fetch (&fixture, 0, 20);
      assert_page (first, 1, 20, VLIVE_TOTAL_EXACT, 25);
      g_assert_cmpuint (vlive_description_get_max_page (vlive_master_get_description (
                            VLIVE_MASTER (fixture.master))),
                        ==, 7);
      assert_requests (
          &fixture,
          i == 0 ? "GET /things?_start=0&_limit=20;GET /things?_start=7&_limit=7;"
                   "GET /things?_start=14&_limit=6"
                 : "GET /things?_page=1&_limit=20;GET /things?_page=2&_limit=7;"
                   "GET /things?_page=3&_limit=7");
      /* From now on it is known. */
      later = fetch (&fixture, 20, 20);
      assert_page (later, 21, 5, VLIVE_TOTAL_EXACT, 25);
      again = fetch (&fixture, 0, 0);
      assert_page (again, 1, 25, VLIVE_TOTAL_EXACT, 25);
      tear_down (&fixture);
    }
}

/* The first that is read of a capped server by page is not the first page. */
static void
test_cap_in_the_middle (void)
{
  Fixture fixture;
  g_autoptr (VlivePage) page = NULL;

  set_up (&fixture, (Table){ .n_rows = 25, .said = 25, .cap = 7 }, page_profile);
  page = fetch (&fixture, 10, 10);
  assert_page (page, 11, 10, VLIVE_TOTAL_EXACT, 25);
  tear_down (&fixture);
}

static void
test_max_page_of_profile (void)
{
  Fixture fixture;
  g_autofree char *profile =
      g_strconcat (page_profile, "max-page=4\nwhole=pages\n", NULL);
  g_autoptr (VlivePage) page = NULL;
  g_autoptr (VlivePage) whole = NULL;

  set_up (&fixture, (Table){ .n_rows = 10, .said = 10 }, profile);
  page = fetch (&fixture, 0, 6);
  assert_page (page, 1, 6, VLIVE_TOTAL_EXACT, 10);
  assert_requests (&fixture,
                   "GET /things?_page=1&_limit=4;GET /things?_page=2&_limit=4");
  whole = fetch (&fixture, 0, 0);
  assert_page (whole, 1, 10, VLIVE_TOTAL_EXACT, 10);
  assert_requests (&fixture,
                   "GET /things?_page=1&_limit=4;GET /things?_page=2&_limit=4;"
                   "GET /things?_page=3&_limit=4");
  tear_down (&fixture);
}

/* 42 claimed, 35 there: it ends, and nothing is made up. */
static void
test_lying_total (void)
{
  static const char *const profiles[] = { NULL, page_profile };

  for (guint i = 0; i < 2; i++)
    {
      Fixture fixture;
      g_autoptr (VlivePage) page = NULL;
      g_autoptr (VlivePage) beyond = NULL;

      set_up (&fixture, (Table){ .n_rows = 35, .said = 42 }, profiles[i]);
      page = fetch (&fixture, 30, 10);
      assert_page (page, 31, 5, VLIVE_TOTAL_EXACT, 42);
      g_assert_cmpuint (fixture.server->requests->len, <=, 4);
      g_ptr_array_set_size (fixture.server->requests, 0);
      beyond = fetch (&fixture, 40, 10);
      assert_page (beyond, 1, 0, VLIVE_TOTAL_EXACT, 42);
      g_assert_cmpuint (fixture.server->requests->len, ==, 1);
      g_assert_cmpuint (vlive_description_get_max_page (vlive_master_get_description (
                            VLIVE_MASTER (fixture.master))),
                        ==, 0);
      tear_down (&fixture);
    }
}

/* Everything was asked for, and less came. */
static void
test_whole_continued (void)
{
  Fixture fixture;
  g_autoptr (VlivePage) page = NULL;

  set_up (&fixture, (Table){ .n_rows = 25, .said = 25, .cap = 10 }, NULL);
  page = fetch (&fixture, 0, 0);
  assert_page (page, 1, 25, VLIVE_TOTAL_EXACT, 25);
  assert_requests (&fixture, "GET /things;GET /things?_start=10&_limit=10;"
                             "GET /things?_start=20&_limit=10");
  tear_down (&fixture);
}

static void
test_whole_zero (void)
{
  Fixture fixture;
  g_autofree char *profile = g_strconcat (page_profile, "whole=zero\n", NULL);
  g_autoptr (VlivePage) page = NULL;

  set_up (&fixture, (Table){ .n_rows = 25, .said = 25 }, profile);
  page = fetch (&fixture, 0, 0);
  assert_page (page, 1, 25, VLIVE_TOTAL_EXACT, 25);
  assert_requests (&fixture, "GET /things?_limit=0");
  tear_down (&fixture);
}

/* A server that always has another row ends with an error. */
static void
endless_cb (FaultServer *server, SoupServerMessage *message, gpointer data)
{
  g_autofree char *rows = fault_dup_rows (server->requests->len * 100, 100);

  fault_answer (message, 200, "application/json", rows);
}

static void
test_endless (void)
{
  g_autofree char *profile = g_strconcat (page_profile, "whole=pages\n", NULL);
  g_autoptr (FaultServer) server = fault_server_new (endless_cb, NULL);
  VliveRestMaster *master = fault_master_new (server->url, profile);
  g_autoptr (GError) error = NULL;

  g_assert_null (
      sync_fetch_window (VLIVE_MASTER (master), NULL, 0, 0, NULL, NULL, &error));
  assert_error_says (error, VLIVE_ERROR_TOO_LARGE, "*does not end after 2000 requests");
  g_assert_finalize_object (master);
}

/* A server that does not know paging at all, whatever its profile says. */
static void
test_paging_ignored (void)
{
  static const char *const profiles[] = { NULL, page_profile };

  for (guint i = 0; i < 2; i++)
    {
      Fixture fixture;
      g_autoptr (VlivePage) stated = NULL;
      g_autoptr (VlivePage) first = NULL;
      g_autoptr (GError) error = NULL;

      set_up (&fixture, (Table){ .n_rows = 25, .said = 25, .ignores = TRUE },
              profiles[i]);
      stated = fetch (&fixture, 10, 10);
      assert_page (stated, 11, 10, VLIVE_TOTAL_EXACT, 25);
      fixture.table.said = 0;
      first = fetch (&fixture, 0, 10);
      assert_page (first, 1, 10, VLIVE_TOTAL_AT_LEAST, 10);
      /* Which rows these are cannot be known. */
      g_assert_null (sync_fetch_window (VLIVE_MASTER (fixture.master), NULL, 10, 10,
                                        NULL, NULL, &error));
      assert_error_says (error, VLIVE_ERROR_INVALID,
                         "*sent 25 rows where 10 were asked for*");
      tear_down (&fixture);
    }
}

/* No paging: the whole set is fetched and cut; while the server says that it
 * is the same, it is not sent again. */
static void
test_held_set (void)
{
  Fixture fixture;
  g_autoptr (VlivePage) first = NULL;
  g_autoptr (VlivePage) second = NULL;
  g_autoptr (VlivePage) same = NULL;
  g_autoptr (VlivePage) changed = NULL;
  g_autoptr (GError) error = NULL;
  guint64 total = 0;

  set_up (&fixture, (Table){ .n_rows = 25, .etag = "\"a\"" }, plain_profile);
  first = fetch (&fixture, 0, 10);
  assert_page (first, 1, 10, VLIVE_TOTAL_EXACT, 25);
  g_assert_cmpstr (vlive_page_get_validator (first), ==, "\"a\"");
  g_assert_nonnull (fixture.master->held);
  second = fetch (&fixture, 20, 10);
  assert_page (second, 21, 5, VLIVE_TOTAL_EXACT, 25);
  g_assert_cmpstr (vlive_page_get_validator (second), ==, "\"a\"");
  g_assert_cmpstr (soup_message_headers_get_one (fixture.server->headers->pdata[1],
                                                 "If-None-Match"),
                   ==, "\"a\"");
  same = sync_fetch_window (VLIVE_MASTER (fixture.master), NULL, 0, 10, "\"a\"", NULL,
                            &error);
  g_assert_no_error (error);
  g_assert_true (vlive_page_is_not_modified (same));
  g_assert_cmpint (vlive_page_get_total (same, &total), ==, VLIVE_TOTAL_EXACT);
  g_assert_cmpuint (total, ==, 25);
  fixture.table.etag = "\"b\"";
  fixture.table.n_rows = 12;
  changed = fetch (&fixture, 10, 10);
  assert_page (changed, 11, 2, VLIVE_TOTAL_EXACT, 12);
  assert_requests (&fixture, "GET /things;GET /things;GET /things;GET /things");
  tear_down (&fixture);
}

static void
test_held_set_not_kept (void)
{
  Fixture fixture;
  g_autoptr (VlivePage) page = NULL;

  set_up (&fixture, (Table){ .n_rows = 5 }, plain_profile);
  page = fetch (&fixture, 0, 10);
  assert_page (page, 1, 5, VLIVE_TOTAL_EXACT, 5);
  g_assert_null (fixture.master->held);
  g_assert_null (vlive_page_get_validator (page));
  tear_down (&fixture);
}

static void
test_envelope (void)
{
  static const char profile[] =
      "[profile]\nname=wrapped\nbase-url=http://localhost\n"
      "[read]\nenvelope={collection}\ntotal-path=total\npaging=skip\n"
      "offset-parameter=_start\nlimit-parameter=_limit\n";
  Fixture fixture;
  g_autoptr (VlivePage) page = NULL;
  g_autoptr (GError) error = NULL;
  guint64 total = 0;

  set_up (&fixture, (Table){ .n_rows = 25, .said = 25, .key = "things" }, profile);
  page = fetch (&fixture, 10, 10);
  assert_page (page, 11, 10, VLIVE_TOTAL_EXACT, 25);
  g_assert_cmpint (sync_count (VLIVE_MASTER (fixture.master), NULL, &total, &error), ==,
                   VLIVE_TOTAL_EXACT);
  g_assert_no_error (error);
  g_assert_cmpuint (total, ==, 25);
  tear_down (&fixture);
}

static void
test_count (void)
{
  Fixture fixture;
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) none_error = NULL;
  guint64 total = 0;

  set_up (&fixture, (Table){ .n_rows = 25, .said = 25 }, NULL);
  g_assert_cmpint (sync_count (VLIVE_MASTER (fixture.master), NULL, &total, &error), ==,
                   VLIVE_TOTAL_EXACT);
  g_assert_no_error (error);
  g_assert_cmpuint (total, ==, 25);
  /* The cheapest request that tells. */
  assert_requests (&fixture, "GET /things?_start=0&_limit=1");
  fixture.table.said = 0;
  g_assert_cmpint (sync_count (VLIVE_MASTER (fixture.master), NULL, &total,
                               &none_error),
                   ==, VLIVE_TOTAL_UNKNOWN);
  assert_error_says (none_error, VLIVE_ERROR_UNSUPPORTED, "*states no total");
  tear_down (&fixture);
}

static void
test_validator (void)
{
  Fixture fixture;
  g_autoptr (VlivePage) page = NULL;
  g_autoptr (VlivePage) same = NULL;
  g_autoptr (VlivePage) odd = NULL;
  g_autoptr (GError) error = NULL;
  guint64 total = 0;

  set_up (&fixture, (Table){ .n_rows = 25, .said = 25, .etag = "W/\"a\"" },
          page_profile);
  page = fetch (&fixture, 0, 10);
  g_assert_cmpstr (vlive_page_get_validator (page), ==, "W/\"a\"");
  same = sync_fetch_window (VLIVE_MASTER (fixture.master), NULL, 0, 10, "W/\"a\"", NULL,
                            &error);
  g_assert_no_error (error);
  g_assert_true (vlive_page_is_not_modified (same));
  g_assert_cmpuint (vlive_page_get_n_records (same), ==, 0);
  /* It did not say. */
  g_assert_cmpint (vlive_page_get_total (same, &total), ==, VLIVE_TOTAL_UNKNOWN);
  /* A validator of one answer says nothing of two. */
  odd = sync_fetch_window (VLIVE_MASTER (fixture.master), NULL, 5, 10, "W/\"a\"", NULL,
                           &error);
  g_assert_no_error (error);
  g_assert_false (vlive_page_is_not_modified (odd));
  g_assert_cmpuint (vlive_page_get_n_records (odd), ==, 10);
  g_assert_null (vlive_page_get_validator (odd));
  tear_down (&fixture);
}

static void
test_validator_declined (void)
{
  Fixture fixture;
  g_autofree char *profile = g_strconcat (page_profile, "conditional=false\n", NULL);
  g_autoptr (VlivePage) page = NULL;
  g_autoptr (VlivePage) again = NULL;
  g_autoptr (GError) error = NULL;

  set_up (&fixture, (Table){ .n_rows = 25, .said = 25, .etag = "\"a\"" }, profile);
  page = fetch (&fixture, 0, 10);
  g_assert_null (vlive_page_get_validator (page));
  again = sync_fetch_window (VLIVE_MASTER (fixture.master), NULL, 0, 10, "\"a\"", NULL,
                             &error);
  g_assert_no_error (error);
  g_assert_false (vlive_page_is_not_modified (again));
  g_assert_cmpint (vlive_description_get_capabilities (
                       vlive_master_get_description (VLIVE_MASTER (fixture.master)))
                       & VLIVE_CAN_READ_CONDITIONALLY,
                   ==, 0);
  tear_down (&fixture);
}

static VliveQuery *
query_new (const char *column, VliveOperator op, GVariant *value)
{
  g_autoptr (VliveQuery) everything = vlive_query_new ();
  g_autoptr (GError) error = NULL;
  VliveQuery *query =
      vlive_query_with_condition (everything, column, op, value, &error);

  g_assert_no_error (error);

  return query;
}

static void
assert_ignored (Fixture *fixture,
                VliveQuery *query,
                const char *first,
                const char *then)
{
  VliveMaster *master = VLIVE_MASTER (fixture->master);
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) again = NULL;
  g_autoptr (GError) count_error = NULL;
  g_autoptr (VliveDescription) anew = NULL;
  guint n_notified = 0;

  g_signal_connect (master, "notify::description", G_CALLBACK (count_cb), &n_notified);
  g_ptr_array_set_size (fixture->server->requests, 0);
  g_assert_null (sync_fetch_window (master, query, 0, 10, NULL, NULL, &error));
  assert_error_says (error, VLIVE_ERROR_UNSUPPORTED, first);
  g_assert_nonnull (strstr (error->message, fixture->server->url));
  g_assert_cmpuint (fixture->server->requests->len, ==, 1);
  g_assert_cmpuint (n_notified, ==, 1);
  /* It is not asked again, until the master is described anew. */
  g_assert_null (sync_fetch_window (master, query, 0, 10, NULL, NULL, &again));
  assert_error_says (again, VLIVE_ERROR_UNSUPPORTED, then);
  sync_count (master, query, NULL, &count_error);
  assert_error_says (count_error, VLIVE_ERROR_UNSUPPORTED, then);
  g_assert_cmpuint (fixture->server->requests->len, ==, 1);
  g_assert_cmpuint (n_notified, ==, 1);
  anew = sync_describe (master, NULL);
  g_assert_true (vlive_description_can_query (anew, query, NULL));
  g_signal_handlers_disconnect_by_data (master, &n_notified);
}

/* A server that ignores what it does not know is found out by its rows. */
static void
test_ignored_clauses (void)
{
  static const char *const names[] = { "row 1", "row 2", NULL };
  Fixture fixture;
  g_autoptr (VliveQuery) everything = vlive_query_new ();
  g_autoptr (VliveQuery) equal =
      query_new ("name", VLIVE_OPERATOR_EQUAL, g_variant_new_string ("row 3"));
  g_autoptr (VliveQuery) unknown =
      query_new ("nope", VLIVE_OPERATOR_EQUAL, g_variant_new_string ("x"));
  g_autoptr (VliveQuery) differs =
      query_new ("price", VLIVE_OPERATOR_NOT_EQUAL, g_variant_new_int64 (3));
  g_autoptr (VliveQuery) less =
      query_new ("price", VLIVE_OPERATOR_LESS_EQUAL, g_variant_new_int64 (3));
  g_autoptr (VliveQuery) greater =
      query_new ("price", VLIVE_OPERATOR_GREATER_EQUAL, g_variant_new_string ("3"));
  g_autoptr (VliveQuery) contains =
      query_new ("name", VLIVE_OPERATOR_CONTAINS, g_variant_new_string ("3"));
  g_autoptr (VliveQuery) in =
      query_new ("name", VLIVE_OPERATOR_IN, g_variant_new_strv (names, -1));
  g_autoptr (VliveQuery) up = vlive_query_with_sort (everything, "price", FALSE);
  g_autoptr (VliveQuery) down = vlive_query_with_sort (everything, "id", TRUE);
  g_autoptr (VliveQuery) nothing = vlive_query_with_sort (everything, "nope", FALSE);
  g_autoptr (VliveQuery) search = vlive_query_with_search (everything, "needle");

  set_up (&fixture, (Table){ .n_rows = 25, .said = 25 }, NULL);
  assert_ignored (&fixture, equal, "*filtered by “name”*ignored*do not match",
                  "*ignores the filter “=” on “name”");
  assert_ignored (&fixture, unknown, "*filtered by “nope”*", "*ignores the filter*");
  assert_ignored (&fixture, differs, "*filtered by “price”*",
                  "*ignores the filter “!=”*");
  assert_ignored (&fixture, less, "*filtered by “price”*", "*ignores the filter “<=”*");
  assert_ignored (&fixture, greater, "*filtered by “price”*",
                  "*ignores the filter “>=”*");
  assert_ignored (&fixture, contains, "*filtered by “name”*",
                  "*ignores the filter “~”*");
  assert_ignored (&fixture, in, "*filtered by “name”*",
                  "*ignores the filter “one of”*");
  assert_ignored (&fixture, up, "*sorted by “price”*", "*does not sort by “price”");
  assert_ignored (&fixture, down, "*sorted by “id”*", "*does not sort by “id”");
  assert_ignored (&fixture, nothing, "*sorted by “nope”*", "*does not sort by “nope”");
  assert_ignored (&fixture, search, "*cannot be searched*ignored*",
                  "*cannot be searched*");
  tear_down (&fixture);
}

/* Other conditions on other columns go on. */
static void
test_ignored_is_narrow (void)
{
  Fixture fixture;
  g_autoptr (VliveQuery) unknown =
      query_new ("nope", VLIVE_OPERATOR_EQUAL, g_variant_new_string ("x"));
  g_autoptr (VliveQuery) known =
      query_new ("id", VLIVE_OPERATOR_EQUAL, g_variant_new_int64 (1));
  g_autoptr (GError) error = NULL;
  g_autoptr (VlivePage) page = NULL;

  set_up (&fixture, (Table){ .n_rows = 1, .said = 1 }, NULL);
  g_assert_null (sync_fetch_window (VLIVE_MASTER (fixture.master), unknown, 0, 10, NULL,
                                    NULL, &error));
  assert_error_says (error, VLIVE_ERROR_UNSUPPORTED, "*");
  g_clear_error (&error);
  page = sync_fetch_window (VLIVE_MASTER (fixture.master), known, 0, 10, NULL, NULL,
                            &error);
  g_assert_no_error (error);
  g_assert_cmpuint (vlive_page_get_n_records (page), ==, 1);
  tear_down (&fixture);
}

/* Rows that another reading of the condition lets pass prove nothing. */
static void
lenient_cb (FaultServer *server, SoupServerMessage *message, gpointer data)
{
  fault_answer (message, 200, "application/json",
                "[{\"id\":1,\"n\":5,\"s\":\"Zebra\",\"t\":\"5\",\"b\":true}]");
}

static void
test_lenient (void)
{
  g_autoptr (FaultServer) server = fault_server_new (lenient_cb, NULL);
  VliveRestMaster *master = fault_master_new (server->url, NULL);
  const struct
  {
    const char *column;
    VliveOperator op;
    const char *value;
  } passes[] = {
    { "n", VLIVE_OPERATOR_EQUAL, "5" },
    { "s", VLIVE_OPERATOR_EQUAL, "zebra" },
    { "t", VLIVE_OPERATOR_GREATER_EQUAL, "4" },
    { "n", VLIVE_OPERATOR_LESS_EQUAL, "5.5" },
    { "b", VLIVE_OPERATOR_EQUAL, "true" },
    { "b", VLIVE_OPERATOR_GREATER_EQUAL, "7" },
    { "n", VLIVE_OPERATOR_GREATER_EQUAL, "x" },
    { "s", VLIVE_OPERATOR_CONTAINS, "BRA" },
    { "nope", VLIVE_OPERATOR_NOT_EQUAL, "5" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (passes); i++)
    {
      g_autoptr (VliveQuery) query = query_new (passes[i].column, passes[i].op,
                                                g_variant_new_string (passes[i].value));
      g_autoptr (GError) error = NULL;
      g_autoptr (VlivePage) page =
          sync_fetch_window (VLIVE_MASTER (master), query, 0, 10, NULL, NULL, &error);

      g_assert_no_error (error);
      g_assert_cmpuint (vlive_page_get_n_records (page), ==, 1);
    }
  g_assert_finalize_object (master);
}

/* One clause that is refused outright: it was advertised, and is no more. */
static void
test_refused_clauses (void)
{
  g_autoptr (VliveQuery) everything = vlive_query_new ();
  g_autoptr (VliveQuery) sort = vlive_query_with_sort (everything, "price", FALSE);
  g_autoptr (VliveQuery) two = vlive_query_with_sort (sort, "name", FALSE);
  g_autoptr (VliveQuery) search = vlive_query_with_search (everything, "x");
  g_autoptr (VliveQuery) filter =
      query_new ("price", VLIVE_OPERATOR_EQUAL, g_variant_new_int64 (3));
  const struct
  {
    VliveQuery *query;
    guint status;
    int code;
    gboolean demoted;
  } refusals[] = {
    { sort, 400, VLIVE_ERROR_UNSUPPORTED, TRUE },
    { sort, 422, VLIVE_ERROR_UNSUPPORTED, TRUE },
    { sort, 500, VLIVE_ERROR_SERVER, FALSE },
    { search, 501, VLIVE_ERROR_UNSUPPORTED, TRUE },
    { filter, 405, VLIVE_ERROR_UNSUPPORTED, TRUE },
    { filter, 400, VLIVE_ERROR_INVALID, FALSE },
    { two, 400, VLIVE_ERROR_INVALID, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (refusals); i++)
    {
      Fixture fixture;
      g_autoptr (GError) error = NULL;

      set_up (&fixture, (Table){ .n_rows = 5, .status = refusals[i].status }, NULL);
      g_assert_null (sync_fetch_window (VLIVE_MASTER (fixture.master),
                                        refusals[i].query, 0, 10, NULL, NULL, &error));
      assert_error_says (error, refusals[i].code, "*not here*");
      g_assert_true (vlive_description_can_query (vlive_master_get_description (
                                                      VLIVE_MASTER (fixture.master)),
                                                  refusals[i].query, NULL)
                     != refusals[i].demoted);
      tear_down (&fixture);
    }
}

static void
growing_cb (FaultServer *server, SoupServerMessage *message, gpointer data)
{
  fault_answer (message, 200, "application/json",
                server->requests->len == 1 ? "[{\"id\":1,\"a\":1}]"
                                           : "[{\"id\":2,\"a\":1.5,\"b\":\"x\"}]");
}

static void
test_schema (void)
{
  g_autoptr (FaultServer) server = fault_server_new (growing_cb, NULL);
  VliveRestMaster *master = fault_master_new (server->url, NULL);
  guint n_notified = 0;
  VliveSchema *schema;

  g_signal_connect (master, "notify::description", G_CALLBACK (count_cb), &n_notified);
  schema = vlive_description_get_schema (
      vlive_master_get_description (VLIVE_MASTER (master)));
  g_assert_null (schema);
  for (guint i = 0; i < 4; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (VlivePage) page =
          sync_fetch_window (VLIVE_MASTER (master), NULL, 0, 10, NULL, NULL, &error);

      g_assert_no_error (error);
      g_assert_nonnull (page);
    }
  g_assert_cmpuint (n_notified, ==, 2);
  schema = vlive_description_get_schema (
      vlive_master_get_description (VLIVE_MASTER (master)));
  g_assert_cmpuint (vlive_schema_get_n_columns (schema), ==, 3);
  g_assert_cmpint (vlive_column_get_value_type (vlive_schema_find_column (schema, "a")),
                   ==, VLIVE_VALUE_DOUBLE);
  g_assert_cmpstr (vlive_column_get_name (vlive_schema_get_id_column (schema)), ==,
                   "id");
  g_assert_finalize_object (master);
}

/* Two answers at once, each with another column: both are known then. */
static void
test_schema_of_two_answers (void)
{
  g_autoptr (FaultServer) server = fault_server_new (growing_cb, NULL);
  VliveRestMaster *master = fault_master_new (server->url, NULL);
  g_autoptr (VliveQuery) everything = vlive_query_new ();
  GAsyncResult *results[2] = { NULL };
  VliveSchema *schema;

  for (guint i = 0; i < 2; i++)
    vlive_master_fetch_window_async (VLIVE_MASTER (master), everything, i, 1, NULL,
                                     NULL, vlive_test_result_cb, &results[i]);
  for (guint i = 0; i < 2; i++)
    {
      VLIVE_TEST_WAIT (results[i] != NULL);
      vlive_page_unref (
          vlive_master_fetch_window_finish (VLIVE_MASTER (master), results[i], NULL));
      g_object_unref (results[i]);
    }
  schema = vlive_description_get_schema (
      vlive_master_get_description (VLIVE_MASTER (master)));
  g_assert_cmpuint (vlive_schema_get_n_columns (schema), ==, 3);
  g_assert_finalize_object (master);
}

/* What is asked for, as it goes over the wire. */
static void
assert_url (const char *profile, VliveQuery *query, const char *url)
{
  Fixture fixture;
  g_autoptr (GError) error = NULL;
  g_autoptr (VlivePage) page = NULL;
  g_autofree char *wanted =
      g_strconcat ("GET /things?", url, "&_start=0&_limit=10", NULL);

  set_up (&fixture, (Table){ .n_rows = 0, .said = 0 }, profile);
  page = sync_fetch_window (VLIVE_MASTER (fixture.master), query, 0, 10, NULL, NULL,
                            &error);
  g_assert_no_error (error);
  assert_requests (&fixture, wanted);
  tear_down (&fixture);
}

static void
test_urls (void)
{
  g_autofree char *many = g_strnfill (2048, 'x');
  g_autofree char *many_url = g_strconcat ("name=", many, NULL);
  static const char *const names[] = { "a b", "c&d", NULL };
  const struct
  {
    const char *column;
    VliveOperator op;
    GVariant *value;
    const char *url;
  } urls[] = {
    { "name", VLIVE_OPERATOR_EQUAL, g_variant_new_string ("a/b"), "name=a%2Fb" },
    { "name", VLIVE_OPERATOR_EQUAL, g_variant_new_string ("a&b"), "name=a%26b" },
    { "name", VLIVE_OPERATOR_EQUAL, g_variant_new_string ("é"), "name=%C3%A9" },
    { "name", VLIVE_OPERATOR_EQUAL, g_variant_new_string ("?#=+ %"),
      "name=%3F%23%3D%2B%20%25" },
    { "name", VLIVE_OPERATOR_EQUAL, g_variant_new_string (""), "name=" },
    { "name", VLIVE_OPERATOR_EQUAL, g_variant_new_string (many), many_url },
    { "na&me", VLIVE_OPERATOR_EQUAL, g_variant_new_string ("x"), "na%26me=x" },
    { "price", VLIVE_OPERATOR_GREATER_EQUAL, g_variant_new_double (0.1),
      "price_gte=0.1" },
    { "price", VLIVE_OPERATOR_LESS_EQUAL, g_variant_new_int64 (-3), "price_lte=-3" },
    { "done", VLIVE_OPERATOR_EQUAL, g_variant_new_boolean (TRUE), "done=true" },
    { "name", VLIVE_OPERATOR_IN, g_variant_new_strv (names, -1),
      "name=a%20b&name=c%26d" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (urls); i++)
    {
      g_autoptr (VliveQuery) query =
          query_new (urls[i].column, urls[i].op, urls[i].value);

      assert_url (NULL, query, urls[i].url);
    }
}

static void
test_sort_urls (void)
{
  g_autoptr (VliveQuery) everything = vlive_query_new ();
  g_autoptr (VliveQuery) first = vlive_query_with_sort (everything, "a b", TRUE);
  g_autoptr (VliveQuery) both = vlive_query_with_sort (first, "c", FALSE);
  g_autoptr (VliveQuery) search = vlive_query_with_search (both, "x&y");
  g_autofree char *prefix_profile = g_strconcat (
      "[profile]\nname=p\nbase-url=http://localhost\n[read]\npaging=skip\n"
      "offset-parameter=_start\nlimit-parameter=_limit\n"
      "[sort]\nparameter=sort\ndescending-prefix=-\nmany=true\nseparator=;\n",
      NULL);
  g_autofree char *capitals =
      g_strconcat ("[profile]\nname=p\nbase-url=http://localhost\n[read]\npaging=skip\n"
                   "offset-parameter=_start\nlimit-parameter=_limit\n"
                   "[sort]\nparameter=s\norder-parameter=o\ndescending=DESC\n",
                   NULL);

  assert_url (NULL, search, "_sort=a%20b%2Cc&_order=desc%2Casc&q=x%26y");
  assert_url (prefix_profile, both, "sort=-a%20b%3Bc");
  assert_url (capitals, first, "s=a%20b&o=DESC");
}

/* The search of some servers has a path of its own. */
static void
test_search_path (void)
{
  static const char profile[] =
      "[profile]\nname=p\nbase-url=http://localhost/\n[search]\nparameter=q\n"
      "list={resource}/search\n";
  Fixture fixture;
  g_autoptr (VliveQuery) everything = vlive_query_new ();
  g_autoptr (VliveQuery) search = vlive_query_with_search (everything, "ä");
  g_autoptr (GError) error = NULL;
  g_autoptr (VlivePage) page = NULL;

  set_up (&fixture, (Table){ .n_rows = 2 }, profile);
  page = sync_fetch_window (VLIVE_MASTER (fixture.master), search, 0, 10, NULL, NULL,
                            &error);
  g_assert_no_error (error);
  assert_requests (&fixture, "GET /things/search?q=%C3%A4");
  tear_down (&fixture);
}

static void
test_base_url_forms (void)
{
  static const struct
  {
    const char *tail;
    const char *request;
  } forms[] = {
    { "", "GET /things/a%2Fb" },
    { "/", "GET /things/a%2Fb" },
    { "/api/v1", "GET /api/v1/things/a%2Fb" },
    { "/api/v1/", "GET /api/v1/things/a%2Fb" },
    { "/api//", "GET /api/things/a%2Fb" },
    { "/a%20b/?x=1%2F2", "GET /a%20b/things/a%2Fb?x=1%2F2" },
    { "?x=1#part", "GET /things/a%2Fb?x=1" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (forms); i++)
    {
      Table table = { .n_rows = 1 };
      g_autoptr (FaultServer) server = fault_server_new (table_cb, &table);
      g_autofree char *url = g_strconcat (server->url, forms[i].tail, NULL);
      VliveRestMaster *master = fault_master_new (url, NULL);
      g_autoptr (GError) error = NULL;

      g_assert_null (sync_fetch_record (VLIVE_MASTER (master), "a/b", &error));
      assert_error_says (error, VLIVE_ERROR_INVALID, "*is a list, not a record");
      g_assert_cmpstr (server->requests->pdata[0], ==, forms[i].request);
      g_assert_finalize_object (master);
    }
}

int
main (int argc, char **argv)
{
  int result;

  vlive_test_init (&argc, &argv);
  g_test_add_func ("/rest-window/skip", test_skip);
  g_test_add_func ("/rest-window/no-total", test_no_total);
  g_test_add_func ("/rest-window/page", test_page);
  g_test_add_func ("/rest-window/page-from-zero", test_page_from_zero);
  g_test_add_func ("/rest-window/page-no-total", test_page_no_total);
  g_test_add_func ("/rest-window/rows-moved", test_rows_moved);
  g_test_add_func ("/rest-window/cap", test_cap);
  g_test_add_func ("/rest-window/cap-in-the-middle", test_cap_in_the_middle);
  g_test_add_func ("/rest-window/max-page-of-profile", test_max_page_of_profile);
  g_test_add_func ("/rest-window/lying-total", test_lying_total);
  g_test_add_func ("/rest-window/whole-continued", test_whole_continued);
  g_test_add_func ("/rest-window/whole-zero", test_whole_zero);
  g_test_add_func ("/rest-window/endless", test_endless);
  g_test_add_func ("/rest-window/paging-ignored", test_paging_ignored);
  g_test_add_func ("/rest-window/held-set", test_held_set);
  g_test_add_func ("/rest-window/held-set-not-kept", test_held_set_not_kept);
  g_test_add_func ("/rest-window/envelope", test_envelope);
  g_test_add_func ("/rest-window/count", test_count);
  g_test_add_func ("/rest-window/validator", test_validator);
  g_test_add_func ("/rest-window/validator-declined", test_validator_declined);
  g_test_add_func ("/rest-window/ignored-clauses", test_ignored_clauses);
  g_test_add_func ("/rest-window/ignored-is-narrow", test_ignored_is_narrow);
  g_test_add_func ("/rest-window/lenient", test_lenient);
  g_test_add_func ("/rest-window/refused-clauses", test_refused_clauses);
  g_test_add_func ("/rest-window/schema", test_schema);
  g_test_add_func ("/rest-window/schema-of-two-answers", test_schema_of_two_answers);
  g_test_add_func ("/rest-window/urls", test_urls);
  g_test_add_func ("/rest-window/sort-urls", test_sort_urls);
  g_test_add_func ("/rest-window/search-path", test_search_path);
  g_test_add_func ("/rest-window/base-url-forms", test_base_url_forms);
  result = vlive_test_run ();
  vlive_test_assert_all_gone ();

  return result;
}
