/* view-sight.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "view-sight.h"

ViewSight
view_sight_take (ViewFixture *f)
{
  ViewSight sight = { view_fixture_dup_top (f), view_fixture_dup_selected (f),
                      g_strdup (view_fixture_get_focus (f)),
                      view_fixture_dup_draft (f) };

  return sight;
}

void
view_sight_clear (ViewSight *self)
{
  g_clear_pointer (&self->top, g_free);
  g_clear_pointer (&self->selected, g_free);
  g_clear_pointer (&self->focus, g_free);
  g_clear_pointer (&self->draft, g_free);
}

void
view_sight_assert (const ViewSight *self, ViewFixture *f)
{
  g_auto (ViewSight) now = view_sight_take (f);

  g_assert_cmpstr (now.top, ==, self->top);
  g_assert_cmpstr (now.selected, ==, self->selected);
  g_assert_cmpstr (now.focus, ==, self->focus);
  g_assert_cmpstr (now.draft, ==, self->draft);
}

ViewSight
view_sight_set (ViewFixture *f, guint position)
{
  g_autofree char *third = g_strdup_printf ("%06u", position + 3);
  g_autofree char *fourth = g_strdup_printf ("%06u", position + 4);
  g_autofree char *fifth = g_strdup_printf ("%06u", position + 5);

  view_fixture_select (f, third);
  if (f->kind.multi)
    view_fixture_select (f, fifth);
  view_fixture_focus (f, fourth);
  if (f->kind.edits)
    view_fixture_edit (f, fourth, "Draft");
  g_assert_cmpstr (view_fixture_get_focus (f), ==, fourth);
  f->n_binds = 0;

  return view_sight_take (f);
}

ViewSight
view_sight_open (ViewFixture *f, guint n_rows, guint position)
{
  view_fixture_open_at (f, n_rows, position, 7);

  return view_sight_set (f, position);
}
