/* vlive-query.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "record/vlive-query-private.h"

#include <math.h>
#include <string.h>

#include "base/vlive-error.h"
#include "record/vlive-json-private.h"

/* Conditions and sort keys are immutable and shared by the queries that were
 * made of one another. */
typedef struct
{
  gatomicrefcount ref_count;
  char *column; /* owned */
  VliveOperator op;
  GVariant *value; /* owned, nullable; unboxed */
  char *key;       /* owned; its part of the query's key */
} Condition;

typedef struct
{
  gatomicrefcount ref_count;
  char *column; /* owned */
  gboolean descending;
} SortKey;

/**
 * VliveQuery:
 *
 * What to see of a table: conditions, all of which must hold, sort keys in
 * order of their weight, and a text to search for. Immutable; may be used on
 * any thread.
 *
 * Since: 0.1
 */
struct _VliveQuery
{
  gatomicrefcount ref_count;
  GPtrArray *conditions; /* owned; Condition, in the order they were made */
  GPtrArray *sort_keys;  /* owned; SortKey */
  char *search;          /* owned, nullable; not empty */
  char *key;             /* owned */
};

G_DEFINE_BOXED_TYPE (VliveQuery, vlive_query, vlive_query_ref, vlive_query_unref)

/* One entry per VliveOperator; none contains a character that an escaped
 * column can contain. */
static const char *const operator_texts[] = { "=",  "!=", "<", "<=", ">",
                                              ">=", "~",  "|", "?" };

static void
condition_unref (gpointer data)
{
  Condition *self = data;

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_free (self->column);
  g_clear_pointer (&self->value, g_variant_unref);
  g_free (self->key);
  g_free (self);
}

