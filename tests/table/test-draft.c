/* test-draft.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "table-fixture.h"

#include "table/vlive-draft-private.h"

/* An edit in progress, over a record that goes on living. */

typedef struct
{
  TableFixture table;
  VliveDraft *draft;
  GString *log; /* "value;" for each field that is told */
} Fixture;

static void
changed_cb (VliveDraft *draft, const char *name, gpointer data)
{
  g_string_append_printf (data, "%s;", name);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  table_fixture_set_up (&f->table, NULL);
  table_watch_hold (f->table.watch, 0, 10);
  f->draft =
      vlive_draft_new (f->table.store.store, table_watch_get (f->table.watch, 3));
  f->log = g_string_new (NULL);
  g_signal_connect (f->draft, "field-changed", G_CALLBACK (changed_cb), f->log);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_assert_finalize_object (f->draft);
  g_string_free (f->log, TRUE);
  table_fixture_tear_down (&f->table, NULL);
}

static void
assert_log (Fixture *f, const char *expected)
{
  g_assert_cmpstr (f->log->str, ==, expected);
  g_string_truncate (f->log, 0);
}

static void
set_value (Fixture *f, gint64 value)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (
      vlive_draft_set_field (f->draft, "value", g_variant_new_int64 (value), &error));
  g_assert_no_error (error);
}

static void
set_name (Fixture *f, const char *name)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (
      vlive_draft_set_field (f->draft, "name", g_variant_new_string (name), &error));
  g_assert_no_error (error);
}

/* "3" or "'row'", "-" for none. */
static void
assert_field (GVariant *value, const char *expected)
{
  g_autofree char *text = value != NULL ? g_variant_print (value, FALSE) : NULL;

  g_assert_cmpstr (text != NULL ? text : "-", ==, expected);
  g_clear_pointer (&value, g_variant_unref);
}

static VliveWrite *
save (Fixture *f)
{
  g_autoptr (GError) error = NULL;
  VliveWrite *write = vlive_draft_save (f->draft, &error);

  g_assert_no_error (error);

  return write;
}

static void
assert_no_save (Fixture *f, VliveError code)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VliveWrite) write = vlive_draft_save (f->draft, &error);

  g_assert_null (write);
  g_assert_error (error, VLIVE_ERROR, (int) code);
}

static void
wait_for (Fixture *f, VliveWrite *write, VliveWriteState state)
{
  STORE_WAIT (&f->table.store, vlive_write_get_state (write) >= VLIVE_WRITE_APPLIED);
  g_assert_cmpint (vlive_write_get_state (write), ==, state);
}

static void
count_cb (GObject *object, GParamSpec *pspec, gpointer data)
{
  ++*(guint *) data;
}

/* What is changed is dirty, what is not follows. */
static void
test_follows (Fixture *f, gconstpointer data)
{
  G_GNUC_UNUSED g_autoptr (VliveManualStream) stream = table_fixture_follow (&f->table);
  g_auto (GStrv) dirty = NULL;
  guint n_dirty = 0;

  f->table.master->events_with_records = TRUE;
  g_signal_connect (f->draft, "notify::dirty", G_CALLBACK (count_cb), &n_dirty);
  g_assert_false (vlive_draft_is_dirty (f->draft, NULL));
  g_assert_false (vlive_draft_is_new (f->draft));
  set_name (f, "typed");
  assert_log (f, "name;");
  set_name (f, "typed more");
  assert_log (f, "name;");
  g_assert_cmpuint (n_dirty, ==, 1);
  g_assert_true (vlive_draft_is_dirty (f->draft, "name"));
  g_assert_false (vlive_draft_is_dirty (f->draft, "value"));
  dirty = vlive_draft_list_dirty (f->draft);
  g_assert_cmpstr (dirty[0], ==, "name");
  g_assert_null (dirty[1]);

  vlive_array_master_set (f->table.master, "000003", 333);
  table_fixture_settle (&f->table);
  assert_log (f, "value;");
  assert_field (vlive_draft_dup_mine (f->draft, "value"), "333");
  assert_field (vlive_draft_dup_mine (f->draft, "name"), "'typed more'");
  assert_field (vlive_draft_dup_theirs (f->draft, "name"), "'row 000003'");
  g_assert_false (vlive_draft_is_in_conflict (f->draft, NULL));
  g_assert_cmpint (store_fixture_get_value (vlive_draft_get_record (f->draft)), ==,
                   333);

  vlive_draft_revert (f->draft, "name");
  g_assert_cmpuint (n_dirty, ==, 2);
  assert_field (vlive_draft_dup_mine (f->draft, "name"), "'row 000003'");
  /* What it was is no change. */
  set_name (f, "x");
  set_name (f, "row 000003");
  g_assert_false (vlive_draft_is_dirty (f->draft, NULL));
  assert_no_save (f, VLIVE_ERROR_INVALID);
}

