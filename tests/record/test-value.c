/* test-value.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "record/vlive-value-private.h"
#include "vlive-test.h"

#include <locale.h>
#include <math.h>

#define TEXT(s) ((VliveValue) VLIVE_VALUE_INIT_TEXT (s))
#define JSON(s) ((VliveValue) VLIVE_VALUE_INIT_JSON (s))
#define INT(v) ((VliveValue) VLIVE_VALUE_INIT_INTEGER (v))
#define DOUBLE(v) ((VliveValue) VLIVE_VALUE_INIT_DOUBLE (v))
#define BOOLEAN(v) ((VliveValue) VLIVE_VALUE_INIT_BOOLEAN (v))
#define NONE ((VliveValue) VLIVE_VALUE_INIT_NULL)
#define BYTES(s)                                                                       \
  ((VliveValue){ .type = VLIVE_VALUE_BYTES, .bytes = (s), .len = sizeof (s) - 1 })

static int
sign (int x)
{
  return (x > 0) - (x < 0);
}

static void
assert_compares (VliveValue a, VliveValue b, int expected, int expected_descending)
{
  g_assert_cmpint (sign (_vlive_value_compare (&a, &b, FALSE)), ==, expected);
  g_assert_cmpint (sign (_vlive_value_compare (&b, &a, FALSE)), ==, -expected);
  g_assert_cmpint (sign (_vlive_value_compare (&a, &b, TRUE)), ==, expected_descending);
  g_assert_cmpint (sign (_vlive_value_compare (&b, &a, TRUE)), ==,
                   -expected_descending);
  g_assert_cmpint (_vlive_value_equal (&a, &b), ==, expected == 0);
}

static void
test_value_numbers (void)
{
  assert_compares (INT (1), INT (2), -1, 1);
  assert_compares (INT (657), DOUBLE (1826.19), -1, 1);
  assert_compares (INT (1), DOUBLE (1.0), 0, 0);
  assert_compares (INT (0), DOUBLE (-0.0), 0, 0);
  assert_compares (DOUBLE (0.0), DOUBLE (-0.0), 0, 0);
  /* 2^53 + 1 has no double of its own. */
  assert_compares (INT (9007199254740993), DOUBLE (9007199254740992.0), 1, -1);
  assert_compares (INT (9007199254740993), DOUBLE (9007199254740994.0), -1, 1);
  assert_compares (INT (-9007199254740993), DOUBLE (-9007199254740992.0), -1, 1);
  assert_compares (INT (G_MAXINT64), DOUBLE (9223372036854775808.0), -1, 1);
  assert_compares (INT (G_MAXINT64), INT (G_MAXINT64 - 1), 1, -1);
  assert_compares (INT (G_MININT64), DOUBLE (-9223372036854775808.0), 0, 0);
  assert_compares (INT (G_MAXINT64), DOUBLE (INFINITY), -1, 1);
  assert_compares (INT (G_MININT64), DOUBLE (-INFINITY), 1, -1);
}

static void
test_value_last (void)
{
  VliveValue missing = { .type = VLIVE_VALUE_MISSING };

  assert_compares (NONE, missing, 0, 0);
  assert_compares (INT (1), NONE, -1, -1);
  assert_compares (TEXT ("z"), NONE, -1, -1);
  assert_compares (DOUBLE (NAN), NONE, -1, -1);
  assert_compares (DOUBLE (INFINITY), DOUBLE (NAN), -1, -1);
  assert_compares (DOUBLE (NAN), DOUBLE (-NAN), 0, 0);
  assert_compares (TEXT (""), NONE, -1, -1);
}

static void
test_value_types (void)
{
  VliveValue ordered[] = { BOOLEAN (FALSE), BOOLEAN (TRUE), INT (-5),
                           DOUBLE (1.5),    TEXT (""),      TEXT ("true"),
                           BYTES (""),      BYTES ("\0"),   JSON ("[]") };

  for (guint i = 0; i < G_N_ELEMENTS (ordered); i++)
    for (guint j = 0; j < G_N_ELEMENTS (ordered); j++)
      assert_compares (ordered[i], ordered[j], sign ((int) i - (int) j),
                       sign ((int) j - (int) i));
}

