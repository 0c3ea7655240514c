/* vlive-local-format-private.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <string.h>

#include "storage/vlive-storage-private.h"

G_BEGIN_DECLS

/*
 * The bytes of a local database file: docs/local-file.md. Keys are big-endian,
 * values little-endian.
 */
#define VLIVE_LOCAL_MAGIC         0x42444c56u  /* "VLDB" */
#define VLIVE_LOCAL_VERSION       1

#define VLIVE_LOCAL_MAX_ID        480   /* bytes of an id */
#define VLIVE_LOCAL_MAX_NAME      255   /* bytes of a table's name */
#define VLIVE_LOCAL_MAX_ORDERS    8     /* kept for a table */
#define VLIVE_LOCAL_MAX_LOG       5000  /* changes kept for a table */
#define VLIVE_LOCAL_MAX_WRITES    100000  /* applied writes remembered in a file */
#define VLIVE_LOCAL_MAX_REPLY     16384  /* bytes of a record kept with one */
#define VLIVE_LOCAL_MAX_KEY       511

typedef enum
{
  VLIVE_LOCAL_META,
  VLIVE_LOCAL_TABLES,
  VLIVE_LOCAL_ROWS,
  VLIVE_LOCAL_IDS,
  VLIVE_LOCAL_GENERATIONS,
  VLIVE_LOCAL_ORDERS,
  VLIVE_LOCAL_LAYOUTS,
  VLIVE_LOCAL_WRITES,
  VLIVE_LOCAL_LOG,
  VLIVE_LOCAL_N_DATABASES
} VliveLocalDatabase;

/* A key in the making, on the stack. */
typedef struct
{
  guint8 data[VLIVE_LOCAL_MAX_KEY + 1];
  gsize  size;
} VliveLocalKey;

static inline void
_vlive_local_key_u8 (VliveLocalKey *key,
                     guint8         v)
{
  key->data[key->size++] = v;
}

static inline void
_vlive_local_key_u32 (VliveLocalKey *key,
                      guint32        v)
{
  v = GUINT32_TO_BE (v);
  memcpy (key->data + key->size, &v, sizeof v);
  key->size += sizeof v;
}

static inline void
_vlive_local_key_u64 (VliveLocalKey *key,
                      guint64        v)
{
  v = GUINT64_TO_BE (v);
  memcpy (key->data + key->size, &v, sizeof v);
  key->size += sizeof v;
}

static inline void
_vlive_local_key_bytes (VliveLocalKey *key,
                        const void    *data,
                        gsize          size)
{
  memcpy (key->data + key->size, data, size);
  key->size += size;
}

#define VLIVE_LOCAL_SPAN(key) VLIVE_SPAN ((key)->data, (key)->size)

static inline guint32
_vlive_local_be32 (const guint8 *p)
{
  guint32 v;

  memcpy (&v, p, sizeof v);
  return GUINT32_FROM_BE (v);
}

static inline guint64
_vlive_local_be64 (const guint8 *p)
{
  guint64 v;

  memcpy (&v, p, sizeof v);
  return GUINT64_FROM_BE (v);
}

static inline guint32
_vlive_local_get_u32 (const guint8 *p)
{
  guint32 v;

  memcpy (&v, p, sizeof v);
  return GUINT32_FROM_LE (v);
}

static inline guint64
_vlive_local_get_u64 (const guint8 *p)
{
  guint64 v;

  memcpy (&v, p, sizeof v);
  return GUINT64_FROM_LE (v);
}

static inline void
_vlive_local_set_u32 (guint8  *p,
                      guint32  v)
{
  v = GUINT32_TO_LE (v);
  memcpy (p, &v, sizeof v);
}

static inline void
_vlive_local_set_u64 (guint8  *p,
                      guint64  v)
{
  v = GUINT64_TO_LE (v);
  memcpy (p, &v, sizeof v);
}

/* A row key: its generation and its sequence in it. */
#define VLIVE_LOCAL_ROW(generation, n) (((guint64) (generation) << 32) | (guint32) (n))
#define VLIVE_LOCAL_ROW_GENERATION(row) ((guint32) ((row) >> 32))
#define VLIVE_LOCAL_ROW_HEADER         8  /* u64 version, before the block */

