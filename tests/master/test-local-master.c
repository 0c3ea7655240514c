/* test-local-master.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "local-fixture.h"

#include <glib/gstdio.h>

typedef struct
{
  char *folder;
  char *path;
  VliveLocalMaster *master;
} Fixture;

static void
setup (Fixture *fixture, gconstpointer data)
{
  fixture->folder = vlive_test_dup_folder ();
  fixture->path = g_build_filename (fixture->folder, "test.vlive", NULL);
  fixture->master = vlive_local_master_new (fixture->path, "products");
}

static void
teardown (Fixture *fixture, gconstpointer data)
{
  g_assert_finalize_object (fixture->master);
  vlive_test_assert_all_gone ();
  g_assert_cmpuint (_vlive_local_n_files (), ==, 0);
  g_assert_cmpuint (_vlive_storage_n_open (), ==, 0);
  g_free (fixture->path);
  g_free (fixture->folder);
}

/* The same table by another object, as after a restart. */
static void
reopen (Fixture *fixture)
{
  g_assert_finalize_object (fixture->master);
  VLIVE_TEST_WAIT (_vlive_storage_n_open () == 0);
  fixture->master = vlive_local_master_new (fixture->path, "products");
}

static void
seed (Fixture *fixture)
{
  g_autoptr (GPtrArray) records = local_seed ();
  g_autoptr (GError) error = NULL;

  g_assert_true (local_replace_all (fixture->master, records, &error));
  g_assert_no_error (error);
}

static void
assert_ids (Fixture *fixture,
            const char *query,
            guint64 offset,
            guint limit,
            const char *expected)
{
  g_autoptr (VliveQuery) parsed = local_query (query);
  g_autofree char *ids = local_ids (fixture->master, parsed, offset, limit);

  g_assert_cmpstr (ids, ==, expected);
}

static void
test_missing (Fixture *fixture, gconstpointer data)
{
  g_autofree char *expected =
      g_strdup_printf ("There is no table products in %s; seed or import it first",
                       fixture->path);
  g_autoptr (GError) error = NULL;
  g_autoptr (VliveLocalMaster) other = NULL;
  guint64 sequence;

  g_assert_null (local_fetch (fixture->master, NULL, 0, 10, NULL, &error));
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_NOT_FOUND);
  g_assert_cmpstr (error->message, ==, expected);
  g_clear_error (&error);
  g_assert_null (local_get (fixture->master, "a", &error));
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_NOT_FOUND);
  g_assert_cmpstr (error->message, ==, expected);
  g_clear_error (&error);
  g_assert_null (local_describe (fixture->master, &error));
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_NOT_FOUND);
  g_clear_error (&error);
  for (guint op = VLIVE_WRITE_REPLACE; op <= VLIVE_WRITE_DELETE_ALL; op++)
    {
      g_autoptr (VliveRecord) fields = local_fields (NULL, "{'name': <'x'>}");

      g_assert_null (local_apply (fixture->master, (VliveWriteOp) op,
                                  op < VLIVE_WRITE_DELETE_ALL ? "a" : NULL,
                                  op <= VLIVE_WRITE_PATCH ? fields : NULL, &error));
      g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_NOT_FOUND);
      g_clear_error (&error);
    }

  /* Nothing of that has made it. */
  g_assert_false (g_file_test (fixture->path, G_FILE_TEST_EXISTS));
  g_assert_null (vlive_master_get_identity (VLIVE_MASTER (fixture->master)));
  g_assert_false (
      vlive_master_peek_sequence (VLIVE_MASTER (fixture->master), &sequence));

  /* The first write does. */
  local_do (fixture->master, VLIVE_WRITE_INSERT, "a", "{'name': <'Apple Pie'>}");
  g_assert_true (g_file_test (fixture->path, G_FILE_TEST_EXISTS));

  /* The file is there, another table is not. */
  other = vlive_local_master_new (fixture->path, "others");
  g_assert_null (local_fetch (other, NULL, 0, 10, NULL, &error));
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (error->message, "There is no table others in "));
}

static void
test_folder (Fixture *fixture, gconstpointer data)
{
  g_autofree char *folder = g_build_filename (fixture->folder, "none", NULL);
  g_autofree char *path = g_build_filename (folder, "test.vlive", NULL);
  g_autoptr (VliveLocalMaster) master = vlive_local_master_new (path, "products");
  g_autoptr (VliveRecord) fields = local_fields (NULL, "{'name': <'x'>}");
  g_autoptr (GError) error = NULL;
  g_autofree char *own =
      g_build_filename (g_get_user_data_dir (), "vlive", "t.vlive", NULL);
  g_autoptr (VliveLocalMaster) in_own = vlive_local_master_new (own, "products");
  g_autoptr (VliveLocalMaster) is_folder =
      vlive_local_master_new (fixture->folder, "products");

  g_assert_null (local_apply (master, VLIVE_WRITE_INSERT, "a", fields, &error));
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_STORAGE);
  g_assert_nonnull (strstr (error->message, "there is no folder"));
  g_assert_false (g_file_test (folder, G_FILE_TEST_EXISTS));
  g_clear_error (&error);

  g_assert_null (local_fetch (is_folder, NULL, 0, 1, NULL, &error));
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_STORAGE);
  g_assert_nonnull (strstr (error->message, "is a folder"));
  g_clear_error (&error);

  /* Our own is made. */
  local_do (in_own, VLIVE_WRITE_INSERT, "a", "{'name': <'x'>}");
  g_assert_true (g_file_test (own, G_FILE_TEST_IS_REGULAR));
}

