/* test-record.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "record/vlive-block-private.h"
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

static VliveLayout *
layout_of (guint n)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < n; i++)
    g_ptr_array_add (names, g_strdup_printf ("f%u", i));

  return _vlive_layout_intern ((const char *const *) names->pdata, names->len);
}

/* Slots of two bytes up to 8191 bytes of values, of four above. */
static void
test_record_widths (void)
{
  g_autoptr (VliveLayout) layout = layout_of (3);
  g_autoptr (VliveRecordBuilder) builder = _vlive_record_builder_new (layout);

  for (gsize len = 8100; len < 8250; len++)
    {
      g_autofree char *text = g_strnfill (len, 'x');
      g_autoptr (VliveRecord) record = NULL;
      g_autoptr (VliveRecord) read = NULL;
      g_autoptr (GBytes) bytes = NULL;
      g_autoptr (GError) error = NULL;
      VliveValue value = VLIVE_VALUE_INIT_TEXT (text);
      VliveValue last = VLIVE_VALUE_INIT_INTEGER (-5);
      const guint8 *block;
      gsize size;

      _vlive_record_builder_set_id (builder, "7", TRUE);
      _vlive_record_builder_set (builder, 0, &value);
      _vlive_record_builder_set (builder, 2, &last);
      record = _vlive_record_builder_end (builder);
      block = _vlive_record_get_block (record, &size);
      bytes = g_bytes_new (block, size);
      read = _vlive_record_new_from_block (bytes, 0, layout, &error);
      g_assert_no_error (error);
      _vlive_record_peek (read, 0, &value);
      g_assert_cmpuint (value.len, ==, len);
      g_assert_cmpstr (value.text, ==, text);
      _vlive_record_peek (read, 1, &value);
      g_assert_cmpint (value.type, ==, VLIVE_VALUE_MISSING);
      _vlive_record_peek (read, 2, &value);
      g_assert_cmpint (value.integer, ==, -5);
      /* 3 bytes of id, 6 around the text, 2 of integer */
      g_assert_cmpint (_vlive_block_slot_width (block), ==, len + 11 <= 8191 ? 2 : 4);
    }
}

/* The format of the bytes on disk. Who changes it gives it a new version. */
static void
test_record_frozen (void)
{
  static const guint8 expected[] = {
    0x58, 0x00, 0x00, 0x00, 0x01, 0x03, 0x09, 0x00, 0xab, 0xcb, 0xde, 0xd1, 0xf8,
    0xcf, 0xb4, 0xc8, 0x05, 0x00, 0x05, 0x00, 0x25, 0x00, 0x01, 0x00, 0x0a, 0x00,
    0x5b, 0x00, 0xa4, 0x00, 0xe6, 0x00, 0x07, 0x01, 0x00, 0x00, 0x02, 0x78, 0x31,
    0x00, 0x05, 0x67, 0x72, 0xc3, 0xbc, 0x6e, 0x00, 0x08, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x80, 0x9a, 0x99, 0x99, 0x99, 0x99, 0x99, 0xb9, 0x3f, 0x03,
    0x61, 0x00, 0x62, 0x0b, 0x7b, 0x22, 0x61, 0x22, 0x3a, 0x5b, 0x31, 0x2c, 0x32,
    0x5d, 0x7d, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
  };
  g_autoptr (VliveRecord) record = make_every_type ();
  gsize size;
  const guint8 *block = _vlive_record_get_block (record, &size);

  g_assert_cmpmem (block, size, expected, sizeof expected);
}

/* Integers take as few bytes as hold them, and come back the same. */
static void
test_record_integers (void)
{
  g_autoptr (VliveLayout) layout = layout_of (1);
  g_autoptr (VliveRecordBuilder) builder = _vlive_record_builder_new (layout);

  for (guint bit = 0; bit < 64; bit++)
    for (int delta = -2; delta <= 2; delta++)
      for (int negate = 0; negate < 2; negate++)
        {
          guint64 bits = ((guint64) 1 << bit) + (guint64) (gint64) delta;
          gint64 integer = (gint64) (negate ? -bits : bits);
          VliveValue value = VLIVE_VALUE_INIT_INTEGER (integer);
          g_autoptr (VliveRecord) record = NULL;
          g_autoptr (VliveRecord) read = NULL;
          g_autoptr (GBytes) bytes = NULL;
          g_autoptr (GError) error = NULL;
          const guint8 *block;
          gsize size;

          _vlive_record_builder_set (builder, 0, &value);
          record = _vlive_record_builder_end (builder);
          block = _vlive_record_get_block (record, &size);
          bytes = g_bytes_new (block, size);
          read = _vlive_record_new_from_block (bytes, 0, layout, &error);
          g_assert_no_error (error);
          _vlive_record_peek (read, 0, &value);
          g_assert_cmpint (value.integer, ==, integer);
          /* 16 + 4 + 2 of the empty id, 2 of the shortest integers */
          if (integer >= -128 && integer <= 127)
            g_assert_cmpuint (size, ==, 24);
        }
}

