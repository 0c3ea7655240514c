/* vlive-local-table-private.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "master/vlive-local-file-private.h"
#include "master/vlive-local-index-private.h"
#include "record/vlive-block-private.h"
#include "record/vlive-change-event.h"
#include "record/vlive-schema.h"

G_BEGIN_DECLS

/* A table within one transaction. On the stack of a job. */
typedef struct
{
  VliveLocalFile        *file;      /* not owned */
  VliveTxn              *txn;       /* not owned */
  const char            *name;      /* not owned */
  VliveLocalTableRecord  record;
  VliveLocalIndex       *natural;   /* owned; NULL until asked for */
  VliveSchema           *schema;    /* owned; NULL until asked for, and while there is none */
  VliveLayout           *layout;    /* owned; the last one stored; NULL: none */
  VliveLocalCounters     counters;  /* of the file */
  gboolean               counting;  /* they were read */
  gboolean               created;   /* in this transaction */
} VliveLocalTable;

void _vlive_local_table_clear (VliveLocalTable *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (VliveLocalTable, _vlive_local_table_clear)

/* What an id leads to. */
typedef enum
{
  VLIVE_LOCAL_ID_FREE,
  VLIVE_LOCAL_ID_TAKEN,     /* by a row of the table */
  VLIVE_LOCAL_ID_BUILDING,  /* by a row of an import that is under way */
} VliveLocalIdState;

/* vlive-local-table.c */

/* NOT_FOUND if there is none. */
gboolean         _vlive_local_table_open          (VliveLocalTable  *self,
                                                   VliveLocalFile   *file,
                                                   VliveTxn         *txn,
                                                   const char       *name,
                                                   GError          **error);
/* Makes it if there is none. */
gboolean         _vlive_local_table_open_or_make  (VliveLocalTable  *self,
                                                   VliveLocalFile   *file,
                                                   VliveTxn         *txn,
                                                   const char       *name,
                                                   GError          **error);
/* Writes what was changed of the table itself. */
gboolean         _vlive_local_table_save          (VliveLocalTable  *self,
                                                   GError          **error);
/* CORRUPT: "the table T in F is damaged (@what)". */
void             _vlive_local_table_set_damaged   (VliveLocalTable  *self,
                                                   const char       *what,
                                                   GError          **error);
VliveLocalIndex *_vlive_local_table_get_natural   (VliveLocalTable  *self,
                                                   GError          **error);
/* NULL without an error while there is none. */
VliveSchema     *_vlive_local_table_get_schema    (VliveLocalTable  *self,
                                                   GError          **error);
/* Stored at once, under a new version. */
void             _vlive_local_table_set_schema    (VliveLocalTable  *self,
                                                   VliveSchema      *schema);
/* Widens it by @record. */
gboolean         _vlive_local_table_widen         (VliveLocalTable  *self,
                                                   VliveRecord      *record,
                                                   GError          **error);
VliveLocalCounters *_vlive_local_table_count      (VliveLocalTable  *self);
/* The file's UUID; NULL before anything was written to it. */
char            *_vlive_local_dup_uuid            (VliveTxn         *txn);
/* Makes it if there is none. */
void             _vlive_local_ensure_uuid         (VliveTxn         *txn);
void             _vlive_local_load_counters       (VliveTxn           *txn,
                                                   VliveLocalCounters *counters);
void             _vlive_local_save_counters       (VliveTxn                 *txn,
                                                   const VliveLocalCounters *counters);
/* A variant of whatever type, sealed. */
void             _vlive_local_put_variant         (VliveTxn           *txn,
                                                   VliveLocalDatabase  database,
                                                   VliveSpan           key,
                                                   GVariant           *variant);
GVariant        *_vlive_local_get_variant         (VliveTxn           *txn,
                                                   VliveLocalDatabase  database,
                                                   VliveSpan           key);   /* transfer full */

/* vlive-local-rows.c */

/* A record over the bytes of a row, for as long as the transaction and nothing
 * is written: never to be referenced. */
gboolean         _vlive_local_row_borrow          (VliveLocalTable  *self,
                                                   VliveSpan         value,
                                                   VliveRecord      *record);
gboolean         _vlive_local_row_get             (VliveLocalTable  *self,
                                                   guint64           row,
                                                   VliveRecord      *record);
/* NULL if it is not there, or damaged. @version may be NULL. */
VliveRecord     *_vlive_local_row_dup             (VliveLocalTable  *self,
                                                   guint64           row,
                                                   guint64          *version);
VliveLocalIdState _vlive_local_row_find           (VliveLocalTable  *self,
                                                   const char       *id,
                                                   guint64          *row);
/* A new row at the end: the row, its id, the natural order and the counts; not
 * the other orders, the schema and the log. Its id must be free; if a building
 * generation has it, that one is disturbed. */
gboolean         _vlive_local_row_add             (VliveLocalTable  *self,
                                                   VliveRecord      *record,
                                                   guint64          *row,
                                                   GError          **error);
void             _vlive_local_row_put             (VliveLocalTable  *self,
                                                   guint64           row,
                                                   VliveRecord      *record,
                                                   guint64           version,
                                                   GError          **error);
gboolean         _vlive_local_row_remove          (VliveLocalTable  *self,
                                                   guint64           row,
                                                   const char       *id,
                                                   GError          **error);
/* All rows go: their generations are doomed, and the orders. New ones go to
 * @generation (0: one that is made), their ids to @space, which may be the one
 * they were in. */
gboolean         _vlive_local_table_empty         (VliveLocalTable  *self,
                                                   guint32           generation,
                                                   guint32           space,
                                                   GError          **error);
/* That of a generation that is made next. */
guint32          _vlive_local_table_next_space    (VliveLocalTable  *self);
gboolean         _vlive_local_generation_get      (VliveTxn             *txn,
                                                   guint32               generation,
                                                   VliveLocalGeneration *record);
void             _vlive_local_generation_put      (VliveTxn                   *txn,
                                                   guint32                     generation,
                                                   const VliveLocalGeneration *record);
void             _vlive_local_doom                (VliveTxn         *txn,
                                                   char              kind,
                                                   guint32           number);
/* The numbers of the generations in a state: of one table, or all (NULL). */
GArray          *_vlive_local_list_generations   (VliveTxn         *txn,
                                                  VliveLocalState   state,
                                                  const guint32    *table);
/* Marks a generation as doomed, and its space if it was not shared. */
void             _vlive_local_doom_generation     (VliveTxn         *txn,
                                                   guint32           generation);

/* The id to be given to a record without one: the next integer, or a UUID in a
 * table whose ids are not integers. */
char            *_vlive_local_make_id             (VliveLocalTable  *self,
                                                   GError          **error);
/* The type of the table's ids; MISSING while it is not known. */
VliveValueType   _vlive_local_table_get_id_type   (VliveLocalTable  *self);
/* @fields with the id @id, in its field "id" too: as an integer if it is one,
 * but among ids of @type TEXT. */
VliveRecord     *_vlive_local_record_with_id      (VliveRecord      *fields,
                                                   const char       *id,
                                                   VliveValueType    type);

/* vlive-local-log.c */

/* Counts a change of the table, and writes it down. @record: as it is now, or
 * NULL; @id: NULL for CHANGED. */
void             _vlive_local_log_add             (VliveLocalTable  *self,
                                                   VliveChangeKind   kind,
                                                   guint64           row,
                                                   const char       *id,
                                                   VliveRecord      *record);
typedef struct
{
  VliveChangeKind  kind;
  guint64          row;
  guint64          version;
  const char      *id;      /* not NUL-terminated; NULL with a record */
  gsize            id_len;
  VliveSpan        block;   /* data NULL: none */
} VliveLocalLogEntry;

/* FALSE if that change is not kept (any more). */
gboolean         _vlive_local_log_get             (VliveLocalTable     *self,
                                                   guint64              sequence,
                                                   VliveLocalLogEntry  *entry);

G_END_DECLS
