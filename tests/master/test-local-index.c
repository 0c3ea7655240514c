/* test-local-index.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "vlive-test.h"

#include "master/vlive-local-index-private.h"

static const char *const databases[] = { "meta",        "tables", "rows",    "ids",
                                         "generations", "orders", "layouts", "writes",
                                         "log",         NULL };

/* Runs @func in a writing transaction of a new storage. */
static void
in_transaction (VliveTxnFunc func, gpointer data)
{
  VliveStorageOptions options = {
    .kind = VLIVE_STORAGE_DURABLE, .magic = 1, .version = 1, .databases = databases
  };
  g_autofree char *folder = vlive_test_dup_folder ();
  g_autofree char *path = g_build_filename (folder, "index", NULL);
  g_autoptr (VliveStorage) storage = _vlive_storage_open (path, &options);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  _vlive_storage_write_async (storage, func, data, NULL, NULL, vlive_test_result_cb,
                              &result);
  VLIVE_TEST_WAIT (result != NULL);
  g_assert_true (_vlive_storage_finish (result, NULL, &error));
  g_assert_no_error (error);
}

/* Rows stand in the order of their keys turned over, which is not that of
 * their numbers. */
static guint64
turn (guint64 row)
{
  return row * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);
}

static int
place_turned (guint64 row, gpointer data)
{
  guint64 wanted = turn (*(guint64 *) data);
  guint64 other = turn (row);

  return (wanted > other) - (wanted < other);
}

static int
compare_turned (gconstpointer a, gconstpointer b)
{
  guint64 x = turn (*(const guint64 *) a);
  guint64 y = turn (*(const guint64 *) b);

  return (x > y) - (x < y);
}

typedef struct
{
  GArray *rows;
  guint64 limit;
} Found;

static gboolean
find_cb (guint64 row, VliveSpan value, gpointer data)
{
  Found *found = data;

  g_array_append_val (found->rows, row);

  return found->rows->len < found->limit;
}

/* The index says what the array says, at any offset. */
static void
assert_same (VliveLocalIndex *index, GArray *model, guint n_windows)
{
  g_assert_cmpuint (_vlive_local_index_get_n_rows (index), ==, model->len);
  for (guint i = 0; i < n_windows; i++)
    {
      g_autoptr (GArray) rows = g_array_new (FALSE, FALSE, sizeof (guint64));
      Found found = { rows, G_MAXUINT64 };
      guint offset = (guint) g_test_rand_int_range (0, (gint32) model->len + 2);
      guint n = (guint) g_test_rand_int_range (1, 300);
      guint expected = offset < model->len ? MIN (n, model->len - offset) : 0;

      if (i == 0)
        {
          offset = 0;
          n = 0;
          expected = model->len;
        }
      g_assert_true (_vlive_local_index_foreach (index, offset, n, find_cb, &found));
      g_assert_cmpuint (rows->len, ==, expected);
      for (guint j = 0; j < expected; j++)
        g_assert_cmpuint (g_array_index (rows, guint64, j), ==,
                          g_array_index (model, guint64, offset + j));
    }
}

static guint
find_place (GArray *model, guint64 row)
{
  guint i = 0;

  while (i < model->len && place_turned (g_array_index (model, guint64, i), &row) > 0)
    i++;

  return i;
}

static void
insert (VliveLocalIndex *index, GArray *model, guint64 row)
{
  guint at = find_place (model, row);

  if (at < model->len && g_array_index (model, guint64, at) == row)
    return;
  g_assert_true (_vlive_local_index_insert (index, row, place_turned, &row));
  g_array_insert_val (model, at, row);
}

static void delete (VliveLocalIndex *index, GArray *model, guint at)
{
  guint64 row = g_array_index (model, guint64, at);

  g_assert_true (_vlive_local_index_remove (index, row, place_turned, &row));
  g_array_remove_index (model, at);
}

/* Through the file and back. */
static void
reload (VliveTxn *txn, VliveLocalIndex **index, guint32 order, gboolean natural)
{
  _vlive_local_index_save (*index);
  _vlive_local_index_free (*index);
  *index = _vlive_local_index_load (txn, order, natural);
  g_assert_nonnull (*index);
  g_assert_true (_vlive_local_index_check (*index));
}