/* Lengths around the one-byte form, and many fields. */
static void
test_record_shapes (void)
{
  const guint counts[] = { 0, 1, 2, 100, 3000, VLIVE_LAYOUT_MAX_NAMES };

  for (guint c = 0; c < G_N_ELEMENTS (counts); c++)
    {
      g_autoptr (VliveLayout) layout = layout_of (counts[c]);
      g_autoptr (VliveRecordBuilder) builder = _vlive_record_builder_new (layout);
      g_autoptr (GByteArray) blocks = g_byte_array_new ();
      g_autoptr (GBytes) bytes = NULL;
      g_autoptr (VliveRecord) record = NULL;
      g_autoptr (GError) error = NULL;
      g_autofree char *longest = g_strnfill (300, 'y');

      for (guint i = 0; i < counts[c]; i++)
        {
          VliveValue value = { .type = VLIVE_VALUE_TEXT,
                               .text = longest + 300 - i % 300,
                               .len = i % 300 };

          _vlive_record_builder_set (builder, i, &value);
        }
      _vlive_record_builder_set_id (builder, "x", TRUE);
      _vlive_record_builder_end_into (builder, blocks);
      bytes = g_byte_array_free_to_bytes (g_steal_pointer (&blocks));
      record = _vlive_record_new_from_block (bytes, 0, layout, &error);
      g_assert_no_error (error);
      for (guint i = 0; i < counts[c]; i++)
        {
          VliveValue value;

          _vlive_record_peek (record, i, &value);
          g_assert_cmpuint (value.len, ==, i % 300);
          g_assert_cmpuint (strlen (value.text), ==, i % 300);
        }
      g_assert_cmpuint (vlive_record_get_n_fields (record), ==, counts[c]);
    }
}

/* A page: many blocks in one array of bytes, wherever it begins. */
static void
test_record_page (void)
{
  g_autoptr (VliveLayout) layout = layout_of (2);
  g_autoptr (VliveRecordBuilder) builder = _vlive_record_builder_new (layout);
  g_autoptr (GByteArray) blocks = g_byte_array_new ();
  g_autoptr (GBytes) bytes = NULL;
  gsize at = 8;
  guint n = 0;

  g_byte_array_append (blocks, (const guint8 *) "head", 4);
  for (gint64 i = 0; i < 100; i++)
    {
      g_autofree char *id = g_strdup_printf ("%" G_GINT64_FORMAT, i);
      VliveValue integer = VLIVE_VALUE_INIT_INTEGER (i);
      VliveValue text = VLIVE_VALUE_INIT_TEXT (id);

      _vlive_record_builder_set_id (builder, id, TRUE);
      _vlive_record_builder_set (builder, 0, &text);
      _vlive_record_builder_set (builder, 1, &integer);
      _vlive_record_builder_end_into (builder, blocks);
      g_assert_cmpuint (blocks->len % 8, ==, 0);
    }
  bytes = g_byte_array_free_to_bytes (g_steal_pointer (&blocks));
  while (at < g_bytes_get_size (bytes))
    {
      const guint8 *data = g_bytes_get_data (bytes, NULL);
      gsize size = _vlive_block_get_size (data + at, g_bytes_get_size (bytes) - at);
      g_autoptr (VliveRecord) record = _vlive_record_new_trusted (bytes, at, layout);
      gint64 value;

      g_assert_cmpuint (size, >, 0);
      g_assert_true (vlive_record_get_integer (record, "f1", &value));
      g_assert_cmpint (value, ==, n);
      g_assert_cmpstr (vlive_record_get_text (record, "f0"), ==,
                       vlive_record_get_id (record));
      at += size;
      n++;
    }
  g_assert_cmpuint (n, ==, 100);
}

/* A text that is the id costs nothing: it is the id's own bytes. */
static void
test_record_shares_id (void)
{
  g_autoptr (VliveLayout) layout = layout_of (1);
  g_autoptr (VliveRecordBuilder) builder = _vlive_record_builder_new (layout);
  g_autoptr (VliveRecord) record = NULL;
  g_autoptr (VliveRecord) other = NULL;
  VliveValue value = VLIVE_VALUE_INIT_TEXT ("a-long-identifier");

  _vlive_record_builder_set_id (builder, "a-long-identifier", TRUE);
  _vlive_record_builder_set (builder, 0, &value);
  record = _vlive_record_builder_end (builder);
  g_assert_true (vlive_record_get_text (record, "f0") == vlive_record_get_id (record));

  other = _vlive_record_with_id (record, "b", TRUE);
  g_assert_cmpstr (vlive_record_get_id (other), ==, "b");
  g_assert_cmpstr (vlive_record_get_text (other, "f0"), ==, "a-long-identifier");
}

