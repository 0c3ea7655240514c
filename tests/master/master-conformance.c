/* master-conformance.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "master-conformance.h"

#include "record/vlive-query-private.h"

typedef struct
{
  MasterConformanceMake make;
  gpointer data;
  void (*test) (VliveMaster *master, GPtrArray *records);
} Case;

#define N_RECORDS 31

/* Names that a URL, a key or a pattern would be broken by. */
static const char *const hard_names[] = {
  "a/b", "a&b",  "é",    "É",  "100%",   "c+d e", "x=y",   "?#[]@!$'()*,;:",
  "\"'", "a\\b", ".*",   "ß",  "日本語", "",      " lead", "%2F",
  "..",  "null", "true", "12", "a%26b"
};

static char *
dup_long_name (void)
{
  return g_strnfill (2048, 'w');
}

static VliveRecord *
record_new (guint i)
{
  /* The master's own order is not that of the ids. */
  gint64 number = i == 0 ? 10 : i == 1 ? 9 : i == 2 ? 2 : 100 + i;
  g_autofree char *id = g_strdup_printf ("%" G_GINT64_FORMAT, number);
  g_autofree char *name = NULL;
  g_autofree char *group = g_strdup_printf ("g%u", i % 3);
  g_autoptr (GError) error = NULL;
  g_auto (GVariantDict) fields = G_VARIANT_DICT_INIT (NULL);
  VliveRecord *record;

  if (i >= 3 && i < 3 + G_N_ELEMENTS (hard_names))
    name = g_strdup (hard_names[i - 3]);
  else if (i == N_RECORDS - 1)
    name = dup_long_name ();
  else
    name = g_strdup_printf ("plain %u", i);
  g_variant_dict_insert (&fields, "id", "x", number);
  g_variant_dict_insert (&fields, "name", "s", name);
  g_variant_dict_insert (&fields, "price", "x", (gint64) (i * 7 % 11));
  g_variant_dict_insert (&fields, "weight", "d", i * 0.25 + 0.1);
  g_variant_dict_insert (&fields, "active", "b", i % 2 == 0);
  g_variant_dict_insert (&fields, "group", "s", group);
  g_variant_dict_insert (&fields, "note", "s",
                         i % 5 == 0 ? "needle in a haystack" : "hay");
  record = vlive_record_new_from_variant (id, g_variant_dict_end (&fields), &error);
  g_assert_no_error (error);

  return record;
}

GPtrArray *
master_conformance_dup_records (void)
{
  GPtrArray *records =
      g_ptr_array_new_with_free_func ((GDestroyNotify) vlive_record_unref);

  for (guint i = 0; i < N_RECORDS; i++)
    g_ptr_array_add (records, record_new (i));

  return records;
}

char *
master_conformance_dup_json (void)
{
  g_autoptr (GPtrArray) records = master_conformance_dup_records ();
  g_autoptr (GString) json = g_string_new ("[");
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < records->len; i++)
    {
      g_string_append (json, i > 0 ? ",\n{" : "{");
      g_assert_true (_vlive_record_append_json (records->pdata[i], json, &error));
      g_assert_no_error (error);
      g_string_append_c (json, '}');
    }
  g_string_append_c (json, ']');

  return g_string_free (g_steal_pointer (&json), FALSE);
}

static gboolean
can (VliveMaster *master, VliveCapabilities capability)
{
  VliveDescription *description = vlive_master_get_description (master);

  return (vlive_description_get_capabilities (description) & capability) != 0;
}

/* Every value of @expected, whatever types the master keeps. */
static void
assert_same_record (VliveRecord *record, VliveRecord *expected)
{
  g_assert_cmpstr (vlive_record_get_id (record), ==, vlive_record_get_id (expected));
  g_assert_true (vlive_record_is_addressable (record));
  for (guint i = 0; i < vlive_record_get_n_fields (expected); i++)
    {
      const char *name = vlive_record_get_field_name (expected, i);
      g_autofree char *text = vlive_record_dup_field_text (record, name);
      g_autofree char *wanted = vlive_record_dup_field_text (expected, name);

      g_assert_cmpstr (text, ==, wanted);
      g_assert_cmpint (vlive_record_get_field_type (record, name), ==,
                       vlive_record_get_field_type (expected, name));
    }
}

static void
assert_total (VlivePage *page, guint64 wanted)
{
  guint64 total;
  VliveTotalKind kind = vlive_page_get_total (page, &total);

  if (kind == VLIVE_TOTAL_EXACT)
    g_assert_cmpuint (total, ==, wanted);
  else if (kind == VLIVE_TOTAL_AT_LEAST)
    g_assert_cmpuint (total, <=, wanted);
}