static void
test_seed (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) records = local_seed ();
  g_autoptr (VliveRecord) apple = NULL;
  g_autoptr (VlivePage) page = NULL;
  g_autoptr (GError) error = NULL;
  gint64 price = 0;
  guint64 total = 0;

  seed (fixture);
  local_do (fixture->master, VLIVE_WRITE_INSERT, "d",
            "{'name': <'Donut'>, 'price': <5>}");
  local_do (fixture->master, VLIVE_WRITE_DELETE, "b", NULL);
  assert_ids (fixture, "", 0, 0, "a c d");

  /* Again: exactly that. */
  seed (fixture);
  page = local_fetch (fixture->master, NULL, 0, 0, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (vlive_page_get_n_records (page), ==, 3);
  g_assert_cmpint (vlive_page_get_total (page, &total), ==, VLIVE_TOTAL_EXACT);
  g_assert_cmpuint (total, ==, 3);
  g_assert_cmpstr (vlive_record_get_text (vlive_page_get_record (page, 1), "name"), ==,
                   "Brioche");
  g_assert_cmpstr (vlive_record_get_text (vlive_page_get_record (page, 1), "id"), ==,
                   "b");

  reopen (fixture);
  assert_ids (fixture, "", 0, 0, "a b c");
  apple = local_get (fixture->master, "a", &error);
  g_assert_no_error (error);
  g_assert_true (vlive_record_get_integer (apple, "price", &price));
  g_assert_cmpint (price, ==, 12);

  /* Two equal ids: nothing is changed. */
  g_ptr_array_add (records, local_fields ("a", "{'name': <'Again'>}"));
  g_assert_false (local_replace_all (fixture->master, records, &error));
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_CONFLICT);
  assert_ids (fixture, "", 0, 0, "a b c");
}

/* Ids stay in the order in which they came. */
static void
test_insertion_order (Fixture *fixture, gconstpointer data)
{
  static const char *const ids[] = { "10", "9", "2" };

  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    local_do (fixture->master, VLIVE_WRITE_INSERT, ids[i], "{'x': <1>}");
  assert_ids (fixture, "", 0, 0, "10 9 2");
  assert_ids (fixture, "", 1, 1, "9");
  assert_ids (fixture, "sort=id", 0, 0, "2 9 10");
  reopen (fixture);
  assert_ids (fixture, "", 0, 0, "10 9 2");

  local_do (fixture->master, VLIVE_WRITE_DELETE, "9", NULL);
  local_do (fixture->master, VLIVE_WRITE_INSERT, "9", "{'x': <2>}");
  assert_ids (fixture, "", 0, 0, "10 2 9");
  local_do (fixture->master, VLIVE_WRITE_PATCH, "10", "{'x': <3>}");
  assert_ids (fixture, "", 0, 0, "10 2 9");
}

