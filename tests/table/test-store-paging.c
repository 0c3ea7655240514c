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

static guint64
count_fetches (Fixture *f)
{
  static guint64 before;
  VliveLedger ledger;
  guint64 n;

  vlive_store_get_ledger (f->store, &ledger);
  n = ledger.n_fetches >= before ? ledger.n_fetches - before : ledger.n_fetches;
  before = ledger.n_fetches;

  return n;
}

/* Offsets that are multiples of the limit: an unaligned wish is put together. */
static void
test_pages (Fixture *f, gconstpointer data)
{
  vlive_scripted_master_set_paging (f->master, VLIVE_SCRIPTED_PAGING_PAGE);
  assert_rows (f, 20, 10, 10);
  count_fetches (f);
  assert_rows (f, 25, 10, 10);
  g_assert_cmpuint (count_fetches (f), ==, 2);
  assert_rows (f, 3, 4, 4);
  g_assert_cmpuint (count_fetches (f), ==, 2);
  assert_rows (f, 95, 10, 5);
  g_assert_cmpuint (count_fetches (f), ==, 1);
  assert_rows (f, 100, 10, 0);
  assert_rows (f, 105, 10, 0);
}

/* Three at a time, whatever was asked for, and no word of it. */
static void
test_capped (Fixture *f, gconstpointer data)
{
  vlive_scripted_master_set_paging (f->master, GPOINTER_TO_INT (data));
  vlive_scripted_master_set_tells_max_page (f->master, FALSE);
  vlive_scripted_master_set_max_page (f->master, 3);
  assert_rows (f, 0, 3, 3);
  count_fetches (f);
  assert_rows (f, 0, 10, 10);
  g_assert_cmpuint (count_fetches (f), ==, 4);
  assert_rows (f, 20, 10, 10);
  assert_rows (f, 91, 100, 9);
  /* Where it says nothing of the total, a short answer is the end of it. */
  vlive_scripted_master_set_total_kind (f->master, VLIVE_TOTAL_UNKNOWN);
  count_fetches (f);
  assert_rows (f, 40, 10, 3);
  g_assert_cmpuint (count_fetches (f), ==, 1);
}

/* It claims more than it has: that is found out once. */
static void
test_false_claim (Fixture *f, gconstpointer data)
{
  vlive_scripted_master_set_claimed_total (f->master, "120");
  assert_rows (f, 90, 20, 10);
  g_assert_cmpuint (count_fetches (f), ==, 2);
  assert_rows (f, 80, 30, 20);
  g_assert_cmpuint (count_fetches (f), ==, 1);
  vlive_scripted_master_set_claimed_total (f->master, "130");
  assert_rows (f, 85, 30, 15);
  g_assert_cmpuint (count_fetches (f), ==, 2);
}

/* The ids of rows @first … as a view would see them. */
static gboolean
has_rows (VliveTable *table, guint first, guint n_rows)
{
  for (guint i = first; i < first + n_rows; i++)
    {
      g_autoptr (VliveRow) row = g_list_model_get_item (G_LIST_MODEL (table), i);
      VliveRecord *record = vlive_row_get_record (row);
      g_autofree char *id = g_strdup_printf ("%u", i + 1);

      if (record == NULL)
        return FALSE;
      g_assert_cmpstr (vlive_record_get_id (record), ==, id);
    }

  return TRUE;
}

