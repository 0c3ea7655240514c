/* vlive-env-private.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <lmdb.h>

#include "storage/vlive-gate-private.h"
#include "storage/vlive-heads-private.h"
#include "storage/vlive-located-private.h"
#include "storage/vlive-pages-private.h"

G_BEGIN_DECLS

/* Only the files of this folder see it: nothing of LMDB leaves it. */
typedef struct _VliveEnv VliveEnv;

/* Beside LMDB's own codes and errno, which it passes on. */
enum
{
  VLIVE_RC_REPLACED    = -1, /* others began the file anew */
  VLIVE_RC_AGAIN       = -2, /* a job failed after it had written */
  VLIVE_RC_WOULD_BLOCK = -3,
  VLIVE_RC_NO_MAP      = -4, /* the address space has no room to grow in */
};

/* The record in the tree of trees that says whose file this is. */
#define VLIVE_FORMAT_KEY    "vlive-format"
#define VLIVE_MAIN_DATABASE 1 /* how LMDB numbers the tree of trees */

struct _VliveEnv
{
  char               *path;        /* owned, canonical */
  VliveStorageOptions options;     /* databases: owned copy */
  guint               n_databases;
  VliveGate          *gate;        /* owned; NULL until prepared */
  GError             *failure;     /* owned; why it is not open. Writer's, but
                                    * behind @lock once it was open */
  gboolean            marked_used; /* the writer's */
  guint               n_commits;   /* the writer's */

  /* Held for reading while a transaction lives, for writing while what
   * follows is replaced. The owner's thread only tries it. */
  GRWLock             lock;
  MDB_env            *env;         /* owned; NULL: not open */
  MDB_dbi            *databases;   /* owned */
  MDB_txn            *reader;      /* owned; the reader thread's, dormant between jobs */
  MDB_txn            *inliner;     /* owned; as above, behind @inline_lock */
  int                 lock_fd;     /* owned; closed after @env, or its locks would go */
  const guint8       *map;         /* where LMDB mapped the file */
  guint64             generation;  /* of the gate when it was opened */
  guint               incarnation; /* how often it was opened here */

  GMutex              inline_lock;
  VliveResident       resident;    /* behind it */
  VliveHeads         *heads;       /* atomic; owned; NULL until it was open */
  guint64             last_change; /* atomic; what was last seen of them */
  GPtrArray          *old_heads;   /* owned; somebody may still be reading them */
  VliveLocated        located;
};

typedef enum
{
  VLIVE_JOB_WAITING,
  VLIVE_JOB_DONE,
  VLIVE_JOB_FAILED, /* and @error says why */
} VliveJobState;

typedef struct
{
  VliveTxnFunc  func;
  gpointer      data;
  VliveJobState state;
  GError       *error; /* owned */
} VliveJob;

/* vlive-env.c */
VliveEnv *_vlive_env_new         (const char                *path,
                                  const VliveStorageOptions *options);
void      _vlive_env_free        (VliveEnv                  *self);
/* Makes the folder and the gate. */
gboolean  _vlive_env_prepare     (VliveEnv                  *self,
                                  GError                   **error);
gboolean  _vlive_env_open        (VliveEnv                  *self,
                                  GError                   **error);
void      _vlive_env_close       (VliveEnv                  *self);
/* Opens it again, unless that was done since @incarnation; with a @fault, the
 * file is thrown away first. Without the lock. FALSE: it is not open. */
gboolean  _vlive_env_reopen      (VliveEnv                  *self,
                                  guint                      incarnation,
                                  const char                *fault);

/* vlive-env-start.c */
int       _vlive_env_start       (VliveEnv                  *self,
                                  GError                   **error);
void      _vlive_env_stop        (VliveEnv                  *self);

/* vlive-env-map.c */
gsize     _vlive_env_choose_map_size (VliveEnv              *self,
                                      gsize                  limit);
/* With the lock held for writing. 0 or an error. */
int       _vlive_env_grow        (VliveEnv                  *self);
int       _vlive_env_fit         (VliveEnv                  *self);
int       _vlive_env_find_map    (VliveEnv                  *self);

/* vlive-env-run.c */
int       _vlive_env_begin_read  (VliveEnv                  *self,
                                  MDB_txn                   *txn,
                                  guint                      tries);
gboolean  _vlive_env_read        (VliveEnv                  *self,
                                  VliveTxnFunc               func,
                                  gpointer                   data,
                                  GError                   **error);
gboolean  _vlive_env_read_inline (VliveEnv                  *self,
                                  VliveTxnFunc               func,
                                  gpointer                   data,
                                  GError                   **error);
guint64   _vlive_env_get_change  (VliveEnv                  *self);
/* Puts right what @rc says, so that it may be tried again. */
gboolean  _vlive_env_mend        (VliveEnv                  *self,
                                  int                        rc,
                                  guint                      incarnation);

/* vlive-env-write.c */
/* All in one commit, but for those that fail. Every job ends DONE or FAILED. */
void      _vlive_env_write       (VliveEnv                  *self,
                                  VliveJob                 **jobs,
                                  guint                      n_jobs);

/* vlive-env-error.c */
gboolean  _vlive_env_is_damage   (int                        rc);
gboolean  _vlive_env_is_full     (int                        rc);
/* The reason behind @rc, if it can be told. */
int       _vlive_env_explain     (VliveEnv                  *self,
                                  int                        rc);
void      _vlive_env_set_error   (VliveEnv                  *self,
                                  int                        rc,
                                  GError                   **error);
void      _vlive_env_set_fault   (VliveEnv                  *self,
                                  const char                *fault,
                                  GError                   **error);

G_END_DECLS