static void
test_writes (Fixture *fixture, gconstpointer data)
{
  g_autoptr (VliveRecord) fields =
      local_fields (NULL, "{'name': <'Donut'>, 'price': <5>}");
  g_autoptr (VliveRecord) price = local_fields (NULL, "{'price': <6.5>}");
  g_autoptr (VliveReply) inserted = NULL;
  g_autoptr (VliveReply) patched = NULL;
  g_autoptr (VliveReply) replaced = NULL;
  g_autoptr (VliveReply) deleted = NULL;
  g_autoptr (GError) error = NULL;
  double real = 0;

  seed (fixture);
  inserted = local_apply (fixture->master, VLIVE_WRITE_INSERT, "d", fields, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (vlive_reply_get_id (inserted), ==, "d");
  g_assert_cmpstr (vlive_record_get_text (vlive_reply_get_record (inserted), "name"),
                   ==, "Donut");
  g_assert_cmpstr (vlive_record_get_text (vlive_reply_get_record (inserted), "id"), ==,
                   "d");

  patched = local_apply (fixture->master, VLIVE_WRITE_PATCH, "d", price, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (vlive_reply_get_version (patched), >,
                    vlive_reply_get_version (inserted));
  g_assert_true (
      vlive_record_get_double (vlive_reply_get_record (patched), "price", &real));
  g_assert_cmpfloat (real, ==, 6.5);
  g_assert_cmpstr (vlive_record_get_text (vlive_reply_get_record (patched), "name"), ==,
                   "Donut");

  replaced = local_apply (fixture->master, VLIVE_WRITE_REPLACE, "d", price, &error);
  g_assert_no_error (error);
  g_assert_cmpint (vlive_record_get_field_type (vlive_reply_get_record (replaced),
                                                "name"),
                   ==, VLIVE_VALUE_MISSING);
  g_assert_cmpstr (vlive_record_get_text (vlive_reply_get_record (replaced), "id"), ==,
                   "d");

  deleted = local_apply (fixture->master, VLIVE_WRITE_DELETE, "d", NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (vlive_reply_get_id (deleted), ==, "d");
  g_assert_null (vlive_reply_get_record (deleted));
  assert_ids (fixture, "", 0, 0, "a b c");
  g_assert_null (local_get (fixture->master, "d", &error));
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_NOT_FOUND);
  g_assert_cmpstr (error->message, ==,
                   "The table products has no record with the id d");
}

static void
assert_refused (Fixture *fixture,
                VliveWriteOp op,
                const char *id,
                const char *fields,
                VliveError code)
{
  g_autoptr (VliveRecord) record = fields != NULL ? local_fields (NULL, fields) : NULL;
  g_autoptr (GError) error = NULL;
  guint64 before = local_count (fixture->master, NULL);
  guint64 sequence_before = 0;
  guint64 sequence = 0;

  g_assert_true (
      vlive_master_peek_sequence (VLIVE_MASTER (fixture->master), &sequence_before));
  g_assert_null (local_apply (fixture->master, op, id, record, &error));
  g_assert_error (error, VLIVE_ERROR, (int) code);
  g_assert_cmpuint (local_count (fixture->master, NULL), ==, before);
  g_assert_true (
      vlive_master_peek_sequence (VLIVE_MASTER (fixture->master), &sequence));
  g_assert_cmpuint (sequence, ==, sequence_before);
}

static void
test_refusals (Fixture *fixture, gconstpointer data)
{
  g_autofree char *long_id = g_strnfill (VLIVE_LOCAL_MAX_ID + 1, 'x');
  g_autofree char *longest_id = g_strnfill (VLIVE_LOCAL_MAX_ID, 'x');
  g_autofree char *huge_id = g_strnfill (100 * 1024, 'x');
  g_autoptr (VliveRecord) longest = NULL;
  g_autoptr (GError) error = NULL;

  seed (fixture);
  assert_refused (fixture, VLIVE_WRITE_INSERT, "a", "{'name': <'x'>}",
                  VLIVE_ERROR_CONFLICT);
  assert_refused (fixture, VLIVE_WRITE_INSERT, NULL, "{'id': <'a'>}",
                  VLIVE_ERROR_CONFLICT);
  assert_refused (fixture, VLIVE_WRITE_INSERT, "", "{'name': <'x'>}",
                  VLIVE_ERROR_INVALID);
  assert_refused (fixture, VLIVE_WRITE_INSERT, long_id, "{'name': <'x'>}",
                  VLIVE_ERROR_INVALID);
  assert_refused (fixture, VLIVE_WRITE_INSERT, NULL, "{'id': <true>}",
                  VLIVE_ERROR_INVALID);
  assert_refused (fixture, VLIVE_WRITE_PATCH, "z", "{'name': <'x'>}",
                  VLIVE_ERROR_NOT_FOUND);
  assert_refused (fixture, VLIVE_WRITE_REPLACE, "z", "{'name': <'x'>}",
                  VLIVE_ERROR_NOT_FOUND);
  assert_refused (fixture, VLIVE_WRITE_DELETE, "z", NULL, VLIVE_ERROR_NOT_FOUND);
  assert_refused (fixture, VLIVE_WRITE_PATCH, long_id, "{'name': <'x'>}",
                  VLIVE_ERROR_INVALID);
  assert_refused (fixture, VLIVE_WRITE_PATCH, "a", "{'id': <'q'>}",
                  VLIVE_ERROR_REJECTED);
  assert_refused (fixture, VLIVE_WRITE_REPLACE, "a", "{'id': <'b'>}",
                  VLIVE_ERROR_REJECTED);

  /* The longest id that can be, and what begins like it. */
  local_do (fixture->master, VLIVE_WRITE_INSERT, longest_id, "{'name': <'x'>}");
  longest = local_get (fixture->master, longest_id, &error);
  g_assert_no_error (error);
  g_assert_null (local_get (fixture->master, long_id, &error));
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_null (local_get (fixture->master, huge_id, &error));
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_NOT_FOUND);
  /* The own id may be given again. */
  local_do (fixture->master, VLIVE_WRITE_PATCH, "a", "{'id': <'a'>, 'price': <1>}");
}

static char *
insert_without_id (Fixture *fixture, const char *fields)
{
  g_autoptr (VliveRecord) record = local_fields (NULL, fields);
  g_autoptr (GError) error = NULL;
  g_autoptr (VliveReply) reply = NULL;

  reply = local_apply (fixture->master, VLIVE_WRITE_INSERT, NULL, record, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (vlive_record_get_id (vlive_reply_get_record (reply)), ==,
                   vlive_reply_get_id (reply));

  return g_strdup (vlive_reply_get_id (reply));
}

static void
test_made_ids (Fixture *fixture, gconstpointer data)
{
  g_autofree char *first = insert_without_id (fixture, "{'x': <1>}");
  g_autofree char *second = NULL;
  g_autofree char *third = NULL;
  g_autofree char *uuid = NULL;
  g_autoptr (VliveRecord) record = NULL;
  g_autoptr (GError) error = NULL;
  gint64 id = 0;

  g_assert_cmpstr (first, ==, "1");
  local_do (fixture->master, VLIVE_WRITE_INSERT, "41", "{'x': <2>}");
  second = insert_without_id (fixture, "{'x': <3>}");
  g_assert_cmpstr (second, ==, "42");
  /* What was given once is not given again. */
  local_do (fixture->master, VLIVE_WRITE_DELETE, "42", NULL);
  third = insert_without_id (fixture, "{'x': <3>, 'id': <@mv nothing>}");
  g_assert_cmpstr (third, ==, "43");
  record = local_get (fixture->master, "43", &error);
  g_assert_no_error (error);
  g_assert_true (vlive_record_get_integer (record, "id", &id));
  g_assert_cmpint (id, ==, 43);

  /* Among ids that are no integers it is a UUID. */
  local_do (fixture->master, VLIVE_WRITE_INSERT, "007", "{'x': <4>}");
  uuid = insert_without_id (fixture, "{'x': <5>}");
  g_assert_true (g_uuid_string_is_valid (uuid));
  local_do (fixture->master, VLIVE_WRITE_INSERT, "7", "{'x': <6>}");
  g_assert_cmpuint (local_count (fixture->master, NULL), ==, 6);
}

/* An id has one type in a table, whoever writes it. */
static void
test_id_types (Fixture *fixture, gconstpointer data)
{
  g_autoptr (VliveRecord) record = NULL;
  g_autoptr (VliveRecord) replaced = NULL;
  g_autoptr (GError) error = NULL;
  gint64 id = 0;

  local_do (fixture->master, VLIVE_WRITE_INSERT, NULL, "{'id': <7>, 'x': <1>}");
  local_do (fixture->master, VLIVE_WRITE_INSERT, NULL, "{'id': <8.0>, 'x': <1>}");
  local_do (fixture->master, VLIVE_WRITE_INSERT, NULL, "{'id': <'9'>, 'x': <1>}");
  assert_ids (fixture, "", 0, 0, "7 8 9");
  record = local_get (fixture->master, "9", &error);
  g_assert_no_error (error);
  g_assert_true (vlive_record_get_integer (record, "id", &id));
  g_assert_cmpint (id, ==, 9);
  local_do (fixture->master, VLIVE_WRITE_REPLACE, "9", "{'id': <'9'>, 'y': <1>}");
  replaced = local_get (fixture->master, "9", &error);
  g_assert_no_error (error);
  g_assert_cmpint (vlive_record_get_field_type (replaced, "id"), ==,
                   VLIVE_VALUE_INTEGER);
}

static void
test_delete_all (Fixture *fixture, gconstpointer data)
{
  LocalStats stats;

  seed (fixture);
  local_do (fixture->master, VLIVE_WRITE_DELETE_ALL, NULL, NULL);
  g_assert_cmpuint (local_count (fixture->master, NULL), ==, 0);
  assert_ids (fixture, "", 0, 10, "");
  assert_ids (fixture, "sort=name", 0, 10, "");
  /* Their ids are free at once, though they may not have been swept. */
  local_do (fixture->master, VLIVE_WRITE_INSERT, "b", "{'name': <'New'>}");
  assert_ids (fixture, "", 0, 10, "b");
  local_wait_swept (fixture->master);
  assert_ids (fixture, "", 0, 10, "b");
  local_stats (fixture->master, &stats);
  g_assert_cmpuint (stats.rows, ==, 1);
  g_assert_cmpuint (stats.ids, ==, 1);
  g_assert_cmpuint (stats.generations, ==, 1);
  reopen (fixture);
  assert_ids (fixture, "", 0, 10, "b");
}

static void
test_repeat (Fixture *fixture, gconstpointer data)
{
  g_autoptr (VliveRecord) fields = local_fields (NULL, "{'name': <'Donut'>}");
  g_autoptr (VliveRecord) price = local_fields (NULL, "{'price': <1>}");
  g_autoptr (VliveWrite) insert = vlive_write_new (VLIVE_WRITE_INSERT, NULL, fields);
  g_autoptr (VliveWrite) patch = vlive_write_new (VLIVE_WRITE_PATCH, "a", price);
  g_autoptr (VliveWrite) delete = vlive_write_new (VLIVE_WRITE_DELETE, "b", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (VliveReply) first = NULL;
  g_autoptr (VliveReply) second = NULL;
  VliveWrite *writes[] = { insert, patch, delete };

  seed (fixture);
  for (guint i = 0; i < G_N_ELEMENTS (writes); i++)
    {
      g_autoptr (VliveReply) reply = local_write (fixture->master, writes[i], &error);
      g_autoptr (VliveReply) again = NULL;
      guint64 sequence = 0;
      guint64 sequence_after = 0;

      g_assert_no_error (error);
      g_assert_cmpuint (local_count (fixture->master, NULL), >, 0);
      g_assert_true (
          vlive_master_peek_sequence (VLIVE_MASTER (fixture->master), &sequence));
      /* Also by another process, later. */
      reopen (fixture);
      again = local_write (fixture->master, writes[i], &error);
      g_assert_no_error (error);
      g_assert_cmpstr (vlive_reply_get_id (again), ==, vlive_reply_get_id (reply));
      g_assert_cmpuint (vlive_reply_get_version (again), ==,
                        vlive_reply_get_version (reply));
      if (vlive_reply_get_record (reply) != NULL)
        g_assert_true (vlive_record_equal (vlive_reply_get_record (again),
                                           vlive_reply_get_record (reply)));
      else
        g_assert_null (vlive_reply_get_record (again));
      g_assert_cmpuint (local_count (fixture->master, NULL), >, 0);
      g_assert_true (
          vlive_master_peek_sequence (VLIVE_MASTER (fixture->master), &sequence_after));
      g_assert_cmpuint (sequence_after, ==, sequence);
    }
  g_assert_cmpuint (local_count (fixture->master, NULL), ==, 3);

  /* The first reply, whatever became of the record. */
  local_do (fixture->master, VLIVE_WRITE_PATCH, "a", "{'price': <2>}");
  first = local_write (fixture->master, patch, &error);
  g_assert_no_error (error);
  {
    gint64 value = 0;

    g_assert_true (
        vlive_record_get_integer (vlive_reply_get_record (first), "price", &value));
    g_assert_cmpint (value, ==, 1);
  }
  second = local_write (fixture->master, delete, &error);
  g_assert_no_error (error);
}

/* Of many writes only the last are remembered. */
static void
test_forgotten (Fixture *fixture, gconstpointer data)
{
  g_autoptr (VliveRecord) fields = local_fields (NULL, "{'name': <'Donut'>}");
  VliveWrite *writes[15];
  LocalStats stats;

  _vlive_local_max_writes = 10;
  for (guint i = 0; i < G_N_ELEMENTS (writes); i++)
    {
      g_autofree char *id = g_strdup_printf ("%u", i);
      g_autoptr (GError) error = NULL;
      g_autoptr (VliveReply) reply = NULL;

      writes[i] = vlive_write_new (VLIVE_WRITE_INSERT, id, fields);
      reply = local_write (fixture->master, writes[i], &error);
      g_assert_no_error (error);
    }
  local_stats (fixture->master, &stats);
  g_assert_cmpuint (stats.writes, ==, 20);
  for (guint i = 0; i < G_N_ELEMENTS (writes); i++)
    {
      g_autoptr (GError) error = NULL;
      G_GNUC_UNUSED g_autoptr (VliveReply) reply =
          local_write (fixture->master, writes[i], &error);

      if (i >= 5)
        g_assert_no_error (error);
      else
        g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_CONFLICT);
      g_object_unref (writes[i]);
    }
  _vlive_local_max_writes = VLIVE_LOCAL_MAX_WRITES;
}

/* A reply that is too large to be kept twice. */
static void
test_repeat_large (Fixture *fixture, gconstpointer data)
{
  g_autofree char *text = g_strnfill (2 * VLIVE_LOCAL_MAX_REPLY, 'x');
  g_autofree char *parsed = g_strdup_printf ("{'name': <'%s'>}", text);
  g_autoptr (VliveRecord) fields = local_fields (NULL, parsed);
  g_autoptr (VliveWrite) write = vlive_write_new (VLIVE_WRITE_INSERT, "a", fields);
  g_autoptr (GError) error = NULL;
  g_autoptr (VliveReply) first = local_write (fixture->master, write, &error);
  g_autoptr (VliveReply) again = local_write (fixture->master, write, &error);
  g_autoptr (VliveReply) late = NULL;

  g_assert_no_error (error);
  g_assert_true (vlive_record_equal (vlive_reply_get_record (first),
                                     vlive_reply_get_record (again)));
  g_assert_cmpuint (vlive_reply_get_version (first), ==,
                    vlive_reply_get_version (again));
  /* It has changed: better none than another. */
  local_do (fixture->master, VLIVE_WRITE_PATCH, "a", "{'name': <'y'>}");
  late = local_write (fixture->master, write, &error);
  g_assert_no_error (error);
  g_assert_null (vlive_reply_get_record (late));
  g_assert_cmpstr (vlive_reply_get_id (late), ==, "a");
  g_assert_cmpuint (vlive_reply_get_version (first), ==,
                    vlive_reply_get_version (late));
}

/* No higher id, and no higher row of a generation. */
typedef struct
{
  VliveLocalJob job;
  gboolean done;
} LimitJob;

static gboolean
limit_run (VliveLocalJob *job, VliveTxn *txn, GError **error)
{
  g_auto (VliveLocalTable) table = { 0 };

  g_assert_true (_vlive_local_table_open (&table, job->file, txn, "products", error));
  table.record.next = (guint64) G_MAXUINT32;

  return _vlive_local_table_save (&table, error);
}

static void
limit_done (VliveLocalJob *job, const GError *error)
{
  g_assert_no_error (error);
  ((LimitJob *) job)->done = TRUE;
}

static void
limit_free (VliveLocalJob *job)
{
}

static void
test_limits (Fixture *fixture, gconstpointer data)
{
  LimitJob job = { .job = {
                       .run = limit_run, .done = limit_done, .free = limit_free } };
  g_autoptr (VliveRecord) fields = local_fields (NULL, "{'name': <'Donut'>}");
  g_autoptr (GError) error = NULL;
  LocalStats stats;

  local_do (fixture->master, VLIVE_WRITE_INSERT, "9223372036854775807", "{'x': <1>}");
  g_assert_null (
      local_apply (fixture->master, VLIVE_WRITE_INSERT, NULL, fields, &error));
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_REJECTED);
  g_assert_cmpstr (error->message, ==,
                   "The table products has no higher id left: give one");

  _vlive_local_file_run (_vlive_local_master_get_file (fixture->master), &job.job,
                         VLIVE_LOCAL_WRITE, NULL);
  VLIVE_TEST_WAIT (job.done);
  local_do (fixture->master, VLIVE_WRITE_INSERT, "c", "{'x': <1>}");
  local_do (fixture->master, VLIVE_WRITE_INSERT, "b", "{'x': <1>}");
  local_do (fixture->master, VLIVE_WRITE_INSERT, "a", "{'x': <1>}");
  assert_ids (fixture, "", 0, 0, "9223372036854775807 c b a");
  local_do (fixture->master, VLIVE_WRITE_PATCH, "c", "{'x': <2>}");
  local_do (fixture->master, VLIVE_WRITE_DELETE, "b", NULL);
  assert_ids (fixture, "x>0", 0, 0, "9223372036854775807 c a");
  local_stats (fixture->master, &stats);
  g_assert_cmpuint (stats.generations, ==, 2);
  local_check (fixture->master, NULL);
}

static void
test_queries (Fixture *fixture, gconstpointer data)
{
  g_autoptr (VliveQuery) cheap = local_query ("price<10");
  g_autoptr (VliveQuery) sorted = local_query ("price<10 sort=name");

  seed (fixture);
  local_do (fixture->master, VLIVE_WRITE_INSERT, "d",
            "{'name': <'apricot'>, 'price': <8.5>, 'tags': <@mv nothing>}");
  assert_ids (fixture, "price=8", 0, 0, "b");
  assert_ids (fixture, "price!=8", 0, 0, "a c d");
  assert_ids (fixture, "price<8.5", 0, 0, "b");
  assert_ids (fixture, "price<=8.5", 0, 0, "b d");
  assert_ids (fixture, "price>8.5", 0, 0, "a c");
  assert_ids (fixture, "price>=12 price<15", 0, 0, "a");
  assert_ids (fixture, "name~AP", 0, 0, "a d");
  assert_ids (fixture, "price@8|15|99", 0, 0, "b c");
  assert_ids (fixture, "tags?", 0, 0, "a b c d");
  assert_ids (fixture, "sort=price", 0, 0, "b d a c");
  assert_ids (fixture, "sort=-price", 0, 0, "c a d b");
  assert_ids (fixture, "sort=name", 1, 2, "d b");
  assert_ids (fixture, "sort=tags,-id", 0, 0, "d c b a");
  assert_ids (fixture, "search=roll", 0, 0, "c");
  assert_ids (fixture, "price<15 sort=-name", 0, 0, "b d a");
  assert_ids (fixture, "sort=price", 4, 10, "");
  assert_ids (fixture, "sort=price", 3, 10, "c");
  g_assert_cmpuint (local_count (fixture->master, cheap), ==, 2);
  g_assert_cmpuint (local_count (fixture->master, sorted), ==, 2);
  g_assert_cmpuint (local_count (fixture->master, NULL), ==, 4);
}

static void
test_validators (Fixture *fixture, gconstpointer data)
{
  g_autoptr (VliveQuery) query = local_query ("price<13 sort=name");
  g_autoptr (VlivePage) page = NULL;
  g_autoptr (VlivePage) same = NULL;
  g_autoptr (VlivePage) other = NULL;
  g_autoptr (VlivePage) changed = NULL;
  g_autoptr (VlivePage) nonsense = NULL;
  g_autoptr (GError) error = NULL;
  guint64 total = 0;

  seed (fixture);
  page = local_fetch (fixture->master, query, 0, 10, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_str_has_prefix (vlive_page_get_validator (page), "seq:"));
  g_assert_cmpint (vlive_page_get_fetched_at (page), >, 0);

  same = local_fetch (fixture->master, query, 0, 10, vlive_page_get_validator (page),
                      &error);
  g_assert_no_error (error);
  g_assert_true (vlive_page_is_not_modified (same));
  g_assert_cmpint (vlive_page_get_total (same, &total), ==, VLIVE_TOTAL_EXACT);
  g_assert_cmpuint (total, ==, 2);
  g_assert_cmpstr (vlive_page_get_validator (same), ==,
                   vlive_page_get_validator (page));
  /* It is the table's, whatever was asked. */
  other = local_fetch (fixture->master, NULL, 1, 1, vlive_page_get_validator (page),
                       &error);
  g_assert_no_error (error);
  g_assert_true (vlive_page_is_not_modified (other));
  g_assert_cmpint (vlive_page_get_total (other, &total), ==, VLIVE_TOTAL_EXACT);
  g_assert_cmpuint (total, ==, 3);

  nonsense = local_fetch (fixture->master, query, 0, 10, "W/\"17\"", &error);
  g_assert_no_error (error);
  g_assert_false (vlive_page_is_not_modified (nonsense));

  local_do (fixture->master, VLIVE_WRITE_PATCH, "a", "{'price': <11>}");
  changed = local_fetch (fixture->master, query, 0, 10, vlive_page_get_validator (page),
                         &error);
  g_assert_no_error (error);
  g_assert_false (vlive_page_is_not_modified (changed));
  g_assert_cmpstr (vlive_page_get_validator (changed), !=,
                   vlive_page_get_validator (page));
}

static void
test_sequence (Fixture *fixture, gconstpointer data)
{
  VliveMaster *master = VLIVE_MASTER (fixture->master);
  g_autoptr (VliveLocalMaster) other = vlive_local_master_new (fixture->path, "others");
  g_autofree char *ids = NULL;
  guint64 last = 0;
  guint64 sequence = 0;

  seed (fixture);
  g_free (local_ids (fixture->master, NULL, 0, 1));
  g_assert_true (vlive_master_peek_sequence (master, &last));
  for (guint i = 0; i < 100; i++)
    {
      local_do (fixture->master, VLIVE_WRITE_PATCH, "a", "{'price': <1>}");
      /* What a write changed is known, or it says that it does not know. */
      if (vlive_master_peek_sequence (master, &sequence))
        g_assert_cmpuint (sequence, ==, last + 1);
      g_free (local_ids (fixture->master, NULL, 0, 1));
      g_assert_true (vlive_master_peek_sequence (master, &sequence));
      g_assert_cmpuint (sequence, ==, last + 1);
      last = sequence;
    }

  /* Another table's changes do not count. */
  local_do (other, VLIVE_WRITE_INSERT, "x", "{'y': <1>}");
  ids = local_ids (fixture->master, NULL, 0, 1);
  g_assert_true (vlive_master_peek_sequence (master, &sequence));
  g_assert_cmpuint (sequence, ==, last);
}

static void
test_describe (Fixture *fixture, gconstpointer data)
{
  g_autoptr (VliveDescription) first = NULL;
  g_autoptr (VliveDescription) second = NULL;
  g_autoptr (VliveDescription) third = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *identity = NULL;
  VliveSchema *schema;
  guint n_notified = 0;

  seed (fixture);
  g_signal_connect_swapped (fixture->master, "notify::description",
                            G_CALLBACK (g_atomic_int_inc), &n_notified);
  first = local_describe (fixture->master, &error);
  g_assert_no_error (error);
  schema = vlive_description_get_schema (first);
  g_assert_cmpuint (vlive_schema_get_n_columns (schema), ==, 3);
  g_assert_cmpstr (vlive_column_get_name (vlive_schema_get_id_column (schema)), ==,
                   "id");
  g_assert_cmpstr (vlive_column_get_name (vlive_schema_get_title_column (schema)), ==,
                   "name");
  g_assert_cmpint (vlive_column_get_value_type (
                       vlive_schema_find_column (schema, "price")),
                   ==, VLIVE_VALUE_INTEGER);
  g_assert_true ((vlive_description_get_capabilities (first) & VLIVE_SAME_ORDER) != 0);
  g_assert_true ((vlive_description_get_capabilities (first) & VLIVE_CAN_REPEAT_WRITES)
                 != 0);
  identity = g_strdup (vlive_master_get_identity (VLIVE_MASTER (fixture->master)));
  g_assert_true (g_str_has_prefix (identity, "local:"));
  g_assert_true (g_str_has_suffix (identity, ":products"));
  g_assert_cmpstr (vlive_master_get_name (VLIVE_MASTER (fixture->master)), ==,
                   "products");

  /* A new field, and a double among integers: told by the write itself. */
  n_notified = 0;
  local_do (fixture->master, VLIVE_WRITE_INSERT, "d",
            "{'price': <1.5>, 'new': <true>}");
  g_assert_cmpuint (n_notified, ==, 1);
  local_do (fixture->master, VLIVE_WRITE_INSERT, "e",
            "{'price': <2.5>, 'new': <false>}");
  g_assert_cmpuint (n_notified, ==, 1);
  second = local_describe (fixture->master, &error);
  g_assert_no_error (error);
  schema = vlive_description_get_schema (second);
  g_assert_cmpuint (vlive_schema_get_n_columns (schema), ==, 4);
  g_assert_cmpint (vlive_column_get_value_type (
                       vlive_schema_find_column (schema, "price")),
                   ==, VLIVE_VALUE_DOUBLE);

  reopen (fixture);
  g_assert_null (vlive_master_get_description (VLIVE_MASTER (fixture->master)));
  third = local_describe (fixture->master, &error);
  g_assert_no_error (error);
  g_assert_true (vlive_schema_equal (vlive_description_get_schema (third), schema));
  g_assert_cmpstr (vlive_master_get_identity (VLIVE_MASTER (fixture->master)), ==,
                   identity);
}

static void
test_log (Fixture *fixture, gconstpointer data)
{
  static const VliveChangeKind kinds[] = { VLIVE_CHANGE_CHANGED, VLIVE_CHANGE_INSERTED,
                                           VLIVE_CHANGE_UPDATED, VLIVE_CHANGE_DELETED };
  g_autoptr (GPtrArray) events = NULL;
  g_autoptr (GPtrArray) later = NULL;
  g_autoptr (GPtrArray) none = NULL;
  g_autoptr (GPtrArray) beyond = NULL;

  seed (fixture);
  local_do (fixture->master, VLIVE_WRITE_INSERT, "d", "{'price': <1.5>}");
  local_do (fixture->master, VLIVE_WRITE_PATCH, "a", "{'price': <3>}");
  local_do (fixture->master, VLIVE_WRITE_DELETE, "b", NULL);
  events = local_read_log (fixture->master, 0);
  g_assert_cmpuint (events->len, ==, 4);
  for (guint i = 0; i < events->len; i++)
    {
      VliveChangeEvent *event = events->pdata[i];

      g_assert_cmpint (vlive_change_event_get_kind (event), ==, kinds[i]);
      g_assert_cmpuint (vlive_change_event_get_version (event), ==, i + 1);
    }
  g_assert_null (vlive_change_event_get_id (events->pdata[0]));
  g_assert_cmpstr (vlive_change_event_get_id (events->pdata[1]), ==, "d");
  g_assert_nonnull (vlive_change_event_get_record (events->pdata[1]));
  g_assert_cmpstr (vlive_change_event_get_id (events->pdata[2]), ==, "a");
  g_assert_cmpstr (
      vlive_record_get_text (vlive_change_event_get_record (events->pdata[2]), "name"),
      ==, "Apple Pie");
  g_assert_cmpstr (vlive_change_event_get_id (events->pdata[3]), ==, "b");
  g_assert_null (vlive_change_event_get_record (events->pdata[3]));

  later = local_read_log (fixture->master, 3);
  g_assert_cmpuint (later->len, ==, 1);
  none = local_read_log (fixture->master, 4);
  g_assert_cmpuint (none->len, ==, 0);
  /* What it was is not known: everything may be stale. */
  beyond = local_read_log (fixture->master, 99);
  g_assert_cmpuint (beyond->len, ==, 1);
  g_assert_cmpint (vlive_change_event_get_kind (beyond->pdata[0]), ==,
                   VLIVE_CHANGE_CHANGED);
}

static void
count_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (VliveReply) reply = NULL;
  g_autoptr (GError) error = NULL;
  guint *n = user_data;

  reply = vlive_master_apply_finish (VLIVE_MASTER (source), result, &error);
  g_assert_no_error (error);
  (*n)--;
}

