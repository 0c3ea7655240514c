/* vlive-test.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "vlive-test.h"

#include <glib/gstdio.h>

static char *root;
static guint n_folders;
static GMutex expected_lock;
static GPtrArray *expected;

static gboolean
is_expected (const char *message)
{
  gboolean found = FALSE;

  g_mutex_lock (&expected_lock);
  for (guint i = 0; i < expected->len && !found; i++)
    if (g_pattern_match_simple (expected->pdata[i], message))
      {
        g_ptr_array_remove_index (expected, i);
        found = TRUE;
      }
  g_mutex_unlock (&expected_lock);

  return found;
}

static GLogWriterOutput
log_writer (GLogLevelFlags level,
            const GLogField *fields,
            gsize n_fields,
            gpointer user_data)
{
  const char *message = "";
  const char *domain = "";

  for (gsize i = 0; i < n_fields; i++)
    {
      if (strcmp (fields[i].key, "MESSAGE") == 0)
        message = fields[i].value;
      else if (strcmp (fields[i].key, "GLIB_DOMAIN") == 0)
        domain = fields[i].value;
    }

  if ((level & (G_LOG_LEVEL_WARNING | G_LOG_LEVEL_CRITICAL)) != 0)
    {
      if (is_expected (message))
        return G_LOG_WRITER_HANDLED;
      g_printerr ("# unexpected %s message: %s\n", domain, message);
      if (strcmp (domain, "vlive") == 0 || (level & G_LOG_LEVEL_CRITICAL) != 0)
        abort ();
    }

  return g_log_writer_default (level, fields, n_fields, user_data);
}

static void
set_folder (const char *variable, const char *name)
{
  g_autofree char *path = g_build_filename (root, name, NULL);

  g_mkdir_with_parents (path, 0700);
  g_setenv (variable, path, TRUE);
}

void
vlive_test_init (int *argc, char ***argv)
{
  g_autoptr (GError) error = NULL;

  root = g_dir_make_tmp ("vlive-test-XXXXXX", &error);
  g_assert_no_error (error);
  set_folder ("XDG_CACHE_HOME", "cache");
  set_folder ("XDG_STATE_HOME", "state");
  set_folder ("XDG_DATA_HOME", "data");
  set_folder ("XDG_CONFIG_HOME", "config");
  expected = g_ptr_array_new_with_free_func (g_free);
  g_test_init (argc, argv, NULL);
  /* GLib would abort after the writer even for a critical that was announced;
   * the writer aborts by itself for any other. */
  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_WARNING);
  g_log_set_writer_func (log_writer, NULL, NULL);
}

void
vlive_test_remove_tree (const char *path)
{
  g_autoptr (GDir) dir = NULL;
  const char *name;

  if (!g_file_test (path, G_FILE_TEST_IS_SYMLINK))
    dir = g_dir_open (path, 0, NULL);
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      vlive_test_remove_tree (child);
    }
  g_remove (path);
}

int
vlive_test_run (void)
{
  int result = g_test_run ();

  vlive_test_assert_expected ();
  g_ptr_array_unref (expected);
  vlive_test_remove_tree (root);
  g_free (root);

  return result;
}

char *
vlive_test_dup_folder (void)
{
  g_autofree char *name = g_strdup_printf ("folder-%u", n_folders++);
  char *path = g_build_filename (root, name, NULL);

  g_assert_cmpint (g_mkdir_with_parents (path, 0700), ==, 0);

  return path;
}

void
vlive_test_expect (const char *pattern)
{
  g_mutex_lock (&expected_lock);
  g_ptr_array_add (expected, g_strdup (pattern));
  g_mutex_unlock (&expected_lock);
}

void
vlive_test_assert_expected (void)
{
  g_mutex_lock (&expected_lock);
  for (guint i = 0; i < expected->len; i++)
    g_printerr ("# never came: %s\n", (char *) expected->pdata[i]);
  g_assert_cmpuint (expected->len, ==, 0);
  g_mutex_unlock (&expected_lock);
}

gint64
vlive_test_patience_us (void)
{
  const char *seconds = g_getenv ("VLIVE_TEST_PATIENCE");

  if (seconds != NULL)
    return g_ascii_strtoll (seconds, NULL, 10) * G_USEC_PER_SEC;

  return (g_getenv ("VLIVE_METER") != NULL ? 60 : 10) * G_USEC_PER_SEC;
}

static gboolean
wake_cb (gpointer data)
{
  return G_SOURCE_REMOVE;
}

void
vlive_test_turn (void)
{
  GMainContext *context = g_main_context_get_thread_default ();
  GSource *source = g_timeout_source_new (10);

  g_source_set_callback (source, wake_cb, NULL, NULL);
  g_source_attach (source, context);
  g_main_context_iteration (context, TRUE);
  g_source_destroy (source);
  g_source_unref (source);
}

gboolean
vlive_test_wait (gboolean (*condition) (gpointer data), gpointer data)
{
  gint64 deadline = g_get_monotonic_time () + vlive_test_patience_us ();

  while (!condition (data) && g_get_monotonic_time () < deadline)
    vlive_test_turn ();

  return condition (data);
}

void
vlive_test_spin (guint ms)
{
  gint64 deadline = g_get_monotonic_time () + ms * 1000;

  while (g_get_monotonic_time () < deadline)
    vlive_test_turn ();
}

void
vlive_test_result_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GAsyncResult **slot = user_data;

  g_assert_null (*slot);
  *slot = g_object_ref (result);
}

void
vlive_test_assert_all_gone (void)
{
  g_autofree char *census = NULL;
  gint64 deadline = g_get_monotonic_time () + vlive_test_patience_us ();

  do
    {
      g_free (census);
      census = _vlive_census_to_text ();
      if (census[0] != '\0')
        vlive_test_turn ();
    }
  while (census[0] != '\0' && g_get_monotonic_time () < deadline);
  g_assert_cmpstr (census, ==, "");
  g_assert_true (_vlive_worker_wait_all_gone (vlive_test_patience_us ()));
}

guint
vlive_test_n_descriptors (void)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/fd", 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;

  return n - 1;
}
