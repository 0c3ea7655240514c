/* test-page.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "record/vlive-page-private.h"
#include "record/vlive-layout-private.h"
#include "vlive-test.h"

static VliveRecord *
make (const char *id)
{
  return vlive_record_new_from_variant (id, g_variant_new_parsed ("{'a': <1>}"), NULL);
}

static void
test_page_fields (void)
{
  g_autoptr (VliveRecord) a = make ("a");
  g_autoptr (VliveRecord) b = make ("b");
  VliveRecord *records[] = { a, b };
  g_autoptr (VlivePage) page =
      vlive_page_new (20, 10, records, 2, VLIVE_TOTAL_EXACT, 22);
  guint64 total;

  g_assert_cmpuint (vlive_page_get_offset (page), ==, 20);
  g_assert_cmpuint (vlive_page_get_limit (page), ==, 10);
  g_assert_cmpuint (vlive_page_get_n_records (page), ==, 2);
  g_assert_true (vlive_page_get_record (page, 1) == b);
  g_assert_cmpint (vlive_page_get_total (page, &total), ==, VLIVE_TOTAL_EXACT);
  g_assert_cmpuint (total, ==, 22);
  g_assert_cmpint (vlive_page_get_total (page, NULL), ==, VLIVE_TOTAL_EXACT);
  g_assert_false (vlive_page_is_not_modified (page));
  g_assert_false (vlive_page_is_stale (page));
  g_assert_null (vlive_page_get_validator (page));
  g_assert_null (vlive_page_get_diagnostics (page));
  g_assert_cmpint (vlive_page_get_fetched_at (page), ==, 0);
}

static void
test_page_not_modified (void)
{
  g_autoptr (VlivePage) page = vlive_page_new_not_modified (VLIVE_TOTAL_UNKNOWN, 99);
  guint64 total;

  g_assert_true (vlive_page_is_not_modified (page));
  g_assert_cmpuint (vlive_page_get_n_records (page), ==, 0);
  /* What is unknown is no number. */
  g_assert_cmpint (vlive_page_get_total (page, &total), ==, VLIVE_TOTAL_UNKNOWN);
  g_assert_cmpuint (total, ==, 0);
}

static void
test_page_empty (void)
{
  g_autoptr (VlivePage) page = vlive_page_new (0, 0, NULL, 0, VLIVE_TOTAL_EXACT, 0);

  g_assert_cmpuint (vlive_page_get_n_records (page), ==, 0);
  g_assert_cmpuint (vlive_page_get_limit (page), ==, 0);
}

static void
test_page_copy (void)
{
  g_autoptr (VliveRecord) a = make ("a");
  g_autoptr (VlivePage) page = vlive_page_new (0, 10, &a, 1, VLIVE_TOTAL_AT_LEAST, 11);
  g_autoptr (GPtrArray) diagnostics = g_ptr_array_new ();
  g_autoptr (GPtrArray) none = g_ptr_array_new ();
  g_autoptr (VlivePage) copy = NULL;

  g_ptr_array_add (diagnostics, (char *) "one");
  g_ptr_array_add (diagnostics, (char *) "two");
  _vlive_page_set_validator (page, "\"etag\"");
  _vlive_page_set_diagnostics (page, diagnostics);
  page->fetched_at = 5;
  page->sequence = 6;
  page->stamp = (VliveStamp){ .generation = 1, .epoch = 2, .asked_at = 3 };
  page->stale = TRUE;
  page->patched = TRUE;

  copy = _vlive_page_copy (page);
  g_assert_true (vlive_page_get_record (copy, 0) == a);
  g_assert_cmpstr (vlive_page_get_validator (copy), ==, "\"etag\"");
  g_assert_cmpstr (vlive_page_get_diagnostics (copy)[1], ==, "two");
  g_assert_null (vlive_page_get_diagnostics (copy)[2]);
  g_assert_cmpint (vlive_page_get_fetched_at (copy), ==, 5);
  g_assert_cmpuint (copy->sequence, ==, 6);
  g_assert_cmpint (_vlive_stamp_compare (&copy->stamp, &page->stamp), ==, 0);
  g_assert_true (vlive_page_is_stale (copy));
  g_assert_true (copy->patched);
  g_assert_cmpint (vlive_page_get_total (copy, NULL), ==, VLIVE_TOTAL_AT_LEAST);

  /* The copy is the caller's to change. */
  _vlive_page_set_validator (copy, NULL);
  _vlive_page_set_diagnostics (copy, none);
  _vlive_page_set_validator (page, vlive_page_get_validator (page));
  g_assert_null (vlive_page_get_validator (copy));
  g_assert_null (vlive_page_get_diagnostics (copy));
  g_assert_cmpstr (vlive_page_get_validator (page), ==, "\"etag\"");
  _vlive_page_set_diagnostics (page, NULL);
  g_assert_null (vlive_page_get_diagnostics (page));
}

/* By epoch, and within one by the moment of asking (races, rule 3). */
static void
test_page_stamps (void)
{
  VliveStamp a = { .generation = 1, .epoch = 1, .asked_at = 9 };
  VliveStamp b = { .generation = 1, .epoch = 2, .asked_at = 3 };
  VliveStamp c = { .generation = 1, .epoch = 2, .asked_at = 4 };

  g_assert_cmpint (_vlive_stamp_compare (&a, &b), <, 0);
  g_assert_cmpint (_vlive_stamp_compare (&b, &c), <, 0);
  g_assert_cmpint (_vlive_stamp_compare (&c, &a), >, 0);
  g_assert_cmpint (_vlive_stamp_compare (&c, &c), ==, 0);
}

static void
test_page_boxed (void)
{
  g_autoptr (VlivePage) page = vlive_page_new (0, 0, NULL, 0, VLIVE_TOTAL_EXACT, 0);
  VlivePage *copy = g_boxed_copy (VLIVE_TYPE_PAGE, page);

  g_assert_true (copy == page);
  g_boxed_free (VLIVE_TYPE_PAGE, copy);
}

int
main (int argc, char *argv[])
{
  int result;

  vlive_test_init (&argc, &argv);
  g_test_add_func ("/page/fields", test_page_fields);
  g_test_add_func ("/page/not-modified", test_page_not_modified);
  g_test_add_func ("/page/empty", test_page_empty);
  g_test_add_func ("/page/copy", test_page_copy);
  g_test_add_func ("/page/stamps", test_page_stamps);
  g_test_add_func ("/page/boxed", test_page_boxed);
  result = vlive_test_run ();
  vlive_test_assert_all_gone ();
  g_assert_cmpuint (_vlive_layout_count (), ==, 0);

  return result;
}
