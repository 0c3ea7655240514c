/* test-jobs.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "storage-fixture.h"

#include "storage/vlive-gate-private.h"

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
  TestLatch latch = { 0 };

  test_latch_close (&latch, storage, &first);
  for (guint i = 0; i < N_GROUP; i++)
    {
      jobs[i].number = i;
      results[i] = NULL;
      _vlive_storage_write_async (storage, group_job, &jobs[i], NULL, NULL,
                                  vlive_test_result_cb, &results[i]);
    }
  test_latch_open (&latch);
  VLIVE_TEST_WAIT (first != NULL);
  for (guint i = 0; i < N_GROUP; i++)
    VLIVE_TEST_WAIT (results[i] != NULL);
  g_clear_object (&first);
}

/* One commit for all; those that fail after they wrote take nothing with them,
 * and each is told its own result. */
static void
test_jobs_group (gconstpointer data)
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
test_jobs_group_early_failure (void)
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

/* The map is full again and again: the job is run again from its start, and
 * its results are those of one run. */
typedef struct
{
  guint first;
  guint n;
  guint n_runs;
  guint n_written;
} FillJob;

static gboolean
fill_job (VliveTxn *txn, gpointer data, GError **error)
{
  FillJob *job = data;

  job->n_runs++;
  job->n_written = 0;
  for (guint i = job->first; i < job->first + job->n; i++)
    {
      g_autofree char *key = g_strdup_printf ("%06u", i);
      g_autofree char *value = g_strnfill (5000, 'v');

      _vlive_txn_put_sealed (txn, 0, SPAN (key), SPAN (value));
      if (_vlive_txn_has_failed (txn))
        return FALSE;
      job->n_written++;
    }

  return TRUE;
}

static gboolean
count_job (VliveTxn *txn, gpointer data, GError **error)
{
  *(guint64 *) data = _vlive_txn_count (txn, 0);

  return TRUE;
}

static void
test_jobs_map_full (gconstpointer data)
{
  g_autofree char *path = test_dup_path ("full.mdb");
  VliveStorageOptions options = *(const VliveStorageOptions *) data;
  GAsyncResult *results[10] = { NULL };
  FillJob jobs[10] = { 0 };
  VliveStorage *storage;
  g_autoptr (GError) error = NULL;
  guint64 n = 0;
  guint n_runs = 0;

  options.map_size = 128 * 1024;
  storage = _vlive_storage_open (path, &options);
  for (guint i = 0; i < 10; i++)
    {
      jobs[i].first = i * 100;
      jobs[i].n = 100;
      _vlive_storage_write_async (storage, fill_job, &jobs[i], NULL, NULL,
                                  vlive_test_result_cb, &results[i]);
    }
  for (guint i = 0; i < 10; i++)
    {
      VLIVE_TEST_WAIT (results[i] != NULL);
      g_assert_true (_vlive_storage_finish (results[i], NULL, &error));
      g_assert_no_error (error);
      g_assert_cmpuint (jobs[i].n_written, ==, 100);
      n_runs += jobs[i].n_runs;
      g_clear_object (&results[i]);
    }
  g_assert_cmpuint (n_runs, >, 10);
  g_assert_true (test_read (storage, count_job, &n, &error));
  g_assert_cmpuint (n, ==, 1000);
  test_close (storage);
  vlive_test_assert_all_gone ();
}

/* A bad key fails its own job only, and nothing of it is written. */
static gboolean
bad_key_job (VliveTxn *txn, gpointer data, GError **error)
{
  gsize size = GPOINTER_TO_SIZE (data);
  g_autofree char *key = g_strnfill (size, 'k');
  VliveSpan value;

  _vlive_txn_put_sealed (txn, 0, SPAN ("before"), SPAN ("x"));
  _vlive_txn_put (txn, 0, VLIVE_SPAN (key, size), SPAN ("x"));
  g_assert_cmpint (_vlive_txn_has_failed (txn), ==, size != 511);
  _vlive_txn_put_sealed (txn, 0, SPAN ("after"), SPAN ("x"));
  if (size == 511)
    return TRUE;
  /* The first error sticks. */
  g_assert_false (_vlive_txn_get (txn, 0, SPAN ("before"), &value));
  g_assert_false (_vlive_txn_delete (txn, 0, SPAN ("before")));
  g_assert_cmpuint (_vlive_txn_count (txn, 0), ==, 0);
  g_assert_null (_vlive_txn_reserve (txn, 0, SPAN ("room"), 5));
  _vlive_txn_clear (txn, 0);

  return TRUE;
}