/* Only the last 5000 changes are kept. */
static void
test_log_length (Fixture *fixture, gconstpointer data)
{
  g_autoptr (VliveRecord) fields = local_fields (NULL, "{'price': <1>}");
  g_autoptr (GPtrArray) all = NULL;
  g_autoptr (GPtrArray) kept = NULL;
  g_autoptr (GPtrArray) reach = NULL;
  LocalStats stats;
  guint n_left = VLIVE_LOCAL_MAX_LOG + 10;
  guint n = n_left + 1;

  seed (fixture);
  for (guint i = n_left; i > 0; i--)
    {
      g_autoptr (VliveWrite) write = vlive_write_new (VLIVE_WRITE_PATCH, "a", fields);

      vlive_master_apply_async (VLIVE_MASTER (fixture->master), write, NULL, count_cb,
                                &n_left);
    }
  VLIVE_TEST_WAIT (n_left == 0);
  local_stats (fixture->master, &stats);
  g_assert_cmpuint (stats.log, ==, VLIVE_LOCAL_MAX_LOG);
  g_assert_cmpuint (stats.writes, ==, 2 * (n - 1));
  all = local_read_log (fixture->master, 0);
  g_assert_cmpuint (all->len, ==, 1);
  g_assert_cmpint (vlive_change_event_get_kind (all->pdata[0]), ==,
                   VLIVE_CHANGE_CHANGED);
  g_assert_cmpuint (vlive_change_event_get_version (all->pdata[0]), ==, n);
  kept = local_read_log (fixture->master, n - VLIVE_LOCAL_MAX_LOG);
  g_assert_cmpuint (kept->len, ==, VLIVE_LOCAL_MAX_LOG);
  reach = local_read_log (fixture->master, n - VLIVE_LOCAL_MAX_LOG - 1);
  g_assert_cmpuint (reach->len, ==, 1);
}

