/* vlive-rest-master-private.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "base/vlive-worker-private.h"
#include "master/vlive-http-private.h"
#include "master/vlive-profile-private.h"
#include "master/vlive-rest-answer-private.h"
#include "master/vlive-rest-query-private.h"

G_BEGIN_DECLS

/* The whole set of a server that has no paging, kept for as long as the server
 * says that it did not change. */
typedef struct
{
  char       *key;      /* owned: of the query */
  char       *etag;     /* owned */
  GPtrArray  *records;  /* owned */
  char      **diagnostics; /* owned */
} VliveHeldSet;

struct _VliveRestMaster
{
  GObject             parent_instance;
  GMainContext       *context;      /* owned; the owner's */
  VliveProfile       *profile;      /* owned */
  VliveResourceHints *hints;        /* the profile's, nullable */
  char               *resource;     /* owned */
  GUri               *base;         /* owned: normalised, without userinfo */
  char               *account;      /* owned, nullable */
  char               *identity;     /* owned */
  GError             *broken;       /* owned, nullable: what is wrong with the resource */
  VliveDescription   *description;  /* owned */
  VliveHttp          *http;         /* owned */
  VliveWorker        *worker;       /* owned, nullable: parses large answers */
  VliveClock         *clock;        /* owned */
  VliveHeldSet       *held;         /* owned, nullable */
  guint               max_fetches;
  guint               connect_timeout;
  guint               timeout;
};

/* For tests. */
void      _vlive_rest_master_set_clock        (VliveRestMaster     *self,
                                               VliveClock          *clock);
void      _vlive_rest_master_set_max_body     (VliveRestMaster     *self,
                                               guint64              bytes);

/* NULL, and @task has returned why, if the master is of no use. */
gboolean  _vlive_rest_check_usable            (VliveRestMaster     *self,
                                               GTask               *task);
/* The path of the list, or NULL with an error. */
char     *_vlive_rest_dup_list_path           (VliveRestMaster     *self,
                                               gboolean             search,
                                               GError             **error);
const char *_vlive_rest_get_record_template   (VliveRestMaster     *self);
/* With the parameters and headers of the profile. @path is encoded. */
VliveHttpRequest *_vlive_rest_request_new     (VliveRestMaster     *self,
                                               const char          *method,
                                               const char          *path,
                                               GPtrArray           *params);
/* An answer to be parsed, knowing the profile and the columns so far. */
VliveRestAnswer *_vlive_rest_prepare_answer   (VliveRestMaster     *self,
                                               VliveHttpAnswer     *http,
                                               gboolean             single);
/* An error for a status that is no success: of a read, or of a write. */
GError   *_vlive_rest_read_error_new          (VliveRestMaster     *self,
                                               VliveHttpAnswer     *http,
                                               const char          *id);
GError   *_vlive_rest_write_error_new         (VliveRestMaster     *self,
                                               VliveHttpAnswer     *http,
                                               VliveWriteOp         op,
                                               const char          *id);
/* Takes over what has been seen. */
void      _vlive_rest_learn_schema            (VliveRestMaster     *self,
                                               VliveRestAnswer     *answer);
void      _vlive_rest_learn_max_page          (VliveRestMaster     *self,
                                               guint                max_page);
/* (transfer full) @description; notifies. */
void      _vlive_rest_set_description         (VliveRestMaster     *self,
                                               VliveDescription    *description);
void      _vlive_held_set_free                (VliveHeldSet        *self);

/* A window as vlive_master_fetch_window_async(), tagged by itself. */
void      _vlive_rest_window_async            (VliveRestMaster     *self,
                                               VliveQuery          *query,
                                               guint64              offset,
                                               guint                limit,
                                               const char          *validator,
                                               GCancellable        *cancellable,
                                               GAsyncReadyCallback  callback,
                                               gpointer             user_data);
VlivePage *_vlive_rest_window_finish          (VliveRestMaster     *self,
                                               GAsyncResult        *result,
                                               GError             **error);
void      _vlive_rest_record_async            (VliveRestMaster     *self,
                                               const char          *id,
                                               GCancellable        *cancellable,
                                               GAsyncReadyCallback  callback,
                                               gpointer             user_data);
VliveRecord *_vlive_rest_record_finish        (VliveRestMaster     *self,
                                               GAsyncResult        *result,
                                               GError             **error);
void      _vlive_rest_apply_async             (VliveRestMaster     *self,
                                               VliveWrite          *write,
                                               GCancellable        *cancellable,
                                               GAsyncReadyCallback  callback,
                                               gpointer             user_data);
VliveReply *_vlive_rest_apply_finish          (VliveRestMaster     *self,
                                               GAsyncResult        *result,
                                               GError             **error);

G_END_DECLS