/* A builder forgets what was set before a record was ended. */
static void
test_record_builder_forgets (void)
{
  g_autoptr (VliveLayout) two = layout_of (2);
  g_autoptr (VliveLayout) one = layout_of (1);
  g_autoptr (VliveRecordBuilder) builder = _vlive_record_builder_new (two);
  g_autoptr (VliveRecord) a = NULL;
  g_autoptr (VliveRecord) b = NULL;
  g_autoptr (VliveRecord) c = NULL;
  VliveValue value = VLIVE_VALUE_INIT_BOOLEAN (TRUE);
  VliveValue missing = { .type = VLIVE_VALUE_MISSING };

  _vlive_record_builder_set_id (builder, "1", TRUE);
  _vlive_record_builder_set (builder, 0, &value);
  _vlive_record_builder_set (builder, 1, &value);
  _vlive_record_builder_set (builder, 1, &missing);
  a = _vlive_record_builder_end (builder);
  b = _vlive_record_builder_end (builder);
  g_assert_cmpint (vlive_record_get_field_type (a, "f0"), ==, VLIVE_VALUE_BOOLEAN);
  g_assert_cmpint (vlive_record_get_field_type (a, "f1"), ==, VLIVE_VALUE_MISSING);
  g_assert_cmpint (vlive_record_get_field_type (b, "f0"), ==, VLIVE_VALUE_MISSING);
  g_assert_cmpstr (vlive_record_get_id (b), ==, "");
  g_assert_false (vlive_record_is_addressable (b));

  _vlive_record_builder_set (builder, 0, &value);
  _vlive_record_builder_set_layout (builder, one);
  _vlive_record_builder_set_id (builder, "", TRUE);
  c = _vlive_record_builder_end (builder);
  g_assert_cmpuint (vlive_record_get_n_fields (c), ==, 1);
  g_assert_cmpint (vlive_record_get_field_type (c, "f0"), ==, VLIVE_VALUE_MISSING);
  g_assert_false (vlive_record_is_addressable (c));
}

static void
read_all (VliveRecord *record)
{
  g_autoptr (GVariant) variant = vlive_record_to_variant (record);
  g_autoptr (VliveRecord) copy = NULL;
  gsize n = g_variant_n_children (variant);

  g_assert_cmpuint (strlen (vlive_record_get_id (record)), <, 1000);
  for (guint i = 0; i < vlive_record_get_n_fields (record); i++)
    {
      g_autofree char *text =
          vlive_record_dup_field_text (record, vlive_record_get_field_name (record, i));

      n += strlen (text);
    }
  copy = _vlive_record_with_id (record, vlive_record_get_id (record),
                                vlive_record_is_addressable (record));
  g_assert_true (vlive_record_equal (record, copy));
  g_assert_cmpuint (n, <, 100000);
}

/* No bit that is wrong lets a read leave the block: either it is refused, or
 * everything can be read. */
static void
test_record_hostile_bits (void)
{
  g_autoptr (VliveRecord) record = make_every_type ();
  VliveLayout *layout = _vlive_record_get_layout (record);
  gsize size;
  const guint8 *block = _vlive_record_get_block (record, &size);
  guint n_refused = 0;

  for (gsize i = 0; i < size * 8; i++)
    {
      guint8 *bad = g_memdup2 (block, size);
      g_autoptr (GBytes) bytes = g_bytes_new_take (bad, size);
      g_autoptr (VliveRecord) read = NULL;
      g_autoptr (GError) error = NULL;

      bad[i / 8] ^= (guint8) (1 << i % 8);
      read = _vlive_record_new_from_block (bytes, 0, layout, &error);
      if (read != NULL)
        read_all (read);
      else
        g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_CORRUPT);
      n_refused += read == NULL;
    }
  g_assert_cmpuint (n_refused, >, 200);
}

static void
assert_refused (VliveRecord *record, gsize at, guint8 byte, const char *why)
{
  gsize size;
  const guint8 *block = _vlive_record_get_block (record, &size);
  guint8 *bad = g_memdup2 (block, size);
  g_autoptr (GBytes) bytes = g_bytes_new_take (bad, size);
  g_autoptr (GError) error = NULL;

  bad[at] = byte;
  g_assert_null (_vlive_record_new_from_block (bytes, 0,
                                               _vlive_record_get_layout (record),
                                               &error));
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_CORRUPT);
  if (strstr (error->message, why) == NULL)
    g_error ("%s, not: %s", error->message, why);
}

