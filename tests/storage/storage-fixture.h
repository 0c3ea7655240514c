/* storage-fixture.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "vlive-test.h"

#include "storage/vlive-storage-private.h"

G_BEGIN_DECLS

#define TEST_MAGIC   0x54534554u
#define TEST_VERSION 3

/* Databases "one" (0) and "two" (1). */
extern const VliveStorageOptions test_disposable;
extern const VliveStorageOptions test_durable;

#define SPAN(text) VLIVE_SPAN ((text), strlen (text))

/* Made synchronous: they turn the thread-default context. */
gboolean test_write       (VliveStorage *storage,
                           VliveTxnFunc  func,
                           gpointer      data,
                           GError      **error);
gboolean test_read        (VliveStorage *storage,
                           VliveTxnFunc  func,
                           gpointer      data,
                           GError      **error);
/* Must succeed. A value of NULL deletes. */
void     test_put         (VliveStorage *storage,
                           const char   *key,
                           const char   *value);
/* NULL if there is none; must succeed. Owned. */
char    *test_get         (VliveStorage *storage,
                           const char   *key);
void     test_assert_get  (VliveStorage *storage,
                           const char   *key,
                           const char   *value);
/* Waits until it is open, which must succeed. */
void     test_wait_open   (VliveStorage *storage);
/* Drops the reference and waits until it is closed. */
void     test_close       (VliveStorage *storage);
/* The error with which it does not open; then closes it. Owned. */
GError  *test_open_error  (const char                *path,
                           const VliveStorageOptions *options);

/* Keeps a thread of the storage busy: a job that waits at it until it is
 * opened. */
typedef struct
{
  GMutex   lock;
  GCond    cond;
  gboolean reached; /* the job is there */
  gboolean open;
} TestLatch;

gboolean test_latch_job   (VliveTxn     *txn,
                           gpointer      data,
                           GError      **error);
/* Waits, without turning the context, until the job is there. */
void     test_latch_wait  (TestLatch    *latch);
/* A writing job, and waits for it to be there. */
void     test_latch_close (TestLatch    *latch,
                           VliveStorage *storage,
                           GAsyncResult **result);
void     test_latch_open  (TestLatch    *latch);

/* A folder's file name. Owned. */
char    *test_dup_path    (const char *name);

/* The helper program; its standard streams are piped. */
GSubprocess *test_peer_spawn   (const char  *first_argument,
                                ...) G_GNUC_NULL_TERMINATED;
/* As above, with this before it in the command line. */
GSubprocess *test_peer_spawn_under (const char * const *wrapper,
                                    const char         *first_argument,
                                    ...) G_GNUC_NULL_TERMINATED;
/* One line of its standard output, without the line feed; NULL at its end. */
char        *test_peer_read_line (GSubprocess *peer);
/* A line to its standard input, and its answer. Owned. */
char        *test_peer_ask     (GSubprocess *peer,
                                const char  *format,
                                ...) G_GNUC_PRINTF (2, 3);
void         test_peer_assert  (GSubprocess *peer,
                                const char  *question,
                                const char  *answer);
/* kill -9, and waits for it. */
void         test_peer_kill    (GSubprocess *peer);
/* Closes its standard input, waits for it, and gives what is left of its
 * output and errors. */
void         test_peer_end     (GSubprocess *peer,
                                char       **output,
                                char       **errors);
/* As above: it must succeed and say nothing. */
void         test_peer_end_well (GSubprocess *peer);
gboolean     test_is_root      (void);

G_END_DECLS
