/* test-query.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "record/vlive-layout-private.h"
#include "record/vlive-query-private.h"
#include "vlive-test.h"

static VliveQuery *
with (VliveQuery *query, const char *column, VliveOperator op, GVariant *value)
{
  g_autoptr (GError) error = NULL;
  VliveQuery *next = vlive_query_with_condition (query, column, op, value, &error);

  g_assert_no_error (error);
  vlive_query_unref (query);

  return next;
}

static void
test_query_key (void)
{
  g_autoptr (VliveQuery) all = vlive_query_new ();
  g_autoptr (VliveQuery) a = NULL;
  g_autoptr (VliveQuery) b = NULL;

  g_assert_cmpstr (vlive_query_get_key (all), ==, "");
  a = with (vlive_query_ref (all), "x", VLIVE_OPERATOR_EQUAL,
            g_variant_new_string ("a/b"));
  a = with (g_steal_pointer (&a), "y", VLIVE_OPERATOR_LESS, g_variant_new_int32 (5));
  b = with (vlive_query_ref (all), "y", VLIVE_OPERATOR_LESS, g_variant_new_int64 (5));
  b = with (g_steal_pointer (&b), "x", VLIVE_OPERATOR_EQUAL,
            g_variant_new_string ("a/b"));
  g_assert_cmpstr (vlive_query_get_key (a), ==, "x=s:a%2Fb&y<i:5");
  g_assert_true (vlive_query_equal (a, b));
  g_assert_false (vlive_query_equal (a, all));
}

static void
test_query_variant (void)
{
  g_autoptr (VliveQuery) query = vlive_query_new ();
  g_autoptr (VliveQuery) sorted = NULL;
  g_autoptr (VliveQuery) searched = NULL;
  g_autoptr (VliveQuery) back = NULL;
  g_autoptr (GVariant) variant = NULL;
  g_autoptr (GError) error = NULL;

  query = with (g_steal_pointer (&query), "x", VLIVE_OPERATOR_IS_NULL, NULL);
  query = with (g_steal_pointer (&query), "y", VLIVE_OPERATOR_IN,
                g_variant_new_parsed ("[<3>, <'z'>]"));
  sorted = vlive_query_with_sort (query, "name", TRUE);
  searched = vlive_query_with_search (sorted, "é &");
  variant = _vlive_query_to_variant (searched);
  back = _vlive_query_from_variant (variant, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (vlive_query_get_key (back), ==, vlive_query_get_key (searched));
  g_assert_cmpstr (vlive_query_get_key (back), ==, "x?&y|i:3,s:z&!name&/é%20%26");
}

static void
assert_refused (VliveQuery *query,
                const char *column,
                VliveOperator op,
                const char *value,
                const char *why)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (vlive_query_with_condition (
      query, column, op, value != NULL ? g_variant_new_parsed (value) : NULL, &error));
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_INVALID);
  if (strstr (error->message, why) == NULL)
    g_error ("%s, not: %s", error->message, why);
}

static void
test_query_refuses (void)
{
  g_autoptr (VliveQuery) query = vlive_query_new ();

  query = with (g_steal_pointer (&query), "name", VLIVE_OPERATOR_EQUAL,
                g_variant_new_string ("x"));
  assert_refused (query, "", VLIVE_OPERATOR_EQUAL, "1", "needs a column");
  assert_refused (query, "\xff", VLIVE_OPERATOR_EQUAL, "1", "needs a column");
  assert_refused (query, "name", VLIVE_OPERATOR_EQUAL, "'y'", "two equalities");
  assert_refused (query, "a", VLIVE_OPERATOR_EQUAL, NULL, "a value is needed");
  assert_refused (query, "a", VLIVE_OPERATOR_EQUAL, "@mv nothing", "its own operator");
  assert_refused (query, "a", VLIVE_OPERATOR_EQUAL, "nan", "not a number");
  assert_refused (query, "a", VLIVE_OPERATOR_LESS, "[1, 2]", "no field can have");
  assert_refused (query, "a", VLIVE_OPERATOR_LESS, "{'a': 1}", "no field can have");
  assert_refused (query, "a", VLIVE_OPERATOR_LESS, "uint64 18446744073709551615",
                  "no field can have");
  assert_refused (query, "a", VLIVE_OPERATOR_IS_NULL, "1", "takes no value");
  assert_refused (query, "a", VLIVE_OPERATOR_IN, "1", "a list of values");
  assert_refused (query, "a", VLIVE_OPERATOR_IN, "{'a': 1}", "a list of values");
  assert_refused (query, "a", VLIVE_OPERATOR_IN, "[<1>, <@mv nothing>]",
                  "its own operator");
  assert_refused (query, "a", VLIVE_OPERATOR_IN, "[<1>, <[2]>]", "no field can have");
  assert_refused (query, "a", VLIVE_OPERATOR_IN, NULL, "a value is needed");
}

/* The same equality again is no second one; others may meet it. */
static void
test_query_same_again (void)
{
  g_autoptr (VliveQuery) query = vlive_query_new ();
  g_autoptr (VliveQuery) again = NULL;
  g_autoptr (VliveQuery) sorted = NULL;
  g_autoptr (VliveQuery) sorted_again = NULL;

  query = with (g_steal_pointer (&query), "a", VLIVE_OPERATOR_EQUAL,
                g_variant_new_int32 (1));
  again = with (vlive_query_ref (query), "a", VLIVE_OPERATOR_EQUAL,
                g_variant_new_int64 (1));
  g_assert_true (again == query);
  again = with (g_steal_pointer (&again), "a", VLIVE_OPERATOR_GREATER,
                g_variant_new_int64 (0));
  again = with (g_steal_pointer (&again), "b", VLIVE_OPERATOR_EQUAL,
                g_variant_new_int64 (1));
  g_assert_cmpuint (vlive_query_get_n_conditions (again), ==, 3);

  sorted = vlive_query_with_sort (query, "a", FALSE);
  sorted_again = vlive_query_with_sort (sorted, "a", TRUE);
  g_assert_true (sorted_again == sorted);
}

