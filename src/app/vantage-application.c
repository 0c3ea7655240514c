/* vantage-application.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "vantage-application.h"

#include <glib/gi18n.h>

#include "vantage-screenshot.h"
#include "vantage-settings.h"

#define APP_ID "io.github.vlive.VantageLive"
/* A frame or two after the rows are in, they have been drawn. */
#define SETTLED_TICKS 6
#define SCREENSHOT_TIMEOUT_S 20

struct _VantageApplication
{
  AdwApplication parent_instance;
  GSettings *settings;       /* owned; NULL where the schema is not installed */
  VliveCache *cache;         /* owned, nullable */
  GListStore *sources;       /* owned, nullable; of VantageSource */
  VantageWindow *window;     /* weak: goes when it is destroyed */
  GCancellable *cancellable; /* owned: what runs ends with us */
  guint n_closing;           /* stores that are being closed */
  guint n_settled;           /* frames since the window settled */
  gint64 started_at;         /* monotonic */
  guint tick_id;             /* the source that waits for the picture */

  char *master; /* options; owned, nullable */
  char *url;
  char *cache_option;
  char *open_key;
  char *screenshot;
  char *size;
  gboolean dark;
  gboolean own_file; /* @master is the user's default one */
};

G_DEFINE_FINAL_TYPE (VantageApplication, vantage_application, ADW_TYPE_APPLICATION)

static void G_GNUC_PRINTF (1, 2) report (const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  g_printerr ("vantage-live: %s\n", text);
}

static VliveProfile *
load_profile (VantageApplication *self)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *url = g_strdup (self->url);
  g_autoptr (VliveProfile) profile = vlive_profile_load ("jsonplaceholder", &error);
  VliveProfile *moved;

  if (profile == NULL)
    {
      report (_ ("the profile %s cannot be used: %s"), "jsonplaceholder",
              error->message);
      return NULL;
    }
  if (url == NULL && self->settings != NULL)
    url = g_settings_get_string (self->settings, "base-url");
  if (url == NULL || url[0] == '\0')
    return g_steal_pointer (&profile);

  moved = vlive_profile_with_base_url (profile, url, &error);
  if (moved == NULL)
    {
      report (_ ("the address %s cannot be used: %s"), url, error->message);
      return g_steal_pointer (&profile);
    }

  return moved;
}

static void
add_rest_sources (VantageApplication *self)
{
  g_autoptr (VliveProfile) profile = load_profile (self);
  const char *const *resources;

  if (profile == NULL)
    return;

  resources = vlive_profile_get_resources (profile);
  for (guint i = 0; resources != NULL && resources[i] != NULL; i++)
    {
      g_autoptr (VantageSource) source =
          vantage_source_new_rest (profile, resources[i]);

      g_list_store_append (self->sources, source);
    }
}

static void
add_local_source (VantageApplication *self, const char *table, guint position)
{
  g_autoptr (VantageSource) source = vantage_source_new_local (self->master, table);

  g_list_store_insert (self->sources, position, source);
}

static VliveRecord *
make_product (const char *id, const char *name, gint64 price)
{
  GVariantBuilder fields;

  /* In this order they stand in the file, and so in the window. */
  g_variant_builder_init (&fields, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&fields, "{sv}", "id", g_variant_new_string (id));
  g_variant_builder_add (&fields, "{sv}", "name", g_variant_new_string (name));
  g_variant_builder_add (&fields, "{sv}", "price", g_variant_new_int64 (price));

  return vlive_record_new_from_variant (id, g_variant_builder_end (&fields), NULL);
}

static void
seeded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (VantageApplication) self = user_data;
  g_autoptr (GError) error = NULL;

  if (vlive_local_master_replace_all_finish (VLIVE_LOCAL_MASTER (source), result,
                                             &error))
    add_local_source (self, "products", 0);
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    report (_ ("%s cannot be written: %s"), self->master, error->message);
}