static gsize
slot_at (guint slot)
{
  return VLIVE_BLOCK_HEADER_SIZE + slot * 2;
}

static void
test_record_hostile (void)
{
  g_autoptr (VliveRecord) record = make_every_type ();
  g_autoptr (VliveLayout) other = layout_of (9);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  gsize size;
  const guint8 *block = _vlive_record_get_block (record, &size);
  const guint8 *values = _vlive_block_values (block);
  gsize integer_at;
  gsize text_at =
      (gsize) ((const guint8 *) vlive_record_get_text (record, "t") - block);
  gsize json_at =
      (gsize) ((const guint8 *) vlive_record_get_text (record, "j") - block);
  gsize id_at = (gsize) ((const guint8 *) vlive_record_get_id (record) - block);

  integer_at = (gsize) (values - block)
               + (_vlive_block_slot (block, 5) >> VLIVE_BLOCK_TYPE_BITS);
  g_assert_cmpuint ((gsize) (values - block), ==, slot_at (10));
  assert_refused (record, 0, (guint8) (size + 8), "no header");
  assert_refused (record, 0, (guint8) (size - 1), "no header");
  assert_refused (record, 0, 8, "no header");
  assert_refused (record, 4, 2, "no header");
  assert_refused (record, 5, 0x80, "unknown flags");
  assert_refused (record, 6, 3, "another layout");
  assert_refused (record, 8, (guint8) (block[8] ^ 1), "another layout");
  assert_refused (record, 0, 24, "too short");
  assert_refused (record, slot_at (0), VLIVE_VALUE_NULL, "its id is no text");
  assert_refused (record, slot_at (3), 1 << 3 | VLIVE_VALUE_NULL,
                  "a null with a value");
  assert_refused (record, slot_at (3), 1 << 3 | VLIVE_VALUE_MISSING,
                  "a null with a value");
  assert_refused (record, slot_at (4), 2 << 3 | VLIVE_VALUE_BOOLEAN,
                  "neither true nor false");
  assert_refused (record, slot_at (5) + 1, 0xff, "an integer is outside");
  assert_refused (record, integer_at, 9, "an integer is outside");
  assert_refused (record, slot_at (6) + 1, 0xff, "a number is outside");
  assert_refused (record, slot_at (2) + 1, 0xff, "a value begins outside");
  assert_refused (record, text_at - 1, 200, "a value ends outside");
  assert_refused (record, text_at - 1, 255, "a value ends outside");
  assert_refused (record, text_at - 1, 2, "a text does not end");
  assert_refused (record, text_at, 0xff, "not UTF-8");
  assert_refused (record, text_at, 0, "not UTF-8");
  assert_refused (record, json_at, '(', "not JSON");
  assert_refused (record, id_at - 1, 1, "a text does not end");

  bytes = g_bytes_new (block, size);
  for (gsize cut = 1; cut <= size; cut++)
    {
      g_autoptr (GBytes) shorter = g_bytes_new_from_bytes (bytes, 0, size - cut);

      g_assert_null (_vlive_record_new_from_block (shorter, 0,
                                                   _vlive_record_get_layout (record),
                                                   NULL));
    }
  g_assert_null (_vlive_record_new_from_block (bytes, size,
                                               _vlive_record_get_layout (record),
                                               NULL));
  g_assert_null (_vlive_record_new_from_block (bytes, size + 1,
                                               _vlive_record_get_layout (record),
                                               NULL));
  g_assert_null (_vlive_record_new_from_block (bytes, 0, other, &error));
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_CORRUPT);
}

/* An integer whose last byte would be the first behind the block. */
static void
test_record_hostile_integer (void)
{
  g_autoptr (VliveLayout) layout = layout_of (1);
  g_autoptr (VliveRecordBuilder) builder = _vlive_record_builder_new (layout);
  g_autoptr (VliveRecord) record = NULL;
  VliveValue value = VLIVE_VALUE_INIT_INTEGER (5);
  gsize size;

  _vlive_record_builder_set_id (builder, "", FALSE);
  _vlive_record_builder_set (builder, 0, &value);
  record = _vlive_record_builder_end (builder);
  _vlive_record_get_block (record, &size);
  g_assert_cmpuint (size, ==, slot_at (2) + 4);
  assert_refused (record, slot_at (2) + 2, 2, "an integer is outside");
}