static gboolean
random_func (VliveTxn *txn, gpointer data, GError **error)
{
  VliveLocalIndex *index = _vlive_local_index_new (txn, 1, FALSE);
  g_autoptr (GArray) model = g_array_new (FALSE, FALSE, sizeof (guint64));
  guint64 absent = 1 << 30;

  /* It grows, and shrinks again, until nothing is left. */
  for (guint round = 0; round < 12; round++)
    {
      guint n_inserts = round < 6 ? 1500 : 100;
      guint n_deletes = round < 6 ? 200 : 1700;

      for (guint i = 0; i < n_inserts; i++)
        insert (index, model, (guint64) g_test_rand_int_range (0, 1 << 24));
      for (guint i = 0; i < n_deletes && model->len > 0; i++)
        delete (index, model, (guint) g_test_rand_int_range (0, (gint32) model->len));
      assert_same (index, model, 20);
      g_assert_false (_vlive_local_index_remove (index, absent, place_turned, &absent));
      reload (txn, &index, 1, FALSE);
      assert_same (index, model, 5);
    }
  while (model->len > 0)
    delete (index, model, 0);
  assert_same (index, model, 2);
  reload (txn, &index, 1, FALSE);
  insert (index, model, 5);
  assert_same (index, model, 2);
  _vlive_local_index_free (index);

  return TRUE;
}

static void
test_random (void)
{
  in_transaction (random_func, NULL);
}

/* Many at once, more than one chunk, and then inserted into. */
static gboolean
fill_func (VliveTxn *txn, gpointer data, GError **error)
{
  static const guint sizes[] = { 0, 1, VLIVE_LOCAL_BLOCK_FILL,
                                 VLIVE_LOCAL_BLOCK_FILL + 1,
                                 VLIVE_LOCAL_BLOCK_FILL * VLIVE_LOCAL_CHUNK_FILL * 2
                                     + 5 };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      VliveLocalIndex *index = _vlive_local_index_new (txn, 10 + i, FALSE);
      g_autoptr (GArray) model = g_array_new (FALSE, FALSE, sizeof (guint64));

      for (guint64 row = 0; row < sizes[i]; row++)
        g_array_append_val (model, row);
      g_array_sort (model, compare_turned);
      g_assert_true (_vlive_local_index_fill (index, (guint64 *) (void *) model->data,
                                              model->len));
      assert_same (index, model, 20);
      reload (txn, &index, 10 + i, FALSE);
      for (guint j = 0; j < 300; j++)
        insert (index, model, 1000000 + j);
      for (guint j = 0; j < 300 && model->len > 0; j++)
        delete (index, model, (guint) g_test_rand_int_range (0, (gint32) model->len));
      assert_same (index, model, 20);
      reload (txn, &index, 10 + i, FALSE);
      _vlive_local_index_free (index);
    }

  return TRUE;
}

static void
test_fill (void)
{
  in_transaction (fill_func, NULL);
}

static int
place_number (guint64 row, gpointer data)
{
  guint64 wanted = *(guint64 *) data;

  return (wanted > row) - (wanted < row);
}

/* Enough for chunks to be split, at the end and in the middle. */
static gboolean
append_func (VliveTxn *txn, gpointer data, GError **error)
{
  VliveLocalIndex *index = _vlive_local_index_new (txn, 1, FALSE);
  g_autoptr (GArray) model = g_array_new (FALSE, FALSE, sizeof (guint64));

  for (guint64 i = 0; i < VLIVE_LOCAL_BLOCK_MAX * (VLIVE_LOCAL_CHUNK_MAX + 3); i++)
    {
      guint64 row = i * 2;

      g_assert_true (_vlive_local_index_append (index, row));
      g_array_append_val (model, row);
    }
  assert_same (index, model, 20);
  reload (txn, &index, 1, FALSE);
  for (guint i = 0; i < 60; i++)
    {
      /* Into the middle, until one of the blocks there is split. */
      for (guint j = 0; j < 40; j++)
        {
          guint64 row = (guint64) i * 4000 + j * 2 + 1;
          guint at = (guint) (row + 1) / 2;

          while (at < model->len && g_array_index (model, guint64, at) < row)
            at++;
          g_array_insert_val (model, at, row);
          g_assert_true (_vlive_local_index_insert (index, row, place_number, &row));
        }
    }
  assert_same (index, model, 20);
  reload (txn, &index, 1, FALSE);
  _vlive_local_index_free (index);

  return TRUE;
}

static void
test_append (void)
{
  in_transaction (append_func, NULL);
}

static void
put_row (VliveTxn *txn, guint64 row)
{
  VliveLocalKey key;

  _vlive_local_row_key (&key, row);
  _vlive_txn_put_sealed (txn, VLIVE_LOCAL_ROWS, VLIVE_LOCAL_SPAN (&key),
                         VLIVE_SPAN ("x", 1));
}

static void
delete_row (VliveTxn *txn, guint64 row)
{
  VliveLocalKey key;

  _vlive_local_row_key (&key, row);
  g_assert_true (_vlive_txn_delete (txn, VLIVE_LOCAL_ROWS, VLIVE_LOCAL_SPAN (&key)));
}

