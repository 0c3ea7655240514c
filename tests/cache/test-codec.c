/* test-codec.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "cache-fixture.h"
#include "cache/vlive-lmdb-codec-private.h"

/* Keys and values of the LMDB cache, as bytes. */

static VliveSpan
span (GByteArray *value)
{
  return VLIVE_SPAN (value->data, value->len);
}

/* Cut anywhere it is none; with a bit turned it may be another, but nothing
 * worse. */
static void
spoil (GByteArray *value, gboolean (*decode) (VliveSpan value))
{
  for (guint i = 0; i < value->len; i++)
    {
      g_autofree guint8 *copy = g_memdup2 (value->data, i);

      g_assert_false (decode (VLIVE_SPAN (copy, i)));
    }
  for (guint i = 0; i < value->len; i++)
    {
      g_autofree guint8 *copy = g_memdup2 (value->data, value->len);

      copy[i] ^= (guint8) (1 << (i % 8));
      decode (VLIVE_SPAN (copy, value->len));
    }
}

static gboolean
decode_space (VliveSpan value)
{
  g_auto (VliveLmdbSpace) space = { 0 };

  return _vlive_lmdb_space_decode (&space, value);
}

static void
test_space (void)
{
  g_autoptr (GByteArray) value = g_byte_array_new ();
  g_autoptr (GByteArray) again = g_byte_array_new ();
  g_auto (VliveLmdbSpace) space = { 0 };
  g_auto (VliveLmdbSpace) copy = { 0 };
  VliveLmdbSpace head = { 0 };

  space.state = (VliveSpace){ .generation = G_MAXUINT64,
                              .epoch = 2,
                              .everything = 3,
                              .membership = 4,
                              .dependents = 5,
                              .unlisted = 6,
                              .forgotten = 7,
                              .latest_at = -8,
                              .silent = TRUE };
  space.serial = 9;
  space.first = 10;
  space.next = 11;
  space.n_entries = 12;
  _vlive_space_mark_field (&space.state, "name", 13);
  _vlive_space_mark_field (&space.state, "", 14);
  _vlive_lmdb_space_encode (&space, value);
  g_assert_true (_vlive_lmdb_space_decode (&copy, span (value)));
  g_assert_cmpuint (copy.state.fields->len, ==, 2);
  g_assert_cmpstr (g_array_index (copy.state.fields, VliveFieldMark, 0).name, ==,
                   "name");
  g_assert_cmpuint (g_array_index (copy.state.fields, VliveFieldMark, 1).epoch, ==, 14);
  _vlive_lmdb_space_encode (&copy, again);
  g_assert_cmpmem (again->data, again->len, value->data, value->len);

  g_assert_true (_vlive_lmdb_space_peek (&head, span (value)));
  g_assert_true (head.state.generation == G_MAXUINT64);
  g_assert_cmpuint (head.state.epoch, ==, 2);
  g_assert_cmpuint (head.serial, ==, 9);
  g_assert_true (head.state.silent);
  g_assert_false (_vlive_lmdb_space_peek (&head, VLIVE_SPAN (value->data, 10)));
  spoil (value, decode_space);
}

static gboolean
decode_query (VliveSpan value)
{
  VliveLmdbQuery query;

  return _vlive_lmdb_query_decode (&query, 1, value);
}

static void
test_query (void)
{
  g_autoptr (GByteArray) value = g_byte_array_new ();
  VliveLmdbQuery query = { { 1, VLIVE_TOTAL_EXACT, 1000, { 77, 3, G_MININT64 } }, 5 };
  VliveLmdbQuery copy;

  _vlive_lmdb_query_encode (&query, value);
  g_assert_true (_vlive_lmdb_query_decode (&copy, 77, span (value)));
  g_assert_cmpuint (copy.state.mark, ==, 1);
  g_assert_cmpint (copy.state.total_kind, ==, VLIVE_TOTAL_EXACT);
  g_assert_cmpuint (copy.state.total, ==, 1000);
  g_assert_cmpuint (copy.state.total_stamp.generation, ==, 77);
  g_assert_cmpuint (copy.state.total_stamp.epoch, ==, 3);
  g_assert_true (copy.state.total_stamp.asked_at == G_MININT64);
  g_assert_cmpuint (copy.n_pages, ==, 5);
  spoil (value, decode_query);
}

