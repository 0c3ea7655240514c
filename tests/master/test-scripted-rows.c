/* test-scripted-rows.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "vlive-test.h"

#include "master/vlive-scripted-order-private.h"

#define SEED 7

/* The rows, and the same as an array. */
typedef struct
{
  VliveScriptedRows *rows;
  GPtrArray *expected; /* of VliveRecord */
  guint n_made;
} Model;

static VliveRecord *
make_record (const char *id, GVariant *fields)
{
  g_autoptr (GError) error = NULL;
  VliveRecord *record = vlive_record_new_from_variant (id, fields, &error);

  g_assert_no_error (error);

  return record;
}

static void
model_init (Model *self, guint n_computed)
{
  self->rows = _vlive_scripted_rows_new (n_computed, SEED);
  self->expected = g_ptr_array_new_with_free_func ((GDestroyNotify) vlive_record_unref);
  self->n_made = 0;
  for (guint i = 0; i < n_computed; i++)
    g_ptr_array_add (self->expected, _vlive_scripted_make_from (SEED, i, NULL));
}

static void
model_clear (Model *self)
{
  _vlive_scripted_rows_unref (self->rows);
  g_ptr_array_unref (self->expected);
}

static VliveRecord *
dup_at (VliveScriptedRows *rows, VliveScriptedSpot spot)
{
  g_autoptr (VliveRecordBuilder) builder = _vlive_record_builder_new (rows->layout);

  return _vlive_scripted_rows_dup (rows, spot, builder, VLIVE_SCRIPTED_ALL_COLUMNS);
}

static void
assert_rows (VliveScriptedRows *rows, GPtrArray *expected)
{
  g_assert_cmpuint (_vlive_scripted_rows_count (rows), ==, expected->len);
  for (guint i = 0; i < expected->len; i++)
    {
      VliveScriptedSpot spot = _vlive_scripted_rows_at (rows, i);
      g_autoptr (VliveRecord) record = dup_at (rows, spot);
      const char *id = vlive_record_get_id (expected->pdata[i]);

      g_assert_cmpstr (vlive_record_get_id (record), ==, id);
      g_assert_true (vlive_record_equal (record, expected->pdata[i]));
      g_assert_true (_vlive_scripted_rows_has (rows, id));
      g_assert_cmpuint (_vlive_scripted_rows_find (rows, id), ==, spot);
    }
}

/* Also numbers that are none, and none at all. */
static VliveRecord *
make_change (Model *self, const char *id)
{
  gint64 number = g_test_rand_int_range (-50, 1000);

  switch (g_test_rand_int_range (0, 5))
    {
    case 0:
      return make_record (id, g_variant_new_parsed ("{'number': <'text'>}"));
    case 1:
      return make_record (id, g_variant_new_parsed ("{'number': <@mx nothing>}"));
    case 2:
      return make_record (id, g_variant_new_parsed ("{'price': <%d>}",
                                                    (double) number / 10));
    default:
      return make_record (id, g_variant_new_parsed ("{'number': <%x>}", number));
    }
}

static void
step_insert (Model *self)
{
  guint position = (guint) g_test_rand_int_range (0, (gint32) self->expected->len + 1);
  g_autofree char *id = g_strdup_printf ("%u", 1000 + self->n_made++);
  g_autoptr (VliveRecord) change = make_change (self, id);
  g_autoptr (VliveRecord) record =
      _vlive_scripted_record_with_id (change, id, VLIVE_VALUE_INTEGER);

  _vlive_scripted_rows_insert (self->rows, position, record, 0);
  g_ptr_array_insert (self->expected, (int) position, vlive_record_ref (record));
}

static void
step (Model *self)
{
  guint kind = (guint) g_test_rand_int_range (0, 4);
  guint position;
  VliveRecord *old;
  const char *id;

  if (kind == 0 || self->expected->len == 0)
    {
      step_insert (self);
      return;
    }
  position = (guint) g_test_rand_int_range (0, (gint32) self->expected->len);
  old = self->expected->pdata[position];
  id = vlive_record_get_id (old);
  if (kind == 1)
    {
      _vlive_scripted_rows_remove (self->rows, id);
      g_assert_false (_vlive_scripted_rows_has (self->rows, id));
      g_ptr_array_remove_index (self->expected, position);
    }
  else
    {
      g_autoptr (VliveRecord) change = make_change (self, id);
      VliveRecord *record = vlive_record_patch (old, change);

      _vlive_scripted_rows_put (self->rows, record);
      self->expected->pdata[position] = record;
      vlive_record_unref (old);
    }
}

