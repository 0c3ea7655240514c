/* vlive-local-format.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "master/vlive-local-format-private.h"

#include "base/vlive-error.h"

void
_vlive_local_table_record_encode (const VliveLocalTableRecord *self,
                                  guint8 data[VLIVE_LOCAL_TABLE_SIZE])
{
  _vlive_local_set_u32 (data, self->id);
  _vlive_local_set_u32 (data + 4, self->generation);
  _vlive_local_set_u32 (data + 8, self->space);
  _vlive_local_set_u32 (data + 12, self->natural);
  _vlive_local_set_u32 (data + 16, self->schema_version);
  _vlive_local_set_u32 (data + 20, 0);
  _vlive_local_set_u64 (data + 24, self->next);
  _vlive_local_set_u64 (data + 32, self->sequence);
  _vlive_local_set_u64 (data + 40, self->n_rows);
  _vlive_local_set_u64 (data + 48, self->n_text_ids);
  _vlive_local_set_u64 (data + 56, (guint64) self->max_id);
}

gboolean
_vlive_local_table_record_decode (VliveLocalTableRecord *self, VliveSpan span)
{
  if (span.size != VLIVE_LOCAL_TABLE_SIZE)
    return FALSE;

  self->id = _vlive_local_get_u32 (span.data);
  self->generation = _vlive_local_get_u32 (span.data + 4);
  self->space = _vlive_local_get_u32 (span.data + 8);
  self->natural = _vlive_local_get_u32 (span.data + 12);
  self->schema_version = _vlive_local_get_u32 (span.data + 16);
  self->next = _vlive_local_get_u64 (span.data + 24);
  self->sequence = _vlive_local_get_u64 (span.data + 32);
  self->n_rows = _vlive_local_get_u64 (span.data + 40);
  self->n_text_ids = _vlive_local_get_u64 (span.data + 48);
  self->max_id = (gint64) _vlive_local_get_u64 (span.data + 56);

  return self->id != 0;
}

#define GENERATION_HEADER 24

void
_vlive_local_generation_clear (VliveLocalGeneration *self)
{
  g_clear_pointer (&self->disturbed, g_free);
}

GBytes *
_vlive_local_generation_encode (const VliveLocalGeneration *self)
{
  gsize len = self->disturbed != NULL ? strlen (self->disturbed) : 0;
  guint8 *data = g_malloc (GENERATION_HEADER + len);

  _vlive_local_set_u32 (data, self->table);
  _vlive_local_set_u32 (data + 4, self->state);
  _vlive_local_set_u32 (data + 8, self->space);
  _vlive_local_set_u32 (data + 12, (guint32) len);
  _vlive_local_set_u64 (data + 16, self->version);
  if (len > 0)
    memcpy (data + GENERATION_HEADER, self->disturbed, len);

  return g_bytes_new_take (data, GENERATION_HEADER + len);
}

/* @self is filled, not cleared before. */
gboolean
_vlive_local_generation_decode (VliveLocalGeneration *self, VliveSpan span)
{
  guint32 len;

  memset (self, 0, sizeof *self);
  if (span.size < GENERATION_HEADER)
    return FALSE;
  len = _vlive_local_get_u32 (span.data + 12);
  if (span.size - GENERATION_HEADER != len)
    return FALSE;

  self->table = _vlive_local_get_u32 (span.data);
  self->state = (VliveLocalState) _vlive_local_get_u32 (span.data + 4);
  self->space = _vlive_local_get_u32 (span.data + 8);
  self->version = _vlive_local_get_u64 (span.data + 16);
  if (len > 0)
    self->disturbed = g_strndup ((const char *) span.data + GENERATION_HEADER, len);

  return TRUE;
}

void
_vlive_local_counters_encode (const VliveLocalCounters *self,
                              guint8 data[VLIVE_LOCAL_COUNTERS_SIZE])
{
  _vlive_local_set_u32 (data, self->table);
  _vlive_local_set_u32 (data + 4, self->generation);
  _vlive_local_set_u32 (data + 8, self->order);
  _vlive_local_set_u32 (data + 12, 0);
  _vlive_local_set_u64 (data + 16, self->write);
  _vlive_local_set_u64 (data + 24, self->oldest_write);
}

gboolean
_vlive_local_counters_decode (VliveLocalCounters *self, VliveSpan span)
{
  if (span.size != VLIVE_LOCAL_COUNTERS_SIZE)
    return FALSE;

  self->table = _vlive_local_get_u32 (span.data);
  self->generation = _vlive_local_get_u32 (span.data + 4);
  self->order = _vlive_local_get_u32 (span.data + 8);
  self->write = _vlive_local_get_u64 (span.data + 16);
  self->oldest_write = _vlive_local_get_u64 (span.data + 24);

  return TRUE;
}

void
_vlive_local_order_line_encode (const VliveLocalOrderLine *self,
                                guint8 data[VLIVE_LOCAL_ORDER_LINE_SIZE])
{
  _vlive_local_set_u32 (data, self->order);
  _vlive_local_set_u32 (data + 4, self->collation);
  _vlive_local_set_u64 (data + 8, (guint64) self->last_used);
  memcpy (data + 16, self->hash, sizeof self->hash);
}

