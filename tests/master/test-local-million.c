/* test-local-million.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <stdio.h>

#include "local-fixture.h"

/* What is right for ten rows, for as many as people really have: suite slow. */

#define N 1000000
/* A prime, so that VALUE meets every number below it but PRIME - N of them. */
#define PRIME 1000003
#define VALUE(i) ((guint) ((guint64) (i) *7919 % PRIME))
/* Far below what the rows are in any form. */
#define MOST_MEMORY (48 * 1024 * 1024)

typedef struct
{
  char *folder;
  char *path;
  char *file;
  VliveLocalMaster *master;
} Fixture;

static void
write_rows (const char *path, guint first, guint n)
{
  FILE *out = fopen (path, "we");

  g_assert_nonnull (out);
  fputs ("id,name,value,even\n", out);
  for (guint i = first; i < first + n; i++)
    fprintf (out, "%u,Customer number %u,%u,%s\n", i, i, VALUE (i),
             i % 2 == 0 ? "true" : "false");
  g_assert_cmpint (fclose (out), ==, 0);
}

static void
setup (Fixture *fixture, gconstpointer data)
{
  fixture->folder = vlive_test_dup_folder ();
  fixture->path = g_build_filename (fixture->folder, "test.vlive", NULL);
  fixture->file = g_build_filename (fixture->folder, "rows.csv", NULL);
  fixture->master = vlive_local_master_new (fixture->path, "customers");
  write_rows (fixture->file, 0, N);
}

static void
teardown (Fixture *fixture, gconstpointer data)
{
  g_assert_finalize_object (fixture->master);
  vlive_test_assert_all_gone ();
  g_free (fixture->file);
  g_free (fixture->path);
  g_free (fixture->folder);
}

/* Memory of the process that is no file's. */
static guint64
get_memory (void)
{
  g_autofree char *status = NULL;
  const char *line;

  g_assert_true (g_file_get_contents ("/proc/self/status", &status, NULL, NULL));
  line = strstr (status, "RssAnon:");
  g_assert_nonnull (line);

  return g_ascii_strtoull (line + strlen ("RssAnon:"), NULL, 10) * 1024;
}

typedef struct
{
  guint64 most_memory;
  guint64 cancel_at; /* 0: never */
  GCancellable *cancellable;
} Watch;

static void
progress_cb (guint64 bytes, guint64 total_bytes, guint64 rows, gpointer data)
{
  Watch *watch = data;

  watch->most_memory = MAX (watch->most_memory, get_memory ());
  if (watch->cancel_at != 0 && rows >= watch->cancel_at)
    g_cancellable_cancel (watch->cancellable);
}

static void
wait_long (GAsyncResult **result)
{
  gint64 deadline = g_get_monotonic_time () + 300 * G_USEC_PER_SEC;

  while (*result == NULL && g_get_monotonic_time () < deadline)
    vlive_test_turn ();
  g_assert_nonnull (*result);
}

static gint64
import (Fixture *fixture,
        const char *path,
        VliveImportFormat format,
        Watch *watch,
        GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GFile) file = g_file_new_for_path (path);

  vlive_local_master_import_async (fixture->master, file, format, TRUE, progress_cb,
                                   watch, NULL, watch->cancellable,
                                   vlive_test_result_cb, &result);
  wait_long (&result);

  return vlive_local_master_import_finish (fixture->master, result, error);
}

static void export(Fixture *fixture, const char *path)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) error = NULL;
  gint64 n;

  vlive_local_master_export_async (fixture->master, file, VLIVE_IMPORT_JSON, NULL, NULL,
                                   NULL, NULL, vlive_test_result_cb, &result);
  wait_long (&result);
  n = vlive_local_master_export_finish (fixture->master, result, &error);
  g_assert_no_error (error);
  g_assert_cmpint (n, ==, N);
}

static void
assert_window (Fixture *fixture, const char *text, guint64 offset, const char *expected)
{
  g_autoptr (VliveQuery) query = local_query (text);
  g_autofree char *ids = local_ids (fixture->master, query, offset, 3);

  g_assert_cmpstr (ids, ==, expected);
}

/* The ids of the rows with the values @first, @first + @step, ... */
static char *
find_values (int first, int step)
{
  GString *ids = g_string_new (NULL);
  int value = first;

  for (guint n = 0; n < 3; value += step)
    for (guint i = 0; i < N; i++)
      if (VALUE (i) == (guint) value)
        {
          g_string_append_printf (ids, "%s%u", n++ > 0 ? " " : "", i);
          break;
        }

  return g_string_free (ids, FALSE);
}