/* One that knows only the next page is led there. */
static void
reach (VliveMaster *master, VliveQuery *query, guint offset, guint limit)
{
  if (can (master, VLIVE_CAN_WINDOW | VLIVE_CAN_PAGE))
    return;
  for (guint at = 0; at < offset; at += limit)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (VlivePage) page =
          sync_fetch_window (master, query, at, limit, NULL, NULL, &error);

      g_assert_no_error (error);
      g_assert_cmpuint (vlive_page_get_offset (page), ==, at);
    }
}

/* Is there such a window? Behind the end there is no next page. */
static gboolean
has_window (VliveMaster *master, guint n_rows, guint offset, guint limit)
{
  if (can (master, VLIVE_CAN_WINDOW) || offset == 0)
    return TRUE;
  if (offset % limit != 0)
    return FALSE;

  return can (master, VLIVE_CAN_PAGE) || offset <= n_rows;
}

static void
assert_window (VliveMaster *master,
               VliveQuery *query,
               GPtrArray *expected,
               guint offset,
               guint limit)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VlivePage) page = NULL;
  guint n = expected->len > offset ? expected->len - offset : 0;

  reach (master, query, offset, limit);
  page = sync_fetch_window (master, query, offset, limit, NULL, NULL, &error);
  g_assert_no_error (error);
  if (limit > 0)
    n = MIN (n, limit);
  g_assert_false (vlive_page_is_not_modified (page));
  g_assert_cmpuint (vlive_page_get_offset (page), ==, offset);
  g_assert_cmpuint (vlive_page_get_limit (page), ==, limit);
  g_assert_cmpuint (vlive_page_get_n_records (page), ==, n);
  g_assert_cmpint (vlive_page_get_fetched_at (page), >, 0);
  for (guint i = 0; i < n; i++)
    assert_same_record (vlive_page_get_record (page, i), expected->pdata[offset + i]);
  assert_total (page, expected->len);
}

static GPtrArray *
dup_matching (VliveQuery *query, GPtrArray *records)
{
  VliveQueryPlan *plan = _vlive_query_plan_new (query);
  GPtrArray *matching = g_ptr_array_new ();

  for (guint i = 0; i < records->len; i++)
    if (_vlive_query_plan_matches (plan, records->pdata[i]))
      g_ptr_array_add (matching, records->pdata[i]);
  _vlive_query_plan_free (plan);

  return matching;
}

static void
test_describe (VliveMaster *master, GPtrArray *records)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VliveDescription) description = sync_describe (master, &error);
  g_autoptr (VliveDescription) property = NULL;
  VliveSchema *schema;

  g_assert_no_error (error);
  g_assert_true (description == vlive_master_get_description (master));
  g_object_get (master, "description", &property, NULL);
  g_assert_true (description == property);
  schema = vlive_description_get_schema (description);
  g_assert_nonnull (schema);
  g_assert_cmpuint (vlive_schema_get_n_columns (schema), ==, 7);
  g_assert_cmpstr (vlive_column_get_name (vlive_schema_get_id_column (schema)), ==,
                   "id");
  for (guint i = 0; i < vlive_record_get_n_fields (records->pdata[0]); i++)
    {
      const char *name = vlive_record_get_field_name (records->pdata[0], i);
      VliveColumn *column = vlive_schema_find_column (schema, name);

      g_assert_nonnull (column);
      g_assert_cmpint (vlive_column_get_value_type (column), ==,
                       vlive_record_get_field_type (records->pdata[0], name));
    }
  g_assert_true (can (master, VLIVE_CAN_WINDOW | VLIVE_CAN_PAGE | VLIVE_CAN_CURSOR));
  g_assert_true (can (master, VLIVE_CAN_FILTER)
                 == (vlive_description_get_operators (description) != 0));
}

static void
test_identity (VliveMaster *master, GPtrArray *records)
{
  const char *identity = vlive_master_get_identity (master);

  g_assert_nonnull (identity);
  g_assert_cmpuint (strlen (identity), >, 0);
  g_assert_true (g_utf8_validate (identity, -1, NULL));
  g_assert_nonnull (vlive_master_get_name (master));
}

static void
test_window (VliveMaster *master, GPtrArray *records)
{
  static const guint limits[] = { 1, 3, 10, N_RECORDS - 1, N_RECORDS, 100 };

  assert_window (master, NULL, records, 0, 0);
  for (guint i = 0; i < G_N_ELEMENTS (limits); i++)
    for (guint offset = 0; offset <= N_RECORDS + 2; offset += 1 + offset / 4)
      if (has_window (master, records->len, offset, limits[i]))
        assert_window (master, NULL, records, offset, limits[i]);
  if (has_window (master, records->len, 1000, 10))
    assert_window (master, NULL, records, 1000, 10);
}

/* The last row ends the table, whether or not a total is stated. */
static void
test_total (VliveMaster *master, GPtrArray *records)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VlivePage) page =
      sync_fetch_window (master, NULL, 0, 100, NULL, NULL, &error);
  guint64 total = 0;

  g_assert_no_error (error);
  g_assert_cmpint (vlive_page_get_total (page, &total), ==, VLIVE_TOTAL_EXACT);
  g_assert_cmpuint (total, ==, records->len);
}