/* An empty id that claims to name a record. */
static void
test_record_hostile_empty_id (void)
{
  g_autoptr (VliveLayout) layout = layout_of (0);
  g_autoptr (VliveRecordBuilder) builder = _vlive_record_builder_new (layout);
  g_autoptr (VliveRecord) record = _vlive_record_builder_end (builder);
  const guint8 *block = _vlive_record_get_block (record, NULL);

  assert_refused (record, 5, block[5] | VLIVE_BLOCK_ADDRESSABLE, "its id is empty");
}

static VliveRecord *
from_text (const char *id, const char *fields)
{
  g_autoptr (GError) error = NULL;
  VliveRecord *record =
      vlive_record_new_from_variant (id, g_variant_new_parsed (fields), &error);

  g_assert_no_error (error);

  return record;
}

static void
assert_fields (VliveRecord *record, const char *expected)
{
  g_autoptr (GVariant) variant = vlive_record_to_variant (record);
  g_autoptr (GString) text = g_variant_print_string (variant, NULL, FALSE);

  g_string_replace (text, "int64 ", "", 0);
  g_assert_cmpstr (text->str, ==, expected);
}

static void
test_record_variant (void)
{
  g_autoptr (VliveRecord) record = from_text (
      "a", "{'z': <1>, 'n': <@mv nothing>, 'e': <''>, 'd': <0.5>, 'y': <@ay [1, 2]>,"
           " 'o': <{'k': <[1, 2]>}>, 'l': <[<1>, <'x'>]>, 'b': <true>}");
  g_autoptr (VliveRecord) back = NULL;
  g_autoptr (GVariant) variant = vlive_record_to_variant (record);
  g_autoptr (GError) error = NULL;

  g_assert_cmpstr (vlive_record_get_field_name (record, 0), ==, "z");
  g_assert_cmpint (vlive_record_get_field_type (record, "o"), ==, VLIVE_VALUE_JSON);
  assert_fields (
      record,
      "{'z': <1>, 'n': <@mv nothing>, 'e': <''>, 'd': <0.5>, 'y': <[byte 0x01, 0x02]>, "
      "'o': <'{\"k\":[1,2]}'>, 'l': <'[1,\"x\"]'>, 'b': <true>}");
  back = vlive_record_new_from_variant ("a", variant, &error);
  g_assert_no_error (error);
  g_assert_cmpint (vlive_record_get_field_type (back, "o"), ==, VLIVE_VALUE_TEXT);
  g_assert_cmpint (vlive_record_get_field_type (back, "n"), ==, VLIVE_VALUE_NULL);
}

static void
test_record_variant_edges (void)
{
  g_autoptr (VliveRecord) no_id = from_text (NULL, "@a{sv} {}");
  g_autoptr (VliveRecord) twice = from_text ("x", "{'a': <1>, 'b': <2>, 'a': <3>}");
  g_autoptr (GError) error = NULL;

  g_assert_cmpstr (vlive_record_get_id (no_id), ==, "");
  g_assert_false (vlive_record_is_addressable (no_id));
  g_assert_cmpuint (vlive_record_get_n_fields (no_id), ==, 0);
  assert_fields (twice, "{'a': <3>, 'b': <2>}");

  g_assert_null (vlive_record_new_from_variant (
      "x", g_variant_new_parsed ("{'big': <uint64 18446744073709551615>}"), &error));
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "big"));
  g_clear_error (&error);
  g_assert_null (vlive_record_new_from_variant ("x",
                                                g_variant_new_parsed ("{'q': <[nan]>}"),
                                                &error));
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_null (vlive_record_new_from_variant ("\xff",
                                                g_variant_new_parsed ("@a{sv} {}"),
                                                &error));
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_INVALID);
}

/* Bytes that claim to be a dictionary: nothing worse than odd fields. */
static void
test_record_variant_hostile (void)
{
  for (guint i = 0; i < 3000; i++)
    {
      guint8 junk[64];
      gsize size = (gsize) g_test_rand_int_range (0, sizeof junk);
      g_autoptr (GVariant) variant = NULL;
      g_autoptr (VliveRecord) record = NULL;
      g_autoptr (GBytes) bytes = NULL;

      for (gsize j = 0; j < size; j++)
        junk[j] = (guint8) (g_test_rand_bit ()
                                ? g_test_rand_int_range (0, 256)
                                : "asvi\0\1\2\10("[g_test_rand_int_range (0, 9)]);
      bytes = g_bytes_new (junk, size);
      variant = g_variant_ref_sink (
          g_variant_new_from_bytes (G_VARIANT_TYPE_VARDICT, bytes, FALSE));
      record = vlive_record_new_from_variant ("x", variant, NULL);
      if (record != NULL)
        read_all (record);
    }
}

