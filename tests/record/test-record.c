/* test-record.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "record/vlive-layout-private.h"
#include "record/vlive-record-private.h"
#include "vlive-test.h"

static VliveRecord *
make_every_type (void)
{
  static const char *const names[] = {
    "id", "t", "n", "b", "i", "d", "y", "j", "gone"
  };
  g_autoptr (VliveLayout) layout = _vlive_layout_intern (names, G_N_ELEMENTS (names));
  g_autoptr (VliveRecordBuilder) builder = _vlive_record_builder_new (layout);
  VliveValue bytes = { .type = VLIVE_VALUE_BYTES, .bytes = "a\0b", .len = 3 };
  VliveValue values[] = {
    VLIVE_VALUE_INIT_TEXT ("x1"),
    VLIVE_VALUE_INIT_TEXT ("grün"),
    VLIVE_VALUE_INIT_NULL,
    VLIVE_VALUE_INIT_BOOLEAN (TRUE),
    VLIVE_VALUE_INIT_INTEGER (G_MININT64),
    VLIVE_VALUE_INIT_DOUBLE (0.1),
    bytes,
    VLIVE_VALUE_INIT_JSON ("{\"a\":[1,2]}"),
  };

  _vlive_record_builder_set_id (builder, "x1", TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    _vlive_record_builder_set (builder, i, &values[i]);

  return _vlive_record_builder_end (builder);
}

static void
assert_every_type (VliveRecord *record)
{
  g_autoptr (GBytes) bytes = vlive_record_dup_bytes (record, "y");
  gboolean b;
  gint64 i;
  double d;

  g_assert_cmpstr (vlive_record_get_id (record), ==, "x1");
  g_assert_true (vlive_record_is_addressable (record));
  g_assert_cmpuint (vlive_record_get_n_fields (record), ==, 9);
  g_assert_cmpstr (vlive_record_get_field_name (record, 8), ==, "gone");
  g_assert_cmpstr (vlive_record_get_text (record, "t"), ==, "grün");
  g_assert_cmpint (vlive_record_get_field_type (record, "n"), ==, VLIVE_VALUE_NULL);
  g_assert_cmpint (vlive_record_get_field_type (record, "gone"), ==,
                   VLIVE_VALUE_MISSING);
  g_assert_cmpint (vlive_record_get_field_type (record, "never"), ==,
                   VLIVE_VALUE_MISSING);
  g_assert_true (vlive_record_get_boolean (record, "b", &b) && b);
  g_assert_true (vlive_record_get_integer (record, "i", &i));
  g_assert_cmpint (i, ==, G_MININT64);
  g_assert_true (vlive_record_get_double (record, "d", &d));
  g_assert_cmpfloat (d, ==, 0.1);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), "a\0b", 3);
  g_assert_cmpstr (vlive_record_get_text (record, "j"), ==, "{\"a\":[1,2]}");
}

static void
test_record_types (void)
{
  g_autoptr (VliveRecord) record = make_every_type ();

  assert_every_type (record);
}

/* The bytes on disk are the bytes in memory. */
static void
test_record_block (void)
{
  g_autoptr (VliveRecord) record = make_every_type ();
  g_autoptr (VliveRecord) read = NULL;
  g_autoptr (VliveRecord) trusted = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;
  gsize size;
  const guint8 *block = _vlive_record_get_block (record, &size);

  bytes = g_bytes_new (block, size);
  g_assert_cmpuint (size % 8, ==, 0);
  g_assert_cmpuint (_vlive_block_get_size (block, size), ==, size);
  g_assert_cmpuint (_vlive_block_get_size (block, size - 1), ==, 0);
  g_assert_cmpuint (_vlive_block_get_layout_hash (block), ==,
                    _vlive_layout_get_hash (_vlive_record_get_layout (record)));
  read = _vlive_record_new_from_block (bytes, 0, _vlive_record_get_layout (record),
                                       &error);
  g_assert_no_error (error);
  assert_every_type (read);
  g_assert_true (vlive_record_equal (record, read));
  trusted = _vlive_record_new_trusted (bytes, 0, _vlive_record_get_layout (record));
  assert_every_type (trusted);
}

int
main (int argc, char *argv[])
{
  int result;

  vlive_test_init (&argc, &argv);
  g_test_add_func ("/record/types", test_record_types);
  g_test_add_func ("/record/block", test_record_block);
  result = vlive_test_run ();
  vlive_test_assert_all_gone ();
  g_assert_cmpuint (_vlive_layout_count (), ==, 0);

  return result;
}