static void
test_concurrent (VliveMaster *master, GPtrArray *records)
{
  GAsyncResult *results[50] = { NULL };
  g_autoptr (VliveQuery) everything = vlive_query_new ();

  reach (master, everything, 20, 10);
  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    vlive_master_fetch_window_async (master, everything, i % 3 * 10, 10, NULL, NULL,
                                     vlive_test_result_cb, &results[i]);
  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (VlivePage) page = NULL;

      VLIVE_TEST_WAIT (results[i] != NULL);
      page = vlive_master_fetch_window_finish (master, results[i], &error);
      g_assert_no_error (error);
      g_assert_cmpuint (vlive_page_get_n_records (page), ==, 10);
      assert_same_record (vlive_page_get_record (page, 0), records->pdata[i % 3 * 10]);
      g_object_unref (results[i]);
    }
}

static void
test_get (VliveMaster *master, GPtrArray *records)
{
  static const char *const absent[] = { "0", "-1",  "99999999", "a/b", "..",
                                        ".", "%2F", "é",        " ",   "?",
                                        "#", "id",  "007",      "1e3" };

  if (!can (master, VLIVE_CAN_GET))
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (sync_fetch_record (master, "10", &error));
      g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_UNSUPPORTED);
      return;
    }
  for (guint i = 0; i < records->len; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (VliveRecord) record =
          sync_fetch_record (master, vlive_record_get_id (records->pdata[i]), &error);

      g_assert_no_error (error);
      assert_same_record (record, records->pdata[i]);
    }
  for (guint i = 0; i < G_N_ELEMENTS (absent); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (VliveRecord) record = sync_fetch_record (master, absent[i], &error);

      g_assert_null (record);
      g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_NOT_FOUND);
    }
}

static int
compare_ids (gconstpointer a, gconstpointer b)
{
  return strcmp (vlive_record_get_id (*(VliveRecord **) a),
                 vlive_record_get_id (*(VliveRecord **) b));
}

static void
test_get_many (VliveMaster *master, GPtrArray *records)
{
  static const char *const ids[] = { "9",   "nobody", "103", "10",      "2",
                                     "104", "105",    "106", "nothing", NULL };
  static const char *const none[] = { NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) found = NULL;
  g_autoptr (GPtrArray) nothing = NULL;

  if (!can (master, VLIVE_CAN_GET))
    return;
  found = sync_fetch_records (master, ids, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (found->len, ==, 7);
  g_ptr_array_sort (found, compare_ids);
  g_assert_cmpstr (vlive_record_get_id (found->pdata[0]), ==, "10");
  g_assert_cmpstr (vlive_record_get_id (found->pdata[6]), ==, "9");
  assert_same_record (found->pdata[0], records->pdata[0]);
  nothing = sync_fetch_records (master, none, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (nothing->len, ==, 0);
}

static void
test_count (VliveMaster *master, GPtrArray *records)
{
  g_autoptr (GError) error = NULL;
  guint64 total = 0;
  VliveTotalKind kind = sync_count (master, NULL, &total, &error);

  if (!can (master, VLIVE_CAN_COUNT))
    {
      g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_UNSUPPORTED);
      g_assert_cmpint (kind, ==, VLIVE_TOTAL_UNKNOWN);
      return;
    }
  g_assert_no_error (error);
  g_assert_cmpint (kind, ==, VLIVE_TOTAL_EXACT);
  g_assert_cmpuint (total, ==, records->len);
}

static VliveQuery *
query_new (const char *column, VliveOperator op, GVariant *value)
{
  g_autoptr (VliveQuery) everything = vlive_query_new ();
  g_autoptr (GError) error = NULL;
  VliveQuery *query =
      vlive_query_with_condition (everything, column, op, value, &error);

  g_assert_no_error (error);

  return query;
}

static void
assert_unsupported (VliveMaster *master, VliveQuery *query)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) count_error = NULL;
  g_autoptr (VlivePage) page =
      sync_fetch_window (master, query, 0, 10, NULL, NULL, &error);

  g_assert_null (page);
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_UNSUPPORTED);
  g_assert_cmpint (sync_count (master, query, NULL, &count_error), ==,
                   VLIVE_TOTAL_UNKNOWN);
  g_assert_error (count_error, VLIVE_ERROR, VLIVE_ERROR_UNSUPPORTED);
}