static void
test_million (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VliveQuery) few = local_query ("value<100");
  g_autoptr (VliveQuery) even = local_query ("even=true");
  g_autofree char *smallest = find_values (0, 1);
  g_autofree char *largest = find_values (PRIME - 1, -1);
  Watch watch = { 0 };
  guint64 before = get_memory ();
  gint64 n;

  n = import (fixture, fixture->file, VLIVE_IMPORT_CSV, &watch, &error);
  g_assert_no_error (error);
  g_assert_cmpint (n, ==, N);
  g_assert_cmpuint (watch.most_memory - MIN (before, watch.most_memory), <,
                    MOST_MEMORY);

  g_assert_cmpuint (local_count (fixture->master, NULL), ==, N);
  assert_window (fixture, "", 0, "0 1 2");
  assert_window (fixture, "", 654321, "654321 654322 654323");
  assert_window (fixture, "", N - 2, "999998 999999");
  assert_window (fixture, "", N, "");
  assert_window (fixture, "sort=value", 0, smallest);
  assert_window (fixture, "sort=-value", 0, largest);
  g_assert_cmpuint (local_count (fixture->master, few), <=, 100);
  g_assert_cmpuint (local_count (fixture->master, few), >=, 97);
  g_assert_cmpuint (local_count (fixture->master, even), ==, N / 2);
  assert_window (fixture, "even=true", N / 2 - 3, "999994 999996 999998");

  /* The orders that were made follow. */
  local_do (fixture->master, VLIVE_WRITE_PATCH, "500001", "{'value': <int64 -5>}");
  local_do (fixture->master, VLIVE_WRITE_PATCH, "500001", "{'even': <true>}");
  local_do (fixture->master, VLIVE_WRITE_DELETE, "0", NULL);
  assert_window (fixture, "", 0, "1 2 3");
  assert_window (fixture, "even=true", 249998, "499998 500000 500001");
  g_assert_cmpuint (local_count (fixture->master, even), ==, N / 2);
  g_clear_pointer (&smallest, g_free);
  smallest = find_values (1, 1);
  {
    g_autofree char *two =
        g_strndup (smallest, (gsize) (strrchr (smallest, ' ') - smallest));
    g_autofree char *expected = g_strconcat ("500001 ", two, NULL);

    assert_window (fixture, "sort=value", 0, expected);
  }
}

/* An import that is stopped behind half a million rows has not been; so many more
 * are not read in the moment until it hears of it. */
static void
test_stopped (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  Watch watch = { .cancel_at = 500000, .cancellable = g_cancellable_new () };
  gint64 n;

  local_do (fixture->master, VLIVE_WRITE_INSERT, "7", "{'name': <'Seven'>}");
  n = import (fixture, fixture->file, VLIVE_IMPORT_CSV, &watch, &error);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (n, ==, -1);
  g_assert_cmpuint (local_count (fixture->master, NULL), ==, 1);
  assert_window (fixture, "", 0, "7");
  g_object_unref (watch.cancellable);
}

/* Out and in again. */
static void
test_round_trip (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *first = g_build_filename (fixture->folder, "first.json", NULL);
  g_autofree char *second = g_build_filename (fixture->folder, "second.json", NULL);
  g_autofree char *a = NULL;
  g_autofree char *b = NULL;
  gsize a_len, b_len;
  Watch watch = { 0 };

  g_assert_cmpint (import (fixture, fixture->file, VLIVE_IMPORT_CSV, &watch, &error),
                   ==, N);
  export(fixture, first);
  g_assert_cmpint (import (fixture, first, VLIVE_IMPORT_JSON, &watch, &error), ==, N);
  export(fixture, second);
  g_assert_true (g_file_get_contents (first, &a, &a_len, NULL));
  g_assert_true (g_file_get_contents (second, &b, &b_len, NULL));
  g_assert_cmpuint (a_len, >, 50 * N);
  g_assert_cmpuint (a_len, ==, b_len);
  g_assert_cmpint (memcmp (a, b, a_len), ==, 0);
}

int
main (int argc, char **argv)
{
  vlive_test_init (&argc, &argv);

#define ADD(name, func)                                                                \
  g_test_add ("/master/local-million/" name, Fixture, NULL, setup, func, teardown)
  ADD ("queries", test_million);
  ADD ("stopped", test_stopped);
  ADD ("round-trip", test_round_trip);
#undef ADD

  return vlive_test_run ();
}
