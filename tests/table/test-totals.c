/* test-totals.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "vlive-array-master.h"

#include "table/vlive-totals-private.h"

#define P 10

/* How long a list is, as its answers tell. */

static VlivePage *
make (guint64 offset, guint n, VliveTotalKind kind, guint64 total, gint64 asked_at)
{
  g_autoptr (GPtrArray) records =
      g_ptr_array_new_with_free_func ((GDestroyNotify) vlive_record_unref);
  VlivePage *page;

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *id = g_strdup_printf ("%" G_GUINT64_FORMAT, offset + i);

      g_ptr_array_add (records, vlive_array_master_make (id, i));
    }
  page = vlive_page_new (offset, P, (VliveRecord **) records->pdata, n, kind, total);
  page->stamp = (VliveStamp){ 1, 1, asked_at };

  return page;
}

static gboolean
take (VliveTotals *totals,
      guint64 offset,
      guint n,
      VliveTotalKind kind,
      guint64 total,
      gint64 at)
{
  g_autoptr (VlivePage) page = make (offset, n, kind, total, at);

  return _vlive_totals_take (totals, page);
}

static void
cap (VliveTotals *totals, guint64 offset, guint n, guint64 total, gint64 at)
{
  g_autoptr (VlivePage) page = make (offset, n, VLIVE_TOTAL_EXACT, total, at);

  _vlive_totals_cap (totals, page);
}

static void
assert_total (VliveTotals *totals, VliveTotalKind kind, guint64 total, guint64 n_rows)
{
  guint64 got;

  g_assert_cmpint (_vlive_totals_get (totals, &got), ==, kind);
  g_assert_cmpuint (got, ==, total);
  g_assert_cmpuint (_vlive_totals_get_n_rows (totals, P), ==, n_rows);
}

static void
test_stated (void)
{
  VliveTotals totals = { 0 };

  assert_total (&totals, VLIVE_TOTAL_UNKNOWN, 0, 0);
  g_assert_true (take (&totals, 0, P, VLIVE_TOTAL_EXACT, 133, 1));
  assert_total (&totals, VLIVE_TOTAL_EXACT, 133, 133);
  /* The last-asked one, in whatever order they land. */
  g_assert_true (take (&totals, 20, P, VLIVE_TOTAL_EXACT, 140, 5));
  g_assert_true (take (&totals, 10, P, VLIVE_TOTAL_EXACT, 150, 3));
  assert_total (&totals, VLIVE_TOTAL_EXACT, 140, 140);
  /* It outranks a short page. */
  g_assert_true (take (&totals, 30, 4, VLIVE_TOTAL_EXACT, 140, 6));
  assert_total (&totals, VLIVE_TOTAL_EXACT, 140, 140);
  /* A page behind the end, asked for before that was known, is dropped. */
  g_assert_true (take (&totals, 0, P, VLIVE_TOTAL_EXACT, 25, 9));
  g_assert_false (take (&totals, 30, P, VLIVE_TOTAL_EXACT, 140, 7));
  assert_total (&totals, VLIVE_TOTAL_EXACT, 25, 25);
  /* Page 0 never is. */
  g_assert_true (take (&totals, 0, 0, VLIVE_TOTAL_EXACT, 0, 10));
  assert_total (&totals, VLIVE_TOTAL_EXACT, 0, 0);
  g_assert_true (take (&totals, 0, P, VLIVE_TOTAL_EXACT, 25, 9));
  assert_total (&totals, VLIVE_TOTAL_EXACT, 0, 0);
}

/* Never stated: a page more than is known, until a short page ends it. */
static void
test_horizon (void)
{
  VliveTotals totals = { 0 };

  g_assert_true (take (&totals, 0, P, VLIVE_TOTAL_UNKNOWN, 0, 1));
  assert_total (&totals, VLIVE_TOTAL_AT_LEAST, 10, 20);
  g_assert_true (take (&totals, 10, P, VLIVE_TOTAL_UNKNOWN, 0, 2));
  assert_total (&totals, VLIVE_TOTAL_AT_LEAST, 20, 30);
  g_assert_true (take (&totals, 20, 3, VLIVE_TOTAL_UNKNOWN, 0, 3));
  assert_total (&totals, VLIVE_TOTAL_EXACT, 23, 23);
  /* An older full page does not undo it, a newer one does. */
  g_assert_true (take (&totals, 10, P, VLIVE_TOTAL_UNKNOWN, 0, 2));
  assert_total (&totals, VLIVE_TOTAL_EXACT, 23, 23);
  g_assert_true (take (&totals, 20, P, VLIVE_TOTAL_UNKNOWN, 0, 4));
  assert_total (&totals, VLIVE_TOTAL_AT_LEAST, 30, 40);
  /* An empty page ends it where the rows end. */
  g_assert_true (take (&totals, 30, 0, VLIVE_TOTAL_UNKNOWN, 0, 5));
  assert_total (&totals, VLIVE_TOTAL_EXACT, 30, 30);
  g_assert_true (take (&totals, 10, 2, VLIVE_TOTAL_UNKNOWN, 0, 6));
  assert_total (&totals, VLIVE_TOTAL_EXACT, 12, 12);
}

