/* vlive-lmdb-codec-private.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "cache/vlive-cache-rules-private.h"
#include "storage/vlive-storage-private.h"

G_BEGIN_DECLS

/*
 * The keys and values of the LMDB cache, as bytes. Every value is sealed by
 * the storage; what is decoded here has passed its checksum, and is checked
 * all the same, so that nothing it says can lead astray.
 *
 * A namespace is found by its name; everything else of it begins with its
 * generation (8 bytes, big-endian), so that whatever belongs to an earlier
 * generation cannot be found any more.
 */
enum
{
  VLIVE_DB_SPACES,       /* name -> space */
  VLIVE_DB_GENERATIONS,  /* generation -> the key of its space */
  VLIVE_DB_QUERIES,      /* generation, query -> query */
  VLIVE_DB_PAGES,        /* generation, query, limit, offset -> header */
  VLIVE_DB_LEAVES,       /* generation, page, index -> record blocks */
  VLIVE_DB_LAYOUTS,      /* generation, hash -> layout */
  VLIVE_DB_ENTRIES,      /* generation, id -> patch entry */
  VLIVE_DB_CHANGES,      /* generation, serial -> ids */
  VLIVE_DB_RECORDS,      /* generation, id -> single record */
  VLIVE_DB_SCHEMAS,      /* generation -> schema */
  VLIVE_DB_AGES,         /* age, generation, page -> key of the page */
  VLIVE_DB_USES,         /* use, generation, number -> key of the record */
  VLIVE_DB_META,         /* what belongs to no namespace */
  VLIVE_N_LMDB_DBS
};

#define VLIVE_LMDB_MAGIC     0x41434c56u /* "VLCA" */
#define VLIVE_LMDB_VERSION   1
#define VLIVE_LMDB_KEY_SIZE  511
/* With its seal and LMDB's own header a leaf fills four pages of 4 kB. */
#define VLIVE_LEAF_SIZE      (16384u - 16 - 8)
#define VLIVE_LMDB_MAX_PAGE   (1u << 28)
#define VLIVE_LMDB_MAX_SCHEMA (1u << 22)

extern const char * const _vlive_lmdb_databases[];

typedef struct
{
  VliveSpace state;
  guint64    serial;     /* of the last change of the patch table */
  guint64    first;      /* changes are listed from this one on */
  guint64    next;       /* number of the next page or use */
  guint64    n_entries;
} VliveLmdbSpace;

typedef struct
{
  VliveQueryState state;
  guint64         n_pages;
} VliveLmdbQuery;

typedef struct
{
  VliveStamp      stamp;
  gint64          fetched_at;
  guint64         sequence;
  VliveTotalKind  total_kind;  /* as its own answer stated it */
  guint64         total;
  guint64         offset;
  guint           limit;
  guint           n_records;
  gboolean        folded;
  guint64         number;      /* names its leaves */
  guint           n_leaves;
  guint64         size;        /* of the blocks */
  guint64         age;         /* its place among the ages */
  guint64         renewed;     /* as an age, since */
  const char     *validator;   /* borrowed from the value, nullable */
  guint           n_diagnostics;
  VliveSpan       diagnostics; /* borrowed; the texts, one after another */
} VliveLmdbHeader;

typedef struct
{
  VliveStamp    stamp;
  gint64        fetched_at;
  guint64       sequence;
  guint64       use;
  guint64       number;
  VliveSpan     block;         /* borrowed */
} VliveLmdbSingle;

/* An entry with its content still a block. */
typedef struct
{
  VliveCacheEntry entry;       /* record NULL */
  const char     *id;          /* borrowed */
  VliveSpan       block;       /* borrowed; RECORD only */
} VliveLmdbEntry;

/* Keys. */
GBytes    *_vlive_lmdb_space_key       (const char            *ns);
GBytes    *_vlive_lmdb_query_key       (guint64                generation,
                                        VliveQuery            *query);
