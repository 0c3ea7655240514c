/* test-mapping.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "vlive-test.h"

#include "table/vlive-mapping-private.h"

/* A plain model of the same thing: a list of what the view shows. */
#define N_BASE 40

typedef struct
{
  gboolean hidden[N_BASE];
  GPtrArray *inserted[N_BASE + 1];
} Model;

typedef struct
{
  gpointer item;
  guint64 base;
} Shown;

static Model *
model_new (void)
{
  Model *model = g_new0 (Model, 1);

  for (guint i = 0; i <= N_BASE; i++)
    model->inserted[i] = g_ptr_array_new ();

  return model;
}

static void
model_free (Model *model)
{
  for (guint i = 0; i <= N_BASE; i++)
    g_ptr_array_unref (model->inserted[i]);
  g_free (model);
}

static GArray *
model_get_view (Model *model)
{
  GArray *view = g_array_new (FALSE, FALSE, sizeof (Shown));

  for (guint base = 0; base <= N_BASE; base++)
    {
      for (guint i = 0; i < model->inserted[base]->len; i++)
        {
          Shown shown = { model->inserted[base]->pdata[i], base };

          g_array_append_val (view, shown);
        }
      if (base < N_BASE && !model->hidden[base])
        {
          Shown shown = { NULL, base };

          g_array_append_val (view, shown);
        }
    }

  return view;
}

static void
assert_same (VliveMapping *mapping, Model *model)
{
  g_autoptr (GArray) view = model_get_view (model);

  g_assert_cmpuint (_vlive_mapping_get_n_view (mapping, N_BASE), ==, view->len);
  for (guint i = 0; i < view->len; i++)
    {
      Shown *shown = &g_array_index (view, Shown, i);
      guint64 base = G_MAXUINT64;
      guint64 back = G_MAXUINT64;

      g_assert_true (_vlive_mapping_view_to_base (mapping, i, &base) == shown->item);
      if (shown->item != NULL)
        g_assert_true (_vlive_mapping_item_to_view (mapping, shown->item, &back));
      else
        {
          g_assert_cmpuint (base, ==, shown->base);
          g_assert_true (_vlive_mapping_base_to_view (mapping, base, &back));
        }
      g_assert_cmpuint (back, ==, i);
    }
}

/* Hidden rows have a place as well: that of the next row that is shown. */
static void
assert_hidden (VliveMapping *mapping, Model *model)
{
  g_autoptr (GArray) view = model_get_view (model);

  for (guint base = 0; base < N_BASE; base++)
    {
      guint64 where;
      guint expected = 0;

      g_assert_cmpint (_vlive_mapping_is_hidden (mapping, base), ==,
                       model->hidden[base]);
      if (!model->hidden[base])
        continue;
      g_assert_false (_vlive_mapping_base_to_view (mapping, base, &where));
      while (expected < view->len && g_array_index (view, Shown, expected).base <= base)
        expected++;
      g_assert_cmpuint (where, ==, expected);
    }
}

static void
test_empty (void)
{
  g_autoptr (VliveMapping) mapping = _vlive_mapping_new ();
  const guint64 positions[] = { 0, 1, 99, G_MAXUINT32, G_MAXUINT64 / 2 };

  g_assert_cmpuint (_vlive_mapping_get_n_entries (mapping), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (positions); i++)
    {
      guint64 base = 7;
      guint64 view = 7;

      g_assert_null (_vlive_mapping_view_to_base (mapping, positions[i], &base));
      g_assert_cmpuint (base, ==, positions[i]);
      g_assert_true (_vlive_mapping_base_to_view (mapping, positions[i], &view));
      g_assert_cmpuint (view, ==, positions[i]);
      g_assert_cmpuint (_vlive_mapping_get_n_view (mapping, positions[i]), ==,
                        positions[i]);
      g_assert_false (_vlive_mapping_is_hidden (mapping, positions[i]));
    }
}