static void
test_record_too_wide (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) object = json_object_new ();
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  for (guint i = 0; i <= VLIVE_LAYOUT_MAX_NAMES; i++)
    {
      g_autofree char *name = g_strdup_printf ("%u", i);

      g_variant_builder_add (&builder, "{sv}", name, g_variant_new_boolean (TRUE));
      json_object_set_boolean_member (object, name, TRUE);
    }
  g_assert_null (
      vlive_record_new_from_variant ("x", g_variant_builder_end (&builder), &error));
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_TOO_LARGE);
  g_clear_error (&error);
  g_assert_null (vlive_record_new_from_json (object, "1", &error));
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_TOO_LARGE);
}

/* 512 MiB of values do not fit a block. The value is left out and told, and
 * the next record of the builder is whole. */
static void
test_record_too_large (void)
{
  g_autoptr (VliveLayout) layout = layout_of (2);
  g_autoptr (VliveRecordBuilder) builder = _vlive_record_builder_new (layout);
  g_autoptr (VliveRecord) record = NULL;
  VliveValue huge = { .type = VLIVE_VALUE_BYTES, .bytes = "", .len = (gsize) 1 << 29 };
  VliveValue small = VLIVE_VALUE_INIT_TEXT ("x");

  _vlive_warn_forget ("record");
  vlive_test_expect ("*larger than 512 MiB*");
  _vlive_record_builder_set_id (builder, "1", TRUE);
  _vlive_record_builder_set (builder, 0, &huge);
  _vlive_record_builder_set (builder, 1, &small);
  record = _vlive_record_builder_end (builder);
  g_assert_cmpint (vlive_record_get_field_type (record, "f0"), ==, VLIVE_VALUE_NULL);
  g_assert_cmpstr (vlive_record_get_text (record, "f1"), ==, "x");
  vlive_test_assert_expected ();
}

static void
test_record_patch (void)
{
  g_autoptr (VliveRecord) base =
      from_text ("a", "{'x': <1>, 'y': <'old'>, 'z': <true>}");
  g_autoptr (VliveRecord) patch =
      from_text ("ignored", "{'y': <@mv nothing>, 'w': <'new'>}");
  g_autoptr (VliveRecord) same =
      from_text (NULL, "{'x': <2>, 'y': <'old'>, 'z': <true>}");
  g_autoptr (VliveRecord) result = vlive_record_patch (base, patch);
  g_autoptr (VliveRecord) inside = vlive_record_patch (base, same);
  g_autoptr (VliveRecord) none = NULL;
  g_autoptr (VliveRecord) empty = from_text (NULL, "@a{sv} {}");

  g_assert_cmpstr (vlive_record_get_id (result), ==, "a");
  g_assert_true (vlive_record_is_addressable (result));
  assert_fields (result, "{'x': <1>, 'y': <@mv nothing>, 'z': <true>, 'w': <'new'>}");
  assert_fields (inside, "{'x': <2>, 'y': <'old'>, 'z': <true>}");
  g_assert_true (_vlive_record_get_layout (inside) == _vlive_record_get_layout (base));
  none = vlive_record_patch (base, empty);
  g_assert_true (vlive_record_equal (none, base));
}

/* A field that is missing in the patch changes nothing. */
static void
test_record_patch_missing (void)
{
  g_autoptr (VliveRecord) base = from_text ("a", "{'f0': <1>, 'f1': <2>}");
  g_autoptr (VliveLayout) layout = layout_of (2);
  g_autoptr (VliveRecordBuilder) builder = _vlive_record_builder_new (layout);
  g_autoptr (VliveRecord) patch = NULL;
  g_autoptr (VliveRecord) result = NULL;
  VliveValue value = VLIVE_VALUE_INIT_INTEGER (5);

  _vlive_record_builder_set (builder, 1, &value);
  patch = _vlive_record_builder_end (builder);
  result = vlive_record_patch (base, patch);
  assert_fields (result, "{'f0': <1>, 'f1': <5>}");
}

