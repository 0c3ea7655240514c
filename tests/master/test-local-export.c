/* test-local-export.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "local-fixture.h"

typedef struct
{
  char *folder;
  char *path;
  char *file;
  VliveLocalMaster *master;
} Fixture;

static void
setup (Fixture *fixture, gconstpointer data)
{
  fixture->folder = vlive_test_dup_folder ();
  fixture->path = g_build_filename (fixture->folder, "test.vlive", NULL);
  fixture->file = g_build_filename (fixture->folder, "data", NULL);
  fixture->master = vlive_local_master_new (fixture->path, "products");
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

static void
assert_exports (Fixture *fixture,
                VliveImportFormat format,
                gint64 rows,
                const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *content = NULL;

  g_assert_cmpint (local_export (fixture->master, fixture->file, format, &error), ==,
                   rows);
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (fixture->file, &content, NULL, &error));
  g_assert_cmpstr (content, ==, expected);
}

/* Nothing is left beside the file: no temporary one. */
static void
assert_tidy (Fixture *fixture)
{
  g_autoptr (GDir) dir = g_dir_open (fixture->folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    g_assert_true (name[0] != '.');
}

static void
test_csv (Fixture *fixture, gconstpointer data)
{
  local_do (
      fixture->master, VLIVE_WRITE_INSERT, "10",
      "{'name': <'Apple, \"Pie\"'>, 'price': <12>, 'weight': <1.0>, 'active': <true>}");
  local_do (
      fixture->master, VLIVE_WRITE_INSERT, "9",
      "{'name': <''>, 'price': <@mv nothing>, 'weight': <0.25>, 'note': <'a\nb'>}");
  local_do (
      fixture->master, VLIVE_WRITE_INSERT, "2",
      "{'note': <[1, 2]>, 'data': <b'xyz'>, 'price': <int64 -9223372036854775808>}");
  assert_exports (fixture, VLIVE_IMPORT_CSV, 3,
                  "id,name,price,weight,active,note,data\n"
                  "10,\"Apple, \"\"Pie\"\"\",12,1.0,true,,\n"
                  "9,,,0.25,,\"a\nb\",\n"
                  "2,,-9223372036854775808,,,\"[1,2]\",eHl6AA==\n");
  assert_tidy (fixture);
}

static void
test_json (Fixture *fixture, gconstpointer data)
{
  local_do (fixture->master, VLIVE_WRITE_INSERT, "10",
            "{'name': <'Apple \"Pie\"'>, 'price': <12>, 'weight': <1.0>}");
  local_do (fixture->master, VLIVE_WRITE_INSERT, "9",
            "{'name': <@mv nothing>, 'tags': <[1, 2]>}");
  assert_exports (
      fixture, VLIVE_IMPORT_JSON, 2,
      "[\n{\"id\":10,\"name\":\"Apple \\\"Pie\\\"\",\"price\":12,\"weight\":1.0},\n"
      "{\"id\":9,\"name\":null,\"tags\":[1,2]}\n]\n");
}

static void
test_empty (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (local_export (fixture->master, fixture->file, VLIVE_IMPORT_CSV,
                                 &error),
                   ==, -1);
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (error->message, "There is no table products in "));
  g_assert_false (g_file_test (fixture->file, G_FILE_TEST_EXISTS));
  local_do (fixture->master, VLIVE_WRITE_INSERT, "a", "{'x': <1>}");
  local_do (fixture->master, VLIVE_WRITE_DELETE, "a", NULL);
  assert_exports (fixture, VLIVE_IMPORT_CSV, 0, "id,x\n");
  assert_exports (fixture, VLIVE_IMPORT_JSON, 0, "[\n]\n");
}

/* A single column, whose empty rows are no empty lines. */
static void
test_one_column (Fixture *fixture, gconstpointer data)
{
  local_do (fixture->master, VLIVE_WRITE_INSERT, "a", "{}");
  local_do (fixture->master, VLIVE_WRITE_INSERT, "b", "{}");
  assert_exports (fixture, VLIVE_IMPORT_CSV, 2, "id\na\nb\n");
}