static void
test_tables (Fixture *fixture, gconstpointer data)
{
  static const char *const names[] = { "users", "client", "clients", "Zürich",
                                       "a b/c" };
  g_autoptr (GAsyncResult) missing = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) found = NULL;
  g_autofree char *joined = NULL;

  vlive_local_master_list_tables_async (fixture->path, NULL, vlive_test_result_cb,
                                        &missing);
  VLIVE_TEST_WAIT (missing != NULL);
  g_assert_null (vlive_local_master_list_tables_finish (missing, &error));
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_NOT_FOUND);
  g_clear_error (&error);

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (VliveLocalMaster) master =
          vlive_local_master_new (fixture->path, names[i]);
      g_autofree char *id = g_strdup_printf ("%u", i);
      g_autofree char *ids = NULL;

      local_do (master, VLIVE_WRITE_INSERT, id, "{'x': <1>}");
      ids = local_ids (master, NULL, 0, 0);
      g_assert_cmpstr (ids, ==, id);
    }
  vlive_local_master_list_tables_async (fixture->path, NULL, vlive_test_result_cb,
                                        &result);
  VLIVE_TEST_WAIT (result != NULL);
  found = vlive_local_master_list_tables_finish (result, &error);
  g_assert_no_error (error);
  joined = g_strjoinv (",", found);
  g_assert_cmpstr (joined, ==, "Zürich,a b/c,client,clients,users");
}

