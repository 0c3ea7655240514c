/* test-row.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "vlive-array-master.h"

#include "table/vlive-row-private.h"

static void
log_cb (VliveRow *row, GParamSpec *pspec, gpointer data)
{
  g_string_append_printf (data, "%s;", pspec->name);
}

static void
gone_cb (gpointer owner, VliveRow *row)
{
  guint *n = owner;

  (*n)++;
}

static void
test_placeholder (void)
{
  VliveRow *row = _vlive_row_new (NULL, NULL, 7);
  g_autofree char *text = vlive_row_dup_field_text (row, "name");
  GValue value = G_VALUE_INIT;

  g_assert_cmpuint (_vlive_row_get_base (row), ==, 7);
  g_assert_null (vlive_row_get_id (row));
  g_assert_null (vlive_row_get_record (row));
  g_assert_cmpint (vlive_row_get_state (row), ==, VLIVE_ROW_LOADING);
  g_assert_cmpint (vlive_row_get_field_type (row, "name"), ==, VLIVE_VALUE_MISSING);
  g_assert_false (vlive_row_get_value (row, "name", &value));
  g_assert_false (G_IS_VALUE (&value));
  g_assert_cmpstr (text, ==, "");
  g_assert_finalize_object (row);
  vlive_test_assert_all_gone ();
}

static void
show (VliveRow *row, VliveRecord *record, VliveRowState state)
{
  const VliveShown shown = { .raw = record, .record = record, .state = state };

  _vlive_row_show (row, &shown);
}

static void
test_fill (void)
{
  VliveRow *row = _vlive_row_new (NULL, NULL, 0);
  g_autoptr (VliveRecord) record = vlive_array_master_make ("a", 12);
  g_autoptr (VliveRecord) same = vlive_array_master_make ("a", 12);
  g_autoptr (VliveRecord) other = vlive_array_master_make ("a", 13);
  g_autoptr (GString) log = g_string_new (NULL);
  g_autoptr (VliveRecord) got = NULL;
  g_autofree char *text = NULL;
  g_autofree char *id = NULL;
  g_auto (GValue) value = G_VALUE_INIT;
  VliveRowState state;

  g_signal_connect (row, "notify", G_CALLBACK (log_cb), log);
  show (row, record, VLIVE_ROW_READY);
  g_assert_cmpstr (log->str, ==, "state;record;id;");
  g_assert_cmpstr (vlive_row_get_id (row), ==, "a");
  g_assert_true (vlive_row_get_record (row) == record);
  g_assert_true (vlive_row_get_value (row, "value", &value));
  g_assert_cmpint (g_value_get_int64 (&value), ==, 12);
  text = vlive_row_dup_field_text (row, "name");
  g_assert_cmpstr (text, ==, "row a");
  g_assert_cmpint (vlive_row_get_field_type (row, "value"), ==, VLIVE_VALUE_INTEGER);

  /* What is the same is not told. */
  g_string_truncate (log, 0);
  show (row, same, VLIVE_ROW_READY);
  g_assert_cmpstr (log->str, ==, "");
  show (row, other, VLIVE_ROW_READY);
  g_assert_cmpstr (log->str, ==, "record;");
  show (row, other, VLIVE_ROW_PENDING);
  g_assert_cmpstr (log->str, ==, "record;state;");

  g_object_get (row, "record", &got, "state", &state, "id", &id, NULL);
  g_assert_true (got == other);
  g_assert_cmpint (state, ==, VLIVE_ROW_PENDING);
  g_assert_cmpstr (id, ==, "a");
  g_clear_pointer (&got, vlive_record_unref);
  g_assert_finalize_object (row);
}

static void
test_quietly (void)
{
  VliveRow *row = _vlive_row_new (NULL, NULL, 0);
  g_autoptr (VliveRecord) record = vlive_array_master_make ("a", 12);
  const VliveShown shown = { .record = record, .state = VLIVE_ROW_READY };
  g_autoptr (GString) log = g_string_new (NULL);

  g_signal_connect (row, "notify", G_CALLBACK (log_cb), log);
  _vlive_row_show_quietly (row, &shown);
  g_assert_cmpstr (log->str, ==, "");
  g_assert_true (vlive_row_get_record (row) == record);
  g_assert_finalize_object (row);
}