/* The picture in the header. */
static void
test_example (void)
{
  g_autoptr (VliveMapping) mapping = _vlive_mapping_new ();
  char x, y;
  guint64 base = 0;
  guint64 view = 0;

  _vlive_mapping_insert (mapping, 1, &x);
  _vlive_mapping_insert (mapping, 1, &y);
  g_assert_true (_vlive_mapping_hide (mapping, 3));
  g_assert_false (_vlive_mapping_hide (mapping, 3));
  g_assert_cmpuint (_vlive_mapping_get_n_view (mapping, 5), ==, 6);
  g_assert_true (_vlive_mapping_view_to_base (mapping, 1, &base) == &x);
  g_assert_true (_vlive_mapping_view_to_base (mapping, 2, &base) == &y);
  g_assert_null (_vlive_mapping_view_to_base (mapping, 3, &base));
  g_assert_cmpuint (base, ==, 1);
  g_assert_null (_vlive_mapping_view_to_base (mapping, 5, &base));
  g_assert_cmpuint (base, ==, 4);
  g_assert_false (_vlive_mapping_base_to_view (mapping, 3, &view));
  g_assert_cmpuint (view, ==, 5);

  g_assert_true (_vlive_mapping_remove (mapping, &x));
  g_assert_false (_vlive_mapping_remove (mapping, &x));
  g_assert_false (_vlive_mapping_item_to_view (mapping, &x, &view));
  g_assert_true (_vlive_mapping_unhide (mapping, 3));
  g_assert_false (_vlive_mapping_unhide (mapping, 3));
  g_assert_cmpuint (_vlive_mapping_get_n_view (mapping, 5), ==, 6);
  _vlive_mapping_clear (mapping);
  g_assert_cmpuint (_vlive_mapping_get_n_view (mapping, 5), ==, 5);
  g_assert_false (_vlive_mapping_item_to_view (mapping, &y, &view));
}

/* A row hidden behind the end of a list that has become shorter is no row of
 * it; one inserted at its end is. */
static void
test_end (void)
{
  g_autoptr (VliveMapping) mapping = _vlive_mapping_new ();
  char x;

  _vlive_mapping_hide (mapping, 9);
  g_assert_cmpuint (_vlive_mapping_get_n_view (mapping, 10), ==, 9);
  g_assert_cmpuint (_vlive_mapping_get_n_view (mapping, 9), ==, 9);
  _vlive_mapping_insert (mapping, 9, &x);
  g_assert_cmpuint (_vlive_mapping_get_n_view (mapping, 10), ==, 10);
  g_assert_cmpuint (_vlive_mapping_get_n_view (mapping, 9), ==, 10);
  g_assert_cmpuint (_vlive_mapping_get_n_view (mapping, 8), ==, 8);
}

static void
step (VliveMapping *mapping, Model *model, GPtrArray *items)
{
  guint base = (guint) g_test_rand_int_range (0, N_BASE);
  guint kind = (guint) g_test_rand_int_range (0, 6);

  if (kind < 2)
    {
      gpointer item = g_malloc (1);

      base = (guint) g_test_rand_int_range (0, N_BASE + 1);
      g_ptr_array_add (items, item);
      g_ptr_array_add (model->inserted[base], item);
      _vlive_mapping_insert (mapping, base, item);
    }
  else if (kind == 2 && model->inserted[base]->len > 0)
    {
      guint index = (guint) g_test_rand_int_range (0, (int) model->inserted[base]->len);

      g_assert_true (
          _vlive_mapping_remove (mapping, model->inserted[base]->pdata[index]));
      g_ptr_array_remove_index (model->inserted[base], index);
    }
  else if (kind == 3)
    {
      g_assert_cmpint (_vlive_mapping_unhide (mapping, base), ==, model->hidden[base]);
      model->hidden[base] = FALSE;
    }
  else
    {
      g_assert_cmpint (_vlive_mapping_hide (mapping, base), ==, !model->hidden[base]);
      model->hidden[base] = TRUE;
    }
}

static void
test_random (void)
{
  for (guint round = 0; round < 20; round++)
    {
      g_autoptr (VliveMapping) mapping = _vlive_mapping_new ();
      g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_free);
      Model *model = model_new ();

      for (guint i = 0; i < 150; i++)
        {
          step (mapping, model, items);
          assert_same (mapping, model);
          assert_hidden (mapping, model);
        }
      model_free (model);
    }
}

int
main (int argc, char **argv)
{
  vlive_test_init (&argc, &argv);
  g_test_add_func ("/table/mapping/empty", test_empty);
  g_test_add_func ("/table/mapping/example", test_example);
  g_test_add_func ("/table/mapping/end", test_end);
  g_test_add_func ("/table/mapping/random", test_random);

  return vlive_test_run ();
}
