/* vlive-table-view-pages.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "vlive-gtk-private.h"
#include "vlive-table-view-private.h"

#define LOADING_DELAY_MS 100

static const char *const names[VLIVE_N_PAGES] = { "loading", "empty", "error" };

/* Our own pages. */

static GtkWidget *
make_message (const char *icon, const char *title)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
  GtkWidget *label = gtk_label_new (title);

  gtk_widget_add_css_class (box, "message");
  gtk_widget_set_valign (box, GTK_ALIGN_CENTER);
  gtk_widget_set_halign (box, GTK_ALIGN_CENTER);
  if (icon != NULL)
    gtk_box_append (GTK_BOX (box),
                    g_object_new (GTK_TYPE_IMAGE, "icon-name", icon, "accessible-role",
                                  GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL));
  gtk_widget_add_css_class (label, "title");
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_justify (GTK_LABEL (label), GTK_JUSTIFY_CENTER);
  gtk_box_append (GTK_BOX (box), label);

  return box;
}

static GtkWidget *
make_loading_page (void)
{
  GtkWidget *box = make_message (NULL, _ ("Loading"));
  GtkWidget *spinner = gtk_spinner_new ();

  gtk_widget_set_size_request (spinner, 32, 32);
  gtk_spinner_start (GTK_SPINNER (spinner));
  gtk_box_append (GTK_BOX (box), spinner);

  return box;
}

static void
retry_cb (VliveTableView *self)
{
  if (self->table != NULL)
    vlive_table_refresh (self->table);
}

static GtkWidget *
make_error_page (VliveTableView *self)
{
  GtkWidget *box =
      make_message ("network-error-symbolic", _ ("Nothing could be loaded"));
  GtkWidget *button = gtk_button_new_with_mnemonic (_ ("_Try again"));

  gtk_box_append (GTK_BOX (box), self->error_label);
  gtk_widget_set_halign (button, GTK_ALIGN_CENTER);
  g_signal_connect_object (button, "clicked", G_CALLBACK (retry_cb), self,
                           G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (box), button);

  return box;
}

static GtkWidget *
make_page (VliveTableView *self, VlivePageKind kind)
{
  if (kind == VLIVE_PAGE_LOADING)
    return make_loading_page ();
  if (kind == VLIVE_PAGE_EMPTY)
    return make_message ("x-office-spreadsheet-symbolic", _ ("No records yet"));

  return make_error_page (self);
}

void
_vlive_table_view_set_page (VliveTableView *self, VlivePageKind kind, GtkWidget *child)
{
  GtkStack *stack = GTK_STACK (self->stack);
  const char *shown = gtk_stack_get_visible_child_name (stack);
  gboolean is_shown = g_strcmp0 (shown, names[kind]) == 0;

  if (self->pages[kind] != NULL)
    gtk_stack_remove (stack, self->pages[kind]);
  self->pages[kind] = child != NULL ? child : make_page (self, kind);
  gtk_stack_add_named (stack, self->pages[kind], names[kind]);
  if (is_shown)
    gtk_stack_set_visible_child_name (stack, names[kind]);
}

void
_vlive_table_view_make_pages (VliveTableView *self)
{
  self->error_label = g_object_ref_sink (gtk_label_new (NULL));
  gtk_label_set_wrap (GTK_LABEL (self->error_label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (self->error_label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_justify (GTK_LABEL (self->error_label), GTK_JUSTIFY_CENTER);
  for (guint i = 0; i < VLIVE_N_PAGES; i++)
    _vlive_table_view_set_page (self, i, NULL);
}

/* Which one. */

static void
show_page (VliveTableView *self, const char *name)
{
  _vlive_gtk_end_timeout (&self->loading);
  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), name);
}

static gboolean
loading_cb (gpointer user_data)
{
  show_page (VLIVE_TABLE_VIEW (user_data), names[VLIVE_PAGE_LOADING]);

  return G_SOURCE_REMOVE;
}

/* A fast answer never flickers: the page is shown after a moment only. */
static void
show_loading_soon (VliveTableView *self)
{
  if (self->loading == NULL)
    self->loading = _vlive_gtk_add_timeout (LOADING_DELAY_MS, loading_cb, self);
}

void
_vlive_table_view_update_page (VliveTableView *self)
{
  VliveTableState state;
  const GError *error;

  if (self->table == NULL)
    {
      show_page (self, "blank");
      return;
    }

  state = vlive_table_get_state (self->table);
  error = vlive_table_get_error (self->table);
  if (g_list_model_get_n_items (G_LIST_MODEL (self->table)) > 0)
    show_page (self, "rows");
  else if (state == VLIVE_TABLE_ERROR && error != NULL)
    {
      gtk_label_set_text (GTK_LABEL (self->error_label), error->message);
      show_page (self, names[VLIVE_PAGE_ERROR]);
    }
  else if (state == VLIVE_TABLE_COMPLETE)
    show_page (self, names[VLIVE_PAGE_EMPTY]);
  else
    show_loading_soon (self);
}

const char *
_vlive_table_view_get_page (VliveTableView *self)
{
  return gtk_stack_get_visible_child_name (GTK_STACK (self->stack));
}
