/* view-landing.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "view-landing.h"

#define N_ROWS 10000

/*
 * GTK asks for some 205 rows wherever it lands, of which 22 are on screen.
 */

/* The answers of the landing wait. */
static void
land (ViewFixture *f, guint position)
{
  g_string_truncate (f->master->log, 0);
  f->master->hold = TRUE;
  view_fixture_scroll (f, position * view_fixture_get_height (f));
  VLIVE_TEST_WAIT (vlive_array_master_get_n_held (f->master) > 0);
  view_fixture_frame (f);
  g_assert_cmpuint (view_fixture_n_loading (f), >, 180);
  g_assert_cmpuint (view_fixture_n_blank (f), >, 10);
}

static void
release_all (ViewFixture *f)
{
  f->master->hold = FALSE;
  vlive_array_master_release_all (f->master);
  view_fixture_load (f);
  view_fixture_settle (f);
  view_fixture_check (f, 0);
}

/* What is on screen is one page: that is asked for first, and with its answer
 * nothing on screen is blank, though most of what GTK made still is. */
static void
test_one_page (ViewFixture *f, gconstpointer data)
{
  view_fixture_open_at (f, N_ROWS, 0, 0);
  land (f, 5050);
  g_assert_true (g_str_has_prefix (f->master->log->str, "window 5000+100;"));
  vlive_array_master_release (f->master, 0);
  VLIVE_TEST_WAIT (view_fixture_n_blank (f) == 0);
  g_assert_cmpuint (view_fixture_n_loading (f), >, 80);
  release_all (f);
  /* The 205 rows are of three pages, and one is read ahead. */
  g_assert_cmpuint (view_fixture_check_asked (f), <=, 4);
  g_assert_cmpuint (f->n_changes, ==, 0);
}

/* … two pages: both before any other. */
static void
test_two_pages (ViewFixture *f, gconstpointer data)
{
  view_fixture_open_at (f, N_ROWS, 0, 0);
  land (f, 5090);
  g_assert_true (
      g_str_has_prefix (f->master->log->str, "window 5000+100;window 5100+100;"));
  vlive_array_master_release (f->master, 0);
  vlive_array_master_release (f->master, 0);
  VLIVE_TEST_WAIT (view_fixture_n_blank (f) == 0);
  g_assert_cmpuint (view_fixture_n_loading (f), >, 0);
  release_all (f);
  g_assert_cmpuint (view_fixture_check_asked (f), <=, 5);
}

/* At a master that answers one request at a time, the rest waits for that. */
static void
test_one_at_a_time (ViewFixture *f, gconstpointer data)
{
  vlive_store_set_max_fetches (f->store, 1);
  view_fixture_open_at (f, N_ROWS, 0, 0);
  land (f, 5050);
  g_assert_cmpstr (f->master->log->str, ==, "window 5000+100;");
  vlive_array_master_release (f->master, 0);
  VLIVE_TEST_WAIT (view_fixture_n_blank (f) == 0);
  release_all (f);
  g_assert_cmpuint (view_fixture_check_asked (f), <=, 4);
}

/* Somebody goes on before the answers are there: where he is now comes before
 * what he left behind, of which nothing new is asked for. */
static void
test_two_landings (ViewFixture *f, gconstpointer data)
{
  vlive_store_set_max_fetches (f->store, 1);
  view_fixture_open_at (f, N_ROWS, 0, 0);
  land (f, 5050);
  view_fixture_scroll (f, 8050 * view_fixture_get_height (f));
  view_fixture_frame (f);
  vlive_array_master_release (f->master, 0);
  VLIVE_TEST_WAIT (vlive_array_master_get_n_held (f->master) > 0);
  g_assert_true (
      g_str_has_prefix (f->master->log->str, "window 5000+100;window 8000+100;"));
  vlive_array_master_release (f->master, 0);
  VLIVE_TEST_WAIT (view_fixture_n_blank (f) == 0);
  release_all (f);
  g_assert_cmpuint (view_fixture_check_asked (f), <=, 5);
}

void
view_landing_add (const char *prefix, gboolean columns)
{
  const ViewKind *kind = view_kind_get (columns, FALSE, FALSE);

  view_fixture_add (prefix, "landing-one-page", kind, test_one_page);
  view_fixture_add (prefix, "landing-two-pages", kind, test_two_pages);
  view_fixture_add (prefix, "landing-one-at-a-time", kind, test_one_at_a_time);
  view_fixture_add (prefix, "landing-two-landings", kind, test_two_landings);
}