/* The first start: something to browse and to edit, before anything was
 * imported. Only ever in a file that was not there. */
static void
seed (VantageApplication *self)
{
  g_autoptr (VliveLocalMaster) master =
      vlive_local_master_new (self->master, "products");
  VliveRecord *records[] = {
    make_product ("a", "Apple Pie", 12),
    make_product ("b", "Brioche", 8),
    make_product ("c", "Cinnamon Roll", 15),
  };
  g_autofree char *folder = g_path_get_dirname (self->master);

  g_mkdir_with_parents (folder, 0700);
  vlive_local_master_replace_all_async (master, records, G_N_ELEMENTS (records),
                                        self->cancellable, seeded_cb,
                                        g_object_ref (self));
  for (guint i = 0; i < G_N_ELEMENTS (records); i++)
    vlive_record_unref (records[i]);
}

static void
listed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (VantageApplication) self = user_data;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) tables = vlive_local_master_list_tables_finish (result, &error);

  if (tables != NULL)
    for (guint i = 0; tables[i] != NULL; i++)
      add_local_source (self, tables[i], i);
  else if (g_error_matches (error, VLIVE_ERROR, VLIVE_ERROR_NOT_FOUND)
           && self->own_file)
    seed (self);
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    report (_ ("%s cannot be read: %s"), self->master, error->message);
}

static void
stop (VantageApplication *self)
{
  if (self->window != NULL)
    gtk_window_destroy (GTK_WINDOW (self->window));
  g_clear_object (&self->sources);
  g_clear_object (&self->cache);
}

static void
closed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (VantageApplication) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!vlive_store_close_finish (VLIVE_STORE (source), result, &error))
    report (_ ("%s was not closed cleanly: %s"),
            vlive_store_get_cache_key (VLIVE_STORE (source)), error->message);
  if (--self->n_closing == 0)
    {
      stop (self);
      g_application_release (G_APPLICATION (self));
    }
}

static void
remember (VantageApplication *self)
{
  VantageSource *source = vantage_window_get_source (self->window);
  int width;
  int height;

  if (self->settings == NULL || self->screenshot != NULL)
    return;

  gtk_window_get_default_size (GTK_WINDOW (self->window), &width, &height);
  g_settings_set_int (self->settings, "window-width", width);
  g_settings_set_int (self->settings, "window-height", height);
  g_settings_set_boolean (self->settings, "window-maximized",
                          gtk_window_is_maximized (GTK_WINDOW (self->window)));
  if (source != NULL)
    g_settings_set_string (self->settings, "last-table",
                           vantage_source_get_key (source));
}

/* The window goes at once; what was not sent yet is sent before we end. */
static gboolean
close_request_cb (VantageApplication *self)
{
  guint n_sources = g_list_model_get_n_items (G_LIST_MODEL (self->sources));

  g_cancellable_cancel (self->cancellable);
  remember (self);
  gtk_widget_set_visible (GTK_WIDGET (self->window), FALSE);
  g_application_hold (G_APPLICATION (self));
  self->n_closing = 1;
  vlive_table_view_set_table (vantage_window_get_table_view (self->window), NULL);
  for (guint i = 0; i < n_sources; i++)
    {
      g_autoptr (VantageSource) source =
          g_list_model_get_item (G_LIST_MODEL (self->sources), i);
      VliveStore *store = vantage_source_peek_store (source);

      if (store == NULL)
        continue;
      self->n_closing++;
      vlive_store_close_async (store, closed_cb, g_object_ref (self));
    }
  if (--self->n_closing == 0)
    {
      stop (self);
      g_application_release (G_APPLICATION (self));
    }

  return GDK_EVENT_STOP;
}