static void
test_value_text (void)
{
  assert_compares (TEXT ("a20"), TEXT ("a3"), -1, 1);
  assert_compares (TEXT ("Apple"), TEXT ("banana"), -1, 1);
  assert_compares (TEXT ("apple"), TEXT ("Banana"), -1, 1);
  assert_compares (TEXT ("ab"), TEXT ("abc"), -1, 1);
  /* Alike but for case: by bytes, and not equal. */
  assert_compares (TEXT ("A"), TEXT ("a"), -1, 1);
  assert_compares (TEXT ("É"), TEXT ("é"), -1, 1);
  assert_compares (TEXT ("zé"), TEXT ("ZÉA"), -1, 1);
  /* By code points, not by any language's rules. */
  assert_compares (TEXT ("z"), TEXT ("ä"), -1, 1);
  assert_compares (TEXT ("straße"), TEXT ("STRASSF"), -1, 1);
  assert_compares (TEXT ("\xef\xbf\xbd"), TEXT ("\xf0\x9f\x98\x80"), -1, 1);
}

/* g_utf8_strdown() would make a dotless ı of I in Turkish and keep dots in
 * Lithuanian; g_utf8_casefold() asks no locale. Where the locale is not
 * installed, LC_CTYPE stays what it was and the test still holds. */
static void
test_value_locale (void)
{
  static const char *const locales[] = { "tr_TR.UTF-8", "az_AZ.UTF-8", "lt_LT.UTF-8",
                                         "C.UTF-8" };

  for (guint i = 0; i < G_N_ELEMENTS (locales); i++)
    {
      g_autofree char *folded = NULL;
      VliveValue value = TEXT ("TITLE");

      setlocale (LC_ALL, locales[i]);
      folded = _vlive_text_casefold ("Iİi ÌSS", -1);
      g_assert_cmpstr (folded, ==, "ii̇i ìss");
      assert_compares (TEXT ("I"), TEXT ("ia"), -1, 1);
      g_assert_true (_vlive_value_contains (&value, "title"));
    }
  setlocale (LC_ALL, "C.UTF-8");
}

static const char *const snippets[] = {
  "",  "a", "A",  "b",  "ab",   "aB", "é",
  "É", "ß", "SS", "ss", "\x01", "𝄞",  "zz",
  "ς", "Σ", " ",  "~",  "ſ",    "İ",  "aaaaaaaaaaaaaaaaaaaa"
};

static char *
random_text (void)
{
  GString *text = g_string_new (NULL);
  int n = g_test_rand_int_range (0, 4);

  for (int i = 0; i < n; i++)
    g_string_append (text,
                     snippets[g_test_rand_int_range (0, G_N_ELEMENTS (snippets))]);

  return g_string_free (text, FALSE);
}

static gint64
random_integer (void)
{
  const gint64 edges[] = {
    0, 1, -1, G_MAXINT64, G_MININT64, G_GINT64_CONSTANT (1) << 53
  };

  switch (g_test_rand_int_range (0, 4))
    {
    case 0:
      return edges[g_test_rand_int_range (0, G_N_ELEMENTS (edges))];
    case 1:
      return g_test_rand_int_range (-3, 4);
    case 2:
      return (G_GINT64_CONSTANT (1) << 53) + g_test_rand_int_range (-3, 4);
    default:
      return (gint64) ((guint64) (guint32) g_test_rand_int () << 32
                       | (guint32) g_test_rand_int ());
    }
}

static double
random_double (void)
{
  const double edges[] = { 0.0,       -0.0, INFINITY,
                           -INFINITY, NAN,  5e-324,
                           1e308,     0.5,  9223372036854775808.0 };

  switch (g_test_rand_int_range (0, 3))
    {
    case 0:
      return edges[g_test_rand_int_range (0, G_N_ELEMENTS (edges))];
    case 1:
      return (double) random_integer ();
    default:
      return g_test_rand_double_range (-10, 10);
    }
}

