/* test-local-import.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "local-fixture.h"
#include "master/vlive-local-import-private.h"
#include "master/vlive-local-lock-private.h"

/* More than one transaction takes at once. */
#define MANY 20000

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
  _vlive_local_import_sort_memory = 32 * 1024 * 1024;
}

static void
teardown (Fixture *fixture, gconstpointer data)
{
  g_assert_finalize_object (fixture->master);
  vlive_test_assert_all_gone ();
  g_assert_cmpuint (_vlive_local_n_files (), ==, 0);
  g_free (fixture->file);
  g_free (fixture->path);
  g_free (fixture->folder);
}

static void
write_file (Fixture *fixture, const char *text)
{
  g_autoptr (GError) error = NULL;

  g_file_set_contents (fixture->file, text, -1, &error);
  g_assert_no_error (error);
}

static gint64
import (Fixture *fixture, VliveImportFormat format, const char *text)
{
  g_autoptr (GError) error = NULL;
  gint64 n;

  write_file (fixture, text);
  n = local_import (fixture->master, fixture->file, format, FALSE, &error);
  g_assert_no_error (error);

  return n;
}

/* Fails with this message, which the file's name stands before. */
static void
assert_fails (Fixture *fixture,
              VliveImportFormat format,
              const char *text,
              VliveError code,
              const char *message)
{
  g_autofree char *expected = g_strdup_printf ("%s: %s", fixture->file, message);
  g_autoptr (GError) error = NULL;

  write_file (fixture, text);
  g_assert_cmpint (local_import (fixture->master, fixture->file, format, FALSE, &error),
                   ==, -1);
  g_assert_error (error, VLIVE_ERROR, (int) code);
  g_assert_cmpstr (error->message, ==, expected);
}

static void
assert_ids (Fixture *fixture, const char *query, const char *expected)
{
  g_autoptr (VliveQuery) parsed = local_query (query);
  g_autofree char *ids = local_ids (fixture->master, parsed, 0, 0);

  g_assert_cmpstr (ids, ==, expected);
}

static void
assert_json (Fixture *fixture, const char *id, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VliveRecord) record = local_get (fixture->master, id, &error);
  g_autoptr (GString) json = g_string_new (NULL);

  g_assert_no_error (error);
  g_assert_true (_vlive_record_append_json (record, json, &error));
  g_assert_cmpstr (json->str, ==, expected);
}

static VliveValueType
column_type (Fixture *fixture, const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VliveDescription) description = local_describe (fixture->master, &error);
  VliveColumn *column;

  g_assert_no_error (error);
  column = vlive_schema_find_column (vlive_description_get_schema (description), name);
  g_assert_nonnull (column);

  return vlive_column_get_value_type (column);
}

static void
test_csv (Fixture *fixture, gconstpointer data)
{
  g_autoptr (VliveDescription) description = NULL;
  g_autoptr (GError) error = NULL;
  VliveSchema *schema;

  g_assert_cmpint (import (fixture, VLIVE_IMPORT_CSV,
                           "\xef\xbb\xbfid,name,price,active,code,weight,note\r\n"
                           "10,\"Apple, \"\"Pie\"\"\",12,true,007,1,\r\n"
                           "9,Brioche,,FALSE,12,2.5,\"two\r\nlines\"\r\n"
                           "2,,15,,13,,\r\n"),
                   ==, 3);
  assert_ids (fixture, "", "10 9 2");
  assert_json (fixture, "10",
               "\"id\":10,\"name\":\"Apple, \\\"Pie\\\"\",\"price\":12,\"active\":true,"
               "\"code\":\"007\",\"weight\":1,\"note\":\"\"");
  assert_json (fixture, "9",
               "\"id\":9,\"name\":\"Brioche\",\"price\":null,\"active\":false,"
               "\"code\":\"12\",\"weight\":2.5,\"note\":\"two\\r\\nlines\"");
  assert_json (fixture, "2",
               "\"id\":2,\"name\":\"\",\"price\":15,\"active\":null,"
               "\"code\":\"13\",\"weight\":null,\"note\":\"\"");
  description = local_describe (fixture->master, &error);
  schema = vlive_description_get_schema (description);
  g_assert_cmpuint (vlive_schema_get_n_columns (schema), ==, 7);
  g_assert_cmpstr (vlive_column_get_name (vlive_schema_get_column (schema, 1)), ==,
                   "name");
  g_assert_cmpstr (vlive_column_get_name (vlive_schema_get_id_column (schema)), ==,
                   "id");
  g_assert_cmpint (column_type (fixture, "id"), ==, VLIVE_VALUE_INTEGER);
  g_assert_cmpint (column_type (fixture, "price"), ==, VLIVE_VALUE_INTEGER);
  g_assert_cmpint (column_type (fixture, "active"), ==, VLIVE_VALUE_BOOLEAN);
  g_assert_cmpint (column_type (fixture, "code"), ==, VLIVE_VALUE_TEXT);
  g_assert_cmpint (column_type (fixture, "weight"), ==, VLIVE_VALUE_DOUBLE);
  local_check (fixture->master, NULL);
}

