/* test-ledger.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "store-fixture.h"

#include "record/vlive-record-private.h"

/* What a store did, as a property. */

static void
set_up (StoreFixture *f, gconstpointer data)
{
  store_fixture_set_up (f, NULL);
  vlive_array_master_fill (f->master, 1000);
}

static void
count_cb (GObject *object, GParamSpec *pspec, gpointer data)
{
  ++*(guint *) data;
}

static void
read_page (StoreFixture *f, guint64 offset)
{
  g_autoptr (VlivePage) page = NULL;
  g_autoptr (GError) error = NULL;

  page = store_fixture_list (f, NULL, offset, 100, VLIVE_READ_NONE, NULL, &error);
  g_assert_no_error (error);
}

static void
test_property (StoreFixture *f, gconstpointer data)
{
  g_autoptr (VliveLedger) ledger = NULL;
  g_autoptr (VliveLedger) copy = NULL;
  VliveLedger got;

  read_page (f, 0);
  read_page (f, 0);
  g_object_get (f->store, "ledger", &ledger, NULL);
  g_assert_cmpuint (ledger->n_fetches, ==, 1);
  g_assert_cmpuint (ledger->n_misses, ==, 1);
  g_assert_cmpuint (ledger->n_hits, ==, 1);
  vlive_store_get_ledger (f->store, &got);
  g_assert_cmpmem (ledger, sizeof *ledger, &got, sizeof got);
  copy = vlive_ledger_copy (ledger);
  g_assert_cmpmem (ledger, sizeof *ledger, copy, sizeof *copy);
}

/* The size of what came, and of nothing that was there. */
static void
test_bytes (StoreFixture *f, gconstpointer data)
{
  g_autoptr (VlivePage) page = NULL;
  g_autoptr (VliveRecord) record = NULL;
  g_autoptr (GError) error = NULL;
  guint64 expected = 0;
  gsize size;

  page = store_fixture_list (f, NULL, 100, 100, VLIVE_READ_NONE, NULL, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < page->n_records; i++)
    {
      _vlive_record_get_block (page->records[i], &size);
      expected += size;
    }
  g_assert_cmpuint (expected, >, 0);
  g_assert_cmpuint (store_fixture_ledger (f).n_bytes, ==, expected);
  read_page (f, 100);
  g_assert_cmpuint (store_fixture_ledger (f).n_bytes, ==, expected);

  record = store_fixture_get (f, "000500", VLIVE_READ_NONE, NULL, &error);
  g_assert_no_error (error);
  _vlive_record_get_block (record, &size);
  g_assert_cmpuint (store_fixture_ledger (f).n_bytes, ==, expected + size);
}

/* Four times a second at most, and only while something is done. */
static void
test_notify (StoreFixture *f, gconstpointer data)
{
  guint n = 0;

  g_signal_connect (f->store, "notify::ledger", G_CALLBACK (count_cb), &n);
  for (guint i = 0; i < 10; i++)
    read_page (f, i * 100);
  store_fixture_advance (f, 260);
  g_assert_cmpuint (n, ==, 1);
  store_fixture_advance (f, 1000);
  g_assert_cmpuint (n, ==, 1);
  for (guint i = 0; i < 100; i++)
    {
      store_fixture_patch (f, "000001", i);
      store_fixture_advance (f, 10);
    }
  store_fixture_advance (f, 260);
  g_assert_cmpuint (n, >=, 4);
  g_assert_cmpuint (n, <=, 6);
}

/* Nobody follows: nothing is waited for. */
static void
test_alone (StoreFixture *f, gconstpointer data)
{
  guint n = 0;
  gulong handler;

  read_page (f, 0);
  g_assert_null (f->store->ledger_timer);
  handler = g_signal_connect (f->store, "notify::ledger", G_CALLBACK (count_cb), &n);
  read_page (f, 100);
  g_assert_nonnull (f->store->ledger_timer);
  g_signal_handler_disconnect (f->store, handler);
  store_fixture_close (f);
  g_assert_cmpuint (n, ==, 0);
}

static void
add (const char *path, void (*test) (StoreFixture *, gconstpointer))
{
  g_test_add (path, StoreFixture, NULL, set_up, test, store_fixture_tear_down);
}

int
main (int argc, char **argv)
{
  vlive_test_init (&argc, &argv);

  add ("/table/ledger/property", test_property);
  add ("/table/ledger/bytes", test_bytes);
  add ("/table/ledger/notify", test_notify);
  add ("/table/ledger/alone", test_alone);

  return vlive_test_run ();
}