/* A natural order over rows of several generations, with others between. */
static gboolean
natural_func (VliveTxn *txn, gpointer data, GError **error)
{
  VliveLocalIndex *index = _vlive_local_index_new (txn, 1, TRUE);
  g_autoptr (GArray) model = g_array_new (FALSE, FALSE, sizeof (guint64));

  for (guint32 generation = 1; generation < 8; generation++)
    {
      guint n = (guint) g_test_rand_int_range (1, 3000);

      for (guint i = 0; i < n; i++)
        {
          guint64 row = VLIVE_LOCAL_ROW (generation, i);

          put_row (txn, row);
          /* The even ones belong to another table. */
          if (generation % 2 == 0)
            continue;
          g_array_append_val (model, row);
          if (generation != 3)
            g_assert_true (_vlive_local_index_append (index, row));
        }
      for (guint i = 0; generation == 3 && i < n; i += VLIVE_LOCAL_RUN_MAX)
        g_assert_true (
            _vlive_local_index_append_run (index, VLIVE_LOCAL_ROW (3, i),
                                           MIN (n - i, VLIVE_LOCAL_RUN_MAX)));
    }
  assert_same (index, model, 50);
  while (model->len > 0)
    {
      for (guint i = 0; i < 500 && model->len > 0; i++)
        {
          guint at = (guint) g_test_rand_int_range (0, (gint32) model->len);
          guint64 row = g_array_index (model, guint64, at);

          g_assert_true (_vlive_local_index_remove (index, row, NULL, NULL));
          delete_row (txn, row);
          g_array_remove_index (model, at);
        }
      assert_same (index, model, 10);
      reload (txn, &index, 1, TRUE);
    }
  _vlive_local_index_free (index);

  return TRUE;
}

static void
test_natural (void)
{
  in_transaction (natural_func, NULL);
}

static void
damage (VliveTxn *txn, char part, guint32 number)
{
  VliveLocalKey key;

  _vlive_local_order_key (&key, 1, part, number);
  _vlive_txn_put_sealed (txn, VLIVE_LOCAL_ORDERS, VLIVE_LOCAL_SPAN (&key),
                         VLIVE_SPAN ("rubbish", 7));
}

/* Damage is noticed, whatever part of it. */
static gboolean
damage_func (VliveTxn *txn, gpointer data, GError **error)
{
  static const char parts[] = { 'b', 'c', 'r' };
  g_autoptr (GArray) found_rows = g_array_new (FALSE, FALSE, sizeof (guint64));
  Found found = { found_rows, G_MAXUINT64 };
  guint64 row = 5;

  g_assert_null (_vlive_local_index_load (txn, 1, FALSE));
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      g_autoptr (VliveLocalIndex) index = _vlive_local_index_new (txn, 1, FALSE);
      g_autoptr (VliveLocalIndex) loaded = NULL;
      guint64 rows[] = { 1, 2, 3 };

      g_assert_true (_vlive_local_index_fill (index, rows, 3));
      _vlive_local_index_save (index);
      damage (txn, parts[i], parts[i] == 'b' ? 2 : parts[i] == 'c' ? 1 : 0);
      loaded = _vlive_local_index_load (txn, 1, FALSE);
      g_assert_cmpint (loaded == NULL, ==, parts[i] == 'r');
      if (loaded == NULL)
        continue;
      g_assert_false (_vlive_local_index_foreach (loaded, 0, 0, find_cb, &found));
      g_assert_false (_vlive_local_index_check (loaded));
      g_assert_false (_vlive_local_index_insert (loaded, row, place_number, &row));
      g_assert_false (_vlive_local_index_append (loaded, row));
      row = 2;
      g_assert_false (_vlive_local_index_remove (loaded, row, place_number, &row));
    }

  return TRUE;
}

static void
test_damage (void)
{
  in_transaction (damage_func, NULL);
}

/* @func may say that it has enough. */
static gboolean
enough_func (VliveTxn *txn, gpointer data, GError **error)
{
  g_autoptr (VliveLocalIndex) index = _vlive_local_index_new (txn, 1, FALSE);
  g_autoptr (GArray) rows = g_array_new (FALSE, FALSE, sizeof (guint64));
  Found found = { rows, 700 };

  for (guint64 i = 0; i < 2000; i++)
    g_assert_true (_vlive_local_index_append (index, i));
  g_assert_true (_vlive_local_index_foreach (index, 100, 0, find_cb, &found));
  g_assert_cmpuint (rows->len, ==, 700);
  g_assert_cmpuint (g_array_index (rows, guint64, 699), ==, 799);

  return TRUE;
}

static void
test_enough (void)
{
  in_transaction (enough_func, NULL);
}

int
main (int argc, char *argv[])
{
  vlive_test_init (&argc, &argv);
  g_test_add_func ("/master/local-index/random", test_random);
  g_test_add_func ("/master/local-index/fill", test_fill);
  g_test_add_func ("/master/local-index/append", test_append);
  g_test_add_func ("/master/local-index/natural", test_natural);
  g_test_add_func ("/master/local-index/damage", test_damage);
  g_test_add_func ("/master/local-index/enough", test_enough);

  return vlive_test_run ();
}
