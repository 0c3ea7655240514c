/* test-store-paging.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "vlive-test.h"

/* A store over a master of a hundred rows that is paged in its own way. */
typedef struct
{
  VliveScriptedMaster *master;
  VliveStore *store;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (VliveCache) cache = vlive_memory_cache_new ();

  f->master = vlive_scripted_master_new ("paged", 100, 1);
  f->store = vlive_store_new (VLIVE_MASTER (f->master), cache, "paged");
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;

  vlive_store_close_async (f->store, vlive_test_result_cb, &result);
  VLIVE_TEST_WAIT (result != NULL);
  g_assert_true (vlive_store_close_finish (f->store, result, NULL));
  g_clear_object (&result);
  g_assert_finalize_object (f->store);
  g_assert_finalize_object (f->master);
  vlive_test_assert_all_gone ();
}

static VlivePage *
list (Fixture *f, guint64 offset, guint limit)
{
  g_autoptr (VliveQuery) everything = vlive_query_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  VlivePage *page;

  vlive_store_list_async (f->store, everything, offset, limit, VLIVE_READ_NONE, NULL,
                          vlive_test_result_cb, &result);
  VLIVE_TEST_WAIT (result != NULL);
  page = vlive_store_list_finish (f->store, result, NULL, &error);
  g_assert_no_error (error);

  return page;
}

/* The rows of the page are those that it should have. */
static void
assert_rows (Fixture *f, guint64 offset, guint limit, guint n_rows)
{
  g_autoptr (VlivePage) page = list (f, offset, limit);

  g_assert_cmpuint (vlive_page_get_offset (page), ==, offset);
  g_assert_cmpuint (vlive_page_get_n_records (page), ==, n_rows);
  for (guint i = 0; i < n_rows; i++)
    {
      g_autofree char *id = g_strdup_printf ("%" G_GUINT64_FORMAT, offset + i + 1);

      g_assert_cmpstr (vlive_record_get_id (vlive_page_get_record (page, i)), ==, id);
    }
}

/* Whatever was asked for, it answers everything. */
static void
test_none (Fixture *f, gconstpointer data)
{
  vlive_scripted_master_set_paging (f->master, VLIVE_SCRIPTED_PAGING_NONE);
  assert_rows (f, 20, 10, 10);
  assert_rows (f, 95, 10, 5);
  assert_rows (f, 0, 10, 10);
  assert_rows (f, 100, 10, 0);
  assert_rows (f, 200, 10, 0);
  assert_rows (f, 0, 0, 100);
}

int
main (int argc, char **argv)
{
  vlive_test_init (&argc, &argv);
  g_test_add ("/table/store-paging/none", Fixture, NULL, set_up, test_none, tear_down);

  return vlive_test_run ();
}
