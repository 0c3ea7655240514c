/* vlive-master.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "master/vlive-description.h"
#include "record/vlive-page.h"
#include "record/vlive-write.h"
#include "stream/vlive-live-stream.h"

G_BEGIN_DECLS

/*
 * What a master answers to a write: the id (the master's, for an insert), the
 * whole record as the master has it (NULL after a delete, or if the master did
 * not say), and its version (0: none).
 */
#define VLIVE_TYPE_REPLY (vlive_reply_get_type ())

VLIVE_AVAILABLE_IN_0_1
GType        vlive_reply_get_type    (void) G_GNUC_CONST;
VLIVE_AVAILABLE_IN_0_1
VliveReply  *vlive_reply_new         (const char  *id,
                                      VliveRecord *record,
                                      guint64      version) G_GNUC_WARN_UNUSED_RESULT;
VLIVE_AVAILABLE_IN_0_1
VliveReply  *vlive_reply_ref         (VliveReply  *self);
VLIVE_AVAILABLE_IN_0_1
void         vlive_reply_unref       (VliveReply  *self);
VLIVE_AVAILABLE_IN_0_1
const char  *vlive_reply_get_id      (VliveReply  *self);
VLIVE_AVAILABLE_IN_0_1
VliveRecord *vlive_reply_get_record  (VliveReply  *self);
VLIVE_AVAILABLE_IN_0_1
guint64      vlive_reply_get_version (VliveReply  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VliveReply, vlive_reply_unref)

/*
 * The table that owns the truth. Belongs to the thread that made it. Every
 * call is asynchronous, ends (timeouts), and fails with VLIVE_ERROR codes and
 * words a person can read, which never hold credentials.
 *
 * Implementations override the property "description" and notify it. A clause
 * or an operation that the description does not advertise is refused before
 * the implementation is called; count, fetch_records, peek_sequence, apply and
 * create_stream may be left out (NULL).
 */
#define VLIVE_TYPE_MASTER (vlive_master_get_type ())

VLIVE_AVAILABLE_IN_0_1
G_DECLARE_INTERFACE (VliveMaster, vlive_master, VLIVE, MASTER, GObject)

struct _VliveMasterInterface
{
  GTypeInterface parent_iface;

  const char       *(*get_identity)         (VliveMaster          *self);
  const char       *(*get_name)             (VliveMaster          *self);
  VliveDescription *(*get_description)      (VliveMaster          *self);
  gboolean          (*peek_sequence)        (VliveMaster          *self,
                                             guint64              *sequence);

  void              (*describe_async)       (VliveMaster          *self,
                                             GCancellable         *cancellable,
                                             GAsyncReadyCallback   callback,
                                             gpointer              user_data);
  VliveDescription *(*describe_finish)      (VliveMaster          *self,
                                             GAsyncResult         *result,
                                             GError              **error);
  void              (*fetch_window_async)   (VliveMaster          *self,
                                             VliveQuery           *query,
                                             guint64               offset,
                                             guint                 limit,
                                             const char           *validator,
                                             GCancellable         *cancellable,
                                             GAsyncReadyCallback   callback,
                                             gpointer              user_data);
  VlivePage        *(*fetch_window_finish)  (VliveMaster          *self,
                                             GAsyncResult         *result,
                                             GError              **error);
  void              (*fetch_record_async)   (VliveMaster          *self,
                                             const char           *id,
                                             GCancellable         *cancellable,
                                             GAsyncReadyCallback   callback,
                                             gpointer              user_data);
  VliveRecord      *(*fetch_record_finish)  (VliveMaster          *self,
                                             GAsyncResult         *result,
                                             GError              **error);
  void              (*fetch_records_async)  (VliveMaster          *self,
                                             const char * const   *ids,
                                             GCancellable         *cancellable,
                                             GAsyncReadyCallback   callback,
                                             gpointer              user_data);
  GPtrArray        *(*fetch_records_finish) (VliveMaster          *self,
                                             GAsyncResult         *result,
                                             GError              **error);
  void              (*count_async)          (VliveMaster          *self,
                                             VliveQuery           *query,
                                             GCancellable         *cancellable,
                                             GAsyncReadyCallback   callback,
                                             gpointer              user_data);
  VliveTotalKind    (*count_finish)         (VliveMaster          *self,
                                             GAsyncResult         *result,
                                             guint64              *total,
                                             GError              **error);
  void              (*apply_async)          (VliveMaster          *self,
                                             VliveWrite           *write,
                                             GCancellable         *cancellable,
                                             GAsyncReadyCallback   callback,
                                             gpointer              user_data);
  VliveReply       *(*apply_finish)         (VliveMaster          *self,
                                             GAsyncResult         *result,
                                             GError              **error);
  VliveLiveStream  *(*create_stream)        (VliveMaster          *self);

  /*< private >*/
  gpointer padding[6];
};