static void
test_query_getters (void)
{
  g_autoptr (VliveQuery) query = vlive_query_new ();
  g_autoptr (VliveQuery) sorted = NULL;
  g_autoptr (VliveQuery) searched = NULL;
  g_autoptr (VliveQuery) cleared = NULL;
  GVariant *value;

  query = with (g_steal_pointer (&query), "z", VLIVE_OPERATOR_GREATER,
                g_variant_new_parsed ("<byte 5>"));
  query = with (g_steal_pointer (&query), "a", VLIVE_OPERATOR_IS_NULL, NULL);
  sorted = vlive_query_with_sort (query, "p", TRUE);
  searched = vlive_query_with_search (sorted, "x");
  cleared = vlive_query_with_search (searched, "");

  /* In the order in which they were made, not that of the key. */
  g_assert_cmpstr (vlive_query_get_condition_column (searched, 0), ==, "z");
  g_assert_cmpint (vlive_query_get_condition_operator (searched, 1), ==,
                   VLIVE_OPERATOR_IS_NULL);
  value = vlive_query_get_condition_value (searched, 0);
  g_assert_cmpstr (g_variant_get_type_string (value), ==, "x");
  g_assert_cmpint (g_variant_get_int64 (value), ==, 5);
  g_assert_null (vlive_query_get_condition_value (searched, 1));
  g_assert_cmpuint (vlive_query_get_n_sort_keys (searched), ==, 1);
  g_assert_cmpstr (vlive_query_get_sort_column (searched, 0), ==, "p");
  g_assert_true (vlive_query_get_sort_descending (searched, 0));
  g_assert_cmpstr (vlive_query_get_search (searched), ==, "x");
  g_assert_null (vlive_query_get_search (cleared));
  g_assert_true (vlive_query_equal (cleared, sorted));

  g_assert_true (vlive_query_depends_on (sorted, "z"));
  g_assert_true (vlive_query_depends_on (sorted, "a"));
  g_assert_true (vlive_query_depends_on (sorted, "p"));
  g_assert_false (vlive_query_depends_on (sorted, "other"));
  g_assert_true (vlive_query_depends_on (searched, "other"));
}

