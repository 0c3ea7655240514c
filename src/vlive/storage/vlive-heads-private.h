/* vlive-heads-private.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "storage/vlive-pages-private.h"
#include "storage/vlive-pin-private.h"

G_BEGIN_DECLS

/*
 * What any thread may look at while a file is open: its two heads, and the word
 * in LMDB's table of readers that says which commit they are to see. (The
 * newest head may be one ahead of it, for a moment, or until the next commit
 * if its writer was killed.)
 */
typedef struct
{
  VlivePin       file;        /* the start of the file */
  VlivePin       table;       /* the start of the lock file */
  gboolean       is_verified; /* that word is where we think it is */
  gsize          page_size;
  guint64        generation;  /* of the gate when it was opened */
  guint64        base;        /* added to transaction numbers, so that they never fall */
} VliveHeads;

/* NULL if they cannot be mapped. @before: those of the file that was open
 * before, or NULL. */
VliveHeads *_vlive_heads_new         (int         file_fd,
                                      int         table_fd,
                                      gsize       page_size,
                                      VliveHeads *before);
void        _vlive_heads_free        (VliveHeads *self);
/* FALSE unless the word says the same, which a reading transaction has just
 * been told by LMDB. */
gboolean    _vlive_heads_verify      (VliveHeads *self,
                                      guint64     txn);
/* Which commit is read now: LMDB's number. */
guint64     _vlive_heads_get_txn     (VliveHeads *self);
gboolean    _vlive_heads_is_resident (VliveHeads *self);

G_END_DECLS