void
_vlive_local_order_line_decode (VliveLocalOrderLine *self, const guint8 *data)
{
  self->order = _vlive_local_get_u32 (data);
  self->collation = _vlive_local_get_u32 (data + 4);
  self->last_used = (gint64) _vlive_local_get_u64 (data + 8);
  memcpy (self->hash, data + 16, sizeof self->hash);
}

void
_vlive_local_table_key (VliveLocalKey *key, const char *name)
{
  gsize len = strlen (name);

  g_assert (len <= VLIVE_LOCAL_MAX_NAME);

  key->size = 0;
  _vlive_local_key_u8 (key, 't');
  _vlive_local_key_bytes (key, name, len);
}

void
_vlive_local_table_part_key (VliveLocalKey *key, char part, guint32 table)
{
  key->size = 0;
  _vlive_local_key_u8 (key, (guint8) part);
  _vlive_local_key_u32 (key, table);
}

void
_vlive_local_row_key (VliveLocalKey *key, guint64 row)
{
  _vlive_local_u64_key (key, row);
}

void
_vlive_local_order_key (VliveLocalKey *key, guint32 order, char part, guint32 number)
{
  key->size = 0;
  _vlive_local_key_u32 (key, order);
  _vlive_local_key_u8 (key, (guint8) part);
  _vlive_local_key_u32 (key, number);
}

void
_vlive_local_log_key (VliveLocalKey *key, guint32 table, guint64 sequence)
{
  key->size = 0;
  _vlive_local_key_u32 (key, table);
  _vlive_local_key_u64 (key, sequence);
}

void
_vlive_local_doom_key (VliveLocalKey *key, char kind, guint32 number)
{
  key->size = 0;
  _vlive_local_key_u8 (key, 'x');
  _vlive_local_key_u8 (key, (guint8) kind);
  _vlive_local_key_u32 (key, number);
}

void
_vlive_local_u32_key (VliveLocalKey *key, guint32 number)
{
  key->size = 0;
  _vlive_local_key_u32 (key, number);
}

void
_vlive_local_u64_key (VliveLocalKey *key, guint64 number)
{
  key->size = 0;
  _vlive_local_key_u64 (key, number);
}

gboolean
_vlive_local_id_is_integer (const char *id, gint64 *value)
{
  gboolean negative = id[0] == '-';
  const char *p = id + (negative ? 1 : 0);
  guint64 limit = (guint64) G_MAXINT64 + (negative ? 1 : 0);
  guint64 n = 0;

  if (p[0] < '0' || p[0] > '9' || (p[0] == '0' && (negative || p[1] != '\0')))
    return FALSE;

  for (; *p >= '0' && *p <= '9'; p++)
    {
      guint64 digit = (guint64) (*p - '0');

      if (n > (limit - digit) / 10)
        return FALSE;
      n = n * 10 + digit;
    }
  if (*p != '\0')
    return FALSE;

  *value = (gint64) (negative ? -n : n);
  return TRUE;
}

gboolean
_vlive_local_id_check (const char *id, GError **error)
{
  gsize len = strlen (id);

  if (len == 0)
    {
      g_set_error (error, VLIVE_ERROR, VLIVE_ERROR_INVALID, "The id is empty");
      return FALSE;
    }
  if (len > VLIVE_LOCAL_MAX_ID)
    {
      g_set_error (error, VLIVE_ERROR, VLIVE_ERROR_INVALID,
                   "The id has %" G_GSIZE_FORMAT " bytes, and at most %d are possible",
                   len, VLIVE_LOCAL_MAX_ID);
      return FALSE;
    }
  if (!g_utf8_validate_len (id, len, NULL))
    {
      g_set_error (error, VLIVE_ERROR, VLIVE_ERROR_INVALID,
                   "The id is not valid UTF-8");
      return FALSE;
    }

  return TRUE;
}

void
_vlive_local_id_append (VliveLocalKey *key, const char *id)
{
  gint64 value;

  if (_vlive_local_id_is_integer (id, &value))
    {
      _vlive_local_key_u8 (key, 1);
      _vlive_local_key_u64 (key, (guint64) value ^ G_GUINT64_CONSTANT (1) << 63);
      return;
    }

  _vlive_local_key_u8 (key, 2);
  _vlive_local_key_bytes (key, id, MIN (strlen (id), VLIVE_LOCAL_MAX_ID));
}

void
_vlive_local_id_key (VliveLocalKey *key, guint32 space, const char *id)
{
  key->size = 0;
  _vlive_local_key_u32 (key, space);
  _vlive_local_id_append (key, id);
}

gboolean
_vlive_local_name_check (const char *name, GError **error)
{
  gsize len = strlen (name);
  const char *why = NULL;

  if (len == 0)
    why = "is empty";
  else if (len > VLIVE_LOCAL_MAX_NAME)
    why = "is longer than 255 bytes";
  else if (!g_utf8_validate_len (name, len, NULL))
    why = "is not valid UTF-8";
  for (const char *p = name; why == NULL && *p != '\0'; p++)
    if ((guchar) *p < 0x20 || *p == 0x7f)
      why = "holds a control character";
  if (why == NULL)
    return TRUE;

  g_set_error (error, VLIVE_ERROR, VLIVE_ERROR_INVALID, "The name of the table %s",
               why);
  return FALSE;
}
