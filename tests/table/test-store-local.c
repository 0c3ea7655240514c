/* test-store-local.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "vlive-test.h"

/* A store over a local table that is not there yet. */

typedef struct
{
  char *path; /* owned */
  VliveMaster *master;
  VliveCache *cache;
  VliveStore *store;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autofree char *folder = vlive_test_dup_folder ();

  f->path = g_build_filename (folder, "new.vlive", NULL);
  f->master = VLIVE_MASTER (vlive_local_master_new (f->path, "products"));
  f->cache = vlive_memory_cache_new ();
  f->store = vlive_store_new (f->master, f->cache, "products");
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_autoptr (GAsyncResult) closed = NULL;

  vlive_store_close_async (f->store, vlive_test_result_cb, &closed);
  VLIVE_TEST_WAIT (closed != NULL);
  g_clear_object (&closed);
  g_assert_finalize_object (f->store);
  g_assert_finalize_object (f->cache);
  g_assert_finalize_object (f->master);
  g_free (f->path);
  vlive_test_assert_all_gone ();
}

static gboolean
send (Fixture *f, VliveWriteOp op, const char *id, const char *name, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (VliveRecord) fields = NULL;
  g_autoptr (VliveWrite) write = NULL;
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "name", "s", name);
  fields = vlive_record_new_from_variant (id, g_variant_dict_end (&dict), NULL);
  write = vlive_write_new (op, id, fields);
  vlive_store_write_async (f->store, write, NULL, vlive_test_result_cb, &result);
  VLIVE_TEST_WAIT (result != NULL);

  return vlive_store_write_finish (f->store, result, error);
}

static VlivePage *
list (Fixture *f, VliveOutcome outcome)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (VliveQuery) query = vlive_query_new ();
  g_auto (VliveReading) reading = { 0 };
  VlivePage *page;

  vlive_store_list_async (f->store, query, 0, 0, VLIVE_READ_NONE, NULL,
                          vlive_test_result_cb, &result);
  VLIVE_TEST_WAIT (result != NULL);
  page = vlive_store_list_finish (f->store, result, &reading, &error);
  g_assert_no_error (error);
  g_assert_cmpint (reading.outcome, ==, outcome);

  return page;
}

/* The first record makes file and table, and is read like any other. */
static void
test_insert (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VlivePage) first = NULL;
  g_autoptr (VlivePage) again = NULL;
  g_autoptr (VlivePage) both = NULL;

  g_assert_true (send (f, VLIVE_WRITE_INSERT, "a", "Apple Pie", &error));
  g_assert_no_error (error);
  g_assert_true (g_file_test (f->path, G_FILE_TEST_EXISTS));
  first = list (f, VLIVE_OUTCOME_MISS);
  g_assert_cmpuint (vlive_page_get_n_records (first), ==, 1);
  g_assert_null (vlive_store_get_error (f->store));
  again = list (f, VLIVE_OUTCOME_HIT);
  g_assert_cmpstr (vlive_record_get_text (vlive_page_get_record (again, 0), "name"), ==,
                   "Apple Pie");

  g_assert_true (send (f, VLIVE_WRITE_INSERT, "b", "Brioche", &error));
  both = list (f, VLIVE_OUTCOME_MISS);
  g_assert_cmpuint (vlive_page_get_n_records (both), ==, 2);
}

/* Two at once: the second waits for the first, and finds the table. */
static void
test_two_inserts (Fixture *f, gconstpointer data)
{
  g_autoptr (VlivePage) page = NULL;
  GAsyncResult *results[2] = { NULL };

  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    {
      g_autofree char *id = g_strdup_printf ("%u", i);
      g_autoptr (VliveRecord) fields =
          vlive_record_new_from_variant (id, g_variant_new_parsed ("{'n': <%i>}", i),
                                         NULL);
      g_autoptr (VliveWrite) write = vlive_write_new (VLIVE_WRITE_INSERT, id, fields);

      vlive_store_write_async (f->store, write, NULL, vlive_test_result_cb,
                               &results[i]);
    }
  VLIVE_TEST_WAIT (results[0] != NULL && results[1] != NULL);
  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    {
      g_assert_true (vlive_store_write_finish (f->store, results[i], NULL));
      g_object_unref (results[i]);
    }
  page = list (f, VLIVE_OUTCOME_MISS);
  g_assert_cmpuint (vlive_page_get_n_records (page), ==, 2);
}

/* Only a new record makes a table. */
static void
test_others (Fixture *f, gconstpointer data)
{
  const VliveWriteOp ops[] = { VLIVE_WRITE_PATCH, VLIVE_WRITE_REPLACE };

  for (guint i = 0; i < G_N_ELEMENTS (ops); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (send (f, ops[i], "a", "Apple Pie", &error));
      g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_NOT_FOUND);
    }
  g_assert_false (g_file_test (f->path, G_FILE_TEST_EXISTS));
}

int
main (int argc, char *argv[])
{
  vlive_test_init (&argc, &argv);
#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)
  ADD ("/table/store-local/insert", test_insert);
  ADD ("/table/store-local/two-inserts", test_two_inserts);
  ADD ("/table/store-local/others", test_others);
#undef ADD

  return vlive_test_run ();
}