static void
test_table_names (Fixture *fixture, gconstpointer data)
{
  g_autofree char *too_long = g_strnfill (VLIVE_LOCAL_MAX_NAME + 1, 'x');
  const char *names[] = { "", "a\nb", "\xff", too_long };
  g_autoptr (VliveRecord) fields = local_fields (NULL, "{'x': <1>}");

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (VliveLocalMaster) master =
          vlive_local_master_new (fixture->path, names[i]);
      g_autoptr (GError) error = NULL;

      g_assert_null (local_apply (master, VLIVE_WRITE_INSERT, "a", fields, &error));
      g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_INVALID);
      g_assert_nonnull (strstr (error->message, "The name of the table"));
    }
  g_assert_false (g_file_test (fixture->path, G_FILE_TEST_EXISTS));
}

static void
test_records (Fixture *fixture, gconstpointer data)
{
  static const char *const ids[] = { "c", "z", "a", NULL };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GPtrArray) records = NULL;
  g_autoptr (GError) error = NULL;

  seed (fixture);
  vlive_master_fetch_records_async (VLIVE_MASTER (fixture->master), ids, NULL,
                                    vlive_test_result_cb, &result);
  VLIVE_TEST_WAIT (result != NULL);
  records = vlive_master_fetch_records_finish (VLIVE_MASTER (fixture->master), result,
                                               &error);
  g_assert_no_error (error);
  g_assert_cmpuint (records->len, ==, 2);
  g_assert_cmpstr (vlive_record_get_id (records->pdata[0]), ==, "c");
  g_assert_cmpstr (vlive_record_get_id (records->pdata[1]), ==, "a");
}

