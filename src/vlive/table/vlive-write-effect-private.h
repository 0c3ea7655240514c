/* vlive-write-effect-private.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "table/vlive-store-private.h"

G_BEGIN_DECLS

/*
 * What an acknowledged write does to the cache, and to those who look at the
 * store.
 */
typedef struct _VliveWriteEffect VliveWriteEffect;

typedef void (*VliveWriteEffectFunc) (VliveWriteEffect *self,
                                      gpointer          data);

struct _VliveWriteEffect
{
  char                *id;          /* owned; NULL: not known, or all */
  VliveRecord         *record;      /* owned, nullable: as it now is */
  char                *temporary;   /* owned, nullable: under which it is shown so far */
  gboolean             event_seen;  /* an event for it came meanwhile (rule 13) */
  gboolean             doubtful;    /* whether it was applied is not known */
  gboolean             read_again;  /* the answer did not say all */

  /* While it runs. */
  VliveStore          *store;       /* owned */
  VliveWrite          *write;       /* owned */
  VliveStoreChange     change;
  GPtrArray           *fields;      /* owned, nullable, ends with NULL */
  VliveWriteEffectFunc func;
  gpointer             data;
};

/* @self lives until @func is called. @reply is NULL if its answer never came. */
void _vlive_write_effect_apply (VliveWriteEffect     *self,
                                VliveStore           *store,
                                VliveWrite           *write,
                                VliveReply           *reply,
                                VliveWriteEffectFunc  func,
                                gpointer              data);
void _vlive_write_effect_clear (VliveWriteEffect     *self);

G_END_DECLS