/* The same field: base, mine and theirs, and the user chooses. */
static void
test_conflict (Fixture *f, gconstpointer data)
{
  G_GNUC_UNUSED g_autoptr (VliveManualStream) stream = table_fixture_follow (&f->table);
  g_autoptr (VliveWrite) write = NULL;

  f->table.master->events_with_records = TRUE;
  set_value (f, 33);
  vlive_array_master_set (f->table.master, "000003", 99);
  table_fixture_settle (&f->table);
  g_assert_true (vlive_draft_is_in_conflict (f->draft, NULL));
  g_assert_true (vlive_draft_is_in_conflict (f->draft, "value"));
  assert_field (vlive_draft_dup_base (f->draft, "value"), "3");
  assert_field (vlive_draft_dup_mine (f->draft, "value"), "33");
  assert_field (vlive_draft_dup_theirs (f->draft, "value"), "99");
  assert_no_save (f, VLIVE_ERROR_CONFLICT);
  g_assert_cmpint (table_fixture_value_at (&f->table, 3), ==, 99);

  vlive_draft_keep_mine (f->draft, "value");
  g_assert_false (vlive_draft_is_in_conflict (f->draft, NULL));
  write = save (f);
  wait_for (f, write, VLIVE_WRITE_APPLIED);
  g_assert_cmpint (table_fixture_value_at (&f->table, 3), ==, 33);

  /* Theirs; and when they come to the same. */
  set_value (f, 34);
  vlive_array_master_set (f->table.master, "000003", 98);
  table_fixture_advance (&f->table, 40);
  vlive_draft_revert (f->draft, "value");
  g_assert_false (vlive_draft_is_dirty (f->draft, NULL));
  set_value (f, 35);
  vlive_array_master_set (f->table.master, "000003", 35);
  table_fixture_advance (&f->table, 2000);
  g_assert_false (vlive_draft_is_dirty (f->draft, NULL));
}

/* Changed until the master has taken it. */
static void
test_save (Fixture *f, gconstpointer data)
{
  g_autoptr (VliveWrite) write = NULL;
  g_autoptr (VliveWrite) second = NULL;
  guint n_saving = 0;

  g_signal_connect (f->draft, "notify::saving", G_CALLBACK (count_cb), &n_saving);
  f->table.master->hold = TRUE;
  set_value (f, 33);
  set_name (f, "typed");
  write = save (f);
  g_assert_cmpuint (vlive_record_get_n_fields (vlive_write_get_fields (write)), ==, 2);
  g_assert_true (vlive_draft_is_saving (f->draft, "value"));
  g_assert_true (vlive_draft_is_dirty (f->draft, "value"));
  g_assert_cmpint (table_fixture_value_at (&f->table, 3), ==, 33);
  g_assert_false (vlive_draft_is_in_conflict (f->draft, NULL));
  /* It is on its way. */
  assert_no_save (f, VLIVE_ERROR_INVALID);

  /* Typed on meanwhile. */
  set_value (f, 34);
  second = save (f);
  g_assert_cmpuint (vlive_record_get_n_fields (vlive_write_get_fields (second)), ==, 1);
  table_fixture_settle (&f->table);
  vlive_array_master_release (f->table.master, 0);
  wait_for (f, write, VLIVE_WRITE_APPLIED);
  g_assert_false (vlive_draft_is_dirty (f->draft, "name"));
  g_assert_true (vlive_draft_is_dirty (f->draft, "value"));
  g_assert_cmpuint (n_saving, ==, 1);
  f->table.master->hold = FALSE;
  vlive_array_master_release_all (f->table.master);
  wait_for (f, second, VLIVE_WRITE_APPLIED);
  g_assert_false (vlive_draft_is_dirty (f->draft, NULL));
  g_assert_cmpuint (n_saving, ==, 2);
  g_assert_cmpint (table_fixture_value_at (&f->table, 3), ==, 34);
}

