/* test-cursor.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "storage-fixture.h"

/*
 * A model of a database: a sorted array of keys and values, and cursors that
 * are keys. The same random steps are done to both, and every answer compared.
 */
typedef struct
{
  char *key;
  char *value;
} Entry;

typedef enum
{
  AT_START,
  AT_ENTRY,
  AT_GAP,
  AT_END,
} Place;

#define N_CURSORS 3

typedef struct
{
  GPtrArray *entries; /* owned; by key */
  guint n_keys;       /* that there may be */
  guint n_steps;
  gboolean writable;
  VliveCursor *cursors[N_CURSORS];
  Place places[N_CURSORS];
  char *keys[N_CURSORS]; /* owned */
} Model;

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  g_free (entry->key);
  g_free (entry->value);
  g_free (entry);
}

static gpointer
entry_copy (gconstpointer data, gpointer unused)
{
  const Entry *entry = data;
  Entry *copy = g_new (Entry, 1);

  copy->key = g_strdup (entry->key);
  copy->value = g_strdup (entry->value);

  return copy;
}

/* The first at or above @key. */
static guint
lower_bound (Model *model, const char *key)
{
  guint i = 0;

  while (i < model->entries->len
         && strcmp (((Entry *) model->entries->pdata[i])->key, key) < 0)
    i++;

  return i;
}

static Entry *
entry_at (Model *model, guint index)
{
  return index < model->entries->len ? model->entries->pdata[index] : NULL;
}

static gboolean
is_key_at (Model *model, guint index, const char *key)
{
  Entry *entry = entry_at (model, index);

  return entry != NULL && strcmp (entry->key, key) == 0;
}

static void
assert_span (VliveSpan span, const char *text)
{
  g_assert_cmpmem (span.data, span.size, text, strlen (text));
}

/* Keys of many lengths, so that pages split at many places. */
static char *
random_key (Model *model)
{
  guint n = (guint) g_test_rand_int_range (0, (gint32) model->n_keys);

  return g_strdup_printf ("%06u%*s", n * 7919 % 1000003,
                          (int) (n % 5 == 0 ? 200 + n % 250 : n % 11), "");
}

static char *
random_value (void)
{
  static const int sizes[] = { 0, 10, 100, 1000, 3000, 20000 };
  int size = sizes[g_test_rand_int_range (0, G_N_ELEMENTS (sizes))];

  return g_strnfill ((gsize) size, (char) ('a' + g_test_rand_int_range (0, 26)));
}

static void
step_put (Model *model, VliveTxn *txn)
{
  g_autofree char *key = random_key (model);
  Entry *entry = g_new (Entry, 1);
  guint i = lower_bound (model, key);

  if (is_key_at (model, i, key))
    g_ptr_array_remove_index (model->entries, i);
  entry->key = g_steal_pointer (&key);
  entry->value = random_value ();
  g_ptr_array_insert (model->entries, (int) i, entry);
  _vlive_txn_put (txn, 0, SPAN (entry->key), SPAN (entry->value));
}

static void
step_delete (Model *model, VliveTxn *txn)
{
  g_autofree char *key = random_key (model);
  guint i = lower_bound (model, key);
  gboolean found = is_key_at (model, i, key);

  if (found)
    g_ptr_array_remove_index (model->entries, i);
  g_assert_cmpint (_vlive_txn_delete (txn, 0, SPAN (key)), ==, found);
}

static void
step_get (Model *model, VliveTxn *txn)
{
  g_autofree char *key = random_key (model);
  guint i = lower_bound (model, key);
  gboolean found = is_key_at (model, i, key);
  VliveSpan value;

  g_assert_cmpint (_vlive_txn_get (txn, 0, SPAN (key), &value), ==, found);
  if (found)
    assert_span (value, entry_at (model, i)->value);
  else
    g_assert_null (value.data);
}

static void
arrived (Model *model,
         guint c,
         Entry *entry,
         Place otherwise,
         gboolean found,
         VliveSpan key,
         VliveSpan value)
{
  g_assert_cmpint (found, ==, entry != NULL);
  if (entry == NULL)
    {
      g_assert_null (key.data);
      g_assert_null (value.data);
      model->places[c] = otherwise;
      return;
    }
  assert_span (key, entry->key);
  assert_span (value, entry->value);
  model->places[c] = AT_ENTRY;
  g_free (model->keys[c]);
  model->keys[c] = g_strdup (entry->key);
}

static void
step_seek (Model *model, guint c)
{
  g_autofree char *text = g_test_rand_int_range (0, 10) > 0 ? random_key (model) : NULL;
  VliveSpan target = text != NULL ? SPAN (text) : VLIVE_SPAN (NULL, 0);
  VliveSpan key, value;
  gboolean found;
  guint i;

  if (g_test_rand_bit ())
    {
      found = _vlive_cursor_seek (model->cursors[c], target, &key, &value);
      i = text != NULL ? lower_bound (model, text) : 0;
      arrived (model, c, entry_at (model, i), AT_END, found, key, value);
    }
  else
    {
      found = _vlive_cursor_seek_before (model->cursors[c], target, &key, &value);
      i = text != NULL ? lower_bound (model, text) : model->entries->len;
      arrived (model, c, i > 0 ? entry_at (model, i - 1) : NULL, AT_START, found, key,
               value);
    }
}