/* Names the master for cache and outbox: base URL and account without
 * secrets, or the local file's own UUID, and the table. NULL while it is not
 * known (a local file that has not been opened): describe first. */
VLIVE_AVAILABLE_IN_0_1
const char       *vlive_master_get_identity        (VliveMaster          *self);
/* The table, for a person. */
VLIVE_AVAILABLE_IN_0_1
const char       *vlive_master_get_name            (VliveMaster          *self);
/* The newest one; NULL before the first answer. Notified as "description". */
VLIVE_AVAILABLE_IN_0_1
VliveDescription *vlive_master_get_description     (VliveMaster          *self);
/* A number that grows with every change at the master, for masters that can
 * tell without waiting (the local one). */
VLIVE_AVAILABLE_IN_0_1
gboolean          vlive_master_peek_sequence       (VliveMaster          *self,
                                                    guint64              *sequence);
VLIVE_AVAILABLE_IN_0_1
void              vlive_master_describe_async      (VliveMaster          *self,
                                                    GCancellable         *cancellable,
                                                    GAsyncReadyCallback   callback,
                                                    gpointer              user_data);
VLIVE_AVAILABLE_IN_0_1
VliveDescription *vlive_master_describe_finish     (VliveMaster          *self,
                                                    GAsyncResult         *result,
                                                    GError              **error) G_GNUC_WARN_UNUSED_RESULT;
/* @limit 0: everything (@offset must be 0). With a @validator the answer may
 * be a page that is "not modified". */
VLIVE_AVAILABLE_IN_0_1
void              vlive_master_fetch_window_async  (VliveMaster          *self,
                                                    VliveQuery           *query,
                                                    guint64               offset,
                                                    guint                 limit,
                                                    const char           *validator,
                                                    GCancellable         *cancellable,
                                                    GAsyncReadyCallback   callback,
                                                    gpointer              user_data);
VLIVE_AVAILABLE_IN_0_1
VlivePage        *vlive_master_fetch_window_finish (VliveMaster          *self,
                                                    GAsyncResult         *result,
                                                    GError              **error) G_GNUC_WARN_UNUSED_RESULT;
/* VLIVE_ERROR_NOT_FOUND if the master says that there is none. */
VLIVE_AVAILABLE_IN_0_1
void              vlive_master_fetch_record_async  (VliveMaster          *self,
                                                    const char           *id,
                                                    GCancellable         *cancellable,
                                                    GAsyncReadyCallback   callback,
                                                    gpointer              user_data);
VLIVE_AVAILABLE_IN_0_1
VliveRecord      *vlive_master_fetch_record_finish (VliveMaster          *self,
                                                    GAsyncResult         *result,
                                                    GError              **error) G_GNUC_WARN_UNUSED_RESULT;
/* Those that exist, in any order. Without an implementation: one by one. */
VLIVE_AVAILABLE_IN_0_1
void              vlive_master_fetch_records_async (VliveMaster          *self,
                                                    const char * const   *ids,
                                                    GCancellable         *cancellable,
                                                    GAsyncReadyCallback   callback,
                                                    gpointer              user_data);
VLIVE_AVAILABLE_IN_0_1
GPtrArray        *vlive_master_fetch_records_finish (VliveMaster         *self,
                                                    GAsyncResult         *result,
                                                    GError              **error) G_GNUC_WARN_UNUSED_RESULT;
VLIVE_AVAILABLE_IN_0_1
void              vlive_master_count_async         (VliveMaster          *self,
                                                    VliveQuery           *query,
                                                    GCancellable         *cancellable,
                                                    GAsyncReadyCallback   callback,
                                                    gpointer              user_data);
VLIVE_AVAILABLE_IN_0_1
VliveTotalKind    vlive_master_count_finish        (VliveMaster          *self,
                                                    GAsyncResult         *result,
                                                    guint64              *total,
                                                    GError              **error);
/* VLIVE_ERROR_REJECTED, _CONFLICT, _NOT_FOUND: the master's no. Any offline
 * error before it was sent; VLIVE_ERROR_UNKNOWN_OUTCOME after. */
VLIVE_AVAILABLE_IN_0_1
void              vlive_master_apply_async         (VliveMaster          *self,
                                                    VliveWrite           *write,
                                                    GCancellable         *cancellable,
                                                    GAsyncReadyCallback   callback,
                                                    gpointer              user_data);
VLIVE_AVAILABLE_IN_0_1
VliveReply       *vlive_master_apply_finish        (VliveMaster          *self,
                                                    GAsyncResult         *result,
                                                    GError              **error) G_GNUC_WARN_UNUSED_RESULT;
/* The changes at the master; NULL if it tells of none (VLIVE_CAN_SUBSCRIBE). */
VLIVE_AVAILABLE_IN_0_1
VliveLiveStream  *vlive_master_create_stream       (VliveMaster          *self) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