/* What was typed survives a refusal, whose message stands on the field. */
static void
test_refused (Fixture *f, gconstpointer data)
{
  g_autoptr (VliveWrite) write = NULL;
  g_autoptr (VliveWrite) again = NULL;

  f->table.master->refusal = "must be even";
  set_value (f, 33);
  write = save (f);
  wait_for (f, write, VLIVE_WRITE_REJECTED);
  g_assert_error (vlive_draft_get_error (f->draft), VLIVE_ERROR, VLIVE_ERROR_REJECTED);
  g_assert_nonnull (
      strstr (vlive_draft_get_message (f->draft, "value"), "must be even"));
  assert_field (vlive_draft_dup_mine (f->draft, "value"), "33");
  g_assert_cmpint (table_fixture_value_at (&f->table, 3), ==, 3);
  g_assert_false (vlive_draft_is_in_conflict (f->draft, NULL));

  f->table.master->refusal = NULL;
  set_value (f, 34);
  g_assert_null (vlive_draft_get_message (f->draft, "value"));
  again = save (f);
  g_assert_no_error (vlive_draft_get_error (f->draft));
  wait_for (f, again, VLIVE_WRITE_APPLIED);
  g_assert_false (vlive_draft_is_dirty (f->draft, NULL));
}

/* What is no value is kept, and cannot be saved. */
static void
test_invalid (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  guint n_valid = 0;

  g_signal_connect (f->draft, "notify::valid", G_CALLBACK (count_cb), &n_valid);
  vlive_draft_set_invalid (f->draft, "value", "3x", "“3x” is not a whole number");
  g_assert_cmpuint (n_valid, ==, 1);
  g_assert_false (vlive_draft_is_valid (f->draft, NULL));
  g_assert_cmpstr (vlive_draft_get_text (f->draft, "value"), ==, "3x");
  g_assert_cmpstr (vlive_draft_get_message (f->draft, "value"), ==,
                   "“3x” is not a whole number");
  assert_field (vlive_draft_dup_mine (f->draft, "value"), "-");
  assert_no_save (f, VLIVE_ERROR_INVALID);
  g_assert_false (
      vlive_draft_set_field (f->draft, "value", g_variant_new_string ("x"), &error));
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_INVALID);
  g_assert_cmpstr (vlive_draft_get_text (f->draft, "value"), ==, "3x");
  g_clear_error (&error);
  g_assert_false (
      vlive_draft_set_field (f->draft, "id", g_variant_new_string ("x"), &error));
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_INVALID);
  set_value (f, 3);
  g_assert_cmpuint (n_valid, ==, 2);
  g_assert_null (vlive_draft_get_text (f->draft, "value"));
}