static void
step_next (Model *model, guint c)
{
  Entry *entry = NULL;
  VliveSpan key, value;
  gboolean found = _vlive_cursor_next (model->cursors[c], &key, &value);
  guint i = 0;

  if (model->places[c] == AT_START)
    entry = entry_at (model, 0);
  else if (model->places[c] != AT_END)
    {
      i = lower_bound (model, model->keys[c]);
      entry = entry_at (model, is_key_at (model, i, model->keys[c]) ? i + 1 : i);
    }
  arrived (model, c, entry, AT_END, found, key, value);
}

static void
step_previous (Model *model, guint c)
{
  Entry *entry = NULL;
  VliveSpan key, value;
  gboolean found = _vlive_cursor_previous (model->cursors[c], &key, &value);
  guint i = 0;

  if (model->places[c] == AT_END)
    i = model->entries->len;
  else if (model->places[c] != AT_START)
    i = lower_bound (model, model->keys[c]);
  if (i > 0)
    entry = entry_at (model, i - 1);
  arrived (model, c, entry, AT_START, found, key, value);
}

static void
step_cursor_delete (Model *model, guint c)
{
  guint i;

  _vlive_cursor_delete (model->cursors[c]);
  if (model->places[c] != AT_ENTRY)
    return;
  i = lower_bound (model, model->keys[c]);
  if (is_key_at (model, i, model->keys[c]))
    g_ptr_array_remove_index (model->entries, i);
  model->places[c] = AT_GAP;
}

static void
step_append (Model *model, guint c)
{
  Entry *last = entry_at (model, model->entries->len - 1);
  Entry *entry;

  if (model->entries->len > 0 && strlen (last->key) > 400)
    return;
  entry = g_new (Entry, 1);
  entry->key = g_strconcat (model->entries->len > 0 ? last->key : "", "~", NULL);
  entry->value = random_value ();
  g_ptr_array_add (model->entries, entry);
  _vlive_cursor_append (model->cursors[c], SPAN (entry->key), SPAN (entry->value));
  model->places[c] = AT_ENTRY;
  g_free (model->keys[c]);
  model->keys[c] = g_strdup (entry->key);
}

static void
step (Model *model, VliveTxn *txn)
{
  guint c = (guint) g_test_rand_int_range (0, N_CURSORS);
  int n = g_test_rand_int_range (model->writable ? 0 : 40, 100);

  if (n < 15)
    step_put (model, txn);
  else if (n < 25)
    step_delete (model, txn);
  else if (n < 37)
    step_cursor_delete (model, c);
  else if (n < 40)
    step_append (model, c);
  else if (n < 45)
    step_get (model, txn);
  else if (n < 55)
    step_seek (model, c);
  else if (n < 80)
    step_next (model, c);
  else
    step_previous (model, c);
}

static gboolean
model_job (VliveTxn *txn, gpointer data, GError **error)
{
  Model *model = data;

  for (guint c = 0; c < N_CURSORS; c++)
    {
      model->cursors[c] = _vlive_cursor_new (txn, 0);
      model->places[c] = AT_START;
    }
  for (guint i = 0; i < model->n_steps && !_vlive_txn_has_failed (txn); i++)
    {
      step (model, txn);
      g_assert_cmpuint (_vlive_txn_count (txn, 0), ==, model->entries->len);
    }
  /* Some are left to the transaction. */
  _vlive_cursor_free (model->cursors[1]);
  if (g_test_rand_bit ())
    _vlive_cursor_free (model->cursors[2]);

  return TRUE;
}

static gboolean
failing_job (VliveTxn *txn, gpointer data, GError **error)
{
  model_job (txn, data, error);
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, "on purpose");

  return FALSE;
}