static void
test_json (Fixture *fixture, gconstpointer data)
{
  g_assert_cmpint (
      import (fixture, VLIVE_IMPORT_JSON,
              "[{\"id\":10,\"name\":\"Apple\",\"tags\":[1,{\"a\":null}]},\n"
              " {\"id\":\"x\",\"price\":1.5},\n"
              " {\"id\":7.0,\"price\":9007199254740993,\"big\":99999999999999999999}]"),
      ==, 3);
  assert_ids (fixture, "", "10 x 7");
  assert_json (fixture, "10", "\"id\":10,\"name\":\"Apple\",\"tags\":[1,{\"a\":null}]");
  assert_json (
      fixture, "7",
      "\"id\":7.0,\"price\":9007199254740993,\"big\":\"99999999999999999999\"");
  g_assert_cmpint (column_type (fixture, "price"), ==, VLIVE_VALUE_DOUBLE);
  g_assert_cmpint (column_type (fixture, "tags"), ==, VLIVE_VALUE_JSON);
  /* One object after another; appended. */
  g_assert_cmpint (import (fixture, VLIVE_IMPORT_JSON, "{\"id\":1}\n{\"id\":2}\n"), ==,
                   2);
  assert_ids (fixture, "", "10 x 7 1 2");
  /* None at all. */
  g_assert_cmpint (import (fixture, VLIVE_IMPORT_JSON, "[]"), ==, 0);
  assert_ids (fixture, "", "10 x 7 1 2");
}

static void
test_faults (Fixture *fixture, gconstpointer data)
{
  g_autofree char *pipe = NULL;
  static const struct
  {
    VliveImportFormat format;
    const char *text;
    const char *message;
  } cases[] = {
    { VLIVE_IMPORT_CSV, "",
      "line 1: the file is empty, where a line of headers was expected" },
    { VLIVE_IMPORT_CSV, "a,b,a\n", "line 1: the header names the column “a” twice" },
    { VLIVE_IMPORT_CSV, "a,,c\n", "line 1: the header gives column 2 no name" },
    { VLIVE_IMPORT_CSV, "a,b\n1,2\n1,2,3\n",
      "line 3: 3 fields where the header has 2" },
    { VLIVE_IMPORT_CSV, "a,b\n1,2\n\"x\ny\",2\n1\n",
      "line 5: 1 field where the header has 2" },
    { VLIVE_IMPORT_CSV, "id,b\n1,2\n,2\n", "line 3: the id is empty" },
    { VLIVE_IMPORT_CSV, "a\n\xff\n", "line 2: not valid UTF-8" },
    { VLIVE_IMPORT_CSV, "a\n\"x\n",
      "line 2: a quote that is opened here is never closed" },
    { VLIVE_IMPORT_JSON, "{\"id\":1}x", "line 1: an object was expected" },
    { VLIVE_IMPORT_JSON, "[{},\n1]", "line 2: an object was expected" },
    { VLIVE_IMPORT_JSON, "[{\"id\":1},\n{\"x\":1}]",
      "line 2: it has no id, and those before have one" },
    { VLIVE_IMPORT_JSON, "[{\"x\":1},\n{\"id\":1}]",
      "line 2: it has an id, and those before have none" },
    { VLIVE_IMPORT_JSON, "[{\"id\":1},\n\n{\"id\":[1]}]",
      "line 3: its id can be none: it is no text and no number" },
    { VLIVE_IMPORT_JSON, "[{\"id\":1}", "line 1: the file ends before its array does" },
    { VLIVE_IMPORT_JSON, "[{\"id\":1},\n{\"id\":\"\"}]", "line 2: the id is empty" },
  };
  g_autofree char *long_id = g_strnfill (500, 'x');
  g_autofree char *long_csv = g_strdup_printf ("id\na\n%s\n", long_id);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    assert_fails (fixture, cases[i].format, cases[i].text, VLIVE_ERROR_INVALID,
                  cases[i].message);
  assert_fails (fixture, VLIVE_IMPORT_CSV, long_csv, VLIVE_ERROR_INVALID,
                "line 3: The id has 500 bytes, and at most 480 are possible");
  assert_fails (fixture, VLIVE_IMPORT_JSON, "[{\"id\":1},\n{\"id\":1}]",
                VLIVE_ERROR_CONFLICT, "line 2: the id 1 is there twice");
  assert_fails (fixture, VLIVE_IMPORT_CSV, "id\n1\n2\n1\n", VLIVE_ERROR_CONFLICT,
                "The id 1 would be there twice in the table products");
  write_file (fixture, "[{\"a\":1},\n\n {\"a\":tru}]");
  g_assert_cmpint (local_import (fixture->master, fixture->file, VLIVE_IMPORT_JSON,
                                 FALSE, &error),
                   ==, -1);
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "data: line 3: "));
  g_clear_error (&error);

  /* What is no file. */
  g_assert_cmpint (local_import (fixture->master, "/nonexistent.csv", VLIVE_IMPORT_CSV,
                                 FALSE, &error),
                   ==, -1);
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_STORAGE);
  g_assert_nonnull (strstr (error->message, "/nonexistent.csv: it cannot be read: "));
  g_clear_error (&error);
  g_assert_cmpint (local_import (fixture->master, fixture->folder, VLIVE_IMPORT_CSV,
                                 FALSE, &error),
                   ==, -1);
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_STORAGE);
  g_clear_error (&error);
  g_assert_cmpint (local_import (fixture->master, "/dev/null", VLIVE_IMPORT_CSV, FALSE,
                                 &error),
                   ==, -1);
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_UNSUPPORTED);
  g_clear_error (&error);
  /* A pipe into which nobody writes: not even opened. */
  pipe = g_build_filename (fixture->folder, "pipe", NULL);
  g_assert_cmpint (mkfifo (pipe, 0600), ==, 0);
  g_assert_cmpint (local_import (fixture->master, pipe, VLIVE_IMPORT_CSV, FALSE,
                                 &error),
                   ==, -1);
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_UNSUPPORTED);
  g_clear_error (&error);

  /* None of that made a table. */
  g_assert_null (local_fetch (fixture->master, NULL, 0, 1, NULL, &error));
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_NOT_FOUND);
}