GBytes    *_vlive_lmdb_page_key        (GBytes                *query_key,
                                        guint64                offset,
                                        guint                  limit);
/* The key of the query of the page @page_key. */
VliveSpan  _vlive_lmdb_page_key_query  (VliveSpan              page_key);
GBytes    *_vlive_lmdb_id_key          (guint64                generation,
                                        const char            *id);
/* Of one to three numbers. */
VliveSpan  _vlive_lmdb_number_key      (guint8                 buffer[24],
                                        const guint64         *numbers,
                                        guint                  n_numbers);
VliveSpan  _vlive_lmdb_leaf_key        (guint8                 buffer[24],
                                        guint64                generation,
                                        guint64                number,
                                        guint                  index);
guint64    _vlive_lmdb_key_get_number  (VliveSpan              key,
                                        guint                  index);

/* Values. Decoding gives FALSE for what cannot be one. */
void       _vlive_lmdb_space_encode    (const VliveLmdbSpace  *self,
                                        GByteArray            *value);
gboolean   _vlive_lmdb_space_decode    (VliveLmdbSpace        *self,
                                        VliveSpan              value);
/* Only what tells whether anything changed since; fields are left alone. */
gboolean   _vlive_lmdb_space_peek      (VliveLmdbSpace        *self,
                                        VliveSpan              value);
void       _vlive_lmdb_space_clear     (VliveLmdbSpace        *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (VliveLmdbSpace, _vlive_lmdb_space_clear)

void       _vlive_lmdb_query_encode    (const VliveLmdbQuery  *self,
                                        GByteArray            *value);
gboolean   _vlive_lmdb_query_decode    (VliveLmdbQuery        *self,
                                        guint64                generation,
                                        VliveSpan              value);
void       _vlive_lmdb_header_encode   (const VliveLmdbHeader *self,
                                        GByteArray            *value);
gboolean   _vlive_lmdb_header_decode   (VliveLmdbHeader       *self,
                                        guint64                generation,
                                        VliveSpan              value);
void       _vlive_lmdb_header_set_page (VliveLmdbHeader       *self,
                                        VlivePage             *page,
                                        GByteArray            *texts);
/* The page it describes, without its records. */
VlivePage *_vlive_lmdb_header_to_page  (const VliveLmdbHeader *self);
/* Borrows from @page, and the texts of its diagnostics from @texts. */

void       _vlive_lmdb_entry_encode    (const VliveCacheEntry *entry,
                                        const char            *id,
                                        GByteArray            *value);
gboolean   _vlive_lmdb_entry_decode    (VliveLmdbEntry        *self,
                                        VliveSpan              value);
void       _vlive_lmdb_single_encode   (const VliveLmdbSingle *self,
                                        GByteArray            *value);
gboolean   _vlive_lmdb_single_decode   (VliveLmdbSingle       *self,
                                        guint64                generation,
                                        VliveSpan              value);
void       _vlive_lmdb_ids_encode      (const char * const    *ids,
                                        gsize                  n_ids,
                                        GByteArray            *value);
/* The next id of the list, or NULL at its end or at junk. */
const char *_vlive_lmdb_ids_next       (VliveSpan             *rest);

/* NULL: it is none. */
VliveSchema *_vlive_lmdb_schema_decode (VliveSpan              value);

/* Layouts by hash: of a namespace, or interned by others. NULL: not there. */
typedef VliveLayout *(*VliveLayoutFunc) (guint64  hash,
                                         gpointer data);   /* transfer none */

/* @checked: their bytes are not trusted though their checksums were right.
 * FALSE: they are not @n_records blocks of known layouts. */
gboolean   _vlive_lmdb_blocks_to_records (GBytes              *blocks,
                                        guint                  n_records,
                                        VliveLayoutFunc        lookup,
                                        gpointer               data,
                                        gboolean               checked,
                                        VlivePage             *page);

G_END_DECLS
