/* view-sight.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "view-fixture.h"

G_BEGIN_DECLS

/* What a user has before him: a place, what is selected, what has the focus, and
 * what he is typing. */
typedef struct
{
  char *top;       /* owned, like what follows */
  char *selected;
  char *focus;     /* nullable */
  char *draft;     /* nullable */
} ViewSight;

/* Row @position is the first on screen, the third after it is selected (in a
 * multiple selection the fifth, too), and the fourth has the focus, or is being
 * edited. */
ViewSight view_sight_open   (ViewFixture     *f,
                             guint            n_rows,
                             guint            position);
/* … where the rows are on screen already. */
ViewSight view_sight_set    (ViewFixture     *f,
                             guint            position);
ViewSight view_sight_take   (ViewFixture     *f);
void      view_sight_clear  (ViewSight       *self);
/* Everything is where it was. */
void      view_sight_assert (const ViewSight *self,
                             ViewFixture     *f);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ViewSight, view_sight_clear)

G_END_DECLS