static void
test_jobs_bad_keys (void)
{
  static const gsize sizes[] = { 0, 512, 5000 };
  g_autofree char *path = test_dup_path ("keys.mdb");
  VliveStorage *storage = _vlive_storage_open (path, &test_disposable);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      GAsyncResult *results[2] = { NULL };
      GAsyncResult *first = NULL;
      TestLatch latch = { 0 };
      GroupJob neighbour = { .number = i, .write_first = TRUE };
      g_autofree char *key = g_strdup_printf ("%03u", i);

      test_latch_close (&latch, storage, &first);
      _vlive_storage_write_async (storage, group_job, &neighbour, NULL, NULL,
                                  vlive_test_result_cb, &results[0]);
      _vlive_storage_write_async (storage, bad_key_job, GSIZE_TO_POINTER (sizes[i]),
                                  NULL, NULL, vlive_test_result_cb, &results[1]);
      test_latch_open (&latch);
      VLIVE_TEST_WAIT (first != NULL && results[0] != NULL && results[1] != NULL);
      g_assert_true (_vlive_storage_finish (results[0], NULL, &error));
      g_assert_no_error (error);
      g_assert_false (_vlive_storage_finish (results[1], NULL, &error));
      g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_INVALID);
      g_clear_error (&error);
      test_assert_get (storage, "before", NULL);
      test_assert_get (storage, key, key);
      g_clear_object (&first);
      g_clear_object (&results[0]);
      g_clear_object (&results[1]);
    }
  g_assert_true (test_write (storage, bad_key_job, GSIZE_TO_POINTER (511), &error));
  g_assert_no_error (error);
  test_assert_get (storage, "after", "x");
  test_close (storage);
  vlive_test_assert_all_gone ();
}

/* Cancelled before it began: not run. Begun: reported as it is. */
static gboolean
cancelling_job (VliveTxn *txn, gpointer data, GError **error)
{
  g_cancellable_cancel (data);
  _vlive_txn_put_sealed (txn, 0, SPAN ("begun"), SPAN ("yes"));

  return TRUE;
}

static gboolean
never_job (VliveTxn *txn, gpointer data, GError **error)
{
  g_assert_not_reached ();
}

static void
test_jobs_cancel (void)
{
  g_autofree char *path = test_dup_path ("cancel.mdb");
  VliveStorage *storage = _vlive_storage_open (path, &test_disposable);
  g_autoptr (GCancellable) before = g_cancellable_new ();
  g_autoptr (GCancellable) within = g_cancellable_new ();
  GAsyncResult *results[3] = { NULL };
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (before);
  _vlive_storage_write_async (storage, never_job, NULL, NULL, before,
                              vlive_test_result_cb, &results[0]);
  _vlive_storage_read_async (storage, never_job, NULL, NULL, before,
                             vlive_test_result_cb, &results[1]);
  _vlive_storage_write_async (storage, cancelling_job, within, NULL, within,
                              vlive_test_result_cb, &results[2]);
  for (guint i = 0; i < 3; i++)
    {
      VLIVE_TEST_WAIT (results[i] != NULL);
      _vlive_storage_finish (results[i], NULL, &error);
      if (i < 2)
        g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      else
        g_assert_no_error (error);
      g_clear_error (&error);
      g_clear_object (&results[i]);
    }
  test_assert_get (storage, "begun", "yes");
  test_close (storage);
  vlive_test_assert_all_gone ();
}

/* Another process throws the file away while a job commits to it: what it
 * wrote is written again, and not said to be done before. */
typedef struct
{
  VliveGate *gate;
  guint n_runs;
} ReplacedJob;

static gboolean
replaced_job (VliveTxn *txn, gpointer data, GError **error)
{
  ReplacedJob *job = data;

  _vlive_txn_put_sealed (txn, 0, SPAN ("a"), SPAN ("apple"));
  if (job->n_runs++ == 0)
    g_assert_true (_vlive_gate_raise_generation (job->gate, error));

  return TRUE;
}

static gboolean
nothing_job (VliveTxn *txn, gpointer data, GError **error)
{
  ++*(guint *) data;

  return TRUE;
}