static void
assert_filter (VliveMaster *master,
               GPtrArray *records,
               const char *column,
               VliveOperator op,
               GVariant *value,
               guint n_wanted)
{
  g_autoptr (VliveQuery) query = query_new (column, op, value);
  guint operators =
      vlive_description_get_operators (vlive_master_get_description (master));
  g_autoptr (GPtrArray) matching = dup_matching (query, records);

  /* The test itself: a filter that matches everything shows nothing. */
  g_assert_cmpuint (matching->len, ==, n_wanted);
  if ((operators & (1u << op)) == 0)
    {
      assert_unsupported (master, query);
      return;
    }
  assert_window (master, query, matching, 0, 0);
  assert_window (master, query, matching, 0, 4);
  if (matching->len > 4)
    assert_window (master, query, matching, 4, 4);
  if (can (master, VLIVE_CAN_COUNT))
    {
      g_autoptr (GError) error = NULL;
      guint64 total = 0;

      g_assert_cmpint (sync_count (master, query, &total, &error), ==,
                       VLIVE_TOTAL_EXACT);
      g_assert_no_error (error);
      g_assert_cmpuint (total, ==, matching->len);
    }
}

static void
test_filter (VliveMaster *master, GPtrArray *records)
{
  static const char *const groups[] = { "g0", "g2", NULL };

  assert_filter (master, records, "price", VLIVE_OPERATOR_EQUAL,
                 g_variant_new_int64 (7), 3);
  assert_filter (master, records, "group", VLIVE_OPERATOR_EQUAL,
                 g_variant_new_string ("g1"), 10);
  assert_filter (master, records, "active", VLIVE_OPERATOR_EQUAL,
                 g_variant_new_boolean (TRUE), 16);
  assert_filter (master, records, "weight", VLIVE_OPERATOR_EQUAL,
                 g_variant_new_double (0.35), 1);
  assert_filter (master, records, "group", VLIVE_OPERATOR_NOT_EQUAL,
                 g_variant_new_string ("g1"), 21);
  assert_filter (master, records, "price", VLIVE_OPERATOR_LESS, g_variant_new_int64 (3),
                 9);
  assert_filter (master, records, "price", VLIVE_OPERATOR_LESS_EQUAL,
                 g_variant_new_int64 (3), 12);
  assert_filter (master, records, "price", VLIVE_OPERATOR_GREATER,
                 g_variant_new_int64 (8), 6);
  assert_filter (master, records, "price", VLIVE_OPERATOR_GREATER_EQUAL,
                 g_variant_new_int64 (8), 8);
  assert_filter (master, records, "note", VLIVE_OPERATOR_CONTAINS,
                 g_variant_new_string ("NEEDLE"), 7);
  assert_filter (master, records, "name", VLIVE_OPERATOR_CONTAINS,
                 g_variant_new_string (".*"), 1);
  assert_filter (master, records, "group", VLIVE_OPERATOR_IN,
                 g_variant_new_strv (groups, -1), 21);
  assert_filter (master, records, "group", VLIVE_OPERATOR_EQUAL,
                 g_variant_new_string ("no such group"), 0);
}

/* Each is another row, and another URL, key or pattern. */
static void
test_filter_hard_values (VliveMaster *master, GPtrArray *records)
{
  g_autofree char *long_name = dup_long_name ();

  for (guint i = 0; i < G_N_ELEMENTS (hard_names); i++)
    assert_filter (master, records, "name", VLIVE_OPERATOR_EQUAL,
                   g_variant_new_string (hard_names[i]), 1);
  assert_filter (master, records, "name", VLIVE_OPERATOR_EQUAL,
                 g_variant_new_string (long_name), 1);
}

static void
test_filter_several (VliveMaster *master, GPtrArray *records)
{
  g_autoptr (VliveQuery) first =
      query_new ("group", VLIVE_OPERATOR_EQUAL, g_variant_new_string ("g1"));
  g_autoptr (GError) error = NULL;
  g_autoptr (VliveQuery) query =
      vlive_query_with_condition (first, "active", VLIVE_OPERATOR_EQUAL,
                                  g_variant_new_boolean (TRUE), &error);
  g_autoptr (GPtrArray) matching = dup_matching (query, records);

  g_assert_cmpuint (matching->len, ==, 5);
  if (can (master, VLIVE_CAN_FILTER))
    assert_window (master, query, matching, 0, 0);
  else
    assert_unsupported (master, query);
}

/* A column that is not there is refused, or matches nothing; it never means
 * that there is no filter. */
static void
test_filter_unknown_column (VliveMaster *master, GPtrArray *records)
{
  g_autoptr (VliveQuery) query =
      query_new ("nope", VLIVE_OPERATOR_EQUAL, g_variant_new_string ("x"));
  g_autoptr (GError) error = NULL;
  g_autoptr (VlivePage) page =
      sync_fetch_window (master, query, 0, 10, NULL, NULL, &error);

  if (page != NULL)
    g_assert_cmpuint (vlive_page_get_n_records (page), ==, 0);
  else
    g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_UNSUPPORTED);
}