static void
test_changes (void)
{
  Model model;

  for (guint n = 0; n < 60; n += 20)
    {
      model_init (&model, n);
      for (guint i = 0; i < 400; i++)
        {
          guint64 sequence = model.rows->sequence;

          step (&model);
          g_assert_cmpuint (model.rows->sequence, ==, sequence + 1);
          assert_rows (model.rows, model.expected);
        }
      model_clear (&model);
    }
}

/* Who holds the rows sees them as they were. */
static void
test_copies (void)
{
  Model model;
  VliveScriptedRows *held = NULL;
  g_autoptr (GPtrArray) then = NULL;
  VliveScriptedRows *alone;

  model_init (&model, 30);
  for (guint i = 0; i < 200; i++)
    {
      if (i % 20 == 0)
        {
          g_clear_pointer (&held, _vlive_scripted_rows_unref);
          g_clear_pointer (&then, g_ptr_array_unref);
          held = _vlive_scripted_rows_ref (model.rows);
          then = g_ptr_array_new_with_free_func ((GDestroyNotify) vlive_record_unref);
          for (guint j = 0; j < model.expected->len; j++)
            g_ptr_array_add (then, vlive_record_ref (model.expected->pdata[j]));
        }
      _vlive_scripted_rows_own (&model.rows);
      alone = model.rows;
      _vlive_scripted_rows_own (&model.rows);
      g_assert_true (alone == model.rows);
      g_assert_true (held != model.rows);
      step (&model);
      assert_rows (held, then);
      assert_rows (model.rows, model.expected);
    }
  _vlive_scripted_rows_unref (held);
  model_clear (&model);
}

static void
test_clear (void)
{
  Model model;
  g_autoptr (VliveRecord) record = NULL;
  guint64 version;

  model_init (&model, 10);
  step_insert (&model);
  _vlive_scripted_rows_clear (model.rows);
  g_ptr_array_set_size (model.expected, 0);
  assert_rows (model.rows, model.expected);
  g_assert_false (_vlive_scripted_rows_has (model.rows, "1"));
  g_assert_null (_vlive_scripted_rows_dup_by_id (model.rows, "1", &version));
  /* An id that a computed row had is free for another. */
  record = make_record ("1", g_variant_new_parsed ("{'name': <'again'>}"));
  _vlive_scripted_rows_insert (model.rows, 0, record, 0);
  g_ptr_array_add (model.expected, vlive_record_ref (record));
  assert_rows (model.rows, model.expected);
  model_clear (&model);
}

static void
test_versions (void)
{
  VliveScriptedRows *rows = _vlive_scripted_rows_new (5, SEED);
  g_autoptr (VliveRecord) change =
      make_record ("2", g_variant_new_parsed ("{'price': <1.5>}"));
  g_autoptr (VliveRecord) record = _vlive_scripted_make_from (SEED, 1, change);
  g_autoptr (VliveRecord) first = NULL;
  g_autoptr (VliveRecord) second = NULL;
  guint64 version;

  first = _vlive_scripted_rows_dup_by_id (rows, "2", &version);
  g_assert_cmpuint (version, ==, 1);
  _vlive_scripted_rows_put (rows, record);
  second = _vlive_scripted_rows_dup_by_id (rows, "2", &version);
  g_assert_cmpuint (version, ==, 2);
  g_assert_false (vlive_record_equal (first, second));
  g_assert_true (vlive_record_equal (second, record));
  _vlive_scripted_rows_unref (rows);
}

/* What has no id of its own: other forms of numbers, and numbers beyond. */
static void
test_ids (void)
{
  static const char *const absent[] = {
    "0", "-1", "6", "01", "+1", "1 ", "1.0", "a", "", "99999999999999999999"
  };
  VliveScriptedRows *rows = _vlive_scripted_rows_new (5, SEED);

  g_assert_true (_vlive_scripted_rows_has (rows, "1"));
  g_assert_true (_vlive_scripted_rows_has (rows, "5"));
  for (guint i = 0; i < G_N_ELEMENTS (absent); i++)
    {
      g_assert_false (_vlive_scripted_rows_has (rows, absent[i]));
      g_assert_cmpuint (_vlive_scripted_rows_find (rows, absent[i]), ==,
                        VLIVE_SCRIPTED_NO_SPOT);
    }
  _vlive_scripted_rows_unref (rows);
}

static int
compare_cb (gconstpointer a, gconstpointer b, gpointer plan)
{
  return _vlive_query_plan_compare (plan, *(VliveRecord **) a, *(VliveRecord **) b);
}