static void
test_made_ids (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (import (fixture, VLIVE_IMPORT_CSV, "name,x\na,1\nb,2\n"), ==, 2);
  assert_ids (fixture, "", "1 2");
  assert_json (fixture, "2", "\"id\":2,\"name\":\"b\",\"x\":2");
  g_assert_cmpint (import (fixture, VLIVE_IMPORT_CSV, "name,x\nc,3\n"), ==, 1);
  assert_ids (fixture, "", "1 2 3");
  g_assert_cmpint (import (fixture, VLIVE_IMPORT_JSON,
                           "[{\"name\":\"d\",\"id\":null}]"),
                   ==, 1);
  assert_ids (fixture, "", "1 2 3 4");
  assert_json (fixture, "4", "\"name\":\"d\",\"id\":4");
  g_assert_cmpint (column_type (fixture, "id"), ==, VLIVE_VALUE_INTEGER);
  /* From the beginning where all is replaced. */
  write_file (fixture, "name\nx\n");
  g_assert_cmpint (local_import (fixture->master, fixture->file, VLIVE_IMPORT_CSV, TRUE,
                                 &error),
                   ==, 1);
  assert_ids (fixture, "", "1");
  g_assert_cmpint (column_type (fixture, "id"), ==, VLIVE_VALUE_INTEGER);
}

static void
test_header_only (Fixture *fixture, gconstpointer data)
{
  g_assert_cmpint (import (fixture, VLIVE_IMPORT_CSV, "id,name\n"), ==, 0);
  assert_ids (fixture, "", "");
  g_assert_cmpint (column_type (fixture, "name"), ==, VLIVE_VALUE_TEXT);
}

/* Rows 1…n, whose ids are @order-ed. */
static char *
make_csv (guint n, const char *order, guint first)
{
  GString *csv = g_string_new ("id,name,price,weight,active\n");

  for (guint i = 0; i < n; i++)
    {
      if (strcmp (order, "down") == 0)
        g_string_append_printf (csv, "%u", first + n - 1 - i);
      else if (strcmp (order, "text") == 0)
        g_string_append_printf (csv, "%08x-%u", (first + i) * 2654435761u, first + i);
      else
        g_string_append_printf (csv, "%u", first + i);
      g_string_append_printf (csv, ",name %u,%u,%u.5,%s\n", i % 100, i, i % 7,
                              i % 2 == 0 ? "true" : "false");
    }

  return g_string_free (csv, FALSE);
}

static char *
make_json (guint n, gboolean with_ids)
{
  GString *json = g_string_new ("[");

  for (guint i = 0; i < n; i++)
    {
      g_string_append (json, i > 0 ? ",\n{" : "\n{");
      if (with_ids)
        g_string_append_printf (json, "\"id\":%u,", i + 1);
      g_string_append_printf (json, "\"name\":\"name %u\",\"price\":%u", i % 100, i);
      /* Fields that some have, and others not. */
      if (i % 3 == 0)
        g_string_append_printf (json, ",\"x%u\":true", i % 900);
      g_string_append_c (json, '}');
    }
  g_string_append (json, "]\n");

  return g_string_free (json, FALSE);
}