static void
test_record_equal (void)
{
  g_autoptr (VliveRecord) a =
      from_text ("a", "{'x': <1>, 'y': <'t'>, 'b': <true>, 'd': <0.5>}");
  g_autoptr (VliveRecord) turned =
      from_text ("a", "{'d': <0.5>, 'b': <true>, 'y': <'t'>, 'x': <1>}");
  g_autoptr (VliveRecord) with_extra = vlive_record_patch (a, turned);
  const char *different[] = {
    "{'x': <2>, 'y': <'t'>, 'b': <true>, 'd': <0.5>}",
    "{'x': <1>, 'y': <'T'>, 'b': <true>, 'd': <0.5>}",
    "{'x': <1>, 'y': <'t'>, 'b': <false>, 'd': <0.5>}",
    "{'x': <1>, 'y': <'t'>, 'b': <true>, 'd': <0.25>}",
    "{'x': <1.0>, 'y': <'t'>, 'b': <true>, 'd': <0.5>}",
    "{'x': <1>, 'y': <'t'>, 'b': <true>, 'd': <@mv nothing>}",
    "{'x': <1>, 'y': <'t'>, 'b': <true>}",
    "{'x': <1>, 'y': <'t'>, 'b': <true>, 'd': <0.5>, 'e': <1>}"
  };

  g_assert_true (vlive_record_equal (a, a));
  g_assert_true (vlive_record_equal (a, turned));
  g_assert_true (vlive_record_equal (with_extra, a));
  for (guint i = 0; i < G_N_ELEMENTS (different); i++)
    {
      g_autoptr (VliveRecord) b = from_text ("a", different[i]);

      g_assert_false (vlive_record_equal (a, b));
      g_assert_false (vlive_record_equal (b, a));
    }
  {
    g_autoptr (VliveRecord) id = _vlive_record_with_id (a, "b", TRUE);
    g_autoptr (VliveRecord) lost = _vlive_record_with_id (a, "a", FALSE);

    g_assert_false (vlive_record_equal (a, id));
    g_assert_false (vlive_record_equal (a, lost));
  }
}

/* The bytes of a record are made in the order in which it was built, which
 * does not make it another record. */
static void
test_record_equal_layouts (void)
{
  g_autoptr (VliveLayout) layout = layout_of (2);
  g_autoptr (VliveRecordBuilder) builder = _vlive_record_builder_new (layout);
  g_autoptr (VliveRecord) a = NULL;
  g_autoptr (VliveRecord) b = NULL;
  VliveValue x = VLIVE_VALUE_INIT_TEXT ("x");
  VliveValue y = VLIVE_VALUE_INIT_TEXT ("yy");

  _vlive_record_builder_set (builder, 0, &x);
  _vlive_record_builder_set (builder, 1, &y);
  a = _vlive_record_builder_end (builder);
  _vlive_record_builder_set (builder, 1, &y);
  _vlive_record_builder_set (builder, 0, &x);
  b = _vlive_record_builder_end (builder);
  g_assert_true (vlive_record_equal (a, b));
}

static void
test_record_getters (void)
{
  g_autoptr (VliveRecord) record =
      from_text ("a", "{'i': <7>, 'd': <0.5>, 't': <'7'>, 'n': <@mv nothing>}");
  GValue value = G_VALUE_INIT;
  gint64 integer = 1;
  double real = 1;
  gboolean truth = TRUE;
  g_autofree char *text = vlive_record_dup_field_text (record, "d");
  g_autofree char *none = vlive_record_dup_field_text (record, "n");

  g_assert_cmpstr (text, ==, "0.5");
  g_assert_cmpstr (none, ==, "");
  g_assert_true (vlive_record_get_double (record, "i", &real));
  g_assert_cmpfloat (real, ==, 7);
  g_assert_false (vlive_record_get_double (record, "t", &real));
  g_assert_cmpfloat (real, ==, 0);
  g_assert_false (vlive_record_get_integer (record, "d", &integer));
  g_assert_cmpint (integer, ==, 0);
  g_assert_false (vlive_record_get_boolean (record, "i", &truth));
  g_assert_false (truth);
  g_assert_false (vlive_record_get_boolean (record, "i", NULL));
  g_assert_true (vlive_record_get_integer (record, "i", NULL));
  g_assert_true (vlive_record_get_double (record, "i", NULL));
  g_assert_null (vlive_record_get_text (record, "i"));
  g_assert_null (vlive_record_dup_bytes (record, "t"));

  g_assert_false (vlive_record_get_value (record, "n", &value));
  g_assert_false (vlive_record_get_value (record, "never", &value));
  g_assert_false (G_IS_VALUE (&value));
  g_assert_true (vlive_record_get_value (record, "t", &value));
  g_assert_cmpstr (g_value_get_string (&value), ==, "7");
  g_value_unset (&value);
}

/* Bytes given out keep the record, not the other way round. */
static void
test_record_bytes_live_on (void)
{
  VliveRecord *record = from_text ("a", "{'y': <@ay [1, 2, 3]>}");
  g_autoptr (GBytes) bytes = vlive_record_dup_bytes (record, "y");

  vlive_record_unref (record);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), "\1\2\3",
                   3);
}