static void
test_query_set (void)
{
  g_autoptr (VliveQuery) all = vlive_query_new ();
  g_autoptr (VliveQuery) a = with (vlive_query_ref (all), "x", VLIVE_OPERATOR_IN,
                                   g_variant_new_parsed ("[3, 1, 3]"));
  g_autoptr (VliveQuery) b = with (vlive_query_ref (all), "x", VLIVE_OPERATOR_IN,
                                   g_variant_new_parsed ("[<1>, <int64 3>]"));
  g_autoptr (VliveQuery) c = with (vlive_query_ref (all), "x", VLIVE_OPERATOR_IN,
                                   g_variant_new_parsed ("['1,i:3']"));
  g_autoptr (VliveQuery) none = with (vlive_query_ref (all), "x", VLIVE_OPERATOR_IN,
                                      g_variant_new_parsed ("@as []"));

  g_assert_cmpstr (vlive_query_get_key (a), ==, "x|i:1,i:3");
  g_assert_true (vlive_query_equal (a, b));
  g_assert_cmpstr (vlive_query_get_key (c), ==, "x|s:1%2Ci%3A3");
  g_assert_cmpstr (vlive_query_get_key (none), ==, "x|");
}

/* One text for each type of a value, so that none is taken for another. */
static void
test_query_typed (void)
{
  static const char *const values[] = { "'1'",    "1",          "1.0",        "true",
                                        "'true'", "'b:true'",   "@ay [0x31]", "'31'",
                                        "inf",    "'Infinity'", "-0.0",       "0.0" };
  g_autoptr (GHashTable) keys =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (VliveQuery) all = vlive_query_new ();

  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    {
      g_autoptr (VliveQuery) query =
          with (vlive_query_ref (all), "x", VLIVE_OPERATOR_EQUAL,
                g_variant_new_parsed (values[i]));

      g_assert_true (g_hash_table_add (keys, g_strdup (vlive_query_get_key (query))));
    }
}

static const char *const pieces[] = {
  "a", "=",  "&",    ";",    "!", "/",  "s:", "i:5", "%",     "%2F", "é", "|", "?", ",",
  " ", "\n", "\x01", "\x7f", "<", ">=", "~",  "😀",   "users", ":",   "-", ".", "_",
};

static char *
random_text (gboolean may_be_empty)
{
  GString *text = g_string_new (NULL);
  int n = g_test_rand_int_range (may_be_empty ? 0 : 1, 4);

  for (int i = 0; i < n; i++)
    g_string_append (text, pieces[g_test_rand_int_range (0, G_N_ELEMENTS (pieces))]);
  if (g_test_rand_int_range (0, 40) == 0)
    for (guint i = 0; i < 2048; i++)
      g_string_append_c (text, (char) g_test_rand_int_range ('a', 'z'));

  return g_string_free (text, FALSE);
}

static GVariant *
random_operand (void)
{
  g_autofree char *text = random_text (TRUE);

  switch (g_test_rand_int_range (0, 5))
    {
    case 0:
      return g_variant_new_boolean (g_test_rand_bit ());
    case 1:
      return g_variant_new_int64 (g_test_rand_int_range (-2, 7));
    case 2:
      return g_variant_new_double (g_test_rand_int_range (-2, 7) / 2.0);
    case 3:
      return g_variant_new_bytestring (text);
    default:
      return g_variant_new_string (text);
    }
}

/* The plain facts of a query, in a form in which nothing can be confused: every
 * text with its length. Conditions and sets are sorted, as they have no order. */
static void
describe_text (GString *out, const char *text)
{
  g_string_append_printf (out, "%" G_GSIZE_FORMAT ":%s.", strlen (text), text);
}