static gboolean
decode_header (VliveSpan value)
{
  VliveLmdbHeader header;
  g_autoptr (VlivePage) page = NULL;

  if (!_vlive_lmdb_header_decode (&header, 1, value))
    return FALSE;
  page = _vlive_lmdb_header_to_page (&header);

  return TRUE;
}

static VlivePage *
make_full_page (GPtrArray *diagnostics)
{
  VlivePage *page = make_page (7, 9, "a:1 b:2", 12, "validator");

  _vlive_page_set_diagnostics (page, diagnostics);
  page->stamp = (VliveStamp){ 5, 6, 7 };
  page->fetched_at = -1;
  page->sequence = 44;

  return page;
}

static void
test_header (void)
{
  g_autoptr (GPtrArray) diagnostics = g_ptr_array_new ();
  g_autoptr (GByteArray) buffer = g_byte_array_new ();
  g_autoptr (GByteArray) value = g_byte_array_new ();
  g_autoptr (VlivePage) page = NULL;
  g_autoptr (VlivePage) copy = NULL;
  VliveLmdbHeader header = { .folded = TRUE,
                             .number = 21,
                             .age = 22,
                             .renewed = 23,
                             .size = VLIVE_LEAF_SIZE + 8,
                             .n_leaves = 2 };
  VliveLmdbHeader decoded;

  g_ptr_array_add (diagnostics, (char *) "first");
  g_ptr_array_add (diagnostics, (char *) "");
  g_ptr_array_add (diagnostics, (char *) "third");
  page = make_full_page (diagnostics);
  _vlive_lmdb_header_set_page (&header, page, buffer);
  _vlive_lmdb_header_encode (&header, value);
  g_assert_true (_vlive_lmdb_header_decode (&decoded, 5, span (value)));
  g_assert_cmpuint (decoded.number, ==, 21);
  g_assert_cmpuint (decoded.age, ==, 22);
  g_assert_cmpuint (decoded.renewed, ==, 23);
  g_assert_cmpuint (decoded.n_records, ==, 2);
  copy = _vlive_lmdb_header_to_page (&decoded);
  g_assert_cmpuint (vlive_page_get_offset (copy), ==, 7);
  g_assert_cmpuint (vlive_page_get_limit (copy), ==, 9);
  g_assert_cmpint (_vlive_stamp_compare (&copy->stamp, &page->stamp), ==, 0);
  g_assert_cmpstr (vlive_page_get_validator (copy), ==, "validator");
  g_assert_cmpint (vlive_page_get_fetched_at (copy), ==, -1);
  g_assert_cmpuint (copy->sequence, ==, 44);
  g_assert_true (vlive_page_is_stale (copy));
  g_assert_cmpuint (g_strv_length (copy->diagnostics), ==, 3);
  g_assert_cmpstr (copy->diagnostics[2], ==, "third");
  spoil (value, decode_header);
}

/* Numbers that do not fit each other. */
static void
test_header_nonsense (void)
{
  g_autoptr (GByteArray) buffer = g_byte_array_new ();
  g_autoptr (VlivePage) page = make_full_page (NULL);

  for (guint i = 0; i < 5; i++)
    {
      g_autoptr (GByteArray) value = g_byte_array_new ();
      VliveLmdbHeader header = { .size = VLIVE_LEAF_SIZE + 8, .n_leaves = 2 };

      _vlive_lmdb_header_set_page (&header, page, buffer);
      if (i == 1)
        header.n_leaves = 3;
      else if (i == 2)
        header.n_records = G_MAXUINT;
      else if (i == 3)
        header.size = G_MAXUINT64;
      else if (i == 4)
        header.total_kind = (VliveTotalKind) 4;
      _vlive_lmdb_header_encode (&header, value);
      g_assert_cmpint (decode_header (span (value)), ==, i == 0);
    }
}