static void
assert_many (Fixture *fixture, guint64 n, const char *first, const char *last)
{
  g_autoptr (VliveQuery) sorted = local_query ("sort=-price");
  g_autofree char *at_first = local_ids (fixture->master, NULL, 0, 1);
  g_autofree char *at_last = local_ids (fixture->master, NULL, n - 1, 10);
  g_autofree char *highest = local_ids (fixture->master, sorted, 0, 1);
  g_autoptr (VliveRecord) record = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (local_count (fixture->master, NULL), ==, n);
  g_assert_cmpstr (at_first, ==, first);
  g_assert_cmpstr (at_last, ==, last);
  g_assert_nonnull (highest);
  record = local_get (fixture->master, last, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (vlive_record_get_id (record), ==, last);
  local_check (fixture->master, NULL);
}

static void
test_large (Fixture *fixture, gconstpointer data)
{
  static const char *const orders[] = { "up", "down", "text" };
  LocalStats stats;

  for (guint i = 0; i < G_N_ELEMENTS (orders); i++)
    for (guint run = 0; run < 2; run++)
      {
        g_autofree char *csv = make_csv (MANY, orders[i], 1);
        g_autofree char *text = g_strdup_printf ("%08x-%u", 2654435761u, 1);
        g_autofree char *last_text =
            g_strdup_printf ("%08x-%u", MANY * 2654435761u, MANY);
        g_autofree char *number = g_strdup_printf ("%u", MANY);
        g_autoptr (GError) error = NULL;

        /* Also if the ids do not fit into memory. */
        _vlive_local_import_sort_memory = run == 0 ? 32 * 1024 * 1024 : 50000;
        write_file (fixture, csv);
        g_assert_cmpint (local_import (fixture->master, fixture->file, VLIVE_IMPORT_CSV,
                                       TRUE, &error),
                         ==, MANY);
        g_assert_no_error (error);
        if (i == 0)
          assert_many (fixture, MANY, "1", number);
        else if (i == 1)
          assert_many (fixture, MANY, number, "1");
        else
          assert_many (fixture, MANY, text, last_text);
      }

  /* Of those before nothing is left, but one generation. */
  local_wait_swept (fixture->master);
  local_stats (fixture->master, &stats);
  g_assert_cmpuint (stats.rows, ==, MANY);
  g_assert_cmpuint (stats.ids, ==, MANY);
  g_assert_cmpuint (stats.generations, ==, 1);
}

static void
test_append (Fixture *fixture, gconstpointer data)
{
  g_autofree char *csv = make_csv (MANY, "down", 1000);
  g_autofree char *json = make_json (MANY, FALSE);
  g_autofree char *last = g_strdup_printf ("%u", 1000 + 2 * MANY);
  g_autofree char *third = NULL;
  g_autofree char *last_id = g_strdup_printf ("%u", 1000 + 2 * MANY - 1);
  g_autoptr (GPtrArray) events = NULL;

  local_do (fixture->master, VLIVE_WRITE_INSERT, "7", "{'name': <'seven'>}");
  local_do (fixture->master, VLIVE_WRITE_INSERT, "3", "{'name': <'three'>}");
  g_assert_cmpint (import (fixture, VLIVE_IMPORT_CSV, csv), ==, MANY);
  assert_many (fixture, MANY + 2, "7", "1000");
  local_do (fixture->master, VLIVE_WRITE_INSERT, "5", "{'name': <'five'>}");
  g_assert_cmpint (import (fixture, VLIVE_IMPORT_JSON, json), ==, MANY);
  assert_many (fixture, 2 * MANY + 3, "7", last_id);
  third = local_ids (fixture->master, NULL, MANY + 1, 3);
  g_assert_true (g_str_has_prefix (third, "1000 5 21000"));
  local_do (fixture->master, VLIVE_WRITE_INSERT, NULL, "{'name': <'last'>}");
  assert_many (fixture, 2 * MANY + 4, "7", last);
  local_do (fixture->master, VLIVE_WRITE_DELETE, "5", NULL);
  local_do (fixture->master, VLIVE_WRITE_DELETE, "1000", NULL);
  local_do (fixture->master, VLIVE_WRITE_PATCH, "21000", "{'price': <-1>}");
  assert_ids (fixture, "price=-1", "21000");
  assert_many (fixture, 2 * MANY + 2, "7", last);

  /* Each was one change. */
  events = local_read_log (fixture->master, 0);
  g_assert_cmpuint (events->len, ==, 9);
  g_assert_cmpint (vlive_change_event_get_kind (events->pdata[2]), ==,
                   VLIVE_CHANGE_CHANGED);
  g_assert_cmpint (vlive_change_event_get_kind (events->pdata[4]), ==,
                   VLIVE_CHANGE_CHANGED);
}

/* Versions grow, also those of rows that share one. */
static void
test_versions (Fixture *fixture, gconstpointer data)
{
  g_autofree char *csv = make_csv (MANY, "up", 1);
  g_autoptr (VliveRecord) fields = local_fields (NULL, "{'price': <1>}");
  g_autoptr (VliveReply) reply = NULL;
  g_autoptr (GError) error = NULL;

  local_do (fixture->master, VLIVE_WRITE_INSERT, "0", "{'name': <'x'>}");
  g_assert_cmpint (import (fixture, VLIVE_IMPORT_CSV, csv), ==, MANY);
  reply = local_apply (fixture->master, VLIVE_WRITE_PATCH, "17", fields, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (vlive_reply_get_version (reply), ==, 3);
}

/* Ids of text in the table, and numbers in the file: text. */
static void
test_text_ids (Fixture *fixture, gconstpointer data)
{
  g_autofree char *csv = make_csv (MANY, "up", 1);
  g_autoptr (VliveRecord) record = NULL;
  g_autoptr (VliveRecord) late = NULL;
  g_autoptr (GError) error = NULL;

  local_do (fixture->master, VLIVE_WRITE_INSERT, "a", "{'name': <'x'>}");
  g_assert_cmpint (import (fixture, VLIVE_IMPORT_CSV, csv), ==, MANY);
  record = local_get (fixture->master, "17", &error);
  g_assert_cmpint (vlive_record_get_field_type (record, "id"), ==, VLIVE_VALUE_TEXT);
  late = local_get (fixture->master, "19999", &error);
  g_assert_cmpint (vlive_record_get_field_type (late, "id"), ==, VLIVE_VALUE_TEXT);
}

static void
assert_unchanged (Fixture *fixture, guint64 sequence)
{
  g_autoptr (GPtrArray) events = local_read_log (fixture->master, sequence);
  g_autofree char *ids = local_ids (fixture->master, NULL, 0, 0);
  LocalStats stats;

  g_assert_cmpuint (events->len, ==, 0);
  g_assert_cmpstr (ids, ==, "500 a");
  local_wait_swept (fixture->master);
  local_stats (fixture->master, &stats);
  g_assert_cmpuint (stats.rows, ==, 2);
  g_assert_cmpuint (stats.ids, ==, 2);
  g_assert_cmpuint (stats.generations, ==, 1);
  local_check (fixture->master, NULL);
}

/* All or nothing. */
static void
test_failures (Fixture *fixture, gconstpointer data)
{
  g_autofree char *up = make_csv (MANY, "up", 1);
  g_autofree char *down = make_csv (MANY, "down", 1);
  g_autoptr (GString) twice = g_string_new (up);
  g_autoptr (GString) twice_down = g_string_new (down);
  g_autoptr (GString) next = g_string_new (up);
  g_autofree char *json = make_json (MANY, TRUE);
  g_autoptr (GString) bad_json = g_string_new_len (json, (gssize) strlen (json) - 2);

  local_do (fixture->master, VLIVE_WRITE_INSERT, "500", "{'name': <'x'>}");
  local_do (fixture->master, VLIVE_WRITE_INSERT, "a", "{'name': <'x'>}");
  assert_fails (fixture, VLIVE_IMPORT_CSV, up, VLIVE_ERROR_CONFLICT,
                "row 500: the table has a record with the id 500 already");
  assert_unchanged (fixture, 2);
  assert_fails (fixture, VLIVE_IMPORT_CSV, down, VLIVE_ERROR_CONFLICT,
                "row 19501: the table has a record with the id 500 already");
  assert_unchanged (fixture, 2);
  g_string_append (bad_json, ",{\"id\":x}]");
  assert_fails (fixture, VLIVE_IMPORT_JSON, json, VLIVE_ERROR_CONFLICT,
                "row 500: the table has a record with the id 500 already");
  assert_unchanged (fixture, 2);
  local_do (fixture->master, VLIVE_WRITE_DELETE, "500", NULL);
  local_do (fixture->master, VLIVE_WRITE_DELETE, "a", NULL);
  local_do (fixture->master, VLIVE_WRITE_INSERT, "500", "{'name': <'x'>}");
  local_do (fixture->master, VLIVE_WRITE_DELETE, "500", NULL);

  /* Equal ids in the file. */
  g_string_append (twice, "17,,,,\n");
  assert_fails (fixture, VLIVE_IMPORT_CSV, twice->str, VLIVE_ERROR_CONFLICT,
                "row 20001: the id 17 is there twice, first in row 17");
  g_string_append (next, "20000,,,,\n");
  assert_fails (fixture, VLIVE_IMPORT_CSV, next->str, VLIVE_ERROR_CONFLICT,
                "row 20001: the id 20000 is there twice, first in row 20000");
  g_string_append (twice_down, "17,,,,\n");
  assert_fails (fixture, VLIVE_IMPORT_CSV, twice_down->str, VLIVE_ERROR_CONFLICT,
                "row 20001: its id is that of row 19984");
  g_assert_cmpuint (local_count (fixture->master, NULL), ==, 0);

  local_do (fixture->master, VLIVE_WRITE_INSERT, "500", "{'name': <'x'>}");
  local_do (fixture->master, VLIVE_WRITE_INSERT, "a", "{'name': <'x'>}");
  assert_unchanged (fixture, 8);
}

/* A table that is not there is not made by an import that fails. */
static void
test_failure_makes_nothing (Fixture *fixture, gconstpointer data)
{
  g_autofree char *up = make_csv (MANY, "up", 1);
  g_autoptr (GString) twice = g_string_new (up);
  g_autoptr (GError) error = NULL;
  LocalStats stats;

  g_string_append (twice, "17,,,,\n");
  assert_fails (fixture, VLIVE_IMPORT_CSV, twice->str, VLIVE_ERROR_CONFLICT,
                "row 20001: the id 17 is there twice, first in row 17");
  g_assert_null (local_fetch (fixture->master, NULL, 0, 1, NULL, &error));
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_NOT_FOUND);
  local_wait_swept (fixture->master);
  local_stats (fixture->master, &stats);
  g_assert_cmpuint (stats.rows + stats.ids + stats.generations, ==, 0);
}

/* An import with progress that may be stopped at any row. */
typedef struct
{
  GCancellable *cancellable;
  guint64 cancel_at;
  guint n_calls;
  guint64 bytes;
  guint64 rows;
  guint64 total;
  guint n_destroyed;
} Progress;

static void
progress_cb (guint64 bytes, guint64 total_bytes, guint64 rows, gpointer user_data)
{
  Progress *progress = user_data;

  g_assert_cmpuint (bytes, >=, progress->bytes);
  g_assert_cmpuint (rows, >=, progress->rows);
  g_assert_cmpuint (bytes, <=, total_bytes);
  progress->bytes = bytes;
  progress->rows = rows;
  progress->total = total_bytes;
  progress->n_calls++;
  if (progress->cancellable != NULL && rows >= progress->cancel_at)
    g_cancellable_cancel (progress->cancellable);
}

static void
destroyed_cb (gpointer user_data)
{
  ((Progress *) user_data)->n_destroyed++;
}

static void
test_progress (Fixture *fixture, gconstpointer data)
{
  g_autofree char *csv = make_csv (MANY, "up", 1);
  g_autoptr (GFile) file = g_file_new_for_path (fixture->file);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  Progress progress = { 0 };

  write_file (fixture, csv);
  vlive_local_master_import_async (fixture->master, file, VLIVE_IMPORT_CSV, FALSE,
                                   progress_cb, &progress, destroyed_cb, NULL,
                                   vlive_test_result_cb, &result);
  VLIVE_TEST_WAIT (result != NULL);
  g_assert_cmpint (vlive_local_master_import_finish (fixture->master, result, &error),
                   ==, MANY);
  g_assert_cmpuint (progress.n_calls, >=, 1);
  g_assert_cmpuint (progress.bytes, ==, strlen (csv));
  g_assert_cmpuint (progress.total, ==, strlen (csv));
  g_assert_cmpuint (progress.rows, ==, MANY);
  g_clear_object (&result);
  VLIVE_TEST_WAIT (progress.n_destroyed == 1);
}

/* Cancelled after ever more turns of the main loop: as it was, or complete. */
static void
test_cancel (Fixture *fixture, gconstpointer data)
{
  g_autofree char *csv = make_csv (MANY, "down", 1);
  g_autoptr (GFile) file = g_file_new_for_path (fixture->file);
  gboolean done = FALSE;
  guint n_cancelled = 0;

  local_do (fixture->master, VLIVE_WRITE_INSERT, "a", "{'name': <'x'>}");
  write_file (fixture, csv);
  for (guint turns = 0; turns < 200 && !done; turns++)
    {
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (GError) error = NULL;

      vlive_local_master_import_async (fixture->master, file, VLIVE_IMPORT_CSV, FALSE,
                                       NULL, NULL, NULL, cancellable,
                                       vlive_test_result_cb, &result);
      for (guint i = 0; i < turns && result == NULL; i++)
        vlive_test_turn ();
      g_cancellable_cancel (cancellable);
      VLIVE_TEST_WAIT (result != NULL);
      done = vlive_local_master_import_finish (fixture->master, result, &error) == MANY;
      if (!done)
        {
          g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
          assert_ids (fixture, "", "a");
          n_cancelled++;
        }
    }
  g_assert_true (done);
  g_assert_cmpuint (n_cancelled, >, 3);
  g_assert_cmpuint (local_count (fixture->master, NULL), ==, MANY + 1);
  local_check (fixture->master, NULL);
}

static gboolean
has_rows (gpointer data)
{
  LocalStats stats;

  local_stats (data, &stats);

  return stats.rows > 1;
}

/* Starts an import that appends, and waits until it has written rows. */
static void
start_import (Fixture *fixture, GAsyncResult **result)
{
  g_autofree char *csv = make_csv (10 * MANY, "up", 1);
  g_autoptr (GFile) file = g_file_new_for_path (fixture->file);

  local_do (fixture->master, VLIVE_WRITE_INSERT, "a", "{'name': <'x'>}");
  write_file (fixture, csv);
  vlive_local_master_import_async (fixture->master, file, VLIVE_IMPORT_CSV, FALSE, NULL,
                                   NULL, NULL, NULL, vlive_test_result_cb, result);
  g_assert_true (vlive_test_wait (has_rows, fixture->master));
  g_assert_null (*result);
}

/* What is being imported is not there for others, who may take its ids. */
static void
test_disturbed (Fixture *fixture, gconstpointer data)
{
  g_autoptr (VliveLocalMaster) other =
      vlive_local_master_new (fixture->path, "products");
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (VliveRecord) mine = NULL;

  start_import (fixture, &result);
  assert_ids (fixture, "", "a");
  g_assert_null (local_get (other, "1", &error));
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_NOT_FOUND);
  g_clear_error (&error);
  local_do (other, VLIVE_WRITE_INSERT, "1", "{'name': <'mine'>}");
  VLIVE_TEST_WAIT (result != NULL);
  g_assert_cmpint (vlive_local_master_import_finish (fixture->master, result, &error),
                   ==, -1);
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_CONFLICT);
  g_assert_nonnull (
      strstr (error->message,
              "a record with the id 1 was inserted while the import ran"));
  g_clear_error (&error);
  local_wait_swept (fixture->master);
  assert_ids (fixture, "", "a 1");
  mine = local_get (other, "1", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (vlive_record_get_text (mine, "name"), ==, "mine");
}

