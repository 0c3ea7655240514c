/* widget-test.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "widget-test.h"

void
widget_test_init (int *argc, char ***argv)
{
  vlive_test_init (argc, argv);
  g_assert_true (gtk_init_check ());
}

static VliveRecord *
make_record (const char *id, const char *name, gint64 price)
{
  GVariantBuilder fields;
  g_autoptr (GError) error = NULL;
  VliveRecord *record;

  g_variant_builder_init (&fields, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&fields, "{sv}", "id", g_variant_new_string (id));
  g_variant_builder_add (&fields, "{sv}", "name", g_variant_new_string (name));
  g_variant_builder_add (&fields, "{sv}", "price", g_variant_new_int64 (price));
  record = vlive_record_new_from_variant (id, g_variant_builder_end (&fields), &error);
  g_assert_no_error (error);

  return record;
}

static void
replace_all (const char *path, const char *table, GPtrArray *records)
{
  g_autoptr (VliveLocalMaster) master = vlive_local_master_new (path, table);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  vlive_local_master_replace_all_async (master, (VliveRecord **) records->pdata,
                                        records->len, NULL, vlive_test_result_cb,
                                        &result);
  VLIVE_TEST_WAIT (result != NULL);
  vlive_local_master_replace_all_finish (master, result, &error);
  g_assert_no_error (error);
}

void
widget_test_fill (const char *path, const char *table, guint n)
{
  g_autoptr (GPtrArray) records =
      g_ptr_array_new_with_free_func ((GDestroyNotify) vlive_record_unref);

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *id = g_strdup_printf ("%03u", i);
      g_autofree char *name = g_strdup_printf ("Name %u", i);

      g_ptr_array_add (records, make_record (id, name, i));
    }
  replace_all (path, table, records);
}

void
widget_test_set_up (WidgetTest *test)
{
  g_autoptr (GPtrArray) records =
      g_ptr_array_new_with_free_func ((GDestroyNotify) vlive_record_unref);

  test->folder = vlive_test_dup_folder ();
  test->path = g_build_filename (test->folder, "test.vlive", NULL);
  g_ptr_array_add (records, make_record ("a", "Apple Pie", 12));
  g_ptr_array_add (records, make_record ("b", "Brioche", 8));
  g_ptr_array_add (records, make_record ("c", "Cinnamon Roll", 15));
  replace_all (test->path, "products", records);
  test->cache = vlive_memory_cache_new ();
  test->master = VLIVE_MASTER (vlive_local_master_new (test->path, "products"));
  test->store = vlive_store_new (test->master, test->cache, "products");
}

void
widget_test_tear_down (WidgetTest *test)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  vlive_store_close_async (test->store, vlive_test_result_cb, &result);
  VLIVE_TEST_WAIT (result != NULL);
  g_assert_true (vlive_store_close_finish (test->store, result, &error));
  g_clear_object (&result);
  g_assert_finalize_object (test->store);
  g_assert_finalize_object (test->master);
  /* A look into the cache that was given up ends in a later turn. */
  VLIVE_TEST_WAIT (G_OBJECT (test->cache)->ref_count == 1);
  g_assert_finalize_object (test->cache);
  g_free (test->path);
  g_free (test->folder);
  vlive_test_assert_all_gone ();
}

static void
after_paint_cb (GdkFrameClock *clock, guint *n_frames)
{
  (*n_frames)++;
}

GtkWindow *
widget_test_show (GtkWidget *widget)
{
  GtkWindow *window = GTK_WINDOW (gtk_window_new ());
  GdkFrameClock *clock;
  guint n_frames = 0;
  gulong id;

  gtk_window_set_default_size (window, 800, 600);
  gtk_window_set_child (window, widget);
  gtk_window_present (window);
  clock = gtk_widget_get_frame_clock (GTK_WIDGET (window));
  id = g_signal_connect (clock, "after-paint", G_CALLBACK (after_paint_cb), &n_frames);
  VLIVE_TEST_WAIT (n_frames > 0 && gtk_widget_get_mapped (widget));
  g_signal_handler_disconnect (clock, id);

  return window;
}

char *
widget_test_dup_at_master (WidgetTest *test, const char *id, const char *name)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (VliveRecord) record = NULL;

  vlive_master_fetch_record_async (test->master, id, NULL, vlive_test_result_cb,
                                   &result);
  VLIVE_TEST_WAIT (result != NULL);
  record = vlive_master_fetch_record_finish (test->master, result, NULL);

  return record != NULL ? vlive_record_dup_field_text (record, name) : NULL;
}

GtkWidget *
widget_test_find (GtkWidget *widget,
                  GType type,
                  gboolean (*func) (GtkWidget *widget, gpointer data),
                  gpointer data)
{
  if (g_type_is_a (G_OBJECT_TYPE (widget), type)
      && (func == NULL || func (widget, data)))
    return widget;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = widget_test_find (child, type, func, data);

      if (found != NULL)
        return found;
    }

  return NULL;
}