static gpointer
condition_ref (gconstpointer data, gpointer user_data)
{
  Condition *self = (Condition *) data;

  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

static void
sort_key_unref (gpointer data)
{
  SortKey *self = data;

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_free (self->column);
  g_free (self);
}

static gpointer
sort_key_ref (gconstpointer data, gpointer user_data)
{
  SortKey *self = (SortKey *) data;

  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

/* Letters, digits and what is above ASCII stay as they are; all else, what
 * the key uses itself before all, becomes %XX. */
static void
append_escaped (GString *key, const char *text, gsize len)
{
  for (gsize i = 0; i < len; i++)
    {
      guchar c = (guchar) text[i];

      if (g_ascii_isalnum (c) || c >= 0x80 || c == '_' || c == '-' || c == '.')
        g_string_append_c (key, (char) c);
      else
        g_string_append_printf (key, "%%%02X", c);
    }
}

/* A letter for the type, then the value, escaped: doubles by their bits where
 * their text would not do. */
static void
append_value (GString *key, const VliveValue *value)
{
  char buffer[VLIVE_DOUBLE_TEXT_SIZE];
  const char *text;

  switch (value->type)
    {
    case VLIVE_VALUE_BOOLEAN:
      g_string_append (key, value->boolean ? "b:true" : "b:false");
      break;
    case VLIVE_VALUE_INTEGER:
      g_string_append_printf (key, "i:%" G_GINT64_FORMAT, value->integer);
      break;
    case VLIVE_VALUE_DOUBLE:
      text = _vlive_double_to_text (value->real, buffer);
      g_string_append (key, "d:");
      append_escaped (key, text, strlen (text));
      break;
    case VLIVE_VALUE_BYTES:
      g_string_append (key, "y:");
      for (gsize i = 0; i < value->len; i++)
        g_string_append_printf (key, "%02x", ((const guint8 *) value->bytes)[i]);
      break;
    case VLIVE_VALUE_TEXT:
    case VLIVE_VALUE_JSON:
    case VLIVE_VALUE_MISSING:
    case VLIVE_VALUE_NULL:
    case VLIVE_VALUE_MIXED:
    default:
      g_string_append (key, "s:");
      append_escaped (key, value->text, value->len);
      break;
    }
}

static int
compare_texts (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* The values of IN are a set: their order does not matter, nor how often one
 * of them is named. */
static void
append_set (GString *key, GVariant *set)
{
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func (g_free);
  const char *last = NULL;

  for (gsize i = 0; i < g_variant_n_children (set); i++)
    {
      g_autoptr (GVariant) child = g_variant_get_child_value (set, i);
      GString *part = g_string_new (NULL);
      VliveValue value;

      _vlive_value_from_variant (child, &value);
      append_value (part, &value);
      g_ptr_array_add (parts, g_string_free (part, FALSE));
    }
  g_ptr_array_sort (parts, compare_texts);
  for (guint i = 0; i < parts->len; i++)
    {
      if (last != NULL && strcmp (last, parts->pdata[i]) == 0)
        continue;
      if (last != NULL)
        g_string_append_c (key, ',');
      last = parts->pdata[i];
      g_string_append (key, last);
    }
}

static char *
condition_key (const Condition *condition)
{
  GString *key = g_string_new (NULL);
  VliveValue value;

  append_escaped (key, condition->column, strlen (condition->column));
  g_string_append (key, operator_texts[condition->op]);
  if (condition->op == VLIVE_OPERATOR_IN)
    append_set (key, condition->value);
  else if (condition->value != NULL)
    {
      _vlive_value_from_variant (condition->value, &value);
      append_value (key, &value);
    }

  return g_string_free (key, FALSE);
}

/*
 * The key is made of parts that "&" joins: the conditions in the order of
 * their bytes, then ";" and a column for each ascending and "!" and a column for
 * each descending sort key, then "/" and the text to search for. No escaped
 * text contains one of these, so the parts can be told from one another, and
 * the key says all there is to know.
 */
static char *
make_key (VliveQuery *self)
{
  GString *key = g_string_new (NULL);
  g_autoptr (GPtrArray) parts = g_ptr_array_new ();

  for (guint i = 0; i < self->conditions->len; i++)
    g_ptr_array_add (parts, ((Condition *) self->conditions->pdata[i])->key);
  g_ptr_array_sort (parts, compare_texts);
  for (guint i = 0; i < parts->len; i++)
    {
      if (i > 0)
        g_string_append_c (key, '&');
      g_string_append (key, parts->pdata[i]);
    }
  for (guint i = 0; i < self->sort_keys->len; i++)
    {
      SortKey *sort = self->sort_keys->pdata[i];

      g_string_append (key, sort->descending ? "&!" : "&;");
      append_escaped (key, sort->column, strlen (sort->column));
    }
  if (self->search != NULL)
    {
      g_string_append (key, "&/");
      append_escaped (key, self->search, strlen (self->search));
    }

  return g_string_free (key, FALSE);
}

/* A copy without a key, to be changed and then given one. */
static VliveQuery *
query_copy (VliveQuery *self)
{
  VliveQuery *copy = g_new0 (VliveQuery, 1);

  g_atomic_ref_count_init (&copy->ref_count);
  copy->conditions =
      g_ptr_array_copy (self->conditions, (GCopyFunc) condition_ref, NULL);
  copy->sort_keys = g_ptr_array_copy (self->sort_keys, (GCopyFunc) sort_key_ref, NULL);
  copy->search = g_strdup (self->search);

  return copy;
}

static VliveQuery *
query_end (VliveQuery *self)
{
  self->key = make_key (self);

  return self;
}

/**
 * vlive_query_new:
 *
 * Makes the query of everything, in the order in which the master gives it.
 *
 * Returns: (transfer full): a new query
 *
 * Since: 0.1
 */
VliveQuery *
vlive_query_new (void)
{
  VliveQuery *self = g_new0 (VliveQuery, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->conditions = g_ptr_array_new_with_free_func (condition_unref);
  self->sort_keys = g_ptr_array_new_with_free_func (sort_key_unref);

  return query_end (self);
}

/**
 * vlive_query_ref:
 * @self: a query
 *
 * Takes a reference.
 *
 * Returns: (transfer full): @self
 *
 * Since: 0.1
 */
VliveQuery *
vlive_query_ref (VliveQuery *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

/**
 * vlive_query_unref:
 * @self: (transfer full): a query
 *
 * Gives a reference back.
 *
 * Since: 0.1
 */
void
vlive_query_unref (VliveQuery *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_ptr_array_unref (self->conditions);
  g_ptr_array_unref (self->sort_keys);
  g_free (self->search);
  g_free (self->key);
  g_free (self);
}

static gboolean
invalid (GError **error, const char *column, const char *why)
{
  g_set_error (error, VLIVE_ERROR, VLIVE_ERROR_INVALID, "Condition on “%s”: %s", column,
               why);

  return FALSE;
}

/* One value that a field can have; sets @leaf to it, without boxes. */
static gboolean
check_value (const char *column, GVariant *variant, GVariant **leaf, GError **error)
{
  VliveValue value;

  if (!_vlive_value_from_variant (variant, &value))
    return invalid (error, column, "no field can have such a value");
  if (value.type == VLIVE_VALUE_NULL)
    return invalid (error, column, "null is asked for with its own operator");
  if (value.type == VLIVE_VALUE_DOUBLE && isnan (value.real))
    return invalid (error, column, "not a number");
  *leaf = g_variant_ref_sink (_vlive_value_to_variant (&value));

  return TRUE;
}

static gboolean
check_set (const char *column, GVariant *variant, GVariant **set, GError **error)
{
  GVariantBuilder builder;

  if (!g_variant_is_of_type (variant, G_VARIANT_TYPE_ARRAY)
      || g_variant_is_of_type (variant, G_VARIANT_TYPE_DICTIONARY))
    return invalid (error, column, "a list of values is needed");

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("av"));
  for (gsize i = 0; i < g_variant_n_children (variant); i++)
    {
      g_autoptr (GVariant) child = g_variant_get_child_value (variant, i);
      g_autoptr (GVariant) leaf = NULL;

      if (!check_value (column, child, &leaf, error))
        {
          g_variant_builder_clear (&builder);
          return FALSE;
        }
      g_variant_builder_add (&builder, "v", leaf);
    }
  *set = g_variant_ref_sink (g_variant_builder_end (&builder));

  return TRUE;
}

static gboolean
check_operand (const char *column,
               VliveOperator op,
               GVariant *value,
               GVariant **operand,
               GError **error)
{
  if (op == VLIVE_OPERATOR_IS_NULL)
    return value == NULL || invalid (error, column, "to be null takes no value");
  if (value == NULL)
    return invalid (error, column, "a value is needed");
  if (op == VLIVE_OPERATOR_IN)
    return check_set (column, value, operand, error);

  return check_value (column, value, operand, error);
}

static gboolean
has_equality (VliveQuery *self, const char *column)
{
  for (guint i = 0; i < self->conditions->len; i++)
    {
      Condition *condition = self->conditions->pdata[i];

      if (condition->op == VLIVE_OPERATOR_EQUAL
          && strcmp (condition->column, column) == 0)
        return TRUE;
    }

  return FALSE;
}

static gboolean
has_key (VliveQuery *self, const char *key)
{
  for (guint i = 0; i < self->conditions->len; i++)
    if (strcmp (((Condition *) self->conditions->pdata[i])->key, key) == 0)
      return TRUE;

  return FALSE;
}

/**
 * vlive_query_with_condition:
 * @self: a query
 * @column: the column that is asked
 * @op: what it is asked
 * @value: (nullable): the value to compare with: a boolean, number, text or
 *   bytes; an array of them for %VLIVE_OPERATOR_IN; %NULL for
 *   %VLIVE_OPERATOR_IS_NULL. A floating reference is consumed
 * @error: return location
 *
 * Adds a condition. A condition that is there already changes nothing. Two
 * equalities on one column are refused, since servers take them for “or”.
 *
 * Returns: (transfer full): a new query, or %NULL with @error set
 *
 * Since: 0.1
 */
VliveQuery *
vlive_query_with_condition (VliveQuery *self,
                            const char *column,
                            VliveOperator op,
                            GVariant *value,
                            GError **error)
{
  g_autoptr (GVariant) sunk = NULL;
  g_autoptr (GVariant) operand = NULL;
  Condition *condition;
  VliveQuery *copy;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (column != NULL, NULL);
  g_return_val_if_fail (op >= VLIVE_OPERATOR_EQUAL && op <= VLIVE_OPERATOR_IS_NULL,
                        NULL);

  if (value != NULL)
    sunk = g_variant_ref_sink (value);
  if (column[0] == '\0' || !g_utf8_validate (column, -1, NULL))
    {
      g_set_error_literal (error, VLIVE_ERROR, VLIVE_ERROR_INVALID,
                           "A condition needs a column");
      return NULL;
    }
  if (!check_operand (column, op, sunk, &operand, error))
    return NULL;

  condition = g_new0 (Condition, 1);
  g_atomic_ref_count_init (&condition->ref_count);
  condition->column = g_strdup (column);
  condition->op = op;
  condition->value = g_steal_pointer (&operand);
  condition->key = condition_key (condition);
  if (has_key (self, condition->key))
    {
      condition_unref (condition);
      return vlive_query_ref (self);
    }
  if (op == VLIVE_OPERATOR_EQUAL && has_equality (self, column))
    {
      condition_unref (condition);
      invalid (error, column, "two equalities on one column");
      return NULL;
    }
  copy = query_copy (self);
  g_ptr_array_add (copy->conditions, condition);

  return query_end (copy);
}

/**
 * vlive_query_with_sort:
 * @self: a query
 * @column: the column to sort by
 * @descending: from the greatest to the least
 *
 * Adds a sort key, which decides where those before it find no difference. A
 * column that is sorted by already changes nothing.
 *
 * Returns: (transfer full): a new query
 *
 * Since: 0.1
 */
VliveQuery *
vlive_query_with_sort (VliveQuery *self, const char *column, gboolean descending)
{
  SortKey *sort;
  VliveQuery *copy;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (column != NULL && column[0] != '\0', NULL);

  for (guint i = 0; i < self->sort_keys->len; i++)
    if (strcmp (((SortKey *) self->sort_keys->pdata[i])->column, column) == 0)
      return vlive_query_ref (self);

  sort = g_new0 (SortKey, 1);
  g_atomic_ref_count_init (&sort->ref_count);
  sort->column = g_strdup (column);
  sort->descending = descending != FALSE;
  copy = query_copy (self);
  g_ptr_array_add (copy->sort_keys, sort);

  return query_end (copy);
}

/**
 * vlive_query_with_search:
 * @self: a query
 * @text: (nullable): the text to search for; %NULL and "" for none
 *
 * Replaces the text that is searched for in all fields.
 *
 * Returns: (transfer full): a new query
 *
 * Since: 0.1
 */
VliveQuery *
vlive_query_with_search (VliveQuery *self, const char *text)
{
  VliveQuery *copy;

  g_return_val_if_fail (self != NULL, NULL);

  copy = query_copy (self);
  g_clear_pointer (&copy->search, g_free);
  if (text != NULL && text[0] != '\0')
    copy->search = g_strdup (text);

  return query_end (copy);
}

/**
 * vlive_query_get_n_conditions:
 * @self: a query
 *
 * Gets the number of conditions.
 *
 * Returns: the number of conditions
 *
 * Since: 0.1
 */
guint
vlive_query_get_n_conditions (VliveQuery *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->conditions->len;
}

/**
 * vlive_query_get_condition_column:
 * @self: a query
 * @index: less than the number of conditions
 *
 * Gets the column that a condition asks.
 *
 * Returns: the column
 *
 * Since: 0.1
 */
const char *
vlive_query_get_condition_column (VliveQuery *self, guint index)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (index < self->conditions->len, NULL);

  return ((Condition *) self->conditions->pdata[index])->column;
}

/**
 * vlive_query_get_condition_operator:
 * @self: a query
 * @index: less than the number of conditions
 *
 * Gets what a condition asks.
 *
 * Returns: the operator
 *
 * Since: 0.1
 */
VliveOperator
vlive_query_get_condition_operator (VliveQuery *self, guint index)
{
  g_return_val_if_fail (self != NULL, VLIVE_OPERATOR_EQUAL);
  g_return_val_if_fail (index < self->conditions->len, VLIVE_OPERATOR_EQUAL);

  return ((Condition *) self->conditions->pdata[index])->op;
}

/**
 * vlive_query_get_condition_value:
 * @self: a query
 * @index: less than the number of conditions
 *
 * Gets the value that a condition compares with: `b`, `x`, `d`, `s` or `ay`,
 * or an array of type `av` of these for %VLIVE_OPERATOR_IN.
 *
 * Returns: (transfer none) (nullable): the value, or %NULL if the operator
 *   takes none
 *
 * Since: 0.1
 */
GVariant *
vlive_query_get_condition_value (VliveQuery *self, guint index)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (index < self->conditions->len, NULL);

  return ((Condition *) self->conditions->pdata[index])->value;
}

/**
 * vlive_query_get_n_sort_keys:
 * @self: a query
 *
 * Gets the number of sort keys.
 *
 * Returns: the number of sort keys; 0 for the master's own order
 *
 * Since: 0.1
 */
guint
vlive_query_get_n_sort_keys (VliveQuery *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->sort_keys->len;
}

/**
 * vlive_query_get_sort_column:
 * @self: a query
 * @index: less than the number of sort keys
 *
 * Gets the column of a sort key.
 *
 * Returns: the column
 *
 * Since: 0.1
 */
const char *
vlive_query_get_sort_column (VliveQuery *self, guint index)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (index < self->sort_keys->len, NULL);

  return ((SortKey *) self->sort_keys->pdata[index])->column;
}

/**
 * vlive_query_get_sort_descending:
 * @self: a query
 * @index: less than the number of sort keys
 *
 * Gets the direction of a sort key.
 *
 * Returns: whether it goes from the greatest to the least
 *
 * Since: 0.1
 */
gboolean
vlive_query_get_sort_descending (VliveQuery *self, guint index)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (index < self->sort_keys->len, FALSE);

  return ((SortKey *) self->sort_keys->pdata[index])->descending;
}