static void
test_emptied_meanwhile (Fixture *fixture, gconstpointer data)
{
  g_autoptr (VliveLocalMaster) other =
      vlive_local_master_new (fixture->path, "products");
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  start_import (fixture, &result);
  local_do (other, VLIVE_WRITE_DELETE_ALL, NULL, NULL);
  VLIVE_TEST_WAIT (result != NULL);
  g_assert_cmpint (vlive_local_master_import_finish (fixture->master, result, &error),
                   ==, -1);
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_CONFLICT);
  g_assert_nonnull (strstr (error->message, "was emptied, replaced or imported into"));
  g_assert_cmpuint (local_count (fixture->master, NULL), ==, 0);
}

/* Other writes meanwhile are not lost, and come before it. */
static void
test_written_meanwhile (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *ids = NULL;

  start_import (fixture, &result);
  local_do (fixture->master, VLIVE_WRITE_INSERT, "b", "{'name': <'y'>}");
  local_do (fixture->master, VLIVE_WRITE_PATCH, "a", "{'name': <'z'>}");
  VLIVE_TEST_WAIT (result != NULL);
  g_assert_cmpint (vlive_local_master_import_finish (fixture->master, result, &error),
                   ==, 10 * MANY);
  g_assert_no_error (error);
  ids = local_ids (fixture->master, NULL, 0, 4);
  g_assert_cmpstr (ids, ==, "a b 1 2");
  assert_ids (fixture, "name=z", "a");
  local_check (fixture->master, NULL);
}