static void
test_unwritable (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *content = NULL;

  local_do (fixture->master, VLIVE_WRITE_INSERT, "a", "{'x': <1>}");
  g_assert_cmpint (local_export (fixture->master, "/nonexistent/x.csv",
                                 VLIVE_IMPORT_CSV, &error),
                   ==, -1);
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_STORAGE);
  g_assert_true (
      g_str_has_prefix (error->message, "/nonexistent/x.csv: it cannot be written: "));
  g_clear_error (&error);
  g_assert_cmpint (local_export (fixture->master, fixture->folder, VLIVE_IMPORT_CSV,
                                 &error),
                   ==, -1);
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_STORAGE);
  g_clear_error (&error);

  /* What fails midway leaves what was there. */
  local_do (fixture->master, VLIVE_WRITE_INSERT, "b", "{'x': <1.5>}");
  {
    g_autoptr (GVariantDict) dict = g_variant_dict_new (NULL);
    g_autoptr (GVariant) fields = NULL;
    g_autoptr (VliveRecord) record = NULL;
    g_autoptr (VliveReply) reply = NULL;

    g_variant_dict_insert (dict, "x", "d", G_MAXDOUBLE * 10);
    fields = g_variant_ref_sink (g_variant_dict_end (dict));
    record = vlive_record_new_from_variant (NULL, fields, &error);
    g_assert_no_error (error);
    reply = local_apply (fixture->master, VLIVE_WRITE_INSERT, "c", record, &error);
    g_assert_no_error (error);
  }
  g_assert_true (g_file_set_contents (fixture->file, "old", -1, NULL));
  g_assert_cmpint (local_export (fixture->master, fixture->file, VLIVE_IMPORT_JSON,
                                 &error),
                   ==, -1);
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_INVALID);
  g_assert_true (g_file_get_contents (fixture->file, &content, NULL, NULL));
  g_assert_cmpstr (content, ==, "old");
  assert_tidy (fixture);
}

/* The rights of the file that was there stay, and a link stays one. */
static void
test_replaced_file (Fixture *fixture, gconstpointer data)
{
  g_autofree char *link = g_build_filename (fixture->folder, "link", NULL);
  g_autofree char *content = NULL;
  g_autoptr (GError) error = NULL;
  struct stat info;

  local_do (fixture->master, VLIVE_WRITE_INSERT, "a", "{}");
  g_assert_true (g_file_set_contents (fixture->file, "old", -1, NULL));
  g_assert_cmpint (g_chmod (fixture->file, 0640), ==, 0);
  g_assert_cmpint (symlink ("data", link), ==, 0);
  g_assert_cmpint (local_export (fixture->master, link, VLIVE_IMPORT_CSV, &error), ==,
                   1);
  g_assert_no_error (error);
  g_assert_true (g_file_test (link, G_FILE_TEST_IS_SYMLINK));
  g_assert_true (g_file_get_contents (fixture->file, &content, NULL, NULL));
  g_assert_cmpstr (content, ==, "id\na\n");
  g_assert_cmpint (stat (fixture->file, &info), ==, 0);
  g_assert_cmpuint (info.st_mode & 0777, ==, 0640);
}

#define MANY 30000

static void
fill (Fixture *fixture, gsize text_len)
{
  g_autofree char *text = g_strnfill (text_len, 'x');
  g_autoptr (GPtrArray) records =
      g_ptr_array_new_with_free_func ((GDestroyNotify) vlive_record_unref);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < MANY; i++)
    {
      g_autofree char *id = g_strdup_printf ("%u", i);
      g_autofree char *fields = g_strdup_printf (
          "{'text': <'This is the text of number %u%s'>, 'n': <%u>, 'x': <%u.5>}", i,
          text, i % 10, i);

      g_ptr_array_add (records, local_fields (id, fields));
    }
  g_assert_true (local_replace_all (fixture->master, records, &error));
  g_assert_no_error (error);
}

/* What is exported is imported as it was. */
static void
test_round_trip (Fixture *fixture, gconstpointer data)
{
  static const VliveImportFormat formats[] = { VLIVE_IMPORT_CSV, VLIVE_IMPORT_JSON };
  g_autoptr (VlivePage) before = NULL;
  g_autoptr (GError) error = NULL;

  fill (fixture, 0);
  before = local_fetch (fixture->master, NULL, 0, 0, NULL, &error);
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    {
      g_autoptr (VlivePage) after = NULL;

      g_assert_cmpint (local_export (fixture->master, fixture->file, formats[i],
                                     &error),
                       ==, MANY);
      g_assert_no_error (error);
      g_assert_cmpint (local_import (fixture->master, fixture->file, formats[i], TRUE,
                                     &error),
                       ==, MANY);
      g_assert_no_error (error);
      after = local_fetch (fixture->master, NULL, 0, 0, NULL, &error);
      g_assert_cmpuint (vlive_page_get_n_records (after), ==, MANY);
      for (guint j = 0; j < MANY; j++)
        g_assert_true (vlive_record_equal (vlive_page_get_record (before, j),
                                           vlive_page_get_record (after, j)));
    }
}

typedef struct
{
  VliveLocalMaster *other;
  GCancellable *cancellable;
  guint n_calls;
  guint n_waiting;
} Meddler;

static void
ignore_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VliveReply) reply =
      vlive_master_apply_finish (VLIVE_MASTER (source), result, &error);
  Meddler *meddler = user_data;

  g_assert_no_error (error);
  g_assert_nonnull (reply);
  meddler->n_waiting--;
}

