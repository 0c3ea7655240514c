/* test-storage.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "storage-fixture.h"

#include <glib/gstdio.h>
#include <sys/stat.h>

static void
test_storage_basics (gconstpointer data)
{
  g_autofree char *path = test_dup_path ("a/b/c.mdb");
  VliveStorage *storage = _vlive_storage_open (path, data);
  guint64 change;

  g_assert_cmpstr (_vlive_storage_get_path (storage), ==, path);
  g_assert_cmpuint (_vlive_storage_n_open (), ==, 1);
  test_assert_get (storage, "a", NULL);
  change = _vlive_storage_get_change (storage);
  g_assert_cmpuint (change, >, 0);
  test_put (storage, "a", "apple");
  g_assert_cmpuint (_vlive_storage_get_change (storage), ==, change + 1);
  test_assert_get (storage, "a", "apple");
  test_put (storage, "a", "apricot");
  test_assert_get (storage, "a", "apricot");
  test_close (storage);
  g_assert_cmpuint (_vlive_storage_n_open (), ==, 0);

  storage = _vlive_storage_open (path, data);
  test_assert_get (storage, "a", "apricot");
  test_put (storage, "a", NULL);
  test_assert_get (storage, "a", NULL);
  test_close (storage);
  vlive_test_assert_all_gone ();
}

/* Jobs that are given while another one runs share a commit: the latch keeps
 * the writer busy until all of them wait. */
typedef struct
{
  GMutex lock;
  GCond cond;
  gboolean closed; /* a job waits at it */
  gboolean open;
} Latch;

static gboolean
latch_job (VliveTxn *txn, gpointer data, GError **error)
{
  Latch *latch = data;

  g_mutex_lock (&latch->lock);
  latch->closed = TRUE;
  g_cond_broadcast (&latch->cond);
  while (!latch->open)
    g_cond_wait (&latch->cond, &latch->lock);
  g_mutex_unlock (&latch->lock);

  return TRUE;
}

static void
latch_close (Latch *latch, VliveStorage *storage, GAsyncResult **result)
{
  _vlive_storage_write_async (storage, latch_job, latch, NULL, NULL,
                              vlive_test_result_cb, result);
  g_mutex_lock (&latch->lock);
  while (!latch->closed)
    g_cond_wait (&latch->cond, &latch->lock);
  g_mutex_unlock (&latch->lock);
}

static void
latch_open (Latch *latch)
{
  g_mutex_lock (&latch->lock);
  latch->open = TRUE;
  g_cond_broadcast (&latch->cond);
  g_mutex_unlock (&latch->lock);
}

#define N_GROUP 20

typedef struct
{
  guint number;
  guint n_runs;
  gboolean write_first;
  gboolean fail;
  guint64 id;
} GroupJob;

static gboolean
group_job (VliveTxn *txn, gpointer data, GError **error)
{
  GroupJob *job = data;
  g_autofree char *key = g_strdup_printf ("%03u", job->number);

  job->n_runs++;
  job->id = _vlive_txn_get_id (txn);
  if (job->write_first)
    _vlive_txn_put_sealed (txn, 0, SPAN (key), SPAN (key));
  if (job->fail)
    g_set_error (error, VLIVE_ERROR, VLIVE_ERROR_CONFLICT, "job %u", job->number);

  return !job->fail;
}

static void
run_group (VliveStorage *storage, GroupJob *jobs, GAsyncResult **results)
{
  GAsyncResult *first = NULL;
  Latch latch = { 0 };

  latch_close (&latch, storage, &first);
  for (guint i = 0; i < N_GROUP; i++)
    {
      jobs[i].number = i;
      results[i] = NULL;
      _vlive_storage_write_async (storage, group_job, &jobs[i], NULL, NULL,
                                  vlive_test_result_cb, &results[i]);
    }
  latch_open (&latch);
  VLIVE_TEST_WAIT (first != NULL);
  for (guint i = 0; i < N_GROUP; i++)
    VLIVE_TEST_WAIT (results[i] != NULL);
  g_clear_object (&first);
}

/* One commit for all; those that fail after they wrote take nothing with them,
 * and each is told its own result. */
static void
test_storage_group (gconstpointer data)
{
  g_autofree char *path = test_dup_path ("group.mdb");
  VliveStorage *storage = _vlive_storage_open (path, data);
  GroupJob jobs[N_GROUP] = { 0 };
  GAsyncResult *results[N_GROUP];
  guint64 change;

  test_wait_open (storage);
  change = _vlive_storage_get_change (storage);
  for (guint i = 0; i < N_GROUP; i++)
    jobs[i].write_first = TRUE;
  jobs[4].fail = TRUE;
  jobs[11].fail = TRUE;
  run_group (storage, jobs, results);

  g_assert_cmpuint (_vlive_storage_get_change (storage), ==, change + 1);
  for (guint i = 0; i < N_GROUP; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *key = g_strdup_printf ("%03u", i);
      g_autofree char *message = g_strdup_printf ("job %u", i);
      gpointer given;

      g_assert_cmpint (_vlive_storage_finish (results[i], &given, &error), ==,
                       !jobs[i].fail);
      g_assert_true (given == &jobs[i]);
      if (jobs[i].fail)
        {
          g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_CONFLICT);
          g_assert_cmpstr (error->message, ==, message);
          g_assert_cmpuint (jobs[i].n_runs, ==, 1);
        }
      else
        g_assert_cmpuint (jobs[i].id, ==, change + 1);
      test_assert_get (storage, key, jobs[i].fail ? NULL : key);
      g_clear_object (&results[i]);
    }
  test_close (storage);
  vlive_test_assert_all_gone ();
}

/* A job that fails before it wrote costs its neighbours nothing. */
static void
test_storage_group_early_failure (void)
{
  g_autofree char *path = test_dup_path ("group.mdb");
  VliveStorage *storage = _vlive_storage_open (path, &test_durable);
  GroupJob jobs[N_GROUP] = { 0 };
  GAsyncResult *results[N_GROUP];

  test_wait_open (storage);
  for (guint i = 0; i < N_GROUP; i++)
    {
      jobs[i].fail = i % 2 == 0;
      jobs[i].write_first = !jobs[i].fail;
    }
  run_group (storage, jobs, results);
  for (guint i = 0; i < N_GROUP; i++)
    {
      g_assert_cmpuint (jobs[i].n_runs, ==, 1);
      g_assert_cmpint (_vlive_storage_finish (results[i], NULL, NULL), ==, i % 2 != 0);
      g_clear_object (&results[i]);
    }
  test_close (storage);
  vlive_test_assert_all_gone ();
}

int
main (int argc, char **argv)
{
  vlive_test_init (&argc, &argv);

  g_test_add_data_func ("/storage/basics/disposable", &test_disposable,
                        test_storage_basics);
  g_test_add_data_func ("/storage/basics/durable", &test_durable, test_storage_basics);
  g_test_add_data_func ("/storage/group/disposable", &test_disposable,
                        test_storage_group);
  g_test_add_data_func ("/storage/group/durable", &test_durable, test_storage_group);
  g_test_add_func ("/storage/group/early-failure", test_storage_group_early_failure);

  return vlive_test_run ();
}