static void
test_latency (Fixture *fixture, gconstpointer data)
{
  g_autoptr (VliveClock) clock = _vlive_clock_new_manual (0, 0);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GAsyncResult) cancelled = NULL;
  g_autoptr (GAsyncResult) write_result = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (VliveQuery) query = vlive_query_new ();
  g_autoptr (VliveRecord) fields = local_fields (NULL, "{'price': <1>}");
  g_autoptr (VliveWrite) write = vlive_write_new (VLIVE_WRITE_PATCH, "a", fields);
  g_autoptr (VlivePage) page = NULL;
  g_autoptr (VliveReply) reply = NULL;
  g_autoptr (GError) error = NULL;
  VliveMaster *master = VLIVE_MASTER (fixture->master);

  seed (fixture);
  _vlive_local_master_set_clock (fixture->master, clock);
  vlive_local_master_set_latency (fixture->master, 200);

  vlive_master_fetch_window_async (master, query, 0, 10, NULL, NULL,
                                   vlive_test_result_cb, &result);
  vlive_test_spin (50);
  g_assert_null (result);
  _vlive_clock_advance (clock, 100 * 1000);
  vlive_test_spin (50);
  g_assert_null (result);
  _vlive_clock_advance (clock, 99 * 1000);
  vlive_test_spin (20);
  g_assert_null (result);
  _vlive_clock_advance (clock, 1 * 1000);
  VLIVE_TEST_WAIT (result != NULL);
  page = vlive_master_fetch_window_finish (master, result, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (vlive_page_get_n_records (page), ==, 3);

  /* Who is tired of waiting need not. */
  vlive_master_fetch_window_async (master, query, 0, 10, NULL, cancellable,
                                   vlive_test_result_cb, &cancelled);
  g_cancellable_cancel (cancellable);
  VLIVE_TEST_WAIT (cancelled != NULL);
  g_assert_null (vlive_master_fetch_window_finish (master, cancelled, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);

  /* But a write that was begun is told. */
  g_cancellable_reset (cancellable);
  vlive_master_apply_async (master, write, cancellable, vlive_test_result_cb,
                            &write_result);
  _vlive_clock_advance (clock, 100 * 1000);
  vlive_test_spin (100);
  g_cancellable_cancel (cancellable);
  vlive_test_spin (20);
  g_assert_null (write_result);
  _vlive_clock_advance (clock, 100 * 1000);
  VLIVE_TEST_WAIT (write_result != NULL);
  reply = vlive_master_apply_finish (master, write_result, &error);
  g_assert_no_error (error);
  g_assert_nonnull (reply);
}

static void
test_knobs (Fixture *fixture, gconstpointer data)
{
  g_autoptr (VliveRecord) fields = local_fields (NULL, "{'price': <1>}");
  g_autoptr (GPtrArray) records = local_seed ();
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;
  g_autofree char *table = NULL;
  double rate = 0;
  guint latency = 1;
  gboolean offline = FALSE;
  guint n_failed = 0;

  seed (fixture);
  vlive_local_master_set_offline (fixture->master, TRUE);
  g_assert_null (local_fetch (fixture->master, NULL, 0, 1, NULL, &error));
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_OFFLINE);
  g_assert_true (vlive_error_is_offline (error));
  g_clear_error (&error);
  g_assert_null (local_get (fixture->master, "a", &error));
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_OFFLINE);
  g_clear_error (&error);
  g_assert_null (local_describe (fixture->master, &error));
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_OFFLINE);
  g_clear_error (&error);
  g_assert_null (local_apply (fixture->master, VLIVE_WRITE_PATCH, "a", fields, &error));
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_OFFLINE);
  g_clear_error (&error);
  g_assert_false (local_replace_all (fixture->master, records, &error));
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_OFFLINE);
  g_clear_error (&error);
  g_object_get (fixture->master, "offline", &offline, NULL);
  g_assert_true (offline);
  g_object_set (fixture->master, "offline", FALSE, NULL);

  /* The same seed, the same failures. */
  g_object_set (fixture->master, "error-rate", 0.5, NULL);
  for (guint round = 0; round < 2; round++)
    {
      guint n = 0;

      _vlive_local_master_set_seed (fixture->master, 42);
      for (guint i = 0; i < 50; i++)
        {
          g_autoptr (VliveRecord) record = local_get (fixture->master, "a", &error);

          if (record != NULL)
            continue;
          n++;
          g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_SERVER);
          g_clear_error (&error);
        }
      g_assert_cmpuint (n, >, 5);
      g_assert_cmpuint (n, <, 45);
      g_assert_true (round == 0 || n == n_failed);
      n_failed = n;
    }
  vlive_local_master_set_error_rate (fixture->master, 0);
  g_object_set (fixture->master, "latency", 0, NULL);
  g_object_get (fixture->master, "latency", &latency, "error-rate", &rate, "path",
                &path, "table", &table, NULL);
  g_assert_cmpuint (latency, ==, 0);
  g_assert_cmpfloat (rate, ==, 0);
  g_assert_cmpstr (path, ==, fixture->path);
  g_assert_cmpstr (vlive_local_master_get_path (fixture->master), ==, fixture->path);
  g_assert_cmpstr (table, ==, "products");
  assert_ids (fixture, "", 0, 0, "a b c");
}