/* Ten million rows in a table, of which a view sees some places. */
static void
visit_table (VliveScriptedPaging paging, guint n_places)
{
  const guint n_rows = 10 * 1000 * 1000;
  g_autoptr (VliveScriptedMaster) master =
      vlive_scripted_master_new ("large", n_rows, 1);
  g_autoptr (VliveCache) cache = vlive_null_cache_new ();
  g_autoptr (GAsyncResult) result = NULL;
  VliveStore *store;
  VliveTable *table;

  vlive_scripted_master_set_paging (master, paging);
  store = vlive_store_new (VLIVE_MASTER (master), cache, "large");
  table = vlive_table_new (store, NULL);
  vlive_table_set_visible_range (table, 0, 30);
  VLIVE_TEST_WAIT (g_list_model_get_n_items (G_LIST_MODEL (table)) == n_rows);
  for (guint i = 0; i < n_places; i++)
    {
      guint first = n_rows / n_places * i + i * 37;

      vlive_table_set_visible_range (table, first, 30);
      VLIVE_TEST_WAIT (has_rows (table, first, 30));
      g_assert_cmpint (_vlive_census_get (VLIVE_CENSUS_RECORD), <, 10000);
      g_assert_cmpint (_vlive_census_get (VLIVE_CENSUS_PAGE), <, 100);
    }
  vlive_store_close_async (store, vlive_test_result_cb, &result);
  VLIVE_TEST_WAIT (result != NULL);
  g_assert_true (vlive_store_close_finish (store, result, NULL));
  g_clear_object (&result);
  g_assert_finalize_object (table);
  g_assert_finalize_object (store);
}

/* Only the next page after one that was answered: the list grows forward, and no
 * longer than one can get; nobody is told that a request was refused. */
static void
test_forward (Fixture *f, gconstpointer data)
{
  g_autoptr (VliveTable) table = NULL;
  guint64 total;

  vlive_scripted_master_set_paging (f->master, VLIVE_SCRIPTED_PAGING_CURSOR);
  vlive_scripted_master_set_latency (f->master, 1, 5);
  for (guint round = 0; round < 2; round++)
    {
      g_clear_object (&table);
      table = g_object_new (VLIVE_TYPE_TABLE, "store", f->store, "page-size", 10, NULL);
      VLIVE_TEST_WAIT (g_list_model_get_n_items (G_LIST_MODEL (table)) > 0);
      vlive_table_get_total (table, &total);
      g_assert_cmpuint (total, ==, 100);
      g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (table)), <=, 30);
      for (guint first = 0; first < 100; first += 5)
        {
          VLIVE_TEST_WAIT (g_list_model_get_n_items (G_LIST_MODEL (table))
                           >= first + 5);
          vlive_table_set_visible_range (table, first, 5);
          VLIVE_TEST_WAIT (has_rows (table, first, 5));
          g_assert_null (vlive_table_get_error (table));
        }
      g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (table)), ==, 100);
      VLIVE_TEST_WAIT (vlive_table_get_state (table) == VLIVE_TABLE_COMPLETE);
    }
  g_assert_finalize_object (g_steal_pointer (&table));
}

static void
test_large (void)
{
  visit_table (VLIVE_SCRIPTED_PAGING_WINDOW, 100);
  visit_table (VLIVE_SCRIPTED_PAGING_PAGE, 20);
  vlive_test_assert_all_gone ();
}

int
main (int argc, char **argv)
{
  vlive_test_init (&argc, &argv);
  g_test_add ("/table/store-paging/none", Fixture, NULL, set_up, test_none, tear_down);
  g_test_add ("/table/store-paging/pages", Fixture, NULL, set_up, test_pages,
              tear_down);
  g_test_add ("/table/store-paging/capped", Fixture,
              GINT_TO_POINTER (VLIVE_SCRIPTED_PAGING_WINDOW), set_up, test_capped,
              tear_down);
  g_test_add ("/table/store-paging/capped-pages", Fixture,
              GINT_TO_POINTER (VLIVE_SCRIPTED_PAGING_PAGE), set_up, test_capped,
              tear_down);
  g_test_add ("/table/store-paging/false-claim", Fixture, NULL, set_up,
              test_false_claim, tear_down);
  g_test_add ("/table/store-paging/forward", Fixture, NULL, set_up, test_forward,
              tear_down);
  g_test_add_func ("/table/store-paging/large", test_large);

  return vlive_test_run ();
}