static gboolean
screenshot_cb (gpointer user_data)
{
  VantageApplication *self = VANTAGE_APPLICATION (user_data);
  g_autoptr (GError) error = NULL;
  gint64 age = g_get_monotonic_time () - self->started_at;

  if (age < SCREENSHOT_TIMEOUT_S * G_USEC_PER_SEC)
    {
      if (!vantage_window_is_settled (self->window)
          || ++self->n_settled < SETTLED_TICKS)
        return G_SOURCE_CONTINUE;
    }

  if (!vantage_screenshot_save (GTK_WINDOW (self->window), self->screenshot, &error))
    report (_ ("no picture %s: %s"), self->screenshot, error->message);
  self->tick_id = 0;
  gtk_window_close (GTK_WINDOW (self->window));

  return G_SOURCE_REMOVE;
}

static void
restore_size (VantageApplication *self)
{
  int width = 0;
  int height = 0;

  if (self->size != NULL && sscanf (self->size, "%dx%d", &width, &height) != 2)
    g_printerr ("vantage-live: --size %s is not WIDTHxHEIGHT\n", self->size);
  else if (self->size == NULL && self->settings != NULL)
    {
      width = g_settings_get_int (self->settings, "window-width");
      height = g_settings_get_int (self->settings, "window-height");
      if (g_settings_get_boolean (self->settings, "window-maximized"))
        gtk_window_maximize (GTK_WINDOW (self->window));
    }
  if (width > 0 && height > 0)
    gtk_window_set_default_size (GTK_WINDOW (self->window), width, height);
}

static void
open_first (VantageApplication *self)
{
  g_autofree char *last = NULL;

  if (self->open_key == NULL && self->settings != NULL)
    last = g_settings_get_string (self->settings, "last-table");
  if (self->open_key != NULL)
    vantage_window_open (self->window, self->open_key);
  else
    vantage_window_open (self->window, last != NULL && last[0] != '\0'
                                           ? last
                                           : "jsonplaceholder/posts");
}

static void
make_window (VantageApplication *self)
{
  self->cache = vantage_settings_make_cache (self->settings, self->cache_option);
  self->sources = g_list_store_new (VANTAGE_TYPE_SOURCE);
  add_rest_sources (self);
  vlive_local_master_list_tables_async (self->master, self->cancellable, listed_cb,
                                        g_object_ref (self));
  self->window = vantage_window_new (GTK_APPLICATION (self), self->cache,
                                     G_LIST_MODEL (self->sources));
  g_object_add_weak_pointer (G_OBJECT (self->window), (gpointer *) &self->window);
  g_signal_connect_object (self->window, "close-request", G_CALLBACK (close_request_cb),
                           self, G_CONNECT_SWAPPED);
  restore_size (self);
  open_first (self);
  if (self->screenshot != NULL)
    {
      self->started_at = g_get_monotonic_time ();
      self->tick_id = g_timeout_add (50, screenshot_cb, self);
    }
}

static void
vantage_application_activate (GApplication *application)
{
  VantageApplication *self = VANTAGE_APPLICATION (application);

  if (self->window == NULL)
    make_window (self);
  gtk_window_present (GTK_WINDOW (self->window));
}

static void
about_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  VantageApplication *self = VANTAGE_APPLICATION (user_data);

  gtk_show_about_dialog (self->window != NULL ? GTK_WINDOW (self->window) : NULL,
                         "program-name", _ ("Vantage Live"), "logo-icon-name", APP_ID,
                         "version", VLIVE_VERSION, "comments",
                         _ ("Browse and edit records that live somewhere slow, as if "
                            "they were here"),
                         "license-type", GTK_LICENSE_LGPL_2_1, "copyright",
                         "© 2026 The Vlive authors", NULL);
}

static void
quit_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  VantageApplication *self = VANTAGE_APPLICATION (user_data);

  if (self->window != NULL)
    gtk_window_close (GTK_WINDOW (self->window));
}

