/* vlive-record-builder.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "base/vlive-census-private.h"
#include "base/vlive-log-private.h"
#include "record/vlive-block-private.h"

struct _VliveRecordBuilder
{
  VliveLayout *layout; /* owned */
  guint32 *slots;      /* owned; n_slots, as in a wide block */
  guint n_slots;
  guint8 *values; /* owned */
  gsize len;
  gsize capacity;
  gboolean addressable;
};

static void
clear_record (VliveRecordBuilder *self)
{
  memset (self->slots, 0, self->n_slots * sizeof *self->slots);
  self->len = 0;
  self->addressable = FALSE;
}

VliveRecordBuilder *
_vlive_record_builder_new (VliveLayout *layout)
{
  VliveRecordBuilder *self = g_new0 (VliveRecordBuilder, 1);

  self->capacity = 512;
  self->values = g_malloc (self->capacity);
  _vlive_record_builder_set_layout (self, layout);

  return self;
}

void
_vlive_record_builder_free (VliveRecordBuilder *self)
{
  _vlive_layout_unref (self->layout);
  g_free (self->slots);
  g_free (self->values);
  g_free (self);
}

/* Begins a new record: what was set is forgotten. */
void
_vlive_record_builder_set_layout (VliveRecordBuilder *self, VliveLayout *layout)
{
  if (self->layout != layout)
    {
      VliveLayout *old = self->layout;
      guint n_slots = _vlive_layout_get_n_names (layout) + 1;

      self->layout = _vlive_layout_ref (layout);
      g_clear_pointer (&old, _vlive_layout_unref);
      if (n_slots > self->n_slots)
        self->slots = g_renew (guint32, self->slots, n_slots);
      self->n_slots = n_slots;
    }
  clear_record (self);
}

/* Room for @size more bytes of values; NULL where a block would get too long. */
static guint8 *
extend (VliveRecordBuilder *self, gsize size)
{
  guint8 *p;

  if (size > VLIVE_BLOCK_MAX_VALUES - self->len)
    return NULL;
  if (self->len + size > self->capacity)
    {
      self->capacity = MAX (self->capacity * 2, self->len + size);
      self->values = g_realloc (self->values, self->capacity);
    }
  p = self->values + self->len;
  self->len += size;

  return p;
}

static void
set_slot (VliveRecordBuilder *self, guint slot, VliveValueType type, gsize offset)
{
  self->slots[slot] = (guint32) (offset << VLIVE_BLOCK_TYPE_BITS) | (guint32) type;
}

/* The entrances of the library refuse values of this size; here it is too
 * late for an error. */
static void
too_large (VliveRecordBuilder *self, guint slot)
{
  set_slot (self, slot, VLIVE_VALUE_NULL, 0);
  _vlive_warn_once ("record", "too-large",
                    "A record is larger than 512 MiB: a value was left out");
}

static void
set_double (VliveRecordBuilder *self, guint slot, double real)
{
  gsize offset = self->len;
  guint8 *p = extend (self, 8);
  guint64 bits;

  if (p == NULL)
    {
      too_large (self, slot);
      return;
    }
  memcpy (&bits, &real, sizeof bits);
  _vlive_store_u64 (p, bits);
  set_slot (self, slot, VLIVE_VALUE_DOUBLE, offset);
}

/* The highest bit of the last byte is the sign. */
static guint
integer_size (gint64 integer)
{
  guint64 folded = (guint64) (integer < 0 ? ~integer : integer);
  guint n = 1;

  if (integer == 0)
    return 0;
  while (n < 8 && folded >> (8 * n - 1) != 0)
    n++;

  return n;
}

static void
set_integer (VliveRecordBuilder *self, guint slot, gint64 integer)
{
  guint n = integer_size (integer);
  gsize offset = self->len;
  guint8 *p = extend (self, 1 + n);

  if (p == NULL)
    {
      too_large (self, slot);
      return;
    }
  p[0] = (guint8) n;
  for (guint i = 0; i < n; i++)
    p[1 + i] = (guint8) ((guint64) integer >> (8 * i));
  set_slot (self, slot, VLIVE_VALUE_INTEGER, offset);
}

/* Text, JSON or bytes: the length, the bytes, and for a text a NUL. */
static void
set_data (VliveRecordBuilder *self,
          guint slot,
          VliveValueType type,
          const void *data,
          gsize len)
{
  gsize prefix = len < 255 ? 1 : 5;
  gsize offset = self->len;
  guint8 *p = NULL;

  if (len < VLIVE_BLOCK_MAX_VALUES)
    p = extend (self, prefix + len + (type != VLIVE_VALUE_BYTES));
  if (p == NULL)
    {
      too_large (self, slot);
      return;
    }
  p[0] = (guint8) MIN (len, 255);
  if (prefix == 5)
    _vlive_store_u32 (p + 1, (guint32) len);
  if (len > 0)
    memcpy (p + prefix, data, len);
  if (type != VLIVE_VALUE_BYTES)
    p[prefix + len] = 0;
  set_slot (self, slot, type, offset);
}

