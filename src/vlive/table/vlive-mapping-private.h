/* vlive-mapping-private.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * View position <-> base position: the one function between what a list sees
 * and where the master has it.
 *
 * A base position is the master's own. The overlay, what is staged and not yet
 * the master's, adds rows of its own in front of base positions and hides base
 * positions. The view is the base with the overlay laid over it:
 *
 *   base      0 1 2 3 4      overlay: X before 1, Y before 1, 3 hidden
 *   view      0 X Y 1 2 4
 *
 * Both directions cost the logarithm of the overlay; changing the overlay
 * costs its length.
 */
typedef struct _VliveMapping VliveMapping;

VliveMapping *_vlive_mapping_new          (void);
void          _vlive_mapping_free         (VliveMapping *self);

/* @item, not owned and not NULL, stands in front of the row at @base and
 * behind what was inserted there before. */
void          _vlive_mapping_insert       (VliveMapping *self,
                                           guint64       base,
                                           gpointer      item);
/* FALSE if it is not there. */
gboolean      _vlive_mapping_remove       (VliveMapping *self,
                                           gpointer      item);
/* FALSE if it was hidden already. */
gboolean      _vlive_mapping_hide         (VliveMapping *self,
                                           guint64       base);
/* FALSE if it was not hidden. */
gboolean      _vlive_mapping_unhide       (VliveMapping *self,
                                           guint64       base);
gboolean      _vlive_mapping_is_hidden    (VliveMapping *self,
                                           guint64       base);
void          _vlive_mapping_clear        (VliveMapping *self);
guint         _vlive_mapping_get_n_entries (VliveMapping *self);

/* The length of the view over @n_base rows. */
guint64       _vlive_mapping_get_n_view   (VliveMapping *self,
                                           guint64       n_base);
/* The item at @view, or NULL and *base. */
gpointer      _vlive_mapping_view_to_base (VliveMapping *self,
                                           guint64       view,
                                           guint64      *base);
/* Where @base stands; FALSE if it is hidden, and *view is where it would. */
gboolean      _vlive_mapping_base_to_view (VliveMapping *self,
                                           guint64       base,
                                           guint64      *view);
/* FALSE if it is not there. */
gboolean      _vlive_mapping_item_to_view (VliveMapping *self,
                                           gpointer      item,
                                           guint64      *view);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VliveMapping, _vlive_mapping_free)

G_END_DECLS
