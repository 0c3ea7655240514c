/* test-base.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "vlive-array-master.h"

#include "table/vlive-base-private.h"
#include "table/vlive-rows-private.h"

static void
put (VliveBase *base, guint64 position, const char *id)
{
  g_autoptr (VliveRecord) record = vlive_array_master_make (id, 1);

  _vlive_base_need_seat (base, position / _vlive_base_get_page_size (base));
  _vlive_base_put (base, position, record);
}

static void
assert_at (VliveBase *base, guint64 position, const char *id)
{
  VliveRecord *record = _vlive_base_get (base, position);
  guint64 found;

  g_assert_cmpstr (record != NULL ? vlive_record_get_id (record) : NULL, ==, id);
  if (id != NULL)
    {
      g_assert_true (_vlive_base_find (base, id, &found));
      g_assert_cmpuint (found, ==, position);
    }
}

static void
test_base (void)
{
  g_autoptr (VliveBase) base = _vlive_base_new (10);
  g_autoptr (GPtrArray) seats = NULL;
  guint64 found;

  assert_at (base, 5, NULL);
  g_assert_null (_vlive_base_get_seat (base, 0));
  put (base, 3, "a");
  put (base, 4, "b");
  put (base, 1234567, "z");
  assert_at (base, 3, "a");
  assert_at (base, 1234567, "z");
  g_assert_cmpuint (_vlive_base_get_n_filled (base), ==, 3);
  g_assert_cmpuint (_vlive_base_get_n_seats (base), ==, 2);
  seats = _vlive_base_list_seats (base);
  g_assert_cmpuint (seats->len, ==, 2);

  /* The same id with another record, which the books must point into. */
  put (base, 3, "a");
  assert_at (base, 3, "a");
  _vlive_base_put (base, 3, NULL);
  assert_at (base, 3, NULL);
  g_assert_false (_vlive_base_find (base, "a", &found));
  put (base, 5, "a");
  assert_at (base, 5, "a");

  _vlive_base_evict (base, 0);
  _vlive_base_evict (base, 0);
  g_assert_false (_vlive_base_find (base, "b", &found));
  g_assert_cmpuint (_vlive_base_get_n_filled (base), ==, 1);
  _vlive_base_clear (base);
  g_assert_cmpuint (_vlive_base_get_n_seats (base), ==, 0);
  g_assert_cmpuint (_vlive_base_get_n_filled (base), ==, 0);
}

static void
test_rows (void)
{
  VliveRows *rows = _vlive_rows_new (10);
  g_autoptr (VliveRecord) a = vlive_array_master_make ("a", 1);
  g_autoptr (VliveRecord) b = vlive_array_master_make ("b", 2);
  const VliveShown show_a = { .record = a, .state = VLIVE_ROW_READY };
  const VliveShown show_b = { .record = b, .state = VLIVE_ROW_READY };
  VliveRow *first = _vlive_rows_make (rows, 3, NULL);
  VliveRow *second = _vlive_rows_make (rows, 25, &show_b);
  g_autoptr (GPtrArray) list = NULL;
  g_autoptr (GArray) loading = _vlive_rows_list_loading (rows);

  g_assert_true (_vlive_rows_get (rows, 3) == first);
  g_assert_true (_vlive_rows_find (rows, "b") == second);
  g_assert_cmpuint (loading->len, ==, 1);
  g_assert_cmpuint (g_array_index (loading, guint64, 0), ==, 0);

  _vlive_rows_show (rows, first, &show_a);
  g_assert_true (_vlive_rows_find (rows, "a") == first);
  g_array_unref (g_steal_pointer (&loading));
  loading = _vlive_rows_list_loading (rows);
  g_assert_cmpuint (loading->len, ==, 0);

  _vlive_rows_detach (rows, first);
  _vlive_rows_detach (rows, first);
  g_assert_null (_vlive_rows_get (rows, 3));
  g_assert_true (_vlive_rows_find (rows, "a") == first);
  _vlive_rows_attach (rows, first, 99);
  list = _vlive_rows_list_from (rows, 20);
  g_assert_cmpuint (list->len, ==, 2);
  g_assert_true (list->pdata[0] == second);
  g_assert_true (list->pdata[1] == first);
  g_clear_pointer (&list, g_ptr_array_unref);

  /* Nobody holds it: it is gone from the books. */
  g_assert_cmpuint (_vlive_rows_get_n (rows), ==, 2);
  g_assert_finalize_object (second);
  g_assert_null (_vlive_rows_get (rows, 25));
  g_assert_null (_vlive_rows_find (rows, "b"));
  g_assert_cmpuint (_vlive_rows_get_n (rows), ==, 1);

  /* The books go: who is held stays. */
  _vlive_rows_free (rows);
  g_assert_cmpstr (vlive_row_get_id (first), ==, "a");
  g_assert_finalize_object (first);
}

static void
test_gone (void)
{
  vlive_test_assert_all_gone ();
}

int
main (int argc, char **argv)
{
  vlive_test_init (&argc, &argv);
  g_test_add_func ("/table/base/seats", test_base);
  g_test_add_func ("/table/base/rows", test_rows);
  g_test_add_func ("/table/base/zz-gone", test_gone);

  return vlive_test_run ();
}
