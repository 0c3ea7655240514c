/* vlive-block.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "base/vlive-error.h"
#include "record/vlive-block-private.h"
#include "record/vlive-json-private.h"

static gboolean
corrupt (GError **error, const char *what)
{
  g_set_error (error, VLIVE_ERROR, VLIVE_ERROR_CORRUPT, "Not a record: %s", what);

  return FALSE;
}

gsize
_vlive_block_get_size (const guint8 *data, gsize available)
{
  gsize size;

  if (available < VLIVE_BLOCK_HEADER_SIZE || data[4] != VLIVE_BLOCK_VERSION)
    return 0;
  size = _vlive_load_u32 (data);
  if (size < VLIVE_BLOCK_HEADER_SIZE || size % 8 != 0 || size > available)
    return 0;

  return size;
}

guint64
_vlive_block_get_layout_hash (const guint8 *data)
{
  return _vlive_load_u64 (data + 8);
}

/* A text, JSON or bytes value at @offset of the @len bytes of @values. */
static gboolean
check_data (VliveValueType type,
            const guint8 *values,
            gsize len,
            gsize offset,
            GError **error)
{
  const guint8 *data;
  gsize data_len;

  if (offset >= len || (values[offset] == 255 && len - offset < 5))
    return corrupt (error, "a value begins outside");
  data = _vlive_block_read_length (values + offset, &data_len);
  len -= (gsize) (data - values);
  if (data_len > len || (type != VLIVE_VALUE_BYTES && data_len >= len))
    return corrupt (error, "a value ends outside");
  if (type == VLIVE_VALUE_BYTES)
    return TRUE;
  if (data[data_len] != 0)
    return corrupt (error, "a text does not end");
  if (!g_utf8_validate_len ((const char *) data, data_len, NULL))
    return corrupt (error, "a text is not UTF-8");
  if (type == VLIVE_VALUE_JSON && !_vlive_json_check ((const char *) data, data_len))
    return corrupt (error, "a nested value is not JSON");

  return TRUE;
}

static gboolean
check_slot (guint32 slot, const guint8 *values, gsize len, GError **error)
{
  VliveValueType type = (VliveValueType) (slot & VLIVE_BLOCK_TYPE_MASK);
  gsize offset = slot >> VLIVE_BLOCK_TYPE_BITS;

  switch (type)
    {
    case VLIVE_VALUE_MISSING:
    case VLIVE_VALUE_NULL:
      return offset == 0 || corrupt (error, "a null with a value");
    case VLIVE_VALUE_BOOLEAN:
      return offset <= 1 || corrupt (error, "a boolean that is neither true nor false");
    case VLIVE_VALUE_INTEGER:
      return (offset < len && values[offset] <= 8 && values[offset] < len - offset)
             || corrupt (error, "an integer is outside");
    case VLIVE_VALUE_DOUBLE:
      return (len >= 8 && offset <= len - 8) || corrupt (error, "a number is outside");
    case VLIVE_VALUE_TEXT:
    case VLIVE_VALUE_BYTES:
    case VLIVE_VALUE_JSON:
      return check_data (type, values, len, offset, error);
    case VLIVE_VALUE_MIXED:
    default:
      return corrupt (error, "a value of no type");
    }
}

static gboolean
check_id (const guint8 *block, GError **error)
{
  VliveValue id;

  _vlive_block_peek (block, 0, &id);
  if (id.type != VLIVE_VALUE_TEXT)
    return corrupt (error, "its id is no text");
  if (id.len == 0 && (block[5] & VLIVE_BLOCK_ADDRESSABLE) != 0)
    return corrupt (error, "its id is empty");

  return TRUE;
}

gboolean
_vlive_block_check (const guint8 *data,
                    gsize available,
                    VliveLayout *layout,
                    GError **error)
{
  gsize size = _vlive_block_get_size (data, available);
  gsize n_slots = (gsize) _vlive_layout_get_n_names (layout) + 1;
  const guint8 *values;

  if (size == 0)
    return corrupt (error, "no header of version 1");
  if ((data[5] & ~VLIVE_BLOCK_ALL_FLAGS) != 0)
    return corrupt (error, "unknown flags");
  if (_vlive_block_get_layout_hash (data) != _vlive_layout_get_hash (layout)
      || _vlive_load_u16 (data + 6) != n_slots - 1)
    return corrupt (error, "it has another layout");
  if (VLIVE_BLOCK_HEADER_SIZE + n_slots * _vlive_block_slot_width (data) > size)
    return corrupt (error, "it is too short");

  values = _vlive_block_values (data);
  for (guint i = 0; i < n_slots; i++)
    if (!check_slot (_vlive_block_slot (data, i), values,
                     (gsize) (data + size - values), error))
      return FALSE;

  return check_id (data, error);
}
