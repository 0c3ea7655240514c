/* vlive-storage-private.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "base/vlive-types.h"

G_BEGIN_DECLS

/*
 * The one place that knows LMDB. A storage is one environment: one per path
 * and process, kept in a registry, with one writer thread, where write
 * transactions live and die, and one reader thread. Nothing here waits on the
 * caller's thread: opening is the writer thread's first job, and jobs given
 * before it is open wait there.
 *
 * No transaction, span or cursor survives the function it was given to.
 */
typedef struct _VliveStorage VliveStorage;
typedef struct _VliveTxn     VliveTxn;
typedef struct _VliveCursor  VliveCursor;

/* Borrowed bytes; those of a transaction die with it. data NULL: nothing. */
typedef struct
{
  const guint8 *data;
  gsize         size;
} VliveSpan;

#define VLIVE_SPAN(d, n)    ((VliveSpan) { (const guint8 *) (d), (n) })
#define VLIVE_SPAN_BYTES(b) \
  ((VliveSpan) { g_bytes_get_data ((b), NULL), g_bytes_get_size (b) })

typedef enum
{
  /* Commits are not synced: a cache. What is corrupt, foreign, of another
   * format, or left by a boot that did not close it cleanly, is thrown away
   * with one warning, and opening goes on with an empty file. */
  VLIVE_STORAGE_DISPOSABLE,
  /* Every commit is synced (waiting jobs share one commit and one sync): a
   * database. What is corrupt or foreign is refused with words that say what
   * to do. */
  VLIVE_STORAGE_DURABLE,
} VliveStorageKind;

typedef struct
{
  VliveStorageKind    kind;
  guint32             magic;      /* what sort of file: "VLCA", "VLDB" */
  guint32             version;    /* its format; another one is foreign */
  const char * const *databases;  /* NULL-terminated names; a database is used by its index here */
  gboolean            must_exist; /* refuse to create it */
  gsize               map_size;   /* of the first map; 0: as large as may be. For tests */
} VliveStorageOptions;

/* @path is a file (MDB_NOSUBDIR); folders are made 0700, files 0600. Beside it
 * stand PATH-lock and PATH-wake. The same path must be opened with equal
 * options.
 *
 * What keeps it from being opened is told to every job:
 * - VLIVE_ERROR_NOT_FOUND: must_exist, and it does not;
 * - VLIVE_ERROR_UNSUPPORTED: it cannot work here, whatever is done to the file:
 *   a network file system, or a program with our process number in another PID
 *   namespace has it open;
 * - VLIVE_ERROR_CORRUPT: DURABLE only: damaged, foreign, or of another format;
 * - VLIVE_ERROR_STORAGE: it may not be read or written, no space is left, or
 *   another version of us has it open (DISPOSABLE). */
VliveStorage *_vlive_storage_open      (const char                *path,
                                        const VliveStorageOptions *options);   /* transfer full */
VliveStorage *_vlive_storage_ref       (VliveStorage              *self);
/* The last one closes: cleanly, on the writer thread, when its jobs are done. */
void          _vlive_storage_unref     (VliveStorage              *self);
/* As unref, and @func runs on the caller's thread-default context, at priority
 * 100, when it is closed: at once if others have references. */
void          _vlive_storage_close     (VliveStorage              *self,
                                        GSourceOnceFunc            func,
                                        gpointer                   data);
const char   *_vlive_storage_get_path  (VliveStorage              *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VliveStorage, _vlive_storage_unref)

/*
 * A job. Runs on the reader or writer thread, or inline. It may be run again
 * from its start (the map grew, a neighbour in its group commit failed, a
 * damaged file was begun anew): it must set its results, not add to them. An
 * error it returns aborts what it wrote.
 */
typedef gboolean (*VliveTxnFunc) (VliveTxn  *txn,
                                  gpointer   data,
                                  GError   **error);

/* GTasks without a source object; they complete on the caller's thread-default
 * context, at priority 100. @data goes with the task and is freed by @destroy
 * on the caller's thread after the callback. */
void          _vlive_storage_read_async   (VliveStorage         *self,
                                           VliveTxnFunc          func,
                                           gpointer              data,
                                           GDestroyNotify        destroy,
                                           GCancellable         *cancellable,
                                           GAsyncReadyCallback   callback,
                                           gpointer              user_data);
/* A write that was begun is never reported as cancelled. */
void          _vlive_storage_write_async  (VliveStorage         *self,
                                           VliveTxnFunc          func,
                                           gpointer              data,
                                           GDestroyNotify        destroy,
                                           GCancellable         *cancellable,
                                           GAsyncReadyCallback   callback,
                                           gpointer              user_data);
/* For both. (transfer none) @data: what the job was given. */
gboolean      _vlive_storage_finish       (GAsyncResult         *result,
                                           gpointer             *data,
                                           GError              **error);
/* On the caller's thread, if that needs no waiting: the map's lock is free,
 * and every value asked for was located by this process before and is in
 * memory (mincore, asked within the last 4 ms). Only _vlive_txn_get() works in it. FALSE with
 * G_IO_ERROR_WOULD_BLOCK otherwise. */
gboolean      _vlive_storage_read_inline  (VliveStorage         *self,
                                           VliveTxnFunc          func,
                                           gpointer              data,
                                           GError              **error);
