/* table-watch.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "table-watch.h"

static void
row_record_cb (VliveRow *row, GParamSpec *pspec, gpointer data)
{
  TableWatch *watch = data;

  g_assert_cmpuint (watch->inside, ==, 0);
  g_assert_true (g_thread_self () == watch->thread);
  watch->n_notifies++;
}

static void
row_id_cb (VliveRow *row, GParamSpec *pspec, gpointer data)
{
  TableWatch *watch = data;

  g_assert_cmpuint (watch->inside, ==, 0);
  watch->n_fills++;
}

static void
let_go (TableWatch *watch, VliveRow *row)
{
  if (row == NULL)
    return;

  g_signal_handlers_disconnect_by_data (row, watch);
  g_object_unref (row);
}

/* Transfer full. */
static VliveRow *
ask (TableWatch *watch, guint position)
{
  VliveRow *row;

  watch->inside++;
  row = g_list_model_get_item (watch->model, position);
  watch->inside--;

  return row;
}

static VliveRow *
take (TableWatch *watch, guint position)
{
  VliveRow *row = ask (watch, position);

  g_assert_nonnull (row);
  g_signal_connect (row, "notify::record", G_CALLBACK (row_record_cb), watch);
  g_signal_connect (row, "notify::id", G_CALLBACK (row_id_cb), watch);

  return row;
}

static guint
get_n (TableWatch *watch)
{
  guint n;

  watch->inside++;
  n = g_list_model_get_n_items (watch->model);
  watch->inside--;

  return n;
}

static void
insert_rows (TableWatch *watch, guint position, guint n)
{
  for (guint i = 0; i < n; i++)
    g_ptr_array_insert (watch->rows, (int) (position + i),
                        watch->hold_all ? take (watch, position + i) : NULL);
}

static gboolean
is_held (TableWatch *watch, guint from, guint n)
{
  for (guint i = from; i < from + n; i++)
    if (watch->rows->pdata[i] != NULL)
      return TRUE;

  return FALSE;
}

static void
items_changed_cb (GListModel *model,
                  guint position,
                  guint n_removed,
                  guint n_added,
                  gpointer data)
{
  TableWatch *watch = data;
  gboolean is_tail = position + n_removed == watch->rows->len;
  gboolean all_gone = position == 0 && is_tail;
  g_autoptr (GPtrArray) removed = g_ptr_array_new ();
  g_autofree gboolean *held = g_new0 (gboolean, n_removed + 1);

  g_assert_cmpuint (watch->inside, ==, 0);
  g_assert_true (g_thread_self () == watch->thread);
  g_assert_cmpuint (position + n_removed, <=, watch->rows->len);
  watch->n_changes++;
  g_string_append_printf (watch->log, "%u-%u+%u;", position, n_removed, n_added);
  if (!(is_tail && !is_held (watch, position, n_removed)) && !all_gone)
    watch->longest = MAX (watch->longest, MAX (n_removed, n_added));

  for (guint i = 0; i < n_removed; i++)
    {
      held[i] = watch->rows->pdata[position + i] != NULL;
      g_ptr_array_add (removed, watch->rows->pdata[position + i]);
    }
  if (n_removed > 0)
    g_ptr_array_remove_range (watch->rows, position, n_removed);
  insert_rows (watch, position, n_added);
  g_assert_cmpuint (get_n (watch), ==, watch->rows->len);
  /* As a list widget does: what it showed there it wants to show again. */
  for (guint i = 0; !watch->hold_all && i < MIN (n_removed, n_added); i++)
    if (held[i])
      watch->rows->pdata[position + i] = take (watch, position + i);
  for (guint i = 0; i < removed->len; i++)
    let_go (watch, removed->pdata[i]);
  table_watch_check (watch);
}

static void
n_items_cb (GListModel *model, GParamSpec *pspec, gpointer data)
{
  TableWatch *watch = data;

  g_assert_cmpuint (watch->inside, ==, 0);
  watch->n_lengths++;
}

TableWatch *
table_watch_new (GListModel *model, gboolean hold_all)
{
  TableWatch *watch = g_new0 (TableWatch, 1);

  watch->model = g_object_ref (model);
  watch->rows = g_ptr_array_new ();
  watch->hold_all = hold_all;
  watch->thread = g_thread_self ();
  watch->log = g_string_new (NULL);
  g_signal_connect (model, "items-changed", G_CALLBACK (items_changed_cb), watch);
  g_signal_connect (model, "notify::n-items", G_CALLBACK (n_items_cb), watch);
  insert_rows (watch, 0, get_n (watch));

  return watch;
}

void
table_watch_free (TableWatch *watch)
{
  g_signal_handlers_disconnect_by_data (watch->model, watch);
  for (guint i = 0; i < watch->rows->len; i++)
    let_go (watch, watch->rows->pdata[i]);
  g_ptr_array_unref (watch->rows);
  g_string_free (watch->log, TRUE);
  g_object_unref (watch->model);
  g_free (watch);
}

VliveRow *
table_watch_get (TableWatch *watch, guint position)
{
  g_assert_cmpuint (position, <, watch->rows->len);
  if (watch->rows->pdata[position] == NULL)
    watch->rows->pdata[position] = take (watch, position);

  return watch->rows->pdata[position];
}

void
table_watch_drop (TableWatch *watch, guint position)
{
  let_go (watch, g_steal_pointer (&watch->rows->pdata[position]));
}

void
table_watch_drop_all (TableWatch *watch)
{
  for (guint i = 0; i < watch->rows->len; i++)
    table_watch_drop (watch, i);
}

void
table_watch_hold (TableWatch *watch, guint first, guint n)
{
  for (guint i = first; i < first + n && i < watch->rows->len; i++)
    table_watch_get (watch, i);
}

void
table_watch_check (TableWatch *watch)
{
  g_autoptr (GHashTable) ids = g_hash_table_new (g_str_hash, g_str_equal);

  g_assert_cmpuint (get_n (watch), ==, watch->rows->len);
  for (guint i = 0; i < watch->rows->len; i++)
    {
      VliveRow *row = watch->rows->pdata[i];
      g_autoptr (VliveRow) again = NULL;
      const char *id;

      if (row == NULL)
        continue;

      /* The same object at the same place, and no id at two. */
      again = ask (watch, i);
      g_assert_true (again == row);
      id = vlive_row_get_id (row);
      g_assert_true (id == NULL || g_hash_table_add (ids, (gpointer) id));
      g_assert_cmpint (id == NULL, ==, vlive_row_get_record (row) == NULL);
      if (id != NULL)
        g_assert_cmpstr (id, ==, vlive_record_get_id (vlive_row_get_record (row)));
      /* One that has only just come back is told about in the next turn. */
      if (id == NULL)
        g_assert_cmpint (vlive_row_get_state (row), ==, VLIVE_ROW_LOADING);
    }
}

void
table_watch_reset (TableWatch *watch)
{
  watch->n_changes = 0;
  watch->n_fills = 0;
  watch->n_notifies = 0;
  watch->n_lengths = 0;
  watch->longest = 0;
  g_string_truncate (watch->log, 0);
}

char *
table_watch_ids (TableWatch *watch, guint first, guint n)
{
  GString *ids = g_string_new (NULL);

  for (guint i = first; i < first + n; i++)
    {
      VliveRow *row = i < watch->rows->len ? watch->rows->pdata[i] : NULL;
      const char *id = row != NULL ? vlive_row_get_id (row) : ".";

      g_string_append_printf (ids, "%s%s", i > first ? " " : "", id != NULL ? id : "-");
    }

  return g_string_free (ids, FALSE);
}
