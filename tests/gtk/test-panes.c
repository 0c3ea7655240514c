/* test-panes.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "widget-test.h"

#include "vlive-gtk-enums.h"
#include "vlive-panes.h"

/* Side by side, or one at a time. */

typedef struct
{
  GtkWidget *panes;
  GtkWidget *start;   /* 100 wide */
  GtkWidget *content; /* at least 200 */
  GtkWidget *end;     /* 150 */
} Fixture;

static GtkWidget *
make_pane (int width)
{
  GtkWidget *button = gtk_button_new ();

  gtk_widget_set_size_request (button, width, 20);

  return button;
}

static void
set_up (Fixture *f, gconstpointer data)
{
  f->panes = g_object_ref_sink (vlive_panes_new ());
  f->start = make_pane (100);
  f->content = make_pane (200);
  f->end = make_pane (150);
  vlive_panes_set_start (VLIVE_PANES (f->panes), f->start);
  vlive_panes_set_content (VLIVE_PANES (f->panes), f->content);
  vlive_panes_set_end (VLIVE_PANES (f->panes), f->end);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_assert_finalize_object (f->panes);
}

static void
allocate (Fixture *f, int width)
{
  GtkAllocation allocation = { 0, 0, width, 300 };

  gtk_widget_measure (f->panes, GTK_ORIENTATION_HORIZONTAL, -1, NULL, NULL, NULL, NULL);
  gtk_widget_measure (f->panes, GTK_ORIENTATION_VERTICAL, width, NULL, NULL, NULL,
                      NULL);
  gtk_widget_size_allocate (f->panes, &allocation, -1);
}

/* "x+width", or "-". */
static void
assert_place (Fixture *f, GtkWidget *child, const char *expected)
{
  g_autofree char *place = NULL;
  graphene_rect_t bounds;

  if (gtk_widget_get_child_visible (child)
      && gtk_widget_compute_bounds (child, f->panes, &bounds))
    place = g_strdup_printf ("%d+%d", (int) bounds.origin.x, (int) bounds.size.width);
  g_assert_cmpstr (place != NULL ? place : "-", ==, expected);
}

static void
count_cb (GObject *object, GParamSpec *pspec, gpointer data)
{
  ++*(guint *) data;
}

static int
get_separator (Fixture *f)
{
  int natural;

  gtk_widget_measure (gtk_widget_get_next_sibling (f->start),
                      GTK_ORIENTATION_HORIZONTAL, -1, NULL, &natural, NULL, NULL);

  return natural;
}

static void
assert_side_by_side (Fixture *f, int width)
{
  int separator = get_separator (f);
  g_autofree char *content =
      g_strdup_printf ("%d+%d", 100 + separator, width - 250 - 2 * separator);
  g_autofree char *end = g_strdup_printf ("%d+150", width - 150);

  assert_place (f, f->start, "0+100");
  assert_place (f, f->content, content);
  assert_place (f, f->end, end);
}

/* As wide as there is room. */
static void
test_room (Fixture *f, gconstpointer data)
{
  int minimum;
  guint n_folded = 0;

  g_signal_connect (f->panes, "notify::folded", G_CALLBACK (count_cb), &n_folded);
  gtk_widget_measure (f->panes, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL,
                      NULL);
  g_assert_cmpint (minimum, ==, 200);
  allocate (f, 1000);
  assert_side_by_side (f, 1000);
  allocate (f, 860);
  assert_side_by_side (f, 860);
  allocate (f, 859);
  g_assert_true (vlive_panes_is_folded (VLIVE_PANES (f->panes)));
  assert_place (f, f->start, "-");
  assert_place (f, f->content, "0+859");
  assert_place (f, f->end, "-");
  /* Told behind the layout. */
  g_assert_cmpuint (n_folded, ==, 0);
  VLIVE_TEST_WAIT (n_folded == 1);
  g_assert_true (gtk_widget_has_css_class (f->panes, "folded"));
  allocate (f, 200);
  assert_place (f, f->content, "0+200");
  allocate (f, 1000);
  assert_side_by_side (f, 1000);
  VLIVE_TEST_WAIT (n_folded == 2);
  g_assert_false (gtk_widget_has_css_class (f->panes, "folded"));
}

/* Less than they need folds them, whatever was set. */
static void
test_need (Fixture *f, gconstpointer data)
{
  vlive_panes_set_fold_width (VLIVE_PANES (f->panes), 0);
  allocate (f, 500);
  assert_side_by_side (f, 500);
  allocate (f, 440);
  g_assert_true (vlive_panes_is_folded (VLIVE_PANES (f->panes)));
  vlive_panes_set_show_end (VLIVE_PANES (f->panes), FALSE);
  allocate (f, 440);
  g_assert_false (vlive_panes_is_folded (VLIVE_PANES (f->panes)));
  assert_place (f, f->start, "0+100");
  assert_place (f, f->end, "-");
}

