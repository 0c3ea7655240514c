/* test-rest-conformance.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "master-conformance.h"
#include "vlive-test-server.h"

/* More tables than there are tests: each test has one of its own. */
#define N_TABLES 128

typedef struct
{
  VliveTestServer *server;
  const char *profile; /* changes to that of json-server */
  guint n_used;
} Fixture;

static const char page_profile[] =
    "[profile]\nname=by-page\nbase-url=http://localhost\n"
    "[read]\nrecord={resource}/{id}\npaging=page\npage-parameter=_page\n"
    "limit-parameter=_limit\ntotal-header=X-Total-Count\n";
static const char plain_profile[] = "[profile]\nname=no-paging\nbase-url=http://"
                                    "localhost\n[read]\nrecord={resource}/{id}\n"
                                    "[write]\nreplace=PUT {resource}/{id}\n";
static const char bare_profile[] =
    "[profile]\nname=no-total\nbase-url=http://localhost\n"
    "[read]\npaging=skip\noffset-parameter=_start\nlimit-parameter=_limit\nwhole="
    "pages\n"
    "max-page=7\nconditional=false\n";

static VliveMaster *
make (VliveRecord *const *records, guint n_records, gpointer data)
{
  Fixture *fixture = data;
  g_autofree char *table = g_strdup_printf ("t%u", fixture->n_used++);
  g_autoptr (GError) error = NULL;
  g_autoptr (VliveProfile) shipped = NULL;
  g_autoptr (VliveProfile) profile = NULL;

  g_assert_cmpuint (fixture->n_used, <=, N_TABLES);
  if (fixture->profile != NULL)
    shipped = vlive_profile_new_from_data (fixture->profile, -1, &error);
  else
    shipped = vlive_profile_load ("json-server", &error);
  g_assert_no_error (error);
  profile =
      vlive_profile_with_base_url (shipped, vlive_test_server_get_url (fixture->server),
                                   &error);
  g_assert_no_error (error);

  return VLIVE_MASTER (vlive_rest_master_new (profile, table));
}

static char *
dup_db (void)
{
  g_autofree char *table = master_conformance_dup_json ();
  g_autoptr (GString) db = g_string_new ("{");

  for (guint i = 0; i < N_TABLES; i++)
    g_string_append_printf (db, "%s\"t%u\":%s", i > 0 ? ",\n" : "", i, table);
  g_string_append_c (db, '}');

  return g_string_free (g_steal_pointer (&db), FALSE);
}

int
main (int argc, char **argv)
{
  Fixture json_server = { 0 };
  Fixture by_page = { .profile = page_profile };
  Fixture no_paging = { .profile = plain_profile };
  Fixture no_total = { .profile = bare_profile };
  g_autofree char *db = NULL;
  VliveTestServer *server;
  int result;

  vlive_test_init (&argc, &argv);
  db = dup_db ();
  server = vlive_test_server_start_json_server (db);
  json_server.server = by_page.server = no_paging.server = no_total.server = server;
  by_page.n_used = 32;
  no_paging.n_used = 64;
  no_total.n_used = 96;
  master_conformance_add ("json-server", make, &json_server);
  master_conformance_add ("rest-by-page", make, &by_page);
  master_conformance_add ("rest-no-paging", make, &no_paging);
  master_conformance_add ("rest-no-total", make, &no_total);
  result = vlive_test_run ();
  vlive_test_server_stop (server);
  vlive_test_assert_all_gone ();

  return result;
}