/* What is too long to be kept is left out, not cut. */
static void
test_header_bounds (void)
{
  g_autofree char *longest = g_strnfill (100000, 'l');
  g_autoptr (GPtrArray) diagnostics = g_ptr_array_new ();
  g_autoptr (VlivePage) page = make_page (0, 9, "a:1", 1, longest);
  g_autoptr (GByteArray) buffer = g_byte_array_new ();
  VliveLmdbHeader header = { 0 };

  for (guint i = 0; i < 1000; i++)
    g_ptr_array_add (diagnostics, i == 3 ? longest : (char *) "text");
  _vlive_page_set_diagnostics (page, diagnostics);
  _vlive_lmdb_header_set_page (&header, page, buffer);
  g_assert_null (header.validator);
  g_assert_cmpuint (header.n_diagnostics, ==, 256);
  g_assert_cmpuint (header.diagnostics.size, ==, 256 * 5);
}

static gboolean
decode_entry (VliveSpan value)
{
  VliveLmdbEntry entry;

  return _vlive_lmdb_entry_decode (&entry, value);
}

static void
test_entry (void)
{
  g_autoptr (VliveRecord) record = make_record ("an id", 5);
  g_autoptr (GByteArray) value = g_byte_array_new ();
  VliveCacheEntry entry = { .kind = VLIVE_PATCH_RECORD,
                            .record = record,
                            .epoch = 1,
                            .asked_at = 2,
                            .unknown = 3,
                            .confirmed_at = 4,
                            .made_at = 5,
                            .fetched_at = 6,
                            .sequence = 7,
                            .marked = TRUE };
  VliveLmdbEntry copy;
  const guint8 *block;
  gsize size;

  _vlive_lmdb_entry_encode (&entry, "an id", value);
  g_assert_true (_vlive_lmdb_entry_decode (&copy, span (value)));
  g_assert_cmpstr (copy.id, ==, "an id");
  g_assert_cmpint (copy.entry.kind, ==, VLIVE_PATCH_RECORD);
  g_assert_cmpuint (copy.entry.epoch, ==, 1);
  g_assert_cmpint (copy.entry.asked_at, ==, 2);
  g_assert_cmpuint (copy.entry.unknown, ==, 3);
  g_assert_cmpint (copy.entry.confirmed_at, ==, 4);
  g_assert_cmpint (copy.entry.made_at, ==, 5);
  g_assert_cmpint (copy.entry.fetched_at, ==, 6);
  g_assert_cmpuint (copy.entry.sequence, ==, 7);
  g_assert_true (copy.entry.marked);
  block = _vlive_record_get_block (record, &size);
  g_assert_cmpmem (copy.block.data, copy.block.size, block, size);
}

/* A tombstone has no block, a record has one. */
static void
test_entry_kinds (void)
{
  g_autoptr (GByteArray) tombstone = g_byte_array_new ();
  g_autoptr (GByteArray) record = g_byte_array_new ();
  VliveCacheEntry entry = { .kind = VLIVE_PATCH_TOMBSTONE };

  _vlive_lmdb_entry_encode (&entry, "an id", tombstone);
  g_assert_true (decode_entry (span (tombstone)));
  spoil (tombstone, decode_entry);
  entry.kind = VLIVE_PATCH_RECORD;
  _vlive_lmdb_entry_encode (&entry, "an id", record);
  g_assert_false (decode_entry (span (record)));
}

static void
test_single (void)
{
  g_autoptr (GByteArray) value = g_byte_array_new ();
  VliveLmdbSingle single = { { 0, 1, 2 }, 3, 4, 5, 6, VLIVE_SPAN ("block", 5) };
  VliveLmdbSingle copy;

  _vlive_lmdb_single_encode (&single, value);
  g_assert_true (_vlive_lmdb_single_decode (&copy, 9, span (value)));
  g_assert_cmpuint (copy.stamp.generation, ==, 9);
  g_assert_cmpuint (copy.stamp.epoch, ==, 1);
  g_assert_cmpint (copy.stamp.asked_at, ==, 2);
  g_assert_cmpint (copy.fetched_at, ==, 3);
  g_assert_cmpuint (copy.sequence, ==, 4);
  g_assert_cmpuint (copy.use, ==, 5);
  g_assert_cmpuint (copy.number, ==, 6);
  g_assert_cmpmem (copy.block.data, copy.block.size, "block", 5);
  for (guint i = 0; i <= value->len - 5; i++)
    g_assert_false (_vlive_lmdb_single_decode (&copy, 9, VLIVE_SPAN (value->data, i)));
}