/* In an order that the comparator allows; exactly ours where that is said. */
static void
assert_sorted (VliveMaster *master, VliveQuery *query, GPtrArray *records)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VlivePage) page =
      sync_fetch_window (master, query, 0, 0, NULL, NULL, &error);
  VliveQueryPlan *plan = _vlive_query_plan_new (query);
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  g_assert_no_error (error);
  g_assert_cmpuint (vlive_page_get_n_records (page), ==, records->len);
  for (guint i = 0; i < records->len; i++)
    {
      VliveRecord *record = vlive_page_get_record (page, i);

      g_assert_true (g_hash_table_add (seen, (char *) vlive_record_get_id (record)));
      if (i == 0)
        continue;
      if (can (master, VLIVE_SAME_ORDER))
        g_assert_cmpint (_vlive_query_plan_compare (plan,
                                                    vlive_page_get_record (page, i - 1),
                                                    record),
                         <, 0);
      else
        for (guint k = 0; k < vlive_query_get_n_sort_keys (query); k++)
          {
            const char *column = vlive_query_get_sort_column (query, k);
            gboolean descending = vlive_query_get_sort_descending (query, k);
            VliveValue a, b;
            int order;

            _vlive_record_peek_name (vlive_page_get_record (page, i - 1), column, &a);
            _vlive_record_peek_name (record, column, &b);
            order = _vlive_value_compare (&a, &b, descending);
            g_assert_cmpint (order, <=, 0);
            if (order < 0)
              break;
          }
    }
  _vlive_query_plan_free (plan);
}

static void
test_sort (VliveMaster *master, GPtrArray *records)
{
  static const char *const columns[] = { "price", "weight", "group", "id" };
  g_autoptr (VliveQuery) everything = vlive_query_new ();

  for (guint i = 0; i < 2 * G_N_ELEMENTS (columns); i++)
    {
      g_autoptr (VliveQuery) query =
          vlive_query_with_sort (everything, columns[i / 2], i % 2 == 1);

      if (can (master, VLIVE_CAN_SORT))
        assert_sorted (master, query, records);
      else
        assert_unsupported (master, query);
    }
}

static void
test_sort_many (VliveMaster *master, GPtrArray *records)
{
  g_autoptr (VliveQuery) everything = vlive_query_new ();
  g_autoptr (VliveQuery) first = vlive_query_with_sort (everything, "group", TRUE);
  g_autoptr (VliveQuery) query = vlive_query_with_sort (first, "price", FALSE);

  if (can (master, VLIVE_CAN_SORT_MANY))
    assert_sorted (master, query, records);
  else
    assert_unsupported (master, query);
}

static void
test_search (VliveMaster *master, GPtrArray *records)
{
  g_autoptr (VliveQuery) everything = vlive_query_new ();
  g_autoptr (VliveQuery) query = vlive_query_with_search (everything, "Needle");
  g_autoptr (VliveQuery) hard = vlive_query_with_search (everything, "a&b");
  g_autoptr (VliveQuery) nothing =
      vlive_query_with_search (everything, "not there at all");
  g_autoptr (GPtrArray) matching = dup_matching (query, records);
  g_autoptr (GPtrArray) hard_matching = dup_matching (hard, records);
  g_autoptr (GPtrArray) none = g_ptr_array_new ();

  g_assert_cmpuint (matching->len, ==, 7);
  g_assert_cmpuint (hard_matching->len, ==, 1);
  if (!can (master, VLIVE_CAN_SEARCH))
    {
      assert_unsupported (master, query);
      return;
    }
  assert_window (master, query, matching, 0, 0);
  assert_window (master, query, matching, 4, 4);
  assert_window (master, hard, hard_matching, 0, 10);
  assert_window (master, nothing, none, 0, 10);
}

static void
assert_write_refused (VliveMaster *master,
                      VliveCapabilities capability,
                      VliveWriteOp op,
                      const char *id,
                      GVariant *fields)
{
  g_autoptr (GVariant) sunk = fields != NULL ? g_variant_ref_sink (fields) : NULL;
  g_autoptr (GError) error = NULL;

  if (can (master, capability))
    return;
  g_assert_null (sync_write (master, op, id, sunk, &error));
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_UNSUPPORTED);
}

static void
test_refusals (VliveMaster *master, GPtrArray *records)
{
  assert_write_refused (master, VLIVE_CAN_INSERT, VLIVE_WRITE_INSERT, NULL,
                        g_variant_new_parsed ("{'name': <'new'>}"));
  assert_write_refused (master, VLIVE_CAN_REPLACE, VLIVE_WRITE_REPLACE, "10",
                        g_variant_new_parsed ("{'name': <'new'>}"));
  assert_write_refused (master, VLIVE_CAN_PATCH, VLIVE_WRITE_PATCH, "10",
                        g_variant_new_parsed ("{'name': <'new'>}"));
  assert_write_refused (master, VLIVE_CAN_DELETE, VLIVE_WRITE_DELETE, "10", NULL);
  assert_write_refused (master, VLIVE_CAN_CLEAR, VLIVE_WRITE_DELETE_ALL, NULL, NULL);
  /* Nothing of it was done. */
  if (!can (master, VLIVE_CAN_INSERT | VLIVE_CAN_DELETE | VLIVE_CAN_CLEAR))
    assert_window (master, NULL, records, 0, 0);
}