/* The order is what looking at all of the array gives. */
static void
assert_order (Model *model, VliveQuery *query, gboolean grows)
{
  g_autoptr (VliveScriptedOrder) order = _vlive_scripted_order_new (model->rows, query);
  g_autoptr (VliveQueryPlan) plan = _vlive_query_plan_new (query);
  g_autoptr (GPtrArray) expected = g_ptr_array_new ();

  g_assert_cmpint (order->grows, ==, grows && model->rows->n_computed > 0);
  for (guint i = 0; i < model->expected->len; i++)
    if (_vlive_query_plan_matches (plan, model->expected->pdata[i]))
      g_ptr_array_add (expected, model->expected->pdata[i]);
  if (vlive_query_get_n_sort_keys (query) > 0)
    g_ptr_array_sort_with_data (expected, compare_cb, plan);

  _vlive_scripted_order_build (order);
  g_assert_cmpuint (_vlive_scripted_order_count (order), ==, expected->len);
  for (guint i = 0; i < expected->len; i++)
    {
      g_autoptr (VliveRecord) record =
          dup_at (model->rows, _vlive_scripted_order_at (order, i));

      g_assert_cmpstr (vlive_record_get_id (record), ==,
                       vlive_record_get_id (expected->pdata[i]));
    }
}

static VliveQuery *
with_condition (VliveQuery *query,
                const char *column,
                VliveOperator op,
                GVariant *value)
{
  g_autoptr (GError) error = NULL;
  VliveQuery *other = vlive_query_with_condition (query, column, op, value, &error);

  g_assert_no_error (error);
  vlive_query_unref (query);

  return other;
}

static GVariant *
random_operand (void)
{
  gint64 number = g_test_rand_int_range (-20, 500);

  switch (g_test_rand_int_range (0, 8))
    {
    case 0:
      return g_variant_new_string ("text");
    case 1:
      return g_variant_new_double ((double) number + 0.5);
    case 2:
      return g_variant_new_boolean (TRUE);
    default:
      return g_variant_new_int64 (number);
    }
}

/* What can be asked of any number of rows. */
static VliveQuery *
random_growing_query (void)
{
  static const VliveOperator operators[] = {
    VLIVE_OPERATOR_EQUAL,   VLIVE_OPERATOR_LESS,          VLIVE_OPERATOR_LESS_EQUAL,
    VLIVE_OPERATOR_GREATER, VLIVE_OPERATOR_GREATER_EQUAL,
  };
  static const char *const columns[] = { "id", "number" };
  VliveQuery *query = vlive_query_new ();

  for (guint i = 0; i < G_N_ELEMENTS (columns); i++)
    if (g_test_rand_bit ())
      query = with_condition (
          query, columns[i],
          operators[g_test_rand_int_range (0, G_N_ELEMENTS (operators))],
          random_operand ());
  if (g_test_rand_bit ())
    {
      VliveQuery *sorted =
          vlive_query_with_sort (query, columns[g_test_rand_int_range (0, 2)],
                                 g_test_rand_bit ());

      vlive_query_unref (query);
      query = sorted;
    }

  return query;
}

static void
test_arithmetic (void)
{
  Model model;

  for (guint round = 0; round < 4; round++)
    {
      model_init (&model, round * 20);
      for (guint i = 0; i < 60; i++)
        {
          step (&model);
          for (guint j = 0; j < 12; j++)
            {
              g_autoptr (VliveQuery) query = random_growing_query ();

              g_assert_true (_vlive_scripted_query_grows (query));
              assert_order (&model, query, TRUE);
            }
        }
      model_clear (&model);
    }
}

/* Whatever needs a look at each row. */
static void
test_looking (void)
{
  Model model;
  g_autoptr (VliveQuery) price = NULL;
  g_autoptr (VliveQuery) many = NULL;
  g_autoptr (VliveQuery) search = NULL;
  g_autoptr (VliveQuery) not_equal = NULL;
  g_autoptr (VliveQuery) everything = vlive_query_new ();
  g_autoptr (VliveQuery) colour = vlive_query_with_sort (everything, "colour", FALSE);

  price = vlive_query_with_sort (everything, "price", TRUE);
  many = vlive_query_with_sort (colour, "number", TRUE);
  search = vlive_query_with_search (many, "HARBOUR");
  not_equal = with_condition (vlive_query_new (), "number", VLIVE_OPERATOR_NOT_EQUAL,
                              g_variant_new_int64 (25));
  model_init (&model, 50);
  for (guint i = 0; i < 40; i++)
    {
      step (&model);
      assert_order (&model, price, FALSE);
      assert_order (&model, many, FALSE);
      assert_order (&model, search, FALSE);
      assert_order (&model, not_equal, FALSE);
    }
  model_clear (&model);
}

