/* vlive-local-master.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "master/vlive-master.h"

G_BEGIN_DECLS

/* A table in a file of ours, playing the remote database. */
#define VLIVE_TYPE_LOCAL_MASTER (vlive_local_master_get_type ())

VLIVE_AVAILABLE_IN_0_1
G_DECLARE_FINAL_TYPE (VliveLocalMaster, vlive_local_master, VLIVE, LOCAL_MASTER, GObject)

/* The file and the table are made when first written to. Properties: "path",
 * "table", and to play a slow network: "latency" (ms), "error-rate" (0…1),
 * "offline". */
VLIVE_AVAILABLE_IN_0_1
VliveLocalMaster *vlive_local_master_new           (const char           *path,
                                                    const char           *table) G_GNUC_WARN_UNUSED_RESULT;
VLIVE_AVAILABLE_IN_0_1
const char       *vlive_local_master_get_path      (VliveLocalMaster     *self);
VLIVE_AVAILABLE_IN_0_1
void              vlive_local_master_set_latency   (VliveLocalMaster     *self,
                                                    guint                 milliseconds);
VLIVE_AVAILABLE_IN_0_1
void              vlive_local_master_set_error_rate (VliveLocalMaster    *self,
                                                    double                rate);
VLIVE_AVAILABLE_IN_0_1
void              vlive_local_master_set_offline   (VliveLocalMaster     *self,
                                                    gboolean              offline);

/* The names of the tables of the file at @path, sorted. */
VLIVE_AVAILABLE_IN_0_1
void              vlive_local_master_list_tables_async  (const char           *path,
                                                         GCancellable         *cancellable,
                                                         GAsyncReadyCallback   callback,
                                                         gpointer              user_data);
VLIVE_AVAILABLE_IN_0_1
char            **vlive_local_master_list_tables_finish (GAsyncResult         *result,
                                                         GError              **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * VliveImportFormat:
 * @VLIVE_IMPORT_CSV: RFC 4180, with a line of headers
 * @VLIVE_IMPORT_JSON: an array of objects
 *
 * What an import reads.
 */
typedef enum
{
  VLIVE_IMPORT_CSV,
  VLIVE_IMPORT_JSON,
} VliveImportFormat;

/**
 * VliveProgressFunc:
 * @bytes: how many bytes have been read
 * @total_bytes: of how many; 0 if that is not known
 * @rows: how many rows there are so far
 * @user_data: user data
 *
 * Tells how far an import is, a few times a second, on the master's thread.
 *
 * Since: 0.1
 */
typedef void    (*VliveProgressFunc)                    (guint64               bytes,
                                                         guint64               total_bytes,
                                                         guint64               rows,
                                                         gpointer              user_data);

/* All or nothing, in bounded memory. @replace: what was there goes. */
VLIVE_AVAILABLE_IN_0_1
void              vlive_local_master_import_async       (VliveLocalMaster     *self,
                                                         GFile                *file,
                                                         VliveImportFormat     format,
                                                         gboolean              replace,
                                                         VliveProgressFunc     progress,
                                                         gpointer              progress_data,
                                                         GDestroyNotify        progress_destroy,
                                                         GCancellable         *cancellable,
                                                         GAsyncReadyCallback   callback,
                                                         gpointer              user_data);
/* The number of rows imported, or -1. */
VLIVE_AVAILABLE_IN_0_1
gint64            vlive_local_master_import_finish      (VliveLocalMaster     *self,
                                                         GAsyncResult         *result,
                                                         GError              **error);
/* CSV or JSON by @format; written to a temporary file and renamed. */
VLIVE_AVAILABLE_IN_0_1
void              vlive_local_master_export_async       (VliveLocalMaster     *self,
                                                         GFile                *file,
                                                         VliveImportFormat     format,
                                                         VliveProgressFunc     progress,
                                                         gpointer              progress_data,
                                                         GDestroyNotify        progress_destroy,
                                                         GCancellable         *cancellable,
                                                         GAsyncReadyCallback   callback,
                                                         gpointer              user_data);
VLIVE_AVAILABLE_IN_0_1
gint64            vlive_local_master_export_finish      (VliveLocalMaster     *self,
                                                         GAsyncResult         *result,
                                                         GError              **error);
/* Replaces the table by exactly @records, in one commit. For seeds. */
VLIVE_AVAILABLE_IN_0_1
void              vlive_local_master_replace_all_async  (VliveLocalMaster     *self,
                                                         VliveRecord * const  *records,
                                                         gsize                 n_records,
                                                         GCancellable         *cancellable,
                                                         GAsyncReadyCallback   callback,
                                                         gpointer              user_data);
VLIVE_AVAILABLE_IN_0_1
gboolean          vlive_local_master_replace_all_finish (VliveLocalMaster     *self,
                                                         GAsyncResult         *result,
                                                         GError              **error);

G_END_DECLS