static void
vantage_application_startup (GApplication *application)
{
  static const GActionEntry actions[] = {
    { "about", about_action },
    { "quit", quit_action },
  };
  VantageApplication *self = VANTAGE_APPLICATION (application);
  const char *const quit_keys[] = { "<Control>q", NULL };
  const char *const close_keys[] = { "<Control>w", NULL };

  G_APPLICATION_CLASS (vantage_application_parent_class)->startup (application);

  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions),
                                   self);
  gtk_application_set_accels_for_action (GTK_APPLICATION (self), "app.quit", quit_keys);
  gtk_application_set_accels_for_action (GTK_APPLICATION (self), "window.close",
                                         close_keys);
  if (self->dark)
    adw_style_manager_set_color_scheme (adw_style_manager_get_default (),
                                        ADW_COLOR_SCHEME_FORCE_DARK);
  self->settings = vantage_settings_load ();
}

static int
vantage_application_handle_local_options (GApplication *application,
                                          GVariantDict *options)
{
  VantageApplication *self = VANTAGE_APPLICATION (application);

  self->own_file = self->master == NULL;
  if (self->master == NULL)
    self->master =
        g_build_filename (g_get_user_data_dir (), "vlive", "local.vlive", NULL);
  /* A picture is taken of a window of its own, beside one that is open. */
  if (self->screenshot != NULL)
    g_application_set_flags (application, g_application_get_flags (application)
                                              | G_APPLICATION_NON_UNIQUE);

  return -1;
}

static void
vantage_application_finalize (GObject *object)
{
  VantageApplication *self = VANTAGE_APPLICATION (object);

  g_clear_handle_id (&self->tick_id, g_source_remove);
  g_clear_weak_pointer (&self->window);
  g_clear_object (&self->settings);
  g_clear_object (&self->cache);
  g_clear_object (&self->sources);
  g_clear_object (&self->cancellable);
  g_free (self->master);
  g_free (self->url);
  g_free (self->cache_option);
  g_free (self->open_key);
  g_free (self->screenshot);
  g_free (self->size);

  G_OBJECT_CLASS (vantage_application_parent_class)->finalize (object);
}

static void
vantage_application_class_init (VantageApplicationClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = vantage_application_finalize;
  application_class->activate = vantage_application_activate;
  application_class->startup = vantage_application_startup;
  application_class->handle_local_options = vantage_application_handle_local_options;
}

static void
vantage_application_init (VantageApplication *self)
{
  const GOptionEntry entries[] = {
    { "master", 'm', 0, G_OPTION_ARG_FILENAME, &self->master,
      N_ ("The local file to show, instead of your own"), N_ ("FILE") },
    { "url", 'u', 0, G_OPTION_ARG_STRING, &self->url, N_ ("Where JSONPlaceholder is"),
      N_ ("URL") },
    { "cache", 'c', 0, G_OPTION_ARG_FILENAME, &self->cache_option,
      N_ ("Where pages are kept: mem, none or a folder"), N_ ("PLACE") },
    { "open", 'o', 0, G_OPTION_ARG_STRING, &self->open_key,
      N_ ("The table to open: local/products, jsonplaceholder/posts, …"),
      N_ ("TABLE") },
    { "screenshot", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_FILENAME, &self->screenshot,
      "Save a picture of the window once it shows something, and end", "FILE" },
    { "size", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_STRING, &self->size,
      "The window's size", "WIDTHxHEIGHT" },
    { "dark", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_NONE, &self->dark, "Dark colours",
      NULL },
    { NULL },
  };

  self->cancellable = g_cancellable_new ();
  g_application_add_main_option_entries (G_APPLICATION (self), entries);
  g_application_set_option_context_summary (
      G_APPLICATION (self),
      _ ("Browse and edit records that live somewhere slow, as if they were here."));
}

VantageApplication *
vantage_application_new (void)
{
  return g_object_new (VANTAGE_TYPE_APPLICATION, "application-id", APP_ID,
                       "resource-base-path", "/io/github/vlive/VantageLive", NULL);
}

VantageWindow *
vantage_application_get_window (VantageApplication *self)
{
  return self->window;
}