static int
compare_texts (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static void
describe_sorted (GString *out, GPtrArray *parts)
{
  const char *last = NULL;

  g_ptr_array_sort (parts, compare_texts);
  for (guint i = 0; i < parts->len; i++)
    if (last == NULL || strcmp (last, parts->pdata[i]) != 0)
      describe_text (out, last = parts->pdata[i]);
}

static char *
describe_operand (VliveOperator op, GVariant *value)
{
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func (g_free);
  GString *out;

  if (value == NULL)
    return g_strdup ("none");
  if (op != VLIVE_OPERATOR_IN)
    return g_variant_print (value, TRUE);
  out = g_string_new ("set");
  for (gsize i = 0; i < g_variant_n_children (value); i++)
    {
      g_autoptr (GVariant) child = g_variant_get_child_value (value, i);

      g_ptr_array_add (parts, g_variant_print (child, TRUE));
    }
  describe_sorted (out, parts);

  return g_string_free (out, FALSE);
}

static char *
describe (VliveQuery *query)
{
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func (g_free);
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < vlive_query_get_n_conditions (query); i++)
    {
      VliveOperator op = vlive_query_get_condition_operator (query, i);
      g_autofree char *operand =
          describe_operand (op, vlive_query_get_condition_value (query, i));
      GString *part = g_string_new (NULL);

      describe_text (part, vlive_query_get_condition_column (query, i));
      g_string_append_printf (part, "%d.", op);
      describe_text (part, operand);
      g_ptr_array_add (parts, g_string_free (part, FALSE));
    }
  describe_sorted (out, parts);
  for (guint i = 0; i < vlive_query_get_n_sort_keys (query); i++)
    {
      g_string_append (out, vlive_query_get_sort_descending (query, i) ? "down" : "up");
      describe_text (out, vlive_query_get_sort_column (query, i));
    }
  if (vlive_query_get_search (query) != NULL)
    {
      g_string_append (out, "search");
      describe_text (out, vlive_query_get_search (query));
    }

  return g_string_free (out, FALSE);
}

static GVariant *
random_set (void)
{
  GVariantBuilder builder;
  int n = g_test_rand_int_range (0, 3);

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("av"));
  for (int i = 0; i < n; i++)
    g_variant_builder_add (&builder, "v", random_operand ());

  return g_variant_builder_end (&builder);
}

static VliveQuery *
random_query (void)
{
  VliveQuery *query = vlive_query_new ();
  int n_conditions = g_test_rand_int_range (0, 3);
  int n_sorts = g_test_rand_int_range (0, 3);

  for (int i = 0; i < n_conditions; i++)
    {
      g_autofree char *column = random_text (FALSE);
      VliveOperator op =
          (VliveOperator) g_test_rand_int_range (0, VLIVE_OPERATOR_IS_NULL + 1);
      GVariant *operand = NULL;
      VliveQuery *next;

      if (op == VLIVE_OPERATOR_IN)
        operand = random_set ();
      else if (op != VLIVE_OPERATOR_IS_NULL)
        operand = random_operand ();
      next = vlive_query_with_condition (query, column, op, operand, NULL);
      if (next == NULL)
        continue;
      vlive_query_unref (query);
      query = next;
    }
  for (int i = 0; i < n_sorts; i++)
    {
      g_autofree char *column = random_text (FALSE);
      VliveQuery *next = vlive_query_with_sort (query, column, g_test_rand_bit ());

      vlive_query_unref (query);
      query = next;
    }
  if (g_test_rand_int_range (0, 3) == 0)
    {
      g_autofree char *text = random_text (TRUE);
      VliveQuery *next = vlive_query_with_search (query, text);

      vlive_query_unref (query);
      query = next;
    }

  return query;
}

/* Equal queries, equal keys; different queries, different keys: against a
 * description that cannot be confused, both ways. */
static void
test_query_injective (void)
{
  g_autoptr (GHashTable) by_key =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr (GHashTable) by_facts =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  for (guint i = 0; i < 20000; i++)
    {
      g_autoptr (VliveQuery) query = random_query ();
      g_autofree char *facts = describe (query);
      const char *key = vlive_query_get_key (query);
      const char *known_facts = g_hash_table_lookup (by_key, key);
      const char *known_key = g_hash_table_lookup (by_facts, facts);

      g_assert_true (g_utf8_validate (key, -1, NULL));
      if (known_facts != NULL)
        g_assert_cmpstr (known_facts, ==, facts);
      if (known_key != NULL)
        g_assert_cmpstr (known_key, ==, key);
      g_hash_table_replace (by_key, g_strdup (key), g_strdup (facts));
      g_hash_table_replace (by_facts, g_strdup (facts), g_strdup (key));
    }
  g_assert_cmpuint (g_hash_table_size (by_key), >, 5000);
}