static void
test_empty (void)
{
  VliveTotals totals = { 0 };
  VliveStamp stamp = { 1, 2, 3 };

  g_assert_true (take (&totals, 0, 0, VLIVE_TOTAL_UNKNOWN, 0, 1));
  assert_total (&totals, VLIVE_TOTAL_EXACT, 0, 0);
  _vlive_totals_clear (&totals);
  assert_total (&totals, VLIVE_TOTAL_UNKNOWN, 0, 0);
  g_assert_true (take (&totals, 0, P, VLIVE_TOTAL_EXACT, 100, 1));
  _vlive_totals_set_empty (&totals, &stamp);
  assert_total (&totals, VLIVE_TOTAL_EXACT, 0, 0);
  g_assert_true (_vlive_totals_is_newer (&totals, &(VliveStamp){ 1, 1, 9 }));
  g_assert_false (_vlive_totals_is_newer (&totals, &(VliveStamp){ 1, 2, 3 }));
  g_assert_false (_vlive_totals_is_newer (&totals, &(VliveStamp){ 7, 1, 0 }));
  /* An answer from before does not bring the rows back. */
  g_assert_true (take (&totals, 0, P, VLIVE_TOTAL_EXACT, 100, 2));
  assert_total (&totals, VLIVE_TOTAL_EXACT, 0, 0);
}

/* Claims 42, has 35: cut where it fails, as long as the claim is the same. */
static void
test_cap (void)
{
  VliveTotals totals = { 0 };

  g_assert_true (take (&totals, 30, 5, VLIVE_TOTAL_EXACT, 42, 1));
  assert_total (&totals, VLIVE_TOTAL_EXACT, 42, 42);
  cap (&totals, 30, 5, 42, 0);
  assert_total (&totals, VLIVE_TOTAL_EXACT, 42, 42);
  cap (&totals, 30, 5, 42, 1);
  assert_total (&totals, VLIVE_TOTAL_EXACT, 35, 35);
  g_assert_true (take (&totals, 0, P, VLIVE_TOTAL_EXACT, 42, 2));
  assert_total (&totals, VLIVE_TOTAL_EXACT, 35, 35);
  g_assert_true (take (&totals, 0, P, VLIVE_TOTAL_EXACT, 43, 3));
  assert_total (&totals, VLIVE_TOTAL_EXACT, 43, 43);
  cap (&totals, 30, 5, 43, 3);
  assert_total (&totals, VLIVE_TOTAL_EXACT, 35, 35);
  _vlive_totals_uncap (&totals);
  assert_total (&totals, VLIVE_TOTAL_EXACT, 43, 43);
}

static void
test_other_kinds (void)
{
  VliveTotals totals = { 0 };

  g_assert_true (take (&totals, 0, P, VLIVE_TOTAL_ESTIMATED, 95, 1));
  assert_total (&totals, VLIVE_TOTAL_ESTIMATED, 95, 95);
  g_assert_true (take (&totals, 100, P, VLIVE_TOTAL_ESTIMATED, 95, 2));
  assert_total (&totals, VLIVE_TOTAL_ESTIMATED, 110, 110);

  _vlive_totals_clear (&totals);
  g_assert_true (take (&totals, 0, P, VLIVE_TOTAL_AT_LEAST, 500, 1));
  assert_total (&totals, VLIVE_TOTAL_AT_LEAST, 500, 510);
  g_assert_true (take (&totals, 500, 7, VLIVE_TOTAL_AT_LEAST, 500, 2));
  assert_total (&totals, VLIVE_TOTAL_EXACT, 507, 507);

  /* Stated, and then not: what was stated stays. */
  _vlive_totals_clear (&totals);
  g_assert_true (take (&totals, 0, P, VLIVE_TOTAL_EXACT, 60, 1));
  g_assert_true (take (&totals, 10, 5, VLIVE_TOTAL_UNKNOWN, 0, 2));
  assert_total (&totals, VLIVE_TOTAL_EXACT, 60, 60);
  g_assert_true (take (&totals, 0, P, VLIVE_TOTAL_EXACT, G_MAXUINT64, 3));
  assert_total (&totals, VLIVE_TOTAL_EXACT, G_MAXUINT64, G_MAXUINT64);
}

int
main (int argc, char **argv)
{
  vlive_test_init (&argc, &argv);
  g_test_add_func ("/table/totals/stated", test_stated);
  g_test_add_func ("/table/totals/horizon", test_horizon);
  g_test_add_func ("/table/totals/empty", test_empty);
  g_test_add_func ("/table/totals/cap", test_cap);
  g_test_add_func ("/table/totals/other-kinds", test_other_kinds);

  return vlive_test_run ();
}