/* Deleted elsewhere: it says so, and makes it anew only when asked. */
static void
test_gone (Fixture *f, gconstpointer data)
{
  G_GNUC_UNUSED g_autoptr (VliveManualStream) stream = table_fixture_follow (&f->table);
  g_autoptr (VliveWrite) write = NULL;
  guint n_gone = 0;
  guint n_new = 0;

  g_signal_connect (f->draft, "notify::gone", G_CALLBACK (count_cb), &n_gone);
  g_signal_connect (f->draft, "notify::new", G_CALLBACK (count_cb), &n_new);
  set_value (f, 33);
  vlive_array_master_delete (f->table.master, "000003");
  STORE_WAIT (&f->table.store, vlive_draft_is_gone (f->draft));
  g_assert_cmpuint (n_gone, ==, 1);
  assert_field (vlive_draft_dup_mine (f->draft, "value"), "33");
  assert_no_save (f, VLIVE_ERROR_NOT_FOUND);

  vlive_draft_restore (f->draft);
  g_assert_false (vlive_draft_is_gone (f->draft));
  g_assert_true (vlive_draft_is_new (f->draft));
  g_assert_null (vlive_draft_get_row (f->draft));
  g_assert_cmpuint (n_new, ==, 1);
  assert_field (vlive_draft_dup_mine (f->draft, "name"), "'row 000003'");
  write = save (f);
  g_assert_cmpint (vlive_write_get_op (write), ==, VLIVE_WRITE_INSERT);
  wait_for (f, write, VLIVE_WRITE_APPLIED);
  g_assert_false (vlive_draft_is_new (f->draft));
  g_assert_false (vlive_draft_is_dirty (f->draft, NULL));
  g_assert_cmpint (store_fixture_get_value (vlive_draft_get_record (f->draft)), ==, 33);
}

/* It leaves its table because a filter does not show it: that is no deletion, and
 * what is live is still followed. */
static void
test_out_of_table (Fixture *f, gconstpointer data)
{
  G_GNUC_UNUSED g_autoptr (VliveManualStream) stream = table_fixture_follow (&f->table);
  g_autoptr (VliveQuery) query = vlive_query_new ();
  g_autoptr (VliveQuery) filtered =
      vlive_query_with_condition (query, "name", VLIVE_OPERATOR_EQUAL,
                                  g_variant_new_string ("row 000005"), NULL);

  f->table.master->events_with_records = TRUE;
  set_name (f, "typed");
  vlive_table_set_query (f->table.table, filtered);
  table_fixture_advance (&f->table, 200);
  g_assert_cmpint (vlive_row_get_state (vlive_draft_get_row (f->draft)), ==,
                   VLIVE_ROW_GONE);
  g_assert_false (vlive_draft_is_gone (f->draft));
  vlive_array_master_set (f->table.master, "000003", 77);
  table_fixture_advance (&f->table, 200);
  assert_field (vlive_draft_dup_mine (f->draft, "value"), "77");
  assert_field (vlive_draft_dup_mine (f->draft, "name"), "'typed'");
}

/* A new record. */
static void
test_new (Fixture *f, gconstpointer data)
{
  VliveDraft *draft = vlive_draft_new (f->table.store.store, NULL);
  g_autoptr (VliveWrite) write = NULL;
  g_autoptr (VliveWrite) patch = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (vlive_draft_is_new (draft));
  g_assert_true (vlive_draft_may_change (draft, "id"));
  g_assert_false (vlive_draft_may_change (f->draft, "id"));
  g_assert_true (vlive_draft_may_change (f->draft, "name"));
  g_assert_null (vlive_draft_get_record (draft));
  g_assert_null (vlive_draft_save (draft, &error));
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_INVALID);
  g_clear_error (&error);
  vlive_draft_set_field (draft, "name", g_variant_new_string ("made"), &error);
  g_assert_no_error (error);
  vlive_draft_set_field (draft, "value", g_variant_new_int64 (5), &error);
  g_assert_no_error (error);
  f->table.master->refusal = "no";
  write = vlive_draft_save (draft, &error);
  g_assert_no_error (error);
  /* Not twice. */
  g_assert_null (vlive_draft_save (draft, &error));
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_BUSY);
  g_clear_error (&error);
  wait_for (f, write, VLIVE_WRITE_REJECTED);
  g_assert_true (vlive_draft_is_new (draft));
  assert_field (vlive_draft_dup_mine (draft, "name"), "'made'");

  f->table.master->refusal = NULL;
  g_clear_object (&write);
  write = vlive_draft_save (draft, &error);
  g_assert_no_error (error);
  wait_for (f, write, VLIVE_WRITE_APPLIED);
  g_assert_false (vlive_draft_is_new (draft));
  vlive_draft_set_field (draft, "value", g_variant_new_int64 (6), &error);
  g_assert_no_error (error);
  patch = vlive_draft_save (draft, &error);
  g_assert_no_error (error);
  g_assert_cmpint (vlive_write_get_op (patch), ==, VLIVE_WRITE_PATCH);
  wait_for (f, patch, VLIVE_WRITE_APPLIED);
  table_fixture_advance (&f->table, 40);
  g_assert_finalize_object (draft);
}