static void
test_show (Fixture *f, gconstpointer data)
{
  VlivePanes *panes = VLIVE_PANES (f->panes);
  g_autofree char *rest = NULL;

  vlive_panes_set_show_start (panes, FALSE);
  vlive_panes_set_show_end (panes, FALSE);
  allocate (f, 1000);
  assert_place (f, f->content, "0+1000");
  vlive_panes_set_show_start (panes, TRUE);
  gtk_widget_set_visible (f->start, FALSE);
  allocate (f, 1000);
  assert_place (f, f->content, "0+1000");
  gtk_widget_set_visible (f->start, TRUE);
  allocate (f, 1000);
  rest = g_strdup_printf ("%d+%d", 100 + get_separator (f), 900 - get_separator (f));
  assert_place (f, f->content, rest);
}

/* Folded, each can have all of it, also those that are not shown beside. */
static void
test_pane (Fixture *f, gconstpointer data)
{
  VlivePanes *panes = VLIVE_PANES (f->panes);
  guint n = 0;

  g_signal_connect (panes, "notify::pane", G_CALLBACK (count_cb), &n);
  vlive_panes_set_show_end (panes, FALSE);
  allocate (f, 400);
  assert_place (f, f->content, "0+400");
  vlive_panes_set_pane (panes, VLIVE_PANE_END);
  allocate (f, 400);
  assert_place (f, f->content, "-");
  assert_place (f, f->end, "0+400");
  g_assert_true (gtk_widget_activate_action (f->panes, "panes.back", NULL));
  g_assert_cmpint (vlive_panes_get_pane (panes), ==, VLIVE_PANE_CONTENT);
  g_assert_true (gtk_widget_activate_action (f->panes, "panes.back", NULL));
  g_assert_cmpint (vlive_panes_get_pane (panes), ==, VLIVE_PANE_START);
  allocate (f, 400);
  assert_place (f, f->start, "0+400");
  g_assert_cmpuint (n, ==, 3);
  /* One that is not there is the content. */
  vlive_panes_set_start (panes, NULL);
  allocate (f, 400);
  assert_place (f, f->content, "0+400");
}

static void
test_rtl (Fixture *f, gconstpointer data)
{
  gtk_widget_set_direction (f->panes, GTK_TEXT_DIR_RTL);
  allocate (f, 1000);
  assert_place (f, f->start, "900+100");
  assert_place (f, f->end, "0+150");
}

/* The keyboard goes where one can see it. */
static void
test_focus (void)
{
  Fixture f;
  GtkWindow *window;

  set_up (&f, NULL);
  window = widget_test_show (f.panes);
  VLIVE_TEST_WAIT (vlive_panes_is_folded (VLIVE_PANES (f.panes)));
  gtk_widget_grab_focus (f.content);
  g_assert_true (gtk_window_get_focus (window) == f.content);
  vlive_panes_set_pane (VLIVE_PANES (f.panes), VLIVE_PANE_END);
  g_assert_true (gtk_window_get_focus (window) == f.end);
  gtk_window_destroy (window);
  tear_down (&f, NULL);
}

static void
test_builder (void)
{
  const char *ui = "<interface><object class='VlivePanes' id='panes'>"
                   "<property name='pane'>end</property>"
                   "<property name='fold-width'>500</property>"
                   "<property name='show-start'>0</property>"
                   "<property name='content'><object class='GtkLabel'/></property>"
                   "</object></interface>";
  g_autoptr (GtkBuilder) builder = NULL;
  GtkWidget *content = NULL;
  VlivePane pane;
  guint fold_width;

  g_type_ensure (VLIVE_TYPE_PANES);
  builder = gtk_builder_new_from_string (ui, -1);
  g_object_get (gtk_builder_get_object (builder, "panes"), "pane", &pane, "fold-width",
                &fold_width, "content", &content, NULL);
  g_assert_cmpint (pane, ==, VLIVE_PANE_END);
  g_assert_cmpuint (fold_width, ==, 500);
  g_assert_true (GTK_IS_LABEL (content));
  g_object_unref (content);
}

static void
add (const char *path, void (*test) (Fixture *, gconstpointer))
{
  g_test_add (path, Fixture, NULL, set_up, test, tear_down);
}

int
main (int argc, char **argv)
{
  widget_test_init (&argc, &argv);

  add ("/gtk/panes/room", test_room);
  add ("/gtk/panes/need", test_need);
  add ("/gtk/panes/show", test_show);
  add ("/gtk/panes/pane", test_pane);
  add ("/gtk/panes/rtl", test_rtl);
  g_test_add_func ("/gtk/panes/focus", test_focus);
  g_test_add_func ("/gtk/panes/builder", test_builder);

  return vlive_test_run ();
}
