/* test-store-write.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "store-fixture.h"

/* Writing: the master first, then the cache, then the caller. */

static void
set_up (StoreFixture *f, gconstpointer data)
{
  store_fixture_set_up (f, data);
  vlive_array_master_insert (f->master, 0, "a", 1);
  vlive_array_master_insert (f->master, 1, "b", 2);
  vlive_array_master_insert (f->master, 2, "c", 3);
}

static gint64
read_value (StoreFixture *f, const char *id, VliveOutcome outcome)
{
  g_auto (VliveReading) reading = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (VliveRecord) record =
      store_fixture_get (f, id, VLIVE_READ_NONE, &reading, &error);

  g_assert_no_error (error);
  g_assert_cmpint (reading.outcome, ==, outcome);

  return store_fixture_get_value (record);
}

/* Of the first page. */
static gint64
list_value (StoreFixture *f, const char *id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VlivePage) page =
      store_fixture_list (f, NULL, 0, 100, VLIVE_READ_NONE, NULL, &error);

  g_assert_no_error (error);

  return store_fixture_get_value (_vlive_page_find (page, id));
}

static void
test_patch (StoreFixture *f, gconstpointer data)
{
  store_fixture_assert_list (f, NULL, 0, 100, VLIVE_OUTCOME_MISS, "a b c");
  store_fixture_patch (f, "b", 20);
  g_assert_cmpint (read_value (f, "b", VLIVE_OUTCOME_HIT), ==, 20);
  g_assert_cmpint (list_value (f, "b"), ==, 20);
  store_fixture_assert_list (f, NULL, 0, 100, VLIVE_OUTCOME_HIT, "a b c");
  g_assert_cmpuint (f->master->n_windows, ==, 1);
  g_assert_cmpuint (f->master->n_gets, ==, 0);
}

static void
test_membership (StoreFixture *f, gconstpointer data)
{
  g_autoptr (VliveRecord) fields = vlive_array_master_make ("d", 4);
  g_autoptr (VliveWrite) insert = vlive_write_new (VLIVE_WRITE_INSERT, "d", fields);
  g_autoptr (VliveWrite) delete = vlive_write_new (VLIVE_WRITE_DELETE, "a", NULL);
  g_autoptr (VliveRecord) gone = NULL;
  g_autoptr (GError) error = NULL;

  store_fixture_assert_list (f, NULL, 0, 100, VLIVE_OUTCOME_MISS, "a b c");
  g_assert_true (store_fixture_write (f, insert, &error));
  g_assert_no_error (error);
  store_fixture_assert_list (f, NULL, 0, 100, VLIVE_OUTCOME_MISS, "a b c d");
  g_assert_true (store_fixture_write (f, delete, &error));
  g_assert_no_error (error);
  g_assert_null (store_fixture_get (f, "a", VLIVE_READ_NONE, NULL, &error));
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_NOT_FOUND);
  store_fixture_assert_list (f, NULL, 0, 100, VLIVE_OUTCOME_MISS, "b c d");
}

static void
test_refused (StoreFixture *f, gconstpointer data)
{
  g_autoptr (VliveWrite) write = store_fixture_make_patch ("b", 20);
  g_autoptr (GError) error = NULL;

  store_fixture_assert_list (f, NULL, 0, 100, VLIVE_OUTCOME_MISS, "a b c");
  f->master->refusal = "The price must not change on a Sunday";
  g_assert_false (store_fixture_write (f, write, &error));
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_REJECTED);
  g_assert_cmpstr (error->message, ==, f->master->refusal);
  g_assert_cmpint (vlive_write_get_state (write), ==, VLIVE_WRITE_REJECTED);
  g_assert_cmpstr (vlive_write_get_error (write)->message, ==, f->master->refusal);
  store_fixture_assert_list (f, NULL, 0, 100, VLIVE_OUTCOME_HIT, "a b c");
  g_assert_cmpint (list_value (f, "b"), ==, 2);
}

/* Write v = n, then read, 1 000 times: never an older value. */
static void
test_write_then_read (StoreFixture *f, gconstpointer data)
{
  store_fixture_assert_list (f, NULL, 0, 100, VLIVE_OUTCOME_MISS, "a b c");
  for (gint64 n = 1; n <= 1000; n++)
    {
      store_fixture_patch (f, "b", n);
      g_assert_cmpint (list_value (f, "b"), ==, n);
    }
}

int
main (int argc, char **argv)
{
  vlive_test_init (&argc, &argv);

#define ADD(name, cache, func)                                                         \
  g_test_add ("/table/store-write/" name, StoreFixture, cache, set_up, func,           \
              store_fixture_tear_down)
  ADD ("patch", NULL, test_patch);
  ADD ("membership", NULL, test_membership);
  ADD ("refused", NULL, test_refused);
  ADD ("write-then-read/memory", NULL, test_write_then_read);
  ADD ("write-then-read/none", vlive_null_cache_new, test_write_then_read);
#undef ADD

  return vlive_test_run ();
}
