/* vlive-local-file-private.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "master/vlive-local-format-private.h"
#include "record/vlive-query-private.h"

G_BEGIN_DECLS

/*
 * A local database file as this process sees it: one per path, kept in a
 * registry, shared by its masters on whatever threads. It is opened by the
 * first job that finds it there, or may make it.
 */
typedef struct _VliveLocalFile VliveLocalFile;
typedef struct _VliveLocalJob  VliveLocalJob;
typedef struct _VliveLocalBuild VliveLocalBuild;

typedef enum
{
  VLIVE_LOCAL_READ,    /* on the reader; NOT_FOUND without a file */
  VLIVE_LOCAL_WRITE,   /* on the writer; NOT_FOUND without a file */
  VLIVE_LOCAL_CREATE,  /* on the writer; makes the file */
} VliveLocalMode;

/*
 * A job: the first member of a struct of who gives it. @run may be run again
 * from its start (see VliveTxnFunc).
 */
struct _VliveLocalJob
{
  gboolean       (*run)  (VliveLocalJob  *job,
                          VliveTxn       *txn,
                          GError        **error);
  /* On the thread that gave it. @error: NULL if it was done. */
  void           (*done) (VliveLocalJob  *job,
                          const GError   *error);
  /* Frees all of it, on that thread, behind @done. */
  void           (*free) (VliveLocalJob  *job);
  gpointer         owner;   /* for @done */
  /* Set by @run, which then fails: the file is not the one at the path any
   * more. Whoever has it gets it anew. */
  gboolean         moved;

  /*< private: filled by _vlive_local_file_run() >*/
  VliveLocalFile  *file;
  VliveLocalMode   mode;
  VliveStorage    *storage;
  GCancellable    *cancellable;
  GMainContext    *context;
  GError          *error;
  gboolean         ran;
};

/* @path as a person wrote it: it is shown in messages. */
VliveLocalFile *_vlive_local_file_get          (const char           *path);   /* transfer full */
VliveLocalFile *_vlive_local_file_ref          (VliveLocalFile       *self);
void            _vlive_local_file_unref        (VliveLocalFile       *self);
/* Nobody but the caller, and the job he is in, has it. */
gboolean        _vlive_local_file_is_last      (VliveLocalFile       *self);
/* Another file, or none, is in its place: it takes no more jobs. */
gboolean        _vlive_local_file_has_moved    (VliveLocalFile       *self);
const char     *_vlive_local_file_get_path     (VliveLocalFile       *self);
const char     *_vlive_local_file_get_shown    (VliveLocalFile       *self);
/* What is watched for changes; NULL while no job has found the file. */
VliveStorage   *_vlive_local_file_dup_storage  (VliveLocalFile       *self);   /* transfer full */
/* Takes @job. A write that was begun is never reported as cancelled. */
void            _vlive_local_file_run          (VliveLocalFile       *self,
                                                VliveLocalJob        *job,
                                                VliveLocalMode        mode,
                                                GCancellable         *cancellable);
/* "there is no table T in F; seed or import it first" */
void            _vlive_local_file_set_missing  (VliveLocalFile       *self,
                                                const char           *table,
                                                GError              **error);

/* What this process knows of the sequence of @table without waiting. */
gboolean        _vlive_local_file_peek         (VliveLocalFile       *self,
                                                const char           *table,
                                                guint64              *sequence);
/* From a read transaction: the sequence of @table in it. */
void            _vlive_local_file_note         (VliveLocalFile       *self,
                                                VliveTxn             *txn,
                                                const char           *table,
                                                guint64               sequence);
/* The layout of blocks that name @hash; NULL if the file does not have it. It
 * lives as long as the file. */
VliveLayout    *_vlive_local_file_get_layout   (VliveLocalFile       *self,
                                                VliveTxn             *txn,
                                                guint64               hash);
/* Stores @layout unless it is there. */
gboolean        _vlive_local_file_put_layout   (VliveLocalFile       *self,
                                                VliveTxn             *txn,
                                                VliveLayout          *layout,
                                                GError              **error);

/* Orders that were made from a snapshot and are not in the file yet. */
VliveLocalBuild *_vlive_local_file_find_build  (VliveLocalFile       *self,
                                                guint32               table,
                                                const guint8          hash[32]);  /* transfer full */
void            _vlive_local_file_add_build    (VliveLocalFile       *self,
                                                VliveLocalBuild      *build);
void            _vlive_local_file_drop_build   (VliveLocalFile       *self,
                                                VliveLocalBuild      *build);
/* When an order was used last, for which the file is not written each time. */
void            _vlive_local_file_touch_order  (VliveLocalFile       *self,
                                                guint32               order,
                                                gint64                now);
gint64          _vlive_local_file_get_touched  (VliveLocalFile       *self,
                                                guint32               order);
/* Plans for the orders that the writer follows: for writing jobs only. NULL if
 * it has none for @order. */
VliveQueryPlan *_vlive_local_file_get_plan     (VliveLocalFile       *self,
                                                guint32               order,
                                                VliveQuery          **query);
VliveQueryPlan *_vlive_local_file_add_plan     (VliveLocalFile       *self,
                                                guint32               order,
                                                VliveQuery           *query);

/* TRUE if the caller is to look for what may be swept: once for a file, and
 * with @again whenever nobody does so already. */
gboolean        _vlive_local_file_begin_sweep  (VliveLocalFile       *self,
                                                gboolean              again);
/* TRUE if the caller is to begin again. */
gboolean        _vlive_local_file_end_sweep    (VliveLocalFile       *self);

/* For tests: above so many rows an order is put into the file (1024), and so
 * many applied writes are remembered (100 000). */
extern guint    _vlive_local_order_threshold;
extern guint    _vlive_local_max_writes;
guint           _vlive_local_n_files           (void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VliveLocalFile, _vlive_local_file_unref)

G_END_DECLS