/* Two at once into one table: one of them says that it must be done again. */
static void
test_two_imports (Fixture *fixture, gconstpointer data)
{
  g_autofree char *csv = make_csv (MANY, "up", 1000000);
  g_autofree char *path = g_build_filename (fixture->folder, "other", NULL);
  g_autoptr (VliveLocalMaster) other =
      vlive_local_master_new (fixture->path, "products");
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (path, csv, -1, NULL));
  start_import (fixture, &result);
  g_assert_cmpint (local_import (other, path, VLIVE_IMPORT_CSV, FALSE, &error), ==,
                   MANY);
  g_assert_no_error (error);
  VLIVE_TEST_WAIT (result != NULL);
  g_assert_cmpint (vlive_local_master_import_finish (fixture->master, result, &error),
                   ==, -1);
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_CONFLICT);
  local_wait_swept (fixture->master);
  g_assert_cmpuint (local_count (fixture->master, NULL), ==, MANY + 1);
  local_check (fixture->master, NULL);
}

/* Makes a generation look as a crash left it: begun, with rows and ids. */
static gboolean
leave_run (VliveLocalJob *job, VliveTxn *txn, GError **error)
{
  VliveLocalGeneration generation = { .state = VLIVE_LOCAL_BUILDING };
  VliveLocalCounters counters;
  g_auto (VliveLocalTable) table = { 0 };
  g_autoptr (VliveRecord) record = local_fields ("left", "{'x': <1>}");
  VliveLocalKey key;
  guint64 row;
  guint64 value;

  g_assert_true (_vlive_local_table_open (&table, job->file, txn, "products", error));
  _vlive_local_load_counters (txn, &counters);
  generation.space = table.record.space;
  row = VLIVE_LOCAL_ROW (counters.generation, 0);
  value = GUINT64_TO_BE (row);
  _vlive_local_generation_put (txn, counters.generation++, &generation);
  _vlive_local_save_counters (txn, &counters);
  _vlive_local_row_put (&table, row, record, 0, error);
  _vlive_local_id_key (&key, table.record.space, "left");
  _vlive_txn_put (txn, VLIVE_LOCAL_IDS, VLIVE_LOCAL_SPAN (&key),
                  VLIVE_SPAN (&value, sizeof value));

  return TRUE;
}