static void
run_round (Model *model, VliveStorage *storage, guint round)
{
  g_autoptr (GPtrArray) before = NULL;
  g_autoptr (GError) error = NULL;

  model->writable = TRUE;
  if (round % 5 == 4)
    {
      /* What a failing job wrote is not there. */
      before = g_ptr_array_copy (model->entries, entry_copy, NULL);
      g_assert_false (test_write (storage, failing_job, model, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_FAILED);
      g_ptr_array_unref (model->entries);
      model->entries = g_steal_pointer (&before);
      g_ptr_array_set_free_func (model->entries, entry_free);
      g_clear_error (&error);
    }
  else
    {
      g_assert_true (test_write (storage, model_job, model, &error));
      g_assert_no_error (error);
    }
  model->writable = FALSE;
  g_assert_true (test_read (storage, model_job, model, &error));
  g_assert_no_error (error);
}

static void
test_cursor_model (gconstpointer data)
{
  g_autofree char *path = test_dup_path ("model.mdb");
  VliveStorage *storage = _vlive_storage_open (path, &test_disposable);
  Model model = { 0 };

  model.entries = g_ptr_array_new_with_free_func (entry_free);
  model.n_keys = GPOINTER_TO_UINT (data);
  for (guint i = 0; i < 60; i++)
    {
      model.n_steps = (guint) g_test_rand_int_range (1, 400);
      run_round (&model, storage, i);
    }
  test_close (storage);
  vlive_test_assert_all_gone ();
  for (guint c = 0; c < N_CURSORS; c++)
    g_free (model.keys[c]);
  g_ptr_array_unref (model.entries);
}

static gboolean
sweep_job (VliveTxn *txn, gpointer data, GError **error)
{
  g_autoptr (VliveCursor) cursor = _vlive_cursor_new (txn, 0);
  guint *n_kept = data;
  VliveSpan key, value;
  guint i = 0;

  *n_kept = 0;
  for (gboolean more = _vlive_cursor_seek (cursor, VLIVE_SPAN (NULL, 0), &key, &value);
       more; more = _vlive_cursor_next (cursor, &key, &value))
    {
      if (i++ % 3 != 0)
        _vlive_cursor_delete (cursor);
      else
        ++*n_kept;
    }

  return TRUE;
}

static gboolean
fill_job (VliveTxn *txn, gpointer data, GError **error)
{
  g_autoptr (VliveCursor) cursor = _vlive_cursor_new (txn, 0);

  for (guint i = 0; i < 10000; i++)
    {
      char key[16];

      g_snprintf (key, sizeof key, "%08u", i);
      _vlive_cursor_append (cursor, VLIVE_SPAN (key, 8), VLIVE_SPAN (key, 8));
    }

  return TRUE;
}

/* A walk that deletes as it goes meets every entry once. */
static void
test_cursor_sweep (void)
{
  g_autofree char *path = test_dup_path ("sweep.mdb");
  VliveStorage *storage = _vlive_storage_open (path, &test_disposable);
  g_autoptr (GError) error = NULL;
  guint n_kept = 0;

  g_assert_true (test_write (storage, fill_job, NULL, &error));
  g_assert_true (test_write (storage, sweep_job, &n_kept, &error));
  g_assert_cmpuint (n_kept, ==, 3334);
  g_assert_true (test_write (storage, sweep_job, &n_kept, &error));
  g_assert_cmpuint (n_kept, ==, 1112);
  g_assert_no_error (error);
  test_close (storage);
  vlive_test_assert_all_gone ();
}

static gboolean
bad_append_job (VliveTxn *txn, gpointer data, GError **error)
{
  g_autoptr (VliveCursor) cursor = _vlive_cursor_new (txn, 0);
  VliveSpan key, value;

  _vlive_cursor_append (cursor, SPAN ("b"), SPAN ("1"));
  _vlive_cursor_append (cursor, SPAN ("a"), SPAN ("2"));
  g_assert_true (_vlive_txn_has_failed (txn));
  /* The first error sticks: nothing is there any more, and nothing is done. */
  g_assert_false (_vlive_cursor_seek (cursor, SPAN ("b"), &key, &value));
  g_assert_false (_vlive_cursor_seek_before (cursor, SPAN ("c"), &key, &value));
  g_assert_false (_vlive_cursor_next (cursor, &key, &value));
  g_assert_false (_vlive_cursor_previous (cursor, &key, &value));
  _vlive_cursor_delete (cursor);
  _vlive_cursor_append (cursor, SPAN ("c"), SPAN ("3"));

  return TRUE;
}

static void
test_cursor_bad_append (void)
{
  g_autofree char *path = test_dup_path ("append.mdb");
  VliveStorage *storage = _vlive_storage_open (path, &test_disposable);
  g_autoptr (GError) error = NULL;

  g_assert_false (test_write (storage, bad_append_job, NULL, &error));
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_INVALID);
  test_assert_get (storage, "b", NULL);
  test_close (storage);
  vlive_test_assert_all_gone ();
}

int
main (int argc, char **argv)
{
  vlive_test_init (&argc, &argv);

  g_test_add_data_func ("/cursor/model/few", GUINT_TO_POINTER (12), test_cursor_model);
  g_test_add_data_func ("/cursor/model/some", GUINT_TO_POINTER (200),
                        test_cursor_model);
  g_test_add_data_func ("/cursor/model/many", GUINT_TO_POINTER (5000),
                        test_cursor_model);
  g_test_add_func ("/cursor/sweep", test_cursor_sweep);
  g_test_add_func ("/cursor/bad-append", test_cursor_bad_append);

  return vlive_test_run ();
}