/* What is laid over the record, and what was refused, is told by name. */
static void
test_fields (void)
{
  VliveRow *row = _vlive_row_new (NULL, NULL, 0);
  g_autoptr (VliveRecord) raw = vlive_array_master_make ("a", 12);
  g_autoptr (VliveRecord) laid = vlive_array_master_make ("a", 13);
  char *value[] = { (char *) "value", NULL };
  VliveShown shown = { .raw = raw, .record = laid, .state = VLIVE_ROW_PENDING };
  g_autoptr (GString) log = g_string_new (NULL);
  g_auto (GStrv) got = NULL;

  show (row, raw, VLIVE_ROW_READY);
  g_signal_connect (row, "notify", G_CALLBACK (log_cb), log);
  shown.pending_fields = value;
  _vlive_row_show (row, &shown);
  g_assert_cmpstr (log->str, ==, "pending-fields;state;record;");
  g_assert_true (_vlive_row_get_raw (row) == raw);
  g_assert_true (vlive_row_get_record (row) == laid);
  g_assert_cmpstr (vlive_row_get_pending_fields (row)[0], ==, "value");
  g_object_get (row, "pending-fields", &got, NULL);
  g_assert_cmpuint (g_strv_length (got), ==, 1);

  g_string_truncate (log, 0);
  shown = (VliveShown){ .raw = raw, .record = raw, .state = VLIVE_ROW_FAILED };
  shown.failed_fields = value;
  _vlive_row_show (row, &shown);
  g_assert_cmpstr (log->str, ==, "failed-fields;pending-fields;state;record;");
  g_assert_null (vlive_row_get_pending_fields (row));
  g_assert_cmpstr (vlive_row_get_failed_fields (row)[0], ==, "value");
  g_string_truncate (log, 0);
  _vlive_row_show (row, &shown);
  g_assert_cmpstr (log->str, ==, "");
  g_assert_finalize_object (row);
}

static void
test_owner (void)
{
  guint n_gone = 0;
  VliveRow *row = _vlive_row_new (&n_gone, gone_cb, 3);

  g_object_run_dispose (G_OBJECT (row));
  g_assert_cmpuint (n_gone, ==, 1);
  g_assert_finalize_object (row);
  g_assert_cmpuint (n_gone, ==, 1);

  row = _vlive_row_new (&n_gone, gone_cb, 3);
  _vlive_row_set_base (row, VLIVE_NO_POSITION);
  g_assert_cmpuint (_vlive_row_get_base (row), ==, VLIVE_NO_POSITION);
  _vlive_row_disown (row);
  g_assert_finalize_object (row);
  g_assert_cmpuint (n_gone, ==, 1);
}

static void
drop_cb (VliveRow *row, GParamSpec *pspec, gpointer data)
{
  g_clear_object ((VliveRow **) data);
}

/* Whoever is notified may let go of the last reference. */
static void
test_dropped_inside (void)
{
  VliveRow *row = _vlive_row_new (NULL, NULL, 0);
  g_autoptr (VliveRecord) record = vlive_array_master_make ("a", 12);

  g_signal_connect (row, "notify::record", G_CALLBACK (drop_cb), &row);
  show (row, record, VLIVE_ROW_READY);
  g_assert_null (row);
}

int
main (int argc, char **argv)
{
  vlive_test_init (&argc, &argv);
  g_test_add_func ("/table/row/placeholder", test_placeholder);
  g_test_add_func ("/table/row/fill", test_fill);
  g_test_add_func ("/table/row/quietly", test_quietly);
  g_test_add_func ("/table/row/fields", test_fields);
  g_test_add_func ("/table/row/owner", test_owner);
  g_test_add_func ("/table/row/dropped-inside", test_dropped_inside);

  return vlive_test_run ();
}