static void
test_foreign (Fixture *fixture, gconstpointer data)
{
  g_autoptr (VliveRecord) fields = local_fields (NULL, "{'price': <1>}");
  g_autoptr (GError) error = NULL;
  g_autofree char *text = g_strnfill (20000, 'x');
  g_autofree char *content = NULL;

  g_assert_true (g_file_set_contents (fixture->path, text, -1, NULL));
  g_assert_null (local_fetch (fixture->master, NULL, 0, 1, NULL, &error));
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_CORRUPT);
  g_clear_error (&error);
  g_assert_null (
      local_apply (fixture->master, VLIVE_WRITE_INSERT, "a", fields, &error));
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_CORRUPT);
  g_assert_true (g_file_get_contents (fixture->path, &content, NULL, NULL));
  g_assert_cmpstr (content, ==, text);

  /* Out of the way with it, and it works. */
  g_assert_cmpint (g_remove (fixture->path), ==, 0);
  seed (fixture);
  assert_ids (fixture, "", 0, 0, "a b c");
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, setup, func, teardown)

int
main (int argc, char *argv[])
{
  vlive_test_init (&argc, &argv);
  ADD ("/master/local/missing", test_missing);
  ADD ("/master/local/folder", test_folder);
  ADD ("/master/local/seed", test_seed);
  ADD ("/master/local/insertion-order", test_insertion_order);
  ADD ("/master/local/writes", test_writes);
  ADD ("/master/local/refusals", test_refusals);
  ADD ("/master/local/made-ids", test_made_ids);
  ADD ("/master/local/id-types", test_id_types);
  ADD ("/master/local/delete-all", test_delete_all);
  ADD ("/master/local/repeat", test_repeat);
  ADD ("/master/local/forgotten", test_forgotten);
  ADD ("/master/local/repeat-large", test_repeat_large);
  ADD ("/master/local/limits", test_limits);
  ADD ("/master/local/queries", test_queries);
  ADD ("/master/local/validators", test_validators);
  ADD ("/master/local/sequence", test_sequence);
  ADD ("/master/local/describe", test_describe);
  ADD ("/master/local/log", test_log);
  ADD ("/master/local/log-length", test_log_length);
  ADD ("/master/local/tables", test_tables);
  ADD ("/master/local/table-names", test_table_names);
  ADD ("/master/local/records", test_records);
  ADD ("/master/local/latency", test_latency);
  ADD ("/master/local/knobs", test_knobs);
  ADD ("/master/local/foreign", test_foreign);

  return vlive_test_run ();
}