void
_vlive_record_builder_set_id (VliveRecordBuilder *self,
                              const char *id,
                              gboolean addressable)
{
  set_data (self, 0, VLIVE_VALUE_TEXT, id, strlen (id));
  self->addressable = addressable && id[0] != '\0';
}

/* A text that is the id shares its bytes. */
static gboolean
share_id (VliveRecordBuilder *self, guint slot, const VliveValue *value)
{
  const guint8 *id;
  gsize len;

  if (self->slots[0] == 0)
    return FALSE;
  id = _vlive_block_read_length (self->values
                                     + (self->slots[0] >> VLIVE_BLOCK_TYPE_BITS),
                                 &len);
  if (len != value->len || memcmp (id, value->text, len) != 0)
    return FALSE;
  self->slots[slot] = self->slots[0];

  return TRUE;
}

void
_vlive_record_builder_set (VliveRecordBuilder *self,
                           guint index,
                           const VliveValue *value)
{
  guint slot = index + 1;

  g_assert (slot < self->n_slots);

  switch (value->type)
    {
    case VLIVE_VALUE_BOOLEAN:
      set_slot (self, slot, VLIVE_VALUE_BOOLEAN, value->boolean != FALSE);
      break;
    case VLIVE_VALUE_INTEGER:
      set_integer (self, slot, value->integer);
      break;
    case VLIVE_VALUE_DOUBLE:
      set_double (self, slot, value->real);
      break;
    case VLIVE_VALUE_TEXT:
      if (!share_id (self, slot, value))
        set_data (self, slot, VLIVE_VALUE_TEXT, value->text, value->len);
      break;
    case VLIVE_VALUE_JSON:
    case VLIVE_VALUE_BYTES:
      set_data (self, slot, value->type, value->bytes, value->len);
      break;
    case VLIVE_VALUE_NULL:
      set_slot (self, slot, VLIVE_VALUE_NULL, 0);
      break;
    case VLIVE_VALUE_MISSING:
    case VLIVE_VALUE_MIXED:
    default:
      set_slot (self, slot, VLIVE_VALUE_MISSING, 0);
      break;
    }
}

static gsize
block_size (VliveRecordBuilder *self)
{
  gsize width = self->len <= VLIVE_BLOCK_MAX_NARROW ? 2 : 4;
  gsize size = VLIVE_BLOCK_HEADER_SIZE + width * self->n_slots + self->len;

  return (size + 7) & ~(gsize) 7;
}

static void
write_block (VliveRecordBuilder *self, guint8 *block, gsize size)
{
  gboolean narrow = self->len <= VLIVE_BLOCK_MAX_NARROW;
  guint8 *p = block + VLIVE_BLOCK_HEADER_SIZE;

  _vlive_store_u32 (block, (guint32) size);
  block[4] = VLIVE_BLOCK_VERSION;
  block[5] = (guint8) ((self->addressable ? VLIVE_BLOCK_ADDRESSABLE : 0)
                       | (narrow ? VLIVE_BLOCK_NARROW : 0));
  _vlive_store_u16 (block + 6, (guint16) (self->n_slots - 1));
  _vlive_store_u64 (block + 8, _vlive_layout_get_hash (self->layout));
  if (narrow)
    for (guint i = 0; i < self->n_slots; i++, p += 2)
      _vlive_store_u16 (p, (guint16) self->slots[i]);
  else
    for (guint i = 0; i < self->n_slots; i++, p += 4)
      _vlive_store_u32 (p, self->slots[i]);
  memcpy (p, self->values, self->len);
  p += self->len;
  memset (p, 0, (gsize) (block + size - p));
}

/* A record without an id has the empty one. */
static void
complete_id (VliveRecordBuilder *self)
{
  if (self->slots[0] == 0)
    _vlive_record_builder_set_id (self, "", FALSE);
}

VliveRecord *
_vlive_record_builder_end (VliveRecordBuilder *self)
{
  VliveRecord *record;
  guint8 *block;
  gsize size;

  complete_id (self);
  size = block_size (self);
  record = g_malloc (sizeof *record + size);
  block = (guint8 *) (record + 1);
  write_block (self, block, size);
  g_atomic_ref_count_init (&record->ref_count);
  record->block = block;
  record->layout = _vlive_layout_ref (self->layout);
  record->owner = NULL;
  _vlive_census_add (VLIVE_CENSUS_RECORD);
  clear_record (self);

  return record;
}

void
_vlive_record_builder_end_into (VliveRecordBuilder *self, GByteArray *target)
{
  guint start = (target->len + 7) & ~7u;
  guint old = target->len;
  gsize size;

  complete_id (self);
  size = block_size (self);
  g_assert (size <= G_MAXUINT - start);
  g_byte_array_set_size (target, start + (guint) size);
  memset (target->data + old, 0, start - old);
  write_block (self, target->data + start, size);
  clear_record (self);
}