static void
test_record_boxed (void)
{
  g_autoptr (VliveRecord) record = from_text ("a", "{'y': <1>}");
  GValue value = G_VALUE_INIT;

  g_value_init (&value, VLIVE_TYPE_RECORD);
  g_value_set_boxed (&value, record);
  g_assert_true (g_value_get_boxed (&value) == record);
  g_value_unset (&value);
}

static gpointer
hold_and_release (gpointer data)
{
  VliveRecord *record = data;

  for (guint i = 0; i < 10000; i++)
    {
      g_autoptr (VliveRecord) held = vlive_record_ref (record);
      gint64 integer;

      g_assert_true (vlive_record_get_integer (held, "y", &integer));
      g_assert_cmpint (integer, ==, 1);
    }
  vlive_record_unref (record);

  return NULL;
}

static void
test_record_threads (void)
{
  VliveRecord *record = from_text ("a", "{'y': <1>}");
  GThread *threads[4];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("hold", hold_and_release, vlive_record_ref (record));
  vlive_record_unref (record);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
}

/* Random records go through bytes and come back the same. */
static void
test_record_random (void)
{
  for (guint i = 0; i < 500; i++)
    {
      guint n = (guint) g_test_rand_int_range (0, 40);
      g_autoptr (VliveLayout) layout = layout_of (n);
      g_autoptr (VliveRecordBuilder) builder = _vlive_record_builder_new (layout);
      g_autoptr (VliveRecord) record = NULL;
      g_autoptr (VliveRecord) read = NULL;
      g_autoptr (GBytes) bytes = NULL;
      g_autoptr (GError) error = NULL;
      gsize size;
      const guint8 *block;

      _vlive_record_builder_set_id (builder, "id", g_test_rand_bit ());
      for (guint j = 0; j < n; j++)
        {
          g_autofree char *text =
              g_strnfill ((gsize) g_test_rand_int_range (0, 600), 'q');
          VliveValue value = {
            .type = (VliveValueType) g_test_rand_int_range (0, VLIVE_VALUE_JSON)
          };

          value.len = strlen (text);
          if (value.type >= VLIVE_VALUE_TEXT)
            value.text = text;
          else if (value.type == VLIVE_VALUE_BOOLEAN)
            value.boolean = g_test_rand_bit ();
          else
            value.integer = g_test_rand_int ();
          _vlive_record_builder_set (builder, j, &value);
        }
      record = _vlive_record_builder_end (builder);
      block = _vlive_record_get_block (record, &size);
      bytes = g_bytes_new (block, size);
      read = _vlive_record_new_from_block (bytes, 0, layout, &error);
      g_assert_no_error (error);
      g_assert_true (vlive_record_equal (record, read));
      read_all (read);
    }
}

int
main (int argc, char *argv[])
{
  int result;

  vlive_test_init (&argc, &argv);
  g_test_add_func ("/record/types", test_record_types);
  g_test_add_func ("/record/block", test_record_block);
  g_test_add_func ("/record/widths", test_record_widths);
  g_test_add_func ("/record/frozen", test_record_frozen);
  g_test_add_func ("/record/integers", test_record_integers);
  g_test_add_func ("/record/shapes", test_record_shapes);
  g_test_add_func ("/record/page", test_record_page);
  g_test_add_func ("/record/shares-id", test_record_shares_id);
  g_test_add_func ("/record/builder-forgets", test_record_builder_forgets);
  g_test_add_func ("/record/hostile-bits", test_record_hostile_bits);
  g_test_add_func ("/record/hostile", test_record_hostile);
  g_test_add_func ("/record/hostile-integer", test_record_hostile_integer);
  g_test_add_func ("/record/hostile-empty-id", test_record_hostile_empty_id);
  g_test_add_func ("/record/variant", test_record_variant);
  g_test_add_func ("/record/variant-edges", test_record_variant_edges);
  g_test_add_func ("/record/variant-hostile", test_record_variant_hostile);
  g_test_add_func ("/record/too-wide", test_record_too_wide);
  g_test_add_func ("/record/too-large", test_record_too_large);
  g_test_add_func ("/record/patch", test_record_patch);
  g_test_add_func ("/record/patch-missing", test_record_patch_missing);
  g_test_add_func ("/record/equal", test_record_equal);
  g_test_add_func ("/record/equal-layouts", test_record_equal_layouts);
  g_test_add_func ("/record/getters", test_record_getters);
  g_test_add_func ("/record/bytes-live-on", test_record_bytes_live_on);
  g_test_add_func ("/record/boxed", test_record_boxed);
  g_test_add_func ("/record/threads", test_record_threads);
  g_test_add_func ("/record/random", test_record_random);
  result = vlive_test_run ();
  vlive_test_assert_all_gone ();
  g_assert_cmpuint (_vlive_layout_count (), ==, 0);

  return result;
}
