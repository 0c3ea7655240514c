/* vlive-scripted-rows-private.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "record/vlive-query-private.h"

G_BEGIN_DECLS

/* The columns of the computed rows. */
enum
{
  VLIVE_SCRIPTED_ID,
  VLIVE_SCRIPTED_NAME,
  VLIVE_SCRIPTED_NUMBER,
  VLIVE_SCRIPTED_PRICE,
  VLIVE_SCRIPTED_DATE,
  VLIVE_SCRIPTED_SEEN,
  VLIVE_SCRIPTED_ACTIVE,
  VLIVE_SCRIPTED_COLOUR,
  VLIVE_SCRIPTED_NOTE,
  VLIVE_SCRIPTED_N_COLUMNS,
};
#define VLIVE_SCRIPTED_ALL_COLUMNS ((1u << VLIVE_SCRIPTED_N_COLUMNS) - 1)

/* A number that depends on nothing but these; the same on every machine. */
guint64      _vlive_scripted_mix              (guint64      seed,
                                               guint64      index,
                                               guint64      salt);
VliveLayout *_vlive_scripted_layout_new       (void);
VliveSchema *_vlive_scripted_schema_new       (void);
/* -1: none of them. */
int          _vlive_scripted_find_column      (const char  *name);
/* Does the column grow with every row? Then its order is known without
 * looking at the rows. */
gboolean     _vlive_scripted_column_grows     (const char  *name);
/* The computed row at @index. @columns: a bit for each that is wanted; what is
 * not is missing. */
VliveRecord *_vlive_scripted_make             (VliveRecordBuilder *builder,
                                               guint64             seed,
                                               guint64             index,
                                               guint               columns);
/* Whole, with the fields of @fields over the computed ones. */
VliveRecord *_vlive_scripted_make_from        (guint64             seed,
                                               guint64             index,
                                               VliveRecord        *fields);
/* The record under @id, also in its field "id", of type @type. */
VliveRecord *_vlive_scripted_record_with_id   (VliveRecord        *fields,
                                               const char         *id,
                                               VliveValueType      type);
/* FALSE: no id that a number has. */
gboolean     _vlive_scripted_parse_id         (const char         *id,
                                               gint64             *number);

/*
 * The rows of a table: computed ones, as many as one likes, and over them, as
 * much as was written: which of the computed ones have gone, which have
 * other content, and which rows stand between them. In memory is only the
 * latter. One thread changes it, and only while it is alone in holding it
 * (_vlive_scripted_rows_own()); who reads elsewhere holds a reference.
 */
typedef struct _VliveScriptedRows VliveScriptedRows;

/* A row that is not computed, and its place. */
typedef struct
{
  guint64  boundary;  /* so many computed rows are in front of it, with those gone */
  char    *id;        /* owned, a ref string: also the key of its content */
  guint64  serial;    /* the number that it has had since the beginning; 0: made later */
} VliveScriptedExtra;

/* What was written. */
typedef struct
{
  VliveRecord *record;   /* owned */
  guint64      version;
  guint64      index;    /* of the computed row that it replaces */
  gboolean     extra;    /* it replaces none */
} VliveScriptedWritten;

struct _VliveScriptedRows
{
  gatomicrefcount ref_count;
  guint64      n_computed;
  guint64      seed;
  VliveLayout *layout;    /* owned: of the computed rows */
  GArray      *gone;      /* owned, of guint64, sorted: computed rows that have gone */
  GArray      *extras;    /* owned, of VliveScriptedExtra, in their order */
  GHashTable  *written;   /* owned: id → VliveScriptedWritten */
  guint64      sequence;  /* grows with every change */
};

/* Which row: a computed one, or an extra one by its place among those. */
typedef guint64 VliveScriptedSpot;
#define VLIVE_SCRIPTED_EXTRA       (G_GUINT64_CONSTANT (1) << 63)
#define VLIVE_SCRIPTED_NO_SPOT     G_MAXUINT64

VliveScriptedRows *_vlive_scripted_rows_new        (guint64             n_computed,
                                                    guint64             seed);
VliveScriptedRows *_vlive_scripted_rows_ref        (VliveScriptedRows  *self);
void               _vlive_scripted_rows_unref      (VliveScriptedRows  *self);
/* Makes *@self something that only the caller holds, by a copy where need be. */
void               _vlive_scripted_rows_own        (VliveScriptedRows **self);
guint64            _vlive_scripted_rows_count      (VliveScriptedRows  *self);

/* @position must be less than the count. */
VliveScriptedSpot  _vlive_scripted_rows_at         (VliveScriptedRows  *self,
                                                    guint64             position);
/* VLIVE_SCRIPTED_NO_SPOT: there is no such row. Slow for an extra one. */
VliveScriptedSpot  _vlive_scripted_rows_find       (VliveScriptedRows  *self,
                                                    const char         *id);
gboolean           _vlive_scripted_rows_has        (VliveScriptedRows  *self,
                                                    const char         *id);
/* The number of the row from the beginning, from 1; 0: it came later. */
guint64            _vlive_scripted_rows_get_serial (VliveScriptedRows  *self,
                                                    VliveScriptedSpot   spot);
/* @builder: of the layout of @self. */
VliveRecord       *_vlive_scripted_rows_dup        (VliveScriptedRows  *self,
                                                    VliveScriptedSpot   spot,
                                                    VliveRecordBuilder *builder,
                                                    guint               columns);
/* NULL if there is none. Its version is 1 until something is written. */
VliveRecord       *_vlive_scripted_rows_dup_by_id  (VliveScriptedRows  *self,
                                                    const char         *id,
                                                    guint64            *version);

/* Changes; @self must be owned, and each raises the sequence. */
void               _vlive_scripted_rows_insert     (VliveScriptedRows  *self,
                                                    guint64             position,
                                                    VliveRecord        *record,
                                                    guint64             serial);
void               _vlive_scripted_rows_put        (VliveScriptedRows  *self,
                                                    VliveRecord        *record);
void               _vlive_scripted_rows_remove     (VliveScriptedRows  *self,
                                                    const char         *id);
void               _vlive_scripted_rows_clear      (VliveScriptedRows  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VliveScriptedRows, _vlive_scripted_rows_unref)

/* Sorted arrays of guint64. How many elements are less than @number. */
guint64            _vlive_scripted_rank            (GArray             *sorted,
                                                    guint64             number);
/* The number that has @nth numbers from @first on in front of it, not counting
 * those in @sorted, and is not one of them. */
guint64            _vlive_scripted_select          (GArray             *sorted,
                                                    guint64             first,
                                                    guint64             nth);

G_END_DECLS
