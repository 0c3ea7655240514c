/* test-schema.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "record/vlive-layout-private.h"
#include "vlive-test.h"

static VliveRecord *
make (const char *id, const char *fields)
{
  g_autoptr (GError) error = NULL;
  VliveRecord *record =
      vlive_record_new_from_variant (id, g_variant_new_parsed (fields), &error);

  g_assert_no_error (error);

  return record;
}

/* "name:type" with a star for the id, a plus for the title, a question mark
 * for what may be null. */
static char *
to_text (VliveSchema *schema)
{
  static const char *const types[] = { "missing", "null",  "bool", "int",  "double",
                                       "text",    "bytes", "json", "mixed" };
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < vlive_schema_get_n_columns (schema); i++)
    {
      VliveColumn *column = vlive_schema_get_column (schema, i);
      VliveColumnFlags flags = vlive_column_get_flags (column);

      g_string_append_printf (text, "%s%s:%s%s%s%s", i > 0 ? " " : "",
                              vlive_column_get_name (column),
                              types[vlive_column_get_value_type (column)],
                              (flags & VLIVE_COLUMN_ID) != 0 ? "*" : "",
                              (flags & VLIVE_COLUMN_TITLE) != 0 ? "+" : "",
                              (flags & VLIVE_COLUMN_NULLABLE) != 0 ? "?" : "");
    }

  return g_string_free (text, FALSE);
}

static void
assert_schema (VliveSchema *schema, const char *expected)
{
  g_autofree char *text = to_text (schema);

  g_assert_cmpstr (text, ==, expected);
}

static VliveSchema *
discover (const char *first, ...)
{
  g_autoptr (GPtrArray) records =
      g_ptr_array_new_with_free_func ((GDestroyNotify) vlive_record_unref);
  va_list args;

  va_start (args, first);
  for (const char *fields = first; fields != NULL; fields = va_arg (args, const char *))
    g_ptr_array_add (records, make ("x", fields));
  va_end (args);

  return vlive_schema_discover ((VliveRecord *const *) records->pdata, records->len,
                                "id");
}

static void
test_schema_discover (void)
{
  g_autoptr (VliveSchema) schema = discover (
      "{'id': <1>, 'price': <1>, 'body': <'x'>, 'title': <'x'>, 'tags': <['a']>, 'ok': "
      "<true>}",
      "{'id': <2>, 'price': <1.5>, 'body': <@mv nothing>, 'late': <@mv nothing>}",
      "{'ok': <'no'>, 'late': <@ay [1]>}", NULL);

  assert_schema (
      schema,
      "id:int* price:double? body:text? title:text+? tags:json? ok:mixed? late:bytes?");
  g_assert_false (vlive_schema_is_declared (schema));
  g_assert_cmpstr (vlive_column_get_name (vlive_schema_get_id_column (schema)), ==,
                   "id");
  g_assert_cmpstr (vlive_column_get_name (vlive_schema_get_title_column (schema)), ==,
                   "title");
}

static void
test_schema_discover_title (void)
{
  g_autoptr (VliveSchema) plain =
      discover ("{'id': <'a'>, 'n': <1>, 'text': <'x'>, 'other': <'x'>}", NULL);
  g_autoptr (VliveSchema) named =
      discover ("{'id': <'a'>, 'text': <'x'>, 'Name': <'x'>}", NULL);
  g_autoptr (VliveSchema) number = discover ("{'id': <'a'>, 'title': <5>}", NULL);

  assert_schema (plain, "id:text* n:int? text:text+? other:text?");
  assert_schema (named, "id:text* text:text? Name:text+?");
  assert_schema (number, "id:text* title:int?");
  g_assert_null (vlive_schema_get_title_column (number));
}

static void
test_schema_discover_nothing (void)
{
  g_autoptr (VliveSchema) schema = vlive_schema_discover (NULL, 0, NULL);

  assert_schema (schema, "");
  g_assert_null (vlive_schema_get_id_column (schema));
}

static void
assert_widens (const char *before, const char *record, const char *after)
{
  g_autoptr (VliveSchema) schema = discover (before, NULL);
  g_autoptr (VliveRecord) one = make ("x", record);
  g_autoptr (VliveSchema) widened = vlive_schema_widen (schema, one);
  g_autoptr (VliveSchema) again = vlive_schema_widen (widened, one);

  if (after == NULL)
    g_assert_true (widened == schema);
  else
    assert_schema (widened, after);
  g_assert_true (again == widened);
}