static gboolean left;

static void
leave_done (VliveLocalJob *job, const GError *error)
{
  g_assert_no_error (error);
  left = TRUE;
}

static void
leave_free (VliveLocalJob *job)
{
}

static void
reopen (Fixture *fixture)
{
  g_assert_finalize_object (fixture->master);
  VLIVE_TEST_WAIT (_vlive_storage_n_open () == 0);
  fixture->master = vlive_local_master_new (fixture->path, "products");
}

static void
test_leftovers (Fixture *fixture, gconstpointer data)
{
  VliveLocalJob job = { .run = leave_run, .done = leave_done, .free = leave_free };
  LocalStats stats;
  int lock;

  local_do (fixture->master, VLIVE_WRITE_INSERT, "a", "{'name': <'x'>}");
  left = FALSE;
  _vlive_local_file_run (_vlive_local_master_get_file (fixture->master), &job,
                         VLIVE_LOCAL_WRITE, NULL);
  VLIVE_TEST_WAIT (left);

  /* While somebody has its lock it stays. */
  lock = _vlive_local_lock_take (fixture->path, 2, -1, NULL);
  g_assert_cmpint (lock, >=, 0);
  g_assert_true (_vlive_local_lock_held (fixture->path, 2));
  g_assert_false (_vlive_local_lock_held (fixture->path, 1));
  reopen (fixture);
  assert_ids (fixture, "", "a");
  local_wait_swept (fixture->master);
  vlive_test_spin (50);
  local_stats (fixture->master, &stats);
  g_assert_cmpuint (stats.rows, ==, 2);
  g_assert_cmpuint (stats.generations, ==, 2);

  close (lock);
  reopen (fixture);
  assert_ids (fixture, "", "a");
  do
    local_stats (fixture->master, &stats);
  while (stats.rows != 1);
  local_wait_swept (fixture->master);
  local_stats (fixture->master, &stats);
  g_assert_cmpuint (stats.rows, ==, 1);
  g_assert_cmpuint (stats.ids, ==, 1);
  g_assert_cmpuint (stats.generations, ==, 1);
  local_do (fixture->master, VLIVE_WRITE_INSERT, "left", "{'name': <'x'>}");
  assert_ids (fixture, "", "a left");
}

/* What it needs cannot be made. */
static void
test_no_lock (Fixture *fixture, gconstpointer data)
{
  g_autofree char *csv = make_csv (MANY, "up", 1);
  g_autofree char *name = g_strconcat (fixture->path, "-import", NULL);
  g_autoptr (GError) error = NULL;
  LocalStats stats;

  local_do (fixture->master, VLIVE_WRITE_INSERT, "a", "{'name': <'x'>}");
  g_assert_cmpint (g_mkdir (name, 0700), ==, 0);
  write_file (fixture, csv);
  g_assert_cmpint (local_import (fixture->master, fixture->file, VLIVE_IMPORT_CSV,
                                 FALSE, &error),
                   ==, -1);
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_STORAGE);
  g_assert_nonnull (strstr (error->message, "cannot be locked"));
  assert_ids (fixture, "", "a");
  local_stats (fixture->master, &stats);
  g_assert_cmpuint (stats.rows, ==, 1);
  g_assert_cmpuint (stats.generations, ==, 1);
}

