/* vlive-gate-private.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>
#include <sys/stat.h>

G_BEGIN_DECLS

/*
 * PATH-wake, the file beside a storage in which its processes meet. It holds
 * - the 8 bytes whose writing wakes those who watch it,
 * - a generation, raised when the storage was thrown away and begun anew while
 *   others had it open: each opens it again before its next transaction,
 * - how the storage was left: by which boot, and how its file looked when the
 *   last process closed it cleanly.
 *
 * Two bytes of it are locked (open file description locks, which end with
 * their process): the turn, held while somebody opens, closes or replaces the
 * storage, and the users, shared by all who have it open. Everything here but
 * the two getters may block, and belongs on a storage's own threads.
 */
typedef struct _VliveGate VliveGate;

typedef enum
{
  VLIVE_TRUST_UNKNOWN,    /* nothing is known: the gate is new */
  VLIVE_TRUST_CLEAN,      /* closed cleanly, and untouched since */
  VLIVE_TRUST_TOUCHED,    /* closed cleanly, but not what it was then */
  VLIVE_TRUST_SAME_BOOT,  /* not closed, by a process of this boot */
  VLIVE_TRUST_OTHER_BOOT, /* not closed, and the machine has restarted */
} VliveTrust;

VliveGate  *_vlive_gate_new             (const char        *data_path,
                                         GError           **error);
/* Closes it; whatever locks it holds go. */
void        _vlive_gate_free            (VliveGate         *self);

/* Waits for the turn. */
gboolean    _vlive_gate_take_turn       (VliveGate         *self,
                                         GError           **error);
void        _vlive_gate_end_turn        (VliveGate         *self);
/* In our turn: becomes a user, and says whether there is no other. */
gboolean    _vlive_gate_enter           (VliveGate         *self,
                                         gboolean          *alone,
                                         GError           **error);
/* In our turn: is no longer a user. */
void        _vlive_gate_leave           (VliveGate         *self);
/* In our turn, by a user: is there no other? */
gboolean    _vlive_gate_is_alone        (VliveGate         *self);

/* In our turn. @info is that of the storage's file. */
VliveTrust  _vlive_gate_get_trust       (VliveGate         *self,
                                         const struct stat *info);
/* Before the first unsynced change: synced. Does nothing if it is so marked. */
gboolean    _vlive_gate_mark_used       (VliveGate         *self,
                                         GError           **error);
gboolean    _vlive_gate_is_marked_used  (VliveGate         *self);
/* In our turn and alone. */
void        _vlive_gate_mark_clean      (VliveGate         *self,
                                         const struct stat *info);
gboolean    _vlive_gate_raise_generation (VliveGate        *self,
                                         GError           **error);
void        _vlive_gate_wake            (VliveGate         *self,
                                         guint64            change);

/* A word of shared memory. */
guint64     _vlive_gate_get_generation  (VliveGate         *self);
gboolean    _vlive_gate_is_resident     (VliveGate         *self);
/* An inotify descriptor that becomes readable when it is written to; -1 if
 * there is none to be had. */
int         _vlive_gate_new_inotify     (VliveGate         *self);
/* What names the gate in this process. */
void        _vlive_gate_get_inode       (VliveGate         *self,
                                         guint64           *device,
                                         guint64           *inode);

G_END_DECLS