static void
test_schema_widen (void)
{
  assert_widens ("{'a': <1>}", "{'a': <2>}", NULL);
  assert_widens ("{'a': <1>}", "@a{sv} {}", NULL);
  assert_widens ("{'a': <1>}", "{'a': <@mv nothing>}", NULL);
  assert_widens ("{'a': <1>}", "{'a': <1.5>}", "a:double?");
  assert_widens ("{'a': <1.5>}", "{'a': <1>}", NULL);
  assert_widens ("{'a': <1>}", "{'a': <'x'>}", "a:mixed?");
  assert_widens ("{'a': <true>}", "{'a': <1>}", "a:mixed?");
  assert_widens ("{'a': <@mv nothing>}", "{'a': <@mv nothing>}", NULL);
  assert_widens ("{'a': <@mv nothing>}", "{'a': <'x'>}", "a:text?");
  assert_widens ("{'a': <1>, 'b': <2>}", "{'c': <true>, 'b': <1>, 'a': <1>}",
                 "a:int? b:int? c:bool?");
  assert_widens ("{'a': <1>}", "{'b': <@mv nothing>}", "a:int? b:missing?");
}

static VliveSchema *
declare (void)
{
  const char *choices[] = { "open", "done", NULL };
  g_autoptr (VliveColumn) id =
      vlive_column_new ("id", VLIVE_VALUE_TEXT, VLIVE_FORMAT_PLAIN, VLIVE_COLUMN_ID);
  g_autoptr (VliveColumn) state =
      vlive_column_new_choice ("state", choices, VLIVE_COLUMN_NULLABLE);
  g_autoptr (VliveColumn) user =
      vlive_column_new_reference ("user", VLIVE_VALUE_INTEGER, "users",
                                  VLIVE_COLUMN_NONE);
  g_autoptr (VliveColumn) due =
      vlive_column_new ("due", VLIVE_VALUE_TEXT, VLIVE_FORMAT_DATE, VLIVE_COLUMN_TITLE);
  VliveColumn *columns[] = { id, state, user, due };

  return vlive_schema_new (columns, G_N_ELEMENTS (columns), TRUE);
}

static void
test_schema_declared (void)
{
  g_autoptr (VliveSchema) schema = declare ();
  g_autoptr (VliveSchema) ref = vlive_schema_ref (schema);

  g_assert_true (vlive_schema_is_declared (ref));
  assert_schema (schema, "id:text* state:text? user:int due:text+");
  g_assert_true (vlive_schema_find_column (schema, "user")
                 == vlive_schema_get_column (schema, 2));
  g_assert_null (vlive_schema_find_column (schema, "nobody"));
}

/* What keeps its type keeps its format and flags; a reference stays one. */
static void
test_schema_widen_formats (void)
{
  g_autoptr (VliveSchema) schema = declare ();
  g_autoptr (VliveRecord) record =
      make ("x", "{'user': <'u1'>, 'due': <5>, 'state': <'open'>}");
  g_autoptr (VliveSchema) widened = vlive_schema_widen (schema, record);

  assert_schema (widened, "id:text* state:text? user:mixed due:mixed+");
  g_assert_true (vlive_schema_is_declared (widened));
  g_assert_true (vlive_schema_get_column (widened, 1)
                 == vlive_schema_get_column (schema, 1));
  g_assert_cmpstr (vlive_column_get_reference (vlive_schema_get_column (widened, 2)),
                   ==, "users");
  g_assert_cmpint (vlive_column_get_format (vlive_schema_get_column (widened, 3)), ==,
                   VLIVE_FORMAT_PLAIN);
}

static void
test_schema_variant (void)
{
  g_autoptr (VliveSchema) schema = declare ();
  g_autoptr (GVariant) variant = vlive_schema_to_variant (schema);
  g_autoptr (GError) error = NULL;
  g_autoptr (VliveSchema) back = vlive_schema_new_from_variant (variant, &error);
  g_autoptr (VliveSchema) empty = vlive_schema_new (NULL, 0, FALSE);
  g_autoptr (GVariant) nothing = vlive_schema_to_variant (empty);
  g_autoptr (VliveSchema) empty_back = vlive_schema_new_from_variant (nothing, &error);

  g_assert_no_error (error);
  g_assert_false (g_variant_is_floating (variant));
  g_assert_true (vlive_schema_equal (schema, back));
  g_assert_true (vlive_schema_equal (empty, empty_back));
  g_assert_false (vlive_schema_equal (schema, empty));
}