/* @text keeps what the value borrows from. */
static VliveValue
random_value (char **text)
{
  VliveValue value = {
    .type = (VliveValueType) g_test_rand_int_range (0, VLIVE_VALUE_MIXED)
  };

  *text = random_text ();
  value.len = strlen (*text);
  switch (value.type)
    {
    case VLIVE_VALUE_BOOLEAN:
      value.boolean = g_test_rand_bit ();
      break;
    case VLIVE_VALUE_INTEGER:
      value.integer = random_integer ();
      break;
    case VLIVE_VALUE_DOUBLE:
      value.real = random_double ();
      break;
    case VLIVE_VALUE_BYTES:
      for (gsize i = 0; i < value.len; i++)
        if ((*text)[i] == 'a' || (*text)[i] == 'z')
          (*text)[i] = (*text)[i] == 'a' ? '\0' : '\xff';
      value.bytes = *text;
      break;
    case VLIVE_VALUE_TEXT:
    case VLIVE_VALUE_JSON:
    case VLIVE_VALUE_MISSING:
    case VLIVE_VALUE_NULL:
    case VLIVE_VALUE_MIXED:
    default:
      value.text = *text;
      break;
    }

  return value;
}

static int
compare_keys (GByteArray *a, GByteArray *b)
{
  int result = memcmp (a->data, b->data, MIN (a->len, b->len));

  return result != 0 ? sign (result) : (a->len > b->len) - (a->len < b->len);
}

/* Folded texts that are alike differ by their bytes only. */
static gboolean
alike (const VliveValue *a, const VliveValue *b)
{
  g_autofree char *x = NULL;
  g_autofree char *y = NULL;

  if (a->type != VLIVE_VALUE_TEXT || b->type != VLIVE_VALUE_TEXT)
    return FALSE;
  x = _vlive_text_casefold (a->text, -1);
  y = _vlive_text_casefold (b->text, -1);

  return strcmp (x, y) == 0;
}

static void
check_pair (const VliveValue *a,
            const VliveValue *b,
            gboolean descending,
            gsize max_len)
{
  g_autoptr (GByteArray) x = g_byte_array_new ();
  g_autoptr (GByteArray) y = g_byte_array_new ();
  gboolean whole_x = _vlive_value_append_sort_key (a, descending, max_len, x);
  gboolean whole_y = _vlive_value_append_sort_key (b, descending, max_len, y);
  int order = sign (_vlive_value_compare (a, b, descending));
  int keys = compare_keys (x, y);

  g_assert_cmpuint (x->len, <=, max_len);
  if (keys != 0)
    g_assert_cmpint (keys, ==, order);
  else if (whole_x)
    g_assert_true (order == 0 || alike (a, b));
  if (keys == 0)
    g_assert_cmpint (whole_x, ==, whole_y);
}

static void
test_value_sort_key (void)
{
  for (guint i = 0; i < 50000; i++)
    {
      g_autofree char *text_a = NULL;
      g_autofree char *text_b = NULL;
      VliveValue a = random_value (&text_a);
      VliveValue b = random_value (&text_b);
      gsize max_len = g_test_rand_bit () ? 1000 : (gsize) g_test_rand_int_range (1, 12);

      check_pair (&a, &b, FALSE, max_len);
      check_pair (&a, &b, TRUE, max_len);
    }
}

