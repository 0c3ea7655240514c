/* test-description.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "master-sync.h"

#define BIT(op) (1u << VLIVE_OPERATOR_##op)

static VliveSchema *
schema_new (gboolean declared)
{
  g_autoptr (VliveColumn) id =
      vlive_column_new ("id", VLIVE_VALUE_INTEGER, VLIVE_FORMAT_PLAIN, VLIVE_COLUMN_ID);
  g_autoptr (VliveColumn) name =
      vlive_column_new ("name", VLIVE_VALUE_TEXT, VLIVE_FORMAT_PLAIN, 0);
  VliveColumn *columns[] = { id, name };

  return vlive_schema_new (columns, 2, declared);
}

static VliveQuery *
query_new (const char *filter, VliveOperator op, const char *sort, const char *search)
{
  g_autoptr (VliveQuery) query = vlive_query_new ();
  g_autoptr (GError) error = NULL;
  VliveQuery *next;

  if (filter != NULL)
    {
      next = vlive_query_with_condition (query, filter, op,
                                         op == VLIVE_OPERATOR_IS_NULL
                                             ? NULL
                                             : g_variant_new_int64 (1),
                                         &error);
      g_assert_no_error (error);
      vlive_query_unref (query);
      query = next;
    }
  if (sort != NULL)
    {
      next = vlive_query_with_sort (query, sort, FALSE);
      vlive_query_unref (query);
      query = next;
    }
  if (search != NULL)
    {
      next = vlive_query_with_search (query, search);
      vlive_query_unref (query);
      query = next;
    }

  return g_steal_pointer (&query);
}

static void
assert_can (VliveDescription *description, VliveQuery *query)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (vlive_description_can_query (description, query, &error));
  g_assert_no_error (error);
}

static void
assert_cannot (VliveDescription *description, VliveQuery *query, const char *pattern)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (vlive_description_can_query (description, query, &error));
  assert_error_says (error, VLIVE_ERROR_UNSUPPORTED, pattern);
  g_assert_false (vlive_description_can_query (description, query, NULL));
}

static void
test_fields (void)
{
  g_autoptr (VliveSchema) schema = schema_new (TRUE);
  g_autoptr (VliveDescription) description =
      vlive_description_new (schema, VLIVE_CAN_GET | VLIVE_CAN_FILTER,
                             BIT (EQUAL) | 0xffff0000u, 30);
  g_autoptr (VliveDescription) bare = vlive_description_new (NULL, 0, 0, 0);
  VliveDescription *other = vlive_description_ref (description);

  g_assert_true (other == description);
  vlive_description_unref (other);
  g_assert_true (vlive_description_get_schema (description) == schema);
  g_assert_cmpint (vlive_description_get_capabilities (description), ==,
                   VLIVE_CAN_GET | VLIVE_CAN_FILTER);
  /* Bits that are no operators are dropped. */
  g_assert_cmpuint (vlive_description_get_operators (description), ==, BIT (EQUAL));
  g_assert_cmpuint (vlive_description_get_max_page (description), ==, 30);
  g_assert_null (vlive_description_get_schema (bare));
  g_assert_true (G_TYPE_IS_BOXED (VLIVE_TYPE_DESCRIPTION));
}

static void
test_can_query (void)
{
  g_autoptr (VliveDescription) all =
      vlive_description_new (NULL,
                             VLIVE_CAN_FILTER | VLIVE_CAN_SORT | VLIVE_CAN_SORT_MANY
                                 | VLIVE_CAN_SEARCH,
                             BIT (EQUAL) | BIT (IS_NULL), 0);
  g_autoptr (VliveDescription) none = vlive_description_new (NULL, 0, 0, 0);
  g_autoptr (VliveQuery) everything = vlive_query_new ();
  g_autoptr (VliveQuery) equal = query_new ("a", VLIVE_OPERATOR_EQUAL, NULL, NULL);
  g_autoptr (VliveQuery) less = query_new ("a", VLIVE_OPERATOR_LESS, NULL, NULL);
  g_autoptr (VliveQuery) null = query_new ("a", VLIVE_OPERATOR_IS_NULL, NULL, NULL);
  g_autoptr (VliveQuery) sort = query_new (NULL, 0, "a", NULL);
  g_autoptr (VliveQuery) two = vlive_query_with_sort (sort, "b", TRUE);
  g_autoptr (VliveQuery) search = query_new (NULL, 0, NULL, "x");
  g_autoptr (VliveDescription) one =
      vlive_description_without (all, VLIVE_CAN_SORT_MANY, 0);

  assert_can (all, everything);
  assert_can (all, equal);
  assert_can (all, null);
  assert_can (all, two);
  assert_can (all, search);
  assert_cannot (all, less, "*cannot be filtered with “<” (by “a”)");
  assert_can (none, everything);
  assert_cannot (none, equal, "*cannot be filtered (by “a”)");
  assert_cannot (none, sort, "*cannot be sorted (by “a”)");
  assert_cannot (none, search, "*cannot be searched");
  assert_can (one, sort);
  assert_cannot (one, two, "*by one column only, not by 2");
}