/* The record of a table. */
typedef struct
{
  guint32 id;
  guint32 generation;      /* takes inserts */
  guint32 space;           /* of its ids */
  guint32 natural;         /* its natural order */
  guint32 schema_version;
  guint64 next;            /* sequence in @generation */
  guint64 sequence;        /* of changes */
  guint64 n_rows;
  guint64 n_text_ids;      /* rows whose id is no integer */
  gint64  max_id;          /* the highest integer id ever given */
} VliveLocalTableRecord;

#define VLIVE_LOCAL_TABLE_SIZE 64

void     _vlive_local_table_record_encode (const VliveLocalTableRecord *self,
                                           guint8                       data[VLIVE_LOCAL_TABLE_SIZE]);
gboolean _vlive_local_table_record_decode (VliveLocalTableRecord       *self,
                                           VliveSpan                    span);

typedef enum
{
  VLIVE_LOCAL_BUILDING = 1,
  VLIVE_LOCAL_VISIBLE,
  VLIVE_LOCAL_DOOMED,
} VliveLocalState;

/* The record of a generation. */
typedef struct
{
  guint32         table;    /* 0 while it is building */
  VliveLocalState state;
  guint32         space;
  guint64         version;  /* of rows that have none of their own */
  char           *disturbed; /* owned, nullable: an id that an insert took from a building one */
} VliveLocalGeneration;

void     _vlive_local_generation_clear    (VliveLocalGeneration        *self);
GBytes  *_vlive_local_generation_encode   (const VliveLocalGeneration  *self);
gboolean _vlive_local_generation_decode   (VliveLocalGeneration        *self,
                                           VliveSpan                    span);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (VliveLocalGeneration, _vlive_local_generation_clear)

/* What is next, for the whole file. */
typedef struct
{
  guint32 table;
  guint32 generation;
  guint32 order;
  guint64 write;
  guint64 oldest_write;
} VliveLocalCounters;

#define VLIVE_LOCAL_COUNTERS_SIZE 32

void     _vlive_local_counters_encode     (const VliveLocalCounters    *self,
                                           guint8                       data[VLIVE_LOCAL_COUNTERS_SIZE]);
gboolean _vlive_local_counters_decode     (VliveLocalCounters          *self,
                                           VliveSpan                    span);

/* One of the kept orders of a table. */
typedef struct
{
  guint32 order;
  guint32 collation;
  gint64  last_used;   /* real time, µs */
  guint8  hash[32];    /* of the query's key */
} VliveLocalOrderLine;

#define VLIVE_LOCAL_ORDER_LINE_SIZE 48

void     _vlive_local_order_line_encode   (const VliveLocalOrderLine   *self,
                                           guint8                       data[VLIVE_LOCAL_ORDER_LINE_SIZE]);
void     _vlive_local_order_line_decode   (VliveLocalOrderLine         *self,
                                           const guint8                *data);

/* Keys. */
void     _vlive_local_table_key           (VliveLocalKey *key,
                                           const char    *name);
void     _vlive_local_table_part_key      (VliveLocalKey *key,
                                           char           part,
                                           guint32        table);
void     _vlive_local_row_key             (VliveLocalKey *key,
                                           guint64        row);
void     _vlive_local_order_key           (VliveLocalKey *key,
                                           guint32        order,
                                           char           part,
                                           guint32        number);
void     _vlive_local_log_key             (VliveLocalKey *key,
                                           guint32        table,
                                           guint64        sequence);
void     _vlive_local_doom_key            (VliveLocalKey *key,
                                           char           kind,
                                           guint32        number);
void     _vlive_local_u32_key             (VliveLocalKey *key,
                                           guint32        number);
void     _vlive_local_u64_key             (VliveLocalKey *key,
                                           guint64        number);

/* Is @id the one decimal form of an integer? */
gboolean _vlive_local_id_is_integer       (const char    *id,
                                           gint64        *value);
/* FALSE if it is empty, too long or no UTF-8; the message names neither file
 * nor table. */
gboolean _vlive_local_id_check            (const char    *id,
                                           GError       **error);
/* Appends the key of @id, which was checked, to @key. */
void     _vlive_local_id_append           (VliveLocalKey *key,
                                           const char    *id);
void     _vlive_local_id_key              (VliveLocalKey *key,
                                           guint32        space,
                                           const char    *id);
/* A table's name: not empty, not too long, no control characters. */
gboolean _vlive_local_name_check          (const char    *name,
                                           GError       **error);

G_END_DECLS