/* No id is left to be made. */
static void
test_no_ids (Fixture *fixture, gconstpointer data)
{
  g_autofree char *json = make_json (MANY, FALSE);
  g_autoptr (GError) error = NULL;

  local_do (fixture->master, VLIVE_WRITE_INSERT, "9223372036854775800",
            "{'name': <'x'>}");
  for (guint i = 0; i < 2; i++)
    {
      write_file (fixture, i == 0 ? json : "{\"a\":1}{}{}{}{}{}{}{}{}");
      g_assert_cmpint (local_import (fixture->master, fixture->file, VLIVE_IMPORT_JSON,
                                     FALSE, &error),
                       ==, -1);
      g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_REJECTED);
      g_assert_nonnull (
          strstr (error->message, "The table products has no higher id left"));
      g_clear_error (&error);
    }
  assert_ids (fixture, "", "9223372036854775800");
}

/* Ids that were set aside for an import that failed can be given again. */
static void
test_ids_given_back (Fixture *fixture, gconstpointer data)
{
  g_autofree char *json = make_json (MANY, FALSE);
  g_autoptr (GString) broken = g_string_new_len (json, (gssize) strlen (json) - 2);
  g_autoptr (VliveRecord) fields = local_fields (NULL, "{'name': <'x'>}");
  g_autoptr (VliveReply) reply = NULL;
  g_autoptr (GError) error = NULL;

  local_do (fixture->master, VLIVE_WRITE_INSERT, "7", "{'name': <'x'>}");
  g_string_append (broken, ",\n{\"a\":tru}]");
  write_file (fixture, broken->str);
  g_assert_cmpint (local_import (fixture->master, fixture->file, VLIVE_IMPORT_JSON,
                                 FALSE, &error),
                   ==, -1);
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_INVALID);
  g_clear_error (&error);
  reply = local_apply (fixture->master, VLIVE_WRITE_INSERT, NULL, fields, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (vlive_reply_get_id (reply), ==, "8");
}

/* A file that changes between the two readings. */
static void
change_cb (guint64 bytes, guint64 total_bytes, guint64 rows, gpointer user_data)
{
}

static void
test_changed_file (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *text;
    const char *message;
  } cases[] = {
    { "id,x\n1,1\n", "it was changed while it was read" },
    { "id,x\n1,1\n2,2\n3,3\n", "it was changed while it was read" },
    { "id,y\n1,1\n2,2\n", "line 1: the file was changed while it was read" },
    { "id,x\n1,1\n2,two\n", "line 3: the file was changed while it was read" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (VliveImportSource) source = _vlive_import_csv_new ();
      g_autoptr (GInputStream) first =
          g_memory_input_stream_new_from_data ("id,x\n1,1\n2,2\n", -1, NULL);
      g_autoptr (GInputStream) second =
          g_memory_input_stream_new_from_data (cases[i].text, -1, NULL);
      g_autoptr (GError) error = NULL;
      gboolean done = FALSE;

      source->klass->rewind (source, first);
      g_assert_true (source->klass->scan (source, G_MAXUINT32, &done, NULL, &error));
      g_assert_true (done);
      g_assert_cmpuint (source->n_rows, ==, 2);
      source->klass->rewind (source, second);
      while (source->klass->next (source, NULL, &error))
        ;
      if (error != NULL)
        g_assert_cmpstr (error->message, ==, cases[i].message);
      else
        g_assert_cmpuint (source->row, !=, source->n_rows);
    }
}

static void
test_knobs (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  Progress progress = { 0 };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GFile) file = g_file_new_for_path (fixture->file);

  write_file (fixture, "id\n1\n");
  vlive_local_master_set_offline (fixture->master, TRUE);
  vlive_local_master_import_async (fixture->master, file, VLIVE_IMPORT_CSV, FALSE,
                                   change_cb, &progress, destroyed_cb, NULL,
                                   vlive_test_result_cb, &result);
  VLIVE_TEST_WAIT (result != NULL);
  g_assert_cmpint (vlive_local_master_import_finish (fixture->master, result, &error),
                   ==, -1);
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_OFFLINE);
  g_clear_object (&result);
  VLIVE_TEST_WAIT (progress.n_destroyed == 1);
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, setup, func, teardown)

int
main (int argc, char *argv[])
{
  vlive_test_init (&argc, &argv);
  ADD ("/master/local-import/csv", test_csv);
  ADD ("/master/local-import/json", test_json);
  ADD ("/master/local-import/faults", test_faults);
  ADD ("/master/local-import/made-ids", test_made_ids);
  ADD ("/master/local-import/header-only", test_header_only);
  ADD ("/master/local-import/large", test_large);
  ADD ("/master/local-import/append", test_append);
  ADD ("/master/local-import/versions", test_versions);
  ADD ("/master/local-import/text-ids", test_text_ids);
  ADD ("/master/local-import/failures", test_failures);
  ADD ("/master/local-import/failure-makes-nothing", test_failure_makes_nothing);
  ADD ("/master/local-import/progress", test_progress);
  ADD ("/master/local-import/cancel", test_cancel);
  ADD ("/master/local-import/disturbed", test_disturbed);
  ADD ("/master/local-import/emptied-meanwhile", test_emptied_meanwhile);
  ADD ("/master/local-import/written-meanwhile", test_written_meanwhile);
  ADD ("/master/local-import/two-imports", test_two_imports);
  ADD ("/master/local-import/leftovers", test_leftovers);
  ADD ("/master/local-import/no-lock", test_no_lock);
  ADD ("/master/local-import/no-ids", test_no_ids);
  ADD ("/master/local-import/ids-given-back", test_ids_given_back);
  ADD ("/master/local-import/changed-file", test_changed_file);
  ADD ("/master/local-import/knobs", test_knobs);

  return vlive_test_run ();
}