/* The transaction number of the last commit by any process, 0 if not open
 * yet: a word of shared memory, never waits. It rises, also when the file is
 * begun anew; numbers of two processes are not to be compared. */
guint64       _vlive_storage_get_change   (VliveStorage         *self);

/*
 * In a transaction. The first error sticks: later calls do nothing and say
 * "nothing there", and the transaction will not commit.
 */
gboolean      _vlive_txn_get           (VliveTxn   *txn,
                                        guint       database,
                                        VliveSpan   key,
                                        VliveSpan  *value);
void          _vlive_txn_put           (VliveTxn   *txn,
                                        guint       database,
                                        VliveSpan   key,
                                        VliveSpan   value);
/* Room for @size bytes, to be filled at once. NULL on error. */
guint8       *_vlive_txn_reserve       (VliveTxn   *txn,
                                        guint       database,
                                        VliveSpan   key,
                                        gsize       size);
/* TRUE if it was there. */
gboolean      _vlive_txn_delete        (VliveTxn   *txn,
                                        guint       database,
                                        VliveSpan   key);
guint64       _vlive_txn_count         (VliveTxn   *txn,
                                        guint       database);
/* All of a database. */
void          _vlive_txn_clear         (VliveTxn   *txn,
                                        guint       database);
gboolean      _vlive_txn_has_failed    (VliveTxn   *txn);
guint64       _vlive_txn_get_id        (VliveTxn   *txn);
/* FALSE if the file has been taken away, or another one stands in its place. */
gboolean      _vlive_txn_is_in_place   (VliveTxn   *txn);

/* Values with a checksum (zlib's CRC-32) and their own length before them. A
 * value that fails it is "not there"; one warning a storage is given, and
 * _vlive_txn_n_corrupt() counts them. The payload is 8-byte aligned within
 * the value, though not in memory. */
gboolean      _vlive_txn_get_sealed    (VliveTxn   *txn,
                                        guint       database,
                                        VliveSpan   key,
                                        VliveSpan  *payload);
void          _vlive_txn_put_sealed    (VliveTxn   *txn,
                                        guint       database,
                                        VliveSpan   key,
                                        VliveSpan   payload);
/* The same for who puts @payload himself, behind these bytes. */
#define VLIVE_SEAL_SIZE 8
void          _vlive_span_seal         (VliveSpan   payload,
                                        guint8      seal[VLIVE_SEAL_SIZE]);
gboolean      _vlive_span_unseal       (VliveSpan   value,
                                        VliveSpan  *payload);
/* The same without the checksum: for a value that never changes under its key,
 * and has been checked by this process before. */
gboolean      _vlive_span_open         (VliveSpan   value,
                                        VliveSpan  *payload);
guint         _vlive_txn_n_corrupt     (VliveTxn   *txn);

/* Cursors see what their own transaction wrote. Freed with the transaction at
 * the latest. The current entry stays valid until the next put or delete. A
 * cursor stands at an entry, before the first (where a new one stands) or
 * behind the last: moving on from there gives the first, moving back the last.
 * Whatever is put and deleted meanwhile, the next entry is the first with a key
 * above the current one. */
VliveCursor  *_vlive_cursor_new        (VliveTxn    *txn,
                                        guint        database);
void          _vlive_cursor_free       (VliveCursor *cursor);
/* The first entry with a key >= @key; NULL data: the first of all. */
gboolean      _vlive_cursor_seek       (VliveCursor *cursor,
                                        VliveSpan    key,
                                        VliveSpan   *found_key,
                                        VliveSpan   *value);
/* The last entry with a key < @key; NULL data: the last of all. */
gboolean      _vlive_cursor_seek_before (VliveCursor *cursor,
                                        VliveSpan    key,
                                        VliveSpan   *found_key,
                                        VliveSpan   *value);
gboolean      _vlive_cursor_next       (VliveCursor *cursor,
                                        VliveSpan   *key,
                                        VliveSpan   *value);
gboolean      _vlive_cursor_previous   (VliveCursor *cursor,
                                        VliveSpan   *key,
                                        VliveSpan   *value);
/* The current entry; afterwards _vlive_cursor_next() gives the one behind it. */
void          _vlive_cursor_delete     (VliveCursor *cursor);
/* Appends at the end of the database: @key must be above all keys there. */
void          _vlive_cursor_append     (VliveCursor *cursor,
                                        VliveSpan    key,
                                        VliveSpan    value);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VliveCursor, _vlive_cursor_free)

/* Bytes used (not the file's length), from mdb_stat of all databases. */
guint64       _vlive_txn_used_bytes    (VliveTxn   *txn);

/*
 * Wake-ups between processes: 8 bytes written to PATH-wake after a commit, and
 * watched with inotify, with a slow poll (1 s) of the transaction number as
 * the safety net. @func runs on the caller's thread-default context, at
 * priority 100, for commits of any process, this one included; many commits
 * may come to one call. Unwatch on the same thread; what is still watched goes
 * with the storage.
 */
guint         _vlive_storage_watch     (VliveStorage   *self,
                                        GSourceOnceFunc func,
                                        gpointer        data);
void          _vlive_storage_unwatch   (VliveStorage   *self,
                                        guint           watch);

/* For tests: nothing is in the registry. */
guint         _vlive_storage_n_open    (void);

G_END_DECLS
