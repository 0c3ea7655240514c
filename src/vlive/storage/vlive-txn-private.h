/* vlive-txn-private.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "storage/vlive-env-private.h"

G_BEGIN_DECLS

/* Lives on the stack of who runs a job. */
struct _VliveTxn
{
  VliveEnv             *env;
  MDB_txn              *txn;       /* NULL: inline */
  const VlivePagesView *view;      /* inline only */
  gboolean              writable;
  guint64               id;
  int                   rc;        /* the first error */
  guint                 n_changes;
  guint                 n_corrupt;
  VliveCursor          *cursors;   /* those not yet freed */
};

struct _VliveCursor
{
  VliveTxn    *txn;
  VliveCursor *next;      /* in its transaction's list */
  MDB_cursor  *cursor;    /* owned */
  guint        database;
  guint        n_changes; /* of the transaction when it was placed */
  int          place;     /* see vlive-cursor.c */
  gsize        key_size;
  guint8       key[512];  /* where it stands, kept in write transactions */
};

/* Frees the cursors the job left. */
void _vlive_txn_end (VliveTxn *txn);

G_END_DECLS
