/* storage-fixture.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "storage-fixture.h"

#include <unistd.h>

static const char *const databases[] = { "one", "two", NULL };

const VliveStorageOptions test_disposable = {
  .kind = VLIVE_STORAGE_DISPOSABLE,
  .magic = TEST_MAGIC,
  .version = TEST_VERSION,
  .databases = databases,
};

const VliveStorageOptions test_durable = {
  .kind = VLIVE_STORAGE_DURABLE,
  .magic = TEST_MAGIC,
  .version = TEST_VERSION,
  .databases = databases,
};

static gboolean
finish (GAsyncResult **result, GError **error)
{
  gboolean done;

  VLIVE_TEST_WAIT (*result != NULL);
  done = _vlive_storage_finish (*result, NULL, error);
  g_clear_object (result);

  return done;
}

gboolean
test_write (VliveStorage *storage, VliveTxnFunc func, gpointer data, GError **error)
{
  GAsyncResult *result = NULL;

  _vlive_storage_write_async (storage, func, data, NULL, NULL, vlive_test_result_cb,
                              &result);

  return finish (&result, error);
}

gboolean
test_read (VliveStorage *storage, VliveTxnFunc func, gpointer data, GError **error)
{
  GAsyncResult *result = NULL;

  _vlive_storage_read_async (storage, func, data, NULL, NULL, vlive_test_result_cb,
                             &result);

  return finish (&result, error);
}

static gboolean
put_job (VliveTxn *txn, gpointer data, GError **error)
{
  const char **pair = data;

  if (pair[1] != NULL)
    _vlive_txn_put_sealed (txn, 0, SPAN (pair[0]), SPAN (pair[1]));
  else
    _vlive_txn_delete (txn, 0, SPAN (pair[0]));

  return TRUE;
}

void
test_put (VliveStorage *storage, const char *key, const char *value)
{
  g_autoptr (GError) error = NULL;
  const char *pair[] = { key, value };

  test_write (storage, put_job, pair, &error);
  g_assert_no_error (error);
}

typedef struct
{
  const char *key;
  char *value; /* owned */
} Get;

static gboolean
get_job (VliveTxn *txn, gpointer data, GError **error)
{
  Get *get = data;
  VliveSpan value;

  g_clear_pointer (&get->value, g_free);
  if (_vlive_txn_get_sealed (txn, 0, SPAN (get->key), &value))
    get->value = g_strndup ((const char *) value.data, value.size);

  return TRUE;
}

char *
test_get (VliveStorage *storage, const char *key)
{
  g_autoptr (GError) error = NULL;
  Get get = { key, NULL };

  test_read (storage, get_job, &get, &error);
  g_assert_no_error (error);

  return get.value;
}

void
test_assert_get (VliveStorage *storage, const char *key, const char *value)
{
  g_autofree char *got = test_get (storage, key);

  g_assert_cmpstr (got, ==, value);
}

static gboolean
nothing_job (VliveTxn *txn, gpointer data, GError **error)
{
  return TRUE;
}

void
test_wait_open (VliveStorage *storage)
{
  g_autoptr (GError) error = NULL;

  test_read (storage, nothing_job, NULL, &error);
  g_assert_no_error (error);
}

static void
closed_cb (gpointer data)
{
  *(gboolean *) data = TRUE;
}

void
test_close (VliveStorage *storage)
{
  gboolean closed = FALSE;

  _vlive_storage_close (storage, closed_cb, &closed);
  VLIVE_TEST_WAIT (closed);
}

GError *
test_open_error (const char *path, const VliveStorageOptions *options)
{
  VliveStorage *storage = _vlive_storage_open (path, options);
  GError *error = NULL;

  g_assert_false (test_read (storage, nothing_job, NULL, &error));
  test_close (storage);

  return error;
}

gboolean
test_latch_job (VliveTxn *txn, gpointer data, GError **error)
{
  TestLatch *latch = data;

  g_mutex_lock (&latch->lock);
  latch->reached = TRUE;
  g_cond_broadcast (&latch->cond);
  while (!latch->open)
    g_cond_wait (&latch->cond, &latch->lock);
  g_mutex_unlock (&latch->lock);

  return TRUE;
}

void
test_latch_wait (TestLatch *latch)
{
  g_mutex_lock (&latch->lock);
  while (!latch->reached)
    g_cond_wait (&latch->cond, &latch->lock);
  g_mutex_unlock (&latch->lock);
}