/* Keys follow one another: the second decides where the first are equal. */
static void
test_value_sort_keys (void)
{
  for (guint i = 0; i < 20000; i++)
    {
      g_autoptr (GByteArray) x = g_byte_array_new ();
      g_autoptr (GByteArray) y = g_byte_array_new ();
      gboolean descending = g_test_rand_bit ();
      int order;
      VliveValue v[4];
      char *texts[4];

      for (guint j = 0; j < 4; j++)
        v[j] = random_value (&texts[j]);
      _vlive_value_append_sort_key (&v[0], descending, 1000, x);
      _vlive_value_append_sort_key (&v[1], !descending, 1000, x);
      _vlive_value_append_sort_key (&v[2], descending, 1000, y);
      _vlive_value_append_sort_key (&v[3], !descending, 1000, y);
      order = alike (&v[0], &v[2])
                  ? 0
                  : sign (_vlive_value_compare (&v[0], &v[2], descending));
      if (order == 0)
        order = alike (&v[1], &v[3])
                    ? 0
                    : sign (_vlive_value_compare (&v[1], &v[3], !descending));
      g_assert_cmpint (compare_keys (x, y), ==, order);
      for (guint j = 0; j < 4; j++)
        g_free (texts[j]);
    }
}

/* The order is one: of any three values, no circle. */
static void
test_value_transitive (void)
{
  for (guint i = 0; i < 50000; i++)
    {
      VliveValue v[3];
      char *texts[3];
      gboolean descending = g_test_rand_bit ();

      for (guint j = 0; j < 3; j++)
        v[j] = random_value (&texts[j]);
      if (_vlive_value_compare (&v[0], &v[1], descending) <= 0
          && _vlive_value_compare (&v[1], &v[2], descending) <= 0)
        g_assert_cmpint (_vlive_value_compare (&v[0], &v[2], descending), <=, 0);
      for (guint j = 0; j < 3; j++)
        g_free (texts[j]);
    }
}

static void
assert_contains (VliveValue value, const char *needle, gboolean expected)
{
  g_autofree char *folded = _vlive_text_casefold (needle, -1);

  g_assert_cmpint (_vlive_value_contains (&value, folded), ==, expected);
}

static void
test_value_contains (void)
{
  assert_contains (TEXT ("Apple Pie"), "PIE", TRUE);
  assert_contains (TEXT ("Apple Pie"), "pies", FALSE);
  assert_contains (TEXT ("aaab"), "aab", TRUE);
  assert_contains (TEXT ("Crème Brûlée"), "BRÛLÉE", TRUE);
  assert_contains (TEXT ("Straße"), "strasse", TRUE);
  assert_contains (TEXT ("abc"), "", TRUE);
  assert_contains (TEXT (""), "a", FALSE);
  assert_contains (INT (1234), "23", TRUE);
  assert_contains (DOUBLE (1.25), ".25", TRUE);
  assert_contains (BOOLEAN (TRUE), "RU", TRUE);
  assert_contains (JSON ("{\"City\":\"Rome\"}"), "rome", TRUE);
  assert_contains (BYTES ("abc"), "b", FALSE);
  assert_contains (NONE, "", FALSE);
}

static void
assert_from_text (const char *text, VliveValueType type, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *found = NULL;
  VliveValue value;

  if (_vlive_value_from_text (text, type, &value, &error))
    found = _vlive_value_to_text (&value);
  else
    g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_INVALID);
  g_assert_cmpstr (found, ==, expected);
}