static void
assert_field (VliveMaster *master,
              const char *id,
              const char *field,
              const char *wanted)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VliveRecord) record = sync_fetch_record (master, id, &error);
  g_autofree char *text = NULL;

  g_assert_no_error (error);
  text = vlive_record_dup_field_text (record, field);
  g_assert_cmpstr (text, ==, wanted);
}

static void
assert_gone (VliveMaster *master, const char *id)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (sync_fetch_record (master, id, &error));
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_NOT_FOUND);
}

static guint
count_rows (VliveMaster *master)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VlivePage) page =
      sync_fetch_window (master, NULL, 0, 0, NULL, NULL, &error);

  g_assert_no_error (error);

  return vlive_page_get_n_records (page);
}

static void
test_insert (VliveMaster *master, GPtrArray *records)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VliveReply) given = NULL;
  g_autoptr (VliveReply) made = NULL;

  if (!can (master, VLIVE_CAN_INSERT) || !can (master, VLIVE_KEEPS_WRITES))
    return;
  given =
      sync_write (master, VLIVE_WRITE_INSERT, "500",
                  g_variant_new_parsed ("{'name': <'with an id'>, 'price': <int64 5>}"),
                  &error);
  g_assert_no_error (error);
  g_assert_cmpstr (vlive_reply_get_id (given), ==, "500");
  assert_field (master, "500", "name", "with an id");
  assert_field (master, "500", "id", "500");
  made = sync_write (master, VLIVE_WRITE_INSERT, NULL,
                     g_variant_new_parsed ("{'name': <'without'>, 'price': <int64 6>}"),
                     &error);
  g_assert_no_error (error);
  g_assert_nonnull (vlive_reply_get_id (made));
  assert_field (master, vlive_reply_get_id (made), "name", "without");
  if (vlive_reply_get_record (made) != NULL)
    g_assert_cmpstr (vlive_record_get_id (vlive_reply_get_record (made)), ==,
                     vlive_reply_get_id (made));
  g_assert_cmpuint (count_rows (master), ==, records->len + 2);
}

static void
test_insert_taken_id (VliveMaster *master, GPtrArray *records)
{
  g_autoptr (GError) error = NULL;

  if (!can (master, VLIVE_CAN_INSERT) || !can (master, VLIVE_KEEPS_WRITES))
    return;
  g_assert_null (sync_write (master, VLIVE_WRITE_INSERT, "10",
                             g_variant_new_parsed ("{'name': <'taken'>}"), &error));
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_CONFLICT);
  assert_field (master, "10", "name", "plain 0");
  g_assert_cmpuint (count_rows (master), ==, records->len);
}

static void
test_patch (VliveMaster *master, GPtrArray *records)
{
  g_autoptr (GError) error = NULL;

  if (!can (master, VLIVE_CAN_PATCH) || !can (master, VLIVE_KEEPS_WRITES))
    return;
  for (guint i = 0; i < 20; i++)
    {
      g_autofree char *value = g_strdup_printf ("value %u", i);
      g_autoptr (VliveReply) reply =
          sync_write (master, VLIVE_WRITE_PATCH, "9",
                      g_variant_new_parsed ("{'name': <%s>}", value), &error);

      g_assert_no_error (error);
      g_assert_cmpstr (vlive_reply_get_id (reply), ==, "9");
      /* A read begun after the write has been acknowledged. */
      assert_field (master, "9", "name", value);
    }
  assert_field (master, "9", "group", "g1");
  assert_field (master, "9", "id", "9");
  g_assert_null (sync_write (master, VLIVE_WRITE_PATCH, "999999",
                             g_variant_new_parsed ("{'name': <'x'>}"), &error));
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_NOT_FOUND);
  g_assert_cmpuint (count_rows (master), ==, records->len);
}

static void
test_replace (VliveMaster *master, GPtrArray *records)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VliveReply) reply = NULL;
  g_autoptr (VliveRecord) record = NULL;

  if (!can (master, VLIVE_CAN_REPLACE) || !can (master, VLIVE_KEEPS_WRITES))
    return;
  reply = sync_write (master, VLIVE_WRITE_REPLACE, "2",
                      g_variant_new_parsed ("{'name': <'whole'>, 'price': <int64 1>}"),
                      &error);
  g_assert_no_error (error);
  g_assert_cmpstr (vlive_reply_get_id (reply), ==, "2");
  record = sync_fetch_record (master, "2", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (vlive_record_get_text (record, "name"), ==, "whole");
  g_assert_cmpint (vlive_record_get_field_type (record, "note"), <=, VLIVE_VALUE_NULL);
  g_assert_null (sync_write (master, VLIVE_WRITE_REPLACE, "999999",
                             g_variant_new_parsed ("{'name': <'x'>}"), &error));
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_NOT_FOUND);
  g_assert_cmpuint (count_rows (master), ==, records->len);
}

