/* test-json-splitter.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "vlive-test.h"

#include "master/vlive-json-splitter-private.h"

/* All elements with a bar between, each with its line; or the error. */
static char *
split (const char *data, gssize len)
{
  gsize size = len >= 0 ? (gsize) len : strlen (data);
  g_autoptr (GInputStream) stream =
      g_memory_input_stream_new_from_data (data, (gssize) size, NULL);
  g_autoptr (VliveJsonSplitter) splitter = _vlive_json_splitter_new (stream);
  g_autoptr (GError) error = NULL;
  GString *text = g_string_new (NULL);
  const char *element;
  gsize n;

  while ((element = _vlive_json_splitter_next (splitter, &n, NULL, &error)) != NULL)
    g_string_append_printf (text, "%s%" G_GUINT64_FORMAT ":%.*s",
                            text->len > 0 ? "|" : "",
                            _vlive_json_splitter_get_line (splitter), (int) n, element);
  if (error != NULL)
    g_string_append_printf (text, "!%s", error->message);
  else
    g_assert_cmpuint (_vlive_json_splitter_get_bytes (splitter), ==, size);

  return g_string_free (text, FALSE);
}

static void
test_elements (void)
{
  static const char *const cases[][2] = {
    { "[]", "" },
    { " [ ] \n", "" },
    { "[{}]", "1:{}" },
    { "[1,2]", "1:1|1:2" },
    { "[{\"a\":1},\n {\"a\":[1,{\"b\":2}]} ]", "1:{\"a\":1}|2:{\"a\":[1,{\"b\":2}]}" },
    { "[\"a,]b\", \"\\\"]\"]", "1:\"a,]b\"|1:\"\\\"]\"" },
    { "[{\"a\":\"}\\\\\"}]", "1:{\"a\":\"}\\\\\"}" },
    { "\xef\xbb\xbf[true]", "1:true" },
    { "{\"a\":1}\n{\"a\":2}\n", "1:{\"a\":1}|2:{\"a\":2}" },
    { "{\"a\":1}{\"a\":2}", "1:{\"a\":1}|1:{\"a\":2}" },
    { "\n\n[\n{\n\"a\":1\n}\n,\n{}]", "4:{\n\"a\":1\n}|8:{}" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *elements = split (cases[i][0], -1);

      g_assert_cmpstr (elements, ==, cases[i][1]);
    }
}

static void
test_faults (void)
{
  static const char *const cases[][2] = {
    { "", "!line 1: the file is empty, where an array of objects was expected" },
    { "  \n", "!line 2: the file is empty, where an array of objects was expected" },
    { "true", "!line 1: an array of objects was expected" },
    { "[", "!line 1: the file ends before its array does" },
    { "[{}", "1:{}!line 1: the file ends before its array does" },
    { "[{},", "1:{}!line 1: the file ends before its array does" },
    { "[{\"a\":", "!line 1: the file ends within an element that begins here" },
    { "[{}\n,{\"a\":\"x",
      "1:{}!line 2: the file ends within an element that begins here" },
    { "[{} {}]", "1:{}!line 1: a comma was expected between two elements" },
    { "[{},]", "1:{}!line 1: an element was expected" },
    { "[,]", "!line 1: an element was expected" },
    { "[{}]\nx", "1:{}!line 2: something follows the end of the array" },
    { "[{\"a\":\"\xff\"}]", "!line 1: not valid UTF-8" },
    { "[{\"a\":\n\"\xff\"}]", "!line 2: not valid UTF-8" },
    { "\xfe\xff",
      "!line 1: not valid UTF-8 (it begins like UTF-16: save it as UTF-8)" },
  };
  g_autofree char *zero = split ("[{}, \0]", 7);
  g_autofree char *zero_within = split ("[{\"a\":\"\0\"}]", 11);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *elements = split (cases[i][0], -1);

      g_assert_cmpstr (elements, ==, cases[i][1]);
    }
  g_assert_cmpstr (zero, ==, "1:{}!line 1: a zero byte");
  g_assert_cmpstr (zero_within, ==, "!line 1: a zero byte");
}

/* Elements across the ends of the buffer, and one that is larger than it. */
static void
test_large (void)
{
  g_autoptr (GString) json = g_string_new ("[\n");
  g_autofree char *long_text = g_strnfill (700 * 1024, 'x');
  g_autoptr (GInputStream) stream = NULL;
  g_autoptr (VliveJsonSplitter) splitter = NULL;
  g_autoptr (GError) error = NULL;
  const char *element;
  gsize n;

  for (guint i = 0; i < 20000; i++)
    g_string_append_printf (json, "{\"id\":%u,\"text\":\"] } \\\" %u\"},\n", i, i);
  g_string_append_printf (json, "{\"text\":\"%s\"}]", long_text);
  stream = g_memory_input_stream_new_from_data (json->str, (gssize) json->len, NULL);
  splitter = _vlive_json_splitter_new (stream);
  for (guint i = 0; i < 20000; i++)
    {
      g_autofree char *expected =
          g_strdup_printf ("{\"id\":%u,\"text\":\"] } \\\" %u\"}", i, i);

      element = _vlive_json_splitter_next (splitter, &n, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpmem (element, n, expected, strlen (expected));
      g_assert_cmpuint (_vlive_json_splitter_get_line (splitter), ==, i + 2);
    }
  element = _vlive_json_splitter_next (splitter, &n, NULL, &error);
  g_assert_nonnull (element);
  g_assert_cmpuint (n, ==, 700 * 1024 + 11);
  g_assert_null (_vlive_json_splitter_next (splitter, &n, NULL, &error));
  g_assert_no_error (error);
}

static void
test_too_large (void)
{
  gsize len = 65 * 1024 * 1024;
  g_autofree char *data = g_strnfill (len, 'x');
  g_autofree char *elements = NULL;

  memcpy (data, "[{},\n\"", 6);
  elements = split (data, (gssize) len);
  g_assert_cmpstr (elements, ==,
                   "1:{}!line 2: longer than 64 MiB; perhaps a quote is not closed");
}

static void
test_random (void)
{
  static const char alphabet[] = "[]{},:\"\\ \n1tn\xc3\xa9";

  for (guint round = 0; round < 20000; round++)
    {
      char data[24];
      gsize len = (gsize) g_test_rand_int_range (0, sizeof data);
      g_autofree char *elements = NULL;

      for (gsize i = 0; i < len; i++)
        data[i] = alphabet[g_test_rand_int_range (0, sizeof alphabet)];
      if (len > 0 && g_test_rand_bit ())
        data[0] = '[';
      elements = split (data, (gssize) len);
    }
}

int
main (int argc, char *argv[])
{
  vlive_test_init (&argc, &argv);
  g_test_add_func ("/master/json-splitter/elements", test_elements);
  g_test_add_func ("/master/json-splitter/faults", test_faults);
  g_test_add_func ("/master/json-splitter/large", test_large);
  g_test_add_func ("/master/json-splitter/too-large", test_too_large);
  g_test_add_func ("/master/json-splitter/random", test_random);

  return vlive_test_run ();
}
