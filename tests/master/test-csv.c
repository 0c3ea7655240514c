/* test-csv.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "vlive-test.h"

#include "master/vlive-csv-private.h"

/* All rows: fields in brackets, a bar between rows; or the error. */
static char *
read_stream (GInputStream *stream)
{
  g_autoptr (VliveCsvReader) reader = _vlive_csv_reader_new (stream);
  g_autoptr (GError) error = NULL;
  GString *text = g_string_new (NULL);
  const VliveCsvField *fields;
  guint n;

  while ((fields = _vlive_csv_reader_next (reader, &n, NULL, &error)) != NULL)
    {
      if (text->len > 0)
        g_string_append_c (text, '|');
      for (guint i = 0; i < n; i++)
        {
          g_assert_cmpuint (strlen (fields[i].text), ==, fields[i].len);
          g_string_append_printf (text, "[%s]", fields[i].text);
        }
    }
  if (error != NULL)
    {
      g_assert_cmpint (error->domain, ==, VLIVE_ERROR);
      g_string_append_printf (text, "!%s", error->message);
    }
  g_assert_null (_vlive_csv_reader_next (reader, &n, NULL, NULL));

  return g_string_free (text, FALSE);
}

static char *
read_data (const char *data, gsize len)
{
  g_autoptr (GInputStream) stream =
      g_memory_input_stream_new_from_data (data, (gssize) len, NULL);

  return read_stream (stream);
}

static void
test_rows (void)
{
  static const struct
  {
    const char *csv;
    const char *rows;
  } cases[] = {
    { "", "" },
    { "a", "[a]" },
    { "a,b\n1,2\n", "[a][b]|[1][2]" },
    { "a,b\r\n1,2\r\n", "[a][b]|[1][2]" },
    { "a,b\r1,2\r", "[a][b]|[1][2]" },
    { "a,b\n1,2", "[a][b]|[1][2]" },
    { "a,b\n1,", "[a][b]|[1][]" },
    { ",\n,\n", "[][]|[][]" },
    { "\n\na,b\n\n\r\n1,2\n\n", "[a][b]|[1][2]" },
    { "\xef\xbb\xbf"
      "a,b\n",
      "[a][b]" },
    { "\"a\",\"b\"\n", "[a][b]" },
    { "\"a,b\",c\n", "[a,b][c]" },
    { "\"a \"\"b\"\"\",c\n", "[a \"b\"][c]" },
    { "\"\"\"\",\"\"\n", "[\"][]" },
    { "\"a\nb\",c\n", "[a\nb][c]" },
    { "\"a\r\nb\",c\r\n", "[a\r\nb][c]" },
    { "\"a\"", "[a]" },
    { "\"\"", "[]" },
    { "a\"b,c\n", "[a\"b][c]" },
    { " a , b \n", "[ a ][ b ]" },
    { "é,ß\n", "[é][ß]" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *rows = read_data (cases[i].csv, strlen (cases[i].csv));

      g_assert_cmpstr (rows, ==, cases[i].rows);
    }
}

static void
test_faults (void)
{
  static const struct
  {
    const char *csv;
    gssize len;
    const char *rows;
  } cases[] = {
    { "a,b\n\"1,2\n3,4\n", -1,
      "[a][b]!line 2: a quote that is opened here is never closed" },
    { "a,b\n1,\"x\ny\n", -1,
      "[a][b]!line 2: a quote that is opened here is never closed" },
    { "a\n\"1\"2\n", -1,
      "[a]!line 2: something follows a closing quote (quotes within quotes must be "
      "doubled)" },
    { "a\n1\n\xff\n", -1, "[a]|[1]!line 3: not valid UTF-8" },
    { "a\n\"x\n\xc3(\"\n", -1, "[a]!line 3: not valid UTF-8" },
    { "a\nx\0y\n", 6, "[a]!line 2: a zero byte" },
    { "\xff\xfe"
      "a\0",
      4, "!line 1: not valid UTF-8 (it begins like UTF-16: save it as UTF-8)" },
    { "a\r\n1\r\n\r\n2\r\n\xff\r\n", -1, "[a]|[1]|[2]!line 5: not valid UTF-8" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      gsize len = cases[i].len >= 0 ? (gsize) cases[i].len : strlen (cases[i].csv);
      g_autofree char *rows = read_data (cases[i].csv, len);

      g_assert_cmpstr (rows, ==, cases[i].rows);
    }
}

/* A stream of ever @step bytes at most, then the end or an error. */
#define TEST_TYPE_SLOW_STREAM (test_slow_stream_get_type ())
G_DECLARE_FINAL_TYPE (TestSlowStream, test_slow_stream, TEST, SLOW_STREAM, GInputStream)

struct _TestSlowStream
{
  GInputStream parent_instance;

  const char *data;
  gsize len;
  gsize step;
  gboolean fail;
};

G_DEFINE_FINAL_TYPE (TestSlowStream, test_slow_stream, G_TYPE_INPUT_STREAM)

static gssize
test_slow_stream_read (GInputStream *stream,
                       void *buffer,
                       gsize count,
                       GCancellable *cancellable,
                       GError **error)
{
  TestSlowStream *self = TEST_SLOW_STREAM (stream);
  gsize n = MIN (MIN (count, self->len), self->step);

  if (n == 0 && self->fail)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "the disk is gone");
      return -1;
    }
  memcpy (buffer, self->data, n);
  self->data += n;
  self->len -= n;

  return (gssize) n;
}