static void
test_delete (VliveMaster *master, GPtrArray *records)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VliveReply) reply = NULL;

  if (!can (master, VLIVE_CAN_DELETE) || !can (master, VLIVE_KEEPS_WRITES))
    return;
  reply = sync_write (master, VLIVE_WRITE_DELETE, "9", NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (vlive_reply_get_id (reply), ==, "9");
  g_assert_null (vlive_reply_get_record (reply));
  assert_gone (master, "9");
  g_ptr_array_remove_index (records, 1);
  assert_window (master, NULL, records, 0, 0);
  g_assert_null (sync_write (master, VLIVE_WRITE_DELETE, "9", NULL, &error));
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_NOT_FOUND);
}

static void
test_clear (VliveMaster *master, GPtrArray *records)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VliveReply) reply = NULL;

  if (!can (master, VLIVE_CAN_CLEAR) || !can (master, VLIVE_KEEPS_WRITES))
    return;
  reply = sync_write (master, VLIVE_WRITE_DELETE_ALL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (reply);
  g_assert_cmpuint (count_rows (master), ==, 0);
}

/* Values as they were, whatever they hold. */
static void
test_write_hard_values (VliveMaster *master, GPtrArray *records)
{
  g_autofree char *long_name = dup_long_name ();

  if (!can (master, VLIVE_CAN_PATCH) || !can (master, VLIVE_KEEPS_WRITES))
    return;
  for (guint i = 0; i <= G_N_ELEMENTS (hard_names); i++)
    {
      const char *value = i < G_N_ELEMENTS (hard_names) ? hard_names[i] : long_name;
      g_autoptr (GError) error = NULL;
      g_autoptr (VliveReply) reply = sync_write (
          master, VLIVE_WRITE_PATCH, "10",
          g_variant_new_parsed ("{'name': <%s>, 'weight': <%d>, 'price': <%x>}", value,
                                0.1 + i, G_GINT64_CONSTANT (9007199254740991) - i),
          &error);
      g_autoptr (VliveRecord) record = NULL;
      double weight;
      gint64 price;

      g_assert_no_error (error);
      g_assert_nonnull (reply);
      record = sync_fetch_record (master, "10", &error);
      g_assert_no_error (error);
      g_assert_cmpstr (vlive_record_get_text (record, "name"), ==, value);
      g_assert_true (vlive_record_get_double (record, "weight", &weight));
      g_assert_true (weight == 0.1 + i);
      g_assert_true (vlive_record_get_integer (record, "price", &price));
      g_assert_cmpint (price, ==, G_GINT64_CONSTANT (9007199254740991) - i);
    }
}

static void
test_conditional (VliveMaster *master, GPtrArray *records)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VlivePage) page = NULL;
  g_autoptr (VlivePage) again = NULL;
  g_autoptr (VlivePage) other = NULL;
  g_autoptr (VlivePage) changed = NULL;
  g_autoptr (VliveReply) reply = NULL;
  guint64 total;

  if (!can (master, VLIVE_CAN_READ_CONDITIONALLY))
    return;
  page = sync_fetch_window (master, NULL, 0, 10, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (vlive_page_get_validator (page));
  again = sync_fetch_window (master, NULL, 0, 10, vlive_page_get_validator (page), NULL,
                             &error);
  g_assert_no_error (error);
  g_assert_true (vlive_page_is_not_modified (again));
  g_assert_cmpuint (vlive_page_get_n_records (again), ==, 0);
  /* What it says of the total, if anything, is true. */
  if (vlive_page_get_total (again, &total) == VLIVE_TOTAL_EXACT)
    g_assert_cmpuint (total, ==, records->len);
  /* The validator of something else. */
  other = sync_fetch_window (master, NULL, 0, 10, "\"something else\"", NULL, &error);
  g_assert_no_error (error);
  g_assert_false (vlive_page_is_not_modified (other));
  g_assert_cmpuint (vlive_page_get_n_records (other), ==, 10);
  if (!can (master, VLIVE_CAN_PATCH) || !can (master, VLIVE_KEEPS_WRITES))
    return;
  reply = sync_write (master, VLIVE_WRITE_PATCH, "2",
                      g_variant_new_parsed ("{'name': <'changed'>}"), &error);
  g_assert_no_error (error);
  changed = sync_fetch_window (master, NULL, 0, 10, vlive_page_get_validator (page),
                               NULL, &error);
  g_assert_no_error (error);
  g_assert_false (vlive_page_is_not_modified (changed));
  g_assert_cmpstr (vlive_record_get_text (vlive_page_get_record (changed, 2), "name"),
                   ==, "changed");
}