/* Found without looking at more than a few. */
static void
test_large (void)
{
  guint64 n = G_GUINT64_CONSTANT (1) << 56;
  VliveScriptedRows *rows = _vlive_scripted_rows_new (n, SEED);
  g_autoptr (VliveQuery) query = NULL;
  g_autoptr (VliveQuery) sorted = NULL;
  g_autoptr (VliveScriptedOrder) order = NULL;
  g_autoptr (VliveRecord) last = NULL;
  gint64 number;

  _vlive_scripted_rows_remove (rows, "40000000000");
  query = with_condition (vlive_query_new (), "id", VLIVE_OPERATOR_GREATER_EQUAL,
                          g_variant_new_int64 (G_GINT64_CONSTANT (39999999999)));
  query = with_condition (query, "number", VLIVE_OPERATOR_LESS,
                          g_variant_new_int64 (G_GINT64_CONSTANT (400000000100)));
  sorted = vlive_query_with_sort (query, "number", TRUE);
  order = _vlive_scripted_order_new (rows, sorted);
  _vlive_scripted_order_build (order);
  /* 39999999999 and 40000000001 … 40000000010. */
  g_assert_cmpuint (_vlive_scripted_order_count (order), ==, 11);
  last = dup_at (rows, _vlive_scripted_order_at (order, 10));
  g_assert_cmpstr (vlive_record_get_id (last), ==, "39999999999");
  g_assert_true (vlive_record_get_integer (last, "number", &number));
  g_assert_cmpint (number / 10, ==, G_GINT64_CONSTANT (39999999998));
  _vlive_scripted_rows_unref (rows);
}

/* The columns are what they are said to be; a row is the same each time, and
 * another with another seed. */
static void
test_generator (void)
{
  g_autoptr (VliveSchema) schema = _vlive_scripted_schema_new ();
  g_autoptr (VliveRecord) other = _vlive_scripted_make_from (SEED + 1, 12, NULL);
  g_autoptr (VliveRecord) twelfth = _vlive_scripted_make_from (SEED, 12, NULL);
  guint n_nulls = 0;
  gint64 last = -1;

  g_assert_cmpuint (vlive_schema_get_n_columns (schema), ==, 9);
  g_assert_false (vlive_record_equal (other, twelfth));
  for (guint i = 0; i < 500; i++)
    {
      g_autoptr (VliveRecord) record = _vlive_scripted_make_from (SEED, i, NULL);
      g_autoptr (VliveRecord) again = _vlive_scripted_make_from (SEED, i, NULL);
      gint64 number;

      g_assert_true (vlive_record_equal (record, again));
      g_assert_cmpuint (vlive_record_get_n_fields (record), ==, 9);
      for (guint j = 0; j < 9; j++)
        {
          VliveColumn *column = vlive_schema_get_column (schema, j);
          const char *name = vlive_column_get_name (column);
          VliveValueType type = vlive_record_get_field_type (record, name);

          if (type == VLIVE_VALUE_NULL)
            {
              g_assert_cmpstr (name, ==, "note");
              n_nulls++;
            }
          else
            g_assert_cmpint (type, ==, vlive_column_get_value_type (column));
        }
      g_assert_true (vlive_record_get_integer (record, "number", &number));
      g_assert_cmpint (number, >, last);
      last = number;
      g_assert_true (g_date_valid_dmy (
          (GDateDay) atoi (vlive_record_get_text (record, "date") + 8),
          (GDateMonth) atoi (vlive_record_get_text (record, "date") + 5),
          (GDateYear) atoi (vlive_record_get_text (record, "date"))));
    }
  g_assert_cmpuint (n_nulls, >, 50);
  g_assert_cmpuint (n_nulls, <, 250);
}

int
main (int argc, char **argv)
{
  int result;

  vlive_test_init (&argc, &argv);
  g_test_add_func ("/master/scripted-rows/changes", test_changes);
  g_test_add_func ("/master/scripted-rows/copies", test_copies);
  g_test_add_func ("/master/scripted-rows/clear", test_clear);
  g_test_add_func ("/master/scripted-rows/versions", test_versions);
  g_test_add_func ("/master/scripted-rows/ids", test_ids);
  g_test_add_func ("/master/scripted-rows/arithmetic", test_arithmetic);
  g_test_add_func ("/master/scripted-rows/looking", test_looking);
  g_test_add_func ("/master/scripted-rows/large", test_large);
  g_test_add_func ("/master/scripted-rows/generator", test_generator);
  result = vlive_test_run ();
  vlive_test_assert_all_gone ();

  return result;
}