static void
test_value_from_text (void)
{
  assert_from_text ("12", VLIVE_VALUE_INTEGER, "12");
  assert_from_text ("-9223372036854775808", VLIVE_VALUE_INTEGER,
                    "-9223372036854775808");
  assert_from_text ("9223372036854775808", VLIVE_VALUE_INTEGER, NULL);
  assert_from_text ("12x", VLIVE_VALUE_INTEGER, NULL);
  assert_from_text (" 12", VLIVE_VALUE_INTEGER, NULL);
  assert_from_text ("", VLIVE_VALUE_INTEGER, NULL);
  assert_from_text ("-", VLIVE_VALUE_INTEGER, NULL);
  assert_from_text ("1.5", VLIVE_VALUE_INTEGER, NULL);
  assert_from_text ("1.5", VLIVE_VALUE_DOUBLE, "1.5");
  assert_from_text ("12", VLIVE_VALUE_DOUBLE, "12");
  assert_from_text ("1e3", VLIVE_VALUE_DOUBLE, "1000");
  assert_from_text ("1e999", VLIVE_VALUE_DOUBLE, NULL);
  assert_from_text ("nan", VLIVE_VALUE_DOUBLE, NULL);
  assert_from_text ("0x10", VLIVE_VALUE_DOUBLE, NULL);
  assert_from_text ("1,5", VLIVE_VALUE_DOUBLE, NULL);
  assert_from_text ("true", VLIVE_VALUE_BOOLEAN, "true");
  assert_from_text ("false", VLIVE_VALUE_BOOLEAN, "false");
  assert_from_text ("yes", VLIVE_VALUE_BOOLEAN, NULL);
  assert_from_text ("12", VLIVE_VALUE_TEXT, "12");
  assert_from_text ("", VLIVE_VALUE_MIXED, "");
  assert_from_text ("x", VLIVE_VALUE_MISSING, "x");
  assert_from_text ("x", VLIVE_VALUE_NULL, "x");
  assert_from_text ("\xff", VLIVE_VALUE_TEXT, NULL);
  assert_from_text ("[1]", VLIVE_VALUE_JSON, "[1]");
  assert_from_text ("[1", VLIVE_VALUE_JSON, NULL);
  assert_from_text ("abc", VLIVE_VALUE_BYTES, NULL);
}

static void
assert_id (VliveValue value, const char *expected)
{
  char buffer[32];

  g_assert_cmpstr (_vlive_value_to_id (&value, buffer), ==, expected);
}

static void
test_value_to_id (void)
{
  assert_id (INT (7), "7");
  assert_id (DOUBLE (7.0), "7");
  assert_id (DOUBLE (-0.0), "0");
  assert_id (DOUBLE (7.5), "7.5");
  assert_id (DOUBLE (-12.0), "-12");
  assert_id (DOUBLE (9007199254740992.0), "9007199254740992");
  assert_id (DOUBLE (9007199254740994.0), NULL);
  assert_id (DOUBLE (NAN), NULL);
  assert_id (DOUBLE (-INFINITY), NULL);
  assert_id (INT (G_MININT64), "-9223372036854775808");
  assert_id (INT (G_MAXINT64), "9223372036854775807");
  assert_id (TEXT ("007"), "007");
  assert_id (TEXT ("7.0"), "7.0");
  assert_id (TEXT (""), NULL);
  assert_id (BOOLEAN (TRUE), NULL);
  assert_id (NONE, NULL);
  assert_id (JSON ("{}"), NULL);
  assert_id (BYTES ("x"), NULL);
}

static void
assert_text (VliveValue value, const char *expected)
{
  g_autofree char *text = _vlive_value_to_text (&value);

  g_assert_cmpstr (text, ==, expected);
}

static void
test_value_to_text (void)
{
  assert_text (DOUBLE (0.1), "0.1");
  assert_text (DOUBLE (0.1 + 0.2), "0.30000000000000004");
  assert_text (DOUBLE (12.0), "12");
  assert_text (DOUBLE (1e300), "1e+300");
  assert_text (DOUBLE (NAN), "NaN");
  assert_text (DOUBLE (INFINITY), "Infinity");
  assert_text (DOUBLE (-INFINITY), "-Infinity");
  assert_text (INT (0), "0");
  assert_text (BOOLEAN (FALSE), "false");
  assert_text (NONE, "");
  assert_text (BYTES ("a\0b"), "YQBi");
}

static void
assert_variant (const char *text, VliveValueType type, const char *expected)
{
  g_autoptr (GVariant) variant = g_variant_ref_sink (g_variant_new_parsed (text));
  g_autoptr (GVariant) back = NULL;
  VliveValue value;

  g_assert_true (_vlive_value_from_variant (variant, &value));
  g_assert_cmpint (value.type, ==, type);
  assert_text (value, expected);
  back = g_variant_ref_sink (_vlive_value_to_variant (&value));
  g_assert_true (_vlive_value_from_variant (back, &value));
  g_assert_cmpint (value.type, ==, type);
  assert_text (value, expected);
}

