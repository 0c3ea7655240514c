/* fuzz-record-block.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "record/vlive-block-private.h"
#include "record/vlive-json-private.h"
#include "record/vlive-layout-private.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* Whatever was let in can be read, converted and written again. */
static void
use_record (VliveRecord *record)
{
  g_autoptr (GVariant) variant = vlive_record_to_variant (record);
  g_autoptr (VliveRecord) from_variant =
      vlive_record_new_from_variant ("x", variant, NULL);
  g_autoptr (VliveRecord) copy =
      _vlive_record_with_id (record, vlive_record_get_id (record),
                             vlive_record_is_addressable (record));
  g_autoptr (VliveRecord) patched = vlive_record_patch (copy, record);
  g_autoptr (JsonNode) node = vlive_record_to_json (record, NULL);
  g_autoptr (GString) json = g_string_new ("{");

  g_assert (g_utf8_validate (vlive_record_get_id (record), -1, NULL));
  g_assert (from_variant != NULL);
  g_assert (vlive_record_equal (record, copy));
  g_assert (vlive_record_equal (record, patched));
  if (node != NULL)
    g_assert (JSON_NODE_HOLDS_OBJECT (node));
  if (_vlive_record_append_json (record, json, NULL))
    {
      g_string_append_c (json, '}');
      g_assert (_vlive_json_check (json->str, json->len) || strlen (json->str) > 256);
    }
  for (guint i = 0; i < vlive_record_get_n_fields (record); i++)
    {
      const char *name = vlive_record_get_field_name (record, i);
      g_autofree char *text = vlive_record_dup_field_text (record, name);
      g_auto (GValue) value = G_VALUE_INIT;

      g_assert (g_utf8_validate (text, -1, NULL));
      vlive_record_get_value (record, name, &value);
    }
}

/* A layout of its own for each number of fields, so that hashes fit. */
static VliveLayout *
layout_of (guint n)
{
  static const char *const names[] = { "id", "a", "b", "c", "d", "e", "f", "g",
                                       "h",  "i", "j", "k", "l", "m", "n", "o" };

  return _vlive_layout_intern (names, n % (G_N_ELEMENTS (names) + 1));
}

static void
try_block (const guint8 *data, gsize size, gboolean mend)
{
  guint8 *copy = g_memdup2 (data, size);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (VliveLayout) layout = NULL;
  g_autoptr (VliveRecord) record = NULL;

  if (size == 0)
    return;
  if (size >= VLIVE_BLOCK_HEADER_SIZE)
    layout = layout_of (copy[6]);
  else
    layout = layout_of (0);
  /* What no mutation guesses is given: hash, version, number of fields, size. */
  if (mend && size >= VLIVE_BLOCK_HEADER_SIZE)
    {
      _vlive_store_u32 (copy, (guint32) (size & ~(gsize) 7));
      copy[4] = VLIVE_BLOCK_VERSION;
      copy[5] &= VLIVE_BLOCK_ALL_FLAGS;
      _vlive_store_u16 (copy + 6, (guint16) _vlive_layout_get_n_names (layout));
      _vlive_store_u64 (copy + 8, _vlive_layout_get_hash (layout));
    }
  bytes = g_bytes_new_take (copy, size);
  record = _vlive_record_new_from_block (bytes, 0, layout, NULL);
  if (record != NULL)
    use_record (record);
}

static void
try_layout (const guint8 *data, gsize size)
{
  g_autoptr (VliveLayout) layout = _vlive_layout_intern_serialized (data, size, NULL);
  g_autoptr (GBytes) bytes = NULL;

  if (layout == NULL)
    return;
  bytes = _vlive_layout_serialize (layout);
  g_assert (g_bytes_get_size (bytes) == size);
  g_assert (memcmp (g_bytes_get_data (bytes, NULL), data, size) == 0);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  try_block (data, size, FALSE);
  try_block (data, size, TRUE);
  try_layout (data, size);
  g_assert (_vlive_layout_count () == 0);

  return 0;
}
