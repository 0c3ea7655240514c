/* test-change-event.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "record/vlive-layout-private.h"
#include "vlive-test.h"

static void
test_change_event_update (void)
{
  g_autoptr (VliveRecord) record =
      vlive_record_new_from_variant ("a", g_variant_new_parsed ("{'a': <1>}"), NULL);
  g_autoptr (VliveChangeEvent) event =
      vlive_change_event_new (VLIVE_CHANGE_UPDATED, "a", record, 7);
  g_autoptr (VliveChangeEvent) again = vlive_change_event_ref (event);

  g_assert_cmpint (vlive_change_event_get_kind (again), ==, VLIVE_CHANGE_UPDATED);
  g_assert_cmpstr (vlive_change_event_get_id (event), ==, "a");
  g_assert_true (vlive_change_event_get_record (event) == record);
  g_assert_cmpuint (vlive_change_event_get_version (event), ==, 7);
}

static void
test_change_event_bare (void)
{
  g_autoptr (VliveChangeEvent) changed =
      vlive_change_event_new (VLIVE_CHANGE_CHANGED, NULL, NULL, 0);
  g_autoptr (VliveChangeEvent) deleted =
      vlive_change_event_new (VLIVE_CHANGE_DELETED, "b", NULL, 0);

  g_assert_null (vlive_change_event_get_id (changed));
  g_assert_null (vlive_change_event_get_record (changed));
  g_assert_cmpuint (vlive_change_event_get_version (changed), ==, 0);
  g_assert_cmpstr (vlive_change_event_get_id (deleted), ==, "b");
}

static void
test_change_event_wrong (void)
{
  vlive_test_expect ("*id == NULL*");
  g_assert_null (vlive_change_event_new (VLIVE_CHANGE_DELETED, NULL, NULL, 0));
  vlive_test_expect ("*id == NULL*");
  g_assert_null (vlive_change_event_new (VLIVE_CHANGE_CHANGED, "x", NULL, 0));
  vlive_test_assert_expected ();
}

static void
test_change_event_boxed (void)
{
  g_autoptr (VliveChangeEvent) event =
      vlive_change_event_new (VLIVE_CHANGE_INSERTED, "a", NULL, 0);
  VliveChangeEvent *copy = g_boxed_copy (VLIVE_TYPE_CHANGE_EVENT, event);

  g_assert_true (copy == event);
  g_boxed_free (VLIVE_TYPE_CHANGE_EVENT, copy);
}

int
main (int argc, char *argv[])
{
  int result;

  vlive_test_init (&argc, &argv);
  g_test_add_func ("/change-event/update", test_change_event_update);
  g_test_add_func ("/change-event/bare", test_change_event_bare);
  g_test_add_func ("/change-event/wrong", test_change_event_wrong);
  g_test_add_func ("/change-event/boxed", test_change_event_boxed);
  result = vlive_test_run ();
  vlive_test_assert_all_gone ();
  g_assert_cmpuint (_vlive_layout_count (), ==, 0);

  return result;
}