/* Changes the table with each turn of the main loop. */
static gboolean
meddle (gpointer user_data)
{
  Meddler *meddler = user_data;
  g_autofree char *fields = g_strdup_printf ("{'n': <%u>}", meddler->n_calls++);
  g_autoptr (VliveRecord) record = local_fields (NULL, fields);

  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (VliveWrite) write =
          vlive_write_new (VLIVE_WRITE_PATCH, i == 0 ? "0" : "29999", record);

      vlive_master_apply_async (VLIVE_MASTER (meddler->other), write, NULL, ignore_cb,
                                meddler);
      meddler->n_waiting++;
    }

  return G_SOURCE_CONTINUE;
}

/* The table as it was at one moment: both rows say the same, although they are
 * changed all the time. */
static void
test_snapshot (Fixture *fixture, gconstpointer data)
{
  Meddler meddler = { .other = fixture->master };
  g_autoptr (GError) error = NULL;
  g_autofree char *content = NULL;
  g_auto (GStrv) lines = NULL;
  g_auto (GStrv) first = NULL;
  g_auto (GStrv) last = NULL;
  int ahead;
  guint source;

  fill (fixture, 500);
  source = g_timeout_add (1, meddle, &meddler);
  g_assert_cmpint (local_export (fixture->master, fixture->file, VLIVE_IMPORT_CSV,
                                 &error),
                   ==, MANY);
  g_source_remove (source);
  g_assert_no_error (error);
  VLIVE_TEST_WAIT (meddler.n_waiting == 0);
  g_assert_cmpuint (meddler.n_calls, >, 0);
  g_assert_true (g_file_get_contents (fixture->file, &content, NULL, NULL));
  lines = g_strsplit (content, "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, MANY + 2);
  first = g_strsplit (lines[1], ",", -1);
  last = g_strsplit (lines[MANY], ",", -1);
  g_assert_cmpstr (first[0], ==, "0");
  g_assert_cmpstr (last[0], ==, "29999");
  /* The first is patched first: it may be one ahead. */
  ahead = atoi (first[2]) - atoi (last[2]);
  g_assert_true (ahead == 0 || ahead == 1 || (ahead == -9 && atoi (first[2]) == 0));
}

static void
progress_cb (guint64 bytes, guint64 total_bytes, guint64 rows, gpointer user_data)
{
  Meddler *meddler = user_data;

  g_assert_cmpuint (total_bytes, ==, 0);
  meddler->n_calls++;
  if (meddler->cancellable != NULL)
    g_cancellable_cancel (meddler->cancellable);
}

static void
test_progress_and_cancel (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GFile) file = g_file_new_for_path (fixture->file);
  g_autoptr (GError) error = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GAsyncResult) cancelled = NULL;
  Meddler meddler = { 0 };

  fill (fixture, 0);
  vlive_local_master_export_async (fixture->master, file, VLIVE_IMPORT_JSON,
                                   progress_cb, &meddler, NULL, NULL,
                                   vlive_test_result_cb, &result);
  VLIVE_TEST_WAIT (result != NULL);
  g_assert_cmpint (vlive_local_master_export_finish (fixture->master, result, &error),
                   ==, MANY);
  g_assert_cmpuint (meddler.n_calls, >, 0);

  g_assert_true (g_file_set_contents (fixture->file, "old", -1, NULL));
  meddler.cancellable = cancellable;
  vlive_local_master_export_async (fixture->master, file, VLIVE_IMPORT_JSON,
                                   progress_cb, &meddler, NULL, cancellable,
                                   vlive_test_result_cb, &cancelled);
  for (guint i = 0; i < 3; i++)
    vlive_test_turn ();
  g_cancellable_cancel (cancellable);
  VLIVE_TEST_WAIT (cancelled != NULL);
  if (vlive_local_master_export_finish (fixture->master, cancelled, &error) < 0)
    {
      g_autofree char *content = NULL;

      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_assert_true (g_file_get_contents (fixture->file, &content, NULL, NULL));
      g_assert_cmpstr (content, ==, "old");
    }
  assert_tidy (fixture);
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, setup, func, teardown)

int
main (int argc, char *argv[])
{
  vlive_test_init (&argc, &argv);
  ADD ("/master/local-export/csv", test_csv);
  ADD ("/master/local-export/json", test_json);
  ADD ("/master/local-export/empty", test_empty);
  ADD ("/master/local-export/one-column", test_one_column);
  ADD ("/master/local-export/unwritable", test_unwritable);
  ADD ("/master/local-export/replaced-file", test_replaced_file);
  ADD ("/master/local-export/round-trip", test_round_trip);
  ADD ("/master/local-export/snapshot", test_snapshot);
  ADD ("/master/local-export/progress-and-cancel", test_progress_and_cancel);

  return vlive_test_run ();
}