static void
test_value_variants (void)
{
  static const char *const refused[] = {
    "uint64 9223372036854775808", "[1, 2]", "{'a': 1}", "(1, 2)", "@as []", "handle 5"
  };

  assert_variant ("true", VLIVE_VALUE_BOOLEAN, "true");
  assert_variant ("byte 0x7", VLIVE_VALUE_INTEGER, "7");
  assert_variant ("int16 -7", VLIVE_VALUE_INTEGER, "-7");
  assert_variant ("uint16 65535", VLIVE_VALUE_INTEGER, "65535");
  assert_variant ("-7", VLIVE_VALUE_INTEGER, "-7");
  assert_variant ("uint32 4294967295", VLIVE_VALUE_INTEGER, "4294967295");
  assert_variant ("int64 -9223372036854775808", VLIVE_VALUE_INTEGER,
                  "-9223372036854775808");
  assert_variant ("uint64 9223372036854775807", VLIVE_VALUE_INTEGER,
                  "9223372036854775807");
  assert_variant ("1.5", VLIVE_VALUE_DOUBLE, "1.5");
  assert_variant ("'x'", VLIVE_VALUE_TEXT, "x");
  assert_variant ("objectpath '/a'", VLIVE_VALUE_TEXT, "/a");
  assert_variant ("signature 'a{sv}'", VLIVE_VALUE_TEXT, "a{sv}");
  assert_variant ("@ay [1, 2]", VLIVE_VALUE_BYTES, "AQI=");
  assert_variant ("<<'boxed'>>", VLIVE_VALUE_TEXT, "boxed");
  assert_variant ("@ms 'just'", VLIVE_VALUE_TEXT, "just");
  assert_variant ("@ms nothing", VLIVE_VALUE_NULL, "");
  assert_variant ("@mv nothing", VLIVE_VALUE_NULL, "");
  for (guint i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      g_autoptr (GVariant) variant =
          g_variant_ref_sink (g_variant_new_parsed (refused[i]));
      VliveValue value;

      g_assert_false (_vlive_value_from_variant (variant, &value));
    }
}

static void
test_value_gvalue (void)
{
  VliveValue values[] = { BOOLEAN (TRUE), INT (5),      DOUBLE (0.5), TEXT ("x"),
                          JSON ("[]"),    BYTES ("ab"), NONE };
  GType types[] = { G_TYPE_BOOLEAN, G_TYPE_INT64, G_TYPE_DOUBLE, G_TYPE_STRING,
                    G_TYPE_STRING,  G_TYPE_BYTES, G_TYPE_INVALID };

  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    {
      GValue gvalue = G_VALUE_INIT;

      _vlive_value_to_gvalue (&values[i], &gvalue);
      g_assert_true (G_VALUE_TYPE (&gvalue) == types[i]);
      if (G_IS_VALUE (&gvalue))
        g_value_unset (&gvalue);
    }
}

int
main (int argc, char *argv[])
{
  int result;

  vlive_test_init (&argc, &argv);
  g_test_add_func ("/value/numbers", test_value_numbers);
  g_test_add_func ("/value/last", test_value_last);
  g_test_add_func ("/value/types", test_value_types);
  g_test_add_func ("/value/text", test_value_text);
  g_test_add_func ("/value/locale", test_value_locale);
  g_test_add_func ("/value/sort-key", test_value_sort_key);
  g_test_add_func ("/value/sort-keys", test_value_sort_keys);
  g_test_add_func ("/value/transitive", test_value_transitive);
  g_test_add_func ("/value/contains", test_value_contains);
  g_test_add_func ("/value/from-text", test_value_from_text);
  g_test_add_func ("/value/to-id", test_value_to_id);
  g_test_add_func ("/value/to-text", test_value_to_text);
  g_test_add_func ("/value/variants", test_value_variants);
  g_test_add_func ("/value/gvalue", test_value_gvalue);
  result = vlive_test_run ();
  vlive_test_assert_all_gone ();

  return result;
}