/* And through a variant, bytes and back. */
static void
test_query_variant_random (void)
{
  for (guint i = 0; i < 2000; i++)
    {
      g_autoptr (VliveQuery) query = random_query ();
      g_autoptr (GVariant) variant = _vlive_query_to_variant (query);
      g_autoptr (GBytes) bytes = g_variant_get_data_as_bytes (variant);
      g_autoptr (GVariant) read = g_variant_ref_sink (
          g_variant_new_from_bytes (g_variant_get_type (variant), bytes, FALSE));
      g_autoptr (GError) error = NULL;
      g_autoptr (VliveQuery) back = _vlive_query_from_variant (read, &error);

      g_assert_no_error (error);
      g_assert_cmpstr (vlive_query_get_key (back), ==, vlive_query_get_key (query));
    }
}

static void
test_query_variant_hostile (void)
{
  static const char *const bad[] = {
    "'x'",
    "([('a', uint32 99, @mv <1>)], @a(sb) [], '')",
    "([('a', uint32 0, @mv nothing)], @a(sb) [], '')",
    "([('', uint32 0, @mv <1>)], @a(sb) [], '')",
    "([('a', uint32 0, @mv <1>), ('a', uint32 0, @mv <2>)], @a(sb) [], '')",
    "([('a', uint32 7, @mv <1>)], @a(sb) [], '')",
    "(@a(sumv) [], [('', true)], '')",
    "(@a(sumv) [], [('a', true), ('', false)], 'x')",
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GVariant) variant = g_variant_ref_sink (g_variant_new_parsed (bad[i]));
      g_autoptr (GError) error = NULL;

      g_assert_null (_vlive_query_from_variant (variant, &error));
      g_assert_nonnull (error);
      g_assert_true (error->domain == VLIVE_ERROR);
    }
}

static void
test_query_variant_hostile_bytes (void)
{
  for (guint i = 0; i < 3000; i++)
    {
      g_autoptr (VliveQuery) query = random_query ();
      g_autoptr (GVariant) variant = _vlive_query_to_variant (query);
      gsize size = g_variant_get_size (variant);
      guint8 *copy = g_malloc (MAX (size, 1));
      g_autoptr (GBytes) bytes = NULL;
      g_autoptr (GVariant) bad = NULL;
      g_autoptr (VliveQuery) back = NULL;

      g_variant_store (variant, copy);
      if (size > 0)
        copy[g_test_rand_int_range (0, (int) size)] ^=
            (guint8) g_test_rand_int_range (1, 256);
      bytes = g_bytes_new_take (copy, size);
      bad = g_variant_ref_sink (
          g_variant_new_from_bytes (g_variant_get_type (variant), bytes, FALSE));
      back = _vlive_query_from_variant (bad, NULL);
      if (back != NULL)
        g_assert_nonnull (vlive_query_get_key (back));
    }
}

static void
test_query_boxed (void)
{
  g_autoptr (VliveQuery) query = vlive_query_new ();
  VliveQuery *copy = g_boxed_copy (VLIVE_TYPE_QUERY, query);

  g_assert_true (copy == query);
  g_boxed_free (VLIVE_TYPE_QUERY, copy);
}

int
main (int argc, char *argv[])
{
  int result;

  vlive_test_init (&argc, &argv);
  g_test_add_func ("/query/key", test_query_key);
  g_test_add_func ("/query/variant", test_query_variant);
  g_test_add_func ("/query/refuses", test_query_refuses);
  g_test_add_func ("/query/same-again", test_query_same_again);
  g_test_add_func ("/query/getters", test_query_getters);
  g_test_add_func ("/query/set", test_query_set);
  g_test_add_func ("/query/typed", test_query_typed);
  g_test_add_func ("/query/injective", test_query_injective);
  g_test_add_func ("/query/variant-random", test_query_variant_random);
  g_test_add_func ("/query/variant-hostile", test_query_variant_hostile);
  g_test_add_func ("/query/variant-hostile-bytes", test_query_variant_hostile_bytes);
  g_test_add_func ("/query/boxed", test_query_boxed);
  result = vlive_test_run ();
  vlive_test_assert_all_gone ();
  g_assert_cmpuint (_vlive_layout_count (), ==, 0);

  return result;
}