static void
test_ids (void)
{
  static const char *const ids[] = { "one", "", "three" };
  g_autoptr (GByteArray) value = g_byte_array_new ();
  VliveSpan rest;

  _vlive_lmdb_ids_encode (ids, G_N_ELEMENTS (ids), value);
  rest = span (value);
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    g_assert_cmpstr (_vlive_lmdb_ids_next (&rest), ==, ids[i]);
  g_assert_null (_vlive_lmdb_ids_next (&rest));
  rest = VLIVE_SPAN ("no end", 6);
  g_assert_null (_vlive_lmdb_ids_next (&rest));
  g_assert_null (_vlive_lmdb_ids_next (&rest));
}

static void
test_schema (void)
{
  VliveColumn *column =
      vlive_column_new ("id", VLIVE_VALUE_TEXT, VLIVE_FORMAT_PLAIN, VLIVE_COLUMN_ID);
  g_autoptr (VliveSchema) schema = vlive_schema_new (&column, 1, TRUE);
  g_autoptr (GVariant) variant = vlive_schema_to_variant (schema);
  g_autoptr (GVariant) boxed = g_variant_ref_sink (g_variant_new_variant (variant));
  g_autoptr (GVariant) other =
      g_variant_ref_sink (g_variant_new_variant (g_variant_new_string ("text")));
  gsize size = g_variant_get_size (boxed);
  g_autoptr (VliveSchema) copy =
      _vlive_lmdb_schema_decode (VLIVE_SPAN (g_variant_get_data (boxed), size));

  g_assert_true (vlive_schema_equal (copy, schema));
  g_assert_null (_vlive_lmdb_schema_decode (
      VLIVE_SPAN (g_variant_get_data (other), g_variant_get_size (other))));
  for (gsize i = 0; i < size; i++)
    g_assert_null (
        _vlive_lmdb_schema_decode (VLIVE_SPAN (g_variant_get_data (boxed), i)));
  g_assert_null (_vlive_lmdb_schema_decode (
      VLIVE_SPAN (g_variant_get_data (boxed), VLIVE_LMDB_MAX_SCHEMA + 1)));
  vlive_column_unref (column);
}

static VliveLayout *
find_layout (guint64 hash, gpointer data)
{
  VliveRecord *record = data;
  VliveLayout *layout = _vlive_record_get_layout (record);

  return _vlive_layout_get_hash (layout) == hash ? layout : NULL;
}

static gboolean
read_blocks (GByteArray *bytes, guint n_records, VliveRecord *record, gboolean checked)
{
  g_autoptr (VlivePage) page = vlive_page_new (0, 0, NULL, 0, VLIVE_TOTAL_UNKNOWN, 0);
  g_autoptr (GBytes) blocks = g_bytes_new (bytes->data, bytes->len);

  return _vlive_lmdb_blocks_to_records (blocks, n_records, find_layout, record, checked,
                                        page);
}

static void
test_blocks (void)
{
  g_autoptr (VliveRecord) record = make_record ("a", 1);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  gsize size;
  const guint8 *block = _vlive_record_get_block (record, &size);

  g_byte_array_append (bytes, block, (guint) size);
  g_byte_array_append (bytes, block, (guint) size);
  for (guint n = 0; n < 4; n++)
    {
      g_assert_cmpint (read_blocks (bytes, n, record, FALSE), ==, n == 2);
      g_assert_cmpint (read_blocks (bytes, n, record, TRUE), ==, n == 2);
    }

  /* Of a layout that nobody knows; with a wrong offset; cut short. */
  bytes->data[8] ^= 1;
  g_assert_false (read_blocks (bytes, 2, record, FALSE));
  bytes->data[8] ^= 1;
  bytes->data[16] ^= 0xf8;
  bytes->data[17] ^= 0xff;
  g_assert_false (read_blocks (bytes, 2, record, TRUE));
  bytes->data[16] ^= 0xf8;
  bytes->data[17] ^= 0xff;
  g_assert_true (read_blocks (bytes, 2, record, TRUE));
  g_byte_array_set_size (bytes, bytes->len - 8);
  g_assert_false (read_blocks (bytes, 2, record, FALSE));
}

