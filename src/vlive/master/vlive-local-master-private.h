/* vlive-local-master-private.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "master/vlive-local-jobs-private.h"
#include "master/vlive-local-master.h"

G_BEGIN_DECLS

/* Before its first call. */
void            _vlive_local_master_set_clock     (VliveLocalMaster *self,
                                                   VliveClock       *clock);
/* Of the errors that "error-rate" makes. */
void            _vlive_local_master_set_seed      (VliveLocalMaster *self,
                                                   guint32           seed);
VliveLocalFile *_vlive_local_master_get_file      (VliveLocalMaster *self);
VliveClock     *_vlive_local_master_get_clock     (VliveLocalMaster *self);
const char     *_vlive_local_master_get_table     (VliveLocalMaster *self);
/* Takes over what a job learned. */
void            _vlive_local_master_learn         (VliveLocalMaster *self,
                                                   VliveLocalNews   *news);
guint32         _vlive_local_master_get_schema_version (VliveLocalMaster *self);
guint           _vlive_local_master_get_latency   (VliveLocalMaster *self);
/* What is played instead of an answer: sets @error, or not. */
void            _vlive_local_master_play_failure  (VliveLocalMaster *self,
                                                   GError          **error);

/*
 * The slow network that may be played: half of the latency passes before
 * @start is called, which may be never: offline, a made error, cancelled. The
 * other half passes in _end(), which returns @result or @error and drops the
 * task. Both take @task.
 */
typedef void  (*VliveLocalStart)                  (VliveLocalMaster *self,
                                                   GTask            *task);
void            _vlive_local_master_begin         (VliveLocalMaster *self,
                                                   GTask            *task,
                                                   VliveLocalStart   start);
void            _vlive_local_master_end           (GTask            *task,
                                                   gpointer          result,
                                                   GDestroyNotify    destroy,
                                                   GError           *error);

/* A task of ours, to be begun, whose job can be run by _run_job(). It takes
 * @job (nullable). */
GTask          *_vlive_local_call_new             (VliveLocalMaster    *self,
                                                   VliveLocalJob       *job,
                                                   VliveLocalMode       mode,
                                                   gpointer             tag,
                                                   GCancellable        *cancellable,
                                                   GAsyncReadyCallback  callback,
                                                   gpointer             user_data);
VliveLocalJob  *_vlive_local_call_get_job         (GTask               *task);
/* Its owner becomes @task. */
void            _vlive_local_call_run_job         (VliveLocalMaster    *self,
                                                   GTask               *task);

G_END_DECLS