/* Only who declares his columns can say that there is none of that name. */
static void
test_columns (void)
{
  const VliveCapabilities can = VLIVE_CAN_FILTER | VLIVE_CAN_SORT;
  g_autoptr (VliveSchema) declared = schema_new (TRUE);
  g_autoptr (VliveSchema) discovered = schema_new (FALSE);
  g_autoptr (VliveDescription) sure =
      vlive_description_new (declared, can, BIT (EQUAL), 0);
  g_autoptr (VliveDescription) unsure =
      vlive_description_with_schema (sure, discovered);
  g_autoptr (VliveDescription) blank = vlive_description_with_schema (sure, NULL);
  g_autoptr (VliveQuery) known = query_new ("name", VLIVE_OPERATOR_EQUAL, "id", NULL);
  g_autoptr (VliveQuery) filter = query_new ("nope", VLIVE_OPERATOR_EQUAL, NULL, NULL);
  g_autoptr (VliveQuery) sort = query_new (NULL, 0, "nope", NULL);

  assert_can (sure, known);
  assert_cannot (sure, filter, "*no column “nope”");
  assert_cannot (sure, sort, "*no column “nope”");
  assert_can (unsure, filter);
  assert_can (unsure, sort);
  assert_can (blank, filter);
  g_assert_null (vlive_description_get_schema (blank));
  g_assert_true (vlive_description_get_schema (unsure) == discovered);
}

/* One that was demoted stays so through every other change. */
static void
test_without (void)
{
  const VliveCapabilities can = VLIVE_CAN_FILTER | VLIVE_CAN_SORT | VLIVE_CAN_GET;
  g_autoptr (VliveSchema) schema = schema_new (TRUE);
  g_autoptr (VliveDescription) start =
      vlive_description_new (schema, can, BIT (EQUAL) | BIT (LESS), 0);
  g_autoptr (VliveDescription) no_less =
      vlive_description_without (start, VLIVE_CAN_GET, BIT (LESS));
  g_autoptr (VliveDescription) no_filter =
      vlive_description_without (start, 0, BIT (EQUAL) | BIT (LESS));
  g_autoptr (VliveDescription) no_name =
      vlive_description_without_condition (start, "name", VLIVE_OPERATOR_EQUAL);
  g_autoptr (VliveDescription) twice =
      vlive_description_without_condition (no_name, "name", VLIVE_OPERATOR_EQUAL);
  g_autoptr (VliveDescription) no_sort = vlive_description_without_sort (twice, "id");
  g_autoptr (VliveDescription) later = vlive_description_with_max_page (no_sort, 7);
  g_autoptr (VliveDescription) last = vlive_description_with_schema (later, schema);
  g_autoptr (VliveQuery) name = query_new ("name", VLIVE_OPERATOR_EQUAL, NULL, NULL);
  g_autoptr (VliveQuery) name_less =
      query_new ("name", VLIVE_OPERATOR_LESS, NULL, NULL);
  g_autoptr (VliveQuery) id = query_new ("id", VLIVE_OPERATOR_EQUAL, "name", NULL);
  g_autoptr (VliveQuery) by_id = query_new (NULL, 0, "id", NULL);

  g_assert_cmpint (vlive_description_get_capabilities (no_less), ==,
                   VLIVE_CAN_FILTER | VLIVE_CAN_SORT);
  assert_cannot (no_less, name_less, "*with “<”*");
  g_assert_cmpint (vlive_description_get_capabilities (no_filter), ==,
                   VLIVE_CAN_SORT | VLIVE_CAN_GET);
  assert_cannot (no_name, name, "*ignores the filter “=” on “name”");
  assert_can (no_name, name_less);
  assert_can (no_name, id);
  assert_cannot (last, name, "*ignores the filter “=” on “name”");
  assert_cannot (last, by_id, "*does not sort by “id”");
  assert_can (last, id);
  g_assert_cmpuint (vlive_description_get_max_page (last), ==, 7);
  /* What was there before is as it was. */
  assert_can (start, name);
  assert_can (start, by_id);
  assert_can (start, name_less);
}

static void
test_reply (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VliveRecord) record =
      vlive_record_new_from_variant ("7", g_variant_new_parsed ("{'a': <1>}"), &error);
  g_autoptr (VliveReply) full = vlive_reply_new ("7", record, G_MAXUINT64);
  g_autoptr (VliveReply) empty = vlive_reply_new (NULL, NULL, 0);
  VliveReply *other = vlive_reply_ref (full);

  vlive_reply_unref (other);
  g_assert_cmpstr (vlive_reply_get_id (full), ==, "7");
  g_assert_true (vlive_reply_get_record (full) == record);
  g_assert_cmpuint (vlive_reply_get_version (full), ==, G_MAXUINT64);
  g_assert_null (vlive_reply_get_id (empty));
  g_assert_null (vlive_reply_get_record (empty));
  g_assert_cmpuint (vlive_reply_get_version (empty), ==, 0);
  g_assert_true (G_TYPE_IS_BOXED (VLIVE_TYPE_REPLY));
}

int
main (int argc, char **argv)
{
  int result;

  vlive_test_init (&argc, &argv);
  g_test_add_func ("/description/fields", test_fields);
  g_test_add_func ("/description/can-query", test_can_query);
  g_test_add_func ("/description/columns", test_columns);
  g_test_add_func ("/description/without", test_without);
  g_test_add_func ("/description/reply", test_reply);
  result = vlive_test_run ();
  vlive_test_assert_all_gone ();

  return result;
}