static void
add_key (GHashTable *seen, GBytes *key)
{
  g_assert_cmpuint (g_bytes_get_size (key), <=, VLIVE_LMDB_KEY_SIZE);
  g_assert_true (g_hash_table_add (seen, key));
}

static void
test_keys (void)
{
  g_autofree char *longest = g_strnfill (600, 'k');
  g_autofree char *longer = g_strconcat (longest, "k", NULL);
  const char *texts[] = { "", "a", "ab", "a/b", longest, longer };
  g_autoptr (GHashTable) seen =
      g_hash_table_new_full (g_bytes_hash, g_bytes_equal,
                             (GDestroyNotify) g_bytes_unref, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (texts) * 2; i++)
    {
      guint64 generation = 1 + i % 2;
      g_autoptr (VliveQuery) query = make_query ("f", texts[i / 2], NULL);
      g_autoptr (GBytes) query_key = _vlive_lmdb_query_key (generation, query);
      VliveSpan prefix = VLIVE_SPAN_BYTES (query_key);

      g_assert_cmpuint (_vlive_lmdb_key_get_number (prefix, 0), ==, generation);
      add_key (seen, _vlive_lmdb_id_key (generation, texts[i / 2]));
      for (guint j = 0; j < 9; j++)
        {
          GBytes *key = _vlive_lmdb_page_key (query_key, j / 3 * 256, j % 3);
          VliveSpan found = _vlive_lmdb_page_key_query (VLIVE_SPAN_BYTES (key));

          g_assert_cmpmem (found.data, found.size, prefix.data, prefix.size);
          add_key (seen, key);
        }
    }
}

/* In the order of the numbers. */
static void
test_number_keys (void)
{
  guint8 a[24], b[24];
  guint64 low[] = { 1, 2, 255 };
  guint64 high[] = { 1, 2, 256 };
  VliveSpan low_key = _vlive_lmdb_number_key (a, low, 3);
  VliveSpan high_key = _vlive_lmdb_number_key (b, high, 3);

  g_assert_cmpint (memcmp (low_key.data, high_key.data, low_key.size), <, 0);
  g_assert_cmpuint (_vlive_lmdb_key_get_number (high_key, 2), ==, 256);
  g_assert_cmpuint (_vlive_lmdb_key_get_number (high_key, 3), ==, 0);
  low_key = _vlive_lmdb_leaf_key (a, 1, 2, 255);
  high_key = _vlive_lmdb_leaf_key (b, 1, 2, 256);
  g_assert_cmpint (memcmp (low_key.data, high_key.data, low_key.size), <, 0);
  g_assert_cmpuint (_vlive_lmdb_key_get_number (low_key, 1), ==, 2);
}

int
main (int argc, char **argv)
{
  vlive_test_init (&argc, &argv);

  g_test_add_func ("/codec/space", test_space);
  g_test_add_func ("/codec/query", test_query);
  g_test_add_func ("/codec/header", test_header);
  g_test_add_func ("/codec/header-nonsense", test_header_nonsense);
  g_test_add_func ("/codec/header-bounds", test_header_bounds);
  g_test_add_func ("/codec/entry", test_entry);
  g_test_add_func ("/codec/entry-kinds", test_entry_kinds);
  g_test_add_func ("/codec/single", test_single);
  g_test_add_func ("/codec/ids", test_ids);
  g_test_add_func ("/codec/schema", test_schema);
  g_test_add_func ("/codec/blocks", test_blocks);
  g_test_add_func ("/codec/keys", test_keys);
  g_test_add_func ("/codec/number-keys", test_number_keys);

  return vlive_test_run ();
}
