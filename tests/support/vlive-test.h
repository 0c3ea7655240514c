/* vlive-test.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "vlive.h"

#include <string.h>

#include "base/vlive-census-private.h"
#include "base/vlive-clock-private.h"
#include "base/vlive-log-private.h"
#include "base/vlive-meter-private.h"
#include "base/vlive-worker-private.h"

G_BEGIN_DECLS

/* Before g_test_add: g_test_init(), and a log writer that makes every warning
 * and critical fatal, but for those announced by vlive_test_expect(). Sets
 * XDG_* to folders below a temporary one that goes at exit. */
void        vlive_test_init            (int *argc, char ***argv);
/* g_test_run(), then removes the temporary folder. */
int         vlive_test_run             (void);

/* A folder of this test's own, below the temporary one. Owned. */
char       *vlive_test_dup_folder      (void);
void        vlive_test_remove_tree     (const char *path);

/* The next warning or critical whose text matches @pattern (glob) is not
 * fatal. vlive_test_assert_expected() fails unless all announced ones came. */
void        vlive_test_expect          (const char *pattern);
void        vlive_test_assert_expected (void);

/* Runs the thread-default main context until @condition; FALSE after 10 s
 * (60 s under sanitizers and valgrind). Assert on the result. */
gboolean    vlive_test_wait            (gboolean (*condition) (gpointer data),
                                        gpointer   data);
#define VLIVE_TEST_WAIT(condition)                                        \
  G_STMT_START {                                                          \
    gint64 _deadline = g_get_monotonic_time () + vlive_test_patience_us (); \
    while (!(condition) && g_get_monotonic_time () < _deadline)           \
      vlive_test_turn ();                                                 \
    g_assert_true (condition);                                            \
  } G_STMT_END
gint64      vlive_test_patience_us     (void);
/* One turn of the thread-default context, at most 10 ms long. */
void        vlive_test_turn            (void);
/* Turns for @ms, whatever happens. Only where nothing can be waited for. */
void        vlive_test_spin            (guint ms);

/* An asynchronous call made synchronous: give vlive_test_result_cb as callback
 * and a GAsyncResult * that is NULL; then VLIVE_TEST_WAIT (result != NULL). */
void        vlive_test_result_cb       (GObject      *source,
                                        GAsyncResult *result,
                                        gpointer      user_data);

/* Everything is gone: census zero, no worker thread, no storage. */
void        vlive_test_assert_all_gone (void);
/* The number of open descriptors of this process. */
guint       vlive_test_n_descriptors   (void);

G_END_DECLS
