/* test-write.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "record/vlive-write-private.h"
#include "record/vlive-layout-private.h"
#include "vlive-test.h"

static VliveRecord *
make (void)
{
  return vlive_record_new_from_variant ("a", g_variant_new_parsed ("{'a': <1>}"), NULL);
}

static void
log_notify_cb (GObject *object, GParamSpec *pspec, gpointer user_data)
{
  g_string_append_printf (user_data, "%s;", pspec->name);
}

static void
test_write_new (void)
{
  g_autoptr (VliveRecord) fields = make ();
  VliveWrite *insert = vlive_write_new (VLIVE_WRITE_INSERT, NULL, fields);
  VliveWrite *patch = vlive_write_new (VLIVE_WRITE_PATCH, "a", fields);
  VliveWrite *delete = vlive_write_new (VLIVE_WRITE_DELETE, "a", NULL);
  VliveWrite *clear = vlive_write_new (VLIVE_WRITE_DELETE_ALL, NULL, NULL);

  g_assert_cmpint (_vlive_census_get (VLIVE_CENSUS_WRITE), ==, 4);
  g_assert_null (vlive_write_get_id (insert));
  g_assert_true (vlive_write_get_fields (insert) == fields);
  g_assert_cmpint (vlive_write_get_op (patch), ==, VLIVE_WRITE_PATCH);
  g_assert_cmpstr (vlive_write_get_id (patch), ==, "a");
  g_assert_cmpint (vlive_write_get_state (patch), ==, VLIVE_WRITE_QUEUED);
  g_assert_null (vlive_write_get_error (patch));
  g_assert_null (vlive_write_get_record (patch));
  g_assert_null (vlive_write_get_fields (delete));
  g_assert_null (vlive_write_get_id (clear));
  g_assert_true (g_uuid_string_is_valid (vlive_write_get_uuid (insert)));
  g_assert_cmpstr (vlive_write_get_uuid (insert), !=, vlive_write_get_uuid (patch));
  g_assert_finalize_object (insert);
  g_assert_finalize_object (patch);
  g_assert_finalize_object (delete);
  g_assert_finalize_object (clear);
}

static void
assert_wrong (VliveWriteOp op, const char *id, VliveRecord *fields)
{
  vlive_test_expect ("*vlive_write_new*failed*");
  g_assert_null (vlive_write_new (op, id, fields));
  vlive_test_assert_expected ();
}

static void
test_write_wrong (void)
{
  g_autoptr (VliveRecord) fields = make ();

  assert_wrong (VLIVE_WRITE_PATCH, NULL, fields);
  assert_wrong (VLIVE_WRITE_DELETE, NULL, NULL);
  assert_wrong (VLIVE_WRITE_DELETE, "a", fields);
  assert_wrong (VLIVE_WRITE_DELETE_ALL, "a", NULL);
  assert_wrong (VLIVE_WRITE_INSERT, "a", NULL);
}

/* Only what changed is notified, and after all of it has changed. */
static void
test_write_state (void)
{
  g_autoptr (VliveRecord) fields = make ();
  g_autoptr (VliveRecord) answer = make ();
  g_autoptr (GError) error =
      g_error_new_literal (VLIVE_ERROR, VLIVE_ERROR_REJECTED, "price: too low");
  g_autoptr (GString) log = g_string_new (NULL);
  VliveWrite *write = vlive_write_new (VLIVE_WRITE_PATCH, "a", fields);

  g_signal_connect (write, "notify", G_CALLBACK (log_notify_cb), log);
  _vlive_write_set_state (write, VLIVE_WRITE_QUEUED, NULL, NULL);
  g_assert_cmpstr (log->str, ==, "");
  _vlive_write_set_state (write, VLIVE_WRITE_SENDING, NULL, NULL);
  g_assert_cmpstr (log->str, ==, "state;");
  g_string_truncate (log, 0);

  _vlive_write_set_state (write, VLIVE_WRITE_REJECTED, error, NULL);
  g_assert_nonnull (strstr (log->str, "state;"));
  g_assert_nonnull (strstr (log->str, "error;"));
  g_assert_cmpuint (log->len, ==, strlen ("state;error;"));
  g_assert_true (vlive_write_get_error (write) != error);
  g_assert_error (vlive_write_get_error (write), VLIVE_ERROR, VLIVE_ERROR_REJECTED);
  g_string_truncate (log, 0);
  _vlive_write_set_state (write, VLIVE_WRITE_REJECTED, error, NULL);
  g_assert_cmpstr (log->str, ==, "");

  _vlive_write_set_state (write, VLIVE_WRITE_APPLIED, NULL, answer);
  g_assert_cmpuint (log->len, ==, strlen ("state;error;record;"));
  g_assert_null (vlive_write_get_error (write));
  g_assert_true (vlive_write_get_record (write) == answer);
  g_assert_finalize_object (write);
}

static void
test_write_id (void)
{
  g_autoptr (VliveRecord) fields = make ();
  g_autoptr (GString) log = g_string_new (NULL);
  VliveWrite *write = vlive_write_new (VLIVE_WRITE_INSERT, "tmp", fields);

  g_signal_connect (write, "notify", G_CALLBACK (log_notify_cb), log);
  _vlive_write_set_id (write, "tmp");
  g_assert_cmpstr (log->str, ==, "");
  _vlive_write_set_id (write, "7");
  g_assert_cmpstr (log->str, ==, "id;");
  g_assert_cmpstr (vlive_write_get_id (write), ==, "7");
  g_assert_finalize_object (write);
}

static void
test_write_properties (void)
{
  g_autoptr (VliveRecord) fields = make ();
  g_autoptr (VliveRecord) answer = make ();
  g_autoptr (VliveRecord) got_fields = NULL;
  g_autoptr (VliveRecord) got_record = NULL;
  g_autoptr (GError) error =
      g_error_new_literal (VLIVE_ERROR, VLIVE_ERROR_CONFLICT, "newer");
  g_autoptr (GError) got_error = NULL;
  g_autofree char *id = NULL;
  g_autofree char *uuid = NULL;
  VliveWriteOp op;
  VliveWriteState state;
  VliveWrite *write = vlive_write_new (VLIVE_WRITE_REPLACE, "a", fields);

  _vlive_write_set_state (write, VLIVE_WRITE_IN_CONFLICT, error, answer);
  g_object_get (write, "op", &op, "id", &id, "fields", &got_fields, "uuid", &uuid,
                "state", &state, "error", &got_error, "record", &got_record, NULL);
  g_assert_cmpint (op, ==, VLIVE_WRITE_REPLACE);
  g_assert_cmpstr (id, ==, "a");
  g_assert_true (got_fields == fields);
  g_assert_cmpstr (uuid, ==, vlive_write_get_uuid (write));
  g_assert_cmpint (state, ==, VLIVE_WRITE_IN_CONFLICT);
  g_assert_error (got_error, VLIVE_ERROR, VLIVE_ERROR_CONFLICT);
  g_assert_true (got_record == answer);
  g_assert_finalize_object (write);
}

int
main (int argc, char *argv[])
{
  int result;

  vlive_test_init (&argc, &argv);
  g_test_add_func ("/write/new", test_write_new);
  g_test_add_func ("/write/wrong", test_write_wrong);
  g_test_add_func ("/write/state", test_write_state);
  g_test_add_func ("/write/id", test_write_id);
  g_test_add_func ("/write/properties", test_write_properties);
  result = vlive_test_run ();
  vlive_test_assert_all_gone ();
  g_assert_cmpuint (_vlive_layout_count (), ==, 0);

  return result;
}
