/* vlive-block-private.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <string.h>

#include "record/vlive-record-private.h"

G_BEGIN_DECLS

/*
 * The block of a record. Everything is little-endian, nothing needs to be
 * aligned:
 *
 *    0  u32  size of the block, a multiple of 8
 *    4  u8   version (1)
 *    5  u8   flags
 *    6  u16  n, the number of fields of the layout
 *    8  u64  hash of the layout
 *   16  n + 1 slots, of 2 bytes each in a narrow block and 4 in a wide one:
 *       first the id, then the fields. The low three bits are the type of the
 *       value, the rest is its offset from the end of the slots. Null and
 *       missing have offset 0, a boolean is its own offset.
 *       values: integers of as few bytes as hold them with their sign, and
 *       the number of bytes (0 to 8) before them; doubles of 8 bytes; text,
 *       JSON and bytes with their length before them (one byte, or 255 and a
 *       u32). Text and JSON are followed by a NUL that the length does not
 *       count.
 *       zeros up to the size
 *
 * Values may share their bytes: a text field that is also the id is stored
 * once.
 */
#define VLIVE_BLOCK_VERSION     1
#define VLIVE_BLOCK_HEADER_SIZE 16
#define VLIVE_BLOCK_MAX_VALUES  ((1u << 29) - 64)
#define VLIVE_BLOCK_MAX_NARROW  ((1u << 13) - 1)
#define VLIVE_BLOCK_TYPE_MASK   7u
#define VLIVE_BLOCK_TYPE_BITS   3

enum
{
  VLIVE_BLOCK_ADDRESSABLE = 1 << 0,
  VLIVE_BLOCK_NARROW      = 1 << 1,
  VLIVE_BLOCK_ALL_FLAGS   = VLIVE_BLOCK_ADDRESSABLE | VLIVE_BLOCK_NARROW,
};

struct _VliveRecord
{
  gatomicrefcount  ref_count;
  const guint8    *block;   /* in @owner, or right behind this struct */
  VliveLayout     *layout;  /* owned */
  GBytes          *owner;   /* owned, nullable: keeps @block */
};

/* Checks the block at @data for @layout: see _vlive_record_new_from_block(). */
gboolean     _vlive_block_check (const guint8  *data,
                                 gsize          available,
                                 VliveLayout   *layout,
                                 GError       **error);

static inline guint16
_vlive_load_u16 (const guint8 *p)
{
  guint16 v;

  memcpy (&v, p, sizeof v);
  return GUINT16_FROM_LE (v);
}

static inline guint32
_vlive_load_u32 (const guint8 *p)
{
  guint32 v;

  memcpy (&v, p, sizeof v);
  return GUINT32_FROM_LE (v);
}

static inline guint64
_vlive_load_u64 (const guint8 *p)
{
  guint64 v;

  memcpy (&v, p, sizeof v);
  return GUINT64_FROM_LE (v);
}

static inline void
_vlive_store_u16 (guint8  *p,
                  guint16  v)
{
  v = GUINT16_TO_LE (v);
  memcpy (p, &v, sizeof v);
}

static inline void
_vlive_store_u32 (guint8  *p,
                  guint32  v)
{
  v = GUINT32_TO_LE (v);
  memcpy (p, &v, sizeof v);
}

static inline void
_vlive_store_u64 (guint8  *p,
                  guint64  v)
{
  v = GUINT64_TO_LE (v);
  memcpy (p, &v, sizeof v);
}

static inline double
_vlive_load_double (const guint8 *p)
{
  guint64 bits = _vlive_load_u64 (p);
  double v;

  memcpy (&v, &bits, sizeof v);
  return v;
}

static inline gint64
_vlive_block_read_integer (const guint8 *p)
{
  guint n = *p;
  guint64 bits = 0;

  if (n == 0)
    return 0;
  for (guint i = 0; i < n; i++)
    bits |= (guint64) p[1 + i] << (8 * i);

  return (gint64) (bits << (64 - 8 * n)) >> (64 - 8 * n);
}

static inline gsize
_vlive_block_slot_width (const guint8 *block)
{
  return (block[5] & VLIVE_BLOCK_NARROW) != 0 ? 2 : 4;
}

static inline guint32
_vlive_block_slot (const guint8 *block,
                   guint         slot)
{
  const guint8 *slots = block + VLIVE_BLOCK_HEADER_SIZE;

  if ((block[5] & VLIVE_BLOCK_NARROW) != 0)
    return _vlive_load_u16 (slots + slot * 2);

  return _vlive_load_u32 (slots + slot * 4);
}

/* Where the values begin. */
static inline const guint8 *
_vlive_block_values (const guint8 *block)
{
  gsize n_slots = (gsize) _vlive_load_u16 (block + 6) + 1;

  return block + VLIVE_BLOCK_HEADER_SIZE + n_slots * _vlive_block_slot_width (block);
}

static inline const guint8 *
_vlive_block_read_length (const guint8 *p,
                          gsize        *len)
{
  if (*p < 255)
    {
      *len = *p;
      return p + 1;
    }

  *len = _vlive_load_u32 (p + 1);
  return p + 5;
}

/* Slot 0 is the id; the fields follow. */
static inline void
_vlive_block_peek (const guint8 *block,
                   guint         slot,
                   VliveValue   *value)
{
  guint32 bits = _vlive_block_slot (block, slot);
  const guint8 *p = _vlive_block_values (block) + (bits >> VLIVE_BLOCK_TYPE_BITS);

  value->type = (VliveValueType) (bits & VLIVE_BLOCK_TYPE_MASK);
  value->len = 0;
  switch (value->type)
    {
    case VLIVE_VALUE_BOOLEAN:
      value->boolean = (gboolean) (bits >> VLIVE_BLOCK_TYPE_BITS);
      break;
    case VLIVE_VALUE_INTEGER:
      value->integer = _vlive_block_read_integer (p);
      break;
    case VLIVE_VALUE_DOUBLE:
      value->real = _vlive_load_double (p);
      break;
    case VLIVE_VALUE_TEXT:
    case VLIVE_VALUE_JSON:
    case VLIVE_VALUE_BYTES:
      value->bytes = _vlive_block_read_length (p, &value->len);
      break;
    case VLIVE_VALUE_MISSING:
    case VLIVE_VALUE_NULL:
    case VLIVE_VALUE_MIXED:
    default:
      value->integer = 0;
      break;
    }
}

G_END_DECLS
