/* test-located.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "storage-fixture.h"

#include "storage/vlive-located-private.h"

static void
add (VliveLocated *located, guint database, guint i)
{
  char key[16];

  g_snprintf (key, sizeof key, "%u", i);
  _vlive_located_add (located, database, SPAN (key));
}

static gboolean
contains (VliveLocated *located, guint database, guint i)
{
  char key[16];

  g_snprintf (key, sizeof key, "%u", i);

  return _vlive_located_contains (located, database, SPAN (key));
}

static void
test_located_basics (void)
{
  g_autofree VliveLocated *located = g_new0 (VliveLocated, 1);

  g_assert_false (contains (located, 0, 1));
  add (located, 0, 1);
  g_assert_true (contains (located, 0, 1));
  g_assert_false (contains (located, 1, 1));
  g_assert_false (contains (located, 0, 2));
  add (located, 0, 1);
  add (located, 1, 1);
  g_assert_true (contains (located, 0, 1));
  g_assert_true (contains (located, 1, 1));
  g_assert_false (_vlive_located_contains (located, 0, VLIVE_SPAN (NULL, 0)));
  _vlive_located_clear (located);
  g_assert_false (contains (located, 0, 1));
  g_assert_false (contains (located, 1, 1));
}

/* As many as there is room for are kept but for few; then the oldest go. */
static void
test_located_bounded (void)
{
  g_autofree VliveLocated *located = g_new0 (VliveLocated, 1);
  guint n_kept = 0;

  for (guint i = 0; i < 4000; i++)
    add (located, 0, i);
  for (guint i = 0; i < 4000; i++)
    n_kept += contains (located, 0, i);
  g_assert_cmpuint (n_kept, >, 3600);
  for (guint i = 4000; i < 400000; i++)
    {
      add (located, 0, i);
      g_assert_true (contains (located, 0, i));
    }
  n_kept = 0;
  for (guint i = 0; i < 4000; i++)
    n_kept += contains (located, 0, i);
  g_assert_cmpuint (n_kept, ==, 0);
}

int
main (int argc, char **argv)
{
  vlive_test_init (&argc, &argv);

  g_test_add_func ("/located/basics", test_located_basics);
  g_test_add_func ("/located/bounded", test_located_bounded);

  return vlive_test_run ();
}