static void
test_jobs_replaced (void)
{
  g_autofree char *path = test_dup_path ("replaced.mdb");
  VliveStorage *storage = _vlive_storage_open (path, &test_disposable);
  g_autoptr (GError) error = NULL;
  ReplacedJob job = { NULL };
  guint n_runs = 0;
  guint64 change;

  test_wait_open (storage);
  job.gate = _vlive_gate_new (path, &error);
  g_assert_no_error (error);
  change = _vlive_storage_get_change (storage);
  g_assert_true (test_write (storage, replaced_job, &job, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (job.n_runs, ==, 2);
  g_assert_cmpuint (_vlive_storage_get_change (storage), >, change + 1);
  test_assert_get (storage, "a", "apple");

  /* What was known of it holds no longer, from that moment on. */
  g_assert_true (_vlive_storage_read_inline (storage, nothing_job, &n_runs, &error));
  change = _vlive_storage_get_change (storage);
  g_assert_true (_vlive_gate_raise_generation (job.gate, &error));
  g_assert_cmpuint (_vlive_storage_get_change (storage), >, change);
  change = _vlive_storage_get_change (storage);
  g_assert_false (_vlive_storage_read_inline (storage, nothing_job, &n_runs, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
  g_clear_error (&error);
  test_assert_get (storage, "a", "apple");
  g_assert_cmpuint (_vlive_storage_get_change (storage), >=, change);
  g_assert_true (_vlive_storage_read_inline (storage, nothing_job, &n_runs, &error));
  g_assert_cmpuint (n_runs, ==, 2);
  _vlive_gate_free (job.gate);
  test_close (storage);
  vlive_test_assert_all_gone ();
}

/* Many threads with contexts of their own: each job comes back where it was
 * asked for, in order, and its data is freed there. */
#define N_THREADS 6
#define N_JOBS 100

typedef struct
{
  GThread *thread; /* where it belongs */
  guint number;
  gboolean write;
  guint *n_freed;
  guint seen;
} ThreadJob;

typedef struct
{
  VliveStorage *storage;
  guint index;
  guint n_done;
  guint n_freed;
} ThreadState;

static gboolean
thread_job (VliveTxn *txn, gpointer data, GError **error)
{
  ThreadJob *job = data;
  g_autofree char *key = g_strdup_printf ("thread-%p", job->thread);
  VliveSpan value;

  g_assert_true (g_thread_self () != job->thread);
  job->seen = 0;
  if (job->write)
    _vlive_txn_put_sealed (txn, 0, SPAN (key),
                           VLIVE_SPAN (&job->number, sizeof job->number));
  else if (_vlive_txn_get_sealed (txn, 0, SPAN (key), &value))
    memcpy (&job->seen, value.data, sizeof job->seen);

  return TRUE;
}

static void
thread_job_free (gpointer data)
{
  ThreadJob *job = data;

  g_assert_true (g_thread_self () == job->thread);
  ++*job->n_freed;
  g_free (job);
}

static void
thread_job_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  ThreadState *state = user_data;
  g_autoptr (GError) error = NULL;
  ThreadJob *job;

  g_assert_true (_vlive_storage_finish (result, (gpointer *) &job, &error));
  g_assert_no_error (error);
  g_assert_true (g_thread_self () == job->thread);
  if (job->write)
    g_assert_cmpuint (job->number, ==, ++state->n_done);
  else
    g_assert_cmpuint (job->seen, <=, N_JOBS);
}

static gpointer
storage_thread (gpointer data)
{
  ThreadState *state = data;
  g_autoptr (GMainContext) context = g_main_context_new ();

  g_main_context_push_thread_default (context);
  for (guint i = 1; i <= N_JOBS; i++)
    for (guint write = 0; write < 2; write++)
      {
        ThreadJob *job = g_new0 (ThreadJob, 1);

        job->thread = g_thread_self ();
        job->number = i;
        job->write = write == 1;
        job->n_freed = &state->n_freed;
        if (write == 1)
          _vlive_storage_write_async (state->storage, thread_job, job, thread_job_free,
                                      NULL, thread_job_cb, state);
        else
          _vlive_storage_read_async (state->storage, thread_job, job, thread_job_free,
                                     NULL, thread_job_cb, state);
      }
  VLIVE_TEST_WAIT (state->n_freed == 2 * N_JOBS);
  g_assert_cmpuint (state->n_done, ==, N_JOBS);
  g_main_context_pop_thread_default (context);

  return NULL;
}

static void
test_jobs_threads (gconstpointer options)
{
  g_autofree char *path = test_dup_path ("threads.mdb");
  VliveStorage *storage = _vlive_storage_open (path, options);
  ThreadState states[N_THREADS] = { 0 };
  GThread *threads[N_THREADS];

  for (guint i = 0; i < N_THREADS; i++)
    {
      states[i].storage = storage;
      threads[i] = g_thread_new ("test", storage_thread, &states[i]);
    }
  for (guint i = 0; i < N_THREADS; i++)
    g_thread_join (threads[i]);
  test_close (storage);
  vlive_test_assert_all_gone ();
}

int
main (int argc, char **argv)
{
  vlive_test_init (&argc, &argv);

  g_test_add_data_func ("/jobs/group/disposable", &test_disposable, test_jobs_group);
  g_test_add_data_func ("/jobs/group/durable", &test_durable, test_jobs_group);
  g_test_add_func ("/jobs/group/early-failure", test_jobs_group_early_failure);
  g_test_add_data_func ("/jobs/map-full/disposable", &test_disposable,
                        test_jobs_map_full);
  g_test_add_data_func ("/jobs/map-full/durable", &test_durable, test_jobs_map_full);
  g_test_add_func ("/jobs/bad-keys", test_jobs_bad_keys);
  g_test_add_func ("/jobs/cancel", test_jobs_cancel);
  g_test_add_func ("/jobs/replaced", test_jobs_replaced);
  g_test_add_data_func ("/jobs/threads/disposable", &test_disposable,
                        test_jobs_threads);
  g_test_add_data_func ("/jobs/threads/durable", &test_durable, test_jobs_threads);

  return vlive_test_run ();
}