/* It goes while it is saving, and its store is closed. */
static void
test_dropped (Fixture *f, gconstpointer data)
{
  g_autoptr (VliveWrite) write = NULL;
  VliveDraft *draft =
      vlive_draft_new (f->table.store.store, table_watch_get (f->table.watch, 4));

  f->table.master->hold = TRUE;
  vlive_draft_set_field (draft, "value", g_variant_new_int64 (6), NULL);
  write = vlive_draft_save (draft, NULL);
  table_fixture_settle (&f->table);
  g_assert_finalize_object (draft);
  f->table.master->hold = FALSE;
  vlive_array_master_release_all (f->table.master);
  wait_for (f, write, VLIVE_WRITE_APPLIED);
  g_assert_cmpint (table_fixture_value_at (&f->table, 4), ==, 6);
}

/* What a column takes. */

static void
check (VliveSchema *schema, const char *name, GVariant *value, const char *expected)
{
  g_autoptr (GVariant) sunk = g_variant_ref_sink (value);
  g_autoptr (VliveRecord) record = NULL;
  g_autoptr (GError) error = NULL;

  record = _vlive_draft_make_value (schema, name, sunk, &error);
  if (record != NULL)
    _vlive_draft_check (schema, name, record, FALSE, &error);
  g_assert_cmpstr (error != NULL ? error->message : NULL, ==, expected);
}

static void
test_check (void)
{
  const char *choices[] = { "red", "green", NULL };
  VliveColumn *columns[] = {
    vlive_column_new ("id", VLIVE_VALUE_INTEGER, VLIVE_FORMAT_PLAIN, VLIVE_COLUMN_ID),
    vlive_column_new ("made", VLIVE_VALUE_TEXT, VLIVE_FORMAT_DATE_TIME,
                      VLIVE_COLUMN_READ_ONLY),
    vlive_column_new ("n", VLIVE_VALUE_INTEGER, VLIVE_FORMAT_PLAIN, VLIVE_COLUMN_NONE),
    vlive_column_new ("x", VLIVE_VALUE_DOUBLE, VLIVE_FORMAT_PLAIN,
                      VLIVE_COLUMN_NULLABLE),
    vlive_column_new ("b", VLIVE_VALUE_BOOLEAN, VLIVE_FORMAT_PLAIN, VLIVE_COLUMN_NONE),
    vlive_column_new ("day", VLIVE_VALUE_TEXT, VLIVE_FORMAT_DATE, VLIVE_COLUMN_NONE),
    vlive_column_new ("at", VLIVE_VALUE_TEXT, VLIVE_FORMAT_DATE_TIME,
                      VLIVE_COLUMN_NONE),
    vlive_column_new ("link", VLIVE_VALUE_TEXT, VLIVE_FORMAT_URI, VLIVE_COLUMN_NONE),
    vlive_column_new ("data", VLIVE_VALUE_JSON, VLIVE_FORMAT_PLAIN, VLIVE_COLUMN_NONE),
    vlive_column_new_choice ("color", choices, VLIVE_COLUMN_NONE),
  };
  g_autoptr (VliveSchema) schema =
      vlive_schema_new (columns, G_N_ELEMENTS (columns), TRUE);
  GVariant *null = g_variant_new_maybe (G_VARIANT_TYPE_VARIANT, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (columns); i++)
    vlive_column_unref (columns[i]);
  g_variant_ref_sink (null);
  check (schema, "id", g_variant_new_int64 (1), "id cannot be changed");
  check (schema, "made", g_variant_new_string (""), "made cannot be changed");
  check (schema, "other", g_variant_new_string (""), NULL);
  check (schema, "n", g_variant_new_int64 (1), NULL);
  check (schema, "n", g_variant_new_double (1.5), "n must be a whole number");
  check (schema, "n", null, "n may not be null");
  check (schema, "x", g_variant_new_int64 (1), NULL);
  check (schema, "x", g_variant_new_double (1.5), NULL);
  check (schema, "x", null, NULL);
  check (schema, "x", g_variant_new_string ("1"), "x must be a number");
  check (schema, "b", g_variant_new_int64 (1), "b must be true or false");
  check (schema, "b", g_variant_new_boolean (TRUE), NULL);
  check (schema, "day", g_variant_new_string ("2026-02-28"), NULL);
  check (schema, "day", g_variant_new_string ("2026-02-30"),
         "day must be a date such as 2026-12-31");
  check (schema, "day", g_variant_new_string ("2026-02-28x"),
         "day must be a date such as 2026-12-31");
  check (schema, "day", g_variant_new_string (""),
         "day must be a date such as 2026-12-31");
  check (schema, "at", g_variant_new_string ("2026-02-28T10:00:00+01:00"), NULL);
  check (schema, "at", g_variant_new_string ("2026-02-28T10:00:00"), NULL);
  check (schema, "at", g_variant_new_string ("noon"),
         "at must be a date and time such as 2026-12-31T23:59:00Z");
  check (schema, "link", g_variant_new_string ("https://example.org/a?b"), NULL);
  check (schema, "link", g_variant_new_string ("no"), "link must be an address");
  check (schema, "color", g_variant_new_string ("green"), NULL);
  check (schema, "color", g_variant_new_string ("blue"),
         "color must be one of the choices");
  check (schema, "data", g_variant_new_string ("{\"a\": [1, null]}"), NULL);
  check (schema, "data", g_variant_new_string ("3"), NULL);
  g_variant_unref (null);
}