/**
 * vlive_query_get_search:
 * @self: a query
 *
 * Gets the text that is searched for.
 *
 * Returns: (nullable): the text, or %NULL for none
 *
 * Since: 0.1
 */
const char *
vlive_query_get_search (VliveQuery *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->search;
}

/**
 * vlive_query_get_key:
 * @self: a query
 *
 * Gets a text that names the query: equal queries have equal keys, different
 * ones different keys. The order of the conditions does not matter.
 *
 * Returns: the key; "" for the query of everything
 *
 * Since: 0.1
 */
const char *
vlive_query_get_key (VliveQuery *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->key;
}

/**
 * vlive_query_equal:
 * @self: a query
 * @other: another
 *
 * Compares two queries.
 *
 * Returns: whether they ask for the same
 *
 * Since: 0.1
 */
gboolean
vlive_query_equal (VliveQuery *self, VliveQuery *other)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (other != NULL, FALSE);

  return strcmp (self->key, other->key) == 0;
}

/**
 * vlive_query_depends_on:
 * @self: a query
 * @column: a column
 *
 * Tells whether a change in @column can change which records the query finds
 * or their order. Under a search any column can.
 *
 * Returns: whether it can
 *
 * Since: 0.1
 */
gboolean
vlive_query_depends_on (VliveQuery *self, const char *column)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (column != NULL, FALSE);

  if (self->search != NULL)
    return TRUE;
  for (guint i = 0; i < self->conditions->len; i++)
    if (strcmp (((Condition *) self->conditions->pdata[i])->column, column) == 0)
      return TRUE;
  for (guint i = 0; i < self->sort_keys->len; i++)
    if (strcmp (((SortKey *) self->sort_keys->pdata[i])->column, column) == 0)
      return TRUE;

  return FALSE;
}
