/* fuzz-cache-value.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "cache/vlive-lmdb-codec-private.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/*
 * The first byte says as what the rest is read: a value of the LMDB cache whose
 * checksum was right by accident, or a sealed one. What is read is written
 * again, and must be the same.
 */

static const char *const names[] = { "id", "x", "y" };

static void
assert_same (GByteArray *again, VliveSpan value)
{
  g_assert (again->len == value.size
            && memcmp (again->data, value.data, value.size) == 0);
}

/* Fields are merged by name, so only twice written is the same. */
static void
try_space (VliveSpan value)
{
  g_auto (VliveLmdbSpace) space = { 0 };
  g_auto (VliveLmdbSpace) copy = { 0 };
  g_autoptr (GByteArray) once = g_byte_array_new ();
  g_autoptr (GByteArray) twice = g_byte_array_new ();
  VliveLmdbSpace head = { 0 };

  _vlive_lmdb_space_peek (&head, value);
  if (!_vlive_lmdb_space_decode (&space, value))
    return;

  g_assert (head.state.generation == space.state.generation);
  _vlive_lmdb_space_encode (&space, once);
  g_assert (_vlive_lmdb_space_decode (&copy, VLIVE_SPAN (once->data, once->len)));
  _vlive_lmdb_space_encode (&copy, twice);
  assert_same (twice, VLIVE_SPAN (once->data, once->len));
}

static void
try_query (VliveSpan value)
{
  g_autoptr (GByteArray) again = g_byte_array_new ();
  VliveLmdbQuery query;

  if (!_vlive_lmdb_query_decode (&query, 1, value))
    return;

  _vlive_lmdb_query_encode (&query, again);
  g_assert (again->len == value.size);
}

static void
try_header (VliveSpan value)
{
  g_autoptr (GByteArray) again = g_byte_array_new ();
  g_autoptr (GByteArray) texts = g_byte_array_new ();
  g_autoptr (VlivePage) page = NULL;
  VliveLmdbHeader header, copy;

  if (!_vlive_lmdb_header_decode (&header, 1, value))
    return;

  page = _vlive_lmdb_header_to_page (&header);
  g_assert ((page->diagnostics != NULL ? g_strv_length (page->diagnostics) : 0)
            == header.n_diagnostics);
  copy = header;
  _vlive_lmdb_header_set_page (&copy, page, texts);
  copy.n_records = header.n_records;
  _vlive_lmdb_header_encode (&copy, again);
  g_assert (again->len <= value.size);
}

static void
try_entry (VliveSpan value)
{
  g_autoptr (GByteArray) again = g_byte_array_new ();
  VliveLmdbEntry entry;

  if (!_vlive_lmdb_entry_decode (&entry, value))
    return;

  _vlive_lmdb_entry_encode (&entry.entry, entry.id, again);
  g_byte_array_append (again, entry.block.data, (guint) entry.block.size);
  g_assert (again->len == value.size);
}

static void
try_single (VliveSpan value)
{
  g_autoptr (GByteArray) again = g_byte_array_new ();
  VliveLmdbSingle single;

  if (!_vlive_lmdb_single_decode (&single, 1, value))
    return;

  _vlive_lmdb_single_encode (&single, again);
  assert_same (again, value);
}

static void
try_ids (VliveSpan value)
{
  VliveSpan rest = value;
  gsize n = 0;
  const char *id;

  while ((id = _vlive_lmdb_ids_next (&rest)) != NULL)
    n += strlen (id) + 1;
  g_assert (n <= value.size);
}

static VliveLayout *
find_layout (guint64 hash, gpointer data)
{
  VliveLayout *layout = data;

  return _vlive_layout_get_hash (layout) == hash ? layout : NULL;
}

/* The number of records, and their blocks. */
static void
try_blocks (VliveSpan value)
{
  g_autoptr (VliveLayout) layout = _vlive_layout_intern (names, G_N_ELEMENTS (names));
  g_autoptr (VlivePage) page = vlive_page_new (0, 0, NULL, 0, VLIVE_TOTAL_UNKNOWN, 0);
  g_autoptr (GBytes) blocks = NULL;

  if (value.size < 1)
    return;

  blocks = g_bytes_new (value.data + 1, value.size - 1);
  _vlive_lmdb_blocks_to_records (blocks, value.data[0], find_layout, layout, TRUE,
                                 page);
  for (guint i = 0; i < page->n_records; i++)
    for (guint j = 0; j < vlive_record_get_n_fields (page->records[i]); j++)
      g_free (vlive_record_dup_field_text (page->records[i], names[j]));
}

static void
try_schema (VliveSpan value)
{
  g_autoptr (VliveSchema) schema = _vlive_lmdb_schema_decode (value);
  g_autoptr (GVariant) variant = NULL;

  if (schema != NULL)
    variant = vlive_schema_to_variant (schema);
}

static void
try_sealed (VliveSpan value)
{
  VliveSpan payload;

  if (_vlive_span_unseal (value, &payload))
    {
      try_space (payload);
      try_query (payload);
      try_header (payload);
      try_entry (payload);
      try_single (payload);
    }
  if (_vlive_span_open (value, &payload))
    g_assert (payload.size < value.size);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  static void (*const tries[]) (
      VliveSpan value) = { try_space, try_query,  try_header, try_entry, try_single,
                           try_ids,   try_blocks, try_schema, try_sealed };
  g_autofree guint8 *copy = NULL;

  if (size < 1)
    return 0;

  /* At the end of an allocation, so that a step too far is seen. */
  copy = g_memdup2 (data + 1, size - 1);
  tries[data[0] % G_N_ELEMENTS (tries)](VLIVE_SPAN (copy, size - 1));

  return 0;
}