static void
test_schema_hostile (void)
{
  static const char *const bad[] = {
    "'x'",
    "(true, [('a', uint32 9, uint32 0, uint32 0, @as [], @ms nothing)])",
    "(true, [('a', uint32 5, uint32 7, uint32 0, @as [], @ms nothing)])",
    "(true, [('a', uint32 5, uint32 0, uint32 16, @as [], @ms nothing)])",
    "(true, [('a', uint32 5, uint32 5, uint32 0, @as [], @ms nothing)])",
    "(true, [('a', uint32 5, uint32 0, uint32 0, @as [], @ms 'users')])",
    "(true, [('a', uint32 3, uint32 3, uint32 0, ['x'], @ms nothing)])",
    /* two columns of one name */
    ("(true, [('a', uint32 5, uint32 0, uint32 0, @as [], @ms nothing),"
     " ('a', uint32 5, uint32 0, uint32 0, @as [], @ms nothing)])"),
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GVariant) variant = g_variant_ref_sink (g_variant_new_parsed (bad[i]));
      g_autoptr (GError) error = NULL;

      g_assert_null (vlive_schema_new_from_variant (variant, &error));
      g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_CORRUPT);
    }
}

static void
test_schema_hostile_bytes (void)
{
  g_autoptr (VliveSchema) schema = declare ();
  g_autoptr (GVariant) variant = vlive_schema_to_variant (schema);
  gsize size = g_variant_get_size (variant);

  for (gsize i = 0; i < size; i++)
    {
      guint8 *copy = g_memdup2 (g_variant_get_data (variant), size);
      g_autoptr (GBytes) bytes = g_bytes_new_take (copy, size);
      g_autoptr (GVariant) bad = NULL;
      g_autoptr (VliveSchema) back = NULL;

      copy[i] ^= (guint8) g_test_rand_int_range (1, 256);
      bad = g_variant_ref_sink (
          g_variant_new_from_bytes (g_variant_get_type (variant), bytes, FALSE));
      back = vlive_schema_new_from_variant (bad, NULL);
      g_assert_true (back == NULL || vlive_schema_get_n_columns (back) <= 4);
    }
}

static void
test_schema_equal (void)
{
  g_autoptr (VliveSchema) a = discover ("{'a': <1>, 'b': <2>}", NULL);
  g_autoptr (VliveSchema) same = discover ("{'a': <3>, 'b': <4>}", NULL);
  g_autoptr (VliveSchema) turned = discover ("{'b': <1>, 'a': <2>}", NULL);
  g_autoptr (VliveSchema) other = discover ("{'a': <1>, 'b': <true>}", NULL);
  g_autoptr (VliveSchema) x = declare ();
  g_autoptr (VliveSchema) y = declare ();

  g_assert_true (vlive_schema_equal (a, same));
  g_assert_false (vlive_schema_equal (a, turned));
  g_assert_false (vlive_schema_equal (a, other));
  g_assert_true (vlive_schema_equal (x, y));
}

static void
test_schema_boxed (void)
{
  g_autoptr (VliveSchema) schema = declare ();
  VliveSchema *copy = g_boxed_copy (VLIVE_TYPE_SCHEMA, schema);

  g_assert_true (copy == schema);
  g_boxed_free (VLIVE_TYPE_SCHEMA, copy);
}

static void
test_schema_doubles (void)
{
  g_autoptr (VliveColumn) column =
      vlive_column_new ("a", VLIVE_VALUE_TEXT, VLIVE_FORMAT_PLAIN, VLIVE_COLUMN_NONE);
  VliveColumn *columns[] = { column, column };

  vlive_test_expect ("*assertion 'added' failed*");
  g_assert_null (vlive_schema_new (columns, 2, TRUE));
  vlive_test_assert_expected ();
}

int
main (int argc, char *argv[])
{
  int result;

  vlive_test_init (&argc, &argv);
  g_test_add_func ("/schema/discover", test_schema_discover);
  g_test_add_func ("/schema/discover-title", test_schema_discover_title);
  g_test_add_func ("/schema/discover-nothing", test_schema_discover_nothing);
  g_test_add_func ("/schema/widen", test_schema_widen);
  g_test_add_func ("/schema/declared", test_schema_declared);
  g_test_add_func ("/schema/widen-formats", test_schema_widen_formats);
  g_test_add_func ("/schema/variant", test_schema_variant);
  g_test_add_func ("/schema/hostile", test_schema_hostile);
  g_test_add_func ("/schema/hostile-bytes", test_schema_hostile_bytes);
  g_test_add_func ("/schema/equal", test_schema_equal);
  g_test_add_func ("/schema/boxed", test_schema_boxed);
  g_test_add_func ("/schema/doubles", test_schema_doubles);
  result = vlive_test_run ();
  vlive_test_assert_all_gone ();
  g_assert_cmpuint (_vlive_layout_count (), ==, 0);

  return result;
}