/* JSON is sent as such, and is the same however it is written. */
static void
test_json (void)
{
  VliveColumn *column = vlive_column_new ("data", VLIVE_VALUE_JSON, VLIVE_FORMAT_PLAIN,
                                          VLIVE_COLUMN_NONE);
  g_autoptr (VliveSchema) schema = vlive_schema_new (&column, 1, TRUE);
  g_autoptr (VliveRecord) record = NULL;
  g_autoptr (GError) error = NULL;
  GVariant *text = g_variant_ref_sink (g_variant_new_string ("{\"a\" :[1,null] }"));

  record = _vlive_draft_make_value (schema, "data", text, &error);
  g_assert_no_error (error);
  g_assert_cmpint (vlive_record_get_field_type (record, "data"), ==, VLIVE_VALUE_JSON);
  g_assert_cmpstr (vlive_record_get_text (record, "data"), ==, "{\"a\":[1,null]}");
  g_variant_unref (text);
  text = g_variant_ref_sink (g_variant_new_string ("{\"a\""));
  g_assert_null (_vlive_draft_make_value (schema, "data", text, &error));
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_INVALID);
  g_assert_true (g_str_has_prefix (error->message, "data is no JSON: "));
  g_variant_unref (text);
  vlive_column_unref (column);
}

static void
add (const char *path, void (*test) (Fixture *, gconstpointer))
{
  g_test_add (path, Fixture, NULL, set_up, test, tear_down);
}

int
main (int argc, char **argv)
{
  vlive_test_init (&argc, &argv);

  add ("/table/draft/follows", test_follows);
  add ("/table/draft/conflict", test_conflict);
  add ("/table/draft/save", test_save);
  add ("/table/draft/refused", test_refused);
  add ("/table/draft/invalid", test_invalid);
  add ("/table/draft/gone", test_gone);
  add ("/table/draft/out-of-table", test_out_of_table);
  add ("/table/draft/new", test_new);
  add ("/table/draft/dropped", test_dropped);
  g_test_add_func ("/table/draft/check", test_check);
  g_test_add_func ("/table/draft/json", test_json);

  return vlive_test_run ();
}