void
test_latch_close (TestLatch *latch, VliveStorage *storage, GAsyncResult **result)
{
  _vlive_storage_write_async (storage, test_latch_job, latch, NULL, NULL,
                              vlive_test_result_cb, result);
  test_latch_wait (latch);
}

void
test_latch_open (TestLatch *latch)
{
  g_mutex_lock (&latch->lock);
  latch->open = TRUE;
  g_cond_broadcast (&latch->cond);
  g_mutex_unlock (&latch->lock);
}

char *
test_dup_path (const char *name)
{
  g_autofree char *folder = vlive_test_dup_folder ();

  return g_build_filename (folder, name, NULL);
}

static GSubprocess *
spawn (const char *const *wrapper, const char *first_argument, va_list *arguments)
{
  g_autoptr (GPtrArray) line = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;
  GSubprocess *peer;

  for (guint i = 0; wrapper != NULL && wrapper[i] != NULL; i++)
    g_ptr_array_add (line, g_strdup (wrapper[i]));
  g_ptr_array_add (line, g_test_build_filename (G_TEST_BUILT, "storage", "storage-peer",
                                                NULL));
  for (const char *word = first_argument; word != NULL;
       word = va_arg (*arguments, const char *))
    g_ptr_array_add (line, g_strdup (word));
  g_ptr_array_add (line, NULL);

  peer =
      g_subprocess_newv ((const char *const *) line->pdata,
                         G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE
                             | G_SUBPROCESS_FLAGS_STDERR_PIPE,
                         &error);
  g_assert_no_error (error);

  return peer;
}

GSubprocess *
test_peer_spawn (const char *first_argument, ...)
{
  GSubprocess *peer;
  va_list arguments;

  va_start (arguments, first_argument);
  peer = spawn (NULL, first_argument, &arguments);
  va_end (arguments);

  return peer;
}

GSubprocess *
test_peer_spawn_under (const char *const *wrapper, const char *first_argument, ...)
{
  GSubprocess *peer;
  va_list arguments;

  va_start (arguments, first_argument);
  peer = spawn (wrapper, first_argument, &arguments);
  va_end (arguments);

  return peer;
}

char *
test_peer_read_line (GSubprocess *peer)
{
  GInputStream *stream = g_subprocess_get_stdout_pipe (peer);
  g_autoptr (GString) line = g_string_new (NULL);
  char c;

  while (g_input_stream_read (stream, &c, 1, NULL, NULL) == 1)
    {
      if (c == '\n')
        return g_string_free (g_steal_pointer (&line), FALSE);
      g_string_append_c (line, c);
    }

  return NULL;
}

void
test_peer_end (GSubprocess *peer, char **output, char **errors)
{
  g_autoptr (GError) error = NULL;

  g_subprocess_communicate_utf8 (peer, NULL, NULL, output, errors, &error);
  g_assert_no_error (error);
}

/* Measuring coverage, one who is nobody may not write down what was covered,
 * and says so. */
static void
assert_silent (const char *errors)
{
  g_auto (GStrv) lines = g_strsplit (errors, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    if (strstr (lines[i], "profiling") == NULL)
      g_assert_cmpstr (lines[i], ==, "");
}

void
test_peer_end_well (GSubprocess *peer)
{
  g_autofree char *output = NULL;
  g_autofree char *errors = NULL;

  test_peer_end (peer, &output, &errors);
  assert_silent (errors);
  g_assert_cmpstr (output, ==, "");
  g_assert_true (g_subprocess_get_successful (peer));
}

char *
test_peer_ask (GSubprocess *peer, const char *format, ...)
{
  g_autofree char *text = NULL;
  g_autofree char *line = NULL;
  g_autoptr (GError) error = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  line = g_strconcat (text, "\n", NULL);
  g_output_stream_write_all (g_subprocess_get_stdin_pipe (peer), line, strlen (line),
                             NULL, NULL, &error);
  g_assert_no_error (error);

  return test_peer_read_line (peer);
}

void
test_peer_assert (GSubprocess *peer, const char *question, const char *answer)
{
  g_autofree char *got = NULL;

  if (question != NULL)
    got = test_peer_ask (peer, "%s", question);
  else
    got = test_peer_read_line (peer);
  g_assert_cmpstr (got, ==, answer);
}

void
test_peer_kill (GSubprocess *peer)
{
  g_autoptr (GError) error = NULL;

  g_subprocess_force_exit (peer);
  g_subprocess_wait (peer, NULL, &error);
  g_assert_no_error (error);
}

gboolean
test_is_root (void)
{
  return geteuid () == 0;
}