static void
test_slow_stream_class_init (TestSlowStreamClass *klass)
{
  G_INPUT_STREAM_CLASS (klass)->read_fn = test_slow_stream_read;
}

static void
test_slow_stream_init (TestSlowStream *self)
{
}

static void
test_read_error (void)
{
  g_autoptr (TestSlowStream) stream = g_object_new (TEST_TYPE_SLOW_STREAM, NULL);
  g_autofree char *rows = NULL;

  stream->data = "a,b\n1,2\n3";
  stream->len = 9;
  stream->step = 2;
  stream->fail = TRUE;
  rows = read_stream (G_INPUT_STREAM (stream));
  g_assert_cmpstr (rows, ==, "!cannot be read: the disk is gone");
}

/* Rows across the ends of the buffer, and one that is larger than it. */
static void
test_large (void)
{
  g_autoptr (GString) csv = g_string_new ("id,text\r\n");
  g_autofree char *long_text = g_strnfill (700 * 1024, 'x');
  g_autoptr (GInputStream) stream = NULL;
  g_autoptr (VliveCsvReader) reader = NULL;
  g_autoptr (GError) error = NULL;
  const VliveCsvField *fields;
  guint n;

  for (guint i = 0; i < 40000; i++)
    g_string_append_printf (csv, "%u,\"text \"\"%u\"\"\nline\"\r\n", i, i);
  g_string_append_printf (csv, "40000,%s\r\n40001,\"%s\"\"\"\r\n", long_text,
                          long_text);

  stream = g_memory_input_stream_new_from_data (csv->str, (gssize) csv->len, NULL);
  reader = _vlive_csv_reader_new (stream);
  g_assert_nonnull (_vlive_csv_reader_next (reader, &n, NULL, &error));
  for (guint i = 0; i < 40002; i++)
    {
      g_autofree char *id = g_strdup_printf ("%u", i);
      g_autofree char *text = g_strdup_printf ("text \"%u\"\nline", i);

      fields = _vlive_csv_reader_next (reader, &n, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (n, ==, 2);
      g_assert_cmpstr (fields[0].text, ==, id);
      if (i < 40000)
        {
          g_assert_cmpstr (fields[1].text, ==, text);
          g_assert_cmpuint (_vlive_csv_reader_get_line (reader), ==, 2 + 2 * i);
        }
      else
        g_assert_cmpuint (fields[1].len, ==, 700 * 1024 + (i - 40000));
    }
  g_assert_null (_vlive_csv_reader_next (reader, &n, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (_vlive_csv_reader_get_bytes (reader), ==, csv->len);
}

static void
test_too_large (void)
{
  gsize len = 65 * 1024 * 1024;
  g_autofree char *data = g_strnfill (len, 'x');
  g_autofree char *rows = NULL;

  memcpy (data, "a\n\"", 3);
  rows = read_data (data, len);
  g_assert_cmpstr (rows, ==,
                   "[a]!line 2: longer than 64 MiB; perhaps a quote is not closed");
}

static void
test_classify (void)
{
  static const struct
  {
    const char *text;
    VliveValueType type;
  } cases[] = {
    { "", VLIVE_VALUE_NULL },
    { "0", VLIVE_VALUE_INTEGER },
    { "-17", VLIVE_VALUE_INTEGER },
    { "9223372036854775807", VLIVE_VALUE_INTEGER },
    { "-9223372036854775808", VLIVE_VALUE_INTEGER },
    { "9223372036854775808", VLIVE_VALUE_TEXT },
    { "007", VLIVE_VALUE_TEXT },
    { "-0", VLIVE_VALUE_TEXT },
    { "00.5", VLIVE_VALUE_TEXT },
    { "+5", VLIVE_VALUE_TEXT },
    { "1 ", VLIVE_VALUE_TEXT },
    { "0x10", VLIVE_VALUE_TEXT },
    { "1.5", VLIVE_VALUE_DOUBLE },
    { "-0.5", VLIVE_VALUE_DOUBLE },
    { "1e3", VLIVE_VALUE_DOUBLE },
    { "1.25E-7", VLIVE_VALUE_DOUBLE },
    { "1e999", VLIVE_VALUE_TEXT },
    { "1.", VLIVE_VALUE_TEXT },
    { ".5", VLIVE_VALUE_TEXT },
    { "1e", VLIVE_VALUE_TEXT },
    { "1.5.2", VLIVE_VALUE_TEXT },
    { "nan", VLIVE_VALUE_TEXT },
    { "inf", VLIVE_VALUE_TEXT },
    { "true", VLIVE_VALUE_BOOLEAN },
    { "FALSE", VLIVE_VALUE_BOOLEAN },
    { "True", VLIVE_VALUE_BOOLEAN },
    { "yes", VLIVE_VALUE_TEXT },
    { "-", VLIVE_VALUE_TEXT },
    { "2026-01-05", VLIVE_VALUE_TEXT },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      VliveValueType type = _vlive_csv_classify (cases[i].text, strlen (cases[i].text));

      g_assert_cmpint (type, ==, cases[i].type);
    }
}

#define BIT(type) (1u << VLIVE_VALUE_##type)

static void
test_column_type (void)
{
  g_assert_cmpint (_vlive_csv_column_type (0), ==, VLIVE_VALUE_TEXT);
  g_assert_cmpint (_vlive_csv_column_type (BIT (NULL)), ==, VLIVE_VALUE_TEXT);
  g_assert_cmpint (_vlive_csv_column_type (BIT (INTEGER) | BIT (NULL)), ==,
                   VLIVE_VALUE_INTEGER);
  g_assert_cmpint (_vlive_csv_column_type (BIT (INTEGER) | BIT (DOUBLE)), ==,
                   VLIVE_VALUE_DOUBLE);
  g_assert_cmpint (_vlive_csv_column_type (BIT (DOUBLE)), ==, VLIVE_VALUE_DOUBLE);
  g_assert_cmpint (_vlive_csv_column_type (BIT (BOOLEAN)), ==, VLIVE_VALUE_BOOLEAN);
  g_assert_cmpint (_vlive_csv_column_type (BIT (BOOLEAN) | BIT (INTEGER)), ==,
                   VLIVE_VALUE_TEXT);
  g_assert_cmpint (_vlive_csv_column_type (BIT (TEXT) | BIT (INTEGER)), ==,
                   VLIVE_VALUE_TEXT);
}

static void
assert_value (const char *text, VliveValueType column, VliveValueType expected)
{
  VliveCsvField field = { text, strlen (text) };
  VliveValue value;
  gboolean ok = _vlive_csv_to_value (&field, column, &value);

  g_assert_cmpint (ok, ==, expected != VLIVE_VALUE_MIXED);
  if (ok)
    g_assert_cmpint (value.type, ==, expected);
}

static void
test_values (void)
{
  VliveCsvField field = { "2.5", 3 };
  VliveValue value;

  assert_value ("12", VLIVE_VALUE_INTEGER, VLIVE_VALUE_INTEGER);
  assert_value ("", VLIVE_VALUE_INTEGER, VLIVE_VALUE_NULL);
  assert_value ("1.5", VLIVE_VALUE_INTEGER, VLIVE_VALUE_MIXED);
  assert_value ("x", VLIVE_VALUE_DOUBLE, VLIVE_VALUE_MIXED);
  assert_value ("12", VLIVE_VALUE_DOUBLE, VLIVE_VALUE_INTEGER);
  assert_value ("1e2", VLIVE_VALUE_DOUBLE, VLIVE_VALUE_DOUBLE);
  assert_value ("", VLIVE_VALUE_TEXT, VLIVE_VALUE_TEXT);
  assert_value ("007", VLIVE_VALUE_TEXT, VLIVE_VALUE_TEXT);
  assert_value ("TRUE", VLIVE_VALUE_BOOLEAN, VLIVE_VALUE_BOOLEAN);
  assert_value ("", VLIVE_VALUE_BOOLEAN, VLIVE_VALUE_NULL);
  assert_value ("1", VLIVE_VALUE_BOOLEAN, VLIVE_VALUE_MIXED);
  g_assert_true (_vlive_csv_to_value (&field, VLIVE_VALUE_DOUBLE, &value));
  g_assert_cmpfloat (value.real, ==, 2.5);
}

/* What is written is read back. */
static void
test_round_trip (void)
{
  static const char *const fields[] = { "plain", "",          "a,b", "\"",
                                        "a\"b",  "line\nend", "\r",  " x " };

  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    for (guint quote = 0; quote < 2; quote++)
      {
        g_autoptr (GString) csv = g_string_new (NULL);
        g_autofree char *expected = g_strdup_printf ("[%s][x]", fields[i]);
        g_autofree char *rows = NULL;

        _vlive_csv_append (csv, fields[i], strlen (fields[i]), quote != 0);
        g_string_append (csv, ",x\n");
        g_assert_true (quote == 0 || csv->str[0] == '"');
        rows = read_data (csv->str, csv->len);
        g_assert_cmpstr (rows, ==, expected);
      }
}

/* Random bytes give rows or an error, and nothing else. */
static void
test_random (void)
{
  static const char alphabet[] = {
    'a', ',', '"', '\n', '\r', '1', '\0', '\xc3', '\xa9'
  };

  for (guint round = 0; round < 20000; round++)
    {
      char data[32];
      gsize len = (gsize) g_test_rand_int_range (0, sizeof data);
      g_autofree char *rows = NULL;

      for (gsize i = 0; i < len; i++)
        data[i] = alphabet[g_test_rand_int_range (0, sizeof alphabet)];
      rows = read_data (data, len);
    }
}

int
main (int argc, char *argv[])
{
  vlive_test_init (&argc, &argv);
  g_test_add_func ("/master/csv/rows", test_rows);
  g_test_add_func ("/master/csv/faults", test_faults);
  g_test_add_func ("/master/csv/read-error", test_read_error);
  g_test_add_func ("/master/csv/large", test_large);
  g_test_add_func ("/master/csv/too-large", test_too_large);
  g_test_add_func ("/master/csv/classify", test_classify);
  g_test_add_func ("/master/csv/column-type", test_column_type);
  g_test_add_func ("/master/csv/values", test_values);
  g_test_add_func ("/master/csv/round-trip", test_round_trip);
  g_test_add_func ("/master/csv/random", test_random);

  return vlive_test_run ();
}
