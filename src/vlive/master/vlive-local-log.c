/* vlive-local-log.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "master/vlive-local-table-private.h"

#define HEADER 24

/* What follows the header: the record's block, or the id. */
static VliveSpan
get_body (const char *id, VliveRecord *record)
{
  gsize size;
  const guint8 *block;

  if (record == NULL)
    return VLIVE_SPAN (id, id != NULL ? strlen (id) : 0);
  block = _vlive_record_get_block (record, &size);

  return VLIVE_SPAN (block, size);
}

void
_vlive_local_log_add (VliveLocalTable *self,
                      VliveChangeKind kind,
                      guint64 row,
                      const char *id,
                      VliveRecord *record)
{
  VliveSpan body = get_body (id, record);
  g_autofree guint8 *data = g_malloc (HEADER + body.size);
  VliveLocalKey key;

  self->record.sequence++;
  _vlive_local_set_u32 (data, kind);
  _vlive_local_set_u32 (data + 4, record != NULL);
  _vlive_local_set_u64 (data + 8, row);
  _vlive_local_set_u64 (data + 16, self->record.sequence);
  if (body.size > 0)
    memcpy (data + HEADER, body.data, body.size);
  _vlive_local_log_key (&key, self->record.id, self->record.sequence);
  _vlive_txn_put_sealed (self->txn, VLIVE_LOCAL_LOG, VLIVE_LOCAL_SPAN (&key),
                         VLIVE_SPAN (data, HEADER + body.size));
  if (self->record.sequence > VLIVE_LOCAL_MAX_LOG)
    {
      _vlive_local_log_key (&key, self->record.id,
                            self->record.sequence - VLIVE_LOCAL_MAX_LOG);
      _vlive_txn_delete (self->txn, VLIVE_LOCAL_LOG, VLIVE_LOCAL_SPAN (&key));
    }
}

gboolean
_vlive_local_log_get (VliveLocalTable *self,
                      guint64 sequence,
                      VliveLocalLogEntry *entry)
{
  VliveLocalKey key;
  VliveSpan span;
  VliveSpan body;

  memset (entry, 0, sizeof *entry);
  _vlive_local_log_key (&key, self->record.id, sequence);
  if (!_vlive_txn_get_sealed (self->txn, VLIVE_LOCAL_LOG, VLIVE_LOCAL_SPAN (&key),
                              &span)
      || span.size < HEADER)
    return FALSE;

  entry->kind = (VliveChangeKind) _vlive_local_get_u32 (span.data);
  entry->row = _vlive_local_get_u64 (span.data + 8);
  entry->version = _vlive_local_get_u64 (span.data + 16);
  body = VLIVE_SPAN (span.data + HEADER, span.size - HEADER);
  if (_vlive_local_get_u32 (span.data + 4) != 0)
    {
      entry->block = body;
      return _vlive_block_get_size (body.data, body.size) == body.size;
    }
  entry->id = (const char *) body.data;
  entry->id_len = body.size;

  return TRUE;
}