/* A call that is cancelled ends, once, and the master goes on. */
static void
test_cancel (VliveMaster *master, GPtrArray *records)
{
  g_autoptr (VliveQuery) everything = vlive_query_new ();

  for (guint turns = 0; turns < 12; turns++)
    {
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (GError) error = NULL;
      g_autoptr (VlivePage) page = NULL;

      if (turns == 0)
        g_cancellable_cancel (cancellable);
      vlive_master_fetch_window_async (master, everything, 0, 10, NULL, cancellable,
                                       vlive_test_result_cb, &result);
      g_assert_null (result);
      for (guint i = 1; i < turns; i++)
        g_main_context_iteration (NULL, FALSE);
      g_cancellable_cancel (cancellable);
      VLIVE_TEST_WAIT (result != NULL);
      page = vlive_master_fetch_window_finish (master, result, &error);
      if (page == NULL)
        g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      else
        g_assert_cmpuint (turns, >, 0);
    }
  assert_window (master, NULL, records, 0, 10);
}

/* Nobody but the call holds the master. */
static void
test_dropped (VliveMaster *master, GPtrArray *records)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (VliveRecord) record = NULL;

  if (!can (master, VLIVE_CAN_GET))
    return;
  vlive_master_fetch_record_async (master, "10", NULL, vlive_test_result_cb, &result);
  VLIVE_TEST_WAIT (result != NULL);
  record = vlive_master_fetch_record_finish (master, result, &error);
  g_assert_no_error (error);
  assert_same_record (record, records->pdata[0]);
}

/* There is a stream where one is advertised, and only there; whoever drops it
 * need not stop it. */
static void
test_stream (VliveMaster *master, GPtrArray *records)
{
  g_autoptr (VliveLiveStream) stream = vlive_master_create_stream (master);

  g_assert_true ((stream != NULL) == can (master, VLIVE_CAN_SUBSCRIBE));
  if (stream == NULL)
    return;
  g_assert_cmpint (vlive_live_stream_get_state (stream), ==, VLIVE_STREAM_STOPPED);
  vlive_live_stream_start (stream);
  VLIVE_TEST_WAIT (vlive_live_stream_get_state (stream) == VLIVE_STREAM_LIVE);
}

static void
run_case (gconstpointer data)
{
  const Case *c = data;
  g_autoptr (GPtrArray) records = master_conformance_dup_records ();
  VliveMaster *master =
      c->make ((VliveRecord *const *) records->pdata, records->len, c->data);
  g_autoptr (GError) error = NULL;
  VliveDescription *description = sync_describe (master, &error);

  g_assert_no_error (error);
  vlive_description_unref (description);
  c->test (master, records);
  if (c->test == test_dropped)
    {
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (VliveQuery) everything = vlive_query_new ();
      GWeakRef weak;

      g_weak_ref_init (&weak, master);
      vlive_master_fetch_window_async (master, everything, 0, 10, NULL, NULL,
                                       vlive_test_result_cb, &result);
      g_object_unref (master);
      VLIVE_TEST_WAIT (result != NULL);
      g_clear_object (&result);
      g_assert_null (g_weak_ref_get (&weak));
      g_weak_ref_clear (&weak);
      return;
    }
  /* A result that is still in a source's hands lets go of it soon. */
  vlive_test_turn ();
  g_assert_finalize_object (master);
}

void
master_conformance_add (const char *name, MasterConformanceMake make, gpointer data)
{
  static const struct
  {
    const char *name;
    void (*test) (VliveMaster *master, GPtrArray *records);
  } tests[] = {
    { "describe", test_describe },
    { "identity", test_identity },
    { "window", test_window },
    { "total", test_total },
    { "concurrent", test_concurrent },
    { "get", test_get },
    { "get-many", test_get_many },
    { "count", test_count },
    { "filter", test_filter },
    { "filter-hard-values", test_filter_hard_values },
    { "filter-several", test_filter_several },
    { "filter-unknown-column", test_filter_unknown_column },
    { "sort", test_sort },
    { "sort-many", test_sort_many },
    { "search", test_search },
    { "refusals", test_refusals },
    { "insert", test_insert },
    { "insert-taken-id", test_insert_taken_id },
    { "patch", test_patch },
    { "replace", test_replace },
    { "delete", test_delete },
    { "clear", test_clear },
    { "write-hard-values", test_write_hard_values },
    { "conditional", test_conditional },
    { "stream", test_stream },
    { "cancel", test_cancel },
    { "dropped", test_dropped },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    {
      g_autofree char *path = g_strdup_printf ("/master/%s/%s", name, tests[i].name);
      Case *c = g_new0 (Case, 1);

      c->make = make;
      c->data = data;
      c->test = tests[i].test;
      g_test_add_data_func_full (path, c, run_case, g_free);
    }
}
