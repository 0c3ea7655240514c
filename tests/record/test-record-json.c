/* test-record-json.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "record/vlive-layout-private.h"
#include "record/vlive-record-private.h"
#include "vlive-test.h"

/* Reads the array at @member of @text, or @text itself. */
static GPtrArray *
read_json (const char *text,
           const char *member,
           gboolean with_raw,
           GPtrArray *diagnostics)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;
  VliveJsonContext context = { .id_field = "id", .id_prefix = "q", .offset = 20 };
  JsonNode *root;
  GPtrArray *records;

  json_parser_load_from_data (parser, text, -1, &error);
  g_assert_no_error (error);
  root = json_parser_get_root (parser);
  if (member != NULL)
    root = json_object_get_member (json_node_get_object (root), member);
  records =
      _vlive_records_from_json (json_node_get_array (root), with_raw ? text : NULL,
                                strlen (text), &context, diagnostics, &error);
  g_assert_no_error (error);

  return records;
}

static char *
to_text (GPtrArray *records)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < records->len; i++)
    {
      g_autoptr (GError) error = NULL;

      g_string_append_printf (text, "%s%s%s:{", i > 0 ? " " : "",
                              vlive_record_is_addressable (records->pdata[i]) ? ""
                                                                              : "!",
                              vlive_record_get_id (records->pdata[i]));
      _vlive_record_append_json (records->pdata[i], text, &error);
      g_assert_no_error (error);
      g_string_append_c (text, '}');
    }

  return g_string_free (text, FALSE);
}

static void
assert_reads (const char *text, const char *expected, guint n_diagnostics)
{
  g_autoptr (GPtrArray) diagnostics = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) records = read_json (text, NULL, TRUE, diagnostics);
  g_autofree char *found = to_text (records);

  g_assert_cmpstr (found, ==, expected);
  g_assert_cmpuint (diagnostics->len, ==, n_diagnostics);
}

static void
test_json_rows (void)
{
  assert_reads ("[]", "", 0);
  assert_reads ("[{\"id\":7,\"a\":\"x\"},{\"id\":7.0},{\"id\":\"007\",\"n\":{\"a\":[1,"
                "2.5,null]}}]",
                "7:{\"id\":7.0} 007:{\"id\":\"007\",\"n\":{\"a\":[1,2.5,null]}}", 1);
  assert_reads ("[{\"id\":10},{\"id\":9},{\"id\":2}]",
                "10:{\"id\":10} 9:{\"id\":9} 2:{\"id\":2}", 0);
  assert_reads ("[{\"b\":1},{\"id\":null},{\"id\":\"\"},{\"id\":{\"x\":1}}]",
                "!@q#20:{\"b\":1} !@q#21:{\"id\":null} !@q#22:{\"id\":\"\"} "
                "!@q#23:{\"id\":{\"x\":1}}",
                1);
}

static void
test_json_raw (void)
{
  assert_reads (
      "[{\"id\":1,\"n\":9223372036854775807},{\"id\":2,\"n\":9223372036854775808}]",
      "1:{\"id\":1,\"n\":9223372036854775807} "
      "2:{\"id\":2,\"n\":\"9223372036854775808\"}",
      1);
  assert_reads (
      "[{\"id\":1,\"n\":-9223372036854775809,\"d\":1e400,\"t\":\"a\\u0000b\"}]",
      "1:{\"id\":1,\"n\":\"-9223372036854775809\",\"d\":\"1e400\",\"t\":"
      "\"a\\\\u0000b\"}",
      2);
  assert_reads ("[{\"id\":18446744073709551615}]",
                "18446744073709551615:{\"id\":\"18446744073709551615\"}", 1);
}

int
main (int argc, char *argv[])
{
  int result;

  vlive_test_init (&argc, &argv);
  g_test_add_func ("/record-json/rows", test_json_rows);
  g_test_add_func ("/record-json/raw", test_json_raw);
  result = vlive_test_run ();
  vlive_test_assert_all_gone ();
  g_assert_cmpuint (_vlive_layout_count (), ==, 0);

  return result;
}
